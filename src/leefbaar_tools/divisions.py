"""Which places are the same in two years of division; what is left out because nobody can tell.

CBS says of each region and year whether it is what it was the year before (``ind_wbi``). Figures of
different divisions belong together only where every year in between says so.
"""

import pandas as pd

from .areas import KWB, MOST_YEARS_APART, POLICE, yearly
from .dutch import years_words

# A boundary changed less than this share of the area: the same gemeente.
SAME_SURFACE = 0.01


class Links:
    """Which codes mean the same place in two years of division."""

    def __init__(self, kern: pd.DataFrame, gemeente: str):
        self.gemeente = gemeente
        self.rows = {int(year): rows for year, rows in kern.groupby("jaar")}
        self.base = max(self.rows)
        # Per year the codes that are what they were the year before, and those that are not.
        self.same, self.changed = {}, {}
        for year, rows in self.rows.items():
            if "ind_wbi" in rows:
                signs = dict(zip(rows["gwb_code"], rows["ind_wbi"], strict=True))
                self.same[year] = {code for code, sign in signs.items() if sign == "1"}
                self.changed[year] = {code for code, sign in signs.items() if sign in ("2", "3")}

    def names(self) -> dict[str, str]:
        """Names of the newest year; other tables spell or leave out a name."""
        rows = self.rows[self.base]
        return dict(zip(rows["gwb_code"], rows["regio"], strict=True))

    def missing_years(self, year: int, base: int) -> list[int]:
        """Years that would have to be here to know what changed."""
        first, last = sorted((year, base))
        return [step for step in range(first + 1, last + 1) if step not in self.rows]

    def codes(self, year: int | None, base: int) -> set[str]:
        """Codes of the base year that mean the same place in the division of another year.

        None when nobody knows on which division the figures stand.
        """
        if year is None:
            return set()
        found = set(self.rows[base]["gwb_code"])
        if year == base:
            return found
        land = {code for code in found if code.startswith("NL")}
        first, last = sorted((year, base))
        same = found
        for step in range(first + 1, last + 1):
            same = same & self.same.get(step, set())
        same = same | land
        if self.gemeente not in same and self._same_surface(year, base):
            same = same | {self.gemeente}
        return same

    def _same_surface(self, year: int, base: int) -> bool:
        """Whether a gemeente is as large as it was: CBS did not always say if it changed."""
        first, last = sorted((year, base))
        if year not in self.rows or base not in self.rows:
            return False
        if any(self.gemeente in self.changed.get(step, ()) for step in range(first + 1, last + 1)):
            return False
        sizes = []
        for step in (year, base):
            rows = self.rows[step]
            if "a_opp_ha" not in rows:
                return False
            sizes += list(rows.loc[rows["gwb_code"] == self.gemeente, "a_opp_ha"])
        # A missing size gives NaN, which is not small.
        return len(sizes) == 2 and abs(sizes[0] - sizes[1]) <= SAME_SURFACE * sizes[1]


def linked_years(table: pd.DataFrame, base: int, links: Links):
    """Keep the rows of every year that mean the same place as in the newest year."""
    parts, notes = [], []
    for year, rows in table.groupby("jaar"):
        fits = links.codes(int(year), base)
        parts.append(rows[rows["gwb_code"].isin(fits)])
        notes += left_out(KWB.table, int(year), base, set(rows["gwb_code"]), fits, links)
    return pd.concat(parts, ignore_index=True), notes


def left_out(what: str, year: int, base: int, found: set, fits: set, links: Links) -> list[str]:
    """Say how many regions of a table were joined, when that is not all."""
    own = {code for code in found if not code.startswith("NL")}
    joined = own & fits
    if joined == own:
        return []
    line = (
        f"{what}, gebiedsindeling {year}: {len(joined)} van de {len(own)} gebieden horen zeker bij "
        f"de indeling van {base}. De andere zijn weggelaten."
    )
    if lost := links.missing_years(year, base):
        line += (
            f" Lees ook de kerncijfers van {years_words(lost)} in, dan is te zien wat gelijk bleef."
        )
    return [line]


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
