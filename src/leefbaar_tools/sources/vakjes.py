"""The Leefbaarometer 3.0 by squares of 100 metres: open data (CSV), and a map of the squares.

The table has millions of rows, far more than fit in memory as text. So it is read in blocks, and
what is checked goes to a temporary file per year.
"""

import os
import re
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from .leefbaarometer import SCORES, decimals_of, edition_of, fits_together, year_of
from .tables import (
    BLOCK,
    Cells,
    Head,
    SourceError,
    Table,
    clean_header,
    number_form,
    numbers,
    year_in,
)

NAME = "vakjes"
PLACES = "vakjes-plaats"
KEY = "grid_id"
# The grid of all years is about 1 GB; nothing else that is read comes near it.
MAX_GRID = 2_000_000_000
SIZE = 100  # metres
PART = ".arrow"  # quicker to write and to read once than Parquet
WORKERS = 2
# Longer, or with a point or a plus, it is a number that another program has changed.
CODE = r"\A[0-9A-Za-z_\-]{1,40}\z"
# The same, as it stands in a published line: three or more letters are never NA.
LONG_CODE = r"[0-9A-Za-z_\-]{3,40}"
YEAR = r"20\d\d"
OTHER = r'[^,"\r\n]*|"[^,"\r\n]*"'
MANY = 7
MIX = np.uint64(0x9E3779B97F4A7C15)
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
        Arrow file per year, see `read_part`: ``code, jaar`` and scores, or ``code, x, y`` (the
        centre).
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
    read_block = partial(_scores, _columns(head), head.name)
    parts: dict[int, Path] = {}
    rows: dict[int, int] = {}
    mean = _Mean()
    with ThreadPoolExecutor(WORKERS) as pool:
        with ExitStack() as open_files:
            writers: dict = {}
            for table, step in _ahead(pool, read_block, _blocks(head)):
                mean.add(table, step)
                for year, part in _by_year(table):
                    _write(part, year, Path(folder.name), parts, writers, open_files)
                    rows[year] = rows.get(year, 0) + len(part)
        if not rows:
            raise SourceError(f"In “{head.name}” staan geen cijfers.")
        mean.check()
        for _ in pool.map(_check_unique, parts.values(), parts):
            pass  # what is wrong is raised here
    years = tuple(sorted(rows))
    edition, notes = edition_of(head, years)
    return _table(NAME, years, edition, notes=notes, parts=parts, rows=rows, folder=folder)


def _check_last_line(head: Head) -> None:
    """Refuse a file that stops within a line: the last number may be cut in two."""
    with head.path.open("rb") as file:
        file.seek(max(0, head.size - 1))
        if file.read() not in (b"\n", b"\r"):
            raise SourceError(f"“{head.name}” is niet heel: de laatste regel is niet af. {AGAIN}")


def _columns(head: Head) -> list[str]:
    """Return the names of the columns, a number for each that is not used."""
    first = next(iter(head.lines(1)), "")
    if first.count(",") < max(first.count(";"), first.count("\t")):
        raise SourceError(f"In “{head.name}” staan geen komma's tussen de kolommen. {AS_IS}")
    names = [name.lower() for name in _header(head)]
    used = (KEY, "jaar", *SCORES)
    if double := [name for name in used if names.count(name) > 1]:
        raise SourceError(f"In “{head.name}” staat de kolom “{double[0]}” twee keer.")
    if "afw" not in names:
        raise SourceError(f"In “{head.name}” ontbreekt de kolom afw.")
    return [name if name in used else f"kolom {at}" for at, name in enumerate(names)]


def _blocks(head: Head) -> Iterator[bytes]:
    """Yield the lines below the header, many at a time."""
    header = re.search(rb"\r\n?|\n", head.data)
    with head.path.open("rb") as file:
        file.seek(header.end() if header else head.size)
        while block := memoryview(file.read(BLOCK)):
            end = max(map(block.obj.rfind, (b"\n", b"\r"))) + 1
            end = end or len(block)  # a part of so long a line is no row, and refused
            file.seek(end - len(block), os.SEEK_CUR)
            yield block[:end]


def _ahead(pool: ThreadPoolExecutor, work: Callable, blocks: Iterable[bytes]) -> Iterator:
    """Yield what `work` makes of each block, in order, with a few blocks at the same time."""
    waiting: deque = deque()
    for block in blocks:
        waiting.append(pool.submit(work, block))
        if len(waiting) > WORKERS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _scores(names: list[str], name: str, block: bytes) -> tuple:
    """Return the figures of a block, checked, and the smallest step between them."""
    import pyarrow as pa

    try:
        table, step = _as_published(names, block) or _as_text(names, block)
    except pa.ArrowException as error:
        raise SourceError(
            f"In “{name}” is een rij niet volledig of niet te lezen. Misschien is het bestand "
            "niet helemaal gedownload: doe dat opnieuw."
        ) from error
    fits_together(dict(zip(table.column_names, table.columns, strict=True)), step)
    return table, step


def _as_published(names: list[str], block: bytes) -> tuple | None:
    """Return the figures of a block in which every line is as it is published; None for another.

    Arrow reads numbers while it cuts up the lines, which is fast, but takes more for a number
    than we do. So it gets only lines of which each cell was seen to be right.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pa.array([0, len(block)]).buffers()[1]
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(block)])
    if not pc.match_substring_regex(whole, _lines(names))[0].as_py():
        return None
    numeric = dict.fromkeys(SCORES, pa.float64()) | {"jaar": pa.int64(), KEY: pa.string()}
    table = _arrow(names, block, numeric, '"')
    some = table["afw"][:1000].drop_null().to_numpy()
    fine = (some != some.round(MANY - 1)).any()
    return (table.rename_columns({KEY: "code"}), 10.0**-MANY) if fine else None


def _lines(names: list[str]) -> str:
    """Return the form of lines as they are published; a program may put text within quotes."""
    score = f"(?:{number_form('.', small=True)}|NA)?"
    forms = dict.fromkeys(SCORES, score) | {"jaar": YEAR, KEY: f'{LONG_CODE}|"{LONG_CODE}"'}
    cells = (f"(?:{forms.get(name, OTHER)})" for name in names)
    return rf"\A(?:{','.join(cells)}\r?\n)*\z"


def _arrow(names: list[str], block: bytes, kinds: dict, quote: str | bool):
    """Return the columns that are used, in the order of the store."""
    import pyarrow as pa
    from pyarrow import csv

    return csv.read_csv(
        pa.BufferReader(block),
        csv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
        csv.ParseOptions(quote_char=quote),
        csv.ConvertOptions(
            column_types=kinds,
            include_columns=[name for name in (KEY, "jaar", *SCORES) if name in names],
            null_values=["", "NA"],
            strings_can_be_null=False,
        ),
    )


def _as_text(names: list[str], block: bytes) -> tuple:
    """Return the figures of any block; `SourceError` says which cell is wrong."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # A quote means nothing here: around a cell it is taken off, elsewhere refused.
    texts = _arrow(names, block, dict.fromkeys(names, pa.string()), False).combine_chunks()
    cells = {n: Cells.of_arrow(texts[n].chunk(0), n) for n in texts.column_names}
    if pc.any(pc.match_substring(texts[KEY], '"')).as_py():  # then there may be some elsewhere
        cells = {n: _unquoted(texts[n].chunk(0), n) for n in cells}
    made = {"code": _codes(cells.pop(KEY)), "jaar": cells.pop("jaar").map(year_of)}
    step = 10.0 ** -_decimals(cells["afw"])
    made |= {n: numbers(column, small=True) for n, column in cells.items()}
    return pa.table(made), step


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
    return texts


class _Mean:
    """The national mean in a file; each edition has its own, for all years."""

    def __init__(self):
        self.low, self.high, self.step = np.inf, -np.inf, 1.0

    def add(self, table, step: float) -> None:
        import pyarrow.compute as pc

        self.step = min(self.step, step)
        if "lbm" in table.column_names:
            found = pc.min_max(pc.subtract(table["lbm"], table["afw"])).as_py()
            if found["min"] is not None:
                self.low = min(self.low, found["min"])
                self.high = max(self.high, found["max"])

    def check(self) -> None:
        if self.high - self.low > max(2.01 * self.step, 1e-6):
            raise SourceError(
                "In dit bestand staan cijfers uit twee edities van de Leefbaarometer door elkaar. "
                "Gebruik één bestand uit één download."
            )


def _by_year(table) -> Iterator[tuple]:
    """Yield the rows of each year."""
    import pyarrow.compute as pc

    years = pc.unique(table["jaar"]).to_pylist()
    for year in years:
        yield year, table if len(years) == 1 else table.filter(pc.equal(table["jaar"], year))


def _write(table, year: int, folder: Path, parts: dict, writers: dict, files: ExitStack) -> None:
    """Add rows to the file of their year."""
    import pyarrow as pa

    try:
        if year not in parts:
            parts[year] = folder / f"{year}{PART}"
            writers[year] = files.enter_context(pa.ipc.new_file(parts[year], table.schema))
        writers[year].write_table(table)
    except OSError as error:
        raise SourceError(
            "Ik kan het bestand niet uitpakken. Kijk of er genoeg ruimte is op de schijf."
        ) from error


def read_part(path: Path, columns: Sequence[int] | None = None):
    """Return the Arrow table of one year of a `CellTable`, or only these columns of it."""
    import pyarrow as pa

    options = pa.ipc.IpcReadOptions(included_fields=list(columns or ()))
    with pa.OSFile(str(path)) as file, pa.ipc.open_file(file, options=options) as part:
        return part.read_all()


def _check_unique(path: Path, year: int) -> None:
    import pyarrow.compute as pc

    codes = read_part(path, [0])["code"].combine_chunks()
    if not _surely_differ(codes) and len(codes.unique()) != len(codes):
        counts = pc.value_counts(codes)
        double = counts.filter(pc.greater(counts.field("counts"), 1))[0]["values"].as_py()
        raise SourceError(f"In het bestand staat twee keer een rij voor {double}, {year}.")


def _surely_differ(codes) -> bool:
    """Whether a number made of each code, which is quickly sorted, is there only once.

    Two codes may give the same number, though that is rare; one code never gives two.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    least, width = pc.min_max(pc.binary_length(codes)).as_py().values()
    if least != width:
        return False
    fixed = codes.cast(pa.large_binary()).cast(pa.binary(width))
    letters = np.frombuffer(fixed.buffers()[1], np.uint8, len(codes) * width)
    words = np.zeros((len(codes), -(-width // 8)), np.uint64)
    words.view(np.uint8)[:, :width] = letters.reshape(-1, width)
    made = words @ MIX ** np.arange(words.shape[1], dtype=np.uint64)
    made.sort()
    return bool((made[1:] != made[:-1]).all())


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
    import pyarrow as pa

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
    path = Path(folder.name) / f"plaats{PART}"
    places = pa.Table.from_pandas(frame, preserve_index=False)
    with pa.ipc.new_file(path, places.schema) as file:
        file.write_table(places)
    _check_unique(path, year)
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
    return _codes(Cells.of_arrow(pa.array(texts), KEY)).to_numpy(False), bounds


def is_named_as_map(name: str) -> bool:
    """Whether a file in a zip is called as the published map of the squares."""
    return bool(re.fullmatch(r"grid\b.*\.gpkg", Path(name).name, re.IGNORECASE))
