"""No row is lost on its way to the log, whatever happens to the log, the disk or the process."""

import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import WorkspaceError
from data.log.journal import Journal
from data.log.journal_lines import Rows, pack, read_rows
from data.log.redact import Redactor
from data.records import Citation, Context, Interaction, Score
from tests.data.log.journal_rows import AT, Gate, ids, interaction, score
from tests.waiting import until


class Slow:
    """A log that tells when it is written to, and waits to be let on."""

    def __init__(self, log):
        self.log = log
        self.entered, self.leave = threading.Event(), threading.Event()

    def append(self, interactions, scores=()):
        self.entered.set()
        self.leave.wait(30)
        return self.log.append(interactions, scores)


def test_rows_reach_the_log_and_leave_nothing_on_disk(tmp_path, log):
    journal = Journal(tmp_path / "journal", lambda: log)
    for number in range(50):
        journal.append([interaction(number)], [score(number)])
    assert journal.close(30)
    assert sorted(ids(log)) == sorted(f"i{number}" for number in range(50))
    assert len(log.scores()) == 50
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_row_is_on_disk_when_append_returns(tmp_path, log):
    gate = Gate(log)
    gate.shut = True
    journal = Journal(tmp_path / "journal", lambda: gate)
    journal.append([interaction(1)])
    (file,) = (tmp_path / "journal").glob("*/*.jsonl")
    assert read_rows(file)[0][0].interactions == (interaction(1),)
    journal.close(30)


def test_rows_that_find_the_queue_full_are_read_back_from_disk(tmp_path, log):
    gate = Gate(log)
    gate.shut = True
    journal = Journal(tmp_path / "journal", lambda: gate, bound=3)
    for number in range(20):
        journal.append([interaction(number)])
    assert (journal.waiting, journal.counts.spooled) == (3, 17)
    gate.shut = False
    until(lambda: len(ids(log)) == 20)
    journal.append([interaction(99)])
    assert journal.close(30)
    assert len(ids(log)) == 21


def test_an_answer_does_not_wait_for_the_log(tmp_path, log):
    slow = Slow(log)
    journal = Journal(tmp_path / "journal", lambda: slow)
    journal.append([interaction(1)])
    assert slow.entered.wait(30)
    journal.append([interaction(2)])
    assert journal.holds("i2")
    slow.leave.set()
    assert journal.close(30)
    assert sorted(ids(log)) == ["i1", "i2"]


def test_a_log_that_cannot_be_opened_keeps_rows_for_the_next_start(tmp_path, log):
    def fail():
        raise WorkspaceError("No log today.")

    first = Journal(tmp_path / "journal", fail)
    first.append([interaction(1)], [score(1)])
    assert not first.close(30)
    assert first.error == "No log today."
    second = Journal(tmp_path / "journal", lambda: log)
    until(lambda: ids(log) == ["i1"])
    assert second.close(30)
    assert list((tmp_path / "journal").iterdir()) == []


def test_the_rows_of_a_living_server_are_left_to_it(tmp_path, log):
    gate = Gate(log)
    gate.shut = True
    living = Journal(tmp_path / "journal", lambda: gate)
    living.append([interaction(1)])
    other = Journal(tmp_path / "journal", lambda: log)
    assert other.close(30)
    assert ids(log) == []
    gate.shut = False
    assert living.close(30)
    assert ids(log) == ["i1"]


def test_a_line_cut_by_a_kill_costs_only_itself(tmp_path, log):
    left = tmp_path / "journal" / "1-dead"
    left.mkdir(parents=True)
    lines = [pack(Rows((interaction(number),), ())) for number in range(3)]
    (left / "000000.jsonl").write_bytes(lines[0] + lines[1] + lines[2][:40])
    journal = Journal(tmp_path / "journal", lambda: log)
    until(lambda: len(ids(log)) == 2)
    assert journal.close(30)
    assert journal.counts.dropped == 1


def test_rows_read_back_twice_are_in_the_log_once(tmp_path, log):
    left = tmp_path / "journal" / "1-dead"
    left.mkdir(parents=True)
    line = pack(Rows((interaction(1),), (score(1),)))
    (left / "000000.jsonl").write_bytes(line + line)
    assert Journal(tmp_path / "journal", lambda: log).close(30)
    assert (ids(log), len(log.scores())) == (["i1"], 1)


def test_what_must_not_be_stored_is_on_disk_in_no_form(tmp_path, log):
    gate = Gate(log)
    gate.shut = True
    journal = Journal(tmp_path / "journal", lambda: gate, redact=Redactor.build([r"\S+@\S+"]))
    journal.append([replace(interaction(1), question="Who is anna@example.org?")], [replace(score(1), reason="b@c.de")])
    (file,) = (tmp_path / "journal").glob("*/*.jsonl")
    assert "@" not in file.read_text(encoding="utf-8")
    gate.shut = False
    assert journal.close(30)
    assert log.get("i1").question == "Who is [redacted]"


texts = st.text(max_size=20)


@settings(max_examples=50, deadline=None)
@given(texts, texts, st.none() | st.binary(max_size=8), st.none() | texts)
def test_what_is_packed_is_what_is_read(tmp_path_factory, question, quote, vector, error):
    item = Interaction(
        "i",
        AT,
        question,
        None,
        contexts=(Context("c", "a.md", 0.5, quote, "h", ("b.md",)),),
        citations=(Citation(1, "c", "a.md", 2, 0, 3, quote, True),),
        error=error,
        tags={"k": quote},
        answer_vector=vector,
    )
    rows = Rows((item,), (Score("i", "m", None, "judge", quote),))
    path = tmp_path_factory.getbasetemp() / "line.jsonl"
    path.write_bytes(pack(rows))
    assert read_rows(path) == ([rows], [])


def test_what_comes_after_the_end_is_refused_and_written_into_no_other_file(tmp_path, log):
    journal = Journal(tmp_path / "journal", lambda: log)
    assert journal.close(30)
    with (tmp_path / "other.txt").open("wb") as other:  # takes the number of the file that was closed
        with pytest.raises(WorkspaceError, match="could not be kept"):
            journal.keep(interaction(1))
        assert other.tell() == 0
    assert (tmp_path / "other.txt").read_bytes() == b""


def test_an_end_that_takes_too_long_leaves_the_file_to_the_thread_that_still_writes(tmp_path, log):
    slow = Slow(log)
    journal = Journal(tmp_path / "journal", lambda: slow)
    journal.append([interaction(1)])
    assert slow.entered.wait(30)
    assert not journal.close(0.01)
    with (tmp_path / "other.txt").open("wb") as other:
        other.write(b"kept")
        other.flush()
        slow.leave.set()
        until(lambda: ids(log) == ["i1"] and journal.waiting == 0)
    assert (tmp_path / "other.txt").read_bytes() == b"kept"
