"""Values as they are written in `rag.toml`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from data.settings import Secret

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(value: Any) -> str:
    """Write a value of a setting; whole numbers without a point, as people write them."""
    if isinstance(value, Secret):
        return as_toml(value.reveal())
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        rows = ", ".join(f"{_key(name)} = {as_toml(inner)}" for name, inner in value.items())
        return f"{{ {rows} }}" if rows else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return str(value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)
