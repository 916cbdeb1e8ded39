"""Words as search terms: what the full-text index stores and what a question asks it for.

Terms are case-folded and stemmed by language, so that "verifiers" finds "verifier" and "рейса" finds "рейсы". Numbers
are kept. Identifiers are kept whole and in parts ("SP800-63B" gives sp800, 63b and sp80063b). Scripts without spaces
are cut into overlapping pairs of characters. Stop words stay in the index and leave the question, unless it has no
other words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.text.language import STOP_WORDS, UNKNOWN
from data.text.stems import stem

TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
"""How FTS5 must split what `index_terms` joined: at spaces only, keeping letters as they are."""

_TOKEN = re.compile(r"[^\W_]+(?:[\-_./'’][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_CYRILLIC_LETTERS = 6
_CYRILLIC_WORD = re.compile(r"[^\W\d_]*[\u0400-\u04ff][^\W\d_]*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]+")
_DIGIT_OR_UNDERSCORE = re.compile(r"[\d_]")


def index_terms(text: str, language: str = UNKNOWN) -> str:
    """Return the terms of `text` joined by spaces, ready for the full-text index."""
    return " ".join(_terms(text, language))


def match_expression(question: str, language: str = UNKNOWN) -> str:
    """Return an FTS5 expression that matches any term of the question; empty when it has none."""
    return any_of(match_terms(question, language))


def match_terms(question: str, language: str = UNKNOWN) -> list[str]:
    """Return the distinct terms of a question, in order: without stop words, unless it has no others."""
    stop = STOP_WORDS.get(language, frozenset())
    terms = list(dict.fromkeys(_terms(question, language)))
    stop_terms = {_stem(word, language) for word in stop}
    return [term for term in terms if term not in stop_terms and term not in stop] or terms


def any_of(terms: Sequence[str]) -> str:
    """Return an FTS5 expression that matches any of `terms`; empty when there is none."""
    return " OR ".join(f'"{term}"' for term in terms)


def _terms(text: str, language: str) -> list[str]:
    terms: list[str] = []
    for token in _TOKEN.findall(text):
        parts = _PART.findall(token)
        for part in parts:
            terms.extend(_of_part(part.casefold(), language))
        if len(parts) > 1 and _DIGIT_OR_UNDERSCORE.search(token):
            terms.append("".join(parts).casefold())
    return terms


def _of_part(part: str, language: str) -> list[str]:
    run = _UNSPACED.search(part)
    if run is None:
        return [_stem(part.replace("ё", "е"), language)]
    return [part[at : at + 2] for at in range(max(1, len(part) - 1))]


def _stem(word: str, language: str) -> str:
    stemmed = stem(word, language)
    if len(stemmed) > _CYRILLIC_LETTERS and _CYRILLIC_WORD.fullmatch(word):
        # Snowball keeps Slavic derivations apart ("авиационный", "авиация"); their first letters hold them together.
        return stemmed[:_CYRILLIC_LETTERS]
    return stemmed
