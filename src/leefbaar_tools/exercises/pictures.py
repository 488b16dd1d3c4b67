"""Figures of the chosen buurt: what an estimate shows, and pictures that stand alone."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

from .. import analysis, figures
from ..areas import Area, Indicator
from ..paper import Block, FigureBlock, Heading, Paragraph, Together
from .parts import Context, Part

ALIKE = 8  # how many look-alike buurten a place is given among

# An area never changes, and twelve people share a few buurten: each figure is made once.
_once = lru_cache(maxsize=512)


def doors_seen(context: Context, indicator: str, guess: int | None) -> list[Block]:
    """Return a guess out of ten beside the buurt, the city and the country."""
    title, rows = _out_of_ten(context.area, context.code, indicator)
    if not rows:
        return [Paragraph(title)]
    guessed = [] if guess is None else [("Jouw schatting", guess, "guess")]
    source = context.area.source_line(indicator)
    return [_on_paper(figures.doors(title, [*guessed, *rows], source), 120)]


@_once
def _out_of_ten(area: Area, code: str, indicator: str) -> tuple[str, list]:
    """Return a title, and a row for the buurt, the city and the country; no rows when small."""
    table = analysis.compare(area, code, indicator)
    own = table.iloc[0]
    if own["reason"]:
        return f"{own['name']}: {own['reason']}", []
    number, words = analysis.out_of_ten(own["value"], own["n"])
    rows = [(_where(area, own), number, "area")]
    for _, row in table[table["level"].isin(["gemeente", "land"])].iterrows():
        ten = analysis.out_of_ten(row["value"], row["n"]).number
        if ten is not None:
            rows.append((_where(area, row), ten, "context"))
    title = f"{own['name']}: {words}"
    if number is not None:
        title += f" ({area.indicator(indicator).title})"
    return title, rows


def relative_seen(
    context: Context, indicator: str, words: tuple[str, ...], guess: list[str] | None
) -> list[Block]:
    """Return whether the buurt has more or less than the city, and its place among look-alikes.

    Parameters
    ----------
    words : tuple of str
        The words of the question, from more to less.
    """
    found, picture = _beside_city(context.area, context.code, indicator, words)
    said = f"Jij schatte: {guess[0]}. " if guess and picture else ""
    return [Paragraph(said + found), *([_on_paper(picture, 140)] if picture else [])]


@_once
def _beside_city(area: Area, code: str, indicator: str, words: tuple[str, ...]):
    """Return a sentence, and the figure of the buurt among look-alikes (None when too small)."""
    own, city = (analysis.figure(area, c, indicator) for c in (code, area.gemeente(code)))
    reason = own["reason"] or city["reason"]
    if reason:
        return f"{own['name']}: {reason}", None
    known = dict(zip(_ANALYSIS_WORDS[words[0]], words, strict=True))
    found = known[analysis.relative_to_city(area, code, indicator)]
    than = "als" if found == words[1] else "dan"
    return f"Volgens de cijfers: {found} {than} in {city['name']}.", place_figure(
        area, code, indicator
    )


_ANALYSIS_WORDS = {
    "meer": ("meer", "evenveel", "minder"),
    "beter": ("beter", "evenveel", "minder goed"),
}


@_once
def place_figure(area: Area, code: str, indicator: str) -> figures.Figure | None:
    """Return where the buurt stands among look-alikes; None when too little is known."""
    place = analysis.place(area, code, indicator, k=ALIKE)
    if place.reason:
        return None
    known = area.indicator(indicator)
    city = analysis.figure(area, area.gemeente(code), indicator)
    scale, decimals, unit = _scale(known)
    return figures.place_among(
        _place_title(area.name(code), known, place.word),
        [value * scale for value in place.alike],
        (area.name(code), place.value * scale),
        (city["name"], city["value"] * scale),
        f"{unit}, {place.year}",
        area.source_line(indicator),
        decimals=decimals,
    )


def _place_title(name: str, indicator: Indicator, word: str) -> str:
    """Say a place in words that cannot be read the wrong way round."""
    alike = "buurten die erop lijken"
    if indicator.kind == "score":
        said = {"hoger": "beter dan", "lager": "minder goed dan", "ongeveer gelijk": "net als"}
        return f"{name} scoort op {indicator.title} {said[word]} de meeste {alike}"
    if indicator.kind == "share":
        said = {"hoger": "meer", "lager": "minder", "ongeveer gelijk": "ongeveer evenveel"}
        than = "als" if word == "ongeveer gelijk" else "dan"
        return (
            f"{name} heeft naar verhouding {said[word]} {indicator.title} {than} de meeste {alike}"
        )
    said = {"hoger": "hoger dan", "lager": "lager dan", "ongeveer gelijk": "net als"}
    return f"{name}: {indicator.title} {said[word]} bij de meeste {alike}"


@_once
def trend_figure(area: Area, code: str, indicator: str) -> figures.Figure:
    """Return the figure of the buurt over the years, with the city beside it."""
    known = area.indicator(indicator)
    scale, decimals, unit = _scale(known)
    trend = analysis.trend(area, code, indicator)
    series = {area.name(code): _line(trend.series, scale)}
    city = area.gemeente(code)
    series[area.name(city)] = _line(analysis.trend(area, city, indicator).series, scale)
    changes = trend.series["stretch"].diff() > 0
    breaks = {year: "andere grens" for year in trend.series.index[changes]}
    word = trend.word or "te kort om iets te zeggen"
    return figures.trend_lines(
        f"{area.name(code)}: {known.title} {word}",
        series,
        unit,
        area.source_line(indicator, since=known.years[0]),
        breaks=breaks,
        decimals=decimals,
    )


_FIGURES = {"place": place_figure, "trend": trend_figure}


@dataclass(frozen=True, kw_only=True)
class Picture(Part):
    """A figure of the chosen buurt that stands alone.

    Parameters
    ----------
    show : {"place", "trend"}
    indicator : str
    area : str
        Code of the buurt to show whatever was chosen; empty follows the choice.
    title : str
        Heading above it; empty for none.
    """

    kind: ClassVar[str] = "picture"
    show: str
    indicator: str
    area: str = ""
    title: str = ""

    def paper(self, context: Context) -> tuple[Block, ...]:
        """Return the figure, or why there is none."""
        code = self.area or context.code
        figure = _FIGURES[self.show](context.area, code, self.indicator)
        if figure is None:
            name = context.area.name(code)
            block = Paragraph(f"{name}: hier is te weinig over bekend voor een eerlijk beeld.")
        else:
            block = _on_paper(figure, 140)
        heading = (Heading(self.title, 3),) if self.title else ()
        return (Together((*heading, block)),)


def _line(series, scale: float) -> dict[int, float]:
    return {int(year): value * scale for year, value in series["value"].items()}


def _scale(indicator: Indicator) -> tuple[float, int, str]:
    """Return the factor, the decimals and the unit in which an indicator is shown."""
    if indicator.kind == "share":
        return 100, 0, f"{indicator.title} per 100 {indicator.counted}"
    if indicator.kind == "score":
        # Whole numbers read easier; the published score runs in hundredths.
        return 100, 0, "score × 100: 0 is gemiddeld in Nederland, hoger is beter"
    return 1, indicator.decimals, indicator.unit


def _where(area: Area, row) -> str:
    return row["name"] if row["level"] != "gemeente" else f"Heel {row['name']}"


def _on_paper(figure: figures.Figure, width_mm: float) -> FigureBlock:
    """Return a figure at a width that leaves room for words, and letters large enough."""
    return replace(figure.block(), width_mm=width_mm)
