"""Which files are to be read: paths given by name, and what lies in folders.

Patterns are those of .gitignore, read by pathspec.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import InputError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".ragignore"
_EVERYTHING_IN = re.compile(r"/\*\*\s*$")
"""To pathspec "a/**" means the folder itself, too, and nothing in it could be taken back."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files to read, sorted within each path given, and what could not be followed, as (path, reason) pairs.

    `passed_over` counts, by extension, files in folders whose kind is not read.
    """

    files: tuple[Path, ...]
    refused: tuple[tuple[str, str], ...]
    passed_over: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a folder is wanted: files with these extensions that `include` selects, all if it is None."""

    extensions: Collection[str]
    include: GitIgnoreSpec | None
    exclude: GitIgnoreSpec

    @classmethod
    def of(cls, extensions: Collection[str], include: Sequence[str], exclude: Sequence[str]) -> Rules:
        """Read the patterns.

        :raises InputError: one of them is no pattern.
        """
        said = [line for line in include if line.strip() and not line.startswith("#")]
        return cls(extensions, _spec(said) if said else None, _spec(exclude))


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder on the way down, with the ignore files of the folders above it and its own."""

    path: Path
    root: Path
    ignores: tuple[tuple[Path, GitIgnoreSpec], ...]


def search(paths: Sequence[Path], rules: Rules) -> FoundFiles:
    """Expand `paths`: a file stays as it is, a folder gives what `rules` want of it; nothing is found twice."""
    files: dict[str, Path] = {}
    refused: list[tuple[str, str]] = []
    passed_over: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            found = _walk(path, rules, refused, passed_over)
        elif path.exists() or path.is_symlink():
            found = iter([path])
        else:
            refused.append((str(path), "there is no such file or folder: check the path."))
            continue
        for file in found:
            if _has_text_name(file):
                files.setdefault(os.path.realpath(file), file)
            else:
                shown = os.fsencode(file).decode("utf-8", "replace")
                refused.append((shown, "its name is not valid UTF-8, so it cannot be cited: rename it."))
    return FoundFiles(tuple(files.values()), tuple(refused), passed_over)


def _has_text_name(path: Path) -> bool:
    try:
        os.path.realpath(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _walk(root: Path, rules: Rules, refused: list[tuple[str, str]], passed_over: Counter[str]) -> Iterator[Path]:
    stack: list[_Folder | Path] = [_Folder(root, root, ())]
    while stack:
        top = stack.pop()
        if isinstance(top, Path):
            if top.suffix.lower() in rules.extensions:
                yield top
            else:
                passed_over[top.suffix.lower()] += 1
            continue
        try:
            folder = _with_own_ignores(top, refused)
            with os.scandir(folder.path) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            refused.append((str(top.path), f"the folder cannot be read ({error.strerror}): change its access rights."))
            continue
        stack.extend(item for entry in ordered if (item := _wanted(entry, folder, rules, refused)) is not None)


def _with_own_ignores(folder: _Folder, refused: list[tuple[str, str]]) -> _Folder:
    """Return the folder with the patterns of its ignore file; a line that is no pattern is named, the others hold."""
    ignore_file = folder.path / IGNORE_FILE
    if not ignore_file.is_file():
        return folder
    lines: list[str] = []
    text = ignore_file.read_text(encoding="utf-8", errors="replace").removeprefix("\ufeff")
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            _spec([line])
            lines.append(line)
        except InputError as error:
            refused.append((f"{ignore_file}:{number}", str(error)))
    return _Folder(folder.path, folder.root, (*folder.ignores, (folder.path, _spec(lines))))


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    read: list[str] = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error) as error:
            raise InputError(f"{line!r} is no pattern as in .gitignore ({error}): mend it.") from error
        read.append(_EVERYTHING_IN.sub("/*", line))
    return GitIgnoreSpec.from_lines(read)


def _verdict(spec: GitIgnoreSpec, path: Path, base: Path, *, folder: bool) -> bool | None:
    """Tell whether the last pattern that matches `path`, taken from `base`, selects it; None when none matches."""
    return spec.check_file(path.relative_to(base).as_posix() + "/" * folder).include


def _wanted(
    entry: os.DirEntry[str], folder: _Folder, rules: Rules, refused: list[tuple[str, str]]
) -> _Folder | Path | None:
    path = folder.path / entry.name
    if entry.name.startswith("."):
        return None
    if entry.is_symlink():
        reason = _why_link_is_refused(path, folder.root)
        if reason:
            refused.append((str(path), reason))
        return None
    is_folder = entry.is_dir(follow_symlinks=False)
    if _is_ignored(path, folder, rules, is_folder=is_folder):
        return None
    if is_folder:
        return _Folder(path, folder.root, folder.ignores)
    included = rules.include is None or _verdict(rules.include, path, folder.root, folder=False)
    return path if included else None


def _why_link_is_refused(path: Path, root: Path) -> str | None:
    """Return why a link is not followed; None when its target lies in the searched folder and is found there anyway."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "the link leads nowhere or in a circle: mend or remove it."
    if target.is_relative_to(root.resolve()):
        return None
    return f"the link leaves the folder for {target}: give that path by name to include it."


def _is_ignored(path: Path, folder: _Folder, rules: Rules, *, is_folder: bool) -> bool:
    if _verdict(rules.exclude, path, folder.root, folder=is_folder):
        return True
    for base, spec in reversed(folder.ignores):
        decision = _verdict(spec, path, base, folder=is_folder)
        if decision is not None:
            return decision
    return False
