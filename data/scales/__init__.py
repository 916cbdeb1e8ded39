"""What scores of any tool mean: which way is better, between which ends, and whether they speak for quality."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from data.scales.names import meaning
    from data.scales.rescaling import rescaled
    from data.scales.scale import Scale, scale_of
    from data.scales.settings import MetricSettings
    from data.scales.values import reading_of

__all__ = [
    "MetricSettings",
    "Scale",
    "meaning",
    "reading_of",
    "rescaled",
    "scale_of",
]

__getattr__ = face(
    __name__,
    {
        "names": ["meaning"],
        "rescaling": ["rescaled"],
        "scale": ["Scale", "scale_of"],
        "settings": ["MetricSettings"],
        "values": ["reading_of"],
    },
)
