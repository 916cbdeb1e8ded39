"""Where a workspace keeps what: names below its folder."""

from __future__ import annotations

SETTINGS_FILE = "rag.toml"
DATA_FOLDER = ".rag"
"""Index, log and reports."""
