"""The rooms are ours: asked before a command begins, for somebody else's package may have the name of one."""

from __future__ import annotations


def require_rooms() -> None:
    """Refuse to begin where a package of somebody else stands before one of ours.

    :raises ImportError: it does; the message is one sentence with both paths.
    """
    import rag  # noqa: F401 - without our data nothing but the face of a room can tell
    from data.namesakes import check_rooms

    check_rooms()
