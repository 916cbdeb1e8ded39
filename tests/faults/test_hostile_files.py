import io
import os
import shutil
import threading
import time
import zipfile
from pathlib import Path

import pytest

from rag.index.index import Index
from rag.read.document import MAX_BYTES
from tests.fakes import HashEmbedder
from tests.faults.children import INGEST, SEARCH, content, ingest_here, run, write_docs


def ingest_in_time(docs, workspace, seconds=20):
    """Ingest in a process of its own that must end in time; return its counts and its refusals by file name."""
    started = time.perf_counter()
    ended = run(INGEST, docs, workspace, 0)
    assert ended.returncode == 0, ended.stderr
    assert time.perf_counter() - started < seconds
    counts, *refused = ended.stdout.splitlines()[1:]
    return counts, dict(line.split(": ", 1) for line in refused)


def test_a_1_gb_log_file_is_refused_without_reading_it(tmp_path):
    docs = write_docs(tmp_path / "docs", 3)
    with (docs / "huge.log").open("wb") as file:
        file.truncate(2**30)
    started = time.perf_counter()
    report = ingest_here(docs, tmp_path / ".rag")
    assert time.perf_counter() - started < 5
    assert report.added == 3
    assert [reason for _, reason in report.failed] == [f"it has {2**30:,} bytes, the limit is {MAX_BYTES:,}: split it."]


def test_a_pipe_among_the_documents_is_not_waited_for(tmp_path):
    docs = write_docs(tmp_path / "docs", 3)
    os.mkfifo(docs / "pipe.txt")
    counts, refused = ingest_in_time(docs, tmp_path / ".rag")
    assert counts == "3 0 0 0 1" and refused == {"pipe.txt": "it is not a regular file."}


def test_links_in_circles_end_and_lead_nowhere_twice(tmp_path):
    docs = write_docs(tmp_path / "docs", 3)
    deep = docs / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_text("The zeppelin mast stands north.")
    (deep / "up").symlink_to(docs, target_is_directory=True)
    (docs / "self").symlink_to(docs / "self")
    (docs / "one.txt").symlink_to(docs / "two.txt")
    (docs / "two.txt").symlink_to(docs / "one.txt")
    (docs / "again.txt").symlink_to(deep / "deep.txt")
    (docs / "outside").symlink_to("/etc", target_is_directory=True)
    counts, refused = ingest_in_time(docs, tmp_path / ".rag")
    assert counts.startswith("4 0 0 0 ") and set(refused) == {"self", "one.txt", "two.txt", "outside"}
    assert "leaves the folder" in refused["outside"] and "in a circle" in refused["self"]


def powerless():
    """Return the command prefix under which access rights hold for root too."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root reads everything here, and there is no setpriv to take that right away")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def test_files_that_may_not_be_read_are_refused_by_name_and_the_rest_goes_in(tmp_path):
    docs = write_docs(tmp_path / "docs", 3)
    (docs / "secret.txt").write_text("for others alone")
    (docs / "secret.txt").chmod(0)
    (docs / "closed").mkdir()
    (docs / "closed" / "inside.txt").write_text("for others alone")
    (docs / "closed").chmod(0)
    ended = run(INGEST, docs, tmp_path / ".rag", 0, prefix=powerless())
    (docs / "closed").chmod(0o700)
    assert ended.returncode == 0, ended.stderr
    counts, *refused = ended.stdout.splitlines()[1:]
    assert counts == "3 0 0 0 2" and "for others alone" not in str(content(tmp_path / ".rag"))
    assert "secret.txt: reading it is not permitted: change its access rights." in refused
    assert any(line.startswith("closed: the folder cannot be read (Permission denied)") for line in refused)


def test_a_file_that_may_no_longer_be_read_keeps_its_former_version(tmp_path):
    docs = write_docs(tmp_path / "docs", 3)
    ingest_here(docs, tmp_path / ".rag")
    before = content(tmp_path / ".rag")
    (docs / "1.txt").chmod(0)
    ended = run(INGEST, docs, tmp_path / ".rag", 0, prefix=powerless())
    assert ended.stdout.splitlines()[1] == "0 0 0 2 1" and content(tmp_path / ".rag") == before


def office_file(kind, member, content):
    """Return a docx or xlsx made by its own library, with one member added."""
    file = io.BytesIO()
    if kind == "docx":
        from docx import Document

        word = Document()
        word.add_paragraph("Dogs travel free on the upper deck.")
        word.save(file)
    else:
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(["Dogs travel free on the upper deck."])
        book.save(file)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as target:
        for piece in content:
            target.write(piece)
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_zip_bombs_are_refused_in_a_moment_and_a_little_memory(tmp_path, kind):
    docs = write_docs(tmp_path / "docs", 3)
    (docs / f"bomb.{kind}").write_bytes(office_file(kind, "bomb.xml", (bytes(2**20) for _ in range(600))))
    counts, refused = ingest_in_time(docs, tmp_path / ".rag")
    assert counts == "3 0 0 0 1" and "zip bomb" in refused[f"bomb.{kind}"]


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
@pytest.mark.parametrize(
    "name", ["../../../evil.txt", "/tmp/evil-from-an-archive.txt", "..\\..\\evil.txt", "a/../../evil"]
)
def test_names_in_archives_write_nothing_anywhere(tmp_path, kind, name):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / f"a.{kind}").write_bytes(office_file(kind, name, [b"evil"]))
    report = ingest_here(docs, tmp_path / ".rag")
    assert (report.added, report.failed) == (1, ())
    assert "Dogs travel free" in content(tmp_path / ".rag")[0][3]
    outside = [path for path in tmp_path.rglob("*") if "evil" in path.name]
    assert outside == [] and not Path("/tmp/evil-from-an-archive.txt").exists()


def test_file_names_of_any_kind_are_only_names(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    names = ["a..txt", "a'b\"c; DROP TABLE chunks.txt", "-rf.txt", "new\nline.txt", "Паром ⛴.txt", "%s%n{0}.txt"]
    for number, name in enumerate(names):
        (docs / name).write_text(f"Berth {number} takes ships of {number * 7} metres.")
    report = ingest_here(docs, tmp_path / ".rag")
    assert (report.added, report.failed) == (len(names), ())
    assert {Path(source).name for source, *_ in content(tmp_path / ".rag")} == set(names)


def test_a_file_name_that_is_no_text_is_refused_and_the_rest_goes_in(tmp_path):
    docs = write_docs(tmp_path / "docs", 3)
    try:
        Path(os.fsdecode(os.fsencode(docs) + b"/bad\xff.txt")).write_text("Berth 9 is closed.")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    report = ingest_here(docs, tmp_path / ".rag")
    assert report.added == 3
    ((name, reason),) = report.failed
    assert name.endswith("bad\ufffd.txt") and "not valid UTF-8" in reason
    assert ingest_here(docs, tmp_path / ".rag").unchanged == 3


@pytest.mark.slow
def test_a_200_page_pdf_is_cited_by_page(tmp_path):
    from fpdf import FPDF

    docs = tmp_path / "docs"
    docs.mkdir()
    made = FPDF()
    made.set_font("Helvetica", size=11)
    for number in range(1, 201):
        made.add_page()
        for line in range(30):
            made.cell(text=f"Valve {number * 100 + line} opens at {number + line} bar.", new_x="LMARGIN", new_y="NEXT")
    made.output(docs / "valves.pdf")
    report = ingest_here(docs, tmp_path / ".rag")
    assert (report.added, report.failed) == (1, ())
    index = Index.open(tmp_path / ".rag", HashEmbedder())
    for number in (1, 100, 137, 200):
        best = index.search(f"Valve {number * 100 + 5} opens", 1, mode="lexical")[0].chunk
        assert best.page == number and f"Valve {number * 100 + 5} " in best.text


@pytest.mark.slow
def test_10_000_tiny_files_go_in_and_an_unchanged_1_000_cost_under_2_seconds(tmp_path):
    few = write_docs(tmp_path / "few", 1000)
    ingest_here(few, tmp_path / "small")
    again = ingest_here(few, tmp_path / "small")
    assert again.unchanged == 1000 and again.seconds < 2.0
    many = write_docs(tmp_path / "many", 10_000)
    first = ingest_here(many, tmp_path / ".rag")
    assert (first.added, first.chunks) == (10_000, 10_000)
    (many / "7.txt").write_text("Berth 7 is closed.")
    (many / "8.txt").unlink()
    report = ingest_here(many, tmp_path / ".rag")
    assert (report.changed, report.removed, report.unchanged, report.chunks) == (1, 1, 9_998, 9_999)
    assert "closed" in run(SEARCH, tmp_path / ".rag", "Berth 7 is closed").stdout


def test_nothing_of_an_ingest_keeps_threads_or_files_open(tmp_path):
    docs = write_docs(tmp_path / "docs", 3)
    ingest_here(docs, tmp_path / ".rag")

    def opened():
        links = [
            os.readlink(f"/proc/self/fd/{fd}")
            for fd in os.listdir("/proc/self/fd")
            if os.path.lexists(f"/proc/self/fd/{fd}")
        ]
        return [link for link in links if str(tmp_path) in link]

    if not Path("/proc/self/fd").exists():
        pytest.skip("open files can only be listed on Linux")
    before = threading.active_count()
    for number in range(3):
        (docs / "new.txt").write_text(f"Visitor {number} came by boat.")
        ingest_here(docs, tmp_path / ".rag")
    assert opened() == [] and threading.active_count() == before
