"""The screen of `rank.Rank`."""

from .screens import Screen


def screen(exercise, session) -> Screen:
    """Return the screen of an exercise of this kind."""
    return Screen(exercise, session)
