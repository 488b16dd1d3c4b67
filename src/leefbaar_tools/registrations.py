"""What a corporation knows itself: complexes, reports, answers to a survey, costs, partners.

The sample city has all of it, invented; a corporation's own files come in the same form.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from .areas import AreaError
from .dutch import format_date
from .resources import shared_path

OWN_FILE = "eigen registratie"  # begins the source line of what a corporation knows itself


@dataclass(frozen=True, eq=False)
class Registrations:
    """Tables by name, as they are in ``data/`` (see its datapackage.json for the columns).

    The sample city has ``meldingen``, report by report; a corporation's own file has ``jaren`` and
    ``maanden`` instead, already counted (see `own.kept`). Both have ``complexen``.

    Attributes
    ----------
    tables : dict of str to DataFrame
    notice : str
        Must stand on every picture drawn from them; empty for real data.
    saved : date, optional
        When a corporation's own file was saved.
    """

    tables: dict[str, pd.DataFrame]
    notice: str = ""
    saved: date | None = None

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; `AreaError`, in Dutch, when it is not there."""
        if name not in self.tables:
            raise AreaError(f"De tabel “{name}” is er niet in deze gegevens.")
        return self.tables[name]

    def source_line(self, what: str) -> str:
        """Dutch words for under a figure. Fits after "Bron: ". Fictional data say so first."""
        if self.notice:
            return f"{self.notice}: verzonnen {what}, geen echte corporatie."
        if self.saved:
            return f"{OWN_FILE} van de corporatie, bestand van {format_date(self.saved)}."
        return f"{OWN_FILE}: {what}."


TABLES = ("complexen", "meldingen", "enquete", "inzet", "partners", "banden")


@cache
def sample_registrations() -> Registrations:
    """Return the invented tables of the sample city."""
    return read_registrations(shared_path("data"), "voorbeelddata")


def read_registrations(folder: Path, notice: str = "") -> Registrations:
    """Read every known table that is in a folder; codes stay text."""
    tables = {}
    for name in TABLES:
        path = Path(folder) / f"{name}.csv"
        if path.exists():
            codes = {"complex": str, "buurt": str, "huishouden": str}
            tables[name] = pd.read_csv(
                path, dtype=codes, keep_default_na=False, na_values=["", "."]
            )
    return Registrations(tables, notice)
