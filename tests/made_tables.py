"""Small tables as readers return them, and a store to put them in."""

from itertools import count

import pandas as pd

from leefbaar_tools.sources.tables import Table
from leefbaar_tools.store import Store

GM = "GM0001"
REGIONS = {
    "NL00": ("Nederland", "Land"),
    "GM0001": ("Stad", "Gemeente"),
    "WK000100": ("Wijk 00", "Wijk"),
    "BU00010000": ("Oost", "Buurt"),
    "BU00010001": ("West", "Buurt"),
}


def kwb(year=2022, regions=REGIONS, wbi=None, edition="maart", **columns):
    """Kerncijfers of one year; a column is one number for all rows, or one per code."""
    wbi = wbi or {}
    rows = [
        {
            "jaar": year,
            "gwb_code": code,
            "regio": name,
            "gm_naam": "Nederland" if code == "NL00" else "Stad",
            "recs": recs,
            "ind_wbi": wbi.get(code, "." if code[:2] in ("NL", "GM") else "1"),
        }
        for code, (name, recs) in regions.items()
    ]
    frame = pd.DataFrame(rows)
    base = {"a_inw": 1000.0, "a_hh": 500.0, "a_woning": 480.0, "a_1p_hh": 200.0, "a_opp_ha": 90.0}
    for name, value in (base | columns).items():
        frame[name] = frame["gwb_code"].map(value) if isinstance(value, dict) else value
    return Table(
        source="kwb",
        frame=frame,
        years=(year,),
        division={year: year},
        edition=edition,
        publisher="CBS",
        title="Kerncijfers wijken en buurten",
        licence="CC BY 4.0",
        modelled=False,
    )


def long(source, frame, edition="1", division=2022, title="Tabel"):
    years = tuple(sorted(set(frame["jaar"])))
    return Table(
        source=source,
        frame=frame,
        years=years,
        division=dict.fromkeys(years, division),
        edition=edition,
        publisher="Iemand",
        title=title,
        licence="CC0",
        modelled=True,
        notes=("Een deel is leeg.",),
    )


def scores(codes=("GM0001", "WK000100", "BU00010000"), years=(2020, 2022), **more):
    rows = [
        {"code": c, "naam": "", "niveau": level, "jaar": y, "afw": 0.1, "fys": 0.1}
        for c in codes
        for y in years
        for level in [{"GM": "gemeente", "WK": "wijk", "BU": "buurt"}[c[:2]]]
    ]
    return long("leefbaarometer", pd.DataFrame(rows), **({"title": "Leefbaarometer"} | more))


SQUARE = [[[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]]


def shapes(codes=("BU00010000", "BU00010001"), year=2022, water=()):
    rows = [
        {
            "code": c,
            "naam": "x",
            "niveau": "buurt",
            "jaar": year,
            "water": c in water,
            "geometry": SQUARE,
        }
        for c in codes
    ]
    return long("grenzen", pd.DataFrame(rows), edition="kaart", division=year, title="Kaart")


class Filled(Store):
    """A store to which a table is added as if it came from a file of its own."""

    def __init__(self, folder):
        super().__init__(folder / "gegevens")
        self.file = folder / "bestand.csv"
        self.numbers = count()

    def put(self, table, content=None):
        self.file.write_text(str(next(self.numbers)) if content is None else content)
        return self.add(table, self.file)
