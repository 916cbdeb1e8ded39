"""Interactions as hypothesis may dream them up: odd letters, missing parts, every outcome."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from data.records import Citation, Context, Fingerprint, Interaction

AT = datetime(2026, 1, 1, tzinfo=UTC)
ODD_TEXTS = (
    "",
    " \n\t",
    "\x00",
    "\ud800",  # half a surrogate pair, as JSON may hold it
    "\u202eright to left\u202c",
    "🧑‍🚀" * 40,
    "e\u0301\u0301\u0301",
    "ﬃ ß İ ı ſ",
    "一二三。四五？",
    "مرحبا بالعالم",
    "١٢٣ ٤٫٥ ½ ³ Ⅷ",
    "[1] [2] [999999999999999999999]",
    "1e999 NaN -inf 0x1F 1,2,3.4.5",
)

odd = st.one_of(st.sampled_from(ODD_TEXTS), st.text(st.characters(), max_size=60))
texts = st.one_of(st.sampled_from(["The fare is 7 euros.", "No dogs."]), odd)
sources = st.one_of(st.sampled_from(["a.md", "docs/a.md"]), odd)
"""Few enough of what makes sense for an answer and its case to meet."""

numbers = st.floats(-1e9, 1e9)
contexts = st.builds(
    Context,
    id=texts,
    source=sources,
    score=st.none() | numbers,
    text=st.none() | texts,
    text_hash=texts,
    also_in=st.lists(sources, max_size=2).map(tuple),
)
citations = st.builds(
    Citation,
    marker=st.integers(-1, 99),
    chunk_id=texts,
    source=sources,
    page=st.none() | st.integers(0, 9),
    start=st.integers(0, 9),
    end=st.integers(0, 9),
    quote=texts,
    supported=st.booleans(),
)
interactions = st.builds(
    Interaction,
    id=st.just("i"),
    at=st.just(AT),
    question=texts,
    answer=st.none() | texts,
    outcome=st.sampled_from(["answered", "abstained", "failed"]),
    kind=st.sampled_from(["user", "canary", "replay"]),
    contexts=st.lists(contexts, max_size=4).map(tuple),
    citations=st.lists(citations, max_size=3).map(tuple),
    latency_ms=st.dictionaries(st.sampled_from(["total", "embed", "", "é"]), st.floats(0, 1e9), max_size=3),
    tokens=st.dictionaries(st.sampled_from(["prompt", "completion", ""]), st.integers(0, 10**9), max_size=2),
    error=st.none() | texts,
    fingerprint=st.builds(Fingerprint, texts, texts, texts, texts, texts, texts),
    flags=st.lists(texts, max_size=2).map(tuple),
)
