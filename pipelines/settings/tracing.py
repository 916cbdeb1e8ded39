"""Where OpenTelemetry spans go: [tracing]."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from data.settings import Bounds, Example, NotEmpty, Secret, check


@dataclass(frozen=True, slots=True)
class TracingSettings:
    """Where OpenTelemetry spans go, such as to Jaeger, Langfuse, Phoenix or Tempo."""

    endpoint: Annotated[str, Example("http://localhost:4318")] = ""
    """An OTLP/HTTP collector; empty: no spans."""
    headers: Annotated[dict[str, Secret], Example({"Authorization": "…"})] = field(default_factory=dict)
    """Sent with every export."""
    service: Annotated[str, NotEmpty] = "rag"
    """The name under which they are shown."""
    capture_content: bool = False
    """Whether questions, passages and answers go along, redacted as [log] and these say."""
    redact: tuple[str, ...] = ()
    """Regular expressions, applied after those of [log]."""
    redact_hook: str = ""
    """"module:function", likewise."""
    timeout_s: Annotated[float, Bounds(gt=0.0, le=60.0)] = 3.0
    """The longest wait for a collector at exit."""

    def __post_init__(self) -> None:
        check(self, "tracing")
