"""What the documents promise exists: commands with their options, modules, links; and the README is short."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from pipelines.cli import drift as drift_cli
from pipelines.cli import rag as rag_cli

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "deploy/*.md", "data/demo/README.md")
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md"
)
APPS = {"rag": typer.main.get_command(rag_cli.app), "drift": typer.main.get_command(drift_cli.app)}
_FENCE = re.compile(r"^```(?:sh|console|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`((?:rag|drift|make|python -m) [^`\n]+)`(?!`)")
_MOST_WORDS = 1200


def commands(text: str) -> list[list[str]]:
    """Commands of ours in a document, as words: lines of shell blocks, and commands in running text."""
    lines = []
    for block in _FENCE.findall(text):
        prompted = re.search(r"^\$ ", block, re.MULTILINE) is not None
        for line in block.replace("\\\n", " ").splitlines():
            if not prompted or line.startswith("$ "):
                lines.append(line.removeprefix("$ "))
    found = []
    for line in (line.replace("\\|", "|") for line in lines + _INLINE.findall(text)):
        for part in re.split(r"&&|\|\||[|;]", line.split("  #")[0]):
            part = re.sub(r"^\s*(?:\w+=\S+\s+)*", "", part)
            if re.match(r"(?:rag|drift|make|python -m) ", part):
                found.append(shlex.split(part.replace("…", " ").split(" > ")[0]))
    return found


def problem(words: list[str]) -> str:
    """What is wrong with a command; empty when nothing is."""
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return "" if words[1] in targets else f"no target {words[1]}"
    if words[0] == "python":
        return _module_problem(words[2], words[3:])
    return _command_problem(APPS[words[0]], words[1:])


def _module_problem(module: str, rest: list[str]) -> str:
    path = ROOT / (module.replace(".", "/") + ".py")
    path = path if path.exists() else ROOT / module.replace(".", "/") / "__main__.py"
    if not path.exists():
        return "" if module in ("pytest", "venv", "pip", "build") else f"no module {module}"
    source = path.read_text(encoding="utf-8")
    missing = [word for word in rest if word.startswith("--") and f'"{word.split("=")[0]}"' not in source]
    return f"unknown {missing}" if missing else ""


def _command_problem(command: Any, rest: list[str]) -> str:
    known = {"--help"}
    for word in rest:
        option = word.split("=")[0]
        if option.startswith("-") and len(option) > 1:
            names = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
            if option not in known | names:
                return f"unknown option {option}"
        elif option in getattr(command, "commands", {}):
            command = command.commands[option]
        elif hasattr(command, "commands") and not command.invoke_without_command:
            return f"unknown command {option}"
    return ""


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_a_document_exists_with_its_options(path):
    found = {shlex.join(words): problem(words) for words in commands(path.read_text(encoding="utf-8"))}
    assert {command: told for command, told in found.items() if told} == {}


def test_a_wrong_option_and_a_wrong_command_are_noticed():
    text = "```sh\nrag ask 'x' --jsn\ndrift baselines set\nmake everything\n```\n`python -m benchmarks.nothing`"
    assert [bool(problem(words)) for words in commands(text)] == [True] * 4


def test_enough_commands_are_found_to_be_checked():
    assert sum(len(commands(path.read_text(encoding="utf-8"))) for path in DOCUMENTS) > 60


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(path):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readme_is_short_and_starts_with_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= _MOST_WORDS
    first_screen = "\n".join(text.splitlines()[:25])
    assert "make demo" in first_screen and "make test" in first_screen


@pytest.mark.parametrize("room", ["rag", "drift", "eval", "data", "pipelines"])
def test_the_architecture_page_names_every_folder(room):
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = [path.name for path in (ROOT / room).iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    assert [name for name in folders if f"`{name}`" not in page and f"`{name}/`" not in page] == []
