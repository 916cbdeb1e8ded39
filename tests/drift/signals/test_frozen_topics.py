from dataclasses import replace

import numpy as np

from drift.signals.frozen_topics import UNKNOWN, freeze_topics


def with_vectors(items, seed, embedder="e1"):
    """Give each item a vector near the centre of its topic, told by its passage."""
    centres = np.random.default_rng(0).normal(size=(5, 16))
    rng = np.random.default_rng(seed)
    made = []
    for item in items:
        vector = (centres[int(item.contexts[0].id[1:])] + 0.1 * rng.normal(size=16)).astype("<f2")
        mark = replace(item.fingerprint, embedder=embedder)
        made.append(replace(item, question_vector=vector.tobytes(), fingerprint=mark))
    return made


def purity(items, topics):
    kinds = np.array([item.contexts[0].id for item in items])
    return np.mean([np.mean(kinds[topics == topic] == kinds[topics == topic][0]) for topic in set(topics.tolist())])


def test_later_questions_fall_into_the_topics_of_the_baseline(build):
    reference, later = build("a", 200, seed=1).interactions, build("b", 100, seed=2).interactions
    for left, right in ((reference, later), (with_vectors(reference, 1), with_vectors(later, 2))):
        topics = freeze_topics(left, 0)
        assigned = topics.assign(right)
        assert np.mean(assigned == UNKNOWN) < 0.05
        assert purity(right, assigned) > 0.9


def test_a_vector_far_from_all_of_the_baseline_is_unknown(build):
    reference = with_vectors(build("a", 100, seed=1).interactions, 1)
    topics = freeze_topics(reference, 0)
    far = replace(reference[0], question_vector=np.full(16, 30, "<f2").tobytes())
    other = with_vectors(reference[:1], 1, embedder="e2")[0]
    broken = replace(reference[0], question_vector=np.full(16, np.nan, "<f2").tobytes())
    assert topics.assign([far, other, broken]).tolist() == [UNKNOWN] * 3


def test_one_question_asked_again_and_again_is_one_topic(build):
    item = build("a", 1).interactions[0]
    topics = freeze_topics([item] * 40, 0)
    assert len(topics.names) == 1
    assert set(topics.assign([item, item]).tolist()) == {0}
    assert freeze_topics([item], 0) is None
