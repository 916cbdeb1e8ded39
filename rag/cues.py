"""What kind of thing a question asks for (a time, a quantity, a name), and whether a sentence holds one."""

from __future__ import annotations

import re

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
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|thousand|million|half)\b"
    r"|\b(?:один|одна|одного|два|две|двух|три|тр[её]х|четыре|пять|шесть|семь|восемь|девять|десять|двенадцать|двадцать|сто"
    r"|тысяч[аи]?|миллион[а-я]*|половин[аы])\b",
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
_KINDS = ((_ASKS_TIME, _TIME), (_ASKS_QUANTITY, _QUANTITY), (_ASKS_NAME, _NAME))


def expected(question: str) -> re.Pattern[str] | None:
    """Return a pattern of the things that could answer `question`; None where the question does not tell."""
    return next((wanted for asks, wanted in _KINDS if asks.search(question)), None)


def holds(wanted: re.Pattern[str], sentence: str, question: str) -> bool:
    """Tell whether `sentence` holds a thing of the wanted kind which the question does not itself contain."""
    lowered = question.casefold()
    return any(match.group().casefold() not in lowered for match in wanted.finditer(sentence))
