"""Pure functions on an `Area`: a table in, a number or a table out.

Two rules hold everywhere. A figure that rests on too few is never shown as a fact: its
value is NaN and a Dutch reason stands beside it. Buurten are never ranked: tables stand in
order of code, and a place is said in words, with the spread beside it.
"""

import random
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..areas import MINIMUM, Area, AreaError, Indicator, too_small

# What makes two buurten alike: who lives there and in what dwellings. No outcome (Leefbaarometer),
# and no WOZ value, because a price already holds how people value the buurt.
BACKGROUND = (
    "single_person",
    "with_children",
    "age_65_plus",
    "corporation",
    "flats",
    "density",
    "income",
)
LEAST_BACKGROUND = 5  # characteristics that must be published to call buurten alike
FEW_BACKGROUND = "Er is te weinig bekend om te zien welke buurten op elkaar lijken."
# What makes a buurt vulnerable, with the sign that counts as more vulnerable.
VULNERABILITY = {"corporation": 1, "low_income": 1, "bijstand": 1, "income": -1}

# Within this distance of the city a figure is called "evenveel".
CITY_MARGIN = 0.10  # of the city's own value, for shares and amounts
CITY_MARGIN_SHARE = 0.01  # and never less than one in a hundred, for shares
CITY_MARGIN_SCORE = 0.03  # about a third of a class of the Leefbaarometer

# How far outside the ordinary wobble something must lie to be called special.
WOBBLES = 3.5
# The least change that means something, per kind of indicator; relative for amounts and counts.
LEAST_CHANGE = {"share": 0.02, "score": 0.06, "class": 1.5, "amount": 0.05, "count": 0.05}
LEAST_CHANGE_DIMENSION = 0.03  # a dimension moves less than the total of the five
LEAST_CHANGE_RARE = 0.2  # of a share that is small itself

# Farther away than this, in standard deviations a characteristic, buurten are not alike.
MOST_APART = 1.4

MAD_TO_SD = 1.4826  # median absolute deviation to standard deviation, for normal data


class OutOfTen(NamedTuple):
    """A share as a whole number out of ten (None when not shown) and in Dutch words."""

    number: int | None
    words: str


class Place(NamedTuple):
    """Where a buurt stands among look-alikes: word, own value, their middle half and values."""

    word: str
    value: float
    low: float
    high: float
    alike: tuple[float, ...]
    year: int
    reason: str


class Changes(NamedTuple):
    """How much a figure changed in a buurt and in its look-alikes, between the same two years."""

    own: float
    alike: tuple[float, ...]
    start: int
    end: int
    reason: str


class Trend(NamedTuple):
    """A series in stretches that may be joined, and a verdict on the newest stretch."""

    series: pd.DataFrame
    word: str
    change: float
    wobble: float
    reason: str


def small_number(n: float, cases: float, counted: str) -> str:
    """Dutch reason why a figure is not shown as a fact, or an empty text when it may be.

    Parameters
    ----------
    n, cases : float
        The number behind the figure, and how many of them it counts; NaN when unknown.
    counted : str
        What `n` counts; a key of `areas.MINIMUM`.
    """
    if not too_small(n, cases, counted):
        return ""
    if n < MINIMUM.get(counted, 0):
        return f"Te klein om te tonen: minder dan {MINIMUM[counted]} {counted}."
    return "Te klein om te tonen: het gaat om minder dan 10."


def out_of_ten(value: float, n: float | None = None) -> OutOfTen:
    """Say a share (0 to 1) out of ten: ``OutOfTen(4, "ongeveer 4 van de 10")``.

    Halves go up. With `n`, fewer than 20 behind the share gives no number.

    Raises
    ------
    ValueError
        When the share is not between 0 and 1.
    """
    if np.isnan(value):
        return OutOfTen(None, "niet bekend")
    if n is not None and n < MINIMUM["woningen"]:
        return OutOfTen(None, "te klein om te tonen")
    if not 0 <= value <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {value}")
    number = int(np.floor(round(value * 10, 6) + 0.5))
    words = {0: "bijna geen", 10: "bijna alle"}.get(number, f"ongeveer {number} van de 10")
    return OutOfTen(number, words)


def figure(area: Area, code: str, indicator: str, year: int | None = None) -> dict:
    """One figure, safe to show: ``level, code, name, year, value, n, flag, reason``.

    ``value`` is NaN when the figure is missing or too small; ``reason`` then says why.
    """
    year = area.year(indicator, year)
    cell = area.cell(code, indicator, year)
    reason = {
        "ok": "",
        "small": small_number(cell["n"], cell["cases"], area.indicator(indicator).counted),
        "missing": "Niet bekend: dit cijfer is niet gepubliceerd.",
    }[cell["flag"]]
    return {
        "level": area.level(code),
        "code": code,
        "name": area.name(code),
        "year": year,
        "value": cell["value"] if cell["flag"] == "ok" else float("nan"),
        "n": cell["n"],
        "flag": cell["flag"],
        "reason": reason,
    }


def compare(area: Area, code: str, indicator: str, year: int | None = None) -> pd.DataFrame:
    """Put a region beside what it lies in: one row each for buurt, wijk, gemeente and land."""
    return pd.DataFrame([figure(area, step, indicator, year) for step in area.path(code)])


def relative_to_city(area: Area, code: str, indicator: str, year: int | None = None) -> str:
    """``"meer"``, ``"evenveel"`` or ``"minder"`` than the gemeente, as a whole.

    For scores ``"beter"``, ``"evenveel"`` or ``"minder goed"``. The margins are
    `CITY_MARGIN`, `CITY_MARGIN_SHARE` and `CITY_MARGIN_SCORE`. An empty text when either
    figure may not be shown.

    Raises
    ------
    AreaError
        For counts: a buurt never has more inhabitants than its city.
    """
    kind = area.indicator(indicator).kind
    if kind == "count":
        title = area.indicator(indicator).title
        raise AreaError(f"Een aantal {title} kun je niet met de hele stad vergelijken.")
    own = figure(area, code, indicator, year)["value"]
    city = figure(area, area.gemeente(code), indicator, year)["value"]
    if np.isnan(own) or np.isnan(city):
        return ""
    margin = CITY_MARGIN * abs(city)
    if kind == "share":
        margin = max(margin, CITY_MARGIN_SHARE)
    if kind == "score":
        margin = CITY_MARGIN_SCORE
    if abs(own - city) <= margin:
        return "evenveel"
    if kind in ("score", "class"):
        return "beter" if own > city else "minder goed"
    return "meer" if own > city else "minder"


def _buurten(area: Area, indicator: str, year: int | None = None) -> pd.Series:
    """Values of the buurten whose figure may be shown; NaN for the others. Index ``code``."""
    table = area.table(indicator, year)
    return table["value"].where(table["flag"] == "ok")


def _background(area: Area, indicator: str, year: int) -> pd.Series:
    """Like `_buurten`, but few cases are no objection: no figure itself is shown."""
    table = area.table(indicator, year)
    counted = area.indicator(indicator).counted
    return table["value"].mask(too_small(table["n"], float("nan"), counted))


def _common_years(area: Area, indicators) -> set[int]:
    """Years in which all these indicators are known: different years are never joined."""
    return set.intersection(*(set(area.indicator(id).years) for id in indicators))


def _standardise(values: pd.Series) -> pd.Series:
    spread = values.std(ddof=0)
    return (values - values.mean()) / spread if spread > 0 else values * 0.0


def comparable(area: Area, code: str, k: int = 8) -> pd.DataFrame:
    """Return the `k` buurten most alike in background, nearest first.

    Distance: the root of the mean squared difference over `BACKGROUND`, each characteristic
    standardised over the buurten (density by its logarithm), in the newest year in which
    this area has most of them. A characteristic that is not known for both is left out; with
    more than two left out, or too few dwellings, there is no comparison.

    Returns
    -------
    DataFrame
        Index ``code``; columns ``name, distance`` (0 is identical, 1 is a whole standard
        deviation on each characteristic). Empty when the buurt itself is too small.
    """
    if area.level(code) != "buurt":
        raise AreaError(f"{area.name(code)} is geen buurt; vergelijken kan alleen per buurt.")
    table = _backgrounds(area)
    difference = (table - table.reindex([code]).iloc[0]).drop(index=code, errors="ignore")
    enough = difference.notna().sum(axis=1) >= max(1, len(table.columns) - 2)
    distance = np.sqrt((difference[enough] ** 2).mean(axis=1))
    nearest = distance.sort_values(kind="stable").head(k)
    return pd.DataFrame({"name": area.regions.loc[nearest.index, "name"], "distance": nearest})


def _alike(area: Area, code: str, k: int) -> pd.Index:
    """Return the codes of at most `k` comparable buurten that are near enough to be alike."""
    if area.level(code) != "buurt":  # a wijk has no look-alikes
        return pd.Index([], dtype=str)
    table = comparable(area, code, k)
    return table.index[table["distance"] <= MOST_APART]


def check_background(area: Area) -> None:
    """Refuse to say which buurten are alike when too little is published to know.

    Raises
    ------
    AreaError
        With fewer than `LEAST_BACKGROUND` characteristics in one year.
    """
    if len(_background_known(area)[1]) < LEAST_BACKGROUND:
        raise AreaError(FEW_BACKGROUND)


def _background_known(area: Area) -> tuple[int, list[str]]:
    """Return the year in which most of `BACKGROUND` is known, the newest of these, and which."""
    years = {id: area.indicators[id].years for id in BACKGROUND if id in area.indicators}
    every = set().union(*years.values())
    year = max(every, key=lambda y: (sum(y in known for known in years.values()), y), default=0)
    return year, [id for id, known in years.items() if year in known]


@lru_cache(maxsize=8)  # an area never changes, and every redrawn figure asks for this
def _backgrounds(area: Area) -> pd.DataFrame:
    """Standardised `BACKGROUND` of all buurten; index ``code``, a column per characteristic.

    Of the newest year in which most characteristics are known: of a first edition of a year many
    are not published yet.
    """
    year, known = _background_known(area)
    if not known:
        raise AreaError(FEW_BACKGROUND)
    columns = {}
    for indicator in known:
        values = _background(area, indicator, year)
        columns[indicator] = _standardise(np.log(values) if indicator == "density" else values)
    return pd.DataFrame(columns)


def place(area: Area, code: str, indicator: str, year: int | None = None, k: int = 8) -> Place:
    """Where a buurt stands among its `k` look-alikes: in, under or above their middle half.

    The word is ``"lager"``, ``"ongeveer gelijk"`` or ``"hoger"``; empty, with a Dutch reason,
    when the figure may not be shown or fewer than four look-alikes have one.
    """
    year = area.year(indicator, year)
    own = figure(area, code, indicator, year)
    alike = _buurten(area, indicator, year).reindex(_alike(area, code, k)).dropna()
    reason = own["reason"]
    if not reason and len(alike) < 4:
        reason = "Er zijn te weinig buurten die hierop lijken."
    if reason:
        return Place("", own["value"], float("nan"), float("nan"), tuple(alike), year, reason)
    low, high = (float(q) for q in alike.quantile([0.25, 0.75]))
    value = float(own["value"])
    word = "lager" if value < low else "hoger" if value > high else "ongeveer gelijk"
    return Place(word, value, low, high, tuple(alike), year, "")


def _robust_sd(values) -> float:
    """Return a standard deviation from the median absolute deviation, unmoved by a few outliers."""
    values = np.asarray(values, dtype=float)
    return float(MAD_TO_SD * np.median(np.abs(values - np.median(values))))


def _wobble(values: np.ndarray) -> float:
    """Standard deviation of one measurement round a steady line, from the steps between them.

    A step is the difference of two measurements, hence the root of two; the median step is
    the steady line.
    """
    return _robust_sd(np.diff(values)) / np.sqrt(2)


def _changes(area: Area, code: str, indicator: str) -> list[int]:
    """Years whose figure must not be joined with the year before."""
    if area.indicator(indicator).source.newest_division:
        return []  # every year is recalculated on the newest division
    return area.boundary_changes.get(code, [])


def _newest_stretches(area: Area, indicator: str, level: str) -> dict[str, np.ndarray]:
    """Per region of a level the values since its last changed boundary."""
    table = area.values[(area.values["indicator"] == indicator) & (area.values["level"] == level)]
    table = table[table["flag"] == "ok"].sort_values("year")
    start = [max(_changes(area, code, indicator), default=0) for code in table["code"]]
    table = table[table["year"].to_numpy() >= np.array(start, dtype=int)]
    return {code: part.to_numpy() for code, part in table.groupby("code")["value"]}


def trend(area: Area, code: str, indicator: str) -> Trend:
    """Series of one figure, never joined across a changed boundary, with a verdict.

    The verdict looks at the newest stretch only: the mean of its last two measurements minus
    that of its first two, against the ordinary wobble: the median of the wobbles of all areas
    of its level, larger for an area that is smaller than the middle one (by the root of the
    ratio of the numbers behind the figure). A change counts when it is more than `WOBBLES`
    times the wobble (which is also the standard deviation of a difference of two means of
    two) and at least `LEAST_CHANGE`.

    Returns
    -------
    Trend
        ``series``: index ``year``, columns ``value, n, flag, stretch``; values of different
        stretches must not be joined. ``word``: ``"stijgt"``, ``"daalt"``, ``"schommelt"``, or
        empty with a Dutch reason. ``change`` and ``wobble`` in the unit of the indicator.
    """
    series = area.series(code, indicator)[["value", "n", "flag"]].copy()
    series["value"] = series["value"].where(series["flag"] == "ok")
    changes = _changes(area, code, indicator)
    series["stretch"] = [sum(year >= change for change in changes) for year in series.index]

    level = area.level(code)
    stretches = _newest_stretches(area, indicator, level)
    values = stretches.get(code, np.array([]))
    if len(values) < 4:
        reason = "Er zijn te weinig metingen die je met elkaar mag vergelijken."
        return Trend(series, "", float("nan"), float("nan"), reason)
    wobble = np.median([_wobble(other) for other in stretches.values() if len(other) >= 4])
    sizes = area.table(indicator, level=level)["n"]
    wobble = float(wobble * np.sqrt(np.nanmax([1.0, sizes.median() / sizes.get(code, np.nan)])))
    change = float(values[-2:].mean() - values[:2].mean())
    least = _least_change(area.indicator(indicator), abs(values[:2].mean()))
    word = "schommelt"
    if abs(change) > WOBBLES * wobble and abs(change) >= least:
        word = "stijgt" if change > 0 else "daalt"
    return Trend(series, word, change, wobble, "")


def _least_change(indicator: Indicator, start: float) -> float:
    """Return the least change that means something, from the level it starts at."""
    least = LEAST_CHANGE[indicator.kind]
    if indicator.kind in ("amount", "count"):
        return least * start
    if indicator.kind == "share":
        return min(least, LEAST_CHANGE_RARE * start)
    if indicator.kind == "score" and indicator.id != "leefbaarometer":
        return LEAST_CHANGE_DIMENSION
    return least


def risers_and_fallers(area: Area, indicator: str = "leefbaarometer") -> pd.DataFrame:
    """Buurten that rose or fell over the last two measurements, beyond what buurten do.

    A riser (faller) changed more than the middle buurt by over `WOBBLES` robust standard
    deviations of the changes of all buurten, went up (down) at both steps, and by at least
    `LEAST_CHANGE` together. In years with a changed boundary a buurt is left out.

    Returns
    -------
    DataFrame
        Index ``code``, in order of code; columns ``name, word`` (``"stijger"`` or
        ``"daler"``), ``change, start, end`` (years).
    """
    years = area.indicator(indicator).years[-3:]
    found = []
    if len(years) == 3:
        table = pd.DataFrame({year: _buurten(area, indicator, year) for year in years}).dropna()
        unbroken = [
            not any(years[0] < change <= years[2] for change in _changes(area, code, indicator))
            for code in table.index
        ]
        table = table[unbroken]
        change = table[years[2]] - table[years[0]]
        steps = table.diff(axis=1)[list(years[1:])]
        beyond = change - change.median()
        least = _least_change(area.indicator(indicator), 1.0)
        for word, sign in (("stijger", 1), ("daler", -1)):
            special = (
                (sign * beyond > WOBBLES * _robust_sd(change))
                & (sign * steps > 0).all(axis=1)
                & (sign * change >= least)
            )
            found += [(code, area.name(code), word, change[code]) for code in change[special].index]
    table = pd.DataFrame(found, columns=["code", "name", "word", "change"]).set_index("code")
    return table.sort_index().assign(start=years[0], end=years[-1])


def vulnerability(area: Area, year: int | None = None) -> pd.Series:
    """How vulnerable buurten are: the mean of their standardised `VULNERABILITY` figures.

    Parameters
    ----------
    year : int, optional
        Newest year of which all figures are known, when left out.

    Returns
    -------
    Series
        Index ``code``, named after the year; 0 is the average buurt, higher is more
        vulnerable; NaN when a figure is missing or too small.
    """
    if year is None:
        years = _common_years(area, VULNERABILITY)
        if not years:
            raise AreaError("Er is geen jaar met alle cijfers over kwetsbaarheid.")
        year = max(years)
    parts = [
        sign * _standardise(_background(area, indicator, year))
        for indicator, sign in VULNERABILITY.items()
    ]
    return pd.concat(parts, axis=1).mean(axis=1, skipna=False).rename(year)


def against_vulnerability(
    area: Area, indicator: str = "overlast_onveiligheid", year: int | None = None
) -> pd.DataFrame:
    """Buurten by vulnerability and by a score, with the score that goes with the vulnerability.

    A line through all buurten says what score goes with what vulnerability: Theil-Sen, the
    median of the slopes of all pairs, so that an exception itself does not bend it.

    Returns
    -------
    DataFrame
        Index ``code``, in order of code; columns ``name, x`` (vulnerability), ``y`` (score),
        ``expected``, ``year`` and ``vulnerability_year``: figures on vulnerability can be of
        an earlier year, never later.
    """
    if area.indicator(indicator).better != "higher":
        raise AreaError("Beter dan verwacht kan alleen bij een cijfer waar hoger beter is.")
    if area.indicator(indicator).source.from_registers:
        raise AreaError(
            "Dit cijfer is geschat uit onder meer inkomen. Daarom kun je het daar niet naast "
            "leggen."
        )
    year = area.year(indicator, year)
    earlier = [known for known in _common_years(area, VULNERABILITY) if known <= year]
    if not earlier:
        raise AreaError(f"Van {year} of eerder zijn er geen cijfers over kwetsbaarheid.")
    background = vulnerability(area, max(earlier))
    table = pd.DataFrame({"x": background, "y": _buurten(area, indicator, year)}).dropna()
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    i, j = np.triu_indices(len(table), 1)
    i, j = i[x[i] != x[j]], j[x[i] != x[j]]
    slope = np.median((y[j] - y[i]) / (x[j] - x[i]))
    table["expected"] = np.median(y - slope * x) + slope * x
    table.insert(0, "name", area.regions.loc[table.index, "name"])
    return table.assign(year=year, vulnerability_year=max(earlier))


def better_than_expected(
    area: Area, indicator: str = "overlast_onveiligheid", year: int | None = None
) -> pd.DataFrame:
    """Vulnerable buurten that do better than their vulnerability suggests (positive deviants).

    A buurt is a positive deviant when (1) it belongs to the most vulnerable third, (2) it lies
    above the line of `against_vulnerability` by more than `WOBBLES` robust standard deviations
    of the distances to the line, and (3) its score is not below that of the gemeente.

    Returns
    -------
    DataFrame
        Index ``code``, in order of code; columns ``name, value, expected, year,
        vulnerability_year``.
    """
    table = against_vulnerability(area, indicator, year)
    distance = table["y"] - table["expected"]
    year = int(table["year"].iloc[0])
    city = [area.cell(area.gemeente(c), indicator, year)["value"] for c in table.index]
    special = (
        (table["x"] >= table["x"].quantile(2 / 3))
        & (distance > WOBBLES * _robust_sd(distance))
        & (table["y"] >= city)
    )
    columns = ["name", "y", "expected", "year", "vulnerability_year"]
    return table.loc[special, columns].rename(columns={"y": "value"})


def changes_alike(area: Area, code: str, indicator: str, k: int = 8, years: int = 2) -> Changes:
    """How much a figure changed by itself in the `k` look-alikes of a buurt.

    From the newest year of the indicator and the year `years` earlier. A buurt whose boundary
    changed in between, or whose figure may not be shown in either year, is left out.

    Returns
    -------
    Changes
        Changes in the unit of the indicator, in order of size. With a Dutch ``reason`` and no
        changes when fewer than four look-alikes remain; ``own`` is NaN when it may not be shown.
    """
    end = area.year(indicator)
    start = end - years
    if start not in area.indicator(indicator).years:
        reason = f"Er is geen cijfer van {years} jaar eerder."
        return Changes(float("nan"), (), start, end, reason)
    change = _buurten(area, indicator, end) - _buurten(area, indicator, start)
    moved = [c for c in change.index if any(start < y <= end for y in _changes(area, c, indicator))]
    change = change.drop(index=moved)
    alike = change.reindex(_alike(area, code, k)).dropna().sort_values()
    own = float(change.get(code, float("nan")))
    if len(alike) < 4:
        return Changes(own, (), start, end, "Er zijn te weinig buurten die hierop lijken.")
    return Changes(own, tuple(map(float, alike)), start, end, "")


def draw_samples(share: float, size: int, times: int, seed: int = 0) -> list[float]:
    """Ask `size` people out of a large street, `times` times, and return the shares found.

    Draws with the standard library, so that the same seed gives the same shares everywhere;
    the first draws stay the same when `times` grows.

    Parameters
    ----------
    share : float
        What is so in the whole street, 0 to 1.
    size, times : int
        At least one.

    Returns
    -------
    list of float
        Shares, 0 to 1, in the order drawn.
    """
    if not 0 <= share <= 1 or size < 1 or times < 1:
        raise ValueError("a share from 0 to 1, and a size and a number of times of at least one")
    draw = random.Random(f"{seed} {size}")
    return [sum(draw.random() < share for _ in range(size)) / size for _ in range(times)]
