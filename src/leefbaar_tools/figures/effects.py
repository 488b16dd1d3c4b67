"""Figures of effects: a buurt and its twin, look-alikes in a row, what a survey can show."""

from collections.abc import Mapping, Sequence
from math import ceil

from ..dutch import format_number
from .lines import _spread
from .places import _stacked
from .sheet import (
    BAND,
    BLUE,
    GREY,
    INK,
    LINE,
    RUST,
    WIDTH,
    Axis,
    Figure,
    Sheet,
    value_axis,
    wrap,
    year_axis,
)


def twins(
    title: str,
    own: tuple[str, Mapping[int, float]],
    source: str,
    unit: str,
    twin: tuple[str, Mapping[int, float]] | None = None,
    without: str = "",
    action: tuple[float, str] | None = None,
    until: int | None = None,
    notice: str = "",
) -> Figure:
    """Draw a buurt over the waves of a survey, and what it would have done as its twin did.

    Parameters
    ----------
    title : str
    own, twin : (label, values by year)
        Values from 0 to 100.
    source, unit : str
    without : str
        Label of the dotted line: from the last but one own value on as the twin went; empty
        for none.
    action : (year, words), optional
        A line across: from here on something was done.
    until : int, optional
        The last year on the axis, for a figure that leaves it open.
    notice : str

    Raises
    ------
    ValueError
        When there is nothing to draw, or a dotted line without a twin.
    """
    years = sorted(own[1])
    if not years or (without and (twin is None or len(years) < 2)):
        raise ValueError("values are needed, and a twin for the dotted line")
    series = [(own[0], own[1], BLUE, "solid", "circle")]
    if twin:
        series.append((twin[0], twin[1], RUST, "dashed", "square"))
    if without:
        start, end = years[-2:]
        moved = own[1][start] + twin[1][end] - twin[1][start]
        series.append((without, {start: own[1][start], end: moved}, GREY, "dotted", "triangle"))
    across = year_axis({*years, until or years[-1]}, 20, WIDTH - 66)
    # From nought, so that a wobble does not look like a leap; up to where something is
    values = [value for _, line, *_ in series for value in line.values()]
    # drawn, and the same while a figure is opened step by step.
    full = min(100, max(80, 20 * ceil((max(values) + 1) / 20)))
    ticks = range(0, full + 1, 20)
    height = Axis(0, full, 108, 24, ticks)
    right = across.end + 4
    sheet = Sheet(120)
    sheet.text(0, 6, wrap(unit, WIDTH, 1))
    sheet.lines([[(16, height(tick)), (right, height(tick))] for tick in ticks], BAND)
    for tick in ticks:
        sheet.text(14, height(tick) + 1.7, [height.words(tick)], "right")
    sheet.lines([[(16, 108), (right, 108)]])
    for year in sorted({*years, until or years[-1]}):
        sheet.lines([[(across(year), 108), (across(year), 110)]])
        sheet.text(across(year), 116.5, [str(year)], "center")
    if action:
        x = across(action[0])
        sheet.lines([[(x, 18), (x, 108)]], GREY, "dash-dot", 0.5)
        sheet.text(x, 15, wrap(action[1], WIDTH, 1), "center", color=GREY)
    ends = []
    for label, values, color, style, marker in series:
        points = [(across(year), height(values[year])) for year in sorted(values)]
        sheet.lines([points], color, style, 1)
        # The dotted line begins where the own one is: no second sign on top of it.
        sheet.markers(points[1:] if style == "dotted" else points, marker, 4, color)
        last = max(values)
        ends.append((wrap(f"{label}: {format_number(values[last])}", 52, 3), values[last]))
    room = [(height(value), len(lines) * LINE) for lines, value in ends]
    places = _spread(room, 18, 112)
    for (_, _, color, _, marker), (lines, _), place in zip(series, ends, places, strict=True):
        sheet.markers([(right + 4, place - 1.7)], marker, 3, color)
        sheet.text(right + 8, place, lines, weight="bold", color=color)
    spoken = [
        f"{label}: {', '.join(f'{format_number(values[y])} in {y}' for y in sorted(values))}."
        for label, values, *_ in series
    ]
    if action:
        spoken.append(f"{action[1]}.")
    return sheet.figure(title, " ".join([*spoken, f"Eenheid: {unit}."]), source, notice)


def change_row(
    title: str,
    own: tuple[str, float],
    others: Sequence[float],
    unit: str,
    source: str,
    notice: str = "",
) -> Figure:
    """Draw the change of a buurt in a row with those of its look-alikes, without their names.

    Parameters
    ----------
    title : str
    own : (label, change)
        Changes in points.
    others : sequence of float
        At least one.
    unit, source, notice : str
    """
    if not others:
        raise ValueError("no look-alikes to stand in a row with")
    axis = value_axis([*others, own[1], 0], 12, WIDTH - 12)
    base, sheet = 58, Sheet(96)
    x = axis(own[1])
    said = f"{own[0]}: {signed(own[1])}"
    sheet.lines([[(axis(0), 26), (axis(0), base)]], RUST, "dashed", 0.8)
    sheet.markers(_stacked([axis(change) for change in others], base), "circle", 5, "white")
    sheet.lines([[(x, 14), (x, base)]], BLUE, width=0.8)
    sheet.markers([(x, 14)], "diamond", 9, BLUE)
    sheet.text(x, 6, wrap(said, WIDTH, 1), "center", "bold", BLUE)
    ticks = [[(axis(tick), base), (axis(tick), base + 2)] for tick in axis.ticks]
    sheet.lines([[(0, base), (WIDTH, base)], *ticks])
    for tick in axis.ticks:
        sheet.text(axis(tick), base + 8, [signed(tick) if tick else "0"], "center")
    sheet.text(WIDTH / 2, base + 17, wrap(unit, WIDTH, 1), "center")
    sheet.markers([(4, base + 30)], "circle", 5, "white")
    sheet.text(9, base + 32, wrap("een buurt die erop lijkt, waar niets gebeurde", WIDTH - 9, 1))
    changes = ", ".join(map(signed, sorted(others)))
    description = (
        f"{said} punten. De {len(others)} buurten die erop lijken, waar niets gebeurde: {changes}. "
        f"Eenheid: {unit}."
    )
    return sheet.figure(title, description, source, notice)


def signed(change: float) -> str:
    """Write a change in whole points with its sign: ``+14``, ``−3``, ``0``."""
    words = format_number(change)
    return f"+{words}" if words not in ("0",) and not words.startswith("−") else words


def scale_bars(
    title: str,
    rows: Sequence[tuple[int, float]],
    source: str,
    own: int | None = None,
    notice: str = "",
) -> Figure:
    """Draw how large a change must be before so many answers show it.

    Parameters
    ----------
    title : str
    rows : sequence of (answers, points)
        Points from 0 to 100.
    source : str
    own : int, optional
        The number of answers that is one's own: marked.
    notice : str
    """
    sheet = Sheet(17 * len(rows) + 12)
    sheet.text(0, 6, ["antwoorden"])
    sheet.text(40, 6, wrap("pas te zien bij een verschil van …", WIDTH - 40, 1))
    spoken = []
    for number, (answers, points) in enumerate(rows):
        top = 13 + 17 * number
        mine = answers == own
        width = 100 * min(points, 100) / 100
        weight = "bold" if mine else "normal"
        if mine:
            sheet.markers([(4, top + 4.5)], "diamond", 7, BLUE)
        sheet.text(32, top + 6.5, [format_number(answers)], "right", weight)
        sheet.rectangles([(40, top, 100, 9)], "white", BAND)
        sheet.rectangles([(40, top, width, 9)], BLUE if mine else "#b0b0b0", INK)
        said = "niet te zien" if points > 100 else f"{format_number(points)} punten"
        sheet.text(144, top + 6.5, [said], weight=weight)
        whose = " (jouw aantal)" if mine else ""
        spoken.append(f"{format_number(answers)} antwoorden{whose}: {said}.")
    return sheet.figure(title, " ".join(spoken), source, notice)


LIKELY = "#a8a8a8"  # the middle half of a bar


def ranges(
    title: str,
    rows: Sequence[tuple[str, float, float, float]],
    unit: str,
    source: str,
    bounds: tuple[float, float] | None = None,
    notice: str = "",
    signs: bool = False,
) -> Figure:
    """Draw values that lie "tussen … en …" as bars with a soft edge.

    Parameters
    ----------
    title : str
    rows : sequence of (label, low, value, high)
    unit, source : str
    bounds : (low, high), optional
        Ends of the axis; else round numbers around the values and nought.
    notice : str
    signs : bool
        Whether values are changes, and carry their sign.
    """
    if not rows:
        raise ValueError("nothing to draw")
    if bounds:
        axis = Axis(*bounds, 8, WIDTH - 8, range(int(bounds[0]), int(bounds[1]) + 1, 20))
    else:
        axis = value_axis([0, *(v for _, *three in rows for v in three)], 8, WIDTH - 8)
    words = signed if signs else format_number
    labels = [
        wrap(f"{label}: tussen {words(low)} en {words(high)}", WIDTH)
        for label, low, _, high in rows
    ]
    heights = [len(lines) * LINE + 18 for lines in labels]
    sheet = Sheet(sum(heights) + 31)
    foot = sum(heights)
    nought = axis.low <= 0 <= axis.high and not bounds
    top, spoken = 0.0, []
    for lines, (label, low, value, high), height in zip(labels, rows, heights, strict=True):
        sheet.text(0, top + 6, lines, weight="bold")
        y = top + len(lines) * LINE + 4
        if nought:  # beside the bars only, not through the words above them
            sheet.lines([[(axis(0), y - 1.5), (axis(0), y + 11)]], RUST, "dashed", 0.8)
        low_x, x, high_x = (axis(min(max(v, axis.low), axis.high)) for v in (low, value, high))
        sheet.rectangles([(low_x, y, high_x - low_x, 8)], BAND, GREY)
        # The soft edge: the middle half is darker, and most likely.
        inner = [(x + low_x) / 2, (x + high_x) / 2]
        sheet.rectangles([(inner[0], y, inner[1] - inner[0], 8)], LIKELY)
        sheet.markers([(x, y + 4)], "diamond", 7, BLUE)
        spoken.append(
            f"{label}: {words(value)}, waarschijnlijk tussen {words(low)} en {words(high)}."
        )
        top += height
    ticks = [[(axis(tick), foot), (axis(tick), foot + 2)] for tick in axis.ticks]
    sheet.lines([[(0, foot), (WIDTH, foot)], *ticks])
    for tick in axis.ticks:
        said = axis.words(tick)
        sheet.text(axis(tick), foot + 8, [f"+{said}" if signs and tick > 0 else said], "center")
    sheet.text(WIDTH / 2, foot + 17, wrap(unit, WIDTH, 1), "center")
    sheet.markers([(5, foot + 26)], "diamond", 7, BLUE)
    sheet.text(11, foot + 28, ["wat eruit kwam"])
    sheet.rectangles([(58, foot + 23, 10, 6)], LIKELY, GREY)
    sheet.text(71, foot + 28, ["meest waarschijnlijk"])
    sheet.rectangles([(133, foot + 23, 10, 6)], BAND, GREY)
    sheet.text(146, foot + 28, ["kan ook"])
    return sheet.figure(title, f"{' '.join(spoken)} Eenheid: {unit}.", source, notice)


def many_ranges(
    title: str,
    rows: Sequence[tuple[float, float, float]],
    unit: str,
    source: str,
    words: tuple[str, str],
    notice: str = "",
) -> Figure:
    """Draw many intervals beside each other; those that leave nought outside stand out.

    Parameters
    ----------
    title : str
    rows : sequence of (low, value, high)
    unit, source : str
    words : (str, str)
        What an interval with nought outside is called, and one with nought inside.
    notice : str
    """
    if not rows:
        raise ValueError("nothing to draw")
    height = value_axis([0, *(v for row in rows for v in row)], 74, 14)
    step = (WIDTH - 24) / len(rows)
    seen, unseen = [], []
    for number, (low, value, high) in enumerate(rows):
        x = 22 + (number + 0.5) * step
        place = (x, height(low), height(value), height(high))
        (seen if low > 0 or high < 0 else unseen).append(place)
    sheet = Sheet(97)
    sheet.text(0, 6, wrap(unit, WIDTH, 1))
    for tick in height.ticks:
        sheet.lines([[(18, height(tick)), (WIDTH, height(tick))]], BAND)
        sheet.text(16, height(tick) + 1.7, [signed(tick) if tick else "0"], "right")
    sheet.lines([[(x, low), (x, high)] for x, low, _, high in unseen], "#9a9a9a", width=0.5)
    sheet.lines([[(x, low), (x, high)] for x, low, _, high in seen], BLUE, width=1.1)
    sheet.lines([[(18, height(0)), (WIDTH, height(0))]], RUST, "dashed", 0.8)
    if seen:
        sheet.markers([(x, value) for x, _, value, _ in seen], "diamond", 3, BLUE)
    sheet.lines([[(4, 80), (4, 87)]], BLUE, width=1.1)
    sheet.markers([(4, 83.5)], "diamond", 3, BLUE)
    sheet.text(8, 85.5, wrap(f"{words[0]}: {len(seen)} keer", WIDTH - 8, 1), weight="bold")
    sheet.lines([[(4, 89), (4, 96)]], "#9a9a9a", width=0.5)
    sheet.text(8, 94.5, wrap(f"{words[1]}: {len(unseen)} keer", WIDTH - 8, 1))
    description = (
        f"{len(rows)} keer vergeleken. {words[0]}: {len(seen)} keer. "
        f"{words[1]}: {len(unseen)} keer. Eenheid: {unit}."
    )
    return sheet.figure(title, description, source, notice)


# --- a story of change: boxes and arrows

STEP = (54.0, 9.0)  # width of a box and of the gap for an arrow, mm
PAD = 3.0
HALF = ((0.0, 99.0), (108.0, 72.0))  # left and width of the reason and of how one knows
ROOM = 34.0  # least height of an empty box, to write in by hand
TALLEST = 225.0  # mm; a higher picture would not fit on a sheet of paper


def change_story(
    title: str,
    chains: Sequence[tuple[Sequence[tuple[str, str]], tuple[str, str], tuple[str, str]]],
    missing: str,
    source: str = "",
    blank: bool = False,
) -> Figure | None:
    """Draw chains of steps with the reason under them, and how one knows that reason.

    Parameters
    ----------
    title : str
    chains : sequence of (steps, reason, knowledge)
        Each is a heading with a person's own words; at most three steps. Words are wrapped and
        never cut off: a box grows with them.
    missing : str
        What is said where nobody wrote how they know; the reason then has a dashed edge.
    source : str
    blank : bool
        Empty boxes to write in by hand.

    Returns
    -------
    Figure or None
        None when it would be higher than a sheet of paper.
    """
    if not chains or any(not 1 <= len(steps) <= 3 for steps, _, _ in chains):
        raise ValueError("chains of one to three steps are needed")
    laid = [_laid(chain, missing, blank) for chain in chains]
    height = sum(chain.height for chain in laid) + 10 * (len(laid) - 1) + 1
    if height > TALLEST:
        return None
    sheet, top, spoken = Sheet(height), 0.5, []
    for number, chain in enumerate(laid, 1):
        chain.draw(sheet, top)
        top += chain.height + 10
        spoken.append((f"Verhaal {number}. " if len(laid) > 1 else "") + chain.spoken)
    return sheet.figure(title, " ".join(spoken), source, "")


class _Chain:
    """One chain, laid out: how high each row is, and what stands in each box."""

    def __init__(self, steps, reason, knowledge, missing: str, blank: bool):
        self.steps = [_Text(heading, words, STEP[0]) for heading, words in steps]
        self.known = bool(knowledge[1].strip())
        self.open = not self.known and not blank
        self.reason = _Text(*reason, HALF[0][1])
        said = missing if self.open else knowledge[1]
        self.knowledge = _Text(knowledge[0], said, HALF[1][1])
        least = ROOM if blank else 0
        self.upper = max(least, *(box.height for box in self.steps))
        self.lower = max(least * 0.8, self.reason.height, self.knowledge.height)
        self.height = self.upper + 12 + self.lower
        said = [box.spoken for box in (*self.steps, self.reason, self.knowledge)]
        self.spoken = " ".join(said)

    def draw(self, sheet: Sheet, top: float) -> None:
        middle = top + self.upper / 2
        for number, box in enumerate(self.steps):
            left = number * sum(STEP)
            box.draw(sheet, left, top, STEP[0], self.upper, "solid")
            if number:
                _arrow(sheet, (left - STEP[1] + 0.5, middle), (left - 0.8, middle))
        foot = top + self.upper + 12
        # The reason holds up the step: its arrow points at the first gap, or at the one box.
        x = STEP[0] + STEP[1] / 2 if len(self.steps) > 1 else STEP[0] / 2
        # It stops below the head of the arrow that runs there.
        high = middle + 4 if len(self.steps) > 1 else top + self.upper + 0.8
        style = "dashed" if self.open else "solid"
        _arrow(sheet, (x, foot), (x, high), style)
        self.reason.draw(sheet, HALF[0][0], foot, HALF[0][1], self.lower, style)
        edge = "dotted" if self.open else "solid"
        self.knowledge.draw(sheet, HALF[1][0], foot, HALF[1][1], self.lower, edge)
        _arrow(
            sheet,
            (HALF[1][0], foot + self.lower / 2),
            (HALF[0][1] + 0.8, foot + self.lower / 2),
            edge,
        )


def _laid(chain, missing: str, blank: bool) -> _Chain:
    return _Chain(*chain, missing, blank)


class _Text:
    """A heading with words, wrapped to fit a box."""

    def __init__(self, heading: str, words: str, width: float):
        self._heading = wrap(heading, width - 2 * PAD)
        self._words = [
            line
            for part in words.splitlines() or [""]
            for line in wrap(part, width - 2 * PAD) or [""]
        ]
        lines = len(self._heading) + len(self._words)
        self.height = lines * LINE + 2 * PAD
        self.spoken = f"{heading.rstrip(' …')} {' '.join(words.split()) or '…'}."

    def draw(self, sheet, left, top, width, height, style) -> None:
        left, width = max(left, 0.5), min(width, WIDTH - left - 0.5)  # the edge has a width
        corners = [(left, top), (left + width, top), (left + width, top + height)]
        sheet.rectangles([(left, top, width, height)], "white")
        ring = [*corners, (left, top + height), (left, top)]
        sheet.lines([ring], INK, style, 0.8 if style != "solid" else 0.6)
        sheet.text(left + PAD, top + PAD + 4, self._heading, weight="bold", color=BLUE)
        below = top + PAD + 4 + len(self._heading) * LINE
        sheet.text(left + PAD, below, self._words)


def _arrow(sheet: Sheet, start, end, style: str = "solid") -> None:
    """Draw an arrow, level or upright."""
    (x0, y0), (x1, y1) = start, end
    sheet.lines([[start, end]], INK, style, 0.8)
    if abs(x1 - x0) > abs(y1 - y0):
        back = -3 if x1 > x0 else 3
        head = [(x1 + back, y1 - 2.2), (x1, y1), (x1 + back, y1 + 2.2)]
    else:
        back = -3 if y1 > y0 else 3
        head = [(x1 - 2.2, y1 + back), (x1, y1), (x1 + 2.2, y1 + back)]
    sheet.lines([head], INK, width=0.8)
