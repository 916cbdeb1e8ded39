"""The `drift` command. Each command parses, makes one call and prints; nothing heavy is imported early."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import pipelines.cli.namesakes  # noqa: F401 - first of all: it tells when somebody else's package hides a room
from pipelines.cli import baseline as baseline_cli
from pipelines.cli import drift_actions as drift_actions_cli
from pipelines.cli import probe as probe_cli
from pipelines.cli.options import AsJson, Folder, Since, Until, parse_time
from pipelines.console import ShowVersion, note, run_app, say, say_json, write_lines


def alert_test(workspace: Folder = Path(".")) -> None:
    """Send a test message to every channel of alerts.urls. It exits with 1 when one did not take it."""
    from data.errors import SettingsError
    from drift.alert import summary
    from pipelines.monitoring import send_test
    from pipelines.wiring import open_workspace

    results = send_test(open_workspace(workspace), datetime.now(UTC))
    if not results:
        raise SettingsError('There is no channel to test: set alerts.urls in rag.toml, e.g. urls = ["slack://…"].')
    say(summary(results))
    if any(results.values()):
        raise typer.Exit(1)


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Html = Annotated[Path | None, typer.Option("--html", help="Write the HTML report to this file.")]


@app.callback()
def root(version: ShowVersion = False) -> None:
    """Tell whether the quality of the answers has slipped, with evidence and cause."""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="The file holds interactions: JSON Lines, OTLP, CSV, or the export of a known tool.")
    ],
    kind: Annotated[str, typer.Option("--format", help="The format is auto, or a name of docs/attach.md.")] = "auto",
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Put interactions of any RAG application into the log. Bad items are reported and kept aside."""
    from pipelines.monitoring import import_file, import_json, import_text
    from pipelines.wiring import open_workspace

    report = import_file(open_workspace(workspace), file, kind)
    say_json(import_json(report)) if as_json else say(import_text(report))
    if report.refused:
        raise typer.Exit(2)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Write JSON Lines to this file; - stands for standard output.")],
    workspace: Folder = Path("."),
    since: Since = None,
    until: Until = None,
) -> None:
    """Write the log, or a period of it, as JSON Lines."""
    from pipelines.monitoring import exported
    from pipelines.wiring import open_workspace

    write_lines(file, exported(open_workspace(workspace), parse_time(since), parse_time(until)), "interaction")


@app.command()
def report(
    workspace: Folder = Path("."),
    since: Since = None,
    until: Until = None,
    baseline: Annotated[str | None, typer.Option(help="The name of the baseline.", show_default="default")] = None,
    html: Html = None,
    alert: Annotated[
        bool, typer.Option("--alert", help="Tell the channels of rag.toml, as runs on schedule do.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare the last days with the baseline.

    Exit: 0 steady, 3 silent drift, 4 ops incident, 5 too little data, 6 changed.
    """
    from drift.reports import to_json, to_text
    from pipelines.monitoring import report as make_report
    from pipelines.monitoring import told_of, write_outputs
    from pipelines.wiring import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    if alert:
        opened.require_writable("Alerts cannot be sent, as nobody could write down who was told")
    made = make_report(opened, since=parse_time(since), until=parse_time(until), baseline=baseline, now=now)
    if not as_json:
        say(to_text(made.report))
    name = ""
    if html or alert or not as_json:
        target = write_outputs(made, opened.data / "reports", html, now)
        name = target.name if target else ""
        kept = f"Report: {target}" if target else f"{opened.data} may not be written: keep the report with --html FILE."
        (note if as_json else say)(kept)
    if alert:
        (note if as_json else say)(told_of(opened, made.report, name, now))
    if as_json:
        say_json(to_json(made.report))
    raise typer.Exit(made.report.exit_code)


@app.command()
def compare(
    reference: Annotated[
        Path, typer.Argument(help="The file holds interactions of the healthy period, as JSON Lines.")
    ],
    current: Annotated[Path, typer.Argument(help="The file holds the interactions to judge, as JSON Lines.")],
    html: Html = None,
    as_json: AsJson = False,
) -> None:
    """Compare two interaction files without a workspace. It exits with the codes of `drift report`."""
    from drift.reports import to_json, to_text
    from drift.settings import DriftSettings
    from pipelines.monitoring import compare_files, refused_lines

    compared = compare_files(reference, current, DriftSettings(), datetime.now(UTC))
    if html:
        from drift.reports import write_html

        write_html(compared.report, compared.reference, compared.current, html)
    say_json(to_json(compared.report)) if as_json else say(to_text(compared.report))
    if html:
        note(f"Report: {html}")
    if compared.refused:
        note(refused_lines(compared.refused))
    raise typer.Exit(compared.report.exit_code or (2 if compared.refused else 0))


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Build the demo workspace in this folder.")] = Path("demo-out"),
) -> None:
    """Play healthy weeks, a silent change of model, and the report that catches it."""
    from pipelines.demo import run_demo

    run_demo(folder)


app.add_typer(baseline_cli.app, name="baseline")
app.add_typer(probe_cli.app, name="probe")
drift_actions_cli.register(app)
app.command()(alert_test)


def main() -> None:
    """Entry point of the `drift` script."""
    run_app(app)


if __name__ == "__main__":
    main()
