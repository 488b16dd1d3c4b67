"""The screen of `rank.Rank`: a row per option, with a button up and a button down."""

import html
from typing import Any

import ipywidgets as widgets

from .controls import Control
from .rank import OrderField, Rank
from .screens import Screen
from .session import close

UP, DOWN = -1, 1
WORDS = {UP: "Omhoog", DOWN: "Omlaag"}
AS_IT_IS = "Deze volgorde klopt"


def screen(exercise, session) -> Screen:
    """Return the screen of an exercise of this kind."""
    return RankScreen(exercise, session)


class RankScreen(Screen):
    """Options in order; moving one keeps the order at once."""

    exercise: Rank

    def control(self, field):
        """Return rows that move."""
        if isinstance(field, OrderField):
            return OrderControl(field, self.id, self.typed)
        return super().control(field)


class OrderControl(Control):
    """Rows with the options, each with a button up and a button down.

    The rows stay where they are and the words move, so that no widget is made anew. The focus
    follows the option that was moved, and a line says where it stands now.
    """

    field: OrderField

    def build(self):
        """Make the widget."""
        self._order: list[str] = []
        self._moved = False
        label = widgets.HTML(
            f'<span class="leefbaar-vraag">{html.escape(self.field.label)}</span>'
        ).add_class("leefbaar-label")
        self._rows = widgets.VBox().add_class("leefbaar-volgorde")
        self._said = widgets.HTML().add_class("leefbaar-status")
        self._ready = widgets.Button(description=AS_IT_IS, tooltip="")
        self._ready.add_class("leefbaar-knop").add_class("leefbaar-licht")
        self._ready.on_click(lambda _: self.settle())
        self._lay(list(self.field.options))
        parts = [label, self._rows, self._said, self._ready]
        return widgets.VBox(parts).add_class("leefbaar-groep").add_class(self.name)

    def get(self) -> list[str]:
        """Return the raw answer; nothing as long as nobody moved anything."""
        return list(self._order) if self._moved else []

    def set(self, value: Any) -> None:
        """Show a kept order; without one the options as they were given."""
        order = self.field.kept(value)
        self._moved = bool(order)
        self._said.value = ""
        self._lay(order or list(self.field.options))

    def settle(self) -> None:
        """Keep the order as it stands."""
        self._moved = True
        self._ready.layout.display = "none"
        self._changed()

    def move(self, place: int, step: int) -> None:
        """Move the option at a place one up or down, and let the focus follow it."""
        there = place + step
        if not 0 <= there < len(self._order):
            return
        order = self._order
        order[place], order[there] = order[there], order[place]
        self._show()
        self._said.value = (
            f"<p>{html.escape(order[there])} staat nu op plek {there + 1} van {len(order)}.</p>"
        )
        buttons = self._buttons[there]
        at_the_end = not 0 <= there + step < len(order)
        buttons[-step if at_the_end else step].focus()
        self.settle()

    def disable(self, disabled: bool) -> None:
        """Lock or unlock the buttons."""
        for buttons in self._buttons:
            for button in buttons.values():
                button.disabled = disabled

    def _lay(self, order: list[str]) -> None:
        """Make as many rows as there are options, and show them."""
        if len(order) != len(self._order):
            old = self._rows.children
            self._texts = [widgets.HTML().add_class("leefbaar-plek") for _ in order]
            self._buttons = [
                {step: self._button(place, step) for step in (UP, DOWN)}
                for place in range(len(order))
            ]
            self._rows.children = [
                widgets.HBox([buttons[UP], buttons[DOWN], text]).add_class("leefbaar-rij")
                for text, buttons in zip(self._texts, self._buttons, strict=True)
            ]
            for row in old:
                close(row)
        self._order = list(order)
        self._ready.layout.display = "none" if self._moved else None
        self._show()

    def _button(self, place: int, step: int) -> widgets.Button:
        button = widgets.Button(tooltip="")
        button.add_class("leefbaar-knop").add_class("leefbaar-pijl")
        button.add_class("leefbaar-op" if step == UP else "leefbaar-neer")
        button.on_click(lambda _: self.move(place, step))
        return button

    def _show(self) -> None:
        """Put the words in the rows; a button's name says what it moves, for who cannot see."""
        last = len(self._order) - 1
        rows = zip(self._order, self._texts, self._buttons, strict=True)
        for place, (option, text, buttons) in enumerate(rows):
            text.value = f"<span><strong>{place + 1}.</strong> {html.escape(option)}</span>"
            for step, button in buttons.items():
                button.description = f"{WORDS[step]}: {option}"
                button.disabled = False
                button.layout.visibility = (
                    "hidden" if place == (0 if step == UP else last) else "visible"
                )
