"""Handouts as they come out of the notebooks: parsed, not looked up."""

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pikepdf
import pytest
from bs4 import BeautifulSoup
from test_paper import page_text

from leefbaar_tools import cli
from leefbaar_tools.answers import Journal, WorkFolder
from leefbaar_tools.areas import sample_city
from leefbaar_tools.handouts import (
    HandoutError,
    Reader,
    make_document,
    make_handouts,
    reader_for,
    run,
    run_sheet,
)
from leefbaar_tools.paper import Box, PageBreak, Paragraph, to_html, to_pdf
from leefbaar_tools.resources import meetings, shared_path

MEETING = shared_path("notebooks", "1-wijk-in-beeld.ipynb")
ODD = "Tuin 🌷 van 王 – “#panic()” <script>alert(1)</script> \\ $x$ @y"


@pytest.fixture(scope="module")
def ran():
    return run(nbformat.read(MEETING, as_version=4), MEETING.stem)


@pytest.fixture
def journal(tmp_path):
    """Answers as the exercises keep them, of somebody who chose Karekietbuurt."""
    folder = WorkFolder(tmp_path)
    folder.switch("Merel")
    journal = folder.journal()
    journal.append("m1-buurt", "area", {}, {"code": "BU99990100"})
    journal.append("m1-trots", "write", {}, {"trots": ODD})
    journal.append("m1-brandjes", "choose", {}, {"keuze": ["Zorg om een bewoner", "Een vos"]})
    guesses = {"alleen": 2, "ouderen": ["meer"], "groeten": 9}
    estimate = {"code": "BU99990100", "seen": True, "guesses": guesses}
    journal.append("m1-schatting", "estimate", {}, estimate)
    return tmp_path / "antwoorden" / "Merel.jsonl"


def page(document):
    return BeautifulSoup(to_html(document), "html.parser")


def words(node) -> str:
    return re.sub(r"\s+", " ", node.get_text(" "))


def test_blank_sheet_asks_everything_and_tells_nothing_to_the_facilitator(ran):
    text = words(page(make_document(ran, Reader())))
    for asked in (
        "Waar ben je trots op in jouw buurt?",
        "Meldingen van overlast of ruzie",
        "1. Achter hoeveel van de 10 deuren woont iemand alleen?",
        "Wat is er over een jaar anders voor bewoners?",
    ):
        assert asked in text
    assert "Zo leid je in" not in text
    assert "Draaiboek" not in text
    assert "De brandjesweek van deze groep" not in text, "the tally is for the projector"


def test_facilitator_sheet_has_notes_programme_and_tally(ran):
    text = words(page(make_document(ran, Reader("begeleider"))))
    notes = sum("facilitator" in c.metadata.get("tags", ()) for c in ran.cells)
    assert text.count("Zo leid je in.") == notes > 4
    assert "De brandjesweek van deze groep" in text
    assert "Draaiboek: 150 minuten" in text


def test_a_note_with_a_title_of_its_own_keeps_the_time_of_its_step(ran):
    titles = [
        box.title
        for box in make_document(ran, Reader("begeleider")).blocks
        if isinstance(box, Box) and box.kind == "begeleider"
    ]
    assert "1:06–1:51 · Raakt het iemand?" in titles
    assert len(set(titles)) == len(titles), "every note can be told from the others"


def test_run_sheet_adds_up_by_hand(ran):
    table = run_sheet(ran)
    assert [row[:2] for row in table.rows] == [
        ("0:00", "10"),
        ("0:10", "5"),
        ("0:15", "6"),
        ("0:21", "18"),
        ("0:39", "5"),
        ("0:44", "12"),
        ("0:56", "10"),
        ("1:06", "45"),
        ("1:51", "6"),
        ("1:57", "11"),
        ("2:08", "6"),
        ("2:14", "8"),
        ("2:22", "8"),
    ]
    optional = [plain(row[2]) for row in table.rows if "(mag vervallen)" in plain(row[2])]
    assert [aim.partition(":")[0] for aim in optional] == [
        "Brandjesweek op de muur (mag vervallen)",
        "Inspiratie",
        "Samenwerken",
    ]


def plain(text) -> str:
    """The words of a text of the document tree."""
    if isinstance(text, str):
        return text
    return "".join(map(plain, text)) if isinstance(text, tuple) else plain(text.text)


def test_sheets_hold_what_each_reader_needs_of_what_is_for_at_home(ran, journal):
    """Blank: nothing. Personal: what was worked on, with its text. Facilitator: the titles."""
    blank = words(page(make_document(ran, Reader())))
    assert "Profiel van een buurt" not in blank
    assert "Verder thuis of op kantoor" not in blank
    asked = Journal(journal)
    asked.append(
        "m1-profiel", "explore", {}, {"onderwerp": ["Werk en geld"], "straat": "Veel vroege bussen"}
    )
    own = words(page(make_document(ran, reader_for("deelnemer", journal, None))))
    assert "Eén cijfer zegt weinig." in own
    assert "Veel vroege bussen" in own
    assert "inwoners met bijstand" in own
    assert "Op de kaart" not in own
    assert own.count("Verder thuis of op kantoor") == 1
    assert own.index("Verder thuis of op kantoor") < own.index("Eén cijfer zegt weinig.")
    led = words(page(make_document(ran, Reader("begeleider"))))
    assert "Profiel van een buurt" in led
    assert "Eén cijfer zegt weinig." not in led


def test_facilitator_sheet_is_two_narrow_pages_beside_each_other(ran):
    file = io.BytesIO(to_pdf(make_document(ran, Reader("begeleider"))))
    with pikepdf.open(file) as pdf:
        assert {tuple(round(float(x)) for x in p.MediaBox[2:]) for p in pdf.pages} == {(842, 595)}
        assert len(pdf.pages) <= 15


def test_personal_sheet_has_own_words_and_the_figures_of_the_own_buurt(ran, journal):
    reader = reader_for("deelnemer", journal, None)
    soup = page(make_document(ran, reader))
    text = words(soup)
    assert reader.name == "Merel"
    assert re.sub(r"\s+", " ", ODD) in text
    assert soup.find("script") is None
    assert "Een vos" in text
    # 860 of 1,555 households live alone: 5.5 of 10, and halves go up.
    figures = [
        img.get("alt") or img.get("aria-label") for img in soup.select("figure img, figure svg")
    ]
    alone = next(alt for alt in figures if "Jij dacht: 2 van de 10" in alt)
    assert "Karekietbuurt: 6 van de 10" in alone
    assert "Achter hoeveel van de 10 deuren wonen kinderen?" in text
    children = [alt for alt in figures if "huishoudens met kinderen" in alt]
    assert children == [], "a question that was not guessed stays closed"


def test_an_area_prints_the_folding_sheet_of_that_buurt(ran):
    karekiet = words(page(make_document(ran, Reader(code="BU99990100"))))
    assert "de cijfers van Karekietbuurt" in karekiet
    tiny = words(page(make_document(ran, Reader(code="BU99990503"))))
    assert "te klein om te tonen" in tiny


@pytest.mark.parametrize("before", [0, 1])
def test_the_figures_are_printed_behind_the_questions(ran, before):
    """On the back of a leaf, which an open booklet does not show, wherever the questions fall."""
    made = make_document(ran, Reader())
    shift = (Paragraph("Een bladzijde meer."), PageBreak()) * before
    file = pikepdf.open(io.BytesIO(to_pdf(replace(made, blocks=(*shift, *made.blocks)))))
    texts = [page_text(page) for page in file.pages]

    def number(words):
        return next(n for n, text in enumerate(texts, 1) if words in text)

    asked, figures = number("Je komt 10 bewoners tegen"), number("Pas omslaan als iedereen")
    assert figures % 2 == 0
    assert figures - asked == (1 if asked % 2 else 2)
    assert ("Ruimte om te schrijven" in texts[asked]) == (asked % 2 == 0)


def test_a_buurt_may_be_given_by_its_name():
    def code(wanted):
        return reader_for("deelnemer", None, wanted).code

    assert code("Karekietbuurt") == code("karekiet") == "BU99990100"
    assert code("Elzenhage") == "WK999903", "a whole name goes before a part of others"
    with pytest.raises(HandoutError, match="“Atlantis” ken ik niet"):
        code("Atlantis")
    with pytest.raises(
        HandoutError,
        match=re.escape(
            "Elzenhage-Zuid (buurt in Elzenhage, Lindermonde), code BU99990301. Typ de code."
        ),
    ):
        code("Elzenhage-")


def test_only_years_with_figures_are_named(ran):
    data = dict(make_document(ran, Reader()).meta)["Gegevens"]
    assert "Kerncijfers wijken en buurten 2015 tot en met 2024; " in data
    # Every other year, so no span.
    assert data.endswith("Leefbaarometer 2014, 2016, 2018, 2020, 2022 en 2024")


def test_html_is_dutch_described_and_loads_nothing(ran):
    for audience in ("deelnemer", "begeleider"):
        soup = page(make_document(ran, Reader(audience)))
        assert soup.html["lang"] == "nl"
        assert soup.find(["script", "iframe", "object", "embed", "audio", "video"]) is None
        for node in soup.find_all(src=True):
            assert node["src"].startswith("data:")
        assert [link for link in soup.find_all("link") if link.get("href")] == []
        assert not re.search(
            r"@import|url\((?!data:)", "".join(s.get_text() for s in soup("style"))
        )
        for img in soup.select("figure img, figure svg"):
            assert len(img.get("alt") or img.get("aria-label")) > 20
        assert "voorbeelddata" in words(soup).lower()
        assert "import leefbaar_tools" not in str(soup)
        assert not re.search(r"\blt\.", words(soup))


def test_pdf_is_tagged_dutch_a4_and_described(ran, journal):
    for reader in (Reader(), Reader("begeleider"), reader_for("deelnemer", journal, None)):
        with pikepdf.open(io.BytesIO(to_pdf(make_document(ran, reader)))) as pdf:
            assert pdf.Root.Lang == "nl"
            assert pdf.Root.MarkInfo.Marked
            assert pdf.Root.Outlines.First is not None
            meta = pdf.open_metadata()
            assert meta["pdfuaid:part"] == "1"
            assert sorted(round(float(x)) for x in pdf.pages[0].MediaBox[2:]) == [595, 842]
            kinds = list(structure(pdf.Root.StructTreeRoot))
            figures = [node for kind, node in kinds if kind == "/Figure"]
            assert figures
            assert all(str(node.get("/Alt", "")) for node in figures)
            assert "/TH" in {kind for kind, _ in kinds}


def structure(node):
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield str(kid.S), kid
            yield from structure(kid)


def test_same_notebook_same_bytes(ran):
    document = make_document(ran, Reader())
    assert to_pdf(document) == to_pdf(document)
    assert to_html(document) == to_html(document)


def notebook(*cells):
    """A notebook with the opening cell and these."""
    opening = nbformat.v4.new_code_cell("import leefbaar_tools as lt\n\nlt.begin()", id="opening")
    made = [nbformat.v4.new_code_cell(source, id=id) for id, source in cells]
    return nbformat.v4.new_notebook(
        cells=[opening, *made],
        metadata={
            "leefbaar": {"meeting": 9, "title": "Proef", "subtitle": ""},
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        },
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("lt.picture('stuk', show='place', indicator='onzin')", "onzin"),
        (
            "import ipywidgets as w\nb = w.Button()\nb.on_click(lambda _: 1 / 0)\nb.click()",
            "ZeroDivisionError",
        ),
        (
            "import ipywidgets as w\nwith w.Output() as o:\n    1 / 0\no",
            "ZeroDivisionError",
        ),
    ],
    ids=["cell", "figure", "callback", "output widget"],
)
def test_a_failing_cell_stops_its_handout_and_is_named(source, told):
    with pytest.raises(HandoutError) as failed:
        run(notebook(("stuk", source)), "proef")
    assert "proef, cel stuk" in str(failed.value)
    assert told in str(failed.value)


def test_the_other_handouts_still_come_out(tmp_path):
    broken = tmp_path / "0-stuk.ipynb"
    nbformat.write(notebook(("stuk", "1 / 0")), broken)
    whole = tmp_path / "1-heel.ipynb"
    nbformat.write(notebook(("vraag", "lt.write('vraag', title='Vraag', prompts=['Wat?'])")), whole)
    said = []
    failures = make_handouts(
        meetings=[broken, whole], output=tmp_path / "uit", progress=said.append
    )
    assert [f for f in failures if "0-stuk, cel stuk" in f] == failures != []
    assert sorted(p.name for p in (tmp_path / "uit").iterdir()) == [
        "1-heel-deelnemer.html",
        "1-heel-deelnemer.pdf",
    ]
    assert sum("1-heel-deelnemer" in line for line in said) == 2


def test_the_command_makes_all_and_says_so(tmp_path, journal, capfd):
    before = journal.read_bytes()
    code = cli.main(
        ["handouts", "1", "--answers", str(journal), "--area", "BU99990100", "BU99990500"]
        + ["--output", str(tmp_path / "uit")]
    )
    said = capfd.readouterr()
    assert code == 0
    names = sorted(p.name for p in (tmp_path / "uit").iterdir())
    assert names == [
        f"1-wijk-in-beeld-Merel-{area}.{kind}"
        for area in ("BU99990100", "BU99990500")
        for kind in ("html", "pdf")
    ]
    assert all(name in said.out for name in names)
    assert said.err == ""
    assert journal.read_bytes() == before, "making a handout never writes an answer"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--answers", "weg.jsonl"], "weg.jsonl"),
        (["--area", "BU00000000"], "BU00000000"),
        (["9"], "9"),
    ],
)
def test_what_cannot_be_made_is_told_in_dutch(arguments, told, tmp_path, capsys):
    assert cli.main(["handouts", *arguments, "--output", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert told in said.err
    assert "Traceback" not in said.err
    assert re.search(r"\b(ik|er|kies|kijk)\b", said.err, re.IGNORECASE)


def test_a_file_that_is_no_journal_is_told(tmp_path):
    path = tmp_path / "foto.jsonl"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(HandoutError, match=r"foto\.jsonl"):
        reader_for("deelnemer", path, None)


def test_a_damaged_line_is_told_and_the_rest_is_printed(ran, journal, tmp_path):
    with journal.open("ab") as file:
        file.write(b'{"exercise": "m1-doel", "kind": "wri')
    reader = reader_for("deelnemer", journal, None)
    assert re.sub(r"\s+", " ", ODD) in words(page(make_document(ran, reader)))
    said = []
    make_handouts(meetings=[], answers=journal, output=tmp_path / "uit", progress=said.append)
    told = [line for line in said if line.startswith("Let op:")]
    assert len(told) == 1
    assert "half bewaard" in told[0]


def test_the_exporters_work_from_nbconvert(tmp_path):
    for kind in ("html", "pdf"):
        subprocess.run(
            [
                sys.executable,
                "-m",
                "nbconvert",
                "--to",
                f"leefbaar-{kind}",
                MEETING,
                "--output-dir",
                tmp_path,
            ]
            + [f"--Leefbaar{kind.upper()}.audience=begeleider"],
            check=True,
            capture_output=True,
            timeout=120,
        )
    html = (tmp_path / "1-wijk-in-beeld.html").read_text(encoding="utf-8")
    assert "Zo leid je in" in html
    assert (tmp_path / "1-wijk-in-beeld.pdf").read_bytes().startswith(b"%PDF")


def test_notebooks_in_git_carry_no_outputs():
    for path in meetings():
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        assert [c["id"] for c in cells if c.get("outputs") or c.get("execution_count")] == []


def test_default_area_exists():
    assert sample_city().level(Reader().code) == "buurt"
