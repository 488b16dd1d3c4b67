"""The wijkplan: what somebody put in the kernvelden, on every sheet that is made of it."""

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import nbformat
import pikepdf
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from test_paper import page_text

import leefbaar_tools as lt
from leefbaar_tools import cli, wijkplan
from leefbaar_tools.answers import KERNVELDEN, Answer, Journal, WorkFolder
from leefbaar_tools.exercises import session as sessions
from leefbaar_tools.exercises.allocate import Allocate
from leefbaar_tools.exercises.goals import Goal, Teller
from leefbaar_tools.exercises.kinds import Choose, Rows, Write
from leefbaar_tools.exercises.network import Network
from leefbaar_tools.exercises.parts import Context, Part
from leefbaar_tools.exercises.plan_part import (
    MEETING_OF,
    ON_ONE_PAGE,
    SECTIONS,
    PlanPart,
    compose,
    plan_blocks,
)
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.handouts import Reader, make_document, reader_for, run
from leefbaar_tools.paper import (
    Document,
    FigureBlock,
    PageBreak,
    Paragraph,
    Table,
    page_count,
    to_html,
    to_html_fragment,
    to_pdf,
)
from leefbaar_tools.resources import meetings

SENTENCE = "Wij maken wijken waar mensen elkaar kennen."
MONDAY = "Ik zeg iedereen in de Lindestraat gedag."
LESSON = "Eerst luisteren, dan pas praten"
COUNTS = [("2026-10-06", 9), ("2026-10-09", 7), ("2026-10-13", 4)]
MORE = [("2026-11-03", 5), ("2026-11-06", 3), ("2026-11-10", 2)]


def write(id, plan, title="Titel", **prompts):
    return Write(id=id, title=title, prompts=prompts, plan=plan)


GOAL = Goal(
    id="m1-maten",
    title="Mijn maten",
    compass={"Rust en veiligheid": "", "Sociale samenhang": ""},
    ask={
        "kompas": "Welk cijfer past bij je doel?",
        "wat": "Wat tel je, en waar?",
        "nu": "Hoeveel is het nu, denk je?",
        "streef": "Naar welk getal wil je toe?",
        "jaar": "In welk jaar?",
    },
    plan="straatteller",
)
NETWORK = Network(
    id="m4-netwerk",
    title="Mijn netwerk",
    question="Met wie werk je?",
    columns={"wie": "Wie", "hoe": "Hoe vaak", "brengt": "Brengt", "wint": "Wint", "alleen": "Ik"},
    plan="partners",
)
HOURS = Allocate(
    id="m4-fiches",
    title="Mijn uren",
    question="Waar leg je je fiches?",
    options=("Rondje door de straat", "Papierwerk"),
    stop="Wat doe je niet meer?",
    plan="uren",
)
TIES = [
    {"wie": "Gemeente, groen", "hoe": "soms", "brengt": "snoeien", "wint": "rust", "alleen": ""},
    {"wie": "Buurtkamer", "hoe": "wekelijks", "brengt": "koffie", "wint": "gasten", "alleen": ""},
]
CHIPS = [{"rij": "Rondje door de straat", "aantal": 12}, {"rij": "Papierwerk", "aantal": 3}]
# Every kernveld, in the order in which somebody answers, with the exercise that asks for it.
ANSWERED = (
    (
        write("m1-zin", "zin", zin="Dit staat in ons plan:", maandag="Wat betekent dat maandag?"),
        {"zin": SENTENCE, "maandag": MONDAY},
    ),
    (write("m1-plek", "plek", plek="Welke straat?"), {"plek": "De Lindestraat, bij de bank"}),
    (
        write("m1-doel", "doel", zorg="Welke zorg heb je?", doel="Wat is er straks anders?"),
        {"zorg": "Zakken naast de bak", "doel": "De stoep is leeg en schoon"},
    ),
    (
        GOAL,
        {
            "kompas": ["Rust en veiligheid"],
            "wat": "Zakken bij de bak, op dinsdag en vrijdag",
            "nu": 9,
            "streef": 2.5,
            "jaar": 2027,
        },
    ),
    (
        Choose(
            id="m2-aanpak",
            title="Aanpak",
            question="Welke aanpak kies je?",
            options=("Samen opruimen", "Handhaven"),
            plan="aanpak",
        ),
        {"keuze": ["Samen opruimen"]},
    ),
    (
        write("m2-stap", "eerste_stap", stap="Wat is je eerste stap?", wanneer="Wanneer?"),
        {"stap": "Ik bel aan bij vier portieken", "wanneer": "maandag 30 november"},
    ),
    (
        write("m2-grenzen", "grenzen", mag="Wat mag je zelf?"),
        {"mag": "Een bak bestellen, geen boete geven"},
    ),
    (
        Rows(
            id="m3-verhaal",
            title="Verhaal",
            question="Als, dan, want",
            columns={"als": "Als ik", "dan": "Dan", "want": "Want"},
            plan="effect",
        ),
        {"rijen": [{"als": "vaker buiten ben", "dan": "groeten mensen", "want": "ze kennen mij"}]},
    ),
    (
        write("m3-meetplan", "meetplan", kijken="Hoe kijk je?"),
        {"kijken": "Ik tel door, en vraag het drie bewoners"},
    ),
    (
        write("m3-terug", "terugvertellen", wie="Wie vertelt het terug?"),
        {"wie": "De portiekvertegenwoordiger, bij de koffie"},
    ),
    (NETWORK, {"banden": TIES}),
    (HOURS, {"fiches": CHIPS, "stop": "Mails in de avond"}),
    (
        Rows(
            id="m4-acties",
            title="Mijn acties",
            question="Wat ik doe",
            columns={"wie": "Wie", "wat": "Wat", "wanneer": "Wanneer", "weten": "Weten bewoners?"},
            plan="acties",
        ),
        {
            "rijen": [
                {
                    "wie": "Buurman Ali",
                    "wat": "Bak schoon",
                    "wanneer": "1 mei",
                    "weten": "Nog niet",
                },
                {"wie": "", "wat": "Bladblazer lenen", "wanneer": "", "weten": ""},
            ]
        },
    ),
    (
        write("m4-toezegging", "toezegging", toezegging="Wat is je toegezegd?"),
        {"toezegging": "Vier uur per week tot de zomer"},
    ),
    (write("m4-leerpunt", "leerpunt", leerpunt="Wat leer je?"), {"leerpunt": LESSON}),
)
PARTS = {part.id: part for part, _ in ANSWERED}
WORDS = {
    "zin": SENTENCE,
    "plek": "De Lindestraat, bij de bank",
    "doel": "De stoep is leeg en schoon",
    "kompascijfer": "Rust en veiligheid",
    "straatteller": "Zakken bij de bak, op dinsdag en vrijdag",
    "aanpak": "Samen opruimen",
    "eerste_stap": "Ik bel aan bij vier portieken",
    "grenzen": "Een bak bestellen, geen boete geven",
    "effect": "groeten mensen",
    "meetplan": "vraag het drie bewoners",
    "terugvertellen": "De portiekvertegenwoordiger",
    "partners": "Buurtkamer",
    "uren": "Rondje door de straat",
    "stoppen": "Mails in de avond",
    "acties": "Bladblazer lenen",
    "toezegging": "Vier uur per week tot de zomer",
    "leerpunt": LESSON,
}


def teller(id):
    return Teller(id=id, title="Telkaart", question="Tellingen", of="m1-maten")


def dots(counts):
    return {"stippen": [{"datum": d, "aantal": n, "opmerking": ""} for d, n in counts]}


def keep(journal, part, value, **more):
    journal.append(part.id, part.kind, part.prompt(), value, **{"plan": part.plan, **more})


def filled(path, count=99, tellers=True):
    """A journal in which the first so many exercises were answered."""
    journal = Journal(path)
    for part, value in ANSWERED[:count]:
        keep(journal, part, value)
    if tellers:
        keep(journal, teller("m1-teller"), dots(COUNTS))
        keep(journal, teller("m2-stippen"), dots(MORE))
    return journal


@pytest.fixture
def journal(tmp_path):
    return filled(tmp_path / "antwoorden" / "Merel.jsonl")


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


def words(document) -> str:
    return plain(BeautifulSoup(to_html(document), "html.parser"))


def plain(soup) -> str:
    for style in soup("style"):
        style.extract()
    return re.sub(r"\s+", " ", soup.get_text(" "))


def sheet(kind, journal):
    return wijkplan.plan_document(kind, journal.path)[0]


def paper(document):
    return pikepdf.open(io.BytesIO(to_pdf(document)))


def on_paper(document) -> str:
    with paper(document) as pdf:
        return re.sub(r"\s+", " ", " ".join(map(page_text, pdf.pages)))


# --- what stands in it


def test_every_kernveld_has_a_place_and_a_meeting_once():
    placed = [kernveld for _, kernvelden in SECTIONS for kernveld in kernvelden]
    assert sorted(placed) == sorted(KERNVELDEN) == sorted(MEETING_OF)


@pytest.mark.parametrize("kernveld", KERNVELDEN)
def test_the_words_of_every_kernveld_stand_in_the_plan(kernveld, journal):
    document = sheet("plan", journal)
    assert WORDS[kernveld] in words(document)
    assert "Nog open" not in words(document)


def test_the_plan_on_paper_says_what_the_page_says(journal):
    text = on_paper(sheet("plan", journal)).replace(" ", "")
    missing = [k for k, said in WORDS.items() if said.replace(" ", "") not in text]
    assert missing == []


def test_the_sections_stand_in_the_order_of_the_plan(journal):
    soup = BeautifulSoup(to_html(sheet("plan", journal)), "html.parser")
    assert [h.get_text() for h in soup("h2")] == [title for title, _ in SECTIONS]


@pytest.mark.parametrize(
    ("count", "here", "later"),
    [
        (0, [], ["bijeenkomst 1", "bijeenkomst 2", "bijeenkomst 3", "bijeenkomst 4"]),
        (2, ["Mijn doel", "Mijn straatteller"], ["bijeenkomst 2"]),
        (7, [], ["bijeenkomst 3", "bijeenkomst 4"]),
    ],
)
def test_a_half_filled_plan_names_kindly_what_is_missing(count, here, later, tmp_path):
    journal = filled(tmp_path / "antwoorden" / "Half.jsonl", count, tellers=False)
    journal.path.parent.mkdir(exist_ok=True)
    journal.path.touch()
    document = sheet("plan", journal)
    soup = BeautifulSoup(to_html(document), "html.parser")
    # A section that is one kernveld bears its title; there the reason alone stands on the lines.
    asked = {
        h.get_text(): h.find_next("p", class_="label").get_text(" ")
        for h in soup("h2")
        if h.get_text() in (KERNVELDEN["terugvertellen"], KERNVELDEN["leerpunt"])
    }
    for p in soup.select("p.label:has(.hint)"):
        asked[p.contents[0].strip()] = p.get_text(" ")
    fed = {part.plan for part, _ in ANSWERED[:count]} | ({"kompascijfer"} if count > 3 else set())
    table = KERNVELDEN["acties"]  # open as well: a table has the room for it
    assert set(asked) == {title for k, title in KERNVELDEN.items() if k not in fed} - {table}
    captions = {caption.get_text() for caption in soup("caption")}
    assert table in captions
    for title in here:
        assert "Nog open, uit bijeenkomst 1" in asked[title]
    told = [hint for hint in asked.values() if "Dit komt in" in hint]
    assert all("open" in hint or "Dit komt in" in hint for hint in asked.values())
    assert {hint.partition("komt in ")[2].rstrip(".") for hint in told} >= set(later)
    lines = soup.select("p.label + .lines")
    assert len(lines) == len(asked), "every open kernveld has room to write"


def test_changing_an_earlier_answer_changes_the_plan(journal):
    before = words(sheet("plan", journal))
    plek = PARTS["m1-plek"]
    keep(journal, plek, {"plek": "Het Hof van Breda"})
    after = words(sheet("plan", journal))
    assert "Het Hof van Breda" not in before
    assert "Het Hof van Breda" in after
    assert WORDS["plek"] not in after
    assert "Hof van Breda" in words(sheet("teamleider", journal))


def test_the_newest_answer_to_a_kernveld_counts_whichever_exercise_gave_it(journal):
    again = write("m3-aanpak", "aanpak", aanpak="Past je aanpak nog?")
    keep(journal, again, {"aanpak": "Toch handhaven"})
    assert compose(journal.all()).entries["aanpak"].pairs[0].words == "Toch handhaven"
    keep(journal, PARTS["m2-aanpak"], {"keuze": ["Handhaven"]})
    assert compose(journal.all()).entries["aanpak"].pairs[0].words == "Handhaven"


def test_an_answer_that_was_emptied_leaves_the_earlier_one(journal):
    again = write("m3-aanpak", "aanpak", aanpak="Past je aanpak nog?")
    keep(journal, again, {"aanpak": "Toch handhaven"})
    keep(journal, again, {"aanpak": " "})
    assert compose(journal.all()).entries["aanpak"].pairs[0].words == "Samen opruimen"
    keep(journal, PARTS["m2-aanpak"], {"keuze": []})
    assert "aanpak" not in compose(journal.all()).entries


def test_a_goal_feeds_two_kernvelden_and_each_only_with_its_own_fields(journal):
    entries = compose(journal.all()).entries
    assert [pair.key for pair in entries["kompascijfer"].pairs] == ["kompas"]
    assert [pair.key for pair in entries["straatteller"].pairs] == ["wat", "nu", "streef", "jaar"]
    assert [pair.key for pair in entries["stoppen"].pairs] == ["stop"]


def test_dots_of_all_meetings_are_drawn_together_with_the_target(journal):
    figure = compose(journal.all()).dots()
    # 2, 3, 4, 5, 7, 9: halfway between the third and the fourth is 4,5.
    assert figure.title == "Mijn 6 stippen, met een lijn door het midden"
    for said in ("6-10-2026: 9.", "10-11-2026: 2.", "4,5", "waar je naartoe wilt: 2,5"):
        assert said in figure.alt
    for kind in ("plan", "teamleider"):
        drawn = BeautifulSoup(to_html(sheet(kind, journal)), "html.parser").select("figure img")
        assert [img["alt"] for img in drawn] == [figure.alt]


def test_appointments_say_who_what_and_when(journal):
    step = ("Ik", "Ik bel aan bij vier portieken", "maandag 30 november", {})
    assert compose(journal.all()).appointments() == [
        step,
        ("Buurman Ali", "Bak schoon", "1 mei", {"Weten bewoners?": "Nog niet"}),
        ("Ik", "Bladblazer lenen", "", {}),
    ]
    table = Rows(
        id="m3-af",
        title="Af",
        question="Afspraken",
        columns={"wie": "Wie", "wat": "Wat", "wanneer": "Wanneer"},
        plan="terugvertellen",
    )
    rows = [
        {"wie": "Sam", "wat": "regelt de sleutel", "wanneer": "2026-12-01"},
        {"wie": "Wij", "wat": "drinken koffie", "wanneer": ""},
        {"wie": "", "wat": "de hal bekijken", "wanneer": "elke dinsdag"},
    ]
    keep(journal, table, {"rijen": rows})
    found = compose(journal.all()).appointments()
    assert found[:2] == [step, ("Sam", "regelt de sleutel", "1-12-2026", {})]
    assert len(found) == 4, "only of the own actions also those without a name or a day"
    said = [b for b in plan_blocks(compose(journal.all())) if isinstance(b, Table)]
    filled_in, blank = [b for b in said if b.header[:3] == ("Wie", "Wat", "Wanneer")][-2:]
    assert filled_in.header[3:] == ("Weten bewoners?",), "a column of its own"
    assert ("Sam", "regelt de sleutel", "1-12-2026", "") in filled_in.rows
    assert ("Buurman Ali", "Bak schoon", "1 mei", "Nog niet") in filled_in.rows
    assert ("Ik", "Bladblazer lenen", "nog open", "") in filled_in.rows
    assert blank.rows == (("", "", ""),) * 3, "room for more"


def test_own_actions_and_what_was_promised_stand_in_the_plan_once_and_apart(journal):
    text = words(sheet("plan", journal))
    assert [text.count(said) for said in ("Bak schoon", WORDS["toezegging"])] == [1, 1]
    assert text.index("Bak schoon") < text.index(KERNVELDEN["toezegging"])
    assert text.index(KERNVELDEN["toezegging"]) < text.index(WORDS["toezegging"])
    page = words(sheet("teamleider", journal))
    promised = page[page.index("Toegezegd:") :]
    assert WORDS["toezegging"] in promised
    assert "Bak schoon" not in promised, "my own actions are no promise of the team leader"
    assert "Bak schoon (Buurman Ali, 1 mei; weten: Nog niet)" in page
    promise = Rows(
        id="m4-toezegging",
        title="Toezegging",
        question="Toegezegd",
        columns={"wie": "Wie", "wat": "Wat", "wanneer": "Wanneer"},
        plan="toezegging",
    )
    keep(journal, promise, {"rijen": [{"wie": "Baas", "wat": "Zes uur", "wanneer": "mei"}]})
    assert words(sheet("plan", journal)).count("Zes uur") == 1, "also when it is a table"


# --- the team leader's page


def test_the_team_leaders_page_begins_with_the_sentence_and_ends_with_what_is_asked(journal):
    document = sheet("teamleider", journal)
    text = words(document)
    assert text.index(SENTENCE) < text.index(MONDAY) < text.index(WORDS["plek"])
    end = text[text.index("Dit vraag ik van jou") :]
    assert "15 fiches: 12 rondje door de straat; 3 papierwerk" in end
    assert WORDS["toezegging"] in end
    assert text.index(WORDS["stoppen"]) < text.index("Dit vraag ik van jou")
    assert "Nu 9, straks 2,5, in 2027" in text
    assert "Als ik vaker buiten ben, Dan groeten mensen, Want ze kennen mij" in text
    assert "Ingekort" not in text


def test_the_team_leaders_page_tells_only_kernvelden_and_never_what_is_personal(journal):
    keep(journal, write("m1-trots", None, trots="Waar ben je trots op?"), {"trots": "Mijn brug"})
    for kind in ("plan", "teamleider", "zakkaart"):
        text = words(sheet(kind, journal)) + on_paper(sheet(kind, journal))
        assert "Mijn brug" not in text, "no kernveld"
        assert (LESSON in text) == (kind == "plan")
        assert ("Merel" in text) == (kind == "plan"), "the schuilnaam stays with its owner"
    assert set(KERNVELDEN) - {kernveld for kernveld, _, _ in wijkplan._ROWS} == {
        *("zin", "uren", "toezegging", "leerpunt")
    }


LETTERS = st.characters() | st.sampled_from("WWW .;\n☐ğ漢")
TEXTS = st.text(LETTERS, max_size=40).map(lambda text: text * 90)


def everywhere(value, text):
    if isinstance(value, str):
        return text
    if isinstance(value, dict):
        return {k: v if k in ("rij", "hoe") else everywhere(v, text) for k, v in value.items()}
    return [everywhere(v, text) for v in value] * 8 if isinstance(value, list) else value


@settings(deadline=None, max_examples=15)
@given(TEXTS | st.sampled_from(["W" * 3999, "w\n" * 1999, "Ja. " * 999, "\u0301" * 3000]))
def test_the_page_and_the_card_are_one_page_whatever_the_length(text):
    answers = {}
    for part, value in ANSWERED:
        long = everywhere(value, text)
        if part is GOAL:
            long |= {"nu": 9999, "streef": 0.5, "jaar": 2060}
        answers[part.id] = Answer(part.id, part.kind, part.prompt(), part.plan, long, "")
    answers["t"] = Answer("t", "teller", {}, None, dots(COUNTS + MORE), "")
    plan = compose(answers)
    for make in (wijkplan.managers_page, wijkplan.pocket_card):
        document = make(plan)
        with paper(document) as pdf:
            assert len(pdf.pages) == 1
        whole = " ".join(text.split())
        if len(whole) > 1500 and make is wijkplan.managers_page:
            assert "Ingekort" in words(document)


def test_what_fits_is_not_shortened_and_what_does_not_ends_at_a_word():
    scissors = wijkplan._Scissors(40)
    assert scissors.cut("Kort en goed.\nNog een regel") == "Kort en goed. Nog een regel"
    assert not scissors.used
    cut = scissors.cut("Een zin met te veel woorden om hier nog op te passen, helaas")
    assert cut == "Een zin met te veel woorden om hier nog\u00a0…"
    assert scissors.used
    # A sentence that ends in the last part is kept whole.
    assert scissors.cut("Wij halen de zakken weg op dinsdag. En daarna volgt er meer") == (
        "Wij halen de zakken weg op dinsdag.\u00a0…"
    )


def test_the_shorter_page_says_so_and_keeps_its_dots(journal):
    long = "Een lange zin over wat ik overal zag en hoorde. " * 40
    for part, value in ANSWERED:
        if part is not GOAL:
            keep(journal, part, everywhere(value, long))
    document = sheet("teamleider", journal)
    assert wijkplan.SHORTER in words(document)
    assert wijkplan.SHORTER.replace(" ", "") in on_paper(document).replace(" ", "")
    drawn = [block for block in document.blocks if isinstance(block, FigureBlock)]
    assert [block.width_mm >= 95 for block in drawn] == [True]


def test_the_team_leaders_page_tells_answers_not_questions_and_the_goal_before_the_worry(journal):
    plan = Rows(
        id="m3-meetplan",
        title="Meetplan",
        question="Hoe ik kijk",
        columns={"wat": "Wat precies, en waar?", "wanneer": "Hoe vaak?"},
        rows=("Tellen", "Vragen"),
        plan="meetplan",
    )
    row = {"rij": "Tellen", "wat": "zakken in de hal", "wanneer": "elke dinsdag"}
    keep(journal, plan, {"rijen": [row]})
    limits = write("m2-grenzen", "grenzen", mag="Wat mag je zelf?", niet="Wat is niet aan jou?")
    keep(journal, limits, {"mag": "Een bak bestellen", "niet": "Boetes: de gemeente"})
    keep(journal, replace(NETWORK, without="Ben je ziek?"), {"banden": TIES, "ziek": "Niemand"})
    table = next(b for b in sheet("teamleider", journal).blocks if isinstance(b, Table))
    told = [(label.text, said) for label, said in table.rows]
    assert told[1:3] == [("Mijn doel", WORDS["doel"]), ("Mijn zorg nu", "Zakken naast de bak")]
    for row in (
        ("Zo kijk ik", "Tellen: zakken in de hal, elke dinsdag"),
        ("Wat ik mag", "Een bak bestellen"),
        ("Niet aan mij", "Boetes: de gemeente"),
        ("Met wie", "Gemeente, groen; Buurtkamer"),
        ("Ben ik ziek", "Niemand"),
        ("Eerste stap", "Ik bel aan bij vier portieken; maandag 30 november"),
    ):
        assert row in told
    text = words(sheet("teamleider", journal)).partition("Dit vraag ik van jou")[0]
    assert "?" not in text.replace("Nog niet?", "")
    card = words(sheet("zakkaart", journal))
    assert "Ben ik ziek Niemand" in card, "under a title of its own"
    assert "Zakken naast de bak" not in card


def test_answers_of_two_lines_each_are_not_shortened_on_the_team_leaders_page(journal):
    """Two lines each, as most people write: everything stands on the page, with the dots."""
    long = "Als ik de sleutels breng, dan vraag ik hoe het gaat met de kinderen. " * 2
    for part, value in ANSWERED:
        if part not in (GOAL, HOURS, NETWORK):
            keep(
                journal, part, {key: long if isinstance(v, str) else v for key, v in value.items()}
            )
    document = sheet("teamleider", journal)
    assert "Ingekort" not in words(document)
    assert any(isinstance(block, FigureBlock) for block in document.blocks)


def test_the_plan_names_the_buurt_that_was_chosen_and_no_invented_one(journal):
    name = "Karekietbuurt (buurt in Rietvoort, Voorstad)"
    journal.append("m1-buurt", "area", {}, {"code": "BU00010100", "name": name})
    for kind in ("plan", "teamleider"):
        text = words(sheet(kind, journal))
        assert WORDS["plek"] in text
        assert name in text
    journal.append("m1-buurt", "area", {}, {"code": "BU99990100", "name": "Verzonnen"})
    assert "Verzonnen" not in words(sheet("plan", journal))


def test_a_tie_that_hangs_on_one_person_is_a_yes_under_its_heading(journal):
    ties = [{**TIES[0], "alleen": NETWORK.alone}, TIES[1]]
    keep(journal, NETWORK, {"banden": ties})
    tables = [
        table
        for block in plan_blocks(compose(journal.all()))
        for table in (block, *getattr(block, "blocks", ()))
        if isinstance(table, Table) and "Ik" in table.header
    ]
    assert [row[-1] for row in tables[0].rows] == ["ja", ""]


def test_a_table_in_the_plan_may_run_on_over_a_page_so_that_no_half_page_stays_empty(journal):
    blocks = plan_blocks(compose(journal.all()))
    held = [b for block in blocks for b in getattr(block, "blocks", ()) if isinstance(b, Table)]
    assert held == []


def test_one_title_stands_above_one_answer(journal):
    soup = BeautifulSoup(to_html(sheet("plan", journal)), "html.parser")
    headings = [h.get_text() for h in soup(["h2", "h3"])]
    for kernveld in ("terugvertellen", "leerpunt"):
        assert headings.count(KERNVELDEN[kernveld]) == 1
    assert not any(
        a.startswith("Wie het") and b.startswith("Wie het") for a, b in pairwise(headings)
    )


# --- card and booklet


def test_the_pocket_card_is_four_the_same_and_read_aloud_once(journal):
    soup = BeautifulSoup(to_html(sheet("zakkaart", journal)), "html.parser")
    cards = soup.select(".card")
    assert [card.get("aria-hidden") for card in cards] == [None, "true", "true", "true"]
    assert len({plain(card) for card in cards}) == 1
    text = plain(cards[0])
    for kernveld in ("doel", "straatteller", "eerste_stap", "partners"):
        assert WORDS[kernveld] in text
    assert "Gemeente, groen; Buurtkamer" in text
    with paper(sheet("zakkaart", journal)) as pdf:
        kinds = [str(node.S) for node in nodes(pdf.Root.StructTreeRoot)]
        assert kinds.count("/H1") == 1
        assert page_text(pdf.pages[0]).replace(" ", "").count("Mijnplaninhetkort") == 4


def nodes(node):
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from nodes(kid)


def test_the_blank_booklet_asks_every_kernveld_with_its_question():
    document = wijkplan.booklet()
    text = words(document)
    fed = set()
    for path in meetings():
        for part in wijkplan._asking(json.loads(path.read_text("utf-8"))):
            fed |= wijkplan._feeds(part)
            for field in part.fields():
                label = field.label if part.kind not in ("diagram", "network") else part.title
                assert re.sub(r"\s+", " ", label) in text or part.kind == "allocate", part.id
    assert {"zin", "plek", "doel", "straatteller", "kompascijfer"} <= fed
    for kernveld in set(KERNVELDEN) - fed:
        assert KERNVELDEN[kernveld] in text
    for number in (1, 2, 3, 4):
        assert f"Bijeenkomst {number}" in text
    assert SENTENCE not in text
    with paper(document) as pdf:
        assert {tuple(round(float(x)) for x in p.MediaBox[2:]) for p in pdf.pages} == {(595, 842)}


def test_every_sheet_is_a_tagged_dutch_pdf_and_html_that_loads_nothing(journal):
    for kind in wijkplan.KINDS:
        document = sheet(kind, journal)
        with paper(document) as pdf:
            assert pdf.Root.Lang == "nl"
            assert pdf.open_metadata()["pdfuaid:part"] == "1"
        soup = BeautifulSoup(to_html(document), "html.parser")
        assert soup.html["lang"] == "nl"
        assert soup.find(["script", "link", "iframe"]) is None
        assert all(node["src"].startswith("data:") for node in soup.find_all(src=True))


def test_html_escapes_what_somebody_typed(journal):
    evil = "<script>alert(1)</script> & <b>vet</b>"
    for id in ("m1-plek", "m1-doel", "m2-stap"):
        part = PARTS[id]
        keep(journal, part, everywhere(dict(ANSWERED_BY_ID[id]), evil))
    for kind in ("plan", "teamleider", "zakkaart"):
        soup = BeautifulSoup(to_html(sheet(kind, journal)), "html.parser")
        assert soup.find("script") is None
        assert "<script>alert(1)</script>" in soup.get_text()


ANSWERED_BY_ID = {part.id: value for part, value in ANSWERED}


# --- the file


def test_a_journal_opens_months_later_in_another_folder(journal, tmp_path):
    elsewhere = tmp_path / "stick" / "Ander pad é"
    elsewhere.mkdir(parents=True)
    copy = elsewhere / "Merel.jsonl"
    lines = journal.path.read_text("utf-8").splitlines()
    old = [json.dumps({**json.loads(line), "at": "2026-03-01T10:00:00+01:00"}) for line in lines]
    copy.write_text("\r\n".join(old), "utf-8")  # another system, no line end at the end
    document, problems = wijkplan.plan_document("plan", copy)
    assert problems == []
    here = sheet("plan", journal)
    assert document.blocks == here.blocks
    assert document.name == here.name == "Merel"
    assert copy.read_text("utf-8").splitlines() == old, "reading never writes"
    assert sorted(p.name for p in elsewhere.iterdir()) == ["Merel.jsonl"]


def test_damage_newer_lines_and_a_kernveld_that_is_gone_are_told_and_cost_no_other(journal):
    gone = {**PARTS["m1-plek"].prompt()}
    line = {"exercise": "m2-oud", "kind": "write", "prompt": gone, "plan": "verwachting"}
    line |= {"value": {"plek": "Een oud antwoord"}, "at": "", "format": 1}
    with journal.path.open("ab") as file:
        file.write(b'{"exercise": "m1-do\xff\n')
        file.write(json.dumps({**line, "format": 99}).encode() + b"\n")
        file.write(json.dumps(line).encode() + b"\n")
    document, problems = wijkplan.plan_document("plan", journal.path)
    assert [
        ("beschadigd" in p, "nieuwere versie" in p, "er niet meer is" in p) for p in problems
    ] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    text = words(document)
    for problem in problems:
        assert re.sub(r"\s+", " ", problem) in text
    assert "Een oud antwoord" in text
    assert [k for k, said in WORDS.items() if said not in text] == []
    assert "Een oud antwoord" not in words(sheet("teamleider", journal))


def test_a_file_in_which_nothing_can_be_read_gives_an_open_plan(tmp_path):
    path = tmp_path / "Nieuw.jsonl"
    path.write_text('{"format": 2}\n', "utf-8")
    document, problems = wijkplan.plan_document("plan", path)
    assert len(problems) == 1
    assert "nieuwere versie" in problems[0]
    assert "bijeenkomst 1, 2, 3 en 4" in words(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["rij", "wie", "wat", "wanneer", "label", "columns", "plan", "nu", "x"]
            ),
            part,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(
    JSON,
    JSON,
    st.sampled_from([*KERNVELDEN, "weg", "", None]),
    st.sampled_from(["goal", "teller", "write"]),
)
def test_no_line_whatever_it_holds_breaks_a_sheet(asked, value, kernveld, kind):
    prompt = {"title": asked, "fields": {"wat": asked, "x": {"label": "Vraag", "columns": asked}}}
    answers = {
        "a": Answer("a", kind, prompt, kernveld, {"wat": value, "x": value, "stippen": value}, ""),
        "b": Answer("b", kind, asked, kernveld, value, ""),
    }
    plan = compose(answers)
    for document in (
        wijkplan.whole_plan(plan, "Merel", plan.problems),
        wijkplan.managers_page(plan),
        wijkplan.pocket_card(plan),
    ):
        assert to_pdf(document).startswith(b"%PDF")
        assert to_html(document)
    part = PlanPart(id="m4-plan", title="Plan")
    assert to_html_fragment(part.seen(Context(None, "", answers)))


# --- the command and the exporters


def test_the_command_writes_html_and_pdf_and_says_so(journal, tmp_path, capsys):
    for kind, name in wijkplan._FILE.items():
        code = cli.main(["plan", str(journal.path), "--kind", kind, "--output", str(tmp_path)])
        said = capsys.readouterr()
        assert code == 0
        assert said.err == ""
        for ending in ("html", "pdf"):
            assert (tmp_path / f"Merel-{name}.{ending}").stat().st_size > 2000
            assert f"Merel-{name}.{ending}" in said.out
    assert cli.main(["plan", "--kind", "schrift", "--output", str(tmp_path)]) == 0
    assert (tmp_path / "wijkplan-schrift.pdf").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Van wie is het plan?"),
        (["weg.jsonl"], "Ik vind het bestand weg.jsonl niet."),
        ([".", "--kind", "zakkaart"], "niet openen"),
    ],
)
def test_what_cannot_be_made_is_told_in_dutch(arguments, told, tmp_path, capsys):
    assert cli.main(["plan", *arguments, "--output", str(tmp_path / "uit")]) == 1
    said = capsys.readouterr()
    assert told in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "uit").exists()


def test_the_command_tells_damage_and_makes_the_rest(journal, tmp_path, capsys):
    with journal.path.open("ab") as file:
        file.write(b"{half\n")
    assert cli.main(["plan", str(journal.path), "weg.jsonl", "--output", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "Let op: Regel" in said.out
    assert "weg.jsonl" in said.err
    assert (tmp_path / "Merel-wijkplan.pdf").exists()


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_the_exporters_work_from_nbconvert(kind, journal, tmp_path):
    command = [sys.executable, "-m", "nbconvert", "--to", f"leefbaar-plan-{kind}", meetings()[0]]
    options = [f"--LeefbaarPlan{kind.upper()}.answers={journal.path}", "--output-dir", tmp_path]
    subprocess.run([*command, *options], check=True, capture_output=True, timeout=120)
    made = (tmp_path / f"{meetings()[0].stem}.{kind}").read_bytes()
    assert SENTENCE.encode() in made if kind == "html" else made.startswith(b"%PDF")


# --- in the handout


@pytest.fixture(scope="module")
def ran():
    return run(nbformat.read(meetings()[0], as_version=4), meetings()[0].stem)


def test_the_plan_stands_at_the_end_of_the_personal_handout(ran, tmp_path):
    folder = WorkFolder(tmp_path)
    folder.switch("Merel")
    journal = folder.journal()
    keep(journal, write("m1-trots", None, trots="Waar ben je trots op?"), {"trots": "Brug"})
    title = "Mijn wijkplan tot nu toe"

    def handout():
        return words(make_document(ran, reader_for("deelnemer", journal.path, None)))

    assert title not in handout(), "no kernveld yet"
    keep(journal, PARTS["m4-toezegging"], {"toezegging": "Vier uur"})
    assert title not in handout(), "none of this meeting"
    keep(journal, PARTS["m1-plek"], {"plek": "Het Hof van Breda"})
    text = handout()
    end = text[text.index(title) :]
    assert "Het Hof van Breda" in end
    assert "Nog open, uit bijeenkomst 3" in end
    assert title not in words(make_document(ran, Reader()))
    assert title not in words(make_document(ran, Reader("begeleider")))


def test_the_leerpunt_of_the_first_meeting_stands_in_the_plan_until_a_later_one(ran, tmp_path):
    journal = Journal(tmp_path / "antwoorden" / "Merel.jsonl")
    first = next(
        part
        for part in wijkplan._asking(json.loads(meetings()[0].read_text("utf-8")))
        if part.id == "m1-leerpunt"
    )
    keep(journal, first, {"leerpunt": "Doorvragen"})
    keep(journal, PARTS["m1-plek"], {"plek": "Het Hof van Breda"})

    def leerpunt():
        text = words(make_document(ran, reader_for("deelnemer", journal.path, None)))
        return text[text.index("Mijn wijkplan tot nu toe") :].partition(KERNVELDEN["leerpunt"])[2]

    assert leerpunt().strip().startswith("Doorvragen")
    keep(journal, PARTS["m4-leerpunt"], {"leerpunt": LESSON})
    assert leerpunt().strip().startswith(LESSON)


def test_what_is_private_now_stays_out_of_the_handouts_plan(ran, tmp_path):
    """An old line of an exercise that was made private since."""
    journal = Journal(tmp_path / "antwoorden" / "Merel.jsonl")
    private = write("m1-situatie", "doel", zin="Ik zit met …")
    keep(journal, private, {"zin": "Een geheim"})
    keep(journal, PARTS["m1-plek"], {"plek": "Het Hof van Breda"})
    text = words(make_document(ran, reader_for("deelnemer", journal.path, None)))
    assert "Het Hof van Breda" in text
    assert "Een geheim" not in text


# --- on the page


def test_a_part_makes_itself_again():
    part = PlanPart(id="m4-plan", title="Mijn plan", help="Lees het na.")
    assert Part.from_spec(json.loads(json.dumps(part.spec()))) == part


def test_a_notebook_calls_it_also_after_the_sheets_were_loaded(monkeypatch):
    monkeypatch.setattr(sessions, "session", lambda: Session(None, strict=True))
    shown = lt.plan("m4-plan", title="Mijn plan")
    assert shown.part == PlanPart(id="m4-plan", title="Mijn plan")
    blank = shown._repr_mimebundle_()["text/html"]
    assert "Mijn plan op één bladzijde" in blank
    assert all(KERNVELDEN[kernveld] in blank for kernveld in ON_ONE_PAGE)


@pytest.mark.parametrize("context", [None, Context(None, "", {})])
def test_who_writes_gets_one_page_with_room_for_every_line_of_the_plan(context):
    part = PlanPart(id="m4-plan", title="Mijn plan", help="In elk vak één zin.")
    blocks = part.paper(context)
    soup = BeautifulSoup(to_html(Document("Blad", (PageBreak(), *blocks))), "html.parser")
    rows = [[cell.get_text() for cell in row(["th", "td"])] for row in soup.select("tbody tr")]
    assert rows == [[KERNVELDEN[kernveld], ""] for kernveld in ON_ONE_PAGE]
    assert len(rows) == 10
    assert "schrift" not in plain(soup)
    # One page for the title of the sheet, and all of it on the next.
    document = Document("Blad", (Paragraph("Titel"), PageBreak(), *blocks))
    with paper(document) as pdf:
        assert len(pdf.pages) == 2
        assert "Mijnplanopéénbladzijde" in page_text(pdf.pages[1]).replace(" ", "")
    (table,) = [block for block in blocks[0].blocks if isinstance(block, Table)]
    assert table.row_height_mm >= 15, "two lines of handwriting"


def text_of(screen) -> str:
    return plain(BeautifulSoup(screen.html, "html.parser"))


def test_the_plan_on_the_page_follows_every_answer_and_every_participant(tmp_path):
    here = Session(tmp_path, strict=True)
    place = screen_for(PARTS["m1-plek"], here)
    step = screen_for(PARTS["m2-stap"], here)
    shown = PlanPart(id="m4-plan", title="Mijn plan").screen(here)
    assert "Mijn wijk, buurt en straat: Dit komt in bijeenkomst 1." in text_of(shown)
    place.controls["plek"].set("De Lindestraat")
    place.typed()
    assert "De Lindestraat" in text_of(shown)
    step.controls["stap"].set("Aanbellen")
    step.typed()
    assert "Aanbellen" in text_of(shown)
    assert "Mijn doel: Nog open, uit bijeenkomst 1" in text_of(shown)
    here.new("Spreeuw")
    assert "De Lindestraat" not in text_of(shown)
    here.switch("Deelnemer 1")
    assert "De Lindestraat" in text_of(shown)


def test_what_is_private_never_reaches_the_plan(tmp_path):
    here = Session(tmp_path, strict=True)
    private = screen_for(replace(PARTS["m1-plek"], private=True), here)
    shown = PlanPart(id="m4-plan", title="Mijn plan").screen(here)
    private.controls["plek"].set("Een geheim")
    private.typed()
    private.flush()
    assert "Een geheim" not in text_of(shown)
    assert compose(here.answers()).entries == {}


def test_the_projected_copy_shows_an_open_plan(tmp_path):
    filled(tmp_path / "antwoorden" / "Merel.jsonl")
    here = Session(tmp_path, facilitator=True, strict=True)
    shown = PlanPart(id="m4-plan", title="Mijn plan").screen(here)
    assert "Mijn doel: Dit komt in bijeenkomst 1." in text_of(shown)
    assert SENTENCE not in text_of(shown)


def test_an_error_is_told_in_dutch_on_the_page(tmp_path, monkeypatch):
    here = Session(tmp_path)
    shown = PlanPart(id="m4-plan", title="Mijn plan").screen(here)
    monkeypatch.setattr(PlanPart, "seen", lambda *_: 1 / 0)
    shown.fill()
    assert text_of(shown).strip() == sessions.SORRY
    assert [type(error) for _, error in here.errors] == [ZeroDivisionError]


def test_a_card_that_is_too_tall_counts_as_two_pages():
    """So that it is made shorter: text beyond the line to cut along would be lost."""
    lines = tuple(Paragraph("Een regel op de kaart") for _ in range(40))
    for count, pages in ((4, 1), (30, 2), (40, 2)):
        document = Document("Kaart", lines[:count], layout="cards")
        assert page_count(to_pdf(document)) == pages, count


def test_a_number_stays_with_its_word(journal):
    assert "Nu\u00a09, straks\u00a02,5, in\u00a02027" in to_html(sheet("zakkaart", journal))
