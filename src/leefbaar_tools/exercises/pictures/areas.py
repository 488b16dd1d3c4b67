"""Figures of the chosen buurt: what an estimate shows, what an explorer draws, and pictures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from math import nan
from typing import Any, ClassVar

from ... import analysis, figures
from ...areas import CATALOGUE, Area, AreaError, Indicator, NoFigure
from ...dutch import format_number, join_words, round_half_up
from ...paper import (
    Block,
    Box,
    FigureBlock,
    Heading,
    Paragraph,
    Strong,
    Table,
    Together,
    from_markdown,
)
from ...resources import material
from ..explore import TIMES
from ..parts import Context, Part

UNKNOWN = "niet bekend"
ONLY_REAL = "Dit is er alleen van echte buurten. Je begeleider kan die cijfers ophalen."
ALIKE = 8  # how many look-alike buurten a place is given among

# An area never changes, and twelve people share a few buurten: each figure is made once.
_once = lru_cache(maxsize=512)


def own_or_sample(draw: Callable[..., list[Block]]) -> Callable[..., list[Block]]:
    """Let a drawing say what the figures of the own buurt lack, and show the sample city then."""

    @wraps(draw)
    def drawn(context: Context, *more) -> list[Block]:
        try:
            return draw(context, *more)
        except AreaError as lacking:
            said = f"{context.name}: {_small(str(lacking))}"
            if context.invented:
                if not isinstance(lacking, NoFigure):
                    raise
                return [Paragraph(f"{said} {ONLY_REAL}")]
        there = context.sample()
        try:
            instead = draw(there, *more)
        except NoFigure:  # the sample city has not invented everything
            return [Paragraph(said)]
        whose = f"{there.name}, een buurt in de voorbeeldstad"
        return [Paragraph(f"{said} Daarom zie je hier {whose}."), *instead]

    return drawn


def _small(sentence: str) -> str:
    return f"{sentence[0].lower()}{sentence[1:]}"


def is_known(context: Context, indicator: str) -> bool:
    """Whether there is a figure of the own buurt that may be shown."""
    there = indicator in context.area.indicators
    return there and not analysis.figure(context.area, context.code, indicator)["reason"]


def _or_why_not(draw: Callable[..., list[Block]]) -> Callable[..., list[Block]]:
    """Let a drawing beside a guess say what lacks: another city would be no answer to it."""

    @wraps(draw)
    def drawn(context: Context, *more) -> list[Block]:
        try:
            return draw(context, *more)
        except AreaError as lacking:
            if not isinstance(lacking, NoFigure) and context.invented:
                raise
            return [Paragraph(f"{context.name}: {_small(str(lacking))}")]

    return drawn


@_or_why_not
def doors_seen(context: Context, indicator: str, guess: int | None) -> list[Block]:
    """Return a guess out of ten beside the buurt, the city and the country."""
    title, rows = _out_of_ten(context.area, context.code, indicator)
    if not rows:
        return [Paragraph(title)]
    guessed = [] if guess is None else [("Jij dacht", guess, "guess")]
    source = context.area.source_line(indicator)
    return [on_paper(figures.doors(title, [*guessed, *rows], source), 120)]


@_once
def _out_of_ten(area: Area, code: str, indicator: str) -> tuple[str, list]:
    """Return a title, and a row for the buurt, the city and the country; no rows when small."""
    table = analysis.compare(area, code, indicator)
    own = table.iloc[0]
    if own["reason"]:
        return f"{own['name']}: {_small(own['reason'])}", []
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


@_or_why_not
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
    said = f"Jij dacht: {guess[0]}. " if guess and found.startswith("Volgens") else ""
    return [Paragraph(said + found), *([on_paper(picture, 125)] if picture else [])]


@_once
def _beside_city(area: Area, code: str, indicator: str, words: tuple[str, ...]):
    """Return a sentence, and the figure of the buurt among look-alikes (None when too small)."""
    own, city = (analysis.figure(area, c, indicator) for c in (code, area.gemeente(code)))
    for one in (own, city):
        if one["reason"]:
            return f"{_where(area, one)}: {_small(one['reason'])}", None
    known = dict(zip(_ANALYSIS_WORDS[words[0]], words, strict=True))
    found = known[analysis.relative_to_city(area, code, indicator)]
    by = "het model" if area.indicator(indicator).modelled else "de cijfers"
    than = (
        f"ongeveer gelijk aan heel {city['name']}"
        if found == words[1]
        else f"{found} dan in heel {city['name']}"
    )
    try:
        picture = place_figure(area, code, indicator)
    except AreaError:  # which buurten are alike is not known: the answer itself is
        picture = None
    source = "" if picture else f" Bron: {area.source_line(indicator)}"
    return f"Volgens {by}: {than}.{source}", picture


_ANALYSIS_WORDS = {
    "meer": ("meer", "evenveel", "minder"),
    "beter": ("beter", "evenveel", "minder goed"),
}


@_once
def place_figure(area: Area, code: str, indicator: str) -> figures.Figure | None:
    """Return where the buurt stands among look-alikes; None when too little is known."""
    analysis.check_background(area)
    place = analysis.place(area, code, indicator, k=ALIKE)
    if place.reason:
        return None
    known = area.indicator(indicator)
    city = analysis.figure(area, area.gemeente(code), indicator)
    scale, decimals, unit = _scale(known)
    own, low, high = (
        round_half_up(value * scale, decimals) for value in (place.value, place.low, place.high)
    )
    # A file of buurten alone has no figure of the whole city.
    whole = (
        None
        if city["reason"]
        else (_where(area, city), round_half_up(city["value"] * scale, decimals))
    )
    return figures.place_among(
        _place_title(area.name(code), own, low, high, decimals),
        # As they are written: a dot beside the number under it would look broken.
        [round_half_up(value * scale, decimals) for value in place.alike],
        (area.name(code), own),
        whole,
        f"{unit}, {place.year}",
        area.source_line(indicator),
        decimals=decimals,
        middle=(low, high),
    )


def _place_title(name: str, own: float, low: float, high: float, decimals: int) -> str:
    """Say the figures themselves: a place in a row would read as a verdict."""
    own, low, high = (format_number(value, decimals) for value in (own, low, high))
    between = f"rond {low}" if low == high else f"tussen {low} en {high}"
    return f"{name}: {own}. Van de buurten die erop lijken zit de helft {between}"


@_once
def trend_figure(area: Area, code: str, indicator: str) -> figures.Figure | None:
    """Return the figure of the buurt over the years beside the city; None without any value."""
    known = area.indicator(indicator)
    scale, decimals, unit = _scale(known)
    if len(known.years) < 2:
        (year,) = known.years
        raise AreaError(f"Van {known.title} is er alleen een cijfer over {year}.")
    trend = analysis.trend(area, code, indicator)
    if not trend.series["value"].notna().any():
        return None
    series = {area.name(code): _line(trend.series, scale)}
    if known.kind != "count":  # beside a whole city every count of a buurt lies flat
        city = area.gemeente(code)
        whole = analysis.trend(area, city, indicator).series
        if whole["value"].notna().any():
            series[f"Heel {area.name(city)}"] = _line(whole, scale)
    changes = trend.series["stretch"].diff() > 0
    breaks = {year: "andere grens" for year in trend.series.index[changes]}
    said = _TREND_WORDS.get(trend.word, "te weinig metingen om iets te zeggen")
    if breaks and trend.word:
        said += f" sinds {max(breaks)}"
    return figures.trend_lines(
        f"{area.name(code)}, {known.title}: {said}",
        series,
        unit,
        area.source_line(indicator, since=known.years[0]),
        breaks=breaks,
        decimals=decimals,
    )


# --- how a figure moves by itself


@_once
def _changes(area: Area, code: str, indicator: str, span: int) -> analysis.Changes:
    analysis.check_background(area)
    return analysis.changes_alike(area, code, indicator, ALIKE, span)


@own_or_sample
def changes_seen(context: Context, indicator: str, span: int) -> list[Block]:
    """Return how much a figure changed by itself in buurten that are alike."""
    area, code = context.area, context.code
    found = _changes(area, code, indicator, span)
    if found.reason or found.own != found.own:
        why = found.reason or "het cijfer is hier te klein of niet bekend."
        return [Paragraph(f"{context.name}: {_small(why)}")]
    return [on_paper(_changes_figure(area, code, indicator, span), 140)]


@_once
def _changes_figure(area: Area, code: str, indicator: str, span: int) -> figures.Figure:
    found = _changes(area, code, indicator, span)
    known = area.indicator(indicator)
    scale, decimals, _ = _scale(known)
    return figures.place_among(
        "Ook zonder jouw plan verandert dit cijfer. Bij buurten die erop lijken: "
        f"{_between(found.alike, known)}",
        [round_half_up(change * scale, decimals) for change in found.alike],
        (area.name(code), round_half_up(found.own * scale, decimals)),
        ("geen verandering", 0.0),
        f"verandering van {found.start} naar {found.end}, {_counted_in(known)}: {known.title}",
        area.source_line(indicator, since=found.start),
        decimals=decimals,
    )


@own_or_sample
def changes_table(context: Context, compass: Mapping[str, str], span: int) -> list[Block]:
    """Return, per compass figure, what it is now and how it moved in buurten that are alike."""
    area, code = context.area, context.code
    rows, sources = [], []
    asked = {label: indicator for label, indicator in compass.items() if indicator}
    if asked and not set(asked.values()) & set(area.indicators):
        raise NoFigure("Deze kompascijfers zijn er niet in deze gegevens.")
    for label, indicator in asked.items():
        if indicator not in area.indicators:
            rows.append((label, UNKNOWN, UNKNOWN))
            continue
        known = area.indicator(indicator)
        scale, decimals, _ = _scale(known)
        own = analysis.figure(area, code, indicator)
        try:
            found = _changes(area, code, indicator, span)
        except AreaError:  # which buurten are alike is not known
            found = analysis.Changes(nan, (), *known.years[-1:] * 2, UNKNOWN)
        now = UNKNOWN if own["reason"] else format_number(own["value"] * scale, decimals)
        moved = UNKNOWN
        if not found.reason:
            moved = _between(found.alike, known)
        unit = " (score × 100)" if known.kind == "score" else ""
        rows.append((f"{label}{unit}", now, moved))
        sources.append(area.source_line(indicator, since=found.start))
    if not rows:
        return []
    caption = f"{area.name(code)}: zo veranderen deze cijfers al zonder jouw plan"
    header = ("Kompascijfer", "Nu", f"Verandering in {span} jaar, bij buurten die erop lijken")
    return [
        Table(header, tuple(rows), caption, align=("left", "right", "left")),
        *(Paragraph(f"Bron: {line}") for line in dict.fromkeys(sources)),
    ]


def _between(changes: tuple[float, ...], known: Indicator) -> str:
    """Say the range of changes, given in order of size, and what they are counted in."""
    scale, decimals, _ = _scale(known)
    low, high = (format_number(changes[end] * scale, decimals) for end in (0, -1))
    if low == high == "0":
        return "minder dan 1 punt"
    points = "punt" if high == "1" else "punten"
    return f"tussen {low} en {high} {points if known.kind == 'score' else _counted_in(known)}"


def _counted_in(known: Indicator) -> str:
    """Return what a change is counted in; what a score of 0 means is not asked of a change."""
    units = {"share": f"per 100 {known.counted}", "score": "in punten (score × 100)"}
    return units.get(known.kind, known.unit)


# --- what an explorer draws: of the choices made, a figure with what is said under it


@own_or_sample
def _trend_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    figure = trend_figure(context.area, context.code, chosen["indicator"])
    if figure is None:
        return [_too_little(context, chosen["indicator"])]
    told = [*_wobbles(context, chosen["indicator"]), *note(settings, chosen["indicator"])]
    return [on_paper(figure, 140), *told]


def _wobbles(context: Context, indicator: str) -> list[Block]:
    """Say how a line that moves can be no change: the scale shows every move large."""
    if analysis.trend(context.area, context.code, indicator).word != "schommelt":
        return []
    level = context.area.level(context.code)
    said = f"De lijn beweegt wel, maar niet meer dan gewoon is voor een {level} van deze grootte."
    return [Paragraph(said)]


@own_or_sample
def _place_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    figure = place_figure(context.area, context.code, chosen["indicator"])
    if figure is None:
        reason = analysis.place(context.area, context.code, chosen["indicator"], k=ALIKE).reason
        return [Paragraph(f"{context.name}: {_small(reason)}")]
    return [on_paper(figure, 140), *note(settings, chosen["indicator"])]


def note(settings: Mapping, key: str) -> list[Block]:
    """Return the sentence of an explorer's settings that goes with a choice; often none."""
    text = settings.get("notes", {}).get(key)
    return [Paragraph(text)] if text else []


def _too_little(context: Context, *indicators: str) -> Paragraph:
    """Say why there is nothing to draw of a place, when that is one reason."""
    own = (analysis.figure(context.area, context.code, one) for one in indicators)
    reasons = {figure["reason"] for figure in own}
    if len(reasons) == 1 and (reason := reasons.pop()):
        return Paragraph(f"{context.name}: {_small(reason)}")
    return Paragraph(f"{context.name}: hier is te weinig over bekend voor een eerlijk beeld.")


@own_or_sample
def _profile_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    known = [id for id in chosen["indicators"] if id in context.area.indicators]
    if not known:
        raise NoFigure("Deze cijfers zijn er niet in deze gegevens.")
    figure = _profile_figure(context.area, context.code, tuple(known))
    lost = [item.title for item in CATALOGUE if item.id in {*chosen["indicators"]} - {*known}]
    told = [Paragraph(f"Niet in deze gegevens: {join_words(lost)}.")] if lost else []
    return [_too_little(context, *known) if figure is None else on_paper(figure, 140), *told]


@_once
def _profile_figure(area: Area, code: str, indicators: tuple[str, ...]) -> figures.Figure | None:
    tables = [analysis.compare(area, code, indicator) for indicator in indicators]
    rows = [
        (f"{area.indicator(i).title} ({table['year'].iloc[0]})", _hundred(table))
        for i, table in zip(indicators, tables, strict=True)
    ]
    if all(values[0] is None for _, values in rows):
        return None
    name = area.name(code)
    sources = dict.fromkeys(area.source_line(indicator) for indicator in indicators)
    return figures.profile(
        f"{name} naast {_WIDER[area.level(code)]}",
        rows,
        [_where(area, row) for _, row in tables[0].iterrows()],
        "van de 100",
        " ".join(sources),
    )


_WIDER = {"buurt": "de wijk, de stad en het land", "wijk": "de stad en het land"}


def _hundred(table) -> list[float | None]:
    return [None if value != value else value * 100 for value in table["value"]]


@own_or_sample
def _map_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    figure = _map_figure(context.area, context.code, chosen["indicator"])
    if figure is None:
        raise AreaError("Er is geen kaart met grenzen.")
    return [on_paper(figure, 140), *note(settings, chosen["indicator"])]


@_once
def _map_figure(area: Area, code: str, indicator: str) -> figures.Figure | None:
    regions = area.regions[area.regions["level"] == "buurt"]
    shapes = {c: shape for c, shape in area.boundaries().items() if c in regions.index}
    if not shapes:
        return None
    known = area.indicator(indicator)
    name, city = area.name(code), area.name(area.gemeente(code))
    # A file of buurten alone has no figure of the whole city to put them beside.
    if analysis.figure(area, area.gemeente(code), indicator)["reason"]:
        raise NoFigure(f"Van heel {city} is er geen cijfer over {known.title} in deze gegevens.")
    score = known.kind in ("score", "class")
    words = ("beter", "evenveel", "minder goed") if score else ("meer", "evenveel", "minder")
    said = [f"{words[0]} dan heel {city}", f"net als heel {city}", f"{words[2]} dan heel {city}"]
    found = {c: analysis.relative_to_city(area, c, indicator) for c in shapes}
    classes = {c: words.index(word) if word else None for c, word in found.items()}
    word = analysis.relative_to_city(area, code, indicator)
    own = words.index(word) if word else None
    inside = [code, *regions.index[regions["parent"] == code]]
    return figures.area_map(
        f"{name}, {known.title}: {'niet bekend' if own is None else said[own]}",
        shapes,
        classes,
        dict(regions["name"]),
        said,
        (name, inside),
        area.source_line(indicator),
    )


def _streets_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    streets, mean = chosen["streets"], chosen["mean"]
    names = join_words(list(streets))
    figure = figures.streets(
        settings["with_mean"] if mean else f"{names}, huis voor huis",
        list(streets.items()),
        settings["unit"],
        settings["source"],
        mean,
    )
    return [on_paper(figure, 150)]


def _samples_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    size, times = chosen["size"], chosen[TIMES]
    shares = [s * 100 for s in analysis.draw_samples(settings["share"], size, times)]
    low, high = format_number(min(shares)), format_number(max(shares))
    said = f"{size} mensen gevraagd: {format_number(shares[-1])} van de 100"
    if times > 1:
        said = f"{times} keer {size} mensen gevraagd: tussen {low} en {high} van de 100"
    figure = figures.samples(
        said,
        shares,
        (settings["truth"], settings["share"] * 100),
        settings["unit"],
        settings["source"],
    )
    return [on_paper(figure, 140), *note(settings, str(size))]


LETTERS = "ABCD"


def _expected_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw the buurten by vulnerability; letters for those to talk about, in order of code."""
    stage = chosen["stage"]
    if not _special(context.area, settings["indicator"]):
        stage = min(stage, 1)  # there is none to name
    figure = _expected_figure(
        context.area, settings["indicator"], stage, tuple(settings["titles"]),
        tuple(settings["axes"]),
    )  # fmt: skip
    return [on_paper(figure, 150), *note(settings, str(stage))]


@_once
def _special(area: Area, indicator: str) -> list[str]:
    return list(analysis.better_than_expected(area, indicator).index)


@_once
def _expected_figure(area: Area, indicator: str, stage: int, titles, axes) -> figures.Figure:
    table = analysis.against_vulnerability(area, indicator)
    special = _special(area, indicator)
    talked = _spread_out(table, special)
    points = {code: (row["x"], row["y"]) for code, row in table.iterrows()}
    ends = table.sort_values("x").iloc[[0, -1]]
    marked = None
    if stage > 1:
        marked = (LETTERS[talked.index(special[0])], area.name(special[0]))
    title = titles[stage].format(name=marked[1] if marked else "")
    year = int(table["vulnerability_year"].iloc[0])
    counted = join_words([area.indicator(id).title for id in analysis.VULNERABILITY])
    return figures.against(
        title,
        [point for code, point in points.items() if code not in talked],
        {LETTERS[n]: points[code] for n, code in enumerate(talked)},
        axes,
        f"{area.source_line(indicator)} {area.source_line('low_income', year)}",
        tuple(map(tuple, ends[["x", "expected"]].to_numpy())) if stage else None,
        marked,
        f"Naar rechts tellen even zwaar mee: {counted}, {year}. "
        f"{len(table)} van de {len(area.table(indicator))} buurten: de rest is te klein.",
    )


def _spread_out(table, special) -> list[str]:
    """Return the codes of buurten to choose from, in order: the special one, and ordinary ones.

    The ordinary ones lie near the line, spread from left to right: not the lowest dots.
    """
    ordinary = table.drop(index=special)
    near = ordinary[(ordinary["y"] - ordinary["expected"]).abs().rank() <= len(ordinary) / 2]
    taken = list(special[:1])
    for share in (0.1, 0.5, 0.9, 0.3)[: len(LETTERS) - len(taken)]:
        distance = (near["x"] - table["x"].quantile(share)).abs().drop(index=taken, errors="ignore")
        taken.append(distance.idxmin())
    return sorted(taken)


def _card_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    header, text = material(chosen["card"])
    return [Box(header.get("titel", ""), from_markdown(text), kind="kaart")]


# Name of each drawing; it gets the context, what is chosen, and the settings of the explorer.
DRAWINGS: dict[str, Any] = {
    "card": _card_drawn,
    "expected": _expected_drawn,
    "map": _map_drawn,
    "place": _place_drawn,
    "profile": _profile_drawn,
    "samples": _samples_drawn,
    "streets": _streets_drawn,
    "trend": _trend_drawn,
}


_TREND_WORDS = {
    "stijgt": "een duidelijke stijging",
    "daalt": "een duidelijke daling",
    "schommelt": "geen duidelijke verandering",
}
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

    def brief(self, context: Context) -> tuple[Block, ...]:
        """Return what the figure says, in words: the picture itself is on the wall."""
        drawn = [block for block in self._blocks(context) if isinstance(block, FigureBlock)]
        said = " ".join(f"{block.title}. {block.alt}" for block in drawn)
        return (Paragraph((Strong(f"▲ {self.title or 'Beeld'}: "), said)),)

    def paper(self, context: Context) -> tuple[Block, ...]:
        """Return the figure, or why there is none."""
        heading = (Heading(self.title, 3),) if self.title else ()
        return (Together((*heading, *self._blocks(context))),)

    def _blocks(self, context: Context) -> list[Block]:
        """Return the figure, or why there is none."""
        there = (context.about(self.area) if self.area else None) or context
        return own_or_sample(self._drawn)(there)

    def _drawn(self, context: Context) -> list[Block]:
        figure = _FIGURES[self.show](context.area, context.code, self.indicator)
        if figure is None:
            return [_too_little(context, self.indicator)]
        return [on_paper(figure, 125)]


def _line(series, scale: float) -> dict[int, float]:
    return {int(year): value * scale for year, value in series["value"].items()}


def _scale(indicator: Indicator) -> tuple[float, int, str]:
    """Return the factor, the decimals and the unit in which an indicator is shown."""
    if indicator.kind == "share":
        return 100, 0, f"{indicator.title} per 100 {indicator.counted}"
    if indicator.kind == "score":
        # Whole numbers read easier; the published score runs in hundredths.
        return 100, 0, f"score × 100: 0 is gemiddeld in Nederland, hoger is {indicator.higher}"
    return 1, indicator.decimals, indicator.unit


def _where(area: Area, row) -> str:
    return row["name"] if row["level"] != "gemeente" else f"Heel {row['name']}"


def on_paper(figure: figures.Figure, width_mm: float) -> FigureBlock:
    """Return a figure at a width that leaves room for words, and letters large enough."""
    return replace(figure.block(), width_mm=width_mm)
