"""Questions in a conversation: what was said before, and the question made to stand alone."""

from __future__ import annotations

import json
from collections.abc import Generator as Pieces
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from data.errors import InputError
from pipelines.answer.ask import Asker, LoggedAnswer
from rag.answer import Turn, standalone
from rag.protocols import Writer

if TYPE_CHECKING:
    from rag.protocols import Generator

FollowUps = Literal["model", "rule", "none"]
_LONGEST = 8 * 2**20


@dataclass(frozen=True, slots=True)
class StandaloneQuestion:
    """A question that stands alone; `tags` hold how it was asked ("asked_as") where that was otherwise."""

    question: str
    tags: dict[str, str]


def stand_alone(
    generator: Generator, history: Sequence[Turn], question: str, follow_ups: FollowUps = "model"
) -> StandaloneQuestion:
    """Make a follow-up stand alone: by the model that also answers, where it is one, else by rule."""
    if follow_ups == "none":
        return StandaloneQuestion(question, {})
    writer = generator if follow_ups == "model" and isinstance(generator, Writer) else None
    found = standalone(history, question, writer)
    return StandaloneQuestion(found, {} if found == question else {"asked_as": question})


class Conversation:
    """Questions to one `Asker`, each understood after those before it; `turns` is what was said, oldest first."""

    def __init__(self, asker: Asker, follow_ups: FollowUps = "model", turns: Sequence[Turn] = ()) -> None:
        self._asker = asker
        self._follow_ups = follow_ups
        self.turns = list(turns)

    def ask(self, question: str, *, streaming: bool = True) -> Pieces[str | LoggedAnswer]:
        """Yield the answer's text in pieces while it is written, if so wanted, then the whole, on record.

        What failed, or was not heard to its end, is no part of what was said.

        :raises InputError: the question is empty or absurdly long.
        :raises SilentDriftError: retrieval failed.
        """
        rewritten = stand_alone(self._asker.generator, self.turns, question, self._follow_ups)
        for part in self._parts(rewritten, streaming):
            if isinstance(part, LoggedAnswer) and part.interaction.error is None:
                self.turns += [Turn("user", question), Turn("assistant", part.answer.text)]
            yield part

    def _parts(self, rewritten: StandaloneQuestion, streaming: bool) -> Pieces[str | LoggedAnswer]:
        if not streaming:
            yield self._asker.ask(rewritten.question, tags=rewritten.tags)
            return
        begun = self._asker.begin(rewritten.question, tags=rewritten.tags)
        for part in self._asker.write(begun):
            yield part if isinstance(part, str) else self._asker.finish(begun, part)


def read_history(path: Path) -> tuple[Turn, ...]:
    """Read messages: JSON Lines of {"role", "content"}, or JSON with a list of them or with OpenAI's "messages".

    Messages of other roles than user and assistant are left out.

    :raises InputError: no such file, or something in it is no message.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_LONGEST)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a history ({error}): name a file of JSON Lines.") from error
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
