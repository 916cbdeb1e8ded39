"""Settings of a workspace: `rag.toml` and the environment."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.settings.loading import SETTINGS_FILE, load_settings
    from pipelines.settings.sections import (
        AlertsSection,
        ChatSection,
        EmbedderSection,
        FallbackSection,
        LogSection,
        RerankSection,
        ServerSection,
        Settings,
        TracingSection,
    )
    from pipelines.settings.template import TEMPLATE

__all__ = [
    "AlertsSection",
    "ChatSection",
    "EmbedderSection",
    "FallbackSection",
    "LogSection",
    "RerankSection",
    "SETTINGS_FILE",
    "ServerSection",
    "Settings",
    "TEMPLATE",
    "TracingSection",
    "load_settings",
]

__getattr__ = face(
    __name__,
    {
        "loading": ["SETTINGS_FILE", "load_settings"],
        "sections": [
            "AlertsSection",
            "ChatSection",
            "EmbedderSection",
            "FallbackSection",
            "LogSection",
            "RerankSection",
            "ServerSection",
            "Settings",
            "TracingSection",
        ],
        "template": ["TEMPLATE"],
    },
)
