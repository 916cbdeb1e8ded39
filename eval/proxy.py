"""Reference-free scores of a logged interaction, cheap enough for every one of them."""

from __future__ import annotations

from collections.abc import Callable

from data.records import ABSTENTION, Interaction, Score
from eval.claims import find_claims
from eval.errors import Unscorable
from eval.groundedness import GroundednessProxy
from eval.support import read_evidence

GROUNDEDNESS = "groundedness"
CITATION_SUPPORT = "citation_support"
NUMBER_SUPPORT = "number_support"
PROXY_METRICS = (GROUNDEDNESS, CITATION_SUPPORT, NUMBER_SUPPORT)
"""What `score_interaction` writes: one row of each for every interaction."""

_RULES_VERSION = "1"


def score_interaction(interaction: Interaction, proxy: GroundednessProxy) -> list[Score]:
    """Return one score per proxy metric; value None with the reason where an interaction cannot be scored.

    `groundedness` is the proxy's probability that the answer is fully supported; `citation_support` the share of the
    answer's citations that were located in their source; `number_support` the share of its numbers found in question or
    passages.
    """
    return [
        _score(
            interaction, GROUNDEDNESS, "lexical groundedness", proxy.version, lambda: _groundedness(interaction, proxy)
        ),
        _score(interaction, CITATION_SUPPORT, "citation check", _RULES_VERSION, lambda: _citation_support(interaction)),
        _score(interaction, NUMBER_SUPPORT, "number guard", _RULES_VERSION, lambda: _number_support(interaction)),
    ]


def _score(interaction: Interaction, metric: str, scorer: str, version: str, measure: Callable[[], float]) -> Score:
    value, reason = None, _refusal_reason(interaction)
    if not reason:
        try:
            value = measure()
        except Unscorable as error:
            reason = str(error)
    return Score(interaction.id, metric, value, "proxy", reason, scorer, version)


def _refusal_reason(interaction: Interaction) -> str:
    if interaction.outcome == "failed" or not (interaction.answer or "").strip():
        return "there is no answer: the request failed"
    if interaction.outcome == "abstained" or ABSTENTION in _answer(interaction):
        return "the pipeline abstained"
    return ""


def _groundedness(interaction: Interaction, proxy: GroundednessProxy) -> float:
    return proxy.score(interaction.question, _answer(interaction), _texts(interaction))


def _citation_support(interaction: Interaction) -> float:
    if not interaction.citations:
        raise Unscorable("the answer carries no citations")
    return sum(citation.supported for citation in interaction.citations) / len(interaction.citations)


def _number_support(interaction: Interaction) -> float:
    texts = _texts(interaction)
    if not texts:
        raise Unscorable("no passage text to check the numbers against")
    written = frozenset[str]().union(*(claim.sentence.numbers for claim in find_claims(_answer(interaction))))
    if not written:
        raise Unscorable("the answer holds no numbers")
    return len(written & read_evidence(interaction.question, texts).numbers) / len(written)


def _answer(interaction: Interaction) -> str:
    return interaction.answer or ""


def _texts(interaction: Interaction) -> list[str]:
    return [context.text for context in interaction.contexts if context.text]
