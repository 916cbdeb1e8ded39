"""Text to comparable words: sentences, stems, numbers and names, for English and Russian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import snowballstemmer

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W\d_]+)*")
_GROUPED = r"\d{1,3}(?:([.,'\u00a0\u202f ])\d{3})(?:\1\d{3})*"
_NUMBER = re.compile(rf"(?<![\w.,])-?(?:{_GROUPED}|\d+)(?:[.,]\d+)?(?!\d|[.,]\d)")
_LIST_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*|(?:[-*+•–]|\(?\d{1,2}[.)])[ \t]+)+", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__|`+|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{0,2000}\)")
_CITATION = re.compile(r"[ \t]?\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+(?=[\"'“‘«(]*[A-ZА-ЯЁ0-9])|\n+")
_SPELLED = {
    word: str(value)
    for value, words in enumerate(
        ("zero ноль", "one один", "two два две", "three три", "four четыре", "five пять", "six шесть", "seven семь",
         "eight восемь", "nine девять", "ten десять", "eleven одиннадцать", "twelve двенадцать")
    )
    for word in words.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as compared: its stems in order, its numbers in plain notation, and the stems of its names."""

    text: str
    stems: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]


def plain(text: str) -> str:
    """Remove what only lays text out: markdown emphasis, headings, list marks, link targets and "[1]" citations."""
    text = _CITATION.sub("", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub("", _LIST_MARK.sub("", text))


def split_sentences(text: str) -> list[str]:
    """Split plain text at sentence ends and line ends."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def words(text: str) -> list[str]:
    """Return the words and numbers of a text as written; "don't" and "re-use" are one word."""
    return _WORD.findall(text)


def numbers(text: str) -> frozenset[str]:
    """Return the numbers written in digits, in plain notation: "1,000.50" and "1 000,50" both give "1000.5".

    A mark followed by exactly three digits is read as grouping ("1,500" and "1.500" give "1500"), except after "0".
    """
    return frozenset(_plain_number(match.group()) for match in _NUMBER.finditer(text))


def spelled_numbers(text: str) -> frozenset[str]:
    """Return the numbers up to twelve written as English or Russian words: "two" gives "2"."""
    return frozenset(_SPELLED[word] for word in map(str.casefold, words(text)) if word in _SPELLED)


def parse_sentence(text: str) -> Sentence:
    """Read one sentence of plain text."""
    written = words(text)
    stems = tuple(map(stem, written))
    names = frozenset(stems[place] for place, word in enumerate(written) if place and word[0].isupper())
    return Sentence(text, stems, numbers(text), names)


def parse(text: str) -> list[Sentence]:
    """Read a text, markdown or plain, as its sentences; those without any word are left out."""
    parsed = (parse_sentence(part) for part in split_sentences(plain(text)))
    return [sentence for sentence in parsed if sentence.stems]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the Snowball stem of a word: Russian for Cyrillic letters, English otherwise; "ё" is read as "е"."""
    folded = word.casefold().replace("’", "'").replace("ё", "е")
    if folded.endswith("'s"):
        folded = folded[:-2]
    with _ONE_AT_A_TIME:
        return str((_RUSSIAN if folded[0] >= "Ѐ" else _ENGLISH).stemWord(folded))


_ONE_AT_A_TIME = Lock()
"""A stemmer keeps the word it works on in itself: two threads would spoil each other's stems."""
_ENGLISH = snowballstemmer.stemmer("english")
_RUSSIAN = snowballstemmer.stemmer("russian")


def _plain_number(written: str) -> str:
    digits = re.sub(r"['\u00a0\u202f ]", "", written)
    place = max(digits.rfind("."), digits.rfind(","))
    whole, fraction = (digits, "") if place < 0 else (digits[:place], digits[place + 1 :])
    if len(fraction) == 3 and whole not in {"0", "-0"}:
        whole, fraction = whole + fraction, ""
    whole, fraction = re.sub(r"[.,]", "", whole), fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
