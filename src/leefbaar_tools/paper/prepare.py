"""What both writers need beside the tree: the fixed words on paper, and rows of doors."""

from collections.abc import Callable
from typing import Any

# Every Dutch word that the writers themselves put on paper.
WORDS = {
    "source": "Bron",
    "one": "Kies er één.",
    "more": "Meer antwoorden mogen.",
    "most": "Kies er hooguit {most}.",
    "lines": "Ruimte om te schrijven",
    "box": "Vakje om een getal in te schrijven",
    "chosen": "gekozen:",
    "circle": "Zet een cirkel om het getal: 0 tot en met {total}.",
    "count": "{filled} van de {total}",
    "empty": "Nog niet ingevuld. Schrijf het hier gerust bij:",
    "name": "Schuilnaam",
    "facilitator": "Voor de begeleider",
    "about": "Over dit blad",
    "links": "Waar je dit kunt nalezen",
    "page": "blz.",
    "of": "van",
    "missing": (
        "Een □ staat voor een teken dat hier niet kan worden afgedrukt. "
        "Op het scherm staat de tekst volledig."
    ),
}

_INK, _GREY = "#1a1a1a", "#8a8a8a"
_STEP, _WIDTH, _HEIGHT = 15, 10, 17  # mm: room to circle one door with a pen

_SHAPES = {
    "door": (
        '<path d="M0.4 16.6V0.4H9.6V16.6Z" fill="{fill}" stroke="#1a1a1a" stroke-width="0.6"/>'
        '<circle cx="7.6" cy="9" r="0.7" fill="{knob}"/>'
    ),
    "person": (
        '<circle cx="5" cy="3.2" r="2.8" fill="{fill}" stroke="#1a1a1a" stroke-width="0.6"/>'
        '<path d="M0.4 16.6V11A4.6 4.2 0 0 1 9.6 11V16.6Z" fill="{fill}" stroke="#1a1a1a"'
        ' stroke-width="0.6"/>'
    ),
}
_DOT = '<circle cx="4.4" cy="8.5" r="2.6" fill="#1a1a1a"/>'
_BAR = '<path d="M2 13.5H8" stroke="#1a1a1a" stroke-width="1.4"/>'


def row_svg(symbol: str, total: int, filled: int, kind: str) -> str:
    """Draw a row of doors or people, the first `filled` marked by fill and by shape.

    A guess has a dot, the own area black, a comparison grey with a bar.
    """
    fill = {"guess": "white", "area": _INK, "context": _GREY}[kind]
    mark = {"guess": _DOT, "area": "", "context": _BAR}[kind]
    full = _SHAPES[symbol].format(fill=fill, knob="white" if kind == "area" else _INK) + mark
    open_ = _SHAPES[symbol].format(fill="white", knob=_INK)
    places = "".join(
        f'<g transform="translate({place * _STEP + 2} 1)">{full if place < filled else open_}</g>'
        for place in range(total)
    )
    width, height = total * _STEP - _STEP + _WIDTH + 4, _HEIGHT + 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}mm" height="{height}mm">{places}</svg>'
    )


def prepared(value: Any, letters: Callable[[str], str]) -> Any:
    """Return an encoded tree with its text put through `letters` and its rows drawn.

    Parameters
    ----------
    value : JSON values
    letters : callable
        :func:`~leefbaar_tools.paper.letters.clean` or ``printable``.
    """
    if isinstance(value, str):
        return letters(value)
    if isinstance(value, list):
        return [prepared(part, letters) for part in value]
    if not isinstance(value, dict):
        return value
    content = {name: prepared(part, letters) for name, part in value.items()}
    drawn = {"DoorRow": _row, "Boxes": _hint}.get(content.get("type"))
    return content | drawn(content) if drawn else content


def _hint(boxes: dict) -> dict[str, Any]:
    kind = "one" if not boxes["multiple"] else "most" if boxes["most"] else "more"
    return {"hint": WORDS[kind].format(most=boxes["most"])}


def _row(row: dict) -> dict[str, Any]:
    total, filled = row["total"], row["filled"]
    words = WORDS["circle" if filled is None else "count"].format(total=total, filled=filled)
    svg = row_svg(row["symbol"], total, filled or 0, row["kind"])
    numbers = [] if filled is not None else [str(number) for number in range(total + 1)]
    width = min(total * _STEP - 1, 170)
    return {"words": words, "svg": svg, "width_mm": width, "numbers": numbers}
