"""Reading sources into an Area, with small tables made by hand."""

import json
import math

import pytest

from leefbaar_tools.areas import (
    CATALOGUE,
    CLASS_WORDS,
    HEALTH,
    MINIMUM,
    POLICE,
    AreaError,
    read_area,
    sample_city,
    to_numbers,
    too_small,
)
from leefbaar_tools.resources import shared_path

KERN = """\
jaar,gwb_code,regio,recs,ind_wbi,a_inw,a_00_14,a_hh,a_1p_hh,a_woning,p_wcorpw,g_ink_pi,a_soz_wb
2022,NL00,Nederland,Land,.,1000000,150000,400000,160000,390000,28,31.4,20000
2022,GM0001,Stad,Gemeente,.,1000,200,500,200,480,30,30.0,40
2022,WK000100,Wijk 00,Wijk,1,1000,200,500,200,480,30,30.0,40
2022,BU00010000,Café-Óost,Buurt,3,800,150,400,100,390,25,29.5,30
2022,BU00010001,Klein,Buurt,1,30,5,15,10,12,.,.,0
2023,NL00,Nederland,Land,.,1000000,150000,400000,160000,390000,28,.,20000
2023,GM0001,Stad,Gemeente,1,1000,200,500,200,480,30,.,40
2023,WK000100,Wijk 00,Wijk,1,1000,200,500,200,480,30,.,40
2023,BU00010000,Café-Óost,Buurt,1,800,150,400,150,390,25,.,30
2023,BU00010001,Klein nieuw,Buurt,1,0,0,0,5,12,.,.,0
"""
LBM = """\
code,naam,niveau,jaar,afw,fys,won,vrz,soc,onv,kscore
GM0001,Stad,gemeente,2020,0.010,0.002,0.002,0.002,0.002,0.002,6
WK000100,Wijk 00,wijk,2020,0.010,0.002,0.002,0.002,0.002,0.002,6
BU00010000,Café-Óost,buurt,2020,-0.100,-0.02,-0.02,-0.02,-0.02,-0.02,5
BU00010001,Klein,buurt,2020,0.500,0.1,0.1,0.1,0.1,0.1,9
"""


@pytest.fixture
def make(tmp_path):
    def make(kern=KERN, lbm=None, notice=""):
        paths = {}
        for name, text in (("kern.csv", kern), ("lbm.csv", lbm)):
            if text is not None:
                (tmp_path / name).write_text(text, encoding="utf-8")
                paths[name] = tmp_path / name
        return read_area(paths.get("kern.csv"), paths.get("lbm.csv"), notice=notice)

    return make


def test_shares_are_computed_from_counts(make):
    area = make()
    cell = area.cell("BU00010000", "single_person", 2023)
    assert (cell["value"], cell["n"], cell["cases"], cell["flag"]) == (0.375, 400, 150, "ok")
    # Bijstand: of the inhabitants of 15 and older, 30 / (800 - 150).
    assert area.cell("BU00010000", "bijstand", 2022)["value"] == pytest.approx(30 / 650)
    assert area.cell("BU00010000", "bijstand", 2022)["n"] == 650


def test_published_percentages_become_shares(make):
    cell = make().cell("BU00010000", "corporation", 2022)
    assert (cell["value"], cell["n"]) == (0.25, 390)
    assert math.isnan(cell["cases"])


def test_a_point_is_missing_and_never_nought(make):
    area = make()
    for indicator in ("corporation", "income"):
        cell = area.cell("BU00010001", indicator, 2022)
        assert math.isnan(cell["value"])
        assert cell["flag"] == "missing"
    missing = area.values[area.values["flag"] == "missing"]
    assert missing["value"].isna().all()
    assert area.values[area.values["flag"] != "missing"]["value"].notna().all()


def test_division_by_nought_is_missing(make):
    cell = make().cell("BU00010001", "single_person", 2023)
    assert math.isnan(cell["value"])
    assert cell["flag"] == "missing"


def test_small_numbers_are_flagged(make):
    area = make(lbm=LBM)
    assert area.cell("BU00010001", "single_person", 2022)["flag"] == "small"
    assert area.cell("BU00010001", "leefbaarometer", 2020)["flag"] == "small"
    assert area.cell("BU00010000", "leefbaarometer", 2020)["flag"] == "ok"


@pytest.mark.parametrize(
    ("n", "cases", "small"),
    [(19, 15, True), (20, 10, False), (20, 9, True), (math.nan, math.nan, False)],
)
def test_limits_of_small(n, cases, small):
    assert too_small(n, cases, "huishoudens") == small


def test_every_counted_word_has_a_minimum():
    for item in CATALOGUE:
        assert (item.counted in MINIMUM) == (item.kind != "count"), item.id
        assert (item.base != "") == (item.kind != "count"), item.id
    assert len({item.id for item in CATALOGUE}) == len(CATALOGUE)


def test_dwellings_behind_a_score_are_of_the_nearest_year(make):
    assert make(lbm=LBM).cell("BU00010000", "leefbaarometer", 2020)["n"] == 390


def test_years_and_missing_columns(make):
    area = make(lbm=LBM)
    assert area.indicator("income").years == (2022,)
    assert area.year("income") == 2022
    assert area.year("single_person") == 2023
    assert "woz" not in area.indicators
    with pytest.raises(AreaError, match="WOZ"):
        area.indicator("woz")
    with pytest.raises(AreaError, match="over 1999"):
        area.year("income", 1999)


def test_regions_and_path(make):
    area = make()
    assert area.path("BU00010001") == ["BU00010001", "WK000100", "GM0001", "NL00"]
    assert area.gemeente("BU00010001") == area.gemeente("GM0001") == "GM0001"
    assert area.name("BU00010001") == "Klein nieuw"
    assert area.level("WK000100") == "wijk"
    with pytest.raises(AreaError, match="BU99"):
        area.name("BU99")
    with pytest.raises(AreaError, match="gemeente"):
        area.gemeente("NL00")


def test_series_and_table(make):
    area = make()
    assert area.series("BU00010000", "single_person")["value"].to_dict() == {
        2022: 0.25,
        2023: 0.375,
    }
    assert area.table("single_person", 2022)["value"].to_dict() == {
        "BU00010000": 0.25,
        "BU00010001": 10 / 15,
    }
    assert list(area.table("single_person", level="wijk").index) == ["WK000100"]


def test_a_region_without_a_figure(make):
    """The country is not in the Leefbaarometer table: missing, no error."""
    area = make(lbm=LBM)
    assert area.cell("NL00", "leefbaarometer", 2020)["flag"] == "missing"
    assert area.series("NL00", "leefbaarometer").empty


def test_changed_boundaries(make):
    assert make().boundary_changes == {"BU00010000": [2022]}


def test_source_line(make):
    area = make(lbm=LBM)
    assert area.source_line("income") == (
        "CBS, Kerncijfers wijken en buurten, 2022, editie 2022, gebiedsindeling 2022."
    )
    line = area.source_line("overlast_onveiligheid")
    assert "Leefbaarometer, " in line
    assert "schatting met een rekenmodel" in line
    fictional = make(notice="voorbeelddata").source_line("income")
    assert fictional.startswith(
        "voorbeelddata: verzonnen cijfers, geen echte buurt. Nagemaakt naar CBS"
    )


def test_leefbaarometer_stands_on_the_newest_division():
    line = sample_city().source_line("leefbaarometer", 2014)
    assert "2014, editie 2024, gebiedsindeling 2024" in line
    assert "gebiedsindeling 2016" in sample_city().source_line("woz", 2016)
    assert "2014 tot en met 2024," in sample_city().source_line("leefbaarometer", since=2014)


def test_semicolons_commas_and_byte_order_mark(tmp_path):
    path = tmp_path / "kern.csv"
    text = KERN.replace(",", ";").replace("29.5", "29,5").replace("800;150", "   800;150 ")
    path.write_text(text, encoding="utf-8-sig")
    area = read_area(path)
    assert area.cell("BU00010000", "income", 2022)["value"] == 29.5
    assert area.cell("BU00010000", "inhabitants", 2022)["value"] == 800


def test_renamed_woz_column(make):
    text = KERN.replace("g_ink_pi", "g_wozbag")
    assert make(text).cell("BU00010000", "woz", 2022)["value"] == 29.5


def test_to_numbers():
    import pandas as pd

    texts = pd.Series(["1", " 2,5 ", ".", "", "x", "-", "      .", "0"], name="a")
    assert to_numbers(texts).fillna(-1).tolist() == [1, 2.5, -1, -1, -1, -1, -1, 0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("p_wcorpw", "iets", None),
        ("gwb_code", "iets", "ontbreekt de kolom gwb_code"),
        (",800,", ",acht,", "a_inw is “acht” geen getal"),
        (",800,", ",-800,", "onder nul"),
        (",25,", ",125,", "boven 100"),
        ("BU00010000,", "BU0001000,", "“BU0001000” past niet bij een buurt"),
        ("Buurt", "Straat", "past niet bij een straat"),
        (
            "2023,BU00010000",
            "2022,BU00010000",
            "BU00010000 staat twee keer in het bestand over 2022",
        ),
        ("2023,BU00010000", ".,BU00010000", "ontbreekt een jaar"),
        ("BU00010001", "BU00010101", "WK000101 ontbreekt"),
        ("Klein,Buurt,1", "Klein,Buurt", "regel 6 niet volledig"),
    ],
)
def test_bad_files_say_so_in_dutch(make, old, new, message):
    assert old in KERN
    if message is None:
        assert "corporation" not in make(KERN.replace(old, new)).indicators
        return
    with pytest.raises(AreaError, match=message):
        make(KERN.replace(old, new))


def test_other_bad_files(tmp_path, make):
    with pytest.raises(AreaError, match="geen bestand"):
        read_area()
    with pytest.raises(AreaError, match=r"weg\.csv.*niet openen"):
        read_area(tmp_path / "weg.csv")
    (tmp_path / "latin.csv").write_bytes(
        "jaar,gwb_code,regio,recs\n2020,BU,Caf\xe9".encode("latin-1")
    )
    with pytest.raises(AreaError, match="niet lezen als CSV"):
        read_area(tmp_path / "latin.csv")
    with pytest.raises(AreaError, match="geen cijfers"):
        make("jaar,gwb_code,regio,recs\n")
    with pytest.raises(AreaError, match="ontbreekt de kolom"):
        make("")


def test_boundaries(tmp_path, make):
    square = [[0, 0], [1, 0], [1, 1], [0, 0]]
    features = [
        {"properties": {"code": "A"}, "geometry": {"type": "Polygon", "coordinates": [square]}},
        {
            "properties": {"code": "B"},
            "geometry": {"type": "MultiPolygon", "coordinates": [[square], [square]]},
        },
    ]
    path = tmp_path / "grenzen.geojson"
    path.write_text(json.dumps({"features": features}))
    (tmp_path / "kern.csv").write_text(KERN, encoding="utf-8")
    shapes = read_area(tmp_path / "kern.csv", boundaries=path).boundaries()
    assert shapes["A"] == [[[(0, 0), (1, 0), (1, 1), (0, 0)]]]
    assert len(shapes["B"]) == 2
    assert make().boundaries() == {}
    path.write_text("geen json")
    with pytest.raises(AreaError, match="kaart"):
        read_area(tmp_path / "kern.csv", boundaries=path).boundaries()


# --- The sample city -----------------------------------------------------------------------


def test_sample_city_is_read_whole():
    area = sample_city()
    assert area is sample_city()
    assert area.notice == "voorbeelddata"
    # There are no fictional offences and no fictional health.
    own = {item.id for item in CATALOGUE if item.source not in (POLICE, HEALTH)}
    assert set(area.indicators) == own
    assert len(own) == 29
    assert area.regions["level"].value_counts().to_dict() == {
        "buurt": 32,
        "wijk": 8,
        "gemeente": 1,
        "land": 1,
    }
    assert set(area.boundaries()) == set(
        area.regions.index[area.regions["level"].isin(["wijk", "buurt"])]
    )
    for id in area.indicators:
        assert "voorbeelddata: verzonnen cijfers, geen echte buurt" in area.source_line(id).lower()


def test_sample_city_values_are_the_cells_of_the_file():
    """A share and an amount, straight from the file."""
    lines = shared_path("data", "kerncijfers.csv").read_text("utf-8").splitlines()
    head = lines[0].split(",")
    row = next(line.split(",") for line in lines if line.startswith("2023,BU99990100"))
    cells = dict(zip(head, row, strict=True))
    area = sample_city()
    single = area.cell("BU99990100", "single_person", 2023)["value"]
    assert single == int(cells["a_1p_hh"]) / int(cells["a_hh"])
    assert area.cell("BU99990100", "woz", 2023)["value"] == int(cells["g_woz"])


def test_shares_lie_between_nought_and_one():
    area = sample_city()
    shares = [item.id for item in area.indicators.values() if item.kind == "share"]
    values = area.values[area.values["indicator"].isin(shares)]["value"].dropna()
    assert values.between(0, 1).all()


def test_class_words_are_in_the_published_order():
    assert list(CLASS_WORDS) == list(range(1, 10))
    assert CLASS_WORDS[3] == "onvoldoende"
    assert CLASS_WORDS[4] == "zwak"


def test_a_count_rounded_to_fives_gives_no_share_above_one(tmp_path):
    """Of 58 inhabitants 63 can be 65 or older, as CBS rounds: 60 and 65."""
    lines = ["jaar,gwb_code,regio,recs,a_inw,a_65_oo"]
    codes = {"NL00": "Land", "GM0001": "Gemeente", "WK000100": "Wijk", "BU00010000": "Buurt"}
    lines += [f"2022,{code},x,{level},60,65" for code, level in codes.items()]
    path = tmp_path / "kwb.csv"
    path.write_text("\n".join(lines))
    cell = read_area(path).cell("BU00010000", "age_65_plus", 2022)
    assert (cell["value"], cell["flag"]) == (1, "ok")
