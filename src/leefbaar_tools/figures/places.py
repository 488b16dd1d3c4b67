"""Where one buurt stands among others, without names or a ranking."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from ..dutch import format_number
from .sheet import BAND, BLUE, GREY, RUST, WIDTH, Axis, Figure, Sheet, value_axis, width_of, wrap


def place_among(
    title: str,
    values: Sequence[float],
    own: tuple[str, float],
    city: tuple[str, float] | None,
    unit: str,
    source: str,
    notice: str = "",
    decimals: int = 0,
    middle: tuple[float, float] | None = None,
) -> Figure:
    """Draw where the own buurt stands among comparable ones, without names or a ranking.

    Parameters
    ----------
    title : str
    values : sequence of float
        The comparable buurten, without the own one; at least four.
    own, city : (label, value)
        None for a city without a figure.
    unit : str
        Unit and year of all values, such as ``"meldingen per 100 woningen, 2025"``.
    source, notice : str
    decimals : int
    middle : (low, high), optional
        The edges of the middle half, where they were computed before the values were rounded.
    """
    if len(values) < 4:
        raise ValueError(f"{len(values)} buurten are too few to stand among")
    low, _, high = quantiles(values, n=4, method="inclusive")
    low, high = middle or (low, high)
    beside = [city] if city else []
    axis = value_axis([*values, own[1], *(value for _, value in beside)], 8, WIDTH - 8)
    own_x, *city_x = (axis(value) for _, value in (own, *beside))
    own_said, *city_said = (f"{name}: {format_number(v, decimals)}" for name, v in (own, *beside))
    said_unit = wrap(unit, WIDTH, 2)
    base = 56
    foot = base + 29 + 6 * len(said_unit)
    sheet = Sheet(foot + 9)

    sheet.rectangles([(axis(low), 20, axis(high) - axis(low), base - 20)], BAND, GREY)
    ticks = {axis(tick): axis.words(tick) for tick in axis.ticks}
    # The line ends above a number that stands in its way; the words below it tell its own.
    down = [
        base if any(abs(t - x) < width_of(word) / 2 + 1 for t, word in ticks.items()) else base + 10
        for x in city_x
    ]
    sheet.lines([[(x, 20), (x, y)] for x, y in zip(city_x, down, strict=True)], RUST, "dashed", 0.8)
    sheet.markers(_stacked([axis(value) for value in values], base), "circle", 3.5, "white")
    sheet.lines([[(own_x, 14), (own_x, base)]], BLUE, width=0.8)
    sheet.markers([(own_x, 14)], "diamond", 8, BLUE)
    sheet.text(own_x, 6, wrap(own_said, WIDTH, 1), "center", "bold", BLUE)
    for x, said in zip(city_x, city_said, strict=True):
        sheet.text(x, base + 15, wrap(said, WIDTH, 1), "center", color=RUST)
    sheet.lines([[(0, base), (WIDTH, base)]] + [[(x, base), (x, base + 2)] for x in ticks])
    for x, word in ticks.items():
        sheet.text(x, base + 7.5, [word], "center")
    sheet.text(WIDTH / 2, base + 24, said_unit, "center")
    sheet.markers([(4, foot)], "circle", 3.5, "white")
    sheet.text(9, foot + 2, ["één vergelijkbare buurt"])
    sheet.rectangles([(80, foot - 3, 10, 6)], BAND, GREY)
    sheet.text(93, foot + 2, [f"de middelste helft van deze {len(values)}"])

    description = (
        f"{own_said}. Van {len(values)} vergelijkbare buurten ligt de middelste helft tussen "
        f"{format_number(low, decimals)} en {format_number(high, decimals)}. "
        f"{''.join(f'{said}. ' for said in city_said)}Eenheid: {unit}."
    )
    return sheet.figure(title, description, source, notice)


def _stacked(places: list[float], base: float) -> list[tuple[float, float]]:
    """Stack dots that would cover each other; the tallest stack stays below the diamond."""
    columns = Counter(round(place / 4.5) * 4.5 for place in places)
    step = min(4.5, 32 / max(columns.values(), default=1))
    return [
        (column, base - 3 - rank * step)
        for column, count in columns.items()
        for rank in range(count)
    ]


def samples(
    title: str,
    shares: Sequence[float],
    truth: tuple[str, float],
    unit: str,
    source: str,
    notice: str = "",
) -> Figure:
    """Draw samples from one and the same street as dots, the newest one marked.

    Parameters
    ----------
    title : str
    shares : sequence of float
        From 0 to 100, in the order in which they were drawn; at least one.
    truth : (label, value)
        What is so in the whole street.
    unit : str
    source, notice : str
    """
    if not shares:
        raise ValueError("no samples to draw")
    axis = Axis(0, 100, 8, WIDTH - 8, range(0, 101, 10))
    base, sheet = 56, Sheet(82)
    newest = axis(shares[-1])
    sheet.lines([[(axis(truth[1]), 14), (axis(truth[1]), base)]], RUST, "dashed", 0.8)
    said = f"{truth[0]}: {format_number(truth[1])}"
    left = truth[1] > 50
    x = axis(truth[1]) + (-2 if left else 2)
    room = x if left else WIDTH - x
    sheet.text(x, 18, wrap(said, room, 1), "right" if left else "left", color=RUST)
    sheet.markers(_stacked([axis(share) for share in shares[:-1]], base), "circle", 3.5, "white")
    sheet.markers([(newest, 10)], "diamond", 8, BLUE)
    sheet.lines([[(newest, 14), (newest, base)]], BLUE, width=0.8)
    sheet.text(newest + 6, 8, [f"nu: {format_number(shares[-1])}"], "left", "bold", BLUE)
    sheet.lines([[(0, base), (WIDTH, base)]])
    sheet.lines([[(axis(t), base), (axis(t), base + 2)] for t in axis.ticks])
    for tick in axis.ticks:
        sheet.text(axis(tick), base + 8, [axis.words(tick)], "center")
    sheet.text(WIDTH / 2, base + 17, wrap(unit, WIDTH, 1), "center")
    low, high = min(shares), max(shares)
    description = (
        f"{len(shares)} keer gevraagd. De laagste uitkomst is {format_number(low)}, de hoogste "
        f"{format_number(high)}, de nieuwste {format_number(shares[-1])}. {said}. Eenheid: {unit}."
    )
    return sheet.figure(title, description, source, notice)


def against(
    title: str,
    points: Sequence[tuple[float, float]],
    lettered: Mapping[str, tuple[float, float]],
    axes: tuple[str, str],
    source: str,
    line: tuple[tuple[float, float], tuple[float, float]] | None = None,
    marked: tuple[str, str] | None = None,
    notice: str = "",
) -> Figure:
    """Draw buurten as dots, one figure against another; no names, and no ranking.

    Parameters
    ----------
    title : str
    points : sequence of (x, y)
        The buurten without a letter.
    lettered : mapping of letter to (x, y)
        The buurten to talk about.
    axes : (str, str)
        What goes with more to the right, and with more to the top.
    source : str
    line : two points, optional
        What one would expect.
    marked : (letter, name), optional
        The one that is told about.
    notice : str
    """
    everything = [*points, *lettered.values()]
    x = _room([px for px, _ in everything], 14, WIDTH - 6)
    y = _room([py for _, py in everything], 100, 16)
    sheet = Sheet(118)
    sheet.text(0, 6, wrap(f"↑ {axes[1]}", WIDTH, 1))
    sheet.text(WIDTH, 112, wrap(f"{axes[0]} →", WIDTH, 1), "right")
    sheet.lines([[(6, 12), (6, 104), (WIDTH, 104)]], GREY)
    if line:
        sheet.lines([[(x(px), y(py)) for px, py in line]], RUST, "dashed", 0.8)
    sheet.markers([(x(px), y(py)) for px, py in points], "circle", 4, "white")
    spoken = [f"{len(everything)} buurten als stippen."]
    inked = [(x(px), y(py)) for px, py in everything]
    if line:
        inked += _along(*((x(px), y(py)) for px, py in line))
    for letter, (px, py) in lettered.items():
        told = marked is not None and marked[0] == letter
        sheet.markers([(x(px), y(py))], "diamond" if told else "circle", 9, BLUE)
        words = f"{letter}: {marked[1]}" if told else letter
        said = wrap(words, max(x(px), WIDTH - x(px)) - 8, 1)
        left, foot = _beside(x(px), y(py), width_of(said[0]), inked)
        sheet.text(left, foot, said, weight="bold", color=BLUE)
        across = "links" if px < _middle(everything, 0) else "rechts"
        high = "hoog" if py > _middle(everything, 1) else "laag"
        spoken.append(f"{words} ligt {across}, {high}.")
    if line:
        spoken.append("De streepjeslijn laat zien wat je zou verwachten.")
    spoken.append(f"Naar rechts: {axes[0]}. Naar boven: {axes[1]}.")
    return sheet.figure(title, " ".join(spoken), source, notice)


def _along(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Return points of a line, nearer to each other than a letter is wide."""
    return [
        (start[0] + (end[0] - start[0]) * n / WIDTH, start[1] + (end[1] - start[1]) * n / WIDTH)
        for n in range(WIDTH + 1)
    ]


def _beside(x: float, y: float, wide: float, inked) -> tuple[float, float]:
    """Return where the name of a dot begins: beside, above or below it, where least is drawn.

    `wide` is the width of the name, and `inked` are the points that it would cover.
    """
    places = (
        (x + 6.5, y + 2),
        (x - 6.5 - wide, y + 2),
        (x - wide / 2, y - 7),
        (x - wide / 2, y + 10),
    )

    def covered(place: tuple[float, float]) -> int:
        left, foot = place
        if left < 0 or left + wide > WIDTH or not 12 < foot < 103:
            return 10**6
        # Two mm more on each side: half a dot.
        return sum(left - 2 < px < left + wide + 2 and foot - 6 < py < foot + 2 for px, py in inked)

    return min(places, key=covered)


def _room(values: Sequence[float], start: float, end: float) -> Axis:
    low, high = min(values), max(values)
    edge = ((high - low) or 1) * 0.05
    return Axis(low - edge, high + edge, start, end, ())


def _middle(points: Sequence[tuple[float, float]], side: int) -> float:
    return median(point[side] for point in points)
