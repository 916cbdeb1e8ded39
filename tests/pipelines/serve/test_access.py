"""No key sees another's documents; what is not yours does not exist."""

import json
import shutil

import pytest

from data.errors import SettingsError
from pipelines.serve.run import serve
from pipelines.serve.service import open_keys
from pipelines.wiring.workspace import open_workspace
from tests.pipelines.serve.conftest import OIL, copied, serving


@pytest.fixture(scope="module")
def tenants(demo_workspace, tmp_path_factory):
    """Two collections: the demo in both, but a ferry timetable only in that of `hr`."""
    root = tmp_path_factory.mktemp("tenants")
    settings = '[server]\ncollections = {hr = "../hr"}\nmax_request_kb = 64\n'
    main, hr = copied(demo_workspace, root / "main", settings), copied(demo_workspace, root / "hr")
    shutil.rmtree(hr / ".rag" / "journal", ignore_errors=True)
    ring = open_keys(open_workspace(main))
    with_keys = {
        name: ring.add(name, rooms)
        for name, rooms in {"anna": ("default",), "ben": ("hr",), "both": ("hr", "default")}.items()
    }
    with_keys["prometheus"] = ring.add("prometheus", (), ("metrics",))
    with_keys["olga"] = ring.add("olga", ("default",), ("monitor",))
    with_keys["root"] = ring.add("root", ("default",), ("admin",))
    with serving(main) as running:
        running.keys = with_keys
        yield running


def get(served, path, key, **parameters):
    return served.http.get(path, headers={"Authorization": f"Bearer {served.keys.get(key, key)}"}, params=parameters)


def test_a_key_is_needed_for_everything_but_health_and_the_empty_page(tenants):
    for path in ("/v1/models", "/v1/drift", "/v1/passages?source=a&start=0&end=1", "/reports/latest", "/metrics"):
        refused = tenants.http.get(path)
        assert (refused.status_code, "No API key" in refused.text) == (401, True), path
        assert get(tenants, path.partition("?")[0], "wrong").status_code == 401, path
    assert tenants.ask().json()["error"]["code"] == "invalid_api_key"
    for path in ("/v1/embeddings", "/v1/rerank", "/v1/feedback"):
        body = {"input": "x", "query": "x", "documents": ["x"], "interaction_id": "x", "rating": "up"}
        assert tenants.http.post(path, json=body).status_code == 401, path
    assert [tenants.http.get(path).status_code for path in ("/healthz", "/readyz", "/")] == [200, 200, 200]


def test_each_key_sees_its_own_models_and_asks_the_first_by_default(tenants):
    seen = {name: [model["id"] for model in get(tenants, "/v1/models", name).json()["data"]] for name in tenants.keys}
    assert seen == {
        "anna": ["rag"],
        "ben": ["rag/hr"],
        "both": ["rag/hr", "rag"],
        "prometheus": [],
        "olga": ["rag"],
        "root": ["rag"],
    }
    assert tenants.ask(key=tenants.keys["ben"]).json()["model"] == "rag/hr"


def test_anothers_collection_and_one_that_does_not_exist_are_told_alike(tenants):
    def told(model):
        reply = tenants.ask(key=tenants.keys["anna"], model=model)
        return reply.status_code, reply.text.replace(model, "M")

    assert told("rag/hr") == told("rag/no")
    assert told("rag/hr")[0] == 404
    assert (
        get(tenants, "/v1/models/rag/hr", "anna").status_code
        == get(tenants, "/v1/models/rag/no", "anna").status_code
        == 404
    )
    assert get(tenants, "/v1/models/rag/hr", "ben").json()["id"] == "rag/hr"


def test_an_answer_is_on_record_where_it_was_asked_and_only_there_to_be_rated(tenants):
    reply = tenants.ask(key=tenants.keys["ben"]).json()
    rating = {"interaction_id": reply["interaction_id"], "rating": "up"}

    def rate(name):
        headers = {"Authorization": f"Bearer {tenants.keys[name]}"}
        return tenants.http.post("/v1/feedback", json=rating, headers=headers).status_code

    assert [rate("anna"), rate("ben")] == [404, 200]
    tenants.service.collections["hr"].journal.close(30)
    logged = tenants.service.collections["hr"].log().get(reply["interaction_id"])
    assert logged.tags["client"] == "ben"
    assert tenants.service.collections["default"].log().some([reply["interaction_id"]]) == []


def test_documents_are_read_only_through_ones_own_collection(tenants):
    citation = tenants.ask(key=tenants.keys["anna"]).json()["citations"][0]
    place = {"source": citation["source"], "start": citation["start"], "end": citation["end"]}
    assert get(tenants, "/v1/passages", "anna", **place).json()["text"] == citation["quote"]
    assert get(tenants, "/v1/passages", "anna", model="rag/hr", **place).status_code == 404
    assert get(tenants, "/v1/passages", "anna", **place | {"source": "../../etc/passwd"}).status_code == 404


def test_metrics_name_collections_and_are_for_keys_made_for_them(tenants):
    assert get(tenants, "/metrics", "anna").status_code == 403
    assert 'rag_index_info{collection="hr"' in get(tenants, "/metrics", "prometheus").text


def test_what_others_asked_is_for_keys_that_may_read_it_and_each_access_is_kept(tenants):
    audit = tenants.service.collections["default"].workspace.data / "audit.jsonl"
    before = len(audit.read_text(encoding="utf-8").splitlines()) if audit.exists() else 0
    for path, found in (("/v1/drift", 200), ("/reports/latest", 404)):
        told = [get(tenants, path, name) for name in ("anna", "both", "prometheus", "olga", "root")]
        assert [reply.status_code for reply in told] == [403, 403, 403, found, found]
        assert told[0].json()["error"]["code"] == "missing_scope" and "--scope monitor" in told[0].text
    assert get(tenants, "/v1/drift", "olga", model="rag/hr").status_code == 404
    kept = [json.loads(line) for line in audit.read_text(encoding="utf-8").splitlines()][before:]
    assert [entry["key"] for entry in kept[:5]] == ["anna", "both", "prometheus", "olga", "root"]
    assert [entry["allowed"] for entry in kept[:5]] == [False, False, False, True, True]
    assert kept[0]["path"] == "/v1/drift" and kept[0]["address"] == "127.0.0.1"
    assert audit.stat().st_mode & 0o077 == 0


def test_a_key_that_only_reads_reports_asks_nothing(tenants):
    refused = tenants.ask(key=tenants.keys["olga"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "missing_scope")
    assert tenants.ask(key=tenants.keys["root"]).status_code == 200
    assert get(tenants, "/metrics", "root").status_code == 200


def test_on_a_server_open_to_all_others_read_no_reports():
    from pipelines.serve.access import _keyless_scopes

    class Service:
        open_to_all = True

    assert "monitor" not in _keyless_scopes(Service, "10.1.2.3")
    assert "monitor" in _keyless_scopes(Service, "127.0.0.1")


def test_a_session_cookie_opens_what_the_key_does(tenants):
    begun = tenants.http.post("/session", json={"key": tenants.keys["anna"]})
    cookie = begun.headers["set-cookie"]
    assert begun.status_code == 204 and "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert tenants.http.get("/v1/models").json()["data"][0]["id"] == "rag"
    assert tenants.http.delete("/session").status_code == 204
    assert tenants.http.get("/v1/models").status_code == 401
    assert tenants.http.post("/session", json={"key": "wrong"}).status_code == 401


def test_a_body_over_the_limit_is_refused_however_it_comes(tenants):
    long = b'{"x": "' + b"a" * 70_000 + b'"}'
    for content in (long, iter([long[:40_000], long[40_000:]])):
        reply = tenants.http.post("/v1/chat/completions", content=content)
        assert (reply.status_code, reply.json()["error"]["code"]) == (413, "request_too_large")


def test_a_key_that_asks_too_often_is_told_when_to_come_back(demo_workspace, tmp_path):
    settings = "[server]\nrequests_per_minute = 1\nburst = 2\n"
    with serving(copied(demo_workspace, tmp_path / "work", settings)) as slow:
        replies = [slow.ask() for _ in range(3)]
        assert [reply.status_code for reply in replies] == [200, 200, 429]
        assert 0 < int(replies[-1].headers["retry-after"]) <= 60
        assert slow.http.get("/v1/models").status_code == 200


def test_a_server_without_keys_answers_to_localhost_alone(served):
    for host in ("evil.example", "127.0.0.1.evil.example:80", ""):
        assert served.http.get("/v1/models", headers={"Host": host}).status_code in (400, 403), host
    for host in ("localhost", "127.0.0.1:99", "LOCALHOST:1", "[::1]:5"):
        assert served.http.get("/v1/models", headers={"Host": host}).status_code == 200, host


def test_pages_of_other_origins_may_call_only_when_the_settings_say_so(served, demo_workspace, tmp_path):
    asking = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in served.http.options("/v1/models", headers=asking).headers
    body = json.dumps({"messages": [{"role": "user", "content": OIL}]})
    plain = served.http.post("/v1/chat/completions", content=body, headers={"Content-Type": "text/plain"})
    assert plain.status_code == 400
    settings = '[server]\ncors_origins = ["https://a.example"]\n'
    with serving(copied(demo_workspace, tmp_path / "work", settings)) as open_to_one:
        allowed = open_to_one.http.options("/v1/models", headers=asking)
        assert allowed.headers["access-control-allow-origin"] == "https://a.example"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_a_public_address_without_keys_is_refused(workspace, host):
    with pytest.raises(SettingsError, match="rag key add"):
        serve(open_workspace(workspace), host, 0, insecure=False, tell=lambda message: None)


def test_collections_must_be_other_workspaces(workspace):
    (workspace / "rag.toml").write_text('[server]\ncollections = {hr = "."}\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="same workspace"), serving(workspace):
        pass
