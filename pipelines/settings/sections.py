"""The sections of `rag.toml`: every setting, its default and its bounds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class SettingsSection(BaseModel):
    """One table of `rag.toml`: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EmbedderSection(SettingsSection):
    """Which model turns texts into vectors; with `base_url` one behind an OpenAI-compatible endpoint.

    `precision` is for the default model on the cpu: "auto" is int8 where the processor is made for it, and that of the
    index where there is one. Prefixes left out are those the model's card asks for. All below `document_prefix`
    concerns endpoints only.
    """

    model: str = "all-MiniLM-L6-v2"
    device: str = "cpu"
    batch_size: int = Field(32, ge=1, le=4096)
    precision: Literal["auto", "fp32", "int8"] = "auto"
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


class VectorsSection(SettingsSection):
    """Where vectors lie: in `.rag/`, or at the Chroma server at `url`.

    The key goes into `header`, as a bearer token if that is "Authorization". An empty `tenant` or `database` is the
    server's default one.
    """

    url: str = ""
    api_key: SecretStr = SecretStr("")
    header: str = Field("Authorization", pattern=r"^[A-Za-z0-9-]+$")
    tenant: str = ""
    database: str = ""


class ChunkingSection(SettingsSection):
    """How documents are cut; `max_tokens` counts the embedder's own tokens, heading included.

    A passage of up to `min_characters` may take more: an English model spells other scripts letter by letter. It is
    then embedded in windows, and nothing is cut off.
    """

    max_tokens: int = Field(200, ge=16, le=8192)
    overlap_sentences: int = Field(0, ge=0, le=10)
    min_characters: int = Field(800, ge=0, le=20_000)


class IngestSection(SettingsSection):
    """Which files of a folder are read; globs are matched against the path below the folder.

    `gate_cases` are golden cases: an index that a changed embedder or chunking made anew is published only if it finds
    what they expect as well as the published one. Passages nearly the same are one hit of a search, which names all
    their sources, unless `collapse_duplicates` is false. `hostile` says what becomes of passages that look like an
    attack on the model: flagged, kept out of answers until released, or not looked for.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    gate_cases: str = ""
    collapse_duplicates: bool = True
    hostile: Literal["flag", "quarantine", "off"] = "flag"


class RetrievalSection(SettingsSection):
    """How many passages a question gets, from which side, and how much unlike each other (0: by score alone).

    With `expand` "section" each is widened within its section to `expand_tokens` before a model reads it.
    `more_queries` adds queries to a question: "feedback" of words of the passages it found, "model" by the chat model.
    """

    k: int = Field(8, ge=1, le=200)
    mode: Literal["hybrid", "dense", "lexical"] = "hybrid"
    diversity: float = Field(0.0, ge=0.0, le=1.0)
    expand: Literal["none", "section"] = "none"
    expand_tokens: int = Field(400, ge=50, le=8192)
    more_queries: Literal["none", "feedback", "model"] = "none"


class RerankSection(SettingsSection):
    """A model that reads question and passages together: a `/rerank` endpoint, or a local cross-encoder without one."""

    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("none")
    candidates: int = Field(50, ge=1, le=1000)
    timeout_s: float = Field(30.0, gt=0.0, le=3600.0)


class FallbackSection(SettingsSection):
    """Another chat endpoint, asked when those before it fail; what is left out is as in [chat]."""

    base_url: str = Field(min_length=1)
    model: str = Field(min_length=1)
    api_key: SecretStr = SecretStr("none")
    timeout_s: float | None = Field(None, gt=0.0, le=3600.0)
    max_retries: int | None = Field(None, ge=0, le=10)
    max_answer_tokens: int | None = Field(None, ge=16)
    context_window: int | None = Field(None, ge=512)
    headers: dict[str, SecretStr] = {}
    query: dict[str, SecretStr] = {}
    model_folder: str = ""


class ChatSection(SettingsSection):
    """The OpenAI-compatible chat endpoint; without `base_url` answers are extractive and need no model.

    `timeout_s` is the longest silence, `connect_timeout_s` is for a connection, `first_token_timeout_s` for the first
    piece of a streamed answer (0: no limit of its own), `deadline_s` for the whole answer with all tries, waits and
    fallbacks. `headers` and `query` go with every request; a header with an empty value is not sent.
    """

    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("none")
    temperature: float = Field(0.0, ge=0.0, le=2.0)
    timeout_s: float = Field(60.0, gt=0.0, le=3600.0)
    max_retries: int = Field(2, ge=0, le=10)
    max_answer_tokens: int = Field(512, ge=16)
    context_window: int = Field(8192, ge=512)
    connect_timeout_s: float = Field(10.0, gt=0.0, le=3600.0)
    first_token_timeout_s: float = Field(0.0, ge=0.0, le=3600.0)
    deadline_s: float = Field(180.0, gt=0.0, le=86_400.0)
    headers: dict[str, SecretStr] = {}
    query: dict[str, SecretStr] = {}
    model_folder: str = ""
    follow_ups: Literal["model", "rule", "none"] = "model"
    extractive_fallback: bool = False
    fallback: tuple[FallbackSection, ...] = ()


class JudgeSection(SettingsSection):
    """The model that judges answers (ragas), at an OpenAI-compatible endpoint; without `base_url` there is none."""

    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("none")
    metrics: tuple[str, ...] = ("faithfulness",)
    embedding_model: str = ""
    concurrency: int = Field(4, ge=1, le=64)
    timeout_s: float = Field(60.0, gt=0.0, le=3600.0)
    retries: int = Field(1, ge=0, le=10)


class EvalSection(SettingsSection):
    """What `rag eval --gate` promises, and how many questions are under way at a time.

    `margin` is the drop of a mean that must not slip through, `margins` overrides it per metric; `alpha` is the chance
    of stopping an unchanged system. Only `metrics` are gated; empty means those gated by default.
    """

    metrics: tuple[str, ...] = ()
    alpha: float = Field(0.05, gt=0.0, lt=0.5)
    margin: float = Field(0.1, gt=0.0, lt=1.0)
    margins: dict[str, float] = {}
    smallest_drop: float = Field(0.0, ge=0.0, lt=1.0)
    concurrency: int = Field(4, ge=1, le=256)


class TracingSection(SettingsSection):
    """Where OpenTelemetry spans go, by OTLP/HTTP; without `endpoint` there are none.

    Spans hold no question, passage or answer unless `capture_content` is set; `redact` and `redact_hook` are then
    applied after those of [log]. At exit `timeout_s` is the longest wait for a collector.
    """

    endpoint: str = ""
    headers: dict[str, SecretStr] = {}
    service: str = Field("rag", min_length=1)
    capture_content: bool = False
    redact: tuple[str, ...] = ()
    redact_hook: str = ""
    timeout_s: float = Field(3.0, gt=0.0, le=60.0)


class LogSection(SettingsSection):
    """Where interactions are written; empty means `.rag/log.sqlite`.

    `redact` are regular expressions whose matches are blacked out before anything is written; `redact_hook` names a
    function from text to text, as "module:function", that is called after them. Texts older than `keep_text_days` are
    for `drift forget` to delete; 0 keeps them.
    """

    url: SecretStr = SecretStr("")
    redact: tuple[str, ...] = ()
    redact_hook: str = ""
    keep_text_days: float = Field(0.0, ge=0.0)


class DriftSection(SettingsSection):
    """What counts as a drop that matters, on the 0 to 1 scale of the quality score, and the false-page level.

    Reports on schedule keep to one false page in `false_page_days`; `alpha` bounds the level of any single report.
    """

    alpha: float = Field(0.0075, gt=0.0, lt=0.5)
    drop_that_matters: float = Field(0.10, gt=0.0, le=1.0)
    window_days: float = Field(7.0, gt=0.0)
    false_page_days: float = Field(180.0, ge=1.0)


class AlertsSection(SettingsSection):
    """Who is told of a verdict by `drift report --alert`.

    `urls` are Apprise addresses. In `quiet_hours` only ops incidents are told. `textfile` is for node_exporter. An
    alert at the Alertmanager fires for `alertmanager_hold_hours`: longer than the time between two reports.
    """

    urls: tuple[SecretStr, ...] = ()
    alertmanager: str = ""
    alertmanager_hold_hours: float = Field(26.0, gt=0.0)
    textfile: str = ""
    service: str = Field("rag", min_length=1)
    report_url: str = ""
    quiet_hours: str = ""
    time_zone: str = "UTC"
    repeat_hours: float = Field(24.0, gt=0.0)


class ServerSection(SettingsSection):
    """How `rag serve` listens, and what one client may ask of it.

    `collections` names further workspaces, folders relative to this one, that keys may be given. Each key may ask
    `requests_per_minute` (0: as often as it likes) with `burst` of them at once. More than
    `answers_at_once` answers under way are refused with 503. `shutdown_s` is how long running answers may take to end.
    """

    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8000, ge=0, le=65_535)
    collections: dict[str, str] = {}
    keys_file: str = ""
    requests_per_minute: float = Field(0.0, ge=0.0)
    burst: int = Field(20, ge=1)
    max_request_kb: int = Field(1024, ge=1, le=1_048_576)
    answers_at_once: int = Field(256, ge=1, le=4096)
    search_threads: int = Field(4, ge=1, le=64)
    log_queue: int = Field(10_000, ge=1)
    shutdown_s: float = Field(30.0, gt=0.0, le=3600.0)
    cors_origins: tuple[str, ...] = ()


class Settings(SettingsSection):
    """All settings of a workspace."""

    embedder: EmbedderSection = EmbedderSection()
    vectors: VectorsSection = VectorsSection()
    chunking: ChunkingSection = ChunkingSection()
    ingest: IngestSection = IngestSection()
    retrieval: RetrievalSection = RetrievalSection()
    rerank: RerankSection = RerankSection()
    chat: ChatSection = ChatSection()
    judge: JudgeSection = JudgeSection()
    eval: EvalSection = EvalSection()
    tracing: TracingSection = TracingSection()
    log: LogSection = LogSection()
    drift: DriftSection = DriftSection()
    alerts: AlertsSection = AlertsSection()
    server: ServerSection = ServerSection()
