"""Electronic books: the chapters in reading order, each read as HTML."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote
from zipfile import ZipFile

from rag.errors import UnreadableDocument
from rag.read.archive import open_archive
from rag.read.extracted import Extract, TextBuilder
from rag.read.html import read_html

MEDIA_TYPE = "application/epub+zip"

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"


def read_epub(data: bytes) -> Extract:
    """Extract the chapters that the book's spine lists, in its order.

    Names in the book only ever name members of the archive: nothing is unpacked to disk.

    :raises UnreadableDocument: the book is broken, protected against copying, or lists no chapters.
    """
    builder = TextBuilder()
    with open_archive(data, _CONTAINER, kind="EPUB") as archive:
        chapters = list(_chapters(archive))
        _refuse_protected(archive, chapters)
        for chapter in chapters:
            builder.append(read_html(archive.read(chapter)))
    return builder.build(MEDIA_TYPE)


def _chapters(archive: ZipFile) -> Iterator[str]:
    from bs4 import BeautifulSoup

    root = BeautifulSoup(archive.read(_CONTAINER), "lxml-xml").find("rootfile")
    package = str(root.get("full-path")) if root else ""
    if package not in archive.NameToInfo:
        raise UnreadableDocument("the book does not say where its contents are listed: get it again.")
    contents = BeautifulSoup(archive.read(package), "lxml-xml")
    places = {str(item.get("id")): str(item.get("href") or "") for item in contents.find_all("item")}
    for reference in contents.find_all("itemref"):
        place = places.get(str(reference.get("idref")), "")
        name = posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(place)))
        if name in archive.NameToInfo:
            yield name


def _refuse_protected(archive: ZipFile, chapters: list[str]) -> None:
    if _ENCRYPTION not in archive.NameToInfo:
        return
    from bs4 import BeautifulSoup

    references = BeautifulSoup(archive.read(_ENCRYPTION), "lxml-xml").find_all("CipherReference")
    if {unquote(str(reference.get("URI"))) for reference in references} & set(chapters):
        raise UnreadableDocument("the book is protected against copying (DRM): use an unprotected copy.")
