"""Path patterns in the syntax of .gitignore."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(r"/\*\*$|^\*\*/|/\*\*/|\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|.", re.DOTALL)
_TRANSLATED = {"/**": "/.*", "**/": "(?:.*/)?", "/**/": "/(?:.*/)?", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: what it matches, whether it takes back earlier matches ("!"), and whether it means folders only."""

    regex: re.Pattern[str]
    negated: bool
    folders_only: bool


def parse_patterns(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """Read pattern lines; empty lines and lines beginning with "#" say nothing."""
    stripped = (line.rstrip("\r\n ").removeprefix("\ufeff") for line in lines)
    return tuple(_parse(line) for line in stripped if line and not line.startswith("#"))


def verdict(patterns: tuple[Pattern, ...], path: str, *, folder: bool) -> bool | None:
    """Return whether the last pattern that matches `path` selects it, or None when no pattern matches.

    `path` is relative to where the patterns apply, with "/" between its parts.
    """
    for pattern in reversed(patterns):
        if (folder or not pattern.folders_only) and pattern.regex.fullmatch(path):
            return not pattern.negated
    return None


def _parse(line: str) -> Pattern:
    negated = line.startswith("!")
    body = line[negated:]
    folders_only = body.endswith("/")
    body = body.rstrip("/")
    anchored = "/" in body
    prefix = "" if anchored else "(?:.*/)?"
    translated = "".join(_translate(token) for token in _TOKEN.findall(body.removeprefix("/")))
    return Pattern(re.compile(prefix + translated, re.DOTALL), negated, folders_only)


def _translate(token: str) -> str:
    if token in _TRANSLATED:
        return _TRANSLATED[token]
    if token.startswith("*"):
        return "[^/]*"
    if token.startswith("[") and len(token) > 1:
        body = token[1:-1].replace("\\", "\\\\")
        return f"[^{body[1:]}]" if body[:1] in ("!", "^") else f"[{body}]"
    return re.escape(token[1:] if token.startswith("\\") and len(token) > 1 else token)
