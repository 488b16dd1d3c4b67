"""The veranderverhaal in a real browser: written with the keyboard, drawn, kept, never cut off."""

import pytest
from browser_room import begin_as, exercise, launched, on, opened, saved, tab_to
from playwright.sync_api import expect

TITLE = "Mijn veranderverhaal"
WORDS = {
    "Als ik …": "elke dinsdag om vier uur bij de ingang zit",
    "dan …": "maken mensen een praatje",
    "want …": "wie elkaar ziet, gaat elkaar groeten",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("verhaal"), "3") as room:
        yield room


@pytest.fixture(scope="module")
def page(room):
    with launched() as chromium, on(chromium, room) as page:
        yield page


def box(frame, column, row=1):
    return frame.get_by_role("textbox", name=f"{column}, rij {row}", exact=True)


def test_a_story_is_written_drawn_and_kept(page, room):
    begin_as(page, "Merel")
    frame = exercise(page, TITLE)
    expect(frame.locator("svg")).to_have_count(0)
    box(frame, "Als ik …").focus()
    for column, words in WORDS.items():
        tab_to(page, box(frame, column))
        page.keyboard.type(words)
    saved(frame)
    drawing = frame.get_by_role("img")
    expect(drawing).to_have_count(1)
    for words in WORDS.values():
        assert words in drawing.get_attribute("aria-label")
    (row,) = room.answers("Merel")["m3-veranderverhaal"]["ketens"]
    assert set(WORDS.values()) < set(row.values())
    # What nobody knows yet is marked by its line, until somebody says how they know.
    assert drawing.locator("path[stroke-dasharray]").count() >= 3
    box(frame, "Hoe weet je dat?").fill("zelf geteld")
    expect(drawing.locator("path[stroke-dasharray]")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 800, 420])
def test_no_field_and_no_drawing_is_cut_off(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    frame = exercise(page, TITLE)
    box(frame, "Als ik …").fill("een stap")
    frame.scroll_into_view_if_needed()
    outer = frame.bounding_box()
    parts = [*frame.get_by_role("textbox").all(), *frame.get_by_role("img").all()]
    assert len(parts) == 6
    for part in parts:
        inner = part.bounding_box()
        assert inner["x"] >= outer["x"] - 1
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
        assert inner["height"] >= 24
    page.set_viewport_size({"width": 1280, "height": 900})


def test_somebody_else_begins_with_nothing(page):
    begin_as(page, "Spreeuw")
    frame = exercise(page, TITLE)
    expect(box(frame, "Als ik …")).to_have_value("")
    expect(frame.get_by_role("img")).to_have_count(0)
