"""Retrieval alone: `rag search`, for one question or a file of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import InputError, cause
from data.records import Hit
from pipelines.answer import hit_json
from pipelines.wiring import Workspace, open_retriever

if TYPE_CHECKING:
    from rag.search import Retrieval


@dataclass(frozen=True, slots=True)
class Query:
    """One line of a query file."""

    id: str
    question: str


def search(
    workspace: Workspace, queries: list[Query], k: int | None, conditions: Sequence[str] = ()
) -> Iterator[tuple[Query, Retrieval]]:
    """Yield each query with its best passages of those that meet the conditions, in the order given.

    :raises InputError: a question is empty, or a condition cannot be read.
    """
    from rag.store import parse_filter

    if not all(query.question.strip() for query in queries):
        raise InputError('The question is empty: pass it in quotes, e.g. rag search "opening hours".')
    where = parse_filter(conditions)
    retriever = open_retriever(workspace)
    for query in queries:
        yield query, retriever.search(query.question, k, where=where)


def read_queries(path: Path) -> tuple[list[Query], list[str]]:
    """Read a JSON Lines file of queries; return the good ones and one reason per bad line.

    :raises InputError: the file is missing, not text, or holds no usable line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The query file {path} cannot be read ({cause(error)}): pass a UTF-8 JSON Lines file."
        ) from error
    queries: list[Query] = []
    refused: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            queries.append(_query(line))
        except InputError as error:
            refused.append(f"{path}:{number}: {error}")
    if not queries:
        reason = refused[0] if refused else f"{path} is empty"
        raise InputError(f'{reason}: expected one {{"id", "question"}} object per line.')
    return queries, refused


def _query(line: str) -> Query:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON ({error.msg})") from error
    question = row.get("question") if isinstance(row, dict) else None
    if not isinstance(question, str) or not question.strip() or "id" not in row:
        raise InputError("expected an object with id and a non-empty question")
    return Query(str(row["id"]), question)


def hits_json(query: Query, found: Retrieval) -> dict[str, Any]:
    """Return the stable JSON form of one query's hits."""
    return {"id": query.id, "hits": [hit_json(hit) for hit in found.hits], "flags": list(found.flags)}


def hits_text(hits: Sequence[Hit]) -> str:
    """Return hits as a numbered list with place, ranks and the start of the text."""
    blocks = []
    for number, hit in enumerate(hits, start=1):
        chunk = hit.chunk
        page = f", page {chunk.page}" if chunk.page is not None else ""
        heading = f" · {chunk.heading}" if chunk.heading else ""
        ranks = f"dense #{hit.dense_rank or '–'}, lexical #{hit.lexical_rank or '–'}"
        text = " ".join(chunk.text.split())
        shown = text if len(text) <= 300 else text[:299] + "…"
        blocks.append(f"{number}. {chunk.source}{page}{heading}  (score {hit.score:.3f}; {ranks})\n   {shown}")
    return "\n".join(blocks) if blocks else "Nothing in the index matches."
