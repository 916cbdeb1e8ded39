"""The `drift` commands that act: label, drill, explain, forget. Nothing heavy is imported early."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.text import plural
from pipelines.cli.options import AsJson, Folder, Since, Until, parse_time
from pipelines.console import note, say, say_json, write_lines

if TYPE_CHECKING:
    from pipelines.monitoring import SamplingFrame
    from pipelines.wiring import Workspace

BaselineName = Annotated[str | None, typer.Option(help="The name of the baseline.", show_default="default")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same choice.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.")]


def label(
    n: Annotated[int, typer.Option("--n", min=1, help="Choose so many answers for a new round of labelling.")] = 50,
    metric: Annotated[
        str,
        typer.Option(help="Label this property of the answers; the name is free. quality says whether one is good."),
    ] = "quality",
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the round to this file, to label it elsewhere.")
    ] = None,
    import_: Annotated[Path | None, typer.Option("--import", help="Take labels in from this file.")] = None,
    judge: Annotated[bool, typer.Option("--judge", help="Let the judge of rag.toml label a sample.")] = False,
    new: Annotated[bool, typer.Option("--new", help="End the open round early and begin another.")] = False,
    dry_run: DryRun = False,
    seed: Seed = 0,
    workspace: Folder = Path("."),
    since: Since = None,
    until: Until = None,
    baseline: BaselineName = None,
    as_json: AsJson = False,
) -> None:
    """Label a few answers by y, n, skip, back and quit. Known probabilities make them speak for all."""
    from pipelines.monitoring import SamplingFrame
    from pipelines.wiring import open_workspace

    opened = open_workspace(workspace)
    frame = SamplingFrame(parse_time(since), parse_time(until), baseline, metric)
    if import_:
        _import_labels(opened, import_, as_json)
    elif judge:
        _judge(opened, frame, n, seed, dry_run, as_json)
    else:
        _queue(opened, frame, n, seed, new, export, dry_run, as_json)


def _import_labels(opened: Workspace, path: Path, as_json: bool) -> None:
    from dataclasses import asdict

    from pipelines.console import bullet_list
    from pipelines.monitoring import import_labels

    done = import_labels(opened, path)
    if as_json:
        say_json(asdict(done))
    else:
        without = f"{plural(done.open, 'line')} without one"
        say(f"{plural(done.labels, 'label')} taken in, {without}, {len(done.refused):,} refused")
    for line in () if as_json else bullet_list(done.refused):
        say(line)
    if done.refused:
        raise typer.Exit(2)


def _judge(opened: Workspace, frame: SamplingFrame, n: int, seed: int, dry_run: bool, as_json: bool) -> None:
    from dataclasses import asdict, replace

    from pipelines.monitoring import carry_out, cost_text, plan

    metric = opened.settings.judge.metrics[0] if opened.settings.judge.metrics else frame.metric
    planned = plan(opened, replace(frame, metric=metric, source="judge"), n, seed, datetime.now(UTC))
    done = planned.cost()
    (note if as_json else say)(cost_text(done))
    if not dry_run:
        done = carry_out(opened, planned)
    given = len(done.scores) - len(done.unscored)
    if as_json:
        scores = {"scored": given, "unscored": list(done.unscored)}
        say_json({"answers": done.answers, "cost": asdict(done.cost), "dry_run": dry_run} | scores)
    elif not dry_run:
        why = f" (first reason: {done.unscored[0]})" if done.unscored else ""
        say(f"{plural(given, 'score')} written, {len(done.unscored):,} unscored{why}")


def _queue(
    opened: Workspace,
    frame: SamplingFrame,
    n: int,
    seed: int,
    new: bool,
    export: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    from pipelines.monitoring import begin, choose, drop, exported_round, label_round, progress

    now, open_round = datetime.now(UTC), progress(opened)
    if dry_run:
        queue = open_round.queue if open_round and not new else choose(opened, frame, n, seed, now)
        say_json({"ids": list(queue.ids)}) if as_json else say(f"{plural(len(queue.ids), 'answer')} to label")
        return
    if open_round and new:
        drop(opened, open_round)
        open_round = None
    if open_round is None:
        begin(opened, frame, n, seed, now)
        open_round = progress(opened)
    elif not as_json:
        of = len(open_round.queue.ids)
        note(f"Going on with the open round: {open_round.done} of {of} done (--new begins another).")
    assert open_round is not None
    if export:
        write_lines(export, exported_round(opened, open_round), "answer")
        note('Fill in "label" of each, then `drift label --import FILE`.')
        return
    say_json(label_round(opened, open_round)) if as_json else label_round(opened, open_round)


def drill(
    fault: Annotated[list[str] | None, typer.Option(help="Try this fault alone. The option may be repeated.")] = None,
    share: Annotated[
        list[float] | None,
        typer.Option(help="Break this share of the records. The option may be repeated.", show_default="0.5"),
    ] = None,
    trials: Annotated[int, typer.Option(min=5, max=1000, help="Make so many trials for each fault and share.")] = 20,
    records: Annotated[int, typer.Option(min=30, max=5000, help="A window has so many records.")] = 200,
    seed: Seed = 0,
    workspace: Folder = Path("."),
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Break copies of the recent traffic in known ways, and see which faults alert, how soon, and what is blamed."""
    from data.errors import InputError
    from drift.drill import DrillSettings
    from pipelines.console import progress_printer
    from pipelines.monitoring import drill_json, drill_text, run_drill
    from pipelines.wiring import open_workspace

    shares = tuple(share or (0.5,))
    if not all(0 < part <= 1 for part in shares):
        raise InputError(f"--share must be above 0 and at most 1, found {', '.join(map(str, shares))}.")
    report = run_drill(
        open_workspace(workspace),
        since=parse_time(since),
        until=parse_time(until),
        faults=fault or (),
        settings=DrillSettings(trials=trials, records=records, shares=shares, seed=seed),
        now=datetime.now(UTC),
        progress=progress_printer("drill"),
    )
    say_json(drill_json(report)) if as_json else say(drill_text(report))


def forget(
    older_than: Annotated[
        str | None,
        typer.Option(help="Delete what is older than this, e.g. 90d, 12h or 8w.", show_default="log.keep_text_days"),
    ] = None,
    vectors: Annotated[bool, typer.Option("--vectors", help="Delete the vectors too.")] = False,
    canaries: Annotated[bool, typer.Option("--canaries", help="Delete what canaries were answered, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and stop.")] = False,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Delete old questions, answers and passages of users. Scores, measurements and canaries stay."""
    from pipelines.monitoring import cutoff, sweep, sweep_json, sweep_text
    from pipelines.wiring import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    done = sweep(opened, cutoff(opened, older_than, now), now, vectors=vectors, canaries=canaries, dry_run=dry_run)
    say_json(sweep_json(done)) if as_json else say(sweep_text(done))


def explain(
    n: Annotated[int, typer.Option("--n", min=2, max=1000, help="Replay so many questions.")] = 30,
    old_settings: Annotated[Path | None, typer.Option(help="The former rag.toml is this file.")] = None,
    dry_run: DryRun = False,
    seed: Seed = 0,
    workspace: Folder = Path("."),
    since: Since = None,
    until: Until = None,
    baseline: BaselineName = None,
    as_json: AsJson = False,
) -> None:
    """Replay questions with old and new index, model and settings, to find the change behind a drop.

    It exits with 5 when nothing could be replayed.
    """
    from pipelines.console import progress_printer
    from pipelines.monitoring import ReplaySettings, shares_json, shares_text
    from pipelines.monitoring import explain as run_explain
    from pipelines.wiring import open_workspace

    settings = ReplaySettings(n, parse_time(since), parse_time(until), baseline, old_settings, seed, dry_run)
    explained = run_explain(open_workspace(workspace), settings, datetime.now(UTC), progress_printer("explain"))
    say_json(shares_json(explained)) if as_json else say(shares_text(explained))
    raise typer.Exit(explained.exit_code)


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""
    for command in (label, drill, forget, explain):
        app.command()(command)
