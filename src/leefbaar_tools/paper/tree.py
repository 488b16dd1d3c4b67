"""The document tree: what stands on paper, apart from how it is written.

A face of an exercise, a figure, a markdown cell and a whole handout are all tuples of
the blocks below. Blocks are plain frozen values, and go to JSON and back, so that a
tree can live in a notebook output under :data:`MIME`.

Wherever a field is a ``Text``, a plain string will do; mixed text is a tuple of strings
and inlines: ``("Bel ", Strong("eerst"), " even aan.")``. A line break is ``"\\n"``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

MIME = "application/vnd.leefbaar+json"

MAX_COLUMNS = 6
BOX_KINDS = ("tip", "bron", "kaart", "begeleider", "scherm")
LAYOUTS = ("booklet", "page", "cards")
LINK_SCHEMES = ("https://", "http://", "mailto:", "tel:")


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class Node:
    """What every part of a tree shares: lists given to it become tuples."""

    def __post_init__(self):
        for field in fields(self):
            object.__setattr__(self, field.name, _frozen(getattr(self, field.name)))


# --- inside a line of text


@dataclass(frozen=True)
class Strong(Node):
    """Words that matter most."""

    text: Text


@dataclass(frozen=True)
class Emphasis(Node):
    """Words with stress."""

    text: Text


@dataclass(frozen=True)
class Code(Node):
    """Letters to type exactly so."""

    text: str


@dataclass(frozen=True)
class Link(Node):
    """A link to a source; its address is printed as well."""

    text: Text
    url: str

    def __post_init__(self):
        super().__post_init__()
        _require(
            self.url.startswith(LINK_SCHEMES),
            f"a link on paper starts with one of {LINK_SCHEMES}: {self.url!r}",
        )


Inline = str | Strong | Emphasis | Code | Link
Text = str | tuple[Inline, ...]


# --- text


@dataclass(frozen=True)
class Heading(Node):
    """A heading. In a whole document the writers close gaps between levels."""

    text: Text
    level: int = 2

    def __post_init__(self):
        super().__post_init__()
        _require(1 <= self.level <= 6, f"a heading has level 1 to 6, not {self.level}")


@dataclass(frozen=True)
class Paragraph(Node):
    """A paragraph of text."""

    text: Text


@dataclass(frozen=True)
class Bullets(Node):
    """A list; each item is a string or a tuple of blocks."""

    items: tuple[str | tuple[Block, ...], ...]
    ordered: bool = False

    def __post_init__(self):
        super().__post_init__()
        items = tuple((Paragraph(i),) if isinstance(i, str) else i for i in self.items)
        object.__setattr__(self, "items", items)


@dataclass(frozen=True)
class Quote(Node):
    """Somebody's words."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Table(Node):
    """A table with a header row.

    Parameters
    ----------
    header, rows : tuple of Text, tuple of tuple of Text
        At most six columns; every row as long as the header.
    caption : str
        What the table shows, printed above it.
    align : tuple of str
        ``"left"``, ``"right"`` or ``"center"`` per column; empty is all left.
    row_height_mm : float
        Least height of a row, for a table to write in.
    widths : tuple of float
        Share of each column of a table to write in; empty is all equal.
    """

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    caption: str = ""
    align: tuple[str, ...] = ()
    row_height_mm: float = 0
    widths: tuple[float, ...] = ()

    def __post_init__(self):
        super().__post_init__()
        columns = len(self.header)
        _require(
            1 <= columns <= MAX_COLUMNS, f"a table has 1 to {MAX_COLUMNS} columns, not {columns}"
        )
        _require(all(len(row) == columns for row in self.rows), f"every row needs {columns} cells")
        _require(len(self.align) in (0, columns), f"align needs {columns} entries")
        _require(len(self.widths) in (0, columns), f"widths needs {columns} entries")
        _require(set(self.align) <= {"left", "right", "center"}, f"unknown align: {self.align}")


@dataclass(frozen=True)
class FigureBlock(Node):
    """A picture with its message above it, and its source and notice below it."""

    svg: str
    alt: str
    title: str
    source: str
    notice: str = ""
    width_mm: float = 170

    def __post_init__(self):
        super().__post_init__()
        _require(self.alt.strip(), "a figure needs an alt text")


# --- to write on, and what was written


@dataclass(frozen=True)
class WriteLines(Node):
    """A question above ruled lines to write on."""

    label: str
    lines: int = 3
    hint: str = ""


@dataclass(frozen=True)
class Boxes(Node):
    """A list of boxes to tick.

    Parameters
    ----------
    label : str
        The question.
    options : tuple of str
    multiple : bool
        Whether more than one may be ticked; printed beside the question.
    most : int
        How many may be ticked at most; 0 is any number.
    chosen : tuple of str
        The ticked options. A text that is no option is the person's own, and gets a
        ticked line of its own.
    own : str
        When given ("Anders, namelijk"), a last box with a line to write on.
    in_row : bool
        Beside each other instead of below each other, for short options.
    """

    label: str
    options: tuple[str, ...]
    multiple: bool = False
    chosen: tuple[str, ...] = ()
    own: str = ""
    in_row: bool = False
    most: int = 0


@dataclass(frozen=True)
class NumberBox(Node):
    """A box to write a number in; `value` is a number already in Dutch form."""

    label: str
    unit: str = ""
    value: str | None = None


@dataclass(frozen=True)
class DoorRow(Node):
    """A row of doors (or people) to circle by hand, or with the first `filled` marked.

    Parameters
    ----------
    label : str
        The question, or whose number it is.
    total : int
        How many in the row, at most twenty.
    filled : int, optional
        How many are marked; None gives the blank row.
    kind : {"guess", "area", "context"}
        Whose number: a guess has a dot, the own area black, what it is compared with grey.
    symbol : {"door", "person"}
    """

    label: str
    total: int = 10
    filled: int | None = None
    kind: str = "area"
    symbol: str = "door"

    def __post_init__(self):
        super().__post_init__()
        _require(1 <= self.total <= 20, f"a row has 1 to 20 places, not {self.total}")
        _require(
            self.filled is None or 0 <= self.filled <= self.total,
            f"{self.filled} of {self.total} cannot be marked",
        )
        _require(self.kind in ("guess", "area", "context"), f"unknown kind: {self.kind}")
        _require(self.symbol in ("door", "person"), f"unknown symbol: {self.symbol}")


@dataclass(frozen=True)
class Said(Node):
    """A person's own answer under its question; None when there is none yet."""

    prompt: str
    text: str | None = None


# --- around other blocks


@dataclass(frozen=True)
class Box(Node):
    """Blocks in a frame.

    Parameters
    ----------
    title : str
    blocks : tuple of blocks
    kind : {"tip", "bron", "kaart", "begeleider", "scherm"}
        A tip, where something comes from, a card to cut out, a note for the facilitator
        (framed unlike anything a participant sees), or, in small letters below such a note,
        what the participants see.
    """

    title: str
    blocks: tuple[Block, ...]
    kind: str = "tip"

    def __post_init__(self):
        super().__post_init__()
        _require(self.kind in BOX_KINDS, f"unknown kind: {self.kind}")


@dataclass(frozen=True)
class Together(Node):
    """Blocks that stay on one page when they fit on one, such as the form of an exercise."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class PageBreak(Node):
    """What follows starts on a new page.

    Parameters
    ----------
    behind : tuple of Block
        When not empty, what follows starts on the back of a leaf. Where that leaves a page in
        between, these blocks fill it.
    """

    behind: tuple[Block, ...] = ()


Block = (
    Heading
    | Paragraph
    | Bullets
    | Quote
    | Table
    | FigureBlock
    | WriteLines
    | Boxes
    | NumberBox
    | DoorRow
    | Said
    | Box
    | Together
    | PageBreak
)


@dataclass(frozen=True)
class Document(Node):
    """A whole sheet or booklet.

    Parameters
    ----------
    title, subtitle : str
    blocks : tuple of blocks
        The title is the heading of level 1; headings in here stand below it.
    audience : {"deelnemer", "begeleider", "groep"}
        A sheet of the whole group is nobody's own: it has no line for a name.
    name : str, optional
        Whose sheet it is; without one, a participant's sheet has a line for it.
    meta : tuple of (label, value)
        Versions, year of the data and the like, printed at the end.
    layout : {"booklet", "page", "cards"}
        Pages as many as needed; one dense page; the same small card four times on an A4, to
        cut. What does not fit runs on over a next page: `page_count` says how many there are.
    """

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    audience: str = "deelnemer"
    name: str | None = None
    meta: tuple[tuple[str, str], ...] = ()
    layout: str = "booklet"

    def __post_init__(self):
        super().__post_init__()
        _require(self.title.strip(), "a document needs a title")
        known = ("deelnemer", "begeleider", "groep")
        _require(self.audience in known, f"unknown audience: {self.audience}")
        _require(self.layout in LAYOUTS, f"unknown layout: {self.layout}")


_TYPES = {kind.__name__: kind for kind in (*Node.__subclasses__(),) if kind is not Document}


def encode(value: Any) -> Any:
    """Turn a node, or whatever stands in one, into plain JSON values."""
    if isinstance(value, tuple | list):
        return [encode(part) for part in value]
    if is_dataclass(value):
        content = {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__, **content}
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(part) for part in value)
    if isinstance(value, dict):
        content = {name: _decode(part) for name, part in value.items()}
        kind = content.pop("type", None)
        _require(kind in _TYPES, f"not a part of a document tree: {kind!r}")
        return _TYPES[kind](**content)
    return value


def to_json(blocks: tuple[Block, ...]) -> list[dict]:
    """Turn blocks into plain JSON values."""
    return encode(tuple(blocks))


def from_json(values: list[dict]) -> tuple[Block, ...]:
    """Turn what :func:`to_json` gave into the same blocks again.

    Raises
    ------
    ValueError, TypeError
        When it is not a document tree.
    """
    _require(isinstance(values, list), "a document tree is a list of blocks")
    return _decode(values)


def level_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Give the headings levels from 2 on without a gap, keeping which stands under which.

    Level 1 is the title of the document. PDF/UA refuses a skipped level.
    """
    above: list[int] = []

    def visit(part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(visit(one) for one in part)
        if isinstance(part, Heading):
            while above and above[-1] >= part.level:
                above.pop()
            above.append(part.level)
            return replace(part, level=min(len(above) + 1, 6))
        if is_dataclass(part):
            return replace(part, **{f.name: visit(getattr(part, f.name)) for f in fields(part)})
        return part

    return visit(tuple(blocks))
