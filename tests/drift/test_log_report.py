from datetime import timedelta

import pytest

import drift
from data.errors import InputError, SettingsError
from data.interchange import interchange_lines
from data.log import InteractionLog
from data.records import Score
from tests.drift.conftest import NOW, START, build_window

CHANGE, END = START + timedelta(days=10), START + timedelta(days=11)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A good day under a pinned baseline, and a day ten days later on which answers are worse."""
    folder = tmp_path_factory.mktemp("handbook")
    (folder / ".rag").mkdir()
    (folder / "rag.toml").write_text("[drift]\nmin_records = 50\n[retrieval]\nk = 3\n", encoding="utf-8")
    log = InteractionLog.at_path(folder / ".rag" / "log.sqlite")
    for window in (build_window("before", 120), build_window("after", 120, quality=0.4, seed=1, day=10)):
        log.append(window.interactions, window.scores)
    log.set_baseline("default", START, START + timedelta(days=1), NOW)
    log.close()
    return folder


def test_a_log_is_compared_with_its_baseline(workspace):
    report = drift.report(workspace, now=END)
    assert report.verdict == "silent_drift"
    assert (report.reference.name, report.current.name) == ("default v1", "current")
    assert (report.reference.interactions, report.current.interactions) == (120, 120)
    assert drift.report(str(workspace / ".rag" / "log.sqlite"), now=END).quality == report.quality


def test_a_period_is_compared_and_settings_are_kept_to(workspace):
    half = drift.report(workspace, since=CHANGE, until=CHANGE + timedelta(minutes=40), now=NOW)
    assert (half.current.interactions, half.verdict) == (40, "insufficient")  # [drift] min_records of rag.toml
    lax = drift.DriftSettings(min_records=20)
    assert (
        drift.report(workspace, since=CHANGE, until=CHANGE + timedelta(minutes=40), settings=lax).quality.delta < -0.2
    )


def test_answers_without_scores_are_scored_by_what_is_passed_in(tmp_path):
    log = InteractionLog.at_path(tmp_path / "log.sqlite")
    log.append([*build_window("before", 120).interactions, *build_window("after", 120, seed=1, day=10).interactions])
    log.set_baseline("default", START, START + timedelta(days=1), NOW)
    log.close()

    def score(item):
        name, _, number = item.id.partition("-")
        return [Score(item.id, "groundedness", {"before": 0.9, "after": 0.2}[name] + int(number) % 7 / 100, "proxy")]

    assert drift.report(tmp_path / "log.sqlite", now=END).quality.status == "insufficient"
    assert drift.report(tmp_path / "log.sqlite", now=END, score=score).quality.status == "drifted"


def test_periods_of_a_log_and_of_a_file_are_windows(workspace, tmp_path):
    before, after = drift.read(workspace, until=CHANGE), drift.read(workspace, since=CHANGE)
    assert [len(window.interactions) for window in (before, after)] == [120, 120]
    assert drift.compare(before, after, now=NOW).verdict == "silent_drift"
    everything = drift.read(workspace)
    path = tmp_path / "all.jsonl"
    path.write_text("".join(f"{line}\n" for line in interchange_lines(everything.interactions, everything.scores)))
    later = drift.read(path, since=CHANGE)
    assert [item.id for item in later.interactions] == [item.id for item in after.interactions]
    assert len(later.scores) == len(after.scores)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"baseline": "june"}, r"no baseline 'june' \(known: default\)"),
        ({"since": END, "until": CHANGE}, "The window is empty"),
    ],
)
def test_what_cannot_be_compared_is_told(workspace, arguments, words):
    with pytest.raises(InputError, match=words):
        drift.report(workspace, now=END, **arguments)


def test_where_there_is_no_log_none_is_made(tmp_path):
    for path in (tmp_path, tmp_path / "log.sqlite"):
        with pytest.raises(InputError, match="There is no"):
            drift.report(path)
    (tmp_path / "notes.txt").write_text("no log")
    with pytest.raises(InputError, match="is no log"):
        drift.report(tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_misspelt_section_is_told(tmp_path):
    (tmp_path / "rag.toml").write_text("[drfit]\nalpha = 0.01\n")
    with pytest.raises(SettingsError, match=r"unknown section \[drfit\]: did you mean 'drift'"):
        drift.report(tmp_path)
