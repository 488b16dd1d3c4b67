"""Working together: who one knows, who matters to whom, and where hours go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from ..dutch import format_number, join_words
from .sheet import BAND, BLUE, GREY, INK, LINE, RUST, WIDTH, Figure, Sheet, width_of, wrap

# From near to far: half the width and half the height of a ring (mm), and how its line is drawn.
RINGS = ((34, 25), (60, 45), (84, 65))
STYLES = ("solid", "dashed", "dotted")
MIDDLE = (WIDTH / 2, 72)
FREE = 56  # degrees left free at the top of each ring, for its name
MOST_TIES = 10


@dataclass(frozen=True)
class Tie:
    """Somebody in a network: the name, which ring (0 is nearest), and whether it hangs on you."""

    name: str
    ring: int
    alone: bool = False


def network(
    title: str,
    ties: Sequence[Tie],
    rings: Sequence[str],
    alone: str,
    source: str,
    notice: str = "",
    you: str = "jij",
) -> Figure:
    """Draw who one works with, oneself in the middle, in three rings.

    Parameters
    ----------
    title : str
    ties : sequence of Tie
        At most ten; none gives blank rings, to write in.
    rings : sequence of str
        Names of the three rings, from near to far.
    alone : str
        What a square means: a tie that hangs on one person.
    source, notice : str
    you : str
        Who stands in the middle.

    Raises
    ------
    ValueError
        When there are more than ten ties, not three rings, or a ring that does not exist.
    """
    if len(rings) != len(RINGS):
        raise ValueError(f"{len(RINGS)} rings are needed")
    if len(ties) > MOST_TIES or any(tie.ring not in range(len(RINGS)) for tie in ties):
        raise ValueError(f"at most {MOST_TIES} ties, each in ring 0 to {len(RINGS) - 1}")
    listed = [wrap(_listed(n, tie, rings, alone), WIDTH - 14, 2) for n, tie in enumerate(ties, 1)]
    key = 20 if any(tie.alone for tie in ties) else 0
    sheet = Sheet(MIDDLE[1] + RINGS[-1][1] + 8 + key + sum(len(x) * LINE + 1.5 for x in listed))
    for (wide, high), name in zip(RINGS, rings, strict=True):
        sheet.lines([_ellipse(wide, high)], GREY, width=0.4)
        room = width_of(name, "normal") + 4
        top = MIDDLE[1] - high
        sheet.rectangles([(MIDDLE[0] - room / 2, top - 3.5, room, 7)], "white")
        sheet.text(MIDDLE[0], top + 1.7, [name], "center", color=GREY)
    places = _places(ties)
    for tie, place in zip(ties, places, strict=True):
        bold = 1.2 if tie.alone else 0.6
        sheet.lines([[MIDDLE, place]], RUST if tie.alone else BLUE, STYLES[tie.ring], bold)
    sheet.markers([MIDDLE], "circle", 17, "white")
    sheet.text(MIDDLE[0], MIDDLE[1] + 2, wrap(you, 15, 1), "center", "bold")
    for number, (tie, place) in enumerate(zip(ties, places, strict=True), 1):
        sheet.markers([place], "square" if tie.alone else "circle", 9, "white")
        color = RUST if tie.alone else BLUE
        sheet.text(place[0], place[1] + 1.7, [str(number)], "center", "bold", color)
    top = MIDDLE[1] + RINGS[-1][1] + 12
    if key:
        sheet.markers([(5, top - 1.7)], "circle", 7, "white")
        sheet.text(14, top, ["hangt niet alleen aan jou"])
        sheet.markers([(5, top + 8.3)], "square", 7, "white")
        sheet.text(14, top + 10, wrap(alone, WIDTH - 14, 1), color=RUST)
        top += 20
    for number, (tie, lines) in enumerate(zip(ties, listed, strict=True), 1):
        sheet.text(0, top, [str(number)], weight="bold")
        sheet.text(10, top, lines, color=RUST if tie.alone else INK)
        top += len(lines) * LINE + 1.5
    spoken = [f"{_listed(n, tie, rings, alone)}." for n, tie in enumerate(ties, 1)]
    said = " ".join(spoken) or "Drie lege ringen om jou heen, om in te schrijven."
    return sheet.figure(
        title, f"In het midden: {you}. Ringen: {join_words(list(rings))}. {said}", source, notice
    )


def _listed(number: int, tie: Tie, rings: Sequence[str], alone: str) -> str:
    return f"{tie.name}: {rings[tie.ring]}{f', {alone}' if tie.alone else ''}"


def _ellipse(wide: float, high: float) -> list[tuple[float, float]]:
    steps = (2 * pi * n / 72 for n in range(73))
    return [(MIDDLE[0] + wide * cos(a), MIDDLE[1] + high * sin(a)) for a in steps]


def _places(ties: Sequence[Tie]) -> list[tuple[float, float]]:
    """Spread the ties of each ring evenly, with its top free, away from lines that pass."""
    angles: dict[int, float] = {}
    for ring in range(len(RINGS)):
        same = [number for number, tie in enumerate(ties) if tie.ring == ring]
        room = 360 - FREE + 14 * ring
        evenly = [90 - room / 2 + room * (n + 0.5) / len(same) for n in range(len(same))]
        turns = [turn for size in range(0, 21, 3) for turn in (size, -size)]
        best = max(turns, key=lambda turn: _gap([a + turn for a in evenly], angles.values()))
        angles |= zip(same, (angle + best for angle in evenly), strict=True)
    places = []
    for number, tie in enumerate(ties):
        wide, high = RINGS[tie.ring]
        a = angles[number] * pi / 180
        places.append((MIDDLE[0] + wide * cos(a), MIDDLE[1] + high * sin(a)))
    return places


def _gap(angles: list[float], others) -> float:
    """Return the least difference between two directions, in degrees; enough is enough."""
    apart = [abs((a - b + 180) % 360 - 180) for a in angles for b in others]
    return min([*apart, 15])


def stakes(
    title: str,
    partners: Sequence[tuple[str, float, float]],
    quadrants: Mapping[tuple[bool, bool], str],
    axes: tuple[str, str],
    source: str,
    notice: str = "",
    named: bool = True,
) -> Figure:
    """Draw how much is at stake for each partner by how much influence it has.

    Parameters
    ----------
    title : str
    partners : sequence of (name, stake, influence)
        At most 26; both numbers from 0 to 10.
    quadrants : mapping of (much at stake, much influence) to str
        What one does with a partner there, in plain words.
    axes : (str, str)
        What more to the right means, and what higher means.
    source, notice : str
    named : bool
        Whether the names stand below; without them there is something to guess.

    Raises
    ------
    ValueError
        When there are more partners than letters, a number lies outside 0 to 10, or a quadrant
        has no words.
    """
    if len(partners) > 26 or not all(0 <= n <= 10 for _, *both in partners for n in both):
        raise ValueError("at most 26 partners, with numbers from 0 to 10")
    if len(quadrants) != 4:
        raise ValueError("four quadrants need words")
    left, top, side_x, side_y = 8.0, 12.0, WIDTH - 10.0, 112.0
    columns = 2 if named else 0
    per_column = -(-len(partners) // 2)
    sheet = Sheet(top + side_y + 14 + (per_column * (LINE + 2) + 4 if columns else 0))
    sheet.text(0, 6, wrap(f"↑ {axes[1]}", WIDTH, 1))
    middle = (left + side_x / 2, top + side_y / 2)
    sheet.rectangles([(left + side_x / 2, top, side_x / 2, side_y / 2)], "#efefef")
    sheet.rectangles([(left, top, side_x, side_y)], "none", GREY)
    sheet.lines(
        [
            [(middle[0], top), (middle[0], top + side_y)],
            [(left, middle[1]), (left + side_x, middle[1])],
        ],
        GREY,
        "dashed",
    )
    for (stake, influence), words in quadrants.items():
        x = left + 3 if not stake else middle[0] + 3
        y = (top if influence else middle[1]) + 7
        sheet.text(x, y, wrap(words, side_x / 2 - 6, 2), weight="bold")
    # Below the words of its quadrant, so the dots use the lower part of each half.
    spread = _apart([(_along(s, left, side_x), _down(i, top, side_y)) for _, s, i in partners])
    letters = [chr(65 + n) for n in range(len(partners))]
    for letter, (x, y) in zip(letters, spread, strict=True):
        sheet.markers([(x, y)], "circle", 8, "white")
        sheet.text(x, y + 1.8, [letter], "center", "bold", BLUE)
    sheet.text(left + side_x, top + side_y + 8, wrap(f"{axes[0]} →", WIDTH, 1), "right")
    if named:
        first = top + side_y + 19
        for n, (letter, (name, *_)) in enumerate(zip(letters, partners, strict=True)):
            x, y = (90.0 * (n // per_column), first + (n % per_column) * (LINE + 2))
            sheet.text(x, y, [letter], weight="bold", color=BLUE)
            sheet.text(x + 8, y, wrap(name, 80, 1))
    spoken = []
    for (stake, influence), words in quadrants.items():
        there = [
            name if named else letter
            for letter, (name, s, i) in zip(letters, partners, strict=True)
            if (s > 5, i > 5) == (stake, influence)
        ]
        spoken.append(f"{words}: {join_words(there) if there else 'niemand'}.")
    spoken.append(f"Naar rechts: {axes[0]}. Naar boven: {axes[1]}.")
    return sheet.figure(title, " ".join(spoken), source, notice)


def _along(value: float, start: float, length: float) -> float:
    """Place a number from 0 to 10 on the left or the right half, clear of the line between."""
    share = value / 10 if value <= 5 else (value - 5) / 5
    half = length / 2
    if value <= 5:
        return start + 6 + (value / 5) * (half - 13)
    return start + half + 7 + share * (half - 13)


def _down(value: float, start: float, length: float) -> float:
    """Place a number from 0 to 10 in the upper or the lower half, below the words there."""
    half = length / 2
    if value > 5:
        return start + half - 6 - (value - 5) / 5 * (half - 26)
    return start + length - 6 - value / 5 * (half - 26)


def _apart(points: list[tuple[float, float]], least: float = 8.5) -> list[tuple[float, float]]:
    """Move signs that would cover each other sideways, keeping their order of mention."""
    placed: list[tuple[float, float]] = []
    for x, y in points:
        for step in (0, 1, -1, 2, -2, 3, -3):
            spot = (x + step * least, y)
            far = all((spot[0] - a) ** 2 + (y - b) ** 2 >= least**2 for a, b in placed)
            if far and 4 <= spot[0] <= WIDTH - 4:
                break
        placed.append(spot)
    return placed


def chips_to_colour(title: str, options: Sequence[str], total: int, source: str) -> Figure:
    """Draw a row of circles per option, to colour by hand.

    Parameters
    ----------
    title : str
    options : sequence of str
    total : int
        How many chips there are, at most twenty: so many circles has every row.
    source : str
    """
    if not 1 <= total <= 20:
        raise ValueError(f"1 to 20 chips fit in a row, not {total}")
    labels = [wrap(option, WIDTH) for option in options]
    sheet = Sheet(sum(len(lines) * LINE + 13 for lines in labels) + 2)
    top = 0.0
    for lines in labels:
        sheet.text(0, top + 5, lines)
        top += len(lines) * LINE + 1
        sheet.markers([(4.2 + n * 8.9, top + 4.5) for n in range(total)], "circle", 7, "white")
        top += 12
    said = f"{len(labels)} rijen van {total} rondjes om te kleuren: {join_words(list(options))}."
    return sheet.figure(title, said, source, "")


def allocation(
    title: str,
    rows: Sequence[tuple[str, float]],
    unit: tuple[str, str],
    source: str,
    left: float = 0,
    notice: str = "",
) -> Figure:
    """Draw where hours or chips went, as bars in the order given: no ranking.

    Parameters
    ----------
    title : str
    rows : sequence of (option, amount)
    unit : (str, str)
        Name of one and of more: ``("fiche", "fiches")``.
    source : str
    left : float
        What was not divided; drawn as a last, open bar when there is any.
    notice : str
    """
    full = max([amount for _, amount in rows] + [left, 1])
    shown = [*rows, *([("Nog niet verdeeld", left)] if left else [])]
    labels = [wrap(label, WIDTH) for label, _ in shown]
    words = [_amount(amount, unit) for _, amount in shown]
    room = WIDTH - max([width_of(word) for word in words], default=0) - 5
    sheet = Sheet(sum(len(lines) * LINE + 14 for lines in labels) or 10)
    top = 0.0
    for n, (lines, (_, amount), said) in enumerate(zip(labels, shown, words, strict=True)):
        rest = bool(left) and n == len(shown) - 1
        sheet.text(0, top + 5, lines, color=GREY if rest else INK)
        top += len(lines) * LINE + 1
        sheet.rectangles([(0.5, top, max(room * amount / full, 0.6), 8)], *_fill(rest))
        sheet.text(max(room * amount / full, 0.6) + 4, top + 6, [said], weight="bold")
        top += 13
    spoken = [f"{label}: {said}." for (label, _), said in zip(shown, words, strict=True)]
    return sheet.figure(title, " ".join(spoken) or "Nog niets verdeeld.", source, notice)


def _fill(rest: bool) -> tuple[str, str]:
    return ("white", GREY) if rest else (BLUE, INK)


def _amount(amount: float, unit: tuple[str, str]) -> str:
    return f"{format_number(amount)} {unit[0] if amount == 1 else unit[1]}"


@dataclass(frozen=True)
class Guess:
    """One guess: what is guessed, the guess, what is thought possible, where the choice flips."""

    name: str
    now: float
    low: float
    high: float
    at: float | None
    chosen: bool


ROW = 16  # of a guess; twelve of them still stand on one page, under their heading


def tipping(
    title: str, guesses: Sequence[Guess], unit: str, source: str, notice: str = ""
) -> Figure:
    """Draw, per guess, what is thought possible and where the choice becomes another one.

    Parameters
    ----------
    title : str
    guesses : sequence of Guess
        All from 0 to 100.
    unit : str
        What is guessed.
    source, notice : str
    """
    most = max([g.high for g in guesses] + [10])
    full = min(100, -(-(most * 1.15) // 10) * 10)
    sheet = Sheet(38 + ROW * len(guesses) + 16)
    start, end = 4.0, WIDTH - 8.0

    def x(value):
        return start + (end - start) * min(value, full) / full

    sheet.markers([(5, 4.3)], "diamond", 7, BLUE)
    sheet.text(12, 6, ["de schatting, gekozen"])
    sheet.markers([(100, 4.3)], "diamond", 7, "white")
    sheet.text(107, 6, ["niet gekozen"])
    sheet.rectangles([(1.5, 12, 8, 6)], BAND, GREY)
    sheet.text(12, 17, ["wat kan ook?"])
    sheet.lines([[(100, 11), (100, 19)]], RUST, width=1.4)
    sheet.text(107, 17, ["hier kantelt de keuze"], color=RUST)
    top, spoken = 26.0, []
    for guess in guesses:
        inside = guess.at is not None and guess.low <= guess.at <= guess.high
        sheet.text(0, top + 5, wrap(guess.name, WIDTH, 1), weight="bold" if inside else "normal")
        line = top + 11.5
        sheet.lines([[(start, line), (end, line)]], BAND, width=0.5)
        sheet.rectangles([(x(guess.low), line - 3, x(guess.high) - x(guess.low), 6)], BAND, GREY)
        if guess.at is not None and guess.at <= full:
            sheet.lines([[(x(guess.at), line - 4), (x(guess.at), line + 4)]], RUST, width=1.4)
        fill = BLUE if guess.chosen else "white"
        sheet.markers([(x(guess.now), line)], "diamond", 6, fill)
        spoken.append(_tips(guess))
        top += ROW
    for tick in range(0, int(full) + 1, 10):
        sheet.text(x(tick), top + 8, [str(tick)], "center")
    sheet.text(WIDTH, top + 16, wrap(unit, WIDTH, 1), "right")
    return sheet.figure(title, " ".join(spoken), source, notice)


def _tips(guess: Guess) -> str:
    said = f"{guess.name}: geschat {format_number(guess.now)}, mogelijk "
    said += f"{format_number(guess.low)} tot {format_number(guess.high)}, "
    said += "gekozen" if guess.chosen else "niet gekozen"
    if guess.at is None:
        return f"{said}; kantelt niet."
    side = "onder" if guess.chosen else "boven"
    return f"{said}; kantelt {side} {format_number(guess.at)}."
