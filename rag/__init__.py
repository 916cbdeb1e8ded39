"""Documents to index; question to answer with citations."""
