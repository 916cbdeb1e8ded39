"""Pages over 90 days of daily reports: a daily z-test, Bonferroni over the days, and the e-detector of `drift.pages`.

Simulated streams with binary quality 0.85, 200 scored answers a day, a reference of 2,000; a drop starts on day 45.
Run from the checkout: ``python -m benchmarks.drift_streams [--streams 1000]``.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from drift.pages import add_day, start_pages

DAYS, ONSET, DAILY, REFERENCE, QUALITY, BUDGET = 90, 45, 200, 2000, 0.85, 180.0


def first_days(rng: np.random.Generator, drop: float) -> dict[str, int | None]:
    """Return the day of the first page of each rule in one stream."""
    reference = rng.binomial(1, QUALITY, REFERENCE).astype(float)
    days = [
        rng.binomial(1, QUALITY - (drop if day > ONSET else 0.0), DAILY).astype(float) for day in range(1, DAYS + 1)
    ]
    z = np.array([_z(reference, day) for day in days])
    state, paged = start_pages(reference, 0.95), None
    for number, day in enumerate(days, start=1):
        state = add_day(state, day)
        if state.evidence >= BUDGET:
            paged = number
            break
    return {
        "daily z-test at 5 %": _first(z < norm.ppf(0.05)),
        "z-test, Bonferroni over 90 days": _first(z < norm.ppf(0.05 / DAYS)),
        f"e-detector, one false page in {BUDGET:.0f} days": paged,
    }


def _z(reference: NDArray[np.float64], day: NDArray[np.float64]) -> float:
    spread = reference.var(ddof=1) / reference.size + day.var(ddof=1) / day.size
    return float((day.mean() - reference.mean()) / np.sqrt(spread))


def _first(hits: NDArray[np.bool_]) -> int | None:
    return int(hits.argmax()) + 1 if hits.any() else None


def main() -> int:
    """Print, for each size of drop, false pages before it and the delay after it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    streams = parser.parse_args().streams
    for drop in (0.0, 0.03, 0.05, 0.10):
        found = [first_days(np.random.default_rng([seed, int(100 * drop)]), drop) for seed in range(streams)]
        for rule in found[0]:
            days = [stream[rule] for stream in found]
            early = sum(day is not None and (day <= ONSET or drop == 0) for day in days)
            delays = [day - ONSET for day in days if day is not None and day > ONSET and drop > 0]
            late = (
                f", paged after the drop {len(delays) / streams:.3f}, median delay {np.median(delays):.0f} days"
                if delays
                else ""
            )
            print(
                f"drop {drop:.2f}  {rule}: false pages in {early / streams:.3f} of {streams} streams{late}", flush=True
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
