"""`rag eval` as its users run it, on the demo corpus."""

import pytest

from data.cases import load_cases
from pipelines.evaluation.review import ask_person
from pipelines.loopback import Behaviour, Loopback


def test_a_run_measures_groundedness_too_and_stays_out_of_the_log(command, workspace, cases):
    ran = command("rag", "eval", "--json")
    assert ran.code == 0, ran.err
    means = {item["metric"]["name"]: item["interval"] for item in ran.json["summaries"]}
    assert means["groundedness"]["count"] > 0
    assert {"latency", "prompt_tokens", "evidence_ndcg", "answer_numbers"} <= means.keys()
    assert ran.json["fingerprint"]["chat_model"] == "extractive"
    assert command("rag", "status", "--json").json["log"]["interactions"] == 0


def test_too_few_cases_say_so_and_files_are_written(command, workspace, cases):
    command("rag", "eval")
    command("rag", "eval", "accept")
    ran = command("rag", "eval", "--gate", "--html", "g.html", "--markdown", "g.md", "--junit", "g.xml")
    assert ran.code == 5
    assert "TOO FEW CASES" in ran.out
    page = (workspace / "g.html").read_text(encoding="utf-8")
    assert "too few cases" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "TOO FEW" in (workspace / "g.md").read_text(encoding="utf-8")
    assert "testsuite" in (workspace / "g.xml").read_text(encoding="utf-8")


def test_a_broken_endpoint_is_an_error_and_no_regression(command, workspace, cases, monkeypatch):
    cases.write_text(cases.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    monkeypatch.setenv("RAG__CHAT__BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("RAG__CHAT__MODEL", "none")
    monkeypatch.setenv("RAG__CHAT__MAX_RETRIES", "0")
    assert command("rag", "eval").code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--metrics", "truthiness", "--gate"), "truthiness"),
        (("--judge",), "No judge is set"),
        (("--matrix", "none.yaml"), "no matrix"),
        (("--cases", "none.jsonl"), "no case file"),
        (("--html", "."), "is a folder"),
    ],
)
def test_bad_input_is_one_sentence_before_anything_is_asked(command, workspace, cases, arguments, message):
    command("rag", "eval")
    command("rag", "eval", "accept")
    ran = command("rag", "eval", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert "/12 " not in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not an evaluation run"), ("[]", "not an evaluation run"), ('{"schema": 9}', "schema 9")],
)
def test_an_accepted_run_that_cannot_be_read_is_told_before_anything_is_asked(command, workspace, cases, text, message):
    (workspace / "accepted.json").write_text(text)
    ran = command("rag", "eval", "--gate", "--accepted", "accepted.json")
    assert (ran.code, message in ran.err, "/12 " in ran.err) == (2, True, False)


def test_reports_are_written_into_folders_that_are_not_there_yet(command, workspace, cases):
    cases.write_text(cases.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert command("rag", "eval", "--junit", "reports/ci/rag.xml").code == 0
    assert (workspace / "reports" / "ci" / "rag.xml").exists()


def test_an_interrupted_run_asks_only_what_is_left(command, workspace, cases, monkeypatch):
    with Loopback(Behaviour()) as server:
        monkeypatch.setenv("RAG__CHAT__BASE_URL", server.url)
        monkeypatch.setenv("RAG__CHAT__MODEL", "loopback-1")
        monkeypatch.setenv("RAG__EVAL__CONCURRENCY", "1")

        def interrupt(done, total, item):
            if done == 5:
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("pipelines.cli.eval.progress_printer", lambda what: interrupt)
            assert command("rag", "eval").code == 130
        asked = _chats(server)
        ran = command("rag", "eval", "--json")
    assert "5 of 12 cases taken over" in ran.err
    assert len(ran.json["results"]) == 12
    assert _chats(server) - asked <= 7
    assert not (workspace / ".rag" / "evals" / "unfinished.jsonl").exists()


def _chats(server):
    return sum(request.path.endswith("/chat/completions") for request in server.requests)


def test_another_setting_takes_nothing_over(command, workspace, cases, monkeypatch):
    with monkeypatch.context() as patched:

        def interrupt(done, total, item):
            raise KeyboardInterrupt

        patched.setattr("pipelines.cli.eval.progress_printer", lambda what: interrupt)
        assert command("rag", "eval").code == 130
    monkeypatch.setenv("RAG__RETRIEVAL__K", "2")
    ran = command("rag", "eval")
    assert ran.code == 0
    assert "taken over" not in ran.err


def test_a_matrix_compares_settings_and_leaves_the_index_alone(command, workspace, cases):
    before = command("rag", "status", "--json").json["generation"]
    (workspace / "m.yaml").write_text("now: {}\nk1: {retrieval.k: 1}\nsmall: {chunking: {max_tokens: 60}}\n")
    ran = command("rag", "eval", "--matrix", "m.yaml", "--json", "--html", "m.html")
    assert ran.code == 0, ran.err
    cells = {(cell["metric"]["name"], cell["variant"]): cell for cell in ran.json["cells"]}
    assert {variant for _, variant in cells} == {"now", "k1", "small"}
    assert cells["source_recall", "now"]["difference"] is None
    assert cells["source_recall", "k1"]["difference"]["mean"] <= 0
    assert "WORSE" in (workspace / "m.html").read_text() or "no difference seen" in (workspace / "m.html").read_text()
    assert command("rag", "status", "--json").json["generation"] == before
    assert not (workspace / ".rag" / "matrix").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {}\n", "at least 2"),
        ("a: {}\nb: {retrieval.kk: 3}\n", "retrieval.kk"),
        ("a: {}\nb: {retrieval.k: 0}\n", "retrieval.k is not usable"),
        ("- a\n", "must map"),
        ("a: [\n", "not YAML"),
    ],
)
def test_an_unusable_matrix_is_refused(command, workspace, cases, text, message):
    (workspace / "m.yaml").write_text(text)
    ran = command("rag", "eval", "--matrix", "m.yaml")
    assert ran.code == 2
    assert message in ran.err


def test_drafts_are_found_again_by_the_pipeline_and_never_drafted_twice(command, workspace):
    first = command("rag", "eval", "init", "--count", "12", "--json")
    assert first.json["added"] == 12, first.err
    drafts = load_cases(workspace / "cases.jsonl")
    assert not any(case.reviewed for case in drafts)
    assert len({case.sources[0] for case in drafts}) >= 10
    text = (workspace / "cases.jsonl").read_text(encoding="utf-8")
    assert command("rag", "eval", "init", "--count", "5", "--json").json["total"] == 17
    assert (workspace / "cases.jsonl").read_text(encoding="utf-8").startswith(text)
    ran = command("rag", "eval", "--json")
    recall = next(item for item in ran.json["summaries"] if item["metric"]["name"] == "source_recall")
    assert recall["interval"]["mean"] >= 0.8
    assert "17 of 17 cases were not reviewed yet" in ran.err


def test_drafts_name_sources_as_they_are_called_in_any_checkout(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command("rag", "init")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "ferry.md").write_text("The ferry to Brenna leaves the old harbour at 7:15 on working days.")
    command("rag", "ingest", tmp_path / "docs")
    ran = command("rag", "eval", "init", "--count", "1")
    assert load_cases(tmp_path / "cases.jsonl")[0].sources == ("docs/ferry.md",), ran.err


def test_a_review_writes_each_decision_at_once(command, workspace):
    command("rag", "eval", "init", "--count", "4")
    path = workspace / "cases.jsonl"
    drafts = load_cases(path)
    typed = iter(["y", "a", "one; two", "d", "what", "q"])
    thrown = []
    assert ask_person(drafts, path, thrown.append, lambda prompt: next(typed), lambda text: None) == 3
    now = {case.id: case for case in load_cases(path)}
    assert now[drafts[0].id].reviewed
    assert now[drafts[1].id].answers == ("one", "two")
    assert [case.id for case in thrown] == [drafts[2].id]
    assert drafts[2].id not in now
    assert not now[drafts[3].id].reviewed
    assert now[drafts[0].id].tags[0] != "draft"


def test_a_draft_without_expectation_cannot_be_accepted(workspace):
    path = workspace / "c.jsonl"
    path.write_text('{"id": "a", "question": "?", "reviewed": false}\n')
    typed = iter(["y", "u"])
    assert ask_person(load_cases(path), path, print, lambda prompt: next(typed), lambda text: None) == 1
    assert load_cases(path)[0].must_abstain


def test_a_model_writes_drafts_and_unfounded_ones_are_dropped(command, workspace, monkeypatch):
    replies = iter(
        [
            'Sure: {"question": "What is free?", "answer": "zebra", "evidence": "no such thing"}',
            "I cannot.",
            *['{"question": "What stands here?", "answer": "%s", "evidence": "%s"}'] * 20,
        ]
    )

    class Author:
        def complete(self, system, user):
            reply = next(replies)
            sentence = user.split(". ")[0].replace('"', "'").replace("\n", " ")
            return reply % (" ".join(sentence.split()[:2]), sentence) if "%s" in reply else reply

    monkeypatch.setattr("pipelines.wiring.generator.build_generator", lambda workspace: Author())
    ran = command("rag", "eval", "init", "--model", "--count", "2", "--json")
    assert ran.json["added"] == 2, ran.err
    assert ran.json["dropped"]["without question or answer"] == 1
    assert ran.json["dropped"]["whose answer does not stand in the passage"] >= 1
    assert not any("zebra" in case.answers for case in load_cases(workspace / "cases.jsonl"))
    assert {case.question for case in load_cases(workspace / "cases.jsonl")} == {"What stands here?"}


def test_questions_are_harvested_with_their_probabilities(command, workspace):
    for number in range(6):
        command("rag", "ask", f"What does a ticket cost on route {number}?")
    ran = command("rag", "eval", "harvest", "--count", "3", "--json")
    assert (ran.json["added"], ran.json["questions"]) == (3, 6)
    drawn = load_cases(workspace / "cases.jsonl")
    assert all(0 < case.probability <= 1 and case.origin and not case.reviewed for case in drawn)
    again = command("rag", "eval", "harvest", "--count", "50", "--json")
    assert (again.json["added"], again.json["total"]) == (3, 6)
    assert command("rag", "eval", "harvest").code == 2
