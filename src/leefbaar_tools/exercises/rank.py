"""Put options in order: what comes first, what can wait."""

from dataclasses import dataclass
from typing import Any, ClassVar

from ..paper import Block, Bullets, Paragraph, Strong, Table
from .fields import Field, TextField, _text
from .parts import Exercise

PAPER = "Zet er nummers bij. 1 is het eerste."


@dataclass(frozen=True)
class OrderField:
    """A question answered by an order of options.

    What is kept is the list of labels, the first one first; empty as long as nobody put them
    in order.
    """

    key: str
    label: str
    options: tuple[str, ...]
    hint: str = ""

    @property
    def empty(self) -> list[str]:
        """No order given."""
        return []

    def read(self, raw: list[str]) -> list[str]:
        """Return the answer as it is kept."""
        return raw

    def kept(self, value: Any) -> list[str]:
        """Return what can be shown of what was kept: each label once, none of them missing.

        What is no option (any more) keeps its place; what was not an option yet comes last.
        """
        labels = value if isinstance(value, list | tuple) else []
        known = [label for label in map(_text, labels) if label.strip()]
        return list(dict.fromkeys([*known, *self.options])) if known else []

    def paper(self) -> tuple[Block, ...]:
        """Return the options, each with a box to write a number in."""
        rows = tuple(("", option) for option in self.options)
        return (
            Paragraph((Strong(self.label),)),
            Table(("Nr.", PAPER), rows, row_height_mm=9, widths=(1, 9)),
        )

    def report(self, value: list[str]) -> tuple[Block, ...]:
        """Return the options in the order that was given; without one to number them."""
        if not value:
            return self.paper()
        return (Paragraph((Strong(self.label),)), Bullets(tuple(value), ordered=True))

    def count(self, value: list[str]) -> list[str]:
        """Return what was put first."""
        return [label for label in value[:1] if label in self.options]


@dataclass(frozen=True, kw_only=True)
class Rank(Exercise):
    """Put options in order, with buttons; in a group the first choice counts.

    Parameters
    ----------
    question : str
    options : tuple of str
        At least two, each of them once; shown in this order until somebody moves one.
    why : str
        A question under it, answered in own words; empty for none.
    """

    kind: ClassVar[str] = "rank"
    question: str
    options: tuple[str, ...]
    why: str = ""

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "options", tuple(self.options))
        if len(self.options) < 2 or len(set(self.options)) < len(self.options):
            raise ValueError(f"{self.id}: at least two options, each of them once")

    def fields(self) -> tuple[Field, ...]:
        """Return the order, and the reason for it when that is asked."""
        order = OrderField("volgorde", self.question, self.options)
        return (order, *([TextField("waarom", self.why, 2)] if self.why else []))
