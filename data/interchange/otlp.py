"""OpenTelemetry as JSON: what the collector's file exporter writes, spans and log records, a request per line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.scales import MetricSettings
from data.traces import Traces, logs_of, parts_of, spans_of

_SPANS, _LOGS = ("resourceSpans", "resource_spans"), ("resourceLogs", "resource_logs")


def looks_like(row: Any) -> bool:
    """Say whether a row is an export request."""
    return isinstance(row, Mapping) and any(key in row for key in (*_SPANS, *_LOGS))


def gather(row: Any, traces: Traces, metrics: MetricSettings | None = None) -> None:
    """Put the spans and log records of a request where their traces are gathered.

    :raises InputError: it is none, or one of its spans is malformed; the message is the reason alone.
    """
    if isinstance(row, Mapping) and any(key in row for key in _LOGS):
        for record in logs_of(row):
            if record.trace:
                parts_of(traces, record.trace).logs.append(record)
        if not any(key in row for key in _SPANS):
            return
    for span in spans_of(row):
        parts_of(traces, span.trace).spans.append(span)
