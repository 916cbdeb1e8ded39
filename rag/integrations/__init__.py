"""Other frameworks: handlers and retrievers of LangChain and LlamaIndex, and chat models of LangChain."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.integrations.chat_model import LangChainGenerator
    from rag.integrations.langchain import langchain_handler
    from rag.integrations.llama_index import watch_llama_index
    from rag.integrations.retrievers import langchain_retriever, llama_index_retriever

__all__ = [
    "LangChainGenerator",
    "langchain_handler",
    "langchain_retriever",
    "llama_index_retriever",
    "watch_llama_index",
]

__getattr__ = face(
    __name__,
    {
        "chat_model": ["LangChainGenerator"],
        "langchain": ["langchain_handler"],
        "llama_index": ["watch_llama_index"],
        "retrievers": ["langchain_retriever", "llama_index_retriever"],
    },
)
