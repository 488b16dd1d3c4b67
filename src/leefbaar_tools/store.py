"""What was imported, kept on this computer: Parquet per source and year, and a manifest.

The manifest is what counts. An addition writes its Parquet files under new names first and then
replaces the manifest in one step, so that a crash at any moment leaves the store as it was.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import pandas as pd
from filelock import Timeout

from .dutch import format_date, format_number, join_words
from .entries import (
    FORMAT,
    INDEX,
    READERS,
    Entry,
    cannot_write,
    damaged_store,
    file_record,
    lost_file,
    new_entry,
    read_manifest,
    refuse_lost_years,
    sha256_of,
    to_frame,
)
from .files import BUSY, HALF, locked, replacing
from .joins import Joins
from .parquet import (
    LAND,
    VALUES,
    WIDE_KEYS,
    code_column,
    gemeente_of,
    gemeenten_of,
    keys_of,
    read_parquet,
    with_shapes,
    write_parquet,
)
from .sources import names as by_name
from .sources import omnummer, vakjes
from .sources.tables import SourceError, Table, check_unique
from .squares import Squares

T = TypeVar("T")

FOLDER = Path("~/leefbaar/gegevens")

# Every edition recalculates all years, so years of two editions do not belong together.
ONE_EDITION = ("leefbaarometer",)


class Store(Joins, Squares):
    """The figures on this computer.

    Parameters
    ----------
    folder : path
        Made when something is added.
    """

    def __init__(self, folder=FOLDER):
        self.folder = Path(folder).expanduser()

    # Writing

    def add(self, table: Table, path) -> list[str]:
        """Add what was read from a file.

        Parameters
        ----------
        table : Table
            One source, one or more years.
        path : path
            The file it was read from; only its name and its sha256 are kept.

        Returns
        -------
        list of str
            What happened, in Dutch.

        Raises
        ------
        SourceError
            When it cannot be added; then the store is as it was.
        """
        path = Path(path)
        if isinstance(table, vakjes.CellTable):
            return self._add_cells(table, path)
        named = by_name.is_named(table)
        if not named:
            _check_table(table)
        digest = sha256_of(path)
        with self._locked():
            # A table whose file is gone or damaged counts as never added: adding it again helps.
            every = self._all(table.source)
            known = [entry for entry in every if self._is_whole(entry)]
            if set(table.years) <= {e.year for e in known if e.holds(digest)}:
                return [f"{table.title}: “{path.name}” was er al. Er is niets veranderd."]
            written, said, told = [], [], []
            if named:
                table, told = self._with_codes(table, known, path.name)
                _check_table(table)
            self._check_edition(table, known)
            try:
                for year in table.years:
                    olds = [entry for entry in known if entry.year == year]
                    rows = int((table.frame["jaar"] == year).sum())
                    record = file_record(table, rows, path.name, digest)
                    entries, lines = self._add_year(table, year, olds, record, named)
                    written += entries
                    said += told or lines
                    said += _not_again(
                        [e for e in every if e.year == year and e not in known], digest
                    )
                years = {(entry.source, entry.year) for entry in written}
                kept = [e for e in self._entries() if (e.source, e.year) not in years]
                self._write_manifest([*kept, *written])
            except OSError as error:
                raise SourceError(cannot_write(self.folder, error)) from error
            finally:
                self._sweep()
        return said

    def known(self, path) -> str:
        """Say that a file was added before, so that it need not be read; empty when it was not.

        A file of which another one replaced some rows since is not known: adding it again helps.
        """
        try:
            digest = sha256_of(Path(path))
        except (OSError, SourceError):
            return ""  # reading it says what is wrong
        here = [entry for entry in self._entries() if entry.holds(digest)]
        if not here or not all(map(self._is_whole, here)):
            return ""
        records = [f for entry in here for f in entry.files if f["sha256"] == digest]
        if any(file.get("years") != sorted({entry.year for entry in here}) for file in records):
            return ""
        return f"{here[0].title}: “{Path(path).name}” was er al. Er is niets veranderd."

    def _with_codes(self, table: Table, known: list[Entry], name: str) -> tuple[Table, list[str]]:
        """Find the codes of Kerncijfers with names only, in those of the year that are here.

        They become part of the edition that is here: the same figures, and more of them.
        """
        (year,) = table.years
        olds = [entry for entry in known if entry.year == year]
        if not olds:
            raise by_name.no_kerncijfers(year, name)
        wanted = by_name.plain(by_name.gemeente_of(table))
        found = [
            (entry, code)
            for entry in olds
            for code, town in self._index(entry)["names"].items()
            if by_name.plain(town) == wanted
        ]
        if len(found) != 1:
            raise by_name.no_gemeente(table, name, len(found))
        ((entry, code),) = found
        here = to_frame([self._load(entry, (code, LAND))])
        coded, said = by_name.with_codes(table, here, name)
        return replace(coded, edition=entry.edition, division={year: entry.division}), said

    def _add_year(
        self, table: Table, year: int, olds: list[Entry], record: dict, named: bool = False
    ):
        """Write one year of a table; return all entries of that year, and what happened."""
        frame = table.frame[table.frame["jaar"] == year].reset_index(drop=True)
        entry = new_entry(table, year, len(frame), record)
        what = f"{table.title} {year}"
        own = gemeenten_of(frame, table.source)
        same = [old for old in olds if _belong_together(old, entry)][:1]
        others, replaced = [], []
        for old in (old for old in olds if old not in same):
            rest, lines = self._without(old, own, entry, frame)
            others += rest
            replaced += lines
        said = replaced or [f"{what}: {_rows(len(frame))} bewaard."]
        for old in same:
            entry, frame, lines = self._merged_with(old, entry, frame, named)
            said = [*replaced, *lines]
        return [*others, self._written(entry, frame, olds)], said

    def _merged_with(self, old: Entry, entry: Entry, frame: pd.DataFrame, named: bool):
        """Put rows of the same edition together.

        What got its codes by name only fills what was missing, so the rows of the other files are
        still as they came.
        """
        (record,) = entry.files
        before = with_shapes(to_frame([self._load(old)]))
        merged, changed = _merged(before, frame, entry.source)
        changed = 0 if named else changed
        files = tuple(
            file | {"current": file["current"] and not changed}
            for file in old.files
            if file["sha256"] != record["sha256"]
        )
        what = f"{entry.title} {entry.year}"
        said = [
            f"{what}: aangevuld, van {_rows(len(before))} naar {_rows(len(merged))}."
            if len(merged) > len(before)
            else f"{what}: {_rows(len(frame))} waren er al."
        ]
        if changed:
            name = record["name"]
            said.append(f"Let op: in {what} zijn {_rows(changed)} vervangen door die uit “{name}”.")
        entry = replace(
            entry,
            edition=_both(old.edition, entry.edition),
            files=(*files, record),
            rows=len(merged),
            notes=tuple(dict.fromkeys((*old.notes, *entry.notes))),
        )
        return entry, merged, said

    def _without(self, old: Entry, gone: set[str], new: Entry, frame: pd.DataFrame):
        """Take gemeenten of which there is another edition now out of an entry.

        Returns
        -------
        list of Entry
            What is left of it; none when that is only the country.
        list of str
            What was replaced, in Dutch.
        """
        if not gone & self._gemeenten_in(old) and gemeenten_of(frame, new.source):
            return [old], []
        before = with_shapes(to_frame([self._load(old)]))
        inside = gemeente_of(before[code_column(old.source)])
        out = inside.isin(gone) if gone else inside.eq(LAND) | inside.eq("")
        lines = _replaced(f"{new.title} {new.year}", old, new, before[out], frame)
        rest = before[~out].reset_index(drop=True)
        if not gemeenten_of(rest, old.source):
            return [], lines
        files = tuple(file | {"current": False} for file in old.files)
        return [self._written(replace(old, rows=len(rest), files=files), rest, [old])], lines

    def _written(self, entry: Entry, frame: pd.DataFrame, olds: list[Entry]) -> Entry:
        # The same first file can come back after another: never write over what is in use.
        parts = [*sorted(file["sha256"] for file in entry.files), *(old.parquet for old in olds)]
        mark = hashlib.sha256("+".join(parts).encode()).hexdigest()[:12]
        entry = replace(entry, parquet=f"{entry.source}-{entry.year}-{mark}.parquet")
        with replacing(self._path(entry)) as part:
            write_parquet(frame, part, code_column(entry.source))
        return entry

    def _check_edition(self, table: Table, known: list[Entry]) -> None:
        """Refuse years of a second edition where an edition recalculates all years."""
        if table.source not in ONE_EDITION:
            return
        own = gemeenten_of(table.frame, table.source)
        refuse_lost_years(
            table,
            [
                entry
                for entry in known
                if entry.edition != table.edition and own & self._gemeenten_in(entry)
            ],
        )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with locked(self.folder):
                yield
        except Timeout as error:
            raise SourceError(BUSY) from error
        except OSError as error:
            raise SourceError(cannot_write(self.folder, error)) from error

    def _write_manifest(self, entries: list[Entry]) -> None:
        entries = sorted(entries, key=lambda entry: (entry.source, entry.year))
        text = json.dumps(
            {"format": FORMAT, "tables": [asdict(entry) for entry in entries]},
            ensure_ascii=False,
            indent=1,
        )
        with replacing(self._manifest) as part:
            part.write_text(text + "\n", encoding="utf-8")

    def _sweep(self) -> None:
        """Remove what a replaced edition or a crash left behind; a file in use may stay."""
        with contextlib.suppress(SourceError, OSError):
            used = {entry.parquet for entry in self._entries()}
            for path in self.folder.iterdir():
                if path.suffix == HALF or (path.suffix == ".parquet" and path.name not in used):
                    with contextlib.suppress(OSError):
                        path.unlink()

    # Reading

    @property
    def _manifest(self) -> Path:
        return self.folder / "manifest.json"

    def _entries(self) -> list[Entry]:
        try:
            text = self._manifest.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(damaged_store(self._manifest.name, self.folder)) from error
        try:
            entries = read_manifest(text)
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(damaged_store(self._manifest.name, self.folder)) from error
        if entries is not None:
            return list(entries)
        raise SourceError(
            f"De gegevens in {self.folder} zijn van een andere versie van dit programma. Werk het "
            "programma bij, of haal de map weg en lees de bestanden opnieuw in."
        )

    def _all(self, source: str) -> list[Entry]:
        return [entry for entry in self._entries() if entry.source == source]

    def _path(self, entry: Entry) -> Path:
        return self.folder / entry.parquet

    def has(self, source: str, year: int | None = None) -> bool:
        """Whether there are figures of a source, or of one year of it."""
        return any(year in (None, entry.year) for entry in self._all(source))

    def years(self, source: str) -> list[int]:
        """Years of a source that are here, ascending."""
        return list(dict.fromkeys(entry.year for entry in self._all(source)))

    def editions(self, source: str, gemeente: str) -> set[str]:
        """Editions in which a gemeente has rows of a source; of files that are whole."""
        whole = filter(self._is_whole, self._all(source))
        return {entry.edition for entry in whole if gemeente in self._gemeenten_in(entry)}

    def read(
        self, source: str, year: int | None = None, gemeente: str | None = None
    ) -> pd.DataFrame:
        """Read what is stored of a source.

        Parameters
        ----------
        year : int, optional
            Without it all years.
        gemeente : str, optional
            Code of a gemeente: only its own rows and those of its wijken and buurten. Without it
            all rows.

        Raises
        ------
        SourceError
            When the source or the year is not here.
        """
        wanted = None if gemeente is None else (gemeente,)
        return with_shapes(self._calmly(lambda: self._read(source, year, wanted)))

    def _read(
        self,
        source: str,
        year: int | None,
        gemeenten: tuple | None,
        columns: set | None = None,
    ) -> pd.DataFrame:
        entries = self._all(source) if gemeenten is None else self._of(source, *gemeenten)
        entries = [entry for entry in entries if year in (None, entry.year)]
        if not entries:
            about = f" over {year}" if year else ""
            raise SourceError(
                f"Er zijn nog geen gegevens van “{source}”{about}. Download ze en lees ze in met: "
                "leefbaar data import BESTAND"
            )
        return self._rows(entries, gemeenten, columns)

    def _rows(
        self,
        entries: list[Entry],
        gemeenten: tuple | None = None,
        columns: set | None = None,
        only: dict[str, set] | None = None,
    ) -> pd.DataFrame:
        """Return what some entries of one source have, under each other."""
        # Opening is most of the work, so several files are opened at a time.
        with ThreadPoolExecutor(READERS) as pool:
            tables = pool.map(lambda e: self._load(e, gemeenten, columns, only), entries)
            frame = to_frame(list(tables))
        if len(entries) > len({entry.year for entry in entries}):
            # The country is in each; the newest holds.
            frame = frame.drop_duplicates(keys_of(entries[0].source, frame), keep="last")
        return frame.reset_index(drop=True)

    def _calmly(self, work: Callable[[], T]) -> T:
        """Do work that reads, once more when a file was replaced since the manifest was read."""
        try:
            try:
                return work()
            except FileNotFoundError:
                return work()
        except FileNotFoundError as error:  # gone for good
            name = Path(error.filename).name
            entry = next((one for one in self._entries() if one.parquet == name), None)
            raise SourceError(
                lost_file(entry) if entry else damaged_store(name, self.folder)
            ) from error

    def _of(self, source: str, *gemeenten: str) -> list[Entry]:
        """Return per year the entries with these gemeenten; the newest when they are in none."""
        years: dict[int, list[Entry]] = {}
        for entry in self._all(source):
            years.setdefault(entry.year, []).append(entry)
        found, wanted = [], {*gemeenten} - {LAND}
        for some in years.values():
            own = [e for e in some if len(some) > 1 and wanted & self._gemeenten_in(e)]
            found += own or some[-1:]
        return found

    def _is_whole(self, entry: Entry) -> bool:
        """Whether the file of an entry is there, and its foot, which is written last, is whole."""
        try:
            self._index(entry)
        except (OSError, SourceError):
            return False
        return True

    def _gemeenten_in(self, entry: Entry) -> set[str]:
        """Return the gemeenten of which an entry has rows; reads only the foot of its file."""
        return set(self._index(entry)["groups"]) - {LAND, ""}

    def _index(self, entry: Entry) -> dict:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return json.loads(pq.read_schema(self._path(entry)).metadata[INDEX])
        except FileNotFoundError as error:
            error.filename = str(self._path(entry))
            raise
        except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
            raise SourceError(lost_file(entry)) from error

    def _load(
        self,
        entry: Entry,
        gemeenten: tuple | None = None,
        columns: set | None = None,
        only: dict[str, set] | None = None,
    ):
        """Read one Arrow table: of some gemeenten, some columns, rows with `only` these texts."""
        import pyarrow as pa

        code = code_column(entry.source)
        try:
            return read_parquet(self._path(entry), code, gemeenten, columns, only)
        except FileNotFoundError as error:
            error.filename = str(self._path(entry))
            raise
        except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
            raise SourceError(lost_file(entry)) from error

    def gemeenten(self) -> pd.DataFrame:
        """Gemeenten an area can be made of: ``code, name``, in the order of their names."""
        names: dict[str, str] = {}
        for found in self._calmly(lambda: [self._index(e)["names"] for e in self._all("kwb")]):
            names |= {code: name or names.get(code, code) for code, name in found.items()}
        table = pd.DataFrame(sorted(names.items()), columns=["code", "name"], dtype=str)
        # CBS sorts 's-Gravenhage under the g.
        order = table["name"].str.lstrip("'’").str.casefold()
        return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)

    def names(self) -> pd.DataFrame:
        """Names to search in: ``name, level`` by ``code``, of every gemeente in its newest year."""
        return self._calmly(self._names)

    def _names(self) -> pd.DataFrame:
        parts, known = [], set()
        for entry in reversed(self._all("kwb")):
            rows = self._load(entry, columns={"gwb_code", "regio", "recs"}).to_pandas()
            own = gemeente_of(rows["gwb_code"])
            parts.append(rows[~own.isin({*known, "", LAND})])
            known |= set(own)
        columns = {"gwb_code": "code", "regio": "name", "recs": "level"}
        if not parts:
            return pd.DataFrame(columns=list(columns.values()), dtype=str).set_index("code")
        names = pd.concat(parts, ignore_index=True).rename(columns=columns).set_index("code")
        return names.assign(level=names["level"].str.lower())[["name", "level"]]

    def stamp(self) -> tuple[int, int] | None:
        """Change with everything that is added; None when there is nothing."""
        try:
            about = self._manifest.stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_size

    def status(self) -> list[str]:
        """What is here, in Dutch, line by line."""
        entries = self._entries()
        if not entries:
            return [
                f"In {self.folder} staan nog geen gegevens.",
                "Lees gedownloade bestanden in met: leefbaar data import BESTAND",
            ]
        lines = [f"Gegevens in {self.folder}:"]
        for source in dict.fromkeys(entry.source for entry in entries):
            if source in (vakjes.NAME, vakjes.PLACES) or omnummer.is_of(source):
                continue
            own = [entry for entry in entries if entry.source == source]
            first = own[-1]
            model = ", schattingen met een rekenmodel" if first.modelled else ""
            lines.append(f"{first.title} ({first.publisher}, {first.licence}){model}")
            for entry in own:
                lines += _describe(entry)
                if not self._is_whole(entry):
                    lines.append(f"    Let op: {lost_file(entry)}")
        return lines + self.concordances_status() + self.cells_status()


# Tables


def _check_table(table: Table) -> None:
    """Refuse a table that would be stored wrong: the last guard, whatever the reader did."""
    frame, code = table.frame, code_column(table.source)
    if table.source not in {*WIDE_KEYS, *VALUES} and not omnummer.is_of(table.source):
        raise SourceError(f"De bron “{table.source}” ken ik niet.")
    if frame.empty or not table.years:
        raise SourceError(f"In {table.title} staan geen cijfers.")
    years = set(frame["jaar"])
    # The police alone does not say on which division it counted.
    divided = table.source == "politie" or years <= set(table.division)
    if years != set(table.years) or not divided:
        raise SourceError(f"In {table.title} is niet duidelijk over welk jaar de cijfers gaan.")
    codes = frame[code]
    if codes.isna().any() or (codes != codes.str.strip()).any():
        raise SourceError(f"In {table.title} ontbreken codes van gebieden.")
    check_unique(frame, keys_of(table.source, frame))


def _merged(before: pd.DataFrame, frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, int]:
    """Put rows of the same edition together; return the table and how many rows changed.

    Of a row that is in both the new figures hold; columns only the old one has stay.
    """
    keys = keys_of(source, frame)
    columns = [*before.columns, *(name for name in frame.columns if name not in before.columns)]
    if "geometry" in frame:
        before = before.assign(geometry=before["geometry"].map(json.dumps))
        frame = frame.assign(geometry=frame["geometry"].map(json.dumps))
    old, new = before.set_index(keys), frame.set_index(keys)
    both = old.index.intersection(new.index)
    shared = [name for name in new.columns if name in old.columns]
    a, b = old.loc[both, shared], new.loc[both, shared]
    changed = int(((a != b) & ~(a.isna() & b.isna())).any(axis=1).sum())
    rest = [name for name in old.columns if name not in new.columns]
    if rest:
        new = new.join(old[rest])
    kept = old[~old.index.isin(new.index)]
    parts = [part for part in (kept, new) if len(part)]
    result = pd.concat(parts).reset_index()[columns]
    if "geometry" in result:
        result["geometry"] = result["geometry"].map(json.loads).astype(object)
    return result, changed


def _belong_together(old: Entry, new: Entry) -> bool:
    """Whether rows of two files of a year may stand side by side."""
    if old.division != new.division:
        return False
    # Of a list made by hand the newest holds, so that a mended row does not stay beside the old.
    if omnummer.is_of(new.source):
        return False
    # Tables of the police are of months or of years: other rows, not another edition.
    return old.edition == new.edition or new.source == "politie"


def _both(old: str, new: str) -> str:
    return " en ".join(dict.fromkeys(part for part in (*old.split(" en "), new) if part))


def _replaced(what: str, old: Entry, new: Entry, before, after) -> list[str]:
    """Say that another edition took the place of the one that was here."""
    code = code_column(new.source)
    lost = set(before[code]) - set(after[code])
    names = [
        f"editie {entry.edition or 'onbekend'}, indeling {entry.division or 'onbekend'}"
        for entry in (old, new)
    ]
    if names[0] == names[1]:
        return [f"{what}: wat er stond is vervangen door {_rows(new.rows)}."]
    said = [f"{what}: {names[0]} is vervangen door {names[1]}, {_rows(new.rows)}."]
    if lost:
        said.append(
            "Let op: niet in de nieuwe editie, en dus nu weg: "
            f"{len(lost)} {'gebied' if len(lost) == 1 else 'gebieden'}, zoals {min(lost)}."
        )
    return said


# Words


def _rows(number: int) -> str:
    return f"{format_number(number)} {'rij' if number == 1 else 'rijen'}"


def _describe(entry: Entry) -> list[str]:
    files = join_words([f"“{file['name']}”" for file in entry.files])
    day = max(date.fromisoformat(file["date"]) for file in entry.files)
    lines = [
        f"  {entry.year}: {_rows(entry.rows)}, editie {entry.edition or 'onbekend'}, indeling "
        f"{entry.division or 'onbekend'}, uit {files}, ingelezen op {format_date(day)}"
    ]
    return lines + [f"    Let op: {note}" for note in entry.notes]


def _not_again(damaged: list[Entry], digest: str) -> list[str]:
    """Say which files were in a damaged entry too, and have to be added again."""
    others = {f["name"] for entry in damaged for f in entry.files if f["sha256"] != digest}
    if not others:
        return []
    names = join_words([f"“{name}”" for name in sorted(others)])
    return [f"Let op: wat hier stond, was weg of beschadigd. Lees ook {names} opnieuw in."]
