"""The flags of an answer in plain words, for people; JSON and log keep the short names."""

from __future__ import annotations

_WORDS = {
    "no_hits": "Nothing was found for this question.",
    "no_citations": "The answer names no source.",
    "uncited_sentences": "Sentences that name no source: {}.",
    "unknown_citations": "Citations that named no passage and were taken out: {}.",
    "unsupported_citation": "Citations that do not say what they are cited for: {}.",
    "number_mismatch": "The number {} does not occur in what is cited for it.",
    "name_mismatch": "The name {} does not occur in what is cited for it.",
    "refusal": "The model refused.",
    "abstained_in_own_words": "The model said in its own words that the passages do not tell.",
    "dropped_passages": "Passages that did not fit the model's window and were left out: {}.",
    "answer_in_reasoning_field": "The server sent the answer as its reasoning.",
    "answer_cut_short": "The answer was cut off at the most tokens allowed.",
    "prompt_truncated_by_server": "The server read only {} tokens, far fewer than were sent: raise its context window.",
    "rerank_failed": "The passages were not reranked: {}",
    "suspicious_passage": "Passages that may be an attack on the model: {}; see rag quarantine.",
    "held_back": "Passages held back as a possible attack on the model: {}; see rag quarantine.",
    "passages_not_judged": "Whether passages may be an attack on the model could not be told: {}",
    "removed_links": "Addresses that no passage holds and that were taken out of the answer: {}.",
    "fallback": "The first endpoint failed; the answer comes from {}.",
}


def in_words(flag: str) -> str:
    """Return a sentence for `flag`, "name" or "name:detail"; an unknown flag stands for itself."""
    name, _, detail = flag.partition(":")
    return _WORDS[name].format(detail.strip()) if name in _WORDS else flag
