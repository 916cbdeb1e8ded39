"""The seams of this room: what a part must do to be passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from data.records import Chunk, Document, Draft, Hit, Interaction, Score


class Embedder(Protocol):
    """Texts to unit vectors.

    `id` names model and weights, so that vectors of different embedders are never mixed; `dimensions` is the length of
    each vector; `max_tokens` is the longest text, in the model's own tokens, that is embedded without being cut.
    """

    @property
    def id(self) -> str: ...  # noqa: D102

    @property
    def dimensions(self) -> int: ...  # noqa: D102

    @property
    def max_tokens(self) -> int: ...  # noqa: D102

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimensions), rows of unit length, in the order given."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many of the model's own tokens `text` takes, special tokens included."""
        ...


class Generator(Protocol):
    """A question and its retrieved passages to a draft answer."""

    @property
    def id(self) -> str:
        """Name of the model, or "extractive"."""
        ...

    @property
    def prompt_version(self) -> str:
        """Name of the prompt's wording, changed whenever the wording changes."""
        ...

    def generate(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Write a draft answer.

        :raises EndpointError: the model could not be asked or its reply could not be used.
        """
        ...


@runtime_checkable
class BoundedGenerator(Protocol):
    """A generator whose answers can be given a time limit."""

    def bounded(self, seconds: float) -> Self:
        """Return the same generator with at most `seconds` for each answer."""
        ...


@runtime_checkable
class Writer(Protocol):
    """A model that follows one instruction."""

    def complete(self, system: str, user: str) -> str:
        """Return what the model writes.

        :raises EndpointError: it could not be asked, or its reply could not be used.
        """
        ...


@runtime_checkable
class StreamingGenerator(Protocol):
    """A generator that also shows its draft as it grows."""

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield growing drafts, each with all keys; the last is the whole one."""
        ...


class Reranker(Protocol):
    """Scores passages against a question; `id` names the model."""

    @property
    def id(self) -> str: ...  # noqa: D102

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text, in the order given; higher is better, the scale is the model's own.

        :raises RerankError: the model could not be asked, or its reply could not be used.
        """
        ...


class MoreQueries(Protocol):
    """A question, and what it found, to further queries; `id` names the way."""

    @property
    def id(self) -> str: ...  # noqa: D102

    def queries(self, question: str, hits: Sequence[Hit]) -> list[str]:
        """Return the further queries; none is fine.

        :raises EndpointError: a model could not be asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be read and cut, or one stored `document` to be cut again.

    `origin` is the file's resolved path; `known_hash` the SHA-256 of the bytes the draft already holds, empty for none.
    """

    path: Path
    source: str
    origin: str
    known_hash: str = ""
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One chunk to be stored: the key of its embedded text, its language, and the chunk."""

    key: str
    language: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """One document ready to be stored."""

    origin: str
    file_hash: str
    document: Document
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What became of a task: `prepared`, or the `failure` in words, or neither when the file did not change.

    `empty` says that the failure is a file with nothing in it. `vectors` are those already made for it, by key; the
    ingest makes the rest.
    """

    task: Task
    prepared: PreparedDocument | None = None
    failure: str = ""
    empty: bool = False
    vectors: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


Work = Callable[[Task, Embedder], TaskResult]
"""Reads and cuts one document; it can be pickled, and raises nothing that a bad file does."""


class Engine(Protocol):
    """Does the work of an ingest, here or on other machines."""

    def run(self, tasks: Iterable[Task], work: Work, cached: Callable[[], set[str]]) -> Iterator[TaskResult]:
        """Yield what becomes of each task, in their order; `cached` returns the keys that need no vector."""
        ...


class AnswerLog(Protocol):
    """Where interactions go: the log, or what keeps them for it."""

    def append(self, interactions: Iterable[Interaction], scores: Iterable[Score] = ()) -> object:
        """Take interactions and scores.

        :raises SilentDriftError: they could not be written.
        """
        ...


Observer = Callable[[Interaction, Sequence[Score]], None]
"""What is told of each interaction beside the log, such as tracing; it must neither fail nor take long."""


class VectorStore(Protocol):
    """The vectors of one revision of an index under their keys, searched by cosine.

    A revision has a `folder` of its own, ``INDEX/chroma/NAME``, for files of the store or for a note of where its
    vectors are. It is written while it is prepared and never again; then several processes and threads search it at
    once. What every kind must do is in `tests/contracts`; the kinds are listed in `rag.store.vectors.stores`.
    `library` names what opening a store imports, and takes long; it is empty where nothing does.
    """

    library: ClassVar[str]

    @classmethod
    def create(cls, folder: Path, embedder: str) -> Self:
        """Make the store of a new revision, for vectors of an embedder; the folder is there and holds nothing of it."""
        ...

    @classmethod
    def open(cls, folder: Path, embedder: str) -> Self:
        """Open the store of a revision.

        :raises IndexDamaged: it is gone, cannot be read, or holds the vectors of another embedder.
        """
        ...

    @classmethod
    def copy(cls, source: Path, target: Path) -> bool:
        """Copy the folder of a published revision, and its vectors, to start another from.

        :return: False, with nothing copied, where the store has no cheap way to do so.
        """
        ...

    def write(self, keys: Sequence[str], vectors: Sequence[NDArray[np.float32]], gone: Sequence[str]) -> int:
        """Write vectors under their keys and delete the keys `gone`; return how many are held then.

        What is written is on the disk, or at the server, when the call returns.

        :raises IndexDamaged: it cannot be written.
        """
        ...

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return the keys of the `limit` nearest vectors with their cosines, nearest first.

        :raises IndexDamaged: it cannot be searched.
        """
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
