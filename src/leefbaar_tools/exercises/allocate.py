"""Divide chips over options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .fields import Field, TextField
from .parts import Exercise


@dataclass(frozen=True, kw_only=True)
class Allocate(Exercise):
    """Divide chips over options."""

    kind: ClassVar[str] = "allocate"
    question: str
    options: Mapping[str, str]

    def fields(self) -> tuple[Field, ...]:
        """Return the fields."""
        return (TextField("tekst", self.title),)
