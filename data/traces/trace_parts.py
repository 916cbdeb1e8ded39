"""The parts of a trace, gathered from wherever they stood in a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.records import Interaction, Score
from data.traces.attributes import step_of
from data.traces.spans import LogRecord, SpanRecord, with_logs
from data.traces.steps import TraceStep
from data.traces.traced import TraceFacts, interactions_of


@dataclass(slots=True)
class TraceParts:
    """Steps, or spans and log records, of one trace with its scores; a score without an id is of the trace."""

    steps: list[TraceStep] = field(default_factory=list)
    spans: list[SpanRecord] = field(default_factory=list)
    logs: list[LogRecord] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    facts: TraceFacts | None = None

    def interactions(self, name: str) -> list[Interaction]:
        """Return the interactions of the trace.

        :raises InputError: it tells of none; the message is the reason alone.
        """
        steps = [*self.steps, *(step_of(span) for span in with_logs(self.spans, self.logs))]
        return interactions_of(name, steps, self.facts)


Traces = dict[str, TraceParts]


def parts_of(traces: Traces, name: str) -> TraceParts:
    """Return the parts of the trace of that name, new ones where none came before."""
    return traces.setdefault(name, TraceParts())
