"""No answer is ever lost, whatever happens to the machine, the disk or the file."""

import errno
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leefbaar_tools import answers
from leefbaar_tools.answers import (
    KERNVELDEN,
    Journal,
    NotSaved,
    WorkFolder,
    check_name,
    check_text,
)

any_text = st.text(st.characters())
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Two halves of one sign, apart in Python, are one sign in JSON.
    | any_text.filter(lambda text: not re.search("[\ud800-\udbff][\udc00-\udfff]", text)),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "antwoorden" / "Merel.jsonl")


@pytest.fixture
def folder(tmp_path):
    return WorkFolder(tmp_path)


def keep(journal, *values, exercise="m1-schatting"):
    for value in values:
        journal.append(exercise, "guess", "Hoeveel?", value)


def values(journal, exercise="m1-schatting"):
    """What a fresh reader sees, so that nothing hangs on what this one remembers."""
    return [answer.value for answer in Journal(journal.path).versions(exercise)]


def add_bytes(journal, raw):
    with open(journal.path, "ab") as file:
        file.write(raw)


# --- Keeping and reading


def test_a_line_can_be_read_without_the_notebook(journal):
    prompt = {"question": "Hoeveel deuren?", "options": ["één", "twee"]}
    journal.append("m1-doel", "choice", prompt, ["één"], plan="doel")
    (line,) = journal.path.read_text("utf-8").splitlines()
    fields = json.loads(line)
    at = fields.pop("at")
    assert fields == {
        "exercise": "m1-doel",
        "kind": "choice",
        "prompt": prompt,
        "plan": "doel",
        "value": ["één"],
        "format": 1,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d", at)
    assert "één" in line


def test_append_returns_what_is_read_back(journal):
    kept = journal.append("m1-schatting", "guess", "Hoeveel?", {"deuren": (1, 2)})
    assert journal.newest("m1-schatting") == kept
    assert kept.value == {"deuren": [1, 2]}


def test_the_newest_counts_and_every_version_stays(journal):
    keep(journal, "een", "twee")
    keep(journal, "ander", exercise="m1-doel")
    keep(journal, "drie")
    assert journal.newest("m1-schatting").value == "drie"
    assert {name: answer.value for name, answer in journal.all().items()} == {
        "m1-schatting": "drie",
        "m1-doel": "ander",
    }
    assert values(journal) == ["een", "twee", "drie"]
    assert journal.newest("m4-nooit") is None
    assert journal.versions("m4-nooit") == []


def test_the_order_in_the_file_decides_not_the_clock(journal):
    keep(journal, "eerst", "later")
    first, second = journal.path.read_bytes().splitlines()
    later_clock = re.sub(rb'"at": "\d{4}', b'"at": "2099', first)
    journal.path.write_bytes(later_clock + b"\n" + second + b"\n")
    assert values(journal) == ["eerst", "later"]
    assert journal.newest("m1-schatting").value == "later"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_json)
@example("half een 🐝: \ud83d")
def test_any_value_comes_back_as_it_was(tmp_path, value):
    journal = Journal(tmp_path / "antwoorden" / "Merel.jsonl")
    keep(journal, value)
    assert values(journal)[-1] == value
    assert journal.path.read_bytes().decode("utf-8").endswith("}\n")
    assert journal.problems == []


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes"])
def test_a_value_that_json_does_not_know_never_reaches_the_file(journal, value):
    with pytest.raises((ValueError, TypeError)):
        keep(journal, value)
    assert not journal.path.exists()


def test_an_unknown_kernveld_never_reaches_the_file(journal):
    with pytest.raises(ValueError, match="unknown kernveld"):
        journal.append("m1-doel", "text", "Wat?", "x", plan="droom")
    assert not journal.path.exists()


def test_every_kernveld_can_be_kept(journal):
    for plan in KERNVELDEN:
        journal.append(plan, "text", "Wat?", "x", plan=plan)
    assert [answer.plan for answer in Journal(journal.path).all().values()] == list(KERNVELDEN)


def test_another_readers_answers_are_seen_at_once(journal):
    other = Journal(journal.path)
    for number in range(5):
        keep(journal, number)
        assert other.newest("m1-schatting").value == number


def test_only_what_was_added_is_read_again(journal, monkeypatch):
    keep(journal, *range(50))
    assert len(journal.versions("m1-schatting")) == 50
    parsed = []
    parse = answers._parse
    monkeypatch.setattr(answers, "_parse", lambda line: parsed.append(line) or parse(line))
    assert journal.problems == []
    keep(Journal(journal.path), "nieuw")
    parsed.clear()
    assert journal.newest("m1-schatting").value == "nieuw"
    assert sum(b"nieuw" in line for line in parsed) == len([line for line in parsed if line]) == 1


@pytest.mark.skipif(os.name != "posix", reason="only here the system knows modes")
def test_only_the_owner_can_read_a_journal(folder):
    keep(folder.journal(), "x")
    assert folder.journal().path.stat().st_mode & 0o777 == 0o600
    assert folder.answers_dir.stat().st_mode & 0o777 == 0o700


# --- Damage


def test_cut_off_at_any_byte_costs_only_what_was_cut_off(journal):
    keep(journal, "een", "twée", "drie")
    whole = journal.path.read_bytes()
    ends = [match.start() for match in re.finditer(b"\n", whole)]
    for cut in range(len(whole)):
        journal.path.write_bytes(whole[:cut])
        left = [
            value for value, end in zip(["een", "twée", "drie"], ends, strict=True) if end <= cut
        ]
        torn = cut not in (0, *ends, *(end + 1 for end in ends))
        # The same reader all along: it must notice that the file was cut off under its feet.
        assert [answer.value for answer in journal.versions("m1-schatting")] == left, cut
        assert len(journal.problems) == torn, cut
        answers._add_line(journal.path, whole[: ends[0]].replace(b'"een"', b'"nieuw"'))
        assert values(journal) == [*left, "nieuw"], cut
        assert len(journal.problems) == torn, cut
        assert journal.newest("m1-schatting").value == "nieuw", cut


@pytest.mark.parametrize(
    "foreign",
    [
        b"dit is geen json",
        b"[1, 2]",
        b"null",
        b'{"value": 3}',
        b'{"exercise": 3, "kind": "", "prompt": 1, "plan": "", "value": 1, "at": "", "format": 1}',
        b'{"exercise": "", "kind": "", "prompt": 1, "plan": [], "value": 1, "at": "", "format": 1}',
        b'{"exercise": "", "kind": "", "prompt": "", "value": 1, "at": "", "format": "1"}',
        b"\xff\xfe\x80 geen utf-8",
        b"\0" * 4096,
        b"[" * 100_000,
        b"x" * 5_000_000,
        b'"' + b"x" * 5_000_000 + b'"',
    ],
    ids=lambda raw: repr(raw[:12]),
)
@pytest.mark.parametrize("end", [b"\n", b""], ids=["whole line", "torn"])
def test_a_foreign_line_is_reported_and_costs_nothing(journal, foreign, end):
    keep(journal, "voor")
    add_bytes(journal, foreign + end)
    assert values(journal) == ["voor"]
    assert len(Journal(journal.path).problems) == 1
    keep(journal, "na")
    assert values(journal) == ["voor", "na"]
    assert journal.problems == [
        "Regel 2 van “Merel” is beschadigd of hoort hier niet."
        " De andere antwoorden zijn er gewoon nog."
    ]


def test_a_line_of_a_newer_version_is_reported_and_skipped(journal):
    keep(journal, "voor")
    add_bytes(journal, b'{"format": 2, "wat": "anders"}\n')
    keep(journal, "na")
    assert values(journal) == ["voor", "na"]
    (problem,) = journal.problems
    assert problem.startswith("Regel 2 ")
    assert "nieuwere versie" in problem


def test_fields_added_later_are_no_problem(journal):
    keep(journal, "voor")
    line = json.loads(journal.path.read_text("utf-8")) | {"value": "na", "mood": {"nieuw": 1}}
    add_bytes(journal, json.dumps(line).encode() + b"\n")
    assert values(journal) == ["voor", "na"]
    assert journal.problems == []


def test_a_windows_editor_may_have_saved_the_file(journal):
    keep(journal, "een", "twee")
    text = journal.path.read_bytes()
    journal.path.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n") + b"\r\n")
    assert values(journal) == ["een", "twee"]
    assert journal.problems == []


def test_line_numbers_in_reports_are_those_of_an_editor(journal):
    keep(journal, "een")
    journal.path.write_bytes(journal.path.read_bytes().rstrip(b"\n"))
    assert journal.problems == []
    keep(journal, "twee")
    assert journal.problems == []
    add_bytes(journal, b"kapot\n")
    assert journal.problems[0].startswith("Regel 3 ")


def test_a_file_replaced_by_another_is_read_afresh(journal, tmp_path):
    keep(journal, "oud", "ouder")
    assert journal.newest("m1-schatting").value == "ouder"
    other = Journal(tmp_path / "antwoorden" / "ander.jsonl")
    keep(other, *range(9))
    os.replace(other.path, journal.path)
    assert [answer.value for answer in journal.versions("m1-schatting")] == list(range(9))
    journal.path.unlink()
    assert journal.all() == {}
    assert journal.problems == []


def test_a_journal_that_cannot_be_opened_is_a_problem_not_a_crash(journal):
    journal.path.mkdir(parents=True)
    assert journal.all() == {}
    assert "niet openen" in journal.problems[0]


# --- The disk refuses


class Disk:
    """A disk that refuses to write, after some bytes if need be."""

    def __init__(self, monkeypatch, code=errno.ENOSPC, after=0, short=False):
        real = os.write

        def write(handle, data):
            written = real(handle, data[:after]) if after else 0
            if short:
                return written
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(answers.os, "write", write)


@pytest.mark.parametrize(
    ("disk", "advice"),
    [
        ({"code": errno.ENOSPC}, "schijf is vol"),
        ({"code": errno.EDQUOT}, "schijf is vol"),
        ({"code": errno.ENOSPC, "after": 40}, "schijf is vol"),
        ({"short": True, "after": 40}, "schijf is vol"),
        ({"short": True}, "schijf is vol"),
        ({"code": errno.EROFS}, "mag ik niet schrijven"),
        ({"code": errno.EIO, "after": 1}, "op papier"),
    ],
    ids=str,
)
def test_a_disk_that_refuses_says_so_and_costs_no_other_answer(journal, monkeypatch, disk, advice):
    keep(journal, "voor")
    with monkeypatch.context() as patch:
        Disk(patch, **disk)
        with pytest.raises(NotSaved, match=f"^Dit is niet bewaard.*{advice}"):
            keep(journal, "weg")
    keep(journal, "na")
    assert values(journal) == ["voor", "na"]
    assert len(journal.problems) == ("after" in disk)


def test_an_answer_is_only_kept_when_the_disk_says_so(journal, monkeypatch):
    def fsync(handle):
        raise OSError(errno.EIO, "fsync")

    keep(journal, "voor")
    monkeypatch.setattr(answers.os, "fsync", fsync)
    with pytest.raises(NotSaved):
        keep(journal, "misschien")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_read_only_folder_still_shows_what_is_there(folder, monkeypatch, code):
    keep(folder.journal(), "voor")
    real = os.open

    def read_only(path, flags, *args, **kwargs):
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(code, os.strerror(code), path)
        return real(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", read_only)
    fresh = WorkFolder(folder.path)
    with pytest.raises(NotSaved, match="mag ik niet schrijven"):
        keep(fresh.journal(), "weg")
    for action in (fresh.new, lambda: fresh.switch("Jan"), lambda: fresh.rename("Jan")):
        with pytest.raises(NotSaved, match="mag ik niet schrijven"):
            action()
    assert fresh.current == "Deelnemer 1"
    assert values(fresh.journal()) == ["voor"]


def test_a_folder_that_cannot_be_still_has_a_participant(tmp_path):
    (tmp_path / "stick").write_text("geen map")
    folder = WorkFolder(tmp_path / "stick")
    assert folder.current == "Deelnemer 1"
    assert folder.participants() == []
    assert folder.journal().all() == {}
    with pytest.raises(NotSaved, match="bewaard"):
        keep(folder.journal(), "weg")


def test_who_waits_too_long_for_another_window_hears_so(journal, monkeypatch):
    monkeypatch.setattr(answers, "LOCK_SECONDS", 0)
    keep(journal, "voor")
    with FileLock(journal.path.parent / ".slot"):
        said = []

        def attempt():
            try:
                keep(journal, "weg")
            except NotSaved as error:
                said.append(str(error))

        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
    assert "ander venster" in said[0]
    keep(journal, "na")
    assert values(journal) == ["voor", "na"]


# --- More than one process, and processes that die

WRITER = """
import sys
from leefbaar_tools.answers import Journal
journal, name, count = Journal(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    journal.append(name, "text", "Vraag?", [number, name * 300])
    print(number, flush=True)
"""


def start_writers(journal, names, count):
    """Start one process per name, and let them all go at the same moment."""
    writers = {}
    for name in names:
        command = [sys.executable, "-c", WRITER, str(journal.path), name, str(count)]
        writers[name] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
    for writer in writers.values():
        assert writer.stdout.readline() == "ready\n"
    for writer in writers.values():
        writer.stdin.write("go\n")
    return writers


def test_a_killed_process_loses_nothing_that_it_called_saved(journal):
    saved = {}
    for attempt in range(6):
        # Two at a time, so that one may die while the other waits for its lock.
        writers = start_writers(journal, [f"a{attempt}", f"b{attempt}"], 100_000)
        for name, writer in writers.items():
            for _ in range(3 + 5 * attempt):
                saved[name] = int(writer.stdout.readline())
        for name, writer in writers.items():
            writer.kill()
            whole_lines = writer.stdout.read().split("\n")[:-1]
            saved[name] = max([saved[name], *map(int, whole_lines)])
            writer.communicate()
    keep(journal, "na")
    assert values(journal) == ["na"]
    for name, last in saved.items():
        found = values(journal, name)
        assert found[: last + 1] == [[number, name * 300] for number in range(last + 1)]
        assert len(found) <= last + 2


def test_two_processes_at_once_lose_and_mix_nothing(journal):
    for writer in start_writers(journal, ["a", "b"], 150).values():
        writer.communicate()
        assert writer.returncode == 0
    assert journal.problems == []
    for name in ("a", "b"):
        assert values(journal, name) == [[number, name * 300] for number in range(150)]
    assert len(journal.path.read_bytes().splitlines()) == 300


# --- The working folder and its participants


def test_looking_writes_nothing(folder):
    assert folder.participants() == []
    assert folder.group_journal().all() == {}
    assert folder.journal("Merel").problems == []
    assert list(folder.path.iterdir()) == []


def test_at_the_first_start_there_is_a_participant(folder):
    assert folder.current == "Deelnemer 1"
    keep(folder.journal(), "x")
    assert WorkFolder(folder.path).participants() == ["Deelnemer 1"]
    assert (folder.answers_dir / "Deelnemer 1.jsonl").exists()


def test_participants_stand_in_the_order_of_first_use(folder):
    for name in ("Zoë", "Anna", "Merel", "anna"):
        folder.switch(name)
    assert folder.participants() == ["Zoë", "Anna", "Merel"]
    assert folder.current == "Anna"


def test_everyone_has_an_own_journal(folder):
    for name in ("Jan", "Piet"):
        folder.switch(name)
        keep(folder.journal(), name)
    keep(folder.group_journal(), "wij")
    assert values(folder.journal("jan")) == ["Jan"]
    assert values(folder.journal()) == ["Piet"]
    assert values(folder.group_journal()) == ["wij"]
    assert folder.participants() == ["Jan", "Piet"]


def test_capitals_and_accents_do_not_make_another_participant(folder):
    assert folder.switch("René") == "René"
    keep(folder.journal(), "x")
    assert folder.switch("RENE\u0301") == "René"
    assert folder.participants() == ["René"]
    assert values(folder.journal("rené")) == ["x"]


def test_a_journal_named_on_a_mac_is_found(folder):
    keep(folder.journal("Jose\u0301"), "x")
    (path,) = folder.answers_dir.glob("*.jsonl")
    path.rename(path.with_name("Jose\u0301.jsonl"))
    assert folder.participants() == ["José"]
    assert values(folder.journal("José")) == ["x"]
    folder.switch("josé")
    assert len(list(folder.answers_dir.glob("*.jsonl"))) == 1


def test_a_new_participant_gets_the_first_free_number(folder):
    assert folder.current == "Deelnemer 1"
    assert folder.new() == "Deelnemer 2"
    assert folder.current == "Deelnemer 2"
    folder.rename("Merel")
    folder.switch("deelnemer 3")
    assert [folder.new(), folder.new()] == ["Deelnemer 2", "Deelnemer 4"]


def test_a_new_name_keeps_all_answers_and_the_place(folder):
    keep(folder.journal(), "een", "twee")
    folder.switch("Piet")
    folder.switch("Deelnemer 1")
    assert folder.rename("Merel") == "Merel"
    keep(folder.journal(), "drie")
    assert values(folder.journal("Merel")) == ["een", "twee", "drie"]
    assert folder.participants() == ["Merel", "Piet"]
    assert folder.rename("MEREL") == "MEREL"
    assert folder.participants() == ["MEREL", "Piet"]
    assert folder.current == "MEREL"


def test_a_name_that_is_taken_is_refused(folder):
    keep(folder.journal(folder.switch("Jan")), "van Jan")
    keep(folder.journal(folder.switch("Deelnemer 1")), "mijn")
    with pytest.raises(ValueError, match="“JAN” is al in gebruik"):
        folder.rename("JAN")
    assert folder.current == "Deelnemer 1"
    assert values(folder.journal("Jan")) == ["van Jan"]
    assert values(folder.journal()) == ["mijn"]


def test_a_new_name_that_cannot_be_remembered_changes_nothing(folder, monkeypatch):
    keep(folder.journal(), "mijn")
    with monkeypatch.context() as patch:
        patch.setattr(answers.os, "replace", lambda *paths: os.stat(folder.path / "weg"))
        with pytest.raises(NotSaved):
            folder.rename("Merel")
    assert folder.current == "Deelnemer 1"
    assert folder.participants() == ["Deelnemer 1"]
    assert values(folder.journal()) == ["mijn"]
    assert not list(folder.answers_dir.glob(".deelnemers-*"))


def test_two_windows_see_each_others_changes(folder):
    other = WorkFolder(folder.path)
    assert folder.current == other.current
    keep(other.journal(), "uit het andere venster")
    folder.rename("Merel")
    assert other.current == "Merel"
    assert values(other.journal()) == ["uit het andere venster"]
    assert other.new() == "Deelnemer 1"
    assert folder.current == "Deelnemer 1"
    assert folder.participants() == ["Merel", "Deelnemer 1"]


def test_a_journal_thrown_away_is_gone(folder):
    folder.switch("Jan")
    folder.switch("Piet")
    folder.journal("Jan").path.unlink()
    assert folder.participants() == ["Piet"]
    folder.journal("Piet").path.unlink()
    assert folder.current == "Piet"
    assert folder.participants() == ["Piet"]
    keep(folder.journal(), "opnieuw")
    assert folder.participants() == ["Piet"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\0",
        b"null",
        b"[" * 100_000,
        b'{"current": 3, "names": []}',
        b'{"current": "../../weg", "names": []}',
        b'{"current": "Jan", "names": 3}',
        b'{"current": "_groep", "names": []}',
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_damaged_memory_of_who_answers_is_repaired(folder, damage):
    for name in ("Jan", "Piet", "Anna"):
        folder.switch(name)
        keep(folder.journal(), name)
    os.utime(folder.journal("Jan").path, (4e9, 4e9))
    (memory,) = folder.answers_dir.glob("*.json")
    memory.write_bytes(damage)
    assert folder.participants() == ["Anna", "Jan", "Piet"]
    assert folder.current == "Jan"
    assert json.loads(memory.read_bytes())["current"] == "Jan"
    assert values(folder.journal("Piet")) == ["Piet"]


def test_other_files_in_the_folder_are_no_participants(folder):
    folder.switch("Jan")
    for name in ("._Jan.jsonl", "_groep.jsonl", "con.jsonl", "notitie.txt", "Jan .jsonl"):
        (folder.answers_dir / name).write_bytes(b"")
    assert folder.participants() == ["Jan"]


# --- Nothing outside the working folder


@pytest.fixture
def elsewhere(tmp_path_factory):
    path = tmp_path_factory.mktemp("elders")
    (path / "Jan.jsonl").write_bytes(b"")
    return path


def test_a_journal_that_points_elsewhere_is_refused(folder, elsewhere):
    assert folder.current == "Deelnemer 1"
    (folder.answers_dir / "Jan.jsonl").symlink_to(elsewhere / "Jan.jsonl")
    journal = folder.journal("Jan")
    with pytest.raises(NotSaved, match="andere plek"):
        keep(journal, "x")
    with pytest.raises(NotSaved, match="andere plek"):
        folder.switch("Jan")
    assert journal.all() == {}
    assert len(journal.problems) == 1
    assert (elsewhere / "Jan.jsonl").read_bytes() == b""


def test_a_folder_that_points_elsewhere_is_refused(folder, elsewhere):
    folder.answers_dir.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(NotSaved, match="andere plek"):
        keep(folder.journal("Jan"), "x")
    assert folder.current == "Deelnemer 1"
    assert folder.participants() == []
    assert [path.name for path in elsewhere.iterdir()] == ["Jan.jsonl"]


# --- Names and texts


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Merel", "Merel"),
        ("  Merel ", "Merel"),
        ("Jan-Willem d'Arc 2", "Jan-Willem d'Arc 2"),
        ("Rene\u0301e", "Renée"),
        ("مريم", "مريم"),
        ("🐝 Bij", "🐝 Bij"),
        ("Connie", "Connie"),
        ("J. de Vries", "J. de Vries"),
        ("a" * 40, "a" * 40),
        ("…", "…"),
    ],
)
def test_names_that_will_do(folder, typed, kept):
    assert check_name(typed) == kept
    assert folder.switch(typed) == kept
    keep(folder.journal(), kept)
    assert folder.participants() == [kept]
    assert WorkFolder(folder.path).current == kept
    assert folder.journal().path.parent == folder.answers_dir


BAD_NAMES = {
    "Typ een naam": ["", "  "],
    "te lang": ["a" * 41, "é" * 41],
    "kan niet in een naam": ["../weg", "a/b", "a\\b", "C:", "C:weg", "a*", "wie?", '"Jan"', "<b>"],
    "niet met . beginnen": [".", "..", ".verborgen", "...", " ..", ". ."],
    "niet met _ beginnen": ["_groep", "_"],
    "niet met een punt": ["Jan.", "Jan .", "con."],
    "gebruikt de computer": [
        *("con", "CON", "Nul", "aux", "prn", "com1", "LPT9", "com¹", "conin$"),
        *("con.txt", "nul.a.b", "con .x", "con "),
    ],
    "onzichtbaar": [
        "a\0b",
        "a\nb",
        "Jan\n",
        "a\tb",
        "a\x7fb",
        "a\u200bb",
        "a\u202eb",
        "\ud800",
        "a\u2028b",
    ],
}


@pytest.mark.parametrize(
    ("name", "reason"),
    [(name, reason) for reason, names in BAD_NAMES.items() for name in names],
    ids=ascii,
)
def test_names_that_will_not_do_are_refused_in_dutch(folder, name, reason):
    for attempt in (check_name, folder.switch, folder.journal):
        with pytest.raises(ValueError, match=re.escape(reason)):
            attempt(name)
    assert list(folder.path.iterdir()) == []


@given(any_text)
def test_no_name_whatever_leaves_the_folder(name):
    try:
        clean = check_name(name)
    except ValueError:
        return
    assert check_name(clean) == clean
    assert Path("antwoorden", clean + ".jsonl").parent == Path("antwoorden")
    assert not set(clean) & set('/\\:\0"<>|?*')


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("één\r\ntwee\rdrie\n", "één\ntwee\ndrie\n"),
        ("Word\vknipt\u2028regels", "Word\nknipt\nregels"),
        ("cafe\u0301", "café"),
        ("a\tb", "a\tb"),
        ("👩\u200d🌾 en مريم", "👩\u200d🌾 en مريم"),
        ("", ""),
        ("é" * 4000, "é" * 4000),
        ("e\u0301" * 4000, "é" * 4000),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_texts_that_will_do(typed, kept):
    assert check_text(typed) == kept


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\ud800"], ids=ascii)
def test_a_control_character_is_refused_in_dutch(sign):
    with pytest.raises(ValueError, match=r"onzichtbaar teken.*Typ dat stukje"):
        check_text(f"a{sign}b")


def test_a_text_that_is_too_long_is_refused_in_dutch():
    with pytest.raises(ValueError, match="5 tekens te lang"):
        check_text("a" * 4005)
