"""What is drawn in exercises: figures of areas, of reports, of effects and of working together."""

from . import areas, effects, own, reports, together
from .areas import (
    ALIKE,
    Picture,
    changes_seen,
    changes_table,
    doors_seen,
    is_known,
    place_figure,
    relative_seen,
    trend_figure,
)

# Name of each drawing of an explorer; it gets the context, what is chosen, and the settings.
from .own import no_own_file

DRAWINGS = {
    **areas.DRAWINGS,
    **reports.DRAWINGS,
    **effects.DRAWINGS,
    **together.DRAWINGS,
    **own.DRAWINGS,
}

__all__ = [
    "ALIKE",
    "DRAWINGS",
    "Picture",
    "changes_seen",
    "changes_table",
    "doors_seen",
    "is_known",
    "no_own_file",
    "place_figure",
    "relative_seen",
    "trend_figure",
]
