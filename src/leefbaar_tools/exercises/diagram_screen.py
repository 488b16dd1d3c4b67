"""The screen of `diagram.Diagram`: short fields, and the diagram that follows every word."""

from .diagram import Diagram
from .screens import FigureScreen, Screen


class DiagramScreen(FigureScreen):
    """Fields in rows with the diagram under them."""

    exercise: Diagram

    def __init__(self, exercise, session):
        super().__init__(exercise, session)
        self.widget.add_class("leefbaar-breed")

    def blocks(self):
        """Return the diagram of what is written now."""
        return self.exercise.seen(self.value())


def screen(exercise, session) -> Screen:
    """Return the screen of an exercise of this kind."""
    return DiagramScreen(exercise, session)
