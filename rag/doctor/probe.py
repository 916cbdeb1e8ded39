"""One thing tried at an endpoint, and a limit of time on the trying."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing tried: whether it works, what was seen, and what we do about it where it does not.

    "absent" is something that this endpoint does not offer and that nothing in the settings needs.
    """

    name: str
    status: Literal["ok", "warning", "failed", "absent"]
    seen: str
    remedy: str = ""


def within(seconds: float, name: str, attempt: Callable[[], Probe]) -> Probe:
    """Return what `attempt` finds, or that it found nothing within `seconds`.

    The attempt has a thread of its own, which is left behind then: some servers keep every read alive for ever.
    """
    found: list[Probe | BaseException] = []

    def work() -> None:
        try:
            found.append(attempt())
        except BaseException as error:  # handed to the thread that waits
            found.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        return Probe(name, "failed", f"no result within {seconds:g} s", "give it longer with --timeout, or see its log")
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]
