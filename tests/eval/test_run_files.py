from datetime import UTC, datetime, timedelta

from eval.run import CaseResult, JudgeInput
from eval.run_files import OLDEST, RunJournal

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DONE = CaseResult("a", "When?", "At seven.", "answered", {"completed": 1.0}, {"latency": "none"}, ("t",))
SHOWN = JudgeInput("a", "When?", "At seven.", ("x",))


def begun(path):
    journal = RunJournal(path, "key", NOW)
    journal.add(DONE, SHOWN, {"chat_model": "m"})
    return path


def test_what_was_finished_is_taken_over(tmp_path):
    again = RunJournal(begun(tmp_path / "u.jsonl"), "key", NOW + timedelta(hours=1))
    assert (again.results, again.inputs, again.fingerprint) == ({"a": DONE}, {"a": SHOWN}, {"chat_model": "m"})


def test_other_settings_a_day_later_or_a_clock_set_back_begin_anew(tmp_path):
    for key, now in (("other", NOW), ("key", NOW + OLDEST * 1.01), ("key", NOW - timedelta(hours=1))):
        assert RunJournal(begun(tmp_path / "u.jsonl"), key, now).results == {}


def test_a_line_cut_by_a_kill_costs_only_itself(tmp_path):
    path = begun(tmp_path / "u.jsonl")
    journal = RunJournal(path, "key", NOW)
    journal.add(CaseResult("b", "?", "x", "answered", {}, {}), None, {})
    path.write_text(path.read_text()[:-15])
    again = RunJournal(path, "key", NOW)
    assert again.results.keys() == {"a"}
    again.add(CaseResult("b", "?", "x", "answered", {}, {}), None, {})
    assert RunJournal(path, "key", NOW).results.keys() == {"a", "b"}


def test_failed_requests_are_tried_again(tmp_path):
    journal = RunJournal(tmp_path / "u.jsonl", "key", NOW)
    journal.add(CaseResult("a", "?", None, "failed", {"completed": 0.0}, {}), None, {})
    assert RunJournal(tmp_path / "u.jsonl", "key", NOW).results == {}


def test_a_damaged_head_begins_anew(tmp_path):
    path = tmp_path / "u.jsonl"
    path.write_text("[]\n")
    assert RunJournal(path, "key", NOW).results == {}
    path.write_text("")
    assert RunJournal(path, "key", NOW).results == {}
