"""Explorers: a figure that follows its controls, the map, and every drawing with its numbers."""

import copy
import csv
import importlib.util
import json
import tempfile
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path

import ipywidgets as widgets
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from test_exercises import (
    AREA,
    LISDODDE,
    MAALDERIJ,
    PHONE,
    TINY,
    answer_of,
    anywhere_on_disk,
    button,
    context,
    field,
    lines,
    newest,
    nodes,
    page_text,
    row,
    state,
    visible,
    walk,
    written,
)

import leefbaar_tools as lt
from leefbaar_tools import analysis, areas, figures, resources
from leefbaar_tools.exercises import pictures
from leefbaar_tools.exercises import session as sessions
from leefbaar_tools.exercises.counted import read_meeting
from leefbaar_tools.exercises.explore import AGAIN_MM, MOST_TIMES, TIMES, Explore, Map
from leefbaar_tools.exercises.parts import Context, Exercise, Part
from leefbaar_tools.exercises.pictures import areas as drawings
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.paper import (
    MIME,
    Box,
    Boxes,
    Document,
    FigureBlock,
    PageBreak,
    Paragraph,
    Said,
    Together,
    WriteLines,
    page_count,
    to_html_fragment,
    to_pdf,
)
from leefbaar_tools.resources import material, shared_path

DEVIANT = "BU99990100"
SHARES, SCORES = "Alleen wonen", "Overlast en onveiligheid"
NOTE = "Een schatting: kijk zelf."
PROFILE = Explore(
    id="m9-profiel",
    title="Profiel",
    help="Kies een onderwerp.",
    show="profile",
    controls=(
        {
            "key": "onderwerp",
            "ask": "Waarover?",
            "options": {
                "Wie": {"indicators": ["single_person", "age_65_plus"]},
                "Geld": {"indicators": ["low_income", "corporation"]},
            },
        },
    ),
    street="Wat zie jij?",
    printed=2,
)
MAP = Map(
    id="m9-kaart",
    title="Op de kaart",
    controls=(
        {
            "key": "cijfer",
            "ask": "Welk cijfer?",
            "options": {
                SHARES: {"indicator": "single_person"},
                SCORES: {"indicator": "overlast_onveiligheid"},
            },
        },
    ),
    settings={"notes": {"overlast_onveiligheid": NOTE}},
    printed=0,
)
SAMPLES = Explore(
    id="m9-steekproef",
    title="Vraag een groepje",
    show="samples",
    controls=(
        {
            "key": "aantal",
            "ask": "Hoeveel mensen?",
            "options": {"10 mensen": {"size": 10}, "100 mensen": {"size": 100}},
        },
    ),
    again="Vraag een ander groepje",
    settings={
        "share": 0.3,
        "truth": "de hele buurt",
        "unit": "van de 100",
        "source": "Nagebootst.",
        "notes": {"100": NOTE},
    },
    street="Welk cijfer komt van weinig mensen?",
)
STREETS = Explore(
    id="m9-straten",
    title="Twee straten",
    show="streets",
    controls=(
        {
            "key": "straten",
            "ask": "Welke straten?",
            "options": {
                "Overal of één": {"streets": {"Uilenhof": [1, 1, 0, 2], "Meeshof": [0, 4, 0, 0]}},
                "Niets": {"streets": {"Stilhof": [0, 0]}},
            },
        },
        {
            "key": "beeld",
            "ask": "Wat wil je zien?",
            "options": {"De huizen": {"mean": False}, "Het gemiddelde": {"mean": True}},
        },
    ),
    settings={"with_mean": "Een gemiddelde", "unit": "melding", "source": "Verzonnen straten."},
    street="",
)
EXPECTED = Explore(
    id="m9-beter",
    title="Welke buurt doet het beter?",
    show="expected",
    controls=(
        {
            "key": "stap",
            "ask": "Wat wil je zien?",
            "options": {"Stippen": {"stage": 0}, "Lijn": {"stage": 1}, "Naam": {"stage": 2}},
        },
    ),
    settings={
        "indicator": "overlast_onveiligheid",
        "titles": ["A, B, C of D?", "De lijn", "{name} doet het beter"],
        "axes": ["minder geld", "minder overlast"],
        "notes": {"0": "Eerst kijken.", "1": "Dan de lijn.", "2": "Vraag het daar."},
    },
    stepwise=True,
)
CARDS = Explore(
    id="m9-verhalen",
    title="Verhalen",
    show="card",
    controls=(
        {
            "key": "verhaal",
            "ask": "Welk verhaal?",
            "options": {
                "Rotterdam": {"card": "voorbeelden/1-woonstad"},
                "Groesbeek": {"card": "voorbeelden/1-groesbeek"},
            },
        },
    ),
    street="Wat neem je mee?",
    printed=2,
)


def indicator_control():
    options = {SHARES: {"indicator": "single_person"}, SCORES: {"indicator": "sociale_samenhang"}}
    return {"key": "cijfer", "ask": "Welk cijfer?", "options": options}


PLACE = Explore(id="m9-plaats", title="Plaats", show="place", controls=(indicator_control(),))
TREND = Explore(
    id="m9-jaren",
    title="Jaren",
    show="trend",
    controls=(indicator_control(),),
    settings={"notes": {"sociale_samenhang": NOTE}},
)
ALL = [PROFILE, MAP, SAMPLES, STREETS, EXPECTED, CARDS, PLACE, TREND]
every = pytest.mark.parametrize("part", ALL, ids=[part.show for part in ALL])
ABOUT_AREA = [PROFILE, MAP, PLACE, TREND]
about_area = pytest.mark.parametrize("part", ABOUT_AREA, ids=[part.show for part in ABOUT_AREA])


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


@pytest.fixture
def here(tmp_path):
    return Session(tmp_path, strict=True)


def changed(part, **more):
    return Part.from_spec({**part.spec(), **more})


def choose(screen, number, control=0):
    field(screen, screen.exercise.controls[control]["key"]).index = number


def alts(screen):
    """What every figure on the screen says, in words."""
    page = BeautifulSoup(page_text(screen), "html.parser")
    return [svg["aria-label"] for svg in page.select("svg")]


def drawn(part, number=0, code=LISDODDE, area=None):
    """What is drawn for an option of the first control."""
    area = area or areas.sample_city()
    return part.drawing(part.first(number), Context(area, code))


def figure(part, number=0, code=LISDODDE, area=None):
    (block,) = nodes(drawn(part, number, code, area), FigureBlock)
    return block


def regions(svg):
    """The paths of the buurten on a map, by name."""
    page = BeautifulSoup(svg, "html.parser")
    return {path.title.text: path for path in page.select("path") if path.title}


@cache
def city_without(*plants):
    """The sample city with some plants switched off."""
    spec = importlib.util.spec_from_file_location(
        "make", shared_path("data", "make_sample_city.py")
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in script.make_files(script.SEED, plants).items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        files = (folder / "kerncijfers.csv", folder / "leefbaarometer.csv")
        return areas.read_area(*files, notice="voorbeelddata")


def inside(blocks):
    """What stands in the fragment of HTML of these blocks."""
    page = to_html_fragment(tuple(blocks), inline_svg=True)
    return page.partition("</style>")[2].rpartition("</div>")[0].strip()


def test_every_drawing_of_a_buurt_is_tried_here():
    assert {part.show for part in ALL} == set(drawings.DRAWINGS) <= set(pictures.DRAWINGS)


# --- on screen


@every
def test_the_first_option_is_shown_when_nothing_is_kept(part, tmp_path, here):
    screen = screen_for(part, here)
    for control in part.controls:
        assert field(screen, control["key"]).index == 0
    assert inside(drawn(part)) in page_text(screen)
    here.flush()
    here.area_changed()
    assert lines(tmp_path) == [], "looking is not answering"
    assert screen.status == ""


@every
def test_every_choice_draws_at_once_and_is_there_again(part, tmp_path, here):
    screen = screen_for(part, here)
    for number, label in enumerate(part.controls[0]["options"]):
        choose(screen, number)
        assert inside(drawn(part, number)) in page_text(screen)
        if number:
            kept = newest(tmp_path, part)
            assert kept[part.controls[0]["key"]] == [label]
            assert kept["code"] == LISDODDE
            assert (TIMES in kept) == bool(part.again)
    again = screen_for(part, Session(tmp_path, strict=True))
    assert state(again) == state(screen)
    assert again._picture.value == screen._picture.value
    assert again.status.startswith("✔ Bewaard om ")


@every
def test_every_participant_sees_where_they_were(part, tmp_path, here):
    screen = screen_for(part, here)
    first = screen._picture.value
    choose(screen, 1)
    second = screen._picture.value
    assert second != first
    here.switch("Merel")
    assert (screen._picture.value, screen.status) == (first, "")
    assert field(screen, part.controls[0]["key"]).index == 0
    here.switch("Deelnemer 1")
    assert screen._picture.value == second
    assert lines(tmp_path, "Merel") == []


@every
def test_nothing_is_kept_of_what_is_private_or_projected(part, tmp_path, here):
    screen = screen_for(changed(part, private=True), here)
    choose(screen, 1)
    assert screen.status == "Dit bewaren we niet."
    projected = Session(tmp_path, facilitator=True, strict=True)
    choose(screen_for(part, projected), 1)
    assert part.id not in anywhere_on_disk(tmp_path)
    loose = screen_for(part, Session(None, strict=True))
    choose(loose, 1)
    assert loose.status == "Oefenstand: er wordt niets bewaard."
    assert inside(drawn(part, 1)) in page_text(loose)


def test_journal_line_of_an_explorer_can_be_read_alone(tmp_path, here):
    screen = screen_for(changed(PROFILE, plan="leerpunt"), here)
    choose(screen, 1)
    field(screen, "straat").value = "Veel vroege bussen"
    line = lines(tmp_path)[-1]
    assert (line["kind"], line["plan"]) == ("explore", "leerpunt")
    assert line["value"] == {
        "onderwerp": ["Geld"],
        "straat": "Veel vroege bussen",
        "code": LISDODDE,
    }
    assert line["prompt"] == {
        "title": "Profiel",
        "fields": {
            "onderwerp": {"label": "Waarover?", "options": ["Wie", "Geld"]},
            "straat": {"label": "Wat zie jij?", "options": []},
        },
    }
    choose(screen_for(MAP, here), 1)
    assert lines(tmp_path)[-1]["kind"] == "map"


@about_area
def test_another_buurt_is_drawn_at_once_and_is_no_answer(part, tmp_path, here):
    area, screen = screen_for(AREA, here), screen_for(part, here)
    before = screen._picture.value
    field(area, "code").value = MAALDERIJ
    kept = len(lines(tmp_path))
    assert screen._picture.value != before
    assert inside(drawn(part, code=MAALDERIJ)) in page_text(screen)
    assert all(
        "Lisdoddebuurt" not in figure.title
        for figure in nodes(drawn(part, code=MAALDERIJ), FigureBlock)
    )
    field(area, "code").value = TINY
    assert "Bedrijvenpark Havenrand" in page_text(screen)
    assert [line for line in lines(tmp_path)[kept:] if line["exercise"] == part.id] == []
    choose(screen, 1)
    assert newest(tmp_path, part)["code"] == TINY


@pytest.mark.parametrize("part", [SAMPLES, STREETS, EXPECTED, CARDS], ids=lambda part: part.show)
def test_what_is_about_no_buurt_stays_when_another_is_chosen(part, here):
    area, screen = screen_for(AREA, here), screen_for(part, here)
    before = screen._picture.value
    field(area, "code").value = MAALDERIJ
    assert screen._picture.value == before


def test_again_draws_once_more_each_time(tmp_path, here):
    screen = screen_for(SAMPLES, here)
    shares = [share * 100 for share in analysis.draw_samples(0.3, 10, MOST_TIMES)]
    assert alts(screen)[0].startswith("1 keer gevraagd.")
    for times in (2, 3, 4):
        button(screen, SAMPLES.again).click()
        assert newest(tmp_path, SAMPLES)[TIMES] == times
        low, high, new = min(shares[:times]), max(shares[:times]), shares[times - 1]
        assert alts(screen)[0].startswith(
            f"{times} keer gevraagd. De laagste uitkomst is {low:.0f}, de hoogste {high:.0f}, "
            f"de nieuwste {new:.0f}."
        )
    field(screen, "straat").value = "De enquête"
    assert newest(tmp_path, SAMPLES)[TIMES] == 4, "typing words draws nothing anew"
    assert alts(screen)[0].startswith("4 keer gevraagd.")
    again = screen_for(SAMPLES, Session(tmp_path, strict=True))
    assert alts(again) == alts(screen)
    button(again, SAMPLES.again).click()
    assert newest(tmp_path, SAMPLES)[TIMES] == 5


def test_another_size_begins_anew_and_every_participant_counts_alone(tmp_path, here):
    screen = screen_for(SAMPLES, here)
    for _ in range(3):
        button(screen, SAMPLES.again).click()
    here.switch("Merel")
    assert alts(screen)[0].startswith("1 keer gevraagd.")
    button(screen, SAMPLES.again).click()
    assert newest(tmp_path, SAMPLES, "Merel")[TIMES] == 2
    here.switch("Deelnemer 1")
    assert alts(screen)[0].startswith("4 keer gevraagd.")
    choose(screen, 1)
    assert alts(screen)[0].startswith("1 keer gevraagd.")
    assert newest(tmp_path, SAMPLES) == {
        "aantal": ["100 mensen"],
        "straat": "",
        TIMES: 1,
        "code": LISDODDE,
    }
    button(screen, SAMPLES.again).click()
    choose(screen, 0)
    assert newest(tmp_path, SAMPLES)[TIMES] == 1


def test_again_stops_where_a_picture_is_full(tmp_path, here):
    screen = screen_for(SAMPLES, here)
    for _ in range(MOST_TIMES + 5):
        button(screen, SAMPLES.again).click()
    assert newest(tmp_path, SAMPLES)[TIMES] == MOST_TIMES
    assert alts(screen)[0].startswith(f"{MOST_TIMES} keer gevraagd.")
    assert screen.status.startswith("✔ Bewaard")


def test_without_again_there_is_no_button_and_no_count(tmp_path, here):
    screen = screen_for(changed(SAMPLES, again=""), here)
    with pytest.raises(StopIteration):
        button(screen, SAMPLES.again)
    choose(screen, 1)
    assert TIMES not in newest(tmp_path, SAMPLES)


def test_text_that_is_held_back_comes_back_with_the_choices(tmp_path, here):
    screen = screen_for(SAMPLES, here)
    choose(screen, 1)
    button(screen, SAMPLES.again).click()
    field(screen, "straat").value = f"Bel {PHONE}"
    assert visible(screen, "Toch bewaren")
    assert PHONE not in anywhere_on_disk(tmp_path)
    here.switch("Merel")
    assert field(screen, "straat").value == ""
    here.switch("Deelnemer 1")
    assert field(screen, "straat").value == f"Bel {PHONE}"
    assert field(screen, "aantal").index == 1
    assert alts(screen)[0].startswith("2 keer gevraagd.")
    button(screen, "Toch bewaren").click()
    assert newest(tmp_path, SAMPLES) == {
        "aantal": ["100 mensen"],
        "straat": f"Bel {PHONE}",
        TIMES: 2,
        "code": LISDODDE,
    }


def test_an_option_that_no_longer_exists_shows_the_first_on_screen_and_in_the_report(
    tmp_path, here
):
    screen = screen_for(SAMPLES, here)
    choose(screen, 1)
    field(screen, "straat").value = "De enquête"
    renamed = {**SAMPLES.controls[0], "options": {"10": {"size": 10}, "25": {"size": 25}}}
    later = changed(SAMPLES, controls=(renamed,))
    screen = screen_for(later, here)
    assert field(screen, "aantal").index == 0
    assert field(screen, "straat").value == "De enquête"
    assert inside(drawn(later)) in page_text(screen), "what is chosen and what is drawn agree"
    kept = newest(tmp_path, SAMPLES)
    assert kept["aantal"] == ["100 mensen"]
    assert later.drawing(kept, context()) == drawn(later)
    choose(screen, 1)
    assert "25 mensen gevraagd" in page_text(screen)


@pytest.mark.parametrize("times", ["3", 2.5, -4, 0, None, True, [], 10**9, float("nan")])
def test_a_damaged_number_of_draws_draws_something_that_fits(times, tmp_path, here):
    value = {"aantal": ["10 mensen"], TIMES: times}
    said = next(iter(nodes(SAMPLES.drawing(value, context()), FigureBlock))).alt
    full = times == 10**9
    assert said.startswith(f"{MOST_TIMES if full else 1} keer gevraagd.")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(["choice", "again", "text", "Merel", "Deelnemer 1"]), max_size=12))
def test_whatever_one_does_the_figure_is_that_of_the_choices(steps):
    with tempfile.TemporaryDirectory() as folder:
        here = Session(Path(folder), strict=True)
        screen = screen_for(SAMPLES, here)
        for step in steps:
            if step == "choice":
                choose(screen, 1 - field(screen, "aantal").index)
            elif step == "again":
                button(screen, SAMPLES.again).click()
            elif step == "text":
                field(screen, "straat").value += "a"
            else:
                here.switch(step)
            shown = SAMPLES.drawing(screen.value(), here.context())
            assert inside(shown) in page_text(screen)
        Session(None)


# --- paper, report, brief and group


@every
def test_explorer_goes_through_json_and_comes_out_the_same(part):
    again = Part.from_spec(json.loads(json.dumps(part.spec())))
    value = {**part.first(1), "straat": "Van alles", TIMES: 3, "code": MAALDERIJ}
    there = context({part.id: answer_of(part, json.loads(json.dumps(value)))})
    assert type(again) is type(part)
    assert again.prompt() == part.prompt()
    for at in (context(), there, context(code=TINY)):
        assert again.paper(at) == part.paper(at)
        assert again.face(at) == part.face(at)
        assert again.brief(at) == part.brief(at)
    assert again.paper(None) == part.paper(None)
    assert part.face(there) == part.report(value, there)
    assert list(again.controls[0]["options"]) == list(part.controls[0]["options"])


@every
def test_paper_without_a_buurt_is_the_form_alone(part):
    blocks = part.paper(None)
    assert list(nodes(blocks, FigureBlock)) == []
    assert [boxes.options for boxes in nodes(blocks, Boxes)] == [
        tuple(control["options"]) for control in part.controls
    ]
    assert [line.label for line in nodes(blocks, WriteLines)] == (
        [part.street] if part.street else []
    )


def test_as_many_figures_are_printed_as_asked_and_never_more_than_there_are():
    there = context()
    for printed in (0, 1, 2, 9):
        blocks = changed(PROFILE, printed=printed).paper(there)
        figures = list(nodes(blocks, FigureBlock))
        assert figures == [figure(PROFILE, number) for number in range(min(printed, 2))]
        (asked,) = nodes(blocks, WriteLines)
        assert asked.label == "Wat zie jij?"
        assert written(blocks).count('"Profiel"') == 1
        assert list(nodes(blocks, Boxes)) == [], "on paper there is nothing to steer"


def test_without_a_question_about_the_street_there_are_no_lines():
    for printed in (0, 1):
        blocks = changed(STREETS, printed=printed).paper(context())
        assert list(nodes(blocks, WriteLines)) == []
        assert to_html_fragment(blocks)
    assert list(nodes(STREETS.report({}, context()), Said)) == []


def test_face_of_who_did_not_look_is_the_paper():
    assert PROFILE.face(context()) == PROFILE.paper(context())


def test_report_has_the_figure_last_looked_at_of_the_buurt_of_then_and_the_own_words():
    value = {"onderwerp": ["Geld"], "straat": "Veel vroege bussen", "code": MAALDERIJ}
    blocks = PROFILE.report(value, context(code=LISDODDE))
    assert list(nodes(blocks, FigureBlock)) == [again(figure(PROFILE, 1, MAALDERIJ))]
    (said,) = nodes(blocks, Said)
    assert (said.prompt, said.text) == ("Wat zie jij?", "Veel vroege bussen")
    for code in ("BU00000000", "GM9999", None, ["x"], 3):
        blocks = PROFILE.report({**value, "code": code}, context())
        assert list(nodes(blocks, FigureBlock)) == [again(figure(PROFILE, 1, LISDODDE))]
    (said,) = nodes(PROFILE.report({}, context()), Said)
    assert said.text is None
    kept = {"aantal": ["10 mensen"], TIMES: 3}
    (block,) = nodes(SAMPLES.report(kept, context()), FigureBlock)
    assert block.alt.startswith("3 keer gevraagd.")


def again(block):
    """The same figure, at the width it has for who saw it before."""
    return replace(block, width_mm=min(block.width_mm, AGAIN_MM))


def test_report_keeps_the_title_the_figure_and_the_answer_on_one_page():
    part = next(
        part
        for part in read_meeting(resources.meetings()[3]).exercises.values()
        if part.id == "m4-banden"
    )
    value = {"stap": ["Twee weken ziek"], "straat": "Met de wijkagent"}
    for about, blocks in (
        (part, part.report(value, context())),
        (PROFILE, PROFILE.report({"straat": "Bussen"}, context())),
    ):
        (together,) = blocks
        assert isinstance(together, Together)
        assert together.blocks[0].text == about.title
        assert isinstance(together.blocks[-1], Said)
        alone = Document("Blad", (Paragraph("Een bladzijde eerder"), PageBreak(), *blocks))
        assert page_count(to_pdf(alone)) == 2


def test_report_names_what_was_looked_at_where_there_was_something_to_choose():
    def told(part, **value):
        return written(part.report(value, context())).replace('"', "")

    assert "Je keek het laatst naar: " in told(PROFILE, onderwerp=["Geld"])
    assert "Je keek het laatst naar" not in told(PROFILE), "nothing was chosen"
    both = told(STREETS, straten=["Niets"], beeld=["Het gemiddelde"])
    assert "Niets; Het gemiddelde" in both
    assert "het laatst" not in told(EXPECTED, stap=["Lijn"]), "the last step shows all of them"
    cards = {"Eén": {"card": "samen-verder/groep"}, "Twee": {"card": "samen-verder/balint"}}
    control = {"key": "kaart", "ask": "Welke?", "options": cards}
    read = changed(PROFILE, show="card", controls=(control,))
    assert "Je las het laatst: " in told(read, kaart=["Twee"])


def test_report_of_what_shows_nothing_has_the_first_option_that_shows_something():
    empty = {"Onbekend": {"indicators": ["bestaat-niet"]}}
    control = PROFILE.controls[0]
    part = changed(PROFILE, controls=({**control, "options": control["options"] | empty},))
    blocks = part.report({"onderwerp": ["Onbekend"]}, context())
    assert list(nodes(blocks, FigureBlock)) == [again(figure(PROFILE))]
    texts = [written([block]) for block in nodes(blocks, Paragraph)]
    assert [("Onbekend" in text, '"Wie"' in text) for text in texts] == [
        (True, False),
        (False, False),  # why there is nothing
        (False, True),
    ]
    alone = changed(PROFILE, controls=({**control, "options": empty},))
    assert list(nodes(alone.report({"onderwerp": ["Onbekend"]}, context()), FigureBlock)) == []


def test_facilitator_gets_the_question_and_of_steps_the_last():
    assert list(nodes(PROFILE.brief(context()), FigureBlock)) == []
    assert "Waarover?" in written(PROFILE.brief(context()))
    (block,) = nodes(EXPECTED.brief(context()), FigureBlock)
    assert block == figure(EXPECTED, 2)
    assert "Vraag het daar." in written(EXPECTED.brief(context()))


@every
def test_looking_around_counts_nowhere(part):
    assert part.group({**part.first(1), "straat": "Van alles"}) == {}


def test_a_control_without_options_is_refused():
    with pytest.raises(ValueError, match="m9-profiel: a control needs options"):
        changed(PROFILE, controls=({"key": "a", "ask": "?", "options": {}},))


def test_an_explorer_without_controls_shows_its_one_drawing(tmp_path, here):
    part = Explore(
        id="m9-een",
        title="Eén",
        show="card",
        controls=(),
        settings={},
        printed=1,
        street="Wat zie je?",
    )
    assert part.first() == {}
    assert [line.label for line in nodes(part.paper(None), WriteLines)] == ["Wat zie je?"]


def explore_cell():
    return lt.explore(
        "m9-x", title="Titel", show="samples", controls=list(SAMPLES.controls),
        settings=dict(SAMPLES.settings), again="Nog eens",
    )  # fmt: skip


def map_cell():
    return lt.area_map("m9-x", title="Titel", controls=list(MAP.controls))


@pytest.mark.parametrize("cell", [explore_cell, map_cell])
def test_output_of_a_cell_has_every_face_and_no_answer(cell, monkeypatch, tmp_path):
    monkeypatch.setenv("LEEFBAAR_FOLDER", str(tmp_path))
    sessions.session.cache_clear()
    try:
        shown = cell()
        blank = shown._repr_mimebundle_()
        choose(shown.screen, 1)
        field(shown.screen, "straat").value = "Geheim"
        assert "Geheim" in anywhere_on_disk(tmp_path)
        for bundle in (shown._repr_mimebundle_(), cell()._repr_mimebundle_()):
            assert bundle["text/html"] == blank["text/html"]
            assert "Geheim" not in json.dumps(bundle)
            assert Part.from_spec(bundle[MIME]["part"]) == shown.part
        assert blank["text/html"] == to_html_fragment(Exercise.paper(shown.part, None))
    finally:
        sessions.session.cache_clear()


def test_the_question_about_the_street_stands_beside_the_figure(here):
    screen = screen_for(PROFILE, here)
    beside = next(w for w in walk(screen.widget) if "leefbaar-naast" in w._dom_classes)
    assert screen._picture in beside.children
    assert field(screen, "straat") in list(walk(beside))
    assert field(screen, "onderwerp") not in list(walk(beside))
    without = screen_for(STREETS, here)
    assert not any(isinstance(w, widgets.Textarea) for w in walk(without.widget))
    # The figure takes the whole width, and what is told of saving stands under it.
    assert not any("leefbaar-naast" in w._dom_classes for w in walk(without.widget))
    assert [without._picture, without._status] == [
        w for w in without.widget.children if w in (without._picture, without._status)
    ]


def test_what_leaves_nothing_to_choose_is_not_asked(here):
    """A question with one radio button, that is on, is a riddle."""
    one = replace(
        STREETS,
        controls=tuple(
            {**c, "options": dict([*c["options"].items()][:1])} for c in STREETS.controls
        ),
    )
    for part, asked in ((STREETS, True), (one, False)):
        screen = screen_for(part, here)
        assert screen._picture.value
        radios = [w for w in walk(screen.widget) if isinstance(w, widgets.RadioButtons)]
        assert [w.layout.display != "none" for w in radios] == [asked] * 2


def test_the_whole_city_has_one_name_everywhere():
    """Beside "heel Lindermonde" a bare "Lindermonde" would look like another place."""
    for part in (PROFILE, MAP, PLACE, TREND):
        block = figure(part)
        said = f"{block.title} {block.alt}"
        assert "eel Lindermonde" in said, part.show
        assert said.count("Lindermonde") == said.count("eel Lindermonde"), part.show


# --- the numbers of each drawing


def test_profile_by_hand():
    """2024: 830 of 1.705 households alone, 515 of 3.245 people of 65 or older; the city 16.642
    of 39.415 and 16.417 of 81.223. In hundredths 49 and 16, and 42 and 20."""
    buurt, city = row(LISDODDE), row("GM9999")
    own = [
        round(100 * int(buurt[a]) / int(buurt[b]))
        for a, b in (("a_1p_hh", "a_hh"), ("a_65_oo", "a_inw"))
    ]
    whole = [
        round(100 * int(city[a]) / int(city[b]))
        for a, b in (("a_1p_hh", "a_hh"), ("a_65_oo", "a_inw"))
    ]
    assert (own, whole) == ([49, 16], [42, 20])
    block = figure(PROFILE)
    assert "eenpersoonshuishoudens (2024): Lisdoddebuurt 49, " in block.alt
    assert "Heel Lindermonde 42, " in block.alt
    assert "inwoners van 65 jaar of ouder (2024): Lisdoddebuurt 16, " in block.alt
    assert "Heel Lindermonde 20, " in block.alt
    assert "2024" in block.source
    assert "voorbeeld" in block.source.lower()


def test_profile_says_of_what_year_each_figure_is_and_skips_what_is_not_known():
    """Low incomes are of 2023, dwellings of 2024; of the tiny buurt neither may be shown."""
    block = figure(PROFILE, 1)
    assert "huishoudens met een laag inkomen (2023): " in block.alt
    assert "corporatiewoningen (2024): " in block.alt
    assert "2023" in block.source
    assert "2024" in block.source
    for number in (0, 1):
        (said,) = drawn(PROFILE, number, TINY)
        assert isinstance(said, Paragraph)
        assert "niet bekend: dit cijfer is niet gepubliceerd." in said.text or number == 0
    # Kiezelpad has a share of bijstand that rests on fewer than ten, and other figures.
    some = changed(
        PROFILE,
        controls=(
            {
                "key": "k",
                "ask": "?",
                "options": {"A": {"indicators": ["single_person", "bijstand"]}},
            },
        ),
    )
    block = figure(some, 0, "BU99990603")
    assert "inwoners met bijstand (2024): Vlinderveld geen cijfer, " in block.alt
    assert "eenpersoonshuishoudens (2024): Vlinderveld geen" not in block.alt


@pytest.mark.parametrize("code", [LISDODDE, MAALDERIJ, TINY])
@pytest.mark.parametrize("number", [0, 1])
def test_map_classes_are_those_of_the_analysis(code, number):
    """Shade per buurt equals `relative_to_city`, and the words in the description agree."""
    area = areas.sample_city()
    indicator = ["single_person", "overlast_onveiligheid"][number]
    block = figure(MAP, number, code)
    shade = {
        "meer": "#8f8f8f", "beter": "#8f8f8f", "evenveel": "#d0d0d0",
        "minder": "#ffffff", "minder goed": "#ffffff", "": "#ffffff",
    }  # fmt: skip
    found = regions(block.svg)
    buurten = area.regions.index[area.regions["level"] == "buurt"]
    assert len(found) == len(buurten) == 32
    said = {"meer": set(), "evenveel": set(), "minder": set(), "": set()}
    for buurt in buurten:
        word = analysis.relative_to_city(area, buurt, indicator)
        assert found[area.name(buurt)]["fill"] == shade[word], area.name(buurt)
        said[{"beter": "meer", "minder goed": "minder"}.get(word, word)].add(area.name(buurt))
    _, *parts = block.alt.split(". ")
    told = [set(part.rstrip(".").partition(": ")[2].split(", ")) for part in parts]
    assert told == [names for names in said.values() if names]
    own = found[area.name(code)]
    assert own["stroke-width"] == "1.6"
    assert [path["stroke-width"] for path in found.values()].count("1.6") == 1
    assert f"Kaart met {area.name(code)} omlijnd" in block.alt
    assert (NOTE in written(drawn(MAP, number, code))) == (number == 1)
    assert block.source


def test_map_of_lisdoddebuurt_by_hand():
    """49 of 100 live alone, 42 in the city, and the margin is a tenth of 42: more.
    Its score of -0.146 lies more than 0.03 below that of the city: less good."""
    score = {
        r["code"]: float(r["onv"])
        for r in csv.DictReader(shared_path("data", "leefbaarometer.csv").open(encoding="utf-8"))
        if r["jaar"] == "2024"
    }
    assert score[LISDODDE] == -0.146
    assert score[LISDODDE] < score["GM9999"] - 0.03
    assert "Lisdoddebuurt, eenpersoonshuishoudens: meer dan heel Lindermonde" in figure(MAP).title
    (less,) = [part for part in figure(MAP, 1).alt.split(". ") if "Lisdoddebuurt," in part]
    assert less.startswith("Min")
    assert "niet bekend" in figure(MAP, 1, TINY).title


def test_where_there_are_no_boundaries_there_is_no_map():
    real = copy.copy(city_without("riser"))
    real.notice = ""
    said, picture = drawn(MAP, 0, LISDODDE, real)
    assert said.text == (
        "Lisdoddebuurt: er is geen kaart met grenzen. Daarom zie je hier Lisdoddebuurt, "
        "een buurt in de voorbeeldstad."
    )
    assert picture.source.startswith("voorbeelddata")


def test_samples_are_those_of_the_analysis():
    """With ten people: 4 of the first ten (40), with a hundred another series."""
    assert "10 mensen gevraagd: 40 van de 100" in figure(SAMPLES).title
    assert analysis.draw_samples(0.3, 10, 1) == [0.4]
    (hundred,) = analysis.draw_samples(0.3, 100, 1)
    assert f"de nieuwste {hundred * 100:.0f}. de hele buurt: 30." in figure(SAMPLES, 1).alt
    assert NOTE in written(drawn(SAMPLES, 1))
    assert NOTE not in written(drawn(SAMPLES, 0))
    three = SAMPLES.drawing({"aantal": ["10 mensen"], TIMES: 3}, context())
    # 40, 20 and again 40.
    assert "3 keer 10 mensen gevraagd: tussen 20 en 40 van de 100" in written(three)


def test_streets_say_their_houses_and_only_when_asked_the_mean():
    """Uilenhof has 1 + 1 + 0 + 2 = 4 reports on four houses, Meeshof 4 at one house: both 1."""
    block = figure(STREETS)
    assert "Uilenhof, per huis: 1, 1, 0, 2." in block.alt
    assert "emiddeld" not in block.alt + block.title
    value = {**STREETS.first(), "beeld": ["Het gemiddelde"]}
    (block,) = nodes(STREETS.drawing(value, context()), FigureBlock)
    assert block.title == "Een gemiddelde"
    assert block.alt.count("Gemiddeld 1.") == 2
    assert block.source == "Verzonnen straten."


def test_place_and_trend_are_of_the_chosen_figure():
    for part in (PLACE, TREND):
        first, second = figure(part, 0), figure(part, 1)
        assert first.title != second.title
        assert "Lisdoddebuurt" in first.title
        assert first.source
    assert "sociale samenhang" in figure(TREND, 1).title
    assert NOTE in written(drawn(TREND, 1))
    assert NOTE not in written(drawn(TREND, 0))


@pytest.mark.parametrize(("part", "number"), [(PLACE, 0), (PLACE, 1), (TREND, 1)])
def test_of_the_tiny_buurt_a_reason_is_told(part, number):
    blocks = drawn(part, number, TINY)
    assert list(nodes(blocks, FigureBlock)) == []
    assert "Bedrijvenpark Havenrand: " in written(blocks)


@about_area
def test_who_chose_no_buurt_is_told_of_which_one_the_figure_is(part, here):
    screen = screen_for(part, here)
    assert "Je koos nog geen buurt. Dit is Lisdoddebuurt." in page_text(screen)
    field(screen_for(AREA, here), "code").value = LISDODDE
    assert "nog geen buurt" not in page_text(screen)
    assert "nog geen buurt" not in page_text(screen_for(STREETS, Session(None, strict=True)))


@about_area
def test_of_a_wijk_there_is_something_to_see_and_no_error(part):
    for number in range(2):
        assert to_html_fragment(drawn(part, number, "WK999901"))


# --- which buurt does better than one would think


@pytest.fixture
def lettered(monkeypatch):
    """The codes behind the letters of a drawing, by letter, and the buurt that is named."""
    against, seen = figures.against, {}

    def spy(title, points, letters, axes, source, line=None, marked=None, notice=""):
        seen.update(letters=letters, line=line, marked=marked, points=points)
        return against(title, points, letters, axes, source, line, marked, notice)

    def find(stage, area):
        monkeypatch.setattr(figures, "against", spy)
        titles = [f"{title} {next(NEW)}" for title in EXPECTED.settings["titles"]]
        part = changed(EXPECTED, settings={**EXPECTED.settings, "titles": titles})
        drawn(part, stage, LISDODDE, area)
        table = analysis.against_vulnerability(area)
        codes = {
            letter: next(c for c, r in table.iterrows() if (r["x"], r["y"]) == place)
            for letter, place in seen["letters"].items()
        }
        assert len(seen["points"]) + len(codes) == len(table)
        return codes, seen["line"], seen["marked"]

    return find


NEW = count()  # a title that was not drawn before: a figure is made once


def test_letters_stand_in_order_of_code_with_the_planted_buurt_among_them(lettered):
    for stage in range(3):
        codes, line, marked = lettered(stage, areas.sample_city())
        assert list(codes) == ["A", "B", "C", "D"]
        assert list(codes.values()) == sorted(codes.values())
        assert DEVIANT in codes.values()
        assert (line is None) == (stage == 0)
        letter = next(one for one, code in codes.items() if code == DEVIANT)
        assert marked == ((letter, "Karekietbuurt") if stage == 2 else None)


def test_the_line_is_the_one_of_the_analysis(lettered):
    table = analysis.against_vulnerability(areas.sample_city()).sort_values("x")
    _, line, _ = lettered(1, areas.sample_city())
    assert line == tuple(
        (table[["x", "expected"]].iloc[end].iloc[0], table["expected"].iloc[end]) for end in (0, -1)
    )


def test_no_buurt_is_named_until_the_last_step():
    name = "Karekietbuurt"
    for stage, title in enumerate(("A, B, C of D?", "De lijn", f"{name} doet het beter")):
        blocks = drawn(EXPECTED, stage)
        assert figure(EXPECTED, stage).title == title
        assert (name in written(blocks)) == (stage == 2)
        assert EXPECTED.settings["notes"][str(stage)] in written(blocks)
        assert ("streepjeslijn" in figure(EXPECTED, stage).alt) == (stage > 0)


def test_without_the_plant_no_buurt_is_named_and_the_last_step_is_the_line(lettered):
    """Nothing is claimed of a buurt where the figures do not say it."""
    city = city_without("better_than_expected")
    codes, line, marked = lettered(2, city)
    assert marked is None
    assert line is not None
    assert len(codes) == 4
    assert list(codes.values()) == sorted(codes.values())
    block = figure(EXPECTED, 2, LISDODDE, city)
    assert block.title == "De lijn"
    assert "Vraag het daar." not in written(drawn(EXPECTED, 2, LISDODDE, city))
    assert "Dan de lijn." in written(drawn(EXPECTED, 2, LISDODDE, city))
    assert not any(area_name in block.alt for area_name in city.regions["name"])


# --- texts in workshop/


def test_card_has_the_title_and_the_text_of_its_file():
    for number, name in enumerate(("1-woonstad", "1-groesbeek")):
        header, text = material(f"voorbeelden/{name}")
        (box,) = drawn(CARDS, number)
        assert isinstance(box, Box)
        assert box.title == header["titel"]
        words = BeautifulSoup(to_html_fragment((box,)), "html.parser").get_text()
        line = next(
            one for one in text.splitlines() if len(one) > 40 and not set("*[]#|_>") & set(one)
        )
        assert line.lstrip("- ") in words
    assert len(list(nodes(CARDS.paper(context()), Box))) == 2


def texts():
    folder = shared_path("workshop")
    return [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.md")]


@pytest.mark.parametrize("name", texts())
def test_every_text_is_read_whole(name):
    header, text = material(name)
    raw = shared_path("workshop", f"{name}.md").read_text(encoding="utf-8")
    assert text.strip() == raw.removeprefix("---\n").rpartition("\n---\n")[2].strip()
    for key, value in header.items():
        assert f"{key}: {value}" in raw


@pytest.mark.parametrize(
    ("raw", "header", "text"),
    [
        (
            "---\ntitel: Een: twee\nbron : ergens\n\n---\n\nTekst\n",
            {"titel": "Een: twee", "bron": "ergens"},
            "Tekst\n",
        ),
        ("Zonder kop\n\n---\n\nen verder\n", {}, "Zonder kop\n\n---\n\nen verder\n"),
        ("---\ntitel: T\n---\nEen\n\n---\n\nTwee\n", {"titel": "T"}, "Een\n\n---\n\nTwee\n"),
    ],
)
def test_the_header_of_a_text_by_hand(raw, header, text, tmp_path, monkeypatch):
    (tmp_path / "workshop").mkdir()
    (tmp_path / "workshop" / "kaart.md").write_text(raw, encoding="utf-8")
    monkeypatch.setattr(resources, "_HERE", tmp_path / "nergens")
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    assert material("kaart") == (header, text)


def test_a_text_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"workshop/voorbeelden/niets\.md"):
        material("voorbeelden/niets")


def test_a_line_that_moves_is_told_to_be_no_change():
    """A scale that fits the line shows every move large, so the words stand below it."""
    said = "De lijn beweegt wel, maar niet meer dan gewoon is"
    found = set()
    for code in areas.sample_city().table("leefbaarometer").index:
        first, *notes = drawn(TREND, 0, code)
        if isinstance(first, FigureBlock):
            steady = "geen duidelijke verandering" in first.title
            found.add(steady)
            assert any(said in note.text for note in notes) == steady
    assert found == {True, False}
