"""Figures: numbers that are already computed in, a described and sourced picture out."""

from .counts import doors, profile, streets, tally_bars
from .lines import MIDDLE_FROM, blank_dots, dots_in_time, trend_lines
from .maps import area_map
from .places import against, place_among, samples
from .sheet import Figure

__all__ = [
    "MIDDLE_FROM",
    "Figure",
    "against",
    "area_map",
    "blank_dots",
    "doors",
    "dots_in_time",
    "place_among",
    "profile",
    "samples",
    "streets",
    "tally_bars",
    "trend_lines",
]
