"""Figures: numbers that are already computed in, a described and sourced picture out."""

from .complexes import complex_bars
from .counts import doors, profile, streets, tally_bars
from .effects import change_row, change_story, many_ranges, ranges, scale_bars, signed, twins
from .lines import MIDDLE_FROM, blank_dots, dots_in_time, trend_lines
from .maps import area_map
from .places import against, place_among, samples
from .reports import funnel, moments, panels, springing, wobble
from .sheet import Figure
from .together import Guess, Tie, allocation, chips_to_colour, network, stakes, tipping

__all__ = [
    "MIDDLE_FROM",
    "Figure",
    "Guess",
    "Tie",
    "against",
    "allocation",
    "area_map",
    "blank_dots",
    "change_row",
    "change_story",
    "chips_to_colour",
    "complex_bars",
    "doors",
    "dots_in_time",
    "funnel",
    "many_ranges",
    "moments",
    "network",
    "panels",
    "place_among",
    "profile",
    "ranges",
    "samples",
    "scale_bars",
    "signed",
    "springing",
    "stakes",
    "streets",
    "tally_bars",
    "tipping",
    "trend_lines",
    "twins",
    "wobble",
]
