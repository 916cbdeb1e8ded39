"""Errors of this room, each one sentence for the person who reads it.

SilentDriftError (data.errors)
├── IndexError_              base of what can be wrong with an index
│   ├── NoIndexError         nothing was ingested yet
│   ├── EmbedderMismatch     the index was built by another embedder, or this one has changed
│   ├── IndexBusy            another process is writing
│   ├── IndexOutOfSpace      the disk is full
│   ├── CandidateRefusal     an index that was built anew did worse than the published one
│   └── IndexDamaged         the stored vectors and the manifest disagree; `rag repair`
├── UnreadableDocument       one file could not be read; the job goes on and reports it
│   └── EmptyDocument        there is nothing in it
├── RerankError              the reranker could not be used; the search goes on without it
├── EmbedderError            the embedding model or endpoint is absent or answered nonsense
├── EngineError              the cluster that was to do the work cannot be used or broke down
└── EndpointError            the chat endpoint is unreachable, refused, or answered nonsense
    ├── EndpointUnreachable  no connection, or no answer within the timeout
    ├── EndpointRefusal      an HTTP error that a retry did not cure
    ├── ContextOverflow      the prompt is longer than the model's window
    └── GarbledReply         the reply is not what the protocol promises: cut stream, no choices, not JSON
"""

from __future__ import annotations

from data.errors import SilentDriftError


class IndexProblem(SilentDriftError):
    """The index cannot serve the request."""


class NoIndexError(IndexProblem):
    """Nothing was ingested yet."""


class EmbedderMismatch(IndexProblem):
    """The index was built by another embedder, or the embedder has changed since."""


class IndexBusy(IndexProblem):
    """Another process is writing to the index."""


class IndexOutOfSpace(IndexProblem):
    """The disk that holds the index is full."""


class CandidateRefusal(IndexProblem):
    """An index that was built anew may not replace the published one; the message says why."""


class IndexDamaged(IndexProblem):
    """The stored vectors and the manifest disagree."""


class UnreadableDocument(SilentDriftError):
    """One document could not be read; the message is the reason, without the path."""


class EmptyDocument(UnreadableDocument):
    """There is no text in the document, and nothing else either."""


class EmbedderError(SilentDriftError):
    """The embedding model or endpoint is absent or answered nonsense."""


class RerankError(SilentDriftError):
    """The reranker could not be asked, or its reply could not be used."""


class EngineError(SilentDriftError):
    """The cluster that was to read and embed cannot be used, or broke down."""


class EndpointError(SilentDriftError):
    """The chat endpoint could not give an answer."""


class EndpointUnreachable(EndpointError):
    """No connection, or no answer within the timeout."""


class EndpointRefusal(EndpointError):
    """The endpoint answered with an HTTP error that retries did not cure.

    `retry_after_s` is how long it asks to be left alone, where it says so.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ContextOverflow(EndpointError):
    """The prompt is longer than the model's context window."""


class GarbledReply(EndpointError):
    """The reply breaks the protocol: cut stream, no choices, not JSON, empty text."""
