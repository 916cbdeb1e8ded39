from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import InputError
from rag.read.document import find_files

Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    def grow(*names: str) -> Path:
        for name in names:
            path = tmp_path / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("text")
        return tmp_path / "docs"

    return grow


def names(root: Path, **patterns: list[str]) -> list[str]:
    found = find_files([root], **patterns)
    assert not found.refused
    return [path.relative_to(root).as_posix() for path in found.files]


def test_folders_are_searched_for_known_formats_in_order(tree: Tree) -> None:
    root = tree("b.md", "a/z.TXT", "a/b/c.html", "a.pdf", ".hidden.md", ".git/x.md", "x.bin", "README", "c.docx")
    assert names(root) == ["a/b/c.html", "a/z.TXT", "a.pdf", "b.md", "c.docx"]


def test_a_file_given_by_name_is_tried_whatever_its_name(tree: Tree) -> None:
    root = tree("x.bin", ".hidden.md")
    assert find_files([root / "x.bin", root / ".hidden.md"]).files == (root / "x.bin", root / ".hidden.md")


def test_a_missing_path_is_refused_and_the_rest_found(tree: Tree) -> None:
    root = tree("a.md")
    found = find_files([root / "nope", root])
    assert found.files == (root / "a.md",)
    assert [path for path, _ in found.refused] == [str(root / "nope")]
    assert "no such file or folder" in found.refused[0][1]


def test_nothing_is_found_twice(tree: Tree) -> None:
    root = tree("a.md", "b/c.md")
    assert len(find_files([root, root / "b", root / "a.md", root / "b" / ".." / "a.md"]).files) == 2


def test_links_in_a_folder_are_not_followed_and_those_leaving_it_are_named(tree: Tree, tmp_path: Path) -> None:
    root = tree("a.md", "b/c.md")
    (tmp_path / "outside.md").write_text("secret")
    (root / "b" / "up").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "same.md").symlink_to(root / "a.md")
    (root / "leaves.md").symlink_to(tmp_path / "outside.md")
    (root / "gone.md").symlink_to(root / "nowhere.md")
    found = find_files([root])
    assert [path.name for path in found.files] == ["a.md", "c.md"]
    assert {Path(path).name: reason.split(":")[0] for path, reason in found.refused} == {
        "gone.md": "the link leads nowhere or in a circle",
        "leaves.md": f"the link leaves the folder for {tmp_path / 'outside.md'}",
        "self": "the link leads nowhere or in a circle",
    }


def test_a_link_given_by_name_is_followed(tree: Tree, tmp_path: Path) -> None:
    root = tree("a.md")
    (tmp_path / "link").symlink_to(root)
    assert find_files([tmp_path / "link"]).files == (tmp_path / "link" / "a.md",)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_refused_and_the_rest_found(tree: Tree) -> None:
    root = tree("a.md", "closed/b.md")
    (root / "closed").chmod(0)
    found = find_files([root])
    (root / "closed").chmod(0o700)
    assert [path.name for path in found.files] == ["a.md"]
    assert [path for path, _ in found.refused] == [str(root / "closed")]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (["*.txt"], ["a/b.md", "a/old/c.md", "build/x.md", "d.md"]),
        (["build/"], ["a/b.md", "a/old/c.md", "a/t.txt", "d.md"]),
        (["old"], ["a/b.md", "a/t.txt", "build/x.md", "d.md"]),
        (["/a/*.md"], ["a/old/c.md", "a/t.txt", "build/x.md", "d.md"]),
        (["a/**/*.md"], ["a/t.txt", "build/x.md", "d.md"]),
        (["**/x.md"], ["a/b.md", "a/old/c.md", "a/t.txt", "d.md"]),
        (["*", "!d.md"], ["d.md"]),
        (["[bd].md", "? .md", "# comment", ""], ["a/old/c.md", "a/t.txt", "build/x.md"]),
        (["[!b].md"], ["a/b.md", "a/t.txt"]),
    ],
)
def test_exclude_patterns_mean_what_they_mean_to_git(tree: Tree, exclude: list[str], left: list[str]) -> None:
    root = tree("d.md", "a/b.md", "a/t.txt", "a/old/c.md", "build/x.md")
    assert names(root, exclude=exclude) == left


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["a/**", "!a/b.md"], ["a/b.md", "build/x.md", "d.md"]),
        (["a/*", "!a/old/"], ["a/old/c.md", "build/x.md", "d.md"]),
        (["a/", "!a/b.md"], ["build/x.md", "d.md"]),
        (["*", "!a/"], []),
        (["*.md", "!/d.md"], ["a/t.txt", "d.md"]),
        ([r"\!d.md", "[x-z].md", "d.md  "], ["a/b.md", "a/old/c.md", "a/t.txt"]),
    ],
)
def test_what_was_excluded_is_taken_back_as_git_takes_it_back(tree: Tree, lines: list[str], left: list[str]) -> None:
    root = tree("d.md", "a/b.md", "a/t.txt", "a/old/c.md", "build/x.md")
    (root / ".ragignore").write_text("\n".join(lines))
    assert names(root) == left
    if shutil.which("git"):
        subprocess.run(["git", "init", "-q", root], check=True)
        told = ["git", "ls-files", "--others", "--exclude-per-directory=.ragignore"]
        listed = subprocess.run(told, cwd=root, capture_output=True, text=True, check=True).stdout.split()
        assert sorted(set(listed) - {".ragignore"}) == left


def test_a_line_that_is_no_pattern_is_named_and_the_others_hold(tree: Tree) -> None:
    root = tree("a.md", "b.md")
    (root / ".ragignore").write_text("# ours\n[z-a]\nb.md\n")
    found = find_files([root])
    assert found.files == (root / "a.md",)
    [(place, reason)] = found.refused
    assert place == f"{root / '.ragignore'}:2"
    assert reason.startswith("'[z-a]' is no pattern as in .gitignore (") and reason.endswith("): mend it.")


@pytest.mark.parametrize("kind", ["include", "exclude"])
def test_a_pattern_of_the_settings_that_is_none_is_refused(tree: Tree, kind: str) -> None:
    with pytest.raises(InputError, match="'!' is no pattern as in .gitignore"):
        find_files([tree("a.md")], **{kind: ["*.md", "!"]})


def test_a_folder_that_is_included_is_included_whole(tree: Tree) -> None:
    assert names(tree("d.md", "a/b.md", "a/old/c.md"), include=["a/"]) == ["a/b.md", "a/old/c.md"]
    assert names(tree("d.md"), include=["# nothing said", ""]) == ["a/b.md", "a/old/c.md", "d.md"]


def test_include_patterns_limit_what_is_found(tree: Tree) -> None:
    root = tree("d.md", "a/b.md", "a/t.txt")
    assert names(root, include=["*.md"]) == ["a/b.md", "d.md"]
    assert names(root, include=["a/*"], exclude=["*.txt"]) == ["a/b.md"]


def test_an_ignore_file_rules_its_folder_and_the_deeper_one_wins(tree: Tree) -> None:
    root = tree("d.md", "a/b.md", "a/c.md", "x/b.md")
    (root / ".ragignore").write_text("b.md\n")
    (root / "a" / ".ragignore").write_text("!b.md\nc.md\n")
    assert names(root) == ["a/b.md", "d.md"]


def test_ten_thousand_files_are_listed_quickly(tmp_path: Path) -> None:
    import time

    for folder in range(100):
        (tmp_path / f"{folder:02}").mkdir()
        for file in range(100):
            (tmp_path / f"{folder:02}" / f"{file:02}.md").touch()
    started = time.perf_counter()
    assert len(find_files([tmp_path]).files) == 10_000
    assert time.perf_counter() - started < 10
