"""Parts of a message: their words in whatever encoding, and which of several forms of a body says the most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from typing import Any, cast

from rag.read import Extract, guess_text, read_html

_WORD = re.compile(r"[^\W_]+")
_HELD = 0.6
"""The least share of an HTML body's words that a plain body beside it holds when it is the same text."""
_RAW_BYTE = re.compile("[\udc80-\udcff]")


def children(part: Message) -> list[EmailMessage]:
    """Return the parts that a part is made of."""
    payload = part.get_payload()
    return cast("list[EmailMessage]", payload) if isinstance(payload, list) else []


def leaves(part: Message) -> Iterator[EmailMessage]:
    """Yield the parts that hold no others, in order; a forwarded message counts as one."""
    stack: list[Any] = [part]
    while stack:
        top = stack.pop()
        if top.get_content_maintype() == "multipart":
            stack.extend(reversed(children(top)))
        else:
            yield top


def content(part: Message) -> bytes:
    """Return the bytes of a part."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def part_text(part: Message) -> str:
    """Return the text of a part: in the encoding it declares, else in one that fits."""
    data = content(part)
    for encoding in (part.get_content_charset("utf-8"), "utf-8"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return _guessed(data)


def header(message: EmailMessage, name: str) -> str:
    """Return a header on one line; letters that were written without saying their encoding are guessed."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if _RAW_BYTE.search(raw):
        data = raw.encode("utf-8", "surrogateescape")
        try:
            words = data.decode("utf-8")
        except UnicodeDecodeError:
            words = _guessed(data)
    else:
        words = str(message[name] or "")
    return " ".join(words.split())


def _guessed(data: bytes) -> str:
    guess = guess_text(data)
    return guess.text if guess is not None else data.decode("utf-8", "replace")


def is_body(part: Message) -> bool:
    """Tell whether a part is text that mail programs show as the message itself."""
    shown = part.get_content_disposition() != "attachment" and not part.get_filename()
    return shown and part.get_content_type() in ("text/plain", "text/html", "text/enriched")


def html_extract(part: Message) -> Extract:
    """Return what a visitor sees of an HTML part."""
    return read_html(part_text(part).encode("utf-8", "replace"))


def best_form(forms: list[EmailMessage]) -> EmailMessage | None:
    """Return the one of several forms of a body to be read: the plain one, unless it says much less than the HTML one.

    Programs write a plain body that is empty, or that only says that HTML cannot be shown.
    """
    plain = next((form for form in forms if form.get_content_type() == "text/plain"), None)
    rich = next((form for form in reversed(forms) if _html_of(form)), None)
    if plain is None or rich is None:
        return plain or rich or (forms[-1] if forms else None)
    said = _words(part_text(plain))
    wanted = {word for part in _html_of(rich) for word in _words(html_extract(part).text)}
    return plain if len(said & wanted) >= _HELD * len(wanted) and said else rich


def _html_of(form: Message) -> list[EmailMessage]:
    return [part for part in leaves(form) if is_body(part) and part.get_content_type() == "text/html"]


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
