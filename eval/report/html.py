"""A run and the gate's answer as one self-contained HTML page: no network, no scripts from elsewhere, prints well."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from data.text import plural
from eval.gate_outcome import GateOutcome, MetricGate, RegressedCase
from eval.matrix import Cell, matrix_table
from eval.report.text import changes, falls_of, headline
from eval.run import CaseResult, EvalRun, MetricSummary

_TONES = {"pass": "good", "regression": "bad", "too_few": "warn"}
_WORDS = {"pass": "pass", "regression": "regression", "too_few": "too few cases"}
_SHOWN = ("answer_match", "rightly_answered", "rightly_abstained", "source_recall", "groundedness")
_TEMPLATE = Path(__file__).with_name("page.html")
_SEARCH = '<input id=find type=search placeholder="Find in rows" aria-label="Find in rows" class=noprint>'
_PART = re.compile(r"\s+|\S+")


def page(run: EvalRun, outcome: GateOutcome | None = None, note: str = "") -> str:
    """Return the page: the verdict first, then regressed cases side by side, metrics, and every case."""
    body = [*(_gate(outcome) if outcome else ()), _metrics(run.summaries()), *_note(note), _cases(run)]
    title = headline(outcome) if outcome else f"{plural(len(run.results), 'case')}, {run.at:%Y-%m-%d %H:%M} UTC"
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=escape(f"Evaluation {run.label}".strip()),
        tone=_TONES[outcome.verdict] if outcome else "none",
        verdict=_WORDS[outcome.verdict] if outcome else "not gated",
        headline=escape(title),
        detail=escape(" · ".join(_details(run))),
        body="\n".join(body),
    )


def matrix_page(cells: Sequence[Cell]) -> str:
    """Return the table of a matrix as a page."""
    head, *rows = matrix_table(cells)
    variants = list(dict.fromkeys(cell.variant for cell in cells))
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title="Variants",
        tone="none",
        verdict="variants",
        headline=escape(f"{', '.join(variants[1:])} beside {variants[0]}"),
        detail="Differences are paired by case; p-values are adjusted over the whole table.",
        body=_section("Metrics", _SEARCH + _table(head, [[escape(cell) for cell in row] for row in rows], "cases")),
    )


def diff(old: str, new: str) -> tuple[str, str]:
    """Return both texts as HTML with the words that differ marked."""
    before, after = _PART.findall(old), _PART.findall(new)
    left, right = [], []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = (escape("".join(part)) for part in (before[a:b], after[c:d]))
        left.append(gone if kind == "equal" or not gone.strip() else f"<del>{gone}</del>")
        right.append(come if kind == "equal" or not come.strip() else f"<ins>{come}</ins>")
    return "".join(left), "".join(right)


def _details(run: EvalRun) -> list[str]:
    asked = (
        [f"each asked {plural(run.repeats, 'time')}, {run.flickering} answered differently"] if run.repeats > 1 else []
    )
    system = [f"{part.replace('_', ' ')} {name}" for part, name in run.fingerprint.items()]
    return [f"{run.at:%Y-%m-%d %H:%M} UTC", *asked, *system]


def _gate(outcome: GateOutcome) -> list[str]:
    head = ("metric", "accepted", "candidate", "difference", "p", "margin", "detectable drop", "cases", "lost", "")
    rows = [_gate_row(item) for item in outcome.metrics]
    notes = [f"Compared with {outcome.accepted!r}, {outcome.pairs} cases.", *changes(outcome)]
    if outcome.unpaired:
        notes.append(f"In one run only, {plural(len(outcome.unpaired), 'case')}: {', '.join(outcome.unpaired[:10])}")
    listed = "".join(f"<li>{escape(line)}</li>" for line in notes)
    parts = [_section("Gate", f"{_table(head, rows)}<ul>{listed}</ul>")]
    if cases := outcome.by_case:
        parts.append(_section(f"Regressed cases ({len(cases)})", "".join(map(_side_by_side, cases))))
    return parts


def _gate_row(item: MetricGate) -> list[str]:
    means = ["–" if mean is None else f"{mean:.3f}" for mean in (item.accepted_mean, item.candidate_mean)]
    spread = item.difference
    return [
        escape(item.metric),
        *means,
        f"{spread.mean:+.3f} <span class=quiet>[{spread.low:+.3f}, {spread.high:+.3f}]</span>",
        f"{item.p_value:.3f}",
        f"{item.margin:.2f}",
        f"{item.minimum_detectable_drop:.3f}",
        str(spread.count),
        str(item.lost),
        f'<span class="tag {_TONES[item.verdict]}">{_WORDS[item.verdict]}</span>',
    ]


def _side_by_side(falls: Sequence[RegressedCase]) -> str:
    case = falls[0]
    old, new = diff(case.accepted_answer or "(no answer)", case.candidate_answer or "(no answer)")
    return (
        f"<article><h3>{escape(case.question)}</h3>"
        f"<p class=quiet>{escape(case.case_id)} · {escape(falls_of(falls, '→'))}</p>"
        f"<div class=sides><div class=side><b>accepted</b><div class=text>{old}</div></div>"
        f'<div class="side now"><b>candidate</b><div class=text>{new}</div></div></div></article>'
    )


def _metrics(summaries: Sequence[MetricSummary]) -> str:
    rows = [_metric_row(summary) for summary in summaries if summary.interval]
    absent = [summary.metric.name for summary in summaries if not summary.interval]
    rest = f"<p class=quiet>Without a value in any case: {escape(', '.join(absent))}.</p>" if absent else ""
    return _section("Metrics", _table(("metric", "mean", "95 % interval", "", "cases", "unscored"), rows) + rest)


def _metric_row(summary: MetricSummary) -> list[str]:
    interval = summary.interval
    assert interval is not None
    share = summary.metric.is_share
    name = summary.metric.name if share else f"{summary.metric.name} ({summary.metric.unit})"
    mean, low, high = (f"{value:{'.3f' if share else '.0f'}}" for value in (interval.mean, interval.low, interval.high))
    bar = _bar(interval.low, interval.mean, interval.high) if share else ""
    return [escape(name), mean, f"{low} to {high}", bar, str(interval.count), str(summary.unscored)]


def _bar(low: float, mean: float, high: float) -> str:
    return (
        '<svg class=bar viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        f'aria-label="{mean:.2f}, from {low:.2f} to {high:.2f}"><rect width="100" height="8" class="track"/>'
        f'<rect x="{100 * low:.1f}" width="{max(0.6, 100 * (high - low)):.1f}" height="8" class="range"/>'
        f'<rect x="{min(99.0, 100 * mean):.1f}" width="1" height="8" class="mean"/></svg>'
    )


def _note(note: str) -> list[str]:
    return [_section("Judge", f"<pre>{escape(note)}</pre>")] if note else []


def _cases(run: EvalRun) -> str:
    shown = [name for name in _SHOWN if any(name in result.values for result in run.results)]
    rows = [_case_row(result, shown) for result in run.results]
    names = tuple(name.replace("_", " ") for name in shown)
    return _section(f"Cases ({len(rows)})", _SEARCH + _table(("case", "question and answer", *names), rows, "cases"))


def _case_row(result: CaseResult, shown: Sequence[str]) -> list[str]:
    answer = result.answer if result.answer is not None else f"failed: {result.error or 'no reason given'}"
    text = f"<b>{escape(result.question)}</b><br>{escape(answer)}"
    cells = [
        f"{result.values[name]:.2f}"
        if name in result.values
        else f'<span class=quiet title="{escape(result.unscored.get(name, ""), quote=True)}">–</span>'
        for name in shown
    ]
    return [escape(result.case_id), text, *cells]


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], name: str = "") -> str:
    first = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    identity = f' id="{name}"' if name else ""
    return f"<div class=scroll><table{identity}><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table></div>"
