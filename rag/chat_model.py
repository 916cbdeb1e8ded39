"""The LangChain side of a chat endpoint: what is sent to it and what came back, as plain values.

"OpenAI-compatible" servers differ in which parameters they refuse and where they put the text. A refusal that names a
parameter is answered by asking again without it (`adapted`); text in a "reasoning" field is kept (LangChain drops it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable
    from langchain_openai import ChatOpenAI

_REASONING = ("reasoning_content", "reasoning")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parameters this server takes; found out by being refused."""

    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    stream_options: bool = True


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What a chat model is built from; the key is kept out of `repr` by whoever holds this."""

    base_url: str
    model: str
    api_key: str
    temperature: float
    timeout_s: float
    max_retries: int
    max_answer_tokens: int

    def __repr__(self) -> str:
        return f"ModelSettings(base_url={self.base_url!r}, model={self.model!r}, api_key='***')"


@dataclass(slots=True)
class Reply:
    """A reply as it grows, message by message; a reply without streaming is one message."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish: str = ""
    model: str = ""
    system_fingerprint: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    def add(self, message: BaseMessage) -> str:
        """Take in a message; return the answer text it brought."""
        piece = str(message.text)
        self.text += piece
        self.reasoning += message.additional_kwargs.get("reasoning_content") or ""
        self.refusal += message.additional_kwargs.get("refusal") or ""
        about = message.response_metadata
        self.finish = about.get("finish_reason") or self.finish
        self.model = about.get("model_name") or self.model
        self.system_fingerprint = about.get("system_fingerprint") or self.system_fingerprint
        usage = getattr(message, "usage_metadata", None)
        if usage:
            self.prompt_tokens, self.completion_tokens = usage["input_tokens"], usage["output_tokens"]
        return piece


class ChatModel:
    """One model at one endpoint behind LangChain's prompt | model; learns the server's dialect as it goes."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._use(Dialect())

    def _use(self, dialect: Dialect) -> None:
        self._dialect, self._chain = dialect, _chain(self._settings, dialect)

    def messages(self, system: str, user: str, *, streaming: bool) -> Iterator[BaseMessage]:
        """Yield the reply, in one message or as it arrives; errors are those of openai, httpx and LangChain."""
        import openai

        while True:
            try:
                if streaming:
                    yield from self._chain.stream({"system": system, "user": user})
                else:
                    yield self._chain.invoke({"system": system, "user": user})
                return
            except openai.BadRequestError as error:
                dialect = adapted(self._dialect, str(error))
                if dialect is None:
                    raise
                self._use(dialect)


def adapted(dialect: Dialect, complaint: str) -> Dialect | None:
    """Return the dialect to try after a server's complaint about a parameter; None when it is about something else."""
    if not re.search(
        r"unsupported|not support|unknown|unrecogni[sz]ed|extra|not permitted|invalid param", complaint, re.I
    ):
        return None
    if dialect.stream_options and "stream_options" in complaint:
        return replace(dialect, stream_options=False)
    if dialect.temperature and "temperature" in complaint:
        return replace(dialect, temperature=False)
    if dialect.limit == "max_tokens" and re.search(r"\bmax_tokens\b", complaint):
        return replace(dialect, limit="max_completion_tokens")
    return None


def _chain(settings: ModelSettings, dialect: Dialect) -> Runnable[dict[str, str], Any]:
    from langchain_core.prompts import ChatPromptTemplate

    limit = settings.max_answer_tokens
    options: dict[str, Any] = {"api_key": settings.api_key or "none"}
    if dialect.limit == "max_tokens":
        options["extra_body"] = {"max_tokens": limit}
    else:
        options["max_completion_tokens"] = limit
    model = _reasoning_model()(
        model=settings.model,
        base_url=settings.base_url,
        temperature=settings.temperature if dialect.temperature else None,
        timeout=settings.timeout_s,
        max_retries=settings.max_retries,
        stream_usage=dialect.stream_options,
        use_responses_api=False,
        **options,
    )
    return ChatPromptTemplate.from_messages([("system", "{system}"), ("human", "{user}")]) | model


@cache
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
            converted = super()._convert_chunk_to_generation_chunk(chunk, *args, **kwargs)
            choices = chunk.get("choices") or ()
            if converted is not None and choices:
                _keep_reasoning(converted.message, choices[0].get("delta"))
            return converted

    return ReasoningChatOpenAI


def _keep_reasoning(message: BaseMessage, source: dict[str, Any] | None) -> None:
    found = next((source[name] for name in _REASONING if source and isinstance(source.get(name), str)), None)
    if found:
        message.additional_kwargs["reasoning_content"] = found
    if source and source.get("refusal"):
        message.additional_kwargs["refusal"] = source["refusal"]
