"""A mail message as its reader sees it: people and date, every body, forwarded messages, and what is attached.

Attachments are read by the reader of their kind, under a heading with their name. How many parts, how deep and how many
bytes are bounded; what lies beyond, and what no reader reads, is named, and said to be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from rag.errors import UnreadableDocument
from rag.read import Extract, TextBuilder, as_utf8
from rag.read.mail.calendar import calendar_lines
from rag.read.mail.parts import best_form, children, content, header, html_extract, is_body, leaves, part_text

MEDIA_TYPE = "message/rfc822"

Read = Callable[[bytes], Extract]
FindReader = Callable[[str, str], Read | None]
"""From the extension of a file, with its dot, and its media type to the function that reads it."""

_MOST_PARTS = 500
_DEEPEST = 8
_MOST_BYTES = 64 * 2**20
_SEEN_ONLY = frozenset({"image", "audio", "video", "font"})


@dataclass(slots=True)
class MailLimits:
    """How much of a message may still be read, and whether it was told that something is not."""

    parts: int = _MOST_PARTS
    data: int = _MOST_BYTES
    told: bool = False


def mail_reader(find_reader: FindReader) -> Read:
    """Return a reader of messages whose attachments are read by what `find_reader` gives for their kind."""

    def read_mail(data: bytes) -> Extract:
        message = BytesParser(EmailMessage, policy=default).parsebytes(data)
        builder = TextBuilder()
        _MessageWriter(builder, find_reader, MailLimits()).message(message, 0)
        return builder.build(MEDIA_TYPE)

    return read_mail


class _MessageWriter:
    """Writes the parts of a message in their order."""

    def __init__(self, builder: TextBuilder, find_reader: FindReader, limits: MailLimits) -> None:
        self._builder = builder
        self._find_reader = find_reader
        self._limits = limits

    def message(self, message: EmailMessage, depth: int) -> None:
        """Write one message and all that is in it."""
        subject = header(message, "Subject")
        if subject:
            self._builder.heading(subject, depth + 1)
        for name in ("From", "To", "Cc", "Date"):
            if words := header(message, name):
                self._builder.line(f"{name}: {words}")
        self._builder.line("")
        self._part(message, depth)

    def _part(self, part: EmailMessage, depth: int) -> None:
        self._limits.parts -= 1
        if self._limits.parts < 0 or depth > _DEEPEST:
            if not self._limits.told:
                self._builder.note("parts of the message that are nested too deeply, or too many, are not read.")
            self._limits.told = True
        elif part.get_content_type() == "multipart/alternative":
            self._forms(part, depth)
        elif part.get_content_maintype() == "multipart":
            for child in children(part):
                self._part(child, depth)
        else:
            self._leaf(part, depth)

    def _leaf(self, part: EmailMessage, depth: int) -> None:
        kind = part.get_content_type()
        if kind == MEDIA_TYPE:
            for child in children(part):
                self.message(child, depth + 1)
        elif kind == "text/calendar":
            self._calendar(part_text(part))
        elif is_body(part):
            self._body(part, depth)
        else:
            self._attachment(part, depth)

    def _forms(self, part: EmailMessage, depth: int) -> None:
        """Write the best form of a body, and of the others what is no form of it."""
        forms = children(part)
        bodies = [form for form in forms if any(map(is_body, leaves(form)))]
        best = best_form(bodies)
        for form in forms:
            if form is best:
                self._part(form, depth)
                continue
            for leaf in leaves(form):
                if not is_body(leaf):
                    self._part(leaf, depth)

    def _body(self, part: EmailMessage, depth: int) -> None:
        if part.get_content_subtype() == "html":
            self._builder.append(html_extract(part), level=depth + 2)
            return
        for line in part_text(part).replace("\r\n", "\n").split("\n"):
            self._builder.line(line.rstrip())
        self._builder.line("")

    def _calendar(self, text: str) -> None:
        for line in calendar_lines(text):
            self._builder.line(line)
        self._builder.line("")

    def _attachment(self, part: EmailMessage, depth: int) -> None:
        name = " ".join(str(part.get_filename() or "").split())
        shown = name or part.get_content_type()
        try:
            extract = self._read(part, name)
        except (UnreadableDocument, RecursionError) as error:
            self._builder.note(f"the attachment {shown} is not read: {error or 'it is nested too deeply.'}")
            extract = None
        if extract is None or not extract.text.strip():
            self._builder.line(f"Attachment: {shown}")
        else:
            self._builder.heading(f"Attachment: {shown}", depth + 2)
            self._builder.append(extract, level=depth + 3)

    def _read(self, part: EmailMessage, name: str) -> Extract | None:
        """Return what the reader of an attachment makes of it; None where it is only seen, or has none."""
        if part.get_content_maintype() in _SEEN_ONLY:
            return None
        extension = name[name.rfind(".") :].lower() if "." in name else ""
        read = self._find_reader(extension, part.get_content_type())
        if read is None:
            raise UnreadableDocument(f"the extension {extension!r} is not known." if extension else "it has no name.")
        data = part_text(part).encode("utf-8", "replace") if _is_plain(part) else as_utf8(content(part)).data
        self._limits.data -= len(data)
        if self._limits.data < 0:
            raise UnreadableDocument(f"the attachments have more than {_MOST_BYTES:,} bytes.")
        return read(data)


def _is_plain(part: Any) -> bool:
    return bool(part.get_content_maintype() == "text" and part.get_content_charset())
