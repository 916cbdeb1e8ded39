"""The commands `rag` and `drift`."""
