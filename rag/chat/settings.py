"""Which chat model answers, how it is spoken to, and how long it may take: [chat] and [[chat.fallback]]."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Literal

from data.settings import Bounds, Example, NotEmpty, Secret, check
from rag.http import check_address

FollowUps = Literal["model", "rule", "none"]
"""Who makes a question of a conversation stand alone: the model that also answers, a rule, or nobody."""


@dataclass(frozen=True, slots=True)
class FallbackSettings:
    """Another chat endpoint, asked when those before it fail.

    What is left out is as in [chat]. Only keys, headers and queries are never taken from there.
    """

    base_url: Annotated[str, NotEmpty, Example("http://other-host:8000/v1")]
    """An OpenAI-compatible endpoint."""
    model: Annotated[str, NotEmpty, Example("llama3.2")]
    """The model to ask for."""
    api_key: Secret = Secret("none")
    """Its key."""
    timeout_s: Annotated[float | None, Bounds(gt=0.0, le=3600.0)] = None
    """The longest silence."""
    max_retries: Annotated[int | None, Bounds(ge=0, le=10)] = None
    """Further tries of what passes."""
    max_answer_tokens: Annotated[int | None, Bounds(ge=1)] = None
    """The longest answer."""
    context_window: Annotated[int | None, Bounds(ge=512)] = None
    """How many tokens the model reads and writes."""
    headers: dict[str, Secret] = field(default_factory=dict)
    """Sent with every request."""
    query: dict[str, Secret] = field(default_factory=dict)
    """Sent with every request."""
    model_folder: str = ""
    """Where its weights lie, if here."""

    def __post_init__(self) -> None:
        check(self, "chat.fallback")
        check_address("chat.fallback.base_url", self.base_url)


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """Who writes answers: an OpenAI-compatible endpoint. Without `base_url` answers are quotes, and need no model."""

    base_url: Annotated[str, Example("http://localhost:11434/v1")] = ""
    """Any OpenAI-compatible endpoint; empty: answers are quotes."""
    model: Annotated[str, Example("llama3.2")] = ""
    """The model to ask for."""
    api_key: Secret = Secret("none")
    """Its key."""
    temperature: Annotated[float, Bounds(ge=0.0, le=2.0)] = 0.0
    """How much chance there is in answers."""
    timeout_s: Annotated[float, Bounds(gt=0.0, le=3600.0)] = 60.0
    """The longest silence."""
    max_retries: Annotated[int, Bounds(ge=0, le=10)] = 2
    """Further tries of what passes, such as a busy server."""
    max_answer_tokens: Annotated[int, Bounds(ge=1)] = 512
    """The longest answer."""
    context_window: Annotated[int, Bounds(ge=512)] = 8192
    """How many tokens the model reads and writes; passages that do not fit are left out."""
    connect_timeout_s: Annotated[float, Bounds(gt=0.0, le=3600.0)] = 10.0
    """The longest wait for a connection."""
    first_token_timeout_s: Annotated[float, Bounds(ge=0.0, le=3600.0)] = 0.0
    """The longest wait for the first piece of a streamed answer; 0: no limit of its own."""
    deadline_s: Annotated[float, Bounds(gt=0.0, le=86_400.0)] = 180.0
    """The longest time for an answer, with all tries, waits and fallbacks."""
    max_reply_mb: Annotated[float, Bounds(gt=0.0, le=1024.0)] = 8.0
    """The most that is read of one reply, unpacked. 1 kB for each token of the longest answer is always read."""
    headers: Annotated[dict[str, Secret], Example({"api-key": "…"})] = field(default_factory=dict)
    """Sent with every request, but for empty ones. With "api-key" among them (Azure) no "Authorization" is
    sent."""
    query: Annotated[dict[str, Secret], Example({"api-version": "2024-10-21"})] = field(default_factory=dict)
    """Sent with every request. Azure: base_url = "https://NAME.openai.azure.com/openai/deployments/MODEL"."""
    model_folder: str = ""
    """Where its weights lie, if here: its config.json goes into the fingerprint of answers."""
    follow_ups: FollowUps = "model"
    """Who makes follow-up questions stand alone."""
    extractive_fallback: bool = False
    """Whether the best passages are quoted when no endpoint answers."""
    fallback: tuple[FallbackSettings, ...] = ()
    """Any number of endpoints, asked in this order when those before fail. All at once:
    RAG__CHAT__FALLBACK='[{…}]'; one value: RAG__CHAT__FALLBACK__0__API_KEY."""

    def __post_init__(self) -> None:
        check(self, "chat")
        check_address("chat.base_url", self.base_url)

    @property
    def chain(self) -> tuple[ChatSettings, ...]:
        """The endpoint itself, then every fallback with what it leaves out taken from here."""
        return (self, *(self._completed(row) for row in self.fallback))

    def _completed(self, row: FallbackSettings) -> ChatSettings:
        given = {item.name: getattr(row, item.name) for item in fields(row)}
        return replace(self, **{name: value for name, value in given.items() if value is not None}, fallback=())

    @property
    def request_headers(self) -> dict[str, str]:
        """What every request carries: the key as a bearer token, and `headers`, less those that must not be sent."""
        wanted = {"Authorization": f"Bearer {self.api_key.reveal() or 'none'}", **self.own_headers}
        return {name: value for name, value in wanted.items() if name.lower() not in self.unsent}

    @property
    def own_headers(self) -> dict[str, str]:
        """The headers of the settings that have a value."""
        return {name: value.reveal() for name, value in self.headers.items() if value}

    @property
    def request_query(self) -> dict[str, str]:
        """What stands in the query of every request."""
        return {name: value.reveal() for name, value in self.query.items()}

    @property
    def unsent(self) -> tuple[str, ...]:
        """Names of the headers that must not be sent, in small letters."""
        given = {name.lower(): value for name, value in self.headers.items()}
        empty = [name for name, value in given.items() if not value]
        return (*empty, "authorization") if "api-key" in given and "authorization" not in given else tuple(empty)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the key, and what is sent in headers and query."""
        hidden = (self.api_key, *self.headers.values(), *self.query.values())
        return tuple(secret.reveal() for secret in hidden)
