"""Queries held to a period of the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from data.arguments import expect_all, given_time
from data.log.rows import format_time
from data.log.tables import interactions as _interactions
from data.records import Kind


def window_of(query: Any, since: datetime | None, until: datetime | None, kinds: tuple[Kind, ...] | None) -> Any:
    """Return a query of interactions held to ``[since, until)`` and to some kinds of records."""
    for name, moment in (("since", since), ("until", until)):
        given_time("InteractionLog.read", name, moment)
    if kinds is not None:
        expect_all("InteractionLog.read", "kinds", kinds, str, 'kinds such as ("user", "canary"), or None for all')
    if since is not None:
        query = query.where(_interactions.c.at >= format_time(since))
    if until is not None:
        query = query.where(_interactions.c.at < format_time(until))
    if kinds is not None:
        query = query.where(_interactions.c.kind.in_(kinds))
    return query
