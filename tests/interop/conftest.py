"""Foreign programs, started for real. Each is named by a variable that a machine with it sets; else its tests skip."""

from tests.pipelines.conftest import command, demo_workspace, workspace

__all__ = ["command", "demo_workspace", "workspace"]
