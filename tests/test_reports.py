"""Reports: the arithmetic, what is planted in them, what screens say about chance."""

import importlib.util
import math
import random
import re
import sys
from itertools import combinations, pairwise
from statistics import mean, median, pvariance

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leefbaar_tools import figures
from leefbaar_tools.analysis import reports
from leefbaar_tools.areas import sample_city
from leefbaar_tools.atlas import DEFAULT_AREA, Atlas
from leefbaar_tools.exercises.counted import read_meeting
from leefbaar_tools.exercises.parts import Context
from leefbaar_tools.exercises.pictures.reports import DRAWINGS, NOT_NOBODY, days_of, in_a_row
from leefbaar_tools.figures.reports import _together
from leefbaar_tools.paper import FigureBlock, Paragraph
from leefbaar_tools.registrations import sample_registrations
from leefbaar_tools.resources import meetings, shared_path

CITY = sample_city()
COMPLEXES = sample_registrations().table("complexen")
REPORTS = sample_registrations().table("meldingen")
SHOWN = COMPLEXES[COMPLEXES["woningen"] >= reports.LEAST_DWELLINGS]["complex"].tolist()
YEARS = (2023, 2024)
PEAK, INVITING, CALLER = "C061", "C080", "C088"


def load_script():
    path = shared_path("data", "make_sample_city.py")
    spec = importlib.util.spec_from_file_location("make_sample_city", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


load_script()
tables = sys.modules["sample_reports"]


def made(seed=None, without=()) -> pd.DataFrame:
    """Return the reports of the same complexes, with some planted truths switched off."""
    seed = load_script().SEED if seed is None else seed
    rows = COMPLEXES.to_dict("records")
    return pd.DataFrame(
        [report for row in rows for report in tables._reports(seed, row, set(without))]
    )


NOTHING = [made(1000 + n, tables.PLANTS) for n in range(10)]  # ten cities in which none differs


def of_month(table, code, what="huishoudens"):
    return reports.months(table, code, YEARS, what)


# --- a long row on one side


def split_of(places, total):
    return [n in places for n in range(total)]


def longest(sides):
    best = run = 1
    for before, after in pairwise(sides):
        run = run + 1 if before == after else 1
        best = max(best, run)
    return best


@pytest.mark.parametrize(("above", "below", "length"), [(6, 6, 6), (4, 7, 5), (1, 9, 6), (0, 5, 5)])
def test_chance_of_a_row_is_that_of_every_order_counted_one_by_one(above, below, length):
    orders = list(combinations(range(above + below), above))
    long = sum(longest(split_of(set(o), above + below)) >= length for o in orders)
    assert reports.chance_of_row(above, below, length) == pytest.approx(long / len(orders))


def test_the_row_rule_is_as_seldom_as_it_is_said_to_be():
    """By hand for 12: 7 places of a block among the other six, twice, two counted double."""
    assert reports.chance_of_row(6, 6, 6) == pytest.approx(12 / 924)
    assert round(100 * reports.chance_of_row(8, 8, 6)) == 6
    assert round(100 * reports.chance_of_row(12, 12, 6)) == 16
    assert round(100 * reports.chance_of_row(12, 12, 8)) == 2
    assert [reports.row_needed(n) for n in (12, 16, 17, 24)] == [6, 6, 8, 8]


def test_points_on_the_middle_line_neither_count_nor_break_a_row():
    values = [1, 1, 1, 5, 1, 1, 1, 9, 9, 9, 9, 9, 9]
    assert median(values) == 5
    assert reports.longest_row(values) == (0, 6, 6, False)
    assert reports.longest_row([3, 3, 3]) is None


def test_a_row_of_noughts_that_is_no_surprise_is_no_alarm():
    """Four months above: the other twenty are bound to stand in a row somewhere."""
    values = [0, 1, *[0] * 9, 1, *[0] * 6, 1, 1, 0, 0, 0, 0]
    assert reports.special_row(values) is None
    lopsided = [1] * 8 + [3] * 4
    assert reports.special_row(lopsided) is None or reports.chance_of_row(4, 8, 8) <= 0.06


# --- edges, by adding up chances in plain Python


def poisson(k, level):
    return math.exp(k * math.log(level) - level - math.lgamma(k + 1))


def negative_binomial(k, level, ratio):
    size, share = level / (ratio - 1), 1 / ratio
    ways = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
    return math.exp(ways + size * math.log(share) + k * math.log(1 - share))


def binomial(k, size, share):
    return math.comb(size, k) * share**k * (1 - share) ** (size - k)


def by_adding(chances):
    """Return which counts have at most 1 in 1000 on their own side."""
    below, low, high = 0.0, -1, None
    for count, chance in enumerate(chances):
        if high is None and 1 - below <= 0.001:
            high = count
        below += chance
        if below <= 0.001:
            low = count
    return low, high


def whole(edges):
    return max(math.floor(edges[0]), -1), math.ceil(edges[1])


@pytest.mark.parametrize("level", [0.3, 2, 7.25, 30])
def test_edges_of_counts_are_those_of_adding_up_poisson_chances(level):
    assert whole(reports.count_edges(level)) == by_adding(poisson(k, level) for k in range(120))


@pytest.mark.parametrize(("level", "ratio"), [(0.6, 3.1), (9, 2), (25, 4.5)])
def test_wider_edges_are_those_of_a_count_with_that_variance(level, ratio):
    chances = [negative_binomial(k, level, ratio) for k in range(900)]
    centre = sum(k * c for k, c in enumerate(chances))
    spread = sum((k - centre) ** 2 * c for k, c in enumerate(chances))
    assert (centre, spread / centre) == pytest.approx((level, ratio), rel=1e-4)
    assert whole(reports.count_edges(level, ratio)) == by_adding(chances)


@pytest.mark.parametrize(("size", "share"), [(20, 0.12), (60, 0.12), (490, 0.13), (3, 0.9)])
def test_edges_of_households_are_those_of_adding_up_binomial_chances(size, share):
    low, high = by_adding([*(binomial(k, size, share) for k in range(size + 1)), 0.0, 0.0])
    assert whole(reports.binomial_edges(size, share)) == (low, high)


def test_nearly_poisson_has_the_edges_of_poisson():
    assert reports.count_edges(8, 1.002) == pytest.approx(reports.count_edges(8), abs=0.05)


# --- how much counts wobble


def test_dispersion_by_hand():
    """2, 4 and 6 about 4: (4 + 0 + 4) / 4 is 2; of two degrees of freedom e to the -1."""
    found = reports.dispersion([2, 4, 6])
    assert found.ratio == 1
    assert found.chance == pytest.approx(math.exp(-1))


def test_dispersion_test_is_rejected_as_often_by_chance_as_it_says():
    rng = np.random.default_rng(1)
    chance = [reports.dispersion(rng.poisson(6, 24).tolist()).too_wide for _ in range(4000)]
    assert mean(chance) == pytest.approx(reports.DISPERSION_TEST, abs=0.012)
    double = [reports.dispersion((2 * rng.poisson(3, 24)).tolist()).too_wide for _ in range(400)]
    assert mean(double) > 0.7


def test_laney_by_hand_and_about_the_spread_of_doubled_counts():
    """Scores of 4, 6, 2 about 4: 0, 1, -1; ranges 1 and 2, median 1.5."""
    assert reports.laney([4, 6, 2]) == pytest.approx(1.5 / 0.954)
    rng = np.random.default_rng(2)
    wide = mean(reports.laney((2 * rng.poisson(10, 24)).tolist()) for _ in range(400))
    # At least 1, and ranges of whole counts: a little above the root of two.
    assert wide == pytest.approx(math.sqrt(2), abs=0.1)


# --- a band


def test_a_band_by_hand():
    """Eleven times 4 and one 24: mean 5.67, so 15 or more is outside; nothing can be too low."""
    found = reports.band([4] * 11 + [24], until=11)
    assert found.outside == (11,)
    assert found.base == 11
    assert found.middle == 4
    assert whole((found.low, found.high)) == by_adding(poisson(k, 4) for k in range(60))


@pytest.mark.parametrize("months", [12, 24])
def test_one_month_on_fire_does_not_hide_itself_by_widening_its_own_band(months):
    rng = np.random.default_rng(6)
    found = []
    for _ in range(200):
        counts = rng.poisson(4, months).tolist()
        counts[5] = 28
        found.append(5 in reports.band(counts).outside)
    assert mean(found) > 0.95


def test_calls_in_bursts_raise_the_alarm_half_as_often_as_in_a_band_that_is_not_widened():
    outside = {True: 0, False: 0}
    for city in NOTHING[:3]:
        for counts in reports.months_of_all(city, SHOWN, YEARS, "meldingen"):
            if found := reports.band(counts):
                plain = reports.count_edges(mean(counts))
                outside[True] += bool(found.outside)
                outside[False] += any(n >= plain[1] or n <= plain[0] for n in counts)
    assert outside[True] < 0.6 * outside[False]


def test_too_few_months_or_only_noughts_have_no_band():
    assert reports.band([3] * 7) is None
    assert reports.band([0] * 24) is None
    assert reports.band([5] * 20, until=3) is None


def test_a_band_before_an_action_is_not_moved_by_what_comes_after():
    before = [5, 4, 6, 5, 7, 3, 5, 6, 4, 5, 6, 5]
    one, other = (reports.band([*before, *[after] * 12], until=12) for after in (6, 60))
    assert (one.low, one.high) == (other.low, other.high)
    assert other.outside == tuple(range(12, 24))


@given(st.lists(st.floats(0, 1e5) | st.integers(0, 100_000), min_size=0, max_size=24), st.data())
@settings(deadline=None, max_examples=60)
def test_any_counts_have_a_band_or_none(values, data):
    found = reports.band(values, data.draw(st.none() | st.integers(0, 24)))
    if found:
        assert found.low < found.high
        assert all(0 <= place < len(values) for place in found.outside)


# --- the six series


def test_of_the_six_series_two_are_special_and_each_by_its_own_rule():
    found = {letter: reports.band(values) for letter, values in reports.six_series().items()}
    assert [letter for letter, one in found.items() if one.special] == list(reports.SIX)
    assert found["B"].outside == (15, 16)
    assert found["B"].row is None
    assert found["E"].row is not None
    assert found["E"].outside == ()
    assert all(one.widened == 1 for one in found.values())


def test_the_four_plain_series_are_plain_chance():
    """Over many seeds each is Poisson about 8; that is what the guess is about."""
    drawn = [reports.six_series(seed) for seed in range(200)]
    for letter in "ACDF":
        counts = [count for one in drawn for count in one[letter]]
        assert mean(counts) == pytest.approx(8, abs=0.2)
        assert pvariance(counts) / mean(counts) == pytest.approx(1, abs=0.08)


def test_the_six_are_the_same_for_everybody():
    assert reports.six_series() == reports.six_series()
    assert all(len(values) == 24 for values in reports.six_series().values())


# --- the tables


def test_households_are_counted_once_until_they_were_quiet():
    days = ["2023-01-05", "2023-01-09", "2023-03-30", "2023-07-20", "2024-02-01"]
    rows = [{"datum": d, "complex": "X", "huishouden": "X-1"} for d in days]
    rows.append({"datum": "2023-07-21", "complex": "X", "huishouden": "X-2"})
    table = pd.DataFrame(rows)
    counted = reports.months(table, "X", YEARS, "huishoudens")
    assert {n: c for n, c in enumerate(counted) if c} == {0: 1, 6: 2, 13: 1}
    every = reports.months(table, "X", YEARS, "meldingen")
    assert {n: c for n, c in enumerate(every) if c} == {0: 2, 2: 1, 6: 2, 13: 1}
    assert reports.months(table, "Y", YEARS, "huishoudens") == [0] * 24
    assert reports.busiest_caller(table, "X") == (5, 6)
    assert reports.busiest_caller(table, "Y") == (0, 0)


def test_months_of_all_are_the_months_of_each():
    some = SHOWN[:4]
    for what in ("meldingen", "huishoudens"):
        assert reports.months_of_all(REPORTS, some, YEARS, what) == [
            of_month(REPORTS, code, what) for code in some
        ]


def test_per_complex_counts_each_household_once_a_year_and_leaves_small_ones_out():
    table = reports.per_complex(COMPLEXES, REPORTS, 2024)
    assert sorted(table.index) == sorted(SHOWN)
    own = REPORTS[(REPORTS["complex"] == PEAK) & REPORTS["datum"].str.startswith("2024")]
    assert table.loc[PEAK, "meldingen"] == len(own)
    assert table.loc[PEAK, "huishoudens"] == len(set(own["huishouden"]))


# --- false alarms: what the screen says is what happens


def test_as_many_complexes_stand_out_by_chance_as_the_screen_says():
    """In ten cities in which no complex differs; the standard error of their mean is 0.4."""
    said = reports.false_alarms(reports.months_of_all(REPORTS, SHOWN, YEARS, "huishoudens"))
    assert round(said) == 2
    seen = []
    for city in NOTHING:
        bands = map(reports.band, reports.months_of_all(city, SHOWN, YEARS, "huishoudens"))
        seen.append(sum(one is not None and one.special for one in bands))
    assert mean(seen) == pytest.approx(said, abs=1.2)


def test_false_alarms_are_those_of_numpy_draws():
    table = reports.months_of_all(REPORTS, SHOWN, YEARS, "huishoudens")
    month = np.array(table).sum(0) / np.array(table).sum(0).mean()
    rng = np.random.default_rng(3)
    seen = []
    for _ in range(25):
        bands = [reports.band(rng.poisson(mean(one) * month).tolist()) for one in table]
        seen.append(sum(one is not None and one.special for one in bands))
    assert mean(seen) == pytest.approx(reports.false_alarms(table), abs=1.2)


def test_counting_reports_raises_the_alarm_in_many_more():
    """Why households are counted: one caller makes a month, and a row of months."""
    alarms = {"meldingen": 0, "huishoudens": 0}
    for what in alarms:
        for city in NOTHING[:3]:
            bands = map(reports.band, reports.months_of_all(city, SHOWN, YEARS, what))
            alarms[what] += sum(one is not None and one.special for one in bands)
    assert alarms["meldingen"] > 5 * alarms["huishoudens"]


# --- the funnel


def of_year(table, year=2024):
    return reports.per_complex(COMPLEXES, table, year)


def test_the_funnel_of_households_is_left_as_often_as_it_says():
    table = of_year(REPORTS)
    rng = np.random.default_rng(4)
    seen, said, wide = [], [], []
    for _ in range(300):
        table["huishoudens"] = rng.binomial(table["woningen"], 0.12)
        found = reports.funnel(table, "huishoudens")
        seen.append(len(found.outside))
        said.append(found.expected)
        wide.append(found.too_wide)
    assert mean(said) == pytest.approx(0.13, abs=0.02)
    assert mean(seen) == pytest.approx(mean(said), abs=0.07)
    assert mean(wide) < 0.05, "binomial households are not overdispersed"


def test_reports_leave_a_plain_funnel_by_chance_and_a_widened_one_hardly_ever():
    plain = [reports.funnel(of_year(city), "meldingen") for city in NOTHING]
    wide = [reports.funnel(of_year(city), "meldingen", widen=True) for city in NOTHING]
    assert mean(len(one.outside) for one in plain) > 8
    assert all(one.too_wide and one.spread > 2 for one in plain)
    assert mean(len(one.outside) for one in wide) <= 0.5
    assert mean(one.expected for one in wide) < 0.3


def test_spread_by_hand_and_one_when_nothing_differs():
    assert _pulled_in() == pytest.approx(reports.PULLED_IN, abs=4e-4)
    ours = reports.funnel(of_year(REPORTS), "huishoudens")
    assert ours.spread == pytest.approx(1.0, abs=0.15)
    assert not ours.too_wide


def _pulled_in():
    """Mean square of a normal score pulled in at its 10% points, by adding up."""
    edge, step = 1.2815516, 0.0005
    inside = [n * step for n in range(int(-edge / step), int(edge / step) + 1)]
    density = (math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in inside)
    middle = sum(d * x * x * step for d, x in zip(density, inside, strict=True))
    return middle + 0.2 * edge**2


def test_the_chance_outside_is_that_of_whole_counts():
    table = of_year(REPORTS)
    found = reports.funnel(table, "huishoudens")
    low, high = whole(found.edges(60))
    chances = [binomial(k, 60, found.share) for k in range(61)]
    assert found.beyond(60) == pytest.approx(sum(chances[: low + 1]) + sum(chances[high:]))
    wide = reports.funnel(table, "meldingen", widen=True)
    low, high = whole(wide.edges(60))
    tail = [negative_binomial(k, 60 * wide.share, wide.spread) for k in range(900)]
    assert wide.beyond(60) == pytest.approx(sum(tail[: low + 1]) + sum(tail[high:]), abs=1e-9)


# --- springing back


def test_springing_back_by_hand():
    def table(**counts):
        rows = {"naam": "", "woningen": 50, "huishoudens": list(counts.values())}
        return pd.DataFrame(rows, index=list(counts))

    found = reports.springing_back(
        table(A=10, B=4, C=8), table(A=6, B=5, C=8), "huishoudens", top=2
    )
    assert found.chosen == (("A", 20.0, 12.0), ("C", 16.0, 16.0))
    assert found.fall == pytest.approx(1 - 14 / 18)
    assert found.level_before == pytest.approx(100 * 22 / 150)


def test_the_top_five_fall_by_themselves_in_every_city():
    falls = []
    for city in NOTHING:
        before, after = (of_year(city, year) for year in YEARS)
        falls.append(reports.springing_back(before, after, "huishoudens").fall)
    assert min(falls) > 0.1
    assert mean(falls) == pytest.approx(0.39, abs=0.1)


def test_three_highest_of_twelve_throw_lower_together_in_94_of_100_games():
    games = reports.dice(4000)
    assert mean(game.together_lower for game in games) == pytest.approx(0.94, abs=0.015)
    alone = [game.first[n] > game.second[n] for game in games for n in game.chosen]
    assert mean(alone) == pytest.approx(0.80, abs=0.02)


def test_dice_go_on_and_pick_the_highest():
    assert reports.dice(5)[:3] == reports.dice(3)
    for game in reports.dice(50):
        others = [game.first[n] for n in range(12) if n not in game.chosen]
        assert min(game.first[n] for n in game.chosen) >= max(others)
        assert all(2 <= eyes <= 12 for eyes in (*game.first, *game.second))
    with pytest.raises(ValueError, match="one game"):
        reports.dice(0)


# --- the three planted truths: where they are, only there, not when switched off


def test_the_tables_are_what_the_script_makes():
    wanted = made().sort_values(["datum", "huishouden", "dagdeel"]).reset_index(drop=True)
    assert wanted[list(REPORTS.columns)].astype(str).equals(REPORTS.astype(str))


def test_the_peak_is_outside_its_band_and_no_other_complex_is():
    outside = {}
    for code, months in zip(
        SHOWN, reports.months_of_all(REPORTS, SHOWN, YEARS, "huishoudens"), strict=True
    ):
        found = reports.band(months)
        if found and found.outside:
            outside[code] = found.outside
    assert outside == {PEAK: (7,)}
    assert not reports.band(of_month(made(without=["falling_peak"]), PEAK)).outside


def test_the_peak_falls_back_to_its_own_level_and_not_to_that_of_the_city():
    before, after = (of_year(REPORTS, year) for year in YEARS)
    spring = reports.springing_back(before, after, "huishoudens")
    first, then = next((a, b) for code, a, b in spring.chosen if code == PEAK)
    assert first > 1.8 * then
    assert then > 1.5 * spring.level_after
    assert then == pytest.approx(100 * tables.PLANTS["falling_peak"]["share"], abs=5)
    off = made(without=["falling_peak"])
    before, after = (of_year(off, year) for year in YEARS)
    usual = 100 * before.loc[PEAK, "huishoudens"] / before.loc[PEAK, "woningen"]
    assert usual < 1.5 * spring.level_before


def test_households_leave_the_funnel_only_where_something_is_planted():
    assert reports.funnel(of_year(REPORTS, 2023), "huishoudens").outside == (PEAK,)
    assert reports.funnel(of_year(REPORTS), "huishoudens").outside == (PEAK, INVITING)
    off = made(without=["falling_peak", "inviting_caretaker"])
    assert all(reports.funnel(of_year(off, y), "huishoudens").outside == () for y in YEARS)


def test_the_inviting_huismeester_shows_in_a_band_from_before_he_began():
    months = of_month(REPORTS, INVITING)
    assert reports.band(months, 14).special
    assert min(reports.band(months, 14).outside) >= 14
    off = of_month(made(without=["inviting_caretaker"]), INVITING)
    assert off[:14] == months[:14]
    assert not reports.band(off, 14).special
    own = REPORTS[(REPORTS["complex"] == INVITING) & (REPORTS["datum"] >= "2024-03")]
    assert own["soort"].isin(tables.SMALL_THINGS).mean() > 0.6, "small things, no more trouble"


def test_one_household_made_most_reports_and_only_there():
    most = {}
    for code in SHOWN:
        top, total = reports.busiest_caller(REPORTS, code)
        if total >= reports.LEAST_CASES and top > total / 2:
            most[code] = (top, total)
    assert list(most) == [CALLER]
    assert most[CALLER] == (60, 74)
    own = REPORTS[REPORTS["huishouden"] == tables.PLANTS["one_caller"]["household"]]
    assert (own["soort"] == "bedreiging").mean() > 0.9
    assert own["dagdeel"].isin(["avond", "nacht"]).mean() > 0.7
    top, total = reports.busiest_caller(made(without=["one_caller"]), CALLER)
    assert top <= total / 2
    assert reports.funnel(of_year(REPORTS), "meldingen", widen=True).outside == (CALLER,)
    assert not reports.band(of_month(REPORTS, CALLER)).special, "households tell nothing there"


# --- eight moments


def reported(cells):
    rows = [
        {"dagdeel": part, "weekend": weekend}
        for (part, weekend), count in cells.items()
        for _ in range(count)
    ]
    return pd.DataFrame(rows)


def test_moments_by_hand_and_nothing_with_a_small_cell():
    cells = {(part, w): 20 for part in reports.DAYPARTS for w in ("ja", "nee")}
    found = reports.moments(reported(cells), (500, 200))
    assert found.counts["nacht", True] == 20
    assert found.per_day["nacht", True] == 10
    assert found.per_day["nacht", False] == 4
    assert reports.moments(reported({**cells, ("nacht", "ja"): 9}), (500, 200)) is None


def test_days_of_two_years():
    weekdays, weekend = days_of(YEARS)
    assert weekdays + weekend == 365 + 366
    assert weekend == 105 + 104


# --- the figures


def test_wobble_says_its_numbers_its_band_and_what_lies_outside():
    figure = figures.wobble(
        "T", [3, 4, 12, 3], {0: "jan"}, "meldingen", "B", 3.5, (-1, 10.4), (2,), None, (2, "nieuw")
    )
    assert "4 stippen: 3, 4, 12, 3." in figure.description
    assert "De middelste waarde is 3,5." in figure.description
    assert "De band loopt van 0 tot en met 10. Buiten de band: stip 3 (12)." in figure.description
    assert "Vanaf stip 3: nieuw." in figure.description


def test_a_special_dot_has_another_shape_and_not_only_another_colour():
    usual = figures.wobble("T", [3, 4, 12, 3], {}, "u", "B", 3.5, (-1, 10.4))
    special = figures.wobble("T", [3, 4, 12, 3], {}, "u", "B", 3.5, (-1, 10.4), (2,))
    assert usual.svg.count("a2.25 2.25") == 8
    assert special.svg.count("a2.25 2.25") == 6


def test_panels_are_one_to_six():
    with pytest.raises(ValueError, match="six"):
        figures.panels("T", {}, "u", "B")


def test_twelve_people_are_twelve_dots():
    throws = [("A", 9, 2, True), ("B", 9, 4, True), *[("", 8, 5, False)] * 6]
    throws += [("", 7, 5, False)] * 4
    figure = figures.springing("T", throws, ("eerst", "toen"), "ogen", "B", second=False)
    found = [
        (float(x), float(y), 3.5 if sign == "a" else 7)
        for run in re.findall(r'stroke-width="0.4" d="([^"]+)"', figure.svg)
        for x, y, sign in re.findall(r"M(\S+) (\S+?)m\S+ \S+?([al])", run)
    ]
    assert len(found) == 12
    for (x, y, size), (left, high, other) in combinations(found, 2):
        assert max(abs(x - left), abs(y - high)) >= (size + other) / 2 - 0.5


def test_springing_puts_labels_that_would_overlap_together_in_order_of_letter():
    pairs = [("A", 20, 5, True), ("B", 20.2, 18, True), ("C", 9, 9, True)]
    figure = figures.springing("T", pairs, ("toen", "nu"), "u", "B")
    labels = [("B", 20.0), ("A", 20.5), ("C", 60.0)]
    assert _together(labels) == [("A B", 20.25), ("C", 60.0)]
    assert "A: eerst 20, daarna 5." in figure.description
    hidden = figures.springing("T", pairs, ("toen", "nu"), "u", "B", second=False)
    assert "daarna" not in hidden.description
    assert len(hidden.svg) < 0.8 * len(figure.svg)


# --- the drawings


CONTEXT = Context(area=CITY, code="BU99990300")
SERIES = {
    "titles": ["Gewoon of bijzonder?", "Twee vallen op"],
    "unit": "meldingen per maand",
    "source": "Verzonnen getallen.",
    "notes": {"0": "Kijk eerst.", "1": "Bijzonder: {special}. Toeval: {plain}."},
}
CHART = {
    "small": "Te klein.",
    "actions": {INVITING: [14, "huismeester vraagt ernaar"]},
    "wider": "De band is breder.",
    "alarms": "Van de {complexes} vallen er {alarms} op door toeval.",
    "caller": "Eén huishouden meldde {most} van de {total} keer.",
}
FUNNEL = {
    "year": 2024,
    "titles": ["Wat valt op?", "{outside} anders"],
    "notes": {
        "huishoudens 1": "{outside} van {many}, toeval: {expected}, {spread}.",
        "meldingen wide 1": "{spread} keer zo ver uit elkaar.",
    },
}


def drawn(show, settings, **chosen):
    blocks = DRAWINGS[show](CONTEXT, chosen, settings)
    figure = next((block for block in blocks if isinstance(block, FigureBlock)), None)
    return figure, " ".join(block.text for block in blocks if isinstance(block, Paragraph))


def test_which_series_are_chance_is_told_only_after_the_guess():
    figure, said = drawn("series", SERIES, stage=0)
    assert said == "Kijk eerst."
    assert not any(word in figure.alt for word in ("band", "rij", "Buiten"))
    figure, said = drawn("series", SERIES, stage=1)
    assert said == "Bijzonder: B en E. Toeval: A, C, D en F."
    assert figure.alt.count("De band loopt") == 6
    assert figure.alt.count("Buiten de band:") == 1
    assert figure.notice == NOT_NOBODY
    with pytest.raises(KeyError):
        drawn("series", {**SERIES, "notes": {"0": "{special}"}}, stage=0)


@pytest.mark.parametrize("what", ["huishoudens", "meldingen"])
@pytest.mark.parametrize("code", [PEAK, INVITING, CALLER])
def test_every_band_says_that_no_signal_is_not_no_trouble(code, what):
    figure, said = drawn("chart", CHART, complex=code, count=what)
    assert NOT_NOBODY in figure.notice
    assert "verzonnen" in figure.source
    assert ("Van de 118 vallen er ongeveer 2 op door toeval." in said) == (what == "huishoudens")


def test_the_chart_says_in_words_that_it_was_widened():
    wide, _ = drawn("chart", CHART, complex="C023", count="meldingen")
    assert "De band is breder." in wide.notice
    narrow, _ = drawn("chart", CHART, complex="C023", count="huishoudens")
    assert "breder" not in narrow.notice


def test_the_one_caller_is_told_where_reports_are_counted_and_nowhere_else():
    _, said = drawn("chart", CHART, complex=CALLER, count="meldingen")
    assert "Eén huishouden meldde 60 van de 74 keer." in said
    for code, what in (
        ("C091", "meldingen"),
        (PEAK, "meldingen"),
        (INVITING, "meldingen"),
        (CALLER, "huishoudens"),
    ):
        assert "Eén huishouden" not in drawn("chart", CHART, complex=code, count=what)[1]


def test_the_huismeester_is_on_the_chart_from_when_he_began():
    figure, _ = drawn("chart", CHART, complex=INVITING, count="huishoudens")
    assert "Vanaf stip 15: huismeester vraagt ernaar." in figure.alt
    assert "Buiten de band: stip 15 (9)." in figure.alt


def test_a_small_complex_has_no_chart():
    small = COMPLEXES[COMPLEXES["woningen"] < reports.LEAST_DWELLINGS]["complex"].iloc[0]
    assert drawn("chart", CHART, complex=small, count="huishoudens") == (None, "Te klein.")


def test_the_funnel_shows_first_the_dots_and_then_who_is_outside():
    figure, said = drawn("funnel", FUNNEL, count="huishoudens", stage=0)
    assert "trechter" not in figure.alt
    assert said == ""
    figure, said = drawn("funnel", FUNNEL, count="huishoudens", stage=1)
    assert figure.title == "2 anders"
    assert said == "2 van 118, toeval: eens in de 7 jaar één, 1,0."
    assert "Binnen de trechter betekent niet dat niemand last heeft." in figure.notice
    assert "Hulststaete" in figure.alt
    figure, said = drawn("funnel", FUNNEL, count="meldingen", stage=1, widen=True)
    assert (figure.title, said) == ("1 anders", "2,1 keer zo ver uit elkaar.")
    assert reports.funnel(of_year(REPORTS), "meldingen").spread ** 0.5 == pytest.approx(
        2.14, abs=0.01
    )
    figure, _ = drawn("funnel", FUNNEL, count="meldingen", stage=1)
    assert figure.title == "15 anders"
    assert not any(name in figure.alt for name in COMPLEXES["naam"]), "no list of names"


def test_the_top_five_have_letters_and_no_names():
    told = {"titles": ["Toen", "{fall}% lager"], "notes": {"1 20": "Samen {fall}%."}}
    figure, said = drawn("top", told, stage=1, least=20)
    assert (figure.title, said) == ("52% lager", "Samen 52%.")
    assert not any(name in figure.svg + figure.alt for name in COMPLEXES["naam"])
    figure, said = drawn("top", told, stage=0, least=50)
    assert said == ""
    assert "daarna" not in figure.alt


def test_dice_are_counted_over_the_games_thrown_so_far():
    told = {
        "titles": ["Eerst", "Daarna"],
        "columns": ["eerste worp", "tweede worp"],
        "unit": "ogen",
        "source": "Dobbelstenen.",
        "level": ["gemiddeld", 7],
        "counted": "{lower} van {times}",
    }
    lower = sum(game.together_lower for game in reports.dice(30))
    _, said = drawn("dice", told, second=True, keer=30)
    assert said == f"{lower} van 30"
    figure, said = drawn("dice", told, second=False, keer=1)
    assert said == ""
    assert figure.alt.count("eerst") == 3


def test_moments_say_when_and_hide_what_is_too_few():
    told = {"small": "Te weinig."}
    figure, _ = drawn("moments", told, kind="geluid")
    assert figure.title == "Geluid: het meest in de avond"
    assert drawn("moments", told, kind="", complex=CALLER) == (None, "Te weinig.")


@given(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5, unique=True))
def test_words_in_a_row(letters):
    said = in_a_row(letters)
    assert said.count(" en ") == (len(letters) > 1)
    assert said.replace(" en ", ", ").split(", ") == letters


def test_chance_counts_are_poisson():
    rng = random.Random(5)
    drawn_counts = [reports._chance_count(rng, 3.5) for _ in range(8000)]
    for count in range(8):
        share = drawn_counts.count(count) / 8000
        assert share == pytest.approx(poisson(count, 3.5), abs=0.015)


def test_the_note_names_the_complex_that_was_too_high_for_chance():
    spring = reports.springing_back(*(of_year(REPORTS, year) for year in YEARS), "huishoudens")
    letter = "ABCDE"[[code for code, *_ in spring.chosen].index(PEAK)]
    asked = read_meeting(meetings()[1]).exercises["m2-top"]
    context = Context(sample_city(), DEFAULT_AREA, {}, Atlas())
    step, size = (list(control["options"]) for control in asked.controls)
    value = {"stap": [step[1]], "grootte": [size[0]]}
    *_, note = asked.drawing(value, context)
    assert f"Eén was te hoog voor toeval en bleef hoog: {letter}, een groot complex." in note.text
