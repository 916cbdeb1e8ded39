"""Which files are to be read: paths given by name, and what lies in folders."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.read.patterns import Pattern, parse_patterns, verdict

IGNORE_FILE = ".ragignore"


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
    """What of a folder is wanted."""

    extensions: Collection[str]
    include: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder on the way down, with the ignore files of the folders above it and its own."""

    path: Path
    root: Path
    ignores: tuple[tuple[Path, tuple[Pattern, ...]], ...]


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
            folder = _with_own_ignores(top)
            with os.scandir(folder.path) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            refused.append((str(top.path), f"the folder cannot be read ({error.strerror}): change its access rights."))
            continue
        stack.extend(item for entry in ordered if (item := _wanted(entry, folder, rules, refused)) is not None)


def _with_own_ignores(folder: _Folder) -> _Folder:
    ignore_file = folder.path / IGNORE_FILE
    if not ignore_file.is_file():
        return folder
    patterns = parse_patterns(ignore_file.read_text(encoding="utf-8", errors="replace").splitlines())
    return _Folder(folder.path, folder.root, (*folder.ignores, (folder.path, patterns)))


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
    relative = path.relative_to(folder.root).as_posix()
    included = not rules.include or verdict(rules.include, relative, folder=False)
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
    if verdict(rules.exclude, path.relative_to(folder.root).as_posix(), folder=is_folder):
        return True
    for base, patterns in reversed(folder.ignores):
        decision = verdict(patterns, path.relative_to(base).as_posix(), folder=is_folder)
        if decision is not None:
            return decision
    return False
