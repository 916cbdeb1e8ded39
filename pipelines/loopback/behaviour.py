"""How the loopback server behaves: one value, replaceable while it runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from pipelines.loopback.gullible import Obeys

Fault = Literal[
    "cut_stream",
    "embed_base64",
    "embed_nan",
    "embed_same_index",
    "embed_shuffled",
    "embed_wrong_count",
    "embed_wrong_dimensions",
    "embed_zeros",
    "empty_choices",
    "empty_content",
    "endless_comments",
    "endless_body",
    "error_in_stream",
    "error_with_success",
    "garbage_json",
    "html_page",
    "http_401",
    "ignores_response_format",
    "ignores_stream",
    "no_usage",
    "null_choices",
    "reasoning_field",
    "reasoning_short_field",
    "refusal_field",
    "rejects_limits",
    "rejects_max_tokens",
    "rejects_response_format",
    "rejects_stream_options",
    "rejects_system",
    "rejects_temperature",
    "short_stream",
    "sse_comments",
    "sse_no_space",
    "stall_stream",
    "think_tags",
    "think_unopened",
    "timeout",
]
Judging = Literal["honestly", "kindly", "emptily", "off_scale"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the server pretends to be.

    The rates are probabilities per question, decided by `seed` and the question alone: the same question fails again in
    the same way, and a higher rate fails on more questions, not on others. None of them touches the latency.
    `http_429` and `http_500` fail that many requests to each path, counted from when the behaviour was set, then
    recover.
    `cut_stream` drops the connection in the middle of the answer, `short_stream` ends it politely but early,
    `stall_stream` stops sending and keeps the connection open.
    `endless_comments` streams keep-alive comments and nothing else, `endless_body` sends white space before a reply for
    ever; `error_with_success` answers HTTP 200 with an error object, `error_in_stream` sends one in place of the end.
    `context_tokens` refuses longer prompts and texts with an error; `truncate_tokens` cuts the beginning of prompts off
    and says nothing. `embeddings_at_once` refuses larger batches. `embed_shuffled` sends embeddings in another order,
    rightly numbered; the other faults of that name spoil the last embedding of each reply.
    `obeys` says whose orders in a prompt are followed, see `gullible`; `judges` how answers are judged, see `judging`:
    kindly finds everything right, emptily finds nothing to judge, off_scale says 7 where 0 or 1 is asked for.
    """

    model: str = "loopback-1"
    system_fingerprint: str = "fp_loopback_1"
    quantization: str = ""
    seed: int = 0
    latency_ms: float = 0.0
    latency_jitter_ms: float = 0.0
    hallucination_rate: float = 0.0
    refuse_rate: float = 0.0
    dropped_citations_rate: float = 0.0
    unknown_citations_rate: float = 0.0
    http_429: int = 0
    retry_after_s: float = 0.0
    http_500: int = 0
    context_tokens: int | None = None
    truncate_tokens: int | None = None
    embeddings_at_once: int | None = None
    fault: Fault | None = None
    obeys: Obeys = "nobody"
    judges: Judging = "honestly"

    def strikes(self, rate: float, salt: str, question: str) -> bool:
        """Tell whether something of probability `rate` befalls this question."""
        return chance(self.seed, salt, question) < rate

    def latency_s(self, question: str, request: int) -> float:
        """Return how long the `request`-th request takes: uniform around the mean, whatever the quality."""
        shift = 2 * chance(self.seed, "latency", f"{question}\x00{request}") - 1
        return max(0.0, self.latency_ms + shift * self.latency_jitter_ms) / 1000


def chance(seed: int, salt: str, text: str) -> float:
    """Return a number in [0, 1) that follows from the arguments and is as good as random."""
    digest = hashlib.sha256(f"{seed}\x00{salt}\x00{text}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def pick(items: tuple[str, ...], seed: int, salt: str, text: str) -> str:
    """Return one of `items`, as `chance` decides."""
    return items[int(chance(seed, salt, text) * len(items))]
