"""API keys: who may ask which collections, and who may read what is told of them.

A key is 256 random bits, so that its SHA-256 tells nothing of it; only that is kept. The file is read again when it has
changed: a key that was removed stops working without a restart.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from data.errors import InputError, SettingsError

_PREFIX = "rag-"
DEFAULT_COLLECTION = "default"


Scope = Literal["ask", "metrics", "monitor", "admin"]
"""Ask questions; read `/metrics`; read reports, which hold what others asked; all of these."""
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Key:
    """A client: its name, the hash of its key, its collections, and what it may do there."""

    name: str
    sha256: str
    collections: tuple[str, ...] = (DEFAULT_COLLECTION,)
    scopes: tuple[str, ...] = ("ask",)

    def may(self, scope: Scope) -> bool:
        """Tell whether the key has a right."""
        return scope in self.scopes or "admin" in self.scopes


class KeyRing:
    """The keys of a file; without the file there are none."""

    def __init__(self, path: Path) -> None:
        """Read the keys.

        :raises SettingsError: the file is not one of keys.
        """
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._keys: tuple[Key, ...] = ()
        self._refresh()

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, in the order in which they were made."""
        self._refresh()
        return self._keys

    def find(self, text: str) -> Key | None:
        """Return whose key `text` is. All hashes are compared, each in constant time."""
        digest = _digest(text)
        found = None
        for key in self.keys:
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def add(self, name: str, collections: tuple[str, ...], scopes: Sequence[str] = ("ask",)) -> str:
        """Make a key for a new client and return it: it is not kept and cannot be shown again.

        :raises InputError: the name is empty or taken, or a right is none.
        """
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            named = ", ".join(map(repr, unknown)) or "none"
            raise InputError(f"A key cannot have the right {named}: choose from {', '.join(SCOPES)}.")
        if not name.strip() or not name.isprintable():
            raise InputError(f"The name {name!r} cannot be a key's: use letters and digits.")
        if name in {key.name for key in self.keys}:
            raise InputError(
                f"There is a key {name!r} already: remove it with `rag key remove {name}`, or take another."
            )
        text = _PREFIX + secrets.token_urlsafe(32)
        self._write((*self._keys, Key(name, _digest(text), collections, tuple(scopes))))
        return text

    def remove(self, name: str) -> None:
        """Forget a key.

        :raises InputError: there is none of that name.
        """
        rest = tuple(key for key in self.keys if key.name != name)
        if len(rest) == len(self._keys):
            known = ", ".join(key.name for key in self._keys) or "none"
            raise InputError(f"There is no key {name!r} (known: {known}).")
        self._write(rest)

    def _write(self, keys: tuple[Key, ...]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"keys": [asdict(key) for key in keys]}, file, indent=2)
        beside.replace(self._path)
        self._keys = keys

    def _refresh(self) -> None:
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._keys = _read(self._path) if stamp else ()
            self._stamp = stamp


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def _read(path: Path) -> tuple[Key, ...]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["keys"]
        return tuple(map(_key, entries))
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} is no file of keys ({error!r}): make keys with `rag key add NAME`.") from error


def _key(entry: dict[str, Any]) -> Key:
    """Return a key as it was kept; those of earlier versions could ask, or read metrics."""
    collections = tuple(entry["collections"])
    scopes = entry.get("scopes")
    if scopes is None:
        scopes = [*(["ask"] if collections else []), *(["metrics"] if entry.get("metrics") else [])]
    if not all(scope in SCOPES for scope in scopes):
        raise ValueError(f"a key has the rights {scopes!r}")
    return Key(str(entry["name"]), str(entry["sha256"]), collections, tuple(scopes))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
