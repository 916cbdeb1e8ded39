"""The terminal queue of `rag eval review`: one draft at a time, one key each; every decision is written at once."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from data.cases import Case, load_cases, write_cases
from data.text import plural
from pipelines.console import note, typed_answer
from pipelines.evaluation.drafts import as_reviewed, reject
from pipelines.wiring import Workspace

_HELP = "y accept · a answers · f files · u unanswerable · r reword · d throw away · s skip · b back · q quit"


def review_file(workspace: Workspace, path: Path) -> dict[str, int]:
    """Show the drafts of a case file on this terminal; return how many were decided and how many are left."""
    drafts = [case for case in load_cases(path) if not case.reviewed]
    if not drafts:
        note(f"{path} holds no drafts: all cases are reviewed.")
        return {"decided": 0, "left": 0}
    decided = ask_person(drafts, path, lambda case: reject(workspace, case.id), typed_answer, note)
    left = len(drafts) - decided
    note(f"{plural(decided, 'draft')} decided, {left} left.")
    return {"decided": decided, "left": left}


def ask_person(
    drafts: list[Case],
    path: Path,
    thrown: Callable[[Case], None],
    read: Callable[[str], str],
    say: Callable[[str], None],
) -> int:
    """Show drafts one after the other and write each decision into the file; return how many were decided.

    `read` gets the prompt and returns what was typed; it raises EOFError where nobody types any more, which quits.
    """
    place, decided = 0, set[str]()
    say(_HELP)
    while place < len(drafts):
        case = drafts[place]
        say(shown(case, f"{place + 1}/{len(drafts)}"))
        try:
            key = read("[y/a/f/u/r/d/s/b/q] ").strip().casefold()
            if key == "q":
                break
            if key in ("s", "b"):
                place = max(0, place - 1) if key == "b" else place + 1
                continue
            changed = _edited(case, key, read)
        except EOFError:
            break
        if key == "d":
            thrown(case)
            _replace(path, case.id, None)
        elif changed is None:
            say(_HELP)
            continue
        elif not changed.judgeable:
            say("It needs answers, files, or to be unanswerable: without one it cannot be judged.")
            continue
        else:
            drafts[place] = changed
            _replace(path, case.id, as_reviewed(changed))
        decided.add(case.id)
        place += 1
    return len(decided)


def shown(case: Case, place: str) -> str:
    """Return one draft as text."""
    lines = ["", f"── {place} · {case.id} {'─' * 40}"]
    for said in case.conversation:
        lines += textwrap.wrap(f"{said.role}: {said.content}", 100, initial_indent="  ", subsequent_indent="    ")
    for name, values in (
        ("Question", (case.question,)),
        ("Answers", case.answers or ("(none)",)),
        ("Files", case.sources or ("(none)",)),
        ("Evidence", case.evidence),
        ("From", (case.origin,) if case.origin else ()),
    ):
        for value in values:
            lines += textwrap.wrap(f"{name:<9} {value}", 100, subsequent_indent=" " * 10)
    return "\n".join(lines)


def _edited(case: Case, key: str, read: Callable[[str], str]) -> Case | None:
    """Return the draft as a key changes it; None for a key that means nothing."""
    if key in ("a", "f"):
        parts = tuple(part.strip() for part in read("separated by ; > ").split(";") if part.strip())
        return replace(case, answers=parts) if key == "a" else replace(case, sources=parts)
    if key == "r":
        return replace(case, question=read("question > ").strip() or case.question)
    if key == "u":
        return replace(case, must_abstain=True, answers=(), sources=(), evidence=(), page=None)
    return case if key in ("y", "d") else None


def _replace(path: Path, case_id: str, case: Case | None) -> None:
    """Put a case in the place of the one of that id, or take it out; the file is read anew, others may have changed."""
    kept = [(case if item.id == case_id else item) for item in load_cases(path)]
    write_cases(path, [item for item in kept if item is not None])
