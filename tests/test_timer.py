"""The steps and minutes of a werkvorm: as a list on screen, as a card on paper."""

import json
from io import BytesIO

import nbformat
import pikepdf
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

import leefbaar_tools as lt
from leefbaar_tools.exercises import page
from leefbaar_tools.exercises.parts import Context, Exercise, Part
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.exercises.timers import Timer
from leefbaar_tools.paper import (
    Box,
    Document,
    Heading,
    Paragraph,
    Strong,
    Table,
    Together,
    to_pdf,
)

SPITEFUL = "Zeg <b>niet</b> \"ja\" of 'nee' & </div> {x}"
STEPS = (
    {"name": "Kiezen", "minutes": 3, "do": "Ieder noemt één situatie."},
    {"name": "Vragen", "minutes": 13, "do": "Stel open vragen."},
    {"name": "Afronden", "minutes": 2.5, "do": SPITEFUL},
)
TIMER = Timer(id="m9-klok", title="Incidentmethode", steps=STEPS, help="Leg de kaart op tafel.")
CONTEXT = Context(None, "BU99990101")


def plain(text) -> str:
    """The words of a text on paper."""
    if isinstance(text, str):
        return text
    return "".join(map(plain, text)) if isinstance(text, tuple) else plain(text.text)


def rows(table: Table) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in table.rows]


def on_screen(timer: Timer):
    return BeautifulSoup(timer.screen(Session(None, strict=True)).html, "html.parser")


# --- plain data


def test_a_timer_comes_out_of_a_notebook_output_as_it_went_in():
    spec = json.loads(json.dumps(TIMER.spec()))
    again = Part.from_spec(spec)
    assert again == TIMER
    assert again.paper(CONTEXT) == TIMER.paper(CONTEXT)


def test_a_timer_counts_nothing():
    assert not isinstance(TIMER, Exercise)


@pytest.mark.parametrize(
    "steps",
    [
        (),
        [{"name": "", "minutes": 3}],
        [{"name": "  ", "minutes": 3}],
        [{"minutes": 3}],
        [{"name": "Kiezen"}],
        [{"name": "Kiezen", "minutes": 3}, {"name": "Vragen", "minutes": 0}],
        [{"name": "Kiezen", "minutes": -1}],
        [{"name": "Kiezen", "minutes": 2.25}],
        [{"name": "Kiezen", "minutes": float("nan")}],
        [{"name": "Kiezen", "minutes": float("inf")}],
        [{"name": "Kiezen", "minutes": "3"}],
        [{"name": "Kiezen", "minutes": True}],
        [{"name": "Kiezen", "minutes": 3, "doe": "Kies er één."}],
        [{"name": "Kiezen", "minutes": 3, "do": None}],
    ],
    ids=str,
)
def test_steps_that_cannot_be_right_are_refused_by_name(steps):
    with pytest.raises(ValueError, match="m9-fout"):
        Timer(id="m9-fout", title="Fout", steps=steps)


# --- on screen, without the lab extension


def test_without_the_extension_the_steps_stand_as_a_list_with_minutes_and_total():
    html = on_screen(TIMER)
    assert html.h3.text == "Incidentmethode"
    assert "Leg de kaart op tafel." in html.text
    assert [step.get_text(" ") for step in html.find_all("li")] == [
        "Kiezen , 3 minuten Ieder noemt één situatie.",
        "Vragen , 13 minuten Stel open vragen.",
        f"Afronden , 2,5 minuten {SPITEFUL}",
    ]
    assert "Totaal 18,5 minuten." in html.text


def test_one_minute_and_half_a_minute_are_said_in_dutch():
    steps = ({"name": "Tip", "minutes": 1}, {"name": "Stilte", "minutes": 0.5})
    text = on_screen(Timer(id="m9-kort", title="Kort", steps=steps)).text
    assert "Tip, 1 minuut" in text
    assert "Stilte, 0,5 minuut" in text
    assert "Totaal 1,5 minuten." in text


def test_text_is_shown_as_it_was_typed_never_read_as_html():
    html = on_screen(Timer(id="m9-kwaad", title=SPITEFUL, steps=STEPS, help=SPITEFUL))
    assert html.find("b") is None
    assert html.h3.text == SPITEFUL
    assert len(html.find_all("div", recursive=False)) == 1, "a text closed the frame"
    given = json.loads(html.div["data-klok"])
    assert given["title"] == SPITEFUL
    assert given["steps"][2] == {"name": "Afronden", "minutes": 2.5, "do": SPITEFUL}


def test_a_cell_that_runs_again_replaces_its_clock():
    session = Session(None, strict=True)
    first = TIMER.screen(session)
    second = TIMER.screen(session)
    assert first.widget.comm is None
    assert second.widget.comm is not None
    session.area_changed()  # goes past every screen on the page
    session.flush()
    assert "Kiezen" in second.html


def test_stock_nbconvert_shows_the_steps(monkeypatch):
    """Without a kernel and without this package, from what the output carries."""
    monkeypatch.setattr(page, "session", lambda: Session(None, strict=True))
    shown = lt.timer("m9-klok", title="Incidentmethode", steps=list(STEPS))
    output = nbformat.v4.new_output("display_data", shown._repr_mimebundle_())
    cell = nbformat.v4.new_code_cell("lt.timer()", outputs=[output])
    body, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    text = BeautifulSoup(body, "html.parser").table.get_text(" ")
    for word in ("Kiezen", "13", "2,5", "Totaal", "18,5"):
        assert word in text


# --- on paper


def test_the_stapkaart_is_a_card_with_the_steps_and_their_total():
    (card,) = TIMER.paper(CONTEXT)
    assert isinstance(card, Box)
    assert (card.kind, card.title) == ("tip", "Incidentmethode")
    assert card.blocks[0] == Paragraph("Leg de kaart op tafel.")
    table = card.blocks[1]
    assert table.header == ("Stap", "Minuten", "Wat je doet")
    assert rows(table) == [
        ["1. Kiezen", "3", "Ieder noemt één situatie."],
        ["2. Vragen", "13", "Stel open vragen."],
        ["3. Afronden", "2,5", SPITEFUL],
        ["Totaal", "18,5", ""],
    ]
    assert table.rows[-1][0] == (Strong("Totaal"),)
    assert TIMER.face(CONTEXT) == TIMER.paper(CONTEXT)


def test_the_facilitators_sheet_has_a_running_clock():
    (block,) = TIMER.brief(CONTEXT)
    assert isinstance(block, Together)
    assert block.blocks[0] == Heading("Incidentmethode", 3)
    table = block.blocks[-1]
    assert table.header == ("Klok", "Stap", "Minuten", "Wat je doet")
    assert [row[:3] for row in rows(table)] == [
        ["0:00", "1. Kiezen", "3"],
        ["0:03", "2. Vragen", "13"],
        ["0:16", "3. Afronden", "2,5"],
        ["0:18½", "Totaal", "18,5"],
    ]


def test_a_clock_of_whole_minutes_shows_no_seconds_and_passes_the_hour():
    steps = tuple({"name": "Ronde", "minutes": m} for m in (3, 60, 2))
    (block,) = Timer(id="m9-lang", title="Lang", steps=steps).brief(CONTEXT)
    assert [row[0] for row in rows(block.blocks[-1])] == ["0:00", "0:03", "1:03", "1:05"]


@pytest.mark.parametrize("face", ["paper", "brief"])
def test_a_stapkaart_of_eight_long_steps_fits_on_one_page(face):
    long = {"name": "Zonder inbrenger", "minutes": 9, "do": "Stel open vragen. Geen advies. " * 2}
    timer = Timer(id="m9-acht", title="Acht stappen", steps=(long,) * 8, help="Leg neer. " * 8)
    made = to_pdf(Document("Kaart", getattr(timer, face)(CONTEXT)))
    with pikepdf.open(BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1
