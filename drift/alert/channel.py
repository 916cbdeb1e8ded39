"""What a channel is: an address that can be opened, and something that can be sent there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Protocol, Self

from drift.alert.policy import AlertPolicy, Notice
from drift.results import DriftReport


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """What a channel is given: news for people, and the report for machines, as a value and in its JSON form.

    There is no notice where a channel wants every report, and no report where a channel is only tried out.
    """

    policy: AlertPolicy
    now: datetime
    notice: Notice | None = None
    report: DriftReport | None = None
    report_json: Mapping[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """Somewhere to send alerts. Its address may hold secrets: `shown` is the address without them.

    A channel that wants every report is told the state each time, and repeats or silences on its own. Any other hears
    of news alone: an alert, a reminder, a recovery. `key` names it where it is kept what each has heard.
    """

    wants_every_report: ClassVar[bool]

    @property
    def shown(self) -> str:
        """The address as people may see it."""

    @property
    def key(self) -> str:
        """A name that follows from the address and does not tell it."""

    @classmethod
    def open(cls, address: str) -> Self:
        """Check an address and make a channel of it; nothing is sent.

        :raises SettingsError: it is no address of this kind.
        """

    def send(self, message: AlertMessage) -> str | None:
        """Send a message; return None when it was taken, else the reason, without secrets."""


def key_of(address: str) -> str:
    """Name an address without telling it."""
    return sha256(address.encode()).hexdigest()[:16]
