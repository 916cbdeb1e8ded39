"""Settings become parts: workspace, index, generator, judge."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.wiring.generator import build_endpoint, build_generator
    from pipelines.wiring.judge import build_judge
    from pipelines.wiring.redaction import build_redactor
    from pipelines.wiring.retriever import build_widener, open_index, open_retriever, vector_server
    from pipelines.wiring.workspace import (
        DATA_FOLDER,
        Workspace,
        init_workspace,
        open_log,
        open_workspace,
        prompt_secret,
        retrieval_id,
        workspace_embedder,
    )

__all__ = [
    "DATA_FOLDER",
    "Workspace",
    "build_endpoint",
    "build_generator",
    "build_judge",
    "build_redactor",
    "build_widener",
    "init_workspace",
    "open_index",
    "open_log",
    "open_retriever",
    "open_workspace",
    "prompt_secret",
    "retrieval_id",
    "vector_server",
    "workspace_embedder",
]

__getattr__ = face(
    __name__,
    {
        "generator": ["build_endpoint", "build_generator"],
        "judge": ["build_judge"],
        "redaction": ["build_redactor"],
        "retriever": ["build_widener", "open_index", "open_retriever", "vector_server"],
        "workspace": [
            "DATA_FOLDER",
            "Workspace",
            "init_workspace",
            "open_log",
            "open_workspace",
            "prompt_secret",
            "retrieval_id",
            "workspace_embedder",
        ],
    },
)
