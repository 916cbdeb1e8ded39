"""How much of a prompt an endpoint really reads: a needle at its beginning, asked for after ever more filling.

The filling doubles until the needle is lost or the prompt refused. Then the gap between the longest prompt that was
read and the shortest that was not is halved until it is small. What is told was seen to be read, and is counted by the
server where it counts, else so that it is never too much.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from data.records import Chunk, Hit
from data.text import estimate_tokens, passage_tokens, plural
from rag.chat import ChatEndpoint
from rag.doctor.probe import Probe
from rag.errors import ContextOverflow, EndpointError
from rag.prompts import SYSTEM, render

FACT = "The inventory number of the blue lantern in the north store is 7351."
QUESTION = "What is the inventory number of the blue lantern in the north store?"
ANSWER = "7351"
_FILLING = "The east hall was swept and aired, and its windows were cleaned with warm water and a soft cloth. "
_SENTENCES = 8
_SURE = re.compile(r"\w+|[.,](?=\s)")


def needle() -> Hit:
    """Return the passage that holds the fact."""
    return Hit(Chunk("store.md", 0, len(FACT), FACT), 1.0)


def haystack(tokens: int) -> list[Hit]:
    """Return the needle and then filling: a prompt of `tokens` by our own estimate, give or take a sentence or two.

    The needle alone where there is no room for more.
    """
    sentence, whole = estimate_tokens(_FILLING), passage_tokens(_filling(0, _SENTENCES))
    passages, rest = divmod(max(0, tokens - shortest()), whole)
    left = max(0, rest - passage_tokens(_filling(0, 0))) // sentence
    sizes = [_SENTENCES] * passages + ([min(left, _SENTENCES)] if left else [])
    return [needle(), *(_filling(place, size) for place, size in enumerate(sizes))]


def shortest() -> int:
    """Return the estimated tokens of a prompt with the needle alone."""
    return estimate_tokens(SYSTEM) + estimate_tokens(QUESTION) + passage_tokens(needle())


def fewest_tokens(hits: Sequence[Hit]) -> int:
    """Return a count that no tokenizer stays under for the prompt over `hits`: its words, commas and full stops.

    `estimate_tokens` errs to the other side, which is right for packing and wrong for telling how much was read.
    """
    prompt = render(QUESTION, hits, "")
    return len(_SURE.findall(prompt.system)) + len(_SURE.findall(prompt.user))


def _filling(place: int, sentences: int) -> Hit:
    text = _FILLING * sentences
    start = place * _SENTENCES * len(_FILLING)
    return Hit(Chunk("hall.md", start, start + len(text), text), 0.1)


_SHORTEST = 1024
_CLOSE = 0.05
_LEAST = 512


@dataclass(slots=True)
class _Tries:
    """What was asked so far; `length` is the longest prompt read, by our estimate, and `read` its tokens."""

    endpoint: ChatEndpoint
    length: int = field(default_factory=shortest)
    read: int = field(default_factory=lambda: fewest_tokens([needle()]))
    how: str = ""
    requests: int = 0
    spent: int = 0

    def holds(self, length: int) -> bool:
        """Ask with a prompt of `length`; tell whether the needle was found. Raises like `generate`."""
        hits = haystack(length)
        tokens = fewest_tokens(hits)
        self.requests += 1
        try:
            draft = self.endpoint.generate(QUESTION, hits)
        except ContextOverflow:
            self.how = "refuses longer prompts"
            return False
        tokens = max(tokens, draft.prompt_tokens or 0)  # servers that keep prompts leave out what they had already
        self.spent += tokens
        if ANSWER not in draft.text:
            self.how = "loses the beginning of longer prompts in silence"
            return False
        self.length, self.read = length, max(self.read, tokens)
        return True


def window(endpoint: ChatEndpoint, configured: int, limit_s: float) -> Probe:
    """Measure the window of an endpoint that finds the needle alone; `configured` is what the settings say.

    `endpoint` must have room for prompts of `configured` tokens. About four requests follow the first that fails, none
    of them begun later than `limit_s` after the first of all.
    """
    until = perf_counter() + limit_s
    tries = _Tries(endpoint)
    try:
        lost = next((length for length in _lengths(configured) if not tries.holds(length)), None)
    except EndpointError as error:
        return Probe("window", "failed", str(error))
    if lost is None:
        return Probe("window", "ok", f"reads all of the configured {configured} tokens (tried with {tries.read})")
    _narrow(tries, lost, until)
    return _too_small(tries, configured)


def _narrow(tries: _Tries, lost: int, until: float) -> None:
    """Halve the gap between the longest prompt that was read and the shortest that was not."""
    while lost - tries.length > _CLOSE * lost and perf_counter() < until:
        middle = (tries.length + lost) // 2
        try:
            lost = lost if tries.holds(middle) else middle
        except EndpointError:
            return  # what was seen until here holds all the same


def _too_small(tries: _Tries, configured: int) -> Probe:
    seen = (
        f"reads {tries.read} tokens and {tries.how}; {configured} are configured"
        f" (found out with {plural(tries.requests, 'prompt')}, {plural(tries.spent, 'token')})"
    )
    larger = "serve the model with a larger window"
    if tries.read < _LEAST:
        return Probe("window", "failed", seen, larger)
    remedy = f"set chat.context_window = {tries.read}, or {larger}"
    return Probe("window", "failed" if tries.length < min(_SHORTEST, configured) else "warning", seen, remedy)


def _lengths(configured: int) -> list[int]:
    lengths = [_SHORTEST]
    while lengths[-1] * 2 < configured:
        lengths.append(lengths[-1] * 2)
    return [*(length for length in lengths if length < configured), configured]
