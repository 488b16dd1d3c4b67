"""Figures of the chosen buurt: what an estimate shows, and pictures that stand alone."""

from dataclasses import dataclass, replace
from math import isnan
from typing import ClassVar

from .. import analysis, figures
from ..areas import Area, Indicator
from ..dutch import format_number
from ..paper import Block, FigureBlock, Heading, Paragraph, Together
from .parts import Context, Part

ALIKE = 8  # how many look-alike buurten a place is given among


def doors_seen(context: Context, indicator: str, guess: int | None) -> list[Block]:
    """Return a guess out of ten beside the buurt, the city and the country."""
    area = context.area
    table = analysis.compare(area, context.code, indicator)
    own = table.iloc[0]
    if own["reason"]:
        return [Paragraph(f"{own['name']}: {own['reason']}")]
    number, words = analysis.out_of_ten(own["value"], own["n"])
    rows = [] if guess is None else [("Jouw schatting", guess, "guess")]
    rows.append((_where(area, own), number, "area"))
    for _, row in table[table["level"].isin(["gemeente", "land"])].iterrows():
        ten = analysis.out_of_ten(row["value"], row["n"]).number
        if ten is not None:
            rows.append((_where(area, row), ten, "context"))
    what = area.indicator(indicator).title
    title = f"{own['name']}: {words} ({what})" if number is not None else f"{own['name']}: {words}"
    return [_small(figures.doors(title, rows, area.source_line(indicator)))]


def relative_seen(
    context: Context, indicator: str, words: tuple[str, ...], guess: list[str] | None
) -> list[Block]:
    """Return whether the buurt has more or less than the city, and its place among look-alikes.

    Parameters
    ----------
    words : tuple of str
        The words of the question, from more to less.
    """
    area, code = context.area, context.code
    own, city = (analysis.figure(area, c, indicator) for c in (code, area.gemeente(code)))
    reason = own["reason"] or city["reason"]
    if reason:
        return [Paragraph(f"{own['name']}: {reason}")]
    found = dict(zip(_ANALYSIS_WORDS[words[0]], words, strict=True))[
        analysis.relative_to_city(area, code, indicator)
    ]
    said = f"Jij schatte: {guess[0]}. " if guess else ""
    shown = _shown(area.indicator(indicator))
    values = ", ".join(f"{row['name']} {shown(row['value'])}" for row in (own, city))
    sentence = f"{said}Volgens de cijfers: {found} dan in {city['name']}."
    if found == words[1]:
        sentence = f"{said}Volgens de cijfers: {found} als in {city['name']}."
    picture = place_figure(context, indicator)
    if picture is None:
        return [Paragraph(f"{sentence} ({values})")]
    return [Paragraph(sentence), _small(picture)]


_ANALYSIS_WORDS = {
    "meer": ("meer", "evenveel", "minder"),
    "beter": ("beter", "evenveel", "minder goed"),
}


def place_figure(context: Context, indicator: str) -> figures.Figure | None:
    """Return where the buurt stands among look-alikes; None when too little is known."""
    area, code = context.area, context.code
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


def trend_figure(context: Context, indicator: str) -> figures.Figure:
    """Return the figure of the buurt over the years, with the city beside it."""
    area, code = context.area, context.code
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
        there = Context(context.area, self.area or context.code)
        figure = _FIGURES[self.show](there, self.indicator)
        if figure is None:
            name = context.area.name(there.code)
            block = Paragraph(f"{name}: hier is te weinig over bekend voor een eerlijk beeld.")
        else:
            block = replace(figure.block(), width_mm=140)
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


def _shown(indicator: Indicator):
    scale, decimals, _ = _scale(indicator)
    return lambda value: "?" if isnan(value) else format_number(value * scale, decimals)


def _where(area: Area, row) -> str:
    return row["name"] if row["level"] != "gemeente" else f"Heel {row['name']}"


def _small(figure: figures.Figure) -> FigureBlock:
    """Return a figure at the width that leaves room for two on a page of a folding sheet."""
    return replace(figure.block(), width_mm=120)
