"""The page of all settings, `docs/settings.md`, made from the dataclasses by ``python -m pipelines.settings``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING

from data.settings import SettingField, kind_in_words, rows_of
from pipelines.settings.meanings import Section, described
from pipelines.settings.sections import Settings
from pipelines.settings.toml import as_toml

_HEAD = """\
# Settings

`rag.toml` holds the settings of a workspace; `rag init` writes one with every default in it. A variable of the
environment wins over the file. Unknown sections and keys are refused, with the nearest that is known. Keys and
passwords belong into the environment; no command and no error shows them.

In a variable, a list is written with commas (`RAG__INGEST__INCLUDE="*.md,*.txt"`) or as JSON, a table as JSON.
From Python, `rag.settings`, `drift.settings` and their like hold the same dataclasses, with the same bounds.

Made from the code by `python -m pipelines.settings`; a test holds both equal.
"""


def render_page() -> str:
    """Make the text of the page."""
    return _HEAD + "".join(f"{line}\n" for section in described(Settings) for line in _lines(section))


def _lines(section: Section) -> Iterator[str]:
    yield from ("", f"## `{section.title}`", "", section.meaning, "")
    yield "| key | type | default | bounds | meaning | variable |"
    yield "|---|---|---|---|---|---|"
    for name, item in section.settings.items():
        cells = (f"`{name}`", _type(item), _default(item), item.demand.removeprefix("lie "), section.meanings[name])
        yield f"| {' | '.join(map(_cell, cells))} | `{section.variable}{name.upper()}` |"


def _type(item: SettingField) -> str:
    if rows_of(item.kind):
        return "tables, see below"
    secret = "secret " if item.is_secret else ""
    return kind_in_words(item.kind).replace("text", f"{secret}text").removeprefix("a ").replace("'", "`")


def _default(item: SettingField) -> str:
    if item.default is MISSING:
        return "must be given"
    return "none" if item.default is None else f"`{as_toml(item.default)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
