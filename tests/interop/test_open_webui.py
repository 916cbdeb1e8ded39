"""Open WebUI chats through `rag serve` unchanged. Set INTEROP_OPEN_WEBUI to its `open-webui` program."""

import json
import os
import sys

import httpx
import pytest

from tests.interop.programs import free_port, started

PROGRAM = os.environ.get("INTEROP_OPEN_WEBUI")
pytestmark = [
    pytest.mark.interop,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not PROGRAM, reason="INTEROP_OPEN_WEBUI names no `open-webui` program"),
]
QUIET = {
    "OFFLINE_MODE": "true",
    "HF_HUB_OFFLINE": "1",
    "ENABLE_VERSION_UPDATE_CHECK": "false",
    "ENABLE_OLLAMA_API": "false",
    "RAG_EMBEDDING_ENGINE": "openai",
    "WEBUI_AUTH": "false",
    "WEBUI_SECRET_KEY": "x",
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "true",
    "SCARF_NO_ANALYTICS": "true",
}


@pytest.fixture
def served(workspace):
    url = f"http://127.0.0.1:{(port := free_port())}"
    arguments = [sys.executable, "-m", "pipelines.cli.rag", "serve", "--workspace", workspace, "--port", port]
    with started(arguments, f"{url}/readyz", workspace):
        yield f"{url}/v1"


@pytest.fixture
def webui(served, tmp_path):
    url = f"http://127.0.0.1:{(port := free_port())}"
    keys = {f"{name}_API_BASE_URL": served for name in ("OPENAI", "RAG_OPENAI")} | {"OPENAI_API_KEY": "x"}
    settings = os.environ | QUIET | keys | {"RAG_OPENAI_API_KEY": "x", "DATA_DIR": str(tmp_path)}
    with started([PROGRAM, "serve", "--host", "127.0.0.1", "--port", port], f"{url}/health", tmp_path, env=settings):
        yield url


def written(events):
    found = [json.loads(line.removeprefix("data: ")) for line in events.splitlines() if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for event in found for choice in event.get("choices", ()))


def test_a_question_in_open_webui_gets_a_cited_answer_whole_and_streamed(webui):
    login = httpx.post(
        f"{webui}/api/v1/auths/signin", json={"email": "admin@localhost", "password": "admin"}, timeout=60
    )
    client = httpx.Client(base_url=webui, headers={"Authorization": f"Bearer {login.json()['token']}"}, timeout=120)
    assert [model["id"] for model in client.get("/api/models").json()["data"]] == ["rag"]
    question = {"role": "user", "content": "How often is the lubricating oil changed?"}
    asked = {"model": "rag", "messages": [question]}
    reply = client.post("/api/chat/completions", json=asked).json()
    assert "every 1,000 running hours" in reply["choices"][0]["message"]["content"]
    assert "engine-manual-6n26.pdf, page 2" in reply["choices"][0]["message"]["content"]
    streamed = client.post("/api/chat/completions", json=asked | {"stream": True})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert "every 1,000 running hours" in written(streamed.text)
    assert streamed.text.rstrip().endswith("data: [DONE]")
