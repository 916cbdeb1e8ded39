import json
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from data.errors import SettingsError
from data.log.settings import LogSettings
from data.records import Citation, Context, Fingerprint, Interaction, Score
from data.settings.secret import Secret
from pipelines.settings.sections import Settings
from pipelines.settings.tracing import TracingSettings
from pipelines.tracing.content import content_of
from pipelines.tracing.tracer import _shared_provider, build_observer
from tests.pipelines.collector import Collector

ITEM = Interaction(
    id="q1",
    at=datetime(2026, 11, 1, tzinfo=UTC),
    question="Where does Mrs Orlova live?",
    answer="In Brenna [1].",
    contexts=(Context("c1", "people.md", 0.75, "Mrs Orlova lives in Brenna."), Context("c2", "map.md", 0.5, "A map.")),
    citations=(Citation(1, "c1", "people.md", None, 0, 10, "Mrs Orlova", supported=True),),
    latency_ms={"embed": 10.0, "retrieve": 20.0, "rerank": 5.0, "generate": 300.0, "verify": 2.0, "total": 340.0},
    tokens={"prompt": 500, "completion": 8},
    fingerprint=Fingerprint(chat_model="m-1", embedder="minilm", index_generation="7", prompt_version="p1"),
    flags=("dropped_passages:3",),
)
SCORES = (Score("q1", "groundedness", 0.9, "proxy"), Score("q1", "faithfulness", None, "judge", "no reply"))
SECRETS = ("Orlova", "Brenna", "people.md", "A map")


def settings(url, **tracing):
    return Settings(tracing=TracingSettings(endpoint=url, **tracing))


def sent(item=ITEM, **tracing):
    """Send one interaction to a collector of its own; return spans by the first word of their name, and the headers."""
    with Collector() as collector:
        build_observer(settings(collector.url, **tracing))(item, SCORES)
        headers = tuple((name, value) for name, value in sorted(tracing.get("headers", {}).items()))
        _shared_provider(collector.url, headers, "rag", 3.0).force_flush()
        assert collector.arrived.wait(20)
        return {span.name.partition(" ")[0]: span for span in collector.spans}, collector.headers


def test_an_answer_is_a_span_with_a_span_for_each_stage_below_it():
    spans, _ = sent()
    assert list(spans) == ["embeddings", "retrieval", "rerank", "chat", "verify", "rag.ask"]
    root = spans.pop("rag.ask").span
    assert {span.span.parent_span_id for span in spans.values()} == {root.span_id}
    assert {span.span.trace_id for span in spans.values()} == {root.trace_id}
    length = {
        name: (span.span.end_time_unix_nano - span.span.start_time_unix_nano) / 1e6 for name, span in spans.items()
    }
    assert length == {"embeddings": 10.0, "retrieval": 20.0, "rerank": 5.0, "chat": 300.0, "verify": 2.0}
    starts = [span.span.start_time_unix_nano for span in spans.values()]
    assert starts == sorted(starts) and starts[0] == root.start_time_unix_nano


def test_spans_follow_the_conventions():
    spans, _ = sent()
    chat = spans["chat"].attributes
    assert (chat["gen_ai.operation.name"], chat["gen_ai.request.model"]) == ("chat", "m-1")
    assert (chat["gen_ai.usage.input_tokens"], chat["gen_ai.usage.output_tokens"]) == (500, 8)
    kinds = {name: span.attributes["openinference.span.kind"] for name, span in spans.items()}
    assert kinds["chat"] == "LLM" and kinds["retrieval"] == "RETRIEVER" and kinds["rag.ask"] == "CHAIN"
    assert spans["retrieval"].attributes["retrieval.documents.0.document.score"] == 0.75
    assert spans["verify"].attributes["rag.citations.supported"] == 1
    assert spans["rag.ask"].attributes["rag.fingerprint.prompt_version"] == "p1"
    assert spans["rag.ask"].resource["service.name"] == "rag"
    (event,) = spans["rag.ask"].span.events
    assert event.name == "gen_ai.evaluation.result"


def test_no_text_leaves_unless_it_is_asked_for():
    spans, _ = sent()
    everything = repr([(span.name, span.attributes) for span in spans.values()])
    assert not [secret for secret in SECRETS if secret in everything]


def test_text_that_is_asked_for_is_redacted_by_pattern_and_hook(monkeypatch):
    monkeypatch.setitem(
        sys.modules, "hiding", type("hiding", (), {"hide": staticmethod(lambda t: t.replace("Brenna", "B"))})
    )
    spans, _ = sent(capture_content=True, redact=("Orlova",), redact_hook="hiding:hide")
    root = spans["rag.ask"].attributes
    assert (root["input.value"], root["output.value"]) == ("Where does Mrs [redacted] live?", "In B [1].")
    assert spans["retrieval"].attributes["retrieval.documents.0.document.content"] == "Mrs [redacted] lives in B."
    assert "Orlova" not in repr([span.attributes for span in spans.values()])
    messages = json.loads(spans["chat"].attributes["gen_ai.output.messages"])
    assert messages == [{"role": "assistant", "parts": [{"type": "text", "content": "In B [1]."}]}]


def test_what_the_log_redacts_never_leaves_in_spans_either():
    section = TracingSettings(endpoint="http://h", capture_content=True)
    shown = content_of(Settings(tracing=section, log=LogSettings(redact=("Orlova",))))
    assert shown("Mrs Orlova") == "Mrs [redacted]"


def test_a_hook_that_fails_hides_the_text(monkeypatch):
    def fails(text):
        raise RuntimeError(text)

    monkeypatch.setitem(sys.modules, "failing", type("failing", (), {"hook": staticmethod(fails)}))
    shown = content_of(settings("http://h", capture_content=True, redact_hook="failing:hook"))
    assert "Orlova" not in shown("Mrs Orlova")


@pytest.mark.parametrize(
    "wrong", [{"redact": ("(",)}, {"redact_hook": "nowhere:hook"}, {"redact_hook": "json:no"}, {"redact_hook": "json"}]
)
def test_a_redaction_that_cannot_work_is_refused_before_anything_is_sent(wrong):
    with pytest.raises(SettingsError):
        content_of(settings("http://h", capture_content=True, **wrong))


def test_keys_of_the_collector_go_along():
    _, headers = sent(headers={"x-api-key": Secret("k-123")})
    assert headers[0]["x-api-key"] == "k-123"


def test_a_failed_answer_is_an_error_at_the_stage_that_failed():
    failed = Interaction("q2", ITEM.at, "Why?", None, "failed", latency_ms={"embed": 1.0, "total": 2.0}, error="Dead.")
    spans, _ = sent(failed)
    assert spans["rag.ask"].span.status.code == 2
    assert spans["rag.ask"].span.status.message == "failed"


def test_a_collector_that_never_answers_delays_no_answer_and_holds_up_no_exit(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        code = f"""
from tests.pipelines.tracing.test_tracer import ITEM, settings
from pipelines.tracing import build_observer
from time import perf_counter
observe = build_observer(settings({url!r}, timeout_s=0.5))
started = perf_counter()
for _ in range(100):
    observe(ITEM, ())
print(perf_counter() - started)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 30
    assert done.stderr.count("warning: the trace collector") <= 1


def test_without_an_endpoint_nothing_is_built():
    assert build_observer(Settings()) is None


def test_an_ingest_and_a_question_through_the_commands_are_traced(workspace, command, monkeypatch):
    with Collector() as collector:
        monkeypatch.setenv("RAG__TRACING__ENDPOINT", collector.url)
        assert command("rag", "ingest", "corpus").code == 0
        asked = command("rag", "ask", "How often is the lubricating oil changed?", "--json").json
        _shared_provider(collector.url, (), "rag", 3.0).force_flush()
        names = [span.name for span in collector.spans]
        assert names[0] == "rag.ingest" and names[-1] == "rag.ask"
        assert {"embeddings", "retrieval", "chat", "verify"} <= {name.partition(" ")[0] for name in names}
        assert collector.spans[-1].attributes["rag.interaction.id"] == asked["id"]
