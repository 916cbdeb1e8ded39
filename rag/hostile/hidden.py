"""Text a file carries and its reader leaves out: comments, hidden elements, attributes, metadata, tracked remarks.

None of it reaches an index, so it can harm no answer. An order to a model among it still says what its author is up to,
and `rag ingest` reports it. Text is taken from the raw markup here, crudely: it is linted, never quoted.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePath

from rag.hostile.linter import HARMLESS, SuspiciousText, lint

_DEAD = re.compile(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_ELEMENT = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_VALUE = re.compile(r"=\s*(?:\"([^\"]{12,})\"|'([^']{12,})')")
_PARTS = re.compile(
    r"docProps/.*\.xml|.*(?:comments?\d*|document|footnotes|endnotes|slide\d+|sharedStrings)\.xml|.*\.x?html?"
)
_MOST = 2**22
"""Characters looked at per file."""


def lint_unread(data: bytes, name: str, extracted: str) -> list[SuspiciousText]:
    """Return what looks hostile in the text of file `data` that is not in `extracted`, what its reader made of it.

    Places are those in the raw text and mean nothing to readers. Unknown and damaged formats give nothing.
    """
    reader = _RAW.get(PurePath(name).suffix.lower())
    if reader is None:
        return []
    try:
        raw = reader(data)[:_MOST]
    except (OSError, ValueError, LookupError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return []  # its reader has said what is wrong with it
    known = {_words(item, extracted) for item in lint(extracted)}
    found = {_words(item, raw): item for item in lint(raw) if item.rule not in HARMLESS | {"fake_citation"}}
    return [item for words, item in found.items() if words not in known]


def _words(finding: SuspiciousText, text: str) -> tuple[str, str]:
    return finding.rule, " ".join(text[finding.start : finding.end].casefold().split())


def _of_markup(data: bytes) -> str:
    """Return comments, attribute values and all text of HTML or XML, hidden or not."""
    return _stripped(data.decode("utf-8", "replace"))


def _stripped(markup: str) -> str:
    bare = _COMMENT.sub(r"\n\1\n", _DEAD.sub(" ", markup))
    values = "\n".join(double or single for tag in _ELEMENT.findall(bare) for double, single in _VALUE.findall(tag))
    return html.unescape(f"{_ELEMENT.sub(' ', bare)}\n{values}")


def _of_archive(data: bytes) -> str:
    """Return the text of the parts of an office document or e-book that can hold words."""
    texts: list[str] = []
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for part in archive.infolist():
            if _PARTS.fullmatch(part.filename) and part.file_size <= _MOST:
                joined = archive.read(part).decode("utf-8", "replace").replace("</w:t><", "</w:t> <")
                texts.append(_stripped(joined))
    return "\n".join(texts)


def _of_mail(data: bytes) -> str:
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join(_stripped(str(part.get_content())) for part in parts)


def _of_pdf(data: bytes) -> str:
    """Return the metadata of a PDF."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
    except PdfiumError:
        return ""
    try:
        return "\n".join(document.get_metadata_dict().values())
    finally:
        document.close()


_RAW: dict[str, Callable[[bytes], str]] = {
    **dict.fromkeys((".htm", ".html", ".xhtml"), _of_markup),
    **dict.fromkeys((".docx", ".pptx", ".xlsx", ".xlsm", ".epub"), _of_archive),
    ".eml": _of_mail,
    ".pdf": _of_pdf,
}
