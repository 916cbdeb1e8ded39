"""Whoever passes a wrong value from Python reads one sentence: the function, the value, and what it wants."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

import drift
import eval as evaluation
import rag
from data import InteractionLog, load_cases, read_interactions
from data.arguments import given_path, given_time
from data.errors import ArgumentError, InputError, WorkspaceError
from eval import Case, evaluate, gate, load_run, save_run, score, scorer_of
from tests.drift.conftest import build_window

NO_PATHS = [None, 5, 1.5, True, b"x", [], {}, ("a",), ..., Path]
NO_TEXTS = [None, 5, True, b"x", [], ["a"], {}, ..., str]


def said(function, *arguments, kind=ArgumentError, **named):
    with pytest.raises(kind) as caught:
        function(*arguments, **named)
    told = str(caught.value)
    assert len(told) < 220 and "\n" not in told and told.endswith("."), told
    return told


@pytest.mark.parametrize("value", NO_PATHS, ids=repr)
@pytest.mark.parametrize(
    "function", [rag.open, drift.read, drift.report, load_cases, load_run, read_interactions, InteractionLog.at_path]
)
def test_what_is_no_path_is_refused_before_anything_is_made(function, value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "the path of" in said(function, value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["", "   ", "a\0b"])
@pytest.mark.parametrize("function", [rag.open, drift.read, drift.report, load_cases, load_run, InteractionLog.at_path])
def test_an_empty_or_impossible_path_is_not_the_current_folder(function, value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said(function, value, kind=InputError)
    assert list(tmp_path.iterdir()) == []


def test_paths_and_times_that_are_fine_are_taken_as_they_are():
    assert given_path("f", "path", Path("a")) == given_path("f", "path", "a") == Path("a")
    at = datetime(2026, 11, 1, tzinfo=UTC)
    assert (given_time("f", "since", at), given_time("f", "since", None)) == (at, None)


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handbook")
    (folder / "oil.md").write_text("# Oil\n\nThe lubricating oil is changed every 1,000 running hours.\n")
    with rag.open(folder / "kb") as opened:
        opened.ingest(folder / "oil.md")
        yield opened


@pytest.mark.parametrize("value", NO_TEXTS, ids=repr)
def test_a_question_is_a_text(kb, value):
    assert "kb.ask got" in said(kb.ask, value)
    assert "kb.search got" in said(kb.search, value)
    assert "kb.astream got" in said(kb.astream, value)
    with pytest.raises(ArgumentError, match=r"kb\.ask got"):
        asyncio.run(kb.aask(value))


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("ask", {"history": "x"}),
        ("ask", {"history": None}),
        ("ask", {"history": [{"role": "user", "content": "x"}]}),
        ("ask", {"tags": ["a"]}),
        ("ask", {"tags": {1: "a"}}),
        ("ask", {"tags": {"a": None}}),
        ("search", {"k": "a"}),
        ("search", {"k": 1.5}),
        ("search", {"k": True}),
        ("search", {"where": 5}),
        ("search", {"where": [5]}),
    ],
)
def test_what_goes_with_a_question_is_checked(kb, name, named):
    assert f"kb.{name} got" in said(getattr(kb, name), "oil?", **named)


def test_other_arguments_of_a_knowledge_base_are_checked(kb, tmp_path):
    for value in (None, 5, ["docs"], b"docs"):
        assert "kb.ingest got" in said(kb.ingest, value)
    assert "kb.verify got" in said(kb.verify, [])
    assert "needs a running event loop" in said(kb.astream, "oil?", kind=InputError)
    for named in (
        {"settings": 5},
        {"log": None},
        {"log": "x.sqlite"},
        {"embedder": "m"},
        {"generator": "gpt"},
        {"score": 5},
        {"observe": "x"},
    ):
        assert "rag.open got" in said(rag.open, tmp_path / "new", **named)
    assert not (tmp_path / "new").exists()


def test_a_closed_knowledge_base_is_not_entered_again(tmp_path):
    kb = rag.open(tmp_path)
    kb.close()
    with pytest.raises(WorkspaceError, match="open it again"), kb:
        pass


def test_nothing_indexed_is_told_with_what_python_does_about_it(tmp_path):
    with rag.open(tmp_path) as kb, pytest.raises(Exception, match=r"or kb\.ingest\(PATH\) from Python"):
        kb.ask("oil?")


def test_windows_periods_and_settings_of_drift_are_checked(tmp_path):
    window = build_window("before", 40)
    for named in ({"now": "2026"}, {"now": datetime(2026, 1, 1)}):
        assert "with its zone" in said(drift.compare, window, window, **named)
    assert "drift.compare got" in said(drift.compare, window, list(window.interactions))
    assert "drift.compare got" in said(drift.compare, window, window, {"alpha": 0.1})
    assert "drift.compare got" in said(drift.compare, window, window, score=5)
    assert "drift.read got" in said(drift.read, tmp_path, since="2026-11-01")
    assert "drift.read got" in said(drift.read, tmp_path, score=5)
    assert "drift.report got" in said(drift.report, tmp_path, baseline=5)
    assert "to_html got" in said(drift.compare(window, window).to_html, None)


def test_cases_runs_and_interactions_of_eval_are_checked(tmp_path):
    item = build_window("before", 1).interactions[0]
    case = Case("1", "How long?", answers=("an hour",))
    for value in (None, 5, "x", [5], [{"id": "1"}]):
        assert "eval.evaluate got" in said(evaluate, value, lambda case: item)
    for named in ({"metrics": 5}, {"metrics": ["x"]}, {"repeats": "x"}, {"concurrency": "x"}):
        assert "eval.evaluate got" in said(evaluate, [case], lambda case: item, **named)
    assert "eval.evaluate got 5 as ask" in said(evaluate, [case], 5)
    run = evaluate([case], lambda case: item)
    for accepted, candidate, named in ((1, 2, {}), (run, None, {}), ("a.json", run, {}), (run, run, {"settings": 5})):
        assert "eval.gate got" in said(gate, accepted, candidate, **named)
    assert "eval.save_run got" in said(save_run, 5, tmp_path / "x.json")
    with pytest.raises(Exception, match="cannot be written to"):
        save_run(run, tmp_path)
    assert list(tmp_path.parent.glob("*.part")) == []
    for value in (None, 5, "x", {}, [item]):
        assert "eval.score got" in said(score, value)
    for value in (None, 5, "x", {}, [5]):
        assert "eval.scorer_of got" in said(scorer_of, value)
    assert evaluation.__all__


def test_a_question_that_a_function_answers_with_no_interaction_failed(tmp_path):
    run = evaluate([Case("1", "How long?", answers=("an hour",))], lambda case: "an hour")
    assert run.results[0].outcome == "failed" and "'an hour' as the answer of ask" in run.results[0].error


def test_rows_and_times_of_a_log_are_checked(tmp_path):
    log = InteractionLog.at_path(tmp_path / "log.sqlite")
    for value in (None, 5, [5], [None], ["x"], [{"id": 1}]):
        assert "InteractionLog.append got" in said(log.append, value)
    assert "InteractionLog.get got" in said(log.get, None)
    said(log.set_baseline, "a", None, None, None)
    with pytest.raises(ArgumentError, match=r"InteractionLog\.read got 'x' as since"):
        list(log.read(since="x"))
    log.close()
