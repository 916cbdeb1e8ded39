"""The claims made for the proxy, measured again on the labelled answers."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest

from eval.quality.groundedness import GroundednessProxy, UnscorableAnswer
from eval.quality.sentences import plain_sentences

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "benchmarks" / "train_groundedness.py"
DATA = ROOT.parent / "shared" / "data" / "ragtruth_qa" / "answers.jsonl.gz"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.exists(), reason="the RAGTruth set is not beside the checkout"),
]


@pytest.fixture(scope="module")
def training():
    spec = importlib.util.spec_from_file_location("train_groundedness", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def scores(training):
    return training.cross_validated_scores()


def test_held_out_answers_are_ranked_and_calibrated(training, scores):
    measured = training.quality(scores)
    assert measured["auroc"] > 0.75
    assert measured["ece"] < 0.05


def test_the_swap_to_the_small_model_is_seen_and_the_same_model_is_not(training, scores):
    one_sided, _ = training.alarm_rates(scores, training.SMALL, resamples=300)
    assert one_sided >= 0.95
    assert training.alarm_rates(scores, training.LARGE, resamples=300)[0] <= 0.03


def test_the_shipped_coefficients_are_those_the_script_gives(training):
    fitted, shipped = training.fit(training.examples()), GroundednessProxy.load()._coefficients
    assert fitted.weights == pytest.approx(shipped.weights, abs=1e-3)


def _markdown(row):
    return "\n".join(f"- **{part}**" for part in plain_sentences(row["response"]))


def _pleasant(row):
    return f"Sure! Here is what I found:\n\n{row['response']}\n\nI hope this helps! Let me know if you need more."


def _with_quotes(row):
    quotes = [part for passage in row["passages"] for part in plain_sentences(passage) if len(part) > 30]
    return "\n".join([row["response"], *quotes[:2]])


def _with_summary(row):
    parts = plain_sentences(row["response"])
    return "\n".join([row["response"], "In summary:", *sorted(parts, key=len)[-2:]])


def _attributed(row):
    parts = plain_sentences(row["response"])
    return "\n".join(part if part.endswith(":") else f"According to passage 1, {part}" for part in parts)


@pytest.mark.parametrize("restyle", [_markdown, _pleasant, _with_quotes, _with_summary, _attributed])
def test_restyled_answers_keep_their_mean_score(training, restyle):
    proxy = GroundednessProxy.load()
    rows = [row for row in training.read_rows() if row["model"] == training.LARGE]
    before, after = [], []
    for row in random.Random(1).sample(rows, 200):
        try:
            pair = [proxy.score(row["question"], text, row["passages"]) for text in (row["response"], restyle(row))]
        except UnscorableAnswer:
            continue
        before.append(pair[0])
        after.append(pair[1])
    mean = sum(before) / len(before)
    spread = (sum((value - mean) ** 2 for value in before) / len(before)) ** 0.5
    assert abs(sum(after) / len(after) - mean) < 0.1 * spread
