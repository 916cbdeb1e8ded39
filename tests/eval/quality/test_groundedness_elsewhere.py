"""The shipped proxy on labelled answers it was not trained on: other tasks, other models, other passages."""

import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from eval.errors import UnscorableAnswer
from eval.quality.groundedness import GroundednessProxy

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.exists(), reason="the public data sets are not beside the checkout"),
]
PROXY = GroundednessProxy.load()


def rows(name):
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def scored(triples):
    """Pairs of score and label, without the answers that cannot be scored."""
    pairs = []
    for question, answer, contexts, label in triples:
        try:
            pairs.append((PROXY.score(question, answer, contexts), label))
        except UnscorableAnswer:
            continue
    return np.array(pairs, float).T


def test_dialogue_replies_are_ranked_as_people_ranked_them():
    labelled = [row for row in rows("begin/responses") if row["begin_label"] != "Generic"]
    scores, good = scored(
        (row["message"], row["response"], [row["knowledge"]], row["begin_label"] == "Fully attributable")
        for row in labelled
    )
    assert roc_auc_score(good, scores) > 0.88


def test_rated_multi_turn_answers_correlate_with_human_faithfulness():
    scores, ratings = scored(
        (
            row["history"][-1]["text"],
            row["response"],
            [passage["text"] for passage in row["passages"]],
            row["human_mean"]["faithfulness"],
        )
        for row in rows("mtrag_human/answers")
        if row["history"]
    )
    assert spearmanr(scores, ratings).statistic > 0.4


@pytest.mark.parametrize("language", ["en", "ru"])
def test_three_foreign_words_in_a_supported_sentence_are_noticed_in_both_languages(language):
    rng = np.random.default_rng(0)
    paragraphs = rows(f"xquad/{language}")[:200]
    whole, spoilt = [], []
    for row, other in zip(paragraphs, reversed(paragraphs), strict=True):
        words = row["context"].split(". ")[0].split()
        foreign = re.findall(r"\w{5,}", other["context"])
        if row["article"] == other["article"] or len(words) < 6:
            continue
        swapped = list(words)
        for place in rng.choice(len(words), 3, replace=False):
            swapped[place] = str(rng.choice(foreign))
        whole.append((row["question"], " ".join(words), [row["context"]], 1))
        spoilt.append((row["question"], " ".join(swapped), [row["context"]], 0))
    scores, labels = scored(whole + spoilt)
    assert roc_auc_score(labels, scores) > 0.95
