"""What a user reads is plain: help and the beginnings of modules, in sentences of at most 25 words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from pipelines.cli import drift as drift_cli
from pipelines.cli import rag as rag_cli
from tests.architecture import ROOMS

ROOT = Path(__file__).resolve().parents[1]
MOST_WORDS = 25
COMMANDS = {"rag": typer.main.get_command(rag_cli.app), "drift": typer.main.get_command(drift_cli.app)}
_QUOTED = re.compile(r'``.+?``|`[^`]+`|"[^"]*"', re.DOTALL)
_END = re.compile(r'(?<=[.!?])\s+(?=[A-Z`"(])|\n\s*\n')
_WORD = re.compile(r"[\w'’-]+")


def sentences(text: str) -> list[str]:
    return [part for part in _END.split(_QUOTED.sub("`quoted`", text).strip()) if part.strip()]


def too_long(text: str) -> list[str]:
    return [sentence for sentence in sentences(text) if len(_WORD.findall(sentence)) > MOST_WORDS]


def commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for inner, below in getattr(command, "commands", {}).items():
        yield from commands(f"{name} {inner}", below)


ALL = dict(pair for name, command in COMMANDS.items() for pair in commands(name, command))


def test_a_sentence_ends_at_its_mark_and_quoted_words_count_as_one():
    assert sentences("Ask it, e.g. twice. `rag ask` prints 3.5 lines.\n\nThen stop") == [
        "Ask it, e.g. twice.",
        "`quoted` prints 3.5 lines.",
        "Then stop",
    ]
    assert too_long("word " * 26) and not too_long("word " * 25) and not too_long(f"Pass `{'word ' * 30}`.")


def test_commands_are_found_below_their_groups():
    assert {"rag", "rag eval harvest", "rag key add", "drift baseline set", "drift report"} <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_a_command_tells_in_plain_sentences_what_it_does(name):
    told = ALL[name].help or ""
    assert re.match(r"[A-Z]", told) and told.endswith(".") and too_long(told) == []


@pytest.mark.parametrize("name", ALL)
def test_each_option_tells_in_plain_sentences_what_it_is_for(name):
    told = {str(option.name): getattr(option, "help", None) or "" for option in ALL[name].params}
    assert {key for key, text in told.items() if not re.match(r"[A-Z`]", text) or not text.endswith(".")} == set()
    assert {key: too_long(text) for key, text in told.items() if too_long(text)} == {}


DOCUMENTS = [*ROOT.glob("README.md"), *ROOT.glob("CONTRIBUTING.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("docs/*.md")]


def prose(text: str) -> str:
    """Return running text: without blocks, tables, headings, marks of lists and the addresses of links."""
    text = re.sub(r"^```.*?^```|^\|.*?$|^#.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^[-*] |^\d+\. ", "\n\n", text, flags=re.MULTILINE)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("**", "")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_written_in_sentences_of_at_most_25_words(path):
    assert too_long(prose(path.read_text("utf-8"))) == []


def test_tables_blocks_and_links_are_no_running_text():
    assert prose("# Head\n| a | b |\n```sh\nrag init\n```\nSee [the docs](x.md).\n").split() == ["See", "the", "docs."]


@pytest.mark.parametrize("room", ROOMS)
def test_a_module_begins_with_a_plain_sentence(room):
    told = {path: ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "" for path in (ROOT / room).rglob("*.py")}
    assert [path for path, text in told.items() if not text] == []
    begins = {path.relative_to(ROOT).as_posix(): sentences(text)[0] for path, text in told.items()}
    assert {path: sentence for path, sentence in begins.items() if too_long(sentence)} == {}
