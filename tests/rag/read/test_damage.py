"""Damaged and booby-trapped documents of every format give a document or one clear reason, and fetch nothing."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from data.records import Document
from tests.rag.made_documents import office, outcome, pdf

SOURCES = {
    "a.pdf": lambda: pdf("Dogs pay 12 euro."),
    "a.docx": lambda: office("docx"),
    "a.xlsx": lambda: office("xlsx"),
    "a.pptx": lambda: office("pptx"),
    "a.html": lambda: b"<html><meta charset=x><main><table><tr><td>a<td>b</table><p>text</main>" * 3,
    "a.eml": lambda: (
        b"Subject: =?utf-8?b?0J/QsNGA?=\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\nContent-Type: text/html; charset=koi8-r\nContent-Transfer-Encoding: base64\n\nPGI+YTwvYj4=\n--x--\n"
    ),
    "a.csv": lambda: b'a,b\n"x ""y""",2\n' * 5,
    "a.json": lambda: b'[{"a": [1, {"b": "c"}], "d": 1e400, "e": "\\ud800"}]',
    "a.py": lambda: b"@x\nclass A:\n    def f(self): return '''a'''\n",
}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_damaged_files_give_a_document_or_one_clear_reason(tmp_path: Path, name: str) -> None:
    whole = SOURCES[name]()
    random = np.random.default_rng(7)
    path = tmp_path / name
    for _ in range(60):
        damaged = bytearray(whole)
        for position in random.integers(0, len(whole), size=random.integers(1, 12)):
            damaged[position] = random.integers(0, 256)
        path.write_bytes(bytes(damaged[: random.integers(len(whole) // 2, len(whole) + 1)]) or b"x")
        outcome(path)
        path.write_bytes(bytes(damaged))
        assert str(outcome(path))


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_office_files_with_damaged_xml_give_a_document_or_one_clear_reason(tmp_path: Path, kind: str) -> None:
    whole = zipfile.ZipFile(BytesIO(office(kind)))
    members = {name: whole.read(name) for name in whole.namelist()}
    random = np.random.default_rng(11)
    path = tmp_path / f"a.{kind}"
    names = [name for name in members if name.endswith((".xml", ".rels")) and "theme" not in name]
    for round_ in range(80):
        changed = dict(members)
        name = names[round_ % len(names)]
        body = bytearray(members[name])
        tags = [i for i, byte in enumerate(body) if byte in b'<"=']
        start = int(random.choice(tags))
        del body[start : start + int(random.integers(1, 60))]
        changed[name] = bytes(body)
        if round_ % 5 == 0:
            del changed[name]
        with zipfile.ZipFile(path, "w") as file:
            for member, content in changed.items():
                file.writestr(member, content)
        assert str(outcome(path))


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
DOCTYPE = '<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}<!ENTITY file SYSTEM "file://{path}">]>'


@pytest.mark.parametrize(
    ("kind", "member", "place"),
    [
        ("docx", "word/document.xml", "<w:t>Fares</w:t>"),
        ("pptx", "ppt/slides/slide1.xml", "<a:t>Fares</a:t>"),
        ("xlsx", "xl/worksheets/sheet1.xml", "<t>Cabin</t>"),
    ],
)
@pytest.mark.parametrize("entity", ["l9", "file"])
def test_entities_neither_explode_nor_fetch_files(
    tmp_path: Path, kind: str, member: str, place: str, entity: str
) -> None:
    (tmp_path / "secret").write_text("secret words")
    whole = zipfile.ZipFile(BytesIO(office(kind)))
    assert member in whole.namelist()
    path = tmp_path / f"a.{kind}"
    with zipfile.ZipFile(path, "w") as file:
        for name in whole.namelist():
            content = whole.read(name).decode("utf-8", "surrogateescape")
            if name == member:
                assert place in content
                content = content.replace(place, place.replace(">F", f">&{entity};F").replace(">C", f">&{entity};C"))
                body = content.partition("?>")[2] if content.startswith("<?xml") else content
                content = DOCTYPE.format(laughs=LAUGHS, path=tmp_path / "secret") + body
            file.writestr(name, content.encode("utf-8", "surrogateescape"))
    result = outcome(path)
    text = result.text if isinstance(result, Document) else str(result)
    assert len(text) < 10_000
    assert "secret words" not in text
