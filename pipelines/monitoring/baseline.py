"""What a pinned baseline holds: `drift baseline show`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from data.records import Interaction, Score
from data.text import plural
from drift.log_windows import find_baseline
from pipelines.monitoring.alert_budget import STATE_FILE, days_watched
from pipelines.wiring import Workspace, open_log


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    """How many records carry a score of one kind, and its mean."""

    metric: str
    source: str
    version: str
    scored: int
    unscored: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class BaselineSummary:
    """A baseline and what the log holds of its period; times are ISO 8601."""

    name: str
    version: int
    versions: int
    created: str
    since: str
    until: str
    outcomes: dict[str, int]
    canaries: int
    scores: tuple[ScoreSummary, ...]
    fingerprint: dict[str, dict[str, int]]
    days_watched: int


def describe(workspace: Workspace, name: str | None) -> BaselineSummary:
    """Describe the newest version of a baseline.

    :raises InputError: there is none of that name.
    """
    log = open_log(workspace)
    pinned = find_baseline(log, name)
    kinds: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = {}
    for item in log.read(pinned.since, pinned.until, kinds=("user", "canary")):
        kinds[item.kind] += 1
        outcomes.update([item.outcome] if item.kind == "user" else [])
        _count_parts(parts, item)
    return BaselineSummary(
        name=pinned.name,
        version=pinned.version,
        versions=sum(item.name == pinned.name for item in log.baselines()),
        created=pinned.created.isoformat(),
        since=pinned.since.isoformat(),
        until=pinned.until.isoformat(),
        outcomes=dict(outcomes),
        canaries=kinds["canary"],
        scores=_summaries(log.scores(pinned.since, pinned.until, kinds=("user", "canary"))),
        fingerprint={part: dict(values.most_common()) for part, values in sorted(parts.items())},
        days_watched=days_watched(workspace.data / STATE_FILE, pinned),
    )


def baseline_text(found: BaselineSummary) -> str:
    """Return the description as lines for a terminal."""
    latest = "the only version" if found.versions == 1 else f"newest of {found.versions} versions"
    lines = [f"{found.name} v{found.version}, {latest}: {found.since[:16]} to {found.until[:16]} UTC"]
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(found.outcomes.items())) or "none"
    lines.append(f"  users' questions  {outcomes}; canaries: {found.canaries:,}")
    for score in found.scores:
        mean = "none scored" if score.mean is None else f"mean {score.mean:.3f} of {score.scored:,}"
        lines.append(f"  score             {score.metric} ({score.source}): {mean}, {score.unscored:,} unscored")
    for part, values in found.fingerprint.items():
        shown = ", ".join(f"{value} ({count:,})" for value, count in list(values.items())[:3])
        lines.append(f"  {part.replace('_', ' '):<17} {shown}")
    return "\n".join([*lines, f"  alert budget      {plural(found.days_watched, 'day')} watched since"])


def _count_parts(parts: dict[str, Counter[str]], item: Interaction) -> None:
    for part, value in asdict(item.fingerprint).items():
        if value:
            parts.setdefault(part, Counter())[str(value)] += 1


def _summaries(scores: Iterable[Score]) -> tuple[ScoreSummary, ...]:
    groups: dict[tuple[str, str, str], list[float | None]] = {}
    for score in scores:
        groups.setdefault((score.metric, score.source, score.scorer_version), []).append(score.value)
    return tuple(
        ScoreSummary(*key, len(known), len(values) - len(known), sum(known) / len(known) if known else None)
        for key, values in sorted(groups.items())
        for known in [[value for value in values if value is not None]]
    )
