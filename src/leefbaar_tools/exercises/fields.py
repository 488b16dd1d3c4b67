"""The one form that every kind of exercise is made of.

A field knows its question, how it stands on paper, how an answer to it is told, and how it
counts in a group. It knows nothing of widgets: those are in :mod:`.controls`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..dutch import format_number, parse_date, parse_number, short_date
from ..paper import Block, Boxes, DoorRow, NumberBox, Said, Table, WriteLines


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
    year: bool = False  # a year has no dot for thousands
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
            low, high = self.show(self.low), self.show(self.high)
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
        if self.year:
            return str(int(value))
        exponent = Decimal(str(float(value))).normalize().as_tuple().exponent
        return format_number(value, max(0, -int(exponent)))

    def count(self, value: float | None) -> list[str]:
        """Return the number as a label to count."""
        return [] if value is None else [self.show(value)]


@dataclass(frozen=True)
class Column:
    """One column of a `TableField`; ``kind`` is ``"text"``, ``"number"`` or ``"date"``."""

    key: str
    label: str
    kind: str = "text"
    lines: int = 1

    def __post_init__(self):
        if self.kind not in ("text", "number", "date"):
            raise ValueError(f"column {self.key}: {self.kind!r} is no kind of column")

    def read(self, typed: str) -> Any:
        """Read one cell: text, a number, or a date as ISO text; nothing stays nothing.

        Raises
        ------
        ValueError
            In Dutch, when it cannot be read.
        """
        typed = typed.strip()
        if not typed or self.kind == "text":
            return typed
        if self.kind == "number":
            number = parse_number(typed)
            if not 0 <= number <= 9999:
                raise ValueError("Vul een getal in van 0 tot en met 9.999.")
            return number
        return parse_date(typed, date.today()).isoformat()

    def show(self, value: Any) -> str:
        """Write a kept cell, or a typed one, as it would be typed."""
        if isinstance(value, int | float):
            return NumberField(self.key, self.label).show(value)
        text = value or ""
        if self.kind == "date":
            try:
                return short_date(date.fromisoformat(text))
            except ValueError:
                return text  # typed, and not (yet) a date
        return text


_WIDTHS = {"text": 4, "number": 2, "date": 2}  # shares of the width of a table on paper


@dataclass(frozen=True)
class TableField:
    """Rows of short fields.

    ``rows`` are the names of the rows, each printed before its row; empty names are rows to
    fill freely. ``column_name`` is the heading above the names.
    """

    key: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    column_name: str = ""
    row_height_mm: float = 10
    hint: str = ""

    @property
    def empty(self) -> list[dict[str, Any]]:
        """Nothing filled in."""
        return []

    @property
    def named(self) -> bool:
        """Whether the rows have names."""
        return any(self.rows)

    def row_name(self, number: int) -> str:
        """Return how a row is called, also when it has no name of its own."""
        return self.rows[number] or f"rij {number + 1}"

    def read(self, raw: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Return the rows as they are kept; of rows without names the empty ones are left out.

        Raises
        ------
        ValueError
            In Dutch, naming the row and the column that cannot be read.
        """
        rows = []
        for number, typed in enumerate(raw):
            row = {}
            for column in self.columns:
                try:
                    row[column.key] = column.read(typed.get(column.key, ""))
                except ValueError as error:
                    place = f"{self.row_name(number)}, {column.label.lower()}"
                    raise ValueError(f"Bij {place}: {error}") from error
            if self.named:
                row = {"rij": self.rows[number], **row}
            rows.append(row)
        filled = [any(row[c.key] not in ("", None) for c in self.columns) for row in rows]
        if self.named:
            return rows if any(filled) else []
        return [row for row, full in zip(rows, filled, strict=True) if full]

    def shown(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return a kept value as one row per place; a row whose name is gone comes last."""
        if not self.named:
            return list(value)
        by_name = {row.get("rij"): row for row in value}
        return [by_name.get(name, {}) for name in self.rows]

    def paper(self) -> tuple[Block, ...]:
        """Return a table to write in."""
        return (self._table([{} for _ in self.rows], self.row_height_mm),)

    def report(self, value: list[dict[str, Any]]) -> tuple[Block, ...]:
        """Return the table as filled in."""
        if not value:
            return (Said(self.label),)
        rows = value if not self.named else self.shown(value)
        return (self._table(rows, 0),)

    def _table(self, rows: list[dict[str, Any]], height: float) -> Table:
        first = (self.column_name,) if self.named else ()
        names = self.rows if self.named else [""] * len(rows)
        return Table(
            header=(*first, *(column.label for column in self.columns)),
            rows=tuple(
                (*((name,) if self.named else ()), *(c.show(row.get(c.key)) for c in self.columns))
                for name, row in zip(names, rows, strict=True)
            ),
            caption=self.label,
            row_height_mm=height,
            widths=(*((3,) if self.named else ()), *(_WIDTHS[c.kind] for c in self.columns))
            if height
            else (),
        )

    def count(self, value: list[dict[str, Any]]) -> list[str]:
        """Free text counts nowhere by itself."""
        return []


Field = TextField | ChoiceField | DoorsField | NumberField | TableField
