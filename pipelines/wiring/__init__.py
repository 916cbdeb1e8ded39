"""Settings become parts: workspace, index, generator, judge."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.wiring.generator import build_endpoint, build_generator, open_retriever
    from pipelines.wiring.judge import build_judge
    from pipelines.wiring.workspace import Workspace, init_workspace, open_log, open_workspace

__all__ = [
    "Workspace",
    "build_endpoint",
    "build_generator",
    "build_judge",
    "init_workspace",
    "open_log",
    "open_retriever",
    "open_workspace",
]

__getattr__ = face(
    __name__,
    {
        "generator": ["build_endpoint", "build_generator", "open_retriever"],
        "judge": ["build_judge"],
        "workspace": ["Workspace", "init_workspace", "open_log", "open_workspace"],
    },
)
