"""What an installation brings along, and the lists that must name the same packages."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DIRECT = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
GROUPS = {
    name: [Requirement(text) for text in texts]
    for name, texts in PROJECT["dependency-groups"].items()
}
LOCKS = {
    "requirements.lock": [*DIRECT, *GROUPS["build"]],
    "requirements-test.lock": [*DIRECT, *GROUPS["build"], *GROUPS["test"]],
}
PYTHONS = {"3.11": "3.11.9", "3.12": "3.12.9", "3.13": "3.13.9", "3.14": "3.14.2"}
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
}


# --- the wheel


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The files of this project as they are now, without what git ignores."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    copy = tmp_path_factory.mktemp("bron")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    # What lies about in a checkout that is in use.
    for name in ("src/leefbaar_tools/__pycache__/x.pyc", "data/__pycache__/x.pyc"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(b"")
    out = tmp_path_factory.mktemp("wiel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", out, source)
    (found,) = out.iterdir()
    return found


def pip(*arguments) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *map(str, arguments)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def clean(names) -> set[str]:
    return {name for name in names if "__pycache__" not in name}


def test_the_wheel_holds_everything_and_nothing_else(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {f"leefbaar_tools/{name}" for name in below(source / "src" / "leefbaar_tools")}
    for shared in ("notebooks", "data", "workshop"):
        names = below(source / shared)
        assert names, f"{shared}/ is empty"
        expected |= {f"leefbaar_tools/shared/{shared}/{name}" for name in names}
    assert inside == clean(expected)
    # By name, so that an empty source cannot make this pass.
    for name in (
        "shared/notebooks/1-wijk-in-beeld.ipynb",
        "shared/data/datapackage.json",
        "shared/data/kerncijfers.csv",
        "room/lab/extensions/leefbaar-room/package.json",
        "room/lab/extensions/leefbaar-room/static/remoteEntry.js",
        "room/lab/settings/page_config.json",
        "room/lab/settings/default_setting_overrides.json",
        "paper/handout.typ",
        "paper/handout.html.j2",
        "exercises/screen.css",
    ):
        assert f"leefbaar_tools/{name}" in inside
    assert [name for name in inside if re.search(r"test|antwoorden|\.jsonl|checkpoint", name)] == []


def test_the_wheel_says_what_it_is(wheel):
    with zipfile.ZipFile(wheel) as archive:
        told = {Path(name).name: name for name in archive.namelist() if ".dist-info/" in name}
        points = archive.read(told["entry_points.txt"]).decode()
        about = archive.read(told["METADATA"]).decode()
        files = archive.namelist()
    assert "leefbaar = leefbaar_tools.cli:main" in points
    assert "leefbaar-html = leefbaar_tools.handouts:LeefbaarHTML" in points
    assert "leefbaar-pdf = leefbaar_tools.handouts:LeefbaarPDF" in points
    assert "Requires-Python: >=3.11" in about
    assert len(re.findall(r"^Requires-Dist: ", about, re.M)) == len(DIRECT)
    assert {"LICENSE", "LICENSE-texts"} <= set(told)
    # Beside the package they would be on in every Lab of the environment.
    assert [name for name in files if ".data/" in name] == []


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A new environment with the wheel in it; the other packages are those of this one."""
    place = tmp_path_factory.mktemp("elders")
    environment = place / "omgeving"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    variables = {"base": str(environment), "platbase": str(environment)}
    library = Path(sysconfig.get_path("purelib", vars=variables))
    # As a plain path: the link to the checkout in there is not followed.
    (library / "andere.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    for shared in ("share", "etc"):
        (environment / shared).symlink_to(Path(sys.prefix) / shared)
    scripts = Path(sysconfig.get_path("scripts", vars=variables))
    python = scripts / Path(sys.executable).name
    pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    (place / "leeg").mkdir()
    return scripts, place / "leeg"


def run(installed, *command, **environment) -> str:
    scripts, empty = installed
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "LEEFBAAR_STRICT")}
    done = subprocess.run(
        [scripts / command[0], *command[1:]],
        cwd=empty,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, "PYTHONIOENCODING": "utf-8", "HOME": str(empty.parent), **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_installation_is_complete_in_an_empty_folder(installed):
    scripts, empty = installed
    code = "import leefbaar_tools.resources as r; print(r.__file__, r.shared_path('data'))"
    for place in run(installed, "python", "-c", code).split():
        assert Path(place).is_relative_to(scripts.parent)
    assert "gebruik: leefbaar" in run(installed, "leefbaar", "--help")
    run(installed, "leefbaar", "handouts", "1", "--output", "bladen")
    for name in ("1-wijk-in-beeld-deelnemer.html", "1-wijk-in-beeld-deelnemer.pdf"):
        assert (empty / "bladen" / name).stat().st_size > 20_000
    assert str(ROOT) not in (empty / "bladen" / "1-wijk-in-beeld-deelnemer.html").read_text("utf-8")


def test_an_installation_finds_itself_ready(installed):
    said = run(installed, "leefbaar", "check", "--folder", "werk", BROWSER="true")
    assert said.endswith("Alles is klaar.\n")
    assert f"Pakketten: alle {len(DIRECT)} zijn er" in said


def test_an_installation_opens_the_room(installed):
    """With the sheets, the extension and the settings of the wheel."""
    code = """
from pathlib import Path
import urllib.request
from leefbaar_tools.room import server
folder = Path("werkmap").resolve()
server.check_folder(folder)
process, lab = server.start_server(folder, "deelnemer")
try:
    page = urllib.request.urlopen(lab.url("lab")).read().decode()
    script = lab.url("lab/extensions/leefbaar-room/static/room.js")
    print(len(urllib.request.urlopen(script).read()) > 1000, "leefbaarRoom" in page)
finally:
    server.stop(process, lab)
"""
    assert run(installed, "python", "-c", code) == "True True\n"


# --- the lists


def conda() -> tuple[dict, list[str]]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    plain = [text for text in listed if isinstance(text, str)]
    (by_pip,) = (item["pip"] for item in listed if isinstance(item, dict))
    names = [Requirement(text) for text in [*plain, *by_pip] if not text.startswith("-")]
    return {canonicalize_name(r.name): r.specifier for r in names}, by_pip


def test_conda_gets_the_same_packages():
    names, by_pip = conda()
    assert names.pop("python") == SpecifierSet(PROJECT["project"]["requires-python"])
    names.pop("pip")
    assert names == {canonicalize_name(r.name): r.specifier for r in DIRECT}
    assert "-e ." in by_pip, "conda must install this package as well"


def pins(lock: str) -> list[tuple[Requirement, str]]:
    """Each requirement of a lock, with the whole of its text."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(Requirement(re.split(r"\s+--hash", line)[0]), line) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_with_hashes_and_no_address(lock):
    content = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in content
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index|--find|--trusted)", content, re.M)
    for requirement, text in pins(lock):
        (only,) = requirement.specifier
        assert only.operator == "==", text
        assert "*" not in only.version, text
        assert requirement.url is None
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", text), text
        assert re.fullmatch(r"(--hash=sha256:[0-9a-f]{64}\s*)+", text[text.index("--hash") :])


def chosen(lock: str, python: str, system: str) -> dict[str, str]:
    """Version of each package on one Python and system; two for one name is an error."""
    environment = {
        **default_environment(),
        "python_version": python,
        "python_full_version": PYTHONS[python],
        "implementation_version": PYTHONS[python],
        **SYSTEMS[system],
    }
    found = {}
    for requirement, text in pins(lock):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            assert name not in found, f"two versions of {text}"
            found[name] = next(iter(requirement.specifier)).version
    return found


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_lock_serves_every_python_and_system(lock, python, system):
    found = chosen(lock, python, system)
    for requirement in LOCKS[lock]:
        name = canonicalize_name(requirement.name)
        assert name in found, f"{name} is missing"
        assert requirement.specifier.contains(found[name]), f"{name} {found[name]}"


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_tested_is_what_is_used(python, system):
    use, test = (chosen(lock, python, system) for lock in LOCKS)
    assert use.items() <= test.items()


def test_the_declared_python_is_the_one_the_locks_are_for():
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert PROJECT["tool"]["ruff"]["target-version"] == "py311"
    assert "--python-version 3.11" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_direct_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.M | re.S)[1].splitlines()
    assert len(listed) == len(DIRECT)
    for line in listed:
        assert re.fullmatch(r'  "[^"]+",\s+# \S.{10,}', line), line


# --- the commands


def test_the_commands_of_the_project_are_there():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.M))
    assert {"start", "test", "handouts", "bench", "lint"} <= targets
    phony = re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split()
    assert {"start", "test", "handouts", "bench", "lint"} <= set(phony)
    recipe = re.search(r"^start:.*\n\t(.*)$", text, re.M)[1]
    assert "leefbaar start --begeleider" in recipe


def test_one_file_runs_all_checks():
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    lines = run.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#!")
    assert {"make lint", "make test", "export CI=true"} <= set(lines)
    assert "set -euo pipefail" in lines


def test_git_keeps_no_lock_with_addresses():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert [n for n in tracked if Path(n).name in ("uv.lock", "pylock.toml", "poetry.lock")] == []
    assert set(LOCKS) <= set(tracked)
