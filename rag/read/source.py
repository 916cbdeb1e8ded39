"""Source code, exactly as it stands, with its definitions as headings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from rag.read.braces import Language, brace_marks, top_line
from rag.read.extracted import Extract, TextMark, heading_spans
from rag.read.text import decode

SOURCE_TYPE = "text/x-source-code"

_DEFINITION = re.compile(
    r"^(?:(?:export|default|public|private|protected|internal|static|final|abstract|sealed|pub(?:\([a-z]+\))?|async|unsafe"
    r"|inline|data|open|override)\s+)*"
    r"(?:class|interface|trait|struct|enum|impl|record|object|module|namespace|protocol|extension|type|function\*?|func|fn"
    r"|def|fun|sub)\s+"
    r"(?:\([^)]*\)\s*)?(?P<name>[\w.:<>$]+)",
    re.MULTILINE,
)
_SQL_BLANKED = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)|'[^']*'|\$(\w*)\$.*?(?:\$\1\$|\Z)", re.DOTALL)
_SQL_CREATE = re.compile(
    r"^[ \t]*CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNIQUE|MATERIALIZED|VIRTUAL)\s+)*"
    r"(?:TABLE|VIEW|INDEX|FUNCTION|PROCEDURE|TRIGGER|TYPE|SCHEMA|SEQUENCE|PACKAGE)\s+(?:CONCURRENTLY\s+)?"
    r"(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>[\w.\"$]+)",
    re.MULTILINE | re.IGNORECASE,
)
_DEFINING = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def read_python(data: bytes) -> Extract:
    """Decode Python; classes and functions are headings from their first decorator to their last line."""
    text = decode(data)
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError):
        return _with_marks(text, list(_definitions(text)))
    marks: dict[int, TextMark] = {}
    for mark in _python_marks(tree, _LineStarts(text), 1):
        marks[mark.start] = mark
    return _with_marks(text, sorted(marks.values(), key=lambda mark: mark.start))


def read_source(data: bytes) -> Extract:
    """Decode source code of any language; definitions that begin a line are headings."""
    text = decode(data)
    return _with_marks(text, list(_definitions(text)))


def braces_reader(language: Language) -> Callable[[bytes], Extract]:
    """Return a reader of a language with braces: classes, functions and methods are headings, with all they hold."""

    def read(data: bytes) -> Extract:
        text = decode(data)
        return _with_marks(text, brace_marks(text, language))

    return read


def read_sql(data: bytes) -> Extract:
    """Decode SQL; each statement that creates something is a heading, from the comments above it to its end."""
    text = decode(data)
    return _with_marks(text, list(_statements(text)))


def _with_marks(text: str, marks: list[TextMark]) -> Extract:
    return Extract(text, headings=heading_spans(marks, len(text)), media_type=SOURCE_TYPE)


def _definitions(text: str) -> Iterator[TextMark]:
    for match in _DEFINITION.finditer(text):
        yield TextMark(match.start(), 1, match["name"])


def _statements(text: str) -> Iterator[TextMark]:
    code = _SQL_BLANKED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for match in _SQL_CREATE.finditer(code):
        end = code.find(";", match.end())
        yield TextMark(top_line(text, 0, text.rfind("\n", 0, match.start()) + 1), 1, match["name"].replace('"', ""))
        yield TextMark(len(text) if end < 0 else end + 1, 1, "")


class _LineStarts:
    """Offsets of the lines of a text as Python counts them."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]

    def of(self, line: int) -> int:
        """Return the offset of a line, counted from 1; of the end of the text for later ones."""
        return self._starts[min(line - 1, len(self._starts) - 1)]


def _python_marks(parent: ast.AST, lines: _LineStarts, level: int) -> Iterator[TextMark]:
    """Yield a mark where each definition begins, and one without words where the text returns to its parent."""
    for node in ast.iter_child_nodes(parent):
        if not isinstance(node, _DEFINING):
            continue
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        yield TextMark(lines.of(first), level, node.name)
        if isinstance(node, ast.ClassDef):
            yield from _python_marks(node, lines, level + 1)
        yield TextMark(lines.of((node.end_lineno or node.lineno) + 1), level, "")
