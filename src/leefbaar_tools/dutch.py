"""Numbers, dates and times in Dutch form, whatever the system's language."""

import re
from datetime import date, datetime
from decimal import Decimal

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)

# 1234 | 1.234 | 1.234.567 | 3,5 | 1.234,5 | -2; a thin or no-break space never divides thousands.
_NUMBER = re.compile(r"[-−]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?")


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


def format_number(value: float, decimals: int = 0) -> str:
    """Write a number the Dutch way: ``format_number(1234.5, 1)`` is ``1.234,5``."""
    rounded = f"{Decimal(str(float(value))):,.{decimals}f}"
    if not rounded.strip("-0.,"):
        rounded = rounded.lstrip("-")
    return rounded.translate(str.maketrans(",.", ".,")).replace("-", "−")


def format_date(day: date) -> str:
    """Write a date the Dutch way: ``22 november 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_time(moment: datetime) -> str:
    """Write a time of day the Dutch way: ``10:32``."""
    return f"{moment.hour}:{moment.minute:02d}"


def join_words(words: list[str]) -> str:
    """Join words as in a Dutch sentence: ``a, b en c``."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " en " + words[-1]
