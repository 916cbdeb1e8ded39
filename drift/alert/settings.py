"""Who is told of a verdict, where and when: [alerts]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from data.settings import Bounds, Example, NotEmpty, Secret, check


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Who is told of a verdict by `drift report --alert`; try it with `drift alert-test`."""

    urls: Annotated[tuple[Secret, ...], Example(("slack://…", "mailto://…"))] = ()
    """Apprise addresses."""
    alertmanager: Annotated[str, Example("http://localhost:9093")] = ""
    """Address of a Prometheus Alertmanager."""
    alertmanager_hold_hours: Annotated[float, Bounds(gt=0.0, le=876_000.0)] = 26.0
    """An alert fires this long: longer than the time between two reports."""
    textfile: Annotated[str, Example("/var/lib/node_exporter/rag.prom")] = ""
    """A file for node_exporter."""
    service: Annotated[str, NotEmpty] = "rag"
    """The name messages and metrics carry."""
    report_url: str = ""
    """Where people find the files of .rag/reports, for the link in a message."""
    quiet_hours: Annotated[str, Example("22:00-07:00")] = ""
    """Only ops incidents are told then, the rest waits."""
    time_zone: str = "UTC"
    """Of the quiet hours."""
    repeat_hours: Annotated[float, Bounds(gt=0.0, le=876_000.0)] = 24.0
    """An open incident is told again after this long."""

    def __post_init__(self) -> None:
        check(self, "alerts")
