"""Numbers, dates and times in Dutch form, whatever the system's language."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)

# 1234 | 1.234 | 1.234.567 | 3,5 | 1.234,5 | -2; a thin or no-break space never divides thousands.
_NUMBER = re.compile(r"[-−]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?")

# 3-12 | 3/12/26 | 3 dec | 3 december 2026; a month in letters is checked against MONTHS.
_DATE = re.compile(
    r"(\d{1,2})[-/. ](\d{1,2}|jan[a-z]*|feb[a-z]*|mrt|maa[a-z]*|apr[a-z]*|mei|jun[a-z]*|jul[a-z]*"
    r"|aug[a-z]*|sep[a-z]*|okt[a-z]*|nov[a-z]*|dec[a-z]*)\.?(?:[-/. ](\d{4}|\d{2}))?"
)


def parse_number(text: str) -> float:
    """Read a number as the Dutch write it: comma for decimals, dot for thousands.

    Raises
    ------
    ValueError
        When the text is not certainly a number (``3.5`` could be 3,5 or 35); the
        message is Dutch and says what to do.
    """
    clean = text.strip()
    if not _NUMBER.fullmatch(clean):
        raise ValueError(
            f"“{clean}” kan ik niet als getal lezen. "
            "Typ een getal, met een komma als het nodig is: 3,5."
        )
    return float(clean.replace("−", "-").replace(".", "").replace(",", "."))


LARGE = Context(prec=400)  # digits enough for any float


def round_half_up(value: float, decimals: int = 0) -> float:
    """Round as people do: 94,5 is 95, and −94,5 is −95. What is not finite stays."""
    if not isfinite(value):
        return float(value)
    # A share times a hundred may lie a hair under its half.
    exact = Decimal(str(round(float(value), decimals + 6)))
    return float(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, LARGE))


def format_number(value: float, decimals: int = 0) -> str:
    """Write a number the Dutch way: ``format_number(1234.5, 1)`` is ``1.234,5``; halves go up."""
    rounded = f"{Decimal(str(round_half_up(value, decimals))):,.{decimals}f}"
    if not rounded.strip("-0.,"):
        rounded = rounded.lstrip("-")
    return rounded.translate(str.maketrans(",.", ".,")).replace("-", "−")


def format_date(day: date) -> str:
    """Write a date the Dutch way: ``22 november 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """Write a date as one would type it: ``3-12-2026``."""
    return f"{day.day}-{day.month}-{day.year}"


def parse_date(text: str, today: date) -> date:
    """Read a date as the Dutch type it: ``3-12-2026``, ``3-12-26`` or ``3 december 2026``.

    Without a year (``3-12``, ``3 dec``) it is the last such day up to `today`.

    Raises
    ------
    ValueError
        When it is no date; the message is Dutch and says what to do.
    """
    clean = " ".join(text.lower().split())
    found = _DATE.fullmatch(clean)
    sorry = ValueError(f"“{text.strip()}” kan ik niet als datum lezen. Typ bijvoorbeeld 3-12-2026.")
    if not found:
        raise sorry
    day, month, year = found.groups()
    month = "maart" if month == "mrt" else month
    names = [name for name in MONTHS if name.startswith(month)]
    number = int(month) if month.isdecimal() else MONTHS.index(names[0]) + 1 if names else 0
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
        # 29 February is the one day that not every year has.
        years = (today.year - back for back in range(8))
        days = (_day_or_none(year, number, int(day)) for year in years)
        return next(found for found in days if found and found <= today)
    except (ValueError, StopIteration):
        raise sorry from None


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def format_time(moment: datetime) -> str:
    """Write a time of day the Dutch way: ``10:32``."""
    return f"{moment.hour}:{moment.minute:02d}"


def join_words(words: list[str]) -> str:
    """Join words as in a Dutch sentence: ``a, b en c``."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " en " + words[-1]


def years_words(years: Iterable[int]) -> str:
    """Write which years there are, and no others: ``2013, 2015 en 2018 tot en met 2020``."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    words = []
    for run in runs:
        if len(run) > 2:
            words.append(f"{run[0]} tot en met {run[-1]}")
        else:
            words += map(str, run)
    return join_words(words)
