"""Files that cannot be read are refused, each with one sentence that says why."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from data.records import Document
from rag.errors import UnreadableDocument
from rag.read import document as read
from rag.read.document import read_document
from tests.rag.made_documents import office, outcome, pdf, reason


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a.pptx", "a.xlsx", "a.csv", "a.eml"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    assert reason(tmp_path / name, b"") == "the file is empty."


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_file_of_white_space_is_refused(tmp_path: Path, name: str) -> None:
    assert reason(tmp_path / name, " \n\t\n\ufeff") == "it holds no text."


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.csv", "a.json", "a.py"])
def test_binary_content_under_a_text_name_is_refused(tmp_path: Path, name: str) -> None:
    assert "binary content" in reason(tmp_path / name, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")


def test_bytes_without_zeros_that_are_no_text_are_called_binary_or_an_old_encoding(tmp_path: Path) -> None:
    assert "old 8-bit encoding" in reason(tmp_path / "a.txt", bytes(range(0x80, 0x100)) * 3)


def test_invalid_utf_8_is_refused_with_its_offset(tmp_path: Path) -> None:
    message = reason(tmp_path / "a.txt", "Паром ".encode() + b"\xff" + b" leaves the quay" * 9)
    assert "not valid UTF-8 (byte 0xff at offset 11)" in message


def test_an_unknown_extension_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    message = reason(tmp_path / "a.xyz", "text")
    assert "'.xyz'" in message and ".docx" in message and ".pdf" in message


def test_a_vanished_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="no such file"):
        read_document(tmp_path / "gone.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("secret")
    path.chmod(0)
    with pytest.raises(UnreadableDocument, match="not permitted"):
        read_document(path)


def test_folders_pipes_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    for name in ["folder.md", "pipe.txt", "zero.txt"]:
        with pytest.raises(UnreadableDocument, match="not a regular file|Is a directory"):
            read_document(tmp_path / name)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.log"
    with path.open("wb") as file:
        file.truncate(read.MAX_BYTES + 1)
    with pytest.raises(UnreadableDocument, match="268,435,457 bytes, the limit is 268,435,456"):
        read_document(path)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    path.write_text("one line\n")
    real_fstat = os.fstat
    calls = []

    def grow_then_stat(descriptor: int) -> os.stat_result:
        if len(calls) == 1:
            with path.open("a") as file:
                file.write("another line\n")
        calls.append(descriptor)
        return real_fstat(descriptor)

    monkeypatch.setattr(read.os, "fstat", grow_then_stat)
    with pytest.raises(UnreadableDocument, match="changed while it was read"):
        read_document(path)


def test_an_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    assert "encrypted with a password" in reason(tmp_path / "a.pdf", pdf("secret", user_password="key"))


def test_a_pdf_that_opens_without_password_is_read_although_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf("open to all", user_password=""))
    assert read_document(path).text == "open to all"


def test_a_scanned_pdf_is_refused(tmp_path: Path) -> None:
    assert "it has 1 page and no text" in reason(tmp_path / "a.pdf", pdf(""))


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_broken_office_files_are_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    whole = office(kind)
    assert f"no whole {kind.upper()} file" in reason(path, whole[: len(whole) // 2])
    assert f"no whole {kind.upper()} file" in reason(path, b"just text")
    assert "encrypted or in the old binary format" in reason(path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    other = office("xlsx" if kind == "docx" else "docx")
    assert f"so no {kind.upper()} file" in reason(path, other)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_zip_bombs_are_refused_without_unpacking(tmp_path: Path, kind: str) -> None:
    file = BytesIO(office(kind))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as members, members.open("bomb.xml", "w") as bomb:
        for _ in range(40):
            bomb.write(bytes(2**20))
    assert "zip bomb" in reason(tmp_path / f"a.{kind}", file.getvalue())


def test_a_bomb_that_declares_a_false_size_is_cut_at_that_size(tmp_path: Path) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("word/document.xml", bytes(2**24))
    false = file.getvalue().replace((2**24).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert "word/document.xml in the DOCX file is damaged (Bad CRC-32" in reason(tmp_path / "a.docx", false)


def test_an_epub_reaches_no_file_outside_itself(tmp_path: Path) -> None:
    (tmp_path / "secret.xhtml").write_text("<p>secret</p>")
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("META-INF/container.xml", '<container><rootfile full-path="b.opf"/></container>')
        items = f"<item id='a' href='../secret.xhtml'/><item id='b' href='{tmp_path}/secret.xhtml'/>"
        spine = "<spine><itemref idref='a'/><itemref idref='b'/></spine>"
        book.writestr("b.opf", f"<package>{items}{spine}</package>")
    assert reason(tmp_path / "a.epub", file.getvalue()) == "it holds no text."


def test_deeply_nested_markup_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<div>" * 20_000 + "deep words")
    assert isinstance(outcome(path), Document | UnreadableDocument)
    path = tmp_path / "a.json"
    assert "nested too deeply" in reason(path, "[" * 100_000 + "]" * 100_000)


def test_json_lines_that_are_broken_are_named(tmp_path: Path) -> None:
    assert "line 2 is not JSON" in reason(tmp_path / "a.jsonl", '{"a": 1}\n{"a": \n')
    assert "in line 3" in reason(tmp_path / "a.json", '{\n"a": 1,\n}')
