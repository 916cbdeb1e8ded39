"""Interactions become OpenTelemetry spans."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.tracing.tracer import build_observer, trace_ingest

__all__ = ["build_observer", "trace_ingest"]

__getattr__ = face(
    __name__,
    {
        "tracer": ["build_observer", "trace_ingest"],
    },
)
