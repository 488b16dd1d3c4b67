"""Which buurten and wijken one can choose here: the sample city, and what was imported."""

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .areas import Area, AreaError, sample_city
from .own import OwnError, own_registrations
from .registrations import Registrations
from .store import Store

# A buurt of middling size and figures, shown until a participant chose one.
DEFAULT_AREA = "BU99990101"
LEVELS = ("buurt", "wijk")  # what a sheet can be about
_MARKS = str.maketrans({"’": "'", "‘": "'", "`": "'", "–": "-", "—": "-"})


@dataclass(frozen=True)
class Place:
    """A buurt or wijk to choose, with the names of what it lies in (`wijk` empty for a wijk)."""

    code: str
    name: str
    level: str
    wijk: str
    gemeente: str

    @property
    def words(self) -> str:
        """The place as one recognises it: a name alone is often that of other buurten too."""
        inside = f"in {self.wijk}, {self.gemeente}" if self.wijk else f"in {self.gemeente}"
        return f"{self.name} ({self.level} {inside})"


class Atlas:
    """The areas of one working folder.

    Parameters
    ----------
    store : Store, optional
        Without it there is only the sample city.
    folder : path, optional
        The working folder, where a corporation's own file may be.

    Attributes
    ----------
    problem : str
        Dutch, when what was imported cannot be read; the sample city is always there.
    """

    def __init__(self, store: Store | None = None, folder: Path | None = None):
        self.store = store
        self.folder = folder
        self.problem = ""
        self._stamp: tuple[int, int] | None = None
        self._areas: dict[str, Area | None] = {}
        self._places: list[tuple[str, Place]] | None = None

    @classmethod
    def of(cls, folder: str | os.PathLike) -> "Atlas":
        """Return the atlas of a working folder; reads nothing yet."""
        folder = Path(folder).expanduser()
        return cls(Store(folder / "gegevens"), folder)

    @property
    def sample(self) -> Area:
        """The sample city."""
        return sample_city()

    @property
    def real(self) -> bool:
        """Whether there is anything beside the sample city."""
        self._renew()
        return self._stamp is not None

    def area(self, code: object) -> Area | None:
        """Return the figures that have this buurt or wijk; None when they are not here."""
        if not isinstance(code, str):
            return None
        area = self.sample
        if code not in area.regions.index:
            self._renew()
            area = self._gemeente(f"GM{code[2:6]}") if self._stamp else None
        known = area is not None and code in area.regions.index and area.level(code) in LEVELS
        return area if known else None

    def own(self) -> tuple[Registrations | None, str]:
        """Return the corporation's own figures, or None with, in Dutch, what is wrong with them."""
        try:
            return own_registrations(self.folder), ""
        except OwnError as error:
            return None, str(error)

    def strange(self) -> list[str]:
        """Return the buurten of the own file that are not in the figures of their gemeente."""
        own, _ = self.own()
        if own is None:
            return []
        codes = set(own.table("complexen")["buurt"])
        known = {f"GM{place.code[2:6]}" for _, place in self._all()}
        return sorted(c for c in codes if f"GM{c[2:6]}" in known and self.area(c) is None)

    def place(self, code: object) -> Place | None:
        """Return what a code stands for; None when it is not here."""
        area = self.area(code)
        if area is None:
            return None
        _, *above = area.path(code)
        names = {area.level(step): area.name(step) for step in above}
        return Place(
            code, area.name(code), area.level(code), names.get("wijk", ""), names["gemeente"]
        )

    def find(self, text: str, sample: bool = False) -> list[Place]:
        """Return the real places with all these words, or parts of words, in their names.

        With `sample` those of the sample city too.
        The wijk and the gemeente count as well: ``"centrum amstel"``. First those whose own name
        begins with the first word, then those that have it elsewhere in their own name.
        """
        words = _plain(text).split()
        known = [*(_places(self.sample.regions) if sample else ()), *self._all()]
        found = [place for path, place in known if words and all(word in path for word in words)]

        def far(place: Place) -> tuple[int, str, str]:
            name = _plain(place.name)
            nearness = 0 if name.startswith(words[0]) else 1 if words[0] in name else 2
            return nearness, place.gemeente, name

        return sorted(found, key=far)

    def _renew(self) -> None:
        """Forget what was read when something was imported since."""
        stamp = self.store.stamp() if self.store else None
        if stamp != self._stamp:
            self._stamp, self._areas, self._places, self.problem = stamp, {}, None, ""

    def _gemeente(self, gemeente: str) -> Area | None:
        if gemeente not in self._areas:
            try:
                here = gemeente in set(self.store.gemeenten()["code"])
                self._areas[gemeente] = self.store.area(gemeente) if here else None
            except AreaError as error:
                # Not kept: what another program holds for a moment can be read the next time.
                self.problem = str(error)
                return None
        return self._areas[gemeente]

    def _all(self) -> list[tuple[str, Place]]:
        """Every real place, with all its names in one text to search in."""
        if not self.real:
            return []
        if self._places is None:
            try:
                self._places = _places(self.store.names())
            except AreaError as error:
                self.problem = str(error)
                return []
        return self._places


def _places(regions: pd.DataFrame) -> list[tuple[str, Place]]:
    """Return the buurten and wijken among regions (index ``code``), with what to search in."""
    names = regions["name"].to_dict()
    places = []
    for code, name, level in zip(regions.index, regions["name"], regions["level"], strict=True):
        if level in LEVELS:
            wijk = names.get(f"WK{code[2:8]}", "") if level == "buurt" else ""
            place = Place(code, name, level, wijk, names.get(f"GM{code[2:6]}", ""))
            places.append((_plain(f"{name} {wijk} {place.gemeente} {code}"), place))
    return places


def _plain(text: str) -> str:
    """Return text without accents, capitals and kinds of apostrophes and dashes, to search in."""
    text = text.strip().casefold().translate(_MARKS)
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
