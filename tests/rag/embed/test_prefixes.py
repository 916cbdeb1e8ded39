"""What models want to read before questions and documents."""

import json
import shutil

import numpy as np
import pytest

from rag.embed.embedder import open_embedder
from rag.embed.model_folder import find_model
from rag.embed.prefixes import Prefixes, choose_prefixes, known_prefixes
from rag.embed.settings import EmbedderSettings


@pytest.mark.parametrize(
    ("model", "query", "document"),
    [
        ("intfloat/e5-large-v2", "query: ", "passage: "),
        ("intfloat/multilingual-e5-base", "query: ", "passage: "),
        ("intfloat/multilingual-e5-large-instruct", "Instruct: ", ""),
        ("nomic-embed-text:latest", "search_query: ", "search_document: "),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence", ""),
        ("BAAI/bge-large-zh-v1.5", "为这个句子", ""),
        ("bge-m3", "", ""),
        ("mxbai-embed-large", "Represent this sentence", ""),
        ("Snowflake/snowflake-arctic-embed-m-v1.5", "Represent this sentence", ""),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", "query: ", ""),
        ("snowflake-arctic-embed2", "query: ", ""),
        ("google/embeddinggemma-300m", "task: search result", "title: none"),
        ("Qwen/Qwen3-Embedding-0.6B", "Instruct: ", ""),
        ("text-embedding-3-small", "", ""),
        ("all-MiniLM-L6-v2", "", ""),
    ],
)
def test_known_models_get_the_prefixes_of_their_cards(model, query, document):
    found = known_prefixes(model)
    assert found.query.startswith(query) and bool(found.query) == bool(query)
    assert found.document.startswith(document) and bool(found.document) == bool(document)


def test_a_setting_replaces_a_known_prefix_and_the_empty_text_removes_it():
    known = Prefixes("query: ", "passage: ")
    assert choose_prefixes(known, None, None) == known
    assert choose_prefixes(known, "", "text: ") == Prefixes("", "text: ")


def test_other_prefixes_make_another_id_and_none_leave_it():
    assert Prefixes().tag == ""
    assert len({Prefixes("a", "").tag, Prefixes("", "a").tag, Prefixes("a", "a").tag}) == 3


def test_the_default_model_embeds_what_stands_behind_the_prefix():
    plain, prefixed = (
        open_embedder(),
        open_embedder(EmbedderSettings(query_prefix="question: ", document_prefix="passage: ")),
    )
    assert np.array_equal(prefixed.embed(["ferry"], query=True), plain.embed(["question: ferry"]))
    assert np.array_equal(prefixed.embed(["ferry"]), plain.embed(["passage: ferry"]))
    assert prefixed.count_tokens("ferry") == plain.count_tokens("passage: ferry")
    assert prefixed.id == plain.id + Prefixes("question: ", "passage: ").tag != plain.id


@pytest.mark.slow
def test_a_models_own_prompts_are_used_through_sentence_transformers(tmp_path):
    from rag.embed.sentence_transformers import SentenceEmbedder

    folder = tmp_path / "own"
    shutil.copytree(find_model("all-MiniLM-L6-v2").path, folder)
    file = folder / "config_sentence_transformers.json"
    config = json.loads(file.read_text()) if file.is_file() else {}
    file.write_text(json.dumps({**config, "prompts": {"query": "ask: ", "document": "tell: "}}))
    embedder = open_embedder(EmbedderSettings(str(folder), device="cpu", precision="fp32"))
    with_prompts = SentenceEmbedder(find_model(str(folder)), prefixes=Prefixes("ask: ", "tell: "))
    plain = SentenceEmbedder(find_model(str(folder)))
    assert np.allclose(with_prompts.embed(["ferry"], query=True), plain.embed(["ask: ferry"]), atol=1e-5)
    assert np.allclose(with_prompts.embed(["ferry"]), embedder.embed(["ferry"]), atol=1e-3)
    assert np.allclose(
        plain.embed(["ferry"]), open_embedder(EmbedderSettings(precision="fp32")).embed(["ferry"]), atol=1e-3
    )
