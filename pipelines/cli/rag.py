"""The `rag` command. Each command parses, makes one call and prints; nothing heavy is imported before it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import pipelines.cli.namesakes  # noqa: F401 - first of all: it tells when somebody else's package hides a room
from pipelines.cli.answer import HistoryFile, chat, doctor
from pipelines.cli.eval import evaluation
from pipelines.cli.index import quarantine, remove
from pipelines.cli.options import AsJson, Folder
from pipelines.cli.serve import keys, serve
from pipelines.console import ShowVersion, given_path, note, progress_printer, run_app, say, say_json, say_piece
from pipelines.index import EngineName

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(version: ShowVersion = False) -> None:
    """Make documents an index, and answer questions with citations that can be checked."""


@app.command()
def init(workspace: Folder = Path(".")) -> None:
    """Make rag.toml and .rag/ in a folder. What is there stays as it is."""
    from pipelines.wiring import init_workspace

    made = init_workspace(workspace)
    say(f"Workspace ready in {workspace}: next, rag ingest PATH" if made else f"{workspace} is a workspace already.")


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Index these files and folders; - stands for standard input.", parser=given_path, metavar="PATH"
        ),
    ] = None,
    workspace: Folder = Path("."),
    prune: Annotated[bool, typer.Option(help="Remove documents whose files are gone, excluded or emptied.")] = False,
    urls: Annotated[
        Path | None, typer.Option(help="Fetch the http(s) URLs of this file, which has one a line.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Standard input has this source name, e.g. minutes.md.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would be done and what it would cost, and write nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Publish a new index though the gate cases speak against it.")
    ] = False,
    engine: Annotated[EngineName, typer.Option(help="Read, cut and embed there.")] = EngineName.local,
    address: Annotated[
        str,
        typer.Option(help="The Ray cluster is at this address, e.g. auto. Without it one is started on this machine."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Read, cut, embed and index documents. Unchanged files are skipped, and bad ones are refused one by one."""
    from pipelines.index import (
        ingest_json,
        ingest_paths,
        ingest_text,
        plan_json,
        plan_paths,
        plan_text,
        where_vectors_lie,
    )
    from pipelines.wiring import open_workspace

    opened, progress = open_workspace(workspace), progress_printer("ingest")
    if plan:
        planned = plan_paths(opened, paths or (), prune=prune, urls=urls, name=name)
        say_json(plan_json(planned)) if as_json else say(plan_text(planned))
        raise typer.Exit(2 if planned.failed else 0)
    report = ingest_paths(
        opened,
        paths or (),
        prune=prune,
        urls=urls,
        name=name,
        engine=engine,
        address=address,
        force=force,
        progress=progress,
    )
    say_json(ingest_json(report)) if as_json else say(ingest_text(report))
    if elsewhere := where_vectors_lie(opened):
        note(f"warning: {elsewhere}")
    if report.failed or report.refused:
        raise typer.Exit(2)


@app.command()
def search(
    question: Annotated[str | None, typer.Argument(help="Look for this.")] = None,
    queries: Annotated[
        Path | None,
        typer.Option(help='The file holds many questions, as JSON Lines of {"id", "question"}.'),
    ] = None,
    k: Annotated[int | None, typer.Option(min=1, max=1000, help="Show so many passages for a question.")] = None,
    conditions: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            help="Search only there: source=GLOB, page=3, language=ru or heading~TEXT. The option may be repeated.",
        ),
    ] = None,
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Show the passages that a question finds, without an answer."""
    from data.errors import InputError
    from pipelines.answer import in_words
    from pipelines.index import Query, hits_json, hits_text, read_queries
    from pipelines.index import search as run_search
    from pipelines.wiring import open_workspace

    if (question is None) == (queries is None):
        raise InputError('Pass either a question or --queries FILE.jsonl, e.g. rag search "opening hours".')
    opened = open_workspace(workspace)
    wanted, refused = read_queries(queries) if queries else ([Query("1", question or "")], [])
    for query, found in run_search(opened, wanted, k, conditions or ()):
        if as_json:
            say_json(hits_json(query, found))
        else:
            say(f"# {query.question}\n{hits_text(found.hits)}\n" if queries else hits_text(found.hits))
        for flag in found.flags:
            note(f"warning: {in_words(flag)}")
    for reason in refused:
        note(f"refused: {reason}")
    if refused:
        raise typer.Exit(2)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question stands in quotes.")],
    workspace: Folder = Path("."),
    stream: Annotated[bool, typer.Option("--stream", help="Show the answer while it is written.")] = False,
    history: HistoryFile = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the indexed documents, with citations, and write it to the log."""
    from data.records import Answer
    from pipelines.answer import answer_json, answer_text, footnotes, open_asker, read_history
    from pipelines.wiring import open_workspace
    from rag.asking import Conversation
    from rag.errors import EndpointError

    opened = open_workspace(workspace)
    turns = read_history(history) if history else ()
    conversation = Conversation(open_asker(opened), turns)
    streamed = stream and not as_json
    for part in conversation.ask(question, streaming=streamed):
        if isinstance(part, Answer):
            asked = part
        else:
            say_piece(part)
    if asked.log_error:
        note(f"warning: this answer is not in the log: {asked.log_error}")
    if as_json:
        say_json(answer_json(asked))
    elif asked.interaction.error is None:
        say("\n" + footnotes(asked) if streamed else answer_text(asked))
    if asked.interaction.error is not None:
        raise EndpointError(asked.interaction.error)


@app.command()
def why(
    question: Annotated[str, typer.Argument(help="The question stands in quotes.")],
    expect: Annotated[str, typer.Option(help="This source should answer it: FILE, or FILE#p3 for its page 3.")],
    text: Annotated[str, typer.Option(help="The passage holds this phrase.")] = "",
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Name the stage that lost an expected passage. It exits with 1 when the passage did not reach the answer."""
    from pipelines.answer import explain_missing, why_json, why_text
    from pipelines.wiring import open_workspace

    diagnosis = explain_missing(open_workspace(workspace), question, expect, text)
    say_json(why_json(diagnosis)) if as_json else say(why_text(diagnosis))
    if diagnosis.stage != "cited":
        raise typer.Exit(1)


@app.command()
def status(workspace: Folder = Path("."), as_json: AsJson = False) -> None:
    """Show what is indexed, with which embedder, and what the log holds."""
    from pipelines.index import status_text, workspace_status
    from pipelines.wiring import open_workspace

    found = workspace_status(open_workspace(workspace))
    say_json(found) if as_json else say(status_text(found))


@app.command()
def verify(
    interaction: Annotated[str, typer.Argument(help="`rag ask` printed this id.")],
    workspace: Folder = Path("."),
    as_json: AsJson = False,
) -> None:
    """Check the citations of a logged answer against today's sources. It exits with 1 when one no longer stands."""
    from pipelines.answer import all_stand, verification_json, verification_text, verify_answer
    from pipelines.wiring import open_workspace

    found, checked = verify_answer(open_workspace(workspace), interaction)
    say_json(verification_json(found, checked)) if as_json else say(verification_text(found, checked))
    if not all_stand(checked):
        raise typer.Exit(1)


@app.command()
def repair(workspace: Folder = Path(".")) -> None:
    """Rebuild vectors and full-text index from the catalogue, without embedding anything again."""
    from pipelines.index import repair_index
    from pipelines.wiring import open_workspace

    say(repair_index(open_workspace(workspace)))


@app.command()
def rollback(workspace: Folder = Path(".")) -> None:
    """Go back to the index as it was before the last ingest."""
    from pipelines.index import rollback_index
    from pipelines.wiring import open_workspace

    say(rollback_index(open_workspace(workspace)))


app.command()(chat)
app.command()(serve)
app.command()(doctor)
app.command()(quarantine)
app.command()(remove)
app.add_typer(evaluation, name="eval")
app.add_typer(keys, name="key")


def main() -> None:
    """Entry point of the `rag` script."""
    run_app(app)


if __name__ == "__main__":
    main()
