"""Codes for Kerncijfers of which StatLine exported only the names of the regions.

Many names are there more than once in the country, so a name alone says nothing. It does within
one gemeente and one year, when its Kerncijfers of that year are here with codes, and when each row
can be one region only. Rows stand in the order of CBS: a gemeente, then each wijk with its buurten.
"""

import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd

from ..dutch import format_number, join_words
from .tables import SourceError, Table, clean_header

COUNTRY = "Nederland"
ABOUT = ("gwb_code", "regio", "gm_naam", "recs", "ind_wbi")
SHOWN = 3
AGAIN = (
    "Download het bestand opnieuw bij StatLine. Zet daar een vinkje bij “Regiocode”, dat soms "
    "“Codering” heet."
)
# Of people; far more of them than inhabitants means that a name stands for something larger.
PEOPLE = ("a_inkont",)
# It is counted in another year, and rounded.
ROOM = 1000


def is_named(table: Table) -> bool:
    """Whether these are Kerncijfers with names only."""
    return table.source == "kwb" and "gwb_code" not in table.frame


def gemeente_of(table: Table) -> str:
    """Name of the gemeente: the first row, or the one under the country."""
    names = table.frame["regio"].tolist()
    under = len(names) > 1 and plain(names[0]) == plain(COUNTRY)
    return names[1] if under else names[0]


def plain(name: str) -> str:
    """Return a name as it is compared: spaces, capitals and the way of storing é aside."""
    return unicodedata.normalize("NFC", clean_header(name)).casefold()


def no_kerncijfers(year: int, file: str) -> SourceError:
    """Say that there is nothing yet to find the codes in."""
    return SourceError(
        f"In “{file}” staan alleen namen van gebieden, geen codes. De codes zoek ik op in "
        f"Kerncijfers van hetzelfde jaar. Die van {year} zijn er nog niet. Lees ze eerst in, en "
        f"daarna dit bestand. Wil je dat niet? {AGAIN}"
    )


def no_gemeente(table: Table, file: str, found: int = 0) -> SourceError:
    """Say that the first row is not one certain gemeente."""
    first, (year,) = gemeente_of(table), table.years
    what = "meer dan één keer" if found else "niet"
    return SourceError(
        f"In “{file}” staan alleen namen van gebieden, geen codes. Bovenaan hoort dan de gemeente "
        f"zelf. Daar staat “{first}”. Een gemeente met die naam staat {what} in de Kerncijfers "
        f"{year} die er al zijn. Zeker is het dus van 0 van de {format_number(len(table.frame))} "
        f"namen. Lees eerst de Kerncijfers {year} van die gemeente in. Zijn die er al? {AGAIN}"
    )


def with_codes(table: Table, known: pd.DataFrame, file: str) -> tuple[Table, list[str]]:
    """Give each row the code of the one region it can be.

    Parameters
    ----------
    table : Table
        With names only, of one year.
    known : DataFrame
        Kerncijfers of that year of one gemeente, with or without the country.
    file : str
        Name of the file, for messages.

    Returns
    -------
    Table
        With the codes, and all else that tells which region a row is, of `known`.
    list of str
        What was found, in Dutch.

    Raises
    ------
    SourceError
        When a name is not one certain region of this gemeente, or figures that are known already
        are others here.
    """
    # In the order of CBS: without the two letters a gemeente comes before its wijken, and a wijk
    # before its buurten.
    place = known["gwb_code"].str[2:].where(~known["gwb_code"].str.startswith("NL"), "")
    known = known.iloc[place.argsort(kind="stable")].reset_index(drop=True)
    rows = known.iloc[_places(table, known, file)].reset_index(drop=True)
    if not rows["gwb_code"].str.startswith("GM").any():
        raise no_gemeente(table, file)
    frame = table.frame.reset_index(drop=True)
    figures = frame.drop(columns=[*ABOUT, "jaar"], errors="ignore")
    _check_same(rows, figures, file)
    _check_people(rows, figures, file)
    about = rows[[name for name in ABOUT if name in rows]]
    coded = pd.concat([frame[["jaar"]], about, figures], axis="columns")
    (year,), town = table.years, gemeente_of(table)
    many = len(frame)
    filled = int((_missing(rows, figures) & figures.map(_is_there)).any(axis="columns").sum())
    said = [
        f"In “{file}” staan alleen namen, geen codes. "
        + (f"Alle {format_number(many)} namen staan" if many > 1 else "De ene naam staat")
        + f" ook in de Kerncijfers {year} van {town}. Daar komen de codes vandaan.",
        f"{table.title} {year}: {_regions(filled)} aangevuld."
        if filled
        else f"{table.title} {year}: al deze cijfers waren er al.",
    ]
    note = f"De codes bij “{file}” zijn opgezocht met de namen van gebieden in {town}."
    return replace(table, frame=coded, notes=(*table.notes, note)), said


def _places(table: Table, known: pd.DataFrame, file: str) -> list[int]:
    """Return for each row where its region stands in `known`."""
    names = table.frame["regio"].tolist()
    kinds = table.frame["recs"].tolist() if "recs" in table.frame else [""] * len(names)
    regions = list(zip(map(plain, known["regio"]), map(plain, known["recs"]), strict=True))
    wanted = list(zip(map(plain, names), map(plain, kinds), strict=True))
    lost = [
        name
        for name, one in zip(names, wanted, strict=True)
        if not any(_fits(one, r) for r in regions)
    ]
    if lost:
        raise _not_found(table, file, lost, "Niet gevonden")
    first = _in_order(wanted, regions)
    if first is None:
        what = "Alle namen staan er, maar in een andere volgorde of minder vaak"
        raise _not_found(table, file, [], what)
    # Every other way to place the rows lies between these two.
    last = _in_order(wanted[::-1], regions[::-1])
    last = [len(regions) - 1 - n for n in last[::-1]]
    doubt = [name for name, a, b in zip(names, first, last, strict=True) if a != b]
    if doubt:
        raise _not_found(table, file, doubt, "Dit kan meer dan één gebied zijn")
    return first


def _fits(wanted: tuple[str, str], region: tuple[str, str]) -> bool:
    return wanted[0] == region[0] and wanted[1] in ("", region[1])


def _in_order(wanted: list, regions: list) -> list[int] | None:
    """Place each row as early as it can be, after the row before it; None when it cannot."""
    found, start = [], 0
    for one in wanted:
        at = next((n for n in range(start, len(regions)) if _fits(one, regions[n])), None)
        if at is None:
            return None
        found.append(at)
        start = at + 1
    return found


def _not_found(table: Table, file: str, odd: list[str], what: str) -> SourceError:
    many, (year,) = len(table.frame), table.years
    sure = many - len(odd) if odd else 0
    shown = join_words([f"“{name}”" for name in odd[:SHOWN]])
    more = f" en nog {format_number(len(odd) - SHOWN)}" if len(odd) > SHOWN else ""
    return SourceError(
        f"In “{file}” staan alleen namen van gebieden, geen codes. Ik zocht ze op in de "
        f"Kerncijfers {year} van {gemeente_of(table)}. Zeker is het van {format_number(sure)} van "
        f"de {format_number(many)} namen. {what}{': ' + shown + more if odd else ''}. {AGAIN}"
    )


def _is_there(value) -> bool:
    return not (pd.isna(value) or value == "")


def _missing(rows: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Tell of which figures nothing is known yet."""
    return ~rows.reindex(columns=figures.columns).map(_is_there)


def _check_same(rows: pd.DataFrame, figures: pd.DataFrame, file: str) -> None:
    """Refuse figures of another edition; a figure that is not there any more is one as well."""
    for name in figures.columns.intersection(rows.columns):
        old, new = rows[name], figures[name]
        if old.dtype == float and new.dtype == float:
            same = np.isclose(old, new, rtol=1e-9, atol=1e-9)
        else:
            same = old.astype(str) == new.astype(str)
        wrong = old.map(_is_there) & ~same
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            raise SourceError(
                f"In “{file}” staan andere cijfers dan er al zijn. Kijk bij {rows['regio'][at]}, "
                f"kolom {name}. In het bestand staat {_shown(new[at])}, en er was al "
                f"{_shown(old[at])}. Dit is dus een andere uitgave van CBS. {AGAIN}"
            )


def _check_people(rows: pd.DataFrame, figures: pd.DataFrame, file: str) -> None:
    """Refuse what is about a larger region of the same name, such as a stadsdeel."""
    for name in figures.columns.intersection(list(PEOPLE)):
        if "a_inw" not in rows:
            return
        wrong = figures[name] > 2 * rows["a_inw"] + ROOM
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            raise SourceError(
                f"In “{file}” staan bij {rows['regio'][at]} veel meer mensen dan er wonen. Dat is "
                f"dus een ander gebied met die naam. {AGAIN}"
            )


def _regions(number: int) -> str:
    return f"{format_number(number)} {'gebied' if number == 1 else 'gebieden'}"


def _shown(value) -> str:
    if not _is_there(value):
        return "niets"
    if isinstance(value, str):
        return value
    return f"{value:.10g}".replace(".", ",")
