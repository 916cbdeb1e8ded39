"""What must not be stored is not, wherever it stands; what was kept too long goes, and what was measured stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import SettingsError, WorkspaceError
from data.log.interaction_log import InteractionLog
from data.log.redact import BLACK, Redactor
from data.log.retention import forget, forgotten
from data.records import FORGOTTEN, Citation, Context, Interaction, Score, content_hash, is_stand_in

AT = datetime(2026, 1, 5, tzinfo=UTC)
MAIL = "anna@example.org"


def interaction(name="i1", at=AT):
    return Interaction(
        id=name,
        at=at,
        question=f"What does {MAIL} owe?",
        answer=f"{MAIL} owes 5.",
        contexts=(Context("c", "debts.md", 0.5, f"{MAIL}: 5", content_hash(f"{MAIL}: 5")), Context("d", text="clean")),
        citations=(Citation(1, "c", "debts.md", None, 0, 3, f"{MAIL}: 5", True),),
        error=f"boom for {MAIL}",
        tags={"user": MAIL},
        question_vector=b"qq",
        answer_vector=b"aa",
    )


@pytest.fixture
def open_log(tmp_path):
    return lambda redact=None: InteractionLog.at_path(tmp_path / "log.sqlite", redact)


def raw_bytes(folder):
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize(
    "redact", [Redactor.build([r"\S+@\S+"]), Redactor.build([], lambda text: text.replace(MAIL, BLACK))]
)
def test_nothing_of_what_is_redacted_reaches_the_disk(open_log, tmp_path, redact):
    log = open_log(redact)
    log.append([interaction()], [Score("i1", "quality", 0.0, "human", f"says {MAIL}")])
    log.close()
    assert MAIL.encode() not in raw_bytes(tmp_path)
    item = open_log().get("i1")
    assert BLACK in item.question
    assert BLACK in item.answer
    assert (item.tags["user"], item.question_vector, item.answer_vector) == (BLACK, None, None)
    assert item.contexts[0].text_hash == content_hash(item.contexts[0].text)
    assert item.contexts[1].text == "clean"


def test_clean_texts_keep_their_vectors(open_log):
    log = open_log(Redactor.build(["secret"]))
    log.append([interaction()])
    assert log.get("i1") == interaction()


def test_a_hook_that_fails_keeps_everything_out_of_the_log(open_log):
    def broken(text):
        raise KeyError("x")

    log = open_log(Redactor.build([], broken))
    with pytest.raises(WorkspaceError, match="redact_hook failed"):
        log.append([interaction()])
    assert log.span().interactions == 0


@pytest.mark.parametrize("hook", [lambda text: None, lambda text: b""])
def test_a_hook_must_return_text(hook):
    with pytest.raises(WorkspaceError, match="not text"):
        Redactor.build([], hook).text("a")


def test_a_broken_pattern_is_refused():
    with pytest.raises(SettingsError, match="no regular expression"):
        Redactor.build(["("])


def test_old_texts_leave_the_files_and_measurements_stay(open_log, tmp_path):
    log = open_log()
    fresh = interaction("new", AT + timedelta(days=50))
    fresh = replace(fresh, question="Another?", answer="Yes.", contexts=(), citations=(), error=None, tags={})
    old = replace(interaction(), tags={})
    log.append([old, fresh], [Score("i1", "quality", 1.0, "human", MAIL), Score("i1", "groundedness", 0.4, "proxy")])
    done = forget(log, AT + timedelta(days=10), "key")
    assert (done.interactions, done.comments) == (1, 1)
    assert MAIL.encode() not in raw_bytes(tmp_path)
    item = log.get("i1")
    assert (item.outcome, item.flags, item.question_vector) == (old.outcome, (FORGOTTEN,), b"qq")
    assert [(c.id, c.text, c.text_hash) for c in item.contexts] == [(c.id, None, c.text_hash) for c in old.contexts]
    assert {(s.metric, s.value) for s in log.scores()} == {("quality", 1.0), ("groundedness", 0.4)}
    assert log.get("new") == fresh
    assert forget(log, AT + timedelta(days=10), "key").interactions == 0


def test_the_same_question_stays_the_same_and_needs_the_key_to_be_guessed():
    item = interaction()
    again = replace(item, id="i2", question=f"what does  {MAIL} OWE?")
    assert forgotten(item, "k").question == forgotten(again, "k").question != forgotten(item, "other").question
    assert forgotten(item, "k", vectors=True).question_vector is None
    assert is_stand_in(forgotten(item, "k").question) and not is_stand_in(item.question)
