"""One `Area`: tidy indicators per gemeente, wijk and buurt, whatever the source.

Sources differ in columns, codes and gaps; the rest of the library sees only what is
here. The form of the tables read: the wide Kerncijfers wijken en buurten (KWB) of CBS with
a column ``jaar``, and the long Leefbaarometer table with ``code, naam, niveau, jaar``.
"""

import csv
import json
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import pandas as pd

from .resources import shared_path

LEVELS = ("land", "gemeente", "wijk", "buurt")
CODE_FORM = {
    "land": r"NL\d{2}",
    "gemeente": r"GM\d{4}",
    "wijk": r"WK\d{4}[0-9A-Z]{2}",
    "buurt": r"BU\d{4}[0-9A-Z]{4}",
}
# CBS: unknown, unreliable, secret or impossible. None of these is a nought.
MISSING = ("", ".", ",", "x", "-", "NA", "NaN")

# Below these numbers a figure is not shown as a fact (design, section 9; CBS itself asks 20
# dwellings for shares of dwellings). What the figure counts decides which number holds.
MINIMUM = {
    "woningen": 20,
    "huishoudens": 20,
    "inwoners": 50,
    "inwoners van 15 jaar en ouder": 50,
}
MINIMUM_CASES = 10

# The published legend of the Leefbaarometer; note that "zwak" is better than "onvoldoende".
CLASS_WORDS = {
    1: "zeer onvoldoende",
    2: "ruim onvoldoende",
    3: "onvoldoende",
    4: "zwak",
    5: "voldoende",
    6: "ruim voldoende",
    7: "goed",
    8: "zeer goed",
    9: "uitstekend",
}


class AreaError(ValueError):
    """A file or question that cannot be used; the message is Dutch and meant to be shown."""


@dataclass(frozen=True)
class Source:
    """Who publishes a table, and on which division its years stand.

    ``newest_division`` is true when every edition recalculates all years on the newest
    division (Leefbaarometer), false when each year has its own division (KWB).
    """

    publisher: str
    table: str
    modelled: bool
    newest_division: bool


KWB = Source("CBS", "Kerncijfers wijken en buurten", modelled=False, newest_division=False)
LEEFBAAROMETER = Source("Ministerie van BZK", "Leefbaarometer", modelled=True, newest_division=True)


@dataclass(frozen=True)
class Indicator:
    """What one figure means.

    Attributes
    ----------
    id : str
        Name in code.
    title, unit : str
        Dutch, in a form that fits in a question: "eenpersoonshuishoudens",
        "van de 10 huishoudens".
    kind : str
        ``"share"`` (0 to 1), ``"score"`` (deviation from the national mean), ``"class"``
        (1 to 9), ``"amount"`` or ``"count"``.
    column : str
        Column of the source that holds the value or, with `per`, the numerator.
    per : str
        Column to divide by; empty when the source publishes the value itself.
    base : str
        Column with the number of `counted` behind the figure.
    counted : str
        Dutch word for what that number counts; a key of `MINIMUM`, or empty for a count.
    better : str or None
        ``"higher"``, ``"lower"``, or None when neither is better.
    higher : str
        Dutch, for a score: what a higher one is.
    years : tuple of int
        Years with at least one value, filled in when a table is read.
    """

    id: str
    title: str
    unit: str
    kind: str
    column: str
    per: str = ""
    base: str = ""
    counted: str = ""
    better: str | None = None
    higher: str = "beter"
    decimals: int = 0
    source: Source = KWB
    years: tuple[int, ...] = ()

    @property
    def modelled(self) -> bool:
        """Whether the figure is a model estimate, not a measurement."""
        return self.source.modelled


def _share(id, title, column, base, counted, per="", better=None):
    return Indicator(id, title, f"van de 10 {counted}", "share", column, per, base, counted, better)


def _score(id, title, column, higher="beter"):
    return Indicator(
        id,
        title,
        "score",
        "score",
        column,
        "",
        "n",
        "woningen",
        "higher",
        higher,
        2,
        LEEFBAAROMETER,
    )


# a_15_oo (15 and older) is not a column of CBS; it is inhabitants minus those of 0 to 14.
CATALOGUE = (
    Indicator("inhabitants", "inwoners", "inwoners", "count", "a_inw"),
    Indicator("households", "huishoudens", "huishoudens", "count", "a_hh"),
    Indicator("dwellings", "woningen", "woningen", "count", "a_woning"),
    _share("single_person", "eenpersoonshuishoudens", "a_1p_hh", "a_hh", "huishoudens", "a_hh"),
    _share(
        "with_children", "huishoudens met kinderen", "a_hh_m_k", "a_hh", "huishoudens", "a_hh"
    ),
    _share("age_0_14", "kinderen van 0 tot 15 jaar", "a_00_14", "a_inw", "inwoners", "a_inw"),
    _share("age_65_plus", "inwoners van 65 jaar of ouder", "a_65_oo", "a_inw", "inwoners", "a_inw"),
    Indicator(
        "household_size", "personen per huishouden", "personen", "amount", "g_hhgro",
        base="a_hh", counted="huishoudens", decimals=1,
    ),
    Indicator(
        "density", "inwoners per vierkante kilometer land", "per km²", "amount", "bev_dich",
        base="a_inw", counted="inwoners",
    ),
    _share("corporation", "corporatiewoningen", "p_wcorpw", "a_woning", "woningen"),
    _share(
        "private_rent", "huurwoningen van andere verhuurders", "p_ov_hw", "a_woning", "woningen"
    ),
    _share("owner_occupied", "koopwoningen", "p_koopw", "a_woning", "woningen"),
    _share("flats", "flats en appartementen", "p_mgezw", "a_woning", "woningen"),
    _share("vacant", "onbewoonde woningen", "p_leegsw", "a_woning", "woningen", better="lower"),
    _share("built_since_2000", "woningen gebouwd vanaf 2000", "p_bjo2k", "a_woning", "woningen"),
    Indicator(
        "woz", "gemiddelde WOZ-waarde", "x 1.000 euro", "amount", "g_woz",
        base="a_woning", counted="woningen",
    ),
    Indicator(
        "income", "gemiddeld inkomen per inwoner", "x 1.000 euro per jaar", "amount", "g_ink_pi",
        base="a_inw", counted="inwoners", decimals=1,
    ),
    _share(
        "low_income", "huishoudens met een laag inkomen", "p_hh_lkk", "a_hh", "huishoudens",
        better="lower",
    ),
    _share(
        "bijstand", "inwoners met bijstand", "a_soz_wb", "a_15_oo",
        "inwoners van 15 jaar en ouder", "a_15_oo", better="lower",
    ),
    _share(
        "working", "inwoners met betaald werk", "p_arb_pp", "a_15_oo",
        "inwoners van 15 jaar en ouder", better="higher",
    ),
    Indicator(
        "cars", "auto's per huishouden", "per huishouden", "amount", "g_pau_hh",
        base="a_hh", counted="huishoudens", decimals=1,
    ),
    Indicator(
        "supermarket_km", "afstand tot een grote supermarkt", "km", "amount", "g_afs_gs",
        base="a_inw", counted="inwoners", better="lower", decimals=1,
    ),
    _score("leefbaarometer", "leefbaarheid", "afw"),
    _score("fysieke_omgeving", "fysieke omgeving", "fys"),
    _score("woningvoorraad", "woningvoorraad", "won"),
    _score("voorzieningen", "voorzieningen", "vrz"),
    _score("sociale_samenhang", "sociale samenhang", "soc"),
    _score("overlast_onveiligheid", "overlast en onveiligheid", "onv", "minder overlast"),
    Indicator(
        "leefbaarometer_class", "klasse van de leefbaarheid", "klasse 1 tot 9", "class", "kscore",
        base="n", counted="woningen", better="higher", source=LEEFBAAROMETER,
    ),
)  # fmt: skip


def too_small(n, cases, counted: str):
    """Whether a figure rests on too few to show it as a fact.

    Parameters
    ----------
    n, cases : float or Series
        The number of `counted` behind the figure, and how many of them have the
        characteristic; NaN when unknown, which by itself never makes a figure small.

    Returns
    -------
    bool or Series of bool
    """
    return (n < MINIMUM.get(counted, 0)) | (cases < MINIMUM_CASES)


class Area:
    """Indicators, regions and boundaries of one gemeente with its wijken and buurten.

    Attributes
    ----------
    indicators : dict of str to Indicator
        The indicators for which there is at least one value.
    values : DataFrame
        Columns ``code, level, year, indicator, value, n, cases, flag``. Shares run from 0 to
        1; ``n`` is the number behind the figure, ``cases`` how many have the characteristic
        (NaN when not published). ``flag`` is ``"ok"``, ``"small"`` or ``"missing"``.
    regions : DataFrame
        Index ``code``; columns ``name, level, parent``; names of the newest year.
    boundary_changes : dict of str to list of int
        Per code the years whose division is not comparable with the year before.
    notice : str
        Must stand on every picture drawn from this area; empty for real data.
    notes : tuple of str
        Dutch sentences on figures that were left out, and why.
    """

    def __init__(
        self,
        *,
        indicators,
        values,
        regions,
        boundary_changes,
        notice="",
        boundaries=None,
        editions=None,
        notes=(),
    ):
        self.indicators = indicators
        self.values = values
        self.regions = regions
        self.boundary_changes = boundary_changes
        self.notice = notice
        self.notes = tuple(notes)
        self._boundaries = boundaries
        self._editions = editions or {}
        self._cells = values.set_index(["indicator", "code", "year"]).sort_index()

    def indicator(self, id: str) -> Indicator:
        """Return an indicator by its id; `AreaError` when this area does not have it."""
        if id not in self.indicators:
            title = next((item.title for item in CATALOGUE if item.id == id), id)
            raise AreaError(f"Het cijfer over {title} is er niet in deze gegevens.")
        return self.indicators[id]

    def year(self, indicator: str, year: int | None = None) -> int:
        """Check a year, or return the newest year of an indicator."""
        known = self.indicator(indicator)
        if year is None:
            return known.years[-1]
        if year not in known.years:
            raise AreaError(f"Van {known.title} zijn er geen cijfers over {year}.")
        return year

    def _region(self, code: str) -> pd.Series:
        if code not in self.regions.index:
            raise AreaError(f"De gebiedscode “{code}” is er niet in deze gegevens.")
        return self.regions.loc[code]

    def name(self, code: str) -> str:
        """Return the name of a region."""
        return self._region(code)["name"]

    def level(self, code: str) -> str:
        """Return the level of a region, one of `LEVELS`."""
        return self._region(code)["level"]

    def path(self, code: str) -> list[str]:
        """Codes from a region up to the country: buurt, wijk, gemeente, land."""
        codes = [code]
        while parent := self._region(codes[-1])["parent"]:
            codes.append(parent)
        return codes

    def gemeente(self, code: str) -> str:
        """Return the code of the gemeente a region lies in."""
        for step in self.path(code):
            if self.level(step) == "gemeente":
                return step
        raise AreaError(f"{self.name(code)} ligt niet in een gemeente.")

    def find(self, text: str, level: str | None = None) -> pd.DataFrame:
        """Regions with this text in their name, whatever accents and capitals."""
        wanted = plain(text)
        found = self.regions["name"].map(lambda name: wanted in plain(name))
        if level:
            found &= self.regions["level"] == level
        return self.regions[found]

    def cell(self, code: str, indicator: str, year: int) -> pd.Series:
        """Return one figure: ``level, value, n, cases, flag``; missing when not in the source."""
        try:
            return self._cells.loc[(indicator, code, year)]
        except KeyError:
            blank = {"level": self.level(code), "value": float("nan"), "n": float("nan")}
            return pd.Series(blank | {"cases": float("nan"), "flag": "missing"})

    def series(self, code: str, indicator: str) -> pd.DataFrame:
        """All years of one figure; index ``year``."""
        self._region(code), self.indicator(indicator)
        if (indicator, code) not in self._cells.index:
            return self._cells.iloc[:0].droplevel([0, 1])
        return self._cells.loc[(indicator, code)]

    def table(self, indicator: str, year: int | None = None, level: str = "buurt") -> pd.DataFrame:
        """One figure of all regions of a level; index ``code``."""
        year = self.year(indicator, year)
        known = self._cells.loc[indicator].xs(year, level="year")
        return known[known["level"] == level].drop(columns="level")

    def source_line(self, indicator: str, year: int | None = None, since: int | None = None) -> str:
        """Dutch words for under a figure: publisher, table, years, edition and division.

        Fits after "Bron: ". Fictional data say so first.

        Parameters
        ----------
        since : int, optional
            First year of a figure over several years.
        """
        year = self.year(indicator, year)
        known = self.indicator(indicator)
        newest = known.years[-1] if known.source.newest_division else year
        edition, division = self._editions.get((known.source.table, year), (newest, newest))
        years = f"{since} tot en met {year}" if since else f"{year}"
        line = (
            f"{known.source.publisher}, {known.source.table}, {years}, "
            f"editie {edition}, gebiedsindeling {division}"
        )
        if known.modelled:
            line += ", schatting met een rekenmodel"
        if self.notice:
            line = f"{self.notice}: verzonnen cijfers, geen echte buurt. Nagemaakt naar {line}"
        return f"{line}."

    def boundaries(self) -> dict[str, list]:
        """Boundaries by code: per code a list of polygons, a polygon is a list of rings.

        A ring is a closed list of ``(x, y)`` in metres; the first ring of a polygon is its
        outside, the others are holes. Empty when there are no boundaries.
        """
        shapes = {}
        for feature in self._boundaries() if self._boundaries else ():
            geometry = feature["geometry"]
            polygons = geometry["coordinates"]
            if geometry["type"] == "Polygon":
                polygons = [polygons]
            shapes[feature["properties"]["code"]] = [
                [[tuple(point) for point in ring] for ring in polygon] for polygon in polygons
            ]
        return shapes


def read_area(kerncijfers=None, leefbaarometer=None, boundaries=None, notice="") -> Area:
    """Read an area from files.

    Parameters
    ----------
    kerncijfers, leefbaarometer, boundaries : path, optional
        A KWB table with a column ``jaar``; a Leefbaarometer table; GeoJSON with ``code``.
        At least one table is needed.
    notice : str
        Such as ``"voorbeelddata"`` for fictional data.

    Raises
    ------
    AreaError
        When a file is missing, damaged or not of this form; the message is Dutch.
    """
    if kerncijfers is not None:
        kerncijfers = _read_table(kerncijfers, ["jaar", "gwb_code", "regio", "recs"])
    if leefbaarometer is not None:
        leefbaarometer = _read_table(leefbaarometer, ["code", "naam", "niveau", "jaar", "afw"])
    features = partial(_read_json, boundaries) if boundaries is not None else None
    return area_of(kerncijfers, leefbaarometer, boundaries=features, notice=notice)


def area_of(
    kerncijfers=None, leefbaarometer=None, *, boundaries=None, notice="", editions=None, notes=()
) -> Area:
    """Make an area of tables that are already in memory, as text or as numbers.

    Parameters
    ----------
    kerncijfers, leefbaarometer : DataFrame, optional
        In the forms of `read_area`. At least one is needed.
    boundaries : callable, optional
        Returns the features of a GeoJSON with ``code``; asked when a map is drawn.
    editions : dict, optional
        Per ``(table, year)`` the edition and the year of the division, for the source line.
    notes : sequence of str
        For `Area.notes`.
    """
    parts = []
    sizes = None
    if kerncijfers is not None:
        sizes = _kerncijfers(kerncijfers)
        parts.append((sizes, KWB))
    if leefbaarometer is not None:
        parts.append((_leefbaarometer(leefbaarometer, sizes), LEEFBAAROMETER))
    if not parts:
        raise AreaError("Er is geen bestand met cijfers gekozen.")
    values = pd.concat([_tidy(table, source) for table, source in parts], ignore_index=True)
    known = values.dropna(subset="value").groupby("indicator")["year"].unique()
    indicators = {
        item.id: replace(item, years=tuple(sorted(map(int, known[item.id]))))
        for item in CATALOGUE
        if item.id in known.index
    }
    values = values[values["indicator"].isin(indicators)].reset_index(drop=True)
    return Area(
        indicators=indicators,
        values=values,
        regions=_regions(pd.concat([table for table, _ in parts])),
        boundary_changes={} if sizes is None else _boundary_changes(sizes),
        notice=notice,
        boundaries=boundaries,
        editions=editions,
        notes=notes,
    )


@cache
def sample_city() -> Area:
    """Return the fictional sample city."""
    return read_area(
        shared_path("data", "kerncijfers.csv"),
        shared_path("data", "leefbaarometer.csv"),
        shared_path("data", "grenzen.geojson"),
        notice="voorbeelddata",
    )


def plain(text: str) -> str:
    """Return text without accents and capitals, to search in."""
    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _read_table(path, needed: list[str]) -> pd.DataFrame:
    """Read a CSV as text, cell by cell: comma or semicolon, with or without BOM."""
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = ";" if file.readline().count(";") else ","
            file.seek(0)
            rows = [[cell.strip() for cell in row] for row in csv.reader(file, delimiter=separator)]
    except OSError as error:
        raise AreaError(f"Het bestand “{path.name}” kan ik niet openen.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise AreaError(f"Het bestand “{path.name}” kan ik niet lezen als CSV.") from error
    header, *body = rows or [[]]
    lost = [name for name in needed if name not in header]
    if lost:
        raise AreaError(f"In “{path.name}” ontbreekt de kolom {', '.join(lost)}.")
    for line, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise AreaError(f"In “{path.name}” is regel {line} niet volledig.")
    if not body:
        raise AreaError(f"In “{path.name}” staan geen cijfers.")
    return pd.DataFrame(body, columns=header)


def _read_json(path) -> list[dict]:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError) as error:
        name = Path(path).name
        raise AreaError(f"De kaart in “{name}” kan ik niet lezen.") from error


def to_numbers(texts: pd.Series) -> pd.Series:
    """Turn a column of text into numbers; what CBS writes for "not there" becomes NaN.

    A decimal comma or point are both read; a column never has a thousands mark in this form.

    Raises
    ------
    AreaError
        When a cell is neither a number nor a sign for missing.
    """
    if pd.api.types.is_numeric_dtype(texts):
        return texts
    texts = texts.str.strip()
    clean = texts.str.replace(",", ".", regex=False).mask(texts.isin(MISSING))
    numbers = pd.to_numeric(clean, errors="coerce")
    wrong = numbers.isna() & clean.notna()
    if wrong.any():
        raise AreaError(f"In de kolom {texts.name} is “{texts[wrong].iloc[0]}” geen getal.")
    return numbers


def _check(table: pd.DataFrame) -> pd.DataFrame:
    """Check codes, levels and years of a table with ``code, name, level, year``."""
    table["level"] = table["level"].str.lower()
    table["year"] = to_numbers(table["year"]).astype("Int64")
    if table["year"].isna().any():
        raise AreaError("In de kolom jaar ontbreekt een jaar.")
    table["year"] = table["year"].astype(int)
    for code, level in zip(table["code"], table["level"], strict=True):
        if not re.fullmatch(CODE_FORM.get(level, ""), code):
            raise AreaError(f"De code “{code}” past niet bij een {level or 'gebied zonder soort'}.")
    double = table.duplicated(["code", "year"])
    if double.any():
        row = table[double].iloc[0]
        raise AreaError(f"{row['code']} staat twee keer in het bestand over {row['year']}.")
    return table


def used_columns(source: Source) -> set[str]:
    """Columns of a source that the catalogue uses."""
    return {
        column
        for item in CATALOGUE
        if item.source is source
        for column in (item.column, item.per, item.base)
        if column
    }


def _numbers(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Make numbers of the columns the catalogue uses; check what can be checked."""
    for column in used_columns(source) & set(table.columns):
        table[column] = to_numbers(table[column])
        # An average income can be negative in the real table; counts and shares cannot.
        if column.startswith(("a_", "p_")) and (table[column] < 0).any():
            raise AreaError(f"In de kolom {column} staat een getal onder nul.")
        if column.startswith("p_") and (table[column] > 100).any():
            raise AreaError(f"In de kolom {column} staat een percentage boven 100.")
    return table


def _kerncijfers(table: pd.DataFrame) -> pd.DataFrame:
    """Give a KWB table our names and numbers."""
    names = {"jaar": "year", "gwb_code": "code", "regio": "name", "recs": "level"}
    # CBS renamed the WOZ column in 2020.
    table = _check(table.rename(columns=names | {"g_wozbag": "g_woz"}))
    table = _numbers(table, KWB)
    if {"a_inw", "a_00_14"} <= set(table.columns):
        table["a_15_oo"] = table["a_inw"] - table["a_00_14"]
    return table


def _leefbaarometer(table: pd.DataFrame, sizes: pd.DataFrame | None) -> pd.DataFrame:
    """Give a Leefbaarometer table our names and numbers, and the dwellings behind a score.

    The number of dwellings only guards against small areas, so the nearest known year will do.
    """
    names = {"jaar": "year", "naam": "name", "niveau": "level"}
    table = _numbers(_check(table.rename(columns=names)), LEEFBAAROMETER)
    table["n"] = float("nan")
    if sizes is None or "a_woning" not in sizes:
        return table
    dwellings = sizes[["year", "code", "a_woning"]].dropna().sort_values("year")
    dwellings = dwellings.rename(columns={"a_woning": "n"})
    return pd.merge_asof(
        table.drop(columns="n").sort_values("year"),
        dwellings, on="year", by="code", direction="nearest",
    )  # fmt: skip


def _tidy(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """One row per region, year and indicator."""
    parts = []
    for item in CATALOGUE:
        columns = {item.column, item.per, item.base} - {""}
        if item.source is not source or not columns <= set(table.columns):
            continue
        part = table[["code", "level", "year"]].assign(indicator=item.id)
        value = table[item.column]
        part["n"] = table[item.base] if item.base else value
        part["cases"] = value if item.per else float("nan")
        if item.per:
            # An empty area has no shares, so a base of nought gives a missing value.
            value = value / table[item.per].where(table[item.per] > 0)
        elif item.kind == "share":
            value = value / 100
        part["value"] = value
        small = too_small(part["n"], part["cases"], item.counted)
        part["flag"] = "ok"
        part.loc[small, "flag"] = "small"
        part.loc[value.isna(), "flag"] = "missing"
        parts.append(part)
    columns = ["code", "level", "year", "indicator", "value", "n", "cases", "flag"]
    return pd.concat(parts, ignore_index=True)[columns]


def _regions(rows: pd.DataFrame) -> pd.DataFrame:
    """Name, level and parent of every region; CBS codes hold the code of what lies above."""
    newest = rows.sort_values("year", kind="stable").drop_duplicates("code", keep="last")
    regions = newest.set_index("code")[["name", "level"]].sort_index()
    land = next(iter(regions.index[regions["level"] == "land"]), "")

    def parent(code, level):
        above = {"buurt": f"WK{code[2:8]}", "wijk": f"GM{code[2:6]}", "gemeente": land}
        return above.get(level, "")

    regions["parent"] = [
        parent(c, lv) for c, lv in zip(regions.index, regions["level"], strict=True)
    ]
    lost = set(regions["parent"]) - set(regions.index) - {""}
    if lost:
        raise AreaError(f"Het gebied {min(lost)} ontbreekt, maar er liggen wel gebieden in.")
    return regions


def _boundary_changes(table: pd.DataFrame) -> dict[str, list[int]]:
    """Years in which a boundary changed: ``ind_wbi`` 3 ("niet vergelijkbaar")."""
    if "ind_wbi" not in table:
        return {}
    changed = table[table["ind_wbi"] == "3"].sort_values("year")
    return changed.groupby("code")["year"].apply(lambda years: list(map(int, years))).to_dict()
