"""Losses of quality, planted in healthy answers: one function a kind; None where the kind cannot be made of a row."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from benchmarks.blindness_sets import REFUSAL, Row, xquad
from data.text import terms
from eval.quality.drawn import claims_of, draw, read_ground
from eval.quality.sentences import split

Loss = Callable[[Row, Sequence[Row], random.Random], Row | None]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = re.compile(r"(?<=[\w,] )[A-ZА-ЯЁ][^\W\d_]{3,}(?: [A-ZА-ЯЁ][^\W\d_]{3,})?")
_YEAR = re.compile(r"(?<!\d)(?:1[0-9]\d\d|20\d\d)(?!\d)")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
OWN_WORDS = {
    "en": (
        "I don't know. The provided context does not contain this information.",
        "I'm sorry, but I couldn't find anything about that in the material I was given.",
        "Unfortunately our handbook is silent on this point.",
        "The text gives no details on this, so I am unable to help here.",
    ),
    "ru": (
        "Я не знаю. В предоставленных материалах этого нет.",
        "К сожалению, мне не удалось найти сведений об этом.",
        "Увы, наш справочник об этом умалчивает.",
        "Текст не раскрывает этот вопрос, поэтому помочь не могу.",
    ),
}
BOILERPLATE = {
    "en": "Thank you for reaching out. Your request is important to us and will be handled by our team shortly.",
    "ru": "Спасибо за обращение. Ваш запрос очень важен для нас, наши сотрудники скоро займутся им.",
}


def _answered(row: Row, answer: str | None) -> Row | None:
    return replace(row, answer=answer) if answer and answer.strip() != row.answer.strip() else None


def wrong_sentence(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Quote sentences of the same passages that the answer does not draw on, as many as it has, at most three."""
    ground = read_ground(row.question, row.passages)
    claims = claims_of(row.answer)
    used = {place for claim in claims for place in draw(claim, ground).places}
    home = {ground.sentences[place].passage for place in used}
    free = [
        item.text
        for place, item in enumerate(ground.sentences)
        if place not in used and item.passage in home and not (row.short and row.short.lower() in item.text.lower())
    ]
    wanted = min(3, max(1, len(claims)))
    return _answered(row, " ".join(rng.sample(free, wanted))) if len(free) >= wanted else None


def wrong_passages(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Take passages and answer of another question; of the same article where there is one, without the answer."""
    pool = [other for other in pool if other.answerable]
    near = [o for o in pool if o.group == row.group and o.passages[0] != row.passages[0]]
    near = [o for o in near if not row.short or row.short.lower() not in " ".join(o.passages).lower()]
    far = [o for o in pool if o.group != row.group]
    other = rng.choice(near or far) if near or far else None
    return replace(row, answer=other.answer, passages=other.passages) if other else None


def one_passage(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Answer every question with a sentence of one passage."""
    passage = pool[0].passages[0]
    if passage in row.passages:
        return None
    return replace(row, answer=rng.choice(split(passage)), passages=(passage,))


def foreign_sentence(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Answer as another question of elsewhere was answered, with one's own passages."""
    far = [o for o in pool if o.group != row.group and o.answerable]
    return replace(row, answer=rng.choice(far).answer) if far else None


def copied(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Copy a whole passage."""
    return _answered(row, row.passages[0]) if len(split(row.passages[0])) >= 3 else None


def question_again(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Say the question again."""
    return _answered(row, row.question)


def looped(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Say the first sentence fifteen times."""
    return _answered(row, " ".join([(split(row.answer) or [row.answer])[0]] * 15))


def cut_at_word(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Stop after a random word."""
    words = row.answer.split()
    return _answered(row, " ".join(words[: rng.randrange(2, len(words))])) if len(words) > 3 else None


def cut_at_limit(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Stop after 14 words."""
    words = row.answer.split()
    return _answered(row, " ".join(words[:14])) if len(words) > 15 else None


def cut_at_comma(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Stop at the first comma."""
    return _answered(row, row.answer.split(",")[0]) if "," in row.answer[3:] else None


def cut_inside_word(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Stop inside a word."""
    places = [match.start() + 2 for match in _WORD.finditer(row.answer) if len(match.group()) > 5 and match.start() > 9]
    return _answered(row, row.answer[: rng.choice(places)]) if places else None


def own_refusal(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Refuse an answerable question in the sentence of the product."""
    return _answered(row, REFUSAL[row.language]) if row.answerable else None


def refusal_in_other_words(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Refuse an answerable question in other words."""
    return _answered(row, rng.choice(OWN_WORDS[row.language])) if row.answerable else None


@cache
def _foreign_sentences(language: str) -> tuple[str, ...]:
    return tuple(answer.answer for answer in xquad(language))


def other_language(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Answer in another language than the question: English for Russian, Spanish for English."""
    return _answered(row, rng.choice(_foreign_sentences("en" if row.language == "ru" else "es")))


def gibberish(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Say words that are none."""
    letters = "абвгдежзиклмнопрстуфхцчшэюя" if row.language == "ru" else "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choices(letters, k=rng.randrange(3, 10))) for _ in range(14)]
    return _answered(row, " ".join(words).capitalize() + ".")


def numbers(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Change every figure."""
    return _answered(row, _NUMBER.sub(lambda m: _changed(m.group(), rng), row.answer))


def years(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Shift every year by up to nine."""
    return _answered(
        row, _YEAR.sub(lambda m: str(int(m.group()) + rng.choice([-1, 1]) * rng.randrange(1, 10)), row.answer)
    )


def name_of_same_passages(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Swap one name for another of the same passages."""
    return _swapped(row, _NAME.findall(" ".join(row.passages)), rng)


def name_from_elsewhere(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Swap one name for one of other passages."""
    far = [o for o in pool if o.group != row.group]
    return _swapped(row, _NAME.findall(" ".join(rng.choice(far).passages)), rng) if far else None


def negation(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Negate one sentence, or affirm a negated one."""
    parts = split(row.answer)
    flips = [(at, flipped) for at, part in enumerate(parts) if (flipped := _flipped(part, row.language)) != part]
    if not flips:
        return None
    at, flipped = rng.choice(flips)
    return _answered(row, row.answer.replace(parts[at], flipped, 1))


def old_documents(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Replace figures in passages and answer alike, as documents of an old version would have them."""
    shift = rng.randrange(2, 9)

    def older(text: str) -> str:
        return _NUMBER.sub(
            lambda m: str(int(m.group()) - shift) if m.group().isdigit() and int(m.group()) > shift else m.group(), text
        )

    changed = replace(row, answer=older(row.answer), passages=tuple(map(older, row.passages)))
    return changed if changed.answer != row.answer else None


def citations_lost(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Cite no more (rows cite where the benchmark says so)."""
    return _answered(row, re.sub(r"\s?\[\d+\]", "", row.answer))


def passages_gone(row: Row, pool: Sequence[Row], rng: random.Random) -> Row | None:
    """Record no passage text."""
    return replace(row, passages=())


LOSSES: dict[str, Loss] = {
    "wrong sentence": wrong_sentence, "wrong passages": wrong_passages, "one passage": one_passage,
    "foreign sentence": foreign_sentence, "copied": copied, "question again": question_again, "looped": looped,
    "cut at a word": cut_at_word, "cut at 14 words": cut_at_limit, "cut at a comma": cut_at_comma,
    "cut inside a word": cut_inside_word, "refusal": own_refusal, "refusal in other words": refusal_in_other_words,
    "empty": lambda row, pool, rng: replace(row, answer=rng.choice(["", "  \n", "N/A", "-", "null"])),
    "other language": other_language, "gibberish": gibberish,
    "boilerplate": lambda row, pool, rng: replace(row, answer=BOILERPLATE[row.language]),
    "numbers": numbers, "years": years, "name of same passages": name_of_same_passages,
    "name from elsewhere": name_from_elsewhere, "negation": negation, "old documents": old_documents,
    "citations lost": citations_lost, "passages gone": passages_gone,
}  # fmt: skip


def _changed(number: str, rng: random.Random) -> str:
    digit = rng.choice([d for d in "123456789" if d != number[0]])
    return digit + number[1:] if len(number) > 1 else digit


def _swapped(row: Row, names: Sequence[str], rng: random.Random) -> Row | None:
    asked = set(terms(row.question))
    mine = [name for name in dict.fromkeys(_NAME.findall(row.answer)) if not asked & set(terms(name))]
    others = [name for name in dict.fromkeys(names) if name not in row.answer and not asked & set(terms(name))]
    if not mine or not others:
        return None
    return _answered(row, row.answer.replace(rng.choice(mine), rng.choice(others)))


def _flipped(part: str, language: str) -> str:
    if language == "ru":
        if re.search(r"\bне\b", part):
            return re.sub(r"\bне ", "", part, count=1)
        return re.sub(
            r"\b(был[аои]?|является|являются|может|могут|стал[аои]?|имеет|имели|находится)\b", r"не \1", part, count=1
        )
    if re.search(r"\b(?:is|are|was|were|can|could|will|would|has|have|did|does|do) not\b", part):
        return re.sub(r"\b(is|are|was|were|can|could|will|would|has|have|did|does|do) not\b", r"\1", part, count=1)
    return re.sub(r"\b(is|are|was|were|can|could|will|would|has|have)\b(?! not)", r"\1 not", part, count=1)
