"""Which judged metrics exist, what each needs to see, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data.records import Interaction
from eval.errors import JudgeError, UnscorableAnswer
from eval.quality import with_answer
from eval.run import JudgeInput


@dataclass(frozen=True, slots=True)
class JudgedMetric:
    """A metric of ragas; `needs` are its arguments, `calls` the chat requests for an answer with so many contexts."""

    name: str
    ragas_class: str
    needs: tuple[str, ...]
    calls: Callable[[int], int]
    embeds: bool = False


_ALL = (
    JudgedMetric("faithfulness", "Faithfulness", ("user_input", "response", "retrieved_contexts"), lambda n: 2),
    JudgedMetric("answer_relevancy", "AnswerRelevancy", ("user_input", "response"), lambda n: 3, embeds=True),
    JudgedMetric(
        "context_precision",
        "ContextPrecisionWithoutReference",
        ("user_input", "response", "retrieved_contexts"),
        lambda n: n,
    ),
    JudgedMetric("context_recall", "ContextRecall", ("user_input", "retrieved_contexts", "reference"), lambda n: 1),
    JudgedMetric("factual_correctness", "FactualCorrectness", ("response", "reference"), lambda n: 4),
)
JUDGED = {metric.name: metric for metric in _ALL}
"""All judged metrics by name; adding one is adding a line."""


def judge_input(interaction: Interaction, reference: str = "", *, name: str = "") -> JudgeInput:
    """Return what a judge needs of an interaction, under its own id or `name`.

    :raises UnscorableAnswer: it failed or abstained.
    """
    answered = with_answer(interaction)
    texts = tuple(context.text for context in answered.contexts if context.text)
    return JudgeInput(name or answered.id, answered.question, answered.answer or "", texts, reference)


def judged_metric(name: str) -> JudgedMetric:
    """Return a judged metric by name.

    :raises JudgeError: there is none of that name.
    """
    if name not in JUDGED:
        raise JudgeError(f"There is no judged metric {name!r}: choose from {', '.join(JUDGED)}.")
    return JUDGED[name]


def arguments(metric: JudgedMetric, sample: JudgeInput) -> dict[str, Any]:
    """Return the arguments ragas wants.

    :raises UnscorableAnswer: the sample lacks what the metric needs.
    """
    known: dict[str, Any] = {
        "user_input": sample.question,
        "response": sample.answer,
        "retrieved_contexts": list(sample.contexts),
        "reference": sample.reference,
    }
    for name in metric.needs:
        if not known[name]:
            raise UnscorableAnswer(f"{metric.name} needs {name.replace('_', ' ')}, and there is none")
    return {name: known[name] for name in metric.needs}
