"""Golden cases as tests of pytest: ``pytest --rag-cases cases.jsonl``.

Each case is a test. On its own it fails where it is plainly wrong: the request failed, the answer is not acceptable, or
the expected source was not found. With ``--rag-gate`` wrong cases are expected failures ("xfailed"), and only a proven
drop against the accepted run fails the session. Without ``--rag-cases`` the plugin does nothing, and loads nothing: a
project whose tests import a package `data` of its own finds that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.rooms import require_rooms

if TYPE_CHECKING:
    from data.cases import Case
    from eval.gate_outcome import GateOutcome
    from eval.metric import Metric
    from eval.run import Ask, CaseResult, EvalRun

REQUIRED = ("completed", "rightly_answered", "rightly_abstained", "answer_match", "source_recall")
_PROPERTY = "rag_case"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("rag", "golden cases of a RAG pipeline")
    group.addoption("--rag-cases", type=Path, metavar="FILE", help="Golden cases, JSON Lines or YAML: each is a test.")
    group.addoption("--rag-workspace", type=Path, default=Path("."), metavar="DIR", help="Folder with rag.toml (here).")
    group.addoption("--rag-gate", action="store_true", help="Fail only on a proven drop against the accepted run.")
    group.addoption("--rag-accepted", type=Path, metavar="FILE", help="The accepted run (.rag/evals/accepted.json).")


def pytest_configure(config: pytest.Config) -> None:
    """Start only where cases were given."""
    if config.getoption("--rag-cases", None):
        try:
            require_rooms()
        except ImportError as error:
            raise pytest.UsageError(str(error)) from error
        config.pluginmanager.register(_Cases(config), "silentdrift-cases")


class CaseItem(pytest.Item):
    """One golden case."""

    def __init__(self, *, plugin: _Cases, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self._plugin = plugin
        self._case = case
        self.extra_keyword_matches.update(case.tags)

    def runtest(self) -> None:
        """Ask and measure; the result travels with the test's report, from workers of pytest-xdist, too."""
        result = self._plugin.measure(self._case)
        self.user_properties.append((_PROPERTY, asdict(result)))
        if wrong := wrong_metrics(result):
            message = _told(self._case, result, wrong)
            if self._plugin.gated:
                pytest.xfail(message)
            raise WrongAnswer(message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show question, expectation and answer instead of a traceback of ours."""
        if isinstance(excinfo.value, WrongAnswer):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the case stands."""
        return self.path, None, f"rag case {self.name}"


class WrongAnswer(Exception):
    """The answer to a golden case is plainly wrong."""


def wrong_metrics(result: CaseResult) -> list[str]:
    """Return the metrics by which a case is wrong; an acceptable answer needs no particular source."""
    wrong = [name for name in REQUIRED if result.values.get(name, 1.0) < 1.0]
    return [] if wrong == ["source_recall"] and "answer_match" in result.values else wrong


class _Cases:
    """Collects, asks, and sums up."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._path: Path = config.getoption("--rag-cases")
        self._folder: Path = config.getoption("--rag-workspace")
        self.gated: bool = config.getoption("--rag-gate")
        self._asking: tuple[Ask, tuple[Metric, ...]] | None = None
        self._results: dict[str, CaseResult] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add one test per case behind the others, before pytest selects with -k, which knows the tags, too."""
        from data.errors import SilentDriftError
        from pipelines.evaluation import usable_cases

        try:
            cases = usable_cases(self._path)
        except SilentDriftError as error:
            raise pytest.UsageError(str(error)) from error
        file = CaseFile.from_parent(session, path=self._path.resolve())
        items.extend(CaseItem.from_parent(file, name=case.id, plugin=self, case=case) for case in cases)

    def measure(self, case: Case) -> CaseResult:
        """Ask one case."""
        from eval.run import evaluate

        if self._asking is None:
            self._asking = self._open()
        ask, metrics = self._asking
        return evaluate([case], ask, metrics, label=self._path.stem).results[0]

    def _open(self) -> tuple[Ask, tuple[Metric, ...]]:
        from pipelines.answer import open_asker
        from pipelines.evaluation import case_asker, measured
        from pipelines.wiring import open_workspace

        workspace = open_workspace(self._folder)
        asker = open_asker(workspace, logged=False)
        return case_asker(asker), measured(asker.retriever)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result out of the report of a case."""
        from eval.run_files import result_from

        if report.when == "call":
            for name, value in report.user_properties:
                if name == _PROPERTY and isinstance(value, dict):
                    result = result_from(value)
                    self._results[result.case_id] = result

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let the gate decide in the process that has all results."""
        if not self.gated or not self._results or hasattr(self._config, "workerinput"):
            return
        outcome = self._gate()
        self._config.stash[_OUTCOME] = outcome
        if not isinstance(outcome, str) and outcome.exit_code == 0:
            return
        failed = outcome if isinstance(outcome, str) else outcome.verdict
        if session.exitstatus == pytest.ExitCode.OK and failed != "too_few":
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the statistics of all cases, and what the gate says."""
        from data.text import printable
        from eval.report import gate_text, run_text

        if not self._results:
            return
        terminalreporter.section("golden cases")
        terminalreporter.write_line(printable(run_text(self._run())))
        outcome = self._config.stash.get(_OUTCOME, None)
        if outcome is not None:
            terminalreporter.write_line("")
            terminalreporter.write_line(printable(outcome if isinstance(outcome, str) else gate_text(outcome)))

    def _gate(self) -> GateOutcome | str:
        from data.errors import SilentDriftError
        from eval.gating import gate
        from eval.run_files import load_run
        from pipelines.evaluation import ACCEPTED, EvaluationRequest, gate_settings, runs_folder
        from pipelines.wiring import open_workspace

        try:
            workspace = open_workspace(self._folder)
            accepted = self._config.getoption("--rag-accepted") or runs_folder(workspace) / ACCEPTED
            return gate(load_run(accepted), self._run(), gate_settings(workspace, EvaluationRequest(self._path)))
        except SilentDriftError as error:
            return f"The gate cannot decide: {error}"

    def _run(self) -> EvalRun:
        from eval.metrics import SIDE_METRICS
        from eval.run import EvalRun, MetricInfo
        from pipelines.evaluation import measured

        results = tuple(self._results[name] for name in sorted(self._results))
        infos = [MetricInfo(metric.name, metric.version, metric.unit) for metric in measured(None)]
        # The process that has all results need not be one that can search.
        searched = {name for result in results for name in (*result.values, *result.unscored)}
        infos += [MetricInfo(name, "1", "share") for name in SIDE_METRICS if name in searched]
        return EvalRun("pytest", datetime.now(UTC), self._path.stem, tuple(infos), results)


class CaseFile(pytest.File):
    """The file that the cases stand in."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield nothing: the items are added behind those of other files."""
        yield from ()


_OUTCOME = pytest.StashKey[Any]()


def _told(case: Case, result: CaseResult, wrong: Sequence[str]) -> str:
    from data.text import printable

    answer = result.answer if result.answer is not None else f"(failed: {result.error})"
    expected = "to be unanswerable" if case.must_abstain else "; ".join(case.answers or case.sources)
    told = f"{', '.join(wrong)}\n  question  {case.question}\n  expected  {expected}\n  answer    {answer}"
    return printable(told)
