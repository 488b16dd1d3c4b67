"""Meeting 2 in a real browser: an order by keyboard, and own months that are there again."""

import re

import pytest
from browser_room import begin_as, exercise, launched, on, opened, tab_to
from playwright.sync_api import expect

from leefbaar_tools.dutch import MONTHS
from leefbaar_tools.exercises.counted import read_meeting
from leefbaar_tools.exercises.months import Months
from leefbaar_tools.exercises.rank import Rank
from leefbaar_tools.resources import meetings

SAVED = re.compile("✔ Bewaard")
PARTS = read_meeting(next(p for p in meetings() if p.name.startswith("2-"))).exercises.values()
RANK, OWN = (next(part for part in PARTS if type(part) is kind) for kind in (Rank, Months))


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("twee"), "2") as room:
        yield room


@pytest.fixture(scope="module")
def sheet(room):
    with launched() as chromium, on(chromium, room) as page:
        yield page


@pytest.fixture
def me(request):
    return f"Vogel {request.node.name[:20]}"


@pytest.fixture
def page(sheet, me):
    """The one page, with somebody new."""
    begin_as(sheet, me)
    return sheet


def kept(frame) -> None:
    expect(frame.locator(".leefbaar-status").filter(has_text=SAVED)).to_be_visible()


def places(frame):
    return frame.locator(".leefbaar-plek")


def test_an_order_by_keyboard_follows_the_focus_and_is_there_after_a_reload(page, room, me):
    frame = exercise(page, RANK.title)
    first, second, third = RANK.options[:3]
    up = frame.get_by_role("button", name=f"Omhoog: {third}", exact=True)
    frame.get_by_role("button", name=f"Omlaag: {first}", exact=True).focus()
    tab_to(page, up, most=8)
    page.keyboard.press("Enter")
    expect(places(frame).nth(1)).to_contain_text(third)
    expect(frame.get_by_role("status").filter(has_text="staat nu op plek 2")).to_be_visible()
    # The focus went along: the same key moves the same option on, to the top.
    page.keyboard.press("Enter")
    expect(places(frame).first).to_contain_text(third)
    # Found by its focus: the rows get their names one by one, so two can have one for a moment.
    expect(frame.locator("button:focus")).to_have_text(f"Omlaag: {third}")
    kept(frame)
    wanted = [third, first, second, *RANK.options[3:]]
    assert room.answers(me)[RANK.id]["volgorde"] == wanted
    page.reload()
    for place, option in enumerate(wanted):
        expect(places(frame).nth(place)).to_contain_text(option)


def test_arrows_are_large_enough_and_show_their_sign(page):
    frame = exercise(page, RANK.title)
    arrows = frame.locator(".leefbaar-pijl:visible")
    expect(arrows).to_have_count(2 * len(RANK.options) - 2)
    for arrow in arrows.all():
        box = arrow.bounding_box()
        assert min(box["width"], box["height"]) >= 24, box
    for name, mark in (("op", "↑"), ("neer", "↓")):
        content = frame.locator(f".leefbaar-{name}").first.evaluate(
            "node => getComputedStyle(node, '::before').content"
        )
        assert mark in content
    # The arrows' own rule leaves every other button its words.
    agree = frame.get_by_role("button", name="Deze volgorde klopt", exact=True)
    assert agree.bounding_box()["width"] > 100
    assert agree.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 12


def test_own_months_are_drawn_in_their_band_and_there_after_a_reload(page, room, me):
    frame = exercise(page, OWN.title)
    cells = [
        frame.get_by_role("textbox", name=f"Vorig jaar, {month}", exact=True) for month in MONTHS
    ]
    for cell, count in zip(cells, [4, 5, 3, 6, 4, 5, 30, 4, 6, 5, 3, 4], strict=True):
        cell.fill(str(count))
    cells[-1].press("Tab")
    figure = frame.locator("figure").first
    expect(figure).to_contain_text("Jouw 12 maanden: één stip buiten de band")
    expect(figure).to_contain_text("Binnen de band betekent niet dat niemand last heeft.")
    expect(frame).to_contain_text(OWN.words["outside"][:40])
    kept(frame)
    page.reload()
    expect(cells[6]).to_have_value("30")
    expect(figure).to_contain_text("één stip buiten de band")
    table = room.answers(me)[OWN.id]["maanden"]
    assert [row["vorig"] for row in table][6] == 30


def test_on_a_small_screen_nothing_is_cut_off(page):
    page.set_viewport_size({"width": 420, "height": 800})
    try:
        for part in (RANK, OWN):
            frame = exercise(page, part.title)
            wide = frame.evaluate("node => node.scrollWidth - node.clientWidth")
            assert wide <= 1, part.title
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
