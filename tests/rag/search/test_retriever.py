"""Reranking and diversity change the order as they should, and a reranker that fails costs nothing but itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SettingsError
from data.settings import Secret
from pipelines.loopback import Behaviour, Loopback
from rag.chunk.settings import ChunkSettings
from rag.index.index import Index
from rag.ingest.job import ingest
from rag.search.diversity import diversify
from rag.search.rerank import EndpointReranker, LocalReranker
from rag.search.retriever import Retriever
from rag.search.settings import RerankSettings
from rag.store.filters import Filter
from tests.fakes import HashEmbedder

TEXTS = {
    "a": "Berth seven takes tankers; berth seven takes tankers of every length.",
    "b": "Berth seven takes tankers; berth seven takes tankers of any length.",
    "c": "Tugs wait beyond the mole before dawn, and berth tankers when the wind allows it.",
    "d": "Which tankers may use berth seven at night is for the harbour master to say.",
}
QUESTION = "which tankers may use berth seven at night"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("harbour")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
    ingest([folder], folder / ".rag", HashEmbedder(dimensions=256), chunking=ChunkSettings(min_characters=0))
    return Index.open(folder / ".rag", HashEmbedder(dimensions=256))


def names(retrieved):
    return [hit.chunk.source.rpartition("/")[2][0] for hit in retrieved.hits]


class Backwards:
    id = "backwards"

    def rerank(self, question, texts):
        return [float(place) for place in range(len(texts))]


def test_without_options_the_order_is_that_of_the_index(index):
    plain = Retriever(index, k=4).search(QUESTION)
    assert list(plain.hits) == index.search(QUESTION, 4) and plain.flags == ()


def test_the_reranker_decides_the_order_and_its_scores_are_shown(index):
    fused = names(Retriever(index, k=4).search(QUESTION))
    turned = Retriever(index, k=2, reranker=Backwards()).search(QUESTION)
    assert names(turned) == fused[::-1][:2]
    assert [hit.score for hit in turned.hits] == [3.0, 2.0]


def test_a_filter_holds_for_what_is_reranked(index):
    found = Retriever(index, k=4, reranker=Backwards()).search(QUESTION, where=Filter(sources=("a.txt", "c.txt")))
    assert sorted(names(found)) == ["a", "c"]


def test_the_endpoint_reads_question_and_passages_and_its_scores_come_back_in_order():
    with Loopback() as server:
        scores = EndpointReranker(RerankSettings(server.url, "words")).rerank(
            "tankers at night", ["ferries", "tankers at night"]
        )
        assert scores[1] > scores[0]
        sent = server.requests[0]
    assert sent.path == "/v1/rerank"
    assert sent.body == {
        "model": "words",
        "query": "tankers at night",
        "documents": ["ferries", "tankers at night"],
        "top_n": 2,
    }


def test_a_passage_with_all_words_of_the_question_is_put_first_by_the_endpoint(index):
    with Loopback() as server:
        found = Retriever(
            index, k=4, mode="dense", reranker=EndpointReranker(RerankSettings(server.url, "words"))
        ).search(QUESTION)
    assert names(found)[0] == "d" and found.flags == ()


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [(Behaviour(http_500=9), "HTTP 500"), (Behaviour(fault="garbage_json"), "no list of 4 results")],
)
def test_a_failing_reranker_leaves_the_fused_order_and_a_flag(index, behaviour, says):
    with Loopback(behaviour) as server:
        found = Retriever(index, k=4, reranker=EndpointReranker(RerankSettings(server.url, "words"))).search(QUESTION)
    assert list(found.hits) == index.search(QUESTION, 4)
    assert len(found.flags) == 1 and found.flags[0].startswith("rerank_failed: ") and says in found.flags[0]


def test_a_silent_reranker_is_given_up_after_its_timeout(index):
    with Loopback(Behaviour(fault="timeout")) as server:
        found = Retriever(
            index, k=4, reranker=EndpointReranker(RerankSettings(server.url, "words", timeout_s=0.2))
        ).search(QUESTION)
    assert "cannot be asked" in found.flags[0] and len(found.hits) == 4


def test_a_reranker_that_is_not_there_is_a_flag_too(index):
    found = Retriever(index, k=4, reranker=EndpointReranker(RerankSettings("http://127.0.0.1:9", "words"))).search(
        QUESTION
    )
    assert "correct rerank.base_url" in found.flags[0]


@pytest.mark.parametrize(("url", "key"), [("http://[::1/v1", "none"), ("http://127.0.0.1:9", "ключ")])
def test_an_address_or_a_key_that_no_request_can_carry_is_a_flag_too(index, url, key):
    found = Retriever(index, k=4, reranker=EndpointReranker(RerankSettings(url, "words", Secret(key)))).search(QUESTION)
    assert "cannot be asked" in found.flags[0] and len(found.hits) == 4


def test_half_a_character_pair_in_a_question_is_asked_as_it_is():
    with Loopback() as server:
        scores = EndpointReranker(RerankSettings(server.url, "words")).rerank("tankers \ud83d", ["ferries", "tankers"])
    assert scores[1] > scores[0]


def test_a_base_url_that_is_none_is_refused_at_once():
    with pytest.raises(SettingsError, match=r"rerank\.base_url is 'localhost:80'"):
        EndpointReranker(RerankSettings("localhost:80", "words"))


def test_a_folder_without_a_cross_encoder_is_a_flag(index, tmp_path):
    found = Retriever(index, k=4, reranker=LocalReranker(str(tmp_path), device="cpu")).search(QUESTION)
    assert "cannot be loaded" in found.flags[0] and len(found.hits) == 4


def test_a_local_cross_encoder_orders_the_passages_by_its_own_scores(index, tmp_path):
    folder = tiny_cross_encoder(tmp_path / "model")
    reranker = LocalReranker(folder, device="cpu")
    found = Retriever(index, k=4, reranker=reranker).search(QUESTION)
    scores = [hit.score for hit in found.hits]
    assert found.flags == () and scores == sorted(scores, reverse=True) and len(set(scores)) > 1
    again = reranker.rerank(QUESTION, [hit.chunk.text for hit in found.hits])
    np.testing.assert_allclose(again, scores, rtol=1e-4)


def tiny_cross_encoder(folder):
    """Write a cross-encoder with random weights, one layer and the words of these texts as vocabulary."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    words = sorted({word.strip(".,;").lower() for text in [*TEXTS.values(), QUESTION] for word in text.split()})
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]))
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words) + 5,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
        initializer_range=1.0,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def test_diversity_moves_the_repetition_behind_what_is_new(index):
    plain = names(Retriever(index, k=3, mode="dense").search("berth seven takes tankers"))
    spread = names(Retriever(index, k=3, mode="dense", diversity=0.7).search("berth seven takes tankers"))
    assert set(plain[:2]) == {"a", "b"}
    assert spread[0] == plain[0] and len({"a", "b"} & set(spread[:2])) == 1


VECTORS = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).normal(size=(8, 5)))


@settings(max_examples=60, deadline=None)
@given(VECTORS, st.lists(st.integers(-10, 10), min_size=8, max_size=8), st.integers(1, 12), st.floats(0, 1))
def test_diversify_chooses_each_passage_at_most_once_and_the_best_first(vectors, scores, k, diversity):
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    chosen = diversify(scores, unit, k, diversity)
    assert len(chosen) == len(set(chosen)) == min(k, 8)
    assert scores[chosen[0]] == max(scores)
    assert diversify(scores, unit, 8, 0.0) == sorted(range(8), key=lambda place: -scores[place])


def test_diversify_of_nothing_is_nothing():
    assert diversify([], np.zeros((0, 5), np.float32), 3, 0.5) == []
