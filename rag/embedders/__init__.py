"""Ways to run an embedding model: one file each, chosen by `rag.embed.open_embedder`."""
