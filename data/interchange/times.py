"""Times as other programs write them: ISO 8601, epoch seconds to nanoseconds, "… UTC", mail's RFC 2822.

Day and month in digits with slashes are refused: nothing tells which is which.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from data.errors import InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
"""Numbers below the first are in that many parts of a second: seconds until the year 5138, then milliseconds, …"""
_LEAST = 1e8
_LONGEST = 64
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$|\s+(?=[+-]\d\d:?\d\d$)", re.IGNORECASE)


def time_of(value: Any) -> datetime:
    """Return a time in UTC; without a zone it is taken as UTC.

    :raises InputError: it is no time; the message is the reason alone.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value)
    if isinstance(value, str):
        return _of_text(value.strip()[:_LONGEST])
    raise InputError(f"must be a time (ISO 8601, or seconds or milliseconds since 1970), found {_shown(value)}")


def _of_number(value: float) -> datetime:
    try:
        parts = next((unit for limit, unit in _UNITS if _LEAST <= value < limit), None)
        if parts is None or not math.isfinite(value):
            raise OverflowError
        whole = int(value) if isinstance(value, int) else value
        if isinstance(whole, int) and parts >= 1e6:
            return _EPOCH + timedelta(microseconds=whole // int(parts / 1e6))
        return _EPOCH + timedelta(microseconds=round(value * (1e6 / parts)))
    except OverflowError as error:
        raise InputError(f"is no time in seconds or milliseconds since 1970: {_shown(value)}") from error


def _of_text(text: str) -> datetime:
    if re.fullmatch(r"\d{9,19}(\.\d+)?", text):
        return _of_number(float(text) if "." in text else int(text))
    found = _iso(text) or _iso(_with_zone(text)) or _mail(text)
    if found is None:
        hint = ": write 2026-11-02, for nothing tells day from month" if re.match(r"\d+[/.]\d+[/.]\d", text) else ""
        raise InputError(f"is not an ISO 8601 time: {_shown(text)}{hint}")
    return found


def _with_zone(text: str) -> str:
    bare, cut = _ZONE.subn("", text)
    if not cut:
        return text
    return text.replace(" +", "+").replace(" -", "-") if re.search(r"[+-]\d\d:?\d\d$", text) else f"{bare}+00:00"


def _iso(text: str) -> datetime | None:
    try:
        return time_of(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _mail(text: str) -> datetime | None:
    if not re.match(r"[A-Za-z]{3},? ?\d|\d{1,2} [A-Za-z]{3}", text):
        return None
    try:
        return time_of(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def time_or_none(value: Any) -> datetime | None:
    """Return a time; None of what is none."""
    try:
        return None if value is None else time_of(value)
    except InputError:
        return None
