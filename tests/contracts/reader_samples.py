"""One whole file for every reader, made on the spot, and one whose parts are nested as deep as nobody nests them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO

from tests.rag.made_documents import office, pdf

PROSE = "Fares\n\nDogs pay 12 euro on deck. Cats travel free of charge.\n\nВелосипеды платят 5 евро.\n"
CODE = "/* A ship. */\nclass Ship {\n  /* Sails. */\n  int sail(int knots) { return knots; }\n}\n"


def book(chapter: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("META-INF/container.xml", '<container><rootfile full-path="b.opf"/></container>')
        members.writestr("b.opf", "<package><item id='a' href='a.xhtml'/><spine><itemref idref='a'/></spine></package>")
        members.writestr("a.xhtml", f"<html><body>{chapter}</body></html>")
    return file.getvalue()


def message(body: str, kind: str = "text/plain") -> bytes:
    return f"Subject: Fares\nFrom: a@example.org\nContent-Type: {kind}; charset=utf-8\n\n{body}".encode()


def office_with(kind: str, member: str, before: str, after: str) -> bytes:
    """An office file in one member of which `before` was replaced."""
    whole = zipfile.ZipFile(BytesIO(office(kind)))
    assert before.encode() in whole.read(member)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as members:
        for name in whole.namelist():
            content = whole.read(name)
            members.writestr(name, content.replace(before.encode(), after.encode()) if name == member else content)
    return file.getvalue()


def nest(before: str, middle: str, after: str, depth: int = 20_000) -> str:
    return before * depth + middle + after * depth


def nested_message() -> bytes:
    parts = "".join(f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n\n" for n in range(1000))
    return f"Subject: a\nContent-Type: multipart/mixed; boundary=0\n\n{parts}--1000\n\nwords\n--1000--\n".encode()


WHOLE: dict[str, Callable[[], bytes]] = {
    "": lambda: PROSE.encode(),
    ".md": lambda: f"# Ferry\n\n{PROSE}\n## Dogs\n\n- one\n- two\n".encode(),
    ".html": lambda: f"<title>Ferry</title><h1>Ferry</h1><p>{PROSE}</p><h2>Dogs</h2><ul><li>One</ul>".encode(),
    ".pdf": lambda: pdf("Dogs pay 12 euro."),
    ".docx": lambda: office("docx"),
    ".pptx": lambda: office("pptx"),
    ".xlsx": lambda: office("xlsx"),
    ".csv": lambda: 'port,price\nBrenna,"1,200"\nКаллвик,5\n'.encode(),
    ".tsv": lambda: 'port\tprice\nBrenna\t"1,200"\nКаллвик\t5\n'.encode(),
    ".json": lambda: json.dumps([{"port": "Brenna", "fares": [1, {"dog": 12}]}, {"port": "Каллвик"}]).encode(),
    ".jsonl": lambda: b'{"port": "Brenna"}\n{"port": "Kallvik", "dogs": [1, 2]}\n',
    ".eml": lambda: message(PROSE),
    ".epub": lambda: book(f"<h1>Ferry</h1><p>{PROSE}</p>"),
    ".py": lambda: b"@x\nclass Ship:\n    def sail(self):\n        return '''a'''\n",
    ".sql": lambda: b"-- Ships.\nCREATE TABLE ships (id int);\nSELECT 1;\n",
    **dict.fromkeys((".c", ".cpp", ".cs", ".java", ".js", ".ts", ".tsx"), lambda: CODE.encode()),
    ".go": lambda: b"package a\n\n// Sail sails.\nfunc Sail() int {\n\treturn 1\n}\n",
    ".rs": lambda: b"/// Sails.\nfn sail() -> i32 {\n    1\n}\n",
    ".kt": lambda: b"class Ship {\n    fun sail(): Int {\n        return 1\n    }\n}\n",
    ".scala": lambda: b"class Ship {\n  def sail(): Int = {\n    1\n  }\n}\n",
    ".swift": lambda: b"class Ship {\n    func sail() -> Int {\n        return 1\n    }\n}\n",
    ".rb": lambda: b"# A ship.\nclass Ship\n  def sail\n    1\n  end\nend\n",
    ".php": lambda: b"<?php\nfunction sail() {\n    return 1;\n}\n",
    ".css": lambda: b"a { color: red }\n/* record Ship */\n",
}
"""The first extension of each reader, and a file it reads."""

_BRACES = nest("class A {", "int x;", "}").encode()
NESTED: dict[str, Callable[[], bytes]] = {
    "": lambda: nest("(", "words", ")").encode(),
    ".md": lambda: nest("> ", "words", "").encode() + nest("[", "x", "](y)").encode(),
    ".html": lambda: nest("<div>", "words", "</div>").encode(),
    ".pdf": lambda: pdf("words").replace(b"/Type /Catalog", b"/X " + nest("[", "", "]").encode() + b"/Type /Catalog"),
    ".docx": lambda: office_with(
        "docx",
        "word/document.xml",
        "<w:body>",
        "<w:body>" + nest("<w:sdt><w:sdtContent>", "", "</w:sdtContent></w:sdt>"),
    ),
    ".pptx": lambda: office_with(
        "pptx", "ppt/slides/slide1.xml", "</p:spTree>", nest("<p:grpSp>", "", "</p:grpSp>") + "</p:spTree>"
    ),
    ".xlsx": lambda: office_with("xlsx", "xl/worksheets/sheet1.xml", "<is>", "<is>" + nest("<r>", "", "</r>")),
    ".csv": lambda: nest('"', "words", '"').encode(),
    ".tsv": lambda: nest('"', "words", '"').encode(),
    ".json": lambda: nest('{"a":[', "1", "]}").encode(),
    ".jsonl": lambda: nest("[", "1", "]").encode(),
    ".eml": nested_message,
    ".epub": lambda: book(nest("<p><b>", "words", "</b></p>")),
    ".py": lambda: nest("(", "1", ")").encode(),
    ".sql": lambda: b"CREATE TABLE a " + nest("(", "x int", ")").encode(),
    ".css": lambda: nest("a{", "", "}").encode(),
    **dict.fromkeys(
        (*(".c", ".cpp", ".cs", ".java", ".js", ".ts", ".tsx", ".go", ".rs", ".kt", ".scala", ".swift", ".php"), ".rb"),
        lambda: _BRACES,
    ),
}
