"""Settings of a workspace: `rag.toml` and the environment."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.settings.loading import load_settings
    from pipelines.settings.sections import Settings
    from pipelines.settings.server import ServerSettings
    from pipelines.settings.tracing import TracingSettings

__all__ = ["ServerSettings", "Settings", "TracingSettings", "load_settings"]

__getattr__ = face(
    __name__,
    {
        "loading": ["load_settings"],
        "sections": ["Settings"],
        "server": ["ServerSettings"],
        "tracing": ["TracingSettings"],
    },
)
