from dataclasses import replace

import numpy as np
import pytest

from data.records import Context, Score
from drift.causes.swap import swap_test
from drift.comparison import compare


def first_cause(reference, current, settings, now):
    report = compare(reference, current, settings, now)
    assert report.verdict == "silent_drift"
    return report.causes[0]


def changed(window, **parts):
    items = tuple(replace(item, fingerprint=replace(item.fingerprint, **parts)) for item in window.interactions)
    return replace(window, interactions=items)


def test_a_new_prompt_is_named(build, settings, now):
    cause = first_cause(build("a", seed=1), build("b", seed=2, day=9, quality=0.65, prompt="p2"), settings, now)
    assert cause.cause == "prompt_change"
    assert "'p1' to 'p2'" in cause.evidence


def test_model_and_prompt_changed_together_share_the_blame(build, settings, now):
    report = compare(build("a", seed=1), build("b", seed=2, quality=0.65, prompt="p2", model="m2"), settings, now)
    assert {cause.cause: cause.share for cause in report.causes} == {"model_change": 0.5, "prompt_change": 0.5}


def test_weaker_retrieval_alone_is_blamed_on_retrieval(build, settings, now):
    current = build("b", seed=2, quality=0.65, top_score=0.5)
    assert first_cause(build("a", seed=1), current, settings, now).cause == "retrieval"


def test_weaker_retrieval_with_a_new_index_is_an_index_change(build, settings, now):
    left = changed(build("a", seed=1), index_generation="g1")
    right = changed(build("b", seed=2, quality=0.65, top_score=0.5), index_generation="g2")
    assert first_cause(left, right, settings, now).cause == "index_change"


def test_the_same_sources_with_other_texts_are_a_corpus_change(build, settings, now):
    def rewritten(window):
        items = []
        for item in window.interactions:
            contexts = tuple(
                Context(c.id + "x", c.source, c.score, "new text", c.text_hash + "x") for c in item.contexts
            )
            items.append(replace(item, contexts=contexts))
        return replace(window, interactions=tuple(items))

    left = changed(build("a", seed=1), index_generation="g1")
    right = changed(rewritten(build("b", seed=2, quality=0.65, top_score=0.5)), index_generation="g2")
    assert first_cause(left, right, settings, now).cause == "corpus_change"


def with_passages(window, change):
    return replace(window, interactions=tuple(map(change, window.interactions)))


def doubled(item):
    return replace(item, contexts=item.contexts * 2)


def lost(item):
    return replace(item, contexts=item.contexts[1:])


def foreign(item):
    # The score stays that of a good hit: shuffled vectors look as near as the right ones.
    return replace(item, contexts=tuple(replace(part, text="Penguins sing in winter.") for part in item.contexts))


@pytest.mark.parametrize("broken", [lost, foreign])
@pytest.mark.parametrize("every", [1, 2])
def test_answers_without_their_passages_are_laid_to_retrieval(broken, every, build, settings, now):
    reference = with_passages(build("a", seed=1), doubled)
    worse, same = (with_passages(build("b", seed=2, quality=quality), doubled) for quality in (0.5, 0.8))
    items, scores = [], []
    for n, (bad, good) in enumerate(zip(worse.interactions, same.interactions, strict=True)):
        items.append(broken(bad) if n % every == 0 else good)
        scores.append((worse if n % every == 0 else same).scores[n])
    current = replace(same, interactions=tuple(items), scores=tuple(scores))
    assert first_cause(reference, current, settings, now).cause == "retrieval"


def test_answers_cut_at_one_length_are_truncation(build, settings, now):
    long = build("a", seed=1, answer=lambda n: f"{'word ' * 60}{n}.")
    cut = build("b", seed=2, quality=0.65, answer=lambda n: ("word " * 41) + "wor" if n % 2 else "Short and whole.")
    assert first_cause(long, cut, settings, now).cause == "truncation"


def test_a_few_more_cut_answers_do_not_explain_a_large_drop(build, settings, now):
    whole = build("a", seed=1, answer=lambda n: f"{'word ' * 60}{n}.")
    cut = ("word " * 41) + "wor"
    rambling = build("b", seed=2, quality=0.6, answer=lambda n: cut if n % 12 == 0 else f"{'other ' * 90}{n}.")
    assert first_cause(whole, rambling, settings, now).cause == "generation"


def test_another_model_behind_the_same_name_is_found_on_identical_prompts(build, settings, now):
    left = build(
        "a", 60, seed=1, same_questions=True, answer=lambda n: f"The rule for case {n} stands in the handbook."
    )
    right = build(
        "b",
        60,
        seed=2,
        same_questions=True,
        quality=0.6,
        answer=lambda n: f"Surely! Case {n} is quite simple, my friend.",
    )
    cause = first_cause(left, right, settings, now)
    assert cause.cause == "model_change"
    assert "same 60 prompts" in cause.evidence


def test_the_swap_test_is_quiet_for_one_model_at_temperature(build):
    def wording(seed):
        return lambda n: " ".join(
            np.random.default_rng([seed, n]).choice(["red", "blue", "green", "old", "new", "big"], 8)
        )

    left = build("a", 40, same_questions=True, answer=wording(1))
    p_values = []
    for seed in range(2, 32):
        right = build("b", 40, same_questions=True, answer=wording(seed))
        p_values.append(swap_test(left.interactions, right.interactions, 199, 0).p_value)
    assert np.mean(np.array(p_values) <= 0.05) <= 0.2


def test_the_swap_test_needs_shared_prompts(build):
    assert swap_test(build("a", seed=1).interactions, build("b", seed=2).interactions, 99, 0) is None


def test_repeated_prompts_reveal_a_model_that_only_varies_more(build):
    def repeated(name, answer):
        windows = [build(f"{name}{turn}", 20, same_questions=True, answer=answer(turn)) for turn in range(5)]
        return [item for window in windows for item in window.interactions]

    fixed = repeated("a", lambda turn: lambda n: f"Answer {n} is plain.")
    noisy = repeated("b", lambda turn: lambda n: f"{'Answer' if turn % 2 else 'Reply'} {n} is plain.")
    assert swap_test(fixed, noisy, 199, 0).p_value <= 0.05


def test_a_stricter_judge_is_told_from_a_worse_system(build, settings, now):
    def with_anchors(window, shift):
        anchors = build(
            "anchor", 30, seed=5, same_questions=True, kind="replay", source="judge", quality=0.8 - shift, spread=0.02
        )
        return replace(
            window, interactions=window.interactions + anchors.interactions, scores=window.scores + anchors.scores
        )

    left = with_anchors(build("a", seed=1, source="judge"), 0.0)
    right = with_anchors(build("b", seed=2, source="judge", quality=0.7), 0.1)
    report = compare(left, right, settings, now)
    assert report.verdict == "steady"
    assert [cause.cause for cause in report.causes] == ["judge_drift"]


def test_no_cause_is_named_while_nothing_changed(build, settings, now):
    # One report in a hundred may alert by design; three of 24 would mean that the level does not hold.
    reports = [compare(build("a", 100, seed=n), build("b", 100, seed=900 + n), settings, now) for n in range(24)]
    assert sum(report.verdict == "silent_drift" for report in reports) <= 2
    assert all(report.causes == () for report in reports if report.verdict == "steady")


def test_a_new_model_without_a_drop_is_a_change_and_no_cause(build, settings, now):
    report = compare(build("a", seed=1), build("b", seed=2, model="m2"), settings, now)
    assert report.verdict == "changed"
    assert report.causes == ()
    assert any(finding.signal == "chat model" and finding.drifted for finding in report.findings)


def test_a_few_labels_do_not_hide_what_the_proxy_sees(build, settings, now):
    def labelled(window, rate, seed):
        rng = np.random.default_rng(seed)
        marks = [Score(i.id, "correct", float(rng.random() < rate), "human") for i in window.interactions[::7]]
        return replace(window, scores=(*window.scores, *marks))

    report = compare(
        labelled(build("a", seed=1), 0.8, 1), labelled(build("b", seed=2, quality=0.65), 0.6, 2), settings, now
    )
    assert report.verdict == "silent_drift"
    assert report.quality.source == "human"
    assert report.quality.n_labelled == 58
    assert "PPI++" in report.quality.method
    assert report.quality.proxy_correlation == pytest.approx(0, abs=0.4)
