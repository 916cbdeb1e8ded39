import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.asking.bridge import bridged


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as opened:
        yield opened


def heard(pool, work):
    async def listen():
        return [item async for item in bridged(pool.submit, work)]

    return asyncio.run(listen())


def test_what_a_thread_yields_is_heard_in_order(pool):
    names = []

    def work():
        names.append(threading.current_thread().name)
        yield from range(100)

    assert heard(pool, work) == list(range(100))
    assert names != [threading.current_thread().name]


def test_what_a_thread_raises_is_raised_where_it_is_awaited(pool):
    got = []

    def work():
        yield 1
        raise KeyError("x")

    async def listen():
        async for item in bridged(pool.submit, work):
            got.append(item)

    with pytest.raises(KeyError):
        asyncio.run(listen())
    assert got == [1]


def test_work_goes_on_when_nobody_listens_any_more(pool):
    begun, done = threading.Event(), threading.Event()

    def work():
        yield 1
        begun.wait(10)
        yield 2
        done.set()

    async def listen():
        async for _ in bridged(pool.submit, work):
            break
        begun.set()

    asyncio.run(listen())
    assert done.wait(10)


def test_other_work_of_the_loop_goes_on_meanwhile(pool):
    wait = threading.Event()

    def work():
        wait.wait(10)
        yield "late"

    async def both():
        async def free():
            await asyncio.sleep(0)
            wait.set()
            return "free"

        late = bridged(pool.submit, work)
        return await asyncio.gather(free(), anext(late))

    assert asyncio.run(both()) == ["free", "late"]
