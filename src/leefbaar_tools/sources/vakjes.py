"""The Leefbaarometer 3.0 by squares of 100 metres: open data (CSV), and a map of the squares.

The table has millions of rows, far more than fit in memory as text. So it is read in blocks, and
what is checked goes to a temporary Parquet file per year.
"""

import re
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from .leefbaarometer import PARTS, SCORES, decimals_of, edition_of, fits_together, year_of
from .tables import BLOCK, Cells, Head, SourceError, Table, clean_header, numbers, year_in

NAME = "vakjes"
PLACES = "vakjes-plaats"
KEY = "grid_id"
# The grid of all years is about 1 GB; nothing else that is read comes near it.
MAX_GRID = 2_000_000_000
SIZE = 100  # metres
WORKERS = 4
# Longer, or with a point or a plus, it is a number that another program has changed.
CODE = r"\A[0-9A-Za-z_\-]{1,40}\z"
MANY = 7
SQLITE = b"SQLite format 3\0"
# Where the Netherlands lie in the national grid.
BOX = (0, 300_000, 300_000, 650_000)
AGAIN = "Download het opnieuw."
AS_IS = "Gebruik het bestand zoals het is gedownload."


@dataclass(frozen=True)
class CellTable(Table):
    """What was read of the squares: the figures are in a file per year, ``frame`` is empty.

    Attributes
    ----------
    parts : dict of int to Path
        Parquet file per year: ``code, jaar`` and scores, or ``code, x, y`` (the centre).
    rows : dict of int to int
        How many squares each year has.
    folder : TemporaryDirectory
        Where the files are; gone with this table.
    """

    parts: dict[int, Path] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    folder: tempfile.TemporaryDirectory | None = None


def recognises(head: Head) -> bool:
    """Whether this is the table of the squares, or their map."""
    return is_scores(head) or is_map(head)


def is_scores(head: Head) -> bool:
    """Whether this is the table, seen from its header alone."""
    if head.is_json or head.is_zip or b"\0" in head.data:
        return False
    names = {name.lower() for name in _header(head)}
    return {KEY, "jaar"} <= names and bool({"afw", "lbm"} & names)


def is_map(head: Head) -> bool:
    """Whether this is a GeoPackage with squares; its layers are looked at, not read."""
    return head.data.startswith(SQLITE) and _layer(head) is not None


def read(head: Head, progress=None) -> CellTable:
    """Read the scores of the squares, or where they lie.

    Raises
    ------
    SourceError
        When the file is not whole, not as it was published, or numbers do not fit together.
    """
    folder = tempfile.TemporaryDirectory(prefix="leefbaar-", ignore_cleanup_errors=True)
    return _read_map(head, folder) if is_map(head) else _read_scores(head, folder)


def _table(source: str, years: tuple[int, ...], edition: int, **rest) -> CellTable:
    return CellTable(
        source=source,
        frame=pd.DataFrame(),
        years=years,
        division=dict.fromkeys(years, edition),
        edition=f"meting {edition}",
        publisher="Ministerie van BZK",
        title="Vakjes van de Leefbaarometer" if source == NAME else "Kaart van de vakjes",
        licence="CC0",
        modelled=source == NAME,
        **rest,
    )


# Scores


def _header(head: Head) -> list[str]:
    first = next(iter(head.lines(1)), "")
    mark = max(",;\t", key=first.count)
    return [clean_header(cell).strip('"') for cell in first.split(mark)]


def _read_scores(head: Head, folder: tempfile.TemporaryDirectory) -> CellTable:
    _check_last_line(head)
    parts: dict[int, Path] = {}
    rows: dict[int, int] = {}
    mean = _Mean()
    with ExitStack() as open_files:
        pool = open_files.enter_context(ThreadPoolExecutor(WORKERS))
        writers: dict = {}
        for block in _blocks(head):
            frame = _scores(block, mean, pool)
            _write(frame, Path(folder.name), parts, writers, open_files)
            for year, count in frame["jaar"].value_counts().items():
                rows[year] = rows.get(year, 0) + int(count)
    if not rows:
        raise SourceError(f"In “{head.name}” staan geen cijfers.")
    mean.check()
    for year, path in parts.items():
        _check_unique(path, year, rows[year])
    years = tuple(sorted(rows))
    edition, notes = edition_of(head, years)
    return _table(NAME, years, edition, notes=notes, parts=parts, rows=rows, folder=folder)


def _check_last_line(head: Head) -> None:
    """Refuse a file that stops within a line: the last number may be cut in two."""
    with head.path.open("rb") as file:
        file.seek(max(0, head.size - 1))
        if file.read() not in (b"\n", b"\r"):
            raise SourceError(f"“{head.name}” is niet heel: de laatste regel is niet af. {AGAIN}")


def _blocks(head: Head) -> Iterator:
    """Yield the rows as Arrow batches of text, only the columns that are used."""
    import pyarrow as pa
    from pyarrow import csv

    first = next(iter(head.lines(1)), "")
    if first.count(",") < max(first.count(";"), first.count("\t")):
        raise SourceError(f"In “{head.name}” staan geen komma's tussen de kolommen. {AS_IS}")
    header = _header(head)
    names = [name.lower() for name in header]
    wanted = [KEY, "jaar", *(name for name in SCORES if name in names)]
    if double := [name for name in wanted if names.count(name) > 1]:
        raise SourceError(f"In “{head.name}” staat de kolom “{double[0]}” twee keer.")
    if "afw" not in wanted:
        raise SourceError(f"In “{head.name}” ontbreekt de kolom afw.")
    # Names by number, as another column may have any name, also none.
    numbered = [name if name in wanted else f"kolom {at}" for at, name in enumerate(names)]
    try:
        reader = csv.open_csv(
            head.path,
            csv.ReadOptions(column_names=numbered, skip_rows=1, block_size=BLOCK),
            # A quote means nothing here: around a cell it is taken off, elsewhere refused.
            csv.ParseOptions(quote_char=False),
            csv.ConvertOptions(
                column_types=dict.fromkeys(numbered, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
        with reader:
            yield from reader
    except pa.ArrowException as error:
        if len(head.text.strip().splitlines()) < 2:
            raise SourceError(f"In “{head.name}” staan geen cijfers.") from error
        raise SourceError(
            f"In “{head.name}” is een rij niet volledig of niet te lezen. Misschien is het bestand "
            "niet helemaal gedownload: doe dat opnieuw."
        ) from error


def _scores(block, mean: "_Mean", pool: ThreadPoolExecutor) -> pd.DataFrame:
    """Return one block as figures, checked."""
    import pyarrow.compute as pc

    cells = {name: Cells.of_arrow(block[name], name) for name in block.schema.names}
    if pc.any(pc.match_substring(block[KEY], '"')).as_py():  # then there may be some elsewhere
        cells = {name: _unquoted(block[name], name) for name in cells}
    scores = [name for name in SCORES if name in cells]
    # Most of the work is Arrow's, outside Python: columns at the same time.
    figures = pool.map(lambda name: numbers(cells[name], small=True), scores)
    frame = pd.DataFrame({"code": _codes(cells[KEY]), "jaar": cells["jaar"].map(year_of)})
    frame = frame.assign(**dict(zip(scores, figures, strict=True)))
    step = 10.0 ** -_decimals(cells["afw"])
    fits_together(frame, step)
    mean.add(frame, step)
    order = ["code", "jaar", "lbm", "afw", *PARTS]
    return frame[[name for name in order if name in frame]]


def _decimals(cells: Cells) -> int:
    """Count the most decimals; above `MANY` more make no difference to any check."""
    some = decimals_of(Cells.of_arrow(cells._arrow[:1000]))
    return some if some >= MANY else decimals_of(cells)


def _unquoted(texts, name: str) -> Cells:
    import pyarrow.compute as pc

    if pc.any(pc.match_substring(texts, '"'), min_count=0).as_py():
        texts = pc.replace_substring_regex(texts, r'^"([^"]*)"$', r"\1")
    return Cells.of_arrow(texts, name)


def _codes(cells: Cells):
    import pyarrow.compute as pc

    texts = cells._arrow
    fits = pc.match_substring_regex(texts, CODE)
    # NA is how a program writes that there is none.
    fits = pc.and_(fits, pc.not_equal(texts, "NA"))
    if not pc.all(fits, min_count=0).as_py():
        odd = texts[pc.index(fits, False).as_py()].as_py()
        raise SourceError(f"In de kolom “{KEY}” staat “{odd}”. Dat is geen code van een vakje.")
    return texts.to_pandas()


class _Mean:
    """The national mean in a file; each edition has its own, for all years."""

    def __init__(self):
        self.low, self.high, self.step = np.inf, -np.inf, 1.0

    def add(self, frame: pd.DataFrame, step: float) -> None:
        self.step = min(self.step, step)
        if "lbm" in frame and len(mean := (frame["lbm"] - frame["afw"]).dropna()):
            self.low, self.high = min(self.low, mean.min()), max(self.high, mean.max())

    def check(self) -> None:
        if self.high - self.low > max(2.01 * self.step, 1e-6):
            raise SourceError(
                "In dit bestand staan cijfers uit twee edities van de Leefbaarometer door elkaar. "
                "Gebruik één bestand uit één download."
            )


def _write(frame: pd.DataFrame, folder: Path, parts: dict, writers: dict, files: ExitStack) -> None:
    """Add a block to the file of each of its years."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        for year, rows in frame.groupby("jaar"):
            table = pa.Table.from_pandas(rows, preserve_index=False)
            if year not in parts:
                parts[year] = folder / f"{year}.parquet"
                plain = {"use_dictionary": False, "compression": "none", "write_statistics": False}
                writer = pq.ParquetWriter(parts[year], table.schema, **plain)
                writers[year] = files.enter_context(writer)
            writers[year].write_table(table)
    except OSError as error:
        raise SourceError(
            "Ik kan het bestand niet uitpakken. Kijk of er genoeg ruimte is op de schijf."
        ) from error


def _check_unique(path: Path, year: int, rows: int) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    codes = pq.read_table(path, columns=["code"])["code"]
    if pc.count_distinct(codes).as_py() != rows:
        counts = pc.value_counts(codes)
        double = counts.filter(pc.greater(counts.field("counts"), 1))[0]["values"].as_py()
        raise SourceError(f"In het bestand staat twee keer een rij voor {double}, {year}.")


# Places


def _layer(head: Head) -> SimpleNamespace | None:
    """Return the layer of a GeoPackage that has squares, and the name of their code."""
    from pyogrio import list_layers, read_info
    from pyogrio.errors import DataLayerError, DataSourceError

    with warnings.catch_warnings(action="ignore"):  # of what GDAL mutters about a damaged file
        try:
            for name, kind in list_layers(head.path).tolist():
                for column in read_info(head.path, layer=name)["fields"].tolist():
                    if kind and column.lower() == KEY:
                        return SimpleNamespace(name=name, column=column)
        except (DataSourceError, DataLayerError, ValueError):
            return None  # the reader of boundaries says what is wrong
    return None


def _read_map(head: Head, folder: tempfile.TemporaryDirectory) -> CellTable:
    codes, bounds = _squares(head)
    year = year_in(head.path.stem)
    if year is None:
        raise SourceError(
            f"Uit “{head.name}” blijkt niet van welke meting de vakjes zijn. Zet het jaar in de "
            "naam van het bestand, zoals “grid 2024.gpkg”."
        )
    left, low, right, high = bounds
    inside = (left >= BOX[0]) & (low >= BOX[1]) & (right <= BOX[2]) & (high <= BOX[3])
    if not inside.all():  # a NaN is within nothing
        raise SourceError(
            f"In “{head.name}” heeft {codes[~inside][0]} geen plaats in Nederland. Gebruik de "
            "kaart in RD (EPSG:28992)."
        )
    large = np.maximum(right - left, high - low) > SIZE + 0.5
    if large.any():
        raise SourceError(
            f"In “{head.name}” is {codes[large][0]} groter dan 100 meter. Dat is geen vakje."
        )
    frame = pd.DataFrame({"code": codes, "x": (left + right) / 2, "y": (low + high) / 2})
    path = Path(folder.name) / "plaats.parquet"
    frame.to_parquet(path, index=False)
    _check_unique(path, year, len(frame))
    made = {"parts": {year: path}, "rows": {year: len(frame)}, "folder": folder}
    return _table(PLACES, (year,), year, **made)


def _squares(head: Head) -> tuple[np.ndarray, np.ndarray]:
    """Return code and bounds of each square."""
    import pyarrow as pa
    from pyogrio import raw, read_bounds
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

    layer = _layer(head)
    try:
        # A square is little: its bounds say where it is, without reading its shape.
        _, keys, _, (codes,) = raw.read(
            head.path, layer.name, columns=[layer.column], read_geometry=False, return_fids=True
        )
        places, bounds = read_bounds(head.path, layer.name)
    except (DataSourceError, DataLayerError, FieldError, GeometryError, ValueError) as error:
        raise SourceError(
            f"“{head.name}” is beschadigd of niet helemaal gedownload. {AGAIN}"
        ) from error
    if not len(codes):
        raise SourceError(f"In “{head.name}” staan geen vakjes.")
    if not np.array_equal(keys, places):
        raise SourceError(f"In “{head.name}” hebben niet alle vakjes een vorm. {AGAIN}")
    if codes.dtype.kind not in "iuO":
        raise SourceError(f"In “{head.name}” is {KEY} geen tekst en geen heel getal.")
    texts = ["" if code is None else str(code) for code in codes.tolist()]
    return _codes(Cells.of_arrow(pa.array(texts), KEY)).to_numpy(), bounds


def is_named_as_map(name: str) -> bool:
    """Whether a file in a zip is called as the published map of the squares."""
    return bool(re.fullmatch(r"grid\b.*\.gpkg", Path(name).name, re.IGNORECASE))
