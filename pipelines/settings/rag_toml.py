"""A `rag.toml` with every setting, commented out, with its default or an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING
from typing import Literal, get_args, get_origin

from data.settings import Secret, SettingField, rows_of
from pipelines.settings.meanings import Section, described, first_sentence
from pipelines.settings.sections import Settings
from pipelines.settings.toml import as_toml

_HEAD = """\
# Settings of this workspace. Every key can also be set as an environment variable, e.g. RAG__CHAT__API_KEY.
# Keys left out keep the value shown; where it is called an example, they are empty or absent.
"""
_COLUMN = 34


def render_template() -> str:
    """Make the text of a new `rag.toml`."""
    return _HEAD + "".join(f"{line}\n" for section in described(Settings) for line in _lines(section))


def _lines(section: Section) -> Iterator[str]:
    title = _commented(f"{'# ' * section.is_row}{section.title}", section.summary)
    yield from (title,) if section.is_row else ("", title)
    for name, item in section.settings.items():
        # Of one table among several the file shows what it must hold, and its key; the rest is as in the section.
        if rows_of(item.kind) is None and (not section.is_row or item.default is MISSING or item.kind is Secret):
            yield _commented(f"# {name} = {as_toml(_shown(item))}", _comment(section, item))


def _shown(item: SettingField) -> object:
    return item.example.value if item.example else item.default


def _comment(section: Section, item: SettingField) -> str:
    example = "Example: " if item.example and item.example.value != item.default else ""
    choices = f"{' | '.join(get_args(item.kind))}: " if get_origin(item.kind) is Literal else ""
    better = f"; better {section.variable}{item.name.upper()}" if item.is_secret else ""
    return f"{example}{choices}{first_sentence(section.meanings[item.name])}{better}"


def _commented(text: str, comment: str) -> str:
    return f"{text:{_COLUMN}}# {comment}" if len(text) < _COLUMN else f"{text}  # {comment}"
