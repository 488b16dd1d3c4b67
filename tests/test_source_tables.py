"""What every reader needs: the head of a file, its rows, its numbers."""

import csv
import io
import math
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leefbaar_tools.sources import tables
from leefbaar_tools.sources.tables import (
    NOTATIONS,
    Head,
    Sheet,
    SourceError,
    check_unique,
    clean,
    clean_header,
    column_notation,
    excel_mentions,
    level_of,
    notation_of,
    numbers,
    read_excel,
    read_rows,
    read_text,
    year_in,
)

NBSP = "\u00a0"


@pytest.fixture
def file(tmp_path):
    def make(data, name="x.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return Head(path)

    return make


def workbook(path: Path, rows, inline=False) -> Path:
    """Write the smallest workbook that Excel could have made."""
    texts: list[str] = []

    def cell(value):
        if isinstance(value, int | float):
            return f"<c><v>{value}</v></c>"
        if inline:
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        texts.append(value)
        return f'<c t="s"><v>{len(texts) - 1}</v></c>'

    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pack = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{pack}"><Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="Blad1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{pack}"><Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{shared}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return path


def test_the_head_tells_what_a_file_is(file, tmp_path):
    assert file("\ufeffa;b\n1;2\n").lines(1) == ["a;b"]
    assert file("é" * 5000).encoding == "utf-8-sig"
    assert file("x" + "é" * 5000).encoding == "utf-8-sig"  # cut in the middle of a letter
    assert file("caf\u00e9".encode("cp1252")).encoding == "cp1252"
    assert file(' {"a": 1}').is_json
    assert file("<!DOCTYPE html><html>").is_html
    head = Head(workbook(tmp_path / "zonder-naam", [["a"], [1]]))
    assert head.is_zip
    assert head.is_excel
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as other:
        other.writestr("a.csv", "a")
    assert not Head(tmp_path / "y.zip").is_excel
    with pytest.raises(SourceError, match="kan ik niet openen"):
        Head(tmp_path / "weg.csv")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "is leeg"),
        ("<html><body>503</body></html>", "webpagina"),
        (b"a;b\n\0\0;1\n", "tekens"),
        (b"a;b\n" + b"caf\xe9;\xc3\xa9\n", "tekens"),  # two encodings in one file
        (b"a;b\n\x81;1\n", "tekens"),
    ],
)
def test_text_that_cannot_be_read_is_refused(file, data, message):
    with pytest.raises(SourceError, match=message):
        read_text(file(data))


def test_a_file_too_large_is_refused(file, monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 3)
    with pytest.raises(SourceError, match="te groot"):
        read_text(file("a;b\n"))


def test_letters_of_windows_are_read(file):
    assert read_text(file("Súdwest;’s\n".encode("cp1252"))) == "Súdwest;’s\n"
    assert read_text(file("Súdwest\n".encode("utf-16"))) == "Súdwest\n"


def test_rows_keep_newlines_within_cells(file):
    assert read_rows(file('"a\nb",c\r\n\r\n1,"2,2"\r\nBron: CBS.'), ",") == [
        ["a\nb", "c"],
        ["1", "2,2"],
        ["Bron: CBS."],
    ]


@pytest.mark.parametrize("text", ['a;b\n1;"2', "a;b\n1;28", 'a;b\n1;"2"x\n'])
def test_a_file_cut_off_is_refused(file, text):
    with pytest.raises(SourceError, match="helemaal"):
        read_rows(file(text), ";")


def test_columns_are_complete_and_different():
    columns = Sheet.of_rows([["a ", f"b{NBSP}\nc"], ["1", "2"]], "x").by_name()
    assert {name: list(cells) for name, cells in columns.items()} == {"a": ["1"], "b c": ["2"]}
    for rows, message in (
        ([["a", "a"], ["1", "2"]], "twee keer"),
        ([["a", "b"], ["1"]], "rij 2"),
        ([["a"]], "geen cijfers"),
        ([], "geen cijfers"),
    ):
        with pytest.raises(SourceError, match=message):
            Sheet.of_rows(rows, "x").by_name()


def test_a_workbook_is_read_and_a_damaged_one_refused(tmp_path):
    path = workbook(tmp_path / "x.xlsx", [["gwb_code", "a_inw"], ["GM0001", 12.5]])
    assert read_excel(Head(path)) == [["gwb_code", "a_inw"], ["GM0001", 12.5]]
    assert excel_mentions(Head(path), "gwb_code")
    assert not excel_mentions(Head(path), "Leeftijd")
    inline = workbook(tmp_path / "i.xlsx", [["gwb_code"], ["GM0001"]], inline=True)
    assert excel_mentions(Head(inline), "gwb_code")
    whole = path.read_bytes()
    for size in (30, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:size])
        assert not excel_mentions(Head(path), "gwb_code")
        with pytest.raises(SourceError, match="beschadigd"):
            read_excel(Head(path))


def test_a_password_is_told(file):
    # A protected workbook is a container with one part of this name.
    data = bytearray((Path(__file__).parent / "fixtures_sources/kwb-2016.xls").read_bytes())
    at = data.find("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le")
    data[at : at + len(name)] = name
    data[at + 64] = len(name) + 2
    with pytest.raises(SourceError, match="wachtwoord"):
        read_excel(file(bytes(data), "x.xlsx"))


# Numbers


@pytest.mark.parametrize(
    "cell", ["", ".", "       .", ",", "x", "-", "NA", "NaN", "       NaN", NBSP, f"{NBSP}.", None]
)
def test_missing_is_never_nought(cell):
    assert numbers([cell, "0"]).tolist()[1] == 0
    assert math.isnan(numbers([cell, "0"]).iloc[0])


def test_a_sentinel_is_missing_where_asked():
    cells = ["-99997", "-99995", "-99999999", "-99.7", "5"]
    assert numbers(cells, sentinels=True).isna().tolist() == [True, True, True, False, False]
    assert numbers(cells).notna().all()


@pytest.mark.parametrize(
    ("notation", "cell", "value"),
    [
        ((".", ""), "    20.8", 20.8),
        ((".", ""), "-0.100", -0.1),
        ((".", ""), "1e+05", 100000),
        ((",", ""), "2,2", 2.2),
        ((",", "."), "17.181.084", 17181084),
        ((",", "."), "-1.369,5", -1369.5),
        ((",", "."), "510", 510),
        ((".", ","), "1,369.5", 1369.5),
    ],
)
def test_a_number_is_read_in_its_notation(notation, cell, value):
    assert numbers([cell], *notation).tolist() == [value]


@pytest.mark.parametrize(
    ("notation", "cell"),
    [
        *(
            ((".", ""), c)
            for c in ("2,2", "1.2.3", "1 369", "12a", "1e5", "1.02E+06", ".5", "5.", "٣")
        ),
        *(((",", "."), c) for c in ("1369", "1.36", "0.369", "17.181084", "1.3690", "1,369.5")),
        *(((",", ""), c) for c in ("2.2", "--2", "inf", "007", "12*", "1'369", "1\n2")),
    ],
)
def test_what_is_not_in_the_notation_is_refused(notation, cell):
    with pytest.raises(SourceError, match="kolom “a_inw”"):
        numbers(pd.Series(["1", cell], name="a_inw", dtype=object), *notation)


def test_numbers_of_a_workbook_stay_numbers():
    assert numbers([1.5, 2, "3,5", "."], ",").tolist()[:3] == [1.5, 2, 3.5]
    for cell in (True, float("inf"), pd.Timestamp(2020, 1, 2)):
        with pytest.raises(SourceError):
            numbers([1, cell])


@pytest.mark.parametrize(
    ("cells", "notation"),
    [
        (["    20.8", "       ."], (".", "")),
        (["2,2", "510"], (",", "")),
        (["2,2", "17.181.084"], (",", ".")),
        (["1.369.000"], (",", ".")),
        (["1,369.5"], (".", ",")),
        (["510", "12"], (".", "")),
        ([".", ""], (".", "")),
    ],
)
def test_a_column_tells_its_notation(cells, notation):
    assert column_notation(cells) == notation


def test_an_ambiguous_column_is_refused_unless_it_counts():
    with pytest.raises(SourceError, match="twee getallen"):
        column_notation(["1.369", "510"])
    assert column_notation(["1.369", "510"], whole=True) == (",", ".")
    with pytest.raises(SourceError, match="meer dan één manier"):
        column_notation(["20.8", "2,2"])
    # 3.450 that lost its last nought in another program.
    with pytest.raises(SourceError, match="meer dan één manier"):
        column_notation(["1.369", "3.45"], whole=True)
    with pytest.raises(SourceError, match="“12a”"):
        column_notation(["1", "12a"])


def test_a_count_has_no_decimals_but_the_one_a_program_adds():
    assert numbers(["517.0", "12"], whole=True).tolist() == [517, 12]
    for cells, notation in (["2,000"], (",", "")), (["517,0"], (",", ".")), ([2.5], (".", "")):
        with pytest.raises(SourceError):
            numbers(cells, *notation, whole=True)
    with pytest.raises(SourceError):
        column_notation(["2,000", "1369"], whole=True)


def test_one_column_proves_the_notation_of_a_file():
    assert notation_of([(["1.369", "510"], False), (["2,2"], False)]) == (",", ".")


def write(value: float, decimals: int, decimal: str, thousands: str) -> str:
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans({",": thousands, ".": decimal}))


counts = st.lists(st.integers(0, 20_000_000), min_size=1, max_size=8)
tenths = st.lists(st.integers(-9999, 99999).map(lambda n: n / 10), min_size=1, max_size=8)


@given(tenths, st.sampled_from(NOTATIONS))
def test_what_is_written_is_read_back(values, notation):
    cells = [write(value, 1, *notation) for value in values]
    assert numbers(cells, *notation).tolist() == values
    assert numbers(cells, *column_notation(cells)).tolist() == values


def mangled(data, cells: list[str]) -> list[str]:
    """Change the marks of one cell, as another program or hand would."""
    place = data.draw(st.integers(0, len(cells) - 1))
    cell = cells[place]
    at = data.draw(st.integers(0, len(cell)))
    mark = data.draw(st.sampled_from([".", ",", "", " ", "'", NBSP]))
    replaced = cell[:at] + mark + (cell[at + 1 :] if cell[at : at + 1] in ".," else cell[at:])
    swapped = cell.translate(str.maketrans(".,", ",."))
    # One mark is a decimal to another program, which then drops the noughts behind it.
    one = cell.count(".") + cell.count(",") == 1
    bare = cell.rstrip("0").rstrip(".,") if one else cell
    return [
        *cells[:place],
        data.draw(st.sampled_from([replaced, swapped, bare])),
        *cells[place + 1 :],
    ]


@given(st.data(), counts, st.sampled_from([(",", ""), (",", "."), (".", ","), (".", "")]))
def test_a_mangled_count_is_refused_or_still_the_same(data, values, notation):
    cells = mangled(data, [write(value, 0, *notation) for value in values])
    try:
        found = numbers(cells, *column_notation(cells, whole=True), whole=True).tolist()
    except SourceError:
        return
    for cell, a, b in zip(cells, found, values, strict=True):
        # 25.000 that became 25 cannot be seen in its own cell; a reader can look at sums.
        lost = set(write(b, 0, *notation)) & {".", ","} and not set(cell) & {".", ","}
        assert a == b or math.isnan(a) or lost, (cells, values)


@given(st.data(), tenths, st.sampled_from(NOTATIONS))
def test_a_mangled_decimal_is_refused_or_still_the_same(data, values, notation):
    # Five figures that stay as they were show how the column is written.
    safe = [-1234.5, 1234.5, 0.1, 10.1, 100.1]
    cells = [write(value, 1, *notation) for value in [*safe, *values]]
    cells = cells[:5] + mangled(data, cells[5:])
    try:
        found = numbers(cells, *column_notation(cells)).tolist()[5:]
    except SourceError:
        return
    for cell, a, b in zip(cells[5:], found, values, strict=True):
        # A mark that is gone leaves a whole number that nobody can see is wrong.
        lost = set(cell) & {".", ","} != set(write(b, 1, *notation)) & {".", ","}
        assert a == b or math.isnan(a) or lost or float(b).is_integer(), (cell, a, b)


@given(st.text(max_size=12))
def test_no_text_becomes_a_number_that_python_reads_otherwise(text):
    try:
        value = numbers([text]).iloc[0]
    except SourceError:
        return
    assert math.isnan(value) or value == float(text)


# Codes and years


def test_levels_of_codes():
    assert [level_of(c) for c in ("NL00", "NL01", "GM0363", "WK0363MA", "BU0363AB10")] == [
        *("land", "land", "gemeente", "wijk", "buurt"),
    ]
    for code in ("GM363", "BU3.6E+07", "PC1181", "", "bu03630000", "GM0363 "):
        with pytest.raises(SourceError, match="geen code"):
            level_of(code)


def test_cells_and_headers_are_cleaned():
    assert clean(f"{NBSP} a b {NBSP}\u200b") == "a b"
    assert clean(363.0) == "363"
    assert clean(2.5) == "2.5"
    assert clean(None) == clean(float("nan")) == ""
    assert clean_header(f"a_nb_won {NBSP}") == "a_nb_won"


def test_a_row_twice_is_refused():
    frame = pd.DataFrame({"code": ["a", "a"], "jaar": [2020, 2020]})
    with pytest.raises(SourceError, match="a, 2020"):
        check_unique(frame, ["code", "jaar"])


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("kwb-2019", 2019),
        ("kwb2020-84799NED", 2020),
        ("kwb2020_2021-03-26", 2020),
        ("statline 2022 en 2023", None),
        ("86165NED-202606250000", None),
        ("Kerncijfers wijken en buurten 2017", 2017),
        ("tabel", None),
    ],
)
def test_the_year_in_a_name(text, year):
    assert year_in(text) == year


def test_the_fixture_writer_and_the_reader_agree(file):
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([["a;b", 'c"d'], ["1", "2"]])
    assert read_rows(file(out.getvalue()), ";") == [["a;b", 'c"d'], ["1", "2"]]


# Arrow reads most CSV; Python's strict reader says what the cells are.


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(['"', '""', ";", "\n", "\r\n", "\r", "a", "1", " ", "é", NBSP]), max_size=24
    ).map("".join),
    st.sampled_from(["a;b\n", '"a";"b"\r\n', 'a;"b\nc"\n', "a\n", ""]),
)
@example('1;"2', "a;b\n")
@example('1;"2"x\n', "a;b\n")
@example('1;"2""3"\n', "a;b\n")
@example('"1;2\n3";4\n', "a;b\n")
@example("1;2\r3;4\n", "a;b\n")
@example("\n\n1;2\n\n", "a;b\n")
def test_the_fast_road_reads_what_the_strict_one_reads(text, header):
    found = tables._sheet_at_once(header + text, ";", "x", ())
    if found is None:
        return
    reader = csv.reader(io.StringIO(header + text, newline=""), delimiter=";", strict=True)
    rows = [row for row in reader if row]
    assert found.header == [clean_header(title) for title in rows[0]]
    assert [list(cells) for cells in found.columns] == list(map(list, zip(*rows[1:], strict=True)))


def test_most_files_take_the_fast_road():
    fixtures = Path(__file__).parent / "fixtures_sources"
    for name in (
        "kwb-2024-short.csv",
        "kwb-statline-2021-a.csv",
        "leefbaarometer-scores-buurten-2002-2024.csv",
    ):
        text = (fixtures / name).read_text("utf-8-sig")
        separator = ";" if ";" in text.split("\n")[0] else ","
        assert tables._sheet_at_once(text, separator, name, ()) is not None, name


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-5, 5),
            st.floats(),
            st.sampled_from(["", "1", ".", "x", " 1"]),
        ),
        max_size=12,
    )
)
def test_cells_are_each_read_once_and_come_back_in_their_place(values):
    cells = tables.Cells(values)
    assert [repr(cell) for cell in cells] == [repr(value) for value in values]
    back = [cells.different[place] for place in cells.places]
    # A 1 and a 1.0 are one number; a true is not.
    assert all(a == b or (a != a and b != b) for a, b in zip(back, values, strict=True))
    assert [isinstance(a, bool) for a in back] == [isinstance(b, bool) for b in values]
    assert cells.map(clean).tolist() == [clean(cell) for cell in back]
