"""The kinds of exercise. A kind is what differs from the shared form; the words are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..paper import (
    Block,
    FigureBlock,
    Heading,
    PageBreak,
    Paragraph,
    Said,
    Strong,
    Table,
    Together,
    WriteLines,
)
from .fields import ChoiceField, Column, DoorsField, Field, NumberField, TableField, TextField
from .parts import Context, Exercise

# Figures and analysis load pandas and matplotlib, so only inside the function that draws:
# the first exercise on a page does not wait for them.
if TYPE_CHECKING:
    from ..figures import Figure


@dataclass(frozen=True, kw_only=True)
class Write(Exercise):
    """Answer in own words, one prompt per field.

    Parameters
    ----------
    prompts : tuple of str or mapping of str to str
        The questions; keys give a field a name of its own, else it is its number.
    lines : int
        Lines per field, on screen and on paper.
    """

    kind: ClassVar[str] = "write"
    prompts: tuple[str, ...] | Mapping[str, str] = ()
    lines: int = 3

    def fields(self) -> tuple[Field, ...]:
        """Return one text field per prompt."""
        prompts = self.prompts
        if not isinstance(prompts, Mapping):
            prompts = {str(n): prompt for n, prompt in enumerate(prompts, 1)}
        return tuple(TextField(key, label, self.lines) for key, label in prompts.items())


@dataclass(frozen=True, kw_only=True)
class Rows(Exercise):
    """Rows of short fields.

    Parameters
    ----------
    question : str
        What the table is about; its caption.
    columns : mapping of str to str
        Key and heading of each column; at most five, four when the rows have names.
    rows : tuple of str or int
        Names of the rows, or how many rows there are to fill freely.
    first : str
        Heading above the names of the rows.
    lines : int
        Lines per cell on screen; on paper a row is as high as needed for them.
    """

    kind: ClassVar[str] = "table"
    question: str
    columns: Mapping[str, str]
    rows: tuple[str, ...] | int = 4
    first: str = ""
    lines: int = 1

    def fields(self) -> tuple[Field, ...]:
        """Return the one table."""
        names = ("",) * self.rows if isinstance(self.rows, int) else tuple(self.rows)
        columns = tuple(
            Column(key, label, "text", self.lines) for key, label in self.columns.items()
        )
        height = 3 + 8 * self.lines
        return (TableField("rijen", self.question, columns, names, self.first, height),)


@dataclass(frozen=True, kw_only=True)
class Choose(Exercise):
    """Choose one option or more, or give an own one.

    Parameters
    ----------
    question : str
    options : tuple of str
    multiple : bool
    own : str
        Label of the option in own words; empty for none.
    most : int
        How many may be chosen; 0 is any number.
    """

    kind: ClassVar[str] = "choose"
    question: str
    options: tuple[str, ...]
    multiple: bool = False
    own: str = "Iets anders, namelijk"
    most: int = 0

    def fields(self) -> tuple[Field, ...]:
        """Return the one question."""
        options = tuple(self.options)
        field = ChoiceField(
            "keuze", self.question, options, self.multiple, self.own, most=self.most
        )
        return (field,)


@dataclass(frozen=True, kw_only=True)
class ChooseArea(Exercise):
    """Choose the buurt that the figures are about."""

    kind: ClassVar[str] = "area"
    question: str

    def fields(self) -> tuple[Field, ...]:
        """Return one field, for a code."""
        return (TextField("code", self.question, 1),)

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Say which buurt the sheet is about: the figures on it are printed already."""
        if context is None:
            return super().paper(context)
        city = context.area.name(context.area.gemeente(context.code))
        about = ("Dit blad gaat over ", Strong(context.name), f" in {city}.")
        return (Together((Heading(self.title, 3), Paragraph(about))),)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the name of the buurt, as it was when it was chosen where its figures are not."""
        there = context.about(value.get("code"))
        if there:
            return (Together((Heading(self.title, 3), Said(self.question, there.name))),)
        name = self.named(value)
        lacks = f"Van deze buurt staan hier geen cijfers. Dit blad gaat over {context.name}."
        said = (Said(self.question, name), *((Paragraph(lacks),) if name else ()))
        return (Together((Heading(self.title, 3), *said)),)

    @staticmethod
    def named(value: Mapping[str, Any]) -> str | None:
        """Return the name that was kept with the choice."""
        name = value.get("name")
        return name if isinstance(name, str) and name.strip() else None

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Never counted: with twelve people a buurt is a name."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Tally(Exercise):
    """The facilitator's count of hands, stickers or coins, and its picture.

    Parameters
    ----------
    question : str
    options : tuple of str
    of : str
        Id of the exercise whose answers are counted.
    """

    kind: ClassVar[str] = "tally"
    question: str
    options: tuple[str, ...]
    of: str = ""

    def fields(self) -> tuple[Field, ...]:
        """Return one number per option."""
        return tuple(
            NumberField(str(n), option, high=999, whole=True)
            for n, option in enumerate(self.options, 1)
        )

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return a table to count in."""
        rows = tuple((option, "") for option in self.options)
        table = Table((self.question, "Aantal"), rows, row_height_mm=6)
        return (Together((*self._heading(), table)),)

    def brief(self, context: Context | None) -> tuple[Block, ...]:
        """Return the table to count in; what is private is not counted on a sheet that stays."""
        return self._heading() if self.private else self.paper(context)

    def figure(self, value: Mapping[str, Any]) -> "Figure | None":
        """Return the picture of a tally, or None when nothing was counted yet."""
        kept = self.kept(value)
        counts = {f.label: max(int(kept[f.key] or 0), 0) for f in self.fields()}
        if not any(counts.values()):
            return None
        from .. import figures

        source = "Geteld in de zaal, zonder namen."
        return figures.tally_bars(self.question, counts, source)


# How a question of an estimate is asked.
AS_DOORS, AS_RELATIVE, AS_OWN = "doors", "relative", "own"
ROOM = 20  # lines on a page that would be empty
RELATIVE_WORDS = {
    "amount": ("meer", "ongeveer evenveel", "minder"),
    "score": ("beter", "ongeveer gelijk", "minder goed"),
}


@dataclass(frozen=True, kw_only=True)
class Estimate(Exercise):
    """First guess, then see.

    Parameters
    ----------
    questions : tuple of mapping
        ``key``, ``ask`` (the question), ``as`` (``"doors"``: out of ten; ``"relative"``: than
        the city; ``"own"``: out of ten, and no figure exists), ``indicator`` (not for
        ``"own"``), ``words`` ("amount" or "score", for relative), ``symbol`` ("door" or
        "person") and ``after`` (one sentence once seen).
    button : str
        The words on the button that shows the figures.
    """

    kind: ClassVar[str] = "estimate"
    questions: tuple[Mapping[str, str], ...]
    button: str = "Klaar met schatten: laat de cijfers zien"

    def fields(self) -> tuple[Field, ...]:
        """Return one field per question."""
        return tuple(self._field(n, q) for n, q in enumerate(self.questions, 1))

    def _field(self, number: int, question: Mapping[str, str]) -> Field:
        label = f"{number}. {question['ask']}"
        if question["as"] == AS_RELATIVE:
            words = RELATIVE_WORDS[question.get("words", "amount")]
            return ChoiceField(question["key"], label, words, in_row=True)
        return DoorsField(question["key"], label, question.get("symbol", "door"))

    def kept(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a kept value; its fields are the guesses."""
        guesses = value.get("guesses")
        return {**value, "guesses": super().kept(guesses if isinstance(guesses, Mapping) else {})}

    def reveal(self, question: Mapping[str, str], guess: Any, context: Context) -> list[Block]:
        """Return what is seen after the guess: the computed figure and the sentence after it.

        Parameters
        ----------
        guess : int, list of str or None
            None prints the figure alone, for the inside of a folding sheet.
        """
        from . import pictures

        seen: list[Block] = []
        if question["as"] == AS_DOORS:
            seen.extend(pictures.doors_seen(context, question["indicator"], guess))
        elif question["as"] == AS_RELATIVE:
            words = RELATIVE_WORDS[question.get("words", "amount")]
            seen.extend(pictures.relative_seen(context, question["indicator"], words, guess))
        # What is said about a figure says nothing where there is none.
        known = question["as"] == AS_OWN or pictures.is_known(context, question["indicator"])
        if question.get("after") and known:
            seen.append(Paragraph(question["after"]))
        return seen

    def paper(self, context: Context) -> tuple[Block, ...]:
        """Return a folding sheet: questions outside, figures of this buurt inside."""
        inside = [
            Heading(f"{self.title}: de cijfers van {context.name}", 3),
            Paragraph((Strong("Pas omslaan als iedereen geschat heeft."),)),
        ]
        for field, question in zip(self.fields(), self.questions, strict=True):
            inside.append(
                Together((Heading(field.label, 4), *self.reveal(question, None, context)))
            )
        # Behind the questions, so that nobody reads them while guessing.
        behind = PageBreak((WriteLines("Ruimte om te schrijven", ROOM),))
        return (*super().paper(context), behind, *inside)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return each guess beside its figure."""
        told: list[Block] = [Heading(self.title, 3)]
        value = self.kept(value)
        there = context.about(value.get("code")) if value.get("seen") else None
        for field, question in zip(self.fields(), self.questions, strict=True):
            guess = value["guesses"][question["key"]]
            if there is None or guess == field.empty:
                told.extend(field.report(guess))
            else:
                seen = self.reveal(question, guess, there)
                with_guess = any(isinstance(block, FigureBlock) for block in seen)
                asked = (Heading(field.label, 4),) if with_guess else field.report(guess)
                told.append(Together((*asked, *seen)))
        return tuple(told)

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Count the guesses."""
        return super().group(self.kept(value)["guesses"])
