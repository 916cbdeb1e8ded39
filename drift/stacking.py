"""A judge on some answers and a proxy on all of them, as one score for the labels of people to correct.

Every record carries the best cheap score known of it: the judge's where it was asked, elsewhere what the proxy says the
judge would say (least squares over the judged records of both windows). PPI++ with this score is unbiased whatever it
is made of, as long as people's labels were chosen with known probabilities and played no part in it; the nearer it
comes to people, the fewer labels are needed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from drift.scoring import Measure, Speaking

_LEAST = 20
"""The least number of records, of both windows together, that judge and proxy must share."""


def with_judge(speaking: Speaking) -> Speaking:
    """Put the judge that was asked about a sample into the score that helps people's labels."""
    if speaking.between is None or speaking.helper is None or speaking.helper.source != "proxy":
        return speaking
    return replace(speaking, helper=stacked(speaking.between, speaking.helper))


def stacked(judge: Measure, proxy: Measure) -> Measure:
    """Return the proxy with the judge's score where there is one, and with its forecast of the judge elsewhere.

    The proxy itself comes back where too few records carry both.
    """
    sides = ((judge.reference, proxy.reference), (judge.current, proxy.current))
    shared = [(known[key], cheap[key]) for known, cheap in sides for key in sorted(known.keys() & cheap.keys())]
    if len(shared) < _LEAST or len({value for _, value in shared}) < 2:
        return proxy
    said, guessed = np.array(shared).T
    slope, start = np.polyfit(guessed, said, 1)
    reference, current = (
        {key: known.get(key, float(np.clip(start + slope * value, 0.0, 1.0))) for key, value in cheap.items()}
        for known, cheap in sides
    )
    name = f"{judge.metric} (judge) on {len(shared)}, {proxy.metric}"
    return replace(proxy, metric=name, reference=reference, current=current)
