"""Pictures on screen: drawn again when another buurt is chosen."""

import ipywidgets as widgets

from ..paper import Heading, Paragraph, to_html_fragment
from .pictures import Picture
from .recall import Recall
from .session import SORRY, Session, close


class RecallScreen:
    """Earlier answers on screen, of whoever is answering now."""

    NOTHING = "Hier staat nog niets van een eerdere bijeenkomst. Kijk op je papieren blad."

    def __init__(self, part: Recall, session: Session):
        self.exercise = part
        self.id = part.id
        self.session = session
        self.widget = widgets.HTML().add_class("leefbaar-figuur").add_class("leefbaar-terug")
        session.add(self)
        self.fill()

    @property
    def html(self) -> str:
        """What is shown now."""
        return self.widget.value

    def fill(self) -> None:
        """Read back the answers of whoever is answering now."""
        try:
            told = self.exercise.told(self.session.context()) or (Paragraph(self.NOTHING),)
            help = (Paragraph(self.exercise.help),) if self.exercise.help else ()
            blocks = (Heading(self.exercise.title, 3), *help, *told)
            self.widget.value = to_html_fragment(blocks)
        except Exception as error:
            self.widget.value = f"<p>{SORRY}</p>"
            self.session.failed(self.id, error)

    def follow_area(self) -> None:
        """Nothing in it is about a buurt."""

    def catch_up(self, typed) -> None:
        """Nothing to type in."""

    def flush(self) -> None:
        """Nothing to write."""

    def close(self) -> None:
        """Leave the page."""
        close(self.widget)


class PictureScreen:
    """One picture on screen."""

    def __init__(self, part: Picture, session: Session):
        self.exercise = part
        self.id = part.id
        self.session = session
        self.widget = widgets.HTML().add_class("leefbaar-figuur")
        session.add(self)
        self.follow_area()

    @property
    def html(self) -> str:
        """What is shown now."""
        return self.widget.value

    def follow_area(self) -> None:
        """Draw the picture of the buurt chosen now."""
        try:
            blocks = self.exercise.paper(self.session.context())
            self.widget.value = to_html_fragment(blocks, inline_svg=True)
        except Exception as error:
            self.widget.value = f"<p>{SORRY}</p>"
            self.session.failed(self.id, error)

    def fill(self) -> None:
        """Nothing to fill in."""

    def catch_up(self, typed) -> None:
        """Nothing to type in."""

    def flush(self) -> None:
        """Nothing to write."""

    def close(self) -> None:
        """Leave the page."""
        close(self.widget)
