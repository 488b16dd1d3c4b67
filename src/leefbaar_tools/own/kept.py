"""Where the own file is kept, and the tables that are made of it.

One file, replaced in one step: a crash at any moment leaves what was there. Only what the
template asks for is in it; the file itself is not copied.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
from filelock import Timeout

from ..dutch import format_date, join_words
from ..files import BUSY, HALF, locked, replacing
from ..registrations import Registrations
from .columns import COLUMNS, FIGURES, how_many
from .reading import OwnError, read

# Apart from the public figures: those are thrown away and fetched again when they are damaged.
FOLDER = Path("eigen")
NAME = "eigen-cijfers.json"
FORMAT = 1
MONTHLY = ("meldingen", "huishoudens")


@dataclass(frozen=True)
class OwnFile:
    """What is kept of an own file.

    Attributes
    ----------
    name, sha256 : str
        Of the file it came from.
    saved, imported : date
        When that file was saved, and when it was read in.
    frame : DataFrame
        As in `reading.Own`.
    notes : tuple of str
    """

    name: str
    sha256: str
    saved: date
    imported: date
    frame: pd.DataFrame
    notes: tuple[str, ...]


def import_file(path, folder, today: date | None = None) -> list[str]:
    """Read an own file and keep it, in the place of the one that was there.

    Parameters
    ----------
    path : path
    folder : path
        The working folder, such as ``~/leefbaar``.
    today : date, optional

    Returns
    -------
    list of str
        What happened, in Dutch.

    Raises
    ------
    OwnError
        When it cannot be used; then what was kept is as it was.
    """
    path, place, today = Path(path), Path(folder) / FOLDER / NAME, today or date.today()
    own = read(path, today)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        saved = min(date.fromtimestamp(path.stat().st_mtime), today)
    except OSError as error:
        raise OwnError(f"Het bestand “{path.name}” kan ik niet openen.") from error
    before = None
    with _locked(place.parent):
        # One that cannot be read any more is replaced as well: that is how to mend it.
        with contextlib.suppress(OwnError):
            before = _kept(place)
        if before and (before.sha256, before.notes) == (digest, own.notes):
            return [f"Eigen cijfers: “{path.name}” was er al. Er is niets veranderd."]
        _write(place, OwnFile(path.name, digest, saved, today, own.frame, own.notes))
    said = [f"Eigen cijfers bewaard, alleen op deze computer: {_counted(own.frame)}."]
    if before:
        said.append(
            f"Dit komt in de plaats van “{before.name}” van {format_date(before.saved)}: "
            f"{_counted(before.frame)}."
        )
        lost = set(before.frame["complex"]) - set(own.frame["complex"])
        if lost:
            stand = "staat" if len(lost) == 1 else "staan"
            said.append(
                f"Let op: {how_many(len(lost))} van toen {stand} niet in het nieuwe bestand."
            )
    return said + [f"Let op: {note}" for note in own.notes]


def status(folder) -> list[str]:
    """Say in Dutch what is kept; nothing when there is no own file."""
    place = Path(folder) / FOLDER / NAME
    kept = _kept(place)
    if kept is None:
        return []
    return [
        f"Eigen cijfers van de corporatie (blijven op deze computer, in {place.parent})",
        f"  {_counted(kept.frame)}, uit “{kept.name}” van {format_date(kept.saved)}, ingelezen op "
        f"{format_date(kept.imported)}",
        *(f"    Let op: {note}" for note in kept.notes),
    ]


def own_registrations(folder) -> Registrations | None:
    """Return the tables of the own file in a working folder; None when there is none.

    Parameters
    ----------
    folder : path or None
        The working folder, such as ``~/leefbaar``.

    Returns
    -------
    Registrations or None
        The same object as long as the file is the same, so that figures of it are made once.
        Tables: ``complexen`` (complex, naam, buurt, woningen; of the newest year), ``jaren``
        (complex, jaar, woningen, the figures of a whole year, and melders: how many households
        have certainly reported) and ``maanden`` (complex, jaar, maand, meldingen, huishoudens;
        only rows with a figure). Unknown is NaN.

    Raises
    ------
    OwnError
        When the kept file is damaged.
    """
    if folder is None:
        return None
    place = Path(folder) / FOLDER / NAME
    try:
        known = place.stat()
    except OSError:
        return None
    return _registrations(place, known.st_mtime_ns, known.st_size)


@lru_cache(4)
def _registrations(place: Path, changed: int, size: int) -> Registrations | None:
    kept = _kept(place)
    return None if kept is None else Registrations(tables_of(kept.frame), saved=kept.saved)


def tables_of(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Make the tables of `own_registrations` of rows per complex, year and month."""
    newest = frame.sort_values("jaar", kind="stable").drop_duplicates("complex", keep="last")
    complexes = newest[["complex", "naam", "buurt", "woningen"]].sort_values("complex")
    monthly = frame[frame["maand"] > 0]
    months = monthly.dropna(subset=list(MONTHLY), how="all")
    years = frame.drop_duplicates(["complex", "jaar"])[["complex", "jaar", "woningen"]]
    whole = frame[frame["maand"] == 0].set_index(["complex", "jaar"])[list(FIGURES)]
    years = years.join(whole, on=["complex", "jaar"])
    of_months = monthly.groupby(["complex", "jaar"])[list(MONTHLY)].agg(["sum", "count", "max"])
    of_months = of_months.reindex(pd.MultiIndex.from_frame(years[["complex", "jaar"]]))
    of_months.index = years.index
    # Twelve months make a year of reports. Households may be the same in each of them: certain is
    # only that there are as many as in the month with most.
    reports = of_months["meldingen"]
    years["meldingen"] = years["meldingen"].fillna(reports["sum"].where(reports["count"] == 12))
    years["melders"] = years["huishoudens"].fillna(of_months["huishoudens"]["max"])
    return {
        "complexen": complexes.reset_index(drop=True),
        "jaren": years.reset_index(drop=True),
        "maanden": months[["complex", "jaar", "maand", *MONTHLY]].reset_index(drop=True),
    }


def _counted(frame: pd.DataFrame) -> str:
    years = [str(year) for year in sorted(set(frame["jaar"]))]
    said = f"{how_many(frame['complex'].nunique())} over {join_words(years)}"
    return f"{said}, ook per maand" if (frame["maand"] > 0).any() else said


# The file


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        with locked(folder, mode=0o700):
            yield
    except Timeout as error:
        raise OwnError(BUSY) from error
    except OSError as error:
        why = "De schijf is vol." if error.errno == 28 else "Staat het ergens open? Sluit het."
        raise OwnError(
            f"Ik kan niets bewaren in {folder}. {why} Wat er al stond, is niet veranderd."
        ) from error


def _write(place: Path, own: OwnFile) -> None:
    rows = json.loads(own.frame.to_json(orient="values"))
    text = json.dumps(
        {
            "format": FORMAT,
            "name": own.name,
            "sha256": own.sha256,
            "saved": own.saved.isoformat(),
            "imported": own.imported.isoformat(),
            "notes": own.notes,
            "columns": list(own.frame.columns),
            "rows": rows,
        },
        ensure_ascii=False,
    )
    with replacing(place) as part:
        part.write_text(text, encoding="utf-8")
    for left in place.parent.glob(f"*{HALF}"):  # of a crash
        with contextlib.suppress(OSError):
            left.unlink()


def _kept(place: Path) -> OwnFile | None:
    try:
        data = json.loads(place.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise ValueError
        frame = pd.DataFrame(data["rows"], columns=data["columns"])
        frame = frame[[column.key for column in COLUMNS]]
        text = {"complex": str, "naam": str, "buurt": str}
        whole = {"jaar": int, "maand": int, "woningen": int}
        return OwnFile(
            data["name"],
            data["sha256"],
            date.fromisoformat(data["saved"]),
            date.fromisoformat(data["imported"]),
            frame.astype(text | whole | {key: float for key in FIGURES}),
            tuple(data["notes"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OwnError(
            f"In {place.parent} is {place.name} beschadigd of van een andere versie. Lees je eigen "
            "bestand opnieuw in met: leefbaar data import BESTAND"
        ) from error
