"""What every kind of vector store must do, whatever keeps the vectors."""

import numpy as np
import pytest

from rag.errors import IndexDamaged
from rag.store.vectors.folders import VECTORS
from rag.store.vectors.seal import check_seal, seal
from rag.store.vectors.stores import STORES, copy_vectors, create_vectors, open_vectors
from tests.contracts.kinds import KINDS


def unit(count, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def names(count):
    return [f"k{number}" for number in range(count)]


@pytest.fixture
def make(index):
    """Give a way to make the store of a revision; those left open are closed."""
    opened = []

    def make(name, vectors):
        folder = index / VECTORS / name
        folder.mkdir(parents=True)
        opened.append(create_vectors(folder, "model"))
        assert opened[-1].write(names(len(vectors)), list(vectors), []) == len(vectors)
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def reopened(index):
    """Give a way to open the store of a revision as a reader does."""
    opened = []

    def reopen(name, embedder="model"):
        opened.append(open_vectors(index / VECTORS / name, embedder))
        return opened[-1]

    yield reopen
    for store in opened:
        store.close()


def test_every_kind_of_store_is_under_contract():
    assert set(STORES) <= set(KINDS)


def test_nearest_agrees_with_exact_search(make):
    vectors, questions = unit(500), unit(20, seed=1)
    store = make("a", vectors)
    for question in questions:
        exact = np.argsort(-(vectors @ question))[:10]
        found = store.nearest(question, 10)
        assert len({f"k{at}" for at in exact} & {key for key, _ in found}) >= 9
        assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
        assert found[0][1] == pytest.approx(float((vectors @ question).max()), abs=1e-3)


def test_more_vectors_than_are_taken_at_once_are_all_kept(make):
    vectors = unit(6000)
    store = make("a", vectors)
    assert store.nearest(vectors[5999], 1)[0][0] == "k5999"


def test_asked_for_more_than_it_holds_a_store_returns_all_it_holds(make):
    assert {key for key, _ in make("a", unit(7)).nearest(unit(1)[0], 50)} == set(names(7))


def test_writing_a_key_again_replaces_its_vector(make):
    vectors = unit(10)
    store = make("a", vectors)
    assert store.write(["k0"], [-vectors[0]], []) == 10
    assert store.nearest(-vectors[0], 1)[0] == ("k0", pytest.approx(1.0, abs=1e-5))


def test_deleted_vectors_are_never_found(make):
    vectors = unit(50)
    store = make("a", vectors)
    assert store.write([], [], ["k3", "k4"]) == 48
    assert not {"k3", "k4"} & {key for key, _ in store.nearest(vectors[3], 50)}


def test_an_empty_store_finds_nothing(make):
    assert make("a", unit(0)).nearest(unit(1)[0], 5) == []


def test_a_reader_finds_what_was_written_before_it_opened(make, reopened):
    vectors = unit(150)
    store = make("a", vectors)
    store.write(["new"], [-vectors[0]], ["k1"])
    store.close()
    reader = reopened("a")
    assert reader.nearest(-vectors[0], 1)[0][0] == "new"
    assert "k1" not in {key for key, _ in reader.nearest(vectors[1], 150)}


def test_two_readers_search_at_once(make, reopened):
    vectors = unit(20)
    make("a", vectors).close()
    one, other = reopened("a"), reopened("a")
    assert one.nearest(vectors[5], 1)[0][0] == other.nearest(vectors[5], 1)[0][0] == "k5"
    one.close()
    assert other.nearest(vectors[6], 1)[0][0] == "k6"


def test_a_reader_leaves_a_sealed_folder_as_it_is(make, reopened, index):
    vectors = unit(150)
    make("a", vectors).close()
    seal(index / VECTORS / "a")
    reader = reopened("a")
    reader.nearest(vectors[5], 10)
    reader.close()
    check_seal(index / VECTORS / "a")


def test_vectors_of_another_embedder_are_refused(make, reopened):
    make("a", unit(3)).close()
    with pytest.raises(IndexDamaged, match=r"'model'.*'other'.*rag repair"):
        reopened("a", "other")


def test_a_missing_folder_is_told(kind, index):
    with pytest.raises(IndexDamaged, match="rag repair"):
        STORES[kind].open(index / VECTORS / "nowhere", "model")


def test_a_copy_holds_the_same_and_grows_apart_or_there_is_none(make, reopened, index):
    vectors = unit(20)
    make("a", vectors).close()
    if not copy_vectors(index / VECTORS / "a", index / VECTORS / "b"):
        assert not (index / VECTORS / "b").exists()
        return
    assert reopened("b").write([], [], ["k7"]) == 19
    assert reopened("a").nearest(vectors[7], 1)[0][0] == "k7"


def test_stores_of_two_revisions_do_not_mix(make):
    vectors = unit(20)
    one, other = make("a", vectors[:10]), make("b", vectors[10:])
    assert one.nearest(vectors[15], 1)[0][1] < 0.99 < other.nearest(vectors[15], 1)[0][1]
