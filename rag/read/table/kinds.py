"""What kind of thing a cell holds: a number, a date, a code, words, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Kind = Literal["", "number", "year", "date", "code", "text"]

_MISSING = frozenset(
    {"", "-", "–", "—", "--", "[-]", "(-)", "?", "n/a", "n.a.", "na", "none", "null", "nan", "#n/a", "k. a.", "н/д"}
)
_NUMBER = re.compile(
    r"(?:[<>≤≥~≈±]\s?)?[-+−(]?\s?(?:[$€£₽¥]\s?|(?:EUR|USD|GBP|CHF)\s)?"
    r"(?:\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?(?:[eE][-+]?\d+)?\)?"
    r"(?:[\s\u00a0]?(?:%|‰|°[CF]?|[$€£₽¥]|[^\W\d_]{1,4}[²³]?(?:/[^\W\d_]{1,3}[²³]?)?))?"
)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?.*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?: \d{1,2}:\d{2}.*)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?|\d{1,2}\.? [^\W\d_]{3,9}\.? \d{2,4}|[^\W\d_]{3,9} \d{1,2}, \d{4}"
)
_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"\S*\d\S*|\S+@\S+\.\S+|https?://\S+")


def is_missing(text: str) -> bool:
    """Tell whether a cell holds nothing, or a sign for it."""
    return text.casefold() in _MISSING


def kind_of(text: str) -> Kind:
    """Return the kind of a cell; the empty one where it holds nothing."""
    if is_missing(text):
        return ""
    if len(text) > 40 or not _DIGIT.search(text):
        return "code" if "@" in text and _CODE.fullmatch(text) else "text"
    if _YEAR.fullmatch(text):
        return "year"
    if _DATE.fullmatch(text):
        return "date"
    if _NUMBER.fullmatch(text):
        return "number"
    return "code" if _CODE.fullmatch(text) else "text"


def usual_kind(texts: Sequence[str]) -> Kind:
    """Return the kind that at least six in ten of the filled cells have; "text" where they are mixed."""
    kinds = [kind for kind in map(kind_of, texts) if kind]
    if not kinds:
        return ""
    plain: list[Kind] = ["number" if kind == "year" else kind for kind in kinds]
    if kinds.count("year") >= 0.6 * len(kinds):
        return "year"
    best = max(set(plain), key=plain.count)
    return best if plain.count(best) >= 0.6 * len(plain) else "text"


def shape_of(text: str) -> str:
    """Return how a text looks: runs of capitals, small letters and digits, and its signs, each once."""
    signs = (_sign(character) for character in text[:60])
    shape = ""
    for sign in signs:
        if not shape.endswith(sign):
            shape += sign
    return shape


def _sign(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return " " if character.isspace() else character


def is_series(texts: Sequence[str]) -> bool:
    """Tell whether cells go on by one step, as years, sizes or quarters above columns do."""
    marks = [re.fullmatch(r"(\D*)(\d{1,6})(\D*)", text.strip()) for text in texts]
    if len(marks) < 2 or any(mark is None for mark in marks):
        return False
    found = [mark for mark in marks if mark is not None]
    if len({(mark[1], mark[3]) for mark in found}) > 1:
        return False
    numbers = [int(mark[2]) for mark in found]
    steps = {after - before for before, after in zip(numbers, numbers[1:], strict=False)}
    years = all(_YEAR.fullmatch(text.strip()) for text in texts)
    return len(steps) == 1 and 0 not in steps and (len(texts) > 2 or years or bool(found[0][1].strip()))
