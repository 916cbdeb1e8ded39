"""Where a text leads when a program shows it: destinations as a Markdown renderer and a browser read them.

Markdown decodes entities and backslashes in a destination. A browser drops tabs and line ends in an address, takes a
backslash for a slash, and reads "https:host" and "http:/host" as addresses of a host. So all are levelled first.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_DROPPED = re.compile("[\x00-\x20\x7f\u200b\u2060\ufeff\u00ad]+")
_SCHEME = re.compile(r"(https?|ftp|wss?):[/\\]*", re.IGNORECASE)
_LEADS = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_CSS_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)

_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
_TARGET = re.compile(
    r"\(\s{0,20}(?:<((?:\\.|[^<>\\\n]){0,4000})>|((?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\]){0,2000}\)){0,4000}))"
)
_REST = re.compile(r"[^)\n]{0,1000}\)?")
_DEFINITION = re.compile(
    r"^[ \t>*+-]{0,20}(?:\d{1,9}[.)] )?\[((?:\\.|[^\[\]\\]){1,999})\]:[ \t]*\n?[ \t]*"
    r"(?:<((?:\\.|[^<>\\\n]){0,4000})>|(\S{1,4000}))[^\n]{0,1000}",
    re.MULTILINE,
)
_TAG = re.compile(r"<(?:[a-zA-Z][^\s/>]{0,50}|[!?/])(?>[^>\"']+|\"[^\"]*\"|'[^']*'|[\"'])*+(?:>|\Z)")
_NAME = re.compile(r"<([a-zA-Z][\w:-]{0,50})")
_ATTRIBUTE = re.compile(r"([\w:.-]{1,50})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_LEADING = frozenset(
    (
        *("src", "href", "srcset", "imagesrcset", "poster", "data", "action", "formaction", "background", "cite"),
        *("longdesc", "manifest", "ping", "content", "code", "codebase", "archive", "classid", "profile", "usemap"),
        *("icon", "lowsrc", "dynsrc", "style", "srcdoc"),
    )
)
_FETCHING = frozenset(
    ("style", "script", "iframe", "frame", "object", "embed", "link", "meta", "base", "form", "applet", "portal")
)
"""Tags that fetch or send by themselves, whatever stands in them."""
_HOLDING = re.compile(r"<(style|script)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_CALL = re.compile(r"(?:url|image|image-set|src|cross-fade)\s*\(|@import|expression\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where ``text[start:end]`` leads: its addresses, the words it shows, and whether it is fetched when shown."""

    start: int
    end: int
    addresses: tuple[str, ...]
    words: str
    fetched: bool


def level(address: str) -> str:
    """Return an address as a renderer hands it to a browser, and the browser reads it."""
    decoded = html.unescape(_ESCAPED.sub(r"\1", html.unescape(address)))
    bare = _DROPPED.sub("", decoded).replace("\\", "/")
    return _SCHEME.sub(lambda scheme: f"{scheme[1].lower()}://", bare, count=1) if _SCHEME.match(bare) else bare


def leads_away(address: str) -> bool:
    """Tell whether a levelled address names a host or a scheme."""
    return _LEADS.match(address) is not None


def host_of(address: str) -> str:
    """Return the host of a levelled address, for people."""
    try:
        return urlsplit(address if "://" in address else f"https:{address}").hostname or "an unknown host"
    except ValueError:
        return "an unknown host"


def tags(text: str) -> Iterator[Destination]:
    """Yield raw HTML that leads somewhere, or fetches; unfinished tags reach to the end of the text."""
    held = 0
    for tag in _TAG.finditer(text):
        if tag.start() < held:
            continue
        name = _NAME.match(tag[0])
        if name is None:
            continue
        found = _addresses_of(tag[0])
        lowered = name[1].lower()
        fetching = lowered in _FETCHING
        whole = _HOLDING.match(text, tag.start()) if lowered in ("style", "script") else None
        held = whole.end() if whole else tag.end()
        away = tuple(address for address in found if leads_away(level(address)))
        if away or fetching:
            yield Destination(tag.start(), held, away or ("",), "", lowered not in ("a", "area"))


def _addresses_of(tag: str) -> tuple[str, ...]:
    found: list[str] = []
    for match in _ATTRIBUTE.finditer(tag):
        name = match[1].lower().rpartition(":")[2]
        value = html.unescape(next((group for group in match.groups()[1:] if group is not None), "")).strip("`")
        if name == "style":
            plain = _CSS_ESCAPE.sub(lambda code: chr(min(int(code[1], 16), 0x10FFFF)), value)
            found += [f"style:{plain}"] if _CALL.search(plain) or "//" in plain else []
        elif name.startswith("on") or name in ("srcdoc", "content"):
            found += [f"{name}:{value}"]
        elif name in ("srcset", "imagesrcset"):
            found += [part.split()[0] for part in value.split(",") if part.split()]
        elif name in _LEADING and value:
            found.append(value)
    return tuple(found)


def definitions(text: str) -> Iterator[Destination]:
    """Yield what link reference definitions lead to; any picture of the text may use them."""
    pictures = "![" in text
    for match in _DEFINITION.finditer(text):
        address = match[2] if match[2] is not None else match[3]
        yield Destination(match.start(), match.end(), (address,), "", pictures)


def links(text: str) -> Iterator[Destination]:
    """Yield the links and pictures of Markdown, by where they begin; they may stand inside one another."""
    opened: list[int] = []
    found: list[Destination] = []
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "[":
            opened.append(bracket.start())
        elif bracket[0] == "]" and opened:
            start = opened.pop()
            target = _TARGET.match(text, bracket.end())
            if target is None:
                continue
            address = target[1] if target[1] is not None else target[2]
            rest = _REST.match(text, target.end())
            picture = text[start - 1 : start] == "!"
            end = rest.end() if rest else target.end()
            found.append(Destination(start - picture, end, (address,), text[start + 1 : bracket.start()], picture))
    yield from sorted(found, key=lambda item: (item.start, -item.end))
