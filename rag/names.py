"""The guard against altered names: every name inside a sentence must occur in what the sentence cites."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.terms import terms

_INSIDE = re.compile(r"(?<=[^\W\d_] )[A-ZА-ЯЁ][^\W\d_]{2,}|(?<=[^\W\d_], )[A-ZА-ЯЁ][^\W\d_]{2,}")
_NO_NAME = frozenset({"passag", "document", "source", "sourc", "yes", "step", "note"})


def unmatched_names(sentence: str, sources: Iterable[str]) -> list[str]:
    """Return the words written as names, except the first, whose stem occurs in none of `sources`.

    A name is a capitalised word of three or more letters after a word or a comma; a sentence in title case or in
    capitals tells nothing and gives none.
    """
    names = _INSIDE.findall(sentence)
    words = re.findall(r"[^\W\d_]+", sentence)
    if not names or 2 * sum(word[0].isupper() for word in words) > len(words) + 1:
        return []
    held = {term for source in sources for term in terms(source)} | _NO_NAME
    return [name for name in dict.fromkeys(names) if not held.issuperset(terms(name))]
