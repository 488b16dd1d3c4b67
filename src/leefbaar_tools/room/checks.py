"""What must be right before a meeting: one list, for ``leefbaar check`` and ``leefbaar start``.

A check returns in Dutch what is right, or raises `RoomError` with what is wrong and what to do.
`start` runs only the quick ones, so whatever is heavy is imported inside the check that needs it.
"""

import json
import sys
import traceback
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from ..dutch import format_number, join_words
from ..resources import meetings, shared_path
from . import server
from .server import RoomError

OURSELVES = "leefbaar-tools"
FEW = 5  # gemeenten that are opened and named one by one
AGAIN = "Zet het programma opnieuw op deze computer, of vraag ICT om dat te doen."
FONTS = tuple(f"DejaVuSans{style}.ttf" for style in ("", "-Bold", "-Oblique", "-BoldOblique"))


@dataclass(frozen=True)
class Wanted:
    """What somebody is about to start: where, on which port, and whether a browser opens."""

    folder: Path
    port: int | None = None
    browser: bool = True


@dataclass(frozen=True)
class Check:
    """One thing that must be right."""

    title: str
    look: Callable[[Wanted], str]
    at_start: bool = False

    def ask(self, wanted: Wanted) -> str:
        """Return in Dutch what is right.

        Raises
        ------
        RoomError
            When it is not right, or when looking went wrong: then the log tells why.
        """
        try:
            return self.look(wanted)
        except RoomError:
            raise
        except Exception as error:
            raise RoomError(
                f"Er ging iets mis dat ik niet verwachtte. {_noted(wanted, self.title, error)}"
                "Vraag iemand van ICT om mee te kijken."
            ) from error


def before_start(wanted: Wanted) -> None:
    """Run the quick checks.

    Raises
    ------
    RoomError
        At the first that is not right.
    """
    for check in CHECKS:
        if check.at_start:
            check.ask(wanted)


def check_all(wanted: Wanted, say: Callable[[str], None]) -> int:
    """Run every check, say a line about each and one about all; return how many are not right."""
    wrong = 0
    for check in CHECKS:
        try:
            say(f"OK    {check.ask(wanted)}")
        except RoomError as error:
            wrong += 1
            say(f"FOUT  {check.title}: {error}")
    if wrong:
        things = "1 ding vraagt" if wrong == 1 else f"{wrong} dingen vragen"
        say(f"{things} aandacht. Doe wat er staat, en kijk daarna opnieuw: leefbaar check")
    else:
        say("Alles is klaar.")
    return wrong


def _noted(wanted: Wanted, title: str, error: Exception) -> str:
    """Write a traceback to the log and say where; say nothing when the log is out of reach."""
    try:
        path = server.working_folder(wanted.folder) / "logboek" / "check.log"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {title}\n")
            log.writelines(traceback.format_exception(error))
    except (OSError, RoomError):
        return ""
    return f"Wat het is, staat in {path}. "


# --- the checks


def _python(wanted: Wanted) -> str:
    from packaging.specifiers import SpecifierSet

    here = ".".join(map(str, sys.version_info[:3]))
    needed = metadata.metadata(OURSELVES)["Requires-Python"]
    if not SpecifierSet(needed).contains(here, prereleases=True):
        raise RoomError(
            f"Op deze computer staat Python {here}, nodig is {needed}. "
            "Vraag ICT om een Python die past."
        )
    return f"Python {here}"


def _packages(wanted: Wanted) -> str:
    from packaging.requirements import Requirement

    needed = [Requirement(text) for text in metadata.requires(OURSELVES)]
    needed = [item for item in needed if item.marker is None or item.marker.evaluate()]
    wrong = list(filter(None, map(_misfit, needed)))
    if wrong:
        raise RoomError(f"{'; '.join(wrong)}. {AGAIN}")
    return f"Pakketten: alle {len(needed)} zijn er"


def _misfit(needed) -> str:
    """Say in Dutch why an installed package does not do; empty when it does."""
    try:
        found = metadata.version(needed.name)
    except metadata.PackageNotFoundError:
        return f"{needed.name} ontbreekt"
    if needed.specifier.contains(found, prereleases=True):
        return ""
    return f"{needed.name} {found} past niet, nodig is {needed.specifier}"


def _browser(wanted: Wanted) -> str:
    if not wanted.browser:
        return "Browser: niet nodig"
    try:
        webbrowser.get()
    except webbrowser.Error as error:
        raise RoomError(
            "Ik vind geen browser op deze computer. Installeer Firefox, Chrome of Edge. "
            "Of start met: leefbaar start --no-browser, en open zelf het adres dat dan verschijnt."
        ) from error
    return "Browser gevonden"


def _folder(wanted: Wanted) -> str:
    folder = server.working_folder(wanted.folder)
    free = server.check_folder(folder)
    return f"Werkmap {folder}: schrijven lukt, {format_number(free / 1024**3, 1)} GB vrij"


def _port(wanted: Wanted) -> str:
    try:
        return f"Poort {server.free_port(wanted.port)} is vrij"
    except RoomError:
        # Taken by our own Lab is fine. Asked only now: where a server was killed, it takes long.
        lab = server.running(server.working_folder(wanted.folder))
        if lab is None:
            raise
        return f"Poort {lab.port}: daar staat de bijeenkomst al open"


def known_meetings() -> list[Path]:
    """Return the notebooks of the meetings, in order.

    Raises
    ------
    RoomError
        When there is none.
    """
    try:
        found = meetings()
    except FileNotFoundError:
        found = []
    if not found:
        raise RoomError(f"De werkbladen van de bijeenkomsten ontbreken. {AGAIN}")
    return found


def _notebooks(wanted: Wanted) -> str:
    found = known_meetings()
    for path in found:
        try:
            json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise RoomError(f"Het werkblad {path.name} is beschadigd. {AGAIN}") from error
    return (
        f"Werkbladen van bijeenkomst {join_words([path.stem.partition('-')[0] for path in found])}"
    )


def _sample_data(wanted: Wanted) -> str:
    from ..areas import AreaError, sample_city

    for resource in json.loads(_data("datapackage.json"))["resources"]:
        header = _data(resource["path"]).partition("\n")[0]
        fields = [field["name"] for field in resource.get("schema", {}).get("fields", ())]
        # The area leaves out a figure of which the column is not there, without a word.
        if fields and header.split(",") != fields:
            raise RoomError(f"De kolommen van {resource['path']} kloppen niet. {AGAIN}")
    try:
        area = sample_city()
        drawn = area.boundaries()
    except AreaError as error:
        raise RoomError(f"{error} {AGAIN}") from error
    buurten = set(area.regions.index[area.regions["level"] == "buurt"])
    expected = {code for code in drawn if code.startswith("BU")}
    if buurten != expected:
        raise RoomError(
            f"De cijfers gaan over {len(buurten)} buurten, "
            f"op de kaart staan er {len(expected)}. {AGAIN}"
        )
    rows = area.values.groupby("indicator")["year"].agg(["size", "nunique"])
    if (rows["size"] != rows["nunique"] * len(area.regions)).any():
        raise RoomError(f"In de cijfers ontbreken regels. {AGAIN}")
    return f"Voorbeelddata: {len(buurten)} buurten"


def _real_figures(wanted: Wanted) -> str:
    """Open every gemeente that can be chosen, as far as there are few of them."""
    from ..areas import AreaError
    from ..store import Store

    store = Store(wanted.folder.expanduser() / "gegevens")
    try:
        gemeenten = store.gemeenten()
        for code in gemeenten["code"].head(FEW):
            store.area(code)
    except AreaError as error:
        raise RoomError(str(error)) from error
    if gemeenten.empty:
        return "Cijfers van buurten: geen, we werken met de voorbeeldstad"
    if len(gemeenten) > FEW:
        return f"Cijfers van buurten: {len(gemeenten)} gemeenten"
    return f"Cijfers van buurten: {join_words(list(gemeenten['name']))}"


def _own_figures(wanted: Wanted) -> str:
    """Open the file of the corporation."""
    from .. import own

    try:
        kept = own.own_registrations(wanted.folder.expanduser())
    except own.OwnError as error:
        raise RoomError(str(error)) from error
    if kept is None:
        return "Cijfers per complex: geen"
    return f"Cijfers per complex: {own.how_many(len(kept.table('complexen')))}"


def _data(name: str) -> str:
    try:
        return shared_path("data", name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RoomError(f"Het bestand {name} ontbreekt of is beschadigd. {AGAIN}") from error


def _fonts(wanted: Wanted) -> str:
    from matplotlib.ft2font import FT2Font

    from ..paper.letters import font_folder

    for name in FONTS:
        try:
            FT2Font(str(font_folder() / name))
        except (OSError, RuntimeError) as error:
            raise RoomError(f"Het lettertype {name} ontbreekt of is beschadigd. {AGAIN}") from error
    return "Lettertype DejaVu Sans"


def _handout(wanted: Wanted) -> str:
    import nbformat

    from ..handouts import Reader, make_document, run
    from ..paper import to_pdf

    first = known_meetings()[0]
    ran = run(nbformat.read(first, as_version=4), first.stem)
    pdf = to_pdf(make_document(ran, Reader()))
    if not pdf.startswith(b"%PDF"):
        raise RoomError(f"Van {first.stem} komt geen PDF. {AGAIN}")
    return f"Proefblad gemaakt als PDF: {first.stem}"


# The browser before the folder: without one, a start makes no folder.
CHECKS = (
    Check("Python", _python, at_start=True),
    Check("Browser", _browser, at_start=True),
    Check("Werkmap", _folder, at_start=True),
    Check("Poort", _port, at_start=True),
    Check("Werkbladen", _notebooks, at_start=True),
    Check("Pakketten", _packages),
    Check("Voorbeelddata", _sample_data),
    Check("Cijfers van buurten", _real_figures),
    Check("Cijfers per complex", _own_figures),
    Check("Lettertype", _fonts),
    Check("Proefblad", _handout),
)
