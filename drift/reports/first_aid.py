"""What a reader needs first: what to do next, and each dimension of quality before and now."""

from __future__ import annotations

from html import escape

from drift.results import DriftReport, QualityDimension
from drift.verdict import refused_share

_WORDS = {
    "relevance": "answers address the question",
    "support": "passages carry what is said",
    "facts": "names, figures and negations as in the passages",
    "form": "whole, not empty, in the right language, not copied or looped, with their passages",
}


def do_next(report: DriftReport) -> str:
    """Return the commands of all causes as a list, each once; empty where there are none."""
    steps = dict.fromkeys(step for cause in report.causes for step in cause.do_next)
    return f'<ol class="steps">{"".join(map(_step, steps))}</ol>' if steps else ""


def _step(step: str) -> str:
    command, _, why = step.partition("  # ")
    return f'<li><code tabindex="0">{escape(command)}</code> <span class="quiet">{escape(why)}</span></li>'


def dimensions(report: DriftReport) -> str:
    """Return a row for each dimension of quality and one for refusals; empty where no dimension was measured."""
    fired = {test.name for test in report.quality.tests if test.fired}
    measured = report.quality.dimensions
    order = sorted(measured, key=lambda name: list(_WORDS).index(name) if name in _WORDS else len(_WORDS))
    rows = [_row(name, measured[name], name in fired) for name in order]
    if not rows:
        return ""
    before, now = refused_share(report.reference), refused_share(report.current)
    if before is not None and now is not None:
        rows.append(_cells("refusal", "questions that were declined", (before, now), ("", "", "")))
    head = "".join(
        f'<th scope="col"{kind}>{name}</th>'
        for name, kind in (
            ("dimension", ""), ("", ""), ("before and now", LEVELS), ("before", NUMBER), ("now", NUMBER),
            ("change", NUMBER), ("smallest drop seen", NUMBER),
        )
    )  # fmt: skip
    note = (
        '<p class="quiet small">Each is a score of ours from 0 to 1. A dimension alerts where '
        "<code>drift.alert_on_dimensions</code> is on.</p>"
    )
    table = f'<table class="dims"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Dimensions of quality">{table}</div>{note}'


NUMBER = ' class="n"'
LEVELS = ' class="levels"'


def _row(name: str, found: QualityDimension, fired: bool) -> str:
    seen = found.minimum_detectable_drop
    low, high = found.ci
    change = f'{found.delta:+.3f} <span class="quiet">({low:+.3f} to {high:+.3f})</span>'
    tag = '<span class="tag bad">fell</span>' if fired else _tag(found)
    told = (change, "–" if seen is None else f"{seen:.3f}", tag)
    return _cells(name, _WORDS.get(name, ""), (found.reference, found.current), told)


def _tag(found: QualityDimension) -> str:
    return '<span class="tag bad">lower</span>' if found.ci[1] < 0 else ""


def _cells(name: str, words: str, values: tuple[float, float], told: tuple[str, str, str]) -> str:
    bars = "".join(
        f'<i class="level {kind}" style="width:{100 * min(1.0, max(0.0, value)):.0f}%"></i>'
        for kind, value in zip(("reference", "current"), values, strict=True)
    )
    change, seen, tag = told
    return (
        f'<tr><th scope="row"><b>{escape(name)}</b><br><span class="quiet small">{escape(words)}</span></th>'
        f"<td>{tag}</td>"
        f'<td class="levels" aria-hidden="true">{bars}</td>'
        f"<td{NUMBER}>{values[0]:.3f}</td><td{NUMBER}>{values[1]:.3f}</td><td{NUMBER}>{change}</td>"
        f"<td{NUMBER}>{seen}</td></tr>"
    )
