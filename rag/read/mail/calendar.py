"""Invitations and other calendar parts (RFC 5545): what, when, where, and what is written about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"(?P<name>[A-Za-z-]+)(?P<parameters>(?:;(?:\"[^\"\n]*\"|[^:;\"\n])*)*):(?P<value>.*)")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$")
_ZONE = re.compile(r"TZID=\"?([^\";:]+)")
_NAME = re.compile(r"CN=\"?([^\";:]+)")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_SHOWN = {
    "summary": "Event",
    "dtstart": "Begins",
    "dtend": "Ends",
    "due": "Due",
    "rrule": "Repeats",
    "location": "Place",
    "organizer": "Organizer",
    "attendee": "Attendee",
    "status": "Status",
    "description": "Description",
}
_PARTS = frozenset({"vevent", "vtodo", "vjournal"})
_MOST_LINES = 5000


def calendar_lines(text: str) -> Iterator[str]:
    """Yield "Event: Fire drill", "Begins: 2026-05-04 14:00" and so on for each event; an empty line between two."""
    inside = ""
    for line in _FOLD.sub("", text).splitlines()[:_MOST_LINES]:
        found = _LINE.match(line)
        if found is None:
            continue
        name, value = found["name"].lower(), found["value"].strip()
        if name == "begin" and not inside and value.lower() in _PARTS:
            inside = value.lower()
            yield ""
        elif name == "end" and value.lower() == inside:
            inside = ""
        elif name in ("begin", "end"):
            # An alarm inside an event has a description of its own: it is none of the event.
            inside = inside and (f"{inside} alarm" if name == "begin" else inside.removesuffix(" alarm"))
        elif inside in _PARTS and name in _SHOWN and value:
            yield from _shown(name, found["parameters"], value)


def _shown(name: str, parameters: str, value: str) -> Iterator[str]:
    if name in ("dtstart", "dtend", "due"):
        zone = _ZONE.search(parameters)
        value = _moment(value) + (f" ({zone[1]})" if zone else "")
    elif name in ("organizer", "attendee"):
        known, address = _NAME.search(parameters), re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
        value = f"{known[1]} <{address}>" if known else address
    words = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    first, *more = [" ".join(part.split()) for part in words.split("\n")]
    yield f"{_SHOWN[name]}: {first}"
    yield from (part for part in more if part)


def _moment(value: str) -> str:
    """Return a time as people write it: "2026-05-04 14:00 UTC"; what is no time stays as it is."""
    found = _STAMP.match(value)
    if not found:
        return value
    year, month, day, hour, minute, _, utc = found.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else "") + (" UTC" if utc else "")
