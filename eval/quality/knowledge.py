"""What the answers of a log teach about each other: templates, refusals in own words, habits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from eval.quality.form import Habits, cites, learn_habits
from eval.quality.refusal import LearnedRefusals, learn_refusals, refuses
from eval.quality.templates import Templates, find_templates
from eval.quality.wrappers import unwrap


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One answer as the log has it; `cited` counts the citations recorded beside its text."""

    question: str
    answer: str
    passages: tuple[str, ...]
    finish_reason: str = ""
    cited: int = 0
    abstained: bool = False


@dataclass(frozen=True, slots=True)
class LogKnowledge:
    """What was learned from the answers of one log."""

    templates: Templates = field(default_factory=Templates)
    refusals: LearnedRefusals = field(default_factory=LearnedRefusals)
    habits: Habits = field(default_factory=Habits)


def learn(before: Sequence[AnswerRecord], window: Sequence[AnswerRecord] = ()) -> LogKnowledge:
    """Learn habits from earlier answers, so that a window cannot excuse its own faults, and dress from the window.

    Refusals come from both. Whether short answers are usual is a matter of style, and so of the window. Without a
    window the earlier answers are one.
    """
    now = window or before
    both = [(item.question, item.answer, item.passages) for item in (*before, *window)]
    refusals = learn_refusals(both, [item.answer for item in (*before, *window) if item.abstained])
    habits = _habits(before, refusals)
    if window:
        habits = replace(habits, terse=_habits(window, refusals).terse)
    return LogKnowledge(find_templates([(item.question, item.answer, item.passages) for item in now]), refusals, habits)


def _habits(items: Sequence[AnswerRecord], refusals: LearnedRefusals) -> Habits:
    answers = []
    for item in items:
        bare = unwrap(item.question, item.answer, item.passages).text
        if not item.abstained and not refuses(item.question, bare, refusals):
            answers.append((bare, item.passages, item.cited + cites(item.answer)))
    return learn_habits(answers)
