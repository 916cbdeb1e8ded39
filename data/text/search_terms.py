"""Words as search terms: what the full-text index stores and what a question asks it for.

Terms are case-folded and stemmed by language, so that "verifiers" finds "verifier" and "рейса" finds "рейсы". Numbers
are kept. Identifiers and words with hyphens are kept whole and in parts ("SP800-63B" gives sp800, 63b and sp80063b).
Scripts without spaces are cut into overlapping pairs of characters (see `unspaced`). Stop words stay in the index and
leave the question, unless it has no other words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from data.text.folding import MARKS, folded, without_accents
from data.text.language import STOP_WORDS, UNKNOWN
from data.text.stems import stem
from data.text.unspaced import UNSPACED, content_pairs, every_pair

TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
"""How FTS5 must split what `index_terms` joined: at spaces only, keeping letters as they are."""

_LETTERS = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
_TOKEN = re.compile(rf"{_LETTERS}(?:[\-_./'’]{_LETTERS})*")
_PART = re.compile(_LETTERS)
_CYRILLIC_LETTERS = 6
_CYRILLIC_WORD = re.compile(r"[^\W\d_]*[\u0400-\u04ff][^\W\d_]*")
_WHOLE = re.compile(r"[\d_]|^[^\W_]+(?:-[^\W_]+)+$")
"""Tokens that are searched as a whole, too."""


def index_terms(text: str, language: str = UNKNOWN) -> str:
    """Return the terms of `text` joined by spaces, ready for the full-text index."""
    return " ".join(_terms(text, language, every_pair))


def match_expression(question: str, language: str = UNKNOWN) -> str:
    """Return an FTS5 expression that matches any term of the question; empty when it has none."""
    return any_of(match_terms(question, language))


def match_terms(question: str, language: str = UNKNOWN) -> list[str]:
    """Return the distinct terms of a question, in order: without stop words, unless it has no others."""
    stop = STOP_WORDS.get(language, frozenset())
    terms = list(dict.fromkeys(_terms(question, language, content_pairs) or _terms(question, language, every_pair)))
    stop_terms = {_stem(word, language) for word in stop}
    return [term for term in terms if term not in stop_terms and term not in stop] or terms


def any_of(terms: Sequence[str]) -> str:
    """Return an FTS5 expression that matches any of `terms`; empty when there is none."""
    return " OR ".join(f'"{term}"' for term in terms)


def _terms(text: str, language: str, pairs: Callable[[str], list[str]]) -> list[str]:
    terms: list[str] = []
    for token in _TOKEN.findall(folded(text)):
        parts = _PART.findall(token)
        for part in parts:
            terms.extend(_of_part(part.casefold(), language, pairs))
        if len(parts) > 1 and _WHOLE.search(token):
            terms.append(_stem("".join(parts).casefold(), language))
    return terms


def _of_part(part: str, language: str, pairs: Callable[[str], list[str]]) -> list[str]:
    terms: list[str] = []
    done = 0
    for run in () if part.isascii() else UNSPACED.finditer(part):
        terms += [*_spaced(part[done : run.start()], language), *pairs(run[0])]
        done = run.end()
    return [*terms, *_spaced(part[done:], language)]


def _spaced(word: str, language: str) -> list[str]:
    """Return the stem of a word, and that of the word without accents where a stemmer takes the two apart."""
    if not word:
        return []
    plain = word.replace("ё", "е")
    stems = [_stem(plain, language)]
    if plain.isascii() or (bare := without_accents(plain)) == plain:
        return stems
    return list(dict.fromkeys([*stems, _stem(bare, language)]))


def _stem(word: str, language: str) -> str:
    stemmed = stem(word, language)
    if len(stemmed) > _CYRILLIC_LETTERS and _CYRILLIC_WORD.fullmatch(word):
        # Snowball keeps Slavic derivations apart ("авиационный", "авиация"); their first letters hold them together.
        return stemmed[:_CYRILLIC_LETTERS]
    return stemmed
