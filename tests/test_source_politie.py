"""Reading registered crimes: a total that stays apart, and no number that is not a nought."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leefbaar_tools.sources import politie
from leefbaar_tools.sources.tables import Head, SourceError

FIXTURES = Path(__file__).parent / "fixtures_sources"
TYPED = FIXTURES / "politie-47018NED-typeddataset.json"
UNTYPED = FIXTURES / "politie-47022NED-untyped.csv"
PORTAL = FIXTURES / "politie-portaal.csv"
KEYS = ["code", "jaar", "maand", "soort"]


def read(path):
    head = Head(path)
    assert politie.recognises(head)
    return politie.read(head)


@pytest.fixture
def changed(tmp_path):
    def changed(old, new, path=TYPED, count=-1):
        text = path.read_text("utf-8")
        assert old in text
        other = tmp_path / path.name
        other.write_text(text.replace(old, new, count), "utf-8")
        return read(other)

    return changed


def cell(table, *key):
    return table.frame.set_index(KEYS)["aantal"].loc[key]


def test_a_reply_of_odata():
    table = read(TYPED)
    assert list(table.frame) == [*KEYS, "aantal"]
    assert cell(table, "BU99980101", 2024, 0, "1.1.1") == 12
    assert (table.edition, table.years, table.modelled) == ("47018NED", (2023, 2024), False)
    # All years stand on the newest division.
    assert table.division == {2023: 2024, 2024: 2024}


def test_keys_lose_their_padding():
    frame = read(TYPED).frame
    for column in ("code", "soort"):
        assert (frame[column] == frame[column].str.strip()).all()
    assert set(frame["soort"]) == {"0.0.0", "1.1.1", "2.1.1", "2.7.3"}


def test_null_is_missing_and_nought_is_nought():
    table = read(TYPED)
    kinds = table.frame.groupby("soort")["aantal"]
    assert kinds.get_group("2.1.1").isna().all()
    assert (kinds.get_group("2.7.3") == 0).all()


def test_the_total_is_kept_apart_from_its_parts():
    table = read(TYPED)
    here = table.frame[(table.frame["code"] == "GM9998") & (table.frame["jaar"] == 2024)]
    assert politie.without_total(here)["aantal"].sum() == 12
    assert cell(table, "GM9998", 2024, 0, politie.TOTAL) == 40


def test_parts_that_exceed_the_total_are_said(changed):
    assert read(TYPED).notes[1:] == ()
    note = changed('"GeregistreerdeMisdrijven_1":12}', '"GeregistreerdeMisdrijven_1":41}').notes[-1]
    assert "meer dan het totaal" in note


def test_the_untyped_table_per_month():
    table = read(UNTYPED)
    assert cell(table, "GM9998", 2023, 12, "0.0.0") == 1382
    assert cell(table, "GM9998", 2023, 12, "1.1.1") != cell(table, "GM9998", 2023, 12, "1.1.1")
    assert cell(table, "BU9998AB10", 2024, 1, "1.1.1") == 0
    assert any("PV27" in note for note in table.notes)
    assert "PV27" not in set(table.frame["code"])


def test_the_csv_of_the_portal():
    table = read(PORTAL)
    assert cell(table, "BU99980101", 2024, 0, "0.0.0") == 1382
    assert cell(table, "BU99980101", 2024, 0, "1.1.1") == 510
    assert any("voorlopig" in note for note in table.notes)


def test_old_years_alone_do_not_tell_their_division(changed):
    table = changed("202", "201")
    assert table.division == {}
    assert "staat niet in dit bestand" in table.notes[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"NL00      "', '"NL01      "', None),
        ('"1.1.1 "', '"2001-01-01"', "nummers datums"),
        ('"1.1.1 "', '"Diefstal"', "nummers datums"),
        ('"BU99980101"', '"99980101"', "als code"),
        ('"BU99980101"', '"BU9998010"', "als code"),
        ('"BU99980101"', '""', "als code"),
        ("2024JJ00", "2024KW01", "jaar of maand"),
        ("2024JJ00", "2024MM13", "jaar of maand"),
        ("2024JJ00", "2023JJ00", "twee keer"),
        ('_1":12}', '_1":12.5}', "aantal misdrijven"),
        ('_1":12}', '_1":-1}', "aantal misdrijven"),
        ('_1":12}', '_1":true}', "getal"),
        ('_1":12}', '_1":"12a"}', "getal"),
        ('"WijkenEnBuurten"', '"Gebied"', "de code van het gebied"),
        ("]}", "", "niet helemaal gedownload"),
        ('"odata.metadata"', '"odata.error":{},"odata.metadata"', "foutmelding"),
        (',"GeregistreerdeMisdrijven_1":12}', "}", "volledig"),
    ],
)
def test_what_does_not_fit(changed, old, new, words):
    if words is None:
        codes = set(changed(old, new).frame["code"])
        assert codes <= {"NL00", "GM9998", "WK999801", "BU99980101"}
        return
    with pytest.raises(SourceError, match=words):
        changed(old, new)


def test_an_empty_reply_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"SoortMisdrijf": "", "GeregistreerdeMisdrijven_1": 0, "value": []}))
    with pytest.raises(SourceError, match="geen cijfers"):
        politie.read(Head(path))


def test_names_are_not_codes(changed):
    with pytest.raises(SourceError, match="namen van gebieden"):
        changed("BU99980101", "Centrum", PORTAL)


def test_more_pages_are_said(changed):
    table = changed('"value":', '"odata.nextLink":"https://x","value":')
    assert "bladzijden" in table.notes[0]


MANGLES = st.sampled_from(
    [
        lambda n: f"{n:,}".replace(",", "."),
        lambda n: f"{n:,}",
        lambda n: f"{n:,}".replace(",", " "),
        lambda n: f"{n}.0",
        lambda n: f"{n},0",
        lambda n: f"{n:.2e}",
        lambda n: f"{n / 1000}",
        lambda n: f"{n / 1000}".replace(".", ","),
        lambda n: f"{n:>8}",
        lambda n: f"{n}*",
        lambda n: f"-{n}",
        lambda n: f"{n}%",
        lambda n: f"<{n}",
    ]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(n=st.integers(1, 2_000_000).filter(lambda n: n % 1000), mangle=MANGLES)
def test_a_mangled_count_is_never_another_count(tmp_path, n, mangle):
    text = UNTYPED.read_text("utf-8")
    path = tmp_path / UNTYPED.name
    path.write_text(text.replace('"    1382"', f'"{mangle(n)}"'), "utf-8")
    try:
        found = cell(read(path), "GM9998", 2023, 12, "0.0.0")
    except SourceError:
        return
    assert found == n
