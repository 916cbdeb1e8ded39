"""`rag serve` and `rag key`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import AsJson, Folder
from pipelines.console import note, say, say_json

keys = typer.Typer(no_args_is_help=True, help="Make, list and remove the keys of clients of `rag serve`.")


def serve(
    host: Annotated[str | None, typer.Option(help="Listen on this address. Without it server.host counts.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="Listen on this port; 0 stands for any. Without it server.port counts."),
    ] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Listen on a public address without keys.")] = False,
    workspace: Folder = Path("."),
) -> None:
    """Answer over HTTP, with an OpenAI-compatible API at /v1 and a page for people at /."""
    from data.extras import needed_by
    from pipelines.wiring import open_workspace

    with needed_by("`rag serve`", "serve"):
        from pipelines.serve import serve as run
    opened = open_workspace(workspace)
    server = opened.settings.server
    run(opened, host or server.host, server.port if port is None else port, insecure=insecure, tell=note)


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="The key belongs to this client. Answers are tagged with the name.")],
    collections: Annotated[
        list[str] | None,
        typer.Option("--collection", help="The client may ask this collection. The option may be repeated."),
    ] = None,
    metrics: Annotated[
        bool,
        typer.Option("--metrics", help="The client may read /metrics. Without a collection it may do nothing else."),
    ] = False,
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="The client may do this: ask, metrics, monitor (read reports, which hold what others asked) or admin"
            " (all). The option may be repeated. Without it the client may ask.",
        ),
    ] = None,
    workspace: Folder = Path("."),
) -> None:
    """Make a key and print it once. Only its hash is kept."""
    from pipelines.serve import DEFAULT_COLLECTION, check_collections, open_keys
    from pipelines.wiring import open_workspace

    opened = open_workspace(workspace)
    named = tuple(dict.fromkeys(collections or ([] if metrics and not scopes else [DEFAULT_COLLECTION])))
    check_collections(opened, named)
    rights = dict.fromkeys([*(scopes or (["ask"] if named else [])), *(["metrics"] if metrics else [])])
    say(open_keys(opened).add(name, named, list(rights)))
    note("Keep it: it cannot be shown again.")


@keys.command("list")
def list_keys(workspace: Folder = Path("."), as_json: AsJson = False) -> None:
    """Show who has a key, and for what."""
    from pipelines.serve import open_keys
    from pipelines.wiring import open_workspace

    found = open_keys(open_workspace(workspace)).keys
    if as_json:
        say_json([{"name": key.name, "collections": key.collections, "scopes": key.scopes} for key in found])
        return
    for key in found:
        say(f"{key.name}  {', '.join(key.collections) or 'no collection'}  {', '.join(key.scopes)}")
    if not found:
        note("There are no keys: `rag serve` answers everybody on this machine.")


@keys.command("remove")
def remove_key(
    name: Annotated[str, typer.Argument(help="The key belongs to this client.")], workspace: Folder = Path(".")
) -> None:
    """Forget a key. A running server refuses it from then on."""
    from pipelines.serve import open_keys
    from pipelines.wiring import open_workspace

    open_keys(open_workspace(workspace)).remove(name)
    say(f"Removed the key of {name}.")
