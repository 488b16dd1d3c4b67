"""A chain of steps in one's own words, drawn as a diagram."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..paper import Block, Heading, Paragraph, Said, Strong, Together
from .fields import Column, Field, TableField
from .parts import Context, Exercise, in_brief

if TYPE_CHECKING:  # loads matplotlib
    from ..figures import Figure

FIELD = "ketens"


@dataclass(frozen=True, kw_only=True)
class Diagram(Exercise):
    """Write chains of steps in short fields; each is drawn with boxes and arrows.

    Parameters
    ----------
    columns : mapping of str to str
        Key and heading of each part of a chain, in the order in which it is told. Those that
        are neither `reason` nor `knowledge` are the steps: one to three.
    question : str
        What the fields are about.
    reason : str
        Key of the assumption that holds up the first step.
    knowledge : str
        Key of how the person knows that.
    chains : int
        How many chains fit: one to three.
    missing : str
        Said in the picture where a chain has no answer under `knowledge`.
    picture : str
        Title of the picture.
    """

    kind: ClassVar[str] = "diagram"
    columns: Mapping[str, str]
    question: str = ""
    reason: str = "want"
    knowledge: str = "weet"
    chains: int = 2
    missing: str = "Dat vraag ik nog na."
    picture: str = "Zo denk je dat het werkt"

    def __post_init__(self):
        super().__post_init__()
        if not {self.reason, self.knowledge} < set(self.columns):
            raise ValueError(f"{self.id}: columns need {self.reason!r} and {self.knowledge!r}")
        if not 1 <= len(self._steps) <= 3 or not 1 <= self.chains <= 3:
            raise ValueError(f"{self.id}: one to three steps, and one to three chains")

    @property
    def _steps(self) -> list[str]:
        return [key for key in self.columns if key not in (self.reason, self.knowledge)]

    def fields(self) -> tuple[Field, ...]:
        """Return one table: a row for each chain."""
        columns = tuple(Column(key, label, lines=3) for key, label in self.columns.items())
        return (TableField(FIELD, self.question, columns, ("",) * self.chains),)

    def told(self, value: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the chains in which something was written."""
        rows = self.kept(value)[FIELD]
        return [row for row in rows if any(str(row[key]).strip() for key in self.columns)]

    def figure(self, value: Mapping[str, Any]) -> "Figure | None":
        """Return the diagram; None when nothing was written, or more than fits on a sheet."""
        from .. import figures

        chains = [self._parts(row) for row in self.told(value)]
        if not chains:
            return None
        return figures.change_story(self.picture, chains, self.missing, "Eigen woorden.")

    def _parts(self, row: Mapping[str, Any]):
        """Return the steps of a chain, its reason and how one knows it, each with its heading."""
        parts = {key: (label, str(row.get(key, ""))) for key, label in self.columns.items()}
        return (
            tuple(parts[key] for key in self._steps),
            parts[self.reason],
            parts[self.knowledge],
        )

    def seen(self, value: Mapping[str, Any]) -> tuple[Block, ...]:
        """Return the diagram, or the words below each other when they do not fit in one."""
        told = self.told(value)
        figure = self.figure(value)
        if figure:
            return (figure.block(),)
        # One picture for each chain, and words where one chain alone is too long for a sheet.
        blocks: list[Block] = []
        for row in told:
            alone = self.figure({FIELD: [row]}) if len(told) > 1 else None
            words = (Said(label, row[key] or None) for key, label in self.columns.items())
            blocks.append(alone.block() if alone else Together(tuple(words)))
        return tuple(blocks)

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return empty boxes with their headings, to write in."""
        from .. import figures

        empty = self._parts({})
        form = figures.change_story(self.picture, [empty] * self.chains, "", blank=True)
        if form is None:  # headings of many lines
            return super().paper(context)
        asked = (Paragraph((Strong(self.question),)),) if self.question else ()
        return (Together((*self._heading(), *asked, form.block())),)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the diagram with the person's own words; without any the boxes to write in."""
        if not self.told(value):
            return self.paper(context)
        first, *others = self.seen(value)
        return (Together((Heading(self.title, 3), first)), *others)

    def brief(self, context: Context) -> tuple[Block, ...]:
        """Return what is asked, without room to write."""
        asked = " ".join(self.columns.values())
        return (in_brief("✎", self.title, asked),)

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Count of how many chains one knows why; never the words."""
        if self.private:
            return {}
        heading = self.columns[self.knowledge]
        known = (str(row[self.knowledge]).strip() for row in self.told(value))
        return {self.knowledge: [heading if words else self.missing for words in known]}
