"""What only lays a text out, and says nothing: emphasis, headings, list marks, link targets, citations."""

from __future__ import annotations

import re

_LIST_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*|(?:[-*+•–]|\(?\d{1,2}[.)])[ \t]+)+", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__|`+|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{0,2000}\)")
_CITATION = re.compile(r"[ \t]?\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")


def plain(text: str) -> str:
    """Remove what only lays text out: markdown emphasis, headings, list marks, link targets and "[1]" citations."""
    text = _CITATION.sub("", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub("", _LIST_MARK.sub("", text))
