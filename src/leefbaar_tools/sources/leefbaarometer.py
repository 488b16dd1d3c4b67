"""The Leefbaarometer 3.0 of the Ministry of BZK: open data (CSV, Excel, the whole zip), or WFS.

Every edition recalculates all older years, on its own division. So an edition is one whole, and
two editions are never mixed.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from .records import decimal_mark, read_columns, read_json
from .tables import (
    Cells,
    Head,
    SourceError,
    Table,
    check_unique,
    clean,
    excel_mentions,
    level_of,
    numbers,
)

NAME = "leefbaarometer"
# afw is the sum of these five.
PARTS = ("fys", "won", "vrz", "soc", "onv")
SCORES = ("lbm", "afw", *PARTS)
LEVELS = {"bu_code": "buurt", "wk_code": "wijk", "gm_code": "gemeente"}
# Squares of 100 metres, which `vakjes` reads as CSV, and postcodes.
OTHER_AREAS = ("grid_id", "PC4")
LAYER = re.compile(r'"(?:buurt|wijk|gemeente|pc4|clippedgrid)(?:score|ontwikkeling)\d\d')
# The mean is 4.1 and deviations run from about -0.5 to +0.6: more has lost its decimal mark.
LARGEST = 9
# Version 3.0 appeared with the figures of 2020: an older newest year is part of an edition.
FIRST_EDITION = 2020


def recognises(head: Head) -> bool:
    """Whether this looks like a table or features of the Leefbaarometer."""
    if head.is_json:
        return bool(LAYER.search(head.text)) or '"kscore"' in head.text
    if head.is_excel:
        return excel_mentions(head, *LEVELS, *OTHER_AREAS) and excel_mentions(head, "afw")
    names = set(_header(head))
    return "jaar" in names and "grid_id" not in names and bool({"afw", "lbm", "rlbm"} & names)


def _header(head: Head) -> list[str]:
    first = next(iter(head.lines(1)), "")
    return [clean(cell).strip('"').lower() for cell in re.split(r"[;,\t]", first)]


def read(head: Head, progress=None) -> Table:
    """Read a file of the Leefbaarometer.

    Returns
    -------
    Table
        Columns ``code, naam, niveau, jaar`` and those of ``lbm, afw, kscore, fys, won, vrz,
        soc, onv`` that the file has.

    Raises
    ------
    SourceError
        When it is another table, editions are mixed, or numbers do not fit together.
    """
    columns, notes = _features(head) if head.is_json else _table(head)
    frame = _areas(columns, head.name)
    scores = {name: columns[name] for name in SCORES if name in columns}
    if "afw" not in scores:
        raise SourceError(f"In “{head.name}” ontbreekt de kolom afw.")
    decimal = decimal_mark(scores)
    for name, cells in scores.items():
        frame[name] = _scores(name, cells, decimal)
    if "kscore" in columns:
        frame["kscore"] = _classes(columns["kscore"])
    step = 10.0 ** -decimals_of(scores["afw"])
    fits_together(frame, step)
    _one_edition(frame, step)
    check_unique(frame, ["code", "jaar"])
    years = tuple(sorted(frame["jaar"].unique().tolist()))
    edition, note = edition_of(head, years)
    order = ["code", "naam", "niveau", "jaar", "lbm", "afw", "kscore", *PARTS]
    return Table(
        source=NAME,
        frame=frame[[name for name in order if name in frame]],
        years=years,
        division=dict.fromkeys(years, edition),
        edition=f"meting {edition}",
        publisher="Ministerie van BZK",
        title="Leefbaarometer 3.0",
        licence="CC0",
        modelled=True,
        notes=(*notes, *note),
    )


def _table(head: Head) -> tuple[dict[str, Cells], list[str]]:
    if not head.is_excel:  # it may be far too large to read
        _refuse_other_tables(set(_header(head)), head.name)
    columns, notes = read_columns(head)
    columns = {name.lower(): cells for name, cells in columns.items()}
    _refuse_other_tables(set(columns), head.name)
    return columns, notes


def _refuse_other_tables(names: set[str], name: str) -> None:
    if {"rlbm", "bev", "vei"} & names:
        raise SourceError(
            f"“{name}” is van een oudere Leefbaarometer. Gebruik de Leefbaarometer 3.0."
        )
    if {word.lower() for word in OTHER_AREAS} & names:
        raise SourceError(
            f"“{name}” gaat niet over buurten. Het gaat over postcodes, of over vakjes in Excel. "
            "Dat lees ik niet. Neem het bestand met scores van buurten. Of geef de hele zip."
        )
    if not set(LEVELS) & names:
        raise SourceError(
            f"“{name}” gaat niet over buurten, wijken of gemeenten. Kies uit de open data "
            "van de Leefbaarometer een bestand met scores van buurten, wijken of gemeenten."
        )


def is_too_fine(head: Head) -> None:
    """Refuse scores of postcodes, also in a file too large to read."""
    if recognises(head) and not head.is_json and not head.is_zip:
        _refuse_other_tables(set(_header(head)), head.name)


def together(tables: list[Table]) -> Table:
    """Return the tables of buurten, wijken and gemeenten of one edition as one table.

    Raises
    ------
    SourceError
        When they are not of one edition.
    """
    if len({table.edition for table in tables}) > 1:
        raise SourceError(
            "In dit bestand staan cijfers uit twee edities van de Leefbaarometer. Elke editie "
            "rekent alle jaren opnieuw uit: gebruik één download."
        )
    frame = pd.concat([table.frame for table in tables], ignore_index=True)
    check_unique(frame, ["code", "jaar"])
    years = tuple(sorted(frame["jaar"].unique().tolist()))
    notes = dict.fromkeys(note for table in tables for note in table.notes)
    division = dict.fromkeys(years, tables[0].division[tables[0].years[0]])
    return replace(tables[0], frame=frame, years=years, division=division, notes=tuple(notes))


def _features(head: Head) -> tuple[dict[str, Cells], list[str]]:
    """Read the features of a WFS layer; their boundaries are not used."""
    data = read_json(head)
    features = data.get("features") if isinstance(data, dict) else None
    try:
        rows = [feature["properties"] for feature in features]
        columns = {name: Cells([row[name] for row in rows], name) for name in rows[0]}
        found = {"code": columns["id"], "naam": columns["name"], "jaar": columns["year"]}
    except (TypeError, KeyError, IndexError) as error:
        raise SourceError(
            f"In “{head.name}” staan geen scores van buurten, wijken of gemeenten."
        ) from error
    whole = data.get("numberMatched", data.get("totalFeatures"))
    notes = []
    if isinstance(whole, int) and whole > len(rows):
        notes.append(f"Dit is een deel van de laag: {len(rows)} van de {whole} gebieden.")
    return found | {n: columns[n] for n in (*SCORES, "kscore") if n in columns}, notes


def _areas(columns: dict[str, Cells], name: str) -> pd.DataFrame:
    """Return code, name, level and year, checked."""
    found = [column for column in (*LEVELS, "code") if column in columns]
    if len(found) != 1 or "jaar" not in columns:
        raise SourceError(f"In “{name}” weet ik niet welke kolom de code of het jaar is.")
    codes = columns[found[0]].map(clean)
    levels = columns[found[0]].map(lambda cell: level_of(clean(cell)))
    wanted = LEVELS.get(found[0])
    if wanted and (levels != wanted).any():
        other = codes[levels != wanted].iloc[0]
        raise SourceError(f"In de kolom “{found[0]}” staat “{other}”: dat is geen {wanted}.")
    title = next((n for n in (found[0].replace("code", "naam"), "naam") if n in columns), None)
    frame = pd.DataFrame({"code": codes, "naam": "", "niveau": levels})
    if title:
        frame["naam"] = columns[title].map(clean)
    frame["jaar"] = columns["jaar"].map(year_of)
    return frame


def year_of(cell) -> int:
    """Return a year; `SourceError` for anything else."""
    if not re.fullmatch(r"20\d\d", clean(cell), re.ASCII):
        raise SourceError(f"In de kolom “jaar” staat “{clean(cell)}”. Dat is geen jaar.")
    return int(clean(cell))


def _scores(name: str, cells: Cells, decimal: str) -> pd.Series:
    """Return scores; also those written as -2.57e-05, as programs do with small ones."""
    return numbers(cells, decimal, small=True)


def _classes(cells: Cells) -> pd.Series:
    """Return the class of 1 to 9; a number in between is not a class."""
    classes = numbers(cells)
    if not (classes.dropna().isin(range(1, 10))).all():
        raise SourceError("In de kolom “kscore” staat een getal dat geen klasse van 1 tot 9 is.")
    return classes


def decimals_of(cells: Cells) -> int:
    """Count the most decimals of a number as written; 9 for one that was not text."""
    import pyarrow.compute as pc

    if cells.kinds - {str}:
        return 9
    texts = pc.replace_substring_regex(cells.texts(), r"^[^.,]*[.,]?", "")
    # Behind a power too: more than there are makes the step smaller, so it forgives less.
    return pc.max(pc.utf8_length(texts)).as_py() or 0


def fits_together(columns: Mapping, step: float) -> None:
    """Refuse scores that are too large, or whose parts do not add up to the whole.

    The sum shows a number that lost its decimal mark, columns that changed places and a file
    that was cut off within a number.

    Parameters
    ----------
    columns : DataFrame or other mapping
        Code, year and scores.
    step : float
        The smallest difference between two scores.
    """
    scores = {name: np.asarray(columns[name]) for name in SCORES if name in columns}

    def refuse(wrong: np.ndarray, what: str) -> None:
        if wrong.any():
            code, year = (np.asarray(columns[name])[wrong.argmax()] for name in ("code", "jaar"))
            raise SourceError(f"Bij {code} in {year} {what}")

    refuse(
        np.any([np.abs(score) > LARGEST for score in scores.values()], axis=0),
        "staat een score die niet kan kloppen. Gebruik het bestand zoals het is gedownload.",
    )
    if set(PARTS) <= set(scores):
        rest = scores["afw"] - sum(scores[part] for part in PARTS)
        refuse(
            np.abs(rest) > max(3.01 * step, 1e-5),
            "tellen de vijf onderdelen niet op tot de afwijking. Het bestand is beschadigd of "
            "veranderd: download het opnieuw.",
        )


def _one_edition(frame: pd.DataFrame, step: float) -> None:
    """Refuse rows of more than one edition: each has its own national mean, for all years."""
    if "lbm" not in frame:
        return
    mean = (frame["lbm"] - frame["afw"]).dropna()
    if len(mean) and mean.max() - mean.min() > max(2.01 * step, 1e-6):
        raise SourceError(
            "In dit bestand staan cijfers uit twee edities van de Leefbaarometer door elkaar. "
            "Elke editie rekent alle jaren opnieuw uit: gebruik één bestand uit één download."
        )


def edition_of(head: Head, years: tuple[int, ...]) -> tuple[int, tuple[str, ...]]:
    """Return the year of the edition, and a note when the file does not name it."""
    newest = years[-1]
    for name in (head.path.name, head.path.resolve().parent.name):
        # "scores buurten 2002-2024.csv"; "Meting 2024"; a date after it is of the download.
        found = re.search(r"20\d\d\s?-\s?(20\d\d)(?!\d)", name) or re.search(
            r"meting[ _-](20\d\d)(?!\d)", name, re.IGNORECASE
        )
        if not found or int(found[1]) < FIRST_EDITION:
            continue
        if int(found[1]) >= newest:
            return int(found[1]), ()
        raise SourceError(
            f"“{name}” noemt {found[1]}, maar er staan cijfers over {newest} in. Dat zijn "
            "twee edities: gebruik het bestand zoals het is gedownload."
        )
    if newest < FIRST_EDITION:
        raise SourceError(
            f"Uit “{head.name}” blijkt niet van welke meting het is. Zet dat in de naam van het "
            "bestand, zoals “buurten meting 2024.csv”."
        )
    return newest, (
        f"Het bestand noemt zijn meting niet. Het nieuwste jaar erin is {newest}: dat geldt als "
        "meting en als gebiedsindeling.",
    )
