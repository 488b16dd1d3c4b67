"""All Dutch that people see reads easily; and the checker that says so finds what it should."""

import json
import re
from collections import Counter

import plain_language as plain
import pytest
import test_notebooks
from hypothesis import given
from hypothesis import strategies as st
from plain_language import Allowed, Block, Passage

LISTED = plain.word_list()


def found(text, most=0, file="x.md", where="") -> list[plain.Finding]:
    return plain.lint(Passage(file, where, text, most))


def rules(text, **more) -> set[str]:
    return {finding.rule for finding in found(text, **more)}


def spoken(text) -> list[str]:
    return [s.text for block in plain.blocks(text) for s in plain.sentences(block)]


# --- the workshop itself


@pytest.mark.parametrize("pattern", plain.PLACES)
def test_the_dutch_that_people_see_reads_easily(pattern):
    read = plain.passages(patterns=[pattern])
    assert read
    findings, _ = plain.check(read)
    warnings = [f for f in findings if f.level == plain.WARNING]
    errors = [f for f in findings if f.level == plain.ERROR]
    if warnings:
        print(plain.report(warnings))
    if errors:
        pytest.fail("\n" + plain.report(errors), pytrace=False)


def test_texts_are_read_wherever_they_stand():
    read = {(passage.file.rpartition("/")[2], passage.text) for passage in plain.passages()}
    for expected in (
        ("1-wijk-in-beeld.ipynb", "De wijk in beeld"),
        ("server.py", "De schijf is vol. Maak ruimte vrij."),
        ("bar.js", "Wil je stoppen?"),
        ("sheet.js", "Even wachten, je antwoorden zijn bewaard."),
    ):
        assert expected in read
    assert any(file == "begin-hier.md" and "## In de zaal" in text for file, text in read)


# --- every rule: once broken, once kept

BROKEN = [
    ("hard word", "Indien je iets ziet, schrijf het op.", "Als je iets ziet, schrijf het op."),
    ("hard word", "Je dient dit morgen te doen.", "Je moet dit morgen doen."),
    ("hard word", "Een interventie in de straat.", "Een aanpak in de straat."),
    ("hard word", "De overlastproblematiek groeit.", "De overlast groeit."),
    ("hard word", "Het verschil is significant.", "Waarschijnlijk tussen 52 en 68."),
    ("hard word", "Je antwoord blijft anoniem.", "Je antwoord blijft zonder naam."),
    ("hard word", "Nu een rollenspel.", "Nu gaan we droog oefenen."),
    ("hard word", "Welk draagvlak is er?", "Wie staat erachter?"),
    ("abbreviation", "Zet bijv. je fiets binnen.", "Zet bijvoorbeeld je fiets binnen."),
    ("abbreviation", "We tellen dingen, d.w.z. geen mensen.", "We tellen dingen, geen mensen."),
    ("abbreviation", "Dat gaat v.l.o. morgen mee.", "Bel mevrouw A. of J.P. de Vries."),
    ("English", "Vraag om feedback.", "Vraag om een tip."),
    ("English", "Klik on the button.", "Klik op de knop."),
    ("stigma", "Dit is een achterstandswijk.", "Dit is jouw wijk."),
    ("stigma", "De slechtste buurt van de stad.", "Als je je het slechtst voelt, bel je."),
    ("stigma", "Er wonen verwarde personen.", "Er woont iemand die in de war is."),
    ("stigma", "Een kansarm gezin.", "Een gezin met weinig geld."),
    ("u", "Wat ziet u in uw straat?", "Wat zie je in je straat?"),
    ("u", "Uw antwoord is bewaard.", "Vraag: “Wat ziet u in uw straat?” Maak een u-bocht."),
    ("passive", "De telling wordt straks gedaan.", "Het wordt steeds drukker in de straat."),
    ("passive", "Wat bewaard wordt, zie je later.", "Je bewaart wat je later wilt zien."),
    ("long sentence", "woord " * 21, "woord " * 20),
    (
        "average",
        "Dit is een zin van dertien woorden, en dat is te veel hoor. " * 3,
        "Dit is kort. " * 3,
    ),
]


@pytest.mark.parametrize(("rule", "broken", "kept"), BROKEN)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule, broken, kept):
    assert rules(broken) == {rule}
    assert rules(kept) == set()


def test_the_level_and_the_advice_come_with_a_finding():
    (hard,) = found("Een indicator is een cijfer.")
    assert (hard.level, hard.matched) == ("error", "indicator")
    assert "waaraan zie ik het" in hard.advice
    assert {f.level for f in found("Er is draagvlak. Dat wordt bewaard.")} == {"warning"}


ORDINARY = """
Complex B heeft veertig woningen, en de woonconsulent kent ze.
De borg krijg je terug als de deur heel is.
Je kunt het pad in kaart zien, en wie er in staat.
Eerst plus en min. Dan schrijf je het op.
Er is verschil van mening in de straat.
De monitor van de laptop doet het niet.
We kijken naar het gebied en naar de gebouwen.
De mensen van Place2BU en de Veiligheidsmonitor.
Het wordt kleiner. De speeltuin werd een parkeerplaats, met een bewoner.
Om 10 u is er koffie. Neem 1.500 euro mee, of 3,5 kilo.
Het speeltuig is nieuw. Je wordt niet ziek.
Het wordt beter als bewoners elkaar ontmoeten. Het werd tijd om te vertellen.
"""


@pytest.mark.parametrize("line", ORDINARY.strip().splitlines())
def test_ordinary_dutch_is_left_alone(line):
    assert found(line) == []


def test_the_longest_of_two_words_that_overlap_is_told():
    assert [f.matched for f in found("Werk aan de-escalatie.")] == ["de-escalatie"]
    assert [f.matched for f in found("Dat is sociaal zwakke taal.")] == ["sociaal zwakke"]


def test_a_cell_has_most_words_and_a_page_has_not():
    text = "Dit is kort. " * 21
    assert rules(text, most=plain.CELL) == {"long cell"}
    assert rules(text, most=plain.NOTE) == rules(text) == set()


def test_headings_options_and_the_heads_of_a_note_do_not_lower_the_average():
    long = "Dit is een zin van dertien woorden, en dat is te veel hoor. " * 3
    padded = f"## Kort\n\n**Doel.** {long}\n\n**Let op.** Ja\n\n- een\n- twee\n- drie"
    assert rules(padded) == {"average"}


def test_a_source_counts_as_words_of_the_cell_but_is_not_read():
    source = (
        "*Bron: [Monitoring van problematiek conform de AVG, " + "woord " * 30 + "](https://x)*"
    )
    assert found(source) == []
    assert found(f"Zo is het.\n{source}") == []
    assert rules(f"{source}\n\n" + "Dit is kort. " * 10, most=plain.CELL) == {"long cell"}


def test_words_are_counted_as_for_a_notebook():
    for path in test_notebooks.NOTEBOOKS:
        for cell in test_notebooks.cells(test_notebooks.read(path), "markdown"):
            assert plain.words_seen(test_notebooks.source(cell)) == test_notebooks.words(cell)
    assert test_notebooks.MOST_WORDS == plain.CELL
    assert [f"{head}." for head in test_notebooks.NOTE] == list(plain.NOTE_HEADS)


# --- sentences

SPLIT = {
    "Kijk. Tel dan!": ["Kijk.", "Tel dan!"],
    "Heb je het? Ja.": ["Heb je het?", "Ja."],
    "Er wonen 1.500 mensen, 3,5 per huis.": ["Er wonen 1.500 mensen, 3,5 per huis."],
    "Dat was in 2015. Toen werd het anders.": ["Dat was in 2015.", "Toen werd het anders."],
    "Het duurt 2 minuten. 3 mensen kijken.": ["Het duurt 2 minuten.", "3 mensen kijken."],
    "Bel bijv. Jan of mevr. De Wit.": ["Bel bijv. Jan of mevr. De Wit."],
    "Zie nr. 5 of blz. 12 en tel. 112.": ["Zie nr. 5 of blz. 12 en tel. 112."],
    "Tel. Twee dagen in de week.": ["Tel.", "Twee dagen in de week."],
    "Dat is o.a. Utrecht, d.w.z. de stad.": ["Dat is o.a. Utrecht, d.w.z. de stad."],
    "Een bal, een fiets e.d. Dat mag.": ["Een bal, een fiets e.d.", "Dat mag."],
    "J. de Vries en J.P. Smit.": ["J. de Vries en J.P. Smit."],
    "Mevrouw A. belt. Ik bel mevrouw A. Zij is boos.": [
        "Mevrouw A. belt.",
        "Ik bel mevrouw A.",
        "Zij is boos.",
    ],
    "Vraag: “Wat zie je? Tel het.” Dan verder.": [
        "Vraag:",
        "“Wat zie je?",
        "Tel het.”",
        "Dan verder.",
    ],
    "“Wat zie je?” vraagt hij.": ["“Wat zie je?” vraagt hij."],
    "Klik op ‘Klaar.’ Dan zie je het.": ["Klik op ‘Klaar.’", "Dan zie je het."],
    "Ik begin, dan… Daarna jij … en klaar.": ["Ik begin, dan…", "Daarna jij … en klaar."],
    "Andere naam… en klaar": ["Andere naam… en klaar"],
    "Kom. ’s Avonds is het stil.": ["Kom.", "’s Avonds is het stil."],
    "Dit duurt even (5 minuten). Wacht.": ["Dit duurt even (5 minuten).", "Wacht."],
    "**Doel.** Iedereen *kijkt*.": ["Doel.", "Iedereen kijkt."],
    "## Een kop\nTekst erna": ["Een kop", "Tekst erna"],
    "- een\n- twee\n  en nog iets\n1. drie": ["een", "twee en nog iets", "drie"],
    "Een regel\ngaat verder.\n\nNieuw.": ["Een regel gaat verder.", "Nieuw."],
    "| Wat | Hoe |\n|---|---|\n| Kijk. | Tel. |": ["Wat", "Hoe", "Kijk.", "Tel."],
    "> Zo zegt een bewoner het.": ["Zo zegt een bewoner het."],
    "Zie [de lijst](https://x.nl/een.lang.adres), of `make start`.": ["Zie de lijst, of Iets."],
    "Kijk op https://x.nl/a.b nu.": ["Kijk op Iets nu."],
    "```\nprint(1)\n```\nDaarna.": ["Daarna."],
    "---\n\n***\n": [],
}


@pytest.mark.parametrize(("text", "expected"), SPLIT.items())
def test_a_text_is_split_in_sentences(text, expected):
    assert spoken(text) == expected


def test_quotation_marks_reach_over_sentences():
    block = Block("Zeg: “Kom. Wat ziet u?” En u dan?")
    assert ["u" in s.unquoted.split() for s in plain.sentences(block)] == [
        False,
        False,
        False,
        True,
    ]


@given(st.text(alphabet=st.sampled_from("aAuU .…:?!“”‘’'\"()[]*_`#|->1\n~/<{}"), max_size=80))
def test_any_text_can_be_read(text):
    for finding in found(text, most=3):
        assert finding.rule in plain.RULES
    list(plain.javascript_strings(text))


# --- notebooks

CELL = """lt.goal(
    "m1-maten",
    title="Mijn doel",
    prompts={"wat": "Wat zie je?", "2": ["Waar?", ("Hoe",)]},
    questions=[{"key": "alleen", "as": "doors", "indicator": "single_person", "ask": "Hoeveel?"}],
    compass={"Sociale samenhang": "samenhang", "Weet ik niet": ""},
    controls=[{"options": {"Met een lijn": {"stage": 1, "card": "cijfers/afval"}}}],
    show="trend", plan="doel", of="m1-doel", area="BU99990500", lines=2, lang="Een " + "twee",
)"""


def test_every_shown_text_of_a_call_is_read_and_no_key():
    assert plain._said(CELL) == [
        ("title", "Mijn doel"),
        ("prompts wat", "Wat zie je?"),
        ("prompts 2", "Waar?"),
        ("prompts 2", "Hoe"),
        ("questions ask", "Hoeveel?"),
        ("compass", "Sociale samenhang"),
        ("compass", "Weet ik niet"),
        ("controls options", "Met een lijn"),
        ("lang", "Een twee"),
    ]
    assert plain._said("this is not Python") == plain._said("x = 1") == []


def test_a_notebook_gives_its_title_cells_calls_and_run_sheet():
    about = {"part": "welkom", "aim": "Samen kijken", "material": ["stift", "vel"]}
    notebook = {
        "metadata": {"leefbaar": {"meeting": 1, "title": "De wijk", "subtitle": "Bijeenkomst 1"}},
        "cells": [
            {
                "id": "m1-a",
                "cell_type": "markdown",
                "metadata": {"leefbaar": about},
                "source": ["# A", "\nb"],
            },
            {
                "id": "m1-b",
                "cell_type": "markdown",
                "metadata": {"tags": ["facilitator"]},
                "source": "c",
            },
            {
                "id": "m1-c",
                "cell_type": "code",
                "metadata": {},
                "source": 'lt.write("m1-c", title="D")',
            },
            {"id": "m1-d", "cell_type": "raw", "metadata": {}, "source": "E"},
        ],
    }
    read = plain.notebook_passages("1.ipynb", json.loads(json.dumps(notebook)))
    assert [(p.where, p.text, p.most) for p in read] == [
        ("the title", "De wijk", 0),
        ("the subtitle", "Bijeenkomst 1", 0),
        ("m1-a", "# A\nb", plain.CELL),
        ("m1-a aim", "Samen kijken", 0),
        ("m1-a material", "stift", 0),
        ("m1-a material", "vel", 0),
        ("m1-b", "c", plain.NOTE),
        ("m1-c title", "D", 0),
    ]
    assert [p.order for p in read] == list(range(len(read)))


# --- pages


def test_of_the_header_of_a_page_only_the_title_is_read():
    page = "---\ntitel: Zorg: conform\nbron: Monitoring\njaar: 2020\n---\nEen.\n\n## Kop\n\nIndien twee.\n"
    read = plain.page_passages("p.md", page)
    assert [(p.text.strip(), p.line) for p in read] == [
        ("Zorg: conform", 2),
        ("Een.", 6),
        ("## Kop\n\nIndien twee.", 8),
    ]
    lines = [(f.where, f.matched) for p in read for f in plain.lint(p)]
    assert lines == [("line 2", "conform"), ("line 10", "Indien")]


def test_a_page_without_a_header_is_read_from_its_first_line():
    assert [
        p.line for p in plain.page_passages("p.md", "# Kop\n\n```\n# geen kop\n```\n## Twee\n")
    ] == [1, 6]
    assert plain.page_passages("p.md", "") == []


# --- the interface


@pytest.mark.parametrize(
    "text",
    [
        "De schijf is vol",
        "Kies er één.",
        "niet bekend hier",
        "Naam is bezet",
        "Stap 1 van 3",
        "Nee, verder werken",
    ],
)
def test_dutch_is_recognised(text):
    assert plain.is_dutch(text)


@pytest.mark.parametrize(
    "text",
    [
        "niet bekend",
        "a document needs a title",
        "m1-doel: x is no kernveld: y",
        "1 to 4 series are needed, each with a value",
        "one of the arguments is required",
        "input, textarea, select",
        "lv-veld lv-groep lv-knop",
        "3 is not a number out of ten",
    ],
)
def test_english_and_short_labels_are_left_alone(text):
    assert not plain.is_dutch(text)


PYTHON = '''"""De module is van een ander."""
import re, logging
log = logging.getLogger("x")  # de uitleg is voor een maker

def f(x):
    """De functie is van een ander."""
    log.warning("de regel is niet voor een deelnemer %s", x)
    re.compile("de|het een van (de) twee")
    PATTERN = r"(?:de|het)\\b een van"
    raise ValueError(f"In {x!r} is {x or 'geen tekst van belang'} niet bekend. " "Kies een ander. " + x)
    say("Kies %s en niet {most} van de %(many)d")
'''


def test_strings_in_python_are_read_but_no_docstring_comment_log_or_pattern():
    read = plain.interface_passages("a.py", PYTHON)
    assert [(p.line, p.text) for p in read] == [
        (10, "In Iets is Iets niet bekend. Kies een ander. Iets"),
        (10, "geen tekst van belang"),
        (11, "Kies Iets en niet Iets van de Iets"),
    ]


JAVASCRIPT = r"""
// 'de tekst van een ander'
/* "een is van de maker" */
const a = 'Dit is van \'jou\' en niet van mij';
const b = `Stap ${n ? 'een van de twee' : `nog een van ${x}`} van de ${m}`;
console.log('dit is niet voor een deelnemer');
const c = x / 2; const d = 'je kunt nu verder' / 2;
const e = /'(?:een)"/.exec(s), g = "Sluit dit venster en start opnieuw.";
f({ a: '' }, "de\nhet en een");
"""


def test_strings_in_javascript_are_read_but_no_comment_log_or_pattern():
    read = plain.interface_passages("a.js", JAVASCRIPT)
    assert [(p.line, p.text) for p in read] == [
        (4, "Dit is van 'jou' en niet van mij"),
        (5, "Stap Iets van de Iets"),
        (5, "een van de twee"),
        (5, "nog een van Iets"),
        (7, "je kunt nu verder"),
        (8, "Sluit dit venster en start opnieuw."),
        (9, "de\nhet en een"),
    ]


# --- the word list


def test_the_list_is_long_enough_and_says_no_word_twice():
    assert len(LISTED.words) >= 120
    forms = Counter(
        form.strip().casefold() for word in LISTED.words for form in word.written.split(" / ")
    )
    assert [form for form, times in forms.items() if times > 1] == []


def test_no_word_is_also_caught_by_another_entry():
    plainly = re.compile(r"[^*…]+")
    twice = [
        (form, other.written)
        for word in LISTED.words
        for form in word.written.split(" / ")
        if plainly.fullmatch(form)
        for other in LISTED.words
        if other is not word and other.pattern.fullmatch(form)
    ]
    assert twice == []


def test_every_hard_word_is_found_in_each_form():
    missed = [
        form
        for word in LISTED.words
        for form in word.written.split(" / ")
        for written in [form.replace(" … ", " dat nu ").replace("*", "")]
        for text in (f"Dat is {written} nu", written.upper())
        if not word.pattern.search(text)
    ]
    assert missed == []


def test_every_suggestion_reads_easily():
    assert [word for word in LISTED.words if not word.say.strip() or found(word.say)] == []


@pytest.mark.parametrize(
    "text",
    [
        '[error.formal]\n"" = "x"',
        '[error.formal]\n"a / " = "x"',
        '[error.formal]\n"a" = { why = "x" }',
        '[error.formal]\n"a" = { say = "x", because = "y" }',
        '[error.formal]\n"a" = "x"\n"a" = "y"',
        '[[exception]]\ntext = "x"',
        '[[exception]]\nwhy = "x"\nreden = "y"',
    ],
)
def test_a_list_that_is_not_well_formed_is_refused(text):
    with pytest.raises((ValueError, KeyError, TypeError)):
        plain.read_words(text)


@pytest.mark.parametrize("known", LISTED.exceptions, ids=lambda known: known.text or known.where)
def test_an_exception_is_well_formed(known):
    assert known.why.strip()
    assert known.rule in ("", *plain.RULES)
    if known.rule:
        assert known.text or known.where != "*"
    else:  # it allows a hard word, which must then be in it
        assert found(known.text)


def test_an_exception_allows_these_words_here_and_no_others():
    listed = plain.read_words(
        """
        [error.formal]
        "conform" = "volgens"
        "indien" = "als"
        [[exception]]
        text = "conform de wet"
        why = "zo heet het"
        in = "a*.md"
        [[exception]]
        rule = "u"
        where = "m1-vragen*"
        why = "tegen een bewoner"
        [[exception]]
        text = "nooit gezegd"
        why = "zo heet het"
        """
    )

    def left(text, file="a.md", where=""):
        findings, unused = plain.check([Passage(file, where, text)], listed)
        return [finding.matched for finding in findings], len(unused)

    assert left("Dit is Conform de wet.") == ([], 2)
    assert left("Dit is conform de wet, indien nodig.") == (["indien"], 2)
    assert left("Dit is conform de regels.") == (["conform"], 3)
    assert left("Dit is conform de wet.", file="b.md") == (["conform"], 3)
    assert left("Meldt u dat?", where="m1-vragen rows") == ([], 2)
    assert left("Meldt u dat?", where="m1-doel") == (["u"], 3)


def test_an_exception_of_a_length_names_its_rule():
    text = "woord " * 21
    (finding,) = found(text)
    assert not Allowed(why="x", text="woord woord").allows(finding)
    assert Allowed(why="x", text="woord woord", rule="long sentence").allows(finding)
    assert not Allowed(why="x", text="woord woord", rule="long cell").allows(finding)


# --- the report


def test_the_report_tells_place_text_rule_and_what_to_say():
    read = [
        Passage("b.md", "", "Kort.\n\nIndien u wilt.", line=4),
        Passage("a.ipynb", "m1-doel", "Er is draagvlak.", order=2),
        Passage("a.ipynb", "m1-zin", "Dit is kort. " * 30, most=60, order=1),
    ]
    findings, unused = plain.check(read, LISTED)
    text = plain.report(findings, unused[:1])
    expected = [
        *("a.ipynb", "m1-zin", "✗ long cell: 90 words, at most 60", "m1-doel", "Er is draagvlak."),
        *("? hard word “draagvlak”: say: wie staat erachter", "b.md", "line 6", "Indien u wilt."),
        *(
            "✗ hard word “Indien”: say: als",
            "✗ u “u”: say: je, jij",
            "3 errors (✗), 1 warnings (?)",
        ),
        "exception no longer used: ",
    ]
    places = [text.index(part) for part in expected]
    assert places == sorted(places)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert plain.report([]) == "0 errors (✗), 0 warnings (?)"
