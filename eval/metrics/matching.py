"""When two texts say the same for a metric: normalised words, numbers by value, path endings."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

from data.text import numbers, plain, stem

_TOKEN = re.compile(r"-?\d+(?:[.,'\u00a0\u202f]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ARTICLES = frozenset({"a", "an", "the"})


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case without articles and layout; numbers as "1000", not "1,000"."""
    found = (_normal(match) for match in _TOKEN.findall(plain(text).casefold().replace("ё", "е")))
    return [token for token in found if token not in _ARTICLES]


def contains(text: str, part: str) -> bool:
    """Say whether the words of `part`, in any inflection, stand in `text` one after the other; no words are nowhere."""
    whole, wanted = ([stem(token) for token in tokens(source)] for source in (text, part))
    return bool(wanted) and any(
        whole[start : start + len(wanted)] == wanted for start in range(len(whole) - len(wanted) + 1)
    )


def token_f1(text: str, reference: str) -> float:
    """Return the harmonic mean of word precision and recall, counted with repetition (SQuAD, Rajpurkar et al. 2016)."""
    found, wanted = Counter(tokens(text)), Counter(tokens(reference))
    common = (found & wanted).total()
    return 2 * common / (found.total() + wanted.total()) if common else 0.0


def token_recall(text: str, reference: str) -> float:
    """Return the share of the words of `reference`, counted with repetition, that `text` holds."""
    wanted = Counter(tokens(reference))
    return (Counter(tokens(text)) & wanted).total() / wanted.total() if wanted else 0.0


def same_source(actual: str, expected: str) -> bool:
    """Say whether `expected`, a file name or path ending, names the path `actual`: "a/b.md" names "docs/a/b.md"."""
    wanted = PurePosixPath(expected.replace("\\", "/")).parts
    return PurePosixPath(actual.replace("\\", "/")).parts[-len(wanted) :] == wanted


def _normal(token: str) -> str:
    values = numbers(token) if token[-1].isdigit() else frozenset()
    return next(iter(values)) if len(values) == 1 else token
