"""Documents in a folder, and questions to them, from Python."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar

from data.arguments import expect, expect_all, expect_function, given_path, given_text
from data.errors import InputError
from data.log import InteractionLog
from data.records import Answer, Citation, Hit, Scorer
from rag.answer import Turn, Verification, verify_citations
from rag.asking import Asker, LogWriter, bridged, new_question
from rag.index import IndexStatus
from rag.ingest import Accept, IngestReport, Progress
from rag.knowledge_base.answer_stream import AnswerStream
from rag.knowledge_base.sharing import SharedAsker
from rag.protocols import AnswerLog, Embedder, Generator, Observer
from rag.store import parse_filter
from rag.wiring import IndexPlace, build_asker, build_generator, ingest_into, open_retriever

_T = TypeVar("_T")
_THREADS = 8
"""Questions under way at once of those that are awaited; further ones wait their turn."""


class Folder(IndexPlace, Protocol):
    """A place with a folder of its own, in which `rag.toml` lies."""

    @property
    def folder(self) -> Path: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Parts:
    """What takes the place of the parts that settings name, and where answers go, or why they do not."""

    embedder: Embedder | None = None
    generator: Generator | None = None
    score: Scorer | None = None
    log: AnswerLog | None = None
    observe: Observer | None = None
    log_error: str | None = None


class KnowledgeBase:
    """An index and what answers from it; opened by `rag.open`, closed by `close` or at the end of a ``with``.

    Threads may share one. Two may be open on one folder, in one process or several: whoever ingests publishes all at
    once, and the others see it with their next question.
    """

    def __init__(self, place: Folder, parts: Parts) -> None:
        self._place = place
        self._parts = parts
        self._shared = SharedAsker(self._open, str(place.folder))
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="rag")

    @property
    def folder(self) -> Path:
        """The folder with `rag.toml`."""
        return self._place.folder

    def ingest(
        self, *paths: Path | str, prune: bool = False, force: bool = False, progress: Progress | None = None
    ) -> IngestReport:
        """Bring the index up to date with files and folders; the report tells what could not be read, and why.

        A file that did not change is skipped. With `prune`, documents below `paths` whose files are gone leave the
        index. `progress` is called with documents done, documents in all, and the source just stored.

        :raises InputError: no path is given, or none is there.
        :raises IndexBusy: somebody else is writing.
        """
        given = [given_path("kb.ingest", "path", path) for path in paths]
        expect_function("kb.ingest", "progress", progress, "a function of done, total and source")
        if not any(path.exists() for path in given):
            named = ", ".join(map(str, given)) or "nothing"
            raise InputError(f"There is nothing to ingest ({named} given): name files or folders that exist.")
        accept = None if force else self._gate()
        with self._shared.used():
            return ingest_into(
                self._place, given, embedder=self._parts.embedder, prune=prune, progress=progress, accept=accept
            )

    def ask(self, question: str, *, history: Sequence[Turn] = (), tags: Mapping[str, str] | None = None) -> Answer:
        """Answer from the documents, with citations, and put the answer on record.

        An endpoint that does not answer is an answer with the outcome "failed". `history` is what was said before.

        :raises InputError: the question is empty or absurdly long.
        :raises NoIndexError: nothing was ingested yet.
        """
        _check_question("kb.ask", question, history, tags)
        with self._shared.lent() as asker:
            return asker.ask(question, history=history, tags=tags)

    async def aask(
        self, question: str, *, history: Sequence[Turn] = (), tags: Mapping[str, str] | None = None
    ) -> Answer:
        """Do as `ask` does, in a thread."""
        return await self._in_thread(partial(self.ask, question, history=history, tags=tags))

    def astream(
        self, question: str, *, history: Sequence[Turn] = (), tags: Mapping[str, str] | None = None
    ) -> AnswerStream:
        """Begin to answer, in a thread; yield the text in pieces while it is written.

        The answer is brought to its end, and on record, in any case. Call it where an event loop runs.

        :raises InputError: the question is empty or absurdly long; the rest is raised like by `ask`, while it is read.
        """
        _check_question("kb.astream", question, history, tags)
        asked = new_question(question, tags=tags)
        _check_loop("kb.astream")

        def pieces() -> Iterator[str | Answer]:
            with self._shared.lent() as asker:
                yield from asker.pieces(asked, history)

        with self._shared.used():
            return AnswerStream(bridged(self._threads.submit, pieces))

    def search(self, query: str, k: int | None = None, *, where: str | Sequence[str] = ()) -> tuple[Hit, ...]:
        """Return the best passages, best first; those of the settings' number unless `k` is given.

        `where` is a condition on documents such as ``"source=*.pdf"``, or several.

        :raises InputError: the query is empty, or a condition cannot be read.
        :raises NoIndexError: nothing was ingested yet.
        """
        if not given_text("kb.search", "query", query).strip():
            raise InputError("The query is empty: write what is searched for.")
        if k is not None:
            expect("kb.search", "k", k, int, "a whole number of passages")
            if k < 1:
                raise InputError(f"k is {k}: ask for at least 1 passage.")
        conditions = [where] if isinstance(where, str) else where
        expect_all("kb.search", "where", conditions, str, 'a condition such as "source=*.pdf", or a list of them')
        wanted = parse_filter(conditions)
        with self._shared.lent() as asker:
            return asker.retriever.search(query, k, where=wanted).hits

    async def asearch(self, query: str, k: int | None = None, *, where: str | Sequence[str] = ()) -> tuple[Hit, ...]:
        """Do as `search` does, in a thread."""
        return await self._in_thread(partial(self.search, query, k, where=where))

    def verify(self, answer: str | Answer | Citation) -> list[Verification]:
        """Compare citations with the text that their sources have today: those of an answer, or one by itself.

        An answer may be given by its id, as the log knows it.

        :raises InputError: the log holds no such id, or there is no log to look in.
        """
        with self._shared.lent() as asker:
            return verify_citations(asker.retriever.index, self._citations(answer))

    def status(self) -> IndexStatus:
        """Tell what the index holds, and which embedder built it.

        :raises NoIndexError: nothing was ingested yet.
        """
        with self._shared.lent() as asker:
            return asker.retriever.index.status()

    def close(self) -> None:
        """Wait for what is under way, then release all files; to close again changes nothing."""
        self._shared.close()
        self._threads.shutdown()
        if isinstance(self._parts.log, InteractionLog):
            self._parts.log.close()

    def __enter__(self) -> Self:
        with self._shared.used():
            return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<KnowledgeBase {str(self.folder)!r}{', closed' if self._shared.closed else ''}>"

    def _open(self) -> Asker:
        parts = self._parts
        retriever = open_retriever(self._place, embedder=parts.embedder)
        writer = LogWriter(
            retriever.index.embed_query,
            score=parts.score,
            log=parts.log,
            observe=parts.observe,
            log_error=parts.log_error,
        )
        return build_asker(self._place, retriever, parts.generator or build_generator(self._place), writer)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        with self._shared.used():
            begun = self._threads.submit(work)
        return await asyncio.wrap_future(begun)

    def _gate(self) -> Accept | None:
        """Return what keeps an index from being published that the golden cases of the settings have not passed."""
        cases = self._place.settings.ingest.gate_cases
        if not cases:
            return None
        told = (
            f"The cases of ingest.gate_cases, {cases}, are asked by `rag ingest` alone: run that, or pass force=True."
        )
        return lambda index: told

    def _citations(self, answer: str | Answer | Citation) -> Sequence[Citation]:
        if isinstance(answer, Citation):
            return (answer,)
        if isinstance(answer, Answer):
            return answer.citations
        given_text("kb.verify", "answer", answer, "an answer, one of its citations, or its id")
        if not isinstance(self._parts.log, InteractionLog):
            raise InputError(f"There is no log to look for {answer!r} in: pass the answer itself.")
        return self._parts.log.get(answer).citations


def _check_question(call: str, question: object, history: object, tags: object) -> None:
    """Refuse what is no question; history and tags are often read from a request."""
    given_text(call, "question", question)
    expect_all(call, "history", history, Turn, 'a list of rag.Turn("user" or "assistant", text)')
    if tags is not None:
        expect(call, "tags", tags, Mapping, "names and values, all of them texts")
        for item in (*dict(tags).items(),) if isinstance(tags, Mapping) else ():
            for part in item:
                given_text(call, "a tag", part, "names and values, all of them texts")


def _check_loop(call: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise InputError(f"{call} needs a running event loop: call it in a coroutine, or use kb.ask.") from None
