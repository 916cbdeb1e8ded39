"""The charts of the HTML report: plotly figures as plain values, with CSS names for colours that the page fills in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from drift.results import DriftReport, Segment, TimePoint

_SHOWN_TOPICS = 12


def timeline_figure(report: DriftReport) -> dict[str, Any] | None:
    """Draw quality with its interval above latency and errors, with marks where the system or quality changed.

    Bins stand side by side whatever time lies between them, so that windows far apart can still be read.
    """
    points = report.timeline
    if len(points) < 2:
        return None
    marks = [_mark(_place(points, change.at), change.field) for change in report.fingerprint_changes[:6]]
    shapes = [mark["shape"] for mark in marks]
    notes = [mark["note"] | {"y": 1.0 - 0.06 * (number % 3)} for number, mark in enumerate(marks)]
    if report.change_point:
        shapes.append(_band(*(_place(points, at) for at in (report.change_point.earliest, report.change_point.latest))))
    if (baseline := _baseline(points)) is not None:
        shapes.append(baseline)
    layout = _timeline_axes(report) | {"shapes": shapes, "annotations": notes}
    return {"data": [*_quality_traces(points), *_ops_traces(points)], "layout": layout}


def topics_figure(segments: Sequence[Segment]) -> dict[str, Any] | None:
    """Draw what each topic added to the change of quality, worst first."""
    known = [s for s in segments if s.quality_reference is not None and s.quality_current is not None][:_SHOWN_TOPICS]
    if len(known) < 2:
        return None
    known.reverse()
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [segment.contribution for segment in known],
        "y": [segment.name for segment in known],
        "marker": {"color": ["--bad" if s.drifted else "--muted" if s.contribution < 0 else "--good" for s in known]},
        "hovertext": [f"{s.quality_reference:.3f} → {s.quality_current:.3f}" for s in known],
    }
    layout = {
        "height": 60 + 26 * len(known),
        "margin": {"l": 220, "r": 24, "t": 8, "b": 40},
        "xaxis": {"title": {"text": "contribution to the change of quality"}, "zeroline": True},
        "yaxis": {"automargin": True},
        "showlegend": False,
    }
    return {"data": [bars], "layout": layout}


def _timeline_axes(report: DriftReport) -> dict[str, Any]:
    points = report.timeline
    ticks = range(0, len(points), max(1, len(points) // 8))
    days = len({point.start.date() for point in points}) > 2
    labels = [points[tick].start.strftime("%d %b" if days else "%d %b %H:%M") for tick in ticks]
    worst = max([0.05, *(1.2 * (point.error_rate or 0.0) for point in points)])
    return {
        "height": 440,
        "margin": {"l": 56, "r": 56, "t": 28, "b": 40},
        "legend": {"orientation": "h", "y": -0.12},
        "xaxis": {"anchor": "y2", "tickvals": list(ticks), "ticktext": labels, "range": [-0.6, len(points) - 0.4]},
        "yaxis": {"title": {"text": _quality_title(report)}, "domain": [0.42, 1.0], "rangemode": "normal"},
        "yaxis2": {"title": {"text": "latency p95, ms"}, "domain": [0.0, 0.32], "rangemode": "tozero"},
        "yaxis3": {
            "title": {"text": "errors"},
            "overlaying": "y2",
            "side": "right",
            "tickformat": ".0%",
            "range": [0, worst],
            "showgrid": False,
        },
    }


def _quality_traces(points: Sequence[TimePoint]) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = []
    for window, colour in (("reference", "--ref"), ("current", "--cur")):
        placed = [(x, point) for x, point in enumerate(points) if point.window == window and point.quality is not None]
        mine, times = [point for _, point in placed], [x for x, _ in placed]
        low = [point.quality if point.quality_low is None else point.quality_low for point in mine]
        high = [point.quality if point.quality_high is None else point.quality_high for point in mine]
        hidden = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
        traces.append(hidden | {"x": times, "y": high})
        traces.append(hidden | {"x": times, "y": low, "fill": "tonexty", "fillcolor": f"{colour}-soft"})
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": f"quality, {window}",
                "x": times,
                "y": [point.quality for point in mine],
                "text": [f"{point.start:%Y-%m-%d %H:%M}, n = {point.interactions}" for point in mine],
                "line": {"color": colour, "width": 2},
                "marker": {"size": 5},
            }
        )
    return traces


def _ops_traces(points: Sequence[TimePoint]) -> list[dict[str, Any]]:
    times = list(range(len(points)))
    latency = {
        "type": "scatter",
        "mode": "lines",
        "name": "latency p95",
        "x": times,
        "y": [point.latency_p95 for point in points],
        "yaxis": "y2",
        "line": {"color": "--muted", "width": 2},
    }
    errors = {
        "type": "scatter",
        "mode": "lines",
        "name": "error rate",
        "x": times,
        "y": [point.error_rate for point in points],
        "yaxis": "y3",
        "line": {"color": "--bad", "width": 1.5, "dash": "dot"},
    }
    return [latency, errors]


def _quality_title(report: DriftReport) -> str:
    return f"{report.quality.metric or 'quality'} ({report.quality.source})" if report.quality.source else "quality"


def _place(points: Sequence[TimePoint], at: datetime) -> float:
    """Return where a time lies on the axis of bins: at the left edge of the first bin that does not begin before it."""
    later = [x for x, point in enumerate(points) if point.start >= at]
    return (later[0] if later else len(points)) - 0.5


def _baseline(points: Sequence[TimePoint]) -> dict[str, Any] | None:
    known = [(p.quality, p.interactions) for p in points if p.window == "reference" and p.quality is not None]
    if not known:
        return None
    mean = sum(quality * count for quality, count in known) / sum(count for _, count in known)
    line = {"color": "--ref", "width": 1, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": mean, "y1": mean, "line": line}


def _mark(x: float, field: str) -> dict[str, Any]:
    line = {"color": "--accent", "width": 1, "dash": "dot"}
    shape = {"type": "line", "xref": "x", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}
    text = f"{field.replace('_', ' ')} changed"
    return {
        "shape": shape,
        "note": {"x": x, "xref": "x", "yref": "paper", "text": text, "showarrow": False, "xanchor": "left"},
    }


def _band(start: float, end: float) -> dict[str, Any]:
    box = {"type": "rect", "xref": "x", "x0": start, "x1": max(end, start + 0.1), "yref": "paper", "y0": 0, "y1": 1}
    return box | {"fillcolor": "--bad-soft", "line": {"width": 0}, "layer": "below"}
