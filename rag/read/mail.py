"""Mail messages: subject, people and date, the body, and the names of what is attached."""

from __future__ import annotations

from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import default

from rag.read.extracted import Extract, TextBuilder
from rag.read.html import read_html

MEDIA_TYPE = "message/rfc822"


def read_mail(data: bytes) -> Extract:
    """Extract one message; the plain body is preferred to the HTML one, attachments are only named."""
    message = BytesParser(EmailMessage, policy=default).parsebytes(data)
    builder = TextBuilder()
    subject = " ".join(str(message["Subject"] or "").split())
    if subject:
        builder.heading(subject, 1)
    for name in ("From", "To", "Cc", "Date"):
        if message[name]:
            builder.line(f"{name}: {' '.join(str(message[name]).split())}")
    builder.line("")
    body = message.get_body(("plain", "html"))
    if body is not None:
        _write_body(builder, body)
    for part in message.iter_attachments():
        builder.line(f"Attachment: {part.get_filename() or part.get_content_type()}")
    return builder.build(MEDIA_TYPE)


def _write_body(builder: TextBuilder, body: MIMEPart) -> None:
    payload = body.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        text = data.decode(body.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    if body.get_content_subtype() == "html":
        builder.append(read_html(text.encode()), level=2)
        return
    for line in text.replace("\r\n", "\n").split("\n"):
        builder.line(line.rstrip())
