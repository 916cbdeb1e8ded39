"""Arguments of the faces, checked before anything is done with them.

`call` is the function as its callers write it, such as "kb.ask"; `name` is the argument.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from data.errors import ArgumentError, InputError

_LONGEST = 60


def expect(call: str, name: str, value: object, kinds: type | tuple[type, ...], wanted: str) -> None:
    """Refuse a value that is of none of `kinds`; True and False are no numbers.

    :raises ArgumentError: it is not.
    """
    wanted_bool = kinds is bool or (isinstance(kinds, tuple) and bool in kinds)
    if not isinstance(value, kinds) or (isinstance(value, bool) and not wanted_bool):
        raise _refusal(call, name, value, wanted)


def expect_all(call: str, name: str, values: object, kind: type, wanted: str) -> None:
    """Refuse what is no list, tuple or the like of one kind.

    :raises ArgumentError: it is none, or one of its items is of another kind.
    """
    if isinstance(values, str | bytes) or not isinstance(values, Sequence):
        raise _refusal(call, name, values, wanted)
    for place, value in enumerate(values):
        if not isinstance(value, kind):
            raise _refusal(call, f"{name}[{place}]", value, wanted)


def expect_function(call: str, name: str, value: object, wanted: str, *methods: str) -> None:
    """Refuse what cannot be called; with `methods`, what does not have them. None is not checked.

    :raises ArgumentError: it cannot.
    """
    named = methods or ("__call__",)
    if value is not None and (isinstance(value, type) or not all(hasattr(value, method) for method in named)):
        raise _refusal(call, name, value, wanted)


def given_path(call: str, name: str, value: object, what: str = "a file or folder") -> Path:
    """Return a path; an empty one is not the current folder.

    :raises ArgumentError: it is no path.
    :raises InputError: it is empty, or holds a character that no path may.
    """
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise _refusal(call, name, value, f"the path of {what}, as text or Path")
    text = os.fspath(value)
    if not text.strip():
        here = ", or '.' for the current one" if what.endswith("folder") else ""
        raise InputError(f"{call} got an empty {name}: name {what}{here}.")
    if "\0" in text:
        raise InputError(f"{call} got {text!r} as {name}, which no path may hold: name {what}.")
    return Path(text)


def given_text(call: str, name: str, value: object, wanted: str = "a text") -> str:
    """Return a text.

    :raises ArgumentError: it is none.
    """
    if not isinstance(value, str):
        raise _refusal(call, name, value, wanted)
    return value


def given_time(call: str, name: str, value: object) -> datetime | None:
    """Return a moment with its time zone, or None.

    :raises ArgumentError: it is neither.
    """
    if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
        return value
    what = "a datetime without time zone" if isinstance(value, datetime) else _shown(value)
    raise ArgumentError(
        f"{call} got {what} as {name}: pass a time with its zone, e.g. datetime(2026, 11, 1, tzinfo=UTC)."
    )


def _refusal(call: str, name: str, value: object, wanted: str) -> ArgumentError:
    return ArgumentError(f"{call} got {_shown(value)} as {name}: pass {wanted}.")


def _shown(value: Any) -> str:
    """Return a small value as it is written, and of others their type: what they hold may be long, or a secret."""
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if isinstance(value, str | bytes):
        shown = repr(value)
        return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, Iterable) and type(value).__module__ == "builtins":
        return f"a {type(value).__name__}"
    return f"an object of type {type(value).__name__}"
