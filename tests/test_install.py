"""What a newcomer gets from the wheels, in a clean environment: `drift` alone first, then `rag` on top of it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
MEGABYTE = 1_000_000
OURS = {"silentdrift", "pip", "setuptools"}
NOT_FETCHED = "no package registry answers: pip cannot fetch the package hatchling"
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


class CleanEnvironment:
    """A virtual environment that sees nothing of this one, and a folder to work in."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        self.programs = folder / "venv" / "bin"
        self.work = folder / "work"
        self.work.mkdir()
        self._pip = [self.programs / "pip", "install", "--quiet", "--no-compile", "--find-links", wheels]

    def install(self, what: str) -> None:
        run([*self._pip, "-c", CONSTRAINTS, what], cwd=self.work)

    def packages(self) -> dict[str, str]:
        listed = json.loads(run([self.programs / "pip", "list", "--format", "json"], cwd=self.work).stdout)
        return {canonicalize_name(item["name"]): item["version"] for item in listed}

    def megabytes(self) -> float:
        (folder,) = (self.programs.parent / "lib").glob("python*/site-packages")
        mine = [path for path in folder.iterdir() if not path.name.startswith(("pip", "setuptools", "pkg_resources"))]
        files = (file for path in mine for file in (path.rglob("*") if path.is_dir() else [path]))
        return sum(file.stat().st_size for file in files if file.is_file() and file.suffix != ".pyc") / MEGABYTE

    def run(self, program: str, *arguments: str, code: int = 0) -> str:
        """Return what a command prints on both streams; it must leave with `code`."""
        ran = run([self.programs / program, *arguments], cwd=self.work, code=code)
        return ran.stdout + ran.stderr


def run(command: list[str | Path], cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), **pip_settings()}
    ran = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, timeout=800, check=False
    )
    assert ran.returncode == code, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran


def pip_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP", "http"))}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CleanEnvironment]:
    folder = tmp_path_factory.mktemp("install")
    pip = [sys.executable, "-m", "pip"]
    probe = [*pip, "download", "--quiet", "--no-deps", "--dest", folder / "probe", "hatchling"]
    if subprocess.run(probe, capture_output=True, timeout=300, check=False).returncode:
        pytest.skip(NOT_FETCHED)
    sources = folder / "sources"
    for name in ("rag", "drift", "eval", "data", "pipelines", "deploy"):
        shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    run([*pip, "wheel", "--quiet", "--no-deps", "-w", folder / "wheels", ".", "./deploy/minilm"], cwd=sources)
    yield CleanEnvironment(folder, folder / "wheels")
    shutil.rmtree(folder)


def interactions(name: str, day: int, made_up: bool) -> Iterator[str]:
    for number in range(120):
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day, hours=number)
        passage = f"The ferry to island {number} leaves at {number % 24} o'clock from pier {number % 7}."
        answer = f"It leaves at {number % 24} o'clock from pier {number % 7}."
        if made_up and number % 2:
            answer = f"Captain Miller decides that alone in Zanzibar, usually near gate {number}."
        row = {
            "id": f"{name}{number}",
            "at": at.isoformat(),
            "question": f"When does the ferry to island {number} leave?",
            "answer": answer,
            "contexts": [{"id": "c", "text": passage, "source": "t.md", "score": 0.8}],
            "latency_ms": 300 + number,
        }
        yield json.dumps(row) + "\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_drift_alone_is_small_and_reports(clean: CleanEnvironment) -> None:
    clean.install("silentdrift")
    packages = clean.packages().keys() - OURS
    assert packages <= pinned().keys()
    assert len(packages) <= 40
    assert clean.megabytes() <= 300
    for name, day, made_up in (("before", 0, False), ("after", 10, True)):
        (clean.work / f"{name}.jsonl").write_text("".join(interactions(name, day, made_up)), encoding="utf-8")
    told = clean.run("drift", "compare", "before.jsonl", "after.jsonl", "--html", "report.html", code=3)
    assert told.startswith("SILENT DRIFT")
    page = (clean.work / "report.html").read_text(encoding="utf-8")
    assert page.count('<svg role="img"') >= 2 and "pip install &#x27;silentdrift[report]&#x27;" in page
    clean.run("rag", "init")
    assert "120 new to the log" in clean.run("drift", "import", "before.jsonl")
    clean.run("drift", "import", "after.jsonl")
    clean.run("drift", "baseline", "set", "--since", "2026-11-01", "--until", "2026-11-10")
    told = clean.run("drift", "report", "--since", "2026-11-10", "--until", "2026-11-20", code=3)
    assert told.startswith("SILENT DRIFT")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_needs_an_extra_says_so_in_one_line(clean: CleanEnvironment) -> None:
    clean.install("silentdrift")
    (clean.work / "oil.md").write_text("The oil is changed every 1,000 running hours.", encoding="utf-8")
    clean.run("rag", "init", "--workspace", "asked")
    for command in (("ingest", "oil.md"), ("ask", "How often is the oil changed?"), ("serve",)):
        told = clean.run("rag", *command, "--workspace", "asked", code=2)
        assert re.fullmatch(rf"error: `rag {command[0]}` needs .*: pip install 'silentdrift\[\w+\]'\.\n", told), told
    assert clean.run("drift", "demo", code=2).startswith("error: `drift demo` needs the extra `rag`")
    assert not (clean.work / "demo-out").exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_rag_answers_right_after_its_install_and_brings_no_torch(clean: CleanEnvironment) -> None:
    clean.install("silentdrift[rag]")
    packages = clean.packages().keys() - OURS
    assert packages <= pinned().keys()
    assert not packages & {"torch", "transformers", "sentence-transformers", "pandas", "evidently"}
    assert clean.megabytes() <= 1_200
    (clean.work / "oil.md").write_text("The oil is changed every 1,000 running hours.", encoding="utf-8")
    clean.run("rag", "init", "--workspace", "answers")
    assert "1 added" in clean.run("rag", "ingest", "oil.md", "--workspace", "answers")
    told = clean.run("rag", "ask", "How often is the oil changed?", "--workspace", "answers")
    assert "every 1,000 running hours [1]" in told


def pinned() -> dict[str, str]:
    lines = [line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {canonicalize_name(name): number for name, _, number in (line.partition("==") for line in lines)}


def wanted(extra: str) -> Iterator[Requirement]:
    """Requirements of an extra, those of the extras that it names included."""
    for requirement in map(Requirement, EXTRAS[extra]):
        if requirement.name != "silentdrift":
            yield requirement
        for named in requirement.extras if requirement.name == "silentdrift" else ():
            yield from wanted(named)


def closure(requirement: Requirement, seen: set[tuple[str, str]]) -> Iterator[Requirement]:
    """A requirement and all that it requires in turn, as the installed packages state it."""
    yield requirement
    for extra in ("", *sorted(requirement.extras)):
        if (requirement.name, extra) in seen:
            continue
        seen.add((requirement.name, extra))
        for text in requires(requirement.name) or ():
            following = Requirement(text)
            if following.marker is None or following.marker.evaluate({"extra": extra}):
                yield from closure(following, seen)


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_all_that_an_extra_brings_is_pinned_and_fits(extra: str) -> None:
    pins, strays, seen = pinned(), set(), set()
    for first in wanted(extra):
        try:
            version(first.name)
        except PackageNotFoundError:
            assert first.specifier.contains(pins[canonicalize_name(first.name)]), first
            continue
        for requirement in closure(first, seen):
            pin = pins.get(canonicalize_name(requirement.name))
            if pin is None or not requirement.specifier.contains(pin, prereleases=True):
                strays.add((str(requirement), pin))
    assert strays == set()
