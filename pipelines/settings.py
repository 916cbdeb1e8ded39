"""Settings of a workspace: `rag.toml`, then environment variables ``RAG__SECTION__KEY``; unknown keys are refused."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from data.errors import SettingsError

SETTINGS_FILE = "rag.toml"
_PREFIX = "RAG__"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EmbedderSection(_Section):
    """Which model turns texts into vectors; with `base_url` one behind an OpenAI-compatible endpoint.

    Prefixes left out are those the model's card asks for. All below `document_prefix` concerns endpoints only.
    """

    model: str = "all-MiniLM-L6-v2"
    device: str = "cpu"
    batch_size: int = Field(32, ge=1, le=4096)
    query_prefix: str | None = None
    document_prefix: str | None = None
    base_url: str = ""
    api_key: SecretStr = SecretStr("none")
    dimensions: int | None = Field(None, ge=1, le=65_536)
    max_tokens: int = Field(512, ge=16, le=131_072)
    tokenizer: str = ""
    concurrency: int = Field(4, ge=1, le=64)
    timeout_s: float = Field(60.0, gt=0.0, le=3600.0)
    max_retries: int = Field(4, ge=0, le=20)


class VectorsSection(_Section):
    """Where vectors lie: in `.rag/`, or at the Chroma server at `url`."""

    url: str = ""


class ChunkingSection(_Section):
    """How documents are cut; `max_tokens` counts the embedder's own tokens, heading included.

    A passage of up to `min_characters` may take more: an English model spells other scripts letter by letter. It is
    then embedded in windows, and nothing is cut off.
    """

    max_tokens: int = Field(200, ge=16, le=8192)
    overlap_sentences: int = Field(0, ge=0, le=10)
    min_characters: int = Field(800, ge=0, le=20_000)


class IngestSection(_Section):
    """Which files of a folder are read; globs are matched against the path below the folder.

    `gate_cases` are golden cases: an index that a changed embedder or chunking made anew is published only if it finds
    what they expect as well as the published one.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    gate_cases: str = ""


class RetrievalSection(_Section):
    """How many passages a question gets, from which side, and how much unlike each other (0: by score alone).

    With `expand` "section" each is widened within its section to `expand_tokens` before a model reads it.
    """

    k: int = Field(8, ge=1, le=200)
    mode: Literal["hybrid", "dense", "lexical"] = "hybrid"
    diversity: float = Field(0.0, ge=0.0, le=1.0)
    expand: Literal["none", "section"] = "none"
    expand_tokens: int = Field(400, ge=50, le=8192)


class RerankSection(_Section):
    """A model that reads question and passages together: a `/rerank` endpoint, or a local cross-encoder without one."""

    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("none")
    candidates: int = Field(50, ge=1, le=1000)
    timeout_s: float = Field(30.0, gt=0.0, le=3600.0)


class ChatSection(_Section):
    """The OpenAI-compatible chat endpoint; without `base_url` answers are extractive and need no model."""

    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("none")
    temperature: float = Field(0.0, ge=0.0, le=2.0)
    timeout_s: float = Field(60.0, gt=0.0, le=3600.0)
    max_retries: int = Field(2, ge=0, le=10)
    max_answer_tokens: int = Field(512, ge=16)
    context_window: int = Field(8192, ge=512)


class LogSection(_Section):
    """Where interactions are written; empty means `.rag/log.sqlite`."""

    url: SecretStr = SecretStr("")


class DriftSection(_Section):
    """What counts as a drop that matters, on the 0 to 1 scale of the quality score, and the false-page level."""

    alpha: float = Field(0.01, gt=0.0, lt=0.5)
    drop_that_matters: float = Field(0.10, gt=0.0, le=1.0)
    window_days: float = Field(7.0, gt=0.0)


class Settings(_Section):
    """All settings of a workspace."""

    embedder: EmbedderSection = EmbedderSection()
    vectors: VectorsSection = VectorsSection()
    chunking: ChunkingSection = ChunkingSection()
    ingest: IngestSection = IngestSection()
    retrieval: RetrievalSection = RetrievalSection()
    rerank: RerankSection = RerankSection()
    chat: ChatSection = ChatSection()
    log: LogSection = LogSection()
    drift: DriftSection = DriftSection()


def load_settings(folder: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read `rag.toml` of `folder` and lay the environment over it.

    :raises SettingsError: the file is not TOML, or holds an unknown key or a value out of range.
    """
    path = folder / SETTINGS_FILE
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    overrides = _from_environment(environ)
    _refuse_unknown(values, str(path))
    _refuse_unknown(overrides, "The environment")
    merged = {key: values.get(key, {}) | overrides.get(key, {}) for key in values.keys() | overrides.keys()}
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_first_problem(error)) from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, value in environ.items():
        if not name.startswith(_PREFIX):
            continue
        section, _, key = name.removeprefix(_PREFIX).lower().partition("__")
        if not key:
            raise SettingsError(f"{name} names no setting: write {_PREFIX}SECTION__KEY, e.g. RAG__CHAT__MODEL.")
        found.setdefault(section, {})[key] = value.split(",") if key in {"include", "exclude"} else value
    return found


def _refuse_unknown(values: Mapping[str, Any], where: str) -> None:
    sections = {name: set(field.annotation.model_fields) for name, field in _sections()}
    for section, keys in values.items():
        if not isinstance(keys, Mapping):
            raise SettingsError(f"{where} has {section!r} outside a section: write it under one, e.g. [chat].")
        if section not in sections:
            raise SettingsError(f"{where} has an unknown section [{section}]{_nearest(section, sections)}")
        for key in keys:
            if key not in sections[section]:
                raise SettingsError(f"{where} has an unknown key {section}.{key}{_nearest(key, sections[section])}")


def _sections() -> list[tuple[str, Any]]:
    return list(Settings.model_fields.items())


def _nearest(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f": did you mean {close[0]!r}?" if close else f": known are {', '.join(sorted(known))}."


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    secret = place in {"chat.api_key", "embedder.api_key", "rerank.api_key", "log.url"}
    shown = "" if secret else f", found {problem['input']!r}"
    return f"Setting {place} is not usable{shown}: {problem['msg'].lower()}."


TEMPLATE = """\
# Settings of this workspace. Every key can also be set as an environment variable, e.g. RAG__CHAT__API_KEY.
# Keys left out keep the value shown.

[embedder]
# model = "all-MiniLM-L6-v2"      # a sentence-transformers name or folder, or a model at base_url
# query_prefix = ""               # text before questions; left out: what the model's card asks for
# document_prefix = ""            # text before passages, likewise
# base_url = "http://localhost:11434/v1"   # any OpenAI-compatible endpoint; the lines below are for endpoints only
# api_key = "none"                # better: RAG__EMBEDDER__API_KEY in the environment
# dimensions = 256                # asked for when set, for models that can shorten their vectors
# max_tokens = 512                # the longest text the model reads whole
# tokenizer = ""                  # path of its tokenizer.json, to count tokens exactly; else they are estimated
# concurrency = 4                 # requests at a time

[vectors]
# url = ""                        # empty: .rag/chroma; or a Chroma server, e.g. "http://localhost:8000"

[chunking]
# max_tokens = 200                # in the embedder's own tokens, heading included
# overlap_sentences = 0
# min_characters = 800            # passages up to this length are kept whole whatever their tokens

[ingest]
# include = []                    # globs below the ingested folder, e.g. ["*.md"]
# exclude = []
# gate_cases = ""                 # e.g. "cases.jsonl": golden cases that a changed embedder or chunking must not fail

[retrieval]
# k = 8                           # passages per question
# mode = "hybrid"                 # hybrid | dense | lexical
# diversity = 0.0                 # up to 1: rather passages that say something new than several that say the same
# expand = "none"                 # section: give the model what surrounds each passage in its section
# expand_tokens = 400             # up to this many tokens a passage

[rerank]
# base_url = ""                   # a server with POST /rerank (Jina, Cohere, vLLM, TEI), e.g. "http://localhost:8080/v1"
# model = ""                      # its model; without base_url a cross-encoder, by sentence-transformers name or folder
# candidates = 50                 # passages it reads per question
# timeout_s = 30                  # when it fails, the order of the index is kept and the answer is flagged

[chat]
# base_url = "http://localhost:11434/v1"   # any OpenAI-compatible endpoint; without it answers are extractive quotes
# model = "llama3.2"
# api_key = "none"                # better: RAG__CHAT__API_KEY in the environment
# timeout_s = 60
# context_window = 8192

[log]
# url = ""                        # empty: .rag/log.sqlite; or any SQLAlchemy URL

[drift]
# drop_that_matters = 0.10        # on the 0..1 quality scale
# alpha = 0.01                    # level of a page
# window_days = 7
"""
