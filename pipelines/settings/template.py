"""The `rag.toml` that `rag init` writes."""

TEMPLATE = """\
# Settings of this workspace. Every key can also be set as an environment variable, e.g. RAG__CHAT__API_KEY.
# Keys left out keep the value shown.

[embedder]
# model = "all-MiniLM-L6-v2"      # a sentence-transformers name or folder, or a model at base_url
# precision = "auto"              # of the default model: int8 where the processor is made for it | fp32 | int8
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
# api_key = ""                    # better: RAG__VECTORS__API_KEY in the environment
# header = "Authorization"        # carries the key as a bearer token; Chroma Cloud wants "X-Chroma-Token"
# tenant = ""                     # empty: the server's default
# database = ""

[chunking]
# max_tokens = 200                # in the embedder's own tokens, heading included
# overlap_sentences = 0
# min_characters = 800            # passages up to this length are kept whole whatever their tokens

[ingest]
# include = []                    # globs below the ingested folder, e.g. ["*.md"]
# exclude = []
# gate_cases = ""                 # e.g. "cases.jsonl": golden cases that a changed embedder or chunking must not fail
# collapse_duplicates = true      # passages nearly the same are one hit that names all their sources; false: many hits
# hostile = "flag"                # passages with orders to a model: flag | quarantine (see rag quarantine) | off

[retrieval]
# k = 8                           # passages per question
# mode = "hybrid"                 # hybrid | dense | lexical
# diversity = 0.0                 # up to 1: rather passages that say something new than several that say the same
# expand = "none"                 # section: give the model what surrounds each passage in its section
# expand_tokens = 400             # up to this many tokens a passage
# more_queries = "none"           # feedback: also search with words of what was found; model: other wordings by [chat]

[rerank]
# base_url = ""                   # a server with POST /rerank (Jina, Cohere, vLLM, TEI), e.g. "http://localhost:8080/v1"
# model = ""                      # its model; without base_url a cross-encoder, by sentence-transformers name or folder
# candidates = 50                 # passages it reads per question
# timeout_s = 30                  # when it fails, the order of the index is kept and the answer is flagged

[chat]
# base_url = "http://localhost:11434/v1"   # any OpenAI-compatible endpoint; without it answers are extractive quotes
# model = "llama3.2"
# api_key = "none"                # better: RAG__CHAT__API_KEY in the environment
# timeout_s = 60                  # the longest silence
# connect_timeout_s = 10
# first_token_timeout_s = 0       # for the first piece of a streamed answer; 0: no limit of its own
# deadline_s = 180                # the whole answer: all tries, waits and fallbacks
# max_retries = 2
# max_answer_tokens = 512
# context_window = 8192
# model_folder = ""               # where its weights lie, if here: config.json goes into the fingerprint of answers
# follow_ups = "model"            # who makes them stand alone: model | rule | none
# headers = { "api-key" = "…" }   # sent with every request; an empty value leaves a header out
# query = { "api-version" = "2024-10-21" }   # Azure: base_url = "https://NAME.openai.azure.com/openai/deployments/MODEL"
# extractive_fallback = false     # quote the best passages when no endpoint answers
# [[chat.fallback]]               # any number, asked in this order when those before fail
# base_url = "http://other-host:8000/v1"
# model = "llama3.2"
# api_key = "none"                # better: RAG__CHAT__FALLBACK__0__API_KEY; all at once: RAG__CHAT__FALLBACK='[{…}]'

[judge]                           # a model that judges answers, for `drift label --judge` and `rag eval --judge`
# base_url = "http://localhost:11434/v1"   # any OpenAI-compatible endpoint
# model = ""
# api_key = "none"                # better: RAG__JUDGE__API_KEY in the environment
# metrics = ["faithfulness"]      # answer_relevancy too, with embedding_model
# timeout_s = 60                  # per metric and answer

[eval]                            # what `rag eval --gate` promises
# metrics = []                    # what is gated; empty: answer_match, source_recall, groundedness and others
# alpha = 0.05                    # chance of stopping an unchanged system
# margin = 0.1                    # a drop of a mean that must not slip through
# margins = {}                    # the same for single metrics, e.g. {answer_match = 0.05}
# smallest_drop = 0               # a proven drop that is smaller stops nothing
# concurrency = 4                 # questions under way at a time; 1 to measure latency

[tracing]                         # OpenTelemetry spans of answers and ingests, to Jaeger, Langfuse, Phoenix, Tempo …
# endpoint = ""                   # e.g. "http://localhost:4318": OTLP/HTTP; empty: no spans
# headers = { Authorization = "…" }   # better: RAG__TRACING__HEADERS='{"Authorization": "…"}' in the environment
# service = "rag"                 # the name under which they are shown
# capture_content = false         # true: questions, passages and answers go along, redacted as [log] and these say
# redact = []
# redact_hook = ""

[log]
# url = ""                        # empty: .rag/log.sqlite; or any SQLAlchemy URL, e.g. "postgresql+psycopg://…"
# redact = []                     # regular expressions; what they match is never written, e.g. ['\\S+@\\S+']
# redact_hook = ""                # "module:function" from text to text, called after them
# keep_text_days = 0              # `drift forget` deletes texts older than this, scores stay; 0 keeps them

[drift]
# drop_that_matters = 0.10        # on the 0..1 quality scale
# false_alert_days = 180          # reports on schedule alert falsely once in so many days at most
# alpha = 0.0075                  # level of an alert in any single report: false ones stay below 1 %
# window_days = 7

[alerts]                          # who is told by `drift report --alert`; try it with `drift alert-test`
# urls = []                       # Apprise addresses, e.g. ["slack://…", "mailto://…"]; better: RAG__ALERTS__URLS
# alertmanager = ""               # e.g. "http://localhost:9093"
# alertmanager_hold_hours = 26    # an alert fires this long: longer than the time between two reports
# textfile = ""                   # e.g. "/var/lib/node_exporter/rag.prom"
# service = "rag"                 # the name messages and metrics carry
# report_url = ""                 # where people find the files of .rag/reports, for the link in a message
# quiet_hours = ""                # e.g. "22:00-07:00": only ops incidents are told, the rest waits
# time_zone = "UTC"               # of the quiet hours
# repeat_hours = 24               # an open incident is told again after this long

[server]                          # `rag serve`; make keys for its clients with `rag key add NAME`
# host = "127.0.0.1"              # another address needs keys
# port = 8000
# collections = {}                # further workspaces by name, e.g. {hr = "../hr"}; keys say who may ask which
# keys_file = ""                  # empty: .rag/keys.json
# requests_per_minute = 0         # per key, or per address without keys; 0: no limit
# burst = 20                      # of these at once
# max_request_kb = 1024
# answers_at_once = 256
# search_threads = 4
# log_queue = 10000               # rows that may wait in memory for the log; more wait on disk
# shutdown_s = 30                 # for running answers to end
# cors_origins = []               # pages of other origins that may call, e.g. ["https://intranet.example.com"]
"""
