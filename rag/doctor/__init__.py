"""What an endpoint can and cannot do, tried on it."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.doctor.chat import probe_endpoint
    from rag.doctor.probe import Probe, within
    from rag.doctor.wire import Offer, embeddings, reranking, wire_probes

__all__ = ["Offer", "Probe", "embeddings", "probe_endpoint", "reranking", "wire_probes", "within"]

__getattr__ = face(
    __name__,
    {
        "chat": ["probe_endpoint"],
        "probe": ["Probe", "within"],
        "wire": ["Offer", "embeddings", "reranking", "wire_probes"],
    },
)
