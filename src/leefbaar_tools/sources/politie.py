"""Registered crimes per gemeente, wijk and buurt of the police: OData, CSV of the portal, Excel.

Tables 47018NED (years) and 47022NED (months). A crime counts where it happened. The police
counts older years again on the newest division.
"""

import re

import numpy as np
import pandas as pd

from .records import period, plain, read_columns, region_codes
from .tables import (
    Cells,
    Head,
    SourceError,
    Table,
    below_nought,
    check_unique,
    clean,
    column_notation,
    excel_mentions,
    level_of,
    numbers,
    same_form,
)

NAME = "politie"
# All crimes together. Never to be added to its parts: see `without_total`.
TOTAL = "0.0.0"
KIND = re.compile(r"(\d\.\d{1,2}\.\d{1,2})(?:\s.*)?", re.ASCII | re.DOTALL)
FIGURE = "geregistreerdemisdrijven"
REGION = ("wijkenenbuurten", "regios", "regiocode", "codering")
# Other regions in such tables: a province, a part of the country, a police unit.
OTHER_REGION = re.compile(r"(?!GM|WK|BU|NL)[A-Z]{2}\d{2}", re.ASCII)
# A file whose newest year is older is a choice of years: its division is not the newest year.
NEWEST_AT_LEAST = 2020


def recognises(head: Head) -> bool:
    """Whether this looks like a table of registered crimes."""
    if head.is_json:
        return '"SoortMisdrijf"' in head.text and "GeregistreerdeMisdrijven_" in head.text
    if head.is_excel:
        return excel_mentions(head, "SoortMisdrijf", "Soort misdrijf") and excel_mentions(
            head, "GeregistreerdeMisdrijven", "Geregistreerde misdrijven"
        )
    if head.is_zip:
        return False
    names = {plain(cell.strip('"')) for cell in re.split(r"[;,\t]", head.text.split("\n")[0])}
    return {"soortmisdrijf", FIGURE} <= names


def without_total(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the kinds of crime, which may be added, without their total."""
    return frame[frame["soort"] != TOTAL]


def read(head: Head, progress=None) -> Table:
    """Read a file of registered crimes.

    Returns
    -------
    Table
        Columns ``code, jaar, maand`` (0 for a year), ``soort`` (such as ``1.1.1``; `TOTAL` for
        all together) and ``aantal`` (NaN where the police gives no number: it is not a nought).

    Raises
    ------
    SourceError
        When a column is missing, or the table has names in place of codes.
    """
    columns, notes = read_columns(head)
    used = _used(columns, head.name)
    periods = [period(cell) for cell in used["period"].different]
    frame = pd.DataFrame(
        {
            "code": region_codes(used["region"]),
            "jaar": used["period"].map(lambda cell: period(cell)[0]),
            "maand": used["period"].map(lambda cell: period(cell)[1]),
            "soort": used["kind"].map(_kind),
            "aantal": _counts(used["figure"].named("geregistreerde misdrijven")),
        }
    )
    frame, left_out = _only_areas(frame, head.name)
    check_unique(frame, ["code", "jaar", "maand", "soort"])
    if any(provisional for _, _, provisional in periods):
        notes.append("Sommige cijfers zijn voorlopig: de politie kan ze nog veranderen.")
    years = tuple(sorted(frame["jaar"].unique().tolist()))
    division, where = _division(years)
    number = re.search(r"\d{5}NED", head.text + head.name)
    return Table(
        source=NAME,
        frame=frame,
        years=years,
        division=division,
        edition=number[0] if number else "",
        publisher="Politie",
        title="Geregistreerde misdrijven",
        licence="CC BY 4.0",
        modelled=False,
        notes=(*notes, *left_out, *where, *_sums(frame)),
    )


def _used(columns: dict[str, Cells], name: str) -> dict[str, Cells]:
    """Return the cells of the four columns that are used."""
    found: dict[str, Cells] = {}
    for title, cells in columns.items():
        small = plain(title)
        if small == "soortmisdrijf":
            found.setdefault("kind", cells)
        elif small == "perioden":
            found.setdefault("period", cells)
        elif small == FIGURE and not re.search(r"\((?!aantal)[^()]*\)", title, re.IGNORECASE):
            found.setdefault("figure", cells)
        elif small in REGION and (
            "region" not in found or not any(map(_is_code, found["region"].different[:1000]))
        ):
            found["region"] = cells
    words = {
        "kind": "de soort misdrijf",
        "period": "de periode",
        "figure": "het aantal geregistreerde misdrijven",
        "region": "de code van het gebied",
    }
    for part, word in words.items():
        if part not in found:
            raise SourceError(f"In “{name}” ontbreekt de kolom met {word}.")
    if not any(map(_is_code, found["region"].different)):
        raise SourceError(
            f"In “{name}” staan namen van gebieden, geen codes. Veel buurten heten hetzelfde, dus "
            "dit kan ik niet gebruiken. Kies bij het downloaden ook de codes."
        )
    return found


def _is_code(cell) -> bool:
    try:
        return bool(level_of(clean(cell)))
    except SourceError:
        return False


def _kind(cell) -> str:
    text = clean(cell)
    if found := KIND.fullmatch(text):
        return found[1]
    if text.lower() == "totaal misdrijven":
        return TOTAL
    raise SourceError(
        f"“{text}” ken ik niet als soort misdrijf: ik verwacht een nummer zoals 1.1.1. Open het "
        "bestand niet in Excel voordat je het inleest: dan worden zulke nummers datums."
    )


def _counts(cells: Cells) -> pd.Series:
    """Return counts; missing stays missing."""
    counts = numbers(cells, *column_notation(cells, whole=True))
    same_form(cells, whole=True)
    # 1e+05 has lost its last digits: a program rounded it.
    rounded = next((text for text in cells.texts().to_pylist() if "e" in text), None)
    wrong = below_nought(counts) | (counts % 1 > 0)
    if rounded or wrong.any():
        raise SourceError(
            f"“{rounded or clean(cells[wrong.argmax()])}” kan geen aantal misdrijven zijn. Gebruik "
            "het bestand zoals het is gedownload."
        )
    return counts


def _only_areas(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Leave out other regions (such as a police unit), and say how many."""
    others = sorted(code for code in frame["code"].unique() if not _is_code(code))
    bad = [code for code in others if not OTHER_REGION.fullmatch(code)]
    if bad:
        raise SourceError(
            f"In “{name}” staat “{bad[0]}” als code van een gebied. Download het bestand opnieuw."
        )
    if not others:
        return frame, []
    return frame[~frame["code"].isin(others)].reset_index(drop=True), [
        f"Niet gebruikt: {len(others)} gebieden die geen gemeente, wijk of buurt zijn, zoals "
        f"{others[0]}."
    ]


def _division(years: tuple[int, ...]) -> tuple[dict[int, int], list[str]]:
    """Return the division of the figures, as far as the file lets us know it."""
    newest = years[-1]
    if newest < NEWEST_AT_LEAST:
        return {}, [
            "De politie telt oude jaren opnieuw op de nieuwste indeling van buurten. Welke dat is, "
            "staat niet in dit bestand."
        ]
    return dict.fromkeys(years, newest), [
        "De politie telt oude jaren opnieuw op de nieuwste indeling van buurten. Het bestand noemt "
        f"die niet: hier geldt de indeling van {newest}, het nieuwste jaar erin."
    ]


def _sums(frame: pd.DataFrame) -> list[str]:
    """Say so when the kinds add up to more than the total: then one of them is a total too."""
    regions, codes = pd.factorize(frame["code"])
    # One number for a region, year and month: adding up by three keys takes ten times as long.
    groups = (regions * 10_000 + frame["jaar"].to_numpy()) * 13 + frame["maand"].to_numpy()
    groups, keys = pd.factorize(groups)
    is_total = (frame["soort"] == TOTAL).to_numpy()
    counts = frame["aantal"].to_numpy()
    total = np.full(len(keys), np.nan)
    total[groups[is_total]] = counts[is_total]
    parts = np.bincount(groups, np.where(is_total, 0, np.nan_to_num(counts)), len(keys))
    over = np.flatnonzero(parts > total)
    if not len(over):
        return []
    code, year = codes[keys[over[0]] // 130_000], keys[over[0]] // 13 % 10_000
    return [
        f"Bij {code} in {year} zijn de soorten samen meer dan het totaal. Tel hier geen soorten op."
    ]
