"""Our search as a retriever of LlamaIndex: alone, in a query engine, and with what cannot be searched."""

import asyncio
import sys

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode

from data.errors import InputError
from data.extras import MissingLibraryError
from rag.errors import NoIndexError
from rag.index.index import Index
from rag.integrations import llama_index_retriever, watch_llama_index
from rag.search.retriever import Retriever
from tests.fakes import HashEmbedder

QUESTION = "How much does a second bag cost?"


def test_a_node_holds_the_passage_and_where_it_stands(harbour):
    nodes = llama_index_retriever(harbour).retrieve(QUESTION)
    hits = harbour.search(QUESTION).hits
    assert [(found.node.node_id, found.score) for found in nodes] == [(hit.chunk.id, hit.score) for hit in hits]
    node, best = nodes[0].node, hits[0].chunk
    assert (node.get_content(), node.metadata["source"], node.metadata["start"]) == (best.text, best.source, best.start)


def test_a_model_is_shown_source_and_heading_and_no_numbers(harbour):
    [found] = llama_index_retriever(harbour, k=1).retrieve(QUESTION)
    shown = found.node.get_content(metadata_mode=MetadataMode.LLM)
    assert "fares.md" in shown and "heading: Fares" in shown
    assert "score" not in shown and "start" not in shown


def test_asynchronous_calls_find_the_same(harbour):
    retriever = llama_index_retriever(harbour, k=3)
    found = asyncio.run(retriever.aretrieve(QUESTION))
    assert [item.node.node_id for item in found] == [item.node.node_id for item in retriever.retrieve(QUESTION)]


@pytest.mark.parametrize("query", ["", " \n"])
def test_an_empty_query_is_refused(harbour, query):
    with pytest.raises(InputError, match="The question is empty"):
        llama_index_retriever(harbour).retrieve(query)


def test_fewer_than_one_passage_cannot_be_wanted(harbour):
    with pytest.raises(InputError, match="k must be at least 1, found 0"):
        llama_index_retriever(harbour, 0)


def test_without_an_index_nothing_can_be_searched(tmp_path):
    with pytest.raises(NoIndexError, match="rag ingest"):
        llama_index_retriever(Retriever(Index.open(tmp_path, HashEmbedder()))).retrieve(QUESTION)


def test_a_query_engine_over_the_retriever_is_answered_and_recorded(harbour):
    written = []
    stop = watch_llama_index(written.append)
    try:
        engine = RetrieverQueryEngine.from_args(llama_index_retriever(harbour), llm=MockLLM())
        answer = str(engine.query(QUESTION))
    finally:
        stop()
    [item] = written
    hits = harbour.search(QUESTION).hits
    assert (item.question, item.answer) == (QUESTION, answer.strip())
    assert {(context.id, context.source) for context in item.contexts} == {
        (hit.chunk.id, hit.chunk.source) for hit in hits
    }


def test_without_the_library_its_extra_is_told(harbour, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "llama_index"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingLibraryError, match="^A retriever of LlamaIndex needs the extra `rag`"):
        llama_index_retriever(harbour)
