"""What was said before is read back, never asked twice.

An answer is told from its own line in the journal: the question as it was asked stands there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from ..answers import Answer
from ..dutch import format_number, short_date
from ..paper import Block, Heading, Paragraph, Said, Together, WriteLines
from .parts import Context, Part, in_brief

if TYPE_CHECKING:
    from .session import Session


def said(answer: Answer) -> list[tuple[str, str]]:
    """Return the questions of an answer with what was said, in words; nothing said is left out.

    Whatever a line in a journal holds, this never raises.
    """
    prompt = answer.prompt if isinstance(answer.prompt, Mapping) else {}
    fields = prompt.get("fields") if isinstance(prompt.get("fields"), Mapping) else {}
    value = answer.value if isinstance(answer.value, Mapping) else {}
    told = []
    for key, asked in fields.items():
        asked = asked if isinstance(asked, Mapping) else {}
        words = _words(value.get(key), asked)
        if words:
            told.append((str(asked.get("label") or prompt.get("title") or ""), words))
    return told


def _words(value: Any, asked: Mapping) -> str:
    """Say a kept value: text, a number, chosen labels, or rows of a table a line each."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return _number(value, asked)
    if isinstance(value, list | tuple):
        rows = [_row(one, asked) if isinstance(one, Mapping) else _words(one, {}) for one in value]
        separator = "\n" if any(isinstance(one, Mapping) for one in value) else "; "
        return separator.join(filter(None, rows))
    return ""


def _number(value: float, asked: Mapping) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if asked.get("year"):
        return str(int(value))
    return format_number(value, 0 if float(value).is_integer() else 1)


def _row(row: Mapping, asked: Mapping) -> str:
    name = _words(row.get("rij"), {})
    cells = [_date(_words(cell, {})) for key, cell in row.items() if key != "rij"]
    filled = " · ".join(filter(None, cells))
    return f"{name}: {filled}" if name and filled else filled


def _date(text: str) -> str:
    try:
        return short_date(date.fromisoformat(text))
    except ValueError:
        return text


# Who works on paper has the answers on another sheet, or not at all.
COPY = "Een paar woorden is genoeg. Blad kwijt? Schrijf wat je nog weet, of sla over."


@dataclass(frozen=True, kw_only=True)
class Recall(Part):
    """Answers of an earlier meeting, read back.

    Parameters
    ----------
    title : str
    help : str
        One or two sentences under the title.
    of : tuple of str
        Ids of the exercises to read back, in order.
    ask : str
        The question on paper for who has no answer there: where to copy it from.
    """

    kind: ClassVar[str] = "recall"
    title: str
    of: tuple[str, ...]
    help: str = ""
    ask: str = "Neem over van je vorige blad:"

    def told(self, context: Context) -> tuple[Block, ...]:
        """Return what was said, under its questions."""
        answers = (context.answers.get(id) for id in self.of)
        return tuple(Said(*pair) for answer in answers if answer for pair in said(answer))

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return what was said, or room to copy it."""
        told = self.told(context) if context else ()
        help = (Paragraph(self.help),) if self.help else ()
        room = (WriteLines(self.ask, 2, COPY),)
        return (Together((Heading(self.title, 3), *help, *(told or room))),)

    def brief(self, context: Context) -> tuple[Block, ...]:
        """Return what is read back."""
        return (in_brief("↺", self.title, self.help),)

    def screen(self, session: "Session"):
        """Return what stands on the page."""
        from .views import RecallScreen

        return RecallScreen(self, session)
