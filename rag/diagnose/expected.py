"""An expected passage, looked for in the index: the source, the page, the phrase."""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from data.errors import InputError
from data.records import Chunk
from data.text import plural
from rag.answer import locate
from rag.errors import UnreadableDocument
from rag.index import Index
from rag.read import read_document
from rag.store import Filter

_NAMED = re.compile(r"(?s)(?P<source>.+?)(?:#p(?P<page>\d+))?\Z")


@dataclass(frozen=True, slots=True)
class Expectation:
    """Where the answer should come from: a source or its last parts, its page, a phrase that stands there."""

    source: str
    page: int | None = None
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class MissingPassage:
    """Why the index holds no such passage."""

    stage: Literal["not_ingested", "unreadable", "no_passage"]
    reason: str
    advice: str
    source: str


def parse_expected(named: str, phrase: str = "") -> Expectation:
    """Read "FILE" or "FILE#pN".

    :raises InputError: nothing is named.
    """
    match = _NAMED.match(named.strip())
    if match is None:
        raise InputError("The expected source is empty: pass --expect FILE, or --expect FILE#p3 for its page 3.")
    page = match["page"]
    return Expectation(match["source"], int(page) if page else None, phrase.strip())


def find_expected(question: str, expected: Expectation, index: Index) -> tuple[Chunk, ...] | MissingPassage:
    """Return the passages of the source that are on the page and hold the phrase, nearest to the question first.

    :raises InputError: more than one source fits the name.
    """
    origins = index.origins()
    source = _resolve(expected.source, origins)
    if source is None:
        return _absent(expected.source, list(origins))
    # Every passage of one source is what an exhaustive search within it returns.
    within = Filter(sources=(_escaped(source),))
    hits = index.search(question, max(1, index.status().chunks), mode="dense", where=within)
    chunks = [hit.chunk for hit in hits if hit.chunk.source == source]
    right = tuple(
        chunk
        for chunk in chunks
        if expected.page in (None, chunk.page) and (not expected.phrase or _says(chunk, expected.phrase))
    )
    return right or _unsaid(expected, source, chunks, index)


def _resolve(name: str, origins: dict[str, tuple[str, str]]) -> str | None:
    if name in origins:
        return name
    resolved = str(Path(name).resolve())
    ending = f"/{name.removeprefix('./')}"
    fitting = [source for source, (origin, _) in origins.items() if origin == resolved or source.endswith(ending)]
    if len(fitting) > 1:
        shown = ", ".join(fitting[:5])
        raise InputError(f"{plural(len(fitting), 'source')} fit {name!r} ({shown}): give more of the path.")
    return fitting[0] if fitting else None


def _absent(name: str, sources: list[str]) -> MissingPassage:
    path = Path(name)
    if not path.is_file():
        by_name = {source.rpartition("/")[2]: source for source in sources}
        close = difflib.get_close_matches(path.name, by_name, n=3, cutoff=0.5)
        near = f" Indexed are, for example, {', '.join(by_name[key] for key in close)}." if close else ""
        return MissingPassage(
            "not_ingested",
            f"No indexed source is called {name!r}, and no such file is here.{near}",
            "Check the name.",
            "",
        )
    try:
        read_document(path)
    except UnreadableDocument as error:
        return MissingPassage(
            "unreadable", f"{name} is not indexed and cannot be read: {error}", "Mend or convert the file.", ""
        )
    return MissingPassage(
        "not_ingested", f"{name} is a readable file, but it was never ingested.", f"Run rag ingest {name}", ""
    )


def _unsaid(expected: Expectation, source: str, chunks: list[Chunk], index: Index) -> MissingPassage:
    pages = sorted({chunk.page for chunk in chunks if chunk.page is not None})
    if expected.page is not None and expected.page not in pages:
        have = f"pages {pages[0]} to {pages[-1]}" if pages else "no page numbers"
        reason = f"{source} has no passage on page {expected.page}; it has {have}."
        return MissingPassage("no_passage", reason, "Check the page, or leave it out.", source)
    elsewhere = [str(chunk.page) for chunk in chunks if _says(chunk, expected.phrase)]
    if elsewhere:
        reason = f"Page {expected.page} of {source} does not hold the phrase; page {', '.join(elsewhere)} does."
        return MissingPassage("no_passage", reason, "Check the page, or leave it out.", source)
    if _level(expected.phrase) in _level(index.document(source).text):
        reason = f"The text of {source} holds the phrase, but it is cut: no single passage has all of it."
        advice = "Raise chunking.max_tokens or chunking.overlap_sentences, or ask for a shorter phrase."
        return MissingPassage("no_passage", reason, advice, source)
    reason = f"None of the {plural(len(chunks), 'passage')} of {source} holds the phrase, nor does its extracted text."
    origin, digest = index.origins()[source]
    if _changed(Path(origin), digest):
        return MissingPassage("no_passage", f"{reason} The file was changed since.", f"Run rag ingest {source}", source)
    return MissingPassage(
        "no_passage", reason, "Check the wording: what is shown in the file may be a picture.", source
    )


def _says(chunk: Chunk, phrase: str) -> bool:
    found = locate(phrase, chunk.text)
    return found is not None and found.how != "overlap"


def _level(text: str) -> str:
    return " ".join(text.casefold().split())


def _changed(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != digest


def _escaped(source: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", source)
