"""Why quality moved: question mix, retrieval or generation, and which part of the system changed with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.records import THUMBS
from drift.causes.documents import replaced_passages
from drift.causes.evidence import CauseEvidence, change_sentence
from drift.causes.generation import generation_causes
from drift.causes.retrieval import RetrievalShare, retrieval_share
from drift.results import Cause
from drift.settings import DriftSettings
from drift.vocabulary import CauseName

_MOVED = 0.1
_SMALL_SHARE = 0.2
"""A part of the change smaller than this is not named as a cause."""


def name_causes(evidence: CauseEvidence, settings: DriftSettings) -> tuple[Cause, ...]:
    """Name what moved quality, largest share first; a steady system without a change of mix has no cause to name."""
    causes = [cause for cause in (_ops(evidence), _judge(evidence), _mix(evidence)) if cause]
    if evidence.judged.plane.status == "drifted":
        causes += _system(evidence, settings, 1.0 - sum(cause.share or 0.0 for cause in causes))
    return tuple(sorted(causes, key=lambda cause: -(cause.share if cause.share is not None else -1.0)))


def _ops(evidence: CauseEvidence) -> Cause | None:
    return Cause("ops", None, evidence.ops.reason) if evidence.ops.status == "red" else None


def _judge(evidence: CauseEvidence) -> Cause | None:
    shift = evidence.judged.judge_shift
    if shift is None:
        return None
    sentence = (
        f"The scorer changed, not the system: answers that are the same to the letter score {shift.delta:+.3f} "
        f"({shift.low:+.3f} to {shift.high:+.3f}) compared with before; this was taken off."
    )
    return Cause("judge_drift", None, sentence)


def _mix(evidence: CauseEvidence) -> Cause | None:
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


def _other_questions(evidence: CauseEvidence) -> Cause | None:
    moved = evidence.current.moved
    if moved < _MOVED:
        return None
    sentence = (
        f"Other questions are asked: a classifier tells up to {moved:.0%} of them from those before. Topics do not "
        "show what that costs, so a drop of the size it may bring is not counted as one."
    )
    return Cause("mix_shift", None, sentence)


def _system(evidence: CauseEvidence, settings: DriftSettings, left: float) -> list[Cause]:
    """Lay what is left of the change to retrieval, to prompt or model, or to both: each needs evidence of its own.

    That the other side did not move is no evidence: where neither shows anything, the cause is unknown.
    """
    retrieval = _retrieval_share(evidence)
    change, replaced = _index_sentence(evidence), replaced_passages(evidence.reference.items, evidence.current.items)
    documents = " ".join(filter(None, (change, replaced.sentence if replaced else "")))
    generation = generation_causes(evidence, settings, retrieval.generation, other_documents=bool(documents))
    weaker = evidence.weaker_passages
    share = retrieval.share if weaker or retrieval.proven else 0.0
    if weaker and not generation:
        share = 1.0
    sentences = (documents, retrieval.evidence, *(finding.sentence for finding in weaker[:2]))
    name = "corpus_change" if replaced else _retrieval_name(evidence)
    cause = Cause(name, share * left, " ".join(filter(None, sentences)))
    if share < _SMALL_SHARE and (weaker or documents):
        # It came with the drop; how much of the drop came with it, the signals do not say.
        tail = "" if weaker else " No signal of retrieval that was logged fell."
        cause = replace(cause, evidence=cause.evidence + tail)
        if documents and generation and all(found.cause == "generation" for found in generation):
            # Answers to the same passages got worse, too; yet the documents are what is known to have changed.
            return _shared((cause, *generation), left)
        return [replace(cause, share=None if generation else left), *_shared(generation, left)]
    causes = [cause] if share >= _SMALL_SHARE else []
    if share <= 1 - _SMALL_SHARE:
        causes += _shared(generation or (_unknown(evidence),), (1 - share) * left)
    return causes


def _shared(causes: Sequence[Cause], share: float) -> list[Cause]:
    return [replace(cause, share=share / len(causes)) for cause in causes]


def _retrieval_share(evidence: CauseEvidence) -> RetrievalShare:
    return retrieval_share(
        evidence.reference.items,
        evidence.current.items,
        evidence.values_reference,
        evidence.values_current,
        evidence.drop,
    )


def _retrieval_name(evidence: CauseEvidence) -> CauseName:
    fields = {change.field for change in evidence.changes}
    if not fields & {"index_generation", "embedder"}:
        return "retrieval"
    return "corpus_change" if _texts_changed(evidence) else "index_change"


def _index_sentence(evidence: CauseEvidence) -> str:
    fields = {change.field: change for change in evidence.changes}
    found = next((fields[name] for name in ("index_generation", "embedder", "retrieval") if name in fields), None)
    return change_sentence(found) if found else ""


def _unknown(evidence: CauseEvidence) -> Cause:
    if evidence.has_passages:
        sentence = (
            "Quality fell, and both retrieval and generation remain possible: passages fit the questions no worse as "
            "far as signals see, but whether they hold the answers is not known, and nothing shows that prompt or "
            "model changed. Ask canaries in both periods (`drift probe`): the same questions with the same passages "
            "tell whether the model changed; or replay questions with `drift explain`."
        )
    else:
        sentence = (
            "Quality fell, and both retrieval and generation remain possible: no passages were logged to tell. Log the "
            "passages (contexts) of each answer, and model, prompt version and index generation (fingerprint)."
        )
    answers = [f.sentence for f in evidence.findings if f.plane == "answer" and f.drifted and f.signal != THUMBS]
    return Cause("unknown", None, " ".join([sentence, *answers[:2]]))


def _texts_changed(evidence: CauseEvidence) -> bool:
    """Say whether documents known to both windows were retrieved with texts that the reference never saw."""
    seen: dict[str, set[str]] = {}
    for item in evidence.reference.items:
        for context in item.contexts:
            seen.setdefault(context.source, set()).add(context.text_hash or context.id)
    shared = [context for item in evidence.current.items for context in item.contexts if context.source in seen]
    fresh = sum((context.text_hash or context.id) not in seen[context.source] for context in shared)
    unseen = sum(context.source not in seen for item in evidence.current.items for context in item.contexts)
    return bool(shared) and (fresh > 0.2 * len(shared) or unseen > 0.2 * (len(shared) + unseen))
