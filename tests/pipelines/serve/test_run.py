"""A server that has much in memory does not stop for long to look through it."""

import gc
import sys

import pytest

from pipelines.serve.run import _settle_down


@pytest.fixture
def settled():
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    _settle_down()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)


def test_however_much_answers_hold_little_of_it_is_looked_through_at_a_time(settled):
    looked_through = []

    def note(phase, about):
        if phase == "start":
            young = range(about["generation"] + 1)
            looked_through.append(sum(len(gc.get_objects(generation=number)) for number in young))

    gc.callbacks.append(note)
    try:
        held = [[number] for number in range(500_000)]
    finally:
        gc.callbacks.remove(note)

    assert len(held) == 500_000 and len(looked_through) > 40
    assert max(looked_through) < 100_000


def test_what_was_loaded_is_not_looked_through_again(settled):
    assert gc.get_freeze_count() > 10_000
