"""Fields on screen: for each field one control made of stock widgets.

A control reads and sets the raw answer and tells when a person changed it. Every widget
that holds something typed carries the class ``lv-<exercise>--<field>``, by which the page
finds it again after a crash (see memory.js).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from .fields import ChoiceField, DoorsField, Field, NumberField, TableField, TextField
from .session import close


class Control(ABC):
    """One field on screen."""

    def __init__(self, field: Field, exercise: str, changed: Callable[[], None]):
        self.field = field
        self.name = f"lv-{exercise}--{field.key}"
        self._changed = changed
        self._parts: dict[str, widgets.Widget] = {}
        self.widget = self.build()

    @abstractmethod
    def build(self) -> widgets.Widget:
        """Make the widget."""

    @abstractmethod
    def get(self) -> Any:
        """Return the raw answer."""

    @abstractmethod
    def set(self, value: Any) -> None:
        """Show a kept answer, or a raw one that was not kept."""

    def part(self, widget: widgets.Widget, suffix: str = "", trait: str = "value"):
        """Register a widget that holds something a person enters."""
        name = self.name + suffix
        widget.add_class("leefbaar-veld").add_class(name)
        widget.observe(lambda change: self._changed(), trait)
        self._parts[name] = widget
        return widget

    def page_state(self) -> dict[str, Any]:
        """Return what the page shows in each part, as memory.js reads it there."""
        return {name: _state(widget) for name, widget in self._parts.items()}

    def catch_up(self, typed: Mapping[str, Any]) -> None:
        """Take what the page shows and had no time to tell; the opposite of `page_state`."""
        for name, widget in self._parts.items():
            if name in typed and typed[name] != _state(widget):
                if isinstance(widget, widgets.RadioButtons | widgets.Dropdown):
                    widget.index = typed[name] if typed[name] >= 0 else None
                else:
                    widget.value = typed[name]

    def disable(self, disabled: bool) -> None:
        """Lock or unlock the field."""
        for widget in self._parts.values():
            widget.disabled = disabled


def _state(widget: widgets.Widget) -> Any:
    if isinstance(widget, widgets.RadioButtons | widgets.Dropdown):
        return -1 if widget.index is None else widget.index
    return widget.value


def control_for(field: Field, exercise: str, changed: Callable[[], None]) -> Control:
    """Return the control that shows a field."""
    kind = {
        TextField: TextControl,
        NumberField: NumberControl,
        DoorsField: DoorsControl,
        TableField: TableControl,
        ChoiceField: ManyControl if getattr(field, "multiple", False) else OneControl,
    }[type(field)]
    return kind(field, exercise, changed)


def _text(label: str, lines: int = 1, hint: str = "", grows: bool = False) -> widgets.Widget:
    """Return a box for text; one of more lines, or that ``grows``, is as high as its text."""
    kind = widgets.Textarea if grows or lines > 1 else widgets.Text
    box = kind(description=label, placeholder=hint, tooltip="", continuous_update=True)
    if isinstance(box, widgets.Textarea):
        box.rows = lines
    box.add_class("leefbaar-tekst")
    return box


class TextControl(Control):
    """A text box under its label."""

    def build(self):
        """Make the widget."""
        field = self.field
        self._box = self.part(_text(field.label, field.lines, field.hint))
        return self._box

    def get(self):
        """Return the raw answer."""
        return self._box.value

    def set(self, value):
        """Show a kept answer."""
        self._box.value = value or ""


class NumberControl(TextControl):
    """A text box for a number, because a browser reads 3,5 as 35 in a number box."""

    def build(self):
        """Make the widget."""
        field = self.field
        label = f"{field.label} ({field.unit})" if field.unit else field.label
        self._box = self.part(_text(label, 1, field.hint))
        self._box.add_class("leefbaar-getal")
        return self._box

    def set(self, value):
        """Show a kept number, or what was typed as one."""
        typed = value is None or isinstance(value, str)
        self._box.value = (value or "") if typed else self.field.show(value)


class OneControl(Control):
    """Radio buttons, with a line for an own option."""

    def build(self):
        """Make the widget."""
        field = self.field
        self._options = [*field.options, *([f"{field.own}:"] if field.own else [])]
        self._radio = self.part(_radio(field.label, self._options, field.in_row), trait="index")
        if not field.own:
            return self._radio
        self._own = self.part(_text(f"{field.own}:"), "--eigen")
        # The radio button above it shows the same words already.
        self._own.add_class("leefbaar-eigen").add_class("leefbaar-stil")
        self._own.observe(self._choose_own, "value")
        return widgets.VBox([self._radio, self._own])

    def _choose_own(self, change):
        if change["new"].strip():
            self._radio.index = len(self._options) - 1

    def get(self):
        """Return the raw answer."""
        index = self._radio.index
        if index is None:
            return []
        if self.field.own and index == len(self._options) - 1:
            own = self._own.value.strip()
            return [own] if own else []
        return [self._options[index]]

    def set(self, value):
        """Show a kept answer; a label that is no option (any more) becomes the own one."""
        chosen = value[0] if value else None
        known = chosen in self.field.options
        own = bool(self.field.own and chosen and not known)
        if self.field.own:
            self._own.value = chosen if own else ""
        if known:
            self._radio.index = self.field.options.index(chosen)
        else:
            self._radio.index = len(self._options) - 1 if own else None


def _radio(label: str, options: list[str], in_row: bool) -> widgets.RadioButtons:
    radio = widgets.RadioButtons(
        options=options,
        index=None,
        description=label,
        tooltip="",
        orientation="horizontal" if in_row else "vertical",
    )
    radio.add_class("leefbaar-keuze")
    return radio


class ManyControl(Control):
    """A tick box per option, with a line for an own one."""

    def build(self):
        """Make the widget."""
        field = self.field
        most = f" Kies er hooguit {field.most}." if field.most else ""
        label = widgets.HTML(f'<span class="leefbaar-vraag">{_escape(field.label + most)}</span>')
        label.add_class("leefbaar-label")
        self._boxes = [
            self.part(widgets.Checkbox(description=option, indent=False, tooltip=""), f"--{number}")
            for number, option in enumerate(field.options, 1)
        ]
        rows = [label, *self._boxes]
        if field.own:
            self._own = self.part(_text(f"{field.own}:"), "--eigen")
            self._own.add_class("leefbaar-eigen")
            rows.append(self._own)
        return widgets.VBox(rows).add_class("leefbaar-groep")

    def get(self):
        """Return the raw answer."""
        pairs = zip(self.field.options, self._boxes, strict=True)
        chosen = [option for option, box in pairs if box.value]
        own = self._own.value.strip() if self.field.own else ""
        return [*chosen, own] if own else chosen

    def set(self, value):
        """Show a kept answer; labels that are no option (any more) become the own one."""
        for option, box in zip(self.field.options, self._boxes, strict=True):
            box.value = option in value
        if self.field.own:
            self._own.value = "; ".join(v for v in value if v not in self.field.options)


class DoorsControl(Control):
    """Eleven radio buttons in a row: none to ten."""

    def build(self):
        """Make the widget."""
        numbers = [str(n) for n in range(11)]
        self._radio = self.part(_radio(self.field.label, numbers, True), trait="index")
        return self._radio.add_class("leefbaar-deuren")

    def get(self):
        """Return the raw answer."""
        return self._radio.index

    def set(self, value):
        """Show a kept answer."""
        self._radio.index = value


class TableControl(Control):
    """A grid of text boxes under the names of its columns."""

    def build(self):
        """Make the widget."""
        field = self.field
        heads = [column.label for column in field.columns]
        if field.named:
            heads = [field.column_name, *heads]
        self._heads = [
            # Each box has its full name already; the heading is for the eye.
            widgets.HTML(f'<span class="leefbaar-vraag" aria-hidden="true">{_escape(head)}</span>')
            for head in heads
        ]
        sizes = self._sizes()
        self._grid = widgets.GridBox(
            layout=widgets.Layout(grid_template_columns=" ".join(sizes), width="100%")
        )
        self._lay([name for name, _ in field.placed([])])
        label = widgets.HTML(f'<span class="leefbaar-vraag">{_escape(field.label)}</span>')
        label.add_class("leefbaar-label")
        grid = self._grid.add_class("leefbaar-tabel")
        if len(sizes) > 3:
            grid.add_class("leefbaar-tabel-breed")
        return widgets.VBox([label, grid] if field.label else [grid]).add_class("leefbaar-groep")

    def _sizes(self) -> list[str]:
        """Return the width of each column: much for text, less for dates and numbers.

        Where nothing but numbers is asked, the names leave the room to them.
        """
        kinds = [column.kind for column in self.field.columns]
        names, numbers = (
            ("9em, 1.2fr", "8em, 10em") if "text" in kinds else ("7em, 11em", "8em, 14em")
        )
        widths = [names] * self.field.named
        widths += ["8em, 2fr" if kind == "text" else numbers for kind in kinds]
        return [f"minmax({width})" for width in widths]

    def _lay(self, names: list[str]) -> None:
        """Make a row of boxes per name."""
        old = self._grid.children[len(self._heads) :]
        self._names, self._boxes = names, []
        self._parts.clear()
        cells: list[widgets.Widget] = [*self._heads]
        for number, name in enumerate(names):
            if self.field.named:
                cells.append(widgets.HTML(f"<span>{_escape(name)}</span>"))
            row = {column.key: self._box(number, name, column) for column in self.field.columns}
            self._boxes.append(row)
            cells += row.values()
        self._grid.children = cells
        for widget in old:
            close(widget)

    def _box(self, number, name, column):
        label = f"{column.label}, {self.field.row_name(number, name)}"
        words = _text(label, column.lines, grows=column.kind == "text")
        box = self.part(words, f"--{number + 1}-{column.key}")
        return box.add_class("leefbaar-stil")

    def get(self):
        """Return the raw answer."""
        return [
            {"rij": name} | {key: box.value for key, box in boxes.items()}
            for name, boxes in zip(self._names, self._boxes, strict=True)
        ]

    def set(self, value):
        """Show kept rows, or rows as they were typed; also those that have no place any more."""
        rows = self.field.placed(value)
        names = [name for name, _ in rows]
        if names != self._names:
            self._lay(names)
        for boxes, (_, row) in zip(self._boxes, rows, strict=True):
            for column in self.field.columns:
                boxes[column.key].value = column.show(row.get(column.key))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
