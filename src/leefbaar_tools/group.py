"""The group sheet: one picture per exercise, of everybody together, without names.

Which answers count, and how, is in `exercises.gathered` and `exercises.counted`: the
facilitator's cell shows the same. Here it becomes a sheet to print.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from .dutch import format_date, join_words
from .exercises.counted import (
    LEAST,
    Meeting,
    count,
    picture,
    read_meeting,
    tally_figure,
    too_few,
    words,
)
from .exercises.gathered import Gathered, Skipped, gather, journal_files, sentences
from .exercises.kinds import Tally
from .paper import (
    Block,
    Bullets,
    Document,
    Heading,
    Paragraph,
    Strong,
    Together,
    to_html,
    to_pdf,
)
from .personal_data import find_personal_data
from .resources import meetings as all_meetings

PICTURE_MM = 125
SHORTEST = 3  # letters in the name or code of a complex; a shorter one stands in any sentence
IN_NO_ORDER = "Wat mensen schreven, in een geschudde volgorde en zonder namen."
READ_FIRST = "Lees deze zinnen eerst zelf. Staat er iets in over een persoon? Laat het dan weg."


class GroupError(Exception):
    """There is no group sheet to make; the message is Dutch and says why."""


@dataclass(frozen=True)
class Sheet:
    """A group sheet.

    Attributes
    ----------
    document : Document
    people : int
        How many people it is about.
    skipped : tuple of Skipped
        What does not count, and in which file.
    """

    document: Document
    people: int
    skipped: tuple[Skipped, ...]


def make_sheet(
    places: Sequence[Path],
    *,
    meeting: int | None = None,
    texts: Sequence[str] = (),
    notebooks: Sequence[Path] | None = None,
    folder: Path | None = None,
) -> Sheet:
    """Return the sheet of a group.

    Parameters
    ----------
    places : sequence of Path
        Journals, and folders with journals in them.
    meeting : int, optional
        Number of the only meeting to show; all when left out.
    texts : sequence of str
        Ids of exercises of which the words themselves are shown.
    notebooks : sequence of Path, optional
        The notebooks that say which exercises there are; those of the workshop when left out.
    folder : Path, optional
        The working folder with imported figures: the names of those buurten, and of the own
        complexes, are held back too.

    Raises
    ------
    GroupError
        When a place does not exist, nothing was answered, or an exercise cannot be shown.
    """
    for place in places:
        if not place.exists():
            raise GroupError(f"Ik vind {place} niet. Kijk of de naam klopt.")
    known = [read_meeting(path) for path in (notebooks or all_meetings())]
    chosen = [one for one in known if meeting in (None, one.number)]
    gathered = gather(journal_files(places))
    about, skipped = _about(gathered, known, chosen)
    blocks = [block for one in chosen for block in _of_meeting(one, about, skipped)]
    blocks += _in_words(texts, known, about, skipped, folder)
    if not blocks:
        where = ", ".join(map(str, places))
        which = "" if meeting is None else f" van bijeenkomst {meeting}"
        raise GroupError(
            " ".join([f"In {where} staan nog geen antwoorden{which}.", *sentences(skipped)])
        )
    return Sheet(_document(blocks, chosen, about, skipped), len(about.people), tuple(skipped))


def _about(
    gathered: Gathered, known: Sequence[Meeting], chosen: Sequence[Meeting]
) -> tuple[Gathered, list[Skipped]]:
    """Return who answered something in the chosen meetings, and what does not count."""
    skipped = list(gathered.skipped)
    all_ids = {id for one in known for id in one.exercises}
    ids = {id for one in chosen for id in one.exercises}
    people = []
    for person in gathered.people:
        strange = len(person.answers.keys() - all_ids)
        skipped += [Skipped("unknown", person.path)] * strange
        if person.answers.keys() & ids:
            people.append(person)
        elif person.answers.keys() & all_ids:
            skipped.append(Skipped("meeting", person.path))
    return Gathered(tuple(people), gathered.tallies, gathered.names), skipped


def _of_meeting(meeting: Meeting, about: Gathered, skipped: list[Skipped]) -> list[Block]:
    """Return the pictures of a meeting under its title; nothing when nobody answered."""
    counted = {}
    for exercise in meeting.exercises.values():
        counts, left_out = count(exercise, about.people)
        skipped += left_out
        if counts:
            counted[exercise.id] = counts
    blocks: list[Block] = []
    for exercise in meeting.exercises.values():
        shown: Sequence[Block] = ()
        if exercise.id in counted:
            tally = meeting.tally_of(exercise.id)
            figure = tally_figure(tally, about.tallies.get(tally.id)) if tally else None
            shown = picture(counted[exercise.id].values(), figure, PICTURE_MM)
        elif isinstance(exercise, Tally) and exercise.of not in counted:
            figure = tally_figure(exercise, about.tallies.get(exercise.id))
            shown = (replace(figure.block(), width_mm=PICTURE_MM),) if figure else ()
        if shown:
            blocks += [Together((Heading(exercise.title, 3), shown[0])), *shown[1:]]
    title = Heading(f"Bijeenkomst {meeting.number}: {meeting.title}", 2)
    return [title, *blocks] if blocks else []


# --- words, only of what the facilitator chose


def _in_words(
    texts: Sequence[str],
    known: Sequence[Meeting],
    about: Gathered,
    skipped: list[Skipped],
    folder: Path | None,
) -> list[Block]:
    blocks: list[Block] = []
    hold = _holder(about, folder) if texts else bool
    for id in texts:
        exercise = next((one.exercises[id] for one in known if id in one.exercises), None)
        if exercise is None:
            raise GroupError(f"De opdracht “{id}” ken ik niet. Zo ziet een naam eruit: m1-trots.")
        try:
            written, left_out = words(exercise, about.people, hold)
        except ValueError as error:
            raise GroupError(str(error)) from error
        skipped += left_out
        blocks.append(Heading(exercise.title, 3))
        for one in written or ():
            blocks.append(Paragraph((Strong(one.label),)))
            blocks.append(Bullets(one.texts) if one.texts else too_few(one.people))
            if one.held:
                blocks.append(Paragraph(_held(one.held)))
        if not written:
            blocks.append(too_few(0))
    if blocks:
        blocks = [Heading("In eigen woorden", 2), Paragraph(IN_NO_ORDER), *blocks]
    return blocks


def _held(number: int) -> str:
    if number == 1:
        return "1 zin staat er niet bij: daar lijkt iets van een persoon of plek in te staan."
    return (
        f"{number} zinnen staan er niet bij: daar lijkt iets van een persoon of plek in te staan."
    )


def _holder(about: Gathered, folder: Path | None) -> Callable[[str], bool]:
    """Return what tells whether a text may point to a person: by data, a name or a place."""
    places = {place.casefold() for place in _places(about, folder)}
    either = "|".join(map(re.escape, sorted({*about.names, *places}, key=len, reverse=True)))
    named = re.compile(rf"(?<!\w)(?:{either})(?!\w)")
    return lambda text: bool(find_personal_data(text) or named.search(text.casefold()))


def _places(about: Gathered, folder: Path | None) -> Iterator[str]:
    """Yield the names of buurten and wijken of every city that somebody chose, and the sample.

    And of the complexes in the own file: their names and codes.
    """
    from .atlas import Atlas  # loads pandas

    atlas = Atlas.of(folder) if folder else Atlas()
    areas = {atlas.sample}
    for person in about.people:
        for answer in person.answers.values():
            if answer.kind == "area" and isinstance(answer.value, Mapping):
                areas.add(atlas.area(answer.value.get("code")) or atlas.sample)
                # The figures may be on another computer; the name was kept with the choice.
                yield from filter(None, [str(answer.value.get("name") or "").partition(" (")[0]])
    for area in areas:
        yield from area.regions.loc[area.regions["level"].isin(["buurt", "wijk"]), "name"]
    own, problem = atlas.own()
    if problem:  # names that cannot be read cannot be held back
        raise GroupError(problem)
    if own is not None:
        known = own.table("complexen")
        called = {*known["complex"], *known["naam"]}
        yield from (name for name in called if len(name) >= SHORTEST)


# --- the document


def _document(
    blocks: list[Block], chosen: Sequence[Meeting], about: Gathered, skipped: list[Skipped]
) -> Document:
    number = len(about.people)
    people = "1 mens" if number == 1 else f"{number} mensen"
    intro = (
        f"Antwoorden van {people}, zonder namen. "
        f"Een beeld staat er pas als {LEAST} mensen of meer de vraag beantwoordden."
    )
    told = sentences(skipped)
    missing = [Together((Heading("Wat niet meetelt", 2), Bullets(tuple(told))))] if told else []
    return Document(
        title="Het beeld van de groep",
        subtitle=chosen[0].title if len(chosen) == 1 else "Werken aan leefbare wijken",
        audience="groep",
        blocks=(Paragraph(intro), *blocks, *missing),
        meta=(("Gemaakt op", format_date(date.today())),),
    )


def make_group(
    places: Sequence[Path],
    *,
    meeting: int | None = None,
    texts: Sequence[str] = (),
    which: bool = False,
    folder: Path | None = None,
    output: Path,
    progress: Callable[[str], None] = print,
) -> None:
    """Make the group sheet, as HTML and PDF.

    Parameters
    ----------
    places, meeting, texts, folder
        See `make_sheet`.
    which : bool
        Name the files that do not count. A file has the schuilnaam of a participant: only for
        who asks for it.
    output : Path
        Folder, made when absent.
    progress : callable
        Gets a line per thing to say.

    Raises
    ------
    GroupError, OSError
        When there is nothing to make, or it cannot be written.
    """
    sheet = make_sheet(places, meeting=meeting, texts=texts, folder=folder)
    output.mkdir(parents=True, exist_ok=True)
    stem = "groepsbeeld" + ("" if meeting is None else f"-{meeting}")
    for target, content in (
        (output / f"{stem}.html", to_html(sheet.document).encode()),
        (output / f"{stem}.pdf", to_pdf(sheet.document)),
    ):
        target.write_bytes(content)
        progress(str(target))
    for reason in dict.fromkeys(one.reason for one in sheet.skipped):
        same = [one for one in sheet.skipped if one.reason == reason]
        names = join_words(list(dict.fromkeys(one.path.name for one in same)))
        progress(f"Let op: {' '.join(sentences(same))}" + (f" Zie {names}." if which else ""))
    if sheet.skipped and not which:
        progress("Welke bestanden? Zet er --which achter. Dan zie je schuilnamen.")
    if texts:
        progress(READ_FIRST)
