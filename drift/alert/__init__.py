"""When somebody is told of a report, and where."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from drift.alert.channel import AlertMessage, Channel
    from drift.alert.channels import open_channels, summary
    from drift.alert.policy import AlertPolicy, ChannelState, Notice, decide, is_closed, told, write_notice
    from drift.alert.prometheus import fill_registry
    from drift.alert.settings import AlertSettings

__all__ = [
    "AlertMessage",
    "AlertPolicy",
    "AlertSettings",
    "Channel",
    "ChannelState",
    "Notice",
    "decide",
    "fill_registry",
    "is_closed",
    "open_channels",
    "summary",
    "told",
    "write_notice",
]

__getattr__ = face(
    __name__,
    {
        "channel": ["Channel", "AlertMessage"],
        "channels": ["open_channels", "summary"],
        "policy": ["AlertPolicy", "ChannelState", "Notice", "decide", "is_closed", "told", "write_notice"],
        "prometheus": ["fill_registry"],
        "settings": ["AlertSettings"],
    },
)
