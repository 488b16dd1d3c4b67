"""The sheet that every figure is drawn on: 180 mm wide, its origin top left.

Title, source and notice are text around the picture, so that they can be read aloud,
copied and enlarged. Fill, shape and line style carry the meaning; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from math import ceil, floor, log10

from ..dutch import format_number
from ..paper import MIME, FigureBlock, clean, printable, to_html_fragment, to_json

WIDTH = 180  # mm
POINT = 25.4 / 72  # mm
SIZE = 13  # pt, so that the last row can read it on the wall
LINE = 6  # mm from line to line

# Contrast on white: ink 17, blue 8, rust 6, grey 5; the band is too pale without its edge.
INK, BLUE, RUST, GREY, BAND = "#1a1a1a", "#0b4f8a", "#a63c06", "#6b6b6b", "#dcdcdc"

# How lines are told apart: colour, dashes and marker; the own area first.
LINES = (
    (BLUE, "solid", "circle"),
    (RUST, "dashed", "square"),
    (GREY, "dotted", "triangle"),
    (INK, "dash-dot", "diamond"),
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


@dataclass(frozen=True)
class Axis:
    """Places values from `low` to `high` between `start` and `end` (mm)."""

    low: float
    high: float
    start: float
    end: float
    ticks: Sequence[float]
    decimals: int = 0

    def __call__(self, value: float) -> float:
        """Return the place of a value, in mm."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def words(self, tick: float) -> str:
        """Return a tick in Dutch form."""
        return format_number(tick, self.decimals)


def value_axis(values: Sequence[float], start: float, end: float, zero: bool = False) -> Axis:
    """Return an axis with round ticks, one at each end; from zero when that is near enough."""
    low, high = min(values), max(values)
    if zero and 0 <= low < high * 0.6:
        low = 0
    rough = max(((high - low) or abs(high) or 1) / 5, 1e-6)
    power = 10.0 ** floor(log10(rough))
    step = next(power * size for size in (1, 2, 5, 10) if power * size >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = [count * step for count in range(first, max(last, first + 1) + 1)]
    return Axis(ticks[0], ticks[-1], start, end, ticks, max(0, -floor(log10(step) + 1e-9)))


def year_axis(years: set[int], start: float, end: float) -> Axis:
    """Return an axis of whole years with at most eight ticks, the last year among them."""
    first, last = min(years), max(years)
    ticks = range(last, first - 1, -ceil((last - first + 1) / 8))
    return Axis(first, max(last, first + 1), start, end, ticks)


def _letters(weight: str):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    return text_to_path, FontProperties(family="DejaVu Sans", size=SIZE, weight=weight)


@lru_cache(4000)
def width_of(line: str, weight: str = "bold") -> float:
    """Return the width of a line in mm; of the widest letter unless told otherwise."""
    outlines, letter = _letters(weight)
    return outlines.get_text_width_height_descent(line, letter, False)[0] * POINT


@lru_cache(1000)
def outline(line: str, weight: str) -> str:
    """Return a line of text as the outline of its letters, as an SVG path in mm.

    Outlines look the same on every machine. Laying letters out is the slow part of a
    drawing, hence the cache.
    """
    outlines, letter = _letters(weight)
    points, codes = outlines.get_text_path(letter, line)
    scale = SIZE * POINT / outlines.FONT_SCALE
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


def wrap(text: str, width: float, most: int | None = None) -> list[str]:
    """Break text into lines that fit; a word too long for a line is broken.

    Of a text that takes more than `most` lines the middle gives way to an ellipsis: its end
    often holds the number.
    """
    if most and len(text) > most * width:  # no letter is narrower than a mm: it cannot fit
        half = int(most * width) // 2
        text = f"{text[:half]}…{text[-half:]}"
    lines: list[str] = []
    for word in printable(text).split():
        if lines and width_of(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines += [word] if width_of(word) <= width else _cut(word, width)
    if most and len(lines) > most:
        # Shorter each time, also when a few wide letters do not fit.
        half = min(len(text) * 9 // 20, (len(text) - 3) // 2)
        if half < 1:
            return lines[:most]
        return wrap(f"{text[:half].rstrip(' …')}… {text[-half:].lstrip(' …')}", width, most)
    return lines


def _cut(word: str, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if width_of(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


class Sheet:
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
        color: str = INK,
    ) -> None:
        """Write lines, the first with its foot at `y`, moved sideways to stay on the sheet."""
        for index, line in enumerate(lines):
            words = " ".join(printable(line).split())
            width = width_of(words, weight)
            start = x - width * {"left": 0, "center": 0.5, "right": 1}[anchor]
            start = max(min(start, WIDTH - width), 0)
            self.parts.append(
                f'<path transform="translate({start:.2f} {y + index * LINE:.2f})" '
                f'fill="{color}" d="{outline(words, weight)}"/>'
            )

    def lines(
        self,
        runs: list[list[tuple[float, float]]],
        color: str = INK,
        style: str = "solid",
        width: float = 0.4,
    ) -> None:
        """Draw lines, each through its points."""
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
        self._shapes("".join(f"M{x:.2f} {y:.2f}{sign}" for x, y in points), fill, INK)

    def area(
        self,
        rings: list[list[tuple[float, float]]],
        fill: str,
        edge: str,
        width: float,
        name: str,
    ) -> None:
        """Draw a region with its holes; its name shows when one points at it."""
        path = "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring) + "z" for ring in rings)
        self.parts.append(
            f'<path fill="{fill}" fill-rule="evenodd" stroke="{edge}" stroke-width="{width}" '
            f'd="{path}"><title>{escape(clean(name))}</title></path>'
        )

    def doors(self, places: list[float], y: float, kind: str) -> None:
        """Draw doors of 9 by 15 mm; the signs are those of the rows on paper."""
        fill = {"open": "white", "guess": "white", "area": BLUE, "context": "#b0b0b0"}[kind]
        self.rectangles([(x, y, 9, 15) for x in places], fill, INK)
        self.markers([(x + 7, y + 8) for x in places], "circle", 1, "white")
        if kind == "guess":  # a sticker on the door: a cross would read as a mistake
            self.markers([(x + 4, y + 7.5) for x in places], "circle", 5, RUST)
        if kind == "context":
            self.lines([[(x + 1.5, y + 12), (x + 7.5, y + 12)] for x in places], width=1)

    def _shapes(self, path: str, fill: str, edge: str) -> None:
        self.parts.append(f'<path fill="{fill}" stroke="{edge}" stroke-width="0.4" d="{path}"/>')

    def figure(self, title: str, description: str, source: str, notice: str) -> Figure:
        """Return what is drawn, with its words."""
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
