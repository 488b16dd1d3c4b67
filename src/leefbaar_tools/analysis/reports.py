"""Reports of nuisance: what is ordinary, what is special, and what springs back by itself.

Two ideas: a **band** (control chart) in which the months of one complex wobble, and a
**funnel** (funnel plot) in which complexes of every size lie when they do not differ. Both
count households that reported, because one household often reports more than once.

Sources of the rules: Spiegelhalter 2005 (funnel plot, overdispersion), Laney 2002 (u′ chart),
Anhøj & Olesen 2014 (a long row on one side; a rule for trends is useless).
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby, pairwise
from statistics import mean, median
from typing import NamedTuple

import pandas as pd

LEAST_DWELLINGS = 20  # smaller complexes are not shown
LEAST_CASES = 10  # no split leaves a cell with fewer
TAIL = 0.001  # on each side of 99.8%
NEARLY_POISSON = 1.001  # variance over mean; closer to 1 the numbers of the other law overflow
ROW_BY_CHANCE = 0.06  # the most that a special row may come by chance
QUIET_DAYS = 90  # after so many days without a report a household begins anew
LEAST_BASE = 8  # months from which a band is made
DISPERSION_TEST = 0.05
MOVING_RANGE = 0.954  # median range of two normal draws, in standard deviations (d4)
WINSORISED = 0.1  # share of z-scores pulled in on each side
# What the mean square of normal scores is after that: 0.8 − 2aφ(a) + 0.2a², a the 90% point.
PULLED_IN = 0.67864
DAYPARTS = ("ochtend", "middag", "avond", "nacht")


# --- a long row on one side


def row_needed(points: int) -> int:
    """Return how many points in a row on one side are special.

    Six up to 16 points, eight from 17 on: by chance a row of six comes in 1 of 100 series of
    12 and in 6 of 100 of 16, a row of eight in 2 of 100 series of 24; see `chance_of_row`.
    """
    return 6 if points <= 16 else 8


@lru_cache(4096)
def chance_of_row(above: int, below: int, length: int) -> float:
    """Return the chance of a row of at least `length` points on one side.

    Every order of the points is as likely: counted exactly, by how many are left on each side
    and the row at the end.

    Parameters
    ----------
    above, below : int
        How many points lie on each side of the middle line, and not on it.
    length : int
        At least two.
    """
    if above < 0 or below < 0 or above + below < 1 or length < 2:
        raise ValueError("points on two sides, and a row of at least two")

    @cache
    def without(same: int, other: int, row: int) -> int:
        """Orders of what is left without a long row; the last `row` points lie on one side."""
        if same == other == 0:
            return 1
        on = without(same - 1, other, row + 1) if same and row + 1 < length else 0
        return on + (without(other - 1, same, 1) if other else 0)

    starts = [(above, below)] * (above > 0) + [(below, above)] * (below > 0)
    short = sum(without(same - 1, other, 1) for same, other in starts)
    return 1 - short / math.comb(above + below, above)


class Row(NamedTuple):
    """A stretch of points on one side of the middle: place of the first and last, and side."""

    first: int
    last: int
    length: int
    above: bool


def longest_row(values: Sequence[float]) -> Row | None:
    """Return the longest row on one side of the median; points on it neither count nor break."""
    sides = _sides(values)
    rows = [list(group) for _, group in groupby(sides, key=lambda pair: pair[1])]
    if not rows:
        return None
    longest = max(rows, key=len)
    return Row(longest[0][0], longest[-1][0], len(longest), longest[0][1])


def special_row(values: Sequence[float], least: int | None = None) -> Row | None:
    """Return the longest row when it is long enough to be special.

    Two conditions: `row_needed` points, or `least` when given, and no more often by chance than
    that rule allows. The second matters for small counts, where most points may lie on one side.
    """
    row = longest_row(values)
    if row is None or row.length < (least or row_needed(len(values))):
        return None
    above = sum(side for _, side in _sides(values))
    below = len(_sides(values)) - above
    return row if chance_of_row(above, below, row.length) <= ROW_BY_CHANCE else None


def _sides(values: Sequence[float]) -> list[tuple[int, bool]]:
    """Return the place of every point that is not on the median, and whether it lies above."""
    level = median(values) if values else 0
    return [(place, value > level) for place, value in enumerate(values) if value != level]


# --- the band of one series


@dataclass(frozen=True)
class Band:
    """The band in which a series wobbles, and what lies out of the ordinary.

    Attributes
    ----------
    middle : float
        The median of all points: half lie on or below it.
    low, high : float
        Edges; a value of `high` or more, or of `low` or less, is outside. `low` may lie below
        nought: then nothing can be too low.
    outside : tuple of int
        Places of the points outside.
    row : Row or None
        The longest row, when it is long enough to be special.
    widened : float
        How much wider than chance alone the band was made; 1 is not.
    base : int
        From how many points the band was made.
    """

    middle: float
    low: float
    high: float
    outside: tuple[int, ...]
    row: Row | None
    widened: float
    base: int

    @property
    def special(self) -> bool:
        """Whether either of the two rules holds."""
        return bool(self.outside) or self.row is not None


def band(
    values: Sequence[float], until: int | None = None, least_row: int | None = None
) -> Band | None:
    """Return the band of monthly counts, and what lies outside it; None with too few points.

    Counts out of a complex of one size, so a c-chart with 99.8% limits, read exactly from the
    Poisson distribution. Where the counts wobble more than that (`dispersion`), the variance is
    that of Laney's u′, and the limits are read from the negative binomial distribution with that
    variance: who calls, calls again, so wide counts are skewed. In the sample city with nothing
    the matter, reports then raise the alarm in nearly one of four complexes in two years
    (households: in one of fifty); three standard deviations on each side would do so in half.

    Parameters
    ----------
    values : sequence of float
        Counts in order of time, none below nought; at most 36.
    until : int, optional
        How many points lie before an action: the limits are made from those alone. All of
        them unless given. The middle line and the row are those of all points.
    least_row : int, optional
        How long a row must be; `row_needed` unless given.
    """
    base = list(values if until is None else values[:until])
    if len(base) < LEAST_BASE or not any(base):
        return None
    level = mean(base)
    wide = laney(base) if dispersion(base).too_wide else 1.0
    low, high = count_edges(level, wide**2)
    outside = tuple(n for n, value in enumerate(values) if value >= high or value <= low)
    return Band(median(values), low, high, outside, special_row(values, least_row), wide, len(base))


class Dispersion(NamedTuple):
    """How much counts vary beside what chance gives them (1), and the chance of that much."""

    ratio: float
    chance: float

    @property
    def too_wide(self) -> bool:
        """Whether chance alone would seldom give so much."""
        return self.chance < DISPERSION_TEST


def dispersion(counts: Sequence[float], expected: Sequence[float] | None = None) -> Dispersion:
    """Test whether counts vary more than Poisson counts do.

    The sum of (count − expected)² / expected is, by chance alone, about chi-squared with one
    degree of freedom less than there are counts.

    Parameters
    ----------
    counts : sequence of float
        At least two, not all nought.
    expected : sequence of float, optional
        The mean of the counts unless given.
    """
    from scipy.special import chdtrc

    wanted = [mean(counts)] * len(counts) if expected is None else list(expected)
    free = len(counts) - 1
    total = sum((count - e) ** 2 / e for count, e in zip(counts, wanted, strict=True))
    return Dispersion(total / free, float(chdtrc(free, total)))


def laney(counts: Sequence[float]) -> float:
    """Return how much wider a band must be than chance alone makes it; at least 1.

    Laney's sigma-z, from the median moving range (Wheeler 1992): the median difference between
    neighbouring z-scores over 0.954. Neighbours, so that a lasting change of level does not
    hide itself; the median, so that one month that is on fire does not either.
    """
    level = mean(counts)
    scores = [(count - level) / math.sqrt(level) for count in counts]
    ranges = [abs(b - a) for a, b in pairwise(scores)]
    return max(1.0, median(ranges) / MOVING_RANGE)


Law = Callable[[float], float]  # the chance of a count or less, continuous in the count


def _law(level: float, ratio: float = 1.0) -> Law:
    """Return how counts fall whose variance is `ratio` times their mean.

    Poisson at 1, else negative binomial: what calls are when everybody calls at a rate of
    their own.
    """
    from scipy.special import betainc, gammaincc

    if ratio <= NEARLY_POISSON:
        return lambda x: float(gammaincc(x + 1, level))
    size, share = level / (ratio - 1), 1 / ratio
    return lambda x: float(betainc(size, x + 1, share))


def _binomial(size: int, share: float) -> Law:
    """Return how many of `size` households report, when `share` of all do."""
    from scipy.special import betainc

    return lambda x: 1.0 if x >= size else float(betainc(size - x, x + 1, 1 - share))


def _edges(law: Law, top: float) -> tuple[float, float]:
    return _solve(law, TAIL, -1, top), _solve(law, 1 - TAIL, -1, top) + 1


@lru_cache(4096)
def count_edges(level: float, ratio: float = 1.0) -> tuple[float, float]:
    """Return the edges beyond which a count comes in 1 of 1000 cases on each side.

    Continuous in `level`, and exact: a whole count lies outside when it is `high` or more, or
    `low` or less. `low` lies below nought when no count can be too low.

    Parameters
    ----------
    level : float
        The mean.
    ratio : float
        Variance over mean: 1 is Poisson.
    """
    return _edges(_law(level, ratio), level + 12 * math.sqrt(level * ratio) + 20 * ratio)


@lru_cache(4096)
def binomial_edges(size: int, share: float) -> tuple[float, float]:
    """Return the same for a number of households out of `size`, when `share` of all report."""
    return _edges(_binomial(size, share), size)


def _solve(rising, wanted: float, low: float, high: float) -> float:
    """Return where a rising function takes a value; the end of the range when it nowhere does."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def false_alarms(table: Sequence[Sequence[float]], times: int = 25, seed: int = 0) -> float:
    """Return how many complexes stand out when nothing is the matter anywhere, on average.

    Every complex gets months by chance alone, around its own mean and with the season of all of
    them together; then `band` looks. Standard library draws, so the same number every time.

    Parameters
    ----------
    table : sequence of sequence of float
        Counts of every complex, a number for every month.
    times : int
        How often; the mean of 25 is about 0.4 from what it would be for ever.
    seed : int
    """
    rng = random.Random(f"false alarms {seed}")
    season = [sum(month) for month in zip(*table, strict=True)]
    usual = mean(season) or 1
    levels = [mean(counts) for counts in table]
    found = (
        band([_chance_count(rng, level * month / usual) for month in season])
        for _ in range(times)
        for level in levels
    )
    return sum(one is not None and one.special for one in found) / times


def _chance_count(rng: random.Random, level: float) -> int:
    """Draw a Poisson number: as many waiting times of 1 as fit in `level`."""
    number, passed = 0, rng.expovariate(1)
    while passed < level:
        number, passed = number + 1, passed + rng.expovariate(1)
    return number


SIX_SEED = 2383
SIX = {  # which of the six series is more than chance, and from which month to which
    "B": (9.0, range(15, 17), 2.3),  # a peak of two months
    "E": (7.0, range(12, 24), 1.6),  # a lasting change
}


def six_series(seed: int = SIX_SEED) -> dict[str, list[int]]:
    """Return six series of 24 months to judge by eye: four by chance alone, two that are not.

    The same six for everybody. The seed was chosen so that `band` finds the two of `SIX` and no
    other: with another seed chance itself would now and then raise an alarm.
    """
    rng = random.Random(f"six series {seed}")
    made = {}
    for letter in "ABCDEF":
        level, months, times = SIX.get(letter, (8.0, range(0), 1.0))
        levels = [level * (times if month in months else 1) for month in range(24)]
        made[letter] = [_chance_count(rng, one) for one in levels]
    return made


# --- the tables of a corporation


def per_complex(complexes: pd.DataFrame, reports: pd.DataFrame, year: int) -> pd.DataFrame:
    """Count reports, and households that reported, of each complex that may be shown.

    Parameters
    ----------
    complexes : DataFrame
        Columns complex, naam, woningen.
    reports : DataFrame
        Columns datum (ISO text), complex, huishouden.
    year : int

    Returns
    -------
    DataFrame
        Index complex; columns naam, woningen, meldingen, huishoudens. Complexes of fewer than
        `LEAST_DWELLINGS` dwellings are left out.
    """
    shown = complexes[complexes["woningen"] >= LEAST_DWELLINGS].set_index("complex")
    of_year = reports[reports["datum"].str.startswith(f"{year}-")].groupby("complex")
    counted = {"meldingen": of_year.size(), "huishoudens": of_year["huishouden"].nunique()}
    table = shown[["naam", "woningen"]].copy()
    for name, numbers in counted.items():
        table[name] = numbers.reindex(table.index).fillna(0).astype(int)
    return table


def months(reports: pd.DataFrame, complex: str, years: Sequence[int], what: str) -> list[int]:
    """Return, month by month, the reports of one complex, or the households that began to report.

    A household that goes on calling counts once, in the month in which it began, and again only
    after `QUIET_DAYS`: otherwise one stubborn trouble makes a row of months too high, and the
    rules of `band` raise the alarm more than twice as often as chance does.

    Parameters
    ----------
    reports : DataFrame
        Columns datum (ISO text), complex, huishouden.
    complex : str
        Its code. Only for its owner's own screen and sheet: these counts may be small.
    years : sequence of int
    what : {"meldingen", "huishoudens"}
    """
    own = reports[reports["complex"] == complex]
    return months_of_all(own, [complex], years, what)[0]


def months_of_all(
    reports: pd.DataFrame, complexes: Sequence[str], years: Sequence[int], what: str
) -> list[list[int]]:
    """Return the same of more than one complex, in the order of `complexes`."""
    if what == "huishoudens":
        reports = _beginnings(reports)
    names = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    counted = reports.groupby(["complex", reports["datum"].str[:7]]).size().unstack(fill_value=0)
    table = counted.reindex(index=list(complexes), columns=names, fill_value=0)
    return [[int(count) for count in row] for row in table.to_numpy()]


def _beginnings(reports: pd.DataFrame) -> pd.DataFrame:
    """Keep the first report of every household, and the first after a quiet time."""
    ordered = reports.sort_values(["huishouden", "datum"])
    days = pd.to_datetime(ordered["datum"])
    quiet = days.groupby(ordered["huishouden"]).diff().dt.days
    return ordered[quiet.isna() | (quiet > QUIET_DAYS)]


def busiest_caller(reports: pd.DataFrame, complex: str) -> tuple[int, int]:
    """Return how many of the reports of a complex come from the household that reported most."""
    own = reports[reports["complex"] == complex]["huishouden"].value_counts()
    return (int(own.max()) if len(own) else 0), int(own.sum())


class Moments(NamedTuple):
    """Reports in eight cells, and how many a week they are by day; None where too few."""

    counts: dict[tuple[str, bool], int]
    per_day: dict[tuple[str, bool], float]


def moments(reports: pd.DataFrame, days: tuple[int, int]) -> Moments | None:
    """Count reports by part of the day, on weekdays and at the weekend.

    Eight cells and never more: a map of weekday by hour needs far more reports than a complex
    has. None when a cell holds fewer than `LEAST_CASES`: who lives there would be seen.

    Parameters
    ----------
    reports : DataFrame
        Columns dagdeel and weekend (ja or nee).
    days : (int, int)
        How many weekdays and weekend days there were.

    Returns
    -------
    Moments or None
        `counts`, and `per_day`: reports in 100 such days, so that five days and two compare.
    """
    found = reports.groupby(["dagdeel", "weekend"]).size()
    cells = {
        (part, weekend): int(found.get((part, "ja" if weekend else "nee"), 0))
        for weekend in (False, True)
        for part in DAYPARTS
    }
    if min(cells.values()) < LEAST_CASES:
        return None
    rates = {cell: 100 * count / days[cell[1]] for cell, count in cells.items()}
    return Moments(cells, rates)


# --- the funnel of many complexes


@dataclass(frozen=True)
class Funnel:
    """Complexes beside what chance allows for their size.

    Attributes
    ----------
    share : float
        Of all dwellings together, a year.
    outside : tuple of str
        Codes of the complexes outside, in order of code: outside is different, not worse.
    spread : float
        How much the complexes differ beside chance alone (1): the winsorised mean of squared
        z-scores.
    too_wide : bool
        Whether that is more than chance would give.
    widened : float
        By how much the funnel was widened; 1 is not.
    expected : float
        How many would lie outside by chance alone, had none of them differed and were the
        count right: exact, whole counts.
    binomial : bool
        Whether households out of dwellings were counted.
    """

    share: float
    outside: tuple[str, ...]
    spread: float
    too_wide: bool
    widened: float
    expected: float
    binomial: bool

    def edges(self, size: int) -> tuple[float, float]:
        """Return from which count a complex of this size lies outside, below and above."""
        if self._exact:
            return binomial_edges(size, self.share)
        return count_edges(size * self.share, self._ratio)

    def beyond(self, size: int) -> float:
        """Return the chance that a complex of this size lies outside, when none differs."""
        exact = _binomial(size, self.share)
        law = exact if self._exact else _law(size * self.share, self._ratio)
        low, high = self.edges(size)
        return 1 - law(math.ceil(high) - 1) + (law(math.floor(low)) if low >= 0 else 0.0)

    @property
    def _exact(self) -> bool:
        return self.binomial and self.widened == 1

    @property
    def _ratio(self) -> float:
        """Variance over mean."""
        return self.widened * (1 - self.share if self.binomial else 1)


def funnel(table: pd.DataFrame, what: str, widen: bool = False) -> Funnel:
    """Place complexes in a funnel of 99.8%.

    Households out of dwellings are binomial; reports are taken as Poisson, which they are not:
    who calls, calls again. `widen` corrects for that as Spiegelhalter (2005) does, by the mean
    of the squared z-scores with the outer tenth on each side pulled in; here over what that mean
    is when nothing differs, so that 1 stays 1. Made only when it lies above 1 + 2√(2/n). The
    limits are then those of the negative binomial distribution with that variance: calls are
    skewed, most of all in small complexes.

    Parameters
    ----------
    table : DataFrame
        From `per_complex`.
    what : {"meldingen", "huishoudens"}
    widen : bool
    """
    binomial = what == "huishoudens"
    share = table[what].sum() / table["woningen"].sum()
    variance = share * (1 - share if binomial else 1) * table["woningen"]
    scores = (table[what] - share * table["woningen"]) / variance**0.5
    pulled = scores.clip(scores.quantile(WINSORISED), scores.quantile(1 - WINSORISED))
    spread = float((pulled**2).mean()) / PULLED_IN
    too_wide = spread > 1 + 2 * math.sqrt(2 / len(table))
    widened = spread if widen and too_wide else 1.0
    found = Funnel(float(share), (), spread, too_wide, widened, 0.0, binomial)
    edges = {size: found.edges(size) for size in set(table["woningen"])}
    outside = tuple(
        code
        for code, size, count in table[["woningen", what]].sort_index().itertuples()
        if count >= edges[size][1] or count <= edges[size][0]
    )
    expected = sum(found.beyond(size) for size in table["woningen"])
    return replace(found, outside=outside, expected=expected)


# --- springing back


@dataclass(frozen=True)
class Spring:
    """The highest of one year, and the same a year later.

    Attributes
    ----------
    chosen : tuple of (code, before, after)
        In order of code; per 100 dwellings.
    mean_before, mean_after : float
        Of the chosen.
    level_before, level_after : float
        Of all complexes together.
    """

    chosen: tuple[tuple[str, float, float], ...]
    mean_before: float
    mean_after: float
    level_before: float
    level_after: float

    @property
    def fall(self) -> float:
        """By which share the chosen fell together."""
        return 1 - self.mean_after / self.mean_before


def springing_back(before: pd.DataFrame, after: pd.DataFrame, what: str, top: int = 5) -> Spring:
    """Take the complexes that were highest in one year, and look again a year later.

    Nobody did anything: what falls, falls by itself. Each falls to its own level.

    Parameters
    ----------
    before, after : DataFrame
        From `per_complex`.
    what : {"meldingen", "huishoudens"}
    top : int
    """
    both = before.join(after[what].rename(f"{what} later"), how="inner")
    first, then = (100 * both[column] / both["woningen"] for column in (what, f"{what} later"))
    highest = sorted(first.nlargest(top).index)
    chosen = tuple((code, float(first[code]), float(then[code])) for code in highest)
    level = (100 * t[what].sum() / t["woningen"].sum() for t in (before, after))
    return Spring(
        chosen,
        mean(pair[1] for pair in chosen),
        mean(pair[2] for pair in chosen),
        *map(float, level),
    )


class Throw(NamedTuple):
    """Two throws of every player, and the places of those who got the help."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    chosen: tuple[int, ...]

    @property
    def together_lower(self) -> bool:
        """Whether the chosen threw lower together the second time."""
        return sum(self.first[n] for n in self.chosen) > sum(self.second[n] for n in self.chosen)


def dice(times: int, players: int = 12, top: int = 3, seed: int = 0) -> list[Throw]:
    """Let everybody throw two dice, pick the highest, and let everybody throw again.

    Of equal throws the first player is picked. Draws with the standard library: the first
    games stay the same when `times` grows.
    """
    if times < 1 or not 1 <= top <= players:
        raise ValueError("at least one game, and no more chosen than there are players")
    draw = random.Random(f"dice {seed}")
    return [_game(draw, players, top) for _ in range(times)]


def _game(draw: random.Random, players: int, top: int) -> Throw:
    def throws() -> Iterator[int]:
        return (draw.randint(1, 6) + draw.randint(1, 6) for _ in range(players))

    first, second = tuple(throws()), tuple(throws())
    chosen = sorted(range(players), key=lambda n: -first[n])[:top]
    return Throw(first, second, tuple(sorted(chosen)))
