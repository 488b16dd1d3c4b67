"""Journals of a whole group, read together: every person once, whatever is wrong with a file.

Nothing in here shows anything. What is not used is remembered with its reason and its file;
who shows that to a group says how many, never which: the name of a file is a schuilnaam.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..answers import FORMAT, Answer, Journal

GROUP = "_groep"  # the journal of what was counted in the room
SUFFIX = ".jsonl"

# Why something does not count: one file or answer, and more of them.
REASONS = {
    "unreadable": (
        "1 bestand was niet te lezen.",
        "{n} bestanden waren niet te lezen.",
    ),
    "empty": (
        "1 bestand had nog geen antwoorden.",
        "{n} bestanden hadden nog geen antwoorden.",
    ),
    "damaged": (
        "1 bestand was voor een deel beschadigd. De rest ervan telt mee.",
        "{n} bestanden waren voor een deel beschadigd. De rest ervan telt mee.",
    ),
    "doubled": (
        "1 bestand was een dubbele van een deelnemer. Die telt één keer mee.",
        "{n} bestanden waren een dubbele van een deelnemer. Die telt één keer mee.",
    ),
    "newer": (
        "1 bestand is gemaakt met een nieuwere versie van het programma.",
        "{n} bestanden zijn gemaakt met een nieuwere versie van het programma.",
    ),
    "tally": (
        "1 andere telling telt niet mee: er is er al een.",
        "{n} andere tellingen tellen niet mee: er is er al een.",
    ),
    "meeting": (
        "1 deelnemer had alleen antwoorden van een andere bijeenkomst.",
        "{n} deelnemers hadden alleen antwoorden van een andere bijeenkomst.",
    ),
    "unknown": (
        "1 antwoord hoort bij een opdracht die er nu niet is.",
        "{n} antwoorden horen bij een opdracht die er nu niet is.",
    ),
    "version": (
        "1 antwoord hoort bij een andere versie van de vraag.",
        "{n} antwoorden horen bij een andere versie van de vraag.",
    ),
    "odd": (
        "1 antwoord was niet te lezen.",
        "{n} antwoorden waren niet te lezen.",
    ),
    "private": (
        "1 antwoord hoort bij een opdracht die we nooit laten zien.",
        "{n} antwoorden horen bij een opdracht die we nooit laten zien.",
    ),
}


@dataclass(frozen=True)
class Skipped:
    """Something that does not count: why (a key of `REASONS`), and the file it stood in."""

    reason: str
    path: Path


def sentences(skipped: Iterable[Skipped]) -> list[str]:
    """Say in Dutch what was skipped and why: how many, without a single name."""
    reasons = [one.reason for one in skipped]
    numbers = {reason: reasons.count(reason) for reason in REASONS}
    return [REASONS[r][n > 1].format(n=n) for r, n in numbers.items() if n]


@dataclass(frozen=True)
class Person:
    """What one person answered: the newest answer per exercise, and the file it came from."""

    answers: Mapping[str, Answer]
    path: Path


@dataclass(frozen=True)
class Gathered:
    """The answers of a group.

    Attributes
    ----------
    people : tuple of Person
    tallies : mapping of str to Answer
        What was counted in the room, per tally.
    names : frozenset of str
        The schuilnamen, never to be shown: only to keep them out of what is shown.
    skipped : tuple of Skipped
    """

    people: tuple[Person, ...] = ()
    tallies: Mapping[str, Answer] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    skipped: tuple[Skipped, ...] = ()


def journal_files(places: Iterable[Path]) -> list[Path]:
    """Return the journals among files and in folders, with all that lies below these."""
    found: dict[Path, None] = {}
    for place in places:
        below = sorted(place.rglob(f"*{SUFFIX}")) if place.is_dir() else [place]
        # A name with a mark in front is no participant; of those only the group's own counts.
        found |= dict.fromkeys(
            path for path in below if path.name[0] not in "._" or _is_group(path)
        )
    return list(found)


def gather(files: Sequence[Path]) -> Gathered:
    """Read journals; whatever is wrong with one costs no other."""
    skipped: list[Skipped] = []
    read = [_read(path, skipped) for path in files]
    own = [one for one in read if one and not _is_group(one.path)]
    tallies: Mapping[str, Answer] = {}
    for one in read:
        if one and _is_group(one.path):
            if tallies:
                skipped.append(Skipped("tally", one.path))
            tallies = tallies or one.answers
    people = []
    for same in _by_person(own):
        # The longest file has gone on furthest; of a shorter one counts only what is not there.
        longest, *others = sorted(same, key=lambda one: -one.lines)
        answers: dict[str, Answer] = {}
        for one in (longest, *others):
            answers = {**one.answers, **answers}
        people.append(Person(answers, longest.path))
        skipped += [Skipped("doubled", one.path) for one in others]
    names = frozenset(_alias(path) for path in files if not _is_group(path))
    return Gathered(tuple(people), tallies, names, tuple(skipped))


@dataclass(frozen=True)
class _File:
    path: Path
    answers: Mapping[str, Answer]
    lines: int
    first: str


def _read(path: Path, skipped: list[Skipped]) -> _File | None:
    """Read one journal, or say why it cannot be used."""
    journal = Journal(path)
    answers, problems = journal.all(), journal.problems
    try:
        lines = [line for line in path.read_bytes().split(b"\n") if line.strip()]
    except OSError:
        skipped.append(Skipped("unreadable", path))
        return None
    if problems:
        newer = [line for line in lines if _format(line) > FORMAT]
        reasons = ["newer"] * bool(newer)
        if len(problems) > len(newer):
            reasons.append("damaged" if answers else "unreadable")
        skipped += [Skipped(reason, path) for reason in reasons]
    elif not answers:
        skipped.append(Skipped("empty", path))
    return _File(path, answers, len(lines), next(_known(lines))) if answers else None


def _known(lines: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines that are answers, each in a form that a copy has as well."""
    for line in lines:
        with suppress(ValueError, TypeError, LookupError, RecursionError):
            fields = json.loads(line.decode("utf-8-sig"))
            yield json.dumps([fields[name] for name in ("exercise", "at", "value")])


def _format(line: bytes) -> int:
    with suppress(ValueError, TypeError, LookupError, RecursionError):
        return int(json.loads(line.decode("utf-8-sig"))["format"])
    return 0


def _by_person(files: Sequence[_File]) -> list[list[_File]]:
    """Put the files of one person together.

    A copy begins with the same line, to the microsecond: a journal is only ever added to. A
    schuilnaam that somebody chose is one person too; the name that every laptop gives its first
    participant is not.
    """
    of = list(range(len(files)))  # of each file, the first file of the same person
    seen: dict[str, int] = {}
    for number, one in enumerate(files):
        alias = _alias(one.path)
        marks = [f"first {one.first}", *([f"alias {alias}"] if not _GIVEN.match(alias) else [])]
        same = {number} | {of[seen[mark]] for mark in marks if mark in seen}
        if len(same) > 1:
            of = [min(same) if first in same else first for first in of]
        seen |= {mark: number for mark in marks if mark not in seen}
    together: dict[int, list[_File]] = {}
    for first, one in zip(of, files, strict=True):
        together.setdefault(first, []).append(one)
    return list(together.values())


_GIVEN = re.compile(r"deelnemer \d+$")
# What systems put in the name of a copy: "Merel (1)", "Merel - kopie (2)", "Kopie van Merel".
_COPY = re.compile(r"^(kopie van|copy of)\s+|(\s+-?\s*(kopie|copy)(\s+\d+)?|\s*\(\d+\))$")


def _alias(path: Path) -> str:
    """Return the name in a file's name, as names are compared, without the marks of a copy."""
    name = unicodedata.normalize("NFC", path.name.removesuffix(SUFFIX).casefold()).strip()
    while (shorter := _COPY.sub("", name).strip()) not in (name, ""):
        name = shorter
    return name


def _is_group(path: Path) -> bool:
    return path.name.startswith(GROUP)
