"""A small OpenAI-compatible server on loopback, to test and to demonstrate against: honest, or faulty as told.

It is no canned mock: it reads the passages of our prompt, answers from them by words alone and cites them. Each way in
which real endpoints fail, loudly or silently, is a switch of `Behaviour`.
"""

from pipelines.loopback.behaviour import Behaviour, Fault
from pipelines.loopback.server import Loopback, Recorded

__all__ = ["Behaviour", "Fault", "Loopback", "Recorded"]
