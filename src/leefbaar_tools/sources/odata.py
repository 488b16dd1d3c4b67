"""OData of CBS and of others: pages, one gemeente out of a national table, and wide rows.

Version 3 has a row per region; version 4 has a row per figure, made wide here. Both become the
table with short names that `kwb` reads, so that a figure is the same whichever road it came.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from . import kwb
from .tables import SourceError, clean, level_of, year_in
from .web import MAX_PAGES, Pages, WebError, next_page, whole_number

# Measures of version 4 by the short name of the workbook. A title tells more than such a code,
# which can change its last number from year to year; the code has to agree with it.
MEASURES = Path(__file__).with_name("measures.txt")
# So many keys in one address stay well below what a server takes.
KEYS_AT_ONCE = 15
SAFE = "(),$'"
# What a row says of its region, as against figures.
ABOUT = ("gwb_code", "regio", "gm_naam", "recs", "ind_wbi")
NO_CELL = "In het antwoord staat iets anders dan een getal of tekst."


class _IgnoredError(Exception):
    """The service gives rows that were not asked for."""


class AbsentError(SourceError):
    """The gemeente is not in a table that is fine: it did not exist then."""


@dataclass(frozen=True)
class Kerncijfers:
    """Key figures of one gemeente and the country, from either version.

    Attributes
    ----------
    rows : list of dict
        Text by short name, with those of `ABOUT` first.
    notes : tuple of str
        Dutch.
    """

    rows: list[dict[str, str]]
    notes: tuple[str, ...]

    def csv(self) -> bytes:
        """Return them as the table with short names that `kwb` reads."""
        names = list(dict.fromkeys([*ABOUT, *(name for row in self.rows for name in row)]))
        text = io.StringIO()
        writer = csv.DictWriter(text, names, restval=".", delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode()


# Pages


def address(url: str, version: int, where: str = "", select: str = "") -> str:
    """Return the address of rows of a table."""
    parts = []
    if where:
        parts.append(f"$filter={quote(where, safe=SAFE)}")
    if select:
        parts.append(f"$select={select}")
    if version == 3:  # its own choice is XML
        parts.append("$format=json")
    return f"{url}?{'&'.join(parts)}" if parts else url


def rows(
    pages: Pages, url: str, ours: Callable[[dict], bool] | None = None, strict: bool = False
) -> list[dict]:
    """Return the rows of all pages.

    Parameters
    ----------
    ours : callable, optional
        Whether a row is wanted; other rows are dropped page by page.
    strict : bool
        Stop at a row that is not wanted: then the service does not filter.

    Raises
    ------
    WebError
        When a page is not as it should be, or there are fewer rows than the service counted.
    """
    found, seen, total, counted = [], set(), 0, None
    three = "$format=json" in url
    while url:
        if url in seen or len(seen) == MAX_PAGES:
            raise WebError("De tabel houdt niet op: de dienst geeft steeds nieuwe bladzijden.")
        seen.add(url)
        page = pages.json(url)
        value = _records(page.get("value"))
        kept = value if ours is None else [row for row in value if ours(row)]
        if strict and len(kept) < len(value):
            raise _IgnoredError
        found += kept
        total += len(value)
        counted = next((page[k] for k in ("odata.count", "@odata.count") if k in page), counted)
        link = page.get("odata.nextLink") or page.get("@odata.nextLink")
        url = next_page(url, link) if link else ""
        if url and three and "format=json" not in url:
            url += "&$format=json"
    if counted is not None and (number := whole_number(counted)) is None:
        raise WebError("De dienst zegt hoeveel rijen er zijn, maar dat is geen getal.")
    if counted is not None and total < number:
        raise WebError(f"Er kwamen {total} van de {number} rijen binnen.")
    return found


def _records(value) -> list[dict]:
    """Return the rows of a page; `WebError` for anything else."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise WebError("Het antwoord is geen tabel.")
    return value


# One gemeente


@dataclass(frozen=True)
class Regions:
    """The regions of one gemeente and the country in one table.

    Attributes
    ----------
    names : dict of str to str
        Name by code.
    keys : tuple of str
        Codes exactly as the service writes them, with their padding.
    """

    gemeente: str
    names: dict[str, str]
    keys: tuple[str, ...]


def all_regions(pages: Pages, base: str, version: int) -> list[tuple[str, str]]:
    """Return key and name of all regions of a table.

    The whole list, because what a filter leaves out cannot be seen.
    """
    if version == 3:
        url, key = f"{base}/WijkenEnBuurten", "Key"
    else:
        url, key = f"{base}/WijkenEnBuurtenCodes", "Identifier"
    found = [
        (str(row.get(key) or ""), clean(row.get("Title")))
        for row in rows(pages, address(url, version, select=f"{key},Title"))
    ]
    if not any(code.startswith("GM") for code, _ in found):
        raise WebError("De lijst met gebieden is leeg.")
    return found


def regions_of(found: list[tuple[str, str]], gemeente: str) -> Regions:
    """Return the regions of a gemeente, with the country; `AbsentError` when it is not there."""
    own = [(key, name) for key, name in found if _belongs(clean(key), gemeente)]
    names = {clean(key): name for key, name in own}
    if gemeente not in names:
        raise AbsentError(f"{gemeente} staat niet in de tabel van dat jaar.")
    return Regions(gemeente, names, tuple(key for key, _ in own))


def _belongs(code: str, gemeente: str) -> bool:
    return code.startswith("NL0") or (code[:2] in ("GM", "WK", "BU") and code[2:6] == gemeente[2:6])


def of_gemeente(
    pages: Pages,
    url: str,
    version: int,
    column: str,
    regions: Regions,
    needed: set[str],
    whole: bool = True,
) -> list[dict]:
    """Return the rows of a gemeente and the country.

    The question is put in three ways: by the start of the code, by whole keys with their
    padding (another width gives an empty list), and as a last resort without a filter.
    Whatever the service makes of it, only rows of this gemeente are returned.

    Parameters
    ----------
    needed : set of str
        Codes that must have a row.
    whole : bool
        Whether the national table may be fetched as a last resort; that of the police has
        fifteen million rows.
    """
    first: WebError | None = None

    def ours(row: dict) -> bool:
        if column not in row:
            raise WebError(f"In het antwoord ontbreekt {column}.")
        if any(isinstance(cell, list | dict) for cell in row.values()):
            raise WebError(NO_CELL)
        return _belongs(clean(row[column]), regions.gemeente)

    for addresses, strict in _ways(url, version, column, regions):
        if not (strict or whole):
            break
        try:
            found = [row for one in addresses for row in rows(pages, one, ours, strict)]
        except _IgnoredError:
            first = first or WebError("De dienst geeft ook andere gemeenten, hoe ik het ook vraag.")
            continue
        except WebError as error:
            if not error.answered:
                raise
            first = first or error
            continue
        lost = needed - {clean(row[column]) for row in found}
        if not lost:
            return found
        first = first or WebError(
            "Het antwoord is leeg, en dat hoort niet."
            if not found
            else f"In het antwoord ontbreken {len(lost)} gebieden, zoals {min(lost)}."
        )
    raise first or WebError("Het antwoord gaat niet over deze gemeente.")


def _ways(url: str, version: int, column: str, regions: Regions) -> Iterator[tuple[list, bool]]:
    digits = regions.gemeente[2:6]
    starts = [f"{kind}{digits}" for kind in ("GM", "WK", "BU")] + ["NL0"]
    where = " or ".join(f"startswith({column},'{start}')" for start in starts)
    yield [address(url, version, where)], True
    batches = [
        regions.keys[start : start + KEYS_AT_ONCE]
        for start in range(0, len(regions.keys), KEYS_AT_ONCE)
    ]
    yield (
        [
            address(url, version, " or ".join(f"{column} eq '{key}'" for key in keys))
            for keys in batches
        ],
        True,
    )
    yield [address(url, version)], False


def region_column(pages: Pages, base: str) -> str:
    """Return the name of the column with regions of a version 3 table."""
    keys = {clean(row.get("Key")) for row in rows(pages, address(f"{base}/DataProperties", 3))}
    for name in ("WijkenEnBuurten", "RegioS"):
        if name in keys:
            return name
    raise WebError("In de tabel vind ik geen kolom met gebieden.")


def whole_years(pages: Pages, base: str) -> set[int]:
    """Return the years of which a version 3 table has figures over the whole year."""
    keys = [clean(row.get("Key")) for row in rows(pages, address(f"{base}/Perioden", 3))]
    found = {int(key[:4]) for key in keys if re.fullmatch(r"\d{4}JJ00", key, re.ASCII)}
    if not found:
        raise WebError("De tabel zegt niet over welke jaren de cijfers gaan.")
    return found


def whole_reply(pages: Pages, base: str, gemeente: str) -> tuple[bytes, set[str]]:
    """Return all of a gemeente in a version 3 table as one reply, and the codes without rows."""
    column = region_column(pages, base)
    listed = _keys(pages, base, column)
    regions = regions_of(listed, gemeente)
    url = f"{base}/TypedDataSet"
    found = of_gemeente(pages, url, 3, column, regions, {gemeente}, whole=False)
    _all_counted(pages, url, column, regions, len(found))
    absent = set(regions.names) - {clean(row[column]) for row in found}
    reply = {"odata.metadata": f"{base}/$metadata#Cbs.OData.WebAPI.TypedDataSet", "value": found}
    text = json.dumps(reply, ensure_ascii=False, separators=(",", ":"))
    return text.encode(), {code for code in absent if not code.startswith("NL")}


def _keys(pages: Pages, base: str, column: str) -> list[tuple[str, str]]:
    if column == "WijkenEnBuurten":
        return all_regions(pages, base, 3)
    found = rows(pages, address(f"{base}/{column}", 3, select="Key,Title"))
    return [(str(row.get("Key") or ""), clean(row.get("Title"))) for row in found]


def _all_counted(pages: Pages, url: str, column: str, regions: Regions, found: int) -> None:
    """Compare with the number that the service counts, where it counts at all."""
    (one,), _ = next(_ways(url, 3, column, regions))
    where = one.partition("?")[2].removesuffix("&$format=json")
    counted = pages.client.count(f"{url}/$count?{where}")
    # A service that counts the whole table did not look at the question.
    if counted and counted > found and counted != pages.client.count(f"{url}/$count"):
        raise WebError(f"Er kwamen {found} van de {counted} rijen binnen.")


# Kerncijfers


def kerncijfers_v3(pages: Pages, base: str, year: int, gemeente: str) -> Kerncijfers:
    """Fetch key figures by version 3, which also says whether a region changed."""
    _check_title(rows(pages, address(f"{base}/TableInfos", 3)), base, year)
    regions = regions_of(all_regions(pages, base, 3), gemeente)
    topics = _topics(
        rows(pages, address(f"{base}/DataProperties", 3)), "ID", "ParentID", "Key", "Topic"
    )
    names, lost = _short_names({key: (key, titles, unit) for key, titles, unit in topics})
    found = of_gemeente(
        pages, f"{base}/TypedDataSet", 3, "WijkenEnBuurten", regions, set(regions.names)
    )
    wide = {}
    for row in found:
        code = clean(row["WijkenEnBuurten"])
        if code in wide:
            raise WebError(f"In het antwoord staat {code} twee keer.")
        figures = {names[key]: _text(cell) for key, cell in row.items() if key in names}
        if figures.get("gwb_code", code) != code:
            raise WebError(f"In één rij staan {code} en {figures['gwb_code']}.")
        wide[code] = figures
    return Kerncijfers(_rows(wide, regions), tuple(_unused(lost)))


def kerncijfers_v4(pages: Pages, base: str, year: int, gemeente: str) -> Kerncijfers:
    """Fetch key figures by version 4: a row per figure, made wide by `MeasureCodes`."""
    about = pages.json(f"{base}/Properties")
    _check_title(_records(about.get("value", [about])), base, year)
    regions = regions_of(all_regions(pages, base, 4), gemeente)
    groups = rows(pages, f"{base}/MeasureGroups")
    parents = _parents(groups, "Id", "ParentId")
    topics = {}
    for row in rows(pages, f"{base}/MeasureCodes"):
        code = clean(row.get("Identifier"))
        titles = _path(clean(row.get("MeasureGroupId")), parents) + [clean(row.get("Title"))]
        topics[code] = (code, titles, clean(row.get("Unit")))
    names, lost = _short_names(topics)
    found = of_gemeente(
        pages, f"{base}/Observations", 4, "WijkenEnBuurten", regions, set(regions.names)
    )
    wide: dict[str, dict[str, str]] = {}
    for row in found:
        measure = clean(row.get("Measure"))
        if measure not in topics:
            raise WebError(f"In het antwoord staat {measure}, en dat kent de tabel niet.")
        figures = wide.setdefault(clean(row["WijkenEnBuurten"]), {})
        if (name := names.get(measure)) is None:
            continue
        if name in figures:
            raise WebError(f"In het antwoord staat {measure} twee keer voor één gebied.")
        text = row.get("StringValue")
        figures[name] = _text(row.get("Value") if text is None else text)
    return Kerncijfers(_rows(wide, regions), tuple(_unused(lost)))


def _check_title(about: list[dict], base: str, year: int) -> None:
    """Refuse a table that is about something or some year else than our list says."""
    title = clean(about[0].get("Title")) if about else ""
    number = base.rpartition("/")[2]
    if kwb.TITLE.casefold() not in title.casefold() or year_in(title) != year:
        raise WebError(
            f"Tabel {number} heet “{title[:80]}”. Dat zijn niet de kerncijfers van {year}."
        )


def _topics(properties: list[dict], own: str, parent: str, key: str, kind: str):
    """Yield key, titles from the outermost group, and unit of every topic."""
    parents = _parents(properties, own, parent)
    for row in properties:
        if clean(row.get(key)) and str(row.get("odata.type", kind)).endswith(kind):
            titles = _path(clean(row.get(parent)), parents) + [clean(row.get("Title"))]
            yield clean(row[key]), titles, clean(row.get("Unit"))


def _parents(groups: list[dict], own: str, parent: str) -> dict[str, tuple[str, str]]:
    """Return title and parent by the key of a group; a group at the top has an empty parent."""
    return {
        key: (clean(row.get("Title")), clean(row.get(parent)))
        for row in groups
        if (key := clean(row.get(own)))
    }


def _path(group: str, parents: dict[str, tuple[str, str]]) -> list[str]:
    titles: list[str] = []
    while group in parents and len(titles) < 10:
        title, group = parents[group]
        titles.insert(0, title)
    return titles


@cache
def _measures() -> dict[str, str]:
    lines = MEASURES.read_text(encoding="utf-8").split("\n")
    return {code: short for short, _, code in (line.partition(": ") for line in lines) if code}


def _short_names(topics: dict) -> tuple[dict[str, str], list[str]]:
    """Return the short name by key, and the titles of what is not known or in doubt."""
    names: dict[str, str] = {}
    for key, (code, titles, unit) in topics.items():
        by_title = kwb.short_name(titles, unit)
        by_code = _measures().get(code)
        if by_code and not kwb.fits_unit(by_code, unit):
            by_code = None
        if by_title is None or by_code in (None, by_title):
            names[key] = by_title or by_code or ""
    claimed = [name for name in names.values() if name]
    names = {key: name for key, name in names.items() if name and claimed.count(name) == 1}
    lost = [
        f"{titles[-1]} ({unit})" for key, (_, titles, unit) in topics.items() if key not in names
    ]
    return names, lost


def _unused(titles: list[str]) -> list[str]:
    if not titles:
        return []
    return ["Deze cijfers ken ik niet en gebruik ik niet: " + "; ".join(titles) + "."]


def _rows(wide: dict[str, dict[str, str]], regions: Regions) -> list[dict[str, str]]:
    """Return complete rows in the order of the codes."""
    made = []
    if strange := set(wide) - set(regions.names):
        raise WebError(
            f"In het antwoord staat {min(strange)}, en dat staat niet in de lijst met gebieden."
        )
    for code in sorted(wide, key=lambda code: (code[:2] != "NL", code[2:6], code[6:])):
        town = code if code.startswith("NL") else regions.gemeente
        about = {
            "gwb_code": code,
            "regio": regions.names[code],
            "gm_naam": regions.names.get(town, ""),
            "recs": kwb.RECS[level_of(code)],
            "ind_wbi": wide[code].get("ind_wbi", "."),
        }
        made.append(about | {n: cell for n, cell in wide[code].items() if n not in ABOUT})
    return made


def _text(cell) -> str:
    """Return a cell of JSON as text; missing becomes the point that CBS writes."""
    if isinstance(cell, bool):
        raise WebError(NO_CELL)
    return clean(cell) or "."
