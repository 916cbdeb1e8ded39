"""Numbers as a workbook shows them: 0.15 under "0 %" is "15 %", 4711 under "000000" is "004711".

The format codes are those of ECMA-376 part 1, 18.8.31. Fractions ("# ?/?") and conditions ("[>100]") are not followed:
such numbers are shown plainly.
"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_PARTS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[^"\\_*\[]')
_DATE_LETTER = re.compile(r"[ymdhs]|am/pm|a/p", re.IGNORECASE)
_LOCALE_DATES = frozenset({"mm-dd-yy", "m/d/yy", "mm/dd/yy", "m/d/yyyy", "yyyy-mm-dd", "m/d/yy h:mm"})
"""Built-in dates that each country shows in its own order: written as ISO dates, which nobody misreads."""
_DATE_PARTS = re.compile(r"y+|m+|d+|h+|s+(?:\.0+)?|am/pm|a/p|\"[^\"]*\"|\\.|\[[^\]]*\]|.", re.IGNORECASE)
_PLACES = re.compile(r"[0#?]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_CONDITION = re.compile(r"\[[<>=]")
_EXPONENT = re.compile(r"E[+-]0+", re.IGNORECASE)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def plain_number(value: float) -> str:
    """Return a number as a workbook without format shows it: no noise of binary fractions."""
    if isinstance(value, int) or value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(value, ".12g")


def shown_number(value: float, code: str) -> str:
    """Return a number under a format code; plainly where the code is general or not followed."""
    section = _section(value, code)
    if section is None:
        return plain_number(value)
    parts, negative = section
    if ";" in code and not any(len(part) == 1 and _PLACES.match(part) for part in parts):
        return "".join(map(_shown_sign, parts)).strip() or plain_number(value)
    shown = _filled(-value if negative else value, parts)
    return plain_number(value) if shown is None else shown


def is_date_format(code: str) -> bool:
    """Tell whether a format shows dates or times."""
    bare = re.sub(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', "", code.split(";")[0], flags=re.IGNORECASE)
    return "general" not in bare.casefold() and _DATE_LETTER.search(bare) is not None


def shown_date(value: datetime.datetime | datetime.date | datetime.time | datetime.timedelta, code: str) -> str:
    """Return a date or time under a format code."""
    if isinstance(value, datetime.timedelta):
        hours, rest = divmod(int(value.total_seconds() + 0.5), 3600)
        return f"{hours}:{rest // 60:02}" + (f":{rest % 60:02}" if "s" in code.casefold() else "")
    if code.split(";")[0].casefold() in _LOCALE_DATES or isinstance(value, datetime.time):
        return _iso(value)
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
    return "".join(_date_parts(moment, code.split(";")[0])).strip()


def _iso(value: datetime.datetime | datetime.date | datetime.time) -> str:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    shown = value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return shown.removesuffix(":00") if shown.count(":") == 2 else shown


def _date_parts(moment: datetime.datetime, code: str) -> list[str]:
    parts = _DATE_PARTS.findall(code)
    half = any(part.casefold() in ("am/pm", "a/p") for part in parts)
    shown: list[str] = []
    before = ""
    for at, part in enumerate(parts):
        letter = part[0].casefold()
        if letter == "m" and (before == "h" or _next_letter(parts[at + 1 :]) == "s"):
            shown.append(f"{moment.minute:0{min(len(part), 2)}}")
        else:
            shown.append(_date_part(moment, part, half))
        before = letter if letter in "ymdhs" else before
    return shown


def _next_letter(parts: list[str]) -> str:
    return next((part[0].casefold() for part in parts if part[0].casefold() in "ymdhs"), "")


def _date_part(moment: datetime.datetime, part: str, half: bool) -> str:
    letter, width = part[0].casefold(), len(part)
    if part.casefold() in ("am/pm", "a/p"):
        return "AM" if moment.hour < 12 else "PM"
    hour = moment.hour % 12 or 12 if half else moment.hour
    numbers = {"d": moment.day, "m": moment.month, "h": hour, "s": moment.second}
    if letter == "y":
        return f"{moment.year}" if width > 2 else f"{moment.year % 100:02}"
    if letter in "md" and width > 2:
        name = _MONTHS[moment.month - 1] if letter == "m" else _DAYS[moment.weekday()]
        return name if width > 3 else name[:3]
    if letter in numbers:
        return f"{numbers[letter]:0{min(width, 2)}}"
    return _literal(part)


def _literal(part: str) -> str:
    if part[0] == '"':
        return part[1:-1]
    if part[0] == "\\":
        return part[1:]
    return "" if part[0] == "[" and len(part) > 1 else part


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[str, ...], ...]:
    sections: list[list[str]] = [[]]
    for part in _PARTS.findall(code):
        if part == ";":
            sections.append([])
        else:
            sections[-1].append(part)
    return tuple(tuple(section) for section in sections)


def _section(value: float, code: str) -> tuple[tuple[str, ...], bool] | None:
    """Return the parts of the format for a value, and whether they show it without its sign."""
    bare = code.strip().casefold()
    if bare in ("", "general", "@") or _CONDITION.search(code):
        return None
    sections = _sections(code)
    if value < 0 and len(sections) > 1 and sections[1]:
        return sections[1], True
    if value == 0 and len(sections) > 2 and sections[2]:
        return sections[2], False
    return sections[0], False


def _filled(value: float, parts: tuple[str, ...]) -> str | None:
    """Put the digits of a value into the places of a format; None where it has none, or is not followed."""
    joined = "".join(parts)
    if "/" in parts or "general" in joined.casefold() or _EXPONENT.search(joined):
        return None
    places = [at for at, part in enumerate(parts) if len(part) == 1 and _PLACES.match(part)]
    if not places:
        return None
    first, last = places[0], places[-1]
    point = next((at for at in range(first - 1 if first else 0, last) if parts[max(at, 0)] == "."), None)
    whole_places = [at for at in places if point is None or at < point]
    decimals = len(places) - len(whole_places)
    number = Decimal(repr(value)) * 100 ** sum(part == "%" for part in parts)
    end = last if point is None else point
    trailing = 0
    while end + 1 < len(parts) and parts[end + 1] == ",":
        trailing, end = trailing + 1, end + 1
    number = (number / 1000**trailing).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits, _, fraction = f"{abs(number):f}".partition(".")
    least = [at for at in places if at not in whole_places and parts[at] == "0"]
    needed = (least[-1] - min(at for at in places if at not in whole_places) + 1) if least else 0
    fraction = fraction[:needed] + fraction[needed:].rstrip("0")
    shown = _whole(digits, parts, whole_places) + (f".{fraction}" if fraction else "")
    before = "".join(map(_shown_sign, parts[: first if point != first - 1 else first - 1]))
    after = "".join(map(_shown_sign, parts[last + 1 :]))
    return f"{'-' if number < 0 else ''}{before}{shown}{after}".strip()


def _whole(digits: str, parts: tuple[str, ...], places: list[int]) -> str:
    """Lay the digits before the point into their places from the right, with the signs that stand between these."""
    if not places:
        return digits
    between = parts[places[0] : places[-1] + 1]
    zeros = sum(part == "0" for part in between)
    digits = digits.lstrip("0").rjust(zeros, "0")
    if "," in between:
        groups = f"{int(digits or '0'):,}"
        return groups if len(digits) <= len(groups.replace(",", "")) and digits else digits
    if all(len(part) == 1 and _PLACES.match(part) for part in between):
        return digits
    shown: list[str] = []
    left = list(digits)
    for at, part in reversed(list(enumerate(between))):
        if len(part) == 1 and _PLACES.match(part):
            shown.append("".join(left) if at == 0 else left.pop() if left else "")
        else:
            shown.append(_shown_sign(part))
    return "".join(reversed(shown))


def _shown_sign(part: str) -> str:
    """Return what a part of a format that is no digit shows."""
    currency = _CURRENCY.fullmatch(part)
    if currency:
        return currency[1]
    if part[0] in "_*" and len(part) > 1:
        return " " if part[0] == "_" else ""
    if part in ("0", "#", "?", ",", "@"):
        return ""
    return _literal(part)
