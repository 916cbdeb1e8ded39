import json
from dataclasses import replace

import numpy as np
import pytest

from data.errors import InputError
from eval.errors import RunFileError
from eval.judge.anchors import Anchor, Calibration, corrected_share, load_calibrations, read_labelled, save_calibrations
from eval.run import JudgeInput

SHOWN = JudgeInput("a", "When?", "At seven.", ("The ferry leaves at seven.",))


def judge(truth, sensitivity, specificity, rng):
    return np.where(truth, rng.random(len(truth)) < sensitivity, rng.random(len(truth)) >= specificity).astype(float)


def known(rng, count=200, sensitivity=0.9, specificity=0.7):
    truth = rng.random(count) < 0.5
    judged = judge(truth, sensitivity, specificity, rng)
    anchors = tuple(Anchor(SHOWN, float(good), value) for good, value in zip(truth, judged, strict=True))
    return Calibration("faithfulness", "v", anchors)


def test_a_kind_judge_is_corrected_to_the_share_that_people_would_give():
    rng = np.random.default_rng(5)
    hits, raw = 0, []
    for _ in range(60):
        values = judge(rng.random(400) < 0.6, 0.9, 0.7, rng)
        raw.append(values.mean())
        share = corrected_share(values.tolist(), known(rng))
        hits += share.low <= 0.6 <= share.high
    assert np.mean(raw) > 0.64
    assert 53 <= hits <= 60


def test_a_judge_no_better_than_chance_and_few_labels_correct_nothing():
    rng = np.random.default_rng(1)
    assert corrected_share([1.0, 0.0], known(rng, sensitivity=0.5, specificity=0.5 - 0.2)) is None
    assert corrected_share([1.0, 0.0], known(rng, count=9)) is None
    assert corrected_share([], known(rng)) is None


def test_calibrations_come_back_as_they_were(tmp_path):
    kept = known(np.random.default_rng(0), count=3)
    save_calibrations(tmp_path / "c.json", [kept])
    assert load_calibrations(tmp_path / "c.json") == (kept,)
    assert load_calibrations(tmp_path / "none.json") == ()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"schema": 9, "calibrations": []}', '{"schema": 1, "calibrations": [{}]}']
)
def test_a_damaged_calibration_is_one_clear_error(tmp_path, text):
    path = tmp_path / "c.json"
    path.write_text(text)
    with pytest.raises(RunFileError, match=r"c\.json"):
        load_calibrations(path)


def test_labelled_answers_are_read_and_open_ones_left_out(tmp_path):
    path = tmp_path / "l.jsonl"
    rows = [
        {
            "question": "When?",
            "answer": "At seven.",
            "contexts": [{"text": "The ferry leaves at seven."}],
            "label": "y",
        },
        {"question": "When?", "answer": "At six.", "contexts": ["x"], "label": None},
        {"id": "z", "question": "When?", "answer": "At six.", "contexts": ["x"], "label": 0.25, "reference": "seven"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    (first, one), (second, quarter) = read_labelled(path)
    assert (first, one) == (replace(SHOWN, id="1"), 1.0)
    assert (second.id, second.reference, quarter) == ("z", "seven", 0.25)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r":1: not JSON"),
        ('{"question": "q", "answer": "a", "contexts": [], "label": 7}', "from 0 to 1"),
        ('{"answer": "a", "label": 1}', "needs question"),
        ('{"question": "q", "answer": "a", "label": null}', "no labelled"),
        ("[1]", ":1:"),
    ],
)
def test_unusable_labels_are_refused_with_the_line(tmp_path, text, message):
    path = tmp_path / "l.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_labelled(path)
