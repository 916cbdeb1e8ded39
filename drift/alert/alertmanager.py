"""Prometheus' Alertmanager: it groups, repeats and silences on its own, so it is told the state with each report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from data.extras import needed_by
from drift.alert.channel import AlertMessage, key_of
from drift.results import DriftReport
from drift.vocabulary import Verdict

_TIMEOUT_S = 15.0
_FIRING: dict[Verdict, tuple[str, ...]] = {
    "silent_drift": ("RagSilentDrift",),
    "ops_incident": ("RagOpsIncident",),
    "ops_incident_and_drift": ("RagSilentDrift", "RagOpsIncident"),
}


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """One Alertmanager, by its web address."""

    wants_every_report: ClassVar[bool] = True

    address: str
    shown: str

    def __repr__(self) -> str:
        return f"Alertmanager({self.shown!r})"

    @property
    def key(self) -> str:
        """A name that follows from the address and does not tell it."""
        return key_of(self.address)

    @classmethod
    def open(cls, address: str) -> Self:
        """Take a web address; whether anything answers there is seen when something is sent."""
        place = urlsplit(address).netloc
        return cls(address, address.replace(place, place.rpartition("@")[2]) if place else address)

    @needed_by("An alert at Alertmanager", "alerts")
    def send(self, message: AlertMessage) -> str | None:
        """Set both of our alerts: firing for as long as the policy says, or resolved now.

        "insufficient" and "changed" leave them as they are.
        """
        import httpx

        if message.report is None or message.report.verdict in ("insufficient", "changed"):
            return None
        try:
            place = f"{self.address.rstrip('/')}/api/v2/alerts"
            httpx.post(place, json=_alerts(message.report, message), timeout=_TIMEOUT_S).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"{type(error).__name__}: {error}".replace(self.address.rstrip("/"), self.shown.rstrip("/"))
        return None


def _alerts(report: DriftReport, message: AlertMessage) -> list[dict[str, Any]]:
    policy, now = message.policy, message.now
    firing = _FIRING.get(report.verdict, ())
    return [
        {
            "labels": {"alertname": name, "service": policy.service, "severity": "alert"},
            "annotations": {"summary": report.sentence, "causes": ", ".join(cause.cause for cause in report.causes)},
            "endsAt": (now + policy.hold if name in firing else now).isoformat(),
        }
        | ({"generatorURL": policy.link} if policy.link else {})
        for name in ("RagSilentDrift", "RagOpsIncident")
    ]
