"""The scale of a score: its ends and its better end, as text in a log and as a rule from values to [0, 1]."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ENDS = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:\.\.|–|to|/|,|:)\s*(-?\d+(?:\.\d+)?)|(?<=\d)-(?=\d)")
_DASHED = re.compile(r"\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*")
_LONGEST = 64
_UP = {"up", "higher", "maximize", "maximise", "max", "asc", "ascending", "increase", "high", "higher_is_better"}
_DOWN = {"down", "lower", "minimize", "minimise", "min", "desc", "descending", "decrease", "low", "lower_is_better"}
_FLAGS = {"higher_is_better": True, "greater_is_better": True, "higherisbetter": True, "lower_is_better": False}


@dataclass(frozen=True, slots=True)
class Scale:
    """What is told of a score: the better direction, the ends, and whether it speaks for quality; None: not told."""

    direction: str = ""
    low: float | None = None
    high: float | None = None
    speaks: bool | None = None

    def __str__(self) -> str:
        ends = f"{self.low:g}..{self.high:g}" if self.low is not None and self.high is not None else ""
        word = {True: "speaks", False: "silent", None: ""}[self.speaks]
        return " ".join(filter(None, (self.direction, ends, word)))

    @classmethod
    def parse(cls, text: str) -> Scale:
        """Read what `str` wrote, or what people write: "down 1..5", "0-100", "1 to 5"; what is not known is left out.

        :raises ValueError: it holds nothing of a scale.
        """
        text = text[:_LONGEST]
        words = text.casefold().split()
        direction = "down" if _DOWN & set(words) else "up" if _UP & set(words) else ""
        speaks = True if "speaks" in words else False if "silent" in words else None
        ends = next((_pair(found) for found in _numbers(text)), None)
        if not direction and speaks is None and ends is None:
            raise ValueError(text)
        low, high = ends or (None, None)
        return cls(direction, low, high, speaks)

    def over(self, other: Scale) -> Scale:
        """Return this scale, with what it does not tell taken from another."""
        low, high = (self.low, self.high) if self.low is not None else (other.low, other.high)
        return Scale(self.direction or other.direction, low, high, other.speaks if self.speaks is None else self.speaks)


def scale_of(row: Mapping[str, Any]) -> Scale:
    """Return the scale that a score's own keys tell: `direction`, `higher_is_better`, `range`, `min` and `max`."""
    known = {str(key).casefold(): value for key, value in row.items()}
    return Scale(_direction(known), *_ends(known))


def _direction(known: Mapping[str, Any]) -> str:
    for key, up in _FLAGS.items():
        if isinstance(known.get(key), bool):
            return "up" if known[key] == up else "down"
    told = str(known.get("direction") or known.get("optimization_direction") or "").casefold().replace(" ", "_")
    return "up" if told in _UP else "down" if told in _DOWN else ""


def _ends(known: Mapping[str, Any]) -> tuple[float | None, float | None]:
    given = known.get("range") or known.get("scale")
    if isinstance(given, str):
        return next((_pair(found) for found in _numbers(given)), None) or (None, None)
    if isinstance(given, Mapping):
        given = [given.get("min", given.get("low")), given.get("max", given.get("high"))]
    if not isinstance(given, list):
        given = [_either(known, "min", "minvalue", "min_value"), _either(known, "max", "maxvalue", "max_value")]
    return _pair(given) or (None, None)


def _either(known: Mapping[str, Any], *keys: str) -> Any:
    return next((known[key] for key in keys if key in known), None)


def _numbers(text: str) -> list[list[float]]:
    text = text[:_LONGEST]
    dashed = _DASHED.fullmatch(text)
    if dashed:
        return [[float(dashed[1]), float(dashed[2])]]
    return [[float(found[1]), float(found[2])] for found in _ENDS.finditer(text) if found[1]]


def _pair(given: list[Any]) -> tuple[float, float] | None:
    if len(given) != 2 or not all(isinstance(end, int | float) and not isinstance(end, bool) for end in given):
        return None
    low, high = float(given[0]), float(given[1])
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low < high else None
