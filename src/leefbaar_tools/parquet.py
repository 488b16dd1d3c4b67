"""Tables of the store as Parquet; rows of one gemeente lie together, to be found fast."""

import json
from pathlib import Path

import pandas as pd

from .entries import INDEX
from .sources.tables import SourceError

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


def code_column(source: str) -> str:
    """Name of the column with the code of the region."""
    return "gwb_code" if source == "kwb" else "code"


def keys_of(source: str, frame: pd.DataFrame) -> list[str]:
    """Columns that make a row one of its kind."""
    if source in WIDE_KEYS:
        return WIDE_KEYS[source]
    return [name for name in frame.columns if name != VALUES.get(source)]


def gemeente_of(codes: pd.Series) -> pd.Series:
    """Code of the gemeente by region; ``land`` for the country, empty for anything else."""
    kind = codes.str[:2]
    inside = "GM" + codes.str[2:6]
    return inside.where(kind.isin(["GM", "WK", "BU"]), "").mask(kind == "NL", LAND)


def with_shapes(frame: pd.DataFrame) -> pd.DataFrame:
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


def gemeenten_of(frame: pd.DataFrame, source: str) -> set[str]:
    """Return the gemeenten of which a table has rows."""
    return set(gemeente_of(frame[code_column(source)])) - {LAND, ""}


def _gemeente_names(frame: pd.DataFrame) -> dict[str, str]:
    """Return the names of the gemeenten that have a row of their own in Kerncijfers."""
    if "gwb_code" not in frame:
        return {}
    rows = frame[frame["gwb_code"].str.startswith("GM")]
    names = rows["regio"].fillna("").astype(str)
    return dict(zip(rows["gwb_code"], names, strict=True))


def write_parquet(frame: pd.DataFrame, path: Path, code: str) -> None:
    """Write a table, sorted by gemeente, with a row group per gemeente or a few small ones."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    own = gemeente_of(frame[code])
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


def read_parquet(
    path: Path,
    code: str,
    gemeenten: tuple | None = None,
    columns: set | None = None,
    only: dict[str, set] | None = None,
):
    """Read an Arrow table: of some gemeenten, some columns, rows with `only` these texts."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
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
