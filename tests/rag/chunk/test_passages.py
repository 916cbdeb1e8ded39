from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SettingsError
from data.records import Document, Span
from rag.chunk.passages import chunk_document, embedding_text
from rag.chunk.settings import ChunkSettings
from rag.read.markdown import front_matter_end, read_markdown

SPECIAL = 2
VISIBLE = re.compile(r"[^\s\ufeff]")


def count_words(text: str) -> int:
    """Count like a word-piece tokenizer: words and marks, long words in parts, two special tokens."""
    return SPECIAL + sum((len(word) + 5) // 6 for word in re.findall(r"\w+|[^\w\s]", text))


def count_unevenly(text: str) -> int:
    """Count so that a whole takes more than its parts together."""
    return SPECIAL + len(text) // 4 + len(text) // 50


def markdown(text: str, source: str = "guide.md") -> Document:
    extracted = read_markdown(text.encode())
    return Document(source, extracted.text, extracted.pages, extracted.headings, extracted.media_type)


def covered(document: Document, count: Callable[[str], int], rules: ChunkSettings) -> set[int]:
    return {i for chunk in chunk_document(document, count, rules) for i in range(chunk.start, chunk.end)}


SENTENCE = "The ferry leaves the northern quay at nine. "


def test_a_short_document_is_one_chunk() -> None:
    document = Document("a.txt", "\n Hello there, sailor. \n")
    assert [(c.start, c.end, c.text, c.page, c.heading) for c in chunk_document(document, count_words)] == [
        (2, 22, "Hello there, sailor.", None, "")
    ]


def test_repetitive_text_gets_exact_and_distinct_spans() -> None:
    document = Document("a.txt", SENTENCE * 100)
    chunks = chunk_document(document, count_words, ChunkSettings(max_tokens=40, min_characters=0))
    assert [c.start for c in chunks] == sorted({c.start for c in chunks})
    assert all(document.text[c.start : c.end] == c.text for c in chunks)
    assert "".join(c.text for c in chunks).count("nine.") == 100


def test_passages_end_at_sentence_ends_and_are_of_about_equal_size() -> None:
    chunks = chunk_document(
        Document("a.txt", SENTENCE * 21), count_words, ChunkSettings(max_tokens=200, min_characters=0)
    )
    sizes = [count_words(c.text) for c in chunks]
    assert all(c.text.endswith("nine.") for c in chunks)
    assert max(sizes) - min(sizes) <= count_words(SENTENCE)


def test_every_section_has_its_own_chunk_with_its_heading_path() -> None:
    chunks = chunk_document(
        markdown("# Fares\nIn euro.\n\n## Pets\nDogs pay 12.\n\n# Contact\nCall us.\n"), count_words
    )
    assert [(c.heading, c.text) for c in chunks] == [
        ("Fares", "# Fares\nIn euro."),
        ("Fares > Pets", "## Pets\nDogs pay 12."),
        ("Contact", "# Contact\nCall us."),
    ]
    assert embedding_text(chunks[1]) == "Fares > Pets\n## Pets\nDogs pay 12."


def test_a_heading_without_text_joins_the_section_below_it() -> None:
    chunks = chunk_document(markdown("# Fares\n\n## Pets\nDogs pay 12.\n\n## Bikes\n"), count_words)
    assert [(c.heading, c.text) for c in chunks] == [
        ("Fares > Pets", "# Fares\n\n## Pets\nDogs pay 12."),
        ("Fares > Bikes", "## Bikes"),
    ]


def test_chunks_do_not_cross_pages() -> None:
    document = Document("a.pdf", "One page.\n\f\nNext page.", (Span(0, 9, "1"), Span(12, 22, "2")))
    assert [(c.text, c.page) for c in chunk_document(document, count_words)] == [("One page.", 1), ("Next page.", 2)]


def test_front_matter_and_byte_order_mark_lie_in_no_chunk() -> None:
    document = markdown("\ufeff---\ntitle: Ferry guide\ndraft: secret\n---\nHello there.\n")
    assert [(c.text, c.heading) for c in chunk_document(document, count_words)] == [("Hello there.", "Ferry guide")]
    plain = Document("a.txt", "\ufeffHello.")
    assert [c.start for c in chunk_document(plain, count_words)] == [1]


def test_a_table_that_fits_is_kept_whole() -> None:
    table = "| Cabin | Price |\n| --- | --- |\n" + "".join(f"| Cabin {i} | {i} euro |\n" for i in range(6))
    chunks = chunk_document(
        Document("a.md", SENTENCE * 4 + "\n\n" + table), count_words, ChunkSettings(max_tokens=90, min_characters=0)
    )
    assert table.strip() in [c.text for c in chunks]


def test_code_that_fits_is_kept_whole_with_its_fences() -> None:
    code = "```python\nfor ship in fleet:\n\n    ship.sail()\n\n\ndone()\n```"
    document = Document("a.md", f"{SENTENCE * 5}\n\n{code}\n\n{SENTENCE * 5}")
    texts = [c.text for c in chunk_document(document, count_words, ChunkSettings(max_tokens=70, min_characters=0))]
    assert any(code in text for text in texts)
    assert len(texts) > 1


def test_a_list_stays_with_the_line_that_announces_it() -> None:
    document = Document("a.md", f"{SENTENCE * 6}\n\nYou need:\n\n- a ticket\n- a passport\n")
    chunks = chunk_document(document, count_words, ChunkSettings(max_tokens=70, min_characters=0))
    assert "You need:\n\n- a ticket" in chunks[-1].text


def test_a_word_longer_than_any_budget_is_cut() -> None:
    chunks = chunk_document(Document("a.txt", "x" * 10_000), lambda text: SPECIAL + bool(text.strip()))
    assert len(chunks) >= 5
    assert "".join(c.text for c in chunks) == "x" * 10_000


def test_long_heading_paths_keep_their_deepest_parts() -> None:
    document = Document(
        "a.md", "Dogs pay 12.", headings=(Span(0, 12, "very long words indeed " * 9 + " > Fares > Pets"),)
    )
    (chunk,) = chunk_document(document, count_words, ChunkSettings(max_tokens=24, min_characters=0))
    assert chunk.heading == "Fares > Pets"


def test_overlap_repeats_the_last_sentence_of_the_passage_before() -> None:
    text = " ".join(f"Sentence number {i} tells about ferry {i}." for i in range(30))
    chunks = chunk_document(
        Document("a.txt", text), count_words, ChunkSettings(max_tokens=90, overlap_sentences=1, min_characters=0)
    )
    assert len(chunks) > 2
    for before, after in zip(chunks, chunks[1:], strict=False):
        last_sentence = before.text[before.text.rindex("Sentence") :]
        assert after.text.startswith(last_sentence)
        assert after.start > before.start


def test_chunk_ids_do_not_change_between_runs() -> None:
    document = markdown("# A\n" + SENTENCE * 50)
    assert [c.id for c in chunk_document(document, count_words)] == [
        c.id for c in chunk_document(document, count_words)
    ]


@pytest.mark.parametrize(("tokens", "overlap"), [(15, 0), (0, 0), (200, -1)])
def test_settings_out_of_range_are_refused(tokens: int, overlap: int) -> None:
    with pytest.raises(SettingsError, match=f"{tokens if tokens < 16 else overlap}"):
        ChunkSettings(tokens, overlap, min_characters=0)


def test_parts_measured_in_characters_and_parts_measured_in_tokens_do_not_add_up_to_a_passage_too_long() -> None:
    document = markdown("```\ncode(x)\n```\n" + "x" * 76)
    chunks = chunk_document(document, count_words, ChunkSettings(max_tokens=21, min_characters=90))
    assert [count_words(chunk.text) <= 21 for chunk in chunks] == [True, True]


FRAGMENTS = st.sampled_from(
    [
        "# Title\n",
        "## Part\n\n",
        "### Deep { #id }\n",
        "Plain words here. ",
        "Mr. X said so, e.g. twice. ",
        "\n",
        "\n\n",
    ]
    + ["- item one\n", "1. first\n", "| a | b |\n", "| --- | --- |\n", "```\ncode(x)\n```\n", "~~~\n", "Глава\n====\n"]
    + ["Он жил в г. Москве. ", "x" * 300, "слово" * 40, "   ", "\t", "---\n", "***\n", "a,b;c. ", "<a name='x'></a>\n"]
    + ["\ufeff", "🎉", "今天下雨。", "Note:\n", "> quoted text. More.\n", "…", "\u2028", "\x0c"]
)


@settings(max_examples=150, deadline=None)
@given(
    parts=st.lists(FRAGMENTS, max_size=40),
    max_tokens=st.integers(16, 80),
    overlap=st.integers(0, 2),
    min_characters=st.sampled_from([0, 0, 90, 400]),
    count=st.sampled_from([count_words, count_unevenly]),
)
def test_chunks_are_exact_ordered_complete_and_within_budget(
    parts: list[str], max_tokens: int, overlap: int, min_characters: int, count: Callable[[str], int]
) -> None:
    document = markdown("".join(parts))
    rules = ChunkSettings(max_tokens, overlap, min_characters)
    chunks = chunk_document(document, count, rules)
    begin = front_matter_end(document.text)
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert VISIBLE.match(chunk.text) and VISIBLE.match(chunk.text[-1])
        assert count(embedding_text(chunk)) <= max_tokens or len(embedding_text(chunk)) <= min_characters
        assert chunk.start >= begin
    assert all(a.start < b.start and a.end < b.end for a, b in zip(chunks, chunks[1:], strict=False))
    missing = [i for i in range(begin, len(document.text)) if VISIBLE.match(document.text[i])]
    assert not set(missing) - covered(document, count, rules)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab .\n#", max_size=60), min_size=1, max_size=6))
def test_no_chunk_crosses_a_page(pages: list[str]) -> None:
    spans, text = [], ""
    for number, page in enumerate(pages, start=1):
        spans.append(Span(len(text), len(text) + len(page), str(number)))
        text += page + "\n\f\n"
    for chunk in chunk_document(
        Document("a.pdf", text, tuple(spans)), count_words, ChunkSettings(max_tokens=16, min_characters=0)
    ):
        span = spans[(chunk.page or 0) - 1]
        assert span.start <= chunk.start and chunk.end <= span.end


def test_a_megabyte_is_cut_in_under_two_seconds() -> None:
    text = "\n\n".join(f"## Part {i}\n\n{SENTENCE * (i % 40)}" for i in range(1200))
    document = markdown(text)
    assert len(text) > 1_000_000
    chunk_document(document, count_words)  # pays for imports
    started = time.process_time()
    chunk_document(document, len)
    assert time.process_time() - started < 2
