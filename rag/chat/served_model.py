"""What can be read of a model beyond its name: what `/models` says of it, and the files of a folder with its weights.

Two deployments under one name often differ here: another quantization, another creation date, another chat template.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, time
from typing import Any

from rag.chat.settings import ChatSettings
from rag.http import RequestFailure, ask_json

_TOLD = ("created", "owned_by", "root", "parent", "quantization", "max_model_len", "digest", "arch", "size")
_FILES = ("config.json", "generation_config.json", "tokenizer_config.json", "chat_template.jinja")
_LONGEST_REPLY = 4 * 2**20
_TIMEOUT_S = 3.0
_FRESH_S = 3600.0


def told_by(listing: Any, model: str, now: float) -> str:
    """Return what a reply of `/models` says of one model, as "key=value" pairs; empty when it does not list it.

    A time of creation within the hour before `now` (seconds since 1970) is left out: some servers say the present.
    """
    rows = listing.get("data") if isinstance(listing, dict) else None
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    row: dict[str, Any] = next((row for row in rows if row.get("id") == model), {})
    meta = row.get("meta")
    found = {**meta, **row} if isinstance(meta, dict) else dict(row)
    created = found.get("created")
    if isinstance(created, int | float) and created > now - _FRESH_S:
        del found["created"]
    return " ".join(f"{key}={_shown(found[key])}" for key in _TOLD if found.get(key) not in (None, "", []))


def _shown(value: Any) -> str:
    return "_".join(str(value).split())[:80]


def folder_digest(folder: str) -> str:
    """Return "config=DIGEST" over the configuration files of a model folder; empty when it has none.

    Weights are not read: they may take minutes. Their sizes count, so that most exchanged files are noticed.
    """
    path = Path(folder)
    texts = [(name, (path / name).read_bytes()) for name in _FILES if (path / name).is_file()]
    weights = sorted((*path.glob("*.safetensors"), *path.glob("*.gguf"), *path.glob("*.bin")))
    sizes = [(file.name, str(file.stat().st_size).encode()) for file in weights]
    if not texts and not sizes:
        return ""
    digest = hashlib.sha256()
    for name, content in (*texts, *sizes):
        digest.update(name.encode() + b"\x00" + hashlib.sha256(content).digest())
    return f"config={digest.hexdigest()[:16]}"


class ServedModel:
    """Asks `/models` after the first answer and again every `every_s` seconds, in a thread of its own.

    An endpoint that does not answer is not asked again sooner; what it said before stays known.
    """

    def __init__(
        self,
        settings: ChatSettings,
        *,
        every_s: float = 300.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        import httpx  # noqa: F401 - here, for half imported in the thread it breaks openai, which looks for it, in another

        self._settings = settings
        self._folder = folder_digest(settings.model_folder) if settings.model_folder else ""
        self._every_s = every_s
        self._clock = clock
        self._lock = threading.Lock()
        self._looked: float | None = None
        self._thread: threading.Thread | None = None
        self._told = ""

    def look(self) -> None:
        """Begin to ask, if it is time."""
        with self._lock:
            now = self._clock()
            if self._looked is not None and now - self._looked < self._every_s:
                return
            self._looked = now
            self._thread = threading.Thread(target=self._ask, daemon=True)
            self._thread.start()

    def details(self, patience_s: float = 1.0) -> str:
        """Return what is known; a question under way is waited for, but not longer than `patience_s`."""
        thread = self._thread
        if thread is not None:
            thread.join(patience_s)
        return " ".join(part for part in (self._told, self._folder) if part)

    def _ask(self) -> None:
        settings = self._settings
        with suppress(RequestFailure):
            listing = ask_json(
                settings.base_url,
                "models",
                headers=settings.request_headers,
                query=settings.request_query,
                timeout_s=_TIMEOUT_S,
                max_bytes=_LONGEST_REPLY,
            )
            self._told = told_by(listing, settings.model, time())
