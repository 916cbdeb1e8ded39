"""Find out what a chat endpoint can really do, by asking it: each probe is one row of a table.

"OpenAI-compatible" says little: usage may be missing, parameters refused, and the prompt may be cut in silence at a
window smaller than the one advertised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter

from data.records import Draft, Hit
from rag.chat import ChatEndpoint
from rag.doctor.probe import Probe
from rag.doctor.window import ANSWER, QUESTION, haystack, needle, window
from rag.errors import EndpointError

_LONGEST_SPEED = 2048
_AT_ONCE = 2
_AMPLE = 4
"""Times the configured window: room for the longest prompt tried beside the longest answer asked for."""


def probe_endpoint(
    build: Callable[[int], ChatEndpoint], context_window: int, timeout_s: float = 60.0
) -> Iterator[Probe]:
    """Yield the probes of one endpoint, cheapest first; nothing more is tried once it cannot be asked at all.

    `build` makes an endpoint client for a given context window; `context_window` is the one configured. No single
    request takes longer than `timeout_s`.
    """
    endpoint = build(context_window).bounded(timeout_s)
    hits = [needle()]
    started = perf_counter()
    try:
        draft = endpoint.generate(QUESTION, hits)
    except EndpointError as error:
        yield Probe("chat", "failed", str(error))
        return
    yield _chat(draft, perf_counter() - started)
    yield _citation(draft)
    yield _usage(draft)
    yield _stream(endpoint, hits)
    yield _parameters(endpoint.refused)
    yield _speed(endpoint, min(context_window, _LONGEST_SPEED))
    if ANSWER in draft.text:
        yield window(build(_AMPLE * context_window).bounded(timeout_s), context_window, timeout_s)
    else:
        yield Probe(
            "window",
            "warning",
            "not measured: this model does not repeat a fact even from one short passage",
            f"chat.context_window = {context_window} is taken on trust; truncation is flagged where tokens are told",
        )


def _chat(draft: Draft, seconds: float) -> Probe:
    seen = f"{draft.model or 'unnamed model'} answered in {seconds:.1f} s"
    if "answer_in_reasoning_field" in draft.flags:
        return Probe("chat", "warning", f"{seen}, in the reasoning field", "we read the answer from there")
    if ANSWER not in draft.text:
        return Probe(
            "chat", "warning", f"{seen}, but not what the passage says: {draft.text[:80]!r}", "try another model"
        )
    return Probe("chat", "ok", seen)


def _citation(draft: Draft) -> Probe:
    if any(key in draft.text for key in draft.keys):
        return Probe("citations", "ok", "the passage was cited by its key")
    return Probe("citations", "warning", "the passage was not cited", "answers will be flagged no_citations")


def _usage(draft: Draft) -> Probe:
    if draft.prompt_tokens is None:
        return Probe("usage", "warning", "no token counts", "we log none, and cannot see silent truncation")
    return Probe("usage", "ok", f"{draft.prompt_tokens} prompt and {draft.completion_tokens} answer tokens")


def _stream(endpoint: ChatEndpoint, hits: list[Hit]) -> Probe:
    started = perf_counter()
    first = None
    drafts = 0
    try:
        for _ in endpoint.stream(QUESTION, hits):
            first = first or perf_counter() - started
            drafts += 1
    except EndpointError as error:
        return Probe("stream", "failed", str(error), "ask without --stream")
    if drafts <= _AT_ONCE:
        return Probe(
            "stream", "warning", "the whole answer comes at once", "something between buffers; answers are right"
        )
    return Probe("stream", "ok", f"first piece after {first or 0:.2f} s, {drafts} pieces")


def _parameters(refused: Sequence[str]) -> Probe:
    if not refused:
        return Probe("parameters", "ok", "takes all that we send")
    return Probe("parameters", "warning", f"refuses {', '.join(refused)}", "we ask without, once the server refused")


def _speed(endpoint: ChatEndpoint, length: int) -> Probe:
    """Measure tokens per second: of the prompt until the first piece, of the answer from there on."""
    started = perf_counter()
    first = None
    draft = None
    try:
        for growing in endpoint.stream(QUESTION, haystack(length)):
            first = first or perf_counter() - started
            draft = growing
    except EndpointError as error:
        return Probe("speed", "warning", f"not measured: {error}")
    if draft is None or first is None or not draft.prompt_tokens or not draft.completion_tokens:
        return Probe("speed", "warning", "not measured: the stream tells no token counts", "we log the time alone")
    writing = max(perf_counter() - started - first, 1e-6)
    reads, writes = draft.prompt_tokens / max(first, 1e-6), draft.completion_tokens / writing
    seen = f"tokens per second: reads {reads:,.0f} ({draft.prompt_tokens} in {first:.2f} s), writes {writes:,.0f}"
    return Probe("speed", "ok", seen)
