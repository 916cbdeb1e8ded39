"""How `rag serve` listens, and what one client may ask of it: [server]."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated

from data.errors import SettingsError
from data.settings import Bounds, Example, NotEmpty, check


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`rag serve`; make keys for its clients with `rag key add NAME`."""

    host: Annotated[str, NotEmpty] = "127.0.0.1"
    """Another address needs keys."""
    port: Annotated[int, Bounds(ge=0, le=65_535)] = 8000
    """0: any that is free."""
    collections: Annotated[dict[str, str], Example({"hr": "../hr"})] = field(default_factory=dict)
    """Further workspaces by name; keys say who may ask which. Their folders are relative to this one."""
    keys_file: str = ""
    """Empty: .rag/keys.json."""
    requests_per_minute: Annotated[float, Bounds(ge=0.0)] = 0.0
    """Per key, or per address without keys; 0: no limit."""
    burst: Annotated[int, Bounds(ge=1)] = 20
    """Of these at once."""
    max_request_kb: Annotated[int, Bounds(ge=1, le=1_048_576)] = 1024
    """The longest request."""
    answers_at_once: Annotated[int, Bounds(ge=1, le=4096)] = 256
    """More are refused with 503."""
    search_threads: Annotated[int, Bounds(ge=1, le=64)] = 4
    """Searches at once."""
    log_queue: Annotated[int, Bounds(ge=1)] = 10_000
    """Rows that may wait in memory for the log; more wait on disk."""
    shutdown_s: Annotated[float, Bounds(gt=0.0, le=3600.0)] = 30.0
    """For running answers to end."""
    cors_origins: Annotated[tuple[str, ...], Example(("https://intranet.example.com",))] = ()
    """Pages of other origins that may call."""

    chores: Annotated[tuple[str, ...], Example((r"^Name this chat\b",))] = ()
    """Patterns of prompts that no person asks. They are refused and not logged, like those of known chat programs."""
    root_path: Annotated[str, Example("/rag")] = ""
    """The path under which a proxy shows the server. It may take it off or not."""

    def __post_init__(self) -> None:
        check(self, "server")
        self.chore_patterns()
        if self.root_path and not re.fullmatch(r"(/[\w.~-]+)+", self.root_path):
            raise SettingsError(f"server.root_path is {self.root_path!r}: write a path like /rag.")

    def chore_patterns(self) -> tuple[re.Pattern[str], ...]:
        """Return `chores`, compiled.

        :raises SettingsError: one is no regular expression.
        """
        try:
            return tuple(re.compile(pattern, re.IGNORECASE) for pattern in self.chores)
        except re.error as error:
            told = f"server.chores holds {error.pattern!r}, which is no regular expression ({error})"
            raise SettingsError(f"{told}: correct or remove it.") from error
