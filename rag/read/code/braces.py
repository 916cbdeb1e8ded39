"""Definitions in languages with braces, by their shape alone: no grammar, so a file that does not compile is read too.

Comments and strings are blanked, then braces are followed. What stands before a brace says what it opens: something
that holds further definitions (a class, a namespace, an `impl`), a function, or neither. Definitions are looked for at
the top and in what holds some, never inside functions. A definition begins at the comments, annotations and other lines
that stand right above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rag.read import TextMark
from rag.read.code.marks import DEEPEST, close_mark, top_line

_TRIPLE = r'""".*?(?:"""|\Z)'
_RAW = r'\br(#*)".*?(?:"\1|\Z)'
_COMMENT = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_STRING = r'"(?:\\.|[^"\\\n])*"'
_CHARACTER = r"'(?:\\[^\n']{1,8}|[^'\\\n])'"
_QUOTED = r"'(?:\\.|[^'\\\n])*'"
_TICKED = r"`(?:\\.|[^`\\])*(?:`|\Z)"
_REGEX = r"(?<=[=(,:;!&|?])[ \t]*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/"
_DIRECTIVE = r"^[ \t]*\#(?:[^\n\\]|\\.)*"

_TEMPLATE = r"[ \t]*(?:template\s*<[^{}]*>\s*)?"
_MODIFIERS = r"(?:(?!(?:class|struct|interface|enum)\b)[@\w]+(?:\([^()]*\))?\s+)*?"
_HOLDER = re.compile(
    _TEMPLATE + _MODIFIERS + r"(?:class|struct|interface|trait|enum|union|namespace|module|mod|object|protocol"
    r"|extension|record|type)(?:\s+class)?(?:\s+|(?=\())(?P<name>[\w.:$]+)[^=;]*\Z"
)
_IMPL = re.compile(r"[ \t]*(?:unsafe\s+)?impl\b(?:\s*<[^{}]*?>(?=\s))?\s*(?:[^{}]*?\sfor\s+)?(?P<name>[\w:]+)[^;]*\Z")
_UNNAMED = re.compile(
    r'(?:inline\s+)?(?:extern(?:\s*"\w*")?|namespace|export\s+default\s+class|companion\s+object)\s*\Z'
)
_TYPEDEF = re.compile(r"[ \t]*typedef\s+(?:struct|enum|union)\s*\Z")
_KEYWORD = re.compile(
    r"[ \t]*" + _MODIFIERS + r"(?:func|fn|fun|def|function\s*\*?)\s*(?:<[^<>]*>\s*)?"
    r"(?:\((?:\w+\s+)?\*?(?P<receiver>\w+)[^()]*\)\s*)?(?P<name>[\w.$]+)\s*[\[<(][^;]*\Z"
)
_ASSIGNED = re.compile(
    r"[ \t]*(?:(?:export|default|const|let|var|public|private|protected|static|readonly)\s+)*(?P<name>[\w$.]+)[^=;]*"
    r"=\s*(?:async\s+)?(?:function\b[^;]*|[^;=]*=>\s*|class\b[^;]*)\Z"
)
_CALLABLE = re.compile(
    _TEMPLATE + r"(?P<before>[\w:<>,.~*&\[\]?@\s]*?)(?P<name>(?:[\w$#]+::)*~?[\w$#]+|operator\s*\S+?)"
    r"\s*(?:<[^<>()]*>\s*)?\([^;]*\Z"
)
_NEVER = frozenset(
    re.findall(
        r"\w+",
        """if for while switch catch else do return new try synchronized using lock foreach sizeof with when match loop
        unless until guard select go defer await yield throw delete typeof case""",
    )
)
"""What is written like a call and followed by a brace, and defines nothing."""
_MOST_LINES, _LONGEST_HEAD = 25, 3000
_NAME_AFTER = re.compile(r"\s*(\w+)\s*;")


@dataclass(frozen=True, slots=True)
class Language:
    """What is blanked, and whether functions are told by their shape (``int main()``) besides by a keyword."""

    blanked: re.Pattern[str]
    shaped: bool = True

    @classmethod
    def of(cls, *blanked: str, shaped: bool = True) -> Language:
        """Build one from regular expressions, the first that matches holds."""
        return cls(re.compile("|".join(blanked), re.DOTALL | re.MULTILINE), shaped)


C = Language.of(_COMMENT, _DIRECTIVE, _STRING, _CHARACTER)
JAVA = Language.of(_TRIPLE, _COMMENT, _STRING, _CHARACTER)
SCRIPT = Language.of(_COMMENT, _REGEX, _STRING, _QUOTED, _TICKED)
GO = Language.of(_COMMENT, _STRING, _CHARACTER, r"`[^`]*`", shaped=False)
RUST = Language.of(_COMMENT, _RAW, _STRING, _CHARACTER, shaped=False)
KOTLIN = Language.of(_TRIPLE, _COMMENT, _STRING, _CHARACTER, shaped=False)
PHP = Language.of(_COMMENT, _STRING, _QUOTED, shaped=False)


@dataclass(slots=True)
class _OpenBrace:
    """An open brace: the level of the definition it belongs to (0: none), that of what lies inside is one `below`.

    Only where it `holds` some are definitions looked for inside. `unnamed` is the mark of one whose name comes last.
    """

    level: int
    below: int
    holds: bool
    unnamed: int | None = None


_TOP, _CLOSED = _OpenBrace(0, 0, True), _OpenBrace(0, 0, False)


def brace_marks(text: str, language: Language) -> list[TextMark]:
    """Return a mark where each definition begins, and one without words where the text returns to what holds it."""
    code = language.blanked.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    marks: list[TextMark] = []
    stack: list[_OpenBrace] = []
    begin = depth = 0
    for match in re.finditer(r"[{}();]", code):
        sign, at = match[0], match.start()
        if sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif sign == "{":
            outer = stack[-1] if stack else _TOP
            searched = outer.holds and not depth and outer.below < DEEPEST
            stack.append(_opened(text, code, begin, at, outer.below, language, marks) if searched else _CLOSED)
            begin = at + 1
        elif sign == "}" and stack:
            _close(text, at, stack.pop(), marks)
            begin = at + 1
        elif sign == ";" and not depth:
            begin = at + 1
    return marks


def _opened(
    text: str, code: str, begin: int, brace: int, level: int, language: Language, marks: list[TextMark]
) -> _OpenBrace:
    found = _definition(code, begin, brace, language)
    if found is None:
        return _OpenBrace(0, level, bool(_UNNAMED.match(text[max(begin, brace - _LONGEST_HEAD) : brace].strip())))
    line, name, holds = found
    marks.append(TextMark(top_line(text, begin, line), level + 1, name))
    return _OpenBrace(level + 1, level + 1, holds, None if name else len(marks) - 1)


def _close(text: str, at: int, closed: _OpenBrace, marks: list[TextMark]) -> None:
    if not closed.level:
        return
    if closed.unnamed is not None and (after := _NAME_AFTER.match(text, at + 1)):
        former = marks[closed.unnamed]
        marks[closed.unnamed] = TextMark(former.start, former.level, after[1])
    close_mark(marks, text, at, TextMark(at + 1, closed.level, ""), holds=closed.holds)


def _definition(code: str, begin: int, brace: int, language: Language) -> tuple[int, str, bool] | None:
    """Return where the line begins that defines what the brace opens, its name, and whether it holds definitions."""
    for line in islice(_lines_upwards(code, begin, brace), _MOST_LINES):
        if brace - line > _LONGEST_HEAD:
            return None
        head = code[line:brace]
        if head.count("(") == head.count(")") and (found := _read(head.rstrip(), language)):
            return line, *found
    return None


def _read(head: str, language: Language) -> tuple[str, bool] | None:
    if match := _IMPL.match(head) or _HOLDER.match(head):
        return match["name"], True
    if _TYPEDEF.match(head):
        return "", True
    if match := _KEYWORD.match(head):
        receiver = match["receiver"]
        return (f"{receiver}.{match['name']}" if receiver else match["name"]), False
    if language.shaped and (match := _ASSIGNED.match(head)):
        return match["name"], False
    if language.shaped and (match := _CALLABLE.match(head)):
        words = {*re.findall(r"\w+", match["before"]), match["name"]}
        if not words & _NEVER and match["name"] not in _NEVER:
            return match["name"].replace("::", "."), False
    return None


def _lines_upwards(code: str, begin: int, brace: int) -> Iterator[int]:
    """Yield where lines begin, from that of the brace up to the one on which the statement before ends."""
    line = code.rfind("\n", 0, brace) + 1
    while line > begin:
        yield line
        line = code.rfind("\n", 0, line - 1) + 1
    yield max(line, begin)
