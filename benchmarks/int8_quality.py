"""What 8-bit integers cost and bring: the default embedder in int8 against its own float32, same texts, same process.

Per set: cosines between the vectors of both, nDCG@10 of exact search by cosine (no index, no lexical side), and tokens
a second, measured in turns of 64 texts so that other work on the machine disturbs both alike.

    python -m benchmarks.int8_quality [--sets squad2 cranfield] [--questions 1000]

Needs the data sets beside the checkout. Sets that are not asked for keep their results.
JSON: benchmarks/results/int8_quality.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_quality import DATA, DEPTH, SETS, Collection, Judged, ndcg
from data.text.sentences import sentence_spans
from rag.chunk.passages import chunk_document, embedding_text
from rag.chunk.settings import ChunkSettings
from rag.embed.embedder import open_embedder
from rag.embed.long_texts import embed_passages
from rag.embed.settings import EmbedderSettings
from rag.protocols import Embedder
from rag.read.document import parse_document

RESULTS = Path(__file__).parent / "results" / "int8_quality.json"
TURN = 64


def nist(questions: int = 300) -> Collection:
    """NIST SP 800-63-3 cut as by default; a question is every third word of a sentence that one passage holds."""
    count = open_embedder().count_tokens
    passages: dict[str, str] = {}
    root = DATA / "corpus_nist_800_63"
    for path in sorted((root / "rev3").rglob("*.md")):
        name = path.relative_to(root).as_posix()
        if path.stat().st_size:
            chunks = chunk_document(
                parse_document(path.read_bytes(), path, name), count, ChunkSettings(min_characters=0)
            )
            passages |= {f"{name}#{chunk.start}": embedding_text(chunk) for chunk in chunks}
    held = [(name, text[start:end]) for name, text in passages.items() for start, end in sentence_spans(text)]
    held = [(name, sentence.split()) for name, sentence in held if len(sentence.split()) >= 12]
    picked = np.random.default_rng(0).choice(len(held), questions, replace=False)
    return Collection(passages, [Judged(" ".join(held[at][1][::3]), {held[at][0]: 1}) for at in picked])


COLLECTIONS: dict[str, Callable[[], Collection]] = {
    "squad2": SETS["squad2"],
    "nist": nist,
    "cranfield": SETS["cranfield"],
    "xquad-es": SETS["xquad-es"],
    "xquad-ru": SETS["xquad-ru"],
}


@dataclass(slots=True)
class Timed:
    """An embedder with the processor seconds it has taken."""

    embedder: Embedder
    seconds: float = 0.0

    def embed(self, texts: Sequence[str], *, query: bool) -> NDArray[np.float32]:
        """Embed texts, short enough to be read whole or in windows."""
        started = time.process_time()
        vectors = self.embedder.embed(texts, query=True) if query else embed_passages(texts, self.embedder)
        self.seconds += time.process_time() - started
        return vectors


def compare(name: str, most: int) -> dict[str, Any]:
    """Return cosines, nDCG@10 of both and how much faster int8 was, on one set."""
    collection = COLLECTIONS[name]()
    judged = collection.judged
    if len(judged) > most:
        judged = [judged[at] for at in np.sort(np.random.default_rng(0).choice(len(judged), most, replace=False))]
    both = [
        Timed(open_embedder(EmbedderSettings(precision="fp32"))),
        Timed(open_embedder(EmbedderSettings(precision="int8"))),
    ]
    for timed in both:
        timed.embedder.embed(["the session is made at the first call"])
    texts = list(collection.passages.values())
    passages = _in_turns(both, texts, query=False)
    seconds = [timed.seconds for timed in both]
    questions = _in_turns(both, [item.question for item in judged], query=True)
    names = list(collection.passages)
    scores = [
        np.mean([ndcg([names[at] for at in row], item.grades) for row, item in zip(_best(q, p), judged, strict=True)])
        for q, p in zip(questions, passages, strict=True)
    ]
    cosines = np.einsum("ij,ij->i", *passages)
    tokens = sum(map(both[0].embedder.count_tokens, texts))
    return {
        "passages": len(texts),
        "questions": len(judged),
        "ndcg10_fp32": round(float(scores[0]), 4),
        "ndcg10_int8": round(float(scores[1]), 4),
        "difference": round(float(scores[1] - scores[0]), 4),
        "cosine_mean": round(float(cosines.mean()), 5),
        "cosine_least": round(float(cosines.min()), 5),
        "tokens_per_cpu_s": [round(tokens / spent) for spent in seconds],
        "times_as_fast": round(seconds[0] / seconds[1], 2),
    }


def _in_turns(both: Sequence[Timed], texts: Sequence[str], *, query: bool) -> list[NDArray[np.float32]]:
    made: list[list[NDArray[np.float32]]] = [[], []]
    for at in range(0, len(texts), TURN):
        for vectors, timed in zip(made, both, strict=True):
            vectors.append(timed.embed(texts[at : at + TURN], query=query))
    return [np.concatenate(vectors) for vectors in made]


def _best(questions: NDArray[np.float32], passages: NDArray[np.float32]) -> NDArray[np.int64]:
    order: NDArray[np.int64] = np.argsort(-(questions @ passages.T), axis=1, kind="stable")[:, :DEPTH]
    return order


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=1000, help="at most this many questions per set")
    parser.add_argument("--sets", nargs="+", choices=list(COLLECTIONS), default=list(COLLECTIONS))
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in arguments.sets:
        results[name] = compare(name, arguments.questions)
        print(f"{name:10}", "  ".join(f"{key} {value}" for key, value in results[name].items()), flush=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
