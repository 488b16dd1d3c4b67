"""Reading the health tables: figures by their name, on the division of the table."""

import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leefbaar_tools.sources import gezondheid
from leefbaar_tools.sources.tables import Head, SourceError

FIXTURES = Path(__file__).parent / "fixtures_sources"
TABLE = FIXTURES / "gezondheid-2016-2020.csv"
SHIFTED = FIXTURES / "gezondheid-2022-verschoven.csv"
KEYS = ["code", "jaar", "leeftijd", "marge", "cijfer"]


def read(path):
    head = Head(path)
    assert gezondheid.recognises(head)
    return gezondheid.read(head)


def cell(table, *key):
    return table.frame.set_index(KEYS)["waarde"].loc[key]


@pytest.fixture
def changed(tmp_path):
    def changed(old, new, path=TABLE, name=None, count=-1):
        text = path.read_text("utf-8")
        assert old in text
        other = tmp_path / (name or path.name)
        other.write_text(text.replace(old, new, count), "utf-8")
        return read(other)

    return changed


def workbook(path, rows):
    """Write a workbook as RIVM's: one sheet, all cells text."""
    texts = list(dict.fromkeys(text for row in rows for text in row))
    place = {text: number for number, text in enumerate(texts)}
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    lines = ["".join(f'<c t="s"><v>{place[text]}</v></c>' for text in row) for row in rows]
    cells = "".join(f"<row>{line}</row>" for line in lines)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{kinds}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)


def test_a_long_table_by_the_name_of_the_figure():
    table = read(TABLE)
    assert list(table.frame) == [*KEYS, "waarde"]
    assert cell(table, "BU99980101", 2020, "18+", "waarde", "Eenzaam") == 41.7
    assert cell(table, "BU99980101", 2020, "18-65", "waarde", "Eenzaam") == 39.0
    assert cell(table, "BU99980101", 2020, "18+", "ondergrens", "Eenzaam") == 38.2
    assert (table.edition, table.modelled) == ("50090NED", True)
    assert "schattingen met een rekenmodel" in table.notes[-1]


def test_the_place_in_a_name_shifts_and_does_not_matter():
    old, new = read(TABLE), read(SHIFTED)
    assert cell(new, "BU99980101", 2022, "18+", "waarde", "Eenzaam") == 44.9
    assert cell(new, "BU99980101", 2022, "18+", "waarde", "MoeiteMetRondkomen") == 18.0
    assert set(new.frame["cijfer"]) <= set(old.frame["cijfer"])
    assert new.edition == "50120NED"


def test_the_country_has_the_code_of_cbs():
    table = read(TABLE)
    assert cell(table, "NL00", 2020, "18+", "waarde", "Eenzaam") == 47.0
    assert "NL01" not in set(table.frame["code"])


def test_old_figures_stand_on_the_new_division():
    assert read(TABLE).division == {2016: 2020, 2020: 2020}
    assert read(SHIFTED).division == {2016: 2022, 2022: 2022}


def test_the_division_of_a_cut_table_is_not_its_year(changed):
    assert changed("2020JJ00", "2012JJ00").division == {2012: 2020, 2016: 2020}
    # Without its places the table cannot be told, except by the name of the file.
    names = ("Eenzaam_28", "Eenzaam_14")
    assert changed(*names, name="50150NED.csv").division == {2016: 2024, 2020: 2024}
    assert "noemt zijn gebiedsindeling niet" in changed(*names).notes[0]


def test_old_figures_alone_do_not_tell_their_division(tmp_path):
    text = TABLE.read_text("utf-8").replace("Eenzaam_28", "Eenzaam_14")
    path = tmp_path / "x.csv"
    path.write_text("".join(x for x in text.splitlines(True) if "2020JJ00" not in x), "utf-8")
    with pytest.raises(SourceError, match="welke gebiedsindeling"):
        read(path)


def test_a_year_the_table_does_not_have_is_refused(changed):
    with pytest.raises(SourceError, match="tabel 50090NED"):
        changed("2022JJ00", "2022JJ00", SHIFTED, "50090NED.csv")


def test_points_are_missing_and_a_figure_that_was_not_measured_is_left_out():
    table = read(TABLE)
    value = cell(table, "BU99980102", 2020, "18+", "waarde", "Eenzaam")
    assert value != value
    measured = table.frame.groupby("jaar")["cijfer"].unique()
    assert "LopenNaarSchoolOfWerk" in measured[2016]
    assert "LopenNaarSchoolOfWerk" not in measured[2020]
    assert any("In 2020 zonder cijfers: LopenNaarSchoolOfWerk" in note for note in table.notes)


def test_a_workbook_reads_as_the_csv(tmp_path):
    rows = [line.split(";") for line in TABLE.read_text("utf-8").splitlines()]
    workbook(tmp_path / "50090NED.xlsx", rows)
    table, csv = read(tmp_path / "50090NED.xlsx"), read(TABLE)
    assert table.frame.equals(csv.frame)
    assert table.division == csv.division


def test_a_reply_of_odata_reads_as_the_csv(tmp_path):
    header, *lines = [line.split(";") for line in TABLE.read_text("utf-8").splitlines()]
    rows = [
        {
            name: (None if cell.strip() in ("", ".") else float(cell)) if place > 7 else cell
            for place, (name, cell) in enumerate(zip(header, line, strict=True))
        }
        for line in lines
    ]
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"odata.metadata": "…/50090NED/$metadata", "value": rows}))
    assert read(path).frame.equals(read(TABLE).frame)
    assert read(path).edition == "50090NED"


def test_another_workbook_is_not_ours(tmp_path):
    workbook(tmp_path / "kwb.xlsx", [["gwb_code", "Perioden"], ["BU99980101", "x"]])
    assert not gezondheid.recognises(Head(tmp_path / "kwb.xlsx"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    41.7", "     417", "van de 100"),
        ("    41.7", "    41,7", "door elkaar"),
        ("    41.7", "      41", "naast"),
        ("    41.7", "    -1.0", "van de 100"),
        ("    41.7", "  17-apr", "getal"),
        ("20300", "20400", "sleutel"),
        ("MW00000", "MW00001", "sleutel"),
        ("2020JJ00", "2020MM01", "maanden"),
        ("Eenzaam_28", "ErvarenGezondheidGoedZeerGoed_28", "twee keer"),
        ("Eenzaam_28", "Opmerking", "hoort niet in de tabel"),
        ("Perioden", "Periode", "Perioden"),
        ("53115", "20300", "twee keer"),
        ("Buurt     ;BU99980102", "Buurt     ;BU99980101", "hoort hetzelfde"),
        ("Wijk      ", "Buurt     ", "hoort hetzelfde"),
        ("BU99980102", "BU9998102 ", "geen code"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, old, new, words):
    text = TABLE.read_text("utf-8")
    assert old in text
    path = tmp_path / "x.csv"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SourceError, match=words):
        gezondheid.read(Head(path))


def test_sentinels_are_missing(changed):
    table = changed("    41.7", "-99997.0")
    value = cell(table, "BU99980101", 2020, "18+", "waarde", "Eenzaam")
    assert value != value


MANGLES = st.sampled_from(
    [
        lambda s: s.replace(".", ""),
        lambda s: s.replace(".", ","),
        lambda s: s[:-1],
        lambda s: s[:-2],
        lambda s: f"{s}0",
        lambda s: f"1.{s}",
        lambda s: f"{float(s):.0f}",
        lambda s: f"{float(s) / 100}",
        lambda s: f" {s}\u00a0",
        lambda s: f"-{s}",
        lambda s: f"{s}%",
    ]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tenths=st.integers(100, 999).filter(lambda n: n % 100), mangle=MANGLES)
def test_a_mangled_share_is_never_another_share(tmp_path, tenths, mangle):
    right = f"{tenths / 10:.1f}"
    path = tmp_path / TABLE.name
    text = TABLE.read_text("utf-8").replace("    41.7", f"{mangle(right):>8}")
    path.write_text(text, "utf-8")
    try:
        found = cell(read(path), "BU99980101", 2020, "18+", "waarde", "Eenzaam")
    except SourceError:
        return
    assert found == float(right)
