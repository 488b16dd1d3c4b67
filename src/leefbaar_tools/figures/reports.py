"""Reports: a series in its band, complexes in a funnel, what springs back, eight moments.

A special point is a large diamond, an ordinary one a circle: colour only repeats it.
"""

from collections.abc import Mapping, Sequence
from math import floor
from statistics import mean

from ..dutch import format_number
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
    width_of,
    wrap,
)


def wobble(
    title: str,
    values: Sequence[float],
    ticks: Mapping[int, str],
    unit: str,
    source: str,
    middle: float,
    edges: tuple[float, float] | None = None,
    outside: Sequence[int] = (),
    row: tuple[int, int] | None = None,
    action: tuple[int, str] | None = None,
    notice: str = "",
) -> Figure:
    """Draw a series of months as dots in the band in which it wobbles.

    Parameters
    ----------
    title : str
    values : sequence of float
        In order of time.
    ticks : mapping of int to str
        Words under some of the places.
    unit, source : str
    middle : float
        Half of the dots lie on or below this line.
    edges : (low, high), optional
        A value of `high` or more, or of `low` or less, is outside; None draws no band.
    outside : sequence of int
        Places of the dots outside.
    row : (first, last), optional
        Places where a long row on one side begins and ends.
    action : (place, words), optional
        From this place on something was done; the band was made before it.
    notice : str
    """
    top = [*values, *([edges[1]] if edges else []), 1]
    y = value_axis([*top, 0], 84, 16, zero=True)
    x = _places(len(values), 20, WIDTH - 6)
    sheet = Sheet(100)
    sheet.text(0, 6, wrap(unit, WIDTH, 1))
    _plot(sheet, values, x, y, middle, edges, outside, row, (15, WIDTH))
    for tick in y.ticks:
        sheet.text(13, y(tick) + 1.7, [y.words(tick)], "right")
    for place, words in ticks.items():
        sheet.text(x[place], 91.5, [words], "center")
    if action:
        place, words = action
        at = x[place] - (x[1] - x[0]) / 2
        sheet.lines([[(at, 12), (at, 84)]], RUST, "dashed", 0.8)
        left = at > WIDTH / 2
        said = wrap(words, (at if left else WIDTH - at) - 4, 1)
        sheet.text(at + (-2 if left else 2), 98, said, "right" if left else "left", color=RUST)
    spoken = [f"{len(values)} stippen: {', '.join(map(_said, values))}."]
    spoken.append(f"De middelste waarde is {_said(middle)}.")
    spoken += _band_in_words(edges, values, outside, row)
    spoken += [f"Vanaf stip {action[0] + 1}: {action[1]}."] if action else []
    return sheet.figure(title, " ".join([*spoken, f"Eenheid: {unit}."]), source, notice)


def _places(count: int, start: float, end: float) -> list[float]:
    step = (end - start) / max(count - 1, 1)
    return [start + place * step for place in range(count)]


def _plot(sheet, values, x, y, middle, edges, outside, row, ends, size=4.5) -> None:
    """Draw the band, the middle line, the long row and the dots of one series."""
    left, right = ends
    if edges:
        # Between whole numbers, so that no dot lies on the edge: 12 of 12,6 is inside.
        high, low = y(_between(edges[1])), y(max(_between(edges[0]), 0))
        sheet.rectangles([(left, high, right - left, low - high)], BAND)
        sheet.lines([[(left, edge), (right, edge)] for edge in (high, low)], GREY, width=0.5)
    sheet.lines([[(left, y(0)), (right, y(0))]])
    sheet.lines([[(left, y(middle)), (right, y(middle))]], INK, "dashed", 0.7)
    sheet.lines([list(zip(x, map(y, values), strict=True))], GREY)
    special = set(outside)
    usual = [(x[n], y(v)) for n, v in enumerate(values) if n not in special]
    if usual:
        sheet.markers(usual, "circle", size, BLUE)
    if special:
        sheet.markers([(x[n], y(values[n])) for n in special], "diamond", size * 2, RUST)
    if row:
        first, last = row
        side = min(y(v) for v in values[first : last + 1]) - 3.5
        ends_of_row = (x[first] - 2, side + 2), (x[first] - 2, side), (x[last] + 2, side)
        sheet.lines([[*ends_of_row, (x[last] + 2, side + 2)]], RUST, width=1)


def _between(edge: float) -> float:
    """Return the place halfway the whole numbers around an edge."""
    return floor(edge) + 0.5 if edge != floor(edge) else edge - 0.5


def _band_in_words(edges, values, outside, row) -> list[str]:
    if not edges:
        return []
    low, high = max(floor(edges[0]) + 1, 0), floor(_between(edges[1]))
    said = [f"De band loopt van {low} tot en met {high}."]
    beyond = ", ".join(f"stip {n + 1} ({_said(values[n])})" for n in outside)
    said.append(f"Buiten de band: {beyond}." if beyond else "Geen stip ligt buiten de band.")
    if row:
        said.append(f"Een lange rij aan één kant: stip {row[0] + 1} tot en met {row[1] + 1}.")
    return said


def _said(value: float) -> str:
    return format_number(value, 0 if value == int(value) else 1)


def panels(
    title: str,
    series: Mapping[str, Mapping],
    unit: str,
    source: str,
    notice: str = "",
) -> Figure:
    """Draw at most six series beside each other, to judge by eye.

    Parameters
    ----------
    title : str
    series : mapping of letter to mapping
        ``values``, ``middle``, and once the band may be seen ``edges``, ``outside``, ``row``.
    unit, source, notice : str
    """
    if not 1 <= len(series) <= 6:
        raise ValueError("one to six series")
    height, wide = 46, 84
    rows = (len(series) + 1) // 2
    sheet = Sheet(rows * height + 10)
    sheet.text(0, 6, wrap(unit, WIDTH, 1))
    spoken = []
    for number, (letter, one) in enumerate(series.items()):
        left, top = (number % 2) * (WIDTH - wide), (number // 2) * height + 8
        values, edges = one["values"], one.get("edges")
        highest = max([*values, *([edges[1]] if edges else []), 1])
        y = Axis(0, highest * 1.1, top + height - 8, top + 4, ())
        x = _places(len(values), left + 14, left + wide - 2)
        outside, row = one.get("outside", ()), one.get("row")
        _plot(
            sheet, values, x, y, one["middle"], edges, outside, row, (left + 11, left + wide), 2.8
        )
        sheet.text(left, top + 8, [letter], weight="bold")
        said = [f"{letter}: {', '.join(map(_said, values))}."]
        spoken += said + _band_in_words(edges, values, outside, row)
    return sheet.figure(title, " ".join([*spoken, f"Eenheid: {unit}."]), source, notice)


def funnel(
    title: str,
    points: Sequence[tuple[float, float]],
    marked: Sequence[tuple[str, float, float, bool]],
    axes: tuple[str, str],
    source: str,
    level: float | None = None,
    edges: Sequence[tuple[float, float, float]] = (),
    notice: str = "",
) -> Figure:
    """Draw complexes by size, with the funnel in which they lie when they do not differ.

    Parameters
    ----------
    title : str
    points : sequence of (size, number)
        Those without a name.
    marked : sequence of (name, size, number, named)
        Those outside; a diamond, with its name when `named`.
    axes : (str, str)
        What goes with more to the right, and with more to the top.
    source : str
    level : float, optional
        Of all together.
    edges : sequence of (size, low, high)
        The funnel, in order of size.
    notice : str
    """
    everything = [*points, *((size, number) for _, size, number, _ in marked)]
    most = max(number for _, number in everything)
    x = value_axis([0, max(size for size, _ in everything)], 16, WIDTH - 8, zero=True)
    y = value_axis([0, most], 96, 16, zero=True)
    sheet = Sheet(118)
    sheet.text(0, 6, wrap(f"↑ {axes[1]}", WIDTH, 1))
    sheet.text(WIDTH, 115, wrap(f"{axes[0]} →", WIDTH, 1), "right")
    if edges:
        top = [(x(size), max(y(high), 12)) for size, _, high in edges]
        bottom = [(x(size), y(max(low, 0))) for size, low, _ in edges]
        sheet.area([[*top, *bottom[::-1]]], BAND, GREY, 0.6, "de trechter")
    sheet.lines([[(14, 12), (14, 96), (WIDTH, 96)]])
    for tick in y.ticks:
        sheet.text(12, y(tick) + 1.7, [y.words(tick)], "right")
    for tick in x.ticks[1:]:
        sheet.text(x(tick), 104, [x.words(tick)], "center")
    if level is not None:
        sheet.lines([[(14, y(level)), (WIDTH, y(level))]], INK, "dashed", 0.7)
    sheet.markers([(x(size), y(number)) for size, number in points], "circle", 3.6, "white")
    spoken = [f"{len(everything)} complexen als stippen."]
    for name, size, number, named in marked:
        sheet.markers([(x(size), y(number))], "diamond", 8, BLUE)
        if named:
            right = x(size) + 6 + width_of(name) < WIDTH
            at = x(size) + (6 if right else -6)
            sheet.text(at, y(number) + 2, [name], "left" if right else "right", "bold", BLUE)
            spoken.append(f"{name}: {_said(size)} woningen, {format_number(number)}.")
    if level is not None:
        spoken.append(f"De streepjeslijn is alle complexen samen: {format_number(level)}.")
    if edges:
        spoken.append(f"Buiten de trechter: {len(marked)}.")
    spoken.append(f"Naar rechts: {axes[0]}. Naar boven: {axes[1]}.")
    return sheet.figure(title, " ".join(spoken), source, notice)


def springing(
    title: str,
    pairs: Sequence[tuple[str, float, float, bool]],
    columns: tuple[str, str],
    unit: str,
    source: str,
    level: tuple[str, float] | None = None,
    second: bool = True,
    notice: str = "",
) -> Figure:
    """Draw arrows from a first number to a second one; nothing was done in between.

    Parameters
    ----------
    title : str
    pairs : sequence of (label, first, second, chosen)
        The chosen have a thick arrow and a large sign, the others a thin grey line.
    columns : (str, str)
        What stands above the first and the second.
    unit, source : str
    level : (label, value), optional
        A dotted line: all together.
    second : bool
        Whether the second number may be seen yet.
    notice : str
    """
    levels = [v for _, a, b, _ in pairs for v in (a, b)] + ([level[1]] if level else [])
    y = value_axis([*levels, 0], 96, 22, zero=True)
    left, right = 46.0, 114.0
    sheet = Sheet(104)
    sheet.text(0, 6, wrap(unit, WIDTH, 1))
    sheet.text(left, 15, [columns[0]], "center", "bold")
    if second:
        sheet.text(right, 15, [columns[1]], "center", "bold")
    sheet.lines([[(22, y(tick)), (right + 5, y(tick))] for tick in y.ticks], BAND)
    for tick in y.ticks:
        sheet.text(20, y(tick) + 1.7, [y.words(tick)], "right")
    if level:
        at = y(level[1])
        sheet.lines([[(22, at), (right + 5, at)]], RUST, "dotted", 1)
        words = wrap(f"{level[0]}: {format_number(level[1])}", WIDTH - right - 28, 3)
        sheet.text(right + 28, at - (len(words) - 1) * LINE / 2 + 1.7, words, color=RUST)
    sizes = [7 if pair[3] else 3.5 for pair in pairs]
    before = _side_by_side([y(pair[1]) for pair in pairs], sizes, left, 1)
    after = _side_by_side([y(pair[2]) for pair in pairs], sizes, right, -1)
    for chosen in (False, True):
        some = [n for n, pair in enumerate(pairs) if pair[3] == chosen]
        if some and second:
            color, width = (INK, 1.1) if chosen else (GREY, 0.4)
            sheet.lines([[before[n], after[n]] for n in some], color, width=width)
        if some:
            sign, size, fill = ("diamond", 7, BLUE) if chosen else ("circle", 3.5, "white")
            sheet.markers([before[n] for n in some], sign, size, fill)
            if second:
                sheet.markers([after[n] for n in some], sign, size, fill)
    for words, at in _together([(pair[0], y(pair[1])) for pair in pairs if pair[0]]):
        sheet.text(left - 6, at + 1.7, [words], "right", "bold", BLUE)
    if second:
        for words, at in _together([(pair[0], y(pair[2])) for pair in pairs if pair[0]]):
            sheet.text(right + 7, at + 1.7, [words], "left", "bold", BLUE)
    spoken = []
    for number, (label, a, b, chosen) in enumerate(pairs, 1):
        if chosen:
            then = f", daarna {_said(round(b, 1))}" if second else ""
            spoken.append(f"{label or number}: eerst {_said(round(a, 1))}{then}.")
    if level:
        spoken.append(f"{level[0]}: {format_number(level[1])}.")
    return sheet.figure(title, " ".join([*spoken, f"Eenheid: {unit}."]), source, notice)


def _side_by_side(
    heights: list[float], sizes: list[float], start: float, way: int
) -> list[tuple[float, float]]:
    """Return places for signs at these heights, so that each of them can be counted.

    The largest stand at `start`; what has (as good as) the height of another moves inwards, as
    far as there is room.
    """
    places: dict[int, tuple[float, float]] = {}
    for n in sorted(range(len(heights)), key=lambda n: -sizes[n]):
        for aside in range(14):
            x = start + way * aside * 2
            if all(
                abs(heights[n] - high) > 1.5 or abs(x - across) > (sizes[n] + sizes[m]) / 2 - 0.4
                for m, (across, high) in places.items()
            ):
                break
        else:
            x = start
        places[n] = (x, heights[n])
    return [places[n] for n in range(len(heights))]


def _together(labels: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Put labels that would overlap into one, in the middle of them; in order of label."""
    groups: list[list[tuple[str, float]]] = []
    for one in sorted(labels, key=lambda pair: pair[1]):
        if groups and one[1] - mean(at for _, at in groups[-1]) < LINE:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [(" ".join(sorted(n for n, _ in g)), mean(at for _, at in g)) for g in groups]


def moments(
    title: str,
    rows: Sequence[tuple[str, float, float]],
    counted: Sequence[tuple[int, int]],
    names: tuple[str, str],
    unit: str,
    source: str,
    notice: str = "",
) -> Figure:
    """Draw, per part of the day, how much there is on weekdays and at the weekend.

    Parameters
    ----------
    title : str
    rows : sequence of (part of the day, weekdays, weekend)
        In 100 such days, so that five days and two compare.
    counted : sequence of (int, int)
        How many cases each number rests on.
    names : (str, str)
        Of the two bars: filled, and open.
    unit, source, notice : str
    """
    most = max(value for _, *pair in rows for value in pair) or 1
    sheet = Sheet(len(rows) * 24 + 18)
    sheet.text(0, 6, wrap(unit, WIDTH, 1))
    room = WIDTH - 34 - 78
    spoken = []
    for number, ((part, *pair), cases) in enumerate(zip(rows, counted, strict=True)):
        top = 12 + number * 24
        sheet.text(0, top + 11, [part], weight="bold")
        for place, (value, count, name) in enumerate(zip(pair, cases, names, strict=True)):
            y = top + place * 10
            fill = "white" if place else BLUE
            sheet.rectangles([(34, y, max(room * value / most, 0.5), 8)], fill, INK)
            said = f"{name}: {format_number(value)}"
            sheet.text(38 + room * value / most, y + 6, wrap(said, 76, 1))
            spoken.append(f"{part}, {said} (samen {count} meldingen).")
    return sheet.figure(title, " ".join([*spoken, f"Eenheid: {unit}."]), source, notice)
