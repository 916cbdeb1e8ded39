"""Topics have names that people can read, also where some of the questions were deleted."""

from data.records import stand_in
from drift.signals.topics import name_topics


def test_deleted_questions_lend_a_topic_no_name():
    asked = [("When does the ferry sail?", 0), ("Is the ferry late?", 0), ("May dogs travel?", 1)]
    deleted = [(stand_in(f"{number:016x}"), number % 3) for number in range(9)]
    names = name_topics([*asked, *deleted], 3)
    assert (names[0].split(", ")[0], names[2]) == ("ferry", "topic 3")
    assert "deleted" not in " ".join(names)
