"""What a round of canaries says and whom it tells: on its own, beside the report on traffic."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from data.records import Interaction, Score
from drift.canaries import compare_rounds
from drift.settings import DriftSettings
from drift.windows import Window
from pipelines.monitoring.canaries.output import probe_json, probe_text, probed_told
from pipelines.monitoring.canaries.rounds import ProbeRound
from pipelines.wiring import init_workspace, open_workspace

START = datetime(2026, 3, 1, tzinfo=UTC)


def window(name, right, day, repeats=1):
    rows = [(n, turn, is_right) for turn in range(repeats) for n, is_right in enumerate(right)]
    items = tuple(
        Interaction(
            f"{name}-{n}-{turn}",
            START + timedelta(days=day, seconds=n + 100 * turn),
            f"What is in box {n}?",
            f"There are {n if is_right else 99} stones.",
            kind="canary",
        )
        for n, turn, is_right in rows
    )
    scores = tuple(
        Score(item.id, "correct", float(is_right), "reference")
        for item, (_, _, is_right) in zip(items, rows, strict=True)
    )
    return Window(name, items, scores)


@pytest.fixture
def probed():
    """A round in which five of twelve right answers became one, asked again."""

    def made(right_now=1):
        before = window("before", [n < 5 for n in range(12)], 0)
        after = window("after", [n < right_now for n in range(12)], 1, 6)
        compared = compare_rounds(before, after, DriftSettings(permutations=99), START + timedelta(days=2))
        return ProbeRound("after", after.interactions, after.scores, "probe x", before, after, compared, 0.0075, 60)

    return made


def test_the_text_says_the_verdict_the_second_look_and_what_turned(probed):
    text = probe_text(probed())
    assert "60 of these answers were asked for a second look" in text
    assert "Against probe x: Silent drift: ops green, but answers got worse. Of 12 canaries" in text
    assert "Right before, wrong now:" in text


def test_the_json_says_how_many_canaries_would_be_enough(probed):
    found = probe_json(probed())
    assert (found["verdict"], found["exit_code"], found["asked_again"]) == ("silent_drift", 3, 60)
    assert found["p_value"] < 0.00375
    assert found["canaries_needed"] == 42


def test_alerts_of_canaries_are_told_on_their_own_and_never_end_what_a_report_began(probed, tmp_path):
    init_workspace(tmp_path)
    box = tmp_path / "rag.prom"
    (tmp_path / "rag.toml").write_text(f'[alerts]\ntextfile = "{box}"\nservice = "desk"\n')
    opened = open_workspace(tmp_path)
    told = probed_told(opened, probed(), START + timedelta(days=2))
    assert "reports/probe-20260303T000000Z.html" in told
    assert "told" in told.splitlines()[1] and "rag-canaries.prom" in told
    assert not box.exists()
    assert 'rag_silent_drift{service="desk canaries"} 1.0' in (tmp_path / "rag-canaries.prom").read_text()
    page = json.loads((opened.data / "reports" / "probe-20260303T000000Z.json").read_text())
    assert page["verdict"] == "silent_drift"


def test_a_first_round_tells_nobody(probed, tmp_path):
    init_workspace(tmp_path)
    alone = ProbeRound("x", probed().items, (), "", None, probed().after, None, 0.0075)
    assert probed_told(open_workspace(tmp_path), alone, START) == "Alerts: nothing to tell of a first round"
    assert "first round on record" in probe_text(alone)
