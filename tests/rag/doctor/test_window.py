import re
from http import HTTPStatus

import pytest

from data.text.tokens import estimate_tokens
from pipelines.loopback import Behaviour, Loopback
from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings
from rag.doctor.window import QUESTION, fewest_tokens, haystack, shortest, window
from rag.prompts import render


@pytest.fixture(scope="module")
def server():
    with Loopback() as loopback:
        yield loopback


def measured(server, behaviour, configured=8192, limit_s=60.0):
    server.behaviour = behaviour
    url, room = server.url, 4 * configured
    endpoint = ChatEndpoint(
        ChatSettings(url, "loopback-1", max_retries=0, timeout_s=5, context_window=room), secret="s"
    )
    return window(endpoint, configured, limit_s)


def told(row):
    return int(re.match(r"reads (\d+) tokens", row.seen).group(1))


@pytest.mark.parametrize("true", [1500, 2000, 3000])
def test_a_window_that_is_refused_is_measured_to_a_twentieth(server, true):
    row = measured(server, Behaviour(context_tokens=true))
    assert 0.95 * true <= told(row) <= true
    assert "refuses longer prompts; 8192 are configured" in row.seen
    assert (row.status, f"chat.context_window = {told(row)}," in row.remedy) == ("warning", True)


@pytest.mark.parametrize("true", [1500, 2000, 3000])
def test_a_window_that_is_cut_in_silence_is_measured_to_a_twentieth(server, true):
    row = measured(server, Behaviour(truncate_tokens=true))
    assert 0.95 * true <= told(row) <= true
    assert "loses the beginning of longer prompts in silence; 8192 are configured" in row.seen


@pytest.mark.parametrize("limit", ["context_tokens", "truncate_tokens"])
@pytest.mark.parametrize("true", [1500, 2000, 3000])
def test_without_the_servers_count_no_window_is_told_too_large(server, true, limit):
    row = measured(server, Behaviour(fault="no_usage", **{limit: true}))
    assert 0.75 * true <= told(row) <= true


def test_a_window_below_the_shortest_prompt_tried_fails(server):
    row = measured(server, Behaviour(context_tokens=700))
    assert (row.status, 600 < told(row) <= 700) == ("failed", True)
    row = measured(server, Behaviour(context_tokens=450))
    assert (row.status, row.remedy) == ("failed", "serve the model with a larger window")


def test_few_prompts_are_spent_and_they_are_counted(server):
    before = len(server.requests)
    row = measured(server, Behaviour(context_tokens=3000))
    sent = len(server.requests) - before
    assert sent <= 8
    assert f"found out with {sent} prompts" in row.seen


def test_when_time_is_up_what_was_read_until_then_is_told(server):
    before = len(server.requests)
    row = measured(server, Behaviour(context_tokens=3000), limit_s=0.0)
    assert 1600 < told(row) <= 2048
    assert len(server.requests) - before == 3


def test_an_endpoint_that_fails_is_told_with_its_reason(server):
    row = measured(server, Behaviour(fault="http_401"))
    assert (row.status, f"HTTP {HTTPStatus.UNAUTHORIZED}" in row.seen) == ("failed", True)


@pytest.mark.parametrize("tokens", [0, 600, 1024, 1333, 5000])
def test_a_haystack_is_as_long_as_asked_for(tokens):
    prompt = render(QUESTION, haystack(tokens), "s")
    estimated = estimate_tokens(prompt.system) + estimate_tokens(prompt.user)
    assert abs(estimated - max(tokens, shortest())) <= 60


def test_the_fewest_tokens_grow_with_the_prompt_but_stay_below_the_estimate():
    more = fewest_tokens(haystack(5000)) - fewest_tokens(haystack(2000))
    assert 0.7 * 3000 < more < 3000
