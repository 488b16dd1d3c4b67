"""Exercises on screen: prefilled, saved while typing, never a traceback."""

import asyncio
import functools
import html
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

import ipywidgets as widgets

from ..answers import Answer, NotSaved, check_text
from ..dutch import format_date, format_time
from ..paper import Paragraph, to_html_fragment
from ..personal_data import describe, find_personal_data
from .controls import Control, NumberControl, control_for
from .explore import MOST_TIMES, TIMES, Explore
from .fields import TableField
from .goals import Goal, Teller
from .kinds import Estimate, Tally
from .parts import Exercise, chosen_last
from .session import SORRY, Session, close

PAUSE = 0.5  # seconds without a key before a line is written


class HeldBack(Exception):
    """Text that looks like personal data; the message says what was seen."""


def told(method: Callable) -> Callable:
    """Let a callback tell its own error in Dutch and log it, instead of vanishing."""

    @functools.wraps(method)
    def safely(self, *arguments):
        try:
            return method(self, *arguments)
        except Exception as error:
            self.say(SORRY, "fout")
            self.session.failed(f"{self.id}.{method.__name__}", error)
            return None

    return safely


class Screen:
    """One exercise on screen, in one session."""

    def __init__(self, exercise: Exercise, session: Session):
        self.exercise = exercise
        self.session = session
        self.id = exercise.id
        self._waiting: asyncio.TimerHandle | None = None
        self._dirty = False
        self._filling = False
        self._approved: set[str] = set()
        self._participant = session.participant
        self.controls: dict[str, Control] = {
            field.key: self.control(field) for field in exercise.fields()
        }
        self._status = widgets.HTML().add_class("leefbaar-status")
        self._keep = widgets.Button(description="Toch bewaren", tooltip="")
        self._keep.add_class("leefbaar-knop").layout.display = "none"
        self._keep.on_click(lambda button: self.keep_anyway())
        self.widget = widgets.VBox(self.rows()).add_class("leefbaar-oefening")
        session.add(self)
        self.fill()

    # --- to differ per kind

    def control(self, field) -> Control:
        """Return the control of a field."""
        return control_for(field, self.id, self.typed)

    def rows(self) -> list[widgets.Widget]:
        """Return the widgets, from top to bottom."""
        return [
            self.heading(),
            *(control.widget for control in self.controls.values()),
            self._keep,
            self._status,
        ]

    def value(self) -> dict[str, Any]:
        """Return what is filled in, read and checked.

        Raises
        ------
        ValueError
            In Dutch, when a field holds what cannot be kept.
        """
        return {key: c.field.read(c.get()) for key, c in self.controls.items()}

    def entered(self) -> dict[str, Any]:
        """Return what stands in the fields, also what cannot be kept, for `show`."""
        return {key: control.get() for key, control in self.controls.items()}

    def show(self, value: Mapping[str, Any]) -> None:
        """Show a kept value, or one that was entered."""
        for key, control in self.controls.items():
            control.set(value.get(key, control.field.empty))

    def saved(self) -> None:
        """React when a line is on disk."""

    def follow_area(self) -> None:
        """React when another buurt was chosen."""

    def journal(self):
        """Return the journal that this exercise writes in, or None."""
        return None if self.exercise.private else self.session.journal(self._participant)

    def newest(self) -> Answer | None:
        """Return the kept answer to show."""
        journal = self.journal()
        answer = journal.newest(self.id) if journal else None
        return answer if answer and self._fits(answer) else None

    def _fits(self, answer: Answer) -> bool:
        return answer.kind == self.exercise.kind and isinstance(answer.value, dict)

    # --- what every exercise does

    def heading(self) -> widgets.Widget:
        """Return the heading and the sentence under it."""
        help_line = f"<p>{html.escape(self.exercise.help)}</p>" if self.exercise.help else ""
        return widgets.HTML(f"<h3>{html.escape(self.exercise.title)}</h3>{help_line}")

    @told
    def fill(self) -> None:
        """Show the answer of whoever is answering now, or what this person was typing."""
        self._participant = self.session.participant
        draft = self.session.drafts.get((self._participant, self.id))
        answer = self.newest()
        value = draft or (self.exercise.kept(answer.value) if answer else {})
        self._approved = {found.text for found in _personal(answer.value)} if answer else set()
        self._filling = True
        try:
            self.show(value)
        finally:
            self._filling = False
        self._dirty = draft is not None
        self.held(False)
        if answer and not draft:
            self.say_saved(answer)
        else:
            self.say(self.resting())
        if draft:
            self.save()

    def resting(self) -> str:
        """Return what stands under the exercise when nothing is kept or typed."""
        if self.exercise.private:
            return "Dit bewaren we niet."
        return self.session.place

    @told
    def typed(self) -> None:
        """Take a key or a click: nothing is saved until there is a pause."""
        if self._filling:
            return
        self._dirty = True
        self.held(False)
        self.say(self.resting())
        if self._waiting:
            self._waiting.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: nothing would ever call later
            self.save()
        else:
            self._waiting = loop.call_later(PAUSE, self.flush)

    @told
    def catch_up(self, typed: Mapping[str, Any]) -> None:
        """Take what was typed on the page and is still on its way from there."""
        for control in self.controls.values():
            control.catch_up(typed)

    def flush(self) -> None:
        """Write at once what waits."""
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        if self._dirty:
            self.save()

    @told
    def save(self) -> None:
        """Write what is filled in, or say why it is not written."""
        draft_of = (self._participant, self.id)
        journal = self.journal()
        late = "Nog niet bewaard. " if journal else ""
        if journal:
            self.session.drafts[draft_of] = self.entered()
        try:
            value = clean(self.value())
            if journal is None:
                self._dirty = False
                self.say(self.unread() or self.resting(), "let-op" if self.unread() else "")
                return
            self.hold_back(value)
            answer = journal.append(
                self.id, self.exercise.kind, self.exercise.prompt(), value, plan=self.exercise.plan
            )
        except HeldBack as seen:
            self.held(True)
            self.say(f"{seen} {late}Moet het er echt in? Kies “Toch bewaren”.", "let-op")
        except ValueError as refused:
            self.say(f"{late}{refused}", "let-op")
        except NotSaved as failed:
            self.say(f"{late}{failed}", "fout")
        else:
            self._dirty = False
            self.session.drafts.pop(draft_of, None)
            self.say_saved(answer)
            self.tell_saved()
            self.saved()
            self.session.answer_changed(self.id)

    def unread(self) -> str:
        """Return which cell of a table cannot be read (yet) and why, or nothing."""
        tables = (c for c in self.controls.values() if isinstance(c.field, TableField))
        return next(filter(None, (table.field.unread(table.get()) for table in tables)), "")

    def say_saved(self, answer: Answer) -> None:
        """Say when it was kept, and what of it cannot be read."""
        unread = self.unread()
        self.say(f"{_when(answer)}. {unread}" if unread else _when(answer), unread and "let-op")

    def tell_saved(self) -> None:
        """Tell the page which state is on disk."""
        fields: dict[str, Any] = {}
        for control in self.controls.values():
            fields |= control.page_state()
        self.session.tell(type="saved", fields=fields)

    def hold_back(self, value: Mapping[str, Any]) -> None:
        """Stop text that looks like personal data and was not let through before."""
        found = [one for one in _personal(value) if one.text not in self._approved]
        if found:
            raise HeldBack(describe(found[0]))

    @told
    def keep_anyway(self) -> None:
        """Let the text through after all."""
        self._approved |= {found.text for found in _personal(clean(self.value()))}
        self.held(False)
        self.save()

    def held(self, held: bool) -> None:
        """Show or hide the button that lets text through."""
        self._keep.layout.display = None if held else "none"

    def say(self, text: str, tone: str = "") -> None:
        """Put a line under the exercise."""
        self._status.value = f'<p class="{tone}">{html.escape(text)}</p>' if text else ""

    @property
    def status(self) -> str:
        """The line under the exercise, as text."""
        return html.unescape(self._status.value.partition(">")[2].removesuffix("</p>"))

    def close(self) -> None:
        """Leave the page; what still waited is written first."""
        self.flush()
        close(self.widget)


class EstimateScreen(Screen):
    """First guess, then see."""

    exercise: Estimate

    def rows(self):
        """Put the figure of each question under it, closed until the button is used."""
        self._seen = False
        self._pictures = {key: widgets.HTML() for key in self.controls}
        self._button = widgets.Button(description=self.exercise.button, tooltip="")
        self._button.add_class("leefbaar-knop")
        self._button.on_click(lambda button: self.see())
        rows = [self.heading()]
        for key, control in self.controls.items():
            rows += [control.widget, self._pictures[key]]
        return [*rows, self._button, self._keep, self._status]

    def value(self):
        """Return the guesses, whether the figures were seen, and of which buurt."""
        return {"code": self._code, "seen": self._seen, "guesses": super().value()}

    def entered(self):
        """Return the same; what is clicked can always be read."""
        return self.value()

    def newest(self):
        """Return the newest answer about the buurt chosen now."""
        self._code = self.session.code
        journal = self.journal()
        versions = journal.versions(self.id) if journal else []
        about = [a for a in versions if self._fits(a) and a.value.get("code") == self._code]
        return about[-1] if about else None

    def show(self, value):
        """Show the guesses, and the figures when they were seen before."""
        self._code = self.session.code
        self._seen = bool(value.get("seen"))
        super().show(value.get("guesses", {}))
        self._draw()

    @told
    def follow_area(self):
        """Start again for another buurt; guesses about an earlier one are kept."""
        self.flush()
        if self.session.code != self._code:
            self.session.drafts.pop((self._participant, self.id), None)
            self.fill()

    @told
    def see(self) -> None:
        """Show the figures of the questions that were guessed; those guesses stay."""
        missing = self._missing()
        if len(missing) == len(self.controls):
            self.say("Schat eerst. Klik bij een vraag een antwoord aan, dan zie je het cijfer.")
            return
        self._seen = True
        self._draw()
        self._dirty = True
        self.save()
        # The first figure is above the button: show it.
        self.session.tell(type="look", exercise=self.id)

    def _missing(self) -> list[str]:
        return [key for key, c in self.controls.items() if c.get() == c.field.empty]

    def _draw(self) -> None:
        context = self.session.context() if self._seen else None
        missing = self._missing()
        for key, question in zip(self.controls, self.exercise.questions, strict=True):
            control = self.controls[key]
            shown = self._seen and key not in missing
            guess = control.get()
            blocks = self.exercise.reveal(question, guess, context) if shown else ()
            self._pictures[key].value = to_html_fragment(tuple(blocks)) if blocks else ""
            control.disable(shown)
        self._button.layout.display = "none" if self._seen and not missing else None


class FigureScreen(Screen):
    """An exercise with a picture that follows every choice at once."""

    def rows(self):
        """Put the picture where the kind wants it."""
        self._picture = widgets.HTML()
        return self.placed(super().rows())

    def placed(self, rows: list[widgets.Widget]) -> list[widgets.Widget]:
        """Return the rows with the picture among them."""
        return [*rows, self._picture]

    def blocks(self) -> tuple:
        """Return what the picture shows now."""
        raise NotImplementedError

    def show(self, value):
        """Show a kept value and its picture, never that of whoever was answering before."""
        super().show(value)
        self._picture.value = ""
        self._draw()

    @told
    def typed(self):
        """Draw at once, save after the pause."""
        super().typed()
        if not self._filling:
            self._draw()

    @told
    def follow_area(self):
        """Draw the picture of the buurt chosen now."""
        self._draw()

    def _draw(self) -> None:
        try:
            blocks = self.blocks()
        except ValueError:
            return  # the picture waits until everything can be read
        self._picture.value = to_html_fragment(tuple(blocks), inline_svg=True) if blocks else ""


class ExploreScreen(FigureScreen):
    """Controls, the figure they steer, and the question about the street beside it."""

    exercise: Explore

    def __init__(self, exercise, session):
        super().__init__(exercise, session)
        if exercise.street:
            self.widget.add_class("leefbaar-breed")

    def placed(self, rows):
        """Put the controls above the figure and the question beside it.

        Without a question nothing stands beside it: what is told of saving comes below.
        """
        heading, *controls, keep, status = rows
        street = [controls.pop()] if self.exercise.street else []
        for field, control in zip(controls, self.exercise.controls, strict=True):
            if len(control["options"]) == 1:  # nothing to choose is no question
                field.layout.display = "none"
        self._times = 1
        if self.exercise.again:
            button = widgets.Button(description=self.exercise.again, tooltip="")
            button.on_click(lambda _: self.draw_again())
            controls.append(button.add_class("leefbaar-knop"))
        if not street:
            return [heading, *controls, self._picture, keep, status]
        beside = widgets.Box([self._picture, widgets.VBox([*street, keep, status])])
        return [heading, *controls, beside.add_class("leefbaar-naast")]

    def show(self, value):
        """Show what was looked at last; at first the first option of every control."""
        value = self.exercise.kept(value)
        self._times = value[TIMES]
        super().show(value)

    def value(self):
        """Return the choices, the words, and of which buurt the figure is."""
        drawn = {TIMES: self._times} if self.exercise.again else {}
        return {**super().value(), **drawn, "code": self.session.code}

    def entered(self):
        """Return the same as it stands."""
        return {**super().entered(), TIMES: self._times}

    def blocks(self):
        """Return the figure of the choices made, and of which buurt when nobody chose one."""
        context = self.session.context()
        drawn = self.exercise.drawing(self.entered(), context)
        if self.session.chosen or not self.exercise.about_area:
            return drawn
        return (Paragraph(f"{self._why_not_own()} Dit is {context.name}."), *drawn)

    def _why_not_own(self) -> str:
        if chosen_last(self.session.answers()):
            return "Van de buurt die je koos, staan hier geen cijfers."
        return "Je koos nog geen buurt."

    @told
    def typed(self):
        """Begin drawing anew when another control is chosen."""
        if not self._filling and self.exercise.again and self._chosen() != self._drawn:
            self._times = 1
        super().typed()

    @told
    def draw_again(self) -> None:
        """Draw once more, by chance."""
        self._times = min(self._times + 1, MOST_TIMES)
        super().typed()

    def _draw(self):
        self._drawn = self._chosen()
        super()._draw()

    def _chosen(self) -> list:
        return [self.controls[control["key"]].get() for control in self.exercise.controls]


class GoalScreen(FigureScreen):
    """A goal; how the compass figure moves by itself stands under its choice."""

    exercise: Goal

    def placed(self, rows):
        """Put the picture under the choice of the compass figure."""
        heading, compass, *rest = rows
        return [heading, compass, self._picture, *rest]

    def blocks(self):
        """Return how the chosen figure moved in buurten that are alike."""
        chosen = {"kompas": self.controls["kompas"].get()}
        return self.exercise.range_of(chosen, self.session.context())


class TellerScreen(FigureScreen):
    """One's own counts, with the dots under them."""

    exercise: Teller

    def blocks(self):
        """Return what is counted, and the dots."""
        return self.exercise.seen(self.value(), self.session.context())


class TallyScreen(FigureScreen):
    """The facilitator counts hands, stickers or coins; the picture follows."""

    exercise: Tally

    def control(self, field):
        """Return a number with − and +, for counting without typing."""
        return CountControl(field, self.id, self.typed)

    def placed(self, rows):
        """Put the picture at the end; all is closed until the facilitator opens it."""
        heading, *counters, keep, status = rows
        clear = widgets.Button(description="Nieuwe groep: begin op nul", tooltip="")
        clear.on_click(lambda _: self.clear())
        clear.add_class("leefbaar-knop").add_class("leefbaar-licht")
        beside = widgets.Box([widgets.VBox(counters), self._picture]).add_class("leefbaar-naast")
        body = widgets.VBox([heading, beside, keep, clear, status])
        body.layout.display = "none"
        button = widgets.Button(description=f"Open: {self.exercise.title}", tooltip="")
        button.on_click(lambda _: self.open(button, body))
        return [button.add_class("leefbaar-knop"), body]

    @told
    def clear(self) -> None:
        """Begin at nought for another group; the earlier counts stay in the journal."""
        for control in self.controls.values():
            control.set(None)

    def open(self, button: widgets.Button, body: widgets.VBox) -> None:
        """Show the tally."""
        button.layout.display = "none"
        body.layout.display = None

    def journal(self):
        """Return the group's own journal."""
        return None if self.exercise.private else self.session.journal(group=True)

    def resting(self):
        """Return what stands under a tally that is not kept."""
        return "" if self.journal() else super().resting()

    def blocks(self):
        """Return the bars."""
        figure = self.exercise.figure(self.value())
        return (figure.block(),) if figure else ()


class CountControl(NumberControl):
    """A number between a minus and a plus."""

    def build(self):
        """Make the widget."""
        label = self.field.label
        self._box = self.part(
            widgets.Text(description=label, tooltip="", continuous_update=True)
        ).add_class("leefbaar-tekst")
        less, more = (
            widgets.Button(description=sign, tooltip=f"{label}: een {word}").add_class(
                "leefbaar-knop"
            )
            for sign, word in (("−", "minder"), ("+", "meer"))
        )
        less.on_click(lambda button: self._step(-1))
        more.on_click(lambda button: self._step(1))
        return widgets.HBox([self._box, less, more]).add_class("leefbaar-telling")

    def _step(self, step: int) -> None:
        try:
            count = int(self.field.read(self._box.value) or 0)
        except ValueError:
            return  # the line under the exercise says already what is wrong with it
        self._box.value = str(max(count + step, 0))


def screen_for(exercise: Exercise, session: Session) -> Screen:
    """Return the screen of an exercise."""
    if exercise.kind in _ELSEWHERE:
        module = import_module(f".{_ELSEWHERE[exercise.kind]}", __package__)
        return module.screen(exercise, session)
    return next(
        (screen for kind, screen in _SCREENS.items() if isinstance(exercise, kind)), Screen
    )(exercise, session)


# Kinds whose screen stands in a module of its own, beside the kind.
_ELSEWHERE = {
    "area": "area_screen",
    "rank": "rank_screen",
    "diagram": "diagram_screen",
    "network": "network_screen",
    "allocate": "allocate_screen",
}

_SCREENS = {
    Estimate: EstimateScreen,
    Explore: ExploreScreen,
    Goal: GoalScreen,
    Tally: TallyScreen,
    Teller: TellerScreen,
}


def clean(value: Any) -> Any:
    """Return a value with every text in it in one form.

    Raises
    ------
    ValueError
        In Dutch, when a text is one that no journal should hold.
    """
    if isinstance(value, str):
        return check_text(value)
    if isinstance(value, Mapping):
        return {key: clean(part) for key, part in value.items()}
    return [clean(part) for part in value] if isinstance(value, list | tuple) else value


def _personal(value: Any) -> list:
    return [found for text in _texts(value) for found in find_personal_data(text)]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return []
    return [text for part in value for text in _texts(part)]


def _when(answer: Answer) -> str:
    try:
        moment = datetime.fromisoformat(answer.at)
    except ValueError:  # a line that somebody made by hand
        return "✔ Bewaard"
    day = "" if moment.date() == datetime.now().date() else f"op {format_date(moment)} "
    return f"✔ Bewaard {day}om {format_time(moment)}"
