"""The `openai` client against `rag serve`, unchanged."""

import openai
import pytest

from pipelines.loopback import Behaviour, Loopback
from tests.pipelines.serve.conftest import OIL, copied, serving


@pytest.fixture(scope="module")
def model():
    with Loopback() as running:
        yield running


@pytest.fixture(scope="module")
def server(demo_workspace, tmp_path_factory, model):
    from pipelines.serve.service import open_keys
    from pipelines.wiring.workspace import open_workspace

    settings = f'[chat]\nbase_url = "{model.url}"\nmodel = "m"\nmax_retries = 0\n'
    folder = copied(demo_workspace, tmp_path_factory.mktemp("openai") / "work", settings)
    key = open_keys(open_workspace(folder)).add("client", ("default",))
    with serving(folder) as running:
        running.key = key
        yield running


@pytest.fixture
def client(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=server.key) as made:
        yield made


def test_a_completion_with_citations_as_extra_fields(client):
    reply = client.chat.completions.create(model="rag", messages=[{"role": "user", "content": OIL}])
    assert "[1]" in reply.choices[0].message.content
    assert reply.choices[0].finish_reason == "stop"
    assert reply.model_extra["citations"][0]["quote"] in reply.choices[0].message.content
    assert reply.usage.prompt_tokens > 0


def test_a_stream_with_usage(client):
    stream = client.chat.completions.create(
        model="rag",
        messages=[{"role": "user", "content": OIL}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "[1]" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].model_extra["interaction_id"]
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0


def test_models_and_embeddings(client):
    assert [model.id for model in client.models.list()] == ["rag"]
    assert client.models.retrieve("rag").id == "rag"
    vectors = client.embeddings.create(model="rag", input=["one", "two"])
    assert [len(row.embedding) for row in vectors.data] == [384, 384]


def test_errors_are_those_the_client_knows_and_failures_are_not_asked_again(client, server, model):
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
        client.with_options(api_key="wrong").models.list()
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "x"}])
    with pytest.raises(openai.BadRequestError, match="arrays of tokens"):
        client.embeddings.create(model="rag", input=[1, 2])
    before = len(model.requests)
    model.behaviour = Behaviour(fault="http_401")
    with pytest.raises(openai.InternalServerError, match="The model behind this server gave no answer"):
        client.chat.completions.create(model="rag", messages=[{"role": "user", "content": OIL}])
    model.behaviour = Behaviour()
    assert len(model.requests) == before + 1
