"""What commands say of slips is in words: what is wrong, with which values, and what to do."""

import json
import re

import pytest

from drift.reports.text_report import budget_words
from drift.results import AlertBudget
from drift.verdict import evidence_sentence

BARE = re.compile(r"Errno|codec can't|Unexpected|Traceback|\(\)")


def one_sentence(ran):
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), ran
    assert not BARE.search(ran.err), ran.err
    return ran.err


@pytest.fixture
def here(command, tmp_path, monkeypatch):
    """An empty workspace, with what is no UTF-8 text, and a folder where a file is expected."""
    monkeypatch.chdir(tmp_path)
    command("rag", "init")
    (tmp_path / "folder").mkdir()
    (tmp_path / "utf-16.txt").write_text('{"id": "1"}\n', encoding="utf-16")
    return tmp_path


@pytest.fixture
def logged(command, here):
    rows = [
        {
            "id": str(n),
            "at": f"2026-01-{n % 20 + 1:02}T08:00:00Z",
            "question": f"How often {n}?",
            "answer": f"In {n} h.",
        }
        for n in range(3)
    ]
    (here / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return command("drift", "import", "rows.jsonl")


@pytest.mark.parametrize("file", ["none.txt", "folder", "utf-16.txt"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("rag", "ingest", "--urls"),
        ("rag", "search", "--queries"),
        ("rag", "ask", "Why?", "--history"),
        ("drift", "import"),
        ("drift", "label", "--import"),
        ("drift", "compare", "none.jsonl"),
        ("rag", "eval", "--cases"),
    ],
)
def test_a_file_that_is_none_is_told_without_numbers_of_the_system(command, here, arguments, file):
    assert one_sentence(command(*arguments, file))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[retrieval]\nk = 3\n".encode("utf-16"), "rag.toml is not UTF-8 text: save it as UTF-8"),
        (b"\xff\xfe\x00", "rag.toml is not UTF-8 text"),
        (b"[retrieval\n", "not valid TOML"),
        (b'[log]\nurl = "mysql://x"\n', "begins with 'mysql': a log lies in SQLite"),
        (b'[log]\nurl = "postgresql+psycopg://nohost.invalid/x"\n', "check log.url, and that the database runs"),
    ],
)
def test_settings_that_cannot_be_read_or_used_are_told_in_words(command, here, settings, told):
    (here / "rag.toml").write_bytes(settings)
    assert told in one_sentence(command("drift", "report"))


def test_settings_with_a_byte_order_mark_are_read_and_a_folder_is_told(command, here):
    (here / "rag.toml").write_bytes(b"\xef\xbb\xbf[drift]\nwindow_days = 3\n")
    assert "no baseline" in one_sentence(command("drift", "report"))
    (here / "rag.toml").unlink()
    (here / "rag.toml").mkdir()
    assert "rag.toml cannot be read (Is a directory)" in one_sentence(command("drift", "report"))


def test_a_model_that_is_nowhere_is_one_sentence(command, here):
    (here / "rag.toml").write_text('[embedder]\nmodel = "foo/bar"\n')
    (here / "a.md").write_text("# Oil\n")
    told = one_sentence(command("rag", "ingest", "a.md"))
    assert "There is no embedding model 'foo/bar'" in told and len(told) < 260


def test_an_import_tells_what_is_new_and_what_was_there(command, logged, here):
    assert re.match(r"3 interactions read: 3 new to the log; \d+ new scores\n$", logged.out)
    again = command("drift", "import", "rows.jsonl")
    assert re.match(
        r"3 interactions read: 0 new to the log, 3 in it already; 0 new scores, \d+ in it already", again.out
    )
    found = command("drift", "import", "rows.jsonl", "--json").json
    assert (found["new"], found["new_scores"]) == (0, 0) and found["scores"] > 0


def test_a_baseline_of_all_that_was_asked_leaves_nothing_to_compare_and_that_is_said(command, logged, here):
    assert "3 interactions" in command("drift", "baseline", "set").out
    ran = command("drift", "report")
    assert ran.code == 5 and "clock" not in ran.out
    assert "Nothing was asked since the baseline ended" in ran.out and "current    0 interactions" in ran.out
    assert "%" not in next(line for line in ran.out.splitlines() if line.startswith("  alerts"))


def test_the_days_of_a_budget_are_told_within_bounds():
    def budget(evidence, days=5):
        return AlertBudget(days, evidence, 180.0, 0.0028, evidence >= 180, "groundedness (proxy)")

    assert "1 day watched, 4% of what alerts is reached" in budget_words(budget(7.2, 1))
    assert "together enough to alert" in budget_words(budget(50_000.0))
    assert "once in 300 days, and once in 180 is enough" in evidence_sentence(budget(300.0))
    assert "once in over 10,000 days" in evidence_sentence(budget(5e8))


def test_vectors_that_lie_elsewhere_than_the_settings_say_are_told(command, here):
    (here / "a.md").write_text("# Oil\n\nThe oil is changed every week.\n")
    assert command("rag", "ingest", "a.md").code == 0
    (here / "rag.toml").write_text('[vectors]\nurl = "http://127.0.0.1:9"\n')
    told = "though [vectors] of rag.toml names http://127.0.0.1:9 (chroma-server): move them with `rag repair`"
    assert told in command("rag", "status").out
    assert told in command("rag", "ingest", "a.md").err
    (here / "rag.toml").write_text('[vectors]\nstore = "faiss"\n')
    for arguments in (("status",), ("search", "oil"), ("ask", "oil?")):
        assert "vectors.store is 'faiss'" in one_sentence(command("rag", *arguments))


def test_an_interrupted_ingest_says_what_is_so(command, here, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.index.ingest.ingest_paths", interrupted)
    ran = command("rag", "ingest", "folder")
    assert ran.code == 130 and "the index is as it was before. Run the same command again" in ran.err
