"""What fits together in the store and what does not, in plain Dutch: ``leefbaar data check``."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from .areas import (
    CATALOGUE,
    HEALTH,
    KWB,
    LEEFBAAROMETER,
    MINIMUM,
    POLICE,
    Area,
    AreaError,
    Source,
)
from .dutch import format_number, join_words, years_words
from .joins import FIRST_EDITION, SOURCES, first_editions
from .resources import meetings
from .sources.kwb import BELOW_NOUGHT, PER_THOUSAND, ROUNDING, shares_apart
from .sources.tables import SourceError, level_of
from .store import Store

# More gemeenten than this are told in one line each.
WHOLE = 5
TITLES = {item.id: item.title for item in CATALOGUE}
SIZES = {"a_inw": "inwoners", "a_hh": "huishoudens", "a_woning": "woningen"}
SAMPLE = ("GM9999", "WK9999", "BU9999")


def check(store: Store, wanted: str | None = None) -> Iterator[str]:
    """Explain what is in a store, line by line.

    Parameters
    ----------
    wanted : str, optional
        Code or name of one gemeente; a part of the name will do when no other has it.

    Raises
    ------
    SourceError
        When the store is damaged, empty, or has no such gemeente.
    """
    gemeenten = _gemeenten(store)
    chosen = gemeenten if wanted is None else _chosen(gemeenten, wanted)
    # First, because a fault can be why no area can be made.
    only = chosen["code"].iloc[0] if wanted is not None else None
    for year in store.years("kwb"):
        for line in faults(store.read("kwb", year, only)):
            yield f"Let op: {KWB.table} {year}: {line}"
    needs = exercises()
    yield from store.cells_status()
    short = len(chosen) > WHOLE
    for code, name in chosen.itertuples(index=False):
        try:
            lines = [_in_short(store, code, name)] if short else _gemeente(store, code, name, needs)
            yield from lines
        except SourceError:  # the store is damaged, for every gemeente
            raise
        except AreaError as error:
            yield f"{name} ({code}): {error}"
    if short:
        yield "Meer over één gemeente: leefbaar data check NAAM"
    else:
        yield (
            "Losse meldingen en enquêtes zijn er niet als open cijfers. Die opdrachten gaan altijd "
            "over de voorbeeldstad."
        )


def chosen_gemeente(store: Store, wanted: str) -> tuple[str, str]:
    """Return code and name of one gemeente in a store, found as in `check`."""
    return tuple(_chosen(_gemeenten(store), wanted).iloc[0])


def _gemeenten(store: Store) -> pd.DataFrame:
    gemeenten = store.gemeenten()
    if gemeenten.empty:
        raise SourceError(
            "Er zijn nog geen kerncijfers van een gemeente. Download ze bij CBS en lees ze in met: "
            "leefbaar data import BESTAND"
        )
    return gemeenten


def _chosen(gemeenten: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """Find a gemeente by its code, its name or the one name with this text in it."""
    text = wanted.strip().casefold()
    names = gemeenten["name"].str.casefold()
    for found in (gemeenten["code"].str.casefold() == text, names == text):
        if found.any():
            return gemeenten[found]
    found = gemeenten[names.str.contains(text, regex=False)]
    if len(found) == 1:
        return found
    if found.empty:
        raise SourceError(f"De gemeente “{wanted}” staat niet in de kerncijfers op deze computer.")
    raise SourceError(f"Kies één gemeente: {', '.join(found['name'].head(8))}.")


# One gemeente


def _gemeente(store: Store, code: str, name: str, needs: list["Need"]) -> Iterator[str]:
    kern = store.read("kwb", gemeente=code)
    area = store.area(code)
    base = int(kern["jaar"].max())
    buurten = _buurten(area)
    yield f"{name} ({code}): {_count(len(buurten), 'buurt', 'buurten')}, indeling van {base}"
    yield f"  {KWB.table}: {_kwb_years(kern)}"
    for source in (LEEFBAAROMETER, POLICE, HEALTH):
        yield f"  {source.table}: {_fit(store, area, source)}"
    drawn = set(area.boundaries()) & set(buurten)
    yield f"  Kaart: {_of(len(drawn), len(buurten)) if drawn else 'geen grenzen die passen.'}"
    newest = store.read("kwb", base, code)
    for line in (*area.notes, *_empty(newest), *_gaps(area, buurten), *_small(newest)):
        yield f"  Let op: {line}"
    if lists := store.to_renumber(code):
        years = join_words([f"{first} naar {last}" for first, last in lists])
        yield (
            f"  Van {years} kregen buurten een andere code of grens. Weet de gemeente wat wat "
            f"werd? Maak dan een lijst: leefbaar data template --codes {code}"
        )
    yield from _sample_city(area, needs)


def _in_short(store: Store, code: str, name: str) -> str:
    area = store.area(code)
    buurten = _buurten(area)
    parts = [_count(len(buurten), "buurt", "buurten")]
    for source in (KWB, LEEFBAAROMETER, POLICE, HEALTH):
        years = _source_years(area, source)
        at = f"{years_words(years)}, {_count(len(_matched(area, source)), 'buurt', 'buurten')}"
        parts.append(f"{source.table} {at if years else 'niets'}")
    drawn = set(area.boundaries()) & set(buurten)
    parts.append(f"kaart {_count(len(drawn), 'buurt', 'buurten')}")
    return f"{name} ({code}): {'; '.join(parts)}"


def _buurten(area: Area) -> list[str]:
    return list(area.regions.index[area.regions["level"] == "buurt"])


def _kwb_years(kern: pd.DataFrame) -> str:
    years = sorted({int(year) for year in kern["jaar"]})
    said = _years(years)
    if lost := [str(y) for y in range(years[0], years[-1]) if y not in years]:
        word = "ontbreekt" if len(lost) == 1 else "ontbreken"
        said += f" Daartussen {word} {join_words(lost)}. "
        said += "Zo is niet te zien welke buurten gelijk bleven."
    return said


def _ids(source: Source) -> set[str]:
    return {item.id for item in CATALOGUE if item.source is source}


def _source_years(area: Area, source: Source) -> list[int]:
    found = (area.indicators[id].years for id in _ids(source) if id in area.indicators)
    return sorted({year for years in found for year in years})


def _matched(area: Area, source: Source, *flags: str, level: str = "buurt") -> set[str]:
    """Buurten that were joined with a source; with `flags` those that have such a figure."""
    values = area.values
    own = values["indicator"].isin(_ids(source)) & (values["level"] == level)
    if flags:
        own &= values["flag"].isin(flags)
    return set(values.loc[own, "code"])


def _fit(store: Store, area: Area, source: Source) -> str:
    key = next(name for name, one in SOURCES.items() if one is source)
    if not store.has(key):
        return "nog niet ingelezen."
    years = _source_years(area, source)
    if not years:
        return "er is niets dat past; hieronder staat waarom."
    matched = _matched(area, source)
    said = f"{_years(years)} {_of(len(matched), len(_buurten(area))).capitalize()}"
    without = sorted(area.name(code) for code in matched - _matched(area, source, "ok", "small"))
    if without:
        more = f" en nog {len(without) - 3}" if len(without) > 3 else ""
        said += f" Zonder cijfers: {', '.join(without[:3])}{more}."
    if matched and not _matched(area, source, "ok", level="gemeente"):
        said += (
            " Van de hele gemeente is er geen cijfer om mee te vergelijken. Lees ook een bestand "
            "met gemeenten in."
        )
    return said


def _years(years: list[int]) -> str:
    if len(years) == 1:
        return f"alleen {years[0]}, dus geen lijn door de jaren."
    return f"{years_words(years)}."


def _of(found: int, of: int) -> str:
    return f"past bij {found} van de {_count(of, 'buurt', 'buurten')}."


def _count(number: int, one: str, more: str) -> str:
    return f"{format_number(number)} {one if number == 1 else more}"


def _empty(rows: pd.DataFrame) -> list[str]:
    """Say which columns of the table of a year have no figure at all."""
    year = int(rows["jaar"].iloc[0])
    figures = [name for name in rows.columns if pd.api.types.is_float_dtype(rows[name])]
    empty = [name for name in figures if rows[name].isna().all()]
    used = {item.column: item.title for item in CATALOGUE if item.source is KWB}
    known = [used[name] for name in empty if name in used]
    lines = []
    if known:
        lines.append(f"In de uitgave van {year} is nog niets ingevuld bij {join_words(known)}.")
    if rest := len(empty) - len(known):
        lines.append(
            f"In de uitgave van {year} {'is' if rest == 1 else 'zijn'} ook nog "
            f"{_count(rest, 'kolom', 'kolommen')} leeg die de opdrachten niet gebruiken."
        )
    if first_editions(rows):
        lines.append(f"Dit is de {FIRST_EDITION} van {year}. Kijk bij CBS of er een nieuwe is.")
    return lines


def _gaps(area: Area, buurten: list[str]) -> list[str]:
    """Say of which figures many buurten have none in the newest year."""
    lines = []
    for id, known in area.indicators.items():
        table = area.table(id)
        lost = len(buurten) - int((table["flag"] != "missing").sum())
        if lost > len(buurten) / 4:
            of = f"{lost} van de {_count(len(buurten), 'buurt', 'buurten')}"
            lines.append(f"Niet bekend van {of}: {known.title} ({known.years[-1]}).")
    return lines


def _small(rows: pd.DataFrame) -> list[str]:
    """Say how many buurten are too small for most figures."""
    rows = rows[rows["gwb_code"].str.startswith("BU")]
    parts = []
    for column, counted in SIZES.items():
        if column in rows and (few := int((rows[column] < MINIMUM[counted]).sum())):
            parts.append(f"{few} met minder dan {MINIMUM[counted]} {counted}")
    lines = [f"Te kleine buurten, hun cijfers tonen we niet: {join_words(parts)}."] if parts else []
    least = MINIMUM["vaste inwoners"]
    if "a_inw" in rows and (few := int((rows["a_inw"] < least).sum())):
        lines.append(
            f"{_count(few, 'buurt heeft', 'buurten hebben')} minder dan {least} inwoners. Daar "
            "tonen we geen misdrijven per 1.000 inwoners."
        )
    return lines


# Exercises


@dataclass(frozen=True)
class Need:
    """What an exercise or picture of a notebook asks of the figures of an area."""

    meeting: str
    title: str
    indicators: tuple[str, ...]
    years: int


def exercises() -> list[Need]:
    """Read in the notebooks which figures each exercise uses.

    What always shows a buurt of the sample city is left out.
    """
    found = []
    for notebook in meetings():
        content = json.loads(notebook.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                found += _need("".join(cell["source"]), notebook.name[0])
    return found


def _need(source: str, meeting: str) -> list[Need]:
    call = getattr(ast.parse(source).body[-1], "value", None)
    if not isinstance(call, ast.Call):
        return []
    words = {word.arg: word.value for word in call.keywords}
    texts = [n.value for n in ast.walk(call) if isinstance(n, ast.Constant)]
    texts = [text for text in texts if isinstance(text, str)]
    show = getattr(words.get("show"), "value", "")
    used = [text for text in dict.fromkeys(texts) if text in TITLES]
    if not used or show == "expected" or any(text.startswith(SAMPLE) for text in texts):
        return []
    line = show == "trend" or getattr(call.func, "attr", "") == "goal"
    title = getattr(words.get("title"), "value", texts[0])
    return [Need(meeting, title, tuple(used), 2 if line else 1)]


def _sample_city(area: Area, needs: list[Need]) -> Iterator[str]:
    lines = []
    for need in needs:
        lost = [TITLES[id] for id in need.indicators if id not in area.indicators]
        once = [
            TITLES[id]
            for id in need.indicators
            if id in area.indicators and len(area.indicators[id].years) < need.years
        ]
        why = [f"geen cijfers over {join_words(lost)}"] if lost else []
        why += [f"maar één jaar van {join_words(once)}"] if once else []
        if why:
            lines.append(f"    {need.meeting}. “{need.title}”: {'; '.join(why)}")
    if lines:
        yield "  Deze opdrachten missen cijfers. Ze tonen de voorbeeldstad, of zonder dat cijfer:"
        yield from lines
    else:
        yield "  Voor alle opdrachten met cijfers van de buurt is er genoeg."


# Whether a table can be right


def faults(frame: pd.DataFrame) -> list[str]:
    """Return what cannot be, or is odd, in the Kerncijfers of one year.

    Reading refuses most of this already; a table can also come here on another road.
    """
    lines = []
    codes = frame["gwb_code"]
    double = sorted(codes[codes.duplicated()])
    if double:
        lines.append(f"{double[0]} staat er twee keer in.")
    lines += _wrong_codes(frame)
    for level, above in (("gemeente", "GM" + codes.str[2:6]), ("wijk", "WK" + codes.str[2:8])):
        inside = codes.str.startswith("BU") | ((level == "gemeente") & codes.str.startswith("WK"))
        lost = sorted(set(above[inside]) - set(codes))
        if lost:
            lines.append(f"De rij van {lost[0]} ontbreekt, maar er liggen wel gebieden in.")
    for name in frame.columns:
        if pd.api.types.is_float_dtype(frame[name]):
            lines += _wrong_values(name, frame[name], codes)
    return lines + _tenure(frame)


def _wrong_codes(frame: pd.DataFrame) -> list[str]:
    for code, recs in zip(frame["gwb_code"], frame["recs"], strict=True):
        try:
            if level_of(code) != str(recs).lower():
                return [f"{code} staat er als {recs}."]
        except SourceError:
            return [f"“{code}” is geen code van een gebied."]
    return []


def _wrong_values(name: str, values: pd.Series, codes: pd.Series) -> list[str]:
    lines = []
    low = (values < 0) & (BELOW_NOUGHT.fullmatch(name) is None)
    if low.any():
        lines.append(f"In {name} staat een getal onder nul, bij {codes[low].iloc[0]}.")
    high = (values > 100) & (name.startswith("p_") and name not in PER_THOUSAND)
    if high.any():
        lines.append(f"In {name} staat een percentage boven 100, bij {codes[high].iloc[0]}.")
    return lines


def _tenure(frame: pd.DataFrame) -> list[str]:
    """Say where shares of owned and rented dwellings do not add up."""
    return [
        f"{parts} is niet {whole} bij {_count(int(odd.sum()), 'gebied', 'gebieden')}, zoals "
        f"{frame.loc[odd, 'gwb_code'].iloc[0]}. Afgerond mag het {ROUNDING} verschillen."
        for parts, whole, odd in shares_apart(frame)
    ]
