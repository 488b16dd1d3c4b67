"""The network map with oneself in the middle: four faces, and a picture that can be read."""

import json
from dataclasses import replace
from itertools import combinations
from math import atan2, degrees, hypot

import ipywidgets as widgets
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_exercises import (
    PHONE,
    answer_of,
    anywhere_on_disk,
    button,
    context,
    field,
    lines,
    newest,
    nodes,
    page_text,
    state,
    visible,
    walk,
    written,
)

from leefbaar_tools import figures
from leefbaar_tools.exercises.network import MOST, Network
from leefbaar_tools.exercises.parts import Part
from leefbaar_tools.exercises.recall import said
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.figures import together
from leefbaar_tools.paper import FigureBlock, Table, WriteLines

NEAR, MEDIUM, FAR = RINGS = ("wekelijks", "soms", "nog nooit")
COLUMNS = {
    "wie": "Wie?",
    "hoe": "Hoe vaak?",
    "brengt": "Brengt",
    "wint": "Wint",
    "alleen": "Hangt alleen aan mij",
}
NETWORK = Network(
    id="m9-netwerk",
    title="Mijn kaart",
    help="Een functie, geen naam.",
    question="Mijn partners",
    columns=COLUMNS,
    rings=RINGS,
    alone="hangt aan jou",
    without="Wie neemt het over?",
    plan="partners",
)
AGENT = {"wie": "Wijkagent", "hoe": MEDIUM, "brengt": "een lijn", "wint": "rust", "alleen": ""}
DEBT = {"wie": "Schuldhulp", "hoe": NEAR, "brengt": "", "wint": "", "alleen": "hangt aan jou"}
DOCTOR = {"wie": "Huisarts", "hoe": "", "brengt": "", "wint": "", "alleen": ""}
VALUE = {"banden": [AGENT, DEBT, DOCTOR], "ziek": "Mijn collega"}


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


@pytest.fixture
def here(tmp_path):
    return Session(tmp_path, strict=True)


def fill(screen):
    for number, row in enumerate(VALUE["banden"], 1):
        for key in ("wie", "brengt", "wint"):
            field(screen, f"banden--{number}-{key}").value = row[key]
        field(screen, f"banden--{number}-hoe").value = row["hoe"]
        field(screen, f"banden--{number}-alleen").value = bool(row["alleen"])
    field(screen, "ziek").value = VALUE["ziek"]


# --- on screen


def test_answer_is_there_again_in_a_new_session(tmp_path, here):
    screen = screen_for(NETWORK, here)
    empty = state(screen)
    fill(screen)
    assert newest(tmp_path, NETWORK) == VALUE
    again = screen_for(NETWORK, Session(tmp_path, strict=True))
    assert state(again) == state(screen) != empty
    assert again.value() == VALUE
    kept = len(lines(tmp_path))
    again.flush()
    assert len(lines(tmp_path)) == kept, "showing an answer is not answering"


def test_every_participant_has_a_picture_of_their_own(here):
    screen = screen_for(NETWORK, here)
    assert "<figure" not in page_text(screen)
    fill(screen)
    assert "Wijkagent" in page_text(screen)
    filled = state(screen)
    here.switch("Merel")
    assert "Wijkagent" not in page_text(screen)
    assert "<figure" not in page_text(screen)
    here.switch("Deelnemer 1")
    assert state(screen) == filled


def test_the_picture_follows_what_is_typed(here):
    screen = screen_for(NETWORK, here)
    field(screen, "banden--1-wie").value = "Wijkagent"
    assert "Nog geen plek in de kaart: Wijkagent." in page_text(screen)
    field(screen, "banden--1-hoe").value = FAR
    assert "Jij en 1 partner: geen hangt alleen aan jou" in page_text(screen)
    field(screen, "banden--1-alleen").value = True
    assert "Jij en 1 partner: één hangt alleen aan jou" in page_text(screen)


def shown(screen) -> int:
    lines = [w for w in walk(screen.widget) if "leefbaar-band" in w._dom_classes]
    outer = [w for w in walk(screen.widget) if set(getattr(w, "children", ())) & set(lines)]
    return sum(w.layout.display != "none" for w in outer)


def test_lines_come_one_by_one_until_ten(here):
    screen = screen_for(NETWORK, here)
    assert shown(screen) == NETWORK.shown == 4
    more = button(screen, "Nog een partner erbij")
    for count in range(5, MOST + 1):
        more.click()
        assert shown(screen) == count
    assert not visible(screen, "Nog een partner erbij")


def test_who_filled_more_lines_sees_them_and_one_free(tmp_path, here):
    screen = screen_for(NETWORK, here)
    for number in range(1, 7):
        field(screen, f"banden--{number}-wie").value = f"Partner {number}"
    again = screen_for(NETWORK, Session(tmp_path, strict=True))
    assert shown(again) == 7


def test_each_field_has_a_label_and_the_lines_have_names(here):
    screen = screen_for(NETWORK, here)
    kinds = widgets.Textarea | widgets.Dropdown
    boxes = [
        w for w in walk(screen.widget) if isinstance(w, kinds) and w.description in COLUMNS.values()
    ]
    assert len(boxes) == 4 * MOST
    assert {box.description for box in boxes} == {COLUMNS[k] for k in COLUMNS if k != "alleen"}
    assert f"Partner {MOST}</span>" in page_text(screen)


def test_personal_data_waits_for_toch_bewaren(tmp_path, here):
    screen = screen_for(NETWORK, here)
    field(screen, "banden--1-brengt").value = PHONE
    assert PHONE not in json.dumps(lines(tmp_path))
    assert visible(screen, "Toch bewaren")


def test_private_is_nowhere(tmp_path, here):
    private = Part.from_spec({**NETWORK.spec(), "private": True, "plan": None})
    fill(screen_for(private, here))
    assert "Wijkagent" not in anywhere_on_disk(tmp_path)
    assert private.group(VALUE) == {}


# --- on paper, in a report, in a group


def test_paper_has_blank_rings_and_asks_in_the_table_only_what_they_do_not_tell():
    blocks = NETWORK.paper(context())
    (rings,) = nodes(blocks, FigureBlock)
    assert all(ring in rings.alt for ring in RINGS)
    (table,) = nodes(blocks, Table)
    assert table.header == tuple(COLUMNS[key] for key in ("wie", "brengt", "wint"))
    assert len(table.rows) == NETWORK.shown == 4
    (three,) = nodes(replace(NETWORK, shown=3).paper(context()), Table)
    assert len(three.rows) == 3
    assert not any(any(row) for row in table.rows)
    (line,) = nodes(blocks, WriteLines)
    assert line.label == NETWORK.without


def test_report_without_partners_has_the_rings_and_the_table_to_write_in():
    blocks = NETWORK.report({"banden": [], "ziek": "Mijn collega"}, context())
    for kind in (FigureBlock, Table):
        assert list(nodes(blocks, kind)) == list(nodes(NETWORK.paper(context()), kind))
    assert "Mijn collega" in written(blocks)


def test_report_has_the_picture_and_every_word():
    blocks = NETWORK.face(context({NETWORK.id: answer_of(NETWORK, VALUE)}))
    (picture,) = nodes(blocks, FigureBlock)
    assert "Wijkagent: soms." in picture.alt
    assert "Schuldhulp: wekelijks, hangt aan jou." in picture.alt
    assert "Huisarts" not in picture.alt
    text = written(blocks)
    for word in ("een lijn", "rust", "Mijn collega", "Nog geen plek in de kaart: Huisarts."):
        assert word in text


def test_group_counts_rings_and_never_who():
    assert NETWORK.group(VALUE) == {"hoe": [MEDIUM, NEAR], "alleen": ["hangt aan jou"]}
    assert "Wijkagent" not in json.dumps(NETWORK.group(VALUE))


def test_a_journal_tells_it_without_the_notebook():
    told = dict(said(answer_of(NETWORK, VALUE)))
    assert told["Mijn partners"].splitlines() == [
        "Wijkagent · soms · een lijn · rust",
        "Schuldhulp · wekelijks · hangt aan jou",
        "Huisarts",
    ]


def test_spec_makes_the_same_again():
    assert Part.from_spec(json.loads(json.dumps(NETWORK.spec()))) == NETWORK


@pytest.mark.parametrize(
    "wrong",
    [{"columns": {"wie": "Wie?"}}, {"rings": ["dichtbij", "ver"]}, {"rings": ["a", "a", "b"]}],
)
def test_a_call_that_cannot_be_shown_is_refused(wrong):
    with pytest.raises(ValueError, match=NETWORK.id):
        Part.from_spec({**NETWORK.spec(), **wrong})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["banden", "wie", "hoe", "alleen", "ziek", "rij", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON)
@example([{"wie": "A", "hoe": NEAR, "alleen": True}] * 14)
@example([{"wie": 3, "hoe": ["soms"], "brengt": float("nan")}])
@settings(deadline=None, max_examples=60)
def test_a_damaged_value_never_raises(damaged):
    for value in ({"banden": damaged}, damaged if isinstance(damaged, dict) else {}):
        answer = answer_of(NETWORK, value)
        written(NETWORK.face(context({NETWORK.id: answer})))
        NETWORK.group(value)
        said(answer)
        kept = NETWORK.kept(value)
        assert NETWORK.kept(kept) == kept
        screen = screen_for(NETWORK, Session(None, strict=True))
        screen.show(kept)
        assert len(screen.value()["banden"]) <= MOST


# --- the picture


def tie(ring, alone=False, name="Naam"):
    return figures.Tie(name, ring, alone)


@given(st.lists(st.integers(0, 2), max_size=MOST))
@settings(deadline=None)
def test_signs_never_cover_each_other_the_middle_or_the_names_of_the_rings(rings):
    places = together._places([tie(ring) for ring in rings])
    assert all(hypot(a - c, b - d) > 9 for (a, b), (c, d) in combinations(places, 2))
    assert all(hypot(x - together.MIDDLE[0], y - together.MIDDLE[1]) > 13 for x, y in places)
    assert all(4.5 <= x <= 175.5 for x, _ in places)
    for wide, high in together.RINGS:
        top = together.MIDDLE[1] - high
        room = 11 if wide < 50 else 12  # half of the widest name, and a little
        assert not any(abs(x - 90) < room - 4 and abs(y - top) < 4.5 for x, y in places)


@pytest.mark.parametrize(
    "rings", [(1, 2), (0, 1, 2), (0, 0, 1, 1, 2, 2), (0, 0, 0, 1, 1, 1, 1, 2, 2, 2)]
)
def test_lines_to_different_rings_do_not_run_over_each_other(rings):
    x, y = together.MIDDLE
    turns = [
        # The rings are wider than high: made round, a direction is an angle.
        (ring, degrees(atan2((b - y) / together.RINGS[ring][1], (a - x) / together.RINGS[ring][0])))
        for ring, (a, b) in zip(rings, together._places([tie(r) for r in rings]), strict=True)
    ]
    for (one, a), (other, b) in combinations(turns, 2):
        if one != other:
            assert abs((a - b + 180) % 360 - 180) > 5


def test_a_tie_that_hangs_on_one_has_another_sign_line_and_words():
    shared = figures.network("T", [tie(1)], RINGS, "alleen jij", "Bron")
    alone = figures.network("T", [tie(1, alone=True)], RINGS, "alleen jij", "Bron")
    square = "h9v9h-9z"
    assert square in alone.svg.replace(".00", "").replace(".0", "")
    assert square not in shared.svg.replace(".00", "").replace(".0", "")
    assert alone.svg.count('stroke-width="1.2"') == 1
    assert 'stroke-width="1.2"' not in shared.svg
    assert "Naam: soms, alleen jij." in alone.description
    assert "alleen jij" not in shared.description


@pytest.mark.parametrize(("ring", "dashes"), [(0, None), (1, "3 1.5"), (2, "0.7 1.3")])
def test_how_near_is_told_by_line_as_well(ring, dashes):
    svg = figures.network("T", [tie(ring)], RINGS, "x", "Bron").svg
    assert ("stroke-dasharray" in svg) == (dashes is not None)
    assert dashes is None or f'stroke-dasharray="{dashes}"' in svg


def test_what_cannot_be_drawn_is_refused():
    for ties, rings in (([tie(0)] * 11, RINGS), ([tie(3)], RINGS), ([], RINGS[:2])):
        with pytest.raises(ValueError, match=r"at most 10 ties|3 rings"):
            figures.network("T", ties, rings, "x", "Bron")


# --- belang by invloed

QUADRANTS = {(True, True): "SAMEN", (True, False): "LUISTER", (False, True): "VRIEND"} | {
    (False, False): "WEET"
}
AXES = ("belang", "invloed")


def test_each_partner_is_told_under_the_words_of_its_quadrant():
    rows = [("A-club", 9, 9), ("B-club", 9, 2), ("C-club", 1, 8), ("D-club", 2, 2)]
    figure = figures.stakes("T", rows, QUADRANTS, AXES, "Bron")
    for words in ("SAMEN: A-club.", "LUISTER: B-club.", "VRIEND: C-club.", "WEET: D-club."):
        assert words in figure.description
    letters = figures.stakes("T", rows, QUADRANTS, AXES, "Bron", named=False)
    assert "club" not in letters.description + letters.svg
    assert "SAMEN: A." in letters.description


@given(st.floats(0, 10), st.floats(0, 10))
@settings(deadline=None)
def test_a_sign_stands_in_its_own_quadrant_below_the_words(stake, influence):
    x, y = together._along(stake, 8, 170), together._down(influence, 12, 112)
    assert (x > 93) == (stake > 5)
    assert abs(x - 93) >= 4
    assert (y < 68) == (influence > 5)
    assert y >= (12 if influence > 5 else 68) + 15


def test_signs_at_the_same_place_are_moved_apart():
    placed = together._apart([(90.0, 50.0)] * 5)
    assert all(hypot(a - c, b - d) >= 8 for (a, b), (c, d) in combinations(placed, 2))


def test_stakes_that_cannot_be_drawn_are_refused():
    for rows, words in (([("A", 11, 1)], QUADRANTS), ([("A", 1, 1)], {(True, True): "X"})):
        with pytest.raises(ValueError, match=r"0 to 10|four quadrants"):
            figures.stakes("T", rows, words, AXES, "Bron")
