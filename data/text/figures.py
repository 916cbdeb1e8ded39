"""The guard against altered figures: every number of a sentence must occur in what the sentence cites.

A model that copies a passage well may still write 85 % for 87 %. The sentence then reads as well as before, and only
this comparison sees it. Numbers are compared by value: "1,200", "1 200" and "1200" agree. So do "8 kg" and "8
килограммов", "12 March" and "12.03.". Another unit of the same kind ("8 lb" for "8 kg") does not agree. It does where
it is the same quantity, rightly converted ("260 °C" for "500 °F").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from data.text.measures import (
    COUNTING_WORDS,
    MAGNITUDES,
    MONTHS,
    NUMERALS,
    SCALES,
    TEMPERATURE,
    TEMPERATURE_SCALES,
    UNITS,
)

_LIST_MARK = re.compile(r"\A\s*(?:[-*+•]\s+)?\(?\d{1,2}[.)]\s+")
_REFERENCE = re.compile(
    r"\b(?:passages?|sources?|documents?|steps?|шаг[аи]?|источник[аи]?)\s+\d+(?:\s*(?:,|and|&|to|-|и)\s*\d+)*",
    re.IGNORECASE,
)
_COUNTED = NUMERALS | COUNTING_WORDS
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_DATE = re.compile(r"\b(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4}))\b")
_FIGURE = re.compile(r"(?<![\w.,])\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?![\d])|(?<![\d])\d+(?:[.,]\d+)*")
_MINUS = re.compile(r"(?<![\w.,%)\]-])(?<!\d )[-−]\Z")
"""A sign: not the dash of a range ("5 -10"), nor an exponent ("10 -6")."""
_BEFORE = re.compile(r"([$€£₽¥])\s?\Z")
_AFTER = re.compile(r"[ \u00a0\u202f-]?([%‰$€£₽¥°]|[^\W\d_]+)")

_RANGE = re.compile(r"\s?(?:[-–—]|to|до)\s?\d+(?:[.,]\d+)?(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written, its possible values ("1,200" is 1200 or 1.2), and its unit as (kind, unit) where known.

    `value` is the likelier of two: a mark before exactly three digits groups them. Versions ("1.2.3") have none.
    """

    written: str
    values: frozenset[str]
    unit: tuple[str, str] | None = None
    value: str = ""


def unmatched_figures(sentence: str, sources: Iterable[str]) -> list[str]:
    """Return the figures of `sentence`, as written, that agree with none of `sources`.

    Numbers of list items, and of the passages and steps it refers to, are not figures.
    """
    stated = stated_figures(sentence)
    if not stated:
        return []
    known = _known(sources)
    return [figure.written for figure in stated if not _agrees(figure, known)]


def stated_figures(sentence: str) -> list[Figure]:
    """Return the figures of a sentence but those of list items, and of the passages and steps it refers to."""
    return find_figures(_REFERENCE.sub(_blank, _LIST_MARK.sub("", sentence)))


def numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text in plain notation: "1,000.50" and "1 000,50" both give "1000.5"; versions none."""
    return frozenset(figure.value for figure in find_figures(text) if figure.value)


def spelled_numbers(text: str) -> frozenset[str]:
    """Return the numbers that are written as English or Russian words: "two" gives "2"."""
    return _counted(text, NUMERALS)


def _counted(text: str, table: Mapping[str, str]) -> frozenset[str]:
    return frozenset(table[word] for word in _WORD.findall(text.casefold()) if word in table)


def find_figures(text: str) -> list[Figure]:
    """Return the numbers of `text` in order; dates and times of day count as their parts."""
    if not _DIGIT.search(text):
        return []
    found = [(match.start(), _clock(match)) for match in _CLOCK.finditer(text)]
    rest = _CLOCK.sub(_blank, text)
    for match in _DATE.finditer(rest):
        parts = [part for part in match.groups() if part]
        found += [(match.start(), _exactly(match.group(), _plain(part))) for part in parts]
    rest = _DATE.sub(_blank, rest)
    found += [(match.start(), _figure(rest, match)) for match in _FIGURE.finditer(rest)]
    return [figure for _, figure in sorted(found, key=lambda item: item[0])]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _exactly(written: str, value: str) -> Figure:
    return Figure(written, frozenset({value}), value=value)


def _clock(match: re.Match[str]) -> Figure:
    return _exactly(match.group(), f"{int(match.group(1))}:{match.group(2)}")


def _figure(text: str, match: re.Match[str]) -> Figure:
    minus = _MINUS.search(text, max(0, match.start() - 1), match.start())
    first = minus.start() if minus else match.start()
    before = _BEFORE.search(text, max(0, first - 2), first)
    after = _AFTER.match(text, match.end())
    word = after.group(1).casefold() if after else ""
    magnitude = MAGNITUDES.get(word)
    unit = UNITS.get(before.group(1)) if before else _degrees(text, match.end()) or UNITS.get(word)
    start = before.start() if before else first
    end = after.end() if after and (magnitude or unit and not before) else match.end()
    readings = _readings(match.group())
    if magnitude:
        readings = [_plain(f"{Decimal(value) * magnitude:f}") for value in readings]
    values = [f"-{value}" if minus and value != "0" else value for value in readings or [match.group()]]
    return Figure(text[start:end].strip(), frozenset(values), unit, values[0] if readings else "")


def _degrees(text: str, end: int) -> tuple[str, str] | None:
    """Return the scale of a temperature; the first number of a range ("85-90 °C") has that of the second."""
    range_end = _RANGE.match(text, end)
    found = TEMPERATURE.match(text, range_end.end() if range_end else end)
    return ("temperature", TEMPERATURE_SCALES[found.group(1)[0].lower()]) if found else None


def _readings(digits: str) -> list[str]:
    """Read "1,234" as thousands and as a decimal: which it is depends on the language, and both may be meant.

    After "0" only a decimal can be; several marks that group nothing make no number.
    """
    bare = re.sub(r"[\s'’]", "", digits)
    groups = re.split(r"[.,]", bare)
    if len(groups) == 1:
        return [_plain(bare)]
    found = []
    if all(len(group) == 3 for group in groups[1:]) and groups[0] != "0":
        found.append(_plain("".join(groups)))
    separators = re.sub(r"\d", "", bare)
    if separators[-1] not in separators[:-1]:
        found.append(_plain("".join(groups[:-1]) + "." + groups[-1]))
    return found


def _plain(digits: str) -> str:
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def _known(sources: Iterable[str]) -> dict[str, set[tuple[str, str] | None]]:
    """Return the values that occur in `sources`, each with the units it occurs with."""
    known: dict[str, set[tuple[str, str] | None]] = defaultdict(set)
    for source in sources:
        for value, unit in _numbers_in(source):
            known[value].add(unit)
    return known


@lru_cache(maxsize=256)
def _numbers_in(source: str) -> frozenset[tuple[str, tuple[str, str] | None]]:
    """Return the values of one source with their units; each sentence of an answer asks for those of its passages."""
    found = {(value, figure.unit) for figure in find_figures(source) for value in figure.values}
    found |= {(number, None) for number in _counted(source, _COUNTED)}
    found |= {(str(month), None) for month, pattern in enumerate(MONTHS, start=1) if pattern.search(source)}
    return frozenset(found)


def _agrees(figure: Figure, known: Mapping[str, set[tuple[str, str] | None]]) -> bool:
    units = set().union(*(known.get(value, set()) for value in figure.values))
    same_kind = {unit for unit in units if unit and figure.unit and unit[0] == figure.unit[0]}
    if units and (not same_kind or None in units or figure.unit in units):
        return True
    return figure.unit in SCALES and any(
        _converted(value, figure.unit, other, unit)
        for value in figure.values
        for other, others in known.items()
        for unit in others
        if unit in SCALES and unit != figure.unit and unit[0] == figure.unit[0]
    )


def _converted(value: str, unit: tuple[str, str], other: str, other_unit: tuple[str, str]) -> bool:
    """Tell whether two quantities are the same to one percent and the rounding of the first."""
    try:
        factor, offset = SCALES[other_unit]
        own_factor, own_offset = SCALES[unit]
        expected = (float(other) * factor + offset - own_offset) / own_factor
        return abs(float(value) - expected) <= 0.01 * abs(expected) + 0.6 * 10.0 ** -len(value.partition(".")[2])
    except (ValueError, OverflowError):
        return False
