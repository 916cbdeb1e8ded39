"""Further queries find what the question's own words do not, and what goes wrong with them costs nothing else."""

import pytest

from data.records import Chunk, Hit
from pipelines.loopback import Behaviour, Loopback
from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings
from rag.chunk.settings import ChunkSettings
from rag.errors import EndpointRefusal
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.search.more_queries import FeedbackQueries, ModelQueries, fused
from rag.search.retriever import Retriever
from tests.fakes import HashEmbedder

TEXTS = {
    "a": "The ferry to Ostrova carries bicycles. A bicycle on the ferry needs a pennant.",
    "b": "Ferry bicycles travel on the lower deck, each with its pennant.",
    "c": "A pennant is sold at the kiosk for two crowns.",
    "d": "The lighthouse keeper rests on Mondays.",
}
QUESTION = "ferry bicycles"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ferry")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
    ingest([folder], folder / ".rag", HashEmbedder(dimensions=256), chunking=ChunkSettings(min_characters=0))
    return Index.open(folder / ".rag", HashEmbedder(dimensions=256))


def hit(name, score=0.5):
    return Hit(Chunk(name, 0, len(TEXTS[name]), TEXTS[name]), score)


def names(hits):
    return [item.chunk.source.rpartition("/")[2][0] for item in hits]


class Says:
    def __init__(self, text):
        self.text = text

    def complete(self, system, user):
        if self.text is None:
            raise EndpointRefusal("No.")
        return self.text


def test_words_that_the_first_passages_share_join_the_question():
    assert FeedbackQueries().queries(QUESTION, [hit("a"), hit("b"), hit("d")]) == ["ferry bicycles pennant"]


def test_passages_that_share_nothing_add_nothing():
    assert FeedbackQueries().queries(QUESTION, [hit("c"), hit("d")]) == []
    assert FeedbackQueries().queries(QUESTION, []) == []


def test_feedback_finds_a_passage_without_a_word_of_the_question(index):
    plain = Retriever(index, k=3, mode="lexical").search(QUESTION)
    more = Retriever(index, k=3, mode="lexical", more=FeedbackQueries()).search(QUESTION)
    assert sorted(names(plain.hits)) == ["a", "b"]
    assert names(more.hits)[-1] == "c" and sorted(names(more.hits)) == ["a", "b", "c"]


def test_the_model_writes_other_wordings_and_what_was_asked_is_not_searched_twice():
    model = ModelQueries(lambda: Says(f"  pennant   kiosk \n\n{QUESTION.upper()}\n???\none\ntwo\nthree"))
    assert model.queries(QUESTION, []) == ["pennant kiosk", "one", "two"]


def test_without_a_model_nothing_is_added():
    assert ModelQueries(lambda: None).queries(QUESTION, []) == []


def test_other_wordings_find_what_the_question_does_not(index):
    found = Retriever(index, k=4, mode="lexical", more=ModelQueries(lambda: Says("kiosk crowns"))).search(QUESTION)
    assert "c" in names(found.hits) and found.flags == ()


def test_a_model_that_fails_costs_its_queries_alone(index):
    plain = Retriever(index, k=3).search(QUESTION)
    found = Retriever(index, k=3, more=ModelQueries(lambda: Says(None))).search(QUESTION)
    assert (found.hits, found.flags) == (plain.hits, ("more_queries_failed: No.",))


def test_a_real_endpoint_is_asked_and_its_failure_told(index):
    with Loopback(Behaviour(fault="http_401")) as endpoint:
        writer = ChatEndpoint(ChatSettings(endpoint.url, "loopback-1", max_retries=0))
        found = Retriever(index, k=3, more=ModelQueries(lambda: writer)).search(QUESTION)
    assert names(found.hits) and found.flags[0].startswith("more_queries_failed: ")


def test_the_question_itself_counts_as_much_as_all_others_together():
    first, others = [hit("a"), hit("b")], [[hit("c"), hit("d")], [hit("c"), hit("d")]]
    assert names(fused([first, *others])) == ["a", "c", "b", "d"]
    assert fused([[hit("a", 0.2)], [hit("a", 0.9)]])[0].score == 0.9
