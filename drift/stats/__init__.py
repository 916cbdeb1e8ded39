"""Statistics over two samples: differences, intervals, tests, betting."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.stats.betting import STAKES, drop_e_process
    from drift.stats.clusters import ClusteredSample, clustered, numbered
    from drift.stats.decomposition import Split, kitagawa
    from drift.stats.means import (
        SMALL,
        LabelledWindow,
        difference,
        from_error,
        mean_interval,
        paired,
        permuted,
        prediction_powered,
        shifted,
        visible,
        with_error,
        within_strata,
    )
    from drift.stats.two_sample import category_shift, classifier_auc, sampled, value_shift, vector_shift

__all__ = [
    "ClusteredSample",
    "LabelledWindow",
    "SMALL",
    "STAKES",
    "Split",
    "category_shift",
    "classifier_auc",
    "clustered",
    "difference",
    "drop_e_process",
    "from_error",
    "kitagawa",
    "mean_interval",
    "numbered",
    "paired",
    "permuted",
    "prediction_powered",
    "sampled",
    "shifted",
    "value_shift",
    "vector_shift",
    "visible",
    "with_error",
    "within_strata",
]

__getattr__ = face(
    __name__,
    {
        "betting": ["STAKES", "drop_e_process"],
        "clusters": ["ClusteredSample", "clustered", "numbered"],
        "decomposition": ["Split", "kitagawa"],
        "means": [
            "LabelledWindow",
            "SMALL",
            "difference",
            "from_error",
            "mean_interval",
            "paired",
            "permuted",
            "prediction_powered",
            "shifted",
            "visible",
            "with_error",
            "within_strata",
        ],
        "two_sample": ["category_shift", "classifier_auc", "sampled", "value_shift", "vector_shift"],
    },
)
