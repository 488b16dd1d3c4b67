"""Hours and euros within a limit, where such a choice flips, and what hangs on one person."""

import csv
import itertools
import random
import sys

import pandas as pd
import pytest

from leefbaar_tools.analysis.choices import allocate, flips, hang_on
from leefbaar_tools.resources import shared_path

sys.path.insert(0, str(shared_path("data")))
import make_sample_city
import sample_partners

HOURS, EUROS = 16, 5000  # where the second truth is planted


def table(*rows):
    """A table of interventions: key, hours, euros, effect, and what is thought possible."""
    columns = ("sleutel", "uren", "euro", "midden", "laag", "hoog")
    return pd.DataFrame([dict(zip(columns, row, strict=False)) for row in rows], columns=columns)


def planted(name, *, without=()):
    return pd.DataFrame(sample_partners.make(make_sample_city.SEED, [], [], without)[name])


# The one with most effect takes all 5 hours for 10; the two others together bring 6 + 5 = 11.
SMALL = table(
    ("groot", 5, 0, 10, 8, 12),
    ("midden", 3, 0, 6, 4, 8),
    ("klein", 2, 0, 5, 4.5, 6),
)


def best_of_all(inzet, hours, euros):
    """Try every subset; of equals the one with fewest hours, then fewest euros."""
    rows = list(zip(inzet["sleutel"], inzet["midden"], inzet["uren"], inzet["euro"], strict=True))
    found = []
    for size in range(len(rows) + 1):
        for pick in itertools.combinations(rows, size):
            effect, used, cost = (sum(row[n] for row in pick) for n in (1, 2, 3))
            if used <= hours and cost <= euros:
                found.append((-effect, used, cost))
    return min(found)


# --- what fits


def test_most_effect_in_the_hours_there_are_is_not_the_greatest_first():
    found = allocate(SMALL, 5, 0)
    assert found.chosen == ("midden", "klein")
    assert (found.effect, found.hours, found.euros) == (11, 5, 0)


def test_euros_are_a_limit_of_their_own():
    costly = SMALL.assign(euro=[100, 900, 200])
    assert allocate(costly, 5, 1000).chosen == ("groot",)  # the pair costs 1100
    assert allocate(costly, 5, 1100).chosen == ("midden", "klein")
    assert allocate(costly, 5, 99).chosen == ()


def test_as_good_as_trying_every_combination():
    rng = random.Random(4)
    for _ in range(60):
        rows = [
            (f"k{n}", rng.randint(0, 6), 100 * rng.randint(0, 30), rng.randint(0, 25))
            for n in range(rng.randint(1, 9))
        ]
        inzet, hours, euros = table(*rows), rng.randint(0, 18), 100 * rng.randint(0, 50)
        found = allocate(inzet, hours, euros)
        assert (-found.effect, found.hours, found.euros) == best_of_all(inzet, hours, euros)


def test_equals_take_the_fewest_hours():
    assert allocate(table(("a", 3, 0, 5), ("b", 2, 900, 5)), 3, 1000).chosen == ("b",)
    assert allocate(table(("a", 2, 900, 5), ("b", 2, 100, 5)), 3, 1000).chosen == ("b",)


def test_forced_in_and_out():
    assert allocate(SMALL, 5, 0, {"groot": True}).chosen == ("groot",)
    assert allocate(SMALL, 5, 0, {"klein": False}).chosen == ("groot",)
    assert allocate(SMALL, 4, 0, {"groot": True}) is None


def test_nothing_to_choose_from_is_an_empty_choice():
    assert allocate(table(), 5, 0).chosen == ()


@pytest.mark.parametrize("column", ["midden", "uren", "euro"])
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(column, value):
    with pytest.raises(ValueError, match="numbers"):
        allocate(SMALL.assign(**{column: float(value)}), 5, 0)


def test_limits_below_nought_and_unknown_names_are_refused():
    with pytest.raises(ValueError, match="limits"):
        allocate(SMALL, -1, 0)
    with pytest.raises(ValueError, match="limits"):
        allocate(SMALL, 5, float("nan"))
    with pytest.raises(ValueError, match="unknown: niets"):
        allocate(SMALL, 5, 0, {"niets": True})


# --- where it flips


def flip_of(found, key, guess):
    return next(flip for flip in found if (flip.key, flip.guess) == (key, guess))


@pytest.mark.parametrize(
    ("key", "chosen", "at", "inside"),
    [
        # Without `midden` the best is 10; with it the rest brings 5: it must bring 5 itself.
        ("midden", True, 5, True),
        # Without `klein` the best is 10; with it the rest brings 6: 4 is below its 4.5.
        ("klein", True, 4, False),
        # It must bring more than the 11 of the pair; 11 is less than the 12 thought possible.
        ("groot", False, 11, True),
    ],
)
def test_the_tipping_point_of_an_effect_is_found(key, chosen, at, inside):
    flip = flip_of(flips(SMALL, 5, 0), key, "midden")
    assert (flip.chosen, flip.at, flip.inside) == (chosen, pytest.approx(at), inside)
    assert flip.change == pytest.approx(abs(at - flip.now))
    pair, single = ("midden", "klein"), ("groot",)
    leaves, enters = (pair, single)
    assert (flip.leaves, flip.enters) == (leaves, enters)


def test_the_tipping_point_of_hours_is_the_first_whole_hour():
    found = flips(SMALL, 5, 0)
    assert flip_of(found, "midden", "uren").at == 4  # 4 + 2 is more than 5: then the one of 10
    assert flip_of(found, "groot", "uren").at == 3  # 3 + 2 fits: 10 + 5 is more than 11
    assert flip_of(found, "groot", "uren").enters == ("groot",)


def test_less_for_what_is_chosen_lets_something_else_in():
    """Both at 3 hours do not fit in 5; with 2 hours for the first, both do."""
    inzet = table(("eerst", 3, 0, 10, 8, 12), ("ook", 3, 0, 4, 3, 5))
    flip = flip_of(flips(inzet, 5, 0), "eerst", "uren")
    assert (flip.at, flip.leaves, flip.enters) == (2, (), ("ook",))


@pytest.mark.parametrize(("hours", "euros"), [(16, 1000), (8, 5000)])
def test_no_nearer_number_of_hours_makes_the_choice_another_one(hours, euros):
    inzet = planted("inzet")
    base = set(allocate(inzet, hours, euros).chosen)
    for flip in flips(inzet, hours, euros):
        if flip.guess != "uren":
            continue
        nearer = abs(flip.at - flip.now) if flip.at is not None else hours + 2
        for at in range(int(hours) + 2):
            if abs(at - flip.now) < nearer:
                here = inzet["sleutel"] == flip.key
                changed = inzet.assign(uren=inzet["uren"].where(~here, at))
                assert set(allocate(changed, hours, euros).chosen) == base, (flip, at)


def test_what_can_never_fit_or_always_stays_does_not_flip():
    found = flips(table(("past-nooit", 9, 0, 50, 40, 60), ("past-altijd", 1, 0, 3, 1, 5)), 5, 0)
    assert flip_of(found, "past-nooit", "midden").at is None
    assert flip_of(found, "past-altijd", "midden").at is None
    assert flip_of(found, "past-nooit", "midden").change is None


def test_just_before_the_tipping_point_nothing_changes_and_just_past_it_something_does():
    inzet = planted("inzet")
    base = allocate(inzet, HOURS, EUROS).chosen
    tried = 0
    for flip in flips(inzet, HOURS, EUROS):
        if flip.at is None:
            continue
        here = inzet["sleutel"] == flip.key
        away = 0.5 if flip.guess == "midden" else 0
        step = 1 if flip.at > flip.now else -1  # to where it flips
        past = inzet[flip.guess].astype(float).where(~here, flip.at + step * away)
        back = 0.5 if flip.guess == "midden" else 1
        before = inzet[flip.guess].astype(float).where(~here, flip.at - step * back)
        changed = allocate(inzet.assign(**{flip.guess: past}), HOURS, EUROS).chosen
        assert changed != base, flip
        assert set(base) - set(changed) == set(flip.leaves), flip
        assert set(changed) - set(base) == set(flip.enters), flip
        assert allocate(inzet.assign(**{flip.guess: before}), HOURS, EUROS).chosen == base, flip
        tried += 1
    assert tried > 12


# --- the planted truths


def fragile(inzet):
    return {flip.key for flip in flips(inzet, HOURS, EUROS) if flip.inside}


def test_two_are_as_good_as_equal_where_planted_and_only_there():
    plant = sample_partners.PLANTS["on_the_edge"]
    assert fragile(planted("inzet")) == set(plant["codes"])
    changes = [
        flip.change
        for flip in flips(planted("inzet"), HOURS, EUROS)
        if flip.inside and flip.key in plant["codes"]
    ]
    assert max(changes) <= 2  # households of a hundred


def test_switched_off_no_single_guess_flips_the_choice():
    assert fragile(planted("inzet", without=["on_the_edge"])) == set()


def hanging(**more):
    ties, partners = planted("banden", **more), planted("partners", **more)
    home = partners.loc[partners["soort"] == "corporatie", "sleutel"]
    pairs = zip(ties["van"], ties["naar"], strict=True)
    return set(hang_on(pairs, sample_partners.WB, home))


def test_two_partners_hang_on_the_wijkbeheerder_where_planted_and_only_there():
    assert hanging() == set(sample_partners.PLANTS["hangs_on_one"]["codes"])
    assert hanging(without=["hangs_on_one"]) == set()


@pytest.mark.parametrize("name", sample_partners.PLANTS)
def test_switching_a_plant_off_changes_nothing_else(name):
    on, off = (sample_partners.make(1, [], [], without) for without in ((), [name]))
    codes = set(sample_partners.PLANTS[name]["codes"])
    changed = [
        row
        for one, other in ((on, off), (off, on))
        for table in one
        for row in one[table]
        if row not in other[table]
    ]
    assert changed
    assert all(codes & {row.get("sleutel"), row.get("naar")} for row in changed)


# --- the tables


@pytest.mark.parametrize("name", sample_partners.FIELDS)
def test_the_file_is_what_the_script_makes_and_every_column_is_described(name):
    with shared_path("data", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    made = sample_partners.make(make_sample_city.SEED, [], [], ())[name]
    assert rows == [{key: str(value) for key, value in row.items()} for row in made]
    assert list(rows[0]) == [field[0] for field in sample_partners.FIELDS[name]]
    assert all(all(field) for field in sample_partners.FIELDS[name])


def test_the_tables_fit_together():
    inzet, partners, ties = (planted(name) for name in ("inzet", "partners", "banden"))
    assert (inzet["laag"] <= inzet["midden"]).all()
    assert (inzet["midden"] <= inzet["hoog"]).all()
    assert (inzet["hoog"] <= 100).all()
    # The five themes of the Aedes plate (fact H1), each with something to choose.
    assert set(inzet["terrein"]) == {
        *("bewonerssamenstelling", "bestaande woningvoorraad", "nieuwbouw"),
        *("sociaal beheer", "lokale samenwerking"),
    }
    known = {*partners["sleutel"], sample_partners.WB}
    assert set(ties["van"]) | set(ties["naar"]) == known
    assert set(ties["vaak"]) == {"wekelijks", "soms", "nog nooit"}
    pairs = {frozenset(pair) for pair in zip(ties["van"], ties["naar"], strict=True)}
    assert len(pairs) == len(ties)
    for column in ("belang", "invloed"):
        assert partners[column].between(0, 10).all()


# --- who hangs on one


def test_somebody_known_through_another_partner_does_not_hang_on_one():
    ties = [("ik", "agent"), ("ik", "school"), ("collega", "agent"), ("school", "buurthuis")]
    assert hang_on(ties, "ik", ["collega"]) == ("school", "buurthuis")
    assert hang_on([*ties, ("agent", "buurthuis")], "ik", ["collega"]) == ()


def test_whom_nobody_knew_is_not_lost():
    assert hang_on([("ik", "agent"), ("huisarts", "apotheek")], "ik", ["collega"]) == ("agent",)
    assert hang_on([], "ik", ["collega"]) == ()
