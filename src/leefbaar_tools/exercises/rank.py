"""Put options in order."""

from dataclasses import dataclass
from typing import ClassVar

from .fields import Field, TextField
from .parts import Exercise


@dataclass(frozen=True, kw_only=True)
class Rank(Exercise):
    """Put options in order."""

    kind: ClassVar[str] = "rank"
    question: str
    options: tuple[str, ...]

    def fields(self) -> tuple[Field, ...]:
        """Return the fields."""
        return (TextField("tekst", self.title),)
