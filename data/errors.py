"""Errors meant for the person who reads them.

SilentDriftError            base; the message is one sentence: what is wrong, which values, what to do
├── InputError           a file, line, question or argument cannot be used (exit code 2)
│   └── ArgumentError    an argument of a wrong type; also a TypeError
├── WorkspaceError       no workspace, or one that does not fit the request (exit code 2)
├── SettingsError        rag.toml or the environment holds something we do not know (exit code 2)
└── (rag.errors)        errors of the index and of the endpoint
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\[(?:Errno|WinError) -?\d+\]\s*")


class SilentDriftError(Exception):
    """Base of all errors this project raises on purpose; `str(error)` is shown to the user as it is."""

    exit_code = 2


class InputError(SilentDriftError):
    """A file, line, question or argument cannot be used."""


class ArgumentError(InputError, TypeError):
    """An argument of a function is of a wrong type."""


class WorkspaceError(SilentDriftError):
    """There is no workspace, or it does not fit the request."""


class SettingsError(SilentDriftError):
    """The settings hold an unknown key or a value out of range."""


def cause(error: BaseException) -> str:
    """Return what an error of a library or of the system says, as one line of words for a sentence of ours.

    Numbers of the system, such as "[Errno 2]", names of files that our sentence has, and the bytes of a text that is no
    UTF-8 are left out.
    """
    if isinstance(error, UnicodeError):
        return "it is not UTF-8 text"
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return error.strerror
    if isinstance(error, KeyError) and len(error.args) == 1:
        return f"{error.args[0]!r} is missing"
    said = str(getattr(error, "orig", None) or error).strip()
    return _NUMBER.sub("", said.splitlines()[0]) if said else type(error).__name__
