"""Figures of working together: who, hours, and what they bring."""

from typing import Any

DRAWINGS: dict[str, Any] = {}
