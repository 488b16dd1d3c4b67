"""``leefbaar start``: the copies, the server it opens, and what it says when something is wrong.

What a browser sees of it stands in test_browser.py.
"""

import argparse
import ast
import errno
import http.client
import inspect
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import webbrowser
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from leefbaar_tools import cli
from leefbaar_tools.resources import meetings
from leefbaar_tools.room import copies, server

COMMAND = [sys.executable, "-m", "leefbaar_tools"]
ENGLISH = re.compile(
    r"\b(the|usage|errors?|options|arguments?|expected|invalid|choice|choose|from|could|match"
    r"|ambiguous|ignored|explicit|unrecognized|required|show|exit|message|this|file|directory"
    r"|permission|denied|exists|failed|already|space|left|device|traceback|exception|warning)\b",
    re.IGNORECASE,
)


def is_dutch(text: str) -> bool:
    words = re.sub(r"--[\w-]+|http://\S+|/\S+", "", text)
    return bool(words.strip()) and ENGLISH.findall(words) == []


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def tags(notebook: dict) -> set[str]:
    return {tag for cell in notebook["cells"] for tag in cell["metadata"].get("tags", ())}


# --- the copies


@pytest.mark.parametrize(
    ("audience", "there", "gone"),
    [("deelnemer", set(), {"facilitator", "group"}), ("begeleider", {"group"}, {"facilitator"})],
)
def test_a_copy_holds_what_its_audience_may_see_and_is_locked(tmp_path, audience, there, gone):
    laid = copies.lay_copies(tmp_path / "bijeenkomsten", audience, "abc")
    assert [item["path"] for item in laid] == [path.name for path in meetings()]
    for source, item in zip(meetings(), laid, strict=True):
        path = tmp_path / "bijeenkomsten" / item["path"]
        copy = read(path)
        assert {"facilitator", "group"} <= tags(read(source)), "else this proves nothing"
        assert there <= tags(copy)
        assert not gone & tags(copy)
        assert copy["metadata"]["leefbaar"]["start"] == "abc"
        assert copy["metadata"]["leefbaar"]["audience"] == audience
        assert path.stat().st_mode & 0o222 == 0
        for cell in copy["cells"]:
            assert cell["metadata"]["editable"] is False
            assert cell["metadata"]["deletable"] is False
            if cell["cell_type"] == "code":
                assert cell["outputs"] == []
                assert cell["execution_count"] is None
                assert cell["metadata"]["jupyter"]["source_hidden"] is True


def test_old_copies_make_way_and_what_is_not_ours_stays(tmp_path):
    copies.lay_copies(tmp_path, "begeleider", "een")
    first = tmp_path / meetings()[0].name
    first.chmod(0o600)
    first.write_text("stuk", encoding="utf-8")
    renamed = tmp_path / "oude-naam.ipynb"
    shutil.copy(meetings()[0], renamed)
    gone = read(renamed)
    gone["metadata"]["leefbaar"]["start"] = "nul"
    renamed.write_text(json.dumps(gone), encoding="utf-8")
    notes = tmp_path / "notulen.docx"
    notes.write_bytes(b"van de woningcorporatie")
    own = tmp_path / "eigen.ipynb"
    own.write_text('{"cells": [], "metadata": {}}', encoding="utf-8")
    copies.lay_copies(tmp_path, "deelnemer", "twee")
    assert read(first)["metadata"]["leefbaar"]["start"] == "twee"
    assert not renamed.exists()
    assert notes.read_bytes() == b"van de woningcorporatie"
    assert own.exists()


def test_a_link_in_the_place_of_a_copy_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elders.txt"
    elsewhere.write_text("blijft", encoding="utf-8")
    folder = tmp_path / "bijeenkomsten"
    folder.mkdir()
    (folder / meetings()[0].name).symlink_to(elsewhere)
    copies.lay_copies(folder, "deelnemer", "abc")
    assert elsewhere.read_text(encoding="utf-8") == "blijft"
    assert not (folder / meetings()[0].name).is_symlink()


def test_copies_make_way_on_windows_too(tmp_path, monkeypatch):
    """There a file that is read-only cannot be removed."""
    remove = Path.unlink

    def windows(path, missing_ok=False):
        if path.stat().st_mode & 0o200 == 0:
            raise PermissionError(errno.EACCES, "Access is denied")
        remove(path, missing_ok)

    copies.lay_copies(tmp_path, "deelnemer", "een")
    monkeypatch.setattr(Path, "unlink", windows)
    copies.lay_copies(tmp_path, "deelnemer", "twee")
    assert read(tmp_path / meetings()[0].name)["metadata"]["leefbaar"]["start"] == "twee"


def test_a_read_only_installation_gives_settings_that_can_be_written(tmp_path, monkeypatch):
    lab = tmp_path / "lab"
    shutil.copytree(server.LAB / "settings", lab / "settings")
    for path in (lab / "settings").iterdir():
        path.chmod(0o444)
    monkeypatch.setattr(server, "LAB", lab)
    for _ in range(2):
        server._configure(tmp_path / "own", tmp_path, "deelnemer", "abc", [], 8888, 0)
    for path in (tmp_path / "own" / "config" / "labconfig").iterdir():
        assert path.stat().st_mode & 0o200


# --- what it says when it cannot start


def fails(capsys, *arguments, code: int = 1) -> str:
    """Run the command in this process; it must fail in Dutch."""
    try:
        result = cli.main([str(argument) for argument in arguments])
    except SystemExit as stop:
        result = stop.code
    said = capsys.readouterr()
    assert result == code
    assert is_dutch(said.err), said.err
    assert said.out == "" or is_dutch(said.out), said.out
    return said.err


@pytest.fixture
def no_server(monkeypatch):
    monkeypatch.setattr(server.subprocess, "Popen", lambda *a, **k: pytest.fail("a server started"))
    monkeypatch.setattr(cli, "_stop_politely", lambda: None)


@pytest.mark.usefixtures("no_server")
class TestCannotStart:
    @pytest.mark.parametrize("below", ["", "dieper", "dieper/nog dieper"])
    def test_a_file_in_the_way(self, tmp_path, capsys, below):
        (tmp_path / "bestand").write_bytes(b"mijn werk")
        folder = tmp_path / "bestand" / below
        said = fails(capsys, "start", "--no-browser", "--folder", folder)
        assert "bestand" in said
        assert "--folder" in said
        assert (tmp_path / "bestand").read_bytes() == b"mijn werk"

    @pytest.mark.parametrize(
        ("number", "word"),
        [
            (errno.EACCES, "geen rechten"),
            (errno.EPERM, "geen rechten"),
            (errno.EROFS, "alleen lezen"),
            (errno.ENOSPC, "schijf is vol"),
            (errno.ENAMETOOLONG, "niet te gebruiken"),
            (errno.EIO, "niet te gebruiken"),
        ],
    )
    @pytest.mark.parametrize("where", ["folder", "copies", "slot"])
    def test_the_system_refuses(self, tmp_path, capsys, monkeypatch, number, word, where):
        def refuse(*arguments, **options):
            raise OSError(number, os.strerror(number))

        if where == "folder":
            monkeypatch.setattr(Path, "write_bytes", refuse)
        elif where == "copies":
            monkeypatch.setattr(server, "lay_copies", refuse)
        else:
            (tmp_path / ".leefbaar").mkdir()
            real = Path.open
            monkeypatch.setattr(
                Path, "open", lambda p, *a, **k: (refuse if p.name == "slot" else real)(p, *a, **k)
            )
        said = fails(capsys, "start", "--no-browser", "--folder", tmp_path)
        assert word in said
        assert "--folder" in said
        assert str(tmp_path) in said
        assert list(tmp_path.glob(".proef*")) == []

    def test_hardly_any_room_left(self, tmp_path, capsys, monkeypatch):
        nearly_full = SimpleNamespace(free=3 * 1024 * 1024)
        monkeypatch.setattr(server.shutil, "disk_usage", lambda path: nearly_full)
        said = fails(capsys, "start", "--no-browser", "--folder", tmp_path)
        assert "bijna vol" in said
        assert "3 MB" in said
        assert "Maak ruimte vrij" in said

    @pytest.mark.parametrize("part", [".leefbaar", "bijeenkomsten", "antwoorden"])
    def test_a_file_where_a_part_of_the_folder_belongs(self, tmp_path, capsys, part):
        (tmp_path / part).write_bytes(b"iets")
        assert "--folder" in fails(capsys, "start", "--no-browser", "--folder", tmp_path)
        assert (tmp_path / part).read_bytes() == b"iets"

    def test_links_in_a_circle(self, tmp_path, capsys):
        (tmp_path / "rond").symlink_to(tmp_path / "rond")
        assert "--folder" in fails(capsys, "start", "--no-browser", "--folder", tmp_path / "rond")

    def test_nobodys_home(self, capsys):
        said = fails(capsys, "start", "--no-browser", "--folder", "~niemand-heet-zo/leefbaar")
        assert "--folder" in said

    def test_no_browser(self, tmp_path, capsys, monkeypatch):
        def none():
            raise webbrowser.Error("could not locate runnable browser")

        monkeypatch.setattr(webbrowser, "get", none)
        said = fails(capsys, "start", "--folder", tmp_path / "werk")
        assert "Installeer" in said
        assert "--no-browser" in said
        assert not (tmp_path / "werk").exists()

    def test_a_port_that_is_taken(self, tmp_path, capsys):
        with taken() as port:
            said = fails(capsys, "start", "--no-browser", "--folder", tmp_path, "--port", port)
        assert f"Poort {port} is bezet" in said
        assert "--port" in said

    def test_another_start_that_never_ends(self, tmp_path, capsys, monkeypatch):
        monkeypatch.setattr(server, "START_SECONDS", 0)
        with server.one_at_a_time(tmp_path):
            said = fails(capsys, "start", "--no-browser", "--folder", tmp_path)
        assert "al een start bezig" in said

    def test_a_meeting_that_is_not_there(self, tmp_path, capsys):
        said = fails(capsys, "start", "9", "--no-browser", "--folder", tmp_path / "werk")
        assert meetings()[0].stem in said
        assert not (tmp_path / "werk").exists()


def test_handouts_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "bestand").write_bytes(b"mijn werk")
    assert "--output" in fails(capsys, "handouts", "--output", tmp_path / "bestand")


@pytest.mark.parametrize("failure", [lambda url: False, webbrowser.Error, OSError])
def test_a_browser_that_does_not_open(capsys, failure):
    def try_to(url):
        result = failure(url)
        if isinstance(result, Exception):
            raise result
        return result

    cli._open(SimpleNamespace(open=try_to), "http://127.0.0.1:1/")
    assert "plak dit adres" in capsys.readouterr().out


@contextmanager
def taken():
    with socket.socket() as other:
        other.bind((server.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_the_next_free_port_is_used(monkeypatch):
    with taken() as first:
        monkeypatch.setattr(server, "FIRST_PORT", first)
        assert first < server.free_port(None) < first + 100


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs mounts of our own")
@pytest.mark.parametrize(
    ("mount", "word"), [("ro", "alleen lezen"), ("size=64k", "vol"), ("size=4m", "bijna vol")]
)
def test_a_real_disk_that_is_full_or_read_only(tmp_path, mount, word):
    script = 'mount -t tmpfs -o "$1" tmpfs "$2" || exit 77; shift; folder=$1; shift; '
    script += 'case $mode in size=64k) head -c 65536 /dev/zero > "$folder/vol" 2>&-;; esac; '
    script += 'exec "$@" start --no-browser --folder "$folder"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", mount, tmp_path, *COMMAND],
        capture_output=True,
        text=True,
        env={**os.environ, "mode": mount},
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("mounts of our own are not allowed here")
    assert done.returncode == 1
    assert word in done.stderr
    assert is_dutch(done.stderr), done.stderr


# --- what the command itself says


@pytest.mark.parametrize(
    "arguments", [["--help"], *([name, "--help"] for name in ("start", "check", "handouts"))]
)
def test_help_is_dutch(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("gebruik: leefbaar")
    assert is_dutch(said), said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["open"],
        ["start", "--port"],
        ["start", "--port", "x"],
        ["start", "--port", "0"],
        ["start", "--port", "-1"],
        ["start", "--port", "99999"],
        ["start", "--poort", "8888"],
        ["start", "1", "2"],
        ["start", "--no-browser=ja"],
        ["check", "1"],
        ["check", "--port", "80"],
        ["handouts", "--audience", "iedereen"],
        ["handouts", "--a", "x"],
        ["handouts", "--area"],
    ],
    ids=" ".join,
)
def test_what_is_typed_wrong_is_told_in_dutch(capsys, arguments):
    assert "Dat begrijp ik niet" in fails(capsys, *arguments, code=2)


# What only a programmer can cause: it never reaches the terminal.
PROGRAMMERS = (
    "not defined|not callable|cannot merge|invalid argument for positionals|invalid option string"
    "|dest= is required|invalid conflict_resolution|mutually exclusive arguments must|multiple sub"
    "|with mode|can't open|deprecated|conflicting|default: |version number|^%.heading.s:$"
    "|^subcommands$|^expected %s argument"
)


def test_every_text_of_argparse_has_its_dutch():
    """Texts differ between versions of Python; this reads those of the one in use."""
    texts = {
        call.args[0].value
        for call in ast.walk(ast.parse(inspect.getsource(argparse)))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("_", "ngettext")
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(texts) > 20, "argparse no longer asks for its texts in this way"
    assert {text for text in texts - set(cli._DUTCH) if not re.search(PROGRAMMERS, text)} == set()


def test_an_old_console_gets_question_marks_instead_of_a_traceback():
    done = subprocess.run(
        [*COMMAND, "start", "9", "--no-browser"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("De bijeenkomst ?9? ken ik niet.")


def test_a_computer_without_any_browser(tmp_path):
    kept = {"HOME": str(tmp_path), "PATH": str(tmp_path)}
    for name in ("SYSTEMROOT", "PYTHONPATH"):
        kept.update({name: os.environ[name]} if name in os.environ else {})
    done = subprocess.run([*COMMAND, "start"], capture_output=True, text=True, env=kept)
    assert done.returncode == 1
    assert "geen browser" in done.stderr
    assert is_dutch(done.stderr)
    assert list(tmp_path.iterdir()) == []


# --- a Lab that is up, or was


def runtime_file(folder: Path, content: str) -> None:
    runtime = folder / ".leefbaar" / "runtime"
    runtime.mkdir(parents=True, exist_ok=True)
    (runtime / f"jpserver-{len(list(runtime.iterdir()))}.json").write_text(content, "utf-8")


def test_what_a_killed_server_left_behind_fools_nobody(tmp_path):
    runtime_file(tmp_path, "")
    runtime_file(tmp_path, "[]")
    runtime_file(tmp_path, '{"port": "x"}')
    runtime_file(tmp_path, '{"port": "x", "token": "t", "pid": 1}')
    for number in range(200):
        runtime_file(tmp_path, json.dumps({"port": 1, "token": f"t{number}", "pid": 1}))
    assert server.running(tmp_path) is None


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 403 Forbidden\r\n\r\n"])
def test_another_program_on_the_old_port_fools_nobody(tmp_path, reply):
    with socket.socket() as other:
        other.bind((server.HOST, 0))
        other.listen()

        def answer():
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        port = other.getsockname()[1]
        runtime_file(tmp_path, json.dumps({"port": port, "token": "t", "pid": 1}))
        assert server.running(tmp_path) is None
        thread.join()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"audience": "begeleider"}'])
def test_for_whom_a_lab_was_started(tmp_path, content):
    (tmp_path / ".leefbaar").mkdir()
    (tmp_path / ".leefbaar" / "start.json").write_text(content, "utf-8")
    assert server.audience_of(tmp_path) == (
        "begeleider" if "begeleider" in content else "deelnemer"
    )


# --- a real one


class Room:
    """A start command that is running, and the Lab it opened."""

    def __init__(self, process, folder, said):
        self.process, self.folder, self.said = process, folder, said
        self.url = urlsplit(re.search(r"http://\S+", said)[0])
        self.token = parse_qs(self.url.query)["token"][0]

    def ask(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.url.port, timeout=30)
        head = {"Authorization": f"token {self.token if token is None else token}"}
        connection.request(method, path, body and json.dumps(body), head)
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply.status, content.decode()

    def start_kernel(self) -> str:
        kernel = {"kernel": {"name": "python3"}, "path": "x", "type": "notebook", "name": "x"}
        status, content = self.ask("POST", "/api/sessions", kernel)
        assert status == 201
        return json.loads(content)["kernel"]["id"]

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def rest(self) -> str:
        """What it says from now until it ends."""
        return self.process.stdout.read()


@contextmanager
def begun(folder, *options, **environment):
    """A start command, from its first line on; whatever happens, nothing of it stays."""
    process = subprocess.Popen(
        [*COMMAND, "start", "--no-browser", "--folder", folder, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )
    watch = threading.Timer(120, process.kill)
    watch.start()
    below = []
    try:
        yield process
    finally:
        watch.cancel()
        if process.poll() is None:
            below = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            process.wait(timeout=60)
        process.stdout.close()
        for child in psutil.wait_procs(below, timeout=10)[1]:
            child.kill()


@contextmanager
def opened(folder, *options, **environment):
    with begun(folder, *options, **environment) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if "Stoppen:" in line:
                break
        yield Room(process, folder, "".join(said))


def again(folder, *options):
    return subprocess.run(
        [*COMMAND, "start", "--no-browser", "--folder", folder, *options],
        capture_output=True,
        text=True,
        timeout=60,
    )


HOSTILE = """
open({marker!r}, "w").close()
c = get_config()
c.ServerApp.ip = "0.0.0.0"
c.IdentityProvider.token = ""
c.ServerApp.contents_manager_class = "{manager}"
"""
FILES_MANAGER = "jupyter_server.services.contents.filemanager.FileContentsManager"


def everything_in(folder: Path) -> dict:
    return {p: p.is_file() and p.read_bytes() for p in sorted(folder.rglob("*"))}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The home of somebody who has set up Jupyter in every way that is bad for us."""
    home = tmp_path_factory.mktemp("thuis")
    marker = str(home / "GELEZEN")
    hostile = HOSTILE.format(marker=marker, manager=FILES_MANAGER)
    files = {
        ".jupyter/jupyter_config.py": hostile,
        ".jupyter/jupyter_server_config.py": hostile,
        ".jupyter/jupyter_lab_config.py": hostile,
        ".jupyter/labconfig/page_config.json": '{"disabledExtensions": {"leefbaar-room": true}}',
        ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings": (
            '{"theme": "JupyterLab Dark"}'
        ),
        ".local/share/jupyter/kernels/python3/kernel.json": (
            '{"argv": ["false"], "display_name": "Vreemd", "language": "python"}'
        ),
        ".local/share/jupyter/labextensions/vreemd/package.json": (
            '{"name": "vreemd", "version": "1.0.0", "jupyterlab": {"_build": {"load": "x.js"}}}'
        ),
        ".ipython/profile_default/startup/00.py": f"open({marker!r}, 'w').close()",
    }
    for name, content in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(content, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def room(tmp_path_factory, home):
    folder = tmp_path_factory.mktemp("plek") / "Mijn map é's “nieuw”"
    before = everything_in(home)
    with opened(
        folder,
        HOME=str(home),
        XDG_CONFIG_HOME=str(home / ".config"),
        XDG_CACHE_HOME=str(home / ".cache"),
        JUPYTER_CONFIG_DIR=str(home / ".jupyter"),
        JUPYTER_CONFIG_PATH=str(home / ".jupyter"),
        JUPYTER_PATH=str(home / ".local" / "share" / "jupyter"),
        JUPYTER_TOKEN="bekend",
        JUPYTERLAB_SETTINGS_DIR=str(home / ".jupyter" / "lab" / "user-settings"),
        IPYTHONDIR=str(home / ".ipython"),
        MPLCONFIGDIR=str(home / ".config" / "matplotlib"),
        LEEFBAAR_FOLDER=str(home),
        http_proxy="http://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
    ) as room:
        room.before = before
        yield room


def test_the_terminal_is_dutch_and_names_the_folder(room):
    assert is_dutch(room.said), room.said
    assert str(room.folder / "antwoorden") in room.said
    assert f"/doc/tree/{meetings()[0].name}?token=" in room.said


def test_nobody_gets_in_without_the_token(room):
    for path in ("/api/contents", "/api/sessions", "/api/kernels", f"/files/{meetings()[0].name}"):
        for wrong in ("", "bekend"):
            assert room.ask("GET", path, token=wrong)[0] in (302, 403)
        assert room.ask("GET", path)[0] == 200
    assert room.ask("GET", "/api/contents", token="")[0] == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "{}", {"type": "notebook", "format": "json", "content": {}}),
        ("PUT", "{}", {"type": "file", "format": "text", "content": "x"}),
        ("PUT", "{}", {"type": "file", "format": "text", "content": "x", "chunk": 1}),
        ("PUT", "nieuw.txt", {"type": "file", "format": "text", "content": "x"}),
        ("PATCH", "{}", {"path": "anders.ipynb"}),
        ("DELETE", "{}", None),
        ("POST", "", {"type": "notebook"}),
        ("POST", "", {"type": "directory"}),
        ("POST", "", {"copy_from": "{}"}),
        ("POST", "{}/checkpoints", {}),
        ("POST", "{}/checkpoints/checkpoint", {}),
    ],
)
def test_nothing_is_saved_into_the_copies(room, method, path, body):
    sheets = room.folder / "bijeenkomsten"
    name = meetings()[0].name
    if body and "copy_from" in body:
        body = {"copy_from": name}
    before = everything_in(sheets)
    status, content = room.ask(method, "/api/contents/" + path.format(name), body)
    assert status == 403
    assert is_dutch(json.loads(content)["message"])
    assert everything_in(sheets) == before


def test_the_lab_extension_is_there_and_knows_its_copies(room):
    assert room.ask("GET", "/lab/extensions/leefbaar-room/static/remoteEntry.js")[0] == 200
    html = room.ask("GET", "/lab")[1]
    page = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', html, re.S)[1])
    names = [extension["name"] for extension in page["federated_extensions"]]
    assert "leefbaar-room" in names
    assert "vreemd" not in names
    assert "leefbaar-room" not in page["disabledExtensions"]
    told = json.loads(page["leefbaarRoom"])
    for item in told["meetings"]:
        copy = read(room.folder / "bijeenkomsten" / item["path"])
        assert copy["metadata"]["leefbaar"]["start"] == told["start"]


def test_another_lab_in_this_environment_does_not_see_the_extension(room):
    listed = subprocess.run(
        [sys.executable, "-m", "jupyter", "labextension", "list"], capture_output=True, text=True
    )
    assert listed.returncode == 0
    assert "jupyterlab-manager" in listed.stderr + listed.stdout, "else this proves nothing"
    assert "leefbaar" not in listed.stderr + listed.stdout


def test_a_second_start_opens_the_same_one(room):
    for options in ([], ["1"], ["--port", str(room.url.port)]):
        done = again(room.folder, *options)
        assert done.returncode == 0
        assert done.stderr == ""
        assert room.url.geturl() in done.stdout
        assert is_dutch(done.stdout)
        assert "Let op" not in done.stdout


def test_a_second_start_for_somebody_else_says_so(room):
    copy = room.folder / "bijeenkomsten" / meetings()[0].name
    before = copy.read_bytes()
    done = again(room.folder, "--begeleider")
    assert done.returncode == 0
    assert room.url.geturl() in done.stdout
    assert "Let op: dat is het scherm voor de deelnemer" in done.stdout
    assert copy.read_bytes() == before


# Last of this room: it fills the folder.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_whole_meeting_stays_on_this_computer_and_in_the_working_folder(room, home):
    from jupyter_client import BlockingKernelClient

    runtime = room.folder / ".leefbaar" / "runtime"
    client = BlockingKernelClient(
        connection_file=str(runtime / f"kernel-{room.start_kernel()}.json")
    )
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    for cell in read(room.folder / "bijeenkomsten" / meetings()[0].name)["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            reply = client.execute_interactive(source, output_hook=lambda message: None, timeout=60)
            assert reply["content"]["status"] == "ok"
    client.stop_channels()
    listening = {
        connection.laddr
        for process in room.processes()
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert room.url.port in {address.port for address in listening}
    assert len(listening) > 1, "the kernel listens as well"
    assert {address.ip for address in listening} == {"127.0.0.1"}
    assert (room.folder / "antwoorden" / "Deelnemer 1.jsonl").exists()
    assert everything_in(home) == room.before
    log = (room.folder / "logboek" / "jupyterlab.log").read_text(encoding="utf-8")
    assert "Jupyter Server" in log
    assert room.token not in log
    assert {path.name for path in room.folder.iterdir()} == {
        *server.PARTS,
        "bijeenkomsten",
        ".leefbaar",
    }


def gone(processes: list[psutil.Process]) -> bool:
    return psutil.wait_procs(processes, timeout=20)[1] == []


def test_ctrl_c_ends_everything_and_a_next_start_keeps_what_is_yours(tmp_path):
    mine = {part: tmp_path / part / "mijn bestand" for part in server.PARTS}
    with opened(tmp_path) as room:
        for path in mine.values():
            path.write_text("van mij", encoding="utf-8")
        room.start_kernel()
        processes = room.processes()
        assert len(processes) >= 2  # the Lab, this kernel, and the one made ready for the page
        os.killpg(room.process.pid, signal.SIGINT)  # as a terminal does: to all of them
        assert room.rest() == "Gestopt. Alle antwoorden zijn bewaard.\n"
        assert room.process.wait() == 0
        assert gone(processes)
    copy = tmp_path / "bijeenkomsten" / meetings()[0].name
    copy.chmod(0o600)
    copy.write_text("{}", encoding="utf-8")
    runtime_file(tmp_path, '{"port": 1, "token": "van een gedode server", "pid": 1}')
    with opened(tmp_path, "--begeleider") as room:
        assert len(list((tmp_path / ".leefbaar" / "runtime").glob("jpserver-*.json"))) == 1
        assert read(copy)["metadata"]["leefbaar"]["audience"] == "begeleider"
        assert {path.read_text(encoding="utf-8") for path in mine.values()} == {"van mij"}
        room.start_kernel()
        processes = room.processes()
        room.process.terminate()  # to the start command alone
        assert room.rest() == "Gestopt. Alle antwoorden zijn bewaard.\n"
        assert room.process.wait() == 0
        assert gone(processes)


def test_stopped_while_it_is_starting(tmp_path):
    with begun(tmp_path) as process:
        assert "Even geduld" in process.stdout.readline()
        while not (processes := psutil.Process(process.pid).children()):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read().strip() == "Gestopt."
        assert process.wait() == 130
        assert gone(processes)


def test_a_signal_while_the_process_is_born_ends_it(tmp_path, monkeypatch):
    born = []
    real = subprocess.Popen

    def popen(command, **options):
        born.append(real([sys.executable, "-c", "import time; time.sleep(60)"]))
        signal.raise_signal(signal.SIGINT)
        return born[0]

    monkeypatch.setattr(server.subprocess, "Popen", popen)
    server.check_folder(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        server.start_server(tmp_path, "deelnemer")
    assert born[0].poll() is not None


def test_a_server_that_is_killed_is_told(tmp_path):
    with opened(tmp_path) as room:
        room.start_kernel()
        processes = room.processes()
        next(p for p in processes if "jupyterlab" in " ".join(p.cmdline())).kill()
        said = room.rest()
        assert room.process.wait() == 1
        assert "onverwacht gestopt" in said
        assert "jupyterlab.log" in said
        assert is_dutch(said)
        assert gone(processes), "a kernel without its server ends by itself"
    assert list((tmp_path / ".leefbaar" / "runtime").glob("jpserver-*.json")), "proves nothing"
    assert server.running(tmp_path) is None


def test_a_lab_that_will_not_start_names_the_log(tmp_path):
    (tmp_path / ".leefbaar").mkdir()
    (tmp_path / ".leefbaar" / "runtime").write_text("in de weg", encoding="utf-8")
    done = again(tmp_path)
    log = tmp_path / "logboek" / "jupyterlab.log"
    assert done.returncode == 1
    assert str(log) in done.stderr
    assert is_dutch(done.stderr)
    assert "runtime" in log.read_text(encoding="utf-8")


def test_two_starts_at_one_moment_open_one_lab(tmp_path):
    with begun(tmp_path) as one, begun(tmp_path) as two:
        lines = {}
        for process in (one, two):
            for line in process.stdout:
                if "http://" in line:
                    lines[process] = line
                    break
        kinds = sorted(line.split(".")[0] for line in lines.values())
        assert kinds == ["Er staat al een bijeenkomst open", "Klaar"]
        assert len({re.search(r"http://\S+", line)[0] for line in lines.values()}) == 1
        second = next(process for process in (one, two) if "Klaar" not in lines[process])
        assert second.wait(timeout=30) == 0
        servers = list((tmp_path / ".leefbaar" / "runtime").glob("jpserver-*.json"))
        assert len(servers) == 1


def test_a_port_that_is_taken_at_the_last_moment(tmp_path, monkeypatch):
    with taken() as port:
        monkeypatch.setattr(server, "free_port", lambda wanted: port)
        server.check_folder(tmp_path)
        process, lab = server.start_server(tmp_path, "deelnemer")
        try:
            assert lab.port != port
            assert lab.answers()
        finally:
            server.stop(process, lab)
        assert process.returncode == 0
