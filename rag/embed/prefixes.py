"""What a model wants to read before a question and before a document; without it retrieval gets worse, silently."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_INSTRUCT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
_REPRESENT = "Represent this sentence for searching relevant passages: "

# From the model cards. The first pattern found in the name holds, so the special cases come first.
_KNOWN = (
    (r"e5-.*instruct", _INSTRUCT, ""),
    (r"\be5-(?:small|base|large)", "query: ", "passage: "),
    (r"\bnomic-embed-text", "search_query: ", "search_document: "),
    (r"\bbge-(?:small|base|large)-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    (r"\bbge-(?:small|base|large)", _REPRESENT, ""),
    (r"\bmxbai-embed-large", _REPRESENT, ""),
    (r"\bsnowflake-arctic-embed(?:2\b|.*-v2\.)", "query: ", ""),
    (r"\bsnowflake-arctic-embed", _REPRESENT, ""),
    (r"\bembeddinggemma", "task: search result | query: ", "title: none | text: "),
    (r"\bqwen3-embedding", _INSTRUCT.removesuffix(" "), ""),
)


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Text put before questions and before documents."""

    query: str = ""
    document: str = ""

    def of(self, *, query: bool) -> str:
        """Return the prefix of a question or of a document."""
        return self.query if query else self.document

    @property
    def tag(self) -> str:
        """Suffix for an embedder's id, empty without prefixes: vectors made with other prefixes do not fit."""
        if not self.query and not self.document:
            return ""
        return "+" + hashlib.sha256(f"{self.query}\x00{self.document}".encode()).hexdigest()[:6]


def known_prefixes(model: str) -> Prefixes:
    """Return the prefixes a model's card asks for, by its name in the hub or at a server; none for unknown names."""
    name = model.lower().replace("_", "-")
    return next((Prefixes(query, document) for pattern, query, document in _KNOWN if re.search(pattern, name)), _NONE)


_NONE = Prefixes()


def choose_prefixes(known: Prefixes, query: str | None, document: str | None) -> Prefixes:
    """Return `known` prefixes with those replaced that a setting states; the empty text states that there is none."""
    return Prefixes(known.query if query is None else query, known.document if document is None else document)
