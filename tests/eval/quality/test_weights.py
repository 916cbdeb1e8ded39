import json

import pytest

from eval.errors import ModelFileError
from eval.quality.relevance import FEATURES
from eval.quality.support import CLAIM_FEATURES, KEPT_FEATURES
from eval.quality.weights import WEIGHTS_FILE, LogisticModel, Weights

WEIGHTS = Weights.read()


def test_the_shipped_weights_fit_the_features():
    assert {len(model.weights) for model in WEIGHTS.relevance.values()} == {len(FEATURES)}
    assert len(WEIGHTS.claims.weights) == len(CLAIM_FEATURES)
    assert len(WEIGHTS.changed.weights) == len(KEPT_FEATURES)


def test_a_sign_of_change_never_raises_the_chance_that_a_claim_was_kept():
    for place in range(len(KEPT_FEATURES)):
        changed = [float(place == at) for at in range(len(KEPT_FEATURES))]
        assert WEIGHTS.kept([changed]) < WEIGHTS.kept([[0.0] * len(KEPT_FEATURES)]) == 1.0


def test_the_most_doubtful_claim_decides_what_was_kept():
    good, bad = [0.0] * len(KEPT_FEATURES), [1.0] * len(KEPT_FEATURES)
    assert WEIGHTS.kept([good, bad, good]) == WEIGHTS.kept([bad])


def test_a_chance_stays_between_zero_and_one_for_absurd_features():
    assert 0 < LogisticModel((1.0,), 0.0).chance([-1e9]) < LogisticModel((1.0,), 0.0).chance([1e9]) < 1


@pytest.mark.parametrize("damage", ["{", "{}", '{"version": "x"}', "[]"])
def test_a_damaged_file_is_told_in_one_sentence(tmp_path, damage):
    file = tmp_path / "weights.json"
    file.write_text(damage)
    with pytest.raises(ModelFileError, match=r"weights.json cannot be read"):
        Weights.read(file)


def test_a_missing_weight_is_told(tmp_path):
    held = json.loads(WEIGHTS_FILE.read_text())
    del held["relevance"]["words"]
    file = tmp_path / "weights.json"
    file.write_text(json.dumps(held))
    with pytest.raises(ModelFileError, match="words"):
        Weights.read(file)
