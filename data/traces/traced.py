"""The interactions that the steps of a trace tell of, whichever tool recorded them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.errors import InputError
from data.records import Context, Fingerprint, Interaction
from data.traces.outcomes import outcome_of
from data.traces.steps import BESIDE, TraceStep, tree_of
from data.traces.turns import ConversationTurn, turns_of

_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class TraceFacts:
    """What is told of a whole trace beside its steps; it goes before what the steps tell.

    `timestamp` is its time as it was written, also where that is none.
    """

    asked: str = ""
    said: str | None = None
    at: datetime | None = None
    timestamp: Any = None
    total_ms: float | None = None
    prompt_version: str = ""
    error: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


class NoInteractionError(InputError):
    """A trace that has nothing to do with questions and answers: a health check, a database call."""


def interactions_of(trace: str, steps: Iterable[TraceStep], facts: TraceFacts | None = None) -> list[Interaction]:
    """Return the interactions of a trace: one, or one for each turn of a conversation, in order of time.

    :raises NoInteractionError: no step asks, answers, retrieves or calls a model.
    :raises InputError: there is no question, neither an answer nor an error, or no time; the message is the reason.
    """
    told = facts or TraceFacts()
    tree = tree_of(steps)
    if facts is None and not any(step.kind or step.asked or step.said is not None for step in tree.steps):
        raise NoInteractionError("the trace holds no model call, no question and no answer")
    turns = turns_of(tree) if tree.steps else []
    if len(turns) <= 1 or (told.asked and told.said is not None and len({turn.question for turn in turns}) < 2):
        return [_interaction(trace[:_LONGEST_ID], turns[0] if turns else None, told)]
    named = (f"{trace[: _LONGEST_ID - 6]}-{number}" for number in range(1, len(turns) + 1))
    shared = {key: value for step in reversed(tree.steps) for key, value in step.tags.items()}
    rest = TraceFacts(tags={"session": trace, **shared, **told.tags}, prompt_version=told.prompt_version)
    return [_interaction(name, turn, rest) for name, turn in zip(named, turns, strict=True)]


def _interaction(name: str, turn: ConversationTurn | None, told: TraceFacts) -> Interaction:
    steps = turn.steps if turn else ()
    question = told.asked or (turn.question if turn else "")
    if not question:
        raise InputError("the trace holds no question: content may not be captured, or it is no question at all")
    answer = told.said if told.said is not None else turn.answer if turn else None
    error = told.error if told.error is not None else _error(turn, answer)
    if answer is None and error is None:
        raise InputError("the trace holds neither an answer nor an error: it may not be finished")
    return Interaction(
        id=name,
        at=told.at or _start(turn, told.timestamp),
        question=question,
        answer=answer,
        outcome=outcome_of(answer, error),
        contexts=tuple(_contexts(steps)),
        latency_ms=_latency(turn, told.total_ms),
        tokens=_tokens(turn.calls if turn else ()),
        error=error,
        fingerprint=_fingerprint(turn, told.prompt_version),
        tags=_tags(steps, told),
        flags=turn.model.flags if turn and turn.model else (),
    )


def _start(turn: ConversationTurn | None, timestamp: Any) -> datetime:
    at = turn and (turn.top.start or next((step.start for step in turn.steps if step.start), None))
    if not at:
        raise InputError(f"the trace has no usable timestamp, found {timestamp!r}")
    return at


def _error(turn: ConversationTurn | None, answer: str | None) -> str | None:
    """Return the error that the user met: of the speaking step, or of any where there is no answer."""
    if turn is None:
        return None
    speaking = [step for step in (turn.top, turn.speaker) if step is not None and step.kind not in BESIDE]
    steps = speaking if answer else [*speaking, *(step for step in turn.steps if step.kind not in BESIDE)]
    found = [step.error for step in steps if step.error is not None]
    return (next(filter(None, found), "") or "the span ended with an error") if found else None


def _contexts(steps: Iterable[TraceStep]) -> list[Context]:
    by_kind: dict[str, list[TraceStep]] = {}
    for step in steps:
        if step.documents:
            by_kind.setdefault(step.kind, []).append(step)
    if "RERANKER" in by_kind:
        return list(by_kind["RERANKER"][-1].documents)
    kinds = ("RETRIEVER",), ("TOOL",), ("",), ("CHAIN", "AGENT")
    chosen = next((found for found in ([s for k in group for s in by_kind.get(k, [])] for group in kinds) if found), [])
    contexts: dict[str, Context] = {}
    for step in chosen:
        for context in step.documents:
            contexts.setdefault(context.id, context)
    return list(contexts.values())


def _latency(turn: ConversationTurn | None, total_ms: float | None) -> dict[str, float]:
    found = {}
    retrievers = [step for step in (turn.steps if turn else ()) if step.kind == "RETRIEVER"]
    for name, steps in (("retrieve", retrievers), ("generate", turn.calls if turn else [])):
        if steps:
            found[name] = round(sum(step.ms for step in steps), 3)
    if total_ms is None and turn is not None and turn.top.end is not None:
        total_ms = turn.top.ms
    if total_ms is None and turn is not None:
        ends = [step.end for step in turn.steps if step.end is not None]
        starts = [step.start for step in turn.steps if step.start is not None]
        total_ms = round((max(ends) - min(starts)).total_seconds() * 1000, 3) if ends and starts else None
    return found if total_ms is None else {**found, "total": total_ms}


def _tokens(steps: Iterable[TraceStep]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for step in steps:
        for name, count in step.tokens.items():
            counts[name] = counts.get(name, 0) + count
    return counts


def _fingerprint(turn: ConversationTurn | None, prompt: str) -> Fingerprint:
    steps = [s for s in (turn.steps if turn else ()) if s.kind == "LLM"]
    given = ([turn.model] if turn and turn.model else []) + steps[::-1] + [s for s in (turn.steps if turn else ())]
    return Fingerprint(
        chat_model=next((step.model for step in given if step.model), ""),
        system_fingerprint=next((step.system_fingerprint for step in given[:1] if step.system_fingerprint), ""),
        prompt_version=next((step.prompt_version for step in given if step.prompt_version), "") or prompt,
    )


def _tags(steps: Iterable[TraceStep], told: TraceFacts) -> dict[str, str]:
    found = dict(told.tags)
    for step in steps:
        for key, value in step.tags.items():
            found.setdefault(key, value)
    return found
