"""What kind of thing a question asks for (money, a time, a quantity, a name), and whether a sentence holds one."""

from __future__ import annotations

import re

from data.text import FUNCTION_WORDS, terms

_TIME = re.compile(
    r"\b(?:1\d{3}|20\d{2})\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b\d{1,2}:\d{2}\b|\bcentur(?:y|ies)\b|\bвек[а-я]*\b"
    r"|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|ober)?\b"
    r"|\b(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]*"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:понедельник|вторник|сред[ауы]|четверг|пятниц|суббот|воскресень)"
    r"|\b(?:minute|hour|day|week|month|year)s?\b|\b(?:минут|час|дн[яе]|день|недел|месяц|год|лет)[а-я]*",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\d+(?:[.,]\d+)*"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundreds?|thousands?|millions?"
    r"|billions?|dozens?|half|several|few|many|both|twice|once|no|none|zero|first|second|third)\b"
    r"|\b(?:один|одна|одного|два|две|двух|двумя|три|тр[её]х|тремя|четыре|четыр[её]х|пять|пяти|шесть|шести|семь|семи|восемь"
    r"|восьми|девять|девяти|десять|десяти|двенадцать|двадцать|сто|тысяч[аи]?|миллион[а-я]*|половин[аы]|несколько|много)\b"
    r"|\b(?:перв|втор|трет)\w+",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£₽¥]\s?\d|\d\s?%|\bpercent\b|\bfree\b|\bno (?:charge|fee|cost)\b|\bбесплатн"
    r"|\d\s?(?:[$€£₽¥]|(?:thousand |million |billion |тыс\.? |млн |млрд )?"
    r"(?:eur|usd|gbp|euros?|dollars?|cents?|pounds?|рубл|руб\b|евро|доллар|копе))",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[^\W\d_] )[A-ZА-ЯЁ][\w.-]+|(?<=[^\W\d_][,»\"')] )[A-ZА-ЯЁ][\w.-]+|«[^»]+»")

_ASKS_TIME = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time|century)\b|\bhow (?:soon|often)\b"
    r"|\bкогда\b|\bв (?:каком|котором) (?:году|веке|месяце)\b|\bкако(?:го|й) (?:числа|год|дата)\b"
    r"|\bкак (?:долго|часто)\b"
    r"|\b(?:во|до) сколько\b|\bсколько (?:дней|лет|часов|минут|недель|месяцев)\b",
    re.IGNORECASE,
)
_ASKS_QUANTITY = re.compile(
    r"\bhow (?:many|much|long|old|far|tall|high|large|big|fast|short|deep|heavy)\b"
    r"|\b(?:number|percent|percentage|amount) of\b"
    r"|\b(?:what|which) (?:number|percent|amount|age)"
    r"|\b(?:default|minimum|maximum|price|cost|fee|limit|size|length|weight)\b"
    r"|\bсколько\b|\b(?:числ|размер|дол[яю]|процент|высот|длин|площад|цен|стоимост|минимальн|максимальн|лимит)",
    re.IGNORECASE,
)
_ASKS_NAME = re.compile(
    r"\bwho(?:m|se)?\b|\bwhere\b|\b(?:what|which) (?:city|country|state|person|company|team)\b"
    r"|\bкто\b|\bкому\b|\bкем\b|\bчь[яеё]\b|\bчей\b|\bкак (?:зовут|звали)\b|\bгде\b|\bкуда\b|\bоткуда\b"
    r"|\bв как(?:ом|ой) (?:город|стран)",
    re.IGNORECASE,
)
_ASKS_MONEY = re.compile(
    r"\bhow much (?:do|does|did|is|are|was|were|will|would|must)\b.*"
    r"\b(?:cost|costs|charged?|pay|paid|worth|fare|fee|price|rent|earn)"
    r"|\b(?:price|cost|fee|fare|charge|surcharge|penalty|fine|rent|salary|deposit) (?:of|for|to|per|in|on|at|from)\b"
    r"|\bwhat does\b.*\bcost\b"
    r"|\bсколько (?:стоит|стоят|стоил|надо заплатить|платят)|\b(?:цена|стоимость|штраф|плата|тариф)\b",
    re.IGNORECASE,
)
_PRICE_WORDS = """
    cost costs price prices priced fee fees charge charged pay paid worth
    стоит стоят стоил цена стоимость плата платят заплатить"""
_KINDS = ((_ASKS_MONEY, _MONEY), (_ASKS_TIME, _TIME), (_ASKS_QUANTITY, _QUANTITY), (_ASKS_NAME, _NAME))

_PLAINLY_TIME = re.compile(
    r"\A\W*when (?:did|was|were|will)\b|\b(?:what|which) (?:year|date|day|month)\b"
    r"|\A\W*когда\b|\bв (?:каком|котором) (?:году|веке|месяце)\b|\bкако(?:го|й) (?:числа|год)\b|\bво сколько\b",
    re.IGNORECASE,
)
_PLAINLY_QUANTITY = re.compile(
    r"\bhow (?:many|long|old|far|tall|high|large|big|fast|deep|heavy)\b|\bwhat (?:percentage|number)\b|\bсколько\b"
    r"|\b(?:top|maximum|average|minimum) (?:speed|height|length|weight|age|depth|width)\b",
    re.IGNORECASE,
)
_PLAIN_KINDS = ((_ASKS_MONEY, _MONEY), (_PLAINLY_TIME, _TIME), (_PLAINLY_QUANTITY, _QUANTITY))
_PLAINLY_PERSON = re.compile(
    r"\A\W*(?:who(?:m|se)?\b|what (?:is|was) the name of\b|(?:кто|кому|кем)\b|как (?:зовут|звали)\b)", re.IGNORECASE
)
_CAPITALISED = re.compile(r"\b[A-ZА-ЯЁ][\w'’.-]*")


def expected(question: str) -> re.Pattern[str] | None:
    """Return a pattern of the things that could answer `question`; None where the question does not tell."""
    return next((wanted for asks, wanted in _KINDS if asks.search(question)), None)


def only_asking(question: str) -> frozenset[str]:
    """Return the terms that only ask: of "What does parking cost?", "cost" says that a price is wanted, not of what."""
    return frozenset(terms(_PRICE_WORDS)) if _ASKS_MONEY.search(question) else frozenset()


def asks_for_money(question: str) -> bool:
    """Tell whether `question` asks what something costs."""
    return _ASKS_MONEY.search(question) is not None


def holds(wanted: re.Pattern[str], sentence: str, question: str) -> bool:
    """Tell whether `sentence` holds a thing of the wanted kind which the question does not itself contain."""
    lowered = question.casefold()
    return any(match.group().casefold() not in lowered for match in wanted.finditer(sentence))


def fits(question: str, sentence: str) -> bool:
    """Tell whether `sentence` can answer: false where `question` plainly asks for a kind of thing it does not hold."""
    wanted = next((wanted for asks, wanted in _PLAIN_KINDS if asks.search(question)), None)
    if wanted is not None:
        return holds(wanted, sentence, question)
    return not _PLAINLY_PERSON.search(question) or _names_somebody(sentence, question)


def _names_somebody(sentence: str, question: str) -> bool:
    """Tell whether a sentence writes a name that is not in the question; texts without capitals always may."""
    if sentence.islower() or question.istitle():
        return True
    asked = question.casefold()
    words = (match.group().casefold().strip(".'’-") for match in _CAPITALISED.finditer(sentence))
    return any(word not in asked and word not in FUNCTION_WORDS for word in words)
