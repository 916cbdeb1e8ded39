"""Names of classes: each stands for one thing in the whole tree, and is a noun."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.architecture import ROOMS

ROOT = Path(__file__).resolve().parents[1]
NOUNS = {"Finding"}
"""Nouns that end as participles do."""


def classes() -> dict[str, list[str]]:
    """Names of classes, each with the files that define it."""
    found = defaultdict(list)
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_a_class_name_stands_for_one_class():
    assert {name: paths for name, paths in classes().items() if len(paths) > 1} == {}


def test_no_class_is_named_by_a_participle_alone():
    alone = re.compile(r"_?[A-Z][a-z]+(ed|ing)")
    assert {name for name in classes() if alone.fullmatch(name)} - NOUNS == set()
