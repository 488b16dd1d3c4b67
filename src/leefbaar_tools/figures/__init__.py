"""Figures: numbers that are already computed in, a described and sourced picture out."""

from .counts import doors, tally_bars
from .lines import trend_lines
from .places import place_among
from .sheet import Figure

__all__ = ["Figure", "doors", "place_among", "tally_bars", "trend_lines"]
