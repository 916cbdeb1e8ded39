"""The question is the user's and the answer is what the user got; a conversation is cut into its turns."""

import json

import pytest

from data.interchange import read_file
from tests.data.interchange.span_samples import PROMPT, TRACE, A, P, Q, request, span

LLM, CHAIN, AGENT = ({"openinference.span.kind": kind} for kind in ("LLM", "CHAIN", "AGENT"))
GUARD, JUDGE, FIND = ({"openinference.span.kind": kind} for kind in ("GUARDRAIL", "EVALUATOR", "RETRIEVER"))
FOUND = FIND | {"retrieval.documents.0.document.content": P, "input.value": "dock ships berth"}
HTTP = {"http.request.method": "POST", "http.route": "/ask"}


def said(asked, answer, model="m-1", **more):
    return LLM | {"llm.model_name": model, "input.value": asked, "output.value": answer} | more


def chain(asked=Q, answer=A):
    return CHAIN | {"input.value": asked, "output.value": answer}


def read(tmp_path, *spans):
    path = tmp_path / "spans.jsonl"
    path.write_text(json.dumps(request(*spans)), encoding="utf-8")
    return read_file(path)


TITLE = said("Write a short title for this conversation.", "Ships and docks", "small")
GRADE = said(f"Rate the answer from 1 to 5.\nAnswer: {A}", "5", "judge-m")
SAFE = said("Is this safe?", "safe", "guard-m")
REWRITE = said(f"Rewrite the question as a search query: {Q}", "ships dock berth", "small")
SIDE_CALLS = {
    "title after an HTTP chain": [
        (1, "", "POST", HTTP),
        (2, 1, "rag", chain()),
        (3, 2, "find", FOUND),
        (4, 2, "llm", said(PROMPT, A)),
        (5, 1, "llm", TITLE),
    ],
    "title after a bare call": [
        (1, "", "POST", HTTP),
        (2, 1, "find", FOUND),
        (3, 1, "llm", said(PROMPT, A)),
        (4, 1, "llm", TITLE),
    ],
    "title before": [
        (1, "", "POST", HTTP),
        (2, 1, "title", TITLE),
        (3, 1, "find", FOUND),
        (4, 1, "llm", said(PROMPT, A)),
    ],
    "guard inside a chain without output": [
        (1, "", "chat", CHAIN | {"input.value": Q}),
        (2, 1, "find", FOUND),
        (3, 1, "llm", said(PROMPT, A)),
        (4, 1, "guard", GUARD),
        (5, 4, "llm", SAFE),
    ],
    "guard before": [
        (1, "", "POST", HTTP),
        (2, 1, "guard", GUARD),
        (3, 2, "llm", SAFE),
        (4, 1, "find", FOUND),
        (5, 1, "llm", said(PROMPT, A)),
    ],
    "online judge": [
        (1, "", "POST", HTTP),
        (2, 1, "find", FOUND),
        (3, 1, "llm", said(Q, A)),
        (4, 1, "online_eval", JUDGE),
        (5, 4, "llm", GRADE),
    ],
    "judge that is a bare call": [
        (1, "", "POST", HTTP),
        (2, 1, "find", FOUND),
        (3, 1, "llm", said(PROMPT, A)),
        (4, 1, "llm", GRADE),
    ],
    "rewritten query": [
        (1, "", "POST", HTTP),
        (2, 1, "llm", REWRITE),
        (3, 1, "find", FOUND),
        (4, 1, "llm", said(PROMPT, A)),
    ],
    "title chain beside the chain": [
        (1, "", "POST", HTTP),
        (2, 1, "rag", chain()),
        (3, 2, "find", FOUND),
        (4, 2, "llm", said(PROMPT, A)),
        (5, 1, "make_title", chain("Write a title.", "Docks")),
        (6, 5, "llm", TITLE),
    ],
    "stages of a graph": [
        (1, "", "POST", HTTP),
        (2, 1, "graph", chain()),
        (3, 2, "rewrite", chain(Q, "dock?")),
        (4, 2, "retrieve", FOUND),
        (5, 2, "generate", chain("dock?", A)),
        (6, 5, "llm", said(PROMPT, A)),
    ],
}


@pytest.mark.parametrize("steps", SIDE_CALLS.values(), ids=SIDE_CALLS.keys())
def test_calls_beside_the_answer_are_not_the_answer(tmp_path, steps):
    spans = [span(*step, start=100 * place, ms=50) for place, step in enumerate(steps)]
    spans[0]["endTimeUnixNano"] = str(int(spans[0]["startTimeUnixNano"]) + 10**9)
    [item] = read(tmp_path, *spans).interactions
    assert (item.question, item.answer) == (Q, A)
    assert [context.text for context in item.contexts] == [P]
    assert item.fingerprint.chat_model == "m-1"


TURNS = (("Where do ships dock?", "At berth 4."), ("And dogs?", "Dogs are welcome."), ("When?", "From 8 to 20."))


def turns(top, kind, name, inner=None):
    yield span(1, "", "session", top, ms=60_000)
    for number, (asked, answer) in enumerate(TURNS):
        values = kind | ({"input.value": asked, "output.value": answer} if kind in (CHAIN, AGENT) else {})
        own, start = 10 * (number + 1), 10_000 * number
        yield span(own, 1, name, values, start=start, ms=3_000)
        found = FIND | {"retrieval.documents.0.document.content": f"passage {number}"}
        yield span(own + 1, own, "find", found, start=start + 100)
        yield span(own + 2, own, "llm", said(asked, answer), start=start + 300)


@pytest.mark.parametrize(
    ("top", "kind", "name"),
    [
        (AGENT | {"session.id": "s"}, CHAIN, "turn"),
        ({}, CHAIN, "answer"),
        ({}, {}, "turn"),
        (AGENT | {"input.value": "hello", "output.value": "bye"}, {}, "user turn"),
    ],
)
def test_a_conversation_in_one_trace_is_a_row_a_turn_with_its_own_passages(tmp_path, top, kind, name):
    loaded = read(tmp_path, *turns(top, kind, name))
    if "output.value" in top:  # a root that speaks for itself is one row
        assert [item.question for item in loaded.interactions] == ["hello"]
        return
    assert [(item.question, item.answer) for item in loaded.interactions] == list(TURNS)
    assert [[context.text for context in item.contexts] for item in loaded.interactions] == [
        [f"passage {number}"] for number in range(3)
    ]
    assert [item.latency_ms["total"] for item in loaded.interactions] == [3000.0] * 3
    assert [item.id for item in loaded.interactions] == [f"{TRACE}-{number}" for number in (1, 2, 3)]
    assert {item.tags["session"] for item in loaded.interactions} == {top.get("session.id", TRACE)}
    assert loaded.notes[0].startswith("3 rows are turns of conversations")


def test_sub_questions_of_one_answer_are_no_turns(tmp_path):
    steps = [span(1, "", "sub_question", chain(), ms=900)]
    steps += [span(n, 1, "query", chain(f"part {n}?", f"part {n}."), start=100 * n, ms=50) for n in (2, 3)]
    [item] = read(tmp_path, *steps).interactions
    assert (item.question, item.answer) == (Q, A)


def test_a_span_that_was_sent_twice_counts_once(tmp_path):
    tokens = {"llm.token_count.prompt": 100, "llm.token_count.completion": 10}
    steps = [span(1, "", "rag", chain(), ms=900), span(2, 1, "llm", said(PROMPT, A, **tokens), ms=300)]
    once, twice = read(tmp_path, *steps).interactions, read(tmp_path, *steps, *steps).interactions
    assert once == twice
    assert once[0].tokens == {"prompt": 100, "completion": 10}


@pytest.mark.parametrize(
    ("root", "status", "outcome", "error", "answer"),
    [
        (chain(Q, ""), {}, "answered", None, ""),
        (chain(Q, "At be"), {"code": 2, "message": "client gone"}, "failed", "client gone", "At be"),
        (CHAIN | {"input.value": Q}, {"code": 2}, "failed", "the span ended with an error", None),
    ],
)
def test_an_empty_answer_is_a_row_and_an_error_is_kept_with_what_was_said(
    tmp_path, root, status, outcome, error, answer
):
    [item] = read(tmp_path, span(1, "", "rag", root, status=status)).interactions
    assert (item.outcome, item.error, item.answer) == (outcome, error, answer)


def test_a_question_without_an_answer_or_an_error_is_refused(tmp_path):
    loaded = read(tmp_path, span(1, "", "rag", CHAIN | {"input.value": Q}))
    assert loaded.interactions == ()
    assert "neither an answer nor an error" in loaded.rejected[0].reason


def test_a_retried_call_is_no_failure(tmp_path):
    failed = said(Q, "") | {}
    steps = [
        span(1, "", "POST", HTTP, ms=900),
        span(2, 1, "llm", failed, 100, 50, status={"code": 2, "message": "429"}),
        span(3, 1, "llm", said(Q, A), 200, 50),
    ]
    [item] = read(tmp_path, *steps).interactions
    assert (item.answer, item.outcome, item.error) == (A, "answered", None)
