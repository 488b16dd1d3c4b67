"""Reading the Leefbaarometer: one edition as a whole, or not at all."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leefbaar_tools.sources import leefbaarometer
from leefbaar_tools.sources.tables import Head, SourceError

FIXTURES = Path(__file__).parent / "fixtures_sources"
BUURTEN = FIXTURES / "leefbaarometer-scores-buurten-2002-2024.csv"
SEMICOLON = FIXTURES / "leefbaarometer-puntkomma-meting-2024.csv"
WFS = FIXTURES / "leefbaarometer-wfs-buurtscore24.json"


def read(path):
    head = Head(path)
    assert leefbaarometer.recognises(head)
    return leefbaarometer.read(head)


@pytest.fixture
def changed(tmp_path):
    """Read a fixture of which a piece was replaced."""

    def changed(old, new, path=BUURTEN, name=None):
        text = path.read_text("utf-8")
        assert old in text
        other = tmp_path / (name or path.name)
        other.write_text(text.replace(old, new), "utf-8")
        return read(other)

    return changed


def test_the_open_data_as_published():
    table = read(BUURTEN)
    assert list(table.frame) == [
        *("code", "naam", "niveau", "jaar", "lbm", "afw", "fys", "won", "vrz", "soc", "onv")
    ]
    row = table.frame.set_index(["code", "jaar"]).loc[("BU99980102", 2024)]
    assert (row["naam"], row["niveau"]) == ("Vaartkade, Noord", "buurt")
    assert row["afw"] == -0.14176543210089
    assert row["onv"] == 0.060448148147713
    assert table.years == (2014, 2020, 2024)
    assert (table.edition, table.modelled, table.licence) == ("meting 2024", True, "CC0")
    assert table.notes == ()


def test_all_years_stand_on_the_division_of_the_edition():
    assert set(read(BUURTEN).division.values()) == {2024}


def test_semicolons_decimal_commas_and_missing_parts():
    table = read(SEMICOLON)
    frame = table.frame.set_index(["code", "jaar"])
    assert frame.loc[("WK999801", 2022), "onv"] == -0.021
    assert frame.loc[("WK999801", 2022), "niveau"] == "wijk"
    assert math.isnan(frame.loc[("WK999802", 2024), "onv"])
    assert math.isnan(frame.loc[("WK999802", 2024), "vrz"])
    assert frame.loc[("WK999802", 2024), "afw"] == 0.05


def test_small_scores_are_written_with_a_power(changed):
    small = changed("0.0033,0.005998765432109", "3.3e-03,5.998765432109E-03").frame
    row = small.set_index(["code", "jaar"]).loc[("BU99980103", 2020)]
    assert (row["fys"], row["onv"]) == (0.0033, 0.005998765432109)
    assert changed("0,005\n", "5e-03\n", SEMICOLON).frame["won"].iloc[2] == 0.005
    with pytest.raises(SourceError, match="tellen de vijf onderdelen niet op"):
        changed("0.0033,", "3.3e-05,")


def test_features_of_the_wfs_with_their_class():
    table = read(WFS)
    row = table.frame.iloc[0]
    assert (row["code"], row["jaar"], row["kscore"], row["afw"]) == ("BU9998AB10", 2024, 9, 0.37)
    assert table.years == (2024,)
    assert "meting" in table.notes[0]


def test_a_page_of_the_wfs_says_it_is_a_part(changed):
    assert "1 van de 12147" in changed('"numberMatched":1', '"numberMatched":12147', WFS).notes[0]


@pytest.mark.parametrize("value", ["0", "10", "8.5"])
def test_a_class_is_1_to_9(changed, value):
    with pytest.raises(SourceError, match="klasse"):
        changed('"kscore":9', f'"kscore":{value}', WFS)


def test_two_editions_in_one_file_are_refused(changed, tmp_path):
    # The same national mean everywhere: rows with another are of another edition.
    with pytest.raises(SourceError, match="twee edities"):
        changed("4.23488213395406", "4.23578213395406")
    with pytest.raises(SourceError, match="twee edities"):
        changed("0.19823456789911,0.060249382715604", "0.19923456789911,0.061249382715604")


def test_a_row_twice_is_refused(changed):
    with pytest.raises(SourceError, match="twee keer"):
        changed('BU99980102,"Vaartkade, Noord",2014', 'BU99980102,"Vaartkade, Noord",2020')


def test_a_file_with_a_year_its_name_does_not_know_is_refused(changed):
    with pytest.raises(SourceError, match="twee edities"):
        changed("\n", "\n", name="scores buurten 2002-2022.csv")


def test_the_edition_is_that_of_the_folder_or_the_newest_year(changed, tmp_path):
    table = changed(",2024,", ",2022,", name="amstelveen.csv")
    assert set(table.division.values()) == {2022}
    assert "noemt zijn meting niet" in table.notes[0]
    folder = tmp_path / "Leefbaarometer 3.0 - Meting 2024 - open data"
    folder.mkdir()
    (folder / "buurten.csv").write_bytes((tmp_path / "amstelveen.csv").read_bytes())
    table = read(folder / "buurten.csv")
    assert (set(table.division.values()), table.notes) == ({2024}, ())


def test_old_years_alone_do_not_tell_their_edition(tmp_path):
    lines = BUURTEN.read_text("utf-8").splitlines(keepends=True)
    path = tmp_path / "buurten 2014.csv"
    path.write_text(
        "".join(line for line in lines if ",2020," not in line and ",2024," not in line)
    )
    with pytest.raises(SourceError, match="van welke meting"):
        read(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.047125925926594,", "0.47125925926594,", "tellen de vijf onderdelen niet op"),
        ("0.047125925926594,", "472,", "niet kan kloppen"),
        ("0.047125925926594,", "0,047125925926594,", "niet volledig"),
        ("fys,onv", "onv,fys", None),
        ("0.047125925926594,", "zeer goed,", "Dat kan ik niet als getal lezen"),
        (",2014,", ",14,", "geen jaar"),
        (",2014,", ",2014.5,", "geen jaar"),
        ("BU99980101", "99980101", "geen code"),
        ("BU99980101,Lindenhof,2014", "WK999801,Lindenhof,2014", "dat is geen buurt"),
        ("afw", "afwijking", "kolom afw"),
        ("bu_code,bu_naam", "PC4,PC4_naam", "gaat niet over buurten"),
        # The form of the fictional sample city, which is never taken for published figures.
        ("bu_code,bu_naam", "code,naam", "gaat niet over buurten"),
        ("jaar,lbm,afw,fys", "jaar,RLBM,bev,vei", "oudere Leefbaarometer"),
    ],
)
def test_what_does_not_fit_is_refused_in_dutch(changed, old, new, words):
    if words is None:  # two parts that changed places cannot be seen: the names decide
        assert changed(old, new).frame["onv"].iloc[0] == 0.047125925926594
        return
    with pytest.raises(SourceError, match=words):
        changed(old, new)


def test_a_file_cut_off_within_a_number_is_refused(tmp_path):
    text = BUURTEN.read_bytes()
    for cut in range(2, 60):
        path = tmp_path / "scores buurten 2002-2024.csv"
        path.write_bytes(text[:-cut])
        if text[:-cut].endswith(b"\n") or text[-cut : -cut + 1] == b"\n":
            continue
        with pytest.raises(SourceError):
            read(path)


def test_other_json_is_not_ours(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    assert not leefbaarometer.recognises(Head(path))


MANGLES = st.sampled_from(
    [
        lambda s: s.replace(".", ""),
        lambda s: s.replace(".", ","),
        lambda s: s[:-1],
        lambda s: s[:-2],
        lambda s: s.replace("0.", "."),
        lambda s: s.replace(".0", "."),
        lambda s: s.lstrip("-"),
        lambda s: "-" + s,
        lambda s: s + "0",
        lambda s: s + "E-05",
        lambda s: "1" + s,
        lambda s: s[:2] + " " + s[2:],
        lambda s: f"  {s}\u00a0",
        lambda s: "0",
    ]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(row=st.integers(1, 9), column=st.integers(-7, -1), mangle=MANGLES)
def test_a_mangled_number_is_never_another_number(tmp_path, row, column, mangle):
    lines = BUURTEN.read_text("utf-8").splitlines()
    cells = lines[row].rsplit(",", 7)
    before = float(cells[column])
    cells[column] = mangle(cells[column])
    lines[row] = ",".join(cells)
    path = tmp_path / BUURTEN.name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    name = BUURTEN.read_text("utf-8").splitlines()[0].split(",")[column]
    try:
        after = read(path).frame[name].iloc[row - 1]
    except SourceError:
        return
    assert after == pytest.approx(before, abs=1e-4)
