"""What a round of canaries is compared with: healthy rounds before it, the last one, or those of a baseline.

A round that showed a loss is remembered in `.rag/probes.json` and serves as no measure for later ones. Else a loss
would be told for one day and be the usual state on the next.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import InputError
from data.files import write_whole
from data.records import Interaction
from drift.log_windows import find_baseline

if TYPE_CHECKING:
    from data.log import InteractionLog
    from drift.windows import Window

USUAL, PREVIOUS = "usual", "previous"
ROUND = "probe"
"""The tag of an answer that names its round."""

STATE_FILE = "probes.json"
_ROUNDS = 7
_REMEMBERED = 400


def earlier_rounds(log: InteractionLog, against: str, state: Path, now: datetime) -> tuple[str, Window | None]:
    """Return what to compare with, in words and as a window; None where there is no round yet.

    `against` is "usual" for the last healthy rounds, "previous" for the last one, "baseline", or a baseline's name.

    :raises InputError: there is no such baseline, or it holds no canaries.
    """
    if against not in (USUAL, PREVIOUS):
        return _of_baseline(log, against)
    asked = [item for item in log.read(until=now, kinds=("canary",)) if item.tags.get(ROUND)]
    rounds = sorted({item.tags[ROUND] for item in asked})
    if not rounds:
        return "", None
    worse = set(worse_rounds(state))
    chosen = rounds[-1:] if against == PREVIOUS else [name for name in rounds if name not in worse][-_ROUNDS:]
    if not chosen:
        return "", None
    name = f"probe {chosen[-1]}" if len(chosen) == 1 else f"{len(chosen)} probes, {chosen[0]} to {chosen[-1]}"
    return name, round_window(log, name, [item for item in asked if item.tags[ROUND] in chosen])


def round_window(log: InteractionLog, name: str, items: Sequence[Interaction]) -> Window:
    """Return answers of canaries with their scores."""
    from drift.windows import Window

    ids = {item.id for item in items}
    scores = log.scores(items[0].at, None, kinds=("canary",))
    return Window(name, tuple(items), tuple(score for score in scores if score.interaction_id in ids))


def worse_rounds(state: Path) -> list[str]:
    """Return the names of rounds that showed a loss; a file that cannot be read remembers none."""
    try:
        names = json.loads(state.read_bytes())["worse"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def remember_worse(state: Path, name: str) -> None:
    """Keep in mind that a round showed a loss."""
    known = [*worse_rounds(state), name][-_REMEMBERED:]
    write_whole(state, json.dumps({"worse": known}, indent=1))


def _of_baseline(log: InteractionLog, against: str) -> tuple[str, Window]:
    pinned = find_baseline(log, None if against == "baseline" else against)
    items = list(log.read(pinned.since, pinned.until, kinds=("canary",)))
    if not items:
        raise InputError(f"Baseline {pinned.name!r} holds no canaries: run `drift probe` in the period that is pinned.")
    return f"baseline {pinned.name} v{pinned.version}", round_window(log, pinned.name, items)
