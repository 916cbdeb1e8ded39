"""What each setting means: the text below it in the source of its dataclass."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from textwrap import dedent

from data.settings import SettingField, rows_of, sections_of, setting_fields

_END = re.compile(r"(?<!e\.g)\. ")


@dataclass(frozen=True, slots=True)
class Section:
    """One table of `rag.toml`; `variable` begins the names of its environment variables, `title` is as in the file."""

    name: str
    title: str
    meaning: str
    variable: str
    settings: Mapping[str, SettingField]
    meanings: Mapping[str, str]

    @property
    def summary(self) -> str:
        """The first sentence of the meaning."""
        return first_sentence(self.meaning)

    @property
    def is_row(self) -> bool:
        """Whether there may be several of it."""
        return self.title.startswith("[[")


def described(shape: type) -> Iterator[Section]:
    """Yield each section of a dataclass of sections, each followed by the tables that it is a list of."""
    for name, kind in sections_of(shape).items():
        yield _section(kind, name, f"[{name}]", f"RAG__{name.upper()}__")
        for key, item in setting_fields(kind).items():
            if row := rows_of(item.kind):
                yield _section(row, f"{name}.{key}", f"[[{name}.{key}]]", f"RAG__{name.upper()}__{key.upper()}__0__")


def _section(kind: type, name: str, title: str, variable: str) -> Section:
    whole = _plain((kind.__doc__ or "").partition(":raises")[0])
    return Section(name, title, whole, variable, setting_fields(kind), meanings(kind))


def meanings(kind: type) -> dict[str, str]:
    """Return the text below each field of a dataclass."""
    parsed = ast.parse(dedent(inspect.getsource(kind))).body[0]
    assert isinstance(parsed, ast.ClassDef)
    return {name: _plain(text) for name, text in map(_documented, pairwise(parsed.body)) if name}


def _documented(pair: tuple[ast.stmt, ast.stmt]) -> tuple[str, str]:
    match pair:
        case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
            return name, text
    return "", ""


def first_sentence(text: str) -> str:
    """Return the first sentence without its full stop."""
    return _END.split(text, maxsplit=1)[0].removesuffix(".")


def _plain(text: str) -> str:
    return " ".join(text.split())
