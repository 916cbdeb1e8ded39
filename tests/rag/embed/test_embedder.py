import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.embed.embedder import open_embedder
from rag.embed.model_folder import MINILM_SHA256, find_model
from rag.embed.settings import EmbedderSettings
from rag.errors import EmbedderError

TEXTS = [
    "hello",
    "The verifier SHALL use approved encryption when collecting the OTP.",
    "Привет, мир: паром отправляется в шесть часов утра.",
    "水温は二十度です。",
    "",
    "word " * 400,
    "Revenue rose by 12.4 % to $3,281 million.\n\n| a | b |\n|---|---|\n",
]


@pytest.fixture(scope="module")
def embedder():
    return open_embedder(EmbedderSettings(precision="fp32"))


@pytest.mark.slow
def test_onnx_vectors_are_those_of_sentence_transformers(embedder):
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(find_model("all-MiniLM-L6-v2").path), device="cpu", local_files_only=True)
    expected = reference.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)

    cosines = np.einsum("ij,ij->i", embedder.embed(TEXTS), expected)

    assert cosines.min() >= 0.9999


@pytest.mark.slow
def test_sentence_transformers_path_gives_the_same_id_and_vectors(embedder):
    from rag.embed.sentence_transformers import SentenceEmbedder

    other = SentenceEmbedder(find_model("all-MiniLM-L6-v2"))

    assert (other.id, other.dimensions, other.max_tokens) == (embedder.id, embedder.dimensions, embedder.max_tokens)
    assert np.einsum("ij,ij->i", other.embed(TEXTS[:3]), embedder.embed(TEXTS[:3])).min() >= 0.9999


def test_vectors_are_finite_float32_of_unit_length(embedder):
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32 and vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_vectors(embedder):
    assert embedder.embed([]).shape == (0, 384)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(len(TEXTS))))
def test_a_vector_does_not_depend_on_its_neighbours_to_the_last_bit(embedder, order):
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    assert np.array_equal(embedder.embed([TEXTS[at] for at in order]), alone[list(order)])


def test_one_processor_gives_the_same_vectors(embedder, monkeypatch):
    expected = embedder.embed(TEXTS)
    monkeypatch.setattr("rag.embed.minilm._processors", lambda: 1)
    assert np.array_equal(embedder.embed(TEXTS), expected)


def test_an_error_of_one_pass_is_raised(embedder, monkeypatch):
    def fails(text):
        return np.array([10**6], np.int32)

    monkeypatch.setattr(embedder, "_ids", fails)
    with pytest.raises(Exception, match="input index out of range"):
        embedder.embed(["a", "b"])


def test_tokens_are_counted_uncut_with_the_special_ones(embedder):
    assert embedder.count_tokens("hello world") == 4
    assert embedder.count_tokens("word " * 1000) == 1002


def test_the_id_names_model_and_weights(embedder):
    assert embedder.id == f"all-MiniLM-L6-v2@{MINILM_SHA256[:12]}"


def test_a_folder_is_a_model_too(embedder):
    other = open_embedder(EmbedderSettings(str(find_model("all-MiniLM-L6-v2").path), precision="fp32"))
    assert other.id.endswith(embedder.id.split("@")[1])
    assert np.array_equal(other.embed(["hello"]), embedder.embed(["hello"]))


def test_an_unknown_model_is_refused_at_once_without_network(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EmbedderError, match="no embedding model 'no-such-model'"):
        open_embedder(EmbedderSettings("no-such-model"))


def test_an_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(EmbedderError, match="holds neither"):
        open_embedder(EmbedderSettings(str(tmp_path)))


def test_changed_weights_under_the_packaged_name_are_refused(tmp_path: Path, monkeypatch):
    folder = tmp_path / "model"
    folder.mkdir()
    original = find_model("all-MiniLM-L6-v2").path / "model.safetensors"
    weights = bytearray(original.read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    monkeypatch.setattr("rag.embed.model_folder._packaged_minilm", lambda: folder)
    with pytest.raises(EmbedderError, match="not the published"):
        open_embedder()


def test_embedding_with_the_default_model_does_not_import_torch():
    code = (
        "import sys; from rag.embed import open_embedder; e = open_embedder(); e.count_tokens('a'); e.embed(['a']);"
        "sys.exit(bool({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
