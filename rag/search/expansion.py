"""Search small, read large: a passage that was found is widened to its surroundings before a model reads it.

Small passages are found better, as each says one thing; an answer often needs the sentence before or after. A hit is
therefore joined with its neighbours of the same section, on the same page, while they fit a token budget. What comes
out is again an exact span of the document, and keeps the id of the passage that was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from data.records import Chunk, Document, Hit
from data.text import estimate_tokens
from rag.store import Neighbour


@dataclass(slots=True)
class _WidePassage:
    """A hit and the places it was widened to, ``places[first:last + 1]``."""

    hit: Hit
    first: int
    last: int


class _Source:
    """The text of one document, its places, and what was already made of them."""

    def __init__(self, text: str, places: Sequence[Neighbour], max_tokens: int) -> None:
        self.text = text
        self._places = places
        self._at = {(place.start, place.end): at for at, place in enumerate(places)}
        self._max_tokens = max_tokens
        self._made: list[_WidePassage] = []

    def widen(self, hit: Hit) -> _WidePassage | None:
        """Return a passage around `hit`; None when one made before holds it, or was joined with it."""
        at = self._at.get((hit.chunk.start, hit.chunk.end))
        if at is None:
            return _WidePassage(hit, 0, -1)
        if self._owner(at) is not None:
            return None
        new = self._grown(hit, at)
        for beside in (new.first - 1, new.last + 1):
            owner = self._owner(beside) if self._same_section(at, beside) else None
            if owner is not None and self._fits(span := _union(owner, new), 2 * self._max_tokens):
                owner.first, owner.last = span
                return None
        self._made.append(new)
        return new

    def span(self, passage: _WidePassage) -> tuple[int, int]:
        """Return where a passage begins and ends in the document."""
        if passage.last < passage.first:
            return passage.hit.chunk.start, passage.hit.chunk.end
        return self._places[passage.first].start, self._places[passage.last].end

    def _grown(self, hit: Hit, at: int) -> _WidePassage:
        """Grow on both sides in turn, up to what was made before, the section's border and the budget."""
        first = last = at
        steps = [1, -1]
        while steps:
            step = steps.pop(0)
            beside = last + 1 if step > 0 else first - 1
            span = (min(first, beside), max(last, beside))
            if self._same_section(at, beside) and self._owner(beside) is None and self._fits(span, self._max_tokens):
                first, last = span
                steps.append(step)
        return _WidePassage(hit, first, last)

    def _owner(self, at: int) -> _WidePassage | None:
        return next((passage for passage in self._made if passage.first <= at <= passage.last), None)

    def _same_section(self, at: int, other: int) -> bool:
        if not 0 <= other < len(self._places):
            return False
        one, two = self._places[at], self._places[other]
        return (one.page, one.heading) == (two.page, two.heading)

    def _fits(self, span: tuple[int, int], most: int) -> bool:
        return estimate_tokens(self.text[self._places[span[0]].start : self._places[span[1]].end]) <= most


def expand(
    hits: Sequence[Hit],
    neighbours: Callable[[str], Sequence[Neighbour]],
    document: Callable[[str], Document],
    max_tokens: int,
) -> list[Hit]:
    """Return `hits`, best first, each widened within its section to at most `max_tokens` estimated tokens.

    Hits that would be widened to the same text share one passage, in the place, with the score and the id of the best
    of them; joined passages may take twice the budget. `neighbours` lists the passages of a source in reading order.
    """
    sources: dict[str, _Source] = {}
    passages: list[_WidePassage] = []
    for hit in hits:
        name = hit.chunk.source
        if name not in sources:
            sources[name] = _Source(document(name).text, neighbours(name), max_tokens)
        passage = sources[name].widen(hit)
        if passage is not None:
            passages.append(passage)
    return [_widened(passage.hit, *sources[passage.hit.chunk.source].span(passage), sources) for passage in passages]


def _union(one: _WidePassage, other: _WidePassage) -> tuple[int, int]:
    return min(one.first, other.first), max(one.last, other.last)


def _widened(hit: Hit, start: int, end: int, sources: dict[str, _Source]) -> Hit:
    chunk = hit.chunk
    if (start, end) == (chunk.start, chunk.end):
        return hit
    text = sources[chunk.source].text[start:end]
    return replace(hit, chunk=Chunk(chunk.source, start, end, text, chunk.page, chunk.heading, chunk.id))
