"""Did it go better by itself? Pure functions on the waves of a survey.

Shares lie from 0 to 1; changes are differences of shares (0.1 is ten points). Intervals hold
95 of 100 times, and are about the sample only: who happened to be asked. How much a buurt goes
up and down by itself is not in them; that is what the row of look-alikes shows.
"""

import random
from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import pandas as pd

Z = 1.959964  # standard normal, 97.5%
Z_POWER = 0.841621  # standard normal, 80%
LEAST = 25  # answers, below which nothing is said about a share


class Share(NamedTuple):
    """A share (0 to 1) of `n` answers."""

    share: float
    n: int


class Estimate(NamedTuple):
    """An estimate and the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether nought lies outside the interval."""
        return self.low > 0 or self.high < 0


class Row(NamedTuple):
    """A change in one buurt beside the same change in its look-alikes.

    Attributes
    ----------
    own : float
    others : tuple of float
        In the order of the codes given; look-alikes without a figure are left out.
    as_much : int
        How many of the others changed at least as much in the same direction.
    """

    own: float
    others: tuple[float, ...]
    as_much: int


def share_of(table: pd.DataFrame, code: str, wave: int, question: str) -> Share | None:
    """Return the share and the number of answers of a buurt in a wave.

    Parameters
    ----------
    table : DataFrame
        Columns ``buurt, golf, vraag, aantal, aandeel``; a missing share is NaN.

    Returns
    -------
    Share or None
        None when it was not asked, or of fewer than `LEAST`.
    """
    rows = table[(table["buurt"] == code) & (table["golf"] == wave) & (table["vraag"] == question)]
    if rows.empty or rows["aandeel"].isna().iloc[0] or rows["aantal"].iloc[0] < LEAST:
        return None
    return Share(float(rows["aandeel"].iloc[0]), int(rows["aantal"].iloc[0]))


def waves(table: pd.DataFrame, question: str) -> list[int]:
    """Return the waves in which a question was asked, in order."""
    return sorted(int(wave) for wave in table.loc[table["vraag"] == question, "golf"].unique())


def interval(share: Share) -> Estimate:
    """Return the Wilson interval of a share.

    Notes
    -----
    Wilson (1927); unlike the plain one it stays between 0 and 1, also for a share of 0 or 1.
    """
    p, n = share
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half))


def before_after(before: Share, after: Share) -> Estimate:
    """Return the difference of two shares of other people, with its interval.

    Notes
    -----
    Independent samples: the variance is the sum of ``p (1 - p) / n``, with one yes and one no
    added to each sample (Agresti & Caffo 2000).
    """
    return _estimate(after.share - before.share, (before, after))


def difference_in_differences(
    before: Share, after: Share, twin_before: Share, twin_after: Share
) -> Estimate:
    """Return the change minus that of a twin, with an interval for the sample alone.

    Notes
    -----
    ``(after - before) - (twin_after - twin_before)``; its variance is the sum of the four
    ``p (1 - p) / n``, with one yes and one no added to each sample (Agresti & Caffo 2000). But for
    those that is ordinary least squares of the answers on buurt, wave and their product, with
    standard errors of White (HC0). It does not know that each buurt wobbles:
    with one treated buurt these errors are too small (Donald & Lang 2007; see `false_effects`).
    """
    change = (after.share - before.share) - (twin_after.share - twin_before.share)
    return _estimate(change, (before, after, twin_before, twin_after))


def _estimate(value: float, shares: Sequence[Share]) -> Estimate:
    half = Z * sqrt(sum(_variance(share) for share in shares))
    return Estimate(value, value - half, value + half)


def _variance(share: Share) -> float:
    """Return the variance of a share, with one yes and one no added (Agresti & Caffo 2000).

    Without those two, a share near 0 or 1 of few answers would look far too certain.
    """
    p = (share.share * share.n + 1) / (share.n + 2)
    return p * (1 - p) / (share.n + 2)


def placebo_row(
    table: pd.DataFrame,
    code: str,
    others: Sequence[str],
    question: str,
    before: int,
    after: int,
    added: float = 0,
) -> Row | None:
    """Place the change of a buurt in the row of the changes of its look-alikes.

    Nothing was done in the look-alikes: how far their changes lie apart is what a buurt does by
    itself, sample and wobble together (placebo tests in the manner of Abadie e.a. 2010).

    Parameters
    ----------
    table : DataFrame
        As for `share_of`.
    code : str
    others : sequence of str
    question : str
    before, after : int
        The waves.
    added : float
        A share that is put on top of the last figure of the buurt, to see what that looks like.

    Returns
    -------
    Row or None
        None when the buurt itself has no figure in one of the waves.
    """
    changes = []
    for one in (code, *others):
        shares = [share_of(table, one, wave, question) for wave in (before, after)]
        changes.append(None if None in shares else shares[1].share - shares[0].share)
    own, *rest = changes
    if own is None:
        return None
    own += added
    known = tuple(change for change in rest if change is not None)
    # A published share has two decimals; what is equal there must be equal here.
    step = -1 if own < 0 else 1
    as_much = sum(round(step * (change - own), 6) >= 0 for change in known)
    return Row(own, known, as_much)


def least_visible(answers: int, twin: bool = False) -> float:
    """Return the least change that a survey shows four times out of five.

    Parameters
    ----------
    answers : int
        In each wave; other people each time.
    twin : bool
        Whether the change is compared with that of one other buurt, with as many answers.

    Returns
    -------
    float
        A difference of shares: 0.2 for 100 answers, 0.28 with a twin.

    Notes
    -----
    ``(1.96 + 0.84) * sqrt(2 * 0.25 / n)``: 80% power, 5% two-sided, shares near a half, where
    they are hardest to see; with a twin times ``sqrt(2)``. The ordinary sample size formula for
    two proportions (Fleiss, Levin & Paik 2003, section 4.2) without continuity correction.
    """
    if answers < LEAST:
        raise ValueError(f"the rule does not hold below {LEAST} answers")
    return (Z + Z_POWER) * sqrt(2 * 0.25 / answers) * (sqrt(2) if twin else 1)


def false_effects(
    answers: int, wobble: float, times: int = 100, seed: int = 1, share: float = 0.5
) -> list[Estimate]:
    """Compare a buurt with its twin, again and again, when nothing at all was done.

    Two buurten with the same share; in each wave each goes up or down by itself (normal, sd
    `wobble`), and `answers` other people are asked. What is returned are the estimates of
    `difference_in_differences`.

    Parameters
    ----------
    answers : int
        In each buurt and wave.
    wobble : float
        As a share: 0.05 is five points.
    times, seed : int
        The same seed gives the same draws everywhere: standard library only.
    share : float
    """
    if answers < LEAST or times < 1 or wobble < 0 or not 0 < share < 1:
        raise ValueError(
            f"answers from {LEAST}, times from one, no negative wobble, a share within 0 to 1"
        )
    draw = random.Random(f"toeval {seed} {answers} {wobble}")

    def asked() -> Share:
        true = min(1.0, max(0.0, draw.gauss(share, wobble)))
        return Share(sum(draw.random() < true for _ in range(answers)) / answers, answers)

    return [difference_in_differences(asked(), asked(), asked(), asked()) for _ in range(times)]
