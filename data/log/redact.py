"""Redaction: what must never be stored is blacked out before anything is written.

A text that was changed loses the vector made from it, as texts can be guessed back from vectors. Its hash is that of
what is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from data.errors import SettingsError, WorkspaceError
from data.records import Citation, Context, Interaction, Score, content_hash

BLACK = "[redacted]"


@dataclass(frozen=True, slots=True)
class Redactor:
    """Patterns whose matches are blacked out, and a function from text to text called after them."""

    patterns: tuple[re.Pattern[str], ...] = ()
    hook: Callable[[str], str] | None = None

    @classmethod
    def build(cls, patterns: Sequence[str], hook: Callable[[str], str] | None = None) -> Redactor:
        """Compile the patterns.

        :raises SettingsError: one is no regular expression.
        """
        compiled = []
        for pattern in patterns:
            try:
                compiled.append(re.compile(pattern))
            except re.error as error:
                told = f"log.redact holds {pattern!r}, which is no regular expression ({error}): correct or remove it."
                raise SettingsError(told) from error
        return cls(tuple(compiled), hook)

    def text(self, text: str) -> str:
        """Return `text` as it may be stored.

        :raises WorkspaceError: the hook failed; nothing may be written then.
        """
        for pattern in self.patterns:
            text = pattern.sub(BLACK, text)
        return text if self.hook is None else self._hooked(text)

    def interaction(self, item: Interaction) -> Interaction:
        """Return the interaction as it may be stored: question, answer, passages, quotes, error and tags."""
        if not self.patterns and self.hook is None:
            return item
        question = self.text(item.question)
        answer = self._optional(item.answer)
        return replace(
            item,
            question=question or BLACK,
            answer=answer,
            contexts=tuple(self._context(context) for context in item.contexts),
            citations=tuple(self._citation(citation) for citation in item.citations),
            error=self._optional(item.error),
            tags={key: self.text(value) for key, value in item.tags.items()},
            question_vector=item.question_vector if question == item.question else None,
            answer_vector=item.answer_vector if answer == item.answer else None,
        )

    def score(self, score: Score) -> Score:
        """Return the score as it may be stored: reasons and comments are texts too."""
        return replace(score, reason=self.text(score.reason)) if score.reason else score

    def _context(self, context: Context) -> Context:
        text = self._optional(context.text)
        if text == context.text:
            return context
        return replace(context, text=text, text_hash=content_hash(text or ""))

    def _citation(self, citation: Citation) -> Citation:
        return replace(citation, quote=self.text(citation.quote))

    def _optional(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def _hooked(self, text: str) -> str:
        assert self.hook is not None
        try:
            kept = self.hook(text)
        except Exception as error:  # somebody else's code: whatever it raises, the text must not be written
            told = f"log.redact_hook failed ({type(error).__name__}): nothing is written until it works."
            raise WorkspaceError(told) from error
        if not isinstance(kept, str):
            raise WorkspaceError(f"log.redact_hook returned {type(kept).__name__}, not text: nothing is written.")
        return kept
