"""Documents that do not lie in a folder: pages by URL, and text from standard input.

Their bytes go to a folder of the caller, under a name whose extension chooses the reader; citations show the URL or the
name given. Nothing is fetched but what is listed: no links are followed, redirects only to http(s), and to no internal
address from a public one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, urldefrag, urlsplit, urlunsplit
from urllib.request import getproxies

from data.errors import InputError, cause
from rag.errors import UnreadableDocument
from rag.http import trusted_roots
from rag.read.addresses import AddressGuard
from rag.read.document import SourceFile
from rag.read.readers import READERS, Readers

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 32 * 2**20
TIMEOUT_S = 30.0

_MOST_REDIRECTS = 10
_HEADERS = {"User-Agent": "silentdrift", "Accept": "*/*", "Accept-Encoding": "identity"}
"""Pages are asked for as they are: compressed ones could be larger than any limit by the time they are unpacked."""
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})
"""Types that say less than the extension of the URL does."""

_GUARD = AddressGuard()


@dataclass(frozen=True, slots=True)
class _Limits:
    """How much is fetched of one URL, and for how long."""

    max_bytes: int
    timeout_s: float
    deadline: float

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise UnreadableDocument(f"it was not complete after {self.timeout_s:g} s.")


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
        raise InputError(
            f"The URL list {path} cannot be read ({cause(error)}): pass a UTF-8 file, one URL a line."
        ) from error
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
    readers: Readers = READERS,
    guard: AddressGuard = _GUARD,
) -> FetchResult:
    """Fetch every URL of the list `listed` into `folder`; one that fails is named with its line and stops none.

    `guard` decides where servers may redirect to.

    :raises InputError: the list cannot be read.
    """
    wanted = read_url_list(listed)
    files: dict[str, SourceFile] = {}
    failed: list[tuple[str, str]] = []
    with _client(timeout_s) as client:
        for done, (number, url) in enumerate(wanted, start=1):
            limits = _Limits(max_bytes, timeout_s, time.monotonic() + timeout_s)
            try:
                file = _fetch(client, url, folder, str(done), limits, readers, guard)
                files.setdefault(file.source, file)
            except UnreadableDocument as error:
                failed.append((url, f"line {number} of {listed}: {error}"))
            if progress is not None:
                progress(done, len(wanted), url)
    return FetchResult(tuple(files.values()), tuple(failed))


def keep_stream(
    stream: IO[bytes], name: str, folder: Path, *, max_bytes: int = MAX_BYTES, readers: Readers = READERS
) -> SourceFile:
    """Keep the bytes of a stream in `folder` as the document `name`, read by its extension, as text without one.

    :raises InputError: the extension is unknown, or there is too much to read.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension and extension not in readers.extensions:
        raise InputError(f"The name {name!r} has an extension that is not known: use .txt, .md, .html, .pdf or none.")
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise InputError(f"Standard input holds more than {max_bytes:,} bytes: save it as a file and ingest that.")
    return _keep(data, folder, f"stdin{extension or '.txt'}", name, f"stdin:{name}")


def _keep(data: bytes, folder: Path, file_name: str, source: str, origin: str) -> SourceFile:
    path = folder / file_name
    path.write_bytes(data)
    return SourceFile(path, source, origin)


def _client(timeout_s: float) -> httpx.Client:
    import httpx

    return httpx.Client(headers=_HEADERS, timeout=timeout_s, verify=trusted_roots())


def _fetch(
    client: httpx.Client, url: str, folder: Path, name: str, limits: _Limits, readers: Readers, guard: AddressGuard
) -> SourceFile:
    import httpx

    client.cookies.clear()  # no page depends on those before it
    try:
        with _opened(client, _checked(url), limits, guard) as (response, path):
            data = _body(response, limits)
            extension, charset = _kind(response, path, readers)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        told = str(error) or type(error).__name__
        raise UnreadableDocument(f"it cannot be fetched ({told}): check the URL and the network.") from error
    source = urldefrag(url).url
    return _keep(_as_utf8(data, charset, extension), folder, name + extension, source, source)


@contextmanager
def _opened(
    client: httpx.Client, url: str, limits: _Limits, guard: AddressGuard
) -> Iterator[tuple[httpx.Response, str]]:
    """Open what a URL leads to in the end, within http(s); with the path that is."""
    import httpx

    target = httpx.URL(url)
    guard = replace(guard, proxied=bool(getproxies()))
    address, listed = guard.check_listed(target.host, _port(target))
    for _ in range(_MOST_REDIRECTS + 1):
        with closing(client.send(_request(client, target, address), stream=True)) as response:
            location = response.headers.get("Location", "")
            if not response.has_redirect_location:
                if not response.is_success:
                    code, reason = response.status_code, response.reason_phrase
                    raise UnreadableDocument(f"the server answered HTTP {code} {reason}: check the URL.")
                yield response, target.path
                return
        target = _redirected(target, location)
        address = guard.check_redirect(target.host, _port(target), listed)
        limits.check_time()
    raise UnreadableDocument(f"the server redirects more than {_MOST_REDIRECTS} times: check the URL.")


def _request(client: httpx.Client, target: httpx.URL, address: str) -> httpx.Request:
    """Return a request to the address that was checked; a proxy resolves names itself, and is given the name."""
    if getproxies():
        return client.build_request("GET", target)
    shown = target.host if target.port is None else f"{target.host}:{target.port}"
    named = shown if ":" not in target.host else f"[{target.host}]" + (f":{target.port}" if target.port else "")
    options = {"sni_hostname": target.host}
    return client.build_request("GET", target.copy_with(host=address), headers={"Host": named}, extensions=options)


def _redirected(target: httpx.URL, location: str) -> httpx.URL:
    import httpx

    found = target.join(httpx.URL(location))
    if found.scheme not in ("http", "https") or not found.host or found.userinfo:
        raise UnreadableDocument(f"the server redirects to {found}, which is no plain http(s) URL.")
    return found


def _port(target: httpx.URL) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


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


def _body(response: httpx.Response, limits: _Limits) -> bytes:
    import httpx

    packed = response.headers.get("Content-Encoding", "identity").lower()
    if packed != "identity":
        raise UnreadableDocument(f"the server sends it compressed ({packed}), unasked: save it as a file.")
    parts: list[bytes] = []
    size = 0
    try:
        for block in response.iter_raw():
            parts.append(block)
            size += len(block)
            if size > limits.max_bytes:
                raise UnreadableDocument(
                    f"it has more than {limits.max_bytes:,} bytes: save it as a file and ingest that."
                )
            limits.check_time()
    except httpx.RemoteProtocolError as error:
        missing = int(response.headers.get("Content-Length", size)) - size
        if missing <= 0:
            raise
        raise UnreadableDocument(f"the connection was closed {missing:,} bytes before the end: try again.") from error
    return b"".join(parts)


def _kind(response: httpx.Response, path: str, readers: Readers) -> tuple[str, str]:
    """Return the extension whose reader fits, and the character set the server names."""
    told = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    named = PurePosixPath(path).suffix.lower()
    charset = (response.charset_encoding or "").lower()
    if (extension := readers.extension_of(told)) is not None:
        return extension, charset
    if named in readers.extensions and (told in _UNTOLD or told.startswith("text/")):
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
