"""The screen of `network.Network`."""

from typing import Any

import ipywidgets as widgets

from .controls import Control, _escape, _text
from .network import MOST, Network, TiesField
from .screens import FigureScreen, Screen


def screen(exercise, session) -> Screen:
    """Return the screen of an exercise of this kind."""
    return NetworkScreen(exercise, session)


class NetworkScreen(FigureScreen):
    """Rows of partners with the picture under them."""

    exercise: Network

    def control(self, field):
        """Return rows of partners for the ties."""
        if isinstance(field, TiesField):
            return TiesControl(field, self.id, self.typed, self.exercise.shown)
        return super().control(field)

    def placed(self, rows):
        """Put the picture between the partners and the question about being away."""
        heading, ties, *rest = rows
        return [heading, ties, self._picture, *rest]

    def blocks(self):
        """Return the picture."""
        return self.exercise.seen(self.entered())


class TiesControl(Control):
    """Per partner a line of fields; empty lines beyond the first few wait behind a button."""

    def __init__(self, field, exercise, changed, shown):
        self._shown = min(max(shown, 1), MOST)
        super().__init__(field, exercise, changed)

    def build(self):
        """Make the widget."""
        field = self.field
        self._boxes = [self._line(number) for number in range(field.rows)]
        self._lines = [self._laid(number, boxes) for number, boxes in enumerate(self._boxes, 1)]
        label = widgets.HTML(f'<span class="leefbaar-vraag">{_escape(field.label)}</span>')
        self._more = widgets.Button(description="Nog een partner erbij", tooltip="")
        self._more.add_class("leefbaar-knop").add_class("leefbaar-licht")
        self._more.on_click(lambda _: self.more())
        self._open = 0
        self._show(self._shown)
        return widgets.VBox([label.add_class("leefbaar-label"), *self._lines, self._more])

    def _laid(self, number: int, boxes: dict[str, widgets.Widget]) -> widgets.Widget:
        """Put the fields of one partner beside each other, under one name for all of them."""
        label = widgets.HTML(f'<span class="leefbaar-vraag">Partner {number}</span>')
        line = widgets.Box(list(boxes.values())).add_class("leefbaar-band")
        return widgets.VBox([label.add_class("leefbaar-label"), line]).add_class("leefbaar-groep")

    def _line(self, number: int) -> dict[str, widgets.Widget]:
        field = self.field
        boxes: dict[str, widgets.Widget] = {}
        for column in field.columns:
            name = column.label
            if column.key == "hoe":
                options = [("Kies…", ""), *((ring, ring) for ring in field.rings)]
                box = widgets.Dropdown(options=options, description=name, tooltip="")
                box.add_class("leefbaar-tekst")
                trait = "index"
            elif column.key == "alleen":
                box = widgets.Checkbox(description=name, indent=False, tooltip="")
                trait = "value"
            else:
                box, trait = _text(name, grows=True), "value"
            boxes[column.key] = self.part(box, f"--{number + 1}-{column.key}", trait)
        return boxes

    def more(self) -> None:
        """Show one line more."""
        self._show(self._open + 1)

    def _show(self, count: int) -> None:
        self._open = min(max(count, self._open), self.field.rows)
        for number, line in enumerate(self._lines):
            line.layout.display = None if number < self._open else "none"
        self._more.layout.display = None if self._open < self.field.rows else "none"

    def get(self) -> list[dict[str, Any]]:
        """Return the raw answer."""
        return [{key: box.value for key, box in boxes.items()} for boxes in self._boxes]

    def set(self, value) -> None:
        """Show kept rows, or rows as they were typed; at least as many lines as are filled."""
        rows = [row for row in value if any(row.values())] if value else []
        self._open = 0
        self._show(max(self._shown, min(len(rows) + 1, self.field.rows)))
        for number, boxes in enumerate(self._boxes):
            row = rows[number] if number < len(rows) else {}
            for key, box in boxes.items():
                if key == "alleen":
                    box.value = bool(row.get(key))
                elif key == "hoe":
                    box.value = row.get(key) if row.get(key) in self.field.rings else ""
                else:
                    box.value = row.get(key) or ""
