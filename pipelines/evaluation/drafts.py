"""Golden cases that nobody has to write from nothing: drafts from the corpus, `rag eval init`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from data.cases import Case, load_cases, write_cases
from data.errors import InputError, SettingsError
from data.records import Document, Span, content_hash
from pipelines.wiring import Workspace

if TYPE_CHECKING:
    from eval.drafts import Stretch
    from rag.protocols import Writer

Progress = Callable[[int, int, str], None]
_REJECTED = "rejected-drafts.json"
_SYSTEM = (
    "You write test questions for a search system. You get one passage. Write one question that a user of these "
    "documents would ask and that this passage alone answers. Do not mention the passage. Reply with one JSON object: "
    '{"question": "...", "answer": "a few words", "evidence": "the sentence of the passage with it, word for word"}'
    ". Write in the language of the passage. If it answers no sensible question, reply {}."
)


@dataclass(frozen=True, slots=True)
class CaseDrafts:
    """How many drafts were added to a case file, how many cases it has, and why a model's drafts were dropped."""

    added: int
    total: int
    dropped: dict[str, int]


def draft(
    workspace: Workspace,
    path: Path,
    count: int,
    seed: int,
    *,
    by_model: bool = False,
    progress: Progress | None = None,
) -> CaseDrafts:
    """Add up to `count` drafts to the case file; what is in it stays as it is, and rejected drafts do not come back.

    :raises SettingsError: a model is to write them and no chat endpoint is set.
    :raises InputError: the corpus yields no drafts.
    """
    from eval.drafts import draft_cases

    cases = load_cases(path) if path.exists() else []
    taken = {case.id for case in cases} | rejected(workspace)
    stretches = list(_stretches(workspace))
    dropped: Counter[str] = Counter()
    if by_model:
        fresh = list(_by_model(workspace, stretches, (count, seed), taken, dropped, progress))
    else:
        fresh = draft_cases(stretches, count, seed, taken)
    if not fresh:
        why = (
            ", ".join(f"{times} {reason}" for reason, times in dropped.items()) or "every draft is in the file already"
        )
        raise InputError(f"No new case could be drafted ({why}): ingest more documents, or harvest questions.")
    write_cases(path, [*cases, *fresh])
    return CaseDrafts(len(fresh), len(cases) + len(fresh), dict(dropped))


def rejected(workspace: Workspace) -> set[str]:
    """Return the ids of drafts that a reviewer has thrown away."""
    path = workspace.data / "evals" / _REJECTED
    return set(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else set()


def reject(workspace: Workspace, case_id: str) -> None:
    """Remember that a draft was thrown away."""
    path = workspace.data / "evals" / _REJECTED
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(sorted(rejected(workspace) | {case_id})), encoding="utf-8")


def _stretches(workspace: Workspace) -> Iterator[Stretch]:
    from rag.wiring import open_index

    index = open_index(workspace)
    try:
        for source in sorted(index.origins()):
            yield from _of_document(index.document(source), _within(workspace.folder, source))
    finally:
        index.close()


def _within(folder: Path, source: str) -> str:
    """Name a source by its path in the workspace, so that cases are of use in another checkout."""
    path, root = Path(source), folder.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else source


def _of_document(document: Document, source: str) -> Iterator[Stretch]:
    from data.text import sentence_spans
    from eval.drafts import Stretch

    groups: dict[tuple[str, int | None], list[str]] = {}
    for start, end in sentence_spans(document.text):
        page = _label(document.pages, start)
        key = (_label(document.headings, start) or "", int(page) if page and page.isdigit() else None)
        groups.setdefault(key, []).append(document.text[start:end])
    for (heading, page_number), found in groups.items():
        yield Stretch(source, tuple(found), heading, page_number)


def _label(spans: Sequence[Span], place: int) -> str | None:
    return next((span.label for span in spans if span.start <= place < span.end), None)


def _by_model(
    workspace: Workspace,
    stretches: Sequence[Stretch],
    amount: tuple[int, int],
    taken: set[str],
    dropped: Counter[str],
    progress: Progress | None,
) -> Iterator[Case]:
    from pipelines.wiring import build_generator
    from rag.protocols import Writer

    writer = build_generator(workspace)
    if not isinstance(writer, Writer):
        raise SettingsError(
            "No chat endpoint is set: give [chat] base_url and model in rag.toml, or leave --model out."
        )
    count, seed = amount
    passages = [item for item in stretches if sum(map(len, item.sentences)) >= 100]
    Random(seed).shuffle(passages)
    made = 0
    for place, stretch in enumerate(passages):
        if made >= count or place >= 3 * count:
            return
        case = _written(writer, stretch, dropped)
        if case and case.id not in taken:
            taken.add(case.id)
            made += 1
            if progress:
                progress(made, count, stretch.source)
            yield case


def _written(writer: Writer, stretch: Stretch, dropped: Counter[str]) -> Case | None:
    """Return the case a model wrote; a question whose evidence or answer does not stand in the passage is dropped."""
    from eval.drafts import language_of
    from eval.metrics import contains, token_recall
    from rag.errors import EndpointError

    passage = " ".join(stretch.sentences)
    try:
        reply = _object(writer.complete(_SYSTEM, passage[:6000]))
    except EndpointError as error:
        dropped[f"not written ({error})"] += 1
        return None
    question, answer, evidence = (str(reply.get(key) or "").strip() for key in ("question", "answer", "evidence"))
    if not question or not answer:
        dropped["without question or answer"] += 1
        return None
    sentence = max(stretch.sentences, key=lambda item: token_recall(item, evidence or answer))
    if token_recall(sentence, evidence or answer) < 0.9 or not contains(passage, answer):
        dropped["whose answer does not stand in the passage"] += 1
        return None
    return Case(
        id=f"model-{content_hash(stretch.source, question)[:10]}",
        question=question,
        answers=(answer,),
        sources=(stretch.source,),
        evidence=(sentence,),
        language=language_of(question),
        tags=("draft", "model"),
        page=stretch.page,
        reviewed=False,
        origin="corpus",
    )


def _object(text: str) -> dict[str, Any]:
    start, end = text.find("{"), text.rfind("}")
    try:
        value = json.loads(text[start : end + 1]) if 0 <= start < end else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def as_reviewed(case: Case) -> Case:
    """Return a draft as a case that a person has accepted."""
    return replace(case, reviewed=True, tags=tuple(tag for tag in case.tags if tag != "draft"))
