"""Reading maps: codes, water, and metres of the national grid whatever the file has."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leefbaar_tools.sources import grenzen
from leefbaar_tools.sources.tables import Head, SourceError

FIXTURES = Path(__file__).parent / "fixtures_sources"
RD = FIXTURES / "grenzen-rd-zonder-crs.geojson"
PDOK = FIXTURES / "grenzen-pdok-2023.geojson"
CARTOMAP = FIXTURES / "grenzen-cartomap.geojson"
# Points with both coordinates published: the origin in Amersfoort, the Westertoren in
# Amsterdam and the Martinitoren in Groningen.
KNOWN = [
    (5.38720621, 52.15517440, 155000.000, 463000.000),
    (4.88352559, 52.37453253, 120700.723, 487525.501),
    (6.56820053, 53.21938317, 233883.131, 582065.167),
]


def read(path):
    head = Head(path)
    assert grenzen.recognises(head) or b'"features": []' in head.data
    return grenzen.read(head)


@pytest.fixture
def changed(tmp_path):
    def changed(change, path=RD, name=None):
        data = json.loads(path.read_text("utf-8"))
        change(data)
        other = tmp_path / (name or path.name)
        other.write_text(json.dumps(data), "utf-8")
        return read(other)

    return changed


def points(table, row=0):
    return np.array(table.frame["geometry"].iloc[row][0][0])


@pytest.mark.parametrize(("longitude", "latitude", "x", "y"), KNOWN)
def test_known_points(longitude, latitude, x, y):
    assert grenzen.to_rd(longitude, latitude) == pytest.approx((x, y), abs=0.15)


def test_metres_stay_as_they_are_without_a_word_on_the_grid():
    table = read(RD)
    assert list(table.frame) == ["code", "naam", "niveau", "jaar", "water", "geometry"]
    row = table.frame.iloc[0]
    assert tuple(row.iloc[:5]) == ("BU99980101", "Lindenhof", "buurt", 2020, False)
    assert row["geometry"][0][0][0] == [119000.0, 480000.0]
    assert [len(polygon) for polygon in row["geometry"]] == [2, 1]
    assert table.notes == ()
    assert (table.years, table.division) == ((2020,), {2020: 2020})


def test_a_polygon_becomes_a_multipolygon():
    assert np.array(read(RD).frame["geometry"].iloc[1]).shape == (1, 1, 5, 2)


def test_degrees_become_metres():
    table = read(CARTOMAP)
    assert points(table)[0] == pytest.approx(grenzen.to_rd(5.219, 52.338), abs=0.06)
    assert 143_000 < points(table)[0][0] < 144_500
    assert any("omgerekend" in note for note in table.notes)


def test_latitude_first_is_the_same_map(changed):
    def swap(data):
        ring = data["features"][0]["geometry"]["coordinates"][0]
        ring[:] = [[y, x] for x, y in ring]

    assert (points(changed(swap, CARTOMAP)) == points(read(CARTOMAP))).all()


def test_the_year_stands_before_the_code():
    row = read(CARTOMAP).frame.iloc[0]
    assert (row["jaar"], row["naam"]) == (2025, "Centrum Noord")


def test_water_is_marked_also_when_only_the_code_says_so():
    assert list(read(RD).frame["water"]) == [False, True]
    assert list(read(PDOK).frame["water"]) == [True, False]


def test_sentinels_are_not_names_and_the_year_comes_from_the_name():
    table = read(PDOK)
    assert list(table.frame["naam"]) == ["Buitenwater", ""]
    assert list(table.frame["jaar"]) == [2023, 2023]
    assert any("uit de naam van het bestand" in note for note in table.notes)


def test_the_year_in_the_address_of_the_service(changed):
    href = "https://api.pdok.nl/cbs/wijken-en-buurten-2024/ogc/v1/collections/buurten/items"
    table = changed(lambda d: d.update(links=[{"href": href, "rel": "self"}]), PDOK, "x.geojson")
    assert table.years == (2024,)


@pytest.mark.parametrize("name", ["buurten.geojson", "buurten-2024-05-06.geojson"])
def test_a_map_without_a_year_is_refused(changed, name):
    with pytest.raises(SourceError, match="van welk jaar"):
        changed(lambda data: None, PDOK, name)


def test_the_land_of_an_area_that_is_there_as_water_too(changed):
    def land_and_water(data):
        for feature in data["features"]:
            feature["properties"]["buurtcode"] = "BU99980101"

    table = changed(land_and_water)
    assert list(table.frame["water"]) == [False]
    assert "water weggelaten" in table.notes[0]

    def land_twice(data):
        land_and_water(data)
        data["features"][1]["properties"]["water"] = "NEE"

    with pytest.raises(SourceError, match="twee keer"):
        changed(land_twice)


def test_a_page_of_a_service_says_it_is_a_part(changed):
    assert "2 van de 14574" in changed(lambda d: d.update(numberMatched=14574)).notes[0]
    assert "bladzijden" in changed(lambda d: d.update(links=[{"rel": "next"}])).notes[0]


@pytest.mark.parametrize("upper", [True, False])
def test_names_of_the_shapefile(changed, upper):
    def names(data):
        for feature in data["features"]:
            p = feature["properties"]
            new = {"BU_CODE": p["buurtcode"], "BU_NAAM": p["buurtnaam"], "H2O": p["water"]}
            new |= {"WK_CODE": "WK999801", "GM_CODE": "GM9998", "GM_NAAM": "Stad", "JAAR": 2020}
            feature["properties"] = new if upper else {k.lower(): v for k, v in new.items()}

    assert changed(names).frame.equals(read(RD).frame)


def test_wijken_and_gemeenten(changed):
    def wijk(data):
        for number, feature in enumerate(data["features"]):
            feature["properties"] = {
                **{"wijkcode": f"WK99980{number}", "wijknaam": "Wijk", "gemeentecode": "GM9998"},
                **{"gemeentenaam": "Stad", "jaar": 2020},
            }

    assert set(changed(wijk).frame["niveau"]) == {"wijk"}
    assert list(changed(wijk).frame["naam"]) == ["Wijk", "Wijk"]


def property(key, value):
    def change(data):
        data["features"][0]["properties"][key] = value

    return change


def geometry(value):
    def change(data):
        data["features"][0]["geometry"] = value

    return change


def polygon(ring):
    return geometry({"type": "Polygon", "coordinates": [ring]})


SQUARE = [[119000, 480000], [119500, 480000], [119500, 480500], [119000, 480000]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (property("buurtcode", "99980101"), "geen code"),
        (property("buurtcode", "WK999801"), "Dat is een wijk"),
        (property("water", "misschien"), "JA of NEE"),
        (property("jaar", "-99997"), "van welk jaar"),
        (property("jaar", 20), "jaar van de grens"),
        (property("jrstatcode", "2021BU99980101"), "jaar van de grens"),
        (property("jrstatcode", "2020BU99980102"), "bij elkaar"),
        (lambda d: d["features"][0].update(properties=None), "zonder gegevens"),
        (lambda d: d["features"][0].update(properties={"naam": "x"}), "zonder code"),
        (lambda d: d.update(features=[]), "geen gebieden"),
        (geometry(None), "geen grens"),
        (geometry({"type": "Point", "coordinates": [1, 2]}), "geen grens"),
        (geometry({"type": "Polygon", "coordinates": []}), "geen grens"),
        (polygon(SQUARE[:-1] + [[119000, 480001]]), "niet gesloten"),
        (polygon(SQUARE[1:]), "niet gesloten"),
        (polygon([[5.1, 52.3], *SQUARE[1:3], [5.1, 52.3]]), "niet in Nederland"),
        (polygon([[float("nan"), 480000]] * 4), "niet"),
        (polygon([["a", "b"]] * 4), "geen punt"),
        (polygon([[119000]] * 4), "geen punt"),
        # Web Mercator, and metres of a grid of Europe.
        (lambda d: d.update(features=[f | {"geometry": {"type": "Polygon", "coordinates": [[[x + 500_000, y + 6_000_000] for x, y in SQUARE]]}} for f in d["features"]]), "EPSG:28992"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_dutch(changed, change, words):
    with pytest.raises(SourceError, match=words):
        changed(change, name="x.geojson")


def test_a_map_that_is_cut_off_is_refused(tmp_path):
    path = tmp_path / "x.geojson"
    path.write_bytes(RD.read_bytes()[:-20])
    with pytest.raises(SourceError, match="niet helemaal gedownload"):
        read(path)


@pytest.mark.parametrize(
    ("start", "words"),
    [(b"SQLite format 3\0", "beschadigd"), (b"\x00\x00\x27\x0a", "shapefile")],
)
def test_other_maps_are_refused(tmp_path, start, words):
    path = tmp_path / "buurten 2024.gpkg"
    path.write_bytes(start + bytes(5000))
    with pytest.raises(SourceError, match=words):
        read(path)


def test_an_area_with_more_figures_than_fit_in_the_head(changed):
    def figures(data):
        for feature in data["features"]:
            feature["properties"] |= {f"percentage_nummer_{n}": -99997 for n in range(300)}

    assert changed(figures).frame.equals(read(RD).frame)


def test_scores_of_the_leefbaarometer_are_no_map():
    assert not grenzen.recognises(Head(FIXTURES / "leefbaarometer-wfs-buurtscore24.json"))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lon=st.floats(3.4, 7.1), lat=st.floats(50.8, 53.5),
    mangle=st.sampled_from([
        lambda v: v * 10, lambda v: v / 10, lambda v: v * 1000, lambda v: -v, lambda v: 0.0,
        lambda v: v * 100_000, lambda v: None, lambda v: str(v).replace(".", ","),
    ]),
    axis=st.integers(0, 1),
)  # fmt: skip
def test_a_mangled_point_never_lands_elsewhere(tmp_path, lon, lat, mangle, axis):
    data = json.loads(CARTOMAP.read_text("utf-8"))
    ring = data["features"][0]["geometry"]["coordinates"][0]
    wrong = [lon, lat]
    wrong[axis] = mangle(wrong[axis])
    ring[1] = wrong
    path = tmp_path / "x.geojson"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(SourceError):
        read(path)
