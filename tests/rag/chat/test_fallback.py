import pytest

from data.records import Chunk, Hit
from pipelines.loopback import Behaviour, Loopback
from rag.answer.answering import answer_question
from rag.answer.extractive import ExtractiveGenerator
from rag.chat.endpoint import ChatEndpoint
from rag.chat.fallback import Fallback
from rag.chat.settings import ChatSettings
from rag.errors import EndpointError

TEXT = "Hand luggage may weigh 10 kilograms. A second bag costs €15 per trip."
HITS = [Hit(Chunk("fares.md", 0, len(TEXT), TEXT), 1.0)]
QUESTION = "How much does a second bag cost?"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def server():
    with Loopback() as loopback:
        yield loopback


@pytest.fixture
def endpoint(server):
    server.behaviour = Behaviour()
    return ChatEndpoint(ChatSettings(server.url, "loopback-1", max_retries=0, timeout_s=5))


def test_the_first_is_asked_while_it_works_and_nothing_is_flagged(endpoint):
    assert Fallback([endpoint, ExtractiveGenerator()]).generate(QUESTION, HITS).model == "loopback-1"


def test_the_second_stands_in_and_says_so(server, endpoint):
    server.behaviour = Behaviour(http_500=99)
    answer = answer_question(QUESTION, HITS, Fallback([endpoint, ExtractiveGenerator()]))
    assert (answer.outcome, answer.flags) == ("answered", ("fallback:extractive",))
    assert "€15" in answer.text


def test_one_that_keeps_failing_is_left_alone_then_tried_once_then_trusted_again(server, endpoint):
    clock = Clock()
    chain = Fallback([endpoint, ExtractiveGenerator()], threshold=2, pause_s=30, clock=clock)
    server.behaviour = Behaviour(http_500=99)

    def asked(times):
        before = len(server.requests)
        for _ in range(times):
            chain.generate(QUESTION, HITS)
        return len(server.requests) - before

    assert asked(5) == 2
    clock.now = 31
    assert asked(5) == 1
    clock.now = 62
    server.behaviour = Behaviour()
    assert asked(5) == 5


def test_a_prompt_too_long_for_one_is_no_failure_of_that_one(server, endpoint):
    chain = Fallback([endpoint, ExtractiveGenerator()], threshold=1)
    server.behaviour = Behaviour(context_tokens=10)
    before = len(server.requests)
    chain.generate(QUESTION, HITS)
    chain.generate(QUESTION, HITS)
    assert len(server.requests) - before == 2


def test_when_all_fail_the_error_names_each_reason(server, endpoint):
    server.behaviour = Behaviour(http_500=99)
    chain = Fallback([endpoint, endpoint], threshold=9)
    with pytest.raises(EndpointError, match=r"^None of 2 endpoints answered: .*HTTP 500.*; .*HTTP 500.*\.$"):
        chain.generate(QUESTION, HITS)


def broken(server, fault):
    server.behaviour = Behaviour(fault=fault)
    return ChatEndpoint(ChatSettings(server.url, "loopback-1", max_retries=0, timeout_s=0.5))


def test_a_stream_falls_back_as_long_as_nothing_was_written(server):
    server.behaviour = Behaviour(http_500=99)
    chain = Fallback([ChatEndpoint(ChatSettings(server.url, "m", max_retries=0)), ExtractiveGenerator()])
    drafts = list(chain.stream(QUESTION, HITS))
    assert [draft.flags for draft in drafts] == [("fallback:extractive",)]
    assert "€15" in drafts[-1].text


def test_a_stream_that_broke_after_its_first_piece_is_not_begun_anew(server):
    chain = Fallback([broken(server, "cut_stream"), ExtractiveGenerator()])
    shown = []
    with pytest.raises(EndpointError, match="closed the connection"):
        shown.extend(chain.stream(QUESTION, HITS))
    broken(server, None)
    assert list(chain.stream(QUESTION, HITS))[-1].model == "loopback-1"


def test_an_endpoint_that_asks_for_a_long_pause_gets_it(server):
    clock = Clock()
    chain = Fallback(
        [ChatEndpoint(ChatSettings(server.url, "m")), ExtractiveGenerator()], threshold=9, pause_s=30, clock=clock
    )
    server.behaviour = Behaviour(http_429=1, retry_after_s=3600)
    assert chain.generate(QUESTION, HITS).flags == ("fallback:extractive",)
    clock.now = 3500
    before = len(server.requests)
    assert chain.generate(QUESTION, HITS).flags == ("fallback:extractive",)
    assert len(server.requests) == before
    clock.now = 3700
    assert chain.generate(QUESTION, HITS).model == "loopback-1"


def test_one_with_others_behind_it_may_use_half_of_the_time(server):
    server.behaviour = Behaviour(fault="endless_body")
    endpoint = ChatEndpoint(ChatSettings(server.url, "m", max_retries=0))
    with pytest.raises(EndpointError, match=r"in 0\.\d+ s.*; .*in 0\.\d+ s"):
        Fallback([endpoint, endpoint], deadline_s=0.4).generate(QUESTION, HITS)


def test_a_rewriting_is_asked_of_the_first_model_that_works(server, endpoint):
    dead = ChatEndpoint(ChatSettings(server.url.replace("/v1", "/nowhere"), "m", max_retries=0))
    assert (
        Fallback([dead, ExtractiveGenerator(), endpoint])
        .complete("You are helpful.", "Who are you?")
        .startswith("This is")
    )
