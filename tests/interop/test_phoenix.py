"""Phoenix shows our spans as what they are. Set INTEROP_PHOENIX to the `phoenix` program of arize-phoenix."""

import os

import httpx
import pytest

from tests.interop.programs import free_port, started
from tests.waiting import until

PROGRAM = os.environ.get("INTEROP_PHOENIX")
pytestmark = [
    pytest.mark.interop,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not PROGRAM, reason="INTEROP_PHOENIX names no `phoenix` program"),
]


@pytest.fixture(scope="module")
def phoenix(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("phoenix"), free_port()
    settings = {
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    url = f"http://127.0.0.1:{port}"
    with started([PROGRAM, "serve"], url, folder, env=os.environ | settings):
        yield url


def spans_of(url):
    def arrived():
        found = httpx.get(f"{url}/v1/projects/rag/spans", params={"limit": 50})
        return found.json()["data"] if found.is_success else []

    return {span["span_kind"]: span for span in until(arrived)}


def test_an_answer_arrives_as_a_chain_of_embedding_retrieval_generation_and_check(
    command, workspace, phoenix, monkeypatch
):
    monkeypatch.setenv("RAG__TRACING__ENDPOINT", phoenix)
    monkeypatch.setenv("RAG__TRACING__CAPTURE_CONTENT", "true")
    # A process that ends gives its spans a short time only; a Phoenix that just started may be slower.
    for _ in range(5):
        ran = command("rag", "ask", "How often is the lubricating oil changed?", "--json")
        assert ran.code == 0, ran.err
        if spans := spans_of(phoenix):
            break
    assert set(spans) == {"CHAIN", "EMBEDDING", "RETRIEVER", "LLM", "GUARDRAIL"}
    assert spans["CHAIN"]["attributes"]["rag.interaction.id"] == ran.json["id"]
    retrieved = spans["RETRIEVER"]["attributes"]
    assert "1,000 running hours" in str([value for key, value in retrieved.items() if key.endswith("document.content")])
