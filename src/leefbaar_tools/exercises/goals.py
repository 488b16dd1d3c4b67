"""A goal with its two measures: the compass figure that shows a direction, the own count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from ..paper import Block, Heading, Said, Together
from .fields import ChoiceField, Column, Field, NumberField, TableField, TextField
from .parts import Context, Exercise

if TYPE_CHECKING:  # loads pandas and matplotlib
    from ..figures import Figure


@dataclass(frozen=True, kw_only=True)
class Goal(Exercise):
    """Choose a compass figure, see how it moves by itself, and set a target for one's own count.

    Parameters
    ----------
    compass : mapping of str to str
        Label of each compass figure, and its indicator; empty where no figure exists.
    ask : mapping of str to str
        The questions: ``kompas``, ``wat``, ``nu``, ``streef`` and ``jaar``.
    span : int
        Over how many years the change is shown.
    """

    kind: ClassVar[str] = "goal"
    compass: Mapping[str, str]
    ask: Mapping[str, str]
    span: int = 2

    def __post_init__(self):
        super().__post_init__()
        asked = {"kompas", "wat", "nu", "streef", "jaar"}
        if set(self.ask) != asked:
            raise ValueError(f"{self.id}: ask needs {', '.join(sorted(asked))}")

    def plans(self) -> dict[str, str]:
        """Let the compass figure feed its own kernveld; the rest feeds `plan`."""
        return {"kompas": "kompascijfer"}

    def fields(self) -> tuple[Field, ...]:
        """Return the compass figure and the street counter with its target."""
        return (
            ChoiceField("kompas", self.ask["kompas"], tuple(self.compass)),
            TextField("wat", self.ask["wat"], 2),
            NumberField("nu", self.ask["nu"], high=9999),
            NumberField("streef", self.ask["streef"], high=9999),
            NumberField("jaar", self.ask["jaar"], low=2020, high=2060, whole=True, year=True),
        )

    def indicator(self, value: Mapping[str, Any]) -> str:
        """Return the indicator of the chosen compass figure; empty when there is none."""
        chosen = value.get("kompas") or [""]
        return self.compass.get(chosen[0], "")

    def range_of(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return how the chosen figure changed by itself in buurten that are alike."""
        indicator = self.indicator(value)
        if not indicator or not context.has(context.code):
            return ()
        from . import pictures

        return tuple(pictures.changes_seen(context, indicator, self.span))

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the form, with the figures of this buurt in a table under the choice."""
        if context is None:
            return super().paper(context)
        from . import pictures

        compass, *counter = self.fields()
        table = pictures.changes_table(context, dict(self.compass), self.span)
        return (
            Together((*self._heading(), *compass.paper())),
            Together(table),
            Together(tuple(block for field in counter for block in field.paper())),
        )

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the choice with its figure, and the own count with its target."""
        compass, *counter = self.fields()
        told = (b for f in counter for b in f.report(value.get(f.key, f.empty)))
        chosen = Said(compass.label, (value.get("kompas") or [None])[0])
        return (
            Together((Heading(self.title, 3), chosen, *self.range_of(value, context))),
            Together(tuple(told)),
        )

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Count which compass figures were chosen; own counts are nobody else's."""
        counted = super().group(value)
        return {"kompas": counted["kompas"]} if counted else {}


@dataclass(frozen=True, kw_only=True)
class Teller(Exercise):
    """Dated counts typed from the card, as dots with a middle line.

    Parameters
    ----------
    question : str
        Caption of the table.
    rows : int
        How many counts fit.
    of : str
        Id of the `Goal` whose street counter is counted; its words and target are read back.
    """

    kind: ClassVar[str] = "teller"
    question: str
    rows: int = 12
    of: str = ""

    def fields(self) -> tuple[Field, ...]:
        """Return one table of dates and counts."""
        columns = (
            Column("datum", "Datum", "date"),
            Column("aantal", "Aantal", "number"),
            Column("opmerking", "Wat viel op?"),
        )
        return (TableField("stippen", self.question, columns, ("",) * self.rows),)

    def read_back(self, context: Context | None) -> tuple[Block, ...]:
        """Return what this person said would be counted, or nothing."""
        goal = self._goal(context)
        return (Said("Dit tel je:", goal["wat"]),) if goal.get("wat") else ()

    def figure(self, value: Mapping[str, Any], context: Context | None) -> "Figure | None":
        """Return the dots, or None when there is none with both a date and a count."""
        points = [
            (date.fromisoformat(row["datum"]), row["aantal"])
            for row in value.get("stippen", ())
            if row.get("datum") and isinstance(row.get("aantal"), int | float)
        ]
        if not points:
            return None
        from .. import figures

        goal = self._goal(context)
        target = None
        if isinstance(goal.get("streef"), int | float):
            target = ("waar je naartoe wilt", goal["streef"])
        title = f"Jouw {len(points)} {'stip' if len(points) == 1 else 'stippen'}"
        if len(points) >= figures.MIDDLE_FROM:
            title += ", met de middelste als lijn"
        unit = goal.get("wat") or "aantal keer geteld"
        return figures.dots_in_time(title, points, unit, "Zelf geteld op straat.", target)

    def _goal(self, context: Context | None) -> Mapping[str, Any]:
        answer = context.answers.get(self.of) if context else None
        return answer.value if answer and isinstance(answer.value, Mapping) else {}

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the card: what is counted, and a row for every count."""
        blank = (b for f in self.fields() for b in f.paper())
        return (Together((*self._heading(), *self.read_back(context), *blank)),)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the dots and the counts."""
        figure = self.figure(value, context)
        picture = (figure.block(),) if figure else ()
        return (
            Together((Heading(self.title, 3), *self.read_back(context), *picture)),
            Together(self._told(value)),
        )

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Never counted: one's own dots are nobody else's."""
        return {}
