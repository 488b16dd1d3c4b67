"""Who one works with, oneself in the middle."""

from dataclasses import dataclass
from typing import ClassVar

from .fields import Field, TextField
from .parts import Exercise


@dataclass(frozen=True, kw_only=True)
class Network(Exercise):
    """Who one works with, oneself in the middle."""

    kind: ClassVar[str] = "network"
    question: str

    def fields(self) -> tuple[Field, ...]:
        """Return the fields."""
        return (TextField("tekst", self.title),)
