"""Packages of others that have the names of ours: whoever is hidden is told in one sentence, with both paths.

Python takes the first package of a name that it finds. A project's own `data/` with an `__init__.py` hides ours when it
stands before it. Without one it is hidden by ours, and its modules cannot be imported. The faces of the rooms look for
the former themselves, for they cannot import this module then.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

ROOMS = ("data", "rag", "eval", "drift", "pipelines")
_HERE = Path(__file__).resolve().parents[1]


def check_rooms(rooms: Sequence[str] = ROOMS) -> None:
    """Refuse to go on where a package of somebody else stands before one of ours.

    :raises ImportError: it does; the message is one sentence with both paths.
    """
    for sentence in _hiding(rooms):
        raise ImportError(sentence)


def warn_of_namesakes() -> None:
    """Warn of packages that hide ours, and of folders whose modules ours hide."""
    for sentence in (*_hiding(ROOMS), *_hidden()):
        warnings.warn(sentence, stacklevel=3)


def _hiding(rooms: Sequence[str]) -> Iterator[str]:
    for room in rooms:
        loaded = sys.modules.get(room)
        spec = loaded.__spec__ if loaded is not None else find_spec(room)
        if spec is not None and spec.origin and Path(spec.origin).resolve().parent != _HERE / room:
            yield (
                f"The package {room!r} at {spec.origin} hides that of silentdrift at {_HERE / room}: rename it, or"
                " start Python elsewhere."
            )


def _hidden() -> Iterator[str]:
    for entry in dict.fromkeys(sys.path):
        place = Path(entry or ".").resolve()
        if place == _HERE or all((place / room / "__init__.py").is_file() for room in ROOMS):
            continue  # ours, or another copy of it
        for room in ROOMS:
            folder = place / room
            if folder.is_dir() and not (folder / "__init__.py").is_file() and any(folder.glob("*.py")):
                yield (
                    f"The modules in {folder} cannot be imported as {room!r}, for the package of silentdrift at"
                    f" {_HERE / room} has that name: rename the folder."
                )
