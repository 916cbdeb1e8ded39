"""What a round is compared with: healthy rounds, not those that showed a loss."""

from datetime import UTC, datetime, timedelta

import pytest

from data.errors import InputError
from data.log import InteractionLog
from data.records import Interaction
from pipelines.monitoring.canaries.history import earlier_rounds, remember_worse, worse_rounds

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    log = InteractionLog.at_path(tmp_path / "log.sqlite")
    log.append(
        Interaction(
            f"{day}-{n}", START + timedelta(days=day, seconds=n), f"q{n}", "a", kind="canary", tags={"probe": f"r{day}"}
        )
        for day in range(9)
        for n in range(2)
    )
    return log


def days(window):
    return sorted({item.tags["probe"] for item in window.interactions})


def test_the_last_seven_rounds_are_the_usual_measure(log, tmp_path):
    name, window = earlier_rounds(log, "usual", tmp_path / "probes.json", START + timedelta(days=30))
    assert (name, len(days(window))) == ("7 probes, r2 to r8", 7)


def test_rounds_that_showed_a_loss_are_no_measure_but_can_be_asked_for(log, tmp_path):
    state = tmp_path / "probes.json"
    for name in ("r7", "r8"):
        remember_worse(state, name)
    now = START + timedelta(days=30)
    assert days(earlier_rounds(log, "usual", state, now)[1])[-1] == "r6"
    assert days(earlier_rounds(log, "previous", state, now)[1]) == ["r8"]


def test_where_every_round_showed_a_loss_there_is_nothing_to_compare_with(log, tmp_path):
    state = tmp_path / "probes.json"
    for day in range(9):
        remember_worse(state, f"r{day}")
    assert earlier_rounds(log, "usual", state, START + timedelta(days=30)) == ("", None)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"worse": 3}', '{"worse": [1, null]}', "\x00"])
def test_a_broken_memory_remembers_nothing_and_is_written_anew(tmp_path, content):
    state = tmp_path / "probes.json"
    state.write_text(content)
    assert worse_rounds(state) == []
    remember_worse(state, "r1")
    assert worse_rounds(state) == ["r1"]


def test_a_baseline_of_a_period_without_canaries_is_told(log, tmp_path):
    log.set_baseline("default", START - timedelta(days=9), START - timedelta(days=1), START)
    with pytest.raises(InputError, match="holds no canaries"):
        earlier_rounds(log, "baseline", tmp_path / "probes.json", START + timedelta(days=30))
