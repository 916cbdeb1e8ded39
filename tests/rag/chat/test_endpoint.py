"""A real LangChain client against a real HTTP server, one test for each way in which endpoints fail."""

import subprocess
import sys
from dataclasses import fields

import pytest

from data.records import ABSTENTION, Answer, Chunk, Hit
from data.settings import Secret
from data.text.tokens import estimate_tokens, passage_tokens
from pipelines.loopback import Behaviour, Loopback
from rag.answer.answering import answer_question
from rag.answer.stream import stream_answer
from rag.chat.dialect import Dialect, adapted
from rag.chat.endpoint import ChatEndpoint
from rag.chat.settings import ChatSettings
from rag.errors import ContextOverflow, EndpointRefusal, EndpointUnreachable, GarbledReply
from rag.prompts import PROMPT_VERSION, SYSTEM

KEY = "sk-very-secret"
TEXTS = {
    "baggage.md": "Each passenger may bring hand luggage of up to 10 kilograms. A second bag costs €15 per trip.",
    "timetable.md": "The ferry to Brenna leaves at 9:30 from pier 4. The crossing takes 55 minutes in good weather.",
}
HITS = [Hit(Chunk(name, 0, len(text), text), 1.0) for name, text in TEXTS.items()]
QUESTION = "How many kilograms of hand luggage may a passenger bring?"


@pytest.fixture(scope="module")
def server():
    with Loopback() as loopback:
        yield loopback


@pytest.fixture(scope="module")
def endpoint(server):
    return ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret(KEY), max_retries=1, timeout_s=5), secret="s")


@pytest.fixture(autouse=True)
def honest(server):
    server.behaviour = Behaviour()


def test_an_honest_model_answers_with_supported_citations(endpoint):
    answered = answer_question(QUESTION, HITS, endpoint)
    assert (answered.outcome, answered.flags) == ("answered", ())
    assert "10 kilograms" in answered.text
    assert all(citation.supported for citation in answered.citations)
    assert answered.citations[0].source == "baggage.md"


def test_an_honest_model_abstains_with_the_phrase(endpoint):
    answered = answer_question("Who won the football championship?", HITS, endpoint)
    assert (answered.outcome, answered.text) == ("abstained", ABSTENTION)


def test_the_draft_names_model_fingerprint_prompt_and_tokens(server, endpoint):
    server.behaviour = Behaviour(model="m-2", system_fingerprint="fp_9")
    draft = endpoint.generate(QUESTION, HITS)
    assert (draft.model, draft.system_fingerprint, endpoint.id) == ("m-2", "fp_9", "loopback-1")
    assert endpoint.prompt_version == PROMPT_VERSION
    assert draft.prompt_tokens > 100
    assert draft.completion_tokens > 5


def test_the_same_question_is_the_same_request(server, endpoint):
    endpoint.generate(QUESTION, HITS)
    endpoint.generate(QUESTION, HITS)
    assert server.requests[-1].body == server.requests[-2].body
    assert server.requests[-1].body["max_tokens"] == 512
    assert server.requests[-1].body["temperature"] == 0


@pytest.mark.parametrize("key", [KEY, "none", ""])
def test_an_authorization_header_is_always_sent(server, key):
    ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret(key))).generate(QUESTION, HITS)
    assert server.requests[-1].headers["authorization"].startswith("Bearer ")


def name(behaviour):
    changed = [field.name for field in fields(Behaviour) if getattr(behaviour, field.name) != field.default]
    return behaviour.fault or "-".join(changed)


@pytest.mark.parametrize(
    ("behaviour", "error", "words"),
    [
        (Behaviour(http_429=9), EndpointRefusal, ["HTTP 429 after 2 tries", "Rate limit", "ask less often"]),
        (Behaviour(http_500=9), EndpointRefusal, ["HTTP 500 after 2 tries", "server's log"]),
        (Behaviour(fault="http_401"), EndpointRefusal, ["HTTP 401", "chat.api_key"]),
        (Behaviour(context_tokens=50), ContextOverflow, ["too long", "50 tokens", "chat.context_window"]),
        (Behaviour(fault="garbage_json"), GarbledReply, ["not JSON", "/chat/completions"]),
        (Behaviour(fault="empty_choices"), GarbledReply, ["no usable choice"]),
        (Behaviour(fault="null_choices"), GarbledReply, ["no usable choice"]),
        (Behaviour(fault="empty_content"), GarbledReply, ["empty answer"]),
        (Behaviour(fault="refusal_field"), EndpointRefusal, ["declined", "cannot discuss this topic"]),
    ],
    ids=lambda value: name(value) if isinstance(value, Behaviour) else "",
)
def test_each_fault_becomes_one_sentence_of_its_class(server, endpoint, behaviour, error, words):
    server.behaviour = behaviour
    with pytest.raises(error) as caught:
        endpoint.generate(QUESTION, HITS)
    check_sentence(str(caught.value), server, words)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("behaviour", "error", "words"),
    [
        (Behaviour(http_500=9), EndpointRefusal, ["HTTP 500"]),
        (Behaviour(fault="cut_stream"), GarbledReply, ["closed the connection in the middle"]),
        (Behaviour(fault="short_stream"), GarbledReply, ["before the answer was complete"]),
        (Behaviour(fault="empty_choices"), GarbledReply, ["empty answer"]),
        (Behaviour(fault="empty_content"), GarbledReply, ["empty answer"]),
        (Behaviour(fault="refusal_field"), EndpointRefusal, ["declined"]),
        (Behaviour(fault="garbage_json"), GarbledReply, ["it is not JSON"]),
    ],
    ids=lambda value: name(value) if isinstance(value, Behaviour) else "",
)
def test_each_fault_of_a_stream_becomes_one_sentence_of_its_class(server, endpoint, behaviour, error, words):
    server.behaviour = behaviour
    with pytest.raises(error) as caught:
        list(endpoint.stream(QUESTION, HITS))
    check_sentence(str(caught.value), server, words)


def check_sentence(message, server, words):
    assert server.url in message
    assert "'loopback-1'" in message
    assert KEY not in message
    assert "\n" not in message
    assert message.endswith(".")
    assert not [word for word in words if word not in message]


@pytest.mark.parametrize("fault", ["timeout", "stall_stream"])
def test_silence_is_unreachable_after_the_timeout(server, fault):
    impatient = ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret(KEY), max_retries=0, timeout_s=0.3))
    server.behaviour = Behaviour(fault=fault)
    with pytest.raises(EndpointUnreachable, match=r"sent nothing .* for 0\.3 s: .*chat\.timeout_s\.$"):
        list(impatient.stream(QUESTION, HITS))


def test_nobody_listening_is_unreachable():
    with Loopback() as closed:
        url = closed.url
    dead = ChatEndpoint(ChatSettings(url, "m", Secret(KEY), max_retries=0))
    with pytest.raises(EndpointUnreachable, match=r"cannot be reached \(.*[Rr]efused.*\): start it, or correct"):
        dead.generate(QUESTION, HITS)


def test_credentials_in_the_url_and_the_key_never_show(server):
    url = server.url.replace("http://", "http://user:pass@")
    hidden = ChatEndpoint(ChatSettings(url, "m", Secret(KEY)))
    assert repr(hidden) == f"ChatEndpoint({server.url!r}, 'm')"
    server.behaviour = Behaviour(fault="http_401")
    with pytest.raises(EndpointRefusal) as caught:
        hidden.generate(QUESTION, HITS)
    assert "pass" not in str(caught.value)
    assert KEY not in repr(vars(hidden))


def test_a_key_that_the_server_repeats_is_blanked_out(server):
    server.behaviour = Behaviour(http_429=9, model=KEY)
    spoken = ChatEndpoint(ChatSettings(server.url, "m", Secret("Rate limit"), max_retries=0))
    with pytest.raises(EndpointRefusal, match=r"\(\*\*\* reached\)"):
        spoken.generate(QUESTION, HITS)


def test_a_retry_cures_a_passing_fault(server, endpoint):
    server.behaviour = Behaviour(http_429=1, retry_after_s=0.01)
    before = len(server.requests)
    assert endpoint.generate(QUESTION, HITS).text
    assert len(server.requests) - before == 2


def test_missing_usage_is_none_and_not_zero(server, endpoint):
    server.behaviour = Behaviour(fault="no_usage")
    draft = endpoint.generate(QUESTION, HITS)
    assert (draft.prompt_tokens, draft.completion_tokens) == (None, None)


def test_an_answer_in_the_reasoning_field_is_used_and_flagged(server, endpoint):
    plain = endpoint.generate(QUESTION, HITS)
    server.behaviour = Behaviour(fault="reasoning_field")
    draft = endpoint.generate(QUESTION, HITS)
    assert (draft.text, draft.flags) == (plain.text, ("answer_in_reasoning_field",))
    assert list(endpoint.stream(QUESTION, HITS))[-1].text == plain.text


@pytest.mark.parametrize(
    ("fault", "gone"),
    [
        ("rejects_max_tokens", "max_tokens"),
        ("rejects_temperature", "temperature"),
        ("rejects_stream_options", "stream_options"),
    ],
)
def test_a_refused_parameter_is_left_out_from_then_on(server, fault, gone):
    picky = ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret(KEY)))
    server.behaviour = Behaviour(fault=fault)
    before = len(server.requests)
    assert list(picky.stream(QUESTION, HITS))[-1].text
    assert list(picky.stream(QUESTION, HITS))[-1].text
    sent = [gone in request.body for request in server.requests[before:]]
    assert sent == [True, False, False]


def test_a_complaint_about_something_else_changes_nothing():
    assert adapted(Dialect(), "max_tokens is too large: 99999") is None
    assert adapted(Dialect(), "Unsupported parameter: 'logit_bias'") is None


def test_a_stream_grows_to_the_text_of_the_whole_reply(endpoint):
    drafts = list(endpoint.stream(QUESTION, HITS))
    assert drafts[-1] == endpoint.generate(QUESTION, HITS)
    assert len(drafts) > 5
    assert all(later.text.startswith(draft.text) for draft, later in zip(drafts, drafts[1:], strict=False))


def test_a_streamed_answer_shows_whole_sentences_and_ends_as_the_answer_at_once(endpoint):
    *pieces, last = stream_answer(QUESTION, HITS, endpoint)
    assert isinstance(last, Answer)
    assert last == answer_question(QUESTION, HITS, endpoint)
    assert "".join(pieces) == last.text
    assert len(pieces) == 2


def test_a_stream_that_breaks_ends_as_a_failed_answer(server, endpoint):
    server.behaviour = Behaviour(fault="cut_stream")
    last = list(stream_answer(QUESTION, HITS, endpoint))[-1]
    assert (last.outcome, last.draft) == ("failed", None)
    assert "closed the connection" in last.error


def test_passages_that_do_not_fit_are_dropped_and_counted(server):
    long = [Hit(Chunk(f"{place}.md", 0, 1200, f"Filler word {place}. " * 60), 0.1) for place in range(3)]
    fixed = estimate_tokens(SYSTEM) + estimate_tokens(QUESTION) + 200 + 100
    window = fixed + sum(passage_tokens(hit) for hit in HITS)
    narrow = ChatEndpoint(
        ChatSettings(server.url, "loopback-1", Secret(KEY), context_window=window, max_answer_tokens=200)
    )
    draft = narrow.generate(QUESTION, [*HITS, *long])
    assert draft.flags == ("dropped_passages:3",)
    assert set(draft.keys.values()) == {hit.chunk.id for hit in HITS}


def test_a_window_without_room_for_one_passage_is_refused_before_asking(server):
    tiny = ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret(KEY), context_window=600, max_answer_tokens=512))
    before = len(server.requests)
    with pytest.raises(ContextOverflow, match=r"window of 600 tokens .* answer of 512 tokens: raise"):
        tiny.generate(QUESTION, HITS)
    assert len(server.requests) == before


def test_a_server_that_reads_half_the_prompt_in_silence_is_found_out(server, endpoint):
    assert endpoint.generate(QUESTION, HITS).flags == ()
    server.behaviour = Behaviour(truncate_tokens=150)
    assert endpoint.generate(QUESTION, HITS).flags == ("prompt_truncated_by_server:150",)


def test_an_answer_cut_at_the_token_limit_is_flagged(server):
    terse = ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret(KEY), max_answer_tokens=6))
    assert terse.generate(QUESTION, HITS).flags == ("answer_cut_short",)


def test_a_hallucinating_model_raises_flags_where_an_honest_one_raises_none(server, endpoint):
    questions = [QUESTION, "When does the ferry to Brenna leave?", "How long does the crossing take?"]
    server.behaviour = Behaviour(hallucination_rate=1.0)
    for question in questions:
        answer = answer_question(question, HITS, endpoint)
        assert answer.outcome == "answered"
        assert answer.citations
        assert [flag for flag in answer.flags if flag.startswith(("unsupported_citation", "number_mismatch"))]


def test_importing_the_endpoint_module_loads_no_langchain():
    loaded = "[name for name in sys.modules if name.startswith(('langchain', 'openai'))]"
    code = f"import sys, rag.chat.endpoint; print({loaded})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
