"""Figures: described, sourced, the same each time, nothing cut off."""

import re
from datetime import date, timedelta
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
    dots = re.search(f'fill="{sheet.RUST}"[^>]*d="([^"]*)"', svg)[1]
    assert dots.count("M") == 4, "a guess has a dot, never a cross"


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


# --- streets, profile, dots in time, samples, one against another, the map

DAYS = [date(2026, 11, day) for day in (3, 6, 10, 13, 17, 20)]
SQUARES = {
    "B1": [[[(0, 0), (400, 0), (400, 400), (0, 400)]]],
    # A hole in it, and a small island beside it: the middle of the largest ring gets the sign.
    "B2": [
        [
            [(400, 0), (800, 0), (800, 400), (400, 400)],
            [(500, 50), (500, 100), (550, 100), (550, 50)],
        ],
        [[(810, 0), (820, 0), (820, 10), (810, 10)]],
    ],
    "B3": [[[(0, 400), (400, 400), (400, 800), (0, 800)]]],
    "B4": [[[(400, 400), (800, 400), (800, 800), (400, 800)]]],
}
WORDS = ("meer", "evenveel", "minder")


def streets(label="Lijsterhof"):
    rows = [(label, [3, 3, 2, 4]), ("Merelhof", [0, 9, 0, 0, 1])]
    return figures.streets("Hetzelfde?", rows, "melding", SOURCE, True, NOTICE)


def profile(label="Molenbuurt"):
    rows = [("Alleen", [45.4, 42.0, None]), (f"{label} lang", [None, 30.0, 20.5])]
    return figures.profile(
        "Naast elkaar", rows, (label, "Stad", label), "van de 100", SOURCE, NOTICE
    )


def dots_in_time(label="zakken naast de container"):
    points = list(zip(DAYS, [9, 4, 7, 2.5, 5, 0], strict=True))
    return figures.dots_in_time("Zes", points, label, SOURCE, (label, 3), NOTICE)


def samples(label="de hele buurt"):
    return figures.samples("Drie keer", [20, 40, 36], (label, 30), "van de 100", SOURCE, NOTICE)


def against(label="Molenbuurt"):
    points = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]
    return figures.against(
        "Hoger dan je denkt",
        points,
        {"A": (3.5, 4), "B": (-0.5, -2)},
        (label, "minder overlast"),
        SOURCE,
        ((0, 0), (4, 4)),
        ("A", label),
        NOTICE,
    )


def area_map(label="Molenbuurt"):
    names = {"B1": label, "B2": "Havenbuurt", "B3": "Parkbuurt", "B4": "Dijkbuurt"}
    return figures.area_map(
        "Op de kaart",
        SQUARES,
        {"B1": 0, "B2": 2, "B3": None},
        names,
        [f"{word} dan {label}" for word in WORDS],
        (label, ["B1"]),
        SOURCE,
        NOTICE,
    )


ADDED = [streets, profile, dots_in_time, samples, against, area_map]
NEW = pytest.mark.parametrize("draw", ADDED)
EVERY = pytest.mark.parametrize("draw", [doors, place_among, trend_lines, tally_bars, *ADDED])
ODD_LABELS = st.text(min_size=1, max_size=80) | st.sampled_from(
    [
        "$x$",
        "<script>",
        "👍中",
        "a" * 300,
        "W" * 79,
        "een lange naam " * 20,
        "\x00\ud83d-->",
        " \n ",
        '"&<',
    ]
)


def drawn_outside(figure: figures.Figure) -> list[tuple[float, float]]:
    """Return every corner of a letter, sign, line or area that lies outside the sheet."""
    root = ElementTree.fromstring(figure.svg)
    width, height = numbers(root.get("viewBox"))[2:]
    points = [
        (x + dx, y + dy)
        for path in root
        for x, y in [numbers(path.get("transform") or "0 0")]
        for dx, dy in corners(path.get("d"))
    ]
    assert len(points) > 20
    return [p for p in points if not (-0.5 <= p[0] <= width + 0.5 and -0.5 <= p[1] <= height + 0.5)]


def corners(path: str) -> list[tuple[float, float]]:
    """Walk along a path of a picture; the small letters of SVG are steps from where one is."""
    x = y = 0.0
    start, found = (0.0, 0.0), []
    for sign, rest in re.findall(r"([MLQCZmlhvaz])([^MLQCZmlhvaz]*)", path):
        values = numbers(rest)
        if sign in "MLQC":
            pairs = list(zip(values[::2], values[1::2], strict=True))
            found += pairs
            x, y = pairs[-1]
        elif sign in "ml":
            for dx, dy in zip(values[::2], values[1::2], strict=True):
                x, y = x + dx, y + dy
                found.append((x, y))
        elif sign == "a":  # half a circle: five numbers, then where it ends
            for arc in range(0, len(values), 7):
                x, y = x + values[arc + 5], y + values[arc + 6]
                found.append((x, y))
        elif sign in "hv":
            x, y = (x + values[0], y) if sign == "h" else (x, y + values[0])
            found.append((x, y))
        else:
            x, y = start
        if sign in "Mm":
            start = (x, y)
    return found


def test_corners_of_a_path_by_hand():
    assert corners("M1 2L3 4 5 6") == [(1, 2), (3, 4), (5, 6)]
    assert corners("M1.00 2.00h3.00v4.00h-3.00z") == [(1, 2), (4, 2), (4, 6), (1, 6)]
    assert corners("M5 5m2 0a2 2 0 1 0 -4 0a2 2 0 1 0 4 0z") == [(5, 5), (7, 5), (3, 5), (7, 5)]


@NEW
def test_new_figures_say_source_and_notice_and_stand_alone(draw):
    figure = draw()
    assert draw() == figure
    assert (figure.source, figure.notice) == (SOURCE, NOTICE)
    root = ElementTree.fromstring(figure.svg)
    assert root.get("aria-label") == figure.description
    assert not re.search(r"\bid=|href|url\(|<style|<script|<text", figure.svg)
    page = BeautifulSoup(figure.html(), "html.parser").get_text()
    for said in (figure.title, f"Bron: {SOURCE}", NOTICE):
        assert said in page
    assert to_pdf(Document("Blad", (figure.block(),)))


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (
            streets,
            [
                # (3 + 3 + 2 + 4) / 4 and (9 + 1) / 5.
                "Lijsterhof, per huis: 3, 3, 2, 4. Gemiddeld 3.",
                "Merelhof, per huis: 0, 9, 0, 0, 1. Gemiddeld 2.",
                "Elke stip is een melding.",
            ],
        ),
        (
            profile,
            [
                "Alleen: Molenbuurt 45, Stad 42, Molenbuurt geen cijfer.",
                "Molenbuurt lang: Molenbuurt geen cijfer, Stad 30, ",
                "Eenheid: van de 100.",
            ],
        ),
        (
            dots_in_time,
            [
                "3-11-2026: 9.",
                "13-11-2026: 2,5.",
                "20-11-2026: 0.",
                # In order of size: 0, 2,5, 4, 5, 7, 9; halfway between 4 and 5.
                "De middelste waarde is 4,5.",
                "zakken naast de container: 3.",
                "Eenheid: zakken naast de container.",
            ],
        ),
        (
            samples,
            [
                "3 keer gevraagd.",
                "laagste uitkomst is 20, de hoogste 40, de nieuwste 36.",
                "de hele buurt: 30.",
                "Eenheid: van de 100.",
            ],
        ),
        (
            against,
            [
                "7 buurten als stippen.",
                "A: Molenbuurt ligt rechts, hoog.",
                "B ligt links, laag.",
                "De streepjeslijn laat zien wat je zou verwachten.",
                "Naar rechts: Molenbuurt. Naar boven: minder overlast.",
            ],
        ),
        (
            area_map,
            [
                "Kaart met Molenbuurt omlijnd.",
                "Meer dan Molenbuurt: Molenbuurt.",
                "Minder dan Molenbuurt: Havenbuurt.",
                # Of the one nothing is known; the other has no class at all.
                "Te klein of niet bekend: Parkbuurt, Dijkbuurt.",
            ],
        ),
    ],
)
def test_new_descriptions_say_the_numbers(draw, said):
    for part in said:
        assert part in draw().description


@EVERY
@settings(deadline=None, max_examples=25)
@given(label=ODD_LABELS)
def test_nothing_of_a_figure_is_drawn_outside_the_sheet(draw, label):
    figure = draw(label)
    figure.svg.encode()
    assert drawn_outside(figure) == []


def paths(svg: str, **wanted: str) -> list[ElementTree.Element]:
    """Return the paths with these properties, such as ``fill``; ``_`` stands for ``-``."""
    asked = {key.replace("_", "-"): value for key, value in wanted.items()}
    found = ElementTree.fromstring(svg)
    return [p for p in found if all(p.get(key) == value for key, value in asked.items())]


def starts(path: ElementTree.Element) -> list[tuple[float, float]]:
    """Return where each sign or line of a path begins."""
    return [tuple(numbers(run)[:2]) for run in path.get("d").split("M")[1:]]


def signs(svg: str, shape: str) -> list[tuple[tuple[float, float], str]]:
    """Return the middle and the fill of every sign of a shape, in the order drawn."""
    mark = {"circle": "a", "diamond": "l", "square": "v"}[shape]
    return [
        (start, path.get("fill"))
        for path in paths(svg, stroke_width="0.4")
        if path.get("fill") not in (None, "none") and "m" in path.get("d") and mark in path.get("d")
        for start in starts(path)
    ]


@given(st.text(max_size=60), st.floats(8, 180), st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_any_text_is_broken_into_lines_that_fit(text, width, most):
    lines = sheet.wrap(text, width, most)
    assert len(lines) <= most
    assert all(sheet.width_of(line) <= width for line in lines)


@pytest.mark.parametrize("text", ["WWWWWW00WWWWWW", "0WWWWWW00WWWWWWW", "WWWWW", "WW"])
def test_a_short_text_of_wide_letters_is_shortened(text):
    (line,) = sheet.wrap(text, 9, 1)
    assert sheet.width_of(line) <= 9


def test_of_a_text_too_long_the_end_stays_in_sight():
    for words in ("een lange straat " * 30, "a" * 4000):
        (line,) = sheet.wrap(f"{words}: 12", 60, 1)
        assert line.endswith(": 12")
        assert "…" in line


# Lijsterhof 3 + 3 + 2 + 4 = 12 dots and Merelhof 9 + 1 = 10; four and five houses.
def test_a_street_has_a_dot_per_report_and_a_door_per_house():
    svg = streets().svg
    dots = [place for place, fill in signs(svg, "circle") if fill == sheet.BLUE]
    assert len(dots) == 12 + 10 + 1, "and one that says what a dot is"
    assert len(set(dots)) == 23, "no dot covers another"
    houses = [path for path in paths(svg, fill="white") if "h13.00" in path.get("d")]
    assert len(houses) == 4 + 5
    # Above house number two of Merelhof: three columns of three.
    above = [x for x, y in dots if 18 < x < 36 and 55 < y < 100]
    assert len(above) == 9
    assert len(set(above)) == 3


def test_a_street_without_its_mean_does_not_say_it():
    rows = [("Lijsterhof", [3, 0])]
    figure = figures.streets("t", rows, "melding", SOURCE, mean=False)
    assert figure.description == "Lijsterhof, per huis: 3, 0. Elke stip is een melding."
    assert len(texts(figure)) == 2, "the street, and what a dot is"
    # (3 + 0) / 2 = 1,5, in Dutch.
    assert "Gemiddeld 1,5." in figures.streets("t", rows, "melding", SOURCE).description


@pytest.mark.parametrize("counts", [[], [1] * 11, [10], [-1], [0, 3, 12]])
def test_a_street_that_cannot_be_drawn_is_refused(counts):
    with pytest.raises(ValueError, match="one to ten houses"):
        figures.streets("t", [("Lijsterhof", counts)], "melding", SOURCE)


def test_profile_skips_what_is_not_known():
    """Own 45,4 in the first row and none in the second; 0 stands at 4 mm and 100 at 150."""
    svg = profile().svg
    own = [place for place, fill in signs(svg, "diamond") if fill == sheet.BLUE]
    city = [place for place, fill in signs(svg, "circle") if fill == "white"]
    third = [place for place, fill in signs(svg, "square") if fill == sheet.RUST]
    # The first of each stands in the legend.
    assert [x for x, _ in own[1:]] == [pytest.approx(4 + 1.46 * 45.4, abs=0.01)]
    assert [x for x, _ in city[1:]] == [
        pytest.approx(4 + 1.46 * 42, abs=0.01),
        pytest.approx(4 + 1.46 * 30, abs=0.01),
    ]
    assert [x for x, _ in third[1:]] == [pytest.approx(4 + 1.46 * 20.5, abs=0.01)]
    # Every place has a line of its own, in the order of the names.
    assert own[1][1] < city[1][1] < third[1][1]
    assert city[2][1] - city[1][1] == pytest.approx(13 + 3 * sheet.LINE)


def written_at(svg: str, line: str, weight: str = "normal") -> list[tuple[float, float]]:
    """Return where a text stands on the sheet."""
    drawn = paths(svg, d=sheet.outline(line, weight))
    moved = (re.fullmatch(r"translate\((\S+) (\S+)\)", path.get("transform")) for path in drawn)
    return [(float(found[1]), float(found[2])) for found in moved]


def test_of_equal_values_every_sign_is_seen_and_every_number_told():
    names = ["Onze buurt", "Rietvoort", "Heel Lindermonde", "Nederland"]
    svg = figures.profile("t", [("flats", [18, 18, 18, 18])], names, "van de 100", SOURCE).svg
    shapes = ("diamond", "circle", "square")
    heights = [signs(svg, shape)[1][0][1] for shape in shapes]  # the first stands in the legend
    assert min(after - before for before, after in pairwise(heights)) >= 5
    assert len(written_at(svg, "18")) == 3
    assert len(written_at(svg, "18", "bold")) == 1
    # The line of 20 would run through them: each has a white ground under it.
    assert len(paths(svg, fill="white", stroke="none")) == 4


@pytest.mark.parametrize("city", ["'s-Gravenhage", "Alphen aan den Rijn", "Ede"])
def test_the_legend_of_a_map_has_room_for_the_name_of_any_gemeente(city):
    square = [[[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]]]
    words = [f"{word} heel {city}" for word in ("beter dan", "net als", "minder goed dan")]
    svg = figures.area_map(
        "t", {"a": square}, {"a": 0}, {"a": "A"}, words, ("A", ["a"]), SOURCE
    ).svg
    feet = []
    for word in words:
        lines = sheet.wrap(word, 84)
        places = [written_at(svg, line)[0][1] for line in lines]
        assert "…" not in "".join(lines)
        assert len(places) == len(lines) <= 2
        feet += places
    assert feet == sorted(feet)
    assert min(after - before for before, after in pairwise(feet)) >= sheet.LINE
    assert feet[-1] <= float(re.search(r'viewBox="0 0 \S+ (\S+)"', svg)[1]) - 2


def test_no_number_of_the_axis_is_missing_at_the_line_of_the_city():
    """A caption explains what 0 is: the 0 itself must be there, and no line through it."""
    values = [-4, -2, -1, 1, 3]
    figure = figures.place_among("t", values, ("Hof", -3), ("Heel Stad", 0), "punten", SOURCE)
    ((_, foot),) = written_at(figure.svg, "0")
    (city,) = paths(figure.svg, stroke=sheet.RUST, stroke_dasharray="3 1.5")
    heights = [float(pair.split()[1]) for pair in re.findall(r"[\d.]+ [\d.]+", city.get("d"))]
    assert max(heights) < foot - 4


def test_no_line_runs_through_the_letter_of_a_dot():
    lettered = {"C": (9.0, 1.2), "D": (0.0, 9.0)}
    points = [(float(n), 10.0 - n) for n in range(11)]
    line = ((0.0, 9.5), (10.0, 0.5))
    svg = figures.against("t", points, lettered, ("x", "y"), SOURCE, line).svg
    (dashes,) = paths(svg, stroke=sheet.RUST)
    (x0, y0), (x1, y1) = (tuple(map(float, p.split())) for p in dashes.get("d")[1:].split("L"))
    for letter in lettered:
        ((left, foot),) = written_at(svg, letter, "bold")
        for n in range(200):
            x, y = x0 + (x1 - x0) * n / 199, y0 + (y1 - y0) * n / 199
            assert not (left <= x <= left + 4 and foot - 4 <= y <= foot), letter


def test_a_bar_of_eleven_percent_is_not_all_there_is():
    figure = figures.tally_bars("t", {"Wijken": 11}, SOURCE, unit="procent", full=25)
    (bar,) = re.findall(r"h(\S+?)v8", figure.svg)
    whole = figures.tally_bars("t", {"Wijken": 25}, SOURCE, unit="procent", full=25)
    (most,) = re.findall(r"h(\S+?)v8", whole.svg)
    assert float(bar) / float(most) == pytest.approx(11 / 25, abs=0.01)


def test_many_dots_do_not_cover_each_other():
    svg = dots([4] * 40).svg
    across = [x for (x, _), _ in signs(svg, "circle")]
    (size,) = {float(r) * 2 for r in re.findall(r"a(\S+) \S+ 0 1 0", svg)}
    assert min(after - before for before, after in pairwise(across)) >= size


def test_profile_asks_for_one_to_four_names():
    with pytest.raises(ValueError, match="labels"):
        figures.profile("t", [("a", [1])], [], "u", SOURCE)
    with pytest.raises(ValueError, match="labels"):
        figures.profile("t", [("a", [1] * 5)], list("abcde"), "u", SOURCE)
    with pytest.raises(ValueError, match="rows"):
        figures.profile("t", [], ["a"], "u", SOURCE)


def dots(values, target=None):
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(len(values))]
    return figures.dots_in_time("t", list(zip(days, values, strict=True)), "zakken", SOURCE, target)


def level(svg: str, color: str, **more: str) -> list[float]:
    """Return the heights of the thick lines of a colour."""
    return [starts(p)[0][1] for p in paths(svg, stroke=color, stroke_width="0.8", **more)]


def test_dots_stand_in_order_of_date_at_their_height():
    """An axis from 0 (at 84 mm) to 10 (at 16): 6,8 mm for one."""
    points = list(zip(DAYS, [9, 4, 7, 2.5, 5, 0], strict=True))
    figure = figures.dots_in_time("Zes", points[::-1], "zakken", SOURCE)
    assert figure.svg == figures.dots_in_time("Zes", points, "zakken", SOURCE).svg
    places = [place for place, _ in signs(figure.svg, "circle")]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    wanted = [84 - 6.8 * value for value in (9, 4, 7, 2.5, 5, 0)]
    assert [y for _, y in places] == [pytest.approx(y, abs=0.01) for y in wanted]
    assert figure.description.index("3-11-2026") < figure.description.index("20-11-2026")


def test_the_middle_line_is_the_median_and_comes_with_the_sixth_dot():
    five = dots([9, 4, 7, 2.5, 5])
    assert "midde" not in five.description
    assert level(five.svg, sheet.INK) == []
    # 2,5 4 5 7 9 and a 0: halfway between 4 and 5 is 4,5; the mean would be 4,6.
    six = dots([9, 4, 7, 2.5, 5, 0])
    assert figures.MIDDLE_FROM == 6
    assert "De middelste waarde is 4,5." in six.description
    assert level(six.svg, sheet.INK) == [pytest.approx(84 - 6.8 * 4.5, abs=0.01)]
    # Seven dots: the one in the middle itself. One far outlier does not move it.
    assert "De middelste waarde is 5." in dots([9, 4, 7, 2.5, 5, 0, 900]).description


def test_the_target_is_a_dashed_line_at_its_height():
    assert level(dots([9, 0]).svg, sheet.RUST) == []
    figure = dots([9, 0], ("waar je naartoe wilt", 3))
    assert level(figure.svg, sheet.RUST, stroke_dasharray="3 1.5") == [
        pytest.approx(84 - 6.8 * 3, abs=0.01)
    ]
    assert "waar je naartoe wilt: 3." in figure.description
    # A target outside the counts still has a place.
    assert drawn_outside(dots([1, 2], ("doel", 40))) == []


def test_half_a_bag_stays_half_a_bag():
    figure = dots([2.5, 3], ("doel", 1.5))
    assert "1-11-2026: 2,5." in figure.description
    assert "doel: 1,5." in figure.description
    assert "2-11-2026: 3." in figure.description


def test_one_dot_will_do_and_none_will_not():
    assert len(signs(dots([0]).svg, "circle")) == 1
    with pytest.raises(ValueError, match="no dots"):
        dots([])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(0, 9999).map(lambda value: round(value, 1)), min_size=1, max_size=40),
    st.none() | st.floats(0, 9999),
)
def test_any_counts_are_drawn_on_the_sheet(values, wanted):
    target = None if wanted is None else ("waar je naartoe wilt", wanted)
    points = [(date(2026, 1, 1) + timedelta(days=n), value) for n, value in enumerate(values)]
    figure = figures.dots_in_time("t", points, "zakken", SOURCE, target)
    assert len(signs(figure.svg, "circle")) == len(values)
    assert drawn_outside(figure) == []


def test_the_newest_sample_is_marked_and_the_others_are_rings():
    """0 stands at 8 mm and 100 at 172: 1,64 mm for one."""
    svg = samples().svg
    assert [place[0] for place, fill in signs(svg, "diamond") if fill == sheet.BLUE] == [
        pytest.approx(8 + 1.64 * 36, abs=0.01)
    ]
    rings = [place for place, fill in signs(svg, "circle") if fill == "white"]
    # Rings stand in columns of 4,5 mm, so that they do not cover each other.
    assert [x for x, _ in rings] == [pytest.approx(8 + 1.64 * share, abs=2.3) for share in (20, 40)]
    (truth,) = paths(svg, stroke=sheet.RUST)
    assert starts(truth)[0][0] == pytest.approx(8 + 1.64 * 30, abs=0.01)
    with pytest.raises(ValueError, match="no samples"):
        figures.samples("t", [], ("a", 1), "u", SOURCE)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=40), st.integers(0, 100), st.booleans())
def test_any_samples_are_drawn_on_the_sheet(shares, truth, same):
    shares = [shares[0]] * 40 if same else shares
    figure = figures.samples("t", shares, ("de hele buurt", truth), "van de 100", SOURCE)
    assert len(signs(figure.svg, "circle")) == len(shares) - 1
    assert drawn_outside(figure) == []


def test_one_against_another_names_only_the_one_that_is_told_about():
    points = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]
    lettered = {"A": (3.5, 4), "B": (-0.5, -2)}
    quiet = figures.against("t", points, lettered, ("x", "y"), SOURCE)
    assert "Molenbuurt" not in quiet.description + quiet.svg
    assert signs(quiet.svg, "diamond") == []
    assert paths(quiet.svg, stroke=sheet.RUST) == []
    assert len(signs(quiet.svg, "circle")) == 7
    told = against()
    assert [fill for _, fill in signs(told.svg, "diamond")] == [sheet.BLUE]
    assert len(paths(told.svg, stroke=sheet.RUST, stroke_dasharray="3 1.5")) == 1


def test_against_works_when_every_buurt_has_a_letter():
    few = figures.against("t", [], {"A": (1, 1), "B": (2, 3)}, ("x", "y"), SOURCE)
    # Both coordinates of A lie below the middle (1,5 and 2), those of B above it.
    assert "A ligt links, laag." in few.description
    assert "B ligt rechts, hoog." in few.description
    assert drawn_outside(few) == []


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(-1, 1)), min_size=1, max_size=30),
    st.tuples(st.floats(-3, 3), st.floats(-1, 1)),
)
def test_any_buurten_are_drawn_on_the_sheet(points, own):
    figure = figures.against(
        "t", points, {"A": own}, ("x", "y"), SOURCE, None, ("A", "Verspreide huizen Oost")
    )
    assert drawn_outside(figure) == []


def regions(svg: str) -> dict[str, ElementTree.Element]:
    """Return the regions of a map by the name that shows when one points at them."""
    return {path[0].text: path for path in ElementTree.fromstring(svg) if len(path)}


def test_map_shows_the_class_of_each_buurt_by_shade_and_sign():
    svg = area_map().svg
    fills = {name: path.get("fill") for name, path in regions(svg).items()}
    assert fills == {
        "Molenbuurt": "#8f8f8f",  # more
        "Havenbuurt": "#ffffff",  # less
        "Parkbuurt": "#ffffff",  # not known
        "Dijkbuurt": "#ffffff",  # no class at all
    }
    like = figures.area_map("t", SQUARES, {"B1": 1}, {}, WORDS, ("B2", ["B2"]), SOURCE)
    assert regions(like.svg)["B1"].get("fill") == "#d0d0d0"
    # Without colour: a sign in each buurt and each box of the legend, here a + and a −, two ?.
    outlines = {sign: sheet.outline(sign, "bold") for sign in "+=−?"}
    drawn = [path.get("d") for path in paths(svg)]
    assert {sign: drawn.count(d) for sign, d in outlines.items()} == {
        "+": 1 + 1,
        "=": 0 + 1,
        "−": 1 + 1,
        "?": 2 + 1,
    }


def test_map_keeps_holes_and_islands_and_puts_north_on_top():
    found = regions(area_map().svg)
    haven = found["Havenbuurt"]
    assert haven.get("fill-rule") == "evenodd"
    assert len(starts(haven)) == 3, "an outside, its hole and an island"
    assert len(starts(found["Molenbuurt"])) == 1
    # 820 metres wide and 800 high: 150 mm for 800, so the height decides.
    edge = sheet.WIDTH / 2 - 820 * 150 / 800 / 2
    xs, ys = zip(*corners(found["Molenbuurt"].get("d")), strict=True)
    assert (min(xs), max(xs)) == (
        pytest.approx(edge, abs=0.01),
        pytest.approx(edge + 75, abs=0.01),
    )
    assert (min(ys), max(ys)) == (pytest.approx(75), pytest.approx(150))
    assert max(y for _, y in corners(found["Parkbuurt"].get("d"))) == pytest.approx(75)


def test_map_outlines_the_own_buurt_over_the_others():
    found = regions(area_map().svg)
    assert list(found)[-1] == "Molenbuurt", "drawn last, so that no edge lies over it"
    edges = {name: (path.get("stroke"), path.get("stroke-width")) for name, path in found.items()}
    assert edges.pop("Molenbuurt") == (sheet.BLUE, "1.6")
    assert set(edges.values()) == {(sheet.INK, "0.3")}
    with pytest.raises(ValueError, match="no boundaries"):
        figures.area_map("t", {}, {}, {}, WORDS, ("B1", ["B1"]), SOURCE)


def test_of_a_wijk_every_buurt_is_outlined_under_its_own_name():
    own = ("Wijk Noord", ["W1", "B1", "B2"])
    figure = figures.area_map("t", SQUARES, {}, {}, WORDS, own, SOURCE)
    blue = {n for n, path in regions(figure.svg).items() if path.get("stroke") == sheet.BLUE}
    assert blue == {"B1", "B2"}
    assert figure.description.startswith("Kaart met Wijk Noord omlijnd.")


def test_points_that_no_pen_can_show_apart_are_left_out_and_corners_stay():
    """A side of 400 metres in steps of a centimetre; on paper 75 mm."""
    fine = [(x / 100, 0.0) for x in range(40001)] + [(400, 400), (0, 400), (0.0, 0.0)]
    shapes = SQUARES | {"B1": [[fine]]}
    figure = figures.area_map("t", shapes, {}, {}, WORDS, ("B1", ["B1"]), SOURCE)
    points = corners(regions(figure.svg)["B1"].get("d"))
    assert 100 < len(points) < 400
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    assert right - left == pytest.approx(75, abs=0.3)


def test_a_name_with_signs_stands_safely_in_the_map():
    names = {"B1": '<b>&"\x00'}
    figure = figures.area_map("t", SQUARES, {"B1": 0}, names, WORDS, ("B1", ["B1"]), SOURCE)
    assert regions(figure.svg)['<b>&"□'].get("stroke") == sheet.BLUE
    assert to_pdf(Document("Blad", (figure.block(),)))


@pytest.mark.parametrize("columns", [1, 8, 12, 20])
def test_a_blank_field_has_a_column_per_count_and_no_dot(columns):
    figure = figures.blank_dots(columns, "Zet voor elke telling een stip.")
    assert f"{columns} kolommen" in figure.description
    assert [signs(figure.svg, shape) for shape in ("circle", "diamond", "square")] == [[]] * 3
    # Nought beside it, and one number under every column: the scale is one's own.
    assert len(texts(figure)) == 1 + columns
    assert "hoogste getal" in figure.notice
    assert drawn_outside(figure) == []
