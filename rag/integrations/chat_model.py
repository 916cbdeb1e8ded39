"""Any chat model of LangChain as a generator: Anthropic, Bedrock, Gemini, Ollama, or one of your own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from data.errors import SettingsError
from data.extras import needed_by
from data.records import Draft, Hit
from rag.chat import ChatSettings, ContextWindow, Reply
from rag.errors import EndpointError, GarbledReply
from rag.prompts import PROMPT_VERSION

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

    from rag.chat import FittedPrompt

_DEFAULT = ChatSettings()
_LONGEST = 300
_CUT_SHORT = ("length", "max_tokens")


class LangChainGenerator:
    """A chat model of LangChain that answers from passages; retries, time limits and temperature are the model's own.

    `model` is a model, or its name as `langchain.chat_models.init_chat_model` takes it ("anthropic:claude-haiku-4-5").
    Passages are packed, best first, until `context_window` tokens are full; `max_answer_tokens` of them are kept for
    the answer. `secret` makes delimiters and chunk keys unforeseeable; pass a lasting one where the same question
    should give the same prompt in every process.

    :raises SettingsError: there is no such model, or the package of its provider is missing.
    :raises MissingLibraryError: the extra `[langchain]` is not installed, which opens models by name.
    """

    def __init__(
        self,
        model: BaseChatModel | str,
        *,
        context_window: int = _DEFAULT.context_window,
        max_answer_tokens: int = _DEFAULT.max_answer_tokens,
        secret: str | None = None,
    ) -> None:
        self._model = _opened(model) if isinstance(model, str) else model
        self._window = ContextWindow(context_window, max_answer_tokens)
        self._secret = secret or secrets.token_hex(16)

    def __repr__(self) -> str:
        return f"LangChainGenerator({type(self._model).__name__}, {self.id!r})"

    @property
    def id(self) -> str:
        """The model's name, or that of its class where it has none."""
        named = (getattr(self._model, key, None) for key in ("model_name", "model", "model_id"))
        return next((name for name in named if isinstance(name, str) and name), type(self._model).__name__)

    @property
    def prompt_version(self) -> str:
        """Name of the wording in `rag.prompts`."""
        return PROMPT_VERSION

    def generate(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Ask the model about `question` over `hits`, best first.

        :raises ContextOverflow: not one passage fits the window.
        :raises EndpointError: the model raised an error.
        :raises GarbledReply: the reply is empty.
        """
        fitted = self._window.fit(question, hits, self._secret)
        reply = Reply()
        for _ in self._pieces(fitted.prompt.system, fitted.prompt.user, reply, streaming=False):
            pass
        return self._draft(fitted, reply)

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield the draft as it grows; only the last is whole and knows model and tokens. Raises like `generate`."""
        fitted = self._window.fit(question, hits, self._secret)
        reply = Reply()
        for _ in self._pieces(fitted.prompt.system, fitted.prompt.user, reply, streaming=True):
            yield Draft(reply.text, fitted.prompt.keys)
        yield self._draft(fitted, reply)

    def complete(self, system: str, user: str) -> str:
        """Return what the model writes to a message that is no question over passages. Raises like `generate`."""
        reply = Reply()
        for _ in self._pieces(system, user, reply, streaming=False):
            pass
        return self._usable(reply)

    def _pieces(self, system: str, user: str, reply: Reply, *, streaming: bool) -> Iterator[None]:
        """Ask, and yield each time `reply` has grown by text of the answer."""
        prompt = [("system", system), ("human", user)]
        usage = None
        try:
            messages: Iterable[Any] = self._model.stream(prompt) if streaming else [self._model.invoke(prompt)]
            for message in messages:
                grown = reply.add(message)
                usage = _added(usage, message)
                if grown:
                    yield
        except Exception as error:  # whatever a model of others raises: to us it is one that did not answer
            raise EndpointError(self._told(error)) from error
        if usage is not None:
            reply.prompt_tokens, reply.completion_tokens = usage["input_tokens"], usage["output_tokens"]

    def _draft(self, fitted: FittedPrompt, reply: Reply) -> Draft:
        flags = {
            f"dropped_passages:{fitted.dropped}": fitted.dropped > 0,
            "answer_cut_short": reply.finish.casefold() in _CUT_SHORT,
        }
        return Draft(
            self._usable(reply),
            fitted.prompt.keys,
            model=reply.model or self.id,
            system_fingerprint=reply.system_fingerprint,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            flags=tuple(flag for flag, holds in flags.items() if holds),
        )

    def _usable(self, reply: Reply) -> str:
        if reply.whole.strip():
            return reply.whole
        cut = reply.finish.casefold() in _CUT_SHORT
        why = (
            "used up its tokens before it wrote an answer: raise its limit"
            if cut
            else "sent an empty answer: ask again"
        )
        raise GarbledReply(f"Model {self.id!r} ({type(self._model).__name__}) {why}.")

    def _told(self, error: Exception) -> str:
        """Return what went wrong in one sentence, shortened, without the keys that the model holds."""
        said = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".: ")
        for key in _keys(self._model):
            said = said.replace(key, "***")
        said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
        return f"Model {self.id!r} ({type(self._model).__name__}) failed ({said}): see what its provider says of that."


def _opened(name: str) -> BaseChatModel:
    with needed_by(f"The chat model {name!r}", "langchain"):
        from langchain.chat_models import init_chat_model
    try:
        return init_chat_model(name or "no-name")  # without a name it would wait to be told one with each call
    except Exception as error:  # each provider's package refuses in its own way
        reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
        raise SettingsError(
            f"The chat model {name!r} cannot be opened ({reason}): write it as provider:model, install the package of"
            " its provider, and set its key."
        ) from error


def _added(usage: Any, message: BaseMessage) -> Any:
    """Return the tokens so far; in a stream each message tells those that it adds."""
    from langchain_core.messages.ai import add_usage

    told = getattr(message, "usage_metadata", None)
    return add_usage(usage, told) if told else usage


def _keys(model: BaseChatModel) -> list[str]:
    secret = (getattr(value, "get_secret_value", None) for value in vars(model).values())
    keys = [read() for read in secret if read is not None]
    return sorted((key for key in keys if isinstance(key, str) and len(key) >= 4), key=len, reverse=True)
