"""Kerncijfers with names only get codes where that is certain, and are refused elsewhere."""

import hashlib

import plain_language
import pytest

from leefbaar_tools import cli
from leefbaar_tools.sources import recognise
from leefbaar_tools.sources.tables import SourceError
from leefbaar_tools.store import Store

# Code, name and inhabitants. In the first gemeente Centrum is a buurt and a wijk, Oost two buurten.
REGIONS = """
NL00;Nederland;16900000
GM0001;Aa en Stad;9000
WK000100;Wijk 00 Stad;6000
BU00010000;Centrum;3000
BU00010001;Oost;3000
WK000101;Centrum;3000
BU00010100;West;2500
BU00010101;Oost;500
GM0002;Zeedorp;800
WK000200;Wijk 00 Zeedorp;800
BU00020000;Zeedorp;500
BU00020001;Duin;300
"""
ROWS = [line.split(";") for line in REGIONS.strip().splitlines()]
KINDS = {"NL": "Land", "GM": "Gemeente", "WK": "Wijk", "BU": "Buurt"}
HEAD = "gwb_code_10;regio;gm_naam;recs;ind_wbi;a_inw;g_ink_pi\n"
WHOLE = [
    ("Aa en Stad", 9000, 7000, "25,0"),
    ("Wijk 00 Stad", 6000, 5000, "26,0"),
    ("Centrum", 3000, 2500, "27,0"),
    ("Oost", 3000, 2500, "."),
    ("Centrum", 3000, 2000, "24,5"),
    ("West", 2500, 1700, "24,0"),
    ("Oost", 500, 300, "."),
]
INHABITANTS, RECIPIENTS, INCOME = (
    ("Bevolking|Aantal inwoners", "aantal"),
    ("Inkomen|Inkomen van personen|Aantal inkomensontvangers\u00a0\u00a0", "aantal"),
    ("Inkomen|Inkomen van personen|Gemiddeld inkomen per inwoner\u00a0", "x 1 000 euro"),
)


@pytest.fixture
def kern(tmp_path):
    """Return a function that writes Kerncijfers with codes; income is not filled in yet."""

    def make(year=2015, rows=ROWS, name=None, income="."):
        path = tmp_path / (name or f"kwb-{year}.csv")
        lines = [
            f"{code};{regio};{'Zeedorp' if code[2:6] == '0002' else 'Aa en Stad'};"
            f"{KINDS[code[:2]]};{'.' if code[0] in 'NG' else 1};{people};{income}\n"
            for code, regio, people in rows
        ]
        path.write_text(HEAD + "".join(lines), encoding="utf-8")
        return path

    return make


@pytest.fixture
def named(tmp_path):
    """Return a function that writes an export with names only, as StatLine does."""

    def make(rows, topics=(RECIPIENTS, INCOME), year=2015, name="namen.csv"):
        lines = [
            [f"Kerncijfers wijken en buurten {year}"],
            [""],
            ["", "Onderwerp"],
            ["", *(topic for topic, _ in topics)],
            ["Wijken en buurten", *(unit for _, unit in topics)],
            *([str(cell) for cell in row] for row in rows),
            ["Bron: CBS"],
        ]
        text = "".join(";".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)
        path = tmp_path / name
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        return path

    return make


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "gegevens")


def add(store, path):
    return store.add(recognise.read(path), path)


def income(rows):
    return [(name, many, mean) for name, _, many, mean in rows]


def state(store):
    """Return what is in the store, byte for byte."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in store.folder.iterdir()
        if path.suffix in (".json", ".parquet")
    }


def refused(store, path) -> str:
    before = state(store) if store.folder.exists() else {}
    with pytest.raises(SourceError) as caught:
        add(store, path)
    assert (state(store) if store.folder.exists() else {}) == before
    text = str(caught.value)
    assert "Regiocode" in text
    check_plain(text)
    return text


def check_plain(text):
    """No error of length, and at most 12 words a sentence."""
    found = plain_language.lint(plain_language.Passage("x.py", "", text))
    assert [one for one in found if one.level == plain_language.ERROR] == []
    shown = [s.words for b in plain_language.blocks(text, 0) for s in plain_language.sentences(b)]
    assert sum(shown) / len(shown) <= 12, text


def test_names_of_one_gemeente_get_its_codes(store, kern, named):
    add(store, kern())
    said = add(store, named(income(WHOLE)))
    assert "Alle 7 namen staan ook in de Kerncijfers 2015 van Aa en Stad" in said[0]
    assert said[1:] == ["Kerncijfers wijken en buurten 2015: 7 gebieden aangevuld."]
    check_plain(" ".join(said))
    frame = store.read("kwb", 2015).set_index("gwb_code")
    assert len(frame) == 12
    assert frame["a_inkont"].dropna().to_dict() == {
        "GM0001": 7000,
        "WK000100": 5000,
        "BU00010000": 2500,
        "BU00010001": 2500,
        "WK000101": 2000,
        "BU00010100": 1700,
        "BU00010101": 300,
    }
    assert frame["g_ink_pi"].dropna().to_dict() == {
        "GM0001": 25.0,
        "WK000100": 26.0,
        "BU00010000": 27.0,
        "WK000101": 24.5,
        "BU00010100": 24.0,
    }
    # Nothing else has changed.
    assert frame["a_inw"].tolist() == [float(people) for _, _, people in ROWS]
    assert frame.loc["BU00010001", ["regio", "recs", "ind_wbi"]].tolist() == ["Oost", "Buurt", "1"]
    assert len(store.years("kwb")) == 1
    lines = "\n".join(store.status())
    assert "“kwb-2015.csv” en “namen.csv”" in lines
    assert "opgezocht met de namen" in lines


def test_neither_file_need_be_read_again_and_nothing_is_lost_when_it_is(store, kern, named):
    first, second = kern(), named(income(WHOLE))
    add(store, first)
    add(store, second)
    before = state(store)
    for path in (first, second):
        assert "was er al" in store.known(path)
        assert "was er al" in add(store, path)[0]
    assert state(store) == before


def test_the_country_on_top_and_figures_that_are_the_same(store, kern, named):
    add(store, kern())
    rows = [("Nederland", 16900000, 13000000, "24,0"), *WHOLE]
    path = named(rows, (INHABITANTS, RECIPIENTS, INCOME))
    assert "8 gebieden aangevuld" in add(store, path)[1]
    frame = store.read("kwb", 2015).set_index("gwb_code")
    assert frame.loc["NL00", "a_inkont"] == 13000000
    again = named([(name, people) for name, people, *_ in rows], (INHABITANTS,), name="weer.csv")
    assert "waren er al" in add(store, again)[1]


def test_spaces_and_capitals_of_a_name_do_not_count(store, kern, named):
    add(store, kern())
    rows = [("AA EN\u00a0STAD ", 7000, "25,0"), ("wijk 00  Stad", 5000, "26,0")]
    add(store, named(rows))
    frame = store.read("kwb", 2015).set_index("gwb_code")
    assert frame["a_inkont"].dropna().to_dict() == {"GM0001": 7000, "WK000100": 5000}


def test_no_kerncijfers_of_that_year(store, kern, named):
    path = named(income(WHOLE))
    assert "Die van 2015 zijn er nog niet" in refused(store, path)
    add(store, kern(2016))
    assert "Die van 2015 zijn er nog niet" in refused(store, path)


def test_a_name_of_another_gemeente(store, kern, named):
    add(store, kern())
    text = refused(store, named(income([*WHOLE, ("Duin", 300, 200, ".")])))
    assert "Zeker is het van 7 van de 8 namen. Niet gevonden: “Duin”." in text


def test_stadsdelen_are_no_wijken(store, kern, named):
    add(store, kern())
    names = ["Noord", "Zuid", "Nieuw-West", "Zuidoost", "Westpoort"]
    rows = [WHOLE[0], *((name, 1, 1000, "20,0") for name in names)]
    text = refused(store, named(income(rows)))
    assert "van 1 van de 6 namen" in text
    assert "“Noord”, “Zuid” en “Nieuw-West” en nog 2." in text
    # A stadsdeel that is called as a buurt is: it has far more people than live there.
    rows = [("Aa en Stad", 7000, "25,0"), ("West", 60000, "20,0")]
    assert "bij West veel meer mensen dan er wonen" in refused(store, named(rows))


@pytest.mark.parametrize(
    ("names", "odd"),
    [
        (["Aa en Stad", "Centrum"], "“Centrum”"),  # the buurt or the wijk
        (["Aa en Stad", "Wijk 00 Stad", "Oost"], "“Oost”"),
        (["Aa en Stad", "Centrum", "Oost"], "“Centrum” en “Oost”"),
    ],
)
def test_a_double_name_that_order_does_not_tell_apart(names, odd, store, kern, named):
    add(store, kern())
    text = refused(store, named([(name, 300, ".") for name in names]))
    assert f"Zeker is het van {len(names) - odd.count('“')} van de {len(names)} namen" in text
    assert f"meer dan één gebied zijn: {odd}." in text


def test_a_double_name_that_order_tells_apart(store, kern, named):
    add(store, kern())
    names = ["Aa en Stad", "Wijk 00 Stad", "Oost", "Centrum", "West"]
    add(store, named([(name, many, ".") for many, name in enumerate(names)]))
    found = store.read("kwb", 2015).set_index("gwb_code")["a_inkont"].dropna()
    assert found.to_dict() == {
        "GM0001": 0,
        "WK000100": 1,
        "BU00010001": 2,
        "WK000101": 3,
        "BU00010100": 4,
    }


def test_another_order_or_a_name_too_often(store, kern, named):
    add(store, kern())
    for names in (["Aa en Stad", "West", "Wijk 00 Stad"], ["Aa en Stad", "West", "West"]):
        text = refused(store, named([(name, 300, ".") for name in names]))
        assert "andere volgorde of minder vaak" in text


def test_the_first_row_must_be_the_gemeente(store, kern, named):
    add(store, kern())
    # All of these are in one gemeente that is here, but may as well be of one that is not.
    text = refused(store, named(income(WHOLE[1:])))
    assert "Daar staat “Wijk 00 Stad”" in text
    assert "van 0 van de 6 namen" in text
    # The gemeente or the buurt of that name.
    assert "“Zeedorp”" in refused(store, named([("Zeedorp", 400, ".")]))
    rows = [("Zeedorp", 400, "."), ("Wijk 00 Zeedorp", 400, "."), ("Zeedorp", 300, ".")]
    assert "Alle 3 namen" in add(store, named(rows))[0]


def test_two_gemeenten_of_one_name(store, kern, named):
    twins = [(code, regio.replace("Zeedorp", "Aa en Stad"), n) for code, regio, n in ROWS]
    add(store, kern(rows=twins))
    assert "meer dan één keer" in refused(store, named(income(WHOLE)))


@pytest.mark.parametrize(("old", "new"), [(3000, "3005"), (3000, ".")])
def test_other_figures_are_another_edition(old, new, store, kern, named):
    add(store, kern())
    rows = [(name, people, many) for name, people, many, _ in WHOLE]
    assert rows[2][1] == old
    rows[2] = ("Centrum", new, 2500)
    text = refused(store, named(rows, (INHABITANTS, RECIPIENTS)))
    assert "Kijk bij Centrum, kolom a_inw." in text
    assert f"staat {'niets' if new == '.' else new}, en er was al 3000." in text
    assert "andere uitgave" in text


def test_only_the_edition_of_that_gemeente_grows(store, kern, named):
    add(store, kern(rows=ROWS[:8], name="85000NED-2015.csv"))
    add(store, kern(rows=[ROWS[0], *ROWS[8:]], name="85001NED-2015.csv"))
    before = store.read("kwb", 2015, "GM0002")
    add(store, named(income(WHOLE)))
    after = store.read("kwb", 2015, "GM0002")
    assert after[list(before)].equals(before)
    assert store.read("kwb", 2015, "GM0001")["a_inkont"].sum() == 21000


def test_a_kind_in_the_file_counts(store, kern, named):
    add(store, kern())
    kind = ("Regioaanduiding|Soort regio", "omschrijving")
    rows = [("Aa en Stad", "Gemeente", 7000), ("Centrum", "Wijk", 2000)]
    add(store, named(rows, (kind, RECIPIENTS)))
    found = store.read("kwb", 2015).set_index("gwb_code")["a_inkont"].dropna()
    assert found.to_dict() == {"GM0001": 7000, "WK000101": 2000}
    rows = [("Zeedorp", "Buurt", 400), ("Duin", "Buurt", 200)]
    assert "Daar staat “Zeedorp”" in refused(store, named(rows, (kind, RECIPIENTS), name="b.csv"))


def test_import_reads_names_after_the_other_files(kern, named, tmp_path, capsys):
    names, codes = named(income(WHOLE), name="a.csv"), kern()
    folder = ["--folder", str(tmp_path / "map")]
    assert cli.main(["data", "import", str(names), str(codes), *folder]) == 0
    shown = capsys.readouterr()
    assert "7 gebieden aangevuld" in shown.out
    assert shown.err == ""
    assert cli.main(["data", "import", str(named(income(WHOLE[1:]))), *folder]) == 1
    shown = capsys.readouterr()
    assert shown.err.strip().endswith("Er is niets van bewaard.")
    check_plain(shown.err)
