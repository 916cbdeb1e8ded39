import threading
import time

from rag.chat import turns
from rag.chat.turns import Turns


def waits(turns, name, order):
    def work():
        turns.take(name)
        order.append(name)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_one_has_its_turn_and_the_others_wait_in_order(monkeypatch):
    monkeypatch.setattr(turns, "LEASE_S", 600)
    shared, order, threads = Turns(), [], []
    shared.take("first")
    for name in ("second", "third"):
        threads.append(waits(shared, name, order))
        time.sleep(0.05)
    assert order == []
    shared.give_back("first")
    threads[0].join(30)
    time.sleep(0.05)
    assert order == ["second"]
    shared.give_back("second")
    threads[1].join(30)
    assert order == ["second", "third"]


def test_who_has_no_turn_gives_back_nothing(monkeypatch):
    monkeypatch.setattr(turns, "LEASE_S", 600)
    shared, order = Turns(), []
    shared.take("first")
    thread = waits(shared, "second", order)
    shared.give_back("second")
    shared.give_back("stranger")
    time.sleep(0.05)
    assert order == []
    shared.give_back("first")
    thread.join(30)
    assert order == ["second"]


def test_a_turn_that_is_never_given_back_ends(monkeypatch):
    monkeypatch.setattr(turns, "LEASE_S", 0.02)
    shared, order = Turns(), []
    shared.take("lost")
    waits(shared, "next", order).join(30)
    assert order == ["next"]
    shared.give_back("lost")
    waits(shared, "last", order).join(30)
    assert order == ["next", "last"]


def test_turns_are_rare_but_do_not_cease_while_something_urgent_is_done(monkeypatch):
    monkeypatch.setattr(turns, "PAUSE_S", 0.1)
    shared, order = Turns(), []
    with shared.urgent():
        shared.take("first")
        shared.give_back("first")
        began = time.monotonic()
        waits(shared, "second", order).join(30)
        assert time.monotonic() - began > 0.05
    assert order == ["second"]


def test_the_next_turn_begins_when_nothing_urgent_is_done_any_more(monkeypatch):
    monkeypatch.setattr(turns, "PAUSE_S", 600)
    shared, order = Turns(), []
    with shared.urgent():
        shared.take("first")
        shared.give_back("first")
        waiting = waits(shared, "second", order)
        time.sleep(0.05)
        assert order == []
    waiting.join(30)
    assert order == ["second"]
