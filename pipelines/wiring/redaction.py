"""The redactor of a workspace's [log] settings."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from data.errors import SettingsError
from data.log import LogSettings, Redactor


def build_redactor(settings: LogSettings, folder: Path) -> Redactor:
    """Build what blacks out texts before they are logged; a hook may lie in `folder`.

    :raises SettingsError: a pattern is no regular expression, or the hook cannot be found.
    """
    hook = _load_hook(settings.redact_hook, folder) if settings.redact_hook else None
    return Redactor.build(settings.redact, hook)


def _load_hook(name: str, folder: Path) -> Callable[[str], str]:
    """Import "module:function"; the module may lie in the workspace."""
    module, _, function = name.partition(":")
    here = str(folder.resolve())
    sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        told = f'log.redact_hook {name!r} cannot be loaded ({error}): write "module:function" of an importable module.'
        raise SettingsError(told) from error
    finally:
        sys.path.remove(here)
    if not callable(found):
        raise SettingsError(f"log.redact_hook {name!r} is not a function.")
    hook: Callable[[str], str] = found
    return hook
