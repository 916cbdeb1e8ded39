"""Time limits and retries of a chat endpoint, with clocks and pauses of the test's own where it can be."""

import pytest

from data.records import Chunk, Hit
from pipelines.loopback import Behaviour, Loopback
from rag.chat.endpoint import ChatEndpoint
from rag.chat.model import ChatModel
from rag.chat.reply import Reply
from rag.chat.settings import ChatSettings
from rag.errors import EndpointRefusal, EndpointUnreachable
from rag.http import in_words

TEXT = "Hand luggage may weigh 10 kilograms."
HITS = [Hit(Chunk("fares.md", 0, len(TEXT), TEXT), 1.0)]
QUESTION = "How much may hand luggage weigh?"


@pytest.fixture(scope="module")
def server():
    with Loopback() as loopback:
        yield loopback


@pytest.fixture(autouse=True)
def honest(server):
    server.behaviour = Behaviour()


def endpoint(server, **limits):
    return ChatEndpoint(ChatSettings(server.url, "m", max_retries=0, timeout_s=20, **limits))


class Patience:
    """Notes the pauses it is asked for, and takes none; and what the user is told."""

    def __init__(self):
        self.pauses = []
        self.told = []

    def model(self, server, **settings):
        return ChatModel(ChatSettings(server.url, "m", **settings), tell=self.told.append, sleep=self.pauses.append)


def ask(model, deadline_s=100.0):
    reply = Reply()
    list(model.read("You answer.", "Who are you?", reply, streaming=False, deadline_s=deadline_s))
    return reply


def test_a_pause_that_the_server_asks_for_is_made_and_told(server):
    patience = Patience()
    server.behaviour = Behaviour(http_429=1, retry_after_s=40)
    assert ask(patience.model(server)).text
    assert patience.pauses == [40.0]
    assert patience.told == [f"The chat endpoint {server.url} asks for a pause: waiting 40 s before try 2 of 3."]


def test_short_pauses_grow_and_are_not_told(server):
    patience = Patience()
    server.behaviour = Behaviour(http_500=2)
    assert ask(patience.model(server)).text
    assert (patience.pauses, patience.told) == ([0.5, 1.0], [])


def test_a_pause_longer_than_the_time_left_is_an_error_at_once_that_says_when_to_come_back(server):
    server.behaviour = Behaviour(http_429=9, retry_after_s=3600)
    before = len(server.requests)
    with pytest.raises(
        EndpointRefusal, match=r"asks to wait 60 minutes, but 3 minutes are left .* ask again in 60"
    ) as caught:
        ChatEndpoint(ChatSettings(server.url, "m", max_retries=5)).generate(QUESTION, HITS)
    assert caught.value.retry_after_s == 3600
    assert len(server.requests) - before == 1


@pytest.mark.parametrize("fault", ["endless_body", "endless_comments"])
def test_a_reply_that_is_kept_alive_for_ever_ends_at_the_deadline(server, fault):
    server.behaviour = Behaviour(fault=fault)
    with pytest.raises(EndpointUnreachable, match=r"did not finish its answer .* in 0\.3 s: raise chat\.deadline_s"):
        limited = endpoint(server, deadline_s=0.3)
        list(limited.stream(QUESTION, HITS)) if fault == "endless_comments" else limited.generate(QUESTION, HITS)


@pytest.mark.parametrize("fault", ["endless_comments", "timeout"])
def test_a_stream_that_does_not_begin_ends_at_the_limit_for_its_first_piece(server, fault):
    server.behaviour = Behaviour(fault=fault)
    with pytest.raises(EndpointUnreachable, match=r"wrote nothing of an answer .* for 0\.3 s: .*first_token_timeout_s"):
        list(endpoint(server, first_token_timeout_s=0.3).stream(QUESTION, HITS))


def test_a_stream_that_has_begun_is_not_bound_by_the_limit_for_its_first_piece(server):
    assert list(endpoint(server, first_token_timeout_s=5.0).stream(QUESTION, HITS))[-1].text


def test_a_bounded_endpoint_has_less_time_and_the_other_keeps_its_own(server):
    patient = endpoint(server)
    server.behaviour = Behaviour(fault="endless_body")
    with pytest.raises(EndpointUnreachable, match=r"in 0\.2 s"):
        patient.bounded(0.2).generate(QUESTION, HITS)
    server.behaviour = Behaviour()
    assert patient.generate(QUESTION, HITS).text


def test_an_empty_account_is_not_asked_again(server):
    import httpx
    import openai

    from rag.http import is_passing

    response = httpx.Response(429, request=httpx.Request("POST", "http://h"))
    told = openai.RateLimitError("quota: insufficient_quota", response=response, body=None)
    assert not is_passing(told)
    assert is_passing(openai.RateLimitError("slow down", response=response, body=None))


def test_durations_are_told_in_words():
    assert [in_words(seconds) for seconds in (3, 119, 120, 3600, 86_400, 10**6)] == [
        "3 s",
        "119 s",
        "2 minutes",
        "60 minutes",
        "24 hours",
        "12 days",
    ]
