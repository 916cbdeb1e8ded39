"""Real questions from the log as drafts of golden cases: `rag eval harvest`.

Those are drawn more often that were answered with weak support, that people complained about, or that a domain
classifier tells from the questions before. Every question can be drawn. How likely that was stands in the case
(`probability`), so that 1/probability weighs the cases back to all traffic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data.cases import Case, load_cases, write_cases
from data.errors import InputError
from data.records import Interaction, content_hash
from pipelines.answer import whole_log
from pipelines.wiring import Workspace

if TYPE_CHECKING:
    from data.log import InteractionLog

FLOOR = 0.25
"""The weight of a question without any sign of trouble; weak support, a complaint and unusual wording add 1 each."""


@dataclass(frozen=True, slots=True)
class HarvestReasons:
    """Why a question may be worth a case, each in [0, 1]; None where it is not known."""

    weak_support: float | None
    complaint: bool
    unusual: float | None

    @property
    def weight(self) -> float:
        """How much more often than its share it is drawn."""
        unusual = 2 * max(0.0, (self.unusual or 0.5) - 0.5)
        return FLOOR + (self.weak_support or 0.0) + float(self.complaint) + unusual

    @property
    def tags(self) -> tuple[str, ...]:
        """The signs that are strong, as tags of the case."""
        strong = {
            "weak-support": (self.weak_support or 0.0) > 0.5,
            "complaint": self.complaint,
            "unusual": (self.unusual or 0.0) > 0.75,
        }
        return tuple(name for name, given in strong.items() if given)


@dataclass(frozen=True, slots=True)
class Harvest:
    """How many drafts were added, from how many different questions, and how many cases the file has now."""

    added: int
    questions: int
    total: int


def harvest_questions(
    workspace: Workspace, path: Path, count: int, *, since: datetime | None, until: datetime | None, seed: int
) -> Harvest:
    """Draw `count` questions of users from a period of the log and add them to the case file as drafts.

    Answers are not taken over, they may be wrong; the files that were cited are proposed as sources where nobody
    complained. Questions that are in the file already are not drawn.

    :raises InputError: the period holds no such question.
    """
    from drift.labels import proportional, systematic

    log = whole_log(workspace)
    cases = load_cases(path) if path.exists() else []
    known = {_plain(case.question) for case in cases}
    items = [item for item in _latest(log.read(since, until)) if _plain(item.question) not in known]
    if not items:
        raise InputError(
            "The log holds no question of that period that is not a case already: pass --since or --until."
        )
    signs = _signs(log, items, _before(log, since), seed)
    probability = proportional(np.array([sign.weight for sign in signs]), count)
    rows = systematic(probability, np.random.default_rng(seed))
    fresh = [_case(items[row], signs[row], float(probability[row])) for row in rows]
    write_cases(path, [*cases, *fresh])
    return Harvest(len(fresh), len(items), len(cases) + len(fresh))


def _latest(items: Iterable[Interaction]) -> list[Interaction]:
    """Return the last interaction of each different question."""
    return list({_plain(item.question): item for item in items if item.kind == "user"}.values())


def _signs(
    log: InteractionLog, items: Sequence[Interaction], before: Sequence[Interaction], seed: int
) -> list[HarvestReasons]:
    support: dict[str, float] = {}
    complained: set[str] = set()
    for score in log.scores():
        if score.value is None:
            continue
        if score.source == "proxy" and score.metric == "groundedness":
            support[score.interaction_id] = score.value
        if score.source == "human" and score.value < 0.5:
            complained.add(score.interaction_id)
    unusual = _unusual(items, before, seed)
    return [
        HarvestReasons(
            1.0 if item.outcome == "abstained" else 1 - support[item.id] if item.id in support else None,
            item.id in complained,
            unusual.get(item.id),
        )
        for item in items
    ]


def _unusual(items: Sequence[Interaction], before: Sequence[Interaction], seed: int) -> dict[str, float]:
    from eval.drafts import domain_scores

    now = [item for item in items if item.question_vector]
    then = [item for item in before if item.question_vector]
    embedders = {item.fingerprint.embedder for item in (*now, *then)}
    if len(embedders) != 1:
        return {}
    scores = domain_scores(_vectors(then), _vectors(now), seed)
    return {} if scores is None else {item.id: float(score) for item, score in zip(now, scores, strict=True)}


def _vectors(items: Sequence[Interaction]) -> Any:
    return np.array([np.frombuffer(item.question_vector or b"", "<f2") for item in items], dtype=np.float64)


def _before(log: InteractionLog, since: datetime | None) -> list[Interaction]:
    return [item for item in log.read(None, since) if item.kind == "user"] if since else []


def _case(item: Interaction, signs: HarvestReasons, probability: float) -> Case:
    from eval.drafts import language_of

    cited = dict.fromkeys(citation.source for citation in item.citations if citation.supported)
    return Case(
        id=f"log-{content_hash(item.id)[:10]}",
        question=item.question,
        sources=() if signs.complaint else tuple(cited),
        language=language_of(item.question),
        tags=("draft", "log", *signs.tags),
        reviewed=False,
        probability=round(probability, 6),
        origin=item.id,
    )


def _plain(question: str) -> str:
    return " ".join(question.casefold().split())
