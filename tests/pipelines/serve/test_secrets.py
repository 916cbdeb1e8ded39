"""What clients are told names no address, host or path behind the server; the operator's log does."""

import json
from dataclasses import replace

import pytest

from data.records import Answer
from pipelines.loopback import Behaviour
from pipelines.serve.completions import extras
from tests.pipelines.serve.conftest import copied, serving

NOWHERE = "127.0.0.1:9"
ANYHOW = ("http_401", "html_page", "error_with_success", "empty_choices")
FAULTS = [(fault, streaming) for fault in ANYHOW for streaming in (False, True)]
FAULTS += [("short_stream", True), ("error_in_stream", True)]


def behind(url):
    return url.partition("//")[2].partition("/")[0]


@pytest.mark.parametrize(("fault", "streaming"), FAULTS)
def test_an_endpoint_that_fails_is_told_without_its_address(written, endpoint, behaving, caplog, fault, streaming):
    behaving(Behaviour(fault=fault))
    reply = written.ask(stream=streaming)
    assert "The model behind this server gave no answer; the server's log says why, under 2" in reply.text
    assert behind(endpoint.url) not in reply.text and "/v1" not in reply.text
    (told,) = [record.args for record in caplog.records if record.msg == "no answer in %s: %s"]
    assert behind(endpoint.url) in told[1]
    assert written.log.get(told[0]).error == told[1]


def test_an_endpoint_that_is_not_there_is_told_without_its_address(demo_workspace, tmp_path, caplog):
    settings = f'[chat]\nbase_url = "http://{NOWHERE}/v1"\nmodel = "m"\nmax_retries = 0\n'
    with serving(copied(demo_workspace, tmp_path / "work", settings)) as dead:
        reply = dead.ask()
        logged = dead.log.get(reply.json()["interaction_id"])
    assert (reply.status_code, NOWHERE in reply.text, "Errno" in reply.text) == (502, False, False)
    assert NOWHERE in logged.error and logged.error in caplog.text


def test_a_reranker_that_is_not_there_is_told_without_its_address(demo_workspace, tmp_path, caplog):
    settings = f'[rerank]\nbase_url = "http://{NOWHERE}/v1"\nmodel = "m"\n'
    with serving(copied(demo_workspace, tmp_path / "work", settings)) as lame:
        answered = lame.ask()
        flags = lame.log.get(answered.json()["interaction_id"]).flags
        refused = lame.http.post("/v1/rerank", json={"query": "q", "documents": ["a", "b"]})
    assert answered.json()["notes"] == ["The passages were not reranked: the record says why."]
    assert NOWHERE not in answered.text and NOWHERE in " ".join(flags)
    assert (refused.status_code, NOWHERE in refused.text, NOWHERE in caplog.text) == (502, False, True)


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("fallback:/srv/models/large.gguf", "fallback:another"),
        ("fallback:extractive", "fallback:extractive"),
        ("passages_not_judged: /srv/index is gone.", "passages_not_judged: the record says why."),
        ("number_mismatch:7", "number_mismatch:7"),
    ],
)
def test_flags_are_told_without_paths(served, flag, told):
    name = served.ask().json()["interaction_id"]
    interaction = replace(served.log.get(name), flags=(flag,))
    shown = extras(Answer("", (), (), "answered", interaction=interaction))
    assert shown["flags"] == [told]
    assert "/srv" not in json.dumps(shown)
