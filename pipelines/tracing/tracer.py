"""OpenTelemetry spans of answers and ingests, by OTLP/HTTP to any collector (Jaeger, Langfuse, Phoenix, Tempo …).

Off, and importing nothing, without `tracing.endpoint`. Spans are made from the measured times, once an answer is on its
way to the log. A thread sends them, so that a slow or dead collector never delays or breaks an answer.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from data.records import Interaction, Score
from pipelines.console import note
from pipelines.settings import Settings, TracingSettings
from pipelines.tracing.attributes import ingest_attributes, interaction_spans
from pipelines.tracing.content import Content, content_of
from rag.protocols import Observer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from rag.ingest import IngestReport

_QUEUE = 4096


def build_observer(settings: Settings) -> Observer | None:
    """Return what turns interactions into spans; None where tracing is off.

    :raises SettingsError: a redaction pattern or hook cannot be used, or the packages for tracing are missing.
    """
    section = settings.tracing
    if not section.endpoint:
        return None
    return SpanWriter(_provider(section), content_of(settings)).interaction


def trace_ingest(settings: Settings, report: IngestReport) -> None:
    """Send the span of an ingest that has just ended; nothing where tracing is off."""
    section = settings.tracing
    if section.endpoint:
        SpanWriter(_provider(section), content_of(settings)).ingest(report)


class SpanWriter:
    """Makes spans and gives them to `provider`; `content` says what of the texts they may hold."""

    def __init__(self, provider: TracerProvider, content: Content) -> None:
        self._content = content
        self._tracer = provider.get_tracer("silentdrift")

    def interaction(self, item: Interaction, scores: Sequence[Score]) -> None:
        """Send the spans of one answer: the whole, and below it each stage."""
        from opentelemetry.trace import set_span_in_context

        end = time.time_ns()
        begin = end - _nanoseconds(item.latency_ms.get("total", 0.0))
        root, *stages = interaction_spans(item, scores, self._content)
        parent = self._tracer.start_span(root.name, attributes=root.attributes, start_time=begin)
        for event in root.events:
            parent.add_event(event.name, event.attributes, timestamp=end)
        at = begin
        for stage in stages:
            child = self._tracer.start_span(
                stage.name, set_span_in_context(parent), stage.kind, stage.attributes, start_time=at
            )
            at += _nanoseconds(stage.milliseconds)
            _close(child, stage.error, at)
        _close(parent, root.error, end)

    def ingest(self, report: IngestReport) -> None:
        """Send the span of one ingest."""
        end = time.time_ns()
        begin = end - int(report.seconds * 1e9)
        span = self._tracer.start_span("rag.ingest", attributes=ingest_attributes(report), start_time=begin)
        _close(span, "", end)


def _close(span: Any, error: str, end: int) -> None:
    from opentelemetry.trace import Status, StatusCode

    if error:
        span.set_status(Status(StatusCode.ERROR, error))
    span.end(end)


def _nanoseconds(milliseconds: float) -> int:
    return int(milliseconds * 1e6)


def _provider(section: TracingSettings) -> TracerProvider:
    headers = tuple(sorted((name, value.reveal()) for name, value in section.headers.items()))
    return _shared_provider(section.endpoint, headers, section.service, section.timeout_s)


@cache
def _shared_provider(
    endpoint: str, headers: tuple[tuple[str, str], ...], service: str, timeout_s: float
) -> TracerProvider:
    """Return the one provider of this process for a collector; what it holds is sent at exit, within `timeout_s`."""
    from data.errors import SettingsError

    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError("tracing.endpoint is set, but tracing needs: pip install 'silentdrift[trace]'.") from error
    _tell_failures_once(endpoint)
    exporter = OTLPSpanExporter(_traces_url(endpoint), headers=dict(headers), timeout=timeout_s)
    resource = Resource.create({"service.name": service, **_project(service)})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    processor = BatchSpanProcessor(exporter, max_queue_size=_QUEUE, schedule_delay_millis=1000)
    provider.add_span_processor(processor)

    def flush() -> None:
        # In a thread of its own: whatever the exporter is waiting for, the program ends.
        ending = threading.Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(timeout_s)

    atexit.register(flush)
    return provider


def _traces_url(endpoint: str) -> str:
    """Return the address of spans below a collector's; one that names it already stays."""
    return endpoint if endpoint.rstrip("/").endswith("/v1/traces") else f"{endpoint.rstrip('/')}/v1/traces"


def _project(service: str) -> Mapping[str, str]:
    """Return what Phoenix sorts spans by."""
    return {"openinference.project.name": service}


def _tell_failures_once(endpoint: str) -> None:
    """Say in one sentence that spans do not arrive, in place of a log line for each try."""
    told = threading.Event()

    class OneWarning(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING and not told.is_set():
                told.set()
                note(f"warning: the trace collector {endpoint} takes no spans: {record.getMessage()[:200]}")

    logger = logging.getLogger("opentelemetry")
    logger.addHandler(OneWarning())
    logger.propagate = False
