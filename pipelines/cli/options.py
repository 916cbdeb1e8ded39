"""Options that many commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path, typer.Option("--workspace", "-w", help="The folder that holds rag.toml and .rag/.", show_default="here")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Since = Annotated[str | None, typer.Option(help="The period begins at this time, in ISO 8601, e.g. 2026-11-01.")]
Until = Annotated[str | None, typer.Option(help="The period ends before this time, in ISO 8601.")]


def parse_time(text: str | None) -> datetime | None:
    """A moment in UTC from ISO 8601; without a zone it is taken as UTC.

    :raises InputError: not such a time.
    """
    from data.errors import InputError

    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{text!r} is not an ISO 8601 time: write e.g. 2026-11-01 or 2026-11-01T08:00+00:00."
        ) from error
