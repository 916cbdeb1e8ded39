"""Count in how many paragraphs each word stem occurs: `eval/quality/frequencies.json`, the background of the proxy.

Only stems and rounded rarities are written, never text. Run from the checkout: ``python benchmarks/count_words.py``.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from eval.quality.sentences import read_sentences

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
TARGET = ROOT / "eval" / "quality" / "frequencies.json"
KEEP = 12_000
SOURCES = {
    "en": "squad2_dev (CC BY-SA 4.0), clapnq_dev (Apache-2.0), mtrag_human (Apache-2.0), begin (CC BY 4.0), "
    "halueval_general (MIT), haluquestqa (CC BY-SA 4.0), corpus_nist_800_63 (public domain)",
    "ru": "ru_rag (CC BY-SA), xquad (CC BY-SA 4.0), corpus_fastapi_docs (MIT)",
}


def main() -> None:
    """Write the table: per language, the stems of each rarity in tenths of ``ln(paragraphs / paragraphs with it)``."""
    table = {language: _rarities(_texts(language), language) for language in SOURCES}
    TARGET.write_text(
        json.dumps({"schema": 1, "sources": SOURCES, **table}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
    )
    for language, part in table.items():
        print(language, part["paragraphs"], "paragraphs,", sum(len(s.split()) for s in part["stems"].values()), "stems")


def _rarities(texts: Iterator[str], language: str) -> dict[str, object]:
    counts: Counter[str] = Counter()
    total = 0
    wanted = re.compile(r"[a-z']+" if language == "en" else r"[а-я]+")
    for paragraph in chain.from_iterable(_paragraphs(text) for text in texts):
        total += 1
        stems = {stem for sentence in read_sentences(paragraph) for stem in sentence.stems}
        counts.update(stem for stem in stems if wanted.fullmatch(stem))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    common = [(stem, count) for stem, count in ranked[:KEEP] if count >= 2]
    levels: dict[str, list[str]] = {}
    for stem, count in common:
        levels.setdefault(str(round(10 * math.log(total / count))), []).append(stem)
    return {"paragraphs": total, "stems": {level: " ".join(sorted(stems)) for level, stems in levels.items()}}


def _paragraphs(text: str) -> list[str]:
    """Cut a text into pieces of about 800 characters at line ends, the size of a usual passage."""
    pieces, piece = [], ""
    for line in text.splitlines():
        piece += line + "\n"
        if len(piece) >= 800:
            pieces.append(piece)
            piece = ""
    return [*pieces, piece] if len(piece) > 200 else pieces


def _texts(language: str) -> Iterator[str]:
    if language == "en":
        yield from (row["text"] + " " * 200 for row in _rows("squad2_dev/paragraphs"))
        yield from (p["text"] + " " * 200 for row in _rows("clapnq_dev/questions") for p in row["passages"])
        yield from (p["text"] for row in _rows("mtrag_human/answers") for p in row["passages"])
        yield from _files("corpus_nist_800_63/rev3")
        yield from (row["chatgpt_response"] + " " * 200 for row in _rows("halueval_general/answers"))
        yield from (row["ans1_text"] + " " * 200 for row in _rows("haluquestqa/pairs"))
        yield from {row["knowledge"] + " " * 200 for row in _rows("begin/responses")}
    else:
        yield from (row["text"] for row in _rows("ru_rag/documents"))
        yield from (context + " " * 200 for context in {row["context"] for row in _rows("xquad/ru")})
        yield from _files("corpus_fastapi_docs", "ru")


def _rows(name: str) -> Iterator[dict[str, object]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _files(folder: str, language: str = "") -> Iterator[str]:
    for path in sorted((DATA / folder).rglob("*.md")):
        if not language or language in path.relative_to(DATA).parts:
            yield path.read_text(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
