"""Chips over options: never more than there are, on screen, on paper, in a report, in a group."""

import json
import re

import ipywidgets as widgets
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_exercises import (
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
    walk,
    written,
)

from leefbaar_tools import figures
from leefbaar_tools.exercises import pictures
from leefbaar_tools.exercises.allocate import Allocate
from leefbaar_tools.exercises.explore import Explore
from leefbaar_tools.exercises.parts import Part
from leefbaar_tools.exercises.recall import said
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.figures.sheet import outline
from leefbaar_tools.paper import FigureBlock, Said, Table, WriteLines

CHIPS = Allocate(
    id="m9-fiches",
    title="Mijn fiches",
    help="Op is op.",
    question="Waar leg je ze?",
    options=("Ronde", "Overleg", "Bellen"),
    total=10,
    own="Iets anders, namelijk",
    stop="Wat doe je niet meer?",
    plan="uren",
)
VALUE = {
    "fiches": [{"rij": "Ronde", "aantal": 5}, {"rij": "Voetbal", "aantal": 2}],
    "stop": "Het verslag",
}


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


@pytest.fixture
def here(tmp_path):
    return Session(tmp_path, strict=True)


def fill(screen):
    field(screen, "fiches--1").value = "5"
    field(screen, "fiches--eigen").value = "Voetbal"
    field(screen, "fiches--eigen-aantal").value = "2"
    field(screen, "stop").value = "Het verslag"


def left(screen) -> str:
    return next(
        w.value for w in walk(screen.widget) if "leefbaar-over" in getattr(w, "_dom_classes", ())
    )


def amounts(screen) -> list[str]:
    return [field(screen, f"fiches--{n}").value for n in (1, 2, 3, "eigen-aantal")]


# --- on screen


def test_answer_is_there_again_in_a_new_session(tmp_path, here):
    screen = screen_for(CHIPS, here)
    empty = state(screen)
    fill(screen)
    assert newest(tmp_path, CHIPS) == VALUE
    again = screen_for(CHIPS, Session(tmp_path, strict=True))
    assert state(again) == state(screen) != empty
    assert again.value() == VALUE
    assert "Nog 3 fiches over." in left(again)
    kept = len(lines(tmp_path))
    again.flush()
    assert len(lines(tmp_path)) == kept, "showing an answer is not answering"


def test_somebody_else_begins_with_all_chips_whatever_the_other_laid(here):
    screen = screen_for(CHIPS, here)
    field(screen, "fiches--2").value = "9"
    here.switch("Merel")
    assert amounts(screen) == ["0"] * 4
    field(screen, "fiches--1").value = "8"
    here.switch("Deelnemer 1")
    assert amounts(screen) == ["0", "9", "0", "0"]
    here.switch("Merel")
    assert amounts(screen) == ["8", "0", "0", "0"]


def test_plus_and_minus_count_and_the_rest_is_told_each_time(tmp_path, here):
    screen = screen_for(CHIPS, here)
    assert "Nog 10 fiches over." in left(screen)
    more, less = (button(screen, f"Ronde: een fiche {word}") for word in ("erbij", "eraf"))
    for _ in range(3):
        more.click()
    assert "Nog 7 fiches over." in left(screen)
    less.click()
    assert newest(tmp_path, CHIPS)["fiches"] == [{"rij": "Ronde", "aantal": 2}]
    for _ in range(4):
        less.click()
    assert amounts(screen)[0] == "0"
    assert "Nog 10 fiches over." in left(screen)


def test_the_last_one_is_told_in_the_singular_and_more_does_not_fit(tmp_path, here):
    screen = screen_for(CHIPS, here)
    field(screen, "fiches--1").value = "9"
    assert "Nog 1 fiche over." in left(screen)
    button(screen, "Overleg: een fiche erbij").click()
    assert "Alle 10 fiches liggen." in left(screen)
    button(screen, "Overleg: een fiche erbij").click()
    assert "Meer past niet: haal eerst ergens een weg." in left(screen)
    assert amounts(screen) == ["9", "1", "0", "0"]
    assert sum(row["aantal"] for row in newest(tmp_path, CHIPS)["fiches"]) == 10


def test_typing_too_many_becomes_what_is_left(tmp_path, here):
    screen = screen_for(CHIPS, here)
    field(screen, "fiches--1").value = "6"
    field(screen, "fiches--2").value = "99"
    assert amounts(screen)[:2] == ["6", "4"]
    assert "Meer past niet" in left(screen)
    assert newest(tmp_path, CHIPS)["fiches"][1] == {"rij": "Overleg", "aantal": 4}


@pytest.mark.parametrize("typed", ["twee", "1,5", "-1", "²"])
def test_what_is_no_number_is_told_and_nothing_is_lost(typed, tmp_path, here):
    screen = screen_for(CHIPS, here)
    field(screen, "fiches--1").value = "3"
    field(screen, "fiches--2").value = typed
    assert "Bij Overleg: vul een heel getal in" in screen.status
    assert newest(tmp_path, CHIPS)["fiches"] == [{"rij": "Ronde", "aantal": 3}]
    here.switch("Merel")
    here.switch("Deelnemer 1")
    assert amounts(screen)[:2] == ["3", typed]
    button(screen, "Overleg: een fiche erbij").click()
    assert newest(tmp_path, CHIPS)["fiches"][1] == {"rij": "Overleg", "aantal": 1}


def test_own_words_that_are_an_option_count_together(tmp_path, here):
    screen = screen_for(CHIPS, here)
    field(screen, "fiches--1").value = "2"
    field(screen, "fiches--eigen").value = "Ronde"
    field(screen, "fiches--eigen-aantal").value = "3"
    assert newest(tmp_path, CHIPS)["fiches"] == [{"rij": "Ronde", "aantal": 5}]


def test_the_bars_follow_and_nothing_laid_has_no_picture(here):
    screen = screen_for(CHIPS, here)
    assert "<figure" not in page_text(screen)
    fill(screen)
    assert "Jouw 7 fiches, 3 nog over" in page_text(screen)
    assert "Voetbal: 2 fiches." in page_text(screen)


def test_every_button_and_box_says_what_it_is_about(here):
    screen = screen_for(CHIPS, here)
    signs = [w for w in walk(screen.widget) if "leefbaar-plusmin" in w._dom_classes]
    assert len({sign.description for sign in signs}) == len(signs) == 8
    boxes = [w for w in walk(screen.widget) if isinstance(w, widgets.Text)]
    assert all(box.description for box in boxes)
    # Its class makes the line a status, so that it is read aloud at every change.
    assert any(
        {"leefbaar-over", "leefbaar-status"} <= set(w._dom_classes) for w in walk(screen.widget)
    )


def test_private_is_nowhere(tmp_path, here):
    private = Part.from_spec({**CHIPS.spec(), "private": True, "plan": None})
    fill(screen_for(private, here))
    assert "Voetbal" not in anywhere_on_disk(tmp_path)
    assert private.group(VALUE) == {}


# --- on paper, in a report, in a group


def test_paper_has_a_row_of_circles_per_option_and_lines_for_what_stops():
    blocks = CHIPS.paper(context())
    (drawn,) = nodes(blocks, FigureBlock)
    # One circle is two arcs; 10 chips, 3 options and the own one.
    assert drawn.svg.count("a3.5 3.5") == 2 * 10 * 4
    assert "Iets anders, namelijk: …" in drawn.alt
    assert [line.label for line in nodes(blocks, WriteLines)] == [CHIPS.stop]


def test_report_has_bars_of_what_was_laid_and_the_rest():
    blocks = CHIPS.face(context({CHIPS.id: answer_of(CHIPS, VALUE)}))
    (bars,) = nodes(blocks, FigureBlock)
    assert bars.title == "Jouw 7 fiches, 3 nog over"
    assert bars.alt == "Ronde: 5 fiches. Voetbal: 2 fiches. Nog niet verdeeld: 3 fiches."
    assert Said(CHIPS.stop, "Het verslag") in list(nodes(blocks, Said))


def test_report_without_chips_has_the_circles_to_colour_and_what_stops():
    blocks = CHIPS.report({"fiches": [], "stop": "Het verslag"}, context())
    (blank,) = nodes(CHIPS.paper(context()), FigureBlock)
    assert list(nodes(blocks, FigureBlock)) == [blank]
    assert CHIPS.help in written(blocks)
    assert list(nodes(blocks, Said)) == [Said(CHIPS.stop, "Het verslag")]


def test_group_counts_chips_per_option_and_not_what_stops():
    assert CHIPS.group(VALUE) == {"fiches": ["Ronde"] * 5 + ["Iets anders, namelijk"] * 2}


def test_hours_and_what_stops_feed_their_own_kernvelden():
    fields = CHIPS.prompt()["fields"]
    assert CHIPS.plan == "uren"
    assert fields["stop"]["plan"] == "stoppen"
    assert "plan" not in fields["fiches"]
    loose = Part.from_spec({**CHIPS.spec(), "plan": None})
    assert "plan" not in loose.prompt()["fields"]["stop"]


def test_a_journal_tells_it_without_the_notebook():
    told = dict(said(answer_of(CHIPS, VALUE)))
    assert told == {CHIPS.question: "Ronde: 5\nVoetbal: 2", CHIPS.stop: "Het verslag"}


def test_the_journal_says_what_a_chip_stands_for():
    worth = Part.from_spec({**CHIPS.spec(), "worth": "uur per maand"})
    assert worth.prompt()["fields"]["fiches"]["columns"] == {"aantal": "uur per maand"}
    assert CHIPS.prompt()["fields"]["fiches"]["columns"] == {"aantal": "fiches"}


def test_spec_makes_the_same_again():
    assert Part.from_spec(json.loads(json.dumps(CHIPS.spec()))) == CHIPS


@pytest.mark.parametrize("wrong", [{"options": []}, {"options": ["A", "A"]}, {"total": 21}])
def test_a_call_that_cannot_be_shown_is_refused(wrong):
    with pytest.raises(ValueError, match=CHIPS.id):
        Part.from_spec({**CHIPS.spec(), **wrong})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["fiches", "rij", "aantal", "stop", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
@example([{"rij": "Ronde", "aantal": 7}, {"rij": "Overleg", "aantal": 7}])
@example([{"rij": "Ronde", "aantal": 7}, {"rij": "Ronde", "aantal": 2}])
@example([{"rij": "Iets anders, namelijk", "aantal": 2}, {"rij": "X", "aantal": 3}])
@example([{"rij": "Ronde", "aantal": float("inf")}, {"rij": 4, "aantal": "3"}])
@settings(deadline=None, max_examples=60)
def test_a_damaged_value_never_raises_and_never_exceeds(damaged):
    for value in ({"fiches": damaged}, damaged if isinstance(damaged, dict) else {}):
        answer = answer_of(CHIPS, value)
        written(CHIPS.face(context({CHIPS.id: answer})))
        said(answer)
        kept = CHIPS.kept(value)
        assert CHIPS.kept(kept) == kept
        assert sum(row["aantal"] for row in kept["fiches"]) <= CHIPS.total
        assert len(CHIPS.group(value)["fiches"]) <= CHIPS.total
        screen = screen_for(CHIPS, Session(None, strict=True))
        screen.show(kept)
        laid = screen.value()["fiches"]
        assert sum(row["aantal"] for row in laid) == sum(row["aantal"] for row in kept["fiches"])


# --- the figures


def test_bars_are_as_long_as_their_amounts():
    figure = figures.allocation("T", [("A", 8), ("B", 2)], ("uur", "uur"), "Bron", left=4)
    long, short, rest = (
        float(piece.split("v8")[0]) for piece in figure.svg.split("h")[1:] if "v8" in piece
    )
    assert long / short == pytest.approx(4, rel=0.01)
    assert long / rest == pytest.approx(2, rel=0.01)
    assert figure.description == "A: 8 uur. B: 2 uur. Nog niet verdeeld: 4 uur."


def test_tipping_says_per_guess_where_the_choice_flips():
    guesses = [
        figures.Guess("Ronde", 20, 10, 30, 15, chosen=True),
        figures.Guess("Schouw", 5, 2, 9, 40, chosen=False),
        figures.Guess("Bellen", 5, 2, 9, None, chosen=True),
    ]
    figure = figures.tipping("T", guesses, "van de 100", "Bron")
    assert "Ronde: geschat 20, mogelijk 10 tot 30, gekozen; kantelt onder 15." in figure.description
    assert "Schouw: geschat 5, mogelijk 2 tot 9, niet gekozen; kantelt boven 40." in (
        figure.description
    )
    assert figure.description.endswith("gekozen; kantelt niet.")


def test_where_the_choice_flips_touches_no_words():
    guesses = [figures.Guess("Schouw", 5, 2, 9, 7, chosen=True)] * 3
    svg = figures.tipping("T", guesses, "van de 100", "Bron").svg
    ticks = re.findall(r'stroke-width="1.4" d="M\S+ (\S+?)L\S+ (\S+?)"', svg)[1:]  # not the legend
    words = outline("Schouw", "bold")
    feet = [float(y) for y in re.findall(rf'translate\(\S+ (\S+)\)" fill="\S+" d="{words}"', svg)]
    assert len(ticks) == len(feet) == 3
    for (_, down), foot in zip(ticks, feet[1:], strict=False):
        assert float(down) <= foot - 4.5
    for (up, _), foot in zip(ticks, feet, strict=True):
        assert float(up) >= foot + 1.5


def test_a_row_of_circles_has_at_most_twenty():
    with pytest.raises(ValueError, match="21"):
        figures.chips_to_colour("T", ["A"], 21, "Bron")


# --- the drawings of meeting 4, as its notebook asks for them


def meeting_calls():
    from leefbaar_tools.exercises.counted import read_meeting
    from leefbaar_tools.resources import meetings

    path = next(path for path in meetings() if path.name.startswith("4-"))
    return read_meeting(path).exercises


CALLS = meeting_calls()
OURS = [
    id
    for id, part in CALLS.items()
    if isinstance(part, Explore) and part.show in pictures.together.DRAWINGS
]


def drawn(id, **chosen):
    part = CALLS[id]
    value = {key: [label] for key, label in chosen.items()}
    return part.drawing(value, context())


@pytest.mark.parametrize("id", OURS)
def test_every_choice_of_every_explorer_can_be_drawn_and_says_it_is_invented(id):
    part = CALLS[id]
    assert part.printed == 0
    for control in part.controls:
        for label in control["options"]:
            text = written(drawn(id, **{control["key"]: label}))
            assert "verzonnen" in text
            assert "{" not in text.replace('{"', "").replace("{}", "").split('"svg"')[0]


def alts(blocks):
    return " ".join(f"{f.title} {f.alt}" for f in nodes(blocks, FigureBlock))


def test_two_weeks_ill_marks_the_two_who_hang_on_the_wijkbeheerder():
    here = alts(drawn("m4-banden", stap="Een gewone week"))
    away = alts(drawn("m4-banden", stap="Twee weken ziek"))
    assert "dan niet meer te bereiken" not in here
    assert "‘Wijk-GGD’er’ en ‘Schuldhulp’" in away
    assert away.count("dan niet meer te bereiken") == 2


def test_the_screen_says_for_two_of_twelve_guesses_that_the_choice_flips():
    blocks = drawn("m4-verdeling", beeld="Waar kantelt het", uren="16 uur", euro="5.000 euro")
    assert "Bij 2 van de 12 geschatte effecten kantelt de keuze" in alts(blocks)
    text = written(blocks)
    assert "Woning als buurthuiskamer: geschat op 24. Zakt dat onder 23" in text
    assert "Vast overleg met één trekker: geschat op 23. Komt dat boven 24" in text


def test_one_guess_at_its_least_swaps_the_two_that_are_as_good_as_equal():
    same = alts(drawn("m4-kantelen", wat="Vaste ronde door de straat", hoe="Zo laag als het kan"))
    assert "De keuze blijft gelijk" in same
    other = alts(drawn("m4-kantelen", wat="Woning als buurthuiskamer", hoe="Zo laag als het kan"))
    assert "Eruit: ‘Woning als buurthuiskamer’. Erin: ‘Vast overleg met één trekker’" in other


def test_hours_are_told_in_a_table_of_every_intervention():
    blocks = drawn("m4-verdeling", beeld="Als de uren anders zijn", uren="16 uur")
    (table,) = nodes(blocks, Table)
    assert len(table.rows) == 12
    told = {name: said for name, _, _, said in table.rows}
    assert told["Woning als buurthuiskamer"] == (
        "Kost het 7 uur, dan valt ‘Woning als buurthuiskamer’ weg "
        "en komt ‘Vast overleg met één trekker’ erbij."
    )
    assert told["Wijkschouw met bewoners"] == (
        "Kost het geen uur, dan komt ‘Wijkschouw met bewoners’ erbij."
    )
    both = "dan vallen ‘Woning als buurthuiskamer’ en ‘Ruzies eerder naar buurtbemiddeling’ weg"
    assert both in told["Tijdelijk gemengd wonen begeleiden"]
    tight = drawn("m4-verdeling", beeld="Als de uren anders zijn", uren="16 uur", euro="Geen geld")
    assert "De keuze blijft gelijk." in written(tight)
