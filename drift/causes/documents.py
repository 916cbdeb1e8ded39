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
        gone = [pieces for key, pieces in before[source].items() if key not in after[source]][:_MOST_GONE]
        for key, pieces in after[source].items():
            if key in before[source]:
                yield source, key, False
            elif looked_at < _MOST_NEW:
                looked_at += 1
                yield source, key, any(len(pieces & old) >= _ALIKE * len(pieces | old) for old in gone)


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
