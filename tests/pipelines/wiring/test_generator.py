import pytest

from data.records import Chunk, Hit
from pipelines.loopback import Behaviour, Loopback
from pipelines.wiring.generator import build_generator
from pipelines.wiring.workspace import init_workspace, open_workspace

TEXT = "A second bag costs €15 per trip."
HITS = [Hit(Chunk("fares.md", 0, len(TEXT), TEXT), 1.0)]
QUESTION = "How much does a second bag cost?"
DEAD = "http://127.0.0.1:9/v1"


@pytest.fixture
def server():
    with Loopback(Behaviour(quantization="awq")) as loopback:
        yield loopback


def generator(folder, text):
    init_workspace(folder)
    (folder / "rag.toml").write_text(text, encoding="utf-8")
    return build_generator(open_workspace(folder))


def test_the_next_endpoint_answers_with_a_key_and_headers_of_its_own(tmp_path, server):
    chain = generator(
        tmp_path,
        f'[chat]\nbase_url = "{DEAD}"\nmodel = "first"\napi_key = "sk-first"\nheaders = {{ x-team = "one" }}\n'
        f'[[chat.fallback]]\nbase_url = "{server.url}"\nmodel = "second"\napi_key = "sk-second"\n',
    )
    draft = chain.generate(QUESTION, HITS)
    assert draft.flags == ("fallback:second",)
    sent = next(request for request in server.requests if request.method == "POST")
    assert (sent.headers["authorization"], "x-team" in sent.headers) == ("Bearer sk-second", False)


def test_quotes_are_the_last_resort_where_that_is_wanted(tmp_path):
    chain = generator(tmp_path, f'[chat]\nbase_url = "{DEAD}"\nmodel = "first"\nextractive_fallback = true\n')
    assert chain.generate(QUESTION, HITS).flags == ("fallback:extractive",)


def test_what_is_told_of_a_served_model_and_its_folder_reaches_the_draft(tmp_path, server):
    (tmp_path / "config.json").write_text("{}")
    one = generator(tmp_path, f'[chat]\nbase_url = "{server.url}"\nmodel = "loopback-1"\nmodel_folder = "{tmp_path}"\n')
    details = one.generate(QUESTION, HITS).model_details
    assert "quantization=awq" in details and "config=" in details
