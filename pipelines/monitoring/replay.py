"""`drift explain`: replay recent questions with old and new parts, and say which part the difference comes from."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import InputError, SilentDriftError
from data.records import FORGOTTEN, Interaction
from data.text import plural
from drift.log_windows import find_baseline
from pipelines.monitoring.factors import Factor, ReplayFactors, find_factors
from pipelines.wiring import Workspace, open_log

if TYPE_CHECKING:
    from drift.shapley import Attribution, Cell
    from pipelines.settings import Settings

_TOKENS = 1_000
"""Taken for the length of a prompt where the log does not tell."""


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """How many questions of which period are replayed, and what is known of the old system."""

    count: int
    since: datetime | None = None
    until: datetime | None = None
    baseline: str | None = None
    old_settings: Path | None = None
    seed: int = 0
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was replayed at what cost, what could not be, and what the difference comes from.

    `quality` is groundedness over questions that every combination answered, `answered` the share of questions
    answered at all; both None before a replay or where there was nothing to replay.
    """

    found: ReplayFactors
    questions: int
    answers: int
    prompt_tokens: int
    quality: Attribution | None = None
    answered: Attribution | None = None

    @property
    def exit_code(self) -> int:
        """0 where something could be said, 5 where nothing could be replayed."""
        return 0 if self.found.factors else 5


def explain(
    workspace: Workspace, settings: ReplaySettings, now: datetime, progress: Callable[[int, int, str], None]
) -> Explanation:
    """Replay and attribute; with `dry_run` only count what it would take.

    :raises InputError: no baseline, or no questions to replay.
    """
    log = open_log(workspace)
    pinned = find_baseline(log, settings.baseline)
    end = settings.until or now
    start = settings.since or max(pinned.until, end - timedelta(days=workspace.settings.drift.window_days))
    before, after = list(log.read(pinned.since, pinned.until)), list(log.read(start, end))
    questions = _sampled(after, settings)
    if not questions:
        raise InputError(f"There are no questions from {start:%Y-%m-%d} to {end:%Y-%m-%d} to replay: pass --since.")
    old = _old_settings(settings.old_settings)
    with tempfile.TemporaryDirectory(prefix="drift-explain-") as folder:
        found = find_factors(workspace, old, before, after, Path(folder) / "earlier")
        answers = len(questions) * 2 ** len(found.factors) if found.factors else 0
        planned = Explanation(found, len(questions), answers, answers * _usual_prompt(after))
        if settings.dry_run or not found.factors:
            return planned
        return _replayed(workspace, planned, questions, settings.seed, now, progress)


def _replayed(
    workspace: Workspace,
    planned: Explanation,
    questions: Sequence[str],
    seed: int,
    now: datetime,
    progress: Callable[[int, int, str], None],
) -> Explanation:
    import numpy as np

    from drift.shapley import attribute, cells, named

    names = [factor.name for factor in planned.found.factors]
    log, run = open_log(workspace), f"{now:%Y%m%dT%H%M%SZ}"
    quality: dict[Cell, Any] = {}
    answered: dict[Cell, Any] = {}
    for place, cell in enumerate(cells(names)):
        tags = {"explain": run, "cell": named(cell, names)}
        replay = _Replay(_with_parts(workspace, planned.found.factors, cell), log, tags)
        pairs = []
        for number, question in enumerate(questions, start=1):
            pairs.append(replay.ask(question, now))
            progress(place * len(questions) + number, planned.answers, tags["cell"])
        replay.close()
        quality[cell], answered[cell] = np.array(pairs, dtype=np.float64).T
    return replace(planned, quality=attribute(quality, names, seed), answered=attribute(answered, names, seed))


class _Replay:
    """One combination of parts that answers questions and writes them to the log of the workspace, as replays."""

    def __init__(self, workspace: Workspace, log: Any, tags: dict[str, str]) -> None:
        from pipelines.answer import open_asker

        self._asker = open_asker(workspace, log=log)
        self._tags = tags

    def ask(self, question: str, now: datetime) -> tuple[float, float]:
        """Return groundedness, and whether there was an answer; NaN where it cannot be told."""
        try:
            asked = self._asker.ask(question, kind="replay", at=now, tags=self._tags)
        except SilentDriftError:  # the per-item loop of a job: a question that cannot be replayed is left out
            return float("nan"), float("nan")
        score = next((score.value for score in asked.scores if score.metric == "groundedness"), None)
        outcome = asked.interaction.outcome
        value = float("nan") if score is None else score
        return value, float("nan") if outcome == "failed" else float(outcome == "answered")

    def close(self) -> None:
        """Release the index."""
        self._asker.retriever.index.close()


def _with_parts(workspace: Workspace, factors: Sequence[Factor], cell: Cell) -> Workspace:
    for factor in factors:
        if factor.name not in cell:
            workspace = factor.to_old(workspace)
    return workspace


def _sampled(items: Sequence[Interaction], settings: ReplaySettings) -> list[str]:
    asked = sorted({item.question for item in items if FORGOTTEN not in item.flags})
    return random.Random(settings.seed).sample(asked, min(settings.count, len(asked)))


def _old_settings(path: Path | None) -> Settings | None:
    """Read a former `rag.toml`; of the environment only keys count, for it is that of today."""
    from data.settings import SETTINGS_FILE
    from pipelines.settings import load_settings

    if path is None:
        return None
    if not path.is_file():
        raise InputError(f"There is no settings file at {path}: pass the former rag.toml, e.g. from version control.")
    keys = {name: value for name, value in os.environ.items() if name.endswith("__API_KEY")}
    with tempfile.TemporaryDirectory(prefix="drift-explain-") as folder:
        shutil.copyfile(path, Path(folder) / SETTINGS_FILE)
        return load_settings(Path(folder), keys)


def _usual_prompt(items: Sequence[Interaction]) -> int:
    known = [item.tokens["prompt"] for item in items if item.tokens.get("prompt")]
    return sum(known) // len(known) if known else _TOKENS


def shares_json(explained: Explanation) -> dict[str, Any]:
    """Return the stable JSON form of `drift explain --json`."""
    return {
        "schema": 1,
        "questions": explained.questions,
        "cost": {"answers": explained.answers, "prompt_tokens": explained.prompt_tokens},
        "factors": [{"factor": f.name, "old": f.old, "new": f.new} for f in explained.found.factors],
        "not_replayed": [asdict(item) for item in explained.found.missing],
        "quality": asdict(explained.quality) if explained.quality else None,
        "answered": asdict(explained.answered) if explained.answered else None,
    }


def shares_text(explained: Explanation) -> str:
    """Return cost, effects, and what could not be replayed."""
    lines = [
        f"{plural(explained.questions, 'question')} × {plural(2 ** len(explained.found.factors), 'combination')}: "
        f"{explained.answers} answers, about {explained.prompt_tokens:,} prompt tokens where a model is asked"
    ]
    lines += [f"  {factor.name}: {factor.old} → {factor.new}" for factor in explained.found.factors]
    for title, part in (("Quality (groundedness)", explained.quality), ("Questions answered", explained.answered)):
        if part is not None:
            lines += ["", *_attribution(title, part)]
    if not explained.found.factors:
        lines.append("Nothing that is still at hand differs between then and now.")
    lines += ["", "Not replayed:"] if explained.found.missing else []
    return "\n".join([*lines, *(f"  - {item.name}: {item.reason}" for item in explained.found.missing)])


def _attribution(title: str, part: Attribution) -> list[str]:
    moved = f"{part.difference:+.3f}, interval {part.low:+.3f} to {part.high:+.3f}"
    head = f"{title}: {part.old:.3f} → {part.new:.3f} ({moved})"
    rows = [
        f"  {effect.factor:<9} {effect.effect:+.3f} ({effect.low:+.3f} to {effect.high:+.3f})"
        + (f"  {effect.share:.0%} of the difference" if effect.share is not None else "")
        for effect in part.effects
    ]
    note = [] if part.low > 0 or part.high < 0 else ["  The difference may be chance: no shares are given."]
    return [f"{head}, {plural(part.questions, 'question')}", *rows, *note]
