"""The commands warn of nothing, also where Python makes every warning an error."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from pipelines.cli import drift, rag

ROOT = Path(__file__).resolve().parents[3]
HELPS = """
import sys
from pipelines.cli.{name} import main
for command in {commands!r}:
    sys.argv = ["{name}", *command, "--help"]
    try:
        main()
    except SystemExit as ended:
        print("ended with", ended.code)
"""


def commands(group, *above):
    """Every command of a group, and the group itself, as words."""
    yield above
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, *above, name)


@pytest.mark.parametrize("module", [rag, drift])
def test_the_help_of_every_command_warns_of_nothing(module):
    name, known = module.__name__.rsplit(".", 1)[1], list(commands(typer.main.get_command(module.app)))
    code = HELPS.format(name=name, commands=known)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.count("ended with 0") == len(known) > 15
