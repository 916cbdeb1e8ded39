"""Filters are applied before ranking: the best of what meets them, on both sides, as exact search finds it."""

import numpy as np
import pytest

from data.errors import InputError
from rag.chunk.settings import ChunkSettings
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.store.filters import Filter, parse_filter
from rag.store.selection import EXACT_UP_TO
from tests.fakes import HashEmbedder

WORDS = [f"word{number}" for number in range(120)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """1,000 one-passage files of random words; ten of them, one in a hundred, lie in folder `rare`."""
    folder = tmp_path_factory.mktemp("planted")
    rng = np.random.default_rng(3)
    for number in range(1000):
        place = folder / "docs" / ("rare" if number % 100 == 0 else "usual")
        place.mkdir(parents=True, exist_ok=True)
        heading = "Пределы" if number % 2 else "Notes"
        text = f"# {heading} {number}\n\n{' '.join(rng.choice(WORDS, 12))}.\n"
        (place / f"{number}.md").write_text(text, encoding="utf-8")
    ingest([folder / "docs"], folder / ".rag", HashEmbedder(), chunking=ChunkSettings(max_tokens=64, min_characters=0))
    return folder / ".rag"


@pytest.fixture(scope="module")
def planted(folder):
    return Index.open(folder, HashEmbedder())


def exact(index, question, where, k):
    """Compare the question with every passage that meets the filter, found by listing all passages."""
    vector = index.embed_query(question)
    everything = [hit.chunk for hit in index.search(question, 1000, mode="dense")]
    chunks = [chunk for chunk in everything if where(chunk)]
    cosines = index.vectors(chunks) @ vector
    return {chunks[place].id for place in np.argsort(-cosines, kind="stable")[:k]}


def questions():
    rng = np.random.default_rng(4)
    return [" ".join(rng.choice(WORDS, 5)) for _ in range(20)]


@pytest.mark.parametrize("exact_up_to", [EXACT_UP_TO, 0], ids=["compared", "from-chroma"])
def test_dense_search_under_a_one_percent_filter_finds_what_exact_search_finds(folder, planted, exact_up_to):
    index = Index.open(folder, HashEmbedder(), exact_up_to=exact_up_to)
    recalls = []
    for question in questions():
        hits = index.search(question, 5, mode="dense", where=Filter(sources=("*/rare/*",)))
        assert len(hits) == 5 and all("/rare/" in hit.chunk.source for hit in hits)
        wanted = exact(planted, question, lambda chunk: "/rare/" in chunk.source, 5)
        recalls.append(len(wanted & {hit.chunk.id for hit in hits}) / 5)
    assert np.mean(recalls) >= 0.98


def test_a_wide_filter_is_answered_from_chroma_with_the_same_recall(folder, planted):
    index = Index.open(folder, HashEmbedder(), exact_up_to=0)
    recalls = []
    for question in questions():
        hits = index.search(question, 10, mode="dense", where=Filter(headings=("пределы",)))
        wanted = exact(planted, question, lambda chunk: "Пределы" in chunk.heading, 10)
        recalls.append(len(wanted & {hit.chunk.id for hit in hits}) / 10)
    assert np.mean(recalls) >= 0.98


def test_lexical_search_ranks_only_what_meets_the_filter(planted):
    everything = planted.search("word7", 1000, mode="lexical")
    rare = [hit.chunk.id for hit in everything if "/rare/" in hit.chunk.source]
    assert 0 < len(rare) < len(everything)
    found = planted.search("word7", 10, mode="lexical", where=Filter(sources=("*/rare/*",)))
    assert [hit.chunk.id for hit in found] == rare[:10]


def test_a_filter_that_nothing_meets_finds_nothing(planted):
    assert planted.search("word7", 5, where=Filter(sources=("nowhere.md",))) == []


def test_what_a_filter_selected_is_not_taken_for_another_filter_or_another_revision(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text(f"High water comes at {name}.\n")
    ingest([tmp_path], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))
    index = Index.open(tmp_path / ".rag", HashEmbedder())

    def found(glob):
        return {hit.chunk.source.rpartition("/")[2] for hit in index.search("high water", 5, where=Filter((glob,)))}

    assert found("a*.md") == found("a*.md") == {"a.md"} and found("b.md") == {"b.md"}
    (tmp_path / "a2.md").write_text("High water comes at night.\n")
    ingest([tmp_path], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))
    assert found("b.md") == {"b.md"} and found("a*.md") == {"a.md", "a2.md"}


def test_conditions_on_different_keys_all_hold_and_values_of_one_key_are_alternatives(planted):
    where = parse_filter(["source=*/rare/*", "heading~notes 1", "heading~NOTES 4"])
    sources = {hit.chunk.source.rpartition("/")[2] for hit in planted.search("word7", 50, where=where)}
    wanted = {f"{n}.md" for n in range(0, 1000, 100) if str(n).startswith(("1", "4"))}
    assert sources == wanted


def test_of_equal_texts_the_one_that_meets_the_filter_is_shown(tmp_path):
    (tmp_path / "a.md").write_text("# Tides\n\nHigh water comes at noon.\n")
    (tmp_path / "b.md").write_text("# Tides\n\nHigh water comes at noon.\n")
    ingest(
        [tmp_path / "a.md", tmp_path / "b.md"],
        tmp_path / ".rag",
        HashEmbedder(),
        chunking=ChunkSettings(min_characters=0),
    )
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    for name in ("a.md", "b.md"):
        for mode in ("hybrid", "dense", "lexical"):
            hits = index.search("high water", 5, mode=mode, where=parse_filter([f"source={name}"]))
            assert [hit.chunk.source.endswith(name) for hit in hits] == [True]


def test_language_and_page_are_those_of_the_passage(tmp_path):
    (tmp_path / "en.md").write_text("The ferry leaves the pier at nine in the morning with all of its passengers.\n")
    (tmp_path / "ru.md").write_text("Паром отходит от причала в девять часов утра со всеми пассажирами на борту.\n")
    ingest([tmp_path], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    russian = index.search("ferry паром", 5, where=parse_filter(["language=RU"]))
    assert [hit.chunk.source.rpartition("/")[2] for hit in russian] == ["ru.md"]
    assert index.search("ferry", 5, where=parse_filter(["page=1"])) == []


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("sorce=a.md", "unknown key 'sorce'. Did you mean 'source'\\? Known are source=GLOB, page=NUMBER"),
        ("colour=red", "unknown key 'colour'. Known are"),
        ("heading=Limits", "heading~TEXT"),
        ("source~x", "source=GLOB"),
        ("page=three", "page=3"),
        ("page=", "page=NUMBER"),
        ("pdf", "unknown key 'pdf'"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_with_what_is_known(condition, says):
    with pytest.raises(InputError, match=says):
        parse_filter([condition])


def test_no_condition_is_no_filter():
    assert not parse_filter([])
    assert parse_filter(["page=3"])
