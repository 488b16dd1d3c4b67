"""Keeps and reads the journals: what each participant answered, never lost, never sent.

A journal is a JSON Lines file to which is only ever added. The order in the file
decides which answer is newest; the time in a line is for people. Whatever happens to
one line (a laptop that dies, a full disk, a stray edit) costs no other line.
"""

import errno
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

FORMAT = 1
MAX_TEXT = 4000
MAX_NAME = 40
LOCK_SECONDS = 3

# The fields of the wijkplan, in its order: id and title. At most five belong to one meeting.
KERNVELDEN = {
    # 1 De wijk in beeld
    "zin": "De zin uit ons eigen plan",
    "plek": "Mijn wijk, buurt en straat",
    "doel": "Mijn doel",
    "kompascijfer": "Mijn kompascijfer",
    "straatteller": "Mijn straatteller",
    # 2 Overlast en veiligheid
    "aanpak": "Mijn aanpak",
    "eerste_stap": "Mijn eerste stap",
    "grenzen": "Wat ik zelf mag, en wat niet",
    # 3 Ontmoeting en samenleven
    "effect": "Het effect dat ik wil zien",
    "meetplan": "Hoe ik kijk of het werkt",
    "terugvertellen": "Wie het aan bewoners terugvertelt",
    # 4 Samenwerken aan de wijk
    "partners": "Met wie ik het doe",
    "uren": "Mijn uren en middelen",
    "stoppen": "Wat ik niet meer doe",
    "acties": "Wat ik doe, met wie en wanneer",
    "toezegging": "Wat mij is toegezegd",
    # every meeting
    "leerpunt": "Mijn leerpunt",
}

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_NOT_IN_FILE_NAMES = set('<>:"/\\|?*')
_RESERVED_BY_WINDOWS = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789"
}
_SUFFIX = ".jsonl"
_FIRST = "Deelnemer 1"
# Enough of what was read last to notice that a file was cut off or replaced in between.
_TAIL = 200

_ADVICE = {
    errno.ENOSPC: "De schijf is vol. Maak ruimte, en verander daarna nog iets aan je antwoord.",
    errno.EACCES: "In deze map mag ik niet schrijven. Vraag de begeleider om een andere map.",
    errno.ENOENT: "Ik kan de map niet vinden. Kijk of de stick of de netwerkschijf er nog is.",
}
_ADVICE |= {
    errno.EDQUOT: _ADVICE[errno.ENOSPC],
    errno.EPERM: _ADVICE[errno.EACCES],
    errno.EROFS: _ADVICE[errno.EACCES],
    errno.ENOTDIR: _ADVICE[errno.ENOENT],
}
_ADVICE_OTHERWISE = "Schrijf het even op papier, en roep de begeleider."


class NotSaved(OSError):
    """An answer or a name is not on disk; ``str`` of it is the Dutch sentence to show."""


@dataclass(frozen=True)
class Answer:
    """One line of a journal.

    Attributes
    ----------
    exercise, kind : str
        Id and kind of the exercise.
    prompt : JSON
        The question as it was asked, with the labels of the options.
    plan : str or None
        The field of the wijkplan that it feeds, one of `KERNVELDEN`.
    value : JSON
        The answer.
    at : str
        Local time with its offset, ISO 8601; for people, never to sort by.
    format : int
        Version of this form.
    """

    exercise: str
    kind: str
    prompt: Any
    plan: str | None
    value: Any
    at: str
    format: int = FORMAT


class Journal:
    """The answers of one participant, or of the group.

    Making one neither reads nor writes. Every question re-reads what was added since the
    last one, by whatever process. Ask `WorkFolder.journal` for it anew at every use: a
    journal kept across a change of name would start the old file again.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(os.path.abspath(path))
        self._forget()

    def append(
        self, exercise: str, kind: str, prompt: Any, value: Any, plan: str | None = None
    ) -> Answer:
        """Add one answer, and return only when it is on disk.

        Returns
        -------
        Answer
            The answer as it will be read back (a tuple has become a list).

        Raises
        ------
        NotSaved
            When it could not be kept; the next attempt starts afresh.
        ValueError, TypeError
            When this is no answer: an unknown `plan`, a value that JSON does not know.
        """
        if plan is not None and plan not in KERNVELDEN:
            raise ValueError(f"unknown kernveld: {plan!r}")
        now = datetime.now().astimezone().isoformat(timespec="microseconds")
        fields = asdict(Answer(exercise, kind, prompt, plan, value, now))
        # Half a surrogate pair is no UTF-8, but its backslash escape is JSON.
        line = json.dumps(fields, ensure_ascii=False, allow_nan=False).encode(
            "utf-8", "backslashreplace"
        )
        answer = _parse(line)
        with _writing(self.path.parent):
            _add_line(self.path, line)
        return answer

    def newest(self, exercise: str) -> Answer | None:
        """Return the answer that now counts for `exercise`, if there is one."""
        return self.all().get(exercise)

    def all(self) -> dict[str, Answer]:
        """Return the newest answer to every exercise; what was answered last comes last."""
        self._read()
        return {exercise: versions[-1] for exercise, versions in self._versions.items()}

    def versions(self, exercise: str) -> list[Answer]:
        """Return every answer ever kept for `exercise`, oldest first."""
        self._read()
        return list(self._versions.get(exercise, []))

    @property
    def problems(self) -> list[str]:
        """What could not be read, in Dutch; the answers around it are there."""
        self._read()
        return self._problems + self._passing_problems

    def _forget(self) -> None:
        self._offset = 0
        self._tail = b""
        self._lines = 0
        self._versions: dict[str, list[Answer]] = {}
        self._problems: list[str] = []
        # Of now only: a last line that another process may still be writing, a file we cannot open.
        self._passing_problems: list[str] = []

    def _read(self) -> None:
        self._passing_problems = []
        try:
            data = self._added()
        except OSError as error:
            self._forget()
            if not isinstance(error, FileNotFoundError):
                self._passing_problems = [
                    f"Ik kan de antwoorden in “{self.path.name}” niet openen. Roep de begeleider."
                ]
            return
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._take(line)
        # A line that is a whole answer is never the start of a longer one; only its end is missing.
        with suppress(ValueError):
            answer = _parse(rest)
            self._keep(answer)
            rest = b""
        if rest.strip():
            self._passing_problems = [
                "Het laatste antwoord is maar half bewaard. Kijk het na, en vul het zo nodig aan."
            ]
        done = data[: len(data) - len(rest)]
        self._offset += len(done)
        self._tail = (self._tail + done[-_TAIL:])[-_TAIL:]

    def _added(self) -> bytes:
        _refuse_detour(self.path)
        with open(self.path, "rb") as file:
            file.seek(self._offset - len(self._tail))
            if file.read(len(self._tail)) != self._tail:
                self._forget()
                file.seek(0)
            return file.read()

    def _keep(self, answer: Answer) -> None:
        versions = self._versions.pop(answer.exercise, [])
        self._versions[answer.exercise] = [*versions, answer]

    def _take(self, line: bytes) -> None:
        self._lines += 1
        if not line.strip():
            return
        try:
            answer = _parse(line)
        except ValueError as error:
            self._problems.append(f"Regel {self._lines} van “{self.path.stem}” {error}")
        else:
            self._keep(answer)


class WorkFolder:
    """The working folder: who takes part, who is answering now, and their journals.

    Making one writes nothing. Names are compared without regard to capitals. Another
    process may work in the same folder: every question looks at the disk.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path).resolve()
        self._journals: dict[Path, Journal] = {}

    @property
    def answers_dir(self) -> Path:
        """The folder with the journals; it may not exist yet."""
        return self.path / "antwoorden"

    def participants(self) -> list[str]:
        """Return the names of all participants, in order of first use."""
        return self._state()[1]

    @property
    def current(self) -> str:
        """Name of who is answering; at the first start this makes “Deelnemer 1”."""
        current, _ = self._state()
        if current is None:
            current = self._last_used() or _FIRST
            # Where nothing can be written there is still a name; saving says what is wrong.
            with suppress(NotSaved):
                self.switch(current)
        return current

    def switch(self, name: str) -> str:
        """Let `name` be the one who answers, as a new participant if need be.

        Returns
        -------
        str
            The name as it was first typed.

        Raises
        ------
        ValueError, NotSaved
            When the name will not do, or cannot be kept; the message is Dutch.
        """
        clean = check_name(name)
        with _writing(self.answers_dir):
            return self._open(clean)

    def new(self) -> str:
        """Add a participant with the first free name “Deelnemer n”, who answers from now on.

        Raises
        ------
        NotSaved
            When the participant cannot be kept.
        """
        with _writing(self.answers_dir):
            taken = {_key(name) for name in self._state()[1]}
            number = 1
            while _key(f"Deelnemer {number}") in taken:
                number += 1
            return self._open(f"Deelnemer {number}")

    def rename(self, new_name: str) -> str:
        """Give the current participant, with all answers, another name.

        Raises
        ------
        ValueError, NotSaved
            When the name is taken or will not do, or cannot be kept; the message is Dutch.
        """
        new, old = check_name(new_name), self.current
        with _writing(self.answers_dir):
            names = self._state()[1]
            if _key(new) != _key(old) and _key(new) in map(_key, names):
                raise ValueError(
                    f"“{new}” is al in gebruik. Kies een andere naam, of wissel van deelnemer."
                )
            before, after = self._path(old), self.answers_dir / (new + _SUFFIX)
            _make(before)
            os.rename(before, after)
            try:
                self._remember(new, [new if _key(name) == _key(old) else name for name in names])
            except OSError:
                os.rename(after, before)
                raise
        return new

    def journal(self, name: str | None = None) -> Journal:
        """Return the journal of `name`, or else of the current participant.

        Raises
        ------
        ValueError
            When `name` cannot be a name; the message is Dutch.
        """
        return self._journal(self._path(self.current if name is None else check_name(name)))

    def group_journal(self) -> Journal:
        """Return the journal of what the group says together, such as a tally."""
        return self._journal(self.answers_dir / ("_groep" + _SUFFIX))

    def _journal(self, path: Path) -> Journal:
        return self._journals.setdefault(path, Journal(path))

    @property
    def _state_file(self) -> Path:
        return self.answers_dir / "_deelnemers.json"

    def _state(self) -> tuple[str | None, list[str]]:
        """Return the remembered participant and all names; the files decide who there is."""
        try:
            _refuse_detour(self._state_file)
            state = json.loads(self._state_file.read_text("utf-8"))
            current: str | None = check_name(state["current"])
            remembered = [check_name(name) for name in state["names"]]
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            current, remembered = None, []
        files = self._files()
        order = dict.fromkeys([*map(_key, remembered), *files])
        names = [_name(files[key]) for key in order if key in files]
        if current and _key(current) not in files:
            names.append(current)
        return current, names

    def _files(self) -> dict[str, Path]:
        """Map every participant's name, as it is compared, to the journal on disk."""
        with suppress(OSError):
            _refuse_detour(self._state_file)
            # A Mac may have written the name in another Unicode form: keep the path as it is.
            found = {
                _key(_name(path)): path for path in sorted(self.answers_dir.glob("*" + _SUFFIX))
            }
            return {key: path for key, path in found.items() if _is_name(_name(path))}
        return {}

    def _path(self, name: str) -> Path:
        return self._files().get(_key(name), self.answers_dir / (name + _SUFFIX))

    def _last_used(self) -> str | None:
        """Return whose journal was written last: the best guess when nothing is remembered."""
        with suppress(OSError):
            paths = sorted(self._files().values(), key=lambda path: path.stat().st_mtime_ns)
            return _name(paths[-1]) if paths else None
        return None

    def _open(self, name: str) -> str:
        path = self._path(name)
        _make(path)
        self._remember(_name(path), self._state()[1])
        return _name(path)

    def _remember(self, current: str, names: list[str]) -> None:
        """Write who answers, whole or not at all."""
        state = {"format": FORMAT, "current": current, "names": names}
        handle, temporary = tempfile.mkstemp(dir=self.answers_dir, prefix=".deelnemers-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(state, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._state_file)
        except BaseException:
            os.unlink(temporary)
            raise
        _sync_folder(self.answers_dir)


def check_text(text: str) -> str:
    r"""Return `text` in one Unicode form (NFC) and with ``\n`` at the end of its lines.

    Raises
    ------
    ValueError
        When it is too long or holds control characters; the message is Dutch.
    """
    clean = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in clean):
        raise ValueError(
            "In je tekst zit een onzichtbaar teken dat ik niet kan bewaren."
            " Heb je geplakt? Typ dat stukje dan zelf."
        )
    if len(clean) > MAX_TEXT:
        raise ValueError(f"Je tekst is {len(clean) - MAX_TEXT} tekens te lang. Maak hem korter.")
    return clean


def check_name(name: str) -> str:
    """Return `name` as it is kept: in one Unicode form (NFC), without spaces around it.

    Raises
    ------
    ValueError
        When it cannot be the name of a file on every system; the message is Dutch.
    """
    clean = unicodedata.normalize("NFC", name).strip(" ")
    wrong = _NOT_IN_FILE_NAMES.intersection(clean)
    # Windows also reserves the superscript digits, and a name with anything behind a dot.
    base = unicodedata.normalize("NFKC", clean.split(".")[0]).strip().casefold()
    if not clean:
        problem = "Typ een naam, bijvoorbeeld Merel."
    elif not clean.isprintable():
        problem = "In deze naam zit een onzichtbaar teken. Typ de naam opnieuw, zonder te plakken."
    elif len(clean) > MAX_NAME:
        problem = f"Deze naam is te lang. Kies een naam van hoogstens {MAX_NAME} tekens."
    elif wrong:
        problem = (
            f"Het teken {min(wrong)} kan niet in een naam. Gebruik letters, cijfers en spaties."
        )
    elif clean[0] in "._":
        problem = f"Een naam kan niet met {clean[0]} beginnen. Begin met een letter."
    elif clean[-1] == ".":
        problem = "Een naam kan niet met een punt eindigen. Laat de punt weg."
    elif base in _RESERVED_BY_WINDOWS:
        problem = f"De naam “{clean}” gebruikt de computer zelf. Kies een andere naam."
    else:
        return clean
    raise ValueError(problem)


def _is_name(name: str) -> bool:
    try:
        return check_name(name) == name
    except ValueError:
        return False


def _name(path: Path) -> str:
    return unicodedata.normalize("NFC", path.name.removesuffix(_SUFFIX))


def _key(name: str) -> str:
    """Return the form in which names are compared, like the file systems that ignore capitals."""
    return unicodedata.normalize("NFC", name.casefold())


def _parse(line: bytes) -> Answer:
    """Read one line; the message of its ValueError ends a Dutch sentence about that line."""
    problem = "is beschadigd of hoort hier niet. De andere antwoorden zijn er gewoon nog."
    with suppress(ValueError, TypeError, LookupError, RecursionError):
        # An editor may have put a byte order mark in front of the first line.
        fields = json.loads(line.decode("utf-8-sig"))
        if fields["format"] > FORMAT:
            problem = "is van een nieuwere versie. Werk de workshop bij om dit antwoord te zien."
        else:
            answer = Answer(**{name: fields[name] for name in Answer.__dataclass_fields__})
            texts = (answer.exercise, answer.kind, answer.at)
            if all(isinstance(text, str) for text in texts) and isinstance(answer.plan, str | None):
                return answer
    raise ValueError(problem)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Hold the one lock of `folder`, and turn every refusal of the system into Dutch.

    The system itself releases the lock when a process dies.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        slot = folder / ".slot"
        _refuse_detour(slot)
        with FileLock(slot, timeout=LOCK_SECONDS, mode=0o600):
            yield
    except NotSaved:
        raise
    except Timeout as error:
        raise NotSaved(
            "Dit is niet bewaard: een ander venster is bezig. Wacht even, en probeer het opnieuw."
        ) from error
    except OSError as error:
        advice = _ADVICE.get(error.errno, _ADVICE_OTHERWISE)
        raise NotSaved(f"Dit is niet bewaard. {advice}") from error


def _refuse_detour(path: Path) -> None:
    """Refuse a journal, or folder of journals, that is really somewhere else."""
    if path.resolve() != path.parent.parent.resolve() / path.parent.name / path.name:
        raise NotSaved(
            f"Dit is niet bewaard: “{path.name}” verwijst naar een andere plek. Roep de begeleider."
        )


def _open_journal(path: Path) -> int:
    _refuse_detour(path)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    # Where the system has them: bytes as they are, and no symbolic link put there meanwhile.
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.open(path, flags, 0o600)


def _make(path: Path) -> None:
    os.close(_open_journal(path))


def _add_line(path: Path, line: bytes) -> None:
    """Add `line` in one write, on a line of its own, and wait until the disk has it."""
    journal = _open_journal(path)
    try:
        size = os.lseek(journal, 0, os.SEEK_END)
        start = b""
        if size:
            os.lseek(journal, -1, os.SEEK_END)
            # What a dying process left behind must not swallow this answer. It is not cut off:
            # only adding is certain never to cost an answer.
            start = b"" if os.read(journal, 1) == b"\n" else b"\n"
        record = start + line + b"\n"
        if os.write(journal, record) < len(record):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(journal)
    finally:
        os.close(journal)
    if not size:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Let the disk remember new names in `folder`; Windows does so by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
