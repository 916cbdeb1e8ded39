"""What speaks for prompt or model as the cause: nothing is laid to them because nothing else was seen to move."""

from __future__ import annotations

import numpy as np

from data.records import THUMBS
from drift.causes.evidence import CauseEvidence, change_sentence
from drift.causes.same_passages import fell_on_same_passages
from drift.quality import fired_sentence
from drift.results import Cause, Finding, QualityDimension
from drift.settings import DriftSettings
from drift.signals import cut_off, flagged_cut, stops_inside
from drift.stats import difference

_WORSE_SIGN = {"novel words": 1.0, "unsupported citations": 1.0, "citations": -1.0}
_OF_PASSAGES = tuple(_WORSE_SIGN)
_GROUNDED = ("groundedness", "faithfulness")
_SUPPORT = ("citations", "numbers")
_DIMENSIONS = {
    "relevance": "Answers address their questions less",
    "facts": "Answers keep names, figures and negations of their passages less",
    "form": "Answers are less whole and well formed",
}
_CLEARLY = 0.25
"""From this share of answers without an end on that stop inside a word or sentence, they were cut; else it is style."""
_SURE = 0.05
"""That something moved is known already: here it is only asked what."""


def generation_causes(
    evidence: CauseEvidence, settings: DriftSettings, asked_again: str, *, other_documents: bool = False
) -> tuple[Cause, ...]:
    """Name what changed on the side of prompt and model, each with share None; empty where nothing shows that it did.

    `asked_again` says that answers to the same questions with the same passages got worse, if they did. With
    `other_documents` only what answers to the same passages show counts: others are reason enough for other answers.
    """
    found = _changed(evidence)
    if not found and (cause := _truncation(evidence) or _swapped(evidence, settings)):
        found = (cause,)
    seen = fell_on_same_passages if other_documents else _answers_worse
    if not found and (sentence := asked_again or seen(evidence)):
        found = (Cause("generation", None, f"{_fingerprint_sentence(evidence)} {sentence}"),)
    return found


def _changed(evidence: CauseEvidence) -> tuple[Cause, ...]:
    fields = {change.field: change for change in evidence.changes}
    model = fields.get("chat_model") or fields.get("system_fingerprint") or fields.get("model_details")
    prompt = fields.get("prompt_version")
    note = " Model and prompt changed together; `drift explain` can tell them apart." if model and prompt else ""
    answers = " ".join(["", *_moved_answers(evidence)[:2]])
    found = []
    if model is not None:
        found.append(Cause("model_change", None, change_sentence(model) + answers + note))
    if prompt is not None:
        found.append(Cause("prompt_change", None, change_sentence(prompt) + answers + note))
    return tuple(found)


def _truncation(evidence: CauseEvidence) -> Cause | None:
    cut = next((f for f in evidence.findings if f.signal == "cut off" and f.drifted and f.effect > 0), None)
    if cut is None:
        return None
    stopped = [item for item in evidence.current.items if cut_off(item) == 1.0]
    flagged, inside = sum(map(flagged_cut, stopped)), sum(map(stops_inside, stopped))
    if flagged:
        seen = f"The log says so of {flagged} of {len(stopped)}."
    elif inside >= _CLEARLY * len(stopped) and _explains_drop(cut, evidence):
        seen = f"{inside} of {len(stopped)} stop inside a word or sentence, not only without a closing mark."
    else:
        return None
    return Cause("truncation", None, f"Answers are cut off more often. {seen} {cut.sentence}")


def _explains_drop(cut: Finding, evidence: CauseEvidence) -> bool:
    # A cut answer can lose at most its whole score, so a rise by 3 points cannot be behind a drop by 9.
    return (cut.current or 0.0) - (cut.reference or 0.0) >= -evidence.drop


def _swapped(evidence: CauseEvidence, settings: DriftSettings) -> Cause | None:
    # Nothing in the fingerprint says so: ask the canaries, or any prompts that both windows share to the letter.
    for test in evidence.swaps:
        if test.p_value <= settings.alpha:
            sentence = (
                f"The same {test.prompts} prompts with the same passages and prompt version get other answers "
                f"(permutation within prompt, p = {test.p_value:.2g}; "
                f"{test.identical_share:.0%} have an identical answer): another model answers behind the same name."
            )
            return Cause("model_change", None, sentence)
    return None


def _answers_worse(evidence: CauseEvidence) -> str:
    """Say how answers show by themselves that they are made differently; "" where other inputs may be behind it.

    Without passages in the log nothing can be said. Where other questions are asked, or weaker passages are found,
    answers differ in length, wording and outcome without any change of the generator. A score that asks whether
    answers keep to their passages falls by the generator's doing only if the passages are no weaker.
    """
    if not evidence.has_passages:
        return ""
    if evidence.weaker_passages:
        return ""
    sentences = [_fallen_sentence(evidence), _fit_sentence(evidence), fell_on_same_passages(evidence)]
    if not evidence.other_questions:
        sentences += _moved_answers(evidence)
    return " ".join([sentence for sentence in sentences if sentence][:2])


def _fallen_sentence(evidence: CauseEvidence) -> str:
    """Say which dimension of the answers fell, relevance first; the passages are known to be no weaker."""
    dimensions = evidence.judged.plane.dimensions
    fell = [name for name in _DIMENSIONS if name in dimensions and _is_lower(dimensions[name])]
    if not fell:
        return ""
    found = dimensions[fell[0]]
    return (
        f"{_DIMENSIONS[fell[0]]} ({fell[0]} {found.reference:.3f} to {found.current:.3f}), while the passages fit the "
        "questions no worse."
    )


def _is_lower(found: QualityDimension) -> bool:
    return found.delta < 0 and found.p_value <= _SURE / len(_DIMENSIONS)


def _fit_sentence(evidence: CauseEvidence) -> str:
    fired = [test for test in evidence.judged.plane.tests if test.fired and test.name in _SUPPORT]
    if fired:
        return f"{fired_sentence(fired)} The passages fit the questions no worse."
    measure = evidence.judged.speaking.helper or evidence.judged.speaking.main
    if measure is None or measure.metric not in _GROUNDED:
        return ""
    before, after = (np.array(list(values.values())) for values in (measure.reference, measure.current))
    if min(before.size, after.size) < 2 or np.ptp(np.r_[before, after]) == 0:
        return ""
    if difference(before, after, 1 - _SURE).p_drop > _SURE:
        return ""
    return (
        f"Answers keep to their passages less ({measure.metric} {before.mean():.3f} to {after.mean():.3f}), "
        "while the passages fit the questions no worse."
    )


def _fingerprint_sentence(evidence: CauseEvidence) -> str:
    names = {item.fingerprint.chat_model for item in evidence.current.items}
    if names == {""}:
        return "Model and prompt version are not logged."
    return "Model and prompt version stayed the same as far as they are logged."


def _moved_answers(evidence: CauseEvidence, but: tuple[str, ...] = ()) -> list[str]:
    mine = [f for f in evidence.findings if f.plane == "answer" and f.signal not in (THUMBS, *but)]
    return [finding.sentence for finding in mine if finding.drifted and not _better(finding)]


def _better(finding: Finding) -> bool:
    # Answers that keep closer to their passages did not get worse by it.
    return finding.effect * _WORSE_SIGN.get(finding.signal, 0.0) < 0
