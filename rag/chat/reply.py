"""A model's reply as it grows, wherever a server puts its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.text import HalfJoiner, whole_characters
from rag.chat.events import ENDED
from rag.chat.thinking import AnswerText

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_FINISH = ("finish_reason", "stop_reason", "done_reason")
"""Where OpenAI, Anthropic and Ollama say why a reply ended."""
_MOST_REASONING = 100_000
"""How many characters of the field of thoughts are kept: it is the answer where there is no other."""


@dataclass(slots=True)
class Reply:
    """A reply, message by message; one without streaming is one message. All of it is in whole characters."""

    reasoning: str = ""
    refusal: str = ""
    finish: str = ""
    model: str = ""
    system_fingerprint: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    ended: bool = False
    """Whether the server said that the stream was at its end, in whatever way."""
    _answer: AnswerText = field(default_factory=AnswerText)
    _halves: HalfJoiner = field(default_factory=HalfJoiner)

    @property
    def raw(self) -> str:
        """The content as it was sent."""
        return self._answer.raw

    @property
    def text(self) -> str:
        """The answer so far, without the thinking that some servers leave in it."""
        return self._answer.text

    @property
    def whole(self) -> str:
        """The answer, if nothing more comes."""
        self._answer.add(self._halves.end())
        return self._answer.whole

    @property
    def begun(self) -> bool:
        """Whether the model has written anything yet, thinking included."""
        return bool(self.raw or self.reasoning or self.refusal)

    def add(self, message: BaseMessage) -> bool:
        """Take in a message; tell whether it brought text of the answer."""
        grown = self.add_text(str(message.text))
        if len(self.reasoning) < _MOST_REASONING:
            self.reasoning += whole_characters(_text(message.additional_kwargs.get("reasoning_content")))
        self.refusal += whole_characters(_text(message.additional_kwargs.get("refusal")))
        about = message.response_metadata
        self.ended = self.ended or bool(about.get(ENDED))
        self.finish = next((_text(str(about[key])) for key in _FINISH if about.get(key)), self.finish)
        self.model = whole_characters(_text(about.get("model_name"))) or self.model
        self.system_fingerprint = whole_characters(_text(about.get("system_fingerprint"))) or self.system_fingerprint
        usage = getattr(message, "usage_metadata", None)
        if usage:
            self.prompt_tokens, self.completion_tokens = usage["input_tokens"], usage["output_tokens"]
        return grown

    def limit(self, most: int) -> bool:
        """Leave out text beyond `most` characters; tell whether there was any, for then no more need be read."""
        if len(self.raw) <= most:
            return False
        self._answer.cut(most)
        self.finish = "length"
        return True

    def add_text(self, piece: str) -> bool:
        """Take in a piece of the content; tell whether it is text of the answer."""
        before = self._answer.length
        self._answer.add(self._halves.add(piece))
        return self._answer.length != before


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
