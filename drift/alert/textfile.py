"""A file for the textfile collector of node_exporter: the gauges of the last report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from data.errors import SettingsError
from drift.alert.channel import AlertMessage, key_of
from drift.alert.prometheus import write_textfile


@dataclass(frozen=True, slots=True)
class Textfile:
    """One file of gauges; it holds no secret."""

    wants_every_report: ClassVar[bool] = True

    path: str

    @property
    def shown(self) -> str:
        """The path."""
        return self.path

    @property
    def key(self) -> str:
        """A name that follows from the path."""
        return key_of(self.path)

    @classmethod
    def open(cls, address: str) -> Self:
        """Take the path of a file that is there or may be written.

        :raises SettingsError: it is empty.
        """
        if not address:
            raise SettingsError("alerts.textfile names no file: write e.g. /var/lib/node_exporter/rag.prom.")
        return cls(address)

    def send(self, message: AlertMessage) -> str | None:
        """Write the gauges of a report, all or nothing."""
        if not message.report_json:
            return None
        policy = message.policy
        try:
            write_textfile(Path(self.path), message.report_json, policy.false_alert_days, policy.service)
        except OSError as error:
            return str(error)
        return None
