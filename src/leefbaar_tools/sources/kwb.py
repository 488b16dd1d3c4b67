"""CBS Kerncijfers wijken en buurten: the workbook, StatLine exports, and OData v3 and v4.

Every edition has its own set of columns. They are known by name: the short one of the workbook
(``a_inw``), or the title on StatLine, which `PATHS` translates. A title that is not known is
reported and not used. What CBS renamed without changing its meaning gets one name
(``g_wozbag`` is ``g_woz``); what changed its meaning keeps its own.

Source of names, units and dialects: the CBS crosswalk of the tables 83765NED to 85984NED.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from .records import decimal_mark, read_columns
from .tables import (
    Cells,
    Head,
    Sheet,
    SourceError,
    Table,
    below_nought,
    check_unique,
    clean,
    clean_header,
    column_notation,
    excel_mentions,
    is_footer,
    is_missing,
    level_of,
    notation_of,
    numbers,
    read_excel,
    read_rows,
    read_sheet,
    same_form,
    year_in,
)

NAME = "kwb"
PUBLISHER = "CBS"
TITLE = "Kerncijfers wijken en buurten"
LICENCE = "CC BY 4.0"
FIRST_YEAR = 2013

# Code of the fictional sample city, whose tables have the same form.
SAMPLE = "9999"
TEXT = ("gwb_code", "regio", "gm_naam", "recs", "ind_wbi")
RECS = {"land": "Land", "gemeente": "Gemeente", "wijk": "Wijk", "buurt": "Buurt"}
# Same meaning, another name.
BRIDGES = {"g_wozbag": "g_woz"}
# A short name of the workbook; anything else in its header is damaged or somebody's own.
SHORT = re.compile(r"(?:[apgm]|pst|ste)_[a-z0-9_]+|bev_dich", re.ASCII)
# An average of income or wealth can really be below nought.
BELOW_NOUGHT = re.compile(r"m_hh_ver|g_ink_.*|g_hh_sti")
# Per 1 000 inhabitants, although the name starts as that of a percentage.
PER_THOUSAND = ("p_geb", "p_ste", "p_wmo_t")
# Published as whole numbers, besides everything that starts with a_.
WHOLE = ("bev_dich", "g_woz", "g_ele", "g_gas", "g_pau_km", "ste_oad", "ste_mvs", "pst_dekp")
# A total and its parts. Counts are rounded to 5 each, so they differ a little, never grossly.
PARTS = (
    ("a_inw", ("a_man", "a_vrouw")),
    ("a_inw", ("a_00_14", "a_15_24", "a_25_44", "a_45_64", "a_65_oo")),
    ("a_hh", ("a_1p_hh", "a_hh_z_k", "a_hh_m_k")),
)
# Shares that together are a whole, or another share. Each is rounded to a whole percent, so that
# two or three of them are at most one percent off.
WHOLES = ((("p_koopw", "p_huurw", "p_e_o_w"), 100), (("p_wcorpw", "p_ov_hw"), "p_huurw"))
ROUNDING = 1
# CBS wrote -1 here where a point was meant (note with 83765NED).
MINUS_ONE = ("g_afs_sc", "g_3km_sc")

# Tables of StatLine, by year.
TABLES = {
    "82931NED": 2014, "83487NED": 2016, "83765NED": 2017, "84286NED": 2018, "84583NED": 2019,
    "84799NED": 2020, "85039NED": 2021, "85318NED": 2022, "85618NED": 2023, "85984NED": 2024,
    "86165NED": 2025,
}  # fmt: skip

# First and last year in which a column was published: a year that does not fit is refused.
ERAS = {
    "p_00_14": (2013, 2016), "p_nw_all": (2013, 2016), "p_w_all": (2013, 2016),
    "a_00_14": (2017, None), "a_w_all": (2017, 2022), "a_nw_all": (2017, 2022),
    "a_nl_all": (2023, None), "a_neu_al": (2023, None), "a_geb_ne": (2023, None),
    "p_n_act": (None, 2017), "p_arb_pp": (2018, None), "g_hh_sti": (2018, None),
    "g_wodief": (None, 2018), "g_gewsek": (None, 2018), "g_wozbag": (2020, None),
    "a_bed_oq": (2020, None), "a_opl_bvm": (2023, None), "p_bewndw": (None, 2023),
    "p_e_o_w": (None, 2023), "p_bjj2k": (None, 2023), "p_bjo2k": (None, 2023),
    "p_bj_me10": (2024, None), "p_bj_mi10": (2024, None), "a_nb_won": (2024, None),
}  # fmt: skip

# Short name: path on StatLine, with the unit between brackets. Several paths for one name are
# several editions. StatLine shows the whole path or only the end of it.
PATHS = Path(__file__).with_name("statline.txt")

NO_CHANGES = (
    "In deze vorm staat niet van welke gebieden de grens is veranderd. Andere jaren gaan er daarom "
    "niet mee samen. Neem liever het Excelbestand van CBS."
)

# Columns of OData that are no figures; the title of the region is in a list of its own.
ODATA = {
    "wijkenenbuurten": "gwb_code",
    "gemeentenaam": "gm_naam",
    "soortregio": "recs",
    "codering": "codering",
    "indelingswijzigingwijkenenbuurten": "ind_wbi",
    "indelingswijziginggemeentewijkbuurt": "ind_wbi",
    "id": "",
}


def _plain(text: str) -> str:
    """Return letters and digits only: every dialect has its own marks between them.

    The raised figures of km² and m³ are dropped, because one dialect drops them.
    """
    text = unicodedata.normalize("NFKD", re.sub("[²³]", "", text)).casefold()
    return re.sub(r"[^a-z0-9]", "", text)


@cache
def _titles() -> tuple[dict[str, str], dict[str, str]]:
    """Return the short name by title with unit, and by the bare title as OData has it.

    A title that stands for two columns ("Nederland") is in neither.
    """
    whole: dict[str, set] = {}
    bare: dict[str, set] = {}
    for line in PATHS.read_text(encoding="utf-8").strip().splitlines():
        short, path = line.split(": ", 1)
        paths = [path]
        if path.startswith("Wonen|"):
            paths.append(path.replace("Wonen|", "Wonen en vastgoed|", 1))
        for one in paths:
            levels = one.split("|")
            for start in range(len(levels)):
                whole.setdefault(_plain("".join(levels[start:])), set()).add(short)
        bare.setdefault(_plain(re.sub(r" \([^()]*\)$", "", levels[-1])), set()).add(short)
    one_of = [{k: min(v) for k, v in table.items() if len(v) == 1} for table in (whole, bare)]
    return one_of[0], one_of[1]


def short_name(titles: list[str], unit: str) -> str | None:
    """Return the short name of a topic on StatLine; None when it is not known.

    Parameters
    ----------
    titles : list of str
        Its groups from the outermost to itself; as many of them count as are known.
    unit : str
        Without it a share could be taken for a number.
    """
    whole = _titles()[0]
    for start in range(len(titles)):
        path = "".join(titles[start:])
        if name := whole.get(_plain(f"{path} ({unit})")):
            return name
    return None


@cache
def _units() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in PATHS.read_text(encoding="utf-8").strip().splitlines():
        short, path = line.split(": ", 1)
        if unit := re.search(r"\(([^()]*)\)$", path):
            found.setdefault(short, set()).add(unit[1])
    return found


def fits_unit(name: str, unit: str) -> bool:
    """Whether a figure in this unit can be the column of this short name."""
    # What is not on the list is a share, or not known at all.
    known = _units().get(name) or ({"%"} if name.startswith("p_") else set())
    return clean_header(unit) in known


# Recognising


def _dialect(head: Head) -> str:
    """Return which form this file has, or ``""`` when it is not one of ours."""
    if head.is_excel:
        return "excel" if _excel_is_ours(head) else ""
    if head.is_zip or head.is_html or "\0" in head.text:
        return ""
    if head.is_json:
        return _json_dialect(head)
    first = head.text.lstrip("\ufeff").lstrip()
    start = _plain(first[:400])
    if start.startswith("kerncijferswijkenenbuurten"):
        return "titled"
    line = first.split("\n", 1)[0].lower()
    cells = {clean(cell).strip('"').lower() for cell in re.split("[;,]", line)}
    if {"key", "title", "description", "detailregioncode"} <= cells:
        return "names"
    if {"measure", "value", "wijkenenbuurten"} <= cells and not cells & {"perioden"}:
        return "measures"
    if {"bu_code", "gwb_naam"} <= cells or {"aant_inw", "gwb_naam"} <= cells:
        return "old"
    if cells & {"gwb_code", "gwb_code_8", "gwb_code_10"} and "recs" in cells:
        return "short"
    if re.match(r'"?id"?[;,]"?wijkenenbuurten', line) and "soortregio_" in line:
        return "odata"
    known = _titles()[0]
    titles = [known.get(_plain(cell), "") for cell in _cells(head)]
    figures = {title for title in titles if title} - {"regio", "jaar", *TEXT}
    # Another StatLine table of the same regions (SES-WOA, proximity) has no such column.
    return "statline" if "gwb_code" in titles and figures else ""


def _json_dialect(head: Head) -> str:
    """Return which reply of OData this is; other tables of the same regions have more keys."""
    if '"WijkenEnBuurten"' not in head.text:
        return ""
    if '"SoortRegio_' in head.text and '"Leeftijd"' not in head.text:
        return "odata"
    ours = '"Measure"' in head.text and '"Perioden"' not in head.text
    return "measures" if ours and '"ValueAttribute"' in head.text else ""


def _separator(head: Head) -> str:
    """Return the mark between cells; a title may hold a comma of its own within quotes."""
    line = re.sub('"[^"]*"', "", head.lines(1)[0])
    return ";" if line.count(";") > line.count(",") else ","


def _cells(head: Head) -> list[str]:
    """Return the cells of a header, that may have newlines within quotes."""
    lines = head.text.lstrip("\ufeff").splitlines(keepends=True)
    return next(csv.reader(lines, delimiter=_separator(head)), [])


def _excel_is_ours(head: Head) -> bool:
    return excel_mentions(head, "gwb_code", "GWB_NAAM", "AANT_INW") or bool(
        re.match(r"kwb|kerncijfers", head.name.lower())
    )


def recognises(head: Head) -> bool:
    """Whether this is a file of this source, also one that `read` refuses with a reason."""
    return bool(_dialect(head))


# Reading


def read(head: Head, progress=None) -> Table:
    """Read one file.

    Parameters
    ----------
    head : Head
    progress : callable, optional
        Called with a Dutch sentence at each step.

    Returns
    -------
    Table
        Frame with ``jaar, gwb_code, regio, gm_naam, recs, ind_wbi`` and figures under their short
        names. Shares are in percent, as CBS publishes them. An export with names only has no
        ``gwb_code``: `names` can give the codes, from Kerncijfers that have them.

    Raises
    ------
    SourceError
        When the file cannot be used, or cannot be used without guessing.
    """
    tell = progress or (lambda text: None)
    tell(f"Ik lees {head.name}.")
    dialect = _dialect(head)
    if dialect == "names":
        head = _figures_of(head)
        dialect = "odata"
    columns, title, notes = _columns(head, dialect)
    tell("Ik zet de cijfers klaar.")
    named = dialect == "titled" and "gwb_code" not in columns
    frame = _named(columns) if named else _identified(columns, dialect, head)
    regions = frame["regio" if named else "gwb_code"]
    eras = [ERAS[name] for name in columns if name in ERAS]
    if "jaar" not in frame:
        year, told = _year(head, title, eras, [] if named else regions)
        frame.insert(0, "jaar", year)
        notes += told
    figures = _bridged({k: v for k, v in columns.items() if SHORT.fullmatch(k)}, head)
    frame, empty = _figures(frame, regions, figures, dialect, _is_as_exported(head, dialect))
    if not named:
        check_unique(frame, ["gwb_code", "jaar"])
    years = tuple(sorted(frame["jaar"].unique().tolist()))
    return Table(
        source=NAME,
        frame=frame,
        years=years,
        # The figures of a year stand on the division of that year.
        division={year: year for year in years},
        edition=_edition(head, title),
        publisher=PUBLISHER,
        title=TITLE,
        licence=LICENCE,
        modelled=False,
        notes=tuple(notes + empty + ([] if named else _loose(frame))),
    )


def _columns(head: Head, dialect: str) -> tuple[dict[str, Cells], str, list[str]]:
    """Return cells by short name, the title in the file, and notes."""
    if dialect == "excel":
        return _short(Sheet.of_rows(read_excel(head), head.name), head)
    if dialect in ("short", "old"):
        return _short(read_sheet(head, _separator(head)), head)
    if dialect == "odata":
        return _odata(head)
    if dialect == "measures":
        return _measures(head)
    if dialect == "titled":
        return _titled(head)
    if dialect == "statline":
        return _statline(head)
    raise SourceError(f"“{head.name}” herken ik niet als Kerncijfers wijken en buurten van CBS.")


def _short(sheet: Sheet, head: Head) -> tuple[dict[str, Cells], str, list[str]]:
    """Read a table with the short names of the workbook in its first row."""
    header = sheet.header
    if {"GWB_NAAM", "AANT_INW", "BU_CODE"} & {name.upper() for name in header}:
        raise SourceError(
            f"“{head.name}” heeft de indeling van 2012 of eerder. Die kan ik niet lezen. Gebruik "
            f"de Kerncijfers wijken en buurten van {FIRST_YEAR} of later."
        )
    if not {"gwb_code", "gwb_code_8", "gwb_code_10"} & set(header):
        raise SourceError(
            f"In “{head.name}” ontbreekt de kolom gwb_code. Gebruik het bestand van CBS zelf."
        )
    known = ("gwb_code", "gwb_code_8", "gwb_code_10", "jaar", *TEXT)
    odd = [
        number
        for number, name in enumerate(header)
        if name not in known and not SHORT.fullmatch(name)
    ]
    # A damaged name is not a column anyone can use, so it may be there twice.
    used = sheet.keep(number for number in range(len(header)) if number not in set(odd))
    unused = _unused([header[number] or f"kolom {number + 1}" for number in odd])
    return used.by_name(), "", unused


def _unused(titles: list[str]) -> list[str]:
    if not titles:
        return []
    return ["Deze kolommen ken ik niet en gebruik ik niet: " + "; ".join(titles) + "."]


def _translate(columns: dict[str, Cells], names: dict[str, str], head: Head):
    """Give columns their short names; what is not known is left out and noted."""
    found: dict[str, Cells] = {}
    lost = []
    for title, cells in columns.items():
        short = names.get(_plain(title))
        if short is None:
            lost.append(title)
        elif short in found:
            raise SourceError(f"In “{head.name}” staat de kolom “{title}” twee keer.")
        elif short:
            found[short] = cells
    return found, _unused(lost)


def _statline(head: Head) -> tuple[dict[str, Cells], str, list[str]]:
    """Read an export with regions as rows: dialects A, D and E."""
    separator = _separator(head)
    sheet = read_sheet(head, separator)
    first = sheet.header[0]
    if not first:  # the numbers of the rows, as R writes them
        sheet = sheet.keep(range(1, len(sheet.header)))
    columns, notes = _translate(sheet.by_name(), _titles()[0], head)
    # The one form with commas and titles as StatLine shows them is exported with a footer.
    if not sheet.footer and separator == "," and first and "." not in first:
        notes.append("Onderaan staat geen “Bron: CBS”. Kijk of het bestand volledig is.")
    return columns, "", notes


def _titled(head: Head) -> tuple[dict[str, Cells], str, list[str]]:
    """Read an export under a title, with topics as rows (dialect B) or regions as rows (C)."""
    rows = [row for row in read_rows(head, ";") if any(clean(cell) for cell in row)]
    if not is_footer(rows[-1]):
        raise SourceError(
            f"Onderaan “{head.name}” ontbreekt “Bron: CBS”. Misschien is het bestand niet helemaal "
            "gedownload: doe dat opnieuw."
        )
    title = clean_header(rows[0][0])
    by_topic = any(clean(row[0]) == "Onderwerp" for row in rows)
    turned = (_topics_as_rows if by_topic else _regions_as_rows)(rows[1:-1], head)
    if len({len(row) for row in turned}) > 1:
        raise SourceError(
            f"In “{head.name}” zijn niet alle regels even lang. Download het opnieuw."
        )
    columns = {row[0]: Cells(row[1:], row[0]) for row in turned}
    if len(columns) != len(turned):
        raise SourceError(f"In “{head.name}” staat een onderwerp twee keer.")
    columns, notes = _translate(columns, _titles()[0], head)
    if by_topic and "gwb_code" not in columns:
        raise SourceError(
            f"In “{head.name}” staan geen codes van gebieden. Kies op StatLine ook het onderwerp "
            "“Codering”."
        )
    return columns, title, notes


def _topics_as_rows(rows: list[list[str]], head: Head) -> list[list[str]]:
    """Return the columns of dialect B, each with its title and its unit on top."""
    start = next(n for n, row in enumerate(rows) if clean(row[0]) == "Onderwerp")
    columns = [["Wijken en buurten", *rows[start][2:]]]
    for row in rows[start + 1 :]:
        if is_footer(row):
            continue
        unit = clean_header(row[1]) if len(row) > 1 else ""
        columns.append([f"{clean_header(row[0])} ({unit})", *row[2:]])
    return columns


def _regions_as_rows(rows: list[list[str]], head: Head) -> list[list[str]]:
    """Return the columns of dialect C: under a row with topics one with their units."""
    firsts = [clean(row[0]) for row in rows[:3]]
    axis = [clean(cell) for cell in rows[0][1:]] if rows else []
    if firsts != ["", "", "Wijken en buurten"] or axis[:1] != ["Onderwerp"] or any(axis[1:]):
        raise SourceError(
            f"In “{head.name}” staan de onderwerpen en gebieden anders dan ik ken. Zet op StatLine "
            "de gebieden in de rijen en de onderwerpen in de kolommen. Download het dan opnieuw."
        )
    topics, units, *body = rows[1:]
    if not body:
        raise SourceError(f"In “{head.name}” staan geen cijfers.")
    if any(len(row) != len(topics) for row in (units, *body)):
        raise SourceError(
            f"In “{head.name}” zijn niet alle regels even lang. Download het opnieuw."
        )
    heads = [
        f"{clean_header(topic)} ({clean_header(unit)})"
        for topic, unit in zip(topics[1:], units[1:], strict=True)
    ]
    return [
        [name, *cells]
        for name, cells in zip(
            ["Wijken en buurten", *heads], map(list, zip(*body, strict=True)), strict=True
        )
    ]


def _odata(head: Head) -> tuple[dict[str, Cells], str, list[str]]:
    """Read rows of TypedDataSet or UntypedDataSet, with the names of a list beside it."""
    columns, notes = read_columns(head)
    # The number at the end of a key is its place, which shifts from year to year.
    bare = {re.sub(r"^k_|_\d+$", "", key): cells for key, cells in columns.items()}
    stems = [re.sub(r"^k_|_\d+$", "", key) for key in columns]
    double = {stem for stem in stems if stems.count(stem) > 1}
    bare = {stem: cells for stem, cells in bare.items() if stem not in double}
    found, unused = _translate(bare, _titles()[1] | ODATA, head)
    notes = notes + unused
    if double:
        notes = notes + [
            "Deze namen staan er vaker dan één keer en gebruik ik niet: "
            + "; ".join(sorted(double))
            + "."
        ]
    codes = _cleaned(_need(found, "gwb_code", "WijkenEnBuurten", head))
    if "codering" in found and _cleaned(found.pop("codering")) != codes:
        raise SourceError(f"In “{head.name}” spreken twee kolommen met codes elkaar tegen.")
    names = _names_beside(head, set(codes))
    towns = _need(found, "gm_naam", "Gemeentenaam", head)
    found["regio"] = Cells(
        [
            names.get(code) or (clean(town) if code.startswith(("NL", "GM")) else code)
            for code, town in zip(codes, towns, strict=True)
        ]
    )
    if not names:
        notes.append(
            "De namen van wijken en buurten staan niet in dit bestand. Zet de lijst met namen "
            "(WijkenEnBuurten) van hetzelfde jaar in dezelfde map."
        )
    return found, "", notes


def _cleaned(cells: Cells) -> list[str]:
    texts = list(map(clean, cells.different))
    return [texts[place] for place in cells.places.tolist()]


def _measures(head: Head) -> tuple[dict[str, Cells], str, list[str]]:
    """Read OData v4 or the "onbewerkte dataset" of StatLine: a row per region and figure.

    What its codes mean stands in files beside it.
    """
    columns, notes = read_columns(head)
    measures, cells, regions = (
        _need(columns, name, name, head) for name in ("Measure", "Value", "WijkenEnBuurten")
    )
    known = _measure_titles(head)
    lost = sorted({clean(code) for code in measures.different} - set(known))
    if lost:
        raise SourceError(f"In “MeasureCodes” naast “{head.name}” ontbreekt {lost[0]}.")
    values = numbers(cells, decimal_mark({"Value": cells}), small=True).to_numpy()
    rows, codes = pd.factorize(regions.map(clean))
    kinds, names = pd.factorize(measures.map(clean))
    places = rows.astype(np.int64) * len(names) + kinds
    if len(np.unique(places)) != len(places):
        raise SourceError(f"In “{head.name}” staat een cijfer van een gebied twee keer.")
    table = np.full(len(codes) * len(names), np.nan)
    table[places] = values
    found = _regions_beside(head, list(codes))
    unused = []
    for name, column in zip(names, table.reshape(len(codes), len(names)).T, strict=True):
        short = _short_name(known[name])
        if short in found:
            raise SourceError(f"In “{head.name}” staat het cijfer {short} twee keer.")
        if short:
            found[short] = Cells(column.tolist(), short)
        else:
            unused.append("|".join(known[name]))
    notes = [*notes, *_unused(unused), NO_CHANGES]
    about = _table_beside(head, "Properties")
    words = [clean(cell) for name in ("Title", "Identifier") for cell in about.get(name, ())]
    return found, " ".join(words) or _title_of_folder(head), notes


def _short_name(levels: list[str]) -> str:
    """Return the short name of a figure by its title with groups, or as much as is needed."""
    titles = _titles()[0]
    ends = (_plain("".join(levels[start:])) for start in range(len(levels)))
    return next((titles[end] for end in ends if end in titles), "")


def _title_of_folder(head: Head) -> str:
    table = re.search(r"(?<!\d)(\d{5}NED)", head.path.resolve().parent.name)
    return f"{table[1]} {TABLES.get(table[1], '')}" if table else ""


def _measure_titles(head: Head) -> dict[str, list[str]]:
    """Return by code the title of each figure, with its unit, and its groups before it."""
    groups = _table_beside(head, "MeasureGroups")
    above = {
        clean(key): (clean(title), clean(parent))
        for key, title, parent in zip(
            *(groups.get(name, ()) for name in ("Id", "Title", "ParentId")), strict=False
        )
    }
    codes = _table_beside(head, "MeasureCodes")
    if not codes:
        raise SourceError(
            f"Naast “{head.name}” ontbreekt MeasureCodes: daar staat in wat de cijfers zijn. Geef "
            "de zip zoals hij is gedownload, of zet MeasureCodes in dezelfde map."
        )
    wanted = ("Identifier", "Title", "Unit", "MeasureGroupId")
    cells = [_need(codes, name, name, head) for name in wanted[:3]]
    cells.append(codes.get(wanted[3], Cells([""] * len(cells[0]))))
    paths = {}
    for key, title, unit, group in zip(*map(_cleaned, cells), strict=True):
        path, seen = [f"{title} ({unit})"], set()
        while group in above and group not in seen:
            seen.add(group)
            path.insert(0, above[group][0])
            group = above[group][1]
        paths[key] = path
    return paths


def _regions_beside(head: Head, codes: list[str]) -> dict[str, Cells]:
    """Return the columns on regions, with names from the list of codes."""
    known = _table_beside(head, "WijkenEnBuurtenCodes")
    if not known:
        raise SourceError(
            f"Naast “{head.name}” ontbreekt WijkenEnBuurtenCodes: daar staan de namen in. Geef de "
            "zip zoals hij is gedownload, of zet dat bestand in dezelfde map."
        )
    keys, titles = (_cleaned(_need(known, n, n, head)) for n in ("Identifier", "Title"))
    names = dict(zip(keys, titles, strict=True))
    lost = [code for code in codes if code not in names]
    if lost:
        raise SourceError(f"In “WijkenEnBuurtenCodes” ontbreekt {lost[0]}.")
    return {"gwb_code": Cells(codes), "regio": Cells([names[code] for code in codes])}


def _table_beside(head: Head, name: str) -> dict[str, Cells]:
    """Return a table in the same folder, empty when it is not there."""
    path = head.path.with_name(name + head.path.suffix)
    return read_columns(Head(path))[0] if path.exists() else {}


def _need(columns: dict[str, Cells], name: str, title: str, head: Head) -> Cells:
    """Return the cells of a column that must be there; `title` is its name in the file."""
    if name not in columns:
        raise SourceError(f"In “{head.name}” ontbreekt de kolom {title}. Download het opnieuw.")
    return columns[name]


def _beside(head: Head, dialect: str, column: str):
    """Yield files of a form in the same folder and of the same year, with their columns."""
    own = _year_of_name(head)
    for path in sorted(head.path.parent.glob("*.csv")):
        other = Head(path)
        if own and _dialect(other) == dialect and _year_of_name(other) == own:
            columns = read_sheet(other, _separator(other)).by_name()
            yield other, columns, _cleaned(_need(columns, column, column, other))


def _names_beside(head: Head, codes: set[str]) -> dict[str, str]:
    """Return names by code from the list of regions that belongs to a file with figures."""
    for _, columns, keys in _beside(head, "names", "Key"):
        if codes <= set(keys):
            return dict(zip(keys, map(clean, columns.get("Title", ())), strict=False))
    return {}


def _figures_of(head: Head) -> Head:
    """Return the file with figures that belongs to a list of regions."""
    columns = read_sheet(head, _separator(head)).by_name()
    codes = set(_cleaned(_need(columns, "Key", "Key", head)))
    for other, _, found in _beside(head, "odata", "WijkenEnBuurten"):
        if set(found) <= codes:
            return other
    raise SourceError(
        f"“{head.name}” is een lijst met namen van gebieden, zonder cijfers. Zet het bestand met "
        "cijfers (TypedDataSet) van hetzelfde jaar in dezelfde map, met het jaar in de naam."
    )


# Who and when


def _identified(columns: dict[str, Cells], dialect: str, head: Head) -> pd.DataFrame:
    """Return the columns that tell which region a row is, checked against each other."""
    recs = [cell.casefold() for cell in _cleaned(columns.get("recs", Cells(())))]
    codes = _codes(columns, recs)
    levels = [level_of(code) for code in codes]
    if any(code[2:6] == SAMPLE for code in codes):
        raise SourceError(
            f"“{head.name}” is de voorbeeldstad. Die is verzonnen en hoort niet bij echte cijfers."
        )
    if recs and recs != levels:
        row = next(n for n, pair in enumerate(zip(recs, levels, strict=True)) if len(set(pair)) > 1)
        raise SourceError(
            f"In “{head.name}” staat {codes[row]} als “{recs[row]}”. Code en soort gebied passen "
            "niet bij elkaar."
        )
    names = _cleaned(columns["regio"]) if "regio" in columns else codes
    towns = {code[2:6]: name for code, name in zip(codes, names, strict=True) if code[:2] == "GM"}
    given = _cleaned(columns["gm_naam"]) if "gm_naam" in columns else [""] * len(codes)
    signs = _cleaned(columns["ind_wbi"]) if "ind_wbi" in columns else ["."] * len(codes)
    frame = pd.DataFrame(
        {
            "gwb_code": codes,
            "regio": names,
            # One dialect writes AaenHunze here, so the row of the gemeente itself comes first.
            "gm_naam": [
                towns.get(code[2:6], town) if code[:2] != "NL" else name
                for code, town, name in zip(codes, given, names, strict=True)
            ],
            "recs": [RECS[level] for level in levels],
            "ind_wbi": signs,
        }
    )
    if "jaar" in columns:
        frame.insert(0, "jaar", columns["jaar"].map(_a_year))
    return frame


def _named(columns: dict[str, Cells]) -> pd.DataFrame:
    """Return the names of the regions, and their kind when the file has it: no codes here."""
    found = {"regio": [clean_header(cell) for cell in columns["regio"]]}
    if "recs" in columns:
        found["recs"] = _cleaned(columns["recs"])
    return pd.DataFrame(found)


def _codes(columns: dict[str, Cells], recs: list[str]) -> list[str]:
    """Return codes with their prefix, from whichever column has them."""
    for name in ("gwb_code", "gwb_code_10"):
        codes = _cleaned(columns[name]) if name in columns else []
        if codes and all(re.match("NL|GM|WK|BU", code) for code in codes):
            return codes
    digits = {"land": ("NL", 2), "gemeente": ("GM", 4), "wijk": ("WK", 6), "buurt": ("BU", 8)}
    cells = columns.get("gwb_code_8") or columns.get("gwb_code") or ()
    if not cells or not recs:
        raise SourceError("In het bestand staan geen codes van gebieden zoals BU03620101.")
    codes = []
    for cell, level in zip(cells, recs, strict=True):
        prefix, width = digits.get(level, ("", 0))
        # A workbook that took codes for numbers has lost the noughts in front.
        text = clean(cell).zfill(width) if isinstance(cell, float) else clean(cell)
        codes.append("NL00" if level == "land" else prefix + text)
    return codes


def _year_of_name(head: Head) -> int | None:
    """Return the year that the name of a file tells, by itself or by the number of its table."""
    table = re.search(r"(?<!\d)(\d{5}NED)", head.name, re.IGNORECASE)
    by_table = TABLES.get(table[1].upper()) if table else None
    by_name = year_in(head.path.stem)
    if by_table and by_name and by_table != by_name:
        raise SourceError(
            f"De naam “{head.name}” zegt {by_name}, maar tabel {table[1]} gaat over {by_table}."
        )
    return by_table or by_name


def _year(head: Head, title: str, eras: list, codes: Iterable[str]) -> tuple[int, list[str]]:
    """Return the year of the figures, and a note when the columns had to tell."""
    first = max([start for start, _ in eras if start], default=FIRST_YEAR)
    last = min([end for _, end in eras if end], default=2039)
    # Codes with letters exist since Amsterdam was divided anew in 2022.
    if any(re.search("[A-Z]", code[6:]) for code in codes):
        first = max(first, 2022)
    told = [year for year in (year_in(title), _year_of_name(head)) if year]
    if len(set(told)) > 1:
        raise SourceError(
            f"In “{head.name}” staat {told[0]}, maar de naam van het bestand zegt {told[1]}. Geef "
            "het bestand het goede jaar in de naam."
        )
    if told and told[0] < FIRST_YEAR:
        raise SourceError(f"Cijfers over {told[0]} kan ik niet lezen; wel vanaf {FIRST_YEAR}.")
    if told and not first <= told[0] <= last:
        raise SourceError(
            f"“{head.name}” zou over {told[0]} gaan, maar de kolommen of codes zijn van "
            f"{_span(first, last)}. Kijk of het jaar in de naam klopt."
        )
    if told:
        return told[0], []
    if first == last:
        return first, [f"Het jaar {first} staat niet in het bestand; het blijkt uit de kolommen."]
    raise SourceError(
        f"Uit “{head.name}” blijkt niet over welk jaar het gaat. Zet het jaar in de naam van het "
        "bestand, zoals kwb-2023.csv."
    )


def _span(first: int, last: int) -> str:
    if first > last:
        return "verschillende jaren"
    if last == 2039:
        return f"{first} of later"
    return f"{last} of eerder" if first == FIRST_YEAR else f"{first} tot en met {last}"


def _a_year(cell) -> int:
    if not re.fullmatch(r"20\d\d(JJ00)?", clean(cell)):
        raise SourceError(f"“{clean(cell)}” is geen jaar.")
    return int(clean(cell)[:4])


def _edition(head: Head, title: str) -> str:
    table = re.search(r"(?<!\d)(\d{5}NED)", f"{head.name} {title}", re.IGNORECASE)
    return table[1].upper() if table else ""


# Figures


def _figures(
    frame: pd.DataFrame, regions: pd.Series, columns: dict[str, Cells], dialect: str, fixed: bool
):
    """Add the figures as numbers; return the frame and a note on empty columns."""
    postcode = columns.pop("pst_mvp", None)
    notation = _notation(columns, dialect)
    made, empty = {}, []
    for name, cells in columns.items():
        cells.named(name)
        same_form(cells, whole=_is_whole(name), fixed=fixed)
        column = numbers(cells, *notation(cells), sentinels=True, whole=_is_whole(name))
        if name in MINUS_ONE:
            column = column.mask(column == -1)
        _plausible(name, column)
        made[name] = column
        if column.isna().all():
            empty.append(name)
    _adds_up(made, regions)
    if postcode is not None:
        made["pst_mvp"] = postcode.map(lambda cell: "" if is_missing(cell) else clean(cell))
    if not made:
        raise SourceError("In het bestand staan geen cijfers die ik ken.")
    notes = []
    if empty:
        notes.append(
            "Deze kolommen zijn leeg; CBS vult ze vaak pas in een latere uitgave: "
            + ", ".join(empty)
            + "."
        )
    return pd.concat([frame, pd.DataFrame(made)], axis="columns"), notes + _shares(made)


def _shares(figures: dict[str, pd.Series]) -> list[str]:
    """Return a note when shares do not add up; one odd area is no reason to refuse a country."""
    return [
        f"In {odd.sum()} {'gebied' if odd.sum() == 1 else 'gebieden'} is {parts} niet ongeveer "
        f"{whole}. Gebruik die cijfers daar niet."
        for parts, whole, odd in shares_apart(figures)
    ]


def shares_apart(figures) -> Iterator[tuple[str, object, pd.Series]]:
    """Find shares that do not add up.

    Parameters
    ----------
    figures : DataFrame, or dict of str to Series

    Yields
    ------
    tuple
        The names of the parts, what they should add up to, and where they do not; only when that
        is anywhere. A share that is missing makes the sum missing, and that is not odd.
    """
    for parts, whole in WHOLES:
        if {*parts, *([whole] if isinstance(whole, str) else [])} <= set(figures):
            total = sum(figures[part] for part in parts)
            odd = (total - figures.get(whole, whole)).abs() > ROUNDING + 1e-9
            if odd.any():
                yield " + ".join(parts), whole, odd


def _is_as_exported(head: Head, dialect: str) -> bool:
    """Whether StatLine itself wrote the numbers: a figure has as many decimals everywhere."""
    quoted = head.lines(2)[-1].startswith('"') and _separator(head) == ";"
    return dialect == "titled" or (dialect == "statline" and quoted)


def _bridged(columns: dict[str, Cells], head: Head) -> dict[str, Cells]:
    """Give a column that was renamed, and means the same, one name over all years."""
    for old, new in BRIDGES.items():
        if old in columns and new in columns:
            raise SourceError(f"In “{head.name}” staan {old} en {new} allebei; dat hoort niet.")
    return {BRIDGES.get(name, name): cells for name, cells in columns.items()}


def _is_whole(name: str) -> bool:
    return name.startswith(("a_", "g_ele_", "g_gas_")) or name in WHOLE


def _notation(columns: dict[str, Cells], dialect: str):
    """Return a function from a column to its decimal and thousands mark."""
    if dialect == "odata":
        return lambda cells: (".", "")
    if dialect in ("excel", "short"):
        # Seen in real files: one column with commas beside another with points.
        return lambda cells: column_notation(cells, whole=_is_whole(cells.name))
    # One program wrote the whole file, so one column proves it for all.
    one = notation_of((cells, _is_whole(name)) for name, cells in columns.items())
    return lambda cells: one


def _plausible(name: str, column: pd.Series) -> None:
    """Refuse what cannot be: the sign that a number was not read as it was meant."""
    if not BELOW_NOUGHT.fullmatch(name) and below_nought(column).any():
        raise SourceError(f"In de kolom {name} staat een getal onder nul.")
    if name == "g_hhgro" and (column > 30).any():
        raise SourceError("In de kolom g_hhgro staan meer dan 30 personen per huishouden.")
    if name.startswith("p_") and name not in PER_THOUSAND and (column > 100).any():
        raise SourceError(f"In de kolom {name} staat een percentage boven 100.")


def _adds_up(figures: dict[str, pd.Series], regions: pd.Series) -> None:
    """Refuse counts whose parts are far from the total.

    A program that takes 25.000 for 25 leaves a cell that looks right; only the sum shows it.
    """
    for total, parts in PARTS:
        if not {total, *parts} <= set(figures):
            continue
        whole = figures[total]
        apart = (sum(figures[part] for part in parts) - whole).abs()
        wrong = apart > (0.1 * whole).clip(lower=50)
        if wrong.any():
            raise SourceError(
                f"In {regions[wrong].iloc[0]} is {total} heel anders dan {' + '.join(parts)}. "
                "Gebruik het bestand zoals het is gedownload."
            )


def _loose(frame: pd.DataFrame) -> list[str]:
    """Return a note when the gemeente of some rows is not in the file."""
    codes = frame["gwb_code"]
    there = set(codes[codes.str.startswith("GM")].str[2:6])
    below = codes[codes.str.startswith(("WK", "BU"))].str[2:6]
    lost = sorted(set(below) - there)
    if not lost:
        return []
    return ["Van deze gemeenten staat de eigen rij er niet bij: GM" + ", GM".join(lost) + "."]
