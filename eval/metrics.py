"""What is measured on a golden case: each metric is a plain function of the case and the interaction it led to.

A metric returns a number, in [0, 1] and higher for better unless its `Metric` says otherwise, or raises `Unscorable`
with the reason it has none: an unanswerable case has no retrieval recall, a failed request no answer match.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2

from data.cases import Case
from data.records import ABSTENTION, Citation, Context, Interaction
from eval.errors import Unscorable
from eval.matching import contains, same_source, token_f1, token_recall, tokens
from eval.text import numbers

Measure = Callable[[Case, Interaction], float]
EVIDENCE_SHARE = 0.9
"""An evidence sentence counts as found when this share of its words stands in one passage."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A named measure; `share` metrics lie in [0, 1] and are higher for better, others are costs in `unit`."""

    name: str
    measure: Measure
    version: str = "1"
    unit: str = "share"

    @property
    def is_share(self) -> bool:
        """Whether the metric lies in [0, 1], higher for better, and may be gated."""
        return self.unit == "share"


def completed(case: Case, interaction: Interaction) -> float:
    """Return 1 unless the request failed: failures are a metric of their own, and leave the others unscored."""
    return float(interaction.outcome != "failed")


def answer_match(case: Case, interaction: Interaction) -> float:
    """Return 1 if the answer holds an acceptable answer word for word, numbers by value; 0 when it abstained."""
    accepted = _accepted_answers(case, interaction)
    return float(any(contains(_text(interaction), answer) for answer in accepted))


def answer_f1(case: Case, interaction: Interaction) -> float:
    """Return the best word F1 against an acceptable answer; long answers to short references score low by design."""
    accepted = _accepted_answers(case, interaction)
    return max(token_f1(_text(interaction), answer) for answer in accepted)


def answer_recall(case: Case, interaction: Interaction) -> float:
    """Return the best share of an acceptable answer's words that the answer holds."""
    accepted = _accepted_answers(case, interaction)
    return max(token_recall(_text(interaction), answer) for answer in accepted)


def answer_exact(case: Case, interaction: Interaction) -> float:
    """Return 1 if the answer is an acceptable answer and nothing else, but for articles, case and marks."""
    accepted = _accepted_answers(case, interaction)
    return float(any(tokens(_text(interaction)) == tokens(answer) for answer in accepted))


def answer_numbers(case: Case, interaction: Interaction) -> float:
    """Return the best share of the numbers of an acceptable answer that the answer holds, by value."""
    wanted = [found for answer in _accepted_answers(case, interaction) if (found := numbers(answer))]
    if not wanted:
        raise Unscorable("no acceptable answer holds a number")
    written = numbers(_text(interaction))
    return max(len(found & written) / len(found) for found in wanted)


def rightly_answered(case: Case, interaction: Interaction) -> float:
    """Return 1 if an answerable case was answered, 0 if the pipeline abstained."""
    if case.must_abstain:
        raise Unscorable("the case must abstain")
    return float(not _abstained(_not_failed(interaction)))


def rightly_abstained(case: Case, interaction: Interaction) -> float:
    """Return 1 if the pipeline abstained on a case that must abstain, 0 if it answered."""
    if not case.must_abstain:
        raise Unscorable("the case is answerable")
    return float(_abstained(_not_failed(interaction)))


def source_recall(case: Case, interaction: Interaction) -> float:
    """Return the share of expected sources among the retrieved contexts."""
    ranks = _first_ranks(case, interaction)
    return sum(rank is not None for rank in ranks) / len(ranks)


def source_mrr(case: Case, interaction: Interaction) -> float:
    """Return 1 / rank of the first context from an expected source; 0 when there is none."""
    found = [rank for rank in _first_ranks(case, interaction) if rank is not None]
    return 1 / min(found) if found else 0.0


def source_ndcg(case: Case, interaction: Interaction) -> float:
    """Return nDCG: each expected source gains ``1 / log2(rank + 1)`` once, at its first context."""
    ranks = _first_ranks(case, interaction)
    ideal = sum(1 / log2(place + 2) for place in range(len(ranks)))
    return sum(1 / log2(rank + 1) for rank in ranks if rank is not None) / ideal


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


def citation_precision(case: Case, interaction: Interaction) -> float:
    """Return the share of citations to an expected source, and to the expected page where the case names one."""
    sources = _sources(case)
    citations = _citations(interaction)
    right = [
        any(same_source(citation.source, source) for source in sources) and case.page in (None, citation.page)
        for citation in citations
    ]
    return sum(right) / len(right)


def citation_recall(case: Case, interaction: Interaction) -> float:
    """Return the share of expected sources that are cited; an answer without citations scores 0."""
    sources = _sources(case)
    cited = [citation.source for citation in _answered(interaction).citations]
    return sum(any(same_source(path, source) for path in cited) for source in sources) / len(sources)


def quote_support(case: Case, interaction: Interaction) -> float:
    """Return the share of citations whose quote was located in its source."""
    citations = _citations(interaction)
    return sum(citation.supported for citation in citations) / len(citations)


def evidence_quoted(case: Case, interaction: Interaction) -> float:
    """Return the share of evidence sentences that a citation quotes."""
    evidence = _evidence(case)
    return _share_found(evidence, [citation.quote for citation in _citations(interaction)])


def latency(case: Case, interaction: Interaction) -> float:
    """Return the total latency in milliseconds."""
    if "total" not in interaction.latency_ms:
        raise Unscorable("no total latency was measured")
    return interaction.latency_ms["total"]


def prompt_tokens(case: Case, interaction: Interaction) -> float:
    """Return the number of tokens the model was given."""
    if "prompt" not in interaction.tokens:
        raise Unscorable("the endpoint reported no token counts")
    return float(interaction.tokens["prompt"])


def completion_tokens(case: Case, interaction: Interaction) -> float:
    """Return the number of tokens the model wrote."""
    if "completion" not in interaction.tokens:
        raise Unscorable("the endpoint reported no token counts")
    return float(interaction.tokens["completion"])


_SHARES: tuple[Measure, ...] = (
    completed,
    answer_match,
    answer_f1,
    answer_recall,
    answer_exact,
    answer_numbers,
    rightly_answered,
    rightly_abstained,
    source_recall,
    source_mrr,
    source_ndcg,
    evidence_recall,
    evidence_mrr,
    evidence_ndcg,
    citation_precision,
    citation_recall,
    quote_support,
    evidence_quoted,
)
_VERSIONS: dict[Measure, str] = dict.fromkeys((source_recall, source_mrr, source_ndcg), "2")
"""Metrics that have changed since their first version: values of two versions are not compared."""
METRICS: tuple[Metric, ...] = (
    *(Metric(measure.__name__, measure, _VERSIONS.get(measure, "1")) for measure in _SHARES),
    Metric("latency", latency, unit="ms"),
    Metric("prompt_tokens", prompt_tokens, unit="tokens"),
    Metric("completion_tokens", completion_tokens, unit="tokens"),
)
"""All deterministic metrics; adding one is adding its function here."""


def _text(interaction: Interaction) -> str:
    return interaction.answer or ""


def _abstained(interaction: Interaction) -> bool:
    return interaction.outcome == "abstained" or ABSTENTION in _text(interaction)


def _not_failed(interaction: Interaction) -> Interaction:
    if interaction.outcome == "failed":
        raise Unscorable(f"the request failed: {interaction.error or 'no reason given'}")
    return interaction


def _answered(interaction: Interaction) -> Interaction:
    if _abstained(_not_failed(interaction)):
        raise Unscorable("the pipeline abstained")
    return interaction


def _accepted_answers(case: Case, interaction: Interaction) -> Sequence[str]:
    _not_failed(interaction)
    if case.must_abstain or not case.answers:
        raise Unscorable("the case names no acceptable answers")
    return case.answers


def _sources(case: Case) -> Sequence[str]:
    if case.must_abstain or not case.sources:
        raise Unscorable("the case names no sources")
    return case.sources


def _evidence(case: Case) -> Sequence[str]:
    if case.must_abstain or not case.evidence:
        raise Unscorable("the case names no evidence")
    return case.evidence


def _citations(interaction: Interaction) -> Sequence[Citation]:
    if not _answered(interaction).citations:
        raise Unscorable("the answer carries no citations")
    return interaction.citations


def _first_ranks(case: Case, interaction: Interaction) -> list[int | None]:
    """Return for each expected source the rank, from 1, of its first context; a near-duplicate stands for all."""
    sources, contexts = _sources(case), _not_failed(interaction).contexts
    return [
        next((rank for rank, item in enumerate(contexts, start=1) if _holds(item, source)), None) for source in sources
    ]


def _evidence_ranks(case: Case, interaction: Interaction) -> list[int | None]:
    """Return for each evidence sentence the rank, from 1, of the first context that holds it."""
    texts = [context.text for context in _not_failed(interaction).contexts]
    if not any(texts):
        raise Unscorable("the contexts carry no text")
    return [
        next((rank for rank, text in enumerate(texts, start=1) if text and _stands_in(sentence, text)), None)
        for sentence in _evidence(case)
    ]


def _stands_in(sentence: str, text: str) -> bool:
    return token_recall(text, sentence) >= EVIDENCE_SHARE


def _holds(context: Context, source: str) -> bool:
    return any(same_source(path, source) for path in context.sources)


def _share_found(evidence: Sequence[str], texts: Sequence[str]) -> float:
    found = [any(_stands_in(sentence, text) for text in texts) for sentence in evidence]
    return sum(found) / len(found)
