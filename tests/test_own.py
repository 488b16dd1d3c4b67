"""Own figures of a corporation: the template, what is read and refused, and what is drawn."""

import csv
import io
import json
import os
import re
import shutil
import threading
import zipfile
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook
from test_exercises import field, nodes, page_text, written

from leefbaar_tools import cli, files, own
from leefbaar_tools.areas import CATALOGUE, sample_city
from leefbaar_tools.atlas import Atlas
from leefbaar_tools.exercises import pictures
from leefbaar_tools.exercises.explore import Explore
from leefbaar_tools.exercises.parts import Context
from leefbaar_tools.exercises.pictures.own import _public_words
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.own import guard, reading
from leefbaar_tools.own.columns import COLUMNS, letter
from leefbaar_tools.own.kept import FOLDER, NAME, tables_of
from leefbaar_tools.own.reading import OwnError, read
from leefbaar_tools.own.template import EXAMPLES
from leefbaar_tools.paper import Bullets, FigureBlock, Paragraph, to_pdf
from leefbaar_tools.personal_data import _ABBREVIATED, find_in_cell
from leefbaar_tools.room.server import PARTS

TODAY = date(2026, 11, 25)
TITLES = [column.title for column in COLUMNS]
BUURT, OTHER = "BU99990101", "BU99990000"
CITY = sample_city()


@dataclass(frozen=True)
class OwnContext(Context):
    """A context as it is when the room passes the own tables on."""

    mine: object = None

    def own(self):
        return self.mine, ""


def row(code="C1", name="Mosflat", buurt=BUURT, size=100, year=2024, **figures) -> dict:
    cells = {
        "complex": code,
        "naam": name,
        "buurt": buurt,
        "woningen": size,
        "jaar": year,
        **figures,
    }
    return {column.title: cells.get(column.key, "") for column in COLUMNS}


def write_csv(path, rows, header=None, separator=";", encoding="utf-8-sig", ending="\r\n"):
    header = header or TITLES
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=ending)
    writer.writerow(header)
    writer.writerows([list(r.values()) if isinstance(r, dict) else r for r in rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path, rows):
    book = Workbook()
    for cells in rows:
        book.active.append(list(cells))
    book.save(path)
    return path


def rewrite(path, name, old, new):
    """Put other bytes in a part of a workbook; `old` None replaces the whole part."""
    with zipfile.ZipFile(path) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    parts[name] = new if old is None else parts[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for part, data in parts.items():
            book.writestr(part, data)


def to_letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def refused(path) -> str:
    with pytest.raises(OwnError) as error:
        read(path, TODAY)
    return str(error.value)


# --- the template


def test_the_template_is_as_dutch_excel_wants_it_and_comes_back_as_it_went(tmp_path):
    excel, text = own.write_template(tmp_path / "nieuw")
    assert text.read_bytes().startswith(b"\xef\xbb\xbfComplexcode;Complexnaam;Buurtcode;")
    assert b"7,1;" in text.read_bytes()
    assert text.read_bytes().endswith(b"\r\n")
    book = load_workbook(excel)
    assert book.sheetnames == ["Cijfers", "Uitleg"]
    sheet = book["Cijfers"]
    assert [cell.value for cell in sheet[1]] == TITLES
    assert sheet.freeze_panes == "C2"
    # A code keeps its noughts and March stays March.
    formats = {title: sheet.cell(2, n).number_format for n, title in enumerate(TITLES, 1)}
    assert formats["Complexcode"] == formats["Buurtcode"] == formats["Maand"] == "@"
    assert sheet.column_dimensions["F"].number_format == "@"
    explained = " ".join(str(c.value) for r in book["Uitleg"].iter_rows() for c in r)
    assert all(column.explained in explained for column in COLUMNS)
    assert "tellen nooit mee" in explained
    assert own.recognises(excel)
    assert own.recognises(text)


def test_a_filled_in_template_is_never_written_over(tmp_path):
    excel, text = own.write_template(tmp_path)
    text.unlink()
    excel.write_bytes(b"ingevuld")
    with pytest.raises(OwnError, match="Ik laat het staan"):
        own.write_template(tmp_path)
    assert excel.read_bytes() == b"ingevuld"
    assert not text.exists()


def test_a_folder_that_may_not_be_looked_into_is_told(tmp_path, monkeypatch, capsys):
    def forbid(*arguments, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", forbid)
    assert cli.main(["data", "template", "--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("Ik kan niets schrijven in ")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_examples_do_not_count_and_that_is_said(tmp_path, kind):
    path = next(p for p in own.write_template(tmp_path) if p.suffix == f".{kind}")
    assert "alleen de voorbeeldregels" in refused(path)
    if kind == "csv":
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(f"C1;Mosflat;{BUURT};134;2024;;46;;;;7,5;12;\r\n")
    else:
        book = load_workbook(path)
        book["Cijfers"].append(["C1", "Mosflat", BUURT, 134, 2024, None, 46, *[None] * 3, 7.5, 12])
        book.save(path)
    found = read(path, TODAY)
    assert list(found.frame["complex"]) == ["C1"]
    assert found.frame.loc[0, ["woningen", "meldingen", "tevredenheid"]].tolist() == [134, 46, 7.5]
    assert found.notes == ("Rijen 2 en 3 zijn voorbeelden en tellen niet mee. Haal ze weg.",)


def test_examples_are_within_the_rules_of_the_template(tmp_path):
    cells = [{c.title: e.get(c.key, "") for c in COLUMNS} for e in EXAMPLES]
    for number, cell in enumerate(cells):
        cell["Complexcode"], cell["Complexnaam"] = f"C{number}", f"Flat {number}"
        cell["Tevredenheid"] = str(cell["Tevredenheid"]).replace(".", ",")
    assert len(read(write_csv(tmp_path / "x.csv", cells), TODAY).frame) == 2


# --- reading


def test_headers_and_numbers_are_read_as_the_dutch_write_them(tmp_path):
    header = ["  COMPLEX code", "Naam complex", "CBS-buurtcode", "Aantal woningen", "jaar"]
    header += ["MELDINGEN", "Tevredenheid (1-10)", "aantal antwoorden", "Bouwjaar"]
    cells = ["007", " Mosflat ", "bu9999 0101", "1.234", "2024", "2.468", "7,25", "300", "1965"]
    path = write_csv(tmp_path / "x.csv", [cells], header)
    found = read(path, TODAY)
    record = found.frame.iloc[0]
    assert record["complex"] == "007"
    assert record["naam"] == "Mosflat"
    assert record["buurt"] == BUURT
    assert record["woningen"] == 1234
    assert record["meldingen"] == 2468
    assert record["tevredenheid"] == 7.25
    assert record["huishoudens"] != record["huishoudens"], "not given is not nought"
    assert found.notes == ("De kolom I is niet bewaard: die ken ik niet.",)


@pytest.mark.parametrize(
    ("separator", "encoding", "ending"),
    [(";", "cp1252", "\r\n"), (",", "utf-8", "\n"), ("\t", "utf-16", "\r\n")],
)
def test_csv_is_read_however_it_was_saved(tmp_path, separator, encoding, ending):
    path = write_csv(
        tmp_path / "x.csv",
        [row(name="Café­hof", meldingen=12).values()],
        None,
        separator,
        encoding,
        ending,
    )
    assert own.recognises(path)
    assert read(path, TODAY).frame["meldingen"].tolist() == [12]


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("", 0),
        ("3", 3),
        ("03", 3),
        ("maart", 3),
        ("mrt", 3),
        ("Mrt-24", 3),
        ("maart 2024", 3),
        ("2024-03", 3),
        ("03-2024", 3),
        (3, 3),
        (datetime(2024, 3, 1), 3),
        (datetime(2024, 2, 29), 2),
        ("december", 12),
        ("12", 12),
    ],
)
def test_months_are_read(tmp_path, cell, month):
    path = write_xlsx(tmp_path / "x.xlsx", [TITLES, row(maand=cell, meldingen=5).values()])
    assert read(path, TODAY).frame["maand"].tolist() == [month]


@pytest.mark.parametrize(
    "cell",
    ["0", "13", "ma", "j", "kwartaal 1", "2023-03", datetime(2023, 3, 1), datetime(2024, 3, 17)]
    + [datetime(9999, 12, 31)],
)
def test_what_is_no_month_of_that_year_is_told(tmp_path, cell):
    path = write_xlsx(tmp_path / "x.xlsx", [TITLES, row(maand=cell, meldingen=5).values()])
    assert "rij 2, kolom F (“Maand”)" in refused(path)


@pytest.mark.parametrize(
    ("cell", "year"),
    [(2024, 2024), ("2024", 2024), (datetime(2024, 1, 1), 2024), (datetime(2024, 12, 31), 2024)]
    + [("31-12-2024", 2024), (datetime(2024, 3, 17), None), ("17-3-2024", None), ("24", None)],
)
def test_years_are_read_and_days_are_not(tmp_path, cell, year):
    path = write_xlsx(tmp_path / "x.xlsx", [TITLES, row(year=cell, meldingen=5).values()])
    if year:
        assert read(path, TODAY).frame["jaar"].tolist() == [year]
    else:
        assert "rij 2, kolom E (“Jaar”)" in refused(path)


def test_every_wrong_cell_is_told_by_row_and_column_and_none_is_repeated(tmp_path):
    rows = [
        row(meldingen="veel", tevredenheid="7.5", antwoorden=20),
        row("C2", "Sparflat", buurt="Centrum", size="", meldingen="1,5", score=6),
        row("C3", "Elzenhof", year="vorig", mutaties=-1, huishoudens="12x"),
    ]
    said = refused(write_csv(tmp_path / "x.csv", rows))
    assert [line[2 : line.index("(") - 1] for line in said.splitlines()[1:-1]] == [
        *("rij 2, kolom G", "rij 2, kolom K"),
        *("rij 3, kolom C", "rij 3, kolom G", "rij 3, kolom M"),
        *("rij 4, kolom E", "rij 4, kolom H", "rij 4, kolom I"),
    ]
    assert not any(word in said for word in ("veel", "7.5", "Centrum", "1,5", "vorig", "12x"))
    assert "Gebruik een komma" in said


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path):
    cells = [[], ["Overzicht"], [], TITLES, list(row(meldingen="x?").values())]
    assert "rij 5, kolom G" in refused(write_xlsx(tmp_path / "x.xlsx", cells))
    text = f"Overzicht\r\n\r\n{';'.join(TITLES)}\r\n;;\r\nC1;;{BUURT};20;2024;;x?\r\n"
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert "rij 5, kolom G" in refused(path)


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([row(), row()], "rij 3: dit complex staat ook op rij 2"),
        ([row(), row(size=90, maand=1)], "rij 3, kolom D"),
        ([row(), row(buurt=OTHER, maand=1)], "rij 3, kolom C"),
        ([row(size=20, huishoudens=21, meldingen=30)], "meer dan het aantal woningen"),
        ([row(huishoudens=21, meldingen=20)], "niet meer huishoudens"),
        ([row(huishoudens=0, meldingen=20)], "geen nul"),
        ([row(meldingen=30), *(row(maand=n, meldingen=3) for n in range(1, 13))], "twaalf maanden"),
        ([row(meldingen=3), row(maand=1, meldingen=4)], "meer dan het jaar"),
        ([row(meldingen=9, huishoudens=3), row(maand=1, huishoudens=4)], "een van de maanden"),
        ([row(maand=1, mutaties=3)], "op een rij over een heel jaar"),
        ([row(size="")], "het aantal woningen ontbreekt"),
        ([row(buurt="")], "de buurtcode ontbreekt"),
        ([row(code="", name="")], "allebei leeg"),
        ([row(year=2027)], "2000 tot en met 2026"),
        ([row(size=10, meldingen=1001)], "cijfer te veel"),
        ([row(tevredenheid="71", antwoorden=20)], "van 1 tot en met 10"),
        ([row(buurt="BU3620101")], "geen buurtcode"),
    ],
)
def test_what_cannot_be_true_is_told(tmp_path, rows, where):
    assert where in refused(write_csv(tmp_path / "x.csv", rows))


def test_a_row_of_a_month_takes_name_buurt_and_dwellings_from_its_complex(tmp_path):
    rows = [row(size=80, meldingen=20), row(name="", buurt="", size="", maand=1, meldingen=4)]
    frame = read(write_csv(tmp_path / "x.csv", rows), TODAY).frame
    assert frame[["naam", "buurt", "woningen"]].drop_duplicates().to_numpy().tolist() == [
        ["Mosflat", BUURT, 80]
    ]


def test_capitals_make_no_other_complex_and_a_name_belongs_to_its_code(tmp_path):
    rows = [
        row("C1", "Mosflat", meldingen=12),
        row("c1", "Mosflat", year=2023, meldingen=12),
        row("", "MOSFLAT", year=2022, meldingen=12),
        row("", "Hof", meldingen=15),
        row("", "hof", year=2023, meldingen=15),
    ]
    frame = read(write_csv(tmp_path / "x.csv", rows), TODAY).frame
    assert frame[["complex", "jaar"]].to_numpy().tolist() == [
        *(["C1", 2022], ["C1", 2023], ["C1", 2024]),
        *(["Hof", 2023], ["Hof", 2024]),
    ]
    assert "staat ook op rij 2" in refused(write_csv(tmp_path / "x.csv", [row(), row("c1")]))


def test_a_name_of_two_complexes_needs_a_code(tmp_path):
    same = [row("C1"), row("C2", "mosflat")]
    assert len(read(write_csv(tmp_path / "x.csv", same), TODAY).frame) == 2
    rows = [*same, row("", "Mosflat", year=2023), row("", "Mosflat", year=2022)]
    said = refused(write_csv(tmp_path / "x.csv", rows))
    for number in (4, 5):
        assert f"rij {number}, kolom A (“Complexcode”): er zijn meer complexen met deze" in said


def test_other_files_are_left_alone(tmp_path):
    for name, text in {
        "a.csv": "ID;WijkenEnBuurten;Meldingen\r\n1;BU03620101;3\r\n",
        "b.csv": "Complexcode;Adres\r\n1;x\r\n",
        "c.csv": "",
        "d.json": '{"Complexcode": 1, "Jaar": 2}\n',
        "e.csv": "<html>Complexcode;Jaar</html>\n",
        "f.xlsx": "Complexcode;Jaar\r\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert own.recognises(tmp_path / name) == (name == "f.xlsx"), name
    assert not own.recognises(tmp_path / "weg.csv")


def test_of_a_broken_own_csv_is_told_what_to_do(tmp_path, capsys):
    header = ";".join(TITLES)
    for said, text in {
        "rond rij 2": f'{header}\r\nC1;"Mosflat;{BUURT};60;2024\r\n',
        "kan ik niet lezen als CSV.": f"{header}\r\nC1;Caf\u00e9\0;{BUURT};60;2024\r\n",
    }.items():
        path = tmp_path / "x.csv"
        path.write_text(text, encoding="utf-8", newline="")
        assert own.recognises(path)
        assert cli.main(["data", "import", str(path), "--folder", str(tmp_path / "w")]) == 1
        error = capsys.readouterr().err
        assert said in error
        assert "Sla het in Excel opnieuw op als CSV" in error


def test_a_workbook_that_becomes_far_too_large_is_not_unpacked(tmp_path, monkeypatch, capsys):
    path = write_xlsx(tmp_path / "x.xlsx", [TITLES, row(meldingen=12).values()])
    blank = b"<row>" + b"<c><v>1</v></c>" * 20 + b"</row>"
    rewrite(path, "xl/worksheets/sheet1.xml", b"</sheetData>", blank * 70_000 + b"</sheetData>")
    assert path.stat().st_size < 200_000
    # Nothing may open it.
    monkeypatch.setattr(CalamineWorkbook, "from_path", lambda *a: pytest.fail("unpacked"))
    assert not own.recognises(path)
    assert "veel te groot" in refused(path)
    assert cli.main(["data", "import", str(path), "--folder", str(tmp_path / "w")]) == 1
    assert "Sla het dan op als CSV" in capsys.readouterr().err


def test_an_own_workbook_is_known_wherever_excel_wrote_its_header(tmp_path):
    # All texts of a workbook can lie in a part of their own, in any order.
    cells = [
        list(row(f"K{n}", f"Lange naam van dit hof {to_letters(n)}").values()) for n in range(2000)
    ]
    path = write_xlsx(tmp_path / "x.xlsx", [TITLES, *cells])
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    found = list(dict.fromkeys(re.findall(r"<is><t>(.*?)</t></is>", sheet)))
    texts = found[len(TITLES) :] + found[: len(TITLES)]
    place = {text: n for n, text in enumerate(texts)}
    rewrite(
        path,
        "xl/worksheets/sheet1.xml",
        None,
        re.sub(
            r't="inlineStr"><is><t>(.*?)</t></is>', lambda m: f't="s"><v>{place[m[1]]}</v>', sheet
        ).encode(),
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    shared = f"<sst {space}>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>"
    assert shared.index("omplex") > 65_536
    rewrite(path, "xl/sharedStrings.xml", None, shared.encode())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    rewrite(path, "[Content_Types].xml", b"</Types>", part.encode())
    link = (
        '<Relationship Id="rId99" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.'
        'org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    rewrite(path, "xl/_rels/workbook.xml.rels", b"</Relationships>", link.encode())
    assert own.recognises(path)


def test_a_file_of_too_many_rows_is_told_what_to_do(tmp_path, monkeypatch):
    path = write_csv(tmp_path / "x.csv", [row(), row("C2", "Hof"), row("C3", "Plein")])
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert "te veel rijen. Zet er alleen de laatste jaren in." in refused(path)
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert len(read(path, TODAY).frame) == 3


def test_letters_of_columns():
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]


# --- persons stay out


digits = st.text("0123456789", min_size=1, max_size=10)
words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)


def numbers(many: int):
    return st.text("0123456789", min_size=many, max_size=many)


emails = st.builds("{}.{}@{}.{}".format, words, words, words, st.sampled_from(["nl", "com", "org"]))
mobile = st.builds("6{}{}".format, st.sampled_from("12345"), numbers(7))
landline = st.builds(
    "{}{}{}".format,
    st.sampled_from(["20", "10", "30", "70", "40"]),
    st.sampled_from("2345678"),
    numbers(6),
)


def as_typed(number: str, form: str) -> str:
    pairs = f"{number[:1]} {number[1:3]} {number[3:5]} {number[5:7]} {number[7:]}"
    return {"bare": f"0{number}", "lost": number, "plus": f"+31{number}", "pairs": f"0{pairs}"}[
        form
    ]


phones = st.builds(
    as_typed, mobile, st.sampled_from(["bare", "lost", "plus", "pairs"])
) | st.builds(as_typed, landline, st.sampled_from(["bare", "plus"]))


def to_bsn(start: str) -> str:
    total = sum(int(d) * w for d, w in zip(start, range(9, 1, -1), strict=True)) % 11
    return start + str(total) if total < 10 else ""


bsns = st.builds(to_bsn, numbers(8).filter(lambda n: n[0] != "0")).filter(bool)
spaced = st.sampled_from(["{}", "bsn {}", "{}."])


def to_iban(bank: str, number: str, form: str) -> str:
    code = "".join(str(int(sign, 36)) for sign in f"{bank}{number}NL00")
    whole = f"NL{98 - int(code) % 97:02}{bank}{number}"
    if form == "spaced":
        return " ".join(whole[n : n + 4] for n in range(0, len(whole), 4))
    return whole.lower() if form == "lower" else whole


ibans = st.builds(
    to_iban,
    st.sampled_from(["ABNA", "INGB", "RABO", "SNSB"]),
    numbers(10),
    st.sampled_from(["", "spaced", "lower"]),
)
streets = st.sampled_from(
    ["Linde", "Oude Kerk", "Prins Bernhard", "J. van Stolberg", "van der Duyn"]
).flatmap(
    lambda n: st.sampled_from([f"{n}straat", f"{n}laan", f"{n}plein", f"{n}weg", f"{n}str."])
) | st.sampled_from(["De Run", "Het Zand", "Brink", "Oude Gracht", "'t Hof"])
addresses = st.builds(
    "{}{}{}{}".format,
    streets,
    st.sampled_from([" ", ", ", " nr. ", " huisnummer ", "\u00a0", " (", " [", " ’", " “", " *"])
    | st.sampled_from([" = ", " + ", " ~", " (nr. ", " – "]),
    st.integers(1, 1899) | st.integers(2100, 9999),
    st.sampled_from(["", "a", " bis", "-3", " A", "-48", " t/m 20", ", 1234 AB Lindermonde"])
    | st.sampled_from([" woning", " woning boven", " studio", " etage", " appartement", ")", "”"]),
) | st.builds(
    "{} {} {}".format, st.integers(1000, 9999), st.sampled_from(["AB", "xz"]), st.integers(1, 99)
)
postcodes = st.builds(
    "{}{}{}".format,
    st.integers(1000, 9999),
    st.sampled_from(["", " ", "  ", "-", " - ", "\u00a0"]),
    st.sampled_from(["AB", "XZ", "ab", "xz"]),
)
surnames = st.sampled_from(
    ["Jansen", "Yilmaz", "Öztürk", "Łukasz", "D'Angelo", "Ångström", "El Amrani", "de Vries"]
    + ["van 't Hof", "van der Laan", "Bakker", "O\u0308zdemir"]
)
initials = st.lists(st.sampled_from("ABCDEFGHJKLMPRSTWYZÖŁ"), min_size=1, max_size=3, unique=True)
# N.V. and e.o. are no initials.
initials = initials.filter(
    lambda letters: not {"".join(letters), "".join(letters).lower()} & _ABBREVIATED
).map(lambda letters: "".join(f"{letter}." for letter in letters))
named = (
    st.builds("{} {}".format, initials, surnames)
    | st.builds("{}{}".format, initials, surnames.filter(lambda name: name[0].isupper()))
    | st.builds("{}, {}".format, surnames, initials)
    | st.builds(
        "{} {}".format,
        st.sampled_from(["Dhr", "dhr.", "De heer", "mevr.", "Mw.", "Fam.", "familie"])
        | st.sampled_from(["Bewoner", "Huurder", "Weduwe", "Wed."]),
        surnames,
    )
    | st.builds("{} {}".format, initials, surnames).map(str.lower)
)
named |= st.builds("{}, {}".format, streets, named) | st.builds("{} ({})".format, streets, named)
named |= st.builds("{}, {}".format, named, st.sampled_from(["Parkweg", "Lindestraat"]))
births = st.builds(
    lambda day, form: day.strftime(form),
    # A first of January could be how a spreadsheet writes a year; the year is all that is kept.
    st.dates(date(1930, 1, 1), date(2020, 1, 1)).filter(lambda day: 1 < day.day < 28),
    st.sampled_from(["%d-%m-%Y", "%d/%m/%y", "%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d mrt '%y"])
    | st.sampled_from(["%d %b. ’%y", "%d-okt-%y", "geb %d%m%Y"]),
)
people = emails | phones | st.builds(str.format, spaced, bsns) | ibans | addresses | births
people |= postcodes | named


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("eigen")


@settings(deadline=None, max_examples=300)
@given(person=people, column=st.sampled_from([*TITLES, "Bouwjaar"]))
def test_no_row_with_a_person_passes_and_the_person_is_not_repeated(place, person, column):
    rows = [
        row(meldingen=12) | {"Bouwjaar": 1965},
        row("C2", "Sparflat", meldingen=15) | {"Bouwjaar": 1970},
    ]
    path = write_csv(place / "x.csv", rows, [*TITLES, "Bouwjaar"])
    rows[1][column] = person
    said = refused(write_csv(path, rows, [*TITLES, "Bouwjaar"]))
    assert f"rij 3, kolom {letter([*TITLES, 'Bouwjaar'].index(column))}" in said
    assert person not in said


@pytest.mark.parametrize("number", [612345678, 123456782, 31612345678, 111222333.0])
@pytest.mark.parametrize("column", ["Complexcode", "Complexnaam", "Meldingen", "Extra"])
def test_a_number_from_a_workbook_is_looked_at_too(tmp_path, number, column):
    cells = row(meldingen=12) | {"Extra": 1} | {column: number}
    said = refused(write_xlsx(tmp_path / "x.xlsx", [list(cells), list(cells.values())]))
    assert "telefoonnummer" in said or "BSN" in said
    assert str(int(number)) not in said


def test_a_birthday_in_a_workbook_is_refused(tmp_path):
    cells = row(meldingen=12) | {"Sinds": datetime(1961, 5, 12)}
    said = refused(write_xlsx(tmp_path / "x.xlsx", [list(cells), list(cells.values())]))
    assert "rij 2, kolom N: dit lijkt op een datum van een dag" in said
    assert "1961" not in said


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Lindestraat",
            "1e Hugo de Grootstraat",
            "2e Dwarsstraat",
            "Plein 1940-1945",
            "Plein 1944",
        ),
        *(
            "J. van Stolbergstraat",
            "Mosflat",
            "Flat 3",
            "Lindehof blok 2",
            "Complex 0123",
            "complex12",
        ),
        *(
            "Lindehof, 24 woningen",
            "Lindehof 2e fase",
            "De Linde II",
            "St. Jansflat",
            "'s-Gravenhof",
        ),
        *(
            "Plein '40-'45",
            "Mevrouw van Dijkstraat",
            "Lindestraat oneven",
            "48 woningen Lindestraat",
        ),
        *("Johan de Wittstraat", "Willem Dreesflat", "Blok A", "Blok A. en B.", "Burg. Jansenflat"),
        *("Parkweg 12 woningen", "Lindehof (24 woningen)", "Lindehof, 24 seniorenwoningen"),
        *("Parkweg 8 studio’s", "Mosflat (1965)", "Lindehof bouwjaar 1965", "Lindehof N.Z."),
        *("Kerkstraat e.o.", "v.d. Meerstraat", "Mr. P.J. Troelstralaan", "P.C. Hooftstraat"),
        *("De Heer Bosflat", "Weduwe Bontekoestraat", "Blok 3 en 4", "Blok 1 t/m 6"),
        *("Plein ’40-’45", "Th. à Thuessinklaan", "Kerkstraat, J. van Stolbergstraat"),
    ],
)
def test_names_of_complexes_and_streets_are_fine(tmp_path, name):
    path = write_csv(tmp_path / "x.csv", [row(name=name, meldingen=12)])
    assert read(path, TODAY).frame["naam"].tolist() == [name]


@pytest.mark.parametrize(
    "code",
    ["C012", "LIN-12", "LIN 012", "1001", "10.01.02", "C-2024-12", "12-345"]
    + ["HR 012", "C-2024-NW", "A.LIN", "LIN*12", "VHE0012"],
)
def test_codes_of_complexes_are_fine(code):
    assert find_in_cell(code, code=True) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("Dhr. Jansen", "mevr. Smit", "J. de Vries", "fam. Bakker", "A.B. van 't Hof"),
        *("Dhr Jansen, Parkweg", "Parkweg, dhr. Jansen", "Parkweg (J. Jansen)", "Jansen, J."),
        *("Jansen J.", "Vries, J. de", "Jansen (J.)", "Ö. Yilmaz", "O\u0308. Yilmaz", "A. Łukasz"),
        *("T. D'Angelo", "J.D. Ångström", "j. jansen", "Parkweg, j. jansen", "J. JANSEN"),
        *("Bewoner Jansen", "bewoner jansen", "Weduwe Jansen", "dhr J Jansen", "Th. Jansen"),
    ],
)
def test_names_of_people_are_refused(tmp_path, name):
    said = refused(write_csv(tmp_path / "x.csv", [row(name=name)]))
    assert "rij 2, kolom B: dit lijkt op de naam van een persoon" in said
    assert name not in said


@pytest.mark.parametrize(
    "header",
    [
        *("Voornaam", "Naam", "Naam huurder", "Huurder", "Geboortedatum", "E-mail", "E-mailadres"),
        *("Telefoon", "Mobiel nummer", "BSN", "IBAN", "Adres", "Huisnummer", "Postcode", "Klantnr"),
        *("Contactpersoon", "Huismeester", "Opmerkingen", "Toelichting", "Omschrijving melding"),
        *("Nationaliteit", "jan.jansen@voorbeeld.nl", "Lindestraat 12"),
    ],
)
def test_columns_about_people_and_free_text_are_refused(tmp_path, header):
    path = write_csv(tmp_path / "x.csv", [row(meldingen=12) | {header: ""}], [*TITLES, header])
    assert own.recognises(path)
    said = refused(path)
    assert "kolom N: " in said
    assert "@" not in said
    assert "Lindestraat" not in said


@pytest.mark.parametrize(
    ("column", "header", "refuses"),
    [
        ("Complexnaam", "Complexnaam (huurder)", True),
        ("Complexnaam", "Straat (huisnummer)", True),
        ("Complexnaam", "Straat ((huisnummer))", True),
        ("Complexcode", "Complexcode (contractnr)", True),
        ("Complexnaam", "Straat (of complex)", False),
        ("Complexnaam", "Straat (zonder huisnummer)", False),
        ("Woningen", "Woningen (peildatum 31-12-2024)", False),
        ("Tevredenheid", "Tevredenheid (huurders)", False),
    ],
)
def test_what_stands_in_brackets_above_a_column_counts(tmp_path, column, header, refuses):
    titles = [header if title == column else title for title in TITLES]
    path = write_csv(tmp_path / "x.csv", [row(meldingen=12)], titles)
    assert own.recognises(path)
    if refuses:
        assert f"kolom {letter(TITLES.index(column))}: wat hier tussen haakjes" in refused(path)
    else:
        assert len(read(path, TODAY).frame) == 1


@pytest.mark.parametrize("header", ["Verhuringen (2024)", "Klasse (1-5)"])
def test_a_year_or_scale_above_a_column_is_no_house_number(tmp_path, header):
    path = write_csv(tmp_path / "x.csv", [row(meldingen=12) | {header: 3}], [*TITLES, header])
    assert read(path, TODAY).notes == ("De kolom N is niet bewaard: die ken ik niet.",)


@pytest.mark.parametrize(
    "header", ["Bouwjaar", "Aantal adressen", "Gemeentenaam", "Wijkteam", "Hoogte"]
)
def test_other_columns_are_left_out_and_told(tmp_path, header):
    path = write_csv(tmp_path / "x.csv", [row(meldingen=12) | {header: "Noord"}], [*TITLES, header])
    assert read(path, TODAY).notes == ("De kolom N is niet bewaard: die ken ik niet.",)


def test_a_name_above_a_column_is_neither_kept_nor_said(tmp_path, capsys):
    cells = row(meldingen=12) | {"Jan de Vries": 3, "Fatima El Amrani": 9}
    path, folder = write_csv(tmp_path / "x.csv", [cells], list(cells)), tmp_path / "werk"
    assert cli.main(["data", "import", str(path), "--folder", str(folder)]) == 0
    assert cli.main(["data", "status", "--folder", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.count("De kolommen N en O zijn niet bewaard") == 2
    kept = (folder / FOLDER / NAME).read_text(encoding="utf-8")
    assert not any(name in said + kept for name in ("Vries", "Fatima"))
    # What an earlier reader noted of the same file gives way.
    (folder / FOLDER / NAME).write_text(kept.replace("N en O", "Vries"), encoding="utf-8")
    own.import_file(path, folder, TODAY)
    assert "Vries" not in (folder / FOLDER / NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("house", ["Kerkstraat (12)", "Kerkstraat ’12", "Kerkstraat “12”", "Kerkstraat (nr. 12)"]),
        ("house", ["Kerkstraat =12", "Kerkstraat +12", "Kerkstraat *12", "Kerkstraat nr12"]),
        ("house", ["Kerkstraat 12 woning", "Kerkstraat 12 woning boven", "Kerkstraat 12 studio"]),
        ("house", ["Kerkstraat 12 etage", "Kerkstraat 14 (12 woningen)", "Kerkstraat (1965)"]),
        ("house", ["1234 ab", "1234-AB", "1234-ab", "1234  AB", "1234 Ab", "1234\u00a0AB"]),
        ("date", ["19800312", "geb 12031980", "12 mrt '80", "12-mrt-80", "12 maart ’80"]),
    ],
)
@pytest.mark.parametrize("code", [False, True])
def test_every_form_of_a_door_a_postcode_and_a_day_is_known(kind, cells, code):
    assert {cell: find_in_cell(cell, code) for cell in cells} == dict.fromkeys(cells, kind)


def test_a_boiler_is_no_man():
    assert not find_in_cell("HR ketel")
    assert find_in_cell("Hr. Ketel") == "person"


def test_a_cell_without_end_is_refused_unread(tmp_path, monkeypatch):
    path = write_csv(tmp_path / "x.csv", [row(name="a'" * 10_000)])
    longest = []
    monkeypatch.setattr(guard, "find_in_cell", lambda text, **_: longest.append(len(text)))
    assert "rij 2, kolom B: hier staat een stuk tekst" in refused(path)
    assert max(longest) < 100


def test_a_story_is_refused_in_any_column(tmp_path):
    story = "Bewoner belde weer over de buren en wil niet meer praten"
    for header in (TITLES[1], "Extra"):
        cells = row(meldingen=12) | {"Extra": ""} | {header: story}
        assert "stuk tekst" in refused(write_csv(tmp_path / "x.csv", [cells], list(cells)))


# --- keeping


def names_in(folder) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name != ".slot")


def import_said(path, folder) -> str:
    return " ".join(own.import_file(path, folder, TODAY))


def test_the_same_file_changes_nothing_and_a_new_one_replaces_it_and_says_so(tmp_path):
    path, folder = tmp_path / "mijn.csv", tmp_path / "werk"
    kept = folder / FOLDER / NAME
    write_csv(path, [row(meldingen=12), row("C2", "Sparflat", meldingen=30)])
    os.utime(path, (1_767_225_600 + 43_200,) * 2)  # 1 January 2026, noon
    kept.parent.mkdir(parents=True)
    (kept.parent / "oud.half").write_text("een afgebroken keer", encoding="utf-8")
    assert "2 complexen over 2024" in import_said(path, folder)
    before = kept.read_bytes(), kept.stat().st_mtime_ns
    assert "Er is niets veranderd" in import_said(path, folder)
    assert (kept.read_bytes(), kept.stat().st_mtime_ns) == before
    assert "“mijn.csv” van 1 januari 2026, ingelezen op 25 november 2026" in " ".join(
        own.status(folder)
    )
    new = write_csv(tmp_path / "nieuw.csv", [row(year=2025, meldingen=12)])
    said = import_said(new, folder)
    assert "in de plaats van “mijn.csv” van 1 januari 2026: 2 complexen over 2024" in said
    assert "1 complex van toen" in said
    assert names_in(kept.parent) == [NAME]


def test_a_refused_file_and_a_crash_leave_what_was_kept(tmp_path, monkeypatch):
    folder = tmp_path / "werk"
    own.import_file(write_csv(tmp_path / "x.csv", [row(meldingen=12)]), folder, TODAY)
    before = (folder / FOLDER / NAME).read_bytes()
    other = write_csv(tmp_path / "y.csv", [row(meldingen="x?")])
    with pytest.raises(OwnError):
        own.import_file(other, folder, TODAY)
    write_csv(other, [row(meldingen=99)])

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OwnError, match="De schijf is vol"):
        own.import_file(other, folder, TODAY)
    assert names_in(folder / FOLDER) == [NAME]
    assert (folder / FOLDER / NAME).read_bytes() == before


def test_what_is_kept_is_for_nobody_else_and_on_the_disk_before_it_counts(tmp_path, monkeypatch):
    done = []
    replace, sync = os.replace, os.fsync
    monkeypatch.setattr(os, "fsync", lambda *a: [done.append("fsync"), sync(*a)])
    monkeypatch.setattr(os, "replace", lambda *a: [done.append("replace"), replace(*a)])
    own.import_file(write_csv(tmp_path / "x.csv", [row(meldingen=12)]), tmp_path / "werk", TODAY)
    assert done == ["fsync", "replace"]
    if os.name == "posix":
        assert (tmp_path / "werk" / FOLDER).stat().st_mode & 0o777 == 0o700


def test_two_imports_at_once_wait_for_each_other(tmp_path, monkeypatch):
    folder = tmp_path / "werk"
    paths = [write_csv(tmp_path / f"{n}.csv", [row(meldingen=12 + n)]) for n in range(2)]
    replace, failed = os.replace, []

    def other():
        try:
            own.import_file(paths[1], folder, TODAY)
        except OwnError as error:
            failed.append(error)

    second = threading.Thread(target=other)

    def slow(*arguments):
        monkeypatch.setattr(os, "replace", replace)
        second.start()
        second.join(0.5)
        replace(*arguments)

    monkeypatch.setattr(os, "replace", slow)
    own.import_file(paths[0], folder, TODAY)
    second.join()
    assert not failed
    assert own.own_registrations(folder).table("jaren")["meldingen"].tolist() == [13]
    assert names_in(folder / FOLDER) == [NAME]


def test_an_import_that_waits_too_long_says_so_and_changes_nothing(tmp_path, monkeypatch):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "x.half").write_text("wordt geschreven", encoding="utf-8")
    monkeypatch.setattr(files, "LOCK_SECONDS", 0)
    path = write_csv(tmp_path / "x.csv", [row(meldingen=12)])
    with FileLock(folder / ".slot"), pytest.raises(OwnError, match="Wacht tot dat klaar is"):
        own.import_file(path, tmp_path, TODAY)
    assert names_in(folder) == ["x.half"]


def test_a_damaged_file_says_so_and_is_mended_by_importing_again(tmp_path):
    folder, path = tmp_path / "werk", write_csv(tmp_path / "x.csv", [row(meldingen=12)])
    own.import_file(path, folder, TODAY)
    for damage in ("{", "{}", '{"format": 99}', "[]"):
        (folder / FOLDER / NAME).write_text(damage, encoding="utf-8")
        with pytest.raises(OwnError, match="Lees je eigen bestand opnieuw in"):
            own.own_registrations(folder)
    own.import_file(path, folder, TODAY)
    assert own.own_registrations(folder).table("jaren")["meldingen"].tolist() == [12]


def damaged_files(tmp_path):
    header = ";".join(TITLES)
    whole = write_xlsx(tmp_path / "heel.xlsx", [TITLES, row(meldingen=12).values()]).read_bytes()
    half = whole[: len(whole) // 2]
    contents = {
        "half.xlsx": half,
        "leeg.xlsx": b"PK\x03\x04",
        "oud.xls": bytes.fromhex("d0cf11e0a1b11ae1") + b"rommel" * 200,
        "nul.csv": header.encode() + b"\r\n\0\0\r\n",
        "letters.csv": f"{header}\r\nCafé;é".encode() + b"\xe9\x81\r\n",
        "open.csv": f'{header}\r\nC1;"Mos'.encode(),
        "leeg.csv": b"",
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
        yield tmp_path / name
    yield tmp_path / "weg.csv"
    yield tmp_path


def test_whatever_is_wrong_with_a_file_is_an_own_error_and_told_in_dutch(tmp_path, capsys):
    for path in damaged_files(tmp_path):
        with pytest.raises(OwnError):
            own.import_file(path, tmp_path / "werk", TODAY)
        assert cli.main(["data", "import", str(path), "--folder", str(tmp_path / "werk")]) == 1
        said = capsys.readouterr()
        assert said.err.endswith("Er is niets van bewaard.\n"), path
        assert "Error" not in said.out + said.err
    assert own.own_registrations(tmp_path / "werk") is None


def test_own_figures_outlive_the_public_ones(tmp_path):
    own.import_file(write_csv(tmp_path / "x.csv", [row(meldingen=12)]), tmp_path, TODAY)
    # What a damaged store advises.
    shutil.rmtree(tmp_path / "gegevens", ignore_errors=True)
    assert own.own_registrations(tmp_path).table("jaren")["meldingen"].tolist() == [12]
    assert (tmp_path / "eigen" / NAME).is_file()
    assert FOLDER.parts[0] in PARTS, "made at a start, for nobody else to read"


def test_only_what_the_template_asks_is_kept(tmp_path):
    cells = row(meldingen=12) | {"Wijkteam": "Noordoost"}
    own.import_file(write_csv(tmp_path / "x.csv", [cells], list(cells)), tmp_path, TODAY)
    text = (tmp_path / FOLDER / NAME).read_text(encoding="utf-8")
    assert "Noordoost" not in text
    assert json.loads(text)["columns"] == [column.key for column in COLUMNS]


def test_tables_for_the_room(tmp_path):
    assert own.own_registrations(None) is None
    assert own.own_registrations(tmp_path) is None
    months = [row(year=2023, maand=n, meldingen=n, huishoudens=1) for n in range(1, 13)]
    rows = [*months, row(name="Mosflat nieuw", size=90, meldingen=40, huishoudens=20, score=4)]
    rows += [row("C2", "Hof", maand=n, meldingen=5) for n in range(1, 12)]
    own.import_file(write_csv(tmp_path / "x.csv", rows), tmp_path, TODAY)
    kept = own.own_registrations(tmp_path)
    assert own.own_registrations(tmp_path) is kept
    assert kept.table("complexen").to_numpy().tolist() == [
        ["C1", "Mosflat nieuw", BUURT, 90],
        ["C2", "Hof", BUURT, 100],
    ]
    years = kept.table("jaren").set_index(["complex", "jaar"])
    assert years.loc[("C1", 2023), "meldingen"] == 78, "1 + 2 + … + 12"
    assert years.loc[("C1", 2023), "huishoudens"] != years.loc[("C1", 2023), "huishoudens"]
    assert years.loc[("C1", 2024), ["woningen", "huishoudens", "score"]].tolist() == [90, 20, 4]
    assert years["meldingen"].isna().tolist() == [False, False, True], "eleven months are no year"
    assert len(kept.table("maanden")) == 23
    assert kept.source_line("x").startswith("eigen registratie van de corporatie, bestand van ")


def test_the_command_line(tmp_path, capsys):
    folder = tmp_path / "werk"
    assert cli.main(["data", "template", "--output", str(tmp_path)]) == 0
    assert "eigen-cijfers.xlsx" in capsys.readouterr().out
    path = write_csv(tmp_path / "mijn.csv", [row(meldingen=12)])
    assert cli.main(["data", "import", str(path), "--folder", str(folder)]) == 0
    assert "1 complex over 2024" in capsys.readouterr().out
    assert cli.main(["data", "status", "--folder", str(folder)]) == 0
    assert "uit “mijn.csv”" in capsys.readouterr().out
    wrong = write_csv(tmp_path / "fout.csv", [row(name="Lindestraat 12")])
    assert cli.main(["data", "import", str(wrong), "--folder", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "rij 2, kolom B" in said
    assert said.endswith("Er is niets van bewaard.\n")
    assert "Lindestraat" not in said
    assert cli.main(["data", "template", "--output", str(tmp_path)]) == 1


# --- drawing


def kept_of(tmp_path, rows):
    own.import_file(write_csv(tmp_path / "x.csv", rows), tmp_path, TODAY)
    return own.own_registrations(tmp_path)


def drawn(kept, show="own_complexes", code=BUURT, settings=None, **chosen):
    context = OwnContext(CITY, code, mine=kept)
    blocks = pictures.DRAWINGS[show](context, chosen, settings or {})
    said = " ".join(block.text for block in blocks if isinstance(block, Paragraph))
    return [block for block in blocks if isinstance(block, FigureBlock)], said


HERE = [
    row("C1", "Sparflat", size=100, meldingen=80, huishoudens=30, score=2),
    row("C2", "Akkerstraat", size=40, meldingen=10, huishoudens=10, score=5),
    row("C3", "Kleinhof", size=19, meldingen=50, huishoudens=15, score=1),
    row("C4", "Elzenhof", size=60, meldingen=9, huishoudens=8, score=4),
    row("C5", "Elders", OTHER, size=200, meldingen=100, huishoudens=60, score=4),
    row("C6", "Leeghof", size=30),
]


def test_complexes_stand_by_name_as_rates_with_what_they_rest_on(tmp_path):
    (figure,), _ = drawn(kept_of(tmp_path, HERE), measure="meldingen")
    assert "Op volgorde van naam. Akkerstraat: 25 (10 meldingen, 40 woningen). " in figure.alt
    assert (
        "Elzenhof: geen cijfer, minder dan tien meldingen. Sparflat: 80 (80 meldingen" in figure.alt
    )
    assert "Eenheid: meldingen per 100 woningen, 2024." in figure.alt
    assert figure.title == f"{CITY.name(BUURT)}, meldingen per complex, 2024"
    assert figure.source.startswith("eigen registratie van de corporatie, bestand van ")


def test_small_complexes_and_few_cases_are_never_shown_and_that_is_told(tmp_path):
    kept = kept_of(tmp_path, HERE)
    for measure in ("meldingen", "huishoudens", "score"):
        for figure in drawn(kept, measure=measure)[0]:
            everything = f"{figure.alt} {figure.title} {figure.notice} {figure.svg}"
            assert "Kleinhof" not in everything
            assert "Niet getoond: 1 complex heeft minder dan 20 woningen." in figure.notice
            assert "Van 1 complex is dit cijfer over 2024 niet bekend." in figure.notice
    (figure,), _ = drawn(kept, measure="huishoudens")
    assert "Sparflat: 30 (30 huishoudens" in figure.alt
    assert "Geen cijfer bij 1 complex met minder dan tien gevallen" in figure.notice
    assert "8 huishoudens" not in figure.alt


def test_all_together_gives_no_single_hidden_complex_away(tmp_path):
    kept = kept_of(tmp_path, HERE)
    # Elzenhof alone is hidden: all together minus what is shown would be 9.
    (figure,), _ = drawn(kept, measure="meldingen")
    assert "samen" not in figure.alt
    # 9 and 8 are hidden: 107 households of 400 dwellings.
    both = [row("C2", "Akkerstraat", size=40, meldingen=10, huishoudens=9), HERE[0], *HERE[2:]]
    (figure,), _ = drawn(kept_of(tmp_path, both), measure="huishoudens")
    assert "alle 4 complexen samen: 27." in figure.alt
    kept = kept_of(tmp_path, HERE)
    # (2·100 + 5·40 + 4·60 + 4·200) / 400 dwellings
    (figure,), _ = drawn(kept, measure="score")
    assert "alle 4 complexen samen: 3,6." in figure.alt
    assert "Sparflat: 2,0 (100 woningen)" in figure.alt


def test_many_reports_of_few_households_are_not_shown(tmp_path):
    rows = [
        row("C1", "Alfa", size=60, meldingen=40, huishoudens=1),
        row("C2", "Beta", size=50, meldingen=20, huishoudens=10),
        row("C3", "Gamma", size=40, meldingen=30),
    ]
    (figure,), _ = drawn(kept_of(tmp_path, rows), measure="meldingen")
    assert "Alfa: geen cijfer, minder dan tien huishoudens die meldden." in figure.alt
    assert "67" not in figure.alt, "40 of 60"
    assert "Beta: 40 (20 meldingen, 50 woningen)" in figure.alt
    assert "Gamma: 75 (30 meldingen, 40 woningen)" in figure.alt, "households not known"
    assert "Geen cijfer bij 1 complex met minder dan tien meldingen of melders" in figure.notice
    assert "samen" not in figure.alt, "all together minus what is shown would be 40"
    # Two are hidden with 70 reports, but of 2 households: that total says as much.
    rows.append(row("C4", "Delta", size=60, meldingen=30, huishoudens=1))
    (figure,), _ = drawn(kept_of(tmp_path, rows), measure="meldingen")
    assert "samen" not in figure.alt
    # With 1 and 9 households: 120 reports of 210 dwellings.
    rows[-1]["Huishoudens die meldden"] = 9
    (figure,), _ = drawn(kept_of(tmp_path, rows), measure="meldingen")
    assert "alle 4 complexen samen: 57." in figure.alt


def test_households_of_months_can_be_the_same_ones(tmp_path):
    # One household can have reported in every month, and ten in May is ten.
    rows = [row(maand=n, meldingen=5, huishoudens=1) for n in range(1, 13)]
    rows += [row("C2", "Hof", maand=n, meldingen=10 * (n == 5)) for n in range(1, 13)]
    rows[16]["Huishoudens die meldden"] = 10
    rows += [row("C3", "Elzenhof", maand=n, meldingen=4, huishoudens=4) for n in range(1, 13)]
    rows += [row("C3", "Elzenhof", meldingen=48, huishoudens=12)]
    rows += [row("C4", "Parkhof", maand=n, meldingen=4) for n in range(1, 13)]
    kept = kept_of(tmp_path, rows)
    assert kept.table("jaren")["melders"].fillna(-1).tolist() == [1, 10, 12, -1]
    (figure,), _ = drawn(kept, measure="meldingen")
    assert "Mosflat: geen cijfer, misschien minder dan tien huishoudens die meldden" in figure.alt
    assert "Zet dat aantal in het bestand op een rij zonder maand." in figure.notice
    assert "Geen cijfer bij 1 complex met minder dan tien meldingen of melders" in figure.notice
    assert "Hof: 10 (10 meldingen, 100 woningen)" in figure.alt
    assert "Elzenhof: 48 (48 meldingen, 100 woningen)" in figure.alt
    assert "Parkhof: 48 (48 meldingen, 100 woningen)" in figure.alt, "households not known"
    assert "samen" not in figure.alt, "all together minus what is shown would be 60"


def test_a_complex_that_is_not_shown_does_not_choose_the_year(tmp_path):
    rows = [
        row("C1", "Mosflat", year=2023, meldingen=30),
        row("C2", "Hof", year=2023, meldingen=20),
        row("C3", "Kleinhof", size=8, year=2024, meldingen=15),
    ]
    (figure,), _ = drawn(kept_of(tmp_path, rows), measure="meldingen")
    assert figure.title.endswith("meldingen per complex, 2023")
    assert "Hof: 20 (20 meldingen, 100 woningen). Mosflat: 30 (" in figure.alt
    assert "Niet getoond: 1 complex heeft minder dan 20 woningen." in figure.notice
    figures, said = drawn(kept_of(tmp_path, rows[2:]), measure="meldingen")
    assert not figures
    assert "Niet getoond: 1 complex heeft minder dan 20 woningen." in said


def test_a_grade_without_enough_answers_is_not_shown(tmp_path):
    rows = [
        row("C1", "Sparflat", tevredenheid="7,1", antwoorden=10),
        row("C2", "Hof", tevredenheid="4,2", antwoorden=9),
        row("C3", "Plein", tevredenheid="5,3"),
    ]
    (figure,), _ = drawn(kept_of(tmp_path, rows), measure="tevredenheid")
    assert "Sparflat: 7,1 (10 antwoorden, 100 woningen)" in figure.alt
    assert "Hof: geen cijfer, minder dan tien antwoorden." in figure.alt
    assert "Plein: geen cijfer, antwoorden niet bekend, dus geen cijfer." in figure.alt
    assert "4,2" not in figure.alt + figure.svg
    assert "5,3" not in figure.alt


def test_public_figures_of_the_buurt_stand_beside_with_their_source(tmp_path):
    kept = kept_of(tmp_path, HERE)
    _, said = drawn(
        kept, measure="meldingen", beside=["corporation", "leefbaarometer_class", "weg"]
    )
    assert f"Heel {CITY.name(BUURT)}, ook woningen van anderen: " in said
    assert "van de 100 woningen zijn corporatiewoningen. Bron: " in said
    assert "klasse van de leefbaarheid 4 van 9, zwak. Bron: " in said


@pytest.mark.parametrize(
    ("id", "value", "said"),
    [
        ("offences", 45.2, "alle geregistreerde misdrijven 45 per 1.000 inwoners"),
        ("woz", 245, "gemiddelde WOZ-waarde 245 x 1.000 euro"),
        ("supermarket_km", 0.84, "afstand tot een grote supermarkt 0,8 km"),
        ("cars", 0.9, "auto's per huishouden 0,9"),
        ("inhabitants", 3245, "inwoners 3.245"),
    ],
)
def test_amounts_are_said_with_their_unit_and_only_once(id, value, said):
    known = next(one for one in CATALOGUE if one.id == id)
    assert _public_words(known, value) == said


def test_many_complexes_make_more_figures_and_nothing_falls_off(tmp_path):
    rows = [row(f"C{n:02}", f"Hof {chr(65 + n)}", meldingen=20 + n) for n in range(20)]
    figures, _ = drawn(kept_of(tmp_path, rows), measure="meldingen")
    assert [f.title[-12:] for f in figures] == [f"deel {n} van 3" for n in (1, 2, 3)]
    assert [figure.alt.count("woningen). ") for figure in figures] == [8, 8, 4]


def test_a_buurt_without_complexes_says_where_they_are(tmp_path):
    kept = kept_of(tmp_path, [row(buurt=OTHER, meldingen=20)])
    figures, said = drawn(kept, measure="meldingen")
    assert not figures
    assert f"Wel in {CITY.name(OTHER)}." in said
    # 9999 is the gemeente, but it has no such buurt.
    kept = kept_of(tmp_path, [row(meldingen=20), row("C2", "Hof", "BU99999999", meldingen=20)])
    (figure,), _ = drawn(kept, measure="meldingen")
    assert "Van 1 complex in deze gemeente ken ik de buurtcode niet" in figure.notice
    kept = kept_of(tmp_path, [row(buurt="BU03620101", meldingen=20)])
    assert "Kies eerst je eigen gemeente" in drawn(kept, measure="meldingen")[1]


def test_a_wijk_has_the_complexes_of_its_buurten(tmp_path):
    kept = kept_of(tmp_path, [row(meldingen=20), row("C2", "Hof", OTHER, meldingen=30)])
    (figure,), _ = drawn(kept, code=f"WK{BUURT[2:8]}", measure="meldingen")
    assert "Mosflat" in figure.alt
    assert "Hof" not in figure.alt


def test_without_an_own_file_the_sample_is_drawn_and_labelled():
    context = Context(CITY, BUURT)
    said, *blocks = pictures.DRAWINGS["own_complexes"](context, {"measure": "meldingen"}, {})
    assert "verzonnen" in said.text
    # Berkenhof: 87 reports in 2024, 237 dwellings.
    assert "Berkenhof: 37 (87 meldingen, 237 woningen)" in blocks[0].alt
    assert blocks[0].source.startswith("voorbeelddata: verzonnen")
    said, none = pictures.DRAWINGS["own_complexes"](context, {"measure": "mutaties"}, {})
    assert none.text == "Over nieuwe huurders zijn er geen voorbeelden."


def test_a_real_buurt_is_never_named_above_invented_complexes():
    from leefbaar_tools.areas import area_of

    table = __import__("pandas").DataFrame(
        [
            ["2024", f"{code}", name, level, "1", "1000"]
            for code, name, level in (
                *(("NL00", "Nederland", "Land"), ("GM0362", "Amstelveen", "Gemeente")),
                *(("WK036201", "Wijk", "Wijk"), ("BU03620101", "Echtbuurt", "Buurt")),
            )
        ],
        columns=["jaar", "gwb_code", "regio", "recs", "ind_wbi", "a_inw"],
    )
    context = Context(area_of(table), "BU03620101")
    blocks = pictures.DRAWINGS["own_complexes"](context, {"measure": "meldingen"}, {})
    assert "een verzonnen buurt" in blocks[0].text
    assert not any("Echtbuurt" in str(block) for block in blocks)


MEASURED = ({"key": "wat", "ask": "Wat?", "options": {"Meldingen": {"measure": "meldingen"}}},)


# --- months and the funnel


def monthly(code, name, values, size=100, what="meldingen"):
    return [
        row(code, name, size=size, year=2023 + n // 12, maand=n % 12 + 1, **{what: value})
        for n, value in enumerate(values)
    ]


def test_months_of_own_complexes_in_their_band(tmp_path):
    calm, peak = [4] * 14, [4] * 13 + [30]
    rows = monthly("C1", "Mosflat", calm) + monthly("C2", "Hof", peak)
    rows += monthly("C3", "Kleinhof", calm, size=19) + monthly("C4", "Nieuw", [4] * 7)
    kept = kept_of(tmp_path, rows)
    context = OwnContext(CITY, BUURT, mine=kept)
    figure, key = pictures.DRAWINGS["own_months"](context, {"count": "meldingen"}, {})
    assert "A: 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 30." in figure.alt
    assert "Buiten de band: stip 14 (30)." in figure.alt
    assert figure.alt.count("Buiten de band") == 1
    assert "Niet getoond: 1 complex heeft minder dan 20" in figure.notice
    assert "1 zonder genoeg maanden" in figure.notice
    assert isinstance(key, Bullets)
    assert [item[0].text for item in key.items] == [
        "A: Hof, 100 woningen. Van 4 tot 30 per maand, januari 2023 tot en met februari 2024. Buiten "
        "de band: februari 2024.",
        "B: Mosflat, 100 woningen. Van 4 tot 4 per maand, januari 2023 tot en met februari 2024.",
    ]


def test_months_in_which_a_complex_was_small_are_not_drawn(tmp_path):
    rows = monthly("C1", "Mosflat", range(1, 21), size=12)
    for cells in rows[12:]:
        cells["Woningen"] = 40
    rows += [row("C2", "Hof", year=2024, maand=n, meldingen=n) for n in range(1, 9)]
    rows += [row("C2", "Hof", size=90, year=2023, maand=n, meldingen=n) for n in range(8, 13)]
    context = OwnContext(CITY, BUURT, mine=kept_of(tmp_path, rows))
    figure, key = pictures.DRAWINGS["own_months"](context, {"count": "meldingen"}, {})
    assert [item[0].text for item in key.items] == [
        "A: Hof, 90 tot 100 woningen. Van 1 tot 12 per maand, augustus 2023 tot en met augustus "
        "2024. Lang aan één kant: januari 2024 tot en met juni 2024.",
        "B: Mosflat, 40 woningen. Van 13 tot 20 per maand, januari 2024 tot en met augustus 2024.",
    ]
    assert "B: 13, 14, 15, 16, 17, 18, 19, 20." in figure.alt
    assert "Maanden van een jaar met minder dan 20 woningen tellen niet mee." in figure.notice
    only = OwnContext(CITY, BUURT, mine=kept_of(tmp_path, rows[20:]))
    figure, _ = pictures.DRAWINGS["own_months"](only, {"count": "meldingen"}, {})
    assert "tellen niet mee" not in figure.notice
    (said,) = pictures.DRAWINGS["own_months"](
        OwnContext(CITY, BUURT, mine=kept_of(tmp_path, [*rows[:12], row(meldingen=50)])),
        {"count": "meldingen"},
        {},
    )
    assert "er is geen complex met 8 maanden" in said.text


def test_a_year_that_rests_on_few_is_not_drawn_month_by_month_either(tmp_path):
    """In 2023 six households reported, all year long; what its figure hides, months would tell."""
    few = monthly("C1", "Mosflat", [2] * 24)
    few.append(row("C1", "Mosflat", year=2023, huishoudens=6))
    context = OwnContext(CITY, BUURT, mine=kept_of(tmp_path, few))
    figure, key = pictures.DRAWINGS["own_months"](context, {"count": "meldingen"}, {})
    assert "januari 2024 tot en met december 2024" in key.items[0][0].text
    assert "Een jaar met minder dan tien meldingen of melders laten we weg." in figure.notice
    rare = monthly("C1", "Mosflat", [0, 1] * 6)
    context = OwnContext(CITY, BUURT, mine=kept_of(tmp_path, rare))
    (said,) = pictures.DRAWINGS["own_months"](context, {"count": "meldingen"}, {})
    assert "er is geen complex met 8 maanden" in said.text


def test_months_where_there_are_no_complexes_say_so_and_no_more(tmp_path):
    kept = kept_of(tmp_path, monthly("C1", "Mosflat", [4] * 14))
    context = OwnContext(CITY, "BU99990503", mine=kept)
    notes = {"notes": {"meldingen": "Buiten de band? Ga vragen."}}
    (said,) = pictures.DRAWINGS["own_months"](context, {"count": "meldingen"}, notes)
    assert "staan geen complexen in het bestand" in said.text


def test_without_own_figures_the_sheet_has_none_and_who_can_help_is_told():
    part = Explore(id="m9-eigen", title="Ons", show="own_complexes", controls=MEASURED)
    context = Context(CITY, BUURT)
    (drawn, *_) = part.drawing({}, context)
    assert drawn.text.startswith("Jullie eigen cijfers staan er nog niet. Vraag je begeleider")
    assert "leefbaar data" not in drawn.text
    (wall, *_) = part.drawing({}, replace(context, wall=True))
    assert "leefbaar data template" in wall.text
    assert not list(nodes(part.report({}, context), FigureBlock))
    assert "staan er nog niet" in written(part.report({}, context))


def test_a_gap_in_the_months_begins_the_series_anew(tmp_path):
    rows = [
        r for r in monthly("C1", "Mosflat", range(1, 16)) if r["Maand"] != 5 or r["Jaar"] != 2023
    ]
    figure, _ = pictures.DRAWINGS["own_months"](
        OwnContext(CITY, BUURT, mine=kept_of(tmp_path, rows)), {"count": "meldingen"}, {}
    )
    assert "A: 6, 7, 8, 9, 10, 11, 12, 13, 14, 15." in figure.alt


FUNNEL = {"year": 2024, "titles": ["Stippen", "Buiten: {outside}"], "notes": {}}


def test_the_funnel_takes_own_complexes_when_there_are_ten(tmp_path):
    rows = [
        row(
            f"C{n}", f"Hof {chr(65 + n)}", year=2022, meldingen=90 if n == 3 else 40, huishoudens=20
        )
        for n in range(10)
    ]
    kept = kept_of(tmp_path, rows)
    (figure,), said = drawn(kept, "funnel", settings=FUNNEL, count="meldingen", stage=1)
    assert figure.title == "Buiten: 1"
    assert "Hof D: 100 woningen, 90." in figure.alt
    assert "meldingen per 100 woningen, 2022" in figure.alt
    assert figure.source.startswith("eigen registratie")
    assert "Niet getoond" not in figure.notice
    assert not said
    kept = kept_of(tmp_path, rows[:9])
    (figure,), said = drawn(kept, "funnel", settings=FUNNEL, count="meldingen", stage=1)
    assert figure.source.startswith("voorbeelddata")
    assert "minder dan tien complexen" in said
    assert said.endswith("Dit is de verzonnen stad.")


@pytest.mark.parametrize(
    ("count", "few", "words"),
    [
        ("huishoudens", {"meldingen": 30, "huishoudens": 3}, "gevallen"),
        ("meldingen", {"meldingen": 8}, "meldingen of melders"),
        ("meldingen", {"meldingen": 40, "huishoudens": 1}, "meldingen of melders"),
    ],
)
@pytest.mark.parametrize("stage", [0, 1])
def test_the_funnel_has_no_dot_of_fewer_than_ten_cases(tmp_path, count, few, words, stage):
    rows = [row(f"C{n}", f"Hof {chr(65 + n)}", meldingen=50, huishoudens=20) for n in range(10)]
    rows += [row("C90", "Alfa", size=34, **few), row("C91", "Beta", size=36, **few)]

    def funnel(rows):
        kept = kept_of(tmp_path, rows)
        return drawn(kept, "funnel", settings=FUNNEL, count=count, stage=stage)

    (figure,), _ = funnel(rows)
    (without,), _ = funnel(rows[:10])
    assert "10 complexen van 20 woningen of meer." in figure.notice
    assert f"Niet getoond en niet meegeteld: 2 complexen met minder dan tien {words}." in (
        figure.notice
    )
    assert figure.alt == without.alt
    (figure,), said = funnel(rows[1:])
    assert figure.source.startswith("voorbeelddata"), "eleven, but nine with enough cases"
    assert "minder dan tien complexen tien gevallen of meer" in said


def test_an_exercise_follows_the_buurt_and_prints(tmp_path):
    part = Explore(
        id="m9-eigen",
        title="Onze complexen",
        show="own_complexes",
        controls=(
            {"key": "maat", "ask": "Wat?", "options": {"Meldingen": {"measure": "meldingen"}}},
        ),
    )
    assert part.about_area
    long = "Wooncomplex Oude Havenkwartier aan de Lindermondse singel"
    kept = kept_of(tmp_path, [*HERE, row("C9", long, meldingen=33)])
    from leefbaar_tools.paper import Document

    blocks = part.paper(OwnContext(CITY, BUURT, mine=kept))
    assert to_pdf(Document("Blad", blocks)).startswith(b"%PDF")


def test_tables_have_the_columns_that_the_sample_has():
    from leefbaar_tools.registrations import sample_registrations

    frame = tables_of(read_frame())
    assert list(frame["complexen"]) == list(sample_registrations().table("complexen"))


def read_frame():
    import pandas as pd

    return pd.DataFrame([{c.key: 1.0 if c.is_number else "x" for c in COLUMNS} | {"maand": 0}])


def test_months_of_own_complexes_are_never_on_the_wall(tmp_path):
    rows = monthly("C1", "Mosflat", range(1, 16))
    context = OwnContext(CITY, BUURT, mine=kept_of(tmp_path, rows))
    draw = pictures.DRAWINGS["own_months"]
    assert isinstance(draw(context, {"count": "meldingen"}, {})[0], FigureBlock)
    (said,) = draw(replace(context, wall=True), {"count": "meldingen"}, {})
    assert "Op de muur" in said.text
    invented = Context(CITY, BUURT, wall=True)
    assert len(draw(invented, {"count": "meldingen"}, {})) > 1


def test_the_projected_copy_of_a_facilitator_has_no_own_months(tmp_path):
    kept_of(tmp_path, monthly("C1", "Mosflat", range(1, 16)))
    part = Explore(
        id="m9-maanden",
        title="Onze maanden",
        show="own_months",
        controls=({"key": "wat", "ask": "Wat?", "options": {"Meldingen": {"count": "meldingen"}}},),
    )

    def page_of(facilitator):
        here = Session(tmp_path, facilitator=facilitator, strict=True)
        here.tried = BUURT
        assert here.context().wall == facilitator
        screen = screen_for(part, here)
        field(screen, "wat").index = 0
        return page_text(screen)

    assert "Mosflat" in page_of(False)
    assert "Mosflat" not in page_of(True)
    assert "Op de muur laten we ze niet zien." in page_of(True)
    Session(None)  # lets go of the log


def test_a_damaged_own_file_is_told_where_its_figures_would_stand(tmp_path):
    import_said(write_csv(tmp_path / "eigen.csv", [row(meldingen=40, huishoudens=20)]), tmp_path)
    assert Atlas.of(tmp_path).own()[0] is not None
    (tmp_path / FOLDER / NAME).write_text("kapot", encoding="utf-8")
    tables, problem = Atlas.of(tmp_path).own()
    assert tables is None
    context = Context(CITY, BUURT, {}, Atlas.of(tmp_path))
    blocks = pictures.DRAWINGS["own_complexes"](context, {"measure": "meldingen"}, {})
    assert problem
    assert blocks[0].text.startswith(problem)
    chosen = {"count": "meldingen", "stage": 0}
    said, figure = pictures.DRAWINGS["funnel"](context, chosen, FUNNEL)
    assert said.text == f"{problem} Dit is de verzonnen stad."
    assert figure.source.startswith("voorbeelddata")
    whole = pictures.DRAWINGS["funnel"](Context(CITY, BUURT), chosen, FUNNEL)
    assert len(whole) == 1, "who has no own file is told nothing about it"
