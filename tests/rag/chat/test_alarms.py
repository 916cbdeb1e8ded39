import gc
import threading
import weakref

from rag.chat.deadline import Clock


def test_alarms_ring_in_the_order_of_their_times_whatever_the_order_they_were_set_in():
    clock, rung, done = Clock(), [], threading.Event()
    clock.alarm(0.2, lambda: (rung.append("later"), done.set()))
    clock.alarm(0.05, lambda: rung.append("sooner"))

    assert done.wait(10)

    assert rung == ["sooner", "later"]


def test_a_cancelled_alarm_does_not_ring():
    clock, rung, done = Clock(), [], threading.Event()
    clock.alarm(0.05, lambda: rung.append("cancelled")).cancel()
    clock.alarm(0.1, done.set)

    assert done.wait(10)

    assert rung == []


def test_a_cancelled_alarm_lets_go_of_what_it_would_have_used():
    class Connection:
        def shut(self):
            pass

    connection = Connection()
    held = weakref.ref(connection)
    alarm = Clock().alarm(3600, connection.shut)

    alarm.cancel()
    del connection
    gc.collect()

    assert held() is None


def test_many_alarms_take_one_thread():
    clock = Clock()
    before = threading.active_count()
    alarms = [clock.alarm(3600, list) for _ in range(50)]

    assert threading.active_count() == before
    for alarm in alarms:
        alarm.cancel()
