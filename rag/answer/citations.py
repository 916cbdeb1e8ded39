"""Turn a draft with chunk keys into an answer whose citations are evidence.

Each marker is tied to the words it follows, and points to the sentence of its passage that says the same. Markers are
numbered by that evidence, so two claims from one passage have two footnotes with two quotes. A marker whose passage
does not hold the words of its claim stays, marked as unsupported: hiding it would hide the fault.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from data.records import Chunk, Citation, Hit
from data.text import GrowingText, terms, unmatched_figures
from rag.answer.location import OVERLAP, EvidencePlace, is_evidence, locate, weighted_terms
from rag.answer.markers import CitationMark, GrowingMarkers, MarkedText, unwrap

_SHORT_CLAIM = 3
_HELPER_SHARE = OVERLAP / 2
_VOUCHED = 0.8
"""Least share of a sentence's words, and of those of them that the claim at the marker lacks, which a quote must hold
to be its evidence though the marker stands further on."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the answer, without markers, and the ids of the chunks cited for it, there or further on."""

    text: str
    chunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitedText:
    """An answer text with numbered markers "[1]", its citations in the order of their numbers, and its sentences.

    `unknown` counts markers that named no passage; they were taken out of the text.
    """

    text: str
    citations: tuple[Citation, ...]
    statements: tuple[Statement, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class _ShownMarker:
    """What the markers at one place vouch for, and their numbers."""

    claim: str
    numbers: tuple[int, ...]


@dataclass(slots=True)
class _Numbers:
    """Numbers given out so far, one per distinct evidence."""

    known: dict[tuple[str, int, int, bool], Citation] = field(default_factory=dict)

    def of(self, chunk_id: str, chunk: Chunk, place: EvidencePlace | None) -> int:
        """Return the number of evidence at `place` of a chunk; None is the whole chunk, which does not support."""
        start, end = (place.start, place.end) if place is not None else (0, len(chunk.text))
        known = (chunk_id, start, end, place is not None)
        if known not in self.known:
            quote = chunk.text[start:end]
            where = (chunk.start + start, chunk.start + end) if place is not None else (chunk.start, chunk.end)
            self.known[known] = Citation(
                len(self.known) + 1, chunk_id, chunk.source, chunk.page, *where, quote, place is not None
            )
        return self.known[known].marker


class Citer:
    """Checks and numbers the citations of one draft as it grows: what was judged of a claim once is not judged again.

    `keys` maps a key to the id of one of the chunks of `hits`. A claim with a number that is neither in the chunks
    cited for it nor in `question` is not supported, however alike. Every citation with ``supported=True`` quotes
    ``document.text[start:end]`` letter for letter, given that each chunk is a true span of its document.
    """

    def __init__(self, keys: Mapping[str, str], hits: Sequence[Hit], question: str = "") -> None:
        by_id = {hit.chunk.id: hit for hit in hits}
        self._ids = {key: chunk_id for key, chunk_id in keys.items() if chunk_id in by_id}
        self._hits = {key: by_id[chunk_id] for key, chunk_id in self._ids.items()}
        self._question = question
        self._markers = GrowingMarkers(self._hits)
        self._growing = GrowingText()
        self._claims: dict[str, bool] = {}
        self._judged: dict[tuple[str, tuple[str, ...]], tuple[EvidencePlace | None, ...]] = {}

    def cite(self, text: str) -> CitedText:
        """Check and number the citations of the draft as it is now."""
        marked = self._markers.read(unwrap(text))
        spans = self._growing.sentences(marked.text)
        placed = _by_place(marked, spans)
        places = list(placed)
        numbers = _Numbers()
        inserts: list[tuple[int, str]] = []
        shown: dict[int, _ShownMarker] = {}
        sentences = _Sentences(marked.text, spans)
        for at, (place, cited) in enumerate(placed.items()):
            claim = self._claim(sentences, place, places[at - 1] if at else 0)
            given = tuple(dict.fromkeys(self._number(claim, tuple(cited), numbers)))
            shown[place] = _ShownMarker(claim, given)
            inserts.append((place, "".join(f"[{number}]" for number in given)))
        citations = tuple(numbers.known.values())
        plain = (_statement(marked.text, span, placed, places, self._ids) for span in spans)
        statements = tuple(
            item if item.chunk_ids else self._vouched(item, _next_in_line(sentences, end, places, shown), citations)
            for item, (_, end) in zip(plain, spans, strict=True)
        )
        unknown = sum(mark.unknown for mark in marked.marks)
        return CitedText(_insert(marked.text, inserts), citations, statements, unknown)

    def _vouched(self, statement: Statement, later: _ShownMarker | None, citations: Sequence[Citation]) -> Statement:
        """Return an uncited sentence with the chunks that the next markers quote, where the quote itself holds it.

        So one marker behind a row or an item of several sentences stands for all of them, if the reader is shown them.
        """
        if later is None:
            return statement
        quoted = [citations[number - 1] for number in later.numbers if citations[number - 1].supported]
        held = [item.chunk_id for item in quoted if _holds(item.quote, statement.text, later.claim, self._question)]
        return Statement(statement.text, tuple(held))

    def _claim(self, sentences: _Sentences, place: int, before: int) -> str:
        """Return the words a marker at `place` vouches for: back to the marker `before` it, or to its sentence's start.

        A piece of under three content words ("According to [k7fq], …") says nothing: the whole sentence is the claim.
        """
        start, sentence = sentences.at(place)
        piece = sentences.text[max(start, before) : place]
        if piece not in self._claims:
            self._claims[piece] = len(terms(piece)) >= _SHORT_CLAIM
        return piece if self._claims[piece] else sentence

    def _number(self, claim: str, cited: tuple[str, ...], numbers: _Numbers) -> list[int]:
        """Locate the evidence for `claim` in each chunk cited for it, and number it."""
        asked = (claim, cited)
        if asked not in self._judged:
            self._judged[asked] = _evidence(claim, [self._hits[key] for key in cited], self._question)
        return [
            numbers.of(self._ids[key], self._hits[key].chunk, place)
            for key, place in zip(cited, self._judged[asked], strict=True)
        ]


class _Sentences:
    """The sentences of a text by place; one that is asked for again is the same string, whose hash is known."""

    def __init__(self, text: str, spans: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self._spans = spans
        self._cut: dict[int, str] = {}
        self._newlines = [match.start() for match in re.finditer("\n", text)]

    def at(self, place: int) -> tuple[int, str]:
        """Return where the sentence of a place begins, and the sentence."""
        at = bisect_right(self._spans, place, key=itemgetter(0)) - 1
        start, end = self._spans[at] if at >= 0 else (0, len(self.text))
        if at not in self._cut:
            self._cut[at] = self.text[start:end]
        return start, self._cut[at]

    def one_line(self, start: int, end: int) -> bool:
        """Tell whether no line ends between two places."""
        return bisect_left(self._newlines, start) == bisect_left(self._newlines, end)


def _by_place(marked: MarkedText, spans: Sequence[tuple[int, int]]) -> dict[int, dict[str, None]]:
    """Return the keys cited at each place of the clean text, neighbouring markers together, places in order."""
    placed: dict[int, dict[str, None]] = {}
    for mark in marked.marks:
        if mark.keys:
            placed.setdefault(_settled(mark, marked.text, spans), {}).update(dict.fromkeys(mark.keys))
    return dict(sorted(placed.items()))


def _settled(mark: CitationMark, text: str, spans: Sequence[tuple[int, int]]) -> int:
    """Move a marker that opens its line behind the sentence it introduces."""
    if not mark.leads:
        return mark.place
    at = bisect_right(spans, mark.place, key=itemgetter(1))
    if at == len(spans):
        return mark.place
    begin, end = max(spans[at][0], mark.place), spans[at][1]
    return begin + len(text[begin:end].rstrip(".!?…"))


def _evidence(claim: str, cited: Sequence[Hit], question: str) -> tuple[EvidencePlace | None, ...]:
    """Return where each chunk supports `claim`; None where it does not.

    Several chunks cited together may share the work: each must then hold a fair part, and all together enough.
    """
    found = [locate(claim, hit.chunk.text) for hit in cited]
    if unmatched_figures(claim, [question, *(f"{hit.chunk.heading}\n{hit.chunk.text}" for hit in cited)]):
        return tuple(None for _ in cited)
    jointly = _joint_share(claim, cited, found) >= OVERLAP
    return tuple(
        place if place and (is_evidence(place) or jointly and place.share >= _HELPER_SHARE) else None for place in found
    )


def _joint_share(claim: str, cited: Sequence[Hit], found: Sequence[EvidencePlace | None]) -> float:
    weights = weighted_terms(claim)
    held: set[str] = set()
    for hit, place in zip(cited, found, strict=True):
        if place is not None:
            held.update(terms(hit.chunk.text[place.start : place.end]))
    return _share(weights, held)


def _statement(
    text: str,
    span: tuple[int, int],
    placed: Mapping[int, Mapping[str, None]],
    places: list[int],
    ids: Mapping[str, str],
) -> Statement:
    start, end = span
    within = places[bisect_right(places, start) : bisect_right(places, end)]
    return Statement(text[start:end], tuple(dict.fromkeys(ids[key] for place in within for key in placed[place])))


def _next_in_line(
    sentences: _Sentences, end: int, places: Sequence[int], shown: Mapping[int, _ShownMarker]
) -> _ShownMarker | None:
    """Return what is shown at the first place after `end`; nothing where a line ends before it."""
    at = bisect_right(places, end)
    return shown[places[at]] if at < len(places) and sentences.one_line(end, places[at]) else None


@lru_cache(maxsize=256)
def _terms_of(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _holds(quote: str, sentence: str, claim: str, question: str) -> bool:
    """Tell whether `quote`, the evidence for `claim`, is that for `sentence`, too: a sentence much like it is not."""
    weights, held, said = weighted_terms(sentence), _terms_of(quote), _terms_of(claim)
    new = {term: weight for term, weight in weights.items() if term not in said}
    shares = _share(weights, held), _share(new or weights, held)
    return min(shares) >= _VOUCHED and not unmatched_figures(sentence, [question, quote])


def _share(weights: Mapping[str, float], held: Container[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _insert(text: str, inserts: Sequence[tuple[int, str]]) -> str:
    parts: list[str] = []
    done = 0
    for place, marker in inserts:
        parts += [text[done:place].rstrip(" "), f" {marker}"]
        done = place
    return "".join([*parts, text[done:]]).strip()
