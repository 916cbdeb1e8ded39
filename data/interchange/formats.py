"""Interaction files of other tools: which format a file has, and its items as interactions.

Bad items are refused by number with the reason, and never stop the good ones. The number is that of a line, or of a
trace in the order of first appearance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from data.errors import InputError
from data.interchange import langfuse, otlp, spans
from data.interchange.lines import ImportedFile, read_interactions
from data.jsonl import RejectedLine, check_file, parse_json
from data.records import Interaction, Score

Format = Literal["auto", "jsonl", "otlp", "langfuse"]
FORMATS: tuple[Format, ...] = ("auto", "jsonl", "otlp", "langfuse")
_T = TypeVar("_T")


def read_file(path: Path, kind: Format = "auto") -> ImportedFile:
    """Read an interaction file of any known format.

    :raises InputError: the file is missing, a folder, compressed, not UTF-8 or empty.
    """
    check_file(path)
    kind = detect(path) if kind == "auto" else kind
    if kind == "jsonl":
        return read_interactions(path)
    return _read_otlp(path) if kind == "otlp" else _read_langfuse(path)


def detect(path: Path) -> Format:
    """Return the format of a file by its first item; what cannot be told is taken for our own."""
    for _, row in _rows(path):
        if isinstance(row, InputError):
            continue
        if isinstance(row, dict) and ("resourceSpans" in row or "resource_spans" in row):
            return "otlp"
        return "langfuse" if langfuse.looks_like(row) else "jsonl"
    return "jsonl"


def _read_otlp(path: Path) -> ImportedFile:
    traces: dict[str, list[spans.SpanRecord]] = {}
    rejected: list[RejectedLine] = []
    for number, row in _rows(path):
        found = _tried(lambda row=row: spans.spans_of(_good(row)), number, row, rejected)  # type: ignore[misc]
        for span in found or ():
            traces.setdefault(span.trace, []).append(span)
    return _finished(path, traces, lambda name, found: (otlp.interaction_of(found), []), rejected)


def _read_langfuse(path: Path) -> ImportedFile:
    traces: dict[str, langfuse.TraceRows] = {}
    rejected: list[RejectedLine] = []
    for number, row in _rows(path):
        _tried(lambda row=row: langfuse.gather(_good(row), traces), number, row, rejected)  # type: ignore[misc]
    return _finished(path, traces, langfuse.interaction_of, rejected)


def _finished(
    path: Path,
    traces: dict[str, _T],
    read: Callable[[str, _T], tuple[Interaction, list[Score]]],
    rejected: list[RejectedLine],
) -> ImportedFile:
    items: list[Interaction] = []
    scores: list[Score] = []
    for number, (name, parts) in enumerate(traces.items(), start=1):
        made = _tried(lambda name=name, parts=parts: read(name, parts), number, {"trace": name}, rejected)  # type: ignore[misc]
        if made is not None:
            items.append(made[0])
            scores += made[1]
    if not items and not rejected:
        raise InputError(f"{path} holds no traces: export them again, or name the format with --format.")
    return ImportedFile(tuple(items), tuple(scores), tuple(rejected))


def _tried(make: Callable[[], _T], number: int, row: Any, rejected: list[RejectedLine]) -> _T | None:
    try:
        return make()
    except InputError as error:
        raw = str(row) if isinstance(row, InputError) else json.dumps(row, ensure_ascii=False, default=str)
        rejected.append(RejectedLine(number, str(error), raw))
        return None


def _good(row: Any) -> Any:
    if isinstance(row, InputError):
        raise row
    return row


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON file (a list, or one value) or of JSON Lines; an unreadable line as its error."""
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"")
        if _is_whole(first):
            yield from _of_whole(path)
            return
        file.seek(0)
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield number, _parsed(raw)


def _is_whole(first: bytes) -> bool:
    """Say whether a file that begins with this line is one JSON value over many lines, or a list."""
    return first.lstrip(b"\xef\xbb\xbf").strip()[:1] == b"[" or isinstance(_parsed(first), InputError)


def _of_whole(path: Path) -> Iterator[tuple[int, Any]]:
    value = _parsed(path.read_bytes())
    if not isinstance(value, InputError):
        yield from enumerate(value if isinstance(value, list) else [value], start=1)
        return
    # Not one value: JSON Lines whose first line is broken.
    for number, raw in enumerate(path.read_bytes().splitlines(), start=1):
        if raw.strip():
            yield number, _parsed(raw)


def _parsed(raw: bytes) -> Any:
    try:
        return parse_json(raw)
    except InputError as error:
        return error
