"""`rag serve`: an OpenAI-compatible server over the index, with a page for people."""
