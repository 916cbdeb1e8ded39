"""The templates in deploy/ci: valid by the published schemas, and their shell steps run as a runner would run them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow
CI = Path(__file__).resolve().parents[3] / "deploy" / "ci"
SCHEMAS = {
    "github/action.yml": "vendor.github-actions",
    "github/rag-gate.yml": "vendor.github-workflows",
    "gitlab.yml": "vendor.gitlab-ci",
}
SHIPS = [f"{bird} {number}" for bird in ("Avocet", "Bittern", "Curlew", "Dotterel", "Egret") for number in range(1, 6)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_template_is_valid_by_the_published_schema(name):
    pytest.importorskip("check_jsonschema")
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name], str(CI / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with documents, cases and the run that was accepted."""
    folder, cases = tmp_path_factory.mktemp("repository"), []
    (folder / "docs").mkdir()
    for place, ship in enumerate(SHIPS):
        fact = f"The ferry {ship} carries {100 + 7 * place} passengers and was built in {1950 + place}."
        (folder / "docs" / f"{ship}.md").write_text(f"# {ship}\n\n{fact}\n", encoding="utf-8")
        case = {"id": ship, "question": f"How many passengers does the {ship} carry?"}
        cases.append(case | {"answers": [str(100 + 7 * place)], "sources": [f"{ship}.md"], "evidence": [fact]})
    (folder / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    made = shell(folder, "rag init && rag ingest docs && rag eval && rag eval accept --to accepted.json && rm -r .rag")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def checkout(repository, tmp_path):
    """The repository as it is checked out, without an index."""
    return shutil.copytree(repository, tmp_path / "checkout")


def shell(folder, script, **variables):
    """Run a script as runners do, in a folder, with this project's commands on the path."""
    environment = {**os.environ, **variables, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def github(folder, **inputs):
    """Run the shell steps of the action; return the last one's exit status and what the action says."""
    action = yaml.safe_load((CI / "github" / "action.yml").read_text())
    given = {name: str(known["default"]) for name, known in action["inputs"].items()} | inputs
    files = {name: str(folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for step in action["runs"]["steps"]:
        if "run" not in step:
            continue
        environment = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], text)
            for name, text in step["env"].items()
        }
        ran = shell(folder, step["run"], **environment, **files)
        if ran.returncode:
            break
    said = Path(files["GITHUB_OUTPUT"]).read_text()
    return ran, said.splitlines()[-1]


def gitlab(folder):
    """Run the script of the job but for its installations, which are those of this environment."""
    job = yaml.safe_load((CI / "gitlab.yml").read_text())["rag-gate"]
    lines = [line for line in job["script"] if not line.startswith("pip ")]
    variables = {name: value for name, value in job["variables"].items() if name.startswith("RAG_")}
    return shell(folder, "\n".join(lines), **variables), job["allow_failure"]["exit_codes"]


def break_documents(folder):
    for ship in SHIPS[::2]:
        (folder / "docs" / f"{ship}.md").unlink()


def test_the_github_action_passes_an_unchanged_repository_and_stops_a_broken_one(checkout):
    ran, said = github(checkout)
    assert (ran.returncode, said) == (0, "code=0"), ran.stdout + ran.stderr
    assert "PASS" in (checkout / "github_step_summary").read_text()
    assert {path.name for path in checkout.glob("rag-eval.*")} == {"rag-eval.xml", "rag-eval.md", "rag-eval.html"}
    shutil.rmtree(checkout / ".rag")
    break_documents(checkout)
    ran, said = github(checkout)
    assert (ran.returncode, said) == (1, "code=1"), ran.stdout + ran.stderr
    assert "REGRESSION" in (checkout / "github_step_summary").read_text()


@pytest.mark.parametrize(("wanted", "status"), [("pass", 0), ("fail", 5)])
def test_too_few_cases_are_what_the_action_was_told(checkout, wanted, status):
    lines = (checkout / "cases.jsonl").read_text().splitlines()[:5]
    (checkout / "cases.jsonl").write_text("\n".join(lines) + "\n")
    ran, said = github(checkout, **{"too-few": wanted})
    assert (ran.returncode, said) == (status, "code=5"), ran.stdout + ran.stderr


def test_cases_that_cannot_be_read_fail_the_action_with_the_line(checkout):
    (checkout / "cases.jsonl").write_text("{\n")
    ran, said = github(checkout)
    assert (ran.returncode, said) == (2, "code=2")
    assert "cases.jsonl:1: not JSON" in ran.stderr


def test_the_gitlab_job_passes_with_its_cached_index_and_stops_a_broken_repository(checkout):
    first, allowed = gitlab(checkout)
    again, _ = gitlab(checkout)  # with .rag from its cache
    assert (first.returncode, again.returncode, allowed) == (0, 0, [5]), again.stdout + again.stderr
    break_documents(checkout)
    broken, _ = gitlab(checkout)
    assert broken.returncode == 1, broken.stdout + broken.stderr
