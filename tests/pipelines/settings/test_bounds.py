"""The bounds of a setting hold in the file and in Python alike: pydantic and `check` read the same."""

from dataclasses import replace
from functools import cache

import pytest
from pydantic import TypeAdapter, ValidationError

from data.errors import SilentDriftError
from data.settings.fields import sections_of, setting_fields
from pipelines.settings.sections import Settings

LIMITS = ("ge", "gt", "le", "lt")
EDGES = [
    (section, name, type(item.default)(value))
    for section, kind in sections_of(Settings).items()
    for name, item in setting_fields(kind).items()
    for bound in item.bounds
    for limit in (getattr(bound, each, None) for each in LIMITS)
    if limit is not None and isinstance(item.default, int | float)
    for value in (limit - 1, limit, limit + 1)
]
reader_of = cache(TypeAdapter)


def taken(change, refusal):
    try:
        return change()
    except refusal:
        return None


def test_there_are_bounds_to_try():
    assert len(EDGES) > 200


@pytest.mark.parametrize(("section", "name", "value"), EDGES)
def test_a_value_at_the_edge_of_its_bounds_is_taken_or_refused_by_both(section, name, value):
    default = getattr(Settings(), section)
    by_hand = taken(lambda: replace(default, **{name: value}), SilentDriftError)
    from_file = taken(lambda: reader_of(type(default)).validate_python({name: value}), ValidationError)
    assert by_hand == from_file
