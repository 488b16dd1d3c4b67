"""The command ``leefbaar``: thin. Commands and options are English, what they say is Dutch."""

import argparse
import contextlib
import re
import signal
import sys
import threading
import webbrowser
from pathlib import Path

DEFAULT_FOLDER = Path("~/leefbaar")

# argparse has no other way to speak Dutch than through its own gettext. A test reads in
# argparse itself which texts there are, so that a newer Python cannot add one unseen.
_DUTCH = {
    "usage: ": "gebruik: ",
    "options": "opties",
    "positional arguments": "argumenten",
    "show this help message and exit": "toon deze hulp en stop",
    "%(prog)s: error: %(message)s\n": "Dat begrijp ik niet: %(message)s\n",
    "%(prog)s: warning: %(message)s\n": "Let op: %(message)s\n",
    "the following arguments are required: %s": "hier ontbreekt: %s",
    "unrecognized arguments: %s": "ik ken dit niet: %s",
    "unexpected option string: %s": "ik ken dit niet: %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "expected one argument": "hier hoort één waarde achter",
    "expected at most one argument": "hier hoort hooguit één waarde achter",
    "expected at least one argument": "hier hoort minstens één waarde achter",
    "ignored explicit argument %r": "hier hoort geen waarde achter, dus ook niet %r",
    "not allowed with argument %s": "dit kan niet samen met %s",
    "one of the arguments %s is required": "kies een van deze: %s",
    "ambiguous option: %(option)s could match %(matches)s": (
        "%(option)s is niet duidelijk, het kan zijn: %(matches)s"
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": (
        "%(parser_name)r ken ik niet, kies uit %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": "%(value)r kan hier niet",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "%(value)r kan niet, kies uit %(choices)s"
    ),
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "%(value)r kan niet, bedoel je %(closest)r? Kies uit %(choices)s"
    ),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; 0 is good."""
    argparse._ = lambda text: _DUTCH.get(text, text)
    for stream in (sys.stdout, sys.stderr):
        # An old console knows fewer letters: better a question mark than no start.
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("\nGestopt.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="leefbaar", description="Werken aan leefbare wijken: vier themabijeenkomsten."
    )
    commands = parser.add_subparsers(required=True, metavar="OPDRACHT", title="opdrachten")

    start = commands.add_parser("start", help="open een bijeenkomst op deze computer")
    start.add_argument("meeting", nargs="?", metavar="BIJEENKOMST", help="nummer of naam; gewoon 1")
    start.add_argument(
        "--begeleider", action="store_true", help="het scherm voor de zaal, met de telling"
    )
    _add_place(start)
    start.add_argument("--no-browser", action="store_true", help="open zelf geen browser")
    start.set_defaults(run=_start)

    check = commands.add_parser("check", help="kijk of alles klaar is voor de bijeenkomst")
    _add_place(check)
    check.set_defaults(run=_check)

    handouts = commands.add_parser("handouts", help="maak de bladen om uit te delen")
    handouts.add_argument(
        "meetings", nargs="*", metavar="BIJEENKOMST", help="nummers of namen; zonder alle"
    )
    handouts.add_argument(
        "--audience", choices=("deelnemer", "begeleider"), default="deelnemer", help="voor wie"
    )
    handouts.add_argument(
        "--answers", type=Path, metavar="BESTAND", help="antwoorden van één deelnemer"
    )
    handouts.add_argument(
        "--area", nargs="+", metavar="NAAM", default=[], help="een blad per buurt of wijk"
    )
    handouts.add_argument(
        "--output", type=Path, metavar="MAP", help="waar de bladen komen (~/leefbaar/handouts)"
    )
    _add_folder(handouts)
    handouts.set_defaults(run=_handouts)

    plan = commands.add_parser("plan", help="maak het wijkplan van een deelnemer")
    plan.add_argument(
        "journals", nargs="*", type=Path, metavar="BESTAND", help="antwoorden van een deelnemer"
    )
    plan.add_argument(
        "--kind",
        choices=("plan", "teamleider", "zakkaart", "schrift"),
        default="plan",
        help="het hele plan, één bladzijde, een kaart voor in je zak, of een leeg schrift",
    )
    plan.add_argument(
        "--output", type=Path, metavar="MAP", help="waar het plan komt (~/leefbaar/handouts)"
    )
    plan.set_defaults(run=_plan)

    group = commands.add_parser("group", help="maak het beeld van de groep, zonder namen")
    group.add_argument(
        "places", nargs="*", type=Path, metavar="MAP", help="map of bestanden met antwoorden"
    )
    group.add_argument("--meeting", metavar="BIJEENKOMST", help="alleen deze; zonder alle")
    group.add_argument(
        "--texts", nargs="+", metavar="OPDRACHT", default=[], help="toon hiervan de eigen woorden"
    )
    group.add_argument(
        "--which", action="store_true", help="noem de bestanden die niet meetellen, met schuilnaam"
    )
    group.add_argument(
        "--output", type=Path, metavar="MAP", help="waar het blad komt (~/leefbaar/handouts)"
    )
    _add_folder(group)
    group.set_defaults(run=_group)

    data = commands.add_parser("data", help="cijfers van echte buurten op deze computer")
    steps = data.add_subparsers(required=True, metavar="STAP", title="stappen")
    fetch = steps.add_parser("get", help="haal de cijfers van een gemeente op, met internet")
    fetch.add_argument("gemeente", metavar="GEMEENTE", help="naam, of een code zoals GM0362")
    fetch.add_argument(
        "--years", type=_years, metavar="JAREN", help="zoals 2023 of 2015-2024; zonder alle jaren"
    )
    fetch.add_argument("--again", action="store_true", help="ook wat er al is")
    _add_folder(fetch)
    fetch.set_defaults(run=_get)
    load = steps.add_parser("import", help="lees gedownloade bestanden in")
    load.add_argument(
        "files", nargs="+", type=Path, metavar="BESTAND", help="zoals het is gedownload"
    )
    _add_folder(load)
    load.set_defaults(run=_import)
    status = steps.add_parser("status", help="laat zien welke cijfers er zijn")
    _add_folder(status)
    status.set_defaults(run=_status)
    template = steps.add_parser(
        "template", help="maak een leeg bestand voor eigen cijfers per complex, of voor codes"
    )
    template.add_argument(
        "--codes",
        metavar="GEMEENTE",
        help="een lijst van de codes van een gemeente die veranderden, om aan te vullen",
    )
    template.add_argument(
        "--output", type=Path, metavar="MAP", help="waar het bestand komt (~/leefbaar)"
    )
    _add_folder(template)
    template.set_defaults(run=_template)
    fits = steps.add_parser("check", help="leg uit welke cijfers bij elkaar passen")
    fits.add_argument("gemeente", nargs="?", metavar="GEMEENTE", help="naam of code; zonder alle")
    _add_folder(fits)
    fits.set_defaults(run=_check_data)
    return parser


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, metavar="MAP", help="werkmap (~/leefbaar)"
    )


def _add_place(command: argparse.ArgumentParser) -> None:
    _add_folder(command)
    command.add_argument("--port", type=_port, metavar="NUMMER", help="alleen deze poort")


def _port(text: str) -> int:
    if not (text.isdecimal() and 1024 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError("kies een getal van 1024 tot en met 65535")
    return int(text)


def _years(text: str) -> range:
    found = re.fullmatch(r"(20\d\d)(?:\s*[-–]\s*(20\d\d))?", text.strip(), re.ASCII)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if first > last:
        raise argparse.ArgumentTypeError("schrijf een jaar, of een eerste en laatste: 2015-2024")
    return range(first, last + 1)


def _say(text: str) -> None:
    print(text, flush=True)


def _fail(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


def _start(options: argparse.Namespace) -> int:
    from .room import checks, server

    audience = "begeleider" if options.begeleider else "deelnemer"
    try:
        meeting = find_meeting(options.meeting or "1")
        checks.before_start(checks.Wanted(options.folder, options.port, not options.no_browser))
        browser = None if options.no_browser else webbrowser.get()
        folder = server.working_folder(options.folder)
        _stop_politely()
        with server.one_at_a_time(folder):
            process, lab = None, server.running(folder)
            if lab is None:
                _say("Even geduld, ik zet alles klaar…")
                process, lab = server.start_server(folder, audience, options.port)
    except (server.RoomError, ValueError) as error:
        return _fail(str(error))
    if process is None:
        return _open_running(lab, browser, meeting, server.audience_of(folder), audience)
    try:
        url = lab.url(f"doc/tree/{meeting.name}")
        _say(f"Klaar. De bijeenkomst staat op {url}")
        _say(f"Alles blijft op deze computer. Antwoorden komen in {folder / 'antwoorden'}")
        _say("Stoppen: de knop Stoppen in beeld, of Ctrl+C in dit venster.")
        threading.Thread(target=lab.prepare, args=(meeting.name,), daemon=True).start()
        _open(browser, url)
        stopped_well = process.wait() == 0
    except KeyboardInterrupt:
        stopped_well = True
    finally:
        server.stop(process, lab)
    if stopped_well:
        _say("Gestopt. Alle antwoorden zijn bewaard.")
        return 0
    return _fail(
        "Het programma is onverwacht gestopt. Antwoorden waar “Bewaard” bij stond, zijn er nog. "
        "Ga verder met: leefbaar start. Wat er misging staat in "
        f"{folder / 'logboek' / 'jupyterlab.log'}"
    )


def _stop_politely() -> None:
    """Treat a closed terminal and a service manager as Ctrl+C."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        # Not every system knows each, and only the main thread may ask.
        with contextlib.suppress(AttributeError, ValueError):
            number = getattr(signal, name)
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.default_int_handler)


def _open_running(lab, browser, meeting: Path, showing: str, audience: str) -> int:
    url = lab.url(f"doc/tree/{meeting.name}")
    _say(f"Er staat al een bijeenkomst open. Je vindt hem op {url}")
    if showing != audience:
        _say(
            f"Let op: dat is het scherm voor de {showing}. "
            f"Wil je het scherm voor de {audience}? Klik daar eerst op Stoppen en start opnieuw."
        )
    _open(browser, url)
    return 0


def _open(browser, url: str) -> None:
    opened = browser is None
    with contextlib.suppress(webbrowser.Error, OSError):
        opened = opened or browser.open(url)
    if not opened:
        _say("De browser ging niet open. Open hem zelf, en plak dit adres erin: " + url)


def find_meeting(wanted: str) -> Path:
    """Return the notebook of a meeting by its number, name or file name.

    Raises
    ------
    ValueError
        In Dutch, when there is no such meeting.
    RoomError
        When there is no meeting at all.
    """
    from .room.checks import known_meetings

    known = known_meetings()
    for path in known:
        if wanted in (path.stem, path.name, path.stem.partition("-")[0]):
            return path
    names = ", ".join(path.stem for path in known)
    raise ValueError(f"De bijeenkomst “{wanted}” ken ik niet. Kies uit: {names}.")


def _check(options: argparse.Namespace) -> int:
    import logging

    from .room import checks

    # What packages mutter, such as that fonts are being listed, says a facilitator nothing.
    logging.getLogger().addHandler(logging.NullHandler())
    _say("Even geduld, ik kijk alles na…")
    return 1 if checks.check_all(checks.Wanted(options.folder, options.port), _say) else 0


def _handouts(options: argparse.Namespace) -> int:
    from .handouts import HandoutError, make_handouts
    from .room.server import RoomError, explain

    output = (options.output or options.folder / "handouts").expanduser()
    try:
        meetings = [find_meeting(name) for name in options.meetings] or None
        failures = make_handouts(
            meetings=meetings,
            audience=options.audience,
            answers=options.answers,
            areas=options.area,
            folder=options.folder,
            output=output,
            progress=_say,
        )
    except (HandoutError, RoomError, ValueError) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"Ik kan geen bladen maken in {output}. {explain(error, '--output')}")
    return _told(failures)


def _told(failures: list[str]) -> int:
    """Say what failed while the rest came out."""
    for failure in failures:
        _fail(failure)
    return 1 if failures else 0


def _plan(options: argparse.Namespace) -> int:
    from .room.server import explain
    from .wijkplan import make_plans

    output = (options.output or DEFAULT_FOLDER / "handouts").expanduser()
    try:
        failures = make_plans(options.journals, kind=options.kind, output=output, progress=_say)
    except OSError as error:
        return _fail(f"Ik kan geen plan maken in {output}. {explain(error, '--output')}")
    return _told(failures)


def _group(options: argparse.Namespace) -> int:
    from .group import GroupError, make_group
    from .room.server import RoomError, explain

    output = (options.output or options.folder / "handouts").expanduser()
    places = [path.expanduser() for path in options.places or [options.folder / "antwoorden"]]
    try:
        wanted = options.meeting and find_meeting(options.meeting).stem.partition("-")[0]
        make_group(
            places,
            meeting=int(wanted) if wanted else None,
            texts=options.texts,
            which=options.which,
            folder=options.folder,
            output=output,
            progress=_say,
        )
    except (GroupError, RoomError, ValueError) as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"Ik kan geen blad maken in {output}. {explain(error, '--output')}")
    return 0


def _get(options: argparse.Namespace) -> int:
    from .areas import AreaError
    from .sources import online, web
    from .store import Store

    store = Store(options.folder.expanduser() / "gegevens")
    _say("Even geduld, ik haal de cijfers op. Stoppen kan met Ctrl+C.")
    try:
        complete = online.get(
            store,
            options.gemeente,
            years=options.years,
            again=options.again,
            tell=_say,
            warn=_fail,
        )
    except web.WebError as error:
        _fail(str(error))
        return _fail("Download de bestanden zelf en lees ze in met: leefbaar data import BESTAND")
    except AreaError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        _say("\nGestopt. Wat binnen is, blijft. Ga verder met dezelfde opdracht.")
        return 130
    return 0 if complete else 1


def _import(options: argparse.Namespace) -> int:
    from . import own
    from .areas import AreaError
    from .sources import names, recognise
    from .store import Store

    folder = options.folder.expanduser()
    store = Store(folder / "gegevens")
    failed = []
    # What has no codes needs the figures of the other files: it comes last, whatever the order.
    last = []

    def add(table, path) -> None:
        for line in store.add(table, path):
            _say(line)
        for note in table.notes:
            _say(f"Let op: {note}")

    def take(path) -> None:
        _say(f"Even geduld, ik lees “{path.name}”…")
        if known := store.known(path):
            _say(known)
        elif own.recognises(path):
            for line in own.import_file(path, folder):
                _say(line)
            _say_strange(folder)
        elif names.is_named(table := recognise.read(path)):
            last.append((table, path))
        else:
            add(table, path)

    def calmly(work, *about) -> None:
        try:
            work(*about)
        except AreaError as error:
            failed.append(_fail(f"{error} Er is niets van bewaard."))

    for path in options.files:
        calmly(take, path.expanduser())
    for table, path in last:
        calmly(add, table, path)
    return max(failed, default=0)


def _say_strange(folder: Path) -> None:
    from .atlas import Atlas

    if codes := Atlas.of(folder).strange():
        _say(
            f"Let op: deze buurtcodes staan niet in de cijfers van CBS: {', '.join(codes)}. Kijk "
            "of ze kloppen. Deze complexen zie je anders bij geen enkele buurt."
        )


def _status(options: argparse.Namespace) -> int:
    from . import own
    from .areas import AreaError
    from .store import Store

    folder, failed = options.folder.expanduser(), 0
    # What is wrong with the one does not hide the other.
    for lines in (Store(folder / "gegevens").status, lambda: own.status(folder)):
        try:
            for line in lines():
                _say(line)
        except AreaError as error:
            failed = _fail(str(error))
    return failed


def _template(options: argparse.Namespace) -> int:
    from . import own

    folder = (options.output or options.folder).expanduser()
    if options.codes:
        return _codes(options, folder)
    try:
        places = own.write_template(folder)
    except own.OwnError as error:
        return _fail(str(error))
    for place in places:
        _say(f"Gemaakt: {place}")
    _say("Vul er één in: Excel of CSV. Haal de voorbeelden weg. Lees hem daarna in met:")
    _say("leefbaar data import BESTAND")
    return 0


def _codes(options: argparse.Namespace, folder: Path) -> int:
    """Write a list per two years of codes that changed, for somebody who knows what became what."""
    from .areas import AreaError
    from .check_data import chosen_gemeente
    from .store import Store

    store = Store(options.folder.expanduser() / "gegevens")
    try:
        code, name = chosen_gemeente(store, options.codes)
        lists = store.to_renumber(code)
        folder.mkdir(parents=True, exist_ok=True)
        for (first, last), table in lists.items():
            path = folder / f"codes-{code}-{first}-{last}.csv"
            table.to_csv(path, sep=";", index=False, encoding="utf-8-sig")
            _say(f"Gemaakt: {path}")
    except AreaError as error:
        return _fail(str(error))
    except OSError:
        return _fail(f"Ik kan niets bewaren in {folder}. Kies een andere map met --output.")
    if not lists:
        _say(f"Een lijst is niet nodig: van de jaren van {name} is bekend wat elke code was.")
        return 0
    _say("Zet op elke regel een oude en een nieuwe code. Zo'n regel zegt: dit werd dat.")
    _say("Ging een oude buurt op in twee nieuwe? Geef hem dan twee regels. Zo ook andersom.")
    _say("De gemeente weet wat wat werd. Wat niemand weet, haal je weg. Lees de lijst in met:")
    _say("leefbaar data import BESTAND")
    return 0


def _check_data(options: argparse.Namespace) -> int:
    from .areas import AreaError
    from .check_data import check
    from .store import Store

    try:
        for line in check(Store(options.folder.expanduser() / "gegevens"), options.gemeente):
            _say(line)
    except AreaError as error:
        return _fail(str(error))
    return 0
