"""Figures of a corporation's own complexes, beside what is public about their buurt.

Complexes stand in the order of their names, and no word says which is better. As long as there
is no own file the sample city's are drawn, and that is said.
"""

from collections.abc import Mapping
from functools import lru_cache
from statistics import median
from typing import Any

import pandas as pd

from ... import analysis, figures
from ...analysis import reports
from ...areas import CATALOGUE, CLASS_WORDS, MINIMUM_CASES, Area, AreaError, sample_city
from ...dutch import MONTHS, format_number, join_words
from ...own import MEASURES, Measure, how_many
from ...paper import Block, Bullets, Paragraph
from ...registrations import Registrations, sample_registrations
from ..parts import Context
from .areas import note, on_paper

MOST_IN_ONE = 8  # complexes in one figure; more would not fit on a sheet
MOST_PANELS = 6
MONTHS_SHOWN = 24
LEAST_MONTHS = 8
LEAST_IN_FUNNEL = 10  # with fewer complexes a funnel says nothing
FEW = "minder dan tien"
MAYBE_FEW = f"misschien {FEW}"  # households of months can be the same ones
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SMALL_YEARS = (
    f"Maanden van een jaar met minder dan {reports.LEAST_DWELLINGS} woningen tellen niet mee."
)
YEAR_NEEDED = (
    "Zijn er alleen melders per maand, dan weten we niet hoeveel dat er in een jaar zijn. Zet dat "
    "aantal in het bestand op een rij zonder maand. "
)
FEW_YEARS = f"Een jaar met {FEW} meldingen of melders laten we weg."
ASK = "Jullie eigen cijfers staan er nog niet. Vraag je begeleider ernaar."
HOW = (
    "Er zijn nog geen eigen cijfers. Maak een leeg bestand met “leefbaar data template” en lees "
    "het ingevuld in met “leefbaar data import”."
)
NOT_ON_THE_WALL = (
    "Maandcijfers van jullie eigen complexen staan alleen op het scherm en het blad van wie er "
    "werkt. Op de muur laten we ze niet zien."
)
SAMPLE = "Dit zijn verzonnen complexen, als voorbeeld."
# A buurt of the sample city with complexes of every size.
SAMPLE_BUURT = "BU99990101"
_once = lru_cache(maxsize=256)


def _chosen(context: Context) -> tuple[Registrations, Area, str, list[Block]]:
    """Return the tables, the area and the buurt to draw, and what must be said about that."""
    own, problem = context.own()
    if own is not None:
        return own, context.area, context.code, []
    city = sample_city()
    known = context.code in city.regions.index and context.area.notice
    code = context.code if known else SAMPLE_BUURT
    where = "" if known else f" Ze staan in {city.name(code)}, een verzonnen buurt."
    lacks = problem or (HOW if context.wall else ASK)
    return sample_registrations(), city, code, [Paragraph(f"{lacks} {SAMPLE}{where}")]


def no_own_file(context: Context) -> list[Block]:
    """Say that there is nothing of the own complexes; nothing when there is."""
    own, problem = context.own()
    return [] if own is not None else [Paragraph(problem or ASK)]


# --- one year of every complex


def _complexes_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    kept, area, code, said = _chosen(context)
    measure = MEASURES[chosen["measure"]]
    beside = _beside(area, code, tuple(chosen.get("beside", ())))
    return [*said, *_figures(kept, area, code, measure), *beside, *note(settings, measure.key)]


@_once
def _figures(kept: Registrations, area: Area, code: str, measure: Measure) -> tuple[Block, ...]:
    name = area.name(code)
    complexes = kept.table("complexen")
    here = complexes[complexes["buurt"].isin(_buurten(area, code))]
    if here.empty:
        return (_none_here(kept, area, code),)
    years = years_of(kept)
    known = years.dropna(subset=measure.key) if measure.key in years else years.iloc[:0]
    known = known[known["complex"].isin(here["complex"])]
    if known.empty:
        if kept.notice:
            return (Paragraph(f"Over {measure.title} zijn er geen voorbeelden."),)
        return (Paragraph(f"Over {measure.title} staat er niets in het bestand voor {name}."),)
    # A complex that is not shown does not choose the year either.
    large = known[known["woningen"] >= reports.LEAST_DWELLINGS]
    year = int((known if large.empty else large)["jaar"].max())
    return _drawn_year(kept, here, years, measure, name, year, _lost(kept, area, code))


def _drawn_year(kept, here, years, measure, name, year, lost: str) -> tuple[Block, ...]:
    of_year = years[years["jaar"] == year].set_index("complex")
    large = of_year[of_year["woningen"] >= reports.LEAST_DWELLINGS]
    mine = here.set_index("complex").drop(columns="woningen").join(of_year, how="left")
    # The newest number of dwellings guards where this year has none.
    size = mine["woningen"].fillna(here.set_index("complex")["woningen"])
    small = int((size < reports.LEAST_DWELLINGS).sum())
    mine = mine[size >= reports.LEAST_DWELLINGS].sort_values("naam", key=_order, kind="stable")
    unknown = mine[mine[measure.key].isna()]
    mine = mine.drop(index=unknown.index)
    notice = f"{_left_out(small, len(unknown), year)}{lost}"
    if mine.empty:
        return (Paragraph(f"{name}: er is geen complex om te laten zien. {notice}".strip()),)
    rows = [_row(row, measure) for _, row in mine.iterrows()]
    few = sum(value is None and FEW in said for _, value, said in rows)
    if few:
        what = few_words(measure.key)
        unsure = any(said.startswith(MAYBE_FEW) for _, _, said in rows)
        notice = (
            f"Geen cijfer bij {how_many(few)} met {what}: dat zegt te weinig. "
            f"{YEAR_NEEDED if unsure else ''}{notice}"
        )
    level = _level(large, measure)
    parts = range(0, len(rows), MOST_IN_ONE)
    made = []
    for number, start in enumerate(parts, 1):
        which = f", deel {number} van {len(parts)}" if len(parts) > 1 else ""
        figure = figures.complex_bars(
            f"{name}, {measure.title} per complex, {year}{which}",
            rows[start : start + MOST_IN_ONE],
            f"{measure.unit}, {year}",
            kept.source_line("complexen en meldingen"),
            level,
            (1, measure.full) if measure.full else None,
            0 if measure.per_dwellings else 1,
            f"Op volgorde van naam. {notice}".strip(),
        )
        made.append(on_paper(figure, 150))
    return tuple(made)


def _order(names: pd.Series) -> pd.Series:
    return names.str.casefold()


def _row(row, measure: Measure) -> tuple[str, float | None, str]:
    """Return a name, what to draw of it, and what that rests on."""
    size = f"{format_number(row['woningen'])} woningen"
    value = row[measure.key]
    if not measure.cases:
        return row["naam"], float(value), size
    cases = row[measure.cases]
    if cases != cases:
        return row["naam"], None, f"{measure.counted} niet bekend, dus geen cijfer"
    if cases < MINIMUM_CASES:
        return row["naam"], None, f"{FEW} {measure.counted}"
    if measure.key == "meldingen" and row.get("melders", cases) < MINIMUM_CASES:
        few = FEW if row["huishoudens"] == row["huishoudens"] else MAYBE_FEW
        return row["naam"], None, f"{few} huishoudens die meldden"
    if measure.per_dwellings:
        value = 100 * value / row["woningen"]
    return row["naam"], float(value), f"{format_number(cases)} {measure.counted}, {size}"


def _level(large: pd.DataFrame, measure: Measure) -> tuple[str, float] | None:
    """Return the figure of all complexes of the file together; None when that is too few."""
    known = large.dropna(subset=measure.key)
    if measure.cases:
        known = known.dropna(subset=measure.cases)
    if len(known) < 2 or (measure.cases and not _safe_together(cases_of(known, measure.cases))):
        return None
    words = f"alle {len(known)} complexen samen"
    if measure.per_dwellings:
        return words, float(100 * known[measure.key].sum() / known["woningen"].sum())
    weight = known[measure.cases or "woningen"]
    return words, float((known[measure.key] * weight).sum() / weight.sum())


def cases_of(table: pd.DataFrame, key: str) -> pd.Series:
    """Return how many cases a count rests on: of reports no more than households that reported.

    One household can report forty times. Where the households are not known, the reports count;
    where they are known per month only, those count that are certain.
    """
    columns = [key, "melders"] if key == "meldingen" and "melders" in table else [key]
    return table[columns].min(axis=1)


def few_words(key: str) -> str:
    """Return in Dutch of what there are fewer than ten, where a figure is left out."""
    return f"{FEW} {'meldingen of melders' if key == 'meldingen' else 'gevallen'}"


def _safe_together(cases: pd.Series) -> bool:
    """Whether a total gives away no complex that is not shown: what is shown can be taken off."""
    hidden = cases[cases < MINIMUM_CASES]
    return hidden.empty or hidden.sum() >= MINIMUM_CASES  # which takes two or more


def _left_out(small: int, unknown: int, year: int) -> str:
    said = []
    if small:
        have = "heeft" if small == 1 else "hebben"
        said.append(
            f"Niet getoond: {how_many(small)} {have} minder dan {reports.LEAST_DWELLINGS} woningen."
            " Dan zou je mensen herkennen."
        )
    if unknown:
        said.append(f"Van {how_many(unknown)} is dit cijfer over {year} niet bekend.")
    return " ".join(said)


def _none_here(kept: Registrations, area: Area, code: str) -> Paragraph:
    return Paragraph(
        f"In {area.name(code)} staan geen complexen in het bestand.{_elsewhere(kept, area)}"
        f"{_lost(kept, area, code)}"
    )


def _elsewhere(kept: Registrations, area: Area) -> str:
    """Say in which buurten of this area there are complexes."""
    found = [c for c in sorted(set(kept.table("complexen")["buurt"])) if c in area.regions.index]
    if not found:
        if area.notice:
            return " Kies eerst je eigen gemeente en buurt."
        return " Kloppen de buurtcodes? Geen enkele code hoort bij deze gemeente."
    names = [area.name(code) for code in found[:5]]
    more = " en elders" if len(found) > 5 else ""
    return f" Wel in {join_words(names) if not more else ', '.join(names) + more}."


def _lost(kept: Registrations, area: Area, code: str) -> str:
    """Say how many complexes have the code of a buurt that this gemeente does not have."""
    buurten = kept.table("complexen")["buurt"]
    own = buurten.str[2:6] == area.gemeente(code)[2:]
    many = int((own & ~buurten.isin(area.regions.index)).sum())
    if not many:
        return ""
    return (
        f" Van {how_many(many)} in deze gemeente ken ik de buurtcode niet: misschien is die van "
        "vroeger."
    )


def _buurten(area: Area, code: str) -> list[str]:
    if area.level(code) == "buurt":
        return [code]
    regions = area.regions
    return list(regions.index[regions["parent"] == code])


@_once
def years_of(kept: Registrations) -> pd.DataFrame:
    """Return the table ``jaren``; of the sample city made of its single reports.

    Returns
    -------
    DataFrame
        Columns complex, jaar, woningen, and those figures that there are.
    """
    if "jaren" in kept.tables:
        return kept.table("jaren")
    table = kept.table("meldingen")
    years = sorted({int(text[:4]) for text in table["datum"]})
    parts = [
        reports.per_complex(kept.table("complexen"), table, year).assign(jaar=year)
        for year in years
    ]
    return pd.concat(parts).reset_index().drop(columns="naam")


# --- what is public about the buurt


@_once
def _beside(area: Area, code: str, indicators: tuple[str, ...]) -> tuple[Block, ...]:
    """Return the public figures of the whole buurt, each with its source."""
    made = []
    for id in indicators:
        try:
            known, own = area.indicator(id), analysis.figure(area, code, id)
        except AreaError:
            continue
        if own["reason"]:
            continue
        said = _public_words(known, own["value"])
        made.append(
            Paragraph(
                f"Heel {own['name']}, ook woningen van anderen: {said}. Bron: "
                f"{area.source_line(id, own['year'])}"
            )
        )
    if indicators and not made:
        titles = join_words([item.title for item in CATALOGUE if item.id in indicators])
        made.append(Paragraph(f"Over {titles} is er geen openbaar cijfer van {area.name(code)}."))
    return tuple(made)


def _public_words(known, value: float) -> str:
    if known.kind == "share":
        return f"{format_number(100 * value)} van de 100 {known.counted} zijn {known.title}"
    if known.kind == "class":
        return f"{known.title} {format_number(value)} van 9, {CLASS_WORDS[int(value)]}"
    if known.kind == "score":
        where = f"0 is gemiddeld in Nederland, hoger is {known.higher}"
        return f"{known.title} {format_number(100 * value)} (score × 100; {where})"
    # Some units begin with the title, and some titles say the unit.
    unit = known.unit.removeprefix(known.title).strip()
    unit = "" if unit in known.title else f" {unit}"
    return f"{known.title} {format_number(value, known.decimals)}{unit}"


# --- month by month


def _months_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    kept, area, code, said = _chosen(context)
    if context.wall and not kept.notice:
        return [Paragraph(NOT_ON_THE_WALL)]
    drawn = _panels(kept, area, code, chosen["count"])
    # What a band means says nothing where there is none.
    read = note(settings, chosen["count"]) if len(drawn) > 1 else []
    return [*said, *drawn, *read]


@_once
def _panels(kept: Registrations, area: Area, code: str, what: str) -> tuple[Block, ...]:
    name = area.name(code)
    complexes = kept.table("complexen")
    here = complexes[complexes["buurt"].isin(_buurten(area, code))]
    if here.empty:
        return (_none_here(kept, area, code),)
    small = int((here["woningen"] < reports.LEAST_DWELLINGS).sum())
    here = here[here["woningen"] >= reports.LEAST_DWELLINGS]
    here = here.sort_values("naam", key=_order, kind="stable")
    series = {complex: _months(kept, complex, what) for complex in here["complex"]}
    series = {complex: found for complex, found in series.items() if found}
    if not series:
        return (
            Paragraph(
                f"{name}: er is geen complex met {LEAST_MONTHS} maanden of meer achter elkaar."
            ),
        )
    without = len(here) - len(series)
    counted = "huishoudens die meldden" if what == "huishoudens" else "meldingen"
    names = here.set_index("complex")["naam"]
    made: list[Block] = []
    codes = list(series)
    for start in range(0, len(codes), MOST_PANELS):
        part = codes[start : start + MOST_PANELS]
        drawn, key = {}, []
        for place, complex in enumerate(part, start):
            months, values, size = series[complex]
            letter = LETTERS[place % len(LETTERS)]
            band = _band(values)
            drawn[letter] = {"values": values, "middle": median(values), **band}
            key.append(
                f"{letter}: {names[complex]}, {size} woningen. Van {min(values)} tot "
                f"{max(values)} per maand, {months[0]} tot en met {months[-1]}.{_odd(months, band)}"
            )
        notice = " ".join(
            filter(
                None,
                [
                    "Op volgorde van naam, elk vakje met een eigen schaal. Alleen voor je eigen "
                    "scherm en blad.",
                    _left_out(small, 0, 0),
                    f"{without} zonder genoeg maanden." if without else "",
                    *_years_left_out(kept, here["complex"]),
                    "Binnen de band betekent niet dat niemand last heeft.",
                ],
            )
        )
        figure = figures.panels(
            f"{name}, {counted} per maand in elk complex",
            drawn,
            f"{counted}, per maand",
            kept.source_line("meldingen"),
            notice,
        )
        made += [on_paper(figure, 160), Bullets(tuple(key))]
    return tuple(made)


def _years_left_out(kept: Registrations, complexes: pd.Series) -> list[str]:
    """Say that months of some years are not drawn, and why."""
    years = years_of(kept)
    years = years[years["complex"].isin(complexes)]
    small = years["woningen"] < reports.LEAST_DWELLINGS
    few = _rests_on_few(years) & ~small
    return [said for said, any_of in ((SMALL_YEARS, small), (FEW_YEARS, few)) if any_of.any()]


def _rests_on_few(years: pd.DataFrame) -> pd.Series:
    """Whether it is known of a year that fewer than ten reports or households are behind it.

    Its figure is not shown then, and months that add up to it would give it away.
    """
    counts = years.reindex(columns=["meldingen", "huishoudens"])
    return counts.min(axis=1) < MINIMUM_CASES


def _odd(months: list[str], band: Mapping) -> str:
    """Name the months that fall out of the ordinary."""
    said = ""
    if outside := [months[place] for place in band.get("outside", ())]:
        said += f" Buiten de band: {join_words(outside)}."
    if row := band.get("row"):
        said += f" Lang aan één kant: {months[row[0]]} tot en met {months[row[1]]}."
    return said


def _band(values: list[int]) -> dict[str, Any]:
    found = reports.band(values)
    if found is None:
        return {}
    row = (found.row.first, found.row.last) if found.row else None
    return {"edges": (found.low, found.high), "outside": found.outside, "row": row}


def _months(kept: Registrations, complex: str, what: str):
    """Return the last months in a row without a gap, or None.

    Months of a year in which the complex was too small, or had too few cases, are not there.

    Returns
    -------
    (months, values, size)
        `months` in words; `size` says of how many dwellings they are.
    """
    years = years_of(kept)
    years = years[(years["complex"] == complex) & ~_rests_on_few(years)]
    sizes = years.set_index("jaar")["woningen"]
    sizes = sizes[sizes >= reports.LEAST_DWELLINGS]
    if "maanden" not in kept.tables:
        table = kept.table("meldingen")
        years = sorted({int(text[:4]) for text in table["datum"]})
        values = reports.months(table, complex, years, what)
        known = {12 * years[0] + n: value for n, value in enumerate(values)}
        known = {month: value for month, value in known.items() if month // 12 in sizes.index}
    else:
        table = kept.table("maanden")
        own = table[(table["complex"] == complex) & table["jaar"].isin(sizes.index)]
        own = own.dropna(subset=what)
        known = {
            12 * int(row["jaar"]) + int(row["maand"]) - 1: int(row[what])
            for _, row in own.iterrows()
        }
    if not known:
        return None
    last = first = max(known)
    while first - 1 in known and last - first + 1 < MONTHS_SHOWN:
        first -= 1
    if last - first + 1 < LEAST_MONTHS:
        return None
    shown = range(first, last + 1)
    words = [f"{MONTHS[month % 12]} {month // 12}" for month in shown]
    size = _span(sizes.loc[sorted({month // 12 for month in shown})])
    return words, [known[month] for month in shown], size


def _span(sizes: pd.Series) -> str:
    ends = sorted({int(sizes.min()), int(sizes.max())})
    return " tot ".join(format_number(end) for end in ends)


# --- the funnel


def funnel_table(kept: Registrations, what: str) -> tuple[pd.DataFrame, int, int] | None:
    """Return own complexes as `reports.funnel` wants them; None when there are too few.

    Of the newest year in which at least `LEAST_IN_FUNNEL` complexes have this count and enough
    cases. A dot with fewer is left out: with its size and its height who knows the complexes
    would know how many households it is.

    Returns
    -------
    (table, year, few)
        `few` is how many complexes were left out because of their cases.
    """
    years = kept.table("jaren")
    large = years[years["woningen"] >= reports.LEAST_DWELLINGS].dropna(subset=what)
    for year in sorted(set(large["jaar"]), reverse=True):
        of_year = large[large["jaar"] == year].set_index("complex")
        table = of_year[cases_of(of_year, what) >= MINIMUM_CASES]
        if len(table) < LEAST_IN_FUNNEL:
            continue
        names = kept.table("complexen").set_index("complex")["naam"]
        table = table[["woningen", what]].astype(int)
        table = table.assign(naam=names.reindex(table.index)).sort_index()
        return table, int(year), len(of_year) - len(table)
    return None


DRAWINGS: dict[str, Any] = {
    "own_complexes": _complexes_drawn,
    "own_months": _months_drawn,
}
