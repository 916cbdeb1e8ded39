"""The report as a few lines for a terminal; the first line is the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from data.text import plural
from drift.results import AlertBudget, DriftReport, QualityDimension, QualityPlane, WindowSummary
from drift.verdict import headline

_TITLES = {
    "steady": "STEADY",
    "silent_drift": "SILENT DRIFT",
    "ops_incident": "OPS INCIDENT",
    "ops_incident_and_drift": "OPS INCIDENT AND DRIFT",
    "changed": "CHANGED",
    "insufficient": "TOO LITTLE DATA",
}
_MAX_LINES = 5


def to_text(report: DriftReport) -> str:
    """Return the summary, without a trailing newline."""
    return "\n".join(_lines(report))


def verdict_reason(report: DriftReport) -> str:
    """Return the sentence of the verdict without its name, for places that show the name beside it."""
    return report.sentence.partition(": ")[2] or report.sentence


def quality_words(quality: QualityPlane) -> str:
    """Say the estimate of quality with its interval and what it rests on."""
    if quality.reference is None or quality.current is None or quality.delta is None or quality.ci is None:
        return quality.reason
    low, high = quality.ci
    change = f"{quality.delta:+.3f}, interval {low:+.3f} to {high:+.3f}"
    sizes = f"n = {quality.n_reference} and {quality.n_current}{_worth(quality)}"
    return f"{quality.reference:.3f} → {quality.current:.3f} ({change}) by {quality.metric} ({quality.source}), {sizes}"


def _worth(quality: QualityPlane) -> str:
    """Say how many independent answers the windows are worth, where questions, users or sessions come again."""
    sizes, worth = (quality.n_reference, quality.n_current), quality.effective
    if quality.paired or worth is None or all(0.9 * size <= known for size, known in zip(sizes, worth, strict=True)):
        return ""
    return f" (the same questions, users or sessions come again: worth {worth[0]:.0f} and {worth[1]:.0f})"


def dimension_words(name: str, dimension: QualityDimension) -> str:
    """Say what one dimension did and what drop of it would have been seen."""
    seen = dimension.minimum_detectable_drop
    limit = f"; a drop of {seen:.3f} would have been seen" if seen is not None else ""
    low, high = dimension.ci
    change = f"{dimension.delta:+.3f}, interval {low:+.3f} to {high:+.3f}"
    return f"{name}: {dimension.reference:.3f} → {dimension.current:.3f} ({change}){limit}"


def label_words(quality: QualityPlane) -> str:
    """Say how well proxy and labels agree, and how many labels of each window they are worth thanks to the proxy."""
    rho = quality.proxy_correlation or 0.0
    worth = quality.effective_labels
    tail = ""
    if worth and min(worth) >= 1:
        tail = f", which say as much as {worth[0]:.0f} and {worth[1]:.0f} would without the proxy"
    return f"{plural(quality.n_labelled, 'label')}{tail}; proxy and labels correlate at {rho:.2f}."


def bound_words(quality: QualityPlane) -> str:
    """Say between what bounds the change lies whatever the unscored answers are worth."""
    low, high = quality.bounds or (0.0, 0.0)
    return f"More or fewer answers went unscored: with those the change lies between {low:+.3f} and {high:+.3f}."


def budget_words(budget: AlertBudget) -> str:
    """Say how near the days since the baseline are to an alert, and what else may alert."""
    promise = f"one false alert in {budget.budget_days:.0f} days at most"
    so_far = "together enough to alert" if budget.used >= 1 else f"{used_words(budget)} of what alerts is reached"
    seen = f"{plural(budget.days, 'day')} watched, {so_far}" if budget.measure else "no score to watch daily"
    return f"{promise}; {seen}; this report alerts at p ≤ {budget.level:.2g}"


def used_words(budget: AlertBudget) -> str:
    """Return how near the days together are to an alert, 100 % at most: beyond that they alert, however far."""
    return f"{min(budget.used, 1.0):.0%}"


def decide_words(report: DriftReport) -> str:
    """Say which answers to label so that the next report decides."""
    named = ", ".join(report.deciding[:3])
    return (
        f"label these {plural(len(report.deciding), 'answer')} ({named}; all are in the JSON), or any sample with"
        " `drift label`; "
        "the next report decides by the labels"
    )


def _lines(report: DriftReport) -> Iterator[str]:
    yield from _head(report)
    yield from _quality(report)
    if report.budget:
        yield f"  alerts     {budget_words(report.budget)}"
    if report.change_point:
        point = report.change_point
        between = f"between {point.earliest:%Y-%m-%d %H:%M} and {point.latest:%Y-%m-%d %H:%M}"
        yield f"  changed    about {point.at:%Y-%m-%d %H:%M} UTC ({between})"
    if report.deciding:
        yield from _section("To decide", [decide_words(report)])
    yield from _section("Causes", [f"{cause.cause}{_share(cause.share)}: {cause.evidence}" for cause in report.causes])
    yield from _section("Do next", list(dict.fromkeys(step for cause in report.causes for step in cause.do_next)))
    worst = [s for s in report.segments if s.drifted]
    yield from _section(
        "Topics that got worse",
        [
            f"{s.name}: {s.quality_reference or 0:.2f} → {s.quality_current or 0:.2f} ({s.contribution:+.3f} in all)"
            for s in worst
        ],
    )
    yield from _section("Also moved (explains, never alerts)", [f.sentence for f in report.findings if f.drifted])
    yield from _section("Notes", list(report.notes))


def _head(report: DriftReport) -> Iterator[str]:
    yield f"{_TITLES[report.verdict]} – {verdict_reason(report)}"
    if line := headline(report):
        yield line
    yield ""
    yield f"  reference  {_window(report.reference, 'reference')}"
    yield f"  current    {_window(report.current, 'current')}"
    yield f"  ops        {report.ops.status}: {report.ops.reason}"


def _quality(report: DriftReport) -> Iterator[str]:
    yield f"  quality    {report.quality.status}: {quality_words(report.quality)}"
    if report.quality.minimum_detectable_drop is not None:
        yield f"             smallest drop that would have been seen: {report.quality.minimum_detectable_drop:.3f}"
    yield from (f"             {dimension_words(name, one)}" for name, one in report.quality.dimensions.items())
    if report.quality.method:
        yield f"             method: {report.quality.method}; labelled records: {report.quality.n_labelled}"
    if report.quality.proxy_correlation is not None:
        yield f"             {label_words(report.quality)}"
    if report.quality.bounds is not None:
        yield f"             {bound_words(report.quality)}"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield title
    for line in lines[:_MAX_LINES]:
        yield f"  - {line}"
    if len(lines) > _MAX_LINES:
        yield f"  … and {len(lines) - _MAX_LINES} more (the JSON and the HTML report have all)"


def _share(share: float | None) -> str:
    return f" ({share:.0%})" if share is not None else ""


def _window(window: WindowSummary, side: str) -> str:
    span = (
        f"{window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M}"
        if window.since and window.until
        else "no time"
    )
    name = "" if window.name == side else f"{window.name}: "
    return (
        f"{name}{plural(window.interactions, 'interaction')}, {span}; {window.answered:,} answered, "
        f"{window.abstained:,} abstained, {window.failed:,} failed"
    )
