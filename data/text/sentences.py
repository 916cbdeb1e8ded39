"""Sentences of a text as exact spans, for English, Russian and other languages that end sentences alike.

The Punkt model which LlamaIndex bundles knows English abbreviations only and takes a list or table for one sentence, so
the rules here are our own: lines first (a list item, table row or heading is a unit by itself, a wrapped line is not),
then sentence ends within a unit. A full stop ends a sentence unless what stands before it is an abbreviation or an
initial, or what follows begins with a small letter and is no code ("`num_ctx` sets …").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

UnitKind = Literal["heading", "item", "row", "code", "prose"]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NEVER_LAST = _words(
    """mr mrs ms dr prof st mt gen col capt lt sgt sen rep gov pres rev hon messrs vs cf viz e.g i.e eg ie fig figs
    eq eqs sec ch vol vols pp ca approx resp incl al ed eds tab app ref refs art para paras
    т.е т.к т.н т.ч напр ср рис табл стр гл ул просп пер пл обл р-н пос дер им акад проф доц г-н г-жа гр св о-в оз
    прим изд ред пп абз англ нем фр лат греч рус букв соотв"""
)
"""A name, number or example follows these."""
_LAST_BEFORE_STARTER = _words(
    """etc inc corp ltd co llc plc jr sr bros dept est no nos p max min jan feb mar apr jun jul aug sep sept oct nov dec
    г в"""
)
"""These end a sentence only when the next word is one that usually begins a sentence."""
_BEFORE_NUMBER = _words("no nos p pp fig figs sec ch vol art eq п пп ст стр рис табл гл ч № д кв корп тел")
_STARTERS = _words(
    """the a an in on at by for from to with as if when while after before since although however this that these those
    it he she we they you there here our its his her their but and or so no not all each any some what which who how why
    в на по с к о от для при из у за и а но или если когда это этот эта эти тот он она они мы вы там здесь как что кто
    его её их все каждый также однако поэтому так не после до"""
)

_END = re.compile(r"(?:[.!?…]+|[。！？])(?:[\"'”’»)\]}*_`]|\[\^?\w{1,4}\])*(?=\s|$)|[。！？]+[”’」』）]*")
_LAST_BREAK = re.compile(r".*[\s(\[{«“\"'*_`|>]", re.DOTALL)
_NEXT_WORD = re.compile(r"[\s\"'“‘«(\[{*_`]*([^\s\"'“”‘’«»()\[\]{}*_`,.;:!?]*)")
_CODE_WORD = re.compile(r"[a-z\d]+_\w")
_ITEM = re.compile(r"[ \t>]*(?:[-*+•◦▪●–—]|\(?(?:\d{1,3}|[A-Za-zА-Яа-я])[.)])[ \t]+\S")
_ROW = re.compile(r"[ \t>]*\||.*\S[ \t]+\|[ \t]+\S|.*\t.*\t")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r"[ \t>]*(?:[-=*_~`:|+][ \t]*){3,}$")
_FENCE = re.compile(r"[ \t>]*(?:```[^`\n]*$|~~~)")
_NUMBER = re.compile(r"\(?[-–—−+]?[$€£₽]?\d[\d,.]*[%)]*$|[$€£₽—–%)]+$")

_NUMBERING = re.compile(r"[\d.]{1,8}|[A-Za-zА-Яа-я]")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_WORD_CHARACTER = re.compile(r"\w")
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"


@dataclass(frozen=True, slots=True)
class Unit:
    """Lines that belong together: a paragraph of wrapped lines, or a single heading, item, table row or code line."""

    start: int
    end: int
    kind: UnitKind


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the sentences of `text`, in order; items, rows, headings and code lines count too.

    Spans never overlap, carry no white space at their ends and hold at least one letter or digit; between them lies
    only white space, or marks without words such as a rule, a code fence or the line under a table's header.
    """
    spans: list[tuple[int, int]] = []
    for unit in units(text):
        whole = unit.kind in ("heading", "row", "code")
        split = _trimmed(text, unit.start, unit.end) if whole else _split_unit(text, unit.start, unit.end)
        spans.extend(span for span in split if _WORD_CHARACTER.search(text, *span))
    return spans


class GrowingText:
    """The sentences of a text that grows at its end, with work for what is new alone where that is safe.

    It is when the text goes on in the line in which it stood, and that line is prose or an item: all but its last two
    sentences are settled then.
    """

    def __init__(self) -> None:
        self._text = ""
        self._spans: list[tuple[int, int]] = []

    def sentences(self, text: str) -> list[tuple[int, int]]:
        """Return the same as `sentence_spans`."""
        cut = self._spans[-2][0] if len(self._spans) > 2 else 0
        if cut and text.startswith(self._text[:cut]) and _same_line(self._text, text, cut):
            rest = _split_unit(text, cut, len(text))
            self._spans = [*self._spans[:-2], *(span for span in rest if _WORD_CHARACTER.search(text, *span))]
        else:
            self._spans = sentence_spans(text)
        self._text = text
        return list(self._spans)


def _same_line(before: str, after: str, cut: int) -> bool:
    line = after.rfind("\n", 0, cut) + 1
    if "\n" in after[cut:] or "\n" in before[cut:] or "```" in after or "~~~" in after:
        return False
    return _kind(before[line:]) == _kind(after[line:]) and _kind(after[line:]) in ("prose", "item")


def units(text: str) -> Iterator[Unit]:
    """Yield the units of `text` in order; rules, code fences and blank lines belong to none."""
    start = end = width = 0
    previous = ""
    kind: UnitKind = "prose"
    fenced = False
    for line_start, line_end in _lines(text):
        line = text[line_start:line_end]
        fence = bool(_FENCE.match(line))
        if end and (fenced or fence or _breaks(previous, line, width)):
            yield Unit(start, end, kind)
            end = 0
        fenced ^= fence
        if not line.strip() or fence or _RULE.match(line):
            previous, end = "", 0
            continue
        if not end:
            start, width, kind = line_start, 0, "code" if fenced else _kind(line)
        end, previous, width = line_end, line, max(width, len(line))
    if end:
        yield Unit(start, end, kind)


def _kind(line: str) -> UnitKind:
    if _HEADING.match(line):
        return "heading"
    if ("|" in line or "\t" in line) and _ROW.match(line) or _tabular(line):
        return "row"
    return "item" if _ITEM.match(line) else "prose"


def _lines(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(text):
        newline = text.find("\n", position)
        end = len(text) if newline < 0 else newline
        yield position, end
        position = end + 1


def _breaks(previous: str, line: str, width: int) -> bool:
    """Tell whether the newline before `line` ends what stands before it, instead of only wrapping it."""
    if not line.strip() or "\f" in line or _RULE.match(line) or _kind(line) != "prose":
        return True
    if _kind(previous) in ("heading", "row"):
        return True
    word = line.split(maxsplit=1)[0]
    if word[0].islower() or previous.rstrip()[-1:] in ",;-–—&":
        return False
    return len(previous.rstrip()) + 1 + len(word) < 0.7 * width or width < 40


def _tabular(line: str) -> bool:
    """Tell whether a line ends in two or more numbers, as rows of tables extracted from PDF do."""
    words = line.rsplit(maxsplit=2)  # a paragraph is one long line, whose words are many
    return len(words) > 2 and all(_NUMBER.match(word) for word in words[-2:])


def _split_unit(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and _is_end(text, begin, match):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and (text[start].isspace() or text[start] in _INVISIBLE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    if start < end:
        yield start, end


def _is_end(text: str, begin: int, match: re.Match[str]) -> bool:
    if match[0][0] in "。！？":
        return True
    following = _NEXT_WORD.match(text, match.end())
    word = following[1] if following else ""
    if word[:1].islower() and following is not None and not _opens_code(text, match.end(), following.start(1)):
        return False
    if match[0][0] != "." or match[0].startswith(".."):
        return True
    last_break = _LAST_BREAK.match(text, begin, match.start())
    at = last_break.end() if last_break else begin
    before = text[at : match.start()]
    if not before:
        return True
    if not text[begin:at].strip(" \t\n>#*_-") and _NUMBERING.fullmatch(before):
        return False
    after_number = text[begin:at].rstrip()[-1:].isdigit()
    starter = word.lower() in _STARTERS and following is not None and not text.startswith(".", following.end())
    return _stop_ends(before, word, after_number=after_number, starter=starter)


def _opens_code(text: str, stop: int, word: int) -> bool:
    """Tell whether a word in small letters is code: in backquotes, or with an underscore in it."""
    return "`" in text[stop:word] or _CODE_WORD.match(text, word) is not None


def _stop_ends(before: str, following: str, *, after_number: bool, starter: bool) -> bool:
    """Decide on the full stop after `before`, with a word `following` that does not begin with a small letter."""
    lowered = before.lower()
    if following[:1].isdigit() and lowered in _BEFORE_NUMBER or lowered in _NEVER_LAST:
        return False
    if after_number and lowered in ("г", "в"):
        return True
    initial = len(before) == 1 and before.isalpha() and before.isupper()
    return starter or not (initial or lowered in _LAST_BEFORE_STARTER or _DOTTED.fullmatch(before))
