"""The `rag.toml` that `rag init` writes; ``python -m pipelines.settings`` makes it from the dataclasses."""

from pathlib import Path

TEMPLATE_FILE = Path(__file__).with_name("template.toml")


def read_template() -> str:
    """Return the text of a new `rag.toml`."""
    return TEMPLATE_FILE.read_text(encoding="utf-8")
