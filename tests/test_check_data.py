"""``leefbaar data check``: what fits together, what lacks, and what cannot be, in Dutch."""

import math

import pandas as pd
import pytest

from leefbaar_tools import check_data, cli
from leefbaar_tools.areas import CATALOGUE
from leefbaar_tools.check_data import check, exercises, faults
from leefbaar_tools.sources.tables import SourceError, Table
from leefbaar_tools.store import Store

NAN = math.nan
NAMES = {
    "NL00": "Nederland",
    "GM0001": "Stad",
    "WK000100": "Wijk 00",
    "BU00010000": "Oost",
    "BU00010001": "West",
}
RECS = {"NL": "Land", "GM": "Gemeente", "WK": "Wijk", "BU": "Buurt"}
SCORES = ("afw", "fys", "won", "vrz", "soc", "onv")


def kern(year=2022, names=NAMES, wbi=None, **columns):
    rows = [
        {
            "jaar": year,
            "gwb_code": code,
            "regio": name,
            "recs": RECS[code[:2]],
            "ind_wbi": (wbi or {}).get(code, "." if code[:2] in ("NL", "GM") else "1"),
        }
        for code, name in names.items()
    ]
    frame = pd.DataFrame(rows)
    for name, value in ({"a_inw": 1000.0, "a_hh": 500.0, "a_woning": 480.0} | columns).items():
        frame[name] = frame["gwb_code"].map(value) if isinstance(value, dict) else value
        frame[name] = frame[name].fillna(1000.0) if isinstance(value, dict) else frame[name]
    return frame


# Every figure that an exercise asks of Kerncijfers, so that nothing lacks.
FULL = {
    "a_1p_hh": 200.0, "a_hh_m_k": 150.0, "a_00_14": 150.0, "a_65_oo": 150.0, "p_wcorpw": 30.0,
    "p_ov_hw": 10.0, "p_koopw": 60.0, "p_mgezw": 40.0, "p_arb_pp": 70.0, "p_hh_lkk": 8.0,
    "a_soz_wb": 40.0, "g_ink_pi": 30.0,
}  # fmt: skip


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "gegevens")
    numbers = iter(range(100))

    def put(source, frame, division=None, edition="1", title="Tabel"):
        years = tuple(sorted({int(year) for year in frame["jaar"]}))
        path = tmp_path / f"{next(numbers)}.csv"
        path.write_text(path.name)
        made.add(
            Table(
                source=source,
                frame=frame,
                years=years,
                division={year: division or year for year in years},
                edition=edition,
                publisher="Iemand",
                title=title,
                licence="CC0",
                modelled=False,
            ),
            path,
        )

    made.put = put
    return made


def put_scores(store, codes=NAMES, years=(2020, 2022), division=2022):
    rows = [
        {"code": c, "naam": "", "niveau": RECS[c[:2]].lower(), "jaar": y, "kscore": 6.0}
        | dict.fromkeys(SCORES, 0.1)
        for c in codes
        for y in years
    ]
    store.put("leefbaarometer", pd.DataFrame(rows), division, title="Leefbaarometer 3.0")


def told(store, wanted=None):
    return "\n".join(check(store, wanted))


def test_everything_is_here(store):
    for year in (2020, 2021, 2022):
        store.put("kwb", kern(year, **FULL))
    put_scores(store)
    lines = list(check(store, "stad"))
    assert lines[:3] == [
        "Stad (GM0001): 2 buurten, indeling van 2022",
        "  Kerncijfers wijken en buurten: 2020 tot en met 2022.",
        "  Leefbaarometer: 2020 en 2022. Past bij 2 van de 2 buurten.",
    ]
    assert "  Geregistreerde misdrijven: nog niet ingelezen." in lines
    assert "  Kaart: geen grenzen die passen." in lines
    lacking = [line for line in lines if line.startswith("    ")]
    assert len(lacking) == 2, "all but health and offences is there"
    assert "Hoe gaat het met mensen?" in lacking[0]
    assert "Misdrijven door de jaren" in lacking[1]
    assert lines[-1].startswith("Losse meldingen en enquêtes zijn er niet")


def test_a_year_that_lacks_in_between(store):
    for year in (2018, 2020, 2021):
        store.put("kwb", kern(year))
    text = told(store)
    assert (
        "Kerncijfers wijken en buurten: 2018, 2020 en 2021. Daartussen ontbreekt 2019. Zo is niet te "
        "zien welke buurten gelijk bleven."
    ) in text
    assert "Let op: Kerncijfers wijken en buurten, gebiedsindeling 2018: 0 van de 4" in text
    assert "Lees ook de kerncijfers van 2019 in" in text


def test_another_division_says_why_and_what_to_do(store):
    store.put("kwb", kern(2022))
    put_scores(store, division=2024)
    text = told(store, "GM0001")
    assert "  Leefbaarometer: er is niets dat past; hieronder staat waarom." in text
    assert "Leefbaarometer 3.0, gebiedsindeling 2024: 0 van de 4 gebieden horen zeker bij" in text
    assert "Lees ook de kerncijfers van 2023 en 2024 in" in text


def test_some_buurten_match_and_one_has_no_figures(store):
    store.put("kwb", kern(2022))
    put_scores(store, ["GM0001", "WK000100", "BU00010000"])
    rows = [
        {
            "code": c,
            "jaar": 2022,
            "leeftijd": "18+",
            "marge": "waarde",
            "cijfer": "Eenzaam",
            "waarde": v,
        }
        for c, v in (("BU00010000", 40.0), ("BU00010001", NAN))
    ]
    store.put("gezondheid", pd.DataFrame(rows), 2022, title="Gezondheid per wijk en buurt")
    text = told(store)
    assert "  Leefbaarometer: 2020 en 2022. Past bij 1 van de 2 buurten." in text
    assert (
        "  Gezondheid per wijk en buurt: alleen 2022, dus geen lijn door de jaren. Past bij 2 van de "
        "2 buurten. Zonder cijfers: West."
    ) in text
    assert "Niet bekend van 1 van de 2 buurten: mensen die zich eenzaam voelen (2022)." in text


def test_a_map_of_some_buurten(store):
    store.put("kwb", kern(2022))
    square = [[[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]]
    row = {"code": "BU00010000", "naam": "x", "niveau": "buurt", "jaar": 2022, "water": False}
    store.put("grenzen", pd.DataFrame([row | {"geometry": square}]), title="Kaart")
    assert "  Kaart: past bij 1 van de 2 buurten." in told(store)


def test_exercises_that_lack_figures(store):
    """Without the Leefbaarometer six exercises lack figures; with one year there is no line."""
    store.put("kwb", kern(2022, **FULL))
    lines = list(check(store))
    start = lines.index(
        "  Deze opdrachten missen cijfers. Ze tonen de voorbeeldstad, of zonder dat cijfer:"
    )
    missing = [line for line in lines[start:] if line.startswith("    ")]
    assert "    1. “Zes keer schatten”: geen cijfers over overlast en onveiligheid" in missing
    assert any(
        "door de jaren" in line and "maar één jaar van inwoners met bijstand" in line
        for line in missing
    )
    assert not any("Profiel" in line for line in missing)
    put_scores(store)
    after = [line for line in check(store) if line.startswith("    ")]
    assert len(after) == 3
    assert [line for line in after if "geen cijfers" not in line] == [
        line for line in after if "Een cijfer door de jaren" in line
    ]


def test_exercises_are_read_from_the_notebooks():
    needs = exercises()
    ids = {item.id for item in CATALOGUE}
    titles = {need.title: need for need in needs}
    assert set(titles["Zes keer schatten"].indicators) <= ids
    assert titles["Een cijfer door de jaren"].years == 2
    # What is always about the sample city asks nothing of the own one.
    assert not any("verzonnen buurt" in title for title in titles)
    assert "Welke buurt doet het beter dan je denkt?" not in titles


def test_columns_that_are_empty_in_the_newest_edition(store):
    later = {"g_ele": 2500.0, "g_gas": 900.0, "g_ink_pi": 30.0, "p_koopw": 60.0, "a_jz_tn": 5.0}
    store.put("kwb", kern(2021, **later))
    store.put("kwb", kern(2022, **dict.fromkeys(later, NAN)))
    text = told(store)
    assert (
        "In de uitgave van 2022 is nog niets ingevuld bij gemiddeld inkomen per inwoner en "
        "koopwoningen."
    ) in text
    assert "In de uitgave van 2022 zijn ook nog 3 kolommen leeg" in text
    assert "Dit is de voorlopige eerste uitgave van 2022." in text


def test_a_column_that_was_not_in_the_file_is_not_called_empty(store):
    store.put("kwb", kern(2021, p_koopw=60.0))
    store.put("kwb", kern(2022))
    assert "koopwoningen" not in [line for line in told(store).splitlines() if "ingevuld" in line]
    assert "nog niets ingevuld" not in told(store)


def test_buurten_that_are_too_small(store):
    size = {"BU00010000": 49.0, "BU00010001": 240.0}
    store.put("kwb", kern(2022, a_inw=size, a_woning={"BU00010000": 19.0}))
    text = told(store)
    assert (
        "Te kleine buurten, hun cijfers tonen we niet: 1 met minder dan 50 inwoners en 1 met minder "
        "dan 20 woningen."
    ) in text
    assert "2 buurten hebben minder dan 250 inwoners. Daar tonen we geen misdrijven" in text


# --- which gemeente


def many(number):
    names = {"NL00": "Nederland"}
    for n in range(1, number + 1):
        names |= {f"GM{n:04}": f"Stad {n}", f"WK{n:04}00": "Wijk", f"BU{n:04}0000": "Buurt"}
    return names


def test_many_gemeenten_are_told_in_one_line_each(store):
    store.put("kwb", kern(2022, many(7)))
    lines = list(check(store))
    assert lines[1] == (
        "Stad 2 (GM0002): 1 buurt; Kerncijfers wijken en buurten 2022, 1 buurt; Leefbaarometer niets; "
        "Geregistreerde misdrijven niets; Gezondheid per wijk en buurt niets; kaart 0 buurten"
    )
    assert lines[-1] == "Meer over één gemeente: leefbaar data check NAAM"
    assert len(lines) == 8


def test_one_is_chosen_by_name_or_code(store):
    store.put("kwb", kern(2022, many(7) | {"GM0010": "Ander", "WK001000": "W", "BU00100000": "B"}))
    for wanted in ("ander", "GM0010", "gm0010", "nde"):
        assert next(iter(check(store, wanted))).startswith("Ander (GM0010)")
    # A name that is whole goes before one that only holds it.
    store.put("kwb", kern(2023, {"GM0011": "Stad 11", "WK001100": "W", "BU00110000": "B"}))
    assert next(iter(check(store, "Stad 1"))).startswith("Stad 1 (GM0001)")
    with pytest.raises(SourceError, match="Kies één gemeente: Stad 1, Stad 11, Stad 2"):
        next(iter(check(store, "stad")))
    with pytest.raises(SourceError, match="“Nergens” staat niet in de kerncijfers"):
        next(iter(check(store, "Nergens")))


# --- what cannot be


def changed(code, column, value):
    frame = kern(2022)
    if column not in frame:
        frame[column] = 10.0
    frame.loc[frame["gwb_code"] == code, column] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.concat([kern(), kern().iloc[3:4]]), "BU00010000 staat er twee keer in."),
        (changed("BU00010000", "recs", "Wijk"), "BU00010000 staat er als Wijk."),
        (
            changed("BU00010000", "gwb_code", "BU0001000"),
            "“BU0001000” is geen code van een gebied.",
        ),
        (
            kern(names={c: n for c, n in NAMES.items() if c != "GM0001"}),
            "De rij van GM0001 ontbreekt",
        ),
        (
            kern(names={c: n for c, n in NAMES.items() if c[:2] != "WK"}),
            "De rij van WK000100 ontbr",
        ),
        (
            changed("BU00010001", "a_inw", -5.0),
            "In a_inw staat een getal onder nul, bij BU00010001.",
        ),
        (changed("BU00010001", "p_koopw", 101.0), "In p_koopw staat een percentage boven 100"),
    ],
)
def test_what_cannot_be_is_said(frame, said):
    lines = faults(frame.reset_index(drop=True))
    assert any(line.startswith(said) for line in lines), lines


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("m_hh_ver", -12.0),
        ("g_ink_pi", -0.5),
        ("g_hh_sti", -1.0),
        ("p_geb", 130.0),
        ("p_ste", 200.0),
    ],
)
def test_what_can_be_is_not_said(column, value):
    assert faults(changed("BU00010000", column, value)) == []


@pytest.mark.parametrize(
    ("shares", "wrong"),
    [
        ((60.0, 39.0, 0.0), False),
        ((60.0, 40.0, 1.0), False),
        ((60.0, 42.0, 0.0), True),
        ((60.0, 38.0, 0.0), True),
        ((NAN, 38.0, 0.0), False),
    ],
)
def test_tenure_adds_up_or_is_told(shares, wrong):
    frame = kern(2022)
    for name, share in zip(("p_koopw", "p_huurw", "p_e_o_w"), shares, strict=True):
        frame[name] = share
    said = (
        "p_koopw + p_huurw + p_e_o_w is niet 100 bij 5 gebieden, zoals NL00. Afgerond mag het 1 "
        "verschillen."
    )
    assert faults(frame) == ([said] if wrong else [])


def test_rented_dwellings_have_an_owner():
    frame = kern(2022).assign(p_huurw=40.0, p_wcorpw=30.0, p_ov_hw=11.0)
    assert faults(frame) == []
    frame.loc[3, "p_ov_hw"] = 12.0
    assert faults(frame)[0].startswith(
        "p_wcorpw + p_ov_hw is niet p_huurw bij 1 gebied, zoals BU000100"
    )


def test_faults_of_a_year_are_told(store):
    store.put("kwb", kern(2021))
    store.put("kwb", kern(2022, p_koopw=60.0, p_huurw=50.0, p_e_o_w=0.0))
    for wanted in (None, "Stad"):
        lines = [line for line in check(store, wanted) if line.startswith("Let op: ")]
        assert len(lines) == 1
        assert lines[0].startswith("Let op: Kerncijfers wijken en buurten 2022: p_koopw + p_huurw")


def without_wijken(number):
    """The first gemeente has a row for each buurt, but none for its wijk."""
    return kern(names={c: n for c, n in many(number).items() if c != "WK000100"})


@pytest.mark.parametrize("number", [2, 7])
def test_a_gemeente_without_wijken_does_not_stop_the_others(store, number):
    store.put("kwb", without_wijken(number))
    lines = list(check(store))
    assert lines[0].startswith(
        "Let op: Kerncijfers wijken en buurten 2022: De rij van WK000100 ontbreekt"
    )
    assert lines[1].startswith("Stad 1 (GM0001): ")
    assert "WK000100 ontbreekt" in lines[1]
    assert lines[2].startswith("Stad 2 (GM0002): 1 buurt")
    wanted = list(check(store, "GM0001"))
    assert wanted[:2] == lines[:2]


def test_damage_to_one_source_is_a_line_and_damage_to_kerncijfers_stops(store):
    store.put("kwb", kern(2022))
    put_scores(store)
    next(store.folder.glob("leefbaarometer-2020-*.parquet")).write_bytes(b"PAR1")
    assert any("2020 is weg of beschadigd" in line for line in check(store))
    next(store.folder.glob("kwb-2022-*.parquet")).write_bytes(b"PAR1")
    with pytest.raises(SourceError, match="weg of beschadigd"):
        list(check(store))


# --- the command


def test_the_command(store, capsys):
    folder = ["--folder", str(store.folder.parent)]
    assert cli.main(["data", "check", *folder]) == 1
    assert "nog geen kerncijfers van een gemeente" in capsys.readouterr().err
    store.put("kwb", kern(2022))
    assert cli.main(["data", "check", "Stad", *folder]) == 0
    assert capsys.readouterr().out.startswith("Stad (GM0001): 2 buurten, indeling van 2022\n")
    assert cli.main(["data", "check", "Dorp", *folder]) == 1
    assert "“Dorp” staat niet" in capsys.readouterr().err


def test_no_exercise_is_forgotten(monkeypatch):
    """A cell whose last line is no call, or without figures, asks nothing."""
    assert check_data._need("import x", "1") == []
    assert check_data._need('lt.write("m1-x", title="Zomaar")', "1") == []
