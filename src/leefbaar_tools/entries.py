"""What the manifest of the store says of one file, and how files are written and told about."""

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from .dutch import join_words
from .sources.tables import SourceError, Table

FORMAT = 1
READERS = 4  # files that are opened at a time
INDEX = b"leefbaar"  # the key in the foot of a Parquet file under which we say what is where


@dataclass(frozen=True)
class Entry:
    """What the manifest says of one source and year, in one edition and division.

    Files of two gemeenten can be of two editions; then a year has an entry for each, and a
    gemeente is in one of them.

    ``files`` are the files it was put together from, each with ``name, sha256, rows, years, date``
    and ``current``: whether all its rows are still as they came.
    """

    source: str
    year: int
    publisher: str
    title: str
    licence: str
    modelled: bool
    edition: str
    division: int | None
    rows: int
    parquet: str
    files: tuple[dict, ...]
    notes: tuple[str, ...]

    def holds(self, sha256: str) -> bool:
        """Whether a file is in here already, and nothing came over it since."""
        return any(file["sha256"] == sha256 and file["current"] for file in self.files)


@lru_cache(8)
def read_manifest(text: str) -> tuple[Entry, ...] | None:
    """Return what a manifest says; None when it is of another version.

    Every question to a store begins with it, so the same text is read once.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is damaged.
    """
    known = json.loads(text)
    number, tables = known["format"], known["tables"]
    if number != FORMAT:
        return None
    names = {field.name for field in fields(Entry)}
    entries = [Entry(**{name: row[name] for name in names}) for row in tables]
    if not all(map(_is_sound, entries)):
        raise ValueError("a value of another kind")
    return tuple(replace(e, files=tuple(e.files), notes=tuple(e.notes)) for e in entries)


def _is_sound(entry: Entry) -> bool:
    """Whether the manifest has numbers and words where they belong; people do open it."""
    texts = (entry.source, entry.edition, entry.parquet, entry.title, entry.publisher)
    years = (entry.year, entry.rows, *(() if entry.source == "politie" else (entry.division,)))
    return all(isinstance(one, str) for one in texts) and all(type(one) is int for one in years)


def refuse_lost_years(table: Table, others: list[Entry]) -> None:
    """Refuse a new edition that lacks years of the entries of another edition."""
    lost = sorted({entry.year for entry in others} - set(table.years))
    if lost:
        raise SourceError(
            f"Van {table.title} staat hier editie {others[0].edition or 'onbekend'}; dit "
            f"bestand is editie {table.edition or 'onbekend'}. Elke editie rekent alle jaren "
            "opnieuw uit, dus die twee gaan niet samen. Neem een bestand van de nieuwe editie "
            f"met ook {join_words([str(year) for year in lost])}."
        )


def new_entry(table: Table, year: int, rows: int, record: dict) -> Entry:
    """Return the entry of one year of a file, not yet written."""
    return Entry(
        source=table.source,
        year=year,
        publisher=table.publisher,
        title=table.title,
        licence=table.licence,
        modelled=table.modelled,
        edition=table.edition,
        division=table.division.get(year),
        rows=rows,
        parquet="",
        files=(record,),
        notes=table.notes,
    )


def file_record(table: Table, rows: int, name: str, digest: str) -> dict:
    """Return what the manifest says of a file."""
    return {
        "name": name,
        "sha256": digest,
        "rows": rows,
        "years": list(table.years),
        "date": date.today().isoformat(),
        "current": True,
    }


def to_frame(tables: list) -> pd.DataFrame:
    """Put Arrow tables under each other; a column that one does not have is missing there."""
    import pyarrow as pa

    filled = [table for table in tables if len(table)] or tables[:1]
    return pa.concat_tables(filled, promote_options="permissive").to_pandas()


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"Het bestand “{path.name}” kan ik niet openen.") from error


def lost_file(entry: Entry) -> str:
    """Say that the file of an entry is gone or damaged, and which files to add again."""
    files = join_words([f"“{file['name']}”" for file in entry.files])
    return (
        f"Het bestand met {entry.title} {entry.year} is weg of beschadigd. Lees {files} opnieuw in "
        "met: leefbaar data import BESTAND"
    )


def damaged_store(name: str, folder: Path) -> str:
    """Say that the manifest, or a file nobody knows, is damaged."""
    return (
        f"In {folder} is {name} weg of beschadigd. Haal die map weg en lees de gedownloade "
        "bestanden opnieuw in."
    )


def cannot_write(folder: Path, error: OSError) -> str:
    """Say why nothing can be kept."""
    why = "De schijf is vol. Maak ruimte vrij." if error.errno == 28 else "Kies een andere map."
    return f"Ik kan niets bewaren in {folder}. {why} Wat er al stond, is niet veranderd."
