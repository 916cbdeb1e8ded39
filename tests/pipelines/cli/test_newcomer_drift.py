"""What a newcomer types after `drift`, and the sentence he gets."""

from datetime import UTC, datetime, timedelta

import pytest

from data.interchange.lines import interchange_lines
from data.records import Context, Interaction

NOW = datetime.now(UTC)


def traffic(first, count, start):
    for number in range(first, first + count):
        text = f"Ship {number} uses berth 7."
        yield Interaction(
            id=str(number),
            at=start + timedelta(minutes=number - first),
            question=f"Which berth does ship {number} use?",
            answer=text,
            outcome="answered",
            contexts=(Context("c", "port.md", 1.0, text, ""),),
            latency_ms={"total": 100.0},
        )


@pytest.fixture
def logged(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text("\n".join(interchange_lines(traffic(0, 40, NOW - timedelta(hours=5)), [])))
    assert command("rag", "init").code == 0
    assert command("drift", "import", "a.jsonl").code == 0
    return tmp_path


def test_a_report_right_after_pinning_everything_does_not_compare_records_with_themselves(command, logged):
    assert command("drift", "baseline", "set").code == 0
    ran = command("drift", "report", "--json")
    assert (ran.code, ran.json["windows"]["current"]["interactions"]) == (5, 0)
    assert "holds no interactions" in ran.json["sentence"]


def test_the_default_window_begins_where_the_baseline_ends(command, logged):
    assert command("drift", "baseline", "set").code == 0
    (logged / "b.jsonl").write_text("\n".join(interchange_lines(traffic(100, 45, NOW - timedelta(hours=2)), [])))
    assert command("drift", "import", "b.jsonl").code == 0
    windows = command("drift", "report", "--json").json["windows"]
    assert (windows["reference"]["interactions"], windows["current"]["interactions"]) == (40, 45)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report", "--since", "0001-01-01T00:00:00+14:00"], "is not an ISO 8601 time"),
        (["report", "--until", "0001-01-02"], "no 7 days before 0001-01-02T00:00:00+00:00: say since when"),
        (["report", "--since", "2026-02-01", "--until", "2026-01-01"], "is not before until"),
        (["export", "out.jsonl", "--since", "2026-02-01", "--until", "2026-01-01"], "is not before until"),
        (["baseline", "set", "x", "--since", "2026-02-01", "--until", "2026-01-01"], "is not before until"),
        (["baseline", "set", " "], "The name of the baseline is empty"),
        (["export", "missing/out.jsonl"], "missing/out.jsonl cannot be used (No such file or directory)"),
        (["export", "."], "cannot be used (Is a directory)"),
    ],
)
def test_a_slip_of_the_hand_gets_one_sentence_that_names_it(command, logged, arguments, told):
    assert command("drift", "baseline", "set").code == 0
    ran = command("drift", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err
    assert "Unexpected" not in ran.err


def test_ctrl_c_is_answered_in_a_sentence(command, logged, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.monitoring.interactions.exported", interrupted)
    ran = command("drift", "export", "out.jsonl")
    assert (ran.code, ran.err.strip().splitlines()[-1]) == (130, "error: Interrupted; what was finished is kept.")
