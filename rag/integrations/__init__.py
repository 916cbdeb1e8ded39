"""Other frameworks: handlers and retrievers of LangChain and LlamaIndex."""

from typing import TYPE_CHECKING

from data.faces import face

if TYPE_CHECKING:
    from rag.integrations.langchain import langchain_handler
    from rag.integrations.llama_index import watch_llama_index

__all__ = ["langchain_handler", "watch_llama_index"]

__getattr__ = face(
    __name__,
    {
        "langchain": ["langchain_handler"],
        "llama_index": ["watch_llama_index"],
    },
)
