"""The corpus that ingest is measured on: Russian Wikipedia, NIST SP 800-63-3, SQuAD articles and filings as PDF."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def build_corpus(folder: Path, *, russian: int, articles: int, pdfs: int) -> list[dict[str, str]]:
    """Write the corpus below `folder`; return questions with the passage that answers them.

    `russian` and `articles` are how many Russian pages and SQuAD articles to take, `pdfs` how many of the smallest
    filings. NIST is taken whole.
    """
    questions = _squad(folder, articles) + _russian(folder, russian)
    for path in sorted((DATA / "corpus_nist_800_63" / "rev3").rglob("*.md")):
        if path.stat().st_size:
            (folder / f"nist-{path.parent.name}-{path.stem}.txt").write_text(path.read_text(encoding="utf-8"))
    filings = sorted((DATA / "financebench" / "pdfs").glob("*.pdf"), key=lambda path: path.stat().st_size)
    for path in filings[:pdfs]:
        shutil.copyfile(path, folder / path.name)
    return questions


def build_many_files(folder: Path, files: int) -> None:
    """Write `files` small files, a SQuAD paragraph's beginning each."""
    paragraphs = [row["text"] for row in _rows("squad2_dev/paragraphs.jsonl.gz")]
    for number in range(files):
        text = paragraphs[number % len(paragraphs)][:120]
        (folder / f"note-{number:04}.md").write_text(f"# Note {number}\n\n{text}\n", encoding="utf-8")


def peer_texts(folder: Path) -> list[str]:
    """Return the text of every file as peers get it: text files as they are, PDFs page by page by pypdfium2."""
    return [_pdf_text(path) if path.suffix == ".pdf" else path.read_text("utf-8") for path in sorted(folder.iterdir())]


def megabytes(folder: Path) -> float:
    """Return the size of the corpus in megabytes of UTF-8 text."""
    return sum(len(text.encode()) for text in peer_texts(folder)) / 1e6


def _squad(folder: Path, articles: int) -> list[dict[str, str]]:
    texts = {row["para_id"]: row for row in _rows("squad2_dev/paragraphs.jsonl.gz")}
    grouped: dict[str, list[str]] = {}
    for row in texts.values():
        grouped.setdefault(row["article"], []).append(row["text"])
    taken = sorted(grouped)[:articles]
    for article in taken:
        name = f"squad-{article.replace('/', '-')}.txt"
        (folder / name).write_text("\n\n".join(grouped[article]), encoding="utf-8")
    asked = [row for row in _rows("squad2_dev/questions.jsonl.gz") if not row["is_impossible"]]
    asked = [row for row in asked if texts[row["para_id"]]["article"] in taken]
    step = max(1, len(asked) // 300)
    return [{"question": row["question"], "passage": texts[row["para_id"]]["text"]} for row in asked[::step]]


def _russian(folder: Path, documents: int) -> list[dict[str, str]]:
    texts = {row["file"]: row["text"] for row in _rows("ru_rag/documents.jsonl.gz")}
    asked = [row for row in _rows("ru_rag/questions.jsonl.gz") if row.get("gold_start") is not None]
    wanted = list(dict.fromkeys(row["file"] for row in asked if row["file"] in texts))[:documents]
    for name in wanted:
        (folder / f"ru-{name}.txt").write_text(texts[name], encoding="utf-8")
    return [
        {"question": row["question"], "passage": texts[row["file"]][row["gold_start"] : row["gold_end"]]}
        for row in asked
        if row["file"] in set(wanted)
    ]


def _rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _pdf_text(path: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        pages: list[str] = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_range())
            text.close()
            page.close()
    return "\n\n".join(pages).replace("\r\n", "\n")
