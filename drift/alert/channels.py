"""Where alerts go: each address of the settings as a channel of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drift.alert.alertmanager import Alertmanager
from drift.alert.channel import Channel
from drift.alert.service import AppriseService
from drift.alert.settings import AlertSettings
from drift.alert.textfile import Textfile

KINDS: dict[str, type[Channel]] = {"alertmanager": Alertmanager, "textfile": Textfile}
"""Kinds of channels by the name before the first colon of an address; Apprise knows all others.

Adding one is adding its class here: `open` is given what follows the colon.
"""


def open_channel(address: str) -> Channel:
    """Open a channel by its address, such as "slack://…" or "alertmanager:http://localhost:9093".

    :raises SettingsError: no channel of its kind has such an address.
    """
    name, _, rest = address.partition(":")
    return KINDS[name].open(rest) if name in KINDS else AppriseService.open(address)


def open_channels(settings: AlertSettings) -> list[Channel]:
    """Open all channels that the settings name.

    :raises SettingsError: one of them cannot be understood.
    """
    return [open_channel(address) for address in _addresses(settings)]


def _addresses(settings: AlertSettings) -> Iterator[str]:
    yield from (url.reveal() for url in settings.urls)
    if settings.alertmanager:
        yield f"alertmanager:{settings.alertmanager}"
    if settings.textfile:
        yield f"textfile:{settings.textfile}"


def summary(results: Mapping[str, str | None]) -> str:
    """Say in one line whom a report was told, by shown address and reason of failure."""
    taken = [shown for shown, reason in results.items() if reason is None]
    failed = [f"{shown} ({reason})" for shown, reason in results.items() if reason is not None]
    parts = ([f"told {', '.join(taken)}"] if taken else []) + ([f"NOT told {', '.join(failed)}"] if failed else [])
    return "Alerts: " + "; ".join(parts or ["nothing new to tell"])
