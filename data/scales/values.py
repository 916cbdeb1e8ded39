"""The number in a score's value: what is one, what stands for one, and why something else is none."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_FRACTION = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*/\s*(\d+(?:\.\d+)?)")
_TRUTH = {"true": 1.0, "yes": 1.0, "y": 1.0, "false": 0.0, "no": 0.0, "n": 0.0, "on": 1.0, "off": 0.0}
_GOOD = (
    "correct right pass passed success successful good great excellent perfect supported faithful grounded factual "
    "accurate relevant answered helpful 👍 up positive accept accepted acceptable consistent complete truthful ok "
    "thumbs_up non_hallucinated not_hallucinated fully_correct"
)
_BAD = (
    "incorrect wrong fail failed failure bad poor terrible awful unsupported unfaithful ungrounded hallucinated "
    "hallucination inaccurate irrelevant unanswered unhelpful 👎 down negative reject rejected unacceptable "
    "inconsistent contradicted false_claim thumbs_down fabricated unrelated not_correct not_relevant not_supported"
)
_HALF = (
    "partial partially partly mixed mediocre fair average neutral partially_correct partly_correct partially_supported"
)
_WORDS = {
    **dict.fromkeys(_GOOD.split(), 1.0),
    **dict.fromkeys(_BAD.split(), 0.0),
    **dict.fromkeys(_HALF.split(), 0.5),
}


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """A value as a number, or why there is none; `scale` is what the way it was written tells ("up 0..1")."""

    value: float | None
    reason: str = ""
    scale: str = ""


def reading_of(value: Any, order: Sequence[str] = ()) -> ScoreValue:
    """Return the number that a value stands for; `order` are the categories of its metric, worst first.

    A word is read where it says good or bad by itself, or stands in `order`. What is no number is missing with the
    reason: never 0.
    """
    if value is None:
        return ScoreValue(None, "no value")
    if isinstance(value, bool):
        return ScoreValue(float(value))
    if isinstance(value, int | float):
        return _finite(value)
    if isinstance(value, str):
        return _of_text(value.strip(), order)
    return ScoreValue(None, f"not a number: a {type(value).__name__}")


def _finite(value: float) -> ScoreValue:
    try:
        number = float(value)
    except OverflowError:
        return ScoreValue(None, "not a finite number")
    return ScoreValue(number) if math.isfinite(number) else ScoreValue(None, f"not a finite number: {number}")


def _of_text(text: str, order: Sequence[str]) -> ScoreValue:
    word = re.sub(r"[\s\-]+", "_", text.casefold())
    places = [re.sub(r"[\s\-]+", "_", name.strip().casefold()) for name in order]
    if word in places:
        return ScoreValue(places.index(word) / (len(places) - 1) if len(places) > 1 else None, f"{text!r}", "up 0..1")
    try:
        return _finite(float(text.replace(",", ".") if text.count(",") == 1 else text))
    except ValueError:
        pass
    if text.endswith("%"):
        part = _of_text(text[:-1].strip(), ())
        return ScoreValue(None if part.value is None else part.value / 100, part.reason)
    if (found := _FRACTION.fullmatch(text)) and float(found[2]) > 0:
        return ScoreValue(float(found[1].replace(",", ".")) / float(found[2]), f"{text!r}")
    if word in _TRUTH:
        return ScoreValue(_TRUTH[word], f"{text!r}")
    if word in _WORDS:
        return ScoreValue(_WORDS[word], f"{text!r}", "up 0..1")
    shown = text if len(text) <= 80 else f"{text[:79]}…"
    return ScoreValue(None, f"not a number: {shown!r}")
