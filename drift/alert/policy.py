"""When a verdict is worth a message: once per incident and channel, with reminders, a recovery, and quiet hours.

Whether quality dropped is decided elsewhere, within the false-alert budget; only who has heard of it is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.errors import SettingsError
from data.text import plural
from drift.alert.settings import AlertSettings
from drift.results import DriftReport
from drift.verdict import headline
from drift.vocabulary import ALERTING, Verdict

NoticeKind = Literal["alert", "reminder", "recovery", "ticket"]
_HEADLINES: dict[Verdict, str] = {
    "silent_drift": "silent drift: ops are green, but answers got worse",
    "ops_incident": "ops incident",
    "ops_incident_and_drift": "ops incident, and answers got worse",
    "steady": "recovered: quality and ops are steady",
    "changed": "changed: answers are not what they were, better or worse is not measured",
    "insufficient": "too little data to tell",
}


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """How often a channel is written to, and what it is told beside the report.

    In `quiet` hours (start, end; may span midnight, in `zone`) only ops incidents are told at once; all else waits for
    the first report after them. An open incident is repeated after `repeat`; where alerts end by themselves, they last
    for `hold`. `link` leads to the reports. Evidence fills the budget at `false_alert_days`.
    """

    service: str
    quiet: tuple[time, time] | None
    zone: ZoneInfo
    repeat: timedelta
    hold: timedelta
    link: str
    false_alert_days: float

    @classmethod
    def of(cls, settings: AlertSettings, false_alert_days: float, report_name: str = "") -> AlertPolicy:
        """Read what the settings say; `report_name` is the file that a link should end in.

        :raises SettingsError: quiet hours or time zone cannot be read.
        """
        link = settings.report_url.rstrip("/")
        return cls(
            service=settings.service,
            quiet=parse_quiet_hours(settings.quiet_hours),
            zone=parse_zone(settings.time_zone),
            repeat=timedelta(hours=settings.repeat_hours),
            hold=timedelta(hours=settings.alertmanager_hold_hours),
            link=f"{link}/{report_name}" if link and report_name else link,
            false_alert_days=false_alert_days,
        )


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What one channel was last told: the incident it knows to be open, since when, and when it last heard of it."""

    verdict: Verdict | None = None
    since: datetime | None = None
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One message; `title` and `body` are plain text."""

    kind: NoticeKind
    title: str
    body: str


def decide(state: ChannelState, report: DriftReport, policy: AlertPolicy, now: datetime) -> NoticeKind | None:
    """Say which message, if any, a channel is due.

    "insufficient" neither opens nor closes an incident: no data is no evidence that quality is back. "changed" is told
    once, as a ticket: it never reminds, never recovers, and waits for the end of quiet hours.
    """
    verdict = report.verdict
    if verdict == "insufficient":
        return None
    due: NoticeKind | None
    if verdict == "changed":
        due = "ticket" if state.verdict is None else None
    elif verdict not in ALERTING:
        due = "recovery" if state.verdict in ALERTING else None
    elif verdict != state.verdict:
        due = "alert"
    else:
        due = "reminder" if state.told and now - state.told >= policy.repeat else None
    urgent = due == "alert" and verdict != "silent_drift"
    return due if urgent or not is_quiet(policy, now) else None


def is_closed(state: ChannelState, verdict: Verdict) -> bool:
    """Whether a ticket is closed in silence, so that the next change opens another."""
    return state.verdict == "changed" and verdict == "steady"


def told(state: ChannelState, verdict: Verdict, kind: NoticeKind, now: datetime) -> ChannelState:
    """Return the state of a channel after it was told; after a recovery there is nothing left to remember."""
    if kind == "recovery":
        return ChannelState()
    return replace(state, verdict=verdict, since=state.since or now, told=now)


def write_notice(kind: NoticeKind, state: ChannelState, report: DriftReport, policy: AlertPolicy) -> Notice:
    """Put a report into a few lines: verdict, quality with its interval, causes, how long, and where to read on."""
    prefix = "still " if kind == "reminder" else ""
    lines = [report.sentence, headline(report), *_quality(report), *_causes(report), *_since(kind, state, report)]
    lines = [line for line in lines if line]
    if policy.link:
        lines.append(f"Report: {policy.link}")
    return Notice(kind, f"[{policy.service}] {prefix}{_HEADLINES[report.verdict]}", "\n".join(lines))


def is_quiet(policy: AlertPolicy, now: datetime) -> bool:
    """Whether `now` lies in the quiet hours, which begin at the first time and end before the second."""
    if policy.quiet is None:
        return False
    start, end = policy.quiet
    clock = now.astimezone(policy.zone).time()
    return start <= clock < end if start <= end else clock >= start or clock < end


def parse_quiet_hours(text: str) -> tuple[time, time] | None:
    """Read "22:00-07:00"; empty means none.

    :raises SettingsError: it is written otherwise, or both ends are the same.
    """
    if not text.strip():
        return None
    try:
        start, end = (time.fromisoformat(part.strip()) for part in text.replace("–", "-").split("-"))
    except ValueError as error:
        raise SettingsError(f"alerts.quiet_hours = {text!r} is not a span of hours: write e.g. 22:00-07:00.") from error
    if start == end:
        raise SettingsError(f"alerts.quiet_hours = {text!r} begins and ends at once: leave it empty for none.")
    return start, end


def parse_zone(name: str) -> ZoneInfo:
    """Find a time zone by its IANA name.

    :raises SettingsError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(f"alerts.time_zone = {name!r} is not a time zone: write e.g. Europe/Berlin.") from error


def _quality(report: DriftReport) -> list[str]:
    quality = report.quality
    if quality.reference is None or quality.current is None or quality.delta is None:
        return []
    interval = f", interval {quality.ci[0]:+.3f} to {quality.ci[1]:+.3f}" if quality.ci else ""
    return [
        f"Quality ({quality.metric} by {quality.source}): {quality.reference:.3f} → {quality.current:.3f}"
        f" ({quality.delta:+.3f}{interval}), {plural(report.current.interactions, 'interaction')}."
    ]


def _causes(report: DriftReport) -> list[str]:
    if report.verdict not in ALERTING:
        return []
    named = [
        f"Cause: {cause.cause}{'' if cause.share is None else f' ({cause.share:.0%})'} – {cause.evidence}"
        for cause in report.causes[:3]
    ]
    steps = report.causes[0].do_next[:3] if report.causes else ()
    return [*named, *(f"Do next: {step}" for step in steps)]


def _since(kind: NoticeKind, state: ChannelState, report: DriftReport) -> list[str]:
    if kind == "alert" and report.change_point:
        return [f"Most likely since {report.change_point.at:%Y-%m-%d %H:%M} UTC."]
    return [f"First told {state.since:%Y-%m-%d %H:%M} UTC."] if kind != "alert" and state.since else []
