"""Exploring: controls and a figure that follows them, with the own street beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from ..paper import Block, Box, FigureBlock, Heading, Paragraph, Strong, Together
from .fields import ChoiceField, Field, TextField
from .parts import Context, Exercise

OWN_FILE = {"own_complexes", "own_months"}  # drawings of the corporation's own file
ABOUT_AREA = {*OWN_FILE, "map", "place", "profile", "trend"}  # drawings of the chosen buurt
TIMES = "keer"  # in a value: how often was drawn
INVENTED = "voorbeelddata"  # in the source line of every invented figure
AGAIN_MM = 125  # width of a figure on the sheet of who saw it before; its letters are 9 points
MOST_TIMES = 40  # draws by chance that one picture can show


@dataclass(frozen=True, kw_only=True)
class Explore(Exercise):
    """Controls, the figure they steer, and what one sees on the street oneself.

    Parameters
    ----------
    show : str
        Which drawing; a key of `pictures.DRAWINGS`.
    controls : tuple of mapping
        ``key``, ``ask`` (the question) and ``options``: a mapping of label to what the drawing
        gets for it, by name: ``{"Alleen wonen": {"indicator": "single_person"}}``. The first
        option is shown at the start.
    street : str
        The question beside the figure; empty for none.
    again : str
        Words on a button that draws anew, for a drawing by chance; empty for none.
    settings : mapping
        What the drawing needs besides.
    printed : int
        Of how many options of the first control the figure stands on paper.
    stepwise : bool
        The options of the first control are opened one after the other, in the room; the
        facilitator's sheet shows the last one.
    """

    kind: ClassVar[str] = "explore"
    show: str
    controls: tuple[Mapping[str, Any], ...]
    street: str = "Wat zie jij op straat?"
    again: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    printed: int = 1
    stepwise: bool = False

    def __post_init__(self):
        super().__post_init__()
        if not all(control["options"] for control in self.controls):
            raise ValueError(f"{self.id}: a control needs options")

    @property
    def about_area(self) -> bool:
        """Whether the figure is about the chosen buurt."""
        return self.show in ABOUT_AREA

    def fields(self) -> tuple[Field, ...]:
        """Return a choice per control, and the question about the street."""
        choices = [
            ChoiceField(c["key"], c["ask"], tuple(c["options"]), in_row=True) for c in self.controls
        ]
        return (*choices, *([TextField("straat", self.street, 3)] if self.street else []))

    def kept(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a kept value; of a control without a choice that still exists the first option."""
        kept = super().kept(value)
        for control in self.controls:
            chosen = kept[control["key"]]
            if not chosen or chosen[0] not in control["options"]:
                kept[control["key"]] = [next(iter(control["options"]))]
        times = value.get(TIMES)
        whole = isinstance(times, int) and not isinstance(times, bool)
        return {**kept, TIMES: min(max(times, 1), MOST_TIMES) if whole else 1}

    def drawing(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the figure for what is chosen; for what is not, that of the first option."""
        from . import pictures

        kept = self.kept(value)
        chosen: dict[str, Any] = {TIMES: kept[TIMES]}
        for control in self.controls:
            chosen |= control["options"][kept[control["key"]][0]]
        # What is told about one place stays there: only the sample city has its reports, and a
        # letter for a real buurt would be a verdict on it.
        there = context if self.about_area else context.sample()
        drawn = tuple(pictures.DRAWINGS[self.show](there, chosen, self.settings))
        return (*self._whose(context, drawn), *drawn)

    def _whose(self, context: Context, drawn: tuple[Block, ...]) -> tuple[Block, ...]:
        """Say that figures are invented to who chose a buurt of their own."""
        if context.invented or self.about_area:
            return ()
        if not any(INVENTED in _source(one) for one in drawn):
            return ()
        return (Paragraph(f"Dit gaat over de voorbeeldstad, niet over {context.name}."),)

    def first(self, number: int = 0) -> dict[str, Any]:
        """Return a value in which an option of the first control is chosen."""
        if not self.controls:
            return {}
        control = self.controls[0]
        return {control["key"]: [list(control["options"])[number]]}

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the figure of the first options, and room to write what one sees oneself."""
        if context is None:
            return super().paper(context)
        printed = min(self.printed, self._options())
        figures = [self.drawing(self.first(number), context) for number in range(printed)]
        if not figures:
            asked = self._street().paper() if self.street else ()
            return (Together((*self._heading(), *asked)),)
        first, *others = figures
        return (
            Together((*self._heading(), *first)),
            *(Together(blocks) for blocks in others),
            *(self._street().paper() if self.street else ()),
        )

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the figure last looked at, and the own words."""
        context = context.about(value.get("code")) or context
        said = self._street().report(self.kept(value)["straat"]) if self.street else ()
        seen = map(_smaller, self._looked_at(value, context))
        return (Together((Heading(self.title, 3), *seen, *said)),)

    def _looked_at(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the figure last looked at, named: the title is about all there is to see.

        Where nothing was to be seen, the first other option with something follows.
        """
        from . import pictures

        # Invented complexes are not worth their paper.
        if self.show in OWN_FILE and (lacks := pictures.no_own_file(context)):
            return tuple(lacks)
        drawn = self.drawing(value, context)
        read = any(isinstance(block, Box) for block in drawn)
        named = self._named("Je las het laatst" if read else "Je keek het laatst naar", value)
        if not _only_words(drawn):
            return (*named, *drawn)
        kept = self.kept(value)
        for number in range(self._options()):
            other = kept | self.first(number)
            instead = self.drawing(other, context)
            if not _only_words(instead):
                return (*named, *drawn, *self._named("Hier zie je", other), *instead)
        return (*named, *drawn)

    def _named(self, before: str, value: Mapping[str, Any]) -> tuple[Block, ...]:
        """Name what is chosen, where there was something to choose; the last step shows all."""
        kept = self.kept(value)
        chosen = [
            kept[control["key"]][0]
            for control in self.controls
            if len(control["options"]) > 1 and value.get(control["key"])
        ]
        if self.stepwise or not chosen:
            return ()
        return (Paragraph((f"{before}: ", Strong("; ".join(chosen)))),)

    def _options(self) -> int:
        """Return how many options the first control has; one drawing stands without."""
        return len(self.controls[0]["options"]) if self.controls else 1

    def brief(self, context: Context) -> tuple[Block, ...]:
        """Return what is asked; of a figure opened step by step also the last step."""
        asked = super().brief(context)
        if not self.stepwise:
            return asked
        last = len(self.controls[0]["options"]) - 1
        return (Together((*asked, *self.drawing(self.first(last), context))),)

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Never counted: looking around is no answer."""
        return {}

    def _street(self) -> TextField:
        return TextField("straat", self.street, 3)


def _source(block: Block) -> str:
    """Return the text in which a source would stand: of a figure its line, else all there is."""
    return block.source if isinstance(block, FigureBlock) else str(block)


def _smaller(block: Block) -> Block:
    """Return a figure no wider than needed to look at it again, beside the words about it."""
    if not isinstance(block, FigureBlock):
        return block
    return replace(block, width_mm=min(block.width_mm, AGAIN_MM))


def _only_words(drawn: tuple[Block, ...]) -> bool:
    """Tell whether there is nothing to see but why there is nothing to see."""
    return all(isinstance(block, Paragraph) for block in drawn)


@dataclass(frozen=True, kw_only=True)
class Map(Explore):
    """The buurten of the city on a map, by how each compares with the whole city."""

    kind: ClassVar[str] = "map"
    show: str = "map"
