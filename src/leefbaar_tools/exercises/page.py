"""What a notebook cell calls: one call, literal arguments, an exercise that shows itself."""

from functools import wraps
from html import escape
from pathlib import Path
from typing import Any

from ..paper import MIME, to_html_fragment
from .allocate import Allocate
from .diagram import Diagram
from .explore import Explore, Map
from .goals import Goal, Teller
from .group_part import GroupPicture
from .kinds import Choose, ChooseArea, Estimate, Rows, Tally, Write
from .months import Months
from .network import Network
from .parts import Context, Exercise, Part
from .plan_part import PlanPart
from .rank import Rank
from .recall import Recall
from .session import SORRY, session
from .timers import Timer

STYLE = Path(__file__).with_name("screen.css")


class Shown:
    """A part on the page, with every face that a cell's output carries.

    A live notebook shows the widget; an export finds the part itself under
    ``application/vnd.leefbaar+json`` and asks it for the face it needs. ``text/html`` is the
    blank form, never an answer, because a saved notebook keeps it.
    """

    def __init__(self, part: Part, widget=None, blank: str = ""):
        self.part = part
        self.screen = widget
        self._blank = blank

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        bundle: dict[str, Any] = {}
        if self.screen is not None:
            bundle = dict(self.screen.widget._repr_mimebundle_())
        bundle["text/plain"] = getattr(self.part, "title", "") or self.part.id
        bundle["text/html"] = self._blank
        bundle[MIME] = {"part": self.part.spec()}
        return bundle


class Sorry:
    """Stands where a part could not be made, so that later cells still run."""

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        return {"text/plain": SORRY, "text/html": f"<p>{SORRY}</p>"}


def shows(make):
    """Turn a function that makes a part into one that a cell calls."""

    @wraps(make)
    def cell(id: str, **words):
        here = session()
        try:
            return _show(make(id, **words), here)
        except Exception as error:
            here.failed(id, error)
            return Sorry()

    return cell


def _show(part: Part, here) -> Shown:
    if isinstance(part, Exercise):
        from .screens import screen_for

        blank = Exercise.paper(part, None)
        return Shown(part, screen_for(part, here), to_html_fragment(blank))
    if isinstance(part, Timer | Recall | PlanPart | GroupPicture):
        return Shown(part, part.screen(here), to_html_fragment(part.paper(None)))
    from ..atlas import DEFAULT_AREA
    from .views import PictureScreen

    # What an export without this package shows is of no buurt that anybody chose.
    blank = part.paper(Context(here.atlas.sample, DEFAULT_AREA))
    return Shown(part, PictureScreen(part, here), to_html_fragment(blank))


@shows
def choose(id, *, title, question, options, **more):
    """Choose one option or more; see `kinds.Choose`."""
    return Choose(id=id, title=title, question=question, options=tuple(options), **more)


@shows
def write(id, *, title, prompts, **more):
    """Answer in own words; see `kinds.Write`."""
    prompts = prompts if isinstance(prompts, dict) else tuple(prompts)
    return Write(id=id, title=title, prompts=prompts, **more)


@shows
def estimate(id, *, title, questions, **more):
    """First guess, then see; see `kinds.Estimate`."""
    return Estimate(id=id, title=title, questions=tuple(questions), **more)


@shows
def choose_area(id, *, title, question, **more):
    """Choose the buurt that the figures are about; see `kinds.ChooseArea`."""
    return ChooseArea(id=id, title=title, question=question, **more)


@shows
def tally(id, *, title, question, options, **more):
    """Count hands, stickers or coins; see `kinds.Tally`."""
    return Tally(id=id, title=title, question=question, options=tuple(options), **more)


@shows
def table(id, *, title, question, columns, rows=4, **more):
    """Fill rows of short fields; see `kinds.Rows`."""
    rows = rows if isinstance(rows, int) else tuple(rows)
    return Rows(id=id, title=title, question=question, columns=columns, rows=rows, **more)


@shows
def goal(id, *, title, compass, ask, **more):
    """Choose a compass figure and set a target for one's own count; see `goals.Goal`."""
    return Goal(id=id, title=title, compass=compass, ask=ask, **more)


@shows
def teller(id, *, title, question, **more):
    """Type dated counts from the card; see `goals.Teller`."""
    return Teller(id=id, title=title, question=question, **more)


@shows
def months(id, *, title, question, **more):
    """Type own monthly totals, seen in their band; see `months.Months`."""
    return Months(id=id, title=title, question=question, **more)


@shows
def explore(id, *, title, show, controls=(), **more):
    """Steer a figure, and say what one sees oneself; see `explore.Explore`."""
    return Explore(id=id, title=title, show=show, controls=tuple(controls), **more)


@shows
def area_map(id, *, title, controls, **more):
    """Show the buurten on a map; see `explore.Map`."""
    return Map(id=id, title=title, controls=tuple(controls), **more)


@shows
def timer(id, *, title, steps, **more):
    """Show the steps and minutes of a werkvorm, with a clock; see `timers.Timer`."""
    return Timer(id=id, title=title, steps=tuple(steps), **more)


@shows
def recall(id, *, title, of, **more):
    """Read back answers of an earlier meeting; see `recall.Recall`."""
    return Recall(id=id, title=title, of=tuple(of), **more)


@shows
def plan(id, *, title, **more):
    """Show the wijkplan so far of whoever is answering; see `plan_part.PlanPart`."""
    return PlanPart(id=id, title=title, **more)


@shows
def rank(id, *, title, question, options, **more):
    """Put options in order with buttons; see `rank.Rank`."""
    return Rank(id=id, title=title, question=question, options=tuple(options), **more)


@shows
def diagram(id, *, title, columns, **more):
    """Write a chain of steps that is drawn as a diagram; see `diagram.Diagram`."""
    return Diagram(id=id, title=title, columns=columns, **more)


@shows
def network(id, *, title, question, **more):
    """Draw who one works with, oneself in the middle; see `network.Network`."""
    return Network(id=id, title=title, question=question, **more)


@shows
def allocate(id, *, title, question, options, **more):
    """Divide a number of chips over options; see `allocate.Allocate`."""
    return Allocate(id=id, title=title, question=question, options=options, **more)


@shows
def group_picture(id, *, title, of, **more):
    """Show what the group answered, closed until opened; see `group_part.GroupPicture`."""
    return GroupPicture(id=id, title=title, of=of if isinstance(of, str) else tuple(of), **more)


@shows
def picture(id, *, show, indicator, **more):
    """Show a figure of the chosen buurt; see `pictures.Picture`."""
    from .pictures import Picture

    return Picture(id=id, show=show, indicator=indicator, **more)


def begin():
    """Open the page: its style, and the line to the bar at the top."""
    import ipywidgets as widgets

    here = session()
    lines = [here.place] if here.folder is None else here.problems()
    notes = "".join(f'<p class="leefbaar-melding">{escape(line)}</p>' for line in lines)
    style = STYLE.read_text(encoding="utf-8")
    widget = widgets.HTML(f"<style>{style}</style>{notes}")
    here.begin(widget)
    return Opening(widget)


class Opening:
    """The first output of a page; on paper it is nothing."""

    def __init__(self, widget):
        self._widget = widget

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        return {**self._widget._repr_mimebundle_(), "text/plain": "", "text/html": ""}
