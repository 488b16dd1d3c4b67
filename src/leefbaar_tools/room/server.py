"""The JupyterLab of the room: found, started, watched and stopped.

Only the standard library: this runs before anything shows, and every import is waiting time.
"""

import contextlib
import errno
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .copies import lay_copies

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

LAB = Path(__file__).resolve().parent / "lab"
HOST = "127.0.0.1"
FIRST_PORT = 8888
PARTS = ("antwoorden", "handouts", "gegevens", "eigen", "logboek")  # what stays from start to start
SPACE_NEEDED = 20 * 1024 * 1024  # bytes: copies, logs and a year of answers fit easily
START_SECONDS = 90  # a slow disk with a virus scanner
STOP_SECONDS = 15
FOLDER_VARIABLE = "LEEFBAAR_FOLDER"  # tells the kernel where the journals are


_REASONS = {
    errno.EEXIST: "Er staat al een bestand met die naam.",
    errno.ENOTDIR: "Een deel van het pad is een bestand.",
    errno.EISDIR: "Er staat een map waar een bestand hoort.",
    errno.EACCES: "Je hebt daar geen rechten, of een ander programma heeft er een bestand open. "
    "Sluit andere programma's en probeer het opnieuw.",
    errno.EROFS: "Je mag daar alleen lezen.",
    errno.ENOSPC: "De schijf is vol. Maak ruimte vrij.",
}
_REASONS[errno.EPERM] = _REASONS[errno.EACCES]
_REASONS[getattr(errno, "EDQUOT", errno.ENOSPC)] = _REASONS[errno.ENOSPC]


# What a kernel loads before the page asks for it; what goes wrong, the page meets as well.
WARM_UP = """
def _():
    from contextlib import suppress
    with suppress(Exception):
        import leefbaar_tools.exercises.page, leefbaar_tools.exercises.screens
        import leefbaar_tools.exercises.pictures, leefbaar_tools.figures
        import leefbaar_tools.exercises.area_screen
        from leefbaar_tools.atlas import Atlas
        Atlas().sample
_()
del _
"""


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
        return self._ask("GET", "api/status") == 200

    def shut_down(self) -> bool:
        """Ask this Lab to end its kernels and itself; tell whether it will."""
        return self._ask("POST", "api/shutdown") == 200

    def prepare(self, notebook: str) -> bool:
        """Start the kernel of a notebook already, while the browser is still opening.

        The page finds it by its path; when this fails, the page starts one itself.
        """
        session = {"path": notebook, "name": notebook, "type": "notebook"}
        return self._ask("POST", "api/sessions", session | {"kernel": {"name": "python3"}}) == 201

    def _ask(self, method: str, path: str, content: dict | None = None) -> int | None:
        # Straight to this computer: the proxy of an office cannot reach it.
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content)
        try:
            connection.request(method, f"/{path}", body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def working_folder(path: Path) -> Path:
    """Return the full path of the working folder.

    Raises
    ------
    RoomError
        When it leads nowhere.
    """
    try:
        return path.expanduser().resolve()
    except (OSError, RuntimeError) as error:  # a circle of links; a home that is not known
        raise RoomError(
            f"De map {path} is niet te vinden. Kies een andere map met --folder MAP."
        ) from error


def check_folder(folder: Path) -> int:
    """Make the working folder, try a write in it, and return the free bytes of its disk.

    Raises
    ------
    RoomError
        When it cannot be written to or the disk is full.
    """
    try:
        for part in PARTS:
            # Answers are nobody else's business on a computer that is shared.
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".proef-{os.getpid()}"
        try:
            probe.write_bytes(b"leefbaar")
        finally:
            probe.unlink(missing_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise RoomError(f"Ik kan niet schrijven in de map {folder}. {explain(error)}") from error
    if free < SPACE_NEEDED:
        raise RoomError(
            f"De schijf van {folder} is bijna vol: er is nog {free // 1024 // 1024} MB vrij. "
            "Maak ruimte vrij, of kies een map op een andere schijf met --folder MAP."
        )
    return free


def explain(error: OSError, option: str = "--folder") -> str:
    """Return in Dutch why the system refused, and what to do."""
    reason = _REASONS.get(error.errno, "Die plek is niet te gebruiken.")
    return f"{reason} Of kies een andere map met {option} MAP."


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let another start on this folder wait until this one has opened its Lab.

    The system itself releases the lock when a process dies.

    Raises
    ------
    RoomError
        When the other start takes too long.
    """
    own = folder / ".leefbaar"
    try:
        own.mkdir(exist_ok=True)
        slot = (own / "slot").open("ab")
    except OSError as error:
        raise RoomError(f"Ik kan niet schrijven in de map {own}. {explain(error)}") from error
    with slot:
        deadline = time.monotonic() + START_SECONDS
        while not _locked(slot.fileno()):
            if time.monotonic() > deadline:
                raise RoomError(
                    "Op deze map is al een start bezig. Wacht een minuut en probeer het opnieuw. "
                    "Helpt dat niet? Start de computer opnieuw op."
                )
            time.sleep(0.1)
        yield


def _locked(handle: int) -> bool:
    try:
        if os.name == "nt":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some network drives know no locks; there two starts at one moment are not noticed.
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


def running(folder: Path) -> Running | None:
    """Return the Lab that is already up on this folder, if any."""
    for path in (folder / ".leefbaar" / "runtime").glob("jpserver-*.json"):
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            info = json.loads(path.read_text(encoding="utf-8"))
            found = Running(info["port"], info["token"], info["pid"])
            if found.answers():
                return found
    return None


def audience_of(folder: Path) -> str:
    """Return for whom the Lab on this folder was started."""
    try:
        start = json.loads((folder / ".leefbaar" / "start.json").read_text(encoding="utf-8"))
        return start["audience"]
    except (OSError, ValueError, LookupError, TypeError):
        return "deelnemer"


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


def start_server(
    folder: Path, audience: str, wanted: int | None = None
) -> tuple[subprocess.Popen, Running]:
    """Lay fresh copies and start JupyterLab on them; return when it answers.

    Parameters
    ----------
    folder : Path
        The working folder, checked.
    audience : {"deelnemer", "begeleider"}
    wanted : int, optional
        The only port to use; else the first free one.

    Raises
    ------
    RoomError
        When the port is taken or the Lab does not come up; the log tells why.
    """
    port = free_port(wanted)
    start = secrets.token_hex(8)
    own = folder / ".leefbaar"
    try:
        _forget_stopped(own / "runtime")
        laid = lay_copies(folder / "bijeenkomsten", audience, start)
        # Somebody may take the port before JupyterLab does: then it tries the next ones.
        environment = _configure(own, folder, audience, start, laid, port, 0 if wanted else 100)
        log = (folder / "logboek" / "jupyterlab.log").open("ab")
    except OSError as error:
        raise RoomError(
            f"Ik kan de werkbladen niet klaarzetten in {folder}. {explain(error)}"
        ) from error
    process = None
    try:
        with log, _uninterrupted():
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", "--no-browser"],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return process, _wait_for(process, folder, environment["JUPYTER_TOKEN"])
    except BaseException:
        if process:
            stop(process)
        raise


@contextlib.contextmanager
def _uninterrupted():
    """Hold Ctrl+C back for a moment: a process just born has no name yet to end it by."""
    came = []
    held = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        # Not every system knows each, and only the main thread may ask.
        with contextlib.suppress(AttributeError, ValueError):
            number = getattr(signal, name)
            if signal.getsignal(number) is signal.default_int_handler:
                held[number] = signal.signal(number, lambda *_: came.append(True))
    try:
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


def _wait_for(process: subprocess.Popen, folder: Path, token: str) -> Running:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        lab = running(folder)
        if lab and lab.token == token:
            return lab
        time.sleep(0.05)
    raise RoomError(
        "JupyterLab wil niet starten. Wat er misging staat in "
        f"{folder / 'logboek' / 'jupyterlab.log'}. Vraag iemand van ICT om mee te kijken."
    )


def stop(process: subprocess.Popen, lab: Running | None = None) -> None:
    """End JupyterLab with its kernels, politely if it still listens, and wait for it."""
    if process.poll() is not None:
        return
    try:
        if lab is None or not lab.shut_down():
            process.terminate()
        process.wait(timeout=STOP_SECONDS)
    except BaseException as error:
        process.kill()
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise


def _forget_stopped(runtime: Path) -> None:
    """Remove what servers left behind that were killed; nothing on this folder is up now."""
    for path in runtime.glob("*-*"):
        if path.name.startswith(("jpserver-", "kernel-")):
            with contextlib.suppress(OSError):
                path.unlink()


def _configure(
    own: Path, folder: Path, audience: str, start: str, laid: list[dict], port: int, retries: int
) -> dict[str, str]:
    """Write the settings of this one Lab and return its environment.

    Everything that Jupyter would read or write elsewhere is kept inside ``own``, so that no
    other Lab on this machine is touched and none of theirs is used.
    """
    config = own / "config"
    shutil.rmtree(config, ignore_errors=True)
    labconfig = config / "labconfig"
    labconfig.mkdir(parents=True)
    # Their content alone: an installation may be read-only, and a copy of its files with it.
    for source in (LAB / "settings").glob("*.json"):
        (labconfig / source.name).write_bytes(source.read_bytes())
    page = json.loads((labconfig / "page_config.json").read_text(encoding="utf-8"))
    # As text: JupyterLab turns a mapping in its page configuration into a list of its keys.
    room = {"start": start, "audience": audience, "meetings": laid}
    page["leefbaarRoom"] = json.dumps(room, ensure_ascii=False)
    _write_json(labconfig / "page_config.json", page)
    server = {
        "ServerApp": {
            "ip": HOST,
            "port": port,
            "port_retries": retries,
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
        # The same in the server: it would drop messages above so many a second.
        "ZMQChannelsWebsocketConnection": {"limit_rate": False},
        "LabApp": {
            # A plain path: a list here loads nothing, in silence.
            "extra_labextensions_path": str(LAB / "extensions"),
            "news_url": None,
            "extension_manager": "readonly",  # the other one can reach the internet
        },
    }
    own_server = {name: content for name, content in server.items() if name != "LabApp"}
    _write_json(config / "jupyter_server_config.json", own_server)
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
            "MPLCONFIGDIR": str(own / "matplotlib"),
        }
    )
    startup = own / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "00-werkbladen.py").write_text(WARM_UP, encoding="utf-8")
    # A workspace remembered from last time would bring back another page.
    shutil.rmtree(own / "workspaces", ignore_errors=True)
    return environment


def _write_json(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
