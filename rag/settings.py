"""All settings of this room, as `rag.toml` groups them."""

from __future__ import annotations

from dataclasses import dataclass

from rag.chat import ChatSettings
from rag.chunk import ChunkSettings
from rag.embed import EmbedderSettings
from rag.ingest import IngestSettings
from rag.search import RerankSettings, RetrievalSettings
from rag.store import VectorsSettings


@dataclass(frozen=True, slots=True)
class RagSettings:
    """What documents become an index by, and questions answers; `data.settings.read_settings` fills it from a file."""

    embedder: EmbedderSettings = EmbedderSettings()
    vectors: VectorsSettings = VectorsSettings()
    chunking: ChunkSettings = ChunkSettings()
    ingest: IngestSettings = IngestSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    rerank: RerankSettings = RerankSettings()
    chat: ChatSettings = ChatSettings()
