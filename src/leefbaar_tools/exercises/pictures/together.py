"""Figures of working together: who, hours, and what they bring.

All of it is about the sample city: the guesses there are invented, and say so.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ... import figures
from ...dutch import format_number, join_words
from ...paper import Block, Paragraph, Table
from ..parts import Context
from .areas import note, on_paper

_HOURS = ("uur per maand", "uur per maand")


def _table(context: Context, name: str):
    return context.registrations.table(name)


def _names(table) -> dict[str, str]:
    return dict(zip(table["sleutel"], table["naam"], strict=True))


def _said(names: Mapping[str, str], keys) -> str:
    return join_words([f"‘{names[key]}’" for key in keys]) if keys else "niets"


# --- who


def _ties_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw the partners of one role; those nobody else knows are marked when it is away."""
    from ...analysis.choices import hang_on

    partners, ties = _table(context, "partners"), _table(context, "banden")
    names, you = _names(partners), settings["you"]
    *_, never = settings["rings"]
    real = ties[ties["vaak"] != never]  # who is missed is no way to reach anybody
    pairs = list(zip(real["van"], real["naar"], strict=True))
    home = partners.loc[partners["soort"] == settings["home"], "sleutel"]
    hang = hang_on(pairs, you, home) if chosen["away"] else ()
    rings = tuple(settings["rings"])
    own = ties[ties["van"] == you]
    drawn = [
        figures.Tie(names[key], rings.index(often), key in hang)
        for key, often in zip(own["naar"], own["vaak"], strict=True)
        if key not in set(home)
    ]
    title = settings["titles"][int(chosen["away"])]
    missing = sum(rings[tie.ring] == never for tie in drawn)
    said = title.format(n=len(drawn) - missing, missing=missing, hang=_said(names, hang))
    source = context.registrations.source_line("partners en banden")
    figure = figures.network(said, drawn, rings, settings["alone"], source)
    return [on_paper(figure, 112), *note(settings, "away" if chosen["away"] else "here")]


def _stakes_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw how much is at stake for each partner by how much influence it has."""
    partners = _table(context, "partners")
    rows = list(zip(partners["naam"], partners["belang"], partners["invloed"], strict=True))
    corners = ((True, True), (True, False), (False, True), (False, False))
    figure = figures.stakes(
        settings["title"],
        rows,
        dict(zip(corners, settings["quadrants"], strict=True)),
        tuple(settings["axes"]),
        context.registrations.source_line("partners"),
        named=chosen["named"],
    )
    return [on_paper(figure, 150), *note(settings, "named" if chosen["named"] else "letters")]


def _gains_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Tell of one kind of partner what it does, brings and gains."""
    partners = _table(context, "partners")
    there = partners[partners["soort"] == chosen["kind"]]
    rows = tuple(
        (row["naam"], *(row[column][0].upper() + row[column][1:] for column in ("brengt", "wint")))
        for _, row in there.iterrows()
    )
    source = Paragraph(f"Bron: {context.registrations.source_line('partners')}")
    return [Table(tuple(settings["header"]), rows, settings["title"]), source]


# --- hours and euros


@lru_cache(maxsize=64)
def _solved(registrations, hours: float, euros: float, key: str = "", effect: float = 0.0):
    """Return an allocation; with one expected effect changed when a key is given."""
    from ...analysis.choices import allocate

    table = registrations.table("inzet")
    if key:
        table = table.assign(midden=table["midden"].where(table["sleutel"] != key, effect))
    return allocate(table, hours, euros)


@lru_cache(maxsize=64)
def _flips(registrations, hours: float, euros: float):
    from ...analysis.choices import flips

    return tuple(flips(registrations.table("inzet"), hours, euros))


def _limits(chosen: Mapping, settings: Mapping) -> tuple[float, float]:
    return chosen.get("hours", settings.get("hours")), chosen.get("euros", settings.get("euros"))


def _bars(context: Context, title: str, found, hours: float) -> figures.Figure:
    table = _table(context, "inzet")
    rows = [
        (f"{row['naam']} ({row['terrein']})", float(row["uren"]))
        for _, row in table.iterrows()
        if row["sleutel"] in found.chosen
    ]
    source = context.registrations.source_line("uren, euro’s en effecten")
    return figures.allocation(title, rows, _HOURS, source, hours - found.hours)


def _allocation_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw what fits in the hours and euros, with what stays out."""
    hours, euros = _limits(chosen, settings)
    found = _solved(context.registrations, hours, euros)
    names = _names(_table(context, "inzet"))
    words = {
        "hours": format_number(found.hours),
        "of": format_number(hours),
        "euros": format_number(found.euros),
        "most": format_number(euros),
        "eruit": _said(names, [key for key in names if key not in found.chosen]),
    }
    figure = _bars(context, settings["title"].format(**words), found, hours)
    return [on_paper(figure, 150), Paragraph(settings["after"].format(**words))]


def _tipping_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw where the choice becomes another one when one guess of an effect changes."""
    hours, euros = _limits(chosen, settings)
    table = _table(context, "inzet")
    names = _names(table)
    rows = {row["sleutel"]: row for _, row in table.iterrows()}
    effects = [flip for flip in _flips(context.registrations, hours, euros) if flip.guess != "uren"]
    guesses = [
        figures.Guess(
            names[f.key], f.now, float(rows[f.key]["laag"]), float(rows[f.key]["hoog"]),
            f.at, f.chosen,
        )
        for f in effects
    ]  # fmt: skip
    inside = [flip for flip in effects if flip.inside]
    title = settings["titles"][min(len(inside), 2)].format(n=len(inside), of=len(effects))
    source = context.registrations.source_line("schattingen")
    told = [Paragraph(_flip_said(settings, names, flip)) for flip in inside]
    figure = figures.tipping(title, guesses, settings["unit"], source)
    return [on_paper(figure, 150), *told]


def _hours_tipping_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Tell, per intervention, at how many hours the choice becomes another one."""
    hours, euros = _limits(chosen, settings)
    names = _names(_table(context, "inzet"))
    rows = []
    for flip in _flips(context.registrations, hours, euros):
        if flip.guess != "uren":
            continue
        said = settings["same"] if flip.at is None else _hours_said(settings, names, flip)
        mark = "ja" if flip.chosen else "nee"
        rows.append((names[flip.key], mark, format_number(flip.now), said))
    source = Paragraph(f"Bron: {context.registrations.source_line('schattingen van uren')}")
    return [Table(tuple(settings["header"]), tuple(rows), settings["caption"]), source]


def _hours_said(settings: Mapping, names: Mapping, flip) -> str:
    at = format_number(flip.at) if flip.at else "geen"
    return settings["other"].format(at=at, swap=_swap_said(names, flip))


def _flip_said(settings: Mapping, names: Mapping, flip) -> str:
    words = settings["falls"] if flip.chosen else settings["rises"]
    return words.format(
        name=names[flip.key],
        now=format_number(flip.now),
        at=format_number(flip.at),
        swap=_swap_said(names, flip),
    )


def _swap_said(names: Mapping, flip) -> str:
    """Say what leaves and what enters, as the end of a sentence; of nothing not a word."""
    leaves, enters = flip.leaves, flip.enters
    parts = []
    if leaves:
        parts.append(f"{'vallen' if leaves[1:] else 'valt'} {_said(names, leaves)} weg")
    if enters:
        parts.append(f"{'komen' if enters[1:] else 'komt'} {_said(names, enters)} erbij")
    return " en ".join(parts)


def _what_if_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Solve again with one guess at its least or its most, and tell what changes."""
    hours, euros = _limits(chosen, settings)
    table = _table(context, "inzet")
    names = _names(table)
    row = table[table["sleutel"] == chosen["key"]].iloc[0]
    base = _solved(context.registrations, hours, euros)
    found = _solved(context.registrations, hours, euros, chosen["key"], float(row[chosen["level"]]))
    leaves = [key for key in base.chosen if key not in found.chosen]
    enters = [key for key in found.chosen if key not in base.chosen]
    same = not leaves and not enters
    words = {
        "name": row["naam"],
        "now": format_number(row["midden"]),
        "straks": format_number(row[chosen["level"]]),
        "eruit": _said(names, leaves),
        "erin": _said(names, enters),
    }
    title = settings["same" if same else "other"].format(**words)
    return [on_paper(_bars(context, title, found, hours), 150), *note(settings, chosen["level"])]


def _hours_drawn(context: Context, chosen: Mapping, settings: Mapping) -> list[Block]:
    """Draw one of three views on the same choice: what fits, where it flips, by hours."""
    views = {
        "allocation": _allocation_drawn,
        "tipping": _tipping_drawn,
        "hours": _hours_tipping_drawn,
    }
    return views[chosen["view"]](context, chosen, settings[chosen["view"]])


DRAWINGS: dict[str, Any] = {
    "gains": _gains_drawn,
    "hours": _hours_drawn,
    "stakes": _stakes_drawn,
    "ties": _ties_drawn,
    "what_if": _what_if_drawn,
}
