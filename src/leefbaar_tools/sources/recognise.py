"""Which source a downloaded file is of, told from its first bytes; and what is wrong with it.

Everything that would make reading dangerous or useless is looked at first: size, what a zip
file unpacks to, a password, a web page instead of a table, a file that is cut off.
"""

import csv
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import ModuleType

from ..areas import AreaError
from .tables import MAX_BYTES, OLE, Head, SourceError, Table

# A national workbook unpacks to about 100 MB, some fifteen times its size.
MAX_UNPACKED = 1_000_000_000
MAX_RATIO = 100
SMALL_UNPACKED = 20_000_000
MAX_MEMBERS = 10_000
# A zip of tables is not read itself, only some of its files, each of at most `MAX_BYTES`.
MAX_ZIP = 1_000_000_000
TAIL = 65_536

EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb")
TEXT = (".csv", ".txt", ".tsv")
JSON = (".json", ".geojson")
OTHERS = {
    b"%PDF": "een pdf",
    b"\x89PNG": "een plaatje",
    b"\xff\xd8\xff": "een foto",
    b"GIF8": "een plaatje",
    b"Rar!": "een ingepakte map (rar)",
    b"7z\xbc\xaf": "een ingepakte map (7z)",
    b"\x1f\x8b": "een ingepakt bestand (gz)",
}
MAPS = (".gpkg",)
# "Onbewerkte dataset" of StatLine: figures, and what belongs to them.
STATLINE = "Observations.csv"
STATLINE_PARTS = (
    *(STATLINE, "MeasureCodes.csv", "MeasureGroups.csv", "Properties.csv"),
    "WijkenEnBuurtenCodes.csv",
)
SCORES = re.compile(r"scores[ _](?:buurten|wijken|gemeenten)\b", re.IGNORECASE)
SQLITE = b"SQLite format 3"
CAN_READ = (
    "Ik herken Kerncijfers wijken en buurten van CBS, en de Leefbaarometer. Ook misdrijven van de "
    "politie, gezondheid van het RIVM, en grenzen. Eigen cijfers per complex? Gebruik dan het "
    "bestand van “leefbaar data template”."
)


def _modules() -> tuple[ModuleType, ...]:
    from . import gezondheid, grenzen, kwb, leefbaarometer, omnummer, politie, vakjes

    return kwb, leefbaarometer, vakjes, politie, gezondheid, grenzen, omnummer


def recognise(path) -> ModuleType:
    """Return the module of the source a file is of.

    Raises
    ------
    SourceError
        When it cannot be used, or no source or more than one knows it; the message is Dutch.
    """
    return _recognise(_head(path))


def is_known(head: Head) -> bool:
    """Whether a source knows a file by its head; nothing of what is wrong with it is looked at."""
    return bool(_knowing(head))


def check_packed(head: Head) -> None:
    """Refuse a zip file or workbook that would be dangerous or useless to unpack.

    Whoever calls `read_excel` without `recognise` asks this first.

    Raises
    ------
    SourceError
        When it becomes far too large, has a password, or is cut off.
    """
    if head.is_zip:
        _check_sizes(head, _members(head))
    elif head.data.startswith(OLE):
        _check_old_excel(head)


def read(path, progress=None) -> Table:
    """Recognise a file and read it.

    Raises
    ------
    SourceError
        Also for damage that a reader did not foresee, unless ``LEEFBAAR_STRICT`` is set.
    """
    head = _head(path)
    if head.is_zip and not head.is_excel:
        return _read_zip(head, progress)
    return _read(head, _recognise(head).read, progress)


def _read(head: Head, reader: Callable, progress) -> Table:
    try:
        return reader(head, progress)
    except AreaError:
        raise
    except Exception as error:
        if os.environ.get("LEEFBAAR_STRICT") == "1":
            raise
        raise SourceError(
            f"“{head.name}” kan ik niet lezen: er staat iets in wat ik niet ken. "
            "Download het opnieuw en gebruik het zoals het is."
        ) from error


def _read_zip(head: Head, progress) -> Table:
    """Read the tables in a zip file as it is downloaded, from a folder that is gone afterwards."""
    from . import leefbaarometer

    _refuse_wrong_name(head)
    members = _members(head)
    wanted, main = _wanted(members, head)
    _check_sizes(head, wanted)
    with tempfile.TemporaryDirectory(prefix="leefbaar-") as folder:
        # The name of the zip often says what its files do not: the year, the edition.
        place = Path(folder) / head.path.stem
        place.mkdir()
        paths = _unpack(head, wanted, place)
        tables = [read(paths[member.filename], progress) for member in main]
    if len(tables) == 1:
        return _with_note(tables[0], members, main[0])
    return _read(head, lambda *_: leefbaarometer.together(tables), progress)


def _with_note(table: Table, members: list, read: zipfile.ZipInfo) -> Table:
    """Say so when of several maps in a zip only that of the squares was read."""
    maps = [member for member in members if member.filename.lower().endswith(MAPS)]
    if read not in maps or len(maps) == 1:
        return table
    note = f"Uit de zip is alleen “{PurePosixPath(read.filename).name}” gelezen."
    return replace(table, notes=(*table.notes, note))


def _wanted(members: list, head: Head) -> tuple[list, list]:
    """Return which files to unpack, and which of those to read."""
    from .vakjes import is_named_as_map

    known = (*TEXT, *JSON, *EXCEL, *MAPS)
    tables = [
        member
        for member in members
        if PurePosixPath(member.filename).suffix.lower() in known
        and not member.filename.startswith("__MACOSX")
    ]
    by_name = {PurePosixPath(member.filename).name: member for member in tables}
    if STATLINE in by_name:
        return [by_name[n] for n in STATLINE_PARTS if n in by_name], [by_name[STATLINE]]
    scores: dict[str, zipfile.ZipInfo] = {}
    for name, member in sorted(by_name.items(), reverse=True):  # a .csv goes before its .xlsx
        if found := SCORES.search(name):
            scores[found[0].lower()] = member
    if scores:
        return list(scores.values()), list(scores.values())
    maps = [member for member in tables if member.filename.lower().endswith(MAPS)]
    # In the zip with geometry the map of the squares is the one that cannot be had elsewhere.
    for some in (maps, [m for m in maps if is_named_as_map(m.filename)], tables):
        if len(some) == 1:
            return some, some
    raise SourceError(
        f"“{head.name}” is een ingepakte map met {len(tables) or 'geen'} tabellen. Pak hem uit en "
        f"kies dan de bestanden. {CAN_READ}"
    )


def _unpack(head: Head, members: list, folder: Path) -> dict[str, Path]:
    paths = {}
    try:
        with zipfile.ZipFile(head.path) as file:
            for member in members:
                # Only the last part of the name: it never leads out of this folder.
                path = folder / PurePosixPath(member.filename.replace("\\", "/")).name
                with file.open(member) as packed, path.open("wb") as out:
                    shutil.copyfileobj(packed, out)
                paths[member.filename] = path
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError) as error:
        raise _again(head, "is beschadigd.") from error
    except OSError as error:
        raise SourceError(
            f"“{head.name}” kan ik niet uitpakken. Kijk of er genoeg ruimte is op de schijf."
        ) from error
    return paths


def _head(path) -> Head:
    head = Head(path)
    if not head.size:
        raise SourceError(f"“{head.name}” is leeg. Download het opnieuw.")
    from . import leefbaarometer, vakjes

    most = MAX_ZIP if head.is_zip and not head.is_excel else MAX_BYTES
    if head.size > most and vakjes.recognises(head):
        most = vakjes.MAX_GRID
    if head.size > most:
        leefbaarometer.is_too_fine(head)
        raise SourceError(
            f"“{head.name}” is groter dan {most // 1_000_000} MB. Zo groot is geen van de "
            "bestanden die ik ken. Kijk of het wel het goede bestand is."
        )
    return head


def _recognise(head: Head) -> ModuleType:
    _refuse_other_kinds(head)
    _refuse_wrong_name(head)
    check_packed(head)
    if not _is_binary(head):
        _check_end(head)
    found = _knowing(head)
    if len(found) == 1:
        return found[0]
    if found:
        names = " of ".join(module.NAME for module in found)
        raise SourceError(f"Van “{head.name}” kan ik niet zien wat het is: {names}. {CAN_READ}")
    raise SourceError(_why_unknown(head))


def _knowing(head: Head) -> list[ModuleType]:
    return [module for module in _modules() if module.recognises(head)]


def _again(head: Head, what: str) -> SourceError:
    return SourceError(f"“{head.name}” {what} Het downloaden is mislukt: doe het opnieuw.")


def _refuse_other_kinds(head: Head) -> None:
    start = head.text.lstrip("\ufeff \t\r\n")[:300].lower()
    if head.is_html or start.startswith("<!doctype html"):
        raise _again(head, "is een webpagina en geen tabel.")
    if start.startswith(("<?xml", "<ows:", "<serviceexception", "<error")):
        what = "een foutmelding van de website" if "exception" in start else "XML, geen tabel"
        raise _again(head, f"is {what}.")
    for magic, what in OTHERS.items():
        if head.data.startswith(magic):
            raise SourceError(f"“{head.name}” is {what}. Dat lees ik niet. {CAN_READ}")
    if head.data.startswith(b"PK") and not head.is_zip:
        raise _again(head, "is een lege of afgebroken zip.")


def _is_binary(head: Head) -> bool:
    return b"\0" in head.data and head.encoding != "utf-16"


def _refuse_wrong_name(head: Head) -> None:
    """Refuse a file that is not what its name says: reading it could go wrong unseen."""
    ending = head.path.suffix.lower()
    old = head.data.startswith(OLE)
    if head.is_zip and head.is_excel:
        really, fits = "een Excelbestand (.xlsx)", (".xlsx", ".xlsm", ".xlsb")
    elif old:
        # A workbook with a password lies in an envelope of the old kind, whatever its name.
        really, fits = "een oud Excelbestand (.xls)", EXCEL
    elif head.is_zip:
        really, fits = "een ingepakte map (.zip)", (".zip",)
    elif head.data.startswith(SQLITE):
        really, fits = "een GeoPackage", MAPS
    elif _is_binary(head):
        really, fits = "geen tekst en geen tabel", ()
    elif head.is_json:
        really, fits = "JSON", JSON
    else:
        really, fits = "gewone tekst", ("", *TEXT)
    named = {*EXCEL, *TEXT, *JSON, *MAPS, ".zip"}
    if ending in named and ending not in fits:
        rename = next(filter(None, fits), "")
        hint = f", of geef het een naam die eindigt op {rename}" if rename else ""
        raise SourceError(
            f"“{head.name}” is niet wat de naam zegt: het is {really}. Download het opnieuw{hint}."
        )


def _members(head: Head) -> list:
    """Return what a zip file says of itself, before anything of it is unpacked."""
    try:
        with zipfile.ZipFile(head.path) as file:
            return [member for member in file.infolist() if not member.is_dir()]
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _again(head, "is niet heel: het einde ontbreekt.") from error


def _check_sizes(head: Head, members: list) -> None:
    """Refuse files in a zip that have a password, or become far too large."""
    from .vakjes import is_named_as_map

    if any(member.flag_bits & 1 for member in members):
        raise _password(head)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    ratio = max((m.file_size / max(m.compress_size, 1) for m in members), default=0)
    others = [m.file_size for m in members if not is_named_as_map(m.filename)]
    largest = max(others, default=0)
    # Parts that share the same bytes are together larger than the file they lie in.
    if (
        unpacked > MAX_UNPACKED
        or len(members) > MAX_MEMBERS
        or packed > head.size
        or (unpacked > SMALL_UNPACKED and ratio > MAX_RATIO)
        or (largest > MAX_BYTES and not head.is_excel)
    ):
        raise SourceError(
            f"“{head.name}” wordt bij het uitpakken veel te groot. Dat is geen gewone tabel en ik "
            "pak het niet uit. Download het opnieuw bij de bron. Is het je eigen bestand? Sla het "
            "dan op als CSV."
        )


def _password(head: Head) -> SourceError:
    return SourceError(
        f"“{head.name}” is beveiligd met een wachtwoord. Open het en sla het op zonder "
        "wachtwoord, of download het opnieuw."
    )


def _check_old_excel(head: Head) -> None:
    """Find a password in an .xls, or in the envelope around a protected .xlsx."""
    data = head.path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _password(head)
    # The stream with the workbook starts on a sector, with BOF; a password is announced in one
    # of the next few records.
    at = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    while at >= 0 and at % 64:
        at = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00", at + 1)
    for _ in range(4 if at >= 0 else 0):
        kind, length = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (0, 2))
        if kind == 0x2F:
            raise _password(head)
        at += 4 + length
    # The header counts the sectors with the list of sectors; each lists a whole range.
    shift = int.from_bytes(data[30:32], "little")
    lists = int.from_bytes(data[44:48], "little")
    if (
        len(data) < 512
        or shift not in (9, 12)
        or (lists - 1) * (2**shift // 4) * 2**shift > len(data)
    ):
        raise _again(head, "is niet heel: het einde ontbreekt.")


def _check_end(head: Head) -> None:
    """Refuse text that stops in the middle: the last number could be cut and still look well."""
    with head.path.open("rb") as file:
        file.seek(max(0, head.size - TAIL))
        raw = file.read()
    if head.encoding == "utf-16":
        return
    tail = raw.rstrip(b" \t\r\n\x1a")
    if not tail:
        raise SourceError(f"“{head.name}” is leeg. Download het opnieuw.")
    if tail.endswith(b"\0"):
        raise _again(head, "is niet heel: het einde is leeg.")
    if head.is_json:
        if not tail.endswith((b"}", b"]")):
            raise _again(head, "is niet heel: het einde ontbreekt.")
        return
    last = tail[tail.rfind(b"\n") + 1 :]
    # StatLine's own last line says that the file is whole. A file of one line has no rows; what
    # it is will be said elsewhere.
    ended = raw.endswith((b"\n", b"\r")) or last.endswith(b'"') or last.startswith(b"Bron:")
    if not ended and b"\n" in tail:
        raise _again(head, "is niet heel: de laatste regel is niet af.")


def _first_row(head: Head) -> list[str]:
    """Return the names of the columns, as far as they can be found; only for a message."""
    if not head.is_excel:
        line = next(iter(head.lines(1)), "")
        return next(csv.reader([line], delimiter=";" if ";" in line else ","), [])
    try:
        from python_calamine import CalamineWorkbook

        with CalamineWorkbook.from_path(str(head.path)) as book:
            sheet = book.get_sheet_by_index(0)
            return [str(cell) for cell in next(sheet.iter_rows(), [])]
    except Exception:
        return []


def _why_unknown(head: Head) -> str:
    if _is_binary(head) and not head.is_zip and not head.is_excel:
        return f"“{head.name}” is geen tabel en geen tekst. {CAN_READ}"
    if head.is_zip and not head.is_excel:
        return f"“{head.name}” is een ingepakte map. Pak hem uit en kies dan de bestanden."
    names = {re.sub(r"\s+", "", name).upper() for name in _first_row(head)}
    if not head.is_json and {"AANT_INW"} <= names and names & {"BU_CODE", "GM_CODE", "GWB_CODE"}:
        return (
            f"“{head.name}” heeft de indeling van 2012 of ouder. Die lees ik niet: de cijfers zijn "
            "niet te vergelijken met latere. Neem een bestand van 2013 of later."
        )
    return f"“{head.name}” ken ik niet. {CAN_READ}"
