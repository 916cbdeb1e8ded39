"""A model's reply as it grows, wherever a server puts its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_THINKING = re.compile(r"\A\s*<(think|thinking|thought|reasoning)>")
_UNOPENED = "</think>"
_FINISH = ("finish_reason", "stop_reason", "done_reason")
"""Where OpenAI, Anthropic and Ollama say why a reply ended."""


@dataclass(slots=True)
class Reply:
    """A reply, message by message; one without streaming is one message. `raw` is the content as it was sent."""

    raw: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish: str = ""
    model: str = ""
    system_fingerprint: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def text(self) -> str:
        """The answer without the thinking some servers leave in it, between tags or before a closing one."""
        opened = _THINKING.match(self.raw)
        if opened:
            return self.raw[opened.end() :].partition(f"</{opened.group(1)}>")[2].lstrip()
        return self.raw.partition(_UNOPENED)[2].lstrip() if _UNOPENED in self.raw else self.raw

    @property
    def begun(self) -> bool:
        """Whether the model has written anything yet, thinking included."""
        return bool(self.raw or self.reasoning or self.refusal)

    def add(self, message: BaseMessage) -> bool:
        """Take in a message; tell whether it brought text of the answer."""
        before = len(self.text)
        self.raw += str(message.text)
        self.reasoning += message.additional_kwargs.get("reasoning_content") or ""
        self.refusal += message.additional_kwargs.get("refusal") or ""
        about = message.response_metadata
        self.finish = next((str(about[key]) for key in _FINISH if about.get(key)), self.finish)
        self.model = about.get("model_name") or self.model
        self.system_fingerprint = about.get("system_fingerprint") or self.system_fingerprint
        usage = getattr(message, "usage_metadata", None)
        if usage:
            self.prompt_tokens, self.completion_tokens = usage["input_tokens"], usage["output_tokens"]
        return len(self.text) != before
