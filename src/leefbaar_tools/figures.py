"""Figures: numbers that are already computed in, a described and sourced picture out.

Every figure is drawn on a sheet measured in millimetres, 180 wide, its origin top left.
Title, source and notice are text around the picture, so that they can be read aloud,
copied and enlarged. Fill, shape and line style carry the meaning; colour only repeats it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from statistics import quantiles

from .dutch import format_number
from .paper import MIME, FigureBlock, clean, printable, to_html_fragment, to_json

WIDTH = 180  # mm
_POINT = 25.4 / 72  # mm
_SIZE = 13  # pt, so that the last row can read it on the wall
_LINE = 6  # mm from line to line

# Contrast on white: ink 17, blue 8, rust 6, grey 5; the band is too pale without its edge.
_INK, _BLUE, _RUST, _GREY, _BAND = "#1a1a1a", "#0b4f8a", "#a63c06", "#6b6b6b", "#dcdcdc"

# How lines are told apart: colour, dashes and marker; the own area first.
_LINES = (
    (_BLUE, "solid", "circle"),
    (_RUST, "dashed", "square"),
    (_GREY, "dotted", "triangle"),
    (_INK, "dash-dot", "diamond"),
)


@dataclass(frozen=True)
class Figure:
    """A picture with its words.

    Attributes
    ----------
    svg : str
        The picture; it has no ids or styles, so it can stand in a page with others.
    title : str
        The one message.
    description : str
        What the picture shows, in words and numbers; its alt text.
    source, notice : str
        Where the numbers come from (publisher, year), and what to know when reading them.
    """

    svg: str = field(repr=False)
    title: str
    description: str
    source: str
    notice: str = ""

    def block(self) -> FigureBlock:
        """Return the figure as it stands on paper."""
        return FigureBlock(self.svg, self.description, self.title, self.source, self.notice)

    def html(self) -> str:
        """Return the figure as HTML with the picture in it, for a widget that redraws."""
        return to_html_fragment((self.block(),), inline_svg=True)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {
            "text/plain": self.description,
            "text/html": self.html(),
            MIME: to_json((self.block(),)),
        }


# --- the figures


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
        ``"guess"`` is crossed, ``"area"`` filled, ``"context"`` grey with a bar.
    source, notice : str
    """
    labels = [_wrap(label, WIDTH) for label, _, _ in rows]
    sheet = _Sheet(sum(len(lines) * _LINE + 21 for lines in labels))
    spoken = []
    top = 0.0
    for lines, (label, number, kind) in zip(labels, rows, strict=True):
        full = None if number is None else floor(number + 0.5)
        if full is not None and not 0 <= full <= 10:
            raise ValueError(f"{number} is not a number out of ten")
        words = "geen cijfer" if full is None else f"{full} van de 10"
        spoken.append(f"{label}: {words}.")
        sheet.text(0, top + 5, lines)
        top += len(lines) * _LINE + 1
        places = [place * 13 + 0.5 for place in range(10)]
        sheet.doors(places[: full or 0], top, kind)
        sheet.doors(places[full or 0 :], top, "open")
        sheet.text(136, top + 9, [words], weight="bold")
        top += 20
    return sheet.figure(title, " ".join(spoken), source, notice)


def place_among(
    title: str,
    values: Sequence[float],
    own: tuple[str, float],
    city: tuple[str, float],
    unit: str,
    source: str,
    notice: str = "",
    decimals: int = 0,
) -> Figure:
    """Draw where the own buurt stands among comparable ones, without names or a ranking.

    Parameters
    ----------
    title : str
    values : sequence of float
        The comparable buurten, without the own one; at least four.
    own, city : (label, value)
    unit : str
        Unit and year of all values, such as ``"meldingen per 100 woningen, 2025"``.
    source, notice : str
    decimals : int
    """
    if len(values) < 4:
        raise ValueError(f"{len(values)} buurten are too few to stand among")
    low, _, high = quantiles(values, n=4, method="inclusive")
    axis = _value_axis([*values, own[1], city[1]], 8, WIDTH - 8)
    own_x, city_x = axis(own[1]), axis(city[1])
    own_said, city_said = (f"{name}: {format_number(v, decimals)}" for name, v in (own, city))
    base, sheet = 56, _Sheet(100)

    sheet.rectangles([(axis(low), 20, axis(high) - axis(low), base - 20)], _BAND, _GREY)
    sheet.lines([[(city_x, 20), (city_x, base + 10)]], _RUST, "dashed", 0.8)
    sheet.markers(_stacked([axis(value) for value in values], base), "circle", 3.5, "white")
    sheet.lines([[(own_x, 14), (own_x, base)]], _BLUE, width=0.8)
    sheet.markers([(own_x, 14)], "diamond", 8, _BLUE)
    sheet.text(own_x, 6, _wrap(own_said, WIDTH, 1), "center", "bold", _BLUE)
    sheet.text(city_x, base + 15, _wrap(city_said, WIDTH, 1), "center", color=_RUST)
    sheet.lines(
        [[(0, base), (WIDTH, base)]] + [[(axis(t), base), (axis(t), base + 2)] for t in axis.ticks]
    )
    for tick in axis.ticks:
        if abs(axis(tick) - city_x) > 8:
            sheet.text(axis(tick), base + 7.5, [axis.words(tick)], "center")
    sheet.text(WIDTH / 2, base + 24, _wrap(unit, WIDTH, 1), "center")
    sheet.markers([(4, base + 35)], "circle", 3.5, "white")
    sheet.text(9, base + 37, ["één vergelijkbare buurt"])
    sheet.rectangles([(80, base + 32, 10, 6)], _BAND, _GREY)
    sheet.text(93, base + 37, [f"de middelste helft van deze {len(values)}"])

    description = (
        f"{own_said}. Van {len(values)} vergelijkbare buurten ligt de middelste helft tussen "
        f"{format_number(low, decimals)} en {format_number(high, decimals)}. {city_said}. "
        f"Eenheid: {unit}."
    )
    return sheet.figure(title, description, source, notice)


def _stacked(places: list[float], base: float) -> list[tuple[float, float]]:
    """Stack dots that would cover each other; the tallest stack stays below the diamond."""
    columns = Counter(round(place / 4.5) * 4.5 for place in places)
    step = min(4.5, 32 / max(columns.values()))
    return [
        (column, base - 3 - rank * step)
        for column, count in columns.items()
        for rank in range(count)
    ]


def trend_lines(
    title: str,
    series: Mapping[str, Mapping[int, float | None]],
    unit: str,
    source: str,
    notice: str = "",
    breaks: Mapping[int, str] | None = None,
    decimals: int = 0,
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
    """
    known = {label: _known(values) for label, values in series.items()}
    if not all(known.values()) or not 1 <= len(known) <= len(_LINES):
        raise ValueError(f"1 to {len(_LINES)} series are needed, each with a value")
    breaks = breaks or {}
    ends = [
        (_wrap(f"{label}: {format_number(line[max(line)], decimals)}", 52, 2), line[max(line)])
        for label, line in known.items()
    ]
    years = _year_axis({year for line in known.values() for year in line}, 20, WIDTH - 64)
    height = _value_axis([v for line in known.values() for v in line.values()], 84, 22, zero=True)
    right = years.end + 4
    sheet = _Sheet(95)
    sheet.text(0, 6, _wrap(unit, WIDTH, 1))
    sheet.lines([[(16, height(tick)), (right, height(tick))] for tick in height.ticks], _BAND)
    for tick in height.ticks:
        sheet.text(14, height(tick) + 1.7, [height.words(tick)], "right")
    for year in years.ticks:
        sheet.text(years(year), 91.5, [str(year)], "center")
    sheet.lines([[(16, 84), (right, 84)]] + [[(years(y), 84), (years(y), 86)] for y in years.ticks])
    for year, words in breaks.items():
        sheet.lines([[(years(year - 0.5), 16), (years(year - 0.5), 84)]], _GREY, "dotted", 0.5)
        sheet.text(years(year - 0.5), 14, _wrap(words, WIDTH, 1), "center", color=_GREY)
    all_years = sorted({year for line in known.values() for year in line})
    usual = min((after - before for before, after in pairwise(all_years)), default=1)
    for (color, style, marker), line in zip(_LINES, known.values(), strict=False):
        runs = [
            [(years(year), height(line[year])) for year in run]
            for run in _runs(line, breaks, usual)
        ]
        sheet.lines(runs, color, style, 1)
        sheet.markers([point for run in runs for point in run], marker, 3, color)
    places = _spread([(height(value), len(lines) * _LINE) for lines, value in ends], 20, 88)
    for (color, _, marker), (lines, _), place in zip(_LINES, ends, places, strict=False):
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
    return [place + _LINE - 1.5 for place in result]


def tally_bars(
    title: str,
    counts: Mapping[str, int],
    source: str,
    total: int | None = None,
    unit: str = "",
    notice: str = "",
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
    """
    labels = [_wrap(label, WIDTH) for label in counts]
    of = f" van de {total}" if total else ""
    words = [f"{count}{of} {unit}".strip() for count in counts.values()]
    room = WIDTH - max(map(_width, words)) - 5
    full = max(total or 0, *counts.values(), 1)
    sheet = _Sheet(sum(len(lines) * _LINE + 15 for lines in labels))
    top = 0.0
    for lines, count, said in zip(labels, counts.values(), words, strict=True):
        sheet.text(0, top + 5, lines)
        top += len(lines) * _LINE + 1
        sheet.rectangles([(0.5, top, room, 8)], "white", _GREY)
        sheet.rectangles([(0.5, top, room * count / full, 8)], _BLUE, _INK)
        sheet.text(room + 4, top + 6, [said], weight="bold")
        top += 14
    spoken = [f"{label}: {said}." for label, said in zip(counts, words, strict=True)]
    return sheet.figure(title, " ".join(spoken), source, notice)


# --- the sheet they are drawn on


@dataclass(frozen=True)
class _Axis:
    """Places values from `low` to `high` between `start` and `end` (mm)."""

    low: float
    high: float
    start: float
    end: float
    ticks: Sequence[float]
    decimals: int = 0

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def words(self, tick: float) -> str:
        return format_number(tick, self.decimals)


def _value_axis(values: Sequence[float], start: float, end: float, zero: bool = False) -> _Axis:
    """Return an axis with round ticks, one at each end; from zero when that is near enough."""
    low, high = min(values), max(values)
    if zero and 0 <= low < high * 0.6:
        low = 0
    rough = ((high - low) or abs(high) or 1) / 5
    power = 10.0 ** floor(log10(rough))
    step = next(power * size for size in (1, 2, 5, 10) if power * size >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = [count * step for count in range(first, max(last, first + 1) + 1)]
    return _Axis(ticks[0], ticks[-1], start, end, ticks, max(0, -floor(log10(step) + 1e-9)))


def _year_axis(years: set[int], start: float, end: float) -> _Axis:
    """Return an axis of whole years with at most eight ticks, the last year among them."""
    first, last = min(years), max(years)
    ticks = range(last, first - 1, -ceil((last - first + 1) / 8))
    return _Axis(first, max(last, first + 1), start, end, ticks)


def _letters(weight: str):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    return text_to_path, FontProperties(family="DejaVu Sans", size=_SIZE, weight=weight)


@lru_cache(4000)
def _width(line: str, weight: str = "bold") -> float:
    """Return the width of a line in mm; of the widest letter unless told otherwise."""
    outlines, letter = _letters(weight)
    return outlines.get_text_width_height_descent(line, letter, False)[0] * _POINT


@lru_cache(1000)
def _outline(line: str, weight: str) -> str:
    """Return a line of text as the outline of its letters, as an SVG path in mm.

    Outlines look the same on every machine. Laying letters out is the slow part of a
    drawing, hence the cache.
    """
    outlines, letter = _letters(weight)
    points, codes = outlines.get_text_path(letter, line)
    scale = _SIZE * _POINT / outlines.FONT_SCALE
    # matplotlib's codes: 1 move, 2 line, 3 and 4 curves (two and three points), 79 close.
    path, before = [], None
    for (x, y), code in zip(points, codes, strict=True):
        sign = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}[code]
        if sign == "Z":
            path.append(sign)
        else:
            path.append(f"{'' if code == before else sign}{x * scale:.2f} {-y * scale:.2f}")
        before = code
    return " ".join(path)


def _wrap(text: str, width: float, most: int | None = None) -> list[str]:
    """Break text into lines that fit; a word too long for a line is broken.

    Of a text that takes more than `most` lines the middle gives way to an ellipsis: its end
    often holds the number.
    """
    lines: list[str] = []
    for word in printable(text).split():
        if lines and _width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines += [word] if _width(word) <= width else _cut(word, width)
    if most and len(lines) > most:
        half = len(text) * 9 // 20
        return _wrap(f"{text[:half].rstrip(' …')}… {text[-half:].lstrip(' …')}", width, most)
    return lines


def _cut(word: str, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if _width(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


class _Sheet:
    """A sheet of 180 mm wide to draw on, as SVG without a single id.

    Written directly: matplotlib's own drawing of the same took 20 to 60 ms, this takes one,
    and a figure under a slider is drawn at every step.
    """

    def __init__(self, height: float):
        self.height = height
        self.parts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        lines: list[str],
        anchor: str = "left",
        weight: str = "normal",
        color: str = _INK,
    ) -> None:
        """Write lines, the first with its foot at `y`, moved sideways to stay on the sheet."""
        for index, line in enumerate(lines):
            words = " ".join(printable(line).split())
            width = _width(words, weight)
            start = x - width * {"left": 0, "center": 0.5, "right": 1}[anchor]
            start = max(min(start, WIDTH - width), 0)
            self.parts.append(
                f'<path transform="translate({start:.2f} {y + index * _LINE:.2f})" '
                f'fill="{color}" d="{_outline(words, weight)}"/>'
            )

    def lines(
        self,
        runs: list[list[tuple[float, float]]],
        color: str = _INK,
        style: str = "solid",
        width: float = 0.4,
    ) -> None:
        path = "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in run) for run in runs)
        dashes = f' stroke-dasharray="{_DASHES[style]}"' if style != "solid" else ""
        self.parts.append(
            f'<path fill="none" stroke="{color}" stroke-width="{width}"{dashes} d="{path}"/>'
        )

    def rectangles(
        self, places: list[tuple[float, float, float, float]], fill: str, edge: str = "none"
    ) -> None:
        """Draw rectangles given as (left, top, width, height)."""
        path = "".join(
            f"M{x:.2f} {y:.2f}h{width:.2f}v{height:.2f}h{-width:.2f}z"
            for x, y, width, height in places
        )
        self._shapes(path, fill, edge)

    def markers(
        self, points: list[tuple[float, float]], shape: str, size: float, fill: str
    ) -> None:
        """Draw signs of `size` mm with their middle at the points."""
        sign = _MARKERS[shape].format(half=size / 2, size=size)
        self._shapes("".join(f"M{x:.2f} {y:.2f}{sign}" for x, y in points), fill, _INK)

    def doors(self, places: list[float], y: float, kind: str) -> None:
        """Draw doors of 9 by 15 mm; the signs are those of the rows on paper."""
        fill = {"open": "white", "guess": "white", "area": _BLUE, "context": "#b0b0b0"}[kind]
        self.rectangles([(x, y, 9, 15) for x in places], fill, _INK)
        self.markers([(x + 7, y + 8) for x in places], "circle", 1, "white")
        if kind == "guess":
            down = [[(x + 1, y + 2), (x + 8, y + 13)] for x in places]
            up = [[(x + 8, y + 2), (x + 1, y + 13)] for x in places]
            self.lines(down + up, _RUST, width=1)
        if kind == "context":
            self.lines([[(x + 1.5, y + 12), (x + 7.5, y + 12)] for x in places], width=1)

    def _shapes(self, path: str, fill: str, edge: str) -> None:
        self.parts.append(f'<path fill="{fill}" stroke="{edge}" stroke-width="0.4" d="{path}"/>')

    def figure(self, title: str, description: str, source: str, notice: str) -> Figure:
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height:g}" '
            f'width="{WIDTH}mm" height="{self.height:g}mm" style="max-width:100%;height:auto" '
            f'stroke-linejoin="round" role="img" aria-label="{escape(clean(description))}">'
            f"{''.join(self.parts)}</svg>"
        )
        return Figure(svg, title, description, source, notice)


_DASHES = {"dashed": "3 1.5", "dotted": "0.7 1.3", "dash-dot": "4 1.3 0.7 1.3"}

_MARKERS = {
    "circle": "m{half:.2f} 0a{half} {half} 0 1 0 -{size} 0a{half} {half} 0 1 0 {size} 0z",
    "square": "m-{half} -{half}h{size}v{size}h-{size}z",
    "triangle": "m0 -{half}l{half} {size}h-{size}z",
    "diamond": "m0 -{half}l{half} {half}l-{half} {half}l-{half} -{half}z",
}
