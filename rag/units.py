"""Units, months and number words as they are written in English and Russian."""

from __future__ import annotations

import re

UNITS: dict[str, tuple[str, str]] = {
    form: (kind, unit)
    for kind, unit, forms in (
        ("share", "%", "% percent per процент процента процентов"),
        ("money", "EUR", "€ eur euro euros евро"),
        ("money", "USD", "$ usd dollar dollars доллар доллара долларов"),
        ("money", "GBP", "£ gbp pound pounds фунт фунта фунтов"),
        ("money", "RUB", "₽ rub руб рубль рубля рублей ruble rubles"),
        ("mass", "kg", "kg kilogram kilograms kilo kilos кг килограмм килограмма килограммов"),
        ("mass", "g", "g gram grams г грамм грамма граммов"),
        ("mass", "lb", "lb lbs фунтов"),
        ("mass", "t", "t ton tons tonne tonnes т тонна тонны тонн"),
        ("length", "km", "km kilometre kilometres kilometer kilometers км километр километра километров"),
        ("length", "m", "m metre metres meter meters м метр метра метров"),
        ("length", "cm", "cm centimetre centimetres centimeter centimeters см сантиметр сантиметра сантиметров"),
        ("length", "mm", "mm millimetre millimetres millimeter millimeters мм миллиметр миллиметра миллиметров"),
        ("length", "mi", "mi mile miles миля мили миль"),
        ("length", "ft", "ft foot feet фут фута футов"),
        ("time", "s", "s sec second seconds сек секунда секунды секунд"),
        ("time", "min", "min minute minutes мин минута минуты минут"),
        ("time", "h", "h hr hrs hour hours ч час часа часов"),
        ("time", "d", "day days день дня дней"),
        ("time", "w", "week weeks неделя недели недель"),
        ("time", "mo", "month months месяц месяца месяцев"),
        ("time", "y", "year years год года лет"),
        ("data", "kB", "kb kilobyte kilobytes"),
        ("data", "MB", "mb megabyte megabytes мб"),
        ("data", "GB", "gb gigabyte gigabytes гб"),
        ("data", "TB", "tb terabyte terabytes тб"),
    )
    for form in forms.split()
}
"""A unit as written, in small letters, to its kind and its name."""

MAGNITUDES = {
    **dict.fromkeys(("thousand", "тысяча", "тысячи", "тысяч", "тыс"), 10**3),
    **dict.fromkeys(("million", "millions", "миллион", "миллиона", "миллионов", "млн"), 10**6),
    **dict.fromkeys(("billion", "billions", "миллиард", "миллиарда", "миллиардов", "млрд"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "триллион", "триллиона", "триллионов", "трлн"), 10**12),
}

MONTHS = tuple(
    re.compile(rf"\b(?:{pattern})", re.IGNORECASE)
    for pattern in (
        r"jan(?:uary)?\b|январ",
        r"feb(?:ruary)?\b|феврал",
        r"mar(?:ch)?\b|март",
        r"apr(?:il)?\b|апрел",
        r"may\b|ма[йя]\b",
        r"june?\b|июн",
        r"july?\b|июл",
        r"aug(?:ust)?\b|август",
        r"sep(?:t|tember)?\b|сентябр",
        r"oct(?:ober)?\b|октябр",
        r"nov(?:ember)?\b|ноябр",
        r"dec(?:ember)?\b|декабр",
    )
)

NUMBER_WORDS = {
    word: str(value)
    for value, words in enumerate(
        (
            "zero no none ноль нуль",
            "one once single a an один одна одно одного одной",
            "two twice double pair both два две двух",
            "three triple три трех трёх",
            "four четыре четырех четырёх",
            "five пять пяти",
            "six шесть шести",
            "seven семь семи",
            "eight восемь восьми",
            "nine девять девяти",
            "ten десять десяти",
            "eleven одиннадцать",
            "twelve dozen двенадцать",
        )
    )
    for word in words.split()
} | {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100"}
