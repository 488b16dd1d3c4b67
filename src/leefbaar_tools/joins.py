"""Everything in the store that belongs together, as one area."""

import json
from collections.abc import Callable
from functools import partial

import pandas as pd

from .areas import HEALTH, KWB, LEEFBAAROMETER, POLICE, Area, area_of, used_columns
from .divisions import Links, left_out, linked_years, offence_notes, unknown_division
from .entries import Entry
from .parquet import LAND
from .sources.tables import SourceError

# The tables an area is made of.
SOURCES = {"kwb": KWB, "leefbaarometer": LEEFBAAROMETER, "politie": POLICE, "gezondheid": HEALTH}
# What an area needs of Kerncijfers beside its figures.
ABOUT = ("jaar", "gwb_code", "regio", "recs", "ind_wbi", "a_opp_ha")
# Energy, income and care: CBS fills these in later editions. Where none is filled in, this is the
# first edition of the year.
LATER = ("g_ele", "g_gas", "g_ink_pi", "g_hh_sti", "a_jz_tn", "a_wmo_t")
FIRST_EDITION = "voorlopige eerste uitgave"


class Joins:
    """What `store.Store` does to make an area of one gemeente."""

    def area(self, gemeente: str) -> Area:
        """Make an area of one gemeente from everything that belongs together.

        Figures of another year of division are joined only where ``ind_wbi`` of every year in
        between says that nothing changed; `Area.notes` says what was left out.

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
        table = self._kerncijfers(gemeente)
        base = int(table["jaar"].max())
        links = Links(table, gemeente)
        kern, notes = linked_years(table, base, links)
        found = {}
        for source in (name for name in SOURCES if name != "kwb"):
            found[source], lines = self._spared(self._joined, source, gemeente, base, links)
            notes += lines
        if found["politie"] is not None:
            notes += offence_notes(found["politie"], set(kern["jaar"]))
        if (scores := found["leefbaarometer"]) is not None:
            found["leefbaarometer"] = scores.assign(naam=scores["code"].map(links.names()))
        shapes, lines = self._spared(self._shapes, gemeente, base, links)
        return area_of(
            kern,
            **found,
            boundaries=shapes,
            editions=self._editions(table, gemeente),
            notes=(*notes, *lines),
        )

    def _kerncijfers(self, gemeente: str) -> pd.DataFrame:
        """Return the rows of a gemeente and the country, of years that have the gemeente."""
        # All 124 columns of 13 years take ten times as long.
        columns = {*ABOUT, *LATER, *used_columns(KWB)}
        table = self._read("kwb", None, (gemeente, LAND), columns)
        years = table.loc[table["gwb_code"] == gemeente, "jaar"]
        if years.empty:
            raise SourceError(
                f"Van de gemeente {gemeente} zijn er nog geen kerncijfers. Download ze bij CBS en "
                "lees ze in met: leefbaar data import BESTAND"
            )
        return table[table["jaar"].isin(years)].reset_index(drop=True)

    def _editions(self, kern: pd.DataFrame, gemeente: str) -> dict:
        """Return edition and division per table and year, for the source line."""
        entries = [entry for source in SOURCES for entry in self._of(source, gemeente)]
        found = {(SOURCES[e.source].table, e.year): _edition(e) for e in entries}
        for year in first_editions(kern):
            edition, division = found[(KWB.table, year)]
            found[(KWB.table, year)] = (f"{edition}, {FIRST_EDITION}", division)
        return found

    def _spared(self, read: Callable, *what):
        """Read what an area can do without: damage to it is a note."""
        try:
            return self._calmly(lambda: read(*what))
        except SourceError as error:
            return None, [str(error)]

    def _joined(self, source: str, gemeente: str, base: int, links: Links):
        """Return the rows of a source on places that are in Kerncijfers, and notes."""
        entries = self._of(source, gemeente)
        if not entries:
            return None, []
        table = self._read(source, None, (gemeente, LAND), only=_needed(source))
        own = table["code"].str.startswith(("GM", "WK", "BU"))
        if not own.any():
            return None, [f"In {entries[-1].title} staat niets over {links.names()[gemeente]}."]
        parts, notes = [], []
        for division in dict.fromkeys(entry.division for entry in entries):
            years = [entry.year for entry in entries if entry.division == division]
            rows = table[table["jaar"].isin(years)]
            fits = links.codes(division, base)
            parts.append(rows[rows["code"].isin(fits)])
            what = entries[-1].title
            if division is None:
                notes.append(unknown_division(what, years))
            else:
                notes += left_out(what, division, base, set(rows["code"]), fits, links)
        joined = pd.concat(parts, ignore_index=True)
        # The country belongs to every division: alone it is no figure of this gemeente.
        empty = joined["code"].str.startswith("NL").all()
        return (None if empty else joined), notes

    def _shapes(self, gemeente: str, base: int, links: Links):
        entries = self._of("grenzen", gemeente)
        if not entries:
            return None, []
        # The map of the year itself, else the nearest one that has this gemeente.
        for entry in sorted(entries, key=lambda entry: (abs(entry.division - base), -entry.year)):
            frame = self._read("grenzen", entry.year, (gemeente,))
            frame = frame[~frame["water"].astype(bool)]
            if len(frame):
                break
        else:
            return None, [f"Van {links.names()[gemeente]} is er geen kaart."]
        fits = links.codes(entry.division, base)
        note = left_out(entry.title, entry.division, base, set(frame["code"]), fits, links)
        frame = frame[frame["code"].isin(fits)]
        return partial(_features, dict(zip(frame["code"], frame["geometry"], strict=True))), note


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


def _edition(entry: Entry) -> tuple[str, int]:
    return entry.edition or "onbekend", entry.division
