"""Runs and gate outcomes as people and machines read them: terminal text, JSON, Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from data.text import plural
from eval.gate_outcome import GateOutcome, MetricGate, RegressedCase
from eval.run import EvalRun, MetricSummary

SCHEMA = 1
SHOWN = 10
_HEADLINES = {
    "pass": "PASS: {pairs} cases, and no gated metric can have dropped by its margin.",
    "regression": "REGRESSION: {names} got worse than in the accepted run {accepted!r}.",
    "too_few": "TOO FEW CASES: nothing got provably worse, but these cases cannot rule out a drop in {names}.",
}


def run_text(run: EvalRun) -> str:
    """Return a run as a table: each metric's mean, 95 % interval, and how many cases have no value."""
    rows = [["metric", "mean", "95 % interval", "cases", "unscored"], *map(_summary_row, run.summaries())]
    failed = [f"failed: {result.case_id}: {result.error}" for result in run.results if result.outcome == "failed"]
    return "\n".join(
        [_heading(run), *_table(rows), *_flicker(run), *failed[:SHOWN], *_rest(len(failed), "failed cases")]
    )


def run_markdown(run: EvalRun) -> str:
    """Return a run as Markdown for a pull-request comment."""
    rows = [["metric", "mean", "95 % interval", "cases", "unscored"], *map(_summary_row, run.summaries())]
    return "\n".join([f"### {_cell(_heading(run))}", "", *_markdown_table(rows), *_flicker(run)]) + "\n"


def run_json(run: EvalRun) -> str:
    """Return a run as JSON: summaries first, then every case."""
    summaries = [asdict(summary) for summary in run.summaries()]
    body = {"schema": SCHEMA, "summaries": summaries, **asdict(run), "at": run.at.isoformat()}
    return json.dumps(body, ensure_ascii=False, indent=1)


def gate_text(outcome: GateOutcome) -> str:
    """Return the gate's answer for a terminal: verdict, one row per metric, regressed cases with both answers."""
    cases = [line for falls in outcome.by_case[:SHOWN] for line in case_lines(falls)]
    return "\n".join(
        [
            headline(outcome),
            *_table(_gate_rows(outcome)),
            *changes(outcome),
            *_unpaired(outcome),
            *cases,
            *_rest(len(outcome.by_case), "regressed cases"),
        ]
    )


def gate_markdown(outcome: GateOutcome) -> str:
    """Return the gate's answer as Markdown for a pull-request comment, regressed cases folded away."""
    lines = [f"### {_cell(headline(outcome))}", "", *_markdown_table(_gate_rows(outcome))]
    notes = [*changes(outcome), *_unpaired(outcome)]
    lines += ["", *(f"- {_cell(line)}" for line in notes)] if notes else []
    if cases := outcome.by_case:
        rows = [["case", "question", "worse in", "accepted answer", "candidate answer"], *map(_case_row, cases[:SHOWN])]
        lines += ["", f"<details><summary>{len(cases)} regressed cases</summary>", "", *_markdown_table(rows)]
        lines += [*_rest(len(cases), "cases"), "", "</details>"]
    return "\n".join(lines) + "\n"


def gate_json(outcome: GateOutcome) -> str:
    """Return the gate's answer as JSON with stable keys."""
    body: dict[str, Any] = {"schema": SCHEMA, "verdict": outcome.verdict, "exit_code": outcome.exit_code}
    return json.dumps({**body, "headline": headline(outcome), **asdict(outcome)}, ensure_ascii=False, indent=1)


def headline(outcome: GateOutcome) -> str:
    """Return the verdict in one sentence with the metrics that caused it."""
    dead = [item for item in outcome.metrics if item.is_unmeasured]
    if dead and outcome.verdict == "too_few":
        return f"NOT MEASURED: {'; '.join(map(unmeasured, dead))}. Without its values nothing can pass."
    names = [drop_of(item) for item in outcome.metrics if item.verdict == outcome.verdict]
    return _HEADLINES[outcome.verdict].format(pairs=outcome.pairs, names=", ".join(names), accepted=outcome.accepted)


def unmeasured(item: MetricGate) -> str:
    """Say that a metric has no value, on how many cases, and why."""
    return f"{item.metric} has no value on any of its {item.lost} cases ({item.unscored})"


def drop_of(item: MetricGate) -> str:
    """Return a metric with the drop that was seen, or that too few cases cannot rule out, and how many could."""
    if item.verdict == "too_few":
        return f"{item.metric} of {item.margin:.0%} ({_shortage(item)})"
    return f"{item.metric} ({item.difference.mean:+.1%})"


def _shortage(item: MetricGate) -> str:
    """Say what keeps a metric from passing: cases, or values of cases."""
    count, needed = item.difference.count, item.cases_needed
    if needed is not None and needed <= count:
        return f"{item.lost} of {plural(item.lost + count, 'case')} lost their value"
    return f"{count} case{'s' if count != 1 else ''}, {f'about {needed} would do' if needed else 'and it fell'}"


def _heading(run: EvalRun) -> str:
    name = f" {run.label!r}" if run.label else ""
    repeats = f", each asked {run.repeats} times" if run.repeats > 1 else ""
    return f"Evaluation{name}: {plural(len(run.results), 'case')}{repeats}, {run.at:%Y-%m-%d %H:%M} UTC"


def _flicker(run: EvalRun) -> list[str]:
    cases, count = len(run.results), run.flickering
    return [f"{count} of {cases} cases were answered differently when asked again"] if run.repeats > 1 else []


def _summary_row(summary: MetricSummary) -> list[str]:
    name = summary.metric.name if summary.metric.is_share else f"{summary.metric.name} ({summary.metric.unit})"
    if summary.interval is None:
        return [name, "-", "-", "0", str(summary.unscored)]
    form = "{:.3f}" if summary.metric.is_share else "{:.0f}"
    mean, low, high = (
        form.format(value) for value in (summary.interval.mean, summary.interval.low, summary.interval.high)
    )
    return [name, mean, f"{low} to {high}", str(summary.interval.count), str(summary.unscored)]


def _gate_rows(outcome: GateOutcome) -> list[list[str]]:
    head = [
        "metric",
        "accepted",
        "candidate",
        "difference",
        "p",
        "margin",
        "detectable drop",
        "cases",
        "lost",
        "verdict",
    ]
    return [head, *(_gate_row(item) for item in outcome.metrics)]


def _gate_row(item: MetricGate) -> list[str]:
    means = ["-" if mean is None else f"{mean:.3f}" for mean in (item.accepted_mean, item.candidate_mean)]
    difference = f"{item.difference.mean:+.3f} [{item.difference.low:+.3f}, {item.difference.high:+.3f}]"
    return [
        item.metric,
        *means,
        difference,
        f"{item.p_value:.3f}",
        f"{item.margin:.2f}",
        f"{item.minimum_detectable_drop:.3f}",
        str(item.difference.count),
        str(item.lost),
        item.verdict.replace("_", " "),
    ]


def falls_of(falls: Sequence[RegressedCase], arrow: str = "->") -> str:
    """Return the metrics in which one case is worse, with its values then and now."""
    return ", ".join(f"{fall.metric} {fall.accepted_value:.2f} {arrow} {fall.candidate_value:.2f}" for fall in falls)


def case_lines(falls: Sequence[RegressedCase]) -> list[str]:
    """Return a regressed case for a terminal: what changed, and both answers one above the other."""
    case = falls[0]
    return [
        f"- {case.case_id} ({falls_of(falls)}): {case.question}",
        f"    accepted:  {_one_line(case.accepted_answer)}",
        f"    candidate: {_one_line(case.candidate_answer)}",
    ]


def _one_line(answer: str | None) -> str:
    return "(no answer)" if answer is None else " ".join(answer.split())


def _case_row(falls: Sequence[RegressedCase]) -> list[str]:
    case = falls[0]
    return [
        case.case_id,
        case.question,
        falls_of(falls, "→"),
        case.accepted_answer or "",
        case.candidate_answer or "",
    ]


def changes(outcome: GateOutcome) -> list[str]:
    """Return what differs between the accepted system and the candidate, one line each."""
    return [
        f"{part.replace('_', ' ')} was {old or 'unknown'}, is {new or 'unknown'}"
        for part, (old, new) in outcome.changed.items()
    ]


def _unpaired(outcome: GateOutcome) -> list[str]:
    if not outcome.unpaired:
        return []
    more = ", …" if len(outcome.unpaired) > SHOWN else ""
    return [f"In one run only: {plural(len(outcome.unpaired), 'case')} ({', '.join(outcome.unpaired[:SHOWN])}{more})"]


def _rest(count: int, what: str) -> list[str]:
    return [f"… and {count - SHOWN} more {what}"] if count > SHOWN else []


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _markdown_table(rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]


def _cell(text: str) -> str:
    """Keep an answer from breaking the table or rendering as markup."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")[:500]
