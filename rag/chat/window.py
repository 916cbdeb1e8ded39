"""A prompt that fits a model's window: the best passages, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.records import Hit
from data.text import estimate_tokens, pack
from rag.errors import ContextOverflow
from rag.prompts import SYSTEM, Prompt, render

_FRAME = 100


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """A prompt, and how many passages were left out of it for want of room."""

    prompt: Prompt
    dropped: int


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """How many tokens a model reads and writes, together; `answer` of them are kept for what it writes."""

    tokens: int
    answer: int

    def fit(self, question: str, hits: Sequence[Hit], secret: str) -> FittedPrompt:
        """Write the prompt for a question over the passages that fit, best first; `secret` is that of `render`.

        :raises ContextOverflow: not one passage fits.
        """
        room = self.tokens - self.answer - _FRAME
        packed = pack(hits, room - estimate_tokens(SYSTEM) - estimate_tokens(question))
        if hits and not packed:
            raise ContextOverflow(
                f"A window of {self.tokens} tokens has no room for a passage beside the instructions, the question"
                f" and an answer of {self.answer} tokens: raise chat.context_window or lower chat.max_answer_tokens."
            )
        return FittedPrompt(render(question, packed, secret), len(hits) - len(packed))
