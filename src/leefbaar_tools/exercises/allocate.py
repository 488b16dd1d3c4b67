"""Divide chips over options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..paper import Block, Heading, Paragraph, Together, WriteLines
from .fields import Column, Field, TextField, _is_number
from .parts import Context, Exercise

if TYPE_CHECKING:  # loads matplotlib
    from ..figures import Figure


AMOUNT = "aantal"  # in a kept row: how many chips


@dataclass(frozen=True)
class ChipsField:
    """A number of chips over options, one of them in own words when `own` is given.

    Kept as rows of a name and a number, of the options that got any.
    """

    key: str
    label: str
    options: tuple[str, ...]
    total: int
    unit: tuple[str, str]
    own: str = ""
    worth: str = ""
    hint: str = ""

    @property
    def empty(self) -> list[dict[str, Any]]:
        """Nothing divided."""
        return []

    @property
    def columns(self) -> tuple[Column, ...]:
        """What stands in a kept row, for whoever reads the journal."""
        return (Column(AMOUNT, self.worth or self.unit[1], "number"),)

    def read(self, raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows as they are kept.

        Raises
        ------
        ValueError
            In Dutch, when an amount is no whole number, or together they are too many.
        """
        counted: dict[str, int] = {}
        for row in raw:
            typed = str(row.get(AMOUNT, "")).strip()
            if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 5):
                raise ValueError(f"Bij {row['rij']}: vul een heel getal in, zonder komma.")
            if typed and int(typed):  # own words may name an option that is there already
                counted[row["rij"]] = counted.get(row["rij"], 0) + int(typed)
        if (spent := sum(counted.values())) > self.total:
            raise ValueError(f"Je legt {self.amount(spent)} neer. Je hebt er {self.total}.")
        return [{"rij": name, AMOUNT: number} for name, number in counted.items()]

    def kept(self, value: Any) -> list[dict[str, Any]]:
        """Return what can be shown of what was kept; never more than there are."""
        counted: dict[str, int] = {}
        for row in value if isinstance(value, list | tuple) else ():
            if not isinstance(row, Mapping):
                continue
            name, amount = Column("rij", "").kept(row.get("rij")), row.get(AMOUNT)
            whole = _is_number(amount) and float(amount).is_integer() and amount > 0
            left = self.total - sum(counted.values())
            if whole and left and name:
                counted[name] = counted.get(name, 0) + min(int(amount), left)
        return [{"rij": name, AMOUNT: number} for name, number in counted.items()]

    def left(self, value: list[dict[str, Any]]) -> int:
        """Return how many are not divided."""
        return max(self.total - sum(row[AMOUNT] for row in value), 0)

    def amount(self, number: int) -> str:
        """Say a number of them."""
        return f"{number} {self.unit[0] if number == 1 else self.unit[1]}"

    def placed(self, value: list[dict[str, Any]]) -> list[tuple[str, int]]:
        """Return every option with its number, and then what stands there in own words."""
        counted = {row["rij"]: row[AMOUNT] for row in value}
        others = [(name, n) for name, n in counted.items() if name not in self.options]
        return [(option, counted.get(option, 0)) for option in self.options] + others

    def figure(self, value: list[dict[str, Any]], title: str, source: str) -> "Figure | None":
        """Return the bars of those that got any; None when none did."""
        rows = [(name, number) for name, number in self.placed(value) if number]
        if not rows:
            return None
        from .. import figures

        return figures.allocation(title, rows, self.unit, source, self.left(value))

    def paper(self) -> tuple[Block, ...]:
        """Return a row of circles per option, to colour."""
        from .. import figures

        options = [*self.options, *([f"{self.own}: ……………………………"] if self.own else [])]
        drawn = figures.chips_to_colour(self.label, options, self.total, "").block()
        return (replace(drawn, width_mm=150),)

    def report(self, value: list[dict[str, Any]]) -> tuple[Block, ...]:
        """Return the bars; with nothing divided the circles to colour."""
        figure = self.figure(value, self.label, "Zelf verdeeld.")
        return (replace(figure.block(), width_mm=150),) if figure else self.paper()

    def count(self, value: list[dict[str, Any]]) -> list[str]:
        """Return the name of an option as often as it has chips; own words count together."""
        return [
            row["rij"] if row["rij"] in self.options else self.own or row["rij"]
            for row in value
            for _ in range(row[AMOUNT])
        ]


@dataclass(frozen=True, kw_only=True)
class Allocate(Exercise):
    """Divide chips over options, and say what one stops doing.

    Parameters
    ----------
    question : str
    options : sequence of str
    total : int
        How many chips there are; at most twenty, so that they fit in a row on paper.
    unit : (str, str)
        Name of one and of more.
    worth : str
        What one chip stands for, for who reads the plan without the sheet; empty for itself.
    own : str
        Label of an option in own words; empty for none.
    stop : str
        The question what one stops doing; empty for none. With a `plan` its answer feeds the
        kernveld ``stoppen``.
    """

    kind: ClassVar[str] = "allocate"
    question: str
    options: Sequence[str]
    total: int = 20
    unit: tuple[str, str] = ("fiche", "fiches")
    worth: str = ""
    own: str = ""
    stop: str = ""

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "options", tuple(self.options))
        object.__setattr__(self, "unit", tuple(self.unit))
        if not self.options or len(set(self.options)) != len(self.options):
            raise ValueError(f"{self.id}: options are needed, each once")
        if not 1 <= self.total <= 20:
            raise ValueError(f"{self.id}: 1 to 20 chips, not {self.total}")

    def fields(self) -> tuple[Field, ...]:
        """Return the chips, and the question what one stops doing."""
        chips = ChipsField(
            "fiches", self.question, self.options, self.total, self.unit, self.own, self.worth
        )
        return (chips, *([TextField("stop", self.stop, 2)] if self.stop else []))

    def plans(self) -> dict[str, str]:
        """Let what one stops doing feed its own kernveld."""
        return {"stop": "stoppen"} if self.plan and self.stop else {}

    def figure(self, value: Mapping[str, Any]) -> "Figure | None":
        """Return the bars, or None when nothing was divided."""
        chips = self.fields()[0]
        kept = self.kept(value)["fiches"]
        laid, left = self.total - chips.left(kept), chips.left(kept)
        title = f"Jouw {chips.amount(laid)}"
        title += f", {left} nog over" if left else ""
        return chips.figure(kept, title, "Zelf verdeeld.")

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return circles to colour, and lines for what one stops doing."""
        chips, *others = self.fields()
        asked = tuple(
            WriteLines(field.label, 3) for field in others if isinstance(field, TextField)
        )
        return (Together((*self._heading(), *chips.paper())), *asked)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the bars, or circles to colour, and what one stops doing."""
        kept = self.kept(value)
        figure = self.figure(value)
        chips, *others = self.fields()
        if figure:
            drawn = (replace(figure.block(), width_mm=150),)
            above = (Heading(self.title, 3), Paragraph(self.question), *drawn)
        else:
            above = (*self._heading(), *chips.paper())
        told = (block for field in others for block in field.report(kept[field.key]))
        return (Together(above), *told)

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Count the chips per option; what one stops doing is nobody else's."""
        counted = super().group(value)
        return {"fiches": counted["fiches"]} if counted else {}
