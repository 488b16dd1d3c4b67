"""Analysis: numbers worked out by hand, and the planted truths of the sample city."""

import csv
import importlib.util
import math
import statistics
from functools import cache

import pytest

from leefbaar_tools.analysis import (
    BACKGROUND,
    against_vulnerability,
    better_than_expected,
    changes_alike,
    comparable,
    compare,
    draw_samples,
    figure,
    out_of_ten,
    place,
    relative_to_city,
    risers_and_fallers,
    small_number,
    trend,
    vulnerability,
)
from leefbaar_tools.areas import AreaError, read_area, sample_city
from leefbaar_tools.resources import shared_path

DEVIANT, RISER, FALLER, TINY = "BU99990100", "BU99990500", "BU99990303", "BU99990503"
SHRUNK, GROWN = "BU99990600", "BU99990601"


@pytest.fixture(scope="module")
def city_without(tmp_path_factory):
    """Make the sample city with some plants switched off."""
    spec = importlib.util.spec_from_file_location(
        "make", shared_path("data", "make_sample_city.py")
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    @cache
    def make(*without, seed=script.SEED):
        folder = tmp_path_factory.mktemp("city")
        for name, text in script.make_files(seed, without).items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        return read_area(folder / "kerncijfers.csv", folder / "leefbaarometer.csv")

    make.plants = tuple(script.PLANTS)
    return make


class Rows:
    """Small hand-made tables of one city with one wijk."""

    def __init__(self, folder):
        self.folder = folder

    def area(self, buurten, years=(2020,), changed=(), city=None):
        """Make an Area; ``buurten`` maps a number to columns, each a value or a list by year."""
        city = city or {}
        columns = sorted({key for row in [*buurten.values(), city] for key in row})
        kern = [key for key in columns if "_" in key]
        scores = [key for key in columns if "_" not in key]
        regions = [("NL00", "Land", {}), ("GM0001", "Gemeente", city), ("WK000100", "Wijk", {})]
        regions += [(f"BU000100{b:02d}", "Buurt", row) for b, row in buurten.items()]

        def value(row, key, t):
            cell = row.get(key, ".")
            return str(cell[t] if isinstance(cell, list) else cell)

        text = [",".join(["jaar,gwb_code,regio,recs,ind_wbi", *kern])]
        lbm = [",".join(["code,naam,niveau,jaar", *scores])]
        for t, year in enumerate(years):
            for code, level, row in regions:
                mark = "3" if (code, year) in changed else "1"
                cells = [value(row, key, t) for key in kern]
                text.append(",".join([f"{year},{code},Naam,{level},{mark}", *cells]))
                cells = [value(row, key, t) for key in scores]
                lbm.append(",".join([f"{code},Naam,{level.lower()},{year}", *cells]))
        (self.folder / "kern.csv").write_text("\n".join(text), encoding="utf-8")
        (self.folder / "lbm.csv").write_text("\n".join(lbm), encoding="utf-8")
        with_scores = self.folder / "lbm.csv" if "afw" in scores else None
        return read_area(self.folder / "kern.csv", with_scores)


@pytest.fixture
def rows(tmp_path):
    return Rows(tmp_path)


# --- Words and guards ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "number", "words"),
    [
        (0.0, 0, "bijna geen"),
        (0.049, 0, "bijna geen"),
        (0.05, 1, "ongeveer 1 van de 10"),
        (0.35, 4, "ongeveer 4 van de 10"),
        (0.449, 4, "ongeveer 4 van de 10"),
        (0.45, 5, "ongeveer 5 van de 10"),
        (0.949, 9, "ongeveer 9 van de 10"),
        (0.95, 10, "bijna alle"),
        (1.0, 10, "bijna alle"),
    ],
)
def test_out_of_ten(share, number, words):
    assert out_of_ten(share, 500) == (number, words)


def test_out_of_ten_of_what_cannot_be_said():
    assert out_of_ten(0.5, 19) == (None, "te klein om te tonen")
    assert out_of_ten(0.5, 20).number == 5
    assert out_of_ten(math.nan, 500) == (None, "niet bekend")
    with pytest.raises(ValueError, match="between 0 and 1"):
        out_of_ten(37, 500)


def test_small_number_says_why():
    assert small_number(19, 15, "huishoudens") == (
        "Te klein om te tonen: minder dan 20 huishoudens."
    )
    assert small_number(500, 9, "huishoudens") == (
        "Te klein om te tonen: het gaat om minder dan 10."
    )
    assert small_number(20, 10, "huishoudens") == ""
    assert small_number(49, math.nan, "inwoners") != ""


def test_compare_by_hand(rows):
    area = rows.area(
        {0: {"a_hh": 400, "a_1p_hh": 100}, 1: {"a_hh": 15, "a_1p_hh": 10}},
        city={"a_hh": 1000, "a_1p_hh": 420},
    )
    table = compare(area, "BU00010000", "single_person")
    assert table["level"].tolist() == ["buurt", "wijk", "gemeente", "land"]
    assert table["value"].fillna(-1).tolist() == [0.25, -1, 0.42, -1]
    assert table["n"].fillna(-1).tolist() == [400, -1, 1000, -1]
    assert table["flag"].tolist() == ["ok", "missing", "ok", "missing"]
    assert table["reason"].str.startswith("Niet bekend").tolist() == [False, True, False, True]


def test_a_small_figure_has_no_value_but_a_reason(rows):
    area = rows.area({0: {"a_hh": 15, "a_1p_hh": 10}})
    cell = figure(area, "BU00010000", "single_person")
    assert math.isnan(cell["value"])
    assert cell["reason"] == "Te klein om te tonen: minder dan 20 huishoudens."


@pytest.mark.parametrize(
    ("own", "word"),
    [(399, "minder"), (408, "evenveel"), (492, "evenveel"), (501, "meer")],
)
def test_relative_to_city_share(rows, own, word):
    """The city is at 45%, so the margin is 4.5 in a hundred: 40.5% to 49.5%."""
    area = rows.area({0: {"a_hh": 1000, "a_1p_hh": own}}, city={"a_hh": 10000, "a_1p_hh": 4500})
    assert relative_to_city(area, "BU00010000", "single_person") == word


def test_relative_to_city_small_share_keeps_a_margin(rows):
    """The city is at 3%; one in a hundred is the least margin, so 3.9% is not more."""
    area = rows.area(
        {0: {"a_hh": 1000, "a_1p_hh": 39}, 1: {"a_hh": 1000, "a_1p_hh": 41}},
        city={"a_hh": 10000, "a_1p_hh": 300},
    )
    assert relative_to_city(area, "BU00010000", "single_person") == "evenveel"
    assert relative_to_city(area, "BU00010001", "single_person") == "meer"


def test_relative_to_city_score(rows):
    area = rows.area(
        {
            0: {"afw": 0.09, "a_woning": 300},
            1: {"afw": 0.06, "a_woning": 300},
            2: {"afw": 0.0, "a_woning": 300},
            3: {"afw": 0.5, "a_woning": 10},
        },
        city={"afw": 0.05, "a_woning": 1000},
    )
    words = [relative_to_city(area, f"BU000100{b:02d}", "leefbaarometer") for b in range(4)]
    assert words == ["beter", "evenveel", "minder goed", ""]
    with pytest.raises(AreaError, match="Een aantal woningen"):
        relative_to_city(area, "BU00010000", "dwellings")


# --- Look-alikes ---------------------------------------------------------------------------


def test_comparable_by_hand(rows):
    """One characteristic: 10, 20, 30, 60 in a hundred corporation dwellings.

    Mean 30, standard deviation root of (400 + 100 + 0 + 900) / 4 = 18.71; so seen from the
    first, the others lie at 10, 20 and 50 divided by 18.71.
    """
    shares = [10, 20, 30, 60]
    area = rows.area({b: {"p_wcorpw": p, "a_woning": 500} for b, p in enumerate(shares)})
    table = comparable(area, "BU00010000", k=2)
    assert table["distance"].round(3).to_dict() == {"BU00010001": 0.535, "BU00010002": 1.069}


def test_comparable_leaves_the_small_out(rows):
    buurten = {b: {"p_wcorpw": 10 + b, "a_woning": 500} for b in range(4)}
    buurten[1]["a_woning"] = 19
    area = rows.area(buurten)
    assert set(comparable(area, "BU00010000").index) == {"BU00010002", "BU00010003"}
    assert comparable(area, "BU00010001").empty
    with pytest.raises(AreaError, match="geen buurt"):
        comparable(area, "GM0001")


def test_look_alikes_know_no_outcome():
    indicators = sample_city().indicators
    assert not any(indicators[id].modelled for id in BACKGROUND)
    assert "woz" not in BACKGROUND


def test_place_by_hand(rows):
    """Five look-alikes with scores 1 to 5 hundredths: the middle half runs from 2 to 4."""
    scores = [0.041, 0.01, 0.02, 0.03, 0.04, 0.05]
    area = rows.area({b: {"p_wcorpw": 10, "a_woning": 500, "afw": s} for b, s in enumerate(scores)})
    found = place(area, "BU00010000", "leefbaarometer")
    assert found.word == "hoger"
    assert (found.low, found.high) == pytest.approx((0.02, 0.04))
    assert (len(found.alike), found.reason) == (5, "")
    assert place(area, "BU00010003", "leefbaarometer").word == "ongeveer gelijk"
    assert place(area, "BU00010001", "leefbaarometer").word == "lager"


def test_place_needs_four_look_alikes(rows):
    area = rows.area({b: {"p_wcorpw": 10, "a_woning": 500} for b in range(4)})
    found = place(area, "BU00010000", "corporation")
    assert found.word == ""
    assert found.reason == "Er zijn te weinig buurten die hierop lijken."


def test_place_of_the_tiny_buurt_gives_a_reason():
    found = place(sample_city(), TINY, "leefbaarometer")
    assert found.word == ""
    assert found.reason.startswith("Te klein")


# --- Trend ---------------------------------------------------------------------------------

YEARS = tuple(range(2015, 2023))
STEADY = [400, 410, 400, 410, 400, 410, 400, 410]  # steps of plus and minus 10


def households(rows, series, changed=(), size=1000):
    buurten = {0: {"a_hh": size, "a_1p_hh": series}}
    buurten |= {b: {"a_hh": 1000, "a_1p_hh": STEADY} for b in (1, 2)}
    return rows.area(buurten, YEARS, changed)


def test_wobble_by_hand(rows):
    """Steps of 1 to 7 in a hundred: their median is 4, the distances to it 3 2 1 0 1 2 3.

    The median distance, 2 in a hundred, times 1.4826 and divided by the root of two, is 2.097.
    """
    growing = [100, 110, 130, 160, 200, 250, 310, 380]
    buurten = {b: {"a_hh": 1000, "a_1p_hh": growing} for b in range(3)}
    found = trend(rows.area(buurten, YEARS), "BU00010000", "single_person")
    assert found.wobble == pytest.approx(0.02097, abs=1e-5)
    # (31 + 38) / 2 - (10 + 11) / 2 = 24 in a hundred.
    assert found.change == pytest.approx(0.24)
    assert found.word == "stijgt"


def test_trend_needs_a_change_that_means_something(rows):
    assert trend(households(rows, STEADY), "BU00010000", "single_person").word == "schommelt"
    up = [400, 400, 400, 400, 415, 415, 415, 415]
    assert trend(households(rows, up), "BU00010000", "single_person").word == "schommelt"
    up = [400, 400, 400, 400, 425, 425, 425, 425]
    assert trend(households(rows, up), "BU00010000", "single_person").word == "stijgt"
    assert trend(households(rows, up[::-1]), "BU00010000", "single_person").word == "daalt"


def test_a_smaller_buurt_wobbles_more(rows):
    growing = [100, 110, 130, 160, 200, 250, 310, 380]
    small = [round(x / 4) for x in growing]
    buurten = {0: {"a_hh": 250, "a_1p_hh": small}}
    buurten |= {b: {"a_hh": 1000, "a_1p_hh": growing} for b in (1, 2)}
    area = rows.area(buurten, YEARS)
    large = trend(area, "BU00010001", "single_person").wobble
    assert trend(area, "BU00010000", "single_person").wobble == pytest.approx(2 * large, rel=0.01)


def test_years_before_a_changed_boundary_are_not_joined(rows):
    jump = [200, 200, 200, 400, 400, 400, 400, 400]
    joined = trend(households(rows, jump), "BU00010000", "single_person")
    broken = trend(households(rows, jump, {("BU00010000", 2018)}), "BU00010000", "single_person")
    assert joined.word == "stijgt"
    assert broken.word == "schommelt"
    assert broken.series["stretch"].tolist() == [0, 0, 0, 1, 1, 1, 1, 1]


def test_too_few_years_since_the_change(rows):
    area = households(rows, STEADY, {("BU00010000", 2020)})
    found = trend(area, "BU00010000", "single_person")
    assert found.word == ""
    assert found.reason == "Er zijn te weinig metingen die je met elkaar mag vergelijken."


def test_a_missing_year_stays_a_gap():
    series = trend(sample_city(), "BU99990703", "income").series
    assert math.isnan(series.loc[2021, "value"])
    assert series.loc[2020, "value"] > 30


# --- The planted truths: found, only there, and not when switched off ----------------------


def test_better_than_expected_is_the_planted_buurt(city_without):
    for indicator in ("overlast_onveiligheid", "leefbaarometer"):
        found = better_than_expected(sample_city(), indicator)
        assert list(found.index) == [DEVIANT]
        assert found.loc[DEVIANT, "value"] > 0 > found.loc[DEVIANT, "expected"]
        assert better_than_expected(city_without("better_than_expected"), indicator).empty
    assert found["vulnerability_year"].tolist() == [2023]


def test_few_cases_do_not_hide_a_buurt_from_the_background():
    """Vlinderveld has no bijstand at all: not shown, yet the least vulnerable there can be."""
    assert figure(sample_city(), "BU99990603", "bijstand")["flag"] == "small"
    index = vulnerability(sample_city())
    assert index["BU99990603"] < -0.5
    assert list(index.index[index.isna()]) == [TINY]
    assert index.name == 2023


def test_better_than_expected_holds_in_every_measurement():
    for year in (2016, 2018, 2020, 2022, 2024):
        assert list(better_than_expected(sample_city(), year=year).index) == [DEVIANT]
    with pytest.raises(AreaError, match="2014"):
        better_than_expected(sample_city(), year=2014)
    with pytest.raises(AreaError, match="hoger beter"):
        better_than_expected(sample_city(), "low_income")


def test_expected_by_hand(rows):
    """Nine buurten on a line, score = -vulnerability / 10; the tenth lies far above it."""
    columns = {"a_inw": 1000, "a_00_14": 0, "a_hh": 500, "a_woning": 500}
    buurten = {}
    for b in range(10):
        wobble = 0.002 * (-1) ** b
        buurten[b] = columns | {
            "p_wcorpw": 5 * b, "p_hh_lkk": b, "a_soz_wb": 10 + 10 * b, "g_ink_pi": 40 - b,
            "afw": round(0.1 - 0.03 * b + wobble, 3),
        }  # fmt: skip
    buurten[9]["afw"] = 0.1
    area = rows.area(buurten, city={"afw": 0.0, "a_woning": 5000})
    assert vulnerability(area).is_monotonic_increasing
    assert vulnerability(area).mean() == pytest.approx(0)
    found = better_than_expected(area, "leefbaarometer")
    assert list(found.index) == ["BU00010009"]
    assert found["expected"].iloc[0] == pytest.approx(0.1 - 0.03 * 9, abs=0.01)
    # Above the line, yet below the city: not something to hold up as good.
    buurten[9]["afw"] = -0.02
    area = rows.area(buurten, city={"afw": 0.0, "a_woning": 5000})
    assert better_than_expected(area, "leefbaarometer").empty
    # As far above the line, but not vulnerable: no positive deviant.
    buurten[9]["afw"], buurten[0]["afw"] = 0.1 - 0.27, 0.4
    area = rows.area(buurten, city={"afw": 0.0, "a_woning": 5000})
    assert better_than_expected(area, "leefbaarometer").empty


def test_riser_and_faller_are_the_planted_buurten(city_without):
    found = risers_and_fallers(sample_city())
    assert found["word"].to_dict() == {FALLER: "daler", RISER: "stijger"}
    assert found[["start", "end"]].drop_duplicates().to_numpy().tolist() == [[2020, 2024]]
    off = city_without("riser", "faller")
    assert risers_and_fallers(off).empty
    assert list(risers_and_fallers(city_without("riser")).index) == [FALLER]
    assert list(risers_and_fallers(city_without("faller")).index) == [RISER]
    assert trend(sample_city(), RISER, "leefbaarometer").word == "stijgt"
    assert trend(sample_city(), FALLER, "leefbaarometer").word == "daalt"
    assert trend(off, RISER, "leefbaarometer").word == "schommelt"
    assert trend(off, FALLER, "leefbaarometer").word == "schommelt"


def test_risers_by_hand(rows):
    """Both steps up and far beyond the rest; one jump that half falls back is no riser."""
    years = (2018, 2020, 2022)
    scores = {b: [0.0, 0.002 * (b % 3), 0.004 * (b % 2)] for b in range(8)}
    scores[1], scores[2] = [0.0, 0.05, 0.1], [0.0, 0.14, 0.1]
    scores[3] = [0.0, -0.05, -0.1]
    area = rows.area({b: {"afw": s, "a_woning": 300} for b, s in scores.items()}, years)
    found = risers_and_fallers(area)
    assert found["word"].to_dict() == {"BU00010001": "stijger", "BU00010003": "daler"}
    assert found["change"].to_dict() == pytest.approx({"BU00010001": 0.1, "BU00010003": -0.1})


def test_only_the_tiny_buurt_is_too_small(city_without):
    def small(area):
        buurten = area.regions.index[area.regions["level"] == "buurt"]
        return [c for c in buurten if figure(area, c, "leefbaarometer")["flag"] == "small"]

    assert small(sample_city()) == [TINY]
    assert small(city_without("tiny")) == []
    assert relative_to_city(sample_city(), TINY, "leefbaarometer") == ""
    assert comparable(sample_city(), TINY).empty
    shown = set(comparable(sample_city(), FALLER, k=31).index)
    assert TINY not in shown
    assert len(shown) == 30


def test_changed_boundary_is_a_break_only_there(city_without):
    def broken(area):
        buurten = area.regions.index[area.regions["level"] == "buurt"]
        return [c for c in buurten if trend(area, c, "households").series["stretch"].max()]

    assert broken(sample_city()) == [SHRUNK, GROWN]
    assert broken(city_without("boundary_change")) == []
    for code in (SHRUNK, GROWN):
        assert trend(sample_city(), code, "households").word == "schommelt"
        # The Leefbaarometer is recalculated on the newest division: no break.
        assert trend(sample_city(), code, "leefbaarometer").series["flag"].tolist() == ["ok"] * 6
        series = trend(sample_city(), code, "overlast_onveiligheid").series
        assert series["stretch"].tolist() == [0] * 6


def test_nothing_is_found_in_a_city_without_plants(city_without):
    """Not only with the committed seed: over six cities at most one false find of each."""
    cities = [city_without(*city_without.plants, seed=seed) for seed in range(6)]
    assert sum(len(better_than_expected(city)) for city in cities) <= 1
    assert sum(len(risers_and_fallers(city)) for city in cities) <= 1


def test_plants_are_found_in_other_cities_too(city_without):
    for seed in range(3):
        city = city_without(seed=seed)
        assert DEVIANT in better_than_expected(city).index
        assert {RISER, FALLER} <= set(risers_and_fallers(city).index)


# --- What changes by itself, vulnerability beside a score, and samples ----------------------

LISDODDE, MAALDERIJ, WIJK = "BU99990101", "BU99990201", "WK999901"


def published(name, code, year, column):
    """A cell of the published table itself."""
    key = "code" if name == "leefbaarometer.csv" else "gwb_code"
    with shared_path("data", name).open(encoding="utf-8", newline="") as file:
        return next(
            row[column]
            for row in csv.DictReader(file)
            if row[key] == code and row["jaar"] == str(year)
        )


def test_changes_alike_are_those_of_the_published_table():
    """Lisdoddebuurt went from -0.141 (2022) to -0.146 (2024): 0.005 down.

    Its look-alikes, by the table: Loodsenbuurt -0.083 to -0.094, Wiekenbuurt -0.118 to -0.128,
    Kuiperskwartier 0.005 to -0.002, Lakenhof 0.020 to 0.018, Elzenhage-Noord and Beekdalbuurt
    the same, Karekietbuurt 0.050 to 0.058, Elzenhage-Zuid -0.080 to -0.072.
    """
    found = changes_alike(sample_city(), LISDODDE, "overlast_onveiligheid")
    assert (found.start, found.end, found.reason) == (2022, 2024, "")
    assert found.own == pytest.approx(-0.146 - -0.141)
    by_hand = [-0.011, -0.010, -0.007, -0.002, 0, 0, 0.008, 0.008]
    assert found.alike == pytest.approx(by_hand, abs=1e-9)
    # The same from the file, so that a new sample city asks for new hand work above only.
    alike = comparable(sample_city(), LISDODDE).index
    moved = sorted(
        float(published("leefbaarometer.csv", c, 2024, "onv"))
        - float(published("leefbaarometer.csv", c, 2022, "onv"))
        for c in alike
    )
    assert found.alike == pytest.approx(moved)


def test_changes_alike_by_hand(rows):
    """Five look-alikes that moved -2, 0, 1, 3 and 4 hundredths; the own one moved 5."""
    steps = [5, 4, -2, 0, 3, 1]
    area = rows.area(
        {
            b: {"p_wcorpw": 10, "a_woning": 500, "afw": [0.1, 0.1 + step / 100, 0.9]}
            for b, step in enumerate(steps)
        },
        (2018, 2020, 2021),
    )
    found = changes_alike(area, "BU00010000", "leefbaarometer", years=1)
    # From 2020 to 2021: 0.9 less what it was.
    assert found.own == pytest.approx(0.9 - 0.15)
    assert (found.start, found.end) == (2020, 2021)
    found = changes_alike(area, "BU00010000", "leefbaarometer", years=2)
    assert found.reason == "Er is geen cijfer van 2 jaar eerder."
    assert found.alike == ()
    assert math.isnan(found.own)
    found = changes_alike(area, "BU00010000", "leefbaarometer", years=3)
    assert found.own == pytest.approx(0.8)
    assert len(found.alike) == 5


def test_changes_stand_in_order_of_size_and_need_four_look_alikes(rows):
    steps = [5, 4, -2, 0, 3, 1]
    buurten = {
        b: {"p_wcorpw": 10, "a_woning": 500, "afw": [0.1, 0.1 + step / 100]}
        for b, step in enumerate(steps)
    }
    area = rows.area(buurten, (2018, 2020))
    found = changes_alike(area, "BU00010000", "leefbaarometer")
    assert found.alike == pytest.approx([-0.02, 0, 0.01, 0.03, 0.04])
    assert found.own == pytest.approx(0.05)
    assert changes_alike(area, "BU00010000", "leefbaarometer", k=4).reason == ""
    few = changes_alike(area, "BU00010000", "leefbaarometer", k=3)
    assert few.reason == "Er zijn te weinig buurten die hierop lijken."
    assert few.alike == ()
    # A look-alike with a figure that may not be shown in one of the years is left out.
    buurten[2]["afw"] = [".", 0.08]
    found = changes_alike(rows.area(buurten, (2018, 2020)), "BU00010000", "leefbaarometer")
    assert found.alike == pytest.approx([0, 0.01, 0.03, 0.04])


def test_changes_over_a_changed_boundary_are_left_out():
    """Two buurten changed in 2019; from 2018 to 2024 they are not joined, from 2019 on they are."""
    for code in (SHRUNK, GROWN):
        assert math.isnan(changes_alike(sample_city(), code, "households", years=6).own)
        assert changes_alike(sample_city(), code, "households", years=5).own == float(
            published("kerncijfers.csv", code, 2024, "a_hh")
        ) - float(published("kerncijfers.csv", code, 2019, "a_hh"))
    assert GROWN in comparable(sample_city(), MAALDERIJ).index
    assert len(changes_alike(sample_city(), MAALDERIJ, "households", years=6).alike) == 7
    assert len(changes_alike(sample_city(), MAALDERIJ, "households", years=5).alike) == 8


def test_a_wijk_and_the_tiny_buurt_have_no_look_alikes_but_a_reason():
    for code in (WIJK, TINY):
        found = changes_alike(sample_city(), code, "overlast_onveiligheid")
        assert found.reason == "Er zijn te weinig buurten die hierop lijken."
        assert found.alike == ()
    place_of_wijk = place(sample_city(), WIJK, "overlast_onveiligheid")
    assert place_of_wijk.reason == "Er zijn te weinig buurten die hierop lijken."
    assert place_of_wijk.word == ""


def on_a_line(scores):
    """Buurten whose four vulnerability figures all go up (income: down) by equal steps."""
    columns = {"a_inw": 1000, "a_00_14": 0, "a_hh": 500, "a_woning": 500}
    return {
        b: columns
        | {
            "p_wcorpw": 5 * b, "p_hh_lkk": b, "a_soz_wb": 10 + 10 * b, "g_ink_pi": 40 - b,
            "afw": score,
        }
        for b, score in enumerate(scores)
    }  # fmt: skip


def test_against_vulnerability_by_hand(rows):
    """Numbers 0 to 4 have mean 2 and standard deviation root 2: x is (b - 2) / 1.414.

    Of the ten slopes between pairs six are -0.05 a step, the four with the last buurt are
    0.05, 0.083, 0.15 and 0.35: the median is -0.05 a step. Score plus 0.05 (b - 2) is
    0, 0, 0, 0 and 0.4: the median is 0. So the line runs 0.10, 0.05, 0, -0.05, -0.10, and the
    exception does not bend it; an ordinary line would go up, by 0.03 a step.
    """
    buurten = on_a_line([0.10, 0.05, 0.0, -0.05, 0.30])
    area = rows.area(buurten, city={"afw": 0.0, "a_woning": 5000})
    table = against_vulnerability(area, "leefbaarometer")
    assert list(table.index) == [f"BU000100{b:02d}" for b in range(5)]
    assert table["x"].tolist() == pytest.approx([(b - 2) / math.sqrt(2) for b in range(5)])
    assert table["y"].tolist() == [0.10, 0.05, 0.0, -0.05, 0.30]
    assert table["expected"].tolist() == pytest.approx([0.10, 0.05, 0, -0.05, -0.10])
    assert set(table["year"]) == set(table["vulnerability_year"]) == {2020}
    assert list(table["name"]) == ["Naam"] * 5


def test_vulnerability_beside_a_score_is_never_of_a_later_year():
    table = against_vulnerability(sample_city())
    assert (set(table["year"]), set(table["vulnerability_year"])) == ({2024}, {2023})
    assert TINY not in table.index
    assert len(table) == 31
    table = against_vulnerability(sample_city(), year=2018)
    assert (set(table["year"]), set(table["vulnerability_year"])) == ({2018}, {2018})
    assert table.loc[LISDODDE, "y"] == float(published("leefbaarometer.csv", LISDODDE, 2018, "onv"))


def test_samples_with_the_same_seed_are_the_same_everywhere():
    """Drawn with the standard library: these numbers hold on every machine."""
    shares = draw_samples(0.3, 10, 6)
    assert shares == [0.4, 0.2, 0.4, 0.5, 0.2, 0.1]
    assert draw_samples(0.3, 10, 6) == shares
    assert draw_samples(0.3, 10, 6, seed=1) != shares
    assert all(share in [n / 10 for n in range(11)] for share in shares)


@pytest.mark.parametrize("size", [10, 25, 400])
def test_the_first_samples_stay_when_one_asks_on(size):
    many = draw_samples(0.3, size, 40)
    assert all(draw_samples(0.3, size, times) == many[:times] for times in (1, 2, 39))


def test_more_people_asked_come_nearer_by_the_root():
    """Of 2.000 samples the spread is the root of 0.3 x 0.7 / size: 0.092, 0.046 and 0.023.

    Four times as many people, half the spread. Seeded, so exact; the bounds are 5%.
    """
    spreads = []
    for size in (25, 100, 400):
        shares = draw_samples(0.3, size, 2000)
        assert statistics.mean(shares) == pytest.approx(0.3, abs=0.005)
        spreads.append(statistics.pstdev(shares))
        assert spreads[-1] == pytest.approx(math.sqrt(0.3 * 0.7 / size), rel=0.05)
    assert spreads[0] / spreads[1] == pytest.approx(2, rel=0.05)
    assert spreads[1] / spreads[2] == pytest.approx(2, rel=0.05)


def test_samples_of_nobody_and_of_everybody():
    assert draw_samples(0, 25, 3) == [0, 0, 0]
    assert draw_samples(1, 25, 3) == [1, 1, 1]


@pytest.mark.parametrize(
    ("share", "size", "times"), [(-0.1, 10, 1), (1.1, 10, 1), (30, 10, 1), (0.3, 0, 1), (0.3, 1, 0)]
)
def test_samples_that_cannot_be_drawn_are_refused(share, size, times):
    with pytest.raises(ValueError, match="share"):
        draw_samples(share, size, times)
