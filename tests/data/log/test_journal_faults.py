"""One bad row never stops the rest, and a writer that is down says so."""

import json
from dataclasses import replace

import pytest

from data.errors import InputError
from data.log.journal import Journal
from data.log.journal_lines import Rows, pack
from data.log.set_aside import SET_ASIDE
from tests.data.log.journal_rows import AT, ids, interaction, score
from tests.waiting import until


class Picky:
    """A log that chokes on one interaction, in a way that nobody foresaw."""

    def __init__(self, log, bad, error):
        self.log, self.bad, self.error = log, bad, error

    def append(self, interactions, scores=()):
        interactions = list(interactions)
        if any(item.id == self.bad for item in interactions):
            raise self.error
        return self.log.append(interactions, scores)


def aside(folder):
    return [json.loads(line) for line in (folder / SET_ASIDE).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "error", [TypeError("no text"), InputError("not this one"), UnicodeError("half"), MemoryError()]
)
def test_a_row_that_the_log_cannot_hold_is_set_aside_by_name_and_the_rest_goes_in(tmp_path, log, error):
    journal = Journal(tmp_path / "journal", lambda: Picky(log, "i3", error))
    for number in range(8):
        journal.append([interaction(number)], [score(number)])
    assert journal.close(30)
    assert sorted(ids(log)) == [f"i{number}" for number in range(8) if number != 3]
    (told,) = aside(tmp_path / "journal")
    assert told["ids"] == ["i3"] and type(error).__name__ in told["reason"] and "What?" in told["row"]
    assert (journal.counts.set_aside, journal.error) == (2, None)


def test_a_log_that_takes_nothing_at_all_has_no_row_set_aside(tmp_path, log):
    class Broken:
        shut = True

        def append(self, interactions, scores=()):
            if self.shut:
                raise RuntimeError("broken")
            return log.append(interactions, scores)

    broken = Broken()
    journal = Journal(tmp_path / "journal", lambda: broken)
    journal.append([interaction(1)])
    until(lambda: journal.error is not None)
    assert "RuntimeError: broken" in journal.error
    broken.shut = False
    assert journal.close(30)
    assert ids(log) == ["i1"] and not (tmp_path / "journal" / SET_ASIDE).exists()


@pytest.mark.parametrize("error", [TypeError("a text it cannot read"), MemoryError(), RecursionError("deep")])
def test_a_row_that_cannot_be_scored_is_logged_unscored_with_the_reason(tmp_path, log, error):
    def picky(item):
        if item.id == "i2":
            raise error
        return item, [score(int(item.id[1:]))]

    journal = Journal(tmp_path / "journal", lambda: log, complete=picky)
    for number in range(5):
        journal.keep(interaction(number))
    assert journal.close(30)
    assert len(ids(log)) == 5
    (unscored,) = [found for found in log.scores() if found.interaction_id == "i2"]
    assert unscored.value is None and type(error).__name__ in unscored.reason
    assert len(log.scores()) == 5


def test_whatever_is_raised_does_not_end_the_writer(tmp_path, log):
    raised = []

    def leaves(item):
        if len(raised) < 2:
            raised.append(item.id)
            raise SystemExit(1)
        return item, []

    journal = Journal(tmp_path / "journal", lambda: log, complete=leaves)
    journal.keep(interaction(1))
    until(lambda: ids(log) == ["i1"])
    assert len(raised) == 2 and journal.error is None
    assert journal.close(30)


def test_a_writer_that_has_ended_is_an_error(tmp_path, log):
    class Mortal(Journal):
        def _run(self):
            """End at once."""

    journal = Mortal(tmp_path / "journal", lambda: log)
    until(lambda: journal.error is not None)
    assert "has ended" in journal.error
    journal.append([interaction(1)])
    assert not journal.close(1)
    again = Journal(tmp_path / "journal", lambda: log)
    until(lambda: ids(log) == ["i1"])
    assert again.close(30)


def test_what_an_earlier_version_left_with_halves_of_characters_goes_in(tmp_path, log):
    left = tmp_path / "journal" / "1-dead"
    left.mkdir(parents=True)
    row = json.loads(pack(Rows((replace(interaction(1), answer="X"),), ())))
    row["interactions"][0] |= {"answer": "Well \ud83d done \ud83d\ude00", "error": "\ude00"}
    row["interactions"][0]["body"] = json.dumps(json.loads(row["interactions"][0]["body"]) | {"flags": ["x\ud83d"]})
    lines = [json.dumps(row).encode(), b'{"interactions": 7}', b"[" * 5000, pack(Rows((interaction(2),), ()))]
    (left / "000000.jsonl").write_bytes(b"\n".join(lines))
    journal = Journal(tmp_path / "journal", lambda: log)
    until(lambda: len(ids(log)) == 2)
    assert journal.close(30)
    found = log.get("i1")
    assert (found.answer, found.error, found.flags) == ("Well \ufffd done \U0001f600", "\ufffd", ("x\ufffd",))
    assert [entry["reason"] for entry in aside(tmp_path / "journal")] == ["it holds no rows"] * 2


def test_a_row_without_a_time_zone_is_the_rows_own_fault(tmp_path, log):
    with pytest.raises(InputError, match="no time zone"):
        log.append([replace(interaction(1), at=AT.replace(tzinfo=None))])
    with pytest.raises(InputError, match="cannot be held"):
        log.append([replace(interaction(1), answer={"not": "text"})])
    with pytest.raises(InputError, match="cannot be held"):
        log.append([replace(interaction(1), question=None)])
    assert log.append([interaction(1)]) == 1
