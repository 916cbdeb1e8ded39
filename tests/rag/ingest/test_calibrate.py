import numpy as np
import pytest

from data.records import content_hash
from rag.chunk.settings import ChunkSettings
from rag.index.fusion import Fusion
from rag.index.index import Index
from rag.ingest.calibrate import is_stale
from rag.ingest.job import ingest
from tests.fakes import HashEmbedder

ENGLISH = "harbour mooring cargo pilot lantern anchor rigging compass ballast tide current reef signal flag crew deck"
RUSSIAN = "гавань причал груз лоцман фонарь якорь такелаж компас балласт прилив течение риф сигнал флаг экипаж"


class BlindToRussian(HashEmbedder):
    """Know English words; give every Russian text a direction of its own."""

    def embed(self, texts, *, query=False):
        hidden = [text if text.isascii() else content_hash(text) for text in texts]
        return super().embed(hidden, query=query)


def paragraph(words, little, rng):
    sentences = [" ".join([little, *rng.choice(words, 7)]).capitalize() + "." for _ in range(3)]
    return " ".join(sentences)


@pytest.fixture
def docs(tmp_path):
    rng = np.random.default_rng(0)
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(40):
        (folder / f"en{number}.txt").write_text(paragraph(ENGLISH.split(), "the", rng))
        (folder / f"ru{number}.txt").write_text(paragraph(RUSSIAN.split(), "это", rng))
    return folder


def strength(docs, workspace, embedder):
    ingest([docs], workspace, embedder, chunking=ChunkSettings(max_tokens=100, min_characters=0))
    return Index.open(workspace).fusion


def test_a_language_the_embedder_does_not_know_gets_less_weight(docs, tmp_path):
    blind = strength(docs, tmp_path / "blind", BlindToRussian()).strength
    sighted = strength(docs, tmp_path / "sighted", HashEmbedder()).strength
    assert blind["ru"] < 0.2 < 0.4 < sighted["ru"]
    assert blind["en"] == pytest.approx(sighted["en"], abs=0.15)


def test_hybrid_search_in_that_language_follows_the_words(docs, tmp_path):
    strength(docs, tmp_path / ".rag", BlindToRussian())
    index = Index.open(tmp_path / ".rag", BlindToRussian())
    text = (docs / "ru7.txt").read_text()
    question = " ".join(text.split()[1:6])
    lexical = index.search(question, 1, mode="lexical")[0].chunk
    assert index.search(question, 1)[0].chunk == lexical


def test_measuring_embeds_no_passage_again(docs, tmp_path):
    class Asked(HashEmbedder):
        questions = 0

        def embed(self, texts, *, query=False):
            self.questions += len(texts) * query
            return super().embed(texts, query=query)

    embedder = Asked()
    strength(docs, tmp_path / ".rag", embedder)
    check = 16
    passages = embedder.embedded - embedder.questions - check // 2
    assert embedder.questions == 40 + 40 + check // 2
    assert passages == 80


def test_passages_of_a_single_sentence_are_asked_about_too(tmp_path):
    (tmp_path / "docs").mkdir()
    rng = np.random.default_rng(1)
    for number in range(20):
        (tmp_path / "docs" / f"{number}.txt").write_text(" ".join(["The", *rng.choice(ENGLISH.split(), 9)]) + ".")
    measured = strength(tmp_path / "docs", tmp_path / ".rag", HashEmbedder()).strength
    assert measured["en"] > 0.55  # 0.5 is what is assumed of languages that were not measured


def test_an_embedder_that_tells_nothing_apart_gets_next_to_no_weight(docs, tmp_path):
    class Constant(HashEmbedder):
        def embed(self, texts, *, query=False):
            return super().embed(["same"] * len(texts))

    assert max(strength(docs, tmp_path / ".rag", Constant()).strength.values()) < 0.15


def test_the_same_index_is_measured_the_same(docs, tmp_path):
    assert strength(docs, tmp_path / "a", HashEmbedder()) == strength(docs, tmp_path / "b", HashEmbedder())


@pytest.mark.parametrize(("chunks", "stale"), [(100, False), (125, False), (126, True), (74, True)])
def test_weights_are_measured_again_after_a_quarter_of_growth(chunks, stale):
    assert is_stale(Fusion({}, 100), chunks) is stale
