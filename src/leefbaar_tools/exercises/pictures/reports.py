"""Figures of reports: ordinary or special, per complex, and springing back."""

from typing import Any

DRAWINGS: dict[str, Any] = {}
