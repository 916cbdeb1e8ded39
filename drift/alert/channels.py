"""Where alerts go: any service Apprise knows (Slack, Teams, e-mail, webhooks, …) and Prometheus' Alertmanager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from data.errors import SettingsError
from data.extras import needed_by
from drift.alert.policy import AlertPolicy, Notice
from drift.results import DriftReport, Verdict

if TYPE_CHECKING:
    from apprise import Apprise

_TIMEOUT_S = 15.0
_ALERTS: dict[Verdict, tuple[str, ...]] = {
    "silent_drift": ("RagSilentDrift",),
    "ops_incident": ("RagOpsIncident",),
    "ops_incident_and_drift": ("RagSilentDrift", "RagOpsIncident"),
}


@dataclass(frozen=True, slots=True)
class Channel:
    """One Apprise address, which may hold secrets: `shown` is it without them, `key` names it in the state file."""

    url: str
    shown: str
    key: str

    def __repr__(self) -> str:
        return f"Channel({self.shown!r})"


def open_channel(url: str) -> Channel:
    """Check an Apprise address.

    :raises SettingsError: Apprise does not know it.
    """
    service = _apprise(url)
    # Apprise masks passwords and tokens; the query may repeat them.
    shown = str(next(iter(service)).url(privacy=True)).partition("?")[0]
    return Channel(url, shown, sha256(url.encode()).hexdigest()[:16])


def send(channel: Channel, notice: Notice) -> str | None:
    """Send a notice; return None when the service took it, else the reason.

    Apprise waits a few seconds for each connection, so a dead service does not hold up the report for long.
    """
    from apprise import LogCapture, NotifyType

    types = {"alert": NotifyType.FAILURE, "reminder": NotifyType.WARNING, "recovery": NotifyType.SUCCESS}
    with LogCapture(fmt="%(message)s") as log:
        if _apprise(channel.url).notify(title=notice.title, body=notice.body, notify_type=types[notice.kind]):
            return None
        reason = " ".join(log.getvalue().split())
    return reason.replace(channel.url, channel.shown) or "the service did not take the message"


@needed_by("An alert at Alertmanager", "alerts")
def post_to_alertmanager(
    url: str, report: DriftReport, policy: AlertPolicy, now: datetime, hold: timedelta
) -> str | None:
    """Set both of our alerts at an Alertmanager: firing for `hold`, or resolved now; return None or why it failed.

    Alertmanager groups, repeats and silences on its own, so it is told the state with each report. "insufficient"
    leaves it as it is.
    """
    import httpx

    if report.verdict == "insufficient":
        return None
    firing = _ALERTS.get(report.verdict, ())
    alerts = [
        {
            "labels": {"alertname": name, "service": policy.service, "severity": "page"},
            "annotations": {"summary": report.sentence, "causes": ", ".join(cause.cause for cause in report.causes)},
            "endsAt": (now + hold if name in firing else now).isoformat(),
        }
        | ({"generatorURL": policy.link} if policy.link else {})
        for name in ("RagSilentDrift", "RagOpsIncident")
    ]
    try:
        httpx.post(f"{url.rstrip('/')}/api/v2/alerts", json=alerts, timeout=_TIMEOUT_S).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}: {error}"
    return None


@needed_by("An address in alerts.urls")
def _apprise(url: str) -> Apprise:
    from apprise import Apprise

    found = Apprise()
    if not found.add(url) or len(found) != 1:
        scheme = url.partition("://")[0] if "://" in url else "none"
        raise SettingsError(
            f"An address in alerts.urls (scheme {scheme!r}) is not one Apprise understands: see its list of services,"
            " e.g. slack://…, mailto://…, msteams://…, jsons://host/path."
        )
    return found


def summary(results: Mapping[str, str | None]) -> str:
    """Say in one line whom a report was told, by shown address and reason of failure."""
    taken = [shown for shown, reason in results.items() if reason is None]
    failed = [f"{shown} ({reason})" for shown, reason in results.items() if reason is not None]
    parts = ([f"told {', '.join(taken)}"] if taken else []) + ([f"NOT told {', '.join(failed)}"] if failed else [])
    return "Alerts: " + "; ".join(parts or ["nothing new to tell"])
