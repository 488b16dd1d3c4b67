"""The steps and minutes of a werkvorm: a card on paper, a clock on screen.

On screen the steps stand as a plain list, which shows wherever a notebook shows. In the room
the lab extension (``timer.js``) puts a clock above that list; it keeps the time in the page
itself, so that no kernel can stop it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from ..dutch import format_number
from ..paper import Block, Box, Heading, Paragraph, Strong, Table, Text, Together
from ..resources import clock
from .parts import Context, Part
from .session import close

if TYPE_CHECKING:
    from .session import Session

TOTAL = "Totaal"


@dataclass(frozen=True, kw_only=True)
class Timer(Part):
    """The steps of a werkvorm, each with its minutes. Nobody answers it, so it counts nothing.

    Parameters
    ----------
    title : str
    steps : sequence of mapping
        ``name``, ``minutes`` (a multiple of 0.5) and ``do`` (the one instruction; may be left
        out).
    help : str
        One or two sentences under the title.
    card : bool
        Whether participants get the steps on paper; a clock for the facilitator alone has none.

    Raises
    ------
    ValueError
        When there is no step, or one cannot be used; the message names the id.
    """

    kind: ClassVar[str] = "timer"
    title: str
    steps: tuple[Mapping[str, Any], ...]
    help: str = ""
    card: bool = True

    def __post_init__(self):
        if not self.steps:
            raise ValueError(f"{self.id}: a timer needs at least one step")
        steps = tuple(self._step(n, given) for n, given in enumerate(self.steps, 1))
        object.__setattr__(self, "steps", steps)

    def _step(self, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a step as it was meant, or say what is wrong with it."""
        where = f"{self.id}, step {number}"
        if unknown := set(given) - {"name", "minutes", "do"}:
            raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}")
        name, minutes = given.get("name"), given.get("minutes")
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"{where}: a step needs a name")
        if not _is_minutes(minutes):
            raise ValueError(f"{where}: {minutes!r} is not a number of minutes, whole or half")
        if not isinstance(todo := given.get("do", ""), str):
            raise ValueError(f"{where}: what to do is a text, not {todo!r}")
        return {"name": name, "minutes": minutes, "do": todo}

    @property
    def minutes(self) -> float:
        """How long all steps take."""
        return sum(step["minutes"] for step in self.steps)

    def screen(self, session: "Session") -> "TimerScreen":
        """Return what stands on the page."""
        return TimerScreen(self, session)

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the stapkaart: a card to cut out and lay on the table."""
        table = Table(
            ("Stap", "Minuten", "Wat je doet"), tuple(self._rows()), align=("left", "right", "left")
        )
        return (Box(self.title, (*self._help(), table), kind="tip"),) if self.card else ()

    def brief(self, context: Context | None) -> tuple[Block, ...]:
        """Return the steps with the clock at which each begins, counted from the first."""
        rows = zip(self._clock(), self._rows(), strict=True)
        table = Table(
            ("Klok", "Stap", "Minuten", "Wat je doet"),
            tuple((clock, *row) for clock, row in rows),
            align=("right", "left", "right", "left"),
        )
        return (Together((Heading(self.title, 3), *self._help(), table)),)

    def _help(self) -> tuple[Block, ...]:
        return (Paragraph(self.help),) if self.help else ()

    def _rows(self) -> Iterator[tuple[Text, ...]]:
        for number, step in enumerate(self.steps, 1):
            yield (Strong(f"{number}. {step['name']}"),), _number(step["minutes"]), step["do"]
        yield (Strong(TOTAL),), (Strong(_number(self.minutes)),), ""

    def _clock(self) -> list[str]:
        """Return when each step begins and when the last one ends."""
        begins = [0.0]
        for step in self.steps:
            begins.append(begins[-1] + step["minutes"])
        return [_time(minute) for minute in begins]


class TimerScreen:
    """The steps on screen, for the lab extension to put a clock above.

    All it needs goes along as data; it holds no state and hears nothing back.
    """

    def __init__(self, part: Timer, session: "Session"):
        # Loaded only here: a handout reads this part without widgets.
        import ipywidgets as widgets

        self.exercise = part
        self.id = part.id
        self.session = session
        self.widget = widgets.HTML(_html(part)).add_class("leefbaar-tijd")
        session.add(self)

    @property
    def html(self) -> str:
        """What is shown."""
        return self.widget.value

    def follow_area(self) -> None:
        """Nothing in it is about a buurt."""

    def fill(self) -> None:
        """Nothing to fill in."""

    def catch_up(self, typed) -> None:
        """Nothing to type in."""

    def flush(self) -> None:
        """Nothing to write."""

    def close(self) -> None:
        """Leave the page."""
        close(self.widget)


def _html(part: Timer) -> str:
    """Write the steps as a list, and beside it what a clock needs."""
    words = {"id": part.id, "title": part.title, "steps": part.steps}
    data = json.dumps(words, ensure_ascii=False)
    help_line = f"<p>{escape(part.help)}</p>" if part.help else ""
    steps = "".join(map(_html_step, part.steps))
    return (
        f'<div class="leefbaar-klok" lang="nl" data-klok="{escape(data)}">'
        f"<h3>{escape(part.title)}</h3>{help_line}"
        f'<div class="leefbaar-stappen"><ol>{steps}</ol>'
        f"<p>{TOTAL} {_minutes(part.minutes)}.</p></div></div>"
    )


def _html_step(step: Mapping[str, Any]) -> str:
    todo = f"<br>{escape(step['do'])}" if step["do"] else ""
    return f"<li><strong>{escape(step['name'])}</strong>, {_minutes(step['minutes'])}{todo}</li>"


def _is_minutes(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value > 0 and float(value * 2).is_integer()


def _number(minutes: float) -> str:
    return format_number(minutes, 1 if minutes % 1 else 0)


def _minutes(minutes: float) -> str:
    return f"{_number(minutes)} {'minuut' if minutes <= 1 else 'minuten'}"


def _time(minute: float) -> str:
    """Write minutes as hours and minutes: ``0:05``, and ``0:05½`` for half a minute more."""
    return clock(int(minute)) + ("½" if minute % 1 else "")
