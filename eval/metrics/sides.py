"""Recall of one side of a hybrid search alone: what the other side makes up for is seen before it fails, too.

With vectors that no longer belong to their texts, words alone still find most of what was asked for. Recall of the
whole hardly moves, until somebody asks in other words than the documents'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from data.cases import Case
from data.errors import SilentDriftError
from data.records import Context, Interaction
from eval.errors import UnscorableAnswer
from eval.metric import Metric
from eval.metrics.inputs import not_failed
from eval.metrics.retrieval import evidence_recall, source_recall

Search = Callable[[str], Sequence[Context]]
SIDE_METRICS = ("dense_recall", "lexical_recall")


def side_metric(side: str, search: Search) -> Metric:
    """Return the metric "<side>_recall": the share of evidence, or else of expected sources, that `search` finds."""

    def measure(case: Case, interaction: Interaction) -> float:
        recall = evidence_recall if case.evidence else source_recall
        if case.must_abstain or not (case.evidence or case.sources):
            raise UnscorableAnswer("the case names neither evidence nor sources")
        question = not_failed(interaction).question
        try:
            contexts = tuple(search(question))
        except SilentDriftError as error:
            raise UnscorableAnswer(f"the {side} side could not be searched: {error}") from error
        return recall(case, replace(interaction, contexts=contexts)) if contexts else 0.0

    return Metric(f"{side}_recall", measure)
