"""What one "OpenAI-compatible" server will not take, found out by being refused, and what to send instead."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

_COMPLAINT = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed|invalid param"
    r"|does not accept",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(
    r"system (?:role|prompt|message|instruction)s? (?:is |are )?(?:not|un)[ -]?\w*support"
    r"|(?:not|doesn['’]t|does not|un)[ -]?support\w*(?: the)? (?:system|developer)"
    r"|only (?:the )?['\"]?user['\"]? and ['\"]?(?:assistant|model)['\"]? roles"
    r"|roles? must alternate|developer instruction is not enabled",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parameters this server takes, and whether it knows the system role."""

    limit: Literal["max_tokens", "max_completion_tokens", "none"] = "max_tokens"
    temperature: bool = True
    stream_options: bool = True
    system_role: bool = True

    @property
    def refused(self) -> tuple[str, ...]:
        """What is no longer sent because the server refused it."""
        refusals = {
            "max_tokens": self.limit != "max_tokens",
            "max_completion_tokens": self.limit == "none",
            "temperature": not self.temperature,
            "stream_options": not self.stream_options,
            "the system role": not self.system_role,
        }
        return tuple(name for name, refused in refusals.items() if refused)


def adapted(dialect: Dialect, complaint: str) -> Dialect | None:
    """Return the dialect to try after a server's complaint; None when it is about something else."""
    if dialect.system_role and _NO_SYSTEM.search(complaint):
        return replace(dialect, system_role=False)
    if not _COMPLAINT.search(complaint):
        return None
    if dialect.stream_options and "stream_options" in complaint:
        return replace(dialect, stream_options=False)
    if dialect.temperature and "temperature" in complaint:
        return replace(dialect, temperature=False)
    if dialect.limit == "max_tokens" and re.search(r"\bmax_tokens\b", complaint):
        return replace(dialect, limit="max_completion_tokens")
    if dialect.limit == "max_completion_tokens" and "max_completion_tokens" in complaint:
        return replace(dialect, limit="none")
    return None
