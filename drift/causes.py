"""Why quality moved: question mix, retrieval or generation, and which part of the system changed with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.labels import THUMBS
from drift.cutting import at_a_limit, flagged_cut
from drift.decompose import Split
from drift.quality import JudgedQuality
from drift.report import Cause, CauseName, Finding, FingerprintChange, OpsPlane
from drift.retrieval_share import RetrievalShare, retrieval_share
from drift.scoring import Side
from drift.settings import DriftSettings
from drift.signals import cut_off
from drift.swap import swap_test

_WORSE_WHEN_LOWER = ("top score", "score margin", "question coverage", "passages")
_OF_PASSAGES = ("novel words", "unsupported citations", "citations")
_CLEAR = 0.2
_MOVED = 0.1
_SMALL_SHARE = 0.2
"""A part of the change smaller than this is not named as a cause."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that bears on the cause. `values_*` map ids to the quality score that speaks or its helper."""

    reference: Side
    current: Side
    values_reference: Mapping[str, float]
    values_current: Mapping[str, float]
    judged: JudgedQuality
    ops: OpsPlane
    split: Split | None
    findings: tuple[Finding, ...]
    changes: tuple[FingerprintChange, ...]


def name_causes(evidence: Evidence, settings: DriftSettings) -> tuple[Cause, ...]:
    """Name what moved quality, largest share first; a steady system without a change of mix has no cause to name."""
    causes = [cause for cause in (_ops(evidence), _judge(evidence), _mix(evidence)) if cause]
    if evidence.judged.plane.status == "drifted":
        causes += _system(evidence, settings, 1.0 - sum(cause.share or 0.0 for cause in causes))
    return tuple(sorted(causes, key=lambda cause: -(cause.share if cause.share is not None else -1.0)))


def _ops(evidence: Evidence) -> Cause | None:
    return Cause("ops", None, evidence.ops.reason) if evidence.ops.status == "red" else None


def _judge(evidence: Evidence) -> Cause | None:
    shift = evidence.judged.judge_shift
    if shift is None:
        return None
    sentence = (
        f"The scorer changed, not the system: answers that are the same to the letter score {shift.delta:+.3f} "
        f"({shift.low:+.3f} to {shift.high:+.3f}) compared with before; this was taken off."
    )
    return Cause("judge_drift", None, sentence)


def _mix(evidence: Evidence) -> Cause | None:
    split = evidence.split
    moved = any(finding.plane == "query" and finding.drifted for finding in evidence.findings)
    if split is None or not moved or split.mix > -0.01 or split.mix > -2.0 * split.se_mix:
        return _other_questions(evidence)
    share = float(np.clip(split.mix / min(split.delta, split.mix), 0.0, 1.0))
    query = next(finding for finding in evidence.findings if finding.plane == "query" and finding.drifted)
    sentence = (
        f"Other questions are asked: the mix of topics alone moves quality by {split.mix:+.3f} of {split.delta:+.3f} "
        f"(within topics {split.within:+.3f}). {query.sentence}"
    )
    return Cause("mix_shift", share, sentence)


def _other_questions(evidence: Evidence) -> Cause | None:
    moved = evidence.current.moved
    if moved < _MOVED:
        return None
    sentence = (
        f"Other questions are asked: a classifier tells up to {moved:.0%} of them from those before. Topics do not "
        "show what that costs, so a drop of the size it may bring is not counted as one."
    )
    return Cause("mix_shift", None, sentence)


def _system(evidence: Evidence, settings: DriftSettings, left: float) -> list[Cause]:
    retrieval = retrieval_share(
        evidence.reference.items,
        evidence.current.items,
        evidence.values_reference,
        evidence.values_current,
        evidence.judged.plane.within.delta if evidence.judged.plane.within else 0.0,
    )
    worse = [f for f in evidence.findings if f.signal in _WORSE_WHEN_LOWER and _fell(f)]
    generation = _generation_causes(evidence, settings, bool(worse))
    share = retrieval.share if worse or retrieval.exact else 0.0
    if worse and generation is None:
        share = 1.0
    causes = []
    if share >= _SMALL_SHARE:
        causes.append(_retrieval_cause(evidence, retrieval, worse, share * left))
    if share <= 1 - _SMALL_SHARE:
        rest = generation or (_unexplained(evidence),)
        causes += [replace(cause, share=(1 - share) * left / len(rest)) for cause in rest]
    return causes


def _fell(finding: Finding) -> bool:
    # That something moved is known already: one-sided 5 % over the four signals, without the report's other signals.
    return finding.effect <= -_CLEAR and (finding.drifted or finding.p_value <= 2 * 0.05 / len(_WORSE_WHEN_LOWER))


def _retrieval_cause(evidence: Evidence, retrieval: RetrievalShare, moved: Sequence[Finding], share: float) -> Cause:
    sentences = [retrieval.evidence, *(finding.sentence for finding in moved[:2])]
    fields = {change.field: change for change in evidence.changes}
    name: CauseName = "retrieval"
    if (index := fields.get("index_generation")) or (index := fields.get("embedder")):
        name = "corpus_change" if _texts_changed(evidence) else "index_change"
        sentences.append(_change_sentence(index))
    elif settings_change := fields.get("retrieval"):
        sentences.append(_change_sentence(settings_change))
    return Cause(name, share, " ".join(sentence for sentence in sentences if sentence))


def _generation_causes(evidence: Evidence, settings: DriftSettings, retrieval_worse: bool) -> tuple[Cause, ...] | None:
    """Name what changed on the side of prompt and model, each with share None; None where nothing did.

    Where retrieval got worse, answers that fit their passages less say nothing of the model.
    """
    fields = {change.field: change for change in evidence.changes}
    model = fields.get("chat_model") or fields.get("system_fingerprint") or fields.get("model_details")
    prompt = fields.get("prompt_version")
    note = " Model and prompt changed together; `drift explain` can tell them apart." if model and prompt else ""
    found: list[Cause] = []
    if model is not None:
        found.append(Cause("model_change", None, _change_sentence(model) + _answers_sentence(evidence) + note))
    if prompt is not None:
        found.append(Cause("prompt_change", None, _change_sentence(prompt) + _answers_sentence(evidence) + note))
    if not found and (cause := _truncation(evidence) or _swapped(evidence, settings)):
        found.append(cause)
    if not found and (answers := _answers_sentence(evidence, _OF_PASSAGES if retrieval_worse else ())):
        found.append(Cause("generation", None, f"The fingerprint stayed the same, but answers are different.{answers}"))
    return tuple(found) or None


def _truncation(evidence: Evidence) -> Cause | None:
    cut = next((f for f in evidence.findings if f.signal == "cut off" and f.drifted and f.effect > 0), None)
    if cut is None:
        return None
    stopped = [item for item in evidence.current.items if cut_off(item) == 1.0]
    if not at_a_limit(stopped) or not (any(map(flagged_cut, stopped)) or _explains_drop(cut, evidence)):
        return None
    return Cause("truncation", None, f"Answers are cut off more often. {cut.sentence}")


def _explains_drop(cut: Finding, evidence: Evidence) -> bool:
    # A cut answer can lose at most its whole score, so a rise by 3 points cannot be behind a drop by 9.
    within = evidence.judged.plane.within
    rise = (cut.current or 0.0) - (cut.reference or 0.0)
    return within is None or rise >= -within.delta


def _swapped(evidence: Evidence, settings: DriftSettings) -> Cause | None:
    # Nothing in the fingerprint says so: ask the canaries, or any prompts that both windows share to the letter. For
    # users' prompts the passages must be known, as other passages would be reason enough for other answers.
    known = [[item for item in side.items if item.contexts] for side in (evidence.reference, evidence.current)]
    probes = (evidence.reference.window.canaries, evidence.current.window.canaries)
    for left, right in (probes, known):
        test = swap_test(left, right, settings.permutations, settings.seed)
        if test is not None and test.p_value <= settings.alpha:
            sentence = (
                f"The same {test.prompts} prompts with the same passages and prompt version get other answers "
                f"(permutation within prompt, p = {test.p_value:.2g}; "
                f"{test.identical_share:.0%} have an identical answer): another model answers behind the same name."
            )
            return Cause("model_change", None, sentence)
    return None


def _unexplained(evidence: Evidence) -> Cause:
    if any(finding.plane == "retrieval" for finding in evidence.findings):
        return Cause("generation", None, "Answers got worse while neither retrieval nor the fingerprint moved.")
    return Cause("unknown", None, "Quality fell, and nothing that was logged moved with it: log passages and canaries.")


def _texts_changed(evidence: Evidence) -> bool:
    """Say whether documents known to both windows were retrieved with texts that the reference never saw."""
    seen: dict[str, set[str]] = {}
    for item in evidence.reference.items:
        for context in item.contexts:
            seen.setdefault(context.source, set()).add(context.text_hash or context.id)
    shared = [context for item in evidence.current.items for context in item.contexts if context.source in seen]
    fresh = sum((context.text_hash or context.id) not in seen[context.source] for context in shared)
    unseen = sum(context.source not in seen for item in evidence.current.items for context in item.contexts)
    return bool(shared) and (fresh > 0.2 * len(shared) or unseen > 0.2 * (len(shared) + unseen))


def _change_sentence(change: FingerprintChange) -> str:
    field = change.field.replace("_", " ")
    return f"The {field} changed from {change.before!r} to {change.after!r}, first seen {change.at:%Y-%m-%d %H:%M}."


def _answers_sentence(evidence: Evidence, but: tuple[str, ...] = ()) -> str:
    mine = [f for f in evidence.findings if f.plane == "answer" and f.signal not in (THUMBS, *but)]
    found = [finding.sentence for finding in mine if finding.drifted]
    return " " + " ".join(found[:2]) if found else ""
