"""A chain of steps, drawn as a diagram."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .fields import Field, TextField
from .parts import Exercise


@dataclass(frozen=True, kw_only=True)
class Diagram(Exercise):
    """A chain of steps, drawn as a diagram."""

    kind: ClassVar[str] = "diagram"
    columns: Mapping[str, str]

    def fields(self) -> tuple[Field, ...]:
        """Return the fields."""
        return (TextField("tekst", self.title),)
