"""The plan on screen: what the person who answers now has put in the kernvelden."""

from ..paper import to_html_fragment
from .session import SORRY
from .views import RecallScreen


class PlanScreen(RecallScreen):
    """The plan so far; it follows every answer that is kept, and who is answering."""

    def __init__(self, part, session):
        super().__init__(part, session)
        self.widget.add_class("leefbaar-plan")

    def fill(self) -> None:
        """Show the plan of whoever is answering now."""
        try:
            blocks = self.exercise.seen(self.session.context())
            self.widget.value = to_html_fragment(blocks, inline_svg=True)
        except Exception as error:
            self.widget.value = f"<p>{SORRY}</p>"
            self.session.failed(self.id, error)

    def follow_area(self) -> None:
        """Follow an answer that was kept."""
        self.fill()
