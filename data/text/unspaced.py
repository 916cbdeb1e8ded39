"""Words of scripts that write none apart: Chinese, Japanese, Thai, Lao, Khmer, Burmese.

Without a dictionary a word is each pair of neighbouring signs (as Lucene's CJKAnalyzer has it); a sign of Thai is a
consonant with its vowels. Pairs are formed within one script: Japanese words change it where they begin. Endings and
little words that only carry grammar are taken out of what is compared, and a sign that then stands alone is a word.
"""

from __future__ import annotations

import re

from data.text.folding import MARKS

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HIRAGANA = "\u3041-\u3096\u309d\u309e"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30fe"
_SOUTH = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1780-\u17d3"
UNSPACED = re.compile(f"[{_HAN}{_HIRAGANA}{_KATAKANA}{_SOUTH}]+")
"""A run of letters that may hold several words."""

_STRETCH = re.compile(f"(?P<han>[{_HAN}]+)|(?P<kana>[{_HIRAGANA}]+)|(?P<kata>[{_KATAKANA}]+)|(?P<south>[{_SOUTH}]+)")
_CLUSTER = re.compile(f"[\u0e40-\u0e44\u0ec0-\u0ec4]?.[{MARKS}]*[\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3]?")


def _any_of(listed: str) -> str:
    return "|".join(sorted(listed.split(), key=len, reverse=True))


_HAN_GRAMMAR = re.compile(
    _any_of(
        """请问 請問 请 請 告诉我 告訴我 什么时候 什麼時候 什么 什麼 哪里 哪裡 哪儿 哪个 哪個 哪些 哪 谁 誰 怎么样
        怎么 怎麼 怎样 怎樣 如何 为什么 為什麼 为何 為何 何时 何時 何処 何人 何 多少 多久 几点 幾點 几个 幾個
        是否 能否 是不是 吗 嗎 呢 吧 的 了 根据 根據 关于 關於"""
    )
)
_KANA_GRAMMAR = _any_of(
    """どこ いつ だれ なに なん なぜ どう どの どれ どんな どちら いくつ いくら ですか でした です でしょうか
        でしょう ますか ました ません ます ください くだ さい あり ある いる いま おり する した して され れる
        られ できる でき から まで より こと もの ため など この その あの これ それ ここ そこ という として
        について において による によって ように よう だ た て へ は が を に の で と も や か ね よ な"""
)
_ONLY_GRAMMAR = re.compile(f"(?:{_KANA_GRAMMAR})+")
_OUTER_GRAMMAR = re.compile(f"^(?:{_KANA_GRAMMAR})+|(?:{_KANA_GRAMMAR})+$")
_SOUTH_GRAMMAR = re.compile(
    _any_of(
        """ที่ไหน อะไร เมื่อไหร่ เมื่อไร เมื่อใด ใคร อย่างไร ยังไง เท่าไหร่ เท่าไร ทำไม กี่ ของ และ ที่ อยู่ คือ
        เป็น หรือไม่ หรือเปล่า ไหม ครับ ค่ะ คะ"""
    )
)


def is_unspaced(sign: str) -> bool:
    """Tell whether a sign belongs to a script that writes no words apart."""
    return UNSPACED.match(sign) is not None


def every_pair(run: str) -> list[str]:
    """Return all that a search may ask a run for: its pairs, and its signs but for those of Japanese syllables."""
    found: list[str] = []
    for kind, stretch in _stretches(run):
        signs = _signs(kind, stretch)
        found += _pairs(signs)
        if kind in ("han", "south") and len(signs) > 1:
            found += signs
    return found


def content_pairs(run: str) -> list[str]:
    """Return what a run is about: the pairs of its words, without grammar."""
    found: list[str] = []
    for kind, stretch in _stretches(run):
        for part in _without_grammar(kind, stretch):
            signs = _signs(kind, part)
            found += [] if kind == "kana" and len(signs) < 2 else _pairs(signs)
    return found


def _stretches(run: str) -> list[tuple[str, str]]:
    return [(match.lastgroup or "", match[0]) for match in _STRETCH.finditer(run)]


def _without_grammar(kind: str, stretch: str) -> list[str]:
    if kind == "kana":
        return [] if _ONLY_GRAMMAR.fullmatch(stretch) else [_OUTER_GRAMMAR.sub("", stretch)]
    grammar = {"han": _HAN_GRAMMAR, "south": _SOUTH_GRAMMAR}.get(kind)
    return [part for part in grammar.split(stretch) if part] if grammar is not None else [stretch]


def _signs(kind: str, stretch: str) -> list[str]:
    return _CLUSTER.findall(stretch) if kind == "south" else list(stretch)


def _pairs(signs: list[str]) -> list[str]:
    return [first + second for first, second in zip(signs, signs[1:], strict=False)] or signs
