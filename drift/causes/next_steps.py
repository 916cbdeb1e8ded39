"""What to do about a cause: commands as they are typed, each with what it is for behind a `#`.

A test holds every command against the command line.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.records import Interaction
from drift.results import Cause
from drift.vocabulary import CauseName

_EXPLAIN = "drift explain --n 30  # replay questions on old and new parts, and share out the blame"
_LABEL = "drift label --n 20  # a few labels of people say how large the loss is"
_PROBE = "drift probe  # the same questions as ever: is it the system or what people ask?"
_MEANT = "drift baseline set  # if the change was meant: compare with the new state from now on"
_DOCTOR = "rag doctor  # what the endpoint serves now: model, true window, token limit, errors"
_SEARCH = "rag search {question} --k 5  # which passages are found today for an answer that got worse"
_ROLLBACK = "rag rollback  # back to the index before the last ingest"
_STATUS = "rag status  # which generation and documents are served"
_FILES = "drift report --html drift.html  # the worst answers beside healthy ones"

_STEPS: Mapping[CauseName, tuple[str, ...]] = {
    "mix_shift": (
        "rag eval harvest --count 20  # draw the new questions as golden cases",
        "drift label --n 20  # are the new questions answered well?",
        _MEANT,
    ),
    "retrieval": (_SEARCH, _STATUS, _ROLLBACK, _EXPLAIN),
    "index_change": (_ROLLBACK, _SEARCH, "rag eval --gate  # do the golden cases pass on this index?", _EXPLAIN),
    "corpus_change": (_STATUS, _SEARCH, _ROLLBACK, "rag eval --gate  # do the golden cases pass on these documents?"),
    "generation": (_DOCTOR, _PROBE, _EXPLAIN, _LABEL),
    "model_change": (_DOCTOR, _EXPLAIN, _PROBE, _MEANT),
    "prompt_change": ("drift explain --old-settings OLD.toml  # replay with the former rag.toml", _LABEL, _MEANT),
    "judge_drift": ("rag eval calibrate --check  # ask the judge for the same answers again", _LABEL),
    "truncation": (_DOCTOR, _FILES),
    "ops": (_DOCTOR, _STATUS),
    "unknown": (_PROBE, _LABEL, _EXPLAIN),
}
"""The steps of each cause, the surest first."""

_ELSEWHERE = (_FILES, _LABEL, _MEANT)
"""What is left where the answers come from another program: only the log is ours."""


def with_next_steps(causes: Sequence[Cause], current: Sequence[Interaction], question: str) -> tuple[Cause, ...]:
    """Add to each cause what to do next; `question` is one that is answered worse now, "" where none is known.

    Where the records name no index, another program answers, and only commands about the log are named.
    """
    ours = any(item.fingerprint.index_generation for item in current)
    return tuple(replace(cause, do_next=_filled(_of(cause.cause, ours), question)) for cause in causes)


def _of(cause: CauseName, ours: bool) -> tuple[str, ...]:
    return (
        _STEPS[cause] if ours else tuple(dict.fromkeys((*(s for s in _STEPS[cause] if s in _ELSEWHERE), *_ELSEWHERE)))
    )


def _filled(steps: Sequence[str], question: str) -> tuple[str, ...]:
    asked = shlex.quote(" ".join(question.split())) if question else "'a question that is answered worse now'"
    return tuple(step.replace("{question}", asked) for step in steps)
