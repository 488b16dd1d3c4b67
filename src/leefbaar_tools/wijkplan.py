"""The sheets of a wijkplan: the whole plan, one page for the team leader, a card, a booklet.

What stands in a plan is composed in ``exercises.plan_part``, because a page shows it as well.
This part is called ``wijkplan``, not ``plan``: a notebook calls ``lt.plan``, and a module of
that name would take its place.
"""

import ast
import json
import os
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from .answers import KERNVELDEN, Answer, Journal
from .dutch import format_date, join_words
from .exercises import page
from .exercises.parts import Exercise
from .exercises.plan_part import (
    MEETING_OF,
    OPEN,
    SECTIONS,
    WHO_WHAT_WHEN,
    Entry,
    Wijkplan,
    compose,
    plan_blocks,
)
from .paper import (
    Block,
    Box,
    Bullets,
    Document,
    Emphasis,
    Heading,
    PageBreak,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
    WriteLines,
    page_count,
    to_html,
    to_pdf,
)
from .resources import meetings

PLAN, MANAGER, CARD, BOOKLET = KINDS = ("plan", "teamleider", "zakkaart", "schrift")
SHORTER = "Sommige antwoorden zijn hier korter, zodat alles past. In mijn hele plan staat alles."

# What the team leader reads, in order; never the leerpunt. The sentence of the corporation
# comes before it, what is asked of the team leader after it. A field of its own row stands
# not in the row of its kernveld, and has a row only when it was filled in.
_ROWS = (
    ("plek", "Waar", ""),
    ("doel", "Mijn doel", ""),
    ("doel", "Mijn zorg nu", "zorg"),
    ("straatteller", "Ik tel zelf", ""),
    ("kompascijfer", "Kompascijfer", ""),
    ("aanpak", "Aanpak", ""),
    ("eerste_stap", "Eerste stap", ""),
    ("grenzen", "Wat ik mag", ""),
    ("grenzen", "Niet aan mij", "niet"),
    ("effect", "Effect", ""),
    ("meetplan", "Zo kijk ik", ""),
    ("terugvertellen", "Bewoners", ""),
    ("partners", "Met wie", ""),
    ("partners", "Ben ik ziek", "ziek"),
    ("stoppen", "Niet meer", ""),
    ("acties", "Acties", ""),
)
_APART = {kernveld: key for kernveld, _, key in _ROWS if key}
# Letters a kernveld and width of the dots in mm, each step smaller than the one before it;
# the last one always fits: the dots stand in the whole plan.
_DOTS_HEIGHT = 62
_PAGE_STEPS = (
    *((4000, width) for width in (125, 110, 95)),
    *((most, 95) for most in (*range(800, 300, -20), *range(300, 50, -5))),
    *((50, 80), (40, 0)),
)
_CARD_STEPS = tuple((most, 0) for most in (*range(400, 100, -10), *range(100, 35, -5)))


class PlanError(Exception):
    """A plan cannot be made; the message is Dutch."""


# --- whose plan


def read_journal(path: str | os.PathLike[str]) -> tuple[str, dict[str, Answer], list[str]]:
    """Return the name, the newest answers and, in Dutch, what could not be read.

    A journal may come from another computer. Damaged lines, lines of a newer version and
    answers to a kernveld that is gone cost nothing else.

    Raises
    ------
    PlanError
        When there is no such file, or it cannot be opened.
    """
    path = Path(path).expanduser()
    try:
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise PlanError(f"Ik vind het bestand {path} niet. Kijk in de map antwoorden.") from None
    except OSError:
        raise PlanError(f"Ik kan het bestand {path} niet openen.") from None
    journal = Journal(path)
    answers = journal.all()
    problems = [*journal.problems, *compose(answers).problems]
    return path.stem, answers, problems


# --- the sheets


def plan_document(kind: str, journal: str | os.PathLike[str] | None) -> tuple[Document, list[str]]:
    """Return one sheet of the plan in a journal, and in Dutch what could not be read.

    Parameters
    ----------
    kind : {"plan", "teamleider", "zakkaart", "schrift"}
    journal : path or None
        None gives the blank booklet, and only that.

    Raises
    ------
    PlanError
        When the journal cannot be used, or is needed.
    """
    if journal is None:
        if kind != BOOKLET:
            raise PlanError(
                "Van wie is het plan? Typ achter de opdracht het bestand met de antwoorden. "
                "Een leeg schrift maak je met: leefbaar plan --kind schrift"
            )
        return booklet(), []
    name, answers, problems = read_journal(journal)
    plan = compose(answers)
    if kind == BOOKLET:
        return replace(booklet(), name=name), []
    if kind == PLAN:
        return whole_plan(plan, name, problems), problems
    return {MANAGER: managers_page, CARD: pocket_card}[kind](plan), problems


def whole_plan(plan: Wijkplan, name: str | None, problems: Sequence[str] = ()) -> Document:
    """Return everything in the kernvelden, with room to write what is open."""
    told = tuple(("Let op", problem) for problem in problems)
    return Document(
        title="Mijn wijkplan",
        subtitle=f"Zo staat het er op {format_date(date.today())}",
        name=name,
        blocks=(*_still_open(plan), *plan_blocks(plan)),
        meta=told,
    )


def _still_open(plan: Wijkplan) -> tuple[Block, ...]:
    """Name what is missing, kindly and in one sentence a reason."""
    missing = [kernveld for kernveld in KERNVELDEN if kernveld not in plan.entries]
    if not missing:
        return ()
    now = [KERNVELDEN[k] for k in missing if MEETING_OF[k] <= plan.reached]
    later = sorted({MEETING_OF[k] for k in missing if MEETING_OF[k] > plan.reached})
    said = [f"Nog open: {'; '.join(now)}."] if now else []
    if later:
        numbers = join_words([str(number) for number in later])
        said.append(f"Je plan groeit nog, in bijeenkomst {numbers}.")
    return (Paragraph(" ".join([*said, "Je kunt alles er met de pen bij schrijven."])),)


def managers_page(plan: Wijkplan) -> Document:
    """Return the plan on one A4 for the team leader, however long the answers are.

    It holds nothing but kernvelden and the own dots. The schuilnaam is not on it either: who
    knows it would know whose answers stand under it elsewhere.
    """
    return _fitted(plan, _managers_page, _PAGE_STEPS)


def pocket_card(plan: Wijkplan) -> Document:
    """Return the card for in the pocket: four the same on an A4, to cut."""
    return _fitted(plan, _pocket_card, _CARD_STEPS)


def _fitted(
    plan: Wijkplan,
    make: Callable[[Wijkplan, "_Scissors", float], Document],
    steps: Sequence[tuple[int, float]],
) -> Document:
    """Return the fullest of the steps that is one page."""

    def made(step: tuple[float, float]) -> Document:
        most, width = step
        return make(plan, _Scissors(most), width)

    def fits(step: tuple[float, float]) -> bool:
        return page_count(to_pdf(made(step))) == 1

    return made(steps[bisect_left(steps[:-1], True, key=fits)])


@dataclass
class _Scissors:
    """Makes texts shorter with care, and remembers whether anything was left out."""

    most: int
    used: bool = False

    def cut(self, text: str, most: int | None = None) -> str:
        """Return a text on one line, ending at a sentence or a word."""
        most = self.most if most is None else most
        flat = _flat(text)
        if len(flat) <= most:
            return flat
        self.used = True
        short = flat[:most]
        sentence = max(short.rfind(sign) for sign in (". ", "! ", "? ", "; "))
        word = short.rfind(" ")
        if sentence > most * 0.6:
            short = short[: sentence + 1]
        elif word > most * 0.5:
            short = short[:word]
        return short.rstrip(" ,;:") + "\u00a0…"

    def said(self, plan: Wijkplan, kernveld: str, key: str = "") -> str:
        """Return what was said for a kernveld, without the questions: a title tells them.

        Parameters
        ----------
        plan : Wijkplan
        kernveld : str
        key : str
            Only this field; without it all but those that have a row of their own.
        """
        entry = plan.entries.get(kernveld)
        if entry is None:
            return ""
        if entry.answer.kind == "goal" and entry.get("wat"):
            return self.cut(_counted(entry))
        apart = _APART.get(kernveld)
        pairs = [p for p in entry.pairs if (p.key == key if key else p.key != apart)]
        # What is asked of the team leader is told longer than the rest.
        most = 2 * self.most if kernveld == "uren" else self.most
        return self.cut("\n".join(pair.brief for pair in pairs), most)

    @property
    def note(self) -> tuple[tuple[str, str], ...]:
        """Say on the sheet that it is shorter."""
        return (("Ingekort", SHORTER),) if self.used else ()


def _flat(text: str) -> str:
    # A space that keeps two words together stays.
    lines = [re.sub(r"[^\S\u00a0]+", " ", line).strip() for line in text.splitlines()]
    flat = ""
    for line in filter(None, lines):
        joint = "" if not flat else " " if flat[-1] in ".,!?:;…" else "; "
        flat += joint + line
    return flat


def _counted(entry: Entry) -> str:
    """Say what is counted, how it is now and where it is to go, in one sentence."""
    target = [
        f"{before}\u00a0{said}"
        for before, key in (("nu", "nu"), ("straks", "streef"), ("in", "jaar"))
        if (said := entry.get(key))
    ]
    what = entry.get("wat")
    return f"{what}{'' if what[-1] in '.!?' else '.'} {', '.join(target).capitalize()}".strip()


def _open(plan: Wijkplan, kernveld: str) -> Text:
    later = MEETING_OF[kernveld] > plan.reached
    return Emphasis(f"komt in bijeenkomst {MEETING_OF[kernveld]}" if later else OPEN)


def _managers_page(plan: Wijkplan, scissors: _Scissors, width: float) -> Document:
    rows = []
    for kernveld, label, key in _ROWS:
        said = scissors.said(plan, kernveld, key)
        if kernveld == "plek" and plan.buurt:
            said = "; ".join(filter(None, (said, scissors.cut(plan.buurt, 80))))
        if said or not key:
            rows.append((Strong(label), said or _open(plan, kernveld)))
    dots = plan.dots(_DOTS_HEIGHT)
    scissors.used |= bool(dots) and not width
    return Document(
        title="Mijn plan op één bladzijde",
        subtitle="Voor mijn teamleider. Van: ……………………………………",
        layout="page",
        blocks=(
            _sentence(plan, scissors),
            Table(("Onderdeel", "Mijn plan"), tuple(rows)),
            *((_small(dots, scissors, width),) if dots and width else ()),
            _asked(plan, scissors),
        ),
        meta=(*scissors.note, ("Gemaakt op", format_date(date.today()))),
    )


def _small(dots, scissors: _Scissors, width: float):
    """Return the dots as wide as there is room for."""
    return replace(dots, width_mm=width, title=scissors.cut(dots.title, 80))


def _sentence(plan: Wijkplan, scissors: _Scissors) -> Block:
    """Begin with the sentence of the own corporation, and answer it."""
    entry = plan.entries.get("zin")
    if entry is None:
        return Box("Dit staat in ons eigen plan", (Paragraph("………………………………………………………"),), "bron")
    first, *others = entry.pairs
    answered = [
        Paragraph((Strong("In mijn straat: "), scissors.cut(pair.words))) for pair in others[:2]
    ]
    scissors.used |= len(others) > 2
    quoted = Quote((Paragraph(f"“{scissors.cut(first.words)}”"),))
    return Box("Dit staat in ons eigen plan", (quoted, *answered), "bron")


def _asked(plan: Wijkplan, scissors: _Scissors) -> Block:
    """End with what is asked of the team leader: hours, and a promise."""
    hours = scissors.said(plan, "uren") or _open(plan, "uren")
    promised = scissors.said(plan, "toezegging")
    return Box(
        "Dit vraag ik van jou",
        (
            Paragraph((Strong("Uren en middelen: "), hours)),
            Paragraph((Strong("Toegezegd: "), promised or "……………………………………………")),
            Paragraph("Wanneer spreken we elkaar hierover? ……………………………"),
        ),
    )


def _pocket_card(plan: Wijkplan, scissors: _Scissors, width: float) -> Document:
    blocks: list[Block] = []
    for title, kernveld, key, lines in (
        ("Mijn doel", "doel", "", 2),
        ("Dit tel ik", "straatteller", "", 1),
        ("Mijn eerste stap", "eerste_stap", "", 1),
        ("Ik bel", "partners", "", 1),
        ("Ben ik ziek", "partners", "ziek", 0),
    ):
        said = scissors.said(plan, kernveld, key)
        if said:
            blocks.append(Paragraph((Strong(title), "\n", said)))
        elif lines:
            blocks.append(WriteLines(title, lines))
    blocks.append(Paragraph((Strong("Telefoon "), "…………………………………")))
    if scissors.used:
        blocks.append(Paragraph(Emphasis("Ingekort. Alles staat in mijn plan.")))
    return Document(title="Mijn plan in het kort", layout="cards", blocks=tuple(blocks))


# --- the booklet for who writes


def booklet() -> Document:
    """Return the blank booklet: every kernveld of all meetings with its question and lines.

    The questions are those of the notebooks; they are read, not run.
    """
    asked: dict[int, list[Exercise]] = {}
    titles: dict[int, str] = {}
    for path in meetings():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        number = int(path.name[0])
        titles[number] = notebook["metadata"].get("leefbaar", {}).get("title", "")
        asked[number] = list(_asking(notebook))
    blocks: list[Block] = [
        Paragraph(
            "Dit schrift is van jou. Vul na elke bijeenkomst je stukje in. "
            "Na vier keer is het je wijkplan."
        ),
        Bullets(tuple(title for title, _ in SECTIONS)),
    ]
    for number in sorted({*asked, *MEETING_OF.values()} - {0}):
        title = f"Bijeenkomst {number}" + (f": {titles[number]}" if titles.get(number) else "")
        blocks += [PageBreak(), Heading(title, 2), *_pages_of(number, asked.get(number, []))]
    blocks += [PageBreak(), Heading("Afspraken", 2)]
    blocks.append(
        Table(
            WHO_WHAT_WHEN,
            (("", "", ""),) * 10,
            caption="Per actie: wie doet wat, en wanneer?",
            row_height_mm=17,
            widths=(3, 6, 3),
        )
    )
    return Document(title="Mijn wijkplan", subtitle="Schrift", blocks=tuple(blocks))


def _pages_of(number: int, parts: Sequence[Exercise]) -> Iterator[Block]:
    """Return the forms of one meeting; a kernveld that no exercise asks gets lines as well."""
    fed = {kernveld for part in parts for kernveld in _feeds(part)}
    for part in parts:
        yield from part.paper(None)
    for kernveld, title in KERNVELDEN.items():
        if MEETING_OF[kernveld] in (0, number) and kernveld not in fed:
            yield WriteLines(title, 3)
    if "straatteller" in fed:
        from . import figures

        yield PageBreak()
        yield Heading("Mijn stippen", 3)
        yield Paragraph("Zet voor elke telling een stip. Schrijf de dag eronder.")
        for title in ("De eerste twaalf keer", "De volgende twaalf keer"):
            yield figures.blank_dots(12, title).block()


def _feeds(part: Exercise) -> set[str]:
    return {part.plan, *part.plans().values()} - {None}


def _asking(notebook: Mapping[str, Any]) -> Iterator[Exercise]:
    """Return the exercises of a notebook that feed a kernveld.

    A cell is one call with literal arguments, so it can be read without running it.
    """
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or "plan" not in source:
            continue
        call = ast.parse(source).body[0]
        if not (isinstance(call, ast.Expr) and isinstance(call.value, ast.Call)):
            continue
        words = {word.arg: ast.literal_eval(word.value) for word in call.value.keywords}
        make = getattr(page, call.value.func.attr)
        part = make.__wrapped__(cell["id"], **words)
        if isinstance(part, Exercise) and not part.private and _feeds(part):
            yield part


# --- files


def make_plans(
    journals: Sequence[str | os.PathLike[str]],
    *,
    kind: str = PLAN,
    output: Path,
    progress: Callable[[str], None] = print,
) -> list[str]:
    """Write one sheet of each journal, as HTML and PDF.

    Parameters
    ----------
    journals : sequence of path
        None at all gives the blank booklet.
    kind : {"plan", "teamleider", "zakkaart", "schrift"}
    output : Path
        Folder, made when absent.
    progress : callable
        Gets a line per file, and what could not be read.

    Returns
    -------
    list of str
        What failed, in Dutch; the others came out.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    failures = []
    for journal in journals or [None]:
        try:
            document, problems = plan_document(kind, journal)
        except PlanError as error:
            failures.append(str(error))
            continue
        for problem in problems:
            progress(f"Let op: {problem}")
        output.mkdir(parents=True, exist_ok=True)
        stem = f"wijkplan-{kind}" if journal is None else f"{Path(journal).stem}-{_FILE[kind]}"
        for target, content in (
            (output / f"{stem}.html", to_html(document).encode()),
            (output / f"{stem}.pdf", to_pdf(document)),
        ):
            target.write_bytes(content)
            progress(f"Gemaakt: {target}")
    return failures


_FILE = {PLAN: "wijkplan", MANAGER: "teamleider", CARD: "zakkaart", BOOKLET: "schrift"}
