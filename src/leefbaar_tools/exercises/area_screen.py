"""The screen of `kinds.ChooseArea`: search in the real buurten, or take one of the sample city."""

import html

import ipywidgets as widgets

from ..areas import MINIMUM
from ..atlas import Place
from .controls import Control, _text
from .kinds import ChooseArea
from .parts import chosen_last
from .screens import Screen, told
from .session import close

SHOWN = 10  # places to choose from at a time


def screen(exercise, session) -> Screen:
    """Return the screen of an exercise of this kind."""
    return AreaScreen(exercise, session)


class AreaScreen(Screen):
    """Choosing the buurt that the figures are about."""

    exercise: ChooseArea

    def control(self, field):
        """Return the control of the one field."""
        return AreaControl(field, self.id, self.typed, self.session.atlas)

    def value(self):
        """Return the code, and the name: figures may be on one computer and not on another."""
        value = super().value()
        place = self.session.atlas.place(value["code"])
        return {**value, "name": place.words} if place else value

    def show(self, value):
        """Show the choice made here, else the one made elsewhere: the figures are about that.

        By the name it was kept with when its figures are not here.
        """
        self._chosen_here = bool(value.get("code"))
        made = value
        if not self._chosen_here:
            made = chosen_last(self.session.answers()) or {"code": self.session.chosen or ""}
        super().show(made)
        self.controls["code"].kept_name(self.exercise.named(made) or "")

    def follow_area(self):
        """Show what was chosen elsewhere, unless something was chosen here."""
        if not self._chosen_here:
            self.fill()

    def hold_back(self, value):
        """Stop nothing: all one can choose is the name of a place."""

    def saved(self):
        """Let the whole page follow."""
        self.session.area_changed()

    @told
    def typed(self):
        """A choice is made at once: there is no typing to wait for."""
        if self._filling:
            return
        self._dirty = self._chosen_here = True
        self.save()
        if self.journal() is None:
            self.session.tried = self.controls["code"].get() or None
            self.session.area_changed()


class AreaControl(Control):
    """A box to search in, when there are real figures, and a list of the sample city.

    What is found are buttons, each of one place. A list whose options change could give the
    page and the kernel another place under the same number.
    """

    def __init__(self, field, exercise, changed, atlas):
        self._atlas = atlas
        regions = atlas.sample.regions
        buurten = regions[regions["level"] == "buurt"]
        wijken = regions["name"].loc[buurten["parent"]]
        rows = zip(buurten["name"], wijken, buurten.index, strict=True)
        self._options = sorted((f"{name} ({wijk})", code) for name, wijk, code in rows)
        self._code = ""
        self._setting = False  # the list is set along with a choice, and is none itself
        super().__init__(field, exercise, lambda: None if self._setting else changed())

    def build(self):
        """Make the widgets."""
        real = self._atlas.real
        asked = "Staat je buurt er niet bij? Kies er een uit de voorbeeldstad."
        options = [("Kies een buurt…", ""), *self._options]
        label = asked if real else self.field.label
        self._list = widgets.Dropdown(options=options, description=label, tooltip="")
        self._list.observe(self._listed, "index")
        self.part(self._list.add_class("leefbaar-tekst"), trait="index")
        self._chosen = widgets.HTML()
        self._search = None
        return widgets.VBox([*(self._build_search() if real else ()), self._chosen, self._list])

    def _build_search(self) -> list[widgets.Widget]:
        self._search = _text(self.field.label, hint="Typ een deel van de naam")
        self._search.observe(self._searched, "value")
        self._said = widgets.HTML()
        self._said.layout.display = "none"
        self._found = widgets.VBox().add_class("leefbaar-gevonden")
        self._shown: list[Place] = []
        return [self._search, self._said, self._found]

    def get(self):
        """Return the code."""
        return self._code

    def set(self, value):
        """Show a kept code, in the list when it is of the sample city."""
        self._take(value or "")

    def kept_name(self, name: str) -> None:
        """Say which real place is chosen; `name` is what was kept of one that is not here."""
        place = self._atlas.place(self._code)
        said = ""
        if place and not self._list.value:
            said = f"Gekozen: <strong>{html.escape(place.words)}</strong>{self._few(place)}"
        elif not place and self._code:
            named = html.escape(name or self._code)
            said = (
                f"Je koos eerder {named}. Daarvan staan op deze computer geen cijfers. "
                "Kies een andere, of vraag het je begeleider."
            )
        problem = html.escape(self._atlas.problem)
        self._chosen.value = "".join(f"<p>{text}</p>" for text in (problem, said) if text)

    def _few(self, place: Place) -> str:
        """Say so of a place of which hardly anything may be shown; its wijk has more."""
        area = self._atlas.area(place.code)
        if "inhabitants" not in area.indicators:
            return ""
        people = area.cell(place.code, "inhabitants", area.year("inhabitants"))["value"]
        if not people < MINIMUM["inwoners"]:
            return ""
        more = f" Over de wijk {html.escape(place.wijk)} is er meer." if place.wijk else ""
        few = f"Hier wonen minder dan {MINIMUM['inwoners']} mensen"
        return f"<br>{few}. Daarom laten we bijna geen cijfers zien.{more}"

    def catch_up(self, typed):
        """Take nothing: a choice is told at once, and a search is no answer."""

    def disable(self, disabled):
        """Lock or unlock the field."""
        super().disable(disabled)
        if self._search:
            for widget in (self._search, *self._found.children):
                widget.disabled = disabled

    def _take(self, code: str) -> None:
        self._code = code
        self._setting = True
        try:
            self._list.value = code if code in {listed for _, listed in self._options} else ""
        finally:
            self._setting = False
        self.kept_name("")

    def _listed(self, change) -> None:
        if not self._setting:
            self._code = self._list.options[change["new"] or 0][1]
            self.kept_name("")

    def _searched(self, change) -> None:
        places = self._atlas.find(self._search.value)
        if places[:SHOWN] != self._shown:  # else a button would go from under a finger
            for button in self._found.children:
                close(button)
            self._shown = places[:SHOWN]
            self._found.children = [self._button(place) for place in self._shown]
        self._say(_how_many(places) if self._search.value.strip() else "")

    def _say(self, text: str) -> None:
        self._said.value = f"<p>{text}</p>" if text else ""
        self._said.layout.display = None if text else "none"

    def _button(self, place) -> widgets.Button:
        button = widgets.Button(description=place.words, tooltip="")
        button.on_click(lambda _: self._choose(place))
        return button.add_class("leefbaar-knop").add_class("leefbaar-licht")

    def _choose(self, place) -> None:
        self._take(place.code)
        self._search.value = ""
        self._changed()


def _how_many(places: list[Place]) -> str:
    if not places:
        return "Niets gevonden. Typ minder letters, of alleen de naam van je gemeente."
    if len(places) > SHOWN:
        more = "Typ meer letters, of typ je gemeente erbij."
        if len({place.gemeente for place in places}) == 1:
            more = "Typ er een deel van de naam van je buurt bij."
        return f"Ik vind er {len(places)}. Dit zijn de eerste {SHOWN}. {more}"
    return "Gevonden. Kies hieronder."
