"""The squares of 100 metres of the Leefbaarometer in the store: hundreds of thousands a year."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from .dutch import format_number, years_words
from .entries import (
    INDEX,
    READERS,
    Entry,
    cannot_write,
    file_record,
    lost_file,
    new_entry,
    refuse_lost_years,
    sha256_of,
    to_frame,
)
from .files import replacing
from .sources import vakjes
from .sources.tables import SourceError

# Squares that lie together, in one row group.
CELL_ROWS = 4096
ADD_PLACES = "Lees ook “grid 2024.gpkg” in. Dat zit in de zip met geometrie van de Leefbaarometer."


class Squares:
    """What `store.Store` does with squares: a year is replaced as a whole, and read by place."""

    def _add_cells(self, table: vakjes.CellTable, path: Path) -> list[str]:
        digest = sha256_of(path)
        with self._locked():
            every = self._entries()
            known = [e for e in every if e.source == table.source and self._is_whole(e)]
            if set(table.years) <= {e.year for e in known if e.holds(digest)}:
                return [f"{table.title}: “{path.name}” was er al. Er is niets veranderd."]
            if table.source == vakjes.NAME:
                refuse_lost_years(table, [e for e in known if e.edition != table.edition])
            try:
                add = self._add_scores if table.source == vakjes.NAME else self._add_places
                written, said = add(table, known, path.name, digest)
                years = {(entry.source, entry.year) for entry in written}
                kept = [e for e in every if (e.source, e.year) not in years]
                self._write_manifest([*kept, *written])
            except OSError as error:
                raise SourceError(cannot_write(self.folder, error)) from error
            finally:
                self._sweep()
        return said

    def _add_scores(self, table: vakjes.CellTable, known: list[Entry], name: str, digest: str):
        """Write the scores of each year, with their places when those are here."""
        places = [entry for entry in self._all(vakjes.PLACES) if self._is_whole(entry)]
        written, said = [], []
        for year in table.years:
            rows = table.rows[year]
            entry = new_entry(table, year, rows, file_record(table, rows, name, digest))
            at = _nearest(places, entry)
            written.append(self._written_cells(entry, table.parts[year], at, digest))
            said.append(f"{table.title} {year}: {_cells(entry.rows)} bewaard.")
            said += [
                f"Dit vervangt de {_cells(old.rows)} van {year} uit {old.edition}."
                for old in known
                if old.year == year
            ]
        return written, said + self._without_place(written)

    def _add_places(self, table: vakjes.CellTable, known: list[Entry], name: str, digest: str):
        """Write where the squares lie, and the scores once more, now by place."""
        (year,) = table.years
        rows = table.rows[year]
        new = new_entry(table, year, rows, file_record(table, rows, name, digest))
        new = self._written_cells(new, table.parts[year], None, digest)
        others = [e for e in self._all(vakjes.PLACES) if e.year != year and self._is_whole(e)]
        scores = [
            self._written_cells(entry, self._path(entry), new, digest)
            for entry in self._all(vakjes.NAME)
            if self._is_whole(entry) and _nearest([*others, new], entry) is new
        ]
        said = [f"{table.title} {year}: {_cells(new.rows)} bewaard."]
        return [new, *scores], said + self._without_place(scores)

    def _without_place(self, entries: list[Entry]) -> list[str]:
        """Say of how many squares the place is not known."""
        lost = {entry.year: self._index(entry)["without"] for entry in entries}
        if entries and all(lost[entry.year] == entry.rows for entry in entries):
            return [f"Waar de vakjes liggen, weet ik nog niet. {ADD_PLACES}"]
        return [
            f"Let op: van {_cells(count)} uit {year} staat de plaats niet op de kaart."
            for year, count in lost.items()
            if count
        ]

    def _written_cells(self, entry: Entry, path: Path, at: Entry | None, digest: str) -> Entry:
        """Write squares of one year, those that lie together beside each other."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            new = path.suffix == vakjes.PART
            table = vakjes.read_part(path) if new else pq.read_table(path)
            if at is not None:
                table = _placed(table, pq.read_table(self._path(at)))
        except (OSError, pa.ArrowException) as error:
            raise SourceError(lost_file(at or entry)) from error
        # The same file can come back after another: never write over what is in use.
        used = [digest, *(old.parquet for old in self._all(entry.source))]
        mark = hashlib.sha256("+".join(used).encode()).hexdigest()[:12]
        entry = replace(entry, parquet=f"{entry.source}-{entry.year}-{mark}.parquet")
        with replacing(self._path(entry)) as part:
            _write_cells(table, part)
        return entry

    def cells(
        self,
        gemeente: str | None = None,
        box: tuple[float, float, float, float] | None = None,
    ) -> pd.DataFrame:
        """Read the squares of 100 metres of the Leefbaarometer in one place.

        Parameters
        ----------
        gemeente : str, optional
            Code: squares of which the centre lies within its boundaries.
        box : tuple of float, optional
            Left, low, right and high, in metres of the national grid; instead of a gemeente.

        Returns
        -------
        DataFrame
            ``code, jaar``, the scores, and the centre ``x, y`` in metres of the national grid.

        Raises
        ------
        SourceError
            When squares, their places or the boundaries are not here; it says what to add.
        """
        if (gemeente is None) == (box is None):
            raise ValueError("ask for a gemeente or for a box")
        return self._calmly(lambda: self._cells(gemeente, box))

    def _cells(self, gemeente: str | None, box: tuple | None) -> pd.DataFrame:
        entries = self._all(vakjes.NAME)
        if not entries:
            raise SourceError(
                "Er zijn nog geen cijfers per vakje van 100 meter. Lees het bestand met grids in. "
                "Dat zit in de zip met open data van de Leefbaarometer. Pak die eerst uit."
            )
        indexes = [self._index(entry) for entry in entries]
        if all(i["without"] == e.rows for i, e in zip(indexes, entries, strict=True)):
            raise SourceError(f"Waar de vakjes liggen, weet ik nog niet. {ADD_PLACES}")
        rings = self._outline(gemeente) if box is None else []
        if box is None:
            points = np.concatenate(rings)
            box = (*points.min(axis=0), *points.max(axis=0))
        with ThreadPoolExecutor(READERS) as pool:
            tables = list(pool.map(partial(self._load_cells, box=box), entries, indexes))
        frame = to_frame(tables)
        if rings:
            frame = frame[_within(frame["x"].to_numpy(), frame["y"].to_numpy(), rings)]
        return frame.reset_index(drop=True)

    def _load_cells(self, entry: Entry, index: dict, box: tuple):
        import pyarrow as pa
        import pyarrow.parquet as pq

        left, low, right, high = box
        try:
            with pq.ParquetFile(self._path(entry)) as file:
                groups = [
                    number
                    for number, its in enumerate(index["boxes"])
                    if its
                    and its[0] <= right
                    and its[2] >= left
                    and its[1] <= high
                    and its[3] >= low
                ]
                table = file.read_row_groups(groups)
        except FileNotFoundError as error:
            error.filename = str(self._path(entry))
            raise
        except (OSError, pa.ArrowException, KeyError, TypeError) as error:
            raise SourceError(lost_file(entry)) from error
        x, y = (table[name].to_numpy() for name in ("x", "y"))
        return table.filter(pa.array((x >= left) & (x <= right) & (y >= low) & (y <= high)))

    def _outline(self, gemeente: str) -> list[np.ndarray]:
        """Return the rings of a gemeente, of the newest map that has it."""
        for entry in reversed(self._of("grenzen", gemeente)):
            rows = self._load(entry, (gemeente,), {"code", "niveau", "geometry"}).to_pandas()
            for level in ("gemeente", "wijk", "buurt"):  # parts of it together are as good
                shapes = rows.loc[rows["niveau"] == level, "geometry"].map(json.loads)
                if len(shapes):
                    return [np.array(r) for shape in shapes for polygon in shape for r in polygon]
        raise SourceError(
            f"Van de gemeente {gemeente} zijn er nog geen grenzen. Download de wijk- en "
            "buurtkaart van CBS. Lees die in met: leefbaar data import BESTAND"
        )

    def cells_status(self) -> list[str]:
        """What is here of the squares of 100 metres, in one line; nothing when there are none."""
        scores, places = self._all(vakjes.NAME), self._all(vakjes.PLACES)
        if not scores and not places:
            return []
        said = "Vakjes van 100 meter: "
        if scores:
            newest = scores[-1]
            said += (
                f"{years_words([entry.year for entry in scores])}, {_cells(newest.rows)} in "
                f"{newest.year}. Het zijn schattingen met een rekenmodel ({newest.publisher}, "
                f"{newest.edition}, {newest.licence}). "
            )
        else:
            said += "alleen de kaart, nog geen cijfers. "
        for entry in (*scores, *places):
            if not self._is_whole(entry):
                return [f"{said}Let op: {lost_file(entry)}"]
        if scores and not places:
            said += f"Waar ze liggen, weet ik nog niet. {ADD_PLACES} "
        return [f"{said}De opdrachten gebruiken ze nog niet."]


def _nearest(places: list[Entry], scores: Entry) -> Entry | None:
    """Return the map of the squares of the edition of scores, else of the year nearest to it."""
    return min(places, key=lambda e: (abs(e.year - scores.division), -e.year), default=None)


def _placed(table, places):
    """Add the centre of each square; NaN when the map does not have it."""
    import pyarrow.compute as pc

    found = pc.index_in(table["code"], value_set=places["code"].combine_chunks())
    for name in ("x", "y"):
        column = pc.fill_null(places[name].combine_chunks().take(found), float("nan"))
        if name in table.column_names:
            table = table.drop_columns(name)
        table = table.append_column(name, column)
    return table


def _write_cells(table, path: Path) -> None:
    """Write squares in the order of a curve that keeps what lies together beside each other."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if "x" not in table.column_names:
        empty = pa.array(np.full(len(table), np.nan))
        table = table.append_column("x", empty).append_column("y", empty)
    x, y = (table[name].to_numpy() for name in ("x", "y"))
    order = np.argsort(_curve(x, y), kind="stable")
    table, x, y = table.take(pa.array(order)), x[order], y[order]
    boxes = []
    for start in range(0, len(table), CELL_ROWS):
        some = [part[start : start + CELL_ROWS] for part in (x, y)]
        some = [part[~np.isnan(part)] for part in some]
        corners = [f(part).item() for f in (np.min, np.max) for part in some if len(part)]
        boxes.append(corners)
    without = int(np.isnan(x).sum())
    index = json.dumps({"groups": {}, "names": {}, "boxes": boxes, "without": without}).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), INDEX: index})
    pq.write_table(
        table, path, row_group_size=CELL_ROWS, compression="zstd", write_statistics=False
    )


def _curve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the place of each square on a Z-curve; squares without a place come last."""
    known = ~np.isnan(x)
    place = np.full(len(x), np.iinfo(np.int64).max)
    column, row = ((part[known] // vakjes.SIZE).astype(np.int64) for part in (x, y))
    along = np.zeros(len(column), np.int64)
    for bit in range(13):  # 8192 squares: more than the country is wide or high
        along |= (column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1
    place[known] = along
    return place


def _within(x: np.ndarray, y: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """Whether each point lies within rings: holes are out, and so are enclaves.

    Squares stand in rows, so where the rings cross a row is worked out once for all its squares.
    """
    start = np.concatenate([ring[:-1] for ring in rings])
    end = np.concatenate([ring[1:] for ring in rings])
    inside = np.zeros(len(x), bool)
    order = np.argsort(y, kind="stable")
    heights, firsts = np.unique(y[order], return_index=True)
    for height, some in zip(heights, np.split(order, firsts[1:]), strict=True):
        (ax, ay), (bx, by) = (
            part[(start[:, 1] > height) != (end[:, 1] > height)].T for part in (start, end)
        )
        crossings = np.sort(ax + (height - ay) / (by - ay) * (bx - ax))
        inside[some] = np.searchsorted(crossings, x[some]) % 2 == 1
    return inside


def _cells(number: int) -> str:
    return f"{format_number(number)} {'vakje' if number == 1 else 'vakjes'}"
