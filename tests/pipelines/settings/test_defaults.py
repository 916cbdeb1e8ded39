"""A default is written once: in the dataclass of the room that uses it."""

import ast
from dataclasses import MISSING
from functools import cache
from pathlib import Path

import pytest

from data.settings.fields import rows_of, sections_of, setting_fields
from pipelines.settings.sections import Settings

ROOT = Path(__file__).resolve().parents[3]
SECTIONS = sections_of(Settings)
ROWS = [rows_of(item.kind) for kind in SECTIONS.values() for item in setting_fields(kind).values()]
KINDS = [*SECTIONS.values(), *filter(None, ROWS)]
ROOMS = ("data", "drift", "eval", "rag")
SAME_NAME = {
    ("drift/drill/trials.py", "seed"): "of a drill",
    ("eval/intervals.py", "seed"): "of one interval",
    ("eval/judge/anchors.py", "seed"): "of a choice of anchors",
    ("eval/judge/calibration.py", "alpha"): "of a shift of the judge",
    ("eval/judge/client.py", "retries"): "of the library, which must not try again itself",
    ("eval/run.py", "concurrency"): "of a run without settings",
    ("rag/chat/dialect.py", "temperature"): "whether the server takes one",
    ("rag/diagnose/why.py", "k"): "how many a search was asked for",
    ("rag/doctor/chat.py", "timeout_s"): "of one probe",
    ("rag/embed/minilm.py", "precision"): "what runs, after the choice was made",
    ("rag/embed/minilm.py", "query"): "whether a text is a question",
    ("rag/embed/remote.py", "query"): "whether a text is a question",
    ("rag/embed/sentence_transformers.py", "query"): "whether a text is a question",
    ("rag/protocols.py", "query"): "whether a text is a question",
    ("rag/search/rerank.py", "batch_size"): "of a local reranker",
}
"""Parameters and fields that are something else than the setting of that name."""


@cache
def again(room):
    """Where a parameter or field of a room has the name of one of its settings, and a literal default of its own."""
    kinds = [kind for kind in KINDS if kind.__module__.startswith(f"{room}.")]
    named = {name for kind in kinds for name, item in setting_fields(kind).items() if item.default is not MISSING}
    paths = [path for path in sorted((ROOT / room).rglob("*.py")) if path.name != "settings.py"]
    nodes = [(path, node) for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    return {
        (path.relative_to(ROOT).as_posix(), name)
        for path, node in nodes
        for name, _ in literal_defaults(node)
        if name in named
    }


def literal_defaults(node):
    """Names and values of the parameters of a function, or of a field; empty texts and None say that there is none."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        plain = [*node.args.posonlyargs, *node.args.args]
        pairs = [*zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True)]
        pairs += zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        named = [(argument.arg, value) for argument, value in pairs]
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        named = [(node.target.id, node.value)]
    else:
        named = []
    return [
        (name, value.value)
        for name, value in named
        if isinstance(value, ast.Constant) and value.value not in (None, "")
    ]


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_has_the_defaults_of_its_dataclass_and_no_others(name):
    assert getattr(Settings(), name) == SECTIONS[name]()


@pytest.mark.parametrize("room", ROOMS)
def test_no_default_of_a_setting_is_written_again_in_its_room(room):
    assert again(room) - set(SAME_NAME) == set()


def test_what_has_the_name_of_a_setting_and_is_none_is_still_there():
    assert set(SAME_NAME) - {found for room in ROOMS for found in again(room)} == set()


def test_a_default_written_again_is_noticed():
    code = "def search(question, k: int = 8, *, mode='dense', where=None): ...\nclass A:\n    timeout_s: float = 1.0"
    found = [pair for node in ast.walk(ast.parse(code)) for pair in literal_defaults(node)]
    assert found == [("k", 8), ("mode", "dense"), ("timeout_s", 1.0)]
