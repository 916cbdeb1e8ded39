"""The settings of a dataclass: name, type, bounds and default, as they stand beside each other in its source.

A room writes ``k: Annotated[int, Bounds(ge=1, le=200)] = 8``. pydantic reads the same bounds when `rag.toml` is read.
Whoever makes the dataclass by hand is held to them by `check`, which needs no pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Interval, MinLen

from data.errors import SettingsError, SilentDriftError
from data.settings.secret import Secret

Bounds = Interval
"""Bounds of a number: `ge` and `le` are allowed themselves, `gt` and `lt` are not."""
NotEmpty = MinLen(1)


@dataclass(frozen=True, slots=True)
class Example:
    """A value to show where the default tells nobody what to write."""

    value: Any


@dataclass(frozen=True, slots=True)
class FormerName:
    """The name that a setting had before: it is still read."""

    name: str


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting: `kind` is its type without bounds, `default` is MISSING where a value must be given.

    `former` is a name under which it is still read, empty where it never had another.
    """

    name: str
    kind: Any
    bounds: tuple[Bounds | MinLen, ...]
    default: Any
    example: Example | None = None
    former: str = ""

    @property
    def demand(self) -> str:
        """What a value must do, in words that follow "must", such as "lie above 0"; empty without bounds."""
        return " and ".join(map(_in_words, self.bounds))

    @property
    def is_secret(self) -> bool:
        """Whether a value of it may hold a secret."""
        return holds_secret(self.kind)

    def problem(self, value: Any) -> str:
        """Say what a value must be that this one is not; empty where it is fine."""
        if not _is_kind(value, self.kind):
            return f"must be {kind_in_words(self.kind)}{' of type Secret' if self.is_secret else ''}"
        broken = value is not None and not all(_keeps(value, bound) for bound in self.bounds)
        return f"must {self.demand}" if broken else ""


def setting_fields(shape: type) -> Mapping[str, SettingField]:
    """Return the settings of a dataclass by name."""
    return _fields_of(shape)


@cache
def _fields_of(shape: type) -> Mapping[str, SettingField]:
    hints = get_type_hints(shape, include_extras=True)
    found = {}
    for item in fields(shape):
        hint = hints[item.name]
        kind, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        default = item.default if item.default_factory is MISSING else item.default_factory()
        bounds = tuple(note for note in notes if isinstance(note, Bounds | MinLen))
        example = next((note for note in notes if isinstance(note, Example)), None)
        former = next((note.name for note in notes if isinstance(note, FormerName)), "")
        found[item.name] = SettingField(item.name, kind, bounds, default, example, former)
    return found


def sections_of(shape: type) -> Mapping[str, type]:
    """Return the dataclass of each section of a dataclass of sections."""
    return {name: item.kind for name, item in setting_fields(shape).items()}


def with_present_names(values: Mapping[str, Any], shape: type) -> dict[str, Any]:
    """Return values by section and key, each former name of a key replaced; where both stand, the present one wins."""
    present = {}
    for section, keys in values.items():
        known = setting_fields(sections_of(shape)[section]) if section in sections_of(shape) else {}
        renamed = {item.former: name for name, item in known.items() if item.former}
        old = {renamed[key]: keys[key] for key in renamed if isinstance(keys, Mapping) and key in keys}
        present[section] = {**old, **{key: keys[key] for key in keys if key not in renamed}} if old else keys
    return present


def rows_of(kind: Any) -> type | None:
    """Return the dataclass that a setting is a list of; None where it is no such list."""
    row = get_args(kind)[0] if get_origin(kind) is tuple else None
    return row if isinstance(row, type) and is_dataclass(row) else None


def holds_secret(kind: Any) -> bool:
    """Whether a value of this type may hold a secret somewhere."""
    if kind is Secret:
        return True
    if isinstance(kind, type) and is_dataclass(kind):
        return any(item.is_secret for item in setting_fields(kind).values())
    return any(holds_secret(part) for part in get_args(kind))


def check(settings: Any, section: str, error: type[SilentDriftError] = SettingsError) -> None:
    """Hold a dataclass that was just made to its types and bounds; `section` is its name in `rag.toml`.

    :raises SettingsError: (or `error`) a value is of another type or out of range.
    """
    for name, item in setting_fields(type(settings)).items():
        value = getattr(settings, name)
        if problem := item.problem(value):
            shown = "" if item.is_secret else f", found {value!r}"
            raise error(f"Setting {section}.{name} is not usable{shown}: it {problem}.")


def kind_in_words(kind: Any) -> str:
    """Say what values of a type are, for people: "a text", "a list of texts", "'flag' or 'off'"."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(repr(part) for part in parts)
    if origin in (Union, UnionType):
        return " or ".join(kind_in_words(part) for part in parts if part is not type(None))
    if origin is tuple:
        return f"a list of {_MANY.get(parts[0], 'tables')}"
    return f"a table of {_MANY[parts[1]]}" if origin is dict else _ONE.get(kind, "a table")


_ONE = {str: "a text", Secret: "a text", int: "a whole number", float: "a number", bool: "true or false"}
_MANY = {str: "texts", Secret: "texts", int: "whole numbers", float: "numbers"}


def _is_kind(value: Any, kind: Any) -> bool:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return value in parts
    if origin in (Union, UnionType):
        return any(_is_kind(value, part) for part in parts)
    if origin is tuple:
        return isinstance(value, tuple) and all(_is_kind(item, parts[0]) for item in value)
    if origin is dict:
        return isinstance(value, Mapping) and all(_is_kind(item, parts[1]) for item in value.values())
    if kind in (int, float):
        return isinstance(value, int | kind) and not isinstance(value, bool)
    return isinstance(value, kind)


def _keeps(value: Any, bound: Bounds | MinLen) -> bool:
    if isinstance(bound, MinLen):
        return len(value) >= bound.min_length
    held = (
        bound.ge is None or value >= bound.ge,
        bound.gt is None or value > bound.gt,
        bound.le is None or value <= bound.le,
        bound.lt is None or value < bound.lt,
    )
    return all(held)


def _in_words(bound: Bounds | MinLen) -> str:
    if isinstance(bound, MinLen):
        return "not be empty"
    if bound.ge is not None and bound.le is not None:
        return f"lie between {_number(bound.ge)} and {_number(bound.le)}"
    sides = {"at or above": bound.ge, "above": bound.gt, "at or below": bound.le, "below": bound.lt}
    return f"lie {' and '.join(f'{side} {_number(limit)}' for side, limit in sides.items() if limit is not None)}"


def _number(limit: Any) -> str:
    return str(int(limit) if limit == int(limit) else limit)
