import pytest

from pipelines.loopback import Behaviour, Loopback

ALL = ["chat", "models", "json_schema", "json_object", "citations", "usage", "stream", "parameters", "speed", "window"]


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".rag").mkdir()
    with Loopback() as loopback:
        configure(tmp_path, f'[chat]\nbase_url = "{loopback.url}"\nmodel = "loopback-1"\ncontext_window = 3000\n')
        yield loopback


def configure(folder, text):
    (folder / "rag.toml").write_text(text, encoding="utf-8")


def test_the_doctor_prints_one_array_of_all_probes(server, command):
    ran = command("rag", "doctor", "--json")
    assert ran.code == 0
    assert [probe["name"] for probe in ran.json] == [*ALL, "embeddings", "rerank"]
    assert {probe["status"] for probe in ran.json} == {"ok"}


def test_elsewhere_than_on_a_terminal_each_probe_is_a_line_and_the_remedy_another(server, command):
    server.behaviour = Behaviour(fault="no_usage")
    out = command("rag", "doctor").out
    assert "warning  usage          no token counts\n" in out
    assert "→ we log none, and cannot see silent truncation" in out


def test_an_endpoint_that_hangs_is_given_up_in_time(server, command):
    server.behaviour = Behaviour(fault="endless_body")
    ran = command("rag", "doctor", "--timeout", "0.3", "--json")
    assert ran.code == 1
    assert (ran.json[0]["name"], "in 0.3 s" in ran.json[0]["seen"]) == ("chat", True)


def test_embedder_and_fallbacks_of_the_settings_are_probed_too(server, command, tmp_path):
    configure(
        tmp_path,
        f'[chat]\nbase_url = "{server.url}"\nmodel = "loopback-1"\ncontext_window = 2000\n'
        f'[[chat.fallback]]\nbase_url = "{server.url}"\nmodel = "second"\n'
        '[[chat.fallback]]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "third"\n'
        f'[embedder]\nbase_url = "{server.url}"\nmodel = "small"\n',
    )
    ran = command("rag", "doctor", "--json")
    found = {probe["name"]: probe for probe in ran.json}
    assert found["embeddings"]["seen"].startswith("small: 64 dimensions")
    assert (found["fallback 1"]["status"], found["fallback 2"]["status"], ran.code) == ("ok", "failed", 1)


def test_an_embedder_alone_can_be_probed(server, command, tmp_path):
    configure(tmp_path, f'[embedder]\nbase_url = "{server.url}"\nmodel = "small"\n')
    assert [probe["name"] for probe in command("rag", "doctor", "--json").json] == ["embeddings"]


def test_without_any_endpoint_there_is_nothing_to_probe(server, command, tmp_path):
    configure(tmp_path, "")
    ran = command("rag", "doctor")
    assert (ran.code, "No chat endpoint is configured" in ran.err) == (2, True)
