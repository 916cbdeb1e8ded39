"""Units of measure, magnitudes, months and number words, in English and Russian, as figures are read with them."""

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
        ("length", "in", "inch inches дюйм дюйма дюймов"),
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

TEMPERATURE = re.compile(
    r"\s?(?:[°º]|degrees?\s|градус\w*\s(?:по\s)?)\s?(f(?:ahrenheit)?|c(?:elsius)?|фаренгейт\w*|цельси\w*)\b",
    re.IGNORECASE,
)
"""What makes a number a temperature; the first letter of its group tells the scale."""
TEMPERATURE_SCALES = {"f": "F", "ф": "F", "c": "C", "ц": "C"}

SCALES: dict[tuple[str, str], tuple[float, float]] = {
    ("temperature", "C"): (1.0, 0.0),
    ("temperature", "F"): (5 / 9, -160 / 9),
    ("length", "km"): (1000.0, 0.0),
    ("length", "m"): (1.0, 0.0),
    ("length", "cm"): (0.01, 0.0),
    ("length", "mm"): (0.001, 0.0),
    ("length", "mi"): (1609.344, 0.0),
    ("length", "ft"): (0.3048, 0.0),
    ("length", "in"): (0.0254, 0.0),
    ("mass", "t"): (1000.0, 0.0),
    ("mass", "kg"): (1.0, 0.0),
    ("mass", "g"): (0.001, 0.0),
    ("mass", "lb"): (0.45359237, 0.0),
    ("time", "s"): (1.0, 0.0),
    ("time", "min"): (60.0, 0.0),
    ("time", "h"): (3600.0, 0.0),
    ("time", "d"): (86_400.0, 0.0),
    ("time", "w"): (604_800.0, 0.0),
}
"""A unit to factor and offset that turn its numbers into those of its kind's base unit."""

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

NUMERALS = {
    word: str(value)
    for value, words in enumerate(
        (
            "zero ноль нуль",
            "one один одна одно одного одной",
            "two два две двух",
            "three три трех трёх",
            "four четыре четырех четырёх",
            "five пять пяти",
            "six шесть шести",
            "seven семь семи",
            "eight восемь восьми",
            "nine девять девяти",
            "ten десять десяти",
            "eleven одиннадцать",
            "twelve двенадцать",
        )
    )
    for word in words.split()
} | {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100"}
"""Numbers written as words."""

COUNTING_WORDS = {
    **dict.fromkeys(("no", "none"), "0"),
    **dict.fromkeys(("a", "an", "once", "single"), "1"),
    **dict.fromkeys(("twice", "double", "pair", "both"), "2"),
    "triple": "3",
    "dozen": "12",
}
"""Words that say how many without being a number: who writes a number for them has not altered it."""
