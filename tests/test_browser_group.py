"""The group picture on the projector, in a real browser, in a room with a small notebook."""

import nbformat
import pytest
from browser_room import ENGLISH, Room, exercise, launched, on, tab_to
from playwright.sync_api import expect

from leefbaar_tools.answers import WorkFolder
from leefbaar_tools.exercises.counted import read_meeting
from leefbaar_tools.resources import meetings
from leefbaar_tools.room import copies, server

TITLE = "Het beeld van deze groep"
CELLS = {
    "m9-begin": "import leefbaar_tools as lt\n\nlt.begin()",
    "m9-schrijf": 'lt.write("m9-schrijf", title="Schrijf", prompts=["Wat zie je?"])',
    "m9-beeld": f'lt.group_picture("m9-beeld", title="{TITLE}", of=["m1-brandjes", "m1-maten"])',
}
FIRES = read_meeting(meetings()[0]).exercises["m1-brandjes"]
NAMES = ("Merel", "Vink", "Kauw", "Wulp", "Grutto")


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("groep")
    notebook = nbformat.v4.new_notebook(
        metadata={"leefbaar": {"meeting": 9, "title": "Groep"}},
        cells=[nbformat.v4.new_code_cell(code, id=id) for id, code in CELLS.items()],
    )
    nbformat.write(notebook, folder / "9-groep.ipynb")
    work = WorkFolder(folder / "werk")
    for name in NAMES:
        answer(work, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "meetings", lambda: [folder / "9-groep.ipynb"])
        server.check_folder(folder / "werk")
        process, lab = server.start_server(folder / "werk", "begeleider")
    yield Room(folder / "werk", process, lab.url("doc/tree/9-groep.ipynb"))
    server.stop(process, lab)


# How wide the words of a button are, how much room there is, and on how many lines they stand.
MEASURE = """node => {
    const words = document.createRange();
    words.selectNodeContents(node);
    return [node.scrollWidth, node.clientWidth, words.getClientRects().length];
}"""


def answer(work, name):
    chosen = {"keuze": [FIRES.options[0]]}
    work.journal(name).append(FIRES.id, FIRES.kind, FIRES.prompt(), chosen)


def test_closed_until_opened_and_worked_with_the_keyboard(room):
    before = {p: p.read_bytes() for p in (room.folder / "antwoorden").rglob("*.jsonl")}
    with launched() as chromium, on(chromium, room) as page:
        frame = exercise(page, TITLE)
        open_it = frame.get_by_role("button", name="Open het beeld van de groep")
        expect(open_it).to_be_visible()
        expect(frame.locator("svg")).to_have_count(0)
        assert FIRES.options[0] not in frame.inner_text()
        tab_to(page, open_it)
        page.keyboard.press("Enter")
        choice = frame.get_by_role("radiogroup", name="Welke opdracht?")
        expect(choice).to_be_visible()
        expect(frame.locator("svg[role=img]")).to_have_count(0)
        choice.get_by_label(FIRES.title).check()
        picture = frame.locator("svg[role=img]")
        expect(picture).to_have_count(1)
        assert f"{FIRES.options[0]}: 5 van de 5." in picture.get_attribute("aria-label")
        for name in NAMES:
            assert name not in page.locator(".jp-Notebook").inner_text()
        assert not ENGLISH.search(frame.inner_text())
        for target in frame.locator("button:visible, .widget-radio-box label").all():
            assert target.bounding_box()["height"] >= 24
        for words in ("Kijk opnieuw", "Sluit het beeld"):
            button = frame.get_by_role("button", name=words)
            wide, place, lines = button.evaluate(MEASURE)
            assert (wide <= place, lines) == (True, 1), words
        answer(WorkFolder(room.folder), "Zwaluw")
        answer(WorkFolder(room.folder), "Reiger")
        frame.get_by_role("button", name="Kijk opnieuw").click()
        expect(frame.locator("figcaption")).to_contain_text("antwoorden van 7 mensen")
        frame.get_by_role("button", name="Sluit het beeld").click()
        expect(frame.locator("svg")).to_have_count(0)
        expect(open_it).to_be_visible()
        after = {p: p.read_bytes() for p in before}
    assert after == before, "looking writes nothing"
    assert not (room.folder / "antwoorden" / "_groep.jsonl").exists()
    log = room.folder / "logboek" / "oefeningen.log"
    assert not log.exists() or "Traceback" not in log.read_text("utf-8")
