"""Errors of this room, each one sentence for the person who reads it.

SilentDriftError (data.errors)
├── UnscorableAnswer  a metric has no value for this answer; callers write it down as "unscored" with the reason
├── ModelFileError    the coefficients of the proxy are missing or do not fit this version
├── RunFileError      a stored evaluation run cannot be read or belongs to another schema
└── JudgeError        the judge endpoint cannot be used
"""

from __future__ import annotations

from data.errors import SilentDriftError


class UnscorableAnswer(SilentDriftError, ValueError):
    """A metric has no value for this answer; the message is the reason."""


class ModelFileError(SilentDriftError):
    """The file of coefficients is missing, damaged, or made for another list of features."""


class RunFileError(SilentDriftError):
    """A stored evaluation run cannot be read, or was written by another schema."""


class JudgeError(SilentDriftError):
    """The judge endpoint cannot be used."""
