"""`why` names the stage at which a passage was planted to get lost, and no other."""

import pytest

from data.errors import InputError
from data.records import Draft
from rag.answer.extractive import ExtractiveGenerator
from rag.chunk.settings import ChunkSettings
from rag.diagnose.expected import Expectation, parse_expected
from rag.diagnose.why import explain
from rag.errors import EndpointUnreachable
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.search.retriever import Retriever
from tests.fakes import HashEmbedder

QUESTION = "Which berth takes tankers at night?"
ANSWER = "Berth seven takes tankers at night."


class Writer:
    """Shows the model the first `room` passages and cites the one at place `cites`."""

    id = prompt_version = "writer"

    def __init__(self, room=99, cites=None, error=None):
        self.room, self.cites, self.error = room, cites, error

    def generate(self, question, hits):
        if self.error:
            raise self.error
        keys = {f"k{at}": hit.chunk.id for at, hit in enumerate(hits[: self.room])}
        cited = f" [k{self.cites}]" if self.cites is not None else ""
        return Draft(f"{hits[self.cites or 0].chunk.text.strip()}{cited}", keys)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    """One file with the answer, one with its words far apart, and 150 that repeat half of the question."""
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "answer.txt").write_text(ANSWER)
    (folder / "far.txt").write_text("Seals sleep on warm stones. Gulls do not.")
    (folder / "long.txt").write_text(" ".join(f"Rule {n} is that pilot {n} waits for tide {n}." for n in range(40)))
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")
    for number in range(150):
        (folder / f"log{number}.txt").write_text(f"Which berth, night {number}: tankers {number * 31}.")
    ingest([folder], folder / ".rag", HashEmbedder(), chunking=ChunkSettings(max_tokens=60, min_characters=0))
    (folder / "new.txt").write_text("Never ingested.")
    return folder


@pytest.fixture
def index(harbour):
    opened = Index.open(harbour / ".rag", HashEmbedder())
    yield opened
    opened.close()


def why(index, name, phrase="", generator=None, **options):
    retriever = Retriever(index, **{"k": 5, **options})
    return explain(QUESTION, parse_expected(name, phrase), retriever, generator or ExtractiveGenerator())


def test_a_passage_that_is_quoted_was_not_lost(index):
    found = why(index, "answer.txt")
    assert (found.stage, found.final_rank, found.dense_rank) == ("cited", 1, 1)
    assert [chunk.text for chunk in found.passages] == [ANSWER]


def test_an_unknown_name_is_not_ingested_and_the_nearest_names_are_shown(index):
    found = why(index, "anser.txt")
    assert found.stage == "not_ingested" and "answer.txt" in found.reason


def test_a_file_that_lies_there_but_was_never_ingested_is_told_apart(index, harbour):
    found = why(index, str(harbour / "new.txt"))
    assert found.stage == "not_ingested" and "rag ingest" in found.advice


def test_a_file_that_cannot_be_read_is_unreadable_with_the_reason(index, harbour):
    found = why(index, str(harbour / "scan.pdf"))
    assert found.stage == "unreadable" and "cannot be read" in found.reason


def test_a_phrase_that_stands_nowhere_is_no_passage(index):
    found = why(index, "answer.txt", "Berth nine is closed for good")
    assert found.stage == "no_passage" and "nor does its extracted text" in found.reason


def test_a_phrase_cut_between_passages_is_no_passage_and_says_so(index):
    document = index.document(next(source for source in index.origins() if source.endswith("long.txt")))
    found = why(index, "long.txt", document.text)
    assert found.stage == "no_passage" and "it is cut" in found.reason and "chunking" in found.advice


def test_a_file_changed_since_is_to_be_ingested_again(tmp_path):
    (tmp_path / "a.txt").write_text("The pier is open.")
    ingest([tmp_path], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))
    (tmp_path / "a.txt").write_text("The crane lifts forty tons.")
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    found = why(index, "a.txt", "The crane lifts forty tons")
    assert found.stage == "no_passage" and "changed since" in found.reason and "rag ingest" in found.advice


def test_a_page_that_is_not_there_is_no_passage(index):
    found = why(index, "answer.txt#p4")
    assert found.stage == "no_passage" and "page 4" in found.reason


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_a_passage_without_a_word_of_the_question_is_no_candidate(index, mode):
    found = why(index, "far.txt", mode=mode)
    assert (found.stage, found.lexical_rank, found.final_rank) == ("not_a_candidate", None, None)
    assert found.dense_rank is None or found.dense_rank > 100


def test_a_passage_below_the_best_k_is_ranked_too_low_with_its_rank(index):
    low = Retriever(index, k=60).search(QUESTION).hits[40].chunk
    found = why(index, low.source)
    assert (found.stage, found.fused_rank, found.final_rank) == ("ranked_too_low", 41, None)
    assert "rank 41" in found.reason and "retrieval.k" in found.advice


def test_a_passage_that_the_reranker_moved_away_is_told_apart(index):
    class Backwards:
        id = "backwards"

        def rerank(self, question, texts):
            return [float(place) for place in range(len(texts))]

    found = why(index, "answer.txt", reranker=Backwards())
    assert (found.stage, found.fused_rank, found.final_rank) == ("reranked_away", 1, None)


def test_a_passage_for_which_the_window_had_no_room_is_not_packed(index):
    third = Retriever(index, k=5).search(QUESTION).hits[2].chunk
    found = why(index, third.source, generator=Writer(room=2))
    assert (found.stage, found.final_rank) == ("not_packed", 3) and "context_window" in found.advice


def test_a_passage_that_the_model_passed_over_is_not_cited_and_the_answer_is_shown(index):
    other = Retriever(index, k=5).search(QUESTION).hits[2].chunk
    found = why(index, "answer.txt", generator=Writer(cites=2))
    assert found.stage == "not_cited" and other.source in found.reason


def test_a_dead_model_is_not_blamed_on_retrieval(index):
    found = why(index, "answer.txt", generator=Writer(error=EndpointUnreachable("Nobody is there: start it.")))
    assert (found.stage, found.final_rank) == ("not_answered", 1) and "Nobody is there" in found.reason


def test_a_twin_in_another_file_stands_for_the_passage(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(ANSWER)
    ingest([tmp_path], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    assert {why(index, name).stage for name in ("a.txt", "b.txt")} == {"cited"}


def test_a_name_that_fits_two_sources_is_refused_with_both(tmp_path):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "faq.txt").write_text(f"Answers about {name}.")
    ingest([tmp_path], tmp_path / ".rag", HashEmbedder(), chunking=ChunkSettings(min_characters=0))
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    with pytest.raises(InputError, match=r"x/faq\.txt, .*y/faq\.txt"):
        why(index, "faq.txt")


@pytest.mark.parametrize(
    ("named", "expected"),
    [("a.md", Expectation("a.md")), ("a.pdf#p12", Expectation("a.pdf", 12)), ("c#.md#px", Expectation("c#.md#px"))],
)
def test_a_page_is_read_from_the_end_of_the_name(named, expected):
    assert parse_expected(named) == expected


def test_an_empty_name_is_refused():
    with pytest.raises(InputError, match="--expect FILE"):
        parse_expected("  ")
