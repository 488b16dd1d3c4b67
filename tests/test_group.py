"""The group picture: counted right, and nobody to be found in it."""

import json
import random
import shutil
from collections import Counter
from dataclasses import replace

import nbformat
import pytest
import test_notebooks as rules
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_exercises import button, page_text, walk
from test_paper import elements, pdf
from test_paper import page_text as printed_on

import leefbaar_tools.exercises.page as page
from leefbaar_tools import cli, group
from leefbaar_tools.answers import FORMAT, Journal, WorkFolder
from leefbaar_tools.areas import sample_city
from leefbaar_tools.exercises import counted, gathered, group_screen
from leefbaar_tools.exercises.counted import count, read_meeting, words
from leefbaar_tools.exercises.gathered import gather, journal_files, sentences
from leefbaar_tools.exercises.parts import Part
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.handouts import Reader, make_document, run
from leefbaar_tools.own.kept import FOLDER, NAME, import_file
from leefbaar_tools.paper import FigureBlock, to_html
from leefbaar_tools.resources import meetings
from leefbaar_tools.room.copies import lock

BIRDS = [
    *("Merel", "Vink", "Spreeuw", "Kauw", "Reiger", "Wulp", "Kievit", "Tureluur", "Grutto"),
    *("Zwaluw", "Roodborst", "Winterkoning"),
]
OWN = "Iets anders, namelijk"
FEW = "Nog te weinig antwoorden om te laten zien zonder dat je ziet wie wat zei."
CELLS = {
    "m9-kies": """lt.choose("m9-kies", title="Kiezen", question="Rood of blauw?",
        options=["Rood", "Blauw"], multiple=True)""",
    "m9-telling": """lt.tally("m9-telling", title="Telling", question="Handen omhoog?",
        options=["Rood", "Blauw", "Iets anders"], of="m9-kies")""",
    "m9-stickers": """lt.tally("m9-stickers", title="Stickers", question="Hoe ging het?",
        options=["Goed", "Zo"])""",
    "m9-schat": """lt.estimate("m9-schat", title="Schatten", questions=[
        {"key": "alleen", "ask": "Hoeveel deuren?", "as": "own"},
        {"key": "oud", "ask": "Meer of minder?", "as": "relative", "indicator": "age_65_plus"}])""",
    "m9-doel": """lt.goal("m9-doel", title="Doel", compass={"Rust": "", "Groen": ""},
        ask={"kompas": "Welk cijfer?", "wat": "Wat?", "nu": "Nu?", "streef": "Dan?",
        "jaar": "Jaar?"})""",
    "m9-orde": """lt.rank("m9-orde", title="Orde", question="Wat eerst?",
        options=["Bellen", "Lopen", "Mailen"])""",
    "m9-fiches": """lt.allocate("m9-fiches", title="Fiches", question="Waar leg je ze?",
        options=["Straat", "Kantoor"], total=10)""",
    "m9-trots": """lt.write("m9-trots", title="Trots", prompts={"trots": "Waarop?"})""",
    "m9-geheim": """lt.choose("m9-geheim", title="Geheim", question="Bang?",
        options=["Ja", "Nee"], private=True)""",
    "m9-buurt": """lt.choose_area("m9-buurt", title="Buurt", question="Welke?")""",
}
LATER = {
    "m8-kies": """lt.choose("m8-kies", title="Later", question="Kom je?", options=["Ja", "Nee"])"""
}


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """Two small meetings, as a notebook has them."""
    folder, made = tmp_path_factory.mktemp("notebooks"), []
    for number, title, cells in ((9, "Oefenen", CELLS), (8, "Nog een keer", LATER)):
        setup = nbformat.v4.new_code_cell("import leefbaar_tools as lt\nlt.begin()")
        notebook = nbformat.v4.new_notebook(
            metadata={"leefbaar": {"meeting": number, "title": title}},
            cells=[setup, *(nbformat.v4.new_code_cell(c, id=id) for id, c in cells.items())],
        )
        made.append(folder / f"{number}-x.ipynb")
        nbformat.write(notebook, made[-1])
    return made


@pytest.fixture(scope="module")
def exercises(notebooks):
    return {id: e for path in notebooks for id, e in read_meeting(path).exercises.items()}


@pytest.fixture
def folder(tmp_path, exercises, notebooks):
    """A folder with journals, written as a screen writes them."""
    return Folder(tmp_path / "antwoorden", exercises, notebooks)


class Folder:
    def __init__(self, path, exercises, notebooks):
        self.path, self.exercises, self.notebooks = path, exercises, notebooks
        path.mkdir(parents=True, exist_ok=True)
        self._clock = 0

    def line(self, id, value, **changes):
        self._clock += 1
        part = self.exercises[id]
        at = f"2026-11-25T10:00:{self._clock // 1000:02d}.{self._clock % 1000:03d}+01:00"
        fields = {"exercise": id, "kind": part.kind, "prompt": part.prompt(), "plan": None}
        fields |= {"value": value, "at": at, "format": FORMAT}
        return json.dumps(fields | changes, ensure_ascii=False) + "\n"

    def add(self, name, id, value, **changes):
        path = self.path / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(self.line(id, value, **changes))
        return path

    def everybody(self, id, values):
        for name, value in zip(BIRDS, values, strict=False):
            self.add(name, id, value)

    def gathered(self):
        return gather(journal_files([self.path]))

    def count(self, id):
        return count(self.exercises[id], self.gathered().people)[0]

    def reasons(self, **more):
        return Counter(one.reason for one in self.sheet(**more).skipped)

    def sheet(self, **more):
        return group.make_sheet([self.path], notebooks=self.notebooks, **more)


def shown(sheet) -> str:
    """All that the sheet says, on the page and in the PDF, alt texts and all."""
    html = to_html(sheet.document)
    page = BeautifulSoup(html, "html.parser")
    alts = " ".join(image["alt"] for image in page.find_all("img"))
    file = pdf(sheet.document)
    printed = " ".join(map(printed_on, file.pages))
    spoken = " ".join(str(one.Alt) for one in elements(file) if "/Alt" in one)
    return f"{page.get_text(' ')} {alts} {printed} {spoken}"


def pictures(sheet) -> list[FigureBlock]:
    return [b for b in nodes(sheet.document.blocks) if isinstance(b, FigureBlock)]


def nodes(blocks):
    for block in blocks:
        yield block
        yield from nodes(getattr(block, "blocks", ()))


def chosen(*labels):
    return {"keuze": list(labels)}


# --- counting


def test_counts_are_those_made_by_hand(folder):
    folder.everybody(
        "m9-kies",
        [
            chosen("Rood"),
            chosen("Rood", "Blauw"),
            chosen("Blauw", "Een geheim plan"),
            chosen("Rood"),
            chosen("Nog iets", "Rood"),
            chosen(),
        ],
    )
    counts = folder.count("m9-kies")
    assert list(counts) == ["keuze"]
    assert counts["keuze"].counts == {"Rood": 4, "Blauw": 2, "Iets anders": 2}
    assert counts["keuze"].people == 5, "who chose nothing did not answer"
    alt = counts["keuze"].figure().description
    assert alt == "Rood: 4 van de 5. Blauw: 2 van de 5. Iets anders: 2 van de 5."


def test_estimates_count_per_question_and_fill_the_gap_between_guesses(folder):
    doors = [2, 2, 5, 3, 5, None]
    relative = [["meer"], ["meer"], ["minder"], ["meer"], [], ["minder"]]
    folder.everybody(
        "m9-schat",
        [
            {"code": "BU99990101", "seen": True, "guesses": {"alleen": a, "oud": b}}
            for a, b in zip(doors, relative, strict=True)
        ],
    )
    counts = folder.count("m9-schat")
    assert counts["alleen"].counts == {
        "2 van de 10": 2,
        "3 van de 10": 1,
        "4 van de 10": 0,
        "5 van de 10": 2,
    }
    assert counts["oud"].counts == {"meer": 3, "ongeveer evenveel": 0, "minder": 2}
    assert (counts["alleen"].people, counts["oud"].people) == (5, 5)


def test_of_a_goal_the_compass_figure_counts_and_nothing_of_the_own_count(folder):
    folder.everybody(
        "m9-doel",
        [
            {"kompas": [k], "wat": "Zakken bij Bakker", "nu": 41, "streef": 3, "jaar": 2031}
            for k in ("Rust", "Groen", "Rust", "Rust", "Rust")
        ],
    )
    assert folder.count("m9-doel")["kompas"].counts == {"Rust": 4, "Groen": 1}
    text = shown(folder.sheet())
    for own in ("Bakker", "41", "2031"):
        assert own not in text


def test_of_an_order_the_first_counts_and_of_chips_their_sum(folder):
    orders = ["Lopen", "Bellen", "Lopen", "Lopen", "Mailen"]
    rest = ["Bellen", "Lopen", "Mailen"]
    folder.everybody("m9-orde", [{"volgorde": [o, *(r for r in rest if r != o)]} for o in orders])
    folder.everybody(
        "m9-fiches",
        [
            {"fiches": [{"rij": "Straat", "aantal": n}, {"rij": "Kantoor", "aantal": 10 - n}]}
            for n in (7, 3, 10, 4, 6)
        ],
    )
    assert folder.count("m9-orde")["volgorde"].counts == {"Bellen": 1, "Lopen": 3, "Mailen": 1}
    chips = folder.count("m9-fiches")["fiches"]
    assert chips.counts == {"Straat": 30, "Kantoor": 20}
    assert chips.people == 5
    assert chips.figure().description == "Straat: 30. Kantoor: 20.", "chips are no people"
    assert chips.figure().notice == "Geteld in fiches."


def test_the_newest_answer_counts(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    folder.add("Vink", "m9-kies", chosen("Blauw"))
    assert folder.count("m9-kies")["keuze"].counts == {"Rood": 4, "Blauw": 1, "Iets anders": 0}


def test_a_label_twice_in_one_line_counts_once(folder):
    folder.everybody("m9-kies", [chosen("Rood", "Rood", "x", "y")] * 5)
    assert folder.count("m9-kies")["keuze"].counts == {"Rood": 5, "Blauw": 0, "Iets anders": 5}


def test_only_kinds_that_were_named_count(folder, exercises):
    """What one counts, where one works and whom one knows is nobody else's."""
    folder.everybody("m9-buurt", [{"code": "BU99990101"}] * 6)
    folder.everybody("m9-trots", [{"trots": "Het bankje"}] * 6)
    folder.everybody("m9-telling", [{"1": 3}] * 6)  # a tally that stands in a person's journal
    for id in ("m9-buurt", "m9-trots", "m9-telling"):
        assert folder.count(id) == {}
    assert set(counted.COUNTED) == {"choose", "estimate", "goal", "rank", "allocate"}
    assert set(counted.COUNTED) <= set(Part.kinds)


# --- five or more


@pytest.mark.parametrize("number", [1, 4, 5, 6])
def test_a_picture_only_from_five_people_on(number, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * number)
    sheet = folder.sheet()
    enough = number >= 5
    assert len(pictures(sheet)) == enough
    assert (FEW in " ".join(shown(sheet).split())) != enough
    assert ("Rood" in shown(sheet)) == enough, "not even an option, with fewer"
    if not enough:
        with pytest.raises(ValueError, match="too few"):
            folder.count("m9-kies")["keuze"].figure()


def test_every_question_of_an_exercise_needs_five_of_its_own(folder):
    guesses = [{"alleen": 3, "oud": ["meer"] if n < 4 else []} for n in range(6)]
    folder.everybody("m9-schat", [{"guesses": g} for g in guesses])
    sheet = folder.sheet()
    assert [p.title for p in pictures(sheet)] == ["1. Hoeveel deuren?"]
    text = " ".join(shown(sheet).split())
    assert f"2. Meer of minder? {FEW} Het zijn er nu 4." in text
    assert "evenveel" not in text


def test_five_files_of_four_people_are_four_people(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 4)
    shutil.copy(folder.path / "Vink.jsonl", folder.path / "Vink (1).jsonl")
    assert pictures(folder.sheet()) == []


# --- words that changed


def asked_with(folder, **more):
    spec = folder.exercises["m9-kies"].spec()
    return Part.from_spec({**spec, **more}).prompt()


def test_an_answer_counts_under_the_words_it_was_asked_with(folder):
    """Everybody answered before an option was reworded: none of it is an own option."""
    prompt = asked_with(folder, options=["Rood", "Lichtblauw"])
    for name, label in zip(BIRDS, ["Rood", "Lichtblauw", "Lichtblauw", "x", "Rood"], strict=False):
        folder.add(name, "m9-kies", chosen(label), prompt=prompt)
    assert folder.count("m9-kies")["keuze"].counts == {
        "Rood": 2,
        "Lichtblauw": 2,
        "Iets anders": 1,
    }


@pytest.mark.parametrize(
    "change",
    [{"options": ["Rood", "Lichtblauw"]}, {"question": "Rood of liever niet?"}],
    ids=["option", "question"],
)
def test_two_versions_of_a_question_are_never_added(change, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    prompt = asked_with(folder, **change)
    for name in ("Ekster", "Mees"):
        folder.add(name, "m9-kies", chosen("Rood"), prompt=prompt)
    assert folder.count("m9-kies")["keuze"].counts == {"Rood": 5, "Blauw": 0, "Iets anders": 0}
    assert folder.reasons() == {"version": 2}
    assert "2 antwoorden horen bij een andere versie van de vraag." in shown(folder.sheet())


@pytest.mark.parametrize(("old", "now", "counts"), [(5, 5, "Rood"), (6, 5, "Geel")])
@pytest.mark.parametrize("old_first", [True, False])
def test_the_version_of_most_people_counts_of_equally_many_that_of_the_notebook(
    old, now, counts, old_first, folder
):
    prompt = asked_with(folder, options=["Geel", "Groen"])
    for number in range(old):
        name = f"{'A' if old_first else 'Z'}{number}"
        folder.add(name, "m9-kies", chosen("Geel"), prompt=prompt)
    for number in range(now):
        folder.add(f"M{number}", "m9-kies", chosen("Rood"))
    found = folder.count("m9-kies")["keuze"].counts
    assert found[counts] == max(old, now)
    assert sum(found.values()) == found[counts]


def test_a_line_without_its_question_counts_as_it_is_asked_now(folder):
    for name in BIRDS[:5]:
        folder.add(name, "m9-kies", chosen("Rood"), prompt={})
    assert folder.count("m9-kies")["keuze"].counts["Rood"] == 5


# --- nobody to be found


def test_no_alias_and_no_buurt_anywhere(folder):
    names = BIRDS[:7]
    regions = sample_city().regions
    own = regions.index[regions["level"] == "buurt"][:7]
    for name, code in zip(names, own, strict=True):
        folder.add(name, "m9-buurt", {"code": code})
        folder.add(name, "m9-kies", chosen("Rood", f"Vraag het aan {name}"))
        guesses = {"alleen": 4, "oud": ["meer"]}
        folder.add(name, "m9-schat", {"code": code, "seen": True, "guesses": guesses})
        folder.add(name, "m9-trots", {"trots": f"De tuin van {regions['name'][code]}"})
    shutil.copy(folder.path / "Vink.jsonl", folder.path / "Vink (1).jsonl")
    (folder.path / "Kauw.jsonl").open("a").write("rommel\n")
    sheet = folder.sheet(texts=["m9-trots"])
    assert len(pictures(sheet)) == 3
    everywhere = (shown(sheet) + to_html(sheet.document)).casefold()
    for name in (*names, *regions["name"], *own):
        assert name.casefold() not in everywhere, name


def test_terminal_names_no_file_unless_asked(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(group, "all_meetings", lambda: folder.notebooks)
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    (folder.path / "Kauw.jsonl").open("a").write("rommel\n")
    made = ["group", str(folder.path), "--output", str(tmp_path / "uit")]
    assert cli.main(made) == 0
    said = capsys.readouterr()
    assert "Let op: 1 bestand was voor een deel beschadigd." in said.out
    assert not any(name in said.out + said.err for name in BIRDS)
    assert cli.main([*made, "--which"]) == 0
    assert "Zie Kauw.jsonl." in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "uit").iterdir()} == {
        "groepsbeeld.html",
        "groepsbeeld.pdf",
    }


def test_private_never_also_not_from_a_line_made_by_hand(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    folder.everybody("m9-geheim", [chosen("Ja")] * 6)
    for name in BIRDS[:6]:
        folder.add(name, "m9-geheim", {"1": "Ja, bang"}, kind="write")
    sheet = folder.sheet()
    assert folder.count("m9-geheim") == {}
    assert folder.reasons() == {"private": 6}
    text = shown(sheet)
    assert "Geheim" not in text
    assert "Bang" not in text
    assert "bang" not in text
    with pytest.raises(group.GroupError, match="nooit"):
        folder.sheet(texts=["m9-geheim"])


# --- words, only when chosen


def test_words_are_shown_only_of_the_exercise_that_was_chosen(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    folder.everybody("m9-trots", [{"trots": f"Bankje {chr(97 + n)}"} for n in range(6)])
    assert "Bankje" not in shown(folder.sheet())
    text = shown(folder.sheet(texts=["m9-trots"]))
    assert all(f"Bankje {chr(97 + n)}" in text for n in range(6))


def test_words_that_name_people_are_never_shown(folder, exercises):
    folder.everybody("m9-trots", [{"trots": f"Sam {n}"} for n in range(6)])
    people = folder.gathered().people
    assert words(exercises["m9-trots"], people, bool_of_nothing)[0][0].texts
    named = replace(exercises["m9-trots"], names_people=True)
    with pytest.raises(ValueError, match="nooit"):
        words(named, people, bool_of_nothing)


def test_words_are_shuffled_anew_each_time(folder, exercises):
    texts = [f"zin {n}" for n in range(12)]
    folder.everybody("m9-trots", [{"trots": text} for text in texts])
    people = folder.gathered().people
    in_files = [p.answers["m9-trots"].value["trots"] for p in people]
    orders = [words(exercises["m9-trots"], people, bool_of_nothing)[0][0].texts for _ in range(3)]
    assert all(sorted(order) == sorted(texts) for order in orders)
    # By chance equal: once in 12! times.
    assert all(list(order) != in_files for order in orders)
    assert len(set(orders)) == 3


def bool_of_nothing(text):
    return False


def test_personal_data_names_and_buurten_are_held_back(folder):
    buurt = sample_city().regions.query("level == 'buurt'")["name"].iloc[3]
    folder.everybody(
        "m9-trots",
        [
            {"trots": "Het bankje"},
            {"trots": "Bel 06-12345678"},
            {"trots": "Samen met vink gedaan"},
            {"trots": f"De speeltuin in de {buurt.upper()}"},
            {"trots": "Vinkje gezet"},
            {"trots": "   "},
        ],
    )
    text = " ".join(shown(folder.sheet(texts=["m9-trots"])).split())
    assert "Het bankje" in text
    assert "Vinkje gezet" in text
    assert "3 zinnen staan er niet bij" in text
    for held in ("12345678", "Samen met", "speeltuin"):
        assert held not in text


def test_a_buurt_of_which_only_the_name_was_kept_is_held_back(folder):
    # Chosen on a computer with figures that are not here.
    kept = {"code": "BU03620101", "name": "Randwijck West (buurt in Amstelveen)"}
    folder.add("Vink", "m9-buurt", kept)
    texts = ["Koffie in Randwijck West", "Het bankje", "Planten", "Een feest", "Soep"]
    folder.everybody("m9-trots", [{"trots": text} for text in texts])
    text = " ".join(shown(folder.sheet(texts=["m9-trots"])).split())
    assert "Het bankje" in text
    assert "1 zin staat er niet bij" in text
    assert "Randwijck" not in text


def test_names_and_codes_of_own_complexes_are_held_back(folder, tmp_path):
    path = tmp_path / "eigen.csv"
    rows = ["Complexcode;Complexnaam;Buurtcode;Woningen;Jaar;Meldingen"]
    rows += ["LIN-12;De Rode Donders;BU99990101;100;2024;40", "Q7;Ui;BU99990101;100;2024;40"]
    path.write_text("\n".join(rows), encoding="utf-8")
    import_file(path, tmp_path)
    folder.everybody(
        "m9-trots",
        [
            {"trots": "Het bankje bij de rode donders!"},
            {"trots": "Planten voor lin-12"},
            {"trots": "Een feest voor LIN-123"},
            {"trots": "Samen ui gesneden, tafel Q7"},
            {"trots": "De rode dondersteen"},
            {"trots": "Koffie"},
        ],
    )
    text = " ".join(shown(folder.sheet(texts=["m9-trots"], folder=tmp_path)).split())
    assert "2 zinnen staan er niet bij" in text
    assert "bankje" not in text
    assert "Planten" not in text
    # Only whole words, and none of two letters.
    for kept in ("LIN-123", "tafel Q7", "dondersteen", "Koffie"):
        assert kept in text
    assert "bankje" in shown(folder.sheet(texts=["m9-trots"])), (
        "without the folder nothing is known"
    )


def test_names_of_complexes_that_cannot_be_read_stop_the_texts_only(folder, tmp_path):
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / NAME).write_text("{", encoding="utf-8")
    folder.everybody("m9-trots", [{"trots": "Het bankje"}] * 6)
    with pytest.raises(group.GroupError, match="Lees je eigen bestand opnieuw in"):
        folder.sheet(texts=["m9-trots"], folder=tmp_path)
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    assert folder.sheet(folder=tmp_path).people == 6


def test_words_of_four_people_are_not_shown(folder):
    folder.everybody("m9-trots", [{"trots": f"Bankje {n}"} for n in range(4)])
    text = shown(folder.sheet(texts=["m9-trots"]))
    assert "Bankje" not in text
    assert FEW in " ".join(text.split())


@pytest.mark.parametrize(("id", "said"), [("m9-weg", "ken ik niet"), ("m9-kies", "geen eigen")])
def test_an_exercise_without_words_is_told(id, said, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    with pytest.raises(group.GroupError, match=said):
        folder.sheet(texts=[id])


# --- what is wrong with a file costs no other


def test_damaged_newer_unknown_and_other_lines_are_told_and_skipped(folder, tmp_path):
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    (folder.path / "Merel.jsonl").open("a").write('{"exercise": "m9-kies", "val')
    (folder.path / "Kapot.jsonl").write_bytes(b"\xff\xfe\x00rommel\n{}\n[1]\n")
    (folder.path / "Leeg.jsonl").touch()
    (folder.path / "Map.jsonl").mkdir()
    folder.add("Nieuw", "m9-kies", chosen("Blauw"), format=FORMAT + 1)
    folder.add("Ander", "m9-kies", chosen("Blauw"), kind="write")
    folder.add("Weg", "m9-kies", chosen("Blauw"), exercise="m9-verdwenen")
    folder.add("Raar", "m9-kies", "Blauw")
    folder.add("Raar twee", "m9-kies", chosen("Rood"), prompt="?")
    assert folder.count("m9-kies")["keuze"].counts == {"Rood": 7, "Blauw": 0, "Iets anders": 0}
    assert folder.reasons() == {
        "damaged": 1,
        "unreadable": 2,
        "empty": 1,
        "newer": 1,
        "version": 1,
        "unknown": 1,
        "odd": 1,
    }


def test_a_file_that_may_not_be_opened_is_skipped(folder, monkeypatch):
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    elsewhere = folder.path.parent / "elders.jsonl"
    (folder.path / "Vink.jsonl").rename(elsewhere)
    (folder.path / "Vink.jsonl").symlink_to(elsewhere)
    assert folder.count("m9-kies")["keuze"].people == 5
    assert folder.reasons() == {"unreadable": 1}


COPIES = ["Merel (1)", "Merel - kopie", "Merel - kopie (2)", "Kopie van Merel", "Merel - Copy"]


@pytest.mark.parametrize("name", [*COPIES, "Ooievaar", "verzameld/laptop 2/MEREL"])
def test_the_same_participant_in_two_files_counts_once(name, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    copy = folder.path / f"{name}.jsonl"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder.path / "Merel.jsonl", copy)
    folder.add("Merel", "m9-kies", chosen("Blauw"))  # the copy is older
    assert folder.count("m9-kies")["keuze"].counts == {"Rood": 4, "Blauw": 1, "Iets anders": 0}
    assert folder.reasons() == {"doubled": 1}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_that_somebody_went_on_in_is_the_same_person(name, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    folder.add(name, "m9-kies", chosen("Blauw"))
    assert folder.count("m9-kies")["keuze"].people == 5
    assert folder.reasons() == {"doubled": 1}


def test_a_name_with_a_mark_in_front_is_no_participant(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    for name in ("_oud", ".verborgen"):
        folder.add(name, "m9-kies", chosen("Blauw"))
    assert folder.count("m9-kies")["keuze"].people == 5


def test_a_chain_of_copies_is_one_person(folder):
    """A renamed copy of one file, and another file with the alias of the other."""
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    shutil.copy(folder.path / "Merel.jsonl", folder.path / "Zeearend.jsonl")
    folder.add("thuis/Zeearend", "m9-orde", {"volgorde": ["Lopen", "Bellen", "Mailen"]})
    people = folder.gathered().people
    assert len(people) == 5
    assert sum("m9-orde" in p.answers and "m9-kies" in p.answers for p in people) == 1


def test_the_first_name_that_every_laptop_gives_is_not_one_person(folder):
    for laptop in range(5):
        folder.add(f"verzameld/laptop {laptop}/Deelnemer 1", "m9-kies", chosen("Rood"))
    assert folder.count("m9-kies")["keuze"].people == 5
    assert folder.reasons() == {}


def test_another_meeting_is_told_and_not_shown(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    folder.add("Vink", "m8-kies", {"keuze": ["Ja"]})
    for name in ("Ekster", "Mees"):
        folder.add(name, "m8-kies", {"keuze": ["Ja"]})
    nine, eight = folder.sheet(meeting=9), folder.sheet(meeting=8)
    assert (nine.people, eight.people) == (5, 3)
    assert folder.reasons(meeting=9) == {"meeting": 2}
    assert "Later" not in shown(nine)
    assert "Oefenen" in shown(nine)
    assert pictures(eight) == []
    assert folder.reasons() == {}, "without a meeting both are shown"


# --- the tally beside it


def test_a_tally_stands_beside_and_is_never_added(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    folder.add("_groep", "m9-telling", {"1": 8, "2": 3, "3": None})
    folder.add("_groep", "m9-stickers", {"1": 4, "2": 2})
    assert [(p.title, p.alt) for p in pictures(folder.sheet())] == [
        ("Rood of blauw?", "Rood: 5 van de 5. Blauw: 0 van de 5. Iets anders: 0 van de 5."),
        ("Handen omhoog?", "Rood: 8. Blauw: 3. Iets anders: 0."),
        ("Hoe ging het?", "Goed: 4. Zo: 2."),
    ]


def test_a_tally_alone_is_enough_and_needs_no_five(folder):
    folder.add("_groep", "m9-telling", {"1": 1, "2": 2})
    sheet = folder.sheet()
    assert [p.title for p in pictures(sheet)] == ["Handen omhoog?"]
    assert FEW not in shown(sheet)


def test_a_tally_keeps_the_words_in_which_it_was_counted(folder):
    labels = ("Zo rood als toen", "Blauw", "Iets anders")
    prompt = {"fields": {str(n): {"label": label} for n, label in enumerate(labels, 1)}}
    folder.add("_groep", "m9-telling", {"1": 2}, prompt=prompt)
    assert "Zo rood als toen: 2." in pictures(folder.sheet())[0].alt


def test_of_two_tallies_one_is_shown(folder):
    folder.add("_groep", "m9-telling", {"1": 2})
    folder.add("verzameld/_groep", "m9-telling", {"1": 9})
    assert pictures(folder.sheet())[0].alt.startswith("Rood: 2.")
    assert folder.reasons() == {"tally": 1}


# --- nothing, much, anything


def test_an_empty_folder_is_told(tmp_path, capsys):
    for place, said in ((tmp_path, "staan nog geen antwoorden"), (tmp_path / "x", "Ik vind")):
        assert cli.main(["group", str(place), "--output", str(tmp_path / "uit")]) == 1
        assert said in capsys.readouterr().err
    assert not (tmp_path / "uit").exists()


def test_a_meeting_nobody_answered_is_told(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    with pytest.raises(group.GroupError, match="geen antwoorden van bijeenkomst 8"):
        folder.sheet(meeting=8)


def test_files_can_be_given_one_by_one(folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 6)
    files = [folder.path / f"{name}.jsonl" for name in BIRDS[:5]]
    sheet = group.make_sheet(files, notebooks=folder.notebooks)
    assert sheet.people == 5
    assert pictures(sheet)[0].alt.startswith("Rood: 5 van de 5.")


def test_three_hundred_journals(folder):
    rng, expected = random.Random("300"), Counter()
    for number in range(300):
        picked = rng.choice(["Rood", "Blauw"])
        expected[picked] += 1
        folder.add(f"Vogel {number}", "m9-kies", chosen(picked))
    counts = folder.count("m9-kies")["keuze"]
    assert counts.people == 300
    assert counts.counts == {**expected, "Iets anders": 0}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["keuze", "guesses", "fields", "options", "label", "alleen", "volgorde"]
            )
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ANYTHING, prompt=ANYTHING, id=st.sampled_from(sorted(CELLS)))
def test_whatever_one_line_holds_the_others_count(value, prompt, id, folder):
    for path in folder.path.glob("*.jsonl"):
        path.unlink()
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    folder.add("Raar", id, value, prompt=prompt)
    folder.add("_groep", "m9-telling", value, prompt=prompt)
    sheet = folder.sheet()
    assert len(pictures(sheet)) >= 1
    texts = ["m9-trots"] if id == "m9-trots" else []
    folder.sheet(texts=texts)
    to_html(sheet.document)


def test_every_reason_has_a_sentence_for_one_and_for_more(tmp_path):
    for reason in gathered.REASONS:
        one = gathered.Skipped(reason, tmp_path)
        (single,), (plural,) = sentences([one]), sentences([one, one, one])
        assert single.startswith("1 ")
        assert plural.startswith("3 ")


# --- the facilitator's cell


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


IDS = ("m9-kies", "m9-schat", "m9-trots", "m9-weg")


@pytest.fixture
def cell(folder, monkeypatch):
    """The cell on the projector of a working folder."""
    monkeypatch.setattr(group_screen, "meetings", lambda: folder.notebooks)

    def make(*of, facilitator=True, at=folder.path.parent):
        part = page.GroupPicture(id="m9-beeld", title="Beeld van de groep", of=of or IDS)
        return part.screen(Session(at, facilitator=facilitator, strict=True))

    return make


def radio(screen):
    return next(w for w in walk(screen.widget) if hasattr(w, "index"))


def test_closed_until_opened_and_then_one_exercise_at_a_time(cell, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    screen = cell()
    assert screen.html == ""
    button(screen, "Open het beeld van de groep").click()
    assert "<svg" not in screen.html
    assert "Kies een opdracht" in screen.html
    assert [title for title, _ in radio(screen).options] == ["Kiezen", "Schatten"]
    radio(screen).index = 0
    assert "Rood: 5 van de 5." in screen.html
    radio(screen).index = 1
    assert "Rood" not in screen.html
    assert FEW in screen.html
    button(screen, "Sluit het beeld").click()
    assert screen.html == ""


def test_with_one_exercise_there_is_nothing_to_choose(cell, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    folder.add("_groep", "m9-telling", {"1": 8})
    screen = cell("m9-kies")
    button(screen, "Open het beeld van de groep").click()
    assert "Rood: 5 van de 5." in screen.html
    assert "Rood: 8." in screen.html
    assert radio(screen).layout.display == "none"


def test_it_takes_what_was_gathered_by_hand_and_looks_again(cell, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 4)
    screen = cell("m9-kies")
    button(screen, "Open het beeld van de groep").click()
    assert "Het zijn er nu 4." in screen.html
    folder.add("verzameld/laptop 2/Deelnemer 1", "m9-kies", chosen("Blauw"))
    button(screen, "Kijk opnieuw").click()
    assert "Rood: 4 van de 5. Blauw: 1 van de 5." in screen.html


def test_between_two_pictures_nobody_can_be_seen_to_answer(cell, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    screen = cell("m9-kies")
    button(screen, "Open het beeld van de groep").click()
    before = screen.html
    folder.add("Mees", "m9-kies", chosen("Blauw"))
    button(screen, "Kijk opnieuw").click()
    assert screen.html == before
    assert group_screen.ONE_CHANGED in page_text(screen)
    button(screen, "Sluit het beeld").click()
    button(screen, "Open het beeld van de groep").click()
    assert screen.html == before, "closing and opening is no way round it"
    folder.add("Merel", "m9-kies", chosen("Blauw"))
    button(screen, "Kijk opnieuw").click()
    assert "Rood: 4 van de 6. Blauw: 2 van de 6." in screen.html
    assert group_screen.ONE_CHANGED not in page_text(screen)


@pytest.mark.parametrize("where", ["a participant", "nowhere"])
def test_elsewhere_it_is_one_sentence_and_reads_nothing(where, cell, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    screen = cell(facilitator=False, at=folder.path.parent if where == "a participant" else None)
    assert "Dit beeld opent de begeleider" in page_text(screen)
    assert [w for w in walk(screen.widget) if hasattr(w, "click")] == []


def test_looking_writes_nothing(cell, folder):
    folder.everybody("m9-kies", [chosen("Rood")] * 5)
    before = {p: p.read_bytes() for p in folder.path.rglob("*")}
    screen = cell("m9-kies")
    for words_ in ("Open het beeld van de groep", "Kijk opnieuw", "Sluit het beeld"):
        button(screen, words_).click()
    assert {p: p.read_bytes() for p in folder.path.rglob("*")} == before


def test_an_error_is_told_and_logged(cell, folder, monkeypatch):
    screen = cell("m9-kies")
    screen.session.strict = False
    monkeypatch.setattr(group_screen, "gather", lambda files: 1 / 0)
    button(screen, "Open het beeld van de groep").click()
    assert "Hier ging iets mis" in page_text(screen)
    assert [type(error) for _, error in screen.session.errors] == [ZeroDivisionError]


def test_the_cell_has_its_faces_and_goes_through_a_notebook():
    part = page.GroupPicture(id="m9-beeld", title="Beeld", of=["m9-kies"], help="Kijk mee.")
    again = Part.from_spec(json.loads(json.dumps(part.spec())))
    assert (again.id, again.title, tuple(again.of)) == ("m9-beeld", "Beeld", ("m9-kies",))
    for face in (part.paper(None), again.paper(None)):
        assert "Dit beeld opent de begeleider" in repr(face)
    assert "Jij opent dit beeld" in repr(part.brief(None))
    for wrong in ("m9-kies", ()):
        with pytest.raises(ValueError, match="list of exercises"):
            page.GroupPicture(id="m9-beeld", title="Beeld", of=wrong)


def test_a_call_in_a_notebook_makes_it():
    shown_ = page.group_picture("m9-beeld", title="Beeld", of=["m9-kies"])
    bundle = shown_._repr_mimebundle_()
    assert "Dit beeld opent de begeleider" in bundle["text/html"]


def test_the_journals_of_the_working_folder_are_the_usual_place(tmp_path, exercises, notebooks):
    """What the screens of participants keep is what is counted."""
    work = WorkFolder(tmp_path)
    part = exercises["m9-kies"]
    for name in BIRDS[:5]:
        work.journal(name).append(part.id, part.kind, part.prompt(), chosen("Blauw"))
    assert isinstance(work.journal("Merel"), Journal)
    sheet = group.make_sheet([work.answers_dir], notebooks=notebooks)
    assert pictures(sheet)[0].alt.startswith("Rood: 0 van de 5. Blauw: 5 van de 5.")


def test_every_meeting_can_be_read_without_running_it():
    found = [read_meeting(path) for path in meetings()]
    assert [one.number for one in found] == [int(path.name[0]) for path in meetings()]
    first = found[0].exercises
    assert first["m1-situatie"].private
    assert found[0].tally_of("m1-brandjes").id == "m1-brandjes-telling"
    assert {e.kind for e in first.values()} >= {"choose", "estimate", "goal", "write", "area"}


CELL = """lt.group_picture(
    "m1-groepsbeeld",
    title="Wat we samen antwoordden",
    help="Verzamel eerst de bestanden van de andere laptops.",
    of=["m1-brandjes", "m1-schatting", "m1-maten"],
)"""


def with_cell(source):
    """Return the first meeting with another call in its cell."""
    notebook = rules.read(meetings()[0])
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "m1-groepsbeeld")
    cell["source"] = source.splitlines(keepends=True)
    return notebook


def test_the_cell_keeps_the_rules_of_a_notebook_and_a_wrong_one_is_found():
    assert rules.broken_rules(with_cell(CELL), 1) == []
    for wrong in ("m1-trots", "m1-verdwenen"):
        broken = rules.broken_rules(with_cell(CELL.replace("m1-maten", wrong)), 1)
        assert broken == ["m1-groepsbeeld: shows exercises of which a picture is made"]


def test_on_paper_only_the_facilitator_sees_the_cell(tmp_path):
    notebook = with_cell(CELL)
    notebook["cells"] = [
        cell for cell in notebook["cells"] if cell["id"] in ("m1-begin", "m1-groepsbeeld")
    ]
    ran = run(nbformat.reads(json.dumps(notebook), as_version=4), "x")
    text = {
        audience: to_html(make_document(ran, Reader(audience)))
        for audience in ("deelnemer", "begeleider")
    }
    assert "Wat we samen antwoordden" not in text["deelnemer"]
    assert "Jij opent dit beeld" in text["begeleider"]
    for audience, there in (("deelnemer", False), ("begeleider", True)):
        copy = with_cell(CELL)
        lock(copy, audience, "start")
        assert ("m1-groepsbeeld" in [cell["id"] for cell in copy["cells"]]) is there
