"""Answers are scored between the journal and the log."""

import threading
import time
from dataclasses import replace

from data.log.journal import Journal
from data.log.journal_lines import Rows, pack, read_rows
from data.log.redact import Redactor
from tests.data.log.journal_rows import Gate, ids, interaction, score
from tests.waiting import until


def scored(item):
    return replace(item, answer_vector=b"\x02\x03"), [score(int(item.id[1:]))]


def test_an_answer_is_on_disk_at_once_and_in_the_log_with_its_scores(tmp_path, log):
    started, leave = threading.Event(), threading.Event()

    def slowly(item):
        started.set()
        leave.wait(30)
        return scored(item)

    journal = Journal(tmp_path / "journal", lambda: log, complete=slowly)
    journal.keep(interaction(1))
    assert started.wait(30)
    (file,) = (tmp_path / "journal").glob("*/*.jsonl")
    assert read_rows(file)[0] == [Rows((interaction(1),), (), unscored=True)]
    assert journal.holds("i1")
    leave.set()
    assert journal.close(30)
    assert (log.get("i1").answer_vector, log.scores()) == (b"\x02\x03", [score(1)])
    assert journal.counts.taken == journal.counts.written == 2


def test_answers_that_a_killed_server_had_not_scored_are_scored_by_the_next(tmp_path, log):
    left = tmp_path / "journal" / "1-dead"
    left.mkdir(parents=True)
    lines = [pack(Rows((interaction(number),), (), unscored=True)) for number in range(25)]
    (left / "000000.jsonl").write_bytes(b"".join(lines))
    journal = Journal(tmp_path / "journal", lambda: log, complete=scored)
    until(lambda: len(ids(log)) == 25)
    assert journal.close(30)
    assert {item.answer_vector for item in log.read()} == {b"\x02\x03"}
    assert len(log.scores()) == 25


def test_a_log_that_fails_does_not_have_an_answer_scored_twice(tmp_path, log):
    gate, calls = Gate(log), []
    gate.shut = True

    def counted(item):
        calls.append(item.id)
        return scored(item)

    journal = Journal(tmp_path / "journal", lambda: gate, complete=counted)
    journal.keep(interaction(1))
    until(lambda: gate.writes > 1)
    gate.shut = False
    assert journal.close(30)
    assert (calls, ids(log)) == (["i1"], ["i1"])


def test_scores_are_those_of_what_was_said_though_it_is_redacted_where_it_is_kept(tmp_path, log):
    seen = []

    def watched(item):
        seen.append(item.answer)
        return scored(item)

    redact = Redactor.build([r"\d{4}"])
    journal = Journal(tmp_path / "journal", lambda: log, redact=redact, complete=watched)
    journal.keep(replace(interaction(1), answer="Call 5550."))
    assert journal.close(30)
    assert (seen, log.get("i1").answer) == (["Call 5550."], "Call [redacted].")


def test_scoring_gives_way_to_questions_but_not_for_ever(tmp_path, log):
    asked, scored_at = [], []

    def busy():
        asked.append(time.monotonic())
        return len(asked) < 4

    def noted(item):
        scored_at.append(time.monotonic())
        return scored(item)

    journal = Journal(tmp_path / "journal", lambda: log, complete=noted, busy=busy)
    journal.keep(interaction(1))
    until(lambda: ids(log) == ["i1"])
    assert len(asked) == 4 and asked[-1] <= scored_at[0]
    asked[:] = []
    always = Journal(tmp_path / "always", lambda: log, complete=noted, busy=lambda: not asked.append(0))
    always.keep(interaction(2))
    until(lambda: ids(log) == ["i1", "i2"])
    assert len(asked) > 4
    assert journal.close(30) and always.close(30)


def test_a_journal_that_is_closed_gives_way_to_nobody(tmp_path, log):
    journal = Journal(tmp_path / "journal", lambda: log, complete=scored, busy=lambda: True)
    for number in range(20):
        journal.keep(interaction(number))
    started = time.monotonic()
    assert journal.close(60)
    assert time.monotonic() - started < 15  # twenty rows, each of which would have waited for a second
    assert len(log.scores()) == 20
