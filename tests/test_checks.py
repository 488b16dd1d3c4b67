"""``leefbaar check``: what it says when all is right, and when one thing is broken."""

import errno
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_imports import HEAVY
from test_room import fails, is_dutch, runtime_file, taken

from leefbaar_tools import cli, handouts, own, paper, resources
from leefbaar_tools.areas import sample_city
from leefbaar_tools.own.kept import FOLDER, NAME
from leefbaar_tools.paper import letters
from leefbaar_tools.room import checks, server
from leefbaar_tools.room.checks import CHECKS, Check, Wanted
from leefbaar_tools.room.server import RoomError

LOOK = {check.title: check for check in CHECKS}


@pytest.fixture
def wanted(tmp_path):
    return Wanted(tmp_path / "werkmap")


def wrong(title: str, wanted: Wanted) -> str:
    """What a check says that must fail."""
    with pytest.raises(RoomError) as told:
        LOOK[title].ask(wanted)
    said = str(told.value)
    assert is_dutch(said), said
    assert re.search(r"\b(zet|vraag|kies|installeer|maak) ", said.lower()), (
        f"not what to do: {said}"
    )
    assert "Er ging iets mis" not in said, "it knew what to expect"
    return said


@pytest.fixture
def own_files(tmp_path, monkeypatch):
    """Copies of the shared files, to damage."""
    for name in ("data", "notebooks"):
        shutil.copytree(resources.shared_path(name), tmp_path / "gedeeld" / name)
    for root in ("_HERE", "_CHECKOUT"):
        monkeypatch.setattr(resources, root, tmp_path / "gedeeld")
    sample_city.cache_clear()
    yield tmp_path / "gedeeld"
    sample_city.cache_clear()


# --- all is right


def test_all_is_right_on_this_computer(wanted, capsys, monkeypatch):
    monkeypatch.setattr(webbrowser, "get", lambda: "een browser")
    assert cli.main(["check", "--folder", str(wanted.folder)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    wait, *lines, last = said.out.splitlines()
    assert wait.startswith("Even geduld")
    assert all(line.startswith("OK    ") for line in lines), said.out
    expected = [
        rf"Python {re.escape('.'.join(map(str, sys.version_info[:3])))}",
        r"Browser gevonden",
        rf"Werkmap {re.escape(str(wanted.folder))}: schrijven lukt, [\d.]+,\d GB vrij",
        r"Poort \d{4} is vrij",
        r"Werkbladen van bijeenkomst 1\b.*",
        rf"Pakketten: alle {len(metadata.requires('leefbaar-tools'))} zijn er",
        r"Voorbeelddata: 32 buurten",
        r"Cijfers van buurten: geen, we werken met de voorbeeldstad",
        r"Cijfers per complex: geen",
        r"Lettertype DejaVu Sans",
        r"Proefblad gemaakt als PDF: 1-wijk-in-beeld",
    ]
    for line, form in zip(lines, expected, strict=True):
        assert re.fullmatch(form, line.removeprefix("OK    "))
    assert last == "Alles is klaar."
    assert not (wanted.folder / "logboek" / "check.log").exists()


# --- one thing is broken


def test_another_python(wanted, monkeypatch):
    monkeypatch.setattr(metadata, "metadata", lambda name: {"Requires-Python": ">=3.99"})
    said = wrong("Python", wanted)
    assert f"staat Python {sys.version_info[0]}.{sys.version_info[1]}." in said
    assert "nodig is >=3.99" in said


def test_packages_that_are_missing_or_of_another_version(wanted, monkeypatch):
    asked = ["pandas>=99,<100", "bestaat-niet>=1", "matplotlib", 'elders; sys_platform == "amiga"']
    monkeypatch.setattr(metadata, "requires", lambda name: asked)
    said = wrong("Pakketten", wanted)
    here = metadata.version("pandas")
    assert said.startswith(
        f"pandas {here} past niet, nodig is <100,>=99; bestaat-niet ontbreekt. Zet "
    )


@pytest.mark.parametrize("version", ["3.0", "3.9.1", "3.1rc1"])
def test_what_is_of_another_system_is_not_needed(wanted, monkeypatch, version):
    asked = ["pandas>=3,<4", 'elders; sys_platform == "amiga"']
    monkeypatch.setattr(metadata, "requires", lambda name: asked)
    monkeypatch.setattr(metadata, "version", lambda name: version)
    assert LOOK["Pakketten"].ask(wanted) == "Pakketten: alle 1 zijn er"


def test_no_browser(wanted, monkeypatch):
    def none():
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    assert "Ik vind geen browser" in wrong("Browser", wanted)
    LOOK["Browser"].ask(Wanted(wanted.folder, browser=False))


def test_a_file_in_the_place_of_the_folder(wanted):
    wanted.folder.write_bytes(b"mijn werk")
    said = wrong("Werkmap", wanted)
    assert f"Ik kan niet schrijven in de map {wanted.folder}." in said
    assert "--folder MAP" in said


def test_a_folder_that_may_not_be_written(wanted, monkeypatch):
    def forbid(*arguments):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", forbid)
    assert "geen rechten" in wrong("Werkmap", wanted)


def test_a_folder_that_leads_nowhere(wanted):
    wanted.folder.symlink_to(wanted.folder)
    assert "niet te vinden" in wrong("Werkmap", wanted)


def test_room_on_the_disk(wanted, monkeypatch):
    disk = SimpleNamespace(free=3 * 1024**2)
    monkeypatch.setattr(server.shutil, "disk_usage", lambda path: disk)
    assert "nog 3 MB vrij" in wrong("Werkmap", wanted)
    disk.free = 1234.5 * 1024**3
    assert LOOK["Werkmap"].ask(wanted).endswith("1.234,5 GB vrij")


def test_a_port_that_is_taken(wanted):
    with taken() as port:
        assert f"Poort {port} is bezet" in wrong("Poort", Wanted(wanted.folder, port))
    assert LOOK["Poort"].ask(Wanted(wanted.folder, port)) == f"Poort {port} is vrij"


def test_a_port_that_is_taken_by_our_own_lab(wanted):
    class Lab(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.headers["Authorization"] == "token t" else 403)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with HTTPServer((server.HOST, 0), Lab) as lab:
        threading.Thread(target=lab.serve_forever).start()
        try:
            port = lab.server_port
            asked = Wanted(wanted.folder, port)
            assert "is bezet" in wrong("Poort", asked)
            runtime_file(wanted.folder, json.dumps({"port": port, "token": "t", "pid": 1}))
            assert LOOK["Poort"].ask(asked) == f"Poort {port}: daar staat de bijeenkomst al open"
        finally:
            lab.shutdown()


def test_no_port_at_all(wanted, monkeypatch):
    monkeypatch.setattr(socket.socket, "bind", lambda *a: (_ for _ in ()).throw(OSError()))
    with pytest.raises(RoomError, match=r"geen vrije poort. Sluit andere programma's"):
        LOOK["Poort"].ask(wanted)


def test_notebooks_that_are_there(wanted, own_files):
    for old in (own_files / "notebooks").iterdir():
        old.rename(old.with_name("1-een.ipynb"))
    shutil.copy(own_files / "notebooks" / "1-een.ipynb", own_files / "notebooks" / "2-twee.ipynb")
    assert LOOK["Werkbladen"].ask(wanted) == "Werkbladen van bijeenkomst 1 en 2"


@pytest.mark.parametrize("content", ["", '{"cells": [', "[]", "{}", "\udcff"])
def test_a_notebook_that_is_damaged(wanted, own_files, content):
    path = resources.meetings()[0]
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    assert f"Het werkblad {path.name} is beschadigd." in wrong("Werkbladen", wanted)


@pytest.mark.parametrize("folder", [True, False])
def test_no_notebooks(wanted, own_files, capsys, folder):
    shutil.rmtree(own_files / "notebooks")
    if folder:
        (own_files / "notebooks").mkdir()
    said = wrong("Werkbladen", wanted)
    assert "werkbladen van de bijeenkomsten ontbreken" in said
    for command in ("start", "handouts"):
        assert fails(capsys, command, "1").strip() == said


def cut_off(text):
    return text[: len(text) // 2]


def without_last_line(text):
    return text[: text.rstrip("\n").rindex("\n") + 1]


def without_a_buurt(text):
    return "".join(line for line in text.splitlines(True) if "BU99990100" not in line)


def another_column(text):
    return text.replace("a_1p_hh", "a_1p", 1).replace("won", "woning", 1)


def saved_by_a_spreadsheet(text):
    return text.replace(",", ";")


@pytest.mark.parametrize("name", ["kerncijfers.csv", "leefbaarometer.csv"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut_off, "“{}” is regel"),
        (without_last_line, "In de cijfers ontbreken regels"),
        (without_a_buurt, "In de cijfers ontbreken regels"),
        (another_column, "De kolommen van {} kloppen niet"),
        (saved_by_a_spreadsheet, "De kolommen van {} kloppen niet"),
        (lambda text: "", "De kolommen van {} kloppen niet"),
    ],
)
def test_a_table_that_is_damaged(wanted, own_files, name, damage, words):
    path = own_files / "data" / name
    text = path.read_text("utf-8")
    assert damage(text) != text
    path.write_text(damage(text), "utf-8")
    assert words.format(name) in wrong("Voorbeelddata", wanted)


def test_a_map_that_is_damaged(wanted, own_files):
    path = own_files / "data" / "grenzen.geojson"
    path.write_text(cut_off(path.read_text("utf-8")), "utf-8")
    assert "grenzen.geojson" in wrong("Voorbeelddata", wanted)


def test_figures_and_a_map_of_different_buurten(wanted, own_files):
    for name in ("kerncijfers.csv", "leefbaarometer.csv"):
        path = own_files / "data" / name
        path.write_text(without_a_buurt(path.read_text("utf-8")), "utf-8")
    said = wrong("Voorbeelddata", wanted)
    assert "gaan over 31 buurten, op de kaart staan er 32" in said


@pytest.mark.parametrize(
    "name", ["kerncijfers.csv", "leefbaarometer.csv", "grenzen.geojson", "datapackage.json"]
)
def test_a_data_file_that_is_missing_or_no_text(wanted, own_files, name):
    (own_files / "data" / name).write_bytes(b"\xff\xfe\x00")
    assert f"Het bestand {name} ontbreekt of is beschadigd" in wrong("Voorbeelddata", wanted)
    (own_files / "data" / name).unlink()
    assert f"Het bestand {name} ontbreekt of is beschadigd" in wrong("Voorbeelddata", wanted)


def test_line_ends_of_windows_are_no_damage(wanted, own_files):
    for path in (own_files / "data").glob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert LOOK["Voorbeelddata"].ask(wanted) == "Voorbeelddata: 32 buurten"


def test_the_own_file_is_opened_and_its_complexes_are_counted(wanted, tmp_path):
    header = "Complexcode;Buurtcode;Woningen;Jaar;Meldingen"
    path = tmp_path / "eigen.csv"
    for codes, said in ((["C1"], "1 complex"), (["C1", "C2", "C3"], "3 complexen")):
        rows = [f"{code};BU99990101;100;{year};12" for code in codes for year in (2023, 2024)]
        path.write_text("\n".join([header, *rows]), encoding="utf-8")
        own.import_file(path, wanted.folder)
        assert LOOK["Cijfers per complex"].ask(wanted) == f"Cijfers per complex: {said}"
    (wanted.folder / FOLDER / NAME).write_text("{", encoding="utf-8")
    with pytest.raises(RoomError, match=r"beschadigd .* Lees je eigen bestand opnieuw in met: "):
        LOOK["Cijfers per complex"].ask(wanted)
    assert LOOK["Cijfers van buurten"].ask(wanted).startswith("Cijfers van buurten: geen")


@pytest.mark.parametrize("style", ["", "-Bold", "-Oblique", "-BoldOblique"])
def test_a_font_that_is_missing_or_damaged(wanted, tmp_path, monkeypatch, style):
    for path in letters.font_folder().glob("DejaVuSans*.ttf"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(letters, "font_folder", lambda: tmp_path)
    assert LOOK["Lettertype"].ask(wanted) == "Lettertype DejaVu Sans"
    font = tmp_path / f"DejaVuSans{style}.ttf"
    font.write_bytes(b"geen lettertype")
    assert f"Het lettertype {font.name} ontbreekt" in wrong("Lettertype", wanted)
    font.unlink()
    assert f"Het lettertype {font.name} ontbreekt" in wrong("Lettertype", wanted)


def test_a_handout_of_which_a_cell_fails(wanted, own_files, monkeypatch, capsys):
    path = resources.meetings()[0]
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["source"] = "raise ValueError('a broken cell')"
    path.write_text(json.dumps(notebook), "utf-8")
    monkeypatch.setattr(checks, "CHECKS", [LOOK["Proefblad"]])
    assert cli.main(["check", "--folder", str(wanted.folder)]) == 1
    said = capsys.readouterr()
    log = wanted.folder / "logboek" / "check.log"
    assert (
        f"FOUT  Proefblad: Er ging iets mis dat ik niet verwachtte. Wat het is, staat in {log}"
        in (said.out)
    )
    assert is_dutch(said.out), said.out
    assert said.err == ""
    told = log.read_text("utf-8")
    assert f"{path.stem}, cel {cell['id']}: ValueError: a broken cell" in told
    assert "Traceback" in told


def test_a_handout_that_is_no_pdf(wanted, monkeypatch):
    monkeypatch.setattr(handouts, "run", lambda notebook, name: notebook)
    monkeypatch.setattr(paper, "to_pdf", lambda document: b"")
    assert "komt geen PDF" in wrong("Proefblad", wanted)


# --- all of them together


def crash(wanted):
    raise ZeroDivisionError("division by zero")


def refuse(wanted):
    raise RoomError("Dat kan niet. Kies iets anders.")


def test_one_that_fails_never_stops_the_others(wanted, monkeypatch, capsys):
    monkeypatch.setattr(
        checks,
        "CHECKS",
        [Check("Een", crash), Check("Twee", refuse), Check("Drie", lambda wanted: "Drie is goed")],
    )
    assert cli.main(["check", "--folder", str(wanted.folder)]) == 1
    said = capsys.readouterr()
    log = wanted.folder / "logboek" / "check.log"
    assert said.out.splitlines()[1:] == [
        "FOUT  Een: Er ging iets mis dat ik niet verwachtte. "
        f"Wat het is, staat in {log}. Vraag iemand van ICT om mee te kijken.",
        "FOUT  Twee: Dat kan niet. Kies iets anders.",
        "OK    Drie is goed",
        "2 dingen vragen aandacht. Doe wat er staat, en kijk daarna opnieuw: leefbaar check",
    ]
    assert said.err == ""
    told = log.read_text("utf-8")
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Een\nTraceback", told)
    assert "ZeroDivisionError: division by zero" in told
    assert "Dat kan niet" not in told


def test_an_earlier_log_is_kept(wanted):
    for _ in range(2):
        with pytest.raises(RoomError):
            Check("Een", crash).ask(wanted)
    assert (wanted.folder / "logboek" / "check.log").read_text("utf-8").count("Traceback") == 2


@pytest.mark.parametrize("place", ["een bestand", "een kring"])
def test_a_crash_while_the_log_is_out_of_reach(wanted, place):
    if place == "een bestand":
        wanted.folder.write_bytes(b"mijn werk")
    else:
        wanted.folder.symlink_to(wanted.folder)
    with pytest.raises(RoomError) as told:
        Check("Een", crash).ask(wanted)
    assert str(told.value) == (
        "Er ging iets mis dat ik niet verwachtte. Vraag iemand van ICT om mee te kijken."
    )


@pytest.mark.parametrize(
    ("looks", "code", "last"),
    [
        ([], 0, "Alles is klaar."),
        ([refuse], 1, "1 ding vraagt aandacht. "),
        ([refuse, crash], 1, "2 dingen vragen aandacht. "),
    ],
)
def test_the_last_line_and_the_exit_code(wanted, monkeypatch, capsys, looks, code, last):
    monkeypatch.setattr(checks, "CHECKS", [Check("Iets", look) for look in looks])
    assert cli.main(["check", "--folder", str(wanted.folder)]) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith(last)


def test_the_options_reach_the_checks(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(checks, "CHECKS", [Check("Een", lambda wanted: seen.append(wanted))])
    cli.main(["check", "--folder", str(tmp_path), "--port", "8899"])
    assert seen == [Wanted(tmp_path, 8899, browser=True)]


def test_what_packages_mutter_stays_off_the_screen():
    code = """
import logging
from leefbaar_tools import cli
from leefbaar_tools.room import checks
checks.CHECKS = [checks.Check("Een", lambda wanted: logging.getLogger("x").error("building") or "")]
cli.main(["check"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "building" not in done.stdout


# --- what start makes of them


@pytest.fixture
def no_server(monkeypatch):
    monkeypatch.setattr(server, "start_server", lambda *a: pytest.fail("a server started"))
    monkeypatch.setattr(cli, "_stop_politely", lambda: None)


def test_start_runs_the_quick_ones():
    quick = {check.title for check in CHECKS if check.at_start}
    assert quick == {"Python", "Browser", "Werkmap", "Poort", "Werkbladen"}


@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize("title", [check.title for check in CHECKS if check.at_start])
def test_start_tells_the_first_that_is_not_right(wanted, monkeypatch, capsys, title):
    broken = [
        Check(
            check.title,
            refuse if check.title == title else lambda wanted: "",
            check.at_start,
        )
        for check in CHECKS
    ]
    later = Check("Later", lambda wanted: pytest.fail("asked after the first"), at_start=True)
    slow = Check("Traag", lambda wanted: pytest.fail("too slow for a start"))
    monkeypatch.setattr(checks, "CHECKS", [slow, *broken, later])
    said = fails(capsys, "start", "--no-browser", "--folder", wanted.folder)
    assert said == "Dat kan niet. Kies iets anders.\n"
    assert not wanted.folder.exists()


@pytest.mark.usefixtures("no_server")
def test_a_crash_of_a_check_stops_a_start_in_dutch(wanted, monkeypatch, capsys):
    monkeypatch.setattr(checks, "CHECKS", [Check("Een", crash, at_start=True)])
    said = fails(capsys, "start", "--no-browser", "--folder", wanted.folder)
    assert str(wanted.folder / "logboek" / "check.log") in said


@pytest.mark.usefixtures("no_server")
def test_start_passes_what_is_wanted(tmp_path, monkeypatch, capsys):
    seen = []
    look = Check("Een", lambda wanted: seen.append(wanted) or refuse(wanted), at_start=True)
    monkeypatch.setattr(checks, "CHECKS", [look])
    fails(capsys, "start", "--no-browser", "--folder", tmp_path, "--port", "8899")
    fails(capsys, "start", "--folder", tmp_path)
    assert seen == [Wanted(tmp_path, 8899, browser=False), Wanted(tmp_path, None, browser=True)]


def test_start_waits_for_no_package(tmp_path):
    """Only `packaging`, which is small, and that not before the checks run."""
    code = f"""
import json, pathlib, sys
from leefbaar_tools.room import checks
first = list(sys.modules)
checks.before_start(checks.Wanted(pathlib.Path({str(tmp_path)!r}), browser=False))
print(json.dumps([first, list(sys.modules)]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, after = ({name.split(".")[0] for name in names} for names in json.loads(done.stdout))
    assert "packaging" not in first
    assert "packaging" in after, "else this proves nothing"
    assert after & HEAVY == set()
