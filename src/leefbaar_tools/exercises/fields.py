"""The one form that every kind of exercise is made of.

A field knows its question, how it stands on paper, how an answer to it is told, and how it
counts in a group. It knows nothing of widgets: those are in :mod:`.controls`. What was not
filled in stands on a personal sheet as it does on the blank one, so that a pen can do it.

What stands in a journal may be written by hand or by an older notebook: `kept` makes of
whatever stands there a value that the field can show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..dutch import format_number, parse_date, parse_number, short_date
from ..paper import Block, Boxes, DoorRow, NumberBox, Said, Table, WriteLines

MOST = 10**15  # a number beyond this is damage, and no figure can be drawn of it


def _is_number(value: Any) -> bool:
    """Tell whether this is a number that can be shown; a NaN and an infinity are not."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and -MOST <= value <= MOST


def _text(value: Any) -> str:
    """Return a text as it is, a number in words, and nothing for what is neither."""
    if _is_number(value):
        return _written(value)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode()  # half a letter reaches no page


def _written(value: float) -> str:
    """Write a number the Dutch way, with all its decimals."""
    exponent = Decimal(str(float(value))).normalize().as_tuple().exponent
    return format_number(value, max(0, -int(exponent)))


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

    def kept(self, value: Any) -> str:
        """Return what can be shown of what was kept."""
        return _text(value)

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

    def kept(self, value: Any) -> list[str]:
        """Return what can be shown of what was kept."""
        labels = [value] if isinstance(value, str) else value
        if not isinstance(labels, list | tuple):
            return []
        return [_text(label) for label in labels if isinstance(label, str)]

    def paper(self) -> tuple[Block, ...]:
        """Return boxes to tick."""
        return (self._boxes(()),)

    def report(self, value: list[str]) -> tuple[Block, ...]:
        """Return the options with the chosen ones ticked; without any they are there to tick."""
        return (self._boxes(tuple(value)),)

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

    def kept(self, value: Any) -> int | None:
        """Return what can be shown of what was kept."""
        return int(value) if _is_number(value) and value in range(11) else None

    def paper(self) -> tuple[Block, ...]:
        """Return a row of ten to circle."""
        return (DoorRow(self.label, symbol=self.symbol),)

    def report(self, value: int | None) -> tuple[Block, ...]:
        """Return the row with the guess marked; without one to circle."""
        if value is None:
            return self.paper()
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

    def kept(self, value: Any) -> float | None:
        """Return what can be shown of what was kept; a number may stand there as text."""
        if isinstance(value, str):
            try:
                value = parse_number(value)
            except ValueError:
                return None
        return value if _is_number(value) else None

    def paper(self) -> tuple[Block, ...]:
        """Return a box to write the number in."""
        return (NumberBox(self.label, self.unit),)

    def report(self, value: float | None) -> tuple[Block, ...]:
        """Return the number in Dutch form; without one the box to write in."""
        if value is None:
            return self.paper()
        return (NumberBox(self.label, self.unit, self.show(value)),)

    def show(self, value: Any) -> str:
        """Write a kept number as it would be typed, with all its decimals."""
        return str(int(value)) if self.year else _written(value)

    def count(self, value: float | None) -> list[str]:
        """Return the number as a label to count."""
        return [] if value is None else [self.show(value)]


@dataclass(frozen=True)
class Column:
    """One column of a `TableField`.

    ``kind`` is ``"text"``, ``"number"``, ``"count"`` (a whole number) or ``"date"``.
    """

    key: str
    label: str
    kind: str = "text"
    lines: int = 1

    def __post_init__(self):
        if self.kind not in _WIDTHS:
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
        if self.kind in _NUMBERS:
            number = parse_number(typed)
            if self.kind == "count" and not number.is_integer():
                raise ValueError("Alleen hele aantallen, geen gemiddelde.")
            if not 0 <= number <= 9999:
                raise ValueError("Vul een getal in van 0 tot en met 9.999.")
            return number
        return parse_date(typed, date.today()).isoformat()

    def take(self, typed: str) -> Any:
        """Read one cell; what cannot be read stays as it was typed."""
        try:
            return self.read(typed)
        except ValueError:
            return typed.strip()

    def kept(self, value: Any) -> Any:
        """Return what can be shown of what was kept; words in a column of numbers stay words."""
        if self.kind in _NUMBERS and not isinstance(value, str):
            return value if _is_number(value) else ""
        text = _text(value)
        return self.take(text) if self.kind in _NUMBERS else text

    def show(self, value: Any) -> str:
        """Write a kept cell, or a typed one, as it would be typed."""
        text = _text(value)
        if self.kind == "date":
            try:
                return short_date(date.fromisoformat(text))
            except ValueError:
                return text  # typed, and not (yet) a date
        return text


_NUMBERS = ("number", "count")
# Shares of the width of a table on paper.
_WIDTHS = {"text": 4, "number": 2, "count": 2, "date": 2}


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

    def row_name(self, number: int, name: str = "") -> str:
        """Return how a row is called, also when it has no name of its own."""
        return name or f"rij {number + 1}"

    def read(self, raw: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Return the rows as they are kept; of rows without names the empty ones are left out.

        A cell that cannot be read is kept as it was typed: it holds back nothing of the rest.
        """
        rows = []
        for typed in raw:
            row = {"rij": typed.get("rij", "")} if self.named else {}
            rows.append(row | {c.key: c.take(typed.get(c.key, "")) for c in self.columns})
        if self.named and any(map(self._filled, rows)):
            places = len(self.rows)
            return rows[:places] + list(filter(self._filled, rows[places:]))
        return list(filter(self._filled, rows))

    def unread(self, raw: list[dict[str, str]]) -> str:
        """Return in Dutch which typed cell cannot be read and why, or nothing."""
        for number, typed in enumerate(raw):
            for column in self.columns:
                try:
                    column.read(typed.get(column.key, ""))
                except ValueError as error:
                    place = self.row_name(number, typed.get("rij", ""))
                    return f"Let op {place}, {column.label.lower()}: {error}"
        return ""

    def _filled(self, row: Mapping[str, Any]) -> bool:
        return any(row.get(column.key) not in ("", None) for column in self.columns)

    def kept(self, value: Any) -> list[dict[str, Any]]:
        """Return what can be shown of what was kept."""
        rows = []
        for row in value if isinstance(value, list | tuple) else ():
            if isinstance(row, Mapping):
                name = {"rij": _text(row["rij"])} if "rij" in row else {}
                rows.append(name | {c.key: c.kept(row.get(c.key)) for c in self.columns})
        return rows

    def placed(self, value: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
        """Return every row of the table: its name, and what was kept for it or typed in it.

        A row that has no place (any more) comes last: what was written is never out of sight.
        """
        left = list(value)
        if not self.named:
            blank: list[dict[str, Any]] = [{} for _ in self.rows[len(left) :]]
            return [("", row) for row in (*left, *blank)]
        rows = []
        for name in self.rows:
            row = next((row for row in left if row.get("rij", "") == name), {})
            left = [other for other in left if other is not row]
            rows.append((name, row))
        return rows + [(row.get("rij", ""), row) for row in left if self._filled(row)]

    def paper(self) -> tuple[Block, ...]:
        """Return a table to write in."""
        return (self._table(self.placed([]), self.row_height_mm),)

    def report(self, value: list[dict[str, Any]]) -> tuple[Block, ...]:
        """Return the table as filled in; with nothing in it to write in."""
        if not any(map(self._filled, value)):
            return self.paper()
        return (self._table(self.placed(value) if self.named else [("", r) for r in value], 0),)

    def _table(self, rows: list[tuple[str, dict[str, Any]]], height: float) -> Table:
        first = (self.column_name,) if self.named else ()
        return Table(
            header=(*first, *(column.label for column in self.columns)),
            rows=tuple(
                (*((name,) if self.named else ()), *(c.show(row.get(c.key)) for c in self.columns))
                for name, row in rows
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
