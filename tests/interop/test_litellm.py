"""A LiteLLM proxy in front of `rag serve`, and behind it as its chat endpoint. Set INTEROP_LITELLM to its program."""

import os

import httpx
import pytest

from pipelines.loopback import Loopback
from tests.interop.programs import free_port, started
from tests.pipelines.serve.conftest import OIL, serving

pytestmark = [pytest.mark.interop, pytest.mark.timeout(900)]
PROGRAM = os.environ.get("INTEROP_LITELLM")
MODEL = '  - model_name: {name}\n    litellm_params: {{model: "openai/{name}", api_base: "{url}", api_key: "none"}}\n'


@pytest.fixture
def proxy(tmp_path):
    """Start a proxy for one model behind `url`; return the proxy's own base URL."""
    if not PROGRAM:
        pytest.skip("INTEROP_LITELLM names no `litellm` program")
    running = []

    def start(name, url):
        (tmp_path / "config.yaml").write_text("model_list:\n" + MODEL.format(name=name, url=url))
        port = free_port()
        settings = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": "sk-1"}
        arguments = [PROGRAM, "--config", "config.yaml", "--host", "127.0.0.1", "--port", port]
        process = started(arguments, f"http://127.0.0.1:{port}/health/liveliness", tmp_path, env=settings)
        process.__enter__()
        running.append(process)
        return f"http://127.0.0.1:{port}/v1"

    yield start
    for process in running:
        process.__exit__(None, None, None)


def test_in_front_of_the_server_it_passes_answers_streams_and_vectors_on(proxy, workspace):
    with serving(workspace) as served:
        client = httpx.Client(
            base_url=proxy("rag", f"{served.url}/v1"), headers={"Authorization": "Bearer sk-1"}, timeout=60
        )
        body = {"model": "rag", "messages": [{"role": "user", "content": OIL}]}
        whole = client.post("/chat/completions", json=body).json()
        assert "1,000 running hours" in whole["choices"][0]["message"]["content"]
        streamed = client.post("/chat/completions", json=body | {"stream": True}).text
        assert "1,000 running hours" in streamed and streamed.rstrip().endswith("data: [DONE]")
        vectors = client.post("/embeddings", json={"model": "rag", "input": ["one", "two"]}).json()
        assert [len(row["embedding"]) for row in vectors["data"]] == [384, 384]
        assert served.log.span().interactions == 2


def test_behind_the_server_it_is_a_chat_endpoint_like_others(proxy, workspace):
    with Loopback() as model:
        url = proxy("loopback-1", model.url)
        (workspace / "rag.toml").write_text(f'[chat]\nbase_url = "{url}"\nmodel = "loopback-1"\napi_key = "sk-1"\n')
        with serving(workspace) as served:
            for streaming in (False, True):
                reply = served.ask(stream=streaming)
                assert reply.status_code == 200
                assert "1,000 running hours" in reply.text and "interaction_id" in reply.text
