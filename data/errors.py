"""Errors meant for the person who reads them.

SilentDriftError            base; the message is one sentence: what is wrong, which values, what to do
├── InputError           a file, line, question or argument cannot be used (exit code 2)
├── WorkspaceError       no workspace, or one that does not fit the request (exit code 2)
├── SettingsError        rag.toml or the environment holds something we do not know (exit code 2)
└── (rag.errors)        errors of the index and of the endpoint
"""

from __future__ import annotations


class SilentDriftError(Exception):
    """Base of all errors this project raises on purpose; `str(error)` is shown to the user as it is."""

    exit_code = 2


class InputError(SilentDriftError):
    """A file, line, question or argument cannot be used."""


class WorkspaceError(SilentDriftError):
    """There is no workspace, or it does not fit the request."""


class SettingsError(SilentDriftError):
    """The settings hold an unknown key or a value out of range."""
