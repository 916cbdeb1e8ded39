"""How endpoints deviate from OpenAI's, one test each, against a real HTTP server."""

import pytest

from data.records import Chunk, Hit
from data.settings import Secret
from pipelines.loopback import Behaviour, Loopback
from rag.chat.dialect import Dialect, adapted
from rag.chat.endpoint import ChatEndpoint
from rag.chat.reply import Reply
from rag.chat.served_model import ServedModel, folder_digest, told_by
from rag.chat.settings import ChatSettings
from rag.errors import ContextOverflow, GarbledReply

TEXT = "Each passenger may bring hand luggage of up to 10 kilograms. A second bag costs €15 per trip."
HITS = [Hit(Chunk("baggage.md", 0, len(TEXT), TEXT), 1.0)]
QUESTION = "How many kilograms of hand luggage may a passenger bring?"


@pytest.fixture(scope="module")
def server():
    with Loopback() as loopback:
        yield loopback


@pytest.fixture(scope="module")
def endpoint(server):
    return ChatEndpoint(
        ChatSettings(server.url, "loopback-1", Secret("sk-secret"), max_retries=0, timeout_s=5), secret="s"
    )


@pytest.fixture(autouse=True)
def honest(server):
    server.behaviour = Behaviour()


def both_ways(endpoint):
    return endpoint.generate(QUESTION, HITS), list(endpoint.stream(QUESTION, HITS))[-1]


@pytest.mark.parametrize("fault", ["sse_comments", "sse_no_space", "think_tags", "think_unopened"])
def test_all_forms_of_a_stream_and_thinking_in_the_text_give_the_same_answer(server, endpoint, fault):
    plain, _ = both_ways(endpoint)
    server.behaviour = Behaviour(fault=fault)
    assert [draft.text for draft in both_ways(endpoint)] == [plain.text, plain.text]


def test_thinking_between_tags_is_never_shown(server, endpoint):
    server.behaviour = Behaviour(fault="think_tags")
    assert not [draft for draft in endpoint.stream(QUESTION, HITS) if "99" in draft.text or "think" in draft.text]


def test_an_answer_in_the_field_reasoning_is_used_and_flagged(server, endpoint):
    plain, _ = both_ways(endpoint)
    server.behaviour = Behaviour(fault="reasoning_short_field")
    for draft in both_ways(endpoint):
        assert (draft.text, draft.flags) == (plain.text, ("answer_in_reasoning_field",))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<think>no</think> yes", "yes"),
        ("\n<thinking>\nno\n</thinking>\n\nyes", "yes"),
        ("no</think>yes", "yes"),
        ("<think>still at it", ""),
        ("The tag <think> opens thinking.", "The tag <think> opens thinking."),
    ],
)
def test_the_text_of_a_reply_is_what_follows_its_thinking(raw, text):
    reply = Reply()
    for sign in raw:
        reply.add_text(sign)
    assert reply.whole == text


def test_a_model_without_a_system_role_gets_the_instructions_with_the_question(server):
    endpoint = ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret("sk-secret")), secret="s")
    server.behaviour = Behaviour(fault="rejects_system")
    before = len(server.requests)
    assert "10 kilograms" in endpoint.generate(QUESTION, HITS).text
    assert "10 kilograms" in endpoint.generate(QUESTION, HITS).text
    roles = [[message["role"] for message in request.body["messages"]] for request in server.requests[before:]]
    assert roles == [["system", "user"], ["user"], ["user"]]


def test_a_server_that_knows_neither_limit_gets_none(server):
    endpoint = ChatEndpoint(ChatSettings(server.url, "loopback-1", Secret("sk-secret")))
    server.behaviour = Behaviour(fault="rejects_limits")
    assert endpoint.generate(QUESTION, HITS).text
    sent = server.requests[-1].body
    assert not {"max_tokens", "max_completion_tokens"} & sent.keys()


@pytest.mark.parametrize(
    "complaint",
    [
        "System role not supported",
        "Only user and assistant roles are supported!",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Developer instruction is not enabled for models/gemma-3",
        "This model does not support system messages.",
    ],
)
def test_complaints_about_the_system_role_are_recognised(complaint):
    assert adapted(Dialect(), complaint) == Dialect(system_role=False)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("error_with_success", "reported success, but sent an error .*being loaded"),
        ("html_page", "is not JSON"),
        ("garbage_json", "is not JSON"),
    ],
)
def test_success_without_a_reply_is_garbled(server, endpoint, fault, words):
    server.behaviour = Behaviour(fault=fault)
    with pytest.raises(GarbledReply, match=words):
        endpoint.generate(QUESTION, HITS)
    with pytest.raises(GarbledReply, match=words):
        list(endpoint.stream(QUESTION, HITS))


def test_a_server_that_does_not_stream_is_read_all_the_same(server, endpoint):
    server.behaviour = Behaviour(fault="ignores_stream")
    whole, streamed = both_ways(endpoint)
    assert streamed == whole
    assert streamed.text


def test_an_error_in_the_middle_of_a_stream_is_told(server, endpoint):
    server.behaviour = Behaviour(fault="error_in_stream")
    with pytest.raises(GarbledReply, match=r"broke off the reply .* \(The model ran out of memory\)"):
        list(endpoint.stream(QUESTION, HITS))


def test_an_overflow_told_with_success_is_an_overflow():
    from rag.chat.errors import translated

    settings = ChatSettings("http://h/v1", "m")
    error = ValueError({"message": "This model's maximum context length is 50 tokens."})
    assert isinstance(translated(error, settings), ContextOverflow)


def test_azure_gets_its_header_its_query_and_its_path_and_no_bearer_token(server):
    root = server.url.removesuffix("/v1")
    wire = {"headers": {"api-key": Secret("az-secret")}, "query": {"api-version": Secret("2024-10-21")}}
    azure = ChatEndpoint(ChatSettings(f"{root}/openai/deployments/m", "loopback-1", **wire))
    assert azure.generate(QUESTION, HITS).text
    sent = server.requests[-1]
    assert sent.path == "/openai/deployments/m/chat/completions?api-version=2024-10-21"
    assert (sent.headers["api-key"], "authorization" in sent.headers) == ("az-secret", False)


def test_secrets_in_headers_and_query_never_show(server):
    wire = {"headers": {"X-Key": Secret("Incorrect API")}, "query": {"sig": Secret("key provided")}}
    endpoint = ChatEndpoint(ChatSettings(server.url, "m", **wire))
    server.behaviour = Behaviour(fault="http_401")
    with pytest.raises(Exception, match=r"\(\*\*\* \*\*\*\)"):
        endpoint.generate(QUESTION, HITS)
    assert "Incorrect" not in repr(ChatSettings(**wire))


def test_what_the_server_tells_of_its_model_is_on_the_draft(server):
    served = ServedModel(ChatSettings(server.url, "loopback-1"))
    endpoint = ChatEndpoint(ChatSettings(server.url, "loopback-1"), served=served)
    server.behaviour = Behaviour(quantization="awq")
    assert endpoint.generate(QUESTION, HITS).model_details == "created=1700000000 owned_by=loopback quantization=awq"


def test_the_server_is_not_asked_about_its_model_with_every_answer(server):
    now = [0.0]
    served = ServedModel(ChatSettings(server.url, "loopback-1"), every_s=60, clock=lambda: now[0])

    def asked():
        served.look()
        served.details(5)
        return sum(request.method == "GET" for request in server.requests)

    first = asked()
    assert asked() == first
    server.behaviour = Behaviour(quantization="fp8")
    now[0] = 61.0
    assert asked() == first + 1
    assert "quantization=fp8" in served.details()


def test_a_listing_of_another_shape_tells_nothing():
    for listing in (None, [], {}, {"data": None}, {"data": ["m"]}, {"data": [{"id": "other", "root": "x"}]}):
        assert told_by(listing, "m", 0) == ""
    assert told_by({"data": [{"id": "m", "meta": {"size": 5}, "root": "a b"}]}, "m", 0) == "root=a_b size=5"


def test_a_time_of_creation_that_is_only_the_present_is_left_out():
    listing = {"data": [{"id": "m", "created": 1_700_000_000, "root": "r"}]}
    assert told_by(listing, "m", 1_700_000_001) == "root=r"
    assert told_by(listing, "m", 1_800_000_000) == "created=1700000000 root=r"


def test_a_model_folder_is_named_by_its_configuration_and_the_sizes_of_its_weights(tmp_path):
    assert folder_digest(str(tmp_path)) == ""
    (tmp_path / "config.json").write_text('{"torch_dtype": "bfloat16"}')
    plain = folder_digest(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"1234")
    with_weights = folder_digest(str(tmp_path))
    (tmp_path / "config.json").write_text('{"torch_dtype": "int8"}')
    assert len({plain, with_weights, folder_digest(str(tmp_path))}) == 3
    assert plain.startswith("config=")
