"""Tell whether an answer refuses, in whatever words, and whether that was right.

Refusals are known by phrases in several languages, and by what a log says again and again. The application's own
refusal answers many different questions, names nothing of the passages and stands beside known refusals.

The score asks whether the passages hold an answer at all (`holds`, a chance from `relevance`). An answer where they do
scores that chance, and a refusal scores the rest.

Blind: whether near-miss passages hold the answer is mostly beyond words and sentence vectors. So a refusal of one
question says little, and shares of refusals over a window say more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.text import plain, terms
from eval.quality.sentences import split
from eval.quality.wrappers import unwrap

VERSION = "2"
_PHRASES = (
    # English
    r"\b(?:do(?:es)?|did|is|are|was|were|could|can|has|have)(?: ?n[o'’]t|not) (?:\w+ ){0,4}?(?:contain"
    r"|mention|provide|includ|specif|state"
    r"|cover|say|answer|address|give|find|found|have (?:any |enough |the )?(?:information|data|details)|know"
    r"|sure|able to"
    r"|available|enough information)",
    r"\b(?:cannot|can not|can'?t|can’t|unable to|not able to|couldn['’]t) (?:be )?(?:\w+ )?(?:answer|find"
    r"|determine|help|locate|tell)",
    r"\bno (?:\w+ )?(?:information|answer|mention|data|details|evidence|documents?|relevant)\b",
    r"\b(?:insufficient|not enough) (?:information|context|data)\b|\bi have no idea\b|\boutside (?:of )?my knowledge",
    r"\bnothing (?:\w+ ){0,3}(?:about|on|that answers|found)\b|\bbeyond (?:the scope|what)\b",
    # Russian
    r"\bне (?:содерж|указ|упомина|сказано|говорит|найд|наш[её]л|нашл|знаю|могу (?:\w+ )?(?:ответ|помо|найти)"
    r"|удалось|хватает"
    r"|располага|представлен|описан|раскры)",
    r"\b(?:нет|отсутству\w+|недостаточно) (?:\w+ ){0,3}(?:информац|ответ|данных|сведен|упомин)"
    r"|(?:информаци\w+|ответ\w*|сведени\w+|данн\w+) (?:\w+ ){0,5}(?:нет|отсутству|не найден|недостаточно)\b"
    r"|\bничего не ",
    # German, French, Spanish, Italian, Portuguese
    r"\b(?:keine?|nicht) (?:\w+ ){0,3}(?:information|angaben|antwort|enthalten|beantworten|gefunden)",
    r"\b(?:ne|n['’]) ?(?:\w+ ){0,3}(?:pas|aucune) (?:\w+ ){0,3}(?:information|réponse|mention|trouv|répondre)"
    r"|\baucune (?:information|réponse)",
    r"\bno (?:\w+ ){0,3}(?:contiene|contienen|menciona|encuentr|información|puedo responder|respuesta|se indica)",
    r"\bnon (?:\w+ ){0,3}(?:contien|contengono|menzion|informazioni|rispondere|trovat)"
    r"|\bnessuna (?:informazione|risposta)",
    r"\bnão (?:\w+ ){0,3}(?:contém|contêm|menciona|informaç|responder|encontr|há resposta)",
    # Chinese, Japanese
    r"(?:没有|未|无法)(?:[^。，]{0,8})(?:提到|提及|包含|找到|回答|信息|答案)|(?:情報|記載|回答)(?:[^。]{0,8})(?:ありません|できません|ない)",
)
_REFUSES = re.compile("|".join(_PHRASES), re.IGNORECASE)
_SHORT = re.compile(
    r"\W*(?:i(?: a|['’])?m sorry|sorry|i do(?: not|n['’]t) know|no idea|unknown|unanswerable|not found|не знаю"
    r"|неизвестно|извините|к сожалению|нет ответа)\b[^.!?]{0,60}[.!?]*",
    re.IGNORECASE,
)
_AGREES = re.compile(r"\W*(?:yes|no|true|false|correct|right|sure|да|нет|верно|ja|nein|oui|non|sí|sim|não)\b", re.I)
_NAMES = re.compile(r"\d|[\w,;»”)] +[«“\"(]?[A-ZА-ЯЁ]\w")
"""A figure, or a word in capitals that does not begin a sentence."""
_LEAST_TERMS = 3
_MIN_QUESTIONS = 3
_MIN_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class LearnedRefusals:
    """Refusals of one log in its own words, each as its bag of words."""

    bags: tuple[frozenset[str], ...] = ()


def learn_refusals(rows: Sequence[tuple[str, str, Sequence[str]]], abstained: Sequence[str] = ()) -> LearnedRefusals:
    """Learn the refusals of a log from its questions, answers and passages, and from answers on record as abstained.

    A text counts when it answers three different questions or more and 1 % of the rows, and either is like a known
    refusal or like none of the passages that stood beside it, which must be three different sets or more. "Yes." and
    what names somebody or counts something are answers, whatever the passages say.
    """
    asked: dict[frozenset[str], set[str]] = defaultdict(set)
    foreign: dict[frozenset[str], dict[tuple[str, ...], bool]] = defaultdict(dict)
    example: dict[frozenset[str], str] = {}
    for question, answer, passages in rows:
        bag = _bag(answer, question)
        if bag and _is_statement(answer):
            asked[bag].add(" ".join(sorted(terms(question))))
            if any(text.strip() for text in passages):
                foreign[bag][tuple(passages)] = _foreign(bag, passages)
            example.setdefault(bag, answer)
    enough = max(_MIN_QUESTIONS, _MIN_SHARE * len(rows))
    own = [bag for bag, questions in asked.items() if len(questions) >= enough and _like(example[bag], foreign[bag])]
    return LearnedRefusals(tuple(dict.fromkeys([*own, *(_bag(text, "") for text in abstained if _bag(text, ""))])))


def refuses(question: str, answer: str, learned: LearnedRefusals) -> bool:
    """Tell whether the answer as a whole is a refusal; one that goes on to answer is not."""
    text = plain(answer).strip()
    if not text:
        return False
    bag = _bag(answer, question)
    if any(_alike(bag, known) for known in learned.bags):
        return True
    sentences = split(text)
    told = [refusing(part) for part in sentences]
    if not told or not any(told[:2]):
        return False
    asked = set(terms(question))
    rest = [part for part, no in zip(sentences, told, strict=True) if not no and len(set(terms(part)) - asked) > 3]
    return len(rest) <= 1 and sum(map(len, rest)) <= len(text) / 2


def declines(question: str, answer: str) -> bool:
    """Tell whether an answer refuses by the phrases that are known of every log, whatever it is wrapped in."""
    return refuses(question, unwrap(question, answer).text, LearnedRefusals())


def refusing(sentence: str) -> bool:
    """Tell whether a sentence refuses by its phrases, in English, Russian and seven more languages."""
    return bool(_REFUSES.search(sentence) or _SHORT.fullmatch(sentence))


def refusal_score(*, refused: bool, holds: float) -> float:
    """Return the chance that it was right to refuse, or right to answer."""
    return 1.0 - holds if refused else holds


def _bag(answer: str, question: str) -> frozenset[str]:
    return frozenset(terms(plain(answer))) - frozenset(terms(question))


def _is_statement(answer: str) -> bool:
    """Tell whether a text is closed and does not go round in circles: stumps and loops are faults of form."""
    text = plain(answer).strip()
    said = terms(text)
    return text[-1:] in ".!?。！？" and len(set(said)) > 0.5 * len(said)


def _foreign(bag: frozenset[str], passages: Sequence[str]) -> bool:
    held = {stem for text in passages for stem in terms(text)}
    return len(bag & held) <= 0.34 * len(bag)


def _like(text: str, foreign: Mapping[tuple[str, ...], bool]) -> bool:
    if _REFUSES.search(text):
        return True
    if _AGREES.match(text) or _NAMES.search(text) or len(set(terms(plain(text)))) < _LEAST_TERMS:
        return False
    return len(foreign) >= _MIN_QUESTIONS and sum(foreign.values()) >= 0.9 * len(foreign)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and len(one & other) >= 0.8 * len(one | other)
