"""Any sentence-transformers model; torch is imported at the first call of `embed`, never to count tokens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embed.model_folder import ModelFolder
from rag.embed.prefixes import Prefixes
from rag.embed.settings import EmbedderSettings
from rag.errors import EmbedderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_DEFAULT = EmbedderSettings()


class SentenceEmbedder:
    """Embed with a sentence-transformers model."""

    def __init__(
        self,
        folder: ModelFolder,
        *,
        device: str = _DEFAULT.device,
        batch_size: int = _DEFAULT.batch_size,
        prefixes: Prefixes = Prefixes(),  # noqa: B008 - frozen
    ) -> None:
        self.id = folder.id + prefixes.tag
        self.max_tokens = folder.max_tokens
        self._folder = folder
        self._device = device
        self._batch_size = batch_size
        self._prefixes = prefixes

    @cached_property
    def dimensions(self) -> int:
        """Length of each vector, from the pooling configuration where the model states it."""
        stated = self._folder.read_json("1_Pooling/config.json").get("word_embedding_dimension")
        dense = any(self._folder.path.glob("*_Dense"))
        return int(stated) if stated and not dense else int(self._model.get_embedding_dimension() or 0)

    def count_tokens(self, text: str) -> int:
        """Count the model's tokens, special tokens and a document's prefix included."""
        return self._folder.count_tokens(self._prefixes.document + text)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return unit vectors.

        :raises EmbedderError: the model returned something that is not a finite vector.
        """
        vectors = self._model.encode(
            list(texts),
            batch_size=self._batch_size,
            prompt=self._prefixes.of(query=query),
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        result = np.asarray(vectors, np.float32).reshape(len(texts), self.dimensions)
        if not np.isfinite(result).all():
            raise EmbedderError(f"{self.id} returned vectors that are not finite: check the model and its precision.")
        return result

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EmbedderError(
                f"The model {self.id} needs sentence-transformers ({error}): pip install 'silentdrift[models]'."
            ) from error
        return SentenceTransformer(str(self._folder.path), device=self._device, local_files_only=True)
