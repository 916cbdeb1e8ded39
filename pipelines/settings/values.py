"""Settings that are more than one value: lists, mappings, and lists of tables such as [[chat.fallback]]."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from data.errors import SettingsError


def table_fields(annotation: Any) -> dict[str, FieldInfo]:
    """Return the fields of the tables a setting is a list of; empty when it is no such list."""
    arguments = get_args(annotation) if get_origin(annotation) is tuple else ()
    row = arguments[0] if arguments else None
    return row.model_fields if isinstance(row, type) and issubclass(row, BaseModel) else {}


def read_value(annotation: Any, text: str) -> Any:
    """Read one environment variable as its setting wants it: JSON where that is a mapping or a list of tables."""
    if get_origin(annotation) is dict or table_fields(annotation):
        return _json(text)
    return _listed(text) if get_origin(annotation) is tuple else text


def tables(values: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield section, key and table of each table that stands in a list."""
    for section, keys in values.items():
        for key, value in keys.items():
            for row in value if isinstance(value, list) else ():
                if isinstance(row, Mapping):
                    yield section, key, row


def fill_tables(values: dict[str, Any], environ: Mapping[str, str], prefix: str) -> None:
    """Lay variables such as RAG__CHAT__FALLBACK__0__API_KEY over the tables of `values`; 0 is the first.

    :raises SettingsError: a variable of that form names no place in a list.
    """
    for name in sorted(environ):
        if not name.startswith(prefix) or name.count("__") < 3:
            continue
        found = re.fullmatch(r"(\w+?)__(\w+?)__(\d+)__(\w+)", name.removeprefix(prefix).lower())
        if found is None:
            raise SettingsError(
                f"{name} names no setting: for one of several tables write e.g. RAG__CHAT__FALLBACK__0__API_KEY."
            )
        section, key, place, field = found.groups()
        rows = list(values.get(section, {}).get(key) or ())
        if int(place) > len(rows):
            raise SettingsError(
                f"{name} is about table {place} of {section}.{key}, which has {len(rows)}: the first is 0."
            )
        row = dict(rows[int(place)]) if int(place) < len(rows) else {}
        rows[int(place) : int(place) + 1] = [row | {field: environ[name]}]
        values[section] = values.get(section, {}) | {key: rows}


def _listed(text: str) -> list[str]:
    """Read a list from one variable: JSON, for values that hold commas themselves, or values with commas between."""
    if not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    return [str(part) for part in _json(text)]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        shown = "a JSON list" if text.lstrip().startswith("[") else "JSON"
        raise SettingsError(f"A variable begins with {text.lstrip()[:1]} but is not {shown}: {error}.") from error
