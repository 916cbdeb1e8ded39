"""Real LangChain chains and LlamaIndex engines against the loopback server: one interaction per question."""

import pytest

from pipelines.record import langchain_handler as workspace_handler
from pipelines.wiring.workspace import init_workspace, open_log, open_workspace
from rag.integrations import langchain_handler, watch_llama_index
from rag.integrations.recorder import TurnRecorder

TEXTS = {"d1": "Ships dock at berth 4.", "d2": "Dogs are welcome on deck."}


@pytest.fixture
def written():
    return []


def chain(server, *, fail=False):
    from langchain_core.documents import Document
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import RunnablePassthrough
    from langchain_openai import ChatOpenAI

    class Fixed(BaseRetriever):
        def _get_relevant_documents(self, query, *, run_manager):
            if fail:
                raise RuntimeError("the store is down")
            return [Document(id=key, page_content=text, metadata={"source": "port.md"}) for key, text in TEXTS.items()]

    prompt = ChatPromptTemplate.from_template("Passages: {context}\nQuestion: {question}")
    model = ChatOpenAI(base_url=server.url, api_key="k", model="m-1", max_retries=0)
    return {"context": Fixed(), "question": RunnablePassthrough()} | prompt | model | StrOutputParser()


def checked(item, answer):
    assert (item.question, item.answer, item.outcome) == ("Where do ships dock?", answer, "answered")
    assert [(c.id, c.text, c.source) for c in item.contexts] == [(key, text, "port.md") for key, text in TEXTS.items()]
    assert item.fingerprint.chat_model == "m-1"
    assert item.latency_ms["total"] >= item.latency_ms["generate"] > 0
    assert item.tokens["prompt"] > 0
    assert item.tokens["completion"] > 0


def test_a_langchain_chain_becomes_one_interaction(server, written):
    answer = chain(server).invoke(
        "Where do ships dock?", config={"callbacks": [langchain_handler(written.append, tags={"app": "shop"})]}
    )
    [item] = written
    checked(item, answer)
    assert (item.tags, item.fingerprint.system_fingerprint) == ({"app": "shop"}, "fp-7")


def test_a_streamed_chain_and_a_batch_are_recorded_too(server, written):
    handler = langchain_handler(written.append)
    streamed = "".join(chain(server).stream("Where do ships dock?", config={"callbacks": [handler]}))
    assert written[0].answer == streamed
    chain(server).batch(["One?", "Two?", "Three?"], config={"callbacks": [handler]})
    assert sorted(item.question for item in written[1:]) == ["One?", "Three?", "Two?"]
    assert all(len(item.contexts) == 2 for item in written)


def test_a_failing_chain_is_a_failed_interaction_and_still_fails(server, written):
    with pytest.raises(RuntimeError, match="the store is down"):
        chain(server, fail=True).invoke("Where?", config={"callbacks": [langchain_handler(written.append)]})
    [item] = written
    assert (item.outcome, item.answer, item.error) == ("failed", None, "RuntimeError: the store is down")


def test_a_log_that_cannot_be_written_never_breaks_the_chain(server):
    def broken(item):
        raise OSError("disk full")

    assert chain(server).invoke("Where do ships dock?", config={"callbacks": [langchain_handler(broken)]})


def test_a_model_called_alone_is_a_turn(server, written):
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(base_url=server.url, api_key="k", model="m-1")
    model.invoke("Who are you?", config={"callbacks": [langchain_handler(written.append)]})
    assert [(item.question, item.contexts) for item in written] == [("Who are you?", ())]


@pytest.mark.parametrize(
    "messages",
    [
        [("system", "Be brief."), ("human", "Who are you?")],
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who are you?"}],
    ],
)
def test_the_question_of_messages_is_what_the_user_said_last(server, written, messages):
    from langchain_core.runnables import RunnableLambda
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(base_url=server.url, api_key="k", model="m-1")
    chain = RunnableLambda(lambda inputs: inputs["messages"]) | model
    chain.invoke({"messages": messages}, config={"callbacks": [langchain_handler(written.append)]})
    assert [item.question for item in written] == ["Who are you?"]


def test_the_workspace_handler_scores_and_logs(server, tmp_path):
    init_workspace(tmp_path)
    chain(server).invoke("Where do ships dock?", config={"callbacks": [workspace_handler(tmp_path)]})
    log = open_log(open_workspace(tmp_path))
    [item] = log.read()
    assert {score.metric for score in log.scores()} >= {"groundedness"}
    assert item.contexts[0].text == "Ships dock at berth 4."


@pytest.fixture
def index(server):
    from llama_index.core import MockEmbedding, VectorStoreIndex
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
    from llama_index.core.llms.callbacks import llm_completion_callback
    from llama_index.core.schema import TextNode
    from openai import OpenAI

    client = OpenAI(base_url=server.url, api_key="k")

    class Remote(CustomLLM):
        @property
        def metadata(self):
            return LLMMetadata(model_name="m-1")

        @llm_completion_callback()
        def complete(self, prompt, formatted=False, **more):
            reply = client.chat.completions.create(model="m-1", messages=[{"role": "user", "content": prompt}])
            return CompletionResponse(text=reply.choices[0].message.content, raw=reply)

        @llm_completion_callback()
        def stream_complete(self, prompt, formatted=False, **more):
            def pieces():
                text = ""
                for word in ["At", "berth", "4."]:
                    text += word + " "
                    yield CompletionResponse(text=text, delta=word + " ")

            return pieces()

    nodes = [TextNode(id_=key, text=text, metadata={"file_path": "port.md"}) for key, text in TEXTS.items()]
    return VectorStoreIndex(nodes, embed_model=MockEmbedding(8)), Remote()


@pytest.fixture
def watched(written):
    stop = watch_llama_index(written.append)
    yield written
    stop()


def test_a_llama_index_query_becomes_one_interaction(index, watched):
    store, model = index
    answer = str(store.as_query_engine(llm=model, similarity_top_k=2).query("Where do ships dock?"))
    [item] = watched
    assert {context.source for context in item.contexts} == {"port.md"}
    assert sorted((c.id, c.text) for c in item.contexts) == sorted(TEXTS.items())
    assert (item.question, item.answer, item.outcome) == ("Where do ships dock?", answer, "answered")
    assert (item.fingerprint.chat_model, item.fingerprint.system_fingerprint) == ("m-1", "fp-7")
    assert item.tokens["prompt"] > 0
    assert set(item.latency_ms) == {"retrieve", "generate", "total"}


def test_a_streamed_llama_index_answer_is_recorded_when_its_last_word_came(index, watched):
    store, model = index
    response = store.as_query_engine(llm=model, streaming=True).query("Where do ships dock?")
    assert watched == []
    text = "".join(response.response_gen)
    assert [item.answer for item in watched] == [text.strip()]


def test_a_llama_index_chat_is_recorded(index, watched):
    store, model = index
    store.as_chat_engine(llm=model, chat_mode="context").chat("Where do ships dock?")
    [item] = watched
    assert (item.question, len(item.contexts)) == ("Where do ships dock?", 2)


def test_a_failing_llama_index_query_is_a_failed_interaction(index, watched, server):
    from dataclasses import replace

    store, model = index
    server.behaviour = replace(server.behaviour, fault="http_401")
    with pytest.raises(Exception, match="Incorrect API key"):
        store.as_query_engine(llm=model).query("Where do ships dock?")
    [item] = watched
    assert item.outcome == "failed"
    assert "AuthenticationError" in item.error


def test_nothing_is_recorded_after_watching_ended(index, written):
    watch_llama_index(written.append)()
    store, model = index
    store.as_query_engine(llm=model).query("Where do ships dock?")
    assert written == []


def test_an_abandoned_turn_does_not_pile_up(written):
    recorder = TurnRecorder(written.append)
    for number in range(10_050):
        recorder.begin(str(number), "q")
    assert recorder.get("0") is None
    assert recorder.finish("10049", "a").answer == "a"
    assert recorder.finish("0") is None
