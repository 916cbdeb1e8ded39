"""A small OpenAI-compatible server on loopback, to test and to demonstrate against: honest, or faulty as told.

It is no canned mock: it reads the passages of our prompt, answers from them by words alone and cites them. Each way in
which real endpoints fail, loudly or silently, is a switch of `Behaviour`.
"""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from pipelines.loopback.behaviour import Behaviour
    from pipelines.loopback.server import Loopback

__all__ = ["Behaviour", "Loopback"]

__getattr__ = face(
    __name__,
    {
        "behaviour": ["Behaviour"],
        "server": ["Loopback"],
    },
)
