"""Meeting 4 in a real browser: the network map and the chips, with keyboard and by name."""

import re

import pytest
from browser_room import begin_as, exercise, launched, on, opened, ready, tab_to
from playwright.sync_api import expect

SAVED = re.compile("✔ Bewaard")


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("vier"), "4") as room:
        yield room


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def sheet(chromium, room):
    with on(chromium, room) as page:
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


LONG = "Als ik de sleutels breng, vraag ik hoe het gaat. " * 4
HIDDEN = "node => node.scrollHeight - node.clientHeight"


def grows(page) -> None:
    """A box shows all that is in it, on every width and with every size of letters."""
    partner = exercise(page, "Mijn netwerkkaart").get_by_role("group", name="Partner 1", exact=True)
    table = exercise(page, "Waar vraag ik het?")
    boxes = [partner.get_by_label("Wat brengen ze?"), table.get_by_role("textbox").first]
    for box in boxes:
        empty = box.bounding_box()["height"]
        box.fill(LONG)
        box.page.wait_for_function(f"node => ({HIDDEN})(node) <= 1", arg=box.element_handle())
        assert box.bounding_box()["height"] > 2 * empty
    kept(exercise(page, "Waar vraag ik het?"))
    page.reload()
    larger = page.get_by_role("button", name="Letters groter")
    try:
        for box in boxes:
            expect(box).to_have_value(LONG.strip())
        for width in (1280, 420):
            page.set_viewport_size({"width": width, "height": 900})
            for box in boxes:
                page.wait_for_function(f"node => ({HIDDEN})(node) <= 1", arg=box.element_handle())
        larger.click()
        for box in boxes:
            page.wait_for_function(f"node => ({HIDDEN})(node) <= 1", arg=box.element_handle())
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_role("button", name="Letters kleiner").click()


def test_a_box_grows_with_its_text(page):
    grows(page)


def test_a_list_to_choose_from_has_its_arrow_and_stands_level(page):
    partner = exercise(page, "Mijn netwerkkaart").get_by_role("group", name="Partner 1", exact=True)
    often, who = partner.get_by_label("Hoe vaak spreek je ze?"), partner.get_by_label("Wie?")
    assert "svg" in often.evaluate("node => getComputedStyle(node).backgroundImage")
    for side in ("y", "height"):
        assert abs(often.bounding_box()[side] - who.bounding_box()[side]) < 1, side


def test_the_ring_of_a_field_leaves_its_label_free(page):
    partner = exercise(page, "Mijn netwerkkaart").get_by_role("group", name="Partner 1", exact=True)
    field = partner.get_by_label("Wie?")
    field.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    ring, free = field.evaluate(
        """node => {
            const style = getComputedStyle(node);
            const label = node.parentElement.querySelector('.widget-label').getBoundingClientRect();
            return [parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset),
                    node.getBoundingClientRect().top - label.bottom];
        }"""
    )
    assert 3 <= ring <= free


def test_a_table_alone_takes_the_width_and_breaks_no_word(page):
    frame = exercise(page, "Wat past er, en waar kantelt het?")
    frame.get_by_label("Als de uren anders zijn").check()
    table = frame.get_by_role("table")
    expect(table).to_contain_text("dan valt")
    outer, inner = frame.bounding_box(), table.bounding_box()
    assert inner["width"] > 0.8 * outer["width"]
    assert inner["height"] < 900  # one screen
    question = frame.get_by_role("textbox").bounding_box()
    assert question["y"] > inner["y"] + inner["height"]
    cell = table.get_by_role("cell").first
    assert cell.evaluate("node => getComputedStyle(node).overflowWrap") == "break-word"


def test_on_a_small_screen_nothing_is_cut_off(page):
    page.set_viewport_size({"width": 420, "height": 800})
    try:
        for title in ("Mijn netwerkkaart", "Mijn twintig fiches"):
            frame = exercise(page, title)
            wide = frame.evaluate("node => node.scrollWidth - node.clientWidth")
            assert wide <= 1, title
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_box_grows_in_a_browser_that_cannot_do_it_by_itself(chromium, tmp_path):
    with opened(tmp_path, "4") as room, on(chromium, room) as page:
        page.add_init_script("""
            CSS.supports = () => false;
            addEventListener('DOMContentLoaded', () => {
                const style = document.createElement('style');
                style.textContent = 'textarea { field-sizing: fixed !important }';
                document.body.append(style);
            });
        """)
        page.reload()
        ready(page)
        begin_as(page, "Vogel zonder")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('textarea')).fieldSizing")
            == "fixed"
        )
        grows(page)
