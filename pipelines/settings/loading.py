"""Settings of a workspace: `rag.toml`, then environment variables ``RAG__SECTION__KEY``; unknown keys are refused."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data.errors import SettingsError
from pipelines.settings.sections import Settings
from pipelines.settings.values import fill_tables, read_value, table_fields, tables

SETTINGS_FILE = "rag.toml"
_PREFIX = "RAG__"


def load_settings(folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read `rag.toml` of `folder` and lay the environment over it.

    :raises SettingsError: the file is not TOML, or holds an unknown key or a value out of range.
    """
    path = folder / SETTINGS_FILE
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    overrides = _from_environment(environ)
    _refuse_unknown(values, str(path))
    _refuse_unknown(overrides, "The environment")
    merged = {key: values.get(key, {}) | overrides.get(key, {}) for key in values.keys() | overrides.keys()}
    fill_tables(merged, environ, _PREFIX)
    for section, key, table in tables(merged):
        known = table_fields(_annotation(section, key))
        for name in table.keys() - known if known else ():
            raise SettingsError(
                f"{path} or the environment has an unknown key {section}.{key}.{name}{_nearest(name, known)}"
            )
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_first_problem(error)) from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, value in environ.items():
        if not name.startswith(_PREFIX):
            continue
        section, _, key = name.removeprefix(_PREFIX).lower().partition("__")
        if not key:
            raise SettingsError(f"{name} names no setting: write {_PREFIX}SECTION__KEY, e.g. RAG__CHAT__MODEL.")
        if "__" not in key:
            found.setdefault(section, {})[key] = read_value(_annotation(section, key), value)
    return found


def _annotation(section: str, key: str) -> Any:
    sections = dict(_sections())
    field = sections[section].annotation.model_fields.get(key) if section in sections else None
    return field.annotation if field is not None else None


def _refuse_unknown(values: Mapping[str, Any], where: str) -> None:
    sections = {name: set(field.annotation.model_fields) for name, field in _sections()}
    for section, keys in values.items():
        if not isinstance(keys, Mapping):
            raise SettingsError(f"{where} has {section!r} outside a section: write it under one, e.g. [chat].")
        if section not in sections:
            raise SettingsError(f"{where} has an unknown section [{section}]{_nearest(section, sections)}")
        for key in keys:
            if key not in sections[section]:
                raise SettingsError(f"{where} has an unknown key {section}.{key}{_nearest(key, sections[section])}")


def _sections() -> list[tuple[str, Any]]:
    return list(Settings.model_fields.items())


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f": did you mean {close[0]!r}?" if close else f": known are {', '.join(sorted(known))}."


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "missing":
        return f"Setting {place} is missing: write it into rag.toml or the environment."
    shown = "" if _is_secret(problem["loc"]) else f", found {problem['input']!r}"
    return f"Setting {place} is not usable{shown}: {problem['msg'].lower()}."


def _is_secret(place: tuple[int | str, ...]) -> bool:
    sections = dict(_sections())
    if not place or place[0] not in sections:
        return False
    fields = sections[str(place[0])].annotation.model_fields
    # A whole section of the wrong shape may hold any of its secrets.
    named = [fields[str(place[1])]] if len(place) > 1 and place[1] in fields else list(fields.values())
    shapes = [str(field.annotation) for field in named]
    inner = table_fields(named[0].annotation) if len(named) == 1 else {}
    shapes += [str(field.annotation) for name, field in inner.items() if len(place) < 4 or name == place[3]]
    return any("SecretStr" in shape for shape in shapes)
