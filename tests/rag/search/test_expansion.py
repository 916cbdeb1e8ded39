from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.records import Chunk, Hit
from data.text.tokens import estimate_tokens
from rag.chunk.passages import chunk_document
from rag.chunk.settings import ChunkSettings
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.read.document import parse_document
from rag.search.expansion import expand
from rag.store.revision import Neighbour
from tests.fakes import HashEmbedder

PARAGRAPHS = [
    f"Rule {n} says that boat {n} leaves at {n} and that its crew of {n} waits at pier {n}." for n in range(9)
]
TEXT = "# First\n\n" + "\n\n".join(PARAGRAPHS) + "\n\n# Second\n\nRule 10 is about tides and nothing else at all.\n"


@pytest.fixture
def document(tmp_path):
    return parse_document(TEXT.encode(), tmp_path / "rules.md", "rules.md")


@pytest.fixture
def chunks(document):
    return chunk_document(document, HashEmbedder().count_tokens, ChunkSettings(max_tokens=30, min_characters=0))


def widen(document, chunks, wanted, max_tokens=120):
    hits = [Hit(chunks[at], 1.0 - at / 100, dense_rank=at + 1) for at in wanted]
    places = [Neighbour(chunk.start, chunk.end, chunk.page, chunk.heading) for chunk in chunks]
    return expand(hits, lambda source: places, lambda source: document, max_tokens)


def test_a_hit_is_joined_with_its_neighbours_on_both_sides(document, chunks):
    (hit,) = widen(document, chunks, [4])
    assert all(PARAGRAPHS[at] in hit.chunk.text for at in (3, 4, 5))
    assert estimate_tokens(hit.chunk.text) <= 120


def test_the_id_the_score_and_the_ranks_stay_those_of_the_small_passage(document, chunks):
    (hit,) = widen(document, chunks, [4])
    assert (hit.chunk.id, hit.score, hit.dense_rank) == (chunks[4].id, 0.96, 5)
    assert hit.chunk.text != chunks[4].text


def test_a_passage_never_leaves_its_section(document, chunks):
    (first,) = widen(document, chunks, [8], 5000)
    (second,) = widen(document, chunks, [9], 5000)
    assert "tides" not in first.chunk.text and second.chunk == chunks[9]
    assert all(paragraph in first.chunk.text for paragraph in PARAGRAPHS)


def test_hits_of_one_neighbourhood_become_one_passage_with_the_id_of_the_best(document, chunks):
    (hit,) = widen(document, chunks, [4, 5, 3])
    assert hit.chunk.id == chunks[4].id


def test_a_hit_beside_a_passage_is_joined_to_it_while_both_fit_twice_the_budget(document, chunks):
    hits = widen(document, chunks, [4, 7])
    assert len(hits) == 1 and hits[0].chunk.id == chunks[4].id
    assert all(PARAGRAPHS[at] in hits[0].chunk.text for at in (3, 4, 5, 6, 7))


def test_a_budget_no_neighbour_fits_leaves_hits_as_they_were(document, chunks):
    assert widen(document, chunks, [1, 5], 10) == [Hit(chunks[at], 1.0 - at / 100, at + 1) for at in (1, 5)]


def test_a_hit_the_document_does_not_know_is_left_as_it_is(document, chunks):
    stranger = Hit(Chunk("rules.md", 3, 9, TEXT[3:9]), 1.0)
    assert expand([stranger], lambda source: [], lambda source: document, 100) == [stranger]


@settings(max_examples=60)
@given(st.permutations(range(10)), st.integers(1, 10), st.integers(20, 400))
def test_widened_passages_are_true_spans_hold_every_hit_and_never_overlap(order, count, max_tokens):
    document = parse_document(TEXT.encode(), Path("rules.md"), "rules.md")
    chunks = chunk_document(document, HashEmbedder().count_tokens, ChunkSettings(max_tokens=30, min_characters=0))
    passages = [hit.chunk for hit in widen(document, chunks, order[:count], max_tokens)]
    assert all(document.text[chunk.start : chunk.end] == chunk.text for chunk in passages)
    assert all(any(p.start <= chunks[at].start and chunks[at].end <= p.end for p in passages) for at in order[:count])
    ordered = sorted(passages, key=lambda chunk: chunk.start)
    assert all(one.end <= other.start for one, other in zip(ordered, ordered[1:], strict=False))
    assert {chunk.id for chunk in passages} <= {chunks[at].id for at in order[:count]}


def test_an_index_gives_what_widening_needs(tmp_path):
    (tmp_path / "rules.md").write_text(TEXT)
    ingest(
        [tmp_path / "rules.md"],
        tmp_path / ".rag",
        HashEmbedder(),
        chunking=ChunkSettings(max_tokens=30, min_characters=0),
    )
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    (hit,) = expand(index.search("rule 4 boat 4 pier 4", 1), index.neighbours, index.document, 120)
    assert PARAGRAPHS[4] in hit.chunk.text and len(hit.chunk.text) > 2 * len(PARAGRAPHS[4])
