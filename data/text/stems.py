"""Words of a text, their stems, and what of them is compared: terms, without words that only carry grammar.

It is the one notion of a word: search (`search_terms`), evidence, citations, scores and signals count by it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from data.text.folding import MARKS, folded, without_accents
from data.text.language import UNKNOWN
from data.text.unspaced import UNSPACED, content_pairs

if TYPE_CHECKING:
    from snowballstemmer import Stemmer

_WORD = re.compile(rf"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[{MARKS}]+[^\W\d_]*)*")
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
    свой своей своего своих который которая которое которые которого которой сколько почему является являются
    어디 어디에 어디서 무엇 무엇을 무엇이 언제 누구 누가 왜 어떻게 얼마 얼마나 몇 어떤 있습니까 있습니다 있나요
    있어요 입니까 합니까 합니다 됩니까 하나요 क्या है हैं का की के में को से पर कहाँ कब कौन कितना कितनी कितने और"""
FUNCTION_WORDS = frozenset(_STOP_WORDS.split())

_FRAMING = """
    please tell say explain describe give name list find know according documents document text passage mean means meant
    пожалуйста скажи скажите подскажи подскажите расскажи расскажите объясни объясните назови назовите перечисли
    перечислите укажи укажите согласно документам документу зовут звали называется называются"""
_MEASURE = re.compile(
    r"\bhow (?:long|old|far|tall|high|large|big|fast|short|deep|heavy|often|soon)\b|\bat (?:most|least)\b"
    r"|(?:§|\b(?:(?:sub-?)?clause|section|article|paragraph|chapter|пункт\w?|стать[яеи]|раздел\w?|глав[аеы]|Abschnitt|Artikel"
    r"|Ziffer|Kapitel))\s*(?=\d)",
    re.IGNORECASE,
)
_FRAME_WORDS = frozenset(_FRAMING.split())


_HANGUL = re.compile("[\uac00-\ud7a3]+")
_PARTICLES = (
    "에서는",
    "으로는",
    "에서",
    "에게",
    "한테",
    "까지",
    "부터",
    "보다",
    "처럼",
    "으로",
    "입니다",
    "인가요",
    "이다",
    "에는",
)
_AFTER_CONSONANT, _AFTER_VOWEL = "은을이과", "는를가와"


def words(text: str) -> list[str]:
    """Return the words and numbers of `text` in its capitals; "don't" is two words, "3.5" is one number.

    Letters are folded (see `folding`), and scripts that write no words apart give pairs of signs (see `unspaced`).
    """
    found: list[str] = _WORD.findall(folded(text))
    if text.isascii() or not UNSPACED.search(text):
        return found
    return [piece for word in found for piece in _pieces(word)]


def _pieces(word: str) -> list[str]:
    """Return what of a word stands between changes of script, unspaced runs as the pairs they are about."""
    pieces: list[str] = []
    done = 0
    for match in UNSPACED.finditer(word):
        pieces += [word[done : match.start()], *content_pairs(match[0])]
        done = match.end()
    return [piece for piece in (*pieces, word[done:]) if piece]


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
    known. Latin letters lose their accents, Korean words their particles. One or two letters, words with a digit and
    those of a language without a stemmer stay as they are.
    """
    small = word.casefold().replace("ё", "е").replace("’", "'")
    if _HANGUL.fullmatch(small):
        return _without_particle(small)
    if len(small) < 3 or any(character.isdigit() for character in small):
        return without_accents(small)
    if _CYRILLIC.search(small):
        return small if language == "uk" else _snowball(small, "russian")
    if language in {"ru", "uk", UNKNOWN}:
        language = "en"
    return without_accents(_snowball(small, _STEMMERS[language]) if language in _STEMMERS else small)


def _without_particle(word: str) -> str:
    """Return a Korean noun without the particle behind it; which one may stand there its last sound tells."""
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) > len(particle) + 1:
            return word[: -len(particle)]
    if len(word) < 2:
        return word
    closed = (ord(word[-2]) - 0xAC00) % 28 > 0
    fits = word[-1] in (_AFTER_CONSONANT if closed else _AFTER_VOWEL)
    return word[:-1] if fits or word[-1] in "에의도" and len(word) > 2 else word


def _snowball(word: str, name: str) -> str:
    with _ONE_AT_A_TIME:
        return str(_stemmer(name).stemWord(word))


_ONE_AT_A_TIME = Lock()
"""A stemmer keeps the word it works on in itself: two threads would spoil each other's stems."""


@cache
def _stemmer(name: str) -> Stemmer:
    import snowballstemmer

    return snowballstemmer.stemmer(name)
