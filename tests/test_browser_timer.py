"""The clock of a werkvorm, in a real browser, in a room with a small notebook of its own.

The computer's clock is set by the test: nothing waits for minutes to pass.
"""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace

import nbformat
import pytest
from browser_room import ENGLISH, Room, came_back, launched, on, ready, tab_to
from playwright.sync_api import Page, expect

from leefbaar_tools.room import copies, server

SPITEFUL = "Zeg <b>niet</b> \"ja\" of 'nee' & </div>"
TITLE, OTHER = "Incidentmethode", "Droog oefenen"
CELLS = {
    "m9-begin": "import leefbaar_tools as lt\n\nlt.begin()",
    "m9-schrijf": 'lt.write("m9-schrijf", title="Schrijf", prompts=["Wat zie je?"])',
    "m9-klok": f"""lt.timer("m9-klok", title="{TITLE}", steps=[
        {{"name": "Kiezen", "minutes": 3, "do": "Ieder noemt in één zin een situatie."}},
        {{"name": "Vragen", "minutes": 13, "do": {SPITEFUL!r}}},
        {{"name": "Afronden", "minutes": 2.5}}])""",
    "m9-droog": f"""lt.timer("m9-droog", title="{OTHER}", help="Wissel na elke ronde.",
        steps=[{{"name": "Spelen", "minutes": 2.5}}, {{"name": "Tip", "minutes": 1}}])""",
}
NOW = datetime(2026, 11, 22, 10, 0).astimezone()


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("klok")
    notebook = nbformat.v4.new_notebook(
        metadata={"leefbaar": {"meeting": 9, "title": "Klok"}},
        cells=[nbformat.v4.new_code_cell(code, id=id) for id, code in CELLS.items()],
    )
    nbformat.write(notebook, folder / "9-klok.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "meetings", lambda: [folder / "9-klok.ipynb"])
        server.check_folder(folder / "werk")
        process, lab = server.start_server(folder / "werk", "deelnemer")
    yield Room(folder / "werk", process, lab.url("doc/tree/9-klok.ipynb"))
    server.stop(process, lab)


@pytest.fixture
def page(chromium, room):
    with on(chromium, room) as page:
        at(page, 0)
        yield page


def at(page: Page, seconds: float) -> None:
    """Set the computer's clock to so many seconds after the test began."""
    page.clock.set_fixed_time(NOW + timedelta(seconds=seconds))


def clock(page: Page, title: str = TITLE):
    """Return one clock, by its title, and its parts."""
    group = page.get_by_role("group", name=title, exact=True)
    return SimpleNamespace(
        group=group,
        time=group.get_by_role("timer"),
        step=group.locator("[aria-live=polite]"),
        message=group.get_by_role("status"),
        button=lambda name: group.get_by_role("button", name=name, exact=True),
    )


def stored(page: Page) -> dict:
    """What the page remembers of its clocks."""
    kept = page.evaluate("() => ({...localStorage})")
    return {key: value for key, value in kept.items() if key.startswith("leefbaar-klok")}


def put(page: Page, key: str, value: str) -> None:
    """Store a value as another tab would, which the page then hears of."""
    page.evaluate(
        "([key, value]) => { localStorage.setItem(key, value);"
        " window.dispatchEvent(new StorageEvent('storage', { key })); }",
        [key, value],
    )


def test_a_clock_shows_the_step_the_time_and_what_can_be_done(page):
    one = clock(page)
    expect(one.step).to_have_text("Stap 1 van 3: Kiezen, 3 minuten")
    expect(one.time).to_have_text("3:00")
    expect(one.group).to_contain_text("Ieder noemt in één zin een situatie.")
    expect(one.group).to_contain_text("In totaal nog 18:30")
    expect(one.group).to_contain_text("Daarna: Vragen, 13 minuten")
    expect(one.button("Start")).to_be_visible()
    for name in ("Vorige stap", "Opnieuw"):
        expect(one.button(name)).to_be_disabled()
    assert one.time.get_attribute("aria-live") == "off", "a second is not read out"
    one.group.get_by_text("Alle stappen").click()
    expect(one.group.get_by_role("listitem")).to_have_count(3)
    expect(one.group).to_contain_text("Totaal 18,5 minuten.")
    for button in one.group.get_by_role("button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    assert ENGLISH.findall(page.inner_text(".jp-Notebook")) == []
    expect(clock(page, OTHER).group).to_contain_text("Wissel na elke ronde.")


def test_text_from_the_notebook_shows_as_it_was_typed(page):
    one = clock(page)
    one.button("Volgende stap").click()
    expect(one.group.locator(".leefbaar-klok-doe")).to_have_text(SPITEFUL)
    one.group.get_by_text("Alle stappen").click()
    expect(one.group.get_by_role("listitem").nth(1)).to_contain_text(SPITEFUL)
    assert one.group.locator("b").count() == 0


def test_the_clock_goes_by_the_clock_and_waits_for_the_facilitator(page):
    one = clock(page)
    one.button("Start").click()
    at(page, 1)
    expect(one.time).to_have_text("2:59")
    at(page, 65)  # as after a minute in which the page did nothing at all
    expect(one.time).to_have_text("1:55")
    expect(one.message).to_be_empty()
    at(page, 121)
    expect(one.message).to_have_text("De laatste minuut.")
    at(page, 180)
    expect(one.time).to_have_text("+0:00")
    at(page, 192)
    expect(one.time).to_have_text("+0:12")
    expect(one.message).to_have_text("De tijd is om. Rond af, ga dan verder.")
    expect(one.step).to_contain_text("Stap 1 van 3")
    # 18:30 as planned, less the 3:12 that went by: what runs late here is late for the whole.
    expect(one.group).to_contain_text("In totaal nog 15:18")
    one.button("Volgende stap").click()
    expect(one.step).to_have_text("Stap 2 van 3: Vragen, 13 minuten")
    expect(one.time).to_have_text("13:00")
    expect(one.message).to_be_empty()
    at(page, 194)
    expect(one.time).to_have_text("12:58")
    one.button("Volgende stap").click()
    at(page, 194 + 151)
    expect(one.message).to_have_text("De tijd is om. Rond af.")
    expect(one.button("Volgende stap")).to_be_disabled()


def test_a_pause_costs_no_time_and_a_step_back_finds_it_as_it_was(page):
    one = clock(page)
    one.button("Start").click()
    at(page, 60)
    one.button("Pauze").click()
    expect(one.message).to_contain_text("De klok staat stil.")
    at(page, 600)
    expect(one.time).to_have_text("2:00")
    one.button("Verder").click()
    at(page, 630)
    expect(one.time).to_have_text("1:30")
    one.button("Volgende stap").click()
    at(page, 635)
    expect(one.time).to_have_text("12:55")
    one.button("Vorige stap").click()
    expect(one.time).to_have_text("1:30")
    at(page, 640)
    expect(one.time).to_have_text("1:25")
    expect(one.button("Pauze")).to_be_visible()


def test_everything_with_the_keyboard_alone(page):
    one = clock(page)
    tab_to(page, one.button("Start"))
    page.keyboard.press("Enter")
    expect(one.button("Pauze")).to_be_focused()
    outline = one.button("Pauze").evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline == "solid", "who uses the keyboard sees where it is"
    at(page, 10)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(one.step).to_contain_text("Stap 2 van 3")
    tab_to(page, one.button("Vorige stap"))
    page.keyboard.press("Enter")
    expect(one.step).to_contain_text("Stap 1 van 3")
    expect(one.button("Vorige stap")).to_be_focused()
    page.keyboard.press("Enter")  # at the first step there is nothing before it
    expect(one.time).to_have_text("2:50")
    tab_to(page, one.button("Opnieuw"))
    page.keyboard.press("Enter")
    asked = page.get_by_role(
        "group", name="Opnieuw beginnen bij stap 1? De tijd tot nu toe vervalt."
    )
    expect(asked.get_by_role("button", name="Nee, doorgaan")).to_be_focused()
    expect(one.time).to_have_text("2:50")
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    expect(one.button("Opnieuw")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(one.time).to_have_text("3:00")
    expect(one.button("Start")).to_be_focused()
    at(page, 60)
    expect(one.time).to_have_text("3:00")


def test_two_clocks_do_not_touch_each_other(page):
    one, two = clock(page), clock(page, OTHER)
    one.button("Start").click()
    at(page, 30)
    two.button("Start").click()
    at(page, 60)
    expect(one.time).to_have_text("2:00")
    expect(two.time).to_have_text("2:00")
    two.button("Volgende stap").click()
    two.button("Pauze").click()
    at(page, 70)
    expect(one.time).to_have_text("1:50")
    expect(one.step).to_contain_text("Stap 1 van 3")
    expect(two.time).to_have_text("1:00")
    page.reload()
    ready(page)
    expect(one.time).to_have_text("1:50")
    expect(two.time).to_have_text("1:00")
    expect(two.step).to_contain_text("Stap 2 van 2")


def test_a_reload_loses_nothing_and_clears_what_earlier_starts_left(page):
    one = clock(page)
    one.button("Volgende stap").click()
    one.button("Start").click()
    (key,) = stored(page)
    put(page, "leefbaar-klok:vroeger:m9-klok", "{}")
    at(page, 45)
    page.reload()
    ready(page)
    at(page, 60)
    expect(one.time).to_have_text("12:00")
    expect(one.step).to_contain_text("Stap 2 van 3")
    expect(one.button("Pauze")).to_be_visible()
    assert list(stored(page)) == [key]


def test_a_killed_kernel_stops_no_clock(page, room):
    one = clock(page)
    one.button("Volgende stap").click()
    one.button("Start").click()
    first = one.group.element_handle()
    # From here on a second takes a twentieth, and what is shown is written down.
    page.evaluate("""() => {
        const real = performance.now.bind(performance), began = real(), from = Date.now();
        Date.now = () => from + 20 * (real() - began);
        window.shown = new Set();
        setInterval(() => {
            const time = document.querySelector('[role=timer]');
            if (time && document.querySelector('.jp-Notebook').inert) shown.add(time.textContent);
        }, 20);
    }""")
    room.kernel().kill()
    came_back(page)
    assert not first.evaluate("node => node.isConnected"), "the page was built again"
    expect(one.step).to_contain_text("Stap 2 van 3")
    expect(one.button("Pauze")).to_be_focused()
    seen = page.evaluate("[...shown]")
    assert len(seen) > 1, "it went on while the page was blocked"
    assert "13:00" not in seen[1:]
    one.button("Pauze").click()
    expect(one.message).to_contain_text("De klok staat stil.")


@pytest.mark.parametrize("reload", [False, True], ids=["heard", "reloaded"])
def test_a_damaged_memory_begins_afresh(page, reload):
    one = clock(page)
    one.button("Volgende stap").click()
    one.button("Start").click()
    ((key, good),) = stored(page).items()
    good = json.loads(good)
    damaged = [
        *("", "{", "null", "7", '"x"', "[]", "{}"),
        *(json.dumps({**good, "step": step}) for step in (-1, 3, 1.5, "1", None)),
        *(json.dumps({**good, "spent": spent}) for spent in (None, [], [0, 0], [0, "0", 0])),
        *(json.dumps({**good, "spent": [0, -1, 0]}), json.dumps({**good, "startedAt": "nu"})),
    ]
    for value in damaged[-1:] if reload else damaged:
        put(page, key, json.dumps(good))
        expect(one.step).to_contain_text("Stap 2 van 3")
        put(page, key, value)
        if reload:
            page.reload()
            ready(page)
        expect(one.step).to_contain_text("Stap 1 van 3")
        expect(one.time).to_have_text("3:00")
        expect(one.button("Start")).to_be_visible()


def test_a_computer_clock_that_is_set_back_does_not_stop_it(page):
    one = clock(page)
    one.button("Start").click()
    at(page, -3600)
    page.reload()
    ready(page)
    at(page, -3590)
    expect(one.time).to_have_text("2:50")


def test_the_clock_grows_with_the_letters_and_is_never_cut_off(page):
    one = clock(page)
    one.button("Start").click()
    before = one.time.bounding_box()["height"]
    while page.get_by_role("button", name="Letters groter").is_enabled():
        page.get_by_role("button", name="Letters groter").click()
    at(page, 100 * 60 + 20)  # the widest it gets
    expect(one.time).to_have_text("+97:20")
    assert one.time.bounding_box()["height"] > 1.5 * before
    for width in (1280, 1000, 500):
        page.set_viewport_size({"width": width, "height": 900})
        wide = one.group.evaluate(
            "node => [...node.querySelectorAll('*')].filter(n => n.scrollWidth > n.clientWidth + 1"
            " && getComputedStyle(n).display !== 'inline').map(n => n.className)"
        )
        assert wide == [], width
