import pytest
from sklearn.metrics import cohen_kappa_score

from data.errors import InputError
from data.records import Score
from eval.judge.calibration import Agreement, agreement, compare_judges, rogan_gladen
from eval.judge.judge import with_judgements
from eval.run import CaseResult, EvalRun


def test_agreement_is_counted_by_hand_and_kappa_agrees_with_scikit_learn():
    human, judged = [1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 1, 0]
    found = agreement(judged, human)
    assert (found.sensitivity, found.specificity, found.accuracy) == (0.75, 0.5, pytest.approx(4 / 6))
    assert found.kappa == pytest.approx(cohen_kappa_score(human, judged))
    assert found.bias == pytest.approx(0.0)


def test_constant_labels_leave_kappa_and_correlation_open():
    found = agreement([1.0, 1.0], [1.0, 1.0])
    assert (found.kappa, found.correlation, found.specificity) == (None, None, None)


def test_rogan_gladen_undoes_a_known_confusion():
    known = Agreement(100, 0.85, 0.6, 0.9, 0.8, 0.0, 0.7)
    for truth in (0.1, 0.5, 0.95):
        assert rogan_gladen(truth * 0.9 + (1 - truth) * 0.2, known) == pytest.approx(truth)
    assert rogan_gladen(0.5, Agreement(9, 0.5, 0.0, 0.5, 0.5, 0.0, None)) is None


def test_the_same_judge_has_not_moved_and_a_stricter_one_has():
    then = [0.9] * 40 + [0.2] * 10
    assert not compare_judges(then, then).drifted()
    shift = compare_judges(then, [0.3] * 12 + then[12:])
    assert (shift.flips, shift.drifted()) == (12, True)
    assert shift.p_value == pytest.approx(2 * 2**-12)


@pytest.mark.parametrize("call", [lambda: agreement([], []), lambda: compare_judges([1], [1, 0])])
def test_unpaired_judgements_are_refused(call):
    with pytest.raises(InputError, match="pairs"):
        call()


def test_judgements_join_a_run_and_missing_ones_are_unscored():
    results = tuple(CaseResult(name, "?", "a", "answered", {}, {}) for name in ("a", "b", "c"))
    run = EvalRun("id", None, "", (), results)
    scores = [
        Score("a", "faithfulness", 0.5, "judge", "", "ragas", "v1"),
        Score("b", "faithfulness", None, "judge", "timeout", "ragas", "v1"),
    ]
    judged = with_judgements(run, scores)
    assert [result.values for result in judged.results] == [{"faithfulness": 0.5}, {}, {}]
    assert [result.unscored for result in judged.results][1:] == [
        {"faithfulness": "timeout"},
        {"faithfulness": "not judged"},
    ]
    assert judged.metrics[0].version == "v1"
