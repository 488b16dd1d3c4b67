"""Counts as things one can point at: doors, people, bars."""

from collections.abc import Mapping, Sequence
from math import floor

from .sheet import BLUE, GREY, INK, LINE, WIDTH, Figure, Sheet, width_of, wrap


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
    labels = [wrap(label, WIDTH) for label in counts]
    of = f" van de {total}" if total else ""
    words = [f"{count}{of} {unit}".strip() for count in counts.values()]
    room = WIDTH - max(map(width_of, words)) - 5
    full = max(total or 0, *counts.values(), 1)
    sheet = Sheet(sum(len(lines) * LINE + 15 for lines in labels))
    top = 0.0
    for lines, count, said in zip(labels, counts.values(), words, strict=True):
        sheet.text(0, top + 5, lines)
        top += len(lines) * LINE + 1
        sheet.rectangles([(0.5, top, room, 8)], "white", GREY)
        sheet.rectangles([(0.5, top, room * count / full, 8)], BLUE, INK)
        sheet.text(room + 4, top + 6, [said], weight="bold")
        top += 14
    spoken = [f"{label}: {said}." for label, said in zip(counts, words, strict=True)]
    return sheet.figure(title, " ".join(spoken), source, notice)
