"""What stands in a notebook: exercises with four faces, and pictures with two.

A part is plain data, so that it goes into a notebook output and comes out again: the
exporter rebuilds it there and asks for the face it needs, once for every person, without
running the notebook again.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..answers import KERNVELDEN, Answer
from ..paper import Block, Heading, Paragraph, Strong, Together
from .fields import Field

if TYPE_CHECKING:  # loads pandas
    from ..areas import Area
    from ..atlas import Atlas
    from ..registrations import Registrations


@dataclass(frozen=True)
class Context:
    """For whom a face is made: which area, and what this person answered before.

    Parameters
    ----------
    area : Area
        The figures to use.
    code : str
        The buurt or wijk the sheet is about.
    answers : mapping of str to Answer
        The newest answer per exercise; empty for a blank sheet.
    atlas : Atlas, optional
        Where the figures of other buurten are; without it only `area` is known.
    wall : bool
        A whole room sees it.
    """

    area: "Area"
    code: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    atlas: "Atlas | None" = None
    wall: bool = False

    @property
    def registrations(self) -> "Registrations":
        """What the corporation of the sample city knows."""
        from ..registrations import sample_registrations

        return sample_registrations()

    def own(self) -> tuple["Registrations | None", str]:
        """Return what the own corporation knows, or None and what is wrong with its file."""
        return self._atlas().own()

    @property
    def name(self) -> str:
        """The name of the buurt or wijk."""
        return self.area.name(self.code)

    @property
    def invented(self) -> bool:
        """Whether these are the figures of the sample city."""
        return bool(self.area.notice)

    def about(self, code: Any) -> "Context | None":
        """Return the same for another buurt or wijk; None when its figures are not here."""
        area = self._atlas().area(code)
        return None if area is None else replace(self, area=area, code=code)

    def sample(self) -> "Context":
        """Return the same for the sample city, unless it is about that already."""
        from ..atlas import DEFAULT_AREA

        if self.invented:
            return self
        return replace(self, area=self._atlas().sample, code=DEFAULT_AREA)

    def _atlas(self) -> "Atlas":
        from ..atlas import Atlas

        return self.atlas or Atlas()


def chosen_code(answers: Mapping[str, Answer], atlas: "Atlas") -> str | None:
    """Return the buurt that was chosen last, in whichever meeting; None when it is not here."""
    code = chosen_last(answers).get("code")
    return code if atlas.area(code) is not None else None


def chosen_last(answers: Mapping[str, Answer]) -> Mapping[str, Any]:
    """Return the newest answer in which a buurt was chosen; empty when there is none."""
    for answer in reversed(answers.values()):
        value = answer.value if answer.kind == "area" else None
        # A line may be made by hand; an empty code is a choice taken back.
        code = value.get("code") if isinstance(value, Mapping) else None
        if isinstance(code, str) and code:
            return value
    return {}


@dataclass(frozen=True, kw_only=True)
class Part(ABC):
    """Anything a notebook cell shows.

    Parameters
    ----------
    id : str
        Fixed, readable, and the id of its cell.
    """

    kind: ClassVar[str] = ""
    kinds: ClassVar[dict[str, type["Part"]]] = {}

    id: str

    def __init_subclass__(cls):
        if "kind" in cls.__dict__:
            Part.kinds[cls.kind] = cls

    def spec(self) -> dict[str, Any]:
        """Return the part as plain JSON values; :meth:`from_spec` makes it again."""
        return {"kind": self.kind, **asdict(self)}

    @staticmethod
    def from_spec(spec: Mapping[str, Any]) -> "Part":
        """Make the part that gave this spec."""
        arguments = dict(spec)
        return Part.kinds[arguments.pop("kind")](**arguments)

    @abstractmethod
    def paper(self, context: Context) -> tuple[Block, ...]:
        """Return what stands on a printed sheet."""

    def face(self, context: Context) -> tuple[Block, ...]:
        """Return what this reader's sheet shows: for a picture always the same."""
        return self.paper(context)

    def brief(self, context: Context) -> tuple[Block, ...]:
        """Return what the facilitator's sheet shows."""
        return self.paper(context)


def in_brief(sign: str, title: str, words: str) -> Paragraph:
    """Return one line for the facilitator's sheet: a sign, a title, and what is asked or shown."""
    colon = "" if not words or title.endswith(("?", "!", "…", ":")) else ":"
    return Paragraph((Strong(f"{sign} {title}{colon}".strip()), f" {words}" if words else ""))


@dataclass(frozen=True, kw_only=True)
class Exercise(Part):
    """A part that is answered.

    Parameters
    ----------
    title : str
        Its heading.
    help : str
        One or two sentences under the heading.
    plan : str or None
        The kernveld of the wijkplan that the answer feeds.
    private : bool
        On paper or on this screen only: never in a journal, picture, plan or export.
    names_people : bool
        People are named in it: a group is never shown what was written here.
    """

    title: str
    help: str = ""
    plan: str | None = None
    private: bool = False
    names_people: bool = False

    def __post_init__(self):
        if self.plan is not None and self.plan not in KERNVELDEN:
            raise ValueError(f"{self.id}: {self.plan!r} is no kernveld: {', '.join(KERNVELDEN)}")

    @abstractmethod
    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the form, in order."""

    def kept(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return a kept value with all its fields, each in a form that it can show.

        A line may be written by hand or by an older notebook; what no field can make anything
        of counts as not filled in.
        """
        return {**value, **{f.key: f.kept(value.get(f.key, f.empty)) for f in self.fields()}}

    def plans(self) -> dict[str, str]:
        """Return, per field, the kernveld it feeds when that is another than `plan`."""
        return {}

    def prompt(self) -> dict[str, Any]:
        """Return the question as asked, for whoever reads the journal without the notebook."""
        return {"title": self.title, "fields": {f.key: self._asked(f) for f in self.fields()}}

    def _asked(self, field: Field) -> dict[str, Any]:
        asked = {"label": field.label, "options": list(getattr(field, "options", ()))}
        columns = {column.key: column.label for column in getattr(field, "columns", ())}
        plan = self.plans().get(field.key)
        year = {"year": True} if getattr(field, "year", False) else {}
        asked |= {"columns": columns} if columns else {}
        return asked | ({"plan": plan} if plan else {}) | year

    def paper(self, context: Context) -> tuple[Block, ...]:
        """Return the blank form, kept together."""
        return (Together((*self._heading(), *(b for f in self.fields() for b in f.paper()))),)

    def report(self, value: Mapping[str, Any], context: Context) -> tuple[Block, ...]:
        """Return the person's own answer under the same heading."""
        return (Together((Heading(self.title, 3), *self._told(value))),)

    def _told(self, value: Mapping[str, Any]) -> tuple[Block, ...]:
        kept = self.kept(value)
        return tuple(b for f in self.fields() for b in f.report(kept[f.key]))

    def group(self, value: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return, per field, the labels under which this one value counts."""
        if self.private:
            return {}
        kept = Exercise.kept(self, value)
        return {f.key: f.count(kept[f.key]) for f in self.fields()}

    def face(self, context: Context) -> tuple[Block, ...]:
        """Return the report when this person answered, else the blank form."""
        answer = context.answers.get(self.id)
        if answer is None or self.private or answer.kind != self.kind:
            return self.paper(context)
        if not isinstance(answer.value, Mapping):  # a line that somebody made by hand
            return self.paper(context)
        return self.report(answer.value, context)

    def brief(self, context: Context) -> tuple[Block, ...]:
        """Return what is asked, without room to write."""
        return (in_brief("✎", self.title, " ".join(field.label for field in self.fields())),)

    def _heading(self) -> tuple[Block, ...]:
        heading = (Heading(self.title, 3),)
        return (*heading, Paragraph(self.help)) if self.help else heading
