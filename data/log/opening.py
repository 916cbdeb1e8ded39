"""The log of a workspace as its [log] settings say: where it lies, and what is blacked out before it is written."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from data.errors import SettingsError, cause
from data.log.interaction_log import InteractionLog
from data.log.redact import Redactor
from data.log.settings import LogSettings
from data.scales import MetricSettings
from data.settings import DATA_FOLDER


def open_log(settings: LogSettings, folder: Path, metrics: MetricSettings | None = None) -> InteractionLog:
    """Open the interaction log of the workspace in `folder`; `metrics` are its settings for other tools' scores.

    :raises WorkspaceError: it cannot be opened.
    :raises SettingsError: a pattern is no regular expression, or the hook cannot be found.
    """
    url, redact = settings.url.reveal(), build_redactor(settings, folder)
    if url:
        return InteractionLog(url, redact, metrics)
    return InteractionLog.at_path((folder / DATA_FOLDER).resolve() / "log.sqlite", redact, metrics)


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
        raise SettingsError(
            f"log.redact_hook {name!r} cannot be loaded ({cause(error)}): write"
            ' "module:function" of an importable module.'
        ) from error
    finally:
        sys.path.remove(here)
    if not callable(found):
        raise SettingsError(f"log.redact_hook {name!r} is not a function.")
    hook: Callable[[str], str] = found
    return hook
