"""Figures over time."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from statistics import median

from ..dutch import format_number, short_date
from .sheet import (
    BAND,
    BLUE,
    GREY,
    INK,
    LINE,
    LINES,
    RUST,
    WIDTH,
    Figure,
    Sheet,
    value_axis,
    wrap,
    year_axis,
)

MIDDLE_FROM = 6  # dots before a middle line says anything


def trend_lines(
    title: str,
    series: Mapping[str, Mapping[int, float | None]],
    unit: str,
    source: str,
    notice: str = "",
    breaks: Mapping[int, str] | None = None,
    decimals: int = 0,
    from_zero: bool = False,
) -> Figure:
    """Draw lines over the years, each with its name at its end.

    Parameters
    ----------
    title : str
    series : mapping of label to mapping of year to value
        At most four; the first is the own area. A year that is absent or None, or a NaN,
        leaves a gap; figures that come every other year make one line.
    unit : str
    source, notice : str
    breaks : mapping of year to words, optional
        From this year on the figures are made in another way (a new division, a new
        question): the lines stop before it, and the words say why.
    decimals : int
    from_zero : bool
        Begin the axis at nought, so that a wobble does not look like a jump.
    """
    known = {label: _known(values) for label, values in series.items()}
    if not all(known.values()) or not 1 <= len(known) <= len(LINES):
        raise ValueError(f"1 to {len(LINES)} series are needed, each with a value")
    breaks = breaks or {}
    ends = [
        (wrap(f"{label}: {format_number(line[max(line)], decimals)}", 52, 2), line[max(line)])
        for label, line in known.items()
    ]
    years = year_axis({year for line in known.values() for year in line}, 20, WIDTH - 64)
    values = [v for line in known.values() for v in line.values()]
    height = value_axis([*values, *([0] if from_zero else [])], 84, 22, zero=True)
    right = years.end + 4
    sheet = Sheet(95)
    sheet.text(0, 6, wrap(unit, WIDTH, 1))
    sheet.lines([[(16, height(tick)), (right, height(tick))] for tick in height.ticks], BAND)
    for tick in height.ticks:
        sheet.text(14, height(tick) + 1.7, [height.words(tick)], "right")
    for year in years.ticks:
        sheet.text(years(year), 91.5, [str(year)], "center")
    sheet.lines([[(16, 84), (right, 84)]] + [[(years(y), 84), (years(y), 86)] for y in years.ticks])
    for year, words in breaks.items():
        sheet.lines([[(years(year - 0.5), 16), (years(year - 0.5), 84)]], GREY, "dotted", 0.5)
        sheet.text(years(year - 0.5), 14, wrap(words, WIDTH, 1), "center", color=GREY)
    all_years = sorted({year for line in known.values() for year in line})
    usual = min((after - before for before, after in pairwise(all_years)), default=1)
    for (color, style, marker), line in zip(LINES, known.values(), strict=False):
        runs = [
            [(years(year), height(line[year])) for year in run]
            for run in _runs(line, breaks, usual)
        ]
        sheet.lines(runs, color, style, 1)
        sheet.markers([point for run in runs for point in run], marker, 3, color)
    places = _spread([(height(value), len(lines) * LINE) for lines, value in ends], 20, 88)
    for (color, _, marker), (lines, _), place in zip(LINES, ends, places, strict=False):
        sheet.markers([(right + 4, place - 1.7)], marker, 3, color)
        sheet.text(right + 8, place, lines, weight="bold", color=color)
    spoken = [
        f"{label}: {format_number(line[min(line)], decimals)} in {min(line)}, "
        f"{format_number(line[max(line)], decimals)} in {max(line)}."
        for label, line in known.items()
    ]
    spoken += [f"Vanaf {year}: {words}." for year, words in breaks.items()]
    return sheet.figure(title, " ".join([*spoken, f"Eenheid: {unit}."]), source, notice)


def _known(line: Mapping[int, float | None]) -> dict[int, float]:
    """Return the values that are there, by year; a NaN is not equal to itself."""
    return {year: v for year, v in sorted(line.items()) if v is not None and v == v}


def _runs(line: Mapping[int, float], breaks: Mapping[int, str], usual: int) -> list[list[int]]:
    """Split the years of a line at every absent year and at every break.

    `usual` is how many years lie between two measurements.
    """
    years = list(line)
    runs = [years[:1]]
    for before, year in pairwise(years):
        if year - before <= usual and year not in breaks:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _spread(places: list[tuple[float, float]], top: float, bottom: float) -> list[float]:
    """Move labels, given as (middle, height), down and then up until none overlap."""
    order = sorted(range(len(places)), key=lambda index: places[index][0])
    result = [0.0] * len(places)
    free = top
    for index in order:
        middle, height = places[index]
        result[index] = max(middle - height / 2, free)
        free = result[index] + height
    limit = bottom
    for index in reversed(order):
        result[index] = min(result[index], limit - places[index][1])
        limit = result[index]
    return [place + LINE - 1.5 for place in result]


def dots_in_time(
    title: str,
    points: Sequence[tuple[date, float]],
    unit: str,
    source: str,
    target: tuple[str, float] | None = None,
    notice: str = "",
    height: float = 100,
    above: str = "",
) -> Figure:
    """Draw one's own counts as dots in order of date, with the middle line through them.

    The middle line is the median: half of the dots lie above it, half below. It is drawn
    from `MIDDLE_FROM` dots on.

    Parameters
    ----------
    title : str
    points : sequence of (date, count)
        At least one; drawn in order of date, at equal steps.
    unit : str
        What was counted.
    source : str
    target : (label, value), optional
        A dotted line: where one wants to be.
    notice : str
    height : float
        Of the sheet; from 50 on, so that the labels of both lines have a place.
    above : str, optional
        What stands above the axis, where the words of `unit` stand beside the picture already.
    """
    if not points:
        raise ValueError("no dots to draw")
    ordered = sorted(points, key=lambda point: point[0])
    values = [value for _, value in ordered]
    levels = [*values, *([target[1]] if target else []), 0]
    foot = height - 16
    level = value_axis(levels, foot, 16, zero=True)
    start, end = 22, WIDTH - 46
    step = (end - start) / max(len(values) - 1, 1)
    places = [(start + index * step, level(value)) for index, value in enumerate(values)]
    sheet = Sheet(height)
    sheet.text(0, 6, wrap(above or unit, WIDTH, 1))
    sheet.lines([[(16, level(tick)), (end + 6, level(tick))] for tick in level.ticks], BAND)
    for tick in level.ticks:
        sheet.text(14, level(tick) + 1.7, [level.words(tick)], "right")
    sheet.lines([[(16, foot), (end + 6, foot)]])
    labels: list[tuple[float, list[str], str]] = []
    spoken = [f"{short_date(day)}: {_counted(value)}." for day, value in ordered]
    if len(values) >= MIDDLE_FROM:
        middle = median(values)
        words = f"midden: {_counted(middle)}"
        sheet.lines([[(16, level(middle)), (end + 6, level(middle))]], INK, width=0.8)
        labels.append((level(middle), wrap(words, 38, 3), INK))
        spoken.append(f"De middelste waarde is {words.removeprefix('midden: ')}.")
    if target:
        said = f"{target[0]}: {_counted(target[1])}"
        sheet.lines([[(16, level(target[1])), (end + 6, level(target[1]))]], RUST, "dashed", 0.8)
        labels.append((level(target[1]), wrap(said, 38, 3), RUST))
        spoken.append(f"{said}.")
    spread = _spread([(middle, len(words) * LINE) for middle, words, _ in labels], 10, foot)
    for (_, words, color), y in zip(labels, spread, strict=True):
        sheet.text(end + 8, y, words, color=color)
    # Smaller where there are many, so that each of them can be seen.
    sheet.markers(places, "circle", max(min(5, step * 0.9), 2) if len(places) > 1 else 5, BLUE)
    shown = {0, len(values) - 1} | ({len(values) // 2} if len(values) > 4 else set())
    for index in sorted(shown):
        sheet.text(places[index][0], foot + 7.5, [short_date(ordered[index][0])], "center")
    spoken.append(f"Eenheid: {unit}.")
    return sheet.figure(title, " ".join(spoken), source, notice)


def _counted(value: float) -> str:
    """Write a count; half a bag stays half a bag."""
    return format_number(value, 0 if value == int(value) else 1)


def blank_dots(columns: int, title: str) -> Figure:
    """Draw an empty field to put one's own dots in by hand, a column for each count.

    The scale is the participant's own: one counts three bags, another forty.
    """
    sheet = Sheet(84)
    right, lines = WIDTH - 4, 10
    width = (right - 12) / columns
    for number in range(lines + 1):
        y = 74 - number * 68 / lines
        sheet.lines([[(12, y), (right, y)]], GREY if number else INK, width=0.3)
    sheet.text(10, 75.7, ["0"], "right")
    sheet.rectangles([(1, 2.5, 9, 7)], "white", INK)
    for number in range(columns):
        x = 12 + (number + 0.5) * width
        sheet.lines([[(x, 6), (x, 74)]], BAND)
        sheet.text(x, 81, [str(number + 1)], "center")
    words = f"Een leeg veld met {columns} kolommen. Onderaan 0, bovenaan een vakje voor een getal."
    return sheet.figure(title, words, "", "Schrijf je hoogste getal in het vakje bovenaan.")
