"""Any service that Apprise knows: Slack, Teams, e-mail, webhooks and a hundred others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from data.errors import SettingsError
from data.extras import needed_by
from drift.alert.channel import AlertMessage, key_of

if TYPE_CHECKING:
    from apprise import Apprise


@dataclass(frozen=True, slots=True)
class AppriseService:
    """One Apprise address."""

    wants_every_report: ClassVar[bool] = False

    address: str
    shown: str

    def __repr__(self) -> str:
        return f"AppriseService({self.shown!r})"

    @property
    def key(self) -> str:
        """A name that follows from the address and does not tell it."""
        return key_of(self.address)

    @classmethod
    def open(cls, address: str) -> Self:
        """Check an Apprise address.

        :raises SettingsError: Apprise does not know it.
        """
        service = _apprise(address)
        # Apprise masks passwords and tokens; the query may repeat them.
        return cls(address, str(next(iter(service)).url(privacy=True)).partition("?")[0])

    def send(self, message: AlertMessage) -> str | None:
        """Send a notice.

        Apprise waits a few seconds for each connection, so a dead service does not hold up the report for long.
        """
        from apprise import LogCapture, NotifyType

        if message.notice is None:
            return None
        types = {
            "alert": NotifyType.FAILURE,
            "reminder": NotifyType.WARNING,
            "recovery": NotifyType.SUCCESS,
            "ticket": NotifyType.INFO,
        }
        title, body, kind = message.notice.title, message.notice.body, types[message.notice.kind]
        with LogCapture(fmt="%(message)s") as log:
            if _apprise(self.address).notify(title=title, body=body, notify_type=kind):
                return None
            reason = " ".join(log.getvalue().split())
        return reason.replace(self.address, self.shown) or "the service did not take the message"


@needed_by("An address in alerts.urls")
def _apprise(address: str) -> Apprise:
    from apprise import Apprise

    found = Apprise()
    if not found.add(address) or len(found) != 1:
        scheme = address.partition("://")[0] if "://" in address else "none"
        raise SettingsError(
            f"An address in alerts.urls (scheme {scheme!r}) is not one Apprise understands: see its list of services,"
            " e.g. slack://…, mailto://…, msteams://…, jsons://host/path."
        )
    return found
