import pytest

from pipelines.loopback import Behaviour, Loopback
from rag.chat.settings import ChatSettings
from rag.doctor.probe import Probe, within
from rag.doctor.wire import Offer, embeddings, models, reranking, structured


@pytest.fixture(scope="module")
def server():
    with Loopback() as loopback:
        yield loopback


@pytest.fixture
def settings(server):
    server.behaviour = Behaviour()
    return ChatSettings(server.url, "loopback-1", timeout_s=5)


def test_the_list_of_models_is_read(server, settings):
    server.behaviour = Behaviour(quantization="int4")
    assert models(settings).seen == "lists it: created=1700000000 owned_by=loopback quantization=int4"
    server.behaviour = Behaviour(model="another")
    assert (models(settings).status, models(settings).seen) == ("warning", "does not list 'loopback-1'; lists another")


@pytest.mark.parametrize("form", ["json_schema", "json_object"])
def test_json_on_demand_is_had_ignored_or_refused(server, settings, form):
    assert structured(settings, form).status == "ok"
    server.behaviour = Behaviour(fault="ignores_response_format")
    assert structured(settings, form).seen.startswith("ignored: 'This is loopback-1")
    server.behaviour = Behaviour(fault="rejects_response_format")
    assert structured(settings, form).seen == "refused (HTTP 400)"
    server.behaviour = Behaviour(fault="rejects_temperature")
    assert structured(settings, form).status == "ok"
    server.behaviour = Behaviour(fault="empty_choices")
    assert structured(settings, form).seen == "a reply without text"


@pytest.mark.parametrize("fault", ["think_tags", "think_unopened"])
def test_thinking_in_front_of_json_does_not_spoil_it(server, settings, fault):
    server.behaviour = Behaviour(fault=fault)
    assert structured(settings, "json_schema").seen == "replies are JSON of the shape asked for"
    assert structured(settings, "json_object").status == "ok"


def test_embeddings_in_order_are_ok_however_they_are_sent(server, settings):
    for fault in (None, "embed_shuffled"):
        server.behaviour = Behaviour(fault=fault)
        probe = embeddings(Offer(settings, needed=True))
        assert (probe.status, probe.seen) == ("ok", "loopback-1: 64 dimensions, in order, finite floats")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("embed_wrong_count", "2 vectors for 3 texts"),
        ("embed_wrong_dimensions", "64, 64, 63 dimensions"),
        ("embed_nan", "no numbers"),
        ("embed_zeros", "one text twice gives two vectors"),
        ("embed_base64", "no list of vectors of floats"),
    ],
)
def test_spoilt_embeddings_fail(server, settings, fault, words):
    server.behaviour = Behaviour(fault=fault)
    probe = embeddings(Offer(settings, needed=True))
    assert (probe.status, words in probe.seen) == ("failed", True)


def test_what_is_not_offered_fails_only_where_it_is_needed(server, settings):
    nowhere = ChatSettings(server.url.replace("/v1", "/v2"), "m", timeout_s=5)
    assert embeddings(Offer(nowhere, needed=False)).status == "absent"
    assert embeddings(Offer(nowhere, needed=True)).status == "failed"
    assert reranking(Offer(nowhere, needed=False), 5).status == "absent"
    assert reranking(Offer(nowhere, needed=True), 5).status == "failed"


def test_reranking_is_tried_on_a_passage_that_answers(server, settings):
    assert reranking(Offer(settings, needed=True), 5).seen == "loopback-1 prefers the right passage"
    server.behaviour = Behaviour(fault="garbage_json")
    assert reranking(Offer(settings, needed=True), 5).status == "failed"


def test_a_probe_that_never_ends_is_given_up():
    import threading

    never = threading.Event()
    probe = within(0.05, "speed", lambda: Probe("speed", "ok", str(never.wait(60))))
    assert (probe.status, probe.seen) == ("failed", "no result within 0.05 s")
    never.set()


def test_a_probe_that_breaks_is_not_hidden():
    def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        within(5, "speed", broken)
