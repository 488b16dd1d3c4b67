"""Counts as things one can point at: doors, people, bars."""

from collections.abc import Mapping, Sequence
from math import floor

from ..dutch import format_number
from .sheet import (
    BAND,
    BLUE,
    GREY,
    INK,
    LINE,
    LINES,
    RUST,
    WIDTH,
    Axis,
    Figure,
    Sheet,
    width_of,
    wrap,
)


def doors(
    title: str,
    rows: Sequence[tuple[str, float | None, str]],
    source: str,
    notice: str = "",
) -> Figure:
    """Draw rows of ten doors, such as a guess above the figure of the own area.

    Parameters
    ----------
    title : str
    rows : sequence of (label, number, kind)
        Number out of ten, rounded to whole doors; None when there is no figure. Kind
        ``"guess"`` has a dot, ``"area"`` filled, ``"context"`` grey with a bar.
    source, notice : str
    """
    labels = [wrap(label, WIDTH) for label, _, _ in rows]
    sheet = Sheet(sum(len(lines) * LINE + 21 for lines in labels))
    spoken = []
    top = 0.0
    for lines, (label, number, kind) in zip(labels, rows, strict=True):
        full = None if number is None else floor(number + 0.5)
        if full is not None and not 0 <= full <= 10:
            raise ValueError(f"{number} is not a number out of ten")
        words = "geen cijfer" if full is None else f"{full} van de 10"
        spoken.append(f"{label}: {words}.")
        sheet.text(0, top + 5, lines)
        top += len(lines) * LINE + 1
        places = [place * 13 + 0.5 for place in range(10)]
        sheet.doors(places[: full or 0], top, kind)
        sheet.doors(places[full or 0 :], top, "open")
        sheet.text(136, top + 9, [words], weight="bold")
        top += 20
    return sheet.figure(title, " ".join(spoken), source, notice)


def tally_bars(
    title: str,
    counts: Mapping[str, int],
    source: str,
    total: int | None = None,
    unit: str = "",
    notice: str = "",
    full: float = 0,
) -> Figure:
    """Draw hands, stickers or coins as bars, in the order given: no ranking.

    Parameters
    ----------
    title : str
    counts : mapping of label to count
    source : str
    total : int, optional
        How many there could have been; each bar then says "7 van de 12".
    unit : str
        What is counted, such as ``"handen"``.
    notice : str
    full : float, optional
        How much the whole width stands for, where nothing ends there: 11 percent is not all
        there is, and no box around the bar says so.
    """
    labels = [wrap(label, WIDTH) for label in counts]
    of = f" van de {total}" if total else ""
    words = [f"{count}{of} {unit}".strip() for count in counts.values()]
    room = WIDTH - max(map(width_of, words)) - 5
    longest = max(total or 0, *counts.values(), 1, full)
    sheet = Sheet(sum(len(lines) * LINE + 15 for lines in labels))
    top = 0.0
    for lines, count, said in zip(labels, counts.values(), words, strict=True):
        sheet.text(0, top + 5, lines)
        top += len(lines) * LINE + 1
        bar = room * count / longest
        if not full:
            sheet.rectangles([(0.5, top, room, 8)], "white", GREY)
        sheet.rectangles([(0.5, top, bar, 8)], BLUE, INK)
        sheet.text((bar if full else room) + 4, top + 6, [said], weight="bold")
        top += 14
    spoken = [f"{label}: {said}." for label, said in zip(counts, words, strict=True)]
    return sheet.figure(title, " ".join(spoken), source, notice)


def streets(
    title: str,
    rows: Sequence[tuple[str, Sequence[int]]],
    unit: str,
    source: str,
    mean: bool = True,
    notice: str = "",
) -> Figure:
    """Draw streets of houses with a dot for each report, and the mean that hides the houses.

    Parameters
    ----------
    title : str
    rows : sequence of (name, counts)
        Per street how many there are at each house; at most ten houses, at most nine a house.
    unit : str
        What a dot is, such as ``"melding"``.
    source, notice : str
    mean : bool
        Whether the mean stands beside each street.

    Raises
    ------
    ValueError
        When a street has no house, more than ten, or a count outside 0 to 9.
    """
    sheet = Sheet(len(rows) * 50 + 12)
    spoken = []
    for number, (name, counts) in enumerate(rows):
        if not 1 <= len(counts) <= 10 or not all(0 <= count <= 9 for count in counts):
            raise ValueError(f"{name}: one to ten houses with 0 to 9 each")
        average = format_number(sum(counts) / len(counts), 1).removesuffix(",0")
        base = number * 50 + 46
        words = f"gemiddeld {average}" if mean else ""
        sheet.text(0, base - 39, wrap(name, WIDTH - width_of(words) - 4, 1), weight="bold")
        sheet.text(WIDTH, base - 39, [words] if mean else [], "right", "bold", BLUE)
        for house, count in enumerate(counts):
            x = house * 17.8 + 1
            sheet.lines(
                [[(x - 1, base - 18), (x + 6.5, base - 24), (x + 14, base - 18)]], width=0.6
            )
            sheet.rectangles([(x, base - 18, 13, 18)], "white", INK)
            sheet.rectangles([(x + 4.5, base - 8, 4, 8)], "#b0b0b0", INK)
            dots = [(x + 2.6 + 3.9 * (n % 3), base - 28 - 4 * (n // 3)) for n in range(count)]
            if dots:
                sheet.markers(dots, "circle", 3.2, BLUE)
        said = ", ".join(map(str, counts))
        spoken.append(f"{name}, per huis: {said}." + (f" Gemiddeld {average}." if mean else ""))
    foot = len(rows) * 50 + 9
    sheet.markers([(3, foot - 1.7)], "circle", 3.2, BLUE)
    sheet.text(7, foot, wrap(f"één stip is één {unit}", WIDTH - 7, 1))
    return sheet.figure(title, f"{' '.join(spoken)} Elke stip is een {unit}.", source, notice)


def profile(
    title: str,
    rows: Sequence[tuple[str, Sequence[float | None]]],
    labels: Sequence[str],
    unit: str,
    source: str,
    notice: str = "",
) -> Figure:
    """Draw, per characteristic, where the buurt stands beside wijk, city and country.

    Parameters
    ----------
    title : str
    rows : sequence of (characteristic, values)
        Values from 0 to 100 in the order of `labels`; None where there is no figure.
    labels : sequence of str
        At most four names, the own buurt first.
    unit : str
        Such as ``"van de 100"``.
    source, notice : str
    """
    if not rows or not 1 <= len(labels) <= len(LINES):
        raise ValueError(f"rows, and one to {len(LINES)} labels are needed")
    names = [wrap(label, 74, 1) for label in labels]
    legend = 9.0 * ((len(labels) + 1) // 2)
    # Each place has a line of its own: at equal values no sign covers another.
    high = 13 + LINE * len(labels)
    sheet = Sheet(legend + high * len(rows) + 18)
    signs = ("diamond", "circle", "square", "triangle")
    fills = (BLUE, "white", RUST, GREY)
    for number, (name, sign, fill) in enumerate(zip(names, signs, fills, strict=False)):
        x, y = 4 + 90 * (number % 2), 5 + 9 * (number // 2)
        sheet.markers([(x, y - 1.7)], sign, 5, fill)
        sheet.text(x + 6, y, name, weight="bold" if number == 0 else "normal")
    axis = Axis(0, 100, 4, WIDTH - 30, range(0, 101, 20))
    spoken = []
    for number, (name, values) in enumerate(rows):
        top = legend + high * number
        sheet.text(0, top + 8, wrap(name, WIDTH, 1))
        first, last = top + 11, top + 11 + LINE * len(labels)
        sheet.lines([[(axis(t), first), (axis(t), last)] for t in axis.ticks], BAND, width=0.6)
        for place, value in enumerate(values):
            y = first + LINE * (place + 0.5)
            weight, color = ("bold", BLUE) if place == 0 else ("normal", INK)
            if value is None:
                said = wrap(f"{labels[place]}: geen cijfer", axis.end - axis.start, 1)
                room = (axis.start + 1, y - 2.5, width_of(said[0]) + 1, 5)
                sheet.rectangles([room], "white")
                sheet.text(axis.start + 1.5, y + 1.7, said, weight=weight, color=color)
                continue
            sheet.markers([(axis(value), y)], signs[place], 6.5 if place == 0 else 5, fills[place])
            words, left = format_number(value), axis(value) + 5
            # No line of the axis runs through a number.
            sheet.rectangles([(left - 0.5, y - 2.5, width_of(words) + 1, 5)], "white")
            sheet.text(left, y + 1.7, [words], "left", weight, color)
        said = ", ".join(
            f"{label} {'geen cijfer' if value is None else format_number(value)}"
            for label, value in zip(labels, values, strict=True)
        )
        spoken.append(f"{name}: {said}.")
    foot = legend + high * len(rows)
    for tick in axis.ticks:
        sheet.text(axis(tick), foot + 6, [axis.words(tick)], "center")
    sheet.text(axis.end, foot + 14, [unit], "right")
    return sheet.figure(title, f"{' '.join(spoken)} Eenheid: {unit}.", source, notice)
