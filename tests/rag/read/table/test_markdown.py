"""A long table of Markdown stays as it stands; each of its passages carries the names of its columns."""

import time

from data.records import Document
from rag.chunk.passages import chunk_document
from rag.chunk.settings import ChunkSettings
from rag.read.markdown import read_markdown


def table(count: int) -> str:
    rows = "".join(f"| F-{number} | sensor {number} wet | dry it |\n" for number in range(count))
    return f"# Faults\n\nBefore.\n\n| **Code** | Cause | Remedy |\n|---|:-:|---|\n{rows}\nAfter.\n"


def test_every_passage_of_a_long_table_has_its_names():
    extract = read_markdown(table(90).encode())
    document = Document("a.md", extract.text, extract.pages, extract.headings, extract.media_type)
    chunks = chunk_document(document, lambda text: len(text.split()), ChunkSettings(max_tokens=100, min_characters=0))
    rows = [chunk for chunk in chunks if "| F-" in chunk.text]
    assert len(rows) > 5 and {chunk.heading for chunk in rows} == {"Faults > Code | Cause | Remedy"}
    assert {chunk.heading for chunk in chunks if chunk.text in ("After.",) or "Before." in chunk.text} == {"Faults"}


def test_a_short_table_is_no_section_of_its_own():
    assert [span.label for span in read_markdown(table(3).encode()).headings] == ["Faults"]


def test_the_text_stays_that_of_the_file():
    assert read_markdown(table(90).encode()).text == table(90)


def test_bars_and_blanks_without_end_cost_little():
    started = time.process_time()
    for text in ("|" * 200_000, " " * 200_000, "a|b\n" + " " * 200_000, "a|b\n" + "|-" * 100_000, "|\n" * 50_000):
        read_markdown(text.encode())
    assert time.process_time() - started < 20
