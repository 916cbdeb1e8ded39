"""What retrieval is measured by: are the expected sources and sentences among the contexts, how high, in how much text.

Recall alone cannot see contexts that grow: what stands in small passages stands in large ones. The metrics
`evidence_focus` and `evidence_iou` see them: token-wise precision, and intersection over union. They are those of
chunking evaluations (Smith and Troynikov, Evaluating Chunking Strategies for Retrieval, Chroma technical report, 2024).
"""

from __future__ import annotations

from math import log2

from data.cases import Case
from data.records import Context, Interaction
from eval.errors import UnscorableAnswer
from eval.metrics.inputs import expected_evidence, expected_sources, not_failed
from eval.metrics.matching import same_source, token_recall, tokens

EVIDENCE_SHARE = 0.9
"""An evidence sentence counts as found when this share of its words stands in one passage."""


def source_recall(case: Case, interaction: Interaction) -> float:
    """Return the share of expected sources among the retrieved contexts."""
    ranks = _first_ranks(case, interaction)
    return sum(rank is not None for rank in ranks) / len(ranks)


def source_mrr(case: Case, interaction: Interaction) -> float:
    """Return 1 / rank of the first context from an expected source; 0 when there is none."""
    found = [rank for rank in _first_ranks(case, interaction) if rank is not None]
    return 1 / min(found) if found else 0.0


def source_ndcg(case: Case, interaction: Interaction) -> float:
    """Return nDCG: each expected source gains ``1 / log2(rank + 1)`` once, at its first context.

    The ideal is one context for each. Near duplicates may stand for several at once, and gain no more than that.
    """
    ranks = _first_ranks(case, interaction)
    ideal = sum(1 / log2(place + 2) for place in range(len(ranks)))
    return min(1.0, sum(1 / log2(rank + 1) for rank in ranks if rank is not None) / ideal)


def evidence_recall(case: Case, interaction: Interaction) -> float:
    """Return the share of evidence sentences found in the text of one retrieved context."""
    ranks = _evidence_ranks(case, interaction)
    return sum(rank is not None for rank in ranks) / len(ranks)


def evidence_mrr(case: Case, interaction: Interaction) -> float:
    """Return 1 / rank of the first context that holds an evidence sentence; 0 when there is none."""
    found = [rank for rank in _evidence_ranks(case, interaction) if rank is not None]
    return 1 / min(found) if found else 0.0


def evidence_ndcg(case: Case, interaction: Interaction) -> float:
    """Return nDCG against spans: each evidence sentence gains ``1 / log2(rank + 1)`` at the first context with it.

    Sentences may share a context, so the ideal is all of them in the first one.
    """
    ranks = _evidence_ranks(case, interaction)
    return sum(1 / log2(rank + 1) for rank in ranks if rank is not None) / len(ranks)


def evidence_focus(case: Case, interaction: Interaction) -> float:
    """Return the share of evidence in the text that had to be retrieved for it, by words; 0 when none was found.

    Words of the evidence that was found over words of the contexts that hold it, each at its first: the precision_Ω of
    chunking evaluations (Smith and Troynikov 2024) over the contexts that were retrieved. It falls when passages grow,
    and not when more or fewer of them are retrieved, which is what recall and `evidence_iou` see. Passages cut so small
    that they no longer hold the evidence gain nothing: what is not found does not count.
    """
    contexts, evidence = not_failed(interaction).contexts, expected_evidence(case)
    ranks = _evidence_ranks(case, interaction)
    found = sum(len(tokens(text)) for text, rank in zip(evidence, ranks, strict=True) if rank is not None)
    read = sum(_length(contexts[rank - 1]) for rank in {rank for rank in ranks if rank is not None})
    return min(1.0, found / read) if read else 0.0


def evidence_iou(case: Case, interaction: Interaction) -> float:
    """Return the words of evidence found over the words of evidence and of all contexts (Smith and Troynikov 2024).

    The intersection over union of what should and what was retrieved; it falls when passages grow, when more are
    retrieved than are needed, and when evidence is missed. Text retrieved twice counts twice.
    """
    evidence, ranks = expected_evidence(case), _evidence_ranks(case, interaction)
    lengths = [len(tokens(text)) for text in evidence]
    found = sum(length for length, rank in zip(lengths, ranks, strict=True) if rank is not None)
    union = sum(lengths) + sum(map(_length, interaction.contexts)) - found
    return min(1.0, found / union) if union else 0.0


def context_words(case: Case, interaction: Interaction) -> float:
    """Return how many words the contexts hold together: what a model has to read for the answer."""
    return float(sum(map(_length, not_failed(interaction).contexts)))


def stands_in(sentence: str, text: str) -> bool:
    """Say whether a text holds a sentence, in other order or with a word lost."""
    return token_recall(text, sentence) >= EVIDENCE_SHARE


def _first_ranks(case: Case, interaction: Interaction) -> list[int | None]:
    """Return for each expected source the rank, from 1, of its first context; a near-duplicate stands for all."""
    sources, contexts = expected_sources(case), not_failed(interaction).contexts
    return [
        next((rank for rank, item in enumerate(contexts, start=1) if _holds(item, source)), None) for source in sources
    ]


def _evidence_ranks(case: Case, interaction: Interaction) -> list[int | None]:
    """Return for each evidence sentence the rank, from 1, of the first context that holds it."""
    texts = [context.text for context in not_failed(interaction).contexts]
    if not any(texts):
        raise UnscorableAnswer("the contexts carry no text")
    return [
        next((rank for rank, text in enumerate(texts, start=1) if text and stands_in(sentence, text)), None)
        for sentence in expected_evidence(case)
    ]


def _holds(context: Context, source: str) -> bool:
    return any(same_source(path, source) for path in context.sources)


def _length(context: Context) -> int:
    return len(tokens(context.text or ""))
