"""Span files of both conventions, as exporters write them: one trace, one interaction."""

import json
from datetime import UTC, datetime

import pytest

from data.interchange.formats import detect, read_file

T0 = 1_767_600_000_000_000_000
TRACE = "5b8aa5a2d2c872e8321cf37308d69df2"


def attribute(key, value):
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    if isinstance(value, list):
        return {"key": key, "value": {"arrayValue": {"values": [{"stringValue": item} for item in value]}}}
    shown = str(value) if type(value) is int else value  # int64 is a string in the JSON encoding
    return {"key": key, "value": {kinds[type(value)]: shown}}


def span(name, number, attributes, parent="", start=0, ms=100, trace=TRACE, **more):
    return {
        "traceId": trace,
        "spanId": f"{number:016x}",
        "parentSpanId": parent and f"{parent:016x}",
        "name": name,
        "startTimeUnixNano": str(T0 + start * 1_000_000),
        "endTimeUnixNano": str(T0 + (start + ms) * 1_000_000),
        "attributes": [attribute(key, value) for key, value in attributes.items()],
        **more,
    }


def request(*spans):
    resource = {"attributes": [attribute("service.name", "shop")]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "x"}, "spans": list(spans)}]}]}


def openinference(trace=TRACE):
    documents = {}
    for number, (text, score) in enumerate([("Ships dock at berth 4.", 0.9), ("Dogs are welcome.", 0.4)]):
        documents |= {
            f"retrieval.documents.{number}.document.id": f"d{number}",
            f"retrieval.documents.{number}.document.content": text,
            f"retrieval.documents.{number}.document.score": score,
            f"retrieval.documents.{number}.document.metadata": json.dumps({"source": "port.md"}),
        }
    chain = {
        "openinference.span.kind": "CHAIN",
        "input.value": json.dumps({"question": "Where do ships dock?"}),
        "output.value": json.dumps({"answer": "At berth 4."}),
        "session.id": "s1",
    }
    model = {
        "openinference.span.kind": "LLM",
        "llm.model_name": "m-1",
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "Context: … Question: Where do ships dock?",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "At berth 4.",
        "llm.token_count.prompt": 120,
        "llm.token_count.completion": 6,
    }
    retriever = {"openinference.span.kind": "RETRIEVER", "input.value": "ships dock", **documents}
    return (
        span("chain", 1, chain, ms=300, trace=trace),
        span("retrieve", 2, retriever, 1, 10, 40, trace=trace),
        span("llm", 3, model, 1, 60, 200, trace=trace),
    )


def genai(**more):
    asked = [{"role": "user", "parts": [{"type": "text", "content": "Where do ships dock?"}]}]
    said = [{"role": "assistant", "parts": [{"type": "text", "content": "At berth 4."}], "finish_reason": "length"}]
    values = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "m",
        "gen_ai.response.model": "m-2026-01",
        "gen_ai.usage.input_tokens": 50,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.input.messages": json.dumps(asked),
        "gen_ai.output.messages": json.dumps(said),
        "gen_ai.response.finish_reasons": ["length"],
    }
    found = [{"id": "d0", "score": 0.7, "content": "Ships dock at berth 4."}]
    retrieval = {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": json.dumps(found)}
    return (
        span("rag", 1, {}, ms=500),
        span("retrieval", 2, retrieval, 1, 1, 9),
        span("chat m", 3, values, 1, 20, 400, **more),
    )


def written(path, *rows, indent=None):
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row, indent=indent) for row in rows))
    return path


def test_an_openinference_trace_becomes_one_interaction(tmp_path):
    loaded = read_file(written(tmp_path / "spans.jsonl", request(*openinference())))
    [item] = loaded.interactions
    assert (item.id, item.at) == (TRACE, datetime.fromtimestamp(T0 / 1e9, UTC))
    assert (item.question, item.answer, item.outcome) == ("Where do ships dock?", "At berth 4.", "answered")
    assert [(c.id, c.text, c.score, c.source) for c in item.contexts] == [
        ("d0", "Ships dock at berth 4.", 0.9, "port.md"),
        ("d1", "Dogs are welcome.", 0.4, "port.md"),
    ]
    assert item.latency_ms == {"retrieve": 40.0, "generate": 200.0, "total": 300.0}
    assert item.tokens == {"prompt": 120, "completion": 6}
    assert item.fingerprint.chat_model == "m-1"
    assert item.tags == {"session": "s1", "service": "shop"}


def test_the_genai_conventions_are_read_too(tmp_path):
    [item] = read_file(written(tmp_path / "spans.json", request(*genai()), indent=1)).interactions
    assert (item.question, item.answer) == ("Where do ships dock?", "At berth 4.")
    assert [(c.id, c.text) for c in item.contexts] == [("d0", "Ships dock at berth 4.")]
    assert (item.fingerprint.chat_model, item.flags) == ("m-2026-01", ("length",))
    assert item.tokens == {"prompt": 50, "completion": 7}


def test_earlier_genai_forms_are_read_too(tmp_path):
    flat = {
        "gen_ai.operation.name": "chat",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "Where?",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "Here.",
        "gen_ai.usage.prompt_tokens": 3,
    }
    events = [
        {"name": "gen_ai.user.message", "attributes": [attribute("content", "And where?")]},
        {"name": "gen_ai.choice", "attributes": [attribute("message", json.dumps({"content": "There."}))]},
    ]
    other = span("chat", 1, {"gen_ai.operation.name": "chat"}, trace="ff" * 16, events=events)
    loaded = read_file(written(tmp_path / "s.jsonl", request(span("chat", 1, flat)), request(other)))
    assert [(item.question, item.answer) for item in loaded.interactions] == [
        ("Where?", "Here."),
        ("And where?", "There."),
    ]


def test_the_spans_of_a_trace_may_lie_in_many_lines_in_any_order(tmp_path):
    lines = [request(part) for part in reversed(openinference())]
    [item] = read_file(written(tmp_path / "s.jsonl", *lines)).interactions
    assert (item.answer, len(item.contexts)) == ("At berth 4.", 2)


def test_a_failed_model_call_is_a_failed_interaction(tmp_path):
    chain, retriever, model = openinference()
    chain["attributes"] = [row for row in chain["attributes"] if row["key"] != "output.value"]
    model["attributes"] = [row for row in model["attributes"] if "output" not in row["key"]]
    model["status"] = {"code": 2, "message": "rate limited"}
    [item] = read_file(written(tmp_path / "s.jsonl", request(chain, retriever, model))).interactions
    assert (item.outcome, item.answer, item.error) == ("failed", None, "rate limited")


def test_bad_traces_and_lines_are_refused_by_number_and_the_rest_is_read(tmp_path):
    idle = span("GET /healthz", 1, {}, trace="aa" * 16)
    broken = request(span("x", 1, {}, trace="bb" * 16, startTimeUnixNano="soon"))
    rows = [request(*openinference()), "{broken", request(idle), broken, {"resourceSpans": 7}]
    loaded = read_file(written(tmp_path / "s.jsonl", *rows))
    assert len(loaded.interactions) == 1
    reasons = {item.line: item.reason for item in loaded.rejected}
    assert [item.line for item in loaded.rejected] == [2, 4, 5]
    assert loaded.notes == ("1 trace was passed over: the trace holds no model call, no question and no answer.",)
    assert "malformed" in reasons[4]
    assert "resourceSpans" in reasons[5]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"resourceSpans": []}, "otlp"),
        ({"id": "1", "at": "2026-01-01", "question": "q", "answer": "a"}, "jsonl"),
        ({"traces": []}, "langfuse"),
        ({"id": "t", "timestamp": "2026-01-01", "input": "q"}, "langfuse"),
        ({"data": [], "meta": {}}, "langfuse"),
        ({"trace_id": "t", "name": "quality"}, "langfuse"),
    ],
)
def test_a_format_is_told_by_the_first_item(tmp_path, row, kind):
    assert detect(written(tmp_path / "one.jsonl", row)) == kind
    assert detect(written(tmp_path / "whole.json", row, indent=2)) == kind
    assert detect(written(tmp_path / "list.json", [row])) == kind
