"""The corporation's own tables of the sample city: complexes and reports (complexen, meldingen).

Used by `make_sample_city.py`. Everything is invented. Standard library only.

In every complex 12 of the 100 households report in a year, whatever its size or buurt: every
difference is chance, except where a truth is planted. Each household that reports has a random
stream of its own, so that a plant switched off changes nothing else.
"""

import math
import random
from datetime import date, timedelta
from itertools import accumulate

YEARS = (2023, 2024)
COMPLEXES = 120
SMALLEST = 6  # dwellings
REPORTING = 0.12  # of the households, in a year
EXTRA_CALLS, SKEW = 1.4, 0.5  # calls after the first one: mean, and shape of a gamma
DAYS_BETWEEN = 6  # calls of one household come in a burst
# More reports when windows are open: how a month compares with the year. Our own choice.
SEASON = (0.84, 0.85, 0.94, 1.0, 1.12, 1.18, 1.18, 1.14, 1.04, 0.96, 0.89, 0.86)

# Share of the kinds, and at which part of the day each is reported. Our own choice.
DAYPARTS = ("ochtend", "middag", "avond", "nacht")
KINDS = {
    "geluid": (0.34, (0.10, 0.18, 0.42, 0.30)),
    "afval of rommel": (0.19, (0.38, 0.36, 0.22, 0.04)),
    "iets kapot of vies": (0.17, (0.42, 0.34, 0.20, 0.04)),
    "ruzie met buren": (0.14, (0.16, 0.28, 0.42, 0.14)),
    "zorg om iemand": (0.10, (0.32, 0.34, 0.24, 0.10)),
    "bedreiging": (0.06, (0.10, 0.20, 0.40, 0.30)),
}
SMALL_THINGS = ("iets kapot of vies", "afval of rommel")

# Name of each planted truth: the codes it is at, and what there is to discover.
PLANTS: dict = {
    "inviting_caretaker": {
        "codes": ["C080"],
        "truth": "more households report small things, because the huismeester invites them",
        "since": date(2024, 3, 1),
        "share": 0.30,
    },
    "one_caller": {
        "codes": ["C088"],
        "truth": "one household with a serious reason: many reports, also at night",
        "household": "C088-007",
        "since": date(2023, 10, 1),
        "days": 9,
        "kind": "bedreiging",
        "dayparts": (0.05, 0.10, 0.35, 0.50),
    },
    "falling_peak": {
        "codes": ["C061"],
        "truth": "a busier complex; its peak in 2023 falls back by itself, to its own level",
        "share": 0.24,
        "peak": (date(2023, 6, 1), date(2023, 9, 30)),
        "peak_share": 0.22,
    },
}

# Per table: name, type, unit, title, description of every column, in order.
FIELDS: dict = {
    "complexen": [
        ("complex", "string", "code", "Code van het complex", "Text."),
        ("naam", "string", "naam", "Naam van het complex", "Invented name."),
        ("buurt", "string", "code", "Code van de buurt", "BU code of the sample city; text."),
        ("woningen", "integer", "aantal", "Woningen", "Dwellings of the corporation."),
    ],
    "meldingen": [
        ("datum", "date", "datum", "Datum van de melding", "Day of the report, 2023 or 2024."),
        ("complex", "string", "code", "Code van het complex", "As in complexen."),
        ("huishouden", "string", "code", "Huishouden dat meldde",
         "Invented household number, so that households can be counted instead of reports."),
        ("soort", "string", "soort", "Soort melding", ", ".join(KINDS) + "."),
        ("dagdeel", "string", "dagdeel", "Dagdeel", ", ".join(DAYPARTS) + ". No hour is kept."),
        ("weekend", "string", "ja of nee", "In het weekend", "Saturday or Sunday: ja or nee."),
    ],
}  # fmt: skip
KEYS: dict = {
    "complexen": ["complex"],
    "meldingen": ["datum", "complex", "huishouden", "dagdeel"],
}
TITLES: dict = {
    "complexen": "Complexes of the corporation (fictional)",
    "meldingen": "Reports of nuisance and worries, by household (fictional)",
}

FIRST = (
    *("Zilver", "Linde", "Meerkol", "Wilgen", "Berken", "Kraai", "Fluiter", "Zwaluw", "Iepen"),
    *("Elzen", "Kievit", "Grutto", "Tureluur", "Boter", "Klaver", "Distel", "Varen", "Mos"),
    *("Heide", "Brem", "Vlier", "Sleedoorn", "Hulst", "Taxus", "Ceder", "Lariks", "Spar"),
    *("Esdoorn", "Olm", "Hazelaar"),
)
LAST = ("flat", "hof", "staete", "plein")


def make(seed, buurten, kerncijfers, without):
    """Return the rows of every table, by its name."""
    complexes = _complexes(seed, buurten, kerncijfers)
    reports = [row for complex in complexes for row in _reports(seed, complex, without)]
    reports.sort(key=lambda row: (row["datum"], row["huishouden"], row["dagdeel"]))
    return {"complexen": complexes, "meldingen": reports}


def _complexes(seed, buurten, kerncijfers):
    """Divide the corporation's dwellings of every buurt over its complexes."""
    rng = random.Random(f"{seed}:complexen")
    stock = {
        row["gwb_code"]: round(row["a_woning"] * row["p_wcorpw"] / 100)
        for row in kerncijfers
        if row["jaar"] == YEARS[0] and row["p_wcorpw"] != "."
    }
    owned = [b for b in buurten if stock.get(b["code"], 0) >= 2 * SMALLEST]
    numbers = _in_proportion([stock[b["code"]] for b in owned], COMPLEXES)
    names = [first + last for last in LAST for first in FIRST]
    rng.shuffle(names)
    rows = []
    for buurt, number in zip(owned, numbers, strict=True):
        spare = stock[buurt["code"]] - number * SMALLEST
        sizes = [
            SMALLEST + extra
            for extra in _in_proportion([rng.lognormvariate(0, 0.9) for _ in range(number)], spare)
        ]
        for size in sizes:
            code = f"C{len(rows) + 1:03d}"
            row = {"complex": code, "naam": names[len(rows)], "buurt": buurt["code"]}
            rows.append(row | {"woningen": size})
    return rows


def _in_proportion(weights, total):
    """Divide a whole number over weights, each at least nought: largest remainders first.

    When there are at least as many to divide as weights, nobody gets nothing.
    """
    least = 1 if total >= len(weights) else 0
    spare = total - least * len(weights)
    exact = [spare * weight / sum(weights) for weight in weights]
    parts = [math.floor(share) for share in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for index in by_rest[: spare - sum(parts)]:
        parts[index] += 1
    return [part + least for part in parts]


def _reports(seed, complex, without):
    """Draw the reports of one complex."""
    code = complex["complex"]
    plants = {
        name: plant
        for name, plant in PLANTS.items()
        if name not in without and code in plant["codes"]
    }
    lots = random.Random(f"{seed}:meldingen:{code}")
    rows = {}
    for number in range(1, complex["woningen"] + 1):
        household = f"{code}-{number:03d}"
        for year in YEARS:
            lot = lots.random()
            stream = f"{seed}:meldingen:{household}:{year}"
            made = [
                *_usual(stream, household, year, lot, plants.get("falling_peak")),
                *(row for name in plants for row in _OF_PLANT[name](stream, household, year)),
            ]
            for row in made:
                rows.setdefault((row["datum"], household, row["dagdeel"]), row)
    return list(rows.values())


def _usual(stream, household, year, lot, busier):
    """Yield the reports of a household that began in this year; most report nothing."""
    if lot >= (busier["share"] if busier else REPORTING):
        return
    rng = random.Random(stream)
    kind = rng.choices(list(KINDS), [share for share, _ in KINDS.values()])[0]
    calls = 1 + _poisson(rng, rng.gammavariate(SKEW, EXTRA_CALLS / SKEW))
    first = _day(rng, date(year, 1, 1), date(year, 12, 31))
    yield from _burst(rng, household, first, calls, kind)


def _peak(stream, household, year):
    """Yield what is reported in the one busy summer, and never again."""
    plant = PLANTS["falling_peak"]
    rng = random.Random(f"{stream}:peak")
    if year == plant["peak"][0].year and rng.random() < plant["peak_share"]:
        yield from _burst(rng, household, _day(rng, *plant["peak"]), 2, "geluid")


def _invited(stream, household, year):
    """Yield the small thing that a household would not have reported unasked."""
    plant = PLANTS["inviting_caretaker"]
    rng = random.Random(f"{stream}:invited")
    if year == plant["since"].year and rng.random() < plant["share"]:
        first = _day(rng, plant["since"], date(year, 12, 31))
        yield from _burst(rng, household, first, 1, rng.choice(SMALL_THINGS))


def _caller(stream, household, year):
    """Yield the calls of the one household that has a serious reason."""
    plant = PLANTS["one_caller"]
    if household != plant["household"]:
        return
    rng = random.Random(f"{stream}:caller")
    day = max(date(year, 1, 1), plant["since"]) + timedelta(rng.randrange(plant["days"]))
    while day.year <= year:
        part = rng.choices(DAYPARTS, plant["dayparts"])[0]
        yield _row(day, household, plant["kind"], part)
        day += timedelta(1 + round(rng.expovariate(1 / (plant["days"] - 1))))


_OF_PLANT = {"falling_peak": _peak, "inviting_caretaker": _invited, "one_caller": _caller}


def _day(rng, start, end):
    """Draw a day of a period, more often in summer."""
    days = [start + timedelta(n) for n in range((end - start).days + 1)]
    weights = list(accumulate(SEASON[day.month - 1] for day in days))
    return rng.choices(days, cum_weights=weights)[0]


def _burst(rng, household, day, calls, kind):
    """Yield calls that follow each other within weeks, until the last day that is kept."""
    for _ in range(calls):
        if day.year > YEARS[-1]:
            return
        part = rng.choices(DAYPARTS, KINDS[kind][1])[0]
        yield _row(day, household, kind, part)
        day += timedelta(1 + round(rng.expovariate(1 / DAYS_BETWEEN)))


def _row(day, household, kind, part):
    return {
        "datum": day.isoformat(),
        "complex": household.partition("-")[0],
        "huishouden": household,
        "soort": kind,
        "dagdeel": part,
        "weekend": "ja" if day.weekday() >= 5 else "nee",
    }


def _poisson(rng, mean):
    """Draw a Poisson number (Knuth): multiply draws until they fall below e to the -mean."""
    limit, product, number = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number
