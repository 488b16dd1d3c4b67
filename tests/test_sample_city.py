"""The sample city: reproducible, in the form it promises, with its planted truths."""

import csv
import importlib.util
import json
import subprocess
import sys
from functools import cache
from itertools import combinations, pairwise
from statistics import correlation

import pytest
from frictionless import Package, system

from leefbaar_tools.resources import shared_path

OFFICIAL = ("kerncijfers", "leefbaarometer")
TABLES = (*OFFICIAL, "complexen", "meldingen", "enquete", "inzet", "partners", "banden")
FILES = (*(f"{name}.csv" for name in TABLES), "grenzen.geojson", "datapackage.json")
SCRIPT = shared_path("data", "make_sample_city.py")
DIMENSIONS = ("fys", "won", "vrz", "soc", "onv")


def load_script():
    spec = importlib.util.spec_from_file_location("make_sample_city", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


def rows(name):
    with shared_path("data", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def kerncijfers():
    return rows("kerncijfers.csv")


@pytest.fixture(scope="module")
def leefbaarometer():
    return rows("leefbaarometer.csv")


@pytest.fixture(scope="module")
def rings():
    """Niveau and open ring of every code."""
    features = json.loads(shared_path("data", "grenzen.geojson").read_text("utf-8"))["features"]
    shapes = {}
    for feature in features:
        (ring,) = feature["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert feature["properties"]["code"] not in shapes
        shapes[feature["properties"]["code"]] = [tuple(point) for point in ring[:-1]]
    return shapes


def year_of(table, year, key="gwb_code"):
    return {row[key]: row for row in table if row["jaar"] == str(year)}


# --- Made by the script, byte for byte -----------------------------------------------------


def test_committed_files_are_reproduced(tmp_path):
    subprocess.run([sys.executable, SCRIPT, "--output", tmp_path], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    for name in FILES:
        made = (tmp_path / name).read_bytes()
        assert made == shared_path("data", name).read_bytes(), f"{name}: run the script again"
        assert b"\r" not in made


def test_another_seed_gives_another_city():
    assert script.make_files(seed=1) != script.make_files(seed=2)


def test_a_table_has_a_stream_of_its_own():
    """What is drawn in one stream does not depend on another."""
    first = script.stream(1, "kerncijfers").random()
    other = script.stream(1, "grenzen")
    other.random()
    assert script.stream(1, "kerncijfers").random() == first != other.random()


@pytest.mark.parametrize("name", script.PLANTS)
def test_switching_a_plant_off_changes_only_its_own_rows(name):
    codes = set(script.PLANTS[name]["codes"])
    made_in = set(script.PLANTS[name].get("made_in", codes))
    whole, without = city(), city(without=name)
    # Complexes follow from the dwellings of a buurt: what is planted in the official tables may
    # move the corporation's own ones.
    own = any(name in tables.PLANTS for tables in script.OWN_TABLES)
    changed = set()
    for table in TABLES if own else OFFICIAL:
        for row in set(whole[table]) ^ set(without[table]):
            cells = set(row)
            if table in OFFICIAL:
                cells = {cell for cell in cells if cell.startswith("BU9999")}
                if not cells:  # what surrounds a buurt is the sum of it
                    continue
            assert cells & made_in, f"{table}: {row} is not at the plant"
            changed |= cells & made_in
    assert changed == made_in


@cache
def city(without=None):
    """Rows of every table, each as a tuple of cells."""
    files = script.make_files(without=[without] if without else [])
    tables = {}
    for name in TABLES:
        table = list(csv.DictReader(files[f"{name}.csv"].splitlines()))
        for row in table:  # urbanity is that of the surroundings: it may change for the whole wijk
            row.pop("ste_mvs", None)
        tables[name] = [tuple(row.values()) for row in table]
    return tables


# --- Described and valid -------------------------------------------------------------------


def test_data_package_is_valid_without_network(monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("network"))
    with system.use_context(trusted=True):
        report = Package(str(shared_path("data", "datapackage.json"))).validate()
    assert report.valid, report.flatten(["title", "message"])
    assert [task.name for task in report.tasks] == [*TABLES, "grenzen"]


def test_every_field_is_described():
    package = json.loads(shared_path("data", "datapackage.json").read_text("utf-8"))
    assert package["fictional"]["seed"] == script.SEED
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    for resource in package["resources"][: len(TABLES)]:
        for field in resource["schema"]["fields"]:
            assert all(field[key] for key in ("title", "description", "unit", "type"))
            assert field["missingValues"] == ["."]
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names == list(rows(resource["path"])[0])


def test_readme_names_every_planted_truth():
    text = shared_path("data", "README.md").read_text("utf-8")
    for name, plant in script.PLANTS.items():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{name}`"))
        assert all(code in line for code in plant["codes"])


# --- Kerncijfers ---------------------------------------------------------------------------


def test_every_area_in_every_year(kerncijfers):
    assert len(kerncijfers) == (1 + 1 + 8 + 32) * 10
    assert len({(row["gwb_code"], row["jaar"]) for row in kerncijfers}) == len(kerncijfers)
    for year in range(2015, 2025):
        codes = year_of(kerncijfers, year)
        buurten = [code for code in codes if code.startswith("BU")]
        assert len(buurten) == 32
        assert all(f"WK{code[2:8]}" in codes for code in buurten)


def test_counts_are_rounded_as_cbs_does(kerncijfers):
    counts = [key for key in kerncijfers[0] if key.startswith("a_")]
    for row in kerncijfers:
        assert int(row["a_soz_wb"]) % 10 == 0
        if row["recs"] in ("Wijk", "Buurt"):
            for key in counts:
                if not key.endswith("_ha") and key != "a_woning":
                    assert int(row[key]) % 5 == 0, (row["gwb_code"], key)
    exact = [row for row in kerncijfers if row["recs"] == "Gemeente"]
    assert any(int(row["a_inw"]) % 5 for row in exact)
    # Random rounding: a wijk is often not the sum of its buurten, never far from it.
    table = year_of(kerncijfers, 2024)
    gaps = []
    for code in (c for c in table if c.startswith("WK")):
        inside = sum(int(table[c]["a_inw"]) for c in table if c.startswith(f"BU{code[2:]}"))
        gaps.append(int(table[code]["a_inw"]) - inside)
    assert any(gaps)
    assert max(map(abs, gaps)) < 25


def test_gemeente_is_the_exact_sum(kerncijfers):
    for row in kerncijfers:
        if row["recs"] in ("Land", "Gemeente"):
            ages = sum(int(row[key]) for key in row if key in script.NATIONAL and key[2:4] in
                       ("00", "15", "25", "45", "65"))  # fmt: skip
            households = sum(int(row[key]) for key in ("a_1p_hh", "a_hh_z_k", "a_hh_m_k"))
            assert abs(ages - int(row["a_inw"])) <= 2 + (row["recs"] == "Land")
            assert abs(households - int(row["a_hh"])) <= 2


def test_shares_of_dwellings_add_up(kerncijfers):
    for row in kerncijfers:
        if row["p_koopw"] != ".":
            koop, huur, corp, other = (
                int(row[key]) for key in ("p_koopw", "p_huurw", "p_wcorpw", "p_ov_hw")
            )
            assert abs(koop + huur - 100) <= 1
            assert abs(corp + other - huur) <= 1
            assert abs(int(row["p_1gezw"]) + int(row["p_mgezw"]) - 100) <= 1


def test_too_small_is_a_point_and_never_nought(kerncijfers):
    tiny = [row for row in kerncijfers if row["gwb_code"] in script.PLANTS["tiny"]["codes"]]
    assert len(tiny) == 10
    for row in tiny:
        assert 0 < int(row["a_inw"]) < 50
        for key in ("g_woz", "p_wcorpw", "p_mgezw", "g_ink_pi", "p_hh_lkk", "g_pau_hh"):
            assert row[key] == "."
    for row in kerncijfers:
        if row["jaar"] == "2024":
            assert row["g_ink_pi"] == row["p_hh_lkk"] == row["p_arb_pp"] == "."
        elif row not in tiny and (row["gwb_code"], row["jaar"]) != ("BU99990703", "2021"):
            assert "." not in (row["g_ink_pi"], row["p_hh_lkk"])


def test_country_has_the_published_values(kerncijfers):
    row = year_of(kerncijfers, 2023)["NL00"]
    assert (row["a_inw"], row["a_hh"], row["a_65_oo"]) == ("17811291", "8270244", "3601167")
    assert (row["g_woz"], row["p_wcorpw"], row["g_ink_pi"]) == ("369", "28", "32.7")
    assert (row["g_hhgro"], row["bev_dich"], row["ind_wbi"]) == ("2.2", "529", ".")
    assert year_of(kerncijfers, 2018)["NL00"]["g_woz"] == "230"


def test_types_keep_to_the_ranges(kerncijfers, leefbaarometer):
    """Table 11.2: levels of the three types, the planted exceptions aside."""
    table = year_of(kerncijfers, 2023)
    scores = year_of(leefbaarometer, 2024, "code")
    classes = {"V": (2, 5), "O": (2, 5), "M": (5, 7), "C": (5, 7), "S": (7, 9), "N": (7, 9)}
    income = {"V": (20, 28), "M": (26, 35), "S": (33, 48)}
    number = {"V": 0, "M": 0, "S": 0}
    planted = {code for plant in script.PLANTS.values() for code in plant["codes"]}
    for w, (_, members) in enumerate(script.WIJKEN):
        for b, (_, kind) in enumerate(members):
            code = f"BU9999{w:02d}{b:02d}"
            group = {"O": "V", "C": "M", "N": "S"}.get(kind, kind)
            number[group] += 1
            row = table[code]
            assert (row["p_wcorpw"] != "." and int(row["p_wcorpw"]) > 66) == (group == "V")
            if row["g_ink_pi"] != ".":
                low, high = income[group]
                assert low <= float(row["g_ink_pi"]) <= high
            if code not in planted:
                low, high = classes[kind]
                assert low <= int(scores[code]["kscore"]) <= high, code
    assert 6 <= number["V"] <= 8
    assert 14 <= number["M"] <= 17
    assert 8 <= number["S"] <= 10


def test_figures_go_together_loosely(kerncijfers, leefbaarometer):
    table, scores = year_of(kerncijfers, 2023), year_of(leefbaarometer, 2024, "code")
    codes = [c for c in table if c.startswith("BU") and table[c]["p_wcorpw"] != "."]
    corporation = [int(table[c]["p_wcorpw"]) for c in codes]
    assert -0.9 < correlation(corporation, [float(scores[c]["afw"]) for c in codes]) < -0.4
    middle = [c for c in codes if 10 < int(table[c]["p_wcorpw"]) < 60]
    within = correlation(
        [int(table[c]["p_wcorpw"]) for c in middle], [float(scores[c]["afw"]) for c in middle]
    )
    assert within > -0.8


def test_years_move_smoothly(kerncijfers):
    """No buurt jumps by more than 4% of its households, but for the changed boundary."""
    changed = set(script.PLANTS["boundary_change"]["codes"])
    jumps = set()
    for code in (c for c in year_of(kerncijfers, 2015) if c.startswith("BU")):
        series = [int(row["a_hh"]) for row in kerncijfers if row["gwb_code"] == code]
        for year, (before, after) in zip(range(2016, 2025), pairwise(series), strict=True):
            if before > 100 and abs(after - before) > 0.04 * before:
                jumps.add((code, year))
    assert jumps == {(code, 2019) for code in changed}
    marked = {(row["gwb_code"], int(row["jaar"])) for row in kerncijfers if row["ind_wbi"] == "3"}
    assert marked == jumps


# --- Leefbaarometer ------------------------------------------------------------------------


def thousandths(text):
    return round(1000 * float(text))


def test_dimensions_add_up_exactly(leefbaarometer):
    assert len(leefbaarometer) == 42 * 6
    for row in leefbaarometer:
        total = sum(thousandths(row[d]) for d in DIMENSIONS)
        assert thousandths(row["afw"]) == total
        assert thousandths(row["lbm"]) == 4102 + total
        assert len(row["afw"].split(".")[1]) == 3


def test_classes_by_hand():
    assert script.classify(0, script.TOTAL_BOUNDS) == 6
    assert script.classify(-401, script.TOTAL_BOUNDS) == 1
    assert script.classify(-400, script.TOTAL_BOUNDS) == 2
    assert script.classify(199, script.TOTAL_BOUNDS) == 8
    assert script.classify(200, script.TOTAL_BOUNDS) == 9
    # One published record: fys -0.014, onv -0.137, soc -0.100, vrz 0.621 are 5, 3, 3, 9.
    record = [script.classify(v, script.DIMENSION_BOUNDS) for v in (-14, -137, -100, 621)]
    assert record == [5, 3, 3, 9]


def test_country_is_the_mean(leefbaarometer):
    for row in leefbaarometer:
        if row["niveau"] == "land":
            assert {thousandths(row[key]) for key in ("afw", *DIMENSIONS)} == {0}


# --- Boundaries ----------------------------------------------------------------------------


def twice_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))


def edges(ring):
    return list(zip(ring, ring[1:] + ring[:1], strict=True))


def cross(o, a, b):
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def intersect(e, f):
    """Whether two edges without a common corner touch or cross."""
    (a, b), (c, d) = e, f
    opposite = cross(a, b, c) * cross(a, b, d) <= 0 and cross(c, d, a) * cross(c, d, b) <= 0
    overlap = all(
        max(min(a[i], b[i]), min(c[i], d[i])) <= min(max(a[i], b[i]), max(c[i], d[i]))
        for i in (0, 1)
    )
    return opposite and overlap


def is_simple(ring):
    return len(set(ring)) == len(ring) and not any(
        intersect(e, f) for e, f in combinations(edges(ring), 2) if not set(e) & set(f)
    )


def test_the_test_of_simple_polygons_can_fail():
    assert is_simple([(0, 0), (2, 0), (2, 2), (0, 2)])
    assert not is_simple([(0, 0), (2, 2), (2, 0), (0, 2)])


def test_every_code_has_one_simple_polygon(rings, kerncijfers):
    expected = {c for c in year_of(kerncijfers, 2024) if c.startswith(("WK", "BU"))}
    assert set(rings) == expected
    for code, ring in rings.items():
        assert is_simple(ring), code
        assert twice_area(ring) > 0, f"{code} is not counterclockwise"


def test_buurten_tile_without_gaps(rings):
    """Each edge lies between two buurten in opposite directions, or on the one outside."""
    steps = [edge for code, ring in rings.items() if code.startswith("BU") for edge in edges(ring)]
    assert len(steps) == len(set(steps))
    outside = [(a, b) for a, b in steps if (b, a) not in set(steps)]
    onward = dict(outside)
    assert len(onward) == len(outside)
    point, walked = outside[0][0], 0
    while walked == 0 or point != outside[0][0]:
        point, walked = onward[point], walked + 1
    assert walked == len(outside)
    buurten = sum(twice_area(ring) for code, ring in rings.items() if code.startswith("BU"))
    assert buurten == sum(a[0] * b[1] - b[0] * a[1] for a, b in outside)


def test_areas_of_buurten_add_up_to_their_wijk(rings, kerncijfers):
    for wijk in (code for code in rings if code.startswith("WK")):
        inside = [code for code in rings if code.startswith(f"BU{wijk[2:]}")]
        assert len(inside) == 4
        assert sum(twice_area(rings[code]) for code in inside) == twice_area(rings[wijk])
    for code, row in year_of(kerncijfers, 2024).items():
        if code.startswith("BU"):
            assert int(row["a_opp_ha"]) == round(twice_area(rings[code]) / 20_000)
            assert int(row["a_lan_ha"]) + int(row["a_wat_ha"]) == int(row["a_opp_ha"])


# --- The planted truths that need no analysis ----------------------------------------------


def test_deviant_is_vulnerable_and_stays_good(kerncijfers, leefbaarometer):
    (code,) = script.PLANTS["better_than_expected"]["codes"]
    assert int(year_of(kerncijfers, 2024)[code]["p_wcorpw"]) > 66.7
    assert all(
        int(r["kscore"]) >= 6 and int(r["konv"]) >= 5 for r in leefbaarometer if r["code"] == code
    )


def test_tiny_buurt_has_an_odd_score(leefbaarometer):
    (code,) = script.PLANTS["tiny"]["codes"]
    assert {row["kscore"] for row in leefbaarometer if row["code"] == code} == {"9"}
    off = script.make_files(without=["tiny"])["kerncijfers.csv"]
    people = [int(line.split(",")[6]) for line in off.splitlines() if f",{code}," in line]
    assert min(people) > 500


def test_good_figures_are_good_and_only_when_planted():
    (code,) = script.PLANTS["good_figures"]["codes"]

    def classes(without):
        text = script.make_files(without=without)["leefbaarometer.csv"]
        table = list(csv.DictReader(text.splitlines()))
        return [int(r[f"k{d}"]) for r in table if r["code"] == code for d in DIMENSIONS]

    assert min(classes([])) >= 6
    assert min(classes(["good_figures"])) < 6
