"""A real browser does the exercises, in the room that ``leefbaar start`` opens."""

import re
import subprocess
import sys

import psutil
import pytest
from browser_room import (
    ENGLISH,
    bar_is_whole,
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
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("deelnemer")) as room:
        yield room


@pytest.fixture(scope="module")
def page(chromium, room):
    """One page for all: to open it takes longer than most of what is tried on it."""
    with on(chromium, room) as page:
        yield page


@pytest.fixture
def fresh(page):
    """The page, on which nobody has clicked anywhere."""
    page.reload()
    ready(page)
    return page


def test_the_page_takes_the_kernel_that_was_made_ready_for_it(page, room):
    below = psutil.Process(room.process.pid).children(recursive=True)
    kernels = [one for one in below if any("ipykernel_launcher" in a for a in one.cmdline())]
    assert len(kernels) == 1
    assert kernels[0].pid == room.kernel().pid
    sessions = page.evaluate(
        """async () => {
            const { baseUrl, token } = JSON.parse(
                document.getElementById('jupyter-config-data').textContent);
            const answer = await fetch(`${baseUrl}api/sessions?token=${token}`);
            return (await answer.json()).map((one) => one.path);
        }"""
    )
    assert sessions == ["1-wijk-in-beeld.ipynb"]


def test_page_shows_no_code_no_english_and_no_menu(page):
    assert page.evaluate("document.documentElement.lang") == "nl"
    assert page.title() == "1. De wijk in beeld · Werken aan leefbare wijken"
    assert page.locator(".jp-CodeCell .jp-Cell-inputWrapper").count() > 10
    for hidden in (
        ".jp-CodeCell .jp-Cell-inputWrapper",
        "#jp-menu-panel",
        ".jp-Toolbar",
        ".jp-SideBar",
    ):
        for node in page.locator(hidden).all():
            expect(node).to_be_hidden()
    text = page.inner_text("body")
    assert not re.search(r"\blt\.", text)
    assert ENGLISH.findall(text) == []
    names = page.eval_on_selector_all(
        "#leefbaar-bar [aria-label], .jp-Notebook [aria-label], .jp-Notebook [title]",
        "nodes => nodes.filter(n => n.checkVisibility())"
        ".map(n => n.getAttribute('aria-label') || n.title)",
    )
    assert [name for name in names if ENGLISH.search(name)] == []


def test_first_field_takes_a_key_without_a_click_and_keeps_it(page, room):
    begin_as(page, "Merel")
    frame = exercise(page, "Hier ben ik trots op")
    box = frame.get_by_label("Waar ben je trots op in jouw buurt?")
    box.focus()
    page.keyboard.type("Het bankje bij de school")
    saved(frame)
    assert room.answers("Merel")["m1-trots"] == {"trots": "Het bankje bij de school"}
    page.keyboard.type("!")
    expect(frame.locator(".leefbaar-status")).not_to_contain_text("Bewaard", timeout=400)
    saved(frame)
    page.reload()
    ready(page)
    expect(box).to_have_value("Het bankje bij de school!")


def test_choose_with_the_mouse(page, room):
    begin_as(page, "Koolmees")
    frame = exercise(page, "Waar ging je week naartoe?")
    for option in ("Zorg om een bewoner", "Bellen, mailen en papierwerk"):
        frame.get_by_label(option).check()
    frame.get_by_label("Iets anders, namelijk:").fill("Een verhuizing")
    saved(frame)
    chosen = ["Zorg om een bewoner", "Bellen, mailen en papierwerk", "Een verhuizing"]
    assert room.answers("Koolmees")["m1-brandjes"] == {"keuze": chosen}
    frame.get_by_label("Meldingen van overlast of ruzie").check()
    expect(frame.locator(".leefbaar-status")).to_contain_text("Kies er hooguit 3")
    assert room.answers("Koolmees")["m1-brandjes"] == {"keuze": chosen}


def test_estimate_with_the_mouse_then_see(page, room):
    begin_as(page, "Vink")
    exercise(page, "Over welke buurt gaat het?").get_by_label(
        "Welke buurt is van jou, of lijkt er het meest op?"
    ).select_option(index=3)
    frame = exercise(page, "Zes keer schatten")
    alone = frame.get_by_role(
        "radiogroup", name="1. Achter hoeveel van de 10 deuren woont iemand alleen?"
    )
    alone.get_by_label("7").check()
    assert frame.locator("figure").count() == 0
    frame.get_by_role("button", name="Klaar met schatten").click()
    expect(
        frame.get_by_text("Jij dacht: 7 van de 10").or_(frame.locator("figure")).first
    ).to_be_visible()
    expect(alone.get_by_label("7")).to_be_disabled()
    saved(frame)
    kept = room.answers("Vink")["m1-schatting"]
    assert kept["seen"] is True
    assert kept["guesses"]["alleen"] == 7
    assert kept["guesses"]["kinderen"] is None
    assert frame.locator("figure").count() == 1, "a question that was not guessed stays closed"


def test_everything_with_the_keyboard_alone(fresh, room):
    page = fresh
    begin_as(page, "Specht")
    page.locator("body").press("Tab")
    first = exercise(page, "Hier ben ik trots op").get_by_label(
        "Waar ben je trots op in jouw buurt?"
    )
    tab_to(page, first)
    page.keyboard.type("b x m a v")  # JupyterLab would act on every one of these
    option = exercise(page, "Waar ging je week naartoe?").get_by_label("Zorg om een bewoner")
    tab_to(page, option)
    page.keyboard.press("Space")
    expect(option).to_be_checked()
    area = exercise(page, "Over welke buurt gaat het?").get_by_role("combobox")
    tab_to(page, area)
    for _ in range(3):  # the first in the list is too small to show a figure
        page.keyboard.press("ArrowDown")
    saved(exercise(page, "Over welke buurt gaat het?"))
    # Each arrow is a choice; guesses begin anew with every other buurt.
    listed = area.evaluate("node => node.selectedOptions[0].textContent")
    last = re.split(r"\s\(", listed)[0]  # a list has hard spaces
    for _ in range(100):
        if room.answers("Specht")["m1-buurt"].get("name", "").startswith(f"{last} ("):
            break
        page.wait_for_timeout(100)
    else:
        pytest.fail(f"{last} was never kept: {room.answers('Specht')['m1-buurt']}")
    frame = exercise(page, "Zes keer schatten")
    alone = frame.get_by_role(
        "radiogroup", name="1. Achter hoeveel van de 10 deuren woont iemand alleen?"
    )
    tab_to(page, alone.get_by_label("0", exact=True))
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(alone.get_by_label("4")).to_be_checked()
    button = frame.get_by_role("button", name="Klaar met schatten")
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(frame.locator("figure").first).to_be_visible()
    goal = exercise(page, "Mijn kompascijfer en mijn straatteller")
    compass = goal.get_by_role("radiogroup")
    tab_to(page, compass.get_by_label("Sociale samenhang"))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(compass.get_by_label("Overlast en onveiligheid")).to_be_checked()
    saved(goal)
    kept = room.answers("Specht")
    assert kept["m1-trots"] == {"trots": "b x m a v"}
    assert re.fullmatch(r"BU9999\d{4}", kept["m1-buurt"]["code"])
    assert kept["m1-brandjes"] == {"keuze": ["Zorg om een bewoner"]}
    assert kept["m1-schatting"]["guesses"]["alleen"] == 4, "also when the button came at once"
    assert kept["m1-maten"]["kompas"] == ["Rust en veiligheid (overlast en onveiligheid)"]


def test_labs_own_keys_and_double_click_do_nothing(page):
    cells = page.locator(".jp-Cell").count()
    page.get_by_role("button", name="Klaar met schatten").focus()
    for key in ("b", "a", "x", "m", "y", "z", "d", "d", "Escape", "ArrowDown"):
        page.keyboard.press(key)
    heading = page.get_by_role("heading", name="Drie afspraken")
    heading.dblclick()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    assert page.locator(".jp-Cell").count() == cells
    expect(page.locator(".jp-MarkdownCell .cm-editor:visible")).to_have_count(0)
    expect(heading).to_be_visible()


def test_kernel_killed_while_typing_loses_nothing(page, room):
    begin_as(page, "Ekster")
    other = exercise(page, "Wat bleef liggen?").get_by_role("textbox")
    other.fill("De ronde door de kelders")
    saved(exercise(page, "Wat bleef liggen?"))
    frame = exercise(page, "Hier ben ik trots op")
    box = frame.get_by_role("textbox")
    box.focus()
    page.keyboard.type("Buren die ", delay=20)
    scrolled = page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop")
    room.kernel().kill()
    page.keyboard.type("elkaar helpen", delay=20)
    came_back(page)
    assert page.locator(".jp-Dialog:visible").count() == 0
    expect(box).to_have_value("Buren die elkaar helpen")
    expect(box).to_be_focused()
    page.keyboard.type(".")
    saved(frame)
    for _ in range(50):  # what was typed before may have been kept just before this key
        if room.answers("Ekster")["m1-trots"]["trots"].endswith("."):
            break
        page.wait_for_timeout(100)
    assert room.answers("Ekster")["m1-trots"] == {"trots": "Buren die elkaar helpen."}
    expect(other).to_have_value("De ronde door de kelders")
    assert page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop") == scrolled
    assert "Traceback" not in page.inner_text("body")


def test_switching_participants_is_one_click_and_refills(page, room):
    begin_as(page, "Uil")
    frame = exercise(page, "Hier ben ik trots op")
    box = frame.get_by_role("textbox")
    box.fill("Van Uil")
    saved(frame)
    begin_as(page, "Haas")
    expect(box).to_have_value("")
    box.fill("Van Haas")
    page.get_by_role("button", name="Uil", exact=True).click()  # at once: what waits is written
    expect(box).to_have_value("Van Uil")
    page.get_by_role("button", name="Haas", exact=True).click()
    expect(box).to_have_value("Van Haas")
    assert room.answers("Uil")["m1-trots"] == {"trots": "Van Uil"}
    assert room.answers("Haas")["m1-trots"] == {"trots": "Van Haas"}


WHO = ".leefbaar-who [aria-pressed]"


def test_names_are_whole_in_the_bar_and_the_page_begins_below_it(page):
    larger = page.get_by_role("button", name="Letters groter")
    smaller = page.get_by_role("button", name="Letters kleiner")
    long = "Grote bonte specht bij oude watermolens"
    begin_as(page, "Meerkoet")
    for name in ("Spreeuw", "Roodborsttapuit van de Wilgen", long, "W" * 40):
        begin_as(page, name)
        assert page.locator(WHO).count() == 3
        for width in (640, 1024, 1280):
            bar_is_whole(page, width)
    for _ in range(2):
        larger.click()
    for width in (1024, 1280):
        bar_is_whole(page, width)
    for _ in range(2):
        smaller.click()


def test_who_take_turns_stay_one_click_or_key_away(page):
    for name in ("Mus", "Spin", "Mier", "Slak"):
        begin_as(page, name)
    page.get_by_role("button", name="Andere naam…").click()
    page.get_by_role("dialog").get_by_role("button", name="Mus", exact=True).click()
    expect(page.get_by_role("button", name="Mus", pressed=True)).to_be_visible()
    assert page.locator(WHO).all_inner_texts() == ["Mus", "Mier", "Slak"]
    slak = page.get_by_role("button", name="Slak", exact=True)
    mus = page.get_by_role("button", name="Mus", exact=True)
    tab_to(page, slak)
    page.keyboard.press("Enter")
    expect(slak).to_have_attribute("aria-pressed", "true")
    expect(slak).to_be_focused()
    assert page.locator(WHO).all_inner_texts() == ["Mus", "Mier", "Slak"]
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(mus).to_have_attribute("aria-pressed", "true")
    expect(mus).to_be_focused()


def test_a_name_that_cannot_be_used_is_told(page):
    page.get_by_role("button", name="Andere naam…").click()
    page.get_by_label("een schuilnaam (niet je echte naam):").fill("../baas")
    page.get_by_role("button", name="Begin als iemand nieuw").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert ENGLISH.findall(page.get_by_role("alert").inner_text()) == []
    page.get_by_role("button", name="Terug").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_personal_data_is_held_back_until_told_otherwise(page, room):
    begin_as(page, "Das")
    frame = exercise(page, "Wat bleef liggen?")
    frame.get_by_role("textbox").fill("Bellen met 06-12345678")
    expect(frame.locator(".leefbaar-status")).to_contain_text("Nog niet bewaard")
    expect(frame.locator(".leefbaar-status")).to_contain_text("telefoonnummer")
    assert "m1-liggen" not in room.answers("Das")
    frame.get_by_role("button", name="Toch bewaren").click()
    saved(frame)
    assert room.answers("Das")["m1-liggen"] == {"liggen": "Bellen met 06-12345678"}


def test_letters_grow_and_stay(page):
    def size():
        return page.locator(".jp-MarkdownCell p").first.evaluate(
            "node => parseFloat(getComputedStyle(node).fontSize)"
        )

    before = size()
    page.get_by_role("button", name="Letters groter").click()
    assert size() > before
    grown = size()
    page.reload()
    ready(page)
    assert size() == grown
    page.get_by_role("button", name="Letters kleiner").click()
    assert size() == before


def test_facilitator_counts_and_nothing_else_is_kept(chromium, tmp_path):
    with opened(tmp_path, "--begeleider") as room, on(chromium, room) as page:
        expect(page.locator(".leefbaar-who")).to_contain_text("begeleider")
        for width in (1024, 1280):
            bar_is_whole(page, width)
        frame = exercise(page, "Hier ben ik trots op")
        frame.get_by_role("textbox").fill("Proef voor de zaal")
        expect(frame.locator(".leefbaar-status")).to_contain_text("niet bewaard")
        tally = exercise(page, "De brandjesweek van deze groep")
        expect(tally.get_by_role("textbox", name="Zorg om een bewoner")).to_be_hidden()
        tab_to(page, page.get_by_role("button", name="Open: De brandjesweek van deze groep"))
        page.keyboard.press("Enter")
        more = tally.get_by_title("Zorg om een bewoner: een meer")
        for _ in range(2):
            more.click()
        tab_to(page, more)
        page.keyboard.press("Space")
        expect(tally.get_by_role("textbox", name="Zorg om een bewoner")).to_have_value("3")
        expect(tally.locator("figure")).to_contain_text("Waar ging onze week naartoe?")
        saved(tally)
        assert room.answers("_groep")["m1-brandjes-telling"]["3"] == 3
        assert [p.name for p in (tmp_path / "antwoorden").glob("*.jsonl")] == ["_groep.jsonl"]
        assert "Zo leid je in" not in page.inner_text("body")


def test_stop_asks_then_ends_everything(chromium, tmp_path):
    with opened(tmp_path) as room, on(chromium, room) as page:
        frame = exercise(page, "Hier ben ik trots op")
        frame.get_by_role("textbox").fill("Net getypt")
        page.get_by_role("button", name="Stoppen").click()
        page.get_by_role("button", name="Nee, verder werken").click()
        page.get_by_role("button", name="Stoppen").click()
        page.get_by_role("button", name="Ja, stoppen").click()
        expect(page.locator("body")).to_contain_text("Gestopt. Je antwoorden zijn bewaard")
        assert room.process.wait(timeout=30) == 0
        assert room.answers()["m1-trots"] == {"trots": "Net getypt"}


def test_a_second_start_finds_the_running_room(room):
    again = subprocess.run(
        [sys.executable, "-m", "leefbaar_tools", "start", "--no-browser", "--folder", room.folder],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert again.returncode == 0
    assert room.url in again.stdout
