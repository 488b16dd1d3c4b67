"""Exercises as a person uses them: fields are filled and buttons clicked, without a kernel."""

import asyncio
import csv
import json
import logging
from datetime import datetime
from math import floor

import ipywidgets as widgets
import pytest
from jupyter_client import KernelManager

import leefbaar_tools as lt
from leefbaar_tools import answers, areas
from leefbaar_tools.answers import Journal, NotSaved, WorkFolder
from leefbaar_tools.exercises import page, screens
from leefbaar_tools.exercises import session as sessions
from leefbaar_tools.exercises.fields import ChoiceField, NumberField
from leefbaar_tools.exercises.kinds import Choose, ChooseArea, Estimate, Tally, Write
from leefbaar_tools.exercises.parts import Context, Exercise, Part
from leefbaar_tools.exercises.pictures import Picture
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import SORRY, Session
from leefbaar_tools.paper import (
    MIME,
    Boxes,
    DoorRow,
    FigureBlock,
    NumberBox,
    Said,
    Table,
    WriteLines,
    to_html_fragment,
    to_json,
)
from leefbaar_tools.resources import meetings, shared_path

LISDODDE, MAALDERIJ, TINY = "BU99990101", "BU99990201", "BU99990503"
WIDGET = "application/vnd.jupyter.widget-view+json"
WRITE = Write(
    id="m9-schrijf",
    title="Wat zie je?",
    help="Kort is goed.",
    prompts={"wat": "Wat gaat goed?", "waar": "Op welke plek?"},
    plan="doel",
)
ONE = Choose(id="m9-een", title="Kleur", question="Welke kleur?", options=("Rood", "Blauw"))
MANY = Choose(
    id="m9-meer",
    title="Brandjes",
    question="Welke twee?",
    options=("Afval", "Ruzie", "Zorg"),
    multiple=True,
    most=2,
)
AREA = ChooseArea(id="m9-buurt", title="Buurt", question="Welke buurt?")
ESTIMATE = Estimate(
    id="m9-schatting",
    title="Schatten",
    questions=(
        {
            "key": "alleen",
            "ask": "Wie woont er alleen?",
            "as": "doors",
            "indicator": "single_person",
            "after": "Alleen is niet eenzaam.",
        },
        {
            "key": "ouderen",
            "ask": "Hoeveel mensen van 65 en ouder?",
            "as": "relative",
            "indicator": "age_65_plus",
        },
        {"key": "kennen", "ask": "Wie ken jij?", "as": "own", "after": "Jij bent de bron."},
    ),
)
TALLY = Tally(id="m9-telling", title="Telling", question="Hoe ging het?", options=("Goed", "Zo"))


class Numbers(Exercise):
    """A kind with one ordinary number: a new kind needs nothing more than its fields."""

    kind = "test-number"

    def fields(self):
        return (NumberField("meter", "Hoe lang?", "meter", high=5000),)


NUMBER = Numbers(id="m9-getal", title="Meten")


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


@pytest.fixture
def here(tmp_path):
    return Session(tmp_path, strict=True)


@pytest.fixture
def room(tmp_path, monkeypatch):
    """What ``leefbaar start`` passes to the cells of a notebook."""

    def enter(*, strict=True, folder=tmp_path):
        monkeypatch.setenv("LEEFBAAR_STRICT", "1" if strict else "0")
        if folder is None:
            monkeypatch.delenv("LEEFBAAR_FOLDER", raising=False)
        else:
            monkeypatch.setenv("LEEFBAAR_FOLDER", str(folder))
        sessions.session.cache_clear()
        return sessions.session()

    yield enter
    sessions.session.cache_clear()


# --- what a person does and sees


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def field(screen, name):
    """The widget of a field, found as the page finds it."""
    wanted = f"lv-{screen.id}--{name}"
    return next(w for w in walk(screen.widget) if wanted in w._dom_classes)


def button(screen, words):
    buttons = [w for w in walk(screen.widget) if isinstance(w, widgets.Button)]
    return next(b for b in buttons if words in (b.description, b.tooltip))


def visible(screen, words):
    return button(screen, words).layout.display != "none"


def page_text(screen):
    return "".join(w.value for w in walk(screen.widget) if isinstance(w, widgets.HTML))


def lines(folder, name="Deelnemer 1"):
    path = folder / "antwoorden" / f"{name}.jsonl"
    return (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )


def newest(folder, exercise, name="Deelnemer 1"):
    return [line["value"] for line in lines(folder, name) if line["exercise"] == exercise.id][-1]


def anywhere_on_disk(folder):
    return "".join(p.read_text("utf-8") for p in folder.rglob("*") if p.is_file())


def fill_write(screen):
    field(screen, "wat").value = "Een bankje <b> & ’s avonds licht"
    field(screen, "waar").value = "Bij de school\nen het plein"


def fill_one(screen):
    field(screen, "keuze").index = 1


def fill_many(screen):
    field(screen, "keuze--1").value = True
    field(screen, "keuze--eigen").value = "Een verhuizing"


def fill_area(screen):
    field(screen, "code").value = MAALDERIJ


def fill_estimate(screen):
    field(screen, "alleen").index = 7
    field(screen, "ouderen").index = 0
    field(screen, "kennen").index = 3


def fill_tally(screen):
    button(screen, "Goed: een meer").click()
    button(screen, "Goed: een meer").click()
    button(screen, "Zo: een meer").click()


def fill_number(screen):
    field(screen, "meter").value = "1.234,25"


GUESSES = {"alleen": 7, "ouderen": ["meer"], "kennen": 3}
KINDS = {
    "write": (
        WRITE,
        fill_write,
        {"wat": "Een bankje <b> & ’s avonds licht", "waar": "Bij de school\nen het plein"},
    ),
    "one": (ONE, fill_one, {"keuze": ["Blauw"]}),
    "many": (MANY, fill_many, {"keuze": ["Afval", "Een verhuizing"]}),
    "area": (
        AREA,
        fill_area,
        {"code": MAALDERIJ, "name": "Maalderijbuurt (buurt in Molenes, Lindermonde)"},
    ),
    "estimate": (ESTIMATE, fill_estimate, {"code": LISDODDE, "seen": False, "guesses": GUESSES}),
    "tally": (TALLY, fill_tally, {"1": 2, "2": 1}),
    "number": (NUMBER, fill_number, {"meter": 1234.25}),
}
every_kind = pytest.mark.parametrize(("part", "fill", "value"), KINDS.values(), ids=KINDS)
PERSONAL = {name: kind for name, kind in KINDS.items() if name != "tally"}
every_personal_kind = pytest.mark.parametrize(
    ("part", "fill", "value"), PERSONAL.values(), ids=PERSONAL
)


def journal_of(part):
    return "_groep" if part.kind == "tally" else "Deelnemer 1"


def state(screen):
    """What stands in every field."""
    return {name: s for c in screen.controls.values() for name, s in c.page_state().items()}


# --- saved, and there again


@every_kind
def test_answer_is_there_again_in_a_new_session(part, fill, value, tmp_path):
    first = screen_for(part, Session(tmp_path, strict=True))
    empty = state(first)
    assert first.status == ""
    fill(first)
    assert newest(tmp_path, part, journal_of(part)) == value
    again = screen_for(part, Session(tmp_path, strict=True))
    assert state(again) == state(first) != empty
    assert again.value() == value
    assert again.status.startswith("✔ Bewaard om ")
    kept = len(lines(tmp_path, journal_of(part)))
    again.flush()
    assert len(lines(tmp_path, journal_of(part))) == kept, "showing an answer is not answering"


@every_kind
def test_journal_can_be_read_without_the_notebook(part, fill, value, tmp_path, here):
    fill(screen_for(part, here))
    line = lines(tmp_path, journal_of(part))[-1]
    assert {key: line[key] for key in ("exercise", "kind", "plan", "value", "format")} == {
        "exercise": part.id,
        "kind": part.kind,
        "plan": part.plan,
        "value": value,
        "format": 1,
    }
    assert line["prompt"]["title"] == part.title
    asked = line["prompt"]["fields"]
    assert list(asked) == [f.key for f in part.fields()]
    assert all(asked[f.key]["label"] == f.label for f in part.fields())
    if isinstance(part, Choose):
        assert asked["keuze"]["options"] == list(part.options)
    if part is ESTIMATE:
        assert asked["ouderen"]["options"] == ["meer", "ongeveer evenveel", "minder"]


def test_saved_line_says_when_and_another_day_its_date(tmp_path, here, monkeypatch):
    class Clock(datetime):
        moment = datetime(2026, 11, 22, 9, 5)

        @classmethod
        def now(cls, tz=None):
            return cls.moment

    monkeypatch.setattr(answers, "datetime", Clock)
    monkeypatch.setattr(screens, "datetime", Clock)
    screen = screen_for(WRITE, here)
    field(screen, "wat").value = "Iets"
    assert screen.status == "✔ Bewaard om 9:05"
    Clock.moment = datetime(2026, 11, 23, 16, 0)
    screen = screen_for(WRITE, Session(tmp_path, strict=True))
    assert screen.status == "✔ Bewaard op 22 november 2026 om 9:05"


class FakeClock:
    """An event loop whose time a test sets: nothing waits, nothing is late."""

    def __init__(self):
        self.now = 100.0

    def loop(self):
        loop = asyncio.SelectorEventLoop()
        loop.time = lambda: self.now
        return loop

    async def passes(self, seconds):
        self.now += seconds
        for _ in range(3):
            await asyncio.sleep(0)


@pytest.mark.parametrize("part", [WRITE, TALLY], ids=["write", "tally"])
def test_one_line_half_a_second_after_the_last_key(part, tmp_path, here):
    clock = FakeClock()
    name = journal_of(part)
    key, keys = ("wat", ["B", "Ba", "Ban"]) if part is WRITE else ("1", ["1", "12", "123"])

    async def types():
        screen = screen_for(part, here)
        field(screen, key).value = keys[0]
        await clock.passes(0.51)
        assert len(lines(tmp_path, name)) == 1
        assert screen.status.startswith("✔ Bewaard")
        for typed in keys[1:]:
            field(screen, key).value = typed
            assert screen.status == "", "“Bewaard” is no longer true"
            await clock.passes(0.4)
            assert len(lines(tmp_path, name)) == 1
            assert screen.status == ""
        await clock.passes(0.11)
        assert screen.status.startswith("✔ Bewaard")
        await clock.passes(5)

    with asyncio.Runner(loop_factory=clock.loop) as runner:
        runner.run(types())
    values = [str(line["value"][key]).removesuffix(".0") for line in lines(tmp_path, name)]
    assert values == [keys[0], keys[2]]
    assert screens.PAUSE == 0.5


def test_saved_is_said_only_when_the_line_is_on_disk(tmp_path, here, monkeypatch):
    screen = screen_for(WRITE, here)
    append = Journal.append

    def watched(self, *arguments, **more):
        assert "Bewaard" not in screen.status
        return append(self, *arguments, **more)

    monkeypatch.setattr(Journal, "append", watched)
    field(screen, "wat").value = "Iets"
    assert screen.status.startswith("✔ Bewaard")


def test_what_waits_is_written_by_a_flush(tmp_path, here):
    async def types():
        screen = screen_for(WRITE, here)
        field(screen, "wat").value = "Net getypt"
        here.flush()

    asyncio.run(types())
    assert newest(tmp_path, WRITE)["wat"] == "Net getypt"


# --- who


@every_personal_kind
def test_every_participant_has_answers_of_their_own(part, fill, value, tmp_path, here):
    screen = screen_for(part, here)
    empty = state(screen)
    fill(screen)
    filled = state(screen)
    here.switch("Merel")
    assert here.participant == "Merel"
    assert state(screen) == empty
    assert screen.status == ""
    here.new()
    assert state(screen) == empty
    here.switch("Deelnemer 1")
    assert state(screen) == filled
    assert screen.status.startswith("✔ Bewaard")
    here.rename("Vink")
    assert state(screen) == filled
    assert lines(tmp_path) == []
    assert newest(tmp_path, part, "Vink") == value
    assert lines(tmp_path, "Merel") == []


def test_switching_at_once_writes_what_waits_for_whom_typed_it(tmp_path, here):
    async def types():
        screen = screen_for(WRITE, here)
        field(screen, "wat").value = "Van de eerste"
        here.switch("Merel")
        field(screen, "wat").value = "Van Merel"
        here.switch("Deelnemer 1")
        assert field(screen, "wat").value == "Van de eerste"

    asyncio.run(types())
    assert newest(tmp_path, WRITE)["wat"] == "Van de eerste"
    assert newest(tmp_path, WRITE, "Merel")["wat"] == "Van Merel"


def test_another_window_that_switched_does_not_take_my_answer(tmp_path, here):
    screen = screen_for(WRITE, here)
    field(screen, "wat").value = "Van mij"
    WorkFolder(tmp_path).switch("Merel")
    field(screen, "waar").value = "Hier"
    assert newest(tmp_path, WRITE) == {"wat": "Van mij", "waar": "Hier"}
    assert lines(tmp_path, "Merel") == []


def test_another_window_that_renamed_keeps_one_journal(tmp_path, here):
    screen = screen_for(WRITE, here)
    field(screen, "wat").value = "Van mij"
    WorkFolder(tmp_path).rename("Merel")
    field(screen, "waar").value = "Hier"
    assert newest(tmp_path, WRITE, "Merel") == {"wat": "Van mij", "waar": "Hier"}
    assert [p.name for p in (tmp_path / "antwoorden").glob("*.jsonl")] == ["Merel.jsonl"]


def test_a_name_that_cannot_be_used_changes_nothing(tmp_path, here):
    screen = screen_for(WRITE, here)
    fill_write(screen)
    told = []
    here.tell = lambda **message: told.append(message)
    here.switch("../baas")
    here.rename("a/b")
    assert here.participant == "Deelnemer 1"
    assert field(screen, "wat").value.startswith("Een bankje")
    assert [bool(message["problem"]) for message in told if message["type"] == "who"] == [True] * 2


# --- text that is held back, refused, or cannot be written

PHONE, OTHER_PHONE = "06-12345678", "06-87654321"


def test_personal_data_waits_for_toch_bewaren(tmp_path, here):
    screen = screen_for(WRITE, here)
    assert not visible(screen, "Toch bewaren")
    field(screen, "wat").value = f"Bel {PHONE}"
    assert "telefoonnummer" in screen.status
    assert "Nog niet bewaard" in screen.status
    assert PHONE not in screen.status
    assert visible(screen, "Toch bewaren")
    assert PHONE not in anywhere_on_disk(tmp_path)
    button(screen, "Toch bewaren").click()
    assert newest(tmp_path, WRITE)["wat"] == f"Bel {PHONE}"
    assert screen.status.startswith("✔ Bewaard")
    assert not visible(screen, "Toch bewaren")
    field(screen, "waar").value = "Hier"
    assert newest(tmp_path, WRITE)["waar"] == "Hier", "asked once is enough"
    field(screen, "waar").value = f"Of {OTHER_PHONE}"
    assert visible(screen, "Toch bewaren")
    assert OTHER_PHONE not in anywhere_on_disk(tmp_path)


def test_let_through_before_is_not_asked_again_in_a_new_session(tmp_path, here):
    screen = screen_for(WRITE, here)
    field(screen, "wat").value = f"Bel {PHONE}"
    button(screen, "Toch bewaren").click()
    screen = screen_for(WRITE, Session(tmp_path, strict=True))
    field(screen, "wat").value = f"Bel {PHONE}."
    assert newest(tmp_path, WRITE)["wat"] == f"Bel {PHONE}."
    here.switch("Merel")
    screen = here._screens[WRITE.id]
    field(screen, "wat").value = f"Bel {PHONE}"
    assert visible(screen, "Toch bewaren"), "somebody else let it through"


def test_personal_data_in_an_own_option_waits_as_well(tmp_path, here):
    screen = screen_for(MANY, here)
    field(screen, "keuze--eigen").value = "jan@voorbeeld.nl"
    assert visible(screen, "Toch bewaren")
    assert "jan@" not in anywhere_on_disk(tmp_path)


def test_held_back_text_comes_back_after_switching_away(tmp_path, here):
    screen = screen_for(WRITE, here)
    field(screen, "wat").value = "Eerder"
    field(screen, "wat").value = f"Bel {PHONE} "
    here.switch("Merel")
    assert field(screen, "wat").value == ""
    assert not visible(screen, "Toch bewaren")
    here.switch("Deelnemer 1")
    assert field(screen, "wat").value == f"Bel {PHONE} "
    assert visible(screen, "Toch bewaren")
    assert PHONE not in anywhere_on_disk(tmp_path)
    assert newest(tmp_path, WRITE)["wat"] == "Eerder"
    here.rename("Vink")
    assert field(screen, "wat").value == f"Bel {PHONE} "
    here.switch("Merel")
    here.switch("Vink")
    button(screen, "Toch bewaren").click()
    assert newest(tmp_path, WRITE, "Vink")["wat"] == f"Bel {PHONE}"
    here.switch("Merel")
    here.switch("Vink")
    assert field(screen, "wat").value == f"Bel {PHONE}"


REFUSED = {
    "too long": (WRITE, "wat", "x" * (answers.MAX_TEXT + 7), "Je tekst is 7 tekens te lang."),
    "control character": (WRITE, "wat", "a\x07b", "onzichtbaar teken"),
    "half a letter": (WRITE, "wat", "a\ud83d", "onzichtbaar teken"),
    "dot": (NUMBER, "meter", "3.5", "“3.5” kan ik niet als getal lezen"),
    "words": (NUMBER, "meter", "veel", "“veel” kan ik niet als getal lezen"),
    "out of bounds": (NUMBER, "meter", "5.001", "Vul een getal in van 0 tot en met 5.000."),
    "below": (NUMBER, "meter", "−1", "Vul een getal in van 0 tot en met 5.000."),
    "half a hand": (TALLY, "1", "3,5", "Vul een heel getal in"),
    "tally with a dot": (TALLY, "1", "3.5", "“3.5” kan ik niet als getal lezen"),
}


@pytest.mark.parametrize(("part", "name", "typed", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_kept_is_told_and_stays_on_screen(part, name, typed, words, tmp_path, here):
    screen = screen_for(part, here)
    field(screen, name).value = "7"
    field(screen, name).value = typed
    assert screen.status.startswith("Nog niet bewaard. ")
    assert words in screen.status
    assert str(newest(tmp_path, part, journal_of(part))[name]) in ("7", "7.0")
    here.switch("Merel")
    here.switch("Deelnemer 1")
    assert field(screen, name).value == typed, "nothing that was typed is lost"
    assert words in screen.status
    again = screen_for(part, here)
    assert field(again, name).value == typed
    field(again, name).value = "8"
    assert again.status.startswith("✔ Bewaard")
    assert str(newest(tmp_path, part, journal_of(part))[name]) in ("8", "8.0")


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("3,5", 3.5, "3,5"),
        ("1.234", 1234, "1.234"),
        ("1234", 1234, "1.234"),
        ("1.234,125", 1234.125, "1.234,125"),
        (" 0 ", 0, "0"),
        ("", None, ""),
    ],
)
def test_numbers_are_dutch_and_keep_all_their_decimals(typed, number, shown, tmp_path, here):
    field(screen_for(NUMBER, here), "meter").value = "9"
    field(screen_for(NUMBER, here), "meter").value = typed
    assert newest(tmp_path, NUMBER)["meter"] == number
    again = screen_for(NUMBER, Session(tmp_path, strict=True))
    assert field(again, "meter").value == shown
    assert again.value() == {"meter": number}


def test_one_form_of_the_same_letters_is_kept(tmp_path, here):
    screen = screen_for(WRITE, here)
    field(screen, "wat").value = "cafe\u0301\r\nen verder"
    assert newest(tmp_path, WRITE)["wat"] == "café\nen verder"
    screen = screen_for(MANY, here)
    field(screen, "keuze--eigen").value = "cafe\u0301"
    assert newest(tmp_path, MANY) == {"keuze": ["café"]}
    field(screen, "keuze--eigen").value = "caf\x07"
    assert "onzichtbaar teken" in screen.status


def test_choosing_too_many_is_told_and_the_earlier_choice_stays(tmp_path, here):
    screen = screen_for(MANY, here)
    for box in ("keuze--1", "keuze--2", "keuze--3"):
        field(screen, box).value = True
    assert screen.status == "Nog niet bewaard. Je koos er 3. Kies er hooguit 2: haal er een weg."
    assert newest(tmp_path, MANY) == {"keuze": ["Afval", "Ruzie"]}
    here.switch("Merel")
    here.switch("Deelnemer 1")
    assert [field(screen, f"keuze--{n}").value for n in (1, 2, 3)] == [True] * 3
    field(screen, "keuze--1").value = False
    assert screen.status.startswith("✔ Bewaard")
    assert newest(tmp_path, MANY) == {"keuze": ["Ruzie", "Zorg"]}
    field(screen, "keuze--eigen").value = "Nog iets"
    assert "Kies er hooguit 2" in screen.status


@every_personal_kind
def test_a_disk_that_fails_is_told_and_costs_nothing(
    part, fill, value, tmp_path, here, monkeypatch
):
    screen = screen_for(part, here)
    with monkeypatch.context() as broken:

        def refuse(*arguments, **more):
            raise NotSaved("Dit is niet bewaard. De schijf is vol.")

        broken.setattr(Journal, "append", refuse)
        fill(screen)
        assert screen.status == "Nog niet bewaard. Dit is niet bewaard. De schijf is vol."
        assert lines(tmp_path) == []
        typed = state(screen)
        here.switch("Merel")
        here.switch("Deelnemer 1")
        assert state(screen) == typed
        assert "De schijf is vol." in screen.status
    here.flush()
    assert screen.status.startswith("✔ Bewaard")
    assert newest(tmp_path, part) == value
    assert here.errors == []


# --- where nothing is kept


@every_kind
def test_private_is_nowhere(part, fill, value, tmp_path, here):
    private = Part.from_spec({**part.spec(), "private": True})
    screen = screen_for(private, here)
    assert screen.status == "Dit bewaren we niet."
    fill(screen)
    assert screen.status == "Dit bewaren we niet."
    assert here.drafts == {}
    here.flush()
    here.switch("Merel")
    assert all(path.stat().st_size == 0 for path in tmp_path.rglob("*.jsonl"))
    assert part.id not in anywhere_on_disk(tmp_path)
    assert "bankje" not in anywhere_on_disk(tmp_path)
    assert private.group(value) == {}
    assert private.face(context({private.id: answer_of(private, value)})) == private.paper(
        context()
    )


def test_private_text_is_not_even_asked_about(tmp_path, here):
    screen = screen_for(Part.from_spec({**WRITE.spec(), "private": True}), here)
    field(screen, "wat").value = f"Bel {PHONE}"
    assert screen.status == "Dit bewaren we niet."
    assert not visible(screen, "Toch bewaren")
    field(screen, "wat").value = "x" * 5000
    assert "bewaard" not in screen.status


@every_kind
def test_without_a_folder_exercises_work_and_say_so(part, fill, value):
    screen = screen_for(part, Session(None, strict=True))
    assert screen.status == "Oefenstand: er wordt niets bewaard."
    fill(screen)
    assert screen.status == "Oefenstand: er wordt niets bewaard."
    assert screen.value() == value


def test_without_a_folder_the_estimate_follows_the_buurt_and_shows():
    here = Session(None, strict=True)
    area, screen = screen_for(AREA, here), screen_for(ESTIMATE, here)
    fill_estimate(screen)
    button(screen, ESTIMATE.button).click()
    assert "Lisdoddebuurt" in page_text(screen)
    field(area, "code").value = MAALDERIJ
    assert all(index == -1 for index in state(screen).values())
    fill_estimate(screen)
    button(screen, ESTIMATE.button).click()
    assert "Maalderijbuurt" in page_text(screen)
    assert "Lisdoddebuurt" not in page_text(screen)


@every_kind
def test_facilitator_keeps_tallies_and_nothing_else(part, fill, value, tmp_path):
    here = Session(tmp_path, facilitator=True, strict=True)
    screen = screen_for(part, here)
    fill(screen)
    here.flush()
    here.switch("Merel")
    if part is TALLY:
        assert newest(tmp_path, TALLY, "_groep") == value
        assert screen.status.startswith("✔ Bewaard")
        assert [p.name for p in tmp_path.rglob("*.jsonl")] == ["_groep.jsonl"]
    else:
        assert screen.status == "Voorbeeld voor de zaal: dit wordt niet bewaard."
        assert list(tmp_path.rglob("*.jsonl")) == []


def test_session_is_what_leefbaar_start_set_up(tmp_path, room):
    assert room(folder=None).folder is None
    assert room().facilitator is False
    (tmp_path / ".leefbaar").mkdir()
    (tmp_path / ".leefbaar" / "start.json").write_text('{"audience": "begeleider"}')
    assert room().facilitator is True
    assert room(strict=False).strict is False


# --- options whose words changed


@pytest.mark.parametrize("multiple", [False, True])
def test_an_option_whose_words_changed_is_shown_as_own_words(multiple, tmp_path, here):
    old = Choose(id="m9-oud", title="T", question="Q", options=("Oud", "B"), multiple=multiple)
    new = Choose(id="m9-oud", title="T", question="Q", options=("Nieuw", "B"), multiple=multiple)
    screen = screen_for(old, here)
    if multiple:
        field(screen, "keuze--1").value = True
    else:
        field(screen, "keuze").index = 0
    screen = screen_for(new, here)
    assert field(screen, "keuze--eigen").value == "Oud"
    assert screen.value() == {"keuze": ["Oud"]}
    told = to_html_fragment(new.report({"keuze": ["Oud"]}, None))
    assert "Oud" in told
    assert "Nieuw" in told


def test_an_unknown_choice_never_shows_somebody_elses(tmp_path, here):
    old = Choose(id="m9-oud", title="T", question="Q", options=("Oud", "B"), own="")
    new = Choose(id="m9-oud", title="T", question="Q", options=("Nieuw", "B"), own="")
    field(screen_for(old, here), "keuze").index = 0
    screen = screen_for(new, here)
    assert field(screen, "keuze").index is None
    here.switch("Merel")
    field(screen, "keuze").index = 1
    here.switch("Deelnemer 1")
    assert field(screen, "keuze").index is None
    assert newest(tmp_path, new) == {"keuze": ["Oud"]}
    assert new.group({"keuze": ["Oud"]}) == {"keuze": ["Oud"]}


def test_typing_own_words_chooses_them_and_an_option_goes_before(tmp_path, here):
    screen = screen_for(ONE, here)
    field(screen, "keuze").index = 0
    field(screen, "keuze--eigen").value = "Geel"
    assert newest(tmp_path, ONE) == {"keuze": ["Geel"]}
    field(screen, "keuze").index = 0
    assert newest(tmp_path, ONE) == {"keuze": ["Rood"]}
    here.switch("Merel")
    field(screen, "keuze--eigen").value = "Geel"
    here.switch("Deelnemer 1")
    assert field(screen, "keuze").index == 0
    here.switch("Merel")
    assert screen.value() == {"keuze": ["Geel"]}


# --- estimate


def out_of_ten(part, whole):
    return floor(part / whole * 10 + 0.5)


def row(code, year="2024"):
    with open(shared_path("data", "kerncijfers.csv"), encoding="utf-8", newline="") as file:
        return next(r for r in csv.DictReader(file) if (r["gwb_code"], r["jaar"]) == (code, year))


def test_estimate_shows_what_follows_from_the_published_table(here):
    # Lisdoddebuurt 2024: 830 of 1.705 households are one person, 515 of 3.245 people are 65 or
    # older (16%); the city: 16.642 of 39.415, and 16.417 of 81.223 (20%).
    buurt, city = row(LISDODDE), row("GM9999")
    assert (int(buurt["a_1p_hh"]), int(buurt["a_hh"])) == (830, 1705)
    own = out_of_ten(int(buurt["a_1p_hh"]), int(buurt["a_hh"]))
    whole = out_of_ten(int(city["a_1p_hh"]), int(city["a_hh"]))
    assert (own, whole) == (5, 4)
    screen = screen_for(ESTIMATE, here)
    fill_estimate(screen)
    assert "van de 10" not in page_text(screen), "first guess, then see"
    button(screen, ESTIMATE.button).click()
    text = page_text(screen)
    assert "Jij dacht: 7 van de 10. Lisdoddebuurt: 5 van de 10. " in text
    assert "Heel Lindermonde: 4 van de 10." in text
    assert "Jij dacht: meer. Volgens de cijfers: minder dan in heel Lindermonde." in text
    assert "Lisdoddebuurt: 16." in text
    assert "Alleen is niet eenzaam." in text
    assert "Jij bent de bron." in text
    assert newest(here.folder.path, ESTIMATE)["seen"] is True
    assert all(field(screen, key).disabled for key in GUESSES)
    assert not visible(screen, ESTIMATE.button)


def test_a_question_that_was_not_guessed_stays_closed(tmp_path, here):
    screen = screen_for(ESTIMATE, here)
    button(screen, ESTIMATE.button).click()
    assert screen.status.startswith("Schat eerst.")
    assert lines(tmp_path) == []
    field(screen, "kennen").index = 3
    button(screen, ESTIMATE.button).click()
    for seen in (screen, screen_for(ESTIMATE, Session(tmp_path, strict=True))):
        assert "Jij bent de bron." in page_text(seen)
        assert "van de 10. " not in page_text(seen)
        assert "Lindermonde" not in page_text(seen)
        assert field(seen, "kennen").disabled
        assert not field(seen, "alleen").disabled
        assert visible(seen, ESTIMATE.button)
    field(seen, "alleen").index = 2
    button(seen, ESTIMATE.button).click()
    assert "Jij dacht: 2 van de 10" in page_text(seen)
    assert field(seen, "alleen").disabled


def test_another_buurt_starts_again_and_going_back_brings_the_guesses(tmp_path, here):
    area, screen = screen_for(AREA, here), screen_for(ESTIMATE, here)
    field(area, "code").value = LISDODDE
    fill_estimate(screen)
    button(screen, ESTIMATE.button).click()
    guessed, seen = state(screen), page_text(screen)
    field(area, "code").value = MAALDERIJ
    assert all(index == -1 for index in state(screen).values())
    assert not any(field(screen, key).disabled for key in GUESSES)
    assert "Lisdodde" not in page_text(screen)
    field(screen, "alleen").index = 1
    button(screen, ESTIMATE.button).click()
    assert "Jij dacht: 1 van de 10. Maalderijbuurt: 4 van de 10." in page_text(screen)
    field(area, "code").value = LISDODDE
    assert state(screen) == guessed
    assert page_text(screen) == seen
    assert [v["value"]["code"] for v in lines(tmp_path) if v["kind"] == "estimate"][-1] == MAALDERIJ


def test_a_tiny_buurt_gives_the_reason_and_no_figure(here):
    area, screen = screen_for(AREA, here), screen_for(ESTIMATE, here)
    field(area, "code").value = TINY
    fill_estimate(screen)
    button(screen, ESTIMATE.button).click()
    text = page_text(screen)
    reason = "Bedrijvenpark Havenrand: te klein om te tonen: minder dan"
    assert f"{reason} 20 huishoudens." in text
    assert f"{reason} 50 inwoners." in text
    assert "<figure" not in text
    assert "van de 10" not in text


def test_pictures_on_the_page_follow_the_buurt(room):
    room()
    area = lt.choose_area("m9-buurt", title="T", question="Q").screen
    picture = lt.picture("m9-beeld", show="trend", indicator="single_person", title="T").screen
    assert "Lisdoddebuurt" in picture.html
    field(area, "code").value = MAALDERIJ
    assert "Maalderijbuurt" in picture.html
    assert "Lisdoddebuurt" not in picture.html


# --- tally


def test_tally_is_counted_without_typing_and_its_picture_follows(tmp_path, here):
    screen = screen_for(TALLY, here)
    assert "<figure" not in page_text(screen)
    button(screen, "Goed: een minder").click()
    assert field(screen, "1").value == "0"
    for _ in range(3):
        button(screen, "Goed: een meer").click()
    button(screen, "Zo: een meer").click()
    button(screen, "Zo: een minder").click()
    button(screen, "Zo: een minder").click()
    assert newest(tmp_path, TALLY, "_groep") == {"1": 3, "2": 0}
    assert "Goed: 3. Zo: 0." in page_text(screen)
    field(screen, "2").value = "12"
    assert "Goed: 3. Zo: 12." in page_text(screen)
    field(screen, "2").value = "12x"
    assert "Goed: 3. Zo: 12." in page_text(screen), "the picture waits for a number"
    button(screen, "Zo: een meer").click()
    assert field(screen, "2").value == "12x"
    field(screen, "1").value = field(screen, "2").value = ""
    assert "<figure" not in page_text(screen)


# --- errors


def test_strict_raises_from_a_cell_and_from_a_callback(room, monkeypatch):
    here = room()
    with pytest.raises(ValueError, match="geen-veld"):
        lt.write("m9-a", title="T", prompts=["Q"], plan="geen-veld")
    with pytest.raises(areas.AreaError):
        lt.picture("m9-b", show="place", indicator="geluk")
    screen = lt.write("m9-c", title="T", prompts=["Q"]).screen
    monkeypatch.setattr(Write, "prompt", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        field(screen, "1").value = "Iets"
    assert [where for where, _ in here.errors] == ["m9-a", "m9-b", "m9-c.save"]


def test_not_strict_tells_one_dutch_sentence_and_logs_the_rest(room, tmp_path, monkeypatch, capfd):
    room(strict=False)
    for broken in (
        lt.write("m9-a", title="T", prompts=["Q"], plan="geen-veld"),
        lt.picture("m9-b", show="place", indicator="geluk"),
    ):
        bundle = broken._repr_mimebundle_()
        assert SORRY in bundle["text/html"]
        assert "Error" not in str(bundle)
    screen = lt.write("m9-c", title="T", prompts=["Q"]).screen
    with monkeypatch.context() as broken:
        broken.setattr(Write, "prompt", lambda self: 1 / 0)
        field(screen, "1").value = "Iets"
        assert screen.status == SORRY
    estimate = lt.estimate(
        "m9-d",
        title="T",
        questions=[{"key": "k", "ask": "Q", "as": "doors", "indicator": "geluk"}],
    ).screen
    field(estimate, "k").index = 2
    button(estimate, ESTIMATE.button).click()
    assert estimate.status == SORRY
    logged = (tmp_path / "logboek" / "oefeningen.log").read_text("utf-8")
    for words in ("m9-a", "m9-b", "m9-c.save", "m9-d.see", "Traceback", "ZeroDivisionError"):
        assert words in logged
    assert capfd.readouterr() == ("", ""), "nothing of it on the page"
    field(screen, "1").value = "Toch"
    assert newest(tmp_path, screen) == {"1": "Toch"}
    later = lt.choose("m9-e", title="T", question="Q", options=["A", "B"]).screen
    field(later, "keuze").index = 0
    assert newest(tmp_path, later) == {"keuze": ["A"]}


@pytest.mark.parametrize("place", ["no folder", "log out of reach", "folder gone"])
def test_an_error_stays_off_the_page_without_a_log(place, room, tmp_path, capfd):
    folder = tmp_path / "map"
    folder.mkdir()
    if place == "log out of reach":
        (folder / "logboek").write_text("een bestand")
    room(strict=False, folder=None if place == "no folder" else folder)
    if place == "folder gone":
        (folder / "logboek").rmdir()
    shown = lt.write("m9-a", title="T", prompts=["Q"], plan="geen-veld")
    assert shown._repr_mimebundle_()["text/plain"] == SORRY
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("leefbaar_tools").propagate


def test_running_a_cell_again_keeps_what_was_typed_and_one_live_screen(room, tmp_path):
    here = room()

    def cell():
        return lt.write("m9-c", title="T", prompts=["Q"]).screen

    async def runs():
        first = cell()
        field(first, "1").value = "Net getypt"
        second = cell()
        assert field(second, "1").value == "Net getypt"
        return first, second

    first, second = asyncio.run(runs())
    assert all(w.comm is None for w in walk(first.widget))
    assert all(w.comm is not None for w in walk(second.widget))
    assert list(here._screens.values()) == [second]
    assert len(lines(tmp_path)) == 1
    field(second, "1").value = f"Bel {PHONE}"
    third = cell()
    assert field(third, "1").value == f"Bel {PHONE}"
    assert visible(third, "Toch bewaren")
    here.switch("Merel")
    assert field(third, "1").value == ""


@pytest.mark.parametrize("value", [None, [], "tekst", {"wat": None}, {}])
def test_a_strange_line_in_the_journal_costs_no_exercise(value, tmp_path, here):
    for part in (WRITE, AREA, ESTIMATE):
        here.journal().append(part.id, part.kind, {}, value)
    screen_for(AREA, here)
    screen_for(ESTIMATE, here)
    screen = screen_for(WRITE, here)
    field(screen, "wat").value = "Gewoon verder"
    assert newest(tmp_path, WRITE)["wat"] == "Gewoon verder"


def test_an_answer_of_another_kind_is_left_alone(tmp_path, here):
    here.journal().append(WRITE.id, "choose", {}, {"wat": ["x"]})
    screen = screen_for(WRITE, here)
    assert field(screen, "wat").value == ""
    assert screen.status == ""


# --- four faces


def context(answered=None, code=LISDODDE):
    return Context(areas.sample_city(), code, answered or {})


def answer_of(part, value):
    return answers.Answer(part.id, part.kind, part.prompt(), part.plan, value, "2026-11-22T09:05")


def nodes(blocks, kind):
    for block in blocks:
        if isinstance(block, kind):
            yield block
        yield from nodes(getattr(block, "blocks", ()), kind)


def written(blocks):
    return json.dumps(to_json(tuple(blocks)), ensure_ascii=False)


@every_kind
def test_paper_asks_everything_and_answers_nothing(part, fill, value):
    blocks = part.paper(context())
    text = written(blocks)
    assert part.title in text
    assert part.help in text
    if part.kind == "area":  # the figures on the sheet are printed already: it says of where
        assert "Lisdoddebuurt" in text
        return
    for f in part.fields():
        assert f.label in text
        assert all(option in text for option in getattr(f, "options", ()))
    assert all(boxes.chosen == () for boxes in nodes(blocks, Boxes))
    assert all(doors.filled is None for doors in nodes(blocks, DoorRow))
    assert all(box.value is None for box in nodes(blocks, NumberBox))
    asked = [
        *nodes(blocks, WriteLines),
        *nodes(blocks, Boxes),
        *nodes(blocks, NumberBox),
        *nodes(blocks, DoorRow),
        *(row for table in nodes(blocks, Table) for row in table.rows if row[1] == ""),
    ]
    assert len(asked) == len(part.fields())
    assert part.face(context()) == blocks


def test_estimate_on_paper_has_the_figures_on_another_page():
    text = written(ESTIMATE.paper(context()))
    outside, inside = text.split("PageBreak")
    assert "Lisdoddebuurt" not in outside
    assert "Lisdoddebuurt: 5 van de 10." in inside
    assert "Jij dacht" not in inside


@every_kind
def test_face_of_an_answered_exercise_is_its_report(part, fill, value):
    there = context({part.id: answer_of(part, value)})
    assert part.face(there) == part.report(value, there)


def test_report_has_the_persons_own_words_and_a_mark():
    there = context()
    said = list(nodes(WRITE.report(KINDS["write"][2], there), Said))
    assert [(s.prompt, s.text) for s in said] == [
        ("Wat gaat goed?", "Een bankje <b> & ’s avonds licht"),
        ("Op welke plek?", "Bij de school\nen het plein"),
    ]
    (boxes,) = nodes(ONE.report({"keuze": ["Blauw"]}, there), Boxes)
    assert (boxes.options, boxes.chosen) == (("Rood", "Blauw"), ("Blauw",))
    (boxes,) = nodes(MANY.report({"keuze": ["Afval", "Een verhuizing"]}, there), Boxes)
    assert boxes.chosen == ("Afval", "Een verhuizing")
    assert "Een verhuizing" in to_html_fragment((boxes,))
    (said,) = nodes(AREA.report({"code": MAALDERIJ}, there), Said)
    assert said.text == "Maalderijbuurt"
    first, second = nodes(TALLY.report({"1": 2, "2": None}, there), NumberBox)
    assert (first.value, second.value) == ("2", None)
    (number,) = nodes(NUMBER.report({"meter": 1234.25}, there), NumberBox)
    assert number.value == "1.234,25"
    assert list(nodes(ONE.report({"keuze": []}, there), Boxes)) == list(
        nodes(ONE.paper(there), Boxes)
    ), "what was not chosen is there to tick"


@pytest.mark.parametrize("code", [LISDODDE, TINY])
def test_report_of_an_estimate_has_every_guess(code):
    """Also of what only the participant knows, and where there is no figure beside it."""
    closed = {"code": code, "seen": False, "guesses": GUESSES}
    blocks = ESTIMATE.report(closed, context())
    assert [d.filled for d in nodes(blocks, DoorRow)] == [7, 3]
    assert [b.chosen for b in nodes(blocks, Boxes)] == [("meer",)]
    assert list(nodes(blocks, FigureBlock)) == []
    blocks = ESTIMATE.report({**closed, "seen": True}, context())
    if code == LISDODDE:
        assert "Jij dacht: 7 van de 10. Lisdoddebuurt: 5 van de 10." in written(blocks)
        assert "Jij dacht: meer." in written(blocks)
        assert [d.filled for d in nodes(blocks, DoorRow)] == [3]
    else:
        assert [d.filled for d in nodes(blocks, DoorRow)] == [7, 3]
        assert [b.chosen for b in nodes(blocks, Boxes)] == [("meer",)]
        assert "minder dan 50 inwoners" in written(blocks)
    assert "Jij bent de bron." in written(blocks)


def test_group_counts_labels_and_nothing_that_names():
    assert ONE.group({"keuze": ["Blauw"]}) == {"keuze": ["Blauw"]}
    assert MANY.group({"keuze": ["Afval", "Jan van de hoek"]}) == {
        "keuze": ["Afval", "Iets anders, namelijk"]
    }
    assert WRITE.group(KINDS["write"][2]) == {"wat": [], "waar": []}
    assert AREA.group({"code": MAALDERIJ}) == {}
    assert ESTIMATE.group(KINDS["estimate"][2]) == {
        "alleen": ["7"],
        "ouderen": ["meer"],
        "kennen": ["3"],
    }
    assert ESTIMATE.group({}) == {"alleen": [], "ouderen": [], "kennen": []}
    assert TALLY.group({"1": 2.0, "2": None}) == {"1": ["2"], "2": []}


PICTURE = Picture(id="m9-beeld", show="place", indicator="sociale_samenhang", title="T")


@every_kind
def test_an_exercise_goes_through_json_and_comes_out_the_same(part, fill, value):
    again = Part.from_spec(json.loads(json.dumps(part.spec())))
    there = context({part.id: answer_of(part, json.loads(json.dumps(value)))})
    assert type(again) is type(part)
    assert again.prompt() == part.prompt()
    assert again.paper(there) == part.paper(there)
    assert again.report(value, there) == part.report(value, there)
    assert again.face(there) == part.face(there)
    assert again.group(value) == part.group(value)


def test_a_picture_goes_through_json_and_comes_out_the_same():
    again = Part.from_spec(json.loads(json.dumps(PICTURE.spec())))
    assert again == PICTURE
    assert again.face(context()) == PICTURE.face(context())
    assert written(again.face(context(code=TINY))).count("te klein om te tonen: minder dan 20") == 1


CELLS = {
    "write": lambda: lt.write("m9-x", title="Titel", prompts={"a": "Vraag?"}),
    "one": lambda: lt.choose("m9-x", title="Titel", question="Vraag?", options=["Rood", "Blauw"]),
    "many": lambda: lt.choose(
        "m9-x", title="Titel", question="Vraag?", options=["Rood", "Blauw"], multiple=True
    ),
    "area": lambda: lt.choose_area("m9-x", title="Titel", question="Vraag?"),
    "estimate": lambda: lt.estimate("m9-x", title="Titel", questions=list(ESTIMATE.questions)),
    "tally": lambda: lt.tally("m9-x", title="Titel", question="Vraag?", options=["Rood", "Blauw"]),
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_output_of_a_cell_has_every_face_and_no_answer(cell, room, tmp_path):
    here = room()
    shown = cell()
    blank = shown._repr_mimebundle_()
    assert set(blank) == {"text/plain", "text/html", WIDGET, MIME}
    for widget in walk(shown.screen.widget):
        if (
            isinstance(widget, widgets.Text | widgets.Textarea)
            and "leefbaar-veld" in widget._dom_classes
        ):
            widget.value = "5"
        elif isinstance(widget, widgets.Checkbox):
            widget.value = True
        elif isinstance(widget, widgets.RadioButtons | widgets.Dropdown):
            widget.index = 1
    here.flush()
    assert list(tmp_path.rglob("*.jsonl"))
    before, after = shown._repr_mimebundle_(), cell()._repr_mimebundle_()
    for bundle in (before, after):
        assert bundle["text/plain"] == "Titel"
        assert bundle["text/html"] == blank["text/html"]
        assert bundle[MIME] == blank[MIME]
        assert Part.from_spec(bundle[MIME]["part"]) == shown.part
        json.dumps(bundle)
    part = shown.part
    assert blank["text/html"] == to_html_fragment(Exercise.paper(part, None))
    assert all(f.label in blank["text/html"] for f in part.fields())


def test_a_choice_field_without_own_words_counts_what_it_was_called():
    plain = ChoiceField("k", "Q", ("A", "B"))
    assert plain.count(["A", "Vroeger"]) == ["A", "Vroeger"]


def test_a_damaged_line_is_told_at_the_top_of_the_page(tmp_path, monkeypatch):
    session = Session(tmp_path, strict=True)
    session.folder.journal().append("m9-open", "write", {}, {"1": "Er nog"})
    path = next((tmp_path / "antwoorden").glob("*.jsonl"))
    monkeypatch.setattr(page, "session", lambda: session)
    shown = page.begin()._widget.value
    assert 'leefbaar-melding">' not in shown
    with path.open("ab") as file:
        file.write(b"<b>geen antwoord</b>\n")
    shown = page.begin()._widget.value
    assert shown.count('leefbaar-melding">') == 1
    assert "Regel 2" in shown
    assert session.answers()["m9-open"].value == {"1": "Er nog"}


# --- a page that is left


class Line:
    """The line to a page, as the kernel sees it."""

    def __init__(self, comm_id):
        self.comm_id, self.sent = comm_id, []

    def send(self, message):
        self.sent.append(message)

    def on_msg(self, heard):
        self.heard = heard

    def say(self, **data):
        self.heard({"content": {"comm_id": self.comm_id, "data": data}})


def alive():
    return set(widgets.widget._instances)


@pytest.mark.parametrize("meeting", meetings(), ids=lambda path: path.stem)
def test_a_page_that_is_left_leaves_no_widget_and_keeps_what_was_typed(meeting, room):
    """Whatever stands in a meeting: else the next page has to load it all first."""
    before = alive()
    here = room()
    notebook = json.loads(meeting.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), {"lt": lt})
    line = Line("page")
    here._opened(line, {})
    made = alive() - before
    assert len(made) > 500
    written = [s for s in here._screens.values() if s.exercise.kind == "write"]
    screen = next(s for s in written if s.journal())
    box = next(w for w in walk(screen.widget) if isinstance(w, widgets.Text | widgets.Textarea))
    (name,) = {one for one in box._dom_classes if one.startswith("lv-")}
    early = Line("earlier page")
    early.on_msg(here._heard)
    early.say(type="leave", typed={})
    assert alive() - before == made, "an earlier page is not this one"
    line.say(type="leave", typed={name: "Tot de laatste letter"})
    assert alive() - before == set()
    kept = here.journal().newest(screen.id)
    assert kept.value[name.partition("--")[2]] == "Tot de laatste letter"


def test_no_message_to_a_page_is_lost_when_the_server_is_busy(monkeypatch):
    """Three thousand boxes are made while nobody reads; all must be there afterwards."""
    monkeypatch.delenv("LEEFBAAR_FOLDER", raising=False)
    manager = KernelManager()
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        client.execute_interactive("import leefbaar_tools as lt; lt.begin()", timeout=60)
        made = client.execute(
            "import ipywidgets as w; _boxes = [w.Text().add_class('a') for _ in range(3000)]"
        )
        client.get_shell_msg(timeout=60)  # all is made and sent, and not one message is read
        opened, done = 0, False
        while not done:
            message = client.get_iopub_msg(timeout=10)
            if message["parent_header"].get("msg_id") == made:
                opened += message["msg_type"] == "comm_open"
                done = message["content"].get("execution_state") == "idle"
        assert opened == 3 * 3000
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_what_is_said_about_a_figure_is_not_said_where_there_is_none():
    """Of a tiny buurt nothing is shown; a question without a figure keeps its sentence."""
    asked = {"key": "a", "ask": "Hoeveel?", "after": "Dat zie jij."}
    known = {**asked, "as": "doors", "indicator": "single_person"}
    own = {**asked, "key": "b", "as": "own"}
    estimate = Estimate(id="m1-a", title="T", questions=(known, own))
    assert written(estimate.reveal(known, 3, context(code=TINY))).count("Dat zie jij.") == 0
    assert written(estimate.reveal(known, 3, context())).count("Dat zie jij.") == 1
    assert written(estimate.reveal(own, 3, context(code=TINY))).count("Dat zie jij.") == 1
