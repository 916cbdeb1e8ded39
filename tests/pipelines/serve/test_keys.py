import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputError, SettingsError
from pipelines.serve.keys import KeyRing
from pipelines.serve.limits import RateLimit


def test_a_key_opens_what_it_was_made_for_and_no_other_text_does(tmp_path):
    ring = KeyRing(tmp_path / "keys.json")
    text = ring.add("anna", ("hr",))
    found = ring.find(text)
    assert (found.name, found.collections, found.scopes) == ("anna", ("hr",), ("ask",))
    assert [ring.find(other) for other in ("", text[:-1], text + "x", found.sha256)] == [None] * 4


def test_the_file_holds_no_key_and_only_the_owner_may_read_it(tmp_path):
    path = tmp_path / "keys.json"
    text = KeyRing(path).add("anna", ("default",))
    assert text not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


def test_a_removed_key_stops_working_in_a_ring_that_is_open(tmp_path):
    path = tmp_path / "keys.json"
    text = KeyRing(path).add("anna", ("default",))
    running = KeyRing(path)
    assert running.find(text)
    KeyRing(path).remove("anna")
    assert running.find(text) is None


def test_names_are_unique_and_known(tmp_path):
    ring = KeyRing(tmp_path / "keys.json")
    ring.add("anna", ("default",))
    with pytest.raises(InputError, match="already"):
        ring.add("anna", ("default",))
    with pytest.raises(InputError, match=r"no key 'ben' \(known: anna\)"):
        ring.remove("ben")
    with pytest.raises(InputError, match="cannot be"):
        ring.add(" ", ("default",))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"keys": [{"name": "a"}]}',
        '{"keys": 3}',
        '{"keys": [{"name": "a", "sha256": "", "collections": [], "scopes": ["x"]}]}',
    ],
)
def test_a_file_that_is_none_of_keys_is_refused_not_taken_as_empty(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="no file of keys"):
        KeyRing(path)


def test_the_commands_make_list_and_remove_keys(command, workspace):
    (workspace / "rag.toml").write_text('[server]\ncollections = {hr = "../hr"}\n', encoding="utf-8")
    made = command("rag", "key", "add", "anna", "--collection", "hr", "--collection", "default")
    assert made.code == 0 and made.out.startswith("rag-") and "cannot be shown again" in made.err
    command("rag", "key", "add", "prometheus", "--metrics")
    assert command("rag", "key", "list", "--json").json == [
        {"name": "anna", "collections": ["hr", "default"], "scopes": ["ask"]},
        {"name": "prometheus", "collections": [], "scopes": ["metrics"]},
    ]
    assert "anna  hr, default  ask" in command("rag", "key", "list").out
    command("rag", "key", "add", "olga", "--scope", "monitor", "--scope", "metrics")
    assert command("rag", "key", "list", "--json").json[-1]["scopes"] == ["monitor", "metrics"]
    refused = command("rag", "key", "add", "max", "--scope", "root")
    assert refused.code == 2 and "'root': choose from ask, metrics, monitor, admin" in refused.err
    command("rag", "key", "remove", "olga")
    refused = command("rag", "key", "add", "ben", "--collection", "finance")
    assert refused.code == 2 and "no collection 'finance' (known: default, hr)" in refused.err
    assert command("rag", "key", "remove", "anna").code == 0
    stored = json.loads((workspace / ".rag" / "keys.json").read_text(encoding="utf-8"))
    assert [key["name"] for key in stored["keys"]] == ["prometheus"]


def test_keys_of_earlier_versions_may_what_they_might(tmp_path):
    path = tmp_path / "keys.json"
    old = [
        {"name": "a", "sha256": "1", "collections": ["default"], "metrics": False},
        {"name": "b", "sha256": "2", "collections": [], "metrics": True},
        {"name": "c", "sha256": "3", "collections": ["hr"], "metrics": True},
    ]
    path.write_text(json.dumps({"keys": old}), encoding="utf-8")
    assert [key.scopes for key in KeyRing(path).keys] == [("ask",), ("metrics",), ("ask", "metrics")]
    assert not any(key.may("monitor") for key in KeyRing(path).keys)


def test_the_right_to_all_is_every_right(tmp_path):
    ring = KeyRing(tmp_path / "keys.json")
    ring.add("root", ("default",), ("admin",))
    assert [ring.keys[0].may(scope) for scope in ("ask", "metrics", "monitor", "admin")] == [True] * 4


@settings(deadline=None)
@given(st.floats(1, 600), st.integers(1, 20), st.lists(st.floats(0, 30), max_size=60))
def test_no_client_gets_more_than_the_burst_and_what_was_refilled(per_minute, burst, pauses):
    now = 0.0
    limit = RateLimit(per_minute, burst, lambda: now)
    granted = 0
    for pause in pauses:
        now += pause
        granted += limit.wait_s("a") == 0
        assert granted <= burst + now * per_minute / 60 + 1e-6


def test_a_client_that_waits_as_long_as_told_is_served_and_others_do_not_wait():
    now = 0.0
    limit = RateLimit(60, 2, lambda: now)
    assert [limit.wait_s("a") for _ in range(3)] == [0, 0, 1]
    assert limit.wait_s("b") == 0
    now = 1.0
    assert limit.wait_s("a") == 0
