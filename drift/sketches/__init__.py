"""Days as sketches, for windows too long to read."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.sketches.compare import Days, compare_sketches, learn
    from drift.sketches.day import carried, from_bytes, pack, sketch, to_bytes, unpack

__all__ = ["Days", "carried", "compare_sketches", "from_bytes", "learn", "pack", "sketch", "to_bytes", "unpack"]

__getattr__ = face(
    __name__,
    {
        "compare": ["Days", "compare_sketches", "learn"],
        "day": ["carried", "from_bytes", "pack", "sketch", "to_bytes", "unpack"],
    },
)
