"""A LangChain callback handler that writes one interaction per outermost run of a chain, agent or model."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from data.extras import needed_by
from data.records import Kind
from data.traces import ANSWER_KEYS, QUESTION_KEYS, context, source_of, text_of
from rag.integrations.recorder import RecordedTurn, TurnRecorder, Write

if TYPE_CHECKING:
    from uuid import UUID

    from langchain_core.callbacks import BaseCallbackHandler

_ROLES = ("human", "user", "ai", "assistant", "system")
"""A message may be written as a pair of one of these and its text."""


@needed_by("A handler of LangChain", "rag")
def langchain_handler(  # noqa: C901 - a class of one-liners
    write: Write, *, kind: Kind = "user", tags: Mapping[str, str] | None = None
) -> BaseCallbackHandler:
    """Return a handler for ``chain.invoke(..., config={"callbacks": [handler]})``; `write` gets each interaction.

    The question is the input of the outermost run, the passages are those of its retrievers, the answer is its output.
    A failure of `write` is logged by LangChain and never breaks the chain.
    """
    from langchain_core.callbacks import BaseCallbackHandler

    runs = Runs(TurnRecorder(write, kind=kind, tags=tags))

    class InteractionHandler(BaseCallbackHandler):
        def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: UUID, **more: Any) -> None:
            runs.start(run_id, more.get("parent_run_id"), inputs)

        def on_chain_end(self, outputs: Any, *, run_id: UUID, **more: Any) -> None:
            runs.end(run_id, outputs, more.get("inputs"))

        def on_chain_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
            runs.fail(run_id, error)

        def on_chat_model_start(self, serialized: Any, messages: Any, *, run_id: UUID, **more: Any) -> None:
            runs.start(run_id, more.get("parent_run_id"), messages[0] if messages else [])

        def on_llm_start(self, serialized: Any, prompts: Any, *, run_id: UUID, **more: Any) -> None:
            runs.start(run_id, more.get("parent_run_id"), prompts[0] if prompts else "")

        def on_llm_end(self, response: Any, *, run_id: UUID, **more: Any) -> None:
            runs.model_end(run_id, response)

        def on_llm_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
            runs.fail(run_id, error)

        def on_tool_start(self, serialized: Any, input_str: str, *, run_id: UUID, **more: Any) -> None:
            runs.note(run_id, more.get("parent_run_id"))

        def on_tool_end(self, output: Any, *, run_id: UUID, **more: Any) -> None:
            runs.forget(run_id)

        def on_tool_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
            runs.fail(run_id, error)

        def on_retriever_start(self, serialized: Any, query: str, *, run_id: UUID, **more: Any) -> None:
            runs.query(run_id, more.get("parent_run_id"), query)

        def on_retriever_end(self, documents: Any, *, run_id: UUID, **more: Any) -> None:
            runs.retrieved(run_id, documents)

        def on_retriever_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
            runs.fail(run_id, error)

    return InteractionHandler()


class Runs:
    """Which run belongs to which outermost one, and when each began."""

    def __init__(self, recorder: TurnRecorder) -> None:
        self._recorder = recorder
        self._roots: dict[str, str] = {}
        self._began: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, run: UUID, parent: UUID | None) -> str:
        """Remember a run; return the key of its outermost one."""
        with self._lock:
            root = self._roots.get(str(parent), str(parent)) if parent else str(run)
            self._roots[str(run)] = root
            self._began[str(run)] = perf_counter()
        return root

    def start(self, run: UUID, parent: UUID | None, inputs: Any) -> None:
        """Begin a turn where the run is an outermost one."""
        root = self.note(run, parent)
        if root == str(run):
            self._recorder.begin(root, text_of(plain(inputs), QUESTION_KEYS, "user"))

    def query(self, run: UUID, parent: UUID | None, query: str) -> None:
        """Note a retriever's run; what it looks for is the question where the chain told none."""
        turn = self._recorder.get(self.note(run, parent))
        if turn is not None and not turn.question:
            turn.question = query.strip()

    def end(self, run: UUID, outputs: Any, inputs: Any) -> None:
        """End the turn of an outermost run with its output; a streamed one tells its inputs only now."""
        if self.forget(run) == str(run):
            turn, asked = self._recorder.get(str(run)), text_of(plain(inputs), QUESTION_KEYS, "user")
            if turn is not None and asked:
                turn.question = asked
            self._recorder.finish(str(run), text_of(plain(outputs), ANSWER_KEYS, "assistant"))

    def fail(self, run: UUID, error: BaseException) -> None:
        """End the turn of an outermost run as failed; an inner failure may have been caught."""
        message = f"{type(error).__name__}: {error}"
        root = self.forget(run)
        if root == str(run):
            self._recorder.finish(root, error=message)
        elif turn := self._recorder.get(root):
            turn.error = message

    def retrieved(self, run: UUID, documents: Sequence[Any]) -> None:
        """Add passages to the turn the retriever ran for."""
        began = self._began.get(str(run), perf_counter())
        if turn := self._recorder.get(self.forget(run)):
            turn.took("retrieve", began)
            for document in documents:
                name = str(getattr(document, "id", None) or document.metadata.get("id") or "")
                found = context(
                    document.page_content, name, source_of(document.metadata), document.metadata.get("score")
                )
                turn.contexts[found.id] = found

    def model_end(self, run: UUID, response: Any) -> None:
        """Add what a model said, its tokens and its name; a model called on its own is a turn itself."""
        began = self._began.get(str(run), perf_counter())
        root = self.forget(run)
        if turn := self._recorder.get(root):
            turn.took("generate", began)
            _add_reply(turn, response)
        if root == str(run):
            self._recorder.finish(root)

    def forget(self, run: UUID) -> str:
        """Forget a run that ended; return the key of its outermost one."""
        with self._lock:
            self._began.pop(str(run), None)
            return self._roots.pop(str(run), "")


def plain(value: Any) -> Any:
    """Turn LangChain's messages into mappings, wherever they stand."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple) and len(value) == 2 and value[0] in _ROLES:
        return [{"role": value[0], "content": value[1]}]
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "content") and hasattr(value, "type"):
        return [{"role": str(value.type).removesuffix("MessageChunk"), "content": value.content}]
    if hasattr(value, "to_messages"):
        return plain(value.to_messages())
    return value if isinstance(value, str | int | float | bool) or value is None else ""


def _add_reply(turn: RecordedTurn, response: Any) -> None:
    generation = response.generations[0][0] if response.generations and response.generations[0] else None
    message = getattr(generation, "message", None)
    told = {**(getattr(message, "response_metadata", None) or {})}
    general = response.llm_output or {}
    usage = getattr(message, "usage_metadata", None) or {}
    counted = told.get("token_usage") or general.get("token_usage") or {}
    turn.said = str(getattr(generation, "text", "") or "") or turn.said
    turn.count(
        usage.get("input_tokens", counted.get("prompt_tokens")),
        usage.get("output_tokens", counted.get("completion_tokens")),
    )
    turn.model = str(told.get("model_name") or general.get("model_name") or turn.model)
    turn.system_fingerprint = str(told.get("system_fingerprint") or general.get("system_fingerprint") or "")
    turn.cut_off = turn.cut_off or told.get("finish_reason") == "length"
