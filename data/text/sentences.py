"""Sentences of a text as exact spans, for English, Russian and other languages that end sentences alike.

The Punkt model which LlamaIndex bundles knows English abbreviations only, and takes a list or table for one sentence.
So the rules here are our own. Lines come first: a list item, table row or heading is a unit by itself, a wrapped line
is not. Then sentence ends are found within a unit. A full stop ends a sentence, with two exceptions. An abbreviation or
an initial stands before it, or what follows begins with a small letter and is no code ("`num_ctx` sets …").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.text.line_units import Unit, units


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

_END = re.compile(r"(?:(?<![.!?…])[.!?…]+|[。！？])(?:[\"'”’»)\]}*_`]|\[\^?\w{1,4}\])*(?=\s|$)|[。！？]+[”’」』）]*")
_ALWAYS_ENDS = "。！？"
_REACH = re.compile(r"[.!?…。！？]+(?:[\"'”’»)\]}*_`」』）]|\[\^?\w{0,4}\]?)*")
"""What `_END` may look at, but for the sign after it."""
_BREAKS = frozenset("([{«“\"'*_`|>")
_NEXT_WORD = re.compile(r"[\s\"'“‘«(\[{*_`]*([^\s\"'“”‘’«»()\[\]{}*_`,.;:!?]*)")
_CODE_WORD = re.compile(r"[a-z\d]+_\w")
_NUMBERING = re.compile(r"[\d.]{1,8}|[A-Za-zА-Яа-я]")
_MARKS = re.compile(r"[ \t\n>#*_-]*")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_WORD_CHARACTER = re.compile(r"\w")
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"


@dataclass(frozen=True, slots=True)
class StopMark:
    """Marks that may end a sentence, the word after them where it has a say, and whether they do."""

    match: re.Match[str]
    following: re.Match[str] | None
    ends: bool

    @property
    def end(self) -> int:
        """Where the marks end, and the sentence with them."""
        return self.match.end()

    @property
    def seen(self) -> int:
        """How far the text was looked at to tell: more text after that changes nothing."""
        text = self.match.string
        reach = _REACH.match(text, self.match.start())
        seen = reach.end() + 1 if reach else 0
        if self.following is None:
            return seen
        word = self.following.end()
        return max(seen, word + (2 if text.startswith("_", word) else 1))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the sentences of `text`, in order; items, rows, headings and code lines count too.

    Spans never overlap, carry no white space at their ends and hold at least one letter or digit; between them lies
    only white space, or marks without words such as a rule, a code fence or the line under a table's header. The
    sentences of a unit depend on that unit alone.
    """
    return [span for unit in units(text) for span in _sentences_of(text, unit)]


def _sentences_of(text: str, unit: Unit) -> Iterator[tuple[int, int]]:
    begin = unit.start
    if not is_whole(unit):
        for mark in stop_marks(text, begin, begin, unit.end):
            if mark.ends:
                yield from trimmed(text, begin, mark.end)
                begin = mark.end
    yield from trimmed(text, begin, unit.end)


def is_whole(unit: Unit) -> bool:
    """Tell whether a unit is one sentence, whatever it holds."""
    return unit.kind in ("heading", "row", "code")


def stop_marks(text: str, begin: int, scan: int, end: int) -> Iterator[StopMark]:
    """Yield the marks from `scan` to `end`, within one unit in which the sentence under way begins at `begin`."""
    for match in _END.finditer(text, scan, end):
        following = None if match[0][0] in _ALWAYS_ENDS else _NEXT_WORD.match(text, match.end(), end)
        ends = match.end() < end and (following is None or _is_end(text, begin, match, following))
        yield StopMark(match, following, ends)
        begin = match.end() if ends else begin


def trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the span without what shows nothing at its ends; no span where no letter or digit is left."""
    while start < end and (text[start].isspace() or text[start] in _INVISIBLE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    return [(start, end)] if _WORD_CHARACTER.search(text, start, end) else []


def _is_end(text: str, begin: int, match: re.Match[str], following: re.Match[str]) -> bool:
    word = following[1]
    if word[:1].islower() and not _opens_code(text, match.end(), following.start(1)):
        return False
    if match[0][0] != "." or match[0].startswith(".."):
        return True
    at = _last_break(text, begin, match.start())
    before = text[at : match.start()]
    if not before:
        return True
    if _NUMBERING.fullmatch(before) and _MARKS.fullmatch(text, begin, at):
        return False
    starter = word.lower() in _STARTERS and not text.startswith(".", following.end())
    return _stop_ends(before, word, after_number=_ends_in_digit(text, begin, at), starter=starter)


def _last_break(text: str, begin: int, end: int) -> int:
    """Return where the word begins that ends at `end`."""
    while end > begin and text[end - 1] not in _BREAKS and not text[end - 1].isspace():
        end -= 1
    return end


def _ends_in_digit(text: str, begin: int, end: int) -> bool:
    while end > begin and text[end - 1].isspace():
        end -= 1
    return end > begin and text[end - 1].isdigit()


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
