"""What a trace tells of: one question and its answer, or the turns of a conversation.

The question is the user's words and the answer is what the user got: of the topmost step that holds both. Model calls
for titles, guards, judges and rewritten queries are beside it, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.traces.prompts import is_side_prompt, unwrapped
from data.traces.steps import BESIDE, TraceStep, TraceTree

_SIDE_NAME = re.compile(
    r"title|guard|moderat|judge|evaluat|grad(e|er|ing)\b|scor(e|er|ing)\b|rewrit|condens|rephras|reformul|router?\b"
    r"|routing|classif|intent|follow.?up|suggest|hyde|expan(d|sion)|decompos|summari[sz]e.?(chat|conv|hist)|safety|tagg"
    r"|hallucination|faithful|toxic|detect|translate.?query|query.?gen|memory|fact.?check|critique",
    re.IGNORECASE,
)
_TURN_NAME = re.compile(r"\bturn|message\b|exchange|utterance|\bround\b", re.IGNORECASE)
_LOOSE = ("CHAIN", "AGENT", "")
_SHORT = 3
_BACK = 20


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """One question and its answer: the step that speaks, the step that answers, and all steps that belong to it."""

    top: TraceStep
    speaker: TraceStep | None
    model: TraceStep | None
    steps: tuple[TraceStep, ...]

    @property
    def calls(self) -> list[TraceStep]:
        """The model calls that went into the answer, without titles, guards and grades."""
        mine = [step for step in self.steps if step.kind == "LLM"]
        end = self.speaker.end if self.speaker is not None else None
        mine = [step for step in mine if end is None or step.start is None or step.start <= end] or mine
        return [step for step in mine if step is self.model or not _is_beside(step)] or mine

    @property
    def question(self) -> str:
        """The user's words; of a filled-in prompt what it calls the question."""
        if self.speaker is not None and self.speaker.asked:
            return self.speaker.asked
        passages = [context.text or "" for step in self.steps for context in step.documents]
        calls = [step for step in (self.model, *self.steps) if step is not None and step.kind == "LLM" and step.asked]
        bare = (unwrapped(step.asked, passages) for step in calls if not is_side_prompt(step.asked))
        queries = (step.asked for step in self.steps if step.kind == "RETRIEVER")
        others = (step.asked for step in (self.top, *self.steps) if step.kind in _LOOSE)
        whole = (step.asked for step in calls)
        return next((text for texts in (others, bare, queries, whole) for text in texts if text), "")

    @property
    def answer(self) -> str | None:
        """What the user got; "" where it was empty, None where nothing was recorded."""
        if self.speaker is not None and self.speaker.said is not None:
            return self.speaker.said
        if self.model is not None and self.model.said is not None:
            return self.model.said
        loose = [
            s.said for s in self.steps if s.kind in _LOOSE and s.said is not None and not _SIDE_NAME.search(s.name)
        ]
        return loose[-1] if loose else None


def turns_of(tree: TraceTree) -> list[ConversationTurn]:
    """Return the turns of a trace, in order of time; there is at least one."""
    beside = _beside(tree)
    mine = [step for step in tree.steps if step.id not in beside]
    candidates = _speakers(tree, beside)
    if _are_turns(candidates, tree):
        return [_turn(step, step, [s for s in tree.below(step) if s.id not in beside]) for step in candidates]
    parts = _parts(tree, beside) if not candidates else []
    if parts:
        return [_turn(top, None, [s for s in tree.below(top) if s.id not in beside]) for top in parts]
    top = tree.roots[0] if tree.roots else mine[0]
    speaker = _best(candidates, tree, beside) or _half(tree, beside)
    return [_turn(top, speaker, mine or list(tree.steps))]


def _turn(top: TraceStep, speaker: TraceStep | None, steps: Sequence[TraceStep]) -> ConversationTurn:
    return ConversationTurn(top, speaker, _answering(steps, speaker), tuple(steps))


def _beside(tree: TraceTree) -> set[str]:
    found: set[str] = set()
    for top in tree.steps:
        if top.kind in BESIDE and top.id not in found:
            found |= {step.id for step in tree.below(top)}
    return found


def _speakers(tree: TraceTree, beside: set[str]) -> list[TraceStep]:
    """Return the topmost steps that hold question and answer, all of one depth."""
    for level in _levels(tree, beside):
        found = [step for step in level if step.kind in _LOOSE and step.asked and step.said is not None]
        if found:
            return found
    return []


def _levels(tree: TraceTree, beside: set[str]) -> Iterator[list[TraceStep]]:
    """Yield the steps of each depth, from the roots on; each step once, also where parents run in a circle."""
    level, seen = [step for step in tree.roots if step.id not in beside], set(beside)
    while level:
        yield level
        seen |= {step.id for step in level}
        level = [child for step in level for child in tree.children.get(step.id, ()) if child.id not in seen]


def _are_turns(candidates: Sequence[TraceStep], tree: TraceTree) -> bool:
    """Tell whether steps side by side are turns of a conversation, not stages of one answer."""
    if len(candidates) < 2 or len({step.asked for step in candidates}) < 2 or not _one_after_another(candidates):
        return False
    if any(step.id == root.id for step in candidates for root in tree.roots) and len(tree.roots) == len(candidates):
        return len({step.name for step in candidates}) == 1
    same = len({step.name for step in candidates}) == 1
    return same or all(_TURN_NAME.search(step.name) for step in candidates)


def _one_after_another(steps: Sequence[TraceStep]) -> bool:
    pairs = zip(steps, steps[1:], strict=False)
    return all(a.end is None or b.start is None or a.end <= b.start for a, b in pairs)


def _parts(tree: TraceTree, beside: set[str]) -> list[TraceStep]:
    """Return the turns of a conversation whose questions and answers only the model calls hold; [] where it is none."""
    if len(tree.roots) != 1 or tree.roots[0].kind in ("LLM", "RETRIEVER"):
        return []
    parts = [step for step in tree.children.get(tree.roots[0].id, ()) if step.id not in beside]
    parts = [step for step in parts if any(below.kind == "LLM" for below in tree.below(step))]
    named = all(_TURN_NAME.search(step.name) for step in parts) or (
        tree.roots[0].kind == "AGENT" and all(step.kind in ("CHAIN", "AGENT") for step in parts)
    )
    asked = [next((s.asked for s in tree.below(step) if s.kind == "LLM" and s.asked), "") for step in parts]
    same = len({step.name for step in parts}) == 1
    if len(parts) < 2 or not same or not named or len(set(asked)) < 2 or not _one_after_another(parts):
        return []
    return parts


def _best(candidates: Sequence[TraceStep], tree: TraceTree, beside: set[str]) -> TraceStep | None:
    """Return the step that answers the user, of several side by side: not a title's, and the one with most below it."""
    plain = [step for step in candidates if not _is_beside(step)]
    return max(plain or candidates, key=lambda step: len(tree.below(step)), default=None)


def _half(tree: TraceTree, beside: set[str]) -> TraceStep | None:
    """Return the topmost step that holds the question alone: its answer is in a model call."""
    for level in _levels(tree, beside):
        found = [step for step in level if step.kind in _LOOSE and step.asked and not _SIDE_NAME.search(step.name)]
        if found:
            return found[0]
    return None


def _answering(steps: Sequence[TraceStep], speaker: TraceStep | None) -> TraceStep | None:
    """Return the model call whose words the user got."""
    calls = [step for step in steps if step.kind == "LLM"]
    same = [step for step in calls if speaker is not None and speaker.said and step.said == speaker.said]
    if same:
        return same[-1]
    if speaker is not None and speaker.end is not None:
        calls = [step for step in calls if step.start is None or step.start <= speaker.end] or calls
    plain = [step for step in calls if not _is_beside(step)] or calls
    found = [s for s in steps if s.kind in ("RETRIEVER", "RERANKER", "TOOL") and s.start is not None]
    late = [step for step in plain if found and step.start and step.start >= (found[-1].start or step.start)]
    said = [step for step in late or plain if step.said] or [step for step in plain if step.said]
    said = [step for place, step in enumerate(said) if not _looks_back(step, said[max(place - _BACK, 0) : place])]
    return said[-1] if said else (late or plain)[-1] if plain else None


def _is_beside(step: TraceStep) -> bool:
    return bool(_SIDE_NAME.search(step.name)) or is_side_prompt(step.asked)


def _looks_back(step: TraceStep, before: Sequence[TraceStep]) -> bool:
    """Tell whether a model call reads an answer given before and says little of its own: a title, a grade."""
    said = step.said or ""
    return any(
        len(earlier.said or "") > len(said)
        and len((earlier.said or "").split()) > _SHORT
        and (earlier.said or "") in step.asked
        and len(said) * 2 < len(earlier.said or "")
        for earlier in before
    )
