"""Everything in the store that belongs together, as one area."""

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pandas as pd

from .areas import (
    HEALTH,
    KWB,
    LEEFBAAROMETER,
    POLICE,
    Area,
    area_of,
    used_columns,
)
from .divisions import Links, left_out, offence_notes, unknown_codes, unknown_division
from .dutch import format_number, join_words
from .entries import Entry
from .merging import (
    merged_health,
    merged_kerncijfers,
    merged_offences,
    merged_shapes,
    renumbered,
)
from .parquet import LAND
from .sources import omnummer
from .sources.tables import SourceError

# The tables an area is made of.
SOURCES = {"kwb": KWB, "leefbaarometer": LEEFBAAROMETER, "politie": POLICE, "gezondheid": HEALTH}
# What an area needs of Kerncijfers beside its figures.
ABOUT = ("jaar", "gwb_code", "regio", "recs", "ind_wbi", "a_opp_ha", "a_lan_ha")
# Energy, income and care: CBS fills these in later editions. Where none is filled in, this is the
# first edition of the year.
LATER = ("g_ele", "g_gas", "g_ink_pi", "g_hh_sti", "a_jz_tn", "a_wmo_t")
FIRST_EDITION = "voorlopige eerste uitgave"


class Joins:
    """What `store.Store` does to make an area of one gemeente."""

    def area(self, gemeente: str) -> Area:
        """Make an area of one gemeente from everything that belongs together.

        Figures of another year of division are joined only where ``ind_wbi`` of every year in
        between says that nothing changed, or a concordance says what changed; `Area.notes` says
        what was left out.

        Parameters
        ----------
        gemeente : str
            Code, such as ``GM0362``.

        Raises
        ------
        SourceError
            When there are no Kerncijfers of this gemeente, or they are damaged. Of another source
            that is damaged `Area.notes` says so.
        """
        return self._calmly(lambda: self._area(gemeente))

    def _area(self, gemeente: str) -> Area:
        tables, gemeenten = self._concordances(gemeente)
        table = self._kerncijfers(gemeente, gemeenten)
        links = Links(table, gemeente, tables)
        kern, notes = _linked_years(table, links)
        found = {}
        for source in (name for name in SOURCES if name != "kwb"):
            found[source], lines = self._spared(self._joined, source, gemeenten, links)
            notes += lines
        if found["politie"] is not None:
            notes += offence_notes(found["politie"], set(kern["jaar"]))
        if (scores := found["leefbaarometer"]) is not None:
            found["leefbaarometer"] = scores.assign(naam=scores["code"].map(links.names))
        shapes, lines = self._spared(self._shapes, gemeenten, links)
        return area_of(
            kern,
            **found,
            boundaries=shapes,
            editions=self._editions(table, gemeenten, links),
            notes=(*notes, *lines, *unknown_codes(links)),
        )

    def _concordances(self, gemeente: str) -> tuple[dict, tuple[str, ...]]:
        """Return the concordances a gemeente is in, and the gemeenten it is in them with.

        Returns
        -------
        dict of (int, int) to set of (str, str)
            Per two years pairs of an old and a new code.
        tuple of str
            The gemeente itself comes last.
        """
        entries = [e for e in self._entries() if omnummer.is_of(e.source)]
        if not entries:
            return {}, (gemeente,)
        pairs = pd.concat([self._load(entry).to_pandas() for entry in entries])
        old, new = ("GM" + pairs[name].str[2:6] for name in ("van", "code"))
        known, before = {gemeente}, set()
        while known != before:
            before = known
            touched = old.isin(known) | new.isin(known)
            known = known | set(old[touched]) | set(new[touched])
        pairs = pairs[old.isin(known)]
        tables = {
            (int(first), int(last)): set(zip(rows["van"], rows["code"], strict=True))
            for (first, last), rows in pairs.groupby(["van_jaar", "jaar"])
        }
        return tables, (*sorted(known - {gemeente}), gemeente)

    def to_renumber(self, gemeente: str) -> dict[tuple[int, int], pd.DataFrame]:
        """Return what a concordance of a gemeente should still tell, per two years that follow.

        Returns
        -------
        dict of (int, int) to DataFrame
            Rows with a code and a name of the old year, then rows with those of the new year; the
            other two cells are empty. Two years between which all is known are not there.

        Raises
        ------
        SourceError
            When there are no Kerncijfers of this gemeente.
        """
        return self._calmly(lambda: self._to_renumber(gemeente))

    def _to_renumber(self, gemeente: str) -> dict[tuple[int, int], pd.DataFrame]:
        tables, gemeenten = self._concordances(gemeente)
        links = Links(self._kerncijfers(gemeente, gemeenten), gemeente, tables)
        found = {}
        for first, last in pairwise(sorted(links.rows)):
            # Kerncijfers of the years between may say that nothing changed: those come first.
            if last > first + 1 and (first, last) not in tables:
                continue
            rows = []
            for year, codes in zip((first, last), links.open_ends(first, last), strict=True):
                names = links.rows[year].set_index("gwb_code")["regio"]
                rows += [{f"code {year}": code, f"naam {year}": names[code]} for code in codes]
            columns = [f"{what} {year}" for year in (first, last) for what in ("code", "naam")]
            if rows:
                found[first, last] = pd.DataFrame(rows, columns=columns)
        return found

    def concordances_status(self) -> list[str]:
        """What is here of concordances, a line each."""
        return [
            f"{entry.title} {entry.year}: {_lines(entry.rows)}, uit "
            + join_words([f"“{file['name']}”" for file in entry.files])
            for entry in self._entries()
            if omnummer.is_of(entry.source)
        ]

    def _kerncijfers(self, gemeente: str, gemeenten: tuple[str, ...]) -> pd.DataFrame:
        """Return the rows of gemeenten and the country, of years that have one of them."""
        # All 124 columns of 13 years take ten times as long.
        columns = {*ABOUT, *LATER, *used_columns(KWB)}
        table = self._read("kwb", None, (*gemeenten, LAND), columns)
        if not (table["gwb_code"] == gemeente).any():
            raise SourceError(
                f"Van de gemeente {gemeente} zijn er nog geen kerncijfers. Download ze bij CBS en "
                "lees ze in met: leefbaar data import BESTAND"
            )
        years = table.loc[table["gwb_code"].isin(gemeenten), "jaar"]
        return table[table["jaar"].isin(years)].reset_index(drop=True)

    def _editions(self, kern: pd.DataFrame, gemeenten: tuple[str, ...], links: Links) -> dict:
        """Return edition and division per table and year, for the source line."""
        # Of a gemeente itself last: of two editions of a year it is the one that is named.
        entries = [e for source in SOURCES for one in gemeenten for e in self._of(source, one)]
        found = {(SOURCES[e.source].table, e.year): _edition(e, links) for e in entries}
        for year in first_editions(kern):
            edition, division = found[(KWB.table, year)]
            known = ", ".join(filter(None, (edition, FIRST_EDITION)))
            found[(KWB.table, year)] = (known, division)
        return found

    def _spared(self, read: Callable, *what):
        """Read what an area can do without: damage to it is a note."""
        try:
            return self._calmly(lambda: read(*what))
        except SourceError as error:
            return None, [str(error)]

    def _joined(self, source: str, gemeenten: tuple[str, ...], links: Links):
        """Return the rows of a source on places that are in Kerncijfers, and notes."""
        entries = self._of(source, *gemeenten)
        if not entries:
            return None, []
        title = entries[-1].title
        joined, notes, there = [], [], False
        for division in dict.fromkeys(entry.division for entry in entries):
            some = [entry for entry in entries if entry.division == division]
            rows = self._rows(some, (*gemeenten, LAND), only=_needed(source))
            there |= rows["code"].str.startswith(("GM", "WK", "BU")).any()
            parts = links.parts(division)
            fits = renumbered(rows, "code", parts, _merge(source, division, links))
            joined.append(fits)
            if division is None:
                notes.append(unknown_division(title, [entry.year for entry in some]))
            else:
                used = {old for new in set(fits["code"]) for old in parts[new]}
                notes += left_out(title, division, set(rows["code"]), used, links)
        if not there:
            return None, [f"In {title} staat niets over {links.names[links.gemeente]}."]
        joined = pd.concat(joined, ignore_index=True)
        # The country belongs to every division: alone it is no figure of this gemeente.
        empty = joined["code"].str.startswith("NL").all()
        return (None if empty else joined), notes

    def _shapes(self, gemeenten: tuple[str, ...], links: Links):
        entries = self._of("grenzen", *gemeenten)
        if not entries:
            return None, []

        def far(entry):
            return abs(entry.division - links.base), -entry.year

        # The map of the year itself, else the nearest one that has this gemeente.
        for entry in sorted(entries, key=far):
            frame = self._rows([entry], gemeenten)
            frame = frame[~frame["water"].astype(bool)]
            parts = links.parts(entry.division)
            # One with only places it was exchanged with is no map of this gemeente.
            own = {old for some in parts.values() for old in some}
            if (frame["code"].isin(own) | (frame["code"].str[2:6] == links.gemeente[2:])).any():
                break
        else:
            return None, [f"Van {links.names[links.gemeente]} is er geen kaart."]
        fits = renumbered(frame, "code", parts, merged_shapes)
        used = {old for new in fits["code"] for old in parts[new]}
        note = left_out(entry.title, entry.division, set(frame["code"]), used, links)
        return partial(_features, dict(zip(fits["code"], fits["geometry"], strict=True))), note


def _linked_years(table: pd.DataFrame, links: Links) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of every year on the places of the newest year, and notes."""
    years, notes = [], []
    for year, rows in table.groupby("jaar"):
        parts = links.parts(year)
        fits = renumbered(rows, "gwb_code", parts, merged_kerncijfers)
        used = {old for new in fits["gwb_code"] for old in parts[new]}
        notes += left_out(KWB.table, year, set(rows["gwb_code"]), used, links)
        # The country alone is no figure of this gemeente.
        if not fits["gwb_code"].str.startswith("NL").all():
            years.append(fits)
    kern = pd.concat(years, ignore_index=True)
    if "ind_wbi" in kern:
        # What was joined to an earlier year can be compared with it, whatever its code was.
        kern.loc[kern.duplicated("gwb_code"), "ind_wbi"] = "1"
    return kern, notes


def _lines(number: int) -> str:
    return f"{format_number(number)} {'regel' if number == 1 else 'regels'}"


def _merge(source: str, division: int | None, links: Links) -> Callable:
    """Return what puts rows of a source of places that became one together."""
    if source == "politie":
        return merged_offences
    if source == "gezondheid":
        return partial(merged_health, people=links.column(division, "a_15_oo"))
    # How a score of a larger place follows from smaller ones is not published.
    return lambda rows: rows.iloc[:0]


def first_editions(kern: pd.DataFrame) -> list[int]:
    """Years of Kerncijfers of which only the first, provisional edition is here.

    CBS fills a table in steps. This is known only when the table has at least three of the
    columns `LATER` and none of them has a figure, also not for the gemeente and the country.
    """
    there = [name for name in LATER if name in kern]
    filled = kern.groupby("jaar")[there].count().sum(axis="columns")
    return [int(year) for year in filled.index[filled == 0]] if len(there) >= 3 else []


def _needed(source: str) -> dict[str, set]:
    """Texts that a row of a long table must have to be of use for an area."""
    if source == "politie":
        return {"soort": used_columns(POLICE) - {"a_inw"}}
    if source == "gezondheid":
        figures = used_columns(HEALTH) - {"a_15_oo"}
        return {"leeftijd": {"18+"}, "marge": {"waarde"}, "cijfer": figures}
    return {}


def _features(shapes: dict[str, str]) -> list[dict]:
    """Return boundaries as features; their text is read only when a map is drawn."""
    return [
        {
            "properties": {"code": code},
            "geometry": {"type": "MultiPolygon", "coordinates": json.loads(shape)},
        }
        for code, shape in shapes.items()
    ]


def _edition(entry: Entry, links: Links) -> tuple[str, int | str | None]:
    division = entry.division
    if links.is_renumbered(division):
        division = f"{division} omgenummerd naar {links.base}"
    return entry.edition, division
