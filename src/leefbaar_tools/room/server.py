"""The JupyterLab of the room: found, started, watched and stopped.

Only the standard library: this runs before anything shows, and every import is waiting time.
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .copies import lay_copies

LAB = Path(__file__).resolve().parent / "lab"
HOST = "127.0.0.1"
FIRST_PORT = 8888
SPACE_NEEDED = 20 * 1024 * 1024  # bytes: copies, logs and a year of answers fit easily
FOLDER_VARIABLE = "LEEFBAAR_FOLDER"  # tells the kernel where the journals are


class RoomError(Exception):
    """The room cannot open; the message is Dutch and says what to do."""


@dataclass
class Running:
    """A JupyterLab that is up."""

    port: int
    token: str
    pid: int

    def url(self, path: str = "") -> str:
        """Address of a page of this Lab, with its token."""
        return f"http://{HOST}:{self.port}/{path}?token={self.token}"

    def answers(self) -> bool:
        """Tell whether this Lab is there and takes its token."""
        try:
            with urllib.request.urlopen(self.url("api/status"), timeout=2) as reply:
                return reply.status == 200
        except (OSError, urllib.error.URLError):
            return False


def check_folder(folder: Path) -> None:
    """Make the working folder and try a write in it.

    Raises
    ------
    RoomError
        When it cannot be written to or the disk is full.
    """
    try:
        for part in ("antwoorden", "handouts", "gegevens", "logboek"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        probe = folder / f".proef-{os.getpid()}"
        probe.write_bytes(b"leefbaar")
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise RoomError(
            f"Ik kan niet schrijven in de map {folder} ({_reason(error)}). "
            "Kies een map waar je wel mag schrijven: leefbaar start --folder MAP"
        ) from error
    if free < SPACE_NEEDED:
        raise RoomError(
            f"De schijf van {folder} is vol: er is nog {free // 1024 // 1024} MB vrij. "
            "Maak ruimte vrij, of kies een map op een andere schijf: leefbaar start --folder MAP"
        )


def _reason(error: OSError) -> str:
    reasons = {
        FileExistsError: "er staat al een bestand met die naam",
        NotADirectoryError: "een deel van het pad is een bestand",
        PermissionError: "je hebt daar geen rechten",
    }
    if error.errno == 28:
        return "de schijf is vol"
    if error.errno == 30:
        return "je mag daar alleen lezen"
    return reasons.get(type(error), "de map is niet te gebruiken")


def running(folder: Path) -> Running | None:
    """Return the Lab that is already up on this folder, if any."""
    for path in (folder / ".leefbaar" / "runtime").glob("jpserver-*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            info = json.loads(path.read_text(encoding="utf-8"))
            found = Running(info["port"], info["token"], info["pid"])
            if found.answers():
                return found
    return None


def audience_of(folder: Path) -> str:
    """Return for whom the Lab on this folder was started."""
    try:
        start = json.loads((folder / ".leefbaar" / "start.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "deelnemer"
    return start.get("audience", "deelnemer")


def free_port(wanted: int | None) -> int:
    """Return the port to use: the wanted one, else the first free one from 8888.

    Raises
    ------
    RoomError
        When the wanted port is taken, or none is free.
    """
    for port in [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as probe:
            # On Windows SO_REUSEADDR would let two servers share a port.
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return port
    if wanted:
        raise RoomError(
            f"Poort {wanted} is bezet. Kies een ander nummer, of laat --port weg: "
            "dan zoek ik zelf een vrije poort."
        )
    raise RoomError("Er is geen vrije poort. Sluit andere programma's en probeer het opnieuw.")


def start_server(folder: Path, audience: str, port: int) -> tuple[subprocess.Popen, Running]:
    """Lay fresh copies and start JupyterLab on them; return when it answers.

    Raises
    ------
    RoomError
        When it does not come up; the log tells why.
    """
    start = secrets.token_hex(8)
    own = folder / ".leefbaar"
    try:
        laid = lay_copies(folder / "bijeenkomsten", audience, start)
        environment = _configure(own, folder, audience, start, laid, port)
        log = (folder / "logboek" / "jupyterlab.log").open("ab")
    except OSError as error:
        raise RoomError(
            f"Ik kan de werkbladen niet klaarzetten in {folder} ({_reason(error)}). "
            "Sluit andere programma's die deze map gebruiken, of kies een andere map met --folder."
        ) from error
    with log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser"],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    lab = Running(port, environment["JUPYTER_TOKEN"], process.pid)
    deadline = time.monotonic() + 90
    while not lab.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RoomError(
                "JupyterLab wil niet starten. Wat er misging staat in "
                f"{folder / 'logboek' / 'jupyterlab.log'}. Vraag iemand van ICT om mee te kijken."
            )
        time.sleep(0.05)
    return process, lab


def _configure(
    own: Path, folder: Path, audience: str, start: str, laid: list[dict], port: int
) -> dict[str, str]:
    """Write the settings of this one Lab and return its environment.

    Everything that Jupyter would read or write elsewhere is kept inside ``own``, so that no
    other Lab on this machine is touched and none of theirs is used.
    """
    config = own / "config"
    shutil.rmtree(config, ignore_errors=True)
    labconfig = config / "labconfig"
    shutil.copytree(LAB / "settings", labconfig)
    page = json.loads((labconfig / "page_config.json").read_text(encoding="utf-8"))
    # As text: JupyterLab turns a mapping in its page configuration into a list of its keys.
    room = {"start": start, "audience": audience, "meetings": laid}
    page["leefbaarRoom"] = json.dumps(room, ensure_ascii=False)
    _write_json(labconfig / "page_config.json", page)
    server = {
        "ServerApp": {
            "ip": HOST,
            "port": port,
            "port_retries": 0,
            "root_dir": str(folder / "bijeenkomsten"),
            "open_browser": False,
            "allow_root": True,  # a locked-down laptop may know no other user
            "contents_manager_class": "leefbaar_tools.room.contents.LockedContents",
            "jpserver_extensions": {
                "jupyter_lsp": False,
                "jupyter_server_terminals": False,
                "notebook_shim": False,
            },
        },
        # A plain path: a list here loads nothing, in silence.
        "LabApp": {"extra_labextensions_path": str(LAB / "extensions"), "news_url": None},
    }
    _write_json(config / "jupyter_server_config.json", {"ServerApp": server["ServerApp"]})
    _write_json(config / "jupyter_lab_config.json", server)
    _write_json(own / "start.json", {"start": start, "audience": audience})
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON", "LEEFBAAR"))
    }
    environment.update(
        {
            FOLDER_VARIABLE: str(folder),
            "JUPYTER_TOKEN": secrets.token_urlsafe(24),
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_CONFIG_PATH": str(config),
            "JUPYTER_DATA_DIR": str(own / "data"),
            "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(own / "lab-settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
            "IPYTHONDIR": str(own / "ipython"),
        }
    )
    # A workspace remembered from last time would bring back another page.
    shutil.rmtree(own / "workspaces", ignore_errors=True)
    return environment


def _write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
