"""A map of the buurten of a gemeente: three shades with a sign each, no ranking."""

from collections.abc import Collection, Mapping, Sequence

from .sheet import BLUE, INK, LINE, WIDTH, Figure, Sheet, wrap

# From more to less than the city: shade and sign. Greys and a sign, never red and green.
_CLASSES = (("#8f8f8f", "+"), ("#d0d0d0", "="), ("#ffffff", "−"))
_UNKNOWN = ("#ffffff", "?")
_HEIGHT = 150  # mm for the map itself
_NEAR = 0.25  # mm between points of an edge, less than its own line is thick

Ring = Sequence[tuple[float, float]]


def area_map(
    title: str,
    shapes: Mapping[str, Sequence[Sequence[Ring]]],
    classes: Mapping[str, int | None],
    names: Mapping[str, str],
    words: Sequence[str],
    own: tuple[str, Collection[str]],
    source: str,
    notice: str = "",
) -> Figure:
    """Draw buurten by how they compare with the whole city, the own one outlined.

    Parameters
    ----------
    title : str
    shapes : mapping of code to polygons
        As `Area.boundaries` gives them: metres, polygons of rings, the outside ring first.
    classes : mapping of code to int
        0, 1 or 2: more than, like, or less than the city; None when there is no figure.
    names : mapping of code to str
        Shown when one points at a buurt.
    words : sequence of str
        Three words for the classes, from more to less.
    own : (name, codes)
        The own buurt, or the own wijk with its buurten.
    source, notice : str

    Raises
    ------
    ValueError
        When there is no shape to draw.
    """
    if not shapes:
        raise ValueError("no boundaries to draw")
    place = _fitted([p for polygons in shapes.values() for rings in polygons for p in rings[0]])
    said = [wrap(word, 84, 2) for word in words]  # a gemeente may have a long name
    sheet = Sheet(_HEIGHT + 28 + LINE * (sum(map(len, said)) - len(said)) + 6)
    own_name, own_codes = own
    order = sorted(shapes, key=lambda code: code in own_codes)  # the own edge lies over the others
    for code in order:
        fill, sign = _look(classes.get(code))
        edge, width = (BLUE, 1.6) if code in own_codes else (INK, 0.3)
        rings = [
            _thinned([place(point) for point in ring])
            for polygon in shapes[code]
            for ring in polygon
        ]
        sheet.area(rings, fill, edge, width, names.get(code, code))
        x, y = _middle(max(rings, key=_size))
        sheet.text(x, y + 2, [sign], "center", "bold", BLUE if code in own_codes else INK)
    foot = _HEIGHT + 6
    y = float(foot)
    for lines, (fill, sign) in zip(said, _CLASSES, strict=True):
        sheet.rectangles([(0.5, y - 5, 10, 6.5)], fill, INK)
        sheet.text(5.5, y, [sign], "center", "bold")
        sheet.text(14, y, lines)
        y += 8 + LINE * (len(lines) - 1)
    sheet.rectangles([(100, foot - 5, 10, 6.5)], "white", INK)
    sheet.text(105, foot, ["?"], "center", "bold")
    sheet.text(114, foot, ["te klein of niet bekend"])
    sheet.lines([[(100, foot + 6), (110, foot + 6)]], BLUE, width=1.6)
    sheet.text(114, foot + 8, wrap(own_name, WIDTH - 114, 2), weight="bold", color=BLUE)
    known = {code: classes.get(code) for code in shapes}
    return sheet.figure(title, _spoken(known, names, words, own_name), source, notice)


def _look(number: int | None) -> tuple[str, str]:
    return _UNKNOWN if number is None else _CLASSES[number]


def _spoken(classes, names, words, own) -> str:
    """Say per class which buurten are in it, in the order given."""
    parts = []
    for number, word in [*enumerate(words), (None, "te klein of niet bekend")]:
        of = [names.get(code, code) for code, known in classes.items() if known == number]
        if of:
            parts.append(f"{word[0].upper()}{word[1:]}: {', '.join(of)}.")
    return f"Kaart met {own} omlijnd. {' '.join(parts)}"


def _fitted(points: Ring):
    """Return a function from metres to places on the sheet, north up."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    scale = min(WIDTH / (east - west), _HEIGHT / (north - south))
    left = (WIDTH - scale * (east - west)) / 2
    return lambda point: (left + (point[0] - west) * scale, (north - point[1]) * scale)


def _thinned(ring: Ring) -> list[tuple[float, float]]:
    """Leave out points nearer to the one before than a pen can show; real maps have thousands."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= _NEAR:
            kept.append(point)
    return [*kept, ring[-1]] if len(kept) > 2 else list(ring)


def _size(ring: Ring) -> float:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def _middle(ring: Ring) -> tuple[float, float]:
    """Return the centroid of a ring (shoelace formula)."""
    total = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = ax * by - bx * ay
        total, x, y = total + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    if not total:
        return ring[0]
    return x / (3 * total), y / (3 * total)
