"""Figures of effects: twins, look-alikes, what can be seen by chance.

What they say about a theme comes from the notebook's settings, in words with places for what
is computed: ``{name}``, ``{change}`` and so on.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ... import analysis, figures
from ...analysis import effects
from ...areas import Area
from ...dutch import format_number
from ...paper import Block, Paragraph, Table
from ..explore import TIMES
from ..parts import Context
from .areas import ALIKE, note, on_paper, place_figure

SURVEY = "enquete"
LETTERS = "ABCDEF"
SCALE = (25, 50, 100, 200, 400)  # numbers of answers on the card
ROW = 6  # look-alikes in the row
FALSE = 100  # comparisons in one picture

_once = lru_cache(maxsize=256)


def _hundred(share: float) -> float:
    return round(share * 100, 6)


def _series(context: Context, code: str, question: str) -> dict[int, effects.Share]:
    """Return the shares of a buurt by wave; waves with too few answers are left out."""
    table = context.registrations.table(SURVEY)
    found = {
        wave: effects.share_of(table, code, wave, question)
        for wave in effects.waves(table, question)
    }
    return {wave: share for wave, share in found.items() if share}


def _values(series: Mapping[int, effects.Share]) -> dict[int, float]:
    return {wave: _hundred(share.share) for wave, share in series.items()}


def _source(context: Context, *codes: str) -> str:
    """Return the source line, with the least and most answers behind the buurten shown."""
    table = context.registrations.table(SURVEY)
    counts = table.loc[table["buurt"].isin(codes), "aantal"]
    line = context.registrations.source_line("enquête onder bewoners")
    return f"{line} {counts.min()} tot {counts.max()} antwoorden per buurt en jaar."


def _row_codes(area: Area, code: str) -> list[str]:
    """Return the look-alikes of a buurt in order of code: chosen on background, not on result."""
    return sorted(analysis.comparable(area, code, ROW).index)


def _waves(context: Context, settings: Mapping, number: int) -> list[int]:
    """Return the last waves in which this was asked."""
    table = context.registrations.table(SURVEY)
    return effects.waves(table, settings["question"])[-number:]


def _moved(change: float) -> str:
    return "daalden" if change < 0 else "stegen"


TOO_FEW = Paragraph("Van deze buurten zijn er te weinig antwoorden.")


# --- the plenary figure, opened step by step


def _twins_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw a stage: before, before and after, who is the twin, with the twin, the row."""
    code, twin = settings["area"], settings["twin"]
    own, other = (_series(context, c, settings["question"]) for c in (code, twin))
    stage, row = chosen["stage"], _row(context, settings)
    asked = _waves(context, settings, 3)
    if len(asked) < 3 or not {*asked} <= own.keys() & other.keys() or row is None:
        return [TOO_FEW]
    first, before, after = asked
    change, moved = (s[after].share - s[before].share for s in (own, other))
    said = {
        "name": context.area.name(code),
        "twin": context.area.name(twin),
        "before": format_number(_hundred(own[before].share)),
        "after": format_number(_hundred(own[after].share)),
        "change": figures.signed(_hundred(change)),
        "twin_change": figures.signed(_hundred(moved)),
        "extra": figures.signed(_hundred(change - moved)),
        "as_much": row.as_much,
        "count": len(row.others),
        "moved": _moved(row.own),
    }
    title = settings["titles"][stage].format(**said)
    notes = note(settings, str(stage))
    if stage == 2:
        codes = (code, *settings["candidates"])
        source = Paragraph(f"Bron: {_source(context, *codes)}")
        return [_candidates(context, settings, (first, before), title), *notes, source]
    if stage == 4:
        figure = figures.change_row(
            title,
            (said["name"], _hundred(row.own)),
            [_hundred(change) for change in row.others],
            f"verandering van {before} naar {after}, in punten van de 100",
            _source(context, code, *_row_codes(context.area, code)),
        )
        return [on_paper(figure, 150), *notes]
    values = _values(own)
    if stage == 0:
        values = {first: values[first], before: values[before]}
    figure = figures.twins(
        title,
        (said["name"], values),
        _source(context, code, *([twin] if stage == 3 else [])),
        settings["unit"],
        (said["twin"], _values(other)) if stage == 3 else None,
        settings["without"] if stage == 3 else "",
        tuple(settings["action"]),
        after,
    )
    return [on_paper(figure, 150), *notes]


def _row(context: Context, settings: Mapping, added: float = 0) -> effects.Row | None:
    """Return the row of look-alikes; None when not all of them have a figure."""
    table = context.registrations.table(SURVEY)
    before, after = _waves(context, settings, 2)
    code, question = settings["area"], settings["question"]
    others = _row_codes(context.area, code)
    row = effects.placebo_row(table, code, others, question, before, after, added)
    return row if row and len(row.others) == ROW else None


def _candidates(context: Context, settings: Mapping, waves, title: str) -> Table:
    """Return the buurten to choose a twin from, without a name and without the result."""
    codes = [settings["area"], *sorted(settings["candidates"])]
    names = [settings["own"], *(f"Buurt {letter}" for letter in LETTERS[: len(codes) - 1])]
    rows = [(label, *_background(context, codes, id)) for label, id in settings["alike"].items()]
    for wave in waves:
        shares = (_series(context, code, settings["question"]).get(wave) for code in codes)
        told = ("–" if s is None else format_number(_hundred(s.share)) for s in shares)
        rows.append((f"{settings['short']} in {wave}", *told))
    align = ("left", *("right" for _ in codes))
    return Table(("Van de 100", *names), tuple(rows), title, align=align)


def _background(context: Context, codes: Sequence[str], indicator: str) -> list[str]:
    found = (analysis.figure(context.area, code, indicator) for code in codes)
    return ["–" if f["reason"] else format_number(_hundred(f["value"])) for f in found]


# --- difference-in-differences, with the interval for the sample and the row for the wobble


def _effect_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    code, twin = settings["area"], settings["twin"]
    own, other = (_series(context, c, settings["question"]) for c in (code, twin))
    asked = _waves(context, settings, 2)
    if len(asked) < 2 or not {*asked} <= own.keys() & other.keys():
        return [TOO_FEW]
    before, after = asked
    added = chosen["added"]
    end = own[after]._replace(share=min(1.0, own[after].share + added))
    look = chosen["look"]
    name, twin_name = context.area.name(code), context.area.name(twin)
    unit = f"verandering van {before} naar {after}, in punten van de 100"
    codes = [code, twin]
    if look == "row":
        row = _row(context, settings, added)
        if row is None:
            return [TOO_FEW]
        title = settings["titles"][look].format(
            name=name, change=figures.signed(_hundred(row.own)),
            as_much=row.as_much, count=len(row.others), moved=_moved(row.own),
        )  # fmt: skip
        figure = figures.change_row(
            title,
            (name, _hundred(row.own)),
            [_hundred(change) for change in row.others],
            unit,
            _source(context, code, *_row_codes(context.area, code)),
            settings["added"] if added else "",
        )
        return [on_paper(figure, 150), *note(settings, look)]
    alone = effects.before_after(own[before], end)
    rows = [(name, alone)]
    if look == "twin":
        difference = effects.difference_in_differences(
            own[before], end, other[before], other[after]
        )
        moved = effects.before_after(other[before], other[after])
        rows += [(twin_name, moved), (settings["difference"], difference)]
    last = rows[-1][1]
    title = settings["titles"][look].format(
        name=name, value=figures.signed(_hundred(last.value)),
        low=figures.signed(_hundred(last.low)), high=figures.signed(_hundred(last.high)),
    )  # fmt: skip
    figure = figures.ranges(
        title,
        [(label, _hundred(e.low), _hundred(e.value), _hundred(e.high)) for label, e in rows],
        unit,
        _source(context, *codes),
        notice=settings["added"] if added else "",
        signs=True,
    )
    clear = look if last.excludes_zero else f"{look}-unclear"
    return [on_paper(figure, 150), *note(settings, clear)]


# --- how often one sees an effect that is not there


def _false_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    answers, wobble, times = chosen["answers"], chosen["wobble"], chosen[TIMES]
    figure = _false_figure(
        answers, wobble, times, settings["title"], tuple(settings["words"]), settings["source"]
    )
    return [on_paper(figure, 150), *note(settings, str(wobble))]


@_once
def _false_figure(answers, wobble, times, title, words, source) -> figures.Figure:
    found = effects.false_effects(answers, wobble / 100, FALSE, seed=times)
    seen = sum(estimate.excludes_zero for estimate in found)
    return figures.many_ranges(
        title.format(seen=seen, times=FALSE),
        [(_hundred(e.low), _hundred(e.value), _hundred(e.high)) for e in found],
        "gevonden verschil, in punten van de 100",
        source,
        words,
    )


# --- the weegschaalregel


def _scale_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    own, twin = chosen.get("answers"), chosen.get("twin", False)
    counts = sorted({*SCALE, *([own] if own else [])})
    points = {n: round(_hundred(effects.least_visible(n, twin))) for n in counts}
    title = settings["title"]
    if own:
        key = "seen" if points[own] <= 100 else "never"
        title = settings[key].format(answers=format_number(own), points=points[own])
    figure = figures.scale_bars(title, list(points.items()), settings["source"], own)
    return [on_paper(figure, 140), *note(settings, "twin" if twin else "alone")]


# --- what residents say beside what a score says


def _beside_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    code = settings["area"]
    if "indicator" in chosen:
        figure = place_figure(context.area, code, chosen["indicator"])
    else:
        figure = _survey_place(context, code, chosen["question"], settings["unit"])
    if figure is None:
        return [Paragraph("Hier is te weinig over bekend voor een eerlijk beeld.")]
    return [on_paper(figure, 140), *note(settings, chosen["note"])]


def _survey_place(context: Context, code: str, question: str, unit: str):
    """Return where a buurt stands among its look-alikes by what residents answered."""
    table = context.registrations.table(SURVEY)
    wave = effects.waves(table, question)[-1]
    alike = sorted(analysis.comparable(context.area, code, ALIKE).index)
    shares = {c: effects.share_of(table, c, wave, question) for c in (code, *alike)}
    own, *others = (None if s is None else _hundred(s.share) for s in shares.values())
    known = [value for value in others if value is not None]
    if own is None or len(known) < 4:
        return None
    every = table[(table["golf"] == wave) & (table["vraag"] == question)].dropna()
    whole = float((every["aandeel"] * every["aantal"]).sum() / every["aantal"].sum())
    name, city = context.area.name(code), context.area.name(context.area.gemeente(code))
    return figures.place_among(
        f"{name}: {format_number(own)} van de 100 zeggen ja",
        known,
        (name, own),
        (f"Heel {city}", _hundred(whole)),
        f"{unit}, {wave}",
        _source(context, code, *alike),
    )


def _survey_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw what residents of a buurt answered, each "tussen … en …"."""
    table = context.registrations.table(SURVEY)
    code = chosen.get("area") or context.code
    rows, name = [], context.area.name(code)
    for question, label in chosen["questions"].items():
        wave = effects.waves(table, question)[-1]
        share = effects.share_of(table, code, wave, question)
        if share:
            found = effects.interval(share)
            three = (_hundred(v) for v in (found.low, found.value, found.high))
            rows.append((label, *three))
    if not rows:
        return [Paragraph(f"{name}: te weinig antwoorden om iets over te zeggen.")]
    figure = figures.ranges(
        settings["title"].format(name=name),
        rows,
        f"van de 100 bewoners, {wave}",
        _source(context, code),
        bounds=(0, 100),
    )
    return [on_paper(figure, 140), *note(settings, "survey")]


# --- figures from a publication, beside each other


def _bars_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    figure = figures.tally_bars(
        chosen["title"],
        chosen["groups"],
        settings["source"],
        unit=settings["unit"],
        full=settings["full"],
    )
    return [on_paper(figure, 140), *note(settings, chosen["note"])]


DRAWINGS: dict[str, Any] = {
    "bars": _bars_drawn,
    "beside": _beside_drawn,
    "effect": _effect_drawn,
    "false-effects": _false_drawn,
    "scale": _scale_drawn,
    "survey": _survey_drawn,
    "twins": _twins_drawn,
}
