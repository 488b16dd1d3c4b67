"""Own monthly totals: typed in, seen in their band, nobody else's."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_exercises import (
    answer_of,
    context,
    field,
    newest,
    nodes,
    page_text,
    walk,
    written,
)

from leefbaar_tools import figures
from leefbaar_tools.analysis import reports
from leefbaar_tools.dutch import MONTHS
from leefbaar_tools.exercises.months import NOTHING_NEW, Months
from leefbaar_tools.exercises.parts import Part
from leefbaar_tools.exercises.pictures.reports import NOT_NOBODY
from leefbaar_tools.exercises.recall import said
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.paper import FigureBlock, Table

WORDS = {
    "outside": "Vraag wat er was.",
    "row": "Er is iets blijvend anders.",
    "inside": "Het schommelt gewoon.",
    "wider": "De band is breder gemaakt.",
    "few": "Te weinig maanden.",
    "before": "Te weinig maanden ervoor.",
    "nothing": "Ervoor was het steeds nul.",
    "gap": "Er mist een maand.",
}
OWN = Months(
    id="m9-maanden",
    title="Mijn maanden",
    question="Hoeveel meldingen per maand?",
    counted="meldingen per maand",
    action="Begon je dit jaar iets nieuws?",
    street="Wat zie je?",
    words=WORDS,
    after="Lees het met een collega.",
)
PLAIN = [5, 4, 6, 5, 7, 3, 5, 6, 4, 5, 6, 5, 4, 5, 6, 3, 5, 5, 7, 4, 6, 5, 4, 6]


def value(counts, since="", gaps=()):
    rows = []
    for n, month in enumerate(MONTHS):
        row = {"rij": month}
        for key, place in (("vorig", n), ("dit", 12 + n)):
            given = place < len(counts) and place not in gaps
            row[key] = counts[place] if given else None
        rows.append(row)
    return {"maanden": rows, "vanaf": [since] if since else [], "straat": ""}


def text_of(counts, **more):
    return written(OWN.seen(value(counts, **more), context()))


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


def picture(counts, **more):
    return next(nodes(OWN.seen(value(counts, **more), context()), FigureBlock))


# --- what is seen


def test_months_are_in_order_of_time_and_a_gap_is_no_nought():
    counts, places, until = OWN.series(value(PLAIN, gaps=(2, 13)))
    assert counts == [c for n, c in enumerate(PLAIN) if n not in (2, 13)]
    assert places == [n for n in range(24) if n not in (2, 13)]
    assert until is None


def test_an_action_begins_after_the_months_that_were_filled_in_before_it():
    _, _, until = OWN.series(value(PLAIN, since="maart", gaps=(0, 12)))
    assert until == 12
    assert OWN.series(value(PLAIN, since=NOTHING_NEW))[2] is None


def test_plain_months_are_said_to_be_plain_with_the_care_that_belongs_to_it():
    text = text_of(PLAIN)
    assert WORDS["inside"] in text
    assert WORDS["outside"] not in text
    assert OWN.after in text
    assert picture(PLAIN).title == "Jouw 24 maanden: alles binnen de band"
    assert picture(PLAIN).notice == NOT_NOBODY


def test_a_peak_and_a_lasting_change_are_each_told_by_their_own_words():
    peak = [*PLAIN[:20], 19, *PLAIN[21:]]
    assert WORDS["outside"] in text_of(peak)
    assert WORDS["row"] not in text_of(peak)
    assert "Buiten de band: stip 21 (19)." in picture(peak).alt
    shift = [5, 4, 6, 5, 3, 5, 4, 6, 5, 4, 5, 6, 8, 7, 9, 8, 7, 8, 9, 7, 8, 9, 8, 7]
    assert WORDS["row"] in text_of(shift)
    assert WORDS["inside"] not in text_of(shift)


def test_a_band_from_before_an_action_is_drawn_with_where_it_began():
    alt = picture([*PLAIN[:14], *[15] * 10], since="maart").alt
    assert "Vanaf stip 15: hier begon je." in alt
    assert f"stip 15 ({15})" in alt.split("Buiten de band:")[1]


def test_jumpy_months_say_that_the_band_was_widened():
    jumpy = [1, 9, 0, 12, 3, 14, 0, 8, 2, 11, 1, 10] * 2
    assert reports.band(jumpy).widened > 1
    assert WORDS["wider"] in text_of(jumpy)
    assert WORDS["wider"] not in text_of(PLAIN)


def test_few_months_have_dots_and_no_band():
    assert OWN.seen(value([4, 5]), context()) == ()
    text = text_of([4, 5, 6, 4])
    assert WORDS["few"] in text
    assert "De band" not in picture([4, 5, 6, 4]).alt
    assert picture([4, 5, 6, 4]).notice == ""


def test_noughts_are_months_and_are_not_called_too_few():
    for text in (text_of([0] * 12), text_of([*[0] * 14, *[5] * 10], since="maart")):
        assert WORDS["nothing"] in text
        assert WORDS["few"] not in text


def test_few_months_before_an_action_are_told_as_that():
    text = text_of([None] * 12 + [5, 6, *[9] * 10], since="maart")
    assert WORDS["before"] in text
    assert WORDS["few"] not in text


def test_a_missing_month_is_told_and_makes_no_row():
    """Half a year, a gap of a year, half a year: two levels, and no row of neighbours."""
    counts = [*[4, 5, 4, 5, 4, 5], *[None] * 12, *[9, 8, 9, 8, 9, 8]]
    assert WORDS["gap"] in text_of(counts)
    assert WORDS["row"] not in text_of(counts)
    assert WORDS["gap"] not in text_of(PLAIN)
    assert WORDS["gap"] not in text_of(PLAIN[:15]), "what is still to come is no gap"


def test_a_year_that_begins_late_still_has_its_name_under_the_dots(monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "wobble", lambda *words, **more: drawn.append(words[2]))
    OWN.figure(value([*PLAIN[:12], None, *PLAIN[13:]]), context())
    assert drawn == [{0: "jan vorig jaar", 12: "feb dit jaar"}]


def test_the_season_alone_is_no_lasting_change():
    """A busy office counts more in summer: its row is the season's."""
    summer = [84, 85, 94, 100, 112, 118, 118, 114, 104, 96, 89, 86]
    assert reports.special_row(summer) is not None
    assert WORDS["row"] not in text_of(summer)


def test_a_mean_is_no_count(tmp_path):
    screen = screen_for(OWN, Session(tmp_path, strict=True))
    for n, typed in enumerate(["4", "5", "3,5", "6"], 1):
        field(screen, f"maanden--{n}-vorig").value = typed
    assert "maart, vorig jaar: Alleen hele aantallen, geen gemiddelde." in screen.status
    assert "3 stippen: 4, 5, 6." in page_text(screen)


# --- on screen, on paper, in a report, in a group


def test_typed_months_are_drawn_and_there_again_in_a_new_session(tmp_path):
    screen = screen_for(OWN, Session(tmp_path, strict=True))
    for n, count in enumerate(PLAIN[:12], 1):
        field(screen, f"maanden--{n}-vorig").value = str(count)
    kept = newest(tmp_path, OWN)
    assert [row["vorig"] for row in kept["maanden"]] == PLAIN[:12]
    again = screen_for(OWN, Session(tmp_path, strict=True))
    assert again.value() == screen.value()
    assert "Jouw 12 maanden: alles binnen de band" in page_text(again)


def test_words_instead_of_a_number_are_kept_told_and_left_out(tmp_path):
    screen = screen_for(OWN, Session(tmp_path, strict=True))
    for n, typed in enumerate(["4", "vijf", "6", "5"], 1):
        field(screen, f"maanden--{n}-vorig").value = typed
    assert newest(tmp_path, OWN)["maanden"][1]["vorig"] == "vijf"
    assert "februari" in screen.status
    assert "3 stippen: 4, 6, 5." in page_text(screen)


def test_paper_has_a_row_per_month_and_a_field_for_the_dots():
    blocks = OWN.paper(context())
    table = next(nodes(blocks, Table))
    assert len(table.rows) == 12
    (blank,) = nodes(blocks, FigureBlock)
    assert "vorig jaar open" in blank.title


def test_report_has_the_dots_and_the_numbers():
    text = written(OWN.face(context({OWN.id: answer_of(OWN, value(PLAIN))})))
    assert "Jouw 24 maanden" in text
    assert "januari" in text


def test_group_never_counts_them():
    assert OWN.group(value(PLAIN)) == {}


def test_spec_makes_the_same_again():
    again = Part.from_spec(json.loads(json.dumps(OWN.spec())))
    assert json.dumps(again.spec()) == json.dumps(OWN.spec())
    assert type(again) is Months


CELL = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6)
ROW = st.fixed_dictionaries({"rij": st.sampled_from([*MONTHS, "x"]), "vorig": CELL, "dit": CELL})
JUNK = st.recursive(
    CELL, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)


@given(st.lists(ROW, max_size=14) | JUNK, st.lists(st.sampled_from(MONTHS), max_size=2) | JUNK)
@example([{"rij": m, "vorig": -4, "dit": float("nan")} for m in MONTHS], ["mei"])
@example([{"rij": m, "vorig": 1e300, "dit": float("inf")} for m in MONTHS], ["mei"])
@example([{"rij": m, "vorig": 10**300, "dit": 0.5} for m in MONTHS], ["mei"])
@example([{"rij": m, "vorig": 0, "dit": 0.001} for m in MONTHS], ["mei"])
@settings(deadline=None, max_examples=60)
def test_a_damaged_value_never_raises(rows, since):
    damaged = {"maanden": rows, "vanaf": since, "straat": since}
    answer = answer_of(OWN, damaged)
    written(OWN.face(context({OWN.id: answer})))
    said(answer)
    kept = OWN.kept(damaged)
    counts, places, _ = OWN.series(damaged)
    assert all(0 <= count <= 100_000 for count in counts)
    assert places == sorted(set(places))
    screen = screen_for(OWN, Session(None, strict=True))
    screen.show(kept)
    screen.value()


def test_the_names_of_the_months_leave_the_width_to_the_numbers(tmp_path):
    screen = screen_for(OWN, Session(tmp_path, strict=True))
    grid = next(w for w in walk(screen.widget) if "leefbaar-tabel" in w._dom_classes)
    names, *numbers = re.findall(r"minmax\((\d+)em, (\d+)em\)", grid.layout.grid_template_columns)
    assert len(numbers) == 2
    assert all(int(most) > int(names[1]) for _, most in numbers)
