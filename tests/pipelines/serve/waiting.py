"""Waiting for what must come true."""

import time


def until(holds, seconds=60.0):
    """Return once `holds()`; how long it takes is no part of any test."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)
