"""The wijkplan of one participant, composed from the kernvelden in the journal.

An answer feeds a kernveld by the `plan` in its line, or by the `plan` of one field in its
question as asked. The newest answer that says something counts, in the order of the file.
The sheets made of it (one page, pocket card, booklet) stand in ``leefbaar_tools.wijkplan``,
below this part: what is here shows itself on a page as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ..answers import KERNVELDEN, Answer
from ..paper import (
    Block,
    FigureBlock,
    Heading,
    Paragraph,
    Quote,
    Said,
    Strong,
    Table,
    Text,
    Together,
    WriteLines,
)
from ..paper.tree import MAX_COLUMNS
from .allocate import AMOUNT
from .goals import DOTS_HEIGHT, DOTS_ON_PAPER, Teller
from .kinds import ChooseArea
from .network import ALONE
from .parts import Context, Part, chosen_last, in_brief
from .recall import said

if TYPE_CHECKING:
    from .session import Session

# In which meeting a kernveld is filled; 0: at the end of every meeting.
MEETING_OF = {
    **dict.fromkeys(("zin", "plek", "doel", "kompascijfer", "straatteller"), 1),
    **dict.fromkeys(("aanpak", "eerste_stap", "grenzen"), 2),
    **dict.fromkeys(("effect", "meetplan", "terugvertellen"), 3),
    **dict.fromkeys(("partners", "uren", "stoppen", "acties", "toezegging"), 4),
    "leerpunt": 0,
}
# The order of the plan: a title, and the kernvelden under it.
SECTIONS = (
    ("Van zin naar straat", ("zin", "plek")),
    ("Mijn doel en waaraan ik het zie", ("doel", "kompascijfer", "straatteller")),
    ("Zo pak ik het aan", ("aanpak", "eerste_stap", "grenzen")),
    ("Wat ik verwacht, en hoe ik kijk", ("effect", "meetplan")),
    ("Met wie, hoeveel uur, wat ik niet meer doe", ("partners", "uren", "stoppen")),
    (KERNVELDEN["terugvertellen"], ("terugvertellen",)),
    ("Afspraken", ("acties", "toezegging")),
    (KERNVELDEN["leerpunt"], ("leerpunt",)),
)
WHO_WHAT_WHEN = ("Wie", "Wat", "Wanneer")
OPEN = "nog open"
# What somebody who writes takes along, on one page.
ON_ONE_PAGE = (
    *("zin", "plek", "doel", "straatteller", "eerste_stap", "effect"),
    *("partners", "uren", "stoppen", "toezegging"),
)
_ROOM_MM = 18  # of a row of that page

_SHORT = 20  # letters: shorter answers stand beside their question
_CELL = 200  # letters: a table with longer cells is told line by line
_WHO, _WHEN = ("wie",), ("wanneer", "datum", "dag")


@dataclass(frozen=True)
class Pair:
    """One question with what was said to it.

    Attributes
    ----------
    key : str
        Its field.
    label, words : str
        The question, and the answer in words.
    rows : tuple of mapping of str to str
        The cells of a table in words, by the key of their column.
    columns : mapping of str to str
        The headings of that table.
    """

    key: str
    label: str
    words: str
    rows: tuple[Mapping[str, str], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> tuple:
        """The question and the answer beside it."""
        ends = self.label.endswith(("?", ":", "…"))
        asked = f"{self.label}{'' if ends else ':'} " if self.label else ""
        return (asked, Strong(self.words))

    @property
    def brief(self) -> str:
        """The answer on one line: of a network who is in it, of a table each cell as it is asked.

        "Als ik vaker buiten ben, dan groeten mensen"; of what was divided the sum first, "15
        fiches: 12 rondje; 3 overleg"; of who does what "Containers tellen (ik, maandag)".
        """
        names = [row["wie"] for row in self.rows if row.get("wie") and "wat" not in row]
        if names:
            return "; ".join(names)
        if not self.rows:
            return self.words
        return self._divided() or "; ".join(filter(None, map(self._row, self.rows)))

    def _divided(self) -> str:
        """Say a column of numbers, the sum first: no part of it may be read as the whole."""
        parts = [(row.get("rij"), row.get(AMOUNT, "")) for row in self.rows]
        if set(self.columns) != {"rij", AMOUNT} or not all(n.isdecimal() for _, n in parts):
            return ""
        total = sum(int(number) for _, number in parts)
        said = "; ".join(f"{int(number)} {_inside(name)}" for name, number in parts)
        return f"{total} {self.columns[AMOUNT]}: {said}"

    def _row(self, row: Mapping[str, str]) -> str:
        if row.get("wie") and row.get("wat"):
            when = next((row[key] for key in _WHEN if row.get(key)), "")
            beside = ", ".join(filter(None, (row["wie"], when)))
            more = [f"{_asked(self.columns[key], key)}: {row[key]}" for key in _beyond(row)]
            return f"{row['wat']} ({'; '.join([beside, *more])})"
        headed = [(_asked(self.columns[key]), row.get(key)) for key in self.columns if key != "rij"]
        if len(headed) == 1:
            cells = [f"{words} {heading}".strip() for heading, words in headed if words]
        else:
            cells = [f"{heading} {words}".strip() for heading, words in headed if words]
        name = f"{row['rij']}: " if row.get("rij") else ""
        return name + ", ".join(cells)


@dataclass(frozen=True)
class Entry:
    """What was said for one kernveld, from the line in the journal that counts."""

    answer: Answer
    pairs: tuple[Pair, ...]

    def get(self, key: str) -> str:
        """Return what was said in one field, or nothing."""
        return next((pair.words for pair in self.pairs if pair.key == key), "")

    def rows(self) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """Return the rows of a table that was filled in, or all fields as one row.

        Of a row that says what, it comes with what is asked beside who, what and when, by
        its question.
        """
        single = {pair.key: pair.words for pair in self.pairs if not pair.rows}
        for pair in self.pairs:
            for cells in pair.rows:
                row = dict(cells)
                more = _beyond(row) if row.get("wat") else ()
                yield row, {pair.columns[key]: row.pop(key) for key in more}
        if single:
            yield single, {}


class Appointment(NamedTuple):
    """Who does what and when, and what was asked besides, by its question."""

    who: str
    what: str
    when: str
    more: Mapping[str, str]


@dataclass(frozen=True)
class Wijkplan:
    """What one participant put in the kernvelden.

    Attributes
    ----------
    entries : mapping of str to Entry
        By kernveld; what is not there is open.
    strays : mapping of str to Entry
        By exercise: answers to a kernveld that does not exist (any more).
    answers : mapping of str to Answer
        The journal itself, for the dots.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    strays: Mapping[str, Entry] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        """The last meeting of which something is filled in; 0 for none."""
        return max((MEETING_OF[kernveld] for kernveld in self.entries), default=0)

    @property
    def problems(self) -> list[str]:
        """What does not fit in a plan any more, in Dutch."""
        return [
            f"“{entry.answer.exercise}” hoort bij een deel van het plan dat er niet meer is. "
            "Wat je daar schreef, staat onderaan je plan."
            for entry in self.strays.values()
        ]

    def when(self, kernveld: str) -> str:
        """Say kindly when an open kernveld is filled in."""
        meeting = MEETING_OF[kernveld]
        if not meeting:
            return "Nog open. Hier kom je elke bijeenkomst aan het eind op terug."
        if meeting > self.reached:
            return f"Dit komt in bijeenkomst {meeting}."
        return f"Nog open, uit bijeenkomst {meeting}. Schrijf het er gerust bij."

    @property
    def buurt(self) -> str:
        """The buurt that was chosen last, by the name kept with it; no invented one."""
        from ..atlas import DEFAULT_AREA

        chosen = chosen_last(self.answers)
        invented = chosen.get("code", "")[2:6] == DEFAULT_AREA[2:6]
        return "" if invented else ChooseArea.named(chosen) or ""

    def dots(self, height: float = DOTS_HEIGHT) -> FigureBlock | None:
        """Return the own counts of all meetings as one picture, with the target of the goal."""
        counted = [answer for answer in self.answers.values() if answer.kind == Teller.kind]
        if not counted:
            return None
        *earlier, last = counted
        goal = self.entries.get("straatteller")
        teller = Teller(
            id=last.exercise,
            title="",
            question="",
            of=goal.answer.exercise if goal else "",
            continues=tuple(answer.exercise for answer in earlier),
        )
        value = last.value if isinstance(last.value, Mapping) else {}
        figure = teller.figure(value, Context(None, "", self.answers), height=height)
        if figure is None:
            return None
        block = figure.block()
        return replace(block, title=block.title.replace("Jouw", "Mijn", 1))

    def appointments(self) -> list[Appointment]:
        """Return who does what and when, if both were said; what one does oneself always.

        What was promised is told in its own words, so not here as well.
        """
        rows = []
        for kernveld, entry in self.entries.items():
            if kernveld == "toezegging":
                continue
            mine = "Ik" if kernveld in ("eerste_stap", "acties") else ""
            for row, more in entry.rows():
                who, when = _take(row, _WHO), _take(row, _WHEN)
                if mine or (who and when):
                    what = "; ".join(row.values())
                    rows.append((kernveld, Appointment(who or mine, what, when, more)))
        order = list(KERNVELDEN)
        return [row for _, row in sorted(rows, key=lambda found: order.index(found[0]))]


def compose(answers: Mapping[str, Answer]) -> Wijkplan:
    """Gather the plan from the newest answer per exercise, in the order of the file.

    Whatever a line in a journal holds, this never raises.
    """
    entries: dict[str, Entry] = {}
    strays: dict[str, Entry] = {}
    for answer in answers.values():
        for kernveld, pairs in _fed(answer).items():
            if kernveld in KERNVELDEN:
                entries[kernveld] = Entry(answer, pairs)
            else:
                strays[answer.exercise] = Entry(answer, pairs)
    return Wijkplan(entries, strays, answers)


def _fed(answer: Answer) -> dict[str, tuple[Pair, ...]]:
    """Return, per kernveld that an answer feeds, what was said; nothing said feeds nothing."""
    prompt = answer.prompt if isinstance(answer.prompt, Mapping) else {}
    fields = prompt.get("fields")
    fed: dict[str, list[Pair]] = {}
    for key, asked in fields.items() if isinstance(fields, Mapping) else ():
        own = asked.get("plan") if isinstance(asked, Mapping) else None
        kernveld = own if own and isinstance(own, str) else answer.plan
        if not kernveld:
            continue
        one = replace(answer, prompt={**prompt, "fields": {key: asked}})
        value = answer.value.get(key) if isinstance(answer.value, Mapping) else None
        table = _table(value, asked)
        fed.setdefault(kernveld, []).extend(
            Pair(str(key), label, words, *table) for label, words in said(one)
        )
    return {kernveld: tuple(pairs) for kernveld, pairs in fed.items() if pairs}


def _table(value: Any, asked: Any) -> tuple[tuple[dict[str, str], ...], dict[str, str]]:
    """Return the rows of a kept table in words, and its headings; nothing for what is none."""
    named = asked.get("columns") if isinstance(asked, Mapping) else None
    if not isinstance(named, Mapping) or not isinstance(value, list | tuple):
        return (), {}
    columns = {"rij": "Onderdeel"} | {str(key): str(label) for key, label in named.items()}
    rows = [
        {key: _words(row.get(key)) for key in columns} for row in value if isinstance(row, Mapping)
    ]
    filled = tuple(row for row in rows if any(words for key, words in row.items() if key != "rij"))
    if not any(row["rij"] for row in filled):
        del columns["rij"]
    return filled, columns


def _beyond(row: Mapping[str, str]) -> list[str]:
    """Return the filled columns of a row that say neither who, what nor when."""
    known = {"rij", "wat", *_WHO, *_WHEN}
    return [key for key, words in row.items() if words and key not in known]


def _asked(heading: str, instead: str = "") -> str:
    """Return the heading of a column to put before a cell; of a question the answer is enough."""
    return instead if heading.endswith("?") else heading.strip(" .…:")


def _inside(name: str) -> str:
    """Return a name to stand within a sentence."""
    small = name if name[1:2].isupper() else name[:1].lower() + name[1:]
    return small.replace(": ", ", ")


def _words(cell: Any) -> str:
    """Say one cell the way `recall.said` says it."""
    question = {"fields": {"cel": {"label": ""}}}
    told = said(Answer("", "", question, None, {"cel": [{"": cell}]}, ""))
    return told[0][1] if told else ""


def _take(row: dict[str, str], names: Sequence[str]) -> str:
    """Take out of a row what stands under one of these names; empty cells go as well."""
    for key in [key for key, words in row.items() if not words]:
        del row[key]
    return next((row.pop(name) for name in names if name in row), "")


# --- as blocks


def plan_blocks(plan: Wijkplan, *, level: int = 2, room: bool = True) -> tuple[Block, ...]:
    """Return the whole plan, section by section.

    Parameters
    ----------
    plan : Wijkplan
    level : int
        Level of the headings of the sections.
    room : bool
        Whether there is room to write what is open, as on paper.
    """
    blocks: list[Block] = []
    for title, kernvelden in SECTIONS:
        shown = [k for k in kernvelden if not _in_appointments(plan, k, room)]
        # A section that is one kernveld bears its title: twice the same above one answer.
        below = 0 if title in KERNVELDEN.values() else level + 1
        parts = [block for k in shown for block in _kernveld(plan, k, below, room)]
        if "straatteller" in kernvelden:
            dots = plan.dots(DOTS_ON_PAPER if room else DOTS_HEIGHT)
            parts += [dots] if dots else []
        if title == "Afspraken":
            parts = [*_appointments(plan, room), *parts]
        blocks += [Heading(title, level), *parts]
    if plan.strays:
        blocks.append(Heading("Verder schreef je", level))
        blocks += [Together(_told(entry.pairs)) for entry in plan.strays.values()]
    return tuple(blocks)


def _in_appointments(plan: Wijkplan, kernveld: str, room: bool) -> bool:
    """Tell whether the table of appointments says it, or has the room to write it."""
    return kernveld == "acties" and (room or kernveld in plan.entries)


def _kernveld(plan: Wijkplan, kernveld: str, level: int, room: bool) -> tuple[Block, ...]:
    """Return what was said for a kernveld, or that it is open; at level 0 without its title."""
    title = KERNVELDEN[kernveld]
    entry = plan.entries.get(kernveld)
    chosen = plan.buurt if kernveld == "plek" else ""
    beside = (Paragraph(("Gekozen buurt: ", Strong(chosen))),) if chosen else ()
    if entry:
        only = entry.pairs[0] if len(entry.pairs) == 1 else None
        # The title says already what was asked.
        told = (_as_table(only, "") or _quoted(only),) if only else _told(entry.pairs)
        blocks = (*((Heading(title, level),) if level else ()), *told, *beside)
        # A table may run on: its rows stay whole, and its header comes along.
        return blocks if any(isinstance(one, Table) for one in told) else (Together(blocks),)
    if room:
        label, hint = (title, plan.when(kernveld)) if level else (plan.when(kernveld), "")
        return (WriteLines(label, 2, hint), *beside)
    named = (Strong(f"{title}: "),) if level else ()
    return (Paragraph((*named, plan.when(kernveld))), *beside)


def _told(pairs: Sequence[Pair]) -> tuple[Block, ...]:
    """Return long answers under their question, short ones beside it."""
    blocks: list[Block] = []
    beside: list[Text] = []
    for pair in pairs:
        if len(pairs) > 1 and len(pair.words) <= _SHORT and "\n" not in pair.words:
            beside.append(pair.line)
            continue
        if beside:
            blocks.append(_lines(beside))
            beside = []
        blocks.append(_as_table(pair, pair.label) or Said(pair.label, pair.words))
    return (*blocks, *((_lines(beside),) if beside else ()))


def _quoted(pair: Pair) -> Quote:
    return Quote((Paragraph(pair.words),))


def _as_table(pair: Pair, caption: str) -> Table | None:
    """Return the answer as a table, when it is one that fits on a page."""
    longest = max((len(words) for row in pair.rows for words in row.values()), default=0)
    if not pair.rows or len(pair.columns) > MAX_COLUMNS or longest > _CELL:
        return None
    rows = tuple(tuple(_cell(row, key) for key in pair.columns) for row in pair.rows)
    return Table(tuple(pair.columns.values()), rows, caption)


def _cell(row: Mapping[str, str], key: str) -> str:
    """Return a cell in words; of a tie that hangs on one person the heading says it all."""
    words = row.get(key, "")
    return "ja" if words and key == ALONE else words


def _lines(texts: Sequence[Text]) -> Paragraph:
    return Paragraph(tuple(part for n, text in enumerate(texts) for part in ("\n" * (n > 0), text)))


def _appointments(plan: Wijkplan, room: bool) -> tuple[Block, ...]:
    made = plan.appointments()
    more = "Nog meer afspraken?" if "acties" in plan.entries else KERNVELDEN["acties"]
    blank = Table(
        WHO_WHAT_WHEN,
        (("", "", ""),) * 3,
        caption=more,
        row_height_mm=11,
        widths=(3, 6, 3),
    )
    filled = (_appointed(made),) if made else ()
    return (*filled, *((blank,) if room else ()))


def _appointed(made: Sequence[Appointment]) -> Table:
    """Return who does what and when, with a column for what was asked besides."""
    questions = list(dict.fromkeys(question for one in made for question in one.more))
    one = len(questions) == 1
    header = (*WHO_WHAT_WHEN, *((questions[0] if one else "Verder",) if questions else ()))
    rows = []
    for who, what, when, more in made:
        said = [answer if one else f"{question} {answer}" for question, answer in more.items()]
        cells = (who or OPEN, what or OPEN, when or OPEN, "\n".join(said))
        rows.append(cells[: len(header)])
    return Table(header, tuple(rows))


# --- on a page


@dataclass(frozen=True, kw_only=True)
class PlanPart(Part):
    """The plan so far, of whoever is answering; it follows every answer that is kept.

    Parameters
    ----------
    title : str
    help : str
        One or two sentences under the title.
    """

    kind: ClassVar[str] = "plan"
    title: str
    help: str = ""

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Return the plan, or one page on which it is written."""
        plan = compose(context.answers if context else {})
        if plan.entries:
            return (*self._heading(), *plan_blocks(plan, level=3))
        rows = tuple((Strong(KERNVELDEN[kernveld]), "") for kernveld in ON_ONE_PAGE)
        page = Table(("Onderdeel", "Mijn plan"), rows, row_height_mm=_ROOM_MM, widths=(3, 9))
        heading = Heading("Mijn plan op één bladzijde", 3)
        return (Together((heading, *self._heading()[1:], page)),)

    def seen(self, context: Context) -> tuple[Block, ...]:
        """Return what stands on the screen: the plan, and what is still open."""
        plan = compose(context.answers)
        told = tuple(Paragraph(problem) for problem in plan.problems)
        return (*self._heading(), *told, *plan_blocks(plan, level=4, room=False))

    def brief(self, context: Context) -> tuple[Block, ...]:
        """Return what is shown."""
        return (in_brief("▤", self.title, self.help),)

    def screen(self, session: "Session"):
        """Return what stands on the page."""
        from .plan_screen import PlanScreen

        return PlanScreen(self, session)

    def _heading(self) -> tuple[Block, ...]:
        heading = (Heading(self.title, 3),)
        return (*heading, Paragraph(self.help)) if self.help else heading
