"""Counters of the server for Prometheus, in a registry of their own; the drift gauges are those of the last report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from data.errors import SilentDriftError

if TYPE_CHECKING:
    from data.records import Answer
    from pipelines.serve.collection import Collection

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """What is counted while requests are served."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter("rag_requests", "Requests by route and status.", ["route", "status"], registry=registry)
        self.request_seconds = Histogram(
            "rag_request_seconds", "Time until a response was sent.", ["route"], buckets=_SECONDS, registry=registry
        )
        self._stage_seconds = Histogram(
            "rag_stage_seconds", "Time of an answer by stage.", ["stage"], buckets=_SECONDS, registry=registry
        )
        self._answers = Counter("rag_answers", "Answers by outcome.", ["collection", "outcome"], registry=registry)
        self.feedback = Counter("rag_feedback", "Ratings by people.", ["collection", "rating"], registry=registry)

    def answered(self, collection: str, asked: Answer) -> None:
        """Count an answer with its stages."""
        self._answers.labels(collection, asked.interaction.outcome).inc()
        for stage, milliseconds in asked.interaction.latency_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)

    def text(self, collections: Mapping[str, Collection], under_way: int) -> bytes:
        """Return everything in the text format of Prometheus, the state of the moment included."""
        now = CollectorRegistry()
        _fill_state(now, collections, under_way)
        reports = _fill_reports(collections.values())
        return b"".join(generate_latest(registry) for registry in (self._registry, now, *reports))


def _fill_state(registry: CollectorRegistry, collections: Mapping[str, Collection], under_way: int) -> None:
    rows = Gauge("rag_log_rows", "Rows by what became of them.", ["collection", "state"], registry=registry)
    queue = Gauge("rag_log_queue_rows", "Rows that wait in memory for the log.", ["collection"], registry=registry)
    up = Gauge("rag_log_up", "1 while the log takes rows, else 0.", ["collection"], registry=registry)
    index = Gauge(
        "rag_index_info", "1 for the index that is searched.", ["collection", "generation"], registry=registry
    )
    for name, collection in collections.items():
        journal = collection.journal
        for state in ("taken", "written", "spooled", "dropped", "set_aside"):
            rows.labels(name, state).set(getattr(journal.counts, state))
        queue.labels(name).set(journal.waiting)
        up.labels(name).set(float(journal.error is None))
        generation = _generation(collection)
        if generation:
            index.labels(name, generation).set(1.0)
    Gauge("rag_answers_under_way", "Answers being given.", registry=registry).set(under_way)


def _generation(collection: Collection) -> str:
    try:
        return collection.asker().retriever.index.generation
    except SilentDriftError:
        return ""


def _fill_reports(collections: Iterable[Collection]) -> list[CollectorRegistry]:
    from drift.alert import fill_registry
    from pipelines.serve.last_report import newest_report

    registries = []
    for collection in collections:
        report = newest_report(collection.workspace.data)
        if report is None:
            continue
        settings = collection.workspace.settings
        registry = CollectorRegistry()
        fill_registry(registry, report.body, settings.drift.false_alert_days, settings.alerts.service)
        registries.append(registry)
    return registries
