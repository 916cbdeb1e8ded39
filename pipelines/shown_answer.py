"""An answer as shown: the JSON of `rag ask --json`, and the text with its footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from data.records import Chunk, Hit
from pipelines.ask import Asked
from pipelines.flag_words import in_words
from pipelines.nearest import nearest_documents


def answer_json(asked: Asked) -> dict[str, Any]:
    """Return the stable JSON form of `rag ask --json`."""
    interaction = asked.interaction
    return {
        "id": interaction.id,
        "question": interaction.tags.get("asked_as", interaction.question),
        "standalone_question": interaction.question,
        "answer": interaction.answer,
        "outcome": interaction.outcome,
        "citations": [asdict(citation) for citation in asked.answer.citations],
        "hits": [hit_json(hit) for hit in asked.answer.hits],
        "flags": list(interaction.flags),
        "latency_ms": interaction.latency_ms,
        "tokens": interaction.tokens,
        "error": interaction.error,
        "scores": {score.metric: score.value for score in asked.scores},
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return the stable JSON form of one hit."""
    chunk = hit.chunk
    place = {"source": chunk.source, "start": chunk.start, "end": chunk.end, "page": chunk.page}
    ranks = {"dense_rank": hit.dense_rank, "lexical_rank": hit.lexical_rank}
    text = {"text": chunk.text, "also_in": list(hit.also_in), "suspicious": _rules(chunk)}
    return {**place, "heading": chunk.heading, "score": round(hit.score, 6), **ranks, **text}


def _rules(chunk: Chunk) -> list[str]:
    """Return the rules against hostile text that a passage offends by itself."""
    from rag.lint import HARMLESS, lint

    return list(dict.fromkeys(item.rule for item in lint(chunk.text) if item.rule not in HARMLESS))


def answer_text(asked: Asked) -> str:
    """Return the answer with numbered footnotes, as shown on a terminal."""
    return f"{asked.answer.text}\n{footnotes(asked)}"


def footnotes(asked: Asked) -> str:
    """Return what stands below the answer: each citation with its quote, flags, stages and id."""
    answer, interaction = asked.answer, asked.interaction
    lines = [""]
    for citation in answer.citations:
        page = f", page {citation.page}" if citation.page is not None else ""
        mark = "" if citation.supported else "  (not supported by this passage)"
        lines.append(f"  [{citation.marker}] {citation.source}{page}, characters {citation.start}–{citation.end}{mark}")
        lines.append(f"      “{' '.join(citation.quote.split())}”")
    if answer.outcome == "abstained" and answer.hits:
        lines += _nearest(answer.hits)
    lines += [f"  ! {in_words(flag)}" for flag in interaction.flags]
    stages = ", ".join(f"{stage} {ms:.0f} ms" for stage, ms in interaction.latency_ms.items())
    lines += ["", f"  {interaction.fingerprint.chat_model} · {stages} · id {interaction.id}"]
    return "\n".join(lines)


def _nearest(hits: Sequence[Hit]) -> list[str]:
    """Return where to look instead: the best passage of each of the nearest documents."""
    lines = ["  Nearest documents:"]
    for near in nearest_documents(hits):
        page = f", page {near.page}" if near.page is not None else ""
        heading = f" – {near.heading}" if near.heading else ""
        lines.append(f"  - {near.source}{page}{heading}")
        lines.append(f"      “{near.text}”")
    return lines
