"""Settings of a workspace: `rag.toml` and the environment."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.settings.loading import SETTINGS_FILE, load_settings
    from pipelines.settings.sections import Settings
    from pipelines.settings.server import ServerSettings
    from pipelines.settings.template import TEMPLATE
    from pipelines.settings.tracing import TracingSettings

__all__ = ["SETTINGS_FILE", "ServerSettings", "Settings", "TEMPLATE", "TracingSettings", "load_settings"]

__getattr__ = face(
    __name__,
    {
        "loading": ["SETTINGS_FILE", "load_settings"],
        "sections": ["Settings"],
        "server": ["ServerSettings"],
        "template": ["TEMPLATE"],
        "tracing": ["TracingSettings"],
    },
)
