import pytest

from data.records import Chunk
from rag.chunk.settings import ChunkSettings
from rag.index.candidates import MOST_TERMS, Candidates, question_language, rank
from rag.index.fusion import Fusion
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.store.catalog import IndexedPassage
from tests.fakes import HashEmbedder


def candidates(dense, lexical):
    keys = list(dict.fromkeys([*dense, *lexical]))
    passages = {key: IndexedPassage(row, key, Chunk(f"{key}.md", 0, 1, key)) for row, key in enumerate(keys)}
    by_score = [tuple(sorted(side, key=lambda key: -side[key])) for side in (dense, lexical)]
    return Candidates(*by_score, dense, lexical, 0.0, passages)


def names(hits):
    return [hit.chunk.text for hit in hits]


FOUND = candidates({"a": 0.9, "b": 0.5, "c": 0.1}, {"c": 9.0, "b": 3.0})


@pytest.mark.parametrize(
    ("mode", "expected"), [("dense", ["a", "b", "c"]), ("lexical", ["c", "b"]), ("hybrid", ["a", "c", "b"])]
)
def test_each_mode_orders_by_its_own_scores(mode, expected):
    assert names(rank(FOUND, Fusion({"en": 1.0}), "en", 3, mode)) == expected


def test_ranks_count_from_one_and_are_none_where_a_side_missed():
    ranks = {hit.chunk.text: (hit.dense_rank, hit.lexical_rank) for hit in rank(FOUND, Fusion(), "en", 3, "hybrid")}
    assert ranks == {"a": (1, None), "b": (2, 2), "c": (3, 1)}


def test_the_language_of_the_question_decides_the_weight():
    fusion = Fusion({"en": 1.0, "ru": 0.0})
    assert names(rank(FOUND, fusion, "en", 1, "hybrid")) == ["a"]
    assert names(rank(FOUND, fusion, "ru", 1, "hybrid")) == ["c"]


def test_equal_scores_are_ordered_by_place_not_by_history():
    assert names(rank(candidates({"z": 0.5, "m": 0.5, "b": 0.5}, {}), Fusion(), "en", 3, "dense")) == ["b", "m", "z"]


def test_which_of_many_equal_passages_are_found_does_not_depend_on_the_order_they_came_in(tmp_path):
    docs, late = tmp_path / "docs", tmp_path / "late"
    for folder in (docs, late):
        folder.mkdir()
    for number in range(130):
        (docs / f"{number:03}.txt").write_text(f"Berth {number:03} is new.")
    for number in range(10):
        (docs / f"{number:03}.txt").rename(late / f"{number:03}.txt")
    ingest([docs], tmp_path / "a", HashEmbedder(), chunking=ChunkSettings(max_tokens=200, min_characters=0))
    for number in range(10):
        (late / f"{number:03}.txt").rename(docs / f"{number:03}.txt")
    for workspace in ("a", "b"):
        ingest([docs], tmp_path / workspace, HashEmbedder(), chunking=ChunkSettings(max_tokens=200, min_characters=0))
    found = [Index.open(tmp_path / at, HashEmbedder()).search("berth", 9, mode="lexical") for at in ("a", "b")]
    assert names(found[0]) == names(found[1]) == [f"Berth {number:03} is new." for number in range(9)]


@pytest.mark.parametrize(
    ("question", "languages", "expected"),
    [
        ("VRAM quota", {"ru": 9, "de": 3}, "de"),
        ("VRAM quota", {"ru": 9}, "en"),
        ("What is the quota?", {"de": 9}, "en"),
        ("Какая квота?", {"en": 9}, "ru"),
    ],
)
def test_a_question_without_little_words_is_in_the_latin_language_of_the_index(question, languages, expected):
    assert question_language(question, languages) == expected


def test_a_page_pasted_as_a_question_is_searched_by_its_rarest_words(tmp_path):
    common = " ".join(f"common{number}" for number in range(2 * MOST_TERMS))
    for number in range(5):
        (tmp_path / f"{number}.md").write_text(f"{common} marker{number}.\n")
    ingest([tmp_path], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(max_tokens=200, min_characters=0))
    index = Index.open(tmp_path / ".rag")
    best = index.search(f"{common} nowhere marker3", 5, mode="lexical")
    assert [hit.chunk.text.endswith("marker3.") for hit in best] == [True, False, False, False, False]
