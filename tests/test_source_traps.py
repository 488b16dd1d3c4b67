"""The traps of Dutch neighbourhood data, each with what keeps a user from falling in it.

The numbers are those of the project's list of traps. Every test goes as far as a user does: from
a file to what is in the store, or in the area that the exercises show.
"""

import json
import math
import struct
import zipfile
from pathlib import Path

import pytest
from test_recognise import old_workbook
from test_source_tables import workbook

from leefbaar_tools import cli
from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError
from leefbaar_tools.store import Store

FIXTURES = Path(__file__).parent / "fixtures_sources"
NBSP = "\u00a0"
HEADER = "gwb_code;regio;gm_naam;recs;ind_wbi;a_inw;a_hh;a_woning;a_1p_hh;p_wcorpw"
ROWS = (
    "NL00;Nederland;Nederland;Land;.;17000000;8000000;7900000;3000000;29",
    "GM1680;Aa en Stad;Aa en Stad;Gemeente;1;25390;11000;11500;3000;19",
    "WK168000;Wijk 00;Aa en Stad;Wijk;1;3415;1500;1480;400;18",
    "BU16800000;Centrum;Aa en Stad;Buurt;1;510;220;215;60;12",
    "BU16800001;Oost;Aa en Stad;Buurt;1;905;400;390;90;25",
)


@pytest.fixture
def save(tmp_path):
    """Write a file and return its path."""

    def save(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return save


@pytest.fixture
def kwb(save):
    """Write Kerncijfers of a year, with pieces replaced, and return the path."""

    def kwb(year=2023, *changes, rows=ROWS, header=HEADER):
        text = "\n".join((header, *rows)) + "\n"
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return save(f"kwb-{year}.csv", text)

    return kwb


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "gegevens")


def add(store, *paths):
    return [line for path in paths for line in store.add(recognise.read(path), path)]


def shown(area, code, indicator, year):
    cell = area.cell(code, indicator, year)
    return None if cell["flag"] == "missing" else cell["value"]


def test_01_a_code_that_was_used_for_another_place(store, kwb):
    add(
        store,
        kwb(2022),
        kwb(2023, ("BU16800000;Centrum;Aa en Stad;Buurt;1", "BU16800000;Haven;Aa en Stad;Buurt;3")),
    )
    area = store.area("GM1680")
    assert shown(area, "BU16800000", "inhabitants", 2023) == 510
    assert shown(area, "BU16800000", "inhabitants", 2022) is None
    assert shown(area, "BU16800001", "inhabitants", 2022) == 905
    assert "2022: 3 van de 4 gebieden" in " ".join(area.notes)


def test_02_a_map_of_the_new_division_on_figures_of_the_old(store, kwb, save):
    to_amsterdam = [("GM1680", "GM0363"), ("WK1680", "WK0363"), ("BU1680", "BU0363")]
    ring = [[120000, 487000], [120100, 487000], [120100, 487100], [120000, 487000]]
    feature = {
        "type": "Feature",
        "properties": {"buurtcode": "BU0363AA01", "buurtnaam": "Centrum", "jaar": 2022},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    shapes = save("x.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    add(store, kwb(2021, *to_amsterdam), shapes)
    area = store.area("GM0363")
    assert area.boundaries() == {}
    assert "0 van de 1 gebieden horen zeker bij de indeling van 2021" in " ".join(area.notes)
    # Letters in codes are of 2022 and later.
    assert recognise.read(kwb(2022, ("BU16800000", "BU1680AA01"))).years == (2022,)
    with pytest.raises(SourceError, match="2022 of later"):
        recognise.read(kwb(2021, ("BU16800000", "BU1680AA01")))


def test_03_gemeenten_that_became_one(store, kwb):
    merged = [("GM1680", "GM1960"), ("WK1680", "WK1960"), ("BU1680", "BU1960"), (";1;", ";3;")]
    add(store, kwb(2018), kwb(2019, *merged))
    area = store.area("GM1960")
    assert area.indicator("corporation").years == (2019,)
    assert "GM1680" not in area.regions.index


@pytest.mark.parametrize("sign", [".", "       .", "", ",", "x", "-", "NA", "       NaN", NBSP])
def test_04_a_point_is_not_a_nought(store, kwb, sign):
    add(store, kwb(2023, ("Buurt;1;510;220;215;60;12", f"Buurt;1;510;220;215;{sign};0")))
    table = store.read("kwb", 2023, "GM1680").set_index("gwb_code")
    assert math.isnan(table.loc["BU16800000", "a_1p_hh"])
    assert table.loc["BU16800000", "p_wcorpw"] == 0
    cell = store.area("GM1680").cell("BU16800000", "single_person", 2023)
    assert (math.isnan(cell["value"]), cell["flag"]) == (True, "missing")


def test_05_the_place_in_a_key_shifts(save):
    for places in ((28, 29), (27, 28)):
        header = (
            "ID;Leeftijd;Marges;WijkenEnBuurten;Perioden;Eenzaam_{};ErnstigZeerErnstigEenzaam_{}"
        )
        text = header.format(*places) + "\n1;20300;MW00000;BU99980101;2020JJ00;    41.7;     7.7\n"
        frame = recognise.read(save("50090NED.csv", text)).frame
        assert dict(zip(frame["cijfer"], frame["waarde"], strict=True)) == {
            "Eenzaam": 41.7,
            "ErnstigZeerErnstigEenzaam": 7.7,
        }
    odata = FIXTURES / "kwb-2020-84799NED-typed.csv"
    text = odata.read_text("utf-8").replace("AantalInwoners_5", "AantalInwoners_99")
    frame = recognise.read(save(odata.name, text)).frame
    assert frame["a_inw"].tolist() == [17181084, 25390, 3415, 510]


def test_06_padded_keys_join(store, kwb, save):
    scores = "bu_code,bu_naam,jaar,lbm,afw,fys,onv,soc,vrz,won\n"
    scores += "BU16800000  ,Centrum,2023,4.2,0.1,0.1,0.0,0.0,0.0,0.0\n"
    crime = '"SoortMisdrijf";"WijkenEnBuurten";"Perioden";"GeregistreerdeMisdrijven_1"\n'
    crime += '"1.1.1 ";"GM1680    ";"2023JJ00";"       7"\n'
    add(
        store,
        kwb(2023, ("BU16800000", f"BU16800000{NBSP}"), ("GM1680;Aa", "GM1680    ;Aa")),
        save("scores buurten 2002-2023.csv", scores),
        save("47018NED.csv", crime),
    )
    assert shown(store.area("GM1680"), "BU16800000", "leefbaarometer", 2023) == 0.1
    assert store.read("politie", 2023, "GM1680")["code"].tolist() == ["GM1680"]
    assert "GM1680" in store.gemeenten()["code"].tolist()


def test_07_a_first_edition_is_not_complete_and_is_corrected_later(store, kwb, save):
    changes = [(f";{row.split(';')[-1]}\n", ";.\n") for row in ROWS]
    first = kwb(2023, *dict(changes).items())
    assert "leeg" in recognise.read(first).notes[0]
    assert "p_wcorpw" in recognise.read(first).notes[0]
    add(store, first)
    assert "p_wcorpw" in " ".join(store.status())
    said = add(store, kwb(2023, (";510;", ";515;")))
    assert "5 rijen vervangen" in " ".join(said)
    assert shown(store.area("GM1680"), "BU16800000", "inhabitants", 2023) == 515
    # And the edition stands under the figure.
    add(store, kwb(2022), FIXTURES / "kwb-2020-84799NED-typed.csv")
    assert {e.edition for e in store._all("kwb") if e.year == 2020} == {"84799NED"}


@pytest.mark.parametrize("sentinel", ["-99997", "-99995", "-99999999", "-99997.0", "-99990"])
def test_08_sentinels_are_no_numbers(kwb, sentinel):
    path = kwb(2023, ("215;60;12", f"215;{sentinel};{sentinel}"))
    row = recognise.read(path).frame.set_index("gwb_code").loc["BU16800000"]
    assert row[["a_1p_hh", "p_wcorpw"]].isna().all()


def test_08_minus_one_is_no_distance_and_below_nought_is_refused(kwb):
    more = [HEADER + ";g_afs_sc", *(f"{row};0.7" for row in ROWS)]
    path = kwb(2023, ("215;60;12;0.7", "215;60;12;-1"), header=more[0], rows=more[1:])
    frame = recognise.read(path).frame.set_index("gwb_code")
    assert math.isnan(frame.loc["BU16800000", "g_afs_sc"])
    with pytest.raises(SourceError, match="onder nul"):
        recognise.read(kwb(2023, ("215;60;12", "215;-60;12")))


def test_09_rounding_to_five_is_left_as_it_is_and_more_than_rounding_is_refused(kwb):
    more = [
        HEADER + ";a_man;a_vrouw",
        *(f"{r};{int(r.split(';')[5]) // 2};{int(r.split(';')[5]) // 2}" for r in ROWS),
    ]
    path = kwb(2023, (";12;255;255", ";12;260;255"), header=more[0], rows=more[1:])
    row = recognise.read(path).frame.set_index("gwb_code").loc["BU16800000"]
    assert row[["a_inw", "a_man", "a_vrouw"]].tolist() == [510, 260, 255]
    # The sum of the buurten is not that of the wijk either, and nothing is made to fit.
    with pytest.raises(SourceError, match="a_inw heel anders dan a_man"):
        recognise.read(kwb(2023, (";12;255;255", ";12;2550;255"), header=more[0], rows=more[1:]))


def test_10_points_and_commas(kwb, save):
    dutch = FIXTURES / "kwb-statline-2023-d.csv"
    frame = recognise.read(dutch).frame
    assert frame["a_inw"].iloc[0] == 17_181_084
    assert frame["bev_dich"].iloc[3] == 1369  # written as 1.369
    assert frame["g_hhgro"].iloc[0] == 2.2
    # The same text in a file of points: 20.8 never becomes 208.
    points = recognise.read(FIXTURES / "kwb-statline-2021-a.csv").frame
    assert points["g_hhgro"].iloc[0] == 2.2
    # Nobody can tell what 1.369 means when nothing else does.
    more = [HEADER + ";g_afs_hp", *(f"{row};1.369" for row in ROWS)]
    with pytest.raises(SourceError, match="twee getallen"):
        recognise.read(kwb(2023, header=more[0], rows=more[1:]))
    with pytest.raises(SourceError, match=r"aantal|meer dan één manier"):
        recognise.read(kwb(2023, (";510;", ";510.5;")))


@pytest.mark.parametrize(
    "odd", ["a_inw ", f"a_inw{NBSP}{NBSP}", f"{NBSP}a_inw", '"a_inw\n"', "a_inw\u200b"]
)
def test_11_spaces_in_the_name_of_a_column(kwb, odd):
    frame = recognise.read(kwb(2023, (";a_inw;", f";{odd};"))).frame
    assert frame["a_inw"].iloc[3] == 510


def test_12_an_empty_answer_and_a_page_of_more(save):
    head = {"odata.metadata": "https://x/47018NED/$metadata"}
    row = {
        **{"ID": 1, "SoortMisdrijf": "0.0.0 ", "WijkenEnBuurten": "GM1680    "},
        **{"Perioden": "2023JJ00", "GeregistreerdeMisdrijven_1": 7},
    }
    good = save("47018NED.json", json.dumps(head | {"value": [row], "odata.nextLink": "https://x"}))
    assert "deel van de tabel" in recognise.read(good).notes[0]
    # What a wrong width of a key gives: status 200, and nothing.
    with pytest.raises(SourceError, match=r"geen cijfers|ken ik niet"):
        recognise.read(save("leeg.json", json.dumps(head | {"value": []})))
    text = '{"odata.metadata": "SoortMisdrijf GeregistreerdeMisdrijven_", "SoortMisdrijf": 1, "value": []}'
    with pytest.raises(SourceError, match="geen cijfers"):
        recognise.read(save("leeg.json", text))
    error = {"odata.error": {"message": "query returns more than 10000 records"}}
    with pytest.raises(SourceError, match=r"foutmelding|ken ik niet"):
        recognise.read(save("fout.json", json.dumps(error)))


def test_13_the_division_is_not_the_year_of_the_figures(store, kwb):
    health = FIXTURES / "gezondheid-2016-2020.csv"
    assert recognise.read(health).division == {2016: 2020, 2020: 2020}
    police = recognise.read(FIXTURES / "politie-47022NED-untyped.csv")
    assert police.division == {2023: 2024, 2024: 2024}
    scores = recognise.read(FIXTURES / "leefbaarometer-scores-buurten-2002-2024.csv")
    assert set(scores.division.values()) == {2024}
    add(store, health)
    assert "indeling 2020" in next(line for line in store.status() if line.startswith("  2016"))


def test_14_a_small_number_below_the_line(store, kwb):
    add(store, kwb(2023, ("Buurt;1;510;220;215;60;12", "Buurt;1;45;15;12;9;12")))
    area = store.area("GM1680")
    assert area.cell("BU16800000", "corporation", 2023)["flag"] == "small"
    assert area.cell("BU16800000", "single_person", 2023)["flag"] == "small"
    assert area.cell("BU16800001", "single_person", 2023)["flag"] == "ok"


def test_15_names_are_no_codes(save, store):
    crime = '"Soort misdrijf";"Perioden";"Wijken en buurten";"Geregistreerde misdrijven (aantal)"\n'
    crime += '"1.1.1 Diefstal";"2024";"Centrum";"7"\n'
    with pytest.raises(SourceError, match="namen van gebieden, geen codes"):
        recognise.read(save("47018NED.csv", crime))
    # Dialect C of StatLine.
    named = FIXTURES / "kwb-statline-2015-c.csv"
    with pytest.raises(SourceError, match=r"alleen namen .* 2015 zijn er nog niet.*“Regiocode”"):
        store.add(recognise.read(named), named)
    scores = "naam,jaar,lbm,afw\nCentrum,2024,4.1,0.0\n"
    with pytest.raises(SourceError, match="niet over buurten"):
        recognise.read(save("scores buurten 2002-2024.csv", scores))


# The checks a reader makes at least


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("BU16800001", "BU16800000", "twee keer"),
        ("BU16800001", "BU168001", "geen code"),
        ("BU16800001", "16800001", "codes van gebieden|geen code"),
        ("Oost;Aa en Stad;Buurt", "Oost;Aa en Stad;Wijk", "passen niet"),
        ("90;25", "90;101", "boven 100"),
        ("400;390", "-400;390", "onder nul"),
    ],
)
def test_what_cannot_be_is_refused(kwb, old, new, words):
    with pytest.raises(SourceError, match=words):
        recognise.read(kwb(2023, (old, new)))


def test_a_buurt_without_its_gemeente_is_told(kwb):
    assert "GM1680" in recognise.read(kwb(2023, rows=[ROWS[0], *ROWS[2:]])).notes[-1]


def test_shares_of_homes_that_do_not_add_up_are_told(kwb):
    header = HEADER + ";p_koopw;p_huurw;p_e_o_w;p_ov_hw"
    rows = [f"{row};60;39;1;{39 - int(row.split(';')[-1])}" for row in ROWS]
    assert recognise.read(kwb(2023, header=header, rows=rows)).notes == ()
    wrong = kwb(2023, ("25;60;39;1", "25;60;9;1"), header=header, rows=rows)
    notes = recognise.read(wrong).notes
    assert [note[:40] for note in notes] == [
        "In 1 gebied is p_koopw + p_huurw + p_e_o",
        "In 1 gebied is p_wcorpw + p_ov_hw niet o",
    ]


# Files that are no good: a plain message, and the store as it was


def cut(path, at=-20):
    return path.read_bytes()[:at]


def bomb(path, name, size):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml" if path.suffix == ".xlsx" else "lees.pdf", "")
        file.writestr(name, bytes(size))
    return path.read_bytes()


def locked_zip(path):
    data = bytearray(bomb(path, "a.csv", 100))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def bad_files(tmp_path):
    """Return name, bytes and words of the message of every file that must be refused."""
    book = workbook(tmp_path / "goed.xlsx", [row.split(";") for row in (HEADER, *ROWS)])
    old = workbook(tmp_path / "oud.xlsx", [["BU_CODE", "GWB_NAAM", "AANT_INW"], ["BU1", "x", 1]])
    text = ("\n".join((HEADER, *ROWS)) + "\n").encode()
    locked = "EncryptedPackage".encode("utf-16-le")
    table = FIXTURES / "politie-47018NED-typeddataset.json"
    return {
        "cut off": ("kwb-2023.csv", text[:-4], "niet heel"),
        "cut off within a row": (
            "kwb-2023.csv",
            text[: text.rindex(b";60") + 3] + b"\n",
            "niet volledig",
        ),
        "cut off workbook": ("kwb-2023.xlsx", cut(book), "niet heel"),
        "cut off JSON": ("47018NED.json", cut(table, 300), "niet heel"),
        "cut off zip": ("alles.zip", cut(book, 400), "niet heel"),
        "empty": ("kwb-2023.csv", b"", "is leeg"),
        "only noughts": ("kwb-2023.csv", bytes(500), "geen tekst"),
        "a workbook called CSV": ("kwb-2023.csv", book.read_bytes(), "niet wat de naam zegt"),
        "a CSV called workbook": ("kwb-2023.xlsx", text + b"\n", "niet wat de naam zegt"),
        "a web page": ("kwb-2023.csv", b"<!DOCTYPE html><title>503</title>", "webpagina"),
        "a web page as workbook": ("kwb-2023.xlsx", b"<html><body>404", "webpagina"),
        "an XML error": (
            "laag.json",
            b'<?xml version="1.0"?><ows:ExceptionReport/>',
            "foutmelding",
        ),
        "2012": ("kwb-2012.csv", b"BU_CODE;GWB_NAAM;AANT_INW\nBU1;x;1\n", "2012"),
        "2012 as workbook": ("kwb-2012.xlsx", old.read_bytes(), "2012"),
        "a password": ("kwb-2023.xlsx", old_workbook(inside=locked), "wachtwoord"),
        "a zip with a password": ("alles.zip", locked_zip(tmp_path / "l.zip"), "wachtwoord"),
        "an old password": (
            "kwb-2016.xls",
            old_workbook(struct.pack("<HHHH", 0x86, 0, 0x2F, 6)),
            "wachtwoord",
        ),
        "a bomb in a workbook": (
            "kwb-2023.xlsx",
            bomb(tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", 30_000_000),
            "veel te groot",
        ),
        "a bomb in a zip": (
            "alles.zip",
            bomb(tmp_path / "b.zip", "a.csv", 30_000_000),
            "veel te groot",
        ),
        "200 MB too large": (
            "kwb-2023.csv",
            recognise.MAX_BYTES + 200_000_000,
            "groter dan 200 MB",
        ),
        "a picture": ("kwb-2023.csv", b"\x89PNG\r\n", "plaatje"),
    }


def content(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != ".slot"}


def test_a_file_that_is_no_good_leaves_the_store_as_it_was(tmp_path, capsys):
    work = tmp_path / "werk"
    good = tmp_path / "kwb-2023.csv"
    good.write_text("\n".join((HEADER, *ROWS)) + "\n", "utf-8")
    assert cli.main(["data", "import", str(good), "--folder", str(work)]) == 0
    before = content(work / "gegevens")
    assert len(before) == 2
    capsys.readouterr()
    place = tmp_path / "download"
    place.mkdir()
    for case, (name, data, words) in bad_files(tmp_path).items():
        path = place / name
        if isinstance(data, int):
            with path.open("wb") as file:
                file.truncate(data)
        else:
            path.write_bytes(data)
        assert cli.main(["data", "import", str(path), "--folder", str(work)]) == 1, case
        said = capsys.readouterr().err
        assert words in said, (case, said)
        assert name in said, case
        assert "Traceback" not in said, case
        assert content(work / "gegevens") == before, case
        path.unlink()
