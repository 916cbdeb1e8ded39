"""Langfuse exports, nested as the API returns them and in rows as the files hold them."""

import json
from datetime import UTC, datetime

from data.interchange.formats import read_file

TRACE = {
    "id": "t1",
    "timestamp": "2026-01-05T08:00:00.000Z",
    "input": {"question": "Where do ships dock?"},
    "output": "At berth 4.",
    "sessionId": "s1",
    "latency": 0.4,
}
RETRIEVAL = {
    "id": "o1",
    "traceId": "t1",
    "type": "SPAN",
    "name": "VectorStoreRetriever",
    "startTime": "2026-01-05T08:00:00.010Z",
    "endTime": "2026-01-05T08:00:00.060Z",
    "output": [{"page_content": "Ships dock at berth 4.", "metadata": {"source": "port.md"}}],
}
GENERATION = {
    "id": "o2",
    "traceId": "t1",
    "type": "GENERATION",
    "startTime": "2026-01-05T08:00:00.100Z",
    "endTime": "2026-01-05T08:00:00.300Z",
    "model": "m-1",
    "promptName": "qa",
    "promptVersion": 3,
    "input": [{"role": "user", "content": "Context … Where do ships dock?"}],
    "output": {"role": "assistant", "content": "At berth 4."},
    "usageDetails": {"input": 90, "output": 5},
}
SCORES = [
    {"traceId": "t1", "name": "quality", "value": 1, "source": "ANNOTATION", "dataType": "BOOLEAN"},
    {"traceId": "t1", "name": "faithfulness", "value": 0.8, "source": "EVAL", "dataType": "NUMERIC"},
    {"traceId": "t1", "name": "user-feedback", "value": 0, "source": "API", "dataType": "NUMERIC"},
    {"traceId": "t1", "name": "tone", "stringValue": "kind", "value": None, "source": "EVAL"},
]


def written(path, *rows):
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def snake(row):
    names = {"traceId": "trace_id", "startTime": "start_time", "endTime": "end_time", "usageDetails": "usage_details"}
    return {names.get(key, key): value for key, value in row.items()}


def checked(loaded):
    [item] = loaded.interactions
    assert loaded.rejected == ()
    assert (item.id, item.at) == ("t1", datetime(2026, 1, 5, 8, tzinfo=UTC))
    assert (item.question, item.answer) == ("Where do ships dock?", "At berth 4.")
    assert [(c.text, c.source) for c in item.contexts] == [("Ships dock at berth 4.", "port.md")]
    assert item.latency_ms == {"retrieve": 50.0, "generate": 200.0, "total": 400.0}
    assert item.tokens == {"prompt": 90, "completion": 5}
    assert (item.fingerprint.chat_model, item.fingerprint.prompt_version) == ("m-1", "qa@3")
    assert item.tags == {"session": "s1"}
    assert {(s.metric, s.value, s.source) for s in loaded.scores} == {
        ("quality", 1.0, "human"),
        ("faithfulness", 0.8, "judge"),
        ("thumbs", 0.0, "human"),  # who rates of his own accord explains, and does not decide
        ("tone", None, "judge"),
    }


def test_a_nested_trace_is_read(tmp_path):
    nested = TRACE | {"observations": [RETRIEVAL, GENERATION], "scores": SCORES}
    checked(read_file(written(tmp_path / "a.json", {"data": [nested], "meta": {"page": 1}})))
    checked(read_file(written(tmp_path / "b.jsonl", nested)))


def test_rows_in_snake_case_and_any_order_are_read(tmp_path):
    rows = [snake(row) for row in (GENERATION, *SCORES, RETRIEVAL)]
    checked(read_file(written(tmp_path / "rows.jsonl", *rows, TRACE), "langfuse"))


def test_three_lists_in_one_file_are_read(tmp_path):
    checked(
        read_file(
            written(
                tmp_path / "all.json", {"traces": [TRACE], "observations": [RETRIEVAL, GENERATION], "scores": SCORES}
            )
        )
    )


def test_a_failed_generation_is_a_failed_interaction(tmp_path):
    failed = GENERATION | {"output": None, "level": "ERROR", "statusMessage": "overloaded"}
    [item] = read_file(written(tmp_path / "a.jsonl", TRACE | {"output": None}, failed)).interactions
    assert (item.outcome, item.error) == ("failed", "overloaded")


def test_bad_items_are_refused_by_number_and_the_rest_is_read(tmp_path):
    empty = {"id": "t2", "timestamp": "2026-01-05T08:00:00Z", "input": None}
    timeless = {"id": "t3", "timestamp": "soon", "input": "q", "output": "a"}
    loaded = read_file(written(tmp_path / "a.jsonl", TRACE, "{", empty, timeless, 7, {"name": "x"}), "langfuse")
    assert [item.id for item in loaded.interactions] == ["t1"]
    assert [(item.line, item.reason.split(":")[0]) for item in loaded.rejected] == [
        (2, "not JSON (Expecting property name enclosed in double quotes"),
        (5, "expected a trace, an observation or a score, found int"),
        (6, "expected a trace with id and timestamp, or a row with traceId"),
        (2, "the trace holds no question"),
        (3, "the trace has no usable timestamp, found 'soon'"),
    ]
