"""Faces of rooms and folders: names at once, their code at first use.

A face imports nothing until a name is asked for (PEP 562), so that `--help` stays light.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


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
