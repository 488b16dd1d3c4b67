"""The wijkplan on the page and its one-page sheets, in a real browser."""

import copy
import json
import os
import re

import pytest
from browser_room import begin_as, exercise, launched, on, opened, saved
from playwright.sync_api import expect
from test_plan import ANSWERED, GOAL, everywhere, filled, keep, sheet

from leefbaar_tools.paper import to_html

TITLE = "Mijn plan tot nu toe"


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A room whose first meeting shows the plan as well, below the place."""
    with opened(tmp_path_factory.mktemp("deelnemer")) as room:
        (path,) = room.folder.rglob("1-wijk-in-beeld.ipynb")
        notebook = json.loads(path.read_text("utf-8"))
        ids = [cell["id"] for cell in notebook["cells"]]
        cell = copy.deepcopy(notebook["cells"][ids.index("m1-plek")])
        cell |= {"id": "m1-proef", "source": [f'lt.plan("m1-proef", title="{TITLE}")']}
        notebook["cells"].insert(ids.index("m1-plek") + 1, cell)
        os.chmod(path, 0o600)
        path.write_text(json.dumps(notebook), "utf-8")
        yield room


def test_the_plan_follows_typing_and_who_is_answering(chromium, room):
    with on(chromium, room) as page:
        plan = page.locator(".leefbaar-figuur", has=page.get_by_role("heading", name=TITLE))
        expect(plan).to_contain_text("Mijn wijk, buurt en straat: Dit komt in bijeenkomst 1.")
        begin_as(page, "Merel")
        place = exercise(page, "Mijn plek")
        place.get_by_role("textbox").press_sequentially("De Lindestraat", delay=20)
        expect(plan).to_contain_text("De Lindestraat")
        saved(place)
        goal = exercise(page, "Mijn doel")
        goal.get_by_role("textbox").last.fill("De stoep is leeg")
        expect(plan).to_contain_text("De stoep is leeg")
        begin_as(page, "Spreeuw")
        expect(plan).not_to_contain_text("De Lindestraat")
        page.get_by_role("button", name="Merel", exact=True).click()
        expect(plan).to_contain_text("De Lindestraat")
        headings = plan.get_by_role("heading").all_text_contents()
        assert headings[:3] == [TITLE, "Van zin naar straat", "Mijn wijk, buurt en straat"]


@pytest.mark.parametrize("length", [1, 3, 60])
def test_page_and_card_are_one_page_from_the_browser_as_well(chromium, length, tmp_path):
    """Nothing is cut off, also when nothing was ever shorter than a page."""
    journal = filled(tmp_path / "antwoorden" / "Merel.jsonl")
    long = "WIJ MAKEN WIJKEN WAAR MENSEN WONEN. " * length
    for part, value in ANSWERED if length > 1 else ():
        keep(journal, part, everywhere(value, long) | ({"nu": 9} if part is GOAL else {}))
    for kind in ("teamleider", "zakkaart"):
        file = tmp_path / f"{kind}.html"
        file.write_text(to_html(sheet(kind, journal)), "utf-8")
        page = chromium.new_page()
        page.goto(file.as_uri())
        page.emulate_media(media="print")
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, kind
        sizes = "cards => cards.map(c => [c.scrollHeight <= c.clientHeight, c.scrollWidth <= c.clientWidth])"
        assert page.locator(".card").evaluate_all(sizes) in ([], [[True, True]] * 4), kind
        page.close()
