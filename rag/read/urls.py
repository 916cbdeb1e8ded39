"""Documents that do not lie in a folder: pages by URL, and text from standard input.

Their bytes go to a folder of the caller, under a name whose extension chooses the reader; citations show the URL or the
name given. Nothing is fetched but what is listed: no links are followed, redirects only to http(s).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.error import HTTPError
from urllib.parse import quote, urldefrag, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from data.errors import InputError
from rag.errors import UnreadableDocument
from rag.read.document import KNOWN_EXTENSIONS, SourceFile

MAX_BYTES = 32 * 2**20
TIMEOUT_S = 30.0

_BLOCK = 65_536
_TYPES = {
    "application/epub+zip": ".epub",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-ndjson": ".jsonl",
    "application/xhtml+xml": ".html",
    "message/rfc822": ".eml",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
}
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})
"""Types that say less than the extension of the URL does."""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What could be had, and (source, reason) pairs for what could not."""

    files: tuple[SourceFile, ...]
    failed: tuple[tuple[str, str], ...]


def read_url_list(path: Path) -> list[tuple[int, str]]:
    """Return line numbers and URLs of a file with one URL a line; empty lines and lines starting with # are comments.

    :raises InputError: the file cannot be read or holds no URL.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The URL list {path} cannot be read ({error}): pass a UTF-8 file, one URL a line.") from error
    found = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
    wanted = [(number, url) for number, url in found if url and not url.startswith("#")]
    if not wanted:
        raise InputError(f"The URL list {path} holds no URL: write one a line.")
    return wanted


def fetch_all(
    listed: Path,
    folder: Path,
    *,
    max_bytes: int = MAX_BYTES,
    timeout_s: float = TIMEOUT_S,
    progress: Callable[[int, int, str], None] | None = None,
) -> FetchResult:
    """Fetch every URL of the list `listed` into `folder`; one that fails is named with its line and stops none.

    :raises InputError: the list cannot be read.
    """
    wanted = read_url_list(listed)
    files: dict[str, SourceFile] = {}
    failed: list[tuple[str, str]] = []
    for done, (number, url) in enumerate(wanted, start=1):
        try:
            file = _fetch(url, folder, str(done), max_bytes, timeout_s)
            files.setdefault(file.source, file)
        except UnreadableDocument as error:
            failed.append((url, f"line {number} of {listed}: {error}"))
        if progress is not None:
            progress(done, len(wanted), url)
    return FetchResult(tuple(files.values()), tuple(failed))


def keep_stream(stream: IO[bytes], name: str, folder: Path, *, max_bytes: int = MAX_BYTES) -> SourceFile:
    """Keep the bytes of a stream in `folder` as the document `name`, read by its extension, as text without one.

    :raises InputError: the extension is unknown, or there is too much to read.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension and extension not in KNOWN_EXTENSIONS:
        raise InputError(f"The name {name!r} has an extension that is not known: use .txt, .md, .html, .pdf or none.")
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise InputError(f"Standard input holds more than {max_bytes:,} bytes: save it as a file and ingest that.")
    return _keep(data, folder, f"stdin{extension or '.txt'}", name, f"stdin:{name}")


def _keep(data: bytes, folder: Path, file_name: str, source: str, origin: str) -> SourceFile:
    path = folder / file_name
    path.write_bytes(data)
    return SourceFile(path, source, origin)


def _fetch(url: str, folder: Path, name: str, max_bytes: int, timeout_s: float) -> SourceFile:
    address = _checked(url)
    deadline = time.monotonic() + timeout_s
    request = Request(address, headers={"User-Agent": "silentdrift", "Accept": "*/*"})
    try:
        with build_opener(_HttpOnly).open(request, timeout=timeout_s) as reply:
            data = _body(reply, max_bytes, deadline, timeout_s)
            extension, charset = _kind(reply.headers, reply.geturl())
    except HTTPError as error:
        error.close()
        raise UnreadableDocument(f"the server answered HTTP {error.code} {error.reason}: check the URL.") from error
    except (OSError, HTTPException, UnicodeError) as error:
        raise UnreadableDocument(f"it cannot be fetched ({error}): check the URL and the network.") from error
    source = urldefrag(url).url
    return _keep(_as_utf8(data, charset, extension), folder, name + extension, source, source)


class _HttpOnly(HTTPRedirectHandler):
    """Follows redirects, but not to other schemes, which urllib would (ftp)."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        """Return the request that follows, or refuse."""
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise UnreadableDocument(f"the server redirects to {newurl}, which is no http(s) URL.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _checked(url: str) -> str:
    """Return the URL as it is asked for, non-ASCII characters escaped."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        netloc = f"{host}:{parts.port}" if parts.port else host
    except ValueError as error:
        raise UnreadableDocument(f"it is no URL ({error}).") from error
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise UnreadableDocument("it is no plain http(s) URL: write it as https://host/path.")
    path, query = quote(parts.path, safe="/%:@!$&'()*+,;=~"), quote(parts.query, safe="=&%+/?:@!$'()*,;~")
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _body(reply: HTTPResponse, max_bytes: int, deadline: float, timeout_s: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while block := reply.read1(_BLOCK):
        parts.append(block)
        size += len(block)
        if size > max_bytes:
            raise UnreadableDocument(f"it has more than {max_bytes:,} bytes: save it as a file and ingest that.")
        if time.monotonic() > deadline:
            raise UnreadableDocument(f"it was not complete after {timeout_s:g} s.")
    if reply.length:
        raise UnreadableDocument(f"the connection was closed {reply.length:,} bytes before the end: try again.")
    return b"".join(parts)


def _kind(headers: Message, url: str) -> tuple[str, str]:
    """Return the extension whose reader fits, and the character set the server names."""
    told = headers.get_content_type() if headers.get("Content-Type") else ""
    named = PurePosixPath(urlsplit(url).path).suffix.lower()
    charset = str(headers.get_content_charset() or "")
    if told in _TYPES:
        return _TYPES[told], charset
    if named in KNOWN_EXTENSIONS and (told in _UNTOLD or told.startswith("text/")):
        return named, charset
    if told.startswith("text/"):
        return ".txt", charset
    raise UnreadableDocument(f"the server sends {told or 'no content type'}, for which there is no reader.")


def _as_utf8(data: bytes, charset: str, extension: str) -> bytes:
    """Return text in UTF-8 when the server names another character set that it really is in."""
    if charset in ("", "utf-8", "us-ascii"):
        return data
    try:
        # A page may name its former character set inside; the mark overrules it.
        return data.decode(charset).encode("utf-8-sig" if extension == ".html" else "utf-8")
    except (LookupError, UnicodeDecodeError):
        return data
