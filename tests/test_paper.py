"""Paper: what goes in comes out, in HTML and PDF that everybody can read."""

import io
import json
import re
import subprocess
import sys
from base64 import b64decode
from bisect import bisect_left
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pikepdf
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from leefbaar_tools.paper import (
    Box,
    Boxes,
    Bullets,
    Code,
    Document,
    DoorRow,
    Emphasis,
    FigureBlock,
    Heading,
    Link,
    NumberBox,
    PageBreak,
    Paragraph,
    Quote,
    Said,
    Strong,
    Table,
    Together,
    WriteLines,
    clean,
    from_json,
    from_markdown,
    page_count,
    printable,
    to_html,
    to_html_fragment,
    to_json,
    to_pdf,
    tree,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path id="a" d="M0 0h9"/></svg>'

BLOCKS = (
    Heading("Eerst schatten"),
    Paragraph(
        (
            "Kijk ",
            Strong(("goed ", Emphasis("rond"))),
            ", typ ",
            Code("start"),
            " en lees\n",
            Link("de bron", "https://www.voorbeeld.nl/a?b=1&c=2"),
        )
    ),
    Bullets(("een", (Paragraph("twee"), Bullets(("dieper",), ordered=True)))),
    Quote((Paragraph("Knikken is ook contact."),)),
    Table(("Wat", "Hoeveel"), (("Deuren", Strong("10")),), "Deuren tellen", ("left", "right")),
    Table(("Als ik", "dan"), (("", ""),), row_height_mm=20),
    FigureBlock(
        SVG, "Zes van de tien deuren", "De stad is drukker", "Verzonnen, 2025", "Voorbeeld"
    ),
    WriteLines("Wat zag je?", 4, "Geen personen."),
    Boxes("Meer of minder?", ("meer", "minder"), in_row=True),
    Boxes("Wat doe je?", ("lopen", "bellen"), True, ("bellen", "fietsen"), "Anders, namelijk"),
    NumberBox("Hoeveel deuren?", "van de 10 deuren"),
    NumberBox("Hoeveel keer?", "keer", "1.234,5"),
    DoorRow("Hoeveel deuren staan open?"),
    DoorRow("Jouw schatting", filled=4, kind="guess", symbol="person"),
    Said("Mijn doel", "De hal is schoon.\n\nOok op zondag."),
    Said("Mijn stap"),
    Box("Let op", (Heading("Binnen", 5), Paragraph("Tel nooit personen."))),
    Box("Bron", (Paragraph("Een model."),), "bron"),
    Box("Kaart", (Paragraph("Vraag door."),), "kaart"),
    Box("Doel", (Paragraph("Niet voorlezen."),), "begeleider"),
    Together((Heading("Samen", 4), Paragraph("Blijft bij elkaar."))),
    PageBreak(),
    Heading("Tot slot", 1),
)
DOCUMENT = Document(
    "Werkblad 1", BLOCKS, "Welke doelen?", name="Merel", meta=(("Cijfers", "peiljaar 2025"),)
)

HOSTILE = (
    "#panic() *a* _b_ $c$ @d `e` <f> \\n // /* [g] ~ = kop",
    '<script>alert(1)</script> "&amp;" <img src=x onerror=y> {{ 7*7 }} {% raw %}',
    "emoji 👍🏽 中文 العربية שלום e\u0301 \ufe0f",
    "\x00\x07\x1b\ud83d \ufeff \ufffe \u1680 \u2028 einde",
)
# Most of Unicode is no letter of the font; the first part, with its accents and scripts, is.
any_text = (
    st.text(st.characters(), max_size=60)
    | st.text(st.characters(max_codepoint=0x2FFF), max_size=60)
    | st.sampled_from(HOSTILE)
)


def pdf(document: Document) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(to_pdf(document)))


def page_text(page: pikepdf.Page) -> str:
    """Read the text of a page back through the ToUnicode maps of its fonts."""
    maps = {}
    for name, font in page.Resources.get("/Font", {}).items():
        cmap = font.ToUnicode.read_bytes().decode()
        maps[name] = {
            int(glyph, 16): bytes.fromhex(text).decode("utf-16-be")
            for glyph, text in re.findall(r"<(\w{4})> <(\w+)>$", cmap, re.M)
        }
    words, letters = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            letters = maps[str(operands[0])]
        for part in operands[0] if str(operator) == "TJ" else operands:
            if str(operator) in ("TJ", "Tj") and isinstance(part, pikepdf.String):
                raw = bytes(part)
                codes = (int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2))
                words += [letters.get(code, "?") for code in codes]
    return "".join(words)


def outline(file: pikepdf.Pdf) -> list[tuple[int, str]]:
    def walk(items, depth):
        for item in items:
            yield depth, item.title
            yield from walk(item.children, depth + 1)

    return list(walk(file.open_outline().root, 1))


def places(page: pikepdf.Page) -> list[tuple[float, float]]:
    """Return where each run of letters begins, in points from the left and the foot."""
    found, stack, here = [], [], np.eye(3)
    line = np.eye(3)

    def matrix(operands):
        a, b, c, d, e, f = (float(one) for one in operands)
        return np.array([[a, b, 0], [c, d, 0], [e, f, 1]])

    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            stack.append(here)
        elif name == "Q":
            here = stack.pop()
        elif name == "cm":
            here = matrix(operands) @ here
        elif name == "Tm":
            line = matrix(operands)
        elif name in ("TJ", "Tj"):
            found.append(tuple((line @ here)[2, :2]))
    return found


def elements(file: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Return every element of the structure tree."""
    found, waiting = [], [file.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        found.append(node)
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                waiting.append(kid)
    return found


MONTHS = (
    *("Nee, niets nieuws", "januari", "februari", "maart", "april", "mei", "juni", "juli"),
    *("augustus", "september", "oktober", "november", "december"),
)


@pytest.mark.parametrize("chosen", [(), ("mei",)])
def test_many_boxes_in_a_row_stand_beside_and_below_each_other(chosen):
    file = pdf(Document("Blad", (Boxes("Begon je iets?", MONTHS, chosen=chosen, in_row=True),)))
    lines = {}
    for x, y in places(file.pages[0]):
        lines.setdefault(round(y), []).append(x)
    rows = [sorted(line) for line in lines.values() if len(line) > 2]
    # Each a box and its words; "september" takes some 70 points, so the next box keeps clear.
    assert [len(row) for row in rows] == [8, 8, 8]
    assert all(b - a > 100 for row in rows for a, b in pairwise(row[::2]))
    assert max(map(max, rows)) < 595 - 57 - 70, "nothing runs off the page"


def words(text: str) -> str:
    return " ".join(text.split())


# --- tree


def test_sample_holds_every_block():
    def kinds(value):
        if isinstance(value, dict):
            yield value["type"]
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, dict | list):
                yield from kinds(part)

    assert set(kinds(to_json(BLOCKS))) == set(tree._TYPES)


def test_json_round_trip():
    assert from_json(json.loads(json.dumps(to_json(BLOCKS)))) == BLOCKS


def test_lists_become_tuples():
    assert Bullets(["a"]) == Bullets(("a",))
    assert hash(Boxes("?", ["a"], chosen=["a"])) == hash(Boxes("?", ("a",), chosen=("a",)))


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Paragraph", "text": "a"},
        [{"type": "Script", "text": "a"}],
        [{"text": "a"}],
        [{"type": "Document", "title": "a", "blocks": []}],
        [{"type": "Link", "text": "a", "url": "javascript:alert(1)"}],
        [{"type": "Paragraph", "text": "a", "colour": "red"}],
    ],
)
def test_json_that_is_no_tree_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        from_json(value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Heading("a", 7),
        lambda: Table(tuple("abcdefg"), ()),
        lambda: Table((), ()),
        lambda: Table(("a", "b"), (("1",),)),
        lambda: Table(("a",), (), align=("middle",)),
        lambda: FigureBlock(SVG, " ", "titel", "bron"),
        lambda: DoorRow("a", filled=11),
        lambda: DoorRow("a", total=0),
        lambda: DoorRow("a", kind="red"),
        lambda: DoorRow("a", symbol="star"),
        lambda: Box("a", (), "warning"),
        lambda: Link("a", "file:///etc/passwd"),
        lambda: Document(" ", ()),
        lambda: Document("a", (), audience="manager"),
    ],
)
def test_what_cannot_be_printed_is_refused(make):
    with pytest.raises(ValueError, match=r".+"):
        make()


@given(st.lists(st.integers(1, 6), max_size=12))
def test_levels_start_at_two_and_skip_none(levels):
    headings = tree.level_headings(tuple(Heading("a", level) for level in levels))
    before = 1
    for heading in headings:
        assert 2 <= heading.level <= before + 1
        before = heading.level


def test_levels_keep_what_stands_under_what():
    levels = (2, 4, 4, 3, 1)
    blocks = tuple(Together((Heading("a", level),)) for level in levels)
    assert re.findall(r"level=(\d)", repr(tree.level_headings(blocks))) == ["2", "3", "3", "3", "2"]


# --- markdown


def test_markdown_becomes_blocks():
    source = """# Kop *schuin*

Een **vet** woord &eacute;n `a&b` op
één regel.\\
Nieuwe regel. [Bron](https://a.nl/?b=1&c=2), [verder](2-overlast.ipynb)

- een
- twee
  1. diep

> Gezegd

---

| a | b |
|---|--:|
| 1 | *2* |
"""
    assert from_markdown(source) == (
        Heading(("Kop ", Emphasis("schuin")), 1),
        Paragraph(
            (
                "Een ",
                Strong("vet"),
                " woord én ",
                Code("a&b"),
                " op één regel.\nNieuwe regel. ",
                Link("Bron", "https://a.nl/?b=1&c=2"),
                ", verder",
            )
        ),
        Bullets(("een", (Paragraph("twee"), Bullets(("diep",), ordered=True)))),
        Quote((Paragraph("Gezegd"),)),
        Table(("a", "b"), (("1", (Emphasis("2"),)),), align=("left", "right")),
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<div>x</div>", "raw HTML"),
        ("a <b>x</b>", "raw HTML"),
        ("<!-- later -->", "raw HTML"),
        ("![foto](foto.png)", "picture"),
        ("[klik](javascript:alert(1))", "link"),
    ],
)
def test_markdown_refuses_what_has_no_meaning_on_paper(source, reason):
    with pytest.raises(ValueError, match=reason):
        from_markdown(source)


@settings(deadline=None)
@given(any_text)
def test_plain_text_survives_markdown_or_is_refused(text):
    try:
        blocks = from_markdown(text)
    except ValueError:
        return
    assert from_json(to_json(blocks)) == blocks


# --- HTML


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(to_html(DOCUMENT), "html.parser")


def test_html_holds_every_text(page):
    text = words(page.get_text(" "))
    for said in (
        "Welke doelen?",
        "Merel",
        "dieper",
        "Knikken is ook contact.",
        "Bron: Verzonnen, 2025",
        "Geen personen.",
        "Meer antwoorden mogen.",
        "Anders, namelijk",
        "van de 10 deuren",
        "1.234,5",
        "4 van de 10",
        "De hal is schoon.",
        "Nog niet ingevuld.",
        "Voor de begeleider",
        "Cijfers: peiljaar 2025",
        "https://www.voorbeeld.nl/a?b=1&c=2",
    ):
        assert said in text


def test_html_is_a_dutch_page_with_headings_in_order(page):
    assert page.html["lang"] == "nl"
    assert page.title.string == "Werkblad 1"
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile(r"^h\d$"))]
    assert levels == [1, 2, 3, 3, 2]


def test_html_loads_nothing(page):
    assert not page.find_all(["script", "link", "iframe", "object", "embed", "base", "form"])
    assert {tag["src"].split(":")[0] for tag in page.find_all(src=True)} == {"data"}
    assert {tag.name for tag in page.find_all(href=True)} == {"a"}
    assert not page.find_all(["srcset", "background"])
    assert not re.search(r"url\(|@import|@font-face", str(page))


def test_html_pictures_and_tables_are_described(page):
    figure = page.figure.img
    assert figure["alt"] == "Zes van de tien deuren"
    assert b64decode(figure["src"].split(",")[1]).decode() == SVG
    assert all(tag.has_attr("alt") for tag in page.find_all("img"))
    assert [tag["scope"] for tag in page.find_all("th")] == ["col"] * 4
    assert page.caption.string == "Deuren tellen"


def test_html_marks_a_choice_without_colour(page):
    chosen = [words(li.get_text()) for li in page.find_all("li") if li.find(role="img")]
    assert chosen == ["☒ bellen", "☒ fietsen"]
    assert [tag["aria-label"] for tag in page.select(".tick[role=img]")] == ["gekozen:"] * 2


def test_html_has_room_to_write(page):
    assert len(page.select(".lines > div")) == 4 + 2
    assert all(tag["aria-label"] for tag in page.select(".lines, .box[role=img]"))
    assert "height: 10mm" in page.style.string


def test_fragment_keeps_levels_and_is_no_page():
    fragment = BeautifulSoup(to_html_fragment((Heading("a", 4),)), "html.parser")
    assert fragment.h4.string == "a"
    assert not fragment.find(["html", "body", "h1"])
    assert fragment.div["lang"] == "nl"


def test_fragment_can_hold_the_picture_itself():
    fragment = BeautifulSoup(to_html_fragment(BLOCKS[6:7], inline_svg=True), "html.parser")
    assert fragment.find("path", id="a")
    assert not fragment.img


@settings(deadline=None, max_examples=60)
@given(any_text)
def test_html_of_any_text_is_safe_and_complete(text):
    html = to_html(Document("x" + text, (Said(text, "x" + text), Heading(text)), name=text))
    html.encode()
    found = BeautifulSoup(html, "html.parser")
    assert not found.find_all(["script", "img"])
    for line in found.select("br"):
        line.replace_with("\n")
    assert found.select_one(".said").get_text() == clean("x" + text)
    assert words(found.h1.get_text()) == words(clean("x" + text))


# --- PDF


@pytest.fixture(scope="module")
def booklet() -> pikepdf.Pdf:
    return pdf(DOCUMENT)


def test_pdf_is_tagged_dutch_pdf_ua(booklet):
    assert booklet.Root.MarkInfo.Marked
    assert str(booklet.Root.Lang).startswith("nl")
    assert booklet.Root.ViewerPreferences.DisplayDocTitle
    with booklet.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Werkblad 1"


def test_pdf_is_a4(booklet):
    for page in booklet.pages:
        assert [round(float(side) / 72 * 25.4) for side in page.MediaBox] == [0, 0, 210, 297]


def test_pdf_outline_follows_the_headings(booklet):
    assert outline(booklet) == [
        (1, "Werkblad 1"),
        (2, "Eerst schatten"),
        (3, "Binnen"),
        (3, "Samen"),
        (2, "Tot slot"),
    ]


def test_pdf_tags(booklet):
    tags = elements(booklet)
    kinds = [str(tag.get("/S", "")) for tag in tags]
    assert {"/H1", "/H2", "/H3", "/L", "/LI", "/Table", "/Link", "/BlockQuote"} <= set(kinds)
    assert kinds.count("/TH") == 4
    figures = [str(tag.Alt) for tag in tags if tag.get("/S") == "/Figure"]
    assert sorted(figures) == [
        "4 van de 10",
        "Zes van de tien deuren",
        "Zet een cirkel om het getal: 0 tot en met 10.",
    ]


def test_pdf_prints_every_text(booklet):
    text = words(" ".join(page_text(page) for page in booklet.pages))
    text = text.replace(" ", "")
    for said in (
        "Welke doelen?",
        "Schuilnaam: Merel",
        "blz. 1 van",
        "1. https://www.voorbeeld.nl/a?b=1&c=2",
        "Bron: Verzonnen, 2025",
        "☒ fietsen",
        "☐ lopen",
        "1.234,5",
        "De hal is schoon.",
        "Nog niet ingevuld.",
        "Voor de begeleider",
        "Cijfers: peiljaar 2025",
    ):
        assert said.replace(" ", "") in text
    assert "teken dat hier" not in text


def test_pdf_links_to_its_sources(booklet):
    links = [note.A.URI for page in booklet.pages for note in page.get("/Annots", [])]
    assert set(map(str, links)) == {"https://www.voorbeeld.nl/a?b=1&c=2"}


def test_pdf_is_the_same_each_time():
    first = to_pdf(DOCUMENT)
    to_pdf(Document("Iets anders", ()))
    assert to_pdf(DOCUMENT) == first
    assert to_html(DOCUMENT) == to_html(DOCUMENT)


@pytest.mark.parametrize("audience", ["groep", "begeleider"])
def test_what_a_sheet_is_about_shares_the_last_page_where_there_is_a_little_room(audience):
    """No more than two lines of text: else it stands alone on a page of its own."""
    about = (("Gemaakt op", "30 november 2026"), ("Versie", "1.0"))[: 1 + (audience != "groep")]

    def runs_on(lines, meta):
        text = "\n".join("x" * lines)
        sheet = Document("Blad", (Paragraph(text),), audience=audience, meta=meta)
        return page_count(to_pdf(sheet)) > 1

    def room(meta):
        """How many lines there are on a page beside what it is about."""
        return bisect_left(range(200), True, key=lambda lines: runs_on(lines, meta))

    assert room(()) - room(about) <= 2


def test_pdf_says_once_what_it_could_not_print():
    file = pdf(Document("Blad 👍", (Said("Vraag", "中文 ☺"), Said("Vraag", "👍"))))
    text = page_text(file.pages[0])
    assert "☺" in text
    assert text.replace(" ", "").count("tekendathier") == 1
    assert text.count("□") == 1 + 1 + 2 + 1 + 1  # title, footer, two answers, the sentence


def test_letters_are_composed_and_what_is_invisible_goes():
    assert printable("e\u0301\u200b\ufe0f\r\nb\tc") == "é\nb c"
    assert clean("e\u0301\x07\u2028👍") == "e\u0301□\n👍"


def test_a_title_without_a_letter_still_gives_a_pdf():
    assert outline(pdf(Document("\u200b", ()))) == [(1, "□")]


@pytest.mark.parametrize("text", HOSTILE)
def test_pdf_takes_text_as_text(text):
    file = pdf(Document("Blad", (Heading("x" + text),)))
    assert words(outline(file)[1][1]) == words("x" + printable(text))


@settings(deadline=None, max_examples=60)
@given(any_text, any_text)
def test_pdf_of_any_text(text, other):
    blocks = (
        Heading(text, 3),
        Paragraph((text, Strong((other, Emphasis(text))), Code(other))),
        Said(other, text),
        Boxes(text, (other,), chosen=(text,), own=other),
        NumberBox(text, other, text),
        WriteLines(text, 1, other),
        DoorRow(other, filled=3),
        Table((text,), ((other,),), caption=text),
        FigureBlock(SVG, "x" + text, other, text),
        Box(text, (Quote((Paragraph(other),)),)),
        Bullets((text, other)),
    )
    document = Document("x" + text, blocks, other, name=text, meta=((text, other),))
    assert to_pdf(document).startswith(b"%PDF")


def test_every_letter_of_the_font_can_be_printed_in_every_style():
    letters = {printable(chr(code)) for code in range(0x30000)} - {"\n"}
    text = "\n".join(sorted(letters))
    assert len(letters) > 5000
    styles = (text, Strong(text), Emphasis(text), Strong((Emphasis(text),)))
    assert to_pdf(Document("Letters", tuple(Paragraph((style,)) for style in styles)))


def test_first_heading_may_be_deep_and_levels_may_skip():
    levels = (5, 2, 6, 1, 3)
    file = pdf(Document("Blad", tuple(Heading(str(level), level) for level in levels)))
    assert [depth for depth, _ in outline(file)] == [1, 2, 2, 3, 2, 3]


def test_a_form_longer_than_a_page_runs_on():
    assert len(pdf(Document("Blad", (WriteLines("Schrijf", 60),))).pages) == 3
    answer = Together((Paragraph("regel\n" * 120),))
    file = pdf(Document("Blad", (answer,)))
    assert sum(page_text(page).count("regel") for page in file.pages) == 120


def test_a_form_that_fits_is_not_broken_and_takes_its_heading_along():
    filler = Paragraph("\n".join(["vulling"] * 28))
    file = pdf(Document("Blad", (filler, Heading("Formulier"), WriteLines("Schrijfvraag", 12))))
    first, second = map(page_text, file.pages)
    assert "vulling" in first
    assert "Formulier" not in first
    assert "Formulier" in second
    assert "Schrijfvraag" in second


def test_a_facilitators_sheet_says_so():
    file = pdf(Document("Draaiboek", (), audience="begeleider"))
    text = page_text(file.pages[0])
    assert text.replace(" ", "").count("Voordebegeleider") == 2
    assert "Van:" not in text
    assert "Voor de begeleider" in to_html(Document("Draaiboek", (), audience="begeleider"))


def test_rows_of_doors_are_drawn_as_counted():
    row = BeautifulSoup(to_html_fragment((DoorRow("a", filled=6),)), "html.parser").img
    picture = ElementTree.fromstring(b64decode(row["src"].split(",")[1]))
    places = list(picture)
    assert len(places) == 10
    assert sum(place[0].get("fill") != "white" for place in places) == 6


def test_importing_paper_and_figures_does_no_work():
    code = (
        "import sys, leefbaar_tools.figures; "
        "print([m for m in ('matplotlib', 'typst', 'mistune', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
