"""The items of a file of another program: JSON Lines, one JSON value over many lines, a list, or CSV."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.jsonl import parse_json

_LONGEST_CELL = 10_000_000


def rows_of(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the items with the number of each from 1; an unreadable line as its error."""
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"")
        if _is_csv(path, first):
            yield from _of_csv(path)
            return
        if _is_whole(first):
            yield from _of_whole(path)
            return
        file.seek(0)
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield number, _parsed(raw)


def is_lines(path: Path) -> bool:
    """Tell whether a file is JSON Lines: no table, and not one value over many lines."""
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"")
    if _is_csv(path, first):
        return False
    return not _is_whole(first) or isinstance(_parsed(path.read_bytes()), InputError)


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


def _is_csv(path: Path, first: bytes) -> bool:
    named = path.suffix.casefold() in (".csv", ".tsv")
    return named and not first.lstrip(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


def _of_csv(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a table by the names of its columns; empty cells are left out, cells of JSON are read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: save it as UTF-8 first.") from error
    head = text[:10_000].split("\n", 1)[0]
    mark = max((",", ";", "\t"), key=head.count)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for number, row in enumerate(csv.DictReader(io.StringIO(text), delimiter=mark), start=2):
            yield number, {str(key): _cell(value) for key, value in row.items() if key and value not in (None, "")}
    except csv.Error as error:
        raise InputError(f"{path} is no table that can be read ({error}): export it as JSON.") from error


def _cell(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in "{[":
        return value
    try:
        return parse_json(value)
    except InputError:
        pass
    try:  # what pandas writes for a list is Python's, not JSON's
        found = ast.literal_eval(value) if len(value) < _LONGEST_CELL else value
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value
    return found if isinstance(found, list | dict) else value
