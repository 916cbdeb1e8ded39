"""Any chat model of LangChain answers from passages, whole or streamed; one that fails is told in one sentence."""

import sys

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from data.errors import SettingsError
from data.extras import MissingLibraryError
from data.records import Chunk, Hit
from rag.answer.answering import answer_question
from rag.errors import ContextOverflow, EndpointError, GarbledReply
from rag.integrations import LangChainGenerator
from rag.prompts import PROMPT_VERSION, read_prompt
from rag.protocols import StreamingGenerator, Writer

TEXT = "Hand luggage may weigh 10 kilograms. A second bag costs €15 per trip."
HITS = [Hit(Chunk("fares.md", 0, len(TEXT), TEXT), 1.0)]
QUESTION = "How much does a second bag cost?"


class Scripted(GenericFakeChatModel):
    """A model that keeps what it was sent."""

    model: str = "scripted-1"
    sent: list = []

    def _generate(self, messages, *args, **more):
        self.sent.append([(message.type, message.content) for message in messages])
        return super()._generate(messages, *args, **more)


class Dropping(GenericFakeChatModel):
    """A model whose stream breaks after its first word."""

    key: SecretStr = SecretStr("sk-very-secret")

    def _generate(self, *args, **more):
        raise ConnectionError("no route to host for key sk-very-secret")

    def _stream(self, *args, **more):
        yield ChatGenerationChunk(message=AIMessageChunk("It "))
        raise ConnectionError("connection reset")


def scripted(*replies):
    return Scripted(messages=iter(replies))


def remote(server):
    return LangChainGenerator(ChatOpenAI(base_url=server.url, api_key="k", model="m-1", max_retries=0))


def test_a_model_answers_with_citations_that_hold(server):
    found = answer_question(QUESTION, HITS, remote(server))
    assert found.outcome == "answered"
    assert [(citation.quote, citation.supported) for citation in found.citations] == [
        ("A second bag costs €15 per trip.", True)
    ]
    assert (found.draft.model, found.draft.system_fingerprint) == ("m-1", "fp-7")
    assert found.draft.prompt_tokens > 0 and found.draft.completion_tokens > 0


def test_a_stream_grows_to_the_same_answer(server):
    *growing, last = remote(server).stream(QUESTION, HITS)
    texts = [draft.text for draft in growing]
    assert len(texts) > 1 and all(later.startswith(text) for text, later in zip(texts, texts[1:], strict=False))
    assert all(draft.keys == growing[0].keys for draft in growing)
    assert (last.text, last.model) == (texts[-1], "m-1")
    assert remote(server).generate(QUESTION, HITS).text.split("[")[0] == last.text.split("[")[0]


def test_it_is_asked_with_our_wording_and_the_passages():
    model = scripted("No.")
    generator = LangChainGenerator(model, secret="s")
    generator.generate(QUESTION, HITS)
    [[(system, _), (human, user)]] = [model.sent[-1:][0]]
    read = read_prompt(user)
    assert (system, human, read.question, [passage.text for passage in read.passages]) == (
        "system",
        "human",
        QUESTION,
        [TEXT],
    )
    assert (generator.id, generator.prompt_version) == ("scripted-1", PROMPT_VERSION)


def test_the_same_secret_gives_the_same_prompt():
    model = scripted("No.", "No.")
    for _ in range(2):
        LangChainGenerator(model, secret="s").generate(QUESTION, HITS)
    assert model.sent[-1] == model.sent[-2]


def test_it_writes_and_streams_as_other_parts_expect_of_a_generator():
    generator = LangChainGenerator(scripted("Berth seven?"))
    assert isinstance(generator, StreamingGenerator) and isinstance(generator, Writer)
    assert generator.complete("Rewrite the question.", "And there?") == "Berth seven?"


def test_thinking_is_no_part_of_the_answer():
    assert LangChainGenerator(scripted("<think>Bags…</think>€15.")).generate(QUESTION, HITS).text == "€15."


@pytest.mark.parametrize(
    "reason", [{"finish_reason": "length"}, {"stop_reason": "max_tokens"}, {"done_reason": "length"}]
)
def test_an_answer_that_was_cut_short_is_flagged_whoever_says_so(reason):
    reply = AIMessage("€1", response_metadata=reason)
    assert LangChainGenerator(scripted(reply)).generate(QUESTION, HITS).flags == ("answer_cut_short",)


def test_tokens_that_a_stream_tells_in_parts_are_added_up():
    class Counting(GenericFakeChatModel):
        def _stream(self, *args, **more):
            for text, read, written in (("", 40, 1), ("€15", 0, 2), (".", 0, 3)):
                usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
                yield ChatGenerationChunk(message=AIMessageChunk(text, usage_metadata=usage))

    *_, last = LangChainGenerator(Counting(messages=iter(()))).stream(QUESTION, HITS)
    assert (last.prompt_tokens, last.completion_tokens) == (40, 6)


def test_a_model_that_raises_is_one_that_did_not_answer():
    generator = LangChainGenerator(Dropping(messages=iter(())))
    with pytest.raises(EndpointError, match=r"'Dropping' \(Dropping\) failed \(ConnectionError: no route to host"):
        generator.generate(QUESTION, HITS)
    assert answer_question(QUESTION, HITS, generator).outcome == "failed"


def test_no_key_of_the_model_is_told():
    with pytest.raises(EndpointError) as caught:
        LangChainGenerator(Dropping(messages=iter(()))).complete("s", "u")
    assert "sk-very-secret" not in str(caught.value) and "for key ***" in str(caught.value)


def test_a_stream_that_breaks_gives_what_came_and_then_the_reason():
    stream = LangChainGenerator(Dropping(messages=iter(()))).stream(QUESTION, HITS)
    assert next(stream).text == "It "
    with pytest.raises(EndpointError, match="ConnectionError: connection reset"):
        next(stream)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (AIMessage(" "), "sent an empty answer: ask again"),
        (AIMessage("", response_metadata={"finish_reason": "length"}), "used up its tokens before it wrote an answer"),
    ],
)
def test_an_empty_answer_is_none(reply, why):
    with pytest.raises(GarbledReply, match=why):
        LangChainGenerator(scripted(reply)).generate(QUESTION, HITS)


def test_passages_that_do_not_fit_are_left_out_or_told():
    many = [Hit(Chunk(f"{number}.md", 0, len(TEXT), TEXT), 1.0) for number in range(60)]
    draft = LangChainGenerator(scripted("No."), context_window=1600).generate(QUESTION, many)
    [flag] = draft.flags
    assert flag == f"dropped_passages:{60 - len(draft.keys)}" and 0 < len(draft.keys) < 60
    with pytest.raises(ContextOverflow, match="has no room for a passage"):
        LangChainGenerator(scripted("No."), context_window=600).generate(QUESTION, HITS)


def test_a_model_may_be_given_by_its_name(server, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    generator = LangChainGenerator("openai:m-1")
    assert (generator.id, repr(generator)) == ("m-1", "LangChainGenerator(ChatOpenAI, 'm-1')")
    assert "€15" in generator.generate(QUESTION, HITS).text


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nonsense", "Unable to infer model provider"),
        ("anthropic:claude", "requires the langchain-anthropic package"),
        ("openai:m-1", "api_key"),
        ("", "cannot be opened"),
    ],
)
def test_a_model_that_cannot_be_opened_is_told_with_what_is_missing(name, reason):
    with pytest.raises(SettingsError, match=reason) as caught:
        LangChainGenerator(name)
    assert str(caught.value).startswith(f"The chat model {name!r} cannot be opened (")
    assert "\n" not in str(caught.value)


def test_without_langchain_a_model_by_name_is_told_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain", None)
    monkeypatch.delitem(sys.modules, "langchain.chat_models", raising=False)
    with pytest.raises(MissingLibraryError, match=r"^The chat model 'openai:m-1' needs the extra `langchain` "):
        LangChainGenerator("openai:m-1")
    assert LangChainGenerator(scripted("No.")).generate(QUESTION, HITS).text == "No."
