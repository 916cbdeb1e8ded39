"""Turn a draft with chunk keys into an answer whose citations are evidence.

Each marker is tied to the words it follows, and points to the sentence of its passage that says the same; markers are
numbered by that evidence, so two claims from one passage have two footnotes with two quotes. A marker whose passage
does not hold the words of its claim stays, marked as unsupported: hiding it would hide the fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.records import Citation, Hit
from rag.locate import OVERLAP, Located, is_evidence, locate, weighted_terms
from rag.markers import Mark, Marked, read_markers, unwrap
from rag.numbers import unmatched_figures
from rag.segment import sentences
from rag.terms import terms

_SHORT_CLAIM = 3
_HELPER_SHARE = OVERLAP / 2


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the answer, without markers, and the ids of the chunks it cites."""

    text: str
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer text with numbered markers "[1]", its citations in the order of their numbers, and its sentences.

    `unknown` counts markers that named no passage; they were taken out of the text.
    """

    text: str
    citations: tuple[Citation, ...]
    statements: tuple[Statement, ...]
    unknown: int


@dataclass(slots=True)
class _Numbers:
    """Numbers given out so far, one per distinct evidence."""

    known: dict[tuple[str, int, int, bool], Citation] = field(default_factory=dict)

    def of(self, hit: Hit, start: int, end: int, quote: str, *, supported: bool) -> int:
        chunk = hit.chunk
        place = (chunk.id, start, end, supported)
        if place not in self.known:
            self.known[place] = Citation(
                len(self.known) + 1, chunk.id, chunk.source, chunk.page, start, end, quote, supported
            )
        return self.known[place].marker


def cite(text: str, keys: Mapping[str, str], hits: Sequence[Hit], question: str = "") -> Cited:
    """Check and number the citations of a draft; `keys` maps a key to the id of one of the chunks of `hits`.

    A claim with a number that is neither in the chunks cited for it nor in `question` is not supported, however alike.
    Every citation with ``supported=True`` quotes ``document.text[start:end]`` letter for letter, given that each chunk
    is a true span of its document.
    """
    by_key = {key: hit for key, chunk_id in keys.items() for hit in hits if hit.chunk.id == chunk_id}
    marked = read_markers(unwrap(text), by_key)
    spans = sentences(marked.text)
    placed = _by_place(marked, spans)
    numbers = _Numbers()
    inserts: list[tuple[int, str]] = []
    for place, cited in placed.items():
        claim = _claim(marked.text, spans, list(placed), place)
        given = _number(claim, [by_key[key] for key in cited], question, numbers)
        inserts.append((place, "".join(f"[{number}]" for number in dict.fromkeys(given))))
    statements = tuple(_statement(marked.text, span, placed, by_key) for span in spans)
    unknown = sum(mark.unknown for mark in marked.marks)
    return Cited(_insert(marked.text, inserts), tuple(numbers.known.values()), statements, unknown)


def _by_place(marked: Marked, spans: Sequence[tuple[int, int]]) -> dict[int, list[str]]:
    """Return the keys cited at each place of the clean text, neighbouring markers together, places in order."""
    placed: dict[int, list[str]] = {}
    for mark in marked.marks:
        if mark.keys:
            placed.setdefault(_settled(mark, marked.text, spans), []).extend(mark.keys)
    return dict(sorted(placed.items()))


def _settled(mark: Mark, text: str, spans: Sequence[tuple[int, int]]) -> int:
    """Move a marker that opens its line behind the sentence it introduces."""
    if not mark.leads:
        return mark.place
    end = next((end for start, end in spans if end > mark.place), mark.place)
    return len(text[:end].rstrip(".!?…")) if end > mark.place else mark.place


def _claim(text: str, spans: Sequence[tuple[int, int]], places: Sequence[int], place: int) -> str:
    """Return the words a marker at `place` vouches for: back to the marker before it, or to the start of the sentence.

    A piece of under three content words ("According to [k7fq], …") says nothing: the whole sentence is the claim then.
    """
    start, end = next(((start, end) for start, end in reversed(spans) if start <= place), (0, len(text)))
    before = max((other for other in places if other < place), default=0)
    piece = text[max(start, before) : place]
    return piece if len(terms(piece)) >= _SHORT_CLAIM else text[start:end]


def _number(claim: str, cited: Sequence[Hit], question: str, numbers: _Numbers) -> list[int]:
    """Locate the evidence for `claim` in each chunk cited for it, and number it.

    Several chunks cited together may share the work: each must then hold a fair part, and all together enough.
    """
    found = [locate(claim, hit.chunk.text) for hit in cited]
    jointly = _joint_share(claim, cited, found) >= OVERLAP
    altered = unmatched_figures(claim, [question, *(f"{hit.chunk.heading}\n{hit.chunk.text}" for hit in cited)])
    given = []
    for hit, place in zip(cited, found, strict=True):
        chunk = hit.chunk
        if place is not None and not altered and (is_evidence(place) or jointly and place.share >= _HELPER_SHARE):
            quote = chunk.text[place.start : place.end]
            given.append(numbers.of(hit, chunk.start + place.start, chunk.start + place.end, quote, supported=True))
        else:
            given.append(numbers.of(hit, chunk.start, chunk.end, chunk.text, supported=False))
    return given


def _joint_share(claim: str, cited: Sequence[Hit], found: Sequence[Located | None]) -> float:
    weights = weighted_terms(claim)
    held: set[str] = set()
    for hit, place in zip(cited, found, strict=True):
        if place is not None:
            held.update(terms(hit.chunk.text[place.start : place.end]))
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _statement(
    text: str, span: tuple[int, int], placed: Mapping[int, list[str]], by_key: Mapping[str, Hit]
) -> Statement:
    start, end = span
    cited = [by_key[key].chunk.id for place, keys in placed.items() if start < place <= end for key in keys]
    return Statement(text[start:end], tuple(dict.fromkeys(cited)))


def _insert(text: str, inserts: Sequence[tuple[int, str]]) -> str:
    for place, marker in reversed(inserts):
        text = f"{text[:place].rstrip(' ')} {marker}{text[place:]}"
    return text.strip()
