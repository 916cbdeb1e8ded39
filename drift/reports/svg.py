"""The few shapes a chart is made of, as SVG text; colours come from the page's style sheet, by class."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

LETTER = 6.4
"""Width in pixels that a letter of a label takes on average, to place labels beside each other."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale from values between `low` and `high` to pixels between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, count: int = 5) -> list[float]:
        """Return at most `count` + 1 round values (1, 2 or 5 times a power of ten apart) within the scale."""
        rough = (self.high - self.low) / count
        power = 10.0 ** math.floor(math.log10(rough))
        steps = [factor * power for factor in (1, 2, 5, 10)]
        step = next(step for step in steps if step >= rough * (1 - 1e-9))
        # From 2 to 5 a step grows by more than half of the smallest scale, which may lie between two values then.
        return self._multiples(step) or self._multiples(max(found for found in steps if found < step))

    def _multiples(self, step: float) -> list[float]:
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(number * step, 12) for number in range(first, last + 1)]


def drawing(name: str, size: tuple[float, float], title: str, description: str, parts: Iterable[str]) -> str:
    """Return a whole picture, read out by screen readers as `title` and `description`; `name` is unique in the page."""
    width, height = size
    return (
        f'<svg role="img" aria-labelledby="{name}-title {name}-words" viewBox="0 0 {width:g} {height:g}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def line(start: tuple[float, float], end: tuple[float, float], kind: str) -> str:
    """Return a straight line."""
    (x1, y1), (x2, y2) = start, end
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def box(left: float, top: float, size: tuple[float, float], kind: str, words: str = "") -> str:
    """Return a rectangle; `words` show when a pointer rests on it."""
    width, height = size
    place = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{kind}" {place}>{_hint(words)}</rect>'


def dot(x: float, y: float, radius: float, kind: str, words: str) -> str:
    """Return a point; `words` show when a pointer rests on it."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{_hint(words)}</circle>'


def path(points: Sequence[tuple[float, float]], kind: str) -> str:
    """Return an open line through points."""
    return f'<polyline class="{kind}" points="{_points(points)}"/>'


def area(points: Sequence[tuple[float, float]], kind: str) -> str:
    """Return a filled shape around points."""
    return f'<polygon class="{kind}" points="{_points(points)}"/>'


def label(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    """Return a line of text; `anchor` is the side of it (start, middle, end) that stands at x."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def cut(text: str, width: float) -> str:
    """Return a text as long as fits into `width` pixels, with an ellipsis where it was longer."""
    letters = max(1, int(width / LETTER))
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _hint(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
