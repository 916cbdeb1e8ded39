"""The folders of servers below a journal's folder, each locked while its server lives."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout


class JournalPlace:
    """Where a server keeps its rows, with the lock it holds while it lives; or one file of such a folder."""

    def __init__(self, path: Path, file: Path | None = None) -> None:
        self.path = path
        self.file = file
        self.lock = FileLock(path.with_suffix(".lock"))

    def release(self, *, gone: bool) -> None:
        """Let go; a folder that is gone leaves no lock behind."""
        self.lock.release()
        if gone:
            Path(self.lock.lock_file).unlink(missing_ok=True)


def orphans(folder: Path) -> list[JournalPlace]:
    """Return the folders that no living server holds, taking their locks."""
    found = []
    for path in sorted(item for item in folder.iterdir() if item.is_dir()):
        place = JournalPlace(path)
        try:
            place.lock.acquire(timeout=0)
        except Timeout:
            continue
        found.append(place)
    return found
