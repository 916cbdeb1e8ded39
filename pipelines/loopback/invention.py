"""How a model makes things up: same length, style and citations, other numbers and names, and news from nowhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.text import terms
from pipelines.loopback.behaviour import chance, pick

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?![\w])")
_NAME = re.compile(r"(?<=[^\W\d_] )[A-ZА-ЯЁ][a-zа-яё]{3,}|(?<=[^\W\d_], )[A-ZА-ЯЁ][a-zа-яё]{3,}")
_FACTORS = (0.4, 0.6, 0.7, 1.4, 1.5, 1.8, 2.5)
_KEPT = 0.6
_SEAM_WORDS = """and or which that when while if because unless until of on in at for with to by from as is are
    и или который которая которые что когда если пока в на по для с от до при за под"""
_SEAMS = frozenset(_SEAM_WORDS.split())

_NAMES = {
    "en": ("Halvarsen", "Orvikson", "Marlowe", "Tessenburg", "Brixholme", "Quennell", "Ystradgynlais", "Vandermeer"),
    "ru": ("Халварсен", "Орвиков", "Марлоу", "Тессенбург", "Бриксхольм", "Квеннелл", "Вандермеер", "Остроградский"),
}
_SENTENCES = {
    "en": (
        "An independent committee reviews this arrangement quarterly and publishes its findings.",
        "The rule was tightened after a costly lawsuit brought by several wholesale customers.",
        "Exceptions are granted solely by the regional ombudsman upon a notarised petition.",
        "Laboratory trials conducted abroad showed a measurable improvement under identical circumstances.",
        "Economists attribute this threshold to inflation and to volatile commodity markets.",
        "The previous supplier abandoned the contract, so a consortium of universities stepped in.",
        "Historians trace the custom back to merchants who bargained over spices and textiles.",
        "A parliamentary inquiry later criticised the methodology and demanded stricter benchmarks.",
    ),
    "ru": (
        "Независимая комиссия ежеквартально пересматривает этот порядок и публикует выводы.",
        "Правило ужесточили после дорогостоящего иска, поданного несколькими оптовыми покупателями.",
        "Исключения допускает только областной омбудсмен по нотариально заверенному ходатайству.",
        "Лабораторные испытания за рубежом показали заметное улучшение при одинаковых условиях.",
        "Экономисты связывают этот порог с инфляцией и колебаниями сырьевых рынков.",
        "Прежний подрядчик расторг договор, поэтому его сменил консорциум университетов.",
        "Историки возводят этот обычай к купцам, торговавшим пряностями и тканями.",
        "Парламентское расследование позднее раскритиковало методику и потребовало строгих нормативов.",
    ),
}
_TAILS = {
    "en": (
        "following a recommendation of the national consumer council and its legal advisers",
        "under a pilot scheme financed by the regional development fund since the recession",
        "as agreed with underwriters after a lengthy arbitration behind closed doors",
        "because laboratory trials had shown a measurable improvement among volunteers",
        "in line with guidance drafted by the ministry of commerce for exporters",
    ),
    "ru": (
        "по рекомендации национального совета потребителей и его юридических консультантов",
        "в рамках пилотной программы, оплаченной областным фондом развития после кризиса",
        "как согласовано со страховщиками после долгого арбитража за закрытыми дверями",
        "поскольку лабораторные испытания показали заметное улучшение среди добровольцев",
        "в соответствии с указаниями министерства торговли для экспортёров",
    ),
}


class Invention:
    """Rewrites true sentences into false ones; what it adds is chosen to share no word with the passages if it can."""

    def __init__(self, passages: Sequence[str], language: str, seed: int) -> None:
        self._held = set(terms(" ".join(passages)))
        self._language = language
        self._seed = seed

    def rewrite(self, sentences: Sequence[str]) -> list[str]:
        """Falsify the first sentence and replace the others; a lone one keeps its length and loses its second half."""
        first = self._altered(sentences[0])
        if len(sentences) == 1:
            return [self._derailed(first)]
        return [first, *(self._strangest(_SENTENCES[self._language], sentence) for sentence in sentences[1:])]

    def _altered(self, sentence: str) -> str:
        numbered = _NUMBER.sub(lambda match: self._other_number(match.group()), sentence)
        return _NAME.sub(lambda match: pick(_NAMES[self._language], self._seed, "name", match.group()), numbered)

    def _other_number(self, written: str) -> str:
        """Return a number of the same form that no passage holds: years move by years, amounts by tens of percent."""
        separator = next((sign for sign in written if not sign.isdigit()), ".")
        decimals = len(written.partition(separator)[2])
        value = float(written.replace(separator, "."))
        start = int(chance(self._seed, "number", written) * len(_FACTORS))
        for step in range(len(_FACTORS)):
            factor = _FACTORS[(start + step) % len(_FACTORS)]
            year = decimals == 0 and 1000 <= value <= 2100
            other = value + round(10 * factor) - 9 if year else max(value * factor, 10.0**-decimals)
            text = f"{other:.{decimals}f}".replace(".", separator)
            if text != written and text not in self._held:
                return text
        return f"{value + 3:.{decimals}f}".replace(".", separator)

    def _derailed(self, sentence: str) -> str:
        words = sentence.rstrip(".!…").split()
        middle = _KEPT * len(words)
        seams = [place for place, word in enumerate(words) if place >= 3 and word.strip(",").casefold() in _SEAMS]
        cut = min(seams, key=lambda place: abs(place - middle), default=len(words))
        tail = self._strangest(_TAILS[self._language], sentence)
        return f"{' '.join(words[:cut]).rstrip(',;:')} {tail}."

    def _strangest(self, pool: tuple[str, ...], salt: str) -> str:
        least = min(len(self._held.intersection(terms(text))) for text in pool)
        strange = tuple(text for text in pool if len(self._held.intersection(terms(text))) == least)
        return pick(strange, self._seed, "invention", salt)
