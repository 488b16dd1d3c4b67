"""The facilitator's cell: what the group answered, closed until it is opened.

It reads the journals in the working folder and shows one exercise at a time. It writes nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..paper import Block, Heading, Paragraph, Together
from .parts import Context, Part, in_brief

if TYPE_CHECKING:
    from .session import Session

CLOSED = "Dit beeld opent de begeleider, op het scherm voor de zaal."
YOURS = "Jij opent dit beeld, op het scherm voor de zaal."


@dataclass(frozen=True, kw_only=True)
class GroupPicture(Part):
    """The answers of everybody as pictures, without names. Nobody answers it.

    Parameters
    ----------
    title : str
    of : tuple of str
        Ids of the exercises to choose from.
    help : str
        One or two sentences under the title.

    Raises
    ------
    ValueError
        When there is no exercise to choose from.
    """

    kind: ClassVar[str] = "group"
    title: str
    of: tuple[str, ...]
    help: str = ""

    def __post_init__(self):
        if isinstance(self.of, str) or not self.of:
            raise ValueError(f"{self.id}: a group picture needs a list of exercises")

    def paper(self, context: Context | None) -> tuple[Block, ...]:
        """Say where this picture is to be seen: on paper there is nothing to fill in."""
        help = (Paragraph(self.help),) if self.help else ()
        return (Together((Heading(self.title, 3), *help, Paragraph(CLOSED))),)

    def brief(self, context: Context | None) -> tuple[Block, ...]:
        """Return one line."""
        return (in_brief("", self.title, YOURS),)

    def screen(self, session: "Session"):
        """Return what stands on the page."""
        from .group_screen import GroupScreen  # loads widgets

        return GroupScreen(self, session)
