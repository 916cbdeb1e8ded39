"""`drift alert-test`: whether a message gets through."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from pipelines.console import say
from pipelines.options import Folder


def alert_test(workspace: Folder = Path(".")) -> None:
    """Send a test message to every channel of alerts.urls; exit 1 when one did not take it."""
    from data.errors import SettingsError
    from drift.channels import summary
    from pipelines.alerts import send_test
    from pipelines.workspace import open_workspace

    results = send_test(open_workspace(workspace), datetime.now(UTC))
    if not results:
        raise SettingsError('There is no channel to test: set alerts.urls in rag.toml, e.g. urls = ["slack://…"].')
    say(summary(results))
    if any(results.values()):
        raise typer.Exit(1)
