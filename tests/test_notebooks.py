"""The rules that every notebook of the workshop keeps, so that it works in a room and on paper."""

import ast
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

import nbformat
import pytest

from leefbaar_tools.answers import KERNVELDEN
from leefbaar_tools.exercises import session as sessions
from leefbaar_tools.exercises.counted import COUNTED
from leefbaar_tools.exercises.page import Opening
from leefbaar_tools.paper import MIME, from_markdown
from leefbaar_tools.resources import material, meetings, shared_path

TAGS = {"setup", "figure", "exercise", "facilitator", "group", "optional"}
KEYS = {"part", "minutes", "form", "carrier", "ingredients", "aim", "material", "facts", "note"}
PARTS = {
    *("welkom", "terugblik", "kennis", "thema", "inspiratie", "vaardigheid", "pauze", "intervisie"),
    *("samenwerken", "plan", "afsluiting", "uitloop", "verdieping"),
}
FORMS = {"alleen", "tweetal", "drietal", "groep", "plenair", "thuis", "maatje"}
CARRIERS = {"gesprek", "papier", "beamer", "laptop", "kaart"}
INGREDIENTS = {"intervisie", "vaardigheden", "kennis", "inspiratie", "samenwerken"}
# Facts of the project's collection that nobody could verify: never printed as a fact. Where a
# later fact replaces one (F43 by L61 and L62), the later one is cited.
NOT_VERIFIED = {
    *("A11", "A12", "A13", "C12", "E25", "F15", "F40", "F43", "G10", "G34", "H12", "H20"),
    *("J15", "J26", "J31", "L30", "L32", "L40", "L46", "L59", "L98", "L135", "L160", "L211"),
}
NOTE = ("Doel", "Zo leid je in", "Let op", "Als het uitloopt")
MOST_WORDS = 60
MOST_KERNVELDEN = 5
# Which tag the cell of a call has; every other call is an exercise.
TAG_OF = {"begin": "setup", "picture": "figure", "timer": "figure", "tally": "group"}
TAG_OF["group_picture"] = "group"
TAG_OF["recall"] = "figure"
TAG_OF["plan"] = "figure"
NO_NOTE = {"pauze", "uitloop", "verdieping"}
NO_EXERCISE = {"kennis", "pauze", "uitloop"}  # told by the facilitator, or not filled at all

NOTEBOOKS = meetings()
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def cells(notebook, kind=None):
    return [cell for cell in notebook["cells"] if kind in (None, cell["cell_type"])]


def source(cell) -> str:
    return "".join(cell["source"])


def tags(cell) -> set:
    return set(cell["metadata"].get("tags", ()))


def about(cell) -> dict:
    return cell["metadata"].get("leefbaar", {})


def call(cell):
    """Name, positional arguments and keywords of the one call in a cell.

    Raises AssertionError when the cell is anything else than one call with literal arguments.
    """
    statements = ast.parse(source(cell)).body
    assert len(statements) == 1, f"{cell['id']}: more than one statement"
    expression = getattr(statements[0], "value", None)
    assert isinstance(statements[0], ast.Expr), f"{cell['id']}: not an expression"
    assert isinstance(expression, ast.Call), f"{cell['id']}: not a call"
    assert isinstance(expression.func, ast.Attribute), f"{cell['id']}: not a call of lt"
    assert ast.unparse(expression.func.value) == "lt", f"{cell['id']}: not a call of lt"
    try:
        arguments = [ast.literal_eval(argument) for argument in expression.args]
        keywords = {word.arg: ast.literal_eval(word.value) for word in expression.keywords}
    except ValueError as error:
        raise AssertionError(f"{cell['id']}: not a literal: {error}") from error
    assert None not in keywords, f"{cell['id']}: ** hides the words"
    return expression.func.attr, arguments, keywords


def calls(notebook):
    """Of every code cell after the set-up: the cell, and its call."""
    return [(cell, *call(cell)) for cell in cells(notebook, "code")[1:]]


def words(cell) -> int:
    """How many words a reader sees of a text cell."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", source(cell))
    return len(re.findall(r"\w[\w'’.,-]*", text))


def split(listed: str) -> set:
    return set(re.split(r", dan | \+ |, ", listed))


def broken_rules(notebook: dict, number: int) -> list[str]:
    """Every rule of a notebook that is broken, as a sentence."""
    wrong = []

    def rule(holds, sentence, cell=None):
        if not holds:
            wrong.append(f"{cell['id']}: {sentence}" if cell else sentence)

    head = notebook["metadata"].get("leefbaar", {})
    rule(set(head) == {"meeting", "title", "subtitle"}, "says which meeting it is, and no more")
    rule(head.get("meeting") == number, "has the number of its file")
    names = [cell["id"] for cell in cells(notebook)]
    rule(len(set(names)) == len(names), "every id once")

    code = cells(notebook, "code")
    setup = ast.parse(source(code[0])).body if code else []
    rule(
        [ast.unparse(line) for line in setup] == ["import leefbaar_tools as lt", "lt.begin()"],
        "begins with the set-up",
    )
    rule(bool(code) and notebook["cells"][0] is code[0], "the set-up is the first cell")
    for cell in cells(notebook):
        about_cell(rule, cell, number)
    for cell in code:
        rule(cell["outputs"] == [], "no outputs", cell)
        rule(cell["execution_count"] is None, "not run", cell)
        rule(cell["metadata"].get("jupyter") == {"source_hidden": True}, "source hidden", cell)
        wanted = "setup" if cell is code[0] else None
        if wanted is None:
            try:
                name, arguments, _ = call(cell)
            except (AssertionError, SyntaxError) as error:
                wrong.append(f"{cell['id']}: {error}")
                continue
            rule(name != "begin", "begins again", cell)
            rule(arguments == [cell["id"]], "the id of the cell is the id of what it shows", cell)
            wanted = TAG_OF.get(name, "exercise")
        rule(tags(cell) - {"optional"} == {wanted}, f"the one tag is {wanted}", cell)
    for cell in cells(notebook, "markdown"):
        about_text(rule, cell)
    about_whole(rule, notebook)
    return wrong


def about_cell(rule, cell, number):
    rule(re.fullmatch(rf"m{number}-[a-z]+(-[a-z0-9]+)*", cell["id"]), "a readable id", cell)
    rule(len(cell["id"]) <= 64, "an id of at most 64 signs", cell)
    rule(tags(cell) <= TAGS, "tags from the list", cell)
    known = about(cell)
    rule(set(known) <= KEYS, "metadata from the list", cell)
    rule("setup" in tags(cell) or known.get("part") in PARTS, "a part from the list", cell)
    if "minutes" in known:
        minutes = known["minutes"]
        rule(type(minutes) is int and minutes > 0, "whole minutes", cell)
        rule({"aim", "form", "carrier"} <= set(known), "minutes come with how and why", cell)
    if "form" in known:
        rule(split(known["form"]) <= FORMS, "a form from the list", cell)
    if "carrier" in known:
        rule(split(known["carrier"]) <= CARRIERS, "a carrier from the list", cell)
    ingredients, material, facts = (known.get(k, []) for k in ("ingredients", "material", "facts"))
    rule(set(ingredients) <= INGREDIENTS, "ingredients from the list", cell)
    rule(isinstance(known.get("aim", "x"), str) and known.get("aim", "x"), "an aim in words", cell)
    for listed in (ingredients, material, facts):
        fine = isinstance(listed, list) and all(isinstance(i, str) and i for i in listed)
        rule(fine, "a list of words", cell)
    rule(all(re.fullmatch(r"[A-Z]\d+[a-z]?", str(i)) for i in facts), "ids of facts", cell)
    rule(not NOT_VERIFIED & set(map(str, facts)), "a fact that is not verified", cell)


def about_text(rule, cell):
    text = source(cell)
    rule(not re.search(r"<[a-zA-Z/!]", text), "no raw HTML", cell)
    addresses = re.findall(r"\]\(([^)\s]*)|\]:\s*(\S+)|(\w+://[^\s)]+)", text)
    shown = {address for found in addresses for address in found if address}
    rule(all(address.startswith("https://") for address in shown), "links are https", cell)
    rule(tags(cell) <= {"facilitator", "optional", "group"}, "text has no tag of code", cell)
    if "facilitator" in tags(cell):
        heads = tuple(re.findall(r"^\*\*(.+?)\.\*\* \S", text, re.MULTILINE))
        rule(heads == NOTE, "a note has its four headings, in order", cell)
    else:
        rule(words(cell) <= MOST_WORDS, f"{words(cell)} words, at most {MOST_WORDS}", cell)


def about_whole(rule, notebook):
    timed = {about(cell)["part"] for cell in cells(notebook) if "minutes" in about(cell)}
    noted = {about(c).get("part") for c in cells(notebook) if "facilitator" in tags(c)}
    active = {
        about(c).get("part")
        for c in cells(notebook)
        if tags(c) & {"exercise", "figure", "group"} and c["cell_type"] == "code"
    }
    for part in sorted(timed):
        rule(part in noted | NO_NOTE, f"{part}: a note for the facilitator")
        rule(part in active | NO_EXERCISE, f"{part}: an exercise or a figure")

    known = {}
    for cell in cells(notebook, "code")[1:]:
        try:
            known[cell["id"]] = call(cell)
        except (AssertionError, SyntaxError):
            continue
    plans = Counter(more["plan"] for _, _, more in known.values() if more.get("plan"))
    plans.update("kompascijfer" for kind, _, _ in known.values() if kind == "goal")
    rule(set(plans) <= set(KERNVELDEN), "kernvelden from the list")
    rule(all(times == 1 for times in plans.values()), "every kernveld once")
    # The leerpunt ends any meeting: one line, and no part of what is planned there.
    rule(len(set(plans) - {"leerpunt"}) <= MOST_KERNVELDEN, f"at most {MOST_KERNVELDEN} kernvelden")
    about_minutes(rule, notebook)
    for name, (kind, _, more) in known.items():
        if kind == "tally" and more.get("of"):
            counted = known.get(more["of"], ("", [], {}))[2].get("options", [])
            same = counted and more["options"][: len(counted)] == counted
            rule(same, f"{name}: counts the options of {more['of']}, in their order")
        if kind == "group_picture":
            own = [id for id in more["of"] if id.startswith(name[:3])]
            kinds = {known.get(id, [""])[0] for id in own}
            rule(kinds <= set(COUNTED), f"{name}: shows exercises of which a picture is made")


# Least and most minutes of the parts of a meeting (programme, section 1).
MINUTES = {
    "het geheel": (150, 150),
    "pauze": (10, 10),
    "uitloop": (5, 15),
    "welkom en terugblik": (9, 16),
    "kennis en thema": (1, 40),
    "inspiratie": (4, 9),
    "vaardigheid": (12, 21),
    "intervisie": (40, 50),
    "samenwerken en plan": (1, 40),
    "afsluiting": (6, 20),
    "wat mag vervallen, buiten de intervisie": (12, 150),
    "laptop in hand": (0, 30),
}
LAPTOP_ROUNDS = 2
FIRST_WITHOUT_LAPTOP = 15
LONGEST_FROM_THE_SCREEN = 8


def timed(notebook) -> list[tuple[int, dict, dict]]:
    """Every step that takes minutes: the minute at which it begins, its cell, what it says."""
    steps, minute = [], 0
    for cell in cells(notebook):
        known = about(cell)
        if type(known.get("minutes")) is int and known.get("part") != "verdieping":
            steps.append((minute, cell, known))
            minute += known["minutes"]
    return steps


def about_minutes(rule, notebook):
    """The bounds of the programme, added up from the steps."""
    steps = timed(notebook)
    spent = Counter()
    for _, cell, known in steps:
        minutes, part = known["minutes"], known["part"]
        laptop = "laptop" in split(known.get("carrier", ""))
        spent["het geheel"] += minutes
        for name in MINUTES:
            spent[name] += minutes * (part in name.split(" en "))
        if "optional" in tags(cell) and part not in ("intervisie", "pauze", "uitloop"):
            spent["wat mag vervallen, buiten de intervisie"] += minutes
        spent["laptop in hand"] += minutes * laptop
    for name, (least, most) in MINUTES.items():
        rule(least <= spent[name] <= most, f"{name}: {spent[name]} minuten, {least} tot {most}")

    rounds = [step for step in steps if "laptop" in split(step[2].get("carrier", ""))]
    rule(len(rounds) <= LAPTOP_ROUNDS, f"{len(rounds)} rondes met de laptop")
    for minute, cell, known in rounds:
        rule(minute >= FIRST_WITHOUT_LAPTOP, "geen laptop in het eerste kwartier", cell)
        rule(known["part"] not in ("intervisie", "vaardigheid"), "geen laptop hier", cell)
    for _, cell, known in steps:
        if known["part"] == "kennis" and known.get("form") == "plenair":
            rule(known["minutes"] <= LONGEST_FROM_THE_SCREEN, "te lang vanaf het scherm", cell)
    parts = [known["part"] for _, _, known in steps]
    beside = [{*parts[max(n - 1, 0) : n + 2]} for n, part in enumerate(parts) if part == "pauze"]
    rule(
        any({"intervisie"} <= near or {"vaardigheid"} <= near for near in beside),
        "intervisie aan de pauze",
    )
    for part in sorted(PARTS - {"terugblik", "verdieping", "welkom"}):
        rule(part in parts or not steps, f"{part}: geen stap met minuten")


@each_notebook
def test_notebook_keeps_the_rules(path):
    notebook = read(path)
    assert broken_rules(notebook, int(path.name.partition("-")[0])) == []
    nbformat.validate(notebook)


@each_notebook
def test_notebook_is_written_for_git(path):
    text = path.read_bytes().decode("utf-8")
    assert "\r" not in text
    assert text.endswith("}\n")


def test_there_are_notebooks_and_nothing_else_beside_them():
    assert NOTEBOOKS
    visible = {p.name for p in NOTEBOOKS[0].parent.iterdir() if not p.name.startswith(".")}
    assert visible == {p.name for p in NOTEBOOKS}


def edit(name, **fields):
    """Return a change of one cell."""

    def change(notebook):
        cell = next(c for c in notebook["cells"] if c["id"] == name)
        for key, value in fields.items():
            value = value(cell[key]) if callable(value) else value
            cell[key] = {**cell[key], **value} if key == "metadata" else value

    return change


def about_changed(name, **fields):
    return edit(name, metadata=lambda old: {**old, "leefbaar": {**old["leefbaar"], **fields}})


def replaced(old, new):
    def change(text):
        assert old in "".join(text)
        return "".join(text).replace(old, new)

    return change


BROKEN = {
    "no outputs": edit(
        "m1-trots", outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}]
    ),
    "not run": edit("m1-trots", execution_count=3),
    "source hidden": edit("m1-trots", metadata={"jupyter": {}}),
    "a readable id": edit("m1-trots", id="a1b2c3d4"),
    "every id once": edit("m1-trots", id="m1-liggen"),
    "more than one statement": edit("m1-trots", source='x = 1\nlt.write("m1-trots")'),
    "not an expression": edit("m1-trots", source="import os"),
    "not a literal": edit(
        "m1-trots", source='lt.write("m1-trots", title=1 + 1 * 2, lines=len("x"))'
    ),
    "** hides": edit("m1-trots", source='lt.write("m1-trots", **{"title": "T"})'),
    "not a call of lt": edit("m1-trots", source='print("m1-trots")'),
    "not a call": edit("m1-trots", source='"m1-trots"'),
    "begins again": edit("m1-trots", source='lt.begin("m1-trots")'),
    "the id of the cell": edit("m1-trots", source=replaced('"m1-trots"', '"m1-trotst"')),
    "begins with the set-up": edit(
        "m1-begin", source="import leefbaar_tools as lt\nimport os\nlt.begin()"
    ),
    "the one tag is exercise": edit("m1-trots", metadata={"tags": ["figure"]}),
    "the one tag is group": edit("m1-stickers", metadata={"tags": ["exercise"]}),
    "tags from the list": edit("m1-trots", metadata={"tags": ["exercise", "hide-input"]}),
    "metadata from the list": about_changed("m1-welkom", colour="blue"),
    "a part from the list": about_changed("m1-welkom", part="koffie"),
    "whole minutes": about_changed("m1-welkom", minutes="10"),
    "a form from the list": about_changed("m1-welkom", form="staand"),
    "a carrier from the list": about_changed("m1-welkom", carrier="telefoon"),
    "ingredients from the list": about_changed("m1-welkom", ingredients=["humor"]),
    "a list of words": about_changed("m1-welkom", material="stickers"),
    "ids of facts": about_changed("m1-welkom", facts=["12"]),
    "a fact that is not verified": about_changed("m1-welkom", facts=["A11"]),
    "minutes come with": edit("m1-welkom", metadata={"leefbaar": {"part": "welkom", "minutes": 9}}),
    "no raw HTML": edit("m1-afspraken", source="Een <b>vet</b> woord"),
    "links are https": edit("m1-afspraken", source="[bron](http://voorbeeld.nl)"),
    "four headings": edit("m1-welkom-begeleider", source=replaced("**Let op.**", "**Pas op.**")),
    "61 words": edit("m1-afspraken", source="woord " * 61),
    "kennis: a note": edit("m1-kennis-begeleider", metadata={"leefbaar": {"part": "thema"}}),
    "kernvelden from": edit("m1-doel", source=replaced('plan="doel"', 'plan="doelen"')),
    "every kernveld once": edit("m1-doel", source=replaced('plan="doel"', 'plan="zin"')),
    "at most 5 kernvelden": edit(
        "m1-leerpunt", source=replaced('plan="leerpunt"', 'plan="effect"')
    ),
    "het geheel: 151 minuten": about_changed("m1-welkom", minutes=11),
    "pauze: 9 minuten": about_changed("m1-pauze", minutes=9),
    "uitloop: 4 minuten": about_changed("m1-uitloop", minutes=4),
    "welkom en terugblik: 17 minuten": about_changed("m1-welkom", minutes=12),
    "kennis en thema: 41 minuten": about_changed("m1-schatten-uitleg", minutes=35),
    "inspiratie: 10 minuten": about_changed("m1-inspiratie", minutes=10),
    "vaardigheid: 11 minuten": about_changed("m1-vaardigheid", minutes=11),
    "intervisie: 39 minuten": about_changed("m1-intervisie", minutes=39),
    "samenwerken en plan: 41 minuten": about_changed("m1-samenwerken", minutes=24),
    "afsluiting: 5 minuten": about_changed("m1-afsluiting", minutes=5),
    "wat mag vervallen, buiten de intervisie: 11": edit("m1-brandjesweek", metadata={"tags": []}),
    "laptop in hand: 35 minuten": about_changed("m1-plan-uitleg", carrier="laptop"),
    "3 rondes met de laptop": about_changed("m1-plan-uitleg", carrier="laptop"),
    "geen laptop in het eerste kwartier": about_changed("m1-welkom", carrier="laptop"),
    "geen laptop hier": about_changed("m1-intervisie", carrier="laptop"),
    "te lang vanaf het scherm": about_changed("m1-van-wijk-naar-complex", minutes=9),
    "intervisie aan de pauze": about_changed("m1-pauze", part="uitloop"),
    "inspiratie: geen stap": about_changed("m1-inspiratie", part="kennis"),
    "counts the options": edit("m1-brandjes-telling", source=replaced("Zorg om", "Zorgen om")),
}


@pytest.mark.parametrize(("words", "change"), BROKEN.items(), ids=BROKEN)
def test_a_broken_rule_is_found(words, change):
    notebook = read(NOTEBOOKS[0])
    change(notebook)
    assert any(words in sentence for sentence in broken_rules(notebook, 1))


def test_a_part_without_an_exercise_is_found():
    notebook = read(NOTEBOOKS[0])
    notebook["cells"] = [
        c
        for c in notebook["cells"]
        if about(c).get("part") != "plan" or c["cell_type"] == "markdown"
    ]
    assert "plan: an exercise or a figure" in broken_rules(notebook, 1)
    assert "plan: an exercise or a figure" not in broken_rules(read(NOTEBOOKS[0]), 1)


def materials():
    """Every text in workshop/ that a notebook shows, with its header."""
    root = shared_path("workshop")
    names = [p.relative_to(root).with_suffix("").as_posix() for p in root.glob("*/*.md")]
    return {name: material(name) for name in sorted(names)}


def test_materials_say_what_they_are_and_where_it_comes_from():
    assert materials()
    for name, (header, text) in materials().items():
        assert header["titel"], name
        facts = header["feiten"].split(", ")
        assert all(re.fullmatch(r"[A-Z]\d+[a-z]?", fact) for fact in facts), name
        assert not NOT_VERIFIED & set(facts), name
        assert re.search(r"\*Bron(nen)?: \[.+\]\(https?://", text), f"{name}: no source"
        assert from_markdown(text), name


def test_notebooks_show_materials_that_exist_and_none_lies_unused():
    shown = {
        option["card"]
        for notebook in map(read, NOTEBOOKS)
        for _, _, _, more in calls(notebook)
        for control in more.get("controls", ())
        for option in control["options"].values()
        if "card" in option
    }
    assert shown == set(materials())


# --- running


@pytest.fixture
def fresh():
    """A kernel that has run nothing yet."""
    yield sessions.session.cache_clear
    sessions.session.cache_clear()


def run(cell, names):
    """Run a cell as a kernel does, and return what it shows."""
    *lines, last = ast.parse(source(cell)).body
    exec(compile(ast.Module(lines, []), cell["id"], "exec"), names)
    return eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)


@each_notebook
def test_each_cell_runs_alone_after_the_setup_and_twice(path, fresh):
    setup, *others = cells(read(path), "code")
    for cell in others:
        fresh()
        names = {}
        assert isinstance(run(setup, names), Opening)
        first, second = (run(cell, names)._repr_mimebundle_() for _ in range(2))
        assert {"text/html", MIME} <= set(first)
        assert (first["text/html"], first[MIME]) == (second["text/html"], second[MIME])
        assert set(sessions.session()._screens) == {cell["id"]}


@each_notebook
def test_cells_run_in_any_order(path, fresh):
    setup, *others = cells(read(path), "code")
    fresh()
    names = {}
    run(setup, names)
    for cell in [*others[::-1], *others, setup]:
        run(cell, names)
    assert set(sessions.session()._screens) == {cell["id"] for cell in others}
    assert sessions.session().errors == []


def test_nbval_passes_the_notebook_and_fails_each_kind_of_error(tmp_path):
    """Nothing that goes wrong in a cell hides from the test run of the notebooks."""
    notebook = read(NOTEBOOKS[0])
    setup = cells(notebook, "code")[0]
    wrong = {
        "m1-cel": "1 / 0",
        "m1-oefening": 'lt.write("m1-oefening", title="T", prompts=["V"], plan="geen-veld")',
        "m1-figuur": 'lt.picture("m1-figuur", show="place", indicator="geluk")',
    }
    broken = [setup, *({**setup, "id": name, "source": text} for name, text in wrong.items())]
    for name, shown in {"untouched": notebook["cells"], "broken": broken}.items():
        text = json.dumps({**notebook, "cells": shown})
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    report = tmp_path / "report.xml"
    options = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", "-q"]
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *options,
            f"--junitxml={report}",
            f"--rootdir={tmp_path}",
            ".",
        ],
        cwd=tmp_path,
        env={**os.environ, "LEEFBAAR_STRICT": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    found = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        outcome = "failed" if case.find("failure") is not None else "passed"
        found[case.get("classname").split(".")[0], outcome] += 1
    assert found == {
        ("untouched", "passed"): len(cells(notebook, "code")),
        ("broken", "passed"): 1,
        ("broken", "failed"): len(wrong),
    }
    for words in ("ZeroDivisionError", "geen-veld", "geluk"):
        assert words in ran.stdout
