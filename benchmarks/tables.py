"""How well questions about tables are answered without a model: right, refused, or wrong with a citation.

Each table of `benchmarks.table_sets` is an index of its own, twenty of all formats with three questions each. A
question counts as right if its answer holds what it must and nothing of another row, or is refused where the table does
not tell or would have to be counted. Run from the checkout:

    python -m benchmarks.tables

Results go to benchmarks/results/tables.json. Takes about a minute.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

import rag
from benchmarks.table_sets import FILES, TableFile, TableQuestion
from data.records import Answer

RESULTS = Path(__file__).parent / "results" / "tables.json"


def outcome(question: TableQuestion, answer: Answer) -> str:
    """Return "right", "refused" (where it should not), or "wrong"."""
    if answer.outcome != "answered":
        return "refused" if question.holds else "right"
    held = all(words in answer.text for words in question.holds) and question.holds
    return "right" if held and not any(words in answer.text for words in question.lacks) else "wrong"


def asked(file: TableFile) -> list[tuple[TableQuestion, Answer]]:
    """Index one file and ask its questions."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / file.name).write_bytes(file.content)
        with rag.open(folder) as kb:
            kb.ingest(Path(folder) / file.name)
            return [(question, kb.ask(question.text)) for question in file.questions]


def main() -> None:
    """Ask all questions, show what was not right, and keep the counts."""
    counts: Counter[str] = Counter()
    by_format: dict[str, Counter[str]] = {}
    for file in FILES:
        for question, answer in asked(file):
            found = outcome(question, answer)
            counts[found] += 1
            by_format.setdefault(file.name.rpartition(".")[2], Counter())[found] += 1
            if found != "right":
                print(f"{file.name}: {found}: {question.text}\n    {answer.text}")
    print(dict(counts))
    shown = {"questions": sum(counts.values()), **counts, "by_format": by_format}
    RESULTS.write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
