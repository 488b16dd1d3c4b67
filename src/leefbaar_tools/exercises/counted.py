"""From the answers of a group to one picture per question, without names.

What counts is said by the exercise itself (`Exercise.group`), made from the literal call in
the notebook; a notebook is never run for it. The words come from the journal: those of the
question as it was asked. So a picture is also right after the words changed. Answers to
another version of a question are never added to it: they are told and left out.
"""

import ast
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..answers import Answer
from ..paper import Block, Paragraph, Strong
from .fields import DoorsField, TableField, TextField
from .gathered import Person, Skipped
from .kinds import Tally
from .parts import Exercise, Part

if TYPE_CHECKING:  # loads matplotlib
    from ..figures import Figure

LEAST = 5  # people who answered, before anything of it is shown
TOO_FEW = "Nog te weinig antwoorden om te laten zien zonder dat je ziet wie wat zei."
BESIDE = "Dit telden we in de zaal. Tel het niet op bij het beeld hierboven."
NAMELY = ", namelijk"
OTHERWISE = "Iets anders"  # a label in own words, of a question that had no such option

# Kinds of which a picture is made. A new kind counts nowhere until it stands here: an own
# count, a place or a partner is nobody else's.
COUNTED = ("choose", "estimate", "goal", "rank", "allocate")
SUMS = ("allocate",)  # kinds of which one person gives a label more than once
NOTICES = {
    "estimate": "Ieder antwoordde voor de eigen buurt.",
    "rank": "Alleen de eerste keus telt hier.",
    "allocate": "Geteld in {unit}.",
}

# What a cell calls, where that is not the name of the kind.
_CALLED = {"choose_area": "area", "area_map": "map"}
# Kinds of which a facilitator may choose to show the words that were written.
IN_WORDS = ("write", "table", "explore", "map", "diagram")


@dataclass(frozen=True)
class Meeting:
    """A meeting as its notebook has it: number, title, and the exercises by their id."""

    number: int
    title: str
    exercises: Mapping[str, Exercise]

    def tally_of(self, id: str) -> Tally | None:
        """Return the tally in which the answers to an exercise are counted in the room."""
        tallies = (one for one in self.exercises.values() if isinstance(one, Tally))
        return next((one for one in tallies if one.of == id), None)


def read_meeting(notebook: Path) -> Meeting:
    """Read which exercises a meeting has, from the literal calls in its cells."""
    from . import page  # noqa: F401  (loads every kind of part)

    content = json.loads(notebook.read_text(encoding="utf-8"))
    about = content["metadata"]["leefbaar"]
    parts = [_part(cell) for cell in content["cells"] if cell["cell_type"] == "code"]
    exercises = {part.id: part for part in parts if isinstance(part, Exercise)}
    return Meeting(about["meeting"], about["title"], exercises)


def _part(cell: Mapping[str, Any]) -> Part | None:
    call = getattr(ast.parse("".join(cell["source"])).body[-1], "value", None)
    name = getattr(getattr(call, "func", None), "attr", "")
    kind = _CALLED.get(name, name)
    if kind not in Part.kinds or not call.args:
        return None
    words = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    return Part.from_spec({"kind": kind, "id": ast.literal_eval(call.args[0]), **words})


# --- counting


@dataclass(frozen=True)
class Count:
    """How often each label was given, to one question.

    Attributes
    ----------
    label : str
        The question, as it was asked.
    counts : mapping of str to int
        Per label, in the order in which they were asked.
    people : int
        How many people answered; below `LEAST` nothing is shown.
    given : mapping of Path to tuple of str
        What each person gave; never shown, only to tell two counts apart.
    of_all : bool
        Whether a number is so many of the people.
    notice : str
        How to read it.
    """

    label: str
    counts: Mapping[str, int]
    people: int
    given: Mapping[Path, tuple[str, ...]]
    of_all: bool = True
    notice: str = ""

    @property
    def enough(self) -> bool:
        """Whether so many people answered that it may be shown."""
        return self.people >= LEAST

    def figure(self) -> "Figure":
        """Return the picture.

        Raises
        ------
        ValueError
            When too few people answered.
        """
        if not self.enough:
            raise ValueError(f"{self.people} people is too few for a picture")
        from .. import figures

        source = f"antwoorden van {self.people} mensen, zonder namen."
        total = self.people if self.of_all else None
        return figures.tally_bars(self.label, self.counts, source, total=total, notice=self.notice)

    def changed(self, other: "Count") -> int:
        """Return how many people gave something else than in `other`."""
        everybody = self.given.keys() | other.given.keys()
        return sum(self.given.get(one) != other.given.get(one) for one in everybody)


def count(exercise: Exercise, people: Iterable[Person]) -> tuple[dict[str, Count], list[Skipped]]:
    """Count one exercise over all people.

    Returns
    -------
    dict of str to Count
        Per field that counts and that somebody answered, also when these are too few.
    list of Skipped
        The answers that do not count.
    """
    skipped: list[Skipped] = []
    # Per field, per wording of its question: what each person gave.
    given: dict[str, dict[_Asked, dict[Path, tuple[str, ...]]]] = defaultdict(dict)
    for person in people:
        answer = person.answers.get(exercise.id)
        if answer is None:
            continue
        if exercise.private:
            skipped.append(Skipped("private", person.path))
        elif answer.kind != exercise.kind:
            skipped.append(Skipped("version", person.path))
        elif exercise.kind in COUNTED:
            try:
                labels = _labels(exercise, answer)
            except Exception:  # whatever somebody made of a line by hand
                skipped.append(Skipped("odd", person.path))
                continue
            for key, (asked, chosen) in labels.items():
                given[key].setdefault(asked, {})[person.path] = chosen
    counts, left_out = {}, {}
    for key, versions in given.items():
        # The wording that most people answered; of equally many the one of the notebook.
        now = _asked_now(exercise, key)
        asked = max(versions, key=lambda one: (len(versions[one]), one == now))
        counts[key] = _count(exercise, asked, versions.pop(asked))
        left_out |= {path: Skipped("version", path) for one in versions.values() for path in one}
    return counts, [*skipped, *left_out.values()]


@dataclass(frozen=True)
class _Asked:
    """A question as it was asked; two wordings are two questions."""

    label: str
    options: tuple[str, ...]  # empty where one gives a number of doors
    own: str = ""

    @property
    def other(self) -> str:
        """How answers in own words are called, all together."""
        return self.own.removesuffix(NAMELY) or OTHERWISE


def _asked_now(exercise: Exercise, key: str) -> _Asked | None:
    """Return the question of a field as the exercise asks it; None when it cannot be counted."""
    found = next((one for one in exercise.fields() if one.key == key), None)
    options = getattr(found, "options", None) or getattr(exercise, "options", ())
    if not options and not isinstance(found, DoorsField):
        return None
    label = getattr(found, "label", "") or exercise.title
    return _Asked(label, tuple(options), getattr(found, "own", ""))


def _labels(exercise: Exercise, answer: Answer) -> dict[str, tuple[_Asked, tuple[str, ...]]]:
    """Return, per field, how it was asked and under which labels this answer counts."""
    counted = _as_asked(exercise, answer.prompt).group(answer.value)
    found = {}
    for key, labels in counted.items():
        asked = _asked_then(exercise, key, answer.prompt) if labels else None
        if asked:
            shown = sorted(_shown(label, asked) for label in labels)
            # A label twice is a hand-made line, but for what people divide.
            found[key] = asked, tuple(shown if exercise.kind in SUMS else dict.fromkeys(shown))
    return found


def _asked_then(exercise: Exercise, key: str, prompt: Any) -> _Asked | None:
    """Return the question of a field as the journal says it was asked."""
    now = _asked_now(exercise, key)
    then = _field_of(prompt, key)
    if now is None or not then:
        return now
    options = then.get("options") or now.options
    return replace(now, label=str(then.get("label", now.label)), options=tuple(map(str, options)))


def _field_of(prompt: Any, key: str) -> Mapping[str, Any]:
    fields = prompt.get("fields") if isinstance(prompt, Mapping) else None
    found = fields.get(key) if isinstance(fields, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _as_asked(exercise: Exercise, prompt: Any) -> Exercise:
    """Return the exercise with the options as they stood when it was answered.

    With those of now, an option whose words changed would count as own words.
    """
    now = getattr(exercise, "options", None)
    asked = [_field_of(prompt, one.key).get("options") for one in exercise.fields()]
    options = next(filter(None, asked), None)
    if not now or not isinstance(options, list) or list(now) == options:
        return exercise
    if isinstance(now, Mapping):
        options = {option: now.get(option, option) for option in options}
    with suppress(ValueError, TypeError):
        return replace(exercise, options=options)
    return exercise


def _shown(label: str, asked: _Asked) -> str:
    """Return a label that may be shown: one that was asked, a number of doors, or "something else".

    Own words never pass, whoever let them through.
    """
    if asked.options:
        return label if label in asked.options else asked.other
    if label not in _DOORS:
        raise ValueError("not a number of doors")
    return label


_DOORS = [str(number) for number in range(11)]


def _count(exercise: Exercise, asked: _Asked, given: Mapping[Path, tuple[str, ...]]) -> Count:
    counter = Counter(label for labels in given.values() for label in labels)
    if asked.options:
        others = [asked.other] if asked.own or asked.other in counter else []
        counts = {label: counter[label] for label in dict.fromkeys([*asked.options, *others])}
    else:  # only what lies between the lowest and the highest guess
        numbers = sorted(map(int, counter))
        between = range(numbers[0], numbers[-1] + 1)
        counts = {f"{number} van de 10": counter[str(number)] for number in between}
    unit = getattr(exercise, "unit", ("", ""))[1]
    notice = NOTICES.get(exercise.kind, "").format(unit=unit)
    of_all = bool(asked.options) and exercise.kind not in SUMS
    return Count(asked.label, counts, len(given), given, of_all, notice)


# --- what was counted in the room


def tally_figure(tally: Tally, answer: Answer | None) -> "Figure | None":
    """Return the picture of a tally, in the words in which it was counted; None without one."""
    if answer is None or answer.kind != tally.kind or not isinstance(answer.value, Mapping):
        return None
    labels = [_field_of(answer.prompt, one.key).get("label") for one in tally.fields()]
    asked = replace(tally, options=tuple(map(str, labels))) if all(labels) else tally
    return asked.figure(answer.value)


# --- as it stands on a page


def too_few(people: int, label: str = "") -> Paragraph:
    """Return the sentence that stands where there is no picture, of a question if need be."""
    now = {0: "Er is nog geen antwoord.", 1: "Het is er nu 1."}
    sentence = f"{TOO_FEW} {now.get(people, f'Het zijn er nu {people}.')}"
    return Paragraph((Strong(label), " ", sentence) if label else sentence)


def picture(
    counts: Collection[Count], tallied: "Figure | None", width_mm: float = 170
) -> tuple[Block, ...]:
    """Return what a group sees of one exercise: its pictures, and the tally beside it."""
    enough = [one for one in counts if one.enough]
    small = [one for one in counts if not one.enough]
    blocks: list[Block] = [replace(one.figure().block(), width_mm=width_mm) for one in enough]
    if not enough:
        blocks.append(too_few(max((one.people for one in small), default=0)))
    else:
        blocks += [too_few(one.people, one.label) for one in small]
    if tallied:
        blocks.append(Paragraph(BESIDE))
        blocks.append(replace(tallied.block(), width_mm=width_mm))
    return tuple(blocks)


# --- words


@dataclass(frozen=True)
class Words:
    """What people wrote at one question, in no order.

    Attributes
    ----------
    label : str
        The question, as it was asked.
    texts : tuple of str
        Empty when fewer than `LEAST` people wrote something.
    people : int
        How many people wrote something.
    held : int
        How many texts are held back.
    """

    label: str
    texts: tuple[str, ...]
    people: int
    held: int


def words(
    exercise: Exercise, people: Iterable[Person], hold: Callable[[str], bool]
) -> tuple[list[Words], list[Skipped]]:
    """Return what people wrote at an exercise that the facilitator chose, shuffled.

    Parameters
    ----------
    hold : callable
        Tells whether a text must be held back, because it may point to a person.

    Raises
    ------
    ValueError
        In Dutch, when this exercise is never shown, or holds no words.
    """
    if exercise.private or exercise.names_people:
        raise ValueError(f"“{exercise.title}” is van de deelnemer zelf. Dat laten we nooit zien.")
    if exercise.kind not in IN_WORDS:
        raise ValueError(f"Bij “{exercise.title}” staan geen eigen woorden.")
    skipped: list[Skipped] = []
    given: dict[str, dict[Path, list[str]]] = defaultdict(dict)
    for person in people:
        answer = person.answers.get(exercise.id)
        if answer is None:
            continue
        if answer.kind != exercise.kind or not isinstance(answer.value, Mapping):
            reason = "version" if answer.kind != exercise.kind else "odd"
            skipped.append(Skipped(reason, person.path))
            continue
        for label, texts in _written(exercise, answer):
            given[label].setdefault(person.path, []).extend(texts)
    return [_words(label, by_person, hold) for label, by_person in given.items()], skipped


def _written(exercise: Exercise, answer: Answer) -> Iterable[tuple[str, list[str]]]:
    """Yield the words of one answer, under the question as it was asked."""
    kept = exercise.kept(answer.value)
    for one in exercise.fields():
        label = str(_field_of(answer.prompt, one.key).get("label", one.label))
        if isinstance(one, TextField) and kept[one.key].strip():
            yield label, [kept[one.key].strip()]
        if isinstance(one, TableField):
            for column in one.columns:
                cells = (str(row.get(column.key) or "").strip() for row in kept[one.key])
                if column.kind == "text" and (filled := [cell for cell in cells if cell]):
                    yield f"{label}: {column.label}", filled


def _words(label: str, by_person: Mapping[Path, list[str]], hold: Callable[[str], bool]) -> Words:
    texts = [text for written in by_person.values() for text in written]
    if len(by_person) < LEAST:
        return Words(label, (), len(by_person), 0)
    shown = [text for text in texts if not hold(text)]
    # Never in the order of the files, and every question in an order of its own.
    random.SystemRandom().shuffle(shown)
    return Words(label, tuple(shown), len(by_person), len(texts) - len(shown))
