"""Choosing a real buurt by typing part of its name, in a real browser."""

import contextlib
import re

import pytest
import real_area
from browser_room import came_back, exercise, launched, on, opened, ready, saved, tab_to
from playwright.sync_api import TimeoutError, expect
from real_area import code_of

from leefbaar_tools.atlas import Atlas
from leefbaar_tools.exercises.counted import read_meeting
from leefbaar_tools.resources import meetings

MEETING = read_meeting(meetings()[0]).exercises
OWN = code_of("BU99990201")  # not the one that is shown when nothing is chosen
OTHER = re.compile("Karekietbuurt")


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("echt")
    real_area.fill(folder)
    with opened(folder) as room:
        yield room


@pytest.fixture(scope="module")
def page(room):
    with launched() as browser, on(browser, room) as page:
        yield page


def frame(page, id):
    return exercise(page, MEETING[id].title)


def search(page):
    return frame(page, "m1-buurt").get_by_role("textbox", name=MEETING["m1-buurt"].question)


def all_found(page, room, text):
    """Wait for the buttons of the last key: each key may give other ones."""
    places = Atlas.of(room.folder).find(text)
    expect(frame(page, "m1-buurt").locator(".leefbaar-gevonden button")).to_have_count(len(places))


def follows(page, name):
    """Every figure of the page about a buurt is about this one."""
    for id in ("m1-profiel", "m1-kaart", "m1-lijken", "m1-jaren"):
        expect(frame(page, id).locator(".leefbaar")).to_contain_text(name, timeout=15_000)


def test_a_buurt_is_found_by_keyboard_and_the_whole_page_follows(page, room):
    search(page).press_sequentially("maald")
    found = frame(page, "m1-buurt").get_by_role("button", name=re.compile("Maalderijbuurt"))
    all_found(page, room, "maald")
    expect(found).to_be_visible()
    assert found.bounding_box()["height"] >= 24
    tab_to(page, found)
    page.keyboard.press("Enter")
    saved(frame(page, "m1-buurt"))
    expect(frame(page, "m1-buurt")).to_contain_text("Gekozen: Maalderijbuurt (buurt in")
    expect(found).to_have_count(0)
    assert room.answers()["m1-buurt"]["code"] == OWN
    follows(page, "Maalderijbuurt")
    sources = frame(page, "m1-kaart").locator(".leefbaar figcaption").all_inner_texts()
    assert all("voorbeelddata" not in source for source in sources)
    assert any("CBS, Kerncijfers wijken en buurten" in source for source in sources)


def test_after_a_reload_and_a_dead_kernel_the_choice_is_still_there(page, room):
    page.reload()
    ready(page)
    expect(frame(page, "m1-buurt")).to_contain_text("Gekozen: Maalderijbuurt")
    follows(page, "Maalderijbuurt")
    room.kernel().kill()
    came_back(page)
    expect(frame(page, "m1-buurt")).to_contain_text("Gekozen: Maalderijbuurt")
    assert room.answers()["m1-buurt"]["code"] == OWN


def test_typing_on_while_the_choice_is_made_never_chooses_another(page, room):
    """A search that still has to come in cannot turn a button into one of another place."""
    search(page).press_sequentially("kareki")
    button = frame(page, "m1-buurt").get_by_role("button", name=OTHER)
    all_found(page, room, "kareki")
    before, named = room.answers()["m1-buurt"]["name"], button.inner_text()
    search(page).press_sequentially("zzz")
    # What was clicked may be gone already; then nothing is chosen, and never another place.
    with contextlib.suppress(TimeoutError):
        button.click(timeout=1000)
    expect(button).to_have_count(0)
    assert room.answers()["m1-buurt"]["name"] in (before, named)
    search(page).fill("kareki")
    all_found(page, room, "kareki")
    button.click()
    expect(frame(page, "m1-buurt")).to_contain_text(f"Gekozen: {named}")
    assert room.answers()["m1-buurt"]["name"] == named


def test_the_sample_city_is_still_there_to_choose(page, room):
    frame(page, "m1-buurt").get_by_role("combobox").select_option(index=2)
    expect(frame(page, "m1-buurt")).not_to_contain_text("Gekozen:")
    expect(frame(page, "m1-kaart").locator(".leefbaar")).to_contain_text("voorbeelddata")
    assert room.answers()["m1-buurt"]["code"].startswith("BU9999")
