"""What is measured on a golden case: each metric is a plain function of the case and the interaction it led to.

A metric returns a number, in [0, 1] and higher for better unless its `Metric` says otherwise. Without one it raises
`UnscorableAnswer` with the reason: an unanswerable case has no retrieval recall, a failed request no answer match.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.cases import Case
from data.records import Citation, Interaction
from data.text import numbers
from eval.errors import UnscorableAnswer
from eval.metric import Measure, Metric
from eval.metrics.inputs import (
    abstained,
    accepted_answers,
    answer_text,
    answered,
    expected_evidence,
    expected_sources,
    not_failed,
)
from eval.metrics.matching import contains, same_source, token_f1, token_recall, tokens
from eval.metrics.retrieval import (
    context_words,
    evidence_focus,
    evidence_iou,
    evidence_mrr,
    evidence_ndcg,
    evidence_recall,
    source_mrr,
    source_ndcg,
    source_recall,
    stands_in,
)


def completed(case: Case, interaction: Interaction) -> float:
    """Return 1 unless the request failed: failures are a metric of their own, and leave the others unscored."""
    return float(interaction.outcome != "failed")


def answer_match(case: Case, interaction: Interaction) -> float:
    """Return 1 if the answer holds an acceptable answer word for word, numbers by value; 0 when it abstained."""
    accepted = _accepted(case, interaction)
    return float(any(contains(answer_text(interaction), answer) for answer in accepted))


def answer_f1(case: Case, interaction: Interaction) -> float:
    """Return the best word F1 against an acceptable answer; long answers to short references score low by design."""
    accepted = _accepted(case, interaction)
    return max(token_f1(answer_text(interaction), answer) for answer in accepted)


def answer_recall(case: Case, interaction: Interaction) -> float:
    """Return the best share of an acceptable answer's words that the answer holds."""
    accepted = _accepted(case, interaction)
    return max(token_recall(answer_text(interaction), answer) for answer in accepted)


def answer_exact(case: Case, interaction: Interaction) -> float:
    """Return 1 if the answer is an acceptable answer and nothing else, but for articles, case and marks."""
    accepted = _accepted(case, interaction)
    return float(any(tokens(answer_text(interaction)) == tokens(answer) for answer in accepted))


def answer_numbers(case: Case, interaction: Interaction) -> float:
    """Return the best share of the numbers of an acceptable answer that the answer holds, by value."""
    wanted = [found for answer in _accepted(case, interaction) if (found := numbers(answer))]
    if not wanted:
        raise UnscorableAnswer("no acceptable answer holds a number")
    written = numbers(answer_text(interaction))
    return max(len(found & written) / len(found) for found in wanted)


def rightly_answered(case: Case, interaction: Interaction) -> float:
    """Return 1 if an answerable case was answered, 0 if the pipeline abstained."""
    if case.must_abstain:
        raise UnscorableAnswer("the case must abstain")
    return float(not abstained(not_failed(interaction)))


def rightly_abstained(case: Case, interaction: Interaction) -> float:
    """Return 1 if the pipeline abstained on a case that must abstain, 0 if it answered."""
    if not case.must_abstain:
        raise UnscorableAnswer("the case is answerable")
    return float(abstained(not_failed(interaction)))


def citation_precision(case: Case, interaction: Interaction) -> float:
    """Return the share of citations to an expected source, and to the expected page where the case names one."""
    sources = expected_sources(case)
    citations = _citations(interaction)
    right = [
        any(same_source(citation.source, source) for source in sources) and case.page in (None, citation.page)
        for citation in citations
    ]
    return sum(right) / len(right)


def citation_recall(case: Case, interaction: Interaction) -> float:
    """Return the share of expected sources that are cited; an answer without citations scores 0."""
    sources = expected_sources(case)
    cited = [citation.source for citation in answered(interaction).citations]
    return sum(any(same_source(path, source) for path in cited) for source in sources) / len(sources)


def quote_support(case: Case, interaction: Interaction) -> float:
    """Return the share of citations whose quote was located in its source."""
    citations = _citations(interaction)
    return sum(citation.supported for citation in citations) / len(citations)


def evidence_quoted(case: Case, interaction: Interaction) -> float:
    """Return the share of evidence sentences that a citation quotes."""
    evidence = expected_evidence(case)
    return _share_found(evidence, [citation.quote for citation in _citations(interaction)])


def latency(case: Case, interaction: Interaction) -> float:
    """Return the total latency in milliseconds."""
    if "total" not in interaction.latency_ms:
        raise UnscorableAnswer("no total latency was measured")
    return interaction.latency_ms["total"]


def prompt_tokens(case: Case, interaction: Interaction) -> float:
    """Return the number of tokens the model was given."""
    if "prompt" not in interaction.tokens:
        raise UnscorableAnswer("the endpoint reported no token counts")
    return float(interaction.tokens["prompt"])


def completion_tokens(case: Case, interaction: Interaction) -> float:
    """Return the number of tokens the model wrote."""
    if "completion" not in interaction.tokens:
        raise UnscorableAnswer("the endpoint reported no token counts")
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
    evidence_focus,
    evidence_iou,
    citation_precision,
    citation_recall,
    quote_support,
    evidence_quoted,
)
_VERSIONS: dict[Measure, str] = {source_recall: "2", source_mrr: "2", source_ndcg: "3"}
"""Metrics that have changed since their first version: values of two versions are not compared."""
METRICS: tuple[Metric, ...] = (
    *(Metric(measure.__name__, measure, _VERSIONS.get(measure, "1")) for measure in _SHARES),
    Metric("latency", latency, unit="ms"),
    Metric("context_words", context_words, unit="words"),
    Metric("prompt_tokens", prompt_tokens, unit="tokens"),
    Metric("completion_tokens", completion_tokens, unit="tokens"),
)
"""All deterministic metrics; adding one is adding its function here."""


def _accepted(case: Case, interaction: Interaction) -> Sequence[str]:
    not_failed(interaction)
    return accepted_answers(case)


def _citations(interaction: Interaction) -> Sequence[Citation]:
    if not answered(interaction).citations:
        raise UnscorableAnswer("the answer carries no citations")
    return interaction.citations


def _share_found(evidence: Sequence[str], texts: Sequence[str]) -> float:
    found = [any(stands_in(sentence, text) for text in texts) for sentence in evidence]
    return sum(found) / len(found)
