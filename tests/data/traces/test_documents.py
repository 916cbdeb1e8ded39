"""Passages in the shapes that stores and frameworks give them."""

import json

import pytest

from data.traces.documents import chain_documents, documents_of, tool_documents

P = "Ships dock at berth 4 of the old harbour."
SHAPES = {
    "LangChain": {"documents": [{"page_content": P, "metadata": {"source": "port.md"}}]},
    "LangChain, serialised": [{"lc": 1, "kwargs": {}, "page_content": P, "metadata": {"source": "port.md"}}],
    "LangChain with scores": [[{"page_content": P, "metadata": {"source": "port.md"}}, 0.8]],
    "LlamaIndex": {
        "source_nodes": [{"node": {"id_": "n", "text": P, "metadata": {"file_name": "port.md"}}, "score": 0.8}]
    },
    "Haystack": {"documents": [{"id": "n", "content": P, "meta": {"source": "port.md"}, "score": 0.8}]},
    "Pinecone": {"matches": [{"id": "n", "score": 0.8, "metadata": {"text": P, "source": "port.md"}}]},
    "Qdrant": {"points": [{"id": 1, "score": 0.8, "payload": {"text": P, "source": "port.md"}}]},
    "Chroma": {"ids": [["n"]], "documents": [[P]], "metadatas": [[{"source": "port.md"}]]},
    "Elasticsearch": {"hits": {"hits": [{"_id": "n", "_score": 8.0, "_source": {"content": P, "source": "port.md"}}]}},
    "Weaviate": {"results": [{"properties": {"content": P, "source": "port.md"}}]},
    "JSON in a text": json.dumps([{"content": P, "metadata": json.dumps({"source": "port.md"})}]),
    "JSON in a list": [json.dumps({"document.content": P, "document.metadata": {"source": "port.md"}})],
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_shape_is_read_with_text_and_source(shape):
    assert [(found.text, found.source) for found in documents_of(shape, strings=True)] == [(P, "port.md")]


@pytest.mark.parametrize("value", [None, 7, "plain words", [], {}, [{"role": "user", "content": P}], [[]], [None, 3]])
def test_what_is_no_passage_is_none(value):
    assert documents_of(value, strings=False) == []


def test_plain_texts_are_passages_of_retrievers_alone():
    assert documents_of([P]) == []
    assert [found.text for found in documents_of([P], strings=True)] == [P]
    assert [found.text for found in tool_documents(P)] == [P]
    assert tool_documents("done") == []


def test_the_output_of_a_chain_holds_passages_where_they_are_named_as_such():
    assert [found.text for found in chain_documents({"answer": "x", "context": [{"page_content": P}]})] == [P]
    assert chain_documents({"output": [{"type": "text", "text": "an answer"}]}) == []
    assert chain_documents(["an answer"]) == []
