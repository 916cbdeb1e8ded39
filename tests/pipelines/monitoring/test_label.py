"""`drift label`: a round chosen, labelled at the terminal or in a file, and what `drift report` makes of it."""

import io
import json
import random
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from threadpoolctl import threadpool_limits

from data.interchange.lines import parse_line
from data.labels import Label
from drift.comparison import assess
from drift.settings import DriftSettings
from drift.windows import Window
from pipelines.loopback import Loopback
from pipelines.monitoring.label import SamplingFrame, begin, mark, progress, store
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
LATER = START + timedelta(days=7)
END = LATER + timedelta(days=7)


def rows(count, start, seed, good):
    """Answers that are right with probability `good`; the proxy is a noisy hint that is too kind to wrong ones."""
    chance = random.Random(seed)
    for number in range(count):
        right = chance.random() < good
        proxy = min(1.0, max(0.0, chance.gauss(0.8 if right else 0.55, 0.15)))
        yield {
            "id": f"{start:%m%d}-{number}",
            "at": (start + timedelta(minutes=10 * number)).isoformat(),
            "question": f"Which berth does ship {number} of series {seed} use?",
            "answer": f"Ship {number} uses berth {number % 40}." if right else f"Ship {number} uses no berth at all.",
            "contexts": [{"text": f"Ship {number} uses berth {number % 40} at the quay.", "source": "port.md"}],
            "tags": {"right": str(right)},
            "scores": [{"metric": "groundedness", "value": proxy, "source": "proxy", "scorer_version": "t"}],
        }


@pytest.fixture(scope="module")
def labelled_log(tmp_path_factory):
    """A workspace with a baseline week and a worse week, built once and copied."""
    folder = tmp_path_factory.mktemp("label")
    init_workspace(folder)
    parsed = [parse_line(json.dumps(row)) for row in [*rows(200, START, 1, 0.8), *rows(200, LATER, 2, 0.4)]]
    log = open_log(open_workspace(folder))
    log.append([item for item, _ in parsed], [score for _, scores in parsed for score in scores])
    log.set_baseline("default", START, LATER, LATER)
    log.close()
    return folder


@pytest.fixture
def folder(labelled_log, tmp_path, monkeypatch):
    shutil.copytree(labelled_log, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def typing(monkeypatch):
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


PERIOD = ("--since", LATER.isoformat(), "--until", END.isoformat())


def labels_of(folder):
    scores = open_log(open_workspace(folder)).scores(kinds=None)
    return {s.interaction_id: s for s in scores if (s.metric, s.source) == ("quality", "human")}


def test_a_round_takes_as_many_from_the_baseline_as_from_the_recent_days(command, folder):
    ran = command("drift", "label", "--n", 40, "--dry-run", "--json", *PERIOD)
    ids = ran.json["ids"]
    assert sorted([sum(name.startswith(day) for name in ids) for day in ("0105", "0112")]) == [20, 20]
    assert progress(open_workspace(folder)) is None


def test_the_queue_stores_each_answer_at_once_goes_back_and_resumes(command, folder, typing):
    typing("y\nn\nb\ny\ns\nq\n")
    first = command("drift", "label", "--n", 10, "--json", *PERIOD)
    assert first.json == {"done": 3, "left": 7}
    assert sorted(str(s.value) for s in labels_of(folder).values()) == ["1.0", "1.0", "None"]
    typing("what?\ny\nm\nn\n")
    second = command("drift", "label", "--json", *PERIOD)
    assert second.json == {"done": 2, "left": 5}
    assert "Going on with the open round" not in second.out
    assert "y good" in second.err
    assert len(labels_of(folder)) == 5


def test_the_card_shows_question_answer_and_passages(command, folder, typing):
    typing("q\n")
    shown = command("drift", "label", "--n", 2, *PERIOD).err
    assert "Which berth does ship" in shown
    assert "[1] port.md: Ship" in shown


def test_labels_go_out_and_come_back_as_a_file_twice_the_same(command, folder):
    command("drift", "label", "--n", 20, "--export", "out.jsonl", *PERIOD)
    lines = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert len(lines) == 20
    assert all(line["label"] is None and 0 < line["probability"] <= 1 for line in lines)
    filled = (
        [line | {"label": "y"} for line in lines[:15]] + [line | {"label": 0} for line in lines[15:18]] + lines[18:]
    )
    bad = ["{", {"id": "nobody", "label": 1}, {"id": lines[0]["id"], "label": 7}]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in [*filled, *bad])
    (folder / "in.jsonl").write_text(text)
    for _ in range(2):
        ran = command("drift", "label", "--import", "in.jsonl", "--json")
        assert (ran.code, ran.json["labels"], ran.json["open"], len(ran.json["refused"])) == (2, 18, 2, 3)
        assert len(labels_of(folder)) == 18
    assert any("in.jsonl:23: 'label' must be" in reason for reason in ran.json["refused"])
    assert progress(open_workspace(folder)).done == 18


def test_a_round_goes_to_standard_output_where_that_is_asked_for(command, folder):
    ran = command("drift", "label", "--n", 3, "--export", "-", *PERIOD)
    assert [line["label"] for line in ran.lines] == [None] * 3
    assert "3 answers written to -" in ran.err
    assert not (folder / "-").exists()


def test_the_report_weighs_labels_by_how_they_were_chosen(command, folder):
    # Only answers that the proxy doubts are labelled on one side: without weights the estimate would be off by far.
    workspace = open_workspace(folder)
    queue = begin(workspace, SamplingFrame(LATER, END), 120, 0, END)
    truth = {item.id: item.tags["right"] == "True" for item in open_log(workspace).read()}
    store(open_log(workspace), [Label(name, float(truth[name])) for name in queue.ids])
    real = [sum(right for name, right in truth.items() if name.startswith(day)) / 200 for day in ("0105", "0112")]
    report = assessed(workspace)
    assert report.quality.method.startswith("human labels on a sample")
    assert report.verdict == "silent_drift"
    low, high = report.quality.ci
    assert low <= real[1] - real[0] <= high
    mark(open_log(workspace), dict.fromkeys(truth, 0.0), "human")
    assert all("label_probability" not in item.tags for item in open_log(workspace).read())
    assert abs(assessed(workspace).quality.current - report.quality.current) > 0.005


def assessed(workspace):
    log = open_log(workspace)
    spans = ((START, LATER), (LATER, END))
    windows = [Window(f"{since:%F}", tuple(log.read(since, until)), tuple(log.scores())) for since, until in spans]
    with threadpool_limits(1):
        return assess(*windows, DriftSettings(), END)


def test_a_round_ended_early_lowers_the_probabilities(command, folder, typing):
    typing("y\n" * 10)
    command("drift", "label", "--n", 40, *PERIOD)
    log = open_log(open_workspace(folder))
    before = sum(float(item.tags["label_probability"]) for item in log.read())
    typing("")
    command("drift", "label", "--n", 4, "--new", *PERIOD)
    after = sum(float(item.tags["label_probability"]) for item in log.read())
    assert before == pytest.approx(40, rel=1e-3)
    assert after == pytest.approx(14, rel=0.05)


def test_nothing_to_label_is_one_sentence(command, folder):
    ran = command("drift", "label", "--since", "2030-01-01", "--until", "2030-01-02", "--baseline", "none")
    assert ran.code == 2
    assert "There is no baseline 'none'" in ran.err


def test_a_judge_is_asked_only_after_its_cost_was_told(command, folder, monkeypatch):
    with Loopback() as judge:
        monkeypatch.setenv("RAG__JUDGE__BASE_URL", judge.url)
        monkeypatch.setenv("RAG__JUDGE__MODEL", "judge-1")
        dry = command("drift", "label", "--judge", "--n", 6, "--dry-run", "--json", *PERIOD)
        assert (dry.json["cost"]["requests"], len(judge.requests), dry.json["scored"]) == (12, 0, 0)
        assert dry.json["cost"]["prompt_tokens"] > 12 * 900
        done = command("drift", "label", "--judge", "--n", 6, "--json", *PERIOD)
        assert (done.json["scored"], len(judge.requests)) == (6, 12)
    log = open_log(open_workspace(folder))
    assert sum(s.source == "judge" and s.metric == "faithfulness" for s in log.scores()) == 6
    assert sum(float(item.tags.get("judge_probability", 0)) for item in log.read()) == pytest.approx(6, rel=1e-3)


def test_without_a_judge_the_sentence_says_where_to_name_one(command, folder):
    ran = command("drift", "label", "--judge")
    assert ran.code == 2
    assert "[judge] base_url" in ran.err
