"""Run the commands as a user would, in this process: arguments in; exit code, output and messages out."""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.cli import drift as drift_cli
from pipelines.cli import rag as rag_cli
from pipelines.console import run_app
from tests.pipelines.golden_cases import CASES

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def command(capsys, monkeypatch):
    apps = {"rag": rag_cli.app, "drift": drift_cli.app}

    def run(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        capsys.readouterr()
        try:
            run_app(apps[name])
        except SystemExit as leaving:
            code = leaving.code or 0
        else:
            code = 0
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory):
    """A workspace with the first version of the demo corpus ingested once for all tests; copy before writing to it."""
    from pipelines.index.ingest import ingest_paths
    from pipelines.wiring.workspace import init_workspace, open_workspace

    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(DEMO / "v1", folder / "corpus")
    init_workspace(folder)
    report = ingest_paths(open_workspace(folder), [folder / "corpus"])
    assert (report.added, report.failed) == (31, ())
    return folder


@pytest.fixture
def workspace(demo_workspace, tmp_path, monkeypatch):
    """A private copy of the demo workspace, made the current folder."""
    folder = tmp_path / "work"
    shutil.copytree(demo_workspace, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def cases(workspace):
    """Twelve cases of the demo corpus, four of them unanswerable."""
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    silent = [row for row in rows if row.get("must_abstain")][:4]
    answerable = [row for row in rows if not row.get("must_abstain") and row.get("language", "en") == "en"][:8]
    path = workspace / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in (*answerable, *silent)), encoding="utf-8")
    return path
