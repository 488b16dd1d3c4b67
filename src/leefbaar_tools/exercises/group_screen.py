"""The group picture on screen: closed until the facilitator opens it, and never kept."""

from collections.abc import Mapping
from html import escape

import ipywidgets as widgets

from ..paper import Bullets, Heading, Paragraph, to_html_fragment
from ..resources import meetings
from .counted import COUNTED, Count, Meeting, count, picture, read_meeting, tally_figure
from .gathered import gather, journal_files, sentences
from .group_part import CLOSED, GroupPicture
from .parts import Exercise
from .screens import told
from .session import Session, close

# People of whom something changed, before a picture that was shown is drawn anew: what one
# person adds or changes between two pictures is that person's answer.
LEAST_CHANGED = 2
ONE_CHANGED = (
    "Sinds het vorige beeld kwam er één antwoord bij, of veranderde er één. "
    "Dat laten we pas zien als het er meer zijn."
)
NO_PICTURE = "Van deze opdrachten is geen beeld te maken."


class GroupScreen:
    """The group picture on the projector; elsewhere one sentence."""

    def __init__(self, part: GroupPicture, session: Session):
        self.exercise = part
        self.id = part.id
        self.session = session
        # What was shown last, per exercise and field.
        self._seen: dict[str, dict[str, Count]] = {}
        self._filling = False
        self._status = widgets.HTML().add_class("leefbaar-status")
        help_line = f"<p>{escape(part.help)}</p>" if part.help else ""
        heading = widgets.HTML(f"<h3>{escape(part.title)}</h3>{help_line}")
        rows = [heading, *(self._rows() if self.may_look else ()), self._status]
        self.widget = widgets.VBox(rows).add_class("leefbaar-oefening")
        self.say("" if self.may_look else CLOSED)
        session.add(self)

    @property
    def may_look(self) -> bool:
        """Whether this is the screen for the room: only there are answers of others read."""
        return self.session.facilitator and self.session.folder is not None

    def _rows(self) -> list[widgets.Widget]:
        self._picture = widgets.HTML()
        self._open = _button("Open het beeld van de groep", self.open)
        self._again = _button("Kijk opnieuw", self.look, light=True)
        self._shut = _button("Sluit het beeld", self.shut, light=True)
        self._radio = widgets.RadioButtons(
            options=[], index=None, description="Welke opdracht?", tooltip=""
        )
        self._radio.add_class("leefbaar-veld").add_class("leefbaar-keuze")
        self._radio.observe(lambda change: self.look(), "index")
        buttons = widgets.HBox([self._again, self._shut]).add_class("leefbaar-knoppen")
        self._body = widgets.VBox([self._radio, self._picture, buttons])
        self._body.layout.display = "none"
        return [self._open, self._body]

    @property
    def html(self) -> str:
        """What is shown of the answers now."""
        return self._picture.value

    def say(self, text: str, tone: str = "") -> None:
        """Put a line under the picture."""
        self._status.value = f'<p class="{tone}">{escape(text)}</p>' if text else ""

    @told
    def open(self) -> None:
        """Show from which exercises there is to choose; with one only, that one."""
        self._meetings = [read_meeting(path) for path in meetings()]
        self._filling = True
        try:
            titles = [(self._of(id)[1].title, id) for id in self.exercise.of if self._of(id)]
            self._radio.options = titles
            self._radio.index = 0 if len(titles) == 1 else None
        finally:
            self._filling = False
        self._radio.layout.display = None if len(titles) > 1 else "none"
        self._open.layout.display, self._body.layout.display = "none", None
        self.look()

    @told
    def shut(self) -> None:
        """Close it again; what was shown is gone from the page."""
        self._open.layout.display, self._body.layout.display = None, "none"
        self._picture.value = ""
        self.say("")

    @told
    def look(self) -> None:
        """Read the journals anew and draw the chosen exercise."""
        if self._filling:
            return
        self.say("")
        found = self._of(self._radio.value)
        if found is None:
            ask = "Kies een opdracht." if self._radio.options else NO_PICTURE
            self._picture.value = to_html_fragment((Paragraph(ask),))
            return
        meeting, exercise = found
        gathered = gather(journal_files([self.session.folder.answers_dir]))
        counts, skipped = count(exercise, gathered.people)
        counts = self._careful(exercise.id, counts)
        tally = meeting.tally_of(exercise.id)
        tallied = tally_figure(tally, gathered.tallies.get(tally.id)) if tally else None
        # With more to choose from, the choice above the picture has the title already.
        title = [Heading(exercise.title, 3)] if len(self._radio.options) == 1 else []
        blocks = [*title, *picture(counts.values(), tallied)]
        not_counted = sentences([*gathered.skipped, *skipped])
        if not_counted:
            blocks += [Paragraph("Wat niet meetelt:"), Bullets(tuple(not_counted))]
        self._picture.value = to_html_fragment(tuple(blocks), inline_svg=True)

    def _of(self, id: str | None) -> tuple[Meeting, Exercise] | None:
        """Return an exercise that counts, with its meeting, or nothing when there is none."""
        found = ((one, one.exercises[id]) for one in self._meetings if id in one.exercises)
        return next(((m, e) for m, e in found if e.kind in COUNTED), None)

    def _careful(self, id: str, counts: Mapping[str, Count]) -> dict[str, Count]:
        """Keep a picture that was shown when only one person's answer is new in it."""
        seen = self._seen.setdefault(id, {})
        shown = {}
        for key, new in counts.items():
            old = seen.get(key)
            if old and 0 < new.changed(old) < LEAST_CHANGED:
                shown[key] = old
                self.say(ONE_CHANGED)
            else:
                shown[key] = new
                if new.enough:
                    seen[key] = new
        return shown

    # --- what a page asks of everything on it

    def fill(self) -> None:
        """Nothing to fill in."""

    def follow_area(self) -> None:
        """Nothing in it is about a buurt."""

    def catch_up(self, typed) -> None:
        """Nothing is typed."""

    def flush(self) -> None:
        """Nothing is written."""

    def close(self) -> None:
        """Leave the page."""
        close(self.widget)


def _button(words: str, does, light: bool = False) -> widgets.Button:
    button = widgets.Button(description=words, tooltip="").add_class("leefbaar-knop")
    button.on_click(lambda _: does())
    return button.add_class("leefbaar-licht") if light else button
