"""Effects: the arithmetic, what is planted in the survey, what screens say about chance."""

import ast
import csv
import importlib.util
import json
import random
import re
import sys
from statistics import mean, stdev

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from leefbaar_tools import analysis, figures
from leefbaar_tools.analysis import effects
from leefbaar_tools.analysis.effects import Share
from leefbaar_tools.areas import sample_city
from leefbaar_tools.exercises.explore import Explore
from leefbaar_tools.exercises.parts import Context
from leefbaar_tools.exercises.pictures.effects import DRAWINGS
from leefbaar_tools.figures.sheet import outline
from leefbaar_tools.paper import FigureBlock, Paragraph, Table
from leefbaar_tools.registrations import Registrations, sample_registrations
from leefbaar_tools.resources import shared_path

CITY = sample_city()
SURVEY = sample_registrations().table("enquete")
TREATED, BRONHOF, TINY = "BU99990300", "BU99990402", "BU99990503"


def load_script():
    path = shared_path("data", "make_sample_city.py")
    spec = importlib.util.spec_from_file_location("make_sample_city", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()
survey = sys.modules["sample_survey"]
RISE = script.PLANTS["rise_by_itself"]
ALIKE = RISE["codes"][1:]


def made(without=()) -> pd.DataFrame:
    """Return the survey of a city with some planted truths switched off."""
    rows = csv.DictReader(script.make_files(without=without)["enquete.csv"].splitlines())
    table = pd.DataFrame(rows).replace(".", np.nan)
    return table.astype({"golf": int, "aantal": int, "aandeel": float})


def answers(*shares: Share) -> np.ndarray:
    """Return the ones and noughts behind shares."""
    return np.concatenate([np.arange(n) < round(p * n) for p, n in shares]).astype(float)


# --- the arithmetic, by hand and in another way


def test_difference_in_differences_by_hand():
    """0.60 - 0.46 - (0.52 - 0.48) is 0.10. A yes and a no more: 4 * 0.25 / 102, its root 0.099."""
    found = effects.difference_in_differences(
        Share(0.5, 100), Share(0.5, 100), Share(0.5, 100), Share(0.5, 100)
    )
    assert found.value == 0
    assert (found.low, found.high) == pytest.approx((-0.1941, 0.1941), abs=1e-4)
    four = (Share(0.46, 360), Share(0.60, 327), Share(0.48, 387), Share(0.52, 357))
    assert effects.difference_in_differences(*four).value == pytest.approx(0.10)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(1, 39), st.integers(40, 300)), min_size=4, max_size=4),
)
def test_difference_in_differences_is_least_squares_with_robust_errors(counts):
    shares = [Share(yes / n, n) for yes, n in counts]
    found = effects.difference_in_differences(*shares)
    value, _ = least_squares(shares)
    # The interval is that of the same answers with one yes and one no more in each sample.
    _, error = least_squares([Share((yes + 1) / (n + 2), n + 2) for yes, n in counts])
    half = stats.norm.ppf(0.975) * error
    assert found == pytest.approx((value, value - half, value + half), abs=1e-6)


def least_squares(shares):
    """Return the effect and its standard error (HC0) of the answers behind four shares."""
    y = answers(*shares)
    after, own = ([0, 1, 0, 1], [1, 1, 0, 0])
    own, after = (np.repeat(v, [share.n for share in shares]) for v in (own, after))
    design = np.column_stack([np.ones(len(y)), own, after, own * after])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    middle = design.T @ (design * ((y - design @ beta) ** 2)[:, None])
    return beta[3], np.sqrt((inverse @ middle @ inverse)[3, 3])


@pytest.mark.parametrize(
    ("before", "after"), [(0.5, 0.5), (0.95, 0.98), (0.9, 0.6), (0.02, 0.1), (0.85, 0.97)]
)
def test_the_interval_holds_also_near_the_edge_with_the_fewest_answers(before, after):
    """Every outcome counted, with its chance: no simulation."""
    n = effects.LEAST
    held = 0.0
    for a, b in np.ndindex(n + 1, n + 1):
        chance = stats.binom.pmf(a, n, before) * stats.binom.pmf(b, n, after)
        if chance > 1e-9:
            found = effects.before_after(Share(a / n, n), Share(b / n, n))
            held += chance * (found.low <= after - before <= found.high)
    assert 0.93 < held < 0.9995


def test_everybody_the_same_answer_is_not_certainty():
    found = effects.before_after(Share(0, 25), Share(1, 25))
    assert found.low < 0.95


def test_before_after_by_hand():
    found = effects.before_after(Share(0.4, 100), Share(0.6, 100))
    assert found == pytest.approx((0.2, 0.2 - 0.1358, 0.2 + 0.1358), abs=2e-3)
    assert found.excludes_zero
    assert not effects.before_after(Share(0.4, 20), Share(0.6, 20)).excludes_zero
    assert effects.before_after(Share(0.6, 100), Share(0.4, 100)).excludes_zero


@pytest.mark.parametrize(("yes", "n"), [(0, 30), (18, 30), (30, 30), (60, 100), (3, 400)])
def test_interval_of_a_share_is_that_of_scipy(yes, n):
    found = effects.interval(Share(yes / n, n))
    wanted = stats.binomtest(yes, n).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-6)
    assert found.low <= found.value <= found.high


def test_least_visible_change():
    """The card of the weegschaalregel, and that with a twin it is 1.4 times as much."""
    points = {n: round(100 * effects.least_visible(n)) for n in (25, 50, 100, 200, 400)}
    assert points == {25: 40, 50: 28, 100: 20, 200: 14, 400: 10}
    assert effects.least_visible(100, twin=True) == pytest.approx(0.28, abs=0.001)
    for answers_given in (0, effects.LEAST - 1):
        with pytest.raises(ValueError, match="below 25"):
            effects.least_visible(answers_given)


@pytest.mark.parametrize(("n", "twin"), [(100, False), (400, False), (200, True)])
def test_a_least_visible_change_is_seen_four_times_out_of_five(n, twin):
    """Simulated in another way than the formula: answers of people, other people each time."""
    draw = np.random.default_rng(2026)
    change, times, seen = effects.least_visible(n, twin), 4000, 0
    start, end = 0.5 - change / 2, 0.5 + change / 2
    for _ in range(times):
        shares = [Share(draw.binomial(n, p) / n, n) for p in (start, end, 0.5, 0.5)]
        found = (
            effects.difference_in_differences(*shares)
            if twin
            else effects.before_after(*shares[:2])
        )
        seen += found.low > 0
    assert 0.77 < seen / times < 0.86


# --- what is planted, is found where it is, only there, and not when it is switched off


def change(table, code, question="groeten"):
    before, after = (effects.share_of(table, code, wave, question) for wave in (2022, 2024))
    return after.share - before.share


def row(table):
    return effects.placebo_row(table, TREATED, ALIKE, "groeten", 2022, 2024)


def test_the_committed_table_is_the_planted_one():
    pd.testing.assert_frame_equal(
        made().reset_index(drop=True), SURVEY.reset_index(drop=True), check_dtype=False
    )


def test_every_buurt_wave_and_question_and_too_few_in_the_tiny_one():
    assert len(SURVEY) == 32 * 3 * len(survey.QUESTIONS)
    assert not SURVEY.duplicated(["buurt", "golf", "vraag"]).any()
    small = SURVEY["aandeel"].isna()
    assert set(SURVEY.loc[small, "buurt"]) == {TINY}
    assert (SURVEY["aantal"] < effects.LEAST).equals(small)
    assert effects.share_of(SURVEY, TINY, 2024, "groeten") is None
    assert effects.share_of(SURVEY, TREATED, 2024, "onbekend") is None
    own = SURVEY.assign(aantal=effects.LEAST - 1)  # own figures may hold shares of a few
    assert effects.share_of(own, TREATED, 2024, "groeten") is None
    assert SURVEY["aandeel"].dropna().between(0, 1).all()


def test_the_planted_rise_is_as_large_by_itself():
    own, *others = RISE["rise"]
    assert own == pytest.approx(mean(others))
    assert len(others) >= 6


def test_the_treated_buurt_was_not_chosen_for_a_peak():
    for wave in (2020, 2022):
        own = effects.share_of(SURVEY, TREATED, wave, "groeten").share
        alike = [effects.share_of(SURVEY, code, wave, "groeten").share for code in ALIKE]
        assert min(alike) <= own <= max(alike)
        assert abs(own - mean(alike)) < 0.05


def test_before_and_after_alone_looks_like_an_effect_and_the_row_says_it_is_not():
    waves = [effects.share_of(SURVEY, TREATED, wave, "groeten") for wave in (2022, 2024)]
    assert effects.before_after(*waves).low > 0
    found = row(SURVEY)
    assert found.own == pytest.approx(0.14)
    # In the middle of the row: half of the look-alikes rose at least as much, untreated.
    assert found.as_much == 3
    assert abs(found.own - mean(found.others)) < stdev(found.others) / 2


def test_without_the_plant_nothing_rises_and_nothing_else_changes():
    off = made(["rise_by_itself"])
    assert abs(change(off, TREATED)) < 0.08
    assert abs(mean(change(off, code) for code in ALIKE)) < 0.05
    differs = SURVEY["aandeel"].ne(off["aandeel"]) & SURVEY["aandeel"].notna()
    assert set(SURVEY.loc[differs, "buurt"]) <= set(RISE["codes"])
    assert set(SURVEY.loc[differs, "golf"]) == {2024}
    assert set(SURVEY.loc[differs, "vraag"]) == {"groeten"}
    assert SURVEY["aantal"].equals(off["aantal"])


def test_greeting_rises_only_where_that_is_planted():
    others = [
        change(SURVEY, code)
        for code in SURVEY["buurt"].unique()
        if code not in (*RISE["codes"], TINY)
    ]
    planted = [change(SURVEY, code) for code in RISE["codes"]]
    assert abs(mean(others)) < 0.03
    assert mean(planted) > mean(others) + 0.08


def test_look_alikes_are_those_that_the_analysis_finds():
    assert set(analysis.comparable(CITY, TREATED, 6).index) == set(ALIKE)
    assert analysis.comparable(CITY, TREATED, 1).index[0] == ALIKE[0]


def at_home(table) -> dict[str, float]:
    shares = {c: effects.share_of(table, c, 2024, "thuis") for c in table["buurt"].unique()}
    return {code: share.share for code, share in shares.items() if share}


def test_few_feel_at_home_where_the_figures_are_good():
    on, off = at_home(SURVEY), at_home(made(["few_feel_at_home"]))
    assert min(on, key=on.get) == BRONHOF
    assert on[BRONHOF] < 0.5
    assert sorted(on.values())[1] > 0.5  # nowhere else
    assert off[BRONHOF] > 0.7
    assert {code for code in on if on[code] != off[code]} == {BRONHOF}
    score = analysis.place(CITY, BRONHOF, "leefbaarometer")
    assert score.word == "hoger"


# --- the row


def table_of(changes: dict[str, tuple[float, float]]) -> pd.DataFrame:
    rows = [
        {"buurt": code, "golf": wave, "vraag": "v", "aantal": 100, "aandeel": share}
        for code, two in changes.items()
        for wave, share in zip((1, 2), two, strict=True)
    ]
    return pd.DataFrame(rows)


def test_place_in_the_row_by_hand():
    table = table_of({"A": (0.4, 0.5), "B": (0.4, 0.5), "C": (0.3, 0.35), "D": (0.2, 0.6)})
    found = effects.placebo_row(table, "A", ["B", "C", "D", "X"], "v", 1, 2)
    assert found.others == pytest.approx((0.1, 0.05, 0.4))
    assert found.as_much == 2  # B is equal, D is more
    falls = table_of({"A": (0.5, 0.4), "B": (0.5, 0.3), "C": (0.3, 0.35)})
    assert effects.placebo_row(falls, "A", ["B", "C"], "v", 1, 2).as_much == 1
    assert effects.placebo_row(table, "X", ["A", "B"], "v", 1, 2) is None


def test_the_top_of_a_row_of_seven_is_there_by_itself_one_time_in_seven():
    """What the explorer says of the row: nothing done, and still at the top."""
    draw, top = random.Random(7), 0
    for _ in range(7000):
        shares = {code: (0.5, round(draw.gauss(0.5, 0.05), 4)) for code in "ABCDEFG"}
        own, *others = (after - before for before, after in shares.values())
        top += all(other < own for other in others)
    assert top / 7000 == pytest.approx(1 / 7, abs=0.015)


# --- what a screen says about chance


def share_seen(answers, wobble, times=3000):
    found = effects.false_effects(answers, wobble, times, seed=99)
    return sum(one.excludes_zero for one in found) / times


def test_how_often_an_effect_is_seen_that_is_not_there():
    """300 answers and a wobble of five points: one time in three; without a wobble one in 20."""
    assert share_seen(300, 0.05) == pytest.approx(0.33, abs=0.03)
    assert share_seen(300, 0) == pytest.approx(0.05, abs=0.015)
    # By formula: the wobble is twice in the spread of the change, the interval knows nothing of it.
    spread = np.sqrt(4 * 0.25 / 300 + 4 * 0.05**2)
    formula = 2 * stats.norm.sf(1.96 * np.sqrt(4 * 0.25 / 300) / spread)
    assert formula == pytest.approx(0.33, abs=0.01)


def test_more_answers_make_it_worse():
    few, middling, many = (share_seen(n, 0.05, 1000) for n in (100, 300, 1000))
    assert few < middling - 0.1 < many - 0.2


def test_the_same_seed_gives_the_same_draws():
    first, again = (effects.false_effects(50, 0.05, 5, seed=3) for _ in range(2))
    assert first == again != effects.false_effects(50, 0.05, 5, seed=4)
    with pytest.raises(ValueError, match="share within"):
        effects.false_effects(0, 0.05)


# --- figures


def test_the_two_greys_of_a_bar_are_explained():
    svg = DRAWN["ranges"]().svg
    for words in ("wat eruit kwam", "meest waarschijnlijk", "kan ook"):
        assert svg.count(f'd="{outline(words, "normal")}"') == 1, words
    assert svg.count('fill="#a8a8a8"') == 3  # two bars and the one in the legend


DRAWN = {
    "twins": lambda label="Onze buurt": figures.twins(
        "Titel", (label, {2020: 43, 2022: 46, 2024: 60}), "bron", "van de 100",
        ("Tweeling", {2020: 46, 2022: 48, 2024: 52}), "zonder aanpak", (2023, "aanpak"),
    ),
    "change_row": lambda label="Onze buurt": figures.change_row(
        "Titel", (label, 14), [5, 12, 12, 20, -3, 16], "punten", "bron"
    ),
    "scale_bars": lambda label="": figures.scale_bars(
        "Titel", [(10, 63), (25, 40), (4, 140)], "bron", 25
    ),
    "ranges": lambda label="Verschil": figures.ranges(
        "Titel", [(label, -3, 10, 20), ("Ander", 2, 4, 6)], "punten", "bron", signs=True
    ),
    "many_ranges": lambda label="Wel": figures.many_ranges(
        "Titel", [(-1, 2, 5), (1, 3, 6), (-9, -4, -1)], "punten", "bron", (label, "Niet")
    ),
}  # fmt: skip


def places(svg: str) -> list[tuple[float, float]]:
    """Return every place at which a line of text begins."""
    found = re.findall(r"translate\((-?[\d.]+) (-?[\d.]+)\)", svg)
    return [(float(x), float(y)) for x, y in found]


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("label", ["x", "Een heel lange naam van een buurt " * 3, "ş\x00𐍈 & <b>"])
def test_figures_are_described_and_stay_on_the_sheet(name, label):
    figure = DRAWN[name](label)
    height = float(re.search(r'viewBox="0 0 180 ([\d.]+)"', figure.svg).group(1))
    assert all(0 <= x <= 180 and 0 < y <= height for x, y in places(figure.svg))
    assert figure.description
    assert figure.source == "bron"
    assert DRAWN[name](label) == figure


def test_figures_say_the_numbers():
    said = {name: draw().description for name, draw in DRAWN.items()}
    assert "Onze buurt: 43 in 2020, 46 in 2022, 60 in 2024." in said["twins"]
    assert "zonder aanpak: 46 in 2022, 50 in 2024." in said["twins"]  # 46 + (52 - 48)
    assert "Onze buurt: +14 punten." in said["change_row"]
    assert "−3, +5, +12, +12, +16, +20" in said["change_row"]
    assert "25 antwoorden (jouw aantal): 40 punten." in said["scale_bars"]
    assert "4 antwoorden: niet te zien." in said["scale_bars"]
    assert "Verschil: +10, waarschijnlijk tussen −3 en +20." in said["ranges"]
    assert "Wel: 2 keer. Niet: 1 keer." in said["many_ranges"]


def test_lines_are_told_apart_without_colour():
    svg = DRAWN["twins"]().svg
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', svg))) == 3


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.twins("T", ("a", {}), "b", "u"),
        lambda: figures.twins("T", ("a", {1: 2, 2: 3}), "b", "u", without="zonder"),
        lambda: figures.change_row("T", ("a", 1), [], "u", "b"),
        lambda: figures.ranges("T", [], "u", "b"),
        lambda: figures.many_ranges("T", [], "u", "b", ("x", "y")),
        lambda: figures.change_story("T", [], "m"),
    ],
)
def test_nothing_to_draw_is_said(draw):
    with pytest.raises(ValueError, match=r"needed|nothing|no look-alikes"):
        draw()


# --- what the explorers of the meeting draw


def explorers() -> dict[str, Explore]:
    path = shared_path("notebooks", "3-ontmoeting-en-samenleven.ipynb")
    found = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if not source.startswith("lt.explore"):
            continue
        call = ast.parse(source, mode="eval").body
        words = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
        if words["show"] in DRAWINGS:
            found[cell["id"]] = Explore(id=cell["id"], **words)
    return found


EXPLORERS = explorers()
CONTEXT = Context(CITY, "BU99990101")


def drawn(id, context=CONTEXT, **chosen):
    explorer = EXPLORERS[id]
    value = {c["key"]: [list(c["options"])[chosen.get(c["key"], 0)]] for c in explorer.controls}
    return explorer.drawing(value, context)


def title(blocks) -> str:
    return next(b.title for b in blocks if isinstance(b, FigureBlock))


def test_every_drawing_is_used_and_every_option_draws():
    assert {explorer.show for explorer in EXPLORERS.values()} == set(DRAWINGS)
    for id, explorer in EXPLORERS.items():
        for control in explorer.controls:
            for number in range(len(control["options"])):
                blocks = drawn(id, **{control["key"]: number})
                assert any(isinstance(block, FigureBlock | Table) for block in blocks)
                for block in blocks:
                    if isinstance(block, FigureBlock):
                        assert block.source
                        assert "{" not in block.title


def test_the_twin_is_chosen_before_its_result_is_seen():
    table = next(b for b in drawn("m3-tweeling", stap=2) if isinstance(b, Table))
    text = str(table)
    assert "Wiekenbuurt" not in text
    assert "2024" not in text
    assert "Buurt B" in text
    settings = EXPLORERS["m3-tweeling"].settings
    known = [
        analysis.comparable(CITY, TREATED, 31).index.get_loc(c) for c in settings["candidates"]
    ]
    assert known.index(0) == sorted(settings["candidates"]).index(settings["twin"]) == 1


def test_the_steps_say_what_the_analysis_finds():
    first = next(b for b in drawn("m3-tweeling") if isinstance(b, FigureBlock))
    assert "46 in 2022" in first.alt
    assert "in 2024" not in first.alt + first.title  # what is to be guessed is not given away
    assert "van 46 naar 60" in title(drawn("m3-tweeling", stap=1))
    assert "+4. Dat scheelt +10" in title(drawn("m3-tweeling", stap=3))
    assert "+14. Van 6 buurten" in title(drawn("m3-tweeling", stap=4))
    assert "stegen er 3 " in title(drawn("m3-tweeling", stap=4))


def test_figures_of_an_invented_survey_say_so():
    for id, chosen in (("m3-tweeling", {"stap": 4}), ("m3-verschil", {}), ("m3-enquete", {})):
        block = next(b for b in drawn(id, **chosen) if isinstance(b, FigureBlock))
        assert "verzonnen" in block.source
    invented = drawn("m3-verschil", kijk=1, wat=1)
    assert "Bedacht" in next(b for b in invented if isinstance(b, FigureBlock)).notice


def test_twenty_points_more_would_stand_out_of_the_row():
    assert "stegen er 0 " in title(drawn("m3-verschil", kijk=2, wat=1))


def test_aandachtswijken_name_no_winner_and_that_the_right_group_is_not_there():
    words = " ".join(b.text for b in drawn("m3-aandacht", naast=2) if isinstance(b, Paragraph))
    assert "staan er niet bij" in words
    assert "geen winnaar" in words


def test_a_buurt_with_too_few_answers_is_told():
    chosen = {"area": TINY, "questions": {"groeten": "Mensen groeten elkaar hier"}}
    (said,) = DRAWINGS["survey"](CONTEXT, chosen, {"title": "{name}"})
    assert "te weinig antwoorden" in said.text


def surveyed(table) -> Context:
    class Other(Context):
        @property
        def registrations(self):
            return Registrations({"enquete": table}, "voorbeelddata")

    return Other(CITY, "BU99990101")


TWIN = "BU99990200"
COMPARED = [id for id, e in EXPLORERS.items() if e.show in ("twins", "effect")]


@pytest.mark.parametrize("id", COMPARED)
@pytest.mark.parametrize("code", [TREATED, TWIN])
@pytest.mark.parametrize("wave", [2022, 2024, None])
def test_a_survey_without_a_buurt_or_one_of_its_waves_is_told(id, code, wave):
    """Never a figure of other years than it says."""
    gone = (SURVEY["buurt"] == code) & ((SURVEY["golf"] == wave) | (wave is None))
    (said,) = drawn(id, surveyed(SURVEY[~gone]))
    assert "te weinig antwoorden" in said.text


def test_a_row_with_a_look_alike_missing_is_told():
    gone = (SURVEY["buurt"] == ALIKE[0]) & (SURVEY["golf"] == 2024)
    (said,) = drawn("m3-verschil", surveyed(SURVEY[~gone]), kijk=2)
    assert "te weinig antwoorden" in said.text


def test_a_buurt_that_fell_is_compared_with_those_that_fell():
    table = SURVEY.copy()
    last = (table["vraag"] == "groeten") & (table["golf"] == 2024)
    table.loc[last & (table["buurt"] == TREATED), "aandeel"] = 0.30
    for code, share in zip(ALIKE, (0.2, 0.2, 0.9, 0.9, 0.9, 0.9), strict=True):
        table.loc[last & (table["buurt"] == code), "aandeel"] = share
    assert "daalden er 2 minstens" in title(drawn("m3-verschil", surveyed(table), kijk=2))
    assert "daalden er 2 minstens" in title(drawn("m3-tweeling", surveyed(table), stap=4))


def test_what_is_said_under_a_bar_follows_whether_it_touches_nought():
    def said(**chosen):
        blocks = drawn("m3-verschil", **chosen)
        return " ".join(block.text for block in blocks if isinstance(block, Paragraph))

    assert "helemaal boven nul" in said()
    assert "raakt de nul nog net" in said(kijk=1)
    assert "raakt de nul" not in said(kijk=1, wat=1)
    table = SURVEY.copy()
    last = (table["vraag"] == "groeten") & (table["golf"] == 2024) & (table["buurt"] == TREATED)
    table.loc[last, "aandeel"] = 0.47
    blocks = drawn("m3-verschil", surveyed(table))
    assert any("raakt de nul" in block.text for block in blocks if isinstance(block, Paragraph))


def test_the_simulation_draws_anew_and_returns_to_the_first():
    explorer = EXPLORERS["m3-toeval"]
    value = {c["key"]: [next(iter(c["options"]))] for c in explorer.controls}
    first, second, again = (
        explorer.drawing(value | {"keer": times}, CONTEXT)[0].svg for times in (1, 2, 1)
    )
    assert first == again != second
