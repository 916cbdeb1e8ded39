"""What others would have said of the same two windows: Evidently at its defaults, and a plain z-test."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from drift.signals.vectors import answer_features
from drift.windows import Window

BONFERRONI_DAYS = 90


def z_tests(reference: Window, current: Window) -> dict[str, bool]:
    """Test the mean of the first metric of both windows, one-sided at 5 %, and at 5 % over 90 daily reports."""
    x, y = (_scores(window) for window in (reference, current))
    if min(x.size, y.size) < 2:
        return {}
    spread = np.sqrt(x.var(ddof=1) / x.size + y.var(ddof=1) / y.size)
    z = float((y.mean() - x.mean()) / max(float(spread), 1e-12))
    return {
        "z-test at 5 %": z < norm.ppf(0.05),
        f"z-test, Bonferroni over {BONFERRONI_DAYS} days": z < norm.ppf(0.05 / BONFERRONI_DAYS),
    }


def evidently_alarms(reference: Window, current: Window) -> Mapping[str, bool]:
    """Return which of Evidently's methods alarm, all at their defaults, on the vectors that our report uses.

    Five methods on the answer vectors, and column drift of the score.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {**_embedding_alarms(reference, current), **_column_alarm(reference, current)}


def _embedding_alarms(reference: Window, current: Window) -> dict[str, bool]:
    import pandas as pd
    from evidently.legacy.metrics.data_drift.embedding_drift_methods import distance, mmd, model, ratio

    found = answer_features(reference.traffic, current.traffic)
    left, right = (pd.DataFrame(rows) for rows in (found.reference, found.current))
    left.columns = right.columns = [f"d{number}" for number in range(left.shape[1])]
    methods = {
        "model": model(),
        "mmd": mmd(),
        "mmd, bootstrap": mmd(bootstrap=True),
        "distance": distance(),
        "ratio": ratio(),
    }
    return {
        f"Evidently {name}": bool(method(right.copy(), left.copy())[1])  # it writes into the frames it is given
        for name, method in methods.items()
    }


def _column_alarm(reference: Window, current: Window) -> dict[str, bool]:
    import pandas as pd
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    x, y = (pd.Series(_scores(window)) for window in (reference, current))
    if min(x.nunique(), y.nunique()) < 2:
        return {}
    kind = ColumnType.Numerical
    found = get_stattest(x, y, kind, None)(x, y, kind, None)
    return {"Evidently column drift of the score": bool(found.drifted)}


def _scores(window: Window) -> NDArray[np.float64]:
    first = next((score.metric for score in window.scores if score.value is not None), "")
    values = [score.value for score in window.scores if score.metric == first and score.value is not None]
    return np.array(values, dtype=np.float64)
