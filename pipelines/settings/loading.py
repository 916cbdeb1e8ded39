"""Settings of a workspace: `rag.toml`, then environment variables ``RAG__SECTION__KEY``; unknown keys are refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from data.settings import SETTINGS_FILE, read_settings
from pipelines.settings.sections import Settings


def load_settings(folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read `rag.toml` of `folder` and lay the environment over it.

    :raises SettingsError: the file is not TOML, or holds an unknown key or a value out of range.
    """
    return read_settings(Settings, folder / SETTINGS_FILE, environ)
