from dataclasses import replace

from data.records import stand_in
from drift.signals.catalog import question_words


def test_a_deleted_question_has_no_length(build):
    item = build(n=1).interactions[0]
    assert question_words(replace(item, question="Where is it?")) == 3
    assert question_words(replace(item, question=stand_in("0" * 16))) is None
