"""Answers that are wrong in one point: figures, years, names, negation; and right answers of old documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from data.text import terms
from drift.drill.losses.exchange import E, answered, split, with_parts

_NAME = re.compile(r"(?<=[\w,] )[A-ZА-ЯЁ][^\W\d_]{3,}(?: [A-ZА-ЯЁ][^\W\d_]{3,})?")
_YEAR = re.compile(r"(?<!\d)(?:1[0-9]\d\d|20\d\d)(?!\d)")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_CITATION = re.compile(r"\[\^?\d{1,3}\]|【[^】]{0,20}】")
_NEGATED = re.compile(r"\b(is|are|was|were|can|could|will|would|has|have|did|does|do) not\b")
_AFFIRMED = re.compile(r"\b(is|are|was|were|can|could|will|would|has|have)\b(?! not)")
_VERB = re.compile(r"\b(был[аои]?|является|являются|может|могут|стал[аои]?|имеет|имеют|имели|находится)\b")


def numbers(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Change every figure."""
    return answered(exchange, _outside_citations(exchange.answer, lambda text: _NUMBER.sub(_other_digit(rng), text)))


def years(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Shift every year by up to nine."""

    def shifted(found: re.Match[str]) -> str:
        return str(int(found.group()) + rng.choice([-1, 1]) * rng.randrange(1, 10))

    return answered(exchange, _YEAR.sub(shifted, exchange.answer))


def name_of_same_passages(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Swap one name for another of the same passages."""
    return _swapped(exchange, _NAME.findall(" ".join(exchange.passages)), rng)


def name_from_elsewhere(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Swap one name for one of passages about something else."""
    far = [other for other in pool if other.group != exchange.group]
    return _swapped(exchange, _NAME.findall(" ".join(rng.choice(far).passages)), rng) if far else None


def negation(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Negate one sentence, or affirm a negated one; English and Russian."""
    parts = split(exchange.answer)
    flips = [(at, turned) for at, part in enumerate(parts) if (turned := _flipped(part, exchange.language)) != part]
    if not flips:
        return None
    at, turned = rng.choice(flips)
    return answered(exchange, exchange.answer.replace(parts[at], turned, 1))


def old_documents(exchange: E, pool: Sequence[E], rng: Random) -> E | None:
    """Replace figures in passages and answer alike, as documents of an old version would have them."""
    shift = rng.randrange(2, 9)

    def lowered(found: re.Match[str]) -> str:
        whole = found.group()
        return str(int(whole) - shift) if whole.isdigit() and int(whole) > shift else whole

    def older(text: str) -> str:
        return _outside_citations(text, lambda part: _NUMBER.sub(lowered, part))

    changed = with_parts(exchange, answer=older(exchange.answer), passages=tuple(map(older, exchange.passages)))
    return changed if changed.answer != exchange.answer else None


def _outside_citations(text: str, change: Callable[[str], str]) -> str:
    parts, start = [], 0
    for found in _CITATION.finditer(text):
        parts += [change(text[start : found.start()]), found.group()]
        start = found.end()
    return "".join([*parts, change(text[start:])])


def _other_digit(rng: Random) -> Callable[[re.Match[str]], str]:
    def changed(found: re.Match[str]) -> str:
        number = found.group()
        digit = rng.choice([digit for digit in "123456789" if digit != number[0]])
        return digit + number[1:]

    return changed


def _swapped(exchange: E, names: Sequence[str], rng: Random) -> E | None:
    asked = set(terms(exchange.question))
    mine = [name for name in dict.fromkeys(_NAME.findall(exchange.answer)) if not asked & set(terms(name))]
    others = [n for n in dict.fromkeys(names) if n not in exchange.answer and not asked & set(terms(n))]
    if not mine or not others:
        return None
    return answered(exchange, exchange.answer.replace(rng.choice(mine), rng.choice(others)))


def _flipped(part: str, language: str) -> str:
    if language == "ru":
        negated = re.sub(r"\bне ", "", part, count=1)
        return negated if negated != part else _VERB.sub(r"не \1", part, count=1)
    affirmed = _NEGATED.sub(r"\1", part, count=1)
    return affirmed if affirmed != part else _AFFIRMED.sub(r"\1 not", part, count=1)
