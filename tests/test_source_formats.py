"""Files in the form in which people download them: zips, workbooks, GeoPackage, OData."""

import json
import math
import shutil
import struct
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from test_source_tables import workbook

from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError
from leefbaar_tools.store import Store

FIXTURES = Path(__file__).parent / "fixtures_sources"
BUURTEN = FIXTURES / "leefbaarometer-scores-buurten-2002-2024.csv"
POLICE = FIXTURES / "politie-47022NED-untyped.csv"
HEALTH = FIXTURES / "gezondheid-2016-2020.csv"

# The "onbewerkte dataset" of StatLine, with the columns of OData v4.
STATLINE = {
    "Observations.csv": "Id;Measure;ValueAttribute;Value;StringValue;WijkenEnBuurten\r\n"
    "0;T001036;None;17942942;;NL00\r\n"
    "1;T001036;None;510;;BU16800000\r\n"
    "2;T001036;None;25390;;GM1680\r\n"
    "3;M000114;None;2,1;;NL00\r\n"
    "4;M000114;Unknown;;;BU16800000\r\n"
    "5;ZW25810_1;None;2040;;GM1680\r\n"
    "6;ZW25810_2;None;900;;GM1680\r\n"
    "7;X1;None;3;;GM1680\r\n",
    "MeasureCodes.csv": "Identifier;Index;Title;Description;MeasureGroupId;DataType;Unit\r\n"
    "T001036;1;Aantal inwoners;;1;Long;aantal\r\n"
    "M000114;2;Gemiddelde huishoudensgrootte;;2;Double;aantal\r\n"
    "ZW25810_1;3;Appartement;;4;Long;kWh\r\n"
    "ZW25810_2;4;Appartement;;5;Long;m³\r\n"
    "X1;5;Iets nieuws;;1;Long;aantal\r\n",
    "MeasureGroups.csv": "Id;Index;Title;Description;ParentId\r\n"
    "1;1;Bevolking;;\r\n2;2;Particuliere huishoudens;;1\r\n3;3;Energie;;\r\n"
    "4;4;Naar woningtype;;3\r\n5;5;Naar woningtype;;3\r\n",
    "WijkenEnBuurtenCodes.csv": "Identifier;Index;Title;Description;DimensionGroupId\r\n"
    "NL00;1;Nederland;;NL\r\nGM1680;2;Aa en Stad;;GM\r\nBU16800000;3;Centrum;;GM1680\r\n",
    "Properties.csv": "Identifier;Title;Modified\r\n"
    "85984NED;Kerncijfers wijken en buurten 2024;2025-03-31T02:00:00\r\n",
}


def zipped(path, members, **how):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **how) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def rows_of(path):
    lines = path.read_text("utf-8-sig").splitlines()
    separator = ";" if ";" in lines[0] else ","
    return [[cell.strip('"') for cell in line.split(separator)] for line in lines]


# Zips


def test_the_raw_dataset_of_statline(tmp_path):
    table = recognise.read(zipped(tmp_path / "85984NED-202503310200.zip", STATLINE))
    frame = table.frame.set_index("gwb_code")
    assert (table.years, table.edition) == ((2024,), "85984NED")
    assert frame["a_inw"].to_dict() == {"NL00": 17942942, "BU16800000": 510, "GM1680": 25390}
    assert frame.loc["NL00", "g_hhgro"] == 2.1
    assert math.isnan(frame.loc["BU16800000", "g_hhgro"])
    # Two figures with one title, told apart by their unit.
    assert (frame.loc["GM1680", "g_ele_ap"], frame.loc["GM1680", "g_gas_ap"]) == (2040, 900)
    assert frame.loc["BU16800000", ["regio", "gm_naam", "recs"]].tolist() == [
        *("Centrum", "Aa en Stad", "Buurt"),
    ]
    notes = " ".join(table.notes)
    assert "Bevolking|Iets nieuws (aantal)" in notes
    assert "van welke gebieden de grens" in notes


def test_the_year_of_a_raw_dataset_without_properties_is_that_of_its_table(tmp_path):
    some = {name: text for name, text in STATLINE.items() if name != "Properties.csv"}
    assert recognise.read(zipped(tmp_path / "85984NED-2025.zip", some)).years == (2024,)
    with pytest.raises(SourceError, match="welk jaar"):
        recognise.read(zipped(tmp_path / "mijn.zip", some))


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("Observations.csv", "1;T001036;None;510", "1;T001036;None;510,5", "aantal"),
        ("Observations.csv", "2,1", "2.1.0", "getal lezen"),
        ("Observations.csv", "BU16800000\r\n2", "GM1680\r\n2", "twee keer"),
        ("Observations.csv", "GM1680", "GM168", "WijkenEnBuurtenCodes"),
        ("MeasureCodes.csv", "X1;5", "X2;5", "MeasureCodes"),
        ("MeasureCodes.csv", "X1;5;Iets nieuws", "X1;5;Aantal inwoners", "twee keer"),
    ],
)
def test_a_raw_dataset_that_does_not_fit_together(tmp_path, name, old, new, words):
    assert old in STATLINE[name]
    changed = STATLINE | {name: STATLINE[name].replace(old, new)}
    with pytest.raises(SourceError, match=words):
        recognise.read(zipped(tmp_path / "85984NED.zip", changed))


@pytest.mark.parametrize("name", ["MeasureCodes.csv", "WijkenEnBuurtenCodes.csv"])
def test_a_raw_dataset_without_its_codes_says_what_is_missing(tmp_path, name):
    some = {key: text for key, text in STATLINE.items() if key != name}
    with pytest.raises(SourceError, match=name.removesuffix(".csv")):
        recognise.read(zipped(tmp_path / "85984NED.zip", some))


def test_a_raw_dataset_that_was_unpacked_by_hand(tmp_path):
    for name, text in STATLINE.items():
        (tmp_path / name).write_text(text, "utf-8", newline="")
    assert len(recognise.read(tmp_path / "Observations.csv").frame) == 3


def test_the_zip_of_the_leefbaarometer(tmp_path):
    folder = "Leefbaarometer 3.0 - Meting 2024 - open data/"
    wijken = FIXTURES / "leefbaarometer-puntkomma-meting-2024.csv"
    grids = "grid_id,jaar,lbm,afw,fys,onv,soc,vrz,won\n" + "x" * 1000
    path = zipped(
        tmp_path / "open-data-leefbaarometer-meting-2024.zip",
        {
            folder + "Leefbaarometer-scores buurten 2002-2024.csv": BUURTEN.read_bytes(),
            folder + "Leefbaarometer-scores wijken 2002-2024.csv": wijken.read_bytes(),
            folder + "Leefbaarometer-scores grids 2002-2024.csv": grids,
            folder + "Leefbaarometer-scores PC4 2002-2024.csv": grids,
            folder + "leeswijzer.pdf": b"%PDF",
        },
    )
    table = recognise.read(path)
    assert set(table.frame["niveau"]) == {"buurt", "wijk"}
    assert len(table.frame) == len(rows_of(BUURTEN)) + len(rows_of(wijken)) - 2
    assert (table.years, table.edition) == ((2014, 2020, 2022, 2024), "meting 2024")
    assert set(table.division.values()) == {2024}
    store = Store(tmp_path / "gegevens")
    store.add(table, path)
    assert store.years("leefbaarometer") == [2014, 2020, 2022, 2024]


def test_a_zip_with_two_editions_is_refused(tmp_path):
    wijken = rows_of(FIXTURES / "leefbaarometer-puntkomma-meting-2024.csv")
    older = "\n".join(";".join(row) for row in wijken).replace("2024", "2020") + "\n"
    members = {
        "scores buurten 2002-2024.csv": BUURTEN.read_bytes(),
        "scores wijken 2002-2022.csv": older,
    }
    with pytest.raises(SourceError, match="twee edities"):
        recognise.read(zipped(tmp_path / "x.zip", members))


def test_a_zip_with_one_table(tmp_path):
    path = zipped(tmp_path / "x.zip", {"map/47022NED.csv": POLICE.read_bytes(), "lees.pdf": b""})
    assert recognise.read(path).source == "politie"


@pytest.mark.parametrize("names", [(), ("a.csv", "b.csv"), ("lees.pdf",)])
def test_a_zip_of_which_nobody_knows_what_to_read(tmp_path, names):
    path = zipped(tmp_path / "x.zip", {"z/": "", **dict.fromkeys(names, POLICE.read_bytes())})
    with pytest.raises(SourceError, match="Pak hem uit"):
        recognise.read(path)


def test_a_member_never_leads_out_of_its_folder(tmp_path):
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    path = zipped(inside / "x.zip", {"../../../weg.csv": POLICE.read_bytes()})
    assert recognise.read(path).source == "politie"
    assert not list(tmp_path.rglob("weg.csv"))


# Workbooks


def test_police_in_excel(tmp_path):
    path = workbook(tmp_path / "47022NED.xlsx", rows_of(POLICE))
    table = recognise.read(path)
    assert table.source == "politie"
    assert table.frame.equals(recognise.read(POLICE).frame)


def test_health_with_43_columns_of_text_in_excel(tmp_path):
    rows = rows_of(HEALTH)
    more = 43 - len(rows[0])
    header = rows[0] + [
        f"Cijfer{'abcdefghijklmnopqrstuvwxyzABCDEFGH'[n]}_{n + 50}" for n in range(more)
    ]
    wide = [header] + [row + ["    12.5"] * more for row in rows[1:]]
    table = recognise.read(workbook(tmp_path / "50090NED.xlsx", wide))
    same = table.frame[table.frame["cijfer"].isin(recognise.read(HEALTH).frame["cijfer"])]
    keys = ["code", "jaar", "leeftijd", "marge", "cijfer"]
    left, right = (
        frame.sort_values(keys)[[*keys, "waarde"]].reset_index(drop=True)
        for frame in (same, recognise.read(HEALTH).frame)
    )
    assert left.equals(right)


@pytest.mark.parametrize("as_number", [True, False])
def test_leefbaarometer_in_excel(tmp_path, as_number):
    rows = rows_of(FIXTURES / "leefbaarometer-puntkomma-meting-2024.csv")
    rows = [row[1:] for row in rows]
    if as_number:
        rows[1:] = [
            [
                cell if n < 3 or cell in ("", ".") else float(cell.replace(",", "."))
                for n, cell in enumerate(row)
            ]
            for row in rows[1:]
        ]
    table = recognise.read(workbook(tmp_path / "Leefbaarometer-scores wijken 2002-2024.xlsx", rows))
    frame = table.frame.set_index(["code", "jaar"])
    assert frame.loc[("WK999801", 2022), "onv"] == -0.021
    assert math.isnan(frame.loc[("WK999802", 2024), "vrz"])


@pytest.mark.parametrize("name", ["grid_id", "PC4"])
def test_squares_in_a_workbook_and_postcodes_are_kept_out_and_told_why(tmp_path, name):
    rows = [[name, "jaar", "lbm", "afw"], ["1181", "2024", "4.1", "0.0"]]
    words = "Neem het bestand met scores van buurten"
    with pytest.raises(SourceError, match=words):
        recognise.read(workbook(tmp_path / "grids.xlsx", rows))


def test_postcodes_are_kept_out_and_told_why(tmp_path):
    path = tmp_path / "Leefbaarometer-scores PC4 2002-2024.csv"
    path.write_text("PC4,jaar,lbm,afw\n1181,2024,4.1,0.0\n")
    with pytest.raises(SourceError, match="Het gaat over postcodes"):
        recognise.read(path)
    with path.open("r+b") as file:  # the real one may be larger than what is read
        file.truncate(recognise.MAX_BYTES + 1)
    with pytest.raises(SourceError, match="Het gaat over postcodes"):
        recognise.read(path)


# Replies of OData as files


def test_a_reply_of_v3_reads_as_the_csv(tmp_path):
    shutil.copy(FIXTURES / "kwb-2020-84799NED-wijkenenbuurten.csv", tmp_path)
    rows = rows_of(FIXTURES / "kwb-2020-84799NED-typed.csv")
    value = [
        {
            name: (float(cell) if cell else None) if name.split("_")[0] in NUMBERS else cell
            for name, cell in zip(rows[0], row, strict=True)
        }
        for row in rows[1:]
    ]
    path = tmp_path / "kwb-2020-84799NED-typed.json"
    path.write_text(json.dumps({"odata.metadata": "84799NED", "value": value}), "utf-8")
    table = recognise.read(path)
    assert table.source == "kwb"
    assert table.frame.equals(recognise.read(FIXTURES / "kwb-2020-84799NED-typed.csv").frame)


NUMBERS = {
    *("AantalInwoners", "GemiddeldeHuishoudensgrootte", "Bevolkingsdichtheid", "k"),
    *("GemiddeldeWoningwaarde", "InBezitWoningcorporatie", "AantalInkomensontvangers"),
}


def test_replies_of_v4_read_as_the_raw_dataset(tmp_path):
    for name, text in STATLINE.items():
        lines = [line.split(";") for line in text.splitlines()]
        value = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
        for row in value if name == "Observations.csv" else []:
            row["Value"] = float(row["Value"].replace(",", ".")) if row["Value"] else None
        path = tmp_path / name.replace(".csv", ".json")
        path.write_text(json.dumps({"@odata.context": "x", "value": value}), "utf-8")
    table = recognise.read(tmp_path / "Observations.json")
    assert table.frame.set_index("gwb_code").loc["GM1680", "a_inw"] == 25390
    assert table.years == (2024,)


# Maps


def wkb(rings, order="<", height=False, multi=True):
    """Return a shape of one polygon as it stands in a GeoPackage."""
    mark, extra = (1 if order == "<" else 0), 1000 if height else 0
    polygon = struct.pack(order + "BII", mark, 3 + extra, len(rings))
    for ring in rings:
        points = [(*point, 4.5) if height else point for point in ring]
        polygon += struct.pack(order + "I", len(ring))
        polygon += b"".join(struct.pack(f"{order}{len(p)}d", *p) for p in points)
    return struct.pack(order + "BII", mark, 6 + extra, 1) + polygon if multi else polygon


RING = [(119000.0, 480000.0), (119500.0, 480000.0), (119500.0, 480500.0), (119000.0, 480000.0)]


def geopackage(path, layers, shape=None):
    from pyogrio import raw

    for number, (layer, columns) in enumerate(layers.items()):
        count = len(next(iter(columns.values())))
        with warnings.catch_warnings(action="ignore"):
            raw.write(
                path,
                np.array([wkb([RING]) if shape is None else shape] * count, dtype=object),
                [np.array(cells, dtype=object) for cells in columns.values()],
                list(columns),
                layer=layer,
                driver="GPKG",
                geometry_type="MultiPolygon",
                crs="EPSG:28992",
                append=number > 0,
            )
    return path


LAYERS = {
    "gemeenten": {"gemeentecode": ["GM9998"], "gemeentenaam": ["Stad"], "jaar": ["2024"]},
    "wijken": {"wijkcode": ["WK999801"], "wijknaam": ["Wijk"], "jaar": ["2024"]},
    "buurten": {
        "buurtcode": ["BU99980101", "BU99989998"],
        "buurtnaam": ["Lindenhof", "Buitenwater"],
        "wijkcode": ["WK999801", "WK999899"],
        "water": ["NEE", "JA"],
        "jaar": ["2024", "2024"],
        "aantal_inwoners": ["510", "-99997"],
    },
    "uitleg": {"tekst": ["niets"]},
}


def test_the_wijk_en_buurtkaart_as_a_geopackage(tmp_path):
    path = geopackage(tmp_path / "wijkenbuurten.gpkg", LAYERS)
    table = recognise.read(path)
    frame = table.frame.set_index("code")
    assert frame["niveau"].to_dict() == {
        **{"GM9998": "gemeente", "WK999801": "wijk"},
        **{"BU99980101": "buurt", "BU99989998": "buurt"},
    }
    assert frame.loc["BU99980101", ["naam", "water", "jaar"]].tolist() == ["Lindenhof", False, 2024]
    assert frame.loc["BU99989998", "water"]
    assert frame.loc["BU99980101", "geometry"] == [[[list(point) for point in RING]]]
    assert list(table.frame) == ["code", "naam", "niveau", "jaar", "water", "geometry"]
    inside = zipped(
        tmp_path / "WijkBuurtkaart.zip", {"a/b.gpkg": path.read_bytes(), "a/b.csv": b"x"}
    )
    assert recognise.read(inside).frame.equals(table.frame)
    store = Store(tmp_path / "gegevens")
    store.add(table, path)
    assert len(store.read("grenzen", 2024, "GM9998")) == 4


def test_shapes_in_every_order_of_bytes_and_with_height():
    from leefbaar_tools.sources.grenzen import _polygons_of_wkb

    for how in ({}, {"order": ">"}, {"height": True}, {"multi": False}):
        (rings,) = _polygons_of_wkb(wkb([RING, RING], **how), "BU99980101")
        assert [ring.tolist() for ring in rings] == [[list(p) for p in RING]] * 2
    whole = wkb([RING])
    for broken in (whole[:-8], whole + b"\0", wkb([RING[:3]]), b"\1\1\0\0\0" + whole[5:], None):
        with pytest.raises(SourceError, match="BU99980101"):
            _polygons_of_wkb(broken, "BU99980101")


def test_a_geopackage_without_codes_or_cut_off(tmp_path):
    path = geopackage(tmp_path / "kaart 2024.gpkg", {"pc4": {"PC4": ["1181"]}})
    with pytest.raises(SourceError, match="code van CBS"):
        recognise.read(path)
    path.write_bytes(path.read_bytes()[:40_000])
    with pytest.raises(SourceError, match="niet helemaal gedownload"):
        recognise.read(path)
    path.rename(tmp_path / "kaart.geojson")
    with pytest.raises(SourceError, match="niet wat de naam zegt"):
        recognise.read(tmp_path / "kaart.geojson")


def test_areas_of_amsterdam_by_the_code_of_cbs(tmp_path):
    ring = [[4.89, 52.37], [4.9, 52.37], [4.9, 52.38], [4.89, 52.37]]
    properties = {
        **{"identificatie": "03630000000001", "code": "AA01", "cbsCode": "BU0363AA01"},
        **{"naam": "Kop Zeedijk", "ligtInWijkId": "1", "beginGeldigheid": "2022-03-24"},
        "eindGeldigheid": None,
    }
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "amsterdam-buurten-2024.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    frame = recognise.read(path).frame
    assert frame.loc[0, ["code", "naam", "jaar"]].tolist() == ["BU0363AA01", "Kop Zeedijk", 2024]


# What is here already


def test_a_known_file_need_not_be_read_again(tmp_path, monkeypatch):
    store = Store(tmp_path / "gegevens")
    path = tmp_path / "scores buurten 2002-2024.csv"
    path.write_bytes(BUURTEN.read_bytes())
    assert store.known(path) == ""
    store.add(recognise.read(path), path)
    assert "was er al" in store.known(path)
    assert store.known(tmp_path / "weg.csv") == ""
    (store.folder / store._all("leefbaarometer")[1].parquet).unlink()
    assert store.known(path) == ""  # reading it again mends the store


def test_a_file_of_which_a_year_was_replaced_is_not_known(tmp_path):
    store = Store(tmp_path / "gegevens")
    old = tmp_path / "50090NED.csv"
    old.write_bytes(HEALTH.read_bytes())
    new = FIXTURES / "gezondheid-2022-verschoven.csv"
    store.add(recognise.read(old), old)
    store.add(recognise.read(new), new)
    assert store.known(old) == ""
    assert "was er al" in store.known(new)
