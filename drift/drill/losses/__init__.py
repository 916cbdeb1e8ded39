"""Losses of quality, planted into healthy answers: one implementation, for `drift drill` and for the benchmarks."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.drill.losses.catalog import LOSSES, KnownLoss

__all__ = ["LOSSES", "KnownLoss"]

__getattr__ = face(
    __name__,
    {
        "catalog": ["KnownLoss", "LOSSES"],
    },
)
