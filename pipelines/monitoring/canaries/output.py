"""A round of canaries as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from data.text import plural
from pipelines.console import bullet_list

if TYPE_CHECKING:
    from datetime import datetime

    from drift.canaries import ProbeComparison
    from pipelines.monitoring.canaries.rounds import ProbeRound
    from pipelines.wiring import Workspace


def counts(probed: ProbeRound) -> dict[str, int]:
    """Return how many canaries were asked, answered, abstained from, failed, and right where that can be said."""
    from drift.canaries import CORRECT

    outcomes = [item.outcome for item in probed.items]
    judged = [score.value for score in probed.scores if score.metric == CORRECT and score.value is not None]
    return {
        "asked": len(outcomes),
        "answered": outcomes.count("answered"),
        "abstained": outcomes.count("abstained"),
        "failed": outcomes.count("failed"),
        "judged": len(judged),
        "correct": sum(value == 1.0 for value in judged),
    }


def probe_json(probed: ProbeRound) -> dict[str, Any]:
    """Return the stable JSON form of `drift probe --json`."""
    from drift.reports import to_json as report_json

    compared = probed.comparison
    answers = compared.answers if compared else None
    body: dict[str, Any] = {"schema": 1, "probe": probed.name, "exit_code": probed.exit_code, **counts(probed)}
    body["asked_again"] = probed.again
    body["against"] = probed.against or None
    body["verdict"] = compared.report.verdict if compared else None
    body["p_value"] = answers.p_value if answers else None
    body["canaries_needed"] = answers.needed if answers else None
    body["swap"] = asdict(compared.swap) if compared and compared.swap else None
    body["renamed"] = [asdict(item) for item in compared.renamed] if compared else []
    body["turned_wrong"] = [asdict(item) for item in compared.turned] if compared else []
    body["report"] = report_json(compared.report) if compared else None
    return body


def probe_text(probed: ProbeRound) -> str:
    """Return what was asked, the verdict, and what turned wrong."""
    found = counts(probed)
    right = f", {found['correct']} of {found['judged']} right" if found["judged"] else ""
    lines = [
        f"{plural(found['asked'], 'canary', 'canaries')} asked: {found['answered']} answered, "
        f"{found['abstained']} abstained, {found['failed']} failed{right}"
    ]
    if probed.again:
        lines.append(f"{probed.again} of these answers were asked for a second look: fewer canaries were right.")
    if probed.comparison is None:
        return "\n".join([*lines, "This is the first round on record: there is nothing to compare it with yet."])
    return "\n".join([*lines, *_compared(probed, probed.comparison)])


def _compared(probed: ProbeRound, compared: ProbeComparison) -> Iterator[str]:
    yield f"Against {probed.against}: {compared.report.sentence}"
    yield from (f"The {item.part} went from {item.before!r} to {item.after!r}." for item in compared.renamed)
    yield _swap_words(probed, compared)
    for cause in compared.report.causes:
        yield f"Cause {cause.cause}: {cause.evidence}"
    if steps := dict.fromkeys(step for cause in compared.report.causes for step in cause.do_next):
        yield "Do next:"
        yield from bullet_list(steps, 4)
    if compared.turned:
        yield "Right before, wrong now:"
        yield from bullet_list(
            f"{item.question}\n      before: {item.before}\n      now:    {item.after}" for item in compared.turned
        )


def _swap_words(probed: ProbeRound, compared: ProbeComparison) -> str:
    from drift.causes import MIN_PROMPTS

    if compared.swap is None:
        return (
            f"Fewer than {MIN_PROMPTS} canaries were answered from the same passages in both rounds: too few "
            "to tell by the answers whether another model gave them."
        )
    if compared.swapped(probed.alpha):
        return (
            f"The same {compared.swap.prompts} prompts get other answers (p = {compared.swap.p_value:.2g}): "
            "another model seems to answer behind the same name."
        )
    return f"No sign of another model (p = {compared.swap.p_value:.2g}, {compared.swap.prompts} prompts)."


def probed_told(workspace: Workspace, probed: ProbeRound, now: datetime) -> str:
    """Write the report of a round and send what is due; say in lines where it lies and who was told.

    :raises SettingsError: `[alerts]` names no channel, or one that cannot be understood.
    """
    from pipelines.monitoring import ReportedWindows, told_of, write_outputs

    if probed.comparison is None or probed.before is None:
        return "Alerts: nothing to tell of a first round"
    report = probed.comparison.report
    windows = ReportedWindows(report, probed.before, probed.after)
    page = write_outputs(windows, workspace.data / "reports", None, now, "probe")
    name = page.name if page else ""
    return f"Report: {page}\n{told_of(workspace, report, name, now, about='canaries')}"
