"""All losses of quality that can be planted, each with one line on what it is, and the right names for its cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drift.drill.losses import beside, facts, shape
from drift.drill.losses.exchange import Loss
from drift.vocabulary import CauseName

_GENERATION: tuple[CauseName, ...] = ("generation", "model_change")
_RETRIEVAL: tuple[CauseName, ...] = ("retrieval", "corpus_change", "index_change")
_CUT: tuple[CauseName, ...] = ("truncation", *_GENERATION)


@dataclass(frozen=True, slots=True)
class KnownLoss:
    """A way to spoil an answer. `causes` are the right names for it."""

    what: str
    spoil: Loss[Any]
    causes: tuple[CauseName, ...] = _GENERATION


LOSSES: Mapping[str, KnownLoss] = {
    "wrong sentence": KnownLoss(
        "a sentence of the right passage that does not answer the question", beside.wrong_sentence
    ),
    "wrong passages": KnownLoss(
        "passages of another question, and the answer from them", beside.wrong_passages, _RETRIEVAL
    ),
    "one passage": KnownLoss("one passage for every question, and an answer from it", beside.one_passage, _RETRIEVAL),
    "foreign sentence": KnownLoss("the answer to a question about something else", beside.foreign_answer),
    "copied": KnownLoss("a whole passage copied instead of an answer", beside.copied),
    "question again": KnownLoss("the question said again instead of an answer", beside.question_again),
    "looped": KnownLoss("the first sentence said fifteen times", shape.looped),
    "cut at a word": KnownLoss("the answer stops after a random word", shape.cut_at_word, _CUT),
    "cut at 14 words": KnownLoss("the answer stops after 14 words, as at a token limit", shape.cut_at_limit, _CUT),
    "cut at a comma": KnownLoss("the answer stops at its first comma", shape.cut_at_comma, _CUT),
    "cut inside a word": KnownLoss("the answer stops inside a word", shape.cut_inside_word, _CUT),
    "refusal": KnownLoss("an answerable question is refused in the usual sentence", shape.refusal),
    "refusal in other words": KnownLoss(
        "an answerable question is refused in words of its own", shape.refusal_in_other_words
    ),
    "empty": KnownLoss("an empty answer, N/A or null", shape.empty),
    "other language": KnownLoss("an answer in another language than the question", shape.other_language),
    "gibberish": KnownLoss("words that are none", shape.gibberish),
    "boilerplate": KnownLoss("thanks for the question, and no answer", shape.boilerplate),
    "numbers": KnownLoss("every figure changed", facts.numbers),
    "years": KnownLoss("every year shifted by up to nine", facts.years),
    "name of same passages": KnownLoss("a name replaced by another of the same passages", facts.name_of_same_passages),
    "name from elsewhere": KnownLoss("a name replaced by one from other passages", facts.name_from_elsewhere),
    "negation": KnownLoss("one sentence negated, or a negated one affirmed", facts.negation),
    "old documents": KnownLoss(
        "figures of an old version in passages and answer alike", facts.old_documents, _RETRIEVAL
    ),
    "citations lost": KnownLoss("the same answer without its citations", shape.citations_lost),
    "passages gone": KnownLoss(
        "the same answer, and no passage was retrieved for it", beside.passages_gone, _RETRIEVAL
    ),
}
"""The losses by name; adding one is adding a line."""
