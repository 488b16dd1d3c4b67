"""Choosing together: what fits in the hours and euros there are, how far such a choice hangs on
one guess, and which ties hang on one person.

Every expected effect is somebody's guess. So an allocation never stands alone: `flips` says for
every guess how little it takes to make the choice another one, found by solving again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

EFFECT, HOURS = "midden", "uren"
MOST_EFFECT = 100  # an effect is a number of households out of a hundred
_SAME = 1e-2  # effects closer than this are the same
_LESS = 1e-3  # how much lighter euros weigh than hours, in choosing among equals


@dataclass(frozen=True)
class Allocation:
    """Interventions that fit within the limits and together promise the most.

    Attributes
    ----------
    chosen : tuple of str
        Their keys, in the order of the table.
    effect : float
        Sum of their expected effects: times that one of 100 households notices one of them
        within a year. A household may count more than once.
    hours : float
        Hours a month.
    euros : float
        Euros a year.
    """

    chosen: tuple[str, ...]
    effect: float
    hours: float
    euros: float


@dataclass(frozen=True)
class Flip:
    """How little one guess must change for another choice.

    Attributes
    ----------
    key : str
        The intervention guessed about.
    guess : {"midden", "uren"}
        What is guessed: its expected effect, or its hours.
    now : float
        The guess.
    chosen : bool
        Whether the intervention is chosen now.
    at : float or None
        An effect: just past this value (below it when chosen, above it when not) the choice is
        another. Hours: the first whole number at which it is another. None: never, between 0 and
        100 households, or between no hours and more than there are.
    inside : bool
        Whether `at` lies within what was thought possible for an effect; false for hours, of
        which nobody guessed a range.
    leaves, enters : tuple of str
        Keys that are dropped from the choice, and those that come in.
    """

    key: str
    guess: str
    now: float
    chosen: bool
    at: float | None
    inside: bool = False
    leaves: tuple[str, ...] = ()
    enters: tuple[str, ...] = ()

    @property
    def change(self) -> float | None:
        """How much the guess must change."""
        return None if self.at is None else abs(self.at - self.now)


def allocate(
    inzet: pd.DataFrame,
    hours: float,
    euros: float,
    forced: Mapping[str, bool] | None = None,
) -> Allocation | None:
    """Choose the interventions with the highest expected effect within hours and euros.

    A knapsack problem with two limits (Martello & Toth, *Knapsack Problems*, 1990): maximise the
    sum of the effects of whole interventions. Solved exactly by branch and bound (HiGHS, through
    `scipy.optimize.milp`, with a relative gap of zero). Of choices with the same effect the one
    with the fewest hours is taken, then the one with the fewest euros.

    Parameters
    ----------
    inzet : DataFrame
        Per row an intervention: ``sleutel``, ``uren`` (a month), ``euro`` (a year) and
        ``midden`` (expected effect, households of 100); none below nought.
    hours, euros : float
        What there is: hours a month, euros a year.
    forced : mapping of str to bool, optional
        Interventions that must be in (true) or out (false).

    Returns
    -------
    Allocation or None
        None when what is forced in does not fit.

    Raises
    ------
    ValueError
        When a limit, or a number in the table, is below nought or no number; or a forced key
        is unknown.
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    keys = list(inzet["sleutel"])
    effects, used, costs = (
        inzet[column].to_numpy(dtype=float) for column in (EFFECT, HOURS, "euro")
    )
    if not all(np.isfinite(given).all() and (given >= 0).all() for given in (effects, used, costs)):
        raise ValueError("effects, hours and euros must be numbers of at least nought")
    if not (hours >= 0 and euros >= 0):
        raise ValueError(f"limits must be at least nought, not {hours} and {euros}")
    forced = forced or {}
    if unknown := set(forced) - set(keys):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    low = np.array([1.0 if forced.get(key) is True else 0.0 for key in keys])
    high = np.array([0.0 if forced.get(key) is False else 1.0 for key in keys])
    limits = [LinearConstraint(used, -np.inf, hours), LinearConstraint(costs, -np.inf, euros)]
    if not keys:
        return Allocation((), 0.0, 0.0, 0.0)
    # Fewer hours, then fewer euros, weigh less than any difference of effect that is told.
    least = -effects / _SAME + _share(used) + _LESS * _share(costs)
    found = milp(
        least,
        integrality=np.ones(len(keys)),
        bounds=Bounds(low, high),
        constraints=limits,
        options={"mip_rel_gap": 0},
    )
    if found.x is None:
        return None
    taken = found.x > 0.5
    return Allocation(
        tuple(key for key, one in zip(keys, taken, strict=True) if one),
        *(float(numbers[taken].sum()) for numbers in (effects, used, costs)),
    )


def _share(numbers):
    """Return numbers as shares of their sum."""
    return numbers / (numbers.sum() or 1)


def flips(inzet: pd.DataFrame, hours: float, euros: float) -> list[Flip]:
    """Return, for every guess, the smallest change that makes the choice another one.

    Of an effect it is exact. Let ``out`` be the best total without the intervention, and ``rest``
    the best total of the others when it must be in. It is chosen as long as its effect is more
    than ``out - rest``: neither of the two depends on the effect itself, so two solutions tell
    the tipping point. (This is the sensitivity of one coefficient of the objective; for whole
    interventions there is no shadow price, hence solving again.) Hours are tried by the whole
    hour, nearest first: what is chosen may no longer fit, and when it takes less, something else
    may come in; what is not chosen can only come in by taking less.

    Parameters
    ----------
    inzet : DataFrame
        As for `allocate`, with ``laag`` and ``hoog``: the least and the most that the effect
        is thought to be.
    hours, euros : float
        What there is.

    Returns
    -------
    list of Flip
        Per row of the table its effect, then its hours.

    Raises
    ------
    ValueError
        As `allocate`.
    """
    base = allocate(inzet, hours, euros)
    found = []
    for _, row in inzet.iterrows():
        found.append(_effect_flip(inzet, hours, euros, base, row))
        found.append(_hours_flip(inzet, hours, euros, base, row))
    return found


def _effect_flip(inzet, hours, euros, base: Allocation, row) -> Flip:
    key, now = row["sleutel"], float(row[EFFECT])
    chosen = key in base.chosen
    without = allocate(inzet, hours, euros, {key: False})
    with_it = allocate(inzet, hours, euros, {key: True})
    if with_it is None:
        return Flip(key, EFFECT, now, chosen, None)
    at = without.effect - (with_it.effect - now)
    possible = at > 0 if chosen else at < MOST_EFFECT
    if not possible:
        return Flip(key, EFFECT, now, chosen, None)
    other = without if chosen else with_it
    inside = row["laag"] < at if chosen else at < row["hoog"]
    return Flip(key, EFFECT, now, chosen, at, bool(inside), *_swap(base, other))


def _hours_flip(inzet, hours, euros, base: Allocation, row) -> Flip:
    key, now = row["sleutel"], float(row[HOURS])
    chosen = key in base.chosen
    tried = _whole_hours(now, hours) if chosen else _whole_hours_down(now)
    for at in tried:
        changed = inzet.assign(**{HOURS: inzet[HOURS].where(inzet["sleutel"] != key, at)})
        other = allocate(changed, hours, euros)
        if other.chosen != base.chosen:
            return Flip(key, HOURS, now, chosen, at, False, *_swap(base, other))
    return Flip(key, HOURS, now, chosen, None)


def _whole_hours(now: float, limit: float) -> list[float]:
    """Return every whole number of hours that could matter, nearest first."""
    others = [float(at) for at in range(int(limit) + 2) if at != now]
    return sorted(others, key=lambda at: (abs(at - now), at < now))


def _whole_hours_down(now: float) -> list[float]:
    return [float(at) for at in range(int(now), -1, -1) if at < now]


def _swap(base: Allocation, other: Allocation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what leaves and what enters when one choice becomes the other."""
    leaves = tuple(key for key in base.chosen if key not in other.chosen)
    return leaves, tuple(key for key in other.chosen if key not in base.chosen)


def hang_on(ties: Iterable[tuple[str, str]], one: str, home: Iterable[str]) -> tuple[str, ...]:
    """Return who can no longer be reached when one person is away, in order of first mention.

    Parameters
    ----------
    ties : iterable of (str, str)
        Who is in touch with whom; the order within a pair means nothing.
    one : str
        Who is away.
    home : iterable of str
        The colleagues who stay; reached is who they know, or know through others.

    Returns
    -------
    tuple of str
        Those who were within reach with `one`, and are not without.
    """
    pairs = [(a, b) for a, b in ties if a != b]
    start = [name for name in home if name != one]
    with_one = _reached(pairs, [*start, one])
    without = _reached([pair for pair in pairs if one not in pair], start)
    named = dict.fromkeys(name for pair in pairs for name in pair)
    return tuple(n for n in named if n in with_one and n not in without and n != one)


def _reached(pairs: list[tuple[str, str]], start: list[str]) -> set[str]:
    reached, border = set(start), list(start)
    while border:
        here = border.pop()
        for pair in pairs:
            if here in pair:
                other = pair[1] if pair[0] == here else pair[0]
                if other not in reached:
                    reached.add(other)
                    border.append(other)
    return reached
