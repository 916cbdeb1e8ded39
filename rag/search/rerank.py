"""A second look at the candidates: a model reads the question and each passage together and says how well they fit.

Two ways: a server with the `/rerank` that Jina, Cohere, vLLM, TEI and llama.cpp share, or a cross-encoder in this
process. What goes wrong in either is a `RerankError`; `rag.search.retriever` then keeps the order it had and says so.
"""

from __future__ import annotations

import json
import math
import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from data.errors import SettingsError
from data.text import question_terms, terms
from rag.errors import RerankError
from rag.index import fuse
from rag.protocols import Embedder
from rag.search.settings import RerankSettings

if TYPE_CHECKING:
    import httpx
    from sentence_transformers import CrossEncoder


_K1, _B = 1.2, 0.75


class HybridReranker:
    """Scores passages in [0, 1] without a model of its own; `weight` tells how much the vectors count in a question."""

    def __init__(self, embedder: Embedder, weight: Callable[[str], float]) -> None:
        self.id = f"hybrid:{embedder.id}"
        self._embedder = embedder
        self._weight = weight

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text, in the order given."""
        if not texts:
            return []
        vectors = self._embedder.embed(texts)
        asked = self._embedder.embed([question], query=True)[0]
        dense = {str(place): float(vector @ asked) for place, vector in enumerate(vectors)}
        centre = float(vectors.mean(axis=0) @ asked)
        fused = fuse(dense, bm25(question, texts), centre if len(texts) > 1 else 0.0, self._weight(question))
        return [fused[str(place)] for place in range(len(texts))]


def bm25(question: str, texts: Sequence[str]) -> dict[str, float]:
    """Return the BM25 score of each text among `texts`, by its place (Robertson and Zaragoza 2009)."""
    counted = [Counter(terms(text)) for text in texts]
    mean = sum(counts.total() for counts in counted) / len(texts) or 1.0
    wanted = set(question_terms(question))
    holding = {term: sum(term in counts for counts in counted) for term in wanted}
    return {
        str(place): sum(_part(counts, term, holding[term], len(texts), mean) for term in wanted)
        for place, counts in enumerate(counted)
    }


def _part(counts: Counter[str], term: str, holding: int, total: int, mean: float) -> float:
    if not counts[term]:
        return 0.0
    rarity = math.log(1 + (total - holding + 0.5) / (holding + 0.5))
    length = 1 - _B + _B * counts.total() / mean
    return rarity * counts[term] * (_K1 + 1) / (counts[term] + _K1 * length)


_LONGEST_REPLY = 16 * 2**20


class EndpointReranker:
    """Asks ``POST {base_url}/rerank`` with {model, query, documents, top_n}; reads results[index, relevance_score]."""

    def __init__(self, settings: RerankSettings) -> None:
        base_url = settings.base_url
        if not base_url.startswith(("http://", "https://")):
            raise SettingsError(f"rerank.base_url is {base_url!r}: write a URL such as http://localhost:8080/v1.")
        self.id = settings.model
        self._url = f"{base_url.rstrip('/')}/rerank"
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {settings.api_key.reveal()}"}
        self._timeout_s = settings.timeout_s

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return the server's relevance scores in the order of `texts`."""
        import httpx

        body = {"model": self.id, "query": question, "documents": list(texts), "top_n": len(texts)}
        try:
            with self._http.stream("POST", self._url, content=json.dumps(body)) as reply:
                if not reply.is_success:
                    raise RerankError(
                        f"{self._url} refused model {self.id!r} with HTTP {reply.status_code}:"
                        " check the [rerank] settings."
                    )
                data = _read(reply)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:
            reason = str(error) or type(error).__name__
            raise RerankError(
                f"{self._url} cannot be asked ({reason}): start it or correct rerank.base_url."
            ) from error
        try:
            return _scores(json.loads(data), len(texts))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RerankError(
                f"{self._url} sent a reply that is no list of {len(texts)} results with index and relevance_score"
                f" ({error}): check that it serves /rerank."
            ) from error

    @cached_property
    def _http(self) -> httpx.Client:
        import httpx

        # A connection that is kept may be closed by the server at the moment it is used again.
        limits = httpx.Limits(max_keepalive_connections=0)
        client = httpx.Client(headers=self._headers, timeout=self._timeout_s, limits=limits)
        weakref.finalize(self, client.close)  # whoever drops the reranker leaves no open connection behind
        return client


def _read(reply: httpx.Response) -> bytes:
    """Return the body of a reply, of an endless one the beginning."""
    data = bytearray()
    for piece in reply.iter_bytes():
        data += piece
        if len(data) > _LONGEST_REPLY:
            break
    return bytes(data)


def _scores(reply: Any, expected: int) -> list[float]:
    scores = {int(result["index"]): float(result["relevance_score"]) for result in reply["results"]}
    if sorted(scores) != list(range(expected)) or not all(map(math.isfinite, scores.values())):
        raise ValueError(f"{len(scores)} usable results")
    return [scores[place] for place in range(expected)]


class LocalReranker:
    """Runs a sentence-transformers cross-encoder, by name or folder; it is loaded at the first question."""

    def __init__(self, model: str, *, device: str, batch_size: int = 32) -> None:
        self.id = model
        self._device = device
        self._batch_size = batch_size
        self._model: CrossEncoder | None = None

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return the model's scores in the order of `texts`."""
        if self._model is None:
            self._model = self._load()
        pairs = [(question, text) for text in texts]
        scores = self._model.predict(pairs, batch_size=self._batch_size, show_progress_bar=False)
        if scores.ndim != 1:
            raise RerankError(
                f"The cross-encoder {self.id!r} gives {scores.shape[1]} numbers per passage: name one that gives 1."
            )
        return [float(score) for score in scores]

    def _load(self) -> CrossEncoder:
        try:
            from sentence_transformers import CrossEncoder

            model: CrossEncoder = CrossEncoder(self.id, device=self._device)
            return model
        except ImportError as error:
            raise RerankError(
                "A local reranker needs sentence-transformers: pip install 'silentdrift[models]'."
            ) from error
        except (OSError, ValueError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise RerankError(
                f"The cross-encoder {self.id!r} cannot be loaded ({reason}): give a folder that holds one, or a name"
                " that this machine may download."
            ) from error
