import pytest

from pipelines.loopback import Behaviour, Loopback
from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings
from rag.doctor.chat import probe_endpoint


@pytest.fixture(scope="module")
def server():
    with Loopback() as loopback:
        yield loopback


def probe(server, behaviour, window=4096):
    server.behaviour = behaviour

    def build(context_window):
        return ChatEndpoint(
            ChatSettings(server.url, "loopback-1", max_retries=0, timeout_s=5, context_window=context_window),
            secret="s",
        )

    return {row.name: row for row in probe_endpoint(build, window)}


def test_a_sound_endpoint_passes_every_probe(server):
    rows = probe(server, Behaviour())
    assert [row.status for row in rows.values()] == ["ok"] * 7
    assert list(rows) == ["chat", "citations", "usage", "stream", "parameters", "speed", "window"]
    assert rows["window"].seen.startswith("reads all of the configured 4096 tokens (tried with 3")


def test_the_window_of_a_model_that_repeats_nothing_is_not_judged(server):
    row = probe(server, Behaviour(refuse_rate=1.0))["window"]
    assert (row.status, "not measured" in row.seen) == ("warning", True)


def test_missing_usage_dropped_citations_and_broken_streams_are_rows_of_their_own(server):
    assert probe(server, Behaviour(fault="no_usage"))["usage"].status == "warning"
    assert probe(server, Behaviour(dropped_citations_rate=1.0))["citations"].status == "warning"
    assert probe(server, Behaviour(fault="cut_stream"))["stream"].status == "failed"
    assert "reasoning field" in probe(server, Behaviour(fault="reasoning_field"))["chat"].seen


@pytest.mark.parametrize(
    ("fault", "refused"),
    [
        ("rejects_max_tokens", "max_tokens"),
        ("rejects_limits", "max_tokens, max_completion_tokens"),
        ("rejects_temperature", "temperature"),
        ("rejects_stream_options", "stream_options"),
        ("rejects_system", "the system role"),
    ],
)
def test_parameters_that_the_server_refuses_are_named(server, fault, refused):
    row = probe(server, Behaviour(fault=fault))["parameters"]
    assert (row.status, row.seen) == ("warning", f"refuses {refused}")


def test_an_endpoint_that_cannot_be_asked_gets_one_row_with_the_reason(server):
    rows = probe(server, Behaviour(fault="http_401"))
    assert list(rows) == ["chat"]
    assert (rows["chat"].status, "HTTP 401" in rows["chat"].seen) == ("failed", True)
