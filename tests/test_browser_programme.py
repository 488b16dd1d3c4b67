"""One participant carried through the whole programme in a real browser.

In every meeting the kernel dies while something is typed; before the last one the answers are
months old and go to another computer. At the end the plan holds every answer.
"""

import json
import re
from functools import cache

import pytest
from browser_room import begin_as, came_back, launched, on, opened, ready
from playwright.sync_api import Page, expect

from leefbaar_tools.exercises.counted import read_meeting
from leefbaar_tools.exercises.fields import NumberField, TableField
from leefbaar_tools.resources import meetings
from leefbaar_tools.wijkplan import make_plans

NAME = "Merel"


@cache
def feeding(meeting: int) -> tuple:
    """Exercises of a meeting of which something comes in the plan."""
    exercises = read_meeting(meetings()[meeting - 1]).exercises.values()
    return tuple(e for e in exercises if (e.plan or any(e.plans().values())) and not e.private)


def words_for(exercise, place: str) -> str:
    """What is typed in one box: a number or a date where that is asked, else words of its own."""
    fields = {field.key: field for field in exercise.fields()}
    if isinstance(fields.get(place), NumberField):
        return "2027" if fields[place].year else "3"
    columns = [c for f in fields.values() if isinstance(f, TableField) for c in f.columns]
    kinds = {column.key: column.kind for column in columns}
    kind = kinds.get(place.rsplit("-", 1)[-1], "text")
    if exercise.kind == "allocate" and re.search(r"--\d+$|-aantal$", place):
        kind = "number"
    typed = {"number": "2", "date": "3-11-2026"}
    return typed.get(kind) or f"Woord {exercise.id} {place}"


def boxes(page: Page, exercise):
    """The boxes of an exercise that can be typed in, each with its place."""
    inside = page.locator(f".leefbaar-oefening [class*='lv-{exercise.id}--']")
    for box in inside.locator("input[type=text], textarea").filter(visible=True).all():
        holder = box.locator("xpath=ancestor::*[contains(@class, 'lv-')][1]")
        found = re.search(rf"lv-{exercise.id}--(\S+)", holder.get_attribute("class"))
        yield found[1], box


def frame_of(page: Page, exercise):
    return page.locator(
        ".leefbaar-oefening", has=page.locator(f"[class*='lv-{exercise.id}--']").first
    )


def answer(page: Page, exercise) -> list[str]:
    """Fill an exercise; returns the words that must be in the plan."""
    frame = frame_of(page, exercise)
    for choice in frame.get_by_role("radio").all()[:1]:
        choice.check()
    typed = []
    for place, box in boxes(page, exercise):
        text = words_for(exercise, place)
        if re.match(r"rijen--|banden--|stippen--", place) and not re.search("--1-", place):
            continue  # one row is enough
        box.fill(text)
        typed.append(text)
    return [text for text in typed if text.startswith("Woord")]


def through(page: Page, room, meeting: int) -> dict[str, list[str]]:
    """Do one meeting, with a kernel that dies halfway the last words.

    Returns the words by what they feed: a later answer to the same takes the place of this one.
    """
    wanted = {e.plan or e.id: answer(page, e) for e in feeding(meeting)}
    for exercise in feeding(meeting):
        expect(frame_of(page, exercise).locator(".leefbaar-status").last).to_contain_text(
            "✔ Bewaard"
        )
    last = next(e for e in reversed(feeding(meeting)) if e.kind == "write")
    _, box = list(boxes(page, last))[-1]
    whole = box.input_value()
    box.fill("")
    box.press_sequentially(whole[: len(whole) // 2], delay=10)
    room.kernel().kill()
    box.press_sequentially(whole[len(whole) // 2 :], delay=10)
    came_back(page)
    expect(box).to_have_value(whole)
    box.press_sequentially(" en verder")
    kept(page, room, last.id, f"{whole} en verder")
    fed = last.plan or last.id
    wanted[fed] = [f"{text} en verder" if text == whole else text for text in wanted[fed]]
    return wanted


def kept(page: Page, room, id: str, text: str) -> None:
    """Wait until it is in the journal: who closes the page may do so at any moment after."""
    for _ in range(300):
        if text in room.answers(NAME).get(id, {}).values():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{id}: {text!r} did not come in the journal")


def words(wanted: dict[str, list[str]]) -> list[str]:
    return [text for texts in wanted.values() for text in texts]


def test_one_participant_through_all_meetings(tmp_path):
    wanted: dict[str, list[str]] = {}
    with launched() as chromium:
        with opened(tmp_path / "eerst") as room, on(chromium, room) as page:
            begin_as(page, NAME)
            for meeting in (1, 2, 3):
                if meeting > 1:
                    option = page.get_by_role("combobox", name="Bijeenkomst")
                    option.select_option(index=meeting - 1)
                    page.wait_for_url(f"**/{meetings()[meeting - 1].name}*")
                    ready(page)
                    expect(page.get_by_role("button", name=NAME, pressed=True)).to_be_visible()
                wanted |= through(page, room, meeting)
        file = tmp_path / "eerst" / "antwoorden" / f"{NAME}.jsonl"
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        other = tmp_path / "later" / "antwoorden"
        other.mkdir(parents=True)
        (other / file.name).write_text(
            "".join(json.dumps(line | {"at": "2026-03" + line["at"][7:]}) + "\n" for line in lines)
        )
        with opened(tmp_path / "later", "4") as room, on(chromium, room) as page:
            page.get_by_role("button", name=NAME, exact=True).click()
            expect(page.get_by_role("button", name=NAME, pressed=True)).to_be_visible()
            plan = page.locator(".leefbaar-figuur", has=page.get_by_text("Van zin naar straat"))
            for text in words(wanted):
                expect(plan.first).to_contain_text(text)
            wanted |= through(page, room, 4)
            for text in words(wanted):
                expect(plan.first).to_contain_text(text)
    journal = other / file.name
    assert make_plans([journal], output=tmp_path / "plan", progress=lambda line: None) == []
    sheet = (tmp_path / "plan" / f"{NAME}-wijkplan.html").read_text("utf-8")
    missing = [text for text in words(wanted) if text not in sheet]
    assert missing == []
    assert len(words(wanted)) >= 25
