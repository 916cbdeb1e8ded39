"""Mail messages become text: all bodies, forwarded messages, invitations, and what is attached."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.read.mail.message import mail_reader

__all__ = ["mail_reader"]

__getattr__ = face(__name__, {"message": ["mail_reader"]})
