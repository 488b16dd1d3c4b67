"""Who is answering here, and where the answers go.

One session per kernel. ``leefbaar start`` passes the working folder in one environment
variable; without it exercises work and keep nothing.
"""

import json
import logging
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..answers import Answer, Journal, WorkFolder

if TYPE_CHECKING:
    from ..atlas import Atlas
    from .parts import Context
    from .screens import Screen

FOLDER_VARIABLE = "LEEFBAAR_FOLDER"
STRICT_VARIABLE = "LEEFBAAR_STRICT"  # tests and handouts: an error is raised, not told
SORRY = (
    "Hier ging iets mis. Wat je eerder hebt ingevuld is bewaard. "
    "Ga gerust verder met de volgende opdracht."
)
log = logging.getLogger("leefbaar_tools")


class Session:
    """The working folder, the participant and the exercises on the page.

    Parameters
    ----------
    folder : Path or None
        The working folder; None keeps nothing.
    facilitator : bool
        The projected copy: nothing that is tried there goes to a journal, tallies go to the
        group's own.
    strict : bool
        Raise errors instead of telling them.
    """

    def __init__(self, folder: Path | None, facilitator: bool = False, strict: bool = False):
        self.folder = WorkFolder(folder) if folder else None
        self.facilitator = facilitator
        self.strict = strict
        self.errors: list[tuple[str, BaseException]] = []
        # What was typed and not (yet) saved, per participant and exercise.
        self.drafts: dict[tuple[str | None, str], dict[str, Any]] = {}
        self._screens: dict[str, Screen] = {}
        self._top: Any = None  # the widget at the top of the page
        self._comms: list[Any] = []
        self._atlas: Atlas | None = None
        self.tried: str | None = None  # the buurt chosen where nobody's answers are kept
        _log_to(Path(folder) / "logboek" / "oefeningen.log" if folder else None)

    @classmethod
    def from_environment(cls) -> "Session":
        """Return the session that ``leefbaar start`` set up, or one that keeps nothing."""
        strict = os.environ.get(STRICT_VARIABLE) == "1"
        named = os.environ.get(FOLDER_VARIABLE)
        if not named:
            return cls(None, strict=strict)
        folder = Path(named)
        try:
            start = json.loads((folder / ".leefbaar" / "start.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            start = {}
        return cls(folder, facilitator=start.get("audience") == "begeleider", strict=strict)

    # --- who

    @property
    def participant(self) -> str | None:
        """The name in use; None when nobody's answers are kept."""
        if self.folder is None or self.facilitator:
            return None
        return self.folder.current

    @property
    def place(self) -> str:
        """Where answers stay, in words for under an exercise; empty when they are kept."""
        if self.folder is None:
            return "Oefenstand: er wordt niets bewaard."
        return "Voorbeeld voor de zaal: dit wordt niet bewaard." if self.facilitator else ""

    def journal(self, name: str | None = None, group: bool = False) -> Journal | None:
        """Return the journal to write in: the group's own for a tally.

        `name` is whose page it is: another window on this folder may have switched since.
        Who is gone was renamed there.
        """
        if self.folder is None:
            return None
        if group:
            return self.folder.group_journal()
        if self.facilitator:
            return None
        return self.folder.journal(name if name in self.folder.participants() else None)

    def answers(self) -> dict[str, Answer]:
        """Return the newest answer per exercise of whoever is answering."""
        journal = self.journal()
        return journal.all() if journal else {}

    def problems(self) -> list[str]:
        """Return what could not be read in the journal in use, in Dutch; nothing else is lost."""
        journal = self.journal(group=self.facilitator)
        return journal.problems if journal else []

    # --- the buurt

    @property
    def atlas(self) -> "Atlas":
        """The buurten one can choose from: of the sample city, and what was imported here."""
        if self._atlas is None:
            from ..atlas import Atlas  # loads pandas

            self._atlas = Atlas.of(self.folder.path) if self.folder else Atlas()
        return self._atlas

    @property
    def code(self) -> str:
        """The buurt the figures are about: the chosen one, else the default."""
        from ..atlas import DEFAULT_AREA

        return self.chosen or DEFAULT_AREA

    @property
    def chosen(self) -> str | None:
        """The buurt chosen, in whichever meeting, or tried here; None when none was."""
        from .parts import chosen_code

        kept = chosen_code(self.answers(), self.atlas)
        return kept or (self.tried if self.participant is None else None)

    def context(self) -> "Context":
        """Return what faces and figures are made for."""
        from .parts import Context

        code = self.code
        answers = self.answers()
        return Context(self.atlas.area(code), code, answers, self.atlas, self.facilitator)

    # --- the page

    def add(self, screen: "Screen") -> None:
        """Take a screen on the page; one with the same id was run before and goes."""
        old = self._screens.pop(screen.id, None)
        if old:
            old.close()
        self._screens[screen.id] = screen

    def area_changed(self) -> None:
        """Let every figure and estimate on the page follow the chosen buurt."""
        for screen in list(self._screens.values()):
            screen.follow_area()

    def answer_changed(self, id: str) -> None:
        """Let what reads this answer back follow, and the plan."""
        for screen in list(self._screens.values()):
            if getattr(screen.exercise, "of", "") == id or screen.exercise.kind == "plan":
                screen.follow_area()

    def switch(self, name: str) -> None:
        """Go on as this participant, made when new; every exercise on the page refills."""
        self._change(lambda folder: folder.switch(name))

    def new(self, name: str = "") -> None:
        """Begin as somebody new."""
        self._change(lambda folder: folder.switch(name) if name else folder.new())

    def rename(self, name: str) -> None:
        """Give the participant another schuilnaam; the answers stay."""

        def rename(folder):
            before = folder.current
            after = folder.rename(name)
            for who, exercise in list(self.drafts):
                if who == before:
                    self.drafts[after, exercise] = self.drafts.pop((who, exercise))

        self._change(rename)

    def _change(self, change) -> None:
        problem = ""
        self.flush()
        if self.participant is not None:
            try:
                change(self.folder)
            except (ValueError, OSError) as error:
                problem = str(error)
        for screen in list(self._screens.values()):
            screen.fill()
        self.area_changed()
        self._tell_who(problem)

    def flush(self) -> None:
        """Write what was typed and still waited for a pause."""
        for screen in list(self._screens.values()):
            screen.flush()

    # --- errors

    def failed(self, where: str, error: BaseException) -> None:
        """Log an error with its traceback, once; raise it when strict."""
        if all(error is not known for _, known in self.errors):
            self.errors.append((where, error))
            log.error("%s", where, exc_info=error)
        if self.strict:
            raise error

    # --- the line to the page (see sheet.js)

    def begin(self, top: Any) -> None:
        """Begin a page, with the widget at its top."""
        self._clear_top()
        self._top = top
        self.connect()

    def _clear_top(self) -> None:
        if self._top is not None:
            close(self._top)
        self._top = None

    def connect(self) -> None:
        """Answer the page when it opens a line to this kernel; without a kernel do nothing.

        What an earlier page still says counts, but it is not the page any more.
        """
        self._comms = []
        try:
            from IPython import get_ipython

            kernel = get_ipython().kernel
            manager = kernel.comm_manager
        except (ImportError, AttributeError):
            return
        _keep_every_message(kernel)
        manager.register_target("leefbaar", self._opened)

    def _opened(self, comm, message) -> None:
        self._comms = [comm]
        comm.on_msg(self._heard)
        self._tell_who()

    def _heard(self, message) -> None:
        data = message["content"]["data"]
        for screen in list(self._screens.values()):
            screen.catch_up(data.get("typed", {}))
        if data["type"] == "flush":
            self.flush()
            self.tell(type="flushed")
        elif data["type"] == "leave":
            self._left(message["content"]["comm_id"])
        elif data["type"] in ("switch", "new", "rename"):
            getattr(self, data["type"])(data["name"])

    def _left(self, line: str) -> None:
        """Clear what stood on a page that is left: the next one has not to load it first."""
        self.flush()
        if line not in [comm.comm_id for comm in self._comms]:
            return  # another page was opened meanwhile
        self._comms = []
        for screen in list(self._screens.values()):
            screen.close()
        self._screens.clear()
        self._clear_top()

    def _tell_who(self, problem: str = "") -> None:
        try:
            names = self.folder.participants() if self.participant else []
            current = self.participant
        except OSError as error:
            names, current, problem = [], None, str(error)
        self.tell(
            type="who",
            audience="begeleider" if self.facilitator else "deelnemer",
            current=current,
            names=names,
            problem=problem,
        )

    def tell(self, **message) -> None:
        """Send a message to the page, if one listens."""
        for comm in self._comms:
            comm.send(message)


def _keep_every_message(kernel: Any) -> None:
    """Let nothing be dropped on its way to the page, however busy the server is.

    A page is thousands of messages, and ZeroMQ throws away in silence what is not taken after
    the first thousand (and what the connection holds). With the word that a cell is done among
    them, the page would wait for ever. The limit holds for a connection that is there already,
    so it is lifted at the beginning of every page.
    """
    thread = getattr(kernel, "iopub_thread", None)
    if thread is not None:
        import zmq

        thread.schedule(lambda: thread.socket.setsockopt(zmq.SNDHWM, 0))


def close(widget: Any) -> None:
    """Close a widget with all that is in it.

    Its layout and its style are widgets as well, which `Widget.close` leaves behind: after a few
    reloads the page would first have to load thousands of them.
    """
    for child in getattr(widget, "children", ()):
        close(child)
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if part is not None:
            part.close()
    widget.close()


@cache
def session() -> Session:
    """Return the session of this process."""
    return Session.from_environment()


class _QuietFile(logging.FileHandler):
    """A log file that may be out of reach: what it cannot write must not reach the page."""

    def emit(self, record):
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record):
        pass


def _log_to(path: Path | None) -> None:
    for old in list(log.handlers):
        log.removeHandler(old)
        old.close()
    # Without a handler, logging itself would print the traceback under the exercise.
    handler: logging.Handler = logging.NullHandler()
    if path:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = _QuietFile(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.propagate = False
