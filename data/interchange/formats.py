"""Interaction files of other tools: which format a file has, and its items as interactions.

Bad items are refused by number with the reason, and never stop the good ones. The number is that of a line, or of a
trace in the order of first appearance. What is left out without harm is counted and told by name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from data.errors import InputError
from data.interchange import datasets, langfuse, langsmith, mlflow, opik, otlp, phoenix
from data.interchange.contents import FileContents, ImportedFile
from data.interchange.lines import parse_row, read_interactions
from data.interchange.rows import is_lines, rows_of
from data.jsonl import check_file
from data.scales import MetricSettings
from data.traces import NoInteractionError, TraceParts, Traces

Format = Literal["auto", "jsonl", "otlp", "langfuse", "phoenix", "langsmith", "opik", "mlflow", "dataset"]
FORMATS: tuple[Format, ...] = get_args(Format)
_GATHER: dict[str, Callable[[Any, Traces, MetricSettings | None], None]] = {
    "otlp": otlp.gather,
    "langsmith": langsmith.gather,
    "phoenix": phoenix.gather,
    "mlflow": mlflow.gather,
    "opik": opik.gather,
    "langfuse": langfuse.gather,
}
_LOOKS: dict[Format, Callable[[Any], bool]] = {
    "otlp": otlp.looks_like,
    "langsmith": langsmith.looks_like,
    "phoenix": phoenix.looks_like,
    "mlflow": mlflow.looks_like,
    "opik": opik.looks_like,
    "langfuse": langfuse.looks_like,
    "dataset": datasets.looks_like,
}
"""How each format is told, in the order in which they are tried."""


def read_file(path: Path, kind: Format = "auto", metrics: MetricSettings | None = None) -> ImportedFile:
    """Read an interaction file of any known format; `metrics` tell what scores mean.

    :raises InputError: the file is missing, a folder, compressed, not UTF-8 or empty.
    """
    check_file(path)
    kind = detect(path) if kind == "auto" else kind
    if kind == "jsonl":
        return read_interactions(path, metrics) if is_lines(path) else _read_own(path, metrics)
    return _read_set(path, metrics) if kind == "dataset" else _read_traces(path, kind, metrics)


def detect(path: Path) -> Format:
    """Return the format of a file by its first item; what cannot be told is taken for our own."""
    for _, row in rows_of(path):
        if isinstance(row, InputError):
            continue
        if isinstance(row, dict) and {"id", "at", "question"} <= row.keys():
            return "jsonl"
        return next((kind for kind, looks_like in _LOOKS.items() if looks_like(row)), "jsonl")
    return "jsonl"


def _read_own(path: Path, metrics: MetricSettings | None) -> ImportedFile:
    """Read our own format where it is no JSON Lines: a list, one object over many lines, a table."""
    contents = FileContents()
    for number, row in rows_of(path):
        _tried(lambda row=row: contents.add(*parse_row(_good(row), metrics)), number, row, contents)  # type: ignore[misc]
    if not contents.items and not contents.rejected:
        raise InputError(f"{path} holds no rows: expected objects with id, at, question and answer.")
    if not contents.items:
        contents.notes.append("No known tool writes such rows: docs/attach.md names what is read.")
    return contents.finished()


def _read_traces(path: Path, kind: Format, metrics: MetricSettings | None) -> ImportedFile:
    contents, traces = FileContents(), Traces()
    for number, row in rows_of(path):
        _tried(lambda row=row: _GATHER[kind](_good(row), traces, metrics), number, row, contents)  # type: ignore[misc]
    idle: Counter[str] = Counter()
    for number, (name, parts) in enumerate(traces.items(), start=1):
        try:
            _add(name, parts, contents)
        except NoInteractionError as error:
            idle[str(error)] += 1
        except InputError as error:
            contents.refuse(number, str(error), json.dumps({"trace": name}, ensure_ascii=False))
    if not contents.items and not contents.rejected and not idle:
        raise InputError(f"{path} holds no traces: export them again, or name the format with --format.")
    contents.notes += [f"{_traces(count)} passed over: {reason}." for reason, count in idle.most_common()]
    return contents.finished()


def _add(name: str, parts: TraceParts, contents: FileContents) -> None:
    items = parts.interactions(name)
    alone = len(items) == 1
    for item in items:
        contents.add(item, (score for score in parts.scores if alone and score.interaction_id == item.id))
    if not alone:
        contents.turns += len(items)
        contents.of_conversations += len(parts.scores)


def _read_set(path: Path, metrics: MetricSettings | None) -> ImportedFile:
    contents, undated = FileContents(), 0
    dated = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    for number, row in rows_of(path):
        made = _tried(lambda row=row: datasets.gather(_good(row), contents, dated, metrics), number, row, contents)  # type: ignore[misc]
        undated += made or 0
    if undated:
        rows = "1 row has" if undated == 1 else f"{undated:,} rows have"
        day = f"{dated:%Y-%m-%d %H:%M} UTC"
        contents.notes.append(f"{rows} no time: dated by the file, {day}, and named by content.")
    return contents.finished()


def _tried(make: Callable[[], Any], number: int, row: Any, contents: FileContents) -> Any:
    try:
        return make()
    except InputError as error:
        raw = str(row) if isinstance(row, InputError) else json.dumps(row, ensure_ascii=False, default=str)
        contents.refuse(number, str(error), raw)
        return None


def _good(row: Any) -> Any:
    if isinstance(row, InputError):
        raise row
    return row


def _traces(count: int) -> str:
    return "1 trace was" if count == 1 else f"{count:,} traces were"
