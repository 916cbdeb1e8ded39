"""Source code, exactly as it stands, with its definitions as headings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from rag.read import Extract, TextMark, decode, heading_spans
from rag.read.code.braces import Language, brace_marks
from rag.read.code.grammars import Grammar
from rag.read.code.marks import top_line
from rag.read.code.syntax import grammar_marks

SOURCE_TYPE = "text/x-source-code"
_BY_GRAMMAR, _BY_SHAPE = f"{SOURCE_TYPE}; definitions=grammar", f"{SOURCE_TYPE}; definitions=shape"
"""Media types of code in languages that have a grammar: whether that told its definitions, or their shape alone."""

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


def code_reader(grammar: Grammar, braces: Language | None = None) -> Callable[[bytes], Extract]:
    """Return a reader of a language: classes, functions and methods are headings, with all they hold.

    Its grammar tells them where the extra `code` is installed. Else, and where the grammar cannot tell, its `braces`
    do, or in a language without braces the lines that begin with a definition.
    """

    def read(data: bytes) -> Extract:
        text = decode(data)
        if (marks := grammar_marks(text, grammar)) is not None:
            return _with_marks(text, marks, _BY_GRAMMAR)
        return _with_marks(text, brace_marks(text, braces) if braces else list(_definitions(text)), _BY_SHAPE)

    return read


def definitions_told_by(media_type: str) -> str:
    """Return "grammar" or "shape" for code of a language that has a grammar; empty for all else."""
    kind, _, told = media_type.partition("; definitions=")
    return told if kind == SOURCE_TYPE else ""


def is_source(media_type: str) -> bool:
    """Tell whether a media type is one of code."""
    return media_type.partition(";")[0] == SOURCE_TYPE


def read_sql(data: bytes) -> Extract:
    """Decode SQL; each statement that creates something is a heading, from the comments above it to its end."""
    text = decode(data)
    return _with_marks(text, list(_statements(text)))


def _with_marks(text: str, marks: list[TextMark], media_type: str = SOURCE_TYPE) -> Extract:
    return Extract(text, headings=heading_spans(marks, len(text)), media_type=media_type)


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
