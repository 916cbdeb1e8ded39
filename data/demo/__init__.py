"""The demo corpus: the documents of a fictional ferry line in two versions, with golden cases, traffic and canaries."""
