"""The messages of a request as the turns of a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from data.errors import InputError
from pipelines.serve.conversation.footnotes import without_footnotes
from pipelines.serve.conversation.templates import asked_in
from rag.answer import Turn

LONGEST = 20_000
"""How many characters of an earlier message are read: no question may be longer."""
_TEXTS = frozenset({"text", "input_text", "output_text"})


class MessagePart(Protocol):
    """A part of what a message holds."""

    @property
    def type(self) -> str:
        """Its kind."""

    @property
    def text(self) -> str | None:
        """Its text, where it has one."""


class SentMessage(Protocol):
    """A message as it was sent."""

    @property
    def role(self) -> str:
        """Who says it."""

    @property
    def content(self) -> str | Sequence[MessagePart | str] | None:
        """What is said."""


class UnreadableMessage(InputError):
    """A message that cannot be read; `param` names what of the request that is."""

    def __init__(self, told: str, param: str, code: str | None = None) -> None:
        super().__init__(told)
        self.param = param
        self.code = code


@dataclass(frozen=True, slots=True)
class RequestTurns:
    """The question of a request, what was said before it, its instructions, and how many parts were passed over."""

    question: str
    earlier: tuple[Turn, ...]
    system: tuple[str, ...]
    passed_over: int

    @property
    def flags(self) -> tuple[str, ...]:
        """What the answer is to be flagged with."""
        return (f"parts_passed_over:{self.passed_over}",) if self.passed_over else ()


def read_turns(messages: Sequence[SentMessage]) -> RequestTurns:
    """Return the messages up to the last one of the user.

    Of earlier ones the text is read, and what else they hold is passed over; the last must be text.

    :raises UnreadableMessage: no message is the user's, or the last holds something else than text.
    """
    last = next((place for place in reversed(range(len(messages))) if messages[place].role == "user"), None)
    if last is None:
        raise UnreadableMessage("messages: none of them is the user's.", "messages")
    asked = messages[last]
    strange = next((_type(part) for part in _parts(asked) if _text(part) is None), None)
    if strange is not None:
        param = f"messages.{last}.content"
        raise UnreadableMessage(f"{param}: parts of type {strange[:40]!r} cannot be read, only text.", param)
    question = asked_in("\n".join(text for part in _parts(asked) if (text := _text(part))))
    if question is None:
        told = "The question holds the context of the chat program and no question after it: switch its own search off."
        raise UnreadableMessage(told, "messages", "not_a_question")
    said = [(message.role, list(_parts(message))) for message in messages[:last]]
    passed_over = sum(_text(part) is None for _, parts in said for part in parts)
    earlier = tuple(_turn(role, parts) for role, parts in said if role in ("user", "assistant"))
    system = tuple(_joined(parts) for role, parts in said if role in ("system", "developer"))
    return RequestTurns(question, earlier, system, passed_over)


def _turn(role: str, parts: Sequence[MessagePart | str]) -> Turn:
    text = _joined(parts)
    if role == "user":
        return Turn("user", (asked_in(text) or "")[:LONGEST])
    return Turn("assistant", without_footnotes(text)[:LONGEST])


def _joined(parts: Sequence[MessagePart | str]) -> str:
    return "\n".join(text for part in parts if (text := _text(part)))


def _parts(message: SentMessage) -> Iterator[MessagePart | str]:
    content = message.content
    yield from [content] if isinstance(content, str) else content or ()


def _text(part: MessagePart | str) -> str | None:
    """Return the text of a part; None where it holds something else."""
    if isinstance(part, str):
        return part
    return part.text if part.type in _TEXTS else None


def _type(part: MessagePart | str) -> str:
    return "text" if isinstance(part, str) else part.type
