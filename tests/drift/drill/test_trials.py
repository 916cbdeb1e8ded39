"""Faults change what they say and nothing else; trials alert for the fault and not without one."""

from dataclasses import replace

import numpy as np
import pytest

from data.errors import InputError
from data.records import Context, Score
from drift.drill.faults import FAULTS, sentences
from drift.drill.planted import PlantedLoss
from drift.drill.trials import DrillSettings, drill
from drift.settings import DriftSettings
from drift.windows import Window

BY_NAME = {fault.name: fault for fault in FAULTS}
PLAIN = [fault for fault in FAULTS if not isinstance(fault.inject, PlantedLoss)]
ANSWER = "The berth is {n}. It was rebuilt in 199{d}. Ask the harbour office for the {n} plan of the quay."


@pytest.fixture
def items(build) -> tuple:
    window: Window = build("w", 160, answer=lambda n: ANSWER.format(n=n, d=n % 10))
    second = Context("x", "other.md", 0.3, "Dogs are welcome.", "hx")
    return tuple(replace(item, contexts=(*item.contexts, second)) for item in window.interactions)


def broken(name, item, items, seed=0):
    return BY_NAME[name].inject(item, items, np.random.default_rng(seed))


@pytest.mark.parametrize("fault", PLAIN, ids=lambda fault: fault.name)
def test_a_fault_keeps_identity_and_question_and_follows_from_its_seed(fault, items):
    copies = [fault.inject(items[3], items, np.random.default_rng(1)) for _ in range(2)]
    assert copies[0] == copies[1] != items[3]
    assert fault.what and len(fault.what) < 70
    assert (copies[0].id, copies[0].at, copies[0].question) == (items[3].id, items[3].at, items[3].question)


@pytest.mark.parametrize("fault", PLAIN, ids=lambda fault: fault.name)
def test_a_fault_that_does_not_apply_says_so(fault, items):
    bare = replace(items[0], answer="", contexts=(), latency_ms={})
    assert fault.name == "failing" or fault.inject(bare, (bare,), np.random.default_rng(0)) is None


def test_numbers_are_altered_and_words_are_not(items):
    before, after = items[3].answer.split(), broken("numbers", items[3], items).answer.split()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [a for a, _ in changed] == ["3.", "1993.", "3"]


def test_half_of_the_sentences_come_from_others(items):
    other = replace(items[5], answer="Penguins fly south. Penguins sing.")
    parts = sentences(broken("foreign", items[3], (items[3], other)))
    assert sum("Penguins" in part for part in parts) == 1
    assert sum(part in items[3].answer for part in parts) == 2


def test_truncation_stops_all_answers_at_one_length_without_a_full_stop(items):
    copy = broken("truncated", items[3], items)
    assert items[3].answer.startswith(copy.answer)
    assert not copy.answer.endswith(".")


def test_lost_passages_are_the_better_half(items):
    assert [part.id for part in broken("contexts-lost", items[3], items).contexts] == ["x"]


def test_swapped_passages_look_as_near_as_the_right_ones(items):
    copy = broken("contexts-swapped", items[3], items)
    assert [part.score for part in copy.contexts] == [part.score for part in items[3].contexts]


@pytest.mark.parametrize(("before", "after"), [(20.0, 520.0), (400.0, 1200.0)])
def test_a_slow_answer_is_slow_enough_to_matter(before, after, items):
    item = replace(items[3], latency_ms={"total": before, "generate": before / 2})
    assert broken("slow", item, items).latency_ms == pytest.approx({"total": after, "generate": after / 2})


def run(items, names, value, **settings):
    def score(item):
        return (Score(item.id, "groundedness", value(item), "proxy", "", "test", "1"),) if item.answer else ()

    return drill(
        items,
        [BY_NAME[name] for name in names],
        lambda window, before: score,
        drift=DriftSettings(permutations=99),
        settings=DrillSettings(trials=5, records=80, causes=1, **settings),
        now=items[-1].at,
        progress=lambda done, total, name: None,
    )


def test_a_fault_that_the_score_sees_alerts_and_nothing_else_does(items):
    def value(item):
        noise = (sum(map(ord, item.id)) * 37 % 100) / 1000
        return 0.85 + noise - (0.4 if item.answer.startswith("Here") or "Ask" not in item.answer else 0.0)

    none, foreign, slow = run(items, ["shortened", "slow"], value, shares=(1.0,))
    assert (none.fault, none.rate, none.delay) == ("", 0.0, None)
    assert (foreign.rate, foreign.harmful, foreign.explained) == (1.0, False, 0)
    assert foreign.delay <= 40
    assert (slow.rate, slow.named, slow.causes) == (1.0, 1, {"ops": 1})


def test_the_interval_of_a_rate_is_exact(items):
    none, slow = run(items, ["slow"], lambda item: 0.7 + (sum(map(ord, item.id)) % 10) / 50, shares=(1.0,))
    assert (none.low, none.high) == pytest.approx((0.0, 1 - 0.025 ** (1 / 5)))
    assert (slow.low, slow.high) == pytest.approx((0.025 ** (1 / 5), 1.0))


def test_slowness_alerts_where_healthy_answers_take_milliseconds(items):
    fast = tuple(
        replace(item, latency_ms={"total": float(np.random.default_rng(n).uniform(5, 20))})
        for n, item in enumerate(items)
    )
    _, slow = run(fast, ["slow"], lambda item: 0.7 + (sum(map(ord, item.id)) % 10) / 50, shares=(1.0,))
    assert (slow.rate, slow.causes) == (1.0, {"ops": 1})


def test_a_fault_that_the_score_cannot_see_is_reported_as_unseen(items):
    _, numbers = run(items, ["numbers"], lambda item: 0.7 + (sum(map(ord, item.id)) % 10) / 50, shares=(1.0,))
    assert (numbers.rate, numbers.delay, numbers.applies) == (0.0, None, 1.0)
    assert numbers.high > 0.4


def test_too_little_traffic_is_refused(items):
    with pytest.raises(InputError, match="at least 60 records, found 10"):
        run(items[:10], ["slow"], lambda item: 0.5, shares=(1.0,))
