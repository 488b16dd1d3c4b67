"""Make the fictional sample city: the same files, byte for byte, every time.

    python data/make_sample_city.py [--output DIR] [--without NAME ...]

Everything is invented. Levels and spreads lean on published figures (README.md names them),
the tables have the form of the real ones. Each table has a random stream of its own, so that
a table added later never changes another. ``--without`` switches one planted truth off: the
same city, the same draws, only that truth gone. Standard library only.
"""

import argparse
import csv
import io
import json
import math
import random
import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import sample_partners
import sample_reports
import sample_survey

SEED = 2026
# Tables that a corporation keeps itself; each module draws its own, from its own stream.
OWN_TABLES = (sample_reports, sample_survey, sample_partners)
GEMEENTE = ("GM9999", "Lindermonde")
LAND = ("NL00", "Nederland (voorbeeld)")
NOTICE = "Fictional city: no real neighbourhood, no real figures. Verzonnen stad, geen echte buurt."
YEARS = range(2015, 2025)
MEASUREMENTS = range(2014, 2025, 2)

# --- The planted truths: what people can discover, and the analysis must find. -------------

PLANTS = {
    "better_than_expected": {
        "codes": ["BU99990100"],
        "truth": "a vulnerable corporation buurt where nuisance and liveability stay good",
        "scores": {"fys": 0.0, "won": -0.05, "vrz": 0.03, "soc": 0.045, "onv": 0.055},
    },
    "riser": {
        "codes": ["BU99990500"],
        "truth": "the leefbaarometer rises over the last two measurements",
        "steps": {2022: 0.5, 2024: 1.0},
        "change": {"fys": 0.01, "won": 0.035, "vrz": 0.01, "soc": 0.02, "onv": 0.085},
    },
    "faller": {
        "codes": ["BU99990303"],
        "truth": "the leefbaarometer falls over the last two measurements, mostly by nuisance",
        "steps": {2022: 0.5, 2024: 1.0},
        "change": {"fys": -0.01, "won": -0.03, "vrz": -0.01, "soc": -0.02, "onv": -0.09},
    },
    "tiny": {
        "codes": ["BU99990503"],
        "truth": "a business park with fewer than 50 inhabitants: its figures mean nothing",
        "inhabitants": 34,
        "scores": {"fys": 0.11, "won": 0.18, "vrz": -0.09, "soc": 0.12, "onv": 0.01},
    },
    "good_figures": {
        "codes": ["BU99990402"],
        "truth": "good on all five dimensions (a later table adds: few feel at home there)",
        "scores": {"fys": 0.055, "won": 0.06, "vrz": 0.05, "soc": 0.06, "onv": 0.1},
    },
    "boundary_change": {
        "codes": ["BU99990600", "BU99990601"],
        "truth": "in the given year the second buurt got households of the first: a false jump",
        "year": 2019,
        "moved": 0.3,
    },
}

for own in OWN_TABLES:
    PLANTS |= own.PLANTS

# --- The city: wijken in order of code, their buurten with a type. -------------------------
# V vulnerable corporation buurt, M middle, S strong; C middle and in the centre,
# O vulnerable with a large complex for older people, N strong and newly built.
# In a ring wijk the first two buurten lie on the inside, the last two on the outside.

CITY = """\
Oudestad: Waagkwartier C, Kuiperskwartier C, Lakenhof C, Smidsgang C
Rietvoort: Karekietbuurt V, Lisdoddebuurt V, Rietzangerbuurt M, Wouwaapbuurt M
Molenes: Wiekenbuurt V, Maalderijbuurt M, Zaaiersveld M, Korenkamp S
Elzenhage: Elzenhage-Noord V, Elzenhage-Zuid V, Kastanjeplaats O, Wilgenroosbuurt M
De Sprenge: Beekdalbuurt M, Kiezelpad M, Bronhof S, Sprengerbos S
Havenrand: Touwslagersbuurt M, Loodsenbuurt V, Scheepsbelbuurt M, Bedrijvenpark Havenrand M
Nieuwe Made: Hooioogst M, Madeliefbuurt M, Graslanden N, Vlinderveld N
Buitenhorst: Eikenhorst M, Hazelhorst S, Oude Singel S, Veldzicht S
"""
WIJKEN = [
    (wijk, [tuple(buurt.rsplit(" ", 1)) for buurt in buurten.split(", ")])
    for wijk, buurten in (line.split(": ") for line in CITY.splitlines())
]

# Not published in this year although the buurt is large enough, as happens in the real table.
UNRELIABLE = {("BU99990703", 2021): ("g_ink_pi", "p_hh_lkk")}
# Columns that the first edition of the newest year does not hold yet.
LATER_EDITION = {2024: ("g_ink_pi", "p_hh_lkk", "p_arb_pp")}

# --- Ranges per type, level 2023; the sign says how a value goes with a buurt's strength. ---
# (V, M, S): domain facts 11.2 where it has the indicator, our own choice elsewhere.

RANGES = {
    "inhabitants": (0, (1500, 4200), (1200, 4200), (900, 3600)),
    "single": (-1, (0.42, 0.58), (0.32, 0.44), (0.22, 0.32)),
    "children": (1, (0.20, 0.30), (0.28, 0.38), (0.36, 0.48)),
    "old": (0, (0.12, 0.22), (0.16, 0.24), (0.15, 0.25)),
    "corporation": (-1, (0.69, 0.84), (0.18, 0.52), (0.03, 0.22)),
    "private_rent": (0, (0.04, 0.11), (0.06, 0.18), (0.03, 0.10)),
    "flats": (-1, (0.35, 0.85), (0.12, 0.55), (0.04, 0.25)),
    "vacant": (0, (0.02, 0.05), (0.02, 0.05), (0.01, 0.04)),
    "new": (0, (0.02, 0.25), (0.05, 0.35), (0.05, 0.40)),
    "woz": (1, (185, 265), (262, 365), (360, 540)),
    "income": (1, (21.0, 27.0), (27.0, 34.0), (34.5, 46.0)),
    "low_income": (-1, (0.06, 0.12), (0.022, 0.055), (0.008, 0.022)),
    "bijstand": (-1, (0.06, 0.13), (0.018, 0.055), (0.002, 0.016)),
    "working": (1, (0.52, 0.64), (0.65, 0.74), (0.70, 0.79)),
    "cars": (1, (0.5, 0.8), (0.8, 1.1), (1.1, 1.6)),
    "shop_km": (0, (0.3, 0.8), (0.4, 1.1), (0.6, 1.7)),
    "water": (0, (0.0, 0.05), (0.0, 0.06), (0.01, 0.07)),
    "fys": (1, (-0.045, 0.005), (-0.03, 0.03), (-0.01, 0.05)),
    "won": (1, (-0.095, -0.02), (-0.045, 0.035), (0.01, 0.09)),
    "vrz": (0, (-0.01, 0.06), (-0.03, 0.04), (-0.06, 0.03)),
    "soc": (1, (-0.06, 0.0), (-0.03, 0.03), (0.0, 0.07)),
    "onv": (1, (-0.185, -0.05), (-0.06, 0.06), (0.03, 0.14)),
}
COLUMN_OF_TYPE = {"V": 1, "O": 1, "M": 2, "C": 2, "S": 3, "N": 3}
SPECIAL = {  # what differs from the range of the type
    "C": {"single": 0.16, "children": -0.12, "private_rent": 0.18, "flats": 0.3, "vrz": 0.07},
    "O": {"old": 0.26, "children": -0.06, "single": 0.04},
    "N": {"new": 0.5, "children": 0.04, "old": -0.06},
}
GROWTH = {"N": 0.025}  # households a year, as a share; elsewhere 0.003
# Per year: how much a buurt drifts and how much it wobbles (standard deviations).
DRIFT, WOBBLE = 0.0015, 0.003
DIMENSIONS = ("fys", "won", "vrz", "soc", "onv")
DRIFT_SCORE, WOBBLE_SCORE = 0.0015, 0.006  # per dimension and measurement

# --- The country: published values (data README), straight lines between and beyond them. ---

NATIONAL = {
    "a_inw": {2020: 17407585, 2023: 17811291},
    "a_00_14": {2020: 2726099, 2023: 2727377},
    "a_15_24": {2020: 2143743, 2023: 2190344},
    "a_25_44": {2020: 4308904, 2023: 4507646},
    "a_45_64": {2020: 4836284, 2023: 4784757},
    "a_65_oo": {2020: 3392555, 2023: 3601167},
    "a_hh": {2020: 7997800, 2023: 8270244},
    "a_1p_hh": {2020: 3079778, 2023: 3266042},
    "a_hh_z_k": {2020: 2302921, 2023: 2358933},
    "a_hh_m_k": {2020: 2615101, 2023: 2645269},
    "a_woning": {2020: 7857000, 2023: 8125229},  # 2020 is our own estimate
    "g_woz": {2015: 206, 2018: 230, 2022: 315, 2023: 369, 2024: 379},  # 2015 our own estimate
    "p_mgezw": {2023: 36},
    "p_leegsw": {2023: 4},
    "p_koopw": {2023: 57},
    "p_huurw": {2023: 43},
    "p_wcorpw": {2023: 28},
    "p_ov_hw": {2023: 14},
    "p_bjo2k": {2023: 19},
    "p_arb_pp": {2023: 71},
    "g_ink_pi": {2023: 32.7},
    "p_hh_lkk": {2023: 3.8},
    "bijstand": {2016: 0.036, 2023: 0.0265},  # share of inhabitants of 15 and older
    "g_pau_hh": {2023: 1.1},
    "g_afs_gs": {2023: 1.0},
    "a_opp_ha": {2023: 4154337},
    "a_lan_ha": {2023: 3364723},
    "a_wat_ha": {2023: 789614},
    "ste_mvs": {2023: 2},
}
MEAN_LBM = 4.102  # the national mean of the real instrument, rounded; here every year the same

# Lower bounds of the classes 2..9. Our own, in the spirit of the published legend: the official
# bounds are not published. Total: the national mean is class 6. Dimensions: the mean is class 5.
TOTAL_BOUNDS = (-0.40, -0.31, -0.22, -0.13, -0.05, 0.03, 0.11, 0.20)
DIMENSION_BOUNDS = (-0.21, -0.15, -0.09, -0.03, 0.03, 0.09, 0.15, 0.21)

# --- One field table: the columns of each file, in order, and their description. ------------
# name, type, unit, title, description

PERCENT_DWELLINGS = "Share of all dwellings; published from 20 dwellings."
FIELDS = {
    "kerncijfers": [
        ("jaar", "year", "jaar", "Jaar", "Year of the figures and of the division."),
        ("gwb_code", "string", "code", "Codering", "NL, GM, WK or BU code; text."),
        ("regio", "string", "naam", "Naam van het gebied", "Invented name."),
        ("recs", "string", "soort", "Soort regio", "Land, Gemeente, Wijk or Buurt."),
        ("gm_naam", "string", "naam", "Gemeentenaam", "Invented name."),
        ("ind_wbi", "string", "code", "Indelingswijziging wijken en buurten",
         "1 comparable with the year before, 3 boundary changed; '.' for the country."),
        ("a_inw", "integer", "aantal", "Aantal inwoners", "Persons on 1 January."),
        ("a_00_14", "integer", "aantal", "0 tot 15 jaar", "Persons."),
        ("a_15_24", "integer", "aantal", "15 tot 25 jaar", "Persons."),
        ("a_25_44", "integer", "aantal", "25 tot 45 jaar", "Persons."),
        ("a_45_64", "integer", "aantal", "45 tot 65 jaar", "Persons."),
        ("a_65_oo", "integer", "aantal", "65 jaar of ouder", "Persons."),
        ("a_hh", "integer", "aantal", "Huishoudens totaal", "Private households."),
        ("a_1p_hh", "integer", "aantal", "Eenpersoonshuishoudens", "Households of one person."),
        ("a_hh_z_k", "integer", "aantal", "Huishoudens zonder kinderen",
         "Households of more persons, without children."),
        ("a_hh_m_k", "integer", "aantal", "Huishoudens met kinderen", "Households with children."),
        ("g_hhgro", "number", "personen", "Gemiddelde huishoudensgrootte", "Persons a household."),
        ("bev_dich", "integer", "inwoners per km²", "Bevolkingsdichtheid",
         "Inhabitants per km² of land; from 10 inhabitants."),
        ("a_woning", "integer", "aantal", "Woningvoorraad", "Dwellings; not rounded."),
        ("g_woz", "integer", "x 1 000 euro", "Gemiddelde WOZ-waarde van woningen",
         "From 20 dwellings."),
        ("p_1gezw", "integer", "%", "Percentage eengezinswoning", PERCENT_DWELLINGS),
        ("p_mgezw", "integer", "%", "Percentage meergezinswoning", PERCENT_DWELLINGS),
        ("p_leegsw", "integer", "%", "Percentage onbewoond", PERCENT_DWELLINGS),
        ("p_koopw", "integer", "%", "Koopwoningen", PERCENT_DWELLINGS),
        ("p_huurw", "integer", "%", "Huurwoningen totaal", PERCENT_DWELLINGS),
        ("p_wcorpw", "integer", "%", "In bezit woningcorporatie", PERCENT_DWELLINGS),
        ("p_ov_hw", "integer", "%", "In bezit overige verhuurders", PERCENT_DWELLINGS),
        ("p_bjo2k", "integer", "%", "Bouwjaar vanaf 2000", PERCENT_DWELLINGS),
        ("p_arb_pp", "integer", "%", "Nettoarbeidsparticipatie",
         "Working share of inhabitants of 15 to 75; from 150 inhabitants."),
        ("g_ink_pi", "number", "x 1 000 euro", "Gemiddeld inkomen per inwoner",
         "From 100 inhabitants; not in the first edition of the newest year."),
        ("p_hh_lkk", "number", "%", "Huishoudens met een laag inkomen",
         "Share of households; from 100 households."),
        ("a_soz_wb", "integer", "aantal", "Personen met een bijstandsuitkering",
         "Persons, rounded to tens."),
        ("g_pau_hh", "number", "per huishouden", "Personenauto's per huishouden",
         "From 50 households."),
        ("g_afs_gs", "number", "km", "Afstand tot grote supermarkt",
         "Average over inhabitants, by road; from 10 inhabitants."),
        ("a_opp_ha", "integer", "ha", "Oppervlakte totaal", "Land and water."),
        ("a_lan_ha", "integer", "ha", "Oppervlakte land", "Land."),
        ("a_wat_ha", "integer", "ha", "Oppervlakte water", "Water."),
        ("ste_mvs", "integer", "klasse 1-5", "Mate van stedelijkheid",
         "1 very strongly urban to 5 not urban; here from dwellings per km² of the wijk."),
    ],
    "leefbaarometer": [
        ("code", "string", "code", "Code van het gebied", "NL, GM, WK or BU code; text."),
        ("naam", "string", "naam", "Naam van het gebied", "Invented name."),
        ("niveau", "string", "soort", "Niveau", "land, gemeente, wijk or buurt."),
        ("jaar", "year", "jaar", "Jaar van de meting", "All years on the newest division."),
        ("lbm", "number", "score", "Leefbaarheidsscore", "National mean plus afw."),
        ("afw", "number", "score", "Afwijking van het landelijk gemiddelde",
         "Exactly fys + won + vrz + soc + onv; positive is better."),
        ("kscore", "integer", "klasse 1-9", "Klasse van de leefbaarheid",
         "1 zeer onvoldoende, 2 ruim onvoldoende, 3 onvoldoende, 4 zwak, 5 voldoende, "
         "6 ruim voldoende, 7 goed, 8 zeer goed, 9 uitstekend. Bounds are our own."),
        ("fys", "number", "score", "Fysieke omgeving", "Deviation; positive is better."),
        ("won", "number", "score", "Woningvoorraad", "Deviation; positive is better."),
        ("vrz", "number", "score", "Voorzieningen", "Deviation; positive is better."),
        ("soc", "number", "score", "Sociale samenhang", "Deviation; positive is better."),
        ("onv", "number", "score", "Overlast en onveiligheid",
         "Deviation; positive is better, so less nuisance."),
        ("kfys", "integer", "klasse 1-9", "Klasse fysieke omgeving", "5 is the national mean."),
        ("kwon", "integer", "klasse 1-9", "Klasse woningvoorraad", "5 is the national mean."),
        ("kvrz", "integer", "klasse 1-9", "Klasse voorzieningen", "5 is the national mean."),
        ("ksoc", "integer", "klasse 1-9", "Klasse sociale samenhang", "5 is the national mean."),
        ("konv", "integer", "klasse 1-9", "Klasse overlast en onveiligheid",
         "5 is the national mean; higher is less nuisance."),
    ],
}  # fmt: skip
KEYS = {"kerncijfers": ["gwb_code", "jaar"], "leefbaarometer": ["code", "jaar"]}
TITLES = {
    "kerncijfers": "Kerncijfers wijken en buurten (fictional, in the form of the CBS table)",
    "leefbaarometer": "Leefbaarometer scores (fictional, in the form of the open data)",
    "grenzen": "Boundaries of wijken and buurten (fictional, metres on a plane of their own)",
}
for own in OWN_TABLES:
    FIELDS |= own.FIELDS
    KEYS |= own.KEYS
    TITLES |= own.TITLES
SOURCES = [
    {"title": "CBS, Kerncijfers wijken en buurten 2020 and 2023: form and national values",
     "path": "https://www.cbs.nl/nl-nl/reeksen/publicatie/kerncijfers-wijken-en-buurten"},
    {"title": "Leefbaarometer 3.0, open data: form", "path": "https://www.leefbaarometer.nl"},
]  # fmt: skip


# --- The buurten and their character -------------------------------------------------------


def stream(seed, table):
    """Give a table its own random stream."""
    return random.Random(f"{seed}:{table}")


def planted(name, code, without):
    """Return the planted truth when it is on and meant for this buurt, else nothing."""
    plant = PLANTS[name]
    return plant if name not in without and code in plant["codes"] else None


def draw_buurten(seed, without):
    """Draw the character of every buurt: its levels in 2023 and its drift a year."""
    rng = stream(seed, "buurten")
    buurten = []
    for w, (_, members) in enumerate(WIJKEN):
        for b, (name, kind) in enumerate(members):
            code = f"BU9999{w:02d}{b:02d}"
            buurt = {"code": code, "name": name, "wijk": w, "place": b, "kind": kind}
            strength = rng.uniform(-1, 1)
            for key, (sign, *ranges) in RANGES.items():
                low, high = ranges[COLUMN_OF_TYPE[kind] - 1]
                position = 0.5 + 0.25 * sign * strength + rng.gauss(0, 0.22)
                buurt[key] = low + (high - low) * min(1, max(0, position))
                buurt[key] += SPECIAL.get(kind, {}).get(key, 0)
                buurt[f"drift {key}"] = rng.gauss(0, 1)
            for name_of_plant in ("better_than_expected", "tiny", "good_figures"):
                if plant := planted(name_of_plant, code, without):
                    buurt.update(plant["scores"])
                    buurt["inhabitants"] = plant.get("inhabitants", buurt["inhabitants"])
            buurten.append(buurt)
    return buurten


# --- Boundaries ----------------------------------------------------------------------------


def make_boundaries(seed):
    """Draw the rings (lists of whole metres, counterclockwise) of every buurt, by code.

    The centre is cut in four; around it lie seven wijken, each two buurten wide and two
    deep. An edge is drawn once and used by both its neighbours, so there are no gaps.
    """
    rng = stream(seed, "grenzen")
    shape = [rng.uniform(0, math.tau) for _ in range(2)]
    widths = [rng.uniform(0.8, 1.25) for _ in range(14)]
    angles = [math.tau * sum(widths[:i]) / sum(widths) for i in range(14)]

    def plane(radius, angle):
        out = 1 + 0.13 * math.sin(2 * angle + shape[0]) + 0.07 * math.sin(3 * angle + shape[1])
        return 4000 + radius * out * math.cos(angle), 4000 + radius * out * math.sin(angle)

    corners = {"centre": (rng.uniform(-120, 120), rng.uniform(0, math.tau))}
    for ring, radius in enumerate((650, 1750, 2750)):
        for i, angle in enumerate(angles):
            corners[ring, i] = (
                radius * rng.uniform(0.9, 1.1),
                angle + rng.uniform(-0.09, 0.09) / (ring + 1),
            )

    edges = {}

    def edge(start, end):
        """Draw the points from start up to, not including, end."""
        if (end, start) in edges:
            return [edges[end, start][-1], *reversed(edges[end, start][1:-1])]
        (r0, a0), (r1, a1) = corners[start], corners[end]
        along_ring = start != "centre" and end != "centre" and start[0] == end[0]
        turn = (a1 - a0 + math.pi) % math.tau - math.pi
        p0, p1 = plane(r0, a0), plane(r1, a1)
        length = math.dist(p0, p1)
        points = []
        for part in (0, 0.25, 0.5, 0.75, 1):
            if along_ring:
                x, y = plane(r0 + part * (r1 - r0), a0 + part * turn)
            else:
                x, y = p0[0] + part * (p1[0] - p0[0]), p0[1] + part * (p1[1] - p0[1])
            if 0 < part < 1:
                x, y = x + rng.gauss(0, 0.02) * length, y + rng.gauss(0, 0.02) * length
            points.append((round(x), round(y)))
        edges[start, end] = points
        return points[:-1]

    def ring_of(*path):
        return [p for a, b in zip(path, path[1:] + path[:1], strict=True) for p in edge(a, b)]

    rings = {}
    spokes = [0, 4, 7, 11, 14]
    for b, (first, last) in enumerate(pairwise(spokes)):
        arc = [(0, i % 14) for i in range(first, last + 1)]
        rings[f"BU999900{b:02d}"] = ring_of("centre", *arc)
    for w in range(1, 8):
        for b in range(4):
            inner, i = b // 2, 2 * (w - 1) + b % 2
            j = (i + 1) % 14
            corner = [(inner, i), (inner + 1, i), (inner + 1, j), (inner, j)]
            rings[f"BU9999{w:02d}{b:02d}"] = ring_of(*corner)
    return rings


def merge(rings):
    """Unite neighbouring rings into one: what remains when shared edges cancel."""
    steps = {(a, b) for ring in rings for a, b in zip(ring, ring[1:] + ring[:1], strict=True)}
    onward = {a: b for a, b in steps if (b, a) not in steps}
    start = min(onward)
    path = [start]
    while (point := onward[path[-1]]) != start:
        path.append(point)
    return path


def hectares(ring):
    """Area of a ring, by the shoelace formula."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2 / 10_000


# --- Kerncijfers ---------------------------------------------------------------------------


def on_line(points, year):
    """Value of a year on the straight lines through the known years, also beyond them."""
    years = sorted(points)
    if len(years) == 1:
        return points[years[0]]
    after = next((y for y in years[1:] if y >= year), years[-1])
    before = years[years.index(after) - 1]
    rise = (points[after] - points[before]) / (after - before)
    return points[before] + rise * (year - before)


def trend(key, year):
    """Return how a year's national level compares with 2023, as a factor."""
    if key == "woz":
        return on_line(NATIONAL["g_woz"], year) / NATIONAL["g_woz"][2023]
    if key == "bijstand":
        return on_line(NATIONAL["bijstand"], year) / NATIONAL["bijstand"][2023]
    return {"income": 1.04 ** (year - 2023), "low_income": 1 + 0.05 * (2023 - year)}.get(key, 1)


def level(buurt, key, year, rng):
    """Value of a characteristic in a year: level, trend of the country, own drift, wobble."""
    scale = 1 if buurt[key] < 1 else buurt[key]  # drift and wobble are relative for amounts
    if key in ("bijstand", "low_income"):
        scale = buurt[key] * 4
    if key == "cars":
        scale = 1
    drift = DRIFT * buurt[f"drift {key}"] * (year - 2023)
    value = buurt[key] * trend(key, year) + scale * (drift + rng.gauss(0, WOBBLE))
    return max(0.0, value)


def exact_figures(buurt, year, area, without, rng):
    """Figures of one buurt in one year before CBS rounds them: counts and weighted sums."""
    x = {key: level(buurt, key, year, rng) for key in RANGES if key not in DIMENSIONS}
    single, children = x["single"], x["children"]
    couples = 1 - single - children
    size = single + 2.05 * couples + 3.5 * children
    growth = GROWTH.get(buurt["kind"], 0.003) + 0.002 * buurt["drift inhabitants"]
    wobble = 1 + rng.gauss(0, 0.004)
    households = buurt["inhabitants"] / size * (1 + growth) ** (year - 2023) * wobble
    change = planted("boundary_change", buurt["code"], without)
    if change and year < change["year"]:
        first = buurt["code"] == change["codes"][0]
        households *= 1 + change["moved"] if first else 1 - change["moved"]
    households = round(households)
    a_1p_hh, a_hh_m_k = round(households * single), round(households * children)
    inhabitants = round(households * size)
    young = round(1.03 * a_hh_m_k * (1 + rng.gauss(0, 0.01)))
    old = round(inhabitants * x["old"])
    between = inhabitants - young - old
    a_15_24, a_45_64 = round(between * 0.19), round(between * 0.42)
    dwellings = round(households * 0.985)
    water = round(area * x["water"])
    return {
        "a_inw": inhabitants, "a_00_14": young, "a_15_24": a_15_24,
        "a_25_44": between - a_15_24 - a_45_64, "a_45_64": a_45_64, "a_65_oo": old,
        "a_hh": households, "a_1p_hh": a_1p_hh,
        "a_hh_z_k": households - a_1p_hh - a_hh_m_k, "a_hh_m_k": a_hh_m_k,
        "a_woning": dwellings,
        "a_opp_ha": round(area), "a_lan_ha": round(area) - water, "a_wat_ha": water,
        # Sums, so that a wijk is the sum of its buurten; divided again when published.
        "woz": dwellings * x["woz"], "flats": dwellings * x["flats"],
        "vacant": dwellings * x["vacant"], "corporation": dwellings * x["corporation"],
        "private_rent": dwellings * x["private_rent"], "new": dwellings * x["new"],
        "working": inhabitants * x["working"], "income": inhabitants * x["income"],
        "low_income": households * x["low_income"],
        "bijstand": (inhabitants - young) * x["bijstand"], "cars": households * x["cars"],
        "shop_km": inhabitants * x["shop_km"],
    }  # fmt: skip


def published(sums, ste_mvs, exact, rng):
    """Turn exact sums into one row as CBS publishes it: rounded, and "." where too small."""

    def count(key):
        value = sums[key]
        if exact:
            return value
        low = value // 5 * 5
        return low + 5 * (rng.random() < (value - low) / 5)

    def ratio(key, base, least, decimals=0, times=1):
        if sums[base] < least:
            return "."
        value = round(times * sums[key] / sums[base], decimals)
        return value if decimals else int(value)

    def percent(key):
        return ratio(key, "a_woning", 20, times=100)

    counts = ["a_inw", "a_00_14", "a_15_24", "a_25_44", "a_45_64", "a_65_oo"]
    counts += ["a_hh", "a_1p_hh", "a_hh_z_k", "a_hh_m_k"]
    sums = sums | {"rent": sums["corporation"] + sums["private_rent"]}
    sums |= {"owned": sums["a_woning"] - sums["rent"], "house": sums["a_woning"] - sums["flats"]}
    areas = {key: sums[key] for key in ("a_woning", "a_opp_ha", "a_lan_ha", "a_wat_ha")}
    return {key: count(key) for key in counts} | areas | {
        "g_hhgro": ratio("a_inw", "a_hh", 5, 1),
        "bev_dich": ratio("a_inw", "a_lan_ha", 1, times=100) if sums["a_inw"] >= 10 else ".",
        "g_woz": ratio("woz", "a_woning", 20),
        "p_1gezw": percent("house"), "p_mgezw": percent("flats"), "p_leegsw": percent("vacant"),
        "p_koopw": percent("owned"), "p_huurw": percent("rent"),
        "p_wcorpw": percent("corporation"), "p_ov_hw": percent("private_rent"),
        "p_bjo2k": percent("new"),
        "p_arb_pp": ratio("working", "a_inw", 150, times=100),
        "g_ink_pi": ratio("income", "a_inw", 100, 1),
        "p_hh_lkk": ratio("low_income", "a_hh", 100, 1, times=100),
        "a_soz_wb": round(sums["bijstand"] / 10) * 10,
        "g_pau_hh": ratio("cars", "a_hh", 50, 1),
        "g_afs_gs": ratio("shop_km", "a_inw", 10, 1),
        "ste_mvs": ste_mvs,
    }  # fmt: skip


def add_up(rows):
    """Sum of the exact figures of several buurten."""
    return {key: sum(row[key] for row in rows) for key in rows[0]}


def urbanity(sums):
    """Class 1 to 5, from dwellings per square kilometre of land."""
    density = 100 * sums["a_woning"] / sums["a_lan_ha"]
    return 1 + sum(density < bound for bound in (2500, 1500, 1000, 500))


def country(year):
    """Row of the country: counts exact, shares as known."""
    row = {key: on_line(points, year) for key, points in NATIONAL.items()}
    bijstand = row.pop("bijstand") * (row["a_inw"] - row["a_00_14"])
    whole = {key: round(value) for key, value in row.items()}
    return whole | {
        "a_soz_wb": round(bijstand / 10) * 10,
        "p_1gezw": 100 - whole["p_mgezw"],
        "g_hhgro": round(row["a_inw"] / row["a_hh"], 1),
        "bev_dich": round(100 * row["a_inw"] / row["a_lan_ha"]),
        "g_ink_pi": round(row["g_ink_pi"] * trend("income", year), 1),
        "p_hh_lkk": round(row["p_hh_lkk"] * trend("low_income", year), 1),
        "g_pau_hh": row["g_pau_hh"],
        "g_afs_gs": row["g_afs_gs"],
    }


def make_kerncijfers(seed, buurten, rings, without):
    """Make the rows of kerncijfers.csv, in the order of CBS."""
    rng = stream(seed, "kerncijfers")
    change = PLANTS["boundary_change"]
    rows = []
    for year in YEARS:
        exact = [exact_figures(b, year, hectares(rings[b["code"]]), without, rng) for b in buurten]
        changed = change["codes"] if year == change["year"] else []
        changed = changed if "boundary_change" not in without else []

        def add(code, name, recs, figures, year=year, changed=changed):
            absent = LATER_EDITION.get(year, ()) + UNRELIABLE.get((code, year), ())
            figures = figures | dict.fromkeys(absent, ".")
            mark = "." if recs == "Land" else "3" if code in changed else "1"
            head = {"jaar": year, "gwb_code": code, "regio": name, "recs": recs}
            gm_naam = LAND[1] if recs == "Land" else GEMEENTE[1]
            rows.append(head | {"gm_naam": gm_naam, "ind_wbi": mark} | figures)

        city = add_up(exact)
        add(*LAND, "Land", country(year))
        add(*GEMEENTE, "Gemeente", published(city, urbanity(city), True, rng))
        for w, (name, _) in enumerate(WIJKEN):
            inside = [(b, e) for b, e in zip(buurten, exact, strict=True) if b["wijk"] == w]
            sums = add_up([e for _, e in inside])
            urban = urbanity(sums)
            add(f"WK9999{w:02d}", name, "Wijk", published(sums, urban, False, rng))
            for buurt, figures in inside:
                row = published(figures, urban, False, rng)
                add(buurt["code"], buurt["name"], "Buurt", row)
    return rows


# --- Leefbaarometer ------------------------------------------------------------------------


def classify(thousandths, bounds):
    """Class 1 to 9 of a score in thousandths."""
    return 1 + sum(thousandths >= round(1000 * bound) for bound in bounds)


def make_leefbaarometer(seed, buurten, kerncijfers, without):
    """Make the rows of leefbaarometer.csv; scores are whole thousandths until written."""
    rng = stream(seed, "leefbaarometer")
    newest = {r["gwb_code"]: r["a_inw"] for r in kerncijfers if r["jaar"] == YEARS[-1]}
    rows = []
    for step, year in enumerate(MEASUREMENTS):
        scores = {}
        for buurt in buurten:
            score = {}
            for d in DIMENSIONS:
                drift = DRIFT_SCORE * buurt[f"drift {d}"] * (step - 5)
                score[d] = buurt[d] + drift + rng.gauss(0, WOBBLE_SCORE)
                for name in ("riser", "faller"):
                    if plant := planted(name, buurt["code"], without):
                        share = plant["steps"].get(year, 0)
                        # Around its own level: half of the change lies below or above it.
                        score[d] += plant["change"][d] * (share - 0.5)
            scores[buurt["code"]] = {d: round(1000 * v) for d, v in score.items()}

        def mean(codes, scores=scores):
            people = sum(newest[code] for code in codes)
            return {
                d: round(sum(scores[c][d] * newest[c] for c in codes) / people) for d in DIMENSIONS
            }

        areas = [(*LAND, "land", dict.fromkeys(DIMENSIONS, 0))]
        areas.append((*GEMEENTE, "gemeente", mean(list(scores))))
        for w, (name, _) in enumerate(WIJKEN):
            inside = [b for b in buurten if b["wijk"] == w]
            areas.append((f"WK9999{w:02d}", name, "wijk", mean([b["code"] for b in inside])))
            areas += [(b["code"], b["name"], "buurt", scores[b["code"]]) for b in inside]
        for code, name, niveau, score in areas:
            afw = sum(score.values())
            rows.append(
                {"code": code, "naam": name, "niveau": niveau, "jaar": year}
                | {"lbm": f"{MEAN_LBM + afw / 1000:.3f}", "afw": f"{afw / 1000:.3f}"}
                | {"kscore": classify(afw, TOTAL_BOUNDS)}
                | {d: f"{score[d] / 1000:.3f}" for d in DIMENSIONS}
                | {f"k{d}": classify(score[d], DIMENSION_BOUNDS) for d in DIMENSIONS}
            )
    return rows


# --- Files ---------------------------------------------------------------------------------


def table_text(name, rows):
    """Write rows as CSV text in the order of the field table."""
    columns = [field[0] for field in FIELDS[name]]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def boundary_text(buurten, rings):
    """Write the boundaries as GeoJSON, one feature a line."""
    areas = []
    for w, (name, _) in enumerate(WIJKEN):
        codes = [b["code"] for b in buurten if b["wijk"] == w]
        areas.append((f"WK9999{w:02d}", name, "wijk", merge([rings[c] for c in codes])))
    areas += [(b["code"], b["name"], "buurt", rings[b["code"]]) for b in buurten]
    lines = []
    for code, name, niveau, ring in areas:
        feature = {
            "type": "Feature",
            "properties": {"code": code, "naam": name, "niveau": niveau},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        lines.append(json.dumps(feature, ensure_ascii=False))
    head = f'{{"type": "FeatureCollection", "notice": {json.dumps(NOTICE)}, "unit": "m",'
    return head + '\n"features": [\n' + ",\n".join(lines) + "\n]}\n"


def package_text(seed, without):
    """Write the description of the files as a frictionless data package."""
    resources = []
    for name, fields in FIELDS.items():
        names = ("name", "type", "unit", "title", "description")
        described = [dict(zip(names, f, strict=True)) | {"missingValues": ["."]} for f in fields]
        resources.append(
            {
                "name": name,
                "title": TITLES[name],
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "lineTerminator": "\n"},
                "schema": {
                    "fields": described,
                    "missingValues": ["."],
                    "primaryKey": KEYS[name],
                },
            }
        )
    resources.append(
        {
            "name": "grenzen",
            "title": TITLES["grenzen"],
            "path": "grenzen.geojson",
            "format": "geojson",
            "mediatype": "application/geo+json",
            "encoding": "utf-8",
        }
    )
    package = {
        "profile": "data-package",
        "name": "lindermonde",
        "title": f"Sample city {GEMEENTE[1]} (fictional)",
        "description": NOTICE,
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": SOURCES,
        "fictional": {
            "notice": NOTICE,
            "seed": seed,
            "planted": {
                name: {"codes": plant["codes"], "truth": plant["truth"]}
                for name, plant in PLANTS.items()
                if name not in without
            },
        },
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def make_files(seed=SEED, without=()):
    """Make the whole city; the text of each file by its name."""
    buurten = draw_buurten(seed, without)
    rings = make_boundaries(seed)
    kerncijfers = make_kerncijfers(seed, buurten, rings, without)
    leefbaarometer = make_leefbaarometer(seed, buurten, kerncijfers, without)
    own = {}
    for tables in OWN_TABLES:
        own |= tables.make(seed, buurten, kerncijfers, without)
    return {
        "kerncijfers.csv": table_text("kerncijfers", kerncijfers),
        "leefbaarometer.csv": table_text("leefbaarometer", leefbaarometer),
        **{f"{name}.csv": table_text(name, rows) for name, rows in own.items()},
        "grenzen.geojson": boundary_text(buurten, rings),
        "datapackage.json": package_text(seed, without),
    }


def main():
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    parser.add_argument("--without", action="append", choices=PLANTS, default=[], metavar="NAME")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for name, text in make_files(without=options.without).items():
        (options.output / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
