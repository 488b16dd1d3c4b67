"""The table, its fields and its paper; and what any kind makes of a damaged line."""

import json
import re
import tempfile
from pathlib import Path

import ipywidgets as widgets
import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_exercises import (
    AREA,
    ESTIMATE,
    GUESSES,
    KINDS,
    LISDODDE,
    PHONE,
    TALLY,
    answer_of,
    anywhere_on_disk,
    button,
    context,
    field,
    lines,
    newest,
    nodes,
    state,
    visible,
    walk,
    written,
)

import leefbaar_tools as lt
from leefbaar_tools import handouts
from leefbaar_tools.answers import Answer
from leefbaar_tools.atlas import DEFAULT_AREA, Atlas
from leefbaar_tools.exercises import fields as fields_module
from leefbaar_tools.exercises import session as sessions
from leefbaar_tools.exercises.explore import Explore
from leefbaar_tools.exercises.fields import (
    ChoiceField,
    Column,
    DoorsField,
    NumberField,
    TableField,
    TextField,
)
from leefbaar_tools.exercises.goals import Goal, Teller
from leefbaar_tools.exercises.kinds import Rows
from leefbaar_tools.exercises.parts import Exercise, Part, chosen_code
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.paper import (
    MIME,
    Boxes,
    Document,
    DoorRow,
    NumberBox,
    Said,
    Table,
    from_json,
    to_html,
    to_html_fragment,
    to_json,
    to_pdf,
)

NAMED = Rows(
    id="m9-wie",
    title="Wie weet wat?",
    help="Vul er een paar in.",
    question="Over mijn buurt",
    columns={"weet": "Wat weet die?", "vraag": "Wat vraag je?"},
    rows=("Bewoner", "Wijkagent", "Huismeester"),
    first="Wie",
    lines=2,
)
FREE = Rows(
    id="m9-ronde",
    title="Onze ronde",
    question="Vijf plekken",
    columns={"plek": "Welke plek?", "zie": "Wat zie je?"},
    rows=3,
)
COUNTS = TableField(
    "stippen",
    "Mijn tellingen",
    (Column("datum", "Datum", "date"), Column("aantal", "Aantal", "number"), Column("op", "Op")),
    ("", "", ""),
)


class Counts(Exercise):
    """A kind with a table of dates and numbers."""

    kind = "test-counts"

    def fields(self):
        return (COUNTS,)


COUNTED = Counts(id="m9-tellen", title="Tellen")


def fill_named(screen):
    field(screen, "rijen--1-weet").value = "Wie hier woont"
    field(screen, "rijen--3-weet").value = "Waar het lekt"
    field(screen, "rijen--3-vraag").value = "Wanneer belt men jou?"


def fill_free(screen):
    field(screen, "rijen--1-plek").value = "De speeltuin"
    field(screen, "rijen--3-zie").value = "Glas <b> & ’s avonds licht"


NAMED_VALUE = {
    "rijen": [
        {"rij": "Bewoner", "weet": "Wie hier woont", "vraag": ""},
        {"rij": "Wijkagent", "weet": "", "vraag": ""},
        {"rij": "Huismeester", "weet": "Waar het lekt", "vraag": "Wanneer belt men jou?"},
    ]
}
FREE_VALUE = {
    "rijen": [
        {"plek": "De speeltuin", "zie": ""},
        {"plek": "", "zie": "Glas <b> & ’s avonds licht"},
    ]
}
TABLES = {"named": (NAMED, fill_named, NAMED_VALUE), "free": (FREE, fill_free, FREE_VALUE)}
both = pytest.mark.parametrize(("part", "fill", "value"), TABLES.values(), ids=TABLES)


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


@pytest.fixture
def here(tmp_path):
    return Session(tmp_path, strict=True)


def typed(screen):
    """What stands in the boxes of a table, row by row."""
    return [
        {key: v for key, v in row.items() if key != "rij"}
        for row in next(iter(screen.controls.values())).get()
    ]


def cells(blocks):
    """The rows of the one table in a face."""
    (table,) = nodes(blocks, Table)
    return [list(row) for row in table.rows]


# --- on screen


@both
def test_table_is_there_again_in_a_new_session(part, fill, value, tmp_path, here):
    screen = screen_for(part, here)
    empty = state(screen)
    assert (screen.status, set(empty.values())) == ("", {""})
    fill(screen)
    assert newest(tmp_path, part) == value
    assert screen.status.startswith("✔ Bewaard om ")
    again = screen_for(part, Session(tmp_path, strict=True))
    assert again.value() == value
    assert again.status.startswith("✔ Bewaard om ")
    kept = len(lines(tmp_path))
    again.flush()
    assert len(lines(tmp_path)) == kept, "showing an answer is not answering"


def test_named_rows_stay_in_their_place_and_free_rows_close_up(tmp_path, here):
    named, free = screen_for(NAMED, here), screen_for(FREE, here)
    fill_named(named)
    fill_free(free)
    named, free = (screen_for(part, Session(tmp_path, strict=True)) for part in (NAMED, FREE))
    assert field(named, "rijen--3-weet").value == "Waar het lekt"
    assert field(named, "rijen--2-weet").value == ""
    assert field(free, "rijen--2-zie").value == "Glas <b> & ’s avonds licht"
    assert field(free, "rijen--3-zie").value == ""


@both
def test_table_of_every_participant_is_their_own(part, fill, value, tmp_path, here):
    screen = screen_for(part, here)
    fill(screen)
    filled = typed(screen)
    here.switch("Merel")
    assert set(state(screen).values()) == {""}
    assert screen.status == ""
    here.switch("Deelnemer 1")
    assert [row for row in typed(screen) if any(row.values())] == [
        row for row in filled if any(row.values())
    ]
    assert lines(tmp_path, "Merel") == []


@both
def test_emptying_a_table_keeps_an_empty_answer(part, fill, value, tmp_path, here):
    screen = screen_for(part, here)
    fill(screen)
    for name in state(screen):
        field(screen, name.partition("--")[2]).value = ""
    assert newest(tmp_path, part) == {"rijen": []}
    assert set(state(screen_for(part, here)).values()) == {""}


@both
def test_journal_line_of_a_table_can_be_read_alone(part, fill, value, tmp_path, here):
    fill(screen_for(part, here))
    line = lines(tmp_path)[-1]
    assert (line["kind"], line["value"], line["plan"]) == ("table", value, None)
    assert line["prompt"] == {
        "title": part.title,
        "fields": {"rijen": {"label": part.question, "options": [], "columns": dict(part.columns)}},
    }


def test_every_box_of_a_table_says_its_column_and_row(here):
    named, free = screen_for(NAMED, here), screen_for(FREE, here)
    assert field(named, "rijen--2-vraag").description == "Wat vraag je?, Wijkagent"
    assert field(named, "rijen--2-vraag").rows > 1
    assert field(free, "rijen--3-plek").description == "Welke plek?, rij 3"
    assert field(free, "rijen--3-plek").rows == 1  # and higher when there is more in it
    said = "".join(w.value for w in walk(named.widget) if isinstance(w, widgets.HTML))
    for words in (*NAMED.rows, *NAMED.columns.values(), "Over mijn buurt", "Wie"):
        assert words in said


def test_personal_data_in_a_table_waits(tmp_path, here):
    screen = screen_for(FREE, here)
    field(screen, "rijen--2-zie").value = f"Bel {PHONE}"
    assert visible(screen, "Toch bewaren")
    assert PHONE not in anywhere_on_disk(tmp_path)
    here.switch("Merel")
    assert set(state(screen).values()) == {""}
    here.switch("Deelnemer 1")
    assert field(screen, "rijen--2-zie").value == f"Bel {PHONE}", "a draft stays in its place"
    button(screen, "Toch bewaren").click()
    assert newest(tmp_path, FREE) == {"rijen": [{"plek": "", "zie": f"Bel {PHONE}"}]}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("stippen--2-datum", "gisteren", "rij 2, datum: “gisteren” kan ik niet als datum"),
        ("stippen--2-datum", "31-4-2026", "rij 2, datum: “31-4-2026” kan ik niet"),
        ("stippen--3-aantal", "3.5", "rij 3, aantal: “3.5” kan ik niet als getal lezen"),
        ("stippen--1-aantal", "−1", "rij 1, aantal: Vul een getal in van 0 tot en met 9.999."),
        ("stippen--1-aantal", "10.000", "rij 1, aantal: Vul een getal in van 0"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_with_its_place_and_holds_nothing_back(
    name, text, words, tmp_path, here
):
    screen = screen_for(COUNTED, here)
    field(screen, "stippen--1-op").value = "vol"
    field(screen, name).value = text
    field(screen, "stippen--3-datum").value = "3-11-2026"
    assert re.match(rf"✔ Bewaard om \d+[.:]\d\d\. Let op {re.escape(words)}", screen.status)
    kept = newest(tmp_path, COUNTED)["stippen"]
    assert kept[0]["op"] == "vol"
    assert kept[-1]["datum"] == "2026-11-03"
    _, row, key = re.split("--|-", name)
    assert text in [row[key] for row in kept], "kept as it was typed"
    for _ in range(2):
        here.switch("Merel")
        here.switch("Deelnemer 1")
    assert text in [row[key] for row in typed(screen)], "nothing that was typed is lost"
    assert words.partition(", ")[2] in screen.status
    again = screen_for(COUNTED, Session(tmp_path, strict=True))
    assert again.value()["stippen"] == kept
    assert words.partition(", ")[2] in again.status
    for number, row in enumerate(typed(again), 1):
        if row[key] == text:
            field(again, f"stippen--{number}-{key}").value = ""
    assert re.fullmatch(r"✔ Bewaard om \d+[.:]\d\d", again.status)


def test_a_sign_that_no_journal_should_hold_still_waits(tmp_path, here):
    screen = screen_for(COUNTED, here)
    field(screen, "stippen--1-op").value = "x\x07"
    assert screen.status.startswith("Nog niet bewaard. In je tekst zit een onzichtbaar teken")
    assert lines(tmp_path, "Deelnemer 1") == []


def test_what_cannot_be_read_in_a_row_with_a_name_is_told_with_that_name():
    table = TableField("t", "T", (Column("n", "Hoeveel", "number"),), ("Maandag", "Dinsdag"))
    raw = [{"rij": "Maandag", "n": "1"}, {"rij": "Dinsdag", "n": " x"}]
    assert table.read(raw) == [{"rij": "Maandag", "n": 1.0}, {"rij": "Dinsdag", "n": "x"}]
    assert table.unread(raw).startswith("Let op Dinsdag, hoeveel: “x” kan ik niet")
    assert table.unread(raw[:1]) == ""


def test_cells_come_back_as_one_would_type_them(tmp_path, here):
    screen = screen_for(COUNTED, here)
    for name, text in (("datum", "3 november 26"), ("aantal", " 2,50 "), ("op", " vol ")):
        field(screen, f"stippen--1-{name}").value = text
    assert newest(tmp_path, COUNTED) == {
        "stippen": [{"datum": "2026-11-03", "aantal": 2.5, "op": "vol"}]
    }
    again = screen_for(COUNTED, Session(tmp_path, strict=True))
    assert typed(again)[0] == {"datum": "3-11-2026", "aantal": "2,5", "op": "vol"}
    assert again.value() == newest(tmp_path, COUNTED)


def test_a_date_without_a_year_is_the_last_such_day(monkeypatch):
    class Clock(fields_module.date):
        @classmethod
        def today(cls):
            return cls(2026, 3, 1)

    monkeypatch.setattr(fields_module, "date", Clock)
    column = Column("d", "Datum", "date")
    assert column.read("28-2") == "2026-02-28"
    assert column.read("2-3") == "2025-03-02"


@given(
    st.dates(fields_module.date(2000, 1, 1), fields_module.date(2099, 12, 31)),
    st.floats(0, 9999),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20),
)
def test_a_kept_cell_is_shown_so_that_it_is_read_back(day, number, text):
    for column, kept in zip(COUNTS.columns, (day.isoformat(), number, text.strip()), strict=True):
        assert column.read(column.show(kept)) == kept
        assert column.kept(kept) == kept


def test_a_column_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="geld"):
        Column("k", "K", "geld")


# --- kept rows and a notebook that changed since


def changed(part, **more):
    return Part.from_spec({**part.spec(), **more})


def test_rows_beyond_those_of_the_notebook_get_boxes_of_their_own(tmp_path, here):
    """Five rows were kept and the notebook now has two: all five stand on the screen."""
    many = changed(FREE, rows=5)
    screen = screen_for(many, here)
    for number in range(1, 6):
        field(screen, f"rijen--{number}-plek").value = f"Plek {number}"
    few = screen_for(changed(FREE, rows=2), here)
    assert [row["plek"] for row in typed(few)] == [f"Plek {n}" for n in range(1, 6)]
    field(few, "rijen--2-zie").value = "Glas"
    field(few, "rijen--5-zie").value = "Licht"
    assert [row["plek"] for row in newest(tmp_path, FREE)["rijen"]] == [
        f"Plek {n}" for n in range(1, 6)
    ]
    assert newest(tmp_path, FREE)["rijen"][4] == {"plek": "Plek 5", "zie": "Licht"}
    here.switch("Merel")
    assert typed(few) == [{"plek": "", "zie": ""}] * 2, "whoever is new gets the rows of now"
    here.switch("Deelnemer 1")
    assert len(typed(few)) == 5
    for name in ("plek", "zie"):
        field(few, f"rijen--5-{name}").value = ""
    assert len(newest(tmp_path, FREE)["rijen"]) == 4
    assert "Plek 4" in to_html_fragment(FREE.report(newest(tmp_path, FREE), context()))


def test_a_row_whose_name_is_gone_comes_last_on_screen_in_the_journal_and_in_the_report(
    tmp_path, here
):
    fill_named(screen_for(NAMED, here))
    later = changed(NAMED, rows=["Huismeester", "Woonconsulent"])
    screen = screen_for(later, here)
    assert field(screen, "rijen--1-weet").value == "Waar het lekt"
    assert field(screen, "rijen--2-weet").value == ""
    assert field(screen, "rijen--3-weet").value == "Wie hier woont"
    assert field(screen, "rijen--3-weet").description == "Wat weet die?, Bewoner"
    with pytest.raises(StopIteration):  # the Wijkagent was left empty, and is gone
        field(screen, "rijen--4-weet")
    field(screen, "rijen--2-weet").value = "Wie hulp zoekt"
    value = newest(tmp_path, NAMED)
    assert [(row["rij"], row["weet"]) for row in value["rijen"]] == [
        ("Huismeester", "Waar het lekt"),
        ("Woonconsulent", "Wie hulp zoekt"),
        ("Bewoner", "Wie hier woont"),
    ]
    assert cells(later.report(value, context())) == [
        ["Huismeester", "Waar het lekt", "Wanneer belt men jou?"],
        ["Woonconsulent", "Wie hulp zoekt", ""],
        ["Bewoner", "Wie hier woont", ""],
    ]
    field(screen, "rijen--3-weet").value = ""
    assert [row["rij"] for row in newest(tmp_path, NAMED)["rijen"]] == [
        "Huismeester",
        "Woonconsulent",
    ]
    back = screen_for(NAMED, here)
    assert field(back, "rijen--3-weet").value == "Waar het lekt"
    assert field(back, "rijen--4-weet").value == "Wie hulp zoekt"


def test_rows_with_the_same_or_no_name_keep_their_own_words(tmp_path, here):
    part = changed(NAMED, rows=["Bewoner", "", "Bewoner", ""])
    screen = screen_for(part, here)
    for number in range(1, 5):
        field(screen, f"rijen--{number}-weet").value = f"Nummer {number}"
    again = screen_for(part, Session(tmp_path, strict=True))
    wanted = [f"Nummer {n}" for n in range(1, 5)]
    assert [row["weet"] for row in typed(again)] == wanted
    assert again.value() == newest(tmp_path, part)
    assert [row[1] for row in cells(part.report(newest(tmp_path, part), context()))] == wanted


def test_free_rows_that_got_names_and_the_other_way_round_are_all_there(tmp_path, here):
    fill_free(screen_for(FREE, here))
    named = screen_for(changed(FREE, rows=["Voor", "Achter"]), here)
    assert [row["plek"] for row in typed(named)] == ["", "", "De speeltuin", ""]
    assert typed(named)[3]["zie"] == FREE_VALUE["rijen"][1]["zie"]
    field(named, "rijen--1-plek").value = "De hal"
    free = screen_for(FREE, here)
    assert [row["plek"] for row in typed(free)] == ["De hal", "", "De speeltuin", ""]


def test_earlier_versions_of_a_table_can_all_be_read_back(tmp_path, here):
    fill_named(screen_for(NAMED, here))
    screen = screen_for(changed(NAMED, rows=["Anders"]), here)
    field(screen, "rijen--1-weet").value = "Nieuw"
    versions = [answer.value for answer in here.journal().versions(NAMED.id)]
    assert NAMED_VALUE in versions


# --- the other three faces


def test_table_on_paper_is_empty_and_wide_enough_to_write_in():
    assert cells(NAMED.paper(context())) == [[name, "", ""] for name in NAMED.rows]
    assert cells(FREE.paper(context())) == [["", ""]] * 3
    for part in (NAMED, FREE, COUNTED):
        assert part.paper(None) == part.paper(context())
        assert part.face(context()) == part.paper(context())
        assert part.title in written(part.paper(None))
    (table,) = nodes(NAMED.paper(None), Table)
    assert table.header == ("Wie", "Wat weet die?", "Wat vraag je?")
    assert table.caption == "Over mijn buurt"
    # Two lines of 8 mm and 3 mm around them; a name takes 3 parts, a text 4.
    assert (table.row_height_mm, table.widths) == (19, (3, 4, 4))
    (table,) = nodes(COUNTED.paper(None), Table)
    # A date and a number need less room than words.
    assert table.widths == (2, 2, 4)
    (table,) = nodes(FREE.paper(None), Table)
    assert (table.row_height_mm, table.widths) == (11, (4, 4))


def test_report_of_a_table_has_the_own_words():
    assert cells(NAMED.report(NAMED_VALUE, context())) == [
        ["Bewoner", "Wie hier woont", ""],
        ["Wijkagent", "", ""],
        ["Huismeester", "Waar het lekt", "Wanneer belt men jou?"],
    ]
    assert cells(FREE.report(FREE_VALUE, context())) == [
        ["De speeltuin", ""],
        ["", "Glas <b> & ’s avonds licht"],
    ]
    value = {"stippen": [{"datum": "2026-11-03", "aantal": 1234.5, "op": ""}]}
    assert cells(COUNTED.report(value, context())) == [["3-11-2026", "1.234,5", ""]]
    (table,) = nodes(FREE.report(FREE_VALUE, context()), Table)
    assert (table.row_height_mm, table.widths) == (0, ()), "a told table is no form"
    assert "Glas &lt;b&gt; &amp;" in to_html_fragment(FREE.report(FREE_VALUE, context()))
    for nothing in ({}, {"rijen": []}, {"rijen": [{"plek": "", "zie": ""}]}):
        assert list(nodes(FREE.report(nothing, context()), Table)) == list(
            nodes(FREE.paper(context()), Table)
        ), "a table to write in"


@both
def test_table_counts_nowhere_in_the_group(part, fill, value):
    assert part.group(value) == {"rijen": []}
    assert changed(part, private=True).group(value) == {}


@both
def test_table_goes_through_json_and_comes_out_the_same(part, fill, value):
    again = Part.from_spec(json.loads(json.dumps(part.spec())))
    there = context({part.id: answer_of(part, json.loads(json.dumps(value)))})
    assert type(again) is Rows
    assert again.spec() == json.loads(json.dumps(part.spec()))
    assert again.prompt() == part.prompt()
    assert again.paper(there) == part.paper(there)
    assert again.face(there) == part.face(there) == part.report(value, there)
    assert again.brief(there) == part.brief(there)


@both
def test_private_table_is_nowhere(part, fill, value, tmp_path, here):
    screen = screen_for(changed(part, private=True), here)
    fill(screen)
    assert screen.status == "Dit bewaren we niet."
    assert part.id not in anywhere_on_disk(tmp_path)


def test_cell_of_a_table_carries_the_blank_form(monkeypatch, tmp_path):
    monkeypatch.setenv("LEEFBAAR_FOLDER", str(tmp_path))
    sessions.session.cache_clear()
    try:
        for rows in (2, ["Bewoner", "Wijkagent"]):
            shown = lt.table(
                "m9-x", title="Titel", question="Vraag?", columns={"a": "Kolom"}, rows=rows
            )
            blank = shown._repr_mimebundle_()
            field(shown.screen, "rijen--2-a").value = "Geheim antwoord"
            bundle = shown._repr_mimebundle_()
            assert bundle["text/html"] == blank["text/html"]
            assert "Kolom" in bundle["text/html"]
            assert "Geheim" not in json.dumps(bundle)
            assert Part.from_spec(bundle[MIME]["part"]) == shown.part
    finally:
        sessions.session.cache_clear()


# --- widths on paper


def test_widths_become_shares_of_the_page():
    """3, 4 and 1 of 8: 37,5%, 50% and 12,5%."""
    table = Table(("A", "B", "C"), (("", "", ""),), "Vul in", row_height_mm=9, widths=(3, 4, 1))
    soup = BeautifulSoup(to_html_fragment((table,)), "html.parser")
    assert [col["style"] for col in soup.select("colgroup col")] == [
        "width:37.5%",
        "width:50.0%",
        "width:12.5%",
    ]
    assert from_json(json.loads(json.dumps(to_json((table,))))) == (table,)
    assert to_pdf(Document("Blad", (table,)))
    equal = Table(("A", "B"), (("", ""),))
    assert "colgroup" not in to_html_fragment((equal,))
    with pytest.raises(ValueError, match="widths needs 3"):
        Table(("A", "B", "C"), (), widths=(1, 2))


# --- a year


def test_a_year_has_no_dot_and_stays_within_its_bounds():
    field = NumberField("jaar", "In welk jaar?", low=2020, high=2060, whole=True, year=True)
    assert field.read("2027") == 2027
    assert field.read("2.027") == 2027
    assert field.show(2027.0) == "2027"
    assert field.count(2027) == ["2027"]
    (box,) = field.report(2027.0)
    assert box.value == "2027"
    for text in ("2019", "2061", "27"):
        with pytest.raises(ValueError, match="van 2020 tot en met 2060"):
            field.read(text)
    with pytest.raises(ValueError, match="heel getal"):
        field.read("2027,5")
    assert NumberField("n", "Q").show(2027) == "2.027"


# --- a line that somebody made by hand


@pytest.mark.parametrize(
    ("field", "kept", "shown"),
    [
        (TextField("k", "Q"), "Iets", "Iets"),
        (TextField("k", "Q"), 1234.5, "1.234,5"),
        (TextField("k", "Q"), "half \ud83d", "half ?"),
        (TextField("k", "Q"), ["Iets"], ""),
        (TextField("k", "Q"), True, ""),
        (TextField("k", "Q"), None, ""),
        (ChoiceField("k", "Q", ("A", "B")), ["A"], ["A"]),
        (ChoiceField("k", "Q", ("A", "B")), "A", ["A"]),
        (ChoiceField("k", "Q", ("A", "B")), ["C"], ["C"]),
        (ChoiceField("k", "Q", ("A", "B")), ["A", 3, ["B"], None], ["A"]),
        (ChoiceField("k", "Q", ("A", "B")), {"A": True}, []),
        (ChoiceField("k", "Q", ("A", "B")), 1, []),
        (DoorsField("k", "Q"), 10, 10),
        (DoorsField("k", "Q"), 3.0, 3),
        (DoorsField("k", "Q"), 11, None),
        (DoorsField("k", "Q"), -1, None),
        (DoorsField("k", "Q"), 3.5, None),
        (DoorsField("k", "Q"), True, None),
        (DoorsField("k", "Q"), "7", None),
        (NumberField("k", "Q"), 3.5, 3.5),
        (NumberField("k", "Q"), "3,5", 3.5),
        (NumberField("k", "Q"), "3.5", None),
        (NumberField("k", "Q"), "veel", None),
        (NumberField("k", "Q"), "9" * 400, None),
        (NumberField("k", "Q"), float("nan"), None),
        (NumberField("k", "Q"), float("-inf"), None),
        (NumberField("k", "Q"), 10**400, None),
        (NumberField("k", "Q"), False, None),
        (NumberField("k", "Q", high=5), 9, 9),  # told when it is kept again, not lost
        (Column("k", "Q", "number"), "3,5", 3.5),
        (Column("k", "Q", "number"), "veel", "veel"),
        (Column("k", "Q", "number"), float("nan"), ""),
        (Column("k", "Q", "number"), [3], ""),
        (Column("k", "Q", "date"), "2026-11-03", "2026-11-03"),
        (Column("k", "Q", "date"), "gisteren", "gisteren"),
        (Column("k", "Q", "date"), 3, "3"),
        (Column("k", "Q"), {"a": 1}, ""),
        (COUNTS, "tekst", []),
        (COUNTS, [1, None, "x", []], []),
        (COUNTS, [{"op": 3, "weg": 1}], [{"datum": "", "aantal": "", "op": "3"}]),
    ],
)
def test_a_field_shows_what_it_can_of_what_was_kept(field, kept, shown):
    assert field.kept(kept) == shown
    assert field.kept(shown) == shown


GOAL = Goal(
    id="m9-maten",
    title="Mijn maten",
    compass={"Samenhang": "sociale_samenhang", "Weet ik niet": ""},
    ask={"kompas": "K?", "wat": "W?", "nu": "N?", "streef": "S?", "jaar": "J?"},
    plan="straatteller",
)
TELLER = Teller(id="m9-teller", title="Telkaart", question="Tellingen", rows=3, of=GOAL.id)
LOOK = Explore(
    id="m9-kijk",
    title="Kijk",
    show="samples",
    controls=(
        {"key": "aantal", "ask": "Hoeveel?", "options": {"10": {"size": 10}, "25": {"size": 25}}},
    ),
    again="Nog eens",
    settings={"share": 0.3, "truth": "buurt", "unit": "van de 100", "source": "Nagebootst."},
)
PARTS = [part for part, *_ in KINDS.values()] + [NAMED, FREE, COUNTED, GOAL, TELLER, LOOK]
by_id = {part.id: part for part in PARTS}
every = pytest.mark.parametrize("part", PARTS, ids=by_id)

WORDS = st.sampled_from(
    [
        *("", "Afval", "Rood", "10", "Samenhang", "meer", "Bewoner", "12", "3,5", "2026-11-03"),
        *("2026-02-31", "3-11-2026", LISDODDE, "GM9999", "NL00", "WK999901", "<b>&\x00", "\ud83d"),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from([10**400, -1, 0, 3, 41, float("nan"), float("inf"), 1e308, 5e-324])
    | st.floats()
    | WORDS
    | st.text(max_size=8)
)


def damaged(part):
    """Any JSON under the names that this kind uses, and some that it does not."""
    columns = [c.key for f in part.fields() for c in getattr(f, "columns", ())]
    names = [f.key for f in part.fields()] + columns
    keys = st.sampled_from([*names, "rij", "keer", "code", "seen", "guesses", "weg"])
    anything = st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )
    row = st.dictionaries(st.sampled_from([*columns, "rij"]), LEAVES | anything)
    guesses = st.fixed_dictionaries({}, optional=dict.fromkeys(GUESSES, LEAVES | anything))
    of_its_kind = {
        TableField: st.lists(row | anything, max_size=5),
        ChoiceField: st.lists(WORDS | anything, max_size=3),
    }
    known = {f.key: of_its_kind.get(type(f), LEAVES) | anything for f in part.fields()}
    known |= {"keer": anything, "code": WORDS | anything, "seen": LEAVES, "guesses": guesses}
    return st.fixed_dictionaries({}, optional=known) | st.dictionaries(keys, anything) | anything


def answer(part, value, at="2026-11-22T09:05"):
    return Answer(part.id, part.kind, {}, None, value, at)


def by_hand(folder, part, value, at="2026-11-22T09:05+01:00", prompt=None):
    """Write a line as somebody with an editor would: nothing is checked."""
    name = "_groep" if part.kind == "tally" else "Deelnemer 1"
    path = Path(folder) / "antwoorden" / f"{name}.jsonl"
    path.parent.mkdir(exist_ok=True)
    line = {
        "exercise": part.id,
        "kind": part.kind,
        "prompt": prompt,
        "plan": part.plan,
        "value": value,
        "at": at,
        "format": 1,
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return path


@every
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_damaged_value_stops_a_report_or_a_count(part, data):
    value = data.draw(damaged(part))
    blocks = part.face(context({part.id: answer(part, value)}))
    assert part.title in to_html_fragment(blocks)
    json.dumps(to_json(blocks))
    if isinstance(value, dict):
        counted = part.group(value)
        assert all(isinstance(label, str) for labels in counted.values() for label in labels)


@every
@settings(deadline=None, max_examples=25)
@given(data=st.data(), at=st.text(max_size=12) | st.just("2026-11-22"))
def test_no_damaged_value_stops_a_screen_and_the_line_stays(part, data, at):
    value = data.draw(damaged(part))
    with tempfile.TemporaryDirectory() as folder:
        path = by_hand(folder, part, value, at)
        before = path.read_bytes()
        here = Session(Path(folder), strict=True)
        screen = screen_for(part, here)
        here.flush()
        here.area_changed()
        assert here.errors == []
        assert path.read_bytes() == before, "showing an answer is not answering"
        # One goes on as if nothing happened.
        for widget in walk(screen.widget):
            if "leefbaar-veld" not in widget._dom_classes:
                continue
            if isinstance(widget, widgets.RadioButtons | widgets.Dropdown):
                widget.index = 1 if widget.index != 1 else 0
            elif isinstance(widget, widgets.Checkbox):
                widget.value = False
            else:
                widget.value = ""
        here.flush()
        assert here.errors == []
        assert path.read_bytes().startswith(before), "only ever added to"
        here.switch("Merel")
        here.switch("Deelnemer 1")
        assert here.errors == []
        Session(None)


@settings(deadline=None, max_examples=60)
@given(value=damaged(AREA))
@example(value={"code": "GM9999"})
@example(value={"code": "NL00"})
@example(value={"code": ["BU99990101"]})
def test_a_damaged_choice_of_buurt_shows_the_usual_one(value):
    answers = {AREA.id: answer(AREA, value)}
    area = context().area
    code = chosen_code(answers, Atlas())
    assert code is None or area.level(code) in ("buurt", "wijk")
    there = context(answers, code or DEFAULT_AREA)
    for part in PARTS:
        to_html_fragment(part.face(there))


def sheet(parts, answers, code=LISDODDE):
    """The sheet of somebody, from a notebook that was run: its outputs carry the parts."""
    ran = nbformat.v4.new_notebook(metadata={"leefbaar": {"title": "Proef"}})
    for part in parts:
        output = nbformat.v4.new_output(
            "display_data", {MIME: {"part": json.loads(json.dumps(part.spec()))}}
        )
        cell = nbformat.v4.new_code_cell("", id=part.id, outputs=[output])
        ran.cells.append(cell)
    reader = handouts.Reader(code=code, name="Merel", answers=answers)
    return handouts.make_document(ran, reader)


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_no_damaged_journal_stops_a_handout(data):
    values = {part.id: data.draw(damaged(part)) for part in PARTS}
    page = to_html(sheet(PARTS, {id: answer(by_id[id], value) for id, value in values.items()}))
    for part in PARTS:
        assert part.title in page


HAND_MADE = {
    "wrong types": dict.fromkeys(
        ["wat", "keuze", "code", "rijen", "stippen", "kompas", "nu", "streef", "jaar", "straat"], 7
    ),
    "lists": {
        key: [[1], {}]
        for key in ("wat", "keuze", "code", "rijen", "stippen", "kompas", "nu", "aantal", "guesses")
    },
    "missing keys": {},
    "options that no longer exist": {"keuze": ["Weg"], "kompas": ["Weg"], "aantal": ["7 mensen"]},
    "no date": {"stippen": [{"datum": "2026-02-31", "aantal": 3}, {"datum": "ooit", "aantal": 1}]},
    "numbers as text": {"nu": "12", "streef": "veel", "stippen": [{"aantal": "3"}], "1": "2"},
    "not a number": {"nu": float("nan"), "streef": float("inf"), "keer": 1e300, "1": float("nan")},
    "half letters": {"wat": "\ud83d", "straat": "\x00", "rijen": [{"rij": "\ud83d", "weet": "a"}]},
    "very long": {"wat": "a" * 4000, "rijen": [{"plek": "b" * 4000}] * 30, "keer": 10**9},
}


@pytest.mark.parametrize("value", HAND_MADE.values(), ids=HAND_MADE)
def test_a_hand_made_journal_still_gives_both_sheets(value):
    document = sheet(PARTS, {part.id: answer(part, value) for part in PARTS})
    assert to_pdf(document)
    page = BeautifulSoup(to_html(document), "html.parser").get_text()
    assert all(part.title in page for part in PARTS)


def test_what_can_still_be_read_of_a_damaged_line_is_told():
    there = context({GOAL.id: answer(GOAL, {"wat": "Zakken", "nu": "12", "streef": [9]})})
    # The compass figure, the words, the number now, the target and the year.
    said = list(nodes(GOAL.face(there), (Said, NumberBox)))
    told = [s.value if isinstance(s, NumberBox) else s.text for s in said]
    assert told == ["Zakken", "12", None, None]
    assert next(iter(nodes(GOAL.face(there), Boxes))).chosen == (), "there to tick"
    one = KINDS["one"][0]
    (boxes,) = nodes(one.face(context({one.id: answer(one, {"keuze": "Rood"})})), Boxes)
    assert boxes.chosen == ("Rood",)
    guessed = {
        "code": LISDODDE,
        "seen": True,
        "guesses": {"alleen": 3, "ouderen": 5, "kennen": "x"},
    }
    text = written(ESTIMATE.report(guessed, context()))
    assert "Jij dacht: 3 van de 10." in text
    assert [row.filled for row in nodes(ESTIMATE.report(guessed, context()), DoorRow)] == [None]
    rows = {"rijen": [{"rij": "Bewoner", "weet": 3}, 7, {"rij": ["x"], "vraag": "Toch?"}]}
    assert cells(NAMED.report(rows, context())) == [
        ["Bewoner", "3", ""],
        ["Wijkagent", "", ""],
        ["Huismeester", "", ""],
        ["", "", "Toch?"],
    ]


def test_what_can_still_be_read_of_a_damaged_line_is_on_screen(tmp_path):
    by_hand(tmp_path, NAMED, {"rijen": [{"rij": "Wijkagent", "weet": 3}, {"vraag": "Toch?"}, None]})
    by_hand(tmp_path, COUNTED, {"stippen": [{"datum": "ooit", "aantal": "veel", "op": "Ja"}]})
    here = Session(tmp_path, strict=True)
    named, counted = screen_for(NAMED, here), screen_for(COUNTED, here)
    assert field(named, "rijen--2-weet").value == "3"
    assert field(named, "rijen--4-vraag").value == "Toch?"
    assert field(named, "rijen--4-vraag").description == "Wat vraag je?, rij 4"
    assert typed(counted)[0] == {"datum": "ooit", "aantal": "veel", "op": "Ja"}
    field(counted, "stippen--2-op").value = "Nog"
    assert "Let op rij 1, datum: “ooit” kan ik niet" in counted.status
    field(counted, "stippen--1-datum").value = "3-11-2026"
    field(counted, "stippen--1-aantal").value = "4"
    assert newest(tmp_path, COUNTED)["stippen"][0] == {
        "datum": "2026-11-03",
        "aantal": 4,
        "op": "Ja",
    }


def test_a_line_with_a_damaged_moment_is_still_kept(tmp_path):
    by_hand(tmp_path, FREE, FREE_VALUE, at="gisteren")
    screen = screen_for(FREE, Session(tmp_path, strict=True))
    assert screen.status == "✔ Bewaard"
    assert field(screen, "rijen--1-plek").value == "De speeltuin"


def test_a_damaged_tally_counts_what_it_can(tmp_path):
    by_hand(tmp_path, TALLY, {"1": "3", "2": -4})
    here = Session(tmp_path, strict=True)
    screen = screen_for(TALLY, here)
    assert field(screen, "1").value == "3"
    assert TALLY.figure({"1": "3", "2": -4}).description == "Goed: 3. Zo: 0."
    assert here.errors == []
