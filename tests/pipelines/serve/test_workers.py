import threading

import pytest

from pipelines.serve.workers import Workers
from tests.waiting import until


def test_results_and_errors_are_those_of_the_work():
    workers = Workers(2, "t")
    assert workers.submit(lambda: 3).result(30) == 3
    with pytest.raises(ZeroDivisionError):
        workers.submit(lambda: 1 / 0).result(30)
    assert workers.submit(lambda: 4).result(30) == 4


def test_no_more_threads_work_at_once_than_may_and_none_that_is_needed_is_missing():
    workers, together, leave = Workers(3, "t"), threading.Barrier(4), threading.Event()

    def work():
        together.wait(30)
        leave.wait(30)

    futures = [workers.submit(work) for _ in range(3)]
    together.wait(30)
    assert workers.full
    late = workers.submit(threading.current_thread)
    assert not late.done()
    leave.set()
    assert late.result(30).name in {"t-1", "t-2", "t-3"}
    assert [future.result(30) for future in futures] == [None] * 3
    until(lambda: workers.under_way == 0)
