"""Rows of evaluation data sets: ragas, DeepEval and the like, with questions, answers, passages and metrics.

Such a set has no times, and often no names: a row is named by its content and dated by the file, which is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data.errors import InputError
from data.interchange.contents import FileContents
from data.interchange.scores import scored
from data.interchange.times import time_or_none
from data.records import Interaction, Score, content_hash
from data.scales import MetricSettings, meaning
from data.traces import ANSWER_KEYS, QUESTION_KEYS, documents_of, outcome_of, output_of, text_of

_ASKED = ("user_input", "question", "query", "input", "prompt")
_SAID = (
    *("response", "actual_output", "answer", "output", "completion", "prediction", "generated_answer"),
    "model_output",
)
_HELD = (
    *("retrieved_contexts", "retrieval_context", "contexts", "context", "retrieved_documents", "documents"),
    "sources",
)
_TIMES = ("at", "timestamp", "created_at", "time", "date", "start_time", "request_time", "ts")
_NAMES = ("id", "name", "trace_id", "interaction_id", "request_id", "sample_id")
_EXPECTED = ("reference", "ground_truth", "ground_truths", "expected_output", "expected", "reference_answer", "target")
_CASES = ("testCases", "test_cases", "test_results", "samples", "examples", "rows", "records", "data", "results")


def looks_like(row: Any) -> bool:
    """Say whether a row is of a data set: it asks and answers, and is no row of our own format."""
    if not isinstance(row, Mapping):
        return False
    for key in _CASES:
        if isinstance(row.get(key), list) and row[key] and isinstance(row[key][0], Mapping):
            return looks_like(row[key][0])
    if {"id", "at", "question"} <= row.keys():
        return False
    return bool(row.keys() & set(_ASKED)) and bool(row.keys() & set(_SAID))


def gather(row: Any, contents: FileContents, dated: datetime, metrics: MetricSettings | None = None) -> int:
    """Take the rows of a set in; return how many were dated by the file.

    :raises InputError: one has no question or no answer; the message is the reason alone.
    """
    if not isinstance(row, Mapping):
        raise InputError(f"expected a row with a question and an answer, found {type(row).__name__}")
    inside = next((row[key] for key in _CASES if isinstance(row.get(key), list)), None)
    if inside is not None and not row.keys() & set(_SAID):
        return sum(gather(item, contents, dated, metrics) for item in inside)
    at = next((at for key in _TIMES if (at := time_or_none(row.get(key)))), None)
    question = next((text for key in _ASKED if (text := text_of(row.get(key), QUESTION_KEYS, "user"))), "")
    if not question:
        raise InputError("the row holds no question")
    given = next((row[key] for key in _SAID if key in row), None)
    answer = output_of(given, ANSWER_KEYS, "assistant")
    if answer is None:
        raise InputError("the row holds no answer")
    held = next((row[key] for key in _HELD if row.get(key)), None)
    passages = tuple(documents_of([held] if isinstance(held, str) else held, strings=True))
    told = next((str(row[key]) for key in _NAMES if isinstance(row.get(key), str | int) and row.get(key)), "")
    name = told[:64] if told and at else content_hash(told, question, answer, *(item.id for item in passages))
    item = Interaction(name, at or dated, question, answer, outcome_of(answer, None), contexts=passages)
    contents.add(item, _scores(name, row, metrics))
    return int(at is None)


def _scores(name: str, row: Mapping[str, Any], metrics: MetricSettings | None) -> list[Score]:
    """Return the metrics of a row: its columns that are named as metrics, or DeepEval's list of them."""
    found = []
    used = {*_ASKED, *_SAID, *_HELD, *_TIMES, *_NAMES, *_EXPECTED}
    for key, value in row.items():
        number = isinstance(value, int | float) or (isinstance(value, str) and value.replace(".", "", 1).isdecimal())
        if key not in used and number and meaning(key).role != "unknown":
            found.append(scored(Score(name, key, None, "judge", "", "data set", ""), value, {}, metrics))
    listed = next((row[key] for key in ("metricsData", "metrics_data", "metrics", "scores") if key in row), None)
    for item in listed if isinstance(listed, list) else []:
        metric = item.get("name") or item.get("metric") if isinstance(item, Mapping) else None
        if metric:
            bare = Score(name, str(metric), None, "judge", str(item.get("reason") or ""), "data set", "")
            value = next((item[key] for key in ("score", "value") if key in item), item.get("success"))
            found.append(scored(bare, value, item, metrics))
    return found
