"""An answer as shown: the JSON of `rag ask --json`, and the text with its footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from data.records import Answer, Chunk, Hit
from pipelines.answer.nearest import nearest_documents

_WORDS = {
    "no_hits": "Nothing was found for this question.",
    "no_citations": "The answer names no source.",
    "uncited_sentences": "Sentences that name no source: {}.",
    "unknown_citations": "Citations that named no passage and were taken out: {}.",
    "unsupported_citation": "Citations that do not say what they are cited for: {}.",
    "number_mismatch": "The number {} does not occur in what is cited for it.",
    "name_mismatch": "The name {} does not occur in what is cited for it.",
    "refusal": "The model refused.",
    "abstained_in_own_words": "The model said in its own words that the passages do not tell.",
    "dropped_passages": "Passages that did not fit the model's window and were left out: {}.",
    "answer_in_reasoning_field": "The server sent the answer as its reasoning.",
    "answer_cut_short": "The answer was cut off at the most tokens allowed.",
    "no_finish_reason": "The endpoint ended the answer without saying why.",
    "prompt_truncated_by_server": "The server read only {} tokens, far fewer than were sent: raise its context window.",
    "parts_passed_over": "Parts of earlier messages that hold no text and were not read: {}.",
    "rerank_failed": "The passages were not reranked: {}",
    "suspicious_passage": "Passages that may be an attack on the model: {}; see rag quarantine.",
    "held_back": "Passages held back as a possible attack on the model: {}; see rag quarantine.",
    "passages_not_judged": "Whether passages may be an attack on the model could not be told: {}",
    "removed_links": "Addresses that no passage holds and that were taken out of the answer: {}.",
    "fallback": "The first endpoint failed; the answer comes from {}.",
}


def in_words(flag: str) -> str:
    """Return a sentence for `flag`, "name" or "name:detail"; an unknown flag stands for itself."""
    name, _, detail = flag.partition(":")
    return _WORDS[name].format(detail.strip()) if name in _WORDS else flag


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return the stable JSON form of `rag ask --json`."""
    interaction = answer.interaction
    return {
        "id": interaction.id,
        "question": interaction.tags.get("asked_as", interaction.question),
        "standalone_question": interaction.question,
        "answer": interaction.answer,
        "outcome": interaction.outcome,
        "citations": [asdict(citation) for citation in answer.citations],
        "hits": [hit_json(hit) for hit in answer.hits],
        "flags": list(interaction.flags),
        "latency_ms": interaction.latency_ms,
        "tokens": interaction.tokens,
        "error": interaction.error,
        "scores": {score.metric: score.value for score in answer.scores},
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
    from rag.hostile import HARMLESS, lint

    return list(dict.fromkeys(item.rule for item in lint(chunk.text) if item.rule not in HARMLESS))


def answer_text(answer: Answer) -> str:
    """Return the answer with numbered footnotes, as shown on a terminal."""
    return f"{answer.text}\n{footnotes(answer)}"


def footnotes(answer: Answer) -> str:
    """Return what stands below the answer: each citation with its quote, flags, stages and id."""
    interaction = answer.interaction
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
        lines += [f"      “{near.text}”"] if near.text else []
    return lines
