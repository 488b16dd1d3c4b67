"""A concordance ("omnummertabel"): which codes of one year became which codes of a later one.

CBS publishes none for buurten, so this is a list that a gemeente or a corporation makes. Each row
says that an old place, or a part of it, went to a new one.
"""

import re

import pandas as pd

from .records import read_columns
from .tables import Head, SourceError, Table, clean, clean_header, excel_mentions, level_of

NAME = "omnummer"
COLUMN = re.compile(
    r"(?:(?:buurt|wijk|gemeente|gebieds)?code|(?:gwb|bu|wk|gm)[ _]code)[ _]?(20\d\d)",
    re.IGNORECASE | re.ASCII,
)
EXAMPLE = "“code 2022” en “code 2023”"


def is_of(source: str) -> bool:
    """Whether this is the name of a concordance in the store."""
    return source.startswith(f"{NAME}-")


def recognises(head: Head) -> bool:
    """Whether columns with codes of two years stand in the first row."""
    if head.is_json:
        return False
    if head.is_excel:
        return excel_mentions(head, *(f"code{mark}20" for mark in (" ", "_", "")))
    first = next(iter(head.lines(1)), "")
    names = [clean_header(cell).strip('"') for cell in re.split(r"[;,\t]", first)]
    return len(_years(names)) > 1


def read(head: Head, progress=None) -> Table:
    """Read a concordance.

    Returns
    -------
    Table
        ``jaar, van_jaar, van, code``: a code of the older year and one of the newer, each pair
        once.

    Raises
    ------
    SourceError
        When there are not codes of exactly two years, a cell is empty or is no code, or two codes
        of one row are not of one level.
    """
    columns, _ = read_columns(head)
    years = _years(list(columns))
    if len(years) != 2 or len(set(years.values())) != 2:
        raise SourceError(
            f"In “{head.name}” horen twee kolommen met codes te staan, elk met een ander jaar in "
            f"de naam. Bijvoorbeeld {EXAMPLE}."
        )
    old, new = sorted(years, key=years.get)
    pairs = {
        (_code(a, line, old), _code(b, line, new)): line
        for line, (a, b) in enumerate(zip(columns[old], columns[new], strict=True), start=2)
    }
    for (a, b), line in pairs.items():
        if a[:2] != b[:2]:
            raise SourceError(
                f"Regel {line} in “{head.name}”: {a} en {b} zijn niet van dezelfde soort. Zet een "
                "buurt bij een buurt en een wijk bij een wijk."
            )
    first, last = years[old], years[new]
    frame = pd.DataFrame(list(pairs), columns=["van", "code"])
    frame.insert(0, "van_jaar", first)
    frame.insert(0, "jaar", last)
    return Table(
        # Tables that start in different years stand beside each other.
        source=f"{NAME}-{first}",
        frame=frame,
        years=(last,),
        division={last: last},
        edition="",
        publisher="eigen opgave",
        title=f"Omnummertabel van {first} naar",
        licence="eigen gebruik",
        modelled=False,
    )


def _years(names: list[str]) -> dict[str, int]:
    """Return the year of each column with codes."""
    found = {name: COLUMN.fullmatch(name) for name in names}
    return {name: int(match[1]) for name, match in found.items() if match}


def _code(cell, line: int, column: str) -> str:
    code = clean(cell)
    if not code:
        raise SourceError(
            f"Regel {line}: in de kolom “{column}” staat niets. Vul op elke regel beide codes in. "
            "Weet je er een niet? Haal de regel dan weg."
        )
    try:
        level_of(code)
    except SourceError as error:
        raise SourceError(
            f"Regel {line}: “{code}” is geen code van een gemeente, wijk of buurt. Zo'n code "
            "begint met GM, WK of BU."
        ) from error
    return code
