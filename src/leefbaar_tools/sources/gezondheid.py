"""Health per gemeente, wijk and buurt of GGD, CBS and RIVM (50090NED and its successors).

The figures of wijken and buurten are estimates of a model (SMAP) that is fed with registers such
as income, household and origin, so they say nothing new about those.
"""

import re

import numpy as np
import pandas as pd

from .records import decimal_mark, period, read_columns, region_codes, stem
from .tables import (
    Cells,
    Head,
    SourceError,
    Table,
    below_nought,
    check_unique,
    clean,
    excel_mentions,
    level_of,
    numbers,
    same_form,
)

NAME = "gezondheid"
KEYS = ("Leeftijd", "Marges", "WijkenEnBuurten", "Perioden")
AGES = {"20300": "18+", "53115": "18-65", "80200": "65+"}
MARGINS = {"MW00000": "waarde", "MOG0095": "ondergrens", "MBG0095": "bovengrens"}
# Columns about the region; the rest are figures.
ABOUT = ("ID", *KEYS, "Gemeentenaam", "SoortRegio", "Codering")
# Division of all years of a table.
DIVISIONS = {"50090NED": 2020, "50120NED": 2022, "50150NED": 2024}
# A figure's place tells the table apart when nothing else does.
PLACES = {
    "50090NED": {"Eenzaam_28", "MoeiteMetRondkomen_38"},
    "50120NED": {"Eenzaam_27", "MoeiteMetRondkomen_33"},
}


def recognises(head: Head) -> bool:
    """Whether this looks like a health table."""
    if head.is_json:
        return all(f'"{key}"' in head.text for key in KEYS)
    if head.is_excel:
        return all(excel_mentions(head, key) for key in KEYS)
    first = next(iter(head.lines(1)), "")
    return set(KEYS) <= {clean(cell).strip('"') for cell in re.split(r"[;,\t]", first)}


def read(head: Head, progress=None) -> Table:
    """Read a health table.

    Returns
    -------
    Table
        Long: ``code, jaar, leeftijd`` (18+, 18-65, 65+), ``marge`` (waarde, ondergrens,
        bovengrens), ``cijfer`` (its name in the table, without its place) and ``waarde``
        (percent, NaN for missing). A figure that was not measured in a year is left out.

    Raises
    ------
    SourceError
        When a column is missing, or a cell is not what the table writes.
    """
    columns, notes = read_columns(head)
    lost = [key for key in KEYS if key not in columns]
    if lost:
        raise SourceError(f"In “{head.name}” ontbreekt de kolom {lost[0]}.")
    wide = _rows(columns)
    figures = _figures(columns, head.name)
    decimal = decimal_mark(figures)
    for name, cells in figures.items():
        wide[name] = _percentages(name, cells, decimal)
    check_unique(wide, ["code", "jaar", "leeftijd", "marge"])
    frame, empty = _long(wide, list(figures))
    years = tuple(sorted(wide["jaar"].unique().tolist()))
    number = _number(head, set(columns))
    division, where = _division(number, years, head.name)
    return Table(
        source=NAME,
        frame=frame,
        years=years,
        division=dict.fromkeys(years, division),
        edition=number,
        publisher="GGD'en, CBS en RIVM",
        title="Gezondheid per wijk en buurt",
        licence="CC BY 4.0",
        modelled=True,
        notes=(
            *notes,
            *where,
            *empty,
            "De cijfers van wijken en buurten zijn schattingen met een rekenmodel. Het model "
            "gebruikt onder meer inkomen, huishouden en herkomst: vergelijk ze daar niet mee.",
        ),
    )


def _rows(columns: dict[str, Cells]) -> pd.DataFrame:
    """Return code, year, age and margin of every row, checked."""
    codes = region_codes(columns["WijkenEnBuurten"])
    levels = columns["WijkenEnBuurten"].map(lambda cell: level_of(clean(cell)))
    for title, cells in columns.items():
        if stem(title) == "Codering":
            _same(codes, region_codes(cells))
        if stem(title) == "SoortRegio":
            _same(levels, cells.map(lambda cell: clean(cell).lower()))
    return pd.DataFrame(
        {
            "code": codes,
            "jaar": columns["Perioden"].map(_year),
            "leeftijd": columns["Leeftijd"].map(lambda cell: _named(cell, AGES, "Leeftijd")),
            "marge": columns["Marges"].map(lambda cell: _named(cell, MARGINS, "Marges")),
        }
    )


def _year(cell) -> int:
    year, month, _ = period(cell)
    if month:
        raise SourceError("In de kolom “Perioden” staan maanden. Dit is niet de tabel per jaar.")
    return year


def _same(one: pd.Series, other: pd.Series) -> None:
    wrong = one.to_numpy() != other.to_numpy()
    if wrong.any():
        row = wrong.argmax()
        raise SourceError(
            f"In één rij staan “{one[row]}” en “{other[row]}”, en dat hoort hetzelfde te zijn. Het "
            "bestand is beschadigd of veranderd: download het opnieuw."
        )


def _named(cell, names: dict[str, str], column: str) -> str:
    if clean(cell) not in names:
        raise SourceError(f"In de kolom “{column}” staat “{clean(cell)}”. Die sleutel ken ik niet.")
    return names[clean(cell)]


def _figures(columns: dict[str, Cells], name: str) -> dict[str, Cells]:
    """Return the cells of the figures by their name without place."""
    figures = {}
    for title, cells in columns.items():
        figure = stem(title)
        if figure in ABOUT:
            continue
        if not figure or figure == title:
            raise SourceError(f"In “{name}” staat de kolom “{title}”, die hoort niet in de tabel.")
        if figure in figures:
            raise SourceError(f"In “{name}” staat het cijfer “{figure}” twee keer.")
        figures[figure] = cells
    if not figures:
        raise SourceError(f"In “{name}” staan geen cijfers.")
    return figures


def _percentages(name: str, cells: Cells, decimal: str) -> pd.Series:
    shares = numbers(cells.named(name), decimal, sentinels=True)
    wrong = below_nought(shares) | (shares > 100)
    if wrong.any():
        raise SourceError(
            f"In de kolom “{name}” staat “{clean(cells[wrong.argmax()])}”. Dat kan niet, van de "
            "100 mensen. Gebruik het bestand zoals het is gedownload."
        )
    # A number that lost its decimal mark stands out: all numbers have one decimal.
    same_form(cells, fixed=True)
    return shares


def _long(wide: pd.DataFrame, figures: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return one row per figure, and which figures a year does not have at all."""
    parts, notes = [], []
    for year, rows in wide.groupby("jaar", sort=True):
        measured = [name for name in figures if rows[name].notna().any()]
        empty = [name for name in figures if name not in measured]
        if empty:
            notes.append(f"In {year} zonder cijfers: {', '.join(empty)}.")
        if measured:
            parts.append(_below_each_other(rows, measured))
    if not parts:
        raise SourceError("In deze tabel is geen enkel cijfer ingevuld.")
    return pd.concat(parts, ignore_index=True), notes


def _below_each_other(rows: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    """Return a row per figure, as `melt` does, without a copy of every text."""
    import pyarrow as pa

    text = pd.StringDtype("pyarrow", na_value=np.nan)

    def again(name):
        cells = pa.array(rows[name], pa.large_string())  # what pandas wants
        chunks = pa.chunked_array([cells] * len(figures))
        return pd.arrays.ArrowStringArray(chunks, dtype=text)

    names = pa.DictionaryArray.from_arrays(
        np.repeat(np.arange(len(figures), dtype=np.int32), len(rows)), figures
    )
    return pd.DataFrame(
        {
            "code": again("code"),
            "jaar": np.tile(rows["jaar"].to_numpy(), len(figures)),
            "leeftijd": again("leeftijd"),
            "marge": again("marge"),
            "cijfer": pd.arrays.ArrowStringArray(names.cast(pa.large_string()), dtype=text),
            "waarde": rows[figures].to_numpy().ravel(order="F"),
        }
    )


def _number(head: Head, names: set[str]) -> str:
    """Return the number of the table, from the file's name, its text, or the places."""
    for text in (head.name, head.text if head.is_json else ""):
        if found := re.search(r"5\d{4}NED", text):
            return found[0]
    return next((number for number, places in PLACES.items() if places <= names), "")


def _division(number: str, years: tuple[int, ...], name: str) -> tuple[int, list[str]]:
    """Return the year of the division: that of the table, whatever the year of the figures."""
    if number in DIVISIONS:
        division = DIVISIONS[number]
        if years[-1] > division:
            raise SourceError(
                f"“{name}” is tabel {number}, maar er staan cijfers over {years[-1]} in. Die kent "
                "deze tabel niet: geef het bestand de naam van zijn eigen tabel."
            )
        return division, [f"Alle jaren staan op de gebiedsindeling van {division}."]
    if years[-1] < 2020:
        raise SourceError(
            f"Uit “{name}” blijkt niet op welke gebiedsindeling de cijfers staan. Zet het nummer "
            "van de tabel in de naam van het bestand, zoals 50090NED."
        )
    return years[-1], [
        f"Het bestand noemt zijn gebiedsindeling niet. Hier geldt die van {years[-1]}, het "
        "nieuwste jaar erin."
    ]
