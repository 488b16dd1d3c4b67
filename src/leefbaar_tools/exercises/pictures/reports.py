"""Figures of reports: ordinary or special, per complex, and springing back."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from statistics import median
from typing import Any

from ... import figures
from ...analysis import reports
from ...dutch import format_number
from ...paper import Block, Paragraph
from ...registrations import Registrations
from ..explore import TIMES
from ..parts import Context
from .areas import note, on_paper

YEARS = (2023, 2024)
LETTERS = "ABCDEFGHIJ"
_once = lru_cache(maxsize=256)  # a registration never changes; twelve people look at the same


def month_ticks(years: tuple[int | str, ...]) -> dict[int, str]:
    """Return words under a series of months: two a year."""
    ticks = {}
    for n, year in enumerate(years):
        ticks |= {12 * n: f"jan {year}", 12 * n + 6: "juli"}
    return ticks


def band_words(found: reports.Band | None) -> str:
    """Say in a few words what a band finds: anders, never slecht."""
    if found is None:
        return "te weinig om iets te zeggen"
    if found.outside and found.row:
        return "buiten de band, en een lange rij aan één kant"
    if found.outside:
        many = len(found.outside)
        return "één stip buiten de band" if many == 1 else f"{many} stippen buiten de band"
    return "een lange rij aan één kant" if found.row else "alles binnen de band"


def _drawn_band(found: reports.Band | None) -> dict[str, Any]:
    if found is None:
        return {}
    row = (found.row.first, found.row.last) if found.row else None
    return {"edges": (found.low, found.high), "outside": found.outside, "row": row}


# --- six series to judge


def _series_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    stage = chosen["stage"]
    drawn = {}
    for letter, values in settings["series"].items():
        found = reports.band(values)
        middle = median(values)
        band = _drawn_band(found) if stage else {}
        drawn[letter] = {"values": values, "middle": middle, **band}
    figure = figures.panels(settings["titles"][stage], drawn, settings["unit"], settings["source"])
    return [on_paper(figure, 170), *note(settings, str(stage))]


# --- one complex, month by month


def _chart_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    code, what = chosen["complex"], chosen["count"]
    actions = settings.get("actions", {})
    action = actions.get(code)
    wider = settings.get("wider", "")
    figure = _chart(context.registrations, code, what, tuple(action) if action else None, wider)
    if figure is None:
        return [Paragraph(settings["small"])]
    return [
        on_paper(figure, 150),
        *note(settings, f"{code} {what}"),
        *note(settings, "band"),
    ]


@_once
def _chart(kept: Registrations, code: str, what: str, action, wider: str) -> figures.Figure | None:
    complexes = kept.table("complexen").set_index("complex")
    size = int(complexes.loc[code, "woningen"])
    if size < reports.LEAST_DWELLINGS:
        return None
    values = reports.months(kept.table("meldingen"), code, YEARS, what)
    found = reports.band(values, action[0] if action else None)
    name = complexes.loc[code, "naam"]
    counted = "huishoudens die meldden" if what == "huishoudens" else "meldingen"
    return figures.wobble(
        f"{name}: {band_words(found)}",
        values,
        month_ticks(YEARS),
        f"{counted} per maand, {size} woningen",
        kept.source_line("meldingen"),
        median(values),
        action=tuple(action) if action else None,
        notice=wider if found and found.widened > 1 else "",
        **_drawn_band(found),
    )


# --- many complexes


def _funnel_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    what, widen, stage = chosen["count"], chosen.get("widen", False), chosen["stage"]
    figure, found, many = _funnel(
        context.registrations, settings["year"], what, widen, stage, tuple(settings["titles"])
    )
    words = {
        "outside": len(found.outside),
        "many": many,
        "expected": _seldom(found.expected),
        "spread": format_number(found.spread, 1),
    }
    said = settings.get("notes", {}).get(f"{what}{' wide' if widen else ''} {stage}", "")
    return [on_paper(figure, 150), *([Paragraph(said.format(**words))] if said else [])]


def _seldom(expected: float) -> str:
    """Say how many would lie outside by chance: a number, or once in so many years."""
    if expected >= 0.95:
        return f"ongeveer {format_number(expected)}"
    return f"eens in de {max(round(1 / max(expected, 0.001)), 2)} jaar één"


@_once
def _funnel(kept: Registrations, year: int, what: str, widen: bool, stage: int, titles):
    table = reports.per_complex(kept.table("complexen"), kept.table("meldingen"), year)
    found = reports.funnel(table, what, widen)
    rates = 100 * table[what] / table["woningen"]
    inside = [code for code in table.index if not stage or code not in found.outside]
    # At most six names: with more the picture is a list.
    named = stage > 0 and len(found.outside) <= 6
    marked = [
        (table["naam"][code], int(table["woningen"][code]), float(rates[code]), named)
        for code in found.outside
        if stage
    ]
    edges = []
    if stage:
        largest = int(table["woningen"].max())
        for size in range(reports.LEAST_DWELLINGS, largest + 1, 4):
            low, high = found.edges(size)
            edges.append((size, 100 * max(low, 0) / size, 100 * high / size))
    counted = "huishoudens die meldden" if what == "huishoudens" else "meldingen"
    figure = figures.funnel(
        titles[stage].format(outside=len(found.outside)),
        [(int(table["woningen"][code]), float(rates[code])) for code in inside],
        marked,
        ("aantal woningen in het complex", f"{counted} per 100 woningen, {year}"),
        kept.source_line("meldingen"),
        100 * found.share if stage else None,
        edges,
        f"{len(table)} complexen van {reports.LEAST_DWELLINGS} woningen of meer.",
    )
    return figure, found, len(table)


# --- springing back


def _top_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    stage, least = chosen["stage"], chosen["least"]
    figure, spring = _top(context.registrations, least, stage, tuple(settings["titles"]))
    words = {"fall": format_number(100 * spring.fall)}
    said = settings.get("notes", {}).get(f"{stage} {least}", "")
    return [on_paper(figure, 140), *([Paragraph(said.format(**words))] if said else [])]


@_once
def _top(kept: Registrations, least: int, stage: int, titles):
    tables = [
        reports.per_complex(kept.table("complexen"), kept.table("meldingen"), year)
        for year in YEARS
    ]
    before, after = (table[table["woningen"] >= least] for table in tables)
    spring = reports.springing_back(before, after, "huishoudens")
    pairs = [(LETTERS[n], first, then, True) for n, (_, first, then) in enumerate(spring.chosen)]
    level = ("alle complexen", spring.level_after if stage else spring.level_before)
    figure = figures.springing(
        titles[stage].format(fall=format_number(100 * spring.fall)),
        pairs,
        tuple(map(str, YEARS)),
        "huishoudens die meldden, per 100 woningen",
        kept.source_line("meldingen"),
        level,
        second=bool(stage),
        notice="Letters op volgorde van de code van het complex, niet van hoog naar laag.",
    )
    return figure, spring


def _dice_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    second, times = chosen["second"], chosen[TIMES]
    games = reports.dice(times)
    game = games[-1]
    lower = sum(one.together_lower for one in games)
    words = {"lower": lower, "times": times}
    pairs = [
        (LETTERS[game.chosen.index(n)] if n in game.chosen else "", a, b, n in game.chosen)
        for n, (a, b) in enumerate(zip(game.first, game.second, strict=True))
    ]
    figure = figures.springing(
        settings["titles"][int(second)],
        pairs,
        tuple(settings["columns"]),
        settings["unit"],
        settings["source"],
        tuple(settings["level"]),
        second,
    )
    said = settings["counted"].format(**words) if second else ""
    blocks: list[Block] = [on_paper(figure, 140)]
    return [*blocks, *([Paragraph(said)] if said else []), *note(settings, "dice")]


# --- when


def _moments_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    figure = _moments(context.registrations, chosen["kind"], chosen.get("complex", ""))
    if figure is None:
        return [Paragraph(settings["small"])]
    return [on_paper(figure, 140), *note(settings, chosen["kind"])]


@_once
def _moments(kept: Registrations, kind: str, complex: str) -> figures.Figure | None:
    table = kept.table("meldingen")
    if kind:
        table = table[table["soort"] == kind]
    if complex:
        table = table[table["complex"] == complex]
    found = reports.moments(table, days_of(YEARS))
    if found is None:
        return None
    rows = [
        (part, found.per_day[part, False], found.per_day[part, True]) for part in reports.DAYPARTS
    ]
    counted = [(found.counts[part, False], found.counts[part, True]) for part in reports.DAYPARTS]
    most = max(found.per_day, key=found.per_day.get)
    when = "in het weekend" if most[1] else "door de week"
    return figures.moments(
        f"{kind.capitalize() or 'Alle meldingen'}: het meest in de {most[0]}, {when}",
        rows,
        counted,
        ("week", "weekend"),
        "meldingen per 100 dagen",
        kept.source_line("meldingen"),
        notice=f"{len(table)} meldingen in {YEARS[0]} en {YEARS[-1]}.",
    )


def days_of(years: tuple[int, ...]) -> tuple[int, int]:
    """Return how many weekdays and weekend days these years have."""
    first, end = date(years[0], 1, 1), date(years[-1] + 1, 1, 1)
    days = [first + timedelta(n) for n in range((end - first).days)]
    weekend = sum(day.weekday() >= 5 for day in days)
    return len(days) - weekend, weekend


DRAWINGS: dict[str, Any] = {
    "chart": _chart_drawn,
    "dice": _dice_drawn,
    "funnel": _funnel_drawn,
    "moments": _moments_drawn,
    "series": _series_drawn,
    "top": _top_drawn,
}
