"""The records that flow between the rooms; standard library only.

Laws held by tests: ``document.text[chunk.start:chunk.end] == chunk.text`` for every chunk of a document, and a citation
with ``supported=True`` quotes ``document.text[start:end]`` of its source exactly.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

FORGOTTEN = "text_forgotten"
"""The flag of an interaction whose text was deleted."""

_STAND_IN = re.compile(r"\[deleted [0-9a-f]{16}\]")
_MARKUP = re.compile(r"!(?=\[)|\](?=\()|<(?=\S)")


def stand_in(name: str) -> str:
    """Return what stands for a deleted question; `name` is 16 hexadecimal digits, the same for the same question."""
    return f"[deleted {name}]"


def is_stand_in(question: str) -> bool:
    """Tell whether a question is only the stand-in of one that was deleted."""
    return _STAND_IN.fullmatch(question) is not None


Outcome = Literal["answered", "abstained", "failed"]
Kind = Literal["user", "canary", "replay"]
ScoreSource = Literal["proxy", "judge", "human", "reference"]

OUTCOMES: tuple[Outcome, ...] = ("answered", "abstained", "failed")
KINDS: tuple[Kind, ...] = ("user", "canary", "replay")
SCORE_SOURCES: tuple[ScoreSource, ...] = ("proxy", "judge", "human", "reference")

ABSTENTION = "I cannot answer this from the indexed documents."
"""The one abstention phrase: asked for in the prompt, written by code, recognised by metrics."""


def content_hash(*parts: str) -> str:
    """Return 16 hex digits naming `parts`; equal parts always give equal names."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def harmless(text: str) -> str:
    """Return a text with a blank in all that Markdown takes for an image, a link or a tag: documents may hold any."""
    return _MARKUP.sub(lambda found: f"{found.group()} ", text)


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled half-open range ``[start, end)`` of a document's text: a page, or the scope of a heading."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """The extracted text of one source, with its pages and headings as spans of that text.

    `source` is the path as ingested. `pages` have the printed order number ("1", "2", …) as label and are empty for
    formats without pages. `headings` carry the heading path ("Guide > Install") in force over each span. `notes` are
    sentences on what of the file is not in the text.
    """

    source: str
    text: str
    pages: tuple[Span, ...] = ()
    headings: tuple[Span, ...] = ()
    media_type: str = "text/plain"
    notes: tuple[str, ...] = ()

    @property
    def text_hash(self) -> str:
        """Name of the extracted text, independent of where it lies."""
        return content_hash(self.text)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: the half-open character span ``[start, end)`` of its document's text, and that text.

    A passage widened to its surroundings keeps the id of the indexed one it was made from, in `widened_from`.
    """

    source: str
    start: int
    end: int
    text: str
    page: int | None = None
    heading: str = ""
    widened_from: str = ""

    @property
    def id(self) -> str:
        """Name of the passage from its content and place: ingesting the same file again gives the same ids."""
        return self.widened_from or content_hash(self.source, str(self.start), self.text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk. `score` is higher for better; the ranks count from 1 and are None where a side missed it.

    `also_in` names the other sources that hold the same passage, or nearly the same.
    """

    chunk: Chunk
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None
    also_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer from the answer into a source.

    `marker` is the number shown in the answer text ("[1]"). `quote` is ``document.text[start:end]`` when `supported`;
    otherwise the evidence could not be located and the span is the whole cited chunk.
    """

    marker: int
    chunk_id: str
    source: str
    page: int | None
    start: int
    end: int
    quote: str
    supported: bool

    @property
    def footnote(self) -> str:
        """Marker, file, page and quote as one line of Markdown."""
        page = f", page {self.page}" if self.page is not None else ""
        quote = f"“{' '.join(self.quote.split())}”" if self.supported else "(this passage does not hold it)"
        return f"[{self.marker}] {harmless(f'{self.source}{page}: {quote}')}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a generator wrote, before its citations are checked.

    Citations in `text` are written as chunk keys in square brackets, "[k7fq]"; `keys` maps each key to its chunk id.
    Token counts are None where the endpoint reported none; `model_details` is what it tells beyond the name.
    """

    text: str
    keys: dict[str, str]
    model: str = ""
    system_fingerprint: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    model_details: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What produced an answer, so that a change of quality can be laid beside a change of system.

    Unknown parts are empty strings: imported interactions may carry only `chat_model`. `model_details` is what an
    endpoint or a folder with the weights tells of the model beyond its name: "quantization=awq root=… config=3f0c…".
    """

    chat_model: str = ""
    system_fingerprint: str = ""
    prompt_version: str = ""
    index_generation: str = ""
    embedder: str = ""
    retrieval: str = ""
    model_details: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """One passage that was put before the model; `text` is None after redaction, `text_hash` then still names it.

    `also_in` names the other sources that hold the same passage, or nearly the same.
    """

    id: str
    source: str = ""
    score: float | None = None
    text: str | None = None
    text_hash: str = ""
    also_in: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """All sources that hold the passage, its own first."""
        return (self.source, *self.also_in)


@dataclass(frozen=True, slots=True)
class Interaction:
    """One question and what became of it: all that monitoring will ever know.

    `at` is timezone-aware UTC. `latency_ms` maps a stage ("embed", "retrieve", "generate", …, "total") to
    milliseconds. `tokens` maps "prompt" and "completion" to counts. The vectors are float16 little-endian bytes of unit
    vectors made by `fingerprint.embedder`, or None.
    """

    id: str
    at: datetime
    question: str
    answer: str | None
    outcome: Outcome = "answered"
    kind: Kind = "user"
    contexts: tuple[Context, ...] = ()
    citations: tuple[Citation, ...] = ()
    latency_ms: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    fingerprint: Fingerprint = Fingerprint()
    tags: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    question_vector: bytes | None = None
    answer_vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One measurement of one interaction.

    A scorer that failed writes ``value=None`` with the reason: unscored is missing, never 0 and never dropped. Our own
    values lie in [0, 1], higher is better. Those of other tools stay as given until windows are compared: `scale` holds
    what came with them ("down 0..10", `data.scales`).
    """

    interaction_id: str
    metric: str
    value: float | None
    source: ScoreSource
    reason: str = ""
    scorer: str = ""
    scorer_version: str = ""
    scale: str = ""


IMPORTED = "imported"  # the scorer of a score that came from elsewhere without the name of one
DIMENSIONS_SCORER = "answer dimensions"
"""The scorer of what describes an answer by dimension; its scores do not speak for quality."""

NOT_ON_RECORD = Interaction("", datetime.min.replace(tzinfo=UTC), "", None, "failed")
"""Stands for the record of an answer that has none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question was answered with; every citation points to one of `hits`.

    `error` is the one-sentence reason of the outcome "failed", `draft` what was checked, `verify_ms` how many
    milliseconds that took. `interaction` is the record, with its `scores`; `log_error` tells why it is not in the log.
    """

    text: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...] = field(repr=False)
    outcome: Outcome
    flags: tuple[str, ...] = ()
    error: str | None = None
    draft: Draft | None = field(default=None, compare=False, repr=False)
    verify_ms: float = field(default=0.0, compare=False, repr=False)
    interaction: Interaction = field(default=NOT_ON_RECORD, repr=False)
    scores: tuple[Score, ...] = ()
    log_error: str | None = None

    @property
    def id(self) -> str:
        """Name of its record, as the log and `rag verify` know it; empty where there is none."""
        return self.interaction.id

    def _repr_markdown_(self) -> str:
        """Show text and citations in a notebook."""
        said = harmless(self.text) or f"No answer: {harmless(self.error or '')}"
        return "  \n".join([f"{said}\n", *(citation.footnote for citation in self.citations)])


Scorer = Callable[[Interaction], Sequence[Score]]
"""Measures an answer; a measure that fails is a score without a value."""


def settings_hash(settings: dict[str, object]) -> str:
    """Name a flat settings mapping by content; key order does not matter."""
    return content_hash(json.dumps(settings, sort_keys=True, ensure_ascii=False, default=str))


THUMBS = "thumbs"
"""The metric of ratings that users give of their own accord: they are no sample of all answers."""

PROBABILITY_TAGS: dict[ScoreSource, str] = {"human": "label_probability", "judge": "judge_probability"}
"""The tag of an interaction that holds how likely it was to be chosen for a label of that source."""
