"""What each topic added to the change of quality, as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drift.reports.svg import Axis, box, cut, drawing, label, line
from drift.results import Segment

_SHOWN_TOPICS = 12
_NARROW = 600.0


def topics_chart(segments: Sequence[Segment], width: float) -> str:
    """Return bars of the topics' contributions in the order given; empty where fewer than two have a known quality.

    In a narrow picture the name of a topic stands above its bar, else beside it.
    """
    known = [s for s in segments if s.quality_reference is not None and s.quality_current is not None][:_SHOWN_TOPICS]
    if len(known) < 2:
        return ""
    narrow = width < _NARROW
    row, left = (42.0, 8.0) if narrow else (28.0, 236.0)
    bottom = row * len(known) + 6
    axis = _axis([segment.contribution for segment in known], left + 60, width - 62)
    parts = [*_grid(axis, bottom, narrow)]
    for number, segment in enumerate(known):
        parts += _bar(segment, axis, number * row, left, narrow)
    middle = (axis.start + axis.end) / 2
    parts.append(label(middle, bottom + 38, "contribution to the change of quality", "tick", "middle"))
    words = "; ".join(f"{segment.name}: {segment.contribution:+.3f}" for segment in known) + "."
    return drawing(f"topics-{width:.0f}", (width, bottom + 46), "What each topic added to the change", words, parts)


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    low, high = min(0.0, *values), max(0.0, *values)
    return Axis(low, high, start, end) if high > low else Axis(-0.01, 0.01, start, end)


def _grid(axis: Axis, bottom: float, narrow: bool) -> Iterator[str]:
    for tick in axis.ticks(3 if narrow else 6):
        x = axis.place(tick)
        yield line((x, 0), (x, bottom), "grid" if tick else "axis")
        yield label(x, bottom + 18, f"{tick:g}", "tick", "middle")


def _bar(segment: Segment, axis: Axis, top: float, left: float, narrow: bool) -> Iterator[str]:
    middle = top + (28 if narrow else 16)
    if narrow:
        yield label(left, top + 15, cut(segment.name, axis.end + 50 - left))
    else:
        yield label(left, middle + 4, cut(segment.name, left - 8), "", "end")
    zero, end = axis.place(0.0), axis.place(segment.contribution)
    kind = "bad" if segment.drifted else "muted" if segment.contribution < 0 else "good"
    words = f"{segment.name}: {segment.quality_reference or 0:.3f} → {segment.quality_current or 0:.3f}"
    yield box(min(zero, end), middle - 7, (max(abs(end - zero), 1.0), 14), f"bar-{kind}", words)
    outside, anchor = (end - 6, "end") if segment.contribution < 0 else (end + 6, "start")
    yield label(outside, middle + 4, f"{segment.contribution:+.3f}", "tick", anchor)
