"""Fetch the figures of one gemeente from their publishers, once, with internet.

Every reply is checked before it counts, and what was fetched goes into the store by the same
road as a file that a person downloaded: it is written in a form that a reader knows, and read
by that reader.
"""

import contextlib
import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

from ..dutch import years_words
from . import odata, recognise
from .tables import SourceError, Table, clean
from .web import MAX_PAGES, Client, Pages, WebError, next_page, whole_number

# Where pages wait until their table is complete.
HALFWAY = ".halen"

# Table of Kerncijfers by year, and how it is known: "metadata", "file" (seen) or "public" (in use
# by others). Those of 2013 and 2015 are not known for sure, so they are not guessed.
TABLES = {
    2014: ("82931NED", "public"),
    2016: ("83487NED", "public"),
    2017: ("83765NED", "metadata"),
    2018: ("84286NED", "public"),
    2019: ("84583NED", "public"),
    2020: ("84799NED", "file"),
    2021: ("85039NED", "public"),
    2022: ("85318NED", "public"),
    2023: ("85618NED", "public"),
    2024: ("85984NED", "public"),
    2025: ("86165NED", "public"),
}
POLICE = "47018NED"
# The newest first; a table holds the years of those after it as well.
HEALTH = ("50120NED", "50090NED")
SCORE_YEARS = (2002, 2008, 2012, 2014, 2016, 2018, 2020, 2022, 2024)
MAP_YEARS = (2022, 2023, 2024, 2025)
SCORE_LAYERS = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}
MAP_LAYERS = ("gemeenten", "wijken", "buurten")
# What CBS says of a region: as it was the year before, changed in part, or not comparable.
SIGNS = ("1", "2", "3")
FEATURES_AT_ONCE = 1000
NOTE_LETTERS = 200


@dataclass(frozen=True)
class Services:
    """Addresses of the publishers' services."""

    cbs_v3: str = "https://opendata.cbs.nl/ODataFeed/odata"
    cbs_v4: str = "https://datasets.cbs.nl/odata/v1/CBS"
    others: str = "https://dataderden.cbs.nl/ODataFeed/odata"
    leefbaarometer: str = "https://geo.leefbaarometer.nl/lbm3/ows"
    maps: str = "https://service.pdok.nl/cbs/wijkenbuurten/{year}/wfs/v1_0"
    maps_items: str = "https://api.pdok.nl/cbs/wijken-en-buurten-{year}/ogc/v1"


# What a source is called in a line of progress.
NAMES = {
    "kwb": "Kerncijfers",
    "leefbaarometer": "Leefbaarometer",
    "politie": "Misdrijven",
    "gezondheid": "Gezondheid",
    "grenzen": "Grenzen",
}
# Where a person can download the same by hand.
BY_HAND = {
    "kwb": "https://opendata.cbs.nl/statline/#/CBS/nl/dataset/{}/table",
    "leefbaarometer": "https://www.leefbaarometer.nl/page/Opendata",
    "politie": f"https://data.politie.nl/#/Politie/nl/dataset/{POLICE}/table",
    "gezondheid": f"https://statline.rivm.nl, tabel {HEALTH[0]}",
    "grenzen": "https://www.pdok.nl, zoek op “CBS wijken en buurten”",
}


@dataclass
class _Order:
    """What is fetched, for whom, and what came of it."""

    store: object
    client: Client
    services: Services
    gemeente: str
    years: tuple[int, ...] | None
    again: bool
    tell: Callable[[str], None]
    warn: Callable[[str], None]
    failed: dict[str, None] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)

    def pages(self, name: str) -> Pages:
        return Pages(self.client, self.folder / name)

    @property
    def folder(self) -> Path:
        return Path(self.store.folder) / HALFWAY / self.gemeente

    def wanted(self, known: Iterable[int]) -> list[int]:
        """Years of a source that are asked for, the newest first."""
        asked = known if self.years is None else set(known) & set(self.years)
        return sorted(asked, reverse=True)

    def here(self, source: str) -> set[int]:
        """Years of a source that need not be fetched: none when all is fetched again."""
        found = {year for year in self.store.years(source) if self.has(source, year)}
        return set() if self.again else found

    def has(self, source: str, year: int) -> bool:
        """Whether the store has rows of this gemeente, of wijken and of buurten in it.

        Not whether it has all of them. A table that cannot be read counts as not there: when
        its file is gone, fetching writes a new one; when it is damaged, the store takes nothing
        in and says what to do.
        """
        try:
            rows = self.store.read(source, year=year, gemeente=self.gemeente)
        except SourceError:
            self.warn(
                f"Let op: het bestand met {NAMES[source]} {year} is weg of beschadigd. Stonden er "
                "ook andere gemeenten in? Haal die opnieuw op, of lees ze opnieuw in."
            )
            return False
        if source == "politie":  # months are another table than the years that are fetched here
            rows = rows[rows["maand"] == 0]
        codes = rows["gwb_code" if source == "kwb" else "code"]
        return {"GM", "WK", "BU"} <= set(codes.str[:2])

    def has_signs(self, year: int) -> bool | None:
        """Whether Kerncijfers of this gemeente say what changed; None when there are none."""
        try:
            rows = self.store.read("kwb", year=year, gemeente=self.gemeente)
        except SourceError:
            return None
        return None if rows.empty else bool(rows["ind_wbi"].isin(SIGNS).any())

    def fail(self, source: str, what: str, error: Exception, *numbers: str) -> None:
        """Say that something did not come in, and keep where it can be had by hand."""
        self.failed |= {BY_HAND[source].format(number): None for number in numbers or ("",)}
        self.warn(f"{what}: dat lukt niet. {error}")

    def keep(self, what: str, table: Table, path: Path) -> None:
        """Put a table in the store and say so."""
        code = "gwb_code" if table.source == "kwb" else "code"
        said = self.store.add(table, path)
        for year in table.years:  # what the store took for known may be damaged since
            self.store.read(table.source, year=year, gemeente=self.gemeente)
        areas = table.frame.loc[~table.frame[code].str.startswith("NL"), code].nunique()
        self.tell(f"{what}: {areas} {'gebied' if areas == 1 else 'gebieden'} binnen.")
        notes = [f"Let op: {note}" for note in table.notes]
        for line in [*(line for line in said if line.startswith("Let op")), *notes]:
            if line not in self.noted:  # many years have the same to say
                self.noted.add(line)
                self.tell(f"  {_short(line)}")


def _short(line: str) -> str:
    """Return a note that fits between the lines of progress; the store has the whole of it."""
    if len(line) <= NOTE_LETTERS:
        return line
    return line[:NOTE_LETTERS].rpartition(" ")[0] + " … Alles staat in: leefbaar data status"


def get(
    store,
    gemeente: str,
    *,
    years: Iterable[int] | None = None,
    again: bool = False,
    services: Services | None = None,
    client: Client | None = None,
    tell: Callable[[str], None] = print,
    warn: Callable[[str], None] = print,
) -> bool:
    """Fetch what is missing of one gemeente.

    Parameters
    ----------
    store : Store
        Where the figures go.
    gemeente : str
        Name, or a code such as ``GM0362``.
    years : iterable of int, optional
        Without it all years there are; of Kerncijfers and boundaries those that are known here.
    again : bool
        Fetch what is there already as well.
    services, client : optional
        Other addresses and other patience, for tests.
    tell, warn : callable
        Called with Dutch lines.

    Returns
    -------
    bool
        Whether everything that was asked for is there now.

    Raises
    ------
    SourceError
        When the gemeente is not known, or the store cannot be used.
    """
    services, client = services or Services(), client or Client()
    root = Path(store.folder) / HALFWAY
    code, name = _find(store, gemeente, services, Pages(client, root / "gemeenten"))
    tell(f"{name} ({code})")
    order = _Order(
        store,
        client,
        services,
        code,
        None if years is None else tuple(years),
        again,
        tell,
        warn,
    )
    if again:
        shutil.rmtree(order.folder, ignore_errors=True)
    for step in (_kerncijfers, _scores, _crimes, _health, _maps):
        step(order)
    if not order.failed:
        shutil.rmtree(order.folder, ignore_errors=True)
        shutil.rmtree(root / "gemeenten", ignore_errors=True)
        _remove_empty(root)
        return True
    tell("Probeer wat niet lukte later opnieuw met dezelfde opdracht. Wat binnen is, blijft.")
    tell("Of download het zelf en lees het in met: leefbaar data import BESTAND")
    for place in order.failed:
        tell(f"  {place}")
    return False


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


# Which gemeente


def _find(store, text: str, services: Services, pages: Pages) -> tuple[str, str]:
    """Return code and name of a gemeente."""
    text = clean(text)
    known = _known(store)
    if re.fullmatch(r"gm\d{4}", text, re.ASCII | re.IGNORECASE):
        return text.upper(), known.get(text.upper(), "Gemeente")
    if found := _named(text, known):
        return found
    listed = _listed(services, pages)
    if found := _named(text, listed):
        return found
    part = _plain(text)
    like = [f"{name} ({code})" for code, name in listed.items() if part and part in _plain(name)]
    hint = f"Bedoel je: {', '.join(like[:8])}?" if like else "Kijk of je de naam goed schreef."
    raise SourceError(
        f"De gemeente “{text}” ken ik niet. {hint} Je kunt ook een code geven, zoals GM0362. Dat "
        "moet bij een gemeente die nu niet meer bestaat."
    )


def _known(store) -> dict[str, str]:
    """Return the name by code of the gemeenten in the store; none when these cannot be read.

    A file of Kerncijfers that is gone must not stop what brings it back.
    """
    store.years("kwb")  # without a manifest nothing can be kept: that stops here
    with contextlib.suppress(SourceError):
        return dict(store.gemeenten().itertuples(index=False))
    return {}


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9]", "", text)


def _named(text: str, known: dict[str, str]) -> tuple[str, str] | None:
    found = [(code, name) for code, name in known.items() if _plain(name) == _plain(text)]
    return found[0] if len(found) == 1 else None


def _listed(services: Services, pages: Pages) -> dict[str, str]:
    """Return the name by code of all gemeenten, from the newest table that answers."""
    first: WebError | None = None
    for year in sorted(TABLES, reverse=True)[:3]:
        number = TABLES[year][0]
        for base, version in ((services.cbs_v3, 3), (services.cbs_v4, 4)):
            try:
                found = odata.all_regions(pages, f"{base}/{number}", version)
            except WebError as error:
                first = first or error
                continue
            return {clean(code): name for code, name in found if code.startswith("GM")}
    raise first or WebError("Er is geen lijst met gemeenten.")


# Kerncijfers


def _kerncijfers(order: _Order) -> None:
    here = order.here("kwb")
    for year in sorted(order.years or (), reverse=True):
        if year not in TABLES and year not in here:
            order.tell(
                f"Kerncijfers {year}: ik weet niet in welke tabel van CBS dit jaar staat. Heb je "
                "het bestand? Lees het in met: leefbaar data import BESTAND"
            )
    unsigned: dict[int, SourceError] = {}
    for year in order.wanted(TABLES):
        what = f"Kerncijfers {year}"
        if year in here and order.has_signs(year):
            order.tell(f"{what}: is er al.")
            continue
        try:
            if why := _kerncijfers_of(order, year, what, year in here):
                unsigned[year] = why
        except odata.AbsentError:
            order.tell(f"{what}: {order.gemeente} staat niet in de tabel van dat jaar.")
        except SourceError as error:
            order.fail("kwb", what, error, TABLES[year][0])
            if _is_down(error):
                order.warn("De andere jaren van de kerncijfers heb ik niet geprobeerd.")
                break
    _tell_unsigned(order, unsigned)


def _tell_unsigned(order: _Order, unsigned: dict[int, SourceError]) -> None:
    """Say once of which years we do not know what changed; that is no fault where CBS has none.

    Parameters
    ----------
    unsigned : dict of int to SourceError
        Why version 3 did not give a year.
    """
    faults = {year: error for year, error in unsigned.items() if not _is_unknown(error)}
    if faults:
        what = f"Kerncijfers {years_words(faults)}, welke gebieden veranderden"
        order.fail("kwb", what, next(iter(faults.values())), *(TABLES[y][0] for y in faults))
    if years := [year for year in order.wanted(TABLES) if order.has_signs(year) is False]:
        order.tell(
            f"Let op: in Kerncijfers {years_words(years)} staat niet welke gebieden veranderden. "
            "Jaren ervoor kan ik er niet mee vergelijken."
        )


def _is_unknown(error: Exception) -> bool:
    return isinstance(error, WebError) and error.unknown


def _is_down(error: Exception) -> bool:
    return isinstance(error, WebError) and error.down


def _kerncijfers_of(order: _Order, year: int, what: str, here: bool) -> SourceError | None:
    """Fetch a year; return why it did not come by version 3, when it is here by another road.

    Version 4 does not say whether a region changed, and years are joined by that. Figures without
    are better than none, but never take the place of figures with it.
    """
    try:
        _by_version(order, year, what, 3)
        return None
    except odata.AbsentError:
        raise
    except SourceError as error:
        first = error
    if here:
        order.tell(f"{what}: is er al.")
        return first
    if order.has_signs(year):
        raise first
    try:
        _by_version(order, year, what, 4)
    except odata.AbsentError:
        raise
    except SourceError as error:  # of a table that the one does not have, the other can tell why
        raise error if _is_unknown(first) else first from None
    return first


def _by_version(order: _Order, year: int, what: str, version: int) -> None:
    number = TABLES[year][0]
    base, read = {
        3: (order.services.cbs_v3, odata.kerncijfers_v3),
        4: (order.services.cbs_v4, odata.kerncijfers_v4),
    }[version]
    pages = order.pages(f"kwb-{year}-v{version}")
    with _clearing(pages):
        made = read(pages, f"{base}/{number}", year, order.gemeente)
        path = pages.write(f"kwb-{year}-{number}.csv", made.csv())
        table = recognise.read(path)
        order.keep(what, replace(table, notes=(*made.notes, *table.notes)), path)
    pages.clear()


@contextlib.contextmanager
def _clearing(pages: Pages) -> Iterator[None]:
    """Throw pages away that came in well but cannot be used: they would fail again."""
    try:
        yield
    except SourceError as error:
        if not (isinstance(error, WebError) and error.network):
            pages.clear()
        raise


# Leefbaarometer


def _scores(order: _Order) -> None:
    here = order.here("leefbaarometer")
    # Of a year that is newer than we know, the service has to tell.
    newer = {year for year in order.years or () if year > SCORE_YEARS[-1]}
    known = order.wanted({*SCORE_YEARS, *newer})
    if not known:
        order.tell(f"Leefbaarometer: van {years_words(order.years)} zijn er geen scores.")
    for year in known:
        if year in here:
            order.tell(f"Leefbaarometer {year}: is er al.")
    missing = [year for year in known if year not in here]
    if not missing and order.years is not None:
        return
    pages = order.pages("leefbaarometer")
    try:
        with _clearing(pages):
            edition, layers = _edition(order)
            # Another gemeente may be of a newer edition already.
            stored = order.store.editions("leefbaarometer", order.gemeente)
            if order.again or any(f"meting {edition}" > one for one in stored):
                # A new edition takes the place of the whole old one, or not at all.
                missing = sorted(layers, reverse=True)
            elif order.years is None:
                missing = sorted({*missing, *layers} - here, reverse=True)
            found = []
            for year in missing:
                if year in layers:
                    found += _scores_of(order, pages, year)
                    continue
                order.tell(f"Leefbaarometer {year}: is er niet.")
            if not found:
                return
            path = pages.write(f"leefbaarometer-meting-{edition}.json", _collection(_shared(found)))
            table = recognise.read(path)
            order.keep(f"Leefbaarometer {years_words(table.years)}", table, path)
    except SourceError as error:
        order.fail("leefbaarometer", "Leefbaarometer", error)
        return
    pages.clear()


def _edition(order: _Order) -> tuple[int, set[int]]:
    """Return the edition, which is its newest year, and all years of its layers.

    Every edition recalculates all years, so a newer one than we know must not pass for an
    older.
    """
    query = urlencode({"service": "WFS", "version": "2.0.0", "request": "GetCapabilities"})
    text = order.client.text(f"{order.services.leefbaarometer}?{query}")
    years = {2000 + int(found) for found in re.findall(r"\bbuurtscore(\d\d)\b", text)}
    if not years:
        raise WebError("De Leefbaarometer noemt geen kaartlagen met scores van buurten.")
    return max(years), years


def _scores_of(order: _Order, pages: Pages, year: int) -> list[dict]:
    found = []
    for layer, kind in SCORE_LAYERS.items():
        found += _layer(order, pages, f"lbm3:{layer}score{year % 100:02}", kind)
    wrong = {clean(one["properties"].get("year")) for one in found} - {str(year)}
    if wrong:
        raise WebError(f"In de laag van {year} staan scores van {min(wrong)}.")
    order.tell(f"Leefbaarometer {year}: {len(found)} gebieden opgehaald.")
    # Boundaries come from elsewhere.
    return [one | {"geometry": None} for one in found]


def _layer(order: _Order, pages: Pages, layer: str, kind: str) -> list[dict]:
    start = f"{kind}{order.gemeente[2:6]}"
    base = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": layer,
        "outputFormat": "application/json",
        "srsName": "EPSG:28992",
    }
    like = (
        '<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0"><fes:PropertyIsLike wildCard="*" '
        'singleChar="?" escapeChar="!"><fes:ValueReference>id</fes:ValueReference><fes:Literal>'
        f"{start}*</fes:Literal></fes:PropertyIsLike></fes:Filter>"
    )
    # Quoted, since a bare id is a word of the filter language itself.
    ways = ({"CQL_FILTER": f"\"id\" LIKE '{start}%'"}, {"filter": like})
    first: WebError | None = None
    for way in ways:
        try:
            found = wfs(
                pages,
                order.services.leefbaarometer,
                base | way,
                lambda one: clean(one.get("id")).startswith(start),
            )
        except WebError as error:
            if not error.answered:
                raise
            first = first or error
            continue
        if found:
            return found
    raise first or WebError(f"In {layer} staan geen gebieden van {order.gemeente}.")


def _shared(features: list[dict]) -> list[dict]:
    """Keep the properties that all features have; the layers differ in what is about places."""
    shared = set.intersection(*(set(one["properties"]) for one in features))
    return [
        one | {"properties": {k: v for k, v in one["properties"].items() if k in shared}}
        for one in features
    ]


def _collection(features: list[dict]) -> bytes:
    """Return features as one GeoJSON file."""
    data = {"type": "FeatureCollection", "features": features}
    return json.dumps(data, ensure_ascii=False).encode()


# Features


def wfs(pages: Pages, url: str, query: dict[str, str], ours: Callable[[dict], bool]) -> list[dict]:
    """Return the features of a WFS layer, page by page.

    Parameters
    ----------
    ours : callable
        Whether a feature with these properties is wanted; a service may ignore a filter.

    Raises
    ------
    WebError
        When there are fewer than the service counted.
    """
    found, start = [], 0
    for _ in range(MAX_PAGES):
        paging = {"count": str(FEATURES_AT_ONCE)}
        if start:  # not all servers can start at a number, and one page is mostly enough
            paging["startIndex"] = str(start)
        page = pages.json(f"{url}?{urlencode(query | paging)}")
        features = _features(page)
        found += [one for one in features if ours(one["properties"])]
        start += len(features)
        matched = whole_number(page.get("numberMatched", page.get("totalFeatures")))
        if matched is not None:
            if start >= matched:
                return found
            if not features:
                raise WebError(f"Er kwamen {start} van de {matched} gebieden binnen.")
        elif len(features) < FEATURES_AT_ONCE:
            return found
    raise WebError("De laag houdt niet op: de dienst geeft steeds nieuwe bladzijden.")


def items(pages: Pages, url: str, ours: Callable[[dict], bool]) -> list[dict]:
    """Return the features of an OGC API collection, following its links to next pages."""
    found, seen, total = [], set(), 0
    while url:
        if url in seen or len(seen) == MAX_PAGES:
            raise WebError("De laag houdt niet op: de dienst geeft steeds nieuwe bladzijden.")
        seen.add(url)
        page = pages.json(url)
        features = _features(page)
        found += [one for one in features if ours(one["properties"])]
        total += len(features)
        links = page.get("links") if isinstance(page.get("links"), list) else []
        hrefs = [x.get("href") for x in links if isinstance(x, dict) and x.get("rel") == "next"]
        url = next_page(url, hrefs[0]) if hrefs and hrefs[0] and features else ""
    matched = whole_number(page.get("numberMatched"))
    if matched is not None and total < matched:
        raise WebError(f"Er kwamen {total} van de {matched} gebieden binnen.")
    return found


def _features(page: dict) -> list[dict]:
    features = page.get("features")
    good = isinstance(features, list) and all(
        isinstance(one, dict) and isinstance(one.get("properties"), dict) for one in features
    )
    if not good:
        raise WebError("Het antwoord bevat geen gebieden.")
    return features


# Police and health


def _crimes(order: _Order) -> None:
    # Older years are counted again on the newest division, so they belong together.
    _whole(order, "politie", (POLICE,))


def _health(order: _Order) -> None:
    _whole(order, "gezondheid", HEALTH)


def _whole(order: _Order, source: str, numbers: tuple[str, ...]) -> None:
    """Fetch all years of a gemeente from the first of these tables that works."""
    what, here = NAMES[source], order.here(source)
    there = f"{what} {years_words(here)}: is er al."
    if order.years and here >= set(order.years):
        order.tell(there)
        return
    first: SourceError | None = None
    for number in numbers:
        pages = order.pages(f"{source}-{number}")
        base = f"{order.services.others}/{number}"
        try:
            with _clearing(pages):
                if here and _has_all(order, pages, base, here):
                    order.tell(there)
                else:
                    _whole_of(order, source, pages, base)
        except SourceError as error:
            first = first or error
            continue
        for other in numbers:
            order.pages(f"{source}-{other}").clear()
        # An older table does not have the newest years, unless the gemeente is gone since.
        if first and not isinstance(first, odata.AbsentError):
            order.fail(source, f"{what}, nieuwste tabel", first)
        return
    order.fail(source, what, first)


def _has_all(order: _Order, pages: Pages, base: str, here: set[int]) -> bool:
    """Whether no year is lacking of those that are asked, as far as the table has them.

    When it has none of the years that are asked, all it has is wanted: it comes as a whole.
    """
    try:
        years = odata.whole_years(pages, base)
    except WebError as error:
        if not error.answered:
            raise
        return False  # no list of years: the table itself has to tell
    return here >= (years.intersection(order.years or ()) or years)


def _whole_of(order: _Order, source: str, pages: Pages, base: str) -> None:
    reply, absent = odata.whole_reply(pages, base, order.gemeente)
    path = pages.write(f"{source}-{base.rpartition('/')[2]}.json", reply)
    table = recognise.read(path)
    if absent:
        note = f"Van {len(absent)} gebieden geeft deze tabel niets, zoals {min(absent)}."
        table = replace(table, notes=(note, *table.notes))
    order.keep(f"{NAMES[source]} {years_words(table.years)}", table, path)


# Boundaries


def _maps(order: _Order) -> None:
    here = order.here("grenzen")
    wanted = order.wanted(MAP_YEARS)
    if not wanted:
        order.tell(f"Grenzen: die kan ik alleen ophalen van {years_words(MAP_YEARS)}.")
    for year in wanted:
        what = f"Grenzen {year}"
        if year in here:
            order.tell(f"{what}: is er al.")
            continue
        pages = order.pages(f"grenzen-{year}")
        try:
            with _clearing(pages):
                found = _map_of(order, pages, year)
                path = pages.write(f"grenzen-{year}.json", _collection(found))
                order.keep(what, recognise.read(path), path)
        except SourceError as error:
            order.fail("grenzen", what, error)
            if _is_down(error):
                order.warn("De andere jaren van de grenzen heb ik niet geprobeerd.")
                return
            continue
        pages.clear()


def _map_of(order: _Order, pages: Pages, year: int) -> list[dict]:
    """Return the boundaries of a gemeente, its wijken and its buurten."""
    first: WebError | None = None
    for road in (_map_by_wfs, _map_by_items):
        found = []
        try:
            for layer in MAP_LAYERS:
                layered = road(order, pages, year, layer)
                if not layered:
                    raise WebError(f"Er staan geen {layer} van {order.gemeente} in.")
                found += layered
        except WebError as error:
            first = first or error
            continue
        told = {clean(one["properties"].get("jaar")) for one in found} - {"", str(year)}
        if told:
            first = first or WebError(f"De kaart van {year} gaat over {min(told)}.")
            continue
        # One year for all, so that the name of the file does not have to tell it.
        return [one | {"properties": one["properties"] | {"jaar": year}} for one in found]
    raise first or WebError("Er is geen kaart.")


def _is_of(order: _Order) -> Callable[[dict], bool]:
    return lambda properties: clean(properties.get("gemeentecode")) == order.gemeente


def _map_by_wfs(order: _Order, pages: Pages, year: int, layer: str) -> list[dict]:
    # This service passes over cql_filter without a word; it does read the filter of the standard.
    equal = (
        "<Filter><PropertyIsEqualTo><ValueReference>gemeentecode</ValueReference>"
        f"<Literal>{order.gemeente}</Literal></PropertyIsEqualTo></Filter>"
    )
    query = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": f"wijkenbuurten:{layer}",
        "outputFormat": "application/json",
        "srsName": "EPSG:28992",
        "filter": equal,
    }
    return wfs(pages, order.services.maps.format(year=year), query, _is_of(order))


def _map_by_items(order: _Order, pages: Pages, year: int, layer: str) -> list[dict]:
    query = urlencode({"gemeentecode": order.gemeente, "f": "json", "limit": FEATURES_AT_ONCE})
    base = order.services.maps_items.format(year=year)
    return items(pages, f"{base}/collections/{layer}/items?{query}", _is_of(order))
