"""The log keeps every interaction once, whole, and finds it again."""

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputError, WorkspaceError
from data.log.interaction_log import InteractionLog
from data.log.places import shown_url
from data.records import Citation, Context, Fingerprint, Interaction, Score

START = datetime(2026, 1, 1, tzinfo=UTC)


def interaction(number=0, **changes):
    whole = Interaction(
        id=f"i{number}",
        at=START + timedelta(hours=number),
        question="Сколько стоит билет?",
        answer="12 € [1]",
        contexts=(Context("c1", "fares.md", 0.5, "A ticket is 12 €.", "h1", also_in=("old/fares.md",)),),
        citations=(Citation(1, "c1", "fares.md", 2, 0, 17, "A ticket is 12 €.", True),),
        latency_ms={"embed": 1.5, "total": 3.0},
        tokens={"prompt": 100},
        fingerprint=Fingerprint(chat_model="m", embedder="e"),
        tags={"team": "blue"},
        flags=("no_citations",),
        question_vector=b"\x00\x3c" * 4,
    )
    return replace(whole, **changes)


@pytest.fixture
def log(tmp_path):
    return InteractionLog.at_path(tmp_path / "log.sqlite")


def test_an_interaction_comes_back_as_it_was_written(log):
    log.append([interaction()])
    assert list(log.read()) == [interaction()]


def test_the_same_interactions_appended_twice_are_stored_once(log):
    items = [interaction(n) for n in range(1200)]
    assert log.append(items) == 1200
    assert log.append(items) == 0
    assert log.span().interactions == 1200


def test_a_window_holds_its_start_and_not_its_end(log):
    log.append([interaction(n) for n in range(5)])
    found = log.read(START + timedelta(hours=1), START + timedelta(hours=3))
    assert [item.id for item in found] == ["i1", "i2"]


def test_time_zones_do_not_change_the_order(log):
    tokyo = datetime.fromisoformat("2026-01-01T09:00:00+09:00")
    log.append([interaction(1), interaction(2, id="tokyo", at=tokyo)])
    assert [item.id for item in log.read()] == ["tokyo", "i1"]


def test_a_time_without_zone_is_refused(log):
    with pytest.raises(InputError, match="no time zone"):
        log.append([interaction(at=datetime(2026, 1, 1))])


def test_kinds_are_kept_apart(log):
    log.append([interaction(1), interaction(2, kind="canary")])
    assert [item.id for item in log.read()] == ["i1"]
    assert [item.id for item in log.read(kinds=("canary",))] == ["i2"]
    assert len(list(log.read(kinds=None))) == 2


def test_a_score_written_again_replaces_the_old_value_and_an_unscored_one_stays_none(log):
    score = Score("i0", "groundedness", 0.2, "proxy", scorer="s", scorer_version="1")
    log.append([interaction()], [score])
    log.append([], [replace(score, value=0.9), Score("i0", "faithfulness", None, "judge", reason="timeout")])
    assert {(item.metric, item.value, item.reason) for item in log.scores()} == {
        ("groundedness", 0.9, ""),
        ("faithfulness", None, "timeout"),
    }


def test_an_unknown_id_is_one_clear_sentence(log):
    with pytest.raises(InputError, match="No interaction 'nope'"):
        log.get("nope")


def test_setting_a_baseline_again_makes_the_next_version_and_keeps_the_first(log):
    first = log.set_baseline("default", START, START + timedelta(days=1), START)
    second = log.set_baseline("default", START, START + timedelta(days=2), START + timedelta(days=1))
    assert (first.version, second.version) == (1, 2)
    assert log.baselines() == [first, second]


def test_a_log_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "log.sqlite"
    InteractionLog.at_path(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO schema_version VALUES (99)")
    with pytest.raises(WorkspaceError, match="upgrade silentdrift"):
        InteractionLog.at_path(path)


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "log.sqlite"
    path.write_bytes(b"this is not a database, it is a text file" * 100)
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        InteractionLog.at_path(path)


def test_a_driver_that_is_not_installed_is_named_with_the_remedy():
    with pytest.raises(WorkspaceError, match="No module named 'pg8000'") as caught:
        InteractionLog("postgresql+pg8000://me:hunter2@db/rag")
    assert "silentdrift[postgres]" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("mysql://x", "begins with 'mysql'"),
        ("mongodb://me:hunter2@x/y", "begins with 'mongodb'"),
        ("log.sqlite", "no database URL"),
        ("sqlite", "no database URL"),
        ("://", "no database URL"),
        ("postgresql+psycopg://me:hunter2@no.such.host.invalid/rag", "check log.url, and that the database runs"),
    ],
)
def test_a_url_that_holds_no_log_is_told_with_those_that_can(url, named):
    with pytest.raises(WorkspaceError, match=named) as caught:
        InteractionLog(url)
    assert not re.search(r"hunter2|Errno|\n", str(caught.value))


def test_a_log_that_is_a_folder_or_in_none_says_so(tmp_path):
    for path, told in ((tmp_path, "it is a folder"), (tmp_path / "no" / "log.sqlite", "there is no folder")):
        with pytest.raises(WorkspaceError, match=told):
            InteractionLog.at_path(path)


def test_passwords_of_database_urls_are_never_shown():
    with pytest.raises(WorkspaceError) as caught:
        InteractionLog("sqlite:////proc/none/user:secret@x/log.sqlite")
    assert "cannot be opened" in str(caught.value)
    assert "hunter2" not in shown_url("postgresql://me:hunter2@host/db")


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs",)), min_size=1), vector=st.binary(max_size=64))
def test_any_text_and_any_bytes_survive(tmp_path_factory, text, vector):
    log = InteractionLog.at_path(tmp_path_factory.mktemp("log") / "log.sqlite")
    item = interaction(question=text, answer=text, answer_vector=vector)
    log.append([item])
    assert log.get("i0") == item
