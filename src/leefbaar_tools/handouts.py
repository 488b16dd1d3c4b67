"""Handouts: what comes out on paper of a notebook.

1. run the notebook in its own kernel; a cell that fails stops this handout;
2. read the parts (exercises, pictures) out of its outputs;
3. make the document: text as it stands, of each part the face this reader needs;
4. write it, as HTML or as PDF.

The run is needed once per notebook; sheets for other buurten or persons use it again.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import nbclient
import nbformat
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Enum, Unicode, default
from traitlets.config import Config

from .answers import Answer, Journal
from .areas import Area, Source
from .atlas import DEFAULT_AREA, Atlas
from .dutch import format_date, join_words, years_words
from .exercises import page, pictures  # noqa: F401  (loads every kind of part)
from .exercises.explore import INVENTED, Explore
from .exercises.kinds import ChooseArea
from .exercises.parts import Context, Exercise, Part, chosen_code, chosen_last
from .exercises.plan_part import PlanPart, compose, plan_blocks
from .exercises.session import FOLDER_VARIABLE, STRICT_VARIABLE
from .paper import (
    MIME,
    Block,
    Box,
    Bullets,
    Document,
    Emphasis,
    FigureBlock,
    Heading,
    PageBreak,
    Paragraph,
    Table,
    Text,
    from_markdown,
    to_html,
    to_pdf,
)
from .registrations import OWN_FILE
from .resources import HOME, clock, timed_cells
from .resources import meetings as all_meetings
from .wijkplan import KINDS, PlanError, plan_document

AUDIENCES = ("deelnemer", "begeleider")
CELL_SECONDS = 60


class HandoutError(Exception):
    """A handout cannot be made; the message is Dutch and says where it went wrong."""


@dataclass(frozen=True)
class Reader:
    """For whom a handout is made."""

    audience: str = "deelnemer"
    code: str = DEFAULT_AREA
    name: str | None = None
    answers: Mapping[str, Answer] | None = None
    problems: tuple[str, ...] = ()  # what could not be read in the journal, in Dutch


# --- run


def run(notebook: NotebookNode, name: str) -> NotebookNode:
    """Run a notebook and return it with its outputs.

    Raises
    ------
    HandoutError
        When a cell fails, also when the error hid inside a callback or an ``Output`` widget;
        the message names the notebook and the cell.
    """
    ran = nbformat.from_dict(notebook)
    begun: list[str] = []
    client = nbclient.NotebookClient(
        ran,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        # Without encryption the kernel warns, in English, on the terminal.
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        on_cell_start=lambda cell, **_: begun.append(cell.id),
        on_cell_executed=lambda cell, **_: _refuse_errors(name, cell, client.widget_state),
    )
    kept = {key: os.environ.get(key) for key in (STRICT_VARIABLE, FOLDER_VARIABLE)}
    os.environ[STRICT_VARIABLE] = "1"
    os.environ.pop(FOLDER_VARIABLE, None)  # making a handout never reads or writes a journal
    try:
        client.execute()
    except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError) as error:
        why = type(error).__name__
        raise HandoutError(
            f"{name}, cel {begun[-1]}: het draaien is afgebroken ({why})."
        ) from error
    finally:
        for key, value in kept.items():
            os.environ.pop(key, None) if value is None else os.environ.update({key: value})
    return ran


def _refuse_errors(name: str, cell: NotebookNode, widgets: Mapping[str, Mapping]) -> None:
    """Stop at an error in a cell's output, or caught out of sight by an ``Output`` widget."""
    hidden = [output for state in widgets.values() for output in state.get("outputs", ())]
    for output in [*cell.get("outputs", ()), *hidden]:
        if output["output_type"] == "error":
            error = f"{output['ename']}: {output['evalue']}"
            raise HandoutError(f"{name}, cel {cell.id}: {error}")


# --- read and make


def make_document(ran: NotebookNode, reader: Reader, atlas: Atlas | None = None) -> Document:
    """Return the document of a notebook that was run, for one reader.

    Parameters
    ----------
    atlas : Atlas, optional
        Where the figures are; without it only those of the sample city.
    """
    atlas = atlas or Atlas()
    area = atlas.area(reader.code)
    about = ran.metadata["leefbaar"]
    context = Context(area, reader.code, reader.answers or {}, atlas)
    make = _for_facilitator if reader.audience == "begeleider" else _for_participant
    blocks = [block for block in make(ran, context) if not _is_title(block, about["title"])]
    return Document(
        title=about["title"],
        subtitle="Werken aan leefbare wijken",
        audience=reader.audience,
        name=reader.name,
        blocks=tuple(blocks),
        meta=_meta(
            area,
            reader,
            list(_named(blocks)),
            any(_about_area(p) for cell in ran.cells for p in _parts(cell)),
        ),
    )


def _is_title(block: Block, title: str) -> bool:
    """Tell whether a block repeats the title that the document prints itself."""
    return isinstance(block, Heading) and block.level == 1 and block.text == title


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _parts(cell: NotebookNode) -> Iterator[Part]:
    for output in cell.get("outputs", ()):
        found = output.get("data", {}).get(MIME)
        if found:
            yield Part.from_spec(found["part"])


def _for_participant(ran: NotebookNode, context: Context) -> Iterator[Block]:
    """The meeting as a booklet; of what is for at home only what this person worked on."""
    # What is said about all that is for at home, and about the exercises that come next.
    opening: tuple[Block, ...] = ()
    waiting: tuple[Block, ...] = ()
    for cell in ran.cells:
        if _tags(cell) & {"facilitator", "group"}:
            continue
        text = from_markdown(cell.source) if cell.cell_type == "markdown" else ()
        parts = list(_parts(cell))
        if _is_for_home(cell):
            if _opens(text):
                opening, waiting = text, ()
            elif text:
                waiting = text
            parts = [part for part in parts if part.id in context.answers]
            if not parts:
                continue
            text, opening, waiting = (*opening, *waiting), (), ()
        yield from text
        for part in parts:
            yield from part.face(context)
    yield from _plan_so_far(ran, context)


def _opens(text: Sequence[Block]) -> bool:
    """Tell whether a text begins a whole part of the meeting."""
    return any(isinstance(block, Heading) and block.level == 1 for block in text)


def _plan_so_far(ran: NotebookNode, context: Context) -> Iterator[Block]:
    """Return the plan, for who filled in a kernveld in this meeting, unless it shows it itself."""
    parts = [part for cell in ran.cells for part in _parts(cell)]
    private = {part.id for part in parts if isinstance(part, Exercise) and part.private}
    plan = compose({id: a for id, a in context.answers.items() if id not in private})
    here = {part.id for part in parts} & {e.answer.exercise for e in plan.entries.values()}
    if here and not any(isinstance(part, PlanPart) for part in parts):
        yield PageBreak()
        yield Heading("Mijn wijkplan tot nu toe", 2)
        yield from plan_blocks(plan, level=3)


def _is_for_home(cell: NotebookNode) -> bool:
    return cell.metadata.get("leefbaar", {}).get("part") == HOME


def _for_facilitator(ran: NotebookNode, context: Context) -> Iterator[Block]:
    """Note by note, with what people see and do below it; the forms are in their hands."""
    yield run_sheet(ran)
    title = _note_titles(ran)
    seen: list[Block] = []
    for cell in ran.cells:
        if "facilitator" in _tags(cell) or _is_for_home(cell):
            yield from _seen(seen)
            seen = []
        if "facilitator" in _tags(cell):
            yield Box(_note_title(cell, title), from_markdown(cell.source), kind="begeleider")
        elif cell.cell_type == "markdown" and not _is_for_home(cell):
            seen += from_markdown(cell.source)
        for part in _parts(cell):
            if not _is_for_home(cell):
                seen += part.brief(context)
    yield from _seen(seen)
    yield from _at_home(ran)


def _seen(blocks: Sequence[Block]) -> Iterator[Block]:
    if blocks:
        yield Box("Op het scherm en op het blad", tuple(blocks), kind="scherm")


def _at_home(ran: NotebookNode) -> Iterator[Block]:
    """Name what there is for at home: nobody leads that."""
    parts = [part for cell in ran.cells if _is_for_home(cell) for part in _parts(cell)]
    if parts:
        titles = Bullets(tuple(part.title for part in parts))
        yield Box("Voor thuis of op kantoor, alleen op het scherm", (titles,), kind="scherm")


def _note_titles(ran: NotebookNode) -> dict[str, str]:
    """Return the title of every note, by cell id: the step that follows it."""
    clocks = dict(timed_cells(ran.cells))
    titles, title = {}, ""
    for cell in reversed(ran.cells):
        if cell.id in clocks:
            title = _step_title(clocks[cell.id], cell.metadata["leefbaar"])
        titles[cell.id] = title
    return titles


def _note_title(cell: NotebookNode, titles: Mapping[str, str]) -> str:
    """Return the title of a note: that of its step, or its own after the time of its step."""
    own = cell.metadata.get("leefbaar", {}).get("note")
    step = titles[cell.id]
    return f"{step.partition(' · ')[0]} · {own}" if own else step


def _step_title(minute: int, about: Mapping) -> str:
    until = minute + about["minutes"]
    return f"{clock(minute)}–{clock(until)} · {about['aim']}"


def run_sheet(ran: NotebookNode) -> Table:
    """Return the programme of a meeting, computed from the minutes of its cells."""
    steps = {
        cell.id: (cell.metadata["leefbaar"], "optional" in _tags(cell))
        for cell in ran.cells
        if "leefbaar" in cell.metadata
    }
    rows = [(minute, *steps[id]) for id, minute in timed_cells(ran.cells)]
    return Table(
        ("Tijd", "Min.", "Wat", "Hoe", "Leg klaar"),
        tuple(
            (
                clock(minute),
                str(step["minutes"]),
                _aim(step, optional),
                f"{step['form']}; {step['carrier']}",
                join_words(step.get("material", [])),
            )
            for minute, step, optional in rows
        ),
        caption=f"Draaiboek: {sum(step['minutes'] for _, step, _ in rows)} minuten",
        align=("right", "right", "left", "left", "left"),
    )


def _aim(step: Mapping, optional: bool) -> Text:
    if not optional:
        return step["aim"]
    return (step["aim"], " ", Emphasis("(mag vervallen)"))


def _about_area(part: Part) -> bool:
    """Tell whether anything of a part is about the buurt chosen."""
    return part.kind in ("area", "estimate", "goal", "map", "picture") or (
        isinstance(part, Explore) and part.about_area and part.printed > 0
    )


def _meta(
    area: Area, reader: Reader, named: Sequence[str], about_area: bool
) -> tuple[tuple[str, str], ...]:
    data = _data(area, named)
    where = (_where(area, reader.code, data, named),) if about_area else ()
    about = (*where, *((("Gegevens", data),) if data else ()))
    made = ("Gemaakt op", format_date(date.today()))
    if reader.audience == "deelnemer":
        return (*about, made)
    left_out = (("Weggelaten", " ".join(area.notes)),) if area.notes else ()
    return (*about, *left_out, made, ("Versie", version("leefbaar-tools")))


def _where(area: Area, code: str, data: str, named: Sequence[str]) -> tuple[str, str]:
    """Say which place a sheet is about: the one chosen, the sample city, or both."""
    chosen = f"{area.name(code)} ({code})"
    if area.notice or INVENTED not in data:
        return "Gebied", chosen
    own = data.partition(INVENTED)[0] or any(line.startswith(OWN_FILE) for line in named)
    if own:
        return "Gebied", f"{chosen}, en waar dat erbij staat de voorbeeldstad"
    return "Gekozen", f"{chosen}. De figuren op dit blad gaan over de voorbeeldstad."


def _named(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the source under each figure, and each sentence that may name one."""
    for block in blocks:
        if isinstance(block, FigureBlock):
            yield block.source
        elif isinstance(block, Paragraph) and isinstance(block.text, str):
            yield block.text
        yield from _named(getattr(block, "blocks", ()))


def _data(area: Area, named: Sequence[str]) -> str:
    """Say which figures stand on a sheet: those of the own gemeente, and invented ones."""
    invented = [line for line in named if INVENTED in line]
    about = invented if area.notice else [line for line in named if line not in invented]
    found = []
    for source, years in _sources(area):
        title = f"{source.publisher}, {source.table}"
        if any(title in line for line in about):
            found.append(f"{title} {years_words(years)}")
    city = f"{INVENTED} (verzonnen stad)"
    if area.notice and found:
        return f"{city}, nagemaakt naar {'; '.join(found)}"
    return "; ".join([*found, *([city] if invented else [])])


def _sources(area: Area) -> list[tuple[Source, list[int]]]:
    """Return the sources of an area, each with the years of which it has figures."""
    years: dict[Source, set[int]] = {}
    for item in area.indicators.values():
        years.setdefault(item.source, set()).update(item.years)
    return [(source, sorted(known)) for source, known in years.items()]


# --- the exporters


class _Exporter(Exporter):
    """What both exporters share: they run the notebook themselves."""

    audience = Enum(AUDIENCES, "deelnemer", help="For whom the handout is.").tag(config=True)
    answers = Unicode("", help="Journal of one participant; empty for a blank sheet.").tag(
        config=True
    )
    area = Unicode("", help="Code of the buurt; empty for the one in the answers.").tag(config=True)
    folder = Unicode("", help="Working folder with imported figures; empty for none.").tag(
        config=True
    )
    export_from_notebook = "Leefbaar"
    writer: Callable[[Document], str | bytes]

    def from_notebook_node(self, nb, resources=None, **kw):
        """Run the notebook and return the handout."""
        ran, resources = super().from_notebook_node(nb, resources, **kw)
        name = resources.get("metadata", {}).get("name") or "notebook"
        ran = run(ran, name)
        atlas = Atlas.of(self.folder) if self.folder else Atlas()
        reader = reader_for(self.audience, self.answers or None, self.area or None, atlas)
        for problem in reader.problems:
            self.log.warning(problem)
        return self.writer(make_document(ran, reader, atlas)), resources


class LeefbaarHTML(_Exporter):
    """A handout as one HTML file that loads nothing."""

    output_mimetype = "text/html"
    writer = staticmethod(to_html)

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"


class LeefbaarPDF(_Exporter):
    """A handout as a tagged PDF for A4."""

    output_mimetype = "application/pdf"
    writer = staticmethod(to_pdf)

    @default("file_extension")
    def _file_extension_default(self):
        return ".pdf"


class _PlanExporter(Exporter):
    """The wijkplan alone; of the notebook nothing but the name of its file is used."""

    answers = Unicode("", help="Journal of one participant; empty for a blank booklet.").tag(
        config=True
    )
    plan = Enum(KINDS, help="Which sheet; the whole plan unless told otherwise.").tag(config=True)
    export_from_notebook = "Leefbaar: wijkplan"
    writer: Callable[[Document], str | bytes]

    @default("plan")
    def _plan_default(self):
        return "plan" if self.answers else "schrift"

    def from_notebook_node(self, nb, resources=None, **kw):
        """Return the plan; nothing is run."""
        _, resources = super().from_notebook_node(nb, resources, **kw)
        try:
            document, _ = plan_document(self.plan, self.answers or None)
        except PlanError as error:
            raise HandoutError(str(error)) from error
        return self.writer(document), resources


class LeefbaarPlanHTML(_PlanExporter):
    """The wijkplan as one HTML file that loads nothing."""

    output_mimetype = "text/html"
    writer = staticmethod(to_html)

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"


class LeefbaarPlanPDF(_PlanExporter):
    """The wijkplan as a tagged PDF."""

    output_mimetype = "application/pdf"
    writer = staticmethod(to_pdf)

    @default("file_extension")
    def _file_extension_default(self):
        return ".pdf"


# --- all at once


def reader_for(
    audience: str,
    journal: str | os.PathLike | None,
    wanted: str | None,
    atlas: Atlas | None = None,
) -> Reader:
    """Return the reader of a handout; the buurt comes from the answers unless it is given.

    Raises
    ------
    HandoutError
        When there is no such buurt, or the journal cannot be read or holds no answers.
    """
    atlas = atlas or Atlas()
    name, answers, problems = (None, None, ()) if journal is None else _read_journal(Path(journal))
    if wanted:
        return Reader(audience, _code(atlas, wanted), name, answers, problems)
    code = chosen_code(answers or {}, atlas)
    if not code and (lost := chosen_last(answers or {})):
        named = ChooseArea.named(lost) or lost["code"]
        problems = (
            *problems,
            f"Van “{named}” zijn hier geen cijfers. Het blad gaat over de voorbeeldstad. "
            f"{atlas.problem}".strip(),
        )
    return Reader(audience, code or DEFAULT_AREA, name, answers, problems)


def _code(atlas: Atlas, wanted: str) -> str:
    """Return the code of a buurt or wijk given by its code or by (part of) its names."""
    if atlas.area(wanted) is not None:
        return wanted
    found = atlas.find(wanted, sample=True)
    if len(found) == 1:
        return found[0].code
    named = [place for place in found if place.name.casefold() == wanted.strip().casefold()]
    if len(named) == 1:
        return named[0].code
    if not found:
        problem = f" {atlas.problem}" if atlas.problem else ""
        raise HandoutError(f"Een buurt of wijk “{wanted}” ken ik niet.{problem}")
    names = join_words([f"{place.words}, code {place.code}" for place in (named or found)[:8]])
    raise HandoutError(f"“{wanted}” kan er meer dan één zijn: {names}. Typ de code.")


def _read_journal(path: Path) -> tuple[str, Mapping[str, Answer], tuple[str, ...]]:
    if not path.is_file():
        raise HandoutError(f"Ik vind het bestand {path} niet. Kijk in de map antwoorden.")
    journal = Journal(path)
    answers = journal.all()
    if not answers:
        raise HandoutError(f"In {path.name} staan geen antwoorden die ik kan lezen.")
    return path.stem, answers, tuple(journal.problems)


def make_handouts(
    *,
    meetings: Sequence[Path] | None = None,
    audience: str = "deelnemer",
    answers: Path | None = None,
    areas: Sequence[str] = (),
    folder: Path | None = None,
    output: Path,
    progress: Callable[[str], None] = print,
) -> list[str]:
    """Make the HTML and PDF handouts of meetings, in one process.

    Parameters
    ----------
    meetings : sequence of Path, optional
        Notebooks; all when left out.
    audience : {"deelnemer", "begeleider"}
    answers : Path, optional
        Journal of one participant, for a personal handout.
    areas : sequence of str
        Codes or names; one sheet each.
    folder : Path, optional
        The working folder with what was imported; without it only the sample city is known.
    output : Path
        Folder, made when absent.
    progress : callable
        Gets a line per file.

    Returns
    -------
    list of str
        What failed, in Dutch; the others came out.

    Raises
    ------
    HandoutError
        When the journal or a code cannot be used.
    OSError
        When the folder cannot be written.
    """
    atlas = Atlas.of(folder) if folder else Atlas()
    readers = [reader_for(audience, answers, wanted, atlas) for wanted in (areas or [None])]
    output.mkdir(parents=True, exist_ok=True)
    for problem in readers[0].problems:
        progress(f"Let op: {problem}")
    failures = []
    for path in all_meetings() if meetings is None else meetings:
        progress(f"{path.stem}: uitvoeren…")
        try:
            ran = run(nbformat.read(path, as_version=4), path.stem)
            for reader in readers:
                document = make_document(ran, reader, atlas)
                stem = "-".join(filter(None, [path.stem, _suffix(reader, bool(areas))]))
                for target, content in (
                    (output / f"{stem}.html", to_html(document).encode()),
                    (output / f"{stem}.pdf", to_pdf(document)),
                ):
                    target.write_bytes(content)
                    progress(f"{path.stem}: {target}")
        except HandoutError as error:
            failures.append(f"Geen blad gemaakt. {error}")
        except ValueError as error:  # a text that cannot stand on paper, such as raw HTML
            failures.append(f"Geen blad gemaakt. {path.stem}: {error}")
    return failures


def _suffix(reader: Reader, with_area: bool) -> str:
    parts = [reader.name or reader.audience, reader.code if with_area else ""]
    return "-".join(filter(None, parts))
