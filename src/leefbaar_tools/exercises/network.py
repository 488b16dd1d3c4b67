"""Who one works with, oneself in the middle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..paper import Block, Heading, Paragraph, Table, Together
from .fields import Column, Field, TextField
from .parts import Context, Exercise

if TYPE_CHECKING:  # loads matplotlib
    from ..figures import Figure

MOST = 10  # partners: more do not fit in a picture that can be read
ALONE = "alleen"  # in a row: whether the tie hangs on one person
KEYS = ("wie", "hoe", "brengt", "wint", ALONE)  # of a row as it is kept
ON_MAP = ("hoe", ALONE)  # on paper these are told by the place of a sticker and a cross


@dataclass(frozen=True)
class TiesField:
    """Rows of partners: who, how near, what they bring and gain, and whether it hangs on you.

    A row is kept in words, so that a journal can be read alone: the name of its ring, and
    `alone` itself where the tie hangs on one person.
    """

    key: str
    label: str
    columns: tuple[Column, ...]
    rings: tuple[str, ...]
    alone: str
    rows: int = MOST
    printed: int = 4
    hint: str = ""

    @property
    def empty(self) -> list[dict[str, str]]:
        """Nobody yet."""
        return []

    def read(self, raw: list[dict[str, Any]]) -> list[dict[str, str]]:
        """Return the rows in which something stands."""
        return self.kept(raw)

    def kept(self, value: Any) -> list[dict[str, str]]:
        """Return what can be shown of what was kept."""
        rows = []
        for row in value if isinstance(value, list | tuple) else ():
            if isinstance(row, Mapping):
                texts = {key: Column(key, "").kept(row.get(key)).strip() for key in KEYS}
                if row.get("alleen") is True or texts["alleen"]:
                    texts["alleen"] = self.alone
                if any(texts.values()):
                    rows.append(texts)
        return rows

    def paper(self) -> tuple[Block, ...]:
        """Return a table to write in what the map does not tell."""
        header = tuple(column.label for column in self.columns if column.key not in ON_MAP)
        blank = (("",) * len(header),) * self.printed
        return (Table(header, blank, self.label, row_height_mm=10, widths=(4, 4, 4)),)

    def report(self, value: list[dict[str, str]]) -> tuple[Block, ...]:
        """Return the partners as filled in; without any the table to write in."""
        if not value:
            return self.paper()
        columns = {column.key: column.label for column in self.columns}
        keys = [key for key in KEYS if key != "alleen"]
        rows = tuple(
            tuple(_near(row) if key == "hoe" else row[key] for key in keys) for row in value
        )
        return (Table(tuple(columns[key] for key in keys), rows, self.label),)

    def count(self, value: list[dict[str, str]]) -> list[str]:
        """Return how near each partner is; who it is counts nowhere."""
        return [row["hoe"] for row in value if row["hoe"] in self.rings]


def _near(row: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (row["hoe"], row["alleen"])))


@dataclass(frozen=True, kw_only=True)
class Network(Exercise):
    """Partners around oneself in three rings, and which ties hang on oneself alone.

    Parameters
    ----------
    question : str
        What the table is about; its caption.
    columns : mapping of str to str
        Headings of ``wie`` (a role or organisation, never a resident's name), ``hoe`` (how
        near), ``brengt``, ``wint`` and ``alleen`` (hangs on me alone).
    rings : tuple of str
        How near, from near to far; three.
    alone : str
        What a tie is called that hangs on one person.
    without : str
        The question what happens when one is away; empty for none.
    shown : int
        How many rows the screen begins with, and paper has; on screen more come with a button.
    """

    kind: ClassVar[str] = "network"
    question: str
    columns: Mapping[str, str]
    rings: tuple[str, ...] = ("wekelijks", "soms", "nog nooit")
    alone: str = "hangt alleen aan mij"
    without: str = ""
    shown: int = 4

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "rings", tuple(self.rings))
        if set(self.columns) != set(KEYS):
            raise ValueError(f"{self.id}: columns needs {', '.join(KEYS)}")
        if len(self.rings) != 3 or len(set(self.rings)) != 3:
            raise ValueError(f"{self.id}: three rings are needed")

    def fields(self) -> tuple[Field, ...]:
        """Return the partners, and the question about being away."""
        columns = tuple(Column(key, self.columns[key]) for key in KEYS)
        ties = TiesField(
            "banden", self.question, columns, self.rings, self.alone, printed=self.shown
        )
        return (ties, *([TextField("ziek", self.without, 2)] if self.without else []))

    def figure(self, value: Mapping[str, Any]) -> "Figure | None":
        """Return the picture, or None when there is no partner with a name and a ring."""
        from .. import figures

        rows = [r for r in self.kept(value)["banden"] if r["wie"] and r["hoe"] in self.rings]
        ties = [
            figures.Tie(row["wie"], self.rings.index(row["hoe"]), bool(row["alleen"]))
            for row in rows[:MOST]
        ]
        if not ties:
            return None
        alone = sum(tie.alone for tie in ties)
        who = f"Jij en {len(ties)} {'partner' if len(ties) == 1 else 'partners'}"
        hang = {0: "geen hangt", 1: "één hangt"}.get(alone, f"{alone} hangen")
        title = f"{who}: {hang} alleen aan jou"
        return figures.network(title, ties, self.rings, self.alone, "Zelf ingevuld.")

    def unplaced(self, value: Mapping[str, Any]) -> list[str]:
        """Return who has a name and no ring yet, so stands in no picture."""
        rows = self.kept(value)["banden"]
        return [row["wie"] for row in rows if row["wie"] and row["hoe"] not in self.rings]

    def seen(self, value: Mapping[str, Any]) -> tuple[Block, ...]:
        """Return the picture, and who is not in it yet."""
        figure, missing = self.figure(value), self.unplaced(value)
        drawn = (replace(figure.block(), width_mm=130),) if figure else ()
        if not missing:
            return drawn
        return (*drawn, Paragraph(f"Nog geen plek in de kaart: {'; '.join(missing)}."))

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return blank rings to write in, and a table for what they bring and gain."""
        ties, *others = self.fields()
        blank = (block for field in others for block in field.paper())
        return (Together((*self._heading(), self._blank())), Together((*ties.paper(), *blank)))

    def _blank(self) -> Block:
        from .. import figures

        rings = figures.network(self.title, (), self.rings, self.alone, "").block()
        return replace(rings, title="", width_mm=130)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the picture and the partners; without any the rings to write in."""
        seen = self.seen(value)
        drawn = (Heading(self.title, 3), *seen) if seen else (*self._heading(), self._blank())
        return (Together(drawn), Together(self._told(value)))

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Count how near partners are and how many ties hang on one person; never who."""
        if self.private:
            return {}
        rows = self.kept(value)["banden"]
        near = [row["hoe"] for row in rows if row["hoe"] in self.rings]
        return {"hoe": near, "alleen": [self.alone for row in rows if row["alleen"]]}
