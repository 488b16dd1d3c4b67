"""What was imported, kept on this computer: Parquet per source and year, and a manifest.

The manifest is what counts. An addition writes its Parquet files under new names first and then
replaces the manifest in one step, so that a crash at any moment leaves the store as it was.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from .areas import KWB, LEEFBAAROMETER, Area, area_of, used_columns
from .dutch import format_date, format_number, join_words
from .sources.tables import SourceError, Table, check_unique

FOLDER = Path("~/leefbaar/gegevens")
FORMAT = 1
LOCK_SECONDS = 120
# Rows of one gemeente are never spread over two row groups; small gemeenten share one.
GROUP_ROWS = 1000
INDEX = b"leefbaar"
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
# What an area needs of Kerncijfers beside its figures.
ABOUT = ("jaar", "gwb_code", "regio", "recs", "ind_wbi", "a_opp_ha")
# A boundary changed less than this share of the area: the same gemeente.
SAME_SURFACE = 0.01


@dataclass(frozen=True)
class Entry:
    """What the manifest says of one source and year.

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


class Store:
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
        _check_table(table)
        digest = _sha256(path)
        with self._locked():
            # A table whose file is gone counts as never added, so that adding it again helps.
            known = {e.year: e for e in self._all(table.source) if self._path(e).exists()}
            if all(year in known and known[year].holds(digest) for year in table.years):
                return [f"{table.title}: “{path.name}” was er al. Er is niets veranderd."]
            _check_edition(table, known)
            written, said = [], []
            try:
                for year in table.years:
                    entry, line = self._add_year(table, year, known.get(year), path.name, digest)
                    written.append(entry)
                    said += line
                years = {(entry.source, entry.year) for entry in written}
                kept = [e for e in self._entries() if (e.source, e.year) not in years]
                self._write_manifest([*kept, *written])
            except OSError as error:
                raise SourceError(_cannot_write(self.folder, error)) from error
            finally:
                self._sweep()
        return said

    def known(self, path) -> str:
        """Say that a file was added before, so that it need not be read; empty when it was not.

        A file of which another one replaced some rows since is not known: adding it again helps.
        """
        try:
            digest = _sha256(Path(path))
        except (OSError, SourceError):
            return ""  # reading it says what is wrong
        here = [entry for entry in self._entries() if entry.holds(digest)]
        if not here or not all(self._path(entry).exists() for entry in here):
            return ""
        records = [f for entry in here for f in entry.files if f["sha256"] == digest]
        if any(file.get("years") != [entry.year for entry in here] for file in records):
            return ""
        return f"{here[0].title}: “{Path(path).name}” was er al. Er is niets veranderd."

    def _add_year(self, table: Table, year: int, old: Entry | None, name: str, digest: str):
        frame = table.frame[table.frame["jaar"] == year].reset_index(drop=True)
        record = {
            "name": name,
            "sha256": digest,
            "rows": len(frame),
            "years": list(table.years),
            "date": date.today().isoformat(),
            "current": True,
        }
        entry = Entry(
            source=table.source,
            year=year,
            publisher=table.publisher,
            title=table.title,
            licence=table.licence,
            modelled=table.modelled,
            edition=table.edition,
            division=table.division.get(year),
            rows=len(frame),
            parquet=f"{table.source}-{year}-{digest[:12]}.parquet",
            files=(record,),
            notes=table.notes,
        )
        what = f"{table.title} {year}"
        said = [f"{what}: {_rows(len(frame))} bewaard."]
        if old is not None:
            before = self._load(old)
            if _belong_together(old, entry):
                new_rows = len(frame)
                frame, changed = _merged(before, frame, table.source)
                files = tuple(
                    file | {"current": file["current"] and not changed}
                    for file in old.files
                    if file["sha256"] != digest
                )
                notes = tuple(dict.fromkeys((*old.notes, *entry.notes)))
                entry = replace(
                    entry,
                    edition=_both(old.edition, entry.edition),
                    files=(*files, record),
                    rows=len(frame),
                    notes=notes,
                )
                said = [
                    f"{what}: aangevuld, van {_rows(len(before))} naar {_rows(len(frame))}."
                    if len(frame) > len(before)
                    else f"{what}: {_rows(new_rows)} waren er al."
                ]
                if changed:
                    said.append(
                        f"Let op: in {what} zijn {_rows(changed)} vervangen door die uit “{name}”."
                    )
            else:
                said = _replaced(what, old, entry, before, frame)
            # The same first file can come back after another: never write over what is in use.
            kept = "+".join(sorted(file["sha256"] for file in entry.files))
            mark = hashlib.sha256(f"{kept}+{old.parquet}".encode()).hexdigest()[:12]
            entry = replace(entry, parquet=f"{table.source}-{year}-{mark}.parquet")
        self.folder.mkdir(parents=True, exist_ok=True)
        with _replacing(self._path(entry)) as part:
            _write_parquet(frame, part, _code_column(table.source))
        return entry, said

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
            raise SourceError(_cannot_write(self.folder, error)) from error

    def _write_manifest(self, entries: list[Entry]) -> None:
        entries = sorted(entries, key=lambda entry: (entry.source, entry.year))
        text = json.dumps(
            {"format": FORMAT, "tables": [asdict(entry) for entry in entries]},
            ensure_ascii=False,
            indent=1,
        )
        with _replacing(self._manifest) as part:
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
            raise SourceError(_damaged(self._manifest.name, self.folder)) from error
        try:
            known = json.loads(text)
            number, tables = known["format"], known["tables"]
            if number == FORMAT:
                names = {field.name for field in fields(Entry)}
                entries = [Entry(**{n: row[n] for n in names}) for row in tables]
                return [replace(e, files=tuple(e.files), notes=tuple(e.notes)) for e in entries]
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(_damaged(self._manifest.name, self.folder)) from error
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
        return [entry.year for entry in self._all(source)]

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
        return self._read(source, year, None if gemeente is None else (gemeente,))

    def _read(
        self, source: str, year: int | None, gemeenten: tuple | None, columns: set | None = None
    ) -> pd.DataFrame:
        for attempt in (1, 2):
            entries = [entry for entry in self._all(source) if year in (None, entry.year)]
            if not entries:
                about = f" over {year}" if year else ""
                raise SourceError(
                    f"Er zijn nog geen gegevens van “{source}”{about}. Download ze en lees ze in "
                    "met: leefbaar data import BESTAND"
                )
            try:
                frames = [self._load(entry, gemeenten, columns) for entry in entries]
            except FileNotFoundError as error:
                # Another edition came in between the manifest and this; once is no damage.
                if attempt == 2:
                    raise SourceError(_damaged(Path(error.filename).name, self.folder)) from error
                continue
            filled = [frame for frame in frames if len(frame)] or frames[:1]
            return pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]
        raise AssertionError("not reached")

    def _load(
        self, entry: Entry, gemeenten: tuple | None = None, columns: set | None = None
    ) -> pd.DataFrame:
        import pyarrow as pa
        import pyarrow.parquet as pq

        code = _code_column(entry.source)
        try:
            with pq.ParquetFile(self._path(entry)) as file:
                schema = file.schema_arrow
                names = [name for name in schema.names if columns is None or name in columns]
                if gemeenten is None:
                    frame = file.read(columns=names).to_pandas()
                else:
                    groups = json.loads(schema.metadata[INDEX])["groups"]
                    wanted = sorted({groups[name] for name in gemeenten if name in groups})
                    frame = file.read_row_groups(wanted, columns=names).to_pandas()
        except FileNotFoundError as error:
            error.filename = str(self._path(entry))
            raise
        except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
            raise SourceError(_damaged(entry.parquet, self.folder)) from error
        if gemeenten is not None:
            frame = frame[_gemeente_of(frame[code]).isin(gemeenten)].reset_index(drop=True)
        if "geometry" in frame:
            frame["geometry"] = frame["geometry"].map(json.loads).astype(object)
        return frame

    def gemeenten(self) -> pd.DataFrame:
        """Gemeenten an area can be made of: ``code, name``, in the order of their names."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names: dict[str, str] = {}
        for entry in self._all("kwb"):
            try:
                meta = pq.read_schema(self._path(entry)).metadata
                found = json.loads(meta[INDEX])["names"]
            except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
                raise SourceError(_damaged(entry.parquet, self.folder)) from error
            names |= {code: name or names.get(code, code) for code, name in found.items()}
        table = pd.DataFrame(sorted(names.items()), columns=["code", "name"], dtype=str)
        # CBS sorts 's-Gravenhage under the g.
        order = table["name"].str.lstrip("'’").str.casefold()
        return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)

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
            own = [entry for entry in entries if entry.source == source]
            first = own[-1]
            model = ", schattingen met een rekenmodel" if first.modelled else ""
            lines.append(f"{first.title} ({first.publisher}, {first.licence}){model}")
            for entry in own:
                lines += _describe(entry)
        return lines

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
            When there are no Kerncijfers of this gemeente.
        """
        table = self._kerncijfers(gemeente)
        base = int(table["jaar"].max())
        links = _Links(table, gemeente)
        kern, notes = _linked_years(table, base, links)
        editions = {(KWB.table, e.year): _edition(e) for e in self._all("kwb")}
        scores, lines = self._scores(gemeente, base, links)
        notes += lines
        editions |= {(LEEFBAAROMETER.table, e.year): _edition(e) for e in self._all(ONE_EDITION[0])}
        shapes, lines = self._shapes(gemeente, base, links)
        return area_of(kern, scores, boundaries=shapes, editions=editions, notes=(*notes, *lines))

    def _kerncijfers(self, gemeente: str) -> pd.DataFrame:
        """Return the rows of a gemeente and the country, of years that have the gemeente."""
        # All 124 columns of 13 years take ten times as long.
        columns = {*ABOUT, *used_columns(KWB)}
        table = self._read("kwb", None, (gemeente, LAND), columns)
        years = table.loc[table["gwb_code"] == gemeente, "jaar"]
        if years.empty:
            raise SourceError(
                f"Van de gemeente {gemeente} zijn er nog geen kerncijfers. Download ze bij CBS en "
                "lees ze in met: leefbaar data import BESTAND"
            )
        return table[table["jaar"].isin(years)].reset_index(drop=True)

    def _scores(self, gemeente: str, base: int, links: "_Links"):
        if not self.has(ONE_EDITION[0]):
            return None, []
        table = self._read(ONE_EDITION[0], None, (gemeente, LAND))
        if table.empty:
            return None, [f"Van de Leefbaarometer zijn er geen scores van {gemeente}."]
        entry = self._all(ONE_EDITION[0])[-1]
        fits = links.codes(entry.division, base)
        note = _left_out(entry.title, entry.division, base, set(table["code"]), fits, links)
        table = table[table["code"].isin(fits)].reset_index(drop=True)
        table["naam"] = table["code"].map(links.names())
        return (None if table.empty else table), note

    def _shapes(self, gemeente: str, base: int, links: "_Links"):
        entries = self._all("grenzen")
        if not entries:
            return None, []
        # The map of the year itself, else the nearest one that has this gemeente.
        for entry in sorted(entries, key=lambda entry: (abs(entry.division - base), -entry.year)):
            frame = self._read("grenzen", entry.year, (gemeente,))
            frame = frame[~frame["water"].astype(bool)]
            if len(frame):
                break
        else:
            return None, [f"Van {gemeente} is er geen kaart."]
        fits = links.codes(entry.division, base)
        note = _left_out(entry.title, entry.division, base, set(frame["code"]), fits, links)
        frame = frame[frame["code"].isin(fits)]
        features = [
            {
                "properties": {"code": code},
                "geometry": {"type": "MultiPolygon", "coordinates": shape},
            }
            for code, shape in zip(frame["code"], frame["geometry"], strict=True)
        ]
        return (lambda: features), note


class _Links:
    """Which codes mean the same place in two years of division."""

    def __init__(self, kern: pd.DataFrame, gemeente: str):
        self.gemeente = gemeente
        self.rows = {int(year): rows for year, rows in kern.groupby("jaar")}
        self.base = max(self.rows)
        # Per year the codes that are what they were the year before, and those that are not.
        self.same, self.changed = {}, {}
        for year, rows in self.rows.items():
            if "ind_wbi" in rows:
                signs = dict(zip(rows["gwb_code"], rows["ind_wbi"], strict=True))
                self.same[year] = {code for code, sign in signs.items() if sign == "1"}
                self.changed[year] = {code for code, sign in signs.items() if sign in ("2", "3")}

    def names(self) -> dict[str, str]:
        """Names of the newest year; other tables spell or leave out a name."""
        rows = self.rows[self.base]
        return dict(zip(rows["gwb_code"], rows["regio"], strict=True))

    def missing_years(self, year: int, base: int) -> list[int]:
        """Years that would have to be here to know what changed."""
        first, last = sorted((year, base))
        return [step for step in range(first + 1, last + 1) if step not in self.rows]

    def codes(self, year: int, base: int) -> set[str]:
        """Codes of the base year that mean the same place in the division of another year."""
        found = set(self.rows[base]["gwb_code"])
        if year == base:
            return found
        land = {code for code in found if code.startswith("NL")}
        first, last = sorted((year, base))
        same = found
        for step in range(first + 1, last + 1):
            same = same & self.same.get(step, set())
        same = same | land
        if self.gemeente not in same and self._same_surface(year, base):
            same = same | {self.gemeente}
        return same

    def _same_surface(self, year: int, base: int) -> bool:
        """Whether a gemeente is as large as it was: CBS did not always say if it changed."""
        first, last = sorted((year, base))
        if year not in self.rows or base not in self.rows:
            return False
        if any(self.gemeente in self.changed.get(step, ()) for step in range(first + 1, last + 1)):
            return False
        sizes = []
        for step in (year, base):
            rows = self.rows[step]
            if "a_opp_ha" not in rows:
                return False
            sizes += list(rows.loc[rows["gwb_code"] == self.gemeente, "a_opp_ha"])
        # A missing size gives NaN, which is not small.
        return len(sizes) == 2 and abs(sizes[0] - sizes[1]) <= SAME_SURFACE * sizes[1]


def _linked_years(table: pd.DataFrame, base: int, links: _Links):
    """Keep the rows of every year that mean the same place as in the newest year."""
    parts, notes = [], []
    for year, rows in table.groupby("jaar"):
        fits = links.codes(int(year), base)
        parts.append(rows[rows["gwb_code"].isin(fits)])
        notes += _left_out(KWB.table, int(year), base, set(rows["gwb_code"]), fits, links)
    return pd.concat(parts, ignore_index=True), notes


def _left_out(what: str, year: int, base: int, found: set, fits: set, links: _Links) -> list[str]:
    """Say how many regions of a table were joined, when that is not all."""
    own = {code for code in found if not code.startswith("NL")}
    joined = own & fits
    if joined == own:
        return []
    line = (
        f"{what}, gebiedsindeling {year}: {len(joined)} van de {len(own)} gebieden horen zeker bij "
        f"de indeling van {base}. De andere zijn weggelaten."
    )
    if lost := links.missing_years(year, base):
        years = join_words([str(step) for step in lost])
        line += f" Lees ook de kerncijfers van {years} in, dan is te zien wat gelijk bleef."
    return [line]


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


def _check_edition(table: Table, known: dict[int, Entry]) -> None:
    """Refuse years of a second edition where an edition recalculates all years."""
    if table.source not in ONE_EDITION:
        return
    other = sorted({entry.edition for entry in known.values()} - {table.edition})
    lost = sorted(set(known) - set(table.years))
    if other and lost:
        raise SourceError(
            f"Van {table.title} staat hier editie {other[0] or 'onbekend'}; dit bestand is editie "
            f"{table.edition or 'onbekend'}. Elke editie rekent alle jaren opnieuw uit, dus die "
            f"twee gaan niet samen. Neem een bestand van de nieuwe editie met ook "
            f"{join_words([str(year) for year in lost])}."
        )


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
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for start, end in zip(starts, [*starts[1:], len(frame)], strict=True):
            part = table.slice(start, end - start)
            writer.write_table(part, row_group_size=len(part))


# Files


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Write beside a file and put it in its place in one step."""
    part = path.with_name(f"{path.name}.{os.getpid()}.half")
    try:
        yield part
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"Het bestand “{path.name}” kan ik niet openen.") from error


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


def _damaged(name: str, folder: Path) -> str:
    return (
        f"In {folder} is {name} weg of beschadigd. Haal die map weg en lees de gedownloade "
        "bestanden opnieuw in."
    )


def _cannot_write(folder: Path, error: OSError) -> str:
    why = "De schijf is vol. Maak ruimte vrij." if error.errno == 28 else "Kies een andere map."
    return f"Ik kan niets bewaren in {folder}. {why} Wat er al stond, is niet veranderd."
