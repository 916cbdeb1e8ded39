"""`rag ingest` from standard input, from a list of URLs, and with --plan, as a user meets them."""

import functools
import hashlib
import http.server
import io
import sys
import threading

import pytest


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "tides.md").write_text("# Tides\n\nThe spring tide at Orrholm reaches nine metres.\n")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    handler.func.log_message = lambda *args: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def pipe(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def fingerprint(folder):
    """What every file holds; SQLite makes and removes the two beside a database as readers come and go."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal"))]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_urls_become_documents_and_a_dead_one_is_named(command, workspace, site):
    (workspace / "urls.txt").write_text(f"{site}/tides.md\n{site}/gone.md\n")
    ran = command("rag", "ingest", "--urls", "urls.txt", "--json")
    assert (ran.code, ran.json["added"]) == (2, 1)
    ((failed),) = ran.json["failed"]
    assert failed["source"] == f"{site}/gone.md" and "line 2" in failed["reason"] and "404" in failed["reason"]
    hits = command("rag", "search", "spring tide at Orrholm", "--k", "1", "--json").json["hits"]
    assert hits[0]["source"] == f"{site}/tides.md" and hits[0]["heading"] == "Tides"
    again = command("rag", "ingest", "--urls", "urls.txt", "--json").json
    assert (again["added"], again["unchanged"]) == (0, 1)
    assert command("rag", "ingest", "corpus", "--prune", "--json").json["removed"] == 0


def test_standard_input_becomes_a_document_under_its_name(command, workspace, monkeypatch):
    pipe(monkeypatch, "# Minutes\n\nThe board bought the ferry Halcyon.\n")
    ran = command("rag", "ingest", "-", "--name", "board/minutes.md", "--json")
    assert (ran.code, ran.json["added"], ran.json["failed"]) == (0, 1, [])
    hits = command("rag", "search", "Who bought the ferry Halcyon?", "--k", "1", "--json").json["hits"]
    assert (hits[0]["source"], hits[0]["heading"]) == ("board/minutes.md", "Minutes")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((), "nothing to ingest"), (("-",), "needs a name"), (("corpus", "--name", "a.md"), "needs a name")],
)
def test_inputs_that_do_not_fit_together_are_one_sentence(command, workspace, arguments, says):
    ran = command("rag", "ingest", *arguments)
    assert ran.code == 2 and says in ran.err and ran.err.count("\n") == 1


def test_a_plan_names_files_and_cost_and_writes_nothing(command, workspace):
    command("rag", "ingest", "corpus")
    (workspace / "corpus" / "cranes.md").write_text("# Cranes\n\nTwo cranes lift forty tons each.\n")
    (workspace / "corpus" / "fares.md").write_text("# Fares\n\nEverything is free.\n")
    before = fingerprint(workspace)
    ran = command("rag", "ingest", "corpus", "--plan", "--json")
    shown = command("rag", "ingest", "corpus", "--plan").out
    assert fingerprint(workspace) == before
    plan = ran.json
    assert (ran.code, plan["added"], plan["changed"]) == (0, ["corpus/cranes.md"], ["corpus/fares.md"])
    assert (plan["removed"], plan["unchanged"], plan["texts"], plan["rebuild"]) == ([], 30, 2, "")
    assert plan["tokens"] > 10 and plan["minutes"] >= 0
    assert "+ corpus/cranes.md\n~ corpus/fares.md\nPlan: 1 to add, 1 to change, 0 to remove, 30 unchanged." in shown
    done = command("rag", "ingest", "corpus", "--json").json
    assert (done["added"], done["changed"], done["unchanged"]) == (1, 1, 30)
