"""Which passages a search may return: conditions on their source, page, language and heading."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import InputError

_FORMS = {"source": "source=GLOB", "page": "page=NUMBER", "language": "language=CODE", "heading": "heading~TEXT"}
"""How each key is written; the sign after the key is its operator."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a passage must meet; several values of one key mean any of them, an empty key means all.

    `sources` are globs as in SQLite (`*` also crosses folders, letters keep their case), matched against the whole
    source or its last parts: "faq.md" finds "docs/faq.md". `languages` are ISO 639-1 codes of the passage itself.
    `headings` must occur in the heading path, in any case.
    """

    sources: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is any condition."""
        return bool(self.sources or self.pages or self.languages or self.headings)

    def sql(self) -> tuple[str, list[object]]:
        """Return the condition over tables `d` (documents) and `c` (chunks), and its values.

        It needs the SQL function ``casefold``.
        """
        globs = [glob for source in self.sources for glob in (source, f"*/{source}")]
        groups: list[tuple[str, list[object]]] = [
            ("d.source GLOB ?", [*globs]),
            ("c.page = ?", [*self.pages]),
            ("c.language = ?", [*self.languages]),
            ("instr(casefold(c.heading), ?) > 0", [heading.casefold() for heading in self.headings]),
        ]
        parts = [f"({' OR '.join([condition] * len(values))})" for condition, values in groups if values]
        return " AND ".join(parts) or "1", [value for _, values in groups for value in values]


def parse_filter(conditions: Sequence[str]) -> Filter:
    """Read conditions such as "source=*.pdf", "page=3", "language=ru" or "heading~limits".

    :raises InputError: a key is unknown, or a condition is not written as its key wants it.
    """
    values: dict[str, list[str]] = {key: [] for key in _FORMS}
    for condition in conditions:
        key, value = _split(condition)
        values[key].append(value)
    pages = tuple(_page(value) for value in values["page"])
    languages = tuple(value.lower() for value in values["language"])
    return Filter(tuple(values["source"]), pages, languages, tuple(values["heading"]))


def _split(condition: str) -> tuple[str, str]:
    at = min((place for sign in "=~" if (place := condition.find(sign)) >= 0), default=len(condition))
    key, value = condition[:at].strip().lower(), condition[at + 1 :].strip()
    forms = ", ".join(_FORMS.values())
    if key not in _FORMS:
        close = difflib.get_close_matches(key, _FORMS, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise InputError(f"The filter {condition!r} has an unknown key {key!r}.{hint} Known are {forms}.")
    operator = _FORMS[key].removeprefix(key)[0]
    if not value or condition[at : at + 1] != operator:
        raise InputError(f"The filter {condition!r} cannot be read: write it as {_FORMS[key]}.")
    return key, value


def _page(value: str) -> int:
    if not value.isdecimal():
        raise InputError(f"The filter page={value} names no page: write a number, e.g. page=3.")
    return int(value)
