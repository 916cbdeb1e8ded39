"""`rag eval --judge` and `rag eval calibrate`, with ragas for real against a judge on loopback."""

import json
from pathlib import Path

import pytest

from pipelines.loopback import Behaviour, Loopback

pytest.importorskip("ragas")
ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "data" / "demo" / "cases.v1.jsonl"
LABELS = [
    {
        "question": "When?",
        "answer": f"The ferry leaves at {n}." if n % 2 else f"Cats drive ship {n}.",
        "contexts": [f"The ferry leaves at {n}."],
        "label": n % 2,
    }
    for n in range(12)
]


@pytest.fixture
def judge(monkeypatch):
    with Loopback() as server:
        monkeypatch.setenv("RAG__JUDGE__BASE_URL", server.url)
        monkeypatch.setenv("RAG__JUDGE__MODEL", "loopback")
        monkeypatch.setenv("RAG__JUDGE__RETRIES", "0")
        yield server


@pytest.fixture
def cases(workspace):
    lines = CASES.read_text(encoding="utf-8").splitlines()[:4]
    (workspace / "cases.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (workspace / "labels.jsonl").write_text("\n".join(map(json.dumps, LABELS)) + "\n", encoding="utf-8")
    return workspace


def test_the_bill_comes_first_answers_are_taken_over_and_a_second_run_asks_nothing(command, cases, judge):
    bill = command("rag", "eval", "--dry-run", "--json")
    assert len(judge.requests) == 0, bill.err
    cost = bill.json["judge"]["cost"]
    ran = command("rag", "eval", "--judge", "--json")
    assert "4 of 4 cases taken over" in ran.err
    assert len(judge.requests) == cost["requests"] > 0
    faithfulness = next(item for item in ran.json["summaries"] if item["metric"]["name"] == "faithfulness")
    assert faithfulness["interval"]["count"] == cost["requests"] // 2
    again = command("rag", "eval", "--judge", "--json")
    assert len(judge.requests) == cost["requests"]
    assert again.json["judge"]["cost"] == {"requests": 0, "prompt_tokens": 0, "remembered": cost["requests"] // 2}


def test_a_judge_that_talks_garbage_leaves_values_missing_and_says_so(command, cases, judge):
    judge.behaviour = Behaviour(fault="ignores_response_format")
    ran = command("rag", "eval", "--judge")
    assert ran.code == 0, ran.err
    assert "100.0% of the values are missing" in ran.out
    assert "not the JSON asked for" in ran.out
    assert "nan" not in ran.out.casefold()


def test_an_unknown_judged_metric_is_refused(command, cases, judge):
    ran = command("rag", "eval", "--judge", "--judge-metrics", "truthiness")
    assert ran.code == 2
    assert "faithfulness" in ran.err


def test_a_calibrated_judge_corrects_shares_and_shows_when_it_changes(command, cases, judge):
    found = command("rag", "eval", "calibrate", "--labels", "labels.jsonl", "--json")
    assert (found.json[0]["count"], found.json[0]["kappa"], found.json[0]["bias"]) == (12, 1.0, 0.0), found.err
    ran = command("rag", "eval", "--judge")
    assert "share of answers people would call good, by faithfulness" in ran.out
    same = command("rag", "eval", "calibrate", "--check", "--json")
    assert (same.code, same.json[0]["drifted"]) == (0, False)
    judge.behaviour = Behaviour(judges="kindly")
    changed = command("rag", "eval", "calibrate", "--check")
    assert changed.code == 0  # six anchors of twelve changed sides: not enough at one percent
    assert "6 of 12 anchors changed sides" in changed.out


def test_anchors_are_needed_to_check_them(command, cases, judge):
    ran = command("rag", "eval", "calibrate", "--check")
    assert ran.code == 2
    assert "no anchors" in ran.err


def test_without_labels_there_is_nothing_to_calibrate_with(command, cases, judge):
    ran = command("rag", "eval", "calibrate")
    assert ran.code == 2
    assert "drift label" in ran.err
