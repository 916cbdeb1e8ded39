"""Retrieval and generation are named on evidence of their own; where nothing tells, nothing does."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from drift.causes.evidence import CauseEvidence
from drift.causes.generation import generation_causes
from drift.comparison import compare
from drift.quality.scoring import Side
from drift.results import Finding


def correct(window):
    """Score answers for being right, which says nothing of passages by itself."""
    scores = tuple(replace(score, metric="correct", source="reference") for score in window.scores)
    return replace(window, scores=scores)


def with_contexts(window, change):
    items = tuple(replace(item, contexts=change(n, item)) for n, item in enumerate(window.interactions))
    return replace(window, interactions=items)


def fresh(n, item):
    """Passages that were never retrieved before, no nearer and no farther."""
    return tuple(
        replace(part, id=f"{item.id}-{part.id}", text_hash=f"{item.id}-{part.text_hash}") for part in item.contexts
    )


def fingerprinted(window, **parts):
    items = tuple(replace(item, fingerprint=replace(item.fingerprint, **parts)) for item in window.interactions)
    return replace(window, interactions=items)


def causes(reference, current, settings, now):
    report = compare(reference, current, settings, now)
    assert report.verdict == "silent_drift"
    return {cause.cause: cause for cause in report.causes}


def test_less_correct_answers_from_new_passages_that_fit_as_well_have_an_unknown_cause(build, settings, now):
    left = correct(with_contexts(build("a", seed=1), fresh))
    right = correct(with_contexts(build("b", seed=2, quality=0.65), fresh))
    (cause,) = causes(left, right, settings, now).values()
    assert cause.cause == "unknown"
    assert "retrieval and generation remain possible" in cause.evidence


def test_less_correct_answers_from_the_same_passages_are_laid_to_generation(build, settings, now):
    found = causes(correct(build("a", seed=1)), correct(build("b", seed=2, quality=0.65)), settings, now)
    assert list(found) == ["generation"]
    assert "Answers given the same passages as before changed by -0.1" in found["generation"].evidence


def test_less_correct_answers_from_weaker_passages_are_laid_to_retrieval(build, settings, now):
    right = correct(build("b", seed=2, quality=0.65, top_score=0.5))
    assert list(causes(correct(build("a", seed=1)), right, settings, now)) == ["retrieval"]


def test_answers_that_keep_to_their_passages_less_are_laid_to_generation(build, settings, now):
    left, right = (
        with_contexts(build(name, seed=n, quality=quality), fresh)
        for n, (name, quality) in enumerate([("a", 0.8), ("b", 0.65)])
    )
    found = causes(left, right, settings, now)
    assert list(found) == ["generation"]
    assert "keep to their passages less (groundedness 0.79" in found["generation"].evidence


def test_without_passages_the_cause_is_unknown_and_the_report_says_what_to_log(build, settings, now):
    left, right = (
        with_contexts(build(name, seed=n, quality=quality), lambda n, item: ())
        for n, (name, quality) in enumerate([("a", 0.8), ("b", 0.65)])
    )
    (cause,) = causes(left, right, settings, now).values()
    assert cause.cause == "unknown"
    assert "Log the passages" in cause.evidence


@pytest.mark.parametrize(
    ("part", "name"),
    [("prompt_version", "prompt_change"), ("chat_model", "model_change"), ("index_generation", "index_change")],
)
def test_what_changed_in_the_fingerprint_is_named_without_any_passages(part, name, build, settings, now):
    left, right = (
        fingerprinted(with_contexts(build(window, seed=n, quality=quality), lambda n, item: ()), **{part: window})
        for n, (window, quality) in enumerate([("a", 0.8), ("b", 0.65)])
    )
    (cause,) = causes(left, right, settings, now).values()
    assert (cause.cause, cause.share) == (name, 1.0)
    assert "from 'a' to 'b'" in cause.evidence


def test_an_index_and_a_prompt_that_changed_together_are_both_named(build, settings, now):
    left = fingerprinted(correct(build("a", seed=1)), index_generation="g1")
    right = fingerprinted(correct(build("b", seed=2, quality=0.65, prompt="p2")), index_generation="g2")
    found = causes(left, right, settings, now)
    assert {name: cause.share for name, cause in found.items()} == {"prompt_change": 1.0, "index_change": None}


def test_weaker_passages_and_a_new_prompt_are_both_named(build, settings, now):
    right = correct(build("b", seed=2, quality=0.65, prompt="p2", top_score=0.74))
    found = causes(correct(build("a", seed=1)), right, settings, now)
    assert set(found) == {"prompt_change", "retrieval"}
    assert "Top score fell" in found["retrieval"].evidence


def test_other_questions_make_other_answers_and_are_no_evidence_against_the_generator(build, settings, now):
    def shorter(window):
        items = []
        for item in window.interactions:
            items.append(replace(item, question=" ".join(item.question.split()[2:]), answer="It does."))
        return replace(window, interactions=tuple(items))

    left = correct(with_contexts(build("a", seed=1), fresh))
    right = correct(with_contexts(build("b", seed=2, quality=0.55), fresh))
    assert "generation" in causes(
        left,
        replace(right, interactions=tuple(replace(item, answer="It does.") for item in right.interactions)),
        settings,
        now,
    )
    assert "generation" not in causes(left, shorter(right), settings, now)


def asked_again(build, same_quality, other_quality, every=2):
    """Ask the same 120 questions twice; each `every`-th gets other passages the second time."""
    left = build("a", 120, seed=1, same_questions=True, spread=0.1)
    good, bad = (
        build("b", 120, seed=2, same_questions=True, quality=quality, spread=0.1)
        for quality in (same_quality, other_quality)
    )
    items, scores = [], []
    for n, item in enumerate(good.interactions):
        other = n % every == 0
        items.append(replace(item, contexts=fresh(n, item)) if other else item)
        scores.append((bad if other else good).scores[n])
    return correct(left), correct(replace(good, interactions=tuple(items), scores=tuple(scores)))


@pytest.mark.parametrize(
    ("same", "other", "named"),
    [
        (0.8, 0.55, {"retrieval"}),
        (0.65, 0.65, {"generation"}),
        (0.7, 0.5, {"retrieval", "generation"}),
    ],
)
def test_questions_asked_again_tell_retrieval_from_generation(same, other, named, build, settings, now):
    found = causes(*asked_again(build, same, other), settings, now)
    assert set(found) == named
    assert sum(cause.share for cause in found.values()) == pytest.approx(1)


def test_questions_asked_again_that_all_get_other_passages_tell_nothing(build, settings, now):
    assert set(causes(*asked_again(build, 0.65, 0.65, every=1), settings, now)) == {"unknown"}


def test_generation_is_seldom_blamed_for_what_unseen_passages_cost(build, settings, now):
    # Passages fit as well by all signals but hold the answer less often: no window may prove the generator guilty.
    named = []
    for seed in range(12):
        left = correct(with_contexts(build("a", 120, seed=seed), fresh))
        right = correct(with_contexts(build("b", 60, seed=500 + seed, quality=0.6), fresh))
        named += list(causes(left, right, settings, now))[:1]
    assert named.count("unknown") >= 10


def test_passages_shared_by_few_records_tell_nothing(build, settings, now):
    def half_known(n, item):
        return item.contexts if n < 10 else fresh(n, item)

    left = correct(with_contexts(build("a", seed=1), half_known))
    right = correct(with_contexts(build("b", seed=2, quality=0.65), half_known))
    assert list(causes(left, right, settings, now)) == ["unknown"]


@pytest.mark.parametrize(
    ("signal", "effect", "accused"),
    [
        ("novel words", 0.5, True),
        ("novel words", -0.5, False),
        ("unsupported citations", -0.5, False),
        ("citations", -0.5, True),
        ("citations", 0.5, False),
        ("answer words", -0.5, True),
    ],
)
def test_answers_that_keep_closer_to_their_passages_accuse_nobody(signal, effect, accused, build, settings):
    def moved(plane, name, size, drifted):
        return Finding(plane, name, 0.5, 0.5 + size, size, "d", 0.001, 0.001, drifted, f"{name} moved.")

    sides = [Side(window, window.interactions, {}) for window in (build("a", 40, seed=1), build("b", 40, seed=2))]
    nothing = SimpleNamespace(
        plane=SimpleNamespace(tests=(), dimensions={}, within=None), speaking=SimpleNamespace(main=None, helper=None)
    )
    findings = (moved("retrieval", "question coverage", 0.0, False), moved("answer", signal, effect, True))
    evidence = CauseEvidence(*sides, {}, {}, nothing, None, None, findings, ())
    found = generation_causes(evidence, settings, "")
    assert [cause.cause for cause in found] == (["generation"] if accused else [])
