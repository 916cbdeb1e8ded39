"""Faces of rooms and folders: names at once, their code at first use, and libraries kept quiet.

A face imports nothing until a name is asked for (PEP 562), so that `--help` stays light. No telemetry, and no download
that nobody asked for: libraries read that from the environment when they are imported, so each room sets it first.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

QUIET_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "RAGAS_DO_NOT_TRACK": "true",
    "ANONYMIZED_TELEMETRY": "false",
    "TOKENIZERS_PARALLELISM": "false",
}


def face(package: str, names: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package; `names` lists what each of its modules gives.

    A module of another room is named in full.
    """
    homes = {name: module for module, listed in names.items() for name in listed}

    def attribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = homes[name]
        return getattr(import_module(home if "." in home else f"{package}.{home}"), name)

    return attribute


def keep_quiet() -> None:
    """Set what is not set yet; `HF_HUB_OFFLINE=0` in the environment allows downloads."""
    for name, value in QUIET_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
