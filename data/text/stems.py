"""Words of a text, their stems, and what of them is compared: terms, without words that only carry grammar."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from data.text.language import UNKNOWN

if TYPE_CHECKING:
    from snowballstemmer import Stemmer

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_STEMMERS = {
    "en": "english",
    "es": "spanish",
    "de": "german",
    "fr": "french",
    "it": "italian",
    "pt": "portuguese",
}

_STOP_WORDS = """
    a an the this that these those of in on at by for to from with without into onto about as and or but not no nor if
    then than so is are was were be been being am do does did done has have had having can could may might must
    shall should will would it its he she they them his her their we our us you your i me my mine there here what
    which who whom whose when where why how many much any some all each both such only own same very too also just
    s t d ll re ve и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне
    было вот от меня еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас нибудь вам ведь
    там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб без чего раз тоже
    себе под будет кто этот того потому этого какой какая какое какие каком какого каких каким какую совсем ним
    здесь этом один почти мой тем чтобы нее сейчас были куда зачем всех при об это эта эти этой этих тот та те
    свой своей своего своих который которая которое которые которого которой сколько почему является являются"""
FUNCTION_WORDS = frozenset(_STOP_WORDS.split())

_FRAMING = """
    please tell say explain describe give name list find know according documents document text passage mean means meant
    пожалуйста скажи скажите подскажи подскажите расскажи расскажите объясни объясните назови назовите перечисли
    перечислите укажи укажите согласно документам документу зовут звали называется называются"""
_MEASURE = re.compile(
    r"\bhow (?:long|old|far|tall|high|large|big|fast|short|deep|heavy|often|soon)\b|\bat (?:most|least)\b",
    re.IGNORECASE,
)
_FRAME_WORDS = frozenset(_FRAMING.split())


def words(text: str) -> list[str]:
    """Return the words and numbers of `text` as written; "don't" is two words, "3.5" is one number."""
    return _WORD.findall(text)


def terms(text: str) -> list[str]:
    """Return the stemmed content words and numbers of `text`, in order, repeats kept."""
    folded = (word.casefold().replace("ё", "е") for word in words(text))
    return [stem(word) for word in folded if word not in FUNCTION_WORDS]


def question_terms(question: str) -> list[str]:
    """Return the terms that an answer must be about: without words that only frame it ("please tell", "how long")."""
    left = [word for word in words(_MEASURE.sub(" ", question)) if word.casefold() not in _FRAME_WORDS]
    return terms(" ".join(left)) or terms(question)


def name_terms(text: str) -> list[str]:
    """Return the terms written as names or numbers: with a capital after the first word, or with a digit."""
    return [
        term
        for place, word in enumerate(words(text))
        if word[0].isdigit() or place and word[0].isupper()
        for term in terms(word)
    ]


@lru_cache(maxsize=262_144)
def stem(word: str, language: str = UNKNOWN) -> str:
    """Return the Snowball stem of a word, in small letters; "ё" is read as "е".

    Cyrillic letters are taken for Russian, but in Ukrainian; other letters for `language`, or English where that is not
    known. One or two letters, words with a digit and those of a language without a stemmer stay as they are.
    """
    folded = word.casefold().replace("ё", "е").replace("’", "'")
    if len(folded) < 3 or any(character.isdigit() for character in folded):
        return folded
    if _CYRILLIC.search(folded):
        return folded if language == "uk" else _snowball(folded, "russian")
    if language in {"ru", "uk", UNKNOWN}:
        language = "en"
    return _snowball(folded, _STEMMERS[language]) if language in _STEMMERS else folded


def _snowball(word: str, name: str) -> str:
    with _ONE_AT_A_TIME:
        return str(_stemmer(name).stemWord(word))


_ONE_AT_A_TIME = Lock()
"""A stemmer keeps the word it works on in itself: two threads would spoil each other's stems."""


@cache
def _stemmer(name: str) -> Stemmer:
    import snowballstemmer

    return snowballstemmer.stemmer(name)
