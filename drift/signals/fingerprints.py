"""Values that a part of the system has now and did not have before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.records import Interaction


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value that no record of the reference has, the usual one there, and the records of the current window."""

    usual: str
    value: str
    count: int
    first: datetime


def new_values(field: str, reference: Sequence[Interaction], current: Sequence[Interaction]) -> tuple[NewValue, ...]:
    """Return the values of a field of the fingerprint that are new in the current window, in order of appearance.

    Nothing is new where no record of the reference holds the field. Of values that are equally usual there, the first
    in the order of the alphabet is named.
    """
    before = Counter(value for item in reference if (value := getattr(item.fingerprint, field)))
    if not before:
        return ()
    usual = min(before, key=lambda value: (-before[value], value))
    times: dict[str, list[datetime]] = {}
    for item in current:
        value = getattr(item.fingerprint, field)
        if value and value not in before:
            times.setdefault(value, []).append(item.at)
    return tuple(NewValue(usual, value, len(seen), min(seen)) for value, seen in times.items())
