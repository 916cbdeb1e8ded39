import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunk.settings import ChunkSettings
from rag.embed.embedder import open_embedder
from rag.embed.int8 import quantize
from rag.embed.precision import choose_precision, multiplies_integers
from rag.embed.settings import EmbedderSettings
from rag.errors import EmbedderError, EmbedderMismatch
from rag.index.index import Index
from rag.index.recorded import recorded_embedder
from rag.ingest.job import ingest

TEXTS = [
    "The verifier SHALL use approved encryption when collecting the OTP, in order to provide resistance to attacks.",
    "Normandy was raided by Norse settlers in the tenth century, who gave their name to the region and its people.",
    "Revenue rose by 12.4 % to $3,281 million.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "Паром отправляется в шесть часов утра и прибывает вечером того же дня.",
    "El tren sale a las ocho y llega antes del mediodía.",
    "hello",
    "",
    "word " * 240,
]
MODEL = "all-MiniLM-L6-v2@53aa51172d14"


@pytest.fixture(scope="module")
def int8():
    return open_embedder(EmbedderSettings(precision="int8"))


@pytest.fixture(scope="module")
def fp32():
    return open_embedder(EmbedderSettings(precision="fp32"))


@pytest.fixture
def processor(tmp_path):
    """What Linux would tell of a processor that has exactly the given flags."""

    def made(flags: str) -> Path:
        file = tmp_path / f"{flags}.cpuinfo"
        file.write_text(f"processor : 0\nflags : fpu {flags} sse\n", encoding="ascii")
        return file

    return made


@pytest.mark.skipif(not multiplies_integers(), reason="this processor multiplies no 8-bit integers")
def test_integers_give_nearly_the_vectors_of_floats(int8, fp32):
    cosines = np.einsum("ij,ij->i", int8.embed(TEXTS), fp32.embed(TEXTS))
    assert cosines.mean() >= 0.997 and cosines.min() >= 0.99


def test_integer_vectors_are_finite_and_of_unit_length(int8):
    vectors = int8.embed(TEXTS)
    assert vectors.dtype == np.float32 and np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_an_integer_vector_does_not_depend_on_its_neighbours(int8):
    alone = np.concatenate([int8.embed([text]) for text in TEXTS])
    assert np.array_equal(int8.embed(TEXTS[::-1])[::-1], alone)


def test_the_id_tells_the_precision_so_that_vectors_are_not_mixed(int8, fp32):
    assert (fp32.id, int8.id) == (MODEL, f"{MODEL}+int8")
    prefixed = open_embedder(EmbedderSettings(precision="int8", query_prefix="q: "))
    assert prefixed.id.startswith(f"{MODEL}+int8+")


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100.0))
@settings(max_examples=25, deadline=None)
def test_rounding_is_off_by_half_a_step_at_most(seed, spread):
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((32, 40)).astype(np.float32)
    highest = np.exp(rng.normal(0.0, np.log1p(spread), 32)).astype(np.float32)
    made = quantize(matrix, -highest / 3, highest)
    even = rng.uniform(-highest / 3, highest) / made.factors
    read_back = (np.clip(np.rint(even / made.step) + made.zero, 0, 255) - made.zero) * made.step
    weights = made.matrix * made.scales / made.factors[:, None]
    assert np.abs(read_back - even).max() <= made.step * 0.501
    assert (np.abs(weights - matrix) <= made.scales / made.factors[:, None] * 0.501 + 1e-5).all()


def test_the_loudest_channels_of_a_wide_input_are_kept_out_of_the_integers():
    rng = np.random.default_rng(0)
    matrix, loudness = rng.standard_normal((64, 8)).astype(np.float32), np.ones(64, np.float32)
    loudness[[3, 40]] = 100.0
    made = quantize(matrix, -loudness, loudness)
    assert {3, 40} <= set(made.apart.tolist()) and not made.matrix[made.apart].any()
    assert quantize(matrix.T, -loudness[:8], loudness[:8]).apart.size == 0


@pytest.mark.parametrize("flags", ["avx512_vnni", "avx2 avx_vnni", "asimd asimddp"])
def test_auto_is_int8_where_the_processor_multiplies_integers(processor, flags):
    assert choose_precision("auto", MODEL, cpu_info=processor(flags)) == "int8"
    assert open_embedder(cpu_info=processor(flags)).id == f"{MODEL}+int8"


@pytest.mark.parametrize("flags", ["", "avx2 fma", "avx512f avx512_vnni2"])
def test_auto_is_fp32_elsewhere(processor, flags):
    assert choose_precision("auto", MODEL, cpu_info=processor(flags)) == "fp32"
    assert open_embedder(cpu_info=processor(flags)).id == MODEL


def test_auto_is_fp32_where_the_system_does_not_tell(tmp_path):
    assert choose_precision("auto", MODEL, cpu_info=tmp_path / "absent") == "fp32"


def test_auto_keeps_to_the_precision_of_the_index(processor):
    able, unable = processor("avx512_vnni"), processor("")
    assert choose_precision("auto", MODEL, MODEL, cpu_info=able) == "fp32"
    assert choose_precision("auto", MODEL, f"{MODEL}+0a1b2c", cpu_info=able) == "fp32"
    assert choose_precision("auto", MODEL, f"{MODEL}+int8", cpu_info=unable) == "int8"
    assert choose_precision("auto", MODEL, "another-model@0123456789ab", cpu_info=unable) == "fp32"


def test_a_stated_precision_is_never_overruled(processor):
    assert choose_precision("int8", MODEL, MODEL, cpu_info=processor("")) == "int8"
    assert choose_precision("fp32", MODEL, f"{MODEL}+int8", cpu_info=processor("avx512_vnni")) == "fp32"


def test_another_model_in_int8_is_refused(tmp_path: Path):
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EmbedderError, match=r"only all-MiniLM-L6-v2 on the cpu has.*'auto'"):
        open_embedder(EmbedderSettings(str(tmp_path), precision="int8"))
    with pytest.raises(EmbedderError, match="cuda"):
        open_embedder(EmbedderSettings(device="cuda", precision="int8"))


def test_an_index_records_its_precision_and_refuses_the_other(tmp_path: Path, fp32, int8):
    document, store = tmp_path / "a.md", tmp_path / ".rag"
    document.write_text("The ferry leaves at six.", encoding="utf-8")
    assert recorded_embedder(store) == ""
    ingest([document], store, fp32, chunking=ChunkSettings(min_characters=0))
    assert recorded_embedder(store) == fp32.id
    assert open_embedder(built_with=recorded_embedder(store)).id == fp32.id
    with pytest.raises(EmbedderMismatch, match=r"\+int8"):
        Index.open(store, int8)


def test_the_session_is_made_without_torch():
    code = (
        "import sys; from rag.embed import EmbedderSettings, open_embedder;"
        "open_embedder(EmbedderSettings(precision='int8')).embed(['a']);"
        "sys.exit(bool({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
