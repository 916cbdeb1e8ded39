"""What of questions, passages and answers may go into spans: nothing unless the settings say so, and then redacted."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable

from data.errors import SettingsError
from pipelines.settings import Settings

_HIDDEN = "[redacted]"
_FAILED = "[left out: the redaction hook failed]"

Content = Callable[[str], str] | None
"""Turns a text into what may be shown of it; None where no text may be shown."""


def content_of(settings: Settings) -> Content:
    """Return how texts are redacted: by the patterns and hooks of [log] and of [tracing]; None where none is captured.

    :raises SettingsError: a pattern is no regular expression, or a hook cannot be imported.
    """
    if not settings.tracing.capture_content:
        return None
    patterns = [_compiled(text) for text in (*settings.log.redact, *settings.tracing.redact)]
    hooks = [_imported(name) for name in (settings.log.redact_hook, settings.tracing.redact_hook) if name]

    def shown(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(_HIDDEN, text)
        for hook in hooks:
            text = _hooked(hook, text)
        return text

    return shown


def _compiled(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise SettingsError(f"{text!r} is no regular expression ({error}): correct tracing.redact.") from error


def _imported(name: str) -> Callable[[str], str]:
    module, _, function = name.partition(":")
    try:
        hook = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(f"{name!r} cannot be imported ({error}): write redact_hook as module:function.") from error
    if not callable(hook):
        raise SettingsError(f"{name!r} is no function: write redact_hook as module:function.")
    return hook  # type: ignore[no-any-return]


def _hooked(hook: Callable[[str], str], text: str) -> str:
    """Call a hook that others wrote: what goes wrong in it hides the text and nothing else."""
    try:
        return str(hook(text))
    except Exception:  # a hook may raise anything; an answer must not fail for it
        return _FAILED
