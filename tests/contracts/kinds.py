"""The kinds of vector stores under contract: all there are, and a double."""

KINDS = ("chroma", "chroma-server", "numpy")
