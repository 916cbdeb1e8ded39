"""A project that has packages with the names of ours: who is hidden is told in one sentence, with both paths."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    name: ["-c", f"import sys; sys.argv = ['{name}', '--version']; from pipelines.cli.{name} import main; main()"]
    for name in ("rag", "drift")
}
"""What the scripts of an installation do; they find packages of the environment, and of PYTHONPATH."""


@pytest.fixture
def project(tmp_path):
    """Return what makes a project with one package in it."""

    def make(package, module="__init__.py", text="MINE = True\n"):
        folder = tmp_path / package
        folder.mkdir(exist_ok=True)
        (folder / module).write_text(text, encoding="utf-8")
        return folder

    return make


def run(folder, *arguments, first=()):
    """Run Python in a project; packages of the folders `first` are found before ours."""
    path = os.pathsep.join([*map(str, first), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": ""}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def hides(room, theirs):
    ours = ROOT / room
    return (
        f"The package '{room}' at {theirs} hides that of silentdrift at {ours}: rename it, or start Python elsewhere."
    )


@pytest.mark.parametrize("statement", ["import rag", "import drift", "from eval import gate"])
def test_an_import_is_refused_where_a_package_data_hides_ours(project, tmp_path, statement):
    theirs = project("data") / "__init__.py"
    code, _, err = run(tmp_path, "-c", statement)
    assert code == 1
    assert err.splitlines()[-1] == f"ImportError: {hides('data', theirs)}"
    assert err.count("hides that of silentdrift") == 1


@pytest.mark.parametrize("command", ["rag", "drift"])
@pytest.mark.parametrize("room", ["data", "eval", "drift", "rag"])
def test_a_command_begins_with_one_sentence_where_a_package_hides_ours(project, tmp_path, room, command):
    theirs = project(room) / "__init__.py"
    code, out, err = run(tmp_path, "-m", f"pipelines.cli.{command}", "--version")
    assert (code, out, err) == (2, "", f"error: {hides(room, theirs)}\n")


@pytest.mark.parametrize("command", ["rag", "drift"])
def test_an_installed_command_does_not_see_the_project_unless_it_is_on_the_path(project, tmp_path, command):
    theirs = project("data") / "__init__.py"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run(elsewhere, *COMMANDS[command])[0] == 0
    code, _, err = run(elsewhere, *COMMANDS[command], first=[tmp_path])
    assert (code, err) == (2, f"error: {hides('data', theirs)}\n")


def test_a_module_hides_as_a_package_does(tmp_path):
    (tmp_path / "data.py").write_text("MINE = True\n", encoding="utf-8")
    _, _, err = run(tmp_path, "-c", "import rag")
    assert err.splitlines()[-1] == f"ImportError: {hides('data', tmp_path / 'data.py')}"


@pytest.mark.parametrize("statement", ["import rag", "import drift"])
def test_a_package_that_the_room_does_not_need_is_told_and_hinders_nobody(project, tmp_path, statement):
    theirs = project("eval") / "__init__.py"
    code, out, err = run(tmp_path, "-c", f"{statement}; print('fine')")
    assert (code, out) == (0, "fine\n")
    assert f"UserWarning: {hides('eval', theirs)}" in err


def test_a_folder_without_init_is_told_that_ours_hides_its_modules(project, tmp_path):
    theirs = project("data", "loader.py")
    told = (
        f"The modules in {theirs} cannot be imported as 'data', for the package of silentdrift at {ROOT / 'data'} has"
        " that name: rename the folder."
    )
    code, _, err = run(tmp_path, "-c", "import rag")
    assert (code, err.count(told)) == (0, 1)
    code, out, err = run(tmp_path, "-m", "pipelines.cli.rag", "--version")
    assert (code, err) == (0, f"warning: {told}\n")
    assert out.startswith("silentdrift ")


def test_a_folder_of_files_that_are_no_modules_is_nobodys_business(project, tmp_path):
    project("data", "rows.csv", "a,b\n")
    assert run(tmp_path, "-W", "error", "-c", "import rag, drift; from eval import gate") == (0, "", "")


def test_a_project_that_only_has_us_installed_tests_its_own_package_data(project, tmp_path):
    project("data")
    (tmp_path / "test_mine.py").write_text("from data import MINE\n\n\ndef test_mine():\n    assert MINE\n")
    options = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pipelines.pytest_plugin"]
    plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in plain.items():
            patch.setenv(name, value)
        code, out, err = run(tmp_path, *options)
        assert (code, "1 passed" in out) == (0, True), out + err
        code, out, err = run(tmp_path, *options, "--rag-cases", "cases.jsonl")
    assert code == 4
    assert f"ERROR: {hides('data', tmp_path / 'data' / '__init__.py')}" in err
