"""Find out what a chat endpoint can really do, by asking it: each probe is one row of a table.

"OpenAI-compatible" says little: usage may be missing, parameters refused, and the prompt may be cut in silence at a
window smaller than the one advertised. The window is measured with a needle: a fact at the beginning of the passages,
asked for after ever more filling; the last length at which it is still found is what the model really reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter

from data.records import Chunk, Hit
from rag.budget import estimate_tokens, passage_tokens
from rag.endpoint import ChatEndpoint
from rag.errors import ContextOverflow, EndpointError
from rag.probe import Probe
from rag.prompts import SYSTEM
from rag.protocols import Draft

_FACT = "The inventory number of the blue lantern in the north store is 7351."
_QUESTION = "What is the inventory number of the blue lantern in the north store?"
_ANSWER = "7351"
_FILLING = "The east hall was swept and aired, and its windows were cleaned with warm water and a soft cloth. "
_SHORTEST = 1024
_LONGEST_SPEED = 2048
_AT_ONCE = 2


def probe_endpoint(
    build: Callable[[int], ChatEndpoint], context_window: int, timeout_s: float = 60.0
) -> Iterator[Probe]:
    """Yield the probes of one endpoint, cheapest first; nothing more is tried once it cannot be asked at all.

    `build` makes an endpoint client for a given context window; `context_window` is the one configured. No single
    request takes longer than `timeout_s`.
    """
    endpoint = build(context_window).bounded(timeout_s)
    hits = [_hit(_FACT)]
    started = perf_counter()
    try:
        draft = endpoint.generate(_QUESTION, hits)
    except EndpointError as error:
        yield Probe("chat", "failed", str(error))
        return
    yield _chat(draft, perf_counter() - started)
    yield _citation(draft)
    yield _usage(draft)
    yield _stream(endpoint, hits)
    yield _parameters(endpoint.refused)
    yield _speed(endpoint, min(context_window, _LONGEST_SPEED))
    if _ANSWER in draft.text:
        yield _window(lambda window: build(window).bounded(timeout_s), context_window)
    else:
        yield Probe(
            "window",
            "warning",
            "not measured: this model does not repeat a fact even from one short passage",
            f"chat.context_window = {context_window} is taken on trust; truncation is flagged where tokens are told",
        )


def _hit(text: str) -> Hit:
    return Hit(Chunk("store.md", 0, len(text), text), 1.0)


def _chat(draft: Draft, seconds: float) -> Probe:
    seen = f"{draft.model or 'unnamed model'} answered in {seconds:.1f} s"
    if "answer_in_reasoning_field" in draft.flags:
        return Probe("chat", "warning", f"{seen}, in the reasoning field", "we read the answer from there")
    if _ANSWER not in draft.text:
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
        for _ in endpoint.stream(_QUESTION, hits):
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
        for growing in endpoint.stream(_QUESTION, _haystack(length)):
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


def _window(build: Callable[[int], ChatEndpoint], configured: int) -> Probe:
    """Grow the prompt until the needle at its beginning is lost, refused, or the configured window is full."""
    read = 0
    for length in _lengths(configured):
        try:
            draft = build(2 * configured).generate(_QUESTION, _haystack(length))
        except ContextOverflow:
            return _too_small(read, configured, "refuses longer prompts")
        except EndpointError as error:
            return Probe("window", "failed", str(error))
        if _ANSWER not in draft.text:
            return _too_small(read, configured, "loses the beginning of longer prompts in silence")
        read = length
    return Probe("window", "ok", f"reads all of the configured {configured} tokens")


def _too_small(read: int, configured: int, how: str) -> Probe:
    return Probe(
        "window",
        "failed" if read == 0 else "warning",
        f"reads about {read} tokens and {how}; {configured} are configured",
        f"set chat.context_window = {max(read, 512)}, or serve the model with a larger window",
    )


def _lengths(configured: int) -> list[int]:
    lengths = [_SHORTEST]
    while lengths[-1] * 2 < configured:
        lengths.append(lengths[-1] * 2)
    return [*(length for length in lengths if length < configured), configured]


def _haystack(tokens: int) -> list[Hit]:
    """Return the needle and then filling passages: a prompt of about `tokens` by our own estimate."""
    needle = _hit(_FACT)
    text = _FILLING * 8
    each = passage_tokens(Hit(Chunk("hall.md", 0, len(text), text), 0.1))
    room = tokens - estimate_tokens(SYSTEM) - estimate_tokens(_QUESTION) - passage_tokens(needle)
    starts = range(0, max(0, room // each) * len(text), len(text))
    return [needle, *(Hit(Chunk("hall.md", start, start + len(text), text), 0.1) for start in starts)]
