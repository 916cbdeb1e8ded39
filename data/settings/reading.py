"""`rag.toml` and the environment become a dataclass of sections.

The environment wins over the file, key by key. Of the libraries, pydantic-settings lays the one over the other, and
pydantic checks the values against the types and bounds that stand in the dataclasses. Both are imported here alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError, create_model
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from data.errors import SettingsError, cause
from data.settings.environment import environment_values, section_of
from data.settings.fields import sections_of, setting_fields, with_present_names
from data.settings.problems import first_problem, near, refuse_unknown

Sections = TypeVar("Sections")
"""A dataclass whose fields are the sections of a file, each a dataclass with a default."""


def read_settings(shape: type[Sections], file: Path, environ: Mapping[str, str], *, partial: bool = False) -> Sections:
    """Read `file`, if it is there, and lay the environment over it; variables are called ``RAG__SECTION__KEY``.

    With `partial`, sections that `shape` does not have belong to other readers and are passed over, unless they look
    like misspelt ones of its own.

    :raises SettingsError: the file is not TOML, or holds an unknown key or a value out of range.
    """
    in_file = _file_values(file)
    if partial:
        known = sections_of(shape)
        in_file = {name: value for name, value in in_file.items() if name in known or near(name, known)}
        environ = {name: value for name, value in environ.items() if section_of(name) in known}
    in_file = with_present_names(in_file, shape)
    refuse_unknown(in_file, shape, str(file))
    in_environment = with_present_names(environment_values(environ, shape, in_file), shape)
    refuse_unknown(in_environment, shape, "The environment")
    return _layered(shape, in_environment, in_file)


def changed_settings(settings: Sections, values: Mapping[str, Mapping[str, Any]]) -> Sections:
    """Return the settings with other values in some sections, checked like those of a file.

    :raises SettingsError: a section or key is unknown, or a value out of range.
    """
    shape = type(settings)
    refuse_unknown(values, shape, "The change")
    changed = {}
    for name, section in ((name, getattr(settings, name)) for name in sections_of(shape)):
        present = {key: getattr(section, key) for key in setting_fields(type(section))}
        changed[name] = {**present, **values.get(name, {})}
    return _layered(shape, changed)


def _file_values(file: Path) -> dict[str, Any]:
    try:
        # With or without the mark that some editors put before the first letter.
        return tomllib.loads(file.read_text(encoding="utf-8-sig")) if file.exists() else {}
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{file} is not UTF-8 text: save it as UTF-8, with or without a byte order mark."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.") from error
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({cause(error)}): it must be a text file.") from error


def _layered(shape: type[Sections], *layers: dict[str, Any]) -> Sections:
    """Build the settings from layers of values, the strongest first."""

    class Layers(BaseSettings):
        model_config = SettingsConfigDict(extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            # Its own reader of the environment knows neither lists with commas nor rows of tables.
            return tuple(InitSettingsSource(settings_cls, layer) for layer in layers)

    sections: dict[str, Any] = {name: (item.kind, item.default) for name, item in setting_fields(shape).items()}
    try:
        found = create_model("Settings", __base__=Layers, **sections)()
    except ValidationError as error:
        raise SettingsError(first_problem(error, shape)) from error
    return shape(**{name: getattr(found, name) for name in sections})
