"""Waiting for what must come true: the one place where tests sleep."""

import time


def until(holds, seconds=60.0, told=lambda: "it never came true"):
    """Return what `holds()` returns once that is true; how long it takes is no part of any test."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, told()
        time.sleep(0.002)
    return found
