"""Figures of reports: ordinary or special, per complex, and springing back."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from statistics import median
from typing import Any

from ... import figures
from ...analysis import reports
from ...dutch import format_number, join_words
from ...own import how_many
from ...paper import Block, Paragraph
from ...registrations import Registrations
from ..explore import TIMES
from ..parts import Context
from .areas import note, on_paper
from .own import few_words, funnel_table

YEARS = (2023, 2024)
LETTERS = "ABCDEFGHIJ"
# Stands on the figure itself: who sees no signal must not read that there is no trouble.
NOT_NOBODY = "Binnen de band betekent niet dat niemand last heeft."
INVENTED = "Dit is de verzonnen stad."
TOO_FEW = (
    "In je eigen bestand hebben minder dan tien complexen tien gevallen of meer bij dit cijfer. "
    "Dat is te weinig voor een trechter."
)
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


def band_notice(found: reports.Band | None, wider: str) -> str:
    """Return what stands under a band: what it does not say, and that it was widened."""
    if found is None:
        return ""
    return " ".join(filter(None, [NOT_NOBODY, wider if found.widened > 1 else ""]))


def in_a_row(words: Sequence[str]) -> str:
    """Join words as one says them: A, C en D."""
    *others, last = words
    return f"{', '.join(others)} en {last}" if others else last


def _drawn_band(found: reports.Band | None) -> dict[str, Any]:
    if found is None:
        return {}
    row = (found.row.first, found.row.last) if found.row else None
    return {"edges": (found.low, found.high), "outside": found.outside, "row": row}


# --- six series to judge


def _series_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    stage = chosen["stage"]
    special, plain, drawn = [], [], {}
    for letter, values in reports.six_series().items():
        found = reports.band(values)
        (special if found and found.special else plain).append(letter)
        band = _drawn_band(found) if stage else {}
        drawn[letter] = {"values": values, "middle": median(values), **band}
    figure = figures.panels(
        settings["titles"][stage],
        drawn,
        settings["unit"],
        settings["source"],
        NOT_NOBODY if stage else "",
    )
    words = {"special": in_a_row(special), "plain": in_a_row(plain)}
    # Which are plain chance is told only after the guess.
    said = [Paragraph(text.format(**(words if stage else {}))) for text in _note(settings, stage)]
    return [on_paper(figure, 170), *said]


def _note(settings: Mapping, key: Any) -> list[str]:
    text = settings.get("notes", {}).get(str(key))
    return [text] if text else []


# --- one complex, month by month


def _chart_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    code, what, kept = chosen["complex"], chosen["count"], context.registrations
    action = settings.get("actions", {}).get(code)
    wider = settings.get("wider", "")
    figure = _chart(kept, code, what, tuple(action) if action else None, wider)
    if figure is None:
        return [Paragraph(settings["small"])]
    blocks = [on_paper(figure, 150), *note(settings, f"{code} {what}"), *note(settings, what)]
    most, total = reports.busiest_caller(kept.table("meldingen"), code)
    if settings.get("caller") and what == "meldingen" and most > total / 2:
        blocks.append(Paragraph(settings["caller"].format(most=most, total=total)))
    if settings.get("alarms") and what == "huishoudens":
        many, alarms = _alarms(kept)
        said = settings["alarms"].format(complexes=many, alarms=f"ongeveer {round(alarms) or 1}")
        blocks.append(Paragraph(said))
    if settings.get("bursts") and what == "meldingen":
        blocks.append(Paragraph(settings["bursts"]))
    return [*blocks, *note(settings, "band")]


@_once
def _alarms(kept: Registrations) -> tuple[int, float]:
    """Return of how many complexes, and how many stand out in two years by chance alone."""
    complexes = kept.table("complexen")
    codes = complexes["complex"][complexes["woningen"] >= reports.LEAST_DWELLINGS]
    table = reports.months_of_all(kept.table("meldingen"), list(codes), YEARS, "huishoudens")
    return len(codes), reports.false_alarms(table)


@_once
def _chart(kept: Registrations, code: str, what: str, action, wider: str) -> figures.Figure | None:
    complexes = kept.table("complexen").set_index("complex")
    size = int(complexes.loc[code, "woningen"])
    if size < reports.LEAST_DWELLINGS:
        return None
    values = reports.months(kept.table("meldingen"), code, YEARS, what)
    found = reports.band(values, action[0] if action else None)
    name = complexes.loc[code, "naam"]
    counted = "huishoudens die gingen melden" if what == "huishoudens" else "meldingen"
    return figures.wobble(
        f"{name}: {band_words(found)}",
        values,
        month_ticks(YEARS),
        f"{counted}, per maand, {size} woningen",
        kept.source_line("meldingen"),
        median(values),
        action=action,
        notice=band_notice(found, wider),
        **_drawn_band(found),
    )


# --- many complexes


def _funnel_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    what, widen, stage = chosen["count"], chosen.get("widen", False), chosen["stage"]
    own, problem = context.own()
    # The own complexes where there are enough of them, else the sample city's.
    kept = own if own is not None and funnel_table(own, what) else context.registrations
    figure, found, many = _funnel(
        kept, settings["year"], what, widen, stage, tuple(settings["titles"])
    )
    words = {
        "outside": len(found.outside),
        "many": many,
        "expected": _seldom(found.expected),
        # How many times as far apart as by chance: a distance, so the root of the variance.
        "spread": format_number(found.spread**0.5, 1),
    }
    said = settings.get("notes", {}).get(f"{what}{' wide' if widen else ''} {stage}", "")
    why = TOO_FEW if own is not None and kept is not own else problem
    instead = [Paragraph(f"{why} {INVENTED}")] if why else []
    return [*instead, on_paper(figure, 150), *([Paragraph(said.format(**words))] if said else [])]


def _seldom(expected: float) -> str:
    """Say how many would lie outside by chance: a number, or once in so many years."""
    if expected >= 0.95:
        return f"ongeveer {format_number(expected)}"
    return f"eens in de {max(round(1 / max(expected, 0.001)), 2)} jaar één"


@_once
def _funnel(kept: Registrations, year: int, what: str, widen: bool, stage: int, titles):
    few = 0
    if "jaren" in kept.tables:
        table, year, few = funnel_table(kept, what)
    else:
        table = reports.per_complex(kept.table("complexen"), kept.table("meldingen"), year)
    found = reports.funnel(table, what, widen)
    rates = 100 * table[what] / table["woningen"]
    inside = [code for code in table.index if not stage or code not in found.outside]
    # At most six names: with more the picture is a list.
    named = stage > 0 and len(found.outside) <= 6
    marked = [
        (
            table["naam"][code],
            int(table["woningen"][code]),
            float(rates[code]),
            named,
        )
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
    left_out = f"Niet getoond en niet meegeteld: {how_many(few)} met {few_words(what)}."
    figure = figures.funnel(
        titles[stage].format(outside=len(found.outside)),
        [(int(table["woningen"][code]), float(rates[code])) for code in inside],
        marked,
        ("aantal woningen in het complex", f"{counted} per 100 woningen, {year}"),
        kept.source_line("meldingen"),
        100 * found.share if stage else None,
        edges,
        " ".join(
            [
                f"{len(table)} complexen van {reports.LEAST_DWELLINGS} woningen of meer.",
                *([left_out] if few else []),
                *([NOT_NOBODY.replace("band", "trechter")] if stage else []),
            ]
        ),
    )
    return figure, found, len(table)


# --- springing back


def _top_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    stage, least = chosen["stage"], chosen["least"]
    figure, spring, busy = _top(context.registrations, least, stage, tuple(settings["titles"]))
    words = {"fall": format_number(100 * spring.fall), "busy": busy}
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
    outside = reports.funnel(before, "huishoudens").outside
    busy = [LETTERS[n] for n, (code, *_) in enumerate(spring.chosen) if code in outside]
    return figure, spring, join_words(busy)


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
    # No word about week or weekend: that differs too little to say.
    most = max(reports.DAYPARTS, key=lambda part: sum(found.counts[part, w] for w in (False, True)))
    return figures.moments(
        f"{kind.capitalize() or 'Alle meldingen'}: het meest in de {most}",
        rows,
        counted,
        ("week", "weekend"),
        "meldingen per 100 dagen",
        kept.source_line("meldingen"),
        notice=f"{format_number(len(table))} meldingen in {YEARS[0]} en {YEARS[-1]}.",
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
