"""Figures: described, sourced, the same each time, nothing cut off."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from leefbaar_tools import figures
from leefbaar_tools.figures import sheet
from leefbaar_tools.paper import MIME, Document, from_json, to_pdf

SOURCE, NOTICE = "Voorbeeldstad, 2025", "Voorbeelddata"
LIKE = [20, 24, 28, 30, 31, 32, 33, 40, 44]
YEARS = {2019: 52.0, 2020: 49.5, 2021: None, 2022: 44.0, 2023: 41.0}


def doors(label="Molenbuurt"):
    rows = [("Jouw schatting", 4, "guess"), (label, 6, "area"), ("Stad", 5.5, "context")]
    return figures.doors("Meer dan je dacht", [*rows, ("Klein", None, "area")], SOURCE, NOTICE)


def place_among(label="Molenbuurt"):
    return figures.place_among(
        "In het midden", LIKE, (label, 37.24), ("Stad", 33.9), "per 100", SOURCE, NOTICE, 1
    )


def trend_lines(label="Molenbuurt"):
    return figures.trend_lines(
        "Het nam af",
        {label: YEARS, "Stad": {2019: 40, 2023: 1039}},
        "meldingen",
        SOURCE,
        NOTICE,
        breaks={2023: "nieuwe vraag"},
    )


def tally_bars(label="bellen"):
    return figures.tally_bars("Bellen wint", {label: 9, "niets": 0}, SOURCE, 12, "handen", NOTICE)


ALL = pytest.mark.parametrize("draw", [doors, place_among, trend_lines, tally_bars])


def texts(figure: figures.Figure) -> list[ElementTree.Element]:
    """Return the lines of text in a picture: the paths that were put in their place."""
    return [path for path in ElementTree.fromstring(figure.svg) if path.get("transform")]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


@ALL
def test_same_numbers_same_bytes(draw):
    first = draw()
    sheet.width_of.cache_clear()
    sheet.outline.cache_clear()
    assert draw() == first


@ALL
def test_picture_stands_alone(draw):
    svg = draw().svg
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == draw().description
    assert root.get("width") == "180mm"
    assert not re.search(r"\bid=|href|url\(|<style|<script|<text", svg)


@ALL
def test_source_and_notice_travel_along(draw):
    figure = draw()
    bundle = figure._repr_mimebundle_()
    page = BeautifulSoup(bundle["text/html"], "html.parser")
    assert page.svg
    for said in (figure.title, f"Bron: {SOURCE}", NOTICE):
        assert said in page.get_text()
    assert bundle["text/plain"] == figure.description
    assert from_json(bundle[MIME]) == (figure.block(),)
    assert figure.block().alt == figure.description
    assert "<svg" not in repr(figure)
    assert to_pdf(Document("Blad", (figure.block(),)))


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (
            doors,
            ["schatting: 4 van de 10", "Molenbuurt: 6 van", "Stad: 6 van", "Klein: geen cijfer"],
        ),
        (place_among, ["Molenbuurt: 37,2", "Van 9 ", "28,0 en 33,0", "Stad: 33,9", "per 100"]),
        (
            trend_lines,
            [
                "Molenbuurt: 52 in 2019, 41 in 2023",
                "40 in 2019, 1.039 in 2023",
                "2023: nieuwe vraag",
            ],
        ),
        (tally_bars, ["bellen: 9 van de 12 handen", "niets: 0 van de 12 handen"]),
    ],
)
def test_description_says_the_numbers(draw, said):
    for part in said:
        assert part in draw().description


@ALL
@settings(deadline=None, max_examples=25)
@given(
    label=st.text(min_size=1, max_size=80)
    | st.sampled_from(
        ["$x$", "<script>", "👍中", "a" * 300, "een lange naam " * 20, "\x00\ud83d-->"]
    )
)
def test_any_label_is_drawn_on_the_sheet(draw, label):
    figure = draw(label)
    figure.svg.encode()
    root = ElementTree.fromstring(figure.svg)
    height = float(root.get("viewBox").split()[3])
    for path in texts(figure):
        left, top = numbers(path.get("transform"))
        points = numbers(path.get("d"))
        assert left >= 0
        assert left + max(points[::2], default=0) <= sheet.WIDTH + 0.5
        assert top + min(points[1::2], default=0) >= -0.5
        assert top + max(points[1::2], default=0) <= height + 0.5


def test_doors_are_filled_as_counted():
    svg = doors().svg
    filled = {
        fill: sum(path.count("h9.00") for path in re.findall(f'fill="{fill}"[^>]*d="([^"]*)"', svg))
        for fill in (sheet.BLUE, "#b0b0b0", "white")
    }
    assert filled == {sheet.BLUE: 6, "#b0b0b0": 6, "white": 4 + 6 + 4 + 4 + 10}
    crosses = re.search(f'stroke="{sheet.RUST}"[^>]*d="([^"]*)"', svg)[1]
    assert crosses.count("M") == 2 * 4


@pytest.mark.parametrize("number", [-1, 10.5, 60])
def test_a_number_that_is_not_out_of_ten_is_refused(number):
    with pytest.raises(ValueError, match="out of ten"):
        figures.doors("t", [("a", number, "area")], SOURCE)


def test_place_among_shows_no_order_and_no_names():
    backwards = figures.place_among(
        "In het midden",
        LIKE[::-1],
        ("Molenbuurt", 37.24),
        ("Stad", 33.9),
        "per 100",
        SOURCE,
        NOTICE,
        1,
    )
    assert sorted(backwards.svg) == sorted(place_among().svg)
    assert len(texts(place_among())) <= 2 + 1 + 2 + 8


def test_three_buurten_are_too_few():
    with pytest.raises(ValueError, match="too few"):
        figures.place_among("t", [1, 2, 3], ("a", 1), ("b", 2), "u", SOURCE)


def test_lines_stop_at_a_gap_and_at_a_break():
    own = re.search(f'stroke="{sheet.BLUE}" stroke-width="1" d="([^"]*)"', trend_lines().svg)[1]
    runs = [run.count("L") + 1 for run in own.split("M")[1:]]
    assert runs == [2, 1, 1]


def test_nan_is_a_gap():
    absent = {**YEARS, 2021: float("nan")}
    assert (
        figures.trend_lines("t", {"a": absent}, "u", SOURCE).svg
        == figures.trend_lines("t", {"a": YEARS}, "u", SOURCE).svg
    )


def test_lines_differ_without_colour():
    lines = {str(n): {2020: n, 2021: n + 1} for n in range(4)}
    svg = figures.trend_lines("t", lines, "u", SOURCE).svg
    assert len(set(re.findall(r'stroke-dasharray="([^"]*)"', svg))) == 3
    with pytest.raises(ValueError, match="1 to 4"):
        figures.trend_lines("t", {**lines, "5": {2020: 1}}, "u", SOURCE)
    with pytest.raises(ValueError, match="a value"):
        figures.trend_lines("t", {"a": {2020: None}}, "u", SOURCE)


def test_names_of_lines_that_end_together_do_not_overlap():
    svg = figures.trend_lines("t", {str(n): {2020: 1, 2021: 5} for n in range(4)}, "u", SOURCE)
    feet = sorted(
        numbers(path.get("transform"))[1]
        for path in texts(svg)
        if path.get("fill") in {line[0] for line in sheet.LINES}
        and numbers(path.get("transform"))[0] > 120
    )
    assert len(feet) >= 4
    assert min(feet) > 22
    assert min(b - a for a, b in pairwise(feet)) >= 5.9


@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=1, max_size=9),
    st.booleans(),
)
def test_an_axis_holds_its_values_between_round_ticks(values, zero):
    axis = sheet.value_axis(values, 10, 170, zero)
    assert all(10 - 1e-6 <= axis(value) <= 170 + 1e-6 for value in values)
    assert 2 <= len(axis.ticks) <= 9
    assert len({axis.words(tick) for tick in axis.ticks}) == len(axis.ticks)


@given(st.sets(st.integers(1990, 2060), min_size=1, max_size=40))
def test_an_axis_of_years_shows_the_last_one(years):
    axis = sheet.year_axis(years, 20, 120)
    assert axis.ticks[0] == max(years)
    assert len(axis.ticks) <= 8


def test_bars_are_as_long_as_their_count():
    svg = figures.tally_bars("t", {"a": 6, "b": 3}, SOURCE).svg
    full, half = (
        numbers(path)[2] for path in re.findall(f'fill="{sheet.BLUE}"[^>]*d="([^"]*)"', svg)
    )
    assert full == pytest.approx(2 * half, abs=0.02)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", [sheet.INK, sheet.BLUE, sheet.RUST, sheet.GREY])
def test_colours_of_text_can_be_read(color):
    assert 1.05 / (luminance(color) + 0.05) >= 4.5
