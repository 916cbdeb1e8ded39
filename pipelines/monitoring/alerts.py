"""Tell people and machines of a report: `drift report --alert`, `drift alert-test`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from data.errors import SettingsError, WorkspaceError, cause
from data.files import write_whole
from drift.alert import (
    AlertMessage,
    AlertPolicy,
    AlertSettings,
    Channel,
    ChannelState,
    Notice,
    decide,
    is_closed,
    open_channels,
    summary,
    told,
    write_notice,
)
from drift.results import DriftReport
from drift.vocabulary import Verdict
from pipelines.wiring import Workspace

STATE_FILE = "alerts.json"


def send_alerts(
    workspace: Workspace, report: DriftReport, report_name: str, now: datetime, *, about: str = ""
) -> dict[str, str | None]:
    """Tell every configured channel what it is due; return, per channel written to, None or why it failed.

    A channel that failed is tried again with the next report, the others are not told twice: what each knows is kept
    in `.rag/alerts.json`. Incidents `about` something beside the traffic are opened and closed on their own, under a
    service of their own: a report never ends what canaries began.

    :raises SettingsError: `[alerts]` names no channel, or one that cannot be understood; nothing was sent then.
    """
    from drift.reports import to_json

    alerts = _about(workspace.settings.alerts, about)
    channels = open_channels(alerts)
    if not channels:
        raise SettingsError("--alert has nobody to tell: set alerts.urls, alerts.alertmanager or alerts.textfile.")
    policy = AlertPolicy.of(alerts, workspace.settings.drift.false_alert_days, report_name)
    message = AlertMessage(policy, now, report=report, report_json=to_json(report))
    return _notify(workspace.data / _beside(Path(STATE_FILE), about), channels, report, message)


def told_of(workspace: Workspace, report: DriftReport, report_name: str, now: datetime, *, about: str = "") -> str:
    """Send what is due and say in one line whom; raises as `send_alerts`."""
    return summary(send_alerts(workspace, report, report_name, now, about=about))


def _about(alerts: AlertSettings, about: str) -> AlertSettings:
    if not about:
        return alerts
    textfile = str(_beside(Path(alerts.textfile), about)) if alerts.textfile else ""
    return replace(alerts, service=f"{alerts.service} {about}", textfile=textfile)


def _beside(path: Path, about: str) -> Path:
    return path.with_stem(f"{path.stem}-{about}") if about else path


def send_test(workspace: Workspace, now: datetime) -> dict[str, str | None]:
    """Send a message to every channel of people that says it is a test; return None or the reason per channel."""
    alerts = workspace.settings.alerts
    notice = Notice(
        "recovery",
        f"[{alerts.service}] test message",
        f"Sent {now:%Y-%m-%d %H:%M} UTC by `drift alert-test`: this channel works.",
    )
    message = AlertMessage(AlertPolicy.of(alerts, workspace.settings.drift.false_alert_days), now, notice)
    return {channel.shown: channel.send(message) for channel in open_channels(alerts) if not channel.wants_every_report}


def _notify(
    path: Path, channels: Sequence[Channel], report: DriftReport, message: AlertMessage
) -> dict[str, str | None]:
    states, results, policy, now = _read_states(path), {}, message.policy, message.now
    for channel in channels:
        if channel.wants_every_report:
            results[channel.shown] = channel.send(message)
            continue
        state = states.get(channel.key, ChannelState())
        kind = decide(state, report, policy, now)
        if kind is None:
            if is_closed(state, report.verdict):
                states.pop(channel.key, None)
                _write_states(path, states)
            continue
        results[channel.shown] = channel.send(replace(message, notice=write_notice(kind, state, report, policy)))
        if results[channel.shown] is None:
            # Written after each channel: whoever was told is not told again, even if this process dies next.
            states[channel.key] = told(state, report.verdict, kind, now)
            _write_states(path, states)
    return results


def _read_states(path: Path) -> dict[str, ChannelState]:
    if not path.exists():
        return {}
    try:
        return {key: _state(value) for key, value in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise WorkspaceError(
            f"{path} cannot be read ({cause(error)}): delete it; channels with an open incident will be told once more."
        ) from error


def _state(value: Mapping[str, Any]) -> ChannelState:
    since, heard = value["since"], value["told"]
    return ChannelState(
        cast("Verdict | None", value["verdict"]),
        datetime.fromisoformat(since) if since else None,
        datetime.fromisoformat(heard) if heard else None,
    )


def _write_states(path: Path, states: Mapping[str, ChannelState]) -> None:
    body = {key: asdict(state) for key, state in states.items() if state.verdict}
    write_whole(path, json.dumps(body, default=datetime.isoformat, indent=2))
