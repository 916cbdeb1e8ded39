"""In a workspace that may only be read, everything that reads works, and what would write says so and what to do."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import WorkspaceError
from data.log import InteractionLog
from tests.faults.children import start, write_docs
from tests.faults.rights import powerless, protect, unprotect
from tests.faults.test_read_only import remount_read_only

NOW = datetime.now(UTC)


def command(name, folder, *arguments):
    script = f"from pipelines.cli.{name} import main; main()"
    with start(script, *arguments, "--workspace", folder, prefix=powerless()) as child:
        out, err = child.communicate(timeout=120)
    return child.returncode, out, err


def row(number, days_ago):
    at = (NOW - timedelta(days=days_ago, minutes=number)).isoformat()
    text = f"Berth {number} takes ships of 21 metres."
    told = {
        "id": f"{days_ago}-{number}",
        "at": at,
        "question": f"Which ships does berth {number} take?",
        "answer": text,
    }
    return {**told, "contexts": [{"id": "c", "text": text, "source": "b.txt", "score": 0.9}]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("read-only")
    write_docs(folder / "docs", 5)
    rows = [row(number, days) for days in (20, 1) for number in range(40)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(item) + "\n" for item in rows))
    assert command("rag", folder, "init")[0] == 0
    assert command("rag", folder, "ingest", folder / "docs")[0] == 0
    assert command("drift", folder, "import", folder / "rows.jsonl")[0] == 0
    until = (NOW - timedelta(days=10)).isoformat()
    assert command("drift", folder, "baseline", "set", "--until", until)[0] == 0
    asked = json.loads(command("rag", folder, "ask", "Which ships does berth 3 take?", "--json")[1])
    (folder / "asked").write_text(asked["id"])
    protect(folder)
    yield folder
    unprotect(folder)


@pytest.mark.slow
def test_reading_commands_work(workspace, tmp_path):
    code, out, err = command("rag", workspace, "status", "--json")
    assert code == 0 and json.loads(out)["log"]["interactions"] == 81, err
    assert command("rag", workspace, "verify", (workspace / "asked").read_text())[0] == 0
    assert "21 metres" in command("rag", workspace, "search", "berth 3")[1]
    assert command("rag", workspace, "quarantine")[0] == 0
    assert "default v1" in command("drift", workspace, "baseline", "list")[1]
    assert "40 answered" in command("drift", workspace, "baseline", "show")[1]
    assert command("drift", workspace, "export", tmp_path / "out.jsonl")[0] == 0
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 81
    assert len(command("drift", workspace, "export", "-")[1].splitlines()) == 81


@pytest.mark.slow
def test_a_report_is_printed_and_kept_where_it_may_be(workspace, tmp_path):
    code, out, err = command("drift", workspace, "report", "--since", (NOW - timedelta(days=5)).isoformat())
    assert code in (0, 5) and "may not be written: keep the report with --html FILE" in out, err
    code, out, err = command("drift", workspace, "report", "--html", tmp_path / "page.html")
    assert code in (0, 5) and f"Report: {tmp_path / 'page.html'}" in out, err
    assert "this look is not remembered" in out
    assert (tmp_path / "page.html").stat().st_size > 1000


@pytest.mark.slow
def test_an_answer_is_given_and_the_missing_record_of_it_told(workspace):
    code, out, err = command("rag", workspace, "ask", "Which ships does berth 3 take?", "--json")
    assert code == 0 and "21 metres" in json.loads(out)["answer"], err
    assert "this answer is not in the log" in err and "its folder may not be written" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("drift", ("baseline", "set")),
        ("drift", ("import", "rows.jsonl")),
        ("drift", ("label", "--export", "-")),
        ("drift", ("report", "--alert")),
        ("drift", ("forget", "--older-than", "0d")),
        ("rag", ("quarantine", "--release", "no-such-passage")),
        ("rag", ("ingest", "docs")),
        ("rag", ("repair",)),
        ("rag", ("rollback",)),
    ],
)
def test_writing_commands_say_in_one_sentence_what_to_do(workspace, name, arguments):
    given = [workspace / item if (workspace / str(item)).exists() else item for item in arguments]
    code, out, err = command(name, workspace, *given)
    assert code == 2 and len(err.splitlines()) == 1, (out, err)
    assert "unable to open" not in err and "readonly database" not in err and "Errno" not in err
    if "no-such-passage" not in arguments:
        assert "may not be written" in err or "not written to" in err or "rights" in err


def test_a_log_on_a_read_only_disk_is_read(disk):
    log = InteractionLog.at_path(disk / "log.sqlite")
    pinned = log.set_baseline("default", NOW, NOW + timedelta(days=1), NOW)
    log.close()
    remount_read_only(disk)
    again = InteractionLog.at_path(disk / "log.sqlite")
    assert again.baselines() == [pinned] and not again.writable
    with pytest.raises(WorkspaceError, match="may not be written"):
        again.append([])
    again.close()


def test_without_a_log_the_folder_is_told_that_holds_none(disk):
    remount_read_only(disk)
    with pytest.raises(WorkspaceError, match="There is no log yet, and none can be made"):
        InteractionLog.at_path(disk / "log.sqlite")
