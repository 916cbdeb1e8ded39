"""The log in a real PostgreSQL, of its own cluster, started for these tests and ended after them."""

import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import WorkspaceError
from data.labels import Label
from data.log.interaction_log import InteractionLog
from data.log.retention import forget
from data.records import Citation, Context, Fingerprint, Interaction, Score

pytestmark = pytest.mark.interop
START = datetime(2026, 1, 5, tzinfo=UTC)


def programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else (Path(on_path).parent if on_path else None)


@pytest.fixture(scope="module")
def url():
    folder = programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg")
    as_root = os.geteuid() == 0
    if as_root and not shutil.which("runuser"):
        pytest.skip("PostgreSQL does not run as root, and runuser is missing")
    prefix = ["runuser", "-u", "postgres", "--"] if as_root else []
    base = Path(tempfile.mkdtemp(prefix="pg"))
    base.chmod(0o777)

    def run(*command):
        subprocess.run([*prefix, *map(str, command)], check=True, capture_output=True, cwd=base, timeout=120)

    try:
        run(folder / "initdb", "-D", base / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={base} -c fsync=off"
        run(folder / "pg_ctl", "-D", base / "data", "-l", base / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={base}"
        finally:
            run(folder / "pg_ctl", "-D", base / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def log(url):
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    opened = InteractionLog(url)
    yield opened
    opened.close()


def item(number, **more):
    return Interaction(
        id=f"i{number}",
        at=START + timedelta(minutes=number),
        question=f"Вопрос {number} 🛳?",
        answer="Ответ.",
        contexts=(Context("c", "a.md", 0.5, "text", "h"),),
        citations=(Citation(1, "c", "a.md", 2, 0, 4, "text", True),),
        latency_ms={"total": 12.5},
        tokens={"prompt": 3},
        fingerprint=Fingerprint(chat_model="m"),
        question_vector=bytes(range(256)),
        **more,
    )


def test_what_is_written_is_read_back_and_twice_is_once(log):
    items = [item(number) for number in range(1200)]
    scores = [Score(i.id, "quality", 0.5, "proxy") for i in items]
    assert log.append(items, scores) == 1200
    assert log.append(items, [replace(score, value=1.0) for score in scores[:3]]) == 0
    assert list(log.read()) == items
    assert sum(score.value == 1.0 for score in log.scores()) == 3
    assert [i.id for i in log.read(START + timedelta(minutes=5), START + timedelta(minutes=7))] == ["i5", "i6"]
    assert (log.span().interactions, log.span().first) == (1200, START)


def test_baselines_have_versions(log):
    for _ in range(2):
        log.set_baseline("b", START, START + timedelta(days=1), START)
    assert [baseline.version for baseline in log.baselines()] == [1, 2]


def test_labels_tags_and_forgetting_work(log):
    log.append([item(1), item(2)], [Label("i1", 1.0, comment="fine").score()])
    log.rewrite_ids(["i1", "nobody"], lambda old: replace(old, tags={"label_probability": "0.5"}))
    done = forget(log, START + timedelta(minutes=2), "key")
    assert (done.interactions, done.comments) == (1, 1)
    assert log.get("i1").question.startswith("[deleted ")
    assert log.get("i1").tags == {"label_probability": "0.5"}
    assert log.get("i2") == item(2)


def test_two_writers_with_the_same_records_write_each_once_while_a_reader_reads(log, url):
    items = [item(number) for number in range(600)]
    counts, seen = [], []

    def write(order):
        own = InteractionLog(url)
        counts.append(sum(own.append([one], [Score(one.id, "q", 1.0, "proxy")]) for one in order))
        own.close()

    writers = [threading.Thread(target=write, args=(order,)) for order in (items, items[::-1])]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen.append(len({one.id for one in log.read()}))
    for writer in writers:
        writer.join()
    assert sum(counts) == 600 == log.span().interactions == len(log.scores())
    assert seen == sorted(seen)


def test_a_server_that_is_away_is_one_sentence_without_the_password(tmp_path):
    pytest.importorskip("psycopg")
    with pytest.raises(WorkspaceError) as caught:
        InteractionLog(f"postgresql+psycopg://me:hunter2@/x?host={tmp_path}")
    assert "cannot be opened" in str(caught.value)
    assert "hunter2" not in str(caught.value)
