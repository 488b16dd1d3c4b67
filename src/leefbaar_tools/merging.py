"""Figures of places that became one: numbers are added, shares and averages weighted."""

import json
from collections.abc import Callable

import pandas as pd

from .areas import KWB, denominators, with_adults

NEW = "nieuw"
PARTS = "delen"  # of how many places it consists


def renumbered(rows: pd.DataFrame, code: str, parts: dict, merge: Callable) -> pd.DataFrame:
    """Give rows the codes of another division.

    Parameters
    ----------
    rows : DataFrame
        Of one division.
    code : str
        The column with the codes.
    parts : dict of str to tuple of str
        Per new code the old ones it consists of; see `divisions.Links`.
    merge : callable
        Puts rows of places that became one together. It gets them with the columns `NEW` and
        `PARTS`, only of places of which every part is there.

    Returns
    -------
    DataFrame
        Without rows of other codes, and of places of which a part is not there.
    """
    owner = {old: new for new, olds in parts.items() for old in olds}
    rows = rows[rows[code].isin(owner)]
    if all(old == new for old, new in owner.items()):
        return rows
    rows = rows.assign(**{NEW: rows[code].map(owner)})
    rows[PARTS] = rows[NEW].map({new: len(olds) for new, olds in parts.items()})
    rows = rows[rows.groupby(NEW)[code].transform("nunique") == rows[PARTS]]
    several = rows[PARTS] > 1
    done = [rows[~several]] + ([merge(rows[several])] if several.any() else [])
    names = [name for name in rows if name not in (NEW, PARTS)]
    return pd.concat([part.assign(**{code: part[NEW]})[names] for part in done], ignore_index=True)


def merged_kerncijfers(rows: pd.DataFrame) -> pd.DataFrame:
    """Put Kerncijfers of places that became one together.

    Counts are added. A share or average is weighted with what it was divided by; where that is not
    known, or a part is missing, the figure is missing.
    """
    keys = ["jaar", NEW, PARTS]
    sizes, weights = with_adults(rows), denominators(KWB)
    columns = {}
    for name in rows.columns.difference(keys):
        if not pd.api.types.is_float_dtype(rows[name]):
            # Of signs the one that says most; names and levels follow the newest year anyhow.
            columns[name] = rows.groupby(keys)[name].max()
        elif name.startswith("a_"):
            columns[name] = _total(rows[name], rows, keys)
        elif weights.get(name) in sizes:
            columns[name] = _mean(rows[name], sizes[weights[name]], rows, keys)
        else:
            columns[name] = float("nan")
    return pd.DataFrame(columns).reset_index()


def merged_offences(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the offences of places that became one."""
    keys = [name for name in rows if name not in ("code", "aantal")]
    return _total(rows["aantal"], rows, keys).rename("aantal").reset_index()


def merged_health(rows: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """Weight estimates of places that became one with `people`, their number by old code."""
    keys = [name for name in rows if name not in ("code", "waarde")]
    sizes = rows["code"].map(people)
    return _mean(rows["waarde"], sizes, rows, keys).rename("waarde").reset_index()


def merged_shapes(rows: pd.DataFrame) -> pd.DataFrame:
    """Put the polygons of places that became one beside each other."""
    shapes = rows.groupby(NEW)["geometry"].agg(_beside)
    return rows.drop_duplicates(NEW).assign(geometry=lambda frame: frame[NEW].map(shapes))


def _beside(texts: pd.Series) -> str:
    return json.dumps([polygon for text in texts for polygon in json.loads(text)])


def _total(values: pd.Series, rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Add values by place; missing where one of the parts is."""
    by = values.groupby([rows[name] for name in keys])
    known = by.count()
    return by.sum().where(known == known.index.get_level_values(PARTS))


def _mean(values: pd.Series, sizes: pd.Series, rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return the mean by place, weighted with sizes; a part in which nobody is does not count."""
    values = values.where(sizes != 0, 0.0)
    whole = _total(sizes, rows, keys)
    return _total(values * sizes, rows, keys) / whole.where(whole > 0)
