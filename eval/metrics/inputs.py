"""What a case expects and what an interaction gave, for the metrics: the value, or the reason there is none."""

from __future__ import annotations

from collections.abc import Sequence

from data.cases import Case
from data.records import ABSTENTION, Interaction
from eval.errors import UnscorableAnswer
from eval.quality import declines


def answer_text(interaction: Interaction) -> str:
    """Return the answer, empty where there is none."""
    return interaction.answer or ""


def abstained(interaction: Interaction) -> bool:
    """Say whether the pipeline declined to answer, in our words or in words of its own."""
    text = answer_text(interaction)
    return interaction.outcome == "abstained" or ABSTENTION in text or declines(interaction.question, text)


def not_failed(interaction: Interaction) -> Interaction:
    """Return the interaction.

    :raises UnscorableAnswer: the request failed.
    """
    if interaction.outcome == "failed":
        raise UnscorableAnswer(f"the request failed: {interaction.error or 'no reason given'}")
    return interaction


def answered(interaction: Interaction) -> Interaction:
    """Return the interaction.

    :raises UnscorableAnswer: the request failed, or the pipeline abstained.
    """
    if abstained(not_failed(interaction)):
        raise UnscorableAnswer("the pipeline abstained")
    return interaction


def accepted_answers(case: Case) -> Sequence[str]:
    """Return the acceptable answers.

    :raises UnscorableAnswer: there are none.
    """
    if case.must_abstain or not case.answers:
        raise UnscorableAnswer("the case names no acceptable answers")
    return case.answers


def expected_sources(case: Case) -> Sequence[str]:
    """Return the sources that hold the answer.

    :raises UnscorableAnswer: there are none.
    """
    if case.must_abstain or not case.sources:
        raise UnscorableAnswer("the case names no sources")
    return case.sources


def expected_evidence(case: Case) -> Sequence[str]:
    """Return the sentences that must be found.

    :raises UnscorableAnswer: there are none.
    """
    if case.must_abstain or not case.evidence:
        raise UnscorableAnswer("the case names no evidence")
    return case.evidence
