"""Is the answer whole? Rules for cut, looped, echoed, copied, empty and garbled answers, and for lost evidence.

Each fault has a degree in [0, 1] and a weight, the share of people who would call such an answer bad. The score is the
product of ``1 - weight * degree``. The weights are set by hand: no labels of people exist for them.

What is usual is learned from answers of the same log (`learn_habits`). No closing mark is a fault only where answers
close, and no citation only where answers cite. No passages are a fault only where there were passages.

Blind: a cut at the end of a sentence, and a list that stops between its items.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.text import STOP_WORDS, detect_language, plain, terms
from eval.quality.claims import weight as rarity
from eval.quality.sentences import split

VERSION = "1"
WEIGHTS = {
    "empty": 1.0, "gibberish": 1.0, "looped": 0.9, "question_again": 0.95, "cut": 0.8, "copied": 0.7,
    "other_language": 0.9, "citations_lost": 0.5, "passages_gone": 0.9,
}  # fmt: skip
_BLANK = frozenset(("", "na", "null", "none", "nil", "undefined", "nan", "noanswer", "empty", "нетответа", "пусто"))
_BLANK_LENGTH = 40
_CLOSED = re.compile(r"[.!?…。！？:;)\]\"'”»’*`|]\s*$")
_CITED = re.compile(
    r"\[\^?\d{1,3}[^\]\n]{0,12}\]|【\d+[^】]{0,20}】|\[\d+:\d+\]|\((?:source|источник):? ?\d+\)", re.IGNORECASE
)
_LAST_CITATION = re.compile(r"(?:\[\^?\d{1,3}[^\]\n]{0,12}\]|【[^】]{0,20}】)\Z")
_CITATION_LENGTH = 24
_SPACE_OR_MARK = re.compile(r"[\W_]+")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)])\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_LAST_WORDS = """a an the of in on at by for to from with without into and or but nor if than that which who whose whom
    when where while because is are was were be been has have had its their his her this these those as such between
    during under over через в во на с со к ко по о об от до для при из за и а но или что который которая которое которые
    как чтобы если был была было были его её их этот эта это эти между перед после под над без у не"""
_DANGLING = frozenset(_LAST_WORDS.split())
_USUAL = 0.8
_RARE = 0.5
_SENTENCE_WORDS = 5
_LANGUAGE_WORDS = 8
_TERSE = 0.2
_TERSE_WORDS = 8


@dataclass(frozen=True, slots=True)
class Habits:
    """What answers of a log usually do, as shares: end with a closing mark, cite, come with passages.

    `terse` is the share of short answers without a closing mark that are no beginnings of passage sentences.
    """

    closed: float = 0.0
    cited: float = 0.0
    with_passages: float = 0.0
    terse: float = 0.0


@dataclass(frozen=True, slots=True)
class Form:
    """The score with the faults that lowered it, worst first, each with its degree."""

    score: float
    faults: tuple[tuple[str, float], ...]


def learn_habits(answers: Sequence[tuple[str, Sequence[str], int]]) -> Habits:
    """Learn habits from answers, their passages and the number of citations recorded beside the text."""
    whole = [answer for answer, _, _ in answers if len(_WORD.findall(answer)) >= _SENTENCE_WORDS]
    if not answers:
        return Habits()
    return Habits(
        _share(_closes(answer) for answer in whole),
        _share(bool(count) or cites(answer) for answer, _, count in answers),
        _share(any(text.strip() for text in passages) for _, passages, _ in answers),
        _share(_is_terse(answer, passages) for answer, passages, _ in answers),
    )


def form(
    question: str, answer: str, passages: Sequence[str], *, habits: Habits, cited: int = 0, finish_reason: str = ""
) -> Form:
    """Look for each fault; an empty answer has no other one."""
    if is_empty(answer):
        return _scored({"empty": 1.0})
    words = [word.casefold() for word in _WORD.findall(answer)]
    return _scored(
        {
            "looped": looped(words),
            "question_again": question_again(question, answer),
            "cut": cut(answer, passages, habits, finish_reason),
            "copied": copied(answer, passages),
            "other_language": other_language(question, answer, words),
            "gibberish": gibberish(words, question, passages),
            "citations_lost": float(habits.cited >= _USUAL and not cited and not cites(answer)),
            "passages_gone": float(habits.with_passages >= _USUAL and not any(text.strip() for text in passages)),
        }
    )


def is_empty(answer: str) -> bool:
    """Tell whether there is no answer: white space, marks alone, "N/A", "null"."""
    bare = _SPACE_OR_MARK.sub("", without_citations_at_end(answer))
    return len(bare) < _BLANK_LENGTH and bare.casefold() in _BLANK


def without_citations_at_end(text: str) -> str:
    """Return a text without the citation marks and the white space that it ends with."""
    end = len(text)
    while True:
        while end and text[end - 1].isspace():
            end -= 1
        found = _LAST_CITATION.search(text, max(0, end - _CITATION_LENGTH), end)
        if found is None:
            return text[:end]
        end = found.start()


def looped(words: Sequence[str]) -> float:
    """Return how much of the text repeats runs of four words that stood before, beyond a fifth."""
    if len(words) < 12:
        return 0.0
    runs = Counter(zip(*(words[place:] for place in range(4)), strict=False))
    repeated = sum(count - 1 for count in runs.values()) / max(1, sum(runs.values()))
    return min(1.0, max(0.0, (repeated - 0.2) / 0.3))


def question_again(question: str, answer: str) -> float:
    """Return 1 if the answer holds nothing beside the words of the question, and most of those."""
    asked, said = set(terms(question)), set(terms(plain(answer)))
    if len(said) < 2 or not asked:
        return 0.0
    return float(len(said - asked) <= 0.1 * len(said) and len(said & asked) >= 0.7 * len(asked))


def cut(answer: str, passages: Sequence[str], habits: Habits, finish_reason: str) -> float:
    """Return how sure it is that the answer stops before its end."""
    if finish_reason in {"length", "max_tokens", "MAX_TOKENS"}:
        return 1.0
    text = without_citations_at_end(answer)
    words = _WORD.findall(text)
    if not words or _CLOSED.search(text):
        return 0.0
    last = text.splitlines()[-1]
    if _ITEM.match(last):
        return _cut_item(text, last)
    if habits.terse >= _TERSE and len(words) <= _TERSE_WORDS:
        return 0.0
    if text[-1] in ",-–—(" or words[-1].casefold() in _DANGLING:
        return 1.0
    if _stops_inside(last, passages):
        return 1.0
    return 0.8 if habits.closed >= _USUAL and len(words) > _SENTENCE_WORDS and words[0][0].isupper() else 0.0


def _is_terse(answer: str, passages: Sequence[str]) -> bool:
    text = without_citations_at_end(answer)
    words = _WORD.findall(text)
    if not 0 < len(words) <= _TERSE_WORDS or _CLOSED.search(text) or words[-1].casefold() in _DANGLING:
        return False
    return not _stops_inside(text, passages)


def _cut_item(text: str, last: str) -> float:
    others = [line for line in text.splitlines()[:-1] if _ITEM.match(line)]
    return 0.8 if len(others) > 1 and _share(_closes(line) for line in others) >= _USUAL else 0.0


def _stops_inside(last: str, passages: Sequence[str]) -> bool:
    """Tell whether the last line begins like a sentence of the passages and stops before that one does."""
    begun = split(last)[-1:] or [last]
    start = " ".join(begun[0].split()).casefold()
    if len(start.split()) < 2:
        return False
    whole = (" ".join(sentence.split()).casefold() for text in passages for sentence in split(text))
    return any(sentence.startswith(start) and len(sentence) > len(start) + 3 for sentence in whole)


def copied(answer: str, passages: Sequence[str]) -> float:
    """Return 1 if the answer is (nearly) a whole passage of three sentences or more."""
    said = [_flat(sentence) for sentence in split(plain(answer))]
    for text in passages:
        held = [_flat(sentence) for sentence in split(plain(text))]
        if len(held) < 3 or len(said) < 3:
            continue
        both = len(set(said) & set(held))
        if both >= 0.8 * len(held) and both >= 0.7 * len(said):
            return 1.0
    return 0.0


def other_language(question: str, answer: str, words: Sequence[str]) -> float:
    """Return 1 if the answer is clearly in another language than the question; names alone are no language."""
    asked, said = detect_language(question), detect_language(answer)
    if "und" in (asked, said) or asked == said or len(words) < _LANGUAGE_WORDS:
        return 0.0
    own = STOP_WORDS.get(said)
    if own is not None and sum(word in own for word in words) < max(2, 0.1 * len(words)):
        return 0.0
    return 1.0


def gibberish(words: Sequence[str], question: str, passages: Sequence[str]) -> float:
    """Return 1 if most words are known neither to the passages, nor to the question, nor to the language."""
    said = terms(" ".join(words))
    if len(said) < 4:
        return 0.0
    known = {stem for text in (question, *passages) for stem in terms(text)}
    unknown = sum(stem not in known and rarity(stem) >= _unseen() for stem in said) / len(said)
    return float(unknown > _RARE and _joints(words) < 0.1)


def _joints(words: Sequence[str]) -> float:
    """Return the share of small words, which every language has and noise has not."""
    return sum(any(word in own for own in STOP_WORDS.values()) for word in words) / max(1, len(words))


def _unseen() -> float:
    return rarity("zzzzqqqq")


def _scored(degrees: dict[str, float]) -> Form:
    score = 1.0
    for name, degree in degrees.items():
        score *= 1.0 - WEIGHTS[name] * degree
    faults = sorted((item for item in degrees.items() if item[1]), key=lambda item: -item[1] * WEIGHTS[item[0]])
    return Form(score, tuple(faults))


def _closes(text: str) -> bool:
    return bool(_CLOSED.search(without_citations_at_end(text)))


def cites(text: str) -> bool:
    """Tell whether a text cites, in any of the usual notations."""
    return bool(_CITED.search(text))


def _flat(text: str) -> str:
    return " ".join(word.casefold() for word in _WORD.findall(text))


def _share(flags: Iterable[bool]) -> float:
    held = list(flags)
    return sum(held) / len(held) if held else 0.0
