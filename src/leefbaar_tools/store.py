"""What was imported, kept on this computer: Parquet per source and year, and a manifest.

The manifest is what counts. An addition writes its Parquet files under new names first and then
replaces the manifest in one step, so that a crash at any moment leaves the store as it was.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import pandas as pd
from filelock import FileLock, Timeout

from .areas import (
    HEALTH,
    KWB,
    LEEFBAAROMETER,
    POLICE,
    Area,
    area_of,
    used_columns,
)
from .divisions import Links, left_out, linked_years, offence_notes, unknown_division
from .dutch import format_date, format_number, join_words
from .entries import (
    INDEX,
    READERS,
    Entry,
    cannot_write,
    damaged_store,
    file_record,
    is_sound,
    lost_file,
    new_entry,
    refuse_lost_years,
    replacing,
    sha256_of,
    to_frame,
)
from .sources import names as by_name
from .sources import vakjes
from .sources.tables import SourceError, Table, check_unique
from .squares import Squares

T = TypeVar("T")

FOLDER = Path("~/leefbaar/gegevens")
FORMAT = 1
LOCK_SECONDS = 120
# Rows of one gemeente are never spread over two row groups; small gemeenten share one.
GROUP_ROWS = 1000
LAND = "land"

# What makes a row one of its kind; for long tables all but the value.
WIDE_KEYS = {
    "kwb": ["jaar", "gwb_code"],
    "leefbaarometer": ["jaar", "code"],
    "grenzen": ["jaar", "code"],
}
VALUES = {"politie": "aantal", "gezondheid": "waarde"}
# Every edition recalculates all years, so years of two editions do not belong together.
ONE_EDITION = ("leefbaarometer",)
# The tables an area is made of.
SOURCES = {"kwb": KWB, "leefbaarometer": LEEFBAAROMETER, "politie": POLICE, "gezondheid": HEALTH}
# What an area needs of Kerncijfers beside its figures.
ABOUT = ("jaar", "gwb_code", "regio", "recs", "ind_wbi", "a_opp_ha")
# Energy, income and care: CBS fills these in later editions. Where none is filled in, this is the
# first edition of the year.
LATER = ("g_ele", "g_gas", "g_ink_pi", "g_hh_sti", "a_jz_tn", "a_wmo_t")
FIRST_EDITION = "voorlopige eerste uitgave"


class Store(Squares):
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
        own = _gemeenten_of(frame, table.source)
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
        before = _with_shapes(to_frame([self._load(old)]))
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
        if not gone & self._gemeenten_in(old) and _gemeenten_of(frame, new.source):
            return [old], []
        before = _with_shapes(to_frame([self._load(old)]))
        inside = _gemeente_of(before[_code_column(old.source)])
        out = inside.isin(gone) if gone else inside.eq(LAND) | inside.eq("")
        lines = _replaced(f"{new.title} {new.year}", old, new, before[out], frame)
        rest = before[~out].reset_index(drop=True)
        if not _gemeenten_of(rest, old.source):
            return [], lines
        files = tuple(file | {"current": False} for file in old.files)
        return [self._written(replace(old, rows=len(rest), files=files), rest, [old])], lines

    def _written(self, entry: Entry, frame: pd.DataFrame, olds: list[Entry]) -> Entry:
        # The same first file can come back after another: never write over what is in use.
        parts = [*sorted(file["sha256"] for file in entry.files), *(old.parquet for old in olds)]
        mark = hashlib.sha256("+".join(parts).encode()).hexdigest()[:12]
        entry = replace(entry, parquet=f"{entry.source}-{entry.year}-{mark}.parquet")
        with replacing(self._path(entry)) as part:
            _write_parquet(frame, part, _code_column(entry.source))
        return entry

    def _check_edition(self, table: Table, known: list[Entry]) -> None:
        """Refuse years of a second edition where an edition recalculates all years."""
        if table.source not in ONE_EDITION:
            return
        own = _gemeenten_of(table.frame, table.source)
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
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".slot", timeout=LOCK_SECONDS):
                yield
        except Timeout as error:
            raise SourceError(
                "Er wordt al een bestand ingelezen. Wacht tot dat klaar is en probeer het opnieuw."
            ) from error
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
                if path.suffix == ".half" or (path.suffix == ".parquet" and path.name not in used):
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
            known = json.loads(text)
            number, tables = known["format"], known["tables"]
            if number == FORMAT:
                names = {field.name for field in fields(Entry)}
                entries = [Entry(**{n: row[n] for n in names}) for row in tables]
                if not all(map(is_sound, entries)):
                    raise ValueError("a value of another kind")
                return [replace(e, files=tuple(e.files), notes=tuple(e.notes)) for e in entries]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(damaged_store(self._manifest.name, self.folder)) from error
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
        return _with_shapes(self._calmly(lambda: self._read(source, year, wanted)))

    def _read(
        self,
        source: str,
        year: int | None,
        gemeenten: tuple | None,
        columns: set | None = None,
        only: dict[str, set] | None = None,
    ) -> pd.DataFrame:
        entries = self._all(source) if gemeenten is None else self._of(source, gemeenten[0])
        entries = [entry for entry in entries if year in (None, entry.year)]
        if not entries:
            about = f" over {year}" if year else ""
            raise SourceError(
                f"Er zijn nog geen gegevens van “{source}”{about}. Download ze en lees ze in met: "
                "leefbaar data import BESTAND"
            )
        # Opening is most of the work, so several files are opened at a time.
        with ThreadPoolExecutor(READERS) as pool:
            tables = pool.map(lambda e: self._load(e, gemeenten, columns, only), entries)
            frame = to_frame(list(tables))
        if len(entries) > len({entry.year for entry in entries}):
            # The country is in each; the newest holds.
            frame = frame.drop_duplicates(_keys(source, frame), keep="last")
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

    def _of(self, source: str, gemeente: str) -> list[Entry]:
        """Return the one entry per year in which a gemeente is; the newest when it is in none."""
        years: dict[int, list[Entry]] = {}
        for entry in self._all(source):
            years.setdefault(entry.year, []).append(entry)
        return [
            next((e for e in some if len(some) > 1 and gemeente in self._gemeenten_in(e)), some[-1])
            for some in years.values()
        ]

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
        import pyarrow.parquet as pq

        code = _code_column(entry.source)
        try:
            with pq.ParquetFile(self._path(entry)) as file:
                schema = file.schema_arrow
                names = [name for name in schema.names if columns is None or name in columns]
                if gemeenten is None:
                    table = file.read(columns=names)
                else:
                    groups = json.loads(schema.metadata[INDEX])["groups"]
                    wanted = sorted({groups[name] for name in gemeenten if name in groups})
                    table = file.read_row_groups(wanted, columns=names)
                    table = table.filter(_is_of(table[code], gemeenten))
            for name, texts in (only or {}).items():
                table = table.filter(_is_one_of(table[name], texts))
            return table
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
            own = _gemeente_of(rows["gwb_code"])
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
            if source in (vakjes.NAME, vakjes.PLACES):
                continue
            own = [entry for entry in entries if entry.source == source]
            first = own[-1]
            model = ", schattingen met een rekenmodel" if first.modelled else ""
            lines.append(f"{first.title} ({first.publisher}, {first.licence}){model}")
            for entry in own:
                lines += _describe(entry)
                if not self._is_whole(entry):
                    lines.append(f"    Let op: {lost_file(entry)}")
        return lines + self.cells_status()

    # An area

    def area(self, gemeente: str) -> Area:
        """Make an area of one gemeente from everything that belongs together.

        Figures of another year of division are joined only where ``ind_wbi`` of every year in
        between says that nothing changed; `Area.notes` says what was left out.

        Parameters
        ----------
        gemeente : str
            Code, such as ``GM0362``.

        Raises
        ------
        SourceError
            When there are no Kerncijfers of this gemeente, or they are damaged. Of another source
            that is damaged `Area.notes` says so.
        """
        return self._calmly(lambda: self._area(gemeente))

    def _area(self, gemeente: str) -> Area:
        table = self._kerncijfers(gemeente)
        base = int(table["jaar"].max())
        links = Links(table, gemeente)
        kern, notes = linked_years(table, base, links)
        found = {}
        for source in (name for name in SOURCES if name != "kwb"):
            found[source], lines = self._spared(self._joined, source, gemeente, base, links)
            notes += lines
        if found["politie"] is not None:
            notes += offence_notes(found["politie"], set(kern["jaar"]))
        if (scores := found["leefbaarometer"]) is not None:
            found["leefbaarometer"] = scores.assign(naam=scores["code"].map(links.names()))
        shapes, lines = self._spared(self._shapes, gemeente, base, links)
        return area_of(
            kern,
            **found,
            boundaries=shapes,
            editions=self._editions(table, gemeente),
            notes=(*notes, *lines),
        )

    def _kerncijfers(self, gemeente: str) -> pd.DataFrame:
        """Return the rows of a gemeente and the country, of years that have the gemeente."""
        # All 124 columns of 13 years take ten times as long.
        columns = {*ABOUT, *LATER, *used_columns(KWB)}
        table = self._read("kwb", None, (gemeente, LAND), columns)
        years = table.loc[table["gwb_code"] == gemeente, "jaar"]
        if years.empty:
            raise SourceError(
                f"Van de gemeente {gemeente} zijn er nog geen kerncijfers. Download ze bij CBS en "
                "lees ze in met: leefbaar data import BESTAND"
            )
        return table[table["jaar"].isin(years)].reset_index(drop=True)

    def _editions(self, kern: pd.DataFrame, gemeente: str) -> dict:
        """Return edition and division per table and year, for the source line."""
        entries = [entry for source in SOURCES for entry in self._of(source, gemeente)]
        found = {(SOURCES[e.source].table, e.year): _edition(e) for e in entries}
        for year in first_editions(kern):
            edition, division = found[(KWB.table, year)]
            found[(KWB.table, year)] = (f"{edition}, {FIRST_EDITION}", division)
        return found

    def _spared(self, read: Callable, *what):
        """Read what an area can do without: damage to it is a note."""
        try:
            return self._calmly(lambda: read(*what))
        except SourceError as error:
            return None, [str(error)]

    def _joined(self, source: str, gemeente: str, base: int, links: Links):
        """Return the rows of a source on places that are in Kerncijfers, and notes."""
        entries = self._of(source, gemeente)
        if not entries:
            return None, []
        table = self._read(source, None, (gemeente, LAND), only=_needed(source))
        own = table["code"].str.startswith(("GM", "WK", "BU"))
        if not own.any():
            return None, [f"In {entries[-1].title} staat niets over {links.names()[gemeente]}."]
        parts, notes = [], []
        for division in dict.fromkeys(entry.division for entry in entries):
            years = [entry.year for entry in entries if entry.division == division]
            rows = table[table["jaar"].isin(years)]
            fits = links.codes(division, base)
            parts.append(rows[rows["code"].isin(fits)])
            what = entries[-1].title
            if division is None:
                notes.append(unknown_division(what, years))
            else:
                notes += left_out(what, division, base, set(rows["code"]), fits, links)
        joined = pd.concat(parts, ignore_index=True)
        # The country belongs to every division: alone it is no figure of this gemeente.
        empty = joined["code"].str.startswith("NL").all()
        return (None if empty else joined), notes

    def _shapes(self, gemeente: str, base: int, links: Links):
        entries = self._of("grenzen", gemeente)
        if not entries:
            return None, []
        # The map of the year itself, else the nearest one that has this gemeente.
        for entry in sorted(entries, key=lambda entry: (abs(entry.division - base), -entry.year)):
            frame = self._read("grenzen", entry.year, (gemeente,))
            frame = frame[~frame["water"].astype(bool)]
            if len(frame):
                break
        else:
            return None, [f"Van {links.names()[gemeente]} is er geen kaart."]
        fits = links.codes(entry.division, base)
        note = left_out(entry.title, entry.division, base, set(frame["code"]), fits, links)
        frame = frame[frame["code"].isin(fits)]
        return partial(_features, dict(zip(frame["code"], frame["geometry"], strict=True))), note


def first_editions(kern: pd.DataFrame) -> list[int]:
    """Years of Kerncijfers of which only the first, provisional edition is here.

    CBS fills a table in steps. This is known only when the table has at least three of the
    columns `LATER` and none of them has a figure, also not for the gemeente and the country.
    """
    there = [name for name in LATER if name in kern]
    filled = kern.groupby("jaar")[there].count().sum(axis="columns")
    return [int(year) for year in filled.index[filled == 0]] if len(there) >= 3 else []


def _needed(source: str) -> dict[str, set]:
    """Texts that a row of a long table must have to be of use for an area."""
    if source == "politie":
        return {"soort": used_columns(POLICE) - {"a_inw"}}
    if source == "gezondheid":
        figures = used_columns(HEALTH) - {"a_15_oo"}
        return {"leeftijd": {"18+"}, "marge": {"waarde"}, "cijfer": figures}
    return {}


def _features(shapes: dict[str, str]) -> list[dict]:
    """Return boundaries as features; their text is read only when a map is drawn."""
    return [
        {
            "properties": {"code": code},
            "geometry": {"type": "MultiPolygon", "coordinates": json.loads(shape)},
        }
        for code, shape in shapes.items()
    ]


def _edition(entry: Entry) -> tuple[str, int]:
    return entry.edition or "onbekend", entry.division


# Tables


def _code_column(source: str) -> str:
    return "gwb_code" if source == "kwb" else "code"


def _keys(source: str, frame: pd.DataFrame) -> list[str]:
    if source in WIDE_KEYS:
        return WIDE_KEYS[source]
    return [name for name in frame.columns if name != VALUES[source]]


def _check_table(table: Table) -> None:
    """Refuse a table that would be stored wrong: the last guard, whatever the reader did."""
    frame, code = table.frame, _code_column(table.source)
    if table.source not in WIDE_KEYS and table.source not in VALUES:
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
    check_unique(frame, _keys(table.source, frame))


def _merged(before: pd.DataFrame, frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, int]:
    """Put rows of the same edition together; return the table and how many rows changed.

    Of a row that is in both the new figures hold; columns only the old one has stay.
    """
    keys = _keys(source, frame)
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
    # Tables of the police are of months or of years: other rows, not another edition.
    return old.edition == new.edition or new.source == "politie"


def _both(old: str, new: str) -> str:
    return " en ".join(dict.fromkeys(part for part in (*old.split(" en "), new) if part))


def _replaced(what: str, old: Entry, new: Entry, before, after) -> list[str]:
    """Say that another edition took the place of the one that was here."""
    code = _code_column(new.source)
    lost = set(before[code]) - set(after[code])
    names = [
        f"editie {entry.edition or 'onbekend'}, indeling {entry.division or 'onbekend'}"
        for entry in (old, new)
    ]
    said = [f"{what}: {names[0]} is vervangen door {names[1]}, {_rows(new.rows)}."]
    if lost:
        said.append(
            "Let op: niet in de nieuwe editie, en dus nu weg: "
            f"{len(lost)} {'gebied' if len(lost) == 1 else 'gebieden'}, zoals {min(lost)}."
        )
    return said


def _gemeente_of(codes: pd.Series) -> pd.Series:
    """Code of the gemeente by region; ``land`` for the country, empty for anything else."""
    kind = codes.str[:2]
    inside = "GM" + codes.str[2:6]
    return inside.where(kind.isin(["GM", "WK", "BU"]), "").mask(kind == "NL", LAND)


def _with_shapes(frame: pd.DataFrame) -> pd.DataFrame:
    """Make lists of the boundaries, that are stored as text."""
    if "geometry" not in frame:
        return frame
    return frame.assign(geometry=frame["geometry"].map(json.loads).astype(object))


def _is_of(codes, gemeenten: tuple):
    """Whether each code of an Arrow column is of one of these gemeenten."""
    import pyarrow.compute as pc

    starts = []
    for name in gemeenten:
        kinds = ("NL",) if name == LAND else ("GM", "WK", "BU")
        starts += [kind if name == LAND else f"{kind}{name[2:]}" for kind in kinds]
    found = pc.starts_with(codes, starts[0])
    for start in starts[1:]:
        found = pc.or_(found, pc.starts_with(codes, start))
    return found


def _is_one_of(column, texts: set):
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(column, pa.array(sorted(texts), type=column.type))


def _gemeenten_of(frame: pd.DataFrame, source: str) -> set[str]:
    """Return the gemeenten of which a table has rows."""
    return set(_gemeente_of(frame[_code_column(source)])) - {LAND, ""}


def _gemeente_names(frame: pd.DataFrame) -> dict[str, str]:
    """Return the names of the gemeenten that have a row of their own in Kerncijfers."""
    if "gwb_code" not in frame:
        return {}
    rows = frame[frame["gwb_code"].str.startswith("GM")]
    names = rows["regio"].fillna("").astype(str)
    return dict(zip(rows["gwb_code"], names, strict=True))


def _write_parquet(frame: pd.DataFrame, path: Path, code: str) -> None:
    """Write a table, sorted by gemeente, with a row group per gemeente or a few small ones."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    own = _gemeente_of(frame[code])
    ranked = sorted(own.unique(), key=lambda name: (name != LAND, name == "", name))
    order = own.map({name: rank for rank, name in enumerate(ranked)}).argsort(kind="stable")
    frame, own = frame.iloc[order].reset_index(drop=True), own.iloc[order].reset_index(drop=True)
    names = _gemeente_names(frame)
    if "geometry" in frame:
        frame["geometry"] = frame["geometry"].map(json.dumps)
    groups, starts = {}, [0]
    for start, name in own[own != own.shift()].items():
        # The country alone, so that it can be read without any gemeente; a grid idem.
        alone = name == "" or list(groups) == [LAND]
        if start and (alone or start - starts[-1] >= GROUP_ROWS):
            starts.append(start)
        groups[name] = len(starts) - 1
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    except pa.ArrowException as error:
        raise SourceError("In dit bestand staan in één kolom getallen en tekst.") from error
    index = json.dumps({"groups": groups, "names": names}, ensure_ascii=False).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), INDEX: index})
    # A gemeente is found by the index; statistics of each column and group would only be read.
    with pq.ParquetWriter(path, table.schema, compression="zstd", write_statistics=False) as writer:
        for start, end in zip(starts, [*starts[1:], len(frame)], strict=True):
            part = table.slice(start, end - start)
            writer.write_table(part, row_group_size=len(part))


# Files


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
