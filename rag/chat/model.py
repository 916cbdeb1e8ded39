"""The LangChain side of a chat endpoint: what is sent to it and what came back, as plain values.

"OpenAI-compatible" servers differ in which parameters they refuse and where they put the text. A refusal that names a
parameter is answered by asking again without it (`rag.chat.dialect`); text in a "reasoning" field is kept (LangChain
drops it). Tries, waits and time limits are ours, not those of the library: it would wait as long as a server says.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from data.extras import needed_by
from rag.chat.bounded import TOKEN_BYTES, bound_reply, too_large
from rag.chat.deadline import EndpointTimeout, Lifeline, TimeBudget, attach_reply, holding
from rag.chat.dialect import Dialect, adapted
from rag.chat.errors import foreign_errors, is_timeout, too_long_a_wait, transport_library
from rag.chat.events import ENDED, PlainCompletions, text_alone, whole
from rag.chat.paced import pace, paced_transport
from rag.chat.reply import Reply
from rag.chat.settings import ChatSettings
from rag.http import asked_pause_s, in_words, is_passing, pause_s, shown_url

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_openai import ChatOpenAI

_REASONING = ("reasoning_content", "reasoning", "thinking")
_WORTH_TELLING_S = 2.0
_TOKEN_LENGTH = 16
"""How many characters a token may have: a server that writes more heeds no limit."""


def _silent(message: str) -> None:
    del message


class ChatModel:
    """One model at one endpoint behind LangChain; learns the server's dialect as it goes.

    `tell` is given a sentence before a wait of more than two seconds; `sleep` does the waiting.
    """

    def __init__(
        self,
        settings: ChatSettings,
        *,
        tell: Callable[[str], None] = _silent,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._sleep = sleep
        self._http = _http_client(settings)
        weakref.finalize(self, self._http.close)  # whoever drops the model leaves no open connection behind
        self._answered = False
        self._use(Dialect())

    @property
    def refused(self) -> tuple[str, ...]:
        """What is no longer sent because the server refused it."""
        return self._dialect.refused

    def _use(self, dialect: Dialect) -> None:
        self._dialect, self._model = dialect, _langchain_model(self._settings, dialect, self._http)

    def read(self, system: str, user: str, reply: Reply, *, streaming: bool, deadline_s: float) -> Iterator[None]:
        """Ask, and yield each time `reply` has grown by text of the answer.

        What passes is tried again, as long as nothing of the answer has come and time is left. Errors are those of
        openai, httpx and LangChain, and `EndpointTimeout`.

        :raises EndpointRefusal: the server asks for a longer pause than there is time for.
        """
        budget = TimeBudget(deadline_s)
        tried = 0
        while True:
            try:
                yield from self._attempt(system, user, reply, streaming, budget)
                self._answered = True
                return
            except _openai_errors() as error:
                if reply.begun or too_large(error) is not None:
                    raise
                if self._adapt(error):
                    continue
                tried += 1
                self._wait(error, tried, budget)

    def _adapt(self, error: Exception) -> bool:
        """Change the dialect after a refusal that a change may cure; some servers refuse with 422 or 500."""
        if getattr(error, "status_code", None) not in (400, 422, 500):
            return False
        dialect = adapted(self._dialect, str(error))
        if dialect is not None:
            self._use(dialect)
        return dialect is not None

    def _wait(self, error: Exception, tried: int, budget: TimeBudget) -> None:
        """Wait before the next try; raise when there is none.

        A server that never answered, and takes no connection, is more likely a wrong address than a restart.
        """
        no_answer = getattr(error, "status_code", None) is None
        self._answered = self._answered or not no_answer
        hopeless = no_answer and not self._answered and not is_timeout(error)
        if hopeless or not is_passing(error) or tried > self._settings.max_retries:
            raise error
        pause = pause_s(error, tried)
        if pause >= budget.left:
            if asked_pause_s(error) is None:
                raise error
            raise too_long_a_wait(error, self._settings, pause, budget.left) from error
        if pause > _WORTH_TELLING_S:
            who = shown_url(self._settings.base_url)
            tries = f"try {tried + 1} of {self._settings.max_retries + 1}"
            self._tell(f"The chat endpoint {who} asks for a pause: waiting {in_words(pause)} before {tries}.")
        self._sleep(pause)

    def _attempt(self, system: str, user: str, reply: Reply, streaming: bool, budget: TimeBudget) -> Iterator[None]:
        first_s = self._settings.first_token_timeout_s if streaming else 0.0
        lifeline = Lifeline(min(self._settings.timeout_s, budget.left))
        lifeline.wait(min(first_s or budget.left, budget.left))
        try:
            for message in self._ask(_prompt(system, user, self._dialect), streaming, first_s, lifeline):
                grown = reply.add(message)
                if first_s and reply.begun:
                    lifeline.wait(budget.left)
                    first_s = 0.0
                if grown:
                    yield
                budget.check()
                if reply.limit(_TOKEN_LENGTH * self._settings.max_answer_tokens):
                    return
        except foreign_errors() as error:
            if lifeline.cut or (first_s and is_timeout(error)):
                raise EndpointTimeout(first_s or budget.seconds, first=bool(first_s)) from error
            raise
        finally:
            lifeline.release()
        if lifeline.cut and not reply.finish and not reply.ended:
            raise EndpointTimeout(first_s or budget.seconds, first=bool(first_s))

    def _ask(
        self, prompt: list[tuple[str, str]], streaming: bool, first_s: float, lifeline: Lifeline
    ) -> Iterator[BaseMessage]:
        import openai

        silence_s = lifeline.silence_s
        connect_s = min(self._settings.connect_timeout_s, silence_s)
        timeout = openai.Timeout(min(first_s or silence_s, silence_s), connect=connect_s)
        # The request is sent when the first message is fetched: only then this thread holds the lifeline.
        with holding(lifeline):
            messages = self._model.stream(prompt, timeout=timeout) if streaming else self._once(prompt, timeout)
            first = next(messages, None)
        if first is not None:
            yield first
            yield from messages

    def _once(self, prompt: list[tuple[str, str]], timeout: Any) -> Iterator[BaseMessage]:
        yield self._model.invoke(prompt, timeout=timeout)


def _prompt(system: str, user: str, dialect: Dialect) -> list[tuple[str, str]]:
    return [("system", system), ("human", user)] if dialect.system_role else [("human", f"{system}\n\n{user}")]


def _openai_errors() -> type[Exception]:
    import openai

    return openai.OpenAIError


@needed_by("A chat endpoint")
def _http_client(settings: ChatSettings) -> Any:
    """Return an HTTP client that hands replies to lifelines and leaves out headers that must not be sent."""
    import openai

    unsent = settings.unsent

    def strip(request: Any) -> None:
        for name in unsent:
            request.headers.pop(name, None)
        request.headers["Accept-Encoding"] = "identity"  # packed, a reply is of any size once it is unpacked

    library = transport_library()
    most = max(int(settings.max_reply_mb * 2**20), TOKEN_BYTES * settings.max_answer_tokens)

    def begin(response: Any) -> None:
        attach_reply(response)
        bound_reply(response, library, most)
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            pace(response.extensions.get("network_stream"))

    hooks: dict[str, list[Callable[..., Any]]] = {"request": [strip], "response": [begin]}
    return openai.DefaultHttpxClient(event_hooks=hooks, transport=paced_transport(library))


def _langchain_model(settings: ChatSettings, dialect: Dialect, http_client: Any) -> ChatOpenAI:
    limit = settings.max_answer_tokens
    options: dict[str, Any] = {"api_key": settings.api_key.reveal() or "none"}
    if dialect.limit == "max_tokens":
        options["extra_body"] = {"max_tokens": limit}
    elif dialect.limit == "max_completion_tokens":
        options["max_completion_tokens"] = limit
    model = _reasoning_model()(
        model=settings.model,
        base_url=settings.base_url,
        temperature=settings.temperature if dialect.temperature else None,
        max_retries=0,
        stream_usage=dialect.stream_options,
        use_responses_api=False,
        http_client=http_client,
        default_headers=settings.own_headers,
        default_query=settings.request_query,
        **options,
    )
    model.client = PlainCompletions(model.root_client)
    return model


@cache
@needed_by("A chat endpoint")
def _reasoning_model() -> type[ChatOpenAI]:
    """Return ChatOpenAI extended by the reasoning field of vLLM, llama.cpp and others."""
    from langchain_openai import ChatOpenAI

    class ReasoningChatOpenAI(ChatOpenAI):
        def _create_chat_result(self, response: Any, generation_info: dict[str, Any] | None = None) -> Any:
            result = super()._create_chat_result(response, generation_info)
            raw = response if isinstance(response, dict) else response.model_dump(warnings=False)
            for generation, choice in zip(result.generations, raw.get("choices") or (), strict=False):
                _keep_reasoning(generation.message, choice.get("message"))
            return result

        def _convert_chunk_to_generation_chunk(self, chunk: Any, *args: Any, **kwargs: Any) -> Any:
            event = whole(chunk)
            if event.get(ENDED):
                return _end_chunk()
            if (text := text_alone(event)) is not None:
                return _text_chunk(text)
            converted = super()._convert_chunk_to_generation_chunk(event, *args, **kwargs)
            choices = event["choices"]
            if converted is not None and choices:
                _keep_reasoning(converted.message, choices[0].get("delta"))
            return converted

    return ReasoningChatOpenAI


def _text_chunk(text: str) -> Any:
    """Return what LangChain makes of an event that holds text alone; a copy saves it checking types that are known."""
    message, chunk = _empty_chunk()
    return chunk.model_copy(update={"message": message.model_copy(update={"content": text}), "text": text})


def _end_chunk() -> Any:
    """Return what tells that the server ended the stream."""
    message, chunk = _empty_chunk()
    return chunk.model_copy(update={"message": message.model_copy(update={"response_metadata": {ENDED: True}})})


@cache
def _empty_chunk() -> tuple[Any, Any]:
    from langchain_core.messages import AIMessageChunk
    from langchain_core.outputs import ChatGenerationChunk

    message = AIMessageChunk(content="", response_metadata={"model_provider": "openai"})
    return message, ChatGenerationChunk(message=message)


def _keep_reasoning(message: BaseMessage, source: dict[str, Any] | None) -> None:
    found = next((source[name] for name in _REASONING if source and isinstance(source.get(name), str)), None)
    if found:
        message.additional_kwargs["reasoning_content"] = found
    if source and source.get("refusal"):
        message.additional_kwargs["refusal"] = source["refusal"]
