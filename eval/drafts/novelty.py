"""How clearly each recent question belongs to the recent period: the score of a domain classifier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FOLDS = 5
_FEWEST = 20


def domain_scores(
    reference: NDArray[np.float64], current: NDArray[np.float64], seed: int
) -> NDArray[np.float64] | None:
    """Return for each row of `current` the probability that it is not of the reference period, in [0, 1].

    Logistic regression on unit vectors, classes weighed alike, each row scored by a model that did not see it
    (Rabanser, Günnemann and Lipton 2019, arXiv:1810.11953). About 0.5 everywhere where nothing has changed. None with
    fewer than 20 rows on a side.
    """
    if min(len(reference), len(current)) < _FEWEST:
        return None
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows = np.concatenate([reference, current])
    period = np.repeat([0, 1], [len(reference), len(current)])
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=500)
    scores: NDArray[np.float64] = cross_val_predict(model, rows, period, cv=folds, method="predict_proba")[:, 1]
    return scores[len(reference) :]
