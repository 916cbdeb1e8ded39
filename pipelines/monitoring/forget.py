"""`drift forget`: old texts leave the log and the reports; what was measured stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.log import InteractionLog, concerned, forget
from data.records import FORGOTTEN
from data.text import plural
from pipelines.monitoring import sketches
from pipelines.wiring import Workspace, open_log
from rag.wiring import prompt_secret

_UNITS = {"h": 1 / 24, "d": 1.0, "w": 7.0, "y": 365.0}
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([hdwy]?)")
_STAMP = re.compile(r"drift-(\d{8}T\d{6}Z)\.(?:html|json)")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was deleted, or would be: texts of interactions, comments of people, report files."""

    before: datetime
    interactions: int
    comments: int
    reports: int
    dry_run: bool


def cutoff(workspace: Workspace, older_than: str | None, now: datetime) -> datetime:
    """Return the time before which texts go: `older_than` ("90d", "12h", "8w"), or the setting.

    :raises InputError: neither is given, or it is no length of time.
    """
    days = workspace.settings.log.keep_text_days if older_than is None else _days(older_than)
    if older_than is None and not days:
        raise InputError("How old is too old? Pass --older-than, e.g. 90d, or set log.keep_text_days in rag.toml.")
    try:
        return now - timedelta(days=days)
    except OverflowError as error:
        raise InputError(f"--older-than {older_than} is before all time.") from error


def sweep(
    workspace: Workspace, before: datetime, now: datetime, *, vectors: bool, canaries: bool = False, dry_run: bool
) -> Sweep:
    """Delete texts, and with `vectors` vectors, of what is before a time; reports quote answers and go too.

    Canaries keep both unless `canaries` says otherwise.

    Daily sketches are brought up to date first: what they measured on texts and vectors outlives both.
    """
    log = open_log(workspace)
    reports = _outdated(workspace.data / "reports", log, before)
    if dry_run:
        left = sum(FORGOTTEN not in item.flags for item in log.read(None, before, kinds=concerned(canaries=canaries)))
        return Sweep(before, left, 0, len(reports), True)
    _sketch_all(log, now)
    done = forget(log, before, prompt_secret(workspace), vectors=vectors, canaries=canaries)
    for path in reports:
        path.unlink(missing_ok=True)
    return Sweep(before, done.interactions, done.comments, len(reports), False)


def sweep_json(swept: Sweep) -> dict[str, Any]:
    """Return the stable JSON form of `drift forget --json`."""
    return asdict(swept) | {"before": swept.before.isoformat()}


def sweep_text(swept: Sweep) -> str:
    """Say what was deleted."""
    verb = "would lose" if swept.dry_run else "lost"
    return (
        f"{plural(swept.interactions, 'interaction')} before {swept.before:%Y-%m-%d %H:%M} UTC {verb} their text, "
        f"{plural(swept.comments, 'comment')} and {plural(swept.reports, 'report file')} "
        f"{'would be' if swept.dry_run else 'were'} deleted; scores and measurements stay"
    )


def _sketch_all(log: InteractionLog, until: datetime) -> None:
    newest = {pinned.name: pinned for pinned in sorted(log.baselines(), key=lambda found: found.version)}
    for pinned in newest.values():
        # A baseline of fewer than two questions has no sketches and no report; it must not keep texts from going.
        with suppress(InputError):
            sketches.update(log, pinned, until)


def _days(text: str) -> float:
    found = _AGE.fullmatch(text.strip().casefold())
    if not found:
        raise InputError(f"{text!r} is no length of time: write e.g. 90d, 12h or 8w.")
    return float(found.group(1)) * _UNITS[found.group(2) or "d"]


def _reports(folder: Path) -> list[Path]:
    return [path for path in folder.glob("drift-*") if _STAMP.fullmatch(path.name)] if folder.is_dir() else []


def _outdated(folder: Path, log: InteractionLog, before: datetime) -> list[Path]:
    """Return the reports written before a time, and later ones that quote answers given before it."""
    found = _reports(folder)
    quoting = {path.stem for path in found if path.suffix == ".json" and _quotes(path, log, before)}
    return [path for path in found if path.stem in quoting or _written(path) < before]


def _quotes(path: Path, log: InteractionLog, before: datetime) -> bool:
    return any(item.at < before for item in log.some(_quoted(path)))


def _quoted(path: Path) -> Iterator[str]:
    """Yield the ids of the interactions whose texts a report shows; a file that is no report of ours shows none."""
    with suppress(OSError, ValueError):
        body = json.loads(path.read_bytes())
        for example in body.get("examples", ()) if isinstance(body, dict) else ():
            yield from (example["interaction_id"], example["reference_id"])


def _written(path: Path) -> datetime:
    found = _STAMP.fullmatch(path.name)
    assert found is not None
    return datetime.strptime(found.group(1), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
