"""Known faults for `drift drill`: each turns a healthy record into what it would be if something had broken.

A fault returns None where it does not apply: there is no number to alter in an answer without numbers. Whatever it
changes, the vectors of the record go with it, as they would describe a text that is no longer there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.records import Context, Interaction
from drift.drill.losses import LOSSES
from drift.drill.planted import PlantedLoss
from drift.signals import total_latency, words
from drift.vocabulary import CauseName

_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+")
_SLOWER = 3.0
_LATER_MS = 500.0
_KEPT_WORDS = 0.5
_GENERATION: tuple[CauseName, ...] = ("generation", "model_change")
_RETRIEVAL: tuple[CauseName, ...] = ("retrieval", "corpus_change", "index_change")

Inject = Callable[[Interaction, Sequence[Interaction], np.random.Generator], Interaction | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to break a record. `causes` are the right names for it; empty for a change that must not alert."""

    name: str
    what: str
    inject: Inject
    causes: tuple[CauseName, ...] = _GENERATION

    @property
    def harmful(self) -> bool:
        """Whether an alert is right."""
        return bool(self.causes)


def truncated(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Cut an answer where a limit on tokens would: all at the same length, half of the usual one."""
    lengths = [len(words(other.answer)) for other in others if other.answer]
    limit = max(5, int(_KEPT_WORDS * float(np.median(lengths)))) if lengths else 5
    parts = (item.answer or "").split()
    if len(parts) <= limit:
        return None
    return _answered(item, " ".join(parts[:limit]).rstrip(".!?…,;:"))


def shortened(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Leave an answer its first sentence only, as a terse model would."""
    parts = sentences(item)
    return _answered(item, parts[0]) if len(parts) > 1 else None


def foreign(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Replace half of an answer's sentences by sentences of answers to other questions: fluent and unsupported."""
    parts = sentences(item)
    donors = [other for other in others if other.id != item.id and other.question != item.question and other.answer]
    if not parts or not donors:
        return None
    for place in rng.permutation(len(parts))[: max(1, len(parts) // 2)]:
        theirs = sentences(donors[int(rng.integers(len(donors)))])
        parts[int(place)] = theirs[int(rng.integers(len(theirs)))] if theirs else parts[int(place)]
    return _answered(item, " ".join(parts))


def contexts_lost(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Take the better half of the passages away, as a broken index would."""
    if len(item.contexts) < 2:
        return None
    return replace(item, contexts=item.contexts[(len(item.contexts) + 1) // 2 :])


def contexts_swapped(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Give a record the passages of another question, as shuffled vectors would."""
    donors = [other for other in others if other.contexts and other.question != item.question]
    if not item.contexts or not donors:
        return None
    theirs = donors[int(rng.integers(len(donors)))].contexts
    return replace(
        item, contexts=tuple(_scored_as(part, mine) for part, mine in zip(theirs, item.contexts, strict=False))
    )


def restyled(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Say the same in the style of another model: an opening phrase and a list. Nothing got worse."""
    parts = sentences(item)
    if not parts:
        return None
    return _answered(item, "Here is what the documents say:\n\n" + "\n".join(f"- {part}" for part in parts))


def slow(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Take three times as long, and half a second more at least, in every stage by the same factor.

    Three times next to nothing is no incident: it stays inside the milliseconds that ops tolerates.
    """
    total = total_latency(item)
    if not total or total <= 0:
        return None
    factor = max(_SLOWER, 1.0 + _LATER_MS / total)
    return replace(item, latency_ms={stage: factor * value for stage, value in item.latency_ms.items()})


def failing(item: Interaction, others: Sequence[Interaction], rng: np.random.Generator) -> Interaction | None:
    """Fail instead of answering."""
    return replace(
        item, answer=None, outcome="failed", error="injected by drift drill", citations=(), answer_vector=None
    )


FAULTS: tuple[Fault, ...] = (
    Fault("truncated", "answers cut at half of the usual length", truncated, ("truncation",)),
    Fault("shortened", "only the first sentence of each answer", shortened, ()),
    Fault("foreign", "half of the sentences come from other answers", foreign),
    Fault("contexts-lost", "the better half of the passages missing", contexts_lost, _RETRIEVAL),
    Fault("contexts-swapped", "the passages of another question", contexts_swapped, _RETRIEVAL),
    Fault("restyled", "same content in another style", restyled, ()),
    Fault("slow", "three times the latency, half a second more at least", slow, ("ops",)),
    Fault("failing", "requests fail", failing, ("ops",)),
    *(Fault(name.replace(" ", "-"), loss.what, PlantedLoss(name, loss), loss.causes) for name, loss in LOSSES.items()),
)
"""All faults; adding one is adding a line, here or to the losses. Without a right cause: what must not alert."""


def sentences(item: Interaction) -> list[str]:
    """Split an answer into its sentences."""
    return [part for part in _SENTENCE.split((item.answer or "").strip()) if part]


def _answered(item: Interaction, text: str) -> Interaction:
    return replace(item, answer=text, answer_vector=None)


def _scored_as(theirs: Context, mine: Context) -> Context:
    # The score stays that of the place in the ranking: shuffled vectors look as near as the right ones did.
    return replace(theirs, score=mine.score)
