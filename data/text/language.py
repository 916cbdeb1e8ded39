"""Which language a text is in, cheaply: by script, then by the little words only that language uses so often."""

from __future__ import annotations

import re
from collections import Counter

UNKNOWN = "und"

_SCRIPTS = (
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_LATIN = re.compile(r"[a-zà-öø-ÿœß]", re.IGNORECASE)
_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")

_LISTS = {
    "en": """a an the this that these those of in on at by for to from with without into about as and or but not
        if then than so is are was were be been being am do does did has have had having can could may might
        must shall should will would it its he she they them his her their we our us you your i me my there
        here what which who whom whose when where why how many much any some all each both such only also""",
    "ru": """и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было
        вот от меня о из ему когда даже ну ли если или ни быть был него до вас там они тут где есть для мы
        их чем была без чего тоже себя под будет кто этот того этого какой какая какое какие каком какого
        каких каким какую чтобы были куда при об это эта эти тот та те который которая которое которые
        которого которой сколько почему""",
    "es": """el la los las un una unos unas de del al a en y o u que qué quién quiénes cuál cuáles cuándo cómo
        dónde cuánto cuántos por para con sin sobre entre es son fue fueron era eran ser se su sus lo le les
        no como más pero si ya este esta estos estas ese esa ha han hay cuando donde muy también desde hasta""",
    "de": """der die das den dem des ein eine einen einem einer eines und oder aber nicht ist sind war waren wird
        werden von zu zum zur im in am an auf aus bei mit nach für über um durch als auch es er sie wir ihr
        ich sich wie was wer wann wo warum welche welcher welches dass wenn kann hat haben""",
    "fr": """le la les un une des du de au aux et ou mais ne pas est sont était étaient être a ont avait en dans
        sur sous par pour avec sans ce cet cette ces il elle ils elles on nous vous je que qui quoi quel
        quelle quels quelles quand où comment combien pourquoi se son sa ses leur leurs plus comme""",
    "it": """il lo la i gli le un uno una di del della dei delle da dal in nel nella su con per tra fra e o ma
        non è sono era erano essere ha hanno che chi cosa quale quali quando dove come perché si suo sua
        loro questo questa più""",
    "pt": """o a os as um uma de do da dos das em no na nos nas por para com sem e ou mas não é são foi foram era
        ser se seu sua que quem qual quais quando onde como porque mais este esta isso ao à pelo pela""",
}
STOP_WORDS = {code: frozenset(words.split()) for code, words in _LISTS.items()}
"""Words that carry grammar, not content, by ISO 639-1 language code."""

_SHARED = Counter(word for words in STOP_WORDS.values() for word in words)


def detect_language(text: str, latin: str = UNKNOWN) -> str:
    """Return an ISO 639-1 code for the language most of `text` is in, or `latin` for Latin script without a clear sign.

    Latin-script languages other than those in `STOP_WORDS`, and texts without letters, come back as `latin` too.
    Cyrillic is "ru" unless letters only Ukrainian has are found.
    """
    sample = text[:2000]
    counts = {code: len(pattern.findall(sample)) for code, pattern in _SCRIPTS}
    if counts["ja"] and counts["zh"]:
        counts["ja"] += counts.pop("zh")
    script, letters = max(counts.items(), key=lambda item: item[1])
    if letters * (3 if script in {"zh", "ja", "ko"} else 1) > len(_LATIN.findall(sample)):
        return "uk" if script == "ru" and len(_UKRAINIAN.findall(sample)) > 0.01 * letters else script
    return _by_stop_words(sample, latin)


def _by_stop_words(text: str, default: str) -> str:
    words = Counter(_WORD.findall(text.casefold()))
    scores = {code: sum(words[word] / _SHARED[word] for word in stop) for code, stop in STOP_WORDS.items()}
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    clear = ranked[0][1] > ranked[1][1] or ranked[0][0] == default
    if not clear:
        tied = {code for code, score in ranked if score == ranked[0][1]}
        return default if default in tied or not ranked[0][1] else ranked[0][0]
    return ranked[0][0] if ranked[0][1] else default
