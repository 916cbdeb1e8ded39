"""JSON Lines from strangers: what is not such a file, or not such a line, is told in one sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from data.errors import InputError

_OTHER_FILES = {
    b"\x1f\x8b": "is compressed with gzip: unpack it with gunzip first",
    b"PK\x03\x04": "is a zip archive: unpack it first",
    b"\xff\xfe": "is UTF-16 text: save it as UTF-8 first",
    b"\xfe\xff": "is UTF-16 text: save it as UTF-8 first",
}


def check_file(path: Path) -> None:
    """Look at a file's kind before its lines are read.

    :raises InputError: it is missing, a folder, a pipe, compressed or UTF-16.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder: pass a JSON Lines file of interactions.")
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is a pipe or a device, which cannot be read twice: write it to a file first.")
    if not path.is_file():
        raise InputError(f"There is no interaction file at {path}: pass a JSON Lines file.")
    with path.open("rb") as file:
        head = file.read(4)
    for magic, problem in _OTHER_FILES.items():
        if head.startswith(magic):
            raise InputError(f"{path} {problem}.")


def parse_json(raw: bytes | str) -> object:
    """Return the value of one line, which may begin with a byte order mark.

    :raises InputError: it is not UTF-8 or not JSON; the message is the reason alone.
    """
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        value = json.loads(text)
        if "\\ud" in text.lower():  # half a pair is JSON, but no text that could be stored
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        return value
    except UnicodeEncodeError as error:
        raise InputError(f"half a character ({error.object[error.start]!r}), cut from an emoji or the like") from error
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text (byte {error.object[error.start]:#04x} at position {error.start})") from error
    except RecursionError as error:
        raise InputError("not usable JSON (nested too deeply)") from error
    except ValueError as error:  # also numbers of thousands of digits, which json leaves to int()
        raise InputError(f"not JSON ({error})") from error


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that could not be read: its 1-based number, why, and the raw line."""

    line: int
    reason: str
    raw: str
