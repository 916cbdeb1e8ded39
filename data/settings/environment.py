"""Settings in the environment: RAG__CHAT__MODEL, lists with commas, JSON, and one row of several tables.

RAG__CHAT__FALLBACK__0__API_KEY is about the first [[chat.fallback]] of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_origin

from data.errors import SettingsError
from data.settings.fields import rows_of, sections_of, setting_fields

PREFIX = "RAG__"

_ROW = re.compile(r"(\w+?)__(\w+?)__(\d+)__(\w+)")


def environment_values(
    environ: Mapping[str, str], shape: type, in_file: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return what the environment sets, by section and key; rows of tables are laid over those of the file.

    :raises SettingsError: a variable names no setting, or holds no JSON where that is needed.
    """
    found: dict[str, dict[str, Any]] = {}
    rows: list[str] = []
    for name in sorted(name for name in environ if name.startswith(PREFIX)):
        section, *keys = name.removeprefix(PREFIX).lower().split("__", 2)
        if not keys or not section:
            raise SettingsError(f"{name} names no setting: write {PREFIX}SECTION__KEY, e.g. {PREFIX}CHAT__MODEL.")
        if len(keys) > 1:
            rows.append(name)
        else:
            found.setdefault(section, {})[keys[0]] = _value(name, environ[name], _kind(shape, section, keys[0]))
    for name in rows:
        section, key, place, field = _row_named(name, shape)
        given = found.get(section, {}).get(key, in_file.get(section, {}).get(key, []))
        if isinstance(given, list):  # what is no list is refused with the rest
            found.setdefault(section, {})[key] = _laid_over(given, place, {field: environ[name]}, name)
    return found


def section_of(name: str) -> str:
    """Return the section that a variable is about; empty where it is none of ours."""
    return name.removeprefix(PREFIX).lower().split("__", 1)[0] if name.startswith(PREFIX) else ""


def _kind(shape: type, section: str, key: str) -> Any:
    sections = sections_of(shape)
    known = setting_fields(sections[section]) if section in sections else {}
    return known[key].kind if key in known else None


def _value(name: str, text: str, kind: Any) -> Any:
    if get_origin(kind) is dict:
        table = _json(name, text)
        # A table that is no dict replaces that of the file; two dicts would be merged.
        return MappingProxyType(table) if isinstance(table, dict) else table
    if rows_of(kind):
        return _json(name, text)
    return _texts(name, text) if get_origin(kind) is tuple else text


def _texts(name: str, text: str) -> list[str]:
    """Read a list from one variable: JSON, for values that hold commas themselves, or values with commas between."""
    if not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    return [str(part) for part in _json(name, text)]


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        # Without the text: it may hold a key.
        raise SettingsError(f"{name} is not JSON: {error}.") from None


def _row_named(name: str, shape: type) -> tuple[str, str, int, str]:
    """Return section, key, place and field that a variable about one of several tables names."""
    matched = _ROW.fullmatch(name.removeprefix(PREFIX).lower())
    section, key, place, field = matched.groups() if matched else ("", "", "", "")
    kind = _kind(shape, section, key)
    if not matched or (kind is not None and rows_of(kind) is None):
        raise SettingsError(
            f"{name} names no setting: for one of several tables write e.g. {PREFIX}CHAT__FALLBACK__0__API_KEY."
        )
    return section, key, int(place), field


def _laid_over(rows: list[Any], place: int, value: dict[str, str], name: str) -> list[Any]:
    if place > len(rows):
        section, key, *_ = name.removeprefix(PREFIX).lower().split("__")
        raise SettingsError(f"{name} is about table {place} of {section}.{key}, which has {len(rows)}: the first is 0.")
    row = rows[place] if place < len(rows) else {}
    return [*rows[:place], row | value if isinstance(row, dict) else row, *rows[place + 1 :]]
