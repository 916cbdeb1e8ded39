"""Two writers with the same records on one SQLite log, and a reader meanwhile: each record once, nothing half."""

import threading
from datetime import UTC, datetime, timedelta

from data.log.interaction_log import InteractionLog
from data.records import Interaction, Score

START = datetime(2026, 1, 5, tzinfo=UTC)
ITEMS = [Interaction(f"i{n}", START + timedelta(minutes=n), f"Question {n}?", "Answer.") for n in range(60)]


def test_each_record_is_written_once_and_a_reader_sees_only_whole_ones(tmp_path):
    path = tmp_path / "log.sqlite"
    reader, counts, seen = InteractionLog.at_path(path), [], []

    def write(order):
        own = InteractionLog.at_path(path)
        counts.append(sum(own.append([one], [Score(one.id, "q", 1.0, "proxy")]) for one in order))
        own.close()

    writers = [threading.Thread(target=write, args=(order,)) for order in (ITEMS, ITEMS[::-1])]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        items, scores = list(reader.read()), reader.scores()
        assert {item.id for item in items} <= {score.interaction_id for score in scores}
        seen.append(len(items))
    for writer in writers:
        writer.join()
    assert sum(counts) == len(ITEMS) == reader.span().interactions == len(reader.scores())
    assert list(reader.read()) == ITEMS
    assert seen == sorted(seen)
