"""Answers from a chat model at any OpenAI-compatible endpoint, through LangChain."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from copy import copy

from data.records import Draft, Hit
from data.text import estimate_tokens
from rag.chat.errors import foreign_errors, translated, usable
from rag.chat.model import ChatModel
from rag.chat.reply import Reply
from rag.chat.served_model import ServedModel
from rag.chat.settings import ChatSettings
from rag.chat.window import ContextWindow, FittedPrompt
from rag.http import shown_url
from rag.prompts import PROMPT_VERSION, Prompt

_TRUNCATED = 0.45
"""A server that counts less than this share of our estimate did not read all of the prompt (see `estimate_tokens`)."""


class ChatEndpoint:
    """One chat model behind a base URL.

    Constructing it imports LangChain (over a second) and connects to nothing. Passages are packed, best first, until
    `context_window` is full; what is left out is flagged "dropped_passages:n". `secret` makes delimiters and chunk keys
    unforeseeable; pass a lasting one where the same question should give the same prompt in every process. `tell` is
    given a sentence before a wait that the server asked for. `served` says what is known of the model beyond its name.
    """

    def __init__(
        self,
        settings: ChatSettings,
        *,
        secret: str | None = None,
        tell: Callable[[str], None] = lambda message: None,
        served: ServedModel | None = None,
    ) -> None:
        self._settings = settings
        self._window = ContextWindow(settings.context_window, settings.max_answer_tokens)
        self._secret = secret or secrets.token_hex(16)
        self._deadline_s = settings.deadline_s
        self._served = served
        self._model = ChatModel(self._settings, tell=tell)

    def __repr__(self) -> str:
        return f"ChatEndpoint({shown_url(self._settings.base_url)!r}, {self._settings.model!r})"

    @property
    def id(self) -> str:
        """The model's name as configured."""
        return self._settings.model

    @property
    def prompt_version(self) -> str:
        """Name of the wording in `rag.prompts`."""
        return PROMPT_VERSION

    @property
    def refused(self) -> tuple[str, ...]:
        """Which parameters the server was found to refuse, so far."""
        return self._model.refused

    def bounded(self, seconds: float) -> ChatEndpoint:
        """Return the same endpoint with at most `seconds` for each answer."""
        other = copy(self)
        other._deadline_s = min(self._deadline_s, seconds)
        return other

    def generate(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Ask the model about `question` over `hits`, best first.

        :raises ContextOverflow: not one passage fits the window, or the server says so.
        :raises EndpointUnreachable: no connection, or no answer in time.
        :raises EndpointRefusal: an HTTP error that retries did not cure or had no time to, or the model declined.
        :raises GarbledReply: the reply breaks the protocol or is empty.
        """
        fitted = self._window.fit(question, hits, self._secret)
        reply = Reply()
        for _ in self._pieces(fitted.prompt.system, fitted.prompt.user, reply, streaming=False):
            pass
        return self._draft(fitted, reply, _expected_tokens(fitted.prompt), streamed=False)

    def complete(self, system: str, user: str) -> str:
        """Return what the model writes to a message that is no question over passages. Raises like `generate`."""
        reply = Reply()
        for _ in self._pieces(system, user, reply, streaming=False):
            pass
        return usable(reply, self._settings, streamed=False)

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield the draft as it grows; only the last is whole and knows model and tokens. Raises like `generate`."""
        fitted = self._window.fit(question, hits, self._secret)
        prompt = fitted.prompt
        reply = Reply()
        expected = 0
        for _ in self._pieces(prompt.system, prompt.user, reply, streaming=True):
            expected = expected or _expected_tokens(prompt)  # while the model writes: at the end somebody would wait
            yield Draft(reply.text, prompt.keys)
        yield self._draft(fitted, reply, expected or _expected_tokens(prompt), streamed=True)

    def _pieces(self, system: str, user: str, reply: Reply, *, streaming: bool) -> Iterator[None]:
        try:
            yield from self._model.read(system, user, reply, streaming=streaming, deadline_s=self._deadline_s)
        except foreign_errors() as error:
            raise translated(error, self._settings) from error
        if self._served is not None:
            # Only now: the server of llama.cpp cuts a running answer short when another request comes in.
            self._served.look()

    def _draft(self, fitted: FittedPrompt, reply: Reply, expected: int, *, streamed: bool) -> Draft:
        text = usable(reply, self._settings, streamed=streamed)
        read = reply.prompt_tokens
        flags = {
            f"dropped_passages:{fitted.dropped}": fitted.dropped > 0,
            "answer_in_reasoning_field": not reply.whole.strip(),
            "answer_cut_short": reply.finish == "length",
            "no_finish_reason": not reply.finish,
            f"prompt_truncated_by_server:{read}": read is not None and 0 < read < _TRUNCATED * expected,
        }
        return Draft(
            text,
            fitted.prompt.keys,
            model=reply.model or self._settings.model,
            system_fingerprint=reply.system_fingerprint,
            prompt_tokens=read,
            completion_tokens=reply.completion_tokens,
            model_details=self._served.details() if self._served is not None else "",
            flags=tuple(flag for flag, holds in flags.items() if holds),
        )


def _expected_tokens(prompt: Prompt) -> int:
    return estimate_tokens(prompt.system) + estimate_tokens(prompt.user)
