"""Requests to endpoints: one that asks for JSON, when one is sent again and after how long, and addresses as shown."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from data.errors import SettingsError

if TYPE_CHECKING:
    import ssl

    import httpx

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
_WHOLE_REPLY = 10
"""How many times as long as one wait a whole reply may take."""
_PASSING = frozenset({408, 409, 425, 429})
_HOPELESS = ("insufficient_quota", "billing_hard_limit_reached")


class RequestFailure(Exception):
    """A request was not answered with JSON; `status` is 0 where there was no HTTP answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def ask_json(
    base_url: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    timeout_s: float,
    max_bytes: int,
) -> Any:
    """Send one request and return the JSON of the reply: POST with a body, GET without one; nothing is tried again.

    The server may be silent for `timeout_s` seconds at most. Of a reply longer than `max_bytes` the rest is not read.

    :raises RequestFailure: no answer, an HTTP error, or no JSON.
    """
    import httpx

    url = f"{base_url.rstrip('/')}/{path}" + (f"?{urlencode(query)}" if query else "")
    content = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", **headers}
    method = "GET" if body is None else "POST"
    try:
        with _client(timeout_s) as client, client.stream(method, url, content=content, headers=headers) as reply:
            if not reply.is_success:
                raise RequestFailure(reply.status_code, f"HTTP {reply.status_code}")
            data = _beginning(reply, max_bytes, _WHOLE_REPLY * timeout_s)
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        ValueError,
        ImportError,
    ) as error:  # the last two: a proxy nobody can use
        told = str(error) or type(error).__name__
        raise RequestFailure(0, f"{shown_url(base_url)} cannot be asked: {told}") from error
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RequestFailure(reply.status_code, "a reply that is not JSON") from error


def _client(timeout_s: float) -> httpx.Client:
    import httpx

    return httpx.Client(timeout=timeout_s, verify=trusted_roots(), follow_redirects=True)


def _beginning(reply: httpx.Response, max_bytes: int, patience_s: float) -> bytes:
    import httpx

    data, end = bytearray(), monotonic() + patience_s
    for piece in reply.iter_raw():
        data += piece
        if len(data) >= max_bytes:
            break
        if monotonic() > end:
            raise httpx.ReadTimeout(f"no whole reply within {patience_s:g} s")
    return bytes(data[:max_bytes])


@cache
def trusted_roots() -> ssl.SSLContext:
    """Return the certificates that servers are known by: the usual ones, and those of this machine.

    Servers of an intranet are often signed by the latter.
    """
    import httpx

    trusted = httpx.create_ssl_context()
    trusted.load_default_certs()
    return trusted


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
