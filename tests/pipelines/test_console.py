"""What a command leaves behind when nobody reads its output to the end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANY_LINES = """
import typer
from pipelines.console import run_app, say
app = typer.Typer()

@app.command()
def many() -> None:
    for number in range(100_000):
        say(f"line {number}")

run_app(app)
"""
HELP = "from pipelines.cli.rag import main; main()"


def run_with_a_reader_that_leaves(script, *arguments, lines):
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True
    ) as child:
        os.close(write)
        with open(read) as reader:
            got = [reader.readline() for _ in range(lines)]
        err = child.communicate(timeout=60)[1]
    return child.returncode, got, err


@pytest.mark.parametrize(("script", "lines"), [(MANY_LINES, 1), (MANY_LINES, 0), (HELP, 0)])
def test_a_reader_that_leaves_ends_the_command_as_the_shell_expects_and_without_a_word(script, lines):
    arguments = ["--help"] if script == HELP else []
    code, got, err = run_with_a_reader_that_leaves(script, *arguments, lines=lines)
    assert (code, err) == (141, "") and got == ["line 0\n"] * lines
