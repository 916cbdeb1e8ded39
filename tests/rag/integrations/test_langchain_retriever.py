"""Our search as a retriever of LangChain: in a chain, in an agent, and with what cannot be searched."""

import asyncio
import sys

import pytest
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.tools import create_retriever_tool
from langchain_openai import ChatOpenAI

from data.errors import InputError
from data.extras import MissingLibraryError
from rag.errors import NoIndexError
from rag.index.index import Index
from rag.integrations import langchain_handler, langchain_retriever
from rag.search.retriever import Retriever
from tests.fakes import HashEmbedder

QUESTION = "How much does a second bag cost?"


def test_a_document_holds_the_passage_and_where_it_stands(harbour):
    documents = langchain_retriever(harbour).invoke(QUESTION)
    hits = harbour.search(QUESTION).hits
    assert [document.id for document in documents] == [hit.chunk.id for hit in hits]
    first, best = documents[0], hits[0].chunk
    assert (first.page_content, first.metadata["source"]) == (best.text, best.source)
    assert (first.metadata["start"], first.metadata["end"]) == (best.start, best.end)
    assert (first.metadata["heading"], first.metadata["score"]) == ("Fares", hits[0].score)
    assert harbour.index.document(best.source).text[best.start : best.end] == first.page_content


def test_a_number_of_its_own_and_asynchronous_calls_work_too(harbour):
    assert len(langchain_retriever(harbour, k=1).invoke(QUESTION)) == 1
    found = asyncio.run(langchain_retriever(harbour, k=3).ainvoke(QUESTION))
    assert [document.id for document in found] == [hit.chunk.id for hit in harbour.search(QUESTION, 3).hits]


@pytest.mark.parametrize("query", ["", " \n"])
def test_an_empty_query_is_refused(harbour, query):
    with pytest.raises(InputError, match="The question is empty"):
        langchain_retriever(harbour).invoke(query)


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_passage_cannot_be_wanted(harbour, k):
    with pytest.raises(InputError, match=f"k must be at least 1, found {k}"):
        langchain_retriever(harbour, k)


def test_without_an_index_nothing_can_be_searched(tmp_path):
    with pytest.raises(NoIndexError, match="rag ingest"):
        langchain_retriever(Retriever(Index.open(tmp_path, HashEmbedder()))).invoke(QUESTION)


def test_a_chain_over_the_retriever_is_answered_and_recorded(harbour, server):
    written = []
    prompt = ChatPromptTemplate.from_template("Passages: {context}\nQuestion: {question}")
    model = ChatOpenAI(base_url=server.url, api_key="k", model="m-1", max_retries=0)
    steps = {"context": langchain_retriever(harbour), "question": RunnablePassthrough()}
    chain = steps | prompt | model | StrOutputParser()
    answer = chain.invoke(QUESTION, config={"callbacks": [langchain_handler(written.append)]})
    [item] = written
    hits = harbour.search(QUESTION).hits
    assert (item.question, item.answer) == (QUESTION, answer)
    assert [(context.id, context.score) for context in item.contexts] == [(hit.chunk.id, hit.score) for hit in hits]
    assert [context.source for context in item.contexts] == [hit.chunk.source for hit in hits]


class Clerk(BaseChatModel):
    """A model that searches once and answers with the first line of what it was shown."""

    @property
    def _llm_type(self):
        return "clerk"

    def bind_tools(self, tools, **more):
        return self

    def _generate(self, messages, stop=None, run_manager=None, **more):
        if messages[-1].type == "tool":
            reply = AIMessage(messages[-1].content.splitlines()[0])
        else:
            call = {"name": "search_handbook", "args": {"query": messages[-1].content}, "id": "call-1"}
            reply = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=reply)])


def test_an_agent_searches_with_it_and_becomes_one_interaction(harbour):
    written = []
    tool = create_retriever_tool(langchain_retriever(harbour, k=1), "search_handbook", "Searches the handbook.")
    agent = create_agent(Clerk(), [tool])
    told = agent.invoke({"messages": [("human", QUESTION)]}, config={"callbacks": [langchain_handler(written.append)]})[
        "messages"
    ][-1]
    [item] = written
    [hit] = harbour.search(QUESTION, 1).hits
    assert told.content == hit.chunk.text.splitlines()[0]
    assert (item.question, item.answer) == (QUESTION, told.content)
    assert [context.id for context in item.contexts] == [hit.chunk.id]


def test_without_the_library_its_extra_is_told(harbour, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "langchain_core"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingLibraryError, match="^A retriever of LangChain needs the extra `rag`"):
        langchain_retriever(harbour)
