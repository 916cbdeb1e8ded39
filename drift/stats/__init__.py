"""Statistics over two samples: differences, intervals, tests, betting."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.stats.asked_again import RepeatedQuestion, fewer_right, losses_needed, questions_needed, smallest_loss
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
    "RepeatedQuestion",
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
    "fewer_right",
    "from_error",
    "kitagawa",
    "losses_needed",
    "mean_interval",
    "numbered",
    "paired",
    "permuted",
    "prediction_powered",
    "questions_needed",
    "sampled",
    "shifted",
    "smallest_loss",
    "value_shift",
    "vector_shift",
    "visible",
    "with_error",
    "within_strata",
]

__getattr__ = face(
    __name__,
    {
        "asked_again": ["RepeatedQuestion", "fewer_right", "losses_needed", "questions_needed", "smallest_loss"],
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
