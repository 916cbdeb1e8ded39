"""What a chat model is built from, and how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wire:
    """How an endpoint is spoken to beyond its URL and key.

    `connect_timeout_s` is for a connection, `first_token_timeout_s` for the first piece of a streamed answer (0: only
    the other limits hold), `deadline_s` for the whole answer with all tries and waits. `headers` and `query` go with
    every request; a header with an empty value is not sent at all, and with "api-key" among them (Azure) neither is
    "Authorization".
    """

    connect_timeout_s: float = 10.0
    first_token_timeout_s: float = 0.0
    deadline_s: float = 180.0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def unsent(self) -> tuple[str, ...]:
        """Names of the headers that must not be sent, in small letters."""
        given = {name.lower(): value for name, value in self.headers.items()}
        empty = [name for name, value in given.items() if not value]
        return (*empty, "authorization") if "api-key" in given and "authorization" not in given else tuple(empty)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One model at one endpoint; no secret shows in `repr`."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    temperature: float = 0.0
    timeout_s: float = 60.0
    max_retries: int = 2
    max_answer_tokens: int = 512
    wire: Wire = Wire()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the key, and what is sent in headers and query."""
        return (self.api_key, *self.wire.headers.values(), *self.wire.query.values())
