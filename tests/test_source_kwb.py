"""Kerncijfers wijken en buurten: every form CBS gives them in, and what must be refused."""

import contextlib
import math
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_source_tables import workbook

from leefbaar_tools.areas import CATALOGUE, KWB
from leefbaar_tools.resources import shared_path
from leefbaar_tools.sources import kwb
from leefbaar_tools.sources.tables import Head, SourceError

FIXTURES = Path(__file__).parent / "fixtures_sources"
NBSP = "\u00a0"
STATLINE = {
    "kwb-statline-2021-a.csv": 2021,
    "kwb-statline-2017-b.csv": 2017,
    "kwb-statline-2023-d.csv": 2023,
    "kwb-statline-2017-e.csv": 2017,
    "kwb-statline-2019-e.csv": 2019,
    "kwb-2020-84799NED-typed.csv": 2020,
}
OURS = [*STATLINE, "kwb-2016.xls", "kwb-2024-short.csv", "kwb-2020-84799NED-wijkenenbuurten.csv"]
NAMED = "kwb-statline-2015-c.csv"
IDENTITY = ["jaar", "gwb_code", "regio", "gm_naam", "recs", "ind_wbi"]


def read(path):
    return kwb.read(Head(path))


@pytest.fixture
def copy(tmp_path):
    """Return a function that copies a fixture, changed, under another name."""

    def make(name, change=None, new=None):
        data = (FIXTURES / name).read_bytes()
        path = tmp_path / (new or name)
        path.write_bytes(change(data) if change else data)
        return path

    return make


def swap(old: str, new: str, count: int = 1):
    def change(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), count)

    return change


@pytest.mark.parametrize("name", [*OURS, NAMED])
def test_our_files_are_recognised_under_any_name(name, copy):
    suffix = Path(name).suffix
    assert kwb.recognises(Head(copy(name, new="download" + suffix)))


@pytest.mark.parametrize(
    "path",
    [p for p in sorted(FIXTURES.iterdir()) if not p.name.startswith("kwb-")],
    ids=lambda p: p.name,
)
def test_files_of_other_sources_are_not(path):
    assert not kwb.recognises(Head(path))


@pytest.mark.parametrize(
    "text",
    [
        # SES-WOA: the same regions and the same form, another table.
        '\ufeff"Perioden";"Wijken en buurten";"Regiocode (gemeente, wijk, buurt) (code)";"Particuliere huishoudens (Aantal)";"SES-WOA/Totaalscore/Gemiddelde score (Getal)"\n"2019";"Stad";"GM0363    ";"  457400";"  -0.100"\n',
        "ID;Leeftijd;Marges;WijkenEnBuurten;Perioden;Gemeentenaam_1;SoortRegio_2;Codering_3;Eenzaam_28\n",
        "ID;SoortMisdrijf;WijkenEnBuurten;Perioden;GeregistreerdeMisdrijven_1\n",
        "code,naam,niveau,jaar,afw\n",
        "",
        "\0\1\2",
    ],
)
def test_other_tables_are_not_ours(text, tmp_path):
    (tmp_path / "kwb-2019.csv").write_text(text, encoding="utf-8")
    assert not kwb.recognises(Head(tmp_path / "kwb-2019.csv"))


@pytest.mark.parametrize("name", STATLINE)
def test_every_dialect_gives_the_same_figures(name):
    table = read(FIXTURES / name)
    frame = table.frame
    year = STATLINE[name]
    assert list(frame.columns[:6]) == IDENTITY
    assert table.years == (year,)
    assert table.division == {year: year}
    assert frame["gwb_code"].tolist() == ["NL00", "GM1680", "WK168000", "BU16800000"]
    assert frame["regio"].tolist() == ["Nederland", "Aa en Stad", "Wijk 00 Stad", "Centrum"]
    # One dialect writes AaenStad.
    assert frame["gm_naam"].tolist() == ["Nederland", *["Aa en Stad"] * 3]
    assert frame["recs"].tolist() == ["Land", "Gemeente", "Wijk", "Buurt"]
    assert frame["ind_wbi"].tolist() == [".", "1", "1", "3"]
    assert frame["a_inw"].tolist() == [17181084, 25390, 3415, 510]
    assert frame["g_hhgro"].tolist() == [2.2, 2.2, 2.3, 1.9]
    assert frame["bev_dich"].tolist() == [510, 92, 234, 1369]
    assert frame["g_woz"].tolist() == [230, 226, 225, 210]
    assert frame["a_inkont"].tolist() == [13000000, 20000, 2900, 400]
    assert frame["p_wcorpw"].tolist()[:3] == [29, 19, 18]
    assert frame[["p_wcorpw", "g_ink_pi"]].iloc[3].isna().all()
    figures = frame.drop(columns=[*IDENTITY, "pst_mvp"], errors="ignore")
    assert {str(kind) for kind in figures.dtypes} == {"float64"}


def test_electricity_and_gas_of_a_flat_are_not_mixed_up():
    frame = read(FIXTURES / "kwb-statline-2023-d.csv").frame
    assert frame["g_ele_ap"].iloc[0] == 2040
    assert frame["g_gas_ap"].iloc[0] == 900
    odata = read(FIXTURES / "kwb-2020-84799NED-typed.csv")
    assert not {"g_ele_ap", "g_gas_ap"} & set(odata.frame)
    assert "Appartement" in odata.notes[0]


def test_an_unknown_title_is_told_and_not_used():
    table = read(FIXTURES / "kwb-statline-2017-b.csv")
    assert "jonger dan 6 jaar" in " ".join(table.notes)
    assert table.frame.shape[1] == 6 + 11


def test_a_title_that_stands_for_two_columns_is_not_known():
    whole, bare = kwb._titles()
    assert kwb._plain("Nederland (aantal)") not in whole
    assert whole[kwb._plain("Herkomstland Nederland (aantal)")] == "a_nl_all"
    assert whole[kwb._plain("Geboren in Nederland Nederland (aantal)")] == "a_geb_nl"
    assert "appartement" not in bare


def test_statline_has_all_columns_of_the_catalogue():
    needed = {c for i in CATALOGUE if i.source is KWB for c in (i.column, i.per, i.base)}
    known = set(kwb._titles()[0].values())
    assert needed - {"", "a_15_oo"} <= known


def test_a_workbook_of_2016():
    table = read(FIXTURES / "kwb-2016.xls")
    frame = table.frame
    assert table.years == (2016,)
    assert frame["a_inw"].tolist() == [17181084, 25390, 3415, 510]
    # Numbers beside text with a comma, and a name with a space behind it.
    assert frame["g_ink_pi"].tolist()[:3] == [25.6, 25.0, 26.6]
    assert math.isnan(frame["p_wcorpw"].iloc[3])
    # The published 2013 and 2014 have a damaged name.
    assert "ste_m vs" in table.notes[0]


def test_the_short_names_of_2024():
    table = read(FIXTURES / "kwb-2024-short.csv")
    frame = table.frame
    assert frame["g_woz"].tolist() == [230, 226, 225, 210]
    assert frame["a_nb_won"].tolist() == [70000, 100, 10, 0]
    # What changed its meaning keeps its own name.
    assert {"p_bj_mi10", "a_nl_all"} <= set(frame)
    assert not {"p_bjo2k", "a_w_all", "g_wozbag"} & set(frame)
    assert any("leeg" in note and "g_gas_ap" in note for note in table.notes)


HEADER = ["gwb_code_8", "regio", "gm_naam", "recs", "ind_wbi", "a_inw", "p_koopw"]


def test_a_workbook_that_took_codes_for_numbers(tmp_path):
    rows = [
        HEADER,
        [0, "Nederland", "Nederland", "Land", ".", 1000, 57],
        [3, "Stad", "Stad", "Gemeente", 1, 900, 57.0],
        [300, "Wijk 00", "Stad", "Wijk", 1, 900, "57,5"],
        [30000, "Centrum", "Stad", "Buurt      ", 3, 0, "."],
    ]
    frame = read(workbook(tmp_path / "kwb-2019.xlsx", rows)).frame
    assert frame["gwb_code"].tolist() == ["NL00", "GM0003", "WK000300", "BU00030000"]
    assert frame["a_inw"].tolist() == [1000, 900, 900, 0]
    assert frame["p_koopw"].tolist()[:3] == [57, 57, 57.5]
    assert frame["ind_wbi"].tolist() == [".", "1", "1", "3"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["BU_CODE", "GWB_NAAM", "RECS", "AANT_INW"], ["BU1", "x", "B", 5]], "2012"),
        ([["regio", "a_inw"], ["Stad", 5]], "gwb_code"),
        ([HEADER], "geen cijfers"),
        ([[*HEADER, "a_inw"], ["0003", "S", "S", "Gemeente", 1, 1, 1, 1]], "twee keer"),
        ([HEADER, ["0003", "S", "S", "Wijk", 1, 1, 1]], "geen code"),
        ([[*HEADER, "gwb_code"], ["3", "S", "S", "Wijk", 1, 1, 1, "GM0003"]], "passen"),
        ([HEADER, *[["0003", "S", "S", "Gemeente", 1, 1, 1]] * 2], "twee keer"),
        ([HEADER, ["0003", "S", "S", "Gemeente", 1, -5, 1]], "onder nul"),
        ([HEADER, ["0003", "S", "S", "Gemeente", 1, 2.5, 1]], "aantal"),
        ([HEADER, ["0003", "S", "S", "Gemeente", 1, 1, 101]], "boven 100"),
        ([HEADER, ["0003", "S", "S", "Gemeente", 1, "veel", 1]], "a_inw.*veel"),
        (
            [[*HEADER, "g_woz", "g_wozbag"], ["0003", "S", "S", "Gemeente", 1, 1, 1, 1, 1]],
            "allebei",
        ),
        ([[*HEADER, "g_hhgro"], ["0003", "S", "S", "Gemeente", 1, 1, 1, 220]], "per huishouden"),
    ],
)
def test_a_workbook_that_cannot_be_right_is_refused(rows, message, tmp_path):
    path = workbook(tmp_path / "kwb-2020.xlsx", rows)
    with pytest.raises(SourceError, match=message):
        read(path)


def test_the_layout_of_2012_is_recognised_and_refused(tmp_path):
    rows = [["BU_CODE", "GWB_NAAM", "RECS", "AANT_INW"], ["BU1", "x", "B", 5]]
    assert kwb.recognises(Head(workbook(tmp_path / "x.xlsx", rows)))
    (tmp_path / "x.csv").write_text("BU_CODE;GWB_NAAM;RECS;AANT_INW\nBU1;x;B;5\n")
    assert kwb.recognises(Head(tmp_path / "x.csv"))
    with pytest.raises(SourceError, match="2012"):
        read(tmp_path / "x.csv")


def test_a_workbook_cut_off_is_refused(tmp_path):
    path = workbook(tmp_path / "kwb-2020.xlsx", [HEADER])
    path.write_bytes(path.read_bytes()[:500])
    assert kwb.recognises(Head(path))
    with pytest.raises(SourceError, match="beschadigd"):
        read(path)
    with zipfile.ZipFile(tmp_path / "kwb-2020.zip", "w") as file:
        file.writestr("a", "b")
    assert not kwb.recognises(Head(tmp_path / "kwb-2020.zip"))


def test_regions_as_rows_without_codes_keep_their_names():
    table = read(FIXTURES / NAMED)
    assert table.years == (2015,)
    assert list(table.frame) == ["jaar", "regio", "a_inkont", "g_ink_pi"]
    assert table.frame["regio"].tolist() == ["Aa en Stad", "Centrum"]
    assert table.frame["a_inkont"].tolist() == [20000, 400]
    assert table.frame["g_ink_pi"].iloc[0] == 26.9
    assert math.isnan(table.frame["g_ink_pi"].iloc[1])


CODES = (
    (
        '"";"Inkomen|Inkomen van personen|Aantal',
        '"";"Regioaanduiding|Codering";"Inkomen|Inkomen van personen|Aantal',
    ),
    ('"Wijken en buurten";', '"Wijken en buurten";"code";'),
    ('"Aa en Stad";', '"Aa en Stad";"GM1680";'),
    ('"Centrum";', '"Centrum";"BU16800000";'),
)


def test_regions_as_rows_with_codes_need_nothing_else(copy):
    def change(data):
        for old, new in CODES:
            data = swap(old, new)(data)
        return data

    frame = read(copy(NAMED, change)).frame
    assert frame["gwb_code"].tolist() == ["GM1680", "BU16800000"]
    assert frame["a_inkont"].tolist() == [20000, 400]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Bron: CBS"\r\n', "", "helemaal"),
        ('"20000"', '"20000,5"', "meer dan één manier"),
        ('"20000";', "", "even lang"),
        ('"Wijken en buurten"', '"Perioden"', "anders dan ik ken"),
        ('"";"Onderwerp"', '"";"Onderwerp";"Perioden"', "anders dan ik ken"),
        ('"Aa en Stad";"20000";"26,9"\r\n"Centrum";"400";"."\r\n', "", "geen cijfers"),
        ("2015", "", "welk jaar"),
    ],
)
def test_regions_as_rows_that_are_not_as_exported_are_refused(old, new, message, copy):
    with pytest.raises(SourceError, match=message):
        read(copy(NAMED, swap(old, new), "kwb.csv"))


def test_the_sample_city_is_never_taken_for_real():
    path = next(shared_path("data").glob("kerncijfers*.csv"))
    with pytest.raises(SourceError, match="verzonnen"):
        read(path)


# The year


@pytest.mark.parametrize("name", ["kwb-statline-2021-a.csv", "kwb-2020-84799NED-typed.csv"])
def test_a_file_without_year_asks_for_it(name, copy):
    with pytest.raises(SourceError, match="jaar in de naam"):
        read(copy(name, new="download.csv"))


def test_the_title_and_the_columns_tell_the_year(copy):
    assert read(copy("kwb-statline-2017-b.csv", new="download.csv")).years == (2017,)
    # Origin as it is since 2023, and occupied dwellings as they were until 2023.
    origin = swap("Leeftijdsgroepen 0 tot 15 jaar", "Herkomstland Buiten Europa")
    with pytest.raises(SourceError, match="jaar in de naam"):
        read(copy("kwb-statline-2023-d.csv", origin, new="download.csv"))
    closed = swap(
        "Huurwoningen In bezit woningcorporatie", "Woningen naar bewoning Percentage bewoond"
    )
    table = read(copy("kwb-statline-2023-d.csv", lambda d: closed(origin(d)), new="download.csv"))
    assert table.years == (2023,)
    assert "blijkt uit de kolommen" in table.notes[0]


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("kwb-statline-2017-b.csv", "kwb-2018.csv"),  # the title says 2017
        ("kwb-2024-short.csv", "kwb-2019.csv"),  # columns of 2024
        ("kwb-2016.xls", "kwb-2021.xls"),  # ages as percentages: 2013 to 2016
        ("kwb-2020-84799NED-typed.csv", "kwb-2021-84799NED.csv"),  # table of 2020
        ("kwb-statline-2021-a.csv", "kwb-2011.csv"),
    ],
)
def test_a_year_that_cannot_be_right_is_refused(name, new, copy):
    with pytest.raises(SourceError, match=r"20\d\d"):
        read(copy(name, new=new))


def test_codes_with_letters_exist_since_2022(copy):
    change = swap("BU16800000", "BU1680AB10")
    with pytest.raises(SourceError, match="2022 of later"):
        read(copy("kwb-statline-2021-a.csv", change))
    frame = read(copy("kwb-statline-2023-d.csv", change)).frame
    assert frame["gwb_code"].iloc[3] == "BU1680AB10"


# Names beside OData


def test_names_come_from_the_list_of_the_same_year_only(copy, tmp_path):
    alone = read(copy("kwb-2020-84799NED-typed.csv"))
    assert alone.frame["regio"].tolist() == ["Nederland", "Aa en Stad", "WK168000", "BU16800000"]
    assert "WijkenEnBuurten" in alone.notes[-1]
    copy("kwb-2020-84799NED-wijkenenbuurten.csv", new="kwb-2021-85039NED-lijst.csv")
    assert read(tmp_path / "kwb-2020-84799NED-typed.csv").frame["regio"].iloc[3] == "BU16800000"
    copy("kwb-2020-84799NED-wijkenenbuurten.csv")
    assert read(tmp_path / "kwb-2020-84799NED-typed.csv").frame["regio"].iloc[3] == "Centrum"


def test_a_list_of_names_needs_its_figures(copy):
    with pytest.raises(SourceError, match="zonder cijfers"):
        read(copy("kwb-2020-84799NED-wijkenenbuurten.csv"))
    whole = read(FIXTURES / "kwb-2020-84799NED-wijkenenbuurten.csv")
    assert whole.frame["a_inw"].iloc[0] == 17181084


def test_a_list_that_lacks_a_region_is_not_used(copy, tmp_path):
    copy("kwb-2020-84799NED-typed.csv")
    copy("kwb-2020-84799NED-wijkenenbuurten.csv", swap("BU16800000;Centrum", "BU16800001;Centrum"))
    table = read(tmp_path / "kwb-2020-84799NED-typed.csv")
    assert table.frame["regio"].tolist()[2:] == ["WK168000", "BU16800000"]
    assert "WijkenEnBuurten" in table.notes[-1]


def test_a_key_that_is_there_twice_is_not_used(copy):
    change = swap("k_0Tot15Jaar_8", "AantalInwoners_8")
    table = read(copy("kwb-2020-84799NED-typed.csv", change))
    assert "a_inw" not in table.frame
    assert "AantalInwoners" in " ".join(table.notes)


def test_two_columns_with_codes_must_agree(copy):
    change = swap(";BU16800000;3", ";BU16800001;3")
    with pytest.raises(SourceError, match="spreken"):
        read(copy("kwb-2020-84799NED-typed.csv", change))


def test_minus_one_kilometre_to_school_is_missing():
    frame = read(FIXTURES / "kwb-2020-84799NED-typed.csv").frame
    assert frame["g_afs_sc"].tolist()[:3] == [0.6, 0.5, 0.4]
    assert math.isnan(frame["g_afs_sc"].iloc[3])
    assert frame["pst_mvp"].tolist() == ["", "", "", "1181"]


# Damage


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("kwb-statline-2023-d.csv", "3.415", "3.41"),  # a nought lost in another program
        ("kwb-statline-2023-d.csv", "3.415", "3415"),
        ("kwb-statline-2023-d.csv", '"2,3"', "2.3"),
        ("kwb-statline-2023-d.csv", "25.390", '"25,390"'),
        ("kwb-statline-2021-a.csv", "     2.3", "     2,3"),
        ("kwb-statline-2021-a.csv", "   25390", "  25.390"),
        ("kwb-statline-2017-b.csv", '"2,3"', '"2.3"'),
        ("kwb-statline-2019-e.csv", ",25390,", ",25.390,"),
        ("kwb-2020-84799NED-typed.csv", ";25390;", ";25.390;"),
        ("kwb-2020-84799NED-typed.csv", ";2.3;", ";2,3;"),
        ("kwb-2020-84799NED-typed.csv", ";2.3;", ";1-2-2003;"),
    ],
)
def test_a_mangled_number_is_refused(name, old, new, copy):
    with pytest.raises(SourceError, match=r"getal|manier|aantal"):
        read(copy(name, swap(old, new)))


def test_a_count_that_lost_its_noughts_shows_in_the_sum(tmp_path):
    header = [*HEADER, "a_man", "a_vrouw"]
    row = ["0003", "S", "S", "Gemeente", 1]
    rounded = [header, [*row, 1005, 50, 500, 510]]
    assert read(workbook(tmp_path / "kwb-2020.xlsx", rounded)).frame["a_inw"].iloc[0] == 1005
    rows = [
        header,
        [*row, 25, 50, 12, 13],
        [*row[:1], "S", "S", "Gemeente", 1, 25, 50, 12012, 13004],
    ]
    rows[1][0] = "0004"
    with pytest.raises(SourceError, match=r"GM0003.*a_inw"):
        read(workbook(tmp_path / "kwb-2020.xlsx", rows))


def test_counts_with_points_only_are_thousands(copy):
    text = (
        "Wijken en buurten,Codering (code),Bevolking Aantal inwoners (aantal)\n"
        "Stad,GM1680,25.390\nWijk,WK168000,510\nBron: CBS."
    )
    frame = read(copy("kwb-statline-2023-d.csv", lambda data: text.encode())).frame
    assert frame["a_inw"].tolist() == [25390, 510]


def test_a_missing_footer_is_told(copy):
    table = read(copy("kwb-statline-2023-d.csv", swap("Bron: CBS.", "")))
    assert "Bron: CBS" in table.notes[-1]
    with pytest.raises(SourceError, match="helemaal"):
        read(copy("kwb-statline-2017-b.csv", swap('"Bron: CBS"\r\n', "")))


def test_a_gemeente_that_is_not_there_is_told(copy):
    lines = (FIXTURES / "kwb-statline-2021-a.csv").read_text("utf-8").splitlines(keepends=True)
    text = "".join([lines[0], *lines[3:]])
    table = read(copy("kwb-statline-2021-a.csv", lambda data: text.encode()))
    assert "GM1680" in table.notes[-1]


@pytest.mark.parametrize(
    "name", [n for n in [*OURS, NAMED] if n.endswith(".csv") and "wijken" not in n]
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_file_cut_off_anywhere_is_refused_or_has_whole_rows(name, data, tmp_path):
    whole = (FIXTURES / name).read_bytes()
    size = data.draw(st.integers(0, len(whole) - 1))
    for other in tmp_path.iterdir():
        other.unlink()
    path = tmp_path / name
    path.write_bytes(whole[:size])
    shutil.copy(FIXTURES / "kwb-2020-84799NED-wijkenenbuurten.csv", tmp_path)
    head = Head(path)
    if not kwb.recognises(head):
        return
    try:
        found = kwb.read(head).frame
    except SourceError:
        return
    expected = read(FIXTURES / name).frame
    assert set(found) <= set(expected)
    assert found.equals(expected.loc[: len(found) - 1, list(found)].reset_index(drop=True))


@pytest.mark.parametrize("name", [*STATLINE, NAMED, "kwb-2024-short.csv"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_damage_gives_a_table_or_a_plain_message(name, data, tmp_path):
    whole = bytearray((FIXTURES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path / name
    path.write_bytes(bytes(whole))
    head = Head(path)
    # Any error but a SourceError fails the test.
    with contextlib.suppress(SourceError):
        if kwb.recognises(head):
            kwb.read(head)
