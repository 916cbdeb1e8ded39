"""Documents to chunks: passages with exact spans that the embedder reads whole.

A chunk never crosses a page or the border of a section. It keeps paragraphs, list items, tables and code whole where
the token budget allows. What is longer than the budget is cut by LlamaIndex's SentenceSplitter at sentence ends (our
own, see `data.text.sentences`), then at commas, words and characters. Its offsets are not used, they are wrong in
repetitive text: a piece is located by walking the text forward.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import ceil, inf

from data.extras import needed_by
from data.records import Chunk, Document
from data.text import sentence_spans, without_break_marks
from rag.chunk.blocks import TextBlock, blocks, code_blocks
from rag.chunk.sections import DocumentSection, sections, trimmed
from rag.chunk.settings import ChunkSettings
from rag.read import is_source

_DEFAULT = ChunkSettings()
_CHARACTERS_PER_TOKEN = 10
_USUAL_CHARACTERS_PER_TOKEN = 6
_SENTENCE_SHARE = 0.15
"""How much of the budget is kept free for each repeated sentence; a longer one is not repeated."""
_MOST_REPEATED = 0.4
_JOINT = 2
"""How many tokens more than its parts a text may take; above the budget by this sum, it is counted as a whole."""
_CLAUSE = r"(?s)\S{{{longest}}}(?=\S)|.+?(?:[,.;:]+(?=\s)|[，；：]|(?=\S{{{longest}}})|\Z)"
"""A part of a sentence up to its comma; a run without white space is cut here, as counting it by the letter is slow."""


def embedding_text(chunk: Chunk) -> str:
    """Return what is embedded and indexed for `chunk`: the heading path on a line of its own, then the text."""
    return _with_heading(chunk.heading, chunk.text)


def chunk_document(
    document: Document, count_tokens: Callable[[str], int], settings: ChunkSettings = _DEFAULT
) -> list[Chunk]:
    """Cut `document` into chunks in reading order; `count_tokens` counts as the embedder does, special tokens included.

    Every visible character outside front matter lies in a chunk, and no ``embedding_text`` exceeds the budget. A text
    counts as at least one token per 10 characters: to a word-piece model a word of 10,000 characters is one unknown
    token.
    """
    ruler = _Ruler(count_tokens, settings)
    found: list[Chunk] = []
    for section in sections(document):
        heading = ruler.short_heading(section.heading)
        for start, end in _passages(document, section, heading, ruler, settings.overlap_sentences):
            found.append(Chunk(document.source, start, end, document.text[start:end], section.page, heading))
    return found


class _Ruler:
    """Measures text in tokens without the special ones, each text once."""

    def __init__(self, count_tokens: Callable[[str], int], settings: ChunkSettings) -> None:
        self._count = count_tokens
        self._special = count_tokens("")
        self._max = settings.max_tokens
        self._most_per_character = settings.max_tokens / (settings.min_characters or 1)
        self.adds_up = not settings.min_characters
        """Whether a text is as long as its parts: not where some parts are measured in tokens, others in characters."""
        self._headings: dict[str, str] = {}
        self._sizes: dict[str, int] = {}

    def size(self, text: str) -> int:
        """Return the tokens `text` adds to a passage."""
        counted = min(self._count(text) - self._special, ceil(len(text) * self._most_per_character))
        return max(counted, ceil(len(text) / _CHARACTERS_PER_TOKEN))

    def budget(self, heading: str) -> int:
        """Return the tokens left for text under `heading`."""
        return self._max - self._special - (self._heading_size(heading) + _JOINT if heading else 0)

    def _heading_size(self, heading: str) -> int:
        if heading not in self._sizes:
            self._sizes[heading] = self.size(heading + "\n")
        return self._sizes[heading]

    def fits(self, heading: str, text: str) -> bool:
        """Tell whether the passage as embedded is within the budget."""
        return self.size(_with_heading(heading, text)) + self._special <= self._max

    def probably_fits(self, span: tuple[int, int]) -> bool:
        """Tell whether it is worth counting a span as a whole, before its parts are counted."""
        return span[1] - span[0] < self._max * _USUAL_CHARACTERS_PER_TOKEN

    def short_heading(self, heading: str) -> str:
        """Return the part of a heading path that takes at most a third of the budget: the deepest parts are kept."""
        if heading not in self._headings:
            self._headings[heading] = self._shorten(heading)
        return self._headings[heading]

    def _shorten(self, heading: str) -> str:
        parts = heading.split(" > ")
        while len(parts) > 1 and self.size(" > ".join(parts)) > self._max // 3:
            parts = parts[1:]
        short = " > ".join(parts)
        while self.size(short) > self._max // 3:
            short = short[: len(short) * 3 // 4].rstrip()
        return short


def _with_heading(heading: str, text: str) -> str:
    return without_break_marks(f"{heading}\n{text}" if heading else text)


def _passages(
    document: Document, section: DocumentSection, heading: str, ruler: _Ruler, overlap: int
) -> Iterator[tuple[int, int]]:
    text = document.text
    whole_section = trimmed(text, section.start, section.end)
    if ruler.probably_fits(whole_section) and ruler.fits(heading, text[slice(*whole_section)]):
        yield whole_section
        return
    previous: tuple[int, int] | None = None
    budget = int(ruler.budget(heading) * (1 - min(_MOST_REPEATED, overlap * _SENTENCE_SHARE)))
    for piece in _packed(_pieces(document, section, ruler, budget), budget):
        span = trimmed(text, piece.start, piece.end)
        sure = ruler.adds_up and piece.size <= ruler.budget(heading) and span[0] < span[1]
        for whole in [span] if sure else _fitting(text, *span, heading, ruler):
            repeated = _repeated_from(text, previous, whole[0], overlap) if previous and overlap else whole[0]
            yield (repeated, whole[1]) if ruler.fits(heading, text[repeated : whole[1]]) else whole
            previous = whole


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span, the most tokens it may take, and whether it should follow the piece before it."""

    start: int
    end: int
    size: int
    continues: bool


def _pieces(document: Document, section: DocumentSection, ruler: _Ruler, budget: int) -> Iterator[_Piece]:
    find_blocks = code_blocks if is_source(document.media_type) else blocks
    text = document.text
    body = text[section.start : section.end]
    for block in find_blocks(body):
        words = body[block.start : block.end]
        size = ruler.size(words)
        if size <= budget:
            yield _Piece(section.start + block.start, section.start + block.end, size, block.continues)
        else:
            yield from _split(words, section.start + block.start, size, ruler, budget, block)


@needed_by("Cutting documents")
def _split(words: str, offset: int, size: int, ruler: _Ruler, budget: int, block: TextBlock) -> Iterator[_Piece]:
    """Split a block that exceeds the budget into pieces of about equal size."""
    from llama_index.core.node_parser import SentenceSplitter

    splitter = SentenceSplitter(
        chunk_size=min(budget, ceil(1.1 * size / ceil(size / budget))),
        chunk_overlap=0,
        paragraph_separator="\n\n",
        tokenizer=lambda part: range(ruler.size(part)),
        chunking_tokenizer_fn=_sentence_strings if block.kind in ("prose", "item") else _lines,
        secondary_chunking_regex=_CLAUSE.format(longest=budget),
    )
    starts: list[int] = []
    position = 0
    for piece in splitter.split_text(words):
        starts.append(words.index(piece, position))
        position = starts[-1] + len(piece)
    for start, end in pairwise([*starts, len(words)]):
        yield _Piece(offset + start, offset + end, ruler.size(words[start:end]), block.continues and start == starts[0])


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _sentence_strings(text: str) -> list[str]:
    """Return the sentences of `text` with the space after them, or the lines of a single one; joined, they are all."""
    spans = sentence_spans(text)
    if len(spans) < 2:
        return _lines(text)
    starts = [0, *(start for start, _ in spans[1:]), len(text)]
    return [text[start:end] for start, end in pairwise(starts)]


def _packed(pieces: Iterator[_Piece], budget: int) -> Iterator[_Piece]:
    """Join neighbours into passages of about equal size within the budget: not full ones and a rest.

    Breaks are chosen, as TeX breaks a paragraph into lines, so that the squared differences from the size which the
    fewest passages would have are least in sum.
    """
    glued = _glued(pieces, budget)
    total = sum(piece.size for piece in glued)
    target = total / max(1, ceil(total / budget))
    cost = [0.0] * (len(glued) + 1)
    first = [0] * (len(glued) + 1)
    for last in range(len(glued)):
        size = 0
        cost[last + 1] = inf
        for begin in range(last, -1, -1):
            size += glued[begin].size
            if size > budget and begin < last:
                break
            if cost[begin] + (size - target) ** 2 < cost[last + 1]:
                cost[last + 1], first[last + 1] = cost[begin] + (size - target) ** 2, begin
    yield from reversed(list(_traced_back(glued, first)))


def _traced_back(pieces: list[_Piece], first: list[int]) -> Iterator[_Piece]:
    stop = len(pieces)
    while stop:
        yield reduce(_joined, pieces[first[stop] : stop])
        stop = first[stop]


def _joined(before: _Piece, after: _Piece) -> _Piece:
    return _Piece(before.start, after.end, before.size + after.size + _JOINT, before.continues)


def _glued(pieces: Iterator[_Piece], budget: int) -> list[_Piece]:
    glued: list[_Piece] = []
    for piece in pieces:
        if piece.continues and glued and glued[-1].size + piece.size <= budget:
            glued.append(_joined(glued.pop(), piece))
        else:
            glued.append(piece)
    return glued


def _fitting(text: str, start: int, end: int, heading: str, ruler: _Ruler) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)``, or halves of it where a tokenizer counts the whole higher than the sum of its parts."""
    if start >= end:
        return
    if end - start == 1 or ruler.fits(heading, text[start:end]):
        yield start, end
        return
    middle = (start + end) // 2
    space = text.rfind(" ", start + 1, middle)
    cut = space if space > 0 else middle
    yield from _fitting(text, *trimmed(text, start, cut), heading, ruler)
    yield from _fitting(text, *trimmed(text, cut, end), heading, ruler)


def _repeated_from(text: str, previous: tuple[int, int], start: int, overlap: int) -> int:
    """Return where the last `overlap` sentences of the passage before begin; `start` when they are all of it."""
    spans = sentence_spans(text[previous[0] : previous[1]])
    return previous[0] + spans[-overlap][0] if len(spans) > overlap else start


def passage_key(chunk: Chunk) -> str:
    """Name the embedded text of a passage; passages with equal texts share a vector."""
    return text_key(embedding_text(chunk))


def text_key(text: str) -> str:
    """Name an embedded text: 32 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]
