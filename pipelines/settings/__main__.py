"""`python -m pipelines.settings`: write the files that are made from the dataclasses of the settings."""

from __future__ import annotations

from pathlib import Path

from data.settings import TEMPLATE_FILE
from pipelines.settings.page import render_page
from pipelines.settings.rag_toml import render_template

PAGE_FILE = Path(__file__).parents[2] / "docs" / "settings.md"


def write_files() -> None:
    """Write `docs/settings.md` and the template of `rag.toml`."""
    TEMPLATE_FILE.write_text(render_template(), encoding="utf-8")
    PAGE_FILE.write_text(render_page(), encoding="utf-8")


if __name__ == "__main__":
    write_files()
