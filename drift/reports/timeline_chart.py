"""Quality with its interval above latency and errors, bin by bin, with marks where the system or quality changed.

Bins stand side by side whatever time lies between them, so that windows far apart can still be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from drift.reports.svg import LETTER, Axis, area, box, cut, dot, drawing, label, line, path
from drift.results import DriftReport, TimePoint

_SHOWN_MARKS = 6
_QUALITY_HEIGHT, _OPS_HEIGHT = 210.0, 110.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the two panels lie; `x` is counted in bins."""

    width: float
    x: Axis
    quality: Axis
    latency: Axis
    errors: Axis
    height: float


def timeline_chart(report: DriftReport, width: float) -> str:
    """Return the time line as a picture `width` pixels wide; empty where there are fewer than two bins."""
    points = report.timeline
    if len(points) < 2:
        return ""
    labels, rows = _mark_labels(report, width)
    frame = _frame(points, width, 40 + 15 * rows)
    parts = [
        *_band(report, frame),
        *_quality_axis(report, frame),
        *_ops_axes(frame),
        *_dates(points, frame),
        *_baseline(points, frame),
        *_quality(points, frame),
        *_ops(points, frame),
        *_marks(labels, frame),
    ]
    size = (width, frame.height)
    return drawing(f"timeline-{width:.0f}", size, "Quality against health over time", _words(report), parts)


def _frame(points: Sequence[TimePoint], width: float, top: float) -> _Frame:
    seen = [value for p in points for value in (p.quality, p.quality_low, p.quality_high) if value is not None]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    room = max(0.06 * (high - low), 0.01 * abs(high), 0.001)  # differences that are none are not blown up
    bottom = top + _QUALITY_HEIGHT
    ops = bottom + 40
    slowest = max([1.0, *(1.08 * (p.latency_p95 or 0.0) for p in points)])
    worst = max([0.05, *(1.2 * (p.error_rate or 0.0) for p in points)])
    return _Frame(
        width,
        Axis(-0.6, len(points) - 0.4, 52, width - 44),
        Axis(low - room, high + room, bottom, top),
        Axis(0, slowest, ops + _OPS_HEIGHT, ops),
        Axis(0, worst, ops + _OPS_HEIGHT, ops),
        ops + _OPS_HEIGHT + 28,
    )


def _quality_axis(report: DriftReport, frame: _Frame) -> Iterator[str]:
    quality = report.quality
    name = f"Quality: {quality.metric or 'score'} ({quality.source})" if quality.source else "Quality"
    name = f"Quality: {report.shown_by}" if report.shown_by else name
    yield label(frame.x.start, 16, cut(name, frame.width - 60), "name")
    ticks = frame.quality.ticks()
    digits = 2 if ticks[1] - ticks[0] >= 0.0099 else 3
    for tick in ticks:
        yield line((frame.x.start, frame.quality.place(tick)), (frame.x.end, frame.quality.place(tick)), "grid")
        yield label(frame.x.start - 7, frame.quality.place(tick) + 4, f"{tick:.{digits}f}", "tick", "end")


def _ops_axes(frame: _Frame) -> Iterator[str]:
    above = frame.latency.end - 10
    yield label(frame.x.start, above, "Latency p95, ms", "name")
    yield label(frame.x.end, above, "Error rate", "name", "end")
    for tick in frame.latency.ticks(4):
        y = frame.latency.place(tick)
        yield line((frame.x.start, y), (frame.x.end, y), "grid")
        yield label(frame.x.start - 7, y + 4, f"{tick:,g}", "tick", "end")
    for tick in frame.errors.ticks(3):
        yield label(frame.x.end + 7, frame.errors.place(tick) + 4, f"{tick:.3g}" if tick > 1 else f"{tick:.0%}", "tick")


def _dates(points: Sequence[TimePoint], frame: _Frame) -> Iterator[str]:
    """Write as many dates below the panels as there is room for; the first and the last stay inside the picture."""
    long = len({point.start.date() for point in points}) <= 2
    room = (frame.x.end - frame.x.start) / (15 * LETTER if long else 9 * LETTER)
    step = max(1, -(-len(points) // max(2, int(min(room, 9)))))
    for bin_number in range(0, len(points), step):
        text = points[bin_number].start.strftime("%d %b %H:%M" if long else "%d %b")
        x, half = frame.x.place(bin_number), len(text) * LETTER / 2
        yield line((x, frame.latency.start), (x, frame.latency.start + 4), "axis")
        yield label(max(half, min(x, frame.width - half)), frame.latency.start + 19, text, "tick", "middle")


def _baseline(points: Sequence[TimePoint], frame: _Frame) -> Iterator[str]:
    known = [(p.quality, p.interactions) for p in points if p.window == "reference" and p.quality is not None]
    if known:
        y = frame.quality.place(sum(quality * n for quality, n in known) / sum(n for _, n in known))
        yield line((frame.x.start, y), (frame.x.end, y), "baseline")


def _quality(points: Sequence[TimePoint], frame: _Frame) -> Iterator[str]:
    """Draw each window's run of bins with a score; a bin without one leaves a gap."""
    numbered = list(enumerate(points))
    radius = 3.5 if len(points) <= 40 else 1.5
    for (window, scored), run in groupby(numbered, key=lambda one: (one[1].window, one[1].quality is not None)):
        if not scored:
            continue
        bins = [(frame.x.place(number), point, point.quality or 0.0) for number, point in run]
        upper = [(x, frame.quality.place(q if p.quality_high is None else p.quality_high)) for x, p, q in bins]
        lower = [(x, frame.quality.place(q if p.quality_low is None else p.quality_low)) for x, p, q in bins]
        yield area([*upper, *reversed(lower)], f"soft {window}")
        yield path([(x, frame.quality.place(q)) for x, _, q in bins], f"line {window}")
        yield from (dot(x, frame.quality.place(q), radius, f"dot {window}", _bin_words(p)) for x, p, q in bins)


def _ops(points: Sequence[TimePoint], frame: _Frame) -> Iterator[str]:
    lines = (
        ("latency", frame.latency, [p.latency_p95 for p in points]),
        ("errors", frame.errors, [p.error_rate for p in points]),
    )
    for kind, axis, values in lines:
        for known, run in groupby(enumerate(values), key=lambda one: one[1] is not None):
            if known:
                yield path([(frame.x.place(number), axis.place(value or 0.0)) for number, value in run], f"line {kind}")


def _band(report: DriftReport, frame: _Frame) -> Iterator[str]:
    if report.change_point:
        ends = (report.change_point.earliest, report.change_point.latest)
        left, right = (frame.x.place(_place(report.timeline, at)) for at in ends)
        top, bottom = frame.quality.end, frame.latency.start
        yield box(left, top, (max(right - left, 3.0), bottom - top), "band", "Quality most likely changed here.")


def _mark_labels(report: DriftReport, width: float) -> tuple[list[tuple[float, int, str]], int]:
    """Return the marks as (bin, row of the label, text) and the number of rows that the labels need."""
    fields: dict[float, list[str]] = {}
    for change in report.fingerprint_changes[:_SHOWN_MARKS]:
        fields.setdefault(_place(report.timeline, change.at), []).append(change.field.replace("_", " "))
    axis = Axis(-0.6, len(report.timeline) - 0.4, 52, width - 44)
    rows: list[list[tuple[float, float]]] = []
    marks = []
    for place, names in sorted(fields.items()):
        text = cut(f"{', '.join(names)} changed", width - 100)
        left, right = _span(axis.place(place), text, width)
        row = next((n for n, taken in enumerate(rows) if all(right < a or left > b for a, b in taken)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append((left - 8, right + 8))
        marks.append((place, row, text))
    return marks, len(rows)


def _span(x: float, text: str, width: float) -> tuple[float, float]:
    """Return from where to where a label lies that begins at x, or ends there where it would leave the picture."""
    long = len(text) * LETTER
    left = x if x + long < width else max(0.0, x - long)
    return left, left + long


def _marks(labels: Sequence[tuple[float, int, str]], frame: _Frame) -> Iterator[str]:
    for place, row, text in labels:
        x, y = frame.x.place(place), 36 + 15 * row
        left, right = _span(x, text, frame.width)
        yield line((x, y - 9), (x, frame.latency.start), "mark")
        ends = right <= x + 1
        yield label(x - 4 if ends else left + 4, y, text, "mark-name", "end" if ends else "start")


def _place(points: Sequence[TimePoint], at: datetime) -> float:
    """Return where a time lies on the axis of bins: at the left edge of the first bin that does not begin before it."""
    later = [x for x, point in enumerate(points) if point.start >= at]
    return (later[0] if later else len(points)) - 0.5


def _bin_words(point: TimePoint) -> str:
    interval = ""
    if point.quality_low is not None and point.quality_high is not None:
        interval = f" ({point.quality_low:.3f} to {point.quality_high:.3f})"
    return f"{point.start:%Y-%m-%d %H:%M}, {point.window}: {point.quality:.3f}{interval}, n = {point.interactions}"


def _words(report: DriftReport) -> str:
    """Say in words what the picture shows."""
    parts = []
    for window in ("reference", "current"):
        values = [p.quality for p in report.timeline if p.window == window and p.quality is not None]
        if values:
            parts.append(f"In the {window} window quality lies between {min(values):.3f} and {max(values):.3f}.")
    if report.change_point:
        parts.append(f"Quality most likely changed about {report.change_point.at:%Y-%m-%d %H:%M}.")
    parts += [
        f"{change.field.replace('_', ' ').capitalize()} changed at {change.at:%Y-%m-%d %H:%M}."
        for change in report.fingerprint_changes[:_SHOWN_MARKS]
    ]
    return " ".join(parts)
