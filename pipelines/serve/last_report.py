"""The last drift report of a workspace, as `drift report` wrote it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class LastReport:
    """The JSON of a report, and its page where there is one."""

    body: dict[str, Any]
    page: Path | None


def newest_report(data: Path) -> LastReport | None:
    """Return the newest readable report below the `.rag` folder `data`; None where there is none."""
    for path in sorted((data / "reports").glob("drift-*.json"), reverse=True):
        body = _read(path, path.stat().st_mtime_ns)
        if body is not None:
            page = path.with_suffix(".html")
            return LastReport(body, page if page.is_file() else None)
    return None


@lru_cache(maxsize=64)
def _read(path: Path, changed_ns: int) -> dict[str, Any] | None:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return body if isinstance(body, dict) and {"verdict", "quality", "ops"} <= body.keys() else None
