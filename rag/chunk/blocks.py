"""The structure of a text: blocks that a passage should hold whole where they fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from data.text import Unit, UnitKind, units

_FENCE_LINE = re.compile(r"^[ \t>]*(?:```[^`\n]*$|~~~)", re.MULTILINE)
_WORD = re.compile(r"\w")
_TITLE = re.compile(r"\s*.{0,78}[^\s.!?:;,]\s*")
_NUMBERED = re.compile(r"\s*(?:[\d.]+|[A-ZА-Я]|[IVXLC]+)[.)]?\s+\S")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A half-open span: a paragraph, a list item, a whole table, a whole piece of code.

    A heading line is part of the block after it. `continues` tells that the block should stand in one passage with the
    one before it, which announces it ("as follows:") or looks like its title.
    """

    start: int
    end: int
    kind: UnitKind
    continues: bool = False


def blocks(text: str) -> list[TextBlock]:
    """Return the blocks of `text`, in order and touching each other, so that together they are the whole of it."""
    merged: list[TextBlock] = []
    for unit in units(text):
        wordless = not _WORD.search(text, unit.start, unit.end)
        if merged and wordless:
            merged[-1] = replace(merged[-1], end=unit.end)
        elif merged and (_same_block(text, merged[-1], unit) or len(merged) == 1 and _is_title(text, merged[0])):
            merged[-1] = replace(merged[-1], end=unit.end, kind=unit.kind)
        else:
            merged.append(
                TextBlock(unit.start, unit.end, unit.kind, bool(merged) and _announces(text, merged[-1], unit))
            )
    return _touching(text, merged) if merged else [TextBlock(0, len(text), "prose")]


def code_blocks(text: str) -> list[TextBlock]:
    """Return the blocks of source code: runs of lines between blank lines, touching each other."""
    borders = [0, *(match.end() for match in _BLANK_LINES.finditer(text)), len(text)]
    return [TextBlock(start, end, "code") for start, end in pairwise(borders) if start < end]


def _same_block(text: str, block: TextBlock, unit: Unit) -> bool:
    gap = text[block.end : unit.start]
    if block.kind == "heading":
        return True
    if block.kind != unit.kind or unit.kind not in ("row", "code"):
        return False
    if unit.kind == "code":
        return not _FENCE_LINE.search(gap)
    return not _BLANK_LINE.search(gap)


def _announces(text: str, block: TextBlock, unit: Unit) -> bool:
    words = text[block.start : block.end]
    if unit.kind != "prose" and words.rstrip(" *_").endswith(":"):
        return True
    numbered = _NUMBERED.match(words) is not None and len(words) * 2 < unit.end - unit.start
    return (numbered and _TITLE.fullmatch(words) is not None) or _is_title(text, block)


def _is_title(text: str, block: TextBlock) -> bool:
    """Tell whether a block looks like a heading in a format without heading marks: short, and no sentence."""
    return block.kind == "prose" and _TITLE.fullmatch(text, block.start, block.end) is not None


def _touching(text: str, merged: list[TextBlock]) -> list[TextBlock]:
    """Give the marks between blocks to one of them: an opening code fence to the code, all else to the one before."""
    borders = [0]
    for before, after in pairwise(merged):
        fences = [match.start() for match in _FENCE_LINE.finditer(text, before.end, after.start)]
        opening = fences[-1] if fences and after.kind == "code" else after.start
        borders.append(opening)
    borders.append(len(text))
    return [replace(block, start=borders[i], end=borders[i + 1]) for i, block in enumerate(merged)]
