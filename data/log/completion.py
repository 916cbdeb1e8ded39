"""What is added to a row on its way to the log, such as its scores; a row that it fails for goes without."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data.log.journal_lines import Rows
from data.log.set_aside import in_a_line
from data.records import Interaction, Score

Complete = Callable[[Interaction], tuple[Interaction, Sequence[Score]]]
"""Adds to an interaction what took too long to wait for."""

UNSCORED = "scoring"
"""The metric, always without a value, of a row that could not be completed."""


def as_it_is(interaction: Interaction) -> tuple[Interaction, Sequence[Score]]:
    """Add nothing."""
    return interaction, ()


def completed(rows: Rows, complete: Complete) -> Rows:
    """Return rows with what `complete` adds; where it fails, the interaction as it is and a score that says why."""
    if not rows.unscored:
        return rows
    done = [_attempted(item, complete) for item in rows.interactions]
    made = [score for _, scores in done for score in scores]
    return Rows(tuple(item for item, _ in done), (*rows.scores, *made))


def _attempted(item: Interaction, complete: Complete) -> tuple[Interaction, Sequence[Score]]:
    try:
        return complete(item)
    except Exception as error:  # whatever it is costs this row its scores, and no other row anything
        return item, (Score(item.id, UNSCORED, None, "proxy", in_a_line(error), "journal"),)
