"""`rag eval --matrix`: the same cases under several settings, in one table.

A YAML file maps the name of each variant to settings that differ from `rag.toml`; the first is what the others are
compared with. Variants that cut or embed differently get an index of their own, made from the stored documents.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.cases import Case
from data.errors import InputError, SettingsError
from data.records import Interaction
from data.settings import changed_settings, sections_of, setting_fields
from pipelines.answer import open_asker
from pipelines.console import note
from pipelines.evaluation.judging import judge_run
from pipelines.evaluation.run import EvaluationRequest, Progress, ask_cases, judge_input_of, usable_cases
from pipelines.wiring import Workspace

if TYPE_CHECKING:
    from eval.run import EvalRun, JudgeInput
    from pipelines.settings import Settings

_OWN_INDEX = ("embedder", "chunking")
_SCRATCH = "matrix"


def read_variants(path: Path, settings: Settings) -> dict[str, Settings]:
    """Return the settings of each variant: ``{"small": {"retrieval.k": 3}}`` or nested by section.

    :raises InputError: the file is missing or no such mapping, or a setting is unknown or out of range.
    """
    import yaml

    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"There is no matrix at {path}: pass a YAML file of variants.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not YAML ({' '.join(str(error).split())}).") from error
    if not isinstance(rows, dict) or not all(isinstance(row, dict | None) for row in rows.values()):
        raise InputError(f"{path} must map names of variants to settings, e.g. 'k3: {{retrieval.k: 3}}'.")
    if len(rows) < 2:
        raise InputError(f"{path} names {len(rows)} variant: name at least 2, the first may be 'now: {{}}'.")
    return {str(name): _changed(settings, row or {}, f"{path}, variant {name!r}") for name, row in rows.items()}


def run_matrix(
    workspace: Workspace, variants: Mapping[str, Settings], wanted: EvaluationRequest, progress: Progress | None = None
) -> list[tuple[str, EvalRun]]:
    """Ask the cases under the settings of each variant.

    :raises InputError: the cases cannot be used.
    """
    cases = usable_cases(wanted.cases)
    runs = []
    for name, settings in variants.items():
        note(f"variant {name}")
        with _prepared(workspace, settings) as prepared:
            runs.append((name, _one(prepared, cases, replace(wanted, label=name), progress)))
    return runs


def _one(prepared: Workspace, cases: Sequence[Case], wanted: EvaluationRequest, progress: Progress | None) -> EvalRun:
    """Ask and, where it is wanted, judge; a variant with another index forgets its judgements."""
    asker = open_asker(prepared, logged=False)
    shown: dict[str, JudgeInput] = {}

    def keep(case: Case, interaction: Interaction) -> None:
        if found := judge_input_of(case, interaction):
            shown[case.id] = found

    run = ask_cases(prepared, cases, asker, wanted, progress=progress, keep=keep)
    return judge_run(prepared, run, shown, wanted.judge_metrics)[0] if wanted.judge else run


@contextmanager
def _prepared(workspace: Workspace, settings: Settings) -> Iterator[Workspace]:
    """Lend a workspace with these settings; one with another index lies in a scratch folder until the block ends."""
    before = workspace.settings
    if all(getattr(settings, name) == getattr(before, name) for name in _OWN_INDEX):
        yield Workspace(workspace.folder, settings)
        return
    folder = workspace.data / _SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield _rebuilt(workspace, settings, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rebuilt(workspace: Workspace, settings: Settings, folder: Path) -> Workspace:
    """Copy the catalogue, which holds texts and cached vectors, and let an ingest of nothing make the index anew."""
    from rag.embed import open_embedder
    from rag.ingest import ingest
    from rag.store import VectorsSettings, copy_catalog

    local = replace(settings, vectors=VectorsSettings())
    made = Workspace(folder, local)
    made.data.mkdir(parents=True)
    copy_catalog(workspace.data, made.data)
    secret = workspace.data / "prompt-secret"
    if secret.exists():  # the same keys in prompts, so that a model is asked the same
        shutil.copy2(secret, made.data / secret.name)
    ingest((), made.data, open_embedder(local.embedder), chunking=local.chunking)
    return made


def _changed(settings: Settings, row: Mapping[str, Any], where: str) -> Settings:
    sections = sections_of(type(settings))
    values: dict[str, dict[str, Any]] = {}
    for key, value in _flat(row):
        section, _, name = key.partition(".")
        if section not in sections or name not in setting_fields(sections[section]):
            raise InputError(f"{where}: there is no setting {key!r}: write section.key as in rag.toml.")
        values.setdefault(section, {})[name] = value
    try:
        return changed_settings(settings, values)
    except SettingsError as error:
        raise InputError(f"{where}: {error}") from error


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, dict) and "." not in str(key):
            yield from ((f"{key}.{name}", inner) for name, inner in value.items())
        else:
            yield str(key), value
