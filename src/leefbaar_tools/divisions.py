"""Which places are the same in two years of division; what is left out because nobody can tell.

CBS says of each region and year whether it is what it was the year before (``ind_wbi``). Figures of
different divisions belong together only where every year in between says so, or where a concordance
("omnummertabel") says what became what.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd

from .areas import MOST_YEARS_APART, POLICE, with_adults, yearly
from .dutch import join_words, years_words

# A boundary changed less than this share of the area: the same gemeente.
SAME_SURFACE = 0.01
ABOVE = {"WK": slice(2, 8), "GM": slice(2, 6)}
# Stands for places that nobody can name.
UNKNOWN = "?"

Neighbours = dict[str, set[str]]


@dataclass(frozen=True)
class Hop:
    """What became what between two years: the neighbours of a code in the other year.

    A code without neighbours is one of which nobody knows what it became.
    """

    forward: Neighbours
    backward: Neighbours

    @classmethod
    def of(cls, pairs) -> "Hop":
        """Make both ways of pairs of an old and a new code."""
        hop = cls({}, {})
        for old, new in pairs:
            hop.forward.setdefault(old, set()).add(new)
            hop.backward.setdefault(new, set()).add(old)
        return hop


class Links:
    """Which codes mean the same place in two years of division.

    Parameters
    ----------
    kern : DataFrame
        Kerncijfers of all years of a gemeente, and of those it exchanged places with.
    gemeente : str
        Its code.
    tables : dict of (int, int) to set of (str, str)
        Concordances: per two years pairs of an old and a new code.
    """

    def __init__(self, kern: pd.DataFrame, gemeente: str, tables: dict | None = None):
        self.gemeente = gemeente
        self.tables = tables or {}
        self.rows = {int(year): rows for year, rows in kern.groupby("jaar")}
        self.base = int(kern.loc[kern["gwb_code"] == gemeente, "jaar"].max())
        # Per year the codes that are what they were the year before, and those that are not.
        self.same, self.changed = {}, {}
        for year, rows in self.rows.items():
            if "ind_wbi" in rows:
                signs = dict(zip(rows["gwb_code"], rows["ind_wbi"], strict=True))
                self.same[year] = {code for code, sign in signs.items() if sign == "1"}
                self.changed[year] = {code for code, sign in signs.items() if sign in ("2", "3")}
        own = self.rows[self.base]
        inside = own["gwb_code"].str[2:6] == gemeente[2:]
        self.names = own[inside | own["gwb_code"].str.startswith("NL")].set_index("gwb_code")[
            "regio"
        ]
        # What became what between two years, worked out once.
        self._hop = cache(self._new_hop)
        self.parts = cache(self._parts)
        self._sizes = cache(self._new_sizes)

    def missing_years(self, year: int) -> list[int]:
        """Years that would have to be here to know what changed."""
        return [
            last
            for first, last in self._steps(year)
            if (first, last) not in self.tables and last not in self.rows
        ]

    def unsigned_years(self, year: int) -> list[int]:
        """Years whose Kerncijfers do not say what changed; some editions lack it."""
        return [
            last
            for first, last in self._steps(year)
            if (first, last) not in self.tables
            and last in self.rows
            and not self.same.get(last)
            and not self.changed.get(last)
        ]

    def _parts(self, year: int | None) -> dict[str, tuple[str, ...]]:
        """Return what places of the base year consist of in another year of division.

        Returns
        -------
        dict of str to tuple of str
            Per code of the base year the codes that were, whole and alone, that place. A place of
            which this is not known is not there; none is when the year is None, because nobody
            knows on which division the figures stand.
        """
        if year is None:
            return {}
        same = set(self.names.index)
        steps = self._steps(year)
        for first, last in steps:
            same &= self._same(first, last)
        mentioned = {code for step in steps for pair in self.tables.get(step, ()) for code in pair}
        found = {
            code: (code,)
            for code in self.names.index
            if code.startswith("NL") or (code in same and code not in mentioned)
        }
        if mentioned:
            rest = [code for code in self.names.index if code not in found]
            found |= {code: parts for code in rest if (parts := self._whole(code, year))}
        if self.gemeente not in found and self._same_surface(year):
            found[self.gemeente] = (self.gemeente,)
        return found

    def misfits(self, year: int) -> list[str]:
        """Codes of which a concordance says what they consist of, but the surface says no."""
        if not any(step in self.tables for step in self._steps(year)):
            return []
        rest = [code for code in self.names.index if code not in self.parts(year)]
        return [code for code in rest if self._known(code, year)]

    def open_ends(self, first: int, last: int) -> tuple[list[str], list[str]]:
        """Return the codes of two years of which nobody knows what they became, or were.

        Only of the gemeente itself, wijken aside: those follow from their buurten.
        """
        hop = self._hop(first, last)
        ends = ((first, hop.forward), (last, hop.backward))
        return tuple(
            [
                code
                for code in self.rows[year]["gwb_code"]
                if code.startswith("BU") and code[2:6] == self.gemeente[2:] and code not in ways
            ]
            for year, ways in ends
        )

    def is_renumbered(self, year: int | None) -> bool:
        """Whether a concordance was needed to find any place in another year."""
        return any(parts != (code,) for code, parts in self.parts(year).items())

    def _whole(self, code: str, year: int) -> tuple[str, ...]:
        parts = self._known(code, year)
        return parts if self._fits(code, parts, year) else ()

    def _known(self, code: str, year: int) -> tuple[str, ...]:
        """Return the codes that went into a place with all they had; empty when not known."""
        parts = self._walk(code, self.base, year)
        if all(self._walk(part, year, self.base) == {code} for part in parts):
            return tuple(sorted(parts))
        return ()

    def _walk(self, code: str, start: int, end: int) -> set[str]:
        """Follow a code from one year to another; empty when anything on the way is unknown."""
        codes = {code}
        steps = self._steps(start, end)
        for first, last in steps if start < end else reversed(steps):
            hop = self._hop(first, last)
            ways = hop.forward if start < end else hop.backward
            if not all(ways.get(one) for one in codes):
                return set()
            codes = set().union(*(ways[one] for one in codes))
            if UNKNOWN in codes:
                return set()
        return codes

    def _steps(self, start: int, end: int | None = None) -> list[tuple[int, int]]:
        """Return the steps between two years, from old to new: a concordance as far as it goes."""
        first, last = sorted((start, self.base if end is None else end))
        steps = []
        while first < last:
            reach = [b for a, b in self.tables if a == first and b <= last]
            steps.append((first, max(reach, default=first + 1)))
            first = steps[-1][1]
        return steps

    def _same(self, first: int, last: int) -> set[str]:
        """Return the codes that CBS calls the same in every year of a step."""
        signs = [self.same.get(year, set()) for year in range(first + 1, last + 1)]
        return set.intersection(*signs)

    def _new_hop(self, first: int, last: int) -> Hop:
        same = {(code, code) for code in self._same(first, last)}
        pairs = same | self.tables.get((first, last), set())
        hop = Hop.of(pairs)
        if pairs != same and first in self.rows and last in self.rows:
            hop = Hop.of(pairs | set(self._above(hop, first, last)))
        return hop

    def _above(self, hop: Hop, first: int, last: int) -> Iterator[tuple[str, str]]:
        """Say of wijken and gemeenten what became what, from what became of their buurten.

        One with a buurt of which that is not known, goes to a place that nobody knows as well;
        unless CBS or the concordance speaks of itself.
        """
        old, new = (
            [code for code in self.rows[year]["gwb_code"] if code.startswith("BU")]
            for year in (first, last)
        )
        for kind, digits in ABOVE.items():
            for code in old:
                above = f"{kind}{code[digits]}"
                for found in hop.forward.get(code, ()):
                    yield above, f"{kind}{found[digits]}"
                if code not in hop.forward and above not in hop.forward:
                    yield above, UNKNOWN
            for code in new:
                above = f"{kind}{code[digits]}"
                if code not in hop.backward and above not in hop.backward:
                    yield UNKNOWN, above

    def _fits(self, code: str, parts: tuple[str, ...], year: int) -> bool:
        """Whether the parts are together as large as the place; true when a size is unknown.

        A list of codes is made by hand. A part that was forgotten shows here.
        """
        sizes = [self._sizes(year).get(part) for part in parts]
        whole = self._sizes(self.base).get(code)
        if whole is None or None in sizes:
            return True
        # Sizes are in whole hectares.
        return abs(sum(sizes) - whole) <= SAME_SURFACE * whole + (len(parts) + 1) / 2

    def column(self, year: int, name: str) -> pd.Series:
        """Return a column of Kerncijfers of a year by code; empty when it is not here."""
        rows = with_adults(self.rows.get(year, pd.DataFrame(columns=["gwb_code"])))
        if name not in rows:
            return pd.Series(dtype=float)
        return rows.set_index("gwb_code")[name].dropna()

    def _new_sizes(self, year: int) -> dict[str, float]:
        return self.column(year, "a_opp_ha").to_dict()

    def _same_surface(self, year: int) -> bool:
        """Whether a gemeente is as large as it was: CBS did not always say if it changed."""
        if any(
            self.gemeente in self.changed.get(step, ())
            for first, last in self._steps(year)
            for step in range(first + 1, last + 1)
        ):
            return False
        old, new = (self._sizes(one).get(self.gemeente) for one in (year, self.base))
        return None not in (old, new) and abs(old - new) <= SAME_SURFACE * new


def left_out(what: str, year: int, codes: set[str], used: set[str], links: Links) -> list[str]:
    """Say how many regions of a table were joined, when not all were or some got another code.

    Parameters
    ----------
    codes, used : set of str
        The codes of the table in the division of a year, and those that were joined.
    """
    joined = {code for code in used if not code.startswith("NL")}
    own = {code for code in codes if code[2:6] == links.gemeente[2:]} | joined
    said = []
    if joined != own:
        said.append(
            f"{len(joined)} van de {len(own)} gebieden horen zeker bij de indeling van "
            f"{links.base}. De andere zijn weggelaten."
        )
        if lost := links.missing_years(year):
            said.append(
                f"Lees ook de kerncijfers van {years_words(lost)} in, dan is te zien wat gelijk "
                "bleef."
            )
        if bare := links.unsigned_years(year):
            said.append(
                f"In de kerncijfers van {years_words(bare)} staat niet welke gebieden veranderden. "
                "Haal ze opnieuw op, of neem een ander bestand van dat jaar."
            )
    parts = [parts for code, parts in links.parts(year).items() if parts != (code,)]
    if parts := [some for some in parts if set(some) <= used]:
        said.append(_renumbered(parts))
    if odd := links.misfits(year):
        names = join_words([f"{links.names[code]} ({code})" for code in odd[:3]])
        more = f" en nog {len(odd) - 3}" if len(odd) > 3 else ""
        said.append(
            f"Bij {names}{more} klopt de oppervlakte niet met de omnummertabel. Kijk of daar elke "
            "oude code in staat."
        )
    return [f"{what}, gebiedsindeling {year}: {' '.join(said)}"] if said else []


def _renumbered(parts: list[tuple[str, ...]]) -> str:
    merged = sum(len(some) > 1 for some in parts)
    others = len(parts) - merged
    said = []
    if others:
        said.append(f"{others} {'kreeg' if others == 1 else 'kregen'} een andere code")
    if merged:
        said.append(f"{merged} {'is' if merged == 1 else 'zijn'} samengevoegd uit meer gebieden")
    return f"Volgens de omnummertabel: {join_words(said)}."


def unknown_codes(links: Links) -> list[str]:
    """Say which codes of a concordance are not in the Kerncijfers of their year."""
    notes = []
    for (first, last), pairs in links.tables.items():
        for year, codes in zip((first, last), map(set, zip(*pairs, strict=True)), strict=True):
            rows = links.rows.get(year)
            if rows is not None and (lost := sorted(codes - set(rows["gwb_code"]))):
                more = f" en nog {len(lost) - 3}" if len(lost) > 3 else ""
                verb = "staat" if len(lost) == 1 else "staan"
                notes.append(
                    f"Omnummertabel van {first} naar {last}: {join_words(lost[:3])}{more} {verb} "
                    f"niet in de kerncijfers van {year}. Kijk of dat klopt."
                )
    return notes


def offence_notes(offences: pd.DataFrame, years: set[int]) -> list[str]:
    """Say of which years there is no number of offences per 1 000 inhabitants, and why."""
    counted = set(yearly(offences).dropna(subset="aantal")["jaar"])
    half = set(offences.loc[offences["maand"] > 0, "jaar"]) - counted
    far = {y for y in counted if min(abs(y - known) for known in years) > MOST_YEARS_APART}
    notes = []
    if half:
        notes.append(
            f"{POLICE.table} van {years_words(half)}: niet alle twaalf maanden zijn bekend, dus er "
            "is geen cijfer over het hele jaar."
        )
    if far:
        notes.append(
            f"{POLICE.table} van {years_words(far)}: er zijn geen inwonertallen van hooguit "
            f"{MOST_YEARS_APART} jaar eerder of later, dus geen cijfers per 1.000 inwoners. Lees "
            "ook de kerncijfers van die jaren in."
        )
    return notes


def unknown_division(what: str, years: list[int]) -> str:
    """Say that nobody knows on which division figures stand, and what to do."""
    return (
        f"{what}, {years_words(years)}: het bestand zegt niet op welke gebiedsindeling de "
        "cijfers staan. Ze zijn weggelaten. Lees een bestand in met ook nieuwere jaren: daaruit "
        "blijkt de indeling."
    )
