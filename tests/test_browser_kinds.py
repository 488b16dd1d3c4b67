"""Tables, the goal, the telkaart, explorers and the map of meeting 1, in a real browser.

The words come from the notebook: what is tested is how a kind behaves, not what it asks.
"""

import ast
import json
import re
from types import SimpleNamespace

import pytest
from browser_room import (
    ENGLISH,
    begin_as,
    came_back,
    exercise,
    launched,
    on,
    opened,
    ready,
    saved,
    tab_to,
)
from playwright.sync_api import Page, expect

from leefbaar_tools.resources import meetings

TIMES = re.compile(r"\d keer \d+ mensen")
PRIVATE, SECRET = "m1-situatie", "zonderlingewoorden"
PHONE = "Bel 06-12345678"  # looks like personal data, so it is not kept


def calls() -> dict:
    """What each cell of meeting 1 calls, and with which words."""
    notebook = json.loads(meetings()[0].read_text(encoding="utf-8"))
    found = {}
    for cell in notebook["cells"]:
        source = "".join(cell["source"]) if cell["cell_type"] == "code" else ""
        if not source.startswith("lt."):
            continue
        call = ast.parse(source, mode="eval").body
        words = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
        found[cell["id"]] = SimpleNamespace(kind=call.func.attr, **words)
    return found


CALLS = calls()
TABLES, GOALS, TELLERS, TALLIES = (
    [id for id, call in CALLS.items() if call.kind == kind]
    for kind in ("table", "goal", "teller", "tally")
)
REAL_ONLY = ("m1-gezondheid", "m1-misdrijven")  # of the sample city there is no such figure
EXPLORERS = [
    id for id, call in CALLS.items() if call.kind in ("explore", "area_map") and id not in REAL_ONLY
]
NEW = [*TABLES, *GOALS, *TELLERS, *EXPLORERS]
# Those whose figure is about the chosen buurt.
OF_BUURT = [id for id in EXPLORERS if CALLS[id].kind == "area_map"] + [
    id for id in EXPLORERS if getattr(CALLS[id], "show", "") in ("profile", "place", "trend")
]
COMPASS = [label for label, indicator in CALLS["m1-maten"].compass.items() if indicator]
NO_FIGURE = [label for label, indicator in CALLS["m1-maten"].compass.items() if not indicator]


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("deelnemer")) as room:
        yield room


@pytest.fixture(scope="module")
def sheet(chromium, room):
    with on(chromium, room) as page:
        yield page


@pytest.fixture
def page(sheet, me):
    """The one page, with somebody new."""
    begin_as(sheet, me)
    return sheet


@pytest.fixture
def me(request):
    return "Vogel " + str(
        1 + [item.name for item in request.session.items].index(request.node.name)
    )


def frame(page: Page, id: str):
    return exercise(page, CALLS[id].title)


def cell(page: Page, id: str, column: str, row: str):
    return frame(page, id).get_by_role("textbox", name=f"{column}, {row}", exact=True)


def column(id: str, number: int = 0) -> str:
    return list(CALLS[id].columns.values())[number]


def group(page: Page, id: str, number: int = 0):
    """The radio buttons of one control of an explorer."""
    ask = CALLS[id].controls[number]["ask"]
    return frame(page, id).get_by_role("radiogroup", name=ask, exact=True)


def options(id: str, number: int = 0) -> list[str]:
    return list(CALLS[id].controls[number]["options"])


def pick(page: Page, id: str, option: str, number: int = 0) -> None:
    group(page, id, number).get_by_label(option, exact=True).check()


def chosen(page: Page, id: str, option: str, number: int = 0) -> None:
    expect(group(page, id, number).get_by_label(option, exact=True)).to_be_checked()


def picture(page: Page, id: str):
    """What an exercise shows besides its fields."""
    return frame(page, id).locator(".leefbaar")


def said(page: Page, id: str):
    """The one message of a figure, above it."""
    return picture(page, id).locator(".label")


def street(page: Page, id: str):
    return frame(page, id).get_by_role("textbox")


def changes(page: Page, id: str, act) -> None:
    """Do something, after which another picture is there."""
    before = picture(page, id).inner_html()
    act()
    page.wait_for_function(
        "([node, before]) => node.querySelector('.leefbaar')?.outerHTML.includes(before) === false",
        arg=[frame(page, id).element_handle(), before],
    )


def told(page: Page, id: str):
    return frame(page, id).locator(".leefbaar-status")


def choose_buurt(page: Page, number: int) -> str:
    """Choose a buurt, and return its name."""
    box = frame(page, "m1-buurt").get_by_role("combobox")
    box.select_option(index=number)
    saved(frame(page, "m1-buurt"))
    return re.split(r"\s\(", box.evaluate("node => node.selectedOptions[0].textContent"))[0]


def everywhere(room) -> str:
    """All that stands in the files below the working folder."""
    files = [path for path in room.folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def keeps(page: Page, room, name: str, id: str, **fields) -> dict:
    """Wait until an answer with these fields stands in the file of a person, and return it."""
    for _ in range(100):
        kept = room.answers(name).get(id, {})
        if all(kept.get(key) == value for key, value in fields.items()):
            return kept
        page.wait_for_timeout(100)
    raise AssertionError(f"{id} of {name} is {kept}")


# --- what is there


def test_every_field_says_what_it_asks(page):
    for id in TABLES:
        rows = CALLS[id].rows
        names = rows if isinstance(rows, list) else [f"rij {n + 1}" for n in range(rows)]
        assert frame(page, id).get_by_role("textbox").count() == len(names) * len(CALLS[id].columns)
        for head in CALLS[id].columns.values():
            for name in names:
                expect(cell(page, id, head, name)).to_have_count(1)
        expect(frame(page, id).get_by_role("group", name=CALLS[id].question)).to_have_count(1)
    for id in TELLERS:
        for head in ("Datum", "Aantal", "Wat viel op?"):
            for number in range(1, CALLS[id].rows + 1):
                expect(cell(page, id, head, f"rij {number}")).to_have_count(1)
    for id in EXPLORERS:
        for number, control in enumerate(CALLS[id].controls):
            buttons = group(page, id, number).get_by_role("radio")
            assert buttons.count() == len(control["options"])
            chosen(page, id, options(id, number)[0], number)
        asked = getattr(CALLS[id], "street", "Wat zie jij op straat?")
        expect(street(page, id)).to_have_accessible_name(asked)
    (goal,) = GOALS
    ask = CALLS[goal].ask
    expect(frame(page, goal).get_by_role("radiogroup", name=ask["kompas"])).to_have_count(1)
    for key in ("wat", "nu", "streef", "jaar"):
        expect(frame(page, goal).get_by_role("textbox", name=ask[key], exact=True)).to_have_count(1)


def test_targets_are_large_enough_with_the_smallest_letters(page):
    smaller = page.get_by_role("button", name="Letters kleiner")
    while smaller.is_enabled():
        smaller.click()
    for id in NEW:
        small = frame(page, id).evaluate(
            """node => [...node.querySelectorAll('input, textarea, select, button')]
              .filter(n => n.checkVisibility()).map(n => [n, (n.closest('label') || n).getBoundingClientRect()])
              .filter(([n, box]) => Math.min(box.width, box.height) < 24).map(([n]) => n.outerHTML)"""
        )
        assert small == [], id
    while smaller.evaluate("() => localStorage.getItem('leefbaar-letters')") != "1":
        page.get_by_role("button", name="Letters groter").click()


def test_nothing_is_cut_off(page):
    cell(page, "m1-teller", "Datum", "rij 1").fill("30-10-2026")
    cell(page, "m1-teller", "Aantal", "rij 1").fill("1.234,5")
    frame(page, "m1-maten").get_by_label(COMPASS[0]).check()
    expect(picture(page, "m1-maten").locator("figure")).to_be_visible()
    expect(picture(page, "m1-teller").locator("figure")).to_be_visible()
    for id in EXPLORERS:  # the longest option of every control has to fit as well
        expect(picture(page, id)).to_be_visible()
    larger = page.get_by_role("button", name="Letters groter")
    try:
        for grow in (False, True):
            while grow and larger.is_enabled():
                larger.click()
            for width in (1280, 1000, 600):
                page.set_viewport_size({"width": width, "height": 900})
                for id in NEW:
                    assert cut_off(frame(page, id)) == [], (id, width, grow)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        while page.evaluate("localStorage.getItem('leefbaar-letters')") != "1":
            page.get_by_role("button", name="Letters kleiner").click()


def cut_off(frame) -> list[str]:
    """What is wider than its place; names that are only read aloud are meant to be."""
    return frame.evaluate(
        """node => [node, ...node.querySelectorAll('*')].filter(n => n.checkVisibility()
          && !n.closest('svg') && getComputedStyle(n).display !== 'inline'
          && getComputedStyle(n).clipPath === 'none' && n.scrollWidth > n.clientWidth + 1)
          .map(n => `${n.tagName} ${n.className} ${n.scrollWidth} > ${n.clientWidth}`)"""
    )


# --- explorers and the map


def test_every_choice_shows_another_figure_at_once_and_in_dutch(page, room, me):
    seen = []
    for id in EXPLORERS:
        street(page, id).fill(PHONE)  # from here on nothing of it is kept
        expect(told(page, id)).to_contain_text("Nog niet bewaard")
        for number in range(len(CALLS[id].controls)):
            for option in options(id, number)[1:]:
                changes(page, id, lambda i=id, o=option, n=number: pick(page, i, o, n))
                for drawn in picture(page, id).locator("svg[role=img]").all():
                    seen.append(drawn.get_attribute("aria-label"))
                    assert len(seen[-1]) > 20, (id, option)
                seen.append(frame(page, id).inner_text())
                expect(picture(page, id).locator("figure, aside")).to_have_count(1)
        assert frame(page, id).locator("a:not([target=_blank])").count() == 0, (
            "the sheet stays open"
        )
    assert room.answers(me) == {}
    assert [text for text in seen if ENGLISH.search(text)] == []


def test_an_explorer_with_the_keyboard_alone(page, room, me):
    id = "m1-steekproef"
    first, second, *_ = options(id)
    again = frame(page, id).get_by_role("button", name=CALLS[id].again)
    street(page, EXPLORERS[EXPLORERS.index(id) - 1]).focus()
    tab_to(page, group(page, id).get_by_label(first, exact=True))
    changes(page, id, lambda: page.keyboard.press("ArrowRight"))
    chosen(page, id, second)
    expect(group(page, id).get_by_label(second, exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(again).to_be_focused()
    changes(page, id, lambda: page.keyboard.press("Enter"))
    changes(page, id, lambda: page.keyboard.press("Space"))
    expect(picture(page, id)).to_contain_text(re.compile("^3 keer .* mensen", re.M))
    expect(again).to_be_focused()
    tab_to(page, street(page, id), most=3)
    page.keyboard.type("b x m a: zes mensen")
    keeps(page, room, me, id, aantal=[second], keer=3, straat="b x m a: zes mensen")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    changes(page, id, lambda: page.keyboard.press("ArrowLeft"))
    expect(picture(page, id)).not_to_contain_text(TIMES)  # with another number one begins anew


def test_every_control_of_an_explorer_can_be_reached_and_none_holds_the_keyboard(page):
    id = "m1-twee-straten"
    group(page, id).get_by_role("radio").first.focus()
    for number in range(len(CALLS[id].controls)):
        expect(group(page, id, number).get_by_label(options(id, number)[0])).to_be_focused()
        changes(page, id, lambda: page.keyboard.press("ArrowDown"))
        chosen(page, id, options(id, number)[1], number)
        page.keyboard.press("ArrowUp")
        chosen(page, id, options(id, number)[0], number)
        page.keyboard.press("Tab")
    expect(street(page, id)).to_be_focused()


def test_another_buurt_gives_other_figures_everywhere(page, room, me):
    frame(page, "m1-maten").get_by_label(COMPASS[0], exact=True).check()
    pick(page, "m1-kaart", options("m1-kaart")[1])
    saved(frame(page, "m1-kaart"))
    assert len(OF_BUURT) >= 4
    for number in (3, 5):
        name = choose_buurt(page, number)
        for id in OF_BUURT:
            expect(said(page, id)).to_contain_text(name)
        for id in GOALS:
            drawn = picture(page, id).get_by_role("img")
            expect(drawn).to_have_attribute("aria-label", re.compile(name))
    chosen(page, "m1-kaart", options("m1-kaart")[1])
    street(page, "m1-kaart").fill("Het spoor")
    kept = keeps(page, room, me, "m1-kaart", straat="Het spoor")
    assert kept["code"] == room.answers(me)["m1-buurt"]["code"]


# --- tables


def test_a_table_by_mouse_and_by_keyboard(page, room, me):
    id, free = "m1-vragen", "m1-ronde"
    rows = CALLS[id].rows
    cell(page, id, column(id), rows[1]).click()
    page.keyboard.type("Wat zou helpen?")
    saved(frame(page, id))
    cell(page, id, column(id), rows[2]).focus()
    page.keyboard.type("b x a")
    page.keyboard.press("Enter")
    page.keyboard.type("m")
    page.keyboard.press("ArrowUp")  # inside the field, never to another cell
    page.keyboard.type("!")
    page.keyboard.press("Tab")
    expect(cell(page, id, column(id), rows[3])).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cell(page, id, column(id), rows[2])).to_be_focused()
    expect(cell(page, id, column(id), rows[2])).to_have_value("b !x a\nm")
    texts = ["", "Wat zou helpen?", "b !x a\nm", ""]
    key = next(iter(CALLS[id].columns))
    kept = [{"rij": row, key: text} for row, text in zip(rows, texts, strict=True)]
    keeps(page, room, me, id, rijen=kept)
    cell(page, free, column(free), "rij 1").focus()
    for text in ("De hal", "Fietsen", "Licht", "Een rek"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(cell(page, free, column(free), "rij 2")).to_be_focused()
    keys = CALLS[free].columns
    row = dict(zip(keys, ("De hal", "Fietsen", "Licht", "Een rek"), strict=True))
    keeps(page, room, me, free, rijen=[row])


def test_personal_data_in_a_cell_is_held_back_and_let_through_by_keyboard(page, room, me):
    id = "m1-wie-weet-wat"
    cell(page, id, column(id), CALLS[id].rows[0]).fill(PHONE)
    expect(told(page, id)).to_contain_text("telefoonnummer")
    assert id not in room.answers(me)
    anyway = frame(page, id).get_by_role("button", name="Toch bewaren")
    cell(page, id, column(id, 1), CALLS[id].rows[-1]).focus()
    tab_to(page, anyway, most=3)
    page.keyboard.press("Enter")
    saved(frame(page, id))
    assert room.answers(me)[id]["rijen"][0]["weet"] == PHONE


# --- the goal and the count


def test_the_picture_of_the_goal_follows_the_choice(page, room, me):
    id = "m1-maten"
    frame(page, id).get_by_label(CALLS[id].ask["nu"]).fill("een stuk of tien")
    expect(told(page, id)).to_contain_text("Nog niet bewaard")
    frame(page, id).get_by_label(COMPASS[0], exact=True).check()
    described = picture(page, id).get_by_role("img")
    expect(described).to_have_attribute("aria-label", re.compile(r"\w{3}.{20}"))
    for label in COMPASS[1:]:
        changes(
            page, id, lambda label=label: frame(page, id).get_by_label(label, exact=True).check()
        )
    for label in NO_FIGURE:
        frame(page, id).get_by_label(label, exact=True).check()
        expect(picture(page, id)).to_have_count(0)
    assert id not in room.answers(me)
    compass = frame(page, id).get_by_role("radiogroup")
    compass.get_by_label(COMPASS[0], exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(compass.get_by_label(COMPASS[1], exact=True)).to_be_checked()
    expect(picture(page, id).locator("figure")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("Zakken bij de Beukenflat")
    page.keyboard.press("Tab")
    for text in ("12,5", "4", "2027"):
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    words = "Zakken bij de Beukenflat"
    keeps(page, room, me, id, kompas=[COMPASS[1]], wat=words, nu=12.5, streef=4, jaar=2027)


def test_the_count_reads_the_goal_back_without_a_new_page(page):
    goal, id = frame(page, "m1-maten"), "m1-teller"
    expect(picture(page, id)).to_have_count(0)
    goal.get_by_label(CALLS["m1-maten"].ask["wat"]).fill("Zakken bij de Beukenflat")
    expect(picture(page, id)).to_contain_text("Zakken bij de Beukenflat")
    cell(page, id, "Datum", "rij 1").fill("3-11-2026")
    cell(page, id, "Aantal", "rij 1").fill("7")
    drawn = picture(page, id).get_by_role("img")
    expect(drawn).to_be_visible()
    changes(page, id, lambda: goal.get_by_label(CALLS["m1-maten"].ask["streef"]).fill("3"))
    expect(drawn).to_have_attribute("aria-label", re.compile(r"\b3\b"))


def test_a_bad_date_is_told_and_kept_on_the_screen_and_good_ones_give_dots(page, room, me):
    id = "m1-teller"
    cell(page, id, "Datum", "rij 1").focus()
    for text in ("3-11-2026", "7", "het regende"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(picture(page, id)).to_contain_text("1 stip")
    first = {"datum": "2026-11-03", "aantal": 7, "opmerking": "het regende"}
    keeps(page, room, me, id, stippen=[first])
    page.keyboard.type("31-2-2026")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    expect(told(page, id)).to_contain_text(re.compile("^✔ Bewaard .*Let op rij 2, datum"))
    assert ENGLISH.findall(told(page, id).inner_text()) == []
    expect(cell(page, id, "Datum", "rij 2")).to_have_value("31-2-2026")
    keeps(page, room, me, id, stippen=[first, {"datum": "31-2-2026", "aantal": 4, "opmerking": ""}])
    expect(picture(page, id)).to_contain_text("1 stip")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("6 nov 2026")
    expect(picture(page, id)).to_contain_text("2 stippen")
    expect(picture(page, id).get_by_role("img")).to_have_attribute(
        "aria-label", re.compile(r"\b4\b")
    )
    counted = [first, {"datum": "2026-11-06", "aantal": 4, "opmerking": ""}]
    keeps(page, room, me, id, stippen=counted)


# --- nothing that was filled in is lost


def fill_all(page: Page, room, me: str) -> None:
    """One of every kind, and a gap between the rows."""
    cell(page, "m1-wie-weet-wat", column("m1-wie-weet-wat"), CALLS["m1-wie-weet-wat"].rows[1]).fill(
        "De trap"
    )
    cell(page, "m1-ronde", column("m1-ronde"), "rij 1").fill("De hal")
    cell(page, "m1-ronde", column("m1-ronde"), "rij 3").fill("De kelder")
    cell(page, "m1-teller", "Datum", "rij 1").fill("3-11-2026")
    cell(page, "m1-teller", "Aantal", "rij 1").fill("7")
    frame(page, "m1-maten").get_by_label(COMPASS[1], exact=True).check()
    pick(page, "m1-kaart", options("m1-kaart")[2])
    pick(page, "m1-twee-straten", options("m1-twee-straten", 1)[1], 1)
    again = frame(page, "m1-steekproef").get_by_role("button", name=CALLS["m1-steekproef"].again)
    for _ in range(4):
        again.click()
    keeps(page, room, me, "m1-steekproef", keer=5)
    for id in ("m1-wie-weet-wat", "m1-ronde", "m1-teller", "m1-maten", "m1-kaart"):
        saved(frame(page, id))


def all_there(page: Page, third: str = "rij 3", map_of: int = 2) -> None:
    expect(
        cell(page, "m1-wie-weet-wat", column("m1-wie-weet-wat"), CALLS["m1-wie-weet-wat"].rows[1])
    ).to_have_value("De trap")
    expect(cell(page, "m1-ronde", column("m1-ronde"), "rij 1")).to_have_value("De hal")
    expect(cell(page, "m1-ronde", column("m1-ronde"), third)).to_have_value("De kelder")
    expect(cell(page, "m1-teller", "Datum", "rij 1")).to_have_value("3-11-2026")
    expect(cell(page, "m1-teller", "Aantal", "rij 1")).to_have_value("7")
    expect(picture(page, "m1-teller")).to_contain_text("1 stip")
    expect(frame(page, "m1-maten").get_by_label(COMPASS[1], exact=True)).to_be_checked()
    expect(picture(page, "m1-maten").locator("figure")).to_be_visible()
    chosen(page, "m1-kaart", options("m1-kaart")[map_of])
    chosen(page, "m1-twee-straten", options("m1-twee-straten")[0])
    chosen(page, "m1-twee-straten", options("m1-twee-straten", 1)[1], 1)
    expect(picture(page, "m1-steekproef")).to_contain_text(re.compile("^5 keer .* mensen", re.M))


def nothing_there(page: Page) -> None:
    for id in [*TABLES, *TELLERS, *GOALS, *EXPLORERS]:
        assert {box.input_value() for box in frame(page, id).get_by_role("textbox").all()} == {
            ""
        }, id
        expect(told(page, id)).to_be_empty()
    expect(picture(page, "m1-teller")).to_have_count(0)
    expect(frame(page, "m1-maten").get_by_role("radio", checked=True)).to_have_count(0)
    for id in EXPLORERS:
        for number in range(len(CALLS[id].controls)):
            chosen(page, id, options(id, number)[0], number)
    expect(picture(page, "m1-steekproef")).not_to_contain_text(TIMES)


def test_everything_is_back_after_a_reload_while_typing(page, room, me):
    fill_all(page, room, me)
    kernel = room.kernel()
    kernel.suspend()  # so busy that not one key is taken before the page is left
    cell(
        page, "m1-wie-weet-wat", column("m1-wie-weet-wat", 1), CALLS["m1-wie-weet-wat"].rows[1]
    ).focus()
    page.keyboard.type("Wie heeft de sleutel?")
    cell(page, "m1-teller", "Wat viel op?", "rij 1").focus()
    page.keyboard.type("het regende")
    street(page, "m1-kaart").focus()
    page.keyboard.type("Het spoor")
    pick(page, "m1-profiel", options("m1-profiel")[1])
    frame(page, PRIVATE).get_by_role("textbox").first.fill(SECRET)
    page.reload(wait_until="commit")
    kernel.resume()
    ready(page)
    all_there(page, third="rij 2")  # rows without a name close up
    expect(
        cell(
            page, "m1-wie-weet-wat", column("m1-wie-weet-wat", 1), CALLS["m1-wie-weet-wat"].rows[1]
        )
    ).to_have_value("Wie heeft de sleutel?")
    expect(cell(page, "m1-teller", "Wat viel op?", "rij 1")).to_have_value("het regende")
    expect(street(page, "m1-kaart")).to_have_value("Het spoor")
    chosen(page, "m1-profiel", options("m1-profiel")[1])
    expect(frame(page, PRIVATE).get_by_role("textbox").first).to_have_value("")
    assert SECRET not in everywhere(room)
    kept = room.answers(me)
    assert kept["m1-kaart"]["straat"] == "Het spoor"
    assert kept["m1-teller"]["stippen"][0]["opmerking"] == "het regende"
    assert kept["m1-profiel"]["onderwerp"] == [options("m1-profiel")[1]]


def test_everything_is_back_after_the_kernel_died_while_typing(page, room, me):
    fill_all(page, room, me)
    secret = frame(page, PRIVATE).get_by_role("textbox").first
    secret.fill(f"{SECRET} {PHONE}")
    cell(page, "m1-teller", "Datum", "rij 2").fill("gisteren of zo")
    expect(told(page, "m1-teller")).to_contain_text("Let op rij 2")
    word = cell(page, "m1-ronde", column("m1-ronde", 1), "rij 3")
    word.focus()
    page.keyboard.type("Een lamp ")
    room.kernel().kill()
    pick(page, "m1-kaart", options("m1-kaart")[3])
    word.focus()
    page.keyboard.type("die knippert")
    came_back(page)
    all_there(page, map_of=3)
    expect(word).to_have_value("Een lamp die knippert")
    expect(word).to_be_focused()
    expect(cell(page, "m1-ronde", column("m1-ronde"), "rij 2")).to_have_value("")
    expect(cell(page, "m1-teller", "Datum", "rij 2")).to_have_value("gisteren of zo")
    expect(told(page, "m1-teller")).to_contain_text("Let op rij 2")
    expect(secret).to_have_value(f"{SECRET} {PHONE}")
    page.keyboard.type(".")
    rows = [["De hal", "", "", ""], ["De kelder", "Een lamp die knippert.", "", ""]]
    keys = CALLS["m1-ronde"].columns
    keeps(page, room, me, "m1-ronde", rijen=[dict(zip(keys, row, strict=True)) for row in rows])
    keeps(page, room, me, "m1-kaart", cijfer=[options("m1-kaart")[3]])
    assert SECRET not in everywhere(room)


def test_switching_refills_every_kind(page, room, me):
    fill_all(page, room, me)
    begin_as(page, f"{me} en nog een")
    nothing_there(page)
    page.get_by_role("button", name=me, exact=True).click()
    all_there(page, third="rij 2")
    assert room.answers(f"{me} en nog een") == {}


def test_what_was_typed_stays_with_whoever_typed_it(page, room, me):
    other = f"{me} en nog een"
    begin_as(page, other)
    page.get_by_role("button", name=me, exact=True).click()
    expect(page.get_by_role("button", name=me, pressed=True, exact=True)).to_be_visible()
    kernel = room.kernel()
    kernel.suspend()  # busy: keys are still on their way when somebody else sits down
    street(page, "m1-kaart").focus()
    page.keyboard.type("Het spoor")
    cell(page, "m1-ronde", column("m1-ronde"), "rij 1").focus()
    page.keyboard.type("De hal")
    page.get_by_role("button", name=other, exact=True).click()
    kernel.resume()
    expect(page.get_by_role("button", name=other, pressed=True, exact=True)).to_be_visible()
    nothing_there(page)
    street(page, "m1-profiel").fill("Van een ander")
    keeps(page, room, other, "m1-profiel", straat="Van een ander")
    assert list(room.answers(other)) == ["m1-profiel"]
    kept = room.answers(me)
    assert kept["m1-kaart"]["straat"] == "Het spoor"
    assert kept["m1-ronde"]["rijen"][0]["plek"] == "De hal"


def test_a_private_exercise_is_in_no_file_and_in_no_store_of_the_browser(page, room, me):
    expect(told(page, PRIVATE)).to_have_text("Dit bewaren we niet.")
    boxes = frame(page, PRIVATE).get_by_role("textbox")
    for box in boxes.all():
        box.focus()
        page.keyboard.type(f"{SECRET} {PHONE}")
    street(page, "m1-kaart").fill("Wel bewaard")
    keeps(page, room, me, "m1-kaart", straat="Wel bewaard")
    expect(told(page, PRIVATE)).to_have_text("Dit bewaren we niet.")
    begin_as(page, f"{me} en nog een")
    assert {box.input_value() for box in boxes.all()} == {""}
    page.get_by_role("button", name=me, exact=True).click()
    expect(street(page, "m1-kaart")).to_have_value("Wel bewaard")
    assert {box.input_value() for box in boxes.all()} == {""}
    stored = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert SECRET not in stored
    found = everywhere(room)
    assert "Wel bewaard" in found
    assert SECRET not in found


# --- the facilitator's copy


def test_facilitator_counts_and_tries_without_a_trace(chromium, tmp_path):
    with opened(tmp_path, "--begeleider") as room, on(chromium, room) as page:
        for id in TALLIES:
            opener = page.get_by_role("button", name=f"Open: {CALLS[id].title}", exact=True)
            first = CALLS[id].options[0]
            expect(page.get_by_role("textbox", name=first, exact=True)).to_have_count(0)
            opener.focus()
            page.keyboard.press("Enter")
            tally = frame(page, id)
            tally.get_by_role("textbox", name=first, exact=True).fill("2")
            tally.get_by_title(f"{first}: een meer").click()
            expect(tally.get_by_role("textbox", name=first, exact=True)).to_have_value("3")
            expect(tally.get_by_role("img")).to_have_attribute(
                "aria-label", re.compile(re.escape(first))
            )
            keeps(page, room, "_groep", id, **{"1": 3})
            assert cut_off(tally) == [], id
        for id in ("m1-beter", "m1-kaart"):
            changes(page, id, lambda id=id: pick(page, id, options(id)[1]))
            street(page, id).fill("Proef voor de zaal")
            expect(told(page, id)).to_have_text("Voorbeeld voor de zaal: dit wordt niet bewaard.")
        cell(page, "m1-ronde", column("m1-ronde"), "rij 1").fill("Proef voor de zaal")
        cell(page, "m1-teller", "Datum", "rij 1").fill("3-11-2026")
        cell(page, "m1-teller", "Aantal", "rij 1").fill("7")
        expect(picture(page, "m1-teller")).to_contain_text("1 stip")
        room.kernel().kill()
        came_back(page)
        for id in TALLIES:
            page.get_by_role("button", name=f"Open: {CALLS[id].title}", exact=True).click()
            counted = frame(page, id).get_by_role("textbox", name=CALLS[id].options[0], exact=True)
            expect(counted).to_have_value("3")
        page.get_by_title(f"{CALLS[TALLIES[0]].options[0]}: een meer").click()
        keeps(page, room, "_groep", TALLIES[0], **{"1": 4})
        assert "Proef voor de zaal" not in everywhere(room)
        assert [p.name for p in (tmp_path / "antwoorden").glob("*.jsonl")] == ["_groep.jsonl"]
