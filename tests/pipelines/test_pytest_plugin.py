"""Golden cases as tests of pytest, and the gate over them."""

import json
import os
import subprocess
import sys
import tomllib

import yaml

from tests.pipelines.golden_cases import ROOT


def test_pytest_runs_each_case_as_a_test_and_the_gate_forgives_known_ones(command, workspace, cases):
    command("rag", "eval")
    command("rag", "eval", "accept")
    wrong = yaml.safe_load(cases.read_text(encoding="utf-8").splitlines()[0]) | {"answers": ["nowhere written"]}
    lines = cases.read_text(encoding="utf-8").splitlines()[1:4]
    cases.write_text("\n".join([*lines, json.dumps(wrong)]) + "\n", encoding="utf-8")
    plain = _pytest(workspace, "--rag-cases", "cases.jsonl")
    assert plain.returncode == 1, plain.stdout
    assert "nowhere written" in plain.stdout
    assert "golden cases" in plain.stdout
    assert "Traceback" not in plain.stdout
    gated = _pytest(workspace, "--rag-cases", "cases.jsonl", "--rag-gate")
    assert gated.returncode == 0, gated.stdout
    assert "xfailed" in gated.stdout
    assert "answer_match" in gated.stdout


def test_pytest_without_cases_is_left_alone(workspace):
    (workspace / "test_one.py").write_text(
        "def test_one():\n    import sys\n    assert 'eval.run' not in sys.modules\n"
    )
    ran = _pytest(workspace, "test_one.py")
    assert ran.returncode == 0, ran.stdout
    assert "golden cases" not in ran.stdout


def test_pytest_refuses_unusable_cases_in_one_sentence(workspace):
    (workspace / "bad.jsonl").write_text("{\n")
    ran = _pytest(workspace, "--rag-cases", "bad.jsonl")
    assert ran.returncode == 4
    assert "bad.jsonl:1: not JSON" in ran.stdout + ran.stderr


def _pytest(folder, *arguments):
    """Run pytest with this plugin alone."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "pipelines.pytest_plugin",
            *arguments,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_installing_this_project_gives_pytest_the_plugin():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"]["silentdrift"] == "pipelines.pytest_plugin"
