"""A gemeente in the forms in which the publishers give it, made of the figures of the sample city.

Codes, names and coordinates are those of nowhere (``GM0001``, Voorstad), so that what comes out
can be laid beside the sample city: the same figures, through every reader and the store.
"""

import csv
import json
from pathlib import Path

from leefbaar_tools.resources import shared_path
from leefbaar_tools.sources import recognise
from leefbaar_tools.store import Store

CITY, LAND = "Voorstad", "Nederland"
YEARS = range(2018, 2025)  # of earlier ones CBS had other columns
GONE_IN_2024 = ("p_bjo2k", "p_hh_lkk")
EAST, NORTH = 120_000, 480_000  # metres: somewhere in the country, by the national grid


def code_of(sample: str) -> str:
    """The code in Voorstad of a region of the sample city."""
    return sample.replace("9999", "0001", 1) if sample[:2] != "NL" else sample


def name_of(sample: str) -> str:
    return sample.replace("Lindermonde", CITY).replace(" (voorbeeld)", "")


def _read(name: str) -> list[dict]:
    with Path(shared_path("data", name)).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_files(folder: Path, years=None) -> list[Path]:
    """Write the files as they are downloaded: Kerncijfers a year, Leefbaarometer, boundaries."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        *_kerncijfers(folder, years),
        *_leefbaarometer(folder),
        _boundaries(folder),
        _health(folder),
        _police(folder),
    ]


def _kerncijfers(folder: Path, wanted) -> list[Path]:
    rows = _read("kerncijfers.csv")
    written = []
    for year in sorted({row["jaar"] for row in rows}):
        if int(year) not in (wanted or YEARS):
            continue
        path = folder / f"kwb-{year}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            about = ("jaar", "gwb_code", "regio", "recs", "gm_naam", "ind_wbi")
            gone = GONE_IN_2024 if year == "2024" else ()
            figures = [name for name in rows[0] if name not in (*about, *gone)]
            leading = ["gwb_code_10", "gwb_code_8", "regio", "gm_naam", "recs", "gwb_code"]
            out = csv.writer(file, delimiter=";")
            renamed = {"g_woz": "g_wozbag"} if year >= "2020" else {}
            out.writerow([*leading, "ind_wbi", *(renamed.get(name, name) for name in figures)])
            for row in (row for row in rows if row["jaar"] == year):
                code, name = code_of(row["gwb_code"]), name_of(row["regio"])
                out.writerow(
                    [code, code[2:], name, name_of(row["gm_naam"]), row["recs"], code]
                    + [row["ind_wbi"], *(row[figure].replace(".", ",") for figure in figures)]
                )
        written.append(path)
    return written


def _leefbaarometer(folder: Path) -> list[Path]:
    written = []
    for level, short, many in (
        ("buurt", "bu", "buurten"), ("wijk", "wk", "wijken"), ("gemeente", "gm", "gemeenten"),
    ):  # fmt: skip
        path = folder / f"Leefbaarometer-scores {many} 2002-2024.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            scores = ["lbm", "afw", "fys", "onv", "soc", "vrz", "won"]
            out.writerow([f"{short}_code", f"{short}_naam", "jaar", *scores])
            for row in _read("leefbaarometer.csv"):
                if row["niveau"] == level:
                    name = name_of(row["naam"])
                    out.writerow(
                        [code_of(row["code"]), name, row["jaar"], *(row[s] for s in scores)]
                    )
        written.append(path)
    return written


def _codes() -> list[str]:
    return sorted({code_of(row["gwb_code"]) for row in _read("kerncijfers.csv")})


LONELY, OFFENCES = 44.6, 200  # in every region


def _health(folder: Path) -> Path:
    """Two years on the division of 2020, as the table of 2020 has them."""
    header = (
        "ID;Leeftijd;Marges;WijkenEnBuurten;Perioden;Gemeentenaam_1;SoortRegio_2;Codering_3;"
        "ErvarenGezondheidGoedZeerGoed_4;Eenzaam_28"
    )
    kinds = {"NL": "Land", "GM": "Gemeente", "WK": "Wijk", "BU": "Buurt"}
    lines = [header]
    for year in (2016, 2020):
        for code in _codes():
            code = code.replace("NL00", "NL01")  # the country has another code here
            cells = ["1", "20300", "MW00000", f"{code:10}", f"{year}JJ00", f"{CITY:40}"]
            cells += [f"{kinds[code[:2]]:10}", f"{code:20}", "    75.0", f"{LONELY:8.1f}"]
            lines.append(";".join(cells))
    path = folder / "50090NED.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _police(folder: Path) -> Path:
    """Offences of three years; a null is not known, and never nought."""
    rows = [
        {
            "ID": 1,
            "SoortMisdrijf": kind,
            "WijkenEnBuurten": f"{code:10}",
            "Perioden": f"{year}JJ00",
            "GeregistreerdeMisdrijven_1": number,
        }
        for year in (2022, 2023, 2024)
        for code in _codes()
        for kind, number in (("0.0.0 ", OFFENCES), ("1.1.1 ", 12), ("2.1.1 ", None))
    ]
    host = "https://dataderden.cbs.nl/ODataFeed/OData/47018NED"
    reply = {"odata.metadata": f"{host}/$metadata#Cbs.OData.WebAPI.TypedDataSet", "value": rows}
    path = folder / "47018NED.json"
    path.write_text(json.dumps(reply), encoding="utf-8")
    return path


def _boundaries(folder: Path) -> Path:
    given = json.loads(Path(shared_path("data", "grenzen.geojson")).read_text("utf-8"))
    features = []
    for feature in given["features"]:
        about, shape = feature["properties"], feature["geometry"]
        if about["niveau"] != "buurt":
            continue
        code = code_of(about["code"])
        rings = [[[x + EAST, y + NORTH] for x, y in ring] for ring in shape["coordinates"]]
        properties = {
            "buurtcode": code,
            "buurtnaam": name_of(about["naam"]),
            "wijkcode": f"WK{code[2:8]}",
            "gemeentecode": "GM0001",
            "gemeentenaam": CITY,
            "water": "NEE",
            "jaar": 2024,
        }
        geometry = {"type": "Polygon", "coordinates": rings}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path = folder / "buurten-2024.geojson"
    text = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(text, encoding="utf-8")
    return path


def fill(folder: Path, years=None) -> None:
    """Import Voorstad in a working folder."""
    store = Store(folder / "gegevens")
    for path in write_files(folder / "downloads", years):
        store.add(recognise.read(path), path)
