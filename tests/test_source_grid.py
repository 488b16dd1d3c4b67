"""Squares of 100 metres of the Leefbaarometer: read in blocks, kept by place."""

import json
import math
import re
import struct
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leefbaar_tools.sources import recognise, vakjes
from leefbaar_tools.sources.tables import SourceError
from leefbaar_tools.store import Store

FIXTURES = Path(__file__).parent / "fixtures_sources"
GRIDS = FIXTURES / "vakjes-scores-grids-2002-2024.csv"
# Each code is the left lower corner in hundreds of metres.
CODES = ("E1190N4800", "E1191N4800", "E1190N4801", "E1192N4803", "E0900N4000")
CENTRES = {
    "E1190N4800": (119_050, 480_050),
    "E1191N4800": (119_150, 480_050),
    "E1190N4801": (119_050, 480_150),
    "E1192N4803": (119_250, 480_350),
    "E0900N4000": (90_050, 400_050),
}


def square(code, size=100):
    x, y = int(code[1:5]) * 100.0, int(code[6:]) * 100.0
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
    points = b"".join(struct.pack("<dd", *corner) for corner in corners)
    return struct.pack("<BIII", 1, 3, 1, len(corners)) + points


def grid_map(path, codes=CODES, column="grid_id", shapes=None):
    from pyogrio import raw

    shapes = [square(code) for code in codes] if shapes is None else shapes
    with warnings.catch_warnings(action="ignore"):
        raw.write(
            path,
            np.array(shapes, dtype=object),
            [np.array(codes, dtype=object)],
            [column],
            layer="grid",
            driver="GPKG",
            geometry_type="Polygon",
            crs="EPSG:28992",
        )
    return path


# An L with a hole in its foot, around the centre of E1191N4800.
L = [[119_000, 480_000], [119_300, 480_000], [119_300, 480_100], [119_100, 480_100]]
L += [[119_100, 480_400], [119_000, 480_400], [119_000, 480_000]]
HOLE = [[119_110, 480_010], [119_190, 480_010], [119_190, 480_090], [119_110, 480_010]]
HOLE.insert(3, [119_110, 480_090])


def gemeente_map(path):
    features = [
        {
            "type": "Feature",
            "properties": {"gemeentecode": "GM9998", "gemeentenaam": "Stad", "jaar": "2024"},
            "geometry": {"type": "Polygon", "coordinates": [L, HOLE]},
        }
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "gegevens")


def add(store, path):
    return store.add(recognise.read(path), path)


@pytest.fixture
def changed(tmp_path):
    """Read the fixture of which a piece was replaced."""

    def changed(old, new, name=GRIDS.name, extra=""):
        text = GRIDS.read_text("utf-8")
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new) + extra, "utf-8", newline="")
        return recognise.read(path)

    return changed


def figures(table, year):
    return vakjes.read_part(table.parts[year]).to_pandas().set_index("code")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".slot"}


def test_the_open_data_as_published():
    table = recognise.read(GRIDS)
    assert (table.source, table.years, table.rows) == ("vakjes", (2014, 2024), {2014: 4, 2024: 5})
    assert (table.edition, table.division) == ("meting 2024", {2014: 2024, 2024: 2024})
    frame = figures(table, 2024)
    assert frame.loc["E0900N4000", "lbm"] == 4.1830391248753
    assert frame.loc["E1191N4800", "fys"] == -0.0000257
    assert frame.loc["E1190N4801", "onv"] == 0.0877265368749
    assert math.isnan(figures(table, 2014).loc["E1192N4803", "vrz"])
    assert figures(table, 2014).loc["E1192N4803", "won"] == -0.0132909465478


def test_blocks_smaller_than_the_file_give_the_same(monkeypatch):
    monkeypatch.setattr(vakjes, "BLOCK", 250)
    table = recognise.read(GRIDS)
    assert table.rows == {2014: 4, 2024: 5}
    assert figures(table, 2024).loc["E0900N4000", "won"] == 0.001738316119


NAMES = ["grid_id", "jaar", *vakjes.SCORES]
ROW = ["E1190N4800", "2024", "4.1830391248753", "0.0807742748753", *["0.0161548549751"] * 5]


@pytest.fixture
def no_text(monkeypatch):
    """Let nothing be read as text: every line must be as it is published."""
    monkeypatch.setattr(vakjes, "_as_text", lambda *_: pytest.fail("read as text"))


def test_lines_as_published_are_read_as_numbers(no_text, changed):
    assert recognise.read(GRIDS).rows == {2014: 4, 2024: 5}
    frame = figures(changed(",0.001738316119\n", ",NA\r\n"), 2024)
    assert math.isnan(frame.loc["E0900N4000", "won"])


def test_both_ways_of_reading_give_the_same(monkeypatch):
    quick = recognise.read(GRIDS)
    monkeypatch.setattr(vakjes, "_as_published", lambda *_: None)
    slow = recognise.read(GRIDS)
    for year in quick.years:
        assert vakjes.read_part(quick.parts[year]).equals(vakjes.read_part(slow.parts[year]))


@settings(deadline=None)
@given(st.text("0123456789.-+eENAnif x'\"\u00a0", max_size=7), st.sampled_from(range(9)))
@example("01", 4)
@example(".1", 4)
@example("1.", 4)
@example("1e5", 4)
@example("1e-5", 4)
@example("1E+05", 4)
@example("1e+05", 4)
@example("+1", 4)
@example(" 1", 4)
@example("nan", 4)
@example("-inf", 4)
@example("0x10", 4)
@example("-0", 4)
@example("NA", 0)
@example("1.2", 0)
@example("2024.0", 1)
@example("02024", 1)
def test_what_is_read_as_a_number_is_one_as_text_too(cell, place):
    row = [*ROW[:place], cell, *ROW[place + 1 :]]
    block = "".join(",".join(cells) + "\n" for cells in (ROW, row)).encode()
    if (quick := vakjes._as_published(NAMES, block)) is not None:
        assert quick[0].equals(vakjes._as_text(NAMES, block)[0])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The same number in each: only how it is written can tell.
        ("-0.1042730737824,", "-.1042730737824,"),
        ("-0.1042730737824,", "-00.1042730737824,"),
        ("-0.1042730737824,", "-1.042730737824e-1,"),
        ("-0.1042730737824,", "-1.042730737824E-001,"),
        ("-0.1042730737824,", "-0.1042730737824E+00,"),
        ("0.0809925797032,", "+0.0809925797032,"),
        ("0.0809925797032,", "0.080 9925797032,"),
        ("-0.0577550365613,", "NAN,"),
        ("-0.0577550365613,", "inf,"),
        ("-0.0577550365613,", "-Infinity,"),
        ("-0.0577550365613,", "0x1,"),
        ("-0.0577550365613,", "1'000,"),
        ("-0.0577550365613,", "1.000.000,"),
    ],
)
def test_what_arrow_may_take_for_a_number_is_refused(changed, old, new):
    with pytest.raises(SourceError, match="Dat kan ik niet als getal lezen"):
        changed(old, new)


def test_a_mark_that_was_lost_is_refused_where_no_sum_can_tell(tmp_path):
    path = tmp_path / GRIDS.name
    lines = [f"E1190N480{n},2024,-0.{n}283705532064\n" for n in range(9)]
    for cell, words in (("05", "als getal lezen"), ("283705532064", "niet kan kloppen")):
        path.write_text("".join(["grid_id,jaar,afw\n", *lines, f"E1190N4809,2024,{cell}\n"]))
        with pytest.raises(SourceError, match=words):
            recognise.read(path)


def test_rounded_scores_may_add_up_less_precisely(tmp_path):
    text = re.sub(
        r"-?\d\.[\de-]+", lambda found: f"{float(found[0]):.3f}", GRIDS.read_text("utf-8")
    )
    path = tmp_path / GRIDS.name
    path.write_text(text)
    assert figures(recognise.read(path), 2024).loc["E0900N4000", "won"] == 0.002


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0"])
def test_a_space_in_one_block_makes_no_difference(changed, monkeypatch, space):
    monkeypatch.setattr(vakjes, "BLOCK", 250)
    table = changed("-0.1042730737824,", f"{space}-0.1042730737824{space},")
    for year in table.years:
        assert figures(table, year).equals(figures(recognise.read(GRIDS), year))


def test_a_line_longer_than_a_block_is_refused(monkeypatch):
    monkeypatch.setattr(vakjes, "BLOCK", 100)
    with pytest.raises(SourceError, match="niet volledig"):
        recognise.read(GRIDS)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("size", [250, 4_000_000])
def test_the_ends_of_lines_make_no_difference(changed, monkeypatch, end, size):
    monkeypatch.setattr(vakjes, "BLOCK", size)
    table = changed("\n", end)
    for year in table.years:
        assert figures(table, year).equals(figures(recognise.read(GRIDS), year))


def test_quotes_around_codes_and_a_column_with_row_numbers(tmp_path):
    lines = GRIDS.read_text("utf-8").splitlines()
    rows = [line.split(",", 1) for line in lines]
    path = tmp_path / GRIDS.name
    text = [f'"{number}","{code}",{rest}' for number, (code, rest) in enumerate(rows)]
    path.write_text("\ufeff" + "\r\n".join(text) + "\r\n", "utf-8", newline="")
    table = recognise.read(path)
    assert figures(table, 2024).equals(figures(recognise.read(GRIDS), 2024))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("-0.1042730737824,", "-1.042730737824,", "tellen de vijf onderdelen niet op"),
        ("-0.1042730737824,", "-1042730737824,", "niet kan kloppen"),
        ("-0.1042730737824,", "-0,1042730737824,", "niet volledig"),
        ("-0.1042730737824,", "slecht,", "Dat kan ik niet als getal lezen"),
        ("-0.1042730737824,", '"-0.1042730737824,', "niet als getal lezen"),
        ("E1190N4800,2014", "E1190N4800,2014.0", "geen jaar"),
        ("E1190N4800,2014", "1.19e+05,2014", "geen code van een vakje"),
        ("E1190N4800,2014", ",2014", "geen code van een vakje"),
        ("E1190N4800,2014", "NA,2014", "geen code van een vakje"),
        ("E1190N4800,2014", "E1190N4800,2024", "twee keer een rij voor E1190N4800, 2024"),
        ("4.1830391248753", "4.1840391248753", "twee edities"),
        ("jaar,lbm,afw", "jaar,lbm,afwijking", "kolom afw"),
        ("fys,onv", "fys,fys", "twee keer"),
        ("0.001738316119\n", "0.00173831611", "regel is niet af"),
        ("0.001738316119\n", "0.001738316119\nBron: BZK\n", "niet volledig"),
        (",", ";", "geen komma's"),
    ],
)
def test_what_is_not_as_published_is_refused(changed, old, new, words):
    with pytest.raises(SourceError, match=words):
        changed(old, new)


def test_a_row_twice_in_two_blocks_is_refused(changed, monkeypatch):
    monkeypatch.setattr(vakjes, "BLOCK", 250)
    with pytest.raises(SourceError, match="twee keer een rij voor E1190N4800, 2024"):
        changed("E0900N4000", "E1190N4800")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_codes_differ_for_sure_only_when_they_do(kind):
    codes = [f"E{n:04d}N{n % 7:04d}" for n in range(2000)]
    assert vakjes._surely_differ(pa.array(codes, kind))
    assert vakjes._surely_differ(pa.array([*codes, *codes], kind)[1000:3000])
    assert not vakjes._surely_differ(pa.array([*codes, codes[0]], kind))
    assert not vakjes._surely_differ(pa.array(["E1", "E10"], kind))


def test_codes_of_other_lengths(changed):
    assert changed("E0900N4000", "E9").rows == {2014: 4, 2024: 5}
    with pytest.raises(SourceError, match="twee keer een rij voor E9, 2024"):
        changed("E0900N4000", "E9", extra="E9,2024,4.10226485,0,0,0,0,0,0\n")


def test_two_editions_in_two_blocks_are_refused(changed, monkeypatch):
    monkeypatch.setattr(vakjes, "BLOCK", 250)
    with pytest.raises(SourceError, match="twee edities"):
        changed("4.1830391248753", "4.1840391248753")


def test_a_header_alone_has_no_figures(tmp_path):
    path = tmp_path / GRIDS.name
    path.write_text(GRIDS.read_text("utf-8").splitlines()[0] + "\n")
    with pytest.raises(SourceError, match="geen cijfers"):
        recognise.read(path)


def test_only_this_file_may_be_larger_than_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(recognise, "MAX_BYTES", 500)
    assert recognise.read(GRIDS).rows[2024] == 5
    text = GRIDS.read_text("utf-8")
    path = tmp_path / "PC4.csv"
    path.write_text(text.replace("grid_id", "PC4"))
    with pytest.raises(SourceError, match="postcodes"):
        recognise.read(path)
    path.write_text(text.replace("grid_id,jaar", "naam,datum"))
    with pytest.raises(SourceError, match="groter dan"):
        recognise.read(path)
    monkeypatch.setattr(vakjes, "MAX_GRID", 600)
    with pytest.raises(SourceError, match="groter dan"):
        recognise.read(GRIDS)


def test_the_centre_of_each_square(tmp_path):
    table = recognise.read(grid_map(tmp_path / "grid 2024.gpkg"))
    assert (table.source, table.years, table.rows) == ("vakjes-plaats", (2024,), {2024: 5})
    frame = figures(table, 2024)
    assert {code: tuple(row) for code, row in frame.iterrows()} == CENTRES


def test_the_zip_with_geometry(tmp_path):
    path = grid_map(tmp_path / "grid 2024.gpkg")
    with zipfile.ZipFile(tmp_path / "geometrie-lbm3-2024.zip", "w") as file:
        file.writestr("a/grid 2024.gpkg", path.read_bytes())
        file.writestr("a/buurt 2024.gpkg", path.read_bytes())
    table = recognise.read(tmp_path / "geometrie-lbm3-2024.zip")
    assert table.rows == {2024: 5}
    assert table.notes == ("Uit de zip is alleen “grid 2024.gpkg” gelezen.",)


def test_a_map_that_is_not_of_squares_is_refused(tmp_path):
    for name, how, words in (
        ("grid 2024.gpkg", {"shapes": [square(c, 200) for c in CODES]}, "groter dan 100 meter"),
        ("grid.gpkg", {}, "van welke meting"),
        ("a 2024.gpkg", {"codes": CODES[:1] * 2}, "twee keer een rij voor E1190N4800"),
        ("b 2024.gpkg", {"shapes": [square("E9000N4800")] * 5}, "geen plaats in Nederland"),
        ("c 2024.gpkg", {"shapes": [*map(square, CODES[:4]), None]}, "geen plaats|een vorm"),
    ):
        with pytest.raises(SourceError, match=words):
            recognise.read(grid_map(tmp_path / name, **how))
    path = grid_map(tmp_path / "d 2024.gpkg")
    path.write_bytes(path.read_bytes()[:-4096])
    with pytest.raises(SourceError, match="niet helemaal gedownload"):
        recognise.read(path)


def test_squares_of_a_gemeente(tmp_path, store):
    add(store, GRIDS)
    with pytest.raises(SourceError, match="Lees ook “grid"):
        store.cells("GM9998")
    add(store, grid_map(tmp_path / "grid 2024.gpkg"))
    with pytest.raises(SourceError, match="nog geen grenzen"):
        store.cells("GM9998")
    add(store, gemeente_map(tmp_path / "gemeenten-2024.geojson"))
    found = store.cells("GM9998")
    # Not E1191N4800, in the hole, nor E1192N4803, within the corners of the L but outside it.
    assert set(zip(found["code"], found["jaar"], strict=True)) == {
        *(("E1190N4800", 2014), ("E1190N4800", 2024)),
        *(("E1190N4801", 2014), ("E1190N4801", 2024)),
    }
    row = found.set_index(["code", "jaar"]).loc[("E1190N4801", 2024)]
    assert (row["x"], row["y"], row["onv"]) == (119_050, 480_150, 0.0877265368749)
    assert list(found) == ["code", "jaar", *vakjes.SCORES, "x", "y"]
    near = store.cells(box=(119_100, 480_000, 119_300, 480_400))
    assert set(near["code"]) == {"E1191N4800", "E1192N4803"}
    assert store.cells(box=(0, 300_000, 1_000, 301_000)).empty


def test_it_does_not_matter_which_file_comes_first(tmp_path, store):
    grid = grid_map(tmp_path / "grid 2024.gpkg")
    add(store, grid)
    assert "alleen de kaart" in store.cells_status()[0]
    add(store, GRIDS)
    other = Store(tmp_path / "ander")
    add(other, GRIDS)
    add(other, grid)
    box = (0, 300_000, 300_000, 650_000)
    assert store.cells(box=box).equals(other.cells(box=box))
    assert len(store.cells(box=box)) == 9


def test_many_squares_are_found_across_row_groups(tmp_path, store, monkeypatch):
    monkeypatch.setattr("leefbaar_tools.squares.CELL_ROWS", 7)
    codes = [f"E{x:04d}N{y:04d}" for x in range(1000, 1020) for y in range(5000, 5020)]
    lines = [f"{code},2024,4.10226485,0,0,0,0,0,0\n" for code in codes]
    path = tmp_path / "grids 2002-2024.csv"
    path.write_text("grid_id,jaar,lbm,afw,fys,onv,soc,vrz,won\n" + "".join(lines))
    add(store, path)
    add(store, grid_map(tmp_path / "grid 2024.gpkg", codes))
    found = store.cells(box=(100_300, 500_500, 100_700, 500_900))
    assert set(found["code"]) == {f"E{x}N{y}" for x in range(1003, 1007) for y in range(5005, 5009)}


def test_the_same_file_again_changes_nothing(tmp_path, store):
    grid = grid_map(tmp_path / "grid 2024.gpkg")
    for path in (GRIDS, grid):
        add(store, path)
    before = contents(store.folder)
    for path in (GRIDS, grid):
        assert "was er al" in add(store, path)[0]
        assert "was er al" in store.known(path)
    assert contents(store.folder) == before


def test_a_refused_file_or_a_full_disk_leaves_the_store_as_it_was(
    tmp_path, store, changed, monkeypatch
):
    add(store, GRIDS)
    before = contents(store.folder)
    older = changed(",2014,", ",2018,", "grids 2002-2026.csv")
    with pytest.raises(SourceError, match="met ook 2014"):
        store.add(older, tmp_path / "grids 2002-2026.csv")
    assert contents(store.folder) == before

    def full(*_):
        raise OSError(28, "No space left on device")

    grid = grid_map(tmp_path / "grid 2024.gpkg")
    table = recognise.read(grid)
    monkeypatch.setattr(Store, "_write_manifest", full)
    with pytest.raises(SourceError, match="schijf is vol"):
        store.add(table, grid)
    assert contents(store.folder) == before


def test_a_new_edition_takes_the_place_of_the_old_one(tmp_path, store, changed):
    add(store, GRIDS)
    add(store, grid_map(tmp_path / "grid 2024.gpkg"))
    newer = changed("E0900N4000", "E0901N4000", "grids 2002-2026.csv")
    said = store.add(newer, tmp_path / "grids 2002-2026.csv")
    assert "Dit vervangt de 5 vakjes van 2024 uit meting 2024." in said
    assert "Let op: van 1 vakje uit 2024 staat de plaats niet op de kaart." in said
    assert store.cells(box=(90_000, 400_000, 91_000, 401_000)).empty
    # Only what is in use is kept.
    assert len(list(store.folder.glob("*.parquet"))) == 3


def test_status_names_them_in_one_line(tmp_path, store):
    add(store, GRIDS)
    (line,) = [line for line in store.status() if "akjes" in line]
    assert line.startswith("Vakjes van 100 meter: 2014 en 2024, 5 vakjes in 2024.")
    assert "schattingen met een rekenmodel (Ministerie van BZK, meting 2024, CC0)" in line
    assert "grid 2024.gpkg" in line
    add(store, grid_map(tmp_path / "grid 2024.gpkg"))
    (line,) = store.cells_status()
    assert line.endswith("CC0). De opdrachten gebruiken ze nog niet.")
    next(store.folder.glob("vakjes-2014-*.parquet")).unlink()
    assert "weg of beschadigd" in store.cells_status()[0]
    add(store, GRIDS)  # adding it again helps
    assert len(store.cells(box=(0, 300_000, 300_000, 650_000))) == 9
