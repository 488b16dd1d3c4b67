"""The screen of `allocate.Allocate`."""

import html
from typing import Any

import ipywidgets as widgets

from .allocate import Allocate, ChipsField
from .controls import Control, _escape, _text
from .screens import FigureScreen, Screen


def screen(exercise, session) -> Screen:
    """Return the screen of an exercise of this kind."""
    return AllocateScreen(exercise, session)


class AllocateScreen(FigureScreen):
    """Chips with − and +, how many are left, and the bars under them."""

    exercise: Allocate

    def control(self, field):
        """Return counters for the chips."""
        if isinstance(field, ChipsField):
            return ChipsControl(field, self.id, self.typed)
        return super().control(field)

    def placed(self, rows):
        """Put the bars under the counters."""
        heading, chips, *rest = rows
        return [heading, chips, self._picture, *rest]

    def blocks(self):
        """Return the bars."""
        figure = self.exercise.figure(self.value())
        return (figure.block(),) if figure else ()


class ChipsControl(Control):
    """Per option a number between − and +; together never more than there are.

    The line that says how many are left is announced at every change: its class makes it a
    status for whoever cannot see it.
    """

    field: ChipsField

    def build(self):
        """Make the widget."""
        field = self.field
        self._setting = False
        self._own = None
        self._left = widgets.HTML().add_class("leefbaar-status").add_class("leefbaar-over")
        rows: list[widgets.Widget] = []
        self._boxes: list[widgets.Text] = []
        for number, option in enumerate(field.options, 1):
            rows.append(self._counter(option, f"--{number}"))
        if field.own:
            self._own = self.part(_text(f"{field.own}:"), "--eigen")
            rows += [self._own, self._counter(f"{field.own}: aantal", "--eigen-aantal")]
        label = widgets.HTML(f'<span class="leefbaar-vraag">{_escape(field.label)}</span>')
        self._tell()
        everything = [label.add_class("leefbaar-label"), self._left, *rows]
        return widgets.VBox(everything).add_class("leefbaar-groep")

    def _counter(self, name: str, suffix: str) -> widgets.Widget:
        box = widgets.Text(value="0", description=name, tooltip="", continuous_update=True)
        # Kept within what is left before anybody hears of the change.
        box.observe(lambda change: self._within(box), "value")
        self.part(box.add_class("leefbaar-tekst"), suffix)
        self._boxes.append(box)
        row = [box.add_class("leefbaar-plek"), *self._buttons(name, box)]
        return widgets.HBox(row).add_class("leefbaar-rij").add_class("leefbaar-fiche")

    def _buttons(self, name: str, box: widgets.Text) -> list[widgets.Button]:
        """Return − and +; the words in a button are its name, its sign is drawn by the page."""
        buttons = []
        for step, word, look in ((-1, "eraf", "leefbaar-min"), (1, "erbij", "leefbaar-plus")):
            button = widgets.Button(
                description=f"{name}: een {self.field.unit[0]} {word}", tooltip=""
            )
            button.on_click(lambda _, step=step: self._step(box, step))
            classes = ("leefbaar-knop", "leefbaar-licht", "leefbaar-plusmin", look)
            for one in classes:
                button.add_class(one)
            buttons.append(button)
        return buttons

    def _step(self, box: widgets.Text, step: int) -> None:
        count = _count(box)
        if step > 0 and self._room(box) <= count:
            self._tell(full=True)
            return
        box.value = str(max(count + step, 0))

    def _room(self, box: widgets.Text) -> int:
        """Return how many this option may have at most."""
        others = sum(_count(other) for other in self._boxes if other is not box)
        return max(self.field.total - others, 0)

    def _within(self, box: widgets.Text) -> None:
        if self._setting:
            return
        room = self._room(box)
        over = _count(box) > room
        if over:
            self._setting = True
            box.value = str(room)
            self._setting = False
        self._tell(full=over)

    def _tell(self, full: bool = False) -> None:
        """Say how many are left."""
        field = self.field
        left = field.total - sum(map(_count, self._boxes))
        said = f"Nog {field.amount(left)} over."
        if left == 0:
            said = f"Alle {field.amount(field.total)} liggen."
        if full:
            said += " Meer past niet: haal eerst ergens een weg." if left == 0 else ""
        self._left.value = f'<p class="{"let-op" if full else ""}">{html.escape(said)}</p>'

    def get(self) -> list[dict[str, Any]]:
        """Return the raw answer."""
        names = list(self.field.options)
        if self._own is not None:
            names.append(self._own.value.strip() or self.field.own)
        return [
            {"rij": name, "aantal": box.value} for name, box in zip(names, self._boxes, strict=True)
        ]

    def set(self, value) -> None:
        """Show kept rows, or rows as they were typed; what is no option (any more) is own."""
        counted = {row["rij"]: row["aantal"] for row in value}
        others = {name: n for name, n in counted.items() if name not in self.field.options}
        self._setting = True
        try:
            for option, box in zip(self.field.options, self._boxes, strict=False):
                box.value = str(counted.get(option, 0))
            if self._own is not None:
                names = [name for name in others if name != self.field.own]
                self._own.value = "; ".join(names)
                typed = list(others.values())
                self._boxes[-1].value = str(sum(typed) if all(map(_whole, typed)) else typed[0])
        finally:
            self._setting = False
        self._tell()


def _whole(amount: Any) -> bool:
    return isinstance(amount, int)


def _count(box: widgets.Text) -> int:
    """Return the number in a box; what is no number is none yet."""
    typed = box.value.strip()
    return int(typed) if typed.isascii() and typed.isdigit() else 0
