"""The two sides of a hybrid search are gated on their own."""

from pathlib import Path

import numpy as np
import pytest

from data.cases import load_cases, write_cases
from eval.gating import gate
from eval.run import evaluate
from pipelines.answer.asker import open_asker
from pipelines.evaluation.run import case_asker, measured, side_metrics
from pipelines.wiring.workspace import open_workspace

DEMO = Path(__file__).resolve().parents[3] / "data" / "demo"


@pytest.fixture
def cases():
    return [case for case in load_cases(DEMO / "cases.v1.jsonl") if case.language == "en" and not case.must_abstain]


def run_of(workspace, cases, *, shuffled=False):
    asker = open_asker(open_workspace(workspace), logged=False)
    if shuffled:
        questions = [case.question for case in cases]
        others, embed = dict(zip(questions, np.roll(questions, 7), strict=True)), asker.retriever.index.embed_query
        asker.retriever.index.embed_query = lambda question: embed(str(others.get(question, question)))
    return evaluate(cases, case_asker(asker), measured(asker.retriever))


def test_vectors_that_belong_to_other_texts_are_seen_though_words_make_up_for_them(workspace, cases):
    outcome = gate(run_of(workspace, cases), run_of(workspace, cases, shuffled=True))
    found = {item.metric: item for item in outcome.metrics}
    assert outcome.verdict == found["dense_recall"].verdict == "regression"
    assert found["dense_recall"].difference.mean < -0.5
    assert found["lexical_recall"].difference.mean == 0.0
    assert found["evidence_recall"].difference.mean > -0.1


def test_a_search_by_one_side_has_no_sides(workspace, monkeypatch):
    monkeypatch.setenv("RAG__RETRIEVAL__MODE", "lexical")
    assert side_metrics(open_asker(open_workspace(workspace), logged=False).retriever) == ()


def test_the_sides_stand_in_the_table_and_can_be_gated_alone(command, workspace, cases):
    write_cases(workspace / "cases.jsonl", cases)
    assert "lexical_recall" in command("rag", "eval").out
    command("rag", "eval", "accept")
    ran = command("rag", "eval", "--gate", "--metrics", "dense_recall,evidence_focus", "--json")
    assert [item["metric"] for item in ran.json["metrics"]] == ["dense_recall", "evidence_focus"]
