"""The guard against altered names: every name inside a sentence must occur in what the sentence cites.

Names of code ("num_ctx", "OLLAMA_HOST", "--no-cache") must occur letter for letter: one like another is another option.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from data.text.stems import terms

_INSIDE = re.compile(r"(?<=[^\W\d_] )[A-ZА-ЯЁ][^\W\d_]{2,}|(?<=[^\W\d_], )[A-ZА-ЯЁ][^\W\d_]{2,}")
_IDENTIFIER = re.compile(r"(?<![\w-])--[a-z][\w-]*\w|(?<!\w)[^\W_]\w*_\w*[^\W_](?!\w)")
_ADDRESS = re.compile(r"\b\w+://\S+")
_ESCAPED = re.compile(r"\\(?=[_-])")
_NO_NAME = frozenset({"passag", "document", "source", "sourc", "yes", "step", "note"})


def unmatched_names(sentence: str, sources: Iterable[str]) -> list[str]:
    """Return the names of `sentence` that occur in none of `sources`: those of code, then others.

    A name of code has an underscore inside or two hyphens in front, and stands in no address. Another name is a
    capitalised word of three or more letters after a word or a comma, and occurs where its stem does; the first word,
    and a sentence in title case or in capitals, tell nothing and give none.
    """
    bare = _ESCAPED.sub("", sentence)
    held = list(sources)
    return [*_unmatched_identifiers(bare, held), *_unmatched_words(_IDENTIFIER.sub(" ", bare), held)]


def _unmatched_identifiers(sentence: str, sources: Sequence[str]) -> list[str]:
    found = dict.fromkeys(_IDENTIFIER.findall(_ADDRESS.sub(" ", sentence)))
    held = {name.casefold() for source in sources for name in _identifiers(source)} if found else set()
    return [name for name in found if name.casefold() not in held]


@lru_cache(maxsize=256)
def _identifiers(source: str) -> frozenset[str]:
    """Return the names of code in one source; each sentence of an answer asks for those of its passages."""
    return frozenset(_IDENTIFIER.findall(_ESCAPED.sub("", source)))


def _unmatched_words(sentence: str, sources: Sequence[str]) -> list[str]:
    names = _INSIDE.findall(sentence)
    words = re.findall(r"[^\W\d_]+", sentence)
    if not names or 2 * sum(word[0].isupper() for word in words) > len(words) + 1:
        return []
    held = {term for source in sources for term in terms(source)} | _NO_NAME
    return [name for name in dict.fromkeys(names) if not held.issuperset(terms(name))]
