"""Where one buurt stands among others, without names or a ranking."""

from collections import Counter
from collections.abc import Sequence
from statistics import quantiles

from ..dutch import format_number
from .sheet import BAND, BLUE, GREY, RUST, WIDTH, Figure, Sheet, value_axis, wrap


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
    axis = value_axis([*values, own[1], city[1]], 8, WIDTH - 8)
    own_x, city_x = axis(own[1]), axis(city[1])
    own_said, city_said = (f"{name}: {format_number(v, decimals)}" for name, v in (own, city))
    base, sheet = 56, Sheet(100)

    sheet.rectangles([(axis(low), 20, axis(high) - axis(low), base - 20)], BAND, GREY)
    sheet.lines([[(city_x, 20), (city_x, base + 10)]], RUST, "dashed", 0.8)
    sheet.markers(_stacked([axis(value) for value in values], base), "circle", 3.5, "white")
    sheet.lines([[(own_x, 14), (own_x, base)]], BLUE, width=0.8)
    sheet.markers([(own_x, 14)], "diamond", 8, BLUE)
    sheet.text(own_x, 6, wrap(own_said, WIDTH, 1), "center", "bold", BLUE)
    sheet.text(city_x, base + 15, wrap(city_said, WIDTH, 1), "center", color=RUST)
    sheet.lines(
        [[(0, base), (WIDTH, base)]] + [[(axis(t), base), (axis(t), base + 2)] for t in axis.ticks]
    )
    for tick in axis.ticks:
        if abs(axis(tick) - city_x) > 8:
            sheet.text(axis(tick), base + 7.5, [axis.words(tick)], "center")
    sheet.text(WIDTH / 2, base + 24, wrap(unit, WIDTH, 1), "center")
    sheet.markers([(4, base + 35)], "circle", 3.5, "white")
    sheet.text(9, base + 37, ["één vergelijkbare buurt"])
    sheet.rectangles([(80, base + 32, 10, 6)], BAND, GREY)
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
