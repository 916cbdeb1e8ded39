"""From an answer to the sentences that claim something: greetings, lead-ins, attributions and repeats are no claims.

Style must not move a quality score. An opening such as "Sure! According to passage 2, …" leaves the claims, and so the
score, as they were. So do a heading, bold type and a closing summary.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from data.text import stem
from eval.quality.sentences import SentenceWords, plain_sentences, read_sentence

_TABLE = Path(__file__).with_name("frequencies.json")
_UNSEEN = 7.0
_COMMON = 2.2
"""Stems in more than one of nine paragraphs (``exp(-2.2)``) carry no evidence."""


def weight(stem: str) -> float:
    """Return the evidence weight of a stem, 0 for common words and for numbers, at most 4.8.

    The weight is ``max(0, ln(paragraphs / paragraphs with the stem) - 2.2)`` over the background table of public
    English and Russian text; stems the table does not know weigh most. Numbers are compared apart, by value.
    """
    if stem[0].isdigit():
        return 0.0
    return max(0.0, min(_rarities().get(stem, _UNSEEN), _UNSEEN) - _COMMON)


@lru_cache(maxsize=1)
def _rarities() -> dict[str, float]:
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    levels = [level for language in ("en", "ru") for level in table[language]["stems"].items()]
    return {stem: int(tenths) / 10 for tenths, stems in levels for stem in stems.split()}


RULES = 3
"""Raise this with every change of what counts as a claim: scores of other rules are not to be compared."""

_ATTRIBUTION = re.compile(
    r"\b(?:(?:according to|based on|as (?:stated|mentioned|noted|described|explained) in|per|from|in) )?"
    r"(?:the )?(?:(?:provided|given|above|first|second|third|following) ){0,4}"
    r"(?:passages?|contexts?|documents?|sources?|отрыв\w+|источник\w+|документ\w+)(?: \d{1,2}\b)?"
    r"(?:(?:,| and| и|, and) (?:passage )?\d{1,2}\b){0,9}(?: (?:provided|above|given))?",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"^\W*(?:sure|certainly|of course|absolutely|great question|good question|hello|hi|dear|thanks?|i hope"
    r"|hope (?:this|that)|let me know|feel free|please (?:let|feel|note that this|reply)"
    r"|here(?:'s| is|’s| are) (?:what|everything) (?:i|we)|i(?:'|’)ve found|i found (?:the following|this)"
    r"|вот что (?:я|мы|удалось)|я наш[её]л|мы нашли"
    r"|if you have any (?:other|more|further)|is there anything|i(?:'|’)d be happy|i(?:'|’)m happy|happy to help"
    r"|конечно|надеюсь|здравствуйте|спасибо|если у вас|пожалуйста|рад[аы]? помочь)\b(?=[^.!?]{0,90}[.!?]*$)",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"unable to answer|cannot (?:be )?answer"
    r"|(?:\bnot|n't|n’t)(?: \w+){0,2} (?:mention|provid|specif|stat|contain|includ|say|answer|indicat|give)"
    r"|no (?:information|mention|specific)|не (?:указ|содерж|упомин|сказано|говор|могу ответ)"
    r"|нет (?:информац|ответ|данных)",
    re.IGNORECASE,
)
_SOURCE_WORDS = (
    "passage provided provide context mention specify information given text document according based state suggest "
    "source answer question explain here sure отрывок документ источник информация указано согласно вопрос ответ"
)
_ABOUT_SOURCES = frozenset(map(stem, _SOURCE_WORDS.split()))


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer that says something about the world.

    `sentence` is read without attributions ("according to passage 2"), `content` are its stems that carry evidence, in
    order. `denial` marks a sentence that says the passages do not tell.
    """

    text: str
    sentence: SentenceWords
    content: tuple[str, ...]
    denial: bool


def content_stems(stems: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stems that carry evidence: neither common words nor talk about the sources themselves."""
    return tuple(stem for stem in stems if stem not in _ABOUT_SOURCES and weight(stem) > 0)


def find_claims(answer: str) -> list[Claim]:
    """Return the claims of an answer in order; a sentence that only repeats earlier ones is left out."""
    claims: list[Claim] = []
    said: set[str] = set()
    for text in plain_sentences(answer):
        claim = _read(text)
        new = {*claim.content, *claim.sentence.numbers} - said
        if _claims_something(claim) and not _is_repeat(claim, new):
            claims.append(claim)
        said |= new
    return claims


def _read(text: str) -> Claim:
    sentence = read_sentence(_ATTRIBUTION.sub(" ", text))
    return Claim(text, sentence, content_stems(sentence.stems), bool(_DENIAL.search(text)))


def _claims_something(claim: Claim) -> bool:
    return bool(claim.content) and not claim.text.endswith(":") and not _CHATTER.search(claim.text)


def _is_repeat(claim: Claim, new: set[str]) -> bool:
    distinct = set(claim.content)
    return len(distinct) > 2 and len(new & distinct) <= 0.1 * len(distinct) and not new & claim.sentence.numbers
