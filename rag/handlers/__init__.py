"""Handlers that write interactions of applications built with LangChain or LlamaIndex, without changing them."""
