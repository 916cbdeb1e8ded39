"""`drift drill`: which faults would be noticed on this traffic, how fast, and how often nothing would alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from data.errors import InputError
from data.records import Interaction
from data.text import plural
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from drift.drill import DrillResult, DrillSettings


@dataclass(frozen=True, slots=True)
class DrillReport:
    """The results, the traffic they were made from, and how many records come in a day, None for a single moment."""

    results: tuple[DrillResult, ...]
    records: int
    used: int
    since: datetime
    until: datetime
    per_day: float | None


def run_drill(
    workspace: Workspace,
    *,
    since: datetime | None,
    until: datetime | None,
    faults: Sequence[str],
    settings: DrillSettings,
    now: datetime,
    progress: Callable[[int, int, str], None],
) -> DrillReport:
    """Drill on the users' traffic of a period, by default the last `drift.window_days` days.

    :raises InputError: an unknown fault, or too few records.
    """
    from drift.drill import FAULTS, drill
    from eval.quality import scorer_of

    known = {fault.name: fault for fault in FAULTS}
    if unknown := sorted(set(faults) - known.keys()):
        raise InputError(f"There is no fault {unknown[0]!r}: known are {', '.join(known)}.")
    end = until or now
    start = since or end - timedelta(days=workspace.settings.drift.window_days)
    items = list(open_log(workspace).read(start, end))
    results = drill(
        items,
        [known[name] for name in faults] or FAULTS,
        scorer_of,
        drift=workspace.settings.drift,
        settings=settings,
        now=max(now, items[-1].at if items else now),
        progress=progress,
    )
    used = min(len(items), 2 * settings.records)
    return DrillReport(tuple(results), len(items), used, items[0].at, items[-1].at, _per_day(items))


def _per_day(items: Sequence[Interaction]) -> float | None:
    days = (items[-1].at - items[0].at) / timedelta(days=1)
    return len(items) / days if days > 0 else None


def drill_json(report: DrillReport) -> dict[str, Any]:
    """Return the stable JSON form of `drift drill --json`."""
    return {
        "schema": 2,
        "records": report.records,
        "used": report.used,
        "since": report.since.isoformat(),
        "until": report.until.isoformat(),
        "per_day": report.per_day,
        "false_alerts": asdict(report.results[0]),
        "faults": [
            asdict(result) | {"what": _what(result), "delay_days": _days(result, report)}
            for result in report.results[1:]
        ],
    }


def drill_text(report: DrillReport) -> str:
    """Return the results as a table."""
    half = report.used // 2
    lines = [
        f"Drilled on {report.used:,} of {report.records:,} records, {report.since:%Y-%m-%d} to "
        f"{report.until:%Y-%m-%d}: {half} healthy against {half} with a fault,"
        f" {plural(report.results[0].trials, 'trial')} each",
        "",
        f"{'fault':<24} {'share':>5}  {'alerted':>7}  {'95 % interval':<13}  {'after':<22} cause named",
    ]
    lines += [_row(result, report) for result in report.results]
    blind = [
        r.fault
        for r in report.results
        if r.harmful and r.share == max(x.share for x in report.results) and r.rate < 0.5
    ]
    lines += ["", *_legend(report)]
    if blind:
        lines += [
            "",
            f"Mostly unseen even at the largest share: {', '.join(blind)}. Canaries with answers or labels see more.",
        ]
    return "\n".join(lines)


def _what(result: DrillResult) -> str:
    from drift.drill import FAULTS

    return next((fault.what for fault in FAULTS if fault.name == result.fault), "")


def _legend(report: DrillReport) -> list[str]:
    """Say what the columns mean and, for each fault that was tried, what was broken."""
    from drift.drill import FAULTS

    tried = {result.fault for result in report.results}
    return [
        "alerted: share of the trials. after: broken records until then, in half of the trials; – where fewer alerted.",
        *(f"{fault.name:<24} {fault.what}" for fault in FAULTS if fault.name in tried),
    ]


def _row(result: DrillResult, report: DrillReport) -> str:
    name = result.fault or "(no fault)"
    note = "" if result.harmful else "must not alert"
    if result.explained:
        names = ", ".join(f"{name} {count}" for name, count in sorted(result.causes.items(), key=lambda pair: -pair[1]))
        note = f"right in {result.named} of {result.explained} ({names})"
    interval, after = f"{result.low:.0%} to {result.high:.0%}", _after(result, report)
    return f"{name:<24} {result.share:>5.0%}  {result.rate:>7.0%}  {interval:<13}  {after:<22} {note}".rstrip()


def _after(result: DrillResult, report: DrillReport) -> str:
    if result.delay is None or not result.fault:
        return "–"
    days = _days(result, report)
    return f"{result.delay:.0f} records" + (f", {days:.1f} days" if days is not None else "")


def _days(result: DrillResult, report: DrillReport) -> float | None:
    return result.delay / report.per_day if result.delay is not None and report.per_day else None
