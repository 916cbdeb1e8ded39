"""`rag` from an empty folder to cited answers, and every refusal in one sentence."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data.records import ABSTENTION
from pipelines.loopback import Behaviour, Loopback
from tests.pipelines.cli.sentences import one_sentence

ROOT = str(Path(__file__).resolve().parents[3])


def test_an_answer_quotes_its_source_exactly(command, workspace, demo_workspace):
    ran = command("rag", "ask", "How much luggage may a foot passenger bring?", "--json")
    answer = ran.json
    assert (ran.code, answer["outcome"]) == (0, "answered")
    assert answer["citations"]
    for citation in answer["citations"]:
        assert citation["supported"]
        if citation["source"].endswith((".md", ".txt")):
            text = (demo_workspace / "corpus" / citation["source"].rpartition("/")[2]).read_text(encoding="utf-8")
            assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_question_that_the_corpus_cannot_answer_is_declined(command, workspace):
    answer = command("rag", "ask", "What is the boiling point of tungsten hexafluoride?", "--json").json
    assert (answer["outcome"], answer["citations"]) == ("abstained", [])
    assert ABSTENTION in answer["answer"]


def test_a_russian_question_finds_the_russian_document(command, workspace):
    hits = command("rag", "search", "Сколько стоит ужин на ночном пароме?", "--k", "3", "--json").json["hits"]
    assert any("night-ferry.ru.md" in hit["source"] for hit in hits)


def test_a_file_of_questions_gives_one_line_each_in_order(command, workspace):
    questions = [{"id": n, "question": q} for n, q in enumerate(["wifi password", "engine oil", "багаж"])]
    path = workspace / "q.jsonl"
    path.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    ran = command("rag", "search", "--queries", path, "--k", "4", "--json")
    assert [row["id"] for row in ran.lines] == ["0", "1", "2"]
    assert all(len(row["hits"]) == 4 for row in ran.lines)
    assert set(ran.lines[0]["hits"][0]) >= {"source", "start", "end", "page", "heading", "score", "text"}


def test_bad_question_lines_are_named_and_the_good_ones_answered(command, workspace):
    path = workspace / "q.jsonl"
    path.write_text('{"id": 1, "question": "wifi"}\n{broken\n{"id": 2}\n')
    ran = command("rag", "search", "--queries", path, "--json")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "q.jsonl:2: not JSON" in ran.err
    assert "q.jsonl:3: expected an object with id and a non-empty question" in ran.err


def test_status_counts_documents_and_logged_questions(command, workspace):
    command("rag", "ask", "Is there wifi on board?")
    status = command("rag", "status", "--json").json
    assert (status["documents"], status["log"]["interactions"]) == (31, 1)
    assert status["embedder"].startswith("all-MiniLM-L6-v2")


def test_ingesting_again_changes_nothing_and_a_changed_file_is_replaced(command, workspace):
    assert command("rag", "ingest", "corpus", "--json").json["unchanged"] == 0  # relative paths are other sources
    again = command("rag", "ingest", "corpus", "--json").json
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 31)
    (workspace / "corpus" / "wifi.txt").write_text("The wifi password is written on every table: heron-42.\n")
    changed = command("rag", "ingest", "corpus", "--json").json
    assert (changed["changed"], changed["unchanged"]) == (1, 30)
    hits = command("rag", "search", "wifi password heron", "--json").json["hits"]
    assert any("heron-42" in hit["text"] for hit in hits)


def bad_files(folder):
    folder.mkdir()
    (folder / "good.md").write_text("# Opening hours\n\nThe museum opens at 9:15 on Sundays.\n")
    (folder / "empty.txt").write_text("")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (folder / "broken.txt").write_bytes("Кафе закрывается ".encode() + b"\xff" + " в десять вечера.".encode())
    (folder / "zero.docx").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 this is no pdf")


def test_every_bad_file_is_refused_by_name_and_the_good_one_is_in(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bad_files(tmp_path / "docs")
    command("rag", "init")
    ran = command("rag", "ingest", "docs", "absent", "--json")
    reasons = {item["source"].rpartition("/")[2]: item["reason"] for item in ran.json["failed"]}
    assert (ran.code, ran.json["added"]) == (2, 1)
    assert set(reasons) == {"empty.txt", "binary.txt", "broken.txt", "zero.docx", "broken.pdf", "absent"}
    assert all(len(reason.splitlines()) == 1 and len(reason) > 10 for reason in reasons.values())
    assert "byte" in reasons["broken.txt"]
    assert "9:15" in command("rag", "ask", "When does the museum open on Sundays?").out


def test_without_a_workspace_every_command_says_to_init(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments in (("ask", "Why?"), ("ingest", "."), ("search", "x"), ("status",)):
        assert "run `rag init`" in one_sentence(command("rag", *arguments))


def test_before_the_first_ingest_asking_says_to_ingest(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command("rag", "init")
    assert "rag ingest" in one_sentence(command("rag", "ask", "Why?"))


def test_an_unknown_setting_is_refused_with_the_nearest(command, workspace):
    (workspace / "rag.toml").write_text("[retrieval]\ntopk = 3\n")
    assert "unknown key retrieval.topk" in one_sentence(command("rag", "ask", "Why?"))


@pytest.mark.parametrize("question", ["", "   ", "x" * 30_000])
def test_an_empty_or_absurd_question_is_refused(command, workspace, question):
    assert "question" in one_sentence(command("rag", "ask", question))


def test_search_wants_one_question_or_one_file(command, workspace):
    assert "either a question or --queries" in one_sentence(command("rag", "search"))


def use_endpoint(workspace, url):
    (workspace / "rag.toml").write_text(f'[chat]\nbase_url = "{url}"\nmodel = "tiny"\nmax_retries = 0\ntimeout_s = 5\n')


def test_an_endpoint_writes_the_answer_and_its_citations_are_checked(command, workspace):
    with Loopback(Behaviour()) as server:
        use_endpoint(workspace, server.url)
        answer = command("rag", "ask", "How much luggage may a foot passenger bring?", "--json").json
    assert answer["outcome"] == "answered"
    assert any(citation["supported"] for citation in answer["citations"])
    assert answer["tokens"]["prompt"] > 0


def test_an_unreachable_endpoint_is_one_sentence_and_the_failure_is_on_record(command, workspace):
    use_endpoint(workspace, "http://127.0.0.1:9/v1")
    assert "http://127.0.0.1:9/v1" in one_sentence(command("rag", "ask", "Is there wifi?"))
    assert command("rag", "status", "--json").json["log"]["interactions"] == 1


def test_init_never_touches_existing_settings(command, workspace):
    (workspace / "rag.toml").write_text("[retrieval]\nk = 3\n")
    assert "already" in command("rag", "init").out
    assert (workspace / "rag.toml").read_text() == "[retrieval]\nk = 3\n"


def test_a_password_protected_pdf_is_refused_as_encrypted(command, tmp_path, monkeypatch):
    from fpdf import FPDF

    monkeypatch.chdir(tmp_path)
    command("rag", "init")
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica")
    pdf.cell(text="The vault opens at noon.")
    pdf.set_encryption(owner_password="owner", user_password="reader")
    pdf.output(str(tmp_path / "secret.pdf"))
    ran = command("rag", "ingest", "secret.pdf", "--json")
    assert (ran.code, ran.json["added"]) == (2, 0)
    assert "encrypted" in ran.json["failed"][0]["reason"]


def test_a_streamed_answer_is_the_answer_with_its_footnotes(command, workspace):
    question = "How much luggage may a foot passenger bring?"
    with Loopback(Behaviour()) as server:
        use_endpoint(workspace, server.url)
        streamed, whole = command("rag", "ask", question, "--stream"), command("rag", "ask", question, "--json").json
    assert streamed.out.startswith(whole["answer"])
    assert f"[1] {whole['citations'][0]['source']}" in streamed.out
    assert command("rag", "status", "--json").json["log"]["interactions"] == 2


def test_an_answer_stands_until_its_source_changes(command, workspace):
    shutil.copytree(workspace / "corpus", workspace / "notes")
    command("rag", "ingest", "notes")
    (workspace / "notes" / "wifi.txt").write_text("The harbour pilot's whistle is made of walrus ivory.\n")
    command("rag", "ingest", "notes")
    answer = command("rag", "ask", "What is the harbour pilot's whistle made of?", "--json").json
    assert command("rag", "verify", answer["id"], "--json").json["citations"][0]["status"] == "supported"
    (workspace / "notes" / "wifi.txt").write_text("The harbour pilot's whistle is made of plain brass.\n")
    command("rag", "ingest", "notes")
    ran = command("rag", "verify", answer["id"])
    assert ran.code == 1
    assert "changed" in ran.out
    assert "plain brass" in ran.out


def test_an_answer_is_checked_against_the_file_of_today_and_not_against_the_index(command, workspace):
    note = workspace / "note.md"
    note.write_text("The lighthouse keeper is called Ansgar Holm.\n")
    command("rag", "ingest", "note.md")
    answer = command("rag", "ask", "What is the lighthouse keeper called?", "--json").json
    note.write_text("The lighthouse keeper is called Berta Lund.\n")
    changed = command("rag", "verify", answer["id"])
    assert (changed.code, "changed" in changed.out, "run rag ingest" in changed.out) == (1, True, True)
    note.unlink()
    gone = command("rag", "verify", answer["id"])
    assert (gone.code, "gone: note.md" in gone.out) == (1, True)


def test_files_of_kinds_that_are_not_read_are_counted(command, workspace):
    (workspace / "mixed").mkdir()
    for name in ("a.md", "photo.JPG", "b.jpg", "LICENSE", ".hidden"):
        (workspace / "mixed" / name).write_text("The lamp is lit at dusk.\n")
    ran = command("rag", "ingest", "mixed")
    assert "3 files of kinds not read in folders: 2 .jpg, 1 without extension" in ran.out
    assert command("rag", "ingest", "mixed", "--json").json["passed_over"] == {".jpg": 2, "": 1}


def test_documents_without_a_file_are_told_until_they_are_pruned(command, workspace):
    shutil.copytree(workspace / "corpus", workspace / "notes")
    command("rag", "ingest", "notes")
    (workspace / "notes" / "wifi.txt").unlink()
    planned, told = command("rag", "ingest", "notes", "--plan"), command("rag", "ingest", "notes")
    gone = "in the index; --prune removes:\n  - notes/wifi.txt: its file is gone"
    assert f"1 document would stay {gone}" in planned.out
    assert f"1 document stays {gone}" in told.out
    pruned = command("rag", "ingest", "notes", "--prune", "--json").json
    assert (pruned["removed"], pruned["gone"]) == (1, [])


def test_rollback_brings_the_former_text_back(command, workspace):
    (workspace / "note.md").write_text("The lighthouse keeper is called Ansgar Holm.\n")
    command("rag", "ingest", "note.md")
    (workspace / "note.md").write_text("The lighthouse keeper is called Berta Lund.\n")
    command("rag", "ingest", "note.md")
    assert "published again" in command("rag", "rollback").out
    hits = command("rag", "search", "lighthouse keeper", "--json").json["hits"]
    assert "Ansgar Holm" in hits[0]["text"]


def in_a_new_process(*arguments):
    command = [sys.executable, "-m", "pipelines.cli.rag", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": ROOT})


def test_repair_rebuilds_lost_vectors_without_embedding(workspace):
    lost = [found.parent for found in (workspace / ".rag").rglob("chroma.sqlite3")]
    assert lost
    for folder in lost:
        shutil.rmtree(folder)
    broken = in_a_new_process("ask", "Is there wifi on board?")
    assert broken.returncode == 2
    assert "rag repair" in broken.stderr
    assert "nothing had to be embedded again" in in_a_new_process("repair").stdout
    assert in_a_new_process("ask", "Is there wifi on board?").returncode == 0


def test_the_doctor_finds_a_window_smaller_than_configured(command, workspace):
    with Loopback(Behaviour(truncate_tokens=2000)) as server:
        use_endpoint(workspace, server.url)
        ran = command("rag", "doctor", "--json")
    probes = {row["name"]: row["status"] for row in ran.json}
    assert (probes["chat"], probes["window"]) == ("ok", "warning")
