"""Losses of quality planted into records of a log: what a log would hold if answers had been like that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from data.records import ABSTENTION, Context, Interaction, content_hash
from data.text import detect_language
from drift.drill.losses import KnownLoss

_LENDERS = 40
_CITATION = re.compile(r"\[\^?\d{1,3}\]|【\d+[^】]{0,20}】")
_UNCITED = ("citations lost", "empty", "refusal", "refusal in other words")


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """A record as losses see it."""

    question: str
    answer: str
    passages: tuple[str, ...]
    group: str
    language: str
    short: str = ""
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class PlantedLoss:
    """Plants one loss; called with a record, others that lend it texts, and a source of chance."""

    name: str
    loss: KnownLoss

    def __call__(
        self, item: Interaction, others: Sequence[Interaction], rng: np.random.Generator
    ) -> Interaction | None:
        """Return the record as it would be; None where this loss cannot be made of it."""
        chosen = [others[int(place)] for place in rng.integers(len(others), size=_LENDERS)] if others else []
        lenders = [*others[:1], *chosen]  # the first one lends the passage that answers everything
        by_passage = len({_source(other) for other in (item, *lenders)}) == 1
        pool = [_exchange(other, by_passage) for other in lenders]
        spoilt = self.loss.spoil(_exchange(item, by_passage), pool, Random(int(rng.integers(2**32))))
        return None if spoilt is None else self._recorded(item, spoilt, lenders)

    def _recorded(self, item: Interaction, spoilt: RecordedExchange, lenders: Sequence[Interaction]) -> Interaction:
        if self.name == "refusal":
            return replace(item, answer=ABSTENTION, outcome="abstained", citations=(), answer_vector=None)
        uncited = self.name in _UNCITED
        answer, cited = spoilt.answer, _CITATION.search(item.answer or "")
        if cited and not uncited and not _CITATION.search(answer):
            answer = f"{answer} {cited.group()}"
        return replace(
            item,
            answer=answer,
            contexts=_contexts(item, spoilt.passages, lenders),
            citations=() if uncited else item.citations,
            answer_vector=None,
        )


def _exchange(item: Interaction, by_passage: bool) -> RecordedExchange:
    first = item.contexts[0] if item.contexts else Context("")
    return RecordedExchange(
        item.question,
        item.answer or "",
        tuple(context.text for context in item.contexts if context.text),
        first.id if by_passage else first.source,
        detect_language(item.question, "en"),
    )


def _contexts(item: Interaction, passages: Sequence[str], lenders: Sequence[Interaction]) -> tuple[Context, ...]:
    """Return the passages as contexts, each with the score of its place: wrong ones look as near as the right ones."""
    if passages == _exchange(item, False).passages:
        return item.contexts
    lent = {context.text: context for other in lenders for context in other.contexts}
    return tuple(
        replace(
            lent.get(text) or replace(mine, id=content_hash(text), text=text, text_hash=content_hash(text)),
            score=mine.score,
        )
        for text, mine in zip(passages, item.contexts, strict=False)
    )


def _source(item: Interaction) -> str:
    return item.contexts[0].source if item.contexts else ""
