"""All settings of a workspace: those of each room under the names that they have in `rag.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from data.log import LogSettings
from data.scales import MetricSettings
from drift.alert import AlertSettings
from drift.settings import DriftSettings
from eval.judge import JudgeSettings
from eval.settings import EvalSettings
from pipelines.settings.server import ServerSettings
from pipelines.settings.tracing import TracingSettings
from rag.settings import RagSettings


@dataclass(frozen=True, slots=True)
class Settings(RagSettings):
    """All settings of a workspace; every value has its default, its bounds and its meaning where it is used."""

    judge: JudgeSettings = JudgeSettings()
    eval: EvalSettings = EvalSettings()
    tracing: TracingSettings = TracingSettings()
    log: LogSettings = LogSettings()
    drift: DriftSettings = DriftSettings()
    metrics: MetricSettings = MetricSettings()
    alerts: AlertSettings = AlertSettings()
    server: ServerSettings = ServerSettings()
