"""What the README promises exists."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import drift as drift_cli
from pipelines.cli import rag as rag_cli

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
APPS = {"rag": rag_cli.app, "drift": drift_cli.app}
NOUNS = {
    "baseline": {"set", "list", "show"},
    "eval": {"accept", "init", "review", "harvest", "calibrate"},
    "key": {"add", "list", "remove"},
}


def commands():
    found = set()
    for app, name, noun in re.findall(r"(?:^\$ |`)(rag|drift) ([a-z-]+)(?: ([a-z]+))?", README, re.MULTILINE):
        found.add((app, name, noun) if noun in NOUNS.get(name, set()) else (app, name))
    return sorted(found)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_of_the_readme_has_help(command):
    ran = CliRunner().invoke(APPS[command[0]], [*command[1:], "--help"])
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!http)[^)#]+)\)", README))
def test_every_link_of_the_readme_leads_somewhere(link):
    assert (ROOT / link).exists()


def test_the_readme_starts_with_the_two_commands():
    first_screen = "\n".join(README.splitlines()[:25])
    assert "make demo" in first_screen
    assert "make test" in first_screen
