"""Fetching one gemeente: a small country of publishers on this computer answers."""

import contextlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leefbaar_tools import cli
from leefbaar_tools.sources import kwb, odata, online, web
from leefbaar_tools.sources.tables import SourceError, Table
from leefbaar_tools.store import Store

TOWN = "GM1680"
# Code, name, inhabitants, household size, kWh, m³ and postcode; the other gemeente is 0362.
REGIONS = [
    ("NL00", "Nederland", 17181084, 2.2, 2040, 900, None),
    ("GM0362", "Amstelveen", 90838, 2.1, 2000, 850, None),
    ("WK036201", "Randwijck", 6000, 2.2, 2100, 860, "1181"),
    ("BU03620101", "Randwijck West", 2235, 2.6, 2500, 870, "1181"),
    ("GM1680", "Aa en Stad", 25390, 2.3, 2700, 1200, None),
    ("WK168000", "Wijk 00 Stad", 3415, 2.2, 2600, 1100, "9468"),
    ("BU16800000", "Centrum", 3410, 2.2, None, None, "9468"),
    ("BU16800001", "Rand", 5, None, None, None, None),
]
OWN = [row[0] for row in REGIONS if row[0].startswith("NL") or row[0][2:6] == "1680"]
KIND = {"NL": "Land", "GM": "Gemeente", "WK": "Wijk", "BU": "Buurt"}

V3_GROUPS = [
    (1, None, "Regioaanduiding"),
    (2, None, "Bevolking"),
    (3, 2, "Particuliere huishoudens"),
    (4, None, "Energie"),
    (5, 4, "Gemiddeld elektriciteitsverbruik"),
    (6, 5, "Naar woningtype"),
    (7, 4, "Gemiddeld aardgasverbruik"),
    (8, 7, "Naar woningtype"),
    (9, None, "Postcode"),
]
V3_TOPICS = [
    (1, "Gemeentenaam_1", "Gemeentenaam", "naam"),
    (1, "SoortRegio_2", "Soort regio", "omschrijving"),
    (1, "Codering_3", "Codering", "code"),
    (1, "Indeling_4", "Indelingswijziging wijken en buurten", "code"),
    (2, "AantalInwoners_5", "Aantal inwoners", "aantal"),
    (3, "GemiddeldeHuishoudensgrootte_32", "Gemiddelde huishoudensgrootte", "aantal"),
    (6, "Appartement_48", "Appartement", "kWh"),
    (8, "Appartement_56", "Appartement", "m³"),
    (9, "MeestVoorkomendePostcode_113", "Meest voorkomende postcode", "code"),
    # An inhabitant is not a percentage, whatever the title says.
    (2, "Kinderen_8", "0 tot 15 jaar", "%"),
]
V4_GROUPS = [
    ("2", None, "Bevolking"),
    ("3", "2", "Particuliere huishoudens"),
    ("4", None, "Energie"),
    ("5", "4", "Gemiddelde elektriciteitslevering"),
    ("7", "4", "Gemiddeld aardgasverbruik"),
]
V4_MEASURES = [
    ("2", "T001036", "Aantal inwoners", "aantal"),
    ("3", "M000114", "Gemiddelde huishoudensgrootte", "aantal"),
    # Titles that StatLine never had: then the code of the measure tells.
    ("5", "ZW25810_1", "Levering appartement", "kWh"),
    ("7", "ZW25810_2", "Verbruik appartement", "m³"),
    (None, "PC000C", "Postcode van de meeste mensen", "code"),
    # The code says a_00_14, but this is a share and not a number.
    ("2", "10680", "0 tot 15 jaar", "%"),
]
SCORES = {"kscore": 6, "afw": 0.15, "fys": 0.05, "won": 0.04, "vrz": 0.03, "soc": 0.02, "onv": 0.01}
AGES, MARGINS = ("20300", "53115"), ("MW00000",)


def v3_row(number: int, row) -> dict:
    code, name, people, size, kwh, gas, post = row
    return {
        "ID": number,
        "WijkenEnBuurten": code.ljust(10),
        "Gemeentenaam_1": ("Nederland" if code[:2] == "NL" else name).ljust(40),
        "SoortRegio_2": KIND[code[:2]].ljust(10),
        "Codering_3": code.ljust(10),
        "Indeling_4": "." if code[:2] == "NL" else "1",
        "AantalInwoners_5": people,
        "GemiddeldeHuishoudensgrootte_32": size,
        "Appartement_48": kwh,
        "Appartement_56": gas,
        "MeestVoorkomendePostcode_113": (post or ".").rjust(10),
        "Kinderen_8": 15,
    }


def observations() -> list[dict]:
    made = []
    for code, _, people, size, kwh, gas, post in REGIONS:
        for measure, value in zip(
            ("T001036", "M000114", "ZW25810_1", "ZW25810_2", "10680"),
            (people, size, kwh, gas, 15.0),
            strict=True,
        ):
            made.append(
                {
                    "Id": len(made),
                    "Measure": measure,
                    "ValueAttribute": "None" if value is not None else "Impossible",
                    "Value": None if value is None else float(value),
                    "StringValue": None,
                    "WijkenEnBuurten": code,
                }
            )
        if post:
            made.append(
                {
                    "Id": len(made),
                    "Measure": "PC000C",
                    "ValueAttribute": "None",
                    "Value": None,
                    "StringValue": post,
                    "WijkenEnBuurten": code,
                }
            )
    return made


def crimes() -> list[dict]:
    made = []
    for place, row in enumerate(REGIONS):
        for year in (2023, 2024):
            for kind, number in (("0.0.0 ", 40), ("1.1.1 ", 12), ("2.1.1 ", None)):
                made.append(
                    {
                        "ID": len(made),
                        "SoortMisdrijf": kind,
                        "WijkenEnBuurten": row[0].ljust(10),
                        "Perioden": f"{year}JJ00",
                        "GeregistreerdeMisdrijven_1": number and number + place,
                    }
                )
    return made


def health(years) -> list[dict]:
    made = []
    for row in REGIONS:
        code = row[0].replace("NL00", "NL01")
        for year in years:
            for age in AGES:
                made.append(
                    {
                        "ID": len(made),
                        "Leeftijd": age,
                        "Marges": "MW00000",
                        "WijkenEnBuurten": code.ljust(10),
                        "Perioden": f"{year}JJ00",
                        "Gemeentenaam_1": row[1].ljust(40),
                        "SoortRegio_2": KIND[code[:2]].ljust(10),
                        "Codering_3": code.ljust(20),
                        "Eenzaam_27": 44.5,
                        "Roker_11": None if code.startswith("BU") else 18.0,
                    }
                )
    return made


def score_features(kind: str, year: int) -> list[dict]:
    return [
        {
            "type": "Feature",
            "id": f"{kind}score.{place}",
            "geometry": {"type": "MultiPolygon", "coordinates": SQUARE},
            "geometry_name": "geom",
            "properties": {"id": row[0], "name": row[1], "scale": kind, "year": str(year)}
            | ({} if kind == "gemeente" else {"gemeente": "Aa en Stad"})
            | SCORES,
        }
        for place, row in enumerate(REGIONS)
        if row[0][:2] == {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}[kind]
    ]


SQUARE = [[[[120000, 480000], [121000, 480000], [121000, 481000], [120000, 480000]]]]


def map_features(layer: str, year: int) -> list[dict]:
    kind = {"gemeenten": "GM", "wijken": "WK", "buurten": "BU"}[layer]
    made = []
    for code, name, *_ in REGIONS:
        if code[:2] != kind:
            continue
        about = {"gemeentecode": f"GM{code[2:6]}", "gemeentenaam": "x", "water": "NEE"}
        about |= {"jaar": year, "jrstatcode": f"{year}{code}"}
        if kind == "GM":
            about["gemeentenaam"] = name
        else:
            word = {"WK": "wijk", "BU": "buurt"}[kind]
            about |= {f"{word}code": code, f"{word}naam": name, "wijkcode": f"WK{code[2:8]}"}
        made.append(
            {
                "type": "Feature",
                "id": code,
                "geometry": {"type": "MultiPolygon", "coordinates": SQUARE},
                "properties": about,
            }
        )
    return made


def odata_filter(text: str):
    """Return a test of a row, as the service understands the filter."""
    starts = re.findall(r"startswith\((\w+),'([^']*)'\)", text)
    equal = re.findall(r"(\w+) eq '([^']*)'", text)
    return lambda row: (
        any(row[column].startswith(start) for column, start in starts)
        or any(row[column] == key for column, key in equal)
    )


@dataclass
class Country:
    """What the publishers have, and what goes wrong at them.

    ``faults`` are pairs of words that must be in the address, and what happens instead; each
    happens once, or for ever when it ends in ``!``.
    """

    page_size: int = 1000
    ignores_filter: bool = False
    understands: tuple = ("startswith", " eq ")
    titles: dict = field(default_factory=dict)
    newest_score: int = 24
    map_year: int = 0
    faults: list = field(default_factory=list)
    log: list = field(default_factory=list)
    base: str = ""
    proxy_user: str | None = None
    retry_after: str | None = None
    dripped: float = 0
    patience: threading.Event = field(default_factory=threading.Event)

    def asked(self, *words: str) -> list[str]:
        return [path for path in self.log if all(word in path for word in words)]

    def fault(self, path: str) -> str:
        for pair in list(self.faults):
            words, what = pair
            if all(word in path for word in words.split()):
                if not what.endswith("!"):
                    self.faults.remove(pair)
                return what.rstrip("!")
        return ""

    def reply(self, path: str, query: dict[str, str]):
        parts = path.strip("/").split("/")
        if parts[0] in ("v3", "v4", "derden"):
            return self.table(parts[0], parts[1], "/".join(parts[2:]), query)
        if parts[0] == "lbm":
            return self.scores(query)
        if parts[0] == "kaart":
            return self.wfs_map(int(parts[1]), query)
        if parts[0] == "items":
            return self.items(int(parts[1]), parts[3], query)
        return None

    def table(self, service: str, number: str, what: str, query: dict[str, str]):
        rows = self.rows(service, number, what.removesuffix("/$count"))
        if rows is None or isinstance(rows, dict):
            return rows
        where = query.get("$filter", "")
        if where and any(word in where for word in self.understands) and not self.ignores_filter:
            good = odata_filter(where)
            rows = [row for row in rows if good(row)]
        elif where and not self.ignores_filter:
            rows = []
        if what.endswith("/$count"):
            return len(rows)
        if service != "v4" and query.get("$format") != "json":
            return "<?xml version='1.0'?><feed/>"
        start = int(query.get("$skip", 0))
        page = {"value": rows[start : start + self.page_size]}
        if start + self.page_size < len(rows):
            link = f"{self.base}/{service}/{number}/{what}?$skip={start + self.page_size}"
            if where:
                link += f"&$filter={where.replace(' ', '%20')}"
            page["@odata.nextLink" if service == "v4" else "odata.nextLink"] = link
        return page

    def rows(self, service: str, number: str, what: str):
        year = kwb.TABLES.get(number)
        title = self.titles.get(number, f"Kerncijfers wijken en buurten {year}")
        if service == "derden":
            if number == "47018NED":
                facts = crimes()
            elif number in ("50120NED", "50090NED"):
                facts = health((2020, 2022) if number == "50120NED" else (2016, 2020))
            else:
                return None
            land = "NL00" if number == "47018NED" else "NL01"
            lists = {
                "DataProperties": [{"Key": "WijkenEnBuurten", "odata.type": "x.GeoDetail"}],
                "WijkenEnBuurten": [
                    {"Key": row[0].replace("NL00", land).ljust(10), "Title": row[1]}
                    for row in REGIONS
                ],
                "TypedDataSet": facts,
                "Perioden": [{"Key": p} for p in sorted({r["Perioden"] for r in facts})],
            }
            return lists.get(what)
        if year is None:
            return None
        if service == "v3":
            groups = [
                {
                    "odata.type": "Cbs.OData.TopicGroup",
                    "ID": own,
                    "ParentID": parent,
                    "Key": "",
                    "Title": name,
                }
                for own, parent, name in V3_GROUPS
            ]
            topics = [
                {
                    "odata.type": "Cbs.OData.Topic",
                    "ID": 100 + place,
                    "ParentID": parent,
                    "Key": key,
                    "Title": name,
                    "Unit": unit,
                }
                for place, (parent, key, name, unit) in enumerate(V3_TOPICS)
            ]
            return {
                "TableInfos": [{"ID": 0, "Title": title}],
                "DataProperties": groups + topics,
                "WijkenEnBuurten": [{"Key": r[0].ljust(10), "Title": r[1]} for r in REGIONS],
                "TypedDataSet": [v3_row(n, row) for n, row in enumerate(REGIONS)],
            }.get(what)
        return {
            "Properties": {"Identifier": number, "Title": title},
            "MeasureGroups": [{"Id": i, "ParentId": p, "Title": t} for i, p, t in V4_GROUPS],
            "MeasureCodes": [
                {"Identifier": i, "MeasureGroupId": g, "Title": t, "Unit": u}
                for g, i, t, u in V4_MEASURES
            ],
            "WijkenEnBuurtenCodes": [{"Identifier": r[0], "Title": r[1]} for r in REGIONS],
            "Observations": observations(),
        }.get(what)

    def scores(self, query: dict[str, str]):
        years = [year for year in (14, 16, 24, 26) if year <= self.newest_score]
        if query["request"] == "GetCapabilities":
            names = "".join(f"<Name>lbm3:buurtscore{year}</Name>" for year in years)
            return f"<?xml version='1.0'?><wfs:WFS_Capabilities>{names}</wfs:WFS_Capabilities>"
        kind, year = re.fullmatch(r"lbm3:(\w+)score(\d\d)", query["typeNames"]).groups()
        found = score_features(kind, 2000 + int(year))
        like = re.search(r"LIKE '(\w+)%'", query.get("CQL_FILTER", "")) or re.search(
            r"<fes:Literal>(\w+)\*<", query.get("filter", "")
        )
        if not self.ignores_filter:
            found = [one for one in found if one["properties"]["id"].startswith(like[1])]
        return self.collection(found, query)

    def wfs_map(self, year: int, query: dict[str, str]):
        found = map_features(query["typeNames"].split(":")[1], self.map_year or year)
        wanted = re.search(r"<Literal>(\w+)</Literal>", query["filter"])[1]
        if not self.ignores_filter:
            found = [one for one in found if one["properties"]["gemeentecode"] == wanted]
        return self.collection(found, query)

    def items(self, year: int, layer: str, query: dict[str, str]):
        found = [
            one
            for one in map_features(layer, year)
            if one["properties"]["gemeentecode"] == query["gemeentecode"]
        ]
        start = int(query.get("cursor", 0))
        page = {"type": "FeatureCollection", "features": found[start : start + 1], "links": []}
        if start + 1 < len(found):
            link = f"{self.base}/items/{year}/collections/{layer}/items"
            link += f"?gemeentecode={query['gemeentecode']}&f=json&cursor={start + 1}"
            page["links"] = [{"rel": "self", "href": "x"}, {"rel": "next", "href": link}]
        return page

    def collection(self, found: list[dict], query: dict[str, str]):
        start, size = int(query.get("startIndex", 0)), min(int(query["count"]), self.page_size)
        return {
            "type": "FeatureCollection",
            "features": found[start : start + size],
            "numberMatched": len(found),
            "numberReturned": len(found[start : start + size]),
        }


class Answers(BaseHTTPRequestHandler):
    country: Country

    def log_message(self, *words):
        pass

    def do_GET(self):
        country = self.country
        path = unquote(self.path)
        country.log.append(path)
        country.proxy_user = self.headers.get("Proxy-Authorization")
        parts = urlsplit(self.path)
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        fault = country.fault(path)
        if fault == "silence":
            country.patience.wait(30)
            return
        if fault.isdecimal():
            self.give(b"{}", int(fault), wait=country.retry_after)
            return
        made = country.reply(parts.path, query)
        if made is None:
            self.give(b"{}", 404)
            return
        body = (
            made.encode()
            if isinstance(made, str)
            else json.dumps(made, ensure_ascii=False).encode()
        )
        if fault == "empty":
            made = {"features": [], "numberMatched": 0} if "features" in made else {"value": []}
            self.give(json.dumps(made).encode())
        elif fault == "nothing":
            self.give(b"")
        elif fault == "xml":
            self.give(
                b'<?xml version="1.0"?><ows:ExceptionReport><ows:ExceptionText>Illegal property '
                b"name</ows:ExceptionText></ows:ExceptionReport>",
                kind="application/xml",
            )
        elif fault == "html":
            self.give(b"<!DOCTYPE html><html><body>Inloggen</body></html>", kind="text/html")
        elif fault == "drop":
            self.give(body[: len(body) // 2], size=len(body))
        elif fault == "cut":
            self.give(body[: len(body) // 2])
        elif fault == "drip":
            self.give(b"", size=len(body))
            with contextlib.suppress(OSError):  # the other end may have had enough
                for place in range(len(body)):
                    self.wfile.write(body[place : place + 1])
                    country.dripped = place / len(body)
                    country.patience.wait(0.05)
        elif fault == "elsewhere":
            made["odata.nextLink"] = made["@odata.nextLink"] = "http://elders.example/v3/x"
            self.give(json.dumps(made).encode())
        elif fault == "error":
            self.give(json.dumps({"odata.error": {"code": "", "message": "Fout"}}).encode())
        elif fault == "counted":
            self.give(json.dumps(made | {"odata.count": "99"}).encode())
        elif fault == "more":
            self.give(json.dumps(made | {"numberMatched": 99}).encode())
        else:
            self.give(body)

    def give(self, body: bytes, status: int = 200, kind="application/json", size=None, wait=None):
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", f"{self.country.base}/aanmelden")
        if wait is not None:
            self.send_header("Retry-After", wait)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if size is None else size))
        self.end_headers()
        self.wfile.write(body)
        if size is not None:
            self.close_connection = True


@pytest.fixture
def country():
    made = Country()
    handler = type("Handler", (Answers,), {"country": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    made.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.patience.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "gegevens")


UNSIGNED = (
    "Let op: in Kerncijfers {} staat niet welke gebieden veranderden. Jaren ervoor kan ik er niet "
    "mee vergelijken."
)


def odata_number(year: int) -> str:
    return online.TABLES[year][0]


def services(country: Country) -> online.Services:
    base = country.base
    return online.Services(
        cbs_v3=f"{base}/v3",
        cbs_v4=f"{base}/v4",
        others=f"{base}/derden",
        leefbaarometer=f"{base}/lbm",
        maps=f"{base}/kaart/{{year}}",
        maps_items=f"{base}/items/{{year}}",
    )


def patient(**options) -> web.Client:
    return web.Client(**{"timeout": 5, "tries": 3, "pause": 0} | options)


def fetch(country, store, name=TOWN, client=None, years=(2023,), **options):
    """Fetch, and return whether all came in with everything that was said."""
    said: list[str] = []
    complete = online.get(
        store,
        name,
        years=years,
        services=services(country),
        client=client or patient(),
        tell=said.append,
        warn=said.append,
        **options,
    )
    return complete, "\n".join(said)


def figures(store, year=2023, gemeente=TOWN):
    return store.read("kwb", year=year, gemeente=gemeente).set_index("gwb_code")


def halfway(store) -> list:
    return [path for path in (store.folder / ".halen").rglob("*") if path.is_file()]


# What comes in


def test_one_order_fetches_every_source_of_a_gemeente(country, store):
    complete, said = fetch(country, store, "aa en stad", years=(2023, 2024))
    assert complete
    assert "Aa en Stad (GM1680)" in said
    assert "Kerncijfers 2023: 4 gebieden binnen." in said
    assert "Leefbaarometer 2024: 4 gebieden binnen." in said
    assert "Misdrijven 2023 en 2024: 4 gebieden binnen." in said
    assert "Gezondheid 2020 en 2022: 4 gebieden binnen." in said
    assert "Grenzen 2024: 4 gebieden binnen." in said
    frame = figures(store)
    assert list(frame.index) == ["GM1680", "WK168000", "BU16800000", "BU16800001"]
    assert frame.loc["BU16800000", "a_inw"] == 3410
    assert frame.loc["BU16800000", "g_hhgro"] == 2.2
    assert frame["g_ele_ap"].isna().tolist() == [False, False, True, True]
    assert frame.loc["WK168000", ["g_ele_ap", "g_gas_ap"]].tolist() == [2600, 1100]
    assert frame.loc["WK168000", "pst_mvp"] == "9468"
    assert frame.loc["BU16800000", "regio"] == "Centrum"
    assert frame["ind_wbi"].tolist() == ["1"] * 4
    # GM1680 is fifth in the list: 40 + 4 of all kinds together, and none is not a nought.
    rows = store.read("politie", year=2024, gemeente=TOWN)
    rows = rows[rows["code"] == TOWN].set_index("soort")["aantal"]
    assert rows["0.0.0"] == 44
    assert rows.isna()["2.1.1"]
    assert len(store.read("leefbaarometer", year=2024, gemeente=TOWN)) == 4
    assert len(store.read("grenzen", year=2024, gemeente=TOWN)) == 4
    assert store.area(TOWN).name("BU16800001") == "Rand"
    # Only what was asked, and nothing stays behind.
    assert not (store.folder / ".halen").exists()
    for source in ("kwb", "politie", "gezondheid", "leefbaarometer", "grenzen"):
        code = "gwb_code" if source == "kwb" else "code"
        assert set(store.read(source)[code]) <= {*OWN, "NL00"}


def test_both_versions_of_odata_give_the_same_figures(country, store, tmp_path):
    other = Store(tmp_path / "anders")
    fetch(country, store, years=(2023,))
    country.faults = [("/v3/", "404!")]
    complete, said = fetch(country, other, years=(2023,))
    assert complete
    assert country.asked("/v4/85618NED/Observations")
    one, two = figures(store), figures(other)
    shared = [name for name in one if name != "ind_wbi"]
    assert {"a_inw", "g_hhgro", "g_ele_ap", "g_gas_ap", "pst_mvp"} <= set(shared)
    assert one[shared].equals(two[shared])
    assert figures(store, gemeente=None).loc["NL00", "a_inw"] == 17181084
    # Whether a region changed is only in version 3, so years may not be joined on this.
    assert two["ind_wbi"].tolist() == ["."] * 4
    assert UNSIGNED.format("2023") in said


@pytest.mark.parametrize("fault", ["500", "drop", "html", "302"])
def test_a_year_without_signs_is_asked_again_after_a_fault(country, store, fault):
    country.faults = [("/v3/ TypedDataSet", f"{fault}!")]
    for words in ("Kerncijfers 2023: 4 gebieden binnen.", "Kerncijfers 2023: is er al."):
        complete, said = fetch(country, store, years=(2022, 2023))
        assert not complete
        assert words in said
        # Figures without are better than none, and that is said: once for all years.
        what = "Kerncijfers 2022 en 2023, welke gebieden veranderden: dat lukt niet."
        assert said.count("welke gebieden veranderden: dat lukt niet.") == said.count(what) == 1
        assert said.count(UNSIGNED.format("2022 en 2023")) == 1
        assert f"dataset/{odata_number(2022)}/table" in said
        assert f"dataset/{odata_number(2023)}/table" in said
        assert figures(store)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    assert len(country.asked("/v4/85618NED/Observations")) == 1
    country.faults = []
    complete, said = fetch(country, store, years=(2022, 2023))
    assert complete, said
    assert "veranderden" not in said
    for year in (2022, 2023):
        assert figures(store, year)["ind_wbi"].tolist() == ["1"] * 4
    assert not any("veranderd" in line for line in store.status())


def test_a_table_that_version_3_does_not_have_is_complete(country, store):
    country.faults = [("/v3/", "404!")]
    for words in ("4 gebieden binnen.", "is er al."):
        before = len(country.log)
        complete, said = fetch(country, store, years=(2022, 2023))
        assert complete, said
        assert f"Kerncijfers 2022: {words}" in said
        assert said.count("veranderden") == said.count(UNSIGNED.format("2022 en 2023")) == 1
    # It may come there later, so that is all that is asked.
    asked = [path for path in country.log[before:] if path.startswith(("/v3/", "/v4/"))]
    assert asked == [f"/v3/{odata_number(year)}/TableInfos?$format=json" for year in (2023, 2022)]


@pytest.mark.parametrize("fault", ["500", "404"])
def test_signs_that_are_here_do_not_get_lost(country, store, fault):
    fetch(country, store)
    country.faults = [("/v3/85618NED", f"{fault}!")]
    complete, said = fetch(country, store, again=True)
    assert not complete
    assert "Kerncijfers 2023: dat lukt niet." in said
    assert "veranderden" not in said
    assert figures(store)["ind_wbi"].tolist() == ["1"] * 4


@pytest.mark.parametrize("closed", ["/v4/", "/v3/"])
def test_a_share_is_not_taken_for_a_number(country, store, closed):
    country.faults = [(closed, "404!")]
    _, said = fetch(country, store)
    assert "a_00_14" not in figures(store)
    assert "ken ik niet en gebruik ik niet: 0 tot 15 jaar (%)." in said


@pytest.mark.parametrize("closed", ["/v4/", "/v3/"])
def test_a_table_in_pages(country, store, closed):
    country.page_size = 3
    country.faults = [(closed, "404!")]
    complete, _ = fetch(country, store)
    assert complete
    assert figures(store)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    assert len(country.asked("/derden/47018NED/TypedDataSet?")) == 10  # 5 regions of 6 rows by 3
    assert len(store.read("politie", year=2023, gemeente=TOWN)) == 12


@pytest.mark.parametrize("closed", ["/v4/", "/v3/"])
def test_a_filter_that_is_ignored_gives_no_figures_of_others(country, store, closed):
    country.ignores_filter = True
    country.page_size = 3
    country.faults = [(closed, "404!")]
    complete, said = fetch(country, store, years=(2024,))
    assert figures(store, 2024)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    assert set(store.read("leefbaarometer")["code"]) == set(OWN) - {"NL00"}
    assert set(store.read("grenzen")["code"]) == set(OWN) - {"NL00"}
    # The national table of the police is too large to sift.
    assert not complete
    assert "Misdrijven: dat lukt niet. De dienst geeft ook andere gemeenten" in said
    assert not store.has("politie")


def test_a_service_that_only_knows_whole_keys_gets_them_padded(country, store):
    country.understands = (" eq ",)
    complete, _ = fetch(country, store)
    assert complete
    assert country.asked("/v3/", "TypedDataSet", "'GM1680    '")
    assert figures(store)["a_inw"].tolist() == [25390, 3415, 3410, 5]


def test_padded_codes_come_in_plain(country, store):
    fetch(country, store)
    codes = store.read("kwb", year=2023)["gwb_code"]
    assert sorted(codes) == sorted(OWN)
    assert set(store.read("gezondheid", year=2022)["code"]) == set(OWN)


# What goes wrong and comes right


@pytest.mark.parametrize("fault", ["500", "503", "429", "drop", "cut", "nothing", "silence"])
def test_what_fails_once_is_asked_again(country, store, fault):
    country.faults = [
        ("/v3/ TypedDataSet", fault),
        ("/derden/47018NED/TypedDataSet?", fault),
        ("/lbm GetFeature", fault),
        ("/kaart/ buurten", fault),
    ]
    complete, said = fetch(country, store, client=patient(timeout=0.2), years=(2024,))
    assert complete, said
    assert country.faults == []
    assert figures(store, 2024)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    # The same service, asked again: not the other road.
    assert not country.asked("/v4/")
    assert not country.asked("/items/")
    assert len(store.read("politie", year=2023, gemeente=TOWN)) == 12


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("500", "heeft een storing (500). Ik heb het 3 keer geprobeerd."),
        ("403", "weigert dit (403)"),
        ("302", "naar een andere pagina (302). Misschien moet je je eerst aanmelden op het net"),
        ("drop", "brak af"),
        ("cut", "is niet heel"),
        ("nothing", "stuurt een leeg antwoord"),
        ("silence", "antwoordt niet op tijd"),
        ("empty", "Het antwoord is leeg, en dat hoort niet."),
        ("xml", "geeft een foutmelding: “Illegal property name”"),
        ("html", "stuurt een webpagina in plaats van cijfers. Misschien moet je je eerst"),
        ("error", "geeft een foutmelding"),
        ("elsewhere", "verwijst voor de rest naar een ander adres (elders.example)"),
        ("counted", "van de 99 rijen binnen"),
    ],
)
def test_what_keeps_failing_is_told_and_nothing_is_stored(country, store, fault, words):
    country.faults = [("TypedDataSet", f"{fault}!"), ("Observations", f"{fault}!")]
    tries = {"timeout": 0.1, "tries": 1} if fault == "silence" else {}
    complete, said = fetch(country, store, client=patient(**tries))
    assert not complete
    for what in ("Kerncijfers 2023", "Misdrijven", "Gezondheid"):
        (line,) = (line for line in said.split("\n") if line.startswith(f"{what}: dat lukt niet."))
        assert words in line
    assert "leefbaar data import BESTAND" in said
    assert "https://opendata.cbs.nl/statline/#/CBS/nl/dataset/85618NED/table" in said
    assert "https://data.politie.nl/#/Politie/nl/dataset/47018NED/table" in said
    assert not store.has("kwb")
    assert not store.has("politie")
    # One source that fails does not stop the others.
    assert store.years("grenzen") == [2023]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("xml", "geeft een foutmelding: “Illegal property name”"),
        ("html", "stuurt een webpagina"),
        ("cut", "is niet heel"),
        ("more", "van de 99 gebieden binnen"),
        ("empty", "staan geen"),
    ],
)
def test_maps_and_scores_that_fail_are_told(country, store, fault, words):
    country.faults = [
        ("/lbm GetFeature", f"{fault}!"),
        ("/kaart/", f"{fault}!"),
        ("/items/", f"{fault}!"),
    ]
    complete, said = fetch(country, store, years=(2024,))
    assert not complete
    for what in ("Leefbaarometer", "Grenzen 2024"):
        (line,) = (line for line in said.split("\n") if line.startswith(f"{what}: dat lukt niet."))
        assert words in line
    assert not store.has("leefbaarometer")
    assert not store.has("grenzen")
    assert store.years("kwb") == [2024]


@pytest.mark.parametrize("fault", ["xml", "empty"])
def test_scores_are_asked_in_two_ways(country, store, fault):
    country.faults = [("/lbm CQL_FILTER", f"{fault}!")]
    complete, said = fetch(country, store, years=(2024,))
    assert complete, said
    rows = store.read("leefbaarometer", year=2024, gemeente=TOWN)
    assert sorted(rows["code"]) == ["BU16800000", "BU16800001", "GM1680", "WK168000"]
    assert rows["afw"].tolist() == [0.15] * 4


@pytest.mark.parametrize("fault", ["404", "xml", "empty"])
def test_boundaries_come_by_the_other_service(country, store, fault):
    country.faults = [("/kaart/", f"{fault}!")]
    complete, said = fetch(country, store, years=(2024,))
    assert complete, said
    assert country.asked("/items/2024/collections/buurten", "cursor=1")
    rows = store.read("grenzen", year=2024, gemeente=TOWN)
    assert sorted(rows["code"]) == ["BU16800000", "BU16800001", "GM1680", "WK168000"]


def test_a_map_of_another_year_is_refused(country, store):
    country.map_year = 2022
    country.faults = [("/items/", "404!")]
    _, said = fetch(country, store, years=(2024,))
    assert "Grenzen 2024: dat lukt niet. De kaart van 2024 gaat over 2022." in said
    assert not store.has("grenzen")


def test_a_table_of_another_year_is_refused(country, store):
    country.titles = {"85618NED": "Kerncijfers wijken en buurten 2019"}
    _, said = fetch(country, store)
    assert "Tabel 85618NED heet “Kerncijfers wijken en buurten 2019”." in said
    assert not store.has("kwb")


def test_an_older_health_table_takes_over(country, store):
    country.faults = [("50120NED", "404!")]
    for _ in range(2):
        complete, said = fetch(country, store)
        # The newest years are only in the newest table.
        assert not complete
        assert "Gezondheid, nieuwste tabel: dat lukt niet." in said
        assert store.years("gezondheid") == [2016, 2020]
    assert "Gezondheid 2016 en 2020: is er al." in said
    country.faults = []
    complete, _ = fetch(country, store)
    assert complete
    assert store.years("gezondheid") == [2016, 2020, 2022]


@pytest.mark.parametrize("status", ["301", "302", "307"])
def test_a_page_of_the_network_is_not_followed(country, store, status):
    country.faults = [("/v3/", f"{status}!"), ("/v4/", f"{status}!")]
    _, said = fetch(country, store)
    assert f"stuurt me door naar een andere pagina ({status})." in said
    assert not country.asked("aanmelden")


def test_what_came_before_a_page_of_the_network_is_kept(country, store):
    country.page_size = 2
    country.faults = [("/v3/85618NED/TypedDataSet $skip=2", "302!"), ("/v4/", "302!")]
    fetch(country, store)
    country.faults = []
    complete, _ = fetch(country, store)
    assert complete
    assert len(country.asked("/v3/85618NED/TypedDataSet?$filter=startswith")) == 1


def test_a_reply_that_drips_is_not_waited_for(country, monkeypatch):
    monkeypatch.setattr(web, "MAX_SECONDS", 0.2)
    country.faults = [("TypedDataSet", "drip!")]
    with pytest.raises(web.WebError, match="antwoordt niet op tijd"):
        patient(tries=1).json(f"{country.base}/v3/85618NED/TypedDataSet?$format=json")
    assert country.dripped < 0.5


@pytest.mark.parametrize("wait", ["0", "straks", "9" * 5000, "Fri, 31 Dec 99999 23:59:59 GMT"])
def test_a_server_that_asks_to_wait_oddly_is_asked_again(country, monkeypatch, wait):
    monkeypatch.setattr(web, "MAX_WAIT", 0)
    country.retry_after = wait
    country.faults = [("TableInfos", "503!")]
    with pytest.raises(web.WebError, match=r"heeft een storing \(503\)"):
        patient().json(f"{country.base}/v3/85618NED/TableInfos?$format=json")
    assert len(country.log) == 3


def test_scores_of_another_year_are_refused(country, store, monkeypatch):
    right = score_features
    monkeypatch.setitem(globals(), "score_features", lambda kind, year: right(kind, year - 2))
    _, said = fetch(country, store, years=(2024,))
    assert "Leefbaarometer: dat lukt niet. In de laag van 2024 staan scores van 2022." in said
    assert not store.has("leefbaarometer")


def change(monkeypatch, word: str, what):
    """Let something happen to the page with rows of one address."""
    whole = Country.table

    def changed(self, service, number, path, query):
        page = whole(self, service, number, path, query)
        if word in f"/{service}/{number}/{path}" and isinstance(page, dict):
            what(page["value"])
        return page

    monkeypatch.setattr(Country, "table", changed)


def test_two_codes_in_one_row_are_refused(country, store, monkeypatch):
    country.faults = [("/v4/", "404!")]
    change(monkeypatch, "/v3/85618NED/TypedData", lambda rows: rows[1].update(Codering_3="GM0362"))
    _, said = fetch(country, store)
    assert "Kerncijfers 2023: dat lukt niet. In één rij staan GM1680 en GM0362." in said
    assert not store.has("kwb")


def test_a_row_that_is_not_in_the_list_is_refused(country, store, monkeypatch):
    country.faults = [("/v4/", "404!")]
    other = {"WijkenEnBuurten": "BU16809999", "Codering_3": "BU16809999"}
    change(
        monkeypatch,
        "/v3/85618NED/TypedData",
        lambda rows: rows.append(v3_row(9, REGIONS[4]) | other),
    )
    _, said = fetch(country, store)
    assert "In het antwoord staat BU16809999, en dat staat niet in de lijst met gebieden." in said
    assert not store.has("kwb")


def test_rows_that_get_lost_on_the_way_are_missed(country, store, monkeypatch):
    whole = Country.table

    def one_short(self, service, number, what, query):
        page = whole(self, service, number, what, query)
        if number == "47018NED" and what == "TypedDataSet":
            page["value"] = page["value"][:-1]
        return page

    monkeypatch.setattr(Country, "table", one_short)
    _, said = fetch(country, store)
    assert "Misdrijven: dat lukt niet. Er kwamen 29 van de 30 rijen binnen." in said
    assert not store.has("politie")


def test_a_region_without_a_row_is_missed(country, store, monkeypatch):
    whole = Country.table

    def without_one(self, service, number, what, query):
        page = whole(self, service, number, what, query)
        if what in ("TypedDataSet", "Observations") and service in ("v3", "v4"):
            page["value"] = [r for r in page["value"] if r["WijkenEnBuurten"] != "BU16800001"]
        return page

    monkeypatch.setattr(Country, "table", without_one)
    _, said = fetch(country, store)
    assert "In het antwoord ontbreken 1 gebieden, zoals BU16800001." in said
    assert not store.has("kwb")


def test_a_reply_that_is_too_large_is_not_taken_in(country, store):
    with pytest.raises(SourceError, match="veel meer dan waar ik om vroeg"):
        fetch(country, store, "Aa en Stad", client=patient(limit=100))


def test_a_service_that_is_not_there_is_asked_no_more(country, store, monkeypatch):
    client = patient()
    once, tried = web.Client._once, []
    monkeypatch.setattr(web.Client, "_once", lambda self, url: tried.append(url) or once(self, url))
    gone = online.Services(**vars(services(country)) | {"cbs_v3": "http://127.0.0.1:9/v3"})
    said = []
    online.get(
        store,
        TOWN,
        years=(2022, 2023),
        services=gone,
        client=client,
        tell=said.append,
        warn=said.append,
    )
    # The other version of CBS answers, so no figures are lost.
    assert store.years("kwb") == [2022, 2023]
    (line,) = (line for line in said if "dat lukt niet" in line)
    assert line.startswith("Kerncijfers 2022 en 2023, welke gebieden veranderden: dat lukt niet.")
    gone = online.Services(**vars(gone) | {"cbs_v4": "http://127.0.0.1:9/v4"})
    said.clear()
    assert not online.get(
        store,
        TOWN,
        years=(2020, 2021),
        services=gone,
        client=client,
        tell=said.append,
        warn=said.append,
    )
    lines = [line for line in said if "dat lukt niet" in line]
    assert lines == [
        "Kerncijfers 2021: dat lukt niet. Er is geen verbinding met 127.0.0.1:9. Kijk of het "
        "internet werkt. Ik heb het 3 keer geprobeerd."
    ]
    assert len([url for url in tried if "127.0.0.1:9/" in url]) == 3


# Replies of an odd form

LEAVES = [None, True, 0, -1, 3.5, 10**30, "", "x", "GM1680", "BU16809999", "\ud800", "http://["]
KEYS = ["value", "Key", "ID", "odata.nextLink", "odata.count", "numberMatched", "links", "rel"]
JSON = st.recursive(
    st.sampled_from(LEAVES) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=2)
    ),
    max_leaves=4,
)


def odd(draw, made):
    """Return JSON in which something at one place is of another form."""
    if not made or not isinstance(made, dict | list) or draw(st.integers(0, 5)) == 0:
        return draw(JSON)
    if isinstance(made, dict) and draw(st.integers(0, 5)) == 0:
        return made | {draw(st.sampled_from(KEYS)): draw(JSON)}
    made = dict(made) if isinstance(made, dict) else list(made)
    place = draw(st.sampled_from(list(made if isinstance(made, dict) else range(len(made)))))
    made[place] = odd(draw, made[place])
    return made


class OddClient(web.Client):
    """Gets one reply of which something is not as it should be."""

    def __init__(self, country: Country, draw):
        super().__init__(tries=1)
        self.country, self.draw, self.good = country, draw, draw(st.integers(0, 7))

    def _once(self, url: str) -> tuple[bytes, str]:
        parts = urlsplit(url)
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        try:
            made = self.country.reply(parts.path, query)
        except (KeyError, ValueError, TypeError) as error:  # an odd link of before
            raise web._refusal(404, "cbs.example", None) from error
        self.good -= 1
        if self.good == -1:
            made = odd(self.draw, made)
        return json.dumps(made).encode(), ""


def is_ours(properties: dict) -> bool:
    return properties.get("gemeentecode") == TOWN


MAP = {"typeNames": "wijkenbuurten:buurten", "filter": f"<Literal>{TOWN}</Literal>"}
ITEMS = f"/items/2023/collections/buurten/items?gemeentecode={TOWN}"
READS = {
    "v3": lambda pages, at: odata.kerncijfers_v3(pages, f"{at}/v3/85618NED", 2023, TOWN).csv(),
    "v4": lambda pages, at: odata.kerncijfers_v4(pages, f"{at}/v4/85618NED", 2023, TOWN).csv(),
    "whole": lambda pages, at: odata.whole_reply(pages, f"{at}/derden/47018NED", TOWN),
    "years": lambda pages, at: odata.whole_years(pages, f"{at}/derden/50120NED"),
    "wfs": lambda pages, at: online.wfs(pages, f"{at}/kaart/2023", MAP, is_ours),
    "items": lambda pages, at: online.items(pages, f"{at}{ITEMS}", is_ours),
}


@settings(deadline=None, max_examples=300)
@given(st.data(), st.sampled_from(list(READS.values())))
def test_no_reply_is_too_odd_to_refuse(data, read):
    country = Country(base="http://127.0.0.1:1", page_size=3)
    client = OddClient(country, data.draw)
    pages = SimpleNamespace(client=client, json=lambda url: client.json(url)[0])
    with contextlib.suppress(SourceError):
        read(pages, country.base)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"value": [], "odata.count": "veel"}, "hoeveel rijen er zijn, maar dat is geen getal"),
        ({"value": [], "odata.count": True}, "hoeveel rijen er zijn, maar dat is geen getal"),
        ({"value": [], "@odata.count": 3}, "0 van de 3 rijen"),
        ({"value": [], "odata.nextLink": 5}, "iets wat geen adres is"),
        ({"value": ["x"]}, "Het antwoord is geen tabel."),
        ({"value": None}, "Het antwoord is geen tabel."),
    ],
)
def test_a_page_that_is_no_table_is_refused(page, words):
    pages = SimpleNamespace(json=lambda url: page)
    with pytest.raises(web.WebError, match=words):
        odata.rows(pages, "http://cbs.example/x")


@pytest.mark.parametrize(
    "about", [{"value": ["x"]}, {"value": {}}, {"value": []}, {"Title": ["x"]}]
)
def test_properties_of_an_odd_form_are_refused(about):
    pages = SimpleNamespace(json=lambda url: about)
    with pytest.raises(web.WebError, match=r"geen tabel|Dat zijn niet de kerncijfers"):
        odata.kerncijfers_v4(pages, "http://cbs.example/85618NED", 2023, TOWN)


@pytest.mark.parametrize("count", [True, "alle", None, 3.5])
def test_a_count_of_features_that_is_none_does_not_end_a_layer(count):
    one = {"properties": {"id": "BU16800000"}}
    sizes = iter([online.FEATURES_AT_ONCE, 2])
    pages = SimpleNamespace(
        json=lambda url: {"features": [one] * next(sizes), "numberMatched": count}
    )
    found = online.wfs(pages, "http://kaart.example", {}, lambda properties: True)
    assert len(found) == online.FEATURES_AT_ONCE + 2


@pytest.mark.parametrize("cell", [[3410], {"a": 1}, True])
@pytest.mark.parametrize("closed", ["/v4/", "/v3/"])
def test_a_cell_that_is_no_number_or_text_is_refused(country, store, monkeypatch, closed, cell):
    country.faults = [(closed, "404!")]
    change(monkeypatch, "TypedDataSet", lambda rows: rows[1].update(AantalInwoners_5=cell))
    change(monkeypatch, "Observations", lambda rows: rows[1].update(Value=cell))
    _, said = fetch(country, store)
    assert "Kerncijfers 2023: dat lukt niet. In het antwoord staat iets anders dan een" in said
    assert not store.has("kwb")


@pytest.mark.parametrize("closed", ["/v4/", "/v3/"])
def test_groups_of_an_odd_form_are_passed_over(country, store, monkeypatch, closed):
    country.faults = [(closed, "404!")]
    strange = [
        {"ID": ["x"], "Id": {}, "Key": [], "ParentID": {}, "ParentId": []},
        # A group with something odd above it, and a figure in that group.
        {"ID": 77, "Id": "77", "Key": "", "ParentID": {}, "ParentId": []},
        {"ID": 78, "Id": "78", "Key": "X_9", "ParentID": 77, "Title": "Anders", "Unit": "aantal"},
    ]
    for word in ("DataProperties", "MeasureGroups"):
        change(monkeypatch, word, lambda rows: rows.extend(strange))
    measure = {"Identifier": "X9", "MeasureGroupId": "77", "Title": "Anders", "Unit": "aantal"}
    change(monkeypatch, "MeasureCodes", lambda rows: rows.append(measure))
    complete, said = fetch(country, store)
    assert complete, said
    assert figures(store)["g_gas_ap"].notna().tolist() == [True, True, False, False]


def test_half_a_character_is_refused():
    whole, half = b'{"value": "\\ud83d\\ude00"}', b'{"value": "\\ud83d"}'
    assert web._json(whole, "", "x")[0] == {"value": "\U0001f600"}
    with pytest.raises(web._AgainError, match="is niet heel"):
        web._json(half, "", "x")


# Going on


def test_a_download_that_broke_off_goes_on_where_it_was(country, store):
    country.page_size = 2
    country.faults = [("/v3/85618NED/TypedDataSet $skip=2", "503!"), ("/v4/", "404!")]
    complete, _ = fetch(country, store)
    assert not complete
    assert halfway(store)
    before = len(country.asked("/v3/85618NED/"))
    assert len(country.asked("/v3/85618NED/TypedDataSet?$filter")) == 1
    country.faults = []
    complete, said = fetch(country, store)
    assert complete
    # Of five rows in pages of two, the second and third were missing still.
    assert country.asked("/v3/85618NED/")[before:] == [
        path for path in country.asked("/v3/85618NED/")[before:] if "$skip" in path
    ]
    assert len(country.asked("/v3/85618NED/")) == before + 2
    assert figures(store)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    # What came in the first time was not fetched again.
    assert "Misdrijven 2023 en 2024: is er al." in said
    assert not (store.folder / ".halen").exists()


def test_pages_of_long_ago_are_fetched_anew(country, store):
    import os

    country.page_size = 2
    country.faults = [("/v3/85618NED/TypedDataSet $skip=2", "503!"), ("/v4/", "404!")]
    fetch(country, store)
    for path in halfway(store):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    before = len(country.log)
    country.faults = []
    fetch(country, store)
    assert any("TypedDataSet?$filter" in p for p in country.log[before:] if "/v3/85618NED/" in p)


def test_a_page_that_cannot_be_used_is_not_kept(country, store):
    country.faults = [("TypedDataSet", "counted!"), ("Observations", "counted!")]
    fetch(country, store)
    assert not any("kwb" in str(path) or "politie" in str(path) for path in halfway(store))
    country.faults = []
    complete, _ = fetch(country, store)
    assert complete


def test_what_is_there_is_not_fetched_again_unless_asked(country, store):
    fetch(country, store, years=(2023, 2024))
    before = len(country.log)
    complete, said = fetch(country, store, years=(2023, 2024))
    assert complete
    # Health is not of every year: which years there are is all that is asked.
    assert country.log[before:] == ["/derden/50120NED/Perioden?$format=json"]
    assert said.count("is er al.") == 7
    complete, said = fetch(country, store, years=(2023, 2024), again=True)
    assert complete
    assert country.asked("/v3/85618NED/TypedDataSet")
    assert len(country.log) > before + 10
    assert "is er al." not in said


def test_again_does_not_go_on_with_pages_of_before(country, store):
    country.page_size = 2
    country.faults = [("/v3/85618NED/TypedDataSet $skip=2", "503!"), ("/v4/", "404!")]
    fetch(country, store)
    country.faults = []
    complete, _ = fetch(country, store, again=True)
    assert complete
    assert len(country.asked("/v3/85618NED/TypedDataSet?$filter")) == 2


@pytest.fixture
def by_hand(tmp_path):
    """Put rows of one source in a store, as a file that a person downloaded."""

    def put(store, country, source, good):
        other = Store(tmp_path / "anders")
        fetch(country, other)
        for year in other.years(source):
            rows = other.read(source, year=year)
            rows = rows[good(rows)].reset_index(drop=True)
            if len(rows):
                path = tmp_path / f"{source}-{year}.csv"
                path.write_text(path.name)
                about = {"publisher": "x", "title": "x", "licence": "x", "modelled": False}
                made = Table(source, rows, (year,), {year: year}, "1", **about)
                store.add(made, path)

    return put


@pytest.mark.parametrize(("years", "fetched"), [(None, True), ((2024,), True), ((2023,), False)])
def test_one_year_of_the_police_by_hand_is_not_all(country, store, by_hand, years, fetched):
    by_hand(store, country, "politie", lambda rows: rows["jaar"] == 2023)
    assert store.years("politie") == [2023]
    _, said = fetch(country, store, years=years)
    assert ("Misdrijven 2023 en 2024: 4 gebieden binnen." in said) is fetched
    assert ("Misdrijven 2023: is er al." in said) is not fetched
    assert store.years("politie") == ([2023, 2024] if fetched else [2023])


@pytest.mark.parametrize(("years", "fetched"), [(None, True), ((2023,), True), ((2020,), False)])
def test_one_year_of_health_by_hand_is_not_all(country, store, by_hand, years, fetched):
    by_hand(store, country, "gezondheid", lambda rows: rows["jaar"] == 2020)
    _, said = fetch(country, store, years=years)
    assert ("Gezondheid 2020 en 2022: 4 gebieden binnen." in said) is fetched
    assert store.years("gezondheid") == ([2020, 2022] if fetched else [2020])


@pytest.mark.parametrize(("source", "year"), [("kwb", 2023), ("politie", 2024)])
def test_a_gemeente_without_its_buurten_is_not_all(country, store, by_hand, source, year):
    code = "gwb_code" if source == "kwb" else "code"
    by_hand(store, country, source, lambda rows: rows[code].str[:2].isin(["NL", "GM"]))
    complete, said = fetch(country, store, years=(year,))
    assert complete, said
    assert set(store.read(source, year=year, gemeente=TOWN)[code]) == set(OWN) - {"NL00"}


def test_a_table_that_does_not_list_its_years_is_fetched(country, store):
    fetch(country, store)
    country.faults = [("/Perioden", "404!")]
    complete, said = fetch(country, store, years=(2022,))
    assert complete
    assert "Misdrijven 2023 en 2024: 4 gebieden binnen." in said


@pytest.mark.parametrize("years", [None, (2026,)])
def test_scores_that_are_newer_than_we_know_are_fetched(country, store, years):
    country.newest_score = 26
    complete, said = fetch(country, store, years=years)
    assert complete, said
    assert store.years("leefbaarometer") == ([2026] if years else [2014, 2016, 2024, 2026])


def test_without_years_a_newer_edition_of_the_scores_is_seen(country, store, monkeypatch):
    monkeypatch.setattr(online, "SCORE_YEARS", (2014, 2016, 2024))
    fetch(country, store, years=(2014, 2016, 2024))
    for newest, years in ((24, [2014, 2016, 2024]), (26, [2014, 2016, 2024, 2026])):
        country.newest_score = newest
        before = len(country.asked("/lbm", "GetFeature"))
        complete, _ = fetch(country, store, years=None)
        assert complete
        assert store.years("leefbaarometer") == years
        # Three layers of each of four years, or nothing.
        assert len(country.asked("/lbm", "GetFeature")) - before == (0 if newest == 24 else 12)


# A store that lost something


def lose(store, source, body: bytes | None = None):
    (path,) = store.folder.glob(f"{source}-*.parquet")
    path.unlink() if body is None else path.write_bytes(body)


@pytest.mark.parametrize("name", [TOWN, "gm1680", "Aa en Stad"])
def test_a_file_that_is_gone_is_fetched_again(country, store, name):
    fetch(country, store)
    lose(store, "kwb")
    complete, said = fetch(country, store, name)
    assert complete, said
    assert figures(store)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    assert list(store.gemeenten()["code"]) == [TOWN]
    # Of another gemeente in that file nothing can be known.
    assert said.count("Let op: het bestand met Kerncijfers 2023 is weg of beschadigd.") == 1
    assert "Stonden er ook andere gemeenten in?" in said


def test_a_file_that_is_damaged_is_fetched_again(country, store):
    fetch(country, store)
    lose(store, "kwb", b"PAR1")
    complete, said = fetch(country, store)
    assert complete
    assert figures(store)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    assert "Misdrijven 2023 en 2024: is er al." in said


def test_without_a_manifest_nothing_is_asked(country, store):
    fetch(country, store)
    (store.folder / "manifest.json").write_text("{")
    before = len(country.log)
    for name in (TOWN, "Aa en Stad"):
        with pytest.raises(SourceError, match="Haal die map weg"):
            fetch(country, store, name)
    assert len(country.log) == before


def test_a_second_gemeente_stands_beside_the_first(country, store):
    fetch(country, store)
    fetch(country, store, "Amstelveen")
    assert figures(store)["a_inw"].tolist() == [25390, 3415, 3410, 5]
    assert figures(store, gemeente="GM0362")["a_inw"].tolist() == [90838, 6000, 2235]
    assert set(store.gemeenten()["name"]) == {"Amstelveen", "Aa en Stad"}


def test_a_new_edition_of_the_scores_comes_as_a_whole(country, store):
    fetch(country, store, years=(2014, 2024))
    assert store.years("leefbaarometer") == [2014, 2024]
    country.newest_score = 26
    complete, said = fetch(country, store, years=(2016,))
    assert complete, said
    assert store.years("leefbaarometer") == [2014, 2016, 2024, 2026]
    assert any("editie meting 2026" in line for line in store.status())
    assert not any("editie meting 2024" in line for line in store.status())


@pytest.mark.parametrize("years", [None, (2026,), (2014, 2024, 2026)])
def test_a_new_edition_comes_also_when_another_gemeente_has_it(country, store, years):
    fetch(country, store, years=(2014, 2024))
    country.newest_score = 26
    fetch(country, store, "Amstelveen", years=(2014, 2026))
    complete, said = fetch(country, store, years=years)
    assert complete, said
    assert store.editions("leefbaarometer", TOWN) == {"meting 2026"}
    assert set(store.read("leefbaarometer", gemeente=TOWN)["jaar"]) == {2014, 2016, 2024, 2026}


def test_an_older_year_of_the_same_edition_comes_alone(country, store):
    fetch(country, store, years=(2014,))
    before = len(country.asked("/lbm", "GetFeature"))
    complete, said = fetch(country, store, years=(2016,))
    assert complete, said
    assert len(country.asked("/lbm", "GetFeature")) - before == 3
    assert store.years("leefbaarometer") == [2014, 2016]


def test_an_older_edition_of_another_gemeente_does_not_matter(country, store):
    fetch(country, store, "Amstelveen", years=(2014,))
    country.newest_score = 26
    fetch(country, store, years=(2026,))
    before = len(country.asked("/lbm", "GetFeature"))
    complete, said = fetch(country, store, years=(2014,))
    assert complete, said
    assert len(country.asked("/lbm", "GetFeature")) - before == 3


# Words


def test_a_name_that_is_not_known_gets_a_hint(country, store):
    with pytest.raises(SourceError, match=r"Bedoel je: Aa en Stad \(GM1680\)\?"):
        fetch(country, store, "stad")
    with pytest.raises(SourceError, match="Kijk of je de naam goed schreef"):
        fetch(country, store, "Atlantis")


def test_a_year_of_which_the_table_is_not_known_is_said(country, store):
    complete, said = fetch(country, store, years=(2013, 2015, 2016))
    assert complete
    for year in (2013, 2015):
        assert f"Kerncijfers {year}: ik weet niet in welke tabel van CBS dit jaar staat." in said
    assert "Leefbaarometer 2016: 4 gebieden binnen." in said
    assert store.years("kwb") == [2016]
    assert "Grenzen: die kan ik alleen ophalen van 2022 tot en met 2025." in said


def test_a_year_without_scores_is_said(country, store):
    complete, said = fetch(country, store, years=(2023,))
    assert complete
    assert "Leefbaarometer: van 2023 zijn er geen scores." in said


def test_a_gemeente_that_did_not_exist_then_is_said(country, store):
    complete, said = fetch(country, store, "GM0099")
    assert not complete
    assert "Kerncijfers 2023: GM0099 staat niet in de tabel van dat jaar." in said
    assert not store.has("kwb")


def test_the_tables_are_those_that_the_reader_knows():
    assert {number: year for year, (number, _) in online.TABLES.items()} == kwb.TABLES


def test_every_measure_has_a_name_and_a_code_of_its_own():
    lines = odata.MEASURES.read_text(encoding="utf-8").split()
    assert len(lines) % 2 == 0
    names = odata._measures()
    assert len(names) == len(lines) // 2
    assert all(kwb.SHORT.fullmatch(name) for name in names.values())


def test_a_proxy_may_be_named_without_its_scheme(country, monkeypatch):
    monkeypatch.setenv("http_proxy", country.base.removeprefix("http://"))
    monkeypatch.setenv("no_proxy", "")
    data, _ = patient().json("http://cbs.example/v3/85618NED/TableInfos?$format=json")
    assert data["value"][0]["Title"] == "Kerncijfers wijken en buurten 2023"


@pytest.mark.parametrize(
    "proxy",
    ["socks5://127.0.0.1:9", "http://[::1", "http://127.0.0.1:x", "http://a..b:1", "http://€@a"],
)
def test_a_proxy_that_is_not_understood_is_said(monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(web.WebError, match="een proxy die ik niet begrijp") as error:
        patient().json("http://cbs.example/v3/85618NED/TableInfos")
    assert error.value.down


def test_an_office_with_a_proxy(country, monkeypatch):
    monkeypatch.setenv("http_proxy", country.base.replace("//", "//mij:geheim%21@"))
    monkeypatch.setenv("no_proxy", "127.0.0.9")
    data, _ = patient().json("http://cbs.example/v3/85618NED/TableInfos?$format=json")
    assert data["value"][0]["Title"] == "Kerncijfers wijken en buurten 2023"
    assert country.log == ["http://cbs.example/v3/85618NED/TableInfos?$format=json"]
    assert country.proxy_user == "Basic bWlqOmdlaGVpbSE="  # mij:geheim!
    with pytest.raises(web.WebError, match=r"geen verbinding met 127\.0\.0\.9"):
        patient(tries=1).json("http://127.0.0.9:9/v3/85618NED/TableInfos")
    assert len(country.log) == 1


def test_long_notes_are_cut_in_progress_and_whole_in_the_store(country, store, monkeypatch):
    monkeypatch.setattr(online, "NOTE_LETTERS", 40)
    _, said = fetch(country, store)
    assert "  Let op: De cijfers van wijken en … Alles staat in: leefbaar data status" in said
    assert any("vergelijk ze daar niet mee." in line for line in store.status())


# The address of a next page


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://cbs.example/x?$skip=2", "https://cbs.example/x?$skip=2"),
        ("http://cbs.example/x?$skip=2", "https://cbs.example/x?$skip=2"),
        ("Observations?$skip=2", "https://cbs.example/a/Observations?$skip=2"),
        ("https://elders.example/x", None),
        ("https://cbs.example:8443/x", None),
        ("https://cbs.example@elders.example/x", None),
        ("//elders.example/x", None),
        ("file:///etc/passwd", None),
        ("ftp://cbs.example/x", None),
        ("http://[", False),
        ("https://cbs.example:x/", False),
        (5, False),
        (["x"], False),
        ({"href": "x"}, False),
    ],
)
def test_a_next_page_is_at_the_same_service(link, expected):
    url = "https://cbs.example/a/Observations"
    if expected:
        assert web.next_page(url, link) == expected
    else:
        words = "ander adres" if expected is None else "geen adres"
        with pytest.raises(web.WebError, match=words):
            web.next_page(url, link)


def test_cbs_may_link_to_its_own_old_address():
    url = "https://datasets.cbs.nl/odata/v1/CBS/85618NED/Observations"
    link = "https://odata4.cbs.nl/CBS/85618NED/Observations?$skip=2"
    assert web.next_page(url, link) == link


# The command


@pytest.fixture
def here(country, monkeypatch):
    known = services(country)
    monkeypatch.setattr(online, "Services", lambda: known)
    monkeypatch.setattr(online, "Client", patient)


def test_the_command_fetches_a_gemeente(country, here, tmp_path, capsys):
    arguments = ["data", "get", "Aa en Stad", "--years", "2022-2023", "--folder", str(tmp_path)]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert "Kerncijfers 2022: 4 gebieden binnen." in said
    assert Store(tmp_path / "gegevens").years("kwb") == [2022, 2023]


def test_the_command_says_what_failed(country, here, tmp_path, capsys):
    country.faults = [("47018NED", "404!")]
    assert cli.main(["data", "get", TOWN, "--years", "2023", "--folder", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "Misdrijven: dat lukt niet." in said.err
    assert "https://data.politie.nl" in said.out
    assert cli.main(["data", "get", "Atlantis", "--folder", str(tmp_path)]) == 1
    assert "De gemeente “Atlantis” ken ik niet." in capsys.readouterr().err


def test_breaking_off_is_calm(country, here, tmp_path, capsys, monkeypatch):
    def interrupted(order):
        raise KeyboardInterrupt

    monkeypatch.setattr(online, "_crimes", interrupted)
    assert cli.main(["data", "get", TOWN, "--years", "2023", "--folder", str(tmp_path)]) == 130
    assert (
        "Gestopt. Wat binnen is, blijft. Ga verder met dezelfde opdracht."
        in capsys.readouterr().out
    )
    assert Store(tmp_path / "gegevens").years("kwb") == [2023]


@pytest.mark.parametrize("years", ["2024-2015", "23", "2015-", "alles"])
def test_years_that_are_no_years_are_said(years, capsys):
    with pytest.raises(SystemExit):
        cli.main(["data", "get", TOWN, "--years", years])
    assert "schrijf een jaar, of een eerste en laatste: 2015-2024" in capsys.readouterr().err
