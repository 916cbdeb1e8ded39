"""What every test over two samples expects of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def refuse_nan(*samples: NDArray[np.float32] | NDArray[np.float64]) -> None:
    """Refuse samples with holes: a test that swallowed one would answer NaN, which is below no level and above none.

    :raises ValueError: a value is NaN.
    """
    missing = sum(int(np.isnan(sample).sum()) for sample in samples)
    if missing:
        raise ValueError(f"{missing} values are NaN: leave out what has no value before two samples are compared.")
