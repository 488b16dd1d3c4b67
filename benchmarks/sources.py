"""What reading a national file costs, beside a bare read of the same file with the same engine.

The bare read is ``pandas.read_csv(dtype=str)`` for CSV, calamine for a workbook and ``json.load``
for JSON. It checks nothing and knows nothing: every cell stays as it is. Then the figures of one
gemeente from a store of several national years.

The files are made here, in a temporary folder, with figures that were drawn by lot. Every
measurement runs in a Python of its own, so that its peak of memory is its own. Run it on a quiet
machine: ``python benchmarks/sources.py``; nothing here is a test.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

AIM = 2  # times the bare read
AIM_STORE = 0.1  # seconds for one gemeente
AREAS = {"gemeente": 342, "wijk": 3_400, "buurt": 14_757}  # with the country 18,500
STORE_YEARS = range(2013, 2026)
KINDS = 59  # of crime
HEALTH = 35  # figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[], choices=[*FILES, "store"])
    parser.add_argument("--small", type=float, default=1, help="share of the areas, for a try")
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return measure(*options.one, options.repeat)
    with tempfile.TemporaryDirectory() as folder:
        areas = make_areas(options.small)
        print(f"{len(areas):,} areas\n{'file':22} {'MB':>5} {'ours':>8} {'bare':>8} {'ratio':>6}")
        for name, make in FILES.items():
            if not options.only or name in options.only:
                report(make(Path(folder), areas), name, options.repeat)
        if not options.only or "store" in options.only:
            report_store(Path(folder), areas, options.repeat)


def report(path: Path, name: str, repeat: int) -> None:
    ours, bare = (in_a_python_of_its_own(what, path, repeat) for what in ("ours", "bare"))
    ratio = ours["seconds"] / bare["seconds"]
    print(
        f"{name:22} {path.stat().st_size / 1e6:5.0f} {ours['seconds']:6.2f} s "
        f"{bare['seconds']:6.2f} s {ratio:6.2f}  ≤ {AIM}   peak {ours['peak']:.0f} MB, bare "
        f"{bare['peak']:.0f} MB",
        flush=True,
    )
    path.unlink()


def report_store(folder: Path, areas: pd.DataFrame, repeat: int) -> None:
    from leefbaar_tools.sources import recognise
    from leefbaar_tools.store import Store

    store = Store(folder / "gegevens")
    for year in STORE_YEARS:
        path = kwb_short(folder, areas, year)
        store.add(recognise.read(path), path)
        path.unlink()
    path = scores(folder, areas)
    store.add(recognise.read(path), path)
    path.unlink()
    found = in_a_python_of_its_own("store", store.folder, max(repeat, 5))
    for what, seconds in found["times"].items():
        print(f"store: {what:28} {seconds * 1000:6.0f} ms  ≤ {AIM_STORE * 1000:.0f} ms")


# One measurement


def in_a_python_of_its_own(what: str, path: Path, repeat: int) -> dict:
    command = [sys.executable, __file__, "--repeat", str(repeat), "--one", what, str(path)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return json.loads(ran.stdout.splitlines()[-1])


def measure(what: str, path: str, repeat: int) -> None:
    if what == "store":
        print(json.dumps({"times": store_times(path, repeat)}))
        return
    run = our_read if what == "ours" else bare_read
    times = []
    run(make_warm(path))
    for _ in range(repeat):
        start = time.perf_counter()
        run(path)
        times.append(time.perf_counter() - start)
    print(json.dumps({"seconds": min(times), "peak": peak_memory() / 1e6}))


def peak_memory() -> int:
    """Return the most bytes this process ever had; what `resource` tells is also its parent's."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    import psutil

    own = psutil.Process().memory_info()
    return getattr(own, "peak_wset", own.rss)


def make_warm(path: str) -> str:
    """Return a small file of the same kind, so that importing libraries is not measured."""
    name = Path(path).name
    small = make_areas(0.01)
    folder = Path(path).parent / "warm"
    folder.mkdir(exist_ok=True)
    return str(next(make for key, make in FILES.items() if NAMES[key] == name)(folder, small))


def our_read(path: str) -> None:
    from leefbaar_tools.sources import recognise

    recognise.read(path)


def bare_read(path: str) -> None:
    if path.endswith(".xlsx"):
        from python_calamine import CalamineWorkbook

        with CalamineWorkbook.from_path(path) as book:
            book.get_sheet_by_index(0).to_python()
    elif "grids" in path:
        import pyarrow as pa
        from pyarrow import csv

        # In blocks, as text: a whole table of this size may not fit in memory.
        with open(path, encoding="utf-8") as file:
            names = file.readline().strip().split(",")
        kinds = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        for _ in csv.open_csv(path, csv.ReadOptions(block_size=4_000_000), None, kinds):
            pass
    elif path.endswith("json"):
        with open(path, encoding="utf-8") as file:
            json.load(file)
    else:
        with open(path, encoding="utf-8") as file:
            separator = ";" if ";" in file.readline() else ","
        # The footer of StatLine has one cell, which pandas fills up.
        pd.read_csv(path, sep=separator, dtype=str, encoding="utf-8-sig")


def store_times(folder: str, repeat: int) -> dict[str, float]:
    from leefbaar_tools.store import Store

    store = Store(folder)
    code = store.gemeenten()["code"].iloc[0]
    runs = {
        "names of all gemeenten": store.gemeenten,
        "kerncijfers of one year": lambda: store.read("kwb", 2024, code),
        "area of one gemeente": lambda: store.area(code),
    }
    found = {}
    for what, run in runs.items():
        times = []
        for _ in range(repeat + 1):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        found[what] = min(times)
    return found


# Files as they are published


def make_areas(share: float = 1) -> pd.DataFrame:
    """Return codes, names and levels in the order of CBS."""
    towns, wijken, buurten = (max(1, int(n * share)) for n in AREAS.values())
    rows, made = [("NL00", "Nederland", "Land", "Nederland")], 0
    for town in range(towns):
        name = f"Gemeente {town + 1}"
        rows.append((f"GM{town + 1:04d}", name, "Gemeente", name))
        for wijk in range(wijken // towns + (town < wijken % towns)):
            number = f"{town + 1:04d}{wijk:02d}"
            rows.append((f"WK{number}", f"Wijk {wijk:02d} {name}", "Wijk", name))
            rows += [
                (f"BU{number}{buurt:02d}", f"Buurt {wijk}-{buurt}", "Buurt", name)
                for buurt in range(buurten * (made + 1) // wijken - buurten * made // wijken)
            ]
            made += 1
    return pd.DataFrame(rows, columns=["code", "naam", "niveau", "gemeente"])


def paths() -> dict[str, str]:
    from leefbaar_tools.sources import kwb

    lines = kwb.PATHS.read_text(encoding="utf-8").splitlines()
    known: dict[str, str] = {}
    for line in lines:
        short, path = line.split(": ", 1)
        known.setdefault(short, path)
    return known


# Columns that are not of 2023.
OTHER_YEARS = (
    *("a_w_all", "a_nw_all", "a_marok", "a_antaru", "a_suri", "a_tur", "a_ov_nw", "p_n_act"),
    *("a_opl_lg", "a_opl_md", "a_opl_hg", "g_wodief", "g_vernoo", "g_gewsek", "g_woz"),
    *("a_nb_won", "a_vastg", "a_nb_vastg", "p_bj_me10", "p_bj_mi10", "a_pau_j6", "a_pau_o6"),
    *("p_1gezw_tw", "p_1gezw_hw", "p_1gezw_2w", "p_1gezw_hvw", "p_1gezw_vw", "g_ele_tr"),
)
ABOUT = ("regio", "jaar", "gm_naam", "recs", "gwb_code", "ind_wbi")


def figures(rows: int) -> dict[str, np.ndarray]:
    """Return figures of 2023 that hang together, with NaN in one cell of eight."""
    lot = np.random.default_rng(1)
    names = [name for name in paths() if name not in ABOUT and name not in OTHER_YEARS][:117]
    made = {}
    for name in names:
        if name.startswith(("a_", "bev", "ste_oad", "g_ele", "g_gas", "g_pau_km")):
            column = lot.integers(0, 1200, rows) * 5.0
        elif name.startswith(("p_geb", "p_ste", "p_wmo", "pst_dekp", "ste_mvs")):
            column = lot.integers(1, 6, rows).astype(float)
        elif name == "g_woz":
            column = lot.integers(100, 900, rows).astype(float)
        elif name == "g_hhgro":
            column = lot.integers(10, 40, rows) / 10
        else:
            column = lot.integers(0, 1000, rows) / 10
        column[lot.random(rows) < 0.125] = np.nan
        made[name] = column
    inhabitants = lot.integers(10, 5000, rows) * 10.0
    half, fifth = inhabitants / 2, inhabitants / 5
    sums = {"a_inw": inhabitants, "a_man": half, "a_vrouw": half}
    ages = ("a_00_14", "a_15_24", "a_25_44", "a_45_64", "a_65_oo")
    homes = {n: fifth for n in ("a_1p_hh", "a_hh_z_k", "a_hh_m_k")} | {"a_hh": 3 * fifth}
    return {n: ({a: fifth for a in ages} | sums | homes).get(n, c) for n, c in made.items()}


def text_of(column: np.ndarray, write, missing: str) -> list[str]:
    return [missing if value != value else write(value) for value in column.tolist()]


def plain(value: float) -> str:
    return f"{value:g}" if value < 1e5 else f"{value:.0f}"


def dutch(value: float) -> str:
    text = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,"))


def about(areas: pd.DataFrame) -> dict[str, list[str]]:
    sign = ["." if level == "Land" else "1" for level in areas["niveau"]]
    return {
        "gwb_code_10": areas["code"].tolist(),
        "gwb_code_8": areas["code"].str[2:].tolist(),
        "regio": areas["naam"].tolist(),
        "gm_naam": areas["gemeente"].tolist(),
        "recs": areas["niveau"].tolist(),
        "gwb_code": areas["code"].tolist(),
        "ind_wbi": sign,
    }


def save(path: Path, columns: dict[str, list], separator: str, quoting: int, **how) -> Path:
    table = pd.DataFrame(columns)
    table.to_csv(path, sep=separator, index=False, quoting=quoting, lineterminator="\n", **how)
    return path


def kwb_short(folder: Path, areas: pd.DataFrame, year: int = 2023) -> Path:
    texts = {
        name: text_of(column, decimals(name), "       .")
        for name, column in figures(len(areas)).items()
    }
    texts = {name: cells for name, cells in texts.items() if _published(name, year)}
    return save(folder / f"kwb-{year}.csv", about(areas) | texts, ";", 0)


def _published(name: str, year: int) -> bool:
    from leefbaar_tools.sources import kwb

    first, last = kwb.ERAS.get(name, (None, None))
    return (first or year) <= year <= (last or year)


def decimals(name: str):
    """Return what writes a figure: a count is whole, the others have one decimal."""
    from leefbaar_tools.sources import kwb

    return "{:.0f}".format if kwb._is_whole(name) else "{:.1f}".format


def kwb_statline(folder: Path, areas: pd.DataFrame) -> Path:
    """Dialect D: dots for thousands, decimal commas, a footer."""
    known = paths()
    texts = {known[n]: text_of(c, dutch, ".") for n, c in figures(len(areas)).items()}
    columns = _statline_about(areas) | texts
    titles = {t: t.replace("|", "\n" if n % 9 == 0 else " ") for n, t in enumerate(columns)}
    path = folder / NAMES["kwb StatLine D"]
    save(path, {titles[t]: c for t, c in columns.items()}, ",", 0)
    with path.open("a", encoding="utf-8") as file:
        file.write("Bron: CBS.\n")
    return path


def kwb_symbols(folder: Path, areas: pd.DataFrame) -> Path:
    """Dialect A: padded, between quotes."""
    known = paths()
    texts = {
        known[n]: [t.rjust(8) for t in text_of(c, decimals(n), ".")]
        for n, c in figures(len(areas)).items()
    }
    columns = _statline_about(areas) | texts
    path = folder / NAMES["kwb StatLine A"]
    named = {title.replace("|", "/"): cells for title, cells in columns.items()}
    return save(path, named, ";", 1, encoding="utf-8-sig")


def _statline_about(areas: pd.DataFrame) -> dict[str, list[str]]:
    known, own = paths(), about(areas)
    names = ("regio", "gm_naam", "recs", "gwb_code", "ind_wbi")
    return {known[name]: own[name] for name in names}


def kwb_odata(folder: Path, areas: pd.DataFrame) -> Path:
    """OData v3 of 2020, saved as CSV."""
    return save(folder / NAMES["kwb OData"], odata_columns(areas, text_of), ";", 0)


def kwb_json(folder: Path, areas: pd.DataFrame) -> Path:
    """The same as a reply of the service."""
    columns = odata_columns(areas, lambda column, *_: [n if n == n else None for n in column])
    return reply(folder / NAMES["kwb JSON"], "opendata.cbs.nl", "84799NED", columns)


def reply(path: Path, service: str, table: str, columns: dict[str, list]) -> Path:
    """Write a reply of OData v3; a whole number has no decimals."""
    short = {
        name: [int(n) if isinstance(n, float) and n.is_integer() else n for n in cells]
        for name, cells in columns.items()
    }
    rows = [dict(zip(short, row, strict=True)) for row in zip(*short.values(), strict=True)]
    head = f"https://{service}/ODataFeed/OData/{table}/$metadata"
    path.write_text(json.dumps({"odata.metadata": head, "value": rows}), encoding="utf-8")
    return path


def odata_columns(areas: pd.DataFrame, cells_of) -> dict[str, list]:
    odd = ("a_nl_all", "a_eur_al", "a_neu_al", "a_geb_nl", "a_geb_eu", "a_geb_ne", "a_gbl_eu")
    texts = {}
    for number, (name, column) in enumerate(figures(len(areas)).items(), start=5):
        title = "".join(w.capitalize() for w in paths()[name].split("|")[-1].split(" (")[0].split())
        if name not in odd and not name.startswith(("a_opl_b", "a_opl_h", "a_ons", "a_gbl")):
            texts[f"{title}_{number}"] = cells_of(column, plain, "")
    codes = areas["code"].str.ljust(10).tolist()
    columns = {
        "ID": [str(n) for n in range(len(areas))],
        "WijkenEnBuurten": codes,
        "Gemeentenaam_1": areas["gemeente"].str.ljust(40).tolist(),
        "SoortRegio_2": areas["niveau"].str.ljust(10).tolist(),
        "Codering_3": codes,
        "IndelingswijzigingWijkenEnBuurten_4": about(areas)["ind_wbi"],
    }
    return columns | texts


def kwb_excel(folder: Path, areas: pd.DataFrame) -> Path:
    made = {n: c.tolist() for n, c in figures(len(areas)).items()}
    return workbook(folder / NAMES["kwb Excel"], about(areas) | made)


def workbook(path: Path, columns: dict[str, list]) -> Path:
    """Write the smallest workbook that Excel could have made; a missing number is a point."""
    shared: dict[str, int] = {}

    def cell(value):
        if isinstance(value, float) and value == value:
            return f"<c><v>{value:g}</v></c>"
        text = "." if value != value else value
        return f'<c t="s"><v>{shared.setdefault(text, len(shared))}</v></c>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pack = "http://schemas.openxmlformats.org/package/2006/relationships"
    content = "http://schemas.openxmlformats.org/package/2006/content-types"
    start = '<?xml version="1.0" encoding="UTF-8"?>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", f'{start}<Types xmlns="{content}"/>')
        book.writestr(
            "_rels/.rels",
            f'{start}<Relationships xmlns="{pack}"><Relationship Id="r1" '
            f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'{start}<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="Blad1" '
            'sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{start}<Relationships xmlns="{pack}"><Relationship Id="r1" Type="{rel}/worksheet" '
            f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{rel}/sharedStrings" '
            'Target="sharedStrings.xml"/></Relationships>',
        )
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{start}<worksheet xmlns="{main}"><sheetData>'.encode())
            for row in [tuple(columns), *zip(*columns.values(), strict=True)]:
                sheet.write(f"<row>{''.join(map(cell, row))}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
        texts = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in shared)
        book.writestr("xl/sharedStrings.xml", f'{start}<sst xmlns="{main}">{texts}</sst>')
    return path


def scores(folder: Path, areas: pd.DataFrame) -> Path:
    """Leefbaarometer: twelve years of all buurten."""
    buurten = areas[areas["niveau"] == "Buurt"]
    years = range(2013, 2025)
    lot = np.random.default_rng(2)
    parts = (lot.random((len(buurten) * len(years), 5)) - 0.5).round(13) / 4
    total = parts.sum(axis=1)
    columns = {
        "bu_code": np.repeat(buurten["code"].to_numpy(), len(years)),
        "bu_naam": np.repeat(buurten["naam"].to_numpy(), len(years)),
        "jaar": np.tile(np.array(years), len(buurten)),
        "lbm": 4.10226485 + total,
        "afw": total,
        **dict(zip(("fys", "onv", "soc", "vrz", "won"), parts.T, strict=True)),
    }
    return save(folder / NAMES["Leefbaarometer"], columns, ",", 0)


GRID_YEARS = (2002, 2008, *range(2012, 2026, 2))
SQUARES = 47  # for each buurt: 700,000 in all


def grid(folder: Path, areas: pd.DataFrame) -> Path:
    """Leefbaarometer: all years of all squares of 100 metres, about 1 GB."""
    path = folder / NAMES["grid"]
    count = int((areas["niveau"] == "Buurt").sum()) * SQUARES
    place = np.arange(count)
    codes = [
        f"E{column + 200:04d}N{row + 3100:04d}"
        for row, column in zip(*divmod(place, 2400), strict=True)
    ]
    lot = np.random.default_rng(6)
    names = ("fys", "onv", "soc", "vrz", "won")
    for number, year in enumerate(GRID_YEARS):
        parts = (lot.random((count, 5)) - 0.5) / 4
        total = parts.sum(axis=1)
        columns = {"grid_id": codes, "jaar": year, "lbm": 4.10226485 + total, "afw": total}
        rows = pd.DataFrame(columns | dict(zip(names, parts.T, strict=True)))
        rows.to_csv(path, mode="a" if number else "w", header=not number, index=False)
    return path


def health_columns(areas: pd.DataFrame) -> dict[str, list]:
    lot = np.random.default_rng(3)
    keys = [(age, year) for age in ("20300", "53115", "80200") for year in ("2016", "2020")]
    codes = areas["code"].str.replace("NL00", "NL01")
    rows = len(areas) * len(keys)
    columns = {
        "ID": [str(n) for n in range(rows)],
        "Leeftijd": [age for age, _ in keys for _ in range(len(areas))],
        "Marges": ["MW00000"] * rows,
        "WijkenEnBuurten": codes.str.ljust(10).tolist() * len(keys),
        "Perioden": [f"{year}JJ00" for _, year in keys for _ in range(len(areas))],
        "Gemeentenaam_1": areas["gemeente"].str.ljust(40).tolist() * len(keys),
        "SoortRegio_2": areas["niveau"].str.ljust(10).tolist() * len(keys),
        "Codering_3": codes.str.ljust(20).tolist() * len(keys),
    }
    for number in range(4, 4 + HEALTH):
        share = lot.integers(0, 1000, rows) / 10
        share[lot.random(rows) < 0.1] = np.nan
        columns[f"Cijfer{'abcdefgh'[number % 8]}{'ijklmnop'[number // 8]}_{number}"] = [
            text.rjust(8) for text in text_of(share, "{:.1f}".format, ".")
        ]
    return columns


def health(folder: Path, areas: pd.DataFrame) -> Path:
    return save(folder / NAMES["RIVM"], health_columns(areas), ";", 0)


def health_excel(folder: Path, areas: pd.DataFrame) -> Path:
    return workbook(folder / NAMES["RIVM Excel"], health_columns(areas))


def crime_columns(areas: pd.DataFrame) -> dict[str, list]:
    lot = np.random.default_rng(4)
    kinds = ["0.0.0 "] + [f"{n // 25 + 1}.{n // 5 % 5 + 1}.{n % 5 + 1} " for n in range(KINDS - 1)]
    rows = len(areas) * len(kinds)
    counts = lot.geometric(0.05, rows) - 1.0
    counts[: len(areas)] = 200_000
    counts[lot.random(rows) < 0.2] = np.nan
    return {
        "ID": [str(n) for n in range(rows)],
        "SoortMisdrijf": [kind for kind in kinds for _ in range(len(areas))],
        "WijkenEnBuurten": areas["code"].str.ljust(10).tolist() * len(kinds),
        "Perioden": ["2024JJ00"] * rows,
        "GeregistreerdeMisdrijven_1": counts,
    }


def crime(folder: Path, areas: pd.DataFrame) -> Path:
    columns = crime_columns(areas)
    counts = text_of(columns["GeregistreerdeMisdrijven_1"], "{:8.0f}".format, "       .")
    return save(folder / NAMES["police"], columns | {"GeregistreerdeMisdrijven_1": counts}, ";", 1)


def crime_json(folder: Path, areas: pd.DataFrame) -> Path:
    columns = crime_columns(areas)
    counts = [None if n != n else int(n) for n in columns["GeregistreerdeMisdrijven_1"].tolist()]
    columns |= {"ID": list(range(len(counts))), "GeregistreerdeMisdrijven_1": counts}
    return reply(folder / NAMES["police JSON"], "dataderden.cbs.nl", "47018NED", columns)


def boundaries(folder: Path, areas: pd.DataFrame) -> Path:
    """All buurten, each with about 130 points: as large as the map of PDOK."""
    buurten = areas[areas["niveau"] == "Buurt"]
    lot = np.random.default_rng(5)
    round_ = np.linspace(0, 2 * np.pi, 130)
    features = []
    for code, name in zip(buurten["code"], buurten["naam"], strict=True):
        x, y = lot.uniform(20_000, 270_000), lot.uniform(320_000, 600_000)
        points = np.column_stack((x + 300 * np.sin(round_), y + 300 * np.cos(round_))).round(3)
        points[-1] = points[0]
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "buurtcode": code,
                    "buurtnaam": name,
                    "gemeentecode": "GM" + code[2:6],
                    "water": "NEE",
                    "aantal_inwoners": 1000,
                    "jaar": 2024,
                },
                "geometry": {"type": "MultiPolygon", "coordinates": [[points.tolist()]]},
            }
        )
    path = folder / NAMES["boundaries"]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


FILES = {
    "kwb Excel": kwb_excel,
    "kwb CSV": kwb_short,
    "kwb StatLine D": kwb_statline,
    "kwb StatLine A": kwb_symbols,
    "kwb OData": kwb_odata,
    "kwb JSON": kwb_json,
    "Leefbaarometer": scores,
    "grid": grid,
    "RIVM": health,
    "RIVM Excel": health_excel,
    "police": crime,
    "police JSON": crime_json,
    "boundaries": boundaries,
}
NAMES = {
    "kwb Excel": "kwb-2023.xlsx",
    "kwb CSV": "kwb-2023.csv",
    "kwb StatLine D": "statline-d-2023.csv",
    "kwb StatLine A": "statline-a-2023.csv",
    "kwb OData": "odata-2020.csv",
    "kwb JSON": "odata-2020.json",
    "Leefbaarometer": "scores buurten 2002-2024.csv",
    "grid": "scores grids 2002-2024.csv",
    "RIVM": "50090NED.csv",
    "RIVM Excel": "50090NED.xlsx",
    "police": "47018NED.csv",
    "police JSON": "47018NED.json",
    "boundaries": "buurten-2024.geojson",
}

if __name__ == "__main__":
    main()
