"""The sections of the HTML report, each from values to escaped markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from data.text import plural
from drift.reports.first_aid import dimensions, do_next
from drift.reports.text_report import bound_words, budget_words, label_words, quality_words, used_words
from drift.reports.timeline_chart import timeline_chart
from drift.reports.topics_chart import topics_chart
from drift.results import DriftReport, Finding, Segment, TimePoint, WorseAnswer, shown_p

_SHOWN_FINDINGS = 25
_WIDE, _NARROW = 1_000.0, 320.0
"""Widths in pixels that each chart is drawn for: the page shows the one that fits."""
_LEGEND = (
    ("reference", "quality, reference"),
    ("current", "quality, current"),
    ("baseline", "mean of the reference"),
    ("band", "quality most likely changed"),
    ("mark", "a part of the system changed"),
    ("latency", "latency p95"),
    ("errors", "error rate"),
)


def sections(report: DriftReport, has_evidently: bool) -> Iterator[str]:
    """Yield the sections below the verdict, most telling first."""
    yield _cards(report)
    yield _section("Do next", do_next(report))
    yield _causes(report)
    yield _section("Dimensions of quality", dimensions(report))
    if len(report.timeline) > 1:
        yield _section("Quality against health over time", _timeline(report))
    if report.examples:
        yield _section("What got worse", "".join(map(_example, report.examples)))
    if report.segments:
        yield _section("Topics", _topics(report.segments) + _segments(report.segments))
    yield _section("Findings", _findings(report.findings))
    yield _section("What this report could have seen", _power(report))
    if has_evidently:
        yield (
            '<section class="noprint"><details id="evidently"><summary>Evidently: every signal drawn</summary>'
            '<p class="quiet small">Drawn by Evidently with its own column tests (Kolmogorov–Smirnov and chi-square, '
            "5 % each, not adjusted). It describes; the verdict above does not depend on it.</p>"
            '<iframe title="Evidently"></iframe></details></section>'
        )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>" if body else ""


def _timeline(report: DriftReport) -> str:
    absent = {"" if report.change_point else "band", "" if report.fingerprint_changes else "mark"}
    legend = "".join(f'<li><i class="key {kind}"></i>{name}</li>' for kind, name in _LEGEND if kind not in absent)
    numbers = f"<details><summary>The same in numbers</summary>{_bins(report.timeline)}</details>"
    charts = _both(timeline_chart(report, _WIDE), timeline_chart(report, _NARROW))
    return f'{charts}<ul class="legend">{legend}</ul>{numbers}'


def _topics(segments: Sequence[Segment]) -> str:
    wide = topics_chart(segments, _WIDE)
    return _both(wide, topics_chart(segments, _NARROW)) if wide else ""


def _both(wide: str, narrow: str) -> str:
    return f'<div class="chart wide">{wide}</div><div class="chart narrow">{narrow}</div>'


def _bins(points: Sequence[TimePoint]) -> str:
    head = ("from", "window", "interactions", "quality", "interval", "latency p95, ms", "error rate")
    rows = [
        (
            f"{p.start:%Y-%m-%d %H:%M}",
            p.window,
            f"{p.interactions:,}",
            _number(p.quality, ".3f"),
            f"{_number(p.quality_low, '.3f')} to {_number(p.quality_high, '.3f')}",
            _number(p.latency_p95, ",.0f"),
            _number(p.error_rate, ".1%"),
        )
        for p in points
    ]
    return _table(head, rows, text_columns=(0, 1))


def matrix(report: DriftReport) -> str:
    """Draw ops against quality with the cell of this report marked; none where quality could not be told."""
    ops = report.ops.status
    quality = report.quality.status

    def cell(is_red: bool, is_drifted: bool, text: str) -> str:
        told = quality != "insufficient" and report.verdict != "changed"
        on = told and (ops == "red") == is_red and (quality == "drifted") == is_drifted
        return f'<div class="cell{" on" if on else ""}">{text}</div>'

    heads = [
        f'<div class="head">{text}</div>' for text in ("quality steady", "quality drifted", "ops green", "ops red")
    ]
    return (
        f'<div><div class="grid"><div></div>{heads[0]}{heads[1]}'
        f"{heads[2]}{cell(False, False, 'steady')}{cell(False, True, 'silent drift')}"
        f"{heads[3]}{cell(True, False, 'ops incident')}{cell(True, True, 'incident and drift')}</div>"
        f'<p class="quiet small" style="margin-top:10px">ops: {escape(ops)} · quality: {escape(quality)}</p></div>'
    )


def _cards(report: DriftReport) -> str:
    quality, ops = report.quality, report.ops
    speaks = f"{quality.metric} ({quality.source})" if quality.metric else "no score"
    interval = f"; change between {quality.ci[0]:+.3f} and {quality.ci[1]:+.3f}" if quality.ci else ""
    cards = (
        ("Quality", _change(quality.reference, quality.current, ".3f"), f"{speaks}{interval}"),
        ("Smallest drop it could see", _number(quality.minimum_detectable_drop, ".3f"), quality.method),
        ("Error rate", _change(ops.error_rate_reference, ops.error_rate_current, ".1%"), f"ops {ops.status}"),
        ("Latency p95, ms", _change(ops.latency_p95_reference, ops.latency_p95_current, ",.0f"), "reference → current"),
        *_budget_card(report),
    )
    return (
        '<div class="cards">'
        + "".join(
            f'<div class="card"><div class="label">{escape(label)}</div><div class="value">{escape(value)}</div>'
            f'<div class="quiet small">{escape(note)}</div></div>'
            for label, value, note in cards
        )
        + "</div>"
    )


def _budget_card(report: DriftReport) -> list[tuple[str, str, str]]:
    budget = report.budget
    if budget is None:
        return []
    return [
        (
            "Alert budget used",
            used_words(budget),
            f"{plural(budget.days, 'day')} watched; 100% alerts",
        )
    ]


def _causes(report: DriftReport) -> str:
    if not report.causes:
        return ""
    rows = []
    for cause in report.causes:
        share = "" if cause.share is None else f"{cause.share:.0%} of the change"
        bar = "" if cause.share is None else f'<div class="bar"><i style="width:{100 * cause.share:.0f}%"></i></div>'
        rows.append(
            f'<div class="cause"><div><b>{escape(cause.cause.replace("_", " "))}</b>'
            f'<span class="quiet small">{share}</span>{bar}</div><div>{escape(cause.evidence)}</div></div>'
        )
    return _section("Causes", "".join(rows))


def _example(example: WorseAnswer) -> str:
    now = f"<b>Now</b> · score {example.score:.2f} · {escape(example.interaction_id)}"
    before = f"<b>Reference</b> · score {example.reference_score:.2f} · {escape(example.reference_id)}"
    return (
        f'<div class="pair"><p class="quiet small">Topic: {escape(example.topic)}</p><div class="sides">'
        f'<div class="side"><p class="small quiet">{before}</p><p><b>{escape(example.reference_question)}</b></p>'
        f'<div class="text">{escape(example.reference_answer)}</div></div>'
        f'<div class="side now"><p class="small quiet">{now}</p><p><b>{escape(example.question)}</b></p>'
        f'<div class="text">{escape(example.answer)}</div></div></div></div>'
    )


def _segments(segments: Sequence[Segment]) -> str:
    head = ("topic", "share before", "share now", "quality before", "quality now", "contribution", "p", "")
    rows = [
        (
            escape(s.name),
            f"{s.share_reference:.0%}",
            f"{s.share_current:.0%}",
            _number(s.quality_reference, ".3f"),
            _number(s.quality_current, ".3f"),
            f"{s.contribution:+.4f}",
            _number(s.p_value, ".2g"),
            '<span class="tag bad">worse</span>' if s.drifted else "",
        )
        for s in segments
    ]
    return _table(head, rows, text_columns=(0, 7))


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return '<p class="quiet">Nothing could be tested.</p>'
    head = ("plane", "signal", "what was seen", "effect", "p", "adjusted p", "")
    rows = [
        (
            escape(f.plane),
            escape(f.signal),
            escape(f.sentence),
            f"{f.effect_name} {f.effect:+.2f}",
            f"{f.p_value:.2g}",
            f"{f.q_value:.2g}",
            '<span class="tag bad">moved</span>' if f.drifted else '<span class="tag">–</span>',
        )
        for f in findings[:_SHOWN_FINDINGS]
    ]
    note = (
        '<p class="quiet small">Moved = adjusted p (Benjamini–Hochberg over this report) within the limit and an '
        "effect that matters. These planes explain; only quality and ops can alert.</p>"
    )
    return _table(head, rows, text_columns=(0, 1, 2, 6)) + note


def _power(report: DriftReport) -> str:
    quality = report.quality
    lines = [quality_words(quality), quality.reason]
    if quality.minimum_detectable_drop is not None:
        lines.append(
            f"With {quality.n_reference} and {quality.n_current} scored records a drop of "
            f"{quality.minimum_detectable_drop:.3f} or more on the scale of {quality.metric} would have been seen four "
            "times in five."
        )
    if quality.source == "proxy":
        lines.append(
            "No labels spoke here. A proxy sees part of a true drop and may be biased between models: label a sample "
            "to learn the size of the drop."
        )
    if quality.proxy_correlation is not None:
        lines.append(label_words(quality))
    if quality.bounds is not None:
        lines.append(bound_words(quality))
    if report.budget is not None:
        lines.append(f"Alert budget: {budget_words(report.budget)}.")
    elif quality.e_value is not None:
        lines.append(f"Evidence that may be added up over days (e-value): {quality.e_value:.3g}.")
    tests = [f"{t.name}: {t.delta:+.3f}, {shown_p(t.p_drop)}, {t.weight:.0%} of it" for t in quality.tests]
    lines += [*tests, *report.notes]
    return "".join(f"<p>{escape(line)}</p>" for line in dict.fromkeys(lines) if line)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], text_columns: tuple[int, ...]) -> str:
    kinds = ["" if column in text_columns else ' class="n"' for column in range(len(head))]
    top = "".join(f"<th{kind}>{escape(name)}</th>" for kind, name in zip(kinds, head, strict=True))
    lines = ["".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _change(before: float | None, after: float | None, form: str) -> str:
    return f"{_number(before, form)} → {_number(after, form)}"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
