"""Losses of quality, planted in healthy answers: those that ``drift drill`` plants, by name."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from benchmarks.blindness_sets import Row
from drift.drill.losses import LOSSES as KNOWN

Loss = Callable[[Row, Sequence[Row], random.Random], Row | None]
"""One kind; None where it cannot be made of a row."""

LOSSES: Mapping[str, Loss] = {name: known.spoil for name, known in KNOWN.items()}
