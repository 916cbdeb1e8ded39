"""What got worse, shown: low-scored current answers beside reference answers to the nearest question."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data.records import Interaction
from drift.quality import Side
from drift.results import WorseAnswer
from drift.signals import Features

_CANDIDATES = 200
_MIN_GAP = 0.05


def worst_examples(
    reference: Side,
    current: Side,
    values: tuple[Mapping[str, float], Mapping[str, float]],
    questions: Features,
    topic_names: tuple[str, ...],
    count: int,
) -> tuple[WorseAnswer, ...]:
    """Pair the lowest-scored current answers with the nearest reference question that scored at least the median.

    Largest loss first; every reference answer is shown once at most.
    """
    good = _rows(reference, values[0], questions.rows_reference)
    bad = _rows(current, values[1], questions.rows_current)
    if not good or not bad:
        return ()
    median = float(np.median([values[0][item.id] for _, item in good]))
    good = [(row, item) for row, item in good if values[0][item.id] >= median]
    bad = sorted(bad, key=lambda pair: values[1][pair[1].id])[:_CANDIDATES]
    near = questions.current[[row for row, _ in bad]] @ questions.reference[[row for row, _ in good]].T
    found: dict[str, WorseAnswer] = {}
    for (_, item), similarity in zip(bad, near, strict=True):
        partner = good[int(similarity.argmax())][1]
        gap = values[0][partner.id] - values[1][item.id]
        if gap < _MIN_GAP or partner.id in found:
            continue
        topic = topic_names[current.topics.get(item.id, 0)] if topic_names else ""
        found[partner.id] = _example(item, partner, values, topic)
    ordered = sorted(found.values(), key=lambda example: example.score - example.reference_score)
    return tuple(ordered[:count])


def _rows(side: Side, values: Mapping[str, float], rows: np.ndarray) -> list[tuple[int, Interaction]]:
    return [
        (place, side.items[row])
        for place, row in enumerate(rows)
        if side.items[row].id in values and side.items[row].answer
    ]


def _example(
    item: Interaction, partner: Interaction, values: tuple[Mapping[str, float], Mapping[str, float]], topic: str
) -> WorseAnswer:
    return WorseAnswer(
        topic=topic,
        question=item.question,
        answer=item.answer or "",
        score=values[1][item.id],
        reference_question=partner.question,
        reference_answer=partner.answer or "",
        reference_score=values[0][partner.id],
        interaction_id=item.id,
        reference_id=partner.id,
    )
