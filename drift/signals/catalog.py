"""Signals: plain functions from one interaction to a number, or to None where the record does not say.

Adding a signal is adding one line to `SIGNALS` (numbers) or `CATEGORIES` (names).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from data.records import Interaction, is_stand_in
from drift.signals.truncation import flagged_cut, stops_short
from drift.vocabulary import Plane

Signal: TypeAlias = Callable[[Interaction], float | None]

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Split `text` into case-folded words."""
    return _WORD.findall(text.casefold())


def _content(text: str) -> set[str]:
    # Words of three letters or fewer are mostly grammar in the languages we meet.
    return {word for word in words(text) if len(word) > 3 or word.isdigit()}


def question_words(item: Interaction) -> float | None:
    """Count the words of the question; unknown where they were deleted."""
    return None if is_stand_in(item.question) else float(len(words(item.question)))


def answer_words(item: Interaction) -> float | None:
    """Count the words of an answer that was given."""
    return float(len(words(item.answer))) if item.answer and item.outcome == "answered" else None


def _scores(item: Interaction) -> list[float]:
    return [context.score for context in item.contexts if context.score is not None]


def top_score(item: Interaction) -> float | None:
    """Return the best retrieval score."""
    return max(_scores(item), default=None)


def score_margin(item: Interaction) -> float | None:
    """Return how far the best retrieval score is above the second."""
    ordered = sorted(_scores(item), reverse=True)
    return ordered[0] - ordered[1] if len(ordered) > 1 else None


def context_count(item: Interaction) -> float | None:
    """Count the passages put before the model; unknown for records that carry none and may never have logged them."""
    return float(len(item.contexts)) if item.contexts else None


def context_words(item: Interaction) -> float | None:
    """Count the words of all passages."""
    texts = [context.text for context in item.contexts if context.text]
    return float(sum(len(text.split()) for text in texts)) if texts else None


def question_coverage(item: Interaction) -> float | None:
    """Return the share of the question's content words found in the passages: low where nothing fitting was found."""
    texts = [context.text for context in item.contexts if context.text]
    asked = _content(item.question)
    if not texts or not asked:
        return None
    return len(asked & _content(" ".join(texts))) / len(asked)


def novel_words(item: Interaction) -> float | None:
    """Return the share of the answer's content words found neither in the passages nor in the question."""
    texts = [context.text for context in item.contexts if context.text]
    if not texts or not item.answer or item.outcome != "answered":
        return None
    said = _content(item.answer)
    return len(said - _content(" ".join([*texts, item.question]))) / len(said) if said else None


def citation_count(item: Interaction) -> float | None:
    """Count citations of an answer; unknown where an answer carries none, as not every application cites."""
    return float(len(item.citations)) if item.citations else None


def unsupported_citations(item: Interaction) -> float | None:
    """Return the share of citations whose quote was not found in the source."""
    if not item.citations:
        return None
    return sum(not citation.supported for citation in item.citations) / len(item.citations)


def cut_off(item: Interaction) -> float | None:
    """Return 1 where answer or prompt was cut: a flag says so, or the answer stops in the middle of a sentence."""
    if item.outcome != "answered" or not item.answer:
        return None
    return float(flagged_cut(item) or stops_short(item.answer))


def prompt_tokens(item: Interaction) -> float | None:
    """Return how many tokens the prompt took."""
    value = item.tokens.get("prompt")
    return None if value is None else float(value)


def completion_tokens(item: Interaction) -> float | None:
    """Return how many tokens the answer took."""
    value = item.tokens.get("completion")
    return None if value is None else float(value)


def total_latency(item: Interaction) -> float | None:
    """Return milliseconds from question to answer; the sum of the stages where no total was logged."""
    if "total" in item.latency_ms:
        return item.latency_ms["total"]
    return sum(item.latency_ms.values()) if item.latency_ms else None


SIGNALS: dict[str, tuple[Plane, Signal]] = {
    "question words": ("query", question_words),
    "top score": ("retrieval", top_score),
    "score margin": ("retrieval", score_margin),
    "passages": ("retrieval", context_count),
    "passage words": ("retrieval", context_words),
    "question coverage": ("retrieval", question_coverage),
    "answer words": ("answer", answer_words),
    "novel words": ("answer", novel_words),
    "citations": ("answer", citation_count),
    "unsupported citations": ("answer", unsupported_citations),
    "cut off": ("answer", cut_off),
    "prompt tokens": ("ops", prompt_tokens),
    "completion tokens": ("ops", completion_tokens),
    "latency": ("ops", total_latency),
}

CATEGORIES: dict[str, tuple[Plane, Callable[[Interaction], str]]] = {
    "outcome": ("answer", lambda item: item.outcome),
    "chat model": ("fingerprint", lambda item: item.fingerprint.chat_model),
    "system fingerprint": ("fingerprint", lambda item: item.fingerprint.system_fingerprint),
    "prompt version": ("fingerprint", lambda item: item.fingerprint.prompt_version),
    "index generation": ("fingerprint", lambda item: item.fingerprint.index_generation),
    "embedder": ("fingerprint", lambda item: item.fingerprint.embedder),
    "retrieval settings": ("fingerprint", lambda item: item.fingerprint.retrieval),
}
