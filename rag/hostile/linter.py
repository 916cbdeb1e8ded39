"""Hostile text in documents: orders to a model, imitated frames and citations, invisible writing, images that leak.

Retrieved text is data, and the prompt says so (`rag.prompts`). This is the second line. What looks like an attack is
found when documents come in, named, and shown or held back as the settings want it. The rules read words and signs, not
meaning. They miss an order in words they do not know, in other languages, letters spaced out, or code such as base64.
And they accuse documentation that quotes attacks.

A finding depends on no more than `REACH` characters around it. So a passage with its surroundings gives the same
findings as its whole document. An order cut in two by chunking is found on both sides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from data.text import has_unseen, smuggled, unseen, untagged
from rag.hostile.patterns import CONTROL, DELIMITERS, EXFILTRATION, FAKE_KEY, HAN_ORDERS, LATIN_ORDERS, RUSSIAN_ORDERS

Rule = Literal["instruction", "delimiter", "fake_citation", "invisible", "exfiltration", "control_token"]
RULES_VERSION = 1
REACH = 400
"""The longest finding, in characters."""

_WORDED: tuple[tuple[Rule, re.Pattern[str]], ...] = (
    ("instruction", LATIN_ORDERS),
    ("instruction", RUSSIAN_ORDERS),
    ("instruction", HAN_ORDERS),
    ("delimiter", DELIMITERS),
    ("control_token", CONTROL),
    ("fake_citation", FAKE_KEY),
    ("exfiltration", EXFILTRATION),
)
HARMLESS: frozenset[Rule] = frozenset({"control_token"})
"""Found and listed, but no reason to hold a passage back: prompts write such signs so that no server reads them."""
_OTHER_SCRIPTS = (RUSSIAN_ORDERS, HAN_ORDERS)
_SHORTEST_EXCERPT = 120
_STYLED = re.compile("[\u2100-\u214f\u2460-\u24ff\uff01-\uff5e\U0001d400-\U0001d7ff]")
"""Letters in circles, full width or mathematical style."""
_SEAM = re.compile("[a-z][а-яѐ-џ]|[а-яѐ-џ][a-z]")
_MIXED = re.compile(r"[^\W\d_]*(?:[a-z][а-яѐ-џ]|[а-яѐ-џ][a-z])[^\W\d_]*")
_LOOKALIKES = str.maketrans("асеорхуікѕјһмтвнԁ", "aceopxyiksjhmtbhd")


@dataclass(frozen=True, slots=True)
class SuspiciousText:
    """Something suspicious at ``text[start:end]``; `excerpt` shows it on one line, invisible writing made visible."""

    rule: Rule
    start: int
    end: int
    excerpt: str


def lint(text: str) -> list[SuspiciousText]:
    """Return what looks hostile in `text`, in order; findings of one rule do not overlap."""
    found = [SuspiciousText("invisible", start, end, _excerpt(text, start, end)) for start, end in smuggled(text)]
    plain, places = _levelled(text)
    for rule, start, end in _worded(plain):
        first, last = (start, end) if places is None else (places[start], places[end - 1] + 1)
        found.append(SuspiciousText(rule, first, last, _excerpt(text, first, last)))
    return sorted(found, key=lambda finding: (finding.start, finding.rule))


def lint_span(text: str, start: int, end: int) -> list[SuspiciousText]:
    """Return the findings that touch ``text[start:end]``, with places in `text`; reads little more than that span."""
    begin = max(0, start - REACH)
    around = _lint_cached(text[begin : end + REACH])
    moved = [SuspiciousText(item.rule, item.start + begin, item.end + begin, item.excerpt) for item in around]
    return [item for item in moved if item.start < end and item.end > start]


@lru_cache(maxsize=4096)
def _lint_cached(text: str) -> tuple[SuspiciousText, ...]:
    """Remember findings: a warm process meets the same passages again and again."""
    return tuple(lint(text))


def _worded(plain: str) -> Iterator[tuple[Rule, int, int]]:
    for rule, pattern in _WORDED:
        if plain.isascii() and pattern in _OTHER_SCRIPTS:
            continue
        for match in pattern.finditer(plain):
            start = match.end() - len(match.group().lstrip())
            yield rule, start, match.end()


def _levelled(text: str) -> tuple[str, Sequence[int] | None]:
    """Return `text` in small letters of their plain form, and the place each sign came from; None where all stayed."""
    lowered = text.lower()
    if text.isascii():
        return lowered, None
    if len(lowered) == len(text) and not has_unseen(text) and not _STYLED.search(text):
        return _unmixed(lowered), None
    pairs = [
        (plain, place)
        for place, sign in enumerate(untagged(text))
        if not unseen(sign)
        for plain in unicodedata.normalize("NFKC", sign).lower()
    ]
    return _unmixed("".join(plain for plain, _ in pairs)), [place for _, place in pairs]


def _unmixed(lowered: str) -> str:
    """Write words that mix Latin with look-alike Cyrillic letters in Latin ones."""
    return _MIXED.sub(_latin, lowered) if _SEAM.search(lowered) else lowered


def _latin(match: re.Match[str]) -> str:
    return match.group().translate(_LOOKALIKES)


def _excerpt(text: str, start: int, end: int) -> str:
    spare = max(0, _SHORTEST_EXCERPT - (end - start)) // 2
    shown = untagged(text[max(0, start - spare) : end + spare])
    return " ".join("".join(sign for sign in shown if not unseen(sign)).split())[:300]
