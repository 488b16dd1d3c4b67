"""Figures of effects: twins, look-alikes, what can be seen by chance."""

from typing import Any

DRAWINGS: dict[str, Any] = {}
