"""Registered offences and health in an area: never added, never mixed, never a false nought."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leefbaar_tools import analysis, areas
from leefbaar_tools.areas import CATALOGUE, HEALTH, LEEFBAAROMETER, POLICE, AreaError, area_of
from leefbaar_tools.joins import FIRST_EDITION, first_editions
from leefbaar_tools.sources import gezondheid, politie
from leefbaar_tools.sources.tables import Head
from leefbaar_tools.store import Store

FIXTURES = Path(__file__).parent / "fixtures_sources"
GM, WK, OOST, WEST = "GM0001", "WK000100", "BU00010000", "BU00010001"
NAMES = {"NL00": "Nederland", GM: "Stad", WK: "Wijk 00", OOST: "Oost", WEST: "West"}
RECS = {"NL": "Land", "GM": "Gemeente", "WK": "Wijk", "BU": "Buurt"}
NAN = math.nan


def kern(years=(2022,), a_inw=1000.0, **columns):
    """Kerncijfers of some years; a column is one number, or one per code, or per year."""
    rows = []
    for year in years:
        for code, name in NAMES.items():
            row = {"jaar": year, "gwb_code": code, "regio": name, "recs": RECS[code[:2]]}
            row["ind_wbi"] = "." if code[:2] in ("NL", "GM") else "1"
            for column, value in {"a_inw": a_inw, "a_00_14": 200.0, **columns}.items():
                if isinstance(value, dict):
                    value = value.get(code, value.get(year, 1000.0))
                row[column] = value
            rows.append(row)
    return pd.DataFrame(rows)


def offences(*rows):
    """Rows of (code, year, month, kind, number)."""
    return pd.DataFrame(rows, columns=["code", "jaar", "maand", "soort", "aantal"])


def health(*rows):
    """Rows of (code, year, age, margin, figure, percent)."""
    return pd.DataFrame(rows, columns=["code", "jaar", "leeftijd", "marge", "cijfer", "waarde"])


def cell(area, code, indicator, year):
    found = area.cell(code, indicator, year)
    return tuple(found[["value", "n", "cases", "flag"]])


# --- offences


def test_offences_per_thousand_inhabitants_with_the_number_behind_them():
    """30 of 2 000 inhabitants is 15 per 1 000."""
    area = area_of(kern(a_inw=2000.0), politie=offences((OOST, 2022, 0, "0.0.0", 30.0)))
    assert cell(area, OOST, "offences", 2022) == (15.0, 2000.0, 30.0, "ok")
    known = area.indicator("offences")
    assert (known.unit, known.modelled) == (
        "alle geregistreerde misdrijven per 1.000 inwoners",
        False,
    )


def test_the_total_is_never_added_to_its_parts():
    rows = [(OOST, 2022, 0, kind, n) for kind, n in (("0.0.0", 50.0), ("1.1.1", 20.0))]
    area = area_of(kern(), politie=offences(*rows, (OOST, 2022, 0, "2.2.1", 12.0)))
    values = {id: area.cell(OOST, id, 2022)["value"] for id in area.indicators if id in IDS[POLICE]}
    assert values == {"offences": 50.0, "burglary": 20.0, "vandalism": 12.0}


IDS = {s: {i.id for i in CATALOGUE if i.source is s} for s in (POLICE, HEALTH)}


def test_each_indicator_of_the_police_is_one_kind():
    kinds = [i.column for i in CATALOGUE if i.source is POLICE]
    assert kinds.count(politie.TOTAL) == 1
    assert len(set(kinds)) == len(kinds)
    assert all(politie.KIND.fullmatch(kind) for kind in kinds)


def test_null_is_missing_and_a_nought_is_a_nought():
    rows = offences((OOST, 2022, 0, "1.1.1", NAN), (WEST, 2022, 0, "1.1.1", 0.0))
    rows = pd.concat([rows, offences((WK, 2022, 0, "1.1.1", 12.0))])
    area = area_of(kern(), politie=rows)
    value, _, _, flag = cell(area, OOST, "burglary", 2022)
    assert (math.isnan(value), flag) == (True, "missing")
    # Nought burglaries is known, but too few to say anything about the place.
    assert cell(area, WEST, "burglary", 2022)[0] == 0
    assert cell(area, WEST, "burglary", 2022)[3] == "small"
    # A kind that nobody has is no indicator.
    assert "vandalism" not in area.indicators


def test_few_inhabitants_are_small():
    """Trap: 115 inhabitants and 177 offences is over 1 500 per 1 000."""
    size = {OOST: 115.0, WEST: 250.0}
    rows = offences((OOST, 2022, 0, "0.0.0", 177.0), (WEST, 2022, 0, "0.0.0", 10.0))
    area = area_of(kern(a_inw=size), politie=rows)
    assert cell(area, OOST, "offences", 2022) == (
        pytest.approx(1539.13, abs=0.01),
        115,
        177,
        "small",
    )
    assert cell(area, WEST, "offences", 2022) == (40.0, 250.0, 10.0, "ok")
    shown = analysis.figure(area, OOST, "offences")
    assert math.isnan(shown["value"])
    assert shown["reason"] == "Te klein om te tonen: minder dan 250 vaste inwoners."


def test_nobody_lives_there():
    rows = offences((OOST, 2022, 0, "0.0.0", 5.0), (WK, 2022, 0, "0.0.0", 50.0))
    area = area_of(kern(a_inw={OOST: 0.0, WEST: NAN}), politie=rows)
    assert area.cell(OOST, "offences", 2022)["flag"] == "missing"


def months(numbers, kind="1.1.1", year=2022):
    return offences(*((OOST, year, m, kind, n) for m, n in enumerate(numbers, start=1)))


def test_twelve_months_make_a_year():
    area = area_of(kern(), politie=months([float(n) for n in range(1, 13)]))
    assert cell(area, OOST, "burglary", 2022) == (78.0, 1000.0, 78.0, "ok")


@pytest.mark.parametrize("numbers", [[10.0] * 11, [10.0] * 11 + [NAN]])
def test_eleven_months_make_no_year(numbers):
    rows = pd.concat([months(numbers), months([10.0] * 12, "0.0.0")])
    area = area_of(kern(), politie=rows)
    assert "burglary" not in area.indicators
    assert area.cell(OOST, "offences", 2022)["value"] == 120


def test_months_are_never_added_to_a_year():
    year = offences((OOST, 2022, 0, "1.1.1", 99.0), (OOST, 2022, 0, "2.2.1", NAN))
    rows = pd.concat([months([10.0] * 12), months([10.0] * 12, "2.2.1"), year])
    area = area_of(kern(), politie=rows)
    assert area.cell(OOST, "burglary", 2022)["value"] == 99
    # What was published as missing stays so.
    assert "vandalism" not in area.indicators


def test_inhabitants_of_the_nearest_year():
    size = {2020: 500.0, 2022: 1000.0}
    rows = [(OOST, year, 0, "0.0.0", 20.0) for year in (2016, 2017, 2020, 2023, 2025, 2026)]
    area = area_of(kern((2020, 2022), a_inw=size), politie=offences(*rows))
    found = area.series(OOST, "offences")["value"].dropna().to_dict()
    # More than three years apart says too little about the year itself.
    assert found == {2017: 40.0, 2020: 40.0, 2023: 20.0, 2025: 20.0}


def test_a_place_that_is_not_in_kerncijfers_is_not_used():
    area = area_of(kern(), politie=offences(("BU00020000", 2022, 0, "0.0.0", 99.0)))
    assert "offences" not in area.indicators
    assert "BU00020000" not in area.regions.index
    rows = health(("BU00020000", 2022, "18+", "waarde", "Eenzaam", 40.0))
    assert "lonely" not in area_of(kern(), gezondheid=rows).indicators
    with pytest.raises(AreaError, match="geen bestand"):
        area_of(politie=offences((OOST, 2022, 0, "0.0.0", 99.0)))


def test_a_row_twice_is_refused():
    row = (OOST, 2022, 0, "0.0.0", 99.0)
    with pytest.raises(AreaError, match="BU00010000 staat twee keer in de cijfers over 2022"):
        area_of(kern(), politie=offences(row, row))


# --- health


def test_health_is_a_share_of_adults_and_an_estimate():
    rows = health((OOST, 2020, "18+", "waarde", "Eenzaam", 41.7))
    area = area_of(kern((2020,)), gezondheid=rows)
    value, n, cases, flag = cell(area, OOST, "lonely", 2020)
    assert (value, n, flag) == (pytest.approx(0.417), 800.0, "ok")
    assert math.isnan(cases)
    known = area.indicator("lonely")
    assert (known.unit, known.modelled) == ("van de 10 volwassenen", True)
    assert set(area.indicators) & IDS[HEALTH] == {"lonely"}


def test_only_the_estimate_itself_of_all_adults():
    rows = health(
        (OOST, 2020, "18+", "ondergrens", "Eenzaam", 1.0),
        (OOST, 2020, "18+", "waarde", "Eenzaam", 40.0),
        (OOST, 2020, "18+", "bovengrens", "Eenzaam", 99.0),
        (OOST, 2020, "65+", "waarde", "Eenzaam", 60.0),
    )
    assert area_of(kern((2020,)), gezondheid=rows).cell(OOST, "lonely", 2020)["value"] == 0.4


def test_a_missing_estimate_and_few_adults():
    rows = health(
        (OOST, 2020, "18+", "waarde", "Eenzaam", NAN),
        (WEST, 2020, "18+", "waarde", "Eenzaam", 40.0),
    )
    area = area_of(kern((2020,), a_inw={WEST: 240.0}), gezondheid=rows)
    assert area.cell(OOST, "lonely", 2020)["flag"] == "missing"
    assert analysis.figure(area, WEST, "lonely")["reason"] == (
        "Te klein om te tonen: minder dan 50 volwassenen."
    )


def test_figures_are_known_by_the_names_of_the_table():
    """Every name of the catalogue is a column of 50090NED, whose places differ per edition."""
    names = (
        "ErvarenGezondheidGoedZeerGoed_4 Eenzaam_28 ErnstigZeerErnstigEenzaam_29 Mantelzorger_32 "
        "Vrijwilligerswerk_33 MatigVeelRegieOverEigenLeven_27 ErnstigeGeluidhinderDoorBuren_37 "
        "MoeiteMetRondkomen_38"
    )
    assert {i.column for i in CATALOGUE if i.source is HEALTH} == {
        name.rpartition("_")[0] for name in names.split()
    }


def test_health_is_not_laid_beside_what_its_model_is_made_of():
    rows = health((OOST, 2020, "18+", "waarde", "ErvarenGezondheidGoedZeerGoed", 80.0))
    area = area_of(kern((2020,)), gezondheid=rows)
    with pytest.raises(AreaError, match="geschat uit onder meer inkomen"):
        analysis.better_than_expected(area, "good_health")


def test_look_alikes_without_a_year_in_which_all_is_known():
    """Income is of another year than the rest: the year with the most figures is taken."""
    columns = {"a_hh": 500.0, "a_1p_hh": 100.0, "g_ink_pi": {2020: 30.0, 2021: NAN}}
    table = kern((2020, 2021), **columns)
    table.loc[table["jaar"] == 2020, ["a_1p_hh"]] = NAN
    table.loc[table["jaar"] == 2021, ["bev_dich"]] = 50.0
    assert list(analysis.comparable(area_of(table), OOST).index) == [WEST]
    with pytest.raises(AreaError, match="te weinig bekend"):
        analysis.comparable(area_of(kern()), OOST)
    columns = {"g_ink_pi": {2020: 30.0, 2021: NAN}, "p_hh_lkk": {2020: NAN, 2021: 5.0}}
    columns |= {"p_wcorpw": 10.0, "a_woning": 500.0, "a_hh": 500.0, "a_soz_wb": 50.0}
    with pytest.raises(AreaError, match="geen jaar met alle cijfers"):
        analysis.vulnerability(area_of(kern((2020, 2021), **columns)))


# --- words


def test_the_sample_city_has_none_of_these():
    assert not set(areas.sample_city().indicators) & (IDS[POLICE] | IDS[HEALTH])


def test_source_lines_say_where_it_counts_and_what_is_an_estimate():
    scores = pd.DataFrame(
        [{"code": OOST, "naam": "Oost", "niveau": "buurt", "jaar": 2020, "afw": 0.1}]
    )
    area = area_of(
        kern((2020,)),
        scores,
        offences((OOST, 2020, 0, "0.0.0", 30.0)),
        health((OOST, 2020, "18+", "waarde", "Eenzaam", 41.7)),
        editions={
            (POLICE.table, 2020): ("47018NED", 2024),
            (HEALTH.table, 2020): ("50090NED", 2020),
            (LEEFBAAROMETER.table, 2020): ("meting 2022", 2022),
        },
    )
    assert area.source_line("offences") == (
        "Politie, Geregistreerde misdrijven, 2020, tabel 47018NED, gebiedsindeling 2024, geteld waar "
        "het gebeurde, inwoners volgens CBS, Kerncijfers wijken en buurten van 2020."
    )
    assert area.source_line("lonely") == (
        "GGD'en, CBS en RIVM, Gezondheid per wijk en buurt, 2020, tabel 50090NED, gebiedsindeling "
        "2020, mensen van 18 jaar en ouder, schatting met een rekenmodel."
    )
    assert area.source_line("leefbaarometer") == (
        "Ministerie van BZK, Leefbaarometer, 2020, editie meting 2022, gebiedsindeling 2022, "
        "schatting met een rekenmodel."
    )
    assert area.source_line("inhabitants") == (
        "CBS, Kerncijfers wijken en buurten, 2020, editie 2020, gebiedsindeling 2020."
    )
    # One year is no stretch of years.
    assert "tot en met" not in area.source_line("inhabitants", since=2020)


def test_the_years_of_the_inhabitants_are_those_that_were_used():
    """Of Oost the inhabitants of 2023 are not known, so its offences stand beside those of 2022."""
    people = kern((2022, 2023))
    people.loc[(people["jaar"] == 2023) & (people["gwb_code"] == OOST), "a_inw"] = np.nan
    rows = [(code, 2024, 0, "0.0.0", 30.0) for code in (OOST, WEST)]
    area = area_of(people, politie=offences(*rows))
    assert area.source_line("offences").endswith("van 2022 en 2023.")
    area = area_of(people, politie=offences((WEST, 2024, 0, "0.0.0", 30.0)))
    assert area.source_line("offences").endswith("van 2023.")
    rows = [(WEST, year, 0, "0.0.0", 30.0) for year in (2021, 2022, 2023, 2024)]
    area = area_of(people, politie=offences(*rows))
    assert area.source_line("offences", 2022, since=2021).endswith("van 2022.")
    assert area.source_line("offences", since=2021).endswith("van 2022 en 2023.")


# --- from the store


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "gegevens")
    numbers = iter(range(100))

    def put(table, **change):
        path = tmp_path / f"{next(numbers)}.csv"
        path.write_text(path.name)
        made.add(replace(table, **change), path)

    made.put = put
    return made


def put_kern(store, year, **columns):
    table = politie.read(Head(FIXTURES / "politie-portaal.csv"))
    store.put(
        table, source="kwb", frame=kern((year,), **columns), years=(year,), division={year: year},
        edition=f"uitgave {year}", title="Kerncijfers wijken en buurten", notes=(),
    )  # fmt: skip


def put_long(store, reader, file, frame, division, edition):
    years = tuple(sorted(set(frame["jaar"])))
    store.put(
        reader.read(Head(FIXTURES / file)),
        frame=frame,
        years=years,
        division={} if division is None else dict.fromkeys(years, division),
        edition=edition,
    )


def put_offences(store, frame, division=2022, edition="47018NED"):
    put_long(store, politie, "politie-portaal.csv", frame, division, edition)


def put_health(store, frame, division=2020, edition="50090NED"):
    put_long(store, gezondheid, "gezondheid-2016-2020.csv", frame, division, edition)


def test_offences_and_health_through_the_store(store):
    put_kern(store, 2022)
    rows = [(code, 2022, 0, kind, 20.0) for code in NAMES for kind in ("0.0.0", "3.9.1")]
    put_offences(store, offences(*rows, ("BU00020000", 2022, 0, "0.0.0", 7.0)))
    more = ("65+", "waarde"), ("18+", "ondergrens"), ("18+", "waarde")
    rows = [(c, 2022, *one, "Eenzaam", 40.0) for c in NAMES for one in more]
    put_health(store, health(*rows), 2022, "50120NED")
    area = store.area(GM)
    assert cell(area, OOST, "offences", 2022) == (20.0, 1000.0, 20.0, "ok")
    assert area.cell("NL00", "offences", 2022)["flag"] == "ok"
    assert area.cell(WK, "lonely", 2022)["value"] == 0.4
    assert area.notes == ()
    assert "tabel 47018NED, gebiedsindeling 2022" in area.source_line("offences")
    assert "tabel 50120NED, gebiedsindeling 2022" in area.source_line("lonely")


def test_offences_of_another_division_are_joined_where_the_codes_say_so(store):
    """West got another border in 2023, so the newest division is not that of its old figures."""
    put_kern(store, 2022)
    frame = kern((2023,))
    frame.loc[frame["gwb_code"] == WEST, "ind_wbi"] = "3"
    put_kern(store, 2023)
    store.put(
        politie.read(Head(FIXTURES / "politie-portaal.csv")),
        source="kwb", frame=frame, years=(2023,), division={2023: 2023}, edition="x",
    )  # fmt: skip
    put_offences(store, offences(*((c, 2022, 0, "0.0.0", 20.0) for c in NAMES)), division=2022)
    area = store.area(GM)
    assert area.cell(OOST, "offences", 2022)["flag"] == "ok"
    assert area.cell(WEST, "offences", 2022)["flag"] == "missing"
    assert any(
        note.startswith("Geregistreerde misdrijven, gebiedsindeling 2022: 2 van de 4 gebieden")
        for note in area.notes
    )


def test_the_country_alone_is_no_figure_of_a_gemeente(store):
    """It belongs to every division, so it is joined; it must not bring an indicator along."""
    put_kern(store, 2022)
    put_offences(store, offences(*((c, 2022, 0, "0.0.0", 20.0) for c in NAMES)), 2024)
    assert "offences" not in store.area(GM).indicators
    rows = offences(("NL00", 2022, 0, "0.0.0", 20.0), (OOST, 2022, 0, "0.0.0", NAN))
    assert "offences" not in area_of(kern(), politie=rows).indicators


def test_a_figure_that_no_buurt_may_show_has_no_trend():
    area = area_of(kern(), politie=offences((OOST, 2022, 0, "1.1.1", 3.0)))
    assert analysis.trend(area, OOST, "burglary").reason.startswith("Er zijn te weinig metingen")


def test_figures_of_another_division_are_refused_with_what_to_do(store):
    put_kern(store, 2022)
    put_offences(
        store, offences((OOST, 2022, 0, "0.0.0", 20.0), (OOST, 2021, 0, "0.0.0", 20.0)), 2024
    )
    rows = [(c, y, "18+", "waarde", "Eenzaam", 40.0) for c in (OOST, WEST) for y in (2016, 2020)]
    put_health(store, health(*rows))
    area = store.area(GM)
    assert not set(area.indicators) & (IDS[POLICE] | IDS[HEALTH])
    assert sorted(area.notes) == [
        "Geregistreerde misdrijven, gebiedsindeling 2024: 0 van de 1 gebieden horen zeker bij de "
        "indeling van 2022. De andere zijn weggelaten. Lees ook de kerncijfers van 2023 en 2024 in, "
        "dan is te zien wat gelijk bleef.",
        "Gezondheid per wijk en buurt, gebiedsindeling 2020: 0 van de 2 gebieden horen zeker bij de "
        "indeling van 2022. De andere zijn weggelaten. Lees ook de kerncijfers van 2021 in, dan is "
        "te zien wat gelijk bleef.",
    ]


def test_a_division_that_nobody_knows_is_refused(store):
    put_kern(store, 2022)
    put_offences(store, offences((OOST, 2014, 0, "0.0.0", 20.0)), None)
    area = store.area(GM)
    assert "offences" not in area.indicators
    assert area.notes[0].startswith(
        "Geregistreerde misdrijven, 2014: het bestand zegt niet op welke gebiedsindeling"
    )


def test_a_source_without_this_gemeente(store):
    put_kern(store, 2022)
    put_offences(
        store, offences(("NL00", 2022, 0, "0.0.0", 20.0), ("GM0002", 2022, 0, "0.0.0", 2.0))
    )
    area = store.area(GM)
    assert area.notes == ("In Geregistreerde misdrijven staat niets over Stad.",)
    assert "offences" not in area.indicators


def test_offences_without_inhabitants_of_their_years(store):
    put_kern(store, 2022)
    put_offences(store, offences(*((OOST, y, 0, "0.0.0", 20.0) for y in (2012, 2015, 2022))))
    area = store.area(GM)
    assert area.indicator("offences").years == (2022,)
    assert area.notes == (
        "Geregistreerde misdrijven van 2012 en 2015: er zijn geen inwonertallen van hooguit 3 jaar "
        "eerder of later, dus geen cijfers per 1.000 inwoners. Lees ook de kerncijfers van die jaren "
        "in.",
    )


def test_months_that_make_no_year_are_told(store):
    put_kern(store, 2022)
    put_offences(store, months([2.0] * 5, "0.0.0"), edition="47022NED")
    area = store.area(GM)
    assert "offences" not in area.indicators
    assert area.notes == (
        "Geregistreerde misdrijven van 2022: niet alle twaalf maanden zijn bekend, dus er is geen "
        "cijfer over het hele jaar.",
    )


# --- the first edition


LATER = {"g_ele": 2500.0, "g_gas": 1200.0, "g_ink_pi": 30.0, "a_jz_tn": 40.0}


def test_a_first_edition_is_marked_in_the_figure(store):
    put_kern(store, 2022, **LATER)
    put_kern(store, 2023, **dict.fromkeys(LATER, NAN))
    area = store.area(GM)
    assert area.source_line("inhabitants") == (
        f"CBS, Kerncijfers wijken en buurten, 2023, editie uitgave 2023, {FIRST_EDITION}, "
        "gebiedsindeling 2023."
    )
    assert FIRST_EDITION not in area.source_line("inhabitants", 2022)
    assert FIRST_EDITION == "voorlopige eerste uitgave"


@pytest.mark.parametrize(
    ("columns", "first"),
    [
        (dict.fromkeys(LATER, NAN), [2022]),
        (LATER, []),
        # One of them is filled in: a second edition, that need not be the last.
        (dict.fromkeys(LATER, NAN) | {"g_gas": 900.0}, []),
        # A choice of columns says nothing about the edition.
        ({"g_ink_pi": NAN, "g_ele": NAN}, []),
        ({}, []),
    ],
)
def test_a_first_edition_is_only_said_when_it_is_known(columns, first):
    assert first_editions(kern(**columns)) == first
