"""Every cause says what to do next, in commands that exist; nothing of an index where another program answers."""

import shlex
from dataclasses import replace
from typing import get_args

import pytest

from drift.causes.next_steps import with_next_steps
from drift.results import Cause
from drift.vocabulary import CauseName
from tests.test_documents import problem

CAUSES = get_args(CauseName)


def steps(cause, items, question="When does it open?"):
    [found] = with_next_steps([Cause(cause, None, "")], items, question)
    return found.do_next


@pytest.fixture
def ours(build):
    return [
        replace(item, fingerprint=replace(item.fingerprint, index_generation="g1"))
        for item in build("a", 3).interactions
    ]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("has_index", [True, False])
def test_every_command_exists_with_its_options_and_says_what_it_is_for(cause, has_index, ours, build):
    found = steps(cause, ours if has_index else build("a", 3).interactions)
    assert 1 <= len(found) <= 4
    for step in found:
        command, _, why = step.partition("  # ")
        assert why and problem(shlex.split(command)) == "", step
        assert shlex.split(step, comments=True) == shlex.split(command)


@pytest.mark.parametrize("cause", CAUSES)
def test_where_another_program_answers_no_index_and_no_replay_is_named(cause, build):
    words = [shlex.split(step, comments=True)[:2] for step in steps(cause, build("a", 3).interactions)]
    assert all(
        command in (["drift", "report"], ["drift", "label"], ["drift", "baseline"], ["rag", "eval"])
        for command in words
    )


@pytest.mark.parametrize("question", ['What\'s "it"; rm -rf / #?', "two\nlines", "", "$(x) `y`"])
def test_a_question_of_anybody_stays_one_quoted_word(question, ours):
    search = next(step for step in steps("retrieval", ours, question) if step.startswith("rag search"))
    asked = shlex.split(search, comments=True)[2]
    assert asked == (" ".join(question.split()) or "a question that is answered worse now")
    assert "\n" not in search
