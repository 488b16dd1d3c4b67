"""Complexes of a corporation side by side, by name: never a ranking."""

from collections.abc import Sequence

from ..dutch import format_number
from .sheet import BLUE, GREY, INK, LINE, RUST, WIDTH, Figure, Sheet, width_of, wrap


def complex_bars(
    title: str,
    rows: Sequence[tuple[str, float | None, str]],
    unit: str,
    source: str,
    level: tuple[str, float] | None = None,
    scale: tuple[float, float] | None = None,
    decimals: int = 0,
    notice: str = "",
) -> Figure:
    """Draw a figure of each complex as a bar under its name, with the numbers it rests on.

    Parameters
    ----------
    title : str
    rows : sequence of (name, value, said)
        In the order given. `said` is what the value rests on, such as ``"46 meldingen, 134
        woningen"``; of a value None it says why there is no figure.
    unit, source : str
    level : (words, value), optional
        Of all complexes together: a dashed line through the bars.
    scale : (low, high), optional
        Ends of the scale of a score: where a bar begins and how long it can be. A bar begins at
        nought unless given.
    decimals : int
    notice : str

    Raises
    ------
    ValueError
        When there are no rows.
    """
    if not rows:
        raise ValueError("no complexes to draw")
    known = [value for _, value, _ in rows if value is not None]
    words = {value: format_number(value, decimals) for value in known}
    low, high = scale or (0, max([*known, level[1] if level else 0], default=0) or 1)
    room = WIDTH - max([width_of(said) for said in words.values()], default=0) - 5
    laid = [_heading(name, said) for name, _, said in rows]
    # The unit can take two lines; so can the level, under the bars.
    head, foot = wrap(unit, WIDTH, 2), []
    if level:
        foot = wrap(f"{level[0]}: {format_number(level[1], decimals)}", WIDTH - 14, 2)
    tops, top = [], len(head) * LINE + 4.0
    for lines, (_, value, _) in zip(laid, rows, strict=True):
        tops.append(top)
        top += len(lines) * LINE + (3 if value is None else 13)
    sheet = Sheet(top + (len(foot) * LINE + 2 if foot else 0))
    sheet.text(0, 6, head)

    def along(value: float) -> float:
        return max(room * min(max((value - low) / (high - low), 0), 1), 0.6)

    spoken = []
    for place, lines, (name, value, said) in zip(tops, laid, rows, strict=True):
        sheet.text(0, place + 5, [lines[0][0]], weight="bold")
        for number, (left, right) in enumerate(lines):
            if number and left:
                sheet.text(0, place + 5 + number * LINE, [left], weight="bold")
            if right:
                sheet.text(WIDTH, place + 5 + number * LINE, [right], "right", color=GREY)
        if value is None:
            spoken.append(f"{name}: geen cijfer, {said}.")
            continue
        bar = place + len(lines) * LINE + 1
        if scale:
            sheet.rectangles([(0.5, bar, room, 8)], "white", GREY)
        sheet.rectangles([(0.5, bar, along(value), 8)], BLUE, INK)
        # At the end of the row, where no line runs through it.
        sheet.text(WIDTH, bar + 6, [words[value]], "right", "bold")
        if level:
            x = along(level[1]) + 0.5
            # White around it, so that it is seen on a dark bar as well.
            sheet.lines([[(x, bar), (x, bar + 8)]], "white", width=2)
            sheet.lines([[(x, bar - 0.5), (x, bar + 8.5)]], RUST, "dashed", 1)
        spoken.append(f"{name}: {words[value]} ({said}).")
    if foot:
        y = top + 4
        sheet.lines([[(1, y - 2), (11, y - 2)]], RUST, "dashed", 1)
        sheet.text(14, y, foot, color=RUST)
        spoken.append(f"{' '.join(foot)}.")
    description = f"Op volgorde van naam. {' '.join(spoken)} Eenheid: {unit}."
    return sheet.figure(title, description, source, notice)


def _heading(name: str, said: str) -> list[tuple[str, str]]:
    """Return lines of (left, right): the name, and what it rests on beside or below it."""
    if width_of(name) + width_of(said, "normal") + 6 <= WIDTH:
        return [(name, said)]
    return [(line, "") for line in wrap(name, WIDTH, 2)] + [
        ("", line) for line in wrap(said, WIDTH, 2)
    ]
