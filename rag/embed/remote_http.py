"""Requests to an OpenAI-compatible `/embeddings` endpoint: what is tried again, and what every failure means."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rag.embed.settings import EmbedderSettings
from rag.errors import EmbedderError
from rag.http import pause_asked_for, shown_url

if TYPE_CHECKING:
    import httpx

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
_LONGEST_QUOTE = 300
_SPLIT_ON = frozenset({400, 413, 422})
_RETRY_ON = frozenset({408, 409, 425, 429})


class BatchRefusal(EmbedderError):
    """The endpoint will not take these texts at once; fewer or shorter ones may pass."""


class EmbeddingsClient:
    """Posts to one endpoint; calls may come from several threads. `pause` waits for a number of seconds."""

    def __init__(self, settings: EmbedderSettings, pause: Callable[[float], None] = time.sleep) -> None:
        self._key = settings.api_key.reveal()
        if not self._key.isascii() or not self._key.isprintable():
            raise EmbedderError("embedder.api_key holds characters that no HTTP header can carry: copy the key again.")
        self._settings = settings
        self._pause = pause
        self._answered = False
        self._who = f"The embedding endpoint {shown_url(settings.base_url)}"

    def post(self, body: dict[str, Any]) -> Any:
        """Send one request and return the JSON of the reply; busy and failing servers are asked again.

        :raises BatchRefusal: HTTP 400, 413 or 422: perhaps too many or too long texts.
        :raises EmbedderError: no usable answer after all tries.
        """
        import httpx

        for left in range(self._settings.max_retries, -1, -1):
            asked_to_wait: str | None = None
            try:
                response = self._http.post(f"{self._settings.base_url.rstrip('/')}/embeddings", json=body)
                self._answered = True
                if not self._retryable(response.status_code) or not left:
                    return self._json(response)
                asked_to_wait = response.headers.get("retry-after")
            except httpx.HTTPError as error:
                # A server that never answered is more likely a wrong address than a restart.
                hopeless = isinstance(error, httpx.ConnectError) and not self._answered
                if hopeless or not left:
                    raise EmbedderError(self._unreachable(error)) from error
            backoff = FIRST_PAUSE_S * 2 ** (self._settings.max_retries - left)
            self._pause(min(LONGEST_PAUSE_S, pause_asked_for(asked_to_wait, backoff)))
        raise AssertionError("the last try returns or raises")

    @cached_property
    def _http(self) -> httpx.Client:
        import httpx

        headers = {"Authorization": f"Bearer {self._key}"}
        client = httpx.Client(headers=headers, timeout=self._settings.timeout_s)
        weakref.finalize(self, client.close)  # whoever drops the embedder leaves no open connection behind
        return client

    @staticmethod
    def _retryable(status: int) -> bool:
        return status in _RETRY_ON or status >= 500

    def _json(self, response: httpx.Response) -> Any:
        if not response.is_success:
            raise self._refused(response)
        try:
            return response.json()
        except ValueError as error:
            raise EmbedderError(
                f"{self._who} sent a reply that is not JSON: check that it serves /embeddings under embedder.base_url."
            ) from error

    def _refused(self, response: httpx.Response) -> EmbedderError:
        status, model = response.status_code, self._settings.model
        advice = {
            401: "set embedder.api_key, or RAG__EMBEDDER__API_KEY in the environment",
            403: "use a key that may use this model",
            404: f"check that embedder.base_url ends as the server wants (often /v1) and that it serves {model!r}",
            429: "lower embedder.concurrency, or raise embedder.max_retries",
        }.get(status, "see the server's log" if status >= 500 else "correct the [embedder] settings")
        tries = f" after {self._settings.max_retries + 1} tries" if self._retryable(status) else ""
        kind = BatchRefusal if status in _SPLIT_ON else EmbedderError
        return kind(
            f"{self._who} refused model {model!r} with HTTP {status}{tries} ({self._said(response)}): {advice}."
        )

    def _said(self, response: httpx.Response) -> str:
        """Return what the server said, on one line, shortened, without the key."""
        try:
            body = response.json()
        except ValueError:
            body = None
        error = body.get("error", body) if isinstance(body, dict) else None
        message = error.get("message") if isinstance(error, dict) else error
        return self._clean(str(message or response.text or response.reason_phrase))

    def _unreachable(self, error: Exception) -> str:
        import httpx

        if isinstance(error, httpx.TimeoutException):
            return (
                f"{self._who} sent nothing from model {self._settings.model!r} for {self._settings.timeout_s:g} s:"
                " check that it is not overloaded, lower embedder.batch_size, or raise embedder.timeout_s."
            )
        cause = self._clean(str(error)) or type(error).__name__
        return f"{self._who} cannot be reached ({cause}): start it, or correct embedder.base_url."

    def _clean(self, text: str) -> str:
        line = " ".join(text.split()).rstrip(".")
        if len(self._key) >= 4:
            line = line.replace(self._key, "***")
        return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"
