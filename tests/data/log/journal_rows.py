"""Rows and a log that can be shut, for the tests of the journal."""

from datetime import UTC, datetime

from data.errors import WorkspaceError
from data.records import Interaction, Score

AT = datetime(2026, 11, 1, tzinfo=UTC)


def interaction(number):
    return Interaction(f"i{number}", AT, "What?", "This.", question_vector=b"\x00\x01")


def score(number):
    return Score(f"i{number}", "groundedness", 0.5, "proxy", scorer="s", scorer_version="1")


class Gate:
    """A log that fails while it is shut, and counts how often it was written to."""

    def __init__(self, log):
        self.log = log
        self.shut = False
        self.writes = 0

    def append(self, interactions, scores=()):
        self.writes += 1
        if self.shut:
            raise WorkspaceError("The log is shut.")
        return self.log.append(interactions, scores)


def ids(log):
    return [item.id for item in log.read()]
