"""The judge that the [judge] settings name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from data.errors import SettingsError
from pipelines.wiring.workspace import Workspace

if TYPE_CHECKING:
    from eval.judge import Judge, JudgeCache


def build_judge(workspace: Workspace, metrics: Sequence[str] = (), cache: JudgeCache | None = None) -> Judge:
    """Build the judge of the settings, for `metrics` if any are given; nothing is asked of it yet.

    Without a `cache` of its own it remembers judgements in `.rag/judge-cache.jsonl`.

    :raises SettingsError: no judge is set.
    :raises JudgeError: a metric is unknown, or needs an embedding model and none is set.
    """
    from eval.judge import Judge, JudgeCache

    settings = workspace.settings.judge
    if not settings.base_url or not settings.model:
        raise SettingsError("No judge is set: give [judge] base_url and model in rag.toml, or RAG__JUDGE__BASE_URL.")
    settings = replace(settings, metrics=tuple(metrics) or settings.metrics)
    return Judge(settings, cache or JudgeCache(workspace.data / "judge-cache.jsonl"))
