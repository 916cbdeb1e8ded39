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

UNITS: dict[str, tuple[str, str]] = {
    form: (kind, unit)
    for kind, unit, forms in (
        ("share", "%", "% percent per процент процента процентов"),
        ("money", "EUR", "€ eur euro euros евро"),
        ("money", "USD", "$ usd dollar dollars доллар доллара долларов"),
        ("money", "GBP", "£ gbp pound pounds фунт фунта фунтов"),
        ("money", "RUB", "₽ rub руб рубль рубля рублей ruble rubles"),
        ("mass", "kg", "kg kilogram kilograms kilo kilos кг килограмм килограмма килограммов"),
        ("mass", "g", "g gram grams г грамм грамма граммов"),
        ("mass", "lb", "lb lbs фунтов"),
        ("mass", "t", "t ton tons tonne tonnes т тонна тонны тонн"),
        ("length", "km", "km kilometre kilometres kilometer kilometers км километр километра километров"),
        ("length", "m", "m metre metres meter meters м метр метра метров"),
        ("length", "cm", "cm centimetre centimetres centimeter centimeters см сантиметр сантиметра сантиметров"),
        ("length", "mm", "mm millimetre millimetres millimeter millimeters мм миллиметр миллиметра миллиметров"),
        ("length", "mi", "mi mile miles миля мили миль"),
        ("length", "ft", "ft foot feet фут фута футов"),
        ("length", "in", "inch inches дюйм дюйма дюймов"),
        ("time", "s", "s sec second seconds сек секунда секунды секунд"),
        ("time", "min", "min minute minutes мин минута минуты минут"),
        ("time", "h", "h hr hrs hour hours ч час часа часов"),
        ("time", "d", "day days день дня дней"),
        ("time", "w", "week weeks неделя недели недель"),
        ("time", "mo", "month months месяц месяца месяцев"),
        ("time", "y", "year years год года лет"),
        ("data", "kB", "kb kilobyte kilobytes"),
        ("data", "MB", "mb megabyte megabytes мб"),
        ("data", "GB", "gb gigabyte gigabytes гб"),
        ("data", "TB", "tb terabyte terabytes тб"),
    )
    for form in forms.split()
}
"""A unit as written, in small letters, to its kind and its name."""

TEMPERATURE = re.compile(
    r"\s?(?:[°º]|degrees?\s|градус\w*\s(?:по\s)?)\s?(f(?:ahrenheit)?|c(?:elsius)?|фаренгейт\w*|цельси\w*)\b",
    re.IGNORECASE,
)
"""What makes a number a temperature; the first letter of its group tells the scale."""
TEMPERATURE_SCALES = {"f": "F", "ф": "F", "c": "C", "ц": "C"}

SCALES: dict[tuple[str, str], tuple[float, float]] = {
    ("temperature", "C"): (1.0, 0.0),
    ("temperature", "F"): (5 / 9, -160 / 9),
    ("length", "km"): (1000.0, 0.0),
    ("length", "m"): (1.0, 0.0),
    ("length", "cm"): (0.01, 0.0),
    ("length", "mm"): (0.001, 0.0),
    ("length", "mi"): (1609.344, 0.0),
    ("length", "ft"): (0.3048, 0.0),
    ("length", "in"): (0.0254, 0.0),
    ("mass", "t"): (1000.0, 0.0),
    ("mass", "kg"): (1.0, 0.0),
    ("mass", "g"): (0.001, 0.0),
    ("mass", "lb"): (0.45359237, 0.0),
    ("time", "s"): (1.0, 0.0),
    ("time", "min"): (60.0, 0.0),
    ("time", "h"): (3600.0, 0.0),
    ("time", "d"): (86_400.0, 0.0),
    ("time", "w"): (604_800.0, 0.0),
}
"""A unit to factor and offset that turn its numbers into those of its kind's base unit."""

MAGNITUDES = {
    **dict.fromkeys(("thousand", "тысяча", "тысячи", "тысяч", "тыс"), 10**3),
    **dict.fromkeys(("million", "millions", "миллион", "миллиона", "миллионов", "млн"), 10**6),
    **dict.fromkeys(("billion", "billions", "миллиард", "миллиарда", "миллиардов", "млрд"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "триллион", "триллиона", "триллионов", "трлн"), 10**12),
}

MONTHS = tuple(
    re.compile(rf"\b(?:{pattern})", re.IGNORECASE)
    for pattern in (
        r"jan(?:uary)?\b|январ",
        r"feb(?:ruary)?\b|феврал",
        r"mar(?:ch)?\b|март",
        r"apr(?:il)?\b|апрел",
        r"may\b|ма[йя]\b",
        r"june?\b|июн",
        r"july?\b|июл",
        r"aug(?:ust)?\b|август",
        r"sep(?:t|tember)?\b|сентябр",
        r"oct(?:ober)?\b|октябр",
        r"nov(?:ember)?\b|ноябр",
        r"dec(?:ember)?\b|декабр",
    )
)

NUMBER_WORDS = {
    word: str(value)
    for value, words in enumerate(
        (
            "zero no none ноль нуль",
            "one once single a an один одна одно одного одной",
            "two twice double pair both два две двух",
            "three triple три трех трёх",
            "four четыре четырех четырёх",
            "five пять пяти",
            "six шесть шести",
            "seven семь семи",
            "eight восемь восьми",
            "nine девять девяти",
            "ten десять десяти",
            "eleven одиннадцать",
            "twelve dozen двенадцать",
        )
    )
    for word in words.split()
} | {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100"}


_LIST_MARK = re.compile(r"\A\s*(?:[-*+•]\s+)?\(?\d{1,2}[.)]\s+")
_REFERENCE = re.compile(
    r"\b(?:passages?|sources?|documents?|steps?|шаг[аи]?|источник[аи]?)\s+\d+(?:\s*(?:,|and|&|to|-|и)\s*\d+)*",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_DATE = re.compile(r"\b(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4}))\b")
_FIGURE = re.compile(r"(?<![\w.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?![\d])|(?<![\d])\d+(?:[.,]\d+)*")
_BEFORE = re.compile(r"([$€£₽¥])\s?\Z")
_AFTER = re.compile(r"[ \u00a0\u202f-]?([%‰$€£₽¥°]|[^\W\d_]+)")

_RANGE = re.compile(r"\s?(?:[-–—]|to|до)\s?\d+(?:[.,]\d+)?(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written, its possible values ("1,200" is 1200 or 1.2), and its unit as (kind, unit) where known."""

    written: str
    values: frozenset[str]
    unit: tuple[str, str] | None = None


def unmatched_figures(sentence: str, sources: Iterable[str]) -> list[str]:
    """Return the figures of `sentence`, as written, that agree with none of `sources`.

    Numbers of list items, and of the passages and steps it refers to, are not figures.
    """
    stated = find_figures(_REFERENCE.sub(_blank, _LIST_MARK.sub("", sentence)))
    if not stated:
        return []
    known = _known(sources)
    return [figure.written for figure in stated if not _agrees(figure, known)]


def find_figures(text: str) -> list[Figure]:
    """Return the numbers of `text` in order; dates and times of day count as their parts."""
    found = [(match.start(), _clock(match)) for match in _CLOCK.finditer(text)]
    rest = _CLOCK.sub(_blank, text)
    for match in _DATE.finditer(rest):
        parts = [part for part in match.groups() if part]
        found += [(match.start(), Figure(match.group(), frozenset({_plain(part)}))) for part in parts]
    rest = _DATE.sub(_blank, rest)
    found += [(match.start(), _figure(rest, match)) for match in _FIGURE.finditer(rest)]
    return [figure for _, figure in sorted(found, key=lambda item: item[0])]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _clock(match: re.Match[str]) -> Figure:
    return Figure(match.group(), frozenset({f"{int(match.group(1))}:{match.group(2)}"}))


def _figure(text: str, match: re.Match[str]) -> Figure:
    before = _BEFORE.search(text, 0, match.start())
    after = _AFTER.match(text, match.end())
    word = after.group(1).casefold() if after else ""
    magnitude = MAGNITUDES.get(word)
    unit = UNITS.get(before.group(1)) if before else _degrees(text, match.end()) or UNITS.get(word)
    start = before.start() if before else match.start()
    end = after.end() if after and (magnitude or unit and not before) else match.end()
    values = _values(match.group())
    if magnitude:
        values = frozenset(_plain(f"{Decimal(value) * magnitude:f}") for value in values)
    return Figure(text[start:end].strip(), values, unit)


def _degrees(text: str, end: int) -> tuple[str, str] | None:
    """Return the scale of a temperature; the first number of a range ("85-90 °C") has that of the second."""
    range_end = _RANGE.match(text, end)
    found = TEMPERATURE.match(text, range_end.end() if range_end else end)
    return ("temperature", TEMPERATURE_SCALES[found.group(1)[0].lower()]) if found else None


def _values(digits: str) -> frozenset[str]:
    """Read "1,234" as thousands and as a decimal: which it is depends on the language, and both may be meant."""
    bare = re.sub(r"\s", "", digits)
    groups = re.split(r"[.,]", bare)
    if len(groups) == 1:
        return frozenset({_plain(bare)})
    values = set()
    if all(len(group) == 3 for group in groups[1:]):
        values.add(_plain("".join(groups)))
    separators = re.sub(r"\d", "", bare)
    if separators[-1] not in separators[:-1]:
        values.add(_plain("".join(groups[:-1]) + "." + groups[-1]))
    return frozenset(values or {bare})


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
    words = _WORD.findall(source.casefold())
    found |= {(NUMBER_WORDS[word], None) for word in words if word in NUMBER_WORDS}
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
