"""`drift` on interaction files and on the log: verdicts, exit codes, and every refusal in one sentence."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drift.comparison import compare
from drift.settings import DriftSettings
from drift.windows import Window
from pipelines.monitoring.drift_report import ReportedWindows, write_outputs

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
FACTS = [
    (f"Which berth does ship {n} use?", f"Ship {n} uses berth {n * 7 % 40} at the northern quay.") for n in range(60)
]


def rows(count, *, wrong=0.0, start=START, seed=0, latency=200.0, error=0.0):
    chance = random.Random(seed)
    for number in range(count):
        question, fact = chance.choice(FACTS)
        invented = (
            "Passengers receive complimentary champagne aboard luxurious helicopters near Antarctica, 9914 times."
        )
        yield {
            "id": f"{start:%m%d}-{seed}-{number}",
            "at": (start + timedelta(minutes=10 * number)).isoformat(),
            "question": question,
            "answer": None if chance.random() < error else (invented if chance.random() < wrong else fact),
            "contexts": [
                {"id": question, "text": fact + " The quay was rebuilt recently.", "source": "port.md", "score": 0.8}
            ],
            "latency_ms": latency * chance.uniform(0.8, 1.2),
            "model": "m",
        }


def write(path, items):
    path.write_text("\n".join(item if isinstance(item, str) else json.dumps(item) for item in items), encoding="utf-8")
    return path


@pytest.fixture
def reference(tmp_path):
    return write(tmp_path / "ref.jsonl", rows(200, seed=1))


def test_the_same_system_is_steady(command, tmp_path, reference):
    ran = command("drift", "compare", reference, write(tmp_path / "cur.jsonl", rows(200, seed=2)), "--json")
    assert (ran.code, ran.json["verdict"]) == (0, "steady")
    assert ran.json["quality"]["minimum_detectable_drop"] < 0.1
    assert ran.json["causes"] == []


def test_invented_answers_at_the_same_speed_are_silent_drift(command, tmp_path, reference):
    html = tmp_path / "report.html"
    current = write(tmp_path / "cur.jsonl", rows(200, seed=2, wrong=0.5))
    ran = command("drift", "compare", reference, current, "--json", "--html", html)
    assert (ran.code, ran.json["verdict"], ran.json["ops"]["status"]) == (3, "silent_drift", "green")
    assert ran.json["quality"]["delta"] < -0.05
    assert ran.json["causes"][0]["cause"] in {"generation", "model_change"}
    assert "ilent drift" in html.read_text(encoding="utf-8")


def test_errors_are_an_ops_incident(command, tmp_path, reference):
    current = write(tmp_path / "cur.jsonl", rows(200, seed=2, error=0.4))
    ran = command("drift", "compare", reference, current)
    assert ran.code == 4
    assert ran.out.startswith("OPS INCIDENT")


def test_too_little_data_is_never_green(command, tmp_path, reference):
    ran = command("drift", "compare", reference, write(tmp_path / "cur.jsonl", rows(5, seed=2)), "--json")
    assert (ran.code, ran.json["verdict"]) == (5, "insufficient")


def test_refused_lines_are_named_and_steady_is_then_not_exit_zero(command, tmp_path, reference):
    current = write(tmp_path / "cur.jsonl", ["{broken", *rows(200, seed=2), json.dumps({"id": "x"})])
    ran = command("drift", "compare", reference, current, "--json")
    assert (ran.code, ran.json["verdict"]) == (2, "steady")
    assert "cur.jsonl:1: not JSON" in ran.err
    assert "required key 'at' is missing" in ran.err


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_or_empty_file_is_one_sentence(command, tmp_path, reference, content):
    path = tmp_path / "cur.jsonl"
    if content is not None:
        path.write_text(content)
    ran = command("drift", "compare", reference, path)
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1


@pytest.fixture
def drift_workspace(command, tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    command("rag", "init")
    return folder


def test_from_import_to_baseline_to_silent_drift(command, drift_workspace):
    later = START + timedelta(days=7)
    write(drift_workspace / "a.jsonl", rows(200, seed=1))
    write(drift_workspace / "b.jsonl", rows(200, seed=2, start=later, wrong=0.5))
    assert command("drift", "import", "a.jsonl", "--json").json["new"] == 200
    assert command("drift", "baseline", "set").code == 0
    assert command("drift", "import", "b.jsonl").code == 0
    ran = command("drift", "report", "--since", later.isoformat(), "--until", (later + timedelta(days=7)).isoformat())
    assert ran.code == 3
    assert ran.out.startswith("SILENT DRIFT")
    [html] = (drift_workspace / ".rag" / "reports").glob("*.html")
    assert str(html.name) in ran.out


def test_importing_twice_changes_nothing(command, drift_workspace):
    write(drift_workspace / "a.jsonl", rows(20, seed=1))
    command("drift", "import", "a.jsonl")
    assert command("drift", "import", "a.jsonl", "--json").json["new"] == 0
    assert command("drift", "export", "out.jsonl").out.startswith("20 interactions")
    piped = command("drift", "export", "-")
    assert (piped.out, piped.err) == (Path("out.jsonl").read_text(), "20 interactions written to -\n")


def test_bad_lines_are_kept_aside_and_the_rest_imported(command, drift_workspace):
    write(drift_workspace / "a.jsonl", [*rows(3, seed=1), "{broken"])
    ran = command("drift", "import", "a.jsonl", "--json")
    assert (ran.code, ran.json["new"], len(ran.json["refused"])) == (2, 3, 1)
    assert (drift_workspace / "a.rejected.jsonl").read_text() == "{broken\n"


def test_a_report_without_baseline_says_how_to_pin_one(command, drift_workspace):
    ran = command("drift", "report")
    assert ran.code == 2
    assert "drift baseline set" in ran.err


def test_a_baseline_of_an_empty_log_is_refused(command, drift_workspace):
    assert "The log is empty" in command("drift", "baseline", "set").err


def test_a_window_without_traffic_is_insufficient_and_never_green(command, drift_workspace):
    write(drift_workspace / "a.jsonl", rows(200, seed=1))
    command("drift", "import", "a.jsonl")
    command("drift", "baseline", "set")
    ran = command("drift", "report", "--since", "2026-05-01", "--until", "2026-05-08", "--json")
    assert (ran.code, ran.json["verdict"]) == (5, "insufficient")


@pytest.mark.parametrize("time", ["yesterday", "2026-13-01"])
def test_a_time_that_is_none_is_refused(command, drift_workspace, time):
    assert "is not an ISO 8601 time" in command("drift", "report", "--since", time).err


def test_a_baseline_is_shown_with_what_it_holds(command, drift_workspace):
    write(drift_workspace / "a.jsonl", rows(40, seed=1, error=0.2))
    command("drift", "import", "a.jsonl")
    command("drift", "baseline", "set")
    shown = command("drift", "baseline", "show", "--json").json
    assert (shown["name"], shown["version"], sum(shown["outcomes"].values())) == ("default", 1, 40)
    assert shown["outcomes"]["failed"] > 0
    grounded = next(score for score in shown["scores"] if score["metric"] == "groundedness")
    assert grounded["scored"] + grounded["unscored"] == 40
    assert shown["fingerprint"]["chat_model"] == {"m": 40}
    assert "groundedness (proxy): mean 0." in command("drift", "baseline", "show").out
    assert "no baseline 'other'" in command("drift", "baseline", "show", "other").err


def test_reports_of_one_second_have_files_of_their_own(tmp_path, build_report):
    now = datetime(2026, 2, 1, 9, 0, 0, tzinfo=UTC)
    first, second = (write_outputs(build_report, tmp_path, None, now) for _ in range(2))
    assert first != second
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "drift-20260201T090000Z-2.html",
        "drift-20260201T090000Z-2.json",
        "drift-20260201T090000Z.html",
        "drift-20260201T090000Z.json",
    ]


@pytest.fixture
def build_report():
    empty = Window("a", ()), Window("b", ())
    return ReportedWindows(compare(*empty, DriftSettings(), START), *empty)
