"""Stems are the same whether one thread asks or many: what is cached wrong once would be wrong for good."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.text import search_terms as lexical
from data.text import statements as text
from data.text import stems as terms

WORDS = [f"{part}{end}" for part in ("authoriz", "reconsider", "navigat", "инструктир", "перевоз") for end in
         ("ation", "ations", "ed", "ing", "able", "ation's", "ally", "ировании", "ками", "ность")] * 6  # fmt: skip


@pytest.fixture
def often_switched():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.parametrize(
    "stem",
    [text.stem, terms._stem, lambda word: lexical._stem(word, "en")],
    ids=["eval.text", "rag.terms", "rag.lexical"],
)
def test_many_threads_get_the_stems_that_one_gets(stem, often_switched):
    def clear():
        for cached in (text.stem, terms._stem, lexical._stem):
            cached.cache_clear()

    clear()
    alone = [stem(word) for word in WORDS]
    for _ in range(20):
        clear()
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(stem, WORDS)) == alone
