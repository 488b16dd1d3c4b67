"""Places that got another code or became one: joined by a concordance, or left out and said."""

import math

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import GM, REGIONS, Filled, kwb, long, scores, shapes

from leefbaar_tools import cli
from leefbaar_tools.check_data import check
from leefbaar_tools.divisions import Links
from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError

OLD_A, OLD_B, NEW = "BU00010007", "BU00010008", "BU00010009"
WEST = "BU00010001"
BEFORE = {k: v for k, v in REGIONS.items() if k != "BU00010000"} | {
    OLD_A: ("Noord", "Buurt"),
    OLD_B: ("Zuid", "Buurt"),
}
AFTER = {k: v for k, v in REGIONS.items() if k != "BU00010000"} | {NEW: ("Samen", "Buurt")}
SAME = {"GM0001": "1", "WK000100": "1", WEST: "1"}


@pytest.fixture
def stored(tmp_path):
    return Filled(tmp_path)


def listed(path, *pairs, first=2021, last=2022):
    """Read a concordance from a CSV."""
    lines = [f"code {first};code {last}", *(f"{old};{new}" for old, new in pairs)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return recognise.read(path)


def add_list(stored, *pairs, **years):
    path = stored.file.with_name("omnummer.csv")
    return stored.add(listed(path, *pairs, **years), path)


def by_code(a, b, **others):
    """A column: for two old buurten, and 1 for all else."""
    return dict.fromkeys(BEFORE, 1.0) | {OLD_A: a, OLD_B: b} | others


def two_became_one(stored, **columns):
    sizes = {"a_opp_ha": by_code(40.0, 50.0, WK000100=90.0, GM0001=90.0, BU00010001=30.0)}
    stored.put(kwb(2021, regions=BEFORE, **(sizes | columns)))
    after = dict.fromkeys(AFTER, 90.0) | {WEST: 30.0}
    stored.put(kwb(2022, regions=AFTER, wbi=SAME | {NEW: "3"}, a_opp_ha=after))


def years(area, code):
    return sorted(area.series(code, "inhabitants").index)


# --- another code


def test_a_place_with_another_code_keeps_its_figures(stored):
    stored.put(kwb(2021, regions=BEFORE, a_inw=by_code(700.0, 5.0)))
    stored.put(kwb(2022, regions=AFTER, wbi=SAME | {NEW: "2"}))
    assert years(stored.area(GM), NEW) == [2022]
    add_list(stored, (OLD_A, NEW))
    area = stored.area(GM)
    assert years(area, NEW) == [2021, 2022]
    assert area.cell(NEW, "inhabitants", 2021)["value"] == 700
    assert area.name(NEW) == "Samen"
    assert OLD_A not in area.regions.index
    assert area.notes == (
        "Kerncijfers wijken en buurten, gebiedsindeling 2021: 4 van de 5 gebieden horen zeker bij "
        "de indeling van 2022. De andere zijn weggelaten. Volgens de omnummertabel: 1 kreeg een "
        "andere code.",
    )


def test_the_source_line_says_so(stored):
    two_became_one(stored)
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    area = stored.area(GM)
    assert "2021, editie maart, gebiedsindeling 2021 omgenummerd naar 2022." in area.source_line(
        "inhabitants", 2021
    )
    assert area.source_line("inhabitants", 2022).endswith("gebiedsindeling 2022.")


def test_codes_that_were_exchanged_go_with_their_place(stored):
    """A code that stays in use for another place is the most dangerous one."""
    swap = {"BU00010000": "2", WEST: "2"} | {"GM0001": "1", "WK000100": "1"}
    stored.put(kwb(2021, a_inw={"BU00010000": 100.0, WEST: 200.0}))
    stored.put(kwb(2022, wbi=swap))
    add_list(stored, ("BU00010000", WEST), (WEST, "BU00010000"))
    area = stored.area(GM)
    assert area.cell("BU00010000", "inhabitants", 2021)["value"] == 200
    assert area.cell(WEST, "inhabitants", 2021)["value"] == 100


def test_a_list_against_the_sign_of_cbs_is_not_followed(stored):
    """CBS calls West the same place; a list that says it was another one decides nothing."""
    stored.put(kwb(2021, regions=BEFORE))
    stored.put(kwb(2022, regions=AFTER, wbi=SAME))
    add_list(stored, (OLD_A, WEST))
    assert years(stored.area(GM), WEST) == [2022]


def test_a_line_is_not_broken_where_a_list_says_what_changed(stored):
    two_became_one(stored)
    assert stored.area(GM).boundary_changes == {NEW: [2022]}
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    assert stored.area(GM).boundary_changes == {}


# --- several that became one


def test_counts_are_added_and_shares_weighted(stored):
    """900 people in 400 households and 300 dwellings, and 100 in 100 and 100.

    Corporation dwellings: 20% of 300 and 60% of 100 is 120 of 400. Working: 50% of the 800 of 15
    and older and 75% of 80 is 460 of 880. Density: 3000 on 0.3 and 200 on 0.5 km2 is 1250.
    """
    two_became_one(
        stored,
        a_inw=by_code(900.0, 100.0),
        a_00_14=by_code(100.0, 20.0),
        a_hh=by_code(400.0, 100.0),
        a_woning=by_code(300.0, 100.0),
        a_1p_hh=by_code(150.0, 50.0),
        p_wcorpw=by_code(20.0, 60.0),
        p_arb_pp=by_code(50.0, 75.0),
        g_hhgro=by_code(2.25, 1.0),
        g_ink_pi=by_code(20.0, 40.0),
        bev_dich=by_code(3000.0, 200.0),
        a_lan_ha=by_code(30.0, 50.0),
    )
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    area = stored.area(GM)
    found = {id: area.cell(NEW, id, 2021)["value"] for id in area.indicators}
    assert found["inhabitants"] == 1000
    assert found["households"] == 500
    assert found["single_person"] == 200 / 500
    assert found["corporation"] == pytest.approx(0.30)
    assert found["working"] == pytest.approx(460 / 880)
    assert found["household_size"] == pytest.approx(2.0)
    assert found["income"] == pytest.approx((20 * 900 + 40 * 100) / 1000)
    assert found["density"] == pytest.approx(1250)
    assert area.cell(NEW, "corporation", 2021)["n"] == 400
    assert "1 is samengevoegd uit meer gebieden." in area.notes[0]


@pytest.mark.parametrize(
    ("share", "dwellings", "expected"),
    [
        ((20.0, math.nan), (300.0, 100.0), math.nan),
        ((20.0, 60.0), (300.0, math.nan), math.nan),
        ((20.0, math.nan), (300.0, 0.0), 0.20),
        ((math.nan, math.nan), (0.0, 0.0), math.nan),
    ],
)
def test_a_part_that_is_not_known_makes_the_whole_unknown(stored, share, dwellings, expected):
    """Unless nobody lives there."""
    two_became_one(stored, p_wcorpw=by_code(*share), a_woning=by_code(*dwellings))
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    cell = stored.area(GM).cell(NEW, "corporation", 2021)
    assert cell["value"] == pytest.approx(expected, nan_ok=True)


def test_a_figure_without_a_denominator_is_not_guessed(stored):
    """Without the area of land nobody can say how dense two places are together."""
    two_became_one(stored, bev_dich=by_code(3000.0, 200.0))
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    assert stored.area(GM).cell(NEW, "density", 2021)["flag"] == "missing"


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(
        st.tuples(st.integers(0, 5000), st.integers(0, 100)), min_size=2, max_size=5
    ).filter(lambda parts: sum(n for n, _ in parts) >= 20)
)
def test_a_weighted_share_counts_the_same_cases(tmp_path_factory, parts):
    stored = Filled(tmp_path_factory.mktemp("samen"))
    old = [f"BU000101{n:02d}" for n in range(len(parts))]
    regions = {k: v for k, v in REGIONS.items() if not k.startswith("BU")}
    before = regions | dict.fromkeys(old, ("Deel", "Buurt"))
    homes = dict(zip(old, (float(n) for n, _ in parts), strict=True))
    shares = dict(zip(old, (float(p) for _, p in parts), strict=True))
    size = {"a_opp_ha": math.nan}
    stored.put(kwb(2021, regions=before, a_woning=homes, p_wcorpw=shares, **size))
    stored.put(kwb(2022, regions=regions | {NEW: ("Samen", "Buurt")}, wbi={NEW: "3"}, **size))
    add_list(stored, *((code, NEW) for code in old))
    cell = stored.area(GM).cell(NEW, "corporation", 2021)
    assert cell["n"] == sum(n for n, _ in parts)
    assert cell["value"] * cell["n"] * 100 == pytest.approx(sum(n * p for n, p in parts))


# --- what is not known is left out


@pytest.mark.parametrize(
    "pairs",
    [
        [(OLD_A, NEW), (OLD_A, WEST), (OLD_B, NEW)],
        [(OLD_A, NEW), (OLD_B, NEW), (OLD_B, "BU00029999")],
    ],
)
def test_a_place_that_was_split_is_never_divided(stored, pairs):
    two_became_one(stored)
    add_list(stored, *pairs)
    area = stored.area(GM)
    assert years(area, NEW) == [2022]
    assert "van de 5 gebieden horen zeker" in area.notes[0]


def test_a_part_that_was_forgotten_shows_in_the_surface(stored):
    two_became_one(stored)
    add_list(stored, (OLD_A, NEW))
    area = stored.area(GM)
    assert years(area, NEW) == [2022]
    assert (
        "Bij Samen (BU00010009) klopt de oppervlakte niet met de omnummertabel. Kijk of daar elke "
        "oude code in staat." in area.notes[0]
    )


def test_a_part_without_figures_is_no_nought(stored):
    """The list names three; the table of that year has two of them."""
    two_became_one(stored, a_opp_ha=math.nan)
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW), ("BU00010006", NEW))
    assert years(stored.area(GM), NEW) == [2022]


def test_a_code_that_does_not_exist_is_named_in_the_check(stored):
    two_became_one(stored)
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW), ("BU00010066", WEST))
    lines = "\n".join(check(stored))
    assert (
        "Omnummertabel van 2021 naar 2022: BU00010066 staat niet in de kerncijfers van 2021. Kijk "
        "of dat klopt." in lines
    )


PLOTS = range(7)


@settings(max_examples=300, deadline=None)
@given(
    owners=st.lists(
        st.lists(st.integers(0, 4), min_size=len(PLOTS), max_size=len(PLOTS)),
        min_size=2,
        max_size=4,
    )
)
def test_no_place_is_ever_joined_with_other_land(owners):
    """Land in plots; each year a plot is of some buurt. Codes come back for other places."""
    first = 2020
    lands = [
        {f"BU000100{n:02d}": {p for p in PLOTS if plots[p] == n} for n in sorted(set(plots))}
        for plots in owners
    ]
    rows, tables = [], {}
    for year, land in enumerate(lands, start=first):
        before = lands[year - first - 1] if year > first else {}
        signs = {code: "1" if before.get(code) == own else "3" for code, own in land.items()}
        rows += [(year, code, "x", sign) for code, sign in signs.items()] + [(year, GM, "x", "1")]
        if before:
            pairs = {(a, b) for a in before for b in land if before[a] & land[b]}
            tables[year - 1, year] = {(a, b) for a, b in pairs if a != b or signs[b] != "1"}
    kern = pd.DataFrame(rows, columns=["jaar", "gwb_code", "regio", "ind_wbi"])
    links = Links(kern, GM, tables)
    parts = links.parts(first)
    for code, some in parts.items():
        if code != GM:
            assert set().union(*(lands[0][part] for part in some)) == lands[-1][code]
    if len(lands) == 2:  # then nothing that could be known is left out
        whole = [c for c, own in lands[1].items() if _covers(lands[0].values(), own)]
        assert {code for code in parts if code != GM} == set(whole)


def _covers(places, land):
    """Whether land consists of whole places."""
    return set().union(*(place for place in places if place <= land)) == land


def test_a_year_without_signs_is_named(stored):
    """Some editions of Kerncijfers do not say which places changed."""
    stored.put(kwb(2021))
    stored.put(kwb(2022, wbi=dict.fromkeys(REGIONS, ".")))
    area = stored.area(GM)
    assert years(area, WEST) == [2022]
    assert (
        "In de kerncijfers van 2022 staat niet welke gebieden veranderden. Haal ze opnieuw op, of "
        "neem een ander bestand van dat jaar." in area.notes[0]
    )
    add_list(stored, (WEST, WEST), ("BU00010000", "BU00010000"))
    assert not any("staat niet welke" in note for note in stored.area(GM).notes)


# --- over more years, and above buurten


def test_a_list_and_signs_follow_each_other(stored):
    stored.put(kwb(2020, regions=BEFORE, a_inw=by_code(600.0, 5.0)))
    stored.put(kwb(2021, regions=BEFORE, a_inw=by_code(700.0, 5.0)))
    stored.put(kwb(2022, regions=AFTER, wbi=SAME | {NEW: "2"}))
    stored.put(kwb(2023, regions=AFTER, wbi={"GM0001": "1"}))
    add_list(stored, (OLD_A, NEW))
    area = stored.area(GM)
    assert area.series(NEW, "inhabitants")["value"].to_dict() == {
        2020: 600,
        2021: 700,
        2022: 1000,
        2023: 1000,
    }


def test_a_list_goes_over_years_that_are_not_here(stored):
    stored.put(kwb(2018, regions=BEFORE, a_inw=by_code(700.0, 5.0)))
    stored.put(kwb(2022, regions=AFTER, wbi=SAME))
    add_list(stored, (OLD_A, NEW), (WEST, WEST), first=2018)
    area = stored.area(GM)
    assert years(area, NEW) == years(area, WEST) == [2018, 2022]
    assert "Lees ook" not in area.notes[0]


def test_a_wijk_follows_from_its_buurten(stored):
    """Wijk 00 became wijk 01, buurt by buurt."""
    old = {k: v for k, v in REGIONS.items() if k != "WK000100"} | {"WK000100": ("Wijk", "Wijk")}
    new = {
        "NL00": REGIONS["NL00"],
        GM: REGIONS[GM],
        "WK000101": ("Wijk 01", "Wijk"),
        "BU00010100": ("Oost", "Buurt"),
        "BU00010101": ("West", "Buurt"),
    }
    signs = {code: "2" for code in new if code[:2] in ("WK", "BU")}
    stored.put(kwb(2021, regions=old, a_inw={"WK000100": 1500.0, "BU00010000": 900.0}))
    stored.put(kwb(2022, regions=new, wbi=signs))
    add_list(stored, ("BU00010000", "BU00010100"), (WEST, "BU00010101"))
    area = stored.area(GM)
    assert area.cell("WK000101", "inhabitants", 2021)["value"] == 1500
    # Of one buurt it is not known now, so of the wijk it is not either.
    add_list(stored, ("BU00010000", "BU00010100"))
    area = stored.area(GM)
    assert years(area, "BU00010100") == [2021, 2022]
    assert years(area, "WK000101") == [2022]


def test_a_gemeente_that_took_another_in(stored):
    """Herindeling: Dorp (GM0002) went to Stad. From the buurt follow the wijk and the gemeente."""
    dorp = {"GM0002": ("Dorp", "Gemeente"), "WK000200": ("D", "Wijk"), "BU00020000": ("D", "Buurt")}
    before = REGIONS | dorp
    after = REGIONS | {"WK000102": ("D", "Wijk"), "BU00010200": ("D", "Buurt")}
    people = dict.fromkeys(before, 100.0) | {GM: 2000.0, "GM0002": 300.0, "BU00020000": 300.0}
    sizes = dict.fromkeys(before, 30.0) | {GM: 60.0, "GM0002": 30.0}
    stored.put(kwb(2021, regions=before, a_inw=people, a_opp_ha=sizes))
    sizes = dict.fromkeys(after, 30.0) | {GM: 90.0}
    signs = {GM: "3", "WK000102": "2", "BU00010200": "2"}
    stored.put(kwb(2022, regions=after, wbi=signs, a_opp_ha=sizes))
    assert years(stored.area(GM), GM) == [2022]
    add_list(stored, ("BU00020000", "BU00010200"))
    area = stored.area(GM)
    assert area.cell("BU00010200", "inhabitants", 2021)["value"] == 300
    assert area.cell("WK000102", "inhabitants", 2021)["value"] == 100
    assert area.cell(GM, "inhabitants", 2021)["value"] == 2300
    assert "GM0002" not in area.regions.index


# --- other tables


def crimes(rows, division=2021):
    columns = ["code", "jaar", "maand", "soort", "aantal"]
    return long("politie", pd.DataFrame(rows, columns=columns), division=division)


def test_offences_are_added_where_every_part_is_known(stored):
    two_became_one(stored, a_inw=by_code(900.0, 100.0, BU00010001=1000.0))
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    rows = [
        (OLD_A, 2021, 0, "0.0.0", 60.0),
        (OLD_B, 2021, 0, "0.0.0", 40.0),
        (OLD_A, 2021, 0, "2.2.1", 12.0),
        (OLD_B, 2021, 0, "2.2.1", math.nan),
        (OLD_A, 2021, 0, "1.4.5", 12.0),
        (WEST, 2021, 0, "0.0.0", 30.0),
    ]
    stored.put(crimes(rows))
    area = stored.area(GM)
    assert area.cell(NEW, "offences", 2021)["value"] == pytest.approx(100)
    assert area.cell(WEST, "offences", 2021)["value"] == pytest.approx(30)
    assert "vandalism" not in area.indicators
    assert "assault" not in area.indicators


def test_health_is_weighted_with_people(stored):
    """30% of 800 and 10% of 200 is 26%."""
    two_became_one(stored, a_inw=by_code(900.0, 250.0), a_00_14=by_code(100.0, 50.0))
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    rows = [(code, 2020, "18+", "waarde", "Eenzaam", p) for code, p in ((OLD_A, 30.0), (OLD_B, 10))]
    columns = ["code", "jaar", "leeftijd", "marge", "cijfer", "waarde"]
    stored.put(long("gezondheid", pd.DataFrame(rows, columns=columns), division=2021))
    cell = stored.area(GM).cell(NEW, "lonely", 2020)
    assert cell["value"] == pytest.approx(0.26)


def test_scores_follow_another_code_but_are_not_put_together(stored):
    two_became_one(stored)
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    stored.put(scores(codes=("GM0001", OLD_A, OLD_B, WEST), years=(2020,), division=2021))
    area = stored.area(GM)
    assert area.cell(WEST, "leefbaarometer", 2020)["value"] == 0.1
    assert area.cell(NEW, "leefbaarometer", 2020)["flag"] == "missing"
    assert any("Leefbaarometer" in note and "2 van de 4" in note for note in area.notes)


def test_figures_of_a_newer_division_come_back_to_an_older_one(stored):
    """The police counts on the newest division; the newest Kerncijfers are older."""
    stored.put(kwb(2021, regions=AFTER))
    add_list(stored, (NEW, OLD_A), (NEW, OLD_B))
    people = [(code, 2022, 0, "0.0.0", 20.0) for code in (OLD_A, OLD_B)]
    stored.put(crimes(people, division=2022))
    assert stored.area(GM).cell(NEW, "offences", 2022)["value"] == pytest.approx(40)


def test_the_map_of_places_that_became_one_has_them_all(stored):
    two_became_one(stored)
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    stored.put(shapes(codes=(OLD_A, OLD_B, WEST), year=2021))
    drawn = stored.area(GM).boundaries()
    assert set(drawn) == {NEW, WEST}
    assert len(drawn[NEW]) == 2


def test_a_map_of_a_neighbour_in_the_list_does_not_hide_an_older_one(stored):
    two_became_one(stored)
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW), ("BU00020000", "BU00029999"), ("BU00020001", WEST))
    stored.put(shapes(codes=("BU00020000",), year=2022))
    stored.put(shapes(codes=(OLD_A, OLD_B), year=2021))
    assert set(stored.area(GM).boundaries()) == {NEW}


# --- the list itself


def test_a_list_to_fill_in(stored, capsys):
    """From the command to the figure: what is not known, filled in, read."""
    two_became_one(stored)
    stored.put(kwb(2023, regions=AFTER))
    folder = stored.folder.parent
    assert cli.main(["data", "template", "--codes", "stad", "--folder", str(folder)]) == 0
    path = folder / "codes-GM0001-2021-2022.csv"
    assert str(path) in capsys.readouterr().out
    assert path.read_text("utf-8-sig").splitlines() == [
        "code 2021;naam 2021;code 2022;naam 2022",
        f"{OLD_A};Noord;;",
        f"{OLD_B};Zuid;;",
        f";;{NEW};Samen",
    ]
    assert cli.main(["data", "import", str(path), "--folder", str(folder)]) == 1
    assert "Vul op elke regel beide codes in" in capsys.readouterr().err
    path.write_text(f"code 2021;naam 2021;code 2022\n{OLD_A};Noord;{NEW}\n{OLD_B};Zuid;{NEW}\n")
    assert cli.main(["data", "import", str(path), "--folder", str(folder)]) == 0
    assert years(stored.area(GM), NEW) == [2021, 2022, 2023]
    capsys.readouterr()
    assert cli.main(["data", "template", "--codes", "stad", "--folder", str(folder)]) == 0
    assert "Een lijst is niet nodig" in capsys.readouterr().out


def test_no_list_over_years_that_can_still_be_read(stored):
    stored.put(kwb(2019, regions=BEFORE))
    stored.put(kwb(2022, regions=AFTER))
    assert stored.to_renumber(GM) == {}
    assert not any("andere code of grens" in line for line in check(stored))


def test_the_check_says_that_a_list_helps(stored):
    two_became_one(stored)
    asked = "Van 2021 naar 2022 kregen buurten een andere code of grens."
    assert any(asked in line for line in check(stored))
    add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    assert not any(asked in line for line in check(stored))


def test_a_mended_list_replaces_the_one_before(stored):
    two_became_one(stored)
    add_list(stored, (OLD_A, NEW), (OLD_B, WEST))
    said = add_list(stored, (OLD_A, NEW), (OLD_B, NEW))
    assert said == ["Omnummertabel van 2021 naar 2022: wat er stond is vervangen door 2 rijen."]
    assert years(stored.area(GM), NEW) == [2021, 2022]


def test_lists_of_other_gemeenten_and_years_stay(stored):
    add_list(stored, (OLD_A, NEW))
    add_list(stored, ("BU00020000", "BU00020001"))
    add_list(stored, (OLD_A, NEW), first=2019)
    stored.put(kwb(2022, regions=AFTER))
    lines = [line for line in stored.status() if "Omnummertabel" in line]
    assert [line.split(", uit")[0] for line in lines] == [
        "Omnummertabel van 2019 naar 2022: 1 regel",
        "Omnummertabel van 2021 naar 2022: 1 regel",
        "Omnummertabel van 2021 naar 2022: 1 regel",
    ]


def test_a_workbook_with_names_beside_the_codes(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["Naam", "Buurtcode 2023", "Naam oud", "buurtcode 2019"],
        ["Samen", f" {NEW} ", "Noord", OLD_A],
        ["Samen", NEW, "Zuid", OLD_B],
    ):
        book.active.append(row)
    path = tmp_path / "codes.xlsx"
    book.save(path)
    table = recognise.read(path)
    assert table.frame.to_dict("list") == {
        "jaar": [2023, 2023],
        "van_jaar": [2019, 2019],
        "van": [OLD_A, OLD_B],
        "code": [NEW, NEW],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code 2021;code 2022;code 2023\nBU00010000;BU00010000;BU00010000\n", "twee kolommen"),
        ("buurtcode 2021;code 2021\nBU00010000;BU00010000\n", "twee kolommen"),
        ("code 2021;code 2022\nBU00010000;\n", "Regel 2: in de kolom “code 2022” staat niets"),
        ("code 2021;code 2022\n00010000;BU00010000\n", "Regel 2: “00010000” is geen code"),
        ("code 2021;code 2022\nBU00010000;WK000100\n", "niet van dezelfde soort"),
    ],
)
def test_a_list_that_is_not_clear_is_refused(tmp_path, text, message):
    path = tmp_path / "codes.csv"
    path.write_text(text)
    with pytest.raises(SourceError, match=message):
        recognise.read(path)
