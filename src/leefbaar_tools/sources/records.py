"""Rows of a table in whatever it was saved: CSV, a workbook, or a reply of OData.

For tables with one header, a column per name and plain numbers: the police, health and
Leefbaarometer tables. The dialects of StatLine are more than this.
"""

import contextlib
import gc
import json
import re
from collections.abc import Iterator
from operator import itemgetter

import pandas as pd

from .tables import Cells, Head, Sheet, SourceError, clean, read_excel, read_sheet, read_text

SEPARATORS = (";", ",", "\t")
# A column that nobody asks for.
ROW_NUMBER = "ID"
AT_ONCE = 500
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli"),
    *("augustus", "september", "oktober", "november", "december"),
)


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Do not look for garbage while millions of small lists are made, all of which are used.

    Python looks again after every so many of them: three quarters of the time of a map.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def read_json(head: Head):
    """Read a JSON file; `SourceError` when it is cut off or damaged."""
    try:
        with without_collecting():
            return json.loads(read_text(head))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"“{head.name}” is beschadigd of niet helemaal gedownload. Download het opnieuw."
        ) from error


def read_columns(head: Head) -> tuple[dict[str, Cells], list[str]]:
    """Read a table as cells per column.

    Returns
    -------
    columns : dict of str to Cells
        Text, or numbers as a workbook or JSON has them; None for a JSON null.
    notes : list of str
        Dutch sentences when the file may not be the whole table.

    Raises
    ------
    SourceError
        When it cannot be read, has no rows, or a row is not complete.
    """
    if head.is_json:
        return _json_columns(head)
    if head.is_excel:
        return Sheet.of_rows(read_excel(head), head.name).by_name(), []
    first = next((line for line in head.lines(1)), "")
    return read_sheet(head, max(SEPARATORS, key=first.count), skip=(ROW_NUMBER,)).by_name(), []


def _json_columns(head: Head) -> tuple[dict[str, Cells], list[str]]:
    data = read_json(head)
    rows = data.get("value") if isinstance(data, dict) else data
    if isinstance(data, dict) and ("odata.error" in data or "error" in data):
        raise SourceError(
            f"“{head.name}” is een foutmelding en geen tabel. Download het bestand opnieuw."
        )
    if not isinstance(rows, list) or set(map(type, rows)) - {dict}:
        raise SourceError(f"In “{head.name}” staat geen tabel.")
    if not rows:
        raise SourceError(f"In “{head.name}” staan geen cijfers.")
    columns = columns_of_records(rows, head.name)
    notes = []
    if isinstance(data, dict) and any(key.endswith("nextLink") for key in data):
        notes.append("Dit is een deel van de tabel: er zijn meer bladzijden om op te halen.")
    return columns, notes


def columns_of_records(rows: list[dict], name: str) -> dict[str, Cells]:
    """Return cells per column; `SourceError` when not every record has the same ones.

    Some records at a time: going through all of them for each column takes several times as long,
    as none is still near at hand.
    """
    columns: dict[str, list] = {key: [] for key in rows[0] if key != ROW_NUMBER}
    try:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            for key, cells in columns.items():
                cells += map(itemgetter(key), some)
        complete = set(map(len, rows)) == {len(rows[0])}
    except KeyError:
        complete = False
    if not complete:
        raise SourceError(f"In “{name}” zijn niet alle rijen volledig.")
    return {key: Cells(cells, key) for key, cells in columns.items()}


def decimal_mark(columns: dict[str, Cells]) -> str:
    """Decide the decimal mark of figures that are too small to ever have a thousands mark.

    Parameters
    ----------
    columns : dict of str to Cells
        The columns with such figures.

    Raises
    ------
    SourceError
        When both a comma and a point are used.
    """
    import pyarrow.compute as pc

    seen = {}
    for name, cells in columns.items():
        texts = cells.texts()  # without the lone marks that mean missing
        for mark in ".,":
            place = -1 if mark in seen else pc.index(pc.match_substring(texts, mark), True).as_py()
            if place >= 0:
                seen[mark] = (name, texts[place].as_py())
    if len(seen) == 2:
        (one, first), (other, second) = seen.values()
        raise SourceError(
            f"In de kolom “{one}” staat “{first}” en in de kolom “{other}” staat “{second}”: een "
            "punt en een komma door elkaar. Gebruik het bestand zoals het is gedownload."
        )
    return next(iter(seen), ".")


def stem(name: str) -> str:
    """Return the name of a figure without its place, which differs per edition."""
    return re.sub(r"_\d+$", "", name)


def plain(name: str) -> str:
    """Return a column's name in small letters only: without place, unit and spaces."""
    return re.sub(r"[^a-z]", "", re.sub(r"\([^()]*\)", "", stem(name)).lower())


def region_codes(cells: Cells) -> pd.Series:
    """Return codes without padding, the country under the one code that CBS uses for it.

    RIVM and others write ``NL01`` for the same country as ``NL00``.
    """
    return cells.map(lambda cell: "NL00" if clean(cell) == "NL01" else clean(cell))


def period(cell) -> tuple[int, int, bool]:
    """Read a period.

    Parameters
    ----------
    cell : str or int
        ``2012JJ00``, ``2012MM01``, ``2012``, ``2012 januari``, with or without stars.

    Returns
    -------
    year, month : int
        Month 0 is the whole year.
    provisional : bool
    """
    text = clean(cell)
    provisional = text.endswith("*")
    text = text.rstrip("* ")
    if found := re.fullmatch(r"(20\d\d)(?:JJ00)?", text, re.ASCII):
        return int(found[1]), 0, provisional
    if found := re.fullmatch(r"(20\d\d)MM(0[1-9]|1[0-2])", text, re.ASCII):
        return int(found[1]), int(found[2]), provisional
    if (found := re.fullmatch(r"(20\d\d) ([a-z]+)", text.lower(), re.ASCII)) and found[2] in MONTHS:
        return int(found[1]), MONTHS.index(found[2]) + 1, provisional
    raise SourceError(
        f"“{clean(cell)}” kan ik niet lezen als jaar of maand. Gebruik een tabel per jaar of per "
        "maand."
    )
