import threading
import time

from rag.chat.turns import Turns


class Clock:
    """A clock that stands still, and tells when a thread that may not begin yet has looked at it."""

    def __init__(self):
        self.looked = threading.Semaphore(0)

    def __call__(self):
        self.looked.release()
        return 1000.0

    def await_look(self):
        assert self.looked.acquire(timeout=30)

    def forget(self):
        while self.looked.acquire(blocking=False):
            pass


def waits(turns, name, order):
    def work():
        turns.take(name)
        order.append(name)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_one_has_its_turn_and_the_others_wait_in_order():
    clock, order = Clock(), []
    shared = Turns(lease_s=600, clock=clock)
    shared.take("first")
    clock.forget()
    second = waits(shared, "second", order)
    clock.await_look()  # the second waits at the head of the line, so that the third comes behind it
    third = waits(shared, "third", order)
    order.append("first gives back")
    shared.give_back("first")
    second.join(30)
    order.append("second gives back")
    shared.give_back("second")
    third.join(30)
    assert order == ["first gives back", "second", "second gives back", "third"]


def test_who_has_no_turn_gives_back_nothing():
    clock, order = Clock(), []
    shared = Turns(lease_s=600, clock=clock)
    shared.take("first")
    clock.forget()
    thread = waits(shared, "second", order)
    clock.await_look()
    shared.give_back("second")
    shared.give_back("stranger")
    order.append("first gives back")
    shared.give_back("first")
    thread.join(30)
    assert order == ["first gives back", "second"]


def test_a_turn_that_is_never_given_back_ends():
    shared, order = Turns(lease_s=0.02), []
    shared.take("lost")
    waits(shared, "next", order).join(30)
    assert order == ["next"]
    shared.give_back("lost")
    waits(shared, "last", order).join(30)
    assert order == ["next", "last"]


def test_turns_are_rare_but_do_not_cease_while_something_urgent_is_done():
    shared, order = Turns(pause_s=0.1), []
    with shared.urgent():
        shared.take("first")
        shared.give_back("first")
        began = time.monotonic()
        waits(shared, "second", order).join(30)
        assert time.monotonic() - began > 0.05
    assert order == ["second"]


def test_the_next_turn_begins_when_nothing_urgent_is_done_any_more():
    clock, order = Clock(), []
    shared = Turns(pause_s=600, clock=clock)
    with shared.urgent():
        shared.take("first")
        shared.give_back("first")
        clock.forget()
        waiting = waits(shared, "second", order)
        clock.await_look()
        order.append("nothing urgent any more")
    waiting.join(30)
    assert order == ["nothing urgent any more", "second"]
