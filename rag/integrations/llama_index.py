"""LlamaIndex instrumentation that writes one interaction per outermost query or chat."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import Any

from data.extras import needed_by
from data.records import Kind
from data.traces import context, source_of
from rag.integrations.recorder import RecordedTurn, TurnRecorder, Write

_UUID = 36
_ASKING = (".query-", ".aquery-", ".chat-", ".achat-", ".stream_chat-", ".astream_chat-")


@needed_by("A watcher of LlamaIndex", "rag")
def watch_llama_index(
    write: Write, *, kind: Kind = "user", tags: Mapping[str, str] | None = None
) -> Callable[[], None]:
    """Watch every query and chat engine of this process; `write` gets each interaction. Call the result to stop."""
    from llama_index.core.instrumentation import get_dispatcher  # type: ignore[attr-defined]
    from llama_index.core.instrumentation.event_handlers import BaseEventHandler
    from llama_index.core.instrumentation.span import SimpleSpan
    from llama_index.core.instrumentation.span_handlers import BaseSpanHandler

    spans = Spans(TurnRecorder(write, kind=kind, tags=tags))

    class InteractionEvents(BaseEventHandler):
        @classmethod
        def class_name(cls) -> str:
            return "InteractionEvents"

        def handle(self, event: Any, **more: Any) -> None:
            spans.event(event)

    class InteractionSpans(BaseSpanHandler[SimpleSpan]):
        @classmethod
        def class_name(cls) -> str:
            return "InteractionSpans"

        def new_span(
            self,
            id_: str,
            bound_args: Any,
            instance: Any = None,
            parent_span_id: str | None = None,
            tags: dict[str, Any] | None = None,
            **more: Any,
        ) -> SimpleSpan:
            spans.enter(id_, parent_span_id, bound_args)
            return SimpleSpan(id_=id_, parent_id=parent_span_id)

        def prepare_to_exit_span(
            self, id_: str, bound_args: Any, instance: Any = None, result: Any = None, **more: Any
        ) -> SimpleSpan | None:
            spans.exit(id_, result)
            return self.open_spans.get(id_)

        def prepare_to_drop_span(
            self, id_: str, bound_args: Any, instance: Any = None, err: BaseException | None = None, **more: Any
        ) -> SimpleSpan | None:
            spans.drop(id_, err)
            return self.open_spans.get(id_)

    events, watched, dispatcher = InteractionEvents(), InteractionSpans(), get_dispatcher()
    dispatcher.add_event_handler(events)
    dispatcher.add_span_handler(watched)

    def stop() -> None:
        dispatcher.event_handlers.remove(events)
        dispatcher.span_handlers.remove(watched)

    return stop


class Spans:
    """Which span lies in which query, and what its events say about it."""

    def __init__(self, recorder: TurnRecorder) -> None:
        self._recorder = recorder
        self._roots: dict[str, str] = {}
        self._began: dict[str, float] = {}
        self._streaming: set[str] = set()
        self._reading = threading.local()
        self._lock = threading.Lock()

    def enter(self, span: str, parent: str | None, bound: Any) -> None:
        """Place a span; a query or chat that lies in no other begins a turn."""
        with self._lock:
            root = self._roots.get(parent or "", "") or getattr(self._reading, "root", "")
            if root:
                self._roots[span] = root
            self._began[span] = perf_counter()
        if root or not any(part in span for part in _ASKING):
            return
        self._recorder.begin(span, _question(bound), name=span[-_UUID:])
        with self._lock:
            self._roots[span] = span

    def exit(self, span: str, result: Any) -> None:
        """End the turn whose outermost span this is; one that streams ends with its last words."""
        turn = self._turn(span)
        if turn is None or turn.key != span:
            return
        for node in getattr(result, "source_nodes", None) or ():
            _add_node(turn, node, anew=node is result.source_nodes[0])
        if isinstance(getattr(result, "__dict__", {}).get("response_gen"), Iterator):
            result.response_gen = self._followed(span, result.response_gen)
            return
        if type(result).__name__.startswith(("Streaming", "AsyncStreaming")):
            self._streaming.add(span)  # its words come from another thread: the end of the model call ends the turn
            return
        self._finish(span, "" if result is None else str(result))

    def drop(self, span: str, error: BaseException | None) -> None:
        """End a turn as failed."""
        turn = self._turn(span)
        if turn is not None and turn.key == span:
            self._finish(span, error=f"{type(error).__name__}: {error}")

    def event(self, event: Any) -> None:
        """Take what retrieval and model calls tell."""
        turn, name = self._turn(event.span_id or ""), event.class_name()
        if turn is None:
            return
        if name == "RetrievalEndEvent":
            turn.took("retrieve", self._began.get(event.span_id, perf_counter()))
            for node in event.nodes:
                _add_node(turn, node)
        elif name in ("LLMChatStartEvent", "LLMCompletionStartEvent"):
            turn.model = str(event.model_dict.get("model") or event.model_dict.get("model_name") or turn.model)
        elif name in ("LLMChatEndEvent", "LLMCompletionEndEvent"):
            turn.took("generate", self._began.get(event.span_id, perf_counter()))
            _add_reply(turn, event.response)
            if turn.key in self._streaming:
                self._finish(turn.key)

    def _followed(self, root: str, pieces: Iterator[str]) -> Iterator[str]:
        # The model is called while its words are read, outside of every span: the thread remembers for which turn.
        text = ""
        try:
            while True:
                self._reading.root = root
                try:
                    piece = next(pieces)
                except StopIteration:
                    break
                finally:
                    self._reading.root = ""
                text += piece
                yield piece
        except BaseException as error:
            self._finish(root, error=f"{type(error).__name__}: {error}")
            raise
        self._finish(root, text)

    def _turn(self, span: str) -> RecordedTurn | None:
        with self._lock:
            root = self._roots.get(span)
        return self._recorder.get(root) if root else None

    def _finish(self, root: str, answer: str = "", error: str | None = None) -> None:
        self._recorder.finish(root, answer, error)
        with self._lock:
            self._streaming.discard(root)
            for span in [span for span, its in self._roots.items() if its == root]:
                self._roots.pop(span, None)
                self._began.pop(span, None)


def _question(bound: Any) -> str:
    values = bound.arguments.values()
    asked = next((value for value in values if isinstance(value, str) or hasattr(value, "query_str")), "")
    return str(getattr(asked, "query_str", asked))


def _add_node(turn: RecordedTurn, node: Any, *, anew: bool = False) -> None:
    if anew:  # the passages of the response are those that were left after reranking
        turn.contexts.clear()
    found = context(node.node.get_content(), node.node.node_id, source_of(node.node.metadata), node.score)
    turn.contexts[found.id] = found


def _add_reply(turn: RecordedTurn, response: Any) -> None:
    if response is None:
        return
    message = getattr(response, "message", None)
    turn.said = str(getattr(message, "content", None) or getattr(response, "text", "") or turn.said)
    raw = getattr(response, "raw", None)
    told = raw if isinstance(raw, Mapping) else getattr(raw, "__dict__", {})
    usage = told.get("usage")
    counted = usage if isinstance(usage, Mapping) else getattr(usage, "__dict__", {})
    turn.count(counted.get("prompt_tokens"), counted.get("completion_tokens"))
    turn.model = str(told.get("model") or turn.model)
    turn.system_fingerprint = str(told.get("system_fingerprint") or turn.system_fingerprint)
