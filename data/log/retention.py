"""Deletion of raw text after some time: what was asked and answered goes, what was measured stays.

Scores, times, outcomes, fingerprints, names of passages and, by default, vectors are kept, so that windows of the past
can still be compared. Canaries are no user's words and keep their texts too, unless they are to go. What a canary was
answered before shows whether another model answers now. A question is replaced by a keyed hash: the same question is
still the same, and cannot be guessed without the key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from data.log.interaction_log import InteractionLog
from data.records import FORGOTTEN, Interaction, Kind, stand_in


@dataclass(frozen=True, slots=True)
class Deletion:
    """How many interactions lost their text, how many comments of people were deleted, and from before when."""

    interactions: int
    comments: int
    before: datetime


def forget(
    log: InteractionLog, before: datetime, key: str, *, vectors: bool = False, canaries: bool = False
) -> Deletion:
    """Delete the texts of interactions before a time, and with `vectors` their vectors too; then the free space.

    With `canaries` also theirs.

    :raises WorkspaceError: the log could not be written; run it again.
    """

    def without_text(item: Interaction) -> Interaction:
        return forgotten(item, key, vectors=vectors)

    changed = log.rewrite(without_text, None, before, kinds=concerned(canaries=canaries))
    comments = log.forget_comments(before)
    if changed or comments:
        log.compact()
    return Deletion(changed, comments, before)


def forget_sources(log: InteractionLog, sources: Collection[str], key: str) -> int:
    """Delete the texts of interactions of all kinds whose passages or citations come from `sources`; return how many.

    :raises WorkspaceError: the log could not be written; run it again.
    """
    gone = frozenset(sources)

    def without_text(item: Interaction) -> Interaction:
        told = {source for context in item.contexts for source in (context.source, *context.also_in)}
        told |= {citation.source for citation in item.citations}
        return forgotten(item, key, vectors=True) if told & gone else item

    changed = log.rewrite(without_text)
    if changed:
        log.compact()
    return changed


def concerned(*, canaries: bool) -> tuple[Kind, ...] | None:
    """Return the kinds of interactions that lose their texts; None stands for all."""
    return None if canaries else ("user", "replay")


def forgotten(item: Interaction, key: str, *, vectors: bool = False) -> Interaction:
    """Return an interaction without its texts; done again, it stays the same."""
    bare = replace(item, question_vector=None, answer_vector=None) if vectors else item
    if FORGOTTEN in item.flags:
        return bare
    named = hmac.new(
        key.encode(), " ".join(item.question.casefold().split()).encode("utf-8", "replace"), hashlib.sha256
    )
    return replace(
        bare,
        question=stand_in(named.hexdigest()[:16]),
        answer=None,
        contexts=tuple(replace(context, text=None) for context in item.contexts),
        citations=tuple(replace(citation, quote="") for citation in item.citations),
        error="[deleted]" if item.error else item.error,
        flags=(*item.flags, FORGOTTEN),
    )
