"""Whether the answers are clearly not what they were, whatever that does to their quality.

Two things show it. Another model is on record behind most answers, or the same prompts are answered otherwise than the
system's own variation explains (`drift.causes.swap`). Neither says whether answers got better or worse.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.records import Interaction
from drift.causes.swap import SwapTest
from drift.quality import Side
from drift.results import shown_p
from drift.signals import new_values

_LEVEL = 0.005
"""Below this p-value the same prompts are answered otherwise; an unchanged system gets there in 1 of 200 reports."""

_MOST = 0.5
_MODEL_FIELDS = (("chat_model", "model"), ("model_details", "served model"))
DECIDING = 20
"""How many answers are named whose labels would decide."""


def clear_changes(reference: Side, current: Side, swaps: Sequence[SwapTest]) -> tuple[str, ...]:
    """Say in sentences what shows that the answers are not what they were; empty where nothing does.

    `swaps` are the tests of the prompts that both windows share (`drift.causes.swap.swap_tests`).
    """
    found = [_other_model(field, words, _asked(reference), _asked(current)) for field, words in _MODEL_FIELDS]
    return tuple(sentence for sentence in (*found, _answered_otherwise(swaps)) if sentence)


def _answered_otherwise(swaps: Sequence[SwapTest]) -> str:
    if not swaps:
        return ""
    surest = min(swaps, key=lambda test: test.p_value)
    p_value = min(1.0, len(swaps) * surest.p_value)
    if p_value > _LEVEL:
        return ""
    return (
        f"The same {surest.prompts} prompts are answered otherwise ({shown_p(p_value)}; "
        f"{surest.identical_share:.0%} have an identical answer)."
    )


def _asked(side: Side) -> list[Interaction]:
    """Return what people and canaries asked."""
    return [item for item in side.window.interactions if item.kind != "replay"]


def deciding_answers(current: Sequence[Interaction], seed: int) -> tuple[str, ...]:
    """Draw the answers whose labels would decide, each with the same chance: at most 20, in order of time."""
    answered = [item for item in current if item.outcome == "answered"]
    chosen = np.random.default_rng(seed).permutation(len(answered))[:DECIDING]
    return tuple(answered[place].id for place in sorted(chosen))


def _other_model(field: str, words: str, reference: Sequence[Interaction], current: Sequence[Interaction]) -> str:
    """Say which model answers most of the current window and none of the reference."""
    for new in new_values(field, reference, current):
        if new.count > _MOST * len(current):
            return f"The {words} was {new.usual} and is {new.value}."
    return ""
