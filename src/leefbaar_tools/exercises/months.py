"""Own monthly totals: twenty-four dots in the band in which they wobble.

On one's own screen and sheet only: the counts of a complex may be small.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..dutch import MONTHS
from ..paper import Block, Heading, Paragraph, Together
from .fields import ChoiceField, Column, Field, TableField, TextField
from .goals import Teller
from .parts import Context

if TYPE_CHECKING:
    from ..figures import Figure

# Counts go up in summer: a row of six months comes by the season alone in three of ten series of
# a busy office; one of eight hardly ever.
LEAST_ROW = 8
NOTHING_NEW = "Nee, niets nieuws"
MOST = 100_000  # a month; what is more, or less than nought, is a slip of the pen
COLUMNS = {"vorig": "Vorig jaar", "dit": "Dit jaar"}


@dataclass(frozen=True, kw_only=True)
class Months(Teller):
    """Totals a month of last year and of this one, beside each other.

    Parameters
    ----------
    question : str
        Caption of the table.
    counted : str
        What was counted; stands beside the dots.
    action : str
        The question from which month of this year something new was done.
    street : str
        A question under the dots, in own words; empty for none.
    words : mapping of str to str
        What is said under the dots: ``outside``, ``row``, ``inside``, ``wider``; without a band
        ``few`` (months), ``before`` (few months before the action) or ``nothing`` (all nought
        before it); ``gap`` when a month between others is not filled in.
    """

    kind: ClassVar[str] = "months"
    counted: str
    action: str
    words: Mapping[str, str]
    street: str = ""

    def fields(self) -> tuple[Field, ...]:
        """Return the table, from when something was done, and the own words."""
        columns = tuple(Column(key, label, "count") for key, label in COLUMNS.items())
        table = TableField("maanden", self.question, columns, MONTHS, "Maand", 7)
        options = (NOTHING_NEW, *MONTHS)
        since = ChoiceField("vanaf", self.action, options, in_row=True)
        return (table, since, *([TextField("straat", self.street, 2)] if self.street else []))

    def series(self, value: Mapping[str, Any]) -> tuple[list[float], list[int], int | None]:
        """Return the counts in order of time, their months (0 to 23), and where an action began.

        Months without a number that can be are left out: a gap is no nought.
        """
        kept = self.kept(value)
        rows = {row.get("rij"): row for row in kept["maanden"]}
        found = []
        for year, key in enumerate(COLUMNS):
            for n, month in enumerate(MONTHS):
                count = rows.get(month, {}).get(key)
                if isinstance(count, int | float) and 0 <= count <= MOST:
                    found.append((12 * year + n, count))
        since = (kept["vanaf"] or [NOTHING_NEW])[0]
        until = None
        if since in MONTHS:
            begins = 12 + MONTHS.index(since)
            until = sum(place < begins for place, _ in found)
        return [count for _, count in found], [place for place, _ in found], until

    def figure(self, value: Mapping[str, Any], context: Context | None) -> "Figure | None":
        """Return the dots in their band, or None with fewer than three."""
        values, places, until = self.series(value)
        if len(values) < 3:
            return None
        from statistics import median

        from .. import figures
        from .pictures.reports import band_notice, band_words

        found = self._band(values, places, until)
        later = next((n for n, place in enumerate(places) if place >= 12), None)
        ticks = {
            n: f"{MONTHS[places[n] % 12][:3]} {list(COLUMNS.values())[places[n] // 12].lower()}"
            for n in sorted({0, later} - {None})
        }
        row = (found.row.first, found.row.last) if found and found.row else None
        begun = until is not None and until < len(values)
        return figures.wobble(
            f"Jouw {len(values)} maanden: {band_words(found)}",
            values,
            ticks,
            self.counted,
            "Eigen aantallen, zelf ingevuld.",
            median(values),
            edges=(found.low, found.high) if found else None,
            outside=found.outside if found else (),
            row=row,
            action=(until, "hier begon je") if begun else None,
            notice=band_notice(found, ""),
        )

    def seen(self, value: Mapping[str, Any], context: Context | None) -> tuple[Block, ...]:
        """Return the dots and how to read them."""
        figure = self.figure(value, context)
        if figure is None:
            return ()
        told = (Paragraph(self.words[key]) for key in self._said(*self.series(value)))
        after = (Paragraph(self.after),) if self.after else ()
        return (figure.block(), *told, *after)

    def _band(self, values, places, until):
        from ..analysis import reports

        found = reports.band(values, until, LEAST_ROW)
        # Months that do not follow each other are no row.
        return replace(found, row=None) if found and _has_gap(places) else found

    def _said(self, values: list[float], places: list[int], until: int | None) -> list[str]:
        """Return which words belong to what is filled in."""
        from ..analysis.reports import LEAST_BASE

        gap = ["gap"] * _has_gap(places)
        found = self._band(values, places, until)
        if found is None:
            base = values if until is None else values[:until]
            enough = len(base) >= LEAST_BASE
            return [*gap, "nothing" if enough else "few" if until is None else "before"]
        said = ["outside"] * bool(found.outside) + ["row"] * (found.row is not None)
        return [*gap, *(said or ["inside"]), *["wider"] * (found.widened > 1)]

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the table and an empty field for the dots."""
        from .. import figures

        title = (
            "Zet per maand een stip: vorig jaar open, dit jaar dicht. Kies zelf wat een lijn is."
        )
        field = replace(figures.blank_dots(12, title).block(), width_mm=145)
        asked = (b for f in self.fields() for b in f.paper())
        return (Together((*self._heading(), *asked)), field)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the dots and the numbers."""
        return (
            Together((Heading(self.title, 3), *self.seen(value, context))),
            Together(self._told(value)),
        )


def _has_gap(places: list[int]) -> bool:
    """Tell whether a month between others is not filled in."""
    return bool(places) and places[-1] - places[0] + 1 > len(places)
