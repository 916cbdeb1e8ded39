"""Definitions as the grammar of a language tells them, where the extra `code` is installed.

A tree-sitter grammar reads all that the shape of a text leaves open: braces in strings and templates, nested generics,
decorators, macros. Definitions are looked for at the top and in what holds some, never inside functions. One begins at
the comments, annotations and other lines that stand right above it, as with `brace_marks`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.read import TextMark
from rag.read.code.grammars import Grammar
from rag.read.code.marks import DEEPEST, close_mark, top_line

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Tree

LARGEST = 2 * 2**20
"""Longer texts are not parsed: a syntax tree takes many times their bytes."""
PATIENCE_S, PATIENCE_S_PER_BYTE = 1.0, 4e-6
"""How long a parse may take the processor: about ten times what code takes. Of broken text some would take hours."""
_FED = 512
_WRAPPED = 4
"""How deep a definition may lie in wrappers, as in ``export const f = () => {}``."""
_LONGEST_NAME = 100
_BESIDE = frozenset({*("comment", "line_comment", "block_comment", "multiline_comment"), "decorator", "attribute_item"})
"""What may stand between two definitions and belongs to the next one."""
_FUNCTIONS = frozenset(["arrow_function", "function_expression", "generator_function", "class"])
_DECLARED = frozenset(f"{kind}_declaration" for kind in ("constructor", "function", "method", "operator")) | {
    "namespace_definition"
}
"""Kinds of nodes that without a body define nothing."""
_BODIES = frozenset({"block", "function_body"})
_NAME_FIELDS = {"impl_item": "type", "operator_declaration": "operator"}
_UNNAMED = {
    "companion_object": "Companion",
    "secondary_constructor": "constructor",
    "init_declaration": "init",
    "deinit_declaration": "deinit",
    "indexer_declaration": "this",
    "conversion_operator_declaration": "operator",
    "singleton_class": "self",
    "export_statement": "default",
    "class_declaration": "default",
    "function_declaration": "default",
}
_RECEIVER = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)?\)\Z")
_PLAIN = re.compile(r"[\w:.]+")


def grammar_marks(
    text: str, grammar: Grammar, *, largest: int = LARGEST, clock: Callable[[], float] = time.thread_time
) -> list[TextMark] | None:
    """Return a mark where each definition begins, and one without words where the text returns to what holds it.

    None where the grammar is not installed, and where it cannot tell: a text of more than `largest` bytes, one that
    is mostly no code of this language, and one that takes much longer than code does by `clock`, which tells seconds.
    """
    language = _language(grammar.module, grammar.function)
    if language is None:
        return None
    data = text.encode("utf-8", "surrogatepass")
    tree = _parsed(data, language, clock) if len(data) <= largest else None
    if tree is None:
        return None
    walk = _SyntaxWalk(text, data, grammar)
    walk.read(tree.root_node, 0, 0)
    return None if 2 * walk.lost > len(data) else walk.marks


def can_parse(grammar: Grammar) -> bool:
    """Tell whether the extra `code` brought this grammar."""
    return _language(grammar.module, grammar.function) is not None


@cache
def _language(module: str, function: str) -> Language | None:
    try:
        from tree_sitter import Language

        return Language(getattr(import_module(module), function)())
    except ModuleNotFoundError:
        return None


def _parsed(data: bytes, language: Language, clock: Callable[[], float]) -> Tree | None:
    """Parse, but no longer than code takes: text is fed in small pieces, and between two of them is time to stop."""
    from tree_sitter import Parser

    end = clock() + PATIENCE_S + len(data) * PATIENCE_S_PER_BYTE
    late = False

    def piece(offset: int, _: object) -> bytes:
        nonlocal late
        late = late or clock() > end
        return b"" if late else data[offset : offset + _FED]  # an error raised here would be lost in the parser

    tree = Parser(language).parse(piece)
    return None if late else tree


class _Definition(NamedTuple):
    """A definition, its name, and the node that is all of it, as ``export`` belongs to what is exported."""

    node: Node
    name: str
    whole: Node


class _SyntaxWalk:
    """One text with its marks so far; `lost` counts the bytes that the grammar could not read."""

    def __init__(self, text: str, data: bytes, grammar: Grammar) -> None:
        self.marks: list[TextMark] = []
        self.lost = 0
        self._text = text
        self._data = data
        self._grammar = grammar
        self._places = None if len(text) == len(data) else _places(data)

    def read(self, parent: Node, begin: int, level: int) -> None:
        """Mark the definitions in a node; what stands before the first one ends at `begin`."""
        for node in self._spread(parent):
            if node.type in _BESIDE:
                continue
            found = list(self._definitions(node, node, _WRAPPED))
            for definition in found:
                # Several in one wrapper have no part of it each: `type (A struct{}; B struct{})`.
                whole = definition.whole if len(found) == 1 else definition.node
                self._mark(definition.node, definition.name, whole, begin, level)
                begin = self._at(whole.end_byte)
            begin = self._at(node.end_byte)

    def _spread(self, parent: Node) -> Iterator[Node]:
        """Yield what stands in a node, in lists in it, and in what the grammar could not read, in order."""
        waiting = [(iter(parent.children), False)]
        while waiting:
            nodes, lost = waiting[-1]
            node = next(nodes, None)
            if node is None:
                waiting.pop()
            elif node.type == "ERROR":
                self.lost += 0 if lost else node.end_byte - node.start_byte
                waiting.append((iter(node.children), True))
            elif node.type in self._grammar.lists:
                waiting.append((iter(node.children), lost))
            else:
                yield node

    def _definitions(self, node: Node, whole: Node, depth: int) -> Iterator[_Definition]:
        kind, grammar = node.type, self._grammar
        if not node.is_named:
            return
        if (assigned := self._assigned(node, whole)) is not None:
            yield assigned
        elif kind in grammar.holders or kind in grammar.leaves:
            if _is_defined(node):
                yield _Definition(node, self._name(node, whole), whole)
        elif kind in grammar.wrappers and depth:
            for child in node.named_children:
                yield from self._definitions(child, whole, depth - 1)

    def _assigned(self, node: Node, whole: Node) -> _Definition | None:
        """Return the function that a name is given to."""
        name_field, value_field = self._grammar.assigned.get(node.type, ("", ""))
        value = node.child_by_field_name(value_field) if value_field else None
        if value is None or value.type not in _FUNCTIONS:
            return None
        named = node.child_by_field_name(name_field) if name_field else None
        return _Definition(value, self._words(named) or _UNNAMED.get(node.type, ""), whole)

    def _mark(self, node: Node, name: str, whole: Node, begin: int, level: int) -> None:
        start, end = self._at(whole.start_byte), self._at(whole.end_byte)
        line = max(begin, self._text.rfind("\n", 0, start) + 1)
        self.marks.append(TextMark(top_line(self._text, begin, line), level + 1, name))
        holds = node.type in self._grammar.holders
        if holds and level + 1 < DEEPEST:
            self.read(node, start, level + 1)
        last = end
        if holds and node.children:
            body = node.children[-1]
            last = self._at((body.children[-1] if body.children else body).start_byte)
        close_mark(self.marks, self._text, last, TextMark(end, level + 1, ""), holds=holds)

    def _name(self, node: Node, whole: Node) -> str:
        named = node.child_by_field_name(_NAME_FIELDS.get(node.type, "name"))
        if named is None:
            declared = node if node.type == "function_definition" else whole
            return self._words(_declared(declared)).replace("::", ".") or _UNNAMED.get(node.type, "")
        words = self._words(named)
        if (receiver := node.child_by_field_name("receiver")) is not None:
            holder = _RECEIVER.search(self._words(receiver))
            return f"{holder[1]}.{words}" if holder else words
        if node.type == "impl_item" and (plain := _PLAIN.match(words)):
            return plain[0]
        return f"~{words}" if node.type == "destructor_declaration" else words

    def _words(self, node: Node | None) -> str:
        if node is None:
            return ""
        words = self._data[node.start_byte : min(node.end_byte, node.start_byte + _LONGEST_NAME)]
        return " ".join(words.decode("utf-8", "ignore").split()).strip("\"'")

    def _at(self, byte: int) -> int:
        return byte if self._places is None else int(self._places[byte])


def _is_defined(node: Node) -> bool:
    """Tell a definition from a declaration, as of the methods of an interface and of the types of C."""
    if not node.type.endswith("_specifier") and node.type not in _DECLARED:
        return True
    return node.child_by_field_name("body") is not None or any(child.type in _BODIES for child in node.children)


def _declared(node: Node) -> Node | None:
    """Return what a declaration of C declares: the name within pointers, parameters and parentheses."""
    found: Node | None = node
    for _ in range(50):
        inner = found.child_by_field_name("declarator") if found is not None else None
        if inner is None and found is not None and found.type == "parenthesized_declarator":
            inner = next(iter(found.named_children), None)
        if inner is None:
            break
        found = inner
    return found if found is not node else None


def _places(data: bytes) -> NDArray[np.int32]:
    """Return for each byte how many characters stand before it."""
    begins = (np.frombuffer(data, np.uint8) & 0xC0) != 0x80
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(begins, dtype=np.int32)])
