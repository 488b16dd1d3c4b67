"""One `Area`: tidy indicators per gemeente, wijk and buurt, whatever the source.

Sources differ in columns, codes and gaps; the rest of the library sees only what is
here. The form of the tables read: the wide Kerncijfers wijken en buurten (KWB) of CBS with
a column ``jaar``, the Leefbaarometer table with ``code, naam, niveau, jaar``, and the long tables
of registered offences and of health, as their readers return them.
"""

import csv
import json
import re
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from .dutch import years_words
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
    "volwassenen": 50,
    # Offences count where they happen, whoever lives there: a beach or a shopping street with 115
    # inhabitants has over 1 500 of them per 1 000. Below 250 one offence is 4 per 1 000 or more.
    "vaste inwoners": 250,
}
MINIMUM_CASES = 10

SIZED = "sized"  # column with the year that the number behind a figure is of

# Further apart than this, the number of inhabitants says too little about the year itself.
MOST_YEARS_APART = 3

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


class NoFigure(AreaError):
    """A figure that exists, but not in these data."""


@dataclass(frozen=True)
class Source:
    """Who publishes a table, and on which division its years stand.

    ``newest_division`` is true when every edition recalculates all years on the newest
    division (Leefbaarometer), false when each year has its own division (KWB). ``remark`` is
    Dutch, for the source line: how was counted. ``from_registers`` is true when its model is fed
    with figures of Kerncijfers such as income, so that it says nothing new about those.
    """

    publisher: str
    table: str
    modelled: bool
    newest_division: bool
    remark: str = ""
    from_registers: bool = False


KWB = Source("CBS", "Kerncijfers wijken en buurten", modelled=False, newest_division=False)
LEEFBAAROMETER = Source("Ministerie van BZK", "Leefbaarometer", modelled=True, newest_division=True)
POLICE = Source(
    "Politie",
    "Geregistreerde misdrijven",
    modelled=False,
    newest_division=True,
    remark="geteld waar het gebeurde, inwoners volgens CBS, Kerncijfers wijken en buurten",
)
HEALTH = Source(
    "GGD'en, CBS en RIVM",
    "Gezondheid per wijk en buurt",
    modelled=True,
    newest_division=True,
    remark="mensen van 18 jaar en ouder",
    from_registers=True,
)


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
    times : int
        What the quotient is multiplied by: 1000 for a number per 1 000.
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
    times: int = 1

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


def _offences(id, title, kind, decimals=1):
    return Indicator(
        id,
        title,
        f"{title} per 1.000 inwoners",
        "amount",
        kind,
        per="a_inw",
        base="a_inw",
        counted="vaste inwoners",
        better="lower",
        decimals=decimals,
        source=POLICE,
        times=1000,
    )


def _health(id, title, column, better=None):
    # CBS does not count those of 18 and older. There are never more of them than of 15 and older,
    # and that number only guards against small areas.
    return Indicator(
        id,
        title,
        "van de 10 volwassenen",
        "share",
        column,
        base="a_15_oo",
        counted="volwassenen",
        better=better,
        source=HEALTH,
    )


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
    # 0.0.0 is the total of all kinds and is never added to one. Shoplifting is not here: it says
    # how many shops there are. Kinds are not added: where one of two is missing, so is the sum.
    _offences("offences", "alle geregistreerde misdrijven", "0.0.0", decimals=0),
    _offences("burglary", "diefstal en inbraak uit woningen", "1.1.1"),
    _offences("vandalism", "vernieling", "2.2.1"),
    _offences("assault", "mishandeling", "1.4.5"),
    _offences("threat", "bedreiging", "1.4.4"),
    _offences("neighbour_quarrels", "burengerucht en relatieproblemen", "2.4.1"),
    _offences("drug_drink_nuisance", "drugs- en drankoverlast", "2.1.1"),
    _offences("other_nuisance", "andere misdrijven rond leefbaarheid", "2.7.3"),
    _health(
        "good_health", "mensen die hun gezondheid goed of zeer goed noemen",
        "ErvarenGezondheidGoedZeerGoed", better="higher",
    ),
    _health("lonely", "mensen die zich eenzaam voelen", "Eenzaam", better="lower"),
    _health(
        "very_lonely", "mensen die zich ernstig of zeer ernstig eenzaam voelen",
        "ErnstigZeerErnstigEenzaam", better="lower",
    ),
    _health(
        "making_ends_meet", "mensen die moeite hebben met rondkomen", "MoeiteMetRondkomen",
        better="lower",
    ),
    # "Matig of veel regie over eigen leven": a score of 20 to 35 on seven statements (RIVM).
    _health(
        "in_control", "mensen met matig of veel grip op hun eigen leven",
        "MatigVeelRegieOverEigenLeven", better="higher",
    ),
    _health(
        "neighbour_noise", "mensen met ernstige geluidhinder door buren",
        "ErnstigeGeluidhinderDoorBuren", better="lower",
    ),
    _health("volunteers", "mensen die vrijwilligerswerk doen", "Vrijwilligerswerk"),
    _health("carers", "mantelzorgers", "Mantelzorger"),
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
        divided_by=None,
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
        # Per year of offences the years of the inhabitants they were divided by.
        self._divided_by = divided_by or {}
        self._cells = values.set_index(["indicator", "code", "year"]).sort_index()

    def indicator(self, id: str) -> Indicator:
        """Return an indicator by its id; `AreaError` when this area does not have it."""
        if id not in self.indicators:
            title = next((item.title for item in CATALOGUE if item.id == id), "")
            if not title:
                raise AreaError(f"Het cijfer “{id}” ken ik niet.")
            raise NoFigure(f"Het cijfer over {title} is er niet in deze gegevens.")
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
        years = f"{since} tot en met {year}" if since and since != year else f"{year}"
        line = (
            f"{known.source.publisher}, {known.source.table}, {years}, "
            f"{_edition_words(edition)}, gebiedsindeling {division}"
        )
        if known.source.remark:
            line += f", {known.source.remark}"
        if known.source is POLICE:
            line += f" van {self._inhabitants_of(since or year, year)}"
        if known.modelled:
            line += ", schatting met een rekenmodel"
        if self.notice:
            line = f"{self.notice}: verzonnen cijfers, geen echte buurt. Nagemaakt naar {line}"
        return f"{line}."

    def _inhabitants_of(self, first: int, last: int) -> str:
        """Say of which years the inhabitants are that offences are divided by."""
        used = [years for year, years in self._divided_by.items() if first <= year <= last]
        return years_words(sorted(set().union(*used))) if used else "een ander jaar"

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


def _edition_words(edition) -> str:
    """Say which edition it is; StatLine has a number for each table."""
    kind = "tabel" if re.match(r"\d{5}NED", str(edition)) else "editie"
    return f"{kind} {edition or 'onbekend'}"


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
    kerncijfers=None,
    leefbaarometer=None,
    politie=None,
    gezondheid=None,
    *,
    boundaries=None,
    notice="",
    editions=None,
    notes=(),
) -> Area:
    """Make an area of tables that are already in memory, as text or as numbers.

    Parameters
    ----------
    kerncijfers, leefbaarometer : DataFrame, optional
        In the forms of `read_area`. At least one is needed.
    politie : DataFrame, optional
        Registered offences: ``code, jaar, maand`` (0 for a year), ``soort, aantal``.
    gezondheid : DataFrame, optional
        Health: ``code, jaar, leeftijd, marge, cijfer, waarde`` (percent).
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
    regions = _regions(pd.concat([table for table, _ in parts]))
    divided_by = {}
    if politie is not None:
        offences = _offences_table(politie, sizes, regions)
        parts.append((offences, POLICE))
        if SIZED in offences:
            sized = offences.dropna(subset=SIZED)
            divided_by = sized[SIZED].astype(int).groupby(sized["year"]).agg(set).to_dict()
    if gezondheid is not None:
        parts.append((_health_table(gezondheid, sizes, regions), HEALTH))
    values = pd.concat([_tidy(table, source) for table, source in parts], ignore_index=True)
    # The country alone is no figure of this area.
    own = values[values["value"].notna() & (values["level"] != "land")]
    known = own.groupby("indicator")["year"].unique()
    indicators = {
        item.id: replace(item, years=tuple(sorted(map(int, known[item.id]))))
        for item in CATALOGUE
        if item.id in known.index
    }
    values = values[values["indicator"].isin(indicators)].reset_index(drop=True)
    return Area(
        indicators=indicators,
        values=values,
        regions=regions,
        boundary_changes={} if sizes is None else _boundary_changes(sizes),
        notice=notice,
        boundaries=boundaries,
        editions=editions,
        divided_by=divided_by,
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
    # Each region once, not once a year.
    for code, level in dict.fromkeys(zip(table["code"], table["level"], strict=True)):
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


def denominators(source: Source) -> dict[str, str]:
    """Return per share and average of a source the column with what it was divided by."""
    found = {i.column: i.base for i in CATALOGUE if i.source is source and i.base and not i.per}
    # What counts for the size of its area is people, but it was divided by land.
    return found | {"bev_dich": "a_lan_ha"}


def with_adults(table: pd.DataFrame) -> pd.DataFrame:
    """Add ``a_15_oo``, 15 and older: not a column of CBS, but inhabitants minus those under 15."""
    if not {"a_inw", "a_00_14"} <= set(table.columns):
        return table
    return table.assign(a_15_oo=table["a_inw"] - table["a_00_14"])


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
    return with_adults(_numbers(table, KWB))


def _leefbaarometer(table: pd.DataFrame, sizes: pd.DataFrame | None) -> pd.DataFrame:
    """Give a Leefbaarometer table our names and numbers, and the dwellings behind a score.

    The number of dwellings only guards against small areas, so the nearest known year will do.
    """
    names = {"jaar": "year", "naam": "name", "niveau": "level"}
    table = _numbers(_check(table.rename(columns=names)), LEEFBAAROMETER)
    return _with_size(table, sizes, "a_woning").rename(columns={"a_woning": "n"})


def _with_size(table: pd.DataFrame, sizes, column: str, most: int | None = None) -> pd.DataFrame:
    """Add a number of Kerncijfers to another table: that of the nearest year that has it.

    Parameters
    ----------
    most : int, optional
        How many years apart it may be at most.
    """
    if sizes is None or column not in sizes:
        return table.assign(**{column: float("nan")})
    known = sizes[["year", "code", column]].dropna().sort_values("year")
    known[SIZED] = known["year"]
    return pd.merge_asof(
        table.sort_values("year"), known, on="year", by="code", direction="nearest", tolerance=most
    )


def yearly(offences: pd.DataFrame) -> pd.DataFrame:
    """Return offences per year: ``code, jaar, soort, aantal``.

    A year as it was published goes before its months. Months make a year only when all twelve are
    known: one that is missing is no nought.
    """
    keys = ["code", "jaar", "soort"]
    whole = offences["maand"] == 0
    years, months = offences[whole], offences[~whole]
    if months.empty:
        return years[[*keys, "aantal"]]
    sums = months.groupby(keys, as_index=False)["aantal"].agg(["sum", "count"])
    sums["aantal"] = sums["sum"].where(sums["count"] == 12)
    both = pd.concat([years, sums])[[*keys, "aantal"]]
    return both.drop_duplicates(keys, keep="first").reset_index(drop=True)


def _offences_table(table: pd.DataFrame, sizes, regions: pd.DataFrame) -> pd.DataFrame:
    """Return a column per kind of offence, with the inhabitants of the nearest year."""
    wide = _widened(yearly(table), "soort", "aantal", regions)
    return _with_size(wide, sizes, "a_inw", most=MOST_YEARS_APART)


def _health_table(table: pd.DataFrame, sizes, regions: pd.DataFrame) -> pd.DataFrame:
    """Return a column per figure of all adults: the estimates themselves, not their bounds."""
    table = table[(table["leeftijd"] == "18+") & (table["marge"] == "waarde")]
    return _with_size(_widened(table, "cijfer", "waarde", regions), sizes, "a_15_oo")


def _widened(table: pd.DataFrame, name: str, value: str, regions: pd.DataFrame) -> pd.DataFrame:
    """Return a row per region and year, a column per `name`; only of regions that are known."""
    table = table[table["code"].isin(regions.index)]
    double = table.duplicated(["code", "jaar", name])
    if double.any():
        row = table[double].iloc[0]
        raise AreaError(f"{row['code']} staat twee keer in de cijfers over {row['jaar']}.")
    wide = table.pivot(index=["code", "jaar"], columns=name, values=value).reset_index()
    wide = wide.rename(columns={"jaar": "year"}).rename_axis(columns=None)
    wide["level"] = wide["code"].map(regions["level"])
    return wide


def _tidy(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """One row per region, year and indicator."""
    # In bare arrays: tables of a few columns for each indicator took most of the time.
    columns = {name: table[name].to_numpy() for name in table.columns}
    unknown = np.full(len(table), np.nan)
    found = []
    for item in CATALOGUE:
        if item.source is source and {item.column, item.per, item.base} - {""} <= set(columns):
            value = columns[item.column].astype(float)
            n = columns[item.base or item.column]
            cases = value if item.per else unknown
            if item.per:
                # An empty area has no shares, so a base of nought gives a missing value.
                per = columns[item.per].astype(float)
                value = value / np.where(per > 0, per, np.nan) * item.times
            elif item.kind == "share":
                value = value / 100
            if item.kind == "share":
                # CBS rounds to fives: of 58 inhabitants, 60, all may be 65 or older, "65".
                value = np.minimum(value, 1)
            flag = np.where(too_small(n, cases, item.counted), "small", "ok")
            found.append((item.id, value, n, cases, np.where(np.isnan(value), "missing", flag)))
    about = table[["code", "level", "year"]]
    if not found:
        return about.iloc[:0].assign(indicator="", value=0.0, n=0.0, cases=0.0, flag="")
    tidy = pd.concat([about] * len(found), ignore_index=True)
    ids, *rest = zip(*found, strict=True)
    tidy["indicator"] = np.repeat(ids, len(table))
    for name, parts in zip(("value", "n", "cases", "flag"), rest, strict=True):
        tidy[name] = np.concatenate(parts)
    return tidy


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
        raise AreaError(
            f"Het gebied {min(lost)} ontbreekt, maar er liggen wel gebieden in. "
            "Lees ook een bestand in waar dat gebied in staat."
        )
    return regions


def _boundary_changes(table: pd.DataFrame) -> dict[str, list[int]]:
    """Years in which a boundary changed: ``ind_wbi`` 3 ("niet vergelijkbaar")."""
    if "ind_wbi" not in table:
        return {}
    changed = table[table["ind_wbi"] == "3"].sort_values("year")
    return changed.groupby("code")["year"].apply(lambda years: list(map(int, years))).to_dict()
