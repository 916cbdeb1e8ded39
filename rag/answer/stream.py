"""Answers that appear while they are written: same checks and, piece by piece, the same text as answers at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from data.records import Answer, Draft, Hit
from data.text import GrowingText
from rag.answer.answering import Checker, answer_question, checked, failed, without_hits
from rag.answer.links import ends_in_link
from rag.answer.markers import ends_in_sources
from rag.errors import EndpointError, GarbledReply
from rag.protocols import Generator, StreamingGenerator

_SETTLED = 24
_SHARE = 16
"""An answer is checked again when this part of it is new, so that all checks together are linear in its length."""
_END = re.compile(r"[.!?…。！？:\n]")
_MAY_BE_WRAPPED = ('"', "{", "[", "<", "`")


def _nothing() -> None:
    pass


def stream_answer(
    question: str, hits: Sequence[Hit], generator: Generator, meanwhile: Callable[[], object] = _nothing
) -> Iterator[str | Answer]:
    """Yield the text of the answer in pieces, then the answer itself.

    A sentence is shown once the next has begun, for only then are its citations known; joined, the pieces are the text
    of the answer, or the beginning of it where the endpoint failed half-way. A generator that cannot stream gives one
    piece. `meanwhile` is called once, when the model has begun to write and nobody waits for us.
    """
    if not hits:
        yield from _shown_at_once(without_hits())
        return
    if not isinstance(generator, StreamingGenerator):
        yield from _shown_at_once(answer_question(question, hits, generator))
        return
    checker, growing = Checker(question, hits), GrowingText()
    shown = ""
    pace = _Pace()
    draft = None
    try:
        for draft in _once_begun(generator.stream(question, hits), meanwhile):
            piece = _settled_text(checker, growing, draft, shown) if pace.is_due(draft.text) else ""
            if piece:
                shown += piece
                pace.shown()
                yield piece
    except EndpointError as error:
        yield failed(hits, error)
        return
    if draft is None:
        yield failed(hits, GarbledReply(f"The model {generator.id} wrote nothing: ask it something with `rag doctor`."))
        return
    answered = checked(question, hits, draft, checker)
    yield answered.text.removeprefix(shown)
    yield answered


class _Pace:
    """Tells when a growing draft is worth a look: enough of it is new, and a sentence ended that is not shown yet."""

    def __init__(self) -> None:
        self._looked_at = self._searched = 0
        self._ended = False

    def is_due(self, text: str) -> bool:
        """Tell whether to look now."""
        length = len(text)
        if length - self._looked_at < max(_SETTLED, length // _SHARE):
            return False
        # What was looked through holds no end, or one that is known.
        after = max(0, self._searched - 2 * _SETTLED)
        self._ended = self._ended or _END.search(text, after, length - _SETTLED - 1) is not None
        self._searched = length
        self._looked_at = length if self._ended else self._looked_at
        return self._ended

    def shown(self) -> None:
        """Take note that all sentences that had ended are shown."""
        self._ended = False


def _once_begun(drafts: Iterator[Draft], meanwhile: Callable[[], object]) -> Iterator[Draft]:
    first = next(drafts, None)
    if first is not None:
        meanwhile()
        yield first
        yield from drafts


def _shown_at_once(answered: Answer) -> Iterator[str | Answer]:
    yield answered.text
    yield answered


def _settled_text(checker: Checker, growing: GrowingText, draft: Draft, shown: str) -> str:
    """Return what can be shown beyond `shown`: the sentences before the last, once the last is well under way."""
    text = draft.text
    if text.lstrip().startswith(_MAY_BE_WRAPPED) or ends_in_sources(text) or ends_in_link(text):
        return ""
    _, cited = checker.cited(draft)
    display = cited.text
    spans = growing.sentences(display)
    if len(spans) < 2 or len(display) - spans[-1][0] < _SETTLED:
        return ""
    # Nobody waits for this now; at the end of the answer somebody would.
    checker.mismatches(draft, cited.statements[:-1])
    settled = display[: spans[-1][0]]
    return settled.removeprefix(shown) if settled.startswith(shown) else ""
