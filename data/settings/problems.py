"""What is wrong with settings, in one sentence each; no sentence shows a secret."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, get_args, get_origin

from data.errors import SettingsError
from data.settings.fields import SettingField, holds_secret, kind_in_words, rows_of, sections_of, setting_fields

if TYPE_CHECKING:
    from pydantic import ValidationError

_ALIKE = 0.7
"""How alike a misspelt name of a section is to it; names of different sections are less alike."""
_LONGEST = 80
_OUT_OF_RANGE = {
    "greater_than",
    "greater_than_equal",
    "less_than",
    "less_than_equal",
    "string_too_short",
}


def refuse_unknown(values: Mapping[str, Any], shape: type, where: str) -> None:
    """Refuse sections and keys that `shape` does not have, with the nearest that it has.

    :raises SettingsError: there is one.
    """
    sections = sections_of(shape)
    for section, keys in values.items():
        if not isinstance(keys, Mapping):
            raise SettingsError(f"{where} has {_misplaced(section, keys, section in sections)}")
        if section not in sections:
            raise SettingsError(f"{where} has an unknown section [{section}]{_nearest(section, sections)}")
        known = setting_fields(sections[section])
        for key, value in keys.items():
            if key not in known:
                raise SettingsError(f"{where} has an unknown key {section}.{key}{_nearest(key, known)}")
            _refuse_unknown_in_rows(value, known[key], f"{section}.{key}", where)


def _misplaced(name: str, value: Any, is_section: bool) -> str:
    if not is_section:
        return f"{name!r} outside a section: write it under one, e.g. [chat]."
    if isinstance(value, list):
        return f"[[{name}]], which stands for one of several, but there is one: write [{name}]."
    return f"{name!r} as a value, but it is a section: write [{name}], and its keys below."


def near(name: str, known: Iterable[str]) -> bool:
    """Whether a name looks like a known one that was misspelt."""
    return bool(difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE))


def _refuse_unknown_in_rows(value: Any, item: SettingField, place: str, where: str) -> None:
    row = rows_of(item.kind)
    known = setting_fields(row) if row else {}
    for table in value if known and isinstance(value, list) else ():
        for name in table if isinstance(table, Mapping) else ():
            if name not in known:
                raise SettingsError(f"{where} has an unknown key {place}.{name}{_nearest(name, known)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f": did you mean {close[0]!r}?" if close else f": known are {', '.join(sorted(known))}."


def first_problem(error: ValidationError, shape: type) -> str:
    """Say what is wrong with the first value that cannot be used."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "missing":
        return f"Setting {place} is missing: write it into rag.toml or the environment."
    item, kind = _at(problem["loc"], shape)
    shown = "" if holds_secret(kind) else f", found {_shown(problem['input'])}"
    return f"Setting {place} is not usable{shown}: it must {_demand(problem['type'], item, kind)}."


def _shown(value: Any) -> str:
    # What a table or a list holds is not shown: it may be a secret that stands in a wrong place.
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _demand(problem: str, item: SettingField | None, kind: Any) -> str:
    if problem == "finite_number":
        return "be a finite number"
    return item.demand if item and problem in _OUT_OF_RANGE else f"be {kind_in_words(kind)}"


def _at(place: tuple[int | str, ...], shape: type) -> tuple[SettingField | None, Any]:
    """Return the setting at a place, None where it is a part of one, and the type of what stands there."""
    item: SettingField | None = None
    kind: Any = shape
    for part in place:
        if isinstance(kind, type) and is_dataclass(kind):
            item = setting_fields(kind).get(str(part))
            kind = item.kind if item else kind
        elif get_origin(kind) in (tuple, dict):
            item, kind = None, get_args(kind)[0 if get_origin(kind) is tuple else 1]
    return item, kind
