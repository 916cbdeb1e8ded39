"""The remote embedder against a real server on loopback that gets things wrong in known ways."""

import base64
import pickle
import struct
import time
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.settings import Secret
from pipelines.loopback import Behaviour, Loopback
from rag.embed.embedder import open_embedder
from rag.embed.model_folder import find_model
from rag.embed.prefixes import Prefixes
from rag.embed.remote import RemoteEmbedder, _numbers
from rag.embed.remote_http import pause_asked_for
from rag.embed.settings import EmbedderSettings
from rag.errors import EmbedderError

TEXTS = [f"The ferry number {number} leaves from pier {number % 3}." for number in range(10)]
KEY = "sk-very-secret-0123"


@pytest.fixture(scope="module")
def shared_server():
    with Loopback() as server:
        yield server


@pytest.fixture
def server(shared_server):
    shared_server.behaviour = Behaviour()
    return shared_server


NO_PREFIXES = Prefixes()


def remote(server, pauses=None, prefixes=NO_PREFIXES, **options):
    configured = EmbedderSettings(model="loopback-embed", base_url=server.url, api_key=Secret(KEY), **options)
    return RemoteEmbedder(configured, prefixes, pause=(pauses if pauses is not None else []).append)


def bodies(server, since):
    return [request.body for request in server.requests[since:]]


def test_vectors_are_unit_float32_in_the_order_of_the_texts(server):
    vectors = remote(server, batch_size=3).embed(TEXTS)
    assert vectors.dtype == np.float32 and vectors.shape == (10, 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    alone = np.concatenate([remote(server).embed([text]) for text in TEXTS])
    assert np.array_equal(vectors, alone)


def test_plain_strings_and_floats_are_asked_for_in_batches(server):
    since = len(server.requests)
    remote(server, batch_size=4).embed(TEXTS)
    sent = bodies(server, since)
    assert sorted(len(body["input"]) for body in sent) == [2, 4, 4]
    assert all(set(body) == {"model", "input", "encoding_format"} for body in sent)
    assert {(body["model"], body["encoding_format"]) for body in sent} == {("loopback-embed", "float")}
    assert sorted(text for body in sent for text in body["input"]) == sorted(TEXTS)


@pytest.mark.parametrize("fault", ["embed_shuffled", "embed_base64"])
def test_replies_in_another_order_or_in_base64_give_the_same_vectors(server, fault):
    right = remote(server).embed(TEXTS)
    server.behaviour = Behaviour(fault=fault)
    assert np.allclose(remote(server).embed(TEXTS), right, atol=1e-6)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("embed_wrong_count", "holds 9 embeddings for 10 texts"),
        ("embed_wrong_dimensions", "not lists of numbers, all of one length"),
        ("embed_nan", "not finite"),
        ("embed_zeros", "all zeros"),
        ("embed_same_index", "indices are not 0 to 9"),
        ("garbage_json", "not JSON"),
        ("http_401", r"HTTP 401 .*RAG__EMBEDDER__API_KEY"),
    ],
)
def test_a_wrong_reply_is_refused_in_one_sentence_without_the_key(server, fault, reason):
    server.behaviour = Behaviour(fault=fault)
    with pytest.raises(EmbedderError, match=reason) as caught:
        remote(server).embed(TEXTS)
    assert KEY not in str(caught.value) and "\n" not in str(caught.value)


def test_vectors_that_change_their_width_between_replies_are_refused(server):
    embedder = remote(server)
    embedder.embed(TEXTS[:1])
    server.behaviour = Behaviour(fault="embed_wrong_dimensions")
    with pytest.raises(EmbedderError, match="63 dimensions, earlier ones had 64"):
        embedder.embed(TEXTS[:1])


def test_stated_dimensions_are_asked_for_and_checked(server):
    embedder = remote(server, dimensions=16)
    assert embedder.embed(TEXTS).shape == (10, 16) and embedder.id == "loopback-embed@127.0.0.1/16"
    with pytest.raises(EmbedderError, match=r"64 dimensions, embedder.dimensions asks for 100"):
        remote(server, dimensions=100).embed(TEXTS)


def test_a_busy_server_is_asked_again_after_the_time_it_names(server):
    server.behaviour = Behaviour(http_429=2, retry_after_s=7)
    pauses = []
    assert remote(server, pauses).embed(TEXTS).shape == (10, 64)
    assert pauses == [7.0, 7.0]


def test_a_failing_server_is_asked_again_ever_more_slowly(server):
    server.behaviour = Behaviour(http_500=3)
    pauses = []
    assert remote(server, pauses).embed(TEXTS).shape == (10, 64)
    assert pauses == [0.5, 1.0, 2.0]


def test_a_server_that_stays_busy_ends_in_a_sentence(server):
    server.behaviour = Behaviour(http_429=99)
    pauses = []
    with pytest.raises(
        EmbedderError, match=r"HTTP 429 after 3 tries \(Rate limit reached\): lower embedder.concurrency"
    ):
        remote(server, pauses, max_retries=2).embed(TEXTS)
    assert len(pauses) == 2


def test_a_silent_server_ends_in_a_sentence_after_the_timeout():
    with Loopback(Behaviour(fault="timeout")) as server:
        pauses = []
        with pytest.raises(EmbedderError, match=r"sent nothing from model 'loopback-embed' for 0.2 s"):
            remote(server, pauses, timeout_s=0.2, max_retries=1).embed(TEXTS)
        assert len(server.requests) == 2 and pauses == [0.5]


def test_a_server_that_is_not_there_is_not_waited_for():
    with Loopback() as server:
        url = server.url
    pauses = []
    embedder = RemoteEmbedder(EmbedderSettings(model="m", base_url=url, api_key=Secret(KEY)), pause=pauses.append)
    with pytest.raises(EmbedderError, match="cannot be reached .*: start it, or correct embedder.base_url"):
        embedder.embed(["a"])
    assert pauses == []


def test_batches_the_server_finds_too_large_are_halved_and_remembered(server):
    right = remote(server).embed(TEXTS)
    server.behaviour = Behaviour(embeddings_at_once=3)
    embedder = remote(server, batch_size=10)
    assert np.array_equal(embedder.embed(TEXTS), right)
    since = len(server.requests)
    embedder.embed(TEXTS)
    assert max(len(body["input"]) for body in bodies(server, since)) <= 3


def test_a_text_too_long_for_the_model_is_named(server):
    server.behaviour = Behaviour(context_tokens=40)
    with pytest.raises(EmbedderError, match=r"one text of 500 characters, starting 'word word.*embedder.max_tokens"):
        remote(server).embed([*TEXTS, "word " * 100])


@pytest.mark.parametrize("status_behaviour", [Behaviour(fault="http_401"), Behaviour(http_500=99)])
def test_what_cannot_be_cured_by_smaller_batches_is_not_split(server, status_behaviour):
    server.behaviour = status_behaviour
    since = len(server.requests)
    with pytest.raises(EmbedderError):
        remote(server, max_retries=0).embed(TEXTS)
    assert len(server.requests) - since == 1


def test_requests_run_at_a_time_but_no_more_than_told(server):
    server.behaviour = Behaviour(latency_ms=150)
    started = time.perf_counter()
    remote(server, batch_size=1, concurrency=5).embed(TEXTS)
    assert 0.28 < time.perf_counter() - started < 1.2


def test_empty_texts_and_broken_characters_are_embedded_too(server):
    vectors = remote(server).embed(["", "  \n", "half a pair \ud83d"])
    assert vectors.shape == (3, 64) and np.array_equal(vectors[0], vectors[1])
    assert remote(server).embed([]).shape == (0, 64)


def test_prefixes_are_sent_and_named_in_the_id(server):
    since = len(server.requests)
    embedder = remote(server, prefixes=Prefixes("query: ", "passage: "))
    embedder.embed(["a"], query=True)
    embedder.embed(["a"])
    assert [body["input"] for body in bodies(server, since)] == [["query: a"], ["passage: a"]]
    assert embedder.id != remote(server).id and embedder.id.startswith("loopback-embed@127.0.0.1+")


def test_a_models_known_prefixes_are_used_unless_a_setting_says_otherwise(server):
    settings_ = EmbedderSettings(model="nomic-embed-text", base_url=server.url, api_key=Secret(KEY))
    since = len(server.requests)
    open_embedder(settings_).embed(["a"], query=True)
    open_embedder(replace(settings_, query_prefix="")).embed(["a"], query=True)
    open_embedder(replace(settings_, query_prefix="")).embed(["a"])
    assert [body["input"] for body in bodies(server, since)] == [["search_query: a"], ["a"], ["search_document: a"]]


def test_opening_asks_the_endpoint_nothing_and_counts_without_it():
    embedder = RemoteEmbedder(EmbedderSettings(model="m", base_url="http://127.0.0.1:9/v1", api_key=Secret(KEY)))
    assert embedder.id == "m@127.0.0.1" and embedder.max_tokens == 512
    assert embedder.count_tokens("three plain words") >= 5
    assert KEY not in repr(embedder.__dict__)


def test_a_tokenizer_counts_exactly():
    folder = find_model("all-MiniLM-L6-v2")
    configured = EmbedderSettings(
        model="m", base_url="http://127.0.0.1:9/v1", api_key=Secret(KEY), tokenizer=str(folder.path)
    )
    assert RemoteEmbedder(configured).count_tokens("hello world") == 4
    missing = EmbedderSettings(
        model="m", base_url="http://127.0.0.1:9/v1", api_key=Secret(KEY), tokenizer="/nowhere/tokenizer.json"
    )
    with pytest.raises(EmbedderError, match="no tokenizer at /nowhere"):
        RemoteEmbedder(missing).count_tokens("a")


@pytest.mark.parametrize("url", ["localhost:11434/v1", "ftp://host/v1", "", "http:///v1"])
def test_a_base_url_that_is_no_web_address_is_refused_at_once(url):
    with pytest.raises(EmbedderError, match="write it like http://"):
        RemoteEmbedder(EmbedderSettings(model="m", base_url=url, api_key=Secret(KEY)))


def test_a_key_no_header_can_carry_is_refused_without_being_shown():
    with pytest.raises(EmbedderError, match="api_key") as caught:
        RemoteEmbedder(EmbedderSettings(model="m", base_url="http://127.0.0.1:9/v1", api_key=Secret("sk-ключ")))
    assert "ключ" not in str(caught.value)


def test_an_unused_embedder_travels_to_other_processes(server):
    configured = EmbedderSettings(model="loopback-embed", base_url=server.url, api_key=Secret(KEY))
    travelled = pickle.loads(pickle.dumps(RemoteEmbedder(configured)))
    assert np.array_equal(travelled.embed(TEXTS), remote(server).embed(TEXTS))


def test_waiting_times_are_read_as_seconds_or_as_a_date():
    now = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
    assert pause_asked_for("1.5", 9, lambda: now) == 1.5
    assert pause_asked_for("Mon, 23 Nov 2026 12:00:30 GMT", 9, lambda: now) == 30
    assert pause_asked_for("Mon, 23 Nov 2026 11:00:00 GMT", 9, lambda: now) == 0
    assert pause_asked_for("soon", 9, lambda: now) == 9 and pause_asked_for(None, 9) == 9


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_base64_and_lists_are_read_alike(values):
    packed = base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
    assert np.array_equal(_numbers(packed), _numbers(values))
