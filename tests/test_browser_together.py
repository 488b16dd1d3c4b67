"""Meeting 4 in a real browser: the network map and the chips, with keyboard and by name."""

import re

import pytest
from browser_room import begin_as, exercise, launched, on, opened, tab_to
from playwright.sync_api import expect

SAVED = re.compile("✔ Bewaard")


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("vier"), "4") as room:
        yield room


@pytest.fixture(scope="module")
def sheet(room):
    with launched() as chromium, on(chromium, room) as page:
        yield page


@pytest.fixture
def page(sheet, request):
    """The one page, with somebody new."""
    begin_as(sheet, f"Vogel {request.node.name[:20]}")
    return sheet


def kept(frame) -> None:
    expect(frame.locator(".leefbaar-status").filter(has_text=SAVED)).to_be_visible()


def test_chips_are_laid_with_the_keyboard_and_every_change_is_announced(page, room, request):
    frame = exercise(page, "Mijn twintig fiches")
    more = frame.get_by_role("button", name="Overleg: een fiche erbij", exact=True)
    more.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    status = frame.get_by_role("status").filter(has_text="over.")
    expect(status).to_have_text("Nog 17 fiches over.")
    tab_to(page, frame.get_by_role("textbox", name="Meldingen, schrijven en bellen"), most=2)
    page.keyboard.type("30")
    expect(frame.get_by_role("status").filter(has_text="liggen")).to_contain_text(
        "Alle 20 fiches liggen. Meer past niet"
    )
    kept(frame)
    laid = room.answers(f"Vogel {request.node.name[:20]}")["m4-fiches"]["fiches"]
    assert {row["rij"]: row["aantal"] for row in laid} == {
        "Overleg": 3,
        "Meldingen, schrijven en bellen": 17,
    }


def test_buttons_are_large_enough_and_show_their_sign(page):
    frame = exercise(page, "Mijn twintig fiches")
    buttons = frame.locator(".leefbaar-plusmin")
    assert buttons.count() == 16
    for button in buttons.all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24, box
    sign = buttons.last.evaluate("node => getComputedStyle(node, '::before').content")
    assert "+" in sign


def test_a_partner_is_written_and_drawn_and_there_again_after_a_reload(page, room, request):
    frame = exercise(page, "Mijn netwerkkaart")
    partner = frame.get_by_role("group", name="Partner 1", exact=True)
    partner.get_by_label("Wie? (functie of organisatie)").fill("Wijkagent")
    partner.get_by_label("Hoe vaak spreek je ze?").select_option("soms")
    partner.get_by_label("Hangt alleen aan mij").check()
    expect(frame.locator("figcaption, figure").first).to_contain_text("hangt alleen aan jou")
    kept(frame)
    page.reload()
    expect(partner.get_by_label("Wie? (functie of organisatie)")).to_have_value("Wijkagent")
    expect(partner.get_by_label("Hangt alleen aan mij")).to_be_checked()
    name = f"Vogel {request.node.name[:20]}"
    (tie,) = room.answers(name)["m4-netwerk"]["banden"]
    assert (tie["wie"], tie["hoe"], tie["alleen"]) == ("Wijkagent", "soms", "hangt alleen aan jou")


def test_on_a_small_screen_nothing_is_cut_off(page):
    page.set_viewport_size({"width": 420, "height": 800})
    try:
        for title in ("Mijn netwerkkaart", "Mijn twintig fiches"):
            frame = exercise(page, title)
            wide = frame.evaluate("node => node.scrollWidth - node.clientWidth")
            assert wide <= 1, title
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
