"""What is kept of imported files: never half, never mixed, and quick to choose from."""

import contextlib
import hashlib
import json
import math
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import GM, REGIONS, SQUARE, Filled, kwb, long, scores, shapes

from leefbaar_tools import cli, files
from leefbaar_tools.areas import AreaError
from leefbaar_tools.parquet import GROUP_ROWS
from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError
from leefbaar_tools.store import Store

FIXTURES = Path(__file__).parent / "fixtures_sources"


@pytest.fixture
def stored(tmp_path):
    return Filled(tmp_path)


def contents(folder):
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".slot"
    }  # fmt: skip


# --- what goes in comes out


def test_figures_come_back_as_they_were(stored):
    table = kwb(g_ink_pi={"NL00": 31.4, "BU00010000": -0.5})
    assert stored.put(table) == ["Kerncijfers wijken en buurten 2022: 5 rijen bewaard."]
    pd.testing.assert_frame_equal(stored.read("kwb"), table.frame)
    assert stored.has("kwb", 2022)
    assert not stored.has("kwb", 2021)
    assert stored.years("kwb") == [2022]


def test_the_manifest_says_where_a_table_is_from(stored, tmp_path):
    stored.put(scores(division=2024), "inhoud")
    first = json.loads((stored.folder / "manifest.json").read_text("utf-8"))["tables"][0]
    known = {"source": "leefbaarometer", "publisher": "Iemand", "title": "Leefbaarometer"}
    known |= {"licence": "CC0", "edition": "1", "division": 2024, "year": 2020, "rows": 3}
    assert first.items() >= known.items()
    assert first["notes"] == ["Een deel is leeg."]
    file = first["files"][0]
    assert file["name"] == "bestand.csv"
    assert file["sha256"] == hashlib.sha256(b"inhoud").hexdigest()
    assert file["date"][:2] == "20"


def test_one_gemeente(stored):
    many = {"NL00": ("Nederland", "Land")}
    for number in range(1, 60):
        many[f"GM{number:04}"] = (f"Stad {number}", "Gemeente")
        many |= {f"BU{number:04}{n:04}": (f"Buurt {n}", "Buurt") for n in range(100)}
    stored.put(kwb(regions=many))
    frame = stored.read("kwb", gemeente="GM0033")
    assert len(frame) == 101
    assert set(frame["gwb_code"].str[2:6]) == {"0033"}
    assert stored.read("kwb", gemeente="GM9998").empty
    import pyarrow.parquet as pq

    # Only then is choosing one quick: its rows are in one small group, the country in another.
    meta = pq.ParquetFile(next(stored.folder.glob("*.parquet"))).metadata
    sizes = [meta.row_group(n).num_rows for n in range(meta.num_row_groups)]
    assert sizes[0] == 1
    assert max(sizes) < GROUP_ROWS + 101
    assert len(stored.gemeenten()) == 59


def test_gemeenten_in_the_order_of_their_names(stored):
    regions = {
        "GM0518": ("'s-Gravenhage", "Gemeente"),
        "GM0003": ("Appingedam", "Gemeente"),
        "GM0344": ("Utrecht", "Gemeente"),
    }
    stored.put(kwb(regions=regions))
    stored.put(kwb(2023, regions={"GM0344": ("Utrecht nieuw", "Gemeente")}))
    table = stored.gemeenten()
    assert list(table["name"]) == ["Appingedam", "'s-Gravenhage", "Utrecht nieuw"]
    assert list(table["code"]) == ["GM0003", "GM0518", "GM0344"]


def test_boundaries_come_back_as_lists(stored):
    stored.put(shapes())
    frame = stored.read("grenzen")
    assert frame["geometry"].tolist() == [SQUARE, SQUARE]
    assert frame["water"].tolist() == [False, False]


def test_an_empty_store(stored):
    with pytest.raises(SourceError, match="nog geen gegevens van “kwb” over 2022"):
        stored.read("kwb", 2022)
    assert "nog geen gegevens" in stored.status()[0]
    assert stored.gemeenten().empty
    with pytest.raises(SourceError, match="geen gegevens"):
        stored.area(GM)


def test_status(stored):
    stored.put(kwb())
    stored.put(scores())
    text = "\n".join(stored.status())
    assert "Kerncijfers wijken en buurten (CBS, CC BY 4.0)" in text
    assert "2022: 5 rijen, editie maart, indeling 2022, uit “bestand.csv”, ingelezen op" in text
    assert "schattingen met een rekenmodel" in text
    assert "Let op: Een deel is leeg." in text


# --- the same, more, another


def test_the_same_file_again_changes_nothing(stored):
    stored.put(kwb(), "a")
    before = contents(stored.folder)
    assert stored.put(kwb(), "a") == [
        "Kerncijfers wijken en buurten: “bestand.csv” was er al. Er is niets veranderd."
    ]
    assert contents(stored.folder) == before


def test_another_gemeente_of_the_same_edition_is_added(stored):
    stored.put(kwb())
    other = {"NL00": REGIONS["NL00"], "GM0002": ("Dorp", "Gemeente")}
    assert stored.put(kwb(regions=other)) == [
        "Kerncijfers wijken en buurten 2022: aangevuld, van 5 rijen naar 6 rijen."
    ]
    assert sorted(stored.read("kwb")["gwb_code"]) == sorted([*REGIONS, "GM0002"])
    assert len(list(stored.folder.glob("*.parquet"))) == 1
    assert len(stored.status()[2].split(" en ")) == 2


def test_other_columns_of_the_same_edition_are_added(stored):
    stored.put(kwb(g_woz=300.0))
    said = stored.put(kwb(a_inw=1100.0, p_koopw=40.0))
    assert said[1] == (
        "Let op: in Kerncijfers wijken en buurten 2022 zijn 5 rijen vervangen door die uit "
        "“bestand.csv”."
    )
    frame = stored.read("kwb")
    assert set(frame["a_inw"]) == {1100.0}
    assert set(frame["g_woz"]) == {300.0}
    assert set(frame["p_koopw"]) == {40.0}


def test_what_a_newer_file_withdrew_does_not_stay(stored):
    stored.put(kwb(g_woz=300.0))
    stored.put(kwb(g_woz=float("nan")))
    assert stored.read("kwb")["g_woz"].isna().all()


def test_a_file_that_others_came_over_can_come_back(stored):
    stored.put(kwb(a_inw=1.0), "a")
    stored.put(kwb(a_inw=2.0), "b")
    stored.put(kwb(a_inw=1.0), "a")
    assert set(stored.read("kwb")["a_inw"]) == {1.0}


def test_another_edition_replaces_and_says_so(stored):
    stored.put(kwb())
    fewer = {code: REGIONS[code] for code in list(REGIONS)[:4]}
    said = stored.put(kwb(edition="augustus", regions=fewer, a_inw=5.0))
    assert said == [
        "Kerncijfers wijken en buurten 2022: editie maart, indeling 2022 is vervangen door editie "
        "augustus, indeling 2022, 4 rijen.",
        "Let op: niet in de nieuwe editie, en dus nu weg: 1 gebied, zoals BU00010001.",
    ]
    assert set(stored.read("kwb")["a_inw"]) == {5.0}
    assert len(list(stored.folder.glob("*.parquet"))) == 1


def test_editions_of_the_leefbaarometer_never_mix(stored):
    stored.put(scores(years=(2018, 2020), edition="meting 2020", division=2020))
    before = contents(stored.folder)
    with pytest.raises(SourceError, match=r"Elke editie rekent alle jaren opnieuw uit.* 2018"):
        stored.put(scores(years=(2020, 2022), edition="meting 2022"))
    assert contents(stored.folder) == before
    said = stored.put(scores(years=(2018, 2020, 2022), edition="meting 2022"))
    assert "editie meting 2020, indeling 2020 is vervangen door editie meting 2022" in said[0]
    assert {entry.edition for entry in stored._entries()} == {"meting 2022"}


def test_levels_of_one_edition_go_together(stored):
    stored.put(scores(codes=("GM0001",)))
    stored.put(scores(codes=("BU00010000",)))
    assert set(stored.read("leefbaarometer")["niveau"]) == {"gemeente", "buurt"}


def test_months_and_years_of_the_police_go_together(stored):
    row = {"code": "BU00010000", "jaar": 2022, "soort": "1.1.1"}
    stored.put(long("politie", pd.DataFrame([row | {"maand": 1, "aantal": 3.0}]), "47022NED"))
    stored.put(long("politie", pd.DataFrame([row | {"maand": 0, "aantal": 9.0}]), "47018NED"))
    assert sorted(stored.read("politie")["aantal"]) == [3.0, 9.0]
    assert "47022NED en 47018NED" in "\n".join(stored.status())


def test_years_counted_again_on_another_division_do_not_mix(stored):
    row = {"jaar": 2022, "maand": 0, "soort": "1.1.1", "aantal": 3.0}
    for code, division in (("BU00010000", 2022), ("BU00010001", 2024)):
        table = long("politie", pd.DataFrame([{"code": code} | row]), division=division)
        said = stored.put(table)
    assert "indeling 2022 is vervangen door editie 1, indeling 2024" in said[0]
    assert list(stored.read("politie")["code"]) == ["BU00010001"]


def test_a_division_that_nobody_knows(stored):
    row = {"code": "BU00010000", "jaar": 2015, "maand": 0, "soort": "1.1.1", "aantal": 3.0}
    stored.put(replace(long("politie", pd.DataFrame([row])), division={}))
    assert "indeling onbekend" in "\n".join(stored.status())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: pd.concat([f, f.iloc[:1]]), "twee keer"),
        (lambda f: f.assign(gwb_code=f["gwb_code"] + " "), "codes"),
        (lambda f: f.assign(gwb_code=f["gwb_code"].where(f.index > 0)), "codes"),
        (lambda f: f.assign(jaar=2021), "welk jaar"),
        (lambda f: f.iloc[:0], "geen cijfers"),
        (
            lambda f: f.assign(a_inw=pd.Series([1, "acht", 3, 4, 5], dtype=object)),
            "getallen en tekst",
        ),
    ],
)
def test_a_table_that_is_wrong_is_not_stored(stored, change, message):
    table = kwb()
    with pytest.raises(SourceError, match=message):
        stored.put(replace(table, frame=change(table.frame)))
    assert contents(stored.folder) == {} if stored.folder.exists() else True


# --- crashes and damage


class Crash(BaseException):
    pass


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_a_crash_halfway_leaves_the_store_as_it_was(stored, monkeypatch, moment):
    """At each step in which a file takes its place, the manifest as the last one."""
    stored.put(scores(edition="a", years=(2020, 2022)))
    before = contents(stored.folder)
    real, steps = os.replace, iter(range(10))

    def crash(source, target):
        if next(steps) == moment:
            raise Crash
        real(source, target)

    monkeypatch.setattr(files.os, "replace", crash)
    with pytest.raises(Crash):
        stored.put(scores(edition="b", years=(2020, 2022)))
    assert contents(stored.folder) == before
    monkeypatch.undo()
    assert len(stored.put(scores(edition="b", years=(2020, 2022)))) == 2


def test_what_a_killed_process_left_is_cleared(stored):
    stored.put(kwb())
    for name in ("kwb-2019-0123456789ab.parquet", "manifest.json.99.half"):
        (stored.folder / name).write_bytes(b"half")
    assert len(stored.read("kwb")) == 5
    stored.put(kwb(2023))
    assert {path.suffix for path in stored.folder.iterdir()} <= {".parquet", ".json", ""}
    assert len(list(stored.folder.glob("*.parquet"))) == 2


def test_a_full_disk_is_said(stored, monkeypatch):
    stored.put(kwb())
    before = contents(stored.folder)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(SourceError, match="De schijf is vol"):
        stored.put(kwb(2023))
    assert contents(stored.folder) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1, "tables": [{}]}', '{"format": 1}'])
def test_a_damaged_manifest_is_said(stored, text):
    stored.put(kwb())
    (stored.folder / "manifest.json").write_text(text)
    for ask in (
        lambda: stored.read("kwb"),
        stored.status,
        stored.gemeenten,
        lambda: stored.put(kwb()),
    ):
        with pytest.raises(SourceError, match=r"manifest\.json weg of beschadigd"):
            ask()


def test_a_newer_manifest_is_not_read(stored):
    stored.put(kwb())
    (stored.folder / "manifest.json").write_text('{"format": 2, "tables": []}')
    with pytest.raises(SourceError, match="andere versie"):
        stored.status()
    with pytest.raises(SourceError, match="andere versie"):
        stored.put(kwb())
    assert len(list(stored.folder.glob("*.parquet"))) == 1


@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_a_damaged_table_is_said(stored, damage):
    stored.put(kwb())
    path = next(stored.folder.glob("*.parquet"))
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:200])
    else:
        path.write_bytes(b"geen parquet")
    for ask in (lambda: stored.read("kwb", gemeente=GM), stored.gemeenten):
        with pytest.raises(SourceError, match="weg of beschadigd"):
            ask()


def test_a_table_that_is_gone_comes_back_with_its_file(stored):
    stored.put(kwb(), "a")
    next(stored.folder.glob("*.parquet")).unlink()
    assert "5 rijen bewaard" in stored.put(kwb(), "a")[0]
    assert len(stored.read("kwb")) == 5


def test_a_reader_follows_an_edition_that_comes_in_between(stored, monkeypatch):
    stored.put(kwb(a_inw=1.0))
    real = Store._load

    def load(self, entry, *more):
        monkeypatch.setattr(Store, "_load", real)
        stored.put(kwb(edition="later", a_inw=2.0))
        return real(self, entry, *more)

    monkeypatch.setattr(Store, "_load", load)
    assert set(stored.read("kwb")["a_inw"]) == {2.0}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.floats(allow_nan=False, width=64), st.integers(-(2**53), 2**53)),
        min_size=5,
        max_size=5,
    )
)
def test_no_number_changes(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("getallen")
    column = [math.nan if value is None else float(value) for value in values]
    table = kwb(g_woz=dict(zip(REGIONS, column, strict=True)))
    made = Store(folder / "gegevens")
    (folder / "a.csv").write_text("x")
    made.add(table, folder / "a.csv")
    pd.testing.assert_frame_equal(made.read("kwb"), table.frame, check_exact=True)
    shutil.rmtree(folder)


# --- an area


def test_an_area_of_one_gemeente(stored):
    far = {"GM0002": ("Dorp", "Gemeente"), "WK000200": ("W", "Wijk"), "BU00020000": ("B", "Buurt")}
    stored.put(kwb(regions=REGIONS | far))
    stored.put(scores(codes=("GM0001", "WK000100", "BU00010000", "BU00020000")))
    stored.put(shapes(codes=("BU00010000", "BU00010001", "BU00020000")))
    area = stored.area(GM)
    assert set(area.regions.index) == set(REGIONS)
    assert area.cell("BU00010000", "single_person", 2022)["value"] == 0.4
    assert area.cell("NL00", "inhabitants", 2022)["value"] == 1000
    assert area.cell("BU00010000", "leefbaarometer", 2020)["n"] == 480
    assert area.name("BU00010000") == "Oost"
    assert set(area.boundaries()) == {"BU00010000", "BU00010001"}
    assert area.boundaries()["BU00010000"] == [[[(0, 0), (1, 0), (1, 1), (0, 0)]]]
    assert area.notes == ()
    assert area.notice == ""


def test_an_area_names_edition_and_division(stored):
    stored.put(kwb(2021))
    stored.put(kwb(2022, edition="24-03-2022"))
    stored.put(scores(edition="meting 2022"))
    area = stored.area(GM)
    assert area.source_line("inhabitants") == (
        "CBS, Kerncijfers wijken en buurten, 2022, editie 24-03-2022, gebiedsindeling 2022."
    )
    assert "2021, editie maart, gebiedsindeling 2021" in area.source_line("inhabitants", 2021)
    line = area.source_line("leefbaarometer", 2020)
    assert "2020, editie meting 2022, gebiedsindeling 2022, schatting" in line


def test_years_are_joined_only_where_the_code_says_nothing_changed(stored):
    """West got another border in 2022; Oost had its code from another place before 2021."""
    stored.put(kwb(2020, a_inw=1.0))
    stored.put(kwb(2021, a_inw=2.0, wbi={"BU00010000": "2"}))
    stored.put(kwb(2022, a_inw=3.0, wbi={"BU00010001": "3"}))
    area = stored.area(GM)

    def years(code):
        return sorted(area.series(code, "inhabitants").index)

    assert years("NL00") == years("WK000100") == [2020, 2021, 2022]
    assert years("BU00010000") == [2021, 2022]
    assert years("BU00010001") == [2022]
    assert area.notes[0] == (
        "Kerncijfers wijken en buurten, gebiedsindeling 2020: 2 van de 4 gebieden horen zeker bij "
        "de indeling van 2022. De andere zijn weggelaten."
    )


def test_a_year_in_between_that_is_not_there_is_named(stored):
    stored.put(kwb(2020))
    stored.put(kwb(2023))
    area = stored.area(GM)
    assert list(area.series("BU00010000", "inhabitants").index) == [2023]
    assert "1 van de 4 gebieden" in area.notes[0]
    assert "Lees ook de kerncijfers van 2021 en 2022 in" in area.notes[0]


@pytest.mark.parametrize(("size", "joined"), [(90.2, True), (95.0, False), (math.nan, False)])
def test_a_gemeente_without_a_sign_is_joined_by_its_surface(stored, size, joined):
    stored.put(kwb(2021, a_opp_ha=size))
    stored.put(kwb(2022))
    years = list(stored.area(GM).series(GM, "inhabitants").index)
    assert years == ([2021, 2022] if joined else [2022])


def test_a_gemeente_whose_border_changed_is_not_joined(stored):
    stored.put(kwb(2021))
    stored.put(kwb(2022, wbi={GM: "3"}))
    assert list(stored.area(GM).series(GM, "inhabitants").index) == [2022]


def test_buurten_that_are_no_more_are_left_out(stored):
    old = REGIONS | {"BU00010009": ("Weg", "Buurt")}
    stored.put(kwb(2021, regions=old))
    stored.put(kwb(2022))
    area = stored.area(GM)
    assert "BU00010009" not in area.regions.index
    assert "4 van de 5" in area.notes[0]


def test_names_are_those_of_the_newest_kerncijfers(stored):
    """The Leefbaarometer may have none; two wijken of two gemeenten are never joined by name."""
    stored.put(kwb(2022))
    stored.put(scores(years=(2024,), division=2022))
    assert stored.area(GM).name("BU00010000") == "Oost"


def test_the_leefbaarometer_of_another_division_is_left_out(stored):
    stored.put(kwb(2022))
    stored.put(scores(division=2024))
    area = stored.area(GM)
    assert "leefbaarometer" not in area.indicators
    assert area.notes == (
        "Leefbaarometer, gebiedsindeling 2024: 0 van de 3 gebieden horen zeker bij de indeling van "
        "2022. De andere zijn weggelaten. Lees ook de kerncijfers van 2023 en 2024 in, dan is te "
        "zien wat gelijk bleef.",
    )


def test_the_leefbaarometer_of_an_older_division_follows_the_codes(stored):
    stored.put(kwb(2022))
    stored.put(kwb(2023, wbi={"BU00010000": "3", GM: "1"}))
    stored.put(scores(division=2022))
    area = stored.area(GM)
    assert area.cell("BU00010000", "leefbaarometer", 2022)["flag"] == "missing"
    assert area.cell("WK000100", "leefbaarometer", 2022)["flag"] == "ok"
    assert any("2 van de 3" in note for note in area.notes)


def test_a_map_of_another_division_is_left_out(stored):
    stored.put(kwb(2022))
    stored.put(shapes(year=2024))
    area = stored.area(GM)
    assert area.boundaries() == {}
    assert "0 van de 2" in area.notes[0]
    stored.put(shapes(year=2022))
    assert len(stored.area(GM).boundaries()) == 2


def test_a_map_of_another_gemeente_does_not_hide_an_older_one(stored):
    stored.put(kwb(2021))
    stored.put(kwb(2022))
    stored.put(shapes(year=2022, codes=("BU00020000",)))
    assert "geen kaart" in stored.area(GM).notes[0]
    stored.put(shapes(year=2021))
    assert len(stored.area(GM).boundaries()) == 2


def test_water_is_not_drawn(stored):
    stored.put(kwb(2022))
    stored.put(shapes(water=("BU00010001",)))
    assert set(stored.area(GM).boundaries()) == {"BU00010000"}


def test_years_without_the_gemeente_do_not_count(stored):
    """A file of another gemeente has the country: that is no newest year of this one."""
    stored.put(kwb(2022))
    stored.put(kwb(2023, regions={"NL00": REGIONS["NL00"], "GM0002": ("Dorp", "Gemeente")}))
    assert stored.area(GM).year("inhabitants") == 2022
    with pytest.raises(AreaError, match="GM0009"):
        stored.area("GM0009")


# --- the command


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Files that are read as the table they are named after."""
    tables = {"kwb.csv": kwb(), "lbm.csv": replace(scores(), notes=("Let daarop.",))}

    def read(path):
        if path.name not in tables:
            raise SourceError(f"“{path.name}” ken ik niet.")
        return tables[path.name]

    monkeypatch.setattr(recognise, "read", read)
    for name in (*tables, "slecht.csv"):
        (tmp_path / name).write_text(name)
    return tmp_path


def run(*arguments):
    return cli.main(["data", *map(str, arguments)])


def test_import_and_status(fake, capsys):
    folder = ["--folder", fake / "werk"]
    files = [fake / name for name in ("kwb.csv", "slecht.csv", "lbm.csv")]
    assert run("import", *files, *folder) == 1
    out, err = capsys.readouterr()
    assert "Kerncijfers wijken en buurten 2022: 5 rijen bewaard." in out
    assert "Leefbaarometer 2020: 3 rijen bewaard." in out
    assert "Let op: Let daarop." in out
    assert err == "“slecht.csv” ken ik niet. Er is niets van bewaard.\n"
    assert run("import", fake / "kwb.csv", *folder) == 0
    assert "was er al" in capsys.readouterr().out
    assert run("status", *folder) == 0
    assert "Kerncijfers wijken en buurten (CBS" in capsys.readouterr().out
    assert not (fake / "werk" / "antwoorden").exists()


def test_status_without_anything(tmp_path, capsys):
    assert run("status", "--folder", tmp_path) == 0
    assert "nog geen gegevens" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_real_files_go_all_the_way(tmp_path, capsys):
    """One of each source, read by its own reader; the bad ones are told apart and left out."""
    files = sorted(path for path in FIXTURES.iterdir() if path.suffix != ".md")
    run("import", *files, "--folder", tmp_path)
    made = Store(tmp_path / "gegevens")
    for source in ("kwb", "leefbaarometer", "politie", "gezondheid", "grenzen"):
        assert made.has(source), capsys.readouterr().err
        assert not made.read(source).empty
    first = made.gemeenten()["code"].iloc[0]
    area = made.area(first)
    assert area.level(first) == "gemeente"
    assert not area.values.empty
    assert "editie onbekend, gebiedsindeling 2024" in area.source_line("inhabitants")


@pytest.mark.parametrize("arguments", [[], ["import"], ["haal"]])
def test_typed_wrong(capsys, arguments):
    with contextlib.suppress(SystemExit):
        assert run(*arguments) is None
    assert "Dat begrijp ik niet" in capsys.readouterr().err


# --- two gemeenten, of two editions

TOWN = {
    "NL00": ("Nederland", "Land"),
    "GM0002": ("Dorp", "Gemeente"),
    "WK000200": ("Wijk 00", "Wijk"),
    "BU00020000": ("Noord", "Buurt"),
}


def put(store, table, name):
    path = store.folder / f"{name}.txt"
    store.folder.mkdir(parents=True, exist_ok=True)
    path.write_text(name, encoding="utf-8")
    return store.add(table, path)


def test_a_gemeente_of_another_edition_leaves_the_first_alone(tmp_path):
    both = Store(tmp_path)
    put(both, kwb(2022, edition="maart"), "een")
    told = put(both, kwb(2022, TOWN, edition="juni", a_inw=70.0), "twee")
    assert "vervangen" not in " ".join(told)
    assert list(both.gemeenten()["name"]) == ["Dorp", "Stad"]
    assert both.years("kwb") == [2022]
    for code, inhabitants, edition in (("GM0001", 1000, "maart"), ("GM0002", 70, "juni")):
        area = both.area(code)
        assert area.cell(code, "inhabitants", 2022)["value"] == inhabitants
        assert area.cell("NL00", "inhabitants", 2022)["value"] == inhabitants, "of its own edition"
        assert f"editie {edition}" in area.source_line("inhabitants")
    every = both.read("kwb", 2022)
    assert sorted(every["gwb_code"]) == sorted({*REGIONS, *TOWN})
    assert len(both.names()) == len({*REGIONS, *TOWN}) - 1
    assert [line for line in both.status() if "editie maart" in line]
    assert [line for line in both.status() if "editie juni" in line]


def test_of_a_gemeente_the_newest_edition_holds_and_the_other_stays_as_it_was(tmp_path):
    both = Store(tmp_path)
    put(both, kwb(2022, {**REGIONS, **TOWN}, edition="maart"), "samen")
    told = put(both, kwb(2022, TOWN, edition="juni", a_inw=70.0), "dorp")
    assert "editie maart, indeling 2022 is vervangen door editie juni" in " ".join(told)
    assert both.area("GM0002").cell("GM0002", "inhabitants", 2022)["value"] == 70
    assert both.area("GM0001").cell("GM0001", "inhabitants", 2022)["value"] == 1000
    assert sorted(both.read("kwb", gemeente="GM0002")["gwb_code"]) == sorted({*TOWN} - {"NL00"})
    # The first file again brings back what was replaced, and says so.
    told = put(both, kwb(2022, {**REGIONS, **TOWN}, edition="maart"), "samen")
    assert "vervangen door editie maart" in " ".join(told)
    assert both.area("GM0002").cell("GM0002", "inhabitants", 2022)["value"] == 1000
    assert len([path for path in tmp_path.glob("*.parquet")]) == 1


def test_police_of_a_later_division_leaves_the_other_gemeente_alone(tmp_path):
    both = Store(tmp_path)

    def offences(code, division):
        frame = pd.DataFrame(
            [{"code": code, "jaar": 2024, "maand": 0, "soort": "0.0.0", "aantal": 9.0}]
        )
        return replace(long("politie", frame, division=division), modelled=False)

    put(both, offences("GM0001", 2024), "een")
    put(both, offences("GM0002", 2025), "twee")
    assert list(both.read("politie", gemeente="GM0001")["aantal"]) == [9.0]
    assert list(both.read("politie", gemeente="GM0002")["aantal"]) == [9.0]


def test_leefbaarometer_editions_are_only_kept_apart_within_a_gemeente(tmp_path):
    both = Store(tmp_path)

    def scores(code, years, edition):
        frame = pd.DataFrame([{"code": code, "jaar": year, "afw": 0.1} for year in years])
        return long("leefbaarometer", frame, edition=edition)

    put(both, scores("GM0001", (2020, 2022), "meting 2022"), "een")
    put(both, scores("GM0002", (2022, 2024), "meting 2024"), "twee")
    with pytest.raises(SourceError, match="ook 2020"):
        put(both, scores("GM0001", (2022, 2024), "meting 2024"), "drie")
    assert list(both.read("leefbaarometer", gemeente="GM0001")["jaar"]) == [2020, 2022]


def test_a_lost_file_of_another_source_costs_only_that_source(tmp_path):
    one = Store(tmp_path)
    put(one, kwb(2022), "kern")
    frame = pd.DataFrame([{"code": "GM0001", "jaar": 2022, "afw": 0.1}])
    put(one, long("leefbaarometer", frame), "scores")
    next(tmp_path.glob("leefbaarometer*.parquet")).unlink()
    area = one.area("GM0001")
    assert area.cell("GM0001", "inhabitants", 2022)["value"] == 1000
    assert "leefbaarometer" not in area.indicators
    assert any("weg of beschadigd" in note for note in area.notes)


@pytest.mark.parametrize(
    ("key", "value"), [("year", "2022"), ("division", None), ("edition", 3), ("rows", 1.5)]
)
def test_a_manifest_with_values_of_another_kind_is_damaged(tmp_path, key, value):
    one = Store(tmp_path)
    put(one, kwb(2022), "kern")
    path = tmp_path / "manifest.json"
    known = json.loads(path.read_text("utf-8"))
    known["tables"][0][key] = value
    path.write_text(json.dumps(known), encoding="utf-8")
    with pytest.raises(SourceError, match="weg of beschadigd"):
        one.years("kwb")


# --- a damaged file


def test_a_damaged_file_is_told_by_its_name_and_mended_by_adding_it_again(tmp_path):
    one = Store(tmp_path)
    put(one, kwb(2021), "kern 2021")
    put(one, kwb(2022), "kern 2022")
    path = next(tmp_path.glob("kwb-2022-*.parquet"))
    path.write_bytes(path.read_bytes()[:800])
    said = "Kerncijfers wijken en buurten 2022 is weg of beschadigd. Lees “kern 2022.txt” opnieuw"
    assert any(said in line for line in one.status())
    with pytest.raises(SourceError, match=r"Lees “kern 2022\.txt” opnieuw"):
        one.area(GM)
    assert one.known(tmp_path / "kern 2022.txt") == ""
    assert one.known(tmp_path / "kern 2021.txt").endswith("was er al. Er is niets veranderd.")
    told = put(one, kwb(2022), "kern 2022")
    assert "bewaard" in told[0]
    assert one.area(GM).indicators["inhabitants"].years == (2021, 2022)
    path = next(tmp_path.glob("kwb-2021-*.parquet"))
    path.unlink()
    with pytest.raises(SourceError, match=r"Lees “kern 2021\.txt” opnieuw"):
        one.area(GM)


def test_what_else_was_in_a_damaged_file_has_to_be_added_again_and_that_is_said(tmp_path):
    one = Store(tmp_path)
    put(one, kwb(2022), "stad")
    put(one, kwb(2022, TOWN), "dorp")
    path = next(tmp_path.glob("kwb-2022-*.parquet"))
    path.write_bytes(b"PAR1")
    told = put(one, kwb(2022), "stad")
    assert (
        told[-1] == "Let op: wat hier stond, was weg of beschadigd. Lees ook “dorp.txt” opnieuw in."
    )
