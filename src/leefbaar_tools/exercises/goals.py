"""A goal with its two measures: the compass figure that shows a direction, the own count."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from ..paper import Block, Heading, Paragraph, Said, Together
from .fields import ChoiceField, Column, Field, NumberField, TableField, TextField
from .parts import Context, Exercise

if TYPE_CHECKING:  # loads pandas and matplotlib
    from ..figures import Figure

# Height of the picture of the own counts, where it is 180 wide; on paper there is more beside it.
DOTS_HEIGHT, DOTS_ON_PAPER = 100, 70


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
    after : str
        One sentence under it: how to read it.
    """

    kind: ClassVar[str] = "goal"
    compass: Mapping[str, str]
    ask: Mapping[str, str]
    span: int = 2
    after: str = ""

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
        chosen = self.kept(value)["kompas"] or [""]
        return self.compass.get(chosen[0], "")

    def range_of(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return how the chosen figure changed by itself in buurten that are alike."""
        indicator = self.indicator(value)
        if not indicator:
            return ()
        from . import pictures

        after = (Paragraph(self.after),) if self.after else ()
        return (*pictures.changes_seen(context, indicator, self.span), *after)

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the form, with the figures of this buurt in a table under the choice."""
        if context is None:
            return super().paper(context)
        from . import pictures

        compass, *counter = self.fields()
        table = pictures.changes_table(context, dict(self.compass), self.span)
        return (
            Together((*self._heading(), *compass.paper())),
            Together((*table, *((Paragraph(self.after),) if self.after else ()))),
            Together(tuple(block for field in counter for block in field.paper())),
        )

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the choice with its figure, and the own count with its target."""
        compass, *counter = self.fields()
        kept = self.kept(value)
        told = (b for f in counter for b in f.report(kept[f.key]))
        said = kept["kompas"]
        chosen = (Said(compass.label, said[0]),) if said else compass.paper()
        return (
            Together((Heading(self.title, 3), *chosen, *self.range_of(value, context))),
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
    after : str
        One sentence under the dots: how to read them.
    of : str
        Id of the `Goal` whose street counter is counted; its words and target are read back.
    continues : tuple of str
        Ids of tellers of earlier meetings, whose dots are drawn along.
    """

    kind: ClassVar[str] = "teller"
    question: str
    rows: int = 12
    after: str = ""
    of: str = ""
    continues: tuple[str, ...] = ()

    def fields(self) -> tuple[Field, ...]:
        """Return one table of dates and counts."""
        columns = (
            Column("datum", "Datum", "date"),
            Column("aantal", "Aantal", "number"),
            Column("opmerking", "Wat viel op?"),
        )
        rows = ("",) * self.rows
        return (TableField("stippen", self.question, columns, rows, row_height_mm=7),)

    def read_back(self, context: Context | None) -> tuple[Block, ...]:
        """Return what this person said would be counted, or nothing."""
        counted, _ = self._goal(context)
        return (Said("Dit tel je:", counted),) if counted else ()

    def figure(
        self,
        value: Mapping[str, Any],
        context: Context | None,
        above: str = "",
        height: float = DOTS_HEIGHT,
    ) -> "Figure | None":
        """Return the dots, or None when there is none with both a date and a count.

        `above` is what stands above the axis, where what is counted was told already.
        """
        points = []
        earlier = [context.answers.get(id) for id in self.continues] if context else []
        values = [
            answer.value for answer in earlier if answer and isinstance(answer.value, Mapping)
        ]
        rows = [row for one in (*values, value) for row in self.kept(one)["stippen"]]
        for row in rows:
            with suppress(ValueError):
                day = date.fromisoformat(row["datum"])
                if isinstance(row["aantal"], int | float):
                    points.append((day, row["aantal"]))
        if not points:
            return None
        from .. import figures

        counted, wanted = self._goal(context)
        target = None if wanted is None else ("waar je naartoe wilt", wanted)
        title = f"Jouw {len(points)} {'stip' if len(points) == 1 else 'stippen'}"
        if len(points) >= figures.MIDDLE_FROM:
            title += ", met een lijn door het midden"
        unit = counted or "aantal keer geteld"
        source = "Zelf geteld op straat."
        return figures.dots_in_time(title, points, unit, source, target, height=height, above=above)

    def _goal(self, context: Context | None) -> tuple[str, float | None]:
        """Return the words and the target of the goal, as far as they were filled in."""
        answer = context.answers.get(self.of) if context else None
        goal = answer.value if answer and isinstance(answer.value, Mapping) else {}
        counted = TextField("wat", "").kept(goal.get("wat")).strip()
        return counted, NumberField("streef", "").kept(goal.get("streef"))

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the card: what is counted, and a row for every count."""
        from .. import figures

        blank = (b for f in self.fields() for b in f.paper())
        field = figures.blank_dots(self.rows, "Zet voor elke telling een stip.").block()
        field = replace(field, width_mm=145)
        return (Together((*self._heading(), *self.read_back(context), *blank, field)),)

    def seen(
        self, value: Mapping[str, Any], context: Context | None, height: float = DOTS_HEIGHT
    ) -> tuple[Block, ...]:
        """Return what is counted and, once there are dots, the dots and how to read them."""
        told = self.read_back(context)
        figure = self.figure(value, context, "aantal per telling" if told else "", height)
        after = (Paragraph(self.after),) if figure and self.after else ()
        return (*told, *((figure.block(),) if figure else ()), *after)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the dots and the counts."""
        return (
            Together((Heading(self.title, 3), *self.seen(value, context, DOTS_ON_PAPER))),
            Together(self._told(value)),
        )

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Never counted: one's own dots are nobody else's."""
        return {}
