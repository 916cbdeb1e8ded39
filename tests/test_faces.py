"""What users may import, and that an import loads, prints and sends nothing."""

import ast
import importlib
import os
import subprocess
import sys

import pytest

from data.faces import QUIET_ENVIRONMENT
from tests.architecture import HEAVY, ROOMS
from tests.test_architecture import ROOT, imports, modules

FACES = {
    "data": {
        *("Answer", "Case", "Chunk", "Citation", "Context", "Document", "Fingerprint", "Hit", "ImportedFile"),
        *("InputError", "Interaction", "InteractionLog", "Score", "SettingsError", "SilentDriftError"),
        *("WorkspaceError", "load_cases", "read_interactions"),
    },
    "rag": {"AnswerStream", "IngestReport", "KnowledgeBase", "Turn", "Verification", "open"},
    "drift": {"DriftSettings", "Window", "WindowReport", "compare", "read", "report"},
    "eval": {
        *("Case", "EvalRun", "GateOutcome", "EvalSettings", "evaluate", "gate", "load_cases", "load_run"),
        *("save_run", "score", "scorer_of"),
    },
    "pipelines": set(),
}
SPEAKERS = ("pipelines/cli/", "pipelines/console.py", "data/demo/build.py")
"""Who may print: commands, and the script that builds the demo; each `__main__` is one, too."""


def test_every_room_has_a_face_here():
    assert set(FACES) == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_shows_these_names_and_gives_them(room):
    opened = importlib.import_module(room)
    shown = {name for module, name in imports(ROOT / room / "__init__.py") if name not in ("Path", "TYPE_CHECKING")}
    assert set(getattr(opened, "__all__", ())) == FACES[room]
    assert shown - {"face", "keep_quiet", "warn_of_namesakes", ""} == FACES[room]
    for name in FACES[room]:
        assert getattr(opened, name) is not None
        assert name in dir(opened)
    with pytest.raises(AttributeError, match="no_such_name"):
        opened.no_such_name  # noqa: B018


@pytest.mark.parametrize("room", ROOMS)
def test_no_name_of_a_face_is_the_name_of_a_module(room):
    """Else it would be the module once that was imported, and what the face gives before."""
    assert FACES[room] & {name.split(".")[1] for name in modules() if name.startswith(f"{room}.")} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_typed(room):
    assert (ROOT / room / "py.typed").is_file()


def run(code, **environment):
    """Run code in a fresh process without any of the variables that keep libraries quiet."""
    kept = {name: value for name, value in os.environ.items() if name not in QUIET_ENVIRONMENT}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("statement", ["import rag", "import drift", "from eval import load_cases", "import data"])
def test_an_import_loads_nothing_heavy(statement):
    code = f"{statement}\nimport sys\nprint([name for name in {(*HEAVY, 'numpy', 'scipy')!r} if name in sys.modules])"
    assert run(code) == ["[]"]


@pytest.mark.parametrize("statement", ["import rag", "import drift", "from eval import load_cases"])
def test_libraries_are_kept_quiet_from_python_too(statement):
    names = ("HF_HUB_OFFLINE", "DO_NOT_TRACK", "RAGAS_DO_NOT_TRACK")
    asked = f"import os; print(*map(os.environ.get, {names!r}))"
    assert run(f"{statement}\n{asked}") == ["1 1 true"]
    assert run(f"{statement}\n{asked}", HF_HUB_OFFLINE="0") == ["0 1 true"]


def printing(path):
    """What a module writes to the terminal itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"print, line {node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            spoken = f"{node.value.id}.{node.attr}"
            if spoken in ("sys.stdout", "sys.stderr", "typer.echo", "typer.secho"):
                yield f"{spoken}, line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module == "rich.console":
            yield f"rich.console, line {node.lineno}"


def test_nobody_prints_but_the_commands_and_the_console():
    strays = {}
    for path in modules().values():
        place = path.relative_to(ROOT).as_posix()
        if path.name != "__main__.py" and not place.startswith(SPEAKERS) and (found := list(printing(path))):
            strays[place] = found
    assert strays == {}
