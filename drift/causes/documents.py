"""Whether documents were replaced: passages that are edited versions of former ones say so.

Passages that were never seen before are no sign by themselves: other questions find other passages of the same
documents. A passage that is nearly one of the same source, which is not found any more, is one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.records import Context, Interaction

_ALIKE = 0.5
_CHARACTERS = 600
_RUN = 4
_MOST_GONE = 40
_MOST_NEW = 500
_LEAST_USES = 10
_LEAST_SHARE = 0.2

_Passages = dict[str, dict[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class ReplacedPassages:
    """Which share of the passages now given are edited versions of former ones, and a source of such a passage."""

    share: float
    source: str

    @property
    def sentence(self) -> str:
        """Say so."""
        return (
            f"{self.share:.0%} of the passages now given are changed versions of former ones (e.g. of "
            f"{self.source!r}): documents were replaced."
        )


def replaced_passages(reference: Sequence[Interaction], current: Sequence[Interaction]) -> ReplacedPassages | None:
    """Look for edited passages; None where fewer than a fifth of those now given are, or texts are not logged."""
    before, after = _by_source(reference), _by_source(current)
    uses = Counter(key for item in current for context in item.contexts if (key := _key(context)))
    known, edited = 0, Counter[str]()
    for source, key, is_edited in _compared(before, after):
        known += uses[key]
        edited[source] += uses[key] * is_edited
    count = edited.total()
    if count < max(_LEAST_USES, _LEAST_SHARE * known):
        return None
    return ReplacedPassages(count / known, edited.most_common(1)[0][0])


def _compared(before: _Passages, after: _Passages) -> Iterator[tuple[str, str, bool]]:
    """Yield source and key of each passage now given of a known source, and whether it is an edited one."""
    looked_at = 0
    for source in sorted(before.keys() & after.keys()):
        old, new = before[source], after[source]
        gone = [key for key in old if key not in new][:_MOST_GONE]
        for key in new:
            if key in old:
                yield source, key, False
            elif looked_at < _MOST_NEW:
                looked_at += 1
                yield source, key, _is_edited(new[key], gone, old)


def _is_edited(pieces: frozenset[str], gone: Sequence[str], old: dict[str, frozenset[str]]) -> bool:
    """Tell whether a passage is nearly one that is gone, where that one was like no other of its document.

    The rows of a table and the articles of a form are alike, and none is an edited version of another.
    """
    near = max(gone, key=lambda key: _likeness(pieces, old[key]), default=None)
    if near is None or _likeness(pieces, old[near]) < _ALIKE:
        return False
    others = [key for key in old if key != near][:_MOST_GONE]
    return all(_likeness(old[near], old[key]) < _ALIKE for key in others)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _by_source(items: Sequence[Interaction]) -> _Passages:
    found: _Passages = defaultdict(dict)
    for item in items:
        for context in item.contexts:
            if (key := _key(context)) and key not in found[context.source]:
                found[context.source][key] = _pieces(context.text or "")
    return found


def _pieces(text: str) -> frozenset[str]:
    """Return the runs of four characters a text begins with: they fit every script."""
    flat = " ".join(text.casefold().split())[:_CHARACTERS]
    return frozenset(flat[place : place + _RUN] for place in range(max(1, len(flat) - _RUN + 1)))


def _key(context: Context) -> str:
    """Name a passage by its text; empty where source or text is not known."""
    return context.text if context.text and context.source else ""
