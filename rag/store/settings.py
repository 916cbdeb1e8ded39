"""Where vectors lie: [vectors]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from data.errors import SettingsError
from data.settings import Example, Secret, check


@dataclass(frozen=True, slots=True)
class VectorsSettings:
    """Where vectors lie: in the workspace, or at a Chroma server."""

    url: Annotated[str, Example("http://localhost:8000")] = ""
    """A Chroma server; empty: .rag/chroma."""
    api_key: Secret = Secret("")
    """Its key."""
    header: str = "Authorization"
    """Carries the key as a bearer token. Another one, such as Chroma Cloud's "X-Chroma-Token", carries it as it is."""
    tenant: str = ""
    """Empty: the server's default."""
    database: str = ""
    """Likewise."""
    store: str = ""
    """Kind of store; empty: Chroma, in folders or at the url."""

    def __post_init__(self) -> None:
        check(self, "vectors")
        if not re.fullmatch(r"[A-Za-z0-9-]+", self.header):
            raise SettingsError(
                f"Setting vectors.header is not usable, found {self.header!r}: it must be the name of an HTTP header."
            )
