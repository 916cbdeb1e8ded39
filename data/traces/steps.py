"""One step of a trace, whichever tool recorded it: what went in, what came out, and what kind of step it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from data.records import Context

BESIDE = ("GUARDRAIL", "EVALUATOR")
"""Kinds of steps that look at an answer and give none to the user, with all below them."""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """A span, observation or run.

    `kind` is as OpenInference names them: LLM, RETRIEVER, RERANKER, TOOL, EMBEDDING, CHAIN, AGENT, GUARDRAIL,
    EVALUATOR; empty for others. `said` is None where no output was recorded and "" where it was empty. `asked` holds
    the last words of the user in the input.
    """

    id: str
    parent: str
    name: str
    kind: str
    start: datetime | None
    end: datetime | None
    asked: str = ""
    said: str | None = None
    documents: tuple[Context, ...] = ()
    model: str = ""
    system_fingerprint: str = ""
    prompt_version: str = ""
    tokens: Mapping[str, int] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    error: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def ms(self) -> float:
        """How long it took."""
        if self.start is None or self.end is None:
            return 0.0
        return round(max(0.0, (self.end - self.start).total_seconds() * 1000), 3)

    @property
    def weight(self) -> tuple[bool, bool, int]:
        """How much was recorded of it: of the same step sent twice, the fuller one counts."""
        return self.said is not None, self.end is not None, len(self.asked) + len(self.documents)


@dataclass(frozen=True, slots=True)
class TraceTree:
    """The steps of one trace by their place, each once, in order of time."""

    steps: tuple[TraceStep, ...]
    children: Mapping[str, tuple[TraceStep, ...]]
    roots: tuple[TraceStep, ...]

    def below(self, top: TraceStep) -> list[TraceStep]:
        """Return a step and all steps below it, in order of time."""
        found, queue, seen = [], [top], {top.id}
        while queue:
            step = queue.pop()
            found.append(step)
            for child in self.children.get(step.id, ()):
                if child.id not in seen:
                    seen.add(child.id)
                    queue.append(child)
        return sorted(found, key=_order)


def tree_of(steps: Iterable[TraceStep]) -> TraceTree:
    """Return the tree of a trace's steps; a step that was sent twice is there once, the fuller one."""
    known: dict[str, TraceStep] = {}
    for step in steps:
        if step.id not in known or step.weight > known[step.id].weight:
            known[step.id] = step
    ordered = sorted(known.values(), key=_order)
    children: dict[str, list[TraceStep]] = {}
    for step in ordered:
        if step.parent in known and step.parent != step.id:
            children.setdefault(step.parent, []).append(step)
    roots = tuple(step for step in ordered if step.parent not in known or step.parent == step.id)
    below = {key: tuple(found) for key, found in children.items()}
    return TraceTree(tuple(ordered), below, roots or tuple(ordered[:1]))


def _order(step: TraceStep) -> tuple[float, str]:
    return step.start.timestamp() if step.start else 0.0, step.id
