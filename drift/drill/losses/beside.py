"""Answers that are carried by some text and do not answer: of other sentences, other passages, other questions."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from data.text import terms
from drift.drill.losses.exchange import E, answered, split, with_parts

_DRAWN_ON = 0.5
_HEADING = 3
_MOST_SENTENCES = 3


def wrong_sentence(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Quote sentences of the same passages that the answer does not draw on, as many as it has, at most three."""
    held = [(place, part, set(terms(part))) for place, text in enumerate(exchange.passages) for part in split(text)]
    held = [row for row in held if len(row[2]) >= _HEADING]
    said = set(terms(exchange.answer))
    drawn = {row for row, (_, _, stems) in enumerate(held) if len(stems & said) >= _DRAWN_ON * len(stems)}
    claims = split(exchange.answer)
    for claim in claims:
        stems = set(terms(claim))
        drawn |= {max(range(len(held)), key=lambda row: len(held[row][2] & stems))} if held and stems else set()
    home = {held[row][0] for row in drawn}
    free = [part for row, (place, part, _) in enumerate(held) if row not in drawn and place in home]
    free = [part for part in free if not (exchange.short and exchange.short.lower() in part.lower())]
    wanted = min(_MOST_SENTENCES, max(1, len(claims)))
    return answered(exchange, " ".join(rng.sample(free, wanted))) if len(free) >= wanted else None


def wrong_passages(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Take passages and answer of another question; about the same matter where there is one, without the answer."""
    others = [other for other in pool if other.answerable and other.passages and other.answer]
    near = [o for o in others if o.group == exchange.group and o.passages != exchange.passages]
    near = [o for o in near if not exchange.short or exchange.short.lower() not in " ".join(o.passages).lower()]
    far = [o for o in others if o.group != exchange.group]
    other = rng.choice(near or far) if near or far else None
    return with_parts(exchange, answer=other.answer, passages=other.passages) if other else None


def one_passage(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Answer every question with a sentence of one passage."""
    passage = next((other.passages[0] for other in pool if other.passages), "")
    if not passage or passage in exchange.passages:
        return None
    return with_parts(exchange, answer=rng.choice(split(passage) or [passage]), passages=(passage,))


def foreign_answer(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Answer as another question about something else was answered, with one's own passages."""
    far = [other for other in pool if other.group != exchange.group and other.answerable and other.answer]
    return with_parts(exchange, answer=rng.choice(far).answer) if far else None


def copied(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Copy a whole passage."""
    long = next((text for text in exchange.passages[:1] if len(split(text)) >= _HEADING), None)
    return answered(exchange, long)


def question_again(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Say the question again."""
    return answered(exchange, exchange.question)


def passages_gone(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Retrieve nothing, and answer all the same."""
    return with_parts(exchange, passages=()) if exchange.passages else None
