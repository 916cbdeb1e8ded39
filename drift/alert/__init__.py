"""When somebody is told of a report, and where."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.alert.channels import Channel, open_channel, post_to_alertmanager, send, summary
    from drift.alert.policy import AlertPolicy, ChannelState, Notice, decide, told, write_notice
    from drift.alert.prometheus import fill_registry, write_textfile
    from drift.alert.settings import AlertSettings

__all__ = [
    "AlertPolicy",
    "AlertSettings",
    "Channel",
    "ChannelState",
    "Notice",
    "decide",
    "fill_registry",
    "open_channel",
    "post_to_alertmanager",
    "send",
    "summary",
    "told",
    "write_notice",
    "write_textfile",
]

__getattr__ = face(
    __name__,
    {
        "channels": ["Channel", "open_channel", "post_to_alertmanager", "send", "summary"],
        "policy": ["AlertPolicy", "ChannelState", "Notice", "decide", "told", "write_notice"],
        "prometheus": ["fill_registry", "write_textfile"],
        "settings": ["AlertSettings"],
    },
)
