"""The veranderverhaal: short fields in rows, drawn with boxes and arrows."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leefbaar_tools import figures
from leefbaar_tools.answers import Answer
from leefbaar_tools.areas import sample_city
from leefbaar_tools.exercises import recall
from leefbaar_tools.exercises.diagram import Diagram
from leefbaar_tools.exercises.parts import Context, Part
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.figures import effects as drawing
from leefbaar_tools.figures import sheet
from leefbaar_tools.paper import Document, FigureBlock, Said, Together, to_html, to_pdf

COLUMNS = {
    "als": "Als ik …",
    "dan": "dan …",
    "daardoor": "en daardoor …",
    "want": "want …",
    "weet": "Hoe weet je dat?",
}
STORY = Diagram(
    id="m9-verhaal",
    title="Mijn verhaal",
    question="Iets wat je al doet",
    columns=COLUMNS,
    missing="Dat ga ik nog vragen.",
    picture="Zo werkt het",
)
FIRST = {
    "als": "elke dinsdag bij de ingang zit",
    "dan": "maken mensen een praatje",
    "daardoor": "durven ze elkaar aan te spreken",
    "want": "wie elkaar ziet, gaat groeten",
    "weet": "",
}
SECOND = {**FIRST, "als": "nieuwe huurders bezoek", "weet": "drie mensen noemden mijn naam"}
VALUE = {"ketens": [FIRST, SECOND]}
CONTEXT = Context(sample_city(), "BU99990101")


def answered(value, exercise=STORY) -> Context:
    answer = Answer(exercise.id, exercise.kind, exercise.prompt(), None, value, "2026-11-25")
    return replace(CONTEXT, answers={exercise.id: answer})


def blocks_in(blocks, kind):
    for block in blocks:
        if isinstance(block, kind):
            yield block
        if isinstance(block, Together):
            yield from blocks_in(block.blocks, kind)


def words_of(figure) -> list[str]:
    """Return what is drawn, by the outlines of the letters: each line of text has one."""
    return re.findall(r'translate\([^"]+\)" fill="[^"]+" d="([^"]+)"', figure.svg)


def drawn(text: str, weight="normal") -> str:
    return sheet.outline(" ".join(text.split()), weight)


def edges(figure) -> list[str]:
    """Return the dashes of every box and arrow, in the order drawn."""
    return re.findall(r'stroke-width="0.8" stroke-dasharray="([^"]+)"', figure.svg)


# --- the picture


def test_every_word_is_drawn_and_said():
    figure = STORY.figure(VALUE)
    lines = set(words_of(figure))
    for row in (FIRST, SECOND):
        for key, text in row.items():
            width = {"want": 99, "weet": 72}.get(key, 54) - 2 * drawing.PAD
            assert {drawn(line) for line in sheet.wrap(text, width)} <= lines
            assert " ".join(text.split()) in figure.description
    assert "Verhaal 2." in figure.description


def test_an_assumption_nobody_knows_is_marked_by_line_and_words():
    unknown, known = (STORY.figure({"ketens": [row]}) for row in (FIRST, SECOND))
    assert "Dat ga ik nog vragen." in unknown.description
    assert "Dat ga ik nog vragen." not in known.description
    assert len(set(edges(unknown))) == 2  # dashed reason, dotted question
    assert edges(known) == []


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.sampled_from(list(COLUMNS)), st.text(max_size=150), min_size=1))
@example(dict.fromkeys(COLUMNS, "W" * 60))
@example(dict.fromkeys(COLUMNS, "een\ntwee\n\n\ndrie"))
def test_words_are_wrapped_inside_their_boxes(row):
    figure = STORY.figure({"ketens": [row]})
    if figure is None:
        assert not STORY.told({"ketens": [row]}) or STORY.seen({"ketens": [row]})
        return
    height = float(re.search(r'viewBox="0 0 180 ([\d.]+)"', figure.svg).group(1))
    assert height <= drawing.TALLEST + 1
    lefts = (0, 63, 126, 108)
    for x, y in re.findall(r"translate\((-?[\d.]+) (-?[\d.]+)\)", figure.svg):
        assert 0 <= float(y) <= height
        assert any(abs(float(x) - left - drawing.PAD) < 1 for left in lefts), x


def test_a_long_story_gets_a_picture_each_and_a_very_long_one_words():
    long = dict.fromkeys(COLUMNS, "woord " * 25)
    two = STORY.seen({"ketens": [long, long]})
    assert [type(block) for block in two] == [FigureBlock, FigureBlock]
    longest = dict.fromkeys(COLUMNS, "woord " * 600)
    (words, picture) = STORY.seen({"ketens": [longest, FIRST]})
    assert isinstance(picture, FigureBlock)
    told = list(blocks_in([words], Said))
    assert [said.text for said in told] == [longest["als"]] * 5
    assert to_pdf(Document("Blad", STORY.report({"ketens": [longest, long]}, CONTEXT)))


def test_the_arrow_of_the_reason_keeps_clear_of_the_arrow_between_the_steps():
    figure = STORY.figure({"ketens": [SECOND]})
    runs = [
        [tuple(map(float, point.split())) for point in d[1:].split("L")]
        for d in re.findall(r'd="(M[^"Qz]+)"', figure.svg)
    ]
    heads = [run for run in runs if len(run) == 3]
    (up,) = [run for run in heads if run[0][1] == run[2][1]]
    for head in heads:
        if head is not up and head[1][1] < up[1][1]:  # those of the steps, above it
            assert max(y for _, y in head) < min(y for _, y in up)


def test_one_step_or_two_will_do():
    for steps in (1, 2):
        keys = ["als", "dan"][:steps] + ["want", "weet"]
        story = replace(STORY, columns={key: COLUMNS[key] for key in keys})
        assert story.figure({"ketens": [FIRST]}).description.startswith("Als ik")
    with pytest.raises(ValueError, match="one to three steps"):
        figures.change_story("T", [((), ("w", ""), ("h", ""))], "m")


# --- what a notebook may ask


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"als": "Als", "want": "want"}},
        {"columns": {"want": "want", "weet": "Hoe"}},
        {"columns": {**COLUMNS, "en": "en"}},
        {"chains": 0},
        {"chains": 4},
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="m9-verhaal"):
        replace(STORY, **wrong)


def test_round_trip_as_json():
    spec = json.loads(json.dumps(STORY.spec()))
    assert Part.from_spec(spec).spec() == STORY.spec()


# --- four faces


def test_paper_is_an_empty_diagram_with_the_headings():
    (form,) = blocks_in(STORY.paper(CONTEXT), FigureBlock)
    for heading in COLUMNS.values():
        assert drawn(heading, "bold") in form.svg
    assert "stroke-dasharray" not in form.svg  # nothing is missing on a blank form
    assert drawn("Dat ga ik nog vragen.") not in form.svg
    assert to_pdf(Document("Blad", STORY.paper(CONTEXT)))
    assert STORY.face(CONTEXT) == STORY.paper(CONTEXT)


def test_report_is_the_diagram_in_own_words():
    blocks = STORY.face(answered(VALUE))
    (picture,) = blocks_in(blocks, FigureBlock)
    assert FIRST["als"] in picture.alt
    assert picture.title == "Zo werkt het"
    html = to_html(Document("Blad", blocks))
    assert "Mijn verhaal" in html
    assert STORY.report({"ketens": []}, CONTEXT) == STORY.paper(CONTEXT), "boxes to write in"


def test_group_counts_only_whether_one_knows():
    counted = STORY.group(VALUE)
    assert counted == {"weet": ["Dat ga ik nog vragen.", "Hoe weet je dat?"]}
    assert FIRST["als"] not in str(counted)
    assert replace(STORY, private=True).group(VALUE) == {}


def test_the_facilitators_sheet_asks_without_room_to_write():
    (line,) = STORY.brief(CONTEXT)
    assert "Als ik … dan …" in str(line)


def test_a_journal_line_can_be_read_alone():
    answer = answered(VALUE).answers["m9-verhaal"]
    (asked, words) = recall.said(answer)[0]
    assert asked == "Iets wat je al doet"
    assert words.splitlines()[0].startswith("elke dinsdag bij de ingang zit · maken mensen")
    assert answer.prompt["fields"]["ketens"]["columns"] == COLUMNS


# --- on screen


@pytest.fixture
def screen(tmp_path):
    return screen_for(STORY, Session(tmp_path, strict=True))


def box(screen, key, row=1):
    return screen.controls["ketens"]._boxes[row - 1][key]


def test_the_diagram_follows_what_is_typed_and_comes_back(screen, tmp_path):
    assert screen._picture.value == ""
    box(screen, "als").value = "langsloop"
    box(screen, "weet", 2).value = "zelf gezien"
    assert "langsloop" in screen._picture.value
    assert "zelf gezien" in screen._picture.value
    screen.flush()
    again = screen_for(STORY, Session(tmp_path, strict=True))
    assert box(again, "als").value == "langsloop"
    assert "langsloop" in again._picture.value
    assert len(STORY.told(again.newest().value)) == 2


def test_each_field_has_a_name_of_its_own(screen):
    boxes = [b for row in screen.controls["ketens"]._boxes for b in row.values()]
    names = [b.description for b in boxes]
    assert len(set(names)) == len(names) == 10
    assert names[0] == "Als ik …, rij 1"


def test_another_participant_never_sees_the_picture_of_the_last(screen):
    box(screen, "als").value = "langsloop"
    screen.flush()
    screen.session.new("Merel")
    assert screen._picture.value == ""
    assert box(screen, "als").value == ""


# --- damage


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from(["ketens", "rij", *COLUMNS]), part, max_size=6)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=80)
@given(st.dictionaries(st.sampled_from(["ketens", "x"]), JSON))
@example({"ketens": [{"als": float("nan"), "want": 3.5, "weet": True}]})
@example({"ketens": [{"als": "\ud800"}]})
@example({"ketens": [{"als": "   "}]})
@example({"ketens": [FIRST] * 9})
def test_what_stands_in_a_journal_never_raises(value):
    to_html(Document("Blad", STORY.face(answered(value))))
    assert set(STORY.group(value)) == {"weet"}
