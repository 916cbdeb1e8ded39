"""The dimensions of quality as rows of the log: relevance, what is carried and kept, form, refusal.

They stand beside today's proxy scores and do not speak for quality: `drift` knows them by their scorer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock

from data.records import ABSTENTION, DIMENSIONS_SCORER, Interaction, Score
from eval.quality.knowledge import AnswerRecord, LogKnowledge, learn
from eval.quality.scorer import AnswerScores, DimensionScore, Scorer

METRICS = ("relevance", "support_carried", "support_kept", "form", "refusal", "holds", "refused")
"""What is written for every interaction; `refused` is 1 or 0, `holds` the chance that the passages hold an answer."""
_CUT_FLAGS = ("trunc", "length", "cut_short")
_MOST_LEARNED = 300
_FIRST_LEARNED = 20
_LEARNED_EVERY = 100
_NO_ANSWER = "there is no answer: the request failed"


def record_of(interaction: Interaction) -> AnswerRecord:
    """Return what is scored of an interaction."""
    answer = interaction.answer or ""
    return AnswerRecord(
        interaction.question,
        answer,
        tuple(context.text for context in interaction.contexts if context.text),
        finish_reason="length" if any(mark in flag for flag in interaction.flags for mark in _CUT_FLAGS) else "",
        cited=len(interaction.citations),
        abstained=interaction.outcome == "abstained" or ABSTENTION in answer,
    )


class LogLearner:
    """What the answers of one log teach about each other while they come: from the last 300, anew with every hundredth.

    The first answers after a start are scored without; a report scores them again with what their window shows
    (`eval.quality.rescoring`). Threads may share it.
    """

    def __init__(self) -> None:
        self._known = LogKnowledge()
        self._seen: deque[AnswerRecord] = deque(maxlen=_MOST_LEARNED)
        self._count = 0
        self._lock = Lock()

    def __call__(self, record: AnswerRecord) -> LogKnowledge:
        """Take in an answer and return what is known by now."""
        with self._lock:
            self._seen.append(record)
            self._count += 1
            if self._count == _FIRST_LEARNED or self._count % _LEARNED_EVERY == 0:
                self._known = learn(tuple(self._seen))
            return self._known


def dimension_scores(interaction: Interaction, scorer: Scorer, known: LogKnowledge) -> list[Score]:
    """Return one score per metric; value None with the reason where there is none."""
    if is_without_answer(interaction):
        return _nothing(interaction, scorer, _NO_ANSWER)
    try:
        found = scorer.score(record_of(interaction), known)
    except Exception as error:  # a text that nobody foresaw costs its scores, and says why
        told = f"it could not be scored ({type(error).__name__}: {' '.join(str(error).split())[:300]})"
        return _nothing(interaction, scorer, told)
    return [_row(interaction, metric, held) for metric, held in _by_metric(found).items()]


def _nothing(interaction: Interaction, scorer: Scorer, reason: str) -> list[Score]:
    return [_row(interaction, metric, DimensionScore(None, reason, scorer.version)) for metric in METRICS]


def is_without_answer(interaction: Interaction) -> bool:
    """Tell whether the request failed, or nobody knows what was answered."""
    return interaction.outcome == "failed" or interaction.answer is None


def learned_from(interactions: Iterable[Interaction], before: Iterable[Interaction] = ()) -> LogKnowledge:
    """Learn from the answers of a window, and habits from those before it; of many the last are read."""
    now, earlier = _records(interactions), _records(before)
    return learn(earlier, now) if earlier else learn(now)


def _records(interactions: Iterable[Interaction]) -> Sequence[AnswerRecord]:
    answered = (item for item in interactions if not is_without_answer(item))
    return [record_of(item) for item in deque(answered, maxlen=_MOST_LEARNED)]


def _by_metric(found: AnswerScores) -> dict[str, DimensionScore]:
    support = found.dimensions["support"]
    parts = dict(support.parts)
    refusal = found.dimensions["refusal"]
    return {
        "relevance": found.dimensions["relevance"],
        "support_carried": DimensionScore(parts.get("carried"), support.reason, support.version),
        "support_kept": DimensionScore(parts.get("kept"), support.reason, support.version),
        "form": found.dimensions["form"],
        "refusal": refusal,
        "holds": DimensionScore(found.holds, refusal.reason, refusal.version),
        "refused": DimensionScore(float(found.refused), "", refusal.version),
    }


def _row(interaction: Interaction, metric: str, held: DimensionScore) -> Score:
    return Score(interaction.id, metric, held.value, "proxy", held.reason, DIMENSIONS_SCORER, held.version)
