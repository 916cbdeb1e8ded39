"""When a chat endpoint is asked again, after how long, and when that would take too long."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from data.errors import SettingsError

if TYPE_CHECKING:
    pass


FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
_PASSING = frozenset({408, 409, 425, 429})
_HOPELESS = ("insufficient_quota", "billing_hard_limit_reached")


def is_passing(error: Exception) -> bool:
    """Tell whether an error may be gone at the next try: no connection, a busy or failing server."""
    import openai

    if isinstance(error, openai.APIConnectionError):
        return True
    if not isinstance(error, openai.APIStatusError):
        return False
    if any(word in str(error) for word in _HOPELESS):
        return False
    return error.status_code in _PASSING or error.status_code >= 500


def pause_s(error: Exception, tried: int) -> float:
    """Return the seconds to wait after the `tried`-th try: what Retry-After asks for, else ever longer."""
    otherwise = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (tried - 1))
    asked = asked_pause_s(error)
    return otherwise if asked is None else asked


def asked_pause_s(error: Exception) -> float | None:
    """Return the seconds the server asks to be left alone for; None when it does not say."""
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None) or {}
    milliseconds, seconds = headers.get("retry-after-ms"), headers.get("retry-after")
    if milliseconds is None and seconds is None:
        return None
    asked = pause_asked_for(milliseconds, math.nan) / 1000 if milliseconds is not None else math.nan
    asked = asked if math.isfinite(asked) else pause_asked_for(seconds, math.nan)
    return None if math.isnan(asked) else asked


def in_words(seconds: float) -> str:
    """Return a duration for people: "40 s", "60 minutes", "3 days"."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}" if math.isfinite(seconds) else "for ever"
    return f"{seconds:.0f} s"


def pause_asked_for(
    header: str | None, otherwise: float, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> float:
    """Return the seconds a Retry-After header (a number or a date) asks for; `otherwise` without a usable one."""
    if header is None:
        return otherwise
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - now()).total_seconds())
    except (ValueError, TypeError):
        return otherwise


def check_address(setting: str, url: str) -> None:
    """Refuse what is no web address; an empty one is none at all.

    :raises SettingsError: it has no scheme http or https, or no host.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if url and not good:
        told = f"{setting} is {shown_url(url)!r}, which is no web address"
        raise SettingsError(f"{told}: write it like http://localhost:11434/v1.")


def shown_url(url: str) -> str:
    """Return `url` without user name and password."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all: what stands before the last "@" may be a password
        return url.rpartition("@")[2]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
