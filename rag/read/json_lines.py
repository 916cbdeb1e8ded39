"""JSON and JSON Lines: one paragraph per record, one "key: value" line per value."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rag.errors import UnreadableDocument
from rag.read.extracted import Extract, TextBuilder
from rag.read.text import decode

MEDIA_TYPE = "application/json"


def read_json(data: bytes) -> Extract:
    """Extract all values; the elements of a list of objects are records.

    :raises UnreadableDocument: the text is not JSON; the message names the line.
    """
    text = decode(data).removeprefix("\ufeff")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableDocument(f"it is not JSON ({error.msg} in line {error.lineno}): mend that line.") from error
    return _records(value if isinstance(value, list) else [value])


def read_json_lines(data: bytes) -> Extract:
    """Extract one record per line.

    :raises UnreadableDocument: a line is not JSON; the message names it.
    """
    records = []
    for number, line in enumerate(decode(data).removeprefix("\ufeff").split("\n"), start=1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise UnreadableDocument(f"line {number} is not JSON ({error.msg}): mend that line.") from error
    return _records(records)


def _records(records: list[object]) -> Extract:
    builder = TextBuilder()
    for record in records:
        builder.line("")
        for line in _lines(record, ""):
            builder.line(line)
    return builder.build(MEDIA_TYPE)


def _lines(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _lines(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _lines(item, f"{path}[{number}]")
    elif isinstance(value, list):
        yield from _lines(", ".join(_shown(item) for item in value), path)
    elif shown := _shown(value):
        yield f"{path}: {shown}" if path else shown


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
