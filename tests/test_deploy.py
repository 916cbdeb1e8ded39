"""What lies in deploy/ fits the program: its commands and metrics exist, its manifests are well formed."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from drift.alert.prometheus import METRICS
from pipelines.cli import drift as drift_cli
from pipelines.cli import rag as rag_cli
from pipelines.settings.loading import load_settings

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
COMMAND = re.compile(r"(?:^|[\s/}\"'\[(`])(rag|drift) ([a-z][a-z-]+)((?:\s+--[a-z-]+)*)")
SCRIPTS = [path for path in sorted(DEPLOY.rglob("*")) if path.suffix in {".yml", ".yaml", ".service", ".timer", ""}]
METRIC = re.compile(r"\brag_[a-z_]+\b")


def commands(path):
    """Every `rag …` and `drift …` of a file, with its options, comments left out."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    return [match.groups() for line in lines for match in COMMAND.finditer(line)]


def program(tool):
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not installed")
    return found


@pytest.mark.parametrize("path", [path for path in SCRIPTS if path.is_file()], ids=lambda path: path.name)
def test_every_command_and_option_in_a_deployment_file_exists(path):
    apps = {"rag": typer.main.get_command(rag_cli.app), "drift": typer.main.get_command(drift_cli.app)}
    for name, command, options in commands(path):
        if command in {"report", "probe", "compare", "serve", "eval", "ingest"}:
            known = {text for parameter in apps[name].commands[command].params for text in parameter.opts}
            assert set(options.split()) <= known, (path.name, name, command, options)


def test_the_schedule_runs_the_report_with_alerts():
    found = {path.name: commands(path) for path in SCRIPTS if path.is_file()}
    for name in ("silentdrift", "silentdrift-report.service", "cronjob.yaml", "report.yaml"):
        assert any(command == "report" for _, command, _ in found[name]), name
        assert "--alert" in next(path for path in SCRIPTS if path.name == name).read_text()


def test_every_schedule_asks_the_canaries_too_and_tells_of_them():
    found = {path.name: path.read_text() for path in SCRIPTS if path.is_file()}
    for name in ("silentdrift", "silentdrift-probe.service", "cronjob.yaml", "report.yaml"):
        assert re.search(r"drift probe [^;\n]*--alert", found[name]), name


@pytest.fixture
def scheduled(tmp_path):
    """Run a line of shell with a `drift` that prints its first argument and exits as told."""
    (tmp_path / "bin").mkdir()

    def run(line, *, canaries, probe=0, report=0):
        drift = tmp_path / "bin" / "drift"
        drift.write_text(f'#!/bin/sh\necho "ran $1"\n[ "$1" = probe ] && exit {probe}\nexit {report}\n')
        drift.chmod(0o755)
        (tmp_path / "canaries.jsonl").unlink(missing_ok=True)
        if canaries:
            (tmp_path / "canaries.jsonl").touch()
        environment = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "RAG_WORKSPACE": str(tmp_path)}
        line = line.replace("/workspace", str(tmp_path))
        ran = subprocess.run(
            ["/bin/sh", "-c", line], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return ran.returncode, ran.stdout

    return run


def test_cron_mails_alarms_and_failures_and_nothing_else(scheduled):
    text = (DEPLOY / "cron" / "silentdrift").read_text()
    probe, report = (line.split("rag", 1)[1].strip() for line in text.splitlines() if line.startswith(("30", "45")))
    for code, mailed in ((0, ""), (5, ""), (6, ""), (2, "ran probe\n"), (3, "ran probe\n"), (4, "ran probe\n")):
        assert scheduled(probe, canaries=True, probe=code)[1] == mailed, code
        assert scheduled(report, canaries=True, report=code)[1] == mailed.replace("probe", "report"), code
    assert scheduled(probe, canaries=False, probe=3)[1] == ""


def test_a_job_fails_where_there_is_no_verdict_and_reports_after_the_canaries_in_any_case(scheduled):
    job = yaml.safe_load((DEPLOY / "kubernetes" / "cronjob.yaml").read_text())
    chart = (DEPLOY / "helm" / "silentdrift" / "templates" / "report.yaml").read_text()
    of_chart = re.search(r"- \|\n(.*?exit \$failed)", chart, re.DOTALL).group(1)
    of_job = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"][0]
    for line in (of_job, re.sub(r" *\{\{-.*?\}\}\n", "", of_chart)):
        for probe, report, code in ((0, 0, 0), (3, 0, 0), (4, 6, 0), (2, 0, 2), (0, 2, 2), (5, 3, 0)):
            ran = scheduled(line, canaries=True, probe=probe, report=report)
            assert ran == (int(code == 2), "ran probe\nran report\n"), (probe, report)
        assert scheduled(line, canaries=False, probe=2)[1] == "ran report\n"


@pytest.mark.parametrize("name", ["prometheus/silentdrift.rules.yml", "grafana/silentdrift.json"])
def test_rules_and_dashboard_ask_for_metrics_that_are_exported(name):
    asked = set(METRIC.findall((DEPLOY / name).read_text()))
    assert asked
    assert asked <= set(METRICS)


def test_the_dashboard_is_json_with_a_title_on_every_panel():
    dashboard = json.loads((DEPLOY / "grafana" / "silentdrift.json").read_text())
    assert all(panel["title"] and panel["targets"] for panel in dashboard["panels"])
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_the_rules_fire_and_stay_silent_as_their_own_test_says():
    promtool, folder = program("promtool"), DEPLOY / "prometheus"
    for arguments in (["check", "rules", "silentdrift.rules.yml"], ["test", "rules", "silentdrift.rules.test.yml"]):
        ran = subprocess.run([promtool, *arguments], cwd=folder, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_kubernetes_job_is_one_to_the_kubernetes_client():
    code = (
        "import sys; from kubernetes.client import ApiClient\n"
        "job = ApiClient().deserialize(sys.stdin.read(), 'V1CronJob', 'application/json')\n"
        "assert job.spec.job_template.spec.template.spec.containers[0].volume_mounts[0].mount_path == '/workspace'"
    )
    manifest = json.dumps(yaml.safe_load((DEPLOY / "kubernetes" / "cronjob.yaml").read_text()))
    ran = subprocess.run([sys.executable, "-c", code], input=manifest, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_chart_renders():
    options = ["--set", "serve.enabled=true", "--set", "secretName=s", "--set", "report.probe=true"]
    rendered = subprocess.run(
        [program("helm"), "template", "r", str(DEPLOY / "helm" / "silentdrift"), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rendered.returncode == 0, rendered.stderr
    kinds = [document["kind"] for document in yaml.safe_load_all(rendered.stdout)]
    assert sorted(kinds) == ["ConfigMap", "CronJob", "Deployment", "PersistentVolumeClaim", "Service"]


def test_settings_in_the_chart_and_in_the_readme_are_settings_we_know(tmp_path):
    chart = yaml.safe_load((DEPLOY / "helm" / "silentdrift" / "values.yaml").read_text())["settings"]
    readme = re.findall(r"```toml\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
    for text in (chart, *readme):
        (tmp_path / "rag.toml").write_text(text)
        assert load_settings(tmp_path, {}).alerts.service == "rag"
        assert tomllib.loads(text)


@pytest.mark.parametrize("name", ["ci/github/action.yml", "ci/github/rag-gate.yml", "ci/gitlab.yml"])
def test_a_gate_in_ci_keeps_its_reports_and_tells_too_few_cases_from_a_regression(name):
    text = (DEPLOY / name).read_text()
    assert yaml.safe_load(text)
    if "rag eval" in text:
        assert "--gate" in text
        assert re.search(r"exit_codes: \[5\]|-eq 5", text)
