"""What was said before a question: messages in a file, `rag ask --history`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from data.errors import InputError, cause
from rag.answer import Turn

_LONGEST = 8 * 2**20


def read_history(path: Path) -> tuple[Turn, ...]:
    """Read messages: JSON Lines of {"role", "content"}, or JSON with a list of them or with OpenAI's "messages".

    Messages of other roles than user and assistant are left out.

    :raises InputError: no such file, or something in it is no message.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_LONGEST)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a history ({cause(error)}): name a file of JSON Lines.") from error
    rows = _rows(text, path)
    return tuple(turn for place, row in enumerate(rows, 1) if (turn := _turn(row, place, path)) is not None)


def _rows(text: str, path: Path) -> list[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [_line(line, number, path) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if isinstance(whole, dict) and "messages" in whole:
        whole = whole["messages"]
    return whole if isinstance(whole, list) else [whole]


def _line(line: str, number: int, path: Path) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InputError(f"{path}, line {number} is not JSON ({error}): write one message per line.") from error


def _turn(row: Any, place: int, path: Path) -> Turn | None:
    role = row.get("role") if isinstance(row, dict) else None
    if not isinstance(role, str):
        raise InputError(f'{path}, message {place} has no role: write {{"role": "user", "content": "…"}}.')
    if role not in ("user", "assistant"):
        return None
    return Turn("user" if role == "user" else "assistant", _text(row.get("content"), place, path))


def _text(content: Any, place: int, path: Path) -> str:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        content = "\n".join(part for part in parts if isinstance(part, str))
    if content is not None and not isinstance(content, str):
        raise InputError(f"{path}, message {place} has a content that is no text: {str(content)[:60]!r}.")
    return content or ""
