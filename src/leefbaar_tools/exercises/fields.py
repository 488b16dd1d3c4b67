"""The one form that every kind of exercise is made of.

A field knows its question, how it stands on paper, how an answer to it is told, and how it
counts in a group. It knows nothing of widgets: those are in :mod:`.controls`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..dutch import format_number, parse_number
from ..paper import Block, Boxes, DoorRow, NumberBox, Said, WriteLines


@dataclass(frozen=True)
class TextField:
    """A question answered in own words; more than one line when ``lines`` is more than one."""

    key: str
    label: str
    lines: int = 3
    hint: str = ""
    empty = ""

    def read(self, raw: str) -> str:
        """Return the answer as it is kept."""
        return raw.strip()

    def paper(self) -> tuple[Block, ...]:
        """Return the question above lines to write on."""
        return (WriteLines(self.label, self.lines, self.hint),)

    def report(self, value: str) -> tuple[Block, ...]:
        """Return the question with the person's own words."""
        return (Said(self.label, value or None),)

    def count(self, value: str) -> list[str]:
        """Free text counts nowhere by itself."""
        return []


@dataclass(frozen=True)
class ChoiceField:
    """A question with options; several may be chosen when ``multiple``.

    ``own`` is the label of an option in own words ("Iets anders, namelijk"); empty for none.
    ``most`` is how many may be chosen; 0 is any number.
    """

    key: str
    label: str
    options: tuple[str, ...]
    multiple: bool = False
    own: str = ""
    in_row: bool = False
    most: int = 0
    hint: str = ""

    @property
    def empty(self) -> list[str]:
        """Nothing chosen."""
        return []

    def read(self, raw: list[str]) -> list[str]:
        """Return the answer as it is kept: the labels chosen, so that it can be read alone.

        Raises
        ------
        ValueError
            In Dutch, when more are chosen than may be.
        """
        if self.most and len(raw) > self.most:
            raise ValueError(
                f"Je koos er {len(raw)}. Kies er hooguit {self.most}: haal er een weg."
            )
        return raw

    def paper(self) -> tuple[Block, ...]:
        """Return boxes to tick."""
        return (self._boxes(()),)

    def report(self, value: list[str]) -> tuple[Block, ...]:
        """Return the options with the chosen ones ticked."""
        return (self._boxes(tuple(value)),) if value else (Said(self.label),)

    def count(self, value: list[str]) -> list[str]:
        """Return the labels to count; own words count together under the own option."""
        return [label if label in self.options else self.own or label for label in value]

    def _boxes(self, chosen: tuple[str, ...]) -> Boxes:
        return Boxes(
            self.label,
            self.options,
            self.multiple,
            chosen,
            self.own if not chosen else "",
            self.in_row,
            self.most,
        )


@dataclass(frozen=True)
class DoorsField:
    """A number out of ten doors (or people)."""

    key: str
    label: str
    symbol: str = "door"
    hint: str = ""
    empty = None

    def read(self, raw: int | None) -> int | None:
        """Return the answer as it is kept."""
        return raw

    def paper(self) -> tuple[Block, ...]:
        """Return a row of ten to circle."""
        return (DoorRow(self.label, symbol=self.symbol),)

    def report(self, value: int | None) -> tuple[Block, ...]:
        """Return the row with the guess marked."""
        if value is None:
            return (Said(self.label),)
        # A guess crosses doors; people are not crossed out.
        kind = "guess" if self.symbol == "door" else "area"
        return (DoorRow(self.label, filled=value, kind=kind, symbol=self.symbol),)

    def count(self, value: int | None) -> list[str]:
        """Return the number as a label to count."""
        return [] if value is None else [str(value)]


@dataclass(frozen=True)
class NumberField:
    """A number typed as the Dutch write it; without decimals when ``whole``."""

    key: str
    label: str
    unit: str = ""
    low: float = 0
    high: float = 1_000_000
    hint: str = ""
    whole: bool = False
    empty = None

    def read(self, raw: str) -> float | None:
        """Read what was typed.

        Raises
        ------
        ValueError
            In Dutch, when it is no number or outside the bounds.
        """
        if not raw.strip():
            return None
        number = parse_number(raw)
        if self.whole and not number.is_integer():
            raise ValueError("Vul een heel getal in, zonder komma.")
        if not self.low <= number <= self.high:
            low, high = format_number(self.low), format_number(self.high)
            raise ValueError(f"Vul een getal in van {low} tot en met {high}.")
        return number

    def paper(self) -> tuple[Block, ...]:
        """Return a box to write the number in."""
        return (NumberBox(self.label, self.unit),)

    def report(self, value: float | None) -> tuple[Block, ...]:
        """Return the number in Dutch form."""
        if value is None:
            return (Said(self.label),)
        return (NumberBox(self.label, self.unit, self.show(value)),)

    def show(self, value: Any) -> str:
        """Write a kept number as it would be typed, with all its decimals."""
        exponent = Decimal(str(float(value))).normalize().as_tuple().exponent
        return format_number(value, max(0, -int(exponent)))

    def count(self, value: float | None) -> list[str]:
        """Return the number as a label to count."""
        return [] if value is None else [self.show(value)]


Field = TextField | ChoiceField | DoorsField | NumberField
