"""Answers that are broken as texts: cut, looped, empty, garbled, foreign; and refusals where none is due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from drift.drill.losses.exchange import E, answered, split, with_parts
from drift.drill.losses.phrases import BOILERPLATE, LETTERS, OWN_WORDS, REFUSAL, foreign_sentence, phrase

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CITATION = re.compile(r"\s?\[\^?\d{1,3}\]|\s?【\d+[^】]{0,20}】")
_TOKENS = 14
_BLANK = ("", "  \n", "N/A", "-", "null")


def looped(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Say the first sentence fifteen times."""
    return answered(exchange, " ".join([(split(exchange.answer) or [exchange.answer])[0]] * 15))


def cut_at_word(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Stop after a random word."""
    words = exchange.answer.split()
    return answered(exchange, " ".join(words[: rng.randrange(2, len(words))])) if len(words) > 3 else None


def cut_at_limit(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Stop after 14 words."""
    words = exchange.answer.split()
    return answered(exchange, " ".join(words[:_TOKENS])) if len(words) > _TOKENS + 1 else None


def cut_at_comma(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Stop at the first comma."""
    return answered(exchange, exchange.answer.split(",")[0]) if "," in exchange.answer[3:] else None


def cut_inside_word(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Stop inside a word."""
    found = _WORD.finditer(exchange.answer)
    places = [match.start() + 2 for match in found if len(match.group()) > 5 and match.start() > 9]
    return answered(exchange, exchange.answer[: rng.choice(places)]) if places else None


def refusal(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Refuse an answerable question in the sentence of the product."""
    return answered(exchange, phrase(REFUSAL, exchange.language)) if exchange.answerable else None


def refusal_in_other_words(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Refuse an answerable question in other words."""
    return answered(exchange, rng.choice(phrase(OWN_WORDS, exchange.language))) if exchange.answerable else None


def empty(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Say nothing, or what stands for nothing."""
    return with_parts(exchange, answer=rng.choice(_BLANK)) if exchange.answer.strip() else None


def other_language(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Answer in another language than the question."""
    return answered(exchange, foreign_sentence(exchange.language, rng))


def gibberish(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Say words that are none."""
    letters = phrase(LETTERS, exchange.language)
    words = ["".join(rng.choices(letters, k=rng.randrange(3, 10))) for _ in range(_TOKENS)]
    return answered(exchange, " ".join(words).capitalize() + ".")


def boilerplate(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Thank for the question and answer nothing."""
    return answered(exchange, phrase(BOILERPLATE, exchange.language))


def citations_lost(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Cite no more."""
    return answered(exchange, _CITATION.sub("", exchange.answer))
